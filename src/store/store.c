#include "store/store.h"

#include "store/internal.h"
#include "store/keyfile.h"
#include "store/proof.h"

#include <stdio.h>
#include <string.h>

enum {
    STORE_MEMORY_SIZE = 256 * 1024,
    MANY_CALLERS = 40, /* with the server's 32 halves are no gain, with 4 a loss of a quarter */
};

/* --- open and close --- */

static result set_paths(struct store *store, const struct store_options *options, struct err *err)
{
    const int path_len = snprintf(store->path, sizeof store->path, "%s", options->path);
    const int key_len =
        options->key_path == NULL
            ? snprintf(store->key_path, sizeof store->key_path, "%s.key", options->path)
            : snprintf(store->key_path, sizeof store->key_path, "%s", options->key_path);
    const bool fits = path_len > 0 && (size_t)path_len < sizeof store->path && key_len > 0 &&
                      (size_t)key_len < sizeof store->key_path;
    return fits ? result_ok()
                : err_set(err, ERROR_INPUT, "The path of the store is empty or too long");
}

static result make_store(struct store *store, struct err *err)
{
    bool found = false;
    TRY(system_find_file(store->path, &found, err));
    if (found) {
        result_ignore(err_set(err, ERROR_CONFLICT, "%s exists already", store->path),
                      "the hint returns the failure");
        return err_hint(err,
                        "A store is never overwritten. Choose another place, or move it away.");
    }
    TRY(keyfile_make(store->key_path, store->system, &store->key, err));
    store->is_new = true;
    return store->backend->create(store->path, system_now(store->system), err);
}

static result find_store(struct store *store, struct err *err)
{
    bool found = false;
    TRY(system_find_file(store->path, &found, err));
    if (!found) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "There is no store at %s", store->path),
                      "the hint returns the failure");
        return err_hint(err, "Check the path. A new register: returnhub serve --begin; a "
                             "demonstration: returnhub demo.");
    }
    return keyfile_read(store->key_path, &store->key, err);
}

static result check_or_mark(struct store *store, bool created, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(transaction_begin(transaction, created, err));
    result checked = created ? keyfile_mark_store(transaction, err)
                             : keyfile_check_store(transaction, store->key_path, err);
    if (checked.ok && created) {
        checked = store->backend->commit(transaction->connection, err);
    }
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    return checked;
}

static result open_writer(struct store *store, bool created, struct err *err)
{
    struct connection *connection = NULL;
    TRY(store->backend->open(store->path, CONNECTION_WRITES, system_now(store->system), &connection,
                             err));
    result ready = transaction_init(&store->writing, connection, &store->key, store->system, err);
    ready =
        ready.ok ? transaction_resize_cache(&store->writing, CACHE_SUBJECTS_WRITER, err) : ready;
    if (!ready.ok) {
        transaction_done(&store->writing);
        store->writing.connection = NULL;
        store->backend->close(connection);
        return ready;
    }
    return check_or_mark(store, created, err);
}

static result has_old_rows(struct store *store, bool *ret_old, struct err *err)
{
    struct transaction *transaction = &store->writing;
    struct property_record record = {.name = STR(PROPERTY_ROWS_ARE_OLD)};
    struct arena scratch = transaction->scratch;
    TRY(transaction_begin(transaction, false, err));
    const result found = store->backend->row_find(transaction->connection, TABLE_PROPERTY, &scratch,
                                                  &record, ret_old, err);
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    return found;
}

/* Of what was there before there were proofs: in the opening that brought the layout that has
 * them, and never again. */
static result prove_rows(struct store *store, struct err *err)
{
    struct transaction *transaction = &store->writing;
    if (!transaction->connection->brought_proofs) {
        return result_ok();
    }
    TRY(transaction_begin(transaction, true, err));
    result proved = proofs_make(transaction, err);
    proved = proved.ok ? store->backend->commit(transaction->connection, err) : proved;
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    return proved;
}

static result bring_up_to_date(struct store *store, const struct store_options *options,
                               struct err *err)
{
    bool old = false;
    struct rebuild_outcome outcome;
    TRY(prove_rows(store, err));
    TRY(has_old_rows(store, &old, err));
    return old ? store_rebuild(store, true, options->progress, options->progress_context, &outcome,
                               err)
               : result_ok();
}

static result open_parts(struct store *store, const struct store_options *options, struct err *err)
{
    TRY(set_paths(store, options, err));
    TRY(options->create ? make_store(store, err) : find_store(store, err));
    TRY(open_writer(store, options->create, err));
    TRY(purge_what_was_left(store, err));
    TRY(bring_up_to_date(store, options, err));
    return writer_start(store, err);
}

static void init_locks(struct store *store)
{
    pthread_condattr_t monotonic;
    ASSERT(pthread_condattr_init(&monotonic) == 0);
    ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    ASSERT(pthread_mutex_init(&store->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&store->wake, &monotonic) == 0);
    ASSERT(pthread_cond_init(&store->left, NULL) == 0);
    readers_init(store, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    writer_stop(store);
    durable_stop(store);
    readers_close(store);
    struct connection *connection = store->writing.connection;
    if (connection != NULL) {
        transaction_done(&store->writing);
        store->backend->close(connection);
    }
    cipher_wipe(&store->key);
    durable_done(store);
    recent_done(&store->recent);
    pthread_cond_destroy(&store->left);
    readers_done(store);
    pthread_cond_destroy(&store->wake);
    pthread_mutex_destroy(&store->mutex);
    struct arena memory = store->memory;
    arena_close(&memory);
}

/* A new store that was not finished holds nothing, and would be in the way of the next try. */
static void unmake(const struct backend *backend, const char *path, const char *key_path)
{
    backend->unmake(path);
    remove(key_path);
}

void store_unmake(const struct store *store)
{
    if (store->is_new) {
        unmake(store->backend, store->path, store->key_path);
    }
}

void store_discard(struct store *store)
{
    const struct backend *backend = store->backend;
    const bool is_new = store->is_new;
    char path[PATH_MAX];
    char key_path[PATH_MAX];
    memcpy(path, store->path, sizeof path);
    memcpy(key_path, store->key_path, sizeof key_path);
    store_close(store);
    if (is_new) {
        unmake(backend, path, key_path);
    }
}

result store_open(const struct store_options *options, struct store **ret_store, struct err *err)
{
    ASSERT(options->path != NULL && options->system != NULL);
    struct arena memory;
    TRY(arena_open(&memory, STORE_MEMORY_SIZE, err));
    struct store *store = ARENA_NEW(&memory, struct store, 1);
    ASSERT(store != NULL);
    *store = (struct store){.memory = memory,
                            .backend = backend_sqlite(),
                            .system = options->system,
                            .many_callers =
                                options->many_callers > 0 ? options->many_callers : MANY_CALLERS};
    init_locks(store);
    durable_init(store, options->log_limit);
    recent_init(&store->recent);
    const result opened = open_parts(store, options, err);
    if (!opened.ok) {
        store_discard(store);
        return opened;
    }
    *ret_store = store;
    return result_ok();
}
