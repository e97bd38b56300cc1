/* Somebody's own record, a legal representative's clients, and the language in which both are read.
 * The same pages stand under "/own" and under "/clients/{person}". */
#include "casework/own.h"

#include "web/handler.h"
#include "web/resource_own.h"
#include "web/view_own.h"

/* --- whose ------------------------------------------------------------------------------------ */

static bool is_of_client(const struct exchange *exchange)
{
    return str_starts(exchange->request->path, STR("/clients/"));
}

static str reference_of(const struct exchange *exchange)
{
    return is_of_client(exchange) ? exchange_person(exchange) : STR("");
}

static str base_of(const struct exchange *exchange)
{
    return is_of_client(exchange)
               ? page_href(exchange->arena, "/clients/%s", exchange_person(exchange), STR(""))
               : STR("/own");
}

static struct own_view view_of(const struct exchange *exchange, const struct page *page)
{
    return (struct own_view){
        .speech = page->speech, .arena = exchange->arena, .base = base_of(exchange)};
}

static void open_page(struct page *page, struct exchange *exchange, const char *template_name,
                      const char *title)
{
    const bool client = is_of_client(exchange);
    page_open(page, exchange, template_name, str_from_c(title), client ? "/clients" : "/own");
    page_speak(page);
    if (client) {
        page_crumb(page, STR(SAY("Clients")), STR("/clients"));
    }
}

/* A page below the record leads back to it. */
static void open_part(struct page *page, struct exchange *exchange, const char *template_name,
                      const char *title)
{
    open_page(page, exchange, template_name, title);
    page_crumb(page, is_of_client(exchange) ? exchange_person(exchange) : STR(SAY("My case")),
               base_of(exchange));
}

/* --- the record ------------------------------------------------------------------------------- */

static result load_record(struct exchange *exchange, json_t **ret_resource, struct err *err)
{
    struct own_record record;
    TRY(casework_own_record(exchange->casework, &exchange->caller, reference_of(exchange),
                            exchange->arena, &record, err));
    *ret_resource = resource_own_record(exchange->rulebook, &record);
    return result_ok();
}

result handle_own(struct exchange *exchange, struct err *err)
{
    json_auto_t *resource = NULL;
    TRY(load_record(exchange, &resource, err));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    open_page(&page, exchange, "own",
              is_of_client(exchange) ? SAY("A client's case") : SAY("My case"));
    const struct own_view view = view_of(exchange, &page);
    page_set(&page, "own", view_own_record(&view, resource));
    return page_answer(&page, 200, err);
}

result handle_own_facts(struct exchange *exchange, struct err *err)
{
    json_auto_t *resource = NULL;
    TRY(load_record(exchange, &resource, err));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    open_part(&page, exchange, "own_facts", SAY("What is recorded"));
    const struct own_view view = view_of(exchange, &page);
    page_set(&page, "own", view_own_facts(&view, resource));
    return page_answer(&page, 200, err);
}

result handle_own_looks(struct exchange *exchange, struct err *err)
{
    const struct own_look *looks = NULL;
    size_t count = 0;
    TRY(casework_own_looks(exchange->casework, &exchange->caller, reference_of(exchange),
                           exchange->arena, &looks, &count, err));
    json_auto_t *resource = resource_own_looks(looks, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    open_part(&page, exchange, "own_looks", SAY("Who looked at this record"));
    const struct own_view view = view_of(exchange, &page);
    page_set(&page, "own", view_own_looks(&view, resource));
    return page_answer(&page, 200, err);
}

/* A file to keep, whoever asks. */
result handle_own_copy(struct exchange *exchange, struct err *err)
{
    struct own_copy copy;
    TRY(casework_own_copy(exchange->casework, &exchange->caller, reference_of(exchange),
                          exchange->arena, &copy, err));
    json_auto_t *resource = resource_own_copy(exchange->rulebook, &copy);
    http_header_set(exchange->response, STR("Content-Disposition"),
                    STR("attachment; filename=\"record.json\""));
    return answer_json(exchange, 200, resource, err);
}

/* --- a letter --------------------------------------------------------------------------------- */

/* Of this person: the number of a letter to another one names nothing here. */
static result find_letter(struct exchange *exchange, struct notice_answer *ret_letter,
                          struct err *err)
{
    const bool client = is_of_client(exchange);
    int64_t number = 0;
    TRY(exchange_position(exchange, client ? 1 : 0, &number, err));
    TRY(casework_own_letter(exchange->casework, &exchange->caller, number, exchange->arena,
                            ret_letter, err));
    return !client || str_equal(ret_letter->person.reference, exchange_person(exchange))
               ? result_ok()
               : err_set(err, ERROR_NOT_FOUND, "Not found");
}

result handle_own_letter(struct exchange *exchange, struct err *err)
{
    struct notice_answer letter;
    TRY(find_letter(exchange, &letter, err));
    json_auto_t *resource = resource_own_letter(&letter);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    open_part(&page, exchange, "own_letter", SAY("A letter"));
    const struct own_view view = view_of(exchange, &page);
    page_set(&page, "own", view_own_letter(&view, resource));
    return page_answer(&page, 200, err);
}

/* --- saying that something is wrong ----------------------------------------------------------- */

static const struct input_field complaint_fields[] = {
    {"about", SAY("What is it about?"), NULL, INPUT_CHOICE, SAY("Choose what it is about"), NULL},
    {"words", SAY("What is wrong, and what should be done?"),
     SAY("Write in any language. Do not write about other people more than you must."),
     INPUT_LONG_TEXT, SAY("Write what is wrong"), NULL},
};
enum { COMPLAINT_FIELDS = sizeof complaint_fields / sizeof complaint_fields[0] };

static result complaint_page(struct exchange *exchange, struct faults *faults, int status,
                             struct err *err)
{
    struct input_choice *items =
        ARENA_NEW(exchange->arena, struct input_choice, own_subject_count + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < own_subject_count; i++) {
        items[i] = (struct input_choice){str_from_c(own_subjects[i].name),
                                         str_from_c(own_subjects[i].title)};
    }
    const struct input_choices choices[COMPLAINT_FIELDS] = {
        {.items = items, .count = own_subject_count}};
    OWN_PAGE struct page page;
    open_part(&page, exchange, "form", SAY("Say that something is wrong"));
    if (faults != NULL) {
        page_refuse(&page, faults);
    }
    json_t *fields =
        form_choices_view(exchange, complaint_fields, COMPLAINT_FIELDS, choices, NULL, faults);
    page_set(&page, "lead",
             json_string(SAY("It goes to the people who work on the case, who must answer. You see "
                             "the answer here.")));
    page_set(&page, "form",
             form_view(exchange,
                       arena_format(exchange->arena, "%.*s/complaint", STR_ARG(base_of(exchange))),
                       SAY("Send"), fields, base_of(exchange)));
    return page_answer(&page, status, err);
}

/* Whoever may not see the record is not shown a form for it. */
result handle_own_complaint_form(struct exchange *exchange, struct err *err)
{
    json_auto_t *resource = NULL;
    TRY(load_record(exchange, &resource, err));
    return complaint_page(exchange, NULL, 200, err);
}

static result complaint_faults(struct exchange *exchange, struct faults *faults, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return complaint_page(exchange, faults, 422, err);
    }
    struct err problem = {0};
    result_ignore(faults_result(faults, &problem), "it is answered as a problem");
    answer_problem(exchange, &problem, faults, 422);
    return result_ok();
}

result handle_own_complaint(struct exchange *exchange, struct err *err)
{
    struct input_value values[COMPLAINT_FIELDS];
    struct faults faults = {0};
    struct entry_answer answer;
    struct err problem = {0};
    TRY(input_read(exchange, complaint_fields, COMPLAINT_FIELDS, values, &faults, err));
    /* A form sends what it offered; a program may send anything. */
    if (fault_of(&faults, STR("about")) == NULL && own_subject_named(values[0].text) == NULL) {
        fault_add(&faults, STR("about"), STR("/about"), str_from_c(complaint_fields[0].missing));
    }
    if (faults.count > 0) {
        return complaint_faults(exchange, &faults, err);
    }
    if (!casework_own_complain(exchange->casework, &exchange->caller, reference_of(exchange),
                               values[0].text, values[1].text, exchange->arena, &answer, &problem)
             .ok) {
        if (problem.code != ERROR_INPUT) {
            return err_set(err, problem.code, "%s", problem.what);
        }
        fault_add_problem(&faults, exchange->arena, STR("words"), &problem);
        return complaint_faults(exchange, &faults, err);
    }
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, base_of(exchange), "own-complaint", err);
    }
    json_auto_t *resource = json_object();
    json_set_int64(resource, "entry", answer.row.id);
    json_set_str(resource, "state", answer.row.state);
    json_set_flag(resource, "repeated", answer.repeated);
    return answer_json(exchange, 201, resource, err);
}

/* --- clients ---------------------------------------------------------------------------------- */

result handle_clients(struct exchange *exchange, struct err *err)
{
    struct clients_answer answer;
    TRY(casework_clients(exchange->casework, &exchange->caller, exchange->arena, &answer, err));
    json_auto_t *resource = resource_clients(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "clients", STR(SAY("Clients")), "/clients");
    page_speak(&page);
    const struct own_view view = {
        .speech = page.speech, .arena = exchange->arena, .base = STR("/clients")};
    page_set(&page, "own", view_clients(&view, resource));
    return page_answer(&page, 200, err);
}

/* --- the language ----------------------------------------------------------------------------- */

static const struct input_field language_fields[] = {
    {"language", "Language", NULL, INPUT_TEXT, "Choose a language", NULL},
    {"then", "", NULL, INPUT_HIDDEN, NULL, NULL},
};
enum { LANGUAGE_FIELDS = sizeof language_fields / sizeof language_fields[0] };

/* Back to the page on which it was chosen: one that can be read again, and no other address. */
static str page_after(const struct input_value *then)
{
    const bool own = then->given && str_equal(answer_own_address(then->text), then->text);
    const str path = str_cut(then->text, '?').head;
    return own && route_find(HTTP_GET, path).route != NULL ? then->text : STR("/");
}

result handle_language(struct exchange *exchange, struct err *err)
{
    struct input_value values[LANGUAGE_FIELDS];
    struct faults faults = {0};
    TRY(input_read(exchange, language_fields, LANGUAGE_FIELDS, values, &faults, err));
    TRY(faults_result(&faults, err));
    if (!speech_is_offered(exchange, values[0].text)) {
        return err_set(err, ERROR_INPUT, "The pages are not in this language");
    }
    TRY(casework_choose_language(exchange->casework, &exchange->caller, values[0].text,
                                 exchange->arena, err));
    if (exchange_wants_html(exchange)) {
        answer_see_other(exchange, page_after(&values[1]));
        return result_ok();
    }
    answer_text(exchange, 204, STR(""), STR(""));
    return result_ok();
}
