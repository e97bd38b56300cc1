#include "web/view_table.h"

#include "web/page.h"

#include <stdio.h>
#include <stdlib.h>

static str hub_href_of(const struct view_context *context, str reference)
{
    return page_href(context->arena, "/hubs/%s", reference, STR(""));
}

/* --- requests
 * ----------------------------------------------------------------------------------------------------
 */

static json_t *request_line(const struct view_context *context, const json_t *request)
{
    json_t *view = json_object();
    const json_int_t id = json_integer_value(json_object_get(request, "id"));
    const json_t *hub = json_object_get(request, "hub");
    const str hub_name = json_str_or_empty(hub, "name");
    const json_t *person = json_object_get(request, "person");
    const json_int_t given = json_integer_value(json_object_get(request, "approvals_given"));
    const size_t needed = json_array_size(json_object_get(request, "approvals"));
    json_set_str(view, "href", arena_format(context->arena, "/requests/%lld", (long long)id));
    json_set_str(view, "title", json_str_or_empty(json_object_get(request, "step"), "title"));
    json_set(view, "tag", view_request_tag(json_str_or_empty(request, "state")));
    json_set(view, "hub", hub_name.len > 0 ? json_of_str(hub_name) : json_false());
    json_set(view, "requested_on", view_instant_day(json_str_or_empty(request, "requested_at")));
    json_set(view, "requested_at",
             view_instant(context, json_str_or_empty(request, "requested_at")));
    json_set(view, "changed_at", view_instant(context, json_str_or_empty(request, "changed_at")));
    json_set_str(view, "approvals",
                 view_said(context, "{{given}} of {{needed}}",
                           SAID({"given", view_number(context->arena, given)},
                                {"needed", view_number(context->arena, (int64_t)needed)})));
    json_set(view, "person", person != NULL ? view_person_link(context, person) : json_false());
    json_set_flag(view, "mine_to_approve",
                  json_is_true(json_object_get(request, "mine_to_approve")));
    json_set_flag(view, "mine_to_take", json_is_true(json_object_get(request, "mine_to_take")));
    json_set_flag(view, "stopped", str_equal(json_str_or_empty(request, "state"), STR("stopped")));
    return view;
}

json_t *view_requests_table(const struct view_context *context, const json_t *requests,
                            const char *caption, unsigned columns)
{
    json_t *table = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *request;
    json_array_foreach(requests, index, request)
    {
        json_add(list, request_line(context, request));
    }
    json_set(table, "caption", json_string(caption));
    json_set_flag(table, "with_hub", (columns & VIEW_HUB_COLUMN) != 0);
    json_set_flag(table, "with_person", (columns & VIEW_PERSON_COLUMN) != 0);
    json_set(table, "requests", list);
    return table;
}

static json_t *approvals_of(const json_t *request)
{
    json_t *list = json_array();
    const json_t *names = json_object_get(request, "approved_by");
    size_t index;
    json_t *approval;
    json_array_foreach(json_object_get(request, "approvals"), index, approval)
    {
        json_t *view = json_object();
        const bool given = json_is_true(json_object_get(approval, "given"));
        const char *name = json_string_value(json_array_get(names, index));
        json_set_str(view, "role", json_str_or_empty(approval, "title"));
        json_set_flag(view, "given", given);
        json_set(view, "by", json_string(name != NULL ? name : ""));
        json_add(list, view);
    }
    return list;
}

/* By whom and why; of a stop, what is no longer clear. */
static json_t *end_of(const json_t *request)
{
    const json_t *end = json_object_get(request, "end");
    size_t index;
    json_t *safeguard;
    if (!json_is_true(json_object_get(end, "known"))) {
        return json_false();
    }
    json_t *view = json_object();
    json_t *reasons = json_array();
    json_array_foreach(json_object_get(end, "safeguards"), index, safeguard)
    {
        json_add(reasons, json_incref(safeguard));
    }
    json_set_str(view, "by", json_str_or_empty(end, "by"));
    const str reason = json_str_or_empty(end, "reason");
    json_set(view, "reason", reason.len > 0 ? json_of_str(reason) : json_false());
    json_set(view, "safeguards", reasons);
    json_set(view, "at", view_instant_day(json_str_or_empty(request, "changed_at")));
    return view;
}

json_t *view_request(const struct view_context *context, const json_t *request)
{
    json_t *view = request_line(context, request);
    const json_t *now = json_object_get(request, "now");
    const str state = json_str_or_empty(request, "state");
    const bool open = str_equal(state, STR("open"));
    const bool live = open || str_equal(state, STR("approved"));
    const bool clear = str_equal(json_str_or_empty(now, "clearance"), STR("clear"));
    const bool mine_to_approve = json_is_true(json_object_get(request, "mine_to_approve"));
    const bool mine_to_take = json_is_true(json_object_get(request, "mine_to_take"));
    const str hub = json_str_or_empty(json_object_get(request, "hub"), "reference");
    json_set_str(view, "requested_by", json_str_or_empty(request, "requested_by"));
    json_set(view, "approvals_list", approvals_of(request));
    json_set(view, "end", end_of(request));
    json_set_flag(view, "live", live);
    json_set_flag(view, "clear", clear);
    json_set(view, "verdict", view_clearance_tag(json_str_or_empty(now, "clearance")));
    json_set(view, "on", view_day(json_str_or_empty(now, "on")));
    json_set(view, "hub_href",
             hub.len > 0 && context->rights.see_hub ? json_of_str(hub_href_of(context, hub))
                                                    : json_false());
    json_set_int64(view, "place", json_integer_value(json_object_get(request, "place")));
    json_set_flag(view, "has_place", json_integer_value(json_object_get(request, "place")) > 0);
    json_set_flag(view, "offer_approval", mine_to_approve && clear);
    json_set_flag(view, "offer_declination", mine_to_approve);
    json_set_flag(view, "offer_taking", mine_to_take && clear);
    json_set_flag(view, "offer_withdrawal", live && context->rights.request_step);
    const str base =
        page_href(context->arena, "/people/%s",
                  json_str_or_empty(json_object_get(request, "person"), "reference"), STR(""));
    json_set(view, "safeguards",
             view_safeguards(context, now, context->rights.record_fact ? base : STR("")));
    return view;
}

/* --- today
 * -------------------------------------------------------------------------------------------------------
 */

static json_t *time_left(const struct view_context *context, const json_t *due)
{
    static const struct days_words words = {
        "Today", COUNTED_INIT("In {{count}} day", "In {{count}} days"),
        COUNTED_INIT("{{count}} day ago", "{{count}} days ago")};
    return json_of_str(view_days_left(context, &words,
                                      json_integer_value(json_object_get(due, "days_left")),
                                      json_object_get(due, "working_days_left")));
}

static json_t *due_line(const struct view_context *context, const json_t *due, str today)
{
    json_t *view = json_object();
    const str iso = json_str_or_empty(due, "due");
    const bool is_clock = json_is_true(json_object_get(due, "is_clock"));
    date day;
    date now;
    const bool overdue =
        date_parse(iso, &day, NULL).ok && date_parse(today, &now, NULL).ok && date_before(day, now);
    const json_t *person = json_object_get(due, "person");
    const bool unset =
        !is_clock &&
        !json_is_true(json_object_get(json_object_get(person, "next_check_on"), "known"));
    json_set(view, "person", view_person_link(context, person));
    json_set(view, "day", unset ? json_false() : view_day(iso));
    json_set_str(view, "what",
                 is_clock ? json_str_or_empty(json_object_get(due, "clock"), "title")
                 : unset  ? STR("Check that the person can be reached, and set a day for it")
                          : STR("Check that the person can be reached"));
    json_set_flag(view, "overdue", overdue && !unset);
    json_set(view, "left",
             unset ? json_of_str(view_filled(context, "Day not set", STR("")))
                   : time_left(context, due));
    return view;
}

static json_t *stages_of(const struct view_context *context, const json_t *stages, str current,
                         int64_t *ret_total)
{
    json_t *list = json_array();
    size_t index;
    json_t *stage;
    *ret_total = 0;
    json_array_foreach(stages, index, stage)
    {
        json_t *view = json_object();
        const str name = json_str_or_empty(stage, "name");
        const json_int_t people = json_integer_value(json_object_get(stage, "people"));
        *ret_total += people;
        json_set_str(view, "name", name);
        json_set_str(view, "title", json_str_or_empty(stage, "title"));
        json_set_str(view, "people", view_number(context->arena, people));
        json_set_flag(view, "outcome", json_is_true(json_object_get(stage, "outcome")));
        json_set_flag(view, "selected", str_equal(name, current));
        json_set_str(view, "href", page_href(context->arena, "/people?stage=%s", name, STR("")));
        json_add(list, view);
    }
    return list;
}

static json_t *waiting_row(str text, str href)
{
    json_t *row = json_object();
    json_set_str(row, "text", text);
    json_set_str(row, "href", href);
    return row;
}

/* Whose coming nobody has explained stands on the page of the day, not on the hub's desk alone; and
 * a hub that says nothing. */
static void add_hub(json_t *list, const struct view_context *context, const json_t *hub)
{
    const str name = json_str_or_empty(hub, "name");
    const str href =
        page_href(context->arena, "/hubs/%s/desk", json_str_or_empty(hub, "hub"), STR(""));
    const int64_t arrivals = json_integer_value(json_object_get(hub, "overdue")) +
                             json_integer_value(json_object_get(hub, "unexpected"));
    const int64_t days = json_integer_value(json_object_get(hub, "silent_days"));
    if (arrivals > 0) {
        const str arrived = view_counted(
            context, arrivals,
            COUNTED("{{count}} arrival to account for", "{{count}} arrivals to account for"));
        json_add(list, waiting_row(view_said(context, "{{hub}}: {{arrivals}}",
                                             SAID({"hub", name}, {"arrivals", arrived})),
                                   href));
    }
    if (json_is_true(json_object_get(hub, "silent"))) {
        const str silence =
            days == 0 ? STR("it has never reported, and people are placed there")
                      : view_counted(context, days,
                                     COUNTED("it has reported nothing for {{count}} day",
                                             "it has reported nothing for {{count}} days"));
        json_add(list, waiting_row(view_said(context,
                                             "{{hub}}: {{silence}}. The hub operator reports the "
                                             "places in use.",
                                             SAID({"hub", name}, {"silence", silence})),
                                   href));
    }
}

static void add_hubs(json_t *list, const struct view_context *context, const json_t *hubs)
{
    size_t index;
    json_t *hub;
    json_array_foreach(hubs, index, hub)
    {
        add_hub(list, context, hub);
    }
}

/* Whoever boarded is somewhere: it is said where, of each of them. */
static void add_departures(json_t *list, const struct view_context *context,
                           const json_t *departures)
{
    size_t index;
    json_t *departure;
    json_array_foreach(departures, index, departure)
    {
        const str manifest = json_str_or_empty(departure, "manifest");
        const str aboard =
            view_counted(context, json_integer_value(json_object_get(departure, "aboard")),
                         COUNTED("{{count}} person who boarded to account for",
                                 "{{count}} people who boarded to account for"));
        json_add(list, waiting_row(view_said(context, "{{manifest}}: {{aboard}}",
                                             SAID({"manifest", manifest}, {"aboard", aboard})),
                                   view_href(context, "/manifests/%s", manifest)));
    }
}

/* What others began and somebody must decide, and pairs to look at: only what there is. */
static json_t *waiting_view(const struct view_context *context, const json_t *waiting)
{
    static const struct {
        const char *key;
        const char *href;
        struct counted_text text;
    } rows[] = {
        {"merges", "/merges",
         COUNTED_INIT("{{count}} merge of records to decide",
                      "{{count}} merges of records to decide")},
        {"erasures", "/erasures",
         COUNTED_INIT("{{count}} record to be erased, or not",
                      "{{count}} records to be erased, or not")},
        {"duplicates", "/duplicates",
         COUNTED_INIT("{{count}} pair of people who may be one person",
                      "{{count}} pairs of people who may be one person")},
    };
    json_t *list = json_array();
    add_hubs(list, context, json_object_get(waiting, "arrivals"));
    add_departures(list, context, json_object_get(waiting, "departures"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const json_t *count = json_object_get(waiting, rows[i].key);
        const json_int_t value = json_integer_value(json_object_get(count, "value"));
        if (json_is_true(json_object_get(count, "known")) && value > 0) {
            json_add(list, waiting_row(view_counted(context, value, rows[i].text),
                                       str_from_c(rows[i].href)));
        }
    }
    /* Not counted, for that would take long: there may be some. */
    if (json_is_true(json_object_get(waiting, "looks_for_duplicates")) &&
        !json_is_true(json_object_get(json_object_get(waiting, "duplicates"), "known"))) {
        json_add(list, waiting_row(STR("People who may be one person"), STR("/duplicates")));
    }
    return list;
}

json_t *view_today(const struct view_context *context, const json_t *today)
{
    json_t *view = json_object();
    json_auto_t *mine = json_array();
    json_auto_t *others = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(today, "requests"), index, item)
    {
        const bool is_mine = json_is_true(json_object_get(item, "mine_to_approve")) ||
                             json_is_true(json_object_get(item, "mine_to_take"));
        json_array_append(is_mine ? mine : others, item);
    }
    json_t *due = json_array();
    const str day = json_str_or_empty(today, "today");
    json_array_foreach(json_object_get(today, "due"), index, item)
    {
        json_add(due, due_line(context, item, day));
    }
    int64_t total = 0;
    json_set(view, "stages", stages_of(context, json_object_get(today, "stages"), STR(""), &total));
    json_set_str(view, "total",
                 view_counted(context, total,
                              COUNTED("{{count}} person in all", "{{count}} people in all")));
    json_set(view, "day", view_day(day));
    json_set_flag(view, "has_mine", json_array_size(mine) > 0);
    json_set_flag(view, "has_others", json_array_size(others) > 0);
    json_set_flag(view, "has_due", json_array_size(due) > 0);
    const json_int_t due_total = json_integer_value(json_object_get(today, "due_total"));
    json_set_str(view, "due_total",
                 view_counted(context, due_total,
                              COUNTED("{{count}} thing is due", "{{count}} things are due")));
    json_set_str(view, "due_shown",
                 view_counted(context, (int64_t)json_array_size(due),
                              COUNTED("The first is shown", "The first {{count}} are shown")));
    json_set_flag(view, "due_cut", due_total > (json_int_t)json_array_size(due));
    json_set(view, "mine_table",
             view_requests_table(context, mine, "Requests that wait for you",
                                 VIEW_HUB_COLUMN | VIEW_PERSON_COLUMN));
    json_set(view, "others_table",
             view_requests_table(context, others,
                                 "Requests that wait for others, and those stopped lately",
                                 VIEW_HUB_COLUMN | VIEW_PERSON_COLUMN));
    json_set(view, "due", due);
    json_t *waiting = waiting_view(context, json_object_get(today, "waiting"));
    json_set_flag(view, "has_waiting", json_array_size(waiting) > 0);
    json_set(view, "waiting", waiting);
    json_set_flag(view, "may_register", context->rights.register_person);
    json_set_flag(view, "may_screen", context->rights.screen);
    return view;
}

/* --- people
 * ------------------------------------------------------------------------------------------------------
 */

static json_t *people_line(const struct view_context *context, const json_t *person)
{
    json_t *view = view_person_link(context, person);
    json_set(view, "born_on", view_known_day(json_object_get(person, "born_on")));
    json_set(view, "nationality", view_value(json_object_get(person, "nationality")));
    json_set(view, "stage_since", view_day(json_str_or_empty(person, "stage_since")));
    json_set(view, "next_check", view_known_day(json_object_get(person, "next_check_on")));
    return view;
}

json_t *view_people(const struct view_context *context, const json_t *people)
{
    json_t *view = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *person;
    json_array_foreach(json_object_get(people, "people"), index, person)
    {
        json_add(list, people_line(context, person));
    }
    int64_t total = 0;
    const str stage = json_str_or_empty(people, "stage");
    json_set(view, "stages", stages_of(context, json_object_get(people, "stages"), stage, &total));
    json_set_flag(view, "any", json_array_size(list) > 0);
    const int64_t shown = (int64_t)json_array_size(list);
    json_set_str(view, "found",
                 view_counted(context, shown,
                              COUNTED("{{count}} person found on this page",
                                      "{{count}} people found on this page")));
    json_set_str(
        view, "shown",
        view_counted(context, shown,
                     COUNTED("{{count}} person on this page", "{{count}} people on this page")));
    json_set_str(view, "total",
                 view_counted(context, total,
                              COUNTED("{{count}} person in all", "{{count}} people in all")));
    json_set(view, "people", list);
    json_set_flag(view, "may_register", context->rights.register_person);
    return view;
}

/* --- explanation
 * -------------------------------------------------------------------------------------------------
 */

json_t *view_explain(const struct view_context *context, const json_t *explain)
{
    json_t *view = json_object();
    const json_t *person = json_object_get(explain, "person");
    const str hub = json_str_or_empty(json_object_get(explain, "hub"), "name");
    const str base =
        page_href(context->arena, "/people/%s", json_str_or_empty(person, "reference"), STR(""));
    json_set_str(view, "title", json_str_or_empty(explain, "title"));
    json_set(view, "person", view_person_link(context, person));
    json_set(view, "hub", hub.len > 0 ? json_of_str(hub) : json_false());
    const str hub_reference = json_str_or_empty(json_object_get(explain, "hub"), "reference");
    json_set(view, "hub_reference",
             hub_reference.len > 0 ? json_of_str(hub_reference) : json_false());
    json_set(view, "tag", view_clearance_tag(json_str_or_empty(explain, "clearance")));
    json_set_flag(view, "clear", str_equal(json_str_or_empty(explain, "clearance"), STR("clear")));
    json_set_flag(view, "leads_on", json_is_true(json_object_get(explain, "leads_on")));
    json_set(view, "on", view_day(json_str_or_empty(explain, "on")));
    json_set(view, "known_at", view_instant(context, json_str_or_empty(explain, "known_at")));
    json_set_str(view, "rulebook_identity", json_str_or_empty(explain, "rulebook_identity"));
    json_set(view, "safeguards",
             view_safeguards(context, explain, context->rights.record_fact ? base : STR("")));
    return view;
}

/* --- hubs and agreements
 * ----------------------------------------------------------------------------------------- */

static json_t *agreement_link(const struct view_context *context, const json_t *agreement)
{
    const str reference = json_str_or_empty(agreement, "reference");
    if (reference.len == 0) {
        return json_false();
    }
    json_t *view = json_object();
    json_set_str(view, "title", json_str_or_empty(agreement, "title"));
    json_set_str(view, "partner", json_str_or_empty(agreement, "partner"));
    json_set(view, "href",
             context->rights.see_agreement
                 ? json_of_str(page_href(context->arena, "/agreements/%s", reference, STR("")))
                 : json_false());
    return view;
}

static void set_places(json_t *view, const json_t *places, struct arena *arena)
{
    static const char *const keys[] = {"agreed", "free", "held", "occupied"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_set_str(view, keys[i],
                     view_number(arena, json_integer_value(json_object_get(places, keys[i]))));
    }
    const int64_t without = json_integer_value(json_object_get(places, "without_kind"));
    json_set(view, "without_kind",
             without > 0 ? json_of_str(view_number(arena, without)) : json_false());
}

static json_t *hub_line(const struct view_context *context, const json_t *hub)
{
    json_t *view = json_object();
    const str reference = json_str_or_empty(hub, "reference");
    json_set_str(view, "reference", reference);
    json_set_str(view, "name", json_str_or_empty(hub, "name"));
    json_set_str(view, "href", hub_href_of(context, reference));
    json_set(view, "agreement", agreement_link(context, json_object_get(hub, "agreement")));
    set_places(view, json_object_get(hub, "places"), context->arena);
    return view;
}

static json_t *occupants_of(const struct view_context *context, const json_t *rows)
{
    json_t *list = json_array();
    size_t index;
    json_t *place;
    json_array_foreach(rows, index, place)
    {
        if (!json_is_true(json_object_get(place, "has_person"))) {
            continue;
        }
        json_t *view = view_person_link(context, json_object_get(place, "person"));
        json_set_int64(view, "number", json_integer_value(json_object_get(place, "number")));
        const str state = json_str_or_empty(place, "state");
        json_set(view, "state",
                 json_string(str_equal(state, STR("held"))        ? "Held"
                             : str_equal(state, STR("prebooked")) ? "Prebooked"
                                                                  : "Occupied"));
        json_set(view, "since", view_instant_day(json_str_or_empty(place, "since")));
        json_add(list, view);
    }
    return list;
}

json_t *view_hub(const struct view_context *context, const json_t *hub)
{
    json_t *view = hub_line(context, hub);
    const str base = hub_href_of(context, json_str_or_empty(hub, "reference"));
    json_t *occupants = occupants_of(context, json_object_get(hub, "place_rows"));
    const json_t *requests = json_object_get(hub, "requests");
    json_set(view, "picture", picture_of_places(context, hub));
    json_set_flag(view, "has_occupants", json_array_size(occupants) > 0);
    json_set(view, "occupants", occupants);
    json_set_flag(view, "has_requests", json_array_size(requests) > 0);
    json_set(
        view, "requests_table",
        view_requests_table(context, requests, "Open requests for this hub", VIEW_PERSON_COLUMN));
    json_set(view, "sections",
             view_fact_sections(context, json_object_get(hub, "facts"), base,
                                context->rights.record_hub, false));
    json_set_str(view, "desk_href", arena_format(context->arena, "%.*s/desk", STR_ARG(base)));
    json_set(view, "places_href",
             context->rights.record_hub
                 ? json_of_str(arena_format(context->arena, "%.*s/places", STR_ARG(base)))
                 : json_false());
    return view;
}

json_t *view_hubs(const struct view_context *context, const json_t *hubs)
{
    json_t *view = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *hub;
    json_array_foreach(json_object_get(hubs, "hubs"), index, hub)
    {
        json_add(list, hub_line(context, hub));
    }
    json_set_flag(view, "any", json_array_size(list) > 0);
    json_set(view, "hubs", list);
    return view;
}
