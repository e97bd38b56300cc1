#include "base/calendar.h"

static bool calendar_knows(const struct calendar *calendar, date day)
{
    return !date_before(day, calendar->from) && !date_before(calendar->until, day);
}

static bool is_weekend(const struct calendar *calendar, date day)
{
    return ((unsigned)calendar->weekend >> (unsigned)date_weekday(day) & 1U) != 0;
}

/* Index of the first holiday on or after `day`; holiday_count when there is none. */
static size_t holiday_from(const struct calendar *calendar, date day)
{
    size_t low = 0;
    size_t high = calendar->holiday_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (date_before(calendar->holidays[middle].day, day)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum day_kind calendar_day(const struct calendar *calendar, date day, str *ret_name)
{
    if (!calendar_knows(calendar, day)) {
        return DAY_NOT_KNOWN;
    }
    const size_t index = holiday_from(calendar, day);
    if (index < calendar->holiday_count && date_equal(calendar->holidays[index].day, day)) {
        if (ret_name != NULL) {
            *ret_name = calendar->holidays[index].name;
        }
        return DAY_HOLIDAY;
    }
    return is_weekend(calendar, day) ? DAY_WEEKEND : DAY_WORKING;
}

/* Walks forward from `day` until `count` working days have been passed; holidays are walked beside
 * the days, so a step costs no search. */
bool calendar_add_working_days(const struct calendar *calendar, date day, int32_t count,
                               date *ret_day)
{
    if (count < 0 || !calendar_knows(calendar, day)) {
        return false;
    }
    date at = day;
    size_t holiday = holiday_from(calendar, date_add_days(day, 1));
    int32_t left = count;
    while (left > 0) {
        at = date_add_days(at, 1);
        if (!calendar_knows(calendar, at)) {
            return false;
        }
        const bool is_holiday =
            holiday < calendar->holiday_count && date_equal(calendar->holidays[holiday].day, at);
        holiday += is_holiday ? 1 : 0;
        left -= !is_holiday && !is_weekend(calendar, at) ? 1 : 0;
    }
    *ret_day = at;
    return true;
}

bool calendar_next_working_day(const struct calendar *calendar, date day, date *ret_day)
{
    if (calendar_day(calendar, day, NULL) != DAY_WORKING) {
        return calendar_add_working_days(calendar, day, 1, ret_day);
    }
    *ret_day = day;
    return true;
}
