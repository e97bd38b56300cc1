/* checkpoint: what a log says of itself (c2sp.org/tlog-checkpoint): a signed note of three lines,
 * its origin, how many entries it has, and the root of its tree in base64. */
#ifndef RETURNHUB_SEAL_CHECKPOINT_H
#define RETURNHUB_SEAL_CHECKPOINT_H

#include "seal/note.h"
#include "seal/tree.h"

struct checkpoint {
    uint64_t size;
    struct sha256 root;
};

/* The origin is the name of the key. */
MUST_USE result checkpoint_sign(const struct checkpoint *checkpoint, const struct note_key *key,
                                const struct signing_key *secret, struct arena *arena,
                                str *ret_note, struct err *err);
MUST_USE result checkpoint_open(str note, const struct note_key *key,
                                struct checkpoint *ret_checkpoint, struct err *err);

/* A decimal number without sign and without a zero before it; false for anything else. */
bool checkpoint_read_size(str text, uint64_t *ret_size);

#endif
