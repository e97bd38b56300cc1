#include "forecast/procedure_count.h"

#include <string.h>

enum { MONTHS_OF_A_QUARTER = 3, QUARTERS_OF_A_YEAR = 4 };

static void quarter_ends_find(const struct procedure *procedure, double *ends)
{
    for (size_t i = 0; i < procedure->quarter_count; i++) {
        const date end = date_add_months(procedure->begin, MONTHS_OF_A_QUARTER * ((int32_t)i + 1),
                                         DATE_ROUND_DOWN);
        ends[i] = date_days_between(procedure->begin, end);
    }
}

result procedure_counts_init(struct procedure_counts *counts, const struct procedure *procedure,
                             struct arena *arena, struct arena *scratch, struct err *err)
{
    const size_t groups = procedure->group_count;
    *counts = (struct procedure_counts){
        .procedure = procedure,
        .group_count = groups,
        .stages = ARENA_NEW(scratch, struct stage_cell, procedure->stage_count * groups + 1),
        .steps = ARENA_NEW(scratch, uint64_t, procedure->step_count * groups + 1),
        .arrivals = ARENA_NEW(scratch, uint64_t, procedure->arrivals_count * groups + 1),
        .quarter_ends = ARENA_NEW(scratch, double, procedure->quarter_count),
        .values = ARENA_NEW(arena, double, procedure->series_count * procedure->quarter_count + 1),
    };
    if (counts->stages == NULL || counts->steps == NULL || counts->arrivals == NULL ||
        counts->quarter_ends == NULL || counts->values == NULL) {
        return arena_full(err);
    }
    counts->people_of[PROCEDURE_ALONE] = 1;
    for (size_t i = 0; i < procedure->family_count; i++) {
        const struct procedure_family *family = &procedure->families[i];
        counts->people_of[i + 1] = (uint8_t)(family->adults + family->children);
    }
    quarter_ends_find(procedure, counts->quarter_ends);
    return result_ok();
}

/* ---- terms ---- */

/* The sum of a row over one group, or all. */
static double sum_of(const uint64_t *row, size_t group_count, uint32_t group)
{
    if (group != PROCEDURE_NONE) {
        return (double)row[group];
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < group_count; i++) {
        sum += row[i];
    }
    return (double)sum;
}

static double present_in(const struct procedure_counts *counts, const struct series_term *term)
{
    return term->group == PROCEDURE_NONE
               ? (double)procedure_count_present(counts, term->index)
               : (double)procedure_stage_cell(counts, term->index, term->group)->count;
}

static double days_in(const struct procedure_counts *counts, const struct series_term *term,
                      double now)
{
    const size_t first = term->group == PROCEDURE_NONE ? 0 : term->group;
    const size_t end = term->group == PROCEDURE_NONE ? counts->group_count : first + 1;
    double sum = 0;
    for (size_t i = first; i < end; i++) {
        const struct stage_cell *cell = procedure_stage_cell(counts, term->index, (uint32_t)i);
        sum += cell->days + (double)cell->count * (now - counts->quarter_begin);
    }
    return sum;
}

static double in_families(const struct procedure_counts *counts, const struct series_term *term)
{
    const size_t first = term->group == PROCEDURE_NONE ? 0 : term->group;
    const size_t end = term->group == PROCEDURE_NONE ? counts->group_count : first + 1;
    int64_t sum = 0;
    for (size_t i = first; i < end; i++) {
        sum += procedure_stage_cell(counts, term->index, (uint32_t)i)->in_families;
    }
    return (double)sum;
}

static double long_in(const struct procedure_counts *counts, const struct series_term *term,
                      struct procedure_present present, double now)
{
    uint64_t count = 0;
    for (size_t i = 0; i < present.people_count; i++) {
        const struct procedure_person *person = &present.people[i];
        /* Without a branch: who is next is anybody. */
        const unsigned is_there = person->stage == term->index;
        const unsigned is_long = now - person->since >= term->days;
        const unsigned is_of_group = term->group == PROCEDURE_NONE || term->group == person->group;
        count += (is_there & is_long & is_of_group) * counts->people_of[person->kind];
    }
    return (double)count;
}

static double term_value(const struct procedure_counts *counts, const struct series_term *term,
                         struct procedure_present present, double now)
{
    const struct procedure *procedure = counts->procedure;
    const size_t groups = counts->group_count;
    switch (term->kind) {
    case TERM_ARRIVALS:
        return sum_of(&counts->arrivals[term->index * groups], groups, term->group);
    case TERM_STEP:
        return sum_of(&counts->steps[term->index * groups], groups, term->group);
    case TERM_STAGE:
        return present_in(counts, term);
    case TERM_STAGE_LONG:
        return long_in(counts, term, present, now);
    case TERM_IN_FAMILIES:
        return in_families(counts, term);
    case TERM_STAGE_DAYS:
        return days_in(counts, term, now);
    case TERM_PLACES:
        return present.stations[term->index].places;
    case TERM_TAKEN:
        return (double)present.stations[term->index].taken;
    case TERM_IDLE: {
        const struct station *station = &present.stations[term->index];
        const double idle = station->places - (double)station->taken;
        return idle > 0 ? idle : 0;
    }
    case TERM_PLACE_DAYS:
        return schedule_sum(&procedure->stations[term->index].places, counts->quarter_begin, now);
    case TERM_HELD_BY_LAW:
        return (double)counts->held[term->index];
    }
    ASSERT(false);
    return 0;
}

static void next_quarter(struct procedure_counts *counts, double now)
{
    const struct procedure *procedure = counts->procedure;
    const size_t groups = counts->group_count;
    memset(counts->steps, 0, procedure->step_count * groups * sizeof *counts->steps);
    memset(counts->arrivals, 0, procedure->arrivals_count * groups * sizeof *counts->arrivals);
    for (size_t i = 0; i < procedure->stage_count * groups; i++) {
        counts->stages[i].days = 0;
    }
    counts->quarter_begin = now;
    counts->quarter++;
}

void procedure_count_quarter(struct procedure_counts *counts, struct procedure_present present,
                             double now)
{
    const struct procedure *procedure = counts->procedure;
    const size_t ended = counts->quarter + 1;
    if (ended % QUARTERS_OF_A_YEAR == 0 || ended == procedure->quarter_count) {
        procedure_count_check(counts, present);
    }
    for (size_t i = 0; i < procedure->series_count; i++) {
        const struct procedure_series *series = &procedure->series[i];
        double sum = 0;
        for (size_t j = 0; j < series->term_count; j++) {
            sum += series->terms[j].weight * term_value(counts, &series->terms[j], present, now);
        }
        counts->values[i * procedure->quarter_count + counts->quarter] = sum;
    }
    next_quarter(counts, now);
}

/* ---- what must hold ---- */

struct recount {
    int64_t in_stage[PROCEDURE_PERSON_GONE + 1];
    uint64_t in_line[PROCEDURE_STATIONS_MAX];
    uint64_t taken[PROCEDURE_STATIONS_MAX];
    uint64_t present;
};

static void recount_person(const struct procedure_counts *counts,
                           const struct procedure_person *person, struct recount *recount)
{
    const uint32_t people = counts->people_of[person->kind];
    recount->in_stage[person->stage] += people;
    for (uint32_t left = person->in_line; left != 0; left &= left - 1) {
        const struct procedure_way *ways = counts->procedure->stages[person->stage].ways;
        recount->in_line[ways[__builtin_ctz(left)].station] += people;
    }
}

static void recount_stages(const struct procedure *procedure, struct recount *recount)
{
    for (size_t i = 0; i < procedure->stage_count; i++) {
        const uint32_t holds = procedure->stages[i].holds;
        recount->present += (uint64_t)recount->in_stage[i];
        if (holds != PROCEDURE_NONE) {
            recount->taken[holds] += (uint64_t)recount->in_stage[i];
        }
    }
}

void procedure_count_check(const struct procedure_counts *counts, struct procedure_present present)
{
    const struct procedure *procedure = counts->procedure;
    struct recount recount = {.present = 0};
    for (size_t i = 0; i < present.people_count; i++) {
        recount_person(counts, &present.people[i], &recount);
    }
    recount_stages(procedure, &recount);
    ASSERT(recount.present == counts->begun - counts->ended);
    for (uint32_t i = 0; i < procedure->stage_count; i++) {
        ASSERT((uint64_t)recount.in_stage[i] == procedure_count_present(counts, i));
    }
    for (size_t i = 0; i < procedure->station_count; i++) {
        ASSERT(recount.in_line[i] == present.stations[i].waiting);
        ASSERT(recount.taken[i] == present.stations[i].taken);
    }
}
