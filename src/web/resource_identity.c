#include "web/resource_merge.h"
#include "web/resource_part.h"

#include "casework/identity.h"

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

json_t *part_likely(const struct rulebook *rulebook, const struct likely_duplicate *likely)
{
    json_t *object = part_person(rulebook, &likely->person, &likely->identity);
    json_t *reasons = json_array();
    for (size_t i = 0; i < likely->reason_count; i++) {
        json_t *reason = json_object();
        json_set_str(reason, "what", likely->reasons[i].what);
        json_set_flag(reason, "agrees", likely->reasons[i].agrees);
        json_add(reasons, reason);
    }
    json_set(object, "reasons", reasons);
    return object;
}

json_t *resource_identity(const struct rulebook *rulebook, const struct identity_answer *answer,
                          const struct likely_duplicate *likely, size_t likely_count)
{
    json_t *object =
        part_person_arriving(rulebook, &answer->person, &answer->identity, &answer->arrival);
    json_t *records = json_array();
    json_t *identifiers = json_array();
    json_t *merges = json_array();
    json_t *duplicates = json_array();
    for (size_t i = 0; i < answer->record_count; i++) {
        json_add(records, json_of_str(answer->records[i].reference));
    }
    for (size_t i = 0; i < answer->identifier_count; i++) {
        json_add(identifiers, identifier_as_json(&answer->identifiers[i]));
    }
    for (size_t i = 0; i < answer->merge_count; i++) {
        json_add(merges, resource_merge_line(&answer->merges[i]));
    }
    for (size_t i = 0; i < likely_count; i++) {
        json_add(duplicates, part_likely(rulebook, &likely[i]));
    }
    json_set(object, "records", records);
    json_set(object, "identifiers", identifiers);
    json_set(object, "merges", merges);
    json_set_flag(object, "duplicates_asked", likely != NULL);
    json_set(object, "duplicates", duplicates);
    return object;
}

json_t *resource_identifier_answer(const struct rulebook *rulebook,
                                   const struct identifier_answer *answer)
{
    json_t *object = json_object();
    json_t *others = json_array();
    for (size_t i = 0; i < answer->other_count; i++) {
        json_add(others, part_likely(rulebook, &answer->others[i]));
    }
    json_set_int64(object, "event", answer->event);
    json_set(object, "others", others);
    json_set_flag(object, "repeated", answer->repeated);
    return object;
}
