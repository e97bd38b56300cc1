/* hub_desk: rows of what a hub's desk looks at: stays and arrivals, prebookings, what the hub
 * reports of itself, and who is there unexpected. Folds like those of row.h: pure, and the only
 * place that says how an event changes these rows.
 *
 * Invariants:
 *   1. a stay begins when a step gives a person a place at a hub where they are not, and each
 * person has at most one that has not ended;
 *   2. an expected arrival stays expected until an event says what became of it: no day, and no
 * later step, ends that;
 *   3. a departure is cancelled only for the person whose departure it was, and only the last one.
 */
#ifndef RETURNHUB_REGISTER_HUB_DESK_H
#define RETURNHUB_REGISTER_HUB_DESK_H

#include "register/row.h"

/* --- why a place is out of use --- */

enum out_of_use {
#define OUT_OF_USE(constant, name, title) constant,
#include "register/out_of_use.def"
#undef OUT_OF_USE
    OUT_OF_USE_COUNT
};
/* False when there is no reason of that name. */
bool out_of_use_from_name(str name, enum out_of_use *ret_reason);
const char *out_of_use_name(enum out_of_use reason);
const char *out_of_use_title(enum out_of_use reason);

/* --- stays and arrivals --- */

enum arrival_state {
    ARRIVAL_EXPECTED = 1,
    ARRIVAL_ARRIVED = 2,
    ARRIVAL_REFUSED = 3,    /* refused on arrival, and back */
    ARRIVAL_NEVER_LEFT = 4, /* the journey did not begin */
    ARRIVAL_MISSING = 5,    /* left, and did not arrive */
    ARRIVAL_STATES
};
const char *arrival_state_name(enum arrival_state state); /* "never_left" */
/* 0 when there is none of that name. */
enum arrival_state arrival_state_from_name(str name);

struct stay_row {
    int64_t id; /* position of the STEP_TAKEN that gave the place */
    int64_t person;
    int64_t hub;
    enum arrival_state arrival;
    date departed_on;             /* day of that step */
    struct known_day expected_on; /* unknown when nobody recorded it */
    int64_t owner;                /* account that answers for the arrival */
    struct known_day resolved_on; /* day from which the outcome is true */
    int64_t resolved_event;       /* 0 while expected */
    struct known_day left_on;     /* unknown while the person is placed at the hub */
    int64_t left_event;           /* 0 while the person is placed at the hub */
    str left_by;                  /* name of the step */
};

/* STEP_TAKEN makes a row of an empty one, or ends the person's stay; ARRIVAL_RESOLVED,
 * ARRIVAL_HANDED_OVER and DEPARTURE_CANCELLED change the row that they name. */
MUST_USE result stay_row_apply(struct stay_row *row, const struct event *event, struct err *err);
/* Days since the arrival was expected, when that day is over; 0 otherwise, and once resolved. Where
 * nobody recorded the day it was expected on, it is the day of departure. */
int32_t stay_days_overdue(const struct stay_row *row, date today);

/* --- prebookings --- */

struct prebooking_row {
    int64_t id; /* position of its PLACES_PREBOOKED event, which has the purpose */
    int64_t hub;
    str kind;
    int64_t places;
    int64_t given; /* of them, to requests */
    date until;    /* last day */
    int64_t made_by;
    instant made_at;
    int64_t ended_event; /* 0: nobody ended it; it may have run out all the same */
};
MUST_USE result prebooking_row_apply(struct prebooking_row *row, const struct event *event,
                                     struct err *err);

/* --- what the hub says of itself --- */

/* One row a hub: its latest report, by the instant at which it was accurate. A report that comes
 * late is on record, and changes nothing here. */
struct hub_report_row {
    int64_t hub;
    int64_t report; /* position of the HUB_REPORTED event */
    instant accurate_at;
    instant recorded_at;
    int64_t in_use;
    int64_t out_of_use;
    int64_t counted_in_use; /* by the register, when the report was recorded */
    int64_t counted_out_of_use;
    int64_t difference;      /* a number for what differs, in total and of each kind; 0: nothing */
    instant differs_since;   /* accurate_at of the first report in a row with this difference */
    int64_t explained_event; /* of this difference; another difference needs another explanation */
};
MUST_USE result hub_report_row_apply(struct hub_report_row *row, const struct event *event,
                                     struct err *err);

/* --- who is there unexpected --- */

struct unexpected_row {
    int64_t id; /* position of its UNEXPECTED_ARRIVAL event, which has the words */
    int64_t hub;
    int64_t person; /* 0 while nobody knows who it is */
    date seen_on;
    int64_t reported_by;
    int64_t resolved_event; /* 0 while it is not explained */
    str outcome;
};
MUST_USE result unexpected_row_apply(struct unexpected_row *row, const struct event *event,
                                     struct err *err);

#endif
