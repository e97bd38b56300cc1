#include "register/lookup.h"

#include "register/identifier.h"

#include <stdlib.h>
#include <string.h>

/* Of a name with more parts only one is left out at a time, so that it does not stand in hundreds
 * of places. */
enum { MANY_PARTS = 5 };

/* --- names ------------------------------------------------------------------------------------ */

static bool is_vowel(char c)
{
    return strchr("aeiouyw", c) != NULL;
}

static char consonant(char c, char next)
{
    switch (c) {
    case 'c':
    case 'q':
    case 'x':
        return 'k';
    case 'z':
        return 's';
    case 'v':
        return 'f';
    case 'p':
        return next == 'h' ? 'f' : 'p';
    default:
        return c;
    }
}

/* `to` has room for the part. */
static size_t make_skeleton(str part, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        const char c = part.at[i];
        const char next = i + 1 < part.len ? part.at[i + 1] : '\0';
        const bool doubled = c == next && (c < '0' || c > '9');
        if (!doubled && !is_vowel(c) && (c != 'h' || len == 0)) {
            to[len++] = consonant(c, next);
        }
    }
    return len;
}

static int compare_parts(const void *left, const void *right)
{
    return str_compare(*(const str *)left, *(const str *)right);
}

static char small_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* An apostrophe within a part is left out; everything else that is no letter ends one. */
static void cut_parts(str latin, char *letters, struct name_parts *parts)
{
    size_t begin = 0;
    size_t len = 0;
    for (size_t i = 0; i <= latin.len; i++) {
        const char c = i < latin.len ? small_letter(latin.at[i]) : ' ';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            letters[len++] = c;
        } else if (c != '\'' && c != '`' && len > begin) {
            if (parts->count < NAME_PARTS_MAX) {
                parts->parts[parts->count++] = (str){.at = letters + begin, .len = len - begin};
            }
            begin = len;
        }
    }
}

result name_parts_of(str latin, struct arena *arena, struct name_parts *ret_parts, struct err *err)
{
    struct name_parts parts = {.count = 0};
    char *letters = ARENA_NEW(arena, char, latin.len + 1);
    char *skeletons = ARENA_NEW(arena, char, latin.len + 1);
    if (letters == NULL || skeletons == NULL) {
        return arena_full(err);
    }
    cut_parts(latin, letters, &parts);
    qsort(parts.parts, parts.count, sizeof parts.parts[0], compare_parts);
    for (size_t i = 0; i < parts.count; i++) {
        const size_t len = make_skeleton(parts.parts[i], skeletons);
        parts.skeletons[i] = (str){.at = skeletons, .len = len};
        skeletons += len;
    }
    *ret_parts = parts;
    return result_ok();
}

/* --- texts ------------------------------------------------------------------------------------ */

str lookup_identifier(str scheme, str issuer, str value, struct arena *arena)
{
    const str canonical = identifier_canonical(identifier_scheme_from_name(scheme), value, arena);
    return canonical.at == NULL ? (str){0}
                                : arena_format(arena, "ID %.*s %.*s %.*s", STR_ARG(scheme),
                                               STR_ARG(issuer), STR_ARG(canonical));
}

static char *put(char *to, str text)
{
    memcpy(to, text.at, text.len);
    return to + text.len;
}

/* "NAME ali khan": what it is, and the words with spaces between them. Not by arena_format: of
 * everybody's name these are made by the million. */
static str put_words(str head, const str *words, size_t count, struct arena *arena)
{
    size_t len = head.len;
    for (size_t i = 0; i < count; i++) {
        len += 1 + words[i].len;
    }
    char *text = ARENA_NEW_UNSET(arena, char, len + 1);
    if (text == NULL) {
        return (str){0};
    }
    char *end = put(text, head);
    for (size_t i = 0; i < count; i++) {
        end = put(put(end, STR(" ")), words[i]);
    }
    *end = '\0';
    return (str){.at = text, .len = len};
}

str lookup_name(const struct name_parts *parts, struct arena *arena)
{
    return put_words(STR("NAME"), parts->parts, parts->count, arena);
}

static bool is_listed(const str *texts, size_t count, str text)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(texts[i], text)) {
            return true;
        }
    }
    return false;
}

static const str breadths[] = {[LOOKUP_FULL] = STR_INIT("FULL"), [LOOKUP_SOME] = STR_INIT("SOME")};

/* The skeletons in order, without those of `left_out` (bits), which are counted in that order. */
static str put_skeletons(const struct name_parts *parts, enum lookup_breadth breadth,
                         unsigned left_out, int year, struct arena *arena)
{
    str sorted[NAME_PARTS_MAX];
    str kept[1 + NAME_PARTS_MAX];
    char year_text[STR_INT64_SIZE];
    size_t count = 0;
    size_t kept_count = 1;
    kept[0] = year == YEAR_UNKNOWN ? STR("-") : str_of_int64(year, year_text);
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->skeletons[i].len > 0) {
            sorted[count++] = parts->skeletons[i];
        }
    }
    qsort(sorted, count, sizeof sorted[0], compare_parts);
    for (size_t i = 0; i < count; i++) {
        if ((left_out & 1U << i) == 0) {
            kept[kept_count++] = sorted[i];
        }
    }
    return put_words(breadths[breadth], kept, kept_count, arena);
}

static size_t count_skeletons(const struct name_parts *parts)
{
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        count += parts->skeletons[i].len > 0 ? 1 : 0;
    }
    return count;
}

str lookup_all_parts(const struct name_parts *parts, enum lookup_breadth breadth, int year,
                     struct arena *arena)
{
    return put_skeletons(parts, breadth, 0, year, arena);
}

/* Bits that are set; at most two are asked for. */
static size_t count_bits(unsigned set)
{
    size_t count = 0;
    for (; set != 0; set &= set - 1) {
        count++;
    }
    return count;
}

result lookup_some_parts(const struct name_parts *parts, enum lookup_breadth breadth, int year,
                         struct arena *arena, struct text_list *ret_texts, struct err *err)
{
    const size_t skeletons = count_skeletons(parts);
    const size_t left_out_max = skeletons <= MANY_PARTS ? 2 : 1;
    str *texts = ARENA_NEW(arena, str, (size_t)NAME_PARTS_MAX * NAME_PARTS_MAX);
    size_t count = 0;
    if (texts == NULL) {
        return arena_full(err);
    }
    for (unsigned left_out = 1; left_out < 1U << skeletons; left_out++) {
        const size_t out = count_bits(left_out);
        if (out > left_out_max || skeletons - out < 2) {
            continue;
        }
        texts[count] = put_skeletons(parts, breadth, left_out, year, arena);
        if (texts[count].at == NULL) {
            return arena_full(err);
        }
        count += is_listed(texts, count, texts[count]) ? 0 : 1;
    }
    *ret_texts = (struct text_list){.items = texts, .count = count};
    return result_ok();
}

str lookup_day(str skeleton, date born_on, struct arena *arena)
{
    char day[DATE_TEXT_SIZE];
    date_format(born_on, day);
    const str words[] = {str_from_c(day), skeleton};
    return put_words(STR("DAY"), words, 2, arena);
}

struct texts {
    str *items;
    size_t count;
};

static result add_text(struct texts *texts, str text, struct err *err)
{
    if (text.at == NULL) {
        return arena_full(err);
    }
    if (!is_listed(texts->items, texts->count, text)) {
        texts->items[texts->count++] = text;
    }
    return result_ok();
}

/* None twice. */
static result name_texts(str name, str latin, const struct known_day *born_on, struct arena *arena,
                         struct text_list *ret_texts, struct err *err)
{
    struct name_parts parts;
    struct text_list some;
    const int year = born_on->known ? date_to_civil(born_on->day).year : YEAR_UNKNOWN;
    TRY(name_parts_of(latin.len > 0 ? latin : name, arena, &parts, err));
    TRY(lookup_some_parts(&parts, LOOKUP_SOME, year, arena, &some, err));
    struct texts texts = {.items = ARENA_NEW(arena, str, parts.count + some.count + 2)};
    if (texts.items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < some.count; i++) {
        TRY(add_text(&texts, some.items[i], err));
    }
    for (size_t i = 0; born_on->known && i < parts.count; i++) {
        TRY(parts.skeletons[i].len == 0
                ? result_ok()
                : add_text(&texts, lookup_day(parts.skeletons[i], born_on->day, arena), err));
    }
    if (count_skeletons(&parts) > 0) {
        TRY(add_text(&texts, lookup_all_parts(&parts, LOOKUP_FULL, year, arena), err));
    }
    if (parts.count > 0) {
        TRY(add_text(&texts, lookup_name(&parts, arena), err));
    }
    *ret_texts = (struct text_list){.items = texts.items, .count = texts.count};
    return result_ok();
}

static result identifier_texts(const struct identifier_recorded_body *body, struct arena *arena,
                               struct text_list *ret_texts, struct err *err)
{
    const struct known_day unknown = {.known = false};
    if (identifier_scheme_from_name(body->scheme) == SCHEME_OTHER_NAME) {
        return name_texts(body->value, body->latin, &unknown, arena, ret_texts, err);
    }
    str *text = ARENA_NEW(arena, str, 1);
    if (text == NULL) {
        return arena_full(err);
    }
    *text = lookup_identifier(body->scheme, body->issuer, body->value, arena);
    *ret_texts = (struct text_list){.items = text, .count = 1};
    return text->at == NULL ? arena_full(err) : result_ok();
}

result lookup_texts(const struct event *event, struct arena *arena, struct text_list *ret_texts,
                    struct err *err)
{
    if (event->kind == EVENT_PERSON_REGISTERED) {
        const struct person_registered_body *body = &event->body.person_registered;
        return name_texts(body->name, body->latin, &body->born_on, arena, ret_texts, err);
    }
    if (event->kind == EVENT_IDENTITY_CORRECTED) {
        const struct identity_corrected_body *body = &event->body.identity_corrected;
        return name_texts(body->name, body->latin, &body->born_on, arena, ret_texts, err);
    }
    if (event->kind == EVENT_IDENTIFIER_RECORDED) {
        return identifier_texts(&event->body.identifier_recorded, arena, ret_texts, err);
    }
    *ret_texts = (struct text_list){.items = NULL};
    return result_ok();
}
