/* leaf: what the transparency log shows of an event: a commitment, and nothing else.
 *
 * C = HMAC-SHA-256("returnhub leaf v1", opening || header || SHA-256(sealed body)); the opening is
 * 32 random bytes that are sealed together with the body, so that whoever lacks the person's key
 * can neither read nor guess. The entry of the log is "rh1", a line feed, and C. */
#ifndef RETURNHUB_SEAL_LEAF_H
#define RETURNHUB_SEAL_LEAF_H

#include "base/hash.h"

enum { LEAF_OPENING_SIZE = 32, LEAF_ENTRY_SIZE = 4 + SHA256_SIZE };

/* The key of all leaves, which is no secret, made ready once for many of them. */
struct hmac_key leaf_key(void);
struct sha256 leaf_commit(const struct hmac_key *key, const uint8_t opening[LEAF_OPENING_SIZE],
                          str header, str sealed_body);

void leaf_entry(const struct sha256 *commitment, uint8_t entry[LEAF_ENTRY_SIZE]);
/* False when the bytes are no entry. */
bool leaf_entry_read(str entry, struct sha256 *ret_commitment);

#endif
