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
#include "seal/leaf.h"
#include "store/backend.h"

enum { SUBJECT_KINDS = SUBJECT_LAST + 1, ENTROPY_POOL_SIZE = 4096 };

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
    struct remembered_name *remembered; /* by name; NULL until the first is asked for */
    struct remembered_name *words;      /* by number */
    uint64_t generation;
};

/* The caseload row of the person of whom something was recorded last (caseload.c). */
struct held_caseload {
    struct arena memory;     /* of the row's texts */
    struct caseload_row row; /* person 0: none is held */
    bool is_new;
    bool changed; /* and not yet in the database */
};

/* No event was recorded after this (latest.c). */
struct latest {
    bool known;
    bool raised; /* and not yet in the database */
    instant at;
};

struct sealing;
struct recent;

struct transaction {
    struct connection *connection;
    const struct cipher_key *store_key;
    struct hmac_key proof_key;  /* made of it: of rows beside the events (proof.h) */
    struct hmac_key lookup_key; /* made of it: of the blind index (identity.c) */
    struct hmac_key leaf_key;   /* of events; no secret */
    const struct system *system;
    bool writing;
    bool steady; /* the newest looks may be missing (store_read_steady) */
    struct arena
        memory; /* holds the cache; kept out of swap and core dumps where that is allowed */
    struct arena scratch; /* passed on by value */
    struct arena lists;   /* by value too: arrays that grow while their texts go to another arena */
    struct subject_cache cache;
    struct names names;
    struct held_caseload caseload;
    struct sealing *sealing;       /* a helper seals (sealing.c); NULL: this thread does */
    bool without_rows;             /* events are taken over, and rows made of them afterwards */
    const struct remains *remains; /* while rows are made anew; NULL otherwise */
    enum { MERGES_NOT_ASKED, MERGES_NONE, MERGES_SOME } merges; /* is there one that was done? */
    struct recent *recent; /* of steady readings; NULL: nothing is kept */
    int64_t recent_at;     /* the last event of this snapshot, learned; 0: not yet */
    int64_t erased_at;     /* the first event of this write that erases somebody; 0: nobody was */
    int64_t last_position; /* known in a write, ... */
    bool knows_position;   /* ... and in a read once it was asked for */
    int64_t position_before_work;
    bool knows_absent; /* that nobody used the client id before in this work */
    struct client_id absent;
    bool has_last_instant; /* when the event at last_position was recorded, if known */
    instant last_instant;
    struct latest latest;
    struct latest latest_before_work;
    int64_t next_id[SUBJECT_KINDS];    /* 0: not asked for yet; otherwise nothing is there ... */
    int64_t last_begun[SUBJECT_KINDS]; /* ... of a subject after this one */
    int64_t rows_changed;
    int64_t rows_before_work;
    bool knows_last_look; /* the end of the chain of looks, with those of this transaction */
    struct look_link last_look;
    struct look_link look_before_work;
    bool knew_look_before_work;
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
/* After a commit: the same, but keys and numbers of names stay known to the next transaction, until
 * it learns that others wrote meanwhile. */
void transaction_rest(struct transaction *transaction);
/* Of a snapshot that is kept for another reading: keys of people are wiped. */
void transaction_pause(struct transaction *transaction);
/* Learned before anything is appended, raised by each event, and written before the commit. */
MUST_USE result latest_learn(struct transaction *transaction, struct err *err);
void latest_raise(struct transaction *transaction, instant at);
/* ERROR_STORAGE when what is written down is behind the events. */
MUST_USE result latest_check(struct transaction *transaction, struct err *err);
MUST_USE result latest_settle(struct transaction *transaction, struct err *err);
/* Around one work of a group. */
void transaction_work_begin(struct transaction *transaction);
/* What was learned in a work that was undone is not true any more. */
void transaction_work_undone(struct transaction *transaction, int64_t last_position);

/* A larger cache for bulk loading, and back. */
MUST_USE result transaction_resize_cache(struct transaction *transaction, size_t capacity,
                                         struct err *err);
enum { CACHE_SUBJECTS = 512, CACHE_SUBJECTS_WRITER = 16384, CACHE_SUBJECTS_BULK = 65536 };

/* The register's own events make no row of it. */
static inline bool subject_has_row(enum subject_kind kind)
{
    return kind >= SUBJECT_OF_PERSON && kind <= SUBJECT_LAST && kind != SUBJECT_OF_REGISTER;
}

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

/* The same of a steady read that asks for looks. */
static inline result transaction_check_looks(const struct transaction *transaction, struct err *err)
{
    return transaction->steady ? err_set(err, ERROR_INTERNAL,
                                         "Looks were asked for where the newest may be missing")
                               : result_ok();
}

/* A row that is of the subject, by its key. Of a subject that has not begun nothing is in any
 * table, and nobody is asked. */
MUST_USE static inline result find_row_of(struct transaction *transaction, enum table table,
                                          enum subject_kind kind, int64_t subject,
                                          struct arena *arena, void *row, bool *ret_found,
                                          struct err *err)
{
    if (transaction->next_id[kind] != 0 && subject > transaction->last_begun[kind]) {
        *ret_found = false;
        return result_ok();
    }
    return backend_of(transaction)
        ->row_find(transaction->connection, table, arena, row, ret_found, err);
}

/* Row by row, and counted, so that a work that fails half-way is known for one. */
MUST_USE static inline result insert_row(struct transaction *transaction, enum table table,
                                         const void *row, struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_insert(transaction->connection, table, row, err);
}

MUST_USE static inline result update_row(struct transaction *transaction, enum table table,
                                         const void *row, struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_update(transaction->connection, table, row, err);
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
/* The same in two halves, for a thread that has no transaction: what is unpredictable is drawn
 * first. */
struct sealing_chance {
    uint8_t opening[LEAF_OPENING_SIZE];
    uint8_t nonce[CIPHER_NONCE_SIZE];
};
void sealing_chance(struct transaction *transaction, struct sealing_chance *ret_chance);
MUST_USE result event_seal_body(const struct event *event, str body, const struct cipher_key *key,
                                const struct hmac_key *leaf_key,
                                const struct sealing_chance *chance, struct arena *arena,
                                struct event_record *ret_record, struct err *err);
/* Opens a record. When the subject's key is destroyed, the body is empty and *ret_opened false.
 * Checks the leaf. */
MUST_USE result event_open(struct transaction *transaction, const struct event_record *record,
                           struct arena *arena, struct event *ret_event, bool *ret_opened,
                           struct err *err);

/* The same in two halves. The first leaves the opened body (LEAF_OPENING_SIZE bytes before it) in
 * the place of the sealed one, in the arena; nothing when the key is destroyed. */
MUST_USE result event_unseal(struct transaction *transaction, struct event_record *record,
                             struct arena *arena, struct err *err);
MUST_USE result event_of_unsealed(const struct event_record *record, struct arena *arena,
                                  struct event *ret_event, bool *ret_opened, struct err *err);

/* The same for the event at the position, as its own record says it. */
MUST_USE result event_at(struct transaction *transaction, int64_t position, struct arena *arena,
                         struct event *ret_event, bool *ret_opened, struct err *err);
/* Without reading the body: is it the event of which the leaf is the leaf? */
MUST_USE result event_check(struct transaction *transaction, const struct event_record *record,
                            struct arena *arena, struct err *err);

/* Destroys the key of a subject, for ever. */
MUST_USE result subject_destroy(struct transaction *transaction, enum subject_kind kind,
                                int64_t subject, struct err *err);

/* --- everything.c --- */

/* The records of all events between these positions, in order; each is valid during its visit.
 * Those that are being sealed are settled first. */
typedef result event_record_visit(void *context, const struct event_record *record,
                                  struct err *err);
MUST_USE result events_walk(struct transaction *transaction, int64_t from, int64_t to,
                            event_record_visit *visit, void *context, struct err *err);

/* --- erase.c --- */

/* Deletes what does not remain of the records; PERSON_ERASED, appended or replayed. */
MUST_USE result rows_erase_person(struct transaction *transaction, const struct event *event,
                                  struct arena scratch, struct err *err);

/* Destroys the keys of the records that PERSON_ERASED names. */
MUST_USE result erase_keys(struct transaction *transaction, const struct event *event,
                           struct err *err);
/* The log is to be cut off after it (purge.c). */
MUST_USE result purge_becomes_due(struct transaction *transaction, const struct event *erasure,
                                  struct err *err);

/* What remains of erased people, by position of their events; for replaying. */
struct remains {
    const struct remaining_body *bodies; /* rising by position */
    size_t count;
};
MUST_USE result remains_read(struct transaction *transaction, struct arena *arena,
                             struct remains *ret_remains, struct err *err);
/* Of whom an event of the register says that they were erased. */
struct erased_people {
    int64_t *people;
    size_t count;
};
MUST_USE result erased_people_read(struct transaction *transaction, struct arena *arena,
                                   struct erased_people *ret_erased, struct err *err);
/* The body that remains of the event at this position; .at is NULL when there is none. */
str remains_find(const struct remains *remains, int64_t position);

/* While rows are made anew: in the place of a body that was destroyed, what remains of it. */
MUST_USE result remains_put(const struct transaction *transaction, struct event *event,
                            struct arena *arena, bool *ret_remains, struct err *err);

/* --- sealing.c --- */

/* In a large work another thread seals the events while this one brings the rows up to date: what
 * was appended last is not in the table yet. Whoever asks the table for events settles first. */
MUST_USE result sealing_begin(struct transaction *transaction, struct err *err);
void sealing_end(struct transaction *transaction); /* what was not settled is given up */
/* The event, by this thread or the other. */
MUST_USE result sealing_store(struct transaction *transaction, const struct event *event,
                              const struct cipher_key *key, struct err *err);
/* Everything that was appended is in the table. */
MUST_USE result sealing_settle(struct transaction *transaction, struct err *err);
/* Everything of the subject; everything up to the position. */
MUST_USE result sealing_settle_subject(struct transaction *transaction, enum subject_kind kind,
                                       int64_t subject, struct err *err);
MUST_USE result sealing_settle_position(struct transaction *transaction, int64_t position,
                                        struct err *err);

/* --- apply.c --- */

/* Brings every row that the event concerns up to date. */
MUST_USE result rows_apply(struct transaction *transaction, const struct event *event,
                           struct arena scratch, struct err *err);
/* An event about a subject that has no event yet: fails unless it is one that brings it in. */
MUST_USE result rows_check_beginning(const struct event *event, struct arena scratch,
                                     struct err *err);

/* --- books.c --- */

MUST_USE result entry_apply(struct transaction *transaction, const struct event *event,
                            struct arena scratch, struct err *err);
/* `request`: the one that the event is about, after the event; id 0 for none. */
MUST_USE result intake_apply(struct transaction *transaction, const struct event *event,
                             const struct request_row *request, struct arena scratch,
                             struct err *err);

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
/* The word of the number, which was given to one. */
MUST_USE result names_word(struct transaction *transaction, int64_t number, struct arena *arena,
                           str *ret_word, struct err *err);
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

/* --- course.c --- */

/* One more passage of the person whom the event is about. */
MUST_USE result course_follow(struct transaction *transaction, const struct event *event,
                              struct arena scratch, struct err *err);
/* The event at this position is about another record than it was thought to be; not moved: it is
 * not in the course of the first. */
MUST_USE result course_move(struct transaction *transaction, int64_t position, int64_t from,
                            int64_t to, struct arena scratch, bool *ret_moved, struct err *err);
/* Leaves of the person's course what remains when they are erased. */
MUST_USE result course_erase(struct transaction *transaction, int64_t person, struct arena scratch,
                             struct err *err);

/* --- append.c --- */

/* Everything that is checked of a header by itself. */
MUST_USE result append_check_header(const struct event *event, struct err *err);

/* Makes the person's row of the caseload anew from the rows of the facts of all its records. */
MUST_USE result caseload_renew(struct transaction *transaction, const struct person_row *person,
                               bool is_new, instant recorded_until, struct arena scratch,
                               struct err *err);
MUST_USE result caseload_remove(struct transaction *transaction, int64_t person, struct err *err);

/* --- identity.c --- */

/* Was any merge ever done? Asked once a transaction: without one, nothing of this costs anything.
 */
MUST_USE result identity_any(struct transaction *transaction, bool *ret_any, struct err *err);
/* The person of a record, of now. */
MUST_USE result identity_root(struct transaction *transaction, int64_t record, struct arena scratch,
                              int64_t *ret_root, struct err *err);
/* The record that the event of this position is about, as known then; `subject`: the one it stands
 * under. */
MUST_USE result identity_about(struct transaction *transaction, int64_t position, int64_t subject,
                               instant known_at, struct arena scratch, int64_t *ret_about,
                               struct err *err);
/* The person whose event of this position it is now, whatever record it stands under: one that was
 * recorded while two were one may have been given to the other when they were separated. */
MUST_USE result identity_whose(struct transaction *transaction, int64_t position, int64_t subject,
                               struct arena scratch, int64_t *ret_person, struct err *err);
/* The key of the blind index, made of the store's, and no other key of it. */
void identity_lookup_key(const struct cipher_key *store_key, struct hmac_key *ret_key);
/* What CONCERNS_LOOKUP and CONCERNS_MERGE say. */
MUST_USE result identity_apply_lookup(struct transaction *transaction, const struct event *event,
                                      struct arena scratch, struct err *err);
/* Before the key of the event's subject is destroyed: nobody is found by what it says any more. */
MUST_USE result identity_forget_lookups(struct transaction *transaction, const struct event *event,
                                        struct arena scratch, struct err *err);
MUST_USE result identity_apply_merge(struct transaction *transaction, const struct event *event,
                                     struct arena scratch, struct err *err);
/* All rows of facts of the records, in the order of (fact, true_from, position). */
MUST_USE result identity_fact_rows(struct transaction *transaction, const int64_t *records,
                                   size_t record_count, struct arena *arena,
                                   struct fact_row **ret_rows, size_t *ret_count, struct err *err);

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
