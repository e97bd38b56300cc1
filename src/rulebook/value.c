#include "rulebook/value.h"

#include "rulebook/names.h"
#include "rulebook/rulebook.h"

#include <stdlib.h>

struct value value_flag(bool flag)
{
    return (struct value){.known = true, .number = flag ? 1 : 0};
}

struct value value_date(date day)
{
    return (struct value){.known = true, .number = day.day};
}

struct value value_number(int64_t number)
{
    return (struct value){.known = true, .number = number};
}

enum { LETTERS = 26, COUNTRY_LEN = 3, SHOWN_MAX = 60 };

bool country_parse(str text, uint16_t *ret_code)
{
    unsigned code = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < 'A' || text.at[i] > 'Z' || i == COUNTRY_LEN) {
            return false;
        }
        code = code * LETTERS + (unsigned)(text.at[i] - 'A');
    }
    if (text.len != COUNTRY_LEN) {
        return false;
    }
    *ret_code = (uint16_t)code;
    return true;
}

void country_format(uint16_t code, char text[4])
{
    ASSERT(code < COUNTRY_CODES);
    text[0] = (char)('A' + code / (LETTERS * LETTERS));
    text[1] = (char)('A' + code / LETTERS % LETTERS);
    text[2] = (char)('A' + code % LETTERS);
    text[COUNTRY_LEN] = '\0';
}

/* Reading. One function a type; each refuses with what was expected. */

static str shown(str text)
{
    size_t len = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;
    while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xC0U) == 0x80U) {
        len--; /* not in the middle of a character */
    }
    return str_slice(text, 0, len);
}

static result refuse(const struct fact *fact, str text, const char *expected, struct err *err)
{
    return err_set(err, ERROR_INPUT, "%.*s: %s is expected, and \"%.*s\" is not",
                   STR_ARG(fact->title), expected, STR_ARG(shown(text)));
}

static result parse_flag(const struct fact *fact, str text, struct value *ret_value,
                         struct err *err)
{
    const bool yes = str_equal(text, STR("yes"));
    if (!yes && !str_equal(text, STR("no"))) {
        return refuse(fact, text, "\"yes\" or \"no\"", err);
    }
    *ret_value = value_flag(yes);
    return result_ok();
}

/* What may be chosen, for whoever sent what may not. */
static result hint_choices(const struct fact *fact, struct err *err)
{
    char choices[240];
    size_t len = 0;
    for (size_t i = 0; i < fact->choice_count; i++) {
        if (!str_list_add(choices, sizeof choices, &len, fact->choices[i])) {
            break;
        }
    }
    return err_hint(err, "It is one of: %.*s; or unknown.", (int)len, choices);
}

static result parse_choice(const struct fact *fact, str text, struct value *ret_value,
                           struct err *err)
{
    for (size_t i = 0; i < fact->choice_count; i++) {
        if (str_equal(text, fact->choices[i])) {
            *ret_value = value_number((int64_t)i);
            return result_ok();
        }
    }
    result_ignore(refuse(fact, text, "one of its choices", err), "the hint returns the failure");
    const str nearest = names_nearest(fact->choices, fact->choice_count, text);
    return nearest.len == 0 ? hint_choices(fact, err)
                            : err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(nearest));
}

static result parse_date(const struct fact *fact, str text, struct value *ret_value,
                         struct err *err)
{
    date day;
    struct err why;
    if (!date_parse(text, &day, &why).ok) {
        result_ignore(refuse(fact, text, "a date such as 2026-06-01", err), "the reason is added");
        return err_hint(err, "%s", why.what);
    }
    *ret_value = value_date(day);
    return result_ok();
}

static result parse_number(const struct fact *fact, str text, struct value *ret_value,
                           struct err *err)
{
    int64_t number;
    if (!str_to_int64(text, &number, NULL).ok) {
        return refuse(fact, text, "a whole number", err);
    }
    *ret_value = value_number(number);
    return result_ok();
}

static void format_country_named(const struct rulebook *rulebook, str name, char code[4])
{
    for (size_t i = 0; i < rulebook->country_count; i++) {
        if (str_equal(rulebook->countries[i].name, name)) {
            country_format(rulebook->countries[i].code, code);
        }
    }
}

/* For whoever wrote a name in place of a code. Between two that are equally near nothing is
 * guessed: "Irak" is a letter away from Iran, too. */
static result hint_country(const struct rulebook *rulebook, str text, struct err *err)
{
    struct str_nearest nearest = str_nearest_to(text);
    char code[4];
    char other[4];
    for (size_t i = 0; i < rulebook->country_count; i++) {
        str_nearest_look(&nearest, rulebook->countries[i].name);
    }
    if (nearest.name.len == 0) {
        return err_hint(err, "As passports have it: AFG is Afghanistan.");
    }
    format_country_named(rulebook, nearest.name, code);
    if (nearest.other.len == 0) {
        return err_hint(err, "Did you mean %s (%.*s)?", code, STR_ARG(nearest.name));
    }
    format_country_named(rulebook, nearest.other, other);
    return err_hint(err, "Did you mean %s (%.*s) or %s (%.*s)?", code, STR_ARG(nearest.name), other,
                    STR_ARG(nearest.other));
}

static result parse_code(const struct rulebook *rulebook, const struct fact *fact, str text,
                         uint16_t *ret_code, struct err *err)
{
    if (!country_parse(text, ret_code)) {
        result_ignore(refuse(fact, text, "a country in three capital letters", err),
                      "the hint returns the failure");
        return hint_country(rulebook, text, err);
    }
    if (rulebook_country_name(rulebook, *ret_code).len == 0) {
        return err_set(err, ERROR_INPUT, "%.*s: the country %.*s is not listed in the rulebook",
                       STR_ARG(fact->title), STR_ARG(text));
    }
    return result_ok();
}

static result parse_country(const struct rulebook *rulebook, const struct fact *fact, str text,
                            struct value *ret_value, struct err *err)
{
    uint16_t code;
    TRY(parse_code(rulebook, fact, text, &code, err));
    *ret_value = value_number(code);
    return result_ok();
}

static int compare_codes(const void *a, const void *b)
{
    const uint16_t *left = a;
    const uint16_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* The word for the empty set: an empty field must not become one by mistake. */
static const str empty_set = STR_INIT("none");

/* Codes with something else between them than a comma. */
static bool is_several(const struct rulebook *rulebook, str text)
{
    uint16_t code;
    return text.len > COUNTRY_LEN && country_parse(str_slice(text, 0, COUNTRY_LEN), &code) &&
           country_parse(str_slice(text, text.len - COUNTRY_LEN, text.len), &code) &&
           rulebook_country_name(rulebook, code).len > 0;
}

static result parse_countries(const struct rulebook *rulebook, const struct fact *fact, str text,
                              struct arena *arena, struct value *ret_value, struct err *err)
{
    uint16_t *codes = ARENA_NEW(arena, uint16_t, text.len / (COUNTRY_LEN + 1) + 1);
    if (codes == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    struct str_cut cut = {.tail = text, .found = !str_equal(text, empty_set)};
    while (cut.found) {
        cut = str_cut(cut.tail, ',');
        if (is_several(rulebook, str_trim(cut.head))) {
            result_ignore(err_set(err, ERROR_INPUT,
                                  "%.*s: countries with a comma between them are expected, and "
                                  "\"%.*s\" has none",
                                  STR_ARG(fact->title), STR_ARG(shown(text))),
                          "the hint returns the failure");
            return err_hint(err, "Several countries are written ALB,XKX; none at all is \"none\".");
        }
        TRY(parse_code(rulebook, fact, str_trim(cut.head), &codes[count], err));
        count++;
    }
    qsort(codes, count, sizeof codes[0], compare_codes);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || codes[kept - 1] != codes[i]) {
            codes[kept++] = codes[i];
        }
    }
    *ret_value = (struct value){.known = true, .countries = {.codes = codes, .count = kept}};
    return result_ok();
}

static result parse_text(const struct fact *fact, str text, struct arena *arena,
                         struct value *ret_value, struct err *err)
{
    if (!str_is_utf8(text) || !str_is_printable(text)) {
        return err_set(err, ERROR_INPUT, "%.*s: a text without control characters is expected",
                       STR_ARG(fact->title));
    }
    const str copy = arena_copy(arena, text);
    if (copy.at == NULL) {
        return arena_full(err);
    }
    *ret_value = (struct value){.known = true, .text = copy};
    return result_ok();
}

result value_parse(const struct rulebook *rulebook, const struct fact *fact, str text,
                   struct arena *arena, struct value *ret_value, struct err *err)
{
    if (str_equal(text, STR("unknown"))) {
        *ret_value = value_unknown();
        return result_ok();
    }
    switch (fact->type) {
    case FACT_FLAG:
        return parse_flag(fact, text, ret_value, err);
    case FACT_CHOICE:
        return parse_choice(fact, text, ret_value, err);
    case FACT_DATE:
        return parse_date(fact, text, ret_value, err);
    case FACT_NUMBER:
        return parse_number(fact, text, ret_value, err);
    case FACT_COUNTRY:
        return parse_country(rulebook, fact, text, ret_value, err);
    case FACT_COUNTRIES:
        return parse_countries(rulebook, fact, text, arena, ret_value, err);
    case FACT_TEXT:
        return parse_text(fact, text, arena, ret_value, err);
    }
    return err_set(err, ERROR_INTERNAL, "A fact has no type");
}

/* Writing. */

static size_t choice_of(const struct fact *fact, const struct value *value)
{
    ASSERT(value->number >= 0 && (uint64_t)value->number < fact->choice_count);
    return (size_t)value->number;
}

static void put_date(struct buf *buf, int64_t number)
{
    char text[DATE_TEXT_SIZE];
    date_format((date){.day = (int32_t)number}, text);
    buf_put_c(buf, text);
}

static void put_country(struct buf *buf, int64_t number)
{
    char text[4];
    country_format((uint16_t)number, text);
    buf_put_c(buf, text);
}

static void put_countries(struct buf *buf, const struct country_set *set)
{
    if (set->count == 0) {
        buf_put(buf, empty_set);
    }
    for (size_t i = 0; i < set->count; i++) {
        buf_put_c(buf, i == 0 ? "" : ",");
        put_country(buf, set->codes[i]);
    }
}

void value_format(const struct fact *fact, const struct value *value, struct buf *buf)
{
    if (!value->known) {
        buf_put(buf, STR("unknown"));
        return;
    }
    switch (fact->type) {
    case FACT_FLAG:
        buf_put_c(buf, value->number != 0 ? "yes" : "no");
        break;
    case FACT_CHOICE:
        buf_put(buf, fact->choices[choice_of(fact, value)]);
        break;
    case FACT_DATE:
        put_date(buf, value->number);
        break;
    case FACT_NUMBER:
        buf_put_int64(buf, value->number);
        break;
    case FACT_COUNTRY:
        put_country(buf, value->number);
        break;
    case FACT_COUNTRIES:
        put_countries(buf, &value->countries);
        break;
    case FACT_TEXT:
        buf_put(buf, value->text);
        break;
    }
}

/* "First choice" */
static void put_choice_plain(struct buf *buf, str words)
{
    for (size_t i = 0; i < words.len; i++) {
        const char c = words.at[i];
        buf_put_char(buf, i == 0 && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
}

static void put_country_plain(const struct rulebook *rulebook, struct buf *buf, int64_t code)
{
    const str name = rulebook_country_name(rulebook, (uint16_t)code);
    if (name.len > 0) {
        buf_put(buf, name);
    } else {
        put_country(buf, code);
    }
}

static void put_countries_plain(const struct rulebook *rulebook, struct buf *buf,
                                const struct country_set *set)
{
    buf_put_c(buf, set->count == 0 ? "None" : "");
    for (size_t i = 0; i < set->count; i++) {
        buf_put_c(buf, i == 0 ? "" : ", ");
        put_country_plain(rulebook, buf, set->codes[i]);
    }
}

static void put_date_plain(struct buf *buf, int64_t number)
{
    char text[20];
    date_format_plain((date){.day = (int32_t)number}, text);
    buf_put_c(buf, text);
}

void value_format_plain(const struct rulebook *rulebook, const struct fact *fact,
                        const struct value *value, struct buf *buf)
{
    if (!value->known) {
        buf_put(buf, STR("Not known"));
        return;
    }
    switch (fact->type) {
    case FACT_FLAG:
        buf_put_c(buf, value->number != 0 ? "Yes" : "No");
        break;
    case FACT_CHOICE:
        put_choice_plain(buf, fact->choice_words[choice_of(fact, value)]);
        break;
    case FACT_DATE:
        put_date_plain(buf, value->number);
        break;
    case FACT_NUMBER:
        buf_put_int64(buf, value->number);
        break;
    case FACT_COUNTRY:
        put_country_plain(rulebook, buf, value->number);
        break;
    case FACT_COUNTRIES:
        put_countries_plain(rulebook, buf, &value->countries);
        break;
    case FACT_TEXT:
        buf_put(buf, value->text);
        break;
    }
}

bool country_set_has(const struct country_set *set, int64_t code)
{
    bool found = false;
    for (size_t i = 0; i < set->count && !found; i++) {
        found = set->codes[i] == code;
    }
    return found;
}

bool country_set_equal(const struct country_set *a, const struct country_set *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = a->codes[i] == b->codes[i];
    }
    return equal;
}

bool value_equal(const struct fact *fact, const struct value *a, const struct value *b)
{
    if (!a->known || !b->known) {
        return a->known == b->known;
    }
    switch (fact->type) {
    case FACT_COUNTRIES:
        return country_set_equal(&a->countries, &b->countries);
    case FACT_TEXT:
        return str_equal(a->text, b->text);
    case FACT_FLAG:
    case FACT_CHOICE:
    case FACT_DATE:
    case FACT_NUMBER:
    case FACT_COUNTRY:
        return a->number == b->number;
    }
    return false;
}
