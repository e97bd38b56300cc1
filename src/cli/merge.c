#include "cli/desk.h"
#include "cli/identity.h"
#include "format/json.h"
#include "web/resource.h"
#include "web/resource_merge.h"

enum { DECISIONS_MAX = COMMAND_ARGUMENTS_MAX };

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

static result read_merge(const struct invocation *invocation, int64_t *ret_merge, struct err *err)
{
    const result read = str_to_int64(invocation->arguments[0], ret_merge, err);
    return read.ok
               ? read
               : err_hint(err, "a merge is named by its number, as \"merge request\" printed it");
}

/* --- the plan --------------------------------------------------------------------------------- */

static void print_plan(const struct invocation *invocation, const struct merge_plan *plan)
{
    struct output *output = invocation->output;
    struct arena *arena = invocation->arena;
    if (plan->merge.id != 0) {
        output_text(output, arena_format(arena, "Merge %lld is %s\n", (long long)plan->merge.id,
                                         merge_state_name(plan->merge.state)));
    }
    output_text(
        output,
        arena_format(arena, "Continues: %.*s  %.*s (%.*s)\nA part of it: %.*s  %.*s (%.*s)\n",
                     STR_ARG(plan->continuing.reference), STR_ARG(plan->continuing_identity.name),
                     STR_ARG(plan->continuing.stage), STR_ARG(plan->absorbed.reference),
                     STR_ARG(plan->absorbed_identity.name), STR_ARG(plan->absorbed.stage)));
    output_text(output, arena_format(arena, "Conflicts: %zu\n", plan->conflict_count));
    for (size_t i = 0; i < plan->conflict_count; i++) {
        const struct merge_conflict *conflict = &plan->conflicts[i];
        output_text(output,
                    arena_format(arena, "  %.*s: %.*s / %.*s\n", STR_ARG(conflict->what),
                                 STR_ARG(conflict->continuing), STR_ARG(conflict->absorbed)));
    }
    for (size_t i = 0; i < plan->request_count; i++) {
        output_text(output,
                    arena_format(arena, "Live request %lld (%.*s): is judged again\n",
                                 (long long)plan->requests[i].id, STR_ARG(plan->requests[i].step)));
    }
    for (size_t i = 0; i < plan->obstacle_count; i++) {
        output_text(output, arena_format(arena, "IN THE WAY: %.*s\n", STR_ARG(plan->obstacles[i])));
    }
}

static result show_plan(const struct invocation *invocation, const struct desk *desk,
                        const struct merge_plan *plan, int *ret_status, struct err *err)
{
    *ret_status = plan->obstacle_count > 0 ? 1 : 0;
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_merge(desk->rulebook, plan), err);
    }
    print_plan(invocation, plan);
    return result_ok();
}

result command_merge_plan(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct merge_plan plan;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_merge_plan(&desk.casework, &desk.caller, invocation->arguments[0],
                            invocation->arguments[1], invocation->arena, &plan, err));
    return show_plan(invocation, &desk, &plan, ret_status, err);
}

result command_merge_request(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct merge_plan plan;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_request_merge(&desk.casework, &desk.caller, invocation->arguments[0],
                               invocation->arguments[1], invocation->options[OPTION_REASON],
                               invocation->arena, &plan, err));
    return show_plan(invocation, &desk, &plan, ret_status, err);
}

result command_merge_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct merge_plan plan;
    int64_t merge = 0;
    TRY(read_merge(invocation, &merge, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_merge(&desk.casework, &desk.caller, merge, invocation->arena, &plan, err));
    return show_plan(invocation, &desk, &plan, ret_status, err);
}

/* --- deciding --------------------------------------------------------------------------------- */

static result print_done(const struct invocation *invocation, const struct desk *desk,
                         const struct record_answer *answer, const char *done, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_record_answer(desk->rulebook, answer), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%s (event %lld)\n", done,
                             (long long)(answer->event_count > 0 ? answer->events[0] : 0)));
    for (size_t i = 0; i < answer->stopped_count; i++) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "STOPPED request %lld: %.*s of %.*s\n",
                                 (long long)answer->stopped[i].request,
                                 STR_ARG(answer->stopped[i].step),
                                 STR_ARG(answer->stopped[i].reference)));
    }
    return result_ok();
}

result command_merge_confirm(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer answer;
    int64_t merge = 0;
    int64_t conflicts = 0;
    *ret_status = 0;
    TRY(read_merge(invocation, &merge, err));
    if (!option_given(invocation, OPTION_CONFLICTS)) {
        result_ignore(err_set(err, ERROR_USAGE, "--conflicts is missing"), "the hint follows");
        return err_hint(err,
                        "look at them with \"returnhub merge show\", and say how many there are");
    }
    TRY(option_number(invocation, OPTION_CONFLICTS, 0, 0, 1000000, &conflicts, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_confirm_merge(&desk.casework, &desk.caller, merge, (size_t)conflicts,
                               invocation->arena, &answer, err));
    return print_done(invocation, &desk, &answer, "Merged: they are one person", err);
}

result command_merge_decline(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t merge = 0;
    *ret_status = 0;
    TRY(read_merge(invocation, &merge, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_decline_merge(&desk.casework, &desk.caller, merge,
                               invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output, STR("Declined\n"));
    return result_ok();
}

/* --- all of them ------------------------------------------------------------------------------ */

result command_merge_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"merge",        "state",      "continuing", "absorbed",
                                        "requested_by", "decided_by", "undone_by"};
    static const int widths[] = {7, 10, 12, 12, 24, 24, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct merge_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_merges(&desk.casework, &desk.caller, 0, invocation->arena, &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_merges(lines, count), err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const str cells[] = {arena_format(&scratch, "%lld", (long long)lines[i].merge.id),
                             str_from_c(merge_state_name(lines[i].merge.state)),
                             lines[i].continuing,
                             lines[i].absorbed,
                             lines[i].requested_by,
                             lines[i].decided_by,
                             lines[i].undone_by};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}

/* --- undoing ---------------------------------------------------------------------------------- */

/* EVENT=continuing or EVENT=absorbed. */
static result read_decisions(const struct invocation *invocation,
                             struct separation_decision *decisions, size_t *ret_count,
                             struct err *err)
{
    *ret_count = invocation->argument_count - 1;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct str_cut cut = str_cut(invocation->arguments[i + 1], '=');
        const bool absorbed = str_equal(cut.tail, STR("absorbed"));
        if (!cut.found || (!absorbed && !str_equal(cut.tail, STR("continuing"))) ||
            !str_to_int64(cut.head, &decisions[i].event, NULL).ok) {
            result_ignore(err_set(err, ERROR_USAGE, "\"%.*s\" is no decision",
                                  STR_ARG(invocation->arguments[i + 1])),
                          "the hint follows");
            return err_hint(err, "write 123=continuing or 123=absorbed");
        }
        decisions[i].to_absorbed = absorbed;
    }
    return result_ok();
}

static result print_separation(const struct invocation *invocation,
                               const struct separation_plan *plan, struct err *err)
{
    static const char *const names[] = {"event", "kind", "on", "under", "about", "follows", "body"};
    static const int widths[] = {7, 22, 10, 12, 14, 8, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    table_begin(&table);
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct separation_line *line = &plan->lines[i];
        struct arena scratch = *invocation->arena;
        char on[DATE_TEXT_SIZE];
        str body = STR("");
        date_format(line->event.effective_on, on);
        TRY(event_write_body(&line->event, &scratch, &body, err));
        const str cells[] = {
            arena_format(&scratch, "%lld", (long long)line->event.position),
            str_from_c(event_kind_name(line->event.kind)),
            str_from_c(on),
            line->record,
            str_from_c(attribution_name(line->to)),
            line->follows == 0 ? STR("") : arena_format(&scratch, "%lld", (long long)line->follows),
            body};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}

static result show_separation(const struct invocation *invocation, const struct desk *desk,
                              const struct separation_plan *plan, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_separation(desk->rulebook, plan), err);
    }
    TRY(print_separation(invocation, plan, err));
    if (invocation->output->format == OUTPUT_TEXT && plan->undecided > 0) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "%zu %s to be decided\n", plan->undecided,
                                 str_noun((int64_t)plan->undecided, "event is", "events are")));
    } else if (invocation->output->format == OUTPUT_TEXT) {
        output_text(
            invocation->output,
            arena_format(invocation->arena, "%.*s will be in stage %.*s, %.*s in stage %.*s\n",
                         STR_ARG(plan->continuing.reference), STR_ARG(plan->continuing.stage),
                         STR_ARG(plan->absorbed.reference), STR_ARG(plan->absorbed.stage)));
    }
    return result_ok();
}

result command_merge_undo(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct separation_decision decisions[DECISIONS_MAX];
    struct separation_plan plan;
    struct record_answer answer;
    size_t count = 0;
    int64_t merge = 0;
    *ret_status = 0;
    TRY(read_merge(invocation, &merge, err));
    TRY(read_decisions(invocation, decisions, &count, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    if (option_given(invocation, OPTION_CHECK)) {
        TRY(casework_separation_plan(&desk.casework, &desk.caller, merge, decisions, count,
                                     invocation->arena, &plan, err));
        *ret_status = plan.undecided > 0 ? 1 : 0;
        return show_separation(invocation, &desk, &plan, err);
    }
    TRY(casework_separate(&desk.casework, &desk.caller, merge, invocation->options[OPTION_REASON],
                          decisions, count, invocation->arena, &answer, err));
    return print_done(invocation, &desk, &answer, "Undone: they are two people again", err);
}
