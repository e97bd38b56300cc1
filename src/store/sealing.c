/* Sealing beside the rows. In a large work two threads share what an append costs: this one checks
 * the event and changes rows, the helper turns bodies that are written already into sealed ones
 * with their leaves. Events go to the helper a batch at a time, and come back in order; while it
 * works on one batch, the other is filled.
 *
 * Invariants:
 *   1. at any moment a batch belongs to one of the two threads: to the helper from hand_over until
 * fetch_batch;
 *   2. events are inserted in the order of their positions: fetch_batch takes the older batch
 * first;
 *   3. the helper uses nothing of the transaction: what is unpredictable was drawn before. */
#include "store/transaction.h"

#include <pthread.h>
#include <string.h>

enum {
    BATCHES = 2,
    BATCH_JOBS = 256,
    BODY_BYTES_MAX = 16 * 1024, /* a longer one is sealed here and now */
    BATCH_BYTES = BATCH_JOBS * 4 * BODY_BYTES_MAX,
};

struct sealing_job {
    struct event event; /* its header; the body is text */
    str body;
    struct cipher_key key;
    struct sealing_chance chance;
    struct event_record record;
};

struct sealing_batch {
    struct arena memory;
    struct sealing_job *jobs;
    size_t count;
    bool handed; /* to the helper */
    bool sealed; /* by the helper, under the mutex */
    result outcome;
    struct err err;
};

struct sealing {
    struct arena memory; /* holds this struct and the jobs */
    struct hmac_key leaf_key;
    struct sealing_batch batches[BATCHES];
    size_t filling;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t helper;
    struct sealing_batch *handed; /* the batch that waits for the helper */
    bool ending;
    bool failed; /* an event could not be stored: nothing more is */
    struct err failure;
};

/* --- the helper ------------------------------------------------------------------------------- */

static void seal_batch(struct sealing_batch *batch, const struct hmac_key *leaf_key)
{
    batch->outcome = result_ok();
    for (size_t i = 0; i < batch->count && batch->outcome.ok; i++) {
        struct sealing_job *job = &batch->jobs[i];
        batch->outcome = event_seal_body(&job->event, job->body, &job->key, leaf_key, &job->chance,
                                         &batch->memory, &job->record, &batch->err);
        cipher_wipe(&job->key);
    }
}

static void *seal_until_ended(void *context)
{
    struct sealing *sealing = context;
    pthread_mutex_lock(&sealing->mutex);
    for (;;) {
        while (sealing->handed == NULL && !sealing->ending) {
            pthread_cond_wait(&sealing->changed, &sealing->mutex);
        }
        struct sealing_batch *batch = sealing->handed;
        if (batch == NULL) {
            break;
        }
        pthread_mutex_unlock(&sealing->mutex);
        seal_batch(batch, &sealing->leaf_key);
        pthread_mutex_lock(&sealing->mutex);
        batch->sealed = true;
        sealing->handed = NULL;
        pthread_cond_broadcast(&sealing->changed);
    }
    pthread_mutex_unlock(&sealing->mutex);
    return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

static result open_batches(struct sealing *sealing, struct err *err)
{
    for (size_t i = 0; i < BATCHES; i++) {
        TRY(arena_open(&sealing->batches[i].memory, BATCH_BYTES, err));
        sealing->batches[i].jobs = ARENA_NEW(&sealing->memory, struct sealing_job, BATCH_JOBS);
        ASSERT(sealing->batches[i].jobs != NULL);
    }
    return result_ok();
}

static void close_sealing(struct sealing *sealing)
{
    for (size_t i = 0; i < BATCHES; i++) {
        arena_close(&sealing->batches[i].memory);
    }
    struct arena memory = sealing->memory;
    arena_close(&memory);
}

result sealing_begin(struct transaction *transaction, struct err *err)
{
    struct arena memory;
    ASSERT(transaction->sealing == NULL);
    TRY(arena_open(&memory,
                   sizeof(struct sealing) + BATCHES * BATCH_JOBS * sizeof(struct sealing_job) + 256,
                   err));
    struct sealing *sealing = ARENA_NEW(&memory, struct sealing, 1);
    ASSERT(sealing != NULL);
    sealing->memory = memory;
    sealing->leaf_key = transaction->leaf_key;
    const result opened = open_batches(sealing, err);
    if (!opened.ok) {
        close_sealing(sealing);
        return opened;
    }
    ASSERT(pthread_mutex_init(&sealing->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&sealing->changed, NULL) == 0);
    if (pthread_create(&sealing->helper, NULL, seal_until_ended, sealing) != 0) {
        close_sealing(sealing); /* this thread seals by itself */
        return result_ok();
    }
    transaction->sealing = sealing;
    return result_ok();
}

void sealing_end(struct transaction *transaction)
{
    struct sealing *sealing = transaction->sealing;
    if (sealing == NULL) {
        return;
    }
    pthread_mutex_lock(&sealing->mutex);
    sealing->ending = true;
    pthread_cond_broadcast(&sealing->changed);
    pthread_mutex_unlock(&sealing->mutex);
    pthread_join(sealing->helper, NULL);
    pthread_cond_destroy(&sealing->changed);
    pthread_mutex_destroy(&sealing->mutex);
    for (size_t i = 0; i < BATCHES; i++) {
        explicit_bzero(sealing->batches[i].jobs, BATCH_JOBS * sizeof(struct sealing_job));
    }
    close_sealing(sealing);
    transaction->sealing = NULL;
}

/* --- batches there and back ------------------------------------------------------------------- */

static void hand_over(struct sealing *sealing, struct sealing_batch *batch)
{
    ASSERT(!batch->handed);
    batch->handed = true;
    pthread_mutex_lock(&sealing->mutex);
    ASSERT(sealing->handed == NULL);
    batch->sealed = false;
    sealing->handed = batch;
    pthread_cond_broadcast(&sealing->changed);
    pthread_mutex_unlock(&sealing->mutex);
}

static result insert_records(struct transaction *transaction, const struct sealing_batch *batch,
                             struct err *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        TRY(backend_of(transaction)
                ->row_insert(transaction->connection, TABLE_EVENT, &batch->jobs[i].record, err));
    }
    return result_ok();
}

/* Waits for a batch that was handed over, and inserts its events. */
static result fetch_batch(struct transaction *transaction, struct sealing_batch *batch,
                          struct err *err)
{
    struct sealing *sealing = transaction->sealing;
    if (!batch->handed) {
        return result_ok();
    }
    pthread_mutex_lock(&sealing->mutex);
    while (!batch->sealed) {
        pthread_cond_wait(&sealing->changed, &sealing->mutex);
    }
    pthread_mutex_unlock(&sealing->mutex);
    struct err failure = batch->err;
    result taken = batch->outcome;
    taken = taken.ok ? insert_records(transaction, batch, &failure) : taken;
    batch->handed = false;
    batch->count = 0;
    arena_reset(&batch->memory);
    if (!taken.ok) {
        sealing->failed = true;
        sealing->failure = failure;
        if (err != NULL) {
            *err = failure;
        }
    }
    return taken;
}

static result check_failed(const struct sealing *sealing, struct err *err)
{
    if (sealing->failed && err != NULL) {
        *err = sealing->failure;
    }
    return (result){.ok = !sealing->failed};
}

/* The batch that is filled goes to the helper, and the other comes back to be filled. */
static result turn(struct transaction *transaction, struct err *err)
{
    struct sealing *sealing = transaction->sealing;
    struct sealing_batch *full = &sealing->batches[sealing->filling];
    struct sealing_batch *other = &sealing->batches[(sealing->filling + 1) % BATCHES];
    TRY(check_failed(sealing, err));
    TRY(fetch_batch(transaction, other, err));
    if (full->count > 0) {
        hand_over(sealing, full);
        sealing->filling = (sealing->filling + 1) % BATCHES;
    }
    return result_ok();
}

result sealing_settle(struct transaction *transaction, struct err *err)
{
    if (transaction->sealing == NULL) {
        return result_ok();
    }
    TRY(turn(transaction, err));
    return turn(transaction, err);
}

static bool is_pending(const struct sealing *sealing, enum subject_kind kind, int64_t subject)
{
    for (size_t b = 0; b < BATCHES; b++) {
        const struct sealing_batch *batch = &sealing->batches[b];
        for (size_t i = 0; i < batch->count; i++) {
            if (batch->jobs[i].event.subject == subject &&
                batch->jobs[i].event.subject_kind == kind) {
                return true;
            }
        }
    }
    return false;
}

result sealing_settle_subject(struct transaction *transaction, enum subject_kind kind,
                              int64_t subject, struct err *err)
{
    const bool pending =
        transaction->sealing != NULL && is_pending(transaction->sealing, kind, subject);
    return pending ? sealing_settle(transaction, err) : result_ok();
}

result sealing_settle_position(struct transaction *transaction, int64_t position, struct err *err)
{
    const struct sealing *sealing = transaction->sealing;
    bool pending = false;
    for (size_t b = 0; sealing != NULL && b < BATCHES; b++) {
        const struct sealing_batch *batch = &sealing->batches[b];
        pending = pending || (batch->count > 0 && batch->jobs[0].event.position <= position &&
                              batch->jobs[batch->count - 1].event.position >= position);
    }
    return pending ? sealing_settle(transaction, err) : result_ok();
}

/* --- storing ---------------------------------------------------------------------------------- */

static result store_here(struct transaction *transaction, const struct event *event,
                         const struct cipher_key *key, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct event_record record;
    TRY(event_seal(transaction, event, key, &scratch, &record, err));
    return backend_of(transaction)->row_insert(transaction->connection, TABLE_EVENT, &record, err);
}

static void add_job(struct transaction *transaction, struct sealing_batch *batch,
                    const struct event *event, str body, const struct cipher_key *key)
{
    struct sealing_job *job = &batch->jobs[batch->count++];
    job->event = *event;
    job->key = *key;
    job->body = arena_copy(&batch->memory, body);
    ASSERT(job->body.at != NULL); /* BATCH_BYTES has room for all of a batch */
    sealing_chance(transaction, &job->chance);
}

result sealing_store(struct transaction *transaction, const struct event *event,
                     const struct cipher_key *key, struct err *err)
{
    struct sealing *sealing = transaction->sealing;
    struct arena scratch = transaction->scratch;
    str body;
    if (sealing == NULL) {
        return store_here(transaction, event, key, err);
    }
    TRY(check_failed(sealing, err));
    TRY(event_write_body(event, &scratch, &body, err));
    if (body.len > BODY_BYTES_MAX) {
        TRY(sealing_settle(transaction, err));
        return store_here(transaction, event, key, err);
    }
    struct sealing_batch *batch = &sealing->batches[sealing->filling];
    add_job(transaction, batch, event, body, key);
    return batch->count == BATCH_JOBS ? turn(transaction, err) : result_ok();
}
