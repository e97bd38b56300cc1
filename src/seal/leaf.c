#include "seal/leaf.h"

struct sha256 leaf_commit(const uint8_t opening[LEAF_OPENING_SIZE], str header, str sealed_body)
{
    /* The parts need no separators: the opening has a fixed length, and so has the hash at the end.
     */
    const struct sha256 body = sha256_of(sealed_body);
    const str parts[] = {
        {.at = (const char *)opening, .len = LEAF_OPENING_SIZE},
        header,
        {.at = (const char *)body.bytes, .len = SHA256_SIZE},
    };
    return hmac_sha256(STR("returnhub leaf v1"), parts, sizeof parts / sizeof parts[0]);
}
