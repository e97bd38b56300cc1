#include "web/view_person.h"

#include "web/page.h"

#include <stdio.h>
#include <stdlib.h>

/* --- facts ------------------------------------------------------------------------------------ */

/* Those of which something is recorded, or that the register counts; of the others the titles. */
static void split_section(const struct view_context *context, json_t *section)
{
    json_t *known = json_array();
    json_t *others = json_array();
    size_t index;
    json_t *fact;
    json_array_foreach(json_object_get(section, "facts"), index, fact)
    {
        const bool said = json_is_true(json_object_get(fact, "recorded")) ||
                          json_is_true(json_object_get(fact, "known"));
        if (said) {
            json_array_append(known, fact);
        } else {
            json_add(others, json_of_str(json_str_or_empty(fact, "title")));
        }
    }
    json_set_flag(section, "has_known", json_array_size(known) > 0);
    json_set_flag(section, "has_others", json_array_size(others) > 0);
    json_set_str(section, "others_count",
                 view_counted(context, (int64_t)json_array_size(others),
                              COUNTED("{{count}} fact is not recorded",
                                      "{{count}} facts are not recorded")));
    json_set(section, "known", known);
    json_set(section, "others", others);
}

json_t *view_person_facts(const struct view_context *context, const json_t *person, str question)
{
    json_t *view = view_person_head(context, person, "facts", question);
    const str base =
        page_href(context->arena, "/people/%s", json_str_or_empty(person, "reference"), STR(""));
    json_t *sections = view_fact_sections(context, json_object_get(person, "facts"), base,
                                          context->rights.record_fact, context->rights.record_fact);
    size_t index;
    json_t *section;
    json_array_foreach(sections, index, section)
    {
        split_section(context, section);
    }
    json_set(view, "sections", sections);
    return view;
}

/* --- safeguards ------------------------------------------------------------------------------- */

static str step_href(const struct view_context *context, str person, const json_t *step)
{
    const str base =
        page_href(context->arena, "/people/%s/steps/%s", person, json_str_or_empty(step, "name"));
    const str hub = json_str_or_empty(json_object_get(step, "hub"), "reference");
    if (hub.len == 0) {
        return base;
    }
    const str query = page_href(context->arena, "?hub=%s", hub, STR(""));
    return arena_format(context->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(query));
}

static json_t *link_to_step(json_t *links, str title)
{
    size_t index;
    json_t *link;
    json_array_foreach(links, index, link)
    {
        if (str_equal(json_str_or_empty(link, "title"), title)) {
            return link;
        }
    }
    return NULL;
}

/* A step is one link, to the first of the hubs where the safeguard stands so. */
static json_t *guarded_steps(const struct view_context *context, str person, str anchor,
                             const json_t *steps)
{
    json_t *links = json_array();
    size_t index;
    json_t *step;
    json_array_foreach(steps, index, step)
    {
        const str title = json_str_or_empty(step, "title");
        json_t *link = link_to_step(links, title);
        if (link == NULL) {
            link = json_object();
            const str href = step_href(context, person, step);
            json_set_str(link, "title", title);
            json_set_str(link, "href",
                         arena_format(context->arena, "%.*s#%.*s", STR_ARG(href), STR_ARG(anchor)));
            json_set_int64(link, "hubs", 0);
            json_add(links, link);
        }
        json_set_int64(link, "hubs", json_integer_value(json_object_get(link, "hubs")) + 1);
    }
    json_array_foreach(links, index, step)
    {
        const json_int_t hubs = json_integer_value(json_object_get(step, "hubs"));
        json_set(step, "at_hubs",
                 hubs > 1 ? json_of_str(view_counted(context, hubs,
                                                     COUNTED("{{count}} hub", "{{count}} hubs")))
                          : json_false());
    }
    return links;
}

static json_t *safeguard_line(const struct view_context *context, str person,
                              const json_t *safeguard)
{
    json_t *view = json_object();
    const str anchor = arena_format(context->arena, "safeguard-%.*s",
                                    STR_ARG(json_str_or_empty(safeguard, "name")));
    json_set_str(view, "title", json_str_or_empty(safeguard, "title"));
    json_set_str(view, "reason", view_reason(context, safeguard));
    json_set(view, "tag", view_clearance_tag(json_str_or_empty(safeguard, "clearance")));
    json_set(view, "sources", json_incref(json_object_get(safeguard, "sources")));
    json_set(view, "steps",
             guarded_steps(context, person, anchor, json_object_get(safeguard, "steps")));
    return view;
}

json_t *view_person_safeguards(const struct view_context *context, const json_t *person,
                               str standing, str question)
{
    json_t *view = view_person_head(context, person, "safeguards", question);
    const str reference = json_str_or_empty(person, "reference");
    const bool clear_ones = str_equal(standing, STR("clear"));
    json_t *lines = json_array();
    int64_t counts[2] = {0, 0};
    size_t index;
    json_t *safeguard;
    json_array_foreach(json_object_get(person, "safeguards"), index, safeguard)
    {
        const bool clear = str_equal(json_str_or_empty(safeguard, "clearance"), STR("clear"));
        counts[clear ? 1 : 0]++;
        if (clear == clear_ones) {
            json_add(lines, safeguard_line(context, reference, safeguard));
        }
    }
    const str base = page_href(context->arena, "/people/%s/safeguards", reference, STR(""));
    const str joint = question.len > 0 ? STR("&") : STR("?");
    const str clear_href = arena_format(context->arena, "%.*s%.*s%.*sstanding=clear", STR_ARG(base),
                                        STR_ARG(question), STR_ARG(joint));
    const str open_href =
        arena_format(context->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(question));
    json_set_flag(view, "shows_clear", clear_ones);
    json_set_str(view, "open_count",
                 view_counted(context, counts[0],
                              COUNTED("{{count}} safeguard stands in the way",
                                      "{{count}} safeguards stand in the way")));
    json_set_str(
        view, "clear_count",
        view_counted(context, counts[1],
                     COUNTED("{{count}} safeguard is clear", "{{count}} safeguards are clear")));
    json_set_str(view, "clear_href", clear_href);
    json_set_str(view, "open_href", open_href);
    json_set_flag(view, "any", json_array_size(lines) > 0);
    json_set(view, "lines", lines);
    return view;
}

/* --- clocks ----------------------------------------------------------------------------------- */

static json_t *time_left(const struct view_context *context, const json_t *clock)
{
    static const struct days_words words = {
        "The last day is today", COUNTED_INIT("{{count}} day left", "{{count}} days left"),
        COUNTED_INIT("Over since {{count}} day", "Over since {{count}} days")};
    const json_t *left = json_object_get(clock, "days_left");
    return left == NULL ? json_false()
                        : json_of_str(view_days_left(context, &words, json_integer_value(left),
                                                     json_object_get(clock, "working_days_left")));
}

static json_t *clock_line(const struct view_context *context, str base, const json_t *clock)
{
    json_t *view = json_object();
    const str due_from = json_str_or_empty(json_object_get(clock, "due_from"), "title");
    json_set_str(view, "title", json_str_or_empty(clock, "title"));
    json_set(view, "tag", view_clock_tag(json_str_or_empty(clock, "state")));
    json_set(view, "start", view_clock_start(clock));
    json_set(view, "last_day", view_known_day(json_object_get(clock, "last_day")));
    json_set(view, "due_from", due_from.len > 0 ? json_of_str(due_from) : json_false());
    json_set(view, "left", time_left(context, clock));
    json_set(view, "sources", json_incref(json_object_get(clock, "sources")));
    const str query =
        page_href(context->arena, "?clock=%s#counted", json_str_or_empty(clock, "name"), STR(""));
    json_set_str(view, "counted_href",
                 arena_format(context->arena, "%.*s/clocks%.*s", STR_ARG(base), STR_ARG(query)));
    return view;
}

static json_t *counted_view(const struct view_context *context, const json_t *counted)
{
    if (!json_is_object(counted)) {
        return json_false();
    }
    json_t *view = json_object();
    json_t *days = json_array();
    size_t index;
    json_t *day;
    json_array_foreach(json_object_get(counted, "days"), index, day)
    {
        json_t *line = json_object();
        const str why = json_str_or_empty(day, "why");
        const json_int_t number = json_integer_value(json_object_get(day, "number"));
        json_set(line, "day", view_day(json_str_or_empty(day, "day")));
        json_set_str(line, "what", json_str_or_empty(day, "what"));
        json_set(line, "number",
                 number > 0 ? json_of_str(view_number(context->arena, number)) : json_false());
        json_set(line, "why", why.len > 0 ? json_of_str(why) : json_false());
        json_add(days, line);
    }
    json_set_str(view, "title", json_str_or_empty(counted, "title"));
    json_set_flag(view, "any", json_array_size(days) > 0);
    json_set_flag(view, "cut", json_is_true(json_object_get(counted, "cut")));
    json_set(view, "days", days);
    return view;
}

static json_t *clock_table(const char *caption, json_t *clocks)
{
    json_t *table = json_object();
    json_set(table, "caption", json_string(caption));
    json_set_flag(table, "any", json_array_size(clocks) > 0);
    json_set(table, "clocks", clocks);
    return table;
}

json_t *view_person_clocks(const struct view_context *context, const json_t *person, str question)
{
    json_t *view = view_person_head(context, person, "clocks", question);
    const str base =
        page_href(context->arena, "/people/%s", json_str_or_empty(person, "reference"), STR(""));
    json_t *running = json_array();
    json_t *expired = json_array();
    size_t index;
    json_t *clock;
    json_array_foreach(json_object_get(person, "clocks"), index, clock)
    {
        const bool runs = str_equal(json_str_or_empty(clock, "state"), STR("running"));
        json_add(runs ? running : expired, clock_line(context, base, clock));
    }
    json_set(view, "running", clock_table("Times that run", running));
    json_set(view, "expired", clock_table("Times that have run out", expired));
    json_set(view, "counted", counted_view(context, json_object_get(person, "counted")));
    return view;
}

/* --- stays and departures --------------------------------------------------------------------- */

static const char *arrival_words(str arrival)
{
    static const struct {
        const char *key;
        const char *words;
    } rows[] = {{"expected", "Expected"},
                {"arrived", "Arrived"},
                {"refused", "Refused on arrival, and returned"},
                {"never_left", "Never left"},
                {"missing", "Left, and did not arrive"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(arrival, str_from_c(rows[i].key))) {
            return rows[i].words;
        }
    }
    return "Not known";
}

static json_t *stay_line(const struct view_context *context, const json_t *stay)
{
    json_t *view = json_object();
    const json_t *hub = json_object_get(stay, "hub");
    const str reference = json_str_or_empty(hub, "reference");
    const json_int_t overdue = json_integer_value(json_object_get(stay, "days_overdue"));
    const str left_by = json_str_or_empty(json_object_get(stay, "left_by"), "title");
    json_set_str(view, "hub", json_str_or_empty(hub, "name"));
    json_set(view, "hub_href",
             reference.len > 0 && context->rights.see_hub
                 ? json_of_str(page_href(context->arena, "/hubs/%s", reference, STR("")))
                 : json_false());
    json_set(view, "departed_on", view_day(json_str_or_empty(stay, "departed_on")));
    json_set(view, "arrival", json_string(arrival_words(json_str_or_empty(stay, "arrival"))));
    json_set(view, "resolved_on", view_known_day(json_object_get(stay, "resolved_on")));
    json_set(view, "overdue",
             overdue > 0 ? json_of_str(view_counted(
                               context, overdue,
                               COUNTED("{{count}} day overdue", "{{count}} days overdue")))
                         : json_false());
    json_set_flag(view, "there_now", json_is_true(json_object_get(stay, "there_now")));
    json_set(view, "left_on", view_known_day(json_object_get(stay, "left_on")));
    json_set(view, "left_by", left_by.len > 0 ? json_of_str(left_by) : json_false());
    return view;
}

static json_t *manifest_view(const struct view_context *context, const json_t *person)
{
    if (!json_is_true(json_object_get(person, "on_manifest"))) {
        return json_false();
    }
    const json_t *manifest = json_object_get(person, "manifest");
    const str state = json_str_or_empty(person, "manifest_state");
    json_t *view = json_object();
    json_set_str(view, "reference", json_str_or_empty(manifest, "reference"));
    json_set_str(view, "step", json_str_or_empty(json_object_get(manifest, "step"), "title"));
    json_set(view, "departs_at", view_instant(context, json_str_or_empty(manifest, "departs_at")));
    json_set(view, "state",
             json_string(str_equal(state, STR("boarded")) ? "On the way, not accounted for yet"
                                                          : "Listed"));
    json_set_flag(view, "recalled", json_is_true(json_object_get(person, "recalled")));
    return view;
}

static json_t *entries_view(const json_t *entries)
{
    json_t *list = json_array();
    size_t index;
    json_t *entry;
    json_array_foreach(entries, index, entry)
    {
        json_t *view = json_object();
        json_set_str(view, "title", json_str_or_empty(entry, "title"));
        json_set_int64(view, "entry", json_integer_value(json_object_get(entry, "entry")));
        json_set_str(view, "state", json_str_or_empty(entry, "state"));
        json_set(view, "opened_on", view_day(json_str_or_empty(entry, "opened_on")));
        json_set(view, "due_on", view_known_day(json_object_get(entry, "due_on")));
        json_set_flag(view, "closed", json_is_true(json_object_get(entry, "closed")));
        json_set_flag(view, "overdue", json_is_true(json_object_get(entry, "overdue")));
        json_add(list, view);
    }
    return list;
}

json_t *view_person_movements(const struct view_context *context, const json_t *person)
{
    json_t *view = view_person_head(context, person, "movements", STR(""));
    json_t *stays = json_array();
    size_t index;
    json_t *stay;
    json_array_foreach(json_object_get(person, "stays"), index, stay)
    {
        json_add(stays, stay_line(context, stay));
    }
    const json_t *requests = json_object_get(person, "requests");
    const json_t *entries = json_object_get(person, "entries");
    json_set_flag(view, "has_stays", json_array_size(stays) > 0);
    json_set(view, "stays", stays);
    json_set(view, "manifest", manifest_view(context, person));
    json_set_flag(view, "has_requests", json_array_size(requests) > 0);
    json_set(view, "requests_table",
             view_requests_table(context, requests, "Requests, newest first", VIEW_HUB_COLUMN));
    json_set_flag(view, "may_see_books", json_is_array(entries));
    json_set_flag(view, "has_entries", json_array_size(entries) > 0);
    json_set(view, "entries", entries_view(entries));
    return view;
}

/* --- names and references --------------------------------------------------------------------- */

static json_t *identifiers_view(const struct view_context *context, const json_t *identifiers,
                                str base)
{
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(identifiers, index, line)
    {
        json_t *view = json_object();
        const str issuer = json_str_or_empty(line, "issuer");
        const str source = json_str_or_empty(line, "source");
        json_set_str(view, "title", json_str_or_empty(line, "title"));
        json_set_str(view, "value", json_str_or_empty(line, "value"));
        json_set(view, "issuer", issuer.len > 0 ? json_of_str(issuer) : json_false());
        json_set(view, "source", source.len > 0 ? json_of_str(source) : json_false());
        json_set(view, "true_from", view_day(json_str_or_empty(line, "true_from")));
        json_set(view, "withdrawal_href",
                 context->rights.record_identity
                     ? json_of_str(arena_format(
                           context->arena, "%.*s/identifiers/%lld/withdrawal", STR_ARG(base),
                           (long long)json_integer_value(json_object_get(line, "event"))))
                     : json_false());
        json_add(list, view);
    }
    return list;
}

static json_t *merges_view(const struct view_context *context, const json_t *merges)
{
    json_t *list = json_array();
    size_t index;
    json_t *merge;
    json_array_foreach(merges, index, merge)
    {
        json_t *view = json_object();
        json_set_str(view, "state", json_str_or_empty(merge, "state"));
        json_set_str(view, "continuing", json_str_or_empty(merge, "continuing"));
        json_set_str(view, "absorbed", json_str_or_empty(merge, "absorbed"));
        json_set(
            view, "requested_at",
            view_instant_day(json_str_or_empty(json_object_get(merge, "requested_at"), "value")));
        json_set(view, "href",
                 context->rights.see_duplicates
                     ? json_of_str(arena_format(
                           context->arena, "/merges/%lld",
                           (long long)json_integer_value(json_object_get(merge, "merge"))))
                     : json_false());
        json_add(list, view);
    }
    return list;
}

static json_t *duplicates_view(const struct view_context *context, const json_t *duplicates,
                               str person)
{
    json_t *list = json_array();
    size_t index;
    json_t *other;
    json_array_foreach(duplicates, index, other)
    {
        json_t *view = view_person_link(context, other);
        json_set(view, "born_on", view_known_day(json_object_get(other, "born_on")));
        json_set(view, "reasons", json_incref(json_object_get(other, "reasons")));
        json_set_str(view, "compare_href",
                     page_href(context->arena, "/people/%s/merge/%s", person,
                               json_str_or_empty(other, "reference")));
        json_add(list, view);
    }
    return list;
}

json_t *view_person_identity(const struct view_context *context, const json_t *person)
{
    json_t *view = view_person_head(context, person, "identity", STR(""));
    json_t *identifiers = identifiers_view(context, json_object_get(person, "identifiers"),
                                           json_str_or_empty(view, "base"));
    json_t *merges = merges_view(context, json_object_get(person, "merges"));
    json_t *duplicates = duplicates_view(context, json_object_get(person, "duplicates"),
                                         json_str_or_empty(person, "reference"));
    json_set_flag(view, "has_identifiers", json_array_size(identifiers) > 0);
    json_set(view, "identifiers", identifiers);
    json_set_flag(view, "has_merges", json_array_size(merges) > 0);
    json_set(view, "merges", merges);
    json_set_flag(view, "duplicates_asked",
                  json_is_true(json_object_get(person, "duplicates_asked")));
    json_set_flag(view, "has_duplicates", json_array_size(duplicates) > 0);
    json_set(view, "duplicates", duplicates);
    json_set_flag(view, "may_record_identity", context->rights.record_identity);
    json_set_flag(view, "may_correct", context->rights.register_person);
    return view;
}

/* --- history ---------------------------------------------------------------------------------- */

json_t *view_person_history(const struct view_context *context, const json_t *person, str question)
{
    json_t *view = view_person_head(context, person, "history", question);
    const json_t *history = json_object_get(person, "history");
    json_set_flag(view, "any", json_array_size(history) > 0);
    json_set(view, "lines", view_history_lines(context, history));
    return view;
}
