#include "base/str.h"

#include <string.h>

int str_compare(str a, str b)
{
    const size_t common = a.len < b.len ? a.len : b.len;
    const int order = common == 0 ? 0 : memcmp(a.at, b.at, common);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str text, str prefix)
{
    return text.len >= prefix.len && str_equal(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends(str text, str suffix)
{
    return text.len >= suffix.len &&
           str_equal(str_slice(text, text.len - suffix.len, text.len), suffix);
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str text)
{
    size_t begin = 0;
    size_t end = text.len;
    while (begin < end && is_white(text.at[begin])) {
        begin++;
    }
    while (end > begin && is_white(text.at[end - 1])) {
        end--;
    }
    return str_slice(text, begin, end);
}

size_t str_find_char(str text, char c)
{
    const char *found = text.len == 0 ? NULL : memchr(text.at, c, text.len);
    return found == NULL ? text.len : (size_t)(found - text.at);
}

bool str_contains(str text, str part)
{
    return part.len == 0 ||
           (text.len >= part.len && memmem(text.at, text.len, part.at, part.len) != NULL);
}

struct str_cut str_cut(str text, char separator)
{
    const size_t at = str_find_char(text, separator);
    return (struct str_cut){
        .head = str_slice(text, 0, at),
        .tail = str_slice(text, at + 1, text.len),
        .found = at < text.len,
    };
}

/* True when all eight bytes are in 0x01..0x7F: the common case, passed over eight at a time. */
static bool is_plain_ascii_8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    const uint64_t high = UINT64_C(0x8080808080808080);
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (word & high) == 0 && ((word - ones) & high) == 0;
}

/* The Unicode Standard, table 3-7: for each range of first bytes, how long the sequence is and
 * which second bytes are allowed. Any further byte is 80..BF. */
struct utf8_row {
    unsigned char first_low, first_high;
    unsigned char second_low, second_high;
    size_t len;
};

static const struct utf8_row utf8_rows[] = {
    {0x01, 0x7F, 0x00, 0x00, 1}, /* U+0000 is not text here */
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

enum { UTF8_ROW_COUNT = sizeof utf8_rows / sizeof utf8_rows[0] };

/* Length of the character that `text` begins with, or 0 when it is ill-formed. */
static size_t utf8_character_len(str text)
{
    const unsigned char first = (unsigned char)text.at[0];
    for (size_t i = 0; i < UTF8_ROW_COUNT; i++) {
        const struct utf8_row *row = &utf8_rows[i];
        if (first < row->first_low || first > row->first_high) {
            continue;
        }
        if (row->len > text.len) {
            return 0;
        }
        for (size_t k = 1; k < row->len; k++) {
            const unsigned char c = (unsigned char)text.at[k];
            const unsigned char low = k == 1 ? row->second_low : 0x80;
            const unsigned char high = k == 1 ? row->second_high : 0xBF;
            if (c < low || c > high) {
                return 0;
            }
        }
        return row->len;
    }
    return 0;
}

bool str_is_utf8(str text)
{
    size_t at = 0;
    while (at < text.len) {
        if (text.len - at >= 8 && is_plain_ascii_8(text.at + at)) {
            at += 8;
            continue;
        }
        if ((unsigned char)text.at[at] - 1U < 0x7FU) { /* ASCII, and no NUL */
            at++;
            continue;
        }
        const size_t len = utf8_character_len(str_slice(text, at, text.len));
        if (len == 0) {
            return false;
        }
        at += len;
    }
    return true;
}

/* Of what UTF-8 writes in several bytes: C1 (C2 80..9F), U+2028..202E (E2 80 A8..AE) and
 * U+2066..2069 (E2 81 A6..A9). */
static bool begins_unprintable(str text)
{
    static const struct {
        unsigned char begin[2];
        size_t begin_len;
        unsigned char least;
        unsigned char most;
    } rows[] = {
        {{0xC2}, 1, 0x80, 0x9F}, {{0xE2, 0x80}, 2, 0xA8, 0xAE}, {{0xE2, 0x81}, 2, 0xA6, 0xA9}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t len = rows[i].begin_len;
        if (text.len > len && memcmp(text.at, rows[i].begin, len) == 0) {
            const unsigned char last = (unsigned char)text.at[len];
            return last >= rows[i].least && last <= rows[i].most;
        }
    }
    return false;
}

bool str_is_printable(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F ||
            (c >= 0x80 && begins_unprintable(str_slice(text, i, text.len)))) {
            return false;
        }
    }
    return true;
}

/* Of well-formed text, the character that it begins with. */
static uint32_t character_of(str text, size_t len)
{
    const unsigned char first = (unsigned char)text.at[0];
    uint32_t character = len == 1 ? first : first & (0xFFU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        character = character << 6 | ((unsigned char)text.at[i] & 0x3FU);
    }
    return character;
}

static bool leaves_no_mark(uint32_t character)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } rows[] = {{0x01, 0x20},       {0x7F, 0xA0},      {0xAD, 0xAD},     {0x34F, 0x34F},
                {0x61C, 0x61C},     {0x115F, 0x1160},  {0x1680, 0x1680}, {0x17B4, 0x17B5},
                {0x180B, 0x180F},   {0x2000, 0x200F},  {0x2028, 0x202F}, {0x205F, 0x206F},
                {0x2800, 0x2800},   {0x3000, 0x3000},  {0x3164, 0x3164}, {0xFE00, 0xFE0F},
                {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},  {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3},
                {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    bool found = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        found = found || (character >= rows[i].first && character <= rows[i].last);
    }
    return found;
}

bool str_is_visible(str text)
{
    while (text.len > 0) {
        const size_t len = utf8_character_len(text);
        if (len == 0 || !leaves_no_mark(character_of(text, len))) {
            return true; /* what is no text is told as that */
        }
        text = str_slice(text, len, text.len);
    }
    return false;
}

static result refuse_number(str text, const char *why, struct err *err)
{
    const str shown = str_slice(text, 0, 60);
    return err_set(err, ERROR_INPUT, "\"%.*s\" is not a whole number%s", STR_ARG(shown), why);
}

result str_to_int64(str text, int64_t *ret_number, struct err *err)
{
    const bool negative = str_starts(text, STR("-"));
    const str digits = str_slice(text, negative ? 1 : 0, text.len);
    if (digits.len == 0) {
        return refuse_number(text, "", err);
    }
    int64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char c = digits.at[i];
        if (c < '0' || c > '9') {
            return refuse_number(text, "", err);
        }
        /* Counted downwards: the negative numbers reach one further than the positive. */
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, (int64_t)(c - '0'), &number)) {
            return refuse_number(text, " of at most 64 bits", err);
        }
    }
    if (!negative && number == INT64_MIN) {
        return refuse_number(text, " of at most 64 bits", err);
    }
    *ret_number = negative ? number : -number;
    return result_ok();
}

enum { DISTANCE_LEN_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

str str_of_int64(int64_t number, char room[STR_INT64_SIZE])
{
    size_t at = STR_INT64_SIZE;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        room[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0) {
        room[--at] = '-';
    }
    return (str){.at = room + at, .len = STR_INT64_SIZE - at};
}

bool str_list_add(char *list, size_t size, size_t *len, str name)
{
    const str separator = *len == 0 ? STR("") : STR(", ");
    if (*len + separator.len + name.len > size) {
        return false;
    }
    memcpy(list + *len, separator.at, separator.len);
    memcpy(list + *len + separator.len, name.at, name.len);
    *len += separator.len + name.len;
    return true;
}

const char *str_noun(int64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

/* Levenshtein's distance, one row of the table at a time. */
size_t str_distance(str a, str b, size_t most)
{
    const size_t larger = most + 1;
    if (a.len > DISTANCE_LEN_MAX || b.len > DISTANCE_LEN_MAX) {
        return larger;
    }
    size_t row[DISTANCE_LEN_MAX + 1];
    for (size_t k = 0; k <= b.len; k++) {
        row[k] = k;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b.len; k++) {
            const size_t changed = diagonal + (a.at[i - 1] == b.at[k - 1] ? 0 : 1);
            diagonal = row[k];
            row[k] = least(changed, least(row[k], row[k - 1]) + 1);
        }
    }
    return least(row[b.len], larger);
}

/* Fewer letters in short names, which resemble each other by chance. */
struct str_nearest str_nearest_to(str given)
{
    const size_t most = given.len <= 3 ? 1 : given.len <= 8 ? 2 : 3;
    return (struct str_nearest){.given = given, .least = most, .name = STR(""), .other = STR("")};
}

void str_nearest_look(struct str_nearest *nearest, str name)
{
    const size_t distance = str_distance(nearest->given, name, nearest->least);
    if (distance > nearest->least || name.len == 0) {
        return;
    }
    if (nearest->name.len == 0 || distance < nearest->least) {
        nearest->least = distance;
        nearest->name = name;
        nearest->other = STR("");
    } else if (nearest->other.len == 0) {
        nearest->other = name;
    }
}
