#include "casework/statistics.h"

#include "cli/definitions.h"
#include "format/json.h"
#include "statistics/spreadsheet.h"

enum table_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_ODS };

static result read_format(const struct invocation *invocation, enum table_format *ret_format,
                          struct err *err)
{
    static const char *const names[] = {
        [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv", [FORMAT_ODS] = "ods"};
    size_t index = 0;
    TRY(option_format(invocation, OPTION_TABLE_FORMAT, names, sizeof names / sizeof names[0],
                      "use --format text, csv, json or ods", &index, err));
    *ret_format = (enum table_format)index;
    return result_ok();
}

/* --- printing --- */

static result print_spreadsheet(const struct invocation *invocation,
                                const struct sheet *const *sheets, size_t count, struct err *err)
{
    str bytes;
    TRY(spreadsheet_write(sheets, count, invocation->arena, &bytes, err));
    output_text(invocation->output, bytes);
    return result_ok();
}

static result print_sheet(const struct invocation *invocation, const struct sheet *sheet,
                          enum table_format format, int bars_of, struct err *err)
{
    struct buf buf;
    str text;
    buf_init(&buf, invocation->arena, SHEET_TEXT_MAX);
    switch (format) {
    case FORMAT_TEXT:
        sheet_write_text(sheet, bars_of, &buf);
        break;
    case FORMAT_CSV:
        sheet_write_csv(sheet, &buf);
        break;
    case FORMAT_JSON: {
        json_t *object = sheet_json(sheet);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    case FORMAT_ODS:
        return print_spreadsheet(invocation, &sheet, 1, err);
    }
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

static result print_json_list(const struct invocation *invocation,
                              const struct sheet *const *sheets, size_t count, struct err *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, sheet_json(sheets[i]));
    }
    const result printed = output_json(invocation->output, *invocation->arena, list, err);
    json_decref(list);
    return printed;
}

/* --- which edition --- */

static result read_edition(const struct invocation *invocation, struct edition_asked *ret_asked,
                           struct err *err)
{
    struct edition_asked asked = {
        .has_position = option_given(invocation, OPTION_AT_POSITION),
        .has_known_at = option_given(invocation, OPTION_KNOWN_AT),
        .has_as_of = option_given(invocation, OPTION_AS_OF),
    };
    TRY(option_number(invocation, OPTION_AT_POSITION, 0, 0, INT64_MAX, &asked.position, err));
    TRY(option_date(invocation, OPTION_AS_OF, (date){0}, &asked.as_of, err));
    if (asked.has_known_at) {
        TRY(instant_parse(invocation->options[OPTION_KNOWN_AT], &asked.known_at, err));
    }
    *ret_asked = asked;
    return result_ok();
}

/* --- reconciliation --- */

static result reconcile(const struct invocation *invocation, const struct desk *desk,
                        int *ret_status, struct err *err)
{
    struct definitions definitions;
    struct edition_asked asked;
    struct reconciliation reconciliation;
    enum table_format format = FORMAT_TEXT;
    TRY(read_format(invocation, &format, err));
    TRY(read_edition(invocation, &asked, err));
    TRY(definitions_of(invocation, desk, &definitions, err));
    TRY(casework_reconcile(&desk->casework, &desk->caller, &asked, &definitions.policy,
                           invocation->arena, &reconciliation, err));
    *ret_status = reconciliation.residual == 0 ? 0 : 1;
    return print_sheet(invocation, &reconciliation.sheet, format, SHEET_NO_BARS, err);
}

result command_statistics_reconciliation(const struct invocation *invocation, int *ret_status,
                                         struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    TRY(desk_open_as_account(invocation, &desk, err));
    return reconcile(invocation, &desk, ret_status, err);
}

/* --- the tables --- */

static result list_tables(const struct invocation *invocation,
                          const struct definitions *definitions, enum table_format format,
                          struct err *err)
{
    struct sheet sheet = {.name = STR("tables"), .title = STR("Tables that can be made")};
    str *cells = ARENA_NEW(invocation->arena, str, 2 * definitions->table_count + 1);
    if (cells == NULL) {
        return arena_full(err);
    }
    sheet_column(&sheet, STR("Table"), false, true);
    sheet_column(&sheet, STR("Title"), false, false);
    for (size_t i = 0; i < definitions->table_count; i++) {
        cells[2 * i] = definitions->tables[i].name;
        cells[2 * i + 1] = definitions->tables[i].title;
    }
    sheet.cells = cells;
    sheet.row_count = definitions->table_count;
    return print_sheet(invocation, &sheet, format, SHEET_NO_BARS, err);
}

static result make_sheet(const struct invocation *invocation, const struct desk *desk,
                         const struct definitions *definitions, str name,
                         const struct edition_asked *edition, struct sheet *ret_sheet,
                         struct err *err)
{
    const struct table_asked asked = {.table = name,
                                      .from = invocation->options[OPTION_FROM],
                                      .to = invocation->options[OPTION_TO],
                                      .edition = *edition};
    int64_t earlier = 0;
    if (!option_given(invocation, OPTION_COMPARE_WITH)) {
        return casework_table(&desk->casework, &desk->caller, definitions, &asked,
                              invocation->arena, ret_sheet, err);
    }
    TRY(option_number(invocation, OPTION_COMPARE_WITH, 0, 0, INT64_MAX, &earlier, err));
    return casework_table_differences(&desk->casework, &desk->caller, definitions, &asked, earlier,
                                      invocation->arena, ret_sheet, err);
}

static int bars_of(const struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->column_count; i++) {
        if (str_equal(sheet->columns[i], STR("Total"))) {
            return (int)i;
        }
    }
    return SHEET_NO_BARS;
}

/* Several tables: one spreadsheet, or one after the other. */
static result print_tables(const struct invocation *invocation, const struct desk *desk,
                           const struct definitions *definitions, enum table_format format,
                           struct err *err)
{
    struct edition_asked edition;
    const struct sheet *sheets[COMMAND_ARGUMENTS_MAX];
    const size_t count = invocation->argument_count;
    TRY(read_edition(invocation, &edition, err));
    for (size_t i = 0; i < count; i++) {
        struct sheet *sheet = ARENA_NEW(invocation->arena, struct sheet, 1);
        if (sheet == NULL) {
            return arena_full(err);
        }
        TRY(make_sheet(invocation, desk, definitions, invocation->arguments[i], &edition, sheet,
                       err));
        sheets[i] = sheet;
    }
    if (format == FORMAT_ODS) {
        return print_spreadsheet(invocation, sheets, count, err);
    }
    if (format == FORMAT_JSON && count > 1) {
        return print_json_list(invocation, sheets, count, err);
    }
    for (size_t i = 0; i < count; i++) {
        output_text(invocation->output, i > 0 && format == FORMAT_TEXT ? STR("\n") : STR(""));
        TRY(print_sheet(invocation, sheets[i], format, bars_of(sheets[i]), err));
    }
    return result_ok();
}

result command_statistics(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct definitions definitions;
    enum table_format format = FORMAT_TEXT;
    *ret_status = 0;
    TRY(read_format(invocation, &format, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(definitions_of(invocation, &desk, &definitions, err));
    return invocation->argument_count == 0
               ? list_tables(invocation, &definitions, format, err)
               : print_tables(invocation, &desk, &definitions, format, err);
}
