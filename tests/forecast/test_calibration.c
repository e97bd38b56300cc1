/* Aim: how two series go together over futures, by the definition of ranks: how many are less, and
 * half of how many are equal. Published: hours of television and a test's points of ten people
 * (Spearman's correlation of them is -29/165). */
#include "base/random.h"
#include "forecast/calibration.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MEMORY = 1024 * 1024, COUNT_MAX = 60 };

static double correlation(const double *a, const double *b, size_t count)
{
    struct arena arena = {0};
    struct err err = {0};
    double found = 0;
    assert_true(arena_open(&arena, MEMORY, &err).ok);
    assert_true(calibration_rank_correlation(a, b, count, arena, &found, &err).ok);
    arena_close(&arena);
    return found;
}

static double rank_by_hand(const double *values, size_t count, size_t of)
{
    double rank = 0;
    for (size_t i = 0; i < count; i++) {
        rank += values[i] < values[of] ? 1 : values[i] == values[of] ? 0.5 : 0;
    }
    return rank;
}

/* Pearson's, of these ranks. */
static double by_hand(const double *a, const double *b, size_t count)
{
    double sum_a = 0;
    double sum_b = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (size_t i = 0; i < count; i++) {
        const double x = rank_by_hand(a, count, i);
        const double y = rank_by_hand(b, count, i);
        sum_a += x;
        sum_b += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    const double n = (double)count;
    return (n * ab - sum_a * sum_b) / sqrt((n * aa - sum_a * sum_a) * (n * bb - sum_b * sum_b));
}

static void of_a_textbook(void **state)
{
    (void)state;
    const double points[] = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
    const double hours[] = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
    assert_true(fabs(correlation(points, hours, 10) - -29.0 / 165) < 1e-12);
    const double rising[] = {1, 8, 27, 64, 125};
    const double falling[] = {5, 4, 3, 2, 1};
    const double equal[] = {3, 3, 3, 3, 3};
    assert_true(fabs(correlation(rising, falling, 5) - -1) < 1e-12);
    assert_true(fabs(correlation(rising, rising, 5) - 1) < 1e-12);
    assert_true(correlation(rising, equal, 5) == 0);
}

static void as_by_hand(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 11);
    for (int round = 0; round < 500; round++) {
        double a[COUNT_MAX];
        double b[COUNT_MAX];
        const size_t count = 3 + random_below(&random, COUNT_MAX - 2);
        for (size_t i = 0; i < count; i++) {
            a[i] = (double)random_below(&random, 20);
            b[i] = a[i] / 3 + (double)random_below(&random, 9);
        }
        a[0] = -1; /* not all are equal */
        b[1] = -1;
        assert_true(fabs(correlation(a, b, count) - by_hand(a, b, count)) < 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_textbook),
                                       cmocka_unit_test(as_by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
