#include "rulebook/explain.h"

#include "cli/desk.h"
#include "cli/verdict.h"
#include "web/resource.h"

/* However clear it is: a step is taken from its own stages alone. */
static void print_does_not_lead_on(const struct invocation *invocation,
                                   const struct rulebook *rulebook,
                                   const struct explain_answer *answer)
{
    const uint32_t stage = rulebook_stage(rulebook, answer->view.person.stage);
    output_text(invocation->output,
                arena_format(invocation->arena,
                             "This step does not lead on from where the person is: %.*s. It cannot "
                             "be taken now, whatever stands below.\n",
                             STR_ARG(stage == NOT_FOUND_INDEX ? answer->view.person.stage
                                                              : rulebook->stages[stage].title)));
}

result command_explain(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    struct explain_answer answer;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(desk_take_rulebook_then(invocation, &asked, &desk, err));
    TRY(casework_explain(&desk.casework, &desk.caller, invocation->arguments[0],
                         invocation->arguments[1], invocation->options[OPTION_HUB], &asked,
                         invocation->arena, &answer, err));
    *ret_status = answer.explanation.clearance == CLEARANCE_CLEAR && answer.leads_on ? 0 : 1;
    if (invocation->output->format == OUTPUT_TEXT) {
        if (!answer.leads_on) {
            print_does_not_lead_on(invocation, desk.rulebook, &answer);
        }
        verdict_print(invocation, desk.rulebook, &answer.explanation, &answer.view);
        return result_ok();
    }
    if (invocation->output->format == OUTPUT_CSV) {
        verdict_print_csv(invocation, desk.rulebook, &answer.explanation);
        return result_ok();
    }
    json_t *object = resource_explain(desk.rulebook, &answer);
    result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}
