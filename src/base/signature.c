#include "base/signature.h"

#include <sodium.h>

_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "RFC 8032");
_Static_assert(sizeof(struct signing_key) == crypto_sign_SECRETKEYBYTES, "seed and public key");

struct signing_key signing_key_of(const uint8_t seed[SIGNATURE_SEED_SIZE])
{
    struct signing_key key;
    uint8_t public_key[SIGNATURE_KEY_SIZE];
    ASSERT(crypto_sign_seed_keypair(public_key, key.secret, seed) == 0);
    return key;
}

const uint8_t *signing_key_seed(const struct signing_key *key)
{
    return key->secret;
}

const uint8_t *signing_key_public(const struct signing_key *key)
{
    return key->secret + SIGNATURE_SEED_SIZE;
}

void signing_key_wipe(struct signing_key *key)
{
    sodium_memzero(key, sizeof *key);
}

void signature_make(const struct signing_key *key, str text, uint8_t signature[SIGNATURE_SIZE])
{
    ASSERT(crypto_sign_detached(signature, NULL, (const unsigned char *)text.at, text.len,
                                key->secret) == 0);
}

bool signature_holds(const uint8_t public_key[SIGNATURE_KEY_SIZE], str text,
                     const uint8_t signature[SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)text.at, text.len,
                                       public_key) == 0;
}
