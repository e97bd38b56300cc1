/* Aim: the intervals are those of the literature: Wilson's from a second calculation that solves
 * the quadratic equation it comes from by bisection; the ranks of a median's from the published
 * table of the sign test (n = 6: 1 and 6; 10: 2 and 9; 20: 6 and 15; 25: 8 and 18; 50: 18 and 33;
 * 100: 40 and 61), and counted out in whole numbers for small n. */
#include "statistics/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* |p - yes/all| = z sqrt(p (1 - p) / all): the ends are where the two sides meet. */
static double meeting(double yes, double all, double from, double to)
{
    const double z = 1.959963984540054;
    for (int i = 0; i < 200; i++) {
        const double p = (from + to) / 2;
        const double inside = fabs(p - yes / all) - z * sqrt(p * (1 - p) / all);
        *(inside < 0 ? &from : &to) = p;
    }
    return (from + to) / 2;
}

static void shares(void **state)
{
    (void)state;
    for (int all = 1; all < 60; all++) {
        for (int yes = 0; yes <= all; yes++) {
            const struct share share = share_of(yes, all);
            const double p = (double)yes / all;
            const double low = yes == 0 ? 0 : meeting(yes, all, p, 0);
            const double high = yes == all ? 1 : meeting(yes, all, p, 1);
            assert_int_equal(share.thousandths, (int)floor(1000 * p + 0.5));
            assert_true(fabs((double)share.low - floor(low * 1000)) < 1.1 &&
                        (double)share.low <= low * 1000 + 1e-6);
            assert_true(fabs((double)share.high - ceil(high * 1000)) < 1.1 &&
                        (double)share.high >= high * 1000 - 1e-6);
        }
    }
    /* 10 of 100: 5.5 % to 17.4 %, in every textbook. */
    assert_int_equal(share_of(10, 100).low, 55);
    assert_int_equal(share_of(10, 100).high, 175);
}

static struct median of_numbers(size_t count)
{
    int32_t values[128];
    for (size_t i = 0; i < count; i++) {
        values[i] = (int32_t)i + 1;
    }
    return median_of(values, count);
}

static void medians(void **state)
{
    static const struct {
        size_t count;
        int64_t low;
        int64_t high;
    } published[] = {{6, 1, 6}, {10, 2, 9}, {20, 6, 15}, {25, 8, 18}, {50, 18, 33}, {100, 40, 61}};
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const struct median median = of_numbers(published[i].count);
        assert_true(median.has_interval);
        assert_int_equal(median.low, published[i].low);
        assert_int_equal(median.high, published[i].high);
    }
    for (size_t count = 1; count < 6; count++) {
        assert_false(of_numbers(count).has_interval);
        assert_int_equal(of_numbers(count).value, (count + 1) / 2);
    }
}

/* Every sequence of heads and tails counted: how many have fewer heads than the low rank. */
static void ranks_by_counting(void **state)
{
    (void)state;
    for (size_t count = 6; count < 18; count++) {
        const int64_t low = of_numbers(count).low;
        int64_t fewer[2] = {0, 0};
        for (uint32_t coins = 0; coins < 1U << count; coins++) {
            const int heads = __builtin_popcount(coins);
            fewer[0] += heads < low ? 1 : 0;
            fewer[1] += heads < low + 1 ? 1 : 0;
        }
        assert_true(fewer[0] * 40 <= (int64_t)1 << count);
        assert_true(fewer[1] * 40 > (int64_t)1 << count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),
        cmocka_unit_test(medians),
        cmocka_unit_test(ranks_by_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
