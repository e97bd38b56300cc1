/* Aim: the numbers drawn have the distributions they are said to have (moments, and the largest
 * difference from the distribution function: Kolmogorov 1933), streams of different things have
 * nothing to do with each other, and SplitMix64 is the published one. */
#include "forecast/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

static struct draw_tables tables;
static double drawn[DRAWS];

static int set_up(void **state)
{
    (void)state;
    draw_tables_make(&tables);
    return 0;
}

static void published_numbers(void **state)
{
    (void)state;
    /* SplitMix64 from 0: its first numbers stand in many places. */
    struct draw draw = {0};
    assert_true(draw_bits(&draw) == UINT64_C(0xE220A8397B1DCDAF));
    assert_true(draw_bits(&draw) == UINT64_C(0x6E789E6AA1B965F4));
    assert_true(draw_bits(&draw) == UINT64_C(0x06C45D188009454F));
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The largest difference, times the root of the number of draws: above 1.95 in one of 1,000. */
static double kolmogorov(double (*distribution)(double))
{
    qsort(drawn, DRAWS, sizeof *drawn, by_size);
    double most = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        const double f = distribution(drawn[i]);
        most = fmax(most, fmax(f - (double)i / DRAWS, (double)(i + 1) / DRAWS - f));
    }
    return most * sqrt(DRAWS);
}

static double normal_function(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

static double exponential_function(double x)
{
    return -expm1(-x);
}

static double uniform_function(double x)
{
    return x;
}

/* Of the gamma distribution with shape 3: 1 - exp(-x)(1 + x + x^2 / 2). */
static double gamma_function(double x)
{
    return 1 - exp(-x) * (1 + x + x * x / 2);
}

/* Of shape one half: the square of a normal one, halved. */
static double half_function(double x)
{
    return erf(sqrt(x));
}

static void distributions(void **state)
{
    (void)state;
    struct draw draw = draw_begin(draw_mix(5), 1);
    for (size_t i = 0; i < DRAWS; i++) {
        drawn[i] = draw_unit(&draw);
    }
    assert_true(kolmogorov(uniform_function) < 1.95);
    for (size_t i = 0; i < DRAWS; i++) {
        drawn[i] = draw_normal(&tables, &draw);
    }
    assert_true(kolmogorov(normal_function) < 1.95);
    for (size_t i = 0; i < DRAWS; i++) {
        drawn[i] = draw_exponential(&tables, &draw);
    }
    assert_true(kolmogorov(exponential_function) < 1.95);
    for (size_t i = 0; i < DRAWS; i++) {
        drawn[i] = draw_gamma(&tables, &draw, 3);
    }
    assert_true(kolmogorov(gamma_function) < 1.95);
    for (size_t i = 0; i < DRAWS; i++) {
        drawn[i] = draw_gamma(&tables, &draw, 0.5);
    }
    assert_true(kolmogorov(half_function) < 1.95);
    /* One draw from each of many streams is as good as many from one. */
    for (size_t i = 0; i < DRAWS; i++) {
        struct draw one = draw_begin(draw_key(11, i), 3);
        drawn[i] = draw_exponential(&tables, &one);
    }
    assert_true(kolmogorov(exponential_function) < 1.95);
    for (size_t i = 0; i < DRAWS; i++) {
        struct draw one = draw_begin(draw_key(11, 4), i);
        drawn[i] = draw_normal(&tables, &one);
    }
    assert_true(kolmogorov(normal_function) < 1.95);
}

/* The tails, where a wrong layer would show: expected are 2 * 200,000 * 25 * P(|x| > 3.7), and
 * of the exponential beyond 7.7. */
static void tails(void **state)
{
    (void)state;
    struct draw draw = draw_begin(9, 9);
    double far = 0;
    double late = 0;
    const double count = 5e6;
    for (double i = 0; i < count; i++) {
        far += fabs(draw_normal(&tables, &draw)) > 3.7;
        late += draw_exponential(&tables, &draw) > 7.8;
    }
    const double far_expected = count * erfc(3.7 / sqrt(2));
    const double late_expected = count * exp(-7.8);
    assert_true(fabs(far - far_expected) < 4 * sqrt(far_expected));
    assert_true(fabs(late - late_expected) < 4 * sqrt(late_expected));
}

static void counts(void **state)
{
    (void)state;
    static const double means[] = {0.3, 4, 29, 31, 90, 4000};
    struct draw draw = draw_begin(21, 2);
    for (size_t m = 0; m < sizeof means / sizeof means[0]; m++) {
        double sum = 0;
        double squares = 0;
        for (size_t i = 0; i < DRAWS; i++) {
            const double count = (double)draw_poisson(&tables, &draw, means[m]);
            sum += count;
            squares += (count - means[m]) * (count - means[m]);
        }
        assert_true(fabs(sum / DRAWS - means[m]) < 4 * sqrt(means[m] / DRAWS));
        /* Variance of the sample variance: about (m + 2 m^2) / n. */
        assert_true(fabs(squares / DRAWS - means[m]) <
                    4 * sqrt((means[m] + 2 * means[m] * means[m]) / DRAWS));
    }
    double sum = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        sum += (double)draw_binomial(&draw, 10, 0.3);
    }
    assert_true(fabs(sum / DRAWS - 3) < 4 * sqrt(2.1 / DRAWS));
}

/* The mean of each distribution of waits is 1, and streams that differ in one bit are unrelated. */
static void factors(void **state)
{
    (void)state;
    static const struct {
        enum distribution_kind kind;
        double shape;
        double variance;
    } cases[] = {
        {DISTRIBUTION_FIXED, 0, 0},       {DISTRIBUTION_UNIFORM, 0.5, 0.25 / 3},
        {DISTRIBUTION_EXPONENTIAL, 0, 1}, {DISTRIBUTION_LOGNORMAL, 0.6, 0.43332941456034},
        {DISTRIBUTION_GAMMA, 2, 0.5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        double sum = 0;
        double squares = 0;
        double product = 0;
        for (size_t i = 0; i < DRAWS; i++) {
            struct draw draw = draw_begin(77, 2 * i);
            struct draw other = draw_begin(77, 2 * i + 1);
            const double x = draw_factor(&tables, &draw, cases[c].kind, cases[c].shape);
            const double y = draw_factor(&tables, &other, cases[c].kind, cases[c].shape);
            sum += x;
            squares += (x - 1) * (x - 1);
            product += (x - 1) * (y - 1);
        }
        const double variance = cases[c].variance;
        assert_true(fabs(sum / DRAWS - 1) <= 4 * sqrt(variance / DRAWS));
        assert_true(fabs(squares / DRAWS - variance) <= 0.03 * variance);
        assert_true(fabs(product / DRAWS) <= 4 * variance / sqrt(DRAWS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_numbers),
        cmocka_unit_test(distributions),
        cmocka_unit_test(tails),
        cmocka_unit_test(counts),
        cmocka_unit_test(factors),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
