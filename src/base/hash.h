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
void sha256_hex(const struct sha256 *hash, char text[SHA256_HEX_SIZE]);
/* 64 lower-case hexadecimal digits. */
MUST_USE result sha256_parse(str text, struct sha256 *ret_hash, struct err *err);
bool sha256_equal(const struct sha256 *a, const struct sha256 *b); /* constant time */

#endif
