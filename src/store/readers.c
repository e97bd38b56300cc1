#include "store/internal.h"

#include <string.h>

/* How a snapshot is kept. After a steady reading (store_read_steady) the reader may go back to the
 * free ones with its transaction open. Its snapshot is of one version: a commit of more than looks,
 * as the writer thread tells them (readers_after_commit). With the version it tells the mark where
 * the commits end, in the file that all processes share, and with each commit of looks alone the
 * next mark of the same version.
 *
 * Invariants:
 *   1. a version is true of a mark: between the commit that began the version and the mark there
 *      are looks of this process alone. The writer takes both marks of a commit while it has the
 *      lock to write: when the first is the one that was told last, nobody else committed between;
 *   2. a snapshot is said to be of the version that was told before it was taken; it has that, and
 *      may have more;
 *   3. a kept snapshot is read again only when, as the reading begins, the commits end at the mark
 *      that was told last, which never comes back, with the snapshot's own version. Then there is
 *      nothing after that version but looks, so the snapshot has no more either; and a commit of
 *      more than looks, by whomever, is seen by every reading that begins after it. In doubt, as
 *      while a commit ends, a snapshot is taken anew;
 *   4. a snapshot is kept for KEPT_NANOSECONDS at most: by the reader that has it, or by a thread
 *      that lets go of those nobody reads. So the log can be moved, and who waits for readers, also
 *      in another process, does not wait longer. */

enum { READERS_MAX = 32, KEPT_NANOSECONDS = 100 * 1000 * 1000 };

struct reader {
    struct transaction transaction;
    struct reader *next_free;
    bool reads;       /* its transaction was begun, and may know something, or be over: the database
                         ends it by itself when the disk refuses */
    uint64_t version; /* of the snapshot it has kept, or may keep; 0: none */
    int64_t since;    /* nanoseconds: when the snapshot was taken */
    uint64_t told;    /* the version, ... */
    struct mark mark; /* ... and the mark, as they were when it was taken from the free ones */
};

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
    reader->transaction.recent = &store->recent;
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
        store->steady.kept -= reader->version != 0 ? 1 : 0;
        reader->told = store->steady.version;
        reader->mark = store->steady.mark;
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

static result begin_reading(struct reader *reader, struct err *err)
{
    reader->reads = true;
    return transaction_begin(&reader->transaction, false, err);
}

/* Ends the transaction, if there is one. The reader is nobody else's. */
static void let_go(const struct store *store, struct reader *reader)
{
    if (reader->reads) {
        store->backend->rollback(reader->transaction.connection);
        transaction_forget(&reader->transaction);
        reader->reads = false;
    }
    reader->version = 0;
}

/* With the mutex held. */
static void add_free(struct store *store, struct reader *reader)
{
    reader->next_free = store->free_readers;
    store->free_readers = reader;
    pthread_cond_signal(&store->reader_freed);
}

static void give_reader(struct store *store, struct reader *reader)
{
    let_go(store, reader);
    pthread_mutex_lock(&store->mutex);
    add_free(store, reader);
    pthread_mutex_unlock(&store->mutex);
}

/* --- kept snapshots --------------------------------------------------------------------------- */

/* With the mutex held, which is let go meanwhile. */
static void let_go_of_older(struct store *store, int64_t since)
{
    struct reader *old = NULL;
    struct reader **at = &store->free_readers;
    while (*at != NULL) {
        struct reader *reader = *at;
        if (reader->version == 0 || reader->since > since) {
            at = &reader->next_free;
            continue;
        }
        *at = reader->next_free;
        reader->next_free = old;
        old = reader;
        store->steady.kept--;
    }
    pthread_mutex_unlock(&store->mutex);
    for (struct reader *reader = old; reader != NULL; reader = reader->next_free) {
        let_go(store, reader);
    }
    pthread_mutex_lock(&store->mutex);
    while (old != NULL) {
        struct reader *reader = old;
        old = reader->next_free;
        add_free(store, reader);
    }
}

static void *let_go_until_ended(void *context)
{
    struct store *store = context;
    struct steady *steady = &store->steady;
    pthread_mutex_lock(&store->mutex);
    while (!steady->ending) {
        const struct timespec until = time_of_nanoseconds(nanoseconds_now() + KEPT_NANOSECONDS);
        steady->waits_for_one = steady->kept == 0;
        if (steady->waits_for_one) {
            pthread_cond_wait(&steady->changed, &store->mutex);
        } else {
            (void)pthread_cond_timedwait(&steady->changed, &store->mutex, &until);
            let_go_of_older(store, nanoseconds_now() - KEPT_NANOSECONDS);
        }
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

/* With the mutex held. Without the thread nothing is kept. */
static bool is_watched(struct store *store)
{
    struct steady *steady = &store->steady;
    if (!steady->runs) {
        steady->runs = pthread_create(&steady->letting_go, NULL, let_go_until_ended, store) == 0;
    }
    return steady->runs;
}

/* With the mutex held. */
static bool may_be_kept(struct store *store, const struct reader *reader)
{
    return reader->version != 0 && reader->version == store->steady.version &&
           store->backend->is_active(reader->transaction.connection) &&
           nanoseconds_now() - reader->since < KEPT_NANOSECONDS && is_watched(store);
}

/* Keeps the snapshot, if it may be kept. */
static void keep_or_give_reader(struct store *store, struct reader *reader)
{
    transaction_pause(&reader->transaction);
    pthread_mutex_lock(&store->mutex);
    const bool keeps = may_be_kept(store, reader);
    const bool wakes = keeps && store->steady.kept == 0 && store->steady.waits_for_one;
    if (keeps) {
        store->steady.kept++;
        add_free(store, reader);
    }
    pthread_mutex_unlock(&store->mutex);
    if (wakes) {
        pthread_cond_signal(&store->steady.changed);
    }
    if (!keeps) {
        give_reader(store, reader);
    }
}

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Do the commits end where the writer thread said last? */
static bool ends_as_told(const struct store *store, const struct reader *reader)
{
    struct mark now;
    return reader->told != 0 && store->backend->mark(reader->transaction.connection, &now) &&
           same_mark(&now, &reader->mark);
}

/* With the kept snapshot, or a new one. */
static result begin_steady(const struct store *store, struct reader *reader, struct err *err)
{
    if (reader->version != 0 && reader->version == reader->told && ends_as_told(store, reader)) {
        return result_ok();
    }
    let_go(store, reader);
    const int64_t since = nanoseconds_now();
    TRY(begin_reading(reader, err));
    reader->version = reader->told;
    reader->since = since;
    return result_ok();
}

void readers_after_commit(struct store *store, bool looks_alone)
{
    struct steady *steady = &store->steady;
    struct mark begun;
    struct mark ended;
    const bool known = store->backend->marks_of_commit(store->writing.connection, &begun, &ended);
    pthread_mutex_lock(&store->mutex);
    const bool goes_on = looks_alone && steady->version != 0 && same_mark(&begun, &steady->mark);
    steady->versions += goes_on ? 0 : 1;
    steady->version = known ? steady->versions : 0;
    steady->mark = ended;
    pthread_mutex_unlock(&store->mutex);
}

void readers_let_go(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->steady.version = 0;
    let_go_of_older(store, INT64_MAX);
    pthread_mutex_unlock(&store->mutex);
}

/* --- one reading ------------------------------------------------------------------------------ */

static result read_with_reader(struct store *store, store_work *work, void *context,
                               struct err *err)
{
    struct reader *reader = NULL;
    TRY(take_reader(store, true, &reader, err));
    let_go(store, reader);
    result outcome = begin_reading(reader, err);
    outcome = outcome.ok ? work(&reader->transaction, context, err) : outcome;
    give_reader(store, reader);
    return outcome;
}

static result read_steadily(struct store *store, store_work *work, void *context, struct err *err)
{
    struct reader *reader = NULL;
    TRY(take_reader(store, true, &reader, err));
    result outcome = begin_steady(store, reader, err);
    if (outcome.ok) {
        reader->transaction.steady = true;
        outcome = work(&reader->transaction, context, err);
        reader->transaction.steady = false;
    }
    if (outcome.ok) {
        keep_or_give_reader(store, reader);
    } else {
        give_reader(store, reader);
    }
    return outcome;
}

static result read_entered(struct store *store, bool steady, store_work *work, void *context,
                           struct err *err)
{
    if (!caller_enters(store)) {
        return err_set(err, ERROR_STORAGE, "The store is being closed");
    }
    const result outcome = (steady ? read_steadily : read_with_reader)(store, work, context, err);
    caller_leaves(store);
    return outcome;
}

result store_read(struct store *store, store_work *work, void *context, struct err *err)
{
    return read_entered(store, false, work, context, err);
}

result store_read_steady(struct store *store, store_work *work, void *context, struct err *err)
{
    return read_entered(store, true, work, context, err);
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
        let_go(store, reader);
        together->readers[together->count] = reader;
        together->transactions[together->count] = &reader->transaction;
        together->count++;
    }
    return result_ok();
}

static void together_end(const struct store *store, struct together *together)
{
    for (size_t i = 0; i < together->count; i++) {
        let_go(store, together->readers[i]);
    }
}

/* Begins all of them and says whether they see the same commit: positions only grow, and rows
 * change with an event alone. */
static result together_begin(struct together *together, bool *ret_same, struct err *err)
{
    int64_t first = 0;
    bool same = true;
    for (size_t i = 0; i < together->count; i++) {
        int64_t position = 0;
        TRY(begin_reading(together->readers[i], err));
        TRY(transaction_event_count(together->transactions[i], &position, err));
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
        TRY(together_begin(together, &same, err));
        if (same) {
            return result_ok();
        }
        together_end(store, together);
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
    return work(together->transactions, together->count, context, err);
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

void readers_init(struct store *store, const pthread_condattr_t *monotonic)
{
    ASSERT(pthread_cond_init(&store->reader_freed, NULL) == 0);
    ASSERT(pthread_cond_init(&store->steady.changed, monotonic) == 0);
}

void readers_done(struct store *store)
{
    pthread_cond_destroy(&store->reader_freed);
    pthread_cond_destroy(&store->steady.changed);
}

void readers_close(struct store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->steady.ending = true;
    pthread_cond_signal(&store->steady.changed);
    pthread_mutex_unlock(&store->mutex);
    if (store->steady.runs) {
        pthread_join(store->steady.letting_go, NULL);
    }
    while (store->free_readers != NULL) {
        struct reader *reader = store->free_readers;
        store->free_readers = reader->next_free;
        let_go(store, reader);
        struct connection *connection = reader->transaction.connection;
        transaction_done(&reader->transaction);
        store->backend->close(connection);
    }
}
