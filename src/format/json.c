#include "format/json.h"

#include "base/buf.h"

#include <string.h>

/* A text may be as long as the arena allows; the arena is the limit that is stated. */
static const size_t text_len_max = SIZE_MAX / 8;

#define NOT_WELL_FORMED "The JSON is not well-formed: "

struct place {
    uint32_t line;
    uint32_t column;
};

static struct place place_of(str text, size_t at)
{
    struct place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < at; i++) {
        const bool line_ends = text.at[i] == '\n';
        place.line += line_ends ? 1 : 0;
        place.column = line_ends ? 1 : place.column + 1;
    }
    return place;
}

static result refuse_at(str text, size_t at, struct err *err)
{
    const struct place place = place_of(text, at);
    return err_at(err, "", place.line, place.column);
}

/* Jansson takes a NUL for the end of the text, and would not see what comes after it. */
static result check_nul(str text, struct err *err)
{
    const size_t at = str_find_char(text, '\0');
    if (at == text.len) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, NOT_WELL_FORMED "a NUL character"),
                  "the place returns the failure");
    return refuse_at(text, at, err);
}

/* Jansson's own limit is 2048 levels deep. Brackets are counted before it is asked, passing over
 * strings; text that is not well-formed may be miscounted, but then jansson refuses it anyway. */
static result check_depth(str text, struct err *err)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        depth += c == '[' || c == '{' ? 1 : 0;
        depth -= c == ']' || c == '}' ? 1 : 0;
        if (depth > JSON_DEPTH_MAX) {
            result_ignore(err_set(err, ERROR_LIMIT, "The JSON is nested deeper than %d levels",
                                  JSON_DEPTH_MAX),
                          "the place returns the failure");
            return refuse_at(text, i, err);
        }
    }
    return result_ok();
}

result json_read(str text, json_t **ret_value, struct err *err)
{
    TRY(check_nul(text, err));
    TRY(check_depth(text, err));
    json_error_t error;
    const char *at = text.len == 0 ? "" : text.at;
    json_t *value = json_loadb(at, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value == NULL) {
        const bool nul = json_error_code(&error) == json_error_null_character;
        result_ignore(err_set(err, ERROR_INPUT, NOT_WELL_FORMED "%s",
                              nul ? "a NUL character, escaped" : error.text),
                      "the place returns the failure");
        const uint32_t line = error.line > 0 ? (uint32_t)error.line : 0;
        return err_at(err, "", line, error.column > 0 ? (uint32_t)error.column : 0);
    }
    *ret_value = value;
    return result_ok();
}

/* --- writing compact --- */

/* Jansson writes the same, piece by piece and with a sort by function for each object; this is
 * several times as fast, and what a page's JSON is written by. */

struct member {
    str key;
    const json_t *value;
};
enum { MEMBERS_AT_HAND = 32 };

/* The letter after the backslash; 'u' for a character that has none of its own; 0 for one that is
 * written as it is. */
static char escape_letter(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : '\0';
    }
}

/* Whether one of eight bytes is a quote, a backslash or below 0x20. A byte x of a word holds one
 * below n exactly when (x - n) borrows and x has no high bit itself; what borrows from its
 * neighbour may be told too often, which costs time alone. */
static bool escapes_one_of_8(const char *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, at, sizeof word);
    const uint64_t quote = word ^ ones * '"';
    const uint64_t backslash = word ^ ones * '\\';
    const uint64_t low = (word - ones * 0x20) & ~word;
    const uint64_t either = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    return ((low | either) & high) != 0;
}

/* Where the next byte stands that is not written as it is; text.len when there is none. */
static size_t find_escape(str text, size_t from)
{
    size_t i = from;
    while (text.len - i >= 8 && !escapes_one_of_8(text.at + i)) {
        i += 8;
    }
    /* What is left is shorter than a word: the last word reaches back over what was passed. */
    if (text.len - i < 8 && text.len >= 8 && !escapes_one_of_8(text.at + text.len - 8)) {
        return text.len;
    }
    while (i < text.len && escape_letter((unsigned char)text.at[i]) == '\0') {
        i++;
    }
    return i;
}

static bool is_plain_8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0 && !escapes_one_of_8(at);
}

bool json_is_plain(str text)
{
    size_t i = 0;
    if (text.len < 8) {
        char word[8] = "        ";
        memcpy(word, text.len == 0 ? "" : text.at, text.len);
        return is_plain_8(word);
    }
    while (text.len - i >= 8 && is_plain_8(text.at + i)) {
        i += 8;
    }
    return text.len - i < 8 && is_plain_8(text.at + text.len - 8);
}

void json_put_str(struct buf *buf, str text)
{
    buf_put_char(buf, '"');
    size_t plain = 0; /* where the bytes not yet written begin */
    for (size_t i = find_escape(text, 0); i < text.len; i = find_escape(text, i + 1)) {
        const unsigned char c = (unsigned char)text.at[i];
        const char letter = escape_letter(c);
        buf_put(buf, str_slice(text, plain, i));
        if (letter == 'u') {
            buf_format(buf, "\\u%04X", (unsigned)c);
        } else {
            buf_put(buf, (str){.at = (const char[]){'\\', letter}, .len = 2});
        }
        plain = i + 1;
    }
    buf_put(buf, str_slice(text, plain, text.len));
    buf_put_char(buf, '"');
}

/* As many digits as every double keeps, in jansson's form. */
static bool put_real(struct buf *buf, const json_t *value)
{
    char text[64];
    const size_t len = json_dumpb(value, text, sizeof text, JSON_ENCODE_ANY);
    buf_put(buf, (str){.at = text, .len = len});
    return len > 0 && len <= sizeof text;
}

/* By insertion: objects have few members. */
static void put_in_order(struct member *members, size_t count, struct member member)
{
    size_t at = count;
    while (at > 0 && str_compare(members[at - 1].key, member.key) > 0) {
        members[at] = members[at - 1];
        at--;
    }
    members[at] = member;
}

static bool put_members(struct buf *buf, json_t *object, struct member *room)
{
    size_t count = 0;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        const struct member member = {.key = str_from_c(key), .value = json_object_iter_value(at)};
        put_in_order(room, count++, member);
    }
    buf_put_char(buf, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_put_char(buf, ',');
        }
        json_put_str(buf, room[i].key);
        buf_put_char(buf, ':');
        if (!json_put(buf, room[i].value)) {
            return false;
        }
    }
    buf_put_char(buf, '}');
    return true;
}

static bool put_object(struct buf *buf, const json_t *value)
{
    json_t *object = (json_t *)(uintptr_t)value; /* jansson iterates over what it may not change */
    const size_t count = json_object_size(object);
    if (count <= MEMBERS_AT_HAND) {
        struct member members[MEMBERS_AT_HAND];
        return put_members(buf, object, members);
    }
    struct arena memory;
    if (!arena_open(&memory, (count + 1) * sizeof(struct member), NULL).ok) {
        return false;
    }
    struct member *members = ARENA_NEW(&memory, struct member, count);
    const bool put = members != NULL && put_members(buf, object, members);
    arena_close(&memory);
    return put;
}

static bool put_array(struct buf *buf, const json_t *array)
{
    const size_t count = json_array_size(array);
    buf_put_char(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_put_char(buf, ',');
        }
        if (!json_put(buf, json_array_get(array, i))) {
            return false;
        }
    }
    buf_put_char(buf, ']');
    return true;
}

bool json_put(struct buf *buf, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(buf, value);
    case JSON_ARRAY:
        return put_array(buf, value);
    case JSON_STRING:
        json_put_str(buf, (str){.at = json_string_value(value), .len = json_string_length(value)});
        return true;
    case JSON_INTEGER:
        buf_put_int64(buf, json_integer_value(value));
        return true;
    case JSON_REAL:
        return put_real(buf, value);
    case JSON_TRUE:
        buf_put(buf, STR("true"));
        return true;
    case JSON_FALSE:
        buf_put(buf, STR("false"));
        return true;
    case JSON_NULL:
        buf_put(buf, STR("null"));
        return true;
    }
    return false;
}

result json_write(const json_t *value, struct arena *arena, str *ret_text, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, text_len_max);
    if ((value == NULL || !json_put(&buf, value)) && !buf.failed) {
        return err_set(err, ERROR_INTERNAL, "A value could not be written as JSON");
    }
    return buf_finish(&buf, ret_text, err);
}

/* --- writing for people --- */

static int put_piece(const char *piece, size_t len, void *context)
{
    struct buf *buf = context;
    buf_put(buf, (str){.at = piece, .len = len});
    return buf->failed ? -1 : 0;
}

result json_write_pretty(const json_t *value, struct arena *arena, str *ret_text, struct err *err)
{
    const size_t flags = JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY;
    struct buf buf;
    buf_init(&buf, arena, text_len_max);
    const int status = json_dump_callback(value, put_piece, &buf, flags);
    if (status != 0 && !buf.failed) {
        return err_set(err, ERROR_INTERNAL, "A value could not be written as JSON");
    }
    return buf_finish(&buf, ret_text, err);
}

json_t *json_of_str(str text)
{
    /* Jansson would take a NUL, which json_read then refuses: what is written must be readable. */
    if (!str_is_utf8(text)) {
        return NULL;
    }
    return json_stringn_nocheck(text.len == 0 ? "" : text.at, text.len);
}

json_t *json_of_date(date day)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return json_string(text);
}

json_t *json_of_instant(instant when)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    return json_string(text);
}

void json_set(json_t *object, const char *key, json_t *owned_value)
{
    json_object_set_new_nocheck(object, key, owned_value); /* keys stand in the program */
}

void json_set_str(json_t *object, const char *key, str text)
{
    json_set(object, key, json_of_str(text));
}

void json_set_int64(json_t *object, const char *key, int64_t number)
{
    json_set(object, key, json_integer(number));
}

void json_set_flag(json_t *object, const char *key, bool flag)
{
    json_set(object, key, json_boolean(flag));
}

void json_add(json_t *array, json_t *owned_value)
{
    json_array_append_new(array, owned_value);
}

static result get_member(const json_t *object, const char *key, const json_t **ret_member,
                         struct err *err)
{
    if (!json_is_object(object)) {
        return err_set(err, ERROR_INPUT, "An object with the member \"%s\" was expected", key);
    }
    const json_t *member = json_object_get(object, key);
    if (member == NULL) {
        return err_set(err, ERROR_INPUT, "The member \"%s\" is missing", key);
    }
    *ret_member = member;
    return result_ok();
}

static str view_of(const json_t *string)
{
    return (str){.at = json_string_value(string), .len = json_string_length(string)};
}

result json_get_str(const json_t *object, const char *key, str *ret_text, struct err *err)
{
    const json_t *member = NULL;
    TRY(get_member(object, key, &member, err));
    if (!json_is_string(member)) {
        return err_set(err, ERROR_INPUT, "The member \"%s\" must be a text", key);
    }
    *ret_text = view_of(member);
    return result_ok();
}

result json_get_int64(const json_t *object, const char *key, int64_t *ret_number, struct err *err)
{
    const json_t *member = NULL;
    TRY(get_member(object, key, &member, err));
    if (!json_is_integer(member)) {
        return err_set(err, ERROR_INPUT, "The member \"%s\" must be a whole number", key);
    }
    *ret_number = json_integer_value(member);
    return result_ok();
}

str json_str_or_empty(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);
    return json_is_string(member) ? view_of(member) : STR("");
}
