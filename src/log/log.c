#include "log/log_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- batches --- */

static void put_number(uint8_t bytes[8], uint64_t number)
{
    for (int i = 7; i >= 0; i--) {
        bytes[i] = (uint8_t)number;
        number >>= 8;
    }
}

static uint64_t get_number(const uint8_t bytes[8])
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static result append_batch(struct log *log, struct err *err)
{
    uint8_t bytes[BATCH_SIZE];
    put_number(bytes, log->batch.first_entry);
    put_number(bytes + 8, log->batch.entries);
    put_number(bytes + 16, log->batch.first_position);
    put_number(bytes + 24, log->batch.events);
    put_number(bytes + 32, log->batch.looks);
    return growing_append(&log->batches, bytes, sizeof bytes, err);
}

result log_read_batch(const struct log *log, uint64_t number, struct log_batch *ret_batch,
                      struct err *err)
{
    uint8_t bytes[BATCH_SIZE];
    TRY(growing_read(&log->batches, number * BATCH_SIZE, bytes, sizeof bytes, err));
    *ret_batch = (struct log_batch){.first_entry = get_number(bytes),
                                    .entries = get_number(bytes + 8),
                                    .first_position = get_number(bytes + 16),
                                    .events = get_number(bytes + 24),
                                    .looks = get_number(bytes + 32)};
    return result_ok();
}

/* --- recovering --- */

static result too_short(const struct log *log, uint64_t signed_size, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The log in %s is not the one of which %" PRIu64
                          " entries were signed: it is older, or it was changed",
                          log->folder, signed_size),
                  "the hint follows");
    return err_hint(err,
                    "Nothing is signed on top of it. Restore the newest copy of the folder, or "
                    "copy what is published over it, and try again.");
}

static result cut_files(struct log *log, uint64_t size, struct err *err)
{
    if (log->entries.size < size * ENTRY_FRAME_SIZE) {
        return too_short(log, size, err);
    }
    TRY(growing_cut(&log->entries, size * ENTRY_FRAME_SIZE, err));
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t bytes = tile_hashes(size, level) * SHA256_SIZE;
        if (log->hashes[level].size < bytes) {
            return too_short(log, size, err);
        }
        TRY(growing_cut(&log->hashes[level], bytes, err));
    }
    return result_ok();
}

/* The last batch that was signed ends where the log does. */
static result cut_batches(struct log *log, uint64_t size, struct err *err)
{
    uint64_t count = log->batches.size / BATCH_SIZE;
    struct log_batch batch = {.entries = 0};
    for (;;) {
        TRY(count == 0 ? result_ok() : log_read_batch(log, count - 1, &batch, err));
        if (count == 0 || batch.first_entry + batch.entries <= size) {
            break;
        }
        count--;
    }
    const uint64_t end = count == 0 ? 0 : batch.first_entry + batch.entries;
    log->batch =
        (struct log_batch){.first_entry = size,
                           .first_position = count == 0 ? 1 : batch.first_position + batch.events,
                           .looks = count == 0 ? 0 : batch.looks};
    return end != size ? too_short(log, size, err)
                       : growing_cut(&log->batches, count * BATCH_SIZE, err);
}

static result load_builder(struct log *log, uint64_t size, struct err *err)
{
    log->builder.size = size;
    log->frame_count = 0;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t hashes = tile_hashes(size, level);
        const size_t width = hashes % TILE_WIDTH;
        TRY(growing_read(&log->hashes[level], (hashes - width) * SHA256_SIZE,
                         log->builder.tiles[level], width * SHA256_SIZE, err));
    }
    return result_ok();
}

result log_recover(struct log *log, struct err *err)
{
    const struct checkpoint *by_signer = &log->signer->last;
    const struct checkpoint *published = &log->published.newest.checkpoint;
    const bool ahead = log->published.newest.size > 0 && published->size > by_signer->size;
    const struct checkpoint last = ahead ? *published : *by_signer;
    TRY(cut_files(log, last.size, err));
    TRY(cut_batches(log, last.size, err));
    TRY(load_builder(log, last.size, err));
    const struct sha256 root = tile_builder_root(&log->builder);
    return sha256_equal(&root, &last.root) ? log_sign(log, err) : too_short(log, last.size, err);
}

/* --- growing --- */

result log_batch_begin(struct log *log, uint64_t first_position, struct err *err)
{
    return first_position == log->batch.first_position && log->batch.entries == 0
               ? result_ok()
               : err_set(err, ERROR_CONFLICT,
                         "The log ends before event %" PRIu64 ", and event %" PRIu64
                         " was to be appended",
                         log->batch.first_position + log->batch.events, first_position);
}

static result flush_entries(struct log *log, struct err *err)
{
    const size_t size = log->frame_count * ENTRY_FRAME_SIZE;
    log->frame_count = 0;
    return growing_append(&log->entries, log->frames, size, err);
}

/* Of a tile that begins at hash `first`, those up to `width` that are not in the file. */
static result flush_hashes(struct log *log, unsigned level, uint64_t first,
                           const struct sha256 *tile, size_t width, struct err *err)
{
    struct growing_file *file = &log->hashes[level];
    const size_t written = (size_t)(file->size / SHA256_SIZE - first);
    return growing_append(file, &tile[written], (width - written) * SHA256_SIZE, err);
}

static result flush_tile(void *context, unsigned level, uint64_t number,
                         const struct sha256 hashes[TILE_WIDTH], struct err *err)
{
    return flush_hashes(context, level, number * TILE_WIDTH, hashes, TILE_WIDTH, err);
}

static void put_frame(uint8_t *frame, const struct sha256 *commitment)
{
    frame[0] = 0;
    frame[1] = LEAF_ENTRY_SIZE;
    leaf_entry(commitment, frame + 2);
}

result log_append(struct log *log, const struct sha256 *commitment, bool of_event, struct err *err)
{
    uint8_t *frame = log->frames + log->frame_count * ENTRY_FRAME_SIZE;
    ASSERT(!of_event || log->batch.events == log->batch.entries);
    put_frame(frame, commitment);
    const struct sha256 leaf =
        tree_leaf((str){.at = (const char *)frame + 2, .len = LEAF_ENTRY_SIZE});
    log->frame_count++;
    TRY(log->frame_count < TILE_WIDTH ? result_ok() : flush_entries(log, err));
    TRY(tile_builder_add(&log->builder, &leaf, flush_tile, log, err));
    log->batch.entries++;
    log->batch.events += of_event ? 1 : 0;
    return result_ok();
}

result log_append_looks(struct log *log, const struct sha256 *commitment, uint64_t number,
                        struct err *err)
{
    ASSERT(log->batch.events == log->batch.entries && number > log->batch.looks);
    log->batch.looks = number;
    return log_append(log, commitment, false, err);
}

static result flush_all(struct log *log, struct err *err)
{
    TRY(flush_entries(log, err));
    TRY(growing_sync(&log->entries, err));
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t hashes = tile_hashes(log->builder.size, level);
        const size_t width = hashes % TILE_WIDTH;
        TRY(flush_hashes(log, level, hashes - width, log->builder.tiles[level], width, err));
        TRY(growing_sync(&log->hashes[level], err));
    }
    TRY(append_batch(log, err));
    return growing_sync(&log->batches, err);
}

/* What is published already stays as it is, so that its file tells since when it is. */
static result write_newest(const struct log *log, const char *path, str text, struct err *err)
{
    const struct log_note *newest = &log->published.newest;
    return str_equal((str){.at = newest->text, .len = newest->size}, text)
               ? result_ok()
               : system_write_file(path, text, 0644, err);
}

static result publish_note(struct log *log, str text, struct err *err)
{
    char path[PATH_MAX];
    struct log_note note;
    instant at;
    TRY(log_note_read(log, text, &note, err));
    TRY(log_path(log, "checkpoint", path, err));
    TRY(write_newest(log, path, text, err));
    TRY(system_file_written_at(path, &at, err));
    pthread_mutex_lock(&log->mutex);
    log->published.newest = note;
    log->published.at = at;
    log->published.batches = log->batches.size / BATCH_SIZE;
    pthread_mutex_unlock(&log->mutex);
    return result_ok();
}

result log_publish_witnessed(struct log *log, str text, struct err *err)
{
    char path[PATH_MAX];
    struct log_note note;
    TRY(log_note_read(log, text, &note, err));
    TRY(log_path(log, "witnessed", path, err));
    if (note.checkpoint.size > log_checkpoint(log).size) {
        return err_set(err, ERROR_CONFLICT,
                       "The checkpoint of %" PRIu64 " entries was never published",
                       note.checkpoint.size);
    }
    TRY(system_write_file(path, text, 0644, err));
    pthread_mutex_lock(&log->mutex);
    log->published.witnessed = note;
    pthread_mutex_unlock(&log->mutex);
    return result_ok();
}

static result sign_tree(struct log *log, struct arena *arena, struct err *err)
{
    const struct checkpoint checkpoint = {.size = log->builder.size,
                                          .root = tile_builder_root(&log->builder)};
    const struct tree_source source = log_tree(log);
    struct tree_proof growth;
    str note;
    if (log->signer->last.size > checkpoint.size) {
        return too_short(log, log->signer->last.size, err);
    }
    TRY(tree_prove_growth(&source, log->signer->last.size, checkpoint.size, &growth, err));
    TRY(signer_sign(log->signer, &checkpoint, &growth, arena, &note, err));
    return publish_note(log, note, err);
}

result log_sign(struct log *log, struct err *err)
{
    struct arena arena;
    TRY(arena_open(&arena, PUBLISH_ARENA_BYTES, err));
    const result signed_tree = sign_tree(log, &arena, err);
    arena_close(&arena);
    return signed_tree;
}

result log_publish(struct log *log, struct err *err)
{
    if (log->batch.entries == 0) {
        return result_ok();
    }
    TRY(flush_all(log, err));
    TRY(log_sign(log, err));
    log->batch = (struct log_batch){.first_entry = log->builder.size,
                                    .first_position = log->batch.first_position + log->batch.events,
                                    .looks = log->batch.looks};
    return result_ok();
}

result log_give_up(struct log *log, struct err *err)
{
    return log_recover(log, err);
}
