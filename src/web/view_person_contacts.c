#include "web/view_person.h"
#include "web/view_table.h"

#include <string.h>

/* A line for each source, with the facts that rest on it. */
static json_t *sources_of(const struct view_context *context, const json_t *sources)
{
    static const struct view_column columns[] = {
        {"Document, or who said it", false}, {"What rests on it", false}, {"Recorded", false}};
    struct view_table table;
    size_t index;
    json_t *source;
    view_table_open(&table, context, STR("What the facts rest on"), columns, 3,
                    "No fact on record says where it is known from.");
    json_array_foreach(sources, index, source)
    {
        const json_t *facts = json_object_get(source, "facts");
        const json_t *last = NULL;
        size_t at;
        json_t *fact;
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(source, "source"));
        view_cell(&table);
        json_array_foreach(facts, at, fact)
        {
            const json_t *recorded = json_object_get(fact, "recorded_at");
            view_put(&table, json_str_or_empty(fact, "title"));
            if (last == NULL || strcmp(json_string_value(last), json_string_value(recorded)) < 0) {
                last = recorded;
            }
        }
        view_cell_when(&table, last);
    }
    return view_table_close(&table);
}

json_t *view_person_contacts(const struct view_context *context, const json_t *person, str question)
{
    json_t *view = view_person_head(context, person, "contacts", question);
    const json_t *history = json_object_get(person, "history");
    json_set_flag(view, "any", json_array_size(history) > 0);
    json_set_flag(view, "more", json_is_true(json_object_get(person, "more")));
    json_set(view, "lines", view_history_lines(context, history));
    json_set(view, "sources", sources_of(context, json_object_get(person, "sources")));
    return view;
}
