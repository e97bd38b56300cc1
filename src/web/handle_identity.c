/* What was recorded of who somebody is, put right: a reference, another name or a travel document
 * withdrawn, the name and the date of birth corrected. What a rulebook asks about - nationality,
 * sex - are facts, and corrected as such (handle_facts.c). */
#include "casework/administration.h"
#include "casework/identity.h"

#include "web/deed.h"
#include "web/resource_part.h"

static str identity_base(const struct exchange *exchange)
{
    return page_href(exchange->arena, "/people/%s/identity", exchange_person(exchange), STR(""));
}

static void open_form(struct deed_form *form)
{
    const str person = exchange_person(form->exchange);
    form->to = identity_base(form->exchange);
    form->cancel = form->to;
    form->caption = person;
    form->page.area = "/people";
    handler_person_crumbs(&form->page, person);
    page_crumb(&form->page, STR("Names and references"), form->to);
}

static result read_identity(const struct exchange *exchange, struct identity_answer *ret_answer,
                            struct err *err)
{
    return casework_identity(exchange->casework, &exchange->caller, exchange_person(exchange),
                             &(struct asked){0}, exchange->arena, ret_answer, err);
}

/* The person as they are known now. */
static result answer_identity(struct deed_form *form, struct err *err)
{
    struct identity_answer answer;
    TRY(read_identity(form->exchange, &answer, err));
    form->answer = resource_identity(form->exchange->rulebook, &answer, NULL, 0);
    return result_ok();
}

/* --- withdrawing a reference ------------------------------------------------------------------ */

static result prepare_withdrawal(struct deed_form *form, struct err *err)
{
    const struct history_line *line = form->thing;
    const struct identifier_recorded_body *body = &line->event.body.identifier_recorded;
    json_auto_t *told = part_history_line(form->exchange->rulebook, line);
    const struct view_context context = handler_view(form->exchange);
    const str caption = arena_format(form->exchange->arena, "%.*s: %.*s", STR_ARG(form->caption),
                                     STR_ARG(view_history_text(&context, told)));
    if (caption.at == NULL) {
        return arena_full(err);
    }
    form->caption = body->value.len > 0 ? caption : form->caption;
    return result_ok();
}

static result act_withdraw(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct history_line *line = form->thing;
    TRY(casework_withdraw_identifier(exchange->casework, &exchange->caller, line->event.position,
                                     deed_text(form, "reason"), exchange->arena, err));
    return answer_identity(form, err);
}

static const struct input_field withdrawal_fields[] = {
    {"reason", "Reason", "Why it was wrong. It is kept in the record.", INPUT_TEXT,
     "Enter the reason", NULL},
};

static const struct deed withdrawing[1] = {
    {.name = "withdrawal",
     .title = "Withdraw a reference or another name",
     .lead = "It finds the person no more. It stays in the history, marked as withdrawn.",
     .submit = "Withdraw it",
     .notice = "identifier-withdrawn",
     .danger = true,
     .action = ACTION_RECORD_IDENTITY,
     DEED_FIELDS(withdrawal_fields),
     .prepare = prepare_withdrawal,
     .act = act_withdraw},
};

static result open_withdrawal(struct deed_form *form, struct err *err)
{
    const struct history_line *line = form->thing;
    open_form(form);
    form->base = arena_format(form->exchange->arena, "%.*s/%lld",
                              STR_ARG(page_href(form->exchange->arena, "/people/%s/identifiers",
                                                exchange_person(form->exchange), STR(""))),
                              (long long)line->event.position);
    return form->base.at != NULL ? result_ok() : arena_full(err);
}

/* The event of the path must be a reference of the person of the path. */
result handle_identifier_withdrawal(struct exchange *exchange, struct err *err)
{
    struct history_answer history;
    TRY(handler_event_of_person(exchange, HISTORY_IDENTITY, EVENT_IDENTIFIER_RECORDED, &history,
                                err));
    return deed_answer(exchange, withdrawing, 1, STR("withdrawal"), &history.lines[0],
                       open_withdrawal, err);
}

/* --- correcting the name ---------------------------------------------------------------------- */

static result prepare_correction(struct deed_form *form, struct err *err)
{
    const struct identity_answer *known = form->thing;
    (void)err;
    deed_shows_text(form, "name", known->identity.name);
    deed_shows_day(form, "born_on", known->identity.born_on);
    return result_ok();
}

static result act_correct(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct corrected_identity wanted = {.name = deed_text(form, "name"),
                                              .born_on = deed_day(form, "born_on"),
                                              .reason = deed_text(form, "reason")};
    TRY(casework_correct_identity(exchange->casework, &exchange->caller, exchange_person(exchange),
                                  &wanted, exchange->arena, err));
    return answer_identity(form, err);
}

static const struct input_field correction_fields[] = {
    {"name", "Full name", "As it stands in the person's document, or as they give it", INPUT_TEXT,
     "Enter the person's name", "off"},
    {"born_on", "Date of birth", "Leave empty if it is not known", INPUT_DATE, NULL, NULL},
    {"reason", "Reason", "What shows it. It is kept in the record.", INPUT_TEXT, "Enter the reason",
     NULL},
};

static const struct deed correcting[1] = {
    {.name = "correction",
     .title = "Correct the name or the date of birth",
     .lead = "A correction is whole: a date of birth that is left out is not known any more. The "
             "old name stays in the history, and finds the person still. Where the facts say the "
             "date of birth, a corrected one is recorded there, too, and every request is judged "
             "again by it.",
     .submit = "Correct it",
     .notice = "identity-corrected",
     .action = ACTION_REGISTER_PERSON,
     DEED_FIELDS(correction_fields),
     .prepare = prepare_correction,
     .act = act_correct},
};

static result open_correction(struct deed_form *form, struct err *err)
{
    (void)err;
    open_form(form);
    form->base =
        page_href(form->exchange->arena, "/people/%s", exchange_person(form->exchange), STR(""));
    return result_ok();
}

result handle_correction(struct exchange *exchange, struct err *err)
{
    struct identity_answer known;
    TRY(read_identity(exchange, &known, err));
    return deed_answer(exchange, correcting, 1, STR("correction"), &known, open_correction, err);
}
