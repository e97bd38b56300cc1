/* SHA256_Init and its sisters work in the caller's own memory. The EVP calls that OpenSSL 3
 * recommends look the algorithm up and allocate for every hash, which costs several times what
 * hashing one event does, and keeping the looked-up algorithm would need a global. So this file
 * asks for the 1.1.1 interface by name; it is the only one. */
#define OPENSSL_API_COMPAT 10101

#include "base/hash.h"

#include <assert.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

static_assert(SHA256_SIZE == SHA256_DIGEST_LENGTH, "FIPS 180-4: 256 bits");
static_assert(sizeof(struct sha256) == SHA256_SIZE,
              "hashes are stored and hashed again as they lie in memory");
static_assert(sizeof(SHA256_CTX) == HASH_STATE_SIZE, "of libcrypto; a struct hmac_key holds two");

enum { BLOCK_SIZE = SHA256_CBLOCK };

static void hash_begin(SHA256_CTX *context)
{
    ASSERT(SHA256_Init(context) == 1);
}

static void hash_parts(SHA256_CTX *context, const str *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            ASSERT(SHA256_Update(context, parts[i].at, parts[i].len) == 1);
        }
    }
}

static struct sha256 hash_end(SHA256_CTX *context)
{
    struct sha256 hash;
    ASSERT(SHA256_Final(hash.bytes, context) == 1);
    return hash;
}

struct sha256 sha256_of(str text)
{
    return sha256_of_parts(&text, 1);
}

struct sha256 sha256_of_parts(const str *parts, size_t count)
{
    SHA256_CTX context;
    hash_begin(&context);
    hash_parts(&context, parts, count);
    return hash_end(&context);
}

/* Begins a hash with the key, filled up with zeros to one block, each byte XOR `pad`. */
static void hash_begin_keyed(SHA256_CTX *context, const uint8_t key[BLOCK_SIZE], uint8_t pad)
{
    uint8_t block[BLOCK_SIZE];
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        block[i] = key[i] ^ pad;
    }
    hash_begin(context);
    ASSERT(SHA256_Update(context, block, sizeof block) == 1);
    sodium_memzero(block, sizeof block);
}

struct hmac_key hmac_key_of(str key)
{
    uint8_t block_key[BLOCK_SIZE] = {0};
    struct hmac_key ready = {.inner = {0}};
    SHA256_CTX context;
    if (key.len > BLOCK_SIZE) {
        const struct sha256 shorter = sha256_of(key);
        memcpy(block_key, shorter.bytes, sizeof shorter.bytes);
    } else if (key.len > 0) {
        memcpy(block_key, key.at, key.len);
    }
    hash_begin_keyed(&context, block_key, 0x36);
    memcpy(ready.inner, &context, sizeof context);
    hash_begin_keyed(&context, block_key, 0x5C);
    memcpy(ready.outer, &context, sizeof context);
    sodium_memzero(block_key, sizeof block_key);
    sodium_memzero(&context, sizeof context);
    return ready;
}

/* RFC 2104, section 2: H(K XOR opad, H(K XOR ipad, text)). */
struct sha256 hmac_with(const struct hmac_key *key, const str *parts, size_t count)
{
    SHA256_CTX context;
    memcpy(&context, key->inner, sizeof context);
    hash_parts(&context, parts, count);
    struct sha256 inner = hash_end(&context);
    memcpy(&context, key->outer, sizeof context);
    ASSERT(SHA256_Update(&context, inner.bytes, sizeof inner.bytes) == 1);
    const struct sha256 outer = hash_end(&context);
    sodium_memzero(&inner, sizeof inner);
    sodium_memzero(&context, sizeof context);
    return outer;
}

void hmac_key_forget(struct hmac_key *key)
{
    sodium_memzero(key, sizeof *key);
}

struct sha256 hmac_sha256(str key, const str *parts, size_t count)
{
    struct hmac_key ready = hmac_key_of(key);
    const struct sha256 hash = hmac_with(&ready, parts, count);
    hmac_key_forget(&ready);
    return hash;
}

void sha256_hex(const struct sha256 *hash, char text[SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        text[2 * i] = digits[hash->bytes[i] >> 4];
        text[2 * i + 1] = digits[hash->bytes[i] & 0x0F];
    }
    text[2 * SHA256_SIZE] = '\0';
}

/* The value of a lower-case hexadecimal digit, or -1. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

result sha256_parse(str text, struct sha256 *ret_hash, struct err *err)
{
    struct sha256 hash;
    bool fits = text.len == (size_t)SHA256_SIZE * 2;
    for (size_t i = 0; fits && i < SHA256_SIZE; i++) {
        const int high = digit_value(text.at[2 * i]);
        const int low = digit_value(text.at[2 * i + 1]);
        fits = high >= 0 && low >= 0;
        hash.bytes[i] = fits ? (uint8_t)(high * 16 + low) : 0;
    }
    if (!fits) {
        const str shown = str_slice(text, 0, 80);
        return err_set(err, ERROR_INPUT, "\"%.*s\" is not 64 lower-case hexadecimal digits",
                       STR_ARG(shown));
    }
    *ret_hash = hash;
    return result_ok();
}

bool sha256_equal(const struct sha256 *a, const struct sha256 *b)
{
    return sodium_memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}
