#include "casework/identity.h"
#include "register/reference.h"
#include "web/handler.h"
#include "web/listing.h"

#include "format/csv.h"

enum { PEOPLE_AT_ONCE = 500, PEOPLE_CSV_MAX = WEB_BODY_MAX };

/* --- the list
 * ----------------------------------------------------------------------------------------------------
 */

static result read_people_query(const struct exchange *exchange, struct people_query *ret_query,
                                struct err *err)
{
    *ret_query = (struct people_query){.text = str_trim(exchange_query(exchange, STR("text"))),
                                       .stage = exchange_query(exchange, STR("stage")),
                                       .hub = exchange_query(exchange, STR("hub")),
                                       .alike = exchange_query(exchange, STR("alike")).len > 0};
    TRY(listing_limit(exchange, &ret_query->limit, err));
    TRY(listing_number(exchange, &ret_query->after_id, err));
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
                     const struct people_answer *answer)
{
    const str first = search_href(exchange, query);
    const str base = arena_format(exchange->arena, "%.*s&limit=%zu%s", STR_ARG(first), query->limit,
                                  answer->alike ? "&alike=yes" : "");
    return listing_next_number(exchange, base, answer->next_after_id);
}

/* Everybody found, page after page: as many as one answer can hold. */
static void write_people_csv(struct buf *csv, const struct people_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        const struct people_line *line = &answer->lines[i];
        char since[DATE_TEXT_SIZE];
        char born[DATE_TEXT_SIZE] = "";
        char check[DATE_TEXT_SIZE] = "";
        date_format(line->row.stage_since, since);
        if (line->identity.born_on.known) {
            date_format(line->identity.born_on.day, born);
        }
        if (line->row.next_check_on.known) {
            date_format(line->row.next_check_on.day, check);
        }
        csv_write_cell(csv, true, line->row.reference);
        csv_write_cell(csv, false, line->identity.name);
        csv_write_cell(csv, false, str_from_c(born));
        csv_write_cell(csv, false, line->nationality);
        csv_write_cell(csv, false, line->row.stage);
        csv_write_cell(csv, false, str_from_c(since));
        csv_write_cell(csv, false, str_from_c(check));
        csv_write_end(csv);
    }
}

static result people_as_csv(struct exchange *exchange, struct people_query *query, struct err *err)
{
    static const char *const columns[] = {"reference", "name",        "born_on",      "nationality",
                                          "stage",     "stage_since", "next_check_on"};
    struct buf csv;
    buf_init(&csv, exchange->arena, PEOPLE_CSV_MAX);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        csv_write_cell(&csv, i == 0, str_from_c(columns[i]));
    }
    csv_write_end(&csv);
    query->limit = PEOPLE_AT_ONCE;
    do {
        struct arena scratch = *exchange->arena;
        struct people_answer answer;
        TRY(casework_people(exchange->casework, &exchange->caller, query, &scratch, &answer, err));
        write_people_csv(&csv, &answer);
        query->after_id = answer.next_after_id;
        query->alike = answer.alike;
    } while (query->after_id != 0 && !csv.failed);
    return handler_answer_csv(exchange, STR("people"), &csv, err);
}

static result hub_field(struct exchange *exchange, str chosen, json_t **ret_field, struct err *err)
{
    const struct hub_line *hubs = NULL;
    size_t count = 0;
    *ret_field = json_false();
    if (!exchange_may(exchange, ACTION_SEE_HUB)) {
        return result_ok();
    }
    TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &hubs, &count, err));
    json_t *options = json_array();
    form_option(options, STR(""), STR("Anywhere"), chosen.len == 0);
    for (size_t i = 0; i < count; i++) {
        form_option(options, hubs[i].row.reference, hubs[i].row.name,
                    str_equal(hubs[i].row.reference, chosen));
    }
    const struct form_item item = {
        .shape = FORM_SELECT, .name = STR("hub"), .label = STR("Hub"), .options = options};
    *ret_field = form_item_view(exchange->arena, &item);
    return result_ok();
}

/* Why what was looked for, and begins as a reference does, is none; false where it is a name, or
 * the reference of nobody. */
static json_t *mistyped(const struct exchange *exchange, str text)
{
    char reference[REFERENCE_SIZE];
    struct err wrong = {0};
    const bool as_reference = str_starts(text, STR("RH-")) || str_starts(text, STR("rh-"));
    if (!as_reference || reference_read(text, reference, &wrong).ok) {
        return json_false();
    }
    return json_of_str(arena_format(exchange->arena, "%s. %s", wrong.what, wrong.hint));
}

static result people_page(struct exchange *exchange, const struct people_query *query,
                          const struct people_answer *answer, json_t *resource, struct err *err)
{
    const struct view_context context = handler_view(exchange);
    json_set_str(resource, "stage", query->stage);
    json_t *view = view_people(&context, resource);
    json_set_str(view, "text", query->text);
    json_t *hubs = NULL;
    const result listed = hub_field(exchange, query->hub, &hubs, err);
    json_set(view, "hub_field", hubs);
    json_set_flag(view, "alike", answer->alike);
    json_set(view, "mistyped", mistyped(exchange, query->text));
    json_set_str(
        view, "csv_href",
        arena_format(exchange->arena, "%.*s&as=csv", STR_ARG(search_href(exchange, query))));
    json_set(view, "next_href",
             answer->next_after_id != 0 ? json_of_str(next_href(exchange, query, answer))
                                        : json_false());
    json_set_flag(view, "is_later_page", query->after_id != 0);
    json_set_flag(view, "has_pages", query->after_id != 0 || answer->next_after_id != 0);
    json_set_str(view, "first_href", search_href(exchange, query));
    json_set_flag(view, "searched",
                  query->text.len > 0 || query->stage.len > 0 || query->hub.len > 0);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "people", STR("People"), "/people");
    page_set(&page, "people", view);
    TRY(listed);
    return page_answer(&page, 200, err);
}

result handle_people(struct exchange *exchange, struct err *err)
{
    struct people_query query;
    struct people_answer answer;
    TRY(read_people_query(exchange, &query, err));
    if (handler_wants_csv(exchange)) {
        return people_as_csv(exchange, &query, err);
    }
    TRY(casework_people(exchange->casework, &exchange->caller, &query, exchange->arena, &answer,
                        err));
    json_auto_t *resource = resource_people(exchange->rulebook, &answer);
    if (exchange_wants_html(exchange)) {
        return people_page(exchange, &query, &answer, resource, err);
    }
    json_object_del(resource, "next_after"); /* the cursor says it, and tells nothing else */
    if (answer.next_after_id != 0) {
        listing_link(exchange, resource, next_href(exchange, &query, &answer));
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
    const struct view_context context = handler_view(exchange);
    for (size_t i = 0; i < answer->likely_count && i < FAULTS_MAX; i++) {
        const struct likely_duplicate *likely = &answer->likely[i];
        const str reasons = reasons_of(exchange->arena, likely);
        if (reasons.at == NULL) {
            return arena_full(err);
        }
        const str detail = view_said(
            &context,
            "{{person}} may be this person ({{reasons}}). If it is, their own record goes on, also "
            "when they came back",
            SAID({"person", likely->person.reference}, {"reasons", reasons}));
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
    handler_check_day(exchange, "registered_on", &values[2], "The day of registration",
                      DAYS_HAPPENED, &faults);
    handler_check_day(exchange, "born_on", &values[1], "The date of birth", DAYS_HAPPENED, &faults);
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
