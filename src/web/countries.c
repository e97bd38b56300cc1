#include "web/countries.h"

#include "format/latin.h"

#include <stdlib.h>

static str small_letters(str text, struct arena *arena)
{
    char *copy = ARENA_NEW(arena, char, text.len + 1);
    for (size_t i = 0; copy != NULL && i < text.len; i++) {
        const char c = text.at[i];
        copy[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return (str){.at = copy, .len = text.len};
}

static int by_name(const void *a, const void *b)
{
    const struct listed_country *one = a;
    const struct listed_country *other = b;
    const int order = str_compare(one->order, other->order);
    return order != 0 ? order : str_compare(one->code, other->code);
}

static result list_country(const struct country *country, const struct latin *latin,
                           struct arena *arena, struct listed_country *ret_listed, struct err *err)
{
    char code[4];
    country_format(country->code, code);
    struct listed_country listed = {.code = arena_copy(arena, str_from_c(code)),
                                    .name = country->name};
    if (listed.code.at == NULL) {
        return arena_full(err);
    }
    TRY(latin_letters_by(latin, country->name, arena, &listed.order, err));
    listed.order = small_letters(listed.order, arena);
    *ret_listed = listed;
    return listed.order.at == NULL ? arena_full(err) : result_ok();
}

result countries_by_name(const struct rulebook *rulebook, struct arena *arena,
                         const struct listed_country **ret_countries, struct err *err)
{
    struct latin latin = {.transform = NULL};
    struct listed_country *countries =
        ARENA_NEW(arena, struct listed_country, rulebook->country_count + 1);
    if (countries == NULL) {
        return arena_full(err);
    }
    result listed = latin_open(&latin, err);
    for (size_t i = 0; listed.ok && i < rulebook->country_count; i++) {
        listed = list_country(&rulebook->countries[i], &latin, arena, &countries[i], err);
    }
    latin_close(&latin);
    TRY(listed);
    qsort(countries, rulebook->country_count, sizeof countries[0], by_name);
    *ret_countries = countries;
    return result_ok();
}
