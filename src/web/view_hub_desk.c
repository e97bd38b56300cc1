#include "web/view_hub_desk.h"

#include "web/page.h"
#include "web/view_books.h"

struct desk_view {
    const struct view_context *context;
    const json_t *desk;
    struct hub_desk_rights rights;
    str base;
};

static const struct view_state place_states[] = {
    {"free", "Free", "green"},           {"prebooked", "Prebooked", "blue"},
    {"held", "Held", "yellow"},          {"occupied", "Occupied", "yellow"},
    {"out_of_use", "Out of use", "red"}, {"closed", "Closed", "grey"},
};
static const struct view_state prebooking_states[] = {
    {"live", "Live", "blue"}, {"ran_out", "Ran out", "grey"}, {"ended", "Ended", "grey"}};
static const struct view_state arrival_states[] = {
    {"expected", "Expected", "blue"}, {"arrived", "Arrived", "green"},
    {"refused", "Refused", "orange"}, {"never_left", "Never left", "grey"},
    {"missing", "Missing", "red"},
};

#define PUT_STATE(table, states, state)                                                            \
    view_put_state((table), (states), sizeof(states) / sizeof(states)[0], (state))

static str link_to(const struct desk_view *view, const char *deed, const char *name, str value)
{
    return arena_format(
        view->context->arena, "%.*s/%s%.*s", STR_ARG(view->base), deed,
        STR_ARG(page_href(view->context->arena, "?%s=%s", str_from_c(name), value)));
}

static str number_text(const struct view_context *context, const json_t *object, const char *key)
{
    return arena_format(context->arena, "%lld",
                        (long long)json_integer_value(json_object_get(object, key)));
}

static void put_person(struct view_table *table, str reference, str name)
{
    const bool linked = table->context->rights.see_people && reference.len > 0;
    const str href = linked ? view_href(table->context, "/people/%s", reference) : STR("");
    view_put_link(table, name.len > 0 ? name : reference, href);
    if (name.len > 0) {
        view_put_reference(table, reference);
    }
}

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* --- places ----------------------------------------------------------------------------------- */

static void count_row(struct view_table *table, str name, const json_t *counts)
{
    static const char *const keys[] = {"agreed",   "free",       "prebooked",   "held",
                                       "occupied", "out_of_use", "without_kind"};
    view_row(table);
    view_cell_text(table, name);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        view_cell_count(table, counts, keys[i]);
    }
}

static json_t *kinds_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {
        {"Kind", false}, {"Agreed", true},   {"Free", true},       {"Prebooked", true},
        {"Held", true},  {"Occupied", true}, {"Out of use", true}, {"Without a kind", true}};
    struct view_table table;
    size_t index;
    json_t *kind;
    view_table_open(&table, view->context, STR("Places by kind"), columns, 8,
                    "No places are agreed.");
    json_array_foreach(json_object_get(view->desk, "kinds"), index, kind)
    {
        const str title = json_str_or_empty(kind, "kind_title");
        count_row(&table, title.len > 0 ? title : STR("Not said"), kind);
    }
    count_row(&table, STR("All places"), json_object_get(view->desk, "counts"));
    return view_table_close(&table);
}

static void put_place_links(const struct desk_view *view, struct view_table *table,
                            const json_t *place)
{
    const str state = json_str_or_empty(place, "state");
    const str number = number_text(view->context, place, "number");
    if (str_equal(state, STR("out_of_use"))) {
        view_put_link_about(table, STR("Back in use"),
                            link_to(view, "back-in-use", "place", number), number);
    } else if (!str_equal(state, STR("occupied")) && !str_equal(state, STR("closed"))) {
        view_put_link_about(table, STR("Out of use"), link_to(view, "out-of-use", "place", number),
                            number);
    }
}

/* Why a place is not to be had, and until when. */
static void put_place_words(struct view_table *table, const json_t *place)
{
    if (json_str_or_empty(place, "reason").len > 0) {
        view_put(table, json_str_or_empty(place, "reason_title"));
        view_put_quiet(table, json_str_or_empty(place, "words"));
        if (is_true(json_object_get(place, "back_on"), "known")) {
            view_put_quiet(table, STR("expected back on"));
            view_put_when(table, json_object_get(place, "back_on"));
        }
        if (is_true(place, "overdue")) {
            view_put_tag(table, "Overdue", "red");
        }
    }
    if (is_true(json_object_get(place, "prebooked_until"), "known")) {
        view_put_quiet(table, is_true(place, "ran_out") ? STR("prebooking ran out on")
                                                        : STR("prebooked until"));
        view_put_when(table, json_object_get(place, "prebooked_until"));
    }
}

static json_t *places_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {{"Place", true},  {"Kind", false},
                                                 {"State", false}, {"Person", false},
                                                 {"Why", false},   {"To do", false}};
    struct view_table table;
    size_t index;
    json_t *place;
    view_table_open(&table, view->context, STR("Every place"), columns, view->rights.run ? 6 : 5,
                    "No places are agreed.");
    json_array_foreach(json_object_get(view->desk, "places"), index, place)
    {
        view_row(&table);
        view_cell_count(&table, place, "number");
        view_cell_text(&table, json_str_or_empty(place, "kind_title"));
        view_cell(&table);
        PUT_STATE(&table, place_states, json_str_or_empty(place, "state"));
        view_cell(&table);
        put_person(&table, json_str_or_empty(place, "person"), STR(""));
        view_cell(&table);
        put_place_words(&table, place);
        if (view->rights.run) {
            view_cell(&table);
            put_place_links(view, &table, place);
        }
    }
    return view_table_close(&table);
}

static json_t *prebookings_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {
        {"Prebooking", false}, {"State", false}, {"Kind", false},    {"Places", true},
        {"Given", true},       {"Until", false}, {"Made by", false}, {"To do", false}};
    struct view_table table;
    size_t index;
    json_t *prebooking;
    view_table_open(&table, view->context, STR("Prebookings, latest first"), columns,
                    view->rights.prebook ? 8 : 7, "No place is prebooked.");
    json_array_foreach(json_object_get(view->desk, "prebookings"), index, prebooking)
    {
        const str id = number_text(view->context, prebooking, "prebooking");
        const bool live = str_equal(json_str_or_empty(prebooking, "state"), STR("live"));
        view_row(&table);
        view_cell_text(&table, id);
        view_put_quiet(&table, json_str_or_empty(prebooking, "purpose"));
        view_cell(&table);
        PUT_STATE(&table, prebooking_states, json_str_or_empty(prebooking, "state"));
        view_cell_text(&table, json_str_or_empty(prebooking, "kind_title"));
        view_cell_count(&table, prebooking, "places");
        view_cell_count(&table, prebooking, "given");
        view_cell_when(&table, json_object_get(prebooking, "until"));
        view_cell_text(&table, json_str_or_empty(prebooking, "made_by"));
        if (view->rights.prebook) {
            view_cell(&table);
            view_put_link_about(
                &table, live ? STR("Give a place") : STR(""),
                live ? link_to(view, "prebooking-giving", "prebooking", id) : STR(""), id);
            view_put_link_about(&table, live ? STR("End it") : STR(""),
                                live ? link_to(view, "prebooking-end", "prebooking", id) : STR(""),
                                id);
        }
    }
    return view_table_close(&table);
}

/* --- arrivals --------------------------------------------------------------------------------- */

static void put_arrival_links(const struct desk_view *view, struct view_table *table, str reference)
{
    if (view->rights.run) {
        view_put_link_about(table, STR("Confirm the arrival"),
                            link_to(view, "arrival", "person", reference), reference);
        view_put_link_about(table, STR("Refused on arrival"),
                            link_to(view, "refusal", "person", reference), reference);
    }
    if (view->rights.resolve) {
        view_put_link_about(table, STR("Did not come"),
                            link_to(view, "resolution", "person", reference), reference);
        view_put_link_about(table, STR("Hand over"),
                            link_to(view, "hand-over", "person", reference), reference);
    }
}

/* Where no day was said, they were to come on the day on which they left. */
static void put_expected(struct view_table *table, const json_t *stay)
{
    const json_t *expected = json_object_get(stay, "expected_on");
    view_cell(table);
    if (json_is_true(json_object_get(expected, "known"))) {
        view_put_when(table, expected);
        return;
    }
    view_put(table, STR("No day was said. They left on"));
    view_put_when(table, json_object_get(stay, "departed_on"));
}

static json_t *expected_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {{"Person", false},
                                                 {"Expected", false},
                                                 {"Place", false},
                                                 {"Who answers for it", false},
                                                 {"To do", false}};
    const bool may = view->rights.run || view->rights.resolve;
    struct view_table table;
    size_t index;
    json_t *stay;
    view_table_open(&table, view->context, STR("Expected arrivals, oldest first"), columns,
                    may ? 5 : 4, "Nobody is expected.");
    json_array_foreach(json_object_get(view->desk, "expected"), index, stay)
    {
        const str reference = json_str_or_empty(stay, "reference");
        const int64_t overdue = json_integer_value(json_object_get(stay, "days_overdue"));
        view_row(&table);
        view_cell(&table);
        put_person(&table, reference, json_str_or_empty(stay, "name"));
        put_expected(&table, stay);
        if (overdue > 0) {
            view_put_tag(&table,
                         view_counted(view->context, overdue,
                                      COUNTED("{{count}} day overdue", "{{count}} days overdue"))
                             .at,
                         "red");
        }
        view_cell_text(&table, json_integer_value(json_object_get(stay, "place")) > 0
                                   ? number_text(view->context, stay, "place")
                                   : STR("None"));
        view_put_quiet(&table, json_str_or_empty(stay, "place_kind_title"));
        view_cell_text(&table, json_str_or_empty(stay, "owner"));
        if (may) {
            view_cell(&table);
            put_arrival_links(view, &table, reference);
        }
    }
    return view_table_close(&table);
}

static json_t *unexpected_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {{"Seen on", false},
                                                 {"As the hub knows them", false},
                                                 {"Who it may be", false},
                                                 {"Reported by", false},
                                                 {"To do", false}};
    struct view_table table;
    size_t index;
    json_t *arrival;
    view_table_open(&table, view->context, STR("There, and not expected"), columns,
                    view->rights.resolve ? 5 : 4, "Nobody is there who is not expected.");
    json_array_foreach(json_object_get(view->desk, "unexpected"), index, arrival)
    {
        const str id = number_text(view->context, arrival, "arrival");
        view_row(&table);
        view_cell_when(&table, json_object_get(arrival, "seen_on"));
        view_cell_text(&table, json_str_or_empty(arrival, "named"));
        view_put_quiet(&table, json_str_or_empty(arrival, "description"));
        view_cell(&table);
        put_person(&table, json_str_or_empty(arrival, "person"), STR(""));
        put_person(&table, json_str_or_empty(arrival, "expected"), STR(""));
        view_cell_text(&table, json_str_or_empty(arrival, "reported_by"));
        if (view->rights.resolve) {
            view_cell(&table);
            view_put_link_about(&table, STR("Say who it is"),
                                link_to(view, "identification", "arrival", id), id);
        }
    }
    return view_table_close(&table);
}

/* --- stays ------------------------------------------------------------------------------------ */

static json_t *stays_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {{"Person", false},       {"Place", false},
                                                 {"Arrival", false},      {"Review due", false},
                                                 {"Stay ends by", false}, {"To do", false}};
    struct view_table table;
    size_t index;
    json_t *stay;
    view_table_open(&table, view->context, STR("Everybody placed here"), columns,
                    view->rights.run ? 6 : 5, "Nobody is placed at the hub.");
    json_array_foreach(json_object_get(view->desk, "stays"), index, stay)
    {
        const str reference = json_str_or_empty(stay, "reference");
        view_row(&table);
        view_cell(&table);
        put_person(&table, reference, json_str_or_empty(stay, "name"));
        view_cell_text(&table, number_text(view->context, stay, "place"));
        view_put_quiet(&table, json_str_or_empty(stay, "place_kind_title"));
        view_cell(&table);
        PUT_STATE(&table, arrival_states, json_str_or_empty(stay, "arrival"));
        view_cell_when(&table, json_object_get(stay, "review_due_on"));
        view_cell_when(&table, json_object_get(stay, "stay_limit_on"));
        if (view->rights.run) {
            view_cell(&table);
            view_put_link_about(&table, STR("Another place"),
                                link_to(view, "place-change", "person", reference), reference);
        }
    }
    return view_table_close(&table);
}

static json_t *departures_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {
        {"Person", false}, {"Left on", false}, {"By", false}, {"To do", false}};
    struct view_table table;
    size_t index;
    json_t *stay;
    view_table_open(&table, view->context, STR("Who left, latest first"), columns,
                    view->rights.run ? 4 : 3, "Nobody left the hub.");
    json_array_foreach(json_object_get(view->desk, "departures"), index, stay)
    {
        const str reference = json_str_or_empty(stay, "reference");
        view_row(&table);
        view_cell(&table);
        if (view->rights.follow) {
            put_person(&table, reference, json_str_or_empty(stay, "name"));
        } else {
            view_put(&table, reference);
        }
        view_cell_when(&table, json_object_get(stay, "left_on"));
        view_cell_text(&table, json_str_or_empty(stay, "left_by_title"));
        if (view->rights.run) {
            view_cell(&table);
            view_put_link_about(&table, STR("Recorded by mistake"),
                                link_to(view, "departure-cancelled", "person", reference),
                                reference);
        }
    }
    return view_table_close(&table);
}

/* --- what the hub says of itself -------------------------------------------------------------- */

static void report_row(struct view_table *table, str name, const json_t *report)
{
    static const char *const keys[] = {"in_use", "counted_in_use", "out_of_use",
                                       "counted_out_of_use"};
    view_row(table);
    view_cell_text(table, name);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        view_cell_count(table, report, keys[i]);
    }
}

static json_t *report_of(const struct desk_view *view)
{
    static const struct view_column columns[] = {{"Kind", false},
                                                 {"In use, the hub says", true},
                                                 {"In use, the register counts", true},
                                                 {"Out of use, the hub says", true},
                                                 {"Out of use, the register counts", true}};
    const json_t *report = json_object_get(view->desk, "report");
    const int64_t minutes = json_integer_value(json_object_get(report, "minutes_old"));
    struct view_table table;
    size_t index;
    json_t *kind;
    view_table_open(&table, view->context, STR("The hub's own count beside the register's"),
                    columns, 5, "The hub has never reported.");
    json_array_foreach(json_object_get(report, "kinds"), index, kind)
    {
        report_row(&table, json_str_or_empty(kind, "kind_title"), kind);
    }
    if (is_true(report, "known")) {
        report_row(&table, STR("All places"), report);
    }
    json_t *object = json_object();
    json_set(object, "table", view_table_close(&table));
    json_set_flag(object, "known", is_true(report, "known"));
    json_set(object, "accurate_at",
             view_instant(view->context, json_str_or_empty(report, "accurate_at")));
    json_set_str(object, "age", view_minutes(view->context, minutes));
    json_set_flag(object, "differs", is_true(report, "differs"));
    json_set(object, "differs_since",
             view_instant(view->context, json_str_or_empty(report, "differs_since")));
    json_set(object, "explanation",
             is_true(report, "explained") ? json_of_str(json_str_or_empty(report, "explanation"))
                                          : json_false());
    json_set_str(object, "explained_by", json_str_or_empty(report, "explained_by"));
    return object;
}

/* --- the page --------------------------------------------------------------------------------- */

json_t *view_hub_desk(const struct view_context *context, const json_t *desk,
                      struct hub_desk_rights rights)
{
    const str reference = json_str_or_empty(desk, "hub");
    const struct desk_view view = {.context = context,
                                   .desk = desk,
                                   .rights = rights,
                                   .base = view_href(context, "/hubs/%s/desk", reference)};
    const json_t *books = json_object_get(desk, "books");
    json_t *object = json_object();
    json_set_str(object, "reference", reference);
    json_set_str(object, "href", view_href(context, "/hubs/%s", reference));
    json_set(object, "as_of", view_instant(context, json_str_or_empty(desk, "as_of")));
    json_set(object, "kinds", kinds_of(&view));
    json_set(object, "places", places_of(&view));
    json_set(object, "prebookings", prebookings_of(&view));
    json_set(object, "expected", expected_of(&view));
    json_set(object, "unexpected", unexpected_of(&view));
    json_set(object, "stays", stays_of(&view));
    json_set(object, "departures", departures_of(&view));
    json_set(object, "report", report_of(&view));
    json_set(object, "books",
             books == NULL ? json_false()
                           : view_book_table(context, books,
                                             STR("Incidents, complaints, force and duties that "
                                                 "are not closed"),
                                             "Nothing in the books is open for this hub."));
    json_set_str(object, "books_href", view_href(context, "/books?show=all&about=%s", reference));
    return object;
}
