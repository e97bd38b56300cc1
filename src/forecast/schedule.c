#include "forecast/schedule.h"

#include <math.h>

/* The last point that is not after `time`; -1 when there is none. Most schedules change from
 * quarter to quarter: it is looked for from where it would be if all lay evenly. */
static int64_t point_at(const struct schedule *schedule, double time)
{
    const struct schedule_point *points = schedule->points;
    const int64_t last = (int64_t)schedule->count - 1;
    int64_t at = last;
    if (last > 1 && time < (double)points[last].day) {
        const double first = (double)points[1].day;
        const double part = (time - first) / ((double)points[last].day - first);
        at = part > 0 ? 1 + (int64_t)(part * (double)(last - 1)) : 0;
    }
    while (at >= 0 && (double)points[at].day > time) {
        at--;
    }
    while (at < last && (double)points[at + 1].day <= time) {
        at++;
    }
    return at;
}

static double value_of(const struct schedule *schedule, int64_t point)
{
    return point < 0 ? 0 : schedule->points[point].value;
}

static double end_of(const struct schedule *schedule, int64_t point)
{
    return point + 1 < (int64_t)schedule->count ? (double)schedule->points[point + 1].day
                                                : (double)INFINITY;
}

double schedule_at(const struct schedule *schedule, double time)
{
    return value_of(schedule, point_at(schedule, time));
}

double schedule_reach(const struct schedule *schedule, double from, double amount)
{
    double at = from;
    double left = amount;
    for (int64_t point = point_at(schedule, from); point < (int64_t)schedule->count; point++) {
        const double value = value_of(schedule, point);
        ASSERT(value >= 0);
        const double end = end_of(schedule, point);
        if (value > 0) {
            const double until = at + left / value;
            if (until < end) {
                return until;
            }
            left -= value * (end - at);
            left = left < 0 ? 0 : left; /* rounding */
        }
        at = end;
    }
    return (double)INFINITY;
}

double schedule_sum(const struct schedule *schedule, double from, double to)
{
    double sum = 0;
    double at = from;
    for (int64_t point = point_at(schedule, from); at < to; point++) {
        const double end = end_of(schedule, point);
        const double until = end < to ? end : to;
        sum += value_of(schedule, point) * (until - at);
        at = until;
    }
    return sum;
}

struct quantity quantity_of(const struct schedules *schedules)
{
    const bool constant = schedules->count == 1 && schedule_is_constant(&schedules->of[0]);
    return (struct quantity){
        .constant = constant,
        .value = constant ? schedules->of[0].points[0].value : 0,
        .schedules = schedules,
    };
}
