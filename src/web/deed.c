#include "web/deed.h"

#include "register/reference.h"
#include "system/system.h"
#include "web/query.h"
#include "web/shown.h"
#include "web/view_table.h"

#include <string.h>

/* --- fields ----------------------------------------------------------------------------------- */

size_t deed_field(const struct deed_form *form, const char *name)
{
    size_t at = 0;
    while (at < form->field_count && strcmp(form->fields[at].name, name) != 0) {
        at++;
    }
    ASSERT(at < form->field_count);
    return at;
}

static const struct input_value *value_of(const struct deed_form *form, const char *name)
{
    return &form->values[deed_field(form, name)];
}

str deed_text(const struct deed_form *form, const char *name)
{
    const struct input_value *value = value_of(form, name);
    return value->given ? value->text : STR("");
}

int64_t deed_number(const struct deed_form *form, const char *name)
{
    const struct input_value *value = value_of(form, name);
    return value->given ? value->number : 0;
}

struct known_day deed_day(const struct deed_form *form, const char *name)
{
    const struct input_value *value = value_of(form, name);
    return (struct known_day){.known = value->given, .day = value->day};
}

instant deed_instant(const struct deed_form *form, const char *name)
{
    const struct input_value *value = value_of(form, name);
    return value->given ? value->at : (instant){0};
}

void deed_begin_text(struct deed_form *form, const char *name, str text)
{
    form->values[deed_field(form, name)] = (struct input_value){.given = true, .text = text};
}

void deed_begin_day(struct deed_form *form, const char *name, date day)
{
    form->values[deed_field(form, name)] = (struct input_value){.given = true, .day = day};
}

void deed_begin_instant(struct deed_form *form, const char *name, instant at)
{
    form->values[deed_field(form, name)] = (struct input_value){.given = true, .at = at};
}

void deed_shows(struct deed_form *form, const char *name, str on_record)
{
    const size_t at = deed_field(form, name);
    form->shows[at] = true;
    form->on_record[at] = on_record;
}

void deed_shows_text(struct deed_form *form, const char *name, str text)
{
    if (text.len > 0) {
        deed_begin_text(form, name, text);
    }
    deed_shows(form, name, text);
}

str deed_day_text(const struct deed_form *form, date day)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(form->exchange->arena, str_from_c(text));
}

/* A value as it is sent, in one form however it is. */
static str sent_text(const struct deed_form *form, enum input_kind kind,
                     const struct input_value *value)
{
    struct arena *arena = form->exchange->arena;
    char text[INSTANT_TEXT_SIZE];
    if (!value->given) {
        return STR("");
    }
    switch (kind) {
    case INPUT_DATE:
        return deed_day_text(form, value->day);
    case INPUT_INSTANT:
        instant_format(value->at, text);
        return arena_copy(arena, str_from_c(text));
    case INPUT_NUMBER:
        return arena_format(arena, "%lld", (long long)value->number);
    case INPUT_TEXT:
    case INPUT_LONG_TEXT:
    case INPUT_CHOICE:
    case INPUT_PASSWORD:
    case INPUT_HIDDEN:
        return value->text;
    }
    return STR("");
}

void deed_shows_day(struct deed_form *form, const char *name, struct known_day day)
{
    const struct input_value value = {.given = day.known, .day = day.day};
    form->values[deed_field(form, name)] = value;
    deed_shows(form, name, sent_text(form, INPUT_DATE, &value));
}

void deed_shows_instant(struct deed_form *form, const char *name, instant at)
{
    const struct input_value value = {.given = true, .at = at};
    deed_begin_instant(form, name, at);
    deed_shows(form, name, sent_text(form, INPUT_INSTANT, &value));
}

result deed_choices(struct deed_form *form, const char *name, size_t capacity, struct err *err)
{
    struct input_choice *items =
        ARENA_NEW(form->exchange->arena, struct input_choice, capacity + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    const size_t at = deed_field(form, name);
    form->items[at] = items;
    form->choices[at] = (struct input_choices){.items = items};
    return result_ok();
}

void deed_choice(struct deed_form *form, const char *name, str value, str text)
{
    const size_t at = deed_field(form, name);
    form->items[at][form->choices[at].count++] =
        (struct input_choice){.value = value, .text = text};
}

/* --- what an answer means --------------------------------------------------------------------- */

void deed_tell(struct deed_form *form, const char *name, str text)
{
    form->told[deed_field(form, name)] = text;
}

str deed_person(const struct deed_form *form, const char *name)
{
    char reference[REFERENCE_SIZE];
    const str typed = deed_text(form, name);
    return reference_read(typed, reference, NULL).ok
               ? arena_copy(form->exchange->arena, str_from_c(reference))
               : typed;
}

result deed_tell_person(struct deed_form *form, const char *name, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct person_answer person;
    if (deed_text(form, name).len == 0) {
        return result_ok();
    }
    TRY(casework_person(exchange->casework, &exchange->caller, deed_text(form, name),
                        &(struct asked){0}, exchange->arena, &person, err));
    const str called = person.view.identity.name;
    deed_tell(form, name,
              arena_format(exchange->arena, "%.*s%s%.*s", STR_ARG(called),
                           called.len > 0 ? ", " : "", STR_ARG(person.view.person.reference)));
    return result_ok();
}

static str way_out(const struct deed_form *form)
{
    return form->cancel.len > 0 ? form->cancel : form->base;
}

/* --- what was done ---------------------------------------------------------------------------- */

void deed_recorded(struct deed_form *form, const struct record_answer *answer)
{
    form->answer = resource_record_answer(form->exchange->rulebook, answer);
    if (answer->stopped_count > 0) {
        form->notice = "recorded-stopped";
    }
}

result deed_step_taken(struct deed_form *form, const struct step_answer *answer, struct err *err)
{
    struct exchange *exchange = form->exchange;
    if (answer->refused) {
        const struct handler_thing thing = {.title = form->caption, .href = way_out(form)};
        form->answered = true;
        return handler_refused(exchange, answer, &thing, err);
    }
    form->answer = resource_step_answer(exchange->rulebook, answer);
    return result_ok();
}

/* --- the form --------------------------------------------------------------------------------- */

static const struct deed *deed_named(const struct deed *deeds, size_t count, str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from_c(deeds[i].name), name)) {
            return &deeds[i];
        }
    }
    return NULL;
}

/* What the address says already. Nothing is taken from it but what a form begins with. */
static void begin_by_query(struct deed_form *form)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const str given = exchange_query(form->exchange, str_from_c(form->fields[i].name));
        const bool has_boxes =
            form->fields[i].kind == INPUT_DATE || form->fields[i].kind == INPUT_INSTANT;
        if (given.len > 0 && given.len <= INPUT_TEXT_MAX && str_is_printable(given) && !has_boxes) {
            form->values[i] = (struct input_value){.given = true, .text = given};
        }
    }
}

static void hide_shown(const struct deed_form *form, json_t *fields)
{
    struct shown_value values[INPUT_FIELDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->shows[i]) {
            values[count++] = (struct shown_value){.name = str_from_c(form->fields[i].name),
                                                   .value = form->on_record[i]};
        }
    }
    shown_hide(fields, form->exchange->arena, values, count);
}

static result show(struct deed_form *form, const struct faults *faults, int status, struct err *err)
{
    struct exchange *exchange = form->exchange;
    const struct deed *deed = form->deed;
    const str action =
        arena_format(exchange->arena, "%.*s/%s", STR_ARG(form->base), form->deed->name);
    json_t *fields = form_choices_view(exchange, form->fields, form->field_count, form->choices,
                                       form->values, faults);
    hide_shown(form, fields);
    json_t *view = form_view(exchange, action, deed->submit, fields, way_out(form));
    json_set_flag(view, "danger", deed->danger);
    form->page.faults = faults;
    page_set(&form->page, "form", view);
    page_set(&form->page, "caption", json_of_str(form->caption));
    const str lead = form->lead.len > 0 ? form->lead : str_from_c(deed->lead);
    page_set(&form->page, "lead", lead.len > 0 ? json_of_str(lead) : json_false());
    return page_answer(&form->page, status, err);
}

/* What a program must send: the fields, and the answers there are. */
static result tell_fields(const struct deed_form *form, struct err *err)
{
    static const char *const kinds[] = {
        [INPUT_TEXT] = "text",     [INPUT_LONG_TEXT] = "text", [INPUT_PASSWORD] = "text",
        [INPUT_DATE] = "date",     [INPUT_NUMBER] = "number",  [INPUT_HIDDEN] = "text",
        [INPUT_CHOICE] = "choice", [INPUT_INSTANT] = "instant"};
    json_auto_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < form->field_count; i++) {
        const struct input_field *field = &form->fields[i];
        json_t *line = json_object();
        json_t *choices = json_array();
        json_set(line, "name", json_string(field->name));
        json_set(line, "title", json_string(field->label));
        json_set(line, "type", json_string(kinds[field->kind]));
        json_set_flag(line, "needed", field->missing != NULL);
        for (size_t at = 0; at < form->choices[i].count; at++) {
            json_t *choice = json_object();
            json_set_str(choice, "value", form->choices[i].items[at].value);
            json_set_str(choice, "title", form->choices[i].items[at].text);
            json_add(choices, choice);
        }
        json_set(line, "choices", choices);
        json_add(list, line);
    }
    json_set_str(object, "title", form->page.title);
    json_set(object, "fields", list);
    return answer_json(form->exchange, 200, object, err);
}

static result show_faults(struct deed_form *form, const struct faults *faults, int status,
                          struct err *err)
{
    if (exchange_wants_html(form->exchange)) {
        return show(form, faults, status, err);
    }
    struct err problem = {0};
    result_ignore(faults_result(faults, &problem), "the faults are what is answered");
    answer_problem(form->exchange, &problem, faults, 0);
    return result_ok();
}

/* --- the answers, before anything is done ----------------------------------------------------- */

/* Nothing is kept of a form between two requests: what was sent is sent once more, hidden. */
static json_t *sent_again(const struct exchange *exchange)
{
    const struct http_form *sent = &exchange->input.form;
    json_t *list = json_array();
    for (size_t i = 0; i < sent->count; i++) {
        const str name = sent->fields[i].name;
        if (!str_equal(name, STR("form_token")) && !str_equal(name, STR("client_id")) &&
            !str_equal(name, STR(INPUT_ANSWERS))) {
            json_t *field = json_object();
            json_set_str(field, "name", name);
            json_set_str(field, "value", sent->fields[i].value);
            json_add(list, field);
        }
    }
    return list;
}

static void put_answer(struct view_table *pairs, const struct input_field *field,
                       const struct input_choices *choices, const struct input_value *value)
{
    json_auto_t *when = NULL;
    switch (field->kind) {
    case INPUT_DATE:
        when = json_of_date(value->day);
        view_put_when(pairs, when);
        return;
    case INPUT_INSTANT:
        when = json_of_instant(value->at);
        view_put_when(pairs, when);
        return;
    case INPUT_NUMBER:
        view_put_count(pairs, value->number);
        return;
    case INPUT_CHOICE:
        for (size_t i = 0; i < choices->count; i++) {
            if (str_equal(choices->items[i].value, value->text)) {
                view_put(pairs, choices->items[i].text);
            }
        }
        return;
    case INPUT_TEXT:
    case INPUT_LONG_TEXT:
        view_put(pairs, value->text);
        return;
    case INPUT_PASSWORD:
    case INPUT_HIDDEN:
        return;
    }
}

static json_t *answers_given(const struct deed_form *form)
{
    const struct view_context context = handler_view(form->exchange);
    struct view_table pairs;
    view_pairs_open(&pairs, &context);
    for (size_t i = 0; i < form->field_count; i++) {
        view_row(&pairs);
        view_cell_text(&pairs, str_from_c(form->fields[i].label));
        view_cell(&pairs);
        if (form->told[i].len > 0) {
            view_put(&pairs, form->told[i]);
        } else if (form->values[i].given) {
            put_answer(&pairs, &form->fields[i], &form->choices[i], &form->values[i]);
        } else {
            view_put_quiet(&pairs, STR("Not answered"));
        }
    }
    return view_table_close(&pairs);
}

static result show_answers(struct deed_form *form, struct err *err)
{
    struct exchange *exchange = form->exchange;
    const str action =
        arena_format(exchange->arena, "%.*s/%s", STR_ARG(form->base), form->deed->name);
    json_t *view =
        form_view(exchange, action, form->deed->submit, sent_again(exchange), way_out(form));
    json_set_flag(view, "danger", form->deed->danger);
    page_set(&form->page, "form", view);
    page_set(&form->page, "caption", json_of_str(form->page.title));
    page_set(&form->page, "given", answers_given(form));
    form->page.template_name = "deed_check";
    form->page.title = STR("Check your answers");
    return page_answer(&form->page, 200, err);
}

enum answers { ANSWERS_SENT, ANSWERS_CHECKED, ANSWERS_TO_CHANGE };

static enum answers answers_of(const struct deed_form *form)
{
    str told = STR("");
    if (!exchange_wants_html(form->exchange) || form->field_count == 0) {
        return ANSWERS_CHECKED; /* a program; a page that asked nothing but whether to do it */
    }
    http_form_get(&form->exchange->input.form, STR(INPUT_ANSWERS), &told);
    return str_equal(told, STR("checked"))  ? ANSWERS_CHECKED
           : str_equal(told, STR("change")) ? ANSWERS_TO_CHANGE
                                            : ANSWERS_SENT;
}

/* --- doing it --------------------------------------------------------------------------------- */

/* What casework said, in the words that a browser reads above its form. What is not there and what
 * is not for this account are told alike. */
static str words_of(const struct deed_form *form, const struct err *problem)
{
    if (problem->code == ERROR_NOT_FOUND) {
        return STR("Nothing is on record by the reference that you gave, or it is not for this "
                   "account");
    }
    return problem->hint[0] == '\0'
               ? arena_copy(form->exchange->arena, str_from_c(problem->what))
               : arena_format(form->exchange->arena, "%s. %s", problem->what, problem->hint);
}

static bool can_be_put_right(const struct deed_form *form, const struct err *problem)
{
    return exchange_wants_html(form->exchange) &&
           (problem->code == ERROR_INPUT || problem->code == ERROR_CONFLICT ||
            problem->code == ERROR_NOT_FOUND);
}

static result finish(struct deed_form *form, struct err *err)
{
    if (form->answered) {
        return result_ok();
    }
    if (exchange_wants_html(form->exchange)) {
        return answer_done(form->exchange, form->to.len > 0 ? form->to : form->base,
                           form->notice != NULL ? form->notice : form->deed->notice, err);
    }
    return answer_json(form->exchange, form->status != 0 ? form->status : 200, form->answer, err);
}

/* What casework does not take is told above the form, which keeps what was sent. */
static result show_refused(struct deed_form *form, result done, const struct err *problem,
                           struct err *err)
{
    struct faults faults = {0};
    if (!can_be_put_right(form, problem)) {
        *err = *problem;
        return done;
    }
    fault_add(&faults, STR("facts"), STR(""), words_of(form, problem));
    return show(form, &faults, error_http_status(problem->code), err);
}

static result check_answers(struct deed_form *form, struct err *err)
{
    struct err problem = {0};
    const result looked = form->deed->look == NULL ? result_ok() : form->deed->look(form, &problem);
    return looked.ok ? show_answers(form, err) : show_refused(form, looked, &problem, err);
}

/* What is on record, as a page tells it. */
static str told_record(const struct deed_form *form, size_t at)
{
    const struct view_context context = handler_view(form->exchange);
    const str text = form->on_record[at];
    json_auto_t *when = form->fields[at].kind == INPUT_DATE      ? view_day(text)
                        : form->fields[at].kind == INPUT_INSTANT ? view_instant(&context, text)
                                                                 : NULL;
    if (when != NULL && text.len > 0) {
        return arena_copy(form->exchange->arena, json_str_or_empty(when, "text"));
    }
    for (size_t i = 0; i < form->choices[at].count; i++) {
        if (str_equal(form->choices[at].items[i].value, text)) {
            return form->choices[at].items[i].text;
        }
    }
    return text;
}

static void check_shown(const struct deed_form *form, struct faults *faults)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const str name = str_from_c(form->fields[i].name);
        const str sent = sent_text(form, form->fields[i].kind, &form->values[i]);
        if (form->shows[i] && shown_is_old(form->exchange, name, form->on_record[i]) &&
            !str_equal(sent, form->on_record[i])) {
            shown_tell(form->exchange, faults, name, told_record(form, i), STR(""));
        }
    }
}

static result carry_out(struct deed_form *form, struct err *err)
{
    struct faults faults = {0};
    struct err problem = {0};
    TRY(input_read(form->exchange, form->fields, form->field_count, form->values, &faults, err));
    input_check_choices(form->exchange, form->fields, form->field_count, form->choices,
                        form->values, &faults);
    check_shown(form, &faults);
    if (faults.count > 0) {
        return show_faults(form, &faults, 422, err);
    }
    switch (answers_of(form)) {
    case ANSWERS_SENT:
        return check_answers(form, err);
    case ANSWERS_TO_CHANGE:
        return show(form, NULL, 200, err);
    case ANSWERS_CHECKED:
        break;
    }
    const result done = form->deed->act(form, &problem);
    return done.ok ? finish(form, err) : show_refused(form, done, &problem, err);
}

static result run(struct deed_form *form, deed_step *open, struct err *err)
{
    const struct deed *deed = form->deed;
    form->fields = deed->fields;
    form->field_count = deed->field_count;
    TRY(open(form, err));
    if (!exchange_may(form->exchange, deed->action)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not do this");
    }
    form->page.title = form->title.len > 0 ? form->title : str_from_c(deed->title);
    if (deed->prepare != NULL) {
        TRY(deed->prepare(form, err));
    }
    if (form->exchange->request->method == HTTP_POST) {
        return carry_out(form, err);
    }
    TRY(query_check_fields(form->exchange, form->fields, form->field_count, err));
    if (!exchange_wants_html(form->exchange)) {
        return tell_fields(form, err);
    }
    begin_by_query(form);
    return show(form, NULL, 200, err);
}

result deed_answer(struct exchange *exchange, const struct deed *deeds, size_t count, str name,
                   const void *thing, deed_step *open, struct err *err)
{
    const struct deed *deed = deed_named(deeds, count, name);
    if (deed == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "Not found");
    }
    struct deed_form form = {.exchange = exchange, .deed = deed, .thing = thing};
    page_open(&form.page, exchange, "deed", STR(""), "");
    const result answered = run(&form, open, err);
    page_close(&form.page);
    json_decref(form.answer);
    return answered;
}

void deeds_offer(struct page *page, const struct deed *deeds, size_t count, str base,
                 const json_t *resource)
{
    const struct exchange *exchange = page->exchange;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct deed *deed = &deeds[i];
        if (deed->link == NULL || !exchange_may(exchange, deed->action) ||
            (deed->fits != NULL && !deed->fits(resource))) {
            continue;
        }
        json_t *link = json_object();
        json_set_str(link, "href",
                     arena_format(exchange->arena, "%.*s/%s", STR_ARG(base), deed->name));
        json_set(link, "text", json_string(deed->link));
        json_add(list, link);
    }
    page_set(page, "has_deeds", json_boolean(json_array_size(list) > 0));
    page_set(page, "deeds", list);
}
