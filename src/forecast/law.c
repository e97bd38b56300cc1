#include "forecast/law.h"

#include "rulebook/screen.h"

#include <string.h>

enum {
    CHUNK_PEOPLE = 4096,
    CHUNKS_MAX = PROCEDURE_PEOPLE_MAX / CHUNK_PEOPLE + 1,
    CELL_UNKNOWN = INT16_MIN,
    CELL_MOST = INT16_MAX,
};

/* A value of a fact in 16 bits: a flag, a choice, a number, a country's code as it is; a date as
 * days from the beginning; a set of countries as the number of the line that gave it, or, from
 * SCENARIO_FACTS_MAX on, the group whose own country is the set. */
typedef int16_t cell;

struct recorded {
    uint32_t slot;
    bool today;
    cell value;
};

struct judged_way {
    bool is_judged;
    const struct step *step;
    uint32_t hub;
};

struct law_plan {
    const struct scenario *scenario;
    bool *wanted;    /* by fact of the rulebook */
    uint32_t *slots; /* by fact: NOT_FOUND_INDEX, or where its cell is */
    uint32_t *facts; /* by slot */
    size_t slot_count;
    struct recorded **records; /* by step */
    size_t *record_counts;
    struct judged_way ways[PROCEDURE_WAYS_MAX];
};

struct law_future {
    struct procedure_law law;
    const struct law_plan *plan;
    struct arena *arena;
    cell **chunks;
    uint16_t *groups[CHUNKS_MAX]; /* of the people of a chunk */
    uint64_t *keys[CHUNKS_MAX];
    struct schedules *shares; /* by fact line */
    bool full;
};

/* ---- the plan ---- */

static void want_facts(struct law_plan *plan, const struct step *step)
{
    for (size_t i = 0; i < step->safeguard_count; i++) {
        judge_reads(plan->scenario->rulebook, step->safeguards[i], plan->wanted);
    }
}

static bool find_ways(struct law_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    bool any = false;
    for (size_t i = 0; i < scenario->way_count; i++) {
        const struct way_item *way = &scenario->ways[i];
        if (way->hub.name.len > 0) {
            const uint32_t step = scenario->branches[way->first_branch].step.index;
            plan->ways[way->index] =
                (struct judged_way){true, &scenario->rulebook->steps[step], way->hub.index};
            want_facts(plan, &scenario->rulebook->steps[step]);
            any = true;
        }
    }
    return any;
}

static void find_slots(struct law_plan *plan)
{
    const struct rulebook *rulebook = plan->scenario->rulebook;
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        plan->wanted[i] = plan->wanted[i] && fact->subject == SUBJECT_PERSON;
        plan->slots[i] = NOT_FOUND_INDEX;
        if (plan->wanted[i]) {
            plan->slots[i] = (uint32_t)plan->slot_count;
            plan->facts[plan->slot_count++] = i;
        }
    }
}

static cell cell_of_number(int64_t number)
{
    return number > CELL_MOST       ? CELL_MOST
           : number <= CELL_UNKNOWN ? CELL_UNKNOWN + 1
                                    : (cell)number;
}

static cell cell_of_value(const struct law_plan *plan, uint32_t fact, const struct value *value)
{
    const struct scenario *scenario = plan->scenario;
    const enum fact_type type = scenario->rulebook->facts[fact].type;
    if (!value->known || type == FACT_COUNTRIES) {
        return CELL_UNKNOWN;
    }
    return cell_of_number(type == FACT_DATE ? value->number - scenario->about.begins.day
                                            : value->number);
}

static result find_records(struct law_plan *plan, struct arena *arena, struct err *err)
{
    const struct rulebook *rulebook = plan->scenario->rulebook;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        plan->records[i] = ARENA_NEW(arena, struct recorded, step->record_count + 1);
        if (plan->records[i] == NULL) {
            return arena_full(err);
        }
        for (size_t j = 0; j < step->record_count; j++) {
            const struct step_record *record = &step->records[j];
            if (plan->slots[record->fact] != NOT_FOUND_INDEX) {
                plan->records[i][plan->record_counts[i]++] = (struct recorded){
                    .slot = plan->slots[record->fact],
                    .today = record->today,
                    .value = cell_of_value(plan, record->fact, &record->value),
                };
            }
        }
    }
    return result_ok();
}

result law_plan_make(const struct scenario *scenario, struct arena *arena,
                     const struct law_plan **ret_plan, struct err *err)
{
    const struct rulebook *rulebook = scenario->rulebook;
    struct law_plan *plan = ARENA_NEW(arena, struct law_plan, 1);
    if (plan == NULL) {
        return arena_full(err);
    }
    plan->scenario = scenario;
    plan->wanted = ARENA_NEW(arena, bool, rulebook->fact_count + 1);
    plan->slots = ARENA_NEW(arena, uint32_t, rulebook->fact_count + 1);
    plan->facts = ARENA_NEW(arena, uint32_t, rulebook->fact_count + 1);
    plan->records = ARENA_NEW(arena, struct recorded *, rulebook->step_count + 1);
    plan->record_counts = ARENA_NEW(arena, size_t, rulebook->step_count + 1);
    if (plan->wanted == NULL || plan->slots == NULL || plan->facts == NULL ||
        plan->records == NULL || plan->record_counts == NULL) {
        return arena_full(err);
    }
    *ret_plan = NULL;
    if (!find_ways(plan)) {
        return result_ok();
    }
    find_slots(plan);
    TRY(find_records(plan, arena, err));
    *ret_plan = plan;
    return result_ok();
}

/* ---- people ---- */

static cell *cells_of(const struct law_future *future, uint32_t person)
{
    return &future->chunks[person / CHUNK_PEOPLE]
                          [(size_t)(person % CHUNK_PEOPLE) * future->plan->slot_count];
}

static bool has_room(struct law_future *future, uint32_t person)
{
    const uint32_t chunk = person / CHUNK_PEOPLE;
    if (future->chunks[chunk] == NULL) {
        future->groups[chunk] = ARENA_NEW(future->arena, uint16_t, CHUNK_PEOPLE);
        future->keys[chunk] = ARENA_NEW(future->arena, uint64_t, CHUNK_PEOPLE);
        future->chunks[chunk] =
            ARENA_NEW(future->arena, cell, CHUNK_PEOPLE * (future->plan->slot_count + 1));
        future->full = future->full || future->groups[chunk] == NULL ||
                       future->keys[chunk] == NULL || future->chunks[chunk] == NULL;
    }
    return !future->full;
}

static cell given_cell(const struct law_future *future, size_t line_index, uint32_t group,
                       int32_t day)
{
    const struct scenario *scenario = future->plan->scenario;
    const struct fact_line *line = &scenario->facts[line_index];
    const bool is_set = scenario->rulebook->facts[line->fact.index].type == FACT_COUNTRIES;
    switch (line->given.kind) {
    case GIVEN_TEXT:
        return is_set && line->given.value.known
                   ? (cell)line_index
                   : cell_of_value(future->plan, line->fact.index, &line->given.value);
    case GIVEN_DAY:
        return cell_of_number((int64_t)day + line->given.days);
    case GIVEN_NATIONALITY:
        if (!scenario->groups[group].has_country) {
            return CELL_UNKNOWN;
        }
        return is_set ? (cell)(SCENARIO_FACTS_MAX + group) : (cell)scenario->groups[group].country;
    }
    return CELL_UNKNOWN;
}

/* The lines from `first` on that speak of one fact: one of them is drawn, or none, then the fact is
 * unknown. Gives the index after them. */
static size_t give_fact(const struct law_future *future, size_t first, cell *cells, uint64_t key,
                        uint32_t group, int32_t day)
{
    const struct scenario *scenario = future->plan->scenario;
    const struct fact_line *line = &scenario->facts[first];
    struct draw draw = draw_begin(key, draw_purpose(line->fact.name.at, line->fact.name.len));
    double left = draw_unit(&draw);
    cell value = CELL_UNKNOWN;
    size_t i = first;
    bool found = false;
    do {
        const double share =
            scenario->facts[i].share == NO_SUM
                ? 1
                : schedule_at(schedules_of(&future->shares[i], group), (double)day);
        if (!found && left < share) {
            value = given_cell(future, i, group, day);
            found = true;
        }
        left -= share;
        i++;
    } while (i < scenario->fact_count && scenario->facts[i].continues);
    const uint32_t slot = future->plan->slots[line->fact.index];
    if (slot != NOT_FOUND_INDEX) {
        cells[slot] = value;
    }
    return i;
}

static void give_facts(const struct law_future *future, uint32_t person, uint32_t stage,
                       int32_t day)
{
    const struct scenario *scenario = future->plan->scenario;
    const uint64_t key = future->keys[person / CHUNK_PEOPLE][person % CHUNK_PEOPLE];
    const uint32_t group = future->groups[person / CHUNK_PEOPLE][person % CHUNK_PEOPLE];
    cell *cells = cells_of(future, person);
    for (size_t i = 0; i < scenario->fact_count;) {
        if (scenario->facts[i].stage == stage) {
            i = give_fact(future, i, cells, key, group, day);
        } else {
            i++;
        }
    }
}

static void law_comes(void *context, uint32_t person, uint32_t group, uint64_t key, uint32_t stage,
                      int32_t day)
{
    struct law_future *future = context;
    if (!has_room(future, person)) {
        return;
    }
    future->groups[person / CHUNK_PEOPLE][person % CHUNK_PEOPLE] = (uint16_t)group;
    future->keys[person / CHUNK_PEOPLE][person % CHUNK_PEOPLE] = key;
    cell *cells = cells_of(future, person);
    for (size_t i = 0; i < future->plan->slot_count; i++) {
        cells[i] = CELL_UNKNOWN;
    }
    give_facts(future, person, PROCEDURE_NONE, day);
    give_facts(future, person, stage, day);
}

static void law_steps(void *context, uint32_t person, uint32_t step, uint32_t stage, int32_t day)
{
    struct law_future *future = context;
    const struct law_plan *plan = future->plan;
    if (future->full) {
        return;
    }
    cell *cells = cells_of(future, person);
    for (size_t i = 0; i < plan->record_counts[step]; i++) {
        const struct recorded *record = &plan->records[step][i];
        cells[record->slot] = record->today ? cell_of_number(day) : record->value;
    }
    give_facts(future, person, stage, day);
}

/* ---- judging ---- */

static struct value value_of_cell(const struct law_plan *plan, uint32_t fact, cell number)
{
    const struct scenario *scenario = plan->scenario;
    struct value value = {.known = true, .number = number};
    switch (scenario->rulebook->facts[fact].type) {
    case FACT_DATE:
        value.number += scenario->about.begins.day;
        break;
    case FACT_COUNTRIES:
        value.countries =
            number < SCENARIO_FACTS_MAX
                ? scenario->facts[number].given.value.countries
                : (struct country_set){&scenario->groups[number - SCENARIO_FACTS_MAX].country, 1};
        break;
    case FACT_FLAG:
    case FACT_CHOICE:
    case FACT_NUMBER:
    case FACT_COUNTRY:
        break;
    case FACT_TEXT:
        value.text = STR("recorded"); /* whether it is known is all that is asked of it */
        break;
    }
    return value;
}

static result gather(const struct law_future *future, const uint32_t *people, size_t count,
                     struct arena *arena, struct columns *ret_columns, struct err *err)
{
    const struct law_plan *plan = future->plan;
    struct columns_builder *builder = NULL;
    TRY(columns_begin(plan->scenario->rulebook, plan->wanted, count, arena, &builder, err));
    for (size_t i = 0; i < count; i++) {
        const cell *cells = cells_of(future, people[i]);
        for (size_t slot = 0; slot < plan->slot_count; slot++) {
            if (cells[slot] != CELL_UNKNOWN) {
                const struct value value = value_of_cell(plan, plan->facts[slot], cells[slot]);
                TRY(columns_set(builder, i, plan->facts[slot], &value, err));
            }
        }
    }
    return columns_finish(builder, NULL, ret_columns, err);
}

/* What the scenario says of the hub and the agreement on that day. */
static struct value *hub_values(const struct law_plan *plan, uint32_t hub, date today,
                                struct arena *arena)
{
    const struct scenario *scenario = plan->scenario;
    struct value *values = ARENA_NEW(arena, struct value, scenario->rulebook->fact_count + 1);
    for (size_t i = 0; values != NULL && i < scenario->hub_fact_count; i++) {
        const struct hub_fact *line = &scenario->hub_facts[i];
        if (line->hub == hub) {
            values[line->fact.index] = line->given.kind == GIVEN_DAY
                                           ? value_date(date_add_days(today, line->given.days))
                                           : line->given.value;
        }
    }
    return values;
}

static result law_judges(void *context, uint32_t way, const uint32_t *people, size_t count,
                         int32_t day, bool *ret_clear, struct err *err)
{
    const struct law_future *future = context;
    const struct law_plan *plan = future->plan;
    if (future->full) {
        return arena_full(err);
    }
    if (count == 0) {
        return result_ok();
    }
    const struct judged_way *judged = &plan->ways[way];
    struct arena scratch = *future->arena;
    const date today = date_add_days(plan->scenario->about.begins, day);
    struct columns columns;
    TRY(gather(future, people, count, &scratch, &columns, err));
    const struct value *values = hub_values(plan, judged->hub, today, &scratch);
    if (values == NULL) {
        return arena_full(err);
    }
    const struct screen_question question = {
        .safeguards = judged->step->safeguards,
        .safeguard_count = judged->step->safeguard_count,
        .hub = values,
        .agreement = values,
        .today = today,
    };
    const struct screen *screen = NULL;
    struct screen_answers answers;
    TRY(screen_compile(&columns, &question, screen_best_level(), &scratch, &screen, err));
    TRY(screen_answers_init(screen, false, &scratch, &answers, err));
    TRY(screen_all(screen, scratch, &answers, err));
    for (size_t i = 0; i < count; i++) {
        ret_clear[i] = plane_bit(answers.clear, i);
    }
    return result_ok();
}

result law_begin(const struct law_plan *plan, struct sums *sums,
                 const struct procedure_law **ret_law, struct err *err)
{
    const struct scenario *scenario = plan->scenario;
    struct law_future *future = ARENA_NEW(sums->arena, struct law_future, 1);
    if (future == NULL) {
        return arena_full(err);
    }
    *future = (struct law_future){.plan = plan, .arena = sums->arena};
    future->chunks = ARENA_NEW(sums->arena, cell *, CHUNKS_MAX);
    future->shares = ARENA_NEW(sums->arena, struct schedules, scenario->fact_count + 1);
    if (future->chunks == NULL || future->shares == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < scenario->fact_count; i++) {
        if (scenario->facts[i].share != NO_SUM) {
            TRY(sums_schedules(sums, scenario->facts[i].share, 1, &future->shares[i], err));
        }
    }
    future->law = (struct procedure_law){
        .context = future,
        .begin = law_comes,
        .step = law_steps,
        .judge = law_judges,
        .days_between = scenario->judged_every,
    };
    *ret_law = &future->law;
    return result_ok();
}
