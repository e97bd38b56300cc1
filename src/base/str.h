/* str: a view of bytes, usually UTF-8; it owns nothing and is not NUL-terminated by promise.
 * Print it with "%.*s", STR_ARG(text). Cut, do not copy. */
#ifndef RETURNHUB_BASE_STR_H
#define RETURNHUB_BASE_STR_H

#include "base/result.h"

#include <stddef.h>
#include <string.h>

typedef struct str {
    const char *at;
    size_t len;
} str;

/* From a string literal only (the "" refuses anything else at compile time). */
#define STR(literal) ((str){.at = ("" literal), .len = sizeof(literal) - 1})
/* The same as an initialiser of static tables. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        .at = ("" literal), .len = sizeof(literal) - 1                                             \
    }
#define STR_ARG(text) (int)(text).len, (text).at

static inline str str_from_c(const char *text) /* NULL gives the empty view */
{
    return text == NULL ? STR("") : (str){.at = text, .len = strlen(text)};
}
static inline bool str_equal(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
int str_compare(str a, str b); /* by bytes, as memcmp; a prefix comes first */
bool str_starts(str text, str prefix);
bool str_ends(str text, str suffix);
static inline str str_slice(str text, size_t begin, size_t end) /* clamped to the text */
{
    const size_t last = end < text.len ? end : text.len;
    const size_t first = begin < last ? begin : last;
    /* A view of nothing may have no address, and NULL + 0 is not defined in C. */
    return (str){.at = first == 0 ? text.at : text.at + first, .len = last - first};
}
str str_trim(str text); /* ASCII white space at both ends */
/* The first index of byte c, or text.len. */
size_t str_find_char(str text, char c);
bool str_contains(str text, str part);

/* head = before the first `separator`, tail = after it; without one: head = text, tail empty, found
 * false. */
struct str_cut {
    str head;
    str tail;
    bool found;
};
struct str_cut str_cut(str text, char separator);

/* True for well-formed UTF-8 without NUL, and without surrogates or overlong forms (RFC 3629). */
bool str_is_utf8(str text);
/* True when the text has no control characters other than tab and line feed, nor any of those that
 * nobody sees and that end a line or show what follows in another order (U+2028 to U+202E, U+2066
 * to U+2069: a text could read otherwise than it says; CVE-2021-42574). */
bool str_is_printable(str text);
/* True when something of it can be seen: not white space alone, nor characters that leave no mark
 * (Unicode 15.0: White_Space and Default_Ignorable_Code_Point, and the empty Braille pattern). */
bool str_is_visible(str text);

/* Whole text as a decimal number, optional '-'; refuses anything else, and overflow. */
MUST_USE result str_to_int64(str text, int64_t *ret_number, struct err *err);

/* As decimal digits, in `room`. */
enum { STR_INT64_SIZE = 20 };
str str_of_int64(int64_t number, char room[STR_INT64_SIZE]);

/* The noun that goes with a number in English: ("%lld %s", n, str_noun(n, "day", "days")). */
const char *str_noun(int64_t count, const char *one, const char *many);

/* Adds a name to a list such as "none, in_force" in a fixed array; false when it does not fit any
 * more. */
bool str_list_add(char *list, size_t size, size_t *len, str name);

/* Edit distance up to `most`; returns most + 1 when larger. Both at most 64 bytes. */
size_t str_distance(str a, str b, size_t most);

/* For "did you mean": of names that are looked at one after the other, the one that is most like
 * what was given, and another that is just as like it. */
struct str_nearest {
    str given;
    size_t least; /* how much of a name may differ for it to be meant */
    str name;     /* "" as long as none is near */
    str other;    /* "" when `name` alone is that near */
};
struct str_nearest str_nearest_to(str given);
void str_nearest_look(struct str_nearest *nearest, str name);

#endif
