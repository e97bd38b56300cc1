#include "format/lines.h"

result line_refuse(const struct line_reader *reader, struct err *err, const char *what, str word)
{
    result_ignore(word.len == 0 ? err_set(err, ERROR_INPUT, "%s", what)
                                : err_set(err, ERROR_INPUT, "%s: \"%.*s\"", what, STR_ARG(word)),
                  "placed next");
    return err_at(err, reader->file, reader->line, 1);
}

/* --- lines --- */

result line_reader_open(struct line_reader *reader, const char *file, str text, struct err *err)
{
    *reader = (struct line_reader){.file = file, .text = text};
    return str_is_utf8(text) ? result_ok()
                             : line_refuse(reader, err, "The file is not UTF-8", STR(""));
}

/* What stands before a `#` that is in no text. */
static str without_comment(str line)
{
    bool in_text = false;
    for (size_t i = 0; i < line.len; i++) {
        in_text = line.at[i] == '"' ? !in_text : in_text;
        if (line.at[i] == '#' && !in_text) {
            return str_slice(line, 0, i);
        }
    }
    return line;
}

bool line_next(struct line_reader *reader)
{
    reader->rest = STR("");
    while (reader->rest.len == 0 && reader->text.len > 0) {
        const struct str_cut cut = str_cut(reader->text, '\n');
        const str line = without_comment(cut.head);
        reader->line++;
        reader->rest = str_trim(line);
        reader->indented = line.len > 0 && line.at[0] == ' ';
        reader->text = cut.tail;
    }
    return reader->rest.len > 0;
}

/* --- words --- */

static void skip_space(struct line_reader *reader)
{
    while (reader->rest.len > 0 && (reader->rest.at[0] == ' ' || reader->rest.at[0] == ',')) {
        reader->rest = str_slice(reader->rest, 1, reader->rest.len);
    }
}

static bool ends_word(char c)
{
    return c == ' ' || c == ',' || c == '"';
}

result line_end(struct line_reader *reader, struct err *err)
{
    skip_space(reader);
    return reader->rest.len == 0
               ? result_ok()
               : line_refuse(reader, err, "Nothing should follow here", reader->rest);
}

str line_peek(struct line_reader *reader)
{
    skip_space(reader);
    size_t len = 0;
    while (len < reader->rest.len && !ends_word(reader->rest.at[len])) {
        len++;
    }
    return str_slice(reader->rest, 0, len);
}

str line_word(struct line_reader *reader)
{
    const str word = line_peek(reader);
    reader->rest = str_slice(reader->rest, word.len, reader->rest.len);
    return word;
}

bool line_take(struct line_reader *reader, const char *words)
{
    const struct line_reader before = *reader;
    str left = str_from_c(words);
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (!str_equal(line_word(reader), cut.head)) {
            *reader = before;
            return false;
        }
        left = cut.tail;
    }
    return true;
}

result line_expect(struct line_reader *reader, const char *words, struct err *err)
{
    return line_take(reader, words)
               ? result_ok()
               : line_refuse(reader, err, "Here should stand", str_from_c(words));
}

result line_text(struct line_reader *reader, str *ret_text, struct err *err)
{
    skip_space(reader);
    *ret_text = STR("");
    if (reader->rest.len == 0 || reader->rest.at[0] != '"') {
        return result_ok();
    }
    const str after = str_slice(reader->rest, 1, reader->rest.len);
    const struct str_cut cut = str_cut(after, '"');
    if (!cut.found) {
        return line_refuse(reader, err, "The text does not end on its line", after);
    }
    *ret_text = cut.head;
    reader->rest = cut.tail;
    return result_ok();
}

result line_name(struct line_reader *reader, str *ret_name, struct err *err)
{
    const str word = line_word(reader);
    if (word.len == 0) {
        return line_refuse(reader, err, "A name is missing before", reader->rest);
    }
    *ret_name = word;
    return result_ok();
}

result line_number(struct line_reader *reader, int64_t *ret_number, struct err *err)
{
    const str word = line_word(reader);
    return str_to_int64(word, ret_number, NULL).ok && *ret_number >= 0
               ? result_ok()
               : line_refuse(reader, err, "A whole number should stand here, not", word);
}

result line_names(struct line_reader *reader, str *names, size_t max, size_t *ret_count,
                  struct err *err)
{
    size_t count = 0;
    while (line_peek(reader).len > 0) {
        if (count == max) {
            return line_refuse(reader, err, "Too many names in one list, at", line_peek(reader));
        }
        names[count++] = line_word(reader);
    }
    *ret_count = count;
    return result_ok();
}
