/* Names become what they name; what a way does must be what the rulebook's steps do. */
#include "forecast/scenario_parts.h"

#include "rulebook/names.h"

#include <stdio.h>

enum { NESTING_MAX = 64 };

/* ---- finding by name ---- */

static uint32_t find(const void *items, size_t stride, size_t count, str name)
{
    for (size_t i = 0; i < count; i++) {
        const str *item = (const void *)((const char *)items + i * stride);
        if (str_equal(*item, name)) {
            return (uint32_t)i;
        }
    }
    return NOT_FOUND_INDEX;
}

#define FIND(items, count, name) find((items), sizeof *(items), (count), (name))

static result not_found(const struct named *named, const char *kind, str nearest, struct err *err)
{
    char hint[128] = "";
    if (nearest.len > 0) {
        snprintf(hint, sizeof hint, "Did you mean \"%.*s\"?", STR_ARG(nearest));
    }
    return scenario_refuse(named->at, nearest.len > 0 ? hint : NULL, err, "There is no %s \"%.*s\"",
                           kind, STR_ARG(named->name));
}

static result resolve(struct named *named, const void *items, size_t stride, size_t count,
                      const char *kind, struct err *err)
{
    named->index = find(items, stride, count, named->name);
    if (named->index != NOT_FOUND_INDEX) {
        return result_ok();
    }
    str names[SCENARIO_NUMBERS_MAX];
    for (size_t i = 0; i < count; i++) {
        names[i] = *(const str *)(const void *)((const char *)items + i * stride);
    }
    return not_found(named, kind, names_nearest(names, count, named->name), err);
}

#define RESOLVE(named, items, count, kind, err)                                                    \
    resolve((named), (items), sizeof *(items), (count), (kind), (err))

/* Each name once. */
static result check_unique(const void *items, size_t stride, size_t count, const char *kind,
                           struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const str name = *(const str *)(const void *)((const char *)items + i * stride);
        if (find(items, stride, i, name) != NOT_FOUND_INDEX) {
            return err_set(err, ERROR_INPUT, "There are two %s called \"%.*s\"", kind,
                           STR_ARG(name));
        }
    }
    return result_ok();
}

#define UNIQUE(items, count, kind, err)                                                            \
    check_unique((items), sizeof *(items), (count), (kind), (err))

static result check_names(const struct scenario *scenario, struct err *err)
{
    TRY(UNIQUE(scenario->groups, scenario->group_count, "groups", err));
    TRY(UNIQUE(scenario->numbers, scenario->number_count, "numbers", err));
    TRY(UNIQUE(scenario->measures, scenario->measure_count, "measures", err));
    TRY(UNIQUE(scenario->stations, scenario->station_count, "stations", err));
    TRY(UNIQUE(scenario->stages, scenario->stage_count, "stages", err));
    TRY(UNIQUE(scenario->ways, scenario->way_count, "ways", err));
    TRY(UNIQUE(scenario->arrivals, scenario->arrivals_count, "arrivals", err));
    TRY(UNIQUE(scenario->families, scenario->families_count, "families", err));
    TRY(UNIQUE(scenario->series, scenario->about.series_count, "series", err));
    return UNIQUE(scenario->hubs, scenario->hub_count, "hubs", err);
}

/* ---- numbers ---- */

static result check_sums(struct scenario *scenario, struct err *err)
{
    for (size_t i = 0; i < scenario->node_count; i++) {
        struct sum_node *node = &scenario->nodes[i];
        if (node->kind == SUM_NAME) {
            struct named named = {.name = node->name, .at = node->at};
            TRY(RESOLVE(&named, scenario->numbers, scenario->number_count, "number", err));
            node->item = named.index;
        }
    }
    for (size_t i = 0; i < scenario->change_count; i++) {
        struct change *change = &scenario->changes[i];
        struct named named = {.name = change->name, .at = change->at};
        TRY(RESOLVE(&named, scenario->numbers, scenario->number_count, "number", err));
        change->number = named.index;
    }
    return result_ok();
}

/* A number must not rest on itself, but for a measure that changes it. `resting` is where the
 * number is being looked at, `done` that it was. */
enum looked_at { NOT_YET, RESTING, DONE };

static result check_circle(const struct scenario *scenario, uint32_t sum, enum looked_at *looked,
                           uint32_t allowed, int depth, struct err *err);

static result check_number_circle(const struct scenario *scenario, uint32_t number,
                                  enum looked_at *looked, int depth, struct err *err)
{
    const struct number_item *item = &scenario->numbers[number];
    if (looked[number] == DONE) {
        return result_ok();
    }
    if (looked[number] == RESTING || depth > NESTING_MAX) {
        return scenario_refuse(item->at, "Leave one of the names out of one of the sums", err,
                               "The number \"%.*s\" rests on itself", STR_ARG(item->name));
    }
    looked[number] = RESTING;
    if (item->kind == NUMBER_DEFINED) {
        TRY(check_circle(scenario, item->sum, looked, NOT_FOUND_INDEX, depth, err));
    }
    for (size_t i = 0; i < scenario->change_count; i++) {
        if (scenario->changes[i].number == number) {
            TRY(check_circle(scenario, scenario->changes[i].sum, looked, number, depth, err));
        }
    }
    looked[number] = DONE;
    return result_ok();
}

static result check_circle(const struct scenario *scenario, uint32_t sum, enum looked_at *looked,
                           uint32_t allowed, int depth, struct err *err)
{
    const struct sum_node *node = &scenario->nodes[sum];
    switch (node->kind) {
    case SUM_NUMBER:
        return result_ok();
    case SUM_NAME:
        return node->item == allowed
                   ? result_ok()
                   : check_number_circle(scenario, node->item, looked, depth + 1, err);
    case SUM_PLUS:
    case SUM_LESS:
    case SUM_TIMES:
    case SUM_OVER:
        TRY(check_circle(scenario, node->left, looked, allowed, depth, err));
        return check_circle(scenario, node->right, looked, allowed, depth, err);
    }
    return result_ok();
}

static result check_circles(const struct scenario *scenario, struct err *err)
{
    enum looked_at looked[SCENARIO_NUMBERS_MAX] = {NOT_YET};
    for (uint32_t i = 0; i < scenario->number_count; i++) {
        TRY(check_number_circle(scenario, i, looked, 0, err));
    }
    return result_ok();
}

/* ---- families ---- */

static result check_families_line(const struct scenario *scenario, struct families_line *line,
                                  struct err *err)
{
    return line->families.name.len == 0 ? result_ok()
                                        : RESOLVE(&line->families, scenario->families,
                                                  scenario->families_count, "families", err);
}

static result check_families(struct scenario *scenario, struct err *err)
{
    for (size_t i = 0; i < scenario->arrivals_count; i++) {
        TRY(check_families_line(scenario, &scenario->arrivals[i].families, err));
    }
    for (size_t i = 0; i < scenario->stage_count; i++) {
        TRY(check_families_line(scenario, &scenario->stages[i].families, err));
    }
    return result_ok();
}

/* ---- the procedure ---- */

static result check_stages(struct scenario *scenario, struct err *err)
{
    const struct rulebook *rulebook = scenario->rulebook;
    for (size_t i = 0; i < scenario->stage_count; i++) {
        struct stage_item *stage = &scenario->stages[i];
        stage->rulebook_stage = rulebook_stage(rulebook, stage->name);
        if (stage->rulebook_stage == NOT_FOUND_INDEX) {
            const struct named named = {.name = stage->name, .at = stage->at};
            return not_found(&named, "stage of the rulebook", STR(""), err);
        }
        if (stage->holds.name.len > 0) {
            TRY(RESOLVE(&stage->holds, scenario->stations, scenario->station_count, "station",
                        err));
        }
    }
    return result_ok();
}

/* The step leads from the one stage to the other, by the rulebook. */
static result check_branch(struct scenario *scenario, const struct way_item *way,
                           struct branch_item *branch, struct err *err)
{
    const struct rulebook *rulebook = scenario->rulebook;
    TRY(RESOLVE(&branch->to, scenario->stages, scenario->stage_count, "stage", err));
    branch->step.index = rulebook_step(rulebook, branch->step.name);
    if (branch->step.index == NOT_FOUND_INDEX) {
        return not_found(&branch->step, "step of the rulebook",
                         rulebook_nearest_step(rulebook, branch->step.name), err);
    }
    const struct step *step = &rulebook->steps[branch->step.index];
    const uint32_t from = scenario->stages[way->from.index].rulebook_stage;
    const uint32_t to = scenario->stages[branch->to.index].rulebook_stage;
    if (!rulebook_step_leaves(rulebook, step, from)) {
        return scenario_refuse(branch->step.at, "See the step's line `from` in the rulebook", err,
                               "The step \"%.*s\" does not lead from the stage \"%.*s\"",
                               STR_ARG(branch->step.name), STR_ARG(way->from.name));
    }
    if ((step->same_stage ? from : step->to) != to) {
        return scenario_refuse(branch->to.at, "See the step's line `to` in the rulebook", err,
                               "The step \"%.*s\" does not lead to the stage \"%.*s\"",
                               STR_ARG(branch->step.name), STR_ARG(branch->to.name));
    }
    return result_ok();
}

/* Notice and approvals are what the rulebook says they are; how long somebody takes to approve is
 * the scenario's. */
static result check_asking(const struct scenario *scenario, struct way_item *way, struct err *err)
{
    const struct rulebook *rulebook = scenario->rulebook;
    const struct branch_item *branch = &scenario->branches[way->first_branch];
    const bool asks = way->notice.name.len > 0 || way->approving.mean != NO_SUM;
    if (asks && way->hub.name.len == 0) {
        return scenario_refuse(way->at, "Say with `judged at` which hub is asked about", err,
                               "The way \"%.*s\" has notice or approvals, and is not judged",
                               STR_ARG(way->name));
    }
    if (way->approving.mean != NO_SUM && rulebook->steps[branch->step.index].approval_count == 0) {
        return scenario_refuse(branch->step.at, "See the step's line `approved by` in the rulebook",
                               err, "The step \"%.*s\" needs nobody's approval",
                               STR_ARG(branch->step.name));
    }
    if (way->notice.name.len == 0) {
        return result_ok();
    }
    way->notice.index = rulebook_clock(rulebook, way->notice.name);
    if (way->notice.index == NOT_FOUND_INDEX) {
        return not_found(&way->notice, "clock of the rulebook", STR(""), err);
    }
    return rulebook->clocks[way->notice.index].run_count == 1
               ? result_ok()
               : scenario_refuse(way->notice.at, "Name a clock with one line `runs`", err,
                                 "How long \"%.*s\" runs depends on more than the day of notice",
                                 STR_ARG(way->notice.name));
}

static result check_ways(struct scenario *scenario, struct err *err)
{
    for (size_t i = 0; i < scenario->way_count; i++) {
        struct way_item *way = &scenario->ways[i];
        TRY(RESOLVE(&way->from, scenario->stages, scenario->stage_count, "stage", err));
        if (way->kind == WAY_WHEN_SERVED) {
            TRY(RESOLVE(&way->station, scenario->stations, scenario->station_count, "station",
                        err));
        }
        if (way->hub.name.len > 0) {
            TRY(RESOLVE(&way->hub, scenario->hubs, scenario->hub_count, "hub", err));
            if (way->branch_count != 1) {
                return scenario_refuse(way->at, "Make a way for each step", err,
                                       "The way \"%.*s\" is judged, and has more steps than one",
                                       STR_ARG(way->name));
            }
        }
        for (uint32_t j = 0; j < way->branch_count; j++) {
            TRY(check_branch(scenario, way, &scenario->branches[way->first_branch + j], err));
        }
        TRY(check_asking(scenario, way, err));
    }
    /* The order of ways in the procedure: stage by stage. */
    uint32_t index = 0;
    for (uint32_t stage = 0; stage < scenario->stage_count; stage++) {
        for (size_t i = 0; i < scenario->way_count; i++) {
            if (scenario->ways[i].from.index == stage) {
                scenario->ways[i].index = index++;
            }
        }
    }
    return result_ok();
}

static result check_terms(struct scenario *scenario, struct err *err)
{
    for (size_t i = 0; i < scenario->term_count; i++) {
        struct term_item *term = &scenario->terms[i];
        switch (term->kind) {
        case TERM_ARRIVALS:
            TRY(RESOLVE(&term->what, scenario->arrivals, scenario->arrivals_count, "arrivals",
                        err));
            break;
        case TERM_STEP:
            term->what.index = rulebook_step(scenario->rulebook, term->what.name);
            if (term->what.index == NOT_FOUND_INDEX) {
                return not_found(&term->what, "step of the rulebook",
                                 rulebook_nearest_step(scenario->rulebook, term->what.name), err);
            }
            break;
        case TERM_STAGE:
        case TERM_STAGE_LONG:
        case TERM_IN_FAMILIES:
        case TERM_STAGE_DAYS:
            TRY(RESOLVE(&term->what, scenario->stages, scenario->stage_count, "stage", err));
            break;
        case TERM_PLACES:
        case TERM_TAKEN:
        case TERM_IDLE:
        case TERM_PLACE_DAYS:
            TRY(RESOLVE(&term->what, scenario->stations, scenario->station_count, "station", err));
            break;
        case TERM_HELD_BY_LAW:
            TRY(RESOLVE(&term->what, scenario->ways, scenario->way_count, "way", err));
            term->what.index = scenario->ways[term->what.index].index;
            break;
        }
    }
    return result_ok();
}

/* ---- facts ---- */

static result check_fact_name(const struct scenario *scenario, const struct named *named,
                              bool of_person, uint32_t *ret_fact, struct err *err)
{
    const struct rulebook *rulebook = scenario->rulebook;
    *ret_fact = rulebook_fact(rulebook, named->name);
    if (*ret_fact == NOT_FOUND_INDEX) {
        return not_found(named, "fact", rulebook_nearest_fact(rulebook, named->name), err);
    }
    if ((rulebook->facts[*ret_fact].subject == SUBJECT_PERSON) != of_person) {
        return scenario_refuse(named->at, NULL, err, "The fact \"%.*s\" is not about a %s",
                               STR_ARG(named->name), of_person ? "person" : "hub or an agreement");
    }
    return result_ok();
}

static result check_value(const struct scenario *scenario, uint32_t fact, str text,
                          struct place_in_text at, struct arena *arena, struct value *ret_value,
                          struct err *err)
{
    struct err why = {0};
    const result parsed = value_parse(scenario->rulebook, &scenario->rulebook->facts[fact], text,
                                      arena, ret_value, &why);
    return parsed.ok ? parsed : scenario_refuse(at, why.hint, err, "%s", why.what);
}

/* A value that is given is of the fact's type. */
static result check_given(const struct scenario *scenario, const struct named *fact,
                          struct given *given, struct arena *arena, struct err *err)
{
    const enum fact_type type = scenario->rulebook->facts[fact->index].type;
    bool fits = true;
    switch (given->kind) {
    case GIVEN_TEXT:
        return check_value(scenario, fact->index, given->text, fact->at, arena, &given->value, err);
    case GIVEN_DAY:
        fits = type == FACT_DATE;
        break;
    case GIVEN_NATIONALITY:
        fits = type == FACT_COUNTRY || type == FACT_COUNTRIES;
        break;
    }
    return fits ? result_ok()
                : scenario_refuse(fact->at, NULL, err, "The fact \"%.*s\" is of another type",
                                  STR_ARG(fact->name));
}

static result check_hub_facts(struct scenario *scenario, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < scenario->hub_fact_count; i++) {
        struct hub_fact *line = &scenario->hub_facts[i];
        TRY(check_fact_name(scenario, &line->fact, false, &line->fact.index, err));
        TRY(check_given(scenario, &line->fact, &line->given, arena, err));
    }
    return result_ok();
}

static result check_facts(struct scenario *scenario, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < scenario->fact_count; i++) {
        struct fact_line *line = &scenario->facts[i];
        line->stage = PROCEDURE_NONE;
        if (line->stage_name.len > 0) {
            struct named stage = {.name = line->stage_name, .at = line->fact.at};
            TRY(RESOLVE(&stage, scenario->stages, scenario->stage_count, "stage", err));
            line->stage = stage.index;
        }
        TRY(check_fact_name(scenario, &line->fact, true, &line->fact.index, err));
        TRY(check_given(scenario, &line->fact, &line->given, arena, err));
    }
    return result_ok();
}

bool scenario_is_outcome(const struct scenario *scenario, uint32_t stage)
{
    bool left = false;
    for (size_t i = 0; i < scenario->way_count; i++) {
        left = left || scenario->ways[i].from.index == stage;
    }
    return scenario->rulebook->stages[scenario->stages[stage].rulebook_stage].outcome && !left;
}

static result check_whole(const struct scenario *scenario, struct err *err)
{
    if (!scenario->has_begins || scenario->about.quarter_count == 0) {
        return err_set(err, ERROR_INPUT,
                       "The scenario does not say `begins` with a day and `quarters` how many");
    }
    const struct civil begins = date_to_civil(scenario->about.begins);
    if (begins.day != 1 || begins.month % 3 != 1) {
        return err_set(err, ERROR_INPUT, "A scenario begins on the first day of a quarter");
    }
    if (!str_equal(scenario->rulebook_name, scenario->rulebook->name)) {
        return err_set(err, ERROR_INPUT, "The scenario is of the rulebook \"%.*s\", not \"%.*s\"",
                       STR_ARG(scenario->rulebook_name), STR_ARG(scenario->rulebook->name));
    }
    if (scenario->group_count == 0) {
        return err_set(err, ERROR_INPUT, "The scenario has no group of people");
    }
    return result_ok();
}

result scenario_check(struct scenario *scenario, struct arena *arena, struct err *err)
{
    TRY(check_whole(scenario, err));
    TRY(check_names(scenario, err));
    TRY(check_sums(scenario, err));
    TRY(check_circles(scenario, err));
    TRY(check_stages(scenario, err));
    TRY(check_ways(scenario, err));
    for (size_t i = 0; i < scenario->arrivals_count; i++) {
        TRY(RESOLVE(&scenario->arrivals[i].to, scenario->stages, scenario->stage_count, "stage",
                    err));
    }
    TRY(check_families(scenario, err));
    TRY(check_terms(scenario, err));
    TRY(check_hub_facts(scenario, arena, err));
    return check_facts(scenario, arena, err);
}
