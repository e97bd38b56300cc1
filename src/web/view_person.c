#include "web/view_person.h"

#include "web/page.h"
#include "web/resource_part.h"
#include "web/speech.h"

/* --- the head, alike on every page about a person --------------------------------------------- */

static void add_tag(json_t *tags, const char *text, const char *colour)
{
    json_t *tag = json_object();
    json_set(tag, "text", json_string(text));
    json_set(tag, "colour", json_string(colour));
    json_add(tags, tag);
}

static json_t *privacy_tags(const json_t *person)
{
    const json_t *privacy = json_object_get(person, "privacy");
    json_t *tags = json_array();
    if (json_is_true(json_object_get(privacy, "erased"))) {
        add_tag(tags, "Erased", "grey");
    }
    if (json_is_true(json_object_get(privacy, "restricted"))) {
        add_tag(tags, "Processing restricted", "purple");
    }
    if (json_is_true(json_object_get(privacy, "erasure_requested"))) {
        add_tag(tags, "Erasure asked for", "orange");
    }
    if (json_integer_value(json_object_get(privacy, "holds")) > 0) {
        add_tag(tags, "Legal hold", "blue");
    }
    return tags;
}

/* Whoever has a place and a stage at a hub is not said to be there before it is known. */
static void set_arrival(json_t *view, const json_t *person)
{
    static const struct {
        const char *arrival;
        const char *words; /* and since when */
        const char *tag;
        const char *colour;
    } rows[] = {{"expected", "Expected at the hub since", "Arrival not confirmed", "orange"},
                {"missing", "A place at the hub since", "Did not arrive", "red"},
                {"refused", "A place at the hub since", "Refused on arrival", "red"},
                {"never_left", "A place at the hub since", "Never left", "red"}};
    const str arrival = json_str_or_empty(person, "arrival");
    json_set(view, "on_the_way", json_false());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(arrival, str_from_c(rows[i].arrival))) {
            json_t *on_the_way = view_day(json_str_or_empty(person, "arrival_departed_on"));
            json_t *tags = json_array();
            add_tag(tags, rows[i].tag, rows[i].colour);
            json_set(on_the_way, "words", json_string(rows[i].words));
            json_set(on_the_way, "tags", tags);
            json_set(view, "on_the_way", on_the_way);
        }
    }
}

json_t *view_person_head(const struct view_context *context, const json_t *person,
                         const char *current, str question)
{
    json_t *view = view_person_link(context, person);
    json_t *shown = json_object();
    json_set_flag(shown, current, true);
    json_set(view, "base", json_incref(json_object_get(view, "href")));
    json_set(view, "born_on", view_known_day(json_object_get(person, "born_on")));
    json_set(view, "stage_since", view_day(json_str_or_empty(person, "stage_since")));
    set_arrival(view, person);
    json_set(view, "privacy_tags", privacy_tags(person));
    json_set(view, "shown", shown);
    json_set_str(view, "as_asked", question);
    json_set_flag(view, "asked", question.len > 0);
    json_set(view, "on", view_day(json_str_or_empty(person, "on")));
    json_set(view, "known_at", view_instant(context, json_str_or_empty(person, "known_at")));
    json_set_flag(view, "may_record", context->rights.record_fact);
    return view;
}

/* --- the next steps --------------------------------------------------------------------------- */

/* "3 barred, 2 not known, 40 clear" */
static json_t *counts_text(struct arena *arena, const json_t *counts)
{
    static const struct {
        const char *key;
        const char *word;
    } rows[] = {{"barred", "barred"}, {"unknown", "not known"}, {"clear", "clear"}};
    struct buf buf;
    buf_init(&buf, arena, 160);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const json_int_t count = json_integer_value(json_object_get(counts, rows[i].key));
        if (count > 0) {
            buf_put_c(&buf, buf.len > 0 ? ", " : "");
            buf_put_int64(&buf, count);
            buf_put_char(&buf, ' ');
            buf_put_c(&buf, rows[i].word);
        }
    }
    return json_of_str(buf.len > 0 ? buf_str(&buf) : STR("None"));
}

static const json_t *foretold_by(const json_t *person, json_int_t entry)
{
    size_t index;
    const json_t *foretold;
    json_array_foreach(json_object_get(person, "foretold"), index, foretold)
    {
        if (json_integer_value(json_object_get(foretold, "entry")) == entry) {
            return foretold;
        }
    }
    return NULL;
}

/* An entry in the books, and where it is read by whoever sees it. */
static void set_entry(json_t *view, const struct view_context *context, const json_t *foretold)
{
    const str entry = arena_format(
        context->arena, "%lld", (long long)json_integer_value(json_object_get(foretold, "entry")));
    json_set_str(view, "entry_title", json_str_or_empty(foretold, "title"));
    json_set_str(view, "entry", entry);
    json_set(view, "entry_href",
             json_is_true(json_object_get(foretold, "in_sight"))
                 ? json_of_str(page_href(context->arena, "/entries/%s", entry, STR("")))
                 : json_false());
}

/* The entry that is in the way of the step, whatever its safeguards say; false for none. */
static json_t *held_by(const struct view_context *context, const json_t *person, const json_t *next)
{
    const json_t *foretold =
        foretold_by(person, json_integer_value(json_object_get(next, "held_by")));
    if (foretold == NULL) {
        return json_false();
    }
    json_t *view = json_object();
    set_entry(view, context, foretold);
    return view;
}

/* The step at one hub, or at none; its address is told by its group and `query`. */
static json_t *option_of(const struct view_context *context, const json_t *person,
                         const json_t *next, json_t *tag)
{
    json_t *view = json_object();
    json_t *held = held_by(context, person, next);
    const json_t *hub = json_object_get(next, "hub");
    const str name = json_str_or_empty(hub, "name");
    const str reference = json_str_or_empty(hub, "reference");
    const bool clear = str_equal(json_str_or_empty(next, "clearance"), STR("clear"));
    json_set_flag(view, "may_act", clear && json_is_false(held) && context->rights.request_step);
    json_set(view, "hub", name.len > 0 ? json_of_str(name) : json_false());
    json_set_str(view, "query",
                 reference.len > 0 ? page_href(context->arena, "?hub=%s", reference, STR(""))
                                   : STR(""));
    json_set(view, "tag", json_incref(tag));
    json_set(view, "counts", counts_text(context->arena, json_object_get(next, "safeguards")));
    json_set(view, "held", held);
    return view;
}

static json_t *group_of(const struct view_context *context, json_t *groups, const json_t *next)
{
    const str step = json_str_or_empty(next, "step");
    size_t index;
    json_t *group;
    json_array_foreach(groups, index, group)
    {
        if (str_equal(json_str_or_empty(group, "step"), step)) {
            return group;
        }
    }
    group = json_object();
    const bool same = json_is_true(json_object_get(next, "same_stage"));
    const str to = json_str_or_empty(json_object_get(next, "to"), "title");
    const json_int_t approvals = json_integer_value(json_object_get(next, "approvals_needed"));
    json_set_str(group, "step", step);
    json_set_str(group, "title", json_str_or_empty(next, "title"));
    json_set(group, "to", same ? json_false() : json_of_str(to));
    json_set(group, "approvals",
             approvals > 0 ? json_of_str(view_counted(
                                 context, approvals,
                                 COUNTED("{{count}} approval needed",
                                         "{{count}} approvals needed, from different people")))
                           : json_false());
    json_set(group, "act_text", json_string(approvals > 0 ? "Ask for approval" : "Take this step"));
    json_set(group, "options", json_array());
    json_add(groups, group);
    return group;
}

/* What can be done comes first. */
enum { RANK_CLEAR, RANK_UNKNOWN, RANK_BARRED, RANKS };

static int rank_of(str clearance)
{
    return str_equal(clearance, STR("clear"))     ? RANK_CLEAR
           : str_equal(clearance, STR("unknown")) ? RANK_UNKNOWN
                                                  : RANK_BARRED;
}

/* That of the hub where it stands best. */
static void note_rank(json_t *group, int rank)
{
    const json_t *before = json_object_get(group, "rank");
    if (before == NULL || json_integer_value(before) > rank) {
        json_set_int64(group, "rank", rank);
    }
}

/* Takes the reference of `groups`. */
static json_t *by_rank(json_t *groups)
{
    json_t *sorted = json_array();
    for (json_int_t rank = 0; rank < RANKS; rank++) {
        size_t index;
        json_t *group;
        json_array_foreach(groups, index, group)
        {
            if (json_integer_value(json_object_get(group, "rank")) == rank) {
                json_array_append(sorted, group);
            }
        }
    }
    json_decref(groups);
    return sorted;
}

static json_t *steps_of(const struct view_context *context, const json_t *person)
{
    json_t *groups = json_array();
    json_t *tags[RANKS] = {NULL}; /* one of each for all */
    size_t index;
    json_t *next;
    json_array_foreach(json_object_get(person, "next_steps"), index, next)
    {
        const str clearance = json_str_or_empty(next, "clearance");
        const int rank = rank_of(clearance);
        if (tags[rank] == NULL) {
            tags[rank] = view_clearance_tag(clearance);
        }
        json_t *group = group_of(context, groups, next);
        json_t *option = option_of(context, person, next, tags[rank]);
        json_set_flag(option, "first", json_array_size(json_object_get(group, "options")) == 0);
        json_add(json_object_get(group, "options"), option);
        note_rank(group, rank);
    }
    for (size_t i = 0; i < RANKS; i++) {
        json_decref(tags[i]);
    }
    json_array_foreach(groups, index, next)
    {
        json_set_int64(next, "rows", (int64_t)json_array_size(json_object_get(next, "options")));
    }
    return by_rank(groups);
}

static json_t *steps_table(const struct view_context *context, const char *caption, json_t *steps)
{
    json_t *table = json_object();
    json_set(table, "caption", json_string(caption));
    json_set_str(
        table, "count",
        view_counted(context, (int64_t)json_array_size(steps),
                     COUNTED("{{count}} step is not clear", "{{count}} steps are not clear")));
    json_set_flag(table, "any", json_array_size(steps) > 0);
    json_set(table, "steps", steps);
    return table;
}

/* What is clear somewhere stands open; the rest is folded. Takes the reference of `steps`. */
static void set_steps(json_t *view, const struct view_context *context, json_t *steps)
{
    json_t *clear = json_array();
    json_t *others = json_array();
    size_t index;
    json_t *step;
    json_array_foreach(steps, index, step)
    {
        const bool is_clear = json_integer_value(json_object_get(step, "rank")) == RANK_CLEAR;
        json_array_append(is_clear ? clear : others, step);
    }
    json_set_flag(view, "has_steps", json_array_size(steps) > 0);
    json_set(view, "clear_steps", steps_table(context, "Steps that are clear", clear));
    json_set(view, "other_steps", steps_table(context, "Steps that are not clear", others));
    json_decref(steps);
}

/* What is entered in the books and not taken as a step yet, what that holds up, and what to do. */
static json_t *foretold_of(const struct view_context *context, const json_t *person)
{
    const str reference = json_str_or_empty(person, "reference");
    json_t *list = json_array();
    size_t index;
    json_t *foretold;
    json_array_foreach(json_object_get(person, "foretold"), index, foretold)
    {
        json_t *view = json_object();
        const json_t *to = json_object_get(foretold, "to");
        const str step = page_href(context->arena, "/people/%s/steps/%s", reference,
                                   json_str_or_empty(foretold, "step"));
        set_entry(view, context, foretold);
        json_set_str(view, "step_title", json_str_or_empty(foretold, "step_title"));
        json_set_str(view, "step_href", step);
        json_set_flag(view, "ends", json_is_true(json_object_get(to, "outcome")));
        json_add(list, view);
    }
    return list;
}

/* --- sections of facts, clocks, family -------------------------------------------------------- */

static json_t *sections_of(const struct view_context *context, const json_t *person)
{
    json_t *list = json_array();
    size_t index;
    json_t *section;
    json_array_foreach(json_object_get(person, "fact_sections"), index, section)
    {
        const str given = json_str_or_empty(section, "title");
        const str title = given.len > 0 ? given : STR("Other facts");
        const bool recordable = json_integer_value(json_object_get(section, "recordable")) > 0;
        json_t *view = json_object();
        json_set_str(view, "title", title);
        json_set(view, "known", json_incref(json_object_get(section, "known")));
        json_set(view, "facts", json_incref(json_object_get(section, "facts")));
        json_set_int64(view, "number", (int64_t)index + 1);
        json_set(view, "record_query",
                 recordable && context->rights.record_fact
                     ? json_of_str(page_href(context->arena, "?section=%s", title, STR("")))
                     : json_false());
        json_add(list, view);
    }
    return list;
}

static json_t *clock_view(const json_t *clock)
{
    json_t *view = json_object();
    json_set_str(view, "title", json_str_or_empty(clock, "title"));
    json_set(view, "last_day", view_known_day(json_object_get(clock, "last_day")));
    return view;
}

/* Those that run; what has expired is counted, and stands on the page of the clocks. */
static void set_clocks(json_t *view, const struct view_context *context, const json_t *clocks)
{
    json_t *running = json_array();
    int64_t expired = 0;
    size_t index;
    json_t *clock;
    json_array_foreach(clocks, index, clock)
    {
        if (str_equal(json_str_or_empty(clock, "state"), STR("running"))) {
            json_add(running, clock_view(clock));
        } else {
            expired++;
        }
    }
    json_set_flag(view, "has_clocks", json_array_size(running) > 0);
    json_set(view, "clocks", running);
    json_set_str(
        view, "expired",
        view_counted(context, expired,
                     COUNTED("{{count}} time has run out", "{{count}} times have run out")));
    json_set_flag(view, "has_expired", expired > 0);
}

static json_t *family_of(const struct view_context *context, const json_t *family)
{
    json_t *list = json_array();
    size_t index;
    json_t *member;
    json_array_foreach(family, index, member)
    {
        json_t *view = view_person_link(context, member);
        json_set(view, "born_on", view_known_day(json_object_get(member, "born_on")));
        json_add(list, view);
    }
    return list;
}

/* --- history ---------------------------------------------------------------------------------- */

/* Names of safeguards, for a request that was stopped or a step refused. */
static json_t *reasons_of(const json_t *line)
{
    json_t *list = json_array();
    size_t index;
    json_t *safeguard;
    json_array_foreach(json_object_get(line, "safeguards"), index, safeguard)
    {
        const str reason = json_str_or_empty(safeguard, "reason");
        json_add(list,
                 json_of_str(reason.len > 0 ? reason : json_str_or_empty(safeguard, "title")));
    }
    return list;
}

/* The value that a sentence names: a text of the program is said, what the law calls it stands. */
static str value_of(const struct view_context *context, const json_t *line, const char *name)
{
    const json_t *value = json_object_get(line, name);
    if (json_is_integer(value)) {
        return arena_format(context->arena, "%lld", (long long)json_integer_value(value));
    }
    if (json_is_object(value)) {
        const str title = json_str_or_empty(value, "title");
        return title.len > 0                                    ? title
               : json_is_false(json_object_get(value, "known")) ? STR("not known")
                                                                : json_str_or_empty(value, "text");
    }
    const struct speech speech = {.catalogue = context->catalogue};
    return json_is_string(value) ? speech_say(&speech, json_string_value(value)) : STR("");
}

str view_history_text(const struct view_context *context, const json_t *line)
{
    enum { VALUES_MAX = 4 };
    struct said_value values[VALUES_MAX + 1] = {0};
    const char *sentence = part_history_sentence(line);
    size_t count = 0;
    if (sentence == NULL) {
        return json_str_or_empty(line, "text");
    }
    struct str_cut place = str_cut(str_from_c(sentence), '{');
    while (place.found && count < VALUES_MAX) {
        const struct str_cut name = str_cut(str_slice(place.tail, 1, place.tail.len), '}');
        const str key = arena_copy(context->arena, name.head);
        values[count++] = (struct said_value){key.at, value_of(context, line, key.at)};
        place = str_cut(name.tail, '{');
    }
    return view_said(context, sentence, values);
}

static json_t *history_line(const struct view_context *context, const json_t *line)
{
    json_t *view = json_object();
    const str actor = json_str_or_empty(line, "actor");
    const str source = json_str_or_empty(line, "source");
    const str reason = json_str_or_empty(line, "reason");
    const json_int_t request = json_integer_value(json_object_get(line, "request"));
    json_set_str(view, "text", view_history_text(context, line));
    json_set(view, "recorded_at", view_instant(context, json_str_or_empty(line, "recorded_at")));
    json_set(view, "day", view_day(json_str_or_empty(line, "on")));
    json_set_str(view, "actor", actor.len > 0 ? actor : STR("the register"));
    json_set(view, "source", source.len > 0 ? json_of_str(source) : json_false());
    json_set(view, "reason", reason.len > 0 ? json_of_str(reason) : json_false());
    json_set_flag(view, "withdrawn", json_is_true(json_object_get(line, "is_withdrawn")));
    json_set(view, "request_href", json_false());
    if (request > 0) {
        json_set_str(view, "request_href",
                     arena_format(context->arena, "/requests/%lld", (long long)request));
    }
    json_t *reasons = reasons_of(line);
    json_set_flag(view, "has_reasons", json_array_size(reasons) > 0);
    json_set(view, "reasons", reasons);
    return view;
}

json_t *view_history_lines(const struct view_context *context, const json_t *history)
{
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(history, index, line)
    {
        json_add(list, history_line(context, line));
    }
    return list;
}

/* --- the overview ----------------------------------------------------------------------------- */

static json_t *placed_text(const json_t *person)
{
    if (!json_is_true(json_object_get(person, "placed_at_hub"))) {
        return json_string("At no hub");
    }
    const str name = json_str_or_empty(json_object_get(person, "hub"), "name");
    return json_of_str(name.len > 0 ? name : STR("At a hub"));
}

/* Whoever is on the way to a hub is not there, though they have a place and a stage there. */
static json_t *arrival_text(const struct view_context *context, const json_t *person)
{
    const str arrival = json_str_or_empty(person, "arrival");
    const json_int_t overdue = json_integer_value(json_object_get(person, "arrival_days_overdue"));
    if (str_equal(arrival, STR("missing"))) {
        return json_string("Left, and did not arrive");
    }
    if (str_equal(arrival, STR("refused"))) {
        return json_string("Refused on arrival");
    }
    if (str_equal(arrival, STR("never_left"))) {
        return json_string("Never left");
    }
    if (!str_equal(arrival, STR("expected"))) {
        return json_false();
    }
    const str owner = json_str_or_empty(person, "arrival_owner");
    const str text = overdue == 0
                         ? STR("Arrival not confirmed yet")
                         : view_counted(context, overdue,
                                        COUNTED("Arrival not confirmed, {{count}} day overdue",
                                                "Arrival not confirmed, {{count}} days overdue"));
    return json_of_str(owner.len == 0 ? text
                                      : view_said(context, "{{arrival}}. {{who}} answers for it.",
                                                  SAID({"arrival", text}, {"who", owner})));
}

static void set_summary(json_t *view, const struct view_context *context, const json_t *person)
{
    const json_t *hub = json_object_get(person, "hub");
    const str hub_reference = json_str_or_empty(hub, "reference");
    const str source = json_str_or_empty(person, "last_contact_source");
    const str next = json_str_or_empty(json_object_get(person, "next_check_on"), "value");
    const str on = json_str_or_empty(person, "on");
    date check;
    date today;
    const bool passed = date_parse(next, &check, NULL).ok && date_parse(on, &today, NULL).ok &&
                        date_before(check, today);
    const str otherwise = json_str_or_empty(person, "born_on_in_facts");
    json_set(view, "born_otherwise", otherwise.len > 0 ? view_day(otherwise) : json_false());
    json_set(view, "registered_on", view_day(json_str_or_empty(person, "registered_on")));
    json_set(view, "last_contact", view_known_day(json_object_get(person, "last_contact_on")));
    json_set(view, "next_check", view_known_day(json_object_get(person, "next_check_on")));
    json_set_flag(view, "check_passed", passed);
    json_set(view, "last_contact_source", source.len > 0 ? json_of_str(source) : json_false());
    json_set(view, "placed", placed_text(person));
    json_set(view, "arrival", arrival_text(context, person));
    const bool linked = hub_reference.len > 0 && context->rights.see_hub;
    json_set(view, "hub_href",
             linked ? json_of_str(page_href(context->arena, "/hubs/%s", hub_reference, STR("")))
                    : json_false());
}

static bool is_live(const json_t *request)
{
    const str state = json_str_or_empty(request, "state");
    return str_equal(state, STR("open")) || str_equal(state, STR("approved"));
}

static void set_requests(json_t *view, const struct view_context *context, const json_t *requests)
{
    json_auto_t *live = json_array();
    size_t index;
    json_t *request;
    json_array_foreach(requests, index, request)
    {
        if (is_live(request)) {
            json_array_append(live, request);
        }
    }
    const int64_t over = (int64_t)(json_array_size(requests) - json_array_size(live));
    json_set_flag(view, "has_requests", json_array_size(live) > 0);
    json_set_flag(view, "has_over", over > 0);
    json_set_str(view, "over",
                 view_counted(context, over,
                              COUNTED("{{count}} request is over", "{{count}} requests are over")));
    json_set(view, "requests_table",
             view_requests_table(context, live, "Live requests, newest first", VIEW_HUB_COLUMN));
}

/* What can be done about the person from here, besides the steps (part_deeds.html). */
static void set_deeds(json_t *view, const struct view_context *context, const json_t *person)
{
    const str reference = json_str_or_empty(person, "reference");
    const bool ended = json_is_true(json_object_get(json_object_get(person, "stage"), "outcome"));
    const bool leads_on = json_array_size(json_object_get(person, "next_steps")) > 0;
    const struct {
        bool may;
        const char *pattern;
        const char *text;
    } rows[] = {
        {ended && leads_on && context->rights.request_step, "/people/%s/return",
         "Record that they came back"},
        {context->rights.report_order, "/orders/new?person=%s", "Report an order of a court"},
        {context->rights.record_fact, "/people/%s/contact", "Record a contact"},
        {context->rights.record_fact, "/people/%s/note", "Write a note"},
        {true, "/people/%s/letters", "Letters to the person"},
        {true, "/people/%s/ties", "Who sees this record from outside"},
        {context->rights.manage_privacy, "/people/%s/privacy", "Data protection"},
        {context->rights.see_looks, "/looks?person=%s", "Who looked at this record"},
    };
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].may) {
            json_t *link = json_object();
            json_set_str(link, "href",
                         page_href(context->arena, rows[i].pattern, reference, STR("")));
            json_set(link, "text", json_string(rows[i].text));
            json_add(list, link);
        }
    }
    json_set_flag(view, "has_deeds", json_array_size(list) > 0);
    json_set(view, "deeds", list);
}

json_t *view_person(const struct view_context *context, const json_t *person, str question)
{
    json_t *view = view_person_head(context, person, "overview", question);
    set_deeds(view, context, person);
    set_summary(view, context, person);
    set_steps(view, context, steps_of(context, person));
    json_set(view, "foretold", foretold_of(context, person));
    json_set(view, "picture", picture_of_stages(context, person));
    json_set(view, "sections", sections_of(context, person));
    set_clocks(view, context, json_object_get(person, "clocks"));
    json_t *family = family_of(context, json_object_get(person, "family"));
    json_set_flag(view, "has_family", json_array_size(family) > 0);
    json_set(view, "family", family);
    set_requests(view, context, json_object_get(person, "requests"));
    json_set(view, "recent", view_history_lines(context, json_object_get(person, "history")));
    json_set_flag(view, "has_older", json_is_true(json_object_get(person, "history_more")));
    return view;
}
