#include "web/handler.h"
#include "web/question.h"
#include "web/view_statistics.h"

#include "casework/statistics.h"

static const struct definitions *definitions_of(const struct exchange *exchange)
{
    return exchange->web->options.definitions;
}

static result may_see(const struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_SEE_STATISTICS)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not see statistics");
    }
    return definitions_of(exchange) != NULL
               ? result_ok()
               : err_set(err, ERROR_NOT_FOUND, "There are no definitions of tables");
}

/* --- the list --------------------------------------------------------------------------------- */

static void add_table(json_t *tables, str name, str title)
{
    json_t *table = json_object();
    json_set_str(table, "name", name);
    json_set_str(table, "title", title);
    json_add(tables, table);
}

/* {"tables":[{"name","title"}]} */
static json_t *tables_of(const struct definitions *definitions)
{
    json_t *object = json_object();
    json_t *tables = json_array();
    add_table(tables, STR("reconciliation"), STR(RECONCILIATION_TITLE));
    for (size_t i = 0; i < definitions->table_count; i++) {
        add_table(tables, definitions->tables[i].name, definitions->tables[i].title);
    }
    json_set(object, "tables", tables);
    return object;
}

result handle_statistics(struct exchange *exchange, struct err *err)
{
    TRY(may_see(exchange, err));
    json_auto_t *resource = tables_of(definitions_of(exchange));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "statistics", STR("Statistics"), "/statistics");
    page_set(&page, "statistics", view_tables(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- one table -------------------------------------------------------------------------------- */

/* What a table is asked by, beside its name. */
static const struct {
    const char *name;
    enum form_shape shape;
    const char *hint; /* NULL: how the periods of the table are written */
    bool reconciled;  /* of the reconciliation, too */
} questions[] = {
    {"from", FORM_TEXT, NULL, false},
    {"to", FORM_TEXT, NULL, false},
    {"as_of", FORM_DATE, "Leave empty for the day of the last event", true},
    {"at_position", FORM_NUMBER, "Leave empty for everything that is recorded", true},
    {"compare_with", FORM_NUMBER, "For that the first and the last period are to be said", false},
};
enum { QUESTIONS = sizeof questions / sizeof questions[0], QUESTIONS_OPEN = 2 };

static str answer_to(const struct exchange *exchange, const char *question)
{
    return str_trim(exchange_query(exchange, str_from_c(question)));
}

static bool is_reconciliation(str table)
{
    return str_equal(table, STR("reconciliation"));
}

static result edition_of(const struct exchange *exchange, struct edition_asked *ret_edition,
                         struct err *err)
{
    struct edition_asked edition = {.has_position = answer_to(exchange, "at_position").len > 0};
    TRY(handler_number(exchange, STR("at_position"), 0, INT64_MAX, 0, &edition.position, err));
    TRY(input_asked_day(exchange, STR("as_of"), &edition.has_as_of, &edition.as_of, err));
    *ret_edition = edition;
    return result_ok();
}

static result make_sheet(struct exchange *exchange, str table, struct sheet *ret_sheet,
                         struct err *err)
{
    const struct definitions *definitions = definitions_of(exchange);
    struct table_asked asked = {
        .table = table, .from = answer_to(exchange, "from"), .to = answer_to(exchange, "to")};
    int64_t earlier = -1;
    TRY(edition_of(exchange, &asked.edition, err));
    TRY(handler_number(exchange, STR("compare_with"), 0, INT64_MAX, -1, &earlier, err));
    if (is_reconciliation(table)) {
        struct reconciliation *found = ARENA_NEW(exchange->arena, struct reconciliation, 1);
        if (found == NULL) {
            return arena_full(err);
        }
        TRY(casework_reconcile(exchange->casework, &exchange->caller, &asked.edition,
                               &definitions->policy, exchange->arena, found, err));
        *ret_sheet = found->sheet;
        return result_ok();
    }
    return earlier < 0
               ? casework_table(exchange->casework, &exchange->caller, definitions, &asked,
                                exchange->arena, ret_sheet, err)
               : casework_table_differences(exchange->casework, &exchange->caller, definitions,
                                            &asked, earlier, exchange->arena, ret_sheet, err);
}

static const char *period_hint(const struct exchange *exchange, str table)
{
    static const char *const hints[] = {[PERIOD_QUARTER] = "For example, 2025-Q4",
                                        [PERIOD_YEAR] = "For example, 2025",
                                        [PERIOD_MONTH] = "For example, 2025-12"};
    const struct table_definition *found = definitions_table(definitions_of(exchange), table);
    return found != NULL ? hints[found->period] : "";
}

static json_t *question_field(const struct exchange *exchange, str table, size_t question)
{
    const str name = str_from_c(questions[question].name);
    struct form_item item = {.shape = questions[question].shape,
                             .name = name,
                             .label = str_from_c(question_label(exchange, name)),
                             .hint = str_from_c(questions[question].hint != NULL
                                                    ? questions[question].hint
                                                    : period_hint(exchange, table))};
    form_continue_with(&item, exchange->arena, &exchange->query);
    return form_item_view(exchange->arena, &item);
}

/* The fields that stand open, and those of another edition, which are folded. */
static void set_questions(const struct exchange *exchange, str table, json_t *view)
{
    json_t *open = json_array();
    json_t *folded = json_array();
    bool asked = answer_to(exchange, "as_of-day").len > 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        if (questions[i].reconciled || !is_reconciliation(table)) {
            json_add(i < QUESTIONS_OPEN ? open : folded, question_field(exchange, table, i));
            asked =
                asked || (i >= QUESTIONS_OPEN && answer_to(exchange, questions[i].name).len > 0);
        }
    }
    json_set(view, "fields", open);
    json_set(view, "edition_fields", folded);
    json_set_flag(view, "edition_asked", asked);
    json_set_str(view, "action", page_href(exchange->arena, "/statistics/%s", table, STR("")));
}

/* The same table as a file: the same question, as the address says it. */
static str file_href(const struct exchange *exchange, str table, const char *kind)
{
    struct buf buf;
    buf_init(&buf, exchange->arena, WEB_BODY_MAX);
    buf_put(&buf, page_href(exchange->arena, "/statistics/%s", table, STR("")));
    buf_format(&buf, "?as=%s", kind);
    for (size_t i = 0; i < exchange->query.count; i++) {
        const struct http_header *field = &exchange->query.fields[i];
        const bool of_page = str_equal(field->name, STR("as")) ||
                             str_equal(field->name, STR("language")) ||
                             str_equal(field->name, STR("notice"));
        if (!of_page && field->value.len > 0) {
            buf_put(&buf, page_href(exchange->arena, "&%s=%s", field->name, field->value));
        }
    }
    return buf_str(&buf);
}

static result answer_sheet_page(struct exchange *exchange, str table, const json_t *resource,
                                struct err *err)
{
    const struct view_context context = handler_view(exchange);
    json_t *view = answer_to(exchange, "compare_with").len > 0
                       ? view_differences(&context, resource)
                       : view_sheet(&context, resource);
    set_questions(exchange, table, view);
    json_set_str(view, "csv_href", file_href(exchange, table, "csv"));
    json_set_str(view, "ods_href", file_href(exchange, table, "ods"));
    json_set_str(view, "json_href", file_href(exchange, table, "json"));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "statistics_table", json_str_or_empty(resource, "title"),
              "/statistics");
    page_crumb(&page, STR("Statistics"), STR("/statistics"));
    page_set(&page, "sheet", view);
    return page_answer(&page, 200, err);
}

result handle_statistics_table(struct exchange *exchange, struct err *err)
{
    const str table = exchange->match.parameters[0];
    bool answered = false;
    struct sheet *sheet = ARENA_NEW(exchange->arena, struct sheet, 1);
    if (sheet == NULL) {
        return arena_full(err);
    }
    TRY(may_see(exchange, err));
    TRY(make_sheet(exchange, table, sheet, err));
    TRY(handler_answer_sheet(exchange, sheet->name, sheet, &answered, err));
    if (answered) {
        return result_ok();
    }
    json_auto_t *resource = sheet_json(sheet);
    if (!exchange_wants_html(exchange) ||
        str_equal(exchange_query(exchange, STR("as")), STR("json"))) {
        return answer_json(exchange, 200, resource, err);
    }
    return answer_sheet_page(exchange, table, resource, err);
}
