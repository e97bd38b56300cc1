#include "store/internal.h"

enum { READERS_MAX = 32 };

struct reader {
    struct transaction transaction;
    struct reader *next_free;
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

void readers_close(struct store *store)
{
    while (store->free_readers != NULL) {
        struct reader *reader = store->free_readers;
        store->free_readers = reader->next_free;
        struct connection *connection = reader->transaction.connection;
        transaction_done(&reader->transaction);
        store->backend->close(connection);
    }
}
