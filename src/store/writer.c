#include "store/internal.h"

#include <errno.h>

/* How a write travels. The caller puts its work, which lies on its own stack, into the queue and
 * sleeps. The writer thread begins one transaction, runs each work that waits in a savepoint (up to
 * GROUP_WORKS_MAX), and commits. When that is durable (durable.c), the callers are woken: one of
 * them, who wakes two others before going on, and so on, so that nobody is kept from the next
 * group. Those who were answered often come back at once: so while it runs the first of the next
 * group, the others come, and before it commits, the writer waits for those who are missing, for a
 * fraction of the time that the last commit took.
 *
 * Callers who come back together would all be in one group, and nobody would be there to run while
 * it is synced. So where many are about, and running them takes longer than a sync, a group is half
 * of them, and the other half runs meanwhile. Otherwise one group with one sync is better, because
 * each group has its price, and the writer syncs by itself.
 *
 * Invariants:
 *   1. a caller hears "done" only when the commit that holds its work is durable;
 *   2. a work that failed left nothing behind, and its caller hears its own error;
 *   3. when the commit fails, everybody in the group hears that;
 *   4. every work that was put into the queue is answered, also while the store is being closed:
 *      store_close waits for everybody who is inside.
 */

enum {
    GROUP_WORKS_MAX = 256,
    /* Half-filled groups cost as many syncs as full ones. A quarter of a commit is what a caller
     * may have to wait longer, where the group could be twice as large. */
    GATHER_FRACTION = 4,
    GATHER_NANOSECONDS_MAX = 5 * 1000 * 1000,
};

static const int64_t NANOSECONDS_PER_SECOND = 1000 * 1000 * 1000;

/* Works that are committed together. */
struct group {
    struct work_list works;
    size_t most;      /* works that it may have */
    size_t expected;  /* so many may come */
    int64_t patience; /* nanoseconds that are left to wait for them */
    bool is_half;     /* of those who are about */
    bool soon;        /* committed, and not durable yet */
};

/* --- one group --- */

int64_t nanoseconds_now(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

struct timespec time_of_nanoseconds(int64_t nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
                             .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND};
}

void work_fail(struct work *work, const struct err *cause)
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
        work_fail(work, &transaction->broken);
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

static result commit(struct store *store, bool soon, struct err *err)
{
    TRY(latest_settle(&store->writing, err));
    TRY(soon ? store->backend->commit_soon(store->writing.connection, err)
             : store->backend->commit(store->writing.connection, err));
    if (store->writing.erased_at != 0) {
        recent_forget(&store->recent, store->writing.erased_at);
    }
    return result_ok();
}

/* --- who belongs to a group ------------------------------------------------------------------- */

static bool waits_until(struct store *store, int64_t nanoseconds)
{
    const struct timespec until = time_of_nanoseconds(nanoseconds);
    store->writer_waits = true;
    const bool woken = pthread_cond_timedwait(&store->wake, &store->mutex, &until) == 0;
    store->writer_waits = false;
    return woken;
}

/* With the mutex held, as all of these; the queue is not empty. */
static void take_first(struct store *store, struct group *group)
{
    struct work_list *queue = &store->queue;
    struct work *work = queue->first;
    queue->first = work->next;
    queue->last = work->next == NULL ? NULL : queue->last;
    queue->count--;
    work->next = NULL;
    works_add(&group->works, &(struct work_list){work, work, 1});
}

/* Those who wait, oldest first, up to a bulk work. */
static void take_works(struct store *store, struct group *group)
{
    while (store->queue.first != NULL && !store->queue.first->bulk &&
           group->works.count < group->most) {
        take_first(store, group);
    }
}

/* For half of those who are missing; while they are run, the others come. */
static void wait_for_more(struct store *store, struct group *group)
{
    const int64_t begin = nanoseconds_now();
    store->wanted = (group->expected - group->works.count + 1) / 2;
    while (store->queue.count < store->wanted && !store->stopping &&
           waits_until(store, begin + group->patience)) {
    }
    store->wanted = 0;
    group->patience -= nanoseconds_now() - begin;
}

/* The one to run after `work`; NULL when nobody else is waited for. Takes the mutex. */
static struct work *next_work(struct store *store, struct group *group, const struct work *work)
{
    struct work *next = work == NULL ? group->works.first : work->next;
    if (next != NULL) {
        return next;
    }
    pthread_mutex_lock(&store->mutex);
    const bool lacks = group->works.count < group->expected && group->works.count < group->most;
    if (store->queue.first == NULL && lacks && group->patience > 0) {
        wait_for_more(store, group);
    }
    take_works(store, group);
    pthread_mutex_unlock(&store->mutex);
    return work == NULL ? group->works.first : work->next;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Callers who are inside, or were just now. */
static size_t works_about(const struct store *store)
{
    const size_t here = store->queue.count > store->expected ? store->queue.count : store->expected;
    return here + store->durable.not_durable;
}

static bool runs_in_halves(const struct store *store, size_t about)
{
    return about >= store->many_callers &&
           (int64_t)about * store->run_nanoseconds > store->durable.sync_nanoseconds;
}

/* A bulk work is a group of its own. */
static struct group begin_group(struct store *store)
{
    const int64_t patience = store->commit_nanoseconds / GATHER_FRACTION;
    const size_t about = works_about(store);
    const bool halves = runs_in_halves(store, about);
    const size_t most = smaller(halves ? (about + 1) / 2 : GROUP_WORKS_MAX, GROUP_WORKS_MAX);
    struct group group = {
        .most = most,
        .is_half = halves,
        .expected = smaller(store->expected, most),
        .patience = patience < GATHER_NANOSECONDS_MAX ? patience : (int64_t)GATHER_NANOSECONDS_MAX};
    if (store->queue.first != NULL && store->queue.first->bulk) {
        take_first(store, &group);
    } else {
        take_works(store, &group);
    }
    return group;
}

/* --- one group, and a bulk work --------------------------------------------------------------- */

static bool is_of_looks(const struct work_list *works)
{
    const struct work *work = works->first;
    while (work != NULL && work->looks) {
        work = work->next;
    }
    return work == NULL;
}

static result run_group(struct store *store, struct group *group, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(durable_check(store, err));
    const int64_t first = nanoseconds_now();
    TRY(transaction_begin(transaction, true, err));
    result whole = result_ok();
    struct work *work = next_work(store, group, NULL);
    while (work != NULL && whole.ok) {
        whole = run_in_savepoint(store, work, err);
        work = whole.ok ? next_work(store, group, work) : NULL;
    }
    const int64_t begin = nanoseconds_now();
    group->soon = whole.ok && durable_begin(store, group->is_half);
    whole = whole.ok ? commit(store, group->soon, err) : whole;
    if (whole.ok) {
        readers_after_commit(store, is_of_looks(&group->works));
    }
    store->commit_nanoseconds = nanoseconds_now() - begin;
    store->run_nanoseconds = (nanoseconds_now() - first) / (int64_t)group->works.count;
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
    const result committed = run_group(store, group, &err);
    for (struct work *work = group->works.first; work != NULL; work = work->next) {
        /* One that failed by itself keeps its own error. */
        if (!committed.ok && (work->outcome.ok || work->err.code == ERROR_NONE)) {
            work_fail(work, &err);
        }
    }
}

/* One large work is often followed by another: the memory is given back with the next that is not.
 */
static result begin_bulk(struct store *store, struct err *err)
{
    if (store->writes_bulk) {
        return result_ok();
    }
    store->writes_bulk = true;
    TRY(store->backend->bulk_begin(store->writing.connection, err));
    return transaction_resize_cache(&store->writing, CACHE_SUBJECTS_BULK, err);
}

static void end_bulk(struct store *store)
{
    if (!store->writes_bulk) {
        return;
    }
    store->writes_bulk = false;
    result_ignore(transaction_resize_cache(&store->writing, CACHE_SUBJECTS_WRITER, NULL),
                  "the large cache works as well");
    result_ignore(store->backend->bulk_end(store->writing.connection, NULL),
                  "the change is durable already, or undone");
}

/* A large import: alone in its transaction, with memory for it. */
static result run_bulk(struct store *store, struct work *work, struct err *err)
{
    struct transaction *transaction = &store->writing;
    TRY(begin_bulk(store, err));
    TRY(transaction_begin(transaction, true, err));
    result begun = sealing_begin(transaction, err);
    if (begun.ok) {
        run_work(transaction, work);
    } else {
        work->outcome = begun;
    }
    sealing_end(transaction);
    const result committed = work->outcome.ok ? commit(store, false, err) : result_ok();
    store->backend->rollback(transaction->connection);
    transaction_forget(transaction);
    return begun.ok ? committed : begun;
}

static void commit_bulk(struct store *store, struct work *work)
{
    struct err err = {0};
    durable_await(store);
    if (!durable_check(store, &err).ok) {
        work_fail(work, &err);
        return;
    }
    if (!run_bulk(store, work, &err).ok) {
        work_fail(work, &err);
        end_bulk(store);
    }
}

/* --- the writer thread --- */

/* Who wakes whom. Nobody's caller is awake yet. */
static void arrange_waking(struct work *first)
{
    struct work *waking = first;
    size_t count = 0;
    for (struct work *work = first; work != NULL; work = work->next) {
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

void works_answer(struct store *store, const struct work_list *works)
{
    if (works->first == NULL) {
        return;
    }
    arrange_waking(works->first);
    store->expected = works->count + store->queue.count;
    callers_leave(store, works->count);
    answer(works->first);
}

static void wait_for_work(struct store *store)
{
    store->writer_waits = true;
    pthread_cond_wait(&store->wake, &store->mutex);
    store->writer_waits = false;
}

static void run_and_answer(struct store *store, struct group *group)
{
    const bool bulk = group->works.first != NULL && group->works.first->bulk;
    if (bulk) {
        commit_bulk(store, group->works.first);
    } else {
        end_bulk(store);
        commit_group(store, group);
    }
    if (group->soon) {
        durable_hand_over(store, &group->works);
    } else {
        pthread_mutex_lock(&store->mutex);
        works_answer(store, &group->works);
        pthread_mutex_unlock(&store->mutex);
    }
    durable_look_at_log(store, bulk);
}

static void *write_until_closed(void *context)
{
    struct store *store = context;
    pthread_mutex_lock(&store->mutex);
    for (;;) {
        while (store->queue.first == NULL && !store->stopping) {
            wait_for_work(store);
        }
        if (store->queue.first == NULL) {
            break;
        }
        struct group group = begin_group(store);
        pthread_mutex_unlock(&store->mutex);
        run_and_answer(store, &group);
        pthread_mutex_lock(&store->mutex);
    }
    pthread_mutex_unlock(&store->mutex);
    end_bulk(store);
    return NULL;
}

/* --- callers --- */

/* False when the store is being closed. */
bool caller_enters(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    const bool open = !store->closing;
    store->callers += open ? 1 : 0;
    pthread_mutex_unlock(&store->mutex);
    return open;
}

void caller_leaves(struct store *store)
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
        works_add(&store->queue, &(struct work_list){work, work, 1});
        if (store->writer_waits && store->queue.count >= store->wanted) {
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

static result record_look(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_record_look(transaction, *(const struct look *const *)context, err);
}

result store_look(struct store *store, const struct look *look, struct err *err)
{
    struct work item = {.run = record_look, .context = &look, .looks = true};
    return submit(store, &item, err);
}

/* --- life --------------------------------------------------------------------------------------
 */

result writer_start(struct store *store, struct err *err)
{
    if (pthread_create(&store->writer, NULL, write_until_closed, store) != 0) {
        return err_set(err, ERROR_LIMIT, "The system has no thread to give");
    }
    store->writer_runs = true;
    return result_ok();
}

void writer_stop(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->closing = true;
    while (store->callers > 0) {
        pthread_cond_wait(&store->left, &store->mutex);
    }
    store->stopping = true;
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->mutex);
    if (store->writer_runs) {
        pthread_join(store->writer, NULL);
    }
    ASSERT(store->queue.first == NULL);
}
