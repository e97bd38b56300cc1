#include "cli/desk.h"
#include "format/json.h"
#include "system/memory.h"

result command_rebuild(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct rebuild_outcome outcome;
    struct progress progress = {
        .output = invocation->output, .doing = "Replaying events", .last_percent = -1};
    memory_share();
    TRY(desk_open_store(invocation, false, &desk.store, err));
    result rebuilt = store_rebuild(desk.store, !option_given(invocation, OPTION_CHECK),
                                   progress_draw, &progress, &outcome, err);
    progress_end(&progress);
    TRY(rebuilt);
    *ret_status = outcome.differences == 0 ? 0 : 1;
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_int64(object, "events", outcome.events);
        json_set_int64(object, "rows", outcome.rows);
        json_set_int64(object, "differences", outcome.differences);
        json_set_str(object, "first_difference", str_from_c(outcome.first_difference));
        result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%lld %s, %lld %s, %lld %s%s%s\n",
                             (long long)outcome.events, str_noun(outcome.events, "event", "events"),
                             (long long)outcome.rows, str_noun(outcome.rows, "row", "rows"),
                             (long long)outcome.differences,
                             str_noun(outcome.differences, "difference", "differences"),
                             outcome.differences > 0 ? "; first: " : "", outcome.first_difference));
    return result_ok();
}
