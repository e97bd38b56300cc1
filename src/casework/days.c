#include "casework/days.h"

#include "casework/birth.h"

#include <stdio.h>

/* The days that have a text (base/date.h). */
static bool has_text(date day)
{
    const int32_t first = -25567; /* 1900-01-01 */
    const int32_t last = 84005;   /* 2199-12-31 */
    return day.day >= first && day.day <= last;
}

static result refuse(const char *what, date day, const char *why, const char *hint, struct err *err)
{
    char text[DATE_TEXT_SIZE + 4] = "";
    if (has_text(day)) {
        char plain[DATE_TEXT_SIZE];
        date_format(day, plain);
        snprintf(text, sizeof text, ", %s,", plain);
    }
    result_ignore(err_set(err, ERROR_INPUT, "%s%s %s", what, text, why), "the hint follows");
    return err_hint(err, "%s", hint);
}

static const char look_again[] = "Check the year, and the order of day and month.";

/* How far ahead, and what is said of a day beyond that. */
static const struct bound {
    int months;
    const char *why;
    const char *hint;
} bounds[] = {
    [DAYS_HAPPENED] = {0, "lies in the future",
                       "Check the year, and the order of day and month. What has not happened yet "
                       "is recorded when it has."},
    [DAYS_ARRANGED] = {DAYS_ARRANGED_MONTHS, "is more than a year ahead",
                       "Check the year. What may be recorded ahead is what was arranged for a "
                       "coming day."},
    [DAYS_HOLDS] = {12 * DAYS_HOLDS_YEARS, "is more than thirty years ahead", look_again},
};

result days_check(const char *what, date day, enum days_use use, date today, struct err *err)
{
    const struct bound *bound = &bounds[use];
    if (date_before(day, date_add_months(today, -12 * DAYS_LIFE_YEARS, DATE_ROUND_DOWN))) {
        return refuse(what, day, "is before anybody who is alive was born", look_again, err);
    }
    return date_before(date_add_months(today, bound->months, DATE_ROUND_DOWN), day)
               ? refuse(what, day, bound->why, bound->hint, err)
               : result_ok();
}

result days_check_instant(const char *what, instant at, enum days_use use, date today,
                          struct err *err)
{
    return days_check(what, instant_date(at), use, today, err);
}

result days_check_value(const struct fact *fact, str value, date today, struct err *err)
{
    char what[160];
    date day;
    if (fact->type != FACT_DATE || !date_parse(value, &day, NULL).ok) {
        return result_ok(); /* not known */
    }
    snprintf(what, sizeof what, "\"%.*s\"", STR_ARG(str_slice(fact->name, 0, 150)));
    return days_check(what, day, birth_is(fact) ? DAYS_HAPPENED : DAYS_HOLDS, today, err);
}
