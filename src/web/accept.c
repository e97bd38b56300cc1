/* accept: which of the faces of a resource the Accept header likes best (RFC 9110, 12.5.1). */
#include "web/exchange.h"

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

/* How exactly a range of the header names the type: 3 "text/html", 2 "text" and any subtype, 1 any
 * type, 0 not at all. */
static int exactness(str range, str type)
{
    if (str_equal(range, type)) {
        return 3;
    }
    const struct str_cut wide = str_cut(range, '/');
    if (!str_equal(wide.tail, STR("*"))) {
        return 0;
    }
    if (str_equal(wide.head, STR("*"))) {
        return 1;
    }
    return str_equal(wide.head, str_cut(type, '/').head) ? 2 : 0;
}

struct liking {
    int exactness; /* of the range that says most about the type; 0: none does */
    int quality;   /* thousandths */
};

static struct liking liking_of(str accept, str content_type)
{
    const str type = str_trim(str_cut(content_type, ';').head);
    struct liking liking = {.exactness = 0};
    if (str_trim(accept).len == 0) {
        return (struct liking){.exactness = 1, .quality = 1000};
    }
    while (accept.len > 0) {
        const struct str_cut cut = str_cut(accept, ',');
        const struct str_cut range = str_cut(cut.head, ';');
        const int exact = exactness(str_trim(range.head), type);
        if (exact > liking.exactness) {
            liking = (struct liking){.exactness = exact, .quality = quality_of(range.tail)};
        }
        accept = cut.tail;
    }
    return liking;
}

bool exchange_accepts(str accept, str content_type)
{
    return liking_of(accept, content_type).quality > 0;
}

enum wanted exchange_wanted(str accept)
{
    /* JSON is what is sent when nothing is said, so only it gains from "any type". */
    const struct liking json = liking_of(accept, STR("application/json"));
    const struct liking html = liking_of(accept, STR("text/html"));
    const struct liking csv = liking_of(accept, STR("text/csv"));
    const int html_quality = html.exactness > 1 ? html.quality : 0;
    const int csv_quality = csv.exactness > 2 ? csv.quality : 0;
    if (html_quality > json.quality && html_quality >= csv_quality) {
        return WANTED_HTML;
    }
    return csv_quality > json.quality ? WANTED_CSV : WANTED_JSON;
}
