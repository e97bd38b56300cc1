#include "web/resource_part.h"

/* Hubs are rows of numbers in a request; their names come from whatever of the answer names them.
 */
static struct hub_row hub_named(const struct person_answer *answer, int64_t id)
{
    if (answer->view.hub.id == id) {
        return answer->view.hub;
    }
    for (size_t i = 0; i < answer->next_step_count; i++) {
        if (answer->next_steps[i].hub.id == id) {
            return answer->next_steps[i].hub;
        }
    }
    for (size_t i = 0; i < answer->hub_count; i++) {
        if (answer->hubs[i].id == id) {
            return answer->hubs[i];
        }
    }
    return (struct hub_row){0};
}

static json_t *next_step_as_json(const struct rulebook *rulebook, const struct case_view *view,
                                 const struct next_step *next)
{
    const struct step *step = &rulebook->steps[next->step];
    json_t *object = next->explanation == NULL
                         ? json_object()
                         : resource_explanation(rulebook, next->explanation, view);
    json_set_str(object, "step", step->name);
    json_set_str(object, "title", step->title);
    json_set_str(object, "section", step->section);
    json_set(object, "clearance", json_string(clearance_name(next->clearance)));
    json_set_flag(object, "with_hub", next->hub.id != 0);
    json_set_flag(object, "needs_hub", step->with_hub);
    json_set(object, "hub", part_hub_name(&next->hub));
    json_set_int64(object, "approvals_needed", (int64_t)step->approval_count);
    json_set_flag(object, "same_stage", step->same_stage);
    if (!step->same_stage) {
        json_set(object, "to", part_stage(rulebook, rulebook->stages[step->to].name));
    }
    return object;
}

static json_t *next_steps_of(const struct rulebook *rulebook, const struct person_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->next_step_count; i++) {
        json_add(list, next_step_as_json(rulebook, &answer->view, &answer->next_steps[i]));
    }
    return list;
}

static json_t *requests_of(const struct rulebook *rulebook, const struct person_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->request_count; i++) {
        json_t *request = part_request(rulebook, &answer->requests[i]);
        const struct hub_row hub = hub_named(answer, answer->requests[i].hub);
        json_set(request, "hub", part_hub_name(&hub));
        json_add(list, request);
    }
    return list;
}

static json_t *family_of(const struct rulebook *rulebook, const struct person_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->family_count; i++) {
        json_add(list, part_person(rulebook, &answer->family[i], &answer->family_identities[i]));
    }
    return list;
}

json_t *resource_person(const struct rulebook *rulebook, const struct person_answer *answer)
{
    const struct case_view *view = &answer->view;
    json_t *object = part_person(rulebook, &view->person, &view->identity);
    const struct hub_row hub = hub_named(answer, view->person.hub);
    json_set(object, "hub", part_hub_name(&hub));
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "next_steps", next_steps_of(rulebook, answer));
    json_set(object, "facts", part_facts_of(rulebook, view->facts, SUBJECT_PERSON));
    json_set(object, "requests", requests_of(rulebook, answer));
    json_set(object, "family", family_of(rulebook, answer));
    json_set(object, "known_as", resource_known_as(answer->known_as));
    json_t *clocks = json_array();
    for (size_t i = 0; i < answer->clock_count; i++) {
        json_add(clocks, part_clock(rulebook, &answer->clocks[i]));
    }
    json_set(object, "clocks", clocks);
    json_t *history = json_array();
    for (size_t i = 0; i < answer->history_count; i++) {
        json_add(history, part_history_line(rulebook, &answer->history[i]));
    }
    json_set(object, "history", history);
    return object;
}

static json_t *people_line_as_json(const struct rulebook *rulebook, const struct people_line *line)
{
    json_t *object = part_person(rulebook, &line->row, &line->identity);
    json_set_int64(object, "id", line->row.id);
    json_t *nationality = json_object();
    json_set_flag(nationality, "known", line->nationality.len > 0);
    if (line->nationality.len > 0) {
        uint16_t code = 0;
        const bool listed = country_parse(line->nationality, &code);
        const str name = listed ? rulebook_country_name(rulebook, code) : STR("");
        json_set_str(nationality, "value", line->nationality);
        json_set_str(nationality, "text", name.len > 0 ? name : line->nationality);
    }
    json_set(object, "nationality", nationality);
    return object;
}

json_t *resource_people(const struct rulebook *rulebook, const struct people_answer *answer)
{
    json_t *object = json_object();
    json_t *people = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        json_add(people, people_line_as_json(rulebook, &answer->lines[i]));
    }
    json_set(object, "people", people);
    json_set_flag(object, "more", answer->next_after_id != 0);
    if (answer->next_after_id != 0) {
        json_set_int64(object, "next_after", answer->next_after_id);
    }
    json_set(object, "stages", part_stage_counts(rulebook, answer->stages, answer->stage_count));
    return object;
}
