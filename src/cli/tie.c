/* Who sees a record from outside the office, and what they see. */
#include "casework/own.h"
#include "casework/ties.h"

#include "cli/desk.h"
#include "format/json.h"
#include "web/resource_own.h"

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

static str day_text(struct arena *arena, struct known_day day)
{
    char text[DATE_TEXT_SIZE] = "";
    if (day.known) {
        date_format(day.day, text);
    }
    return arena_copy(arena, str_from_c(text));
}

static void print_ties(const struct invocation *invocation, const struct tie_line *lines,
                       size_t count)
{
    static const char *const names[] = {"tie",      "person",  "account", "as",        "first_day",
                                        "last_day", "made_by", "now",     "authority", "reason"};
    static const int widths[] = {8, 14, 24, 16, 12, 12, 24, 8, 30, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 10};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct tie_line *line = &lines[i];
        const struct known_day first = {.known = true, .day = line->row.first_day};
        const str cells[] = {arena_format(&scratch, "%lld", (long long)line->row.id),
                             line->person,
                             line->username,
                             str_from_c(tie_kind_name(line->row.kind)),
                             day_text(&scratch, first),
                             day_text(&scratch, line->row.last_day),
                             line->made_by,
                             line->row.ended_event != 0 ? STR("ended")
                             : line->holds              ? STR("sees")
                                                        : STR("no"),
                             line->authority,
                             line->reason};
        table_row(&table, scratch, cells);
    }
}

static result print_tie(const struct invocation *invocation, const struct tie_line *line,
                        struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_tie(line), err);
    }
    print_ties(invocation, line, 1);
    return result_ok();
}

static result read_day(const struct invocation *invocation, enum command_option option,
                       struct known_day *ret_day, struct err *err)
{
    ret_day->known = option_given(invocation, option);
    return ret_day->known ? date_parse(invocation->options[option], &ret_day->day, err)
                          : result_ok();
}

result command_tie_make(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct tie_line line;
    struct new_tie wanted = {.person = invocation->arguments[0],
                             .username = invocation->arguments[1],
                             .authority = invocation->options[OPTION_SOURCE]};
    *ret_status = 0;
    TRY(read_day(invocation, OPTION_SINCE, &wanted.first_day, err));
    TRY(read_day(invocation, OPTION_NEW_LAST_DAY, &wanted.last_day, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_make_tie(&desk.casework, &desk.caller, &wanted, invocation->arena, &line, err));
    return print_tie(invocation, &line, err);
}

result command_tie_end(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct tie_line line;
    int64_t tie = 0;
    *ret_status = 0;
    if (!str_to_int64(invocation->arguments[0], &tie, err).ok) {
        return err_hint(err, "a tie is named by its number in \"tie list\"");
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_end_tie(&desk.casework, &desk.caller, STR(""), tie,
                         invocation->options[OPTION_REASON], invocation->arena, &line, err));
    return print_tie(invocation, &line, err);
}

result command_tie_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct tie_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_ties(&desk.casework, &desk.caller, invocation->arguments[0], invocation->arena,
                      &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_ties(lines, count), err);
    }
    print_ties(invocation, lines, count);
    return result_ok();
}

/* --- what they see ---------------------------------------------------------------------------- */

static void print_clocks(const struct invocation *invocation, const struct rulebook *rulebook,
                         const struct own_record *record)
{
    for (size_t i = 0; i < record->clock_count; i++) {
        struct arena scratch = *invocation->arena;
        const struct clock_line *line = &record->clocks[i];
        const struct known_day day = {.known = line->answer.has_last_day,
                                      .day = line->answer.last_day};
        output_text(invocation->output,
                    arena_format(&scratch, "  %-10.*s  %.*s%s\n", STR_ARG(day_text(&scratch, day)),
                                 STR_ARG(rulebook->clocks[line->clock].title),
                                 line->answer.state == CLOCK_EXPIRED ? " (ended)" : ""));
    }
}

result command_own_record(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct own_record record;
    const str person = invocation->argument_count > 0 ? invocation->arguments[0] : STR("");
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_own_record(&desk.casework, &desk.caller, person, invocation->arena, &record, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_own_record(desk.rulebook, &record), err);
    }
    const uint32_t stage = rulebook_stage(desk.rulebook, record.view.person.stage);
    output_text(
        invocation->output,
        arena_format(invocation->arena, "%.*s  %.*s\n%.*s\nTimes that run\n",
                     STR_ARG(record.view.person.reference), STR_ARG(record.view.identity.name),
                     STR_ARG(stage == NOT_FOUND_INDEX ? record.view.person.stage
                                                      : desk.rulebook->stages[stage].title)));
    print_clocks(invocation, desk.rulebook, &record);
    return result_ok();
}

result command_own_clients(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct clients_answer answer;
    static const char *const names[] = {"due", "days_left", "person", "time"};
    static const int widths[] = {12, 10, 14, 0};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_clients(&desk.casework, &desk.caller, invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_clients(desk.rulebook, &answer), err);
    }
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 4};
    table_begin(&table);
    for (size_t i = 0; i < answer.deadline_count; i++) {
        struct arena scratch = *invocation->arena;
        const struct client_deadline *line = &answer.deadlines[i];
        const struct known_day due = {.known = true, .day = line->due.due};
        const str cells[] = {day_text(&scratch, due),
                             arena_format(&scratch, "%d", (int)line->due.days_left),
                             answer.clients[line->client].person.reference,
                             desk.rulebook->clocks[line->clock.clock].title};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}
