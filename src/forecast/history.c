#include "forecast/history.h"

#include "format/table.h"
#include "system/system.h"

#include <math.h>

const struct series_about series_about[SERIES_COUNT] = {
#define PUBLISHED_SERIES(constant, name, title) [constant] = {name, title},
    PUBLISHED_SERIES_LIST
#undef PUBLISHED_SERIES
};

/* A row of a table is told by the text in one column, and may be of a series we need. */
struct row_name {
    const char *name;
    enum published_series series;
};

enum { COLUMN_QUARTER, COLUMN_NAME, COLUMN_VALUE, COLUMN_EXTRA, COLUMN_COUNT, ROW_NAMES_MAX = 8 };

struct source {
    const char *file;
    const char *columns[COLUMN_COUNT]; /* the last one: only rows where it begins with `only` */
    const char *only;
    bool releases; /* of several rows about one quarter the last counts: a later release */
    struct row_name rows[ROW_NAMES_MAX];
    size_t row_count;
};

static const struct source sources[] = {
    {
        .file = "national_quarterly_totals.csv",
        .columns = {"quarter", "measure", "people", "kind"},
        .only = "",
        .rows = {{"claims", SERIES_CLAIMS},
                 {"initial_grants", SERIES_GRANTS},
                 {"initial_refusals", SERIES_REFUSALS},
                 {"withdrawals", SERIES_WITHDRAWN},
                 {"administrative_outcomes", SERIES_WITHDRAWN},
                 {"awaiting_initial_decision", SERIES_WAITING}},
        .row_count = 6,
    },
    {
        .file = "appeals_fttiac_by_quarter.csv",
        .columns = {"quarter", "measure", "value", "case_type"},
        .only = "Asylum/Protection",
        .rows = {{"receipts", SERIES_APPEALS_LODGED},
                 {"disposals", SERIES_APPEALS_DISPOSED},
                 {"open_caseload", SERIES_APPEALS_OPEN}},
        .row_count = 3,
    },
    {
        .file = "returns_by_quarter_type.csv",
        .columns = {"quarter", "return_group", "returns", "release"},
        .only = "",
        .releases = true,
        .rows = {{"Enforced return", SERIES_RETURNS_ENFORCED},
                 {"Voluntary return", SERIES_RETURNS_VOLUNTARY},
                 {"Refused entry at port and subsequently departed", SERIES_RETURNS_PORT}},
        .row_count = 3,
    },
};

static double *cell_of(struct history *history, enum published_series series, struct quarter when)
{
    return &history->values[series][when.number - history->first.number];
}

/* A series made of several rows of a table is their sum, if they are no releases of one number. */
static result read_row(const struct source *source, const struct table *table,
                       struct history *history, struct err *err)
{
    struct quarter when;
    size_t row = 0;
    double number = 0;
    while (row < source->row_count &&
           !str_equal(table->cells[COLUMN_NAME], str_from_c(source->rows[row].name))) {
        row++;
    }
    if (row == source->row_count || table->cells[COLUMN_VALUE].len == 0 ||
        !str_starts(table->cells[COLUMN_EXTRA], str_from_c(source->only))) {
        return result_ok();
    }
    TRY(quarter_parse(table->cells[COLUMN_QUARTER], &when, err));
    TRY(table_number(table, COLUMN_VALUE, &number, err));
    const int32_t at = when.number - history->first.number;
    if (at < 0 || at >= HISTORY_QUARTERS_MAX) {
        result_ignore(err_set(err, ERROR_LIMIT, "%.*s lies outside of the years that are read",
                              STR_ARG(table->cells[COLUMN_QUARTER])),
                      "the place returns the failure");
        return err_at(err, table->reader.file, table->reader.line, 0);
    }
    double *cell = cell_of(history, source->rows[row].series, when);
    *cell = isnan(*cell) || source->releases ? number : *cell + number;
    history->count = (size_t)at >= history->count ? (size_t)at + 1 : history->count;
    return result_ok();
}

static result read_source(const char *folder, const struct source *source, struct arena scratch,
                          struct history *history, struct err *err)
{
    struct table table;
    str text;
    bool more = false;
    const str path = arena_format(&scratch, "%s/%s", folder, source->file);
    if (path.at == NULL) {
        return arena_full(err);
    }
    TRY(system_read_file(path.at, TABLE_BYTES_MAX, &scratch, &text, err));
    TRY(table_open(path.at, text, source->columns, COLUMN_COUNT, scratch, &table, err));
    for (;;) {
        TRY(table_next(&table, &more, err));
        if (!more) {
            return result_ok();
        }
        TRY(read_row(source, &table, history, err));
    }
}

static void add_sums(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        history->values[SERIES_DECISIONS][i] =
            history->values[SERIES_GRANTS][i] + history->values[SERIES_REFUSALS][i];
        history->values[SERIES_RETURNS][i] = history->values[SERIES_RETURNS_ENFORCED][i] +
                                             history->values[SERIES_RETURNS_VOLUNTARY][i] +
                                             history->values[SERIES_RETURNS_PORT][i];
    }
}

static void forget_from(struct history *history, size_t at)
{
    for (size_t series = 0; series < SERIES_COUNT; series++) {
        for (size_t i = at; i < HISTORY_QUARTERS_MAX; i++) {
            history->values[series][i] = NAN;
        }
    }
}

result history_load(const char *folder, struct arena scratch, struct history *ret_history,
                    struct err *err)
{
    struct history *history = ARENA_NEW(&scratch, struct history, 1);
    if (history == NULL) {
        return arena_full(err);
    }
    TRY(quarter_parse(STR("2001-Q1"), &history->first, err));
    forget_from(history, 0);
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        TRY(read_source(folder, &sources[i], scratch, history, err));
    }
    add_sums(history);
    *ret_history = *history;
    return result_ok();
}

void history_cut(const struct history *history, struct quarter until, struct history *ret_history)
{
    *ret_history = *history;
    ret_history->count = (size_t)(until.number - history->first.number) + 1;
    ASSERT(ret_history->count <= history->count);
    forget_from(ret_history, ret_history->count);
}

double history_value(const struct history *history, enum published_series series,
                     struct quarter when)
{
    const int32_t at = when.number - history->first.number;
    return at < 0 || (size_t)at >= history->count ? (double)NAN : history->values[series][at];
}

struct quarter history_last(const struct history *history)
{
    return quarter_add(history->first, (int32_t)history->count - 1);
}

size_t history_run(const struct history *history, enum published_series series, struct quarter from,
                   double *ret_values)
{
    size_t begin = history->count;
    while (begin > 0 && !isnan(history->values[series][begin - 1]) &&
           history->first.number + (int32_t)begin > from.number) {
        begin--;
    }
    for (size_t i = begin; i < history->count; i++) {
        ret_values[i - begin] = history->values[series][i];
    }
    return history->count - begin;
}
