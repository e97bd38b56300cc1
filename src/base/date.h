/* date: civil days of the proleptic Gregorian calendar, and instants. No time zone, no clock:
 * "today" and "now" are parameters everywhere above system/. */
#ifndef RETURNHUB_BASE_DATE_H
#define RETURNHUB_BASE_DATE_H

#include "base/result.h"
#include "base/str.h"

/* Days since 1970-01-01. Years 1900 to 2199 are accepted at the edges. */
typedef struct date {
    int32_t day;
} date;

/* Milliseconds since 1970-01-01T00:00:00Z. */
typedef struct instant {
    int64_t milliseconds;
} instant;

enum date_rounding {
    DATE_ROUND_DOWN, /* 31 January + 1 month = 28 (29) February: the last day of a month that is too
                        short */
    DATE_ROUND_UP,   /* ... = 1 March */
};

struct civil {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

enum { DATE_TEXT_SIZE = 11, INSTANT_TEXT_SIZE = 25 }; /* with the final NUL */

/* Refuses days that do not exist (2026-02-30) and years outside 1900..2199. */
MUST_USE result date_from_civil(struct civil civil, date *ret_date, struct err *err);
struct civil date_to_civil(date day);
/* Exactly YYYY-MM-DD (ISO 8601 calendar date). */
MUST_USE result date_parse(str text, date *ret_date, struct err *err);
void date_format(date day, char text[DATE_TEXT_SIZE]);
/* "27 March 2026", as GOV.UK writes dates. `text` needs 20 bytes. A year that four digits cannot
 * write is not a date here, and is written so, by all three writers of text. */
void date_format_plain(date day, char text[20]);

/* Sums that leave the range of `date` stop at its edge. */
date date_add_days(date day, int32_t days);
date date_add_months(date day, int32_t months, enum date_rounding rounding);
int32_t date_days_between(date from, date to); /* to - from */
bool date_before(date a, date b);
bool date_equal(date a, date b);
/* 0 = Monday ... 6 = Sunday (ISO 8601 weekday - 1). */
int date_weekday(date day);
const char *date_weekday_name(int weekday); /* "Monday" */
int date_quarter(date day);                 /* 1 to 4 */

/* Exactly YYYY-MM-DDTHH:MM:SS[.mmm]Z. */
MUST_USE result instant_parse(str text, instant *ret_instant, struct err *err);
void instant_format(instant when, char text[INSTANT_TEXT_SIZE]); /* 2026-11-23T08:52:56.123Z */
/* The civil day in UTC. (Offices in another zone pass their own `today`.) */
date instant_date(instant when);
instant instant_from_date(date day); /* midnight UTC at its beginning */

#endif
