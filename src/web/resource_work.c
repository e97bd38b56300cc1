#include "web/resource_fact.h"
#include "web/resource_part.h"

static json_t *due_as_json(const struct rulebook *rulebook, const struct work_due *due)
{
    json_t *object = json_object();
    json_set(object, "person", part_person(rulebook, &due->person, &due->identity));
    json_set(object, "kind", json_string(work_kind_name(due->kind)));
    json_set(object, "due", json_of_date(due->due));
    json_set_int64(object, "days_left", due->days_left);
    if (due->has_working_days) {
        json_set_int64(object, "working_days_left", due->working_days_left);
        json_set_str(object, "calendar", due->calendar);
    }
    const bool is_clock = due->clock.clock != NOT_FOUND_INDEX;
    json_set_flag(object, "is_clock", is_clock);
    if (is_clock) {
        json_set(object, "clock", part_clock(rulebook, &due->clock));
    }
    return object;
}

static json_t *totals_by_kind(const int64_t *totals)
{
    json_t *object = json_object();
    for (int kind = 0; kind < WORK_KINDS; kind++) {
        json_set_int64(object, work_kind_name((enum work_kind)kind), totals[kind]);
    }
    return object;
}

json_t *resource_today(const struct rulebook *rulebook, const struct today_answer *answer)
{
    json_t *object = json_object();
    json_set(object, "today", json_of_date(answer->today));
    json_t *requests = json_array();
    for (size_t i = 0; i < answer->request_count; i++) {
        json_add(requests, part_work_request(rulebook, &answer->requests[i]));
    }
    json_set(object, "requests", requests);
    json_t *due = json_array();
    for (size_t i = 0; i < answer->due_count; i++) {
        json_add(due, due_as_json(rulebook, &answer->due[i]));
    }
    json_set(object, "due", due);
    json_set_int64(object, "due_total", answer->due_total);
    json_set(object, "due_totals", totals_by_kind(answer->due_of_kind));
    json_set(object, "stages", part_stage_counts(rulebook, answer->stages, answer->stage_count));
    return object;
}

json_t *resource_work(const struct rulebook *rulebook, const struct work_answer *answer)
{
    json_t *object = json_object();
    json_t *due = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        json_add(due, due_as_json(rulebook, &answer->lines[i]));
    }
    json_set(object, "today", json_of_date(answer->today));
    json_set(object, "due", due);
    json_set_int64(object, "total", answer->total);
    json_set(object, "totals", totals_by_kind(answer->total_of));
    return object;
}

json_t *resource_missing(const struct rulebook *rulebook, const struct missing_answer *answer)
{
    json_t *object = json_object();
    json_t *facts = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        const struct missing_fact *missing = &answer->facts[i];
        json_t *fact = part_fact_name(rulebook, rulebook->facts[missing->fact].name);
        json_set_int64(fact, "people", missing->people);
        json_set_int64(fact, "alone", missing->alone);
        json_add(facts, fact);
    }
    json_set(object, "step", part_step(rulebook, rulebook->steps[answer->step].name));
    json_set_int64(object, "people", answer->people);
    json_set_int64(object, "unknown", answer->unknown);
    json_set(object, "facts", facts);
    return object;
}

static json_t *end_of(const struct rulebook *rulebook, const struct request_end *end)
{
    json_t *object = json_object();
    json_set_flag(object, "known", end->ended);
    if (end->ended) {
        json_t *safeguards = json_array();
        for (size_t i = 0; i < end->safeguard_count; i++) {
            json_add(safeguards, part_safeguard_name(rulebook, end->safeguards[i]));
        }
        json_set_str(object, "by", end->by);
        json_set_int64(object, "event", end->event);
        json_set_str(object, "reason", end->reason);
        json_set(object, "safeguards", safeguards);
    }
    return object;
}

json_t *resource_request(const struct rulebook *rulebook, const struct request_answer *answer)
{
    json_t *object = part_work_request(rulebook, &answer->work);
    json_set(object, "hub", part_hub_name(&answer->now.view.hub));
    json_set_str(object, "requested_by", answer->requested_by);
    json_t *names = json_array();
    for (size_t i = 0; i < answer->work.request.approval_count; i++) {
        json_add(names, json_of_str(answer->approved_by[i]));
    }
    json_set(object, "approved_by", names);
    json_set(object, "end", end_of(rulebook, &answer->end));
    json_set(object, "now",
             resource_explanation(rulebook, &answer->now.explanation, &answer->now.view));
    return object;
}

static json_t *agreement_name(const struct agreement_row *agreement)
{
    json_t *object = json_object();
    json_set_flag(object, "known", agreement->id != 0);
    if (agreement->id != 0) {
        json_set_str(object, "reference", agreement->reference);
        json_set_str(object, "partner", agreement->partner);
        json_set_str(object, "title", agreement->title);
    }
    return object;
}

static json_t *facts_list(const struct rulebook *rulebook, const struct known_fact *facts,
                          size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, part_known_fact(rulebook, &facts[i]));
    }
    return list;
}

static json_t *place_rows_of(const struct rulebook *rulebook, const struct hub_line *hub)
{
    json_t *list = json_array();
    for (size_t i = 0; i < hub->place_count; i++) {
        json_t *place = json_object();
        json_set_int64(place, "number", hub->place_rows[i].number);
        json_set(place, "state", json_string(place_state_name(hub->place_rows[i].state)));
        const bool has_person = hub->occupants != NULL && hub->occupants[i].id != 0;
        json_set_flag(place, "has_person", has_person);
        if (has_person) {
            json_set(place, "person", part_person(rulebook, &hub->occupants[i], NULL));
            json_set(place, "since", json_of_instant(hub->place_rows[i].since));
        }
        json_add(list, place);
    }
    return list;
}

json_t *resource_hub(const struct rulebook *rulebook, const struct hub_line *hub)
{
    json_t *object = json_object();
    json_set_str(object, "reference", hub->row.reference);
    json_set_str(object, "name", hub->row.name);
    json_set(object, "agreement", agreement_name(&hub->agreement));
    json_set(object, "places", part_places(&hub->places));
    json_set(object, "facts", facts_list(rulebook, hub->facts, hub->fact_count));
    json_set(object, "place_rows", place_rows_of(rulebook, hub));
    json_t *requests = json_array();
    for (size_t i = 0; i < hub->request_count; i++) {
        json_add(requests, part_work_request(rulebook, &hub->requests[i]));
    }
    json_set(object, "requests", requests);
    return object;
}

json_t *resource_hubs(const struct rulebook *rulebook, const struct hub_line *hubs, size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_hub(rulebook, &hubs[i]));
    }
    json_set(object, "hubs", list);
    return object;
}

json_t *resource_agreement(const struct rulebook *rulebook, const struct agreement_line *agreement)
{
    json_t *object = agreement_name(&agreement->row);
    json_set_flag(object, "confidential", agreement->row.confidential);
    json_set(object, "facts", facts_list(rulebook, agreement->facts, agreement->fact_count));
    json_t *hubs = json_array();
    for (size_t i = 0; i < agreement->hub_count; i++) {
        json_add(hubs, part_hub_name(&agreement->hubs[i]));
    }
    json_set(object, "hubs", hubs);
    return object;
}

json_t *resource_problem(const struct err *err, json_t *errors)
{
    json_t *object = json_object();
    char type[96] = "/problems/";
    const str name = str_from_c(error_name(err->code));
    for (size_t i = 0, at = 10; i < name.len && at + 1 < sizeof type; i++, at++) {
        type[at] = name.at[i];
    }
    json_set(object, "type", json_string(type));
    json_set(object, "title", json_string(error_meaning(err->code)));
    json_set_int64(object, "status", error_http_status(err->code));
    json_set_str(object, "detail", str_from_c(err->what));
    if (err->hint[0] != '\0') {
        json_set_str(object, "hint", str_from_c(err->hint));
    }
    if (errors != NULL) {
        json_set(object, "errors", errors);
    }
    return object;
}
