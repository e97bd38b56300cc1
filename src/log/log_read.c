#include "log/log_files.h"

#include "seal/receipt.h"

#include <stdio.h>
#include <string.h>

/* The mutex guards what is read here and nothing else: taking it changes nothing that is seen. */
static pthread_mutex_t *mutex_of(const struct log *log)
{
    return (pthread_mutex_t *)(uintptr_t)&log->mutex;
}

void log_snapshot(const struct log *log, struct log_published *ret_published)
{
    pthread_mutex_lock(mutex_of(log));
    *ret_published = log->published;
    pthread_mutex_unlock(mutex_of(log));
}

struct checkpoint log_checkpoint(const struct log *log)
{
    pthread_mutex_lock(mutex_of(log));
    const struct checkpoint checkpoint = log->published.newest.checkpoint;
    pthread_mutex_unlock(mutex_of(log));
    return checkpoint;
}

instant log_published_at(const struct log *log)
{
    pthread_mutex_lock(mutex_of(log));
    const instant at = log->published.at;
    pthread_mutex_unlock(mutex_of(log));
    return at;
}

static str text_of(const struct log_note *note)
{
    return (str){.at = note->text, .len = note->size};
}

/* With the cosignatures, when witnesses have seen it already. */
static str newest_of(const struct log_published *published)
{
    const bool seen = published->witnessed.size > 0 &&
                      published->witnessed.checkpoint.size == published->newest.checkpoint.size;
    return text_of(seen ? &published->witnessed : &published->newest);
}

static result copy_note(str note, struct arena *arena, str *ret_note, struct err *err)
{
    *ret_note = arena_copy(arena, note);
    return ret_note->at == NULL ? arena_full(err) : result_ok();
}

result log_note(const struct log *log, struct arena *arena, str *ret_note, struct err *err)
{
    struct log_published published;
    log_snapshot(log, &published);
    return copy_note(text_of(&published.newest), arena, ret_note, err);
}

const struct note_key *log_key(const struct log *log)
{
    return &log->key;
}

const char *log_folder(const struct log *log)
{
    return log->folder;
}

uint64_t log_size(const struct log *log)
{
    return log->builder.size;
}

uint64_t log_last_position(const struct log *log)
{
    return log->batch.first_position + log->batch.events - 1;
}

uint64_t log_last_look(const struct log *log)
{
    return log->batch.looks;
}

/* --- entries --- */

result log_check_batches(const struct log *log, uint64_t *ret_count, struct err *err)
{
    struct log_published published;
    struct log_batch batch;
    struct log_batch next = {.first_entry = 0, .first_position = 1};
    log_snapshot(log, &published);
    for (uint64_t i = 0; i < published.batches; i++) {
        TRY(log_read_batch(log, i, &batch, err));
        const uint64_t named = batch.events + (batch.looks > next.looks ? 1 : 0);
        if (batch.first_entry != next.first_entry || named > batch.entries ||
            batch.first_position != next.first_position || batch.looks < next.looks) {
            return err_set(err, ERROR_INPUT,
                           "batches: the log does not say which entries stand for the events from "
                           "%llu on",
                           (unsigned long long)next.first_position);
        }
        next.first_entry += batch.entries;
        next.first_position += batch.events;
        next.looks = batch.looks;
    }
    if (next.first_entry != published.newest.checkpoint.size) {
        return err_set(err, ERROR_INPUT, "batches: the last entries of the log are in none");
    }
    *ret_count = published.batches;
    return result_ok();
}

static uint64_t batch_count(const struct log *log)
{
    pthread_mutex_lock(mutex_of(log));
    const uint64_t count = log->published.batches;
    pthread_mutex_unlock(mutex_of(log));
    return count;
}

result log_find_batch(const struct log *log, uint64_t position, uint64_t *ret_number,
                      struct log_batch *ret_batch, bool *ret_found, struct err *err)
{
    uint64_t begin = 0;
    uint64_t end = batch_count(log);
    *ret_found = false;
    while (begin < end) {
        struct log_batch batch;
        const uint64_t middle = begin + (end - begin) / 2;
        TRY(log_read_batch(log, middle, &batch, err));
        if (position < batch.first_position) {
            end = middle;
        } else if (position - batch.first_position >= batch.events) {
            begin = middle + 1;
        } else {
            *ret_number = middle;
            *ret_batch = batch;
            *ret_found = true;
            return result_ok();
        }
    }
    return result_ok();
}

result log_find(const struct log *log, uint64_t position, uint64_t *ret_entry, bool *ret_found,
                struct err *err)
{
    uint64_t number = 0;
    struct log_batch batch;
    TRY(log_find_batch(log, position, &number, &batch, ret_found, err));
    if (*ret_found) {
        *ret_entry = batch.first_entry + (position - batch.first_position);
    }
    return result_ok();
}

result log_entry(const struct log *log, uint64_t entry, struct sha256 *ret_commitment,
                 struct err *err)
{
    char bytes[LEAF_ENTRY_SIZE];
    TRY(growing_read(&log->entries, entry * ENTRY_FRAME_SIZE + 2, bytes, sizeof bytes, err));
    return leaf_entry_read((str){.at = bytes, .len = sizeof bytes}, ret_commitment)
               ? result_ok()
               : err_set(err, ERROR_STORAGE, "Entry %llu of the log is damaged",
                         (unsigned long long)entry);
}

/* --- tiles --- */

static result no_file(str path, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "The log has no file %.*s",
                   STR_ARG(str_slice(path, 0, TILE_PATH_SIZE)));
}

static result read_tile(const struct log *log, const struct tile *tile, struct arena *arena,
                        str *ret_bytes, struct err *err)
{
    const struct growing_file *file = tile->entries ? &log->entries : &log->hashes[tile->level];
    const size_t each = tile->entries ? ENTRY_FRAME_SIZE : SHA256_SIZE;
    const size_t size = tile_size(tile);
    char *bytes = ARENA_NEW(arena, char, size);
    if (bytes == NULL) {
        return arena_full(err);
    }
    TRY(growing_read(file, tile->number * TILE_WIDTH * each, bytes, size, err));
    *ret_bytes = (str){.at = bytes, .len = size};
    return result_ok();
}

static result read_note(const struct log *log, str path, struct arena *arena, str *ret_bytes,
                        struct err *err)
{
    struct log_published published;
    const bool newest = str_equal(path, STR("checkpoint"));
    log_snapshot(log, &published);
    const str note = newest ? newest_of(&published) : text_of(&published.witnessed);
    return note.len > 0 && (newest || str_equal(path, STR("witnessed")))
               ? copy_note(note, arena, ret_bytes, err)
               : no_file(path, err);
}

result log_read(void *context, str path, struct arena *arena, str *ret_bytes, struct err *err)
{
    const struct log *log = context;
    struct tile tile;
    if (!tile_read_path(path, &tile)) {
        return read_note(log, path, arena, ret_bytes, err);
    }
    return tile.width > tile_width(log_checkpoint(log).size, tile.level, tile.number)
               ? no_file(path, err)
               : read_tile(log, &tile, arena, ret_bytes, err);
}

static result read_hashes(void *context, unsigned level, uint64_t first, size_t count,
                          struct sha256 *hashes, struct err *err)
{
    const struct log *log = context;
    return growing_read(&log->hashes[level], first * SHA256_SIZE, hashes, count * SHA256_SIZE, err);
}

struct tree_source log_tree(const struct log *log)
{
    return (struct tree_source){.read = read_hashes, .context = (void *)(uintptr_t)log};
}

static void expect_tile(const struct log *log, unsigned level, uint64_t number)
{
    const size_t size = (size_t)TILE_WIDTH * SHA256_SIZE;
    growing_expect(&log->hashes[level], number * size, size);
}

/* A proof reads the tiles above its entry and those at the right edge of the tree. The disk is
 * asked for all of them at once, since each that it is asked for by itself is waited for by itself.
 */
static void expect_proof(const struct log *log, uint64_t entry, uint64_t size)
{
    for (unsigned level = 0; level < TILE_LEVELS && tile_hashes(size, level) > 0; level++) {
        const uint64_t number = tile_hashes(entry, level) / TILE_WIDTH;
        const uint64_t edge = tile_hashes(size, level) / TILE_WIDTH;
        expect_tile(log, level, number);
        if (edge != number) {
            expect_tile(log, level, edge);
        }
    }
}

result log_prove_growth(const struct log *log, uint64_t older, uint64_t size,
                        struct tree_proof *ret_proof, struct err *err)
{
    const struct tree_source source = log_tree(log);
    if (older > size || size > log_checkpoint(log).size) {
        return err_set(err, ERROR_CONFLICT, "The log ends before entry %llu",
                       (unsigned long long)(older > size ? older : size));
    }
    ret_proof->count = 0;
    if (older == 0) {
        return result_ok();
    }
    expect_proof(log, older - 1, size);
    return tree_prove_growth(&source, older, size, ret_proof, err);
}

/* Under the checkpoint that witnesses cosigned, when it has the entry. */
result log_prove_entry(const struct log *log, uint64_t entry, struct arena *arena, str *ret_receipt,
                       struct err *err)
{
    const struct tree_source source = log_tree(log);
    struct log_published published;
    struct receipt receipt = {.index = entry};
    log_snapshot(log, &published);
    const struct log_note *note =
        entry < published.witnessed.checkpoint.size ? &published.witnessed : &published.newest;
    if (entry >= note->checkpoint.size) {
        return err_set(err, ERROR_NOT_FOUND, "The log has no entry %llu",
                       (unsigned long long)entry);
    }
    receipt.note = text_of(note);
    growing_expect(&log->entries, entry * ENTRY_FRAME_SIZE, ENTRY_FRAME_SIZE);
    expect_proof(log, entry, note->checkpoint.size);
    TRY(log_entry(log, entry, &receipt.commitment, err));
    TRY(tree_prove_entry(&source, entry, note->checkpoint.size, &receipt.proof, err));
    return receipt_write(&receipt, arena, ret_receipt, err);
}

/* --- export --- */

struct exporting {
    const struct log *log;
    const char *folder;
    struct arena arena;
    uint64_t files;
};

static result export_bytes(struct exporting *exporting, const char *name, str bytes,
                           struct err *err)
{
    char path[PATH_MAX];
    const int len = snprintf(path, sizeof path, "%s/%s", exporting->folder, name);
    if (len < 0 || (size_t)len >= sizeof path) {
        return err_set(err, ERROR_INPUT, "The path of the folder is too long");
    }
    char *last = strrchr(path, '/');
    *last = '\0';
    TRY(system_make_folder(path, 0755, err));
    *last = '/';
    exporting->files++;
    return system_write_file(path, bytes, 0644, err);
}

static result export_tile(struct exporting *exporting, const struct tile *tile, struct err *err)
{
    char name[TILE_PATH_SIZE];
    char path[PATH_MAX];
    str bytes;
    struct arena scratch = exporting->arena;
    tile_path(tile, name);
    const int len = snprintf(path, sizeof path, "%s/%s", exporting->folder, name);
    if (len > 0 && (size_t)len < sizeof path && system_file_exists(path)) {
        return result_ok();
    }
    TRY(read_tile(exporting->log, tile, &scratch, &bytes, err));
    return export_bytes(exporting, name, bytes, err);
}

static result export_tiles(struct exporting *exporting, uint64_t size, unsigned level, bool entries,
                           struct err *err)
{
    const uint64_t hashes = tile_hashes(size, level);
    for (uint64_t number = 0; number * TILE_WIDTH < hashes; number++) {
        const struct tile tile = {.entries = entries,
                                  .level = level,
                                  .number = number,
                                  .width = tile_width(size, level, number)};
        TRY(export_tile(exporting, &tile, err));
    }
    return result_ok();
}

static result export_all(struct exporting *exporting, struct err *err)
{
    struct log_published published;
    log_snapshot(exporting->log, &published);
    const uint64_t size = published.newest.checkpoint.size;
    TRY(export_tiles(exporting, size, 0, true, err));
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        TRY(export_tiles(exporting, size, level, false, err));
    }
    if (published.witnessed.size > 0) {
        TRY(export_bytes(exporting, "witnessed", text_of(&published.witnessed), err));
    }
    return export_bytes(exporting, "checkpoint", newest_of(&published), err);
}

result log_export(const struct log *log, const char *folder, uint64_t *ret_files, struct err *err)
{
    struct exporting exporting = {.log = log, .folder = folder};
    TRY(arena_open(&exporting.arena, (size_t)4 * TILE_BYTES_MAX, err));
    const result exported = export_all(&exporting, err);
    arena_close(&exporting.arena);
    *ret_files = exporting.files;
    return exported;
}
