#include "register/identifier.h"

static const struct scheme_row {
    str name;
    const char *title;
    str pattern;
    bool unique;
    bool exact;
} schemes[] = {
    [SCHEME_NONE] = {STR_INIT(""), "", STR_INIT(""), false, false},
#define SCHEME(constant, name, title, pattern, unique, exact)                                      \
    [constant] = {STR_INIT(name), title, STR_INIT(pattern), unique, exact},
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

static bool is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

bool identifier_is_system(str name)
{
    bool fits =
        name.len >= 2 && name.len <= IDENTIFIER_SYSTEM_MAX_BYTES && is_small_letter(name.at[0]);
    for (size_t i = 0; fits && i < name.len; i++) {
        const char c = name.at[i];
        fits = is_small_letter(c) || is_digit(c) || c == '_' || c == '-';
    }
    return fits;
}

void identifier_from_older(struct event *event)
{
    if (event->kind != EVENT_EXTERNAL_REFERENCE_RECORDED) {
        return;
    }
    const struct external_reference_recorded_body body = event->body.external_reference_recorded;
    event->kind = EVENT_IDENTIFIER_RECORDED;
    event->body.identifier_recorded = (struct identifier_recorded_body){
        .scheme = schemes[SCHEME_OTHER_SYSTEM].name,
        .value = body.reference,
        .issuer = body.kind,
        .source = STR(""),
        .latin = STR(""),
    };
}

str identifier_canonical(enum identifier_scheme scheme, str value, struct arena *arena)
{
    ASSERT(scheme < SCHEME_COUNT);
    if (schemes[scheme].exact) {
        return value;
    }
    char *text = ARENA_NEW(arena, char, value.len + 1);
    size_t len = 0;
    if (text == NULL) {
        return (str){0};
    }
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.at[i];
        const char capital = is_small_letter(c) ? (char)(c - 'a' + 'A') : c;
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
    const str canonical = identifier_canonical(scheme, value, &scratch);
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
