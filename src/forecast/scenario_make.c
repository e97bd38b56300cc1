#include "forecast/law.h"

#include <math.h>
#include <string.h>

enum { JUDGED_EVERY_DAYS = 28 };

/* ---- loading ---- */

static result scenario_room(struct scenario *scenario, struct arena *arena, struct err *err)
{
    scenario->groups = ARENA_NEW(arena, struct group_item, SCENARIO_GROUPS_MAX);
    scenario->numbers = ARENA_NEW(arena, struct number_item, SCENARIO_NUMBERS_MAX);
    scenario->changes = ARENA_NEW(arena, struct change, SCENARIO_CHANGES_MAX);
    scenario->measures = ARENA_NEW(arena, struct measure_item, SCENARIO_MEASURES_MAX);
    scenario->nodes = ARENA_NEW(arena, struct sum_node, SCENARIO_NODES_MAX);
    scenario->stations = ARENA_NEW(arena, struct station_item, PROCEDURE_STATIONS_MAX);
    scenario->stages = ARENA_NEW(arena, struct stage_item, PROCEDURE_STAGES_MAX);
    scenario->stock = ARENA_NEW(arena, struct stock_line, STOCK_LINES_MAX);
    scenario->ways = ARENA_NEW(arena, struct way_item, PROCEDURE_WAYS_MAX);
    scenario->branches = ARENA_NEW(arena, struct branch_item, BRANCH_ITEMS_MAX);
    scenario->arrivals = ARENA_NEW(arena, struct arrivals_item, PROCEDURE_STAGES_MAX);
    scenario->families = ARENA_NEW(arena, struct families_item, PROCEDURE_FAMILY_KINDS_MAX);
    scenario->family_kinds = ARENA_NEW(arena, struct family_item, PROCEDURE_FAMILY_KINDS_MAX);
    scenario->series = ARENA_NEW(arena, struct scenario_series, PROCEDURE_SERIES_MAX);
    scenario->terms = ARENA_NEW(arena, struct term_item, TERMS_MAX);
    scenario->hubs = ARENA_NEW(arena, struct named, PROCEDURE_STATIONS_MAX);
    scenario->hub_facts = ARENA_NEW(arena, struct hub_fact, HUB_FACTS_MAX);
    /* Arenas fill in order: the last is there only when all are. */
    scenario->facts = ARENA_NEW(arena, struct fact_line, SCENARIO_FACTS_MAX);
    return scenario->facts == NULL ? arena_full(err) : result_ok();
}

static str says(const struct number_item *item, struct arena *arena)
{
    switch (item->assumption) {
    case ASSUMED_EXACTLY:
        return arena_format(arena, "exactly %g", item->a);
    case ASSUMED_BETWEEN:
        return arena_format(arena, "between %g and %g", item->a, item->b);
    case ASSUMED_LOGNORMAL:
        return arena_format(arena, "lognormal, median %g, spread %g", item->a, item->b);
    case ASSUMED_WALK:
        return arena_format(arena, "a walk, spread %g, keeps %g", item->a, item->b);
    case ASSUMED_CALIBRATED:
        return arena_format(arena, "calibrated: %.*s of %.*s", STR_ARG(item->series.name),
                            STR_ARG(item->file));
    }
    return STR("");
}

static result describe(struct scenario *scenario, struct arena *arena, struct err *err)
{
    struct scenario_measure *measures =
        ARENA_NEW(arena, struct scenario_measure, scenario->measure_count + 1);
    struct scenario_assumed *assumed =
        ARENA_NEW(arena, struct scenario_assumed, scenario->number_count + 1);
    scenario->assumed_numbers = ARENA_NEW(arena, uint32_t, scenario->number_count + 1);
    scenario->group_names = ARENA_NEW(arena, str, scenario->group_count + 1);
    scenario->step_names = ARENA_NEW(arena, str, scenario->rulebook->step_count + 1);
    if (measures == NULL || assumed == NULL || scenario->assumed_numbers == NULL ||
        scenario->group_names == NULL || scenario->step_names == NULL) {
        return arena_full(err);
    }
    struct scenario_about *about = &scenario->about;
    for (size_t i = 0; i < scenario->measure_count; i++) {
        const struct measure_item *item = &scenario->measures[i];
        measures[about->measure_count++] =
            (struct scenario_measure){item->name, item->title, item->from};
    }
    for (size_t i = 0; i < scenario->number_count; i++) {
        const struct number_item *item = &scenario->numbers[i];
        if (item->kind == NUMBER_ASSUMED) {
            scenario->assumed_numbers[about->assumed_count] = (uint32_t)i;
            assumed[about->assumed_count++] =
                (struct scenario_assumed){item->name, item->title, says(item, arena), item->source};
        }
    }
    for (size_t i = 0; i < scenario->group_count; i++) {
        scenario->group_names[i] = scenario->groups[i].name;
    }
    for (size_t i = 0; i < scenario->rulebook->step_count; i++) {
        scenario->step_names[i] = scenario->rulebook->steps[i].name;
    }
    about->measures = measures;
    about->assumed = assumed;
    about->series = scenario->series;
    for (size_t i = 0; i < scenario->fact_count && about->nationality_fact.len == 0; i++) {
        const struct fact_line *line = &scenario->facts[i];
        about->nationality_fact = line->given.kind == GIVEN_NATIONALITY ? line->fact.name : STR("");
    }
    return result_ok();
}

result scenario_load(const struct scenario_files *files, str name, const struct rulebook *rulebook,
                     struct arena *arena, struct arena scratch,
                     const struct scenario **ret_scenario, struct err *err)
{
    struct scenario *scenario = ARENA_NEW(arena, struct scenario, 1);
    if (scenario == NULL) {
        return arena_full(err);
    }
    scenario->rulebook = rulebook;
    scenario->files = *files;
    scenario->arena = arena;
    scenario->judged_every = JUDGED_EVERY_DAYS;
    TRY(scenario_room(scenario, arena, err));
    TRY(scenario_read(scenario, name, arena, err));
    TRY(scenario_check(scenario, arena, err));
    TRY(scenario_find_known(scenario, arena, scratch, err));
    TRY(scenario_find_calibrated(scenario, arena, scratch, err));
    TRY(describe(scenario, arena, err));
    TRY(scenario_identify(scenario, scratch, err));
    TRY(law_plan_make(scenario, arena, &scenario->law_plan, err));
    *ret_scenario = scenario;
    return result_ok();
}

const struct scenario_about *scenario_about(const struct scenario *scenario)
{
    return &scenario->about;
}

double scenario_assumption(const struct scenario *scenario, size_t assumed, uint64_t seed,
                           uint64_t future, size_t quarter)
{
    struct draw_tables tables;
    draw_tables_make(&tables);
    const struct number_item *number = &scenario->numbers[scenario->assumed_numbers[assumed]];
    const uint64_t key = draw_key(draw_mix(seed), future);
    if (!assumption_moves(number)) {
        return assumption_draw(number, &tables, key, 0);
    }
    double sum = 0;
    for (size_t i = 0; i <= quarter; i++) {
        sum += log(assumption_draw(number, &tables, key, i));
    }
    return sum / (double)(quarter + 1);
}

bool scenario_locate(const struct scenario *scenario, str stage, str nationality,
                     uint32_t *ret_stage, uint32_t *ret_group)
{
    uint16_t country = 0;
    const bool known = country_parse(nationality, &country);
    *ret_stage = NOT_FOUND_INDEX;
    *ret_group = NOT_FOUND_INDEX;
    for (uint32_t i = 0; i < scenario->stage_count; i++) {
        *ret_stage = str_equal(scenario->stages[i].name, stage) ? i : *ret_stage;
    }
    for (uint32_t i = 0; i < scenario->group_count; i++) {
        const struct group_item *group = &scenario->groups[i];
        const bool is_own = known && group->has_country && group->country == country;
        if (is_own || (group->rest && *ret_group == NOT_FOUND_INDEX)) {
            *ret_group = i;
        }
    }
    return *ret_stage != NOT_FOUND_INDEX && *ret_group != NOT_FOUND_INDEX;
}

/* ---- a future ---- */

struct making {
    const struct scenario_choice *choice;
    const struct scenario *scenario;
    struct sums *sums;
    struct arena *arena;
    struct procedure *procedure;
    double one_in;
    struct err *err;
};

#define NO_MOST ((double)INFINITY)

static result schedules_or(struct making *making, uint32_t sum, double most,
                           struct schedules *ret_schedules)
{
    if (sum == NO_SUM) {
        *ret_schedules = (struct schedules){NULL, 0};
        return result_ok();
    }
    return sums_schedules(making->sums, sum, most, ret_schedules, making->err);
}

/* Of people, or what there is for them: one counts for many. */
static result schedules_of_people(struct making *making, uint32_t sum,
                                  struct schedules *ret_schedules)
{
    *ret_schedules = (struct schedules){NULL, 0};
    return sum == NO_SUM ? result_ok()
                         : sums_schedules_of_people(making->sums, sum, making->one_in,
                                                    ret_schedules, making->err);
}

static result one_schedule(result made, const struct schedules *schedules,
                           struct schedule *ret_schedule)
{
    TRY(made);
    *ret_schedule = schedules->count == 0 ? (struct schedule){NULL, 0} : schedules->of[0];
    return result_ok();
}

static const struct schedule_point always_one_point[] = {{SCHEDULE_ALWAYS, 1}};
static const struct schedule always_one = {always_one_point, 1};

static result make_way(struct making *making, const struct way_item *item,
                       struct procedure_way *ret_way)
{
    const struct scenario *scenario = making->scenario;
    struct procedure_branch *branches =
        ARENA_NEW(making->arena, struct procedure_branch, item->branch_count);
    if (branches == NULL) {
        return arena_full(making->err);
    }
    *ret_way = (struct procedure_way){
        .name = item->name,
        .kind = item->kind,
        .waiting = item->wait.kind,
        .shape = item->wait.shape,
        .station = item->station.index,
        .judged = item->hub.name.len > 0,
        .approving = item->approving.kind,
        .approving_shape = item->approving.shape,
        .with_notice = item->notice.name.len > 0,
        .branches = branches,
        .branch_count = item->branch_count,
    };
    TRY(schedules_or(making, item->open, 1, &ret_way->open));
    TRY(schedules_or(making, item->wait.mean, NO_MOST, &ret_way->mean));
    TRY(schedules_or(making, item->hazard, NO_MOST, &ret_way->hazard));
    TRY(schedules_or(making, item->approving.mean, NO_MOST, &ret_way->approving_mean));
    if (item->approving.mean != NO_SUM) {
        const struct branch_item *only = &scenario->branches[item->first_branch];
        ret_way->approval_count = scenario->rulebook->steps[only->step.index].approval_count;
    }
    for (uint32_t i = 0; i < item->branch_count; i++) {
        const struct branch_item *branch = &scenario->branches[item->first_branch + i];
        branches[i] =
            (struct procedure_branch){branch->step.index, branch->to.index, {&always_one, 1}};
        if (branch->share != NO_SUM) {
            TRY(schedules_or(making, branch->share, NO_MOST, &branches[i].share));
        }
    }
    return result_ok();
}

static result make_stages(struct making *making)
{
    const struct scenario *scenario = making->scenario;
    struct procedure_stage *stages =
        ARENA_NEW(making->arena, struct procedure_stage, scenario->stage_count + 1);
    struct procedure_way *ways =
        ARENA_NEW(making->arena, struct procedure_way, scenario->way_count + 1);
    if (stages == NULL || ways == NULL) {
        return arena_full(making->err);
    }
    for (size_t i = 0; i < scenario->way_count; i++) {
        TRY(make_way(making, &scenario->ways[i], &ways[scenario->ways[i].index]));
    }
    size_t at = 0;
    for (uint32_t i = 0; i < scenario->stage_count; i++) {
        const struct stage_item *item = &scenario->stages[i];
        stages[i] = (struct procedure_stage){
            .name = item->name,
            .holds = item->holds.name.len > 0 ? item->holds.index : PROCEDURE_NONE,
            .ways = &ways[at],
        };
        for (size_t j = 0; j < scenario->way_count; j++) {
            stages[i].way_count += scenario->ways[j].from.index == i;
        }
        at += stages[i].way_count;
        stages[i].outcome = scenario_is_outcome(scenario, i);
    }
    making->procedure->stages = stages;
    making->procedure->stage_count = scenario->stage_count;
    return result_ok();
}

static result make_stations(struct making *making)
{
    const struct scenario *scenario = making->scenario;
    struct procedure_station *stations =
        ARENA_NEW(making->arena, struct procedure_station, scenario->station_count + 1);
    if (stations == NULL) {
        return arena_full(making->err);
    }
    for (size_t i = 0; i < scenario->station_count; i++) {
        const struct station_item *item = &scenario->stations[i];
        stations[i].name = item->name;
        stations[i].order = item->newest_first ? STATION_NEWEST_FIRST : STATION_OLDEST_FIRST;
        struct schedules found;
        TRY(one_schedule(schedules_of_people(making, item->places, &found), &found,
                         &stations[i].places));
        TRY(one_schedule(schedules_of_people(making, item->allowance, &found), &found,
                         &stations[i].allowance));
    }
    making->procedure->stations = stations;
    making->procedure->station_count = scenario->station_count;
    return result_ok();
}

/* Whole people. Of many that are counted by one, what is left over is one more by its own chance,
 * so that small groups do not vanish. */
static int64_t count_of(const struct making *making, double people, size_t line)
{
    const double number = people > 0 ? people / making->one_in : 0;
    if (making->one_in == 1) {
        return (int64_t)floor(number + 0.5);
    }
    struct draw draw =
        draw_begin(draw_key(making->sums->key, line), draw_purpose("one_in", strlen("one_in")));
    return (int64_t)floor(number + draw_unit(&draw));
}

/* How many families of each kind there are for each person of a group. Whoever is not a dependant
 * is somebody alone, or one of each family; more dependants than families can have are not there.
 */
static void families_of(const struct making *making, const struct families_line *line,
                        uint32_t group, double *ret_of_kind)
{
    const struct scenario *scenario = making->scenario;
    double shares = 0;
    double people = 0;
    for (size_t i = 0; i < scenario->family_kind_count; i++) {
        const struct family_item *kind = &scenario->family_kinds[i];
        double share = 0;
        if (kind->families == line->families.index) {
            share = kind->share == NO_SUM ? 1 : sums_first(making->sums, kind->share, group);
        }
        ret_of_kind[i] = fmax(share, 0);
        shares += ret_of_kind[i];
        people += ret_of_kind[i] * (kind->adults + kind->children);
    }
    const double dependants = fmax(sums_first(making->sums, line->dependants, group), 0);
    const double mean = shares > 0 ? people / shares : 2;
    const double families = fmin(dependants / (mean - 1), 1 / mean);
    for (size_t i = 0; i < scenario->family_kind_count; i++) {
        ret_of_kind[i] *= shares > 0 ? families / shares : 0;
    }
}

/* By group and kind; NULL where everybody is alone. */
static result make_families(const struct making *making, const struct families_line *line,
                            families_a_person *ret_families)
{
    const struct scenario *scenario = making->scenario;
    *ret_families = NULL;
    if (line->families.name.len == 0) {
        return result_ok();
    }
    double *families =
        ARENA_NEW(making->arena, double, scenario->group_count * scenario->family_kind_count);
    if (families == NULL) {
        return arena_full(making->err);
    }
    for (uint32_t group = 0; group < scenario->group_count; group++) {
        families_of(making, line, group, &families[group * scenario->family_kind_count]);
    }
    *ret_families = families;
    return result_ok();
}

static result make_family_kinds(struct making *making)
{
    const struct scenario *scenario = making->scenario;
    struct procedure_family *families =
        ARENA_NEW(making->arena, struct procedure_family, scenario->family_kind_count + 1);
    if (families == NULL) {
        return arena_full(making->err);
    }
    for (size_t i = 0; i < scenario->family_kind_count; i++) {
        const struct family_item *kind = &scenario->family_kinds[i];
        families[i] = (struct procedure_family){kind->adults, kind->children};
    }
    making->procedure->families = families;
    making->procedure->family_count = scenario->family_kind_count;
    return result_ok();
}

/* As the text says. */
static void stock_of_text(const struct making *making, struct procedure_stock *stock)
{
    const struct scenario *scenario = making->scenario;
    for (size_t i = 0; i < scenario->stock_count; i++) {
        const struct stock_line *line = &scenario->stock[i];
        for (uint32_t group = 0; group < scenario->group_count; group++) {
            const size_t index = i * scenario->group_count + group;
            stock[index] = (struct procedure_stock){
                .stage = line->stage,
                .group = group,
                .count = count_of(making, sums_first(making->sums, line->sum, group), index),
                .waited_least = (double)line->least,
                .waited_most = (double)line->most,
            };
        }
    }
}

static void stock_of_choice(const struct making *making, struct procedure_stock *stock)
{
    for (size_t i = 0; i < making->choice->stock_count; i++) {
        const struct scenario_stock *line = &making->choice->stock[i];
        stock[i] = (struct procedure_stock){
            .stage = line->stage,
            .group = line->group,
            .count = count_of(making, (double)line->people, i),
            .waited_least = line->waited_least,
            .waited_most = line->waited_most,
        };
    }
}

static result make_stock(struct making *making)
{
    const bool of_choice = making->choice->stock != NULL;
    const size_t count = of_choice ? making->choice->stock_count
                                   : making->scenario->stock_count * making->scenario->group_count;
    struct procedure_stock *stock = ARENA_NEW(making->arena, struct procedure_stock, count + 1);
    if (stock == NULL) {
        return arena_full(making->err);
    }
    if (of_choice) {
        stock_of_choice(making, stock);
    } else {
        stock_of_text(making, stock);
    }
    making->procedure->stock = stock;
    making->procedure->stock_count = count;
    families_a_person of_stages[PROCEDURE_STAGES_MAX];
    for (size_t i = 0; i < making->scenario->stage_count; i++) {
        TRY(make_families(making, &making->scenario->stages[i].families, &of_stages[i]));
    }
    for (size_t i = 0; i < count; i++) {
        const families_a_person families = of_stages[stock[i].stage];
        stock[i].families = families == NULL
                                ? NULL
                                : &families[stock[i].group * making->scenario->family_kind_count];
    }
    return result_ok();
}

static result make_arrivals(struct making *making)
{
    const struct scenario *scenario = making->scenario;
    struct procedure_arrivals *arrivals =
        ARENA_NEW(making->arena, struct procedure_arrivals, scenario->arrivals_count + 1);
    if (arrivals == NULL) {
        return arena_full(making->err);
    }
    for (size_t i = 0; i < scenario->arrivals_count; i++) {
        const struct arrivals_item *item = &scenario->arrivals[i];
        arrivals[i] = (struct procedure_arrivals){.name = item->name, .stage = item->to.index};
        struct schedules found;
        TRY(schedules_of_people(making, item->rate, &arrivals[i].rate));
        TRY(one_schedule(schedules_or(making, item->kept, 1, &found), &found, &arrivals[i].kept));
        TRY(make_families(making, &item->families, &arrivals[i].families));
    }
    making->procedure->arrivals = arrivals;
    making->procedure->arrivals_count = scenario->arrivals_count;
    return result_ok();
}

static result make_series(struct making *making)
{
    const struct scenario *scenario = making->scenario;
    const size_t series_count = scenario->about.series_count;
    struct procedure_series *series =
        ARENA_NEW(making->arena, struct procedure_series, series_count + 1);
    struct series_term *terms =
        ARENA_NEW(making->arena, struct series_term, scenario->term_count + 1);
    if (series == NULL || terms == NULL) {
        return arena_full(making->err);
    }
    size_t count = 0;
    for (uint32_t i = 0; i < series_count; i++) {
        series[i] = (struct procedure_series){scenario->series[i].name, &terms[count], 0};
        for (size_t j = 0; j < scenario->term_count; j++) {
            const struct term_item *item = &scenario->terms[j];
            if (item->series == i) {
                terms[count++] = (struct series_term){
                    .kind = item->kind,
                    .index = item->what.index,
                    .group = PROCEDURE_NONE,
                    .days = item->days,
                    .weight =
                        making->one_in *
                        (item->weight == NO_SUM ? 1 : sums_first(making->sums, item->weight, 0)),
                };
                series[i].term_count++;
            }
        }
    }
    making->procedure->series = series;
    making->procedure->series_count = series_count;
    return result_ok();
}

result scenario_make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                     const struct procedure **ret_procedure, struct err *err)
{
    const struct scenario_choice *choice = context;
    const struct scenario *scenario = choice->scenario;
    struct procedure *procedure = ARENA_NEW(arena, struct procedure, 1);
    struct sums *sums = ARENA_NEW(arena, struct sums, 1);
    if (procedure == NULL || sums == NULL) {
        return arena_full(err);
    }
    TRY(sums_begin(scenario, choice->measures, seed, future, arena, sums, err));
    *procedure = (struct procedure){
        .begin = scenario->about.begins,
        .quarter_count = scenario->about.quarter_count,
        .groups = scenario->group_names,
        .group_count = scenario->group_count,
        .steps = scenario->step_names,
        .step_count = scenario->rulebook->step_count,
    };
    const double one_in = choice->one_in == 0 ? 1 : choice->one_in;
    struct making making = {choice, scenario, sums, arena, procedure, one_in, err};
    TRY(make_stages(&making));
    TRY(make_stations(&making));
    TRY(make_family_kinds(&making));
    TRY(make_stock(&making));
    TRY(make_arrivals(&making));
    TRY(make_series(&making));
    if (scenario->law_plan != NULL) {
        TRY(law_begin(scenario->law_plan, sums, &procedure->law, err));
    }
    *ret_procedure = procedure;
    return result_ok();
}
