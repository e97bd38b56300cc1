/* Which facts are missing, the one that blocks most people first (casework/queue.h): what to find
 * out next. */
#include "casework/queue.h"

#include "format/csv.h"
#include "web/handler.h"
#include "web/view_table.h"

enum { MISSING_CSV_MAX = 1024 * 1024 };

static json_t *missing_table(const struct view_context *context, const json_t *missing)
{
    static const struct view_column columns[] = {
        {"Fact", false}, {"People it blocks", true}, {"Of these, for want of it alone", true}};
    struct view_table table;
    size_t index;
    json_t *fact;
    view_table_open(&table, context, STR("Missing facts, the one that blocks most people first"),
                    columns, sizeof columns / sizeof columns[0],
                    "For want of a fact nobody is blocked.");
    json_array_foreach(json_object_get(missing, "facts"), index, fact)
    {
        const str title = json_str_or_empty(fact, "title");
        view_row(&table);
        view_cell_text(&table, title.len > 0 ? title : json_str_or_empty(fact, "name"));
        view_cell_count(&table, fact, "people");
        view_cell_count(&table, fact, "alone");
    }
    return view_table_close(&table);
}

static json_t *counts_of(const struct view_context *context, const json_t *missing)
{
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_pair(&pairs, "Step", json_str_or_empty(json_object_get(missing, "step"), "title"));
    view_pair_count(&pairs, "People in a stage it leads from", missing, "people");
    view_pair_count(&pairs, "For whom it is not known whether the law allows it", missing,
                    "unknown");
    return view_table_close(&pairs);
}

/* `resource` NULL: nothing was asked yet, or what was asked cannot be (`problem`). */
static result missing_page(struct exchange *exchange, const json_t *resource,
                           const struct err *problem, struct err *err)
{
    const struct view_context context = handler_view(exchange);
    const str step = exchange_query(exchange, STR("step"));
    const str hub = exchange_query(exchange, STR("hub"));
    struct faults faults = {0};
    json_t *fields = json_array();
    OWN_PAGE struct page page;
    if (problem != NULL) {
        fault_add_problem(&faults, exchange->arena, STR("hub"), problem);
    }
    page_open(&page, exchange, "missing", STR("Missing facts"), "/screening");
    page.faults = &faults;
    page_crumb(&page, STR("Screening"), STR("/screening"));
    page_set(&page, "fields", fields);
    TRY(handler_step_fields(exchange, step, hub, fields, err));
    page_set(&page, "counts", resource != NULL ? counts_of(&context, resource) : json_false());
    page_set(&page, "table", resource != NULL ? missing_table(&context, resource) : json_false());
    page_set(&page, "csv_href",
             json_of_str(page_href(exchange->arena, "/screening/missing?step=%s&hub=%s&as=csv",
                                   step, hub)));
    return page_answer(&page, problem != NULL ? error_http_status(problem->code) : 200, err);
}

static result missing_csv(struct exchange *exchange, const struct missing_answer *answer,
                          struct err *err)
{
    static const char *const heads[] = {"fact", "title", "people", "alone"};
    const struct rulebook *rulebook = exchange->rulebook;
    struct buf csv;
    buf_init(&csv, exchange->arena, MISSING_CSV_MAX);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        csv_write_cell(&csv, i == 0, str_from_c(heads[i]));
    }
    csv_write_end(&csv);
    for (size_t i = 0; i < answer->count; i++) {
        const struct missing_fact *missing = &answer->facts[i];
        csv_write_cell(&csv, true, rulebook->facts[missing->fact].name);
        csv_write_cell(&csv, false, rulebook->facts[missing->fact].title);
        csv_write_number(&csv, false, missing->people);
        csv_write_number(&csv, false, missing->alone);
        csv_write_end(&csv);
    }
    return handler_answer_csv(exchange, STR("missing"), &csv, err);
}

result handle_missing(struct exchange *exchange, struct err *err)
{
    const str step = exchange_query(exchange, STR("step"));
    struct missing_answer answer;
    struct err problem = {0};
    if (!exchange_may(exchange, ACTION_SCREEN)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not screen the caseload");
    }
    if (step.len == 0 && exchange_wants_html(exchange)) {
        return missing_page(exchange, NULL, NULL, err);
    }
    const result found =
        casework_missing(exchange->casework, &exchange->caller, step,
                         exchange_query(exchange, STR("hub")), exchange->arena, &answer, &problem);
    if (!found.ok && problem.code == ERROR_INPUT && exchange_wants_html(exchange)) {
        return missing_page(exchange, NULL, &problem, err);
    }
    if (!found.ok) {
        *err = problem;
        return found;
    }
    if (handler_wants_csv(exchange)) {
        return missing_csv(exchange, &answer, err);
    }
    json_auto_t *resource = resource_missing(exchange->rulebook, &answer);
    return exchange_wants_html(exchange) ? missing_page(exchange, resource, NULL, err)
                                         : answer_json(exchange, 200, resource, err);
}
