#include "casework/queue.h"

#include "cli/desk.h"
#include "cli/entry.h"
#include "web/resource.h"
#include "web/resource_books.h"

static result read_kinds(const struct invocation *invocation, unsigned *ret_kinds, struct err *err)
{
    *ret_kinds = WORK_ALL_KINDS;
    if (!option_given(invocation, OPTION_KIND)) {
        return result_ok();
    }
    for (int kind = 0; kind <= WORK_ENDS; kind++) {
        if (str_equal(invocation->options[OPTION_KIND],
                      str_from_c(work_kind_name((enum work_kind)kind)))) {
            *ret_kinds = 1U << kind;
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_USAGE, "There is no such kind of work"), "the hint follows");
    return err_hint(err, "use --kind overdue, check or ends");
}

static str what_of(const struct rulebook *rulebook, const struct work_due *due, struct arena *arena)
{
    if (due->clock.clock == NOT_FOUND_INDEX) {
        return STR("Contact check");
    }
    const struct clock *clock = &rulebook->clocks[due->clock.clock];
    return clock->due_to.len > 0 ? arena_format(arena, "%.*s (for %.*s)", STR_ARG(clock->title),
                                                STR_ARG(clock->due_to))
                                 : clock->title;
}

static str working_days(const struct work_due *due, struct arena *arena)
{
    return due->has_working_days ? arena_format(arena, "%d", due->working_days_left) : STR("");
}

static str whose(const struct rulebook *rulebook, const struct work_due *due)
{
    const uint32_t role = due->clock.clock == NOT_FOUND_INDEX
                              ? NOT_FOUND_INDEX
                              : rulebook->clocks[due->clock.clock].due_from;
    return role == NOT_FOUND_INDEX ? STR("") : rulebook->roles[role].name;
}

static void print_work(const struct invocation *invocation, const struct rulebook *rulebook,
                       const struct work_answer *answer)
{
    static const char *const names[] = {
        "due", "days_left", "working_days_left", "kind", "person", "due_from", "what"};
    static const int widths[] = {11, 10, 18, 9, 13, 22, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    table_begin(&table);
    for (size_t i = 0; i < answer->count; i++) {
        const struct work_due *due = &answer->lines[i];
        struct arena scratch = *invocation->arena;
        char day[DATE_TEXT_SIZE];
        date_format(due->due, day);
        const str days = arena_format(&scratch, "%d", due->days_left);
        const str working = working_days(due, &scratch);
        const str what = what_of(rulebook, due, &scratch);
        const str cells[] = {str_from_c(day),
                             days,
                             working,
                             str_from_c(work_kind_name(due->kind)),
                             due->person.reference,
                             whose(rulebook, due),
                             what};
        table_row(&table, scratch, cells);
    }
    if (answer->total > (int64_t)answer->count) {
        output_message(invocation->output, "%lld in all; the soonest %zu are listed\n",
                       (long long)answer->total, answer->count);
    }
}

result command_work_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct work_answer answer;
    struct work_query query = {.role = invocation->options[OPTION_ROLE]};
    int64_t within = 0;
    int64_t limit = 0;
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_WITHIN, 14, 0, 3660, &within, err));
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, WORK_LINES_MAX, &limit, err));
    TRY(read_kinds(invocation, &query.kinds, err));
    query.within_days = (int32_t)within;
    query.limit = (size_t)limit;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_work(&desk.casework, &desk.caller, &query, invocation->arena, &answer, err));
    if (invocation->output->format != OUTPUT_JSON) {
        print_work(invocation, desk.rulebook, &answer);
        return result_ok();
    }
    json_t *object = resource_work(desk.rulebook, &answer);
    const result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}

result command_work_books(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct overdue_entries overdue;
    int64_t limit = 0;
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, BOOK_ENTRIES_MAX, &limit, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_overdue_entries(&desk.casework, &desk.caller, (size_t)limit, invocation->arena,
                                 &overdue, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_overdue_entries(&overdue);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    entry_print_lines(invocation, overdue.lines, overdue.count);
    if (overdue.total > (int64_t)overdue.count) {
        output_message(invocation->output, "%lld in all; the longest overdue %zu are listed\n",
                       (long long)overdue.total, overdue.count);
    }
    return result_ok();
}

static void print_missing(const struct invocation *invocation, const struct rulebook *rulebook,
                          const struct missing_answer *answer)
{
    static const char *const names[] = {"people", "alone", "fact", "title"};
    static const int widths[] = {9, 9, 38, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 4};
    table_begin(&table);
    for (size_t i = 0; i < answer->count; i++) {
        const struct missing_fact *missing = &answer->facts[i];
        struct arena scratch = *invocation->arena;
        const str people = arena_format(&scratch, "%lld", (long long)missing->people);
        const str alone = arena_format(&scratch, "%lld", (long long)missing->alone);
        const str cells[] = {people, alone, rulebook->facts[missing->fact].name,
                             rulebook->facts[missing->fact].title};
        table_row(&table, scratch, cells);
    }
    output_message(invocation->output,
                   "%lld %s could take the step; for %lld it is not known "
                   "whether the law allows it\n",
                   (long long)answer->people, str_noun(answer->people, "person", "people"),
                   (long long)answer->unknown);
}

result command_work_missing(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct missing_answer answer;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_missing(&desk.casework, &desk.caller, invocation->arguments[0],
                         invocation->options[OPTION_HUB], invocation->arena, &answer, err));
    if (invocation->output->format != OUTPUT_JSON) {
        print_missing(invocation, desk.rulebook, &answer);
        return result_ok();
    }
    json_t *object = resource_missing(desk.rulebook, &answer);
    const result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}
