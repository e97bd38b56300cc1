/* resource_merge: what merging two records would mean, what became of it, and what undoing it would
 * mean. */
#include "web/resource_merge.h"

#include "web/resource_part.h"

static json_t *conflict_as_json(const struct rulebook *rulebook,
                                const struct merge_conflict *conflict)
{
    json_t *object = json_object();
    const str sides[] = {conflict->continuing, conflict->absorbed};
    static const char *const names[] = {"continuing", "absorbed"};
    static const char *const texts[] = {"continuing_text", "absorbed_text"};
    json_set_str(object, "what", conflict->what);
    for (size_t i = 0; i < 2; i++) {
        json_auto_t *value =
            conflict->fact.len > 0 ? part_value_text(rulebook, conflict->fact, sides[i]) : NULL;
        const str text = json_str_or_empty(value, "text");
        json_set_str(object, names[i], sides[i]);
        json_set_str(object, texts[i], text.len > 0 ? text : sides[i]);
    }
    return object;
}

static json_t *when(bool known, instant at)
{
    json_t *object = json_object();
    json_set_flag(object, "known", known);
    if (known) {
        json_set(object, "value", json_of_instant(at));
    }
    return object;
}

static void set_course(json_t *object, const struct merge_row *merge)
{
    json_set_int64(object, "merge", merge->id);
    json_set(object, "state", json_string(merge_state_name(merge->state)));
    json_set(object, "requested_at", when(merge->id != 0, merge->requested_at));
    json_set(object, "decided_at", when(merge->decided_event != 0, merge->decided_at));
    json_set(object, "undone_at", when(merge->undone_event != 0, merge->undone_at));
}

json_t *resource_merge(const struct rulebook *rulebook, const struct merge_plan *plan)
{
    json_t *object = json_object();
    json_t *people = json_array();
    json_t *conflicts = json_array();
    json_t *obstacles = json_array();
    json_t *requests = json_array();
    json_add(people, part_person(rulebook, &plan->continuing, &plan->continuing_identity));
    json_add(people, part_person(rulebook, &plan->absorbed, &plan->absorbed_identity));
    for (size_t i = 0; i < plan->conflict_count; i++) {
        json_add(conflicts, conflict_as_json(rulebook, &plan->conflicts[i]));
    }
    for (size_t i = 0; i < plan->obstacle_count; i++) {
        json_add(obstacles, json_of_str(plan->obstacles[i]));
    }
    for (size_t i = 0; i < plan->request_count; i++) {
        json_add(requests, json_integer(plan->requests[i].id));
    }
    set_course(object, &plan->merge);
    json_set_str(object, "continuing", plan->continuing.reference);
    json_set_str(object, "absorbed", plan->absorbed.reference);
    json_set_str(object, "requested_by", plan->course.requested_by);
    json_set_str(object, "reason", plan->course.reason);
    json_set_str(object, "decided_by", plan->course.decided_by);
    json_set_str(object, "declined_because", plan->course.declined_because);
    json_set_str(object, "undone_by", plan->course.undone_by);
    json_set_str(object, "undone_because", plan->course.undone_because);
    json_set_flag(object, "asked_here", plan->course.asked_here);
    json_set(object, "people", people);
    json_set(object, "conflicts", conflicts);
    json_set(object, "obstacles", obstacles);
    json_set(object, "live_requests", requests);
    return object;
}

json_t *resource_merge_line(const struct merge_line *line)
{
    json_t *object = json_object();
    set_course(object, &line->merge);
    json_set_str(object, "continuing", line->continuing);
    json_set_str(object, "absorbed", line->absorbed);
    json_set_str(object, "requested_by", line->requested_by);
    json_set_str(object, "decided_by", line->decided_by);
    json_set_str(object, "undone_by", line->undone_by);
    return object;
}

json_t *resource_merges(const struct merge_line *lines, size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_merge_line(&lines[i]));
    }
    json_set(object, "merges", list);
    return object;
}

static json_t *separated_as_json(const struct rulebook *rulebook,
                                 const struct separation_line *line)
{
    json_t *object = json_object();
    const struct history_line told = {.event = line->event, .actor = STR("")};
    json_auto_t *history = part_history_line(rulebook, &told);
    json_set_int64(object, "event", line->event.position);
    json_set(object, "kind", json_string(event_kind_name(line->event.kind)));
    json_set(object, "on", json_of_date(line->event.effective_on));
    json_set_str(object, "text", json_str_or_empty(history, "text"));
    json_set_str(object, "record", line->record);
    json_set(object, "about", json_string(attribution_name(line->to)));
    json_set_int64(object, "follows", line->follows);
    json_set_flag(object, "decided", line->decided);
    return object;
}

json_t *resource_separation(const struct rulebook *rulebook, const struct separation_plan *plan)
{
    json_t *object = json_object();
    json_t *lines = json_array();
    for (size_t i = 0; i < plan->line_count; i++) {
        json_add(lines, separated_as_json(rulebook, &plan->lines[i]));
    }
    json_set_int64(object, "merge", plan->merge.id);
    json_set_int64(object, "undecided", (int64_t)plan->undecided);
    json_set(object, "events", lines);
    if (plan->undecided == 0) {
        json_set_str(object, "continuing_stage", plan->continuing.stage);
        json_set_str(object, "absorbed_stage", plan->absorbed.stage);
    }
    return object;
}
