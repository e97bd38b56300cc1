#include "register/lookup.h"

#include "register/identifier.h"

#include <stdlib.h>
#include <string.h>

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
        if (c != next && !is_vowel(c) && (c != 'h' || len == 0)) {
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
    const str canonical = identifier_canonical(value, arena);
    return canonical.at == NULL ? (str){0}
                                : arena_format(arena, "ID %.*s %.*s %.*s", STR_ARG(scheme),
                                               STR_ARG(issuer), STR_ARG(canonical));
}

str lookup_name(const struct name_parts *parts, struct arena *arena)
{
    str text = STR("NAME");
    for (size_t i = 0; i < parts->count && text.at != NULL; i++) {
        text = arena_format(arena, "%.*s %.*s", STR_ARG(text), STR_ARG(parts->parts[i]));
    }
    return text;
}

str lookup_part(str skeleton, int year, struct arena *arena)
{
    return year == YEAR_UNKNOWN ? arena_format(arena, "PART %.*s -", STR_ARG(skeleton))
                                : arena_format(arena, "PART %.*s %d", STR_ARG(skeleton), year);
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

/* The whole name and each part, none twice. */
static result name_texts(str name, str latin, const struct known_day *born_on, struct arena *arena,
                         struct text_list *ret_texts, struct err *err)
{
    struct name_parts parts;
    TRY(name_parts_of(latin.len > 0 ? latin : name, arena, &parts, err));
    str *texts = ARENA_NEW(arena, str, parts.count + 1);
    size_t count = 0;
    if (texts == NULL) {
        return arena_full(err);
    }
    const int year = born_on->known ? date_to_civil(born_on->day).year : YEAR_UNKNOWN;
    for (size_t i = 0; i < parts.count; i++) {
        const str text = lookup_part(parts.skeletons[i], year, arena);
        if (text.at == NULL) {
            return arena_full(err);
        }
        if (parts.skeletons[i].len > 0 && !is_listed(texts, count, text)) {
            texts[count++] = text;
        }
    }
    if (parts.count > 0) {
        texts[count] = lookup_name(&parts, arena);
        if (texts[count++].at == NULL) {
            return arena_full(err);
        }
    }
    *ret_texts = (struct text_list){.items = texts, .count = count};
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
