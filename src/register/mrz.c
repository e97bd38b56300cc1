#include "register/mrz.h"

/* A field: its line and its first and last position in it, both from 1, as in Doc 9303. */
struct field {
    int line;
    int first;
    int last;
};

enum { COMPOSITE_PARTS = 4 };

struct format_row {
    const char *name;
    int lines;
    int width;
    struct field code, issuer, number, number_check, nationality, born, born_check, sex, expires,
        expires_check, optional, optional_check, names;
    struct field composite[COMPOSITE_PARTS]; /* line 0: none */
    struct field composite_check;
};

static const struct format_row formats[] = {
    {.name = "TD1",
     .lines = 3,
     .width = 30,
     .code = {1, 1, 2},
     .issuer = {1, 3, 5},
     .number = {1, 6, 14},
     .number_check = {1, 15, 15},
     .optional = {1, 16, 30},
     .born = {2, 1, 6},
     .born_check = {2, 7, 7},
     .sex = {2, 8, 8},
     .expires = {2, 9, 14},
     .expires_check = {2, 15, 15},
     .nationality = {2, 16, 18},
     .names = {3, 1, 30},
     .composite = {{1, 6, 30}, {2, 1, 7}, {2, 9, 15}, {2, 19, 29}},
     .composite_check = {2, 30, 30}},
    {.name = "TD2",
     .lines = 2,
     .width = 36,
     .code = {1, 1, 2},
     .issuer = {1, 3, 5},
     .names = {1, 6, 36},
     .number = {2, 1, 9},
     .number_check = {2, 10, 10},
     .nationality = {2, 11, 13},
     .born = {2, 14, 19},
     .born_check = {2, 20, 20},
     .sex = {2, 21, 21},
     .expires = {2, 22, 27},
     .expires_check = {2, 28, 28},
     .optional = {2, 29, 35},
     .composite = {{2, 1, 10}, {2, 14, 20}, {2, 22, 35}},
     .composite_check = {2, 36, 36}},
    {.name = "TD3",
     .lines = 2,
     .width = 44,
     .code = {1, 1, 2},
     .issuer = {1, 3, 5},
     .names = {1, 6, 44},
     .number = {2, 1, 9},
     .number_check = {2, 10, 10},
     .nationality = {2, 11, 13},
     .born = {2, 14, 19},
     .born_check = {2, 20, 20},
     .sex = {2, 21, 21},
     .expires = {2, 22, 27},
     .expires_check = {2, 28, 28},
     .optional = {2, 29, 42},
     .optional_check = {2, 43, 43},
     .composite = {{2, 1, 10}, {2, 14, 20}, {2, 22, 43}},
     .composite_check = {2, 44, 44}},
};

enum {
    FORMATS = sizeof formats / sizeof formats[0],
    LEN_LEAST = 60, /* of what is taken for an MRZ at all; the shortest has 72 */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- characters ------------------------------------------------------------------------------- */

static int value_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 0;
}

static int weighted(str text, size_t from)
{
    static const int weights[] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        sum += value_of(text.at[i]) * weights[(from + i) % 3];
    }
    return sum;
}

int mrz_check_digit(str text)
{
    return weighted(text, 0) % 10;
}

bool mrz_is_meant(str typed)
{
    return typed.len >= LEN_LEAST && str_find_char(typed, '<') < typed.len;
}

static result compact(str typed, struct arena *arena, str *ret_text, struct err *err)
{
    char *text = ARENA_NEW(arena, char, typed.len + 1);
    size_t len = 0;
    if (text == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < typed.len; i++) {
        const char c = typed.at[i];
        if (!is_space(c)) {
            text[len++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
    }
    *ret_text = (str){.at = text, .len = len};
    return result_ok();
}

static result find_format(str text, const struct format_row **ret_format, struct err *err)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (text.len == (size_t)(formats[i].lines * formats[i].width)) {
            *ret_format = &formats[i];
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_INPUT,
                          "A machine readable zone of %zu characters is of no known format",
                          text.len),
                  "the hint returns the failure");
    return err_hint(err, "It has three lines of 30 characters (TD1), two of 36 (TD2) or two of 44 "
                         "(TD3); type every < too.");
}

static result check_characters(const struct format_row *format, str text, struct err *err)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && c != '<') {
            return err_set(err, ERROR_INPUT,
                           "Line %zu, position %zu of the machine readable zone is no letter, "
                           "digit or <",
                           i / (size_t)format->width + 1, i % (size_t)format->width + 1);
        }
    }
    return result_ok();
}

static str field_of(const struct format_row *format, str text, struct field field)
{
    if (field.line == 0) {
        return STR("");
    }
    const size_t begin = (size_t)((field.line - 1) * format->width + field.first - 1);
    return str_slice(text, begin, begin + (size_t)(field.last - field.first + 1));
}

static str without_fillers(str text)
{
    while (text.len > 0 && text.at[text.len - 1] == '<') {
        text.len--;
    }
    return text;
}

/* --- check digits ----------------------------------------------------------------------------- */

static result refuse_digit(const char *what, struct field field, struct field check, int should,
                           char is, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT,
                          "The check digit of %s (line %d, position %d) is %c and should be %d",
                          what, check.line, check.first, is, should),
                  "the hint returns the failure");
    return err_hint(err, "Compare line %d from position %d with the document.",
                    field.line == 0 ? check.line : field.line, field.line == 0 ? 1 : field.first);
}

static result check_digit(const struct format_row *format, str text, const char *what,
                          struct field field, struct field check, struct err *err)
{
    const str content = field_of(format, text, field);
    const char digit = field_of(format, text, check).at[0];
    const int should = mrz_check_digit(content);
    const bool absent = digit == '<' && without_fillers(content).len == 0;
    return absent || digit == '0' + should ? result_ok()
                                           : refuse_digit(what, field, check, should, digit, err);
}

static result check_composite(const struct format_row *format, str text, struct err *err)
{
    size_t len = 0;
    int sum = 0;
    for (size_t i = 0; i < COMPOSITE_PARTS; i++) {
        const str part = field_of(format, text, format->composite[i]);
        sum += weighted(part, len);
        len += part.len;
    }
    const char digit = field_of(format, text, format->composite_check).at[0];
    return digit == '0' + sum % 10 ? result_ok()
                                   : refuse_digit("all fields together", (struct field){0, 0, 0},
                                                  format->composite_check, sum % 10, digit, err);
}

/* A number of more than nine characters goes on in the optional data, up to the first filler, and
 * ends there with its check digit. */
static result long_number(const struct format_row *format, str text, struct arena *arena,
                          str *ret_number, struct err *err)
{
    const str first = field_of(format, text, format->number);
    const struct str_cut rest = str_cut(field_of(format, text, format->optional), '<');
    if (rest.head.len < 2) {
        return err_set(err, ERROR_INPUT,
                       "The check digit of the document number (line %d, position %d) is missing",
                       format->number_check.line, format->number_check.first);
    }
    const str number =
        arena_format(arena, "%.*s%.*s", STR_ARG(first), (int)rest.head.len - 1, rest.head.at);
    if (number.at == NULL) {
        return arena_full(err);
    }
    const int should = mrz_check_digit(number);
    const char digit = rest.head.at[rest.head.len - 1];
    const int at = format->optional.first + (int)rest.head.len - 1;
    *ret_number = number;
    return digit == '0' + should
               ? result_ok()
               : refuse_digit("the document number", format->number,
                              (struct field){format->optional.line, at, at}, should, digit, err);
}

static result read_number(const struct format_row *format, str text, struct arena *arena,
                          str *ret_number, struct err *err)
{
    const str number = field_of(format, text, format->number);
    const char digit = field_of(format, text, format->number_check).at[0];
    if (digit == '<' && format->optional_check.line == 0 &&
        without_fillers(number).len == number.len) {
        return long_number(format, text, arena, ret_number, err);
    }
    *ret_number = without_fillers(number);
    if (ret_number->len == 0) {
        return err_set(err, ERROR_INPUT, "The document number (line %d, position %d) is missing",
                       format->number.line, format->number.first);
    }
    return check_digit(format, text, "the document number", format->number, format->number_check,
                       err);
}

/* --- the name --------------------------------------------------------------------------------- */

static result read_name(str field, struct arena *arena, str *ret_name, struct err *err)
{
    const str text = without_fillers(field);
    char *name = ARENA_NEW(arena, char, text.len + 1);
    if (name == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < text.len; i++) {
        name[i] = text.at[i] == '<' ? ' ' : text.at[i];
    }
    *ret_name = (str){.at = name, .len = text.len};
    return result_ok();
}

result mrz_read(str typed, struct arena *arena, struct mrz *ret_mrz, struct err *err)
{
    str text;
    const struct format_row *format = NULL;
    TRY(compact(typed, arena, &text, err));
    TRY(find_format(text, &format, err));
    TRY(check_characters(format, text, err));
    struct mrz mrz = {
        .format = format->name,
        .code = without_fillers(field_of(format, text, format->code)),
        .issuer = without_fillers(field_of(format, text, format->issuer)),
        .nationality = without_fillers(field_of(format, text, format->nationality)),
        .born = field_of(format, text, format->born),
        .expires = field_of(format, text, format->expires),
        .sex = field_of(format, text, format->sex).at[0],
    };
    TRY(read_number(format, text, arena, &mrz.number, err));
    TRY(check_digit(format, text, "the date of birth", format->born, format->born_check, err));
    TRY(check_digit(format, text, "the date of expiry", format->expires, format->expires_check,
                    err));
    if (format->optional_check.line != 0) {
        TRY(check_digit(format, text, "the optional data", format->optional, format->optional_check,
                        err));
    }
    TRY(check_composite(format, text, err));
    TRY(read_name(field_of(format, text, format->names), arena, &mrz.name, err));
    *ret_mrz = mrz;
    return result_ok();
}
