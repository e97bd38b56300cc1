#include "format/records.h"

#include "format/json.h"

#include <string.h>

/* --- the window --- */

/* Moves what is left to the front and reads on behind it. */
static result refill(struct records *records, struct err *err)
{
    const size_t kept = records->end - records->begin;
    memmove(records->window, records->window + records->begin, kept);
    records->complete -= records->begin;
    records->scanned -= records->begin;
    records->begin = 0;
    records->end = kept;
    while (!records->ended && records->end < RECORD_BYTES_MAX) {
        size_t got = 0;
        TRY(records->fill(records->fill_context, records->window + records->end,
                          RECORD_BYTES_MAX - records->end, &got, err));
        records->end += got;
        records->filled += (int64_t)got;
        records->ended = got == 0;
    }
    return result_ok();
}

/* A row ends with a line feed outside quotes, or with the text. */
static void scan(struct records *records)
{
    bool quoted = records->quoted;
    for (size_t i = records->scanned; i < records->end; i++) {
        const char c = records->window[i];
        quoted = quoted != (c == '"' && !records->is_json);
        if (c == '\n' && !quoted) {
            records->complete = i + 1;
        }
    }
    records->quoted = quoted;
    records->scanned = records->end;
    if (records->ended) {
        records->complete = records->end;
    }
}

static result look_ahead(struct records *records, struct err *err)
{
    if (records->begin == records->complete &&
        !(records->ended && records->begin == records->end)) {
        TRY(refill(records, err));
        scan(records);
    }
    return result_ok();
}

/* The first line feed from here on ends what cannot be read. */
static void pass_line(struct records *records)
{
    const char *feed =
        memchr(records->window + records->begin, '\n', records->end - records->begin);
    const size_t next = feed == NULL ? records->end : (size_t)(feed - records->window) + 1;
    records->begin = next;
    records->complete = next;
    records->scanned = next;
    records->quoted = false;
    scan(records);
}

static void fault(struct record *record, str column, const struct err *what)
{
    record->faulty = true;
    record->count = 0;
    record->fault_column = column;
    record->fault = *what;
}

/* --- CSV --- */

static str rest_of(const struct records *records)
{
    return (str){.at = records->window + records->begin, .len = records->complete - records->begin};
}

static void hint_encoding(str cell, struct err *what)
{
    if (what->hint[0] == '\0' && !str_is_utf8(cell)) {
        const bool nul = str_find_char(cell, '\0') < cell.len;
        result_ignore(
            err_hint(what, "Save the file as UTF-8; it looks like %s.",
                     nul ? "UTF-16, or damaged" : "Windows-1252 or another older encoding"),
            "the fault is an answer");
    }
}

static void read_csv(struct records *records, struct arena *arena, struct record *record)
{
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    bool more = false;
    struct err what = {0};
    const str rest = rest_of(records);
    records->csv.rest = rest;
    records->csv.cell = 0;
    const bool read = csv_read(&records->csv, arena, cells, &count, &more, &what).ok;
    const size_t passed = rest.len - records->csv.rest.len;
    records->begin += passed;
    if (!read) {
        const bool in_cell = passed == 0 && records->csv.cell < records->column_count;
        hint_encoding(str_slice(rest, 0, str_find_char(rest, '\n')), &what);
        fault(record, in_cell ? records->columns[records->csv.cell] : STR(""), &what);
        if (passed == 0) {
            pass_line(records);
        }
        return;
    }
    record->count = count;
    for (size_t i = 0; i < count; i++) {
        record->cells[i] = (struct record_cell){.name = records->columns[i], .text = cells[i]};
    }
}

/* --- NDJSON --- */

static result list_text(const json_t *list, struct arena *arena, str *ret_text, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, RECORD_BYTES_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item)) {
            return err_set(err, ERROR_INPUT, "A list here holds texts only");
        }
        buf_put_c(&buf, i == 0 ? "" : ",");
        buf_put(&buf, (str){.at = json_string_value(item), .len = json_string_length(item)});
    }
    return buf_finish(&buf, ret_text, err);
}

static result value_text(const json_t *value, struct arena *arena, str *ret_text, struct err *err)
{
    if (json_is_string(value)) {
        *ret_text = arena_copy(
            arena, (str){.at = json_string_value(value), .len = json_string_length(value)});
    } else if (json_is_integer(value)) {
        *ret_text = arena_format(arena, "%lld", (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        *ret_text = json_is_true(value) ? STR("yes") : STR("no");
    } else if (json_is_null(value)) {
        *ret_text = STR("");
    } else if (json_is_array(value)) {
        return list_text(value, arena, ret_text, err);
    } else {
        return err_set(err, ERROR_INPUT,
                       "A value is a text, a whole number, true, false, null or a list of texts");
    }
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

static void read_members(json_t *object, struct arena *arena, struct record *record)
{
    struct err what = {0};
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(object) || json_object_size(object) > CSV_COLUMNS_MAX) {
        result_ignore(err_set(&what, ERROR_INPUT, "A line is one object with at most %d members",
                              CSV_COLUMNS_MAX),
                      "the fault is an answer");
        fault(record, STR(""), &what);
        return;
    }
    json_object_foreach(object, key, value)
    {
        struct record_cell *cell = &record->cells[record->count];
        cell->name = arena_copy(arena, str_from_c(key));
        if (cell->name.at == NULL || !value_text(value, arena, &cell->text, &what).ok) {
            fault(record, cell->name, &what);
            return;
        }
        record->count++;
    }
}

static void read_json(struct records *records, struct arena *arena, struct record *record)
{
    const str rest = rest_of(records);
    const struct str_cut line = str_cut(rest, '\n');
    json_t *object = NULL;
    struct err what = {0};
    const size_t passed = line.found ? line.head.len + 1 : rest.len;
    if (json_read(str_trim(line.head), &object, &what).ok) {
        read_members(object, arena, record);
        json_decref(object);
    } else {
        what.line = 0;
        fault(record, STR(""), &what);
    }
    records->begin += passed;
}

/* --- both --- */

static bool is_blank(const struct records *records)
{
    const str rest = rest_of(records);
    return str_trim(str_slice(rest, 0, str_find_char(rest, '\n'))).len == 0;
}

/* A line with nothing on it is no row; a spreadsheet counts it all the same. */
static result pass_blank_lines(struct records *records, struct err *err)
{
    TRY(look_ahead(records, err));
    while (records->begin < records->complete && is_blank(records)) {
        const str rest = rest_of(records);
        const size_t line = str_find_char(rest, '\n') + 1;
        const size_t passed = line < rest.len ? line : rest.len;
        records->begin += passed;
        records->csv.next_line++;
        records->row++;
        TRY(look_ahead(records, err));
    }
    return result_ok();
}

static void fault_too_long(struct records *records, struct record *record)
{
    struct err what = {0};
    result_ignore(err_set(&what, ERROR_LIMIT,
                          "From here on there is no end of a row within %d bytes",
                          RECORD_BYTES_MAX),
                  "the hint follows");
    result_ignore(err_hint(&what, "%s",
                           records->is_json ? "Each object stands on one line."
                                            : "A quote that is opened must be closed again."),
                  "the fault is an answer");
    fault(record, STR(""), &what);
    records->broken = true;
}

result records_next(struct records *records, struct arena *arena, struct record *ret_record,
                    bool *ret_more, struct err *err)
{
    *ret_more = false;
    if (records->broken) {
        return result_ok();
    }
    TRY(pass_blank_lines(records, err));
    if (records->begin == records->end && records->ended) {
        return result_ok();
    }
    *ret_more = true;
    records->row++;
    ret_record->row = records->row;
    ret_record->count = 0;
    ret_record->faulty = false;
    if (records->begin == records->complete) {
        fault_too_long(records, ret_record);
    } else if (records->is_json) {
        read_json(records, arena, ret_record);
    } else {
        read_csv(records, arena, ret_record);
    }
    return result_ok();
}

/* --- beginning --- */

static result refuse_at_top(const struct records *records, const char *what, const char *hint,
                            struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "%s", what), "the hint follows");
    result_ignore(err_at(err, records->file, 1, 0), "the hint follows");
    return err_hint(err, "%s", hint);
}

static result check_columns(const struct records *records, struct err *err)
{
    for (size_t i = 0; i < records->column_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (str_equal(records->columns[i], records->columns[j])) {
                result_ignore(err_set(err, ERROR_INPUT, "Two columns are named \"%.*s\"",
                                      STR_ARG(records->columns[i])),
                              "the hint follows");
                result_ignore(err_at(err, records->file, 1, 0), "the hint follows");
                return err_hint(err, "Leave one of them out, or give it the name of what it is.");
            }
        }
    }
    return result_ok();
}

/* As spreadsheets save a CSV file where the comma is the decimal mark. */
static result check_commas(struct records *records, const str *cells, struct err *err)
{
    if (records->column_count != 1) {
        return result_ok();
    }
    const bool semicolons = str_cut(cells[0], ';').found;
    return semicolons || str_cut(cells[0], '\t').found
               ? refuse_at_top(records,
                               semicolons ? "Semicolons stand between the columns"
                                          : "Tabs stand between the columns",
                               "Save the file with commas between the columns.", err)
               : result_ok();
}

static result read_columns(struct records *records, struct err *err)
{
    str cells[CSV_COLUMNS_MAX];
    bool more = false;
    csv_reader_init(&records->csv, records->file, rest_of(records));
    const size_t before = rest_of(records).len;
    const result read =
        csv_read(&records->csv, records->arena, cells, &records->column_count, &more, err);
    if (!read.ok) {
        const str rest = rest_of(records);
        hint_encoding(str_slice(rest, 0, str_find_char(rest, '\n')), err);
        return read;
    }
    records->begin += before - records->csv.rest.len;
    records->row = 1;
    TRY(check_commas(records, cells, err));
    for (size_t i = 0; i < records->column_count; i++) {
        records->columns[i] = arena_copy(records->arena, str_trim(cells[i]));
        if (records->columns[i].at == NULL) {
            return arena_full(err);
        }
    }
    return check_columns(records, err);
}

static result find_kind(struct records *records, struct err *err)
{
    const str text = {.at = records->window, .len = records->end};
    const str mark = STR("\xEF\xBB\xBF");
    if (str_starts(text, STR("\xFF\xFE")) || str_starts(text, STR("\xFE\xFF"))) {
        return refuse_at_top(records, "The file is UTF-16 text", "Save it as UTF-8.", err);
    }
    if (str_starts(text, STR("PK\x03\x04")) || str_starts(text, STR("\xD0\xCF\x11\xE0"))) {
        return refuse_at_top(records, "The file is a workbook or an archive",
                             "Save the sheet as CSV, in UTF-8.", err);
    }
    const size_t skipped = str_starts(text, mark) ? mark.len : 0;
    const str rest = str_trim(str_slice(text, skipped, skipped + 64));
    if (rest.len == 0) {
        return refuse_at_top(records, "The file is empty",
                             "The first row of a CSV file names the columns.", err);
    }
    const str after = str_trim(str_slice(rest, 1, rest.len));
    if (rest.at[0] == '[' && (str_starts(after, STR("{")) || str_starts(after, STR("]")))) {
        return refuse_at_top(records, "The file is one JSON list",
                             "Write each object of it on a line of its own (NDJSON).", err);
    }
    records->is_json = rest.at[0] == '{';
    if (records->is_json) {
        records->begin = skipped;
    }
    return result_ok();
}

result records_open(struct records *records, const char *file, records_fill *fill, void *context,
                    struct arena *arena, struct err *err)
{
    *records =
        (struct records){.fill = fill, .fill_context = context, .file = file, .arena = arena};
    records->window = ARENA_NEW_UNSET(arena, char, RECORD_BYTES_MAX);
    if (records->window == NULL) {
        return arena_full(err);
    }
    TRY(refill(records, err));
    TRY(find_kind(records, err));
    scan(records);
    if (records->is_json) {
        return result_ok();
    }
    if (records->complete == 0) {
        return refuse_at_top(records, "The first row has no end",
                             "A quote that is opened must be closed again.", err);
    }
    return read_columns(records, err);
}
