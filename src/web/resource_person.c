#include "casework/history.h"
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

/* How many of the step's safeguards stand how. Which, and why, is told by the step's own address.
 */
static json_t *verdicts_of(const struct step *step, const enum clearance *each)
{
    int64_t counts[] = {[CLEARANCE_CLEAR] = 0, [CLEARANCE_BARRED] = 0, [CLEARANCE_UNKNOWN] = 0};
    for (size_t i = 0; i < step->safeguard_count; i++) {
        counts[each[i]]++;
    }
    json_t *object = json_object();
    json_set_int64(object, "clear", counts[CLEARANCE_CLEAR]);
    json_set_int64(object, "barred", counts[CLEARANCE_BARRED]);
    json_set_int64(object, "unknown", counts[CLEARANCE_UNKNOWN]);
    return object;
}

static json_t *next_step_as_json(const struct rulebook *rulebook, const struct next_step *next)
{
    const struct step *step = &rulebook->steps[next->step];
    json_t *object = json_object();
    json_set_str(object, "step", step->name);
    json_set_str(object, "title", step->title);
    json_set_str(object, "section", step->section);
    json_set(object, "clearance", json_string(clearance_name(next->clearance)));
    json_set(object, "safeguards", verdicts_of(step, next->each));
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
        json_add(list, next_step_as_json(rulebook, &answer->next_steps[i]));
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

/* What is recorded, and what the register counts; what nobody said anything of is told by the
 * numbers of the sections. */
static json_t *known_facts_of(const struct rulebook *rulebook, const struct known_fact *known)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        struct known_fact one = known[i]; /* of one that is not known the index may be missing */
        one.fact = i;
        if (rulebook->facts[i].subject == SUBJECT_PERSON && (one.row != NULL || one.value.known)) {
            json_add(list, part_known_fact(rulebook, &one));
        }
    }
    return list;
}

static json_t *section_of(json_t *sections, str title)
{
    size_t index;
    json_t *section;
    json_array_foreach(sections, index, section)
    {
        if (str_equal(json_str_or_empty(section, "title"), title)) {
            return section;
        }
    }
    section = json_object();
    json_set_str(section, "title", title);
    json_set_int64(section, "known", 0);
    json_set_int64(section, "facts", 0);
    json_add(sections, section);
    return section;
}

static void count_up(json_t *object, const char *key)
{
    json_set_int64(object, key, json_integer_value(json_object_get(object, key)) + 1);
}

static json_t *sections_of(const struct rulebook *rulebook, const struct known_fact *known)
{
    json_t *sections = json_array();
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        if (fact->subject == SUBJECT_PERSON) {
            json_t *section = section_of(sections, fact->section);
            count_up(section, "facts");
            if (known[i].value.known) {
                count_up(section, "known");
            }
        }
    }
    return sections;
}

/* The stages that the person passed, newest first, as far as the history at hand reaches. */
static json_t *passed_of(const struct rulebook *rulebook, const struct person_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->passage_count; i++) {
        const struct event *event = &answer->passages[i];
        const bool registered = event->kind == EVENT_PERSON_REGISTERED;
        json_t *line = json_object();
        if (!registered) {
            json_set(line, "from", part_stage(rulebook, event->body.step_taken.from));
        }
        json_set(line, "to",
                 part_stage(rulebook, registered ? event->body.person_registered.stage
                                                 : event->body.step_taken.to));
        json_set(line, "on", json_of_date(event->effective_on));
        json_add(list, line);
    }
    return list;
}

static json_t *privacy_of(const struct person_row *person)
{
    json_t *object = json_object();
    json_set_int64(object, "holds", person->holds);
    json_set_flag(object, "restricted", person->restricted);
    json_set_flag(object, "erasure_requested", person->erasure_request != 0);
    json_set_flag(object, "erased", person->erased);
    return object;
}

static json_t *clocks_of(const struct rulebook *rulebook, const struct person_answer *answer)
{
    json_t *clocks = json_array();
    for (size_t i = 0; i < answer->clock_count; i++) {
        json_add(clocks, part_clock(rulebook, &answer->clocks[i]));
    }
    return clocks;
}

json_t *resource_person(const struct rulebook *rulebook, const struct person_answer *answer)
{
    const struct case_view *view = &answer->view;
    json_t *object = part_person(rulebook, &view->person, &view->identity);
    const struct hub_row hub = hub_named(answer, view->person.hub);
    json_set(object, "hub", part_hub_name(&hub));
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "privacy", privacy_of(&view->person));
    json_set(object, "next_steps", next_steps_of(rulebook, answer));
    json_set(object, "facts", known_facts_of(rulebook, view->facts));
    json_set(object, "fact_sections", sections_of(rulebook, view->facts));
    json_set(object, "requests", requests_of(rulebook, answer));
    json_set(object, "family", family_of(rulebook, answer));
    json_set(object, "clocks", clocks_of(rulebook, answer));
    json_set(object, "passed", passed_of(rulebook, answer));
    json_t *history = json_array();
    for (size_t i = 0; i < answer->history_count; i++) {
        json_add(history, part_history_line(rulebook, &answer->history[i]));
    }
    json_set(object, "history", history);
    json_set_flag(object, "history_more", answer->history_more);
    return object;
}

/* --- pages of their own ----------------------------------------------------------------------- */

json_t *resource_person_facts(const struct rulebook *rulebook, const struct person_answer *answer)
{
    const struct case_view *view = &answer->view;
    json_t *object = part_person(rulebook, &view->person, &view->identity);
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "facts", part_facts_of(rulebook, view->facts, SUBJECT_PERSON));
    return object;
}

json_t *resource_history(const struct rulebook *rulebook, const struct history_answer *answer)
{
    json_t *object = part_person(rulebook, &answer->person, &answer->identity);
    json_t *history = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        json_t *line = part_history_line(rulebook, &answer->lines[i]);
        json_set(line, "topic",
                 json_string(history_topic_name(history_topic_of(answer->lines[i].event.kind))));
        json_add(history, line);
    }
    json_set(object, "known_at", json_of_instant(answer->known_at));
    json_set(object, "history", history);
    json_set_flag(object, "more", answer->next_before != 0);
    if (answer->next_before != 0) {
        json_set_int64(object, "next_before", answer->next_before);
    }
    return object;
}

/* Of one safeguard: how it stands for each next step that it guards. What it says of the person at
 * every hub alike is said once. */
static json_t *guarded_steps(const struct rulebook *rulebook, const struct person_answer *answer,
                             uint32_t safeguard, enum clearance clearance)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->next_step_count; i++) {
        const struct next_step *next = &answer->next_steps[i];
        const struct step *step = &rulebook->steps[next->step];
        for (size_t k = 0; k < step->safeguard_count; k++) {
            if (step->safeguards[k] == safeguard && next->each[k] == clearance) {
                json_t *line = part_step(rulebook, step->name);
                json_set(line, "hub", part_hub_name(&next->hub));
                json_add(list, line);
            }
        }
    }
    return list;
}

static void add_safeguard(const struct rulebook *rulebook, const struct person_answer *answer,
                          uint32_t index, enum clearance clearance, json_t *list)
{
    const struct safeguard *safeguard = &rulebook->safeguards[index];
    json_t *steps = guarded_steps(rulebook, answer, index, clearance);
    if (json_array_size(steps) == 0) {
        json_decref(steps);
        return;
    }
    json_t *object = part_safeguard_name(rulebook, safeguard->name);
    json_set_str(object, "section", safeguard->section);
    json_set(object, "clearance", json_string(clearance_name(clearance)));
    json_set(object, "sources", part_sources(safeguard->sources, safeguard->source_count));
    json_set(object, "steps", steps);
    json_add(list, object);
}

json_t *resource_person_safeguards(const struct rulebook *rulebook,
                                   const struct person_answer *answer)
{
    static const enum clearance order[] = {CLEARANCE_BARRED, CLEARANCE_UNKNOWN, CLEARANCE_CLEAR};
    const struct case_view *view = &answer->view;
    json_t *object = part_person(rulebook, &view->person, &view->identity);
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (uint32_t index = 0; index < rulebook->safeguard_count; index++) {
            add_safeguard(rulebook, answer, index, order[i], list);
        }
    }
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "safeguards", list);
    return object;
}

/* --- the list --------------------------------------------------------------------------------- */

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
    json_set_flag(object, "alike", answer->alike);
    json_set_flag(object, "more", answer->next_after_id != 0);
    if (answer->next_after_id != 0) {
        json_set_int64(object, "next_after", answer->next_after_id);
    }
    json_set(object, "stages", part_stage_counts(rulebook, answer->stages, answer->stage_count));
    return object;
}
