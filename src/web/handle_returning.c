#include "casework/returning.h"
#include "web/deed.h"

/* Somebody who has an outcome came back: from the page of the person. */

static const struct input_field return_fields[] = {
    {"step", "How the procedure begins again", NULL, INPUT_CHOICE,
     "Choose how the procedure begins again", NULL},
};

static result prepare_return(struct deed_form *form, struct err *err)
{
    const struct person_answer *answer = form->thing;
    const struct rulebook *rulebook = form->exchange->rulebook;
    const uint32_t *steps = NULL;
    size_t count = 0;
    TRY(returning_steps(rulebook, answer->view.person.stage, form->exchange->arena, &steps, &count,
                        err));
    if (count == 0 && form->exchange->request->method != HTTP_POST) {
        return err_set(err, ERROR_CONFLICT, "No step leads back from the stage %.*s is in",
                       STR_ARG(answer->view.person.reference));
    }
    TRY(deed_choices(form, "step", count, err));
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &rulebook->steps[steps[i]];
        deed_choice(form, "step", step->name, step->title);
    }
    if (count == 1) {
        deed_begin_text(form, "step", rulebook->steps[steps[0]].name);
    }
    return result_ok();
}

static result act_return(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct step_answer answer;
    TRY(casework_return_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                               deed_text(form, "step"), exchange->arena, &answer, err));
    form->notice = answer.request.id != 0 ? "step-requested" : "step-taken";
    return deed_step_taken(form, &answer, err);
}

static const struct deed deeds[] = {
    {.name = "return",
     .title = "The person came back",
     .lead = "They are the same person: their own record goes on, with everything that is known of "
             "them. The law is asked whether the procedure begins again.",
     .submit = "Begin the procedure again",
     .notice = "step-taken",
     .action = ACTION_REQUEST_STEP,
     .fields = return_fields,
     .field_count = sizeof return_fields / sizeof return_fields[0],
     .prepare = prepare_return,
     .act = act_return},
};

static result open_person(struct deed_form *form, struct err *err)
{
    const struct person_answer *answer = form->thing;
    const struct person_row *person = &answer->view.person;
    (void)err;
    form->base = page_href(form->exchange->arena, "/people/%s", person->reference, STR(""));
    form->caption = person->reference;
    form->page.area = "/people";
    handler_person_crumbs(&form->page, person->reference);
    return result_ok();
}

result handle_person_return(struct exchange *exchange, struct err *err)
{
    struct person_answer answer;
    TRY(casework_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                        &(struct asked){0}, exchange->arena, &answer, err));
    return deed_answer(exchange, deeds, 1, STR("return"), &answer, open_person, err);
}
