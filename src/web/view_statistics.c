#include "web/view_statistics.h"

#include "statistics/sheet.h"
#include "web/page.h"
#include "web/view_table.h"

#include <stdlib.h>

enum {
    CHART_WIDTH = 740,
    LABEL_WIDTH = 250,
    LABEL_LETTERS = 30,
    BAR_X = LABEL_WIDTH + 10,
    BAR_WIDTH = 400, /* of the greatest number */
    BAR_HEIGHT = 18,
    BAR_STEP = 28,
};

json_t *view_tables(const struct view_context *context, const json_t *tables)
{
    json_t *view = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *table;
    json_array_foreach(json_object_get(tables, "tables"), index, table)
    {
        json_t *link = json_object();
        json_set_str(link, "title", json_str_or_empty(table, "title"));
        json_set_str(
            link, "href",
            page_href(context->arena, "/statistics/%s", json_str_or_empty(table, "name"), STR("")));
        json_add(list, link);
    }
    json_set(view, "tables", list);
    return view;
}

/* --- cells ------------------------------------------------------------------------------------ */

static str cell_text(struct arena *arena, const json_t *cell)
{
    if (json_is_integer(cell)) {
        return view_number(arena, json_integer_value(cell));
    }
    const char *text = json_string_value(cell);
    return text == NULL ? STR("") : str_from_c(text);
}

static bool is_total(const json_t *cell)
{
    const char *text = json_string_value(cell);
    return text != NULL && str_equal(str_from_c(text), STR("Total"));
}

static size_t key_count(const json_t *sheet)
{
    return (size_t)json_integer_value(json_object_get(sheet, "key_columns"));
}

/* False for what is withheld or not known. A share is written with its decimals. */
static bool read_number(const json_t *row, size_t column, double *ret_number)
{
    const json_t *cell = json_array_get(row, column);
    const char *text = json_string_value(cell);
    char *end = NULL;
    *ret_number = text == NULL ? json_number_value(cell) : strtod(text, &end);
    return json_is_number(cell) || (end != NULL && end != text && *end == '\0');
}

static bool is_number_column(const json_t *sheet, size_t column)
{
    size_t index;
    json_t *row;
    double number = 0;
    json_array_foreach(json_object_get(sheet, "rows"), index, row)
    {
        if (read_number(row, column, &number)) {
            return true;
        }
    }
    return false;
}

/* --- the table -------------------------------------------------------------------------------- */

static json_t *table_of(const struct view_context *context, const json_t *sheet,
                        const char *nothing)
{
    const json_t *names = json_object_get(sheet, "columns");
    const json_t *rows = json_object_get(sheet, "rows");
    const size_t count = json_array_size(names);
    struct view_column *columns = ARENA_NEW(context->arena, struct view_column, count + 1);
    struct view_table table;
    if (columns == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        columns[i].title = json_string_value(json_array_get(names, i));
        columns[i].numeric = i >= key_count(sheet) && is_number_column(sheet, i);
    }
    view_table_open(&table, context, json_str_or_empty(sheet, "title"), columns, count, nothing);
    for (size_t i = 0; i < json_array_size(rows) && i < SHEET_ROWS_SHOWN; i++) {
        view_row(&table);
        for (size_t k = 0; k < count; k++) {
            view_cell_text(&table,
                           cell_text(context->arena, json_array_get(json_array_get(rows, i), k)));
        }
    }
    return view_table_close(&table);
}

static json_t *sheet_view(const struct view_context *context, const json_t *sheet,
                          const char *nothing)
{
    const size_t count = json_array_size(json_object_get(sheet, "rows"));
    json_t *view = json_object();
    json_set_str(view, "title", json_str_or_empty(sheet, "title"));
    json_set(view, "notes", json_incref(json_object_get(sheet, "notes")));
    json_set_flag(view, "cut", count > SHEET_ROWS_SHOWN);
    json_set_str(view, "shown", view_number(context->arena, SHEET_ROWS_SHOWN));
    json_set_str(view, "count", view_number(context->arena, (int64_t)count));
    json_set(view, "table", table_of(context, sheet, nothing));
    json_set(view, "chart", picture_of_sheet(context->arena, sheet));
    return view;
}

json_t *view_sheet(const struct view_context *context, const json_t *sheet)
{
    return sheet_view(context, sheet, "The table has no rows.");
}

json_t *view_differences(const struct view_context *context, const json_t *sheet)
{
    json_t *view = sheet_view(context, sheet, "The two editions say the same.");
    json_set(view, "chart", json_false()); /* of what was and is there is no picture */
    return view;
}

/* --- the drawing ------------------------------------------------------------------------------ */

static bool is_named(const json_t *sheet, size_t column, str name)
{
    const char *title =
        json_string_value(json_array_get(json_object_get(sheet, "columns"), column));
    return title != NULL && str_equal(str_from_c(title), name);
}

/* What is drawn: a measure with the interval in the two columns after it, or the column "Total",
 * otherwise the first one with a number in it; column 0: nothing. */
struct drawn {
    size_t column;
    bool has_interval;
};

static struct drawn what_is_drawn(const json_t *sheet)
{
    const size_t count = json_array_size(json_object_get(sheet, "columns"));
    struct drawn drawn = {.column = 0};
    for (size_t i = key_count(sheet); i < count; i++) {
        if (i + 2 < count && is_named(sheet, i + 1, STR(SHEET_INTERVAL))) {
            return (struct drawn){.column = i, .has_interval = true};
        }
    }
    for (size_t i = key_count(sheet); i < count; i++) {
        if (is_named(sheet, i, STR("Total"))) {
            return (struct drawn){.column = i};
        }
        drawn.column = drawn.column == 0 && is_number_column(sheet, i) ? i : drawn.column;
    }
    return drawn;
}

/* About the first key alone: every other key is "Total". */
static bool is_alone(const json_t *row, size_t keys)
{
    for (size_t i = 1; i < keys; i++) {
        if (!is_total(json_array_get(row, i))) {
            return false;
        }
    }
    return true;
}

/* Of groups that are compared, the total of all is drawn once: it is the same of each kind. */
static void draw_rows(const json_t *sheet, size_t first, size_t end, struct drawn what, bool alone,
                      json_t *drawn)
{
    const json_t *rows = json_object_get(sheet, "rows");
    const size_t keys = key_count(sheet);
    bool total = false;
    for (size_t i = first; i < end && json_array_size(drawn) < CHART_BARS_MAX; i++) {
        json_t *row = json_array_get(rows, i);
        double number = 0;
        const bool is_of_all = is_total(json_array_get(row, keys - 1));
        if (alone ? is_alone(row, keys)
                  : read_number(row, what.column, &number) && !(is_of_all && total)) {
            json_array_append(drawn, row);
            total = total || is_of_all;
        }
    }
}

/* Where the rows of the first key's value begin that end before `end`. */
static size_t block_begin(const json_t *rows, size_t end)
{
    size_t begin = end;
    while (begin > 0 && json_equal(json_array_get(json_array_get(rows, begin - 1), 0),
                                   json_array_get(json_array_get(rows, end - 1), 0))) {
        begin--;
    }
    return begin;
}

/* Rows about the first key alone; where there are none, those with a number of the latest period
 * that has at least two. */
static json_t *rows_drawn(const json_t *sheet, struct drawn what, bool *ret_of_period)
{
    const json_t *rows = json_object_get(sheet, "rows");
    json_t *drawn = json_array();
    draw_rows(sheet, 0, json_array_size(rows), what, true, drawn);
    *ret_of_period = json_array_size(drawn) == 0;
    for (size_t end = json_array_size(rows); end > 0 && json_array_size(drawn) < 2;) {
        const size_t begin = block_begin(rows, end);
        json_array_clear(drawn);
        draw_rows(sheet, begin, end, what, false, drawn);
        end = begin;
    }
    return drawn;
}

static str cut_label(struct arena *arena, str label)
{
    size_t letters = 0;
    for (size_t i = 0; i < label.len; i++) {
        const bool begins = ((unsigned char)label.at[i] & 0xC0) != 0x80;
        if (begins && letters++ == LABEL_LETTERS) {
            return arena_format(arena, "%.*s\xe2\x80\xa6", (int)i, label.at);
        }
    }
    return label;
}

/* The keys that are not "Total", but for the period where all are of one, and for what the groups
 * are of. */
static str label_of(struct arena *arena, const json_t *sheet, const json_t *row, bool of_period)
{
    struct buf buf;
    buf_init(&buf, arena, 1024);
    for (size_t i = of_period ? 1 : 0; i < key_count(sheet); i++) {
        const json_t *cell = json_array_get(row, i);
        if ((i == 0 || !is_total(cell)) && !is_named(sheet, i, STR("Compared by"))) {
            buf_put_c(&buf, buf.len > 0 ? ", " : "");
            buf_put(&buf, cell_text(arena, cell));
        }
    }
    return cut_label(arena, buf.len > 0 ? buf_str(&buf) : STR("Total"));
}

static int64_t width_of(double number, double greatest)
{
    return greatest > 0 && number > 0 ? (int64_t)(number * BAR_WIDTH / greatest) : 0;
}

/* A bar from 0 to the number; with an interval, a bar over that and a mark at the number. */
static json_t *bar_view(struct arena *arena, const json_t *row, struct drawn what, double greatest,
                        int y)
{
    double number = 0;
    double low = 0;
    double high = 0;
    read_number(row, what.column, &number);
    const bool interval = what.has_interval && read_number(row, what.column + 1, &low) &&
                          read_number(row, what.column + 2, &high);
    const int64_t begin = interval ? width_of(low, greatest) : 0;
    const int64_t end = width_of(interval ? high : number, greatest);
    json_t *bar = json_object();
    json_set_str(bar, "value", cell_text(arena, json_array_get(row, what.column)));
    json_set_int64(bar, "label_x", LABEL_WIDTH);
    json_set_int64(bar, "x", BAR_X + begin);
    json_set_int64(bar, "y", y);
    json_set_int64(bar, "text_y", y + BAR_HEIGHT - 4);
    json_set_int64(bar, "width", end - begin);
    json_set_int64(bar, "height", BAR_HEIGHT);
    json_set_int64(bar, "value_x", BAR_X + end + 6);
    json_set_flag(bar, "interval", interval);
    json_set_int64(bar, "mark_x", BAR_X + width_of(number, greatest));
    return bar;
}

static double greatest_of(const json_t *rows, struct drawn what)
{
    double greatest = 0;
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        for (size_t i = what.column; i <= what.column + (what.has_interval ? 2 : 0); i++) {
            double number = 0;
            greatest = read_number(row, i, &number) && number > greatest ? number : greatest;
        }
    }
    return greatest;
}

json_t *picture_of_sheet(struct arena *arena, const json_t *sheet)
{
    const struct drawn what = what_is_drawn(sheet);
    bool of_period = false;
    json_auto_t *rows = rows_drawn(sheet, what, &of_period);
    const double greatest = greatest_of(rows, what);
    json_t *view = json_object();
    json_t *bars = json_array();
    size_t index;
    json_t *row;
    int y = 4;
    json_array_foreach(rows, index, row)
    {
        json_t *bar = bar_view(arena, row, what, greatest, y);
        json_set_str(bar, "label", label_of(arena, sheet, row, of_period));
        json_add(bars, bar);
        y += BAR_STEP;
    }
    const json_t *period = json_array_get(json_array_get(rows, 0), 0);
    const char *of =
        json_string_value(json_array_get(json_object_get(sheet, "columns"), what.column));
    json_set_flag(view, "any", what.column > 0 && json_array_size(bars) > 0);
    json_set_str(view, "title", json_str_or_empty(sheet, "title"));
    json_set(view, "of", json_string(of == NULL ? "" : of));
    json_set(view, "period", of_period ? json_of_str(cell_text(arena, period)) : json_false());
    json_set_flag(view, "interval", what.has_interval);
    json_set_int64(view, "width", CHART_WIDTH);
    json_set_int64(view, "height", y + 4);
    json_set(view, "bars", bars);
    return view;
}
