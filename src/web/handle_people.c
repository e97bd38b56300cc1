#include "casework/identity.h"
#include "web/handler.h"

enum { PEOPLE_A_PAGE = 50 };

/* --- today
 * -------------------------------------------------------------------------------------------------------
 */

result handle_today(struct exchange *exchange, struct err *err)
{
    struct today_answer answer;
    TRY(casework_today(exchange->casework, &exchange->caller, exchange->arena, &answer, err));
    json_auto_t *resource = resource_today(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "today", STR("Today"), "/today");
    page_set(&page, "today", view_today(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- the list
 * ----------------------------------------------------------------------------------------------------
 */

static result read_people_query(const struct exchange *exchange, struct people_query *ret_query,
                                struct err *err)
{
    const str after = exchange_query(exchange, STR("after"));
    *ret_query = (struct people_query){.text = str_trim(exchange_query(exchange, STR("text"))),
                                       .stage = exchange_query(exchange, STR("stage")),
                                       .hub = exchange_query(exchange, STR("hub")),
                                       .limit = PEOPLE_A_PAGE};
    if (after.len > 0 && !str_to_int64(after, &ret_query->after_id, NULL).ok) {
        return err_set(err, ERROR_INPUT, "`after` must be a whole number");
    }
    if (ret_query->stage.len > 0 &&
        rulebook_stage(exchange->rulebook, ret_query->stage) == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_INPUT, "The rulebook has no such stage");
    }
    return result_ok();
}

/* The first page of the same search. */
static str search_href(const struct exchange *exchange, const struct people_query *query)
{
    struct arena *arena = exchange->arena;
    const str first = page_href(arena, "/people?text=%s&stage=%s", query->text, query->stage);
    const str second = page_href(arena, "&hub=%s", query->hub, STR(""));
    return arena_format(arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second));
}

static str next_href(const struct exchange *exchange, const struct people_query *query,
                     int64_t after)
{
    const str first = search_href(exchange, query);
    return arena_format(exchange->arena, "%.*s&after=%lld", STR_ARG(first), (long long)after);
}

static result people_page(struct exchange *exchange, const struct people_query *query,
                          const struct people_answer *answer, json_t *resource, struct err *err)
{
    const struct view_context context = handler_view(exchange);
    json_set_str(resource, "stage", query->stage);
    json_t *view = view_people(&context, resource);
    json_set_str(view, "text", query->text);
    json_set(view, "hub", query->hub.len > 0 ? json_of_str(query->hub) : json_false());
    json_set(view, "next_href",
             answer->next_after_id != 0
                 ? json_of_str(next_href(exchange, query, answer->next_after_id))
                 : json_false());
    json_set_flag(view, "is_later_page", query->after_id != 0);
    json_set_flag(view, "has_pages", query->after_id != 0 || answer->next_after_id != 0);
    json_set_str(view, "first_href", search_href(exchange, query));
    json_set_flag(view, "searched",
                  query->text.len > 0 || query->stage.len > 0 || query->hub.len > 0);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "people", STR("People"), "/people");
    page_set(&page, "people", view);
    return page_answer(&page, 200, err);
}

result handle_people(struct exchange *exchange, struct err *err)
{
    struct people_query query;
    struct people_answer answer;
    TRY(read_people_query(exchange, &query, err));
    TRY(casework_people(exchange->casework, &exchange->caller, &query, exchange->arena, &answer,
                        err));
    json_auto_t *resource = resource_people(exchange->rulebook, &answer);
    if (exchange_wants_html(exchange)) {
        return people_page(exchange, &query, &answer, resource, err);
    }
    if (answer.next_after_id != 0) {
        json_set_str(resource, "next", next_href(exchange, &query, answer.next_after_id));
    }
    return answer_json(exchange, 200, resource, err);
}

/* --- registering
 * -------------------------------------------------------------------------------------------------
 */

static const struct input_field register_fields[] = {
    {"name", "Full name", "As it stands in the person's document, or as they give it", INPUT_TEXT,
     "Enter the person's name", "off"},
    {"born_on", "Date of birth", "Leave empty if it is not known. For example, 27 3 1990",
     INPUT_DATE, NULL, NULL},
    {"registered_on", "Registered on", "For example, 27 3 2026", INPUT_DATE,
     "Enter the day the person was registered", NULL},
    {"another_person", "Is it somebody else?",
     "Type yes when none of the people above is this person: a new record begins", INPUT_TEXT, NULL,
     "off"},
};
enum {
    REGISTER_FIELDS = sizeof register_fields / sizeof register_fields[0],
    REGISTER_FIELDS_ASKED = REGISTER_FIELDS - 1, /* the last one only when there is somebody */
};

static const struct form_page register_page = {
    .title = STR_INIT("Register a person"),
    .action = STR_INIT("/people"),
    .submit = "Register",
    .cancel_href = STR_INIT("/people"),
    .fields = register_fields,
    .field_count = REGISTER_FIELDS_ASKED,
};

static void open_register(struct page *page, struct exchange *exchange)
{
    page_open(page, exchange, "form", register_page.title, "/people");
    page_crumb(page, STR("People"), STR("/people"));
}

static result may_register(const struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_REGISTER_PERSON)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not register a person");
    }
    return result_ok();
}

result handle_register_form(struct exchange *exchange, struct err *err)
{
    TRY(may_register(exchange, err));
    OWN_PAGE struct page page;
    open_register(&page, exchange);
    const struct input_value begin[REGISTER_FIELDS] = {
        [2] = {.given = true, .day = handler_today(exchange)}};
    struct form_page form = register_page;
    form.begin = begin;
    return handler_form_page(&page, &form, 200, err);
}

static result registered(struct exchange *exchange, const struct person_row *person,
                         struct err *err)
{
    const str href = page_href(exchange->arena, "/people/%s", person->reference, STR(""));
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, href, "registered", err);
    }
    http_header_set(exchange->response, STR("Location"), href);
    json_auto_t *resource = json_object();
    json_set_str(resource, "reference", person->reference);
    json_set_str(resource, "stage", person->stage);
    json_set(resource, "registered_on", json_of_date(person->registered_on));
    return answer_json(exchange, 201, resource, err);
}

static bool says_yes(str text)
{
    return str_equal(text, STR("yes")) || str_equal(text, STR("Yes"));
}

static str reasons_of(struct arena *arena, const struct likely_duplicate *likely)
{
    str text = STR("");
    for (size_t i = 0; i < likely->reason_count && text.at != NULL; i++) {
        text = arena_format(arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : "; ",
                            STR_ARG(likely->reasons[i].what));
    }
    return text;
}

/* Nobody was registered: who they may be, and that their own record goes on. */
static result may_be_here(struct exchange *exchange, const struct registration_answer *answer,
                          struct err *err)
{
    struct faults faults = {0};
    for (size_t i = 0; i < answer->likely_count && i < FAULTS_MAX; i++) {
        const struct likely_duplicate *likely = &answer->likely[i];
        const str reasons = reasons_of(exchange->arena, likely);
        if (reasons.at == NULL) {
            return arena_full(err);
        }
        const str detail =
            arena_format(exchange->arena,
                         "%.*s may be this person (%.*s). If it is, their own record goes on, also "
                         "when they came back",
                         STR_ARG(likely->person.reference), STR_ARG(reasons));
        if (detail.at == NULL) {
            return arena_full(err);
        }
        fault_add(&faults, STR("another_person"), STR("/another_person"), detail);
    }
    OWN_PAGE struct page page;
    struct form_page form = register_page;
    form.field_count = REGISTER_FIELDS;
    open_register(&page, exchange);
    return handler_faults(&page, &form, &faults, err);
}

result handle_register(struct exchange *exchange, struct err *err)
{
    TRY(may_register(exchange, err));
    struct input_value values[REGISTER_FIELDS];
    struct faults faults = {0};
    TRY(input_read(exchange, register_fields, REGISTER_FIELDS, values, &faults, err));
    const date today = handler_today(exchange);
    if (values[2].given && date_before(today, values[2].day)) {
        fault_add(&faults, STR("registered_on"), STR("/registered_on"),
                  STR("The day must not be in the future"));
    }
    if (values[1].given && date_before(today, values[1].day)) {
        fault_add(&faults, STR("born_on"), STR("/born_on"),
                  STR("The date of birth must be in the past"));
    }
    if (faults.count > 0) {
        OWN_PAGE struct page page;
        open_register(&page, exchange);
        return handler_faults(&page, &register_page, &faults, err);
    }
    const struct registration registration = {
        .name = values[0].text,
        .born_on = {.known = values[1].given, .day = values[1].day},
        .registered_on = values[2].day,
        .unless_known = !says_yes(values[3].text),
    };
    struct registration_answer answer;
    TRY(casework_register_person(exchange->casework, &exchange->caller, &registration,
                                 exchange->arena, &answer, err));
    if (answer.person.id == 0) {
        return may_be_here(exchange, &answer, err);
    }
    return registered(exchange, &answer.person, err);
}

/* --- one person
 * --------------------------------------------------------------------------------------------------
 */

static str page_title_of(const json_t *person)
{
    const str name = json_str_or_empty(person, "name");
    return name.len > 0 ? name : json_str_or_empty(person, "reference");
}

result handle_person(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct person_answer answer;
    TRY(handler_asked(exchange, &asked, err));
    TRY(casework_person(exchange->casework, &exchange->caller, exchange_person(exchange), &asked,
                        exchange->arena, &answer, err));
    json_auto_t *resource = resource_person(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "person", page_title_of(resource), "/people");
    page_crumb(&page, STR("People"), STR("/people"));
    page_set(&page, "person", view_person(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- contact and family
 * ------------------------------------------------------------------------------------------ */

static const struct input_field contact_fields[] = {
    {"on", "Day of the contact", "For example, 27 3 2026", INPUT_DATE,
     "Enter the day of the contact", NULL},
    {"source", "How the contact was confirmed", "For example, reported in person, or a call",
     INPUT_TEXT, "Enter how the contact was confirmed", NULL},
    {"next_check_on", "Next check due", "Leave empty if no day is set", INPUT_DATE, NULL, NULL},
};
static const struct input_field family_fields[] = {
    {"relative", "Reference of the relative", "For example, RH-7K3M9Q-8", INPUT_TEXT,
     "Enter the reference of the relative", "off"},
};

/* The two small forms of a person's page have the same frame. */
struct person_form {
    struct page page;
    struct form_page form;
    str base;
};

static void open_person_form(struct person_form *own, struct exchange *exchange, str title,
                             const char *path)
{
    const str reference = exchange_person(exchange);
    own->base = page_href(exchange->arena, "/people/%s", reference, STR(""));
    own->form.title = title;
    own->form.action = arena_format(exchange->arena, "%.*s/%s", STR_ARG(own->base), path);
    own->form.cancel_href = own->base;
    page_open(&own->page, exchange, "form", title, "/people");
    page_crumb(&own->page, STR("People"), STR("/people"));
    page_crumb(&own->page, reference, own->base);
}

static void close_person_form(struct person_form *own)
{
    page_close(&own->page);
}
#define OWN_PERSON_FORM __attribute__((cleanup(close_person_form)))

static void open_contact(struct person_form *own, struct exchange *exchange)
{
    *own = (struct person_form){
        .form = {.submit = "Record the contact",
                 .fields = contact_fields,
                 .field_count = sizeof contact_fields / sizeof contact_fields[0]}};
    open_person_form(own, exchange, STR("Record a contact"), "contact");
}

static void open_family(struct person_form *own, struct exchange *exchange)
{
    *own = (struct person_form){
        .form = {
            .submit = "Record the relative",
            .lead = STR(
                "The two people, and everybody in their family groups, become one family group."),
            .fields = family_fields,
            .field_count = sizeof family_fields / sizeof family_fields[0]}};
    open_person_form(own, exchange, STR("Record a relative"), "family");
}

/* The person must be one this account may see, before a form about them is shown. */
static result check_person(struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_RECORD_FACT)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not record anything about a person");
    }
    struct person_answer answer;
    return casework_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                           &(struct asked){0}, exchange->arena, &answer, err);
}

result handle_contact_form(struct exchange *exchange, struct err *err)
{
    TRY(check_person(exchange, err));
    OWN_PERSON_FORM struct person_form own;
    open_contact(&own, exchange);
    const struct input_value begin[] = {{.given = true, .day = handler_today(exchange)}, {0}, {0}};
    own.form.begin = begin;
    return handler_form_page(&own.page, &own.form, 200, err);
}

static result contact_done(struct exchange *exchange, str base, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, base, "contact-confirmed", err);
    }
    json_auto_t *resource = json_object();
    json_set_flag(resource, "recorded", true);
    return answer_json(exchange, 201, resource, err);
}

result handle_contact(struct exchange *exchange, struct err *err)
{
    struct input_value values[3];
    struct faults faults = {0};
    OWN_PERSON_FORM struct person_form own;
    open_contact(&own, exchange);
    TRY(input_read(exchange, contact_fields, 3, values, &faults, err));
    if (values[0].given && date_before(handler_today(exchange), values[0].day)) {
        fault_add(&faults, STR("on"), STR("/on"), STR("The day must not be in the future"));
    }
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    const struct known_day next = {.known = values[2].given, .day = values[2].day};
    TRY(casework_confirm_contact(exchange->casework, &exchange->caller, exchange_person(exchange),
                                 values[0].day, values[1].text, next, exchange->arena, err));
    return contact_done(exchange, own.base, err);
}

result handle_family_form(struct exchange *exchange, struct err *err)
{
    TRY(check_person(exchange, err));
    OWN_PERSON_FORM struct person_form own;
    open_family(&own, exchange);
    return handler_form_page(&own.page, &own.form, 200, err);
}

static result family_done(struct exchange *exchange, str base, const struct record_answer *answer,
                          struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, base,
                           answer->stopped_count > 0 ? "family-stopped" : "family-joined", err);
    }
    json_auto_t *resource = resource_record_answer(exchange->rulebook, answer);
    return answer_json(exchange, 201, resource, err);
}

result handle_family(struct exchange *exchange, struct err *err)
{
    struct input_value values[1];
    struct faults faults = {0};
    char relative[REFERENCE_SIZE];
    OWN_PERSON_FORM struct person_form own;
    open_family(&own, exchange);
    TRY(input_read(exchange, family_fields, 1, values, &faults, err));
    struct err problem = {0};
    if (values[0].given && !reference_read(values[0].text, relative, &problem).ok) {
        fault_add_problem(&faults, exchange->arena, STR("relative"), &problem);
    }
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    struct record_answer answer;
    TRY(casework_join_family(exchange->casework, &exchange->caller, exchange_person(exchange),
                             str_from_c(relative), exchange->arena, &answer, err));
    return family_done(exchange, own.base, &answer, err);
}
