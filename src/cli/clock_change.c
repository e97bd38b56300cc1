#include "casework/clock_changes.h"
#include "cli/departure.h"
#include "format/json.h"
#include "web/resource.h"

static str last_day(const struct clock_answer *answer, struct arena *arena)
{
    char text[DATE_TEXT_SIZE] = "none";
    if (answer->has_last_day) {
        date_format(answer->last_day, text);
    }
    return arena_copy(arena, str_from_c(text));
}

static result print_json(const struct invocation *invocation, const struct desk *desk,
                         const struct clock_change_answer *answer, struct err *err)
{
    struct arena *arena = invocation->arena;
    json_t *object = resource_record_answer(desk->rulebook, &answer->recorded);
    json_set_str(object, "clock", desk->rulebook->clocks[answer->clock].name);
    if (answer->before.has_last_day) {
        json_set_str(object, "last_day_before", last_day(&answer->before, arena));
    }
    if (answer->after.has_last_day) {
        json_set_str(object, "last_day", last_day(&answer->after, arena));
    }
    const result printed = output_json(invocation->output, *arena, object, err);
    json_decref(object);
    return printed;
}

static result change_clock(const struct invocation *invocation, enum clock_change_kind kind,
                           const char *done, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct arena *arena = invocation->arena;
    struct clock_change_answer answer;
    struct clock_change_command command = {.kind = kind,
                                           .person = invocation->arguments[0],
                                           .clock = invocation->arguments[1],
                                           .reason = invocation->options[OPTION_REASON]};
    const date today = instant_date(system_now(system_machine()));
    TRY(option_date(invocation, OPTION_SINCE, today, &command.on, err));
    command.until.known = option_given(invocation, OPTION_NEW_LAST_DAY);
    TRY(option_date(invocation, OPTION_NEW_LAST_DAY, today, &command.until.day, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_change_clock(&desk.casework, &desk.caller, &command, arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, &desk, &answer, err);
    }
    output_text(invocation->output,
                arena_format(arena, "%s: %.*s\nLast day: %.*s (it was: %.*s)%s\n", done,
                             STR_ARG(desk.rulebook->clocks[answer.clock].title),
                             STR_ARG(last_day(&answer.after, arena)),
                             STR_ARG(last_day(&answer.before, arena)),
                             answer.recorded.repeated ? " (it was recorded before)" : ""));
    departure_print_stopped(invocation, &answer.recorded);
    return result_ok();
}

result command_clock_extend(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change_clock(invocation, CLOCK_EXTEND, "Extended", err);
}

result command_clock_suspend(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change_clock(invocation, CLOCK_SUSPEND, "Suspended", err);
}

result command_clock_resume(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change_clock(invocation, CLOCK_RESUME, "Runs again", err);
}
