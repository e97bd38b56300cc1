#include "seal/audit.h"

#include <inttypes.h>
#include <string.h>

enum { AUDIT_ARENA_BYTES = 1024 * 1024 };

/* A checkpoint of which the log must be a growth; checked when as many entries have been read. */
struct earlier {
    const char *name; /* NULL: there is none */
    struct checkpoint checkpoint;
    bool seen;
};
enum { WITNESSED, OLDER, EARLIER_COUNT };

struct auditing {
    const struct audit *audit;
    struct arena arena; /* for the file in hand */
    struct audit_outcome outcome;
    struct earlier earlier[EARLIER_COUNT];
    struct tile_builder builder;
};

/* --- reading a file of the log --- */

static result read_published(const struct published *published, str path, struct arena *arena,
                             str *ret_bytes, struct err *err)
{
    struct err cause = {0};
    const result read = published->read(published->context, path, arena, ret_bytes, &cause);
    if (!read.ok && cause.code == ERROR_NOT_FOUND) {
        return err_set(err, ERROR_INPUT, "%.*s is missing", STR_ARG(path));
    }
    if (!read.ok && err != NULL) {
        *err = cause;
    }
    return read;
}

static result read_tile(const struct published *published, const struct tile *tile,
                        struct arena *arena, str *ret_bytes, struct err *err)
{
    char path[TILE_PATH_SIZE];
    tile_path(tile, path);
    TRY(read_published(published, str_from_c(path), arena, ret_bytes, err));
    return ret_bytes->len == tile_size(tile)
               ? result_ok()
               : err_set(err, ERROR_INPUT, "%s has %zu bytes, and should have %zu", path,
                         ret_bytes->len, tile_size(tile));
}

result published_hashes(void *context, unsigned level, uint64_t first, size_t count,
                        struct sha256 *hashes, struct err *err)
{
    const struct published_tree *tree = context;
    char room[TILE_BYTES_MAX + 1024];
    struct arena arena = {.begin = room, .at = room, .end = room + sizeof room};
    const struct tile tile = {.level = level,
                              .number = first / TILE_WIDTH,
                              .width = tile_width(tree->size, level, first / TILE_WIDTH)};
    str bytes;
    ASSERT(first % TILE_WIDTH + count <= tile.width);
    TRY(read_tile(tree->published, &tile, &arena, &bytes, err));
    memcpy(hashes, bytes.at + first % TILE_WIDTH * SHA256_SIZE, count * SHA256_SIZE);
    /* With nothing left of it, the arena forbids nothing of the stack any more (base/arena.c). */
    ASSERT(ARENA_NEW(&arena, char, (size_t)(arena.end - arena.at)) != NULL);
    return result_ok();
}

/* --- the checkpoints --- */

static result name_file(const char *file, struct err *err)
{
    const struct err cause = *err;
    return err_set(err, cause.code, "%s: %s", file, cause.what);
}

static result open_earlier(struct auditing *auditing, int which, const char *name, str note,
                           struct err *err)
{
    struct earlier *earlier = &auditing->earlier[which];
    earlier->name = name;
    if (!checkpoint_open(note, auditing->audit->key, &earlier->checkpoint, err).ok) {
        return name_file(name, err);
    }
    return earlier->checkpoint.size <= auditing->outcome.checkpoint.size
               ? result_ok()
               : err_set(err, ERROR_INPUT,
                         "The log was rolled back: %s has %" PRIu64
                         " entries, the log has %" PRIu64,
                         name, earlier->checkpoint.size, auditing->outcome.checkpoint.size);
}

/* The quorum may stand under the newest checkpoint, or under the one that is kept for it. Whichever
 * it is, a cosignature that does not hold is told of both. */
static result check_quorum(struct auditing *auditing, str note, str witnessed, struct err *err)
{
    const struct policy *policy = auditing->audit->policy;
    struct policy_seen *seen = &auditing->outcome.seen;
    if (policy == NULL) {
        return result_ok();
    }
    if (!policy_look(policy, note, seen, err).ok) {
        return name_file("checkpoint", err);
    }
    struct policy_seen kept;
    if (witnessed.len > 0 && !policy_look(policy, witnessed, &kept, err).ok) {
        return name_file("witnessed", err);
    }
    if (witnessed.len == 0 || seen->reached) {
        auditing->outcome.witnessed = auditing->outcome.checkpoint;
        return policy_check(policy, note, seen, err);
    }
    auditing->outcome.witnessed = auditing->earlier[WITNESSED].checkpoint;
    return policy_check(policy, witnessed, seen, err).ok ? result_ok()
                                                         : name_file("witnessed", err);
}

static result open_witnessed(struct auditing *auditing, str *ret_note, struct err *err)
{
    const struct published *published = auditing->audit->published;
    struct err cause = {0};
    *ret_note = STR("");
    if (published->read(published->context, STR("witnessed"), &auditing->arena, ret_note, &cause)
            .ok) {
        return open_earlier(auditing, WITNESSED, "witnessed", *ret_note, err);
    }
    return cause.code == ERROR_NOT_FOUND ? result_ok() : err_set(err, cause.code, "%s", cause.what);
}

static result open_checkpoints(struct auditing *auditing, struct err *err)
{
    const struct audit *audit = auditing->audit;
    str note;
    str witnessed;
    TRY(read_published(audit->published, STR("checkpoint"), &auditing->arena, &note, err));
    if (!checkpoint_open(note, audit->key, &auditing->outcome.checkpoint, err).ok) {
        return name_file("checkpoint", err);
    }
    TRY(open_witnessed(auditing, &witnessed, err));
    TRY(check_quorum(auditing, note, witnessed, err));
    return audit->older.len == 0
               ? result_ok()
               : open_earlier(auditing, OLDER, "the older checkpoint", audit->older, err);
}

static result check_earlier(struct auditing *auditing, struct err *err)
{
    for (int i = 0; i < EARLIER_COUNT; i++) {
        struct earlier *earlier = &auditing->earlier[i];
        if (earlier->name == NULL || earlier->seen ||
            auditing->builder.size != earlier->checkpoint.size) {
            continue;
        }
        const struct sha256 root = tile_builder_root(&auditing->builder);
        earlier->seen = true;
        if (!sha256_equal(&root, &earlier->checkpoint.root)) {
            return err_set(err, ERROR_INPUT,
                           "The log was forked: its first %" PRIu64 " entries are not those of %s",
                           earlier->checkpoint.size, earlier->name);
        }
    }
    return result_ok();
}

/* --- entries and tiles --- */

static result check_tile(struct auditing *auditing, const struct tile *tile,
                         const struct sha256 *hashes, struct err *err)
{
    struct arena scratch = auditing->arena;
    char path[TILE_PATH_SIZE];
    str bytes;
    TRY(read_tile(auditing->audit->published, tile, &scratch, &bytes, err));
    for (size_t i = 0; i < tile->width; i++) {
        if (memcmp(bytes.at + i * SHA256_SIZE, hashes[i].bytes, SHA256_SIZE) != 0) {
            tile_path(tile, path);
            return err_set(err, ERROR_INPUT,
                           "%s: hash %zu is not that of the entries from %" PRIu64 " on", path, i,
                           (tile->number * TILE_WIDTH + i) << tile->level * TILE_HEIGHT);
        }
    }
    return result_ok();
}

static result check_full_tile(void *context, unsigned level, uint64_t number,
                              const struct sha256 hashes[TILE_WIDTH], struct err *err)
{
    const struct tile tile = {.level = level, .number = number, .width = TILE_WIDTH};
    return check_tile(context, &tile, hashes, err);
}

static result check_entry(struct auditing *auditing, const struct tile *bundle, const char *frame,
                          struct err *err)
{
    const struct audit *audit = auditing->audit;
    const uint64_t index = auditing->builder.size;
    const str entry = {.at = frame + 2, .len = LEAF_ENTRY_SIZE};
    struct sha256 commitment;
    char path[TILE_PATH_SIZE];
    if (frame[0] != 0 || frame[1] != LEAF_ENTRY_SIZE || !leaf_entry_read(entry, &commitment)) {
        tile_path(bundle, path);
        return err_set(err, ERROR_INPUT, "%s: entry %" PRIu64 " is none of this log", path, index);
    }
    TRY(check_earlier(auditing, err));
    TRY(audit->entry == NULL ? result_ok() : audit->entry(audit->context, index, &commitment, err));
    const struct sha256 leaf = tree_leaf(entry);
    return tile_builder_add(&auditing->builder, &leaf, check_full_tile, auditing, err);
}

static result check_bundle(struct auditing *auditing, const struct tile *bundle, struct err *err)
{
    str bytes;
    TRY(read_tile(auditing->audit->published, bundle, &auditing->arena, &bytes, err));
    for (size_t i = 0; i < bundle->width; i++) {
        TRY(check_entry(auditing, bundle, bytes.at + i * ENTRY_FRAME_SIZE, err));
    }
    return result_ok();
}

static result check_bundles(struct auditing *auditing, struct err *err)
{
    const uint64_t size = auditing->outcome.checkpoint.size;
    const struct arena empty = auditing->arena;
    for (uint64_t number = 0; number * TILE_WIDTH < size; number++) {
        const struct tile bundle = {
            .entries = true, .number = number, .width = tile_width(size, 0, number)};
        auditing->arena = empty;
        TRY(check_bundle(auditing, &bundle, err));
    }
    return check_earlier(auditing, err);
}

static result check_partial_tiles(struct auditing *auditing, struct err *err)
{
    const uint64_t size = auditing->outcome.checkpoint.size;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t number = tile_hashes(size, level) / TILE_WIDTH;
        const struct tile tile = {
            .level = level, .number = number, .width = tile_width(size, level, number)};
        TRY(tile.width == 0 ? result_ok()
                            : check_tile(auditing, &tile, auditing->builder.tiles[level], err));
    }
    return result_ok();
}

static result run_audit(struct auditing *auditing, struct err *err)
{
    TRY(open_checkpoints(auditing, err));
    TRY(check_bundles(auditing, err));
    TRY(check_partial_tiles(auditing, err));
    const struct sha256 root = tile_builder_root(&auditing->builder);
    return sha256_equal(&root, &auditing->outcome.checkpoint.root)
               ? result_ok()
               : err_set(err, ERROR_INPUT,
                         "The root of the checkpoint is not that of the %" PRIu64
                         " entries of the log",
                         auditing->outcome.checkpoint.size);
}

result audit_log(const struct audit *audit, struct audit_outcome *ret_outcome, struct err *err)
{
    struct err unwanted;
    struct arena arena;
    struct err *cause = err == NULL ? &unwanted : err;
    TRY(arena_open(&arena, AUDIT_ARENA_BYTES, err));
    struct auditing *auditing = ARENA_NEW(&arena, struct auditing, 1);
    ASSERT(auditing != NULL);
    auditing->audit = audit;
    auditing->arena = arena;
    const result audited = run_audit(auditing, cause);
    if (audited.ok) {
        *ret_outcome = auditing->outcome;
    }
    arena_close(&arena);
    return audited;
}
