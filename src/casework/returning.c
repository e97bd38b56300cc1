#include "casework/returning.h"

#include "casework/step_work.h"
#include "casework/text.h"

bool returning_leads_back(const struct rulebook *rulebook, const struct step *step, uint32_t stage)
{
    return stage != NOT_FOUND_INDEX && rulebook->stages[stage].outcome &&
           rulebook_step_leaves(rulebook, step, stage) && !step->same_stage &&
           !rulebook->stages[step->to].outcome;
}

result returning_steps(const struct rulebook *rulebook, str stage, struct arena *arena,
                       const uint32_t **ret_steps, size_t *ret_count, struct err *err)
{
    const uint32_t outcome = rulebook_stage(rulebook, stage);
    uint32_t *steps = ARENA_NEW(arena, uint32_t, rulebook->step_count + 1);
    size_t count = 0;
    if (steps == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->step_count; i++) {
        if (returning_leads_back(rulebook, &rulebook->steps[i], outcome)) {
            steps[count++] = i;
        }
    }
    *ret_steps = steps;
    *ret_count = count;
    return result_ok();
}

static result refuse_unnamed(const struct rulebook *rulebook, const uint32_t *steps, size_t count,
                             struct err *err)
{
    char names[240];
    size_t len = 0;
    if (count == 0) {
        return err_set(err, ERROR_CONFLICT, "No step leads back from this outcome");
    }
    for (size_t i = 0; i < count; i++) {
        if (!str_list_add(names, sizeof names, &len, rulebook->steps[steps[i]].name)) {
            break;
        }
    }
    result_ignore(
        err_set(err, ERROR_CONFLICT, "It is not said by which step the procedure begins again"),
        "the hint returns the failure");
    return err_hint(err, "Name one (--step): %.*s.", (int)len, names);
}

result returning_choose(const struct rulebook *rulebook, const struct person_row *person,
                        struct arena *arena, str *step, struct err *err)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    const uint32_t *steps = NULL;
    size_t count = 0;
    if (stage == NOT_FOUND_INDEX || !rulebook->stages[stage].outcome) {
        return err_set(err, ERROR_CONFLICT, "%.*s has no outcome: the procedure goes on",
                       STR_ARG(person->reference));
    }
    TRY(returning_steps(rulebook, person->stage, arena, &steps, &count, err));
    if (step->len == 0 && count == 1) {
        *step = rulebook->steps[steps[0]].name;
        return result_ok();
    }
    for (size_t i = 0; i < count; i++) {
        if (str_equal(rulebook->steps[steps[i]].name, *step)) {
            return result_ok();
        }
    }
    return refuse_unnamed(rulebook, steps, count, err);
}
