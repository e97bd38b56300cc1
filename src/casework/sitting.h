/* sitting: one account's piece of work in one transaction. Inside casework only.
 *
 * Whatever is read or recorded in it is read with this account's eyes: the functions that find a
 * person, a hub, an agreement or a request answer in the same words for what does not exist and for
 * what the account may not see.
 *
 * Instants: everything one command records carries one instant, `at`, and that is later than every
 * instant recorded before it, even when the machine's clock stands still or was put back. So "as
 * known at the instant of an event" is exactly what was known to the command that made the event,
 * and nothing that a later command recorded. The one exception is what a step itself brings about
 * (the facts it records, the requests that this stops): it follows one millisecond after the step,
 * because the step was judged without it. */
#ifndef RETURNHUB_CASEWORK_SITTING_H
#define RETURNHUB_CASEWORK_SITTING_H

#include "casework/casework.h"

/* A person that was spoken of by the reference of a record that is a part of theirs (a merge,
 * register/identity.h), or by another reference that stands under one. What is recorded is recorded
 * under that record, so that it can be told, when the merge is undone, whom it was about; and what
 * was known in the past is asked of it. */
struct addressed_record {
    int64_t person;
    int64_t record;
};
enum { ADDRESSED_MAX = 4 }; /* a command names two people at most */

/* Few accounts record most of what is shown of a person. */
struct actor_name {
    int64_t account;
    str name;
};
enum { ACTOR_NAMES_KEPT = 8 };

struct sitting {
    const struct casework *casework;
    struct transaction *transaction;
    struct arena *arena;
    struct account_row account;
    date today;                 /* the civil day of the system's clock, in UTC */
    instant at;                 /* reading: now; recording: of all that the command records */
    struct client_id client_id; /* for the first event that is appended */
    int64_t read_at;            /* of the caller */
    int64_t begun_at;           /* recording: the position of the last event before */
    str reason;                 /* why the account looks */
    str rulebook;               /* its identity in hexadecimal */
    int64_t before_subject;     /* of what was done before by this command: its subject, the person
                                   of now */
    struct addressed_record addressed[ADDRESSED_MAX];
    size_t addressed_count;
    struct actor_name actors[ACTOR_NAMES_KEPT]; /* asked for last, the oldest gives way */
    size_t actors_asked;
};

/* The machine's now, or the instant of the last event when the clock is not beyond it. */
MUST_USE result sitting_now(struct transaction *transaction, const struct system *system,
                            instant *ret_now, struct err *err);
/* The same, and later than the last event: for what is recorded next. */
MUST_USE result sitting_next_instant(struct transaction *transaction, const struct system *system,
                                     instant *ret_next, struct err *err);

/* Begins to read. ERROR_FORBIDDEN when the account's role lacks the action altogether. */
MUST_USE result sitting_read(struct sitting *sitting, const struct casework *casework,
                             struct transaction *transaction, const struct caller *caller,
                             enum action action, struct arena *arena, struct err *err);

/* Begins to record. When the command's client id was used before by the same account, *ret_before
 * is the first event of what was done then (its position is 0 otherwise); used by another account
 * it is ERROR_CONFLICT. */
MUST_USE result sitting_record(struct sitting *sitting, const struct casework *casework,
                               struct transaction *transaction, const struct caller *caller,
                               enum action action, struct arena *arena, struct event *ret_before,
                               struct err *err);

/* ERROR_FORBIDDEN when the role lacks the action altogether: for an action that is known only after
 * something was read. */
MUST_USE result sitting_require(const struct sitting *sitting, enum action action, struct err *err);

/* The sitting's own account; another one (that of somebody who lost a device) for whoever manages
 * accounts. */
MUST_USE result sitting_own_account(const struct sitting *sitting, str username,
                                    int64_t *ret_account, struct err *err);

/* ERROR_UNPROVEN when the caller has to prove first that it is still them. */
MUST_USE result sitting_require_proof(const struct caller *caller, struct err *err);

/* Begins to record in the register's own name: nobody asked, no access is asked for. */
MUST_USE result sitting_of_register(struct sitting *sitting, const struct casework *casework,
                                    struct transaction *transaction, struct arena *arena,
                                    struct err *err);

/* Appends an event at `at` in the account's name; the first carries the client id. */
MUST_USE result sitting_append(struct sitting *sitting, struct event *event, struct err *err);

/* The client id of this command was used for another one. */
MUST_USE result sitting_client_id_taken(struct err *err);

/* ERROR_INPUT: a correction, or a change, that would record what is on record already. */
MUST_USE result sitting_nothing_new(struct err *err);

/* The record by which the person was spoken of; the person itself otherwise. */
int64_t sitting_record_of(const struct sitting *sitting, int64_t person);

/* One thing, if the account may do this with it; otherwise ERROR_NOT_FOUND. A person is named by
 * the reference of any of their records, or by another reference of theirs, written SCHEME:VALUE or
 * SCHEME:ISSUER:VALUE (register/identifier.h). */
MUST_USE result sitting_person(struct sitting *sitting, str reference, enum action action,
                               struct person_row *ret_person, struct err *err);
/* Does the reference mean this person, whoever sees them? Only of what this very command did
 * before: its answer may be out of its own sender's sight since. */
MUST_USE result sitting_means(struct sitting *sitting, str reference, int64_t person,
                              bool *ret_means, struct err *err);
MUST_USE result sitting_hub(struct sitting *sitting, str reference, enum action action,
                            struct hub_row *ret_hub, struct err *err);
MUST_USE result sitting_agreement(struct sitting *sitting, str reference, enum action action,
                                  struct agreement_row *ret_agreement, struct err *err);
MUST_USE result sitting_request(struct sitting *sitting, int64_t id, enum action action,
                                struct request_row *ret_request, struct person_row *ret_person,
                                struct err *err);

/* --- what the account sees, and how it stands to it (sight.c) --- */

/* Whom the account does not see whatever hub they are at: people in a compartment that is not open
 * to it (access.def). A broken glass shows nobody in a list. */
MUST_USE result sitting_hides(struct sitting *sitting, const struct person_row *person,
                              enum action action, bool *ret_hides, struct err *err);
/* The reference, for an answer about something else; "" for somebody who is hidden so. */
MUST_USE result sitting_reference(struct sitting *sitting, const struct person_row *person,
                                  str *ret_reference, struct err *err);
/* The name, for an answer about something else; "" for whoever does not see the person in a list.
 */
MUST_USE result sitting_name(struct sitting *sitting, const struct person_row *person,
                             str *ret_name, struct err *err);
/* Of numbers of people that rise: the place of one of them, or where it belongs; and whether it is
 * among them. */
size_t people_place(const int64_t *people, size_t count, int64_t person);
bool people_have(const int64_t *people, size_t count, int64_t person);
struct hidden_people {
    const int64_t *people; /* rising */
    size_t count;
};
MUST_USE result sitting_hidden(struct sitting *sitting, enum action action,
                               struct hidden_people *ret_hidden, struct err *err);
bool hidden_has(const struct hidden_people *hidden, int64_t person);

/* May the account do this with this one? A conflict of interest is not asked about. */
MUST_USE result sitting_may_person(struct sitting *sitting, const struct person_row *person,
                                   enum action action, bool *ret_may, struct err *err);
MUST_USE result sitting_may_hub(struct sitting *sitting, const struct hub_row *hub,
                                enum action action, bool *ret_may, struct err *err);
/* The same, with the hub's agreement at hand (id 0: it has none). */
bool sitting_may_hub_under(const struct sitting *sitting, const struct hub_row *hub,
                           const struct agreement_row *agreement, enum action action);
bool sitting_may_agreement(const struct sitting *sitting, const struct agreement_row *agreement,
                           enum action action);
/* A hub operator and a monitor see nothing of other hubs: is what concerns this hub (0: no hub) for
 * this account? */
bool sitting_hub_in_sight(const struct sitting *sitting, enum action action, int64_t hub);

/* Who asked for the request, approved it, or decided alone an earlier step of its person: a set of
 * relations (access.h). */
MUST_USE result sitting_stands_to_request(struct sitting *sitting,
                                          const struct request_row *request,
                                          unsigned *ret_relations, struct err *err);
/* ERROR_FORBIDDEN, with why, when somebody who stands so to a thing may not do this to it. */
MUST_USE result sitting_no_conflict(enum action action, unsigned relations, struct err *err);

MUST_USE result sitting_no_such(struct err *err, const char *kind, str reference);
/* The same of an account, by its user name: accounts are in sight of whoever may name one. */
MUST_USE result sitting_no_such_account(struct err *err, str username);

/* The step of this name, or ERROR_INPUT with the nearest one. */
MUST_USE result sitting_step(const struct sitting *sitting, str name, uint32_t *ret_step,
                             struct err *err);

/* Is the record that person, or a part of that person? */
MUST_USE result sitting_is_person(struct sitting *sitting, int64_t record, int64_t person,
                                  bool *ret_is, struct err *err);

/* The name of the account that acted, "" for the register itself. */
MUST_USE result sitting_actor(struct sitting *sitting, int64_t account, str *ret_name,
                              struct err *err);

/* How many people are in each stage, of those this account may see. */
MUST_USE result sitting_count_stages(struct sitting *sitting, const struct stage_count **ret_counts,
                                     size_t *ret_count, struct err *err);

/* Keeps that the account looked (promise 10). Its own transaction, durable when it returns: an
 * answer about people is given only after this. */
MUST_USE result sitting_look(const struct sitting *sitting, enum subject_kind kind, int64_t subject,
                             const char *purpose, struct err *err);

#endif
