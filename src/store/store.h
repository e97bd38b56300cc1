/* store: events and the rows they add up to, kept. One header; SQLite behind it (PostgreSQL and
 * memory will follow).
 *
 * The store knows no rule. It promises:
 *   1. what store_write reported as done survives kill -9 and power loss (WAL, synchronous=FULL);
 *   2. the work of one store_write is done whole or not at all;
 *   3. events are never changed or deleted (triggers); rows are what register/row.h makes of the
 * events;
 *   4. a place is never given twice, whatever runs at the same time, in one process or several.
 *
 * Writing: a single writer thread drains a queue of works into one transaction, a savepoint each,
 * syncs once, then answers all (group commit). The next transaction runs while the one before is
 * synced. The work function runs on the writer thread: it reads the rows, judges, appends, and may
 * not block. Reading: a snapshot of the last commit, on the calling thread's own connection from a
 * pool. A commit may be seen by others, also of another process, for the time of a sync before it
 * is durable; whatever any of them writes after that is durable only with it (store_settle).
 *
 * Personal content: the body of every event is sealed with the key of its subject (base/cipher.h);
 * subject keys are wrapped by the store key, which lives in a file of its own beside or apart from
 * the store. Facts are also in rows, in clear, without names.
 *
 * Any text a read gives is copied into the arena passed in.
 */
#ifndef RETURNHUB_STORE_STORE_H
#define RETURNHUB_STORE_STORE_H

#include "base/hash.h"
#include "register/entry.h"
#include "register/hub_desk.h"
#include "register/identity.h"
#include "register/operation.h"
#include "register/row.h"
#include "system/system.h"

struct store;
struct transaction;

typedef void store_progress(void *context, int64_t done, int64_t all);

struct store_options {
    const char *path;     /* the SQLite file */
    const char *key_path; /* NULL: path with ".key" appended */
    bool create; /* make a new store and key file (mode 0600); refuses to overwrite either */
    const struct system *system;
    /* Of bringing a store that an older program wrote up to date: its rows are made anew from all
     * its events before anybody uses it. NULL: nobody wants to know. */
    store_progress *progress;
    void *progress_context;
    int64_t log_limit;   /* how long the write-ahead log grows before it is moved into the file, in
                            bytes; 0: 128 MiB */
    size_t many_callers; /* from so many on a half runs while the other is synced; 0: 24 */
};

MUST_USE result store_open(const struct store_options *options, struct store **ret_store,
                           struct err *err);
/* Waits for everybody who is inside a call, writes what is queued, and closes. Accepts NULL. */
void store_close(struct store *store);

/* The same; what this opening made (create) is taken away again: the files of the store, and its
 * key. */
void store_discard(struct store *store);
/* Takes those files away and closes nothing: for a process that ends there and then. */
void store_unmake(const struct store *store);

/* Work on a transaction. A failure undoes what this work did and is handed to the caller of
 * store_write. */
typedef result store_work(struct transaction *transaction, void *context, struct err *err);

/* Runs `work` on the writer thread and returns when its effect is durable. ERROR_STORAGE says in
 * words whether nothing was stored or whether that is not known. Not to be called from inside a
 * work. */
MUST_USE result store_write(struct store *store, store_work *work, void *context, struct err *err);
/* Runs `work` on this thread over a snapshot; appending in it is refused. */
MUST_USE result store_read(struct store *store, store_work *work, void *context, struct err *err);
/* The same, of everything but looks: whatever else was committed before it began, by anybody, is
 * seen, but the looks that were recorded last may be missing, and asking for looks is refused. For
 * what is read most often: after a commit of looks alone the snapshot at hand does as well, and
 * nothing has to be fetched once more. A snapshot is kept for a tenth of a second at most. */
MUST_USE result store_read_steady(struct store *store, store_work *work, void *context,
                                  struct err *err);

/* Waits until everything that a read of this store could have seen before is durable. For whoever
 * tells what was read to somebody who keeps it for ever and does not write anything: what is
 * signed, say. A write after the read does as well. ERROR_STORAGE when the disk refused. */
MUST_USE result store_settle(struct store *store, struct err *err);

/* Runs `work` over several snapshots of one and the same commit, so that threads of its own may
 * read different parts of the store at once: each transaction may be used by one thread at a time,
 * and all of them only until `work` returns. `wanted` is at most STORE_TOGETHER_MAX; there are
 * fewer of them (one at least) when other readers have the connections or other writers leave no
 * moment's peace. */
enum { STORE_TOGETHER_MAX = 8 };
typedef result store_together_work(struct transaction *const *transactions, size_t count,
                                   void *context, struct err *err);
MUST_USE result store_read_together(struct store *store, size_t wanted, store_together_work *work,
                                    void *context, struct err *err);

/* --- appending --- */

/* Gives event->position, seals, stores, and updates the rows. event->recorded_at must not go back
 * in time before the last event of the same subject. A client id that was used before is refused
 * (ERROR_CONFLICT): look first. All events that one work appends may carry the same client id. The
 * first event of a subject is the one that brings it into the register. When an append fails
 * half-way, the work fails with its error, even if it returns success. */
MUST_USE result transaction_append(struct transaction *transaction, struct event *event,
                                   struct err *err);
/* The records that can be erased together only, the one that continues first: those that are one
 * person with this one; and whenever an undone merge gave an event to another record than it stands
 * under, with whose key it is sealed, all of both persons. */
MUST_USE result transaction_sealed_together(struct transaction *transaction, int64_t person,
                                            struct arena *arena, const int64_t **ret_records,
                                            size_t *ret_count, struct err *err);
/* Appends the PERSON_ERASED event of the register about this person (register/erasure.h), whose
 * `requested_by` and `basis` are given: fills in the records that are sealed together and what
 * remains of them, deletes what does not, and destroys their keys. ERROR_CONFLICT when somebody has
 * a place, or when the record is a part of another. After the commit, store_purge. */
MUST_USE result transaction_erase_person(struct transaction *transaction, struct event *event,
                                         struct err *err);
/* In the place of bodies that were destroyed, because their person was erased, puts what remains of
 * them (register/erasure.h); other events stay as they are. */
MUST_USE result transaction_put_remains(struct transaction *transaction, struct event *events,
                                        size_t count, struct arena *arena, struct err *err);
/* The next free id for a new subject of this kind; asked again in the same work, the one after it.
 */
MUST_USE result transaction_new_id(struct transaction *transaction, enum subject_kind kind,
                                   int64_t *ret_id, struct err *err);
/* The position of the first event with this client id; 0 when none. */
MUST_USE result transaction_find_client_id(struct transaction *transaction,
                                           const struct client_id *id, int64_t *ret_position,
                                           struct err *err);
/* A place of the hub that is of this kind and free on this day, lowest number first, those that
 * were never prebooked before those whose prebooking has run out; 0 when there is none. Only in a
 * write.
 */
MUST_USE result transaction_free_place(struct transaction *transaction, int64_t hub, str kind,
                                       date today, int64_t *ret_number, struct err *err);

/* --- reading one --- */

/* By reference, and accounts by username; id 0: there is none. */
MUST_USE result transaction_seek(struct transaction *transaction, enum subject_kind kind,
                                 str reference, int64_t *ret_id, struct err *err);
/* The same; ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_find(struct transaction *transaction, enum subject_kind kind,
                                 str reference, int64_t *ret_id,
                                 struct err *err); /* account: by username */
/* The person of this record: of one that is a part of another since a merge, the other. */
MUST_USE result transaction_person(struct transaction *transaction, int64_t id, struct arena *arena,
                                   struct person_row *ret_row, struct err *err);
/* The record's own row, as it was when it became a part. */
MUST_USE result transaction_record(struct transaction *transaction, int64_t id, struct arena *arena,
                                   struct person_row *ret_row, struct err *err);
MUST_USE result transaction_hub(struct transaction *transaction, int64_t id, struct arena *arena,
                                struct hub_row *ret_row, struct err *err);
MUST_USE result transaction_agreement(struct transaction *transaction, int64_t id,
                                      struct arena *arena, struct agreement_row *ret_row,
                                      struct err *err);
MUST_USE result transaction_account(struct transaction *transaction, int64_t id,
                                    struct arena *arena, struct account_row *ret_row,
                                    struct err *err);
MUST_USE result transaction_request(struct transaction *transaction, int64_t id,
                                    struct arena *arena, struct request_row *ret_row,
                                    struct err *err);
/* After erasure of its subject an event has its header and an empty body. The subject of an event
 * that is told here is the record it is about, also when an undone merge gave it to another than
 * the one it stands under. */
MUST_USE result transaction_event(struct transaction *transaction, int64_t position,
                                  struct arena *arena, struct event *ret_event, struct err *err);

struct identity {
    str name;
    struct known_day born_on;
};
/* Opens the person's identity with their key; after erasure the name is empty. */
MUST_USE result transaction_identity(struct transaction *transaction,
                                     const struct person_row *person, struct arena *arena,
                                     struct identity *ret_identity, struct err *err);

/* --- who somebody is (register/identity.h) --- */

/* Of now. */
#define KNOWN_NOW ((instant){.milliseconds = INT64_MAX})

/* The records that were one person with this one, as known at an instant; the first is the one
 * whose reference the person had. */
MUST_USE result transaction_records(struct transaction *transaction, int64_t record,
                                    instant known_at, struct arena *arena,
                                    const int64_t **ret_records, size_t *ret_count,
                                    struct err *err);
/* The records that were ever one person with this one; itself alone when it was never merged. */
MUST_USE result transaction_kin(struct transaction *transaction, int64_t record,
                                struct arena *arena, const int64_t **ret_records, size_t *ret_count,
                                struct err *err);
/* All their events, in the order of positions, up to an instant and before a position (0: all), as
 * identity_fold takes them. */
MUST_USE result transaction_identity_events(struct transaction *transaction, int64_t record,
                                            int64_t before, instant known_at, struct arena *arena,
                                            struct identity_event **ret_events, size_t *ret_count,
                                            struct err *err);
/* The rows of all records there are, also of those that are a part of another, in the order of ids.
 */
MUST_USE result transaction_each_record(struct transaction *transaction, int64_t after_id,
                                        size_t limit, struct arena *arena,
                                        const struct person_row **ret_rows, size_t *ret_count,
                                        struct err *err);
/* Those whose own row names the family; also parts. */
MUST_USE result transaction_family_records(struct transaction *transaction, int64_t family,
                                           struct arena *arena, const struct person_row **ret_rows,
                                           size_t *ret_count, struct err *err);
MUST_USE result transaction_merge(struct transaction *transaction, int64_t id,
                                  struct merge_row *ret_row, struct err *err);
/* `record` 0: of everybody, newest first; otherwise those of this record, oldest first. `state` 0:
 * whatever state. */
MUST_USE result transaction_merges(struct transaction *transaction, int64_t record,
                                   enum merge_state state, struct arena *arena,
                                   const struct merge_row **ret_rows, size_t *ret_count,
                                   struct err *err);

/* Where something stands by which people are found (register/lookup.h); by position. */
struct lookup_hit {
    int64_t position; /* of the event */
    int64_t record;
};
MUST_USE result transaction_lookup(struct transaction *transaction, str found_by,
                                   struct arena *arena, const struct lookup_hit **ret_hits,
                                   size_t *ret_count, struct err *err);
/* Every text by which people are found: its event and its record; in no order that means anything,
 * and as many of an event as it has texts. A visit that fails ends it, with its error. */
typedef result lookup_visit(void *context, const struct lookup_hit *hit, struct err *err);
MUST_USE result transaction_each_lookup(struct transaction *transaction, lookup_visit *visit,
                                        void *context, struct err *err);
/* The person's other references and names that count, of all records that are one person: the
 * IDENTIFIER_RECORDED events that were not withdrawn, oldest first. Opens no other event. */
MUST_USE result transaction_identifiers(struct transaction *transaction, int64_t person,
                                        struct arena *arena, const struct event **ret_events,
                                        size_t *ret_count, struct err *err);

/* --- reading many --- */

struct people_filter {
    str stage;      /* "" for all */
    int64_t hub;    /* placed at this hub, or with an open or approved request for it; 0 for all */
    int64_t family; /* 0 for all */
    int64_t after_id; /* paging: ids greater than this */
    size_t limit;     /* 0: no limit */
};
MUST_USE result transaction_people(struct transaction *transaction,
                                   const struct people_filter *filter, struct arena *arena,
                                   const struct person_row **ret_rows, size_t *ret_count,
                                   struct err *err);

/* Those whose erasure was asked for and not decided yet, the one that waits longest first. */
MUST_USE result transaction_erasures(struct transaction *transaction, struct arena *arena,
                                     const struct person_row **ret_rows, size_t *ret_count,
                                     struct err *err);

/* The rows that count at (as_of, known_at), at most one a fact, in the order of fact names. Of a
 * person: of all records that were one person with it, as known then. */
MUST_USE result transaction_facts(struct transaction *transaction, enum subject_kind kind,
                                  int64_t subject, date as_of, instant known_at,
                                  struct arena *arena, const struct fact_row **ret_rows,
                                  size_t *ret_count, struct err *err);

/* Every row of one subject, also those withdrawn, by fact, then from when they are true. Of a
 * person: of all records that were one person with it, as known at that instant. */
MUST_USE result transaction_fact_rows(struct transaction *transaction, enum subject_kind kind,
                                      int64_t subject, instant one_person_at, struct arena *arena,
                                      const struct fact_row **ret_rows, size_t *ret_count,
                                      struct err *err);

/* Everything that was ever recorded of one fact of anybody, also what was withdrawn: by person, and
 * then in the order in which it is true. The subject of a row is the person of now. */
MUST_USE result transaction_facts_named(struct transaction *transaction, str fact,
                                        struct arena *arena, const struct fact_row **ret_rows,
                                        size_t *ret_count, struct err *err);

/* The caseload: of every person what a screening asks for, short, in one pass. `facts` are
 * packed (register/packed.h): a reader gives those that count on a day as everything is known now.
 * Numbers of facts are indices of
 * transaction_fact_names, numbers of words of transaction_words, and `stage` is a word. Somebody of
 * whom a fact was recorded or withdrawn after the instant that is asked about (recorded_until) has
 * to be asked for with transaction_facts.
 *
 * People with ids from `first` to `last`, in the order of ids. Everything is valid during the call
 * only. The visitor may go on reading with the same transaction. */
struct caseload {
    int64_t person;
    str reference;
    int64_t stage;
    int64_t family;
    int64_t hub;
    date registered_on;
    struct known_day next_check_on;
    instant recorded_until;
    str facts; /* packed.h */
};
typedef result store_caseload(void *context, const struct caseload *caseload, struct err *err);
MUST_USE result transaction_each_caseload(struct transaction *transaction, int64_t first,
                                          int64_t last, store_caseload *visit, void *context,
                                          struct err *err);
/* Indexed by number; [0] is empty. */
MUST_USE result transaction_fact_names(struct transaction *transaction, struct arena *arena,
                                       const str **ret_names, size_t *ret_count, struct err *err);
MUST_USE result transaction_words(struct transaction *transaction, struct arena *arena,
                                  const str **ret_words, size_t *ret_count, struct err *err);

/* The course of everybody (register/course.h), in one pass: records with ids from `first` to
 * `last`, in the order of ids, also those that are a part of another. Stages, steps and safeguards
 * are words. With facts, `facts` and `recorded_until` are those of the caseload, which has none of
 * a part (has_facts is false); otherwise empty. Everything is valid during the call only. The
 * visitor may go on reading with the same transaction. */
struct person_course {
    int64_t person;
    str passages;
    bool has_facts;
    instant recorded_until;
    str facts;
};
typedef result store_course(void *context, const struct person_course *course, struct err *err);
MUST_USE result transaction_each_course(struct transaction *transaction, int64_t first,
                                        int64_t last, bool with_facts, store_course *visit,
                                        void *context, struct err *err);
/* That of one record. */
MUST_USE result transaction_course(struct transaction *transaction, int64_t record,
                                   struct arena *arena, str *ret_passages, struct err *err);
/* How many people were registered on or before `as_of`, as recorded until `known_at` by an event at
 * `position` or before: counted in the events' own headers, without any row. */
MUST_USE result transaction_count_registered(struct transaction *transaction, date as_of,
                                             instant known_at, int64_t position, int64_t *ret_count,
                                             struct err *err);
/* When the subject's last event at `position` or before was recorded; the beginning of time when
 * there is none. */
MUST_USE result transaction_subject_instant(struct transaction *transaction, enum subject_kind kind,
                                            int64_t subject, int64_t position, instant *ret_instant,
                                            struct err *err);

struct request_filter {
    int64_t person; /* 0 for all */
    int64_t hub;
    int64_t agreement;
    bool live_only; /* open or approved */
    size_t limit;   /* newest first; 0: no limit */
};
MUST_USE result transaction_requests(struct transaction *transaction,
                                     const struct request_filter *filter, struct arena *arena,
                                     const struct request_row **ret_rows, size_t *ret_count,
                                     struct err *err);
MUST_USE result transaction_hubs(struct transaction *transaction, struct arena *arena,
                                 const struct hub_row **ret_rows, size_t *ret_count,
                                 struct err *err);
MUST_USE result transaction_agreements(struct transaction *transaction, struct arena *arena,
                                       const struct agreement_row **ret_rows, size_t *ret_count,
                                       struct err *err);
MUST_USE result transaction_accounts(struct transaction *transaction, struct arena *arena,
                                     const struct account_row **ret_rows, size_t *ret_count,
                                     struct err *err);
MUST_USE result transaction_places(struct transaction *transaction, int64_t hub,
                                   struct arena *arena, const struct place_row **ret_rows,
                                   size_t *ret_count, struct err *err);
/* A subject's events (a person's: those of all its records), newest first, positions below `before`
 * (0: from the newest). */
MUST_USE result transaction_history(struct transaction *transaction, enum subject_kind kind,
                                    int64_t subject, int64_t before, size_t limit,
                                    struct arena *arena, const struct event **ret_events,
                                    size_t *ret_count, struct err *err);
/* Of a person's, those that brought them into a stage: the registration, and steps taken; the
 * latest STAGE_EVENTS_MAX, for somebody of whom one step is taken again and again. The person's
 * course tells which they are and most of what they say, so that few events are read: counted on
 * may be the header but actor and client id, of the body of a step the stages, hub and request, and
 * all of a registration's. */
enum { STAGE_EVENTS_MAX = 200 };
MUST_USE result transaction_stage_events(struct transaction *transaction, int64_t person,
                                         int64_t before, struct arena *arena,
                                         const struct event **ret_events, size_t *ret_count,
                                         struct err *err);

struct stage_count {
    str stage;
    int64_t people;
};
MUST_USE result transaction_count_stages(struct transaction *transaction, struct arena *arena,
                                         const struct stage_count **ret_counts, size_t *ret_count,
                                         struct err *err);
struct place_counts {
    int64_t agreed; /* the sum of all others: a place is one thing at a time */
    int64_t free;   /* on the day asked about: a prebooking that has run out holds nothing */
    int64_t prebooked;
    int64_t held;
    int64_t occupied;
    int64_t out_of_use;
};
struct kind_counts {
    str kind; /* "" of places of which nobody said the kind */
    struct place_counts counts;
};
/* Of each kind of which the hub has places, in the order of names; and of all kinds together. */
MUST_USE result transaction_count_places(struct transaction *transaction, int64_t hub, date today,
                                         struct arena *arena, const struct kind_counts **ret_kinds,
                                         size_t *ret_count, struct err *err);
struct place_counts place_counts_sum(const struct kind_counts *kinds, size_t count);
/* Adds one place to what it counts as on this day. */
void place_counts_add(struct place_counts *counts, const struct place_row *place, date today);

/* --- a hub's desk (register/hub_desk.h) --- */

/* Held, occupied or prebooked for the person, whatever hub. */
MUST_USE result transaction_places_of_person(struct transaction *transaction, int64_t person,
                                             struct arena *arena, const struct place_row **ret_rows,
                                             size_t *ret_count, struct err *err);
MUST_USE result transaction_places_of_prebooking(struct transaction *transaction,
                                                 int64_t prebooking, struct arena *arena,
                                                 const struct place_row **ret_rows,
                                                 size_t *ret_count, struct err *err);

enum stays_asked {
    STAYS_EXPECTED, /* arrivals at the hub that nobody resolved, oldest first; also of people who
                       are placed there no more */
    STAYS_NOW,      /* of people placed at the hub, oldest first */
    STAYS_LEFT,     /* that ended, latest first */
};
/* `limit` 0: no limit; it counts for STAYS_LEFT only. */
MUST_USE result transaction_stays(struct transaction *transaction, enum stays_asked asked,
                                  int64_t hub, size_t limit, struct arena *arena,
                                  const struct stay_row **ret_rows, size_t *ret_count,
                                  struct err *err);
/* All of one person, latest first. */
MUST_USE result transaction_stays_of_person(struct transaction *transaction, int64_t person,
                                            struct arena *arena, const struct stay_row **ret_rows,
                                            size_t *ret_count, struct err *err);
struct arrival_count {
    enum arrival_state arrival;
    int64_t people;
};
MUST_USE result transaction_count_arrivals(struct transaction *transaction, int64_t hub,
                                           struct arena *arena,
                                           const struct arrival_count **ret_counts,
                                           size_t *ret_count, struct err *err);
/* ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_prebooking(struct transaction *transaction, int64_t id,
                                       struct arena *arena, struct prebooking_row *ret_row,
                                       struct err *err);
/* Latest first; limit 0: all. */
MUST_USE result transaction_prebookings(struct transaction *transaction, int64_t hub, size_t limit,
                                        struct arena *arena, const struct prebooking_row **ret_rows,
                                        size_t *ret_count, struct err *err);
/* ret_row->hub is 0 when the hub never reported. */
MUST_USE result transaction_hub_report(struct transaction *transaction, int64_t hub,
                                       struct hub_report_row *ret_row, struct err *err);
MUST_USE result transaction_unexpected(struct transaction *transaction, int64_t id,
                                       struct arena *arena, struct unexpected_row *ret_row,
                                       struct err *err);
/* Not explained yet, oldest first. */
MUST_USE result transaction_unexpected_open(struct transaction *transaction, int64_t hub,
                                            struct arena *arena,
                                            const struct unexpected_row **ret_rows,
                                            size_t *ret_count, struct err *err);
/* The greatest id of this kind that was given; 0 when there is none. */
MUST_USE result transaction_last_id(struct transaction *transaction, enum subject_kind kind,
                                    int64_t *ret_id, struct err *err);
MUST_USE result transaction_event_count(struct transaction *transaction, int64_t *ret_count,
                                        struct err *err);
/* What happened after a position, oldest first, at most `limit` of it. */
struct event_head {
    int64_t position;
    enum subject_kind subject_kind;
    int64_t subject;
    enum event_kind kind;
};
MUST_USE result transaction_event_heads(struct transaction *transaction, int64_t after,
                                        size_t limit, struct arena *arena,
                                        const struct event_head **ret_heads, size_t *ret_count,
                                        struct err *err);
/* When the last event of all was recorded; *ret_found is false when there is none. */
MUST_USE result transaction_last_instant(struct transaction *transaction, instant *ret_last,
                                         bool *ret_found, struct err *err);

/* --- the books (books.c) --- */

struct entry_filter {
    str kind;       /* "" for all */
    int64_t person; /* whatever record of theirs it was written about */
    int64_t hub;
    int64_t agreement;
    str journey;
    bool not_closed;
    struct known_day overdue_on; /* on that day: pending, and due before or on a day not known */
    size_t limit;                /* newest first; 0: no limit */
};
MUST_USE result transaction_entries(struct transaction *transaction,
                                    const struct entry_filter *filter, struct arena *arena,
                                    const struct entry_row **ret_rows, size_t *ret_count,
                                    struct err *err);
MUST_USE result transaction_entry(struct transaction *transaction, int64_t id, struct arena *arena,
                                  struct entry_row *ret_row, struct err *err);
/* Those that follow from it, oldest first. */
MUST_USE result transaction_entries_under(struct transaction *transaction, int64_t parent,
                                          struct arena *arena, const struct entry_row **ret_rows,
                                          size_t *ret_count, struct err *err);
/* How many entries of this kind and severity about the hub had been opened and had not ended, on a
 * day and as known at an instant. */
MUST_USE result transaction_count_entries(struct transaction *transaction, int64_t hub, str kind,
                                          str severity, date on, instant known_at,
                                          int64_t *ret_count, struct err *err);

/* What is used of an agreement's intake (register/intake.h): transfers until `on`, those in the
 * month of that day, and places that are held for somebody. At any size, from what is counted as it
 * happens; or as recorded before an instant of the past, from everybody who was ever taken in. */
struct intake_counts {
    int64_t used;
    int64_t used_in_month;
    int64_t held;
};
MUST_USE result transaction_count_intake(struct transaction *transaction, int64_t agreement,
                                         date on, struct intake_counts *ret_counts,
                                         struct err *err);
MUST_USE result transaction_count_intake_past(struct transaction *transaction, int64_t agreement,
                                              date on, instant before,
                                              struct intake_counts *ret_counts, struct err *err);

/* Joint operations that happened from one day to another, both included, in the order of days. */
MUST_USE result transaction_operations(struct transaction *transaction, date from, date to,
                                       struct arena *arena, const struct operation_row **ret_rows,
                                       size_t *ret_count, struct err *err);
MUST_USE result transaction_operation(struct transaction *transaction, int64_t id,
                                      struct arena *arena, struct operation_row *ret_row,
                                      struct err *err);

/* --- beside the events: secrets, sessions, who looked --- */

/* The password hash (libsodium's text form) of an account; "" when none is set. */
MUST_USE result transaction_set_password_hash(struct transaction *transaction, int64_t account,
                                              str hash, struct err *err);
MUST_USE result transaction_password_hash(struct transaction *transaction, int64_t account,
                                          struct arena *arena, str *ret_hash, struct err *err);

struct session_row {
    uint8_t token_hash[32]; /* SHA-256 of the token; the token itself is never stored */
    int64_t account;
    instant opened_at;
    instant seen_at;
    uint8_t form_token[32]; /* against forged forms */
    instant proven_at;      /* when it was last proven who signed in */
};
MUST_USE result transaction_put_session(struct transaction *transaction,
                                        const struct session_row *row,
                                        struct err *err); /* inserts or replaces */
MUST_USE result transaction_session(struct transaction *transaction, const uint8_t token_hash[32],
                                    struct session_row *ret_row, struct err *err);
MUST_USE result transaction_delete_session(struct transaction *transaction,
                                           const uint8_t token_hash[32], struct err *err);

/* Who looked at what (promise 10). */
enum { LOOK_PURPOSE_SIZE = 64, LOOK_REASON_SIZE = 500 };
struct look {
    int64_t account;
    enum subject_kind subject_kind;
    int64_t subject;
    instant at;
    str purpose; /* "person page", "explanation", "list"; LOOK_PURPOSE_SIZE bytes at most */
    str reason;  /* in the words of who looked, "" when none was given; LOOK_REASON_SIZE at most */
};
/* Durable when it returns, like store_write. */
MUST_USE result store_look(struct store *store, const struct look *look, struct err *err);
/* As a part of a write. */
MUST_USE result transaction_record_look(struct transaction *transaction, const struct look *look,
                                        struct err *err);

struct look_row {
    int64_t number; /* from 1, in the order in which they were kept */
    int64_t account;
    enum subject_kind subject_kind;
    int64_t subject;
    instant at;
    str purpose;
    str reason;
};
/* Newest first, numbers below `before` (0: from the newest); of one person, of one account, or of
 * all (0). */
MUST_USE result transaction_looks(struct transaction *transaction, int64_t person, int64_t account,
                                  int64_t before, size_t limit, struct arena *arena,
                                  const struct look_row **ret_looks, size_t *ret_count,
                                  struct err *err);

/* The ids of people who were erased and, if asked for, of those whose processing is restricted;
 * rising. */
MUST_USE result transaction_hidden(struct transaction *transaction, bool and_restricted,
                                   struct arena *arena, const int64_t **ret_people,
                                   size_t *ret_count, struct err *err);

/* Rulebooks by identity, so that an old verdict can be derived again. */
MUST_USE result transaction_put_rulebook(struct transaction *transaction, str identity_hex,
                                         str canonical, struct err *err);
MUST_USE result transaction_rulebook(struct transaction *transaction, str identity_hex,
                                     struct arena *arena, str *ret_canonical, struct err *err);

/* --- everything, in order --- */

/* Every event from a position on, oldest first; `erased`: its subject's key was destroyed, and the
 * body is empty. Everything is valid during the call only. The visitor may go on reading with the
 * same transaction. */
typedef result store_event_visit(void *context, const struct event *event, bool erased,
                                 struct err *err);
MUST_USE result transaction_each_event(struct transaction *transaction, int64_t from,
                                       store_event_visit *visit, void *context, struct err *err);
/* The leaf of every event between two positions (seal/leaf.h), in order and without a gap
 * (ERROR_STORAGE names the event that is missing); `to` is STORE_TO_THE_LAST, or the position of an
 * event that is to be there. With `check`, each event is opened, and is the
 * one that its leaf commits to; of one whose key was destroyed nobody can tell any more. The
 * visitor may go on reading with the same transaction. */
#define STORE_TO_THE_LAST INT64_MAX
typedef result store_leaf_visit(void *context, int64_t position, const struct sha256 *leaf,
                                struct err *err);
MUST_USE result transaction_each_leaf(struct transaction *transaction, int64_t from, int64_t to,
                                      bool check, store_leaf_visit *visit, void *context,
                                      struct err *err);
/* The leaf of one event; ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_leaf(struct transaction *transaction, int64_t position,
                                 struct sha256 *ret_leaf, struct err *err);
/* For taking over another register's events: the header of an event whose body was erased there.
 * Its subject has no key here either. The rows of the store are old from then on: they are made
 * of the events (store_rebuild) when all are there, at the latest when the store is opened. */
MUST_USE result transaction_append_erased(struct transaction *transaction, struct event *event,
                                          struct err *err);

/* --- the whole store --- */

/* After an erasure: what was overwritten and deleted is in no file of the store any more. Fails
 * when somebody reads for too long; what was erased is erased, but older images of it may be in the
 * write-ahead log until this succeeds. */
MUST_USE result store_purge(struct store *store, struct err *err);

/* Makes all rows anew from the events and compares them with the rows that are there; the
 * differences are counted and the first is described. With `replace`, the new rows take their
 * place. Reports progress when `progress` is not NULL. */
struct rebuild_outcome {
    int64_t events;
    int64_t rows;
    int64_t differences;
    char first_difference[400];
};
MUST_USE result store_rebuild(struct store *store, bool replace, store_progress *progress,
                              void *context, struct rebuild_outcome *ret_outcome, struct err *err);

/* For bulk loading (demonstration data, imports) into a store that serves nobody else: one
 * transaction however large, with the settings that make it fast, durable when it returns. On
 * failure nothing of it remains. */
MUST_USE result store_bulk(struct store *store, store_work *work, void *context, struct err *err);

#endif
