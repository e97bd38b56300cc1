/* procedure_count: what is counted while a procedure runs, and the series made of it. Internal to
 * procedure.c.
 *
 * Everything is counted in people: somebody is one of them, or as many as the family has. A stage
 * is counted by group: who is there, and the sum of the times at which they came and left,
 * taken from the beginning of the quarter, so that the days spent there need no look at anybody. */
#ifndef RETURNHUB_FORECAST_PROCEDURE_COUNT_H
#define RETURNHUB_FORECAST_PROCEDURE_COUNT_H

#include "forecast/procedure.h"

enum { PROCEDURE_PERSON_GONE = 255, PROCEDURE_ALONE = 0 };

/* Somebody alone, or a family. */
struct procedure_person {
    uint64_t key;
    double since;    /* in the stage */
    uint32_t ticket; /* of the stay; goes on when the number is given to somebody else */
    uint32_t seat;   /* the law's */
    uint16_t group;
    uint16_t stay;    /* how many there were */
    uint16_t in_line; /* bits: ways of the stage for which they stand in line */
    uint8_t stage;    /* or PROCEDURE_PERSON_GONE */
    uint8_t kind;     /* PROCEDURE_ALONE, or 1 and the kind of family */
};

struct procedure_present {
    const struct procedure_person *people;
    size_t people_count; /* those who are gone too */
    const struct station *stations;
};

struct stage_cell {
    int64_t count;
    double days; /* times of leaving less times of coming, from the beginning of the quarter */
    int64_t in_families; /* of those */
};

struct procedure_counts {
    const struct procedure *procedure;
    size_t group_count;
    struct stage_cell *stages; /* [stage][group] */
    uint64_t *steps;           /* [step][group], of the quarter */
    uint64_t *arrivals;        /* [arrivals][group], of the quarter */
    uint64_t held[PROCEDURE_WAYS_MAX];
    uint8_t people_of[PROCEDURE_FAMILY_KINDS_MAX + 1]; /* by `kind` of a person */
    double *quarter_ends;                              /* days */
    double quarter_begin;
    size_t quarter;
    double *values; /* [series][quarter] */
    uint64_t begun;
    uint64_t ended;
};

/* The values are taken from `arena`, the rest from `scratch`. */
MUST_USE result procedure_counts_init(struct procedure_counts *counts,
                                      const struct procedure *procedure, struct arena *arena,
                                      struct arena *scratch, struct err *err);

static inline struct stage_cell *procedure_stage_cell(const struct procedure_counts *counts,
                                                      uint32_t stage, uint32_t group)
{
    return &counts->stages[stage * counts->group_count + group];
}

static inline void procedure_count_enter(struct procedure_counts *counts, uint32_t stage,
                                         const struct procedure_person *person, double now)
{
    struct stage_cell *cell = procedure_stage_cell(counts, stage, person->group);
    const uint32_t people = counts->people_of[person->kind];
    cell->count += people;
    cell->days -= people * (now - counts->quarter_begin);
    cell->in_families += person->kind == PROCEDURE_ALONE ? 0 : people;
}

static inline void procedure_count_leave(struct procedure_counts *counts, uint32_t stage,
                                         const struct procedure_person *person, double now)
{
    struct stage_cell *cell = procedure_stage_cell(counts, stage, person->group);
    const uint32_t people = counts->people_of[person->kind];
    cell->count -= people;
    cell->days += people * (now - counts->quarter_begin);
    cell->in_families -= person->kind == PROCEDURE_ALONE ? 0 : people;
}

static inline void procedure_count_step(struct procedure_counts *counts, uint32_t step,
                                        uint32_t group, uint32_t people)
{
    counts->steps[step * counts->group_count + group] += people;
}

static inline void procedure_count_arrival(struct procedure_counts *counts, uint32_t arrivals,
                                           uint32_t group, uint32_t people)
{
    counts->arrivals[arrivals * counts->group_count + group] += people;
}

/* Everybody in the stage. */
static inline uint64_t procedure_count_present(const struct procedure_counts *counts,
                                               uint32_t stage)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < counts->group_count; i++) {
        sum += procedure_stage_cell(counts, stage, i)->count;
    }
    return (uint64_t)sum;
}

/* The end of a quarter: writes its column of values, and begins the next one. At the end of a year,
 * and of the run, it checks. */
void procedure_count_quarter(struct procedure_counts *counts, struct procedure_present present,
                             double now);

/* Asserts the invariants of procedure.h, by counting everybody anew. */
void procedure_count_check(const struct procedure_counts *counts, struct procedure_present present);

#endif
