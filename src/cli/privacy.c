#include "casework/privacy.h"
#include "casework/waiting.h"

#include "cli/desk.h"
#include "web/resource.h"
#include "web/resource_waiting.h"

static result print_privacy(const struct invocation *invocation, enum privacy_command command,
                            const struct privacy_answer *answer, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_privacy(answer);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%s: %.*s (event %lld%s)\n",
                             privacy_command_done(command), STR_ARG(answer->person.reference),
                             (long long)answer->event, answer->repeated ? ", done before" : ""));
    return result_ok();
}

static result run_privacy(const struct invocation *invocation, enum privacy_command command,
                          int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct privacy_answer answer;
    const str reason =
        option_given(invocation, OPTION_REASON) ? invocation->options[OPTION_REASON] : STR("");
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_privacy(&desk.casework, &desk.caller, command, invocation->arguments[0], reason,
                         invocation->arena, &answer, err));
    return print_privacy(invocation, command, &answer, err);
}

result command_privacy_hold(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return run_privacy(invocation, PRIVACY_HOLD, ret_status, err);
}

result command_privacy_lift_hold(const struct invocation *invocation, int *ret_status,
                                 struct err *err)
{
    return run_privacy(invocation, PRIVACY_LIFT_HOLD, ret_status, err);
}

result command_privacy_restrict(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    return run_privacy(invocation, PRIVACY_RESTRICT, ret_status, err);
}

result command_privacy_lift_restriction(const struct invocation *invocation, int *ret_status,
                                        struct err *err)
{
    return run_privacy(invocation, PRIVACY_LIFT_RESTRICTION, ret_status, err);
}

result command_privacy_request_erasure(const struct invocation *invocation, int *ret_status,
                                       struct err *err)
{
    return run_privacy(invocation, PRIVACY_REQUEST_ERASURE, ret_status, err);
}

result command_privacy_decline_erasure(const struct invocation *invocation, int *ret_status,
                                       struct err *err)
{
    return run_privacy(invocation, PRIVACY_DECLINE_ERASURE, ret_status, err);
}

result command_privacy_erase(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return run_privacy(invocation, PRIVACY_ERASE, ret_status, err);
}

/* --- who waits to be erased ------------------------------------------------------------------- */

result command_privacy_erasures(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    static const char *const names[] = {"person", "asked_at", "asked_by", "holds", "basis"};
    static const int widths[] = {12, 24, 24, 5, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct erasure_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_erasures(&desk.casework, &desk.caller, invocation->arena, &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_erasures(desk.rulebook, lines, count);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        char at[INSTANT_TEXT_SIZE];
        instant_format(lines[i].asked_at, at);
        const str cells[] = {lines[i].person.reference, str_from_c(at), lines[i].asked_by,
                             arena_format(&scratch, "%lld", (long long)lines[i].person.holds),
                             lines[i].basis};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}

/* --- who looked ------------------------------------------------------------------------------- */

static str looked_at(const struct look_line *line)
{
    return line->reference.len > 0 ? line->reference
                                   : str_from_c(subject_kind_name(line->look.subject_kind));
}

static void print_looks(const struct invocation *invocation, const struct look_line *lines,
                        size_t count)
{
    static const char *const names[] = {"at", "account", "role", "looked_at", "purpose", "reason"};
    static const int widths[] = {24, 24, 24, 14, 20, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 6};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        char at[INSTANT_TEXT_SIZE];
        instant_format(lines[i].look.at, at);
        const str cells[] = {str_from_c(at),       lines[i].account,      lines[i].role,
                             looked_at(&lines[i]), lines[i].look.purpose, lines[i].look.reason};
        table_row(&table, scratch, cells);
    }
}

result command_privacy_looks(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct look_line *lines = NULL;
    size_t count = 0;
    int64_t limit = 0;
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, 10000, &limit, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    const struct looks_query query = {.person = invocation->options[OPTION_PERSON],
                                      .username = invocation->options[OPTION_ACCOUNT],
                                      .limit = (size_t)limit};
    TRY(casework_looks(&desk.casework, &desk.caller, &query, invocation->arena, &lines, &count,
                       err));
    if (invocation->output->format != OUTPUT_JSON) {
        print_looks(invocation, lines, count);
        return result_ok();
    }
    json_t *object = resource_looks(lines, count);
    const result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}
