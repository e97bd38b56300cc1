#include "log/log_files.h"

#include <stdio.h>
#include <string.h>

enum { LOG_MEMORY_BYTES = sizeof(struct log) + 64 };

result log_path(const struct log *log, const char *name, char path[PATH_MAX], struct err *err)
{
    const int len = snprintf(path, PATH_MAX, "%s/%s", log->folder, name);
    return len > 0 && len < PATH_MAX ? result_ok()
                                     : err_set(err, ERROR_INPUT, "The path of the log is too long");
}

static result open_file(struct log *log, const char *name, struct growing_file *file,
                        struct err *err)
{
    char path[PATH_MAX];
    TRY(log_path(log, name, path, err));
    return growing_open(path, log->signer != NULL, file, err);
}

/* Older programs wrote, under another name, batches that do not say which looks they commit to. */
static result refuse_old(const struct log *log, struct err *err)
{
    char path[PATH_MAX];
    bool old = false;
    TRY(log_path(log, "batches", path, err));
    TRY(system_find_file(path, &old, err));
    if (!old) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The log in %s was made by an older returnhub, which did not seal who "
                          "looked at what",
                          log->folder),
                  "the hint follows");
    return err_hint(err, "Keep it and its public key as they are: what they prove, they prove "
                         "still. Begin a new log with a new key and a new name.");
}

static result open_files(struct log *log, struct err *err)
{
    TRY(refuse_old(log, err));
    TRY(open_file(log, "entries", &log->entries, err));
    TRY(open_file(log, BATCHES_NAME, &log->batches, err));
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        char name[16];
        snprintf(name, sizeof name, "hashes.%u", level);
        TRY(open_file(log, name, &log->hashes[level], err));
    }
    return result_ok();
}

static void close_files(struct log *log)
{
    growing_close(&log->entries);
    growing_close(&log->batches);
    growing_close(&log->lock);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        growing_close(&log->hashes[level]);
    }
}

result log_note_read(const struct log *log, str text, struct log_note *ret_note, struct err *err)
{
    struct log_note note = {.size = text.len};
    if (text.len > sizeof note.text) {
        return err_set(err, ERROR_INPUT, "It is too long for a checkpoint");
    }
    TRY(checkpoint_open(text, &log->key, &note.checkpoint, err));
    memcpy(note.text, text.at, text.len);
    *ret_note = note;
    return result_ok();
}

static result read_note(const struct log *log, const char *path, struct log_note *ret_note,
                        struct err *err)
{
    struct arena arena;
    str text;
    TRY(arena_open(&arena, (size_t)2 * CHECKPOINT_MAX, err));
    result read = system_read_file(path, CHECKPOINT_MAX, &arena, &text, err);
    if (read.ok) {
        read = log_note_read(log, text, ret_note, err);
        read = read.ok ? read : err_at(err, path, 0, 0);
    }
    arena_close(&arena);
    return read;
}

/* The batches that the checkpoint covers: those that come after are not signed yet. */
static result count_batches(struct log *log, struct log_published *published, struct err *err)
{
    uint64_t count = log->batches.size / BATCH_SIZE;
    struct log_batch batch;
    while (count > 0) {
        TRY(log_read_batch(log, count - 1, &batch, err));
        if (batch.first_entry + batch.entries <= published->newest.checkpoint.size) {
            break;
        }
        count--;
    }
    published->batches = count;
    return result_ok();
}

/* It is for others to look at: without it, or with one of another history, the log is as good. */
static result load_witnessed(struct log *log, struct err *err)
{
    char path[PATH_MAX];
    struct log_note note;
    TRY(log_path(log, "witnessed", path, err));
    if (read_note(log, path, &note, NULL).ok &&
        note.checkpoint.size <= log->published.newest.checkpoint.size) {
        log->published.witnessed = note;
    }
    return result_ok();
}

result log_load_published(struct log *log, struct err *err)
{
    bool found = false;
    char path[PATH_MAX];
    TRY(log_path(log, "checkpoint", path, err));
    TRY(system_find_file(path, &found, err));
    if (!found && log->signer == NULL) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "There is no log in %s", log->folder),
                      "the hint follows");
        return err_hint(err, "It is made by the first `returnhub seal publish`.");
    }
    if (!found) {
        return result_ok();
    }
    TRY(read_note(log, path, &log->published.newest, err));
    TRY(system_file_written_at(path, &log->published.at, err));
    return load_witnessed(log, err);
}

static result open_writer(struct log *log, struct err *err)
{
    TRY(system_make_folder(log->folder, 0755, err));
    TRY(open_file(log, "lock", &log->lock, err));
    TRY(growing_lock(&log->lock, err));
    TRY(open_files(log, err));
    TRY(growing_sync_folder(log->folder, err));
    TRY(log_load_published(log, err));
    return log_recover(log, err);
}

static result open_reader(struct log *log, struct err *err)
{
    TRY(log_load_published(log, err));
    TRY(open_files(log, err));
    return count_batches(log, &log->published, err);
}

static result make_log(const char *folder, const struct note_key *key, struct signer *signer,
                       struct log **ret_log, struct err *err)
{
    struct arena memory;
    TRY(arena_open(&memory, LOG_MEMORY_BYTES, err));
    struct log *log = ARENA_NEW(&memory, struct log, 1);
    ASSERT(log != NULL);
    log->memory = memory;
    log->key = *key;
    log->signer = signer;
    log->entries = log->batches = log->lock = GROWING_FILE_NONE;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        log->hashes[level] = GROWING_FILE_NONE;
    }
    ASSERT(pthread_mutex_init(&log->mutex, NULL) == 0);
    *ret_log = log;
    const int len = snprintf(log->folder, sizeof log->folder, "%s", folder);
    return len > 0 && (size_t)len < sizeof log->folder
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The path of the log is empty or too long");
}

static result open_log(const char *folder, const struct note_key *key, struct signer *signer,
                       struct log **ret_log, struct err *err)
{
    struct log *log = NULL;
    result opened = make_log(folder, key, signer, &log, err);
    if (opened.ok) {
        opened = signer != NULL ? open_writer(log, err) : open_reader(log, err);
    }
    if (!opened.ok) {
        log_close(log);
        return opened;
    }
    *ret_log = log;
    return result_ok();
}

result log_open(const char *folder, struct signer *signer, struct log **ret_log, struct err *err)
{
    return open_log(folder, &signer->key, signer, ret_log, err);
}

result log_open_published(const char *folder, const struct note_key *key, struct log **ret_log,
                          struct err *err)
{
    return open_log(folder, key, NULL, ret_log, err);
}

void log_close(struct log *log)
{
    if (log == NULL) {
        return;
    }
    close_files(log);
    pthread_mutex_destroy(&log->mutex);
    struct arena memory = log->memory;
    arena_close(&memory);
}
