/* queue: the work that waits, by the day it is due, and the facts that are missing.
 *
 * Everybody whose case is open is looked at (casework/due.h). Three kinds of work come of it:
 * duties that are overdue (a clock of the rulebook that is due from a role, has expired, and is not
 * done), contact checks that have passed, and clocks that end soon. Nobody is left out for want of
 * a date: somebody whose next check was never set is due since the day of registration.
 *
 * A missing fact blocks somebody when a step is neither clear nor barred for them and knowing the
 * fact could decide it; it blocks them alone when nothing else is missing. */
#ifndef RETURNHUB_CASEWORK_QUEUE_H
#define RETURNHUB_CASEWORK_QUEUE_H

#include "casework/sitting.h"

enum { WORK_ALL_KINDS = 1 << WORK_OVERDUE | 1 << WORK_CHECK | 1 << WORK_ENDS };
enum { WORK_LINES_MAX = 100000 };

struct work_query {
    int32_t within_days; /* how far ahead a clock that runs is called due; 0 to 3660 */
    unsigned kinds;      /* bits: 1 << WORK_OVERDUE ... */
    str role;            /* only duties of this role; "" for all */
    size_t limit;        /* lines given, soonest first; all are counted */
};

struct work_answer {
    date today;
    const struct work_due *lines;
    size_t count;
    int64_t total;                /* of the kinds asked for */
    int64_t total_of[WORK_KINDS]; /* of each kind, asked for or not */
};

/* Fills in how long there is, or how long it is over, from `today` to due->due: in days, and in
 * working days by the calendar of due->clock. */
void work_tell_time(const struct rulebook *rulebook, date today, struct work_due *due);

const char *work_kind_name(enum work_kind kind); /* "overdue", "check", "ends" */

/* ACTION_SEE_PEOPLE; only people this account may see. */
MUST_USE result casework_work(const struct casework *casework, const struct caller *caller,
                              const struct work_query *query, struct arena *arena,
                              struct work_answer *ret_answer, struct err *err);
/* ERROR_INPUT for a query that cannot be asked; inside casework only. */
MUST_USE result queue_check(const struct work_query *query, struct err *err);
/* The same inside a sitting; `transactions` as for caseload_load. */
MUST_USE result queue_find(struct sitting *sitting, struct transaction *const *transactions,
                           size_t count, const struct work_query *query,
                           struct work_answer *ret_answer, struct err *err);

struct missing_fact {
    uint32_t fact;
    int64_t people; /* whom it blocks */
    int64_t alone;  /* of these, for whom nothing else is missing */
};
struct missing_answer {
    uint32_t step;
    const struct missing_fact *facts; /* the one that blocks most people first */
    size_t count;
    int64_t people;  /* from whose stage the step leads */
    int64_t unknown; /* neither clear nor barred */
};
/* ACTION_SCREEN. `hub` for a step that needs one. */
MUST_USE result casework_missing(const struct casework *casework, const struct caller *caller,
                                 str step, str hub, struct arena *arena,
                                 struct missing_answer *ret_answer, struct err *err);

#endif
