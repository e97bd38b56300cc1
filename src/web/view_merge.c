#include "web/view_merge.h"

#include "web/page.h"
#include "web/view_table.h"

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof(columns)[0]

void view_put_merge_state(struct view_table *table, str state)
{
    static const struct view_state states[] = {{"asked for", "Asked for", "yellow"},
                                               {"declined", "Declined", "grey"},
                                               {"merged", "Merged", "green"},
                                               {"undone", "Undone", "purple"}};
    view_put_state(table, states, sizeof states / sizeof states[0], state);
}

/* --- the list --------------------------------------------------------------------------------- */

static str merge_href(const struct view_context *context, const json_t *merge)
{
    return arena_format(context->arena, "/merges/%lld",
                        (long long)json_integer_value(json_object_get(merge, "merge")));
}

json_t *view_merges(const struct view_context *context, const json_t *merges)
{
    static const struct view_column columns[] = {{"Asked for", false},
                                                 {"Record that continues", false},
                                                 {"Becomes a part of it", false},
                                                 {"Asked for by", false},
                                                 {"State", false}};
    struct view_table table;
    size_t index;
    json_t *merge;
    view_table_open(&table, context, STR("Merges of records, the newest first"), COLUMNS(columns),
                    "No merge is listed.");
    json_array_foreach(json_object_get(merges, "merges"), index, merge)
    {
        view_row(&table);
        view_cell_when(&table, json_object_get(merge, "requested_at"));
        view_put_link_about(&table, STR("See the merge"), merge_href(context, merge),
                            json_str_or_empty(merge, "continuing"));
        view_cell(&table);
        view_put_reference(&table, json_str_or_empty(merge, "continuing"));
        view_cell(&table);
        view_put_reference(&table, json_str_or_empty(merge, "absorbed"));
        view_cell_text(&table, json_str_or_empty(merge, "requested_by"));
        view_cell(&table);
        view_put_merge_state(&table, json_str_or_empty(merge, "state"));
        view_put_quiet(&table, json_str_or_empty(merge, "decided_by"));
    }
    return view_table_close(&table);
}

/* --- the two records -------------------------------------------------------------------------- */

static void put_pair(struct view_table *table, const json_t *people, const char *name,
                     const char *key, bool when)
{
    view_row(table);
    view_cell_text(table, str_from_c(name));
    for (size_t i = 0; i < 2; i++) {
        const json_t *value = json_object_get(json_array_get(people, i), key);
        const str text = json_is_object(value) ? json_str_or_empty(value, "title")
                                               : json_str_or_empty(json_array_get(people, i), key);
        if (when) {
            view_cell_when(table, value);
            continue;
        }
        view_cell(table);
        if (text.len > 0) {
            view_put(table, text);
        } else {
            view_put_unknown(table);
        }
    }
}

static json_t *records_table(const struct view_context *context, const json_t *merge)
{
    static const struct view_column columns[] = {
        {"What", false}, {"Continues", false}, {"Becomes a part of it", false}};
    const json_t *people = json_object_get(merge, "people");
    struct view_table table;
    view_table_open(&table, context, STR("The two records"), COLUMNS(columns), "");
    view_row(&table);
    view_cell_text(&table, STR("Record"));
    for (size_t i = 0; i < 2; i++) {
        const str reference = json_str_or_empty(json_array_get(people, i), "reference");
        view_cell_link(&table, reference, view_href(context, "/people/%s", reference));
    }
    put_pair(&table, people, "Name", "name", false);
    put_pair(&table, people, "Date of birth", "born_on", true);
    put_pair(&table, people, "Stage", "stage", false);
    put_pair(&table, people, "Registered", "registered_on", true);
    return view_table_close(&table);
}

json_t *view_merge_conflicts(const struct view_context *context, const json_t *merge)
{
    static const struct view_column columns[] = {
        {"What", false}, {"The one that continues", false}, {"The other", false}};
    const json_t *conflicts = json_object_get(merge, "conflicts");
    struct view_table table;
    size_t index;
    json_t *conflict;
    view_table_open(&table, context,
                    view_counted(context, (int64_t)json_array_size(conflicts),
                                 COUNTED("Where the two records differ: {{count}} difference",
                                         "Where the two records differ: {{count}} differences")),
                    COLUMNS(columns), "The two records differ in nothing that both of them say.");
    json_array_foreach(conflicts, index, conflict)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(conflict, "what"));
        view_cell_text(&table, json_str_or_empty(conflict, "continuing_text"));
        view_cell_text(&table, json_str_or_empty(conflict, "absorbed_text"));
    }
    return view_table_close(&table);
}

/* --- undoing ---------------------------------------------------------------------------------- */

static void put_whose(struct view_table *table, const json_t *merge, const json_t *line)
{
    const str about = json_str_or_empty(line, "about");
    const json_int_t follows = json_integer_value(json_object_get(line, "follows"));
    view_cell(table);
    if (str_equal(about, STR("continuing")) || str_equal(about, STR("absorbed"))) {
        view_put(table, json_str_or_empty(merge, about.at));
    } else {
        view_put_tag(table, "To be decided", "yellow");
    }
    if (follows != 0) {
        view_put_quiet(table, view_numbered(table->context, "goes with event {{number}}", follows));
    }
}

json_t *view_separation(const struct view_context *context, const json_t *merge,
                        const json_t *separation)
{
    static const struct view_column columns[] = {{"Event", true},
                                                 {"What", false},
                                                 {"For the day", false},
                                                 {"Recorded under", false},
                                                 {"About", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("Everything since the merge, and whom it is about"),
                    COLUMNS(columns), "Nothing was recorded since the merge.");
    json_array_foreach(json_object_get(separation, "events"), index, line)
    {
        view_row(&table);
        view_cell_text(&table,
                       arena_format(context->arena, "%lld",
                                    (long long)json_integer_value(json_object_get(line, "event"))));
        view_cell_text(&table, json_str_or_empty(line, "text"));
        view_cell_when(&table, json_object_get(line, "on"));
        view_cell(&table);
        view_put_reference(&table, json_str_or_empty(line, "record"));
        put_whose(&table, merge, line);
    }
    return view_table_close(&table);
}

/* --- the page --------------------------------------------------------------------------------- */

/* "Who, on the day": nothing where it has not happened. */
static void put_deed(struct view_table *pairs, const json_t *merge, const char *name, str by,
                     const char *when, str because)
{
    if (by.len == 0) {
        return;
    }
    view_row(pairs);
    view_cell_text(pairs, str_from_c(name));
    view_cell_text(pairs, by);
    view_put_when(pairs, json_object_get(merge, when));
    view_put(pairs, because);
}

static json_t *summary_of(const struct view_context *context, const json_t *merge)
{
    const str state = json_str_or_empty(merge, "state");
    const bool declined = str_equal(state, STR("declined"));
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_row(&pairs);
    view_cell_text(&pairs, STR("State"));
    view_cell(&pairs);
    view_put_merge_state(&pairs, state);
    put_deed(&pairs, merge, "Asked for by", json_str_or_empty(merge, "requested_by"),
             "requested_at", json_str_or_empty(merge, "reason"));
    put_deed(&pairs, merge, declined ? "Declined by" : "Merged by",
             json_str_or_empty(merge, "decided_by"), "decided_at",
             json_str_or_empty(merge, "declined_because"));
    put_deed(&pairs, merge, "Undone by", json_str_or_empty(merge, "undone_by"), "undone_at",
             json_str_or_empty(merge, "undone_because"));
    return view_table_close(&pairs);
}

static json_t *requests_of(const struct view_context *context, const json_t *merge)
{
    json_t *list = json_array();
    size_t index;
    json_t *request;
    json_array_foreach(json_object_get(merge, "live_requests"), index, request)
    {
        const long long number = (long long)json_integer_value(request);
        json_t *link = json_object();
        json_set_str(link, "href", arena_format(context->arena, "/requests/%lld", number));
        json_set_str(link, "text", view_numbered(context, "Request {{number}}", number));
        json_add(list, link);
    }
    return list;
}

json_t *view_merge(const struct view_context *context, const json_t *merge)
{
    json_t *view = json_object();
    const bool begun = json_integer_value(json_object_get(merge, "merge")) != 0;
    const str state = json_str_or_empty(merge, "state");
    const bool open = !begun || str_equal(state, STR("asked for"));
    const json_t *obstacles = json_object_get(merge, "obstacles");
    const json_t *separation = json_object_get(merge, "separation");
    json_t *requests = requests_of(context, merge);
    json_set(view, "summary", begun ? summary_of(context, merge) : json_false());
    json_set(view, "obstacles", json_deep_copy(obstacles));
    json_set_flag(view, "has_obstacles", json_array_size(obstacles) > 0);
    json_set(view, "records", records_table(context, merge));
    json_set(view, "conflicts", open ? view_merge_conflicts(context, merge) : json_false());
    json_set_flag(view, "has_requests", json_array_size(requests) > 0);
    json_set(view, "requests", requests);
    json_set(view, "separation",
             json_is_object(separation) ? view_separation(context, merge, separation)
                                        : json_false());
    json_set(view, "other_way_href", json_false());
    if (!begun) {
        json_set_str(view, "other_way_href",
                     page_href(context->arena, "/people/%s/merge/%s",
                               json_str_or_empty(merge, "absorbed"),
                               json_str_or_empty(merge, "continuing")));
    }
    return view;
}
