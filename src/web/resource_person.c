#include "casework/history.h"
#include "web/resource_fact.h"
#include "web/resource_part.h"

#include "register/entry.h"

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
static void out_verdicts(struct json_out *out, const char *key, const struct step *step,
                         const enum clearance *each)
{
    int64_t counts[] = {[CLEARANCE_CLEAR] = 0, [CLEARANCE_BARRED] = 0, [CLEARANCE_UNKNOWN] = 0};
    for (size_t i = 0; i < step->safeguard_count; i++) {
        counts[each[i]]++;
    }
    json_out_object(out, key);
    json_out_int64(out, "barred", counts[CLEARANCE_BARRED]);
    json_out_int64(out, "clear", counts[CLEARANCE_CLEAR]);
    json_out_int64(out, "unknown", counts[CLEARANCE_UNKNOWN]);
    json_out_end(out);
}

static void out_next_step(struct json_out *out, const struct rulebook *rulebook,
                          const struct next_step *next)
{
    const struct step *step = &rulebook->steps[next->step];
    json_out_object(out, NULL);
    json_out_int64(out, "approvals_needed", (int64_t)step->approval_count);
    json_out_c(out, "clearance", clearance_name(next->clearance));
    if (next->held_by != 0) {
        json_out_int64(out, "held_by", next->held_by);
    }
    out_hub_name(out, "hub", &next->hub);
    json_out_flag(out, "needs_hub", step->with_hub);
    out_verdicts(out, "safeguards", step, next->each);
    json_out_flag(out, "same_stage", step->same_stage);
    json_out_str(out, "section", step->section);
    json_out_str(out, "step", step->name);
    json_out_str(out, "title", step->title);
    if (!step->same_stage) {
        out_stage(out, "to", rulebook, rulebook->stages[step->to].name);
    }
    json_out_flag(out, "with_hub", next->hub.id != 0);
    json_out_end(out);
}

static void out_next_steps(struct json_out *out, const char *key, const struct rulebook *rulebook,
                           const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->next_step_count; i++) {
        out_next_step(out, rulebook, &answer->next_steps[i]);
    }
    json_out_end(out);
}

/* What is entered in the books, and has its step to come. */
static void out_foretold(struct json_out *out, const char *key, const struct rulebook *rulebook,
                         const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->foretold_count; i++) {
        const struct foretold *foretold = &answer->foretold[i];
        const struct step *step = &rulebook->steps[foretold->step];
        json_out_object(out, NULL);
        json_out_int64(out, "entry", foretold->entry);
        json_out_flag(out, "in_sight", !foretold->out_of_sight);
        json_out_str(out, "kind", foretold->kind);
        json_out_str(out, "step", step->name);
        json_out_str(out, "step_title", step->title);
        json_out_c(out, "title", entry_kind_title(entry_kind_from_name(foretold->kind)));
        out_stage(out, "to", rulebook, rulebook->stages[step->to].name);
        json_out_end(out);
    }
    json_out_end(out);
}

static void out_requests(struct json_out *out, const char *key, const struct rulebook *rulebook,
                         const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->request_count; i++) {
        const struct hub_row hub = hub_named(answer, answer->requests[i].hub);
        json_out_object(out, NULL);
        out_hub_name(out, "hub", &hub);
        out_request_members(out, rulebook, &answer->requests[i]);
        json_out_end(out);
    }
    json_out_end(out);
}

static void out_family(struct json_out *out, const char *key, const struct rulebook *rulebook,
                       const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->family_count; i++) {
        json_out_object(out, NULL);
        out_person_members(out, rulebook, &answer->family[i], &answer->family_identities[i]);
        json_out_end(out);
    }
    json_out_end(out);
}

/* What is recorded, and what the register counts; what nobody said anything of is told by the
 * numbers of the sections. */
static void out_known_facts(struct json_out *out, const char *key, const struct rulebook *rulebook,
                            const struct known_fact *known, const struct fact_texts *texts)
{
    PART_ARENA arena = part_memory();
    json_out_array(out, key);
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        struct known_fact one = known[i]; /* of one that is not known the index may be missing */
        one.fact = i;
        if (rulebook->facts[i].subject == SUBJECT_PERSON && (one.row != NULL || one.value.known)) {
            out_known_fact(out, NULL, rulebook, &one, texts, arena);
        }
    }
    json_out_end(out);
}

/* Facts of one section; sections stand in the order of their first facts. */
struct section {
    str title;
    int64_t known;
    int64_t facts;
    int64_t recordable;
};

static struct section *section_of(struct section *sections, size_t *count, str title)
{
    for (size_t i = *count; i > 0; i--) { /* nearly always the last */
        if (str_equal(sections[i - 1].title, title)) {
            return &sections[i - 1];
        }
    }
    sections[*count] = (struct section){.title = title};
    return &sections[(*count)++];
}

static void out_sections(struct json_out *out, const char *key, const struct rulebook *rulebook,
                         const struct known_fact *known)
{
    PART_ARENA arena = part_memory_of((rulebook->fact_count + 1) * sizeof(struct section));
    struct section *sections = ARENA_NEW(&arena, struct section, rulebook->fact_count);
    size_t count = 0;
    for (size_t i = 0; sections != NULL && i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        if (fact->subject == SUBJECT_PERSON) {
            struct section *section = section_of(sections, &count, fact->section);
            section->facts++;
            section->recordable += casework_fact_is_recorded(fact) ? 1 : 0;
            section->known += known[i].value.known ? 1 : 0;
        }
    }
    json_out_array(out, key);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_int64(out, "facts", sections[i].facts);
        json_out_int64(out, "known", sections[i].known);
        json_out_int64(out, "recordable", sections[i].recordable);
        json_out_str(out, "title", sections[i].title);
        json_out_end(out);
    }
    json_out_end(out);
}

/* The stages that the person passed, newest first, as far as the history at hand reaches. */
static void out_passed(struct json_out *out, const char *key, const struct rulebook *rulebook,
                       const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->passage_count; i++) {
        const struct event *event = &answer->passages[i];
        const bool registered = event->kind == EVENT_PERSON_REGISTERED;
        json_out_object(out, NULL);
        if (!registered) {
            out_stage(out, "from", rulebook, event->body.step_taken.from);
        }
        json_out_date(out, "on",
                      registered && event->body.person_registered.stage_since.known
                          ? event->body.person_registered.stage_since.day
                          : event->effective_on);
        out_stage(out, "to", rulebook,
                  registered ? event->body.person_registered.stage : event->body.step_taken.to);
        json_out_end(out);
    }
    json_out_end(out);
}

static void out_privacy(struct json_out *out, const char *key, const struct person_row *person)
{
    json_out_object(out, key);
    json_out_flag(out, "erased", person->erased);
    json_out_flag(out, "erasure_requested", person->erasure_request != 0);
    json_out_int64(out, "holds", person->holds);
    json_out_flag(out, "restricted", person->restricted);
    json_out_end(out);
}

static void out_clocks(struct json_out *out, const char *key, const struct rulebook *rulebook,
                       const struct person_answer *answer)
{
    json_out_array(out, key);
    for (size_t i = 0; i < answer->clock_count; i++) {
        out_clock(out, NULL, rulebook, &answer->clocks[i]);
    }
    json_out_end(out);
}

static void out_history(struct json_out *out, const char *key, const struct rulebook *rulebook,
                        const struct person_answer *answer)
{
    PART_ARENA arena = part_memory();
    json_out_array(out, key);
    for (size_t i = 0; i < answer->history_count; i++) {
        out_history_line(out, NULL, rulebook, &answer->history[i], arena);
    }
    json_out_end(out);
}

void out_person(struct json_out *out, const struct rulebook *rulebook,
                const struct person_answer *answer, unsigned parts, const struct fact_texts *texts)
{
    const struct case_view *view = &answer->view;
    const struct hub_row hub = hub_named(answer, view->person.hub);
    json_out_object(out, NULL);
    out_arrival_members(out, &answer->arrival);
    out_person_members(out, rulebook, &view->person, &view->identity);
    if (answer->born_on_in_facts.known) {
        json_out_date(out, "born_on_in_facts", answer->born_on_in_facts.day);
    }
    out_clocks(out, "clocks", rulebook, answer);
    out_sections(out, "fact_sections", rulebook, view->facts);
    if ((parts & PERSON_FACTS) != 0) {
        out_known_facts(out, "facts", rulebook, view->facts, texts);
    }
    out_family(out, "family", rulebook, answer);
    if (answer->foretold_count > 0) {
        out_foretold(out, "foretold", rulebook, answer);
    }
    out_history(out, "history", rulebook, answer);
    json_out_flag(out, "history_more", answer->history_more);
    out_hub_name(out, "hub", &hub);
    if ((parts & PERSON_KNOWN_AT) != 0) {
        json_out_instant(out, "known_at", view->known_at);
    }
    out_next_steps(out, "next_steps", rulebook, answer);
    json_out_date(out, "on", view->on);
    out_passed(out, "passed", rulebook, answer);
    out_privacy(out, "privacy", &view->person);
    out_requests(out, "requests", rulebook, answer);
    json_out_end(out);
}

json_t *resource_person(const struct rulebook *rulebook, const struct person_answer *answer,
                        unsigned parts)
{
    struct json_out out = json_out_tree();
    out_person(&out, rulebook, answer, parts, NULL);
    return out.tree;
}

/* --- pages of their own ----------------------------------------------------------------------- */

json_t *resource_person_facts(const struct rulebook *rulebook, const struct person_answer *answer)
{
    const struct case_view *view = &answer->view;
    json_t *object =
        part_person_arriving(rulebook, &view->person, &view->identity, &answer->arrival);
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "known_at", json_of_instant(view->known_at));
    json_set(object, "facts", part_facts_of(rulebook, view->facts, SUBJECT_PERSON));
    return object;
}

json_t *resource_history(const struct rulebook *rulebook, const struct history_answer *answer)
{
    json_t *object =
        part_person_arriving(rulebook, &answer->person, &answer->identity, &answer->arrival);
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
    json_t *object =
        part_person_arriving(rulebook, &view->person, &view->identity, &answer->arrival);
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
        json_set_str(nationality, "value", line->nationality);
        json_set_str(nationality, "text", part_country_name(rulebook, line->nationality));
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
