/* tile: how a tree is published (c2sp.org/tlog-tiles): which files there are, what they are called
 * and what stands in them.
 *
 *   tile/<L>/<N>[.p/<W>]        W hashes of level L, from number 256 N on; without .p 256 of them
 *   tile/entries/<N>[.p/<W>]    the entries themselves: the length of each in two bytes, then the
 *                               entry
 *
 * N stands in groups of three digits, all but the last with an x before them: x001/x234/067. Hash i
 * of level L is that of the 256^L entries from i 256^L on, and stands there only once all of them
 * do. The entries of this log are all of one length (leaf.h). */
#ifndef RETURNHUB_SEAL_TILE_H
#define RETURNHUB_SEAL_TILE_H

#include "seal/leaf.h"
#include "seal/tree.h"

enum {
    TILE_PATH_SIZE = 64,
    ENTRY_FRAME_SIZE = 2 + LEAF_ENTRY_SIZE,
    TILE_BYTES_MAX = TILE_WIDTH * ENTRY_FRAME_SIZE, /* of either kind */
};

struct tile {
    bool entries; /* then level is 0 */
    unsigned level;
    uint64_t number;
    unsigned width; /* 1..256 */
};

void tile_path(const struct tile *tile, char text[TILE_PATH_SIZE]);
/* Takes only what tile_path writes. */
bool tile_read_path(str path, struct tile *ret_tile);
size_t tile_size(const struct tile *tile); /* in bytes */

/* How many hashes of a level a tree has. */
static inline uint64_t tile_hashes(uint64_t tree_size, unsigned level)
{
    return tree_size >> level * TILE_HEIGHT;
}
/* How wide a tile of a tree is; 0 when the tree has no such tile. */
unsigned tile_width(uint64_t tree_size, unsigned level, uint64_t number);

/* Tiles of a tree that grows an entry at a time. It keeps the last tile of each level, so its size
 * does not depend on the tree. A tile is told when it is full. */
struct tile_builder {
    uint64_t size;
    struct sha256 tiles[TILE_LEVELS][TILE_WIDTH];
};
typedef result tile_full(void *context, unsigned level, uint64_t number,
                         const struct sha256 hashes[TILE_WIDTH], struct err *err);
MUST_USE result tile_builder_add(struct tile_builder *builder, const struct sha256 *leaf,
                                 tile_full *full, void *context, struct err *err);
struct sha256 tile_builder_root(const struct tile_builder *builder);

#endif
