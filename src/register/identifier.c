#include "register/identifier.h"

static const struct scheme_row {
    str name;
    const char *title;
    str pattern;
    bool unique;
} schemes[] = {
    [SCHEME_NONE] = {STR_INIT(""), "", STR_INIT(""), false},
#define SCHEME(constant, name, title, pattern, unique)                                             \
    [constant] = {STR_INIT(name), title, STR_INIT(pattern), unique},
#include "register/identifier.def"
#undef SCHEME
};

const char *identifier_scheme_name(enum identifier_scheme scheme)
{
    ASSERT(scheme < SCHEME_COUNT);
    return schemes[scheme].name.at;
}

const char *identifier_scheme_title(enum identifier_scheme scheme)
{
    ASSERT(scheme < SCHEME_COUNT);
    return schemes[scheme].title;
}

enum identifier_scheme identifier_scheme_from_name(str name)
{
    for (int i = SCHEME_NONE + 1; i < SCHEME_COUNT; i++) {
        if (str_equal(schemes[i].name, name)) {
            return (enum identifier_scheme)i;
        }
    }
    return SCHEME_NONE;
}

bool identifier_is_unique(enum identifier_scheme scheme)
{
    ASSERT(scheme < SCHEME_COUNT);
    return schemes[scheme].unique;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

str identifier_canonical(str value, struct arena *arena)
{
    char *text = ARENA_NEW(arena, char, value.len + 1);
    size_t len = 0;
    if (text == NULL) {
        return (str){0};
    }
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.at[i];
        const char capital = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (is_digit(capital) || is_capital(capital) || (unsigned char)c >= 0x80) {
            text[len++] = capital;
        }
    }
    return (str){.at = text, .len = len};
}

/* The first character that is not as the pattern wants it, from 1; 0: all are. */
static size_t first_wrong(str pattern, str value)
{
    for (size_t i = 0; i < pattern.len; i++) {
        const char wanted = pattern.at[i];
        const char is = i < value.len ? value.at[i] : '\0';
        const bool fits = wanted == 'A'   ? is_capital(is)
                          : wanted == '0' ? is_digit(is)
                                          : is == wanted;
        if (!fits) {
            return i + 1;
        }
    }
    return value.len > pattern.len ? pattern.len + 1 : 0;
}

/* GWF begins with letters that are themselves, of which A is none. */
result identifier_check(enum identifier_scheme scheme, str value, struct arena scratch,
                        struct err *err)
{
    ASSERT(scheme > SCHEME_NONE && scheme < SCHEME_COUNT);
    const struct scheme_row *row = &schemes[scheme];
    const str canonical = identifier_canonical(value, &scratch);
    if (canonical.at == NULL) {
        return arena_full(err);
    }
    if (canonical.len == 0) {
        return err_set(err, ERROR_INPUT, "A reference has letters or digits");
    }
    const size_t wrong = first_wrong(row->pattern, canonical);
    if (row->pattern.len == 0 || wrong == 0) {
        return result_ok();
    }
    result_ignore(
        err_set(err, ERROR_INPUT,
                "This is not a %s: character %zu is wrong (spaces and hyphens not counted)",
                row->title, wrong),
        "the hint returns the failure");
    return err_hint(err, "It has the form %s, each 0 a digit.", row->pattern.at);
}
