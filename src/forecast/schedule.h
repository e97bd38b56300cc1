/* schedule: a number that changes on given days and stays the same between them: how many decisions
 * are made a day, how many places a hub has, which share appeals.
 *
 * Time in a forecast is a double: days since the first midnight of the forecast, 0.5 being noon of
 * the first day. What happened before it has a negative time. Plain data; whoever makes a schedule
 * owns its points. */
#ifndef RETURNHUB_FORECAST_SCHEDULE_H
#define RETURNHUB_FORECAST_SCHEDULE_H

#include "base/result.h"

#include <math.h>
#include <stddef.h>

/* From the beginning of `day` on, counted from the first day of the forecast (which is 0). */
struct schedule_point {
    int32_t day;
    double value;
};

/* Points by rising day. Before the first point the value is 0: what starts on a day is not there
 * before it. What always held begins at SCHEDULE_ALWAYS. */
struct schedule {
    const struct schedule_point *points;
    size_t count;
};

#define SCHEDULE_ALWAYS INT32_MIN

double schedule_at(const struct schedule *schedule, double time);

/* The time at which the sum of the schedule over time, from `from` on, has grown to `amount`:
 * when the next event of a process with this rate a day comes, if `amount` is exponential with
 * mean 1. INFINITY when it never does. Values must not be negative. */
double schedule_reach(const struct schedule *schedule, double from, double amount);
/* That sum from `from` to `to`. */
double schedule_sum(const struct schedule *schedule, double from, double to);

/* Does it have one value, always? */
static inline bool schedule_is_constant(const struct schedule *schedule)
{
    return schedule->count == 1 && schedule->points[0].day == SCHEDULE_ALWAYS;
}

/* One schedule for everybody (count 1), or one for each group of people. */
struct schedules {
    const struct schedule *of;
    size_t count;
};

static inline const struct schedule *schedules_of(const struct schedules *schedules, uint32_t group)
{
    return &schedules->of[schedules->count == 1 ? 0 : group];
}

/* Schedules, made quick to ask where they are the same for everybody and always. */
struct quantity {
    bool constant;
    double value;
    const struct schedules *schedules;
};
struct quantity quantity_of(const struct schedules *schedules);

static inline double quantity_at(const struct quantity *quantity, uint32_t group, double time)
{
    return quantity->constant ? quantity->value
                              : schedule_at(schedules_of(quantity->schedules, group), time);
}

/* As schedule_reach. */
static inline double quantity_reach(const struct quantity *quantity, uint32_t group, double from,
                                    double amount)
{
    return !quantity->constant
               ? schedule_reach(schedules_of(quantity->schedules, group), from, amount)
           : quantity->value > 0 ? from + amount / quantity->value
                                 : (double)INFINITY;
}

#endif
