#include "store/backup.h"

#include "store/internal.h"
#include "system/stream.h"

enum { BACKUP_SCRATCH_SIZE = 4 * 1024 * 1024 };

struct copying {
    struct store *store;
    struct written_file file;
    store_progress *progress;
    void *context;
    struct backup_outcome outcome;
};

/* Neither the file nor what a database keeps beside it: the log of another file would be taken for
 * that of the copy. */
static result check_free(const struct store *store, const char *path, struct arena scratch,
                         struct err *err)
{
    str name;
    TRY(store->backend->find_files(path, &scratch, &name, err));
    if (name.len == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "The file %.*s exists already", STR_ARG(name)),
                  "the hint returns the failure");
    return err_hint(err, "A copy is never written over: name another file, or move this one away.");
}

static result refuse_damaged(const struct rebuild_outcome *rebuilt, struct err *err)
{
    result_ignore(
        err_set(err, ERROR_STORAGE,
                "What was copied is damaged: %lld %s not what the events add up to; first: %s",
                (long long)rebuilt->differences,
                str_noun(rebuilt->differences, "row is", "rows are"), rebuilt->first_difference),
        "the hint returns the failure");
    return err_hint(err, "The copy was not kept. Look at the store: returnhub rebuild --check");
}

static result look_through(struct copying *copying, struct err *err)
{
    struct store *copy = NULL;
    struct rebuild_outcome rebuilt;
    const struct store_options options = {.path = copying->file.part,
                                          .key_path = copying->store->key_path,
                                          .system = copying->store->system};
    TRY(store_open(&options, &copy, err));
    const result checked =
        store_rebuild(copy, false, copying->progress, copying->context, &rebuilt, err);
    store_close(copy);
    TRY(checked);
    copying->outcome = (struct backup_outcome){.events = rebuilt.events, .rows = rebuilt.rows};
    return rebuilt.differences == 0 ? result_ok() : refuse_damaged(&rebuilt, err);
}

static result copy_whole(struct copying *copying, struct err *err)
{
    TRY(copying->store->backend->copy(copying->store->path, copying->file.part, err));
    TRY(look_through(copying, err));
    return written_finish(&copying->file, err);
}

result store_backup(struct store *store, const char *path, store_progress *progress, void *context,
                    struct backup_outcome *ret_outcome, struct err *err)
{
    struct arena arena;
    struct copying copying = {
        .store = store, .file = {.descriptor = -1}, .progress = progress, .context = context};
    TRY(arena_open(&arena, BACKUP_SCRATCH_SIZE, err));
    result done = check_free(store, path, arena, err);
    done = done.ok ? written_open(path, 0600, &arena, &copying.file, err) : done;
    if (done.ok) {
        /* What a killed attempt left, its log above all, would be taken for a part of this one. */
        store->backend->unmake(copying.file.part);
        written_abandon(&copying.file);
        done = written_open(path, 0600, &arena, &copying.file, err);
    }
    done = done.ok ? copy_whole(&copying, err) : done;
    if (done.ok) {
        *ret_outcome = copying.outcome;
    } else if (copying.file.descriptor >= 0) {
        store->backend->unmake(copying.file.part);
    }
    written_abandon(&copying.file);
    arena_close(&arena);
    return done;
}
