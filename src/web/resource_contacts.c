#include "web/resource_part.h"

/* The entry of the source, begun when it is not there yet. */
static json_t *source_of(json_t *sources, str name)
{
    size_t index;
    json_t *source;
    json_array_foreach(sources, index, source)
    {
        if (str_equal(json_str_or_empty(source, "source"), name)) {
            return source;
        }
    }
    source = json_object();
    json_set_str(source, "source", name);
    json_set(source, "facts", json_array());
    json_add(sources, source);
    return source;
}

static json_t *sources_of(const struct rulebook *rulebook, const struct known_fact *known)
{
    json_t *sources = json_array();
    for (size_t i = 0; known != NULL && i < rulebook->fact_count; i++) {
        const struct fact_row *row = known[i].row;
        if (rulebook->facts[i].subject != SUBJECT_PERSON || row == NULL || row->source.len == 0) {
            continue;
        }
        json_t *source = source_of(sources, row->source);
        json_t *fact = json_object();
        json_set_str(fact, "fact", rulebook->facts[i].name);
        json_set_str(fact, "title", rulebook->facts[i].title);
        json_set_int64(fact, "event", row->position);
        json_set(fact, "recorded_at", json_of_instant(row->recorded_at));
        json_add(json_object_get(source, "facts"), fact);
    }
    return sources;
}

json_t *resource_person_contacts(const struct rulebook *rulebook,
                                 const struct person_answer *answer,
                                 const struct history_answer *contacts)
{
    const struct case_view *view = &answer->view;
    json_t *object = resource_history(rulebook, contacts);
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "sources", sources_of(rulebook, view->facts));
    return object;
}
