/* audit: checks a whole published log by itself: the checkpoint, every entry, every hash of every
 * tile, and that an older checkpoint is of the same history. It asks for one file at a time and
 * keeps the last tile of each level, whatever the size of the log. */
#ifndef RETURNHUB_SEAL_AUDIT_H
#define RETURNHUB_SEAL_AUDIT_H

#include "seal/checkpoint.h"
#include "seal/tile.h"

/* The bytes of "checkpoint" and of "tile/...", from wherever the log is; ERROR_NOT_FOUND when there
 * is no such file. */
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
    str older; /* a checkpoint that somebody kept; "" for none */
    audit_entry *entry;
    void *context;
};

/* ERROR_INPUT names the first thing that is wrong, in the order: checkpoint, the older one, entries
 * and tiles from the first on. */
MUST_USE result audit_log(const struct audit *audit, struct checkpoint *ret_checkpoint,
                          struct err *err);

/* Reads hashes of tiles for proofs (tree.h); `context` is a struct published_tree. */
struct published_tree {
    const struct published *published;
    uint64_t size;
};
result published_hashes(void *context, unsigned level, uint64_t first, size_t count,
                        struct sha256 *hashes, struct err *err);

#endif
