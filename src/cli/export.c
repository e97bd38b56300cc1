#include "casework/export.h"

#include "cli/desk.h"
#include "format/json.h"

result command_export(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct export_outcome outcome = {.set_count = 0};
    struct progress progress = {
        .output = invocation->output, .doing = "Exporting", .last_percent = -1};
    const struct export_options options = {.path = invocation->arguments[0].at,
                                           .progress = progress_draw,
                                           .progress_context = &progress};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    const result exported =
        option_given(invocation, OPTION_EVENTS)
            ? casework_export_events(&desk.casework, &desk.caller, &options, &outcome, err)
            : casework_export(&desk.casework, &desk.caller, &options, &outcome, err);
    progress_end(&progress);
    TRY(exported);
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        for (size_t i = 0; i < outcome.set_count; i++) {
            json_set_int64(object, outcome.sets[i].name, outcome.sets[i].rows);
        }
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    static const char *const names[] = {"rows", "data set"};
    static const int widths[] = {10, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 2};
    table_begin(&table);
    for (size_t i = 0; i < outcome.set_count; i++) {
        const str cells[] = {
            arena_format(invocation->arena, "%lld", (long long)outcome.sets[i].rows),
            str_from_c(outcome.sets[i].name)};
        table_row(&table, *invocation->arena, cells);
    }
    return result_ok();
}
