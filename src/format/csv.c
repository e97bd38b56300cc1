#include "format/csv.h"

void csv_reader_init(struct csv_reader *reader, const char *file, str text)
{
    /* Spreadsheets put a byte order mark before UTF-8; it is not part of the first name. */
    const str mark = STR("\xEF\xBB\xBF");
    const str rest = str_starts(text, mark) ? str_slice(text, mark.len, text.len) : text;
    *reader = (struct csv_reader){.rest = rest, .file = file, .next_line = 1};
}

/* How the text goes on after a cell. */
enum cell_end { CELL_THEN_CELL, CELL_THEN_RECORD, CELL_LAST };

/* Where the reading of one record is: the text as it was when the record began, and how far it has
 * come. */
struct cursor {
    str text;
    size_t at;
    size_t line_begin; /* index of the first byte of the current line */
    uint32_t line;
    const char *file;
};

static result refuse(const struct cursor *cursor, size_t at, const char *what, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "%s", what), "the place returns the failure");
    return err_at(err, cursor->file, cursor->line, (uint32_t)(at - cursor->line_begin + 1));
}

static void start_line(struct cursor *cursor, size_t begin)
{
    cursor->line++;
    cursor->line_begin = begin;
}

/* Passes over what ends a cell: a comma, LF, CRLF, or the end of the text. */
static result pass_end(struct cursor *cursor, enum cell_end *ret_end, struct err *err)
{
    const str rest = str_slice(cursor->text, cursor->at, cursor->text.len);
    if (rest.len == 0) {
        *ret_end = CELL_LAST;
    } else if (str_starts(rest, STR(","))) {
        cursor->at += 1;
        *ret_end = CELL_THEN_CELL;
    } else if (str_starts(rest, STR("\n")) || str_starts(rest, STR("\r\n"))) {
        cursor->at += rest.at[0] == '\n' ? 1 : 2;
        start_line(cursor, cursor->at);
        *ret_end = CELL_THEN_RECORD;
    } else if (rest.at[0] == '\r') {
        result_ignore(refuse(cursor, cursor->at,
                             "A carriage return here is not followed by a line feed", err),
                      "the hint returns the failure");
        return err_hint(err, "Save the file with ends of lines as Windows or Linux has them.");
    } else {
        return refuse(cursor, cursor->at,
                      "After a closing quote only a comma or the end of the line may follow", err);
    }
    return result_ok();
}

static result read_bare_cell(struct cursor *cursor, str *ret_cell, struct err *err)
{
    const size_t begin = cursor->at;
    for (; cursor->at < cursor->text.len; cursor->at++) {
        const char c = cursor->text.at[cursor->at];
        if (c == '"') {
            return refuse(cursor, cursor->at,
                          "A quote may only stand in a cell that begins with a quote", err);
        }
        if (c == ',' || c == '\n' || c == '\r') {
            break;
        }
    }
    *ret_cell = str_slice(cursor->text, begin, cursor->at);
    return result_ok();
}

/* `text` with each doubled quote made one. */
static result undouble(str text, struct arena *arena, str *ret_text, struct err *err)
{
    char *copy = ARENA_NEW(arena, char, text.len);
    if (copy == NULL) {
        return arena_full(err);
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[len++] = text.at[i];
        i += text.at[i] == '"' ? 1 : 0;
    }
    *ret_text = (str){.at = copy, .len = len};
    return result_ok();
}

static result read_quoted_cell(struct cursor *cursor, struct arena *arena, str *ret_cell,
                               struct err *err)
{
    const struct cursor opening = *cursor;
    const size_t begin = cursor->at + 1;
    bool doubled = false;
    size_t at = begin;
    for (; at < cursor->text.len; at++) {
        const char c = cursor->text.at[at];
        if (c == '\n') {
            start_line(cursor, at + 1);
        }
        if (c != '"') {
            continue;
        }
        const bool another = at + 1 < cursor->text.len && cursor->text.at[at + 1] == '"';
        if (!another) {
            break;
        }
        doubled = true;
        at++;
    }
    if (at == cursor->text.len) {
        return refuse(&opening, opening.at, "The quote opened here is never closed", err);
    }
    cursor->at = at + 1;
    const str inside = str_slice(cursor->text, begin, at);
    if (doubled) {
        return undouble(inside, arena, ret_cell, err);
    }
    *ret_cell = inside;
    return result_ok();
}

static result read_cell(struct cursor *cursor, struct arena *arena, str *ret_cell, struct err *err)
{
    const struct cursor begin = *cursor;
    const bool quoted =
        str_starts(str_slice(cursor->text, cursor->at, cursor->text.len), STR("\""));
    str cell = {0};
    if (quoted) {
        TRY(read_quoted_cell(cursor, arena, &cell, err));
    } else {
        TRY(read_bare_cell(cursor, &cell, err));
    }
    if (!str_is_utf8(cell)) {
        const bool nul = str_find_char(cell, '\0') < cell.len;
        return refuse(&begin, begin.at,
                      nul ? "The cell that begins here has a NUL in it"
                          : "The cell that begins here is not UTF-8 text",
                      err);
    }
    *ret_cell = cell;
    return result_ok();
}

static result check_count(struct csv_reader *reader, size_t count, struct err *err)
{
    if (reader->column_count == 0) {
        reader->column_count = count;
    }
    if (count != reader->column_count) {
        result_ignore(err_set(err, ERROR_INPUT, "The first row has %zu columns; this row has %zu",
                              reader->column_count, count),
                      "the place returns the failure");
        return err_at(err, reader->file, reader->line, 0);
    }
    return result_ok();
}

result csv_read(struct csv_reader *reader, struct arena *arena, str cells[CSV_COLUMNS_MAX],
                size_t *ret_count, bool *ret_more, struct err *err)
{
    if (reader->rest.len == 0) {
        *ret_count = 0;
        *ret_more = false;
        return result_ok();
    }
    struct cursor cursor = {.text = reader->rest, .line = reader->next_line, .file = reader->file};
    reader->line = reader->next_line;
    size_t count = 0;
    enum cell_end end = CELL_THEN_CELL;
    while (end == CELL_THEN_CELL) {
        if (count == CSV_COLUMNS_MAX) {
            result_ignore(
                err_set(err, ERROR_LIMIT, "A row may have at most %d columns", CSV_COLUMNS_MAX),
                "the place returns the failure");
            return err_at(err, reader->file, reader->line, 0);
        }
        reader->cell = count;
        TRY(read_cell(&cursor, arena, &cells[count], err));
        TRY(pass_end(&cursor, &end, err));
        count++;
    }
    reader->rest = str_slice(cursor.text, cursor.at, cursor.text.len);
    reader->next_line = cursor.line;
    TRY(check_count(reader, count, err));
    *ret_count = count;
    *ret_more = true;
    return result_ok();
}

/* "-12", "-0.5": a spreadsheet reads it as that number. */
static bool is_negative_number(str text)
{
    bool digit = false;
    bool point = false;
    for (size_t i = 1; i < text.len; i++) {
        const bool is_digit = text.at[i] >= '0' && text.at[i] <= '9';
        const bool is_point = text.at[i] == '.' && digit && !point;
        if (!is_digit && !is_point) {
            return false;
        }
        digit = is_digit;
        point = point || is_point;
    }
    return digit && text.at[0] == '-';
}

/* CSV injection: what makes a spreadsheet take a cell for a formula when it stands first. */
static bool looks_like_formula(str text)
{
    return text.len > 0 && str_find_char(STR("=+-@\t\r"), text.at[0]) < 6 &&
           !is_negative_number(text);
}

static bool needs_quotes(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        if (c == ',' || c == '"' || c == '\r' || c == '\n') {
            return true;
        }
    }
    return false;
}

static void put_doubled(struct buf *buf, str text)
{
    for (struct str_cut cut = {.tail = text, .found = true}; cut.found;) {
        cut = str_cut(cut.tail, '"');
        buf_put(buf, cut.head);
        buf_put(buf, cut.found ? STR("\"\"") : STR(""));
    }
}

void csv_write_cell(struct buf *buf, bool first, str text)
{
    const bool quoted = needs_quotes(text);
    buf_put(buf, first ? STR("") : STR(","));
    buf_put(buf, quoted ? STR("\"") : STR(""));
    buf_put(buf, looks_like_formula(text) ? STR("'") : STR(""));
    put_doubled(buf, text);
    buf_put(buf, quoted ? STR("\"") : STR(""));
}

void csv_write_number(struct buf *buf, bool first, int64_t number)
{
    buf_put(buf, first ? STR("") : STR(","));
    buf_put_int64(buf, number);
}

void csv_write_end(struct buf *buf)
{
    buf_put(buf, STR("\r\n"));
}
