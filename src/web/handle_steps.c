#include "web/handler.h"

/* --- explanation
 * -------------------------------------------------------------------------------------------------
 */

static result explain(struct exchange *exchange, str hub, struct explain_answer *ret_answer,
                      struct err *err)
{
    struct asked asked;
    TRY(handler_asked(exchange, &asked, err));
    return casework_explain(exchange->casework, &exchange->caller, exchange_person(exchange),
                            exchange->match.parameters[1], hub, &asked, exchange->arena, ret_answer,
                            err);
}

static str person_base(const struct exchange *exchange, const json_t *resource)
{
    const json_t *person = json_object_get(resource, "person");
    return page_href(exchange->arena, "/people/%s", json_str_or_empty(person, "reference"),
                     STR(""));
}

static void person_crumbs(struct page *page, const json_t *resource)
{
    const json_t *person = json_object_get(resource, "person");
    const str name = json_str_or_empty(person, "name");
    page_crumb(page, STR("People"), STR("/people"));
    page_crumb(page, name.len > 0 ? name : json_str_or_empty(person, "reference"),
               person_base(page->exchange, resource));
}

static str step_base(const struct exchange *exchange, const json_t *resource)
{
    const json_t *person = json_object_get(resource, "person");
    return page_href(exchange->arena, "/people/%s/steps/%s", json_str_or_empty(person, "reference"),
                     json_str_or_empty(resource, "step"));
}

result handle_step(struct exchange *exchange, struct err *err)
{
    struct explain_answer answer;
    TRY(explain(exchange, exchange_query(exchange, STR("hub")), &answer, err));
    json_auto_t *resource = resource_explain(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "step", json_str_or_empty(resource, "title"), "/people");
    person_crumbs(&page, resource);
    page_set(&page, "step", view_explain(&context, resource));
    page_set(&page, "question", handler_question_form(exchange));
    page_set(&page, "question_href", json_of_str(step_base(exchange, resource)));
    return page_answer(&page, 200, err);
}

/* --- asking for a step
 * ------------------------------------------------------------------------------------------- */

static bool needs_approval(const struct exchange *exchange, str step)
{
    const uint32_t index = rulebook_step(exchange->rulebook, step);
    return index != NOT_FOUND_INDEX && exchange->rulebook->steps[index].approval_count > 0;
}

static json_t *confirm_form(const struct exchange *exchange, const json_t *resource, bool asks)
{
    const str base = person_base(exchange, resource);
    const str hub = json_str_or_empty(json_object_get(resource, "hub"), "reference");
    const str names[2] = {STR("step"), STR("hub")};
    const str values[2] = {json_str_or_empty(resource, "step"), hub};
    json_t *fields = json_array();
    for (size_t i = 0; i < 2; i++) {
        const struct form_item item = {.shape = FORM_HIDDEN, .name = names[i], .value = values[i]};
        json_add(fields, form_item_view(exchange->arena, &item));
    }
    const str action = arena_format(exchange->arena, "%.*s/steps", STR_ARG(base));
    json_t *form =
        form_view(exchange, action, asks ? "Ask for approval" : "Take this step", fields, base);
    json_set_flag(form, "danger", false);
    return form;
}

result handle_step_confirm(struct exchange *exchange, struct err *err)
{
    struct explain_answer answer;
    TRY(explain(exchange, exchange_query(exchange, STR("hub")), &answer, err));
    if (!exchange_may(exchange, ACTION_REQUEST_STEP)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not ask for a step");
    }
    json_auto_t *resource = resource_explain(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const bool asks = needs_approval(exchange, json_str_or_empty(resource, "step"));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "step_confirm",
              asks ? STR("Ask for this step") : STR("Take this step"), "/people");
    person_crumbs(&page, resource);
    page_set(&page, "step", view_explain(&context, resource));
    page_set(&page, "asks", json_boolean(asks));
    page_set(&page, "explain_href", json_of_str(step_base(exchange, resource)));
    page_set(&page, "form", confirm_form(exchange, resource, asks));
    return page_answer(&page, 200, err);
}

static const struct input_field step_fields[] = {
    {"step", "Step", NULL, INPUT_HIDDEN, "Say which step", NULL},
    {"hub", "Hub", NULL, INPUT_HIDDEN, NULL, NULL},
};

static result answer_step(struct exchange *exchange, const struct step_answer *answer, str base,
                          int status, const char *notice, struct err *err)
{
    if (answer->refused) {
        return handler_refused(exchange, answer, NULL, err);
    }
    if (exchange_wants_html(exchange)) {
        const bool to_request = answer->request.id != 0 && answer->request.state != REQUEST_TAKEN;
        const str href = to_request ? arena_format(exchange->arena, "/requests/%lld",
                                                   (long long)answer->request.id)
                                    : base;
        return answer_done(exchange, href, notice, err);
    }
    json_auto_t *resource = resource_step_answer(exchange->rulebook, answer);
    return answer_json(exchange, status, resource, err);
}

result handle_step_request(struct exchange *exchange, struct err *err)
{
    struct input_value values[2];
    struct faults faults = {0};
    TRY(input_read(exchange, step_fields, 2, values, &faults, err));
    if (faults.count > 0) {
        struct err problem = {0};
        result_ignore(faults_result(&faults, &problem), "the faults are what is answered");
        answer_problem(exchange, &problem, &faults, 0);
        return result_ok();
    }
    struct step_answer answer;
    const str person = exchange_person(exchange);
    TRY(casework_request_step(exchange->casework, &exchange->caller, person, values[0].text,
                              values[1].text, exchange->arena, &answer, err));
    const bool asked = answer.request.id != 0 && answer.request.state != REQUEST_TAKEN;
    return answer_step(exchange, &answer, page_href(exchange->arena, "/people/%s", person, STR("")),
                       201, asked ? "step-requested" : "step-taken", err);
}

/* --- a request
 * ---------------------------------------------------------------------------------------------------
 */

static result load_request(struct exchange *exchange, int64_t *ret_id,
                           struct request_answer *ret_answer, struct err *err)
{
    TRY(exchange_position(exchange, 0, ret_id, err));
    return casework_request(exchange->casework, &exchange->caller, *ret_id, exchange->arena,
                            ret_answer, err);
}

result handle_request(struct exchange *exchange, struct err *err)
{
    int64_t id = 0;
    struct request_answer answer;
    TRY(load_request(exchange, &id, &answer, err));
    json_auto_t *resource = resource_request(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const json_t *step = json_object_get(resource, "step");
    OWN_PAGE struct page page;
    page_open(&page, exchange, "request", json_str_or_empty(step, "title"), "/today");
    person_crumbs(&page, resource);
    page_set(&page, "request", view_request(&context, resource));
    return page_answer(&page, 200, err);
}

/* What may be done with a request: each is a page that asks, and the same address that does it. */
struct request_action {
    const char *path;
    const char *title;
    const char *lead;
    const char *submit;
    bool danger;
    enum action action;
    const char *notice;
    const struct input_field *fields;
    size_t field_count;
    result (*act)(struct exchange *exchange, int64_t id, str reason, struct step_answer *ret_answer,
                  struct err *err);
};

static result act_approve(struct exchange *exchange, int64_t id, str reason,
                          struct step_answer *ret_answer, struct err *err)
{
    (void)reason;
    return casework_approve_step(exchange->casework, &exchange->caller, id, exchange->arena,
                                 ret_answer, err);
}

static result act_decline(struct exchange *exchange, int64_t id, str reason,
                          struct step_answer *ret_answer, struct err *err)
{
    return casework_decline_step(exchange->casework, &exchange->caller, id, reason, exchange->arena,
                                 ret_answer, err);
}

static result act_take(struct exchange *exchange, int64_t id, str reason,
                       struct step_answer *ret_answer, struct err *err)
{
    (void)reason;
    return casework_take_step(exchange->casework, &exchange->caller, id, exchange->arena,
                              ret_answer, err);
}

static result act_withdraw(struct exchange *exchange, int64_t id, str reason,
                           struct step_answer *ret_answer, struct err *err)
{
    return casework_withdraw_step(exchange->casework, &exchange->caller, id, reason,
                                  exchange->arena, ret_answer, err);
}

static const struct input_field request_reason[] = {
    {"reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL},
};

static const struct request_action approval_action = {
    .path = "approval",
    .title = "Approve this step",
    .lead = "The safeguards are judged again when you approve. If the step takes a place at a hub, "
            "the last approval holds it.",
    .submit = "Approve",
    .action = ACTION_APPROVE_STEP,
    .notice = "approved",
    .act = act_approve,
};
static const struct request_action declination_action = {
    .path = "declination",
    .title = "Decline this request",
    .lead = "",
    .submit = "Decline",
    .danger = true,
    .action = ACTION_APPROVE_STEP,
    .notice = "declined",
    .fields = request_reason,
    .field_count = 1,
    .act = act_decline,
};
static const struct request_action taking_action = {
    .path = "taking",
    .title = "Take this step",
    .lead = "The safeguards are judged once more at the instant the step is taken.",
    .submit = "Take this step",
    .danger = true,
    .action = ACTION_TAKE_STEP,
    .notice = "step-taken",
    .act = act_take,
};
static const struct request_action withdrawal_action = {
    .path = "withdrawal",
    .title = "Withdraw this request",
    .lead = "",
    .submit = "Withdraw",
    .danger = true,
    .action = ACTION_REQUEST_STEP,
    .notice = "withdrawn",
    .fields = request_reason,
    .field_count = 1,
    .act = act_withdraw,
};

struct request_form {
    struct page page;
    struct form_page form;
    str base;
    str person_base;
    int64_t id;
    bool live; /* nothing has ended it */
};

static void close_request_form(struct request_form *own)
{
    page_close(&own->page);
}
#define OWN_REQUEST_FORM __attribute__((cleanup(close_request_form)))

static result open_request_form(struct request_form *own, struct exchange *exchange,
                                const struct request_action *action, struct err *err)
{
    struct request_answer answer;
    TRY(load_request(exchange, &own->id, &answer, err));
    if (!exchange_may(exchange, action->action)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not do this with a request");
    }
    json_auto_t *resource = resource_request(exchange->rulebook, &answer);
    const struct view_context context = handler_view(exchange);
    const str base = arena_format(exchange->arena, "/requests/%lld", (long long)own->id);
    own->base = base;
    const enum request_state state = answer.work.request.state;
    own->live = state == REQUEST_OPEN || state == REQUEST_APPROVED;
    own->person_base = person_base(exchange, resource);
    own->form = (struct form_page){
        .title = str_from_c(action->title),
        .lead = str_from_c(action->lead),
        .action = arena_format(exchange->arena, "%.*s/%s", STR_ARG(base), action->path),
        .submit = action->submit,
        .danger = action->danger,
        .cancel_href = base,
        .fields = action->fields,
        .field_count = action->field_count,
    };
    page_open(&own->page, exchange, "request_confirm", own->form.title, "/today");
    person_crumbs(&own->page, resource);
    page_crumb(&own->page, STR("Request"), base);
    page_set(&own->page, "request", view_request(&context, resource));
    return result_ok();
}

/* Nothing was done. */
static result answer_ended(struct exchange *exchange, const struct request_form *own,
                           struct err *err)
{
    TRY(answer_done(exchange, own->base, "request-ended", err));
    exchange->done_at = STR("");
    return result_ok();
}

static result request_action_form(struct exchange *exchange, const struct request_action *action,
                                  struct err *err)
{
    OWN_REQUEST_FORM struct request_form own = {0};
    TRY(open_request_form(&own, exchange, action, err));
    return own.live || !exchange_wants_html(exchange)
               ? handler_form_page(&own.page, &own.form, 200, err)
               : answer_ended(exchange, &own, err);
}

static result request_action_done(struct exchange *exchange, const struct request_action *action,
                                  struct err *err)
{
    struct input_value values[1] = {{0}};
    struct faults faults = {0};
    struct step_answer answer;
    OWN_REQUEST_FORM struct request_form own = {0};
    TRY(open_request_form(&own, exchange, action, err));
    TRY(input_read(exchange, action->fields, action->field_count, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    struct err problem = {0};
    const result done = action->act(exchange, own.id, values[0].text, &answer, &problem);
    if (!done.ok && problem.code == ERROR_CONFLICT && !own.live && exchange_wants_html(exchange)) {
        return answer_ended(exchange, &own, err);
    }
    if (!done.ok) {
        *err = problem;
        return done;
    }
    const bool complete = action == &approval_action && answer.request.state == REQUEST_APPROVED;
    return answer_step(exchange, &answer, own.person_base, 200,
                       complete ? "approved-all" : action->notice, err);
}

result handle_approval_form(struct exchange *exchange, struct err *err)
{
    return request_action_form(exchange, &approval_action, err);
}

result handle_approval(struct exchange *exchange, struct err *err)
{
    return request_action_done(exchange, &approval_action, err);
}

result handle_declination_form(struct exchange *exchange, struct err *err)
{
    return request_action_form(exchange, &declination_action, err);
}

result handle_declination(struct exchange *exchange, struct err *err)
{
    return request_action_done(exchange, &declination_action, err);
}

result handle_taking_form(struct exchange *exchange, struct err *err)
{
    return request_action_form(exchange, &taking_action, err);
}

result handle_taking(struct exchange *exchange, struct err *err)
{
    return request_action_done(exchange, &taking_action, err);
}

result handle_withdrawal_form(struct exchange *exchange, struct err *err)
{
    return request_action_form(exchange, &withdrawal_action, err);
}

result handle_withdrawal(struct exchange *exchange, struct err *err)
{
    return request_action_done(exchange, &withdrawal_action, err);
}
