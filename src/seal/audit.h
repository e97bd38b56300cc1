/* audit: checks a whole published log by itself: the checkpoint, every entry, every hash of every
 * tile, that the checkpoint that witnesses cosigned and an older one are of the same history, and
 * that enough witnesses cosigned. It asks for one file at a time and keeps the last tile of each
 * level, whatever the size of the log. */
#ifndef RETURNHUB_SEAL_AUDIT_H
#define RETURNHUB_SEAL_AUDIT_H

#include "seal/policy.h"
#include "seal/tile.h"

/* The bytes of "checkpoint", "witnessed" and "tile/...", from wherever the log is; ERROR_NOT_FOUND
 * when there is no such file. */
typedef result published_read(void *context, str path, struct arena *arena, str *ret_bytes,
                              struct err *err);
struct published {
    published_read *read;
    void *context;
};

/* Told of every entry in order; may be NULL. */
typedef result audit_entry(void *context, uint64_t index, const struct sha256 *commitment,
                           struct err *err);

struct audit {
    const struct published *published;
    const struct note_key *key;
    str older;                   /* a checkpoint that somebody kept; "" for none */
    const struct policy *policy; /* whose quorum is to be reached; NULL: none */
    audit_entry *entry;
    void *context;
};

struct audit_outcome {
    struct checkpoint checkpoint;
    struct checkpoint witnessed; /* size 0: none */
    struct policy_seen seen;     /* by whom, with a policy */
};
/* ERROR_INPUT names the first thing that is wrong, in the order: checkpoint, the one with
 * cosignatures, the older one, entries and tiles from the first on. */
MUST_USE result audit_log(const struct audit *audit, struct audit_outcome *ret_outcome,
                          struct err *err);

/* Reads hashes of tiles for proofs (tree.h); `context` is a struct published_tree. */
struct published_tree {
    const struct published *published;
    uint64_t size;
};
result published_hashes(void *context, unsigned level, uint64_t first, size_t count,
                        struct sha256 *hashes, struct err *err);

#endif
