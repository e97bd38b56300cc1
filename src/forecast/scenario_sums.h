/* scenario_sums: the numbers of a scenario in one future, with some of its measures. Internal to
 * scenario_make.c and law.c.
 *
 * Numbers change on a few days only: at the beginning of a quarter (walks) and when a measure
 * starts. Each is computed once for each such day, for all groups at once, when it is first asked
 * for. Something over nothing is nothing. */
#ifndef RETURNHUB_FORECAST_SCENARIO_SUMS_H
#define RETURNHUB_FORECAST_SCENARIO_SUMS_H

#include "forecast/scenario_parts.h"

struct sums {
    const struct scenario *scenario;
    uint32_t measures;
    uint64_t key; /* of the future */
    struct draw_tables tables;
    struct arena *arena;
    int32_t days[SCENARIO_DAYS_MAX]; /* the first is SCHEDULE_ALWAYS */
    size_t day_count;
    size_t quarters[SCENARIO_DAYS_MAX]; /* in which each of these days lies */
    double **numbers; /* [day][number]: NULL until asked for, then one for each group */
    bool full;        /* the arena was */
};

MUST_USE result sums_begin(const struct scenario *scenario, uint32_t measures, uint64_t seed,
                           uint64_t future, struct arena *arena, struct sums *ret_sums,
                           struct err *err);

/* A sum as schedules: one for everybody where all groups have the same numbers. Below 0 counts as
 * 0, above `most` as `most`. */
MUST_USE result sums_schedules(struct sums *sums, uint32_t sum, double most,
                               struct schedules *ret_schedules, struct err *err);
/* Of people, or of what there is for them, where one counts for `one_in`. */
MUST_USE result sums_schedules_of_people(struct sums *sums, uint32_t sum, double one_in,
                                         struct schedules *ret_schedules, struct err *err);
/* A sum at the beginning, for one group. */
double sums_first(struct sums *sums, uint32_t sum, uint32_t group);

/* It changes from quarter to quarter. */
bool assumption_moves(const struct number_item *number);
double assumption_draw(const struct number_item *number, const struct draw_tables *tables,
                       uint64_t key, size_t quarter);

#endif
