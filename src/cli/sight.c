/* Who alone sees a record, and break-glass. */
#include "casework/glass.h"
#include "casework/protection.h"

#include "cli/desk.h"
#include "format/json.h"
#include "web/resource.h"

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- protection ------------------------------------------------------------------------------- */

static result print_event(const struct invocation *invocation, const char *done, int64_t event,
                          struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_int64(object, "event", event);
        return print_json(invocation, object, err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%s (event %lld)\n", done, (long long)event));
    return result_ok();
}

result command_privacy_protect(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct protection protection;
    int64_t event = 0;
    *ret_status = 0;
    TRY(protection_of_names(invocation->arguments + 1, invocation->argument_count - 1,
                            invocation->arena, &protection, err));
    protection.reason = invocation->options[OPTION_REASON];
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_protect_person(&desk.casework, &desk.caller, invocation->arguments[0], &protection,
                                invocation->arena, &event, err));
    return print_event(invocation, "Protected: it is seen by those named alone", event, err);
}

result command_privacy_lift_protection(const struct invocation *invocation, int *ret_status,
                                       struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t event = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_lift_protection(&desk.casework, &desk.caller, invocation->arguments[0],
                                 invocation->options[OPTION_REASON], invocation->arena, &event,
                                 err));
    return print_event(invocation, "The protection was ended", event, err);
}

static void print_named(const struct invocation *invocation, const char *what, const str *names,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "  %s %.*s\n", what, STR_ARG(names[i])));
    }
}

result command_privacy_protection(const struct invocation *invocation, int *ret_status,
                                  struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct protection_answer answer;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_protection(&desk.casework, &desk.caller, invocation->arguments[0],
                            invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_protection(&answer), err);
    }
    output_text(invocation->output,
                !answer.is_protected
                    ? STR("The record is not protected\n")
                    : arena_format(invocation->arena, "The record is protected: %.*s\nSeen by\n",
                                   STR_ARG(answer.reason)));
    print_named(invocation, "the account", answer.accounts, answer.account_count);
    print_named(invocation, "the role", answer.roles, answer.role_count);
    return result_ok();
}

/* --- break-glass ------------------------------------------------------------------------------ */

static result read_number(str text, const char *hint, int64_t *ret_number, struct err *err)
{
    const result read = str_to_int64(text, ret_number, err);
    return read.ok ? read : err_hint(err, "%s", hint);
}

static void print_glasses(const struct invocation *invocation, const struct glass_line *lines,
                          size_t count)
{
    static const char *const names[] = {"glass",   "account",     "person", "broken_at", "until",
                                        "outcome", "reviewed_by", "reason", "review"};
    static const int widths[] = {8, 24, 14, 24, 24, 14, 24, 30, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 9};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct glass_line *line = &lines[i];
        char broken_at[INSTANT_TEXT_SIZE];
        char until[INSTANT_TEXT_SIZE];
        instant_format(line->row.broken_at, broken_at);
        instant_format(line->row.until, until);
        const str cells[] = {arena_format(&scratch, "%lld", (long long)line->row.id),
                             line->account,
                             line->reference,
                             str_from_c(broken_at),
                             str_from_c(until),
                             str_from_c(glass_outcome_name(line->row.outcome)),
                             line->reviewed_by,
                             line->reason,
                             line->review};
        table_row(&table, scratch, cells);
    }
}

static result print_glass(const struct invocation *invocation, const struct glass_line *line,
                          struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_glass(line), err);
    }
    print_glasses(invocation, line, 1);
    return result_ok();
}

result command_glass_break(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct glass_line line;
    int64_t minutes = 0;
    *ret_status = 0;
    TRY(read_number(invocation->arguments[1], "for how many minutes the record is to be seen",
                    &minutes, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_break_glass(&desk.casework, &desk.caller, invocation->arguments[0],
                             invocation->options[OPTION_REASON], minutes, invocation->arena, &line,
                             err));
    return print_glass(invocation, &line, err);
}

result command_glass_review(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct glass_line line;
    int64_t glass = 0;
    *ret_status = 0;
    TRY(read_number(invocation->arguments[0],
                    "a break-glass is named by its number in \"glass list\"", &glass, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_review_glass(&desk.casework, &desk.caller, glass, invocation->arguments[1],
                              invocation->options[OPTION_REASON], invocation->arena, &line, err));
    return print_glass(invocation, &line, err);
}

static result list_glasses(const struct invocation *invocation, bool own, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct glass_line *lines = NULL;
    size_t count = 0;
    const struct glass_query query = {.own = own,
                                      .and_reviewed = own || option_given(invocation, OPTION_ALL),
                                      .limit = GLASSES_AT_ONCE_MAX};
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_glasses(&desk.casework, &desk.caller, &query, invocation->arena, &lines, &count,
                         err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_glasses(lines, count), err);
    }
    print_glasses(invocation, lines, count);
    return result_ok();
}

result command_glass_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return list_glasses(invocation, false, err);
}

result command_glass_own(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return list_glasses(invocation, true, err);
}
