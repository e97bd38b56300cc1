/* transaction: what the files of the generic half share. Internal to src/store.
 *
 * A struct transaction is kept with its connection and used for one transaction after another, by
 * one thread at a time. Invariants:
 *   1. between two works of a group nothing of a failed work is left: not in the database, not in
 *      last_position, not in the ids given out, not among the cached keys and names, not in the
 *      caseload row that is held;
 *   2. when an append failed after it had begun to write, the work fails, whatever it returns.
 */
#ifndef RETURNHUB_STORE_TRANSACTION_H
#define RETURNHUB_STORE_TRANSACTION_H

#include "base/cipher.h"
#include "store/backend.h"

enum { SUBJECT_KINDS = SUBJECT_OF_REGISTER + 1, ENTROPY_POOL_SIZE = 4096 };

/* What the transaction remembers of a subject. */
struct subject_entry {
    uint64_t generation; /* of the cache when it was put in; others are stale */
    enum subject_kind kind;
    int64_t subject;
    bool destroyed; /* the key is gone: bodies cannot be opened */
    bool has_last;
    instant last_recorded_at;
    struct cipher_key key;
};

/* Directly mapped: a subject has one slot, and the last one that came keeps it. */
struct subject_cache {
    struct subject_entry *entries;
    size_t capacity; /* a power of two */
    uint64_t generation;
};

/* Numbers of names that were asked for in this transaction (names.c). */
struct remembered_name;
struct names {
    struct arena memory;
    struct remembered_name *remembered; /* NULL until the first is asked for */
    uint64_t generation;
};

/* The caseload row of the person of whom something was recorded last (caseload.c). */
struct held_caseload {
    struct arena memory;     /* of the row's texts */
    struct caseload_row row; /* person 0: none is held */
    bool is_new;
    bool changed; /* and not yet in the database */
};

struct look_queue;

struct transaction {
    struct connection *connection;
    const struct cipher_key *store_key;
    const struct system *system;
    struct look_queue *looks; /* of the store; NULL where looks are written at once */
    bool writing;
    struct arena memory;  /* holds the cache */
    struct arena scratch; /* passed on by value */
    struct arena lists;   /* by value too: arrays that grow while their texts go to another arena */
    struct subject_cache cache;
    struct names names;
    struct held_caseload caseload;
    int64_t last_position;
    int64_t position_before_work;
    int64_t next_id[SUBJECT_KINDS]; /* 0: not asked for yet */
    int64_t rows_changed;
    bool has_broken;
    struct err broken;
    uint8_t entropy[ENTROPY_POOL_SIZE];
    size_t entropy_left;
};

MUST_USE result transaction_init(struct transaction *transaction, struct connection *connection,
                                 const struct cipher_key *store_key, const struct system *system,
                                 struct err *err);
void transaction_done(
    struct transaction *transaction); /* accepts a half-built one; the connection is the owner's */
/* Begins; for writing, learns where the events end. */
MUST_USE result transaction_begin(struct transaction *transaction, bool writing, struct err *err);
/* After commit or rollback: forgets and wipes what was learned. */
void transaction_forget(struct transaction *transaction);
/* Around one work of a group. */
void transaction_work_begin(struct transaction *transaction);
/* What was learned in a work that was undone is not true any more. */
void transaction_work_undone(struct transaction *transaction, int64_t last_position);

/* A larger cache for bulk loading, and back. */
MUST_USE result transaction_resize_cache(struct transaction *transaction, size_t capacity,
                                         struct err *err);
enum { CACHE_SUBJECTS = 512, CACHE_SUBJECTS_BULK = 65536 };

static inline const struct backend *backend_of(const struct transaction *transaction)
{
    return transaction->connection->backend;
}

/* A read refuses what only a write may do: that is a defect of the caller, not of what a user sent.
 */
static inline result transaction_check_writing(const struct transaction *transaction,
                                               struct err *err)
{
    return transaction->writing
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "Something was to be written in a read of the store");
}

/* Unpredictable bytes, fetched from the system a block at a time. */
void transaction_entropy(struct transaction *transaction, void *bytes, size_t size);

/* --- keys.c --- */

/* The subject's entry; NULL when the subject has no event yet. Valid until the next call. */
MUST_USE result subject_find(struct transaction *transaction, enum subject_kind kind,
                             int64_t subject, struct arena scratch,
                             struct subject_entry **ret_entry, struct err *err);
/* Makes the key of a subject that has none. */
MUST_USE result subject_begin(struct transaction *transaction, enum subject_kind kind,
                              int64_t subject, struct arena scratch,
                              struct subject_entry **ret_entry, struct err *err);
/* Seals event (its position is given) with the subject's key; the record's views are in the arena
 * and the event. */
MUST_USE result event_seal(struct transaction *transaction, const struct event *event,
                           const struct cipher_key *key, struct arena *arena,
                           struct event_record *ret_record, struct err *err);
/* Opens a record. When the subject's key is destroyed, the body is empty and *ret_opened false.
 * Checks the leaf. */
MUST_USE result event_open(struct transaction *transaction, const struct event_record *record,
                           struct arena *arena, struct event *ret_event, bool *ret_opened,
                           struct err *err);

/* --- apply.c --- */

/* Brings every row that the event concerns up to date. */
MUST_USE result rows_apply(struct transaction *transaction, const struct event *event,
                           struct arena scratch, struct err *err);
/* An event about a subject that has no event yet: fails unless it is one that brings it in. */
MUST_USE result rows_check_beginning(const struct event *event, struct err *err);

/* --- hub_desk.c --- */

/* The rows of register/hub_desk.h that the event concerns. */
MUST_USE result hub_desk_apply(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err);

/* --- names.c --- */

enum names_kind { NAMES_OF_FACTS, NAMES_OF_WORDS };
/* The number of the name, which is given one if it has none; 0 when there is no number left for a
 * word. */
MUST_USE result names_number(struct transaction *transaction, enum names_kind kind, str name,
                             struct arena scratch, int64_t *ret_number, struct err *err);
void names_forget(struct names *names);
void names_done(struct names *names);

/* --- caseload.c --- */

/* The person's row was changed; `is_new`: made. */
MUST_USE result caseload_follow(struct transaction *transaction, const struct person_row *person,
                                bool is_new, struct arena scratch, struct err *err);
/* A row of a fact of a person was made or marked as withdrawn, and stored. */
MUST_USE result caseload_fact(struct transaction *transaction, const struct event *event,
                              const struct fact_row *row, struct arena scratch, struct err *err);
/* Writes the row that is held, at the end of a work. */
MUST_USE result caseload_flush(struct transaction *transaction, struct err *err);
void caseload_forget(struct transaction *transaction);
void caseload_done(struct transaction *transaction);

/* --- cursors, for the rest --- */

/* All rows of a query as one array in the arena. */
MUST_USE result collect_rows(struct transaction *transaction, enum query query,
                             const struct parameter *parameters, size_t parameter_count,
                             struct arena *arena, void **ret_rows, size_t *ret_count,
                             struct err *err);
/* The first row of a query; texts in the arena. */
MUST_USE result first_row(struct transaction *transaction, enum query query,
                          const struct parameter *parameters, size_t parameter_count,
                          struct arena *arena, void *row, bool *ret_found, struct err *err);

#endif
