#include "seal/leaf.h"

#include <string.h>

struct hmac_key leaf_key(void)
{
    return hmac_key_of(STR("returnhub leaf v1"));
}

struct sha256 leaf_commit(const struct hmac_key *key, const uint8_t opening[LEAF_OPENING_SIZE],
                          str header, str sealed_body)
{
    /* The parts need no separators: the opening has a fixed length, and so has the hash at the end.
     */
    const struct sha256 body = sha256_of(sealed_body);
    const str parts[] = {
        {.at = (const char *)opening, .len = LEAF_OPENING_SIZE},
        header,
        {.at = (const char *)body.bytes, .len = SHA256_SIZE},
    };
    return hmac_with(key, parts, sizeof parts / sizeof parts[0]);
}

static const char entry_mark[] = "rh1\n";

void leaf_entry(const struct sha256 *commitment, uint8_t entry[LEAF_ENTRY_SIZE])
{
    memcpy(entry, entry_mark, sizeof entry_mark - 1);
    memcpy(entry + sizeof entry_mark - 1, commitment->bytes, SHA256_SIZE);
}

bool leaf_entry_read(str entry, struct sha256 *ret_commitment)
{
    if (entry.len != LEAF_ENTRY_SIZE || !str_starts(entry, str_from_c(entry_mark))) {
        return false;
    }
    memcpy(ret_commitment->bytes, entry.at + sizeof entry_mark - 1, SHA256_SIZE);
    return true;
}
