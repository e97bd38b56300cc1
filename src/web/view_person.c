#include "web/view.h"

#include "web/page.h"

enum {
    CARDS_MAX = 1024,
    WAY_SHOWN = 3,      /* more safeguards in the way of one step are folded */
    HISTORY_SHOWN = 15, /* older events are folded */
};

/* A safeguard guards several steps, and often says the same of each: it is shown once, with the
 * steps it is about. */
struct card {
    const json_t *safeguard;
    str anchor;
    json_t *applies; /* owned until it is handed to the view */
};

struct cards {
    struct card items[CARDS_MAX];
    size_t count;
};

static size_t cards_named(const struct cards *cards, str name)
{
    size_t count = 0;
    for (size_t i = 0; i < cards->count; i++) {
        count += str_equal(json_str_or_empty(cards->items[i].safeguard, "name"), name) ? 1 : 0;
    }
    return count;
}

static struct card *card_of(struct cards *cards, struct arena *arena, const json_t *safeguard)
{
    for (size_t i = 0; i < cards->count; i++) {
        if (json_equal(cards->items[i].safeguard, safeguard)) {
            return &cards->items[i];
        }
    }
    if (cards->count == CARDS_MAX) {
        return NULL;
    }
    const str name = json_str_or_empty(safeguard, "name");
    const size_t before = cards_named(cards, name);
    struct card *card = &cards->items[cards->count++];
    card->safeguard = safeguard;
    card->anchor = before == 0
                       ? arena_format(arena, "safeguard-%.*s", STR_ARG(name))
                       : arena_format(arena, "safeguard-%.*s-%zu", STR_ARG(name), before + 1);
    card->applies = json_array();
    return card;
}

/* --- the next steps
 * ---------------------------------------------------------------------------------------------- */

static str step_at(struct arena *arena, const json_t *next)
{
    const str title = json_str_or_empty(next, "title");
    const str hub = json_str_or_empty(json_object_get(next, "hub"), "name");
    return hub.len == 0 ? title : arena_format(arena, "%.*s: %.*s", STR_ARG(title), STR_ARG(hub));
}

/* What stands in the way of a next step, as links to the cards below. */
static json_t *in_the_way(const struct view_context *context, struct cards *cards,
                          const json_t *next)
{
    json_t *list = json_array();
    size_t index;
    json_t *safeguard;
    json_array_foreach(json_object_get(next, "safeguards"), index, safeguard)
    {
        struct card *card = card_of(cards, context->arena, safeguard);
        if (card == NULL) {
            break;
        }
        json_add(card->applies, json_of_str(step_at(context->arena, next)));
        const str clearance = json_str_or_empty(safeguard, "clearance");
        if (!str_equal(clearance, STR("clear"))) {
            json_t *link = json_object();
            json_set_str(link, "text", json_str_or_empty(safeguard, "reason"));
            json_set_str(link, "href",
                         arena_format(context->arena, "#%.*s", STR_ARG(card->anchor)));
            json_set_flag(link, "unknown", str_equal(clearance, STR("unknown")));
            json_add(list, link);
        }
    }
    return list;
}

static str step_href(const struct view_context *context, str person, const json_t *next,
                     bool confirm)
{
    const str base =
        page_href(context->arena, confirm ? "/people/%s/steps/%s/confirm" : "/people/%s/steps/%s",
                  person, json_str_or_empty(next, "step"));
    const str hub = json_str_or_empty(json_object_get(next, "hub"), "reference");
    if (hub.len == 0) {
        return base;
    }
    const str query = page_href(context->arena, "?hub=%s", hub, STR(""));
    return arena_format(context->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(query));
}

static json_t *option_of(const struct view_context *context, str person, struct cards *cards,
                         const json_t *next)
{
    json_t *view = json_object();
    const str clearance = json_str_or_empty(next, "clearance");
    const bool clear = str_equal(clearance, STR("clear"));
    const str hub = json_str_or_empty(json_object_get(next, "hub"), "name");
    json_t *way = in_the_way(context, cards, next);
    json_set(view, "hub", hub.len > 0 ? json_of_str(hub) : json_false());
    json_set_str(view, "step_title", json_str_or_empty(next, "title"));
    json_set(view, "tag", view_clearance_tag(clearance));
    json_set_flag(view, "has_way", json_array_size(way) > 0);
    json_set_flag(view, "long_way", json_array_size(way) > WAY_SHOWN);
    json_set(
        view, "way_count",
        view_count((int64_t)json_array_size(way), "safeguard in the way", "safeguards in the way"));
    json_set(view, "way", way);
    json_set_str(view, "explain_href", step_href(context, person, next, false));
    const bool may_act = clear && context->rights.request_step;
    json_set(view, "act_href",
             may_act ? json_of_str(step_href(context, person, next, true)) : json_false());
    const bool asks = json_integer_value(json_object_get(next, "approvals_needed")) > 0;
    json_set(view, "act_text", json_string(asks ? "Ask for approval" : "Take this step"));
    return view;
}

static json_t *group_of(json_t *groups, const json_t *next)
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
             approvals > 0 ? view_count(approvals, "approval needed",
                                        "approvals needed, from different people")
                           : json_false());
    json_set(group, "options", json_array());
    json_add(groups, group);
    return group;
}

/* 0 when the step is clear somewhere, 1 when it is not known, 2 when it is barred everywhere. */
static void note_rank(json_t *group, str clearance)
{
    const int rank = str_equal(clearance, STR("clear"))     ? 0
                     : str_equal(clearance, STR("unknown")) ? 1
                                                            : 2;
    const json_t *before = json_object_get(group, "rank");
    if (before == NULL || json_integer_value(before) > rank) {
        json_set_int64(group, "rank", rank);
    }
}

/* What can be done comes first. Takes the reference of `groups`. */
static json_t *by_rank(json_t *groups)
{
    json_t *sorted = json_array();
    for (json_int_t rank = 0; rank <= 2; rank++) {
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

static json_t *steps_of(const struct view_context *context, const json_t *person,
                        struct cards *cards)
{
    json_t *groups = json_array();
    const str reference = json_str_or_empty(person, "reference");
    size_t index;
    json_t *next;
    json_array_foreach(json_object_get(person, "next_steps"), index, next)
    {
        json_t *group = group_of(groups, next);
        json_add(json_object_get(group, "options"), option_of(context, reference, cards, next));
        note_rank(group, json_str_or_empty(next, "clearance"));
    }
    return by_rank(groups);
}

/* --- the safeguards
 * ---------------------------------------------------------------------------------------------- */

static json_t *cards_with(const struct view_context *context, struct cards *cards,
                          const char *clearance, str record_base, json_t *list)
{
    for (size_t i = 0; i < cards->count; i++) {
        struct card *card = &cards->items[i];
        if (!str_equal(json_str_or_empty(card->safeguard, "clearance"), str_from_c(clearance))) {
            continue;
        }
        json_t *view = view_safeguard(context, card->safeguard, card->anchor, record_base);
        json_set(view, "applies_count",
                 view_count((int64_t)json_array_size(card->applies), "step", "steps"));
        json_set(view, "applies", card->applies);
        json_set_flag(view, "has_applies", true);
        card->applies = NULL;
        json_add(list, view);
    }
    return list;
}

static json_t *safeguards_of(const struct view_context *context, struct cards *cards,
                             str record_base)
{
    json_t *open = cards_with(context, cards, "barred", record_base, json_array());
    open = cards_with(context, cards, "unknown", record_base, open);
    json_t *clear = cards_with(context, cards, "clear", record_base, json_array());
    json_t *view = json_object();
    const size_t open_count = json_array_size(open);
    const size_t clear_count = json_array_size(clear);
    json_set_flag(view, "has_open", open_count > 0);
    json_set_flag(view, "has_clear", clear_count > 0);
    json_set(view, "open_count", view_count((int64_t)open_count, "safeguard", "safeguards"));
    json_set(view, "clear_count", view_count((int64_t)clear_count, "safeguard", "safeguards"));
    json_set(view, "open", open);
    json_set(view, "clear", clear);
    return view;
}

/* --- clocks, family, history
 * ------------------------------------------------------------------------------------- */

static json_t *clocks_of(const json_t *clocks)
{
    json_t *list = json_array();
    size_t index;
    json_t *clock;
    json_array_foreach(clocks, index, clock)
    {
        json_t *view = json_object();
        const str due_to = json_str_or_empty(clock, "due_to");
        json_set_str(view, "title", json_str_or_empty(clock, "title"));
        json_set(view, "tag", view_clock_tag(json_str_or_empty(clock, "state")));
        json_set(view, "start", view_known_day(json_object_get(clock, "start")));
        json_set(view, "last_day", view_known_day(json_object_get(clock, "last_day")));
        json_set(view, "due_to", due_to.len > 0 ? json_of_str(due_to) : json_false());
        json_set(view, "sources", json_incref(json_object_get(clock, "sources")));
        json_add(list, view);
    }
    return list;
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

static json_t *history_line(const struct view_context *context, const json_t *line)
{
    json_t *view = json_object();
    const str actor = json_str_or_empty(line, "actor");
    const str source = json_str_or_empty(line, "source");
    const str reason = json_str_or_empty(line, "reason");
    const json_int_t request = json_integer_value(json_object_get(line, "request"));
    json_set_str(view, "text", json_str_or_empty(line, "text"));
    json_set(view, "recorded_at", view_instant(json_str_or_empty(line, "recorded_at")));
    json_set(view, "day", view_day(json_str_or_empty(line, "on")));
    json_set_str(view, "actor", actor.len > 0 ? actor : STR("the register"));
    json_set(view, "source", source.len > 0 ? json_of_str(source) : json_false());
    json_set(view, "reason", reason.len > 0 ? json_of_str(reason) : json_false());
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

static void set_history(json_t *view, const struct view_context *context, const json_t *history)
{
    json_t *recent = json_array();
    json_t *older = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(history, index, line)
    {
        json_add(index < HISTORY_SHOWN ? recent : older, history_line(context, line));
    }
    json_set_flag(view, "has_older", json_array_size(older) > 0);
    json_set(view, "older_count",
             view_count((int64_t)json_array_size(older), "older event", "older events"));
    json_set(view, "recent", recent);
    json_set(view, "older", older);
}

/* --- the page
 * ----------------------------------------------------------------------------------------------------
 */

static json_t *placed_text(const json_t *person)
{
    if (!json_is_true(json_object_get(person, "placed_at_hub"))) {
        return json_string("At no hub");
    }
    const str name = json_str_or_empty(json_object_get(person, "hub"), "name");
    return json_of_str(name.len > 0 ? name : STR("At a hub"));
}

static void add_known_as(json_t *list, str title, str value)
{
    json_t *line = json_object();
    json_set_str(line, "title", title);
    json_set_str(line, "value", value);
    json_add(list, line);
}

/* Other records, references and names by which the person is found. */
static json_t *known_as_of(const struct view_context *context, const json_t *person)
{
    const json_t *known_as = json_object_get(person, "known_as");
    json_t *list = json_array();
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(known_as, "records"), index, one)
    {
        if (index > 0) {
            add_known_as(list, STR("Another record"), str_from_c(json_string_value(one)));
        }
    }
    json_array_foreach(json_object_get(known_as, "identifiers"), index, one)
    {
        const str issuer = json_str_or_empty(one, "issuer");
        const str value = json_str_or_empty(one, "value");
        add_known_as(list, json_str_or_empty(one, "title"),
                     issuer.len == 0 ? value
                                     : arena_format(context->arena, "%.*s %.*s", STR_ARG(issuer),
                                                    STR_ARG(value)));
    }
    return list;
}

static void set_summary(json_t *view, const struct view_context *context, const json_t *person)
{
    const json_t *hub = json_object_get(person, "hub");
    const str hub_reference = json_str_or_empty(hub, "reference");
    json_t *known_as = known_as_of(context, person);
    json_set_flag(view, "has_known_as", json_array_size(known_as) > 0);
    json_set(view, "known_as", known_as);
    json_set(view, "born_on", view_known_day(json_object_get(person, "born_on")));
    json_set(view, "stage_since", view_day(json_str_or_empty(person, "stage_since")));
    json_set(view, "registered_on", view_day(json_str_or_empty(person, "registered_on")));
    json_set(view, "last_contact", view_known_day(json_object_get(person, "last_contact_on")));
    json_set(view, "next_check", view_known_day(json_object_get(person, "next_check_on")));
    const str source = json_str_or_empty(person, "last_contact_source");
    json_set(view, "last_contact_source", source.len > 0 ? json_of_str(source) : json_false());
    json_set(view, "placed", placed_text(person));
    const bool linked = hub_reference.len > 0 && context->rights.see_hub;
    json_set(view, "hub_href",
             linked ? json_of_str(page_href(context->arena, "/hubs/%s", hub_reference, STR("")))
                    : json_false());
    json_set(view, "on", view_day(json_str_or_empty(person, "on")));
    json_set(view, "known_at", view_instant(json_str_or_empty(person, "known_at")));
}

static void set_lists(json_t *view, const struct view_context *context, const json_t *person,
                      str base)
{
    const struct view_rights *rights = &context->rights;
    json_t *clocks = clocks_of(json_object_get(person, "clocks"));
    json_set_flag(view, "has_clocks", json_array_size(clocks) > 0);
    json_set(view, "clocks", clocks);
    json_t *family = family_of(context, json_object_get(person, "family"));
    json_set_flag(view, "has_family", json_array_size(family) > 0);
    json_set(view, "family", family);
    const json_t *requests = json_object_get(person, "requests");
    json_set_flag(view, "has_requests", json_array_size(requests) > 0);
    json_set(view, "requests_table",
             view_requests_table(context, requests, "Requests, newest first", VIEW_HUB_COLUMN));
    set_history(view, context, json_object_get(person, "history"));
    json_set(view, "sections",
             view_fact_sections(context, json_object_get(person, "facts"), base,
                                rights->record_fact, rights->record_fact));
}

json_t *view_person(const struct view_context *context, const json_t *person)
{
    struct cards *cards = ARENA_NEW(context->arena, struct cards, 1);
    if (cards == NULL) {
        return NULL;
    }
    json_t *view = view_person_link(context, person);
    const str base =
        page_href(context->arena, "/people/%s", json_str_or_empty(person, "reference"), STR(""));
    set_summary(view, context, person);
    json_t *steps = steps_of(context, person, cards);
    json_set_flag(view, "has_steps", json_array_size(steps) > 0);
    json_set(view, "steps", steps);
    json_set(view, "safeguards",
             safeguards_of(context, cards, context->rights.record_fact ? base : STR("")));
    json_set(view, "picture", picture_of_stages(context->arena, person));
    set_lists(view, context, person, base);
    json_set_flag(view, "may_record", context->rights.record_fact);
    return view;
}
