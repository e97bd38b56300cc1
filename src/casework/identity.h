/* identity: who somebody is. Other references and other names; who may be the same person; two
 * records merged into one person, and a merge undone (register/identity.h says what that means).
 *
 * What holds:
 *   1. people decide. What is likely is told with every part that agrees and every part that does
 *      not, and never as a score; nothing is merged by the program;
 *   2. a reference that belongs to another person already is recorded all the same, and told: the
 *      two are likely to be one person, or one of the records is wrong;
 *   3. two people merge: one asks, another in the role of a senior officer merges, and says how
 * many conflicts were in sight, so that nothing is merged that was not looked at;
 *   4. what un-clears a live request of either stops it in the same commit;
 *   5. undoing gives every event since the merge to one of the two sides: what can be told is told,
 *      everything else is decided by whoever undoes it, completely. */
#ifndef RETURNHUB_CASEWORK_IDENTITY_H
#define RETURNHUB_CASEWORK_IDENTITY_H

#include "casework/casework.h"
#include "register/identifier.h"

/* --- other references and names --------------------------------------------------------------- */

struct identifier_entry {
    str scheme; /* identifier.def */
    str value;  /* as typed; of a travel document its number, or its whole machine readable zone */
    str issuer; /* of a travel document: three letters; "" when the zone says it */
    str source;
};

/* Why two people may be one, part by part. */
struct duplicate_reason {
    str what; /* "Date of birth: day and month exchanged" */
    bool agrees;
};
struct likely_duplicate {
    struct person_row person;
    struct identity identity;
    const struct duplicate_reason *reasons;
    size_t reason_count;
};

struct identifier_answer {
    int64_t event;
    const struct likely_duplicate *others; /* who have this very reference too */
    size_t other_count;
    bool repeated;
};
/* The same reference is recorded of a person once: sent again it is answered with its event. */
MUST_USE result casework_record_identifier(const struct casework *casework,
                                           const struct caller *caller, str person,
                                           const struct identifier_entry *entry,
                                           struct arena *arena,
                                           struct identifier_answer *ret_answer, struct err *err);
MUST_USE result casework_withdraw_identifier(const struct casework *casework,
                                             const struct caller *caller, int64_t event, str reason,
                                             struct arena *arena, struct err *err);

struct identifier_line {
    int64_t event;
    enum identifier_scheme scheme;
    str value;
    str issuer;
    str source;
    str record; /* reference of the record it stands under */
    date true_from;
    instant recorded_at;
};
/* A merge, and who it is about. */
struct merge_line {
    struct merge_row merge;
    str continuing; /* references of the two records */
    str absorbed;
    str requested_by;
    str decided_by; /* "" when it was not */
    str undone_by;
};
struct identity_answer {
    struct person_row person;
    struct identity identity;
    struct person_arrival arrival;
    const struct person_row *records; /* that are one person; the first gives the reference */
    size_t record_count;
    const struct identifier_line *identifiers; /* references, other names, names of the records */
    size_t identifier_count;
    const struct merge_line *merges; /* that they took part in, also those declined and undone; none
                                        with somebody who is out of sight */
    size_t merge_count;
};
/* As known at an instant, when `asked` says so. */
MUST_USE result casework_identity(const struct casework *casework, const struct caller *caller,
                                  str person, const struct asked *asked, struct arena *arena,
                                  struct identity_answer *ret_answer, struct err *err);

/* --- who may be the same ---------------------------------------------------------------------- */

/* Told are: who has the same reference; who has the same name, in whatever script, order or way of
 * writing it, and was not born more than a year apart; who has a part of the name and the same date
 * of birth, or the one with day and month exchanged. In the order of ids, at most 50. */
enum { LIKELY_MAX = 50 };
MUST_USE result casework_duplicates(const struct casework *casework, const struct caller *caller,
                                    str person, struct arena *arena, struct person_row *ret_person,
                                    const struct likely_duplicate **ret_likely, size_t *ret_count,
                                    struct err *err);
/* Of everybody, with everybody: waiting.h. */

/* --- merging ---------------------------------------------------------------------------------- */

/* What the two records say differently; "" where one says nothing is no conflict. */
struct merge_conflict {
    str what;
    str fact; /* its name, of a fact; "" of what is none */
    str continuing;
    str absorbed;
};
struct merge_plan {
    struct merge_row merge; /* id 0: nobody has asked for it yet */
    struct merge_course {   /* "" for what has not been */
        str requested_by;
        str reason; /* why it was asked for */
        str decided_by;
        str declined_because;
        str undone_by;
        str undone_because;
        bool asked_here; /* by this account */
    } course;
    struct person_row continuing;
    struct person_row absorbed;
    struct identity continuing_identity;
    struct identity absorbed_identity;
    const struct merge_conflict *conflicts;
    size_t conflict_count;
    const str *obstacles; /* why they cannot be merged as they are; none: they can */
    size_t obstacle_count;
    const struct request_row *requests; /* live, of both: judged again when they are merged */
    size_t request_count;
};
MUST_USE result casework_merge_plan(const struct casework *casework, const struct caller *caller,
                                    str continuing, str absorbed, struct arena *arena,
                                    struct merge_plan *ret_plan, struct err *err);
/* ERROR_CONFLICT with the first obstacle; the plan's conflicts are kept with the request. */
MUST_USE result casework_request_merge(const struct casework *casework, const struct caller *caller,
                                       str continuing, str absorbed, str reason,
                                       struct arena *arena, struct merge_plan *ret_plan,
                                       struct err *err);
/* Of a merge that was asked for: the plan as it is now. */
MUST_USE result casework_merge(const struct casework *casework, const struct caller *caller,
                               int64_t merge, struct arena *arena, struct merge_plan *ret_plan,
                               struct err *err);
/* `conflicts_seen`: how many the plan had that was looked at; ERROR_CONFLICT when there are others
 * now. Not by whoever asked for it. */
MUST_USE result casework_confirm_merge(const struct casework *casework, const struct caller *caller,
                                       int64_t merge, size_t conflicts_seen, struct arena *arena,
                                       struct record_answer *ret_answer, struct err *err);
/* By whoever asked for it, too. */
MUST_USE result casework_decline_merge(const struct casework *casework, const struct caller *caller,
                                       int64_t merge, str reason, struct arena *arena,
                                       struct err *err);
/* Those of people in sight, newest first; `state` 0: whatever state. */
MUST_USE result casework_merges(const struct casework *casework, const struct caller *caller,
                                enum merge_state state, struct arena *arena,
                                const struct merge_line **ret_lines, size_t *ret_count,
                                struct err *err);

/* --- undoing ---------------------------------------------------------------------------------- */

struct separation_decision {
    int64_t event;
    bool to_absorbed; /* about the record that had become a part */
};
struct separation_line {
    struct event event;
    str record; /* reference of the record it stands under */
    enum attribution to;
    int64_t follows; /* goes with this event; 0: with none */
    bool decided;    /* by the caller; otherwise told */
};
struct separation_plan {
    struct merge_row merge;
    const struct separation_line *lines; /* every event since the merge, oldest first */
    size_t line_count;
    size_t undecided;             /* to be decided before it can be undone */
    struct person_row continuing; /* as they come out of it; only when nothing is undecided */
    struct person_row absorbed;
};
MUST_USE result casework_separation_plan(const struct casework *casework,
                                         const struct caller *caller, int64_t merge,
                                         const struct separation_decision *decisions,
                                         size_t decision_count, struct arena *arena,
                                         struct separation_plan *ret_plan, struct err *err);
/* ERROR_CONFLICT when an event is undecided, ERROR_INPUT for a decision about one that is told. */
MUST_USE result casework_separate(const struct casework *casework, const struct caller *caller,
                                  int64_t merge, str reason,
                                  const struct separation_decision *decisions,
                                  size_t decision_count, struct arena *arena,
                                  struct record_answer *ret_answer, struct err *err);

#endif
