#include "seal/tile.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS_MAX = 7 }; /* of three digits: 2^64 has 20 */

static char *put_text(char *at, const char *text)
{
    const size_t len = strlen(text);
    memcpy(at, text, len + 1);
    return at + len;
}

static char *put_number(char *at, uint64_t number)
{
    uint64_t groups[GROUPS_MAX];
    size_t count = 0;
    do {
        groups[count++] = number % 1000;
        number /= 1000;
    } while (number > 0);
    while (count > 0) {
        count--;
        at += snprintf(at, sizeof "x000/", count > 0 ? "x%03u/" : "%03u", (unsigned)groups[count]);
    }
    return at;
}

void tile_path(const struct tile *tile, char text[TILE_PATH_SIZE])
{
    char level[16];
    ASSERT(tile->width > 0 && tile->width <= TILE_WIDTH && tile->level < TILE_LEVELS);
    snprintf(level, sizeof level, "%u/", tile->level);
    char *at = put_text(text, "tile/");
    at = put_text(at, tile->entries ? "entries/" : level);
    at = put_number(at, tile->number);
    if (tile->width < TILE_WIDTH) {
        snprintf(at, sizeof ".p/255", ".p/%u", tile->width);
    }
}

/* A decimal number without a sign; `digits` of them at most. */
static bool read_decimal(str text, size_t digits, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text.len == 0 || text.len > digits) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    }
    *ret_number = number;
    return true;
}

/* "x001/234" up to 18 digits: more entries than there are. */
static bool read_number(str text, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t groups = 0; groups < GROUPS_MAX - 1; groups++) {
        const struct str_cut cut = str_cut(text, '/');
        const size_t mark = cut.found ? 1 : 0;
        uint64_t group = 0;
        if (cut.head.len != 3 + mark || (cut.found && cut.head.at[0] != 'x') ||
            !read_decimal(str_slice(cut.head, mark, cut.head.len), 3, &group)) {
            return false;
        }
        number = number * 1000 + group;
        if (!cut.found) {
            *ret_number = number;
            return true;
        }
        text = cut.tail;
    }
    return false;
}

static size_t find_part_mark(str path)
{
    const str mark = STR(".p/");
    for (size_t i = 0; i + mark.len <= path.len; i++) {
        if (str_starts(str_slice(path, i, path.len), mark)) {
            return i;
        }
    }
    return path.len;
}

static bool read_parts(str path, struct tile *tile)
{
    uint64_t level = 0;
    uint64_t width = TILE_WIDTH;
    const struct str_cut kind = str_cut(str_slice(path, STR("tile/").len, path.len), '/');
    const size_t mark = find_part_mark(kind.tail);
    const str part = str_slice(kind.tail, mark + STR(".p/").len, kind.tail.len);
    tile->entries = str_equal(kind.head, STR("entries"));
    if (!tile->entries && !read_decimal(kind.head, 1, &level)) {
        return false;
    }
    if (mark < kind.tail.len && !read_decimal(part, 3, &width)) {
        return false;
    }
    tile->level = (unsigned)level;
    tile->width = (unsigned)width;
    return level < TILE_LEVELS && width > 0 && width <= TILE_WIDTH &&
           read_number(str_slice(kind.tail, 0, mark), &tile->number);
}

/* What was read is written again and compared, so that a file has one name. */
bool tile_read_path(str path, struct tile *ret_tile)
{
    struct tile tile = {.width = 0};
    char again[TILE_PATH_SIZE];
    if (path.len >= TILE_PATH_SIZE || !str_starts(path, STR("tile/")) || !read_parts(path, &tile)) {
        return false;
    }
    tile_path(&tile, again);
    *ret_tile = tile;
    return str_equal(path, str_from_c(again));
}

size_t tile_size(const struct tile *tile)
{
    return (size_t)tile->width * (size_t)(tile->entries ? ENTRY_FRAME_SIZE : SHA256_SIZE);
}

unsigned tile_width(uint64_t tree_size, unsigned level, uint64_t number)
{
    const uint64_t hashes = tile_hashes(tree_size, level);
    const uint64_t full = hashes / TILE_WIDTH;
    if (number == full) {
        return (unsigned)(hashes % TILE_WIDTH);
    }
    return number < full ? TILE_WIDTH : 0;
}

/* --- building --- */

static struct sha256 join_all(const struct sha256 *hashes, size_t count)
{
    struct sha256 joined[TILE_WIDTH];
    memcpy(joined, hashes, count * sizeof joined[0]);
    while (count > 1) {
        count /= 2;
        for (size_t i = 0; i < count; i++) {
            joined[i] = tree_node(&joined[2 * i], &joined[2 * i + 1]);
        }
    }
    return joined[0];
}

result tile_builder_add(struct tile_builder *builder, const struct sha256 *leaf, tile_full *full,
                        void *context, struct err *err)
{
    struct sha256 hash = *leaf;
    uint64_t number = builder->size;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct sha256 *tile = builder->tiles[level];
        tile[number % TILE_WIDTH] = hash;
        number++;
        if (number % TILE_WIDTH != 0) {
            break;
        }
        TRY(full(context, level, number / TILE_WIDTH - 1, tile, err));
        hash = join_all(tile, TILE_WIDTH);
        number = number / TILE_WIDTH - 1;
    }
    builder->size++;
    return result_ok();
}

/* From the smallest whole subtree up: each is the right neighbour of a larger one. */
struct sha256 tile_builder_root(const struct tile_builder *builder)
{
    struct sha256 root = tree_empty();
    bool begun = false;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        size_t left = tile_hashes(builder->size, level) % TILE_WIDTH;
        for (size_t width = 1; left > 0; width *= 2) {
            if ((left & width) != 0) {
                left -= width;
                const struct sha256 whole = join_all(&builder->tiles[level][left], width);
                root = begun ? tree_node(&whole, &root) : whole;
                begun = true;
            }
        }
    }
    return root;
}
