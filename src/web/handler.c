#include "web/handler.h"
#include "web/question.h"

#include "casework/adoption.h"
#include "statistics/spreadsheet.h"
#include "system/system.h"

struct view_context handler_view(const struct exchange *exchange)
{
    return (struct view_context){
        .arena = exchange->arena,
        .catalogue = speech_for_staff(exchange).catalogue,
        .rights =
            {
                .see_people = exchange_may(exchange, ACTION_SEE_PEOPLE),
                .record_fact = exchange_may(exchange, ACTION_RECORD_FACT),
                .record_identity = exchange_may(exchange, ACTION_RECORD_IDENTITY),
                .see_duplicates = exchange_may(exchange, ACTION_SEE_DUPLICATES),
                .report_order = exchange_may(exchange, ACTION_REPORT_ORDER),
                .manage_privacy = exchange_may(exchange, ACTION_MANAGE_PRIVACY),
                .see_looks = exchange_may(exchange, ACTION_SEE_LOOKS),
                .request_step = exchange_may(exchange, ACTION_REQUEST_STEP),
                .approve_step = exchange_may(exchange, ACTION_APPROVE_STEP),
                .take_step = exchange_may(exchange, ACTION_TAKE_STEP),
                .see_hub = exchange_may(exchange, ACTION_SEE_HUB),
                .record_hub = exchange_may(exchange, ACTION_RECORD_HUB),
                .see_agreement = exchange_may(exchange, ACTION_SEE_AGREEMENT),
                .record_agreement = exchange_may(exchange, ACTION_RECORD_AGREEMENT),
                .register_person = exchange_may(exchange, ACTION_REGISTER_PERSON),
                .screen = exchange_may(exchange, ACTION_SCREEN),
                .compare_rules = exchange_may(exchange, ACTION_COMPARE_RULES),
            },
    };
}

date handler_today(const struct exchange *exchange)
{
    return instant_date(system_now(exchange->casework->system));
}

enum {
    THEN_ARENA_BYTES = 512 * 1024 * 1024
}; /* lazily taken, and only when the rulebook has changed since */

result handler_asked(struct exchange *exchange, struct asked *ret_asked, struct err *err)
{
    struct asked asked;
    struct arena scratch;
    TRY(input_asked(exchange, &asked, err));
    *ret_asked = asked;
    if (!asked.has_known_at) {
        return result_ok();
    }
    struct casework *then = ARENA_NEW(exchange->arena, struct casework, 1);
    if (then == NULL) {
        return arena_full(err);
    }
    *then = *exchange->casework;
    TRY(arena_open(&scratch, THEN_ARENA_BYTES, err));
    const result found = casework_rulebook_then(exchange->casework, asked.known_at, exchange->arena,
                                                scratch, &then->rulebook, err);
    arena_close(&scratch);
    TRY(found);
    exchange->casework = then;
    exchange->rulebook = then->rulebook;
    return result_ok();
}

result handler_event_of_person(struct exchange *exchange, enum history_topic topic,
                               enum event_kind kind, struct history_answer *ret_history,
                               struct err *err)
{
    struct history_answer found;
    int64_t event = 0;
    TRY(exchange_position(exchange, 1, &event, err));
    const struct history_query only = {
        .topics = 1U << topic, .before = event < INT64_MAX ? event + 1 : event, .limit = 1};
    TRY(casework_history(exchange->casework, &exchange->caller, exchange_person(exchange),
                         &(struct asked){0}, &only, exchange->arena, &found, err));
    if (found.count != 1 || found.lines[0].event.position != event ||
        found.lines[0].event.kind != kind) {
        return err_set(err, ERROR_NOT_FOUND, "Not found");
    }
    *ret_history = found;
    return result_ok();
}

void handler_person_crumbs(struct page *page, str reference)
{
    page_crumb(page, STR("People"), STR("/people"));
    page_crumb(page, reference, page_href(page->exchange->arena, "/people/%s", reference, STR("")));
}

static json_t *step_options(const struct exchange *exchange, str chosen)
{
    json_t *options = json_array();
    for (size_t i = 0; i < exchange->rulebook->step_count; i++) {
        const struct step *step = &exchange->rulebook->steps[i];
        form_option(options, step->name, step->title, str_equal(step->name, chosen));
    }
    return options;
}

static result hub_options(struct exchange *exchange, str chosen, json_t *options, struct err *err)
{
    const struct hub_line *hubs = NULL;
    size_t count = 0;
    form_option(options, STR(""), STR("No hub"), chosen.len == 0);
    TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &hubs, &count, err));
    for (size_t i = 0; i < count; i++) {
        form_option(options, hubs[i].row.reference, hubs[i].row.name,
                    str_equal(hubs[i].row.reference, chosen));
    }
    return result_ok();
}

result handler_step_fields(struct exchange *exchange, str step, str hub, json_t *fields,
                           struct err *err)
{
    json_t *hubs = json_array();
    const struct form_item step_item = {.shape = FORM_SELECT,
                                        .name = STR("step"),
                                        .label = STR("Step"),
                                        .options = step_options(exchange, step)};
    const struct form_item hub_item = {.shape = FORM_SELECT,
                                       .name = STR("hub"),
                                       .label = STR("Hub"),
                                       .hint = STR("For a step that leads to a hub"),
                                       .options = hubs};
    const result listed = hub_options(exchange, hub, hubs, err);
    json_add(fields, form_item_view(exchange->arena, &step_item));
    json_add(fields, form_item_view(exchange->arena, &hub_item));
    return listed;
}

bool handler_wants_csv(const struct exchange *exchange)
{
    return exchange->wanted == WANTED_CSV ||
           str_equal(exchange_query(exchange, STR("as")), STR("csv"));
}

result handler_answer_csv(struct exchange *exchange, str name, struct buf *csv, struct err *err)
{
    str body;
    TRY(buf_finish(csv, &body, err));
    http_header_set(
        exchange->response, STR("Content-Disposition"),
        arena_format(exchange->arena, "attachment; filename=\"%.*s.csv\"", STR_ARG(name)));
    answer_text(exchange, 200, STR("text/csv; charset=utf-8; header=present"), body);
    return result_ok();
}

static bool wants_spreadsheet(const struct exchange *exchange)
{
    return str_equal(exchange_query(exchange, STR("as")), STR("ods"));
}

bool handler_wants_file(const struct exchange *exchange)
{
    return wants_spreadsheet(exchange) || handler_wants_csv(exchange);
}

static result answer_spreadsheet(struct exchange *exchange, str name, const struct sheet *sheet,
                                 struct err *err)
{
    str bytes;
    TRY(spreadsheet_write(&sheet, 1, exchange->arena, &bytes, err));
    http_header_set(
        exchange->response, STR("Content-Disposition"),
        arena_format(exchange->arena, "attachment; filename=\"%.*s.ods\"", STR_ARG(name)));
    answer_text(exchange, 200, STR("application/vnd.oasis.opendocument.spreadsheet"), bytes);
    return result_ok();
}

result handler_answer_sheet(struct exchange *exchange, str name, const struct sheet *sheet,
                            bool *ret_answered, struct err *err)
{
    *ret_answered = handler_wants_file(exchange);
    if (wants_spreadsheet(exchange)) {
        return answer_spreadsheet(exchange, name, sheet, err);
    }
    if (!*ret_answered) {
        return result_ok();
    }
    struct buf csv;
    buf_init(&csv, exchange->arena, WEB_BODY_MAX);
    sheet_write_csv(sheet, &csv);
    return handler_answer_csv(exchange, name, &csv, err);
}

result handler_number(const struct exchange *exchange, str name, int64_t least, int64_t most,
                      int64_t otherwise, int64_t *ret_number, struct err *err)
{
    const str text = exchange_query(exchange, name);
    int64_t number = otherwise;
    if (text.len > 0 &&
        (!str_to_int64(text, &number, NULL).ok || number < least || number > most)) {
        result_ignore(err_set(err, ERROR_INPUT, "`%.*s` must be a whole number from %lld to %lld",
                              STR_ARG(name), (long long)least, (long long)most),
                      "its field follows");
        return err_field(err, "%.*s", STR_ARG(name));
    }
    *ret_number = number;
    return result_ok();
}

json_t *handler_question_form(const struct exchange *exchange)
{
    const struct input_field fields[] = {
        {"on", question_label(exchange, STR("on")), "Leave empty for today", INPUT_DATE, NULL,
         NULL},
        {"known_at", question_label(exchange, STR("known_at")), "Leave empty for what is known now",
         INPUT_DATE, NULL, NULL},
    };
    struct asked asked;
    struct input_value begin[2] = {{0}};
    if (input_asked(exchange, &asked, NULL).ok) {
        begin[0] = (struct input_value){.given = asked.has_on, .day = asked.on};
        begin[1] =
            (struct input_value){.given = asked.has_known_at, .day = instant_date(asked.known_at)};
    }
    return form_fields_view(exchange, fields, 2, begin, NULL);
}

str handler_question(const struct exchange *exchange, const struct asked *asked)
{
    char on[DATE_TEXT_SIZE] = "";
    char known_at[INSTANT_TEXT_SIZE] = "";
    if (!asked->has_on && !asked->has_known_at) {
        return STR("");
    }
    if (asked->has_on) {
        date_format(asked->on, on);
    }
    if (asked->has_known_at) {
        instant_format(asked->known_at, known_at);
    }
    return page_href(exchange->arena, "?on=%s&known_at=%s", str_from_c(on), str_from_c(known_at));
}

result handler_form_page(struct page *page, const struct form_page *form, int status,
                         struct err *err)
{
    struct exchange *exchange = page->exchange;
    json_t *fields = form_choices_view(exchange, form->fields, form->field_count, form->choices,
                                       form->begin, page->faults);
    json_t *view = form_view(exchange, form->action, form->submit, fields, form->cancel_href);
    json_set_flag(view, "danger", form->danger);
    page_set(page, "form", view);
    page_set(page, "lead", form->lead.len > 0 ? json_of_str(form->lead) : json_false());
    return page_answer(page, status, err);
}

void handler_check_day(const struct exchange *exchange, const char *field,
                       const struct input_value *value, const char *what, enum days_use use,
                       struct faults *faults)
{
    struct err problem = {0};
    if (value->given && !days_check(what, value->day, use, handler_today(exchange), &problem).ok) {
        fault_add_problem(faults, exchange->arena, str_from_c(field), &problem);
    }
}

result handler_refused_form(struct page *page, const struct form_page *form, result done,
                            const struct err *problem, struct err *err)
{
    struct faults faults = {0};
    if (problem->code != ERROR_INPUT || !exchange_wants_html(page->exchange)) {
        *err = *problem;
        return done;
    }
    fault_add_problem(&faults, page->exchange->arena, STR("facts"), problem);
    return handler_faults(page, form, &faults, err);
}

result handler_faults(struct page *page, const struct form_page *form, struct faults *faults,
                      struct err *err)
{
    struct err problem = {0};
    result_ignore(faults_result(faults, &problem), "the faults are what is answered");
    if (!exchange_wants_html(page->exchange)) {
        answer_problem(page->exchange, &problem, faults, 0);
        return result_ok();
    }
    page_refuse(page, faults);
    return handler_form_page(page, form, 422, err);
}

static result refused_json(struct exchange *exchange, const struct step_answer *answer,
                           struct err *err)
{
    struct err problem = {0};
    result_ignore(err_set(&problem, ERROR_REFUSED, "%.*s", STR_ARG(answer->refusal)),
                  "it is answered as a problem");
    json_auto_t *resource = resource_problem(&problem, NULL);
    json_auto_t *details = resource_step_answer(exchange->rulebook, answer);
    json_object_update(resource, details);
    return answer_json(exchange, 409, resource, err);
}

result handler_refused(struct exchange *exchange, const struct step_answer *answer,
                       const struct handler_thing *thing, struct err *err)
{
    const str base = page_href(exchange->arena, "/people/%s", answer->person.reference, STR(""));
    if (!exchange_wants_html(exchange)) {
        return refused_json(exchange, answer, err);
    }
    const struct view_context context = handler_view(exchange);
    json_auto_t *resource = resource_step_answer(exchange->rulebook, answer);
    const json_t *explanation = json_object_get(resource, "explanation");
    OWN_PAGE struct page page;
    page_open(&page, exchange, "step_refused", STR("The law does not allow this step now"),
              "/people");
    handler_person_crumbs(&page, answer->person.reference);
    json_t *view = json_object();
    json_set_str(view, "refusal", answer->refusal);
    json_set_str(view, "title", json_str_or_empty(explanation, "title"));
    json_set_str(view, "person_href", base);
    json_set(view, "thing", thing == NULL ? json_false() : json_of_str(thing->title));
    json_set_str(view, "thing_href", thing == NULL ? STR("") : thing->href);
    json_set(view, "tag", view_clearance_tag(json_str_or_empty(explanation, "clearance")));
    json_set(view, "on", view_day(json_str_or_empty(explanation, "on")));
    json_set(view, "safeguards",
             view_safeguards(&context, explanation, context.rights.record_fact ? base : STR("")));
    page_set(&page, "refused", view);
    return page_answer(&page, 409, err);
}
