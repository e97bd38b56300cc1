#include "rulebook/explain.h"

#include "cli/desk.h"
#include "cli/verdict.h"
#include "web/resource.h"

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
    *ret_status = answer.explanation.clearance == CLEARANCE_CLEAR ? 0 : 1;
    if (invocation->output->format == OUTPUT_TEXT) {
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
