#include "statistics/sheet.h"

#include "format/csv.h"
#include "format/json.h"

#include <stdlib.h>

enum { BAR_WIDTH = 24, LINE_WIDTH = 100, LABEL_WIDTH = 14 };

void sheet_note(struct sheet *sheet, const char *label, str text)
{
    ASSERT(sheet->note_count < SHEET_NOTES_MAX);
    sheet->notes[sheet->note_count++] =
        (struct sheet_note){.label = str_from_c(label), .text = text};
}

void sheet_column(struct sheet *sheet, str name, bool is_number, bool is_key)
{
    ASSERT(sheet->column_count < SHEET_COLUMNS_MAX);
    ASSERT(!is_key || sheet->key_count == sheet->column_count);
    sheet->columns[sheet->column_count] = name;
    sheet->is_number[sheet->column_count] = is_number;
    sheet->column_count++;
    sheet->key_count += is_key ? 1 : 0;
}

static str cell_at(const struct sheet *sheet, size_t row, size_t column)
{
    return sheet->cells[row * sheet->column_count + column];
}

/* Code points; good enough for the names that stand in tables. */
static size_t width_of(str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        width += ((unsigned char)text.at[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return width;
}

/* --- text --- */

static void put_spaces(struct buf *buf, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put_char(buf, ' ');
    }
}

/* Broken at spaces, so that a note can be read on a narrow screen. */
static void put_note(const struct sheet_note *note, struct buf *buf)
{
    buf_put(buf, note->label);
    buf_put_char(buf, ':');
    size_t at = width_of(note->label) + 1;
    str left = note->text;
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (at < LABEL_WIDTH) {
            put_spaces(buf, LABEL_WIDTH - at);
            at = LABEL_WIDTH;
        } else if (at > LABEL_WIDTH && at + 1 + width_of(cut.head) > LINE_WIDTH) {
            buf_put_char(buf, '\n');
            put_spaces(buf, LABEL_WIDTH);
            at = LABEL_WIDTH;
        } else {
            buf_put_char(buf, ' ');
            at++;
        }
        buf_put(buf, cut.head);
        at += width_of(cut.head);
        left = cut.tail;
    }
    buf_put_char(buf, '\n');
}

static size_t column_width(const struct sheet *sheet, size_t column)
{
    size_t width = width_of(sheet->columns[column]);
    for (size_t row = 0; row < sheet->row_count; row++) {
        const size_t cell = width_of(cell_at(sheet, row, column));
        width = cell > width ? cell : width;
    }
    return width;
}

static void put_cell(const struct sheet *sheet, size_t column, str cell, size_t width, bool last,
                     struct buf *buf)
{
    const size_t used = width_of(cell);
    if (sheet->is_number[column]) {
        put_spaces(buf, width - used);
        buf_put(buf, cell);
    } else {
        buf_put(buf, cell);
        put_spaces(buf, last ? 0 : width - used);
    }
    put_spaces(buf, last ? 0 : 2);
}

static int64_t number_or_zero(str cell)
{
    int64_t number = 0;
    return str_to_int64(cell, &number, NULL).ok ? number : 0;
}

static bool is_total(const struct sheet *sheet, size_t row)
{
    for (size_t i = 0; i < sheet->key_count; i++) {
        if (str_equal(cell_at(sheet, row, i), STR("Total"))) {
            return true;
        }
    }
    return false;
}

static int64_t greatest(const struct sheet *sheet, int column)
{
    int64_t most = 1;
    for (size_t row = 0; column >= 0 && row < sheet->row_count; row++) {
        const int64_t number = number_or_zero(cell_at(sheet, row, (size_t)column));
        most = !is_total(sheet, row) && number > most ? number : most;
    }
    return most;
}

static void put_bar(const struct sheet *sheet, size_t row, int column, int64_t most,
                    struct buf *buf)
{
    const int64_t number = number_or_zero(cell_at(sheet, row, (size_t)column));
    const int64_t length = is_total(sheet, row) ? 0 : (number * BAR_WIDTH + most - 1) / most;
    buf_put_c(buf, length > 0 ? "  " : "");
    for (int64_t i = 0; i < length; i++) {
        buf_put_char(buf, '=');
    }
}

void sheet_write_text(const struct sheet *sheet, int bars_of, struct buf *buf)
{
    size_t widths[SHEET_COLUMNS_MAX];
    const int64_t most = greatest(sheet, bars_of);
    buf_format(buf, "%.*s: %.*s\n\n", STR_ARG(sheet->name), STR_ARG(sheet->title));
    for (size_t i = 0; i < sheet->note_count; i++) {
        put_note(&sheet->notes[i], buf);
    }
    buf_put_c(buf, "\n");
    for (size_t i = 0; i < sheet->column_count; i++) {
        widths[i] = column_width(sheet, i);
        put_cell(sheet, i, sheet->columns[i], widths[i], i + 1 == sheet->column_count, buf);
    }
    buf_put_c(buf, "\n");
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t i = 0; i < sheet->column_count; i++) {
            const bool last = i + 1 == sheet->column_count && bars_of < 0;
            put_cell(sheet, i, cell_at(sheet, row, i), widths[i], last, buf);
        }
        if (bars_of >= 0) {
            put_bar(sheet, row, bars_of, most, buf);
        }
        buf_put_char(buf, '\n');
    }
}

/* --- csv --- */

void sheet_write_csv(const struct sheet *sheet, struct buf *buf)
{
    for (size_t i = 0; i < sheet->column_count; i++) {
        csv_write_cell(buf, i == 0, sheet->columns[i]);
    }
    csv_write_end(buf);
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t i = 0; i < sheet->column_count; i++) {
            const str cell = cell_at(sheet, row, i);
            int64_t number = 0;
            if (sheet->is_number[i] && str_to_int64(cell, &number, NULL).ok) {
                csv_write_number(buf, i == 0, number);
            } else {
                csv_write_cell(buf, i == 0, cell);
            }
        }
        csv_write_end(buf);
    }
}

/* --- json --- */

static json_t *row_json(const struct sheet *sheet, size_t row)
{
    json_t *object = json_array();
    for (size_t i = 0; i < sheet->column_count; i++) {
        const str cell = cell_at(sheet, row, i);
        int64_t number = 0;
        const bool whole = sheet->is_number[i] && str_to_int64(cell, &number, NULL).ok;
        json_add(object, whole ? json_integer(number) : json_of_str(cell));
    }
    return object;
}

json_t *sheet_json(const struct sheet *sheet)
{
    json_t *object = json_object();
    json_t *notes = json_array();
    json_t *columns = json_array();
    json_t *rows = json_array();
    for (size_t i = 0; i < sheet->note_count; i++) {
        json_t *note = json_object();
        json_set_str(note, "label", sheet->notes[i].label);
        json_set_str(note, "text", sheet->notes[i].text);
        json_add(notes, note);
    }
    for (size_t i = 0; i < sheet->column_count; i++) {
        json_add(columns, json_of_str(sheet->columns[i]));
    }
    for (size_t row = 0; row < sheet->row_count; row++) {
        json_add(rows, row_json(sheet, row));
    }
    json_set_str(object, "name", sheet->name);
    json_set_str(object, "title", sheet->title);
    json_set_int64(object, "key_columns", (int64_t)sheet->key_count);
    json_set(object, "notes", notes);
    json_set(object, "columns", columns);
    json_set(object, "rows", rows);
    return object;
}

static result refuse_json(struct err *err)
{
    return err_set(err, ERROR_INPUT, "This is not a table as `returnhub statistics` writes it");
}

static result notes_from_json(const json_t *notes, struct sheet *sheet, struct err *err)
{
    size_t index;
    json_t *note;
    if (!json_is_array(notes) || json_array_size(notes) > SHEET_NOTES_MAX) {
        return refuse_json(err);
    }
    json_array_foreach(notes, index, note)
    {
        sheet->notes[sheet->note_count++] = (struct sheet_note){
            .label = json_str_or_empty(note, "label"), .text = json_str_or_empty(note, "text")};
    }
    return result_ok();
}

static result columns_from_json(const json_t *object, struct sheet *sheet, struct err *err)
{
    const json_t *columns = json_object_get(object, "columns");
    const json_t *keys = json_object_get(object, "key_columns");
    const size_t count = json_array_size(columns);
    size_t index;
    json_t *column;
    if (count == 0 || count > SHEET_COLUMNS_MAX || !json_is_integer(keys) ||
        json_integer_value(keys) < 0 || (size_t)json_integer_value(keys) > count) {
        return refuse_json(err);
    }
    json_array_foreach(columns, index, column)
    {
        if (!json_is_string(column)) {
            return refuse_json(err);
        }
        sheet_column(sheet, str_from_c(json_string_value(column)), false,
                     index < (size_t)json_integer_value(keys));
    }
    return result_ok();
}

/* "44.0": a share, a median, the end of an interval. */
static bool is_decimal(str text)
{
    const struct str_cut cut = str_cut(text, '.');
    int64_t whole = 0;
    int64_t part = 0;
    return cut.found && str_to_int64(cut.head, &whole, NULL).ok &&
           str_to_int64(cut.tail, &part, NULL).ok;
}

static result cell_from_json(const json_t *cell, struct arena *arena, str *ret_text,
                             bool *ret_is_number, struct err *err)
{
    *ret_is_number = json_is_integer(cell);
    if (json_is_integer(cell)) {
        *ret_text = arena_format(arena, "%lld", (long long)json_integer_value(cell));
        return ret_text->at != NULL ? result_ok() : arena_full(err);
    }
    if (!json_is_string(cell)) {
        return refuse_json(err);
    }
    *ret_text = str_from_c(json_string_value(cell));
    *ret_is_number = is_decimal(*ret_text);
    return result_ok();
}

static result rows_from_json(const json_t *rows, struct arena *arena, struct sheet *sheet,
                             struct err *err)
{
    const size_t columns = sheet->column_count;
    size_t index;
    json_t *row;
    if (!json_is_array(rows)) {
        return refuse_json(err);
    }
    str *cells = ARENA_NEW(arena, str, json_array_size(rows) * columns + 1);
    if (cells == NULL) {
        return arena_full(err);
    }
    json_array_foreach(rows, index, row)
    {
        if (json_array_size(row) != columns) {
            return refuse_json(err);
        }
        for (size_t i = 0; i < columns; i++) {
            bool is_number = false;
            TRY(cell_from_json(json_array_get(row, i), arena, &cells[index * columns + i],
                               &is_number, err));
            sheet->is_number[i] = sheet->is_number[i] || (is_number && i >= sheet->key_count);
        }
    }
    sheet->cells = cells;
    sheet->row_count = json_array_size(rows);
    return result_ok();
}

result sheet_from_json(const json_t *object, struct arena *arena, struct sheet *ret_sheet,
                       struct err *err)
{
    *ret_sheet = (struct sheet){.name = json_str_or_empty(object, "name"),
                                .title = json_str_or_empty(object, "title")};
    if (ret_sheet->title.len == 0) {
        return refuse_json(err);
    }
    TRY(notes_from_json(json_object_get(object, "notes"), ret_sheet, err));
    TRY(columns_from_json(object, ret_sheet, err));
    return rows_from_json(json_object_get(object, "rows"), arena, ret_sheet, err);
}

/* --- differences --- */

/* A row in the order of its key. */
struct keyed_row {
    const struct sheet *sheet;
    size_t row;
};

static int compare_keys(const void *left, const void *right)
{
    const struct keyed_row *a = left;
    const struct keyed_row *b = right;
    for (size_t i = 0; i < a->sheet->key_count; i++) {
        const int order = str_compare(cell_at(a->sheet, a->row, i), cell_at(b->sheet, b->row, i));
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static struct keyed_row *sorted_rows(const struct sheet *sheet, struct arena *arena)
{
    struct keyed_row *rows = ARENA_NEW(arena, struct keyed_row, sheet->row_count + 1);
    for (size_t i = 0; rows != NULL && i < sheet->row_count; i++) {
        rows[i] = (struct keyed_row){sheet, i};
    }
    if (rows != NULL) {
        qsort(rows, sheet->row_count, sizeof *rows, compare_keys);
    }
    return rows;
}

struct difference_list {
    const struct sheet *old_edition;
    const struct sheet *new_edition;
    size_t keys;
    str *cells;
    size_t column_count;
    size_t row_count;
};

/* What the row says in the column of this name; nothing when there is no such row or column. */
static str said_in(const struct keyed_row *row, str column)
{
    for (size_t i = 0; row != NULL && i < row->sheet->column_count; i++) {
        if (str_equal(row->sheet->columns[i], column)) {
            return cell_at(row->sheet, row->row, i);
        }
    }
    return STR("");
}

static void compare_in(const struct keyed_row *old_row, const struct keyed_row *new_row, str column,
                       struct difference_list *list)
{
    const struct keyed_row *any = old_row != NULL ? old_row : new_row;
    const size_t keys = any->sheet->key_count;
    const str was = said_in(old_row, column);
    const str is = said_in(new_row, column);
    if (str_equal(was, is)) {
        return;
    }
    str *cells = list->cells + list->row_count * list->column_count;
    for (size_t key = 0; key < keys; key++) {
        cells[key] = cell_at(any->sheet, any->row, key);
    }
    cells[keys] = column;
    cells[keys + 1] = was;
    cells[keys + 2] = is;
    list->row_count++;
}

static bool has_column(const struct sheet *sheet, str column)
{
    for (size_t i = 0; i < sheet->column_count; i++) {
        if (str_equal(sheet->columns[i], column)) {
            return true;
        }
    }
    return false;
}

/* In the columns of the new edition, then in those that only the old one had. */
static void compare_rows(const struct keyed_row *old_row, const struct keyed_row *new_row,
                         struct difference_list *list)
{
    for (size_t i = list->keys; i < list->new_edition->column_count; i++) {
        compare_in(old_row, new_row, list->new_edition->columns[i], list);
    }
    for (size_t i = list->keys; i < list->old_edition->column_count; i++) {
        if (!has_column(list->new_edition, list->old_edition->columns[i])) {
            compare_in(old_row, new_row, list->old_edition->columns[i], list);
        }
    }
}

static void compare_all(const struct keyed_row *old_rows, size_t old_count,
                        const struct keyed_row *new_rows, size_t new_count,
                        struct difference_list *list)
{
    size_t i = 0;
    size_t j = 0;
    while (i < old_count || j < new_count) {
        const int order = i == old_count   ? 1
                          : j == new_count ? -1
                                           : compare_keys(&old_rows[i], &new_rows[j]);
        compare_rows(order <= 0 ? &old_rows[i] : NULL, order >= 0 ? &new_rows[j] : NULL, list);
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
}

static bool same_keys(const struct sheet *a, const struct sheet *b)
{
    bool same = a->key_count == b->key_count;
    for (size_t i = 0; same && i < a->key_count; i++) {
        same = str_equal(a->columns[i], b->columns[i]);
    }
    return same;
}

result sheet_differences(const struct sheet *old_edition, const struct sheet *new_edition,
                         struct arena *arena, struct sheet *ret_differences, struct err *err)
{
    if (!same_keys(old_edition, new_edition)) {
        return err_set(err, ERROR_CONFLICT, "The two editions are not broken down alike");
    }
    const size_t keys = new_edition->key_count;
    const size_t values = new_edition->column_count + old_edition->column_count;
    struct difference_list list = {.old_edition = old_edition,
                                   .new_edition = new_edition,
                                   .keys = keys,
                                   .column_count = keys + 3};
    const struct keyed_row *old_rows = sorted_rows(old_edition, arena);
    const struct keyed_row *new_rows = sorted_rows(new_edition, arena);
    const size_t most = (old_edition->row_count + new_edition->row_count) * values;
    list.cells = ARENA_NEW(arena, str, most * list.column_count + 1);
    if (old_rows == NULL || new_rows == NULL || list.cells == NULL) {
        return arena_full(err);
    }
    compare_all(old_rows, old_edition->row_count, new_rows, new_edition->row_count, &list);
    *ret_differences = (struct sheet){.name = new_edition->name, .title = new_edition->title};
    for (size_t i = 0; i < keys; i++) {
        sheet_column(ret_differences, new_edition->columns[i], false, true);
    }
    sheet_column(ret_differences, STR("Number"), false, true);
    sheet_column(ret_differences, STR("Was"), true, false);
    sheet_column(ret_differences, STR("Is"), true, false);
    ret_differences->cells = list.cells;
    ret_differences->row_count = list.row_count;
    return result_ok();
}
