/* Durable beside the writer.
 *
 * A commit is visible to everybody when it is in the log, and durable when the log is synced, which
 * takes as long as running a group. So when many callers are about, a commit leaves its sync to a
 * thread that syncs for all commits which are over by then, and the writer runs the next group
 * meanwhile. And the log is moved into the file by another thread; the writer moves only what came
 * since, because the log begins anew only when all of it was moved.
 *
 * Invariants:
 *   1. a caller hears "done" only after a sync that began after the commit that holds its work;
 *   2. commits become durable in order: the log is one file, a sync is of all of it, and after a
 *      crash the log is read up to the first piece that is missing;
 *   3. when a sync fails, nobody knows what is on the disk: whoever waits for it hears that, and
 *      nothing is written any more until the store is opened again, which reads what is there. A
 *      second sync would say "done" and mean nothing: the system counts as written what it could
 *      not write. For the same reason nothing of the log is moved into the file after that. */
#include "store/internal.h"

enum {
    /* The log moves into the file less often than SQLite's 1,000 pages: works on random people
     * change the same pages again and again. So much log is read in a moment after a crash. */
    LOG_BYTES = 128 * 1024 * 1024,
    /* Of bulk works, which make as much of it at a time as is moved meanwhile: it does not begin
     * anew before the writer waits until all is moved. */
    LOG_TIMES_IN_BULK = 12,
    LITTLE = 16, /* a part of it that the writer moves itself */
    MOVES_MAX = 8,
};

/* --- syncing ---------------------------------------------------------------------------------- */

static void fail_works(const struct work_list *works, const struct err *cause)
{
    struct err err;
    result_ignore(err_set(&err, ERROR_STORAGE, "%s. It is not known whether the change was stored",
                          cause->what),
                  "the hint follows");
    result_ignore(err_hint(&err, "Look at the disk, and start the program again. Then look the "
                                 "change up by its client id before doing it again."),
                  "it is handed on");
    for (struct work *work = works->first; work != NULL; work = work->next) {
        if (work->outcome.ok) {
            work_fail(work, &err);
        }
    }
}

/* With the mutex held, which is let go meanwhile. */
static void sync_what_is_over(struct store *store)
{
    struct durable *durable = &store->durable;
    const struct work_list works = durable->works;
    const uint64_t ended = durable->ended;
    durable->works = (struct work_list){.count = 0};
    if (!durable->failed) {
        struct err err = {0};
        const int64_t begin = nanoseconds_now();
        pthread_mutex_unlock(&store->mutex);
        const bool synced = store->backend->make_durable(store->writing.connection, &err).ok;
        pthread_mutex_lock(&store->mutex);
        durable->sync_nanoseconds = nanoseconds_now() - begin;
        durable->failed = !synced;
        durable->failure = err;
    }
    if (durable->failed) {
        fail_works(&works, &durable->failure);
    }
    durable->not_durable -= works.count;
    durable->reached_count = ended;
    pthread_cond_broadcast(&durable->reached);
    works_answer(store, &works);
}

static void *sync_until_ended(void *context)
{
    struct store *store = context;
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    while (!durable->ending || durable->reached_count != durable->ended) {
        if (durable->reached_count == durable->ended) {
            pthread_cond_wait(&durable->committed, &store->mutex);
        } else {
            sync_what_is_over(store);
        }
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

static bool has_failed(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    const bool failed = store->durable.failed;
    pthread_mutex_unlock(&store->mutex);
    return failed;
}

result durable_check(struct store *store, struct err *err)
{
    const struct durable *durable = &store->durable;
    if (!has_failed(store)) {
        return result_ok();
    }
    result_ignore(
        err_set(err, ERROR_STORAGE, "Nothing of the change was stored: %s", durable->failure.what),
        "the hint returns the failure");
    return err_hint(err, "Look at the disk, and start the program again.");
}

bool durable_begin(struct store *store, bool others_run)
{
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    if (others_run && !durable->syncing_runs) {
        durable->syncing_runs =
            pthread_create(&durable->syncing, NULL, sync_until_ended, store) == 0;
    }
    const bool begun =
        durable->syncing_runs && (others_run || durable->reached_count != durable->begun);
    durable->begun += begun ? 1 : 0;
    pthread_mutex_unlock(&store->mutex);
    return begun;
}

void durable_hand_over(struct store *store, const struct work_list *works)
{
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    works_add(&durable->works, works);
    durable->not_durable += works->count;
    durable->ended++;
    pthread_cond_signal(&durable->committed);
    pthread_mutex_unlock(&store->mutex);
}

void durable_await(struct store *store)
{
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    const uint64_t begun = durable->begun;
    while (durable->reached_count < begun) {
        pthread_cond_wait(&durable->reached, &store->mutex);
    }
    pthread_mutex_unlock(&store->mutex);
}

result store_settle(struct store *store, struct err *err)
{
    const struct durable *durable = &store->durable;
    durable_await(store);
    return has_failed(store) ? err_set(err, ERROR_STORAGE, "%s", durable->failure.what)
                             : result_ok();
}

/* --- moving the log --------------------------------------------------------------------------- */

/* Again and again, because the writer goes on; until little came meanwhile, or somebody who reads
 * is in the way. */
static void move_most(struct store *store, struct connection *connection)
{
    const int64_t little = store->durable.log_limit / LITTLE;
    int64_t left = INT64_MAX;
    bool gains = true;
    for (int moves = 0; moves < MOVES_MAX && gains && left > little; moves++) {
        int64_t now = 0;
        const bool moved = store->backend->move_log(connection, &now, NULL).ok;
        gains = moved && now < left;
        left = now;
    }
}

static void *move_until_ended(void *context)
{
    struct store *store = context;
    struct durable *durable = &store->durable;
    struct connection *connection = NULL;
    const bool opened =
        store->backend
            ->open(store->path, CONNECTION_READS, system_now(store->system), &connection, NULL)
            .ok;
    pthread_mutex_lock(&store->mutex);
    while (!durable->ending) {
        if (!durable->move_wanted) {
            pthread_cond_wait(&durable->wanted, &store->mutex);
            continue;
        }
        durable->move_wanted = false;
        durable->moving = opened && !durable->failed;
        const bool moves = durable->moving;
        pthread_mutex_unlock(&store->mutex);
        if (moves) {
            move_most(store, connection);
        }
        pthread_mutex_lock(&store->mutex);
        durable->moving = false;
        durable->little_is_left = true;
    }
    pthread_mutex_unlock(&store->mutex);
    store->backend->close(connection);
    return NULL;
}

static void move_rest(struct store *store)
{
    int64_t left = 0;
    readers_let_go(store);
    result_ignore(store->backend->move_log(store->writing.connection, &left, NULL),
                  "the log is as good as the file; it is tried again");
}

/* Alone, the writer moves it all by itself, unless it has much else to do. */
static void move_or_have_moved(struct store *store, bool after_bulk)
{
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    if ((durable->syncing_runs || after_bulk) && !durable->mover_runs) {
        durable->mover_runs = pthread_create(&durable->mover, NULL, move_until_ended, store) == 0;
    }
    const bool by_other = durable->mover_runs;
    if (by_other && !durable->moving) {
        durable->move_wanted = true;
        pthread_cond_signal(&durable->wanted);
    }
    pthread_mutex_unlock(&store->mutex);
    if (!by_other) {
        move_rest(store);
    }
}

void durable_look_at_log(struct store *store, bool after_bulk)
{
    struct durable *durable = &store->durable;
    if (has_failed(store)) {
        return;
    }
    pthread_mutex_lock(&store->mutex);
    const bool little_is_left = durable->little_is_left;
    durable->little_is_left = false;
    pthread_mutex_unlock(&store->mutex);
    const int64_t bytes = store->backend->log_bytes(store->writing.connection);
    if (little_is_left && (!after_bulk || bytes >= LOG_TIMES_IN_BULK * durable->log_limit)) {
        move_rest(store);
    }
    const bool is_new = bytes < durable->log_bytes;
    durable->log_bytes = bytes;
    durable->move_at = is_new ? durable->log_limit : durable->move_at;
    if (bytes >= durable->move_at) {
        durable->move_at = bytes + durable->log_limit / LITTLE;
        move_or_have_moved(store, after_bulk);
    }
}

/* --- life ------------------------------------------------------------------------------------- */

void durable_init(struct store *store, int64_t log_limit)
{
    struct durable *durable = &store->durable;
    durable->log_limit = log_limit > 0 ? log_limit : LOG_BYTES;
    durable->move_at = durable->log_limit;
    ASSERT(pthread_cond_init(&durable->committed, NULL) == 0);
    ASSERT(pthread_cond_init(&durable->reached, NULL) == 0);
    ASSERT(pthread_cond_init(&durable->wanted, NULL) == 0);
}

void durable_stop(struct store *store)
{
    struct durable *durable = &store->durable;
    pthread_mutex_lock(&store->mutex);
    durable->ending = true;
    pthread_cond_signal(&durable->committed);
    pthread_cond_signal(&durable->wanted);
    pthread_mutex_unlock(&store->mutex);
    if (durable->syncing_runs) {
        pthread_join(durable->syncing, NULL);
    }
    if (durable->mover_runs) {
        pthread_join(durable->mover, NULL);
    }
    if (durable->failed) {
        store->backend->leave_log(store->writing.connection);
    }
}

void durable_done(struct store *store)
{
    pthread_cond_destroy(&store->durable.committed);
    pthread_cond_destroy(&store->durable.reached);
    pthread_cond_destroy(&store->durable.wanted);
}
