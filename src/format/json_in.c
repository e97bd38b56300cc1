#include "format/json_in.h"

#include <string.h>

static const size_t escape_len = 4; /* hexadecimal digits of \u */

static result refuse(const struct json_in *in, struct err *err)
{
    uint32_t line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < in->at && i < in->text.len; i++) {
        if (in->text.at[i] == '\n') {
            line++;
            begin = i + 1;
        }
    }
    result_ignore(err_set(err, ERROR_INPUT, "The JSON is not what was expected here"),
                  "the place returns the failure");
    return err_at(err, "", line, (uint32_t)(in->at - begin + 1));
}

result json_in_begin(str text, struct json_in *ret_in, struct err *err)
{
    *ret_in = (struct json_in){.text = text};
    return str_is_utf8(text)
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The JSON is not well-formed UTF-8, or has a NUL");
}

/* The next character that is no white space, which is not taken; NUL at the end. */
static char next_of(struct json_in *in)
{
    while (in->at < in->text.len) {
        const char c = in->text.at[in->at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            return c;
        }
        in->at++;
    }
    return '\0';
}

bool json_in_takes(struct json_in *in, char mark)
{
    const bool comes = next_of(in) == mark;
    in->at += comes ? 1 : 0;
    return comes;
}

result json_in_take(struct json_in *in, char mark, struct err *err)
{
    return json_in_takes(in, mark) ? result_ok() : refuse(in, err);
}

bool json_in_at_text(struct json_in *in)
{
    return next_of(in) == '"';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool json_in_at_number(struct json_in *in)
{
    const char c = next_of(in);
    return c == '-' || is_digit(c);
}

result json_in_end(struct json_in *in, struct err *err)
{
    return next_of(in) == '\0' ? result_ok() : refuse(in, err);
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Where the text that begins here ends, at its quote; the length of `in` when it does not. */
static size_t end_of_text(const struct json_in *in, bool *ret_plain)
{
    size_t at = in->at;
    *ret_plain = true;
    while (at < in->text.len && in->text.at[at] != '"' && (unsigned char)in->text.at[at] >= 0x20) {
        const bool escapes = in->text.at[at] == '\\';
        *ret_plain = *ret_plain && !escapes;
        at += escapes ? 2 : 1;
    }
    return at < in->text.len && in->text.at[at] == '"' ? at : in->text.len;
}

static int hex_value(char c)
{
    const char lower = (char)(c | 0x20);
    if (is_digit(c)) {
        return c - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* "\uXXXX" at the place that is told; false when it is something else. */
static bool read_unit(str text, size_t at, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    if (text.len < 2 + escape_len || at > text.len - 2 - escape_len || text.at[at] != '\\' ||
        text.at[at + 1] != 'u') {
        return false;
    }
    for (size_t i = 0; i < escape_len; i++) {
        const int value = hex_value(text.at[at + 2 + i]);
        if (value < 0) {
            return false;
        }
        unit = unit * 16 + (uint32_t)value;
    }
    *ret_unit = unit;
    return true;
}

static size_t put_character(uint32_t character, char *into)
{
    unsigned char *at = (unsigned char *)into;
    if (character < 0x80) {
        at[0] = (unsigned char)character;
        return 1;
    }
    if (character < 0x800) {
        at[0] = (unsigned char)(0xC0 | character >> 6);
        at[1] = (unsigned char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        at[0] = (unsigned char)(0xE0 | character >> 12);
        at[1] = (unsigned char)(0x80 | (character >> 6 & 0x3F));
        at[2] = (unsigned char)(0x80 | (character & 0x3F));
        return 3;
    }
    at[0] = (unsigned char)(0xF0 | character >> 18);
    at[1] = (unsigned char)(0x80 | (character >> 12 & 0x3F));
    at[2] = (unsigned char)(0x80 | (character >> 6 & 0x3F));
    at[3] = (unsigned char)(0x80 | (character & 0x3F));
    return 4;
}

/* A character that is written as one unit of UTF-16, or as two; 0 when it is none. */
static size_t read_character(str text, size_t at, uint32_t *ret_character)
{
    const size_t unit_len = 2 + escape_len;
    uint32_t high = 0;
    uint32_t low = 0;
    if (!read_unit(text, at, &high) || high == 0 || (high >= 0xDC00 && high <= 0xDFFF)) {
        return 0;
    }
    *ret_character = high;
    if (high < 0xD800 || high > 0xDBFF) {
        return unit_len;
    }
    if (!read_unit(text, at + unit_len, &low) || low < 0xDC00 || low > 0xDFFF) {
        return 0;
    }
    *ret_character = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return 2 * unit_len;
}

/* What one letter after the backslash stands for; NUL when it stands for nothing. */
static char letter_of(char c)
{
    static const char letters[][2] = {{'"', '"'},  {'\\', '\\'}, {'/', '/'},  {'b', '\b'},
                                      {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i][0] == c) {
            return letters[i][1];
        }
    }
    return '\0';
}

/* Writes what the escape at the place stands for, and says how long it is; 0: it is none. */
static size_t read_escape(str text, size_t at, char *into, size_t *written)
{
    const char letter = at + 1 < text.len ? letter_of(text.at[at + 1]) : '\0';
    if (letter != '\0') {
        into[(*written)++] = letter;
        return 2;
    }
    uint32_t character = 0;
    const size_t len = read_character(text, at, &character);
    if (len > 0) {
        *written += put_character(character, into + *written);
    }
    return len;
}

/* What is written is never longer than what stands there. */
static bool unescape(str raw, char *into, size_t *ret_len)
{
    size_t written = 0;
    for (size_t at = 0; at < raw.len;) {
        size_t len = 1;
        if (raw.at[at] == '\\') {
            len = read_escape(raw, at, into, &written);
        } else {
            into[written++] = raw.at[at];
        }
        if (len == 0) {
            return false;
        }
        at += len;
    }
    *ret_len = written;
    return true;
}

result json_in_text(struct json_in *in, struct arena *arena, str *ret_text, struct err *err)
{
    bool plain = false;
    TRY(json_in_take(in, '"', err));
    const size_t end = end_of_text(in, &plain);
    if (end == in->text.len) {
        return refuse(in, err);
    }
    const str raw = str_slice(in->text, in->at, end);
    char *copy = ARENA_NEW_UNSET(arena, char, raw.len + 1);
    if (copy == NULL) {
        return arena_full(err);
    }
    size_t len = raw.len;
    if (plain && len > 0) {
        memcpy(copy, raw.at, len);
    } else if (!plain && !unescape(raw, copy, &len)) {
        return refuse(in, err);
    }
    copy[len] = '\0';
    in->at = end + 1;
    *ret_text = (str){.at = copy, .len = len};
    return result_ok();
}

/* --- numbers ---------------------------------------------------------------------------------- */

result json_in_number(struct json_in *in, int64_t *ret_number, struct err *err)
{
    const bool negative = json_in_takes(in, '-');
    const str text = in->text;
    size_t at = in->at;
    int64_t number = 0;
    bool fits = true;
    while (fits && at < text.len && is_digit(text.at[at])) {
        const int64_t digit = text.at[at++] - '0';
        fits = !__builtin_mul_overflow(number, INT64_C(10), &number) &&
               !__builtin_sub_overflow(number, digit, &number); /* below 0 there is one more */
    }
    const bool leads_with_zero = at > in->at + 1 && text.at[in->at] == '0';
    const char next = at < text.len ? text.at[at] : '\0';
    const bool goes_on = next == '.' || next == 'e' || next == 'E';
    if (!fits || at == in->at || leads_with_zero || goes_on || (!negative && number == INT64_MIN)) {
        return refuse(in, err);
    }
    in->at = at;
    *ret_number = negative ? number : -number;
    return result_ok();
}
