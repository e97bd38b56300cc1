#include "web/resource_part.h"

static str condition_text(const struct rulebook *rulebook, node_index condition,
                          struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 8 * 1024);
    explain_condition_text(rulebook, condition, &buf);
    return buf_str(&buf);
}

static json_t *safeguard_as_json(const struct rulebook *rulebook, const struct safeguard *safeguard)
{
    PART_ARENA arena = part_memory();
    json_t *object = json_object();
    json_set_str(object, "name", safeguard->name);
    json_set_str(object, "title", safeguard->title);
    json_set_str(object, "section", safeguard->section);
    json_set_str(object, "reason", safeguard->reason);
    json_set(object, "sources", part_sources(safeguard->sources, safeguard->source_count));
    json_set_str(object, "clear_when", condition_text(rulebook, safeguard->clear_when, &arena));
    json_t *guards = json_array();
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        json_add(guards, part_step(rulebook, rulebook->steps[safeguard->guards[i]].name));
    }
    json_set(object, "guards", guards);
    return object;
}

static json_t *step_as_json(const struct rulebook *rulebook, const struct step *step)
{
    json_t *object = part_step(rulebook, step->name);
    json_set_str(object, "section", step->section);
    json_set_flag(object, "from_any", step->from_any);
    json_t *from = json_array();
    for (size_t i = 0; i < step->from_count; i++) {
        json_add(from, part_stage(rulebook, rulebook->stages[step->from[i]].name));
    }
    json_set(object, "from", from);
    json_set_flag(object, "same_stage", step->same_stage);
    if (!step->same_stage) {
        json_set(object, "to", part_stage(rulebook, rulebook->stages[step->to].name));
    }
    json_set_flag(object, "with_hub", step->with_hub);
    json_set_flag(object, "takes_place", step->place == STEP_PLACE_TAKES);
    json_set_flag(object, "frees_place", step->place == STEP_PLACE_FREES);
    json_t *approvals = json_array();
    for (size_t i = 0; i < step->approval_count; i++) {
        json_add(approvals, part_role(rulebook, rulebook->roles[step->approvals[i]].name));
    }
    json_set(object, "approvals", approvals);
    json_t *safeguards = json_array();
    for (size_t i = 0; i < step->safeguard_count; i++) {
        json_add(safeguards,
                 part_safeguard_name(rulebook, rulebook->safeguards[step->safeguards[i]].name));
    }
    json_set(object, "safeguards", safeguards);
    return object;
}

static json_t *clock_as_json(const struct rulebook *rulebook, const struct clock *clock)
{
    json_t *object = json_object();
    json_set_str(object, "name", clock->name);
    json_set_str(object, "title", clock->title);
    json_set_str(object, "section", clock->section);
    json_set_str(object, "due_to", clock->due_to);
    if (clock->due_from != NOT_FOUND_INDEX) {
        json_set(object, "due_from", part_role(rulebook, rulebook->roles[clock->due_from].name));
    }
    json_set(object, "sources", part_sources(clock->sources, clock->source_count));
    return object;
}

json_t *resource_rulebook(const struct rulebook *rulebook)
{
    char identity[SHA256_HEX_SIZE];
    json_t *object = json_object();
    json_set_str(object, "name", rulebook->name);
    json_set_str(object, "title", rulebook->title);
    json_set(object, "in_force_from", json_of_date(rulebook->in_force_from));
    sha256_hex(&rulebook->identity, identity);
    json_set(object, "identity", json_string(identity));
    json_t *safeguards = json_array();
    for (size_t i = 0; i < rulebook->safeguard_count; i++) {
        json_add(safeguards, safeguard_as_json(rulebook, &rulebook->safeguards[i]));
    }
    json_set(object, "safeguards", safeguards);
    json_t *steps = json_array();
    for (size_t i = 0; i < rulebook->step_count; i++) {
        json_add(steps, step_as_json(rulebook, &rulebook->steps[i]));
    }
    json_set(object, "steps", steps);
    json_t *clocks = json_array();
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        json_add(clocks, clock_as_json(rulebook, &rulebook->clocks[i]));
    }
    json_set(object, "clocks", clocks);
    json_t *stages = json_array();
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        json_add(stages, part_stage(rulebook, rulebook->stages[i].name));
    }
    json_set(object, "stages", stages);
    return object;
}
