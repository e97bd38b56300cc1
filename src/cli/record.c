#include "cli/departure.h"
#include "web/resource.h"

static enum subject_kind kind_of(enum subject subject)
{
    static const enum subject_kind kinds[] = {
        [SUBJECT_PERSON] = SUBJECT_OF_PERSON,
        [SUBJECT_HUB] = SUBJECT_OF_HUB,
        [SUBJECT_AGREEMENT] = SUBJECT_OF_AGREEMENT,
    };
    return kinds[subject];
}

static result unknown_fact(const struct rulebook *rulebook, str name, struct err *err)
{
    str nearest = rulebook_nearest_fact(rulebook, name);
    result_ignore(err_set(err, ERROR_INPUT, "The rulebook has no fact \"%.*s\"", STR_ARG(name)),
                  "the hint follows");
    return nearest.len > 0 ? err_hint(err, "did you mean %.*s?", STR_ARG(nearest))
                           : err_hint(err, "returnhub rulebook show lists the facts");
}

result command_record(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer answer;
    struct fact_entry entry = {.fact = invocation->arguments[1],
                               .value = invocation->arguments[2],
                               .source = invocation->options[OPTION_SOURCE]};
    *ret_status = 0;
    TRY(option_date(invocation, OPTION_TRUE_FROM, instant_date(system_now(system_machine())),
                    &entry.true_from, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    uint32_t fact = rulebook_fact(desk.rulebook, entry.fact);
    if (fact == NOT_FOUND_INDEX) {
        return unknown_fact(desk.rulebook, entry.fact, err);
    }
    TRY(casework_record_facts(&desk.casework, &desk.caller,
                              kind_of(desk.rulebook->facts[fact].subject), invocation->arguments[0],
                              &entry, 1, invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_record_answer(desk.rulebook, &answer);
        result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Recorded as event %lld%s\n",
                             (long long)(answer.event_count > 0 ? answer.events[0] : 0),
                             answer.repeated ? " (it was recorded before)" : ""));
    departure_print_stopped(invocation, &answer);
    return result_ok();
}
