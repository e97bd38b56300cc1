#include "base/cipher.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(CIPHER_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "libsodium's key");
static_assert(CIPHER_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
              "libsodium's nonce");
static_assert(CIPHER_OVERHEAD == CIPHER_NONCE_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
              "a sealed text is nonce, ciphertext and tag");

static const unsigned char *bytes_of(str text)
{
    return (const unsigned char *)text.at;
}

result cipher_seal(const struct cipher_key *key, const uint8_t nonce[CIPHER_NONCE_SIZE], str plain,
                   str bound_to, struct arena *arena, str *ret_sealed, struct err *err)
{
    /* Chooses the fastest code for this CPU; the second and later calls do nothing. */
    ASSERT(sodium_init() >= 0);
    ASSERT(plain.len < SIZE_MAX / 2);
    const size_t sealed_len = plain.len + CIPHER_OVERHEAD;
    unsigned char *sealed = ARENA_NEW(arena, unsigned char, sealed_len);
    if (sealed == NULL) {
        return arena_full(err);
    }
    memcpy(sealed, nonce, CIPHER_NONCE_SIZE);
    unsigned long long written = 0;
    ASSERT(crypto_aead_xchacha20poly1305_ietf_encrypt(
               sealed + CIPHER_NONCE_SIZE, &written, bytes_of(plain), plain.len, bytes_of(bound_to),
               bound_to.len, NULL, nonce, key->bytes) == 0);
    ASSERT(written + CIPHER_NONCE_SIZE == sealed_len);
    *ret_sealed = (str){.at = (const char *)sealed, .len = sealed_len};
    return result_ok();
}

result cipher_open(const struct cipher_key *key, str sealed, str bound_to, struct arena *arena,
                   str *ret_plain, struct err *err)
{
    ASSERT(sodium_init() >= 0);
    if (sealed.len < CIPHER_OVERHEAD) {
        return err_set(err, ERROR_INPUT, "A sealed text of %zu bytes is too short to be one",
                       sealed.len);
    }
    const size_t plain_len = sealed.len - CIPHER_OVERHEAD;
    unsigned char *plain =
        ARENA_NEW(arena, unsigned char, plain_len + 1); /* and a NUL, not counted */
    if (plain == NULL) {
        return arena_full(err);
    }
    const unsigned char *nonce = bytes_of(sealed);
    unsigned long long opened = 0;
    const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain, &opened, NULL, nonce + CIPHER_NONCE_SIZE, sealed.len - CIPHER_NONCE_SIZE,
        bytes_of(bound_to), bound_to.len, nonce, key->bytes);
    if (status != 0) {
        return err_set(
            err, ERROR_INPUT,
            "A sealed text does not open: it was changed, moved, or sealed with another key");
    }
    ASSERT(opened == plain_len);
    *ret_plain = (str){.at = (const char *)plain, .len = plain_len};
    return result_ok();
}

void cipher_wipe(struct cipher_key *key)
{
    sodium_memzero(key->bytes, sizeof key->bytes);
}

void cipher_lock(void *keys, size_t size)
{
    (void)sodium_mlock(keys, size); /* a wish: there may be no memory left to lock */
}

void cipher_unlock(void *keys, size_t size)
{
    (void)sodium_munlock(keys, size);
}
