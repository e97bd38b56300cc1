/* clock_changes: a clock of the rulebook is extended in one person's case, stands still, or runs
 * again. Whether that may be done, by whom and for how long is law: the lines `extension` and
 * `suspension` of the clock (docs/rulebook-language.md). What is recorded are the facts that those
 * lines name, with the reason as their source; the clock's own lines read them. */
#ifndef RETURNHUB_CASEWORK_CLOCK_CHANGES_H
#define RETURNHUB_CASEWORK_CLOCK_CHANGES_H

#include "casework/casework.h"

enum clock_change_kind { CLOCK_EXTEND, CLOCK_SUSPEND, CLOCK_RESUME };

struct clock_change_command {
    enum clock_change_kind kind;
    str person;             /* reference */
    str clock;              /* name */
    date on;                /* since when; not after today */
    struct known_day until; /* the new last day, of an extension to a day; not known otherwise */
    str reason;
};

struct clock_change_answer {
    struct record_answer recorded;
    uint32_t clock;
    struct clock_answer before;
    struct clock_answer after;
};

/* ACTION_CHANGE_CLOCK, and the role that the clock names: ERROR_FORBIDDEN otherwise. ERROR_CONFLICT
 * for a clock that does not run, or is extended or stands still already; ERROR_INPUT for one that
 * is not changed so, and for a day beyond what the rulebook allows. */
MUST_USE result casework_change_clock(const struct casework *casework, const struct caller *caller,
                                      const struct clock_change_command *command,
                                      struct arena *arena, struct clock_change_answer *ret_answer,
                                      struct err *err);

#endif
