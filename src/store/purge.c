/* After an erasure: what was deleted is overwritten in the pages, and older images of it stay in
 * the write-ahead log until that is moved into the file and cut off.
 *
 * A process may be killed between the two. So the commit that erases somebody also writes a
 * property which says so, and which is taken away when the log was cut off; whoever opens the store
 * and finds it there cuts the log off then. Without an erasure the log that a killed process left
 * is as good as the file, and nobody waits until it is moved. */
#include "store/internal.h"
#include "store/transaction.h"

enum { PURGE_ARENA_SIZE = 4096 };

result purge_becomes_due(struct transaction *transaction, const struct event *erasure,
                         struct err *err)
{
    struct arena scratch = transaction->scratch;
    const struct property_record due = {
        .name = STR(PROPERTY_PURGE_IS_DUE),
        .value = arena_format(&scratch, "%lld", (long long)erasure->position)};
    if (due.value.at == NULL) {
        return arena_full(err);
    }
    return backend_of(transaction)->row_put(transaction->connection, TABLE_PROPERTY, &due, err);
}

/* A connection of its own, beside the writer's. */
struct purging {
    const struct backend *backend;
    struct connection *connection;
    struct arena arena;
};

static result find_due(struct purging *purging, str *ret_due, bool *ret_found, struct err *err)
{
    struct property_record record = {.name = STR(PROPERTY_PURGE_IS_DUE)};
    TRY(purging->backend->row_find(purging->connection, TABLE_PROPERTY, &purging->arena, &record,
                                   ret_found, err));
    *ret_due = record.value;
    return result_ok();
}

/* Not when somebody else was erased since: their log is cut off by whoever erased them. */
static result forget(struct purging *purging, str due, struct err *err)
{
    const struct property_record record = {.name = STR(PROPERTY_PURGE_IS_DUE)};
    str now = STR("");
    bool found = false;
    TRY(purging->backend->begin(purging->connection, true, err));
    TRY(find_due(purging, &now, &found, err));
    if (!found || !str_equal(now, due)) {
        return result_ok();
    }
    TRY(purging->backend->row_delete(purging->connection, TABLE_PROPERTY, &record, err));
    return purging->backend->commit(purging->connection, err);
}

static result purge_and_forget(struct purging *purging, bool waits, struct err *err)
{
    str due = STR("");
    bool found = false;
    TRY(find_due(purging, &due, &found, err));
    TRY(purging->backend->purge(purging->connection, waits, err));
    if (!found) {
        return result_ok();
    }
    const result forgotten = forget(purging, due, err);
    purging->backend->rollback(purging->connection);
    return forgotten;
}

static result purge_beside(struct store *store, bool waits, struct err *err)
{
    struct purging purging = {.backend = store->backend};
    TRY(arena_open(&purging.arena, PURGE_ARENA_SIZE, err));
    result purged = store->backend->open(store->path, CONNECTION_WRITES, system_now(store->system),
                                         &purging.connection, err);
    if (purged.ok) {
        purged = purge_and_forget(&purging, waits, err);
        store->backend->close(purging.connection);
    }
    arena_close(&purging.arena);
    return purged;
}

result store_purge(struct store *store, struct err *err)
{
    if (!caller_enters(store)) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    const result purged = purge_beside(store, true, err);
    caller_leaves(store);
    return purged;
}

result purge_what_was_left(struct store *store, struct err *err)
{
    struct transaction *transaction = &store->writing;
    struct property_record due = {.name = STR(PROPERTY_PURGE_IS_DUE)};
    struct arena scratch = transaction->scratch;
    bool found = false;
    TRY(transaction_begin(transaction, false, err));
    const result looked = store->backend->row_find(transaction->connection, TABLE_PROPERTY,
                                                   &scratch, &due, &found, err);
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    if (looked.ok && found) {
        result_ignore(purge_beside(store, false, NULL),
                      "who reads or writes is in the way; the next opening tries again");
    }
    return looked;
}
