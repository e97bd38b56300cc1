#include "web/view.h"

#include "base/buf.h"
#include "web/page.h"
#include "web/speech.h"
#include "web/view_table.h"

#include <stdlib.h>

static bool flag_of(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static json_t *unknown_day(void)
{
    json_t *view = json_object();
    json_set_flag(view, "known", false);
    json_set(view, "iso", json_string(""));
    json_set(view, "text", json_string("Not known"));
    return view;
}

json_t *view_day(str iso)
{
    date day;
    if (!date_parse(iso, &day, NULL).ok) {
        return unknown_day();
    }
    char text[20];
    date_format_plain(day, text);
    json_t *view = json_object();
    json_set_flag(view, "known", true);
    json_set_str(view, "iso", iso);
    json_set(view, "text", json_string(text));
    return view;
}

json_t *view_known_day(const json_t *known_day)
{
    return flag_of(known_day, "known") ? view_day(json_str_or_empty(known_day, "value"))
                                       : unknown_day();
}

bool view_clock_begins(const json_t *clock)
{
    return !json_equal(json_object_get(clock, "start"), json_object_get(clock, "last_day"));
}

json_t *view_clock_start(const json_t *clock)
{
    return view_clock_begins(clock) ? view_known_day(json_object_get(clock, "start"))
                                    : json_false();
}

/* "5:30pm", as GOV.UK writes times; midnight and midday in words. */
static str clock_time(struct arena *arena, int64_t milliseconds)
{
    const int64_t day = 86400000;
    const int64_t minutes = (milliseconds % day + day) % day / 60000;
    const int64_t hour = minutes / 60;
    const int64_t minute = minutes % 60;
    const int64_t shown = hour % 12 == 0 ? 12 : hour % 12;
    if (minute == 0 && shown == 12) {
        return hour == 0 ? STR("midnight") : STR("midday");
    }
    struct buf buf;
    buf_init(&buf, arena, 16);
    buf_put_int64(&buf, shown);
    if (minute > 0) {
        buf_put_c(&buf, minute < 10 ? ":0" : ":");
        buf_put_int64(&buf, minute);
    }
    buf_put_c(&buf, hour < 12 ? "am" : "pm");
    return buf_str(&buf);
}

json_t *view_instant(const struct view_context *context, str iso)
{
    instant when;
    if (!instant_parse(iso, &when, NULL).ok) {
        return unknown_day();
    }
    char day[20];
    date_format_plain(instant_date(when), day);
    json_t *view = json_object();
    json_set_flag(view, "known", true);
    json_set_str(view, "iso", iso);
    json_set_str(view, "text",
                 view_said(context, "{{day}} at {{time}} UTC",
                           SAID({"day", str_from_c(day)},
                                {"time", clock_time(context->arena, when.milliseconds)})));
    return view;
}

json_t *view_instant_day(str iso)
{
    instant when;
    if (!instant_parse(iso, &when, NULL).ok) {
        return unknown_day();
    }
    char day[DATE_TEXT_SIZE];
    date_format(instant_date(when), day);
    return view_day(str_from_c(day));
}

json_t *view_value(const json_t *value)
{
    json_t *view = json_object();
    const bool known = flag_of(value, "known");
    json_set_flag(view, "known", known);
    const json_t *raw = json_object_get(value, "value");
    date day;
    const bool is_day =
        json_is_string(raw) && date_parse(json_str_or_empty(value, "value"), &day, NULL).ok;
    json_set(view, "iso", is_day ? json_of_str(json_str_or_empty(value, "value")) : json_false());
    json_set_str(view, "text", known ? json_str_or_empty(value, "text") : STR("Not known"));
    return view;
}

struct tag_row {
    const char *key;
    const char *text;
    const char *colour;
};

static json_t *tag_from(const struct tag_row *rows, size_t count, str key)
{
    json_t *tag = json_object();
    json_set_str(tag, "text", key);
    json_set(tag, "colour", json_string("grey"));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from_c(rows[i].key), key)) {
            json_set(tag, "text", json_string(rows[i].text));
            json_set(tag, "colour", json_string(rows[i].colour));
        }
    }
    return tag;
}

json_t *view_clearance_tag(str clearance)
{
    static const struct tag_row rows[] = {
        {"clear", "Clear", "green"},
        {"barred", "Barred", "red"},
        {"unknown", "Not known", "yellow"},
    };
    return tag_from(rows, sizeof rows / sizeof rows[0], clearance);
}

json_t *view_request_tag(str state)
{
    static const struct tag_row rows[] = {
        {"open", "Waiting for approval", "blue"},
        {"approved", "Approved", "green"},
        {"taken", "Taken", "grey"},
        {"stopped", "Stopped", "red"},
        {"declined", "Declined", "orange"},
        {"withdrawn", "Withdrawn", "grey"},
    };
    return tag_from(rows, sizeof rows / sizeof rows[0], state);
}

json_t *view_clock_tag(str state)
{
    static const struct tag_row rows[] = {
        {"running", "Running", "blue"},
        {"expired", "Expired", "grey"},
        {"not_started", "Not started", "grey"},
        {"unknown", "Not known", "yellow"},
    };
    return tag_from(rows, sizeof rows / sizeof rows[0], state);
}

str view_number(struct arena *arena, int64_t number)
{
    char room[STR_INT64_SIZE];
    char grouped[40];
    size_t written = 0;
    const str digits = str_of_int64(number, room);
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0 && digits.at[i - 1] != '-') {
            grouped[written++] = ',';
        }
        grouped[written++] = digits.at[i];
    }
    return arena_copy(arena, (str){.at = grouped, .len = written});
}

str view_counted(const struct view_context *context, int64_t count, struct counted_text text)
{
    return speech_counted(context->catalogue, context->arena, text, count, NULL);
}

str view_said(const struct view_context *context, const char *text, const struct said_value *values)
{
    return speech_put(context->catalogue, context->arena, text, values);
}

str view_days_left(const struct view_context *context, const struct days_words *words, int64_t days,
                   const json_t *working_days)
{
    const struct speech speech = {.catalogue = context->catalogue};
    if (days == 0) {
        return speech_say(&speech, words->today);
    }
    const str far = view_counted(context, llabs(days), days > 0 ? words->ahead : words->past);
    const int64_t working = llabs(json_integer_value(working_days));
    return working_days == NULL
               ? far
               : view_said(context, "{{days}} ({{working}})",
                           SAID({"days", far},
                                {"working", view_counted(context, working,
                                                         COUNTED("{{count}} working day",
                                                                 "{{count}} working days"))}));
}

str view_filled(const struct view_context *context, const char *text, str value)
{
    return speech_fill(context->catalogue, context->arena, text, value);
}

str view_numbered(const struct view_context *context, const char *text, int64_t number)
{
    return view_filled(context, text, arena_format(context->arena, "%lld", (long long)number));
}

json_t *view_person_link(const struct view_context *context, const json_t *person)
{
    json_t *view = json_object();
    const str reference = json_str_or_empty(person, "reference");
    const str name = json_str_or_empty(person, "name");
    json_set_str(view, "reference", reference);
    json_set_str(view, "name", name.len > 0 ? name : STR("Name not known"));
    json_set_flag(view, "has_name", name.len > 0);
    json_set_str(view, "href", page_href(context->arena, "/people/%s", reference, STR("")));
    json_set_str(view, "stage", json_str_or_empty(json_object_get(person, "stage"), "title"));
    return view;
}

json_t *view_fact(const struct view_context *context, const json_t *fact, str withdrawal_base)
{
    json_t *view = view_value(fact);
    json_set_str(view, "title", json_str_or_empty(fact, "title"));
    json_set_str(view, "fact", json_str_or_empty(fact, "fact"));
    const str note = json_str_or_empty(fact, "note");
    json_set(view, "note", note.len > 0 ? json_of_str(note) : json_false());
    const bool recorded = flag_of(fact, "recorded");
    json_set_flag(view, "recorded", recorded);
    json_set_flag(view, "counted", flag_of(fact, "counted"));
    json_set(view, "true_from", view_day(json_str_or_empty(fact, "true_from")));
    json_set(view, "recorded_at", view_instant_day(json_str_or_empty(fact, "recorded_at")));
    const str actor = json_str_or_empty(fact, "recorded_by");
    json_set_str(view, "recorded_by", actor.len > 0 ? actor : STR("the register"));
    const str source = json_str_or_empty(fact, "source");
    json_set(view, "source", source.len > 0 ? json_of_str(source) : json_false());
    json_set(view, "withdraw_href", json_false());
    const int64_t event = json_integer_value(json_object_get(fact, "event"));
    if (recorded && withdrawal_base.len > 0 && event > 0) {
        json_set_str(view, "withdraw_href",
                     arena_format(context->arena, "%.*s/facts/%lld/withdrawal",
                                  STR_ARG(withdrawal_base), (long long)event));
    }
    return view;
}

/* The section of this title, made when it is the first of its facts. */
static json_t *section_named(const struct view_context *context, json_t *sections, str name)
{
    const str title = name.len > 0 ? name : STR("Other facts");
    size_t index;
    json_t *section;
    json_array_foreach(sections, index, section)
    {
        if (str_equal(json_str_or_empty(section, "title"), title)) {
            return section;
        }
    }
    section = json_object();
    json_set_str(section, "title", title);
    json_set_str(section, "anchor",
                 arena_format(context->arena, "section-%zu", json_array_size(sections) + 1));
    json_set(section, "facts", json_array());
    json_set(section, "change_href", json_false());
    json_set_int64(section, "known_count", 0);
    json_set_int64(section, "fact_count", 0);
    json_add(sections, section);
    return section;
}

/* Where facts of the section are recorded. */
static str section_href(const struct view_context *context, const json_t *section, str base)
{
    const str query =
        page_href(context->arena, "?section=%s", json_str_or_empty(section, "title"), STR(""));
    return arena_format(context->arena, "%.*s/facts%.*s", STR_ARG(base), STR_ARG(query));
}

static void count_up(json_t *object, const char *key)
{
    json_set_int64(object, key, json_integer_value(json_object_get(object, key)) + 1);
}

json_t *view_fact_sections(const struct view_context *context, const json_t *facts, str base,
                           bool may_change, bool may_withdraw)
{
    json_t *sections = json_array();
    size_t index;
    json_t *fact;
    json_array_foreach(facts, index, fact)
    {
        json_t *section = section_named(context, sections, json_str_or_empty(fact, "section"));
        if (may_change && flag_of(fact, "recordable")) {
            json_set_str(section, "change_href", section_href(context, section, base));
        }
        json_add(json_object_get(section, "facts"),
                 view_fact(context, fact, may_withdraw ? base : STR("")));
        count_up(section, "fact_count");
        if (flag_of(fact, "known")) {
            count_up(section, "known_count");
        }
    }
    return sections;
}
