#include "published_log.h"

#include "system/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPARE = 4096, MEMORY = 4 * 1024 * 1024 };

struct sha256 commitment_of(uint64_t history, uint64_t number)
{
    char text[64];
    snprintf(text, sizeof text, "entry %llu of history %llu", (unsigned long long)number,
             (unsigned long long)history);
    return sha256_of(str_from_c(text));
}

static struct log_file *add_file(struct published_log *log, const char *path, const void *bytes,
                                 size_t size)
{
    ASSERT(log->count < LOG_FILES_MAX);
    struct log_file *file = &log->files[log->count++];
    snprintf(file->path, sizeof file->path, "%s", path);
    file->bytes = ARENA_NEW(&log->arena, char, size + SPARE);
    ASSERT(file->bytes != NULL);
    memcpy(file->bytes, bytes, size);
    file->size = size;
    return file;
}

static void add_tile(struct published_log *log, const struct tile *tile, const void *bytes)
{
    char path[TILE_PATH_SIZE];
    tile_path(tile, path);
    add_file(log, path, bytes, tile_size(tile));
}

static result add_full(void *context, unsigned level, uint64_t number,
                       const struct sha256 hashes[TILE_WIDTH], struct err *err)
{
    (void)err;
    const struct tile tile = {.level = level, .number = number, .width = TILE_WIDTH};
    add_tile(context, &tile, hashes);
    return result_ok();
}

static void add_partial_tiles(struct published_log *log, uint64_t size)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t number = tile_hashes(size, level) / TILE_WIDTH;
        const struct tile tile = {
            .level = level, .number = number, .width = tile_width(size, level, number)};
        if (tile.width > 0) {
            add_tile(log, &tile, log->builder.tiles[level]);
        }
    }
}

static void add_entries(struct published_log *log, uint64_t size, uint64_t history)
{
    uint8_t bundle[TILE_BYTES_MAX];
    for (uint64_t i = 0; i < size; i++) {
        uint8_t *frame = bundle + i % TILE_WIDTH * ENTRY_FRAME_SIZE;
        const struct sha256 commitment = commitment_of(history, i);
        frame[0] = 0;
        frame[1] = LEAF_ENTRY_SIZE;
        leaf_entry(&commitment, frame + 2);
        log->leaves[i] = tree_leaf((str){.at = (const char *)frame + 2, .len = LEAF_ENTRY_SIZE});
        ASSERT(tile_builder_add(&log->builder, &log->leaves[i], add_full, log, NULL).ok);
        if (i % TILE_WIDTH == TILE_WIDTH - 1 || i == size - 1) {
            const struct tile tile = {
                .entries = true, .number = i / TILE_WIDTH, .width = (unsigned)(i % TILE_WIDTH) + 1};
            add_tile(log, &tile, bundle);
        }
    }
}

str signed_checkpoint(struct published_log *log, uint64_t size, const struct sha256 *root)
{
    const struct checkpoint checkpoint = {.size = size, .root = *root};
    str note;
    ASSERT(checkpoint_sign(&checkpoint, &log->key, &log->secret, &log->arena, &note, NULL).ok);
    return note;
}

void published_log_make(struct published_log *log, uint64_t size, uint64_t history)
{
    uint8_t seed[SIGNATURE_SEED_SIZE];
    memset(log, 0, sizeof *log);
    memset(seed, 7, sizeof seed);
    ASSERT(arena_open(&log->arena, MEMORY, NULL).ok);
    log->secret = signing_key_of(seed);
    ASSERT(note_key_make(STR("example.org/log"), NOTE_KEY_ED25519, signing_key_public(&log->secret),
                         &log->key, NULL)
               .ok);
    add_entries(log, size, history);
    add_partial_tiles(log, size);
    const struct sha256 root = tile_builder_root(&log->builder);
    const str note = signed_checkpoint(log, size, &root);
    add_file(log, "checkpoint", note.at, note.len);
}

static str read_or_stop(struct published_log *log, const char *path)
{
    struct err err = {0};
    str bytes;
    if (!system_read_file(path, TILE_BYTES_MAX, &log->arena, &bytes, &err).ok) {
        fprintf(stderr, "%s\n", err.what);
        exit(EXIT_FAILURE);
    }
    return bytes;
}

void published_log_read(struct published_log *log, const char *key, const char *folder,
                        char *const *paths, size_t count)
{
    memset(log, 0, sizeof *log);
    ASSERT(arena_open(&log->arena, MEMORY, NULL).ok);
    ASSERT(note_key_read(str_trim(read_or_stop(log, key)), NOTE_KEY_ED25519, &log->key, NULL).ok);
    for (size_t i = 0; i < count; i++) {
        const str path = arena_format(&log->arena, "%s/%s", folder, paths[i]);
        const str bytes = read_or_stop(log, path.at);
        add_file(log, paths[i], bytes.at, bytes.len);
    }
}

void published_log_free(struct published_log *log)
{
    arena_close(&log->arena);
}

struct log_file *published_log_file(struct published_log *log, const char *path)
{
    for (size_t i = 0; i < log->count; i++) {
        if (strcmp(log->files[i].path, path) == 0) {
            return &log->files[i];
        }
    }
    return NULL;
}

static result read_file(void *context, str path, struct arena *arena, str *ret_bytes,
                        struct err *err)
{
    struct published_log *log = context;
    (void)arena;
    for (size_t i = 0; i < log->count; i++) {
        if (str_equal(path, str_from_c(log->files[i].path))) {
            *ret_bytes = (str){.at = log->files[i].bytes, .len = log->files[i].size};
            return result_ok();
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "No such file");
}

result audit_now(struct published_log *log, str older, struct err *err)
{
    const struct published published = {.read = read_file, .context = log};
    const struct audit audit = {.published = &published, .key = &log->key, .older = older};
    struct audit_outcome outcome;
    return audit_log(&audit, &outcome, err);
}

/* What an entry is does not fit its hash: of the two files either may be named. */
static bool is_named(const struct log_file *file, const struct err *err)
{
    static const char entries[] = "tile/entries/";
    char hashes[TILE_PATH_SIZE + sizeof "tile/0/"] = "";
    if (strncmp(file->path, entries, sizeof entries - 1) == 0) {
        snprintf(hashes, sizeof hashes, "tile/0/%s", file->path + sizeof entries - 1);
    }
    return strstr(err->what, file->path) != NULL ||
           (hashes[0] != '\0' && strstr(err->what, hashes) != NULL);
}

uint64_t published_log_flip(struct published_log *log, bool all, char unseen[LOG_UNSEEN_SIZE])
{
    uint64_t flips = 0;
    unseen[0] = '\0';
    for (size_t i = 0; i < log->count; i++) {
        struct log_file *file = &log->files[i];
        const size_t step = all || file->size < 1000 ? 1 : 13;
        for (size_t bit = 0; bit < file->size * 8; bit += step) {
            struct err err = {0};
            file->bytes[bit / 8] ^= (char)(1 << bit % 8);
            if (audit_now(log, STR(""), &err).ok || !is_named(file, &err)) {
                snprintf(unseen, LOG_UNSEEN_SIZE, "bit %zu of %s: \"%s\"", bit, file->path,
                         err.what);
            }
            file->bytes[bit / 8] ^= (char)(1 << bit % 8);
            flips++;
        }
    }
    return flips;
}
