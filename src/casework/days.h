/* days: which days can be true of what is recorded. One rule for forms, programs, commands and
 * imports. Inside casework only.
 *
 * It is against slips of the pen - 2062 for 2026, a birth in 2030, 1926 for 2026 - and no law: what
 * the law asks of a day stands in the rulebook, which says nothing of days that cannot be. So the
 * bounds are wide, and counted from today:
 *   - nothing is recorded from before anybody who is alive was born (the longest life that is
 *     documented lasted 122 years);
 *   - what has happened is not after today;
 *   - what is arranged, and from when something will be true, is at most a year ahead: nobody knows
 *     more of the future, and travel is not booked earlier;
 *   - until when something holds is at most thirty years ahead: a passport holds for ten years, an
 *     agreement or a ban hardly longer than that.
 * A date that is the value of a fact may be of any of these, for the rulebook does not tell them
 * apart: it gets the widest bounds, but for a date of birth, which has happened. */
#ifndef RETURNHUB_CASEWORK_DAYS_H
#define RETURNHUB_CASEWORK_DAYS_H

#include "rulebook/rulebook.h"

enum {
    DAYS_LIFE_YEARS = 125,
    DAYS_ARRANGED_MONTHS = 12,
    DAYS_HOLDS_YEARS = 30,
};

enum days_use {
    DAYS_HAPPENED,
    DAYS_ARRANGED, /* or has happened */
    DAYS_HOLDS,    /* or either */
};

/* ERROR_INPUT says which day it is, what is wrong with it and what to do. `what` begins the
 * sentence ("The day of the contact"). */
MUST_USE result days_check(const char *what, date day, enum days_use use, date today,
                           struct err *err);
/* The same of an instant, by its day in UTC. */
MUST_USE result days_check_instant(const char *what, instant at, enum days_use use, date today,
                                   struct err *err);
/* The value of a fact, as it is stored: of a date, whether it can be. */
MUST_USE result days_check_value(const struct fact *fact, str value, date today, struct err *err);

#endif
