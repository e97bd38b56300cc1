#include "forecast/law.h"

#include "forecast/line_up.h"
#include "rulebook/lasting.h"
#include "rulebook/lone_fact.h"
#include "rulebook/screen.h"

#include <math.h>
#include <string.h>

enum {
    CHUNK_PEOPLE = 4096,
    CHUNKS_MAX = PROCEDURE_PEOPLE_MAX / CHUNK_PEOPLE + 1,
    NOT_JUDGED = UINT8_MAX,
    ON_COMING = PROCEDURE_STAGES_MAX, /* in place of a stage */
    FAMILIES_FIRST = 256,
};

/* In a holder of facts: it is not a person but a family, by its number. */
#define FAMILY_BIT  (UINT32_C(1) << 31)
#define NOBODY_FREE UINT32_MAX

/* Who somebody is in their family. */
enum family_role { ROLE_ALONE, ROLE_CHILDLESS, ROLE_PARENT, ROLE_CHILD };
enum { ROLE_COUNT = ROLE_CHILD + 1 };

/* What a step records of a fact that is kept. */
struct recorded {
    uint32_t slot;
    bool today;
    cell value;
};

/* The lines of one fact in one stage, or on coming: one of them is drawn, or none. */
struct giving {
    size_t first_line;
    size_t line_count;
    uint32_t stage;
    uint32_t fact;
    enum fact_scope scope;
    uint64_t purpose;
};

/* A fact that a person has anew in the judged stage, or brings into it. */
struct filling {
    uint32_t fact;
    const struct giving *givings[ROLE_COUNT]; /* what is drawn, by role; NULL: */
    bool alike;                               /* these are the same */
    uint32_t slot;                            /* what is copied, or NOT_FOUND_INDEX: unknown */
};

/* A fact that alone may settle that somebody is never cleared for a way of the stage: by line of
 * the giving, and then of whoever gets none of them, bits of the ways. */
struct gate {
    const struct giving *giving;
    const uint16_t *barred;
};

struct judged_stage {
    struct line_up_plan line_up;
    struct filling *fillings; /* of what is LINE_UP_ROWS */
    size_t filling_count;
    uint16_t ways;                     /* bits: those that are judged */
    size_t gate_first[ROLE_COUNT + 1]; /* among the plan's, by role */
};

struct judged_way {
    const struct step *step;
    const uint32_t *lasting; /* of the step's safeguards: who is not clear never will be here */
    size_t lasting_count;
    uint32_t hub;
    uint32_t notice; /* a clock, or NOT_FOUND_INDEX */
    uint32_t stage;  /* among the judged ones */
    uint16_t bit;    /* among its judged ways */
};

struct law_plan {
    const struct scenario *scenario;
    bool *wanted; /* by fact of the rulebook */
    struct giving *givings;
    size_t giving_count;
    size_t role_count;                          /* 1: everybody is alone */
    bool outcomes[PROCEDURE_STAGES_MAX];        /* by stage */
    uint8_t stage_places[PROCEDURE_STAGES_MAX]; /* among the judged ones, or NOT_JUDGED */
    struct judged_stage *stages;
    size_t stage_count;
    struct judged_way ways[PROCEDURE_WAYS_MAX];
    struct gate *gates; /* by judged stage and role */
    size_t gate_count;
    /* What is kept of a person wherever they are: what is not given anew in every judged stage. */
    uint32_t *slots; /* by fact: NOT_FOUND_INDEX, or where its cell is */
    size_t slot_count;
    const struct giving **kept_givings; /* by stage, then those on coming */
    size_t kept_first[PROCEDURE_STAGES_MAX + 2];
    struct recorded **records; /* by step */
    size_t *record_counts;
    cell *texts;              /* by line of facts: the value that it names */
    struct country_set *sets; /* by line of facts, then by group */
    uint16_t *country_places;
    int64_t *countries;
    size_t country_count;
};

/* A family as long as it is in the procedure. */
struct family {
    uint64_t key;
    cell *cells;    /* as of a person, of each in it */
    uint32_t *rows; /* of each, in the judged stage where they are */
    uint32_t people;
    uint32_t free_next; /* of its kind */
};

/* Somebody by themselves, or one of a family. */
struct someone {
    uint32_t holder; /* a person, or a family and FAMILY_BIT */
    uint32_t member;
    enum family_role role;
    uint64_t key;
    uint64_t family_key; /* their own when they are alone */
    uint32_t group;
};

struct law_future {
    struct procedure_law law;
    const struct law_plan *plan;
    struct arena *arena;
    cell **chunks; /* of people alone */
    struct family *families;
    uint32_t family_count;
    uint32_t family_capacity;
    uint32_t free_first[PROCEDURE_FAMILY_KINDS_MAX]; /* families that are gone, by kind */
    struct quantity *shares;                         /* by fact line */
    struct gate *gates;       /* the plan's; of a stage and role, those that bar most first */
    struct line_up *line_ups; /* by judged stage */
    bool full;
};

/* ---- the plan: what is asked ---- */

static void want_facts(struct law_plan *plan, const struct step *step)
{
    for (size_t i = 0; i < step->safeguard_count; i++) {
        judge_reads(plan->scenario->rulebook, step->safeguards[i], plan->wanted);
    }
}

static void find_ways(struct law_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    memset(plan->stage_places, NOT_JUDGED, sizeof plan->stage_places);
    for (size_t i = 0; i < scenario->way_count; i++) {
        const struct way_item *way = &scenario->ways[i];
        if (way->hub.name.len == 0) {
            continue;
        }
        const uint32_t step = scenario->branches[way->first_branch].step.index;
        uint8_t *place = &plan->stage_places[way->from.index];
        if (*place == NOT_JUDGED) {
            *place = (uint8_t)plan->stage_count++;
        }
        struct judged_stage *stage = &plan->stages[*place];
        struct judged_way *judged = &plan->ways[way->index];
        *judged = (struct judged_way){
            .step = &scenario->rulebook->steps[step],
            .hub = way->hub.index,
            .notice = way->notice.name.len > 0 ? way->notice.index : NOT_FOUND_INDEX,
            .stage = *place,
            .bit = (uint16_t)(stage->ways + 1U), /* the lowest that is not yet one */
        };
        stage->ways |= judged->bit;
        want_facts(plan, judged->step);
    }
}

static result find_lasting(struct law_plan *plan, struct arena *arena, struct err *err)
{
    const struct scenario *scenario = plan->scenario;
    for (size_t i = 0; i < scenario->way_count; i++) {
        struct judged_way *judged = &plan->ways[scenario->ways[i].index];
        const struct step *step = judged->step;
        if (scenario->ways[i].hub.name.len == 0) {
            continue;
        }
        uint32_t *lasting = ARENA_NEW(arena, uint32_t, step->safeguard_count + 1);
        if (lasting == NULL) {
            return arena_full(err);
        }
        for (uint32_t j = 0; j < step->safeguard_count; j++) {
            if (lasts_unclear(scenario->rulebook, step->safeguards[j])) {
                lasting[judged->lasting_count++] = j;
            }
        }
        judged->lasting = lasting;
    }
    return result_ok();
}

static void find_givings(struct law_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    for (size_t i = 0; i < scenario->fact_count;) {
        const struct fact_line *line = &scenario->facts[i];
        struct giving *giving = &plan->givings[plan->giving_count];
        *giving = (struct giving){
            .first_line = i,
            .stage = line->stage == PROCEDURE_NONE ? ON_COMING : line->stage,
            .fact = line->fact.index,
            .scope = line->scope,
            .purpose = draw_purpose(line->fact.name.at, line->fact.name.len),
        };
        do {
            giving->line_count++;
            i++;
        } while (i < scenario->fact_count && scenario->facts[i].continues);
        plan->giving_count += plan->wanted[giving->fact];
    }
}

static bool concerns(enum fact_scope scope, enum family_role role)
{
    switch (scope) {
    case OF_EVERYBODY:
        return true;
    case OF_FAMILIES:
        return role != ROLE_ALONE;
    case OF_FAMILIES_WITH_CHILDREN:
        return role == ROLE_PARENT || role == ROLE_CHILD;
    case OF_CHILDREN:
        return role == ROLE_CHILD;
    }
    return false;
}

/* Of the lines of a stage that give the fact to somebody in that role, the last count. */
static const struct giving *giving_of(const struct law_plan *plan, uint32_t stage, uint32_t fact,
                                      enum family_role role)
{
    const struct giving *found = NULL;
    for (size_t i = 0; i < plan->giving_count; i++) {
        const struct giving *giving = &plan->givings[i];
        if (giving->stage == stage && giving->fact == fact && concerns(giving->scope, role)) {
            found = giving;
        }
    }
    return found;
}

/* ---- the plan: what is kept of a person ---- */

static bool is_recorded(const struct law_plan *plan, uint32_t fact)
{
    const struct rulebook *rulebook = plan->scenario->rulebook;
    bool found = false;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        for (size_t j = 0; j < rulebook->steps[i].record_count; j++) {
            found = found || rulebook->steps[i].records[j].fact == fact;
        }
    }
    return found;
}

static bool is_given(const struct law_plan *plan, uint32_t fact, enum family_role role)
{
    bool found = false;
    for (size_t i = 0; i < plan->giving_count; i++) {
        const struct giving *giving = &plan->givings[i];
        found = found || (giving->fact == fact && concerns(giving->scope, role));
    }
    return found;
}

static bool is_given_in_all(const struct law_plan *plan, uint32_t fact, enum family_role role)
{
    bool all = true;
    for (uint32_t i = 0; i < PROCEDURE_STAGES_MAX; i++) {
        all =
            all && (plan->stage_places[i] == NOT_JUDGED || giving_of(plan, i, fact, role) != NULL);
    }
    return all;
}

/* Does anybody bring the fact into a judged stage? */
static bool is_brought(const struct law_plan *plan, uint32_t fact)
{
    bool found = false;
    for (uint32_t i = 0; i < plan->role_count; i++) {
        const enum family_role role = (enum family_role)i;
        found = found || (!is_given_in_all(plan, fact, role) &&
                          (is_recorded(plan, fact) || is_given(plan, fact, role)));
    }
    return found;
}

static void find_slots(struct law_plan *plan)
{
    const struct rulebook *rulebook = plan->scenario->rulebook;
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        plan->wanted[i] = plan->wanted[i] && rulebook->facts[i].subject == SUBJECT_PERSON;
    }
    find_givings(plan);
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const bool kept = plan->wanted[i] && is_brought(plan, i);
        plan->slots[i] = kept ? (uint32_t)plan->slot_count++ : NOT_FOUND_INDEX;
    }
}

/* In the order of the text, for a later line counts. */
static void find_kept_givings(struct law_plan *plan)
{
    size_t count = 0;
    for (uint32_t stage = 0; stage <= ON_COMING; stage++) {
        plan->kept_first[stage] = count;
        for (size_t i = 0; i < plan->giving_count; i++) {
            const struct giving *giving = &plan->givings[i];
            if (giving->stage == stage && plan->slots[giving->fact] != NOT_FOUND_INDEX) {
                plan->kept_givings[count++] = giving;
            }
        }
    }
    plan->kept_first[ON_COMING + 1] = count;
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

/* ---- the plan: countries ---- */

static void mark_country(struct law_plan *plan, uint32_t fact, const struct value *value)
{
    if (value->known && plan->scenario->rulebook->facts[fact].type == FACT_COUNTRY) {
        plan->country_places[value->number] = 1;
    }
}

/* All that may be a person's: of groups, lines and records. */
static void find_countries(struct law_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    const struct rulebook *rulebook = scenario->rulebook;
    for (size_t i = 0; i < scenario->group_count; i++) {
        if (scenario->groups[i].has_country) {
            plan->country_places[scenario->groups[i].country] = 1;
        }
    }
    for (size_t i = 0; i < scenario->fact_count; i++) {
        mark_country(plan, scenario->facts[i].fact.index, &scenario->facts[i].given.value);
    }
    for (size_t i = 0; i < rulebook->step_count; i++) {
        for (size_t j = 0; j < rulebook->steps[i].record_count; j++) {
            const struct step_record *record = &rulebook->steps[i].records[j];
            mark_country(plan, record->fact, &record->value);
        }
    }
    for (size_t code = 0; code < COUNTRY_CODES; code++) {
        if (plan->country_places[code] != 0) {
            plan->country_places[code] = (uint16_t)plan->country_count;
            plan->countries[plan->country_count++] = (int64_t)code;
        }
    }
}

static void find_values(struct law_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    for (size_t i = 0; i < scenario->fact_count; i++) {
        const struct fact_line *line = &scenario->facts[i];
        const bool is_set = scenario->rulebook->facts[line->fact.index].type == FACT_COUNTRIES;
        plan->sets[i] = line->given.value.countries;
        plan->texts[i] = is_set && line->given.value.known
                             ? (cell)i
                             : cell_of_value(plan, line->fact.index, &line->given.value);
    }
    for (size_t i = 0; i < scenario->group_count; i++) {
        plan->sets[scenario->fact_count + i] =
            (struct country_set){&scenario->groups[i].country, 1};
    }
}

/* ---- the plan: stages ---- */

/* The planes of the values that lines may give; of all, when the fact is brought along. */
static uint64_t planes_that_occur(const struct law_plan *plan, uint32_t index,
                                  const struct giving *giving)
{
    const struct fact *fact = &plan->scenario->rulebook->facts[index];
    const size_t count = fact->type == FACT_FLAG ? 2 : fact->choice_count;
    if (count > COLUMN_PLANES_MAX) {
        return 0;
    }
    if (giving == NULL) {
        return (UINT64_C(1) << count) - 1;
    }
    uint64_t occurs = 0;
    for (size_t i = 0; i < giving->line_count; i++) {
        const struct value *value = &plan->scenario->facts[giving->first_line + i].given.value;
        if (value->known && count > 0) {
            occurs |= UINT64_C(1) << line_up_plane(fact, value->number);
        }
    }
    return occurs;
}

/* What one line gives to everybody without a draw needs no cells. */
static struct line_up_fact fact_given(const struct law_plan *plan, const struct giving *giving)
{
    const struct fact_line *line = &plan->scenario->facts[giving->first_line];
    const bool alike = giving->line_count == 1 && line->share == NO_SUM;
    if (alike && line->given.kind == GIVEN_DAY) {
        return (struct line_up_fact){.source = LINE_UP_DAY, .days = line->given.days};
    }
    if (alike && line->given.kind == GIVEN_TEXT) {
        return (struct line_up_fact){.source =
                                         line->given.value.known ? LINE_UP_ALIKE : LINE_UP_NOTHING,
                                     .value = line->given.value};
    }
    return (struct line_up_fact){.source = LINE_UP_ROWS,
                                 .occurs = planes_that_occur(plan, giving->fact, giving)};
}

/* How a fact comes into a stage: everybody gets it alike, or there is a filling. */
static struct line_up_fact fact_of_stage(const struct law_plan *plan, uint32_t stage, uint32_t fact,
                                         struct filling *ret_filling)
{
    const struct filling filling = {.fact = fact, .slot = plan->slots[fact]};
    *ret_filling = filling;
    bool alike = true;
    uint64_t occurs = 0;
    bool any = false;
    for (uint32_t role = 0; role < plan->role_count; role++) {
        const struct giving *giving =
            plan->wanted[fact] ? giving_of(plan, stage, fact, (enum family_role)role) : NULL;
        const bool brought = giving == NULL && filling.slot != NOT_FOUND_INDEX;
        ret_filling->givings[role] = giving;
        alike = alike && giving == ret_filling->givings[0];
        any = any || brought || giving != NULL;
        occurs |= giving != NULL || brought ? planes_that_occur(plan, fact, giving) : 0;
    }
    ret_filling->alike = alike;
    if (alike && ret_filling->givings[0] != NULL) {
        return fact_given(plan, ret_filling->givings[0]);
    }
    return (struct line_up_fact){.source = any ? LINE_UP_ROWS : LINE_UP_NOTHING, .occurs = occurs};
}

/* The ways of the stage, of whose safeguards one is not clear of anybody with that value. */
static uint16_t ways_barred(const struct law_plan *plan, uint8_t place, uint32_t fact,
                            const struct value *value)
{
    const struct rulebook *rulebook = plan->scenario->rulebook;
    uint16_t ways = 0;
    for (size_t i = 0; i < PROCEDURE_WAYS_MAX; i++) {
        const struct judged_way *way = &plan->ways[i];
        for (size_t j = 0;
             way->step != NULL && way->stage == place && j < way->step->safeguard_count; j++) {
            if (lone_fact_unclear(rulebook, way->step->safeguards[j], fact, value)) {
                ways |= way->bit;
            }
        }
    }
    return ways;
}

/* Gives all ways that any line bars. */
static uint16_t lines_bar(const struct law_plan *plan, uint8_t place, const struct giving *giving,
                          uint16_t *ret_barred)
{
    const struct value unknown = value_unknown();
    ret_barred[giving->line_count] = ways_barred(plan, place, giving->fact, &unknown);
    uint16_t any = ret_barred[giving->line_count];
    for (size_t i = 0; i < giving->line_count; i++) {
        const struct given *given = &plan->scenario->facts[giving->first_line + i].given;
        ret_barred[i] =
            given->kind == GIVEN_TEXT ? ways_barred(plan, place, giving->fact, &given->value) : 0;
        any |= ret_barred[i];
    }
    return any;
}

static result find_gates(struct law_plan *plan, uint8_t place, struct arena *arena, struct err *err)
{
    struct judged_stage *judged = &plan->stages[place];
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        judged->gate_first[role] = plan->gate_count;
        for (size_t i = 0; i < judged->filling_count; i++) {
            const struct giving *giving = judged->fillings[i].givings[role];
            if (giving == NULL) {
                continue;
            }
            uint16_t *barred = ARENA_NEW(arena, uint16_t, giving->line_count + 1);
            if (barred == NULL) {
                return arena_full(err);
            }
            plan->gates[plan->gate_count] = (struct gate){giving, barred};
            plan->gate_count += lines_bar(plan, place, giving, barred) != 0;
        }
    }
    judged->gate_first[ROLE_COUNT] = plan->gate_count;
    return result_ok();
}

static result make_stage(struct law_plan *plan, uint32_t stage, struct arena *arena,
                         struct err *err)
{
    const struct scenario *scenario = plan->scenario;
    const struct rulebook *rulebook = scenario->rulebook;
    struct judged_stage *judged = &plan->stages[plan->stage_places[stage]];
    struct line_up_fact *facts = ARENA_NEW(arena, struct line_up_fact, rulebook->fact_count + 1);
    judged->fillings = ARENA_NEW(arena, struct filling, rulebook->fact_count + 1);
    if (facts == NULL || judged->fillings == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        struct filling *filling = &judged->fillings[judged->filling_count];
        facts[i] = fact_of_stage(plan, stage, i, filling);
        judged->filling_count += facts[i].source == LINE_UP_ROWS;
    }
    judged->line_up = (struct line_up_plan){
        .rulebook = rulebook,
        .begins = scenario->about.begins,
        .facts = facts,
        .country_places = plan->country_places,
        .countries = plan->countries,
        .country_count = plan->country_count,
        .sets = plan->sets,
        .set_count = scenario->fact_count + scenario->group_count,
    };
    return find_gates(plan, plan->stage_places[stage], arena, err);
}

static result plan_room(struct law_plan *plan, struct arena *arena, struct err *err)
{
    const struct scenario *scenario = plan->scenario;
    const struct rulebook *rulebook = scenario->rulebook;
    plan->wanted = ARENA_NEW(arena, bool, rulebook->fact_count + 1);
    plan->slots = ARENA_NEW(arena, uint32_t, rulebook->fact_count + 1);
    plan->givings = ARENA_NEW(arena, struct giving, scenario->fact_count + 1);
    plan->kept_givings = ARENA_NEW(arena, const struct giving *, scenario->fact_count + 1);
    plan->stages = ARENA_NEW(arena, struct judged_stage, PROCEDURE_STAGES_MAX);
    plan->gates = ARENA_NEW(arena, struct gate, scenario->fact_count * ROLE_COUNT + 1);
    plan->records = ARENA_NEW(arena, struct recorded *, rulebook->step_count + 1);
    plan->record_counts = ARENA_NEW(arena, size_t, rulebook->step_count + 1);
    plan->country_places = ARENA_NEW(arena, uint16_t, COUNTRY_CODES);
    plan->countries = ARENA_NEW(arena, int64_t, COUNTRY_CODES);
    plan->texts = ARENA_NEW(arena, cell, scenario->fact_count + 1);
    /* Arenas fill in order: the last is there only when all are. */
    plan->sets =
        ARENA_NEW(arena, struct country_set, scenario->fact_count + scenario->group_count + 1);
    return plan->sets == NULL ? arena_full(err) : result_ok();
}

result law_plan_make(const struct scenario *scenario, struct arena *arena,
                     const struct law_plan **ret_plan, struct err *err)
{
    struct law_plan *plan = ARENA_NEW(arena, struct law_plan, 1);
    if (plan == NULL) {
        return arena_full(err);
    }
    plan->scenario = scenario;
    plan->role_count = scenario->family_kind_count == 0 ? ROLE_ALONE + 1 : ROLE_COUNT;
    for (uint32_t i = 0; i < scenario->stage_count; i++) {
        plan->outcomes[i] = scenario_is_outcome(scenario, i);
    }
    TRY(plan_room(plan, arena, err));
    *ret_plan = NULL;
    find_ways(plan);
    if (plan->stage_count == 0) {
        return result_ok();
    }
    TRY(find_lasting(plan, arena, err));
    find_slots(plan);
    find_kept_givings(plan);
    find_countries(plan);
    find_values(plan);
    TRY(find_records(plan, arena, err));
    for (uint32_t i = 0; i < PROCEDURE_STAGES_MAX; i++) {
        if (plan->stage_places[i] != NOT_JUDGED) {
            TRY(make_stage(plan, i, arena, err));
        }
    }
    *ret_plan = plan;
    return result_ok();
}

/* ---- people ---- */

static cell *cells_of(const struct law_future *future, uint32_t holder, uint32_t member)
{
    const size_t slots = future->plan->slot_count;
    if ((holder & FAMILY_BIT) != 0) {
        return &future->families[holder ^ FAMILY_BIT].cells[member * slots];
    }
    return &future->chunks[holder / CHUNK_PEOPLE][(holder % CHUNK_PEOPLE) * slots];
}

static bool has_room(struct law_future *future, uint32_t person)
{
    const uint32_t chunk = person / CHUNK_PEOPLE;
    if (future->chunks[chunk] == NULL) {
        future->chunks[chunk] =
            ARENA_NEW(future->arena, cell, CHUNK_PEOPLE * (future->plan->slot_count + 1));
        future->full = future->full || future->chunks[chunk] == NULL;
    }
    return !future->full;
}

/* ---- families ---- */

static void families_grow(struct law_future *future)
{
    const uint32_t capacity = 2 * future->family_capacity + FAMILIES_FIRST;
    struct family *families = ARENA_NEW(future->arena, struct family, capacity);
    if (families == NULL) {
        future->full = true;
        return;
    }
    if (future->family_count > 0) {
        memcpy(families, future->families, future->family_count * sizeof *families);
    }
    future->families = families;
    future->family_capacity = capacity;
}

/* Another family of that kind, of whom nothing is known. */
static uint32_t family_new(struct law_future *future, uint32_t kind)
{
    const struct family_item *item = &future->plan->scenario->family_kinds[kind];
    const uint32_t people = item->adults + item->children;
    if (future->family_count == future->family_capacity) {
        families_grow(future);
    }
    if (future->full) {
        return 0;
    }
    struct family *family = &future->families[future->family_count];
    *family = (struct family){
        .people = people,
        .cells = ARENA_NEW(future->arena, cell, people * future->plan->slot_count + 1),
        .rows = ARENA_NEW(future->arena, uint32_t, people),
    };
    future->full = family->cells == NULL || family->rows == NULL;
    return future->family_count++;
}

/* A family that comes takes the room of one of its kind that is gone. */
static uint32_t family_begin(struct law_future *future, uint32_t kind, uint64_t key)
{
    uint32_t number = future->free_first[kind];
    if (number == NOBODY_FREE) {
        number = family_new(future, kind);
    } else {
        future->free_first[kind] = future->families[number].free_next;
    }
    if (!future->full) {
        future->families[number].key = key;
    }
    return number | FAMILY_BIT;
}

static void family_end(struct law_future *future, uint32_t holder, uint32_t kind)
{
    future->families[holder ^ FAMILY_BIT].free_next = future->free_first[kind];
    future->free_first[kind] = holder ^ FAMILY_BIT;
}

static uint32_t people_of(const struct law_future *future, uint32_t holder)
{
    return (holder & FAMILY_BIT) != 0 ? future->families[holder ^ FAMILY_BIT].people : 1;
}

/* The same, of somebody who comes or steps: their kind says it, and no family is looked at, for it
 * may lie far away. */
static uint32_t people_who(const struct law_future *future, const struct procedure_who *who)
{
    if (who->family == PROCEDURE_NONE) {
        return 1;
    }
    const struct family_item *kind = &future->plan->scenario->family_kinds[who->family];
    return kind->adults + kind->children;
}

static inline struct someone someone_of(const struct law_future *future,
                                        const struct procedure_who *who, uint32_t holder,
                                        uint32_t member)
{
    if (who->family == PROCEDURE_NONE) {
        return (struct someone){holder, 0, ROLE_ALONE, who->key, who->key, who->group};
    }
    const struct family_item *kind = &future->plan->scenario->family_kinds[who->family];
    return (struct someone){
        .holder = holder,
        .member = member,
        .role = member >= kind->adults ? ROLE_CHILD
                : kind->children > 0   ? ROLE_PARENT
                                       : ROLE_CHILDLESS,
        .key = procedure_member_key(who->key, member),
        .family_key = who->key,
        .group = who->group,
    };
}

/* ---- what is given ---- */

static cell given_cell(const struct law_future *future, size_t line_index, uint32_t group,
                       int32_t day)
{
    const struct scenario *scenario = future->plan->scenario;
    const struct fact_line *line = &scenario->facts[line_index];
    switch (line->given.kind) {
    case GIVEN_TEXT:
        return future->plan->texts[line_index];
    case GIVEN_DAY:
        return cell_of_number((int64_t)day + line->given.days);
    case GIVEN_NATIONALITY:
        if (!scenario->groups[group].has_country) {
            return CELL_UNKNOWN;
        }
        return scenario->rulebook->facts[line->fact.index].type == FACT_COUNTRIES
                   ? (cell)(scenario->fact_count + group)
                   : (cell)scenario->groups[group].country;
    }
    return CELL_UNKNOWN;
}

static bool is_drawn_for_each(const struct giving *giving)
{
    return giving->scope == OF_EVERYBODY || giving->scope == OF_CHILDREN;
}

/* Which of the lines is drawn; as many as there are: none, then the fact is unknown. What is said
 * of families is drawn once for all of it. */
static size_t line_drawn(const struct law_future *future, const struct giving *giving,
                         const struct someone *someone, int32_t day)
{
    const uint64_t key = is_drawn_for_each(giving) ? someone->key : someone->family_key;
    struct draw draw = draw_begin(key, giving->purpose);
    double left = draw_unit(&draw);
    for (size_t i = 0; i < giving->line_count; i++) {
        const struct quantity *shares = &future->shares[giving->first_line + i];
        const double share = quantity_at(shares, someone->group, (double)day);
        if (left < share) {
            return i;
        }
        left -= share;
    }
    return giving->line_count;
}

static cell given(const struct law_future *future, const struct giving *giving,
                  const struct someone *someone, int32_t day)
{
    const size_t line = line_drawn(future, giving, someone, day);
    return line < giving->line_count
               ? given_cell(future, giving->first_line + line, someone->group, day)
               : CELL_UNKNOWN;
}

/* Of the facts that are kept; those of a judged stage alone are given when somebody is judged. */
static void give_kept(const struct law_future *future, const struct procedure_who *who,
                      uint32_t holder, uint32_t stage, int32_t day)
{
    const struct law_plan *plan = future->plan;
    const size_t first = plan->kept_first[stage];
    const size_t end = plan->kept_first[stage + 1];
    const uint32_t people = first < end ? people_who(future, who) : 0;
    for (uint32_t i = 0; i < people; i++) {
        const struct someone someone = someone_of(future, who, holder, i);
        cell *cells = cells_of(future, holder, i);
        for (size_t j = first; j < end; j++) {
            const struct giving *giving = plan->kept_givings[j];
            if (concerns(giving->scope, someone.role)) {
                cells[plan->slots[giving->fact]] = given(future, giving, &someone, day);
            }
        }
    }
}

/* Gives the row in the judged stage. */
static uint32_t open_row(struct law_future *future, const struct someone *someone, uint8_t place,
                         int32_t day)
{
    struct line_up *line_up = &future->line_ups[place];
    const uint32_t row = line_up_open(line_up, (struct line_up_row){
                                                   .key = someone->key,
                                                   .person = someone->holder,
                                                   .day = day,
                                                   .group = (uint16_t)someone->group,
                                                   .member = (uint8_t)someone->member,
                                                   .role = (uint8_t)someone->role,
                                               });
    future->full = future->full || line_up->full;
    return row;
}

/* Is it certain already, of somebody who comes into a judged stage, that they are never cleared
 * there for any of its ways? Of most a fact or two says so: they need no others, and no row. */
static bool is_barred(const struct law_future *future, const struct procedure_who *who,
                      uint32_t holder, uint8_t place, int32_t day)
{
    const struct judged_stage *judged = &future->plan->stages[place];
    const uint32_t people = people_who(future, who);
    uint16_t barred = 0;
    for (uint32_t i = 0; i < people; i++) {
        const struct someone someone = someone_of(future, who, holder, i);
        const struct gate *end = &future->gates[judged->gate_first[someone.role + 1]];
        for (const struct gate *gate = &future->gates[judged->gate_first[someone.role]]; gate < end;
             gate++) {
            barred |= gate->barred[line_drawn(future, gate->giving, &someone, day)];
            if (barred == judged->ways) {
                return true;
            }
        }
    }
    return false;
}

/* Whoever comes into a judged stage gets a row there, each of a family one. Gives the row of
 * somebody alone. */
static uint32_t open_rows(struct law_future *future, const struct procedure_who *who,
                          uint32_t holder, uint8_t place, int32_t day)
{
    uint32_t row = 0;
    const uint32_t people = people_who(future, who);
    for (uint32_t i = 0; i < people && !future->full; i++) {
        const struct someone someone = someone_of(future, who, holder, i);
        row = open_row(future, &someone, place, day);
        if ((holder & FAMILY_BIT) != 0) {
            future->families[holder ^ FAMILY_BIT].rows[i] = row;
        }
    }
    return row;
}

/* The seat of somebody alone is the row in the judged stage where they are; that of a family is the
 * family. */
static uint32_t enter_stage(struct law_future *future, const struct procedure_who *who,
                            uint32_t holder, uint32_t stage, int32_t day)
{
    const struct law_plan *plan = future->plan;
    const uint8_t place = plan->stage_places[stage];
    const uint32_t family = (holder & FAMILY_BIT) != 0 ? holder : 0;
    give_kept(future, who, holder, stage, day);
    if (place == NOT_JUDGED) {
        return family;
    }
    if (is_barred(future, who, holder, place, day)) {
        return family | PROCEDURE_NEVER_CLEARED;
    }
    const uint32_t row = open_rows(future, who, holder, place, day);
    return family != 0 ? family : row;
}

static uint32_t law_comes(void *context, const struct procedure_who *who, uint32_t stage,
                          int32_t day)
{
    struct law_future *future = context;
    const bool alone = who->family == PROCEDURE_NONE;
    if (alone && !has_room(future, who->person)) {
        return 0;
    }
    const uint32_t holder = alone ? who->person : family_begin(future, who->family, who->key);
    if (future->full) {
        return 0;
    }
    cell *cells = cells_of(future, holder, 0);
    const size_t count = people_who(future, who) * future->plan->slot_count;
    for (size_t i = 0; i < count; i++) {
        cells[i] = CELL_UNKNOWN;
    }
    give_kept(future, who, holder, ON_COMING, day);
    return enter_stage(future, who, holder, stage, day);
}

/* What the step records of each of them. */
static void record_step(const struct law_future *future, const struct procedure_who *who,
                        uint32_t holder, uint32_t step, int32_t day)
{
    const struct law_plan *plan = future->plan;
    const uint32_t people = people_who(future, who);
    for (size_t i = 0; i < plan->record_counts[step]; i++) {
        const struct recorded *record = &plan->records[step][i];
        const cell value = record->today ? cell_of_number(day) : record->value;
        for (uint32_t member = 0; member < people; member++) {
            cells_of(future, holder, member)[record->slot] = value;
        }
    }
}

/* They are no longer in the judged stage, unless they never had rows there, or no longer have. */
static void close_rows(const struct law_future *future, const struct procedure_who *who,
                       uint32_t holder, uint8_t place)
{
    struct line_up *line_up = &future->line_ups[place];
    const bool alone = who->family == PROCEDURE_NONE;
    const uint32_t *rows = alone ? &who->seat : future->families[holder ^ FAMILY_BIT].rows;
    const uint32_t people = people_who(future, who);
    for (uint32_t i = 0; i < people; i++) {
        if (line_up_has(line_up, rows[i], holder)) {
            line_up_close(line_up, rows[i]);
        }
    }
}

static uint32_t law_steps(void *context, const struct procedure_who *who, uint32_t from,
                          uint32_t step, uint32_t to, int32_t day)
{
    struct law_future *future = context;
    const struct law_plan *plan = future->plan;
    if (future->full) {
        return 0;
    }
    const bool alone = who->family == PROCEDURE_NONE;
    const bool had_rows =
        plan->stage_places[from] != NOT_JUDGED && (who->seat & PROCEDURE_NEVER_CLEARED) == 0;
    const uint32_t holder = alone ? who->person : who->seat & ~PROCEDURE_NEVER_CLEARED;
    record_step(future, who, holder, step, day);
    if (had_rows) {
        close_rows(future, who, holder, plan->stage_places[from]);
    }
    if (!alone && plan->outcomes[to]) {
        family_end(future, holder, who->family);
        return 0;
    }
    return enter_stage(future, who, holder, to, day);
}

/* ---- judging ---- */

/* Some of those who came since they were last judged, as they are needed side by side. */
struct newcomers {
    size_t count;
    uint64_t keys[LINE_UP_RUNS_MAX];
    uint64_t family_keys[LINE_UP_RUNS_MAX];
    int32_t days[LINE_UP_RUNS_MAX];
    uint16_t groups[LINE_UP_RUNS_MAX];
    uint16_t places[LINE_UP_RUNS_MAX]; /* among all of them */
};

/* All of them, and, where there are families, those in each role. */
struct batch {
    struct line_up_runs runs;
    struct newcomers all;
    struct newcomers of_role[ROLE_COUNT];
};

static void newcomer_add(struct newcomers *newcomers, const struct line_up_row *about,
                         uint64_t family_key, size_t place)
{
    const size_t i = newcomers->count++;
    newcomers->keys[i] = about->key;
    newcomers->family_keys[i] = family_key;
    newcomers->days[i] = about->day;
    newcomers->groups[i] = about->group;
    newcomers->places[i] = (uint16_t)place;
}

static void batch_of(const struct law_future *future, const struct line_up *line_up,
                     const uint32_t *fresh, size_t count, struct batch *batch)
{
    line_up_runs_of(fresh, count, &batch->runs);
    batch->all.count = 0;
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        batch->of_role[role].count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct line_up_row *about = &line_up->rows[fresh[i]];
        const bool alone = (about->person & FAMILY_BIT) == 0;
        const uint64_t family_key =
            alone ? about->key : future->families[about->person ^ FAMILY_BIT].key;
        newcomer_add(&batch->all, about, family_key, i);
        if (future->plan->role_count > 1) {
            newcomer_add(&batch->of_role[about->role], about, family_key, i);
        }
    }
}

/* What the same lines give to all of them: as `given`, line by line instead of person by person, so
 * that the processor is never held up by what one of them draws. */
static void give_to_all(const struct law_future *future, const struct giving *giving,
                        const struct newcomers *newcomers, cell *ret_values)
{
    const size_t count = newcomers->count;
    const uint64_t *keys = is_drawn_for_each(giving) ? newcomers->keys : newcomers->family_keys;
    double left[LINE_UP_RUNS_MAX];
    for (size_t i = 0; i < count; i++) {
        struct draw draw = draw_begin(keys[i], giving->purpose);
        left[i] = draw_unit(&draw);
        ret_values[i] = CELL_UNKNOWN;
    }
    for (size_t n = 0; n < giving->line_count; n++) {
        const size_t line = giving->first_line + n;
        const struct quantity *shares = &future->shares[line];
        const bool alike = future->plan->scenario->facts[line].given.kind == GIVEN_TEXT;
        const cell of_all = future->plan->texts[line];
        for (size_t i = 0; i < count; i++) {
            const uint16_t group = newcomers->groups[i];
            const int32_t day = newcomers->days[i];
            const double share = quantity_at(shares, group, (double)day);
            const cell value = alike ? of_all : given_cell(future, line, group, day);
            const bool is_given = left[i] < share;
            ret_values[i] = is_given ? value : ret_values[i];
            left[i] = is_given ? (double)INFINITY : left[i] - share;
        }
    }
}

/* What those in one role get, or bring. */
static void fill_role(const struct law_future *future, const struct line_up *line_up,
                      const struct filling *filling, const struct batch *batch, size_t role,
                      cell *values)
{
    const struct newcomers *newcomers =
        future->plan->role_count == 1 ? &batch->all : &batch->of_role[role];
    cell own[LINE_UP_RUNS_MAX];
    if (newcomers->count > 0 && filling->givings[role] != NULL) {
        give_to_all(future, filling->givings[role], newcomers, own);
    }
    for (size_t i = 0; i < newcomers->count; i++) {
        const uint16_t place = newcomers->places[i];
        const struct line_up_row *about = &line_up->rows[batch->runs.rows[place]];
        values[place] = filling->givings[role] != NULL ? own[i]
                        : filling->slot == NOT_FOUND_INDEX
                            ? CELL_UNKNOWN
                            : cells_of(future, about->person, about->member)[filling->slot];
    }
}

/* One fact of some of those who came since they were last judged. */
static void fill_fact(const struct law_future *future, struct line_up *line_up,
                      const struct filling *filling, const struct batch *batch)
{
    cell values[LINE_UP_RUNS_MAX];
    if (filling->alike && filling->givings[0] != NULL) {
        give_to_all(future, filling->givings[0], &batch->all, values);
    } else {
        for (size_t role = 0; role < future->plan->role_count; role++) {
            fill_role(future, line_up, filling, batch, role, values);
        }
    }
    line_up_put(line_up, filling->fact, &batch->runs, values);
}

static bool begins_family(const struct line_up_row *row)
{
    return row->is_there && row->member == 0 && (row->person & FAMILY_BIT) != 0;
}

/* The families in a line. */
static result families_in(const struct law_future *future, const struct line_up *line_up,
                          struct arena *arena, struct line_up_families *ret_families,
                          struct err *err)
{
    const bool any = future->family_count > 0;
    uint32_t *rows = ARENA_NEW(arena, uint32_t, any ? line_up->row_count + 1 : 1);
    size_t *begins = ARENA_NEW(arena, size_t, any ? line_up->row_count + 1 : 1);
    if (rows == NULL || begins == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    size_t people = 0;
    for (uint32_t i = 0; any && i < line_up->row_count; i++) {
        if (begins_family(&line_up->rows[i])) {
            const struct family *family = &future->families[line_up->rows[i].person ^ FAMILY_BIT];
            memcpy(&rows[people], family->rows, family->people * sizeof *rows);
            people += family->people;
            begins[++count] = people;
        }
    }
    *ret_families = (struct line_up_families){rows, begins, count};
    return result_ok();
}

/* Whoever came since the last time gets their facts. */
static void fill(const struct law_future *future, uint32_t stage)
{
    const struct judged_stage *judged = &future->plan->stages[stage];
    struct line_up *line_up = &future->line_ups[stage];
    const size_t count = line_up_fresh(line_up);
    struct batch batch;
    for (size_t first = 0; first < count; first += LINE_UP_RUNS_MAX) {
        const size_t left = count - first;
        batch_of(future, line_up, &line_up->fresh[first],
                 left < LINE_UP_RUNS_MAX ? left : LINE_UP_RUNS_MAX, &batch);
        for (size_t i = 0; i < judged->filling_count; i++) {
            fill_fact(future, line_up, &judged->fillings[i], &batch);
        }
    }
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

/* Rows of whom a safeguard is not clear that never will be while they are here. */
static const uint64_t *barred_for_good(const struct judged_way *judged,
                                       const struct screen_answers *answers, size_t word_count,
                                       struct arena *arena)
{
    uint64_t *rows = ARENA_NEW(arena, uint64_t, word_count + 1);
    for (size_t i = 0; rows != NULL && i < judged->lasting_count; i++) {
        const uint64_t *barred = answers->each_barred[judged->lasting[i]];
        const uint64_t *unknown = answers->each_unknown[judged->lasting[i]];
        for (size_t word = 0; word < word_count; word++) {
            rows[word] |= barred[word] | unknown[word];
        }
    }
    return rows;
}

/* All of the family, when one is: it goes together, or nobody. */
static void bar_row(const struct law_future *future, struct line_up *line_up, uint32_t row,
                    uint16_t way, uint16_t ways)
{
    const struct line_up_row about = line_up->rows[row];
    if (!about.is_there) {
        return;
    }
    const bool alone = (about.person & FAMILY_BIT) == 0;
    const uint32_t *rows = alone ? &row : future->families[about.person ^ FAMILY_BIT].rows;
    for (uint32_t i = 0; i < people_of(future, about.person); i++) {
        struct line_up_row *barred = &line_up->rows[rows[i]];
        barred->barred |= way;
        if (barred->barred == ways) {
            line_up_close(line_up, rows[i]);
        }
    }
}

/* Whoever is barred for good from all ways of the stage is never judged again while they are in it,
 * and their row is free for others. */
static result bar_for_good(const struct law_future *future, const struct judged_way *judged,
                           const struct screen_answers *answers, struct line_up *line_up,
                           struct arena scratch, struct err *err)
{
    const uint16_t ways = future->plan->stages[judged->stage].ways;
    const size_t word_count = ((size_t)line_up->row_count + 63) / 64;
    const uint64_t *barred = barred_for_good(judged, answers, word_count, &scratch);
    if (barred == NULL) {
        return arena_full(err);
    }
    for (size_t word = 0; word < word_count; word++) {
        for (uint64_t left = barred[word]; left != 0; left &= left - 1) {
            bar_row(future, line_up, (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(left),
                    judged->bit, ways);
        }
    }
    return result_ok();
}

/* Clear is who is in a row that is clear; of a family, everybody. */
static enum procedure_clearance clearance_of(const struct law_future *future,
                                             const struct judged_way *judged,
                                             const struct screen_answers *answers,
                                             struct procedure_candidate candidate)
{
    const struct line_up *line_up = &future->line_ups[judged->stage];
    if ((candidate.seat & PROCEDURE_NEVER_CLEARED) != 0) {
        return NEVER_CLEARED;
    }
    const bool alone = (candidate.seat & FAMILY_BIT) == 0;
    const uint32_t holder = alone ? candidate.person : candidate.seat;
    const uint32_t *rows =
        alone ? &candidate.seat : future->families[candidate.seat ^ FAMILY_BIT].rows;
    bool clear = true;
    for (uint32_t i = 0; i < people_of(future, holder); i++) {
        if (!line_up_has(line_up, rows[i], holder) ||
            (line_up->rows[rows[i]].barred & judged->bit) != 0) {
            return NEVER_CLEARED;
        }
        clear = clear && plane_bit(answers->clear, rows[i]);
    }
    return clear ? CLEARED : NOT_CLEARED;
}

static result law_judges(void *context, uint32_t way, const struct procedure_candidate *candidates,
                         size_t count, int32_t day, enum procedure_clearance *ret_clearances,
                         struct err *err)
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
    struct line_up *line_up = &future->line_ups[judged->stage];
    struct arena scratch = *future->arena;
    const date today = date_add_days(plan->scenario->about.begins, day);
    fill(future, judged->stage);
    struct line_up_families families;
    TRY(families_in(future, line_up, &scratch, &families, err));
    const struct columns *columns = line_up_settle(line_up, families);
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
    TRY(screen_compile(columns, &question, screen_best_level(), &scratch, &screen, err));
    TRY(screen_answers_init(screen, true, &scratch, &answers, err));
    TRY(screen_all(screen, scratch, &answers, err));
    TRY(bar_for_good(future, judged, &answers, line_up, scratch, err));
    for (size_t i = 0; i < count; i++) {
        ret_clearances[i] = clearance_of(future, judged, &answers, candidates[i]);
    }
    return result_ok();
}

static int32_t law_notice(void *context, uint32_t way, int32_t day)
{
    const struct law_future *future = context;
    const struct scenario *scenario = future->plan->scenario;
    const struct value given = value_date(date_add_days(scenario->about.begins, day));
    const struct value last =
        judge_run(scenario->rulebook, future->plan->ways[way].notice, 0, given);
    return last.known ? (int32_t)(last.number - scenario->about.begins.day) + 1 : INT32_MAX;
}

/* How many ways a gate bars, on average. */
static double bars(const struct law_future *future, const struct gate *gate)
{
    double left = 1;
    double sum = 0;
    for (size_t i = 0; i < gate->giving->line_count; i++) {
        const double share = quantity_at(&future->shares[gate->giving->first_line + i], 0, 0);
        sum += share * __builtin_popcount(gate->barred[i]);
        left -= share;
    }
    return sum + left * __builtin_popcount(gate->barred[gate->giving->line_count]);
}

static void sort_gates(const struct law_future *future, struct gate *gates, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct gate gate = gates[i];
        size_t at = i;
        while (at > 0 && bars(future, &gates[at - 1]) < bars(future, &gate)) {
            gates[at] = gates[at - 1];
            at--;
        }
        gates[at] = gate;
    }
}

/* Whoever is barred is barred in any order: it only says so sooner. */
static result begin_gates(struct law_future *future, struct err *err)
{
    const struct law_plan *plan = future->plan;
    future->gates = ARENA_NEW(future->arena, struct gate, plan->gate_count + 1);
    if (future->gates == NULL) {
        return arena_full(err);
    }
    memcpy(future->gates, plan->gates, plan->gate_count * sizeof *future->gates);
    for (size_t i = 0; i < plan->stage_count; i++) {
        const size_t *first = plan->stages[i].gate_first;
        for (size_t role = 0; role < ROLE_COUNT; role++) {
            sort_gates(future, &future->gates[first[role]], first[role + 1] - first[role]);
        }
    }
    return result_ok();
}

static result begin_line_ups(struct law_future *future, struct err *err)
{
    const struct law_plan *plan = future->plan;
    future->line_ups = ARENA_NEW(future->arena, struct line_up, plan->stage_count + 1);
    if (future->line_ups == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < plan->stage_count; i++) {
        TRY(line_up_begin(&future->line_ups[i], &plan->stages[i].line_up, future->arena, err));
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
    for (size_t i = 0; i < PROCEDURE_FAMILY_KINDS_MAX; i++) {
        future->free_first[i] = NOBODY_FREE;
    }
    future->chunks = ARENA_NEW(sums->arena, cell *, CHUNKS_MAX);
    future->shares = ARENA_NEW(sums->arena, struct quantity, scenario->fact_count + 1);
    struct schedules *shares = ARENA_NEW(sums->arena, struct schedules, scenario->fact_count + 1);
    if (future->chunks == NULL || future->shares == NULL || shares == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < scenario->fact_count; i++) {
        future->shares[i] = (struct quantity){.constant = true, .value = 1};
        if (scenario->facts[i].share != NO_SUM) {
            TRY(sums_schedules(sums, scenario->facts[i].share, 1, &shares[i], err));
            future->shares[i] = quantity_of(&shares[i]);
        }
    }
    TRY(begin_gates(future, err));
    TRY(begin_line_ups(future, err));
    future->law = (struct procedure_law){
        .context = future,
        .begin = law_comes,
        .step = law_steps,
        .judge = law_judges,
        .notice = law_notice,
        .days_between = scenario->judged_every,
    };
    *ret_law = &future->law;
    return result_ok();
}
