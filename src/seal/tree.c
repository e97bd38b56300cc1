#include "seal/tree.h"

#include <string.h>

struct sha256 tree_leaf(str entry)
{
    const str parts[] = {{.at = "\0", .len = 1}, entry};
    return sha256_of_parts(parts, 2);
}

/* Hashed in one piece, which costs less than in three. */
struct sha256 tree_node(const struct sha256 *left, const struct sha256 *right)
{
    char message[1 + 2 * SHA256_SIZE] = {1};
    memcpy(message + 1, left->bytes, SHA256_SIZE);
    memcpy(message + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    return sha256_of((str){.at = message, .len = sizeof message});
}

struct sha256 tree_empty(void)
{
    return sha256_of(STR(""));
}

/* --- hashes of parts --- */

static unsigned height_of(uint64_t size) /* of a power of two */
{
    return (unsigned)__builtin_ctzll(size);
}

/* The largest power of two less than size, which is 2 at least. */
static uint64_t split_of(uint64_t size)
{
    return UINT64_C(1) << (63 - __builtin_clzll(size - 1));
}

static bool is_power_of_two(uint64_t size)
{
    return (size & (size - 1)) == 0;
}

/* Joins neighbours until one is left; `count` is a power of two. */
static struct sha256 join(struct sha256 *hashes, size_t count)
{
    while (count > 1) {
        count /= 2;
        for (size_t i = 0; i < count; i++) {
            hashes[i] = tree_node(&hashes[2 * i], &hashes[2 * i + 1]);
        }
    }
    return hashes[0];
}

/* A whole subtree: its entries are a power of two, and begin at a multiple of that. */
static result whole_hash(const struct tree_source *source, uint64_t begin, uint64_t size,
                         struct sha256 *ret_hash, struct err *err)
{
    struct sha256 hashes[TILE_WIDTH / 2];
    const unsigned height = height_of(size);
    const unsigned level = height / TILE_HEIGHT;
    const size_t count = (size_t)1 << height % TILE_HEIGHT;
    TRY(source->read(source->context, level, begin >> (level * TILE_HEIGHT), count, hashes, err));
    *ret_hash = join(hashes, count);
    return result_ok();
}

/* Entries begin..end, where begin is a multiple of the power of two that is not less than their
 * number. The right part is the smaller one, so each turn of the loop halves it at least. */
static result range_hash(const struct tree_source *source, uint64_t begin, uint64_t end,
                         struct sha256 *ret_hash, struct err *err)
{
    struct sha256 left[TREE_PROOF_MAX];
    size_t count = 0;
    while (!is_power_of_two(end - begin)) {
        const uint64_t split = split_of(end - begin);
        TRY(whole_hash(source, begin, split, &left[count++], err));
        begin += split;
    }
    struct sha256 hash;
    TRY(whole_hash(source, begin, end - begin, &hash, err));
    while (count > 0) {
        count--;
        hash = tree_node(&left[count], &hash);
    }
    *ret_hash = hash;
    return result_ok();
}

result tree_root(const struct tree_source *source, uint64_t size, struct sha256 *ret_root,
                 struct err *err)
{
    if (size == 0) {
        *ret_root = tree_empty();
        return result_ok();
    }
    return range_hash(source, 0, size, ret_root, err);
}

/* --- proving --- */

/* The proofs are said from the root down; on the wire they go up. */
static void turn_round(struct tree_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        const struct sha256 other = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = proof->hashes[i];
        proof->hashes[i] = other;
    }
}

/* Goes into the half that holds the entry, and notes the other one. */
static result go_down(const struct tree_source *source, uint64_t entry, uint64_t *begin,
                      uint64_t *end, struct tree_proof *proof, struct err *err)
{
    const uint64_t middle = *begin + split_of(*end - *begin);
    struct sha256 *other = &proof->hashes[proof->count++];
    if (entry < middle) {
        TRY(range_hash(source, middle, *end, other, err));
        *end = middle;
    } else {
        TRY(range_hash(source, *begin, middle, other, err));
        *begin = middle;
    }
    return result_ok();
}

result tree_prove_entry(const struct tree_source *source, uint64_t index, uint64_t size,
                        struct tree_proof *ret_proof, struct err *err)
{
    ASSERT(index < size);
    uint64_t begin = 0;
    uint64_t end = size;
    ret_proof->count = 0;
    while (end - begin > 1) {
        TRY(go_down(source, index, &begin, &end, ret_proof, err));
    }
    turn_round(ret_proof);
    return result_ok();
}

/* RFC 6962, section 2.1.2: down along the last entry of the older tree until a part ends where that
 * ends. That part is known to who has the older root only if it is the whole older tree. */
result tree_prove_growth(const struct tree_source *source, uint64_t older, uint64_t size,
                         struct tree_proof *ret_proof, struct err *err)
{
    ASSERT(older <= size);
    uint64_t begin = 0;
    uint64_t end = size;
    ret_proof->count = 0;
    if (older == 0) {
        return result_ok();
    }
    while (end != older) {
        TRY(go_down(source, older - 1, &begin, &end, ret_proof, err));
    }
    if (begin != 0) {
        TRY(range_hash(source, begin, end, &ret_proof->hashes[ret_proof->count++], err));
    }
    turn_round(ret_proof);
    return result_ok();
}

/* --- checking --- */

bool tree_entry_holds(const struct tree_proof *proof, uint64_t index, uint64_t size,
                      const struct sha256 *leaf, const struct sha256 *root)
{
    if (index >= size) {
        return false;
    }
    uint64_t node = index;
    uint64_t last = size - 1;
    struct sha256 hash = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            hash = tree_node(&proof->hashes[i], &hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node(&hash, &proof->hashes[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && sha256_equal(&hash, root);
}

/* Climbs both trees at once, along the last entry of the older one. */
static bool climb(const struct tree_proof *proof, size_t from, uint64_t node, uint64_t last,
                  struct sha256 *older, struct sha256 *newer)
{
    for (size_t i = from; i < proof->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            *older = tree_node(&proof->hashes[i], older);
            *newer = tree_node(&proof->hashes[i], newer);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            *newer = tree_node(newer, &proof->hashes[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0;
}

bool tree_growth_holds(const struct tree_proof *proof, uint64_t older,
                       const struct sha256 *older_root, uint64_t size, const struct sha256 *root)
{
    if (older == 0 || older >= size) {
        const struct sha256 nothing = tree_empty();
        const bool empty_was = older != 0 || sha256_equal(older_root, &nothing);
        const bool same = older != size || sha256_equal(older_root, root);
        return older <= size && proof->count == 0 && empty_was && same;
    }
    uint64_t node = older - 1;
    uint64_t last = size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    /* The older tree is one whole subtree: its root is where the climb begins. */
    const bool given = !is_power_of_two(older);
    if (given && proof->count == 0) {
        return false;
    }
    struct sha256 older_hash = given ? proof->hashes[0] : *older_root;
    struct sha256 newer_hash = older_hash;
    return climb(proof, given ? 1 : 0, node, last, &older_hash, &newer_hash) &&
           sha256_equal(&older_hash, older_root) && sha256_equal(&newer_hash, root);
}
