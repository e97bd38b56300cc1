/* looks: who looked at what, waiting for the next group commit. Filled by readers, emptied by the
 * writer thread. Internal to src/store.
 *
 * Nothing is dropped: when the store cannot be written, or nobody comes to empty the queue,
 * recording a look fails, and with it the reading that wanted to be recorded. */
#ifndef RETURNHUB_STORE_LOOKS_H
#define RETURNHUB_STORE_LOOKS_H

#include "store/transaction.h"

#include <pthread.h>

enum { LOOKS_MAX = 16384, LOOK_PURPOSE_SIZE = 64, LOOK_REASON_SIZE = 500 };

struct waiting_look {
    int64_t account;
    enum subject_kind subject_kind;
    int64_t subject;
    instant at;
    char purpose[LOOK_PURPOSE_SIZE];
    size_t purpose_len;
    char reason[LOOK_REASON_SIZE];
    size_t reason_len;
};

struct look_queue {
    struct arena memory;
    pthread_mutex_t *mutex; /* the store's, and ... */
    pthread_cond_t *wake;   /* ... what its writer waits for */
    struct waiting_look *waiting;
    size_t waiting_count;
    struct waiting_look *taken; /* being written */
    size_t taken_count;
    bool failing;
    struct err failure; /* why, when failing */
};

MUST_USE result looks_init(struct look_queue *queue, pthread_mutex_t *mutex, pthread_cond_t *wake,
                           struct err *err);
void looks_done(struct look_queue *queue);

/* With the mutex held: moves what waits to `taken` (unless that was not written yet). */
void looks_take(struct look_queue *queue);
/* In a writing transaction: writes what was taken. */
MUST_USE result looks_write(struct look_queue *queue, struct transaction *transaction,
                            struct err *err);
/* With the mutex held, after the commit: forgets what was taken, or keeps it for the next time. */
void looks_written(struct look_queue *queue, result outcome, const struct err *err);

#endif
