/* Aim: first-order indices are those of functions whose indices are known: Ishigami's, with the
 * values that follow from its formula, and a linear one of normal variates; nothing is found where
 * there is nothing, also in few futures; and the error says how far estimates lie apart. */
#include "forecast/draw.h"
#include "forecast/sensitivity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MEMORY = 16 * 1024 * 1024, MANY = 20000, INPUTS = 4 };

static struct arena arena;
static double inputs[INPUTS][MANY];
static double outputs[MANY];

static int set_up(void **state)
{
    struct err err;
    (void)state;
    return arena_open(&arena, MEMORY, &err).ok ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct sensitivity found(size_t input, size_t count)
{
    struct sensitivity sensitivity;
    struct err err;
    assert_true(
        sensitivity_first_order(inputs[input], outputs, count, arena, &sensitivity, &err).ok);
    return sensitivity;
}

static void is_near(struct sensitivity sensitivity, double expected, double within)
{
    if (fabs(sensitivity.index - expected) > within) {
        fail_msg("%.4f (%.4f), not %.4f", sensitivity.index, sensitivity.error, expected);
    }
}

/* sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, each evenly between -pi and pi (Ishigami and Homma 1990):
 * V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2, V1 = (1 + b pi^4/5)^2 / 2, V2 = a^2/8, V3 = 0; the
 * fourth input does nothing. */
static void ishigami(void **state)
{
    (void)state;
    const double pi = acos(-1);
    const double a = 7;
    const double b = 0.1;
    const double all = a * a / 8 + b * pow(pi, 4) / 5 + b * b * pow(pi, 8) / 18 + 0.5;
    struct draw draw = draw_begin(20270, 1);
    for (size_t i = 0; i < MANY; i++) {
        for (size_t k = 0; k < INPUTS; k++) {
            inputs[k][i] = (2 * draw_unit(&draw) - 1) * pi;
        }
        outputs[i] = sin(inputs[0][i]) + a * sin(inputs[1][i]) * sin(inputs[1][i]) +
                     b * pow(inputs[2][i], 4) * sin(inputs[0][i]);
    }
    is_near(found(0, MANY), pow(1 + b * pow(pi, 4) / 5, 2) / 2 / all, 0.02); /* 0.3139 */
    is_near(found(1, MANY), a * a / 8 / all, 0.02);                          /* 0.4424 */
    is_near(found(2, MANY), 0, 0.02);
    is_near(found(3, MANY), 0, 0.02);
}

/* 3 z1 + 2 z2 + z3, and noise of variance 2 that no input explains: 9, 4 and 1 of 16. */
static void linear(void **state)
{
    (void)state;
    static struct draw_tables tables;
    draw_tables_make(&tables);
    struct draw draw = draw_begin(20271, 1);
    for (size_t i = 0; i < MANY; i++) {
        for (size_t k = 0; k < INPUTS; k++) {
            inputs[k][i] = draw_normal(&tables, &draw);
        }
        outputs[i] = 3 * inputs[0][i] + 2 * inputs[1][i] + inputs[2][i] +
                     sqrt(2) * draw_normal(&tables, &draw);
    }
    is_near(found(0, MANY), 9.0 / 16, 0.02);
    is_near(found(1, MANY), 4.0 / 16, 0.02);
    is_near(found(2, MANY), 1.0 / 16, 0.02);
    is_near(found(3, MANY), 0, 0.02);
    /* In few futures too there is nothing where there is nothing, on average. */
    enum { FEW = 200, ROUNDS = MANY / FEW };
    double sum = 0;
    double squares = 0;
    double said = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct sensitivity few;
        struct err err;
        assert_true(sensitivity_first_order(&inputs[3][round * FEW], &outputs[round * FEW], FEW,
                                            arena, &few, &err)
                        .ok);
        sum += few.index / ROUNDS;
        squares += few.index * few.index / ROUNDS;
        said += few.error / ROUNDS;
    }
    const double spread = sqrt(squares - sum * sum);
    if (fabs(sum) > 0.015 || said < 0.5 * spread || said > 2.5 * spread) {
        fail_msg("mean %.4f, spread %.4f, said %.4f", sum, spread, said);
    }
}

static void nothing_to_tell(void **state)
{
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        inputs[0][i] = 5;
        inputs[1][i] = (double)i;
        outputs[i] = (double)(i % 7);
    }
    assert_true(found(0, 200).index == 0);
    for (size_t i = 0; i < 200; i++) {
        outputs[i] = 3;
    }
    assert_true(found(1, 200).index == 0 && found(1, 200).error == 0);
    for (size_t i = 0; i < 200; i++) {
        outputs[i] = i < 100 ? 0 : 1;
    }
    /* Seven classes, of which the middle one has 14 of the one half and 15 of the other. */
    is_near(found(1, 200), 1 - 199.0 / 193 * (14.0 * 15 / 29) / 50, 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigami),
        cmocka_unit_test(linear),
        cmocka_unit_test(nothing_to_tell),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
