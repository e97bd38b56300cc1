#include "notice/definition.h"

#include "base/buf.h"
#include "format/lines.h"

enum { TEXT_BYTES_MAX = 8 * 1024 };

struct reader {
    struct line_reader lines;
    struct arena *arena;
    struct notice_definition *notices;
    size_t count;
    struct notice_definition *notice; /* that lines belong to */
    struct notice_office *office;     /* the same; both NULL: none */
    struct notice_office the_office;
    struct notice_line *last; /* that a line which begins with a quote goes on with */
};

/* --- kinds of line ---------------------------------------------------------------------------- */

static const char *const kind_names[] = {
    [NOTICE_TITLE] = "title",
    [NOTICE_HEADING] = "heading",
    [NOTICE_PARAGRAPH] = "paragraph",
    [NOTICE_ITEM] = "item",
};

const char *notice_line_kind_name(enum notice_line_kind kind)
{
    return kind_names[kind];
}

bool notice_line_kind_from_name(str name, enum notice_line_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++) {
        if (str_equal(name, str_from_c(kind_names[i]))) {
            *ret_kind = (enum notice_line_kind)i;
            return true;
        }
    }
    return false;
}

/* --- what is put in --------------------------------------------------------------------------- */

bool notice_next_piece(str *text, struct notice_piece *ret_piece, bool *ret_wrong)
{
    *ret_wrong = false;
    if (text->len == 0) {
        return false;
    }
    const struct str_cut open = str_cut(*text, '{');
    ret_piece->words = open.head;
    ret_piece->insert = STR("");
    *text = open.tail;
    if (!open.found) {
        return true;
    }
    const struct str_cut close = str_cut(open.tail, '}');
    if (!close.found || close.head.len == 0 || str_find_char(close.head, '{') < close.head.len) {
        *ret_wrong = true;
        return false;
    }
    ret_piece->insert = close.head;
    *text = close.tail;
    return true;
}

static bool has_insert(const struct notice_definition *notice, str name)
{
    for (size_t i = 0; i < notice->insert_count; i++) {
        if (str_equal(notice->inserts[i], name)) {
            return true;
        }
    }
    return false;
}

static result add_inserts(struct reader *reader, str text, struct err *err)
{
    struct notice_definition *notice = reader->notice;
    struct notice_piece piece;
    bool wrong = false;
    while (notice_next_piece(&text, &piece, &wrong)) {
        if (piece.insert.len == 0 || has_insert(notice, piece.insert)) {
            continue;
        }
        if (notice->insert_count == NOTICE_INSERTS_MAX) {
            return line_refuse(&reader->lines, err, "A notice has 32 inserts at most, not also",
                               piece.insert);
        }
        notice->inserts[notice->insert_count++] = piece.insert;
    }
    return wrong ? line_refuse(&reader->lines, err, "A brace is not closed, or holds no name, in",
                               text)
                 : result_ok();
}

/* --- lines ------------------------------------------------------------------------------------ */

static result text_required(struct reader *reader, str *ret_text, struct err *err)
{
    TRY(line_text(&reader->lines, ret_text, err));
    return ret_text->len > 0 ? result_ok()
                             : line_refuse(&reader->lines, err, "A text in quotes is missing",
                                           reader->lines.rest);
}

static result add_line(struct reader *reader, struct notice_line *lines, size_t *count,
                       enum notice_line_kind kind, struct err *err)
{
    if (*count == NOTICE_LINES_MAX) {
        return line_refuse(&reader->lines, err, "A letter has 64 lines at most, not also",
                           reader->lines.rest);
    }
    struct notice_line *line = &lines[(*count)++];
    line->kind = kind;
    TRY(text_required(reader, &line->text, err));
    reader->last = line;
    return reader->notice == NULL ? result_ok() : add_inserts(reader, line->text, err);
}

/* A line that begins with a quote: more of the text before. */
static result more_text(struct reader *reader, struct err *err)
{
    str more = STR("");
    if (reader->last == NULL) {
        return line_refuse(&reader->lines, err, "This text continues nothing", reader->lines.rest);
    }
    TRY(text_required(reader, &more, err));
    reader->last->text =
        arena_format(reader->arena, "%.*s %.*s", STR_ARG(reader->last->text), STR_ARG(more));
    if (reader->last->text.at == NULL) {
        return arena_full(err);
    }
    if (reader->last->text.len > TEXT_BYTES_MAX) {
        return line_refuse(&reader->lines, err, "A text has 8 KiB at most", STR(""));
    }
    return reader->notice == NULL ? result_ok() : add_inserts(reader, more, err);
}

/* Takes the word with which a text of the letter begins, if it comes next; a title has no line of
 * its own. */
static bool take_kind(struct reader *reader, enum notice_line_kind *ret_kind)
{
    enum notice_line_kind kind = NOTICE_TITLE;
    if (!notice_line_kind_from_name(line_peek(&reader->lines), &kind) || kind == NOTICE_TITLE) {
        return false;
    }
    *ret_kind = kind;
    return line_take(&reader->lines, kind_names[kind]);
}

static result read_source(struct reader *reader, struct err *err)
{
    struct notice_definition *notice = reader->notice;
    if (notice->source_count == NOTICE_SOURCES_MAX) {
        return line_refuse(&reader->lines, err, "A notice has 8 sources at most", STR(""));
    }
    return text_required(reader, &notice->sources[notice->source_count++], err);
}

/* serving FACT is the day | whether understood | what it said of NAME | VALUE */
static result read_record(struct reader *reader, struct err *err)
{
    struct notice_definition *notice = reader->notice;
    if (notice->record_count == NOTICE_RECORDS_MAX) {
        return line_refuse(&reader->lines, err, "Serving records 16 facts at most", STR(""));
    }
    struct notice_record *record = &notice->records[notice->record_count++];
    *record = (struct notice_record){.value = STR(""), .line = reader->lines.line};
    TRY(line_name(&reader->lines, &record->fact, err));
    TRY(line_expect(&reader->lines, "is", err));
    if (line_take(&reader->lines, "the day")) {
        record->is = NOTICE_IS_DAY;
        return result_ok();
    }
    if (line_take(&reader->lines, "whether understood")) {
        record->is = NOTICE_IS_UNDERSTOOD;
        return result_ok();
    }
    record->is = line_take(&reader->lines, "what it said of") ? NOTICE_IS_INSERT : NOTICE_IS_TEXT;
    return line_name(&reader->lines, &record->value, err);
}

/* method NAME "TITLE" [shows FACT is VALUE] */
static result read_method(struct reader *reader, struct err *err)
{
    struct notice_definition *notice = reader->notice;
    if (notice->method_count == NOTICE_METHODS_MAX) {
        return line_refuse(&reader->lines, err, "A notice is served in 8 ways at most", STR(""));
    }
    struct notice_method *method = &notice->methods[notice->method_count++];
    *method = (struct notice_method){.fact = STR(""), .value = STR(""), .line = reader->lines.line};
    TRY(line_name(&reader->lines, &method->name, err));
    TRY(text_required(reader, &method->title, err));
    if (!line_take(&reader->lines, "shows")) {
        return result_ok();
    }
    TRY(line_name(&reader->lines, &method->fact, err));
    TRY(line_expect(&reader->lines, "is", err));
    return line_name(&reader->lines, &method->value, err);
}

static result read_notice_line(struct reader *reader, struct err *err)
{
    struct notice_definition *notice = reader->notice;
    enum notice_line_kind kind = NOTICE_PARAGRAPH;
    if (take_kind(reader, &kind)) {
        return add_line(reader, notice->lines, &notice->line_count, kind, err);
    }
    reader->last = NULL;
    if (line_take(&reader->lines, "version")) {
        return line_number(&reader->lines, &notice->version, err);
    }
    if (line_take(&reader->lines, "source")) {
        return read_source(reader, err);
    }
    if (line_take(&reader->lines, "serving")) {
        return read_record(reader, err);
    }
    if (line_take(&reader->lines, "method")) {
        return read_method(reader, err);
    }
    if (line_take(&reader->lines, "with hub")) {
        notice->with_hub = true;
        return result_ok();
    }
    return line_refuse(&reader->lines, err, "A notice has no line that begins with",
                       line_peek(&reader->lines));
}

static result read_office_line(struct reader *reader, struct err *err)
{
    enum notice_line_kind kind = NOTICE_PARAGRAPH;
    return take_kind(reader, &kind)
               ? add_line(reader, reader->office->lines, &reader->office->line_count, kind, err)
               : line_refuse(&reader->lines, err, "The office has no line that begins with",
                             line_peek(&reader->lines));
}

/* --- items ------------------------------------------------------------------------------------ */

static result begin_notice(struct reader *reader, struct err *err)
{
    str name = STR("");
    const struct notice_set so_far = {.notices = reader->notices, .count = reader->count};
    TRY(line_name(&reader->lines, &name, err));
    if (reader->count == NOTICES_MAX || notice_find(&so_far, name) != NULL) {
        return line_refuse(&reader->lines, err, "There is such a notice already, or 64 before",
                           name);
    }
    reader->office = NULL;
    reader->notice = &reader->notices[reader->count++];
    *reader->notice = (struct notice_definition){
        .name = name, .file = reader->lines.file, .line = reader->lines.line};
    return add_line(reader, reader->notice->lines, &reader->notice->line_count, NOTICE_TITLE, err);
}

static result begin_office(struct reader *reader, struct err *err)
{
    if (reader->the_office.line_count > 0) {
        return line_refuse(&reader->lines, err, "There is one office already", STR(""));
    }
    reader->notice = NULL;
    reader->office = &reader->the_office;
    return add_line(reader, reader->office->lines, &reader->office->line_count, NOTICE_TITLE, err);
}

static result read_line(struct reader *reader, struct err *err)
{
    const bool in_item = reader->notice != NULL || reader->office != NULL;
    if (reader->lines.indented && in_item) {
        TRY(reader->lines.rest.at[0] == '"' ? more_text(reader, err)
            : reader->notice != NULL        ? read_notice_line(reader, err)
                                            : read_office_line(reader, err));
    } else if (!reader->lines.indented && line_take(&reader->lines, "notice")) {
        TRY(begin_notice(reader, err));
    } else if (!reader->lines.indented && line_take(&reader->lines, "office")) {
        TRY(begin_office(reader, err));
    } else {
        return line_refuse(&reader->lines, err, "Neither a notice nor the office begins with",
                           line_peek(&reader->lines));
    }
    return line_end(&reader->lines, err);
}

static result read_file(struct reader *reader, const struct notice_file *file, struct err *err)
{
    const char *name = arena_copy(reader->arena, file->name).at;
    if (name == NULL) {
        return arena_full(err);
    }
    reader->notice = NULL;
    reader->office = NULL;
    reader->last = NULL;
    TRY(line_reader_open(&reader->lines, name, file->text, err));
    while (line_next(&reader->lines)) {
        TRY(read_line(reader, err));
    }
    return result_ok();
}

/* --- the whole -------------------------------------------------------------------------------- */

static result check_notice(const struct notice_definition *notice, struct err *err)
{
    uint32_t line = notice->line;
    const char *wrong = NULL;
    wrong = notice->method_count == 0 ? "has no method by which it is served" : wrong;
    wrong = notice->source_count == 0 ? "has no source" : wrong;
    wrong = notice->version < 1 ? "has no version, a number from 1" : wrong;
    wrong = notice->line_count < 2 ? "says nothing" : wrong;
    for (size_t i = 0; wrong == NULL && i < notice->record_count; i++) {
        const struct notice_record *record = &notice->records[i];
        if (record->is == NOTICE_IS_INSERT && !has_insert(notice, record->value)) {
            wrong = "records what it said of something it does not say";
            line = record->line;
        }
    }
    if (wrong == NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "The notice \"%.*s\" %s", STR_ARG(notice->name), wrong),
                  "placed next");
    return err_at(err, notice->file, line, 1);
}

result notice_set_read(const struct notice_file *files, size_t file_count, struct arena *arena,
                       struct notice_set *ret_set, struct err *err)
{
    struct reader *reader = ARENA_NEW(arena, struct reader, 1);
    if (reader == NULL) {
        return arena_full(err);
    }
    reader->arena = arena;
    reader->notices = ARENA_NEW(arena, struct notice_definition, NOTICES_MAX);
    if (reader->notices == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < file_count; i++) {
        TRY(read_file(reader, &files[i], err));
    }
    for (size_t i = 0; i < reader->count; i++) {
        TRY(check_notice(&reader->notices[i], err));
    }
    if (reader->the_office.line_count == 0) {
        return err_set(err, ERROR_INPUT, "No file says which office writes the notices");
    }
    *ret_set = (struct notice_set){
        .notices = reader->notices, .count = reader->count, .office = reader->the_office};
    return result_ok();
}

str notice_title(const struct notice_definition *notice)
{
    return notice->lines[0].text;
}

const struct notice_definition *notice_find(const struct notice_set *set, str name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (str_equal(set->notices[i].name, name)) {
            return &set->notices[i];
        }
    }
    return NULL;
}

const struct notice_method *notice_method_find(const struct notice_definition *notice, str name)
{
    for (size_t i = 0; i < notice->method_count; i++) {
        if (str_equal(notice->methods[i].name, name)) {
            return &notice->methods[i];
        }
    }
    return NULL;
}
