#include "format/catalogue.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

/* The reader of one file. An entry is gathered line by line and ends where the next begins. */
struct po_reader {
    const char *file;
    uint32_t line;
    struct arena *arena;
    struct catalogue_entry *entries;
    size_t count;
    struct catalogue *catalogue;
    /* The entry being gathered. */
    struct catalogue_entry entry;
    str *open; /* what a line that begins with a quote goes on with; NULL: nothing */
    bool has_original;
    bool has_other;
    bool fuzzy;
};

static result refuse(const struct po_reader *reader, struct err *err, const char *what)
{
    result_ignore(err_set(err, ERROR_INPUT, "%s", what), "placed next");
    return err_at(err, reader->file, reader->line, 1);
}

/* --- strings ---------------------------------------------------------------------------------- */

static bool put_escape(struct buf *buf, char c)
{
    switch (c) {
    case 'n':
        buf_put_char(buf, '\n');
        return true;
    case 't':
        buf_put_char(buf, '\t');
        return true;
    case '"':
    case '\\':
        buf_put_char(buf, c);
        return true;
    default:
        return false;
    }
}

/* Adds what stands between the quotes to `into`. */
static result add_string(struct po_reader *reader, str quoted, str *into, struct err *err)
{
    struct buf buf;
    if (quoted.len < 2 || quoted.at[0] != '"' || quoted.at[quoted.len - 1] != '"') {
        return refuse(reader, err, "A string stands in double quotes that end on its line");
    }
    buf_init(&buf, reader->arena, CATALOGUE_BYTES_MAX);
    buf_put(&buf, *into);
    for (size_t i = 1; i + 1 < quoted.len; i++) {
        if (quoted.at[i] == '"') {
            return refuse(reader, err, "A double quote inside a string is written \\\"");
        }
        if (quoted.at[i] != '\\') {
            buf_put_char(&buf, quoted.at[i]);
        } else if (i + 2 >= quoted.len || !put_escape(&buf, quoted.at[++i])) {
            return refuse(reader, err, "After a backslash stands one of n t \" \\");
        }
    }
    return buf_finish(&buf, into, err);
}

/* --- entries ---------------------------------------------------------------------------------- */

/* The value of a line "Name: value" of the header; "" when there is none. */
static str header_line(str header, const char *name)
{
    str left = header;
    while (left.len > 0) {
        const struct str_cut line = str_cut(left, '\n');
        const struct str_cut field = str_cut(line.head, ':');
        if (field.found && str_equal(field.head, str_from_c(name))) {
            return str_trim(field.tail);
        }
        left = line.tail;
    }
    return STR("");
}

static result read_header(struct po_reader *reader, str header, struct err *err)
{
    struct catalogue *catalogue = reader->catalogue;
    const str forms = header_line(header, "Plural-Forms");
    catalogue->language = header_line(header, "Language");
    catalogue->status = header_line(header, "X-Translation-Status");
    catalogue->all_pages = str_equal(header_line(header, "X-Pages"), STR("all"));
    if (forms.len > 0 && !plural_read(forms, &catalogue->plural, err).ok) {
        return err_at(err, reader->file, reader->line, 1);
    }
    return result_ok();
}

static bool is_translated(const struct catalogue_entry *entry)
{
    for (size_t i = 0; i < entry->form_count; i++) {
        if (entry->translated[i].len == 0) {
            return false;
        }
    }
    return entry->form_count > 0;
}

static result end_entry(struct po_reader *reader, struct err *err)
{
    const struct catalogue_entry entry = reader->entry;
    if (!reader->has_original) {
        return result_ok();
    }
    if (entry.form_count == 0) {
        return refuse(reader, err, "The entry before has no msgstr");
    }
    if (entry.original.len == 0 && entry.context.len == 0) {
        return read_header(reader, entry.translated[0], err);
    }
    if (reader->has_other && entry.form_count != reader->catalogue->plural.form_count) {
        return refuse(reader, err,
                      "The entry before has not as many forms as the header's Plural-Forms says");
    }
    if (is_translated(&entry) && !reader->fuzzy) {
        if (reader->count == CATALOGUE_ENTRIES_MAX) {
            return refuse(reader, err, "There are too many entries");
        }
        reader->entries[reader->count++] = entry;
    }
    return result_ok();
}

static void begin_entry(struct po_reader *reader)
{
    reader->entry =
        (struct catalogue_entry){.context = STR(""), .original = STR(""), .other = STR("")};
    reader->open = NULL;
    reader->has_original = false;
    reader->has_other = false;
    reader->fuzzy = false;
}

static result read_comment(struct po_reader *reader, str line, struct err *err)
{
    if (reader->entry.form_count > 0) {
        TRY(end_entry(reader, err));
        begin_entry(reader);
    }
    reader->open = NULL;
    if (str_starts(line, STR("#,")) && str_contains(line, STR("fuzzy"))) {
        reader->fuzzy = true;
    }
    return result_ok();
}

/* msgstr, or msgstr[0], msgstr[1] ... where there is a msgid_plural: the next of the forms. */
static str *next_form(struct po_reader *reader, str word)
{
    struct catalogue_entry *entry = &reader->entry;
    char expected[sizeof "msgstr[0]"] = "msgstr";
    if (!reader->has_original || entry->form_count == (reader->has_other ? PLURAL_FORMS_MAX : 1)) {
        return NULL;
    }
    if (reader->has_other) {
        snprintf(expected, sizeof expected, "msgstr[%u]", (unsigned)entry->form_count % 10);
    }
    if (!str_equal(word, str_from_c(expected))) {
        return NULL;
    }
    entry->translated[entry->form_count] = STR("");
    return &entry->translated[entry->form_count++];
}

/* A line that begins with a word: which string of the entry begins. */
static result read_word(struct po_reader *reader, str word, str quoted, struct err *err)
{
    const bool context = str_equal(word, STR("msgctxt"));
    const bool original = str_equal(word, STR("msgid"));
    if ((context || original) && reader->entry.form_count > 0) {
        TRY(end_entry(reader, err));
        begin_entry(reader);
    }
    if (context && !reader->has_original) {
        reader->open = &reader->entry.context;
    } else if (original && !reader->has_original) {
        reader->open = &reader->entry.original;
        reader->has_original = true;
    } else if (str_equal(word, STR("msgid_plural")) && reader->has_original && !reader->has_other &&
               reader->entry.form_count == 0) {
        reader->open = &reader->entry.other;
        reader->has_other = true;
    } else {
        reader->open = next_form(reader, word);
    }
    if (reader->open == NULL) {
        return refuse(reader, err,
                      "Here should stand msgctxt, msgid, msgid_plural or msgstr, in this order, "
                      "and with msgid_plural msgstr[0], msgstr[1] and so on");
    }
    return add_string(reader, quoted, reader->open, err);
}

static result read_line(struct po_reader *reader, str line, struct err *err)
{
    if (line.len == 0) {
        return result_ok();
    }
    if (line.at[0] == '#') {
        return read_comment(reader, line, err);
    }
    if (line.at[0] == '"') {
        return reader->open == NULL ? refuse(reader, err, "This string continues nothing")
                                    : add_string(reader, line, reader->open, err);
    }
    const struct str_cut cut = str_cut(line, ' ');
    return read_word(reader, cut.head, str_trim(cut.tail), err);
}

/* --- the whole -------------------------------------------------------------------------------- */

static int compare(const struct catalogue_entry *a, str context, str original)
{
    const int by_context = str_compare(a->context, context);
    return by_context != 0 ? by_context : str_compare(a->original, original);
}

static int compare_entries(const void *a, const void *b)
{
    const struct catalogue_entry *other = b;
    return compare(a, other->context, other->original);
}

static result finish(struct po_reader *reader, struct err *err)
{
    TRY(end_entry(reader, err));
    if (reader->catalogue->language.len == 0) {
        return refuse(reader, err, "The file has no header with a line \"Language:\"");
    }
    if (reader->count > 0) {
        qsort(reader->entries, reader->count, sizeof *reader->entries, compare_entries);
    }
    for (size_t i = 1; i < reader->count; i++) {
        if (compare_entries(&reader->entries[i - 1], &reader->entries[i]) == 0) {
            result_ignore(err_set(err, ERROR_INPUT, "This is translated twice: \"%.*s\"",
                                  STR_ARG(reader->entries[i].original)),
                          "placed next");
            return err_at(err, reader->file, 0, 0);
        }
    }
    reader->catalogue->entries = reader->entries;
    reader->catalogue->count = reader->count;
    return result_ok();
}

static size_t count_lines(str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.at[i] == '\n' ? 1 : 0;
    }
    return count;
}

result catalogue_read(const char *file, str text, struct arena *arena,
                      struct catalogue *ret_catalogue, struct err *err)
{
    struct catalogue catalogue = {.language = STR(""), .status = STR("")};
    struct po_reader reader = {.file = file, .arena = arena, .catalogue = &catalogue};
    const size_t lines = count_lines(text);
    if (!str_is_utf8(text)) {
        return refuse(&reader, err, "The file is not UTF-8");
    }
    reader.entries = ARENA_NEW(arena, struct catalogue_entry,
                               lines < CATALOGUE_ENTRIES_MAX ? lines : CATALOGUE_ENTRIES_MAX);
    if (reader.entries == NULL) {
        return arena_full(err);
    }
    begin_entry(&reader);
    for (str left = text; left.len > 0;) {
        const struct str_cut cut = str_cut(left, '\n');
        reader.line++;
        TRY(read_line(&reader, str_trim(cut.head), err));
        left = cut.tail;
    }
    TRY(finish(&reader, err));
    *ret_catalogue = catalogue;
    return result_ok();
}

static const struct catalogue_entry *find(const struct catalogue *catalogue, str context,
                                          str original)
{
    size_t from = 0;
    size_t to = catalogue->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = compare(&catalogue->entries[middle], context, original);
        if (order == 0) {
            return &catalogue->entries[middle];
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

str catalogue_find(const struct catalogue *catalogue, str context, str original)
{
    const struct catalogue_entry *entry = find(catalogue, context, original);
    return entry != NULL && entry->other.len == 0 ? entry->translated[0] : STR("");
}

str catalogue_counted(const struct catalogue *catalogue, str context, struct counted_text text,
                      uint64_t count)
{
    const struct catalogue_entry *entry =
        catalogue == NULL ? NULL : find(catalogue, context, str_from_c(text.one));
    if (entry == NULL || !str_equal(entry->other, str_from_c(text.other))) {
        return str_from_c(count == 1 ? text.one : text.other);
    }
    return entry->translated[plural_form(&catalogue->plural, count)];
}

static str value_named(const struct said_value *values, str name)
{
    for (; values->name != NULL; values++) {
        if (str_equal(str_from_c(values->name), name)) {
            return values->value;
        }
    }
    return STR("");
}

void said_put(struct buf *buf, str text, const struct said_value *values)
{
    while (text.len > 0) {
        const struct str_cut before = str_cut(text, '{');
        const struct str_cut name = str_cut(before.tail, '}');
        buf_put(buf, before.head);
        buf_put(buf, value_named(values, str_slice(name.head, 1, name.head.len)));
        text = str_slice(name.tail, 1, name.tail.len);
    }
}
