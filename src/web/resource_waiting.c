#include "web/resource_waiting.h"

#include "web/resource_part.h"

json_t *resource_erasures(const struct rulebook *rulebook, const struct erasure_line *lines,
                          size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct erasure_line *line = &lines[i];
        json_t *erasure = json_object();
        json_set_str(erasure, "reference", line->person.reference);
        json_set(erasure, "person", part_person(rulebook, &line->person, &line->identity));
        json_set_str(erasure, "basis", line->basis);
        json_set_str(erasure, "asked_by", line->asked_by);
        json_set(erasure, "asked_at", json_of_instant(line->asked_at));
        json_set_flag(erasure, "asked_here", line->asked_here);
        json_set_int64(erasure, "holds", line->person.holds);
        json_add(list, erasure);
    }
    json_set(object, "erasures", list);
    return object;
}

json_t *resource_pairs(const struct rulebook *rulebook, const struct pairs_answer *answer)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        const struct duplicate_pair *pair = &answer->pairs[i];
        json_t *line = json_object();
        json_set(line, "person", part_person(rulebook, &pair->person, &pair->identity));
        json_set(line, "other", part_likely(rulebook, &pair->other));
        json_set_int64(line, "merge", pair->merge);
        json_set(line, "merge_state",
                 json_string(pair->merge != 0 ? merge_state_name(pair->merge_state) : "none"));
        json_add(list, line);
    }
    json_set_int64(object, "total", answer->total);
    json_set(object, "pairs", list);
    return object;
}

json_t *resource_comparing(const struct pairs_answer *answer)
{
    json_t *object = json_object();
    json_t *comparing = json_object();
    json_set_int64(comparing, "done", answer->percent);
    json_set_int64(comparing, "all", 100);
    json_set(object, "comparing", comparing);
    return object;
}

static json_t *known_count(bool known, int64_t count)
{
    json_t *object = json_object();
    json_set_flag(object, "known", known);
    if (known) {
        json_set_int64(object, "value", count);
    }
    return object;
}

static json_t *arrivals_at(const struct waiting_hub *hub)
{
    json_t *object = json_object();
    json_set_str(object, "hub", hub->reference);
    json_set_str(object, "name", hub->name);
    json_set_int64(object, "overdue", hub->overdue);
    json_set_int64(object, "unexpected", hub->unexpected);
    json_set_flag(object, "silent", hub->silent);
    json_set_int64(object, "silent_days", hub->silent_days);
    return object;
}

json_t *resource_waiting(const struct waiting_counts *counts)
{
    json_t *object = json_object();
    json_t *arrivals = json_array();
    for (size_t i = 0; i < counts->hub_count; i++) {
        json_add(arrivals, arrivals_at(&counts->hubs[i]));
    }
    json_t *departures = json_array();
    for (size_t i = 0; i < counts->departure_count; i++) {
        json_t *departure = json_object();
        json_set_str(departure, "manifest", counts->departures[i].manifest);
        json_set_int64(departure, "aboard", counts->departures[i].aboard);
        json_add(departures, departure);
    }
    json_set(object, "arrivals", arrivals);
    json_set(object, "departures", departures);
    json_set(object, "merges", known_count(counts->decides_merges, counts->merges));
    json_set(object, "erasures", known_count(counts->erases, counts->erasures));
    json_set(object, "duplicates", known_count(counts->knows_pairs, counts->pairs));
    json_set_flag(object, "looks_for_duplicates", counts->asks_for_merges);
    return object;
}
