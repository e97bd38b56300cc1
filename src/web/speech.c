#include "web/speech.h"

#include "format/language.h"

#include <stdlib.h>

enum {
    SAID_BYTES_MAX = 1024 * 1024, /* whatever a request can carry may be put into a text */
    SAID_BESIDE_COUNT_MAX = 4,
};

struct speech speech_english(void)
{
    return (struct speech){.language = STR("en")};
}

static const struct catalogue *catalogue_of(const struct exchange *exchange, str language)
{
    for (size_t i = 0; i < exchange->web->catalogue_count; i++) {
        if (str_equal(exchange->web->catalogues[i].language, language)) {
            return &exchange->web->catalogues[i];
        }
    }
    return NULL;
}

static bool is_english(str language)
{
    return str_equal(language, STR("en")) || str_starts(language, STR("en-"));
}

bool speech_is_offered(const struct exchange *exchange, str language)
{
    return str_equal(language, STR("en")) || catalogue_of(exchange, language) != NULL;
}

static struct speech speak(const struct exchange *exchange, str language)
{
    const struct catalogue *catalogue = catalogue_of(exchange, language);
    if (catalogue == NULL) {
        return speech_english();
    }
    return (struct speech){.language = catalogue->language,
                           .right_to_left = language_is_right_to_left(catalogue->language),
                           .catalogue = catalogue};
}

/* The first language of the header that there is (RFC 9110, 12.5.4): browsers name the one they
 * like best first. "sq-AL" is content with "sq". */
static struct speech preferred(const struct exchange *exchange)
{
    str left = http_header_get(exchange->request, STR("Accept-Language"));
    while (left.len > 0) {
        const struct str_cut range = str_cut(left, ',');
        const str language = str_trim(str_cut(range.head, ';').head);
        const str primary = str_cut(language, '-').head;
        if (is_english(language)) {
            return speech_english();
        }
        if (catalogue_of(exchange, primary) != NULL) {
            return speak(exchange, primary);
        }
        left = range.tail;
    }
    return speech_english();
}

struct speech speech_of(const struct exchange *exchange)
{
    const str asked = exchange_query(exchange, STR("language"));
    const str chosen = exchange->signed_in ? exchange->session.account.language : STR("");
    if (asked.len > 0 && speech_is_offered(exchange, asked)) {
        return speak(exchange, asked);
    }
    return chosen.len > 0 ? speak(exchange, chosen) : preferred(exchange);
}

struct speech speech_for_staff(const struct exchange *exchange)
{
    const struct speech speech = speech_of(exchange);
    return speech.catalogue != NULL && speech.catalogue->all_pages ? speech : speech_english();
}

json_t *speech_offers(const struct exchange *exchange, const struct speech *speech)
{
    json_t *list = json_array();
    for (size_t i = 0; i < exchange->web->offered_count; i++) {
        const struct offered_language *offered = &exchange->web->offered[i];
        json_t *object = json_object();
        json_set_str(object, "language", offered->language);
        json_set_str(object, "name", offered->name);
        json_set(object, "direction", json_string(offered->right_to_left ? "rtl" : "ltr"));
        json_set_flag(object, "current", str_equal(speech->language, offered->language));
        json_add(list, object);
    }
    return list;
}

str speech_say(const struct speech *speech, const char *text)
{
    const str original = str_from_c(text);
    const str said = speech->catalogue == NULL
                         ? STR("")
                         : catalogue_find(speech->catalogue, STR(TEMPLATE_CONTEXT), original);
    return said.len > 0 ? said : original;
}

bool speech_has(const struct speech *speech, str text)
{
    return speech->catalogue == NULL ||
           catalogue_find(speech->catalogue, STR(TEMPLATE_CONTEXT), text).len > 0;
}

str speech_told(const struct speech *speech, str text, enum error_code code)
{
    return speech_has(speech, text) ? text : str_from_c(error_meaning(code));
}

str speech_fill(const struct catalogue *catalogue, struct arena *arena, const char *text, str value)
{
    const struct str_cut name = str_cut(str_cut(str_from_c(text), '{').tail, '}');
    const str whole = arena_copy(arena, str_slice(name.head, 1, name.head.len));
    return speech_put(catalogue, arena, text, SAID({whole.at, value}));
}

str speech_put(const struct catalogue *catalogue, struct arena *arena, const char *text,
               const struct said_value *values)
{
    const struct speech speech = {.catalogue = catalogue};
    str put = {0};
    struct buf buf;
    buf_init(&buf, arena, SAID_BYTES_MAX);
    said_put(&buf, speech_say(&speech, text), values);
    result_ignore(buf_finish(&buf, &put, NULL), "then .at is NULL");
    return put;
}

static str number_in(const struct catalogue *catalogue, struct arena *arena, int64_t number)
{
    str text = view_number(arena, number);
    if (catalogue != NULL) {
        result_ignore(language_number(catalogue->language, number, arena, &text, NULL),
                      "the digits of English are clear too");
    }
    return text;
}

str speech_number(const struct speech *speech, struct arena *arena, int64_t number)
{
    return number_in(speech->catalogue, arena, number);
}

str speech_counted(const struct catalogue *catalogue, struct arena *arena, struct counted_text text,
                   int64_t count, const struct said_value *others)
{
    struct said_value values[SAID_BESIDE_COUNT_MAX + 2] = {
        {"count", number_in(catalogue, arena, count)}};
    size_t value_count = 1;
    for (; others != NULL && others->name != NULL; others++) {
        ASSERT(value_count <= SAID_BESIDE_COUNT_MAX);
        values[value_count++] = *others;
    }
    const str form =
        catalogue_counted(catalogue, STR(TEMPLATE_CONTEXT), text, (uint64_t)llabs(count));
    str put = {0};
    struct buf buf;
    buf_init(&buf, arena, SAID_BYTES_MAX);
    said_put(&buf, form, values);
    result_ignore(buf_finish(&buf, &put, NULL), "then .at is NULL");
    return put;
}

str speech_fill_for_staff(const struct exchange *exchange, const char *text, str value)
{
    return speech_fill(speech_for_staff(exchange).catalogue, exchange->arena, text, value);
}

json_t *speech_law(const struct speech *speech, str text)
{
    const str said =
        speech->catalogue == NULL ? text : catalogue_find(speech->catalogue, STR(SPEECH_LAW), text);
    json_t *object = json_object();
    json_set_str(object, "text", said.len > 0 ? said : text);
    json_set_flag(object, "foreign", said.len == 0 && text.len > 0);
    return object;
}

json_t *speech_day(const struct speech *speech, struct arena *arena, str iso)
{
    const str day_text = str_slice(iso, 0, 10);
    const str language = speech->catalogue == NULL ? STR("en-GB") : speech->language;
    date day;
    str text = day_text;
    json_t *view = json_object();
    const bool known = date_parse(day_text, &day, NULL).ok;
    if (known) {
        result_ignore(language_day(language, day, arena, &text, NULL), "the ISO form is clear too");
    }
    json_set_flag(view, "known", known);
    json_set_str(view, "iso", day_text);
    json_set_str(view, "text", text);
    return view;
}

json_t *speech_known_day(const struct speech *speech, struct arena *arena, const json_t *known_day)
{
    return speech_day(speech, arena, json_str_or_empty(known_day, "value"));
}

json_t *speech_instant(const struct speech *speech, struct arena *arena, instant at)
{
    char iso[INSTANT_TEXT_SIZE];
    instant_format(at, iso);
    if (speech->catalogue == NULL) {
        const struct view_context english = {.arena = arena};
        return view_instant(&english, str_from_c(iso));
    }
    json_t *view = speech_day(speech, arena, str_from_c(iso));
    json_set_str(view, "iso", str_from_c(iso));
    const str day = json_str_or_empty(view, "text");
    const str time = str_slice(str_from_c(iso), DATE_TEXT_SIZE, DATE_TEXT_SIZE + 5);
    json_set_str(view, "text",
                 speech_put(speech->catalogue, arena, SAY("{{day}}, {{time}} UTC"),
                            SAID({"day", day}, {"time", time})));
    return view;
}
