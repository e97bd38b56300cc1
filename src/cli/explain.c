#include "rulebook/explain.h"

#include "casework/adoption.h"
#include "cli/desk.h"
#include "cli/verdict.h"
#include "web/resource.h"

enum { THEN_ARENA_BYTES = 512 * 1024 * 1024 };

/* A question about the past is judged by the rulebook of that day. */
static result take_rulebook_of_then(const struct invocation *invocation, struct desk *desk,
                                    const struct asked *asked, struct err *err)
{
    struct arena scratch;
    if (!asked->has_known_at || option_given(invocation, OPTION_RULEBOOK)) {
        return result_ok();
    }
    TRY(arena_open(&scratch, THEN_ARENA_BYTES, err));
    result found = casework_rulebook_then(&desk->casework, asked->known_at, invocation->arena,
                                          scratch, &desk->rulebook, err);
    arena_close(&scratch);
    desk->casework.rulebook = desk->rulebook;
    return found;
}

result command_explain(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    struct explain_answer answer;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(take_rulebook_of_then(invocation, &desk, &asked, err));
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
