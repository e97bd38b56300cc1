#include "web/resource_part.h"

static json_t *identifier_as_json(const struct identifier_line *line)
{
    json_t *object = json_object();
    json_set_int64(object, "event", line->event);
    json_set(object, "scheme", json_string(identifier_scheme_name(line->scheme)));
    json_set(object, "title", json_string(identifier_scheme_title(line->scheme)));
    json_set_str(object, "value", line->value);
    json_set_str(object, "issuer", line->issuer);
    json_set_str(object, "source", line->source);
    json_set_str(object, "record", line->record);
    json_set(object, "true_from", json_of_date(line->true_from));
    json_set(object, "recorded_at", json_of_instant(line->recorded_at));
    return object;
}

json_t *resource_known_as(const struct identity_answer *answer)
{
    json_t *object = json_object();
    json_t *records = json_array();
    json_t *identifiers = json_array();
    json_t *merges = json_array();
    for (size_t i = 0; i < answer->record_count; i++) {
        json_add(records, json_of_str(answer->records[i].reference));
    }
    for (size_t i = 0; i < answer->identifier_count; i++) {
        json_add(identifiers, identifier_as_json(&answer->identifiers[i]));
    }
    for (size_t i = 0; i < answer->merge_count; i++) {
        json_t *merge = json_object();
        json_set_int64(merge, "merge", answer->merges[i].id);
        json_set(merge, "state", json_string(merge_state_name(answer->merges[i].state)));
        json_add(merges, merge);
    }
    json_set(object, "records", records);
    json_set(object, "identifiers", identifiers);
    json_set(object, "merges", merges);
    return object;
}
