#include "web/view_statistics.h"

#include "web/page.h"
#include "web/view_table.h"

enum {
    CHART_WIDTH = 740,
    LABEL_WIDTH = 250,
    LABEL_LETTERS = 34,
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

static bool is_number_column(const json_t *sheet, size_t column)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(sheet, "rows"), index, row)
    {
        if (json_is_integer(json_array_get(row, column))) {
            return true;
        }
    }
    return false;
}

/* --- the table -------------------------------------------------------------------------------- */

static json_t *table_of(const struct view_context *context, const json_t *sheet)
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
    view_table_open(&table, context, json_str_or_empty(sheet, "title"), columns, count,
                    "The table has no rows.");
    for (size_t i = 0; i < json_array_size(rows) && i < SHEET_ROWS_SHOWN; i++) {
        view_row(&table);
        for (size_t k = 0; k < count; k++) {
            view_cell_text(&table,
                           cell_text(context->arena, json_array_get(json_array_get(rows, i), k)));
        }
    }
    return view_table_close(&table);
}

json_t *view_sheet(const struct view_context *context, const json_t *sheet)
{
    const size_t count = json_array_size(json_object_get(sheet, "rows"));
    json_t *view = json_object();
    json_set_str(view, "title", json_str_or_empty(sheet, "title"));
    json_set(view, "notes", json_incref(json_object_get(sheet, "notes")));
    json_set_flag(view, "cut", count > SHEET_ROWS_SHOWN);
    json_set_str(view, "shown", view_number(context->arena, SHEET_ROWS_SHOWN));
    json_set_str(view, "count", view_number(context->arena, (int64_t)count));
    json_set(view, "table", table_of(context, sheet));
    json_set(view, "chart", picture_of_sheet(context->arena, sheet));
    return view;
}

/* --- the drawing ------------------------------------------------------------------------------ */

/* The column "Total", otherwise the first one with a number in it; 0 when there is none. */
static size_t value_column(const json_t *sheet)
{
    const json_t *columns = json_object_get(sheet, "columns");
    size_t found = 0;
    for (size_t i = key_count(sheet); i < json_array_size(columns); i++) {
        if (is_total(json_array_get(columns, i))) {
            return i;
        }
        found = found == 0 && is_number_column(sheet, i) ? i : found;
    }
    return found;
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

static json_t *rows_drawn(const json_t *sheet)
{
    const json_t *rows = json_object_get(sheet, "rows");
    json_t *drawn = json_array();
    size_t index;
    json_t *row;
    for (int alone = 1; alone >= 0 && json_array_size(drawn) == 0; alone--) {
        json_array_foreach(rows, index, row)
        {
            if ((alone == 0 || is_alone(row, key_count(sheet))) &&
                json_array_size(drawn) < CHART_BARS_MAX) {
                json_array_append(drawn, row);
            }
        }
    }
    return drawn;
}

/* The keys that are not "Total", cut where a letter ends. */
static str label_of(struct arena *arena, const json_t *row, size_t keys)
{
    struct buf buf;
    buf_init(&buf, arena, 1024);
    for (size_t i = 0; i < keys; i++) {
        const json_t *cell = json_array_get(row, i);
        if (i == 0 || !is_total(cell)) {
            buf_put_c(&buf, buf.len > 0 ? ", " : "");
            buf_put(&buf, cell_text(arena, cell));
        }
    }
    const str label = buf_str(&buf);
    size_t letters = 0;
    for (size_t i = 0; i < label.len; i++) {
        const bool begins = ((unsigned char)label.at[i] & 0xC0) != 0x80;
        if (begins && letters++ == LABEL_LETTERS) {
            return arena_format(arena, "%.*s\xe2\x80\xa6", (int)i, label.at);
        }
    }
    return label;
}

static json_t *bar_view(struct arena *arena, const json_t *row, size_t keys, size_t column,
                        json_int_t greatest, int y)
{
    const json_t *cell = json_array_get(row, column);
    const json_int_t number = json_integer_value(cell);
    const int64_t width = greatest > 0 && number > 0 ? number * BAR_WIDTH / greatest : 0;
    json_t *bar = json_object();
    json_set_str(bar, "label", label_of(arena, row, keys));
    json_set_str(bar, "value", cell_text(arena, cell));
    json_set_int64(bar, "label_x", LABEL_WIDTH);
    json_set_int64(bar, "x", BAR_X);
    json_set_int64(bar, "y", y);
    json_set_int64(bar, "text_y", y + BAR_HEIGHT - 4);
    json_set_int64(bar, "width", width);
    json_set_int64(bar, "height", BAR_HEIGHT);
    json_set_int64(bar, "value_x", BAR_X + width + 6);
    return bar;
}

json_t *picture_of_sheet(struct arena *arena, const json_t *sheet)
{
    const size_t column = value_column(sheet);
    json_auto_t *rows = rows_drawn(sheet);
    json_t *view = json_object();
    json_t *bars = json_array();
    json_int_t greatest = 0;
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        const json_int_t number = json_integer_value(json_array_get(row, column));
        greatest = number > greatest ? number : greatest;
    }
    int y = 4;
    json_array_foreach(rows, index, row)
    {
        json_add(bars, bar_view(arena, row, key_count(sheet), column, greatest, y));
        y += BAR_STEP;
    }
    const char *of = json_string_value(json_array_get(json_object_get(sheet, "columns"), column));
    json_set_flag(view, "any", column > 0 && json_array_size(bars) > 0);
    json_set_str(view, "title", json_str_or_empty(sheet, "title"));
    json_set(view, "of", json_string(of == NULL ? "" : of));
    json_set_int64(view, "width", CHART_WIDTH);
    json_set_int64(view, "height", y + 4);
    json_set(view, "bars", bars);
    return view;
}
