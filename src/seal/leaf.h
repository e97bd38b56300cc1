/* leaf: what the transparency log will show of an event: a commitment, and nothing else.
 *
 * C = HMAC-SHA-256("returnhub leaf v1", opening || header || SHA-256(sealed body)); the opening is
 * 32 random bytes that are sealed together with the body, so that whoever lacks the person's key
 * can neither read nor guess. */
#ifndef RETURNHUB_SEAL_LEAF_H
#define RETURNHUB_SEAL_LEAF_H

#include "base/hash.h"

enum { LEAF_OPENING_SIZE = 32 };

struct sha256 leaf_commit(const uint8_t opening[LEAF_OPENING_SIZE], str header, str sealed_body);

#endif
