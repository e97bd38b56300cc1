#include "cli/desk.h"
#include "cli/verdict.h"
#include "web/resource.h"

/* What happened, for people; the explanation follows when the law does not allow the step. */
static void print_answer(const struct invocation *invocation, const struct rulebook *rulebook,
                         const struct step_answer *answer)
{
    if (answer->refused) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "Refused: %.*s\n", STR_ARG(answer->refusal)));
        verdict_print(invocation, rulebook, &answer->explanation, NULL);
        return;
    }
    if (answer->request.id != 0) {
        output_text(invocation->output, arena_format(invocation->arena, "Request %lld is %s",
                                                     (long long)answer->request.id,
                                                     request_state_name(answer->request.state)));
        if (answer->request.place > 0) {
            output_text(invocation->output, arena_format(invocation->arena, ", place %lld",
                                                         (long long)answer->request.place));
        }
        output_text(invocation->output, STR("\n"));
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s is in stage %.*s (event %lld)\n",
                             STR_ARG(answer->person.reference), STR_ARG(answer->person.stage),
                             (long long)answer->event));
}

static result finish(const struct invocation *invocation, const struct desk *desk,
                     const struct step_answer *answer, int *ret_status, struct err *err)
{
    *ret_status = answer->refused ? 1 : 0;
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_step_answer(desk->rulebook, answer);
        result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    print_answer(invocation, desk->rulebook, answer);
    return result_ok();
}

static result read_request(const struct invocation *invocation, int64_t *ret_request,
                           struct err *err)
{
    result read = str_to_int64(invocation->arguments[0], ret_request, err);
    if (!read.ok) {
        return err_hint(err, "a request is named by its number, as \"step request\" printed it");
    }
    return read;
}

result command_step_request(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_request_step(&desk.casework, &desk.caller, invocation->arguments[0],
                              invocation->arguments[1], invocation->options[OPTION_HUB],
                              invocation->arena, &answer, err));
    return finish(invocation, &desk, &answer, ret_status, err);
}

result command_step_approve(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    int64_t request = 0;
    TRY(read_request(invocation, &request, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_approve_step(&desk.casework, &desk.caller, request, invocation->arena, &answer,
                              err));
    return finish(invocation, &desk, &answer, ret_status, err);
}

result command_step_take(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    int64_t request = 0;
    TRY(read_request(invocation, &request, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_take_step(&desk.casework, &desk.caller, request, invocation->arena, &answer, err));
    return finish(invocation, &desk, &answer, ret_status, err);
}

typedef result end_request(const struct casework *casework, const struct caller *caller,
                           int64_t request, str reason, struct arena *arena,
                           struct step_answer *ret_answer, struct err *err);

static result end(const struct invocation *invocation, end_request *how, int *ret_status,
                  struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    int64_t request = 0;
    TRY(read_request(invocation, &request, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(how(&desk.casework, &desk.caller, request, invocation->options[OPTION_REASON],
            invocation->arena, &answer, err));
    return finish(invocation, &desk, &answer, ret_status, err);
}

result command_step_decline(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return end(invocation, casework_decline_step, ret_status, err);
}

result command_step_withdraw(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return end(invocation, casework_withdraw_step, ret_status, err);
}
