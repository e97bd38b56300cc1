#include "format/json_memory.h"
#include "format/json_out.h"
#include "web/clock_changes.h"
#include "web/handler.h"
#include "web/listing.h"
#include "web/resource_movements.h"
#include "web/view_person.h"

#include "casework/history.h"
#include "casework/identity.h"
#include "web/resource.h"

enum { HISTORY_A_PAGE = 50, ENTRIES_SHOWN = 100 };

/* --- what the pages about a person share ------------------------------------------------------ */

static str title_of(const struct exchange *exchange, const json_t *person, const char *part)
{
    const str name = json_str_or_empty(person, "name");
    const str whom = name.len > 0 ? name : json_str_or_empty(person, "reference");
    return part == NULL ? whom : arena_format(exchange->arena, "%s: %.*s", part, STR_ARG(whom));
}

/* `part` NULL for the overview. */
static void open_part(struct page *page, struct exchange *exchange, const json_t *resource,
                      const char *template_name, const char *part)
{
    page_open(page, exchange, template_name, title_of(exchange, resource, part), "/people");
    page_crumb(page, STR("People"), STR("/people"));
    page_set(page, "question", handler_question_form(exchange));
}

/* The view is that of view_person.h. Takes its reference. */
static result answer_part(struct exchange *exchange, const json_t *resource,
                          const char *template_name, const char *part, json_t *view,
                          struct err *err)
{
    OWN_PAGE struct page page;
    open_part(&page, exchange, resource, template_name, part);
    page_set(&page, "person", view);
    return page_answer(&page, 200, err);
}

static result load_person(struct exchange *exchange, struct asked *ret_asked,
                          struct person_answer *ret_answer, struct err *err)
{
    TRY(handler_asked(exchange, ret_asked, err));
    return casework_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                           ret_asked, exchange->arena, ret_answer, err);
}

/* --- the overview, facts, safeguards, clocks -------------------------------------------------- */

/* Asked for most of all, and long: it is written at once, not built as a tree first. */
static result answer_person(struct exchange *exchange, const struct person_answer *answer,
                            struct err *err)
{
    struct json_out out;
    TRY(json_out_text(exchange->arena, &out, err));
    out_person(&out, exchange->rulebook, answer,
               PERSON_FACTS | (answer_tells_known_at(exchange) ? PERSON_KNOWN_AT : 0),
               exchange->web->fact_texts);
    str body;
    TRY(json_out_text_finish(&out, &body, err));
    answer_text(exchange, 200, STR("application/json"), body);
    return result_ok();
}

result handle_person(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct person_answer answer;
    TRY(load_person(exchange, &asked, &answer, err));
    if (!exchange_wants_html(exchange)) {
        return answer_person(exchange, &answer, err);
    }
    /* The facts stand on a page of their own. */
    json_t *resource = resource_person(exchange->rulebook, &answer, PERSON_KNOWN_AT);
    const struct view_context context = handler_view(exchange);
    const result answered =
        answer_part(exchange, resource, "person", NULL,
                    view_person(&context, resource, handler_question(exchange, &asked)), err);
    json_memory_leave(resource);
    return answered;
}

result handle_person_known(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct person_answer answer;
    TRY(load_person(exchange, &asked, &answer, err));
    json_auto_t *resource = resource_person_facts(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    return answer_part(exchange, resource, "person_facts", "Facts",
                       view_person_facts(&context, resource, handler_question(exchange, &asked)),
                       err);
}

result handle_person_safeguards(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct person_answer answer;
    TRY(load_person(exchange, &asked, &answer, err));
    json_auto_t *resource = resource_person_safeguards(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    return answer_part(exchange, resource, "person_safeguards", "Safeguards",
                       view_person_safeguards(&context, resource,
                                              exchange_query(exchange, STR("standing")),
                                              handler_question(exchange, &asked)),
                       err);
}

result handle_person_clocks(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct person_answer answer;
    TRY(load_person(exchange, &asked, &answer, err));
    json_auto_t *resource =
        resource_person_clocks(exchange->rulebook, &answer, exchange_query(exchange, STR("clock")));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    open_part(&page, exchange, resource, "person_clocks", "Clocks");
    page_set(&page, "person",
             view_person_clocks(&context, resource, handler_question(exchange, &asked)));
    clock_changes_offer(&page, resource);
    return page_answer(&page, 200, err);
}

/* --- contacts, notes, sources ----------------------------------------------------------------- */

result handle_person_contacts(struct exchange *exchange, struct err *err)
{
    static const struct history_query query = {.topics = 1U << HISTORY_CONTACT,
                                               .limit = HISTORY_A_PAGE};
    struct asked asked;
    struct person_answer answer;
    struct history_answer contacts;
    TRY(load_person(exchange, &asked, &answer, err));
    TRY(casework_history(exchange->casework, &exchange->caller, exchange_person(exchange), &asked,
                         &query, exchange->arena, &contacts, err));
    json_auto_t *resource = resource_person_contacts(exchange->rulebook, &answer, &contacts);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    return answer_part(exchange, resource, "person_contacts", "Contacts and documents",
                       view_person_contacts(&context, resource, handler_question(exchange, &asked)),
                       err);
}

/* --- stays and departures --------------------------------------------------------------------- */

result handle_person_movements(struct exchange *exchange, struct err *err)
{
    struct movements movements;
    TRY(casework_movements(exchange->casework, &exchange->caller, exchange_person(exchange),
                           exchange->arena, &movements, err));
    json_auto_t *resource = resource_movements(exchange->rulebook, &movements);
    if (exchange_may(exchange, ACTION_SEE_BOOKS)) {
        const struct book_query query = {.about = movements.person.reference,
                                         .limit = ENTRIES_SHOWN};
        const struct book_line *lines = NULL;
        size_t count = 0;
        TRY(casework_entries(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                             &count, err));
        json_set(resource, "entries", resource_entry_lines(lines, count));
    }
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    return answer_part(exchange, resource, "person_movements", "Stays and departures",
                       view_person_movements(&context, resource), err);
}

/* --- names and references --------------------------------------------------------------------- */

result handle_person_identity(struct exchange *exchange, struct err *err)
{
    struct identity_answer answer;
    struct person_row person;
    const struct likely_duplicate *likely = NULL;
    size_t count = 0;
    TRY(casework_identity(exchange->casework, &exchange->caller, exchange_person(exchange),
                          &(struct asked){0}, exchange->arena, &answer, err));
    if (exchange_may(exchange, ACTION_SEE_DUPLICATES)) {
        TRY(casework_duplicates(exchange->casework, &exchange->caller, answer.person.reference,
                                exchange->arena, &person, &likely, &count, err));
    }
    json_auto_t *resource = resource_identity(exchange->rulebook, &answer, likely, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    return answer_part(exchange, resource, "person_identity", "Names and references",
                       view_person_identity(&context, resource), err);
}

static const struct input_field identifier_fields[] = {
    {"value", "The reference or name",
     "As it is written. Of a travel document its number, or its whole machine readable zone",
     INPUT_TEXT, "Enter the reference or name", "off"},
    {"issuer", "Issued by",
     "Of a travel document: the three letters of the State. Leave empty otherwise", INPUT_TEXT,
     NULL, "off"},
    {"source", "Where it is known from", "For example, a letter, or the person", INPUT_TEXT, NULL,
     "off"},
    {"scheme", "What it is", NULL, INPUT_TEXT, "Choose what it is", NULL},
};
enum { IDENTIFIER_FIELDS = sizeof identifier_fields / sizeof identifier_fields[0] };

static json_t *scheme_field(const struct exchange *exchange, const struct faults *faults)
{
    static const enum identifier_scheme schemes[] = {
#define SCHEME(constant, name, title, pattern, unique, exact) constant,
#include "register/identifier.def"
#undef SCHEME
    };
    str chosen = STR("");
    json_t *options = json_array();
    http_form_get(&exchange->input.form, STR("scheme"), &chosen);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const str name = str_from_c(identifier_scheme_name(schemes[i]));
        form_option(options, name, str_from_c(identifier_scheme_title(schemes[i])),
                    str_equal(name, chosen));
    }
    const struct form_item item = {.shape = FORM_RADIOS,
                                   .name = STR("scheme"),
                                   .label = STR("What it is"),
                                   .options = options,
                                   .fault = fault_of(faults, STR("scheme"))};
    return form_item_view(exchange->arena, &item);
}

static result identifier_page(struct exchange *exchange, const struct faults *faults, int status,
                              struct err *err)
{
    const str base = page_href(exchange->arena, "/people/%s", exchange_person(exchange), STR(""));
    json_t *fields = json_array();
    json_add(fields, scheme_field(exchange, faults));
    json_auto_t *others =
        form_fields_view(exchange, identifier_fields, IDENTIFIER_FIELDS - 1, NULL, faults);
    json_array_extend(fields, others);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "form", STR("Record a reference or another name"), "/people");
    page.faults = faults;
    handler_person_crumbs(&page, exchange_person(exchange));
    page_set(&page, "lead",
             json_string("A reference that belongs to somebody else already is recorded all the "
                         "same, and you are told: the two may be one person."));
    page_set(&page, "form",
             form_view(exchange, arena_format(exchange->arena, "%.*s/identifiers", STR_ARG(base)),
                       "Record", fields,
                       arena_format(exchange->arena, "%.*s/identity", STR_ARG(base))));
    return page_answer(&page, status, err);
}

static result may_record_identity(struct exchange *exchange, struct err *err)
{
    struct identity_answer answer;
    if (!exchange_may(exchange, ACTION_RECORD_IDENTITY)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not record names and references");
    }
    return casework_identity(exchange->casework, &exchange->caller, exchange_person(exchange),
                             &(struct asked){0}, exchange->arena, &answer, err);
}

result handle_identifier_form(struct exchange *exchange, struct err *err)
{
    TRY(may_record_identity(exchange, err));
    return identifier_page(exchange, NULL, 200, err);
}

static result answer_identifier_faults(struct exchange *exchange, const struct faults *faults,
                                       struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return identifier_page(exchange, faults, 422, err);
    }
    struct err problem = {0};
    result_ignore(faults_result(faults, &problem), "the faults are what is answered");
    answer_problem(exchange, &problem, faults, 0);
    return result_ok();
}

result handle_identifier(struct exchange *exchange, struct err *err)
{
    struct input_value values[IDENTIFIER_FIELDS];
    struct faults faults = {0};
    struct identifier_answer answer;
    struct err problem = {0};
    TRY(may_record_identity(exchange, err));
    TRY(input_read(exchange, identifier_fields, IDENTIFIER_FIELDS, values, &faults, err));
    if (faults.count > 0) {
        return answer_identifier_faults(exchange, &faults, err);
    }
    const struct identifier_entry entry = {.scheme = values[3].text,
                                           .value = values[0].text,
                                           .issuer = values[1].text,
                                           .source = values[2].text};
    const result recorded =
        casework_record_identifier(exchange->casework, &exchange->caller, exchange_person(exchange),
                                   &entry, exchange->arena, &answer, &problem);
    if (!recorded.ok && problem.code == ERROR_INPUT) {
        fault_add(&faults, STR("value"), STR("/value"),
                  arena_format(exchange->arena, "%s", problem.what));
        return answer_identifier_faults(exchange, &faults, err);
    }
    if (!recorded.ok) {
        *err = problem;
        return recorded;
    }
    if (exchange_wants_html(exchange)) {
        const str to =
            page_href(exchange->arena, "/people/%s/identity", exchange_person(exchange), STR(""));
        return answer_done(exchange, to,
                           answer.other_count > 0 ? "identifier-shared" : "identifier-recorded",
                           err);
    }
    json_auto_t *resource = resource_identifier_answer(exchange->rulebook, &answer);
    return answer_json(exchange, 201, resource, err);
}

/* --- history ---------------------------------------------------------------------------------- */

static result read_topic(const struct exchange *exchange, unsigned *ret_topics, struct err *err)
{
    const str asked = exchange_query(exchange, STR("topic"));
    *ret_topics = HISTORY_ALL_TOPICS;
    for (int i = 0; i < HISTORY_TOPICS; i++) {
        if (str_equal(asked, str_from_c(history_topic_name((enum history_topic)i)))) {
            *ret_topics = 1U << i;
            return result_ok();
        }
    }
    return asked.len == 0 ? result_ok()
                          : err_set(err, ERROR_INPUT, "The history has no such topic");
}

static result read_history_query(const struct exchange *exchange, struct history_query *ret_query,
                                 struct err *err)
{
    *ret_query = (struct history_query){.limit = 0};
    TRY(listing_limit(exchange, &ret_query->limit, err));
    ret_query->limit = ret_query->limit < HISTORY_LINES_MAX ? ret_query->limit : HISTORY_LINES_MAX;
    TRY(listing_number(exchange, &ret_query->before, err));
    return read_topic(exchange, &ret_query->topics, err);
}

static json_t *topic_field(const struct exchange *exchange)
{
    const str chosen = exchange_query(exchange, STR("topic"));
    json_t *options = json_array();
    form_option(options, STR(""), STR("Everything"), chosen.len == 0);
    for (int i = 0; i < HISTORY_TOPICS; i++) {
        const str name = str_from_c(history_topic_name((enum history_topic)i));
        form_option(options, name, str_from_c(history_topic_title((enum history_topic)i)),
                    str_equal(name, chosen));
    }
    const struct form_item item = {
        .shape = FORM_SELECT, .name = STR("topic"), .label = STR("Show"), .options = options};
    return form_item_view(exchange->arena, &item);
}

static str history_next_href(const struct exchange *exchange, const struct asked *asked,
                             size_t limit, int64_t before)
{
    const str question = handler_question(exchange, asked);
    const str base =
        page_href(exchange->arena, "/people/%s/history", exchange_person(exchange), STR(""));
    const str topic =
        page_href(exchange->arena, "topic=%s", exchange_query(exchange, STR("topic")), STR(""));
    const str all =
        arena_format(exchange->arena, "%.*s%.*s%s%.*s&limit=%zu", STR_ARG(base), STR_ARG(question),
                     question.len > 0 ? "&" : "?", STR_ARG(topic), limit);
    return listing_next_number(exchange, all, before);
}

result handle_person_history(struct exchange *exchange, struct err *err)
{
    struct asked asked;
    struct history_query query;
    struct history_answer answer;
    TRY(read_history_query(exchange, &query, err));
    TRY(handler_asked(exchange, &asked, err));
    TRY(casework_history(exchange->casework, &exchange->caller, exchange_person(exchange), &asked,
                         &query, exchange->arena, &answer, err));
    json_auto_t *resource = resource_history(exchange->rulebook, &answer);
    const str next = answer.next_before != 0
                         ? history_next_href(exchange, &asked, query.limit, answer.next_before)
                         : STR("");
    if (!exchange_wants_html(exchange)) {
        json_object_del(resource, "next_before");
        if (next.len > 0) {
            listing_link(exchange, resource, next);
        }
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    json_t *view = view_person_history(&context, resource, handler_question(exchange, &asked));
    json_auto_t *question = handler_question_form(exchange);
    json_set(view, "topic", topic_field(exchange));
    json_set(view, "known_at_field", json_incref(json_array_get(question, 1)));
    json_set(view, "next_href", next.len > 0 ? json_of_str(next) : json_false());
    return answer_part(exchange, resource, "person_history", "History", view, err);
}
