#include "store/backup.h"

#include "cli/desk.h"
#include "format/json.h"

/* What is not in the copy, and must be kept all the same. */
static void tell_what_else(const struct invocation *invocation)
{
    output_message(
        invocation->output,
        "It opens with the key file of the store alone. Keep that apart from every copy, "
        "and the folder and the signer of a transparency log apart from both.\n");
}

result command_backup(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct backup_outcome outcome;
    const str path = invocation->arguments[0];
    struct progress progress = {
        .output = invocation->output, .doing = "Looking through the copy", .last_percent = -1};
    *ret_status = 0;
    TRY(desk_open_store(invocation, false, &desk.store, err));
    const result copied =
        store_backup(desk.store, path.at, progress_draw, &progress, &outcome, err);
    progress_end(&progress);
    TRY(copied);
    if (invocation->output->format == OUTPUT_JSON) {
        json_auto_t *object = json_object();
        json_set_str(object, "file", path);
        json_set_int64(object, "events", outcome.events);
        json_set_int64(object, "rows", outcome.rows);
        return output_json(invocation->output, *invocation->arena, object, err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s: %lld %s, %lld %s, each as the events say\n",
                             STR_ARG(path), (long long)outcome.events,
                             str_noun(outcome.events, "event", "events"), (long long)outcome.rows,
                             str_noun(outcome.rows, "row", "rows")));
    tell_what_else(invocation);
    return result_ok();
}
