#include "store/looks.h"

#include <string.h>

result looks_init(struct look_queue *queue, pthread_mutex_t *mutex, pthread_cond_t *wake,
                  struct err *err)
{
    *queue = (struct look_queue){.mutex = mutex, .wake = wake};
    TRY(arena_open(&queue->memory, 2 * LOOKS_MAX * sizeof(struct waiting_look) + 64, err));
    queue->waiting = ARENA_NEW(&queue->memory, struct waiting_look, LOOKS_MAX);
    queue->taken = ARENA_NEW(&queue->memory, struct waiting_look, LOOKS_MAX);
    ASSERT(queue->waiting != NULL && queue->taken != NULL);
    return result_ok();
}

void looks_done(struct look_queue *queue)
{
    arena_close(&queue->memory);
}

void looks_take(struct look_queue *queue)
{
    if (queue->taken_count > 0) {
        return;
    }
    struct waiting_look *emptied = queue->taken;
    queue->taken = queue->waiting;
    queue->taken_count = queue->waiting_count;
    queue->waiting = emptied;
    queue->waiting_count = 0;
}

static result write_look(struct transaction *transaction, const struct look_record *record,
                         struct err *err)
{
    return backend_of(transaction)->row_insert(transaction->connection, TABLE_LOOK, record, err);
}

result looks_write(struct look_queue *queue, struct transaction *transaction, struct err *err)
{
    for (size_t i = 0; i < queue->taken_count; i++) {
        const struct waiting_look *look = &queue->taken[i];
        const struct look_record record = {
            .account = look->account,
            .subject_kind = look->subject_kind,
            .subject = look->subject,
            .at = look->at,
            .purpose = {.at = look->purpose, .len = look->purpose_len},
            .reason = {.at = look->reason, .len = look->reason_len},
        };
        TRY(write_look(transaction, &record, err));
    }
    return result_ok();
}

void looks_written(struct look_queue *queue, result outcome, const struct err *err)
{
    queue->failing = !outcome.ok;
    if (outcome.ok) {
        queue->taken_count = 0;
    } else {
        queue->failure = *err;
    }
}

static result queue_look(struct look_queue *queue, const struct look *look, struct err *err)
{
    if (queue->failing) {
        return err_set(err, ERROR_STORAGE, "Who looks at what cannot be recorded: %s",
                       queue->failure.what);
    }
    if (queue->waiting_count == LOOKS_MAX) {
        return err_set(err, ERROR_STORAGE, "Who looks at what cannot be recorded fast enough");
    }
    struct waiting_look *waiting = &queue->waiting[queue->waiting_count++];
    *waiting = (struct waiting_look){.account = look->account,
                                     .subject_kind = look->subject_kind,
                                     .subject = look->subject,
                                     .at = look->at,
                                     .purpose_len = look->purpose.len,
                                     .reason_len = look->reason.len};
    if (look->purpose.len > 0) {
        memcpy(waiting->purpose, look->purpose.at, look->purpose.len);
    }
    if (look->reason.len > 0) {
        memcpy(waiting->reason, look->reason.at, look->reason.len);
    }
    return result_ok();
}

result transaction_record_look(struct transaction *transaction, const struct look *look,
                               struct err *err)
{
    if (look->purpose.len > LOOK_PURPOSE_SIZE || !str_is_utf8(look->purpose)) {
        return err_set(err, ERROR_INTERNAL,
                       "The purpose of a look is a short text of at most %d bytes",
                       LOOK_PURPOSE_SIZE);
    }
    if (look->reason.len > LOOK_REASON_SIZE || !str_is_utf8(look->reason)) {
        return err_set(err, ERROR_INPUT, "The reason for a look is a text of at most %d bytes",
                       LOOK_REASON_SIZE);
    }
    if (transaction->writing || transaction->looks == NULL) {
        const struct look_record record = {.account = look->account,
                                           .subject_kind = look->subject_kind,
                                           .subject = look->subject,
                                           .at = look->at,
                                           .purpose = look->purpose,
                                           .reason = look->reason};
        return write_look(transaction, &record, err);
    }
    struct look_queue *queue = transaction->looks;
    pthread_mutex_lock(queue->mutex);
    const result queued = queue_look(queue, look, err);
    pthread_cond_signal(queue->wake);
    pthread_mutex_unlock(queue->mutex);
    return queued;
}
