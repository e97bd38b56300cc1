/* Of the judge: sums of days, and clocks. */
#include "rulebook/judge_parts.h"

#include "rulebook/condition.h"

/* Dates. */

/* The days that can be written: 1900-01-01 to 2199-12-31. A sum that leaves them is unknown. */
enum { DAY_FIRST = -25567, DAY_LAST = 84005 };

static bool is_written_day(date day)
{
    return day.day >= DAY_FIRST && day.day <= DAY_LAST;
}

/* The `count`-th working day before `day`, which itself is not counted. */
static bool subtract_working_days(const struct calendar *calendar, date day, int32_t count,
                                  date *ret_day)
{
    enum day_kind kind = calendar_day(calendar, day, NULL);
    int32_t left = count;
    while (left > 0 && kind != DAY_NOT_KNOWN) {
        day = date_add_days(day, -1);
        kind = calendar_day(calendar, day, NULL);
        left -= kind == DAY_WORKING ? 1 : 0;
    }
    *ret_day = day;
    return kind != DAY_NOT_KNOWN;
}

static bool add_duration(const struct rulebook *rulebook, const struct duration *duration,
                         bool backwards, date day, date *ret_day)
{
    const int32_t count = backwards ? -duration->count : duration->count;
    switch (duration->unit) {
    case UNIT_DAYS:
        *ret_day = date_add_days(day, count);
        return true;
    case UNIT_WORKING_DAYS:
        return (backwards ? subtract_working_days : calendar_add_working_days)(
            &rulebook->calendars[duration->calendar].calendar, day, duration->count, ret_day);
    case UNIT_MONTHS:
        *ret_day = date_add_months(day, count, duration->rounding);
        return true;
    case UNIT_YEARS:
        *ret_day = date_add_months(day, 12 * count, duration->rounding);
        return true;
    }
    assert_failed("the unit is one of the four", __FILE__, __LINE__);
}

/* A date computed from another: unknown when it cannot be counted, or cannot be written. */
struct value judge_sum(const struct rulebook *rulebook, const struct duration *duration,
                       bool backwards, struct value from)
{
    date day = {.day = 0};
    if (!from.known) {
        return value_unknown();
    }
    const date start = {.day = (int32_t)from.number};
    const bool known =
        add_duration(rulebook, duration, backwards, start, &day) && is_written_day(day);
    return known ? value_date(day) : value_unknown();
}

/* Clocks. */

struct value judge_run(const struct rulebook *rulebook, uint32_t clock, uint32_t run,
                       struct value start)
{
    ASSERT(clock < rulebook->clock_count);
    ASSERT(run < rulebook->clocks[clock].run_count);
    const struct clock *item = &rulebook->clocks[clock];
    const struct value counted = judge_sum(rulebook, &item->runs[run].duration, false, start);
    date day = {.day = (int32_t)counted.number};
    if (!counted.known || !item->ends_on_working_day) {
        return counted;
    }
    const struct calendar *calendar = &rulebook->calendars[item->end_calendar].calendar;
    return calendar_next_working_day(calendar, day, &day) ? value_date(day) : value_unknown();
}

static struct clock_answer answer_from(const struct rulebook *rulebook, uint32_t clock,
                                       uint32_t run, const struct question *question)
{
    struct clock_answer answer = {.state = CLOCK_UNKNOWN, .run = run};
    const struct value start =
        judge_value(rulebook, rulebook->clocks[clock].runs[run].start, question);
    const struct value last = judge_run(rulebook, clock, run, start);
    if (last.known) {
        answer.has_last_day = true;
        answer.start = (date){.day = (int32_t)start.number};
        answer.last_day = (date){.day = (int32_t)last.number};
        answer.state =
            date_before(answer.last_day, question->today) ? CLOCK_EXPIRED : CLOCK_RUNNING;
    }
    return answer;
}

/* Whether a `runs` line applies; one without a condition always does. */
enum truth judge_run_applies(const struct rulebook *rulebook, const struct clock_run *run,
                             const struct question *question)
{
    return run->has_when ? judge_condition(rulebook, run->when, question) : TRUTH_TRUE;
}

struct clock_answer judge_clock(const struct rulebook *rulebook, uint32_t clock,
                                const struct question *question)
{
    ASSERT(clock < rulebook->clock_count);
    const struct clock *item = &rulebook->clocks[clock];
    for (uint32_t run = 0; run < item->run_count; run++) {
        const enum truth applies = judge_run_applies(rulebook, &item->runs[run], question);
        if (applies == TRUTH_TRUE) {
            return answer_from(rulebook, clock, run, question);
        }
        if (applies == TRUTH_UNKNOWN) {
            return (struct clock_answer){.state = CLOCK_UNKNOWN, .run = run};
        }
    }
    return (struct clock_answer){.state = CLOCK_NOT_STARTED};
}

/* Days of a clock, one by one. */

struct day_list {
    struct clock_day *days;
    size_t count;
    size_t capacity;
};

static void add_clock_day(struct day_list *list, date day, enum clock_day_kind kind, int32_t number,
                          str why)
{
    ASSERT(list->count < list->capacity);
    list->days[list->count++] =
        (struct clock_day){.day = day, .kind = kind, .number = number, .why = why};
}

/* Why a day is no working day: the holiday's name, or the day of the week. */
static enum day_kind day_kind(const struct calendar *calendar, date day, str *ret_why)
{
    *ret_why = STR("");
    const enum day_kind kind = calendar_day(calendar, day, ret_why);
    if (kind == DAY_WEEKEND) {
        *ret_why = str_from_c(date_weekday_name(date_weekday(day)));
    }
    return kind;
}

/* Each day up to the last that counts. False when the calendar does not know it. */
static bool list_working_days(struct day_list *list, const struct calendar *calendar, date start,
                              int32_t count)
{
    date day = start;
    int32_t number = 0;
    str why;
    while (number < count) {
        day = date_add_days(day, 1);
        const enum day_kind kind = day_kind(calendar, day, &why);
        if (kind == DAY_NOT_KNOWN) {
            return false;
        }
        const bool counts = kind == DAY_WORKING;
        number += counts ? 1 : 0;
        add_clock_day(list, day, counts ? CLOCK_DAY_COUNTED : CLOCK_DAY_SKIPPED,
                      counts ? number : 0, why);
    }
    return calendar_day(calendar, start, NULL) != DAY_NOT_KNOWN;
}

static void list_days(struct day_list *list, date start, int32_t count)
{
    for (int32_t number = 1; number <= count; number++) {
        add_clock_day(list, date_add_days(start, number), CLOCK_DAY_COUNTED, number, STR(""));
    }
}

/* Marks the last day, moving it over days that do not count. False when the calendar does not know
 * them. */
static bool list_end(struct day_list *list, const struct calendar *calendar)
{
    struct clock_day *last = &list->days[list->count - 1];
    str why = STR("");
    enum day_kind kind = calendar == NULL ? DAY_WORKING : day_kind(calendar, last->day, &why);
    while (kind == DAY_WEEKEND || kind == DAY_HOLIDAY) {
        last->kind = CLOCK_DAY_MOVED;
        last->why = why;
        add_clock_day(list, date_add_days(last->day, 1), CLOCK_DAY_COUNTED, 0, STR(""));
        last = &list->days[list->count - 1];
        kind = day_kind(calendar, last->day, &why);
    }
    if (kind == DAY_NOT_KNOWN) {
        return false;
    }
    last->kind = CLOCK_DAY_LAST;
    return true;
}

/* No more days than these can be listed: those counted, those a calendar knows, the start, the last
 * day of a month or year, and one that the calendar does not know. */
static size_t days_most(const struct rulebook *rulebook, const struct clock *clock, uint32_t run)
{
    const struct duration *duration = &clock->runs[run].duration;
    size_t most = 3 + (size_t)duration->count;
    if (duration->unit == UNIT_WORKING_DAYS) {
        const struct calendar *calendar = &rulebook->calendars[duration->calendar].calendar;
        most += (size_t)date_days_between(calendar->from, calendar->until);
    }
    if (clock->ends_on_working_day) {
        const struct calendar *calendar = &rulebook->calendars[clock->end_calendar].calendar;
        most += (size_t)date_days_between(calendar->from, calendar->until);
    }
    return most;
}

bool judge_clock_days(const struct rulebook *rulebook, uint32_t clock, uint32_t run, date start,
                      struct arena *arena, const struct clock_day **ret_days, size_t *ret_count,
                      date *ret_last_day)
{
    ASSERT(clock < rulebook->clock_count);
    ASSERT(run < rulebook->clocks[clock].run_count);
    const struct clock *item = &rulebook->clocks[clock];
    const struct duration *duration = &item->runs[run].duration;
    struct day_list list = {.capacity = days_most(rulebook, item, run)};
    list.days = ARENA_NEW(arena, struct clock_day, list.capacity);
    *ret_days = list.days;
    *ret_count = 0;
    if (list.days == NULL) {
        return false;
    }
    bool known = true;
    add_clock_day(&list, start, CLOCK_DAY_START, 0, STR(""));
    if (duration->unit == UNIT_DAYS) {
        list_days(&list, start, duration->count);
    } else if (duration->unit == UNIT_WORKING_DAYS) {
        const struct calendar *calendar = &rulebook->calendars[duration->calendar].calendar;
        known = list_working_days(&list, calendar, start, duration->count);
    } else {
        date day = start;
        known = add_duration(rulebook, duration, false, start, &day);
        add_clock_day(&list, day, CLOCK_DAY_COUNTED, 0, STR(""));
    }
    const struct calendar *end =
        item->ends_on_working_day ? &rulebook->calendars[item->end_calendar].calendar : NULL;
    known = known && list_end(&list, end);
    *ret_count = list.count;
    *ret_last_day = list.days[list.count - 1].day;
    return known && is_written_day(*ret_last_day);
}
