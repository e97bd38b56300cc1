/* Checking a register against its log, on several threads over one snapshot. The work is cut into
 * pieces, in the order in which faults are named: the log by itself, the events, who looked, what
 * else is kept. Each thread takes the next piece. The fault that is told is that of the lowest
 * piece that has one, and a piece stops at its first: so it is the first of all, whatever the
 * number of threads. */
#include "casework/sealing_fault.h"

#include "store/kept.h"

#include <pthread.h>

enum { PIECE_EVENTS = 1024, NO_PIECE_FAILED = -1 };

enum piece_kind { PIECE_LOG, PIECE_OF_EVENTS, PIECE_LOOKS, PIECE_KEPT };

struct verifying {
    struct log *log;
    struct audit audit;
    uint64_t batches;
    int64_t last; /* position in the store */
    int64_t event_pieces;

    pthread_mutex_t mutex; /* guards what follows */
    int64_t next;          /* piece */
    int64_t failed;        /* the lowest that did */
    struct err fault;
    struct sealing_check check;
};

static int64_t piece_count(const struct verifying *verifying)
{
    return verifying->event_pieces + 3;
}

static enum piece_kind kind_of(const struct verifying *verifying, int64_t piece)
{
    return piece == 0                             ? PIECE_LOG
           : piece <= verifying->event_pieces     ? PIECE_OF_EVENTS
           : piece == verifying->event_pieces + 1 ? PIECE_LOOKS
                                                  : PIECE_KEPT;
}

/* --- events --- */

struct event_piece {
    const struct verifying *verifying;
    struct log_batch batch; /* that of the event in hand, while there is one */
    uint64_t number;        /* of the batch */
    bool found;
    uint64_t events; /* in the log */
    uint64_t not_yet;
};

/* From one event to the next: its batch, or the one behind it. */
static result follow(struct event_piece *piece, uint64_t position, struct err *err)
{
    while (piece->found && position - piece->batch.first_position >= piece->batch.events) {
        piece->found = ++piece->number < piece->verifying->batches;
        TRY(piece->found ? log_read_batch(piece->verifying->log, piece->number, &piece->batch, err)
                         : result_ok());
    }
    return result_ok();
}

static result verify_leaf(void *context, int64_t position, const struct sha256 *leaf,
                          struct err *err)
{
    struct event_piece *piece = context;
    struct sha256 commitment;
    TRY(follow(piece, (uint64_t)position, err));
    if (!piece->found) {
        piece->not_yet++;
        return result_ok();
    }
    const uint64_t entry =
        piece->batch.first_entry + ((uint64_t)position - piece->batch.first_position);
    TRY(log_entry(piece->verifying->log, entry, &commitment, err));
    piece->events++;
    return sha256_equal(&commitment, leaf) ? result_ok() : sealing_another_store(position, err);
}

static result verify_events(struct verifying *verifying, struct transaction *transaction,
                            int64_t number, struct err *err)
{
    struct event_piece piece = {.verifying = verifying};
    const int64_t from = (number - 1) * PIECE_EVENTS + 1;
    const int64_t end = number * PIECE_EVENTS;
    const int64_t to = end < verifying->last ? end : verifying->last;
    TRY(log_find_batch(verifying->log, (uint64_t)from, &piece.number, &piece.batch, &piece.found,
                       err));
    TRY(transaction_each_leaf(transaction, from, to, true, verify_leaf, &piece, err));
    pthread_mutex_lock(&verifying->mutex);
    verifying->check.events += piece.events;
    verifying->check.not_yet += piece.not_yet;
    pthread_mutex_unlock(&verifying->mutex);
    return result_ok();
}

/* --- looks --- */

/* Which of the looks the log commits to, and in which entry. */
struct looking {
    const struct verifying *verifying;
    uint64_t next_batch;
    uint64_t sealed;        /* looks that the batches before commit to */
    struct log_batch batch; /* the next that commits to more */
};

static result next_looks(struct looking *looking, struct err *err)
{
    const struct verifying *verifying = looking->verifying;
    looking->sealed = looking->batch.looks;
    while (looking->next_batch < verifying->batches) {
        TRY(log_read_batch(verifying->log, looking->next_batch++, &looking->batch, err));
        if (looking->batch.looks > looking->sealed) {
            return result_ok();
        }
    }
    looking->batch.looks = UINT64_MAX;
    return result_ok();
}

static result verify_look(void *context, const struct looks_head *head, struct err *err)
{
    struct looking *looking = context;
    struct sha256 commitment;
    if ((uint64_t)head->number != looking->batch.looks) {
        return result_ok();
    }
    TRY(log_entry(looking->verifying->log, looking->batch.first_entry + looking->batch.events,
                  &commitment, err));
    if (!sha256_equal(&commitment, &head->commitment)) {
        return sealing_another_look(looking->batch.looks, err);
    }
    return next_looks(looking, err);
}

static result verify_looks(struct verifying *verifying, struct transaction *transaction,
                           struct err *err)
{
    struct looking looking = {.verifying = verifying};
    TRY(next_looks(&looking, err));
    TRY(transaction_each_look(transaction, verify_look, &looking, err));
    pthread_mutex_lock(&verifying->mutex);
    verifying->check.looks = looking.sealed;
    pthread_mutex_unlock(&verifying->mutex);
    return looking.batch.looks == UINT64_MAX ? result_ok()
                                             : sealing_another_look(looking.batch.looks, err);
}

/* --- the pieces --- */

static result verify_log(struct verifying *verifying, struct err *err)
{
    struct audit_outcome outcome;
    TRY(audit_log(&verifying->audit, &outcome, err));
    pthread_mutex_lock(&verifying->mutex);
    verifying->check.log = outcome;
    pthread_mutex_unlock(&verifying->mutex);
    return result_ok();
}

static result verify_piece(struct verifying *verifying, struct transaction *transaction,
                           int64_t piece, struct err *err)
{
    switch (kind_of(verifying, piece)) {
    case PIECE_LOG:
        return verify_log(verifying, err);
    case PIECE_OF_EVENTS:
        return verify_events(verifying, transaction, piece, err);
    case PIECE_LOOKS:
        return verify_looks(verifying, transaction, err);
    case PIECE_KEPT:
        return transaction_check_kept(transaction, err);
    }
    return result_ok();
}

/* What comes after a fault is not looked at. */
static bool take_piece(struct verifying *verifying, int64_t *ret_piece)
{
    pthread_mutex_lock(&verifying->mutex);
    const bool any =
        verifying->failed == NO_PIECE_FAILED && verifying->next < piece_count(verifying);
    *ret_piece = verifying->next;
    verifying->next += any ? 1 : 0;
    pthread_mutex_unlock(&verifying->mutex);
    return any;
}

static void note_fault(struct verifying *verifying, int64_t piece, const struct err *fault)
{
    pthread_mutex_lock(&verifying->mutex);
    if (verifying->failed == NO_PIECE_FAILED || piece < verifying->failed) {
        verifying->failed = piece;
        verifying->fault = *fault;
    }
    pthread_mutex_unlock(&verifying->mutex);
}

struct verifier {
    struct verifying *verifying;
    struct transaction *transaction;
    pthread_t thread;
    bool started;
};

static void *verify_pieces(void *context)
{
    const struct verifier *verifier = context;
    int64_t piece = 0;
    while (take_piece(verifier->verifying, &piece)) {
        struct err fault = {0};
        if (!verify_piece(verifier->verifying, verifier->transaction, piece, &fault).ok) {
            note_fault(verifier->verifying, piece, &fault);
        }
    }
    return NULL;
}

/* --- the whole --- */

/* Events that are in the log and not in the store stand behind all that are. */
static result conclude(const struct verifying *verifying, struct err *err)
{
    struct log_batch last = {.first_position = 1};
    const bool events_hold =
        verifying->failed == NO_PIECE_FAILED || verifying->failed > verifying->event_pieces;
    TRY(verifying->batches == 0
            ? result_ok()
            : log_read_batch(verifying->log, verifying->batches - 1, &last, err));
    if (events_hold && verifying->check.events != last.first_position + last.events - 1) {
        return sealing_another_store((int64_t)verifying->check.events + 1, err);
    }
    if (verifying->failed == NO_PIECE_FAILED) {
        return result_ok();
    }
    *err = verifying->fault;
    return (result){.ok = false};
}

static result verify_together(struct transaction *const *transactions, size_t count, void *context,
                              struct err *err)
{
    struct verifying *verifying = context;
    struct verifier verifiers[SEALING_THREADS_MAX];
    TRY(transaction_event_count(transactions[0], &verifying->last, err));
    verifying->event_pieces = (verifying->last + PIECE_EVENTS - 1) / PIECE_EVENTS;
    for (size_t i = 0; i < count; i++) {
        verifiers[i] = (struct verifier){.verifying = verifying, .transaction = transactions[i]};
        verifiers[i].started =
            i > 0 && pthread_create(&verifiers[i].thread, NULL, verify_pieces, &verifiers[i]) == 0;
    }
    verify_pieces(&verifiers[0]);
    for (size_t i = 1; i < count; i++) {
        if (verifiers[i].started) {
            pthread_join(verifiers[i].thread, NULL);
        }
    }
    return conclude(verifying, err);
}

result sealing_verify(struct store *store, struct log *log, const struct sealing_question *question,
                      struct sealing_check *ret_check, struct err *err)
{
    const struct published published = {.read = log_read, .context = log};
    struct verifying verifying = {.log = log,
                                  .audit = {.published = &published,
                                            .key = log_key(log),
                                            .older = question->older,
                                            .policy = question->policy},
                                  .failed = NO_PIECE_FAILED};
    struct err unwanted;
    struct err *cause = err == NULL ? &unwanted : err;
    struct err no_batches = {0};
    ASSERT(question->threads > 0 && question->threads <= SEALING_THREADS_MAX);
    if (!log_check_batches(log, &verifying.batches, &no_batches).ok) {
        TRY(audit_log(&verifying.audit, &verifying.check.log, cause));
        return err_set(cause, no_batches.code, "%s", no_batches.what);
    }
    ASSERT(pthread_mutex_init(&verifying.mutex, NULL) == 0);
    const result verified =
        store_read_together(store, question->threads, verify_together, &verifying, cause);
    pthread_mutex_destroy(&verifying.mutex);
    TRY(verified);
    *ret_check = verifying.check;
    return result_ok();
}
