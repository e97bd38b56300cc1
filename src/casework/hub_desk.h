/* hub_desk: the desk of a hub. Its places and why some are not to be had, who is expected and did
 * or did not come, who is there and since when, who left, what the hub says of itself, and whether
 * that agrees with the register.
 *
 * What holds:
 *   1. a place is free, prebooked, held, occupied or out of use, never two of these, so that what
 * is not free never exceeds what was agreed, whatever runs at once (register/row.h);
 *   2. an expected arrival stays on the desk, with the days it is overdue and who answers for it,
 * until somebody records what became of it;
 *   3. what the hub reports is kept beside what the register counted in the same commit. A
 * difference is shown until the two agree or somebody explains it. Neither number changes the
 * other;
 *   4. a departure recorded by mistake is cancelled for that very person only.
 *
 * Every command may be repeated with its client id (casework.h). Errors as there; hubs out of sight
 * are ERROR_NOT_FOUND, as are people who never had a stay at the hub. */
#ifndef RETURNHUB_CASEWORK_HUB_DESK_H
#define RETURNHUB_CASEWORK_HUB_DESK_H

#include "casework/casework.h"

/* --- looking ---------------------------------------------------------------------------------- */

struct desk_place {
    struct place_row row;
    str person; /* reference of whom it is for; "" when of nobody, or out of this account's sight */
    str words;  /* why it is out of use, in the words of whoever said so */
    bool overdue; /* out of use, and the day it was expected back is over */
};

enum prebooking_state { PREBOOKING_LIVE = 1, PREBOOKING_RAN_OUT = 2, PREBOOKING_ENDED = 3 };
const char *prebooking_state_name(enum prebooking_state state); /* "ran_out" */

struct desk_prebooking {
    struct prebooking_row row;
    enum prebooking_state state;
    int64_t holding; /* places that it keeps from others now */
    str purpose;
    str made_by;
};

struct desk_stay {
    struct stay_row row;
    str reference; /* of the person */
    str name;      /* "" once the person left the hub */
    str stage;
    int64_t place; /* 0: none */
    str place_kind;
    int32_t days_overdue; /* of an expected arrival */
    str owner;            /* name of the account that answers for the arrival */
    struct known_day review_due_on;
    struct known_day stay_limit_on;
};

struct report_kind {
    str kind;
    int64_t in_use; /* as the hub reports */
    int64_t counted_in_use;
    int64_t out_of_use;
    int64_t counted_out_of_use;
};

struct desk_report {
    struct hub_report_row row; /* hub 0: never reported */
    int64_t minutes_old;       /* since the instant at which it was accurate */
    const struct report_kind *kinds;
    size_t kind_count;
    str explanation; /* of the present difference; "" when there is none */
    str explained_by;
};

struct desk_unexpected {
    struct unexpected_row row;
    str named;
    str description;
    str reported_by;
    str reference;          /* of the person, when known and in sight */
    str expected_with_name; /* reference of an expected arrival that the hub's words name; "" */
};

struct hub_desk {
    const struct rulebook *rulebook; /* which says what kinds of place and steps are called */
    struct hub_row hub;
    instant as_of;
    date today;
    struct place_counts counts; /* what is left of those agreed has no kind (places.h) */
    const struct kind_counts *kinds;
    size_t kind_count;
    const struct desk_place *places;
    size_t place_count;
    const struct desk_prebooking *prebookings; /* latest first, at most 100 */
    size_t prebooking_count;
    const struct desk_stay *expected; /* every arrival that nobody resolved, oldest first */
    size_t expected_count;
    const struct desk_stay *stays; /* of everybody placed here, oldest first */
    size_t stay_count;
    const struct desk_stay *departures; /* latest first, at most 100 */
    size_t departure_count;
    const struct desk_unexpected *unexpected; /* not explained yet, oldest first */
    size_t unexpected_count;
    /* All arrivals there ever were: expected in the end = arrived + refused + never left + missing
     * + still expected. Returned at once: refused on arrival. */
    int64_t arrivals[ARRIVAL_STATES];
    int64_t arrivals_ever;
    struct desk_report report;
};
MUST_USE result casework_hub_desk(const struct casework *casework, const struct caller *caller,
                                  str hub, struct arena *arena, struct hub_desk *ret_desk,
                                  struct err *err);

/* --- places ----------------------------------------------------------------------------------- */

/* The places from `first` to `last` are of this kind, which is one the rulebook knows (a choice of
 * hub_stay.place_kind). Not while somebody has one of them. */
MUST_USE result casework_places_of_kind(const struct casework *casework,
                                        const struct caller *caller, str hub, str kind,
                                        int64_t first, int64_t last, str reason,
                                        struct arena *arena, struct record_answer *ret_answer,
                                        struct err *err);

struct out_of_use_entry {
    int64_t place;
    str reason; /* of register/out_of_use.def */
    str words;  /* needed for the reason `other` */
    struct known_day expected_back_on;
};
/* A request for which the place was held gets another free one of the same kind, or is stopped. Not
 * while somebody sleeps there: change their place first. */
MUST_USE result casework_place_out_of_use(const struct casework *casework,
                                          const struct caller *caller, str hub,
                                          const struct out_of_use_entry *entry, struct arena *arena,
                                          struct record_answer *ret_answer, struct err *err);
MUST_USE result casework_place_back_in_use(const struct casework *casework,
                                           const struct caller *caller, str hub, int64_t place,
                                           str words, struct arena *arena,
                                           struct record_answer *ret_answer, struct err *err);
/* Another place of the same hub for somebody who is there. `place` 0: any free one of the kind they
 * need. */
MUST_USE result casework_change_place(const struct casework *casework, const struct caller *caller,
                                      str hub, str person, int64_t place, str reason,
                                      struct arena *arena, struct record_answer *ret_answer,
                                      struct err *err);

struct prebooking_entry {
    str kind; /* "" under a rulebook without kinds */
    int64_t places;
    date until; /* the last day; after it the places are free again */
    str purpose;
    int64_t request; /* 0: for nobody yet. Of one place: for this request */
};
enum { PREBOOKING_DAYS_MAX = 365, PREBOOKED_AT_ONCE_MAX = 1000 };
/* All of them or none. answer.events[0] names the prebooking. */
MUST_USE result casework_prebook(const struct casework *casework, const struct caller *caller,
                                 str hub, const struct prebooking_entry *entry, struct arena *arena,
                                 struct record_answer *ret_answer, struct err *err);
/* One of its places is for this live request: the last approval will hold that one. */
MUST_USE result casework_give_prebooking(const struct casework *casework,
                                         const struct caller *caller, str hub, int64_t prebooking,
                                         int64_t request, struct arena *arena,
                                         struct record_answer *ret_answer, struct err *err);
MUST_USE result casework_end_prebooking(const struct casework *casework,
                                        const struct caller *caller, str hub, int64_t prebooking,
                                        str reason, struct arena *arena,
                                        struct record_answer *ret_answer, struct err *err);

/* --- arrivals --------------------------------------------------------------------------------- */

/* `outcome` ARRIVAL_ARRIVED or ARRIVAL_REFUSED: takes the rulebook's step that says so, judged like
 * any step, and records the outcome in the same commit. */
MUST_USE result casework_arrival_at_hub(const struct casework *casework,
                                        const struct caller *caller, str hub, str person,
                                        enum arrival_state outcome, struct arena *arena,
                                        struct step_answer *ret_answer, struct err *err);
/* What became of an arrival that did not come: never left, missing. Of somebody who is placed at
 * the hub no more, also arrived and refused, which no step says any more. */
MUST_USE result casework_resolve_arrival(const struct casework *casework,
                                         const struct caller *caller, str hub, str person,
                                         enum arrival_state outcome, str reason,
                                         struct arena *arena, struct record_answer *ret_answer,
                                         struct err *err);
/* `owner`: the username of the account that answers for the arrival from now on. */
MUST_USE result casework_hand_over_arrival(const struct casework *casework,
                                           const struct caller *caller, str hub, str person,
                                           str owner, str reason, struct arena *arena,
                                           struct record_answer *ret_answer, struct err *err);

struct unexpected_entry {
    str named;       /* a reference or a name, as the hub knows it; "" when nobody knows */
    str description; /* who or what was seen */
    date seen_on;
};
/* When `named` is the reference of somebody whose arrival at this hub is expected, it is refused:
 * that arrival is to be confirmed. */
MUST_USE result casework_unexpected_arrival(const struct casework *casework,
                                            const struct caller *caller, str hub,
                                            const struct unexpected_entry *entry,
                                            struct arena *arena, struct record_answer *ret_answer,
                                            struct err *err);
/* `person`: the reference of whom it turned out to be, "" for nobody in the register. `outcome` in
 * words. */
MUST_USE result casework_resolve_unexpected(const struct casework *casework,
                                            const struct caller *caller, str hub, int64_t arrival,
                                            str person, str outcome, str reason,
                                            struct arena *arena, struct record_answer *ret_answer,
                                            struct err *err);

/* The person's last departure from this hub was recorded by mistake: they are there still, in the
 * stage they were in, at a place of the kind they need; what the step recorded is withdrawn. Only
 * while that departure is the last thing that moved them. */
MUST_USE result casework_cancel_departure(const struct casework *casework,
                                          const struct caller *caller, str hub, str person,
                                          str reason, struct arena *arena,
                                          struct record_answer *ret_answer, struct err *err);

/* --- what the hub says of itself -------------------------------------------------------------- */

struct hub_report_entry {
    instant accurate_at; /* not in the future */
    int64_t in_use;
    int64_t out_of_use;
    const struct report_kind *kinds; /* in_use and out_of_use of those that were told by kind */
    size_t kind_count;
};
enum { REPORT_KINDS_MAX = 32 };
MUST_USE result casework_hub_report(const struct casework *casework, const struct caller *caller,
                                    str hub, const struct hub_report_entry *entry,
                                    struct arena *arena, struct record_answer *ret_answer,
                                    struct err *err);
/* Of the difference that the latest report shows. */
MUST_USE result casework_explain_report(const struct casework *casework,
                                        const struct caller *caller, str hub, str reason,
                                        struct arena *arena, struct record_answer *ret_answer,
                                        struct err *err);

#endif
