#include "store/internal.h"

enum {
    REMAINS_SIZE = 1024 * 1024 * 1024, /* of everybody erased; taken as it is used */
    BODIES_SIZE = 8 * 1024 * 1024,     /* of one event at a time */
    PROGRESS_EVERY = 1000,
};

struct replay {
    struct transaction *transaction;
    struct arena *bodies;
    struct arena remains_memory;
    struct remains remains; /* of people who were erased */
    store_progress *progress;
    void *context;
    int64_t all;
    int64_t done;
};

static result check_position(const struct replay *replay, int64_t position, struct err *err)
{
    return position == replay->done + 1
               ? result_ok()
               : err_set(err, ERROR_STORAGE, "Event %lld is missing: the one after %lld is %lld",
                         (long long)replay->done + 1, (long long)replay->done, (long long)position);
}

static result replay_event(void *context, const struct event_record *record, struct err *err)
{
    struct replay *replay = context;
    struct event event;
    bool opened = false;
    TRY(check_position(replay, record->position, err));
    TRY(event_open(replay->transaction, record, replay->bodies, &event, &opened, err));
    /* The body of a person whose key was destroyed says nothing any more. Where something remains
     * of it, that is replayed in its place. */
    TRY(opened ? result_ok()
               : remains_put(replay->transaction, &event, replay->bodies, &opened, err));
    if (opened) {
        struct err cause = {0};
        if (!rows_apply(replay->transaction, &event, replay->transaction->scratch, &cause).ok) {
            return err_set(err, ERROR_STORAGE, "Event %lld cannot be replayed: %s",
                           (long long)record->position, cause.what);
        }
    }
    arena_reset(replay->bodies);
    replay->done = record->position;
    if (replay->progress != NULL &&
        (replay->done % PROGRESS_EVERY == 0 || replay->done == replay->all)) {
        replay->progress(replay->context, replay->done, replay->all);
    }
    return result_ok();
}

static result rebuild(struct replay *replay, bool replace, struct rebuild_outcome *ret_outcome,
                      struct err *err)
{
    struct transaction *transaction = replay->transaction;
    const struct backend *backend = backend_of(transaction);
    struct rebuild_outcome outcome = {0};
    TRY(transaction_event_count(transaction, &replay->all, err));
    TRY(remains_read(transaction, &replay->remains_memory, &replay->remains, err));
    transaction->remains = &replay->remains;
    TRY(backend->shadow_begin(transaction->connection, err));
    if (replay->remains.count > 0) {
        TRY(backend->shadow_take_names(transaction->connection, err));
    }
    transaction->merges = MERGES_NOT_ASKED;
    TRY(events_walk(transaction, 1, INT64_MAX, replay_event, replay, err));
    TRY(caseload_flush(transaction, err));
    outcome.events = replay->done;
    TRY(backend->shadow_compare(transaction->connection, &outcome, err));
    if (replace) {
        const struct property_record old = {.name = STR(PROPERTY_ROWS_ARE_OLD)};
        TRY(backend->shadow_replace(transaction->connection, err));
        TRY(backend->row_delete(transaction->connection, TABLE_PROPERTY, &old, err));
        TRY(backend->commit(transaction->connection, err));
    }
    *ret_outcome = outcome;
    return result_ok();
}

/* With `replace` nobody else writes meanwhile; without, it is a snapshot like any other reading. */
static result rebuild_in_transaction(struct replay *replay, bool replace,
                                     struct rebuild_outcome *ret_outcome, struct err *err)
{
    TRY(transaction_begin(replay->transaction, replace, err));
    const result rebuilt = rebuild(replay, replace, ret_outcome, err);
    backend_of(replay->transaction)->rollback(replay->transaction->connection);
    transaction_forget(replay->transaction);
    return rebuilt;
}

result store_rebuild(struct store *store, bool replace, store_progress *progress, void *context,
                     struct rebuild_outcome *ret_outcome, struct err *err)
{
    struct connection *connection = NULL;
    struct transaction transaction = {0};
    struct arena bodies = {0};
    struct replay replay = {
        .transaction = &transaction, .bodies = &bodies, .progress = progress, .context = context};
    TRY(store->backend->open(store->path, CONNECTION_WRITES, system_now(store->system), &connection,
                             err));
    result rebuilt = transaction_init(&transaction, connection, &store->key, store->system, err);
    rebuilt = rebuilt.ok ? arena_open(&bodies, BODIES_SIZE, err) : rebuilt;
    rebuilt = rebuilt.ok ? arena_open(&replay.remains_memory, REMAINS_SIZE, err) : rebuilt;
    rebuilt = rebuilt.ok ? rebuild_in_transaction(&replay, replace, ret_outcome, err) : rebuilt;
    arena_close(&bodies);
    arena_close(&replay.remains_memory);
    transaction_done(&transaction);
    store->backend->close(connection);
    return rebuilt;
}
