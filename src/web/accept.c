/* accept: which of the faces of a resource the Accept header likes best (RFC 9110, 12.5.1). */
#include "web/exchange.h"

struct likings {
    int json; /* thousandths; -1: not named */
    int html;
    int csv;
    int anything;
};

/* "0.8" is 800; without a q it is 1000; what cannot be read is 0. */
static int quality_of(str parameters)
{
    while (parameters.len > 0) {
        const struct str_cut cut = str_cut(parameters, ';');
        const str parameter = str_trim(cut.head);
        parameters = cut.tail;
        if (!str_starts(parameter, STR("q="))) {
            continue;
        }
        int quality = 0;
        int weight = 1000;
        for (size_t i = 2; i < parameter.len && weight > 0; i++) {
            const char c = parameter.at[i];
            if (c >= '0' && c <= '9') {
                quality += (c - '0') * weight;
                weight /= 10;
            } else if (c != '.') {
                return 0;
            }
        }
        return quality;
    }
    return 1000;
}

static void like(struct likings *likings, str type, int quality)
{
    if (str_equal(type, STR("application/json")) ||
        str_equal(type, STR("application/problem+json"))) {
        likings->json = quality > likings->json ? quality : likings->json;
    } else if (str_equal(type, STR("text/html"))) {
        likings->html = quality;
    } else if (str_equal(type, STR("text/csv"))) {
        likings->csv = quality;
    } else if (str_equal(type, STR("*/*"))) {
        likings->anything = quality;
    }
}

enum wanted exchange_wanted(str accept)
{
    struct likings likings = {.json = -1, .html = -1, .csv = -1, .anything = -1};
    while (accept.len > 0) {
        const struct str_cut cut = str_cut(accept, ',');
        const struct str_cut range = str_cut(cut.head, ';');
        like(&likings, str_trim(range.head), quality_of(range.tail));
        accept = cut.tail;
    }
    /* JSON is what is sent when nothing is said, so only it gains from the wildcard. */
    const int json = likings.json >= 0 ? likings.json : likings.anything;
    if (likings.html > 0 && likings.html > json && likings.html >= likings.csv) {
        return WANTED_HTML;
    }
    return likings.csv > 0 && likings.csv > json ? WANTED_CSV : WANTED_JSON;
}
