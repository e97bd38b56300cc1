#include "web/handler.h"
#include "web/view_statistics.h"

#include "casework/statistics.h"
#include "statistics/spreadsheet.h"

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
    add_table(tables, STR("reconciliation"),
              STR("Everyone ever recorded: each in one outcome or one stage"));
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

static result make_sheet(struct exchange *exchange, str table, struct sheet *ret_sheet,
                         struct err *err)
{
    const struct definitions *definitions = definitions_of(exchange);
    if (str_equal(table, STR("reconciliation"))) {
        struct reconciliation *found = ARENA_NEW(exchange->arena, struct reconciliation, 1);
        if (found == NULL) {
            return arena_full(err);
        }
        TRY(casework_reconcile(exchange->casework, &exchange->caller, &(struct edition_asked){0},
                               &definitions->policy, exchange->arena, found, err));
        *ret_sheet = found->sheet;
        return result_ok();
    }
    const struct table_asked asked = {.table = table,
                                      .from = str_trim(exchange_query(exchange, STR("from"))),
                                      .to = str_trim(exchange_query(exchange, STR("to")))};
    return casework_table(exchange->casework, &exchange->caller, definitions, &asked,
                          exchange->arena, ret_sheet, err);
}

static result answer_spreadsheet(struct exchange *exchange, const struct sheet *sheet,
                                 struct err *err)
{
    str bytes;
    TRY(spreadsheet_write(&sheet, 1, exchange->arena, &bytes, err));
    http_header_set(
        exchange->response, STR("Content-Disposition"),
        arena_format(exchange->arena, "attachment; filename=\"%.*s.ods\"", STR_ARG(sheet->name)));
    answer_text(exchange, 200, STR("application/vnd.oasis.opendocument.spreadsheet"), bytes);
    return result_ok();
}

static result answer_sheet_csv(struct exchange *exchange, const struct sheet *sheet,
                               struct err *err)
{
    struct buf csv;
    buf_init(&csv, exchange->arena, WEB_BODY_MAX);
    sheet_write_csv(sheet, &csv);
    return handler_answer_csv(exchange, sheet->name, &csv, err);
}

static json_t *period_field(const struct exchange *exchange, const char *name, const char *label)
{
    const struct form_item item = {.shape = FORM_TEXT,
                                   .name = str_from_c(name),
                                   .label = str_from_c(label),
                                   .hint = STR("For example, 2025-Q4 or 2025"),
                                   .value = exchange_query(exchange, str_from_c(name))};
    return form_item_view(exchange->arena, &item);
}

/* The same table as a file. */
static str file_href(const struct exchange *exchange, str table, const char *kind)
{
    const str base = page_href(exchange->arena, "/statistics/%s", table, STR(""));
    const str period =
        page_href(exchange->arena, "?from=%s&to=%s", exchange_query(exchange, STR("from")),
                  exchange_query(exchange, STR("to")));
    return arena_format(exchange->arena, "%.*s%.*s&as=%s", STR_ARG(base), STR_ARG(period), kind);
}

static result answer_sheet_page(struct exchange *exchange, str table, const json_t *resource,
                                struct err *err)
{
    const struct view_context context = handler_view(exchange);
    json_t *fields = json_array();
    json_add(fields, period_field(exchange, "from", "First period"));
    json_add(fields, period_field(exchange, "to", "Last period"));
    json_t *view = view_sheet(&context, resource);
    json_set(view, "fields", fields);
    json_set_flag(view, "has_periods", !str_equal(table, STR("reconciliation")));
    json_set_str(view, "action", page_href(exchange->arena, "/statistics/%s", table, STR("")));
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
    const str as = exchange_query(exchange, STR("as"));
    struct sheet *sheet = ARENA_NEW(exchange->arena, struct sheet, 1);
    if (sheet == NULL) {
        return arena_full(err);
    }
    TRY(may_see(exchange, err));
    TRY(make_sheet(exchange, table, sheet, err));
    if (str_equal(as, STR("ods"))) {
        return answer_spreadsheet(exchange, sheet, err);
    }
    if (handler_wants_csv(exchange)) {
        return answer_sheet_csv(exchange, sheet, err);
    }
    json_auto_t *resource = sheet_json(sheet);
    if (!exchange_wants_html(exchange) || str_equal(as, STR("json"))) {
        return answer_json(exchange, 200, resource, err);
    }
    return answer_sheet_page(exchange, table, resource, err);
}
