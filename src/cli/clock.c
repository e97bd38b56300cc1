#include "cli/desk.h"
#include "format/json.h"
#include "rulebook/judge.h"

/* The days of one `runs` line of a clock, counted from the start. */
struct counted {
    const struct clock_day *days;
    size_t count;
    bool known;
    date last_day;
};

static const char *day_kind_name(enum clock_day_kind kind)
{
    static const char *const names[] = {
        [CLOCK_DAY_START] = "start",     [CLOCK_DAY_COUNTED] = "counted",
        [CLOCK_DAY_SKIPPED] = "skipped", [CLOCK_DAY_LAST] = "last",
        [CLOCK_DAY_MOVED] = "moved",
    };
    return names[kind];
}

static str duration_text(const struct rulebook *rulebook, const struct clock_run *run,
                         struct arena *arena)
{
    static const char *const units[] = {
        [UNIT_DAYS] = "days",
        [UNIT_WORKING_DAYS] = "working days",
        [UNIT_MONTHS] = "months",
        [UNIT_YEARS] = "years",
    };
    str calendar = run->duration.unit == UNIT_WORKING_DAYS
                       ? rulebook->calendars[run->duration.calendar].calendar.name
                       : STR("");
    return arena_format(arena, "%d %s%s%.*s%s", run->duration.count, units[run->duration.unit],
                        calendar.len > 0 ? " (" : "", STR_ARG(calendar),
                        calendar.len > 0 ? ")" : "");
}

static str day_text(date day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static json_t *days_json(const struct counted *counted, struct arena *arena)
{
    json_t *days = json_array();
    for (size_t i = 0; i < counted->count; i++) {
        const struct clock_day *day = &counted->days[i];
        json_t *object = json_object();
        json_set_str(object, "day", day_text(day->day, arena));
        json_set_str(object, "weekday", str_from_c(date_weekday_name(date_weekday(day->day))));
        json_set_str(object, "kind", str_from_c(day_kind_name(day->kind)));
        json_set_int64(object, "number", day->number);
        json_set_str(object, "why", day->why);
        json_add(days, object);
    }
    return days;
}

static json_t *run_json(const struct rulebook *rulebook, const struct clock_run *run,
                        const struct counted *counted, struct arena *arena)
{
    json_t *object = json_object();
    json_set_str(object, "duration", duration_text(rulebook, run, arena));
    json_set_flag(object, "known", counted->known);
    if (counted->known) {
        json_set_str(object, "last_day", day_text(counted->last_day, arena));
    }
    json_set(object, "days", days_json(counted, arena));
    return object;
}

static str when_text(const struct rulebook *rulebook, const struct clock_run *run, struct buf *buf)
{
    if (!run->has_when) {
        return STR("");
    }
    buf_put_c(buf, ", when ");
    explain_condition_text(rulebook, run->when, buf);
    return buf_str(buf);
}

static void print_run_text(const struct invocation *invocation, const struct rulebook *rulebook,
                           const struct clock_run *run, const struct counted *counted)
{
    struct arena *arena = invocation->arena;
    struct output *output = invocation->output;
    struct buf when;
    buf_init(&when, arena, 64 * 1024);
    str duration = duration_text(rulebook, run, arena);
    str condition = when_text(rulebook, run, &when);
    str last = counted->known ? day_text(counted->last_day, arena)
                              : STR("not known (the sum leaves the calendar)");
    output_text(
        output,
        arena_format(arena, "%.*s%.*s\nLast day: %.*s%s%s\n", STR_ARG(duration), STR_ARG(condition),
                     STR_ARG(last), counted->known ? ", " : "",
                     counted->known ? date_weekday_name(date_weekday(counted->last_day)) : ""));
    for (size_t i = 0; i < counted->count; i++) {
        const struct clock_day *day = &counted->days[i];
        str number = day->number > 0 ? arena_format(arena, "%d", day->number) : STR("");
        output_text(output,
                    arena_format(arena, "  %.*s  %-9s  %-7s  %3.*s  %.*s\n",
                                 STR_ARG(day_text(day->day, arena)),
                                 date_weekday_name(date_weekday(day->day)),
                                 day_kind_name(day->kind), STR_ARG(number), STR_ARG(day->why)));
    }
}

static void print_run_csv(const struct invocation *invocation, size_t run,
                          const struct counted *counted, struct table *table)
{
    for (size_t i = 0; i < counted->count; i++) {
        struct arena scratch = *invocation->arena;
        const struct clock_day *day = &counted->days[i];
        const str cells[] = {arena_format(&scratch, "%zu", run + 1),
                             day_text(day->day, &scratch),
                             str_from_c(date_weekday_name(date_weekday(day->day))),
                             str_from_c(day_kind_name(day->kind)),
                             arena_format(&scratch, "%d", day->number),
                             day->why};
        table_row(table, scratch, cells);
    }
}

static void print_heading(const struct invocation *invocation, const struct clock *clock)
{
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s\n", STR_ARG(clock->title)));
    for (size_t i = 0; i < clock->source_count; i++) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "%.*s%s\n", STR_ARG(clock->sources[i].text),
                                 clock->sources[i].unverified ? " (not verified)" : ""));
    }
}

static result find_clock(const struct invocation *invocation, const struct rulebook *rulebook,
                         uint32_t *ret_clock, struct err *err)
{
    uint32_t clock = rulebook_clock(rulebook, invocation->arguments[0]);
    if (clock != NOT_FOUND_INDEX) {
        *ret_clock = clock;
        return result_ok();
    }
    struct buf names;
    buf_init(&names, invocation->arena, 64 * 1024);
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        buf_format(&names, "%s%.*s", i > 0 ? ", " : "", STR_ARG(rulebook->clocks[i].name));
    }
    result_ignore(err_set(err, ERROR_NOT_FOUND, "The rulebook has no clock \"%.*s\"",
                          STR_ARG(invocation->arguments[0])),
                  "the hint follows");
    return err_hint(err, "it has %.*s", STR_ARG(buf_str(&names)));
}

result command_clock(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"run", "day", "weekday", "kind", "number", "why"};
    static const int widths[] = {0, 0, 0, 0, 0, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 6};
    const struct rulebook *rulebook = NULL;
    uint32_t index = 0;
    date start;
    *ret_status = 0;
    if (!option_given(invocation, OPTION_START)) {
        result_ignore(err_set(err, ERROR_USAGE, "A clock needs a day to start from"),
                      "hint follows");
        return err_hint(err, "give --start DATE");
    }
    TRY(option_date(invocation, OPTION_START, (date){0}, &start, err));
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &rulebook, err));
    TRY(find_clock(invocation, rulebook, &index, err));
    const struct clock *clock = &rulebook->clocks[index];
    json_t *runs = json_array();
    if (invocation->output->format == OUTPUT_TEXT) {
        print_heading(invocation, clock);
    } else if (invocation->output->format == OUTPUT_CSV) {
        table_begin(&table);
    }
    for (uint32_t i = 0; i < clock->run_count; i++) {
        struct counted counted = {.known = false};
        counted.known = judge_clock_days(rulebook, index, i, start, invocation->arena,
                                         &counted.days, &counted.count, &counted.last_day);
        switch (invocation->output->format) {
        case OUTPUT_TEXT:
            print_run_text(invocation, rulebook, &clock->runs[i], &counted);
            break;
        case OUTPUT_CSV:
            print_run_csv(invocation, i, &counted, &table);
            break;
        case OUTPUT_JSON:
            json_add(runs, run_json(rulebook, &clock->runs[i], &counted, invocation->arena));
            break;
        }
    }
    json_t *object = json_object();
    json_set_str(object, "clock", clock->name);
    json_set_str(object, "title", clock->title);
    json_set_str(object, "start", day_text(start, invocation->arena));
    json_set(object, "runs", runs);
    result printed = invocation->output->format == OUTPUT_JSON
                         ? output_json(invocation->output, *invocation->arena, object, err)
                         : result_ok();
    json_decref(object);
    return printed;
}
