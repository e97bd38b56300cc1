/* tree: the Merkle tree of RFC 6962, section 2.1, with SHA-256: its hashes, its root, and its
 * proofs.
 *
 *   leaf = H(0x00 || entry)    node = H(0x01 || left || right)    root of no entries = H("")
 *
 * A tree of n entries is split at the largest power of two less than n. Whole subtrees never change
 * again, so a proof is made of hashes that are read, a few for each bit of n, from wherever they
 * are kept (struct tree_source); memory does not grow with the tree. */
#ifndef RETURNHUB_SEAL_TREE_H
#define RETURNHUB_SEAL_TREE_H

#include "base/hash.h"

enum {
    TREE_PROOF_MAX = 64,
    TILE_HEIGHT = 8, /* levels of the tree in a tile */
    TILE_WIDTH = 256,
    TILE_LEVELS = 8, /* that 64 bits can count */
};

struct sha256 tree_leaf(str entry);
struct sha256 tree_node(const struct sha256 *left, const struct sha256 *right);
struct sha256 tree_empty(void);

/* Reads `count` hashes of a level of tiles, from number `first` on, all of one tile: of whole
 * subtrees of 256^level entries. Only those that the tree asked about has are read. */
typedef result tree_read(void *context, unsigned level, uint64_t first, size_t count,
                         struct sha256 *hashes, struct err *err);
struct tree_source {
    tree_read *read;
    void *context;
};

struct tree_proof {
    struct sha256 hashes[TREE_PROOF_MAX];
    size_t count;
};

/* Of the first `size` entries. */
MUST_USE result tree_root(const struct tree_source *source, uint64_t size, struct sha256 *ret_root,
                          struct err *err);
/* That entry `index` (less than `size`) is in it; the hashes from the leaf up. */
MUST_USE result tree_prove_entry(const struct tree_source *source, uint64_t index, uint64_t size,
                                 struct tree_proof *ret_proof, struct err *err);
/* That the first `older` of the `size` entries are the tree that there was; 0 < older <= size. Of
 * equal sizes, and of none, the proof is empty. */
MUST_USE result tree_prove_growth(const struct tree_source *source, uint64_t older, uint64_t size,
                                  struct tree_proof *ret_proof, struct err *err);

/* Does the proof prove it? One with a hash too few or too many does not (RFC 9162, sections 2.1.3.2
 * and 2.1.4.2). */
bool tree_entry_holds(const struct tree_proof *proof, uint64_t index, uint64_t size,
                      const struct sha256 *leaf, const struct sha256 *root);
bool tree_growth_holds(const struct tree_proof *proof, uint64_t older,
                       const struct sha256 *older_root, uint64_t size, const struct sha256 *root);

#endif
