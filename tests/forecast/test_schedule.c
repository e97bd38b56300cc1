/* Aim: numbers that change on days, against sums day by day. */
#include "base/random.h"
#include "forecast/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { POINTS_MAX = 6, DAYS = 60, PARTS = 4 };

static double by_hand(const struct schedule *schedule, double time)
{
    double value = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        if ((double)schedule->points[i].day <= time) {
            value = schedule->points[i].value;
        }
    }
    return value;
}

static void against_days(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 3);
    for (int round = 0; round < 2000; round++) {
        struct schedule_point points[POINTS_MAX];
        struct schedule schedule = {points, (size_t)random_below(&random, POINTS_MAX + 1)};
        int32_t day =
            random_chance(&random, 0.3) ? SCHEDULE_ALWAYS : (int32_t)random_below(&random, 10) - 5;
        for (size_t i = 0; i < schedule.count; i++) {
            points[i] = (struct schedule_point){day, (double)random_below(&random, 4)};
            day = (day == SCHEDULE_ALWAYS ? -5 : day) + 1 + (int32_t)random_below(&random, 15);
        }
        const double from = (double)random_between(&random, -10 * PARTS, 20 * PARTS) / PARTS;
        double sum = 0;
        const double wanted = (double)random_between(&random, 0, 40) / 3 + 0.01;
        double reached = INFINITY;
        for (int part = 0; part < DAYS * PARTS; part++) {
            const double at = from + (double)part / PARTS;
            const double value = by_hand(&schedule, at);
            assert_true(schedule_at(&schedule, at) == value);
            assert_true(fabs(schedule_sum(&schedule, from, at) - sum) < 1e-9);
            const double more = value / PARTS;
            if (isinf(reached) && sum + more > wanted) {
                reached = at + (wanted - sum) / value;
            }
            sum += more;
        }
        const double found = schedule_reach(&schedule, from, wanted);
        if (isinf(reached)) {
            assert_true(found > from + DAYS - 1e-6);
        } else {
            assert_true(fabs(found - reached) < 1e-6);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
