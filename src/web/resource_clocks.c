#include "web/resource_part.h"

enum { COUNTED_DAYS_MAX = 400 }; /* of one clock; beyond it the first are told */

static json_t *clock_as_json(const struct rulebook *rulebook, date today,
                             const struct clock_line *line)
{
    json_t *object = part_clock(rulebook, line);
    if (!line->answer.has_last_day) {
        return object;
    }
    struct work_due due = {.clock = *line, .due = line->answer.last_day};
    work_tell_time(rulebook, today, &due);
    json_set_int64(object, "days_left", due.days_left);
    if (due.has_working_days) {
        json_set_int64(object, "working_days_left", due.working_days_left);
        json_set_str(object, "calendar", due.calendar);
    }
    return object;
}

static const char *day_words(enum clock_day_kind kind)
{
    static const char *const words[] = {
        [CLOCK_DAY_START] = "The time begins",
        [CLOCK_DAY_COUNTED] = "Counted",
        [CLOCK_DAY_SKIPPED] = "Not counted",
        [CLOCK_DAY_LAST] = "The last day",
        [CLOCK_DAY_MOVED] = "Would be the last day, and is no working day",
    };
    return words[kind];
}

/* Day by day, as the time was counted. */
static json_t *counted_of(const struct rulebook *rulebook, const struct clock_line *line)
{
    PART_ARENA arena = part_memory();
    const struct clock_day *days = NULL;
    size_t count = 0;
    date last_day;
    json_t *object = json_object();
    json_t *list = json_array();
    (void)judge_clock_days(rulebook, line->clock, line->answer.run, line->answer.start, &arena,
                           &days, &count, &last_day);
    for (size_t i = 0; i < count && i < COUNTED_DAYS_MAX; i++) {
        json_t *day = json_object();
        json_set(day, "day", json_of_date(days[i].day));
        json_set(day, "what", json_string(day_words(days[i].kind)));
        json_set_int64(day, "number", days[i].number);
        json_set_str(day, "why", days[i].why);
        json_add(list, day);
    }
    json_set_str(object, "name", rulebook->clocks[line->clock].name);
    json_set_str(object, "title", rulebook->clocks[line->clock].title);
    json_set(object, "days", list);
    json_set_flag(object, "cut", count > COUNTED_DAYS_MAX);
    return object;
}

json_t *resource_person_clocks(const struct rulebook *rulebook, const struct person_answer *answer,
                               str counted)
{
    const struct case_view *view = &answer->view;
    json_t *object =
        part_person_arriving(rulebook, &view->person, &view->identity, &answer->arrival);
    json_t *clocks = json_array();
    for (size_t i = 0; i < answer->clock_count; i++) {
        const struct clock_line *line = &answer->clocks[i];
        json_add(clocks, clock_as_json(rulebook, view->on, line));
        if (line->answer.has_last_day && str_equal(rulebook->clocks[line->clock].name, counted)) {
            json_set(object, "counted", counted_of(rulebook, line));
        }
    }
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "clocks", clocks);
    return object;
}
