#include "store/store.h"

#include "store/internal.h"
#include "store/keyfile.h"
#include "store/proof.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

/* How a write travels. The caller puts its work, which lies on its own stack, into the queue and
 * sleeps. The writer thread begins one transaction, runs each work that waits in a savepoint (up to
 * GROUP_WORKS_MAX), writes the looks that wait, commits, and only then wakes the callers: one of
 * them, who wakes two others before going on, and so on, so that the writer is soon at the next
 * group. Those who were answered often come back at once: so while it runs the first of the next
 * group, the others come, and before it commits, the writer waits for those who are missing, for a
 * fraction of the time that the last commit took.
 *
 * Invariants:
 *   1. a caller hears "done" only after the commit that holds its work has returned;
 *   2. a work that failed left nothing behind, and its caller hears its own error;
 *   3. when the commit fails, everybody in the group hears that;
 *   4. every work that was put into the queue is answered, also while the store is being closed:
 *      store_close waits for everybody who is inside.
 */

enum {
    GROUP_WORKS_MAX = 256,
    READERS_MAX = 32,
    STORE_MEMORY_SIZE = 256 * 1024,
    RETRY_SECONDS = 1, /* when looks could not be written and nothing else happens */
    /* Half-filled groups cost as many syncs as full ones. A quarter of a commit is what a caller
     * may have to wait longer, where the group could be twice as large. */
    GATHER_FRACTION = 4,
    GATHER_NANOSECONDS_MAX = 5 * 1000 * 1000,
};

static const int64_t NANOSECONDS_PER_SECOND = 1000 * 1000 * 1000;

struct work {
    store_work *run;
    void *context;
    bool bulk;
    result outcome;
    struct err err; /* when the outcome is a failure */
    sem_t answered;
    struct work *wakes[2]; /* others of the group whom this one's caller wakes */
    struct work *next;
};

/* Works that are committed together. */
struct group {
    struct work *first;
    struct work *last;
    size_t count;
    size_t expected;  /* so many may come */
    int64_t patience; /* nanoseconds that are left to wait for them */
};

struct reader {
    struct transaction transaction;
    struct reader *next_free;
};

/* --- one group --- */

static int64_t nanoseconds_now(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static void fail_work(struct work *work, const struct err *cause)
{
    work->outcome = (result){.ok = false};
    work->err = *cause;
}

/* What a work returns, unless it hid that an append had failed half-way; then what it held back is
 * written. */
static void run_work(struct transaction *transaction, struct work *work)
{
    transaction_work_begin(transaction);
    work->outcome = work->run(transaction, work->context, &work->err);
    if (work->outcome.ok && transaction->has_broken) {
        fail_work(work, &transaction->broken);
    }
    if (work->outcome.ok) {
        work->outcome = caseload_flush(transaction, &work->err);
    }
    if (work->outcome.ok) {
        work->outcome = sealing_settle(transaction, &work->err);
    }
}

/* On a full disk, for one, the database undoes the whole group at once. */
static result give_up(const struct err *cause, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "Nothing of the change was stored: %s",
                          cause == NULL ? "the database ended the transaction" : cause->what),
                  "the hint returns the failure");
    return cause == NULL ? (result){.ok = false} : err_hint(err, "%s", cause->hint);
}

/* A work in its savepoint. Fails only when the whole group has to be given up. */
static result run_in_savepoint(struct store *store, struct work *work, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(store->backend->savepoint_begin(transaction->connection, err));
    const int64_t last_position = transaction->last_position;
    run_work(transaction, work);
    if (!store->backend->is_active(transaction->connection)) {
        return give_up(work->outcome.ok ? NULL : &work->err, err);
    }
    if (work->outcome.ok) {
        return store->backend->savepoint_keep(transaction->connection, err);
    }
    transaction_work_undone(transaction, last_position);
    return store->backend->savepoint_undo(transaction->connection, err);
}

/* Looks that cannot be written do not take the works with them: they wait for the next group. */
static result write_looks(struct store *store, struct err *looks_err, result *ret_looks,
                          struct err *err)
{
    struct transaction *transaction = &store->writing;
    *ret_looks = result_ok();
    if (store->looks.taken_count == 0) {
        return result_ok();
    }
    TRY(store->backend->savepoint_begin(transaction->connection, err));
    *ret_looks = looks_write(&store->looks, transaction, looks_err);
    if (!store->backend->is_active(transaction->connection)) {
        return give_up(looks_err, err);
    }
    return ret_looks->ok ? store->backend->savepoint_keep(transaction->connection, err)
                         : store->backend->savepoint_undo(transaction->connection, err);
}

static result commit(struct store *store, struct err *err)
{
    TRY(latest_settle(&store->writing, err));
    return store->backend->commit(store->writing.connection, err);
}

/* --- who belongs to a group ------------------------------------------------------------------- */

static bool waits_until(struct store *store, int64_t nanoseconds)
{
    const struct timespec until = {.tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
                                   .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND};
    store->writer_waits = true;
    const bool woken = pthread_cond_timedwait(&store->wake, &store->mutex, &until) == 0;
    store->writer_waits = false;
    return woken;
}

/* With the mutex held, as all of these; the queue is not empty. */
static void take_first(struct store *store, struct group *group)
{
    struct work *work = store->first;
    *(group->last == NULL ? &group->first : &group->last->next) = work;
    group->last = work;
    group->count++;
    store->first = work->next;
    store->last = work->next == NULL ? NULL : store->last;
    store->waiting--;
    work->next = NULL;
}

/* Those who wait, oldest first, up to a bulk work. */
static void take_works(struct store *store, struct group *group)
{
    while (store->first != NULL && !store->first->bulk && group->count < GROUP_WORKS_MAX) {
        take_first(store, group);
    }
}

/* For half of those who are missing; while they are run, the others come. */
static void wait_for_more(struct store *store, struct group *group)
{
    const int64_t begin = nanoseconds_now();
    store->wanted = (group->expected - group->count + 1) / 2;
    while (store->waiting < store->wanted && !store->stopping &&
           waits_until(store, begin + group->patience)) {
    }
    store->wanted = 0;
    group->patience -= nanoseconds_now() - begin;
}

/* The one to run after `work`; NULL when nobody else is waited for. Takes the mutex. */
static struct work *next_work(struct store *store, struct group *group, const struct work *work)
{
    struct work *next = work == NULL ? group->first : work->next;
    if (next != NULL) {
        return next;
    }
    pthread_mutex_lock(&store->mutex);
    if (store->first == NULL && group->count < group->expected && group->patience > 0) {
        wait_for_more(store, group);
    }
    take_works(store, group);
    pthread_mutex_unlock(&store->mutex);
    return work == NULL ? group->first : work->next;
}

/* A bulk work is a group of its own. */
static struct group begin_group(struct store *store)
{
    const int64_t patience = store->commit_nanoseconds / GATHER_FRACTION;
    struct group group = {
        .expected = store->expected < GROUP_WORKS_MAX ? store->expected : GROUP_WORKS_MAX,
        .patience = patience < GATHER_NANOSECONDS_MAX ? patience : (int64_t)GATHER_NANOSECONDS_MAX};
    if (store->first != NULL && store->first->bulk) {
        take_first(store, &group);
    } else {
        take_works(store, &group);
    }
    return group;
}

/* --- one group, and a bulk work --------------------------------------------------------------- */

static result run_group(struct store *store, struct group *group, struct err *looks_err,
                        result *ret_looks, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(transaction_begin(transaction, true, err));
    result whole = result_ok();
    struct work *work = next_work(store, group, NULL);
    while (work != NULL && whole.ok) {
        whole = run_in_savepoint(store, work, err);
        work = whole.ok ? next_work(store, group, work) : NULL;
    }
    whole = whole.ok ? write_looks(store, looks_err, ret_looks, err) : whole;
    const int64_t begin = nanoseconds_now();
    whole = whole.ok ? commit(store, err) : whole;
    store->commit_nanoseconds = nanoseconds_now() - begin;
    store->backend->rollback(transaction->connection); /* nothing to do after a commit */
    if (whole.ok) {
        transaction_rest(transaction);
    } else {
        transaction_forget(transaction);
    }
    return whole;
}

static void commit_group(struct store *store, struct group *group)
{
    struct err err = {0};
    struct err looks_err = {0};
    result looks = result_ok();
    const result committed = run_group(store, group, &looks_err, &looks, &err);
    for (struct work *work = group->first; work != NULL; work = work->next) {
        /* One that failed by itself keeps its own error. */
        if (!committed.ok && (work->outcome.ok || work->err.code == ERROR_NONE)) {
            fail_work(work, &err);
        }
    }
    pthread_mutex_lock(&store->mutex);
    looks_written(&store->looks, committed.ok ? looks : committed,
                  committed.ok ? &looks_err : &err);
    pthread_mutex_unlock(&store->mutex);
}

/* A large import: alone in its transaction, with memory for it. */
static result run_bulk(struct store *store, struct work *work, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(store->backend->bulk_begin(transaction->connection, err));
    TRY(transaction_resize_cache(transaction, CACHE_SUBJECTS_BULK, err));
    TRY(transaction_begin(transaction, true, err));
    result begun = sealing_begin(transaction, err);
    if (begun.ok) {
        run_work(transaction, work);
    } else {
        work->outcome = begun;
    }
    sealing_end(transaction);
    const result committed = work->outcome.ok ? commit(store, err) : result_ok();
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    return begun.ok ? committed : begun;
}

static void commit_bulk(struct store *store, struct work *work)
{
    struct err err = {0};
    if (!run_bulk(store, work, &err).ok) {
        fail_work(work, &err);
    }
    result_ignore(transaction_resize_cache(&store->writing, CACHE_SUBJECTS_WRITER, NULL),
                  "the large cache works as well");
    result_ignore(store->backend->bulk_end(store->writing.connection, NULL),
                  "the change is durable already, or undone");
}

/* --- the writer thread --- */

static bool has_work(const struct store *store)
{
    const bool looks_wait = store->looks.waiting_count > 0 || store->looks.taken_count > 0;
    return store->first != NULL || (looks_wait && !store->looks.failing);
}

/* Who wakes whom. Nobody's caller is awake yet. */
static void arrange_waking(struct work *group)
{
    struct work *waking = group;
    size_t count = 0;
    for (struct work *work = group; work != NULL; work = work->next) {
        work->wakes[0] = NULL;
        work->wakes[1] = NULL;
        if (count > 0) {
            waking->wakes[(count - 1) % 2] = work;
            waking = count % 2 == 0 ? waking->next : waking;
        }
        count++;
    }
}

/* From here on the work is its caller's again, and may be gone. */
static void answer(struct work *work)
{
    if (work != NULL) {
        ASSERT(sem_post(&work->answered) == 0);
    }
}

/* With the mutex held: callers who wait for a work do not touch the store any more. */
static void callers_leave(struct store *store, size_t count)
{
    ASSERT(store->callers >= count);
    store->callers -= count;
    if (store->closing && store->callers == 0) {
        pthread_cond_signal(&store->left);
    }
}

static void wait_for_work(struct store *store)
{
    if (!store->looks.failing) {
        store->writer_waits = true;
        pthread_cond_wait(&store->wake, &store->mutex);
        store->writer_waits = false;
        return;
    }
    if (!waits_until(store, nanoseconds_now() + RETRY_SECONDS * NANOSECONDS_PER_SECOND)) {
        store->looks.failing = false; /* try them again */
    }
}

static void *write_until_closed(void *context)
{
    struct store *store = context;
    pthread_mutex_lock(&store->mutex);
    for (;;) {
        while (!has_work(store) && !store->stopping) {
            wait_for_work(store);
        }
        if (!has_work(store)) {
            break;
        }
        struct group group = begin_group(store);
        looks_take(&store->looks);
        pthread_mutex_unlock(&store->mutex);
        if (group.first != NULL && group.first->bulk) {
            commit_bulk(store, group.first);
        } else {
            commit_group(store, &group);
        }
        arrange_waking(group.first);
        pthread_mutex_lock(&store->mutex);
        callers_leave(store, group.count);
        store->expected = group.count + store->waiting;
        answer(group.first);
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

/* --- callers --- */

/* False when the store is being closed. */
static bool caller_enters(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    const bool open = !store->closing;
    store->callers += open ? 1 : 0;
    pthread_mutex_unlock(&store->mutex);
    return open;
}

static void caller_leaves(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    callers_leave(store, 1);
    pthread_mutex_unlock(&store->mutex);
}

/* False when the store is being closed. The writer lets the caller leave. */
static bool enter_and_queue(struct store *store, struct work *work)
{
    pthread_mutex_lock(&store->mutex);
    const bool open = !store->closing;
    if (open) {
        store->callers++;
        if (store->last == NULL) {
            store->first = work;
        } else {
            store->last->next = work;
        }
        store->last = work;
        store->waiting++;
        if (store->writer_waits && store->waiting >= store->wanted) {
            pthread_cond_signal(&store->wake);
        }
    }
    pthread_mutex_unlock(&store->mutex);
    return open;
}

static void wait_for_answer(struct work *work)
{
    while (sem_wait(&work->answered) != 0) {
        ASSERT(errno == EINTR);
    }
    answer(work->wakes[0]);
    answer(work->wakes[1]);
}

static result submit(struct store *store, struct work *work, struct err *err)
{
    ASSERT(!pthread_equal(pthread_self(),
                          store->writer)); /* a work that waits for a work would wait for ever */
    ASSERT(sem_init(&work->answered, 0, 0) == 0);
    const bool queued = enter_and_queue(store, work);
    if (queued) {
        wait_for_answer(work);
    }
    sem_destroy(&work->answered);
    if (!queued) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    if (!work->outcome.ok && err != NULL) {
        *err = work->err;
    }
    return work->outcome;
}

result store_write(struct store *store, store_work *work, void *context, struct err *err)
{
    struct work item = {.run = work, .context = context};
    return submit(store, &item, err);
}

result store_bulk(struct store *store, store_work *work, void *context, struct err *err)
{
    struct work item = {.run = work, .context = context, .bulk = true};
    return submit(store, &item, err);
}

/* --- readers --- */

static result open_reader(struct store *store, struct reader **ret_reader, struct err *err)
{
    struct connection *connection = NULL;
    TRY(store->backend->open(store->path, CONNECTION_READS, system_now(store->system), &connection,
                             err));
    pthread_mutex_lock(&store->mutex);
    struct reader *reader = ARENA_NEW(&store->memory, struct reader, 1);
    pthread_mutex_unlock(&store->mutex);
    const result opened = reader == NULL ? arena_full(err)
                                         : transaction_init(&reader->transaction, connection,
                                                            &store->key, store->system, err);
    if (!opened.ok) {
        store->backend->close(connection);
        return opened;
    }
    reader->transaction.looks = &store->looks;
    *ret_reader = reader;
    return result_ok();
}

/* A reader that is free, or a new one while there are fewer than the maximum, or the next to become
 * free; without `wait` NULL instead of that. */
static result take_reader(struct store *store, bool wait, struct reader **ret_reader,
                          struct err *err)
{
    pthread_mutex_lock(&store->mutex);
    while (wait && store->free_readers == NULL && store->reader_count == READERS_MAX) {
        pthread_cond_wait(&store->reader_freed, &store->mutex);
    }
    struct reader *reader = store->free_readers;
    const bool one_more = reader == NULL && store->reader_count < READERS_MAX;
    if (reader != NULL) {
        store->free_readers = reader->next_free;
    }
    store->reader_count += one_more ? 1 : 0;
    pthread_mutex_unlock(&store->mutex);
    if (!one_more) {
        *ret_reader = reader;
        return result_ok();
    }
    const result opened = open_reader(store, ret_reader, err);
    if (!opened.ok) {
        pthread_mutex_lock(&store->mutex);
        store->reader_count--;
        pthread_cond_signal(&store->reader_freed);
        pthread_mutex_unlock(&store->mutex);
    }
    return opened;
}

static void give_reader(struct store *store, struct reader *reader)
{
    pthread_mutex_lock(&store->mutex);
    reader->next_free = store->free_readers;
    store->free_readers = reader;
    pthread_cond_signal(&store->reader_freed);
    pthread_mutex_unlock(&store->mutex);
}

static result read_with_reader(struct store *store, store_work *work, void *context,
                               struct err *err)
{
    struct reader *reader = NULL;
    TRY(take_reader(store, true, &reader, err));
    struct transaction *transaction = &reader->transaction;
    result outcome = transaction_begin(transaction, false, err);
    if (outcome.ok) {
        outcome = work(transaction, context, err);
        store->backend->rollback(transaction->connection);
        transaction_forget(transaction);
    }
    give_reader(store, reader);
    return outcome;
}

result store_read(struct store *store, store_work *work, void *context, struct err *err)
{
    if (!caller_enters(store)) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    const result outcome = read_with_reader(store, work, context, err);
    caller_leaves(store);
    return outcome;
}

/* --- readers together --- */

enum { TOGETHER_TRIES = 50 };

struct together {
    struct reader *readers[STORE_TOGETHER_MAX];
    struct transaction *transactions[STORE_TOGETHER_MAX];
    size_t count;
};

/* The first is waited for; others only while they are to be had, because somebody who waits with a
 * reader in hand may wait for somebody who does the same. */
static result together_take(struct store *store, size_t wanted, struct together *together,
                            struct err *err)
{
    while (together->count < wanted) {
        struct reader *reader = NULL;
        TRY(take_reader(store, together->count == 0, &reader, err));
        if (reader == NULL) {
            break;
        }
        together->readers[together->count] = reader;
        together->transactions[together->count] = &reader->transaction;
        together->count++;
    }
    return result_ok();
}

static void together_end(struct store *store, struct together *together, size_t begun)
{
    for (size_t i = 0; i < begun; i++) {
        store->backend->rollback(together->transactions[i]->connection);
        transaction_forget(together->transactions[i]);
    }
}

/* Begins all of them and says whether they see the same commit: positions only grow, and rows
 * change with an event alone. */
static result together_begin(struct store *store, struct together *together, bool *ret_same,
                             struct err *err)
{
    int64_t first = 0;
    bool same = true;
    for (size_t i = 0; i < together->count; i++) {
        int64_t position = 0;
        result begun = transaction_begin(together->transactions[i], false, err);
        if (begun.ok) {
            begun = transaction_event_count(together->transactions[i], &position, err);
        } else {
            together_end(store, together, i);
            return begun;
        }
        if (!begun.ok) {
            together_end(store, together, i + 1);
            return begun;
        }
        first = i == 0 ? position : first;
        same = same && position == first;
    }
    *ret_same = same;
    return result_ok();
}

static void together_give(struct store *store, struct together *together, size_t kept)
{
    while (together->count > kept) {
        together->count--;
        give_reader(store, together->readers[together->count]);
    }
}

static result together_begin_same(struct store *store, struct together *together, struct err *err)
{
    for (int tries = 0;; tries++) {
        bool same = false;
        TRY(together_begin(store, together, &same, err));
        if (same) {
            return result_ok();
        }
        together_end(store, together, together->count);
        if (tries == TOGETHER_TRIES) {
            together_give(store, together, 1);
        }
    }
}

static result read_together(struct store *store, struct together *together, size_t wanted,
                            store_together_work *work, void *context, struct err *err)
{
    TRY(together_take(store, wanted, together, err));
    TRY(together_begin_same(store, together, err));
    const result outcome = work(together->transactions, together->count, context, err);
    together_end(store, together, together->count);
    return outcome;
}

result store_read_together(struct store *store, size_t wanted, store_together_work *work,
                           void *context, struct err *err)
{
    ASSERT(wanted > 0 && wanted <= STORE_TOGETHER_MAX);
    struct together together = {.count = 0};
    if (!caller_enters(store)) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    const result outcome = read_together(store, &together, wanted, work, context, err);
    together_give(store, &together, 0);
    caller_leaves(store);
    return outcome;
}

static void close_readers(struct store *store)
{
    while (store->free_readers != NULL) {
        struct reader *reader = store->free_readers;
        store->free_readers = reader->next_free;
        struct connection *connection = reader->transaction.connection;
        transaction_done(&reader->transaction);
        store->backend->close(connection);
    }
}

/* --- after an erasure --- */

result store_purge(struct store *store, struct err *err)
{
    struct connection *connection = NULL;
    if (!caller_enters(store)) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    result purged = store->backend->open(store->path, CONNECTION_WRITES, system_now(store->system),
                                         &connection, err);
    if (purged.ok) {
        purged = store->backend->purge(connection, err);
        store->backend->close(connection);
    }
    caller_leaves(store);
    return purged;
}

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

static result start_writer(struct store *store, struct err *err)
{
    TRY(looks_init(&store->looks, &store->mutex, &store->wake, err));
    if (pthread_create(&store->writer, NULL, write_until_closed, store) != 0) {
        return err_set(err, ERROR_LIMIT, "The system has no thread to give");
    }
    store->writer_runs = true;
    return result_ok();
}

static result open_parts(struct store *store, const struct store_options *options, struct err *err)
{
    TRY(set_paths(store, options, err));
    TRY(options->create ? make_store(store, err) : find_store(store, err));
    TRY(open_writer(store, options->create, err));
    TRY(bring_up_to_date(store, options, err));
    return start_writer(store, err);
}

static void init_locks(struct store *store)
{
    pthread_condattr_t monotonic;
    ASSERT(pthread_condattr_init(&monotonic) == 0);
    ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    ASSERT(pthread_mutex_init(&store->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&store->wake, &monotonic) == 0);
    ASSERT(pthread_cond_init(&store->reader_freed, NULL) == 0);
    ASSERT(pthread_cond_init(&store->left, NULL) == 0);
    pthread_condattr_destroy(&monotonic);
}

/* Everybody who is inside is answered first; nobody comes in any more. */
static void stop_writer(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->closing = true;
    while (store->callers > 0) {
        pthread_cond_wait(&store->left, &store->mutex);
    }
    store->stopping = true;
    store->looks.failing = false; /* one last try */
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->mutex);
    if (store->writer_runs) {
        pthread_join(store->writer, NULL);
    }
    ASSERT(store->first == NULL);
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    stop_writer(store);
    close_readers(store);
    looks_done(&store->looks);
    struct connection *connection = store->writing.connection;
    if (connection != NULL) {
        transaction_done(&store->writing);
        store->backend->close(connection);
    }
    cipher_wipe(&store->key);
    pthread_cond_destroy(&store->left);
    pthread_cond_destroy(&store->reader_freed);
    pthread_cond_destroy(&store->wake);
    pthread_mutex_destroy(&store->mutex);
    struct arena memory = store->memory;
    arena_close(&memory);
}

/* A new store that was not finished holds nothing, and would be in the way of the next try. */
static void give_up_opening(struct store *store)
{
    const struct backend *backend = store->backend;
    const bool is_new = store->is_new;
    char path[PATH_MAX];
    char key_path[PATH_MAX];
    memcpy(path, store->path, sizeof path);
    memcpy(key_path, store->key_path, sizeof key_path);
    store_close(store);
    if (is_new) {
        backend->unmake(path);
        remove(key_path);
    }
}

result store_open(const struct store_options *options, struct store **ret_store, struct err *err)
{
    ASSERT(options->path != NULL && options->system != NULL);
    struct arena memory;
    TRY(arena_open(&memory, STORE_MEMORY_SIZE, err));
    struct store *store = ARENA_NEW(&memory, struct store, 1);
    ASSERT(store != NULL);
    *store =
        (struct store){.memory = memory, .backend = backend_sqlite(), .system = options->system};
    init_locks(store);
    const result opened = open_parts(store, options, err);
    if (!opened.ok) {
        give_up_opening(store);
        return opened;
    }
    *ret_store = store;
    return result_ok();
}
