#include "store/sqlite_inserting.h"

#include "store/sqlite.h"

#include <pthread.h>

struct inserting {
    struct arena memory; /* holds this struct */
    struct sqlite_connection *connection;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t helper;
    struct pending_table *queue[PENDING_TABLES]; /* a ring: a table is in it once at most */
    uint64_t put;                                /* so many were put into it, ... */
    uint64_t taken;                              /* ... and so many are done with */
    bool ending;
    bool failed;
    struct err failure;
};

/* --- the helper ------------------------------------------------------------------------------- */

static bool is_idle(const struct inserting *inserting)
{
    return inserting->taken == inserting->put;
}

static void enqueue(struct inserting *inserting, struct pending_table *table)
{
    ASSERT(inserting->put - inserting->taken < PENDING_TABLES);
    inserting->queue[inserting->put++ % PENDING_TABLES] = table;
}

/* With the mutex held, which is let go meanwhile. A table of which there is more waits behind the
 * others. */
static void write_next(struct inserting *inserting)
{
    struct pending_table *table = inserting->queue[inserting->taken % PENDING_TABLES];
    const bool failed = inserting->failed;
    struct err err = {0};
    result written = result_ok();
    bool more = false;
    pthread_mutex_unlock(&inserting->mutex);
    if (!failed) {
        written = pending_write_handed(inserting->connection, table, &more, &err);
    }
    pthread_mutex_lock(&inserting->mutex);
    inserting->taken++;
    if (written.ok && more) {
        enqueue(inserting, table);
        return;
    }
    if (!written.ok) {
        inserting->failed = true;
        inserting->failure = err;
    }
    table->is_helpers = false;
    pthread_cond_broadcast(&inserting->changed);
}

static void *insert_until_ended(void *context)
{
    struct inserting *inserting = context;
    pthread_mutex_lock(&inserting->mutex);
    for (;;) {
        while (is_idle(inserting) && !inserting->ending) {
            pthread_cond_wait(&inserting->changed, &inserting->mutex);
        }
        if (is_idle(inserting)) {
            break;
        }
        write_next(inserting);
    }
    pthread_mutex_unlock(&inserting->mutex);
    return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

struct inserting *inserting_start(struct sqlite_connection *connection)
{
    struct arena memory;
    if (!arena_open(&memory, sizeof(struct inserting) + 64, NULL).ok) {
        return NULL;
    }
    struct inserting *inserting = ARENA_NEW(&memory, struct inserting, 1);
    ASSERT(inserting != NULL);
    inserting->memory = memory;
    inserting->connection = connection;
    ASSERT(pthread_mutex_init(&inserting->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&inserting->changed, NULL) == 0);
    if (pthread_create(&inserting->helper, NULL, insert_until_ended, inserting) != 0) {
        arena_close(&memory);
        return NULL;
    }
    return inserting;
}

void inserting_stop(struct inserting *inserting)
{
    if (inserting == NULL) {
        return;
    }
    pthread_mutex_lock(&inserting->mutex);
    inserting->ending = true;
    pthread_cond_broadcast(&inserting->changed);
    pthread_mutex_unlock(&inserting->mutex);
    pthread_join(inserting->helper, NULL);
    pthread_cond_destroy(&inserting->changed);
    pthread_mutex_destroy(&inserting->mutex);
    struct arena memory = inserting->memory;
    arena_close(&memory);
}

/* --- there and back --------------------------------------------------------------------------- */

void inserting_hand_over(struct inserting *inserting, struct pending_table *table)
{
    pthread_mutex_lock(&inserting->mutex);
    table->is_helpers = true;
    enqueue(inserting, table);
    pthread_cond_broadcast(&inserting->changed);
    pthread_mutex_unlock(&inserting->mutex);
}

result inserting_await(struct inserting *inserting, const struct pending_table *table,
                       struct err *err)
{
    pthread_mutex_lock(&inserting->mutex);
    while (table->is_helpers) {
        pthread_cond_wait(&inserting->changed, &inserting->mutex);
    }
    const bool failed = inserting->failed;
    if (failed && err != NULL) {
        *err = inserting->failure;
    }
    pthread_mutex_unlock(&inserting->mutex);
    return (result){.ok = !failed};
}

static void wait_and_forget(struct inserting *inserting, bool forget)
{
    if (inserting == NULL) {
        return;
    }
    pthread_mutex_lock(&inserting->mutex);
    while (!is_idle(inserting)) {
        pthread_cond_wait(&inserting->changed, &inserting->mutex);
    }
    inserting->failed = inserting->failed && !forget;
    pthread_mutex_unlock(&inserting->mutex);
}

void inserting_rest(struct inserting *inserting)
{
    wait_and_forget(inserting, false);
}

void inserting_forget(struct inserting *inserting)
{
    wait_and_forget(inserting, true);
}
