/* Calendars: holidays of several lists merged, those of every year written out over the range. */
#include "rulebook/checker.h"

#include <stdlib.h>

/* A holiday with its place among all that were named, so that the first name of a day is kept. */
struct named_day {
    struct holiday holiday;
    size_t order;
};

static int compare_named_days(const void *a, const void *b)
{
    const struct named_day *left = a;
    const struct named_day *right = b;
    if (left->holiday.day.day != right->holiday.day.day) {
        return left->holiday.day.day < right->holiday.day.day ? -1 : 1;
    }
    return left->order < right->order ? -1 : 1;
}

static bool add_day(struct list *days, struct arena *scratch, date day, str name)
{
    struct named_day *added = LIST_ADD(days, struct named_day, scratch);
    if (added != NULL) {
        *added = (struct named_day){.holiday = {.day = day, .name = name}, .order = days->count};
    }
    return added != NULL;
}

/* A day of the year as one number that grows with it. */
static int32_t day_of_year(int32_t month, int32_t month_day)
{
    return month * 100 + month_day;
}

/* Days such as 29 december to 2 january go over the end of the year. */
static bool comes_back_on(const struct holiday_line *line, struct civil civil)
{
    const int32_t day = day_of_year(civil.month, civil.day);
    const int32_t first = day_of_year(line->month, line->month_day);
    const int32_t last = day_of_year(line->end_month, line->end_month_day);
    return first <= last ? day >= first && day <= last : day >= first || day <= last;
}

static bool add_line(struct list *days, struct arena *scratch, const struct calendar *calendar,
                     const struct holiday_line *line)
{
    if (!line->every_year) {
        const bool inside =
            !date_before(line->day, calendar->from) && !date_before(calendar->until, line->day);
        return !inside || add_day(days, scratch, line->day, line->name);
    }
    for (date day = calendar->from; !date_before(calendar->until, day);
         day = date_add_days(day, 1)) {
        if (comes_back_on(line, date_to_civil(day)) && !add_day(days, scratch, day, line->name)) {
            return false;
        }
    }
    return true;
}

/* The days in order, each once, with the name it was given first. */
static bool keep_days(struct checker *checker, const struct list *days, struct calendar *calendar)
{
    struct named_day *sorted = days->items;
    struct holiday *holidays = ARENA_NEW(checker->perm, struct holiday, days->count);
    if (holidays == NULL) {
        return checker_is_full(checker);
    }
    if (days->count > 0) {
        qsort(sorted, days->count, sizeof sorted[0], compare_named_days);
    }
    size_t count = 0;
    for (size_t i = 0; i < days->count; i++) {
        if (count == 0 || !date_equal(holidays[count - 1].day, sorted[i].holiday.day)) {
            holidays[count++] = sorted[i].holiday;
        }
    }
    calendar->holidays = holidays;
    calendar->holiday_count = count;
    return true;
}

static bool merge_holidays(struct checker *checker, struct calendar_draft *draft)
{
    struct list days = {0};
    struct arena scratch = *checker->scratch;
    for (size_t i = 0; i < draft->item.holiday_list_count; i++) {
        const struct list *lines = &LIST_AT(&checker->draft->holiday_lists,
                                            struct holiday_list_draft, draft->item.holiday_lists[i])
                                        ->lines;
        for (size_t k = 0; k < lines->count; k++) {
            if (!add_line(&days, &scratch, &draft->item.calendar,
                          LIST_AT(lines, struct holiday_line, k))) {
                return checker_is_full(checker);
            }
        }
    }
    return keep_days(checker, &days, &draft->item.calendar);
}

enum { WHOLE_WEEK = 0x7F };

static bool check_range(struct checker *checker, const struct calendar_draft *draft)
{
    const struct calendar *calendar = &draft->item.calendar;
    const struct place_in_text at = draft->item.at;
    bool sound = true;
    if (!draft->has_from || !draft->has_until) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at, "The calendar \"%.*s\" does not say %s",
                 STR_ARG(calendar->name),
                 draft->has_from ? "until when its days are known"
                                 : "from when its days are known");
        diagnose_hint(checker->diagnostics,
                      "Write \"%s DATE\": outside its range nothing is guessed",
                      draft->has_from ? "until" : "from");
        sound = false;
    } else if (date_before(calendar->until, calendar->from)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "The calendar \"%.*s\" ends before it begins", STR_ARG(calendar->name));
        sound = false;
    }
    if (calendar->weekend == WHOLE_WEEK) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "The calendar \"%.*s\" has no working day in its week", STR_ARG(calendar->name));
        sound = false;
    }
    return sound;
}

void check_calendars(struct checker *checker)
{
    struct list *calendars = &checker->draft->calendars;
    for (size_t i = 0; i < calendars->count && !checker->out_of_memory; i++) {
        struct calendar_draft *draft = LIST_AT(calendars, struct calendar_draft, i);
        const bool named =
            checker_find_all(checker, ITEM_HOLIDAYS, &draft->holiday_lists,
                             &draft->item.holiday_lists, &draft->item.holiday_list_count);
        const bool sound = !draft->broken && check_range(checker, draft);
        if (named && sound) {
            draft->broken = !merge_holidays(checker, draft);
        }
    }
}
