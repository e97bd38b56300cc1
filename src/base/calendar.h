/* calendar: which days are working days, for one legal instrument, over a range of dates it knows.
 *
 * Outside [from, until] nothing is guessed: the answer is "not known". */
#ifndef RETURNHUB_BASE_CALENDAR_H
#define RETURNHUB_BASE_CALENDAR_H

#include "base/date.h"

struct holiday {
    date day;
    str name;
};

struct calendar {
    str name;
    uint8_t weekend; /* bit 0 = Monday ... bit 6 = Sunday */
    const struct holiday *holidays;
    size_t holiday_count; /* sorted by day, no day twice */
    date from;
    date until;
};

enum day_kind { DAY_WORKING, DAY_WEEKEND, DAY_HOLIDAY, DAY_NOT_KNOWN };

/* For DAY_HOLIDAY, *ret_name (when not NULL) is the holiday's name. A holiday on a weekend is
 * DAY_HOLIDAY. */
enum day_kind calendar_day(const struct calendar *calendar, date day, str *ret_name);

/* The `count`-th working day after `day`, which itself is not counted; `day` for 0. False when
 * `day` or the sum lies outside what the calendar knows, and for a negative count. */
bool calendar_add_working_days(const struct calendar *calendar, date day, int32_t count,
                               date *ret_day);
/* `day` if it is a working day, else the first after it. False when not known. */
bool calendar_next_working_day(const struct calendar *calendar, date day, date *ret_day);

#endif
