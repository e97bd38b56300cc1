/* hash: SHA-256 (FIPS 180-4) by libcrypto, which uses the CPU's instructions, and HMAC (RFC 2104)
 * made of it. */
#ifndef RETURNHUB_BASE_HASH_H
#define RETURNHUB_BASE_HASH_H

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65 };

struct sha256 {
    uint8_t bytes[SHA256_SIZE];
};

struct sha256 sha256_of(str text);
struct sha256 sha256_of_parts(const str *parts, size_t count);
struct sha256 hmac_sha256(str key, const str *parts, size_t count);

/* A key of HMAC after its two blocks have been hashed, for keys that are used again and again: half
 * the work of a short text. As secret as the key, and may be copied; hmac_key_forget wipes it. */
enum { HASH_STATE_SIZE = 112 };
struct hmac_key {
    _Alignas(8) uint8_t inner[HASH_STATE_SIZE];
    _Alignas(8) uint8_t outer[HASH_STATE_SIZE];
};
struct hmac_key hmac_key_of(str key);
struct sha256 hmac_with(const struct hmac_key *key, const str *parts, size_t count);
void hmac_key_forget(struct hmac_key *key);

void sha256_hex(const struct sha256 *hash, char text[SHA256_HEX_SIZE]);
/* 64 lower-case hexadecimal digits. */
MUST_USE result sha256_parse(str text, struct sha256 *ret_hash, struct err *err);
bool sha256_equal(const struct sha256 *a, const struct sha256 *b); /* constant time */

#endif
