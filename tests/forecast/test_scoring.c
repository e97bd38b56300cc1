/* Aim: the score of a sample is its definition, computed over all pairs; of large normal samples it
 * is the closed form for a normal forecast (Gneiting and Raftery 2007, equation 21); and quantiles
 * are those of the type 7 definition, by hand. */
#include "forecast/scoring.h"

#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static double by_pairs(const double *sample, size_t count, double number)
{
    double error = 0;
    double pairs = 0;
    for (size_t i = 0; i < count; i++) {
        error += fabs(sample[i] - number);
        for (size_t j = 0; j < count; j++) {
            pairs += fabs(sample[i] - sample[j]);
        }
    }
    return error / (double)count - pairs / (2 * (double)count * (double)count);
}

static void crps_is_its_definition(void **state)
{
    struct random random;
    const uint64_t seed = 20260101;
    (void)state;
    printf("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (int round = 0; round < 200; round++) {
        double sample[60];
        const size_t count = 1 + (size_t)random_below(&random, 60);
        for (size_t i = 0; i < count; i++) {
            sample[i] = floor(40 * random_unit(&random)) - 10; /* ties too */
        }
        const double number = 60 * random_unit(&random) - 20;
        const double expected = by_pairs(sample, count, number);
        scoring_sort(sample, count);
        assert_true(fabs(scoring_crps(sample, count, number) - expected) < 1e-9);
    }
    const double one[1] = {3};
    assert_true(fabs(scoring_crps(one, 1, 7.5) - 4.5) < 1e-12);
}

/* sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)) */
static double of_normal(double mean, double sigma, double number)
{
    const double pi = acos(-1);
    const double z = (number - mean) / sigma;
    return sigma * (z * erf(z / sqrt(2)) + 2 * exp(-z * z / 2) / sqrt(2 * pi) - 1 / sqrt(pi));
}

static void crps_of_a_normal_sample(void **state)
{
    enum { COUNT = 20000 };
    static double sample[COUNT];
    (void)state;
    /* Not drawn but laid out: the quantiles of a normal distribution, by bisection of erf. */
    for (int i = 0; i < COUNT; i++) {
        const double share = (i + 0.5) / COUNT;
        double low = -8;
        double high = 8;
        for (int k = 0; k < 60; k++) {
            const double middle = (low + high) / 2;
            *(erf(middle / sqrt(2)) / 2 + 0.5 < share ? &low : &high) = middle;
        }
        sample[i] = 5 + 2 * low;
    }
    for (double number = -3; number < 14; number += 1.7) {
        assert_true(fabs(scoring_crps(sample, COUNT, number) - of_normal(5, 2, number)) < 2e-3);
    }
}

static void quantiles(void **state)
{
    const double sorted[] = {1, 2, 4, 8};
    (void)state;
    assert_true(fabs(scoring_quantile(sorted, 4, 0) - 1) < 1e-12);
    assert_true(fabs(scoring_quantile(sorted, 4, 1) - 8) < 1e-12);
    assert_true(fabs(scoring_quantile(sorted, 4, 0.5) - 3) < 1e-12);
    assert_true(fabs(scoring_quantile(sorted, 4, 0.25) - 1.75) < 1e-12);
    assert_true(fabs(scoring_quantile(sorted, 4, 0.9) - 6.8) < 1e-12);
    assert_true(fabs(scoring_quantile(sorted, 1, 0.3) - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crps_is_its_definition),
        cmocka_unit_test(crps_of_a_normal_sample),
        cmocka_unit_test(quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
