/* Aim: exponential smoothing is what the R package forecast computes (Hyndman and Khandakar 2008,
 * an independent implementation by the authors of the method) on published series: oil production
 * of Saudi Arabia 1996 to 2013 and its fit, as in Hyndman and Athanasopoulos, Forecasting:
 * Principles and Practice, section 7.1 (alpha 0.8338, first level 446.5868, AICc 179.8573); gas
 * consumption of the United Kingdom 1960 to 1986; quarterly earnings of Johnson and Johnson 1960 to
 * 1980. What the package found stands in smoothing_reference.csv, which smoothing_reference.R
 * makes.
 *
 * With the package's parameters the equations must give its likelihood, criterion, innovations and
 * forecasts; our own search must find parameters at least as likely, but for a rest, and must find
 * those of a process that it was simulated with. */
#include "forecast/smoothing.h"

#include "format/table.h"
#include "system/system.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NUMBERS_MAX = 200, HORIZON = 8, REFERENCES_MAX = 64, COLUMNS = 14 };

struct reference {
    char series[32];
    char form[8];
    struct smoothing fitted;
    double mean[HORIZON];
    double numbers[NUMBERS_MAX];
    size_t count;
};

static struct reference references[REFERENCES_MAX];
static size_t reference_count;

static double number_of(str cell, double otherwise)
{
    char text[64] = "";
    if (cell.len == 0 || cell.len >= sizeof text) {
        return otherwise;
    }
    memcpy(text, cell.at, cell.len);
    return strtod(text, NULL);
}

/* Parted by spaces; an empty one, of a form without seasons, is 0. */
static size_t numbers_of(str cell, double *numbers, size_t most)
{
    size_t count = 0;
    struct str_cut cut = {.tail = cell, .found = true};
    while (cut.found) {
        cut = str_cut(cut.tail, ' ');
        assert_true(count < most);
        numbers[count++] = number_of(cut.head, 0);
    }
    return count;
}

static struct smoothing_form form_of(const char *text)
{
    struct smoothing_form form = {.error_multiplies = text[0] == 'M'};
    const bool damped = text[2] == 'd';
    form.trend = text[1] == 'N'   ? TREND_NONE
                 : text[1] == 'M' ? TREND_MULTIPLICATIVE_DAMPED
                 : damped         ? TREND_DAMPED
                                  : TREND_ADDITIVE;
    const char season = text[damped ? 3 : 2];
    form.season = season == 'N'   ? SEASON_NONE
                  : season == 'A' ? SEASON_ADDITIVE
                                  : SEASON_MULTIPLICATIVE;
    return form;
}

static void read_reference(const str *cells, struct reference *reference)
{
    struct smoothing *fitted = &reference->fitted;
    snprintf(reference->series, sizeof reference->series, "%.*s", STR_ARG(cells[0]));
    snprintf(reference->form, sizeof reference->form, "%.*s", STR_ARG(cells[1]));
    fitted->form = form_of(reference->form);
    fitted->alpha = number_of(cells[2], 0);
    fitted->beta = number_of(cells[3], 0);
    fitted->gamma = number_of(cells[4], 0);
    fitted->phi = number_of(cells[5], 1);
    fitted->first.level = number_of(cells[6], 0);
    fitted->first.trend = number_of(cells[7], 0);
    fitted->criterion = number_of(cells[8], 0);
    fitted->aicc = number_of(cells[9], 0);
    fitted->sigma = number_of(cells[10], 0);
    assert_true(numbers_of(cells[11], fitted->first.season, SMOOTHING_SEASONS) ==
                SMOOTHING_SEASONS);
    assert_true(numbers_of(cells[12], reference->mean, HORIZON) == HORIZON);
    reference->count = numbers_of(cells[13], reference->numbers, NUMBERS_MAX);
}

static int read_references(void **state)
{
    static const char *const columns[COLUMNS] = {"series", "form",   "alpha", "beta",      "gamma",
                                                 "phi",    "level",  "trend", "criterion", "aicc",
                                                 "sigma",  "season", "means", "numbers"};
    struct arena arena = {0};
    struct err err = {0};
    struct table table;
    str text;
    bool more = true;
    char path[512];
    (void)state;
    snprintf(path, sizeof path, "%s/tests/forecast/smoothing_reference.csv",
             getenv("RETURNHUB_SOURCE"));
    assert_true(arena_open(&arena, 8 * 1024 * 1024, &err).ok);
    assert_true(system_read_file(path, 1024 * 1024, &arena, &text, &err).ok);
    assert_true(table_open(path, text, columns, COLUMNS, arena, &table, &err).ok);
    for (;;) {
        assert_true(table_next(&table, &more, &err).ok);
        if (!more) {
            break;
        }
        assert_true(reference_count < REFERENCES_MAX);
        read_reference(table.cells, &references[reference_count++]);
    }
    arena_close(&arena);
    assert_true(reference_count == 51);
    return 0;
}

/* The forecast of the package: the equations without innovations. Where season or trend multiply,
 * the package gives another number than the most likely path, and is not compared. */
static void check_means(const struct reference *reference, const struct smoothing *ours)
{
    struct draw_tables tables;
    struct draw draw = draw_begin(1, 1);
    struct smoothing still = *ours;
    double mean[HORIZON];
    still.sigma = 0;
    draw_tables_make(&tables);
    smoothing_future(&still, &tables, &draw, HORIZON, mean);
    for (size_t i = 0; i < HORIZON; i++) {
        const double expected = fmax(reference->mean[i], 0);
        if (fabs(mean[i] - expected) > 1e-5 * (1 + fabs(expected))) {
            fail_msg("%s %s: %.8f, not %.8f", reference->series, reference->form, mean[i],
                     expected);
        }
    }
}

static void the_equations(void **state)
{
    size_t refused = 0;
    (void)state;
    for (size_t i = 0; i < reference_count; i++) {
        const struct reference *reference = &references[i];
        struct smoothing ours = reference->fitted;
        smoothing_run(&ours, reference->numbers, reference->count);
        if (isinf(ours.criterion)) {
            /* The package goes on where an expected number is negative; we refuse the parameters.
             */
            assert_true(reference->fitted.form.error_multiplies);
            refused++;
            continue;
        }
        if (fabs(ours.criterion - reference->fitted.criterion) > 1e-5 ||
            fabs(ours.aicc - reference->fitted.aicc) > 1e-5) {
            fail_msg("%s %s: %.8f and %.8f, not %.8f and %.8f", reference->series, reference->form,
                     ours.criterion, ours.aicc, reference->fitted.criterion,
                     reference->fitted.aicc);
        }
        assert_true(fabs(ours.sigma / reference->fitted.sigma - 1) < 1e-6);
        if (ours.form.season != SEASON_MULTIPLICATIVE &&
            ours.form.trend != TREND_MULTIPLICATIVE_DAMPED) {
            check_means(reference, &ours);
        }
    }
    assert_true(refused <= 4);
}

/* Within 0.1 of -2 log likelihood: nobody could tell the two apart. */
static void the_search(void **state)
{
    double worst = 0;
    (void)state;
    for (size_t i = 0; i < reference_count; i++) {
        const struct reference *reference = &references[i];
        struct smoothing ours;
        struct err err;
        assert_true(smoothing_fit_form(reference->numbers, reference->count, reference->fitted.form,
                                       &ours, &err)
                        .ok);
        const double more = ours.criterion - reference->fitted.criterion;
        worst = fmax(worst, more);
        if (more > 0.1) {
            fail_msg("%s %s: -2 log likelihood is %.3f more than that of the package",
                     reference->series, reference->form, more);
        }
    }
    printf("# at most %.3f less likely\n", worst);
}

static void the_choice(void **state)
{
    (void)state;
    for (size_t i = 0; i < reference_count;) {
        const struct reference *reference = &references[i];
        struct smoothing best;
        struct err err;
        double least = INFINITY;
        assert_true(smoothing_fit(reference->numbers, reference->count, &best, &err).ok);
        for (; i < reference_count && strcmp(references[i].series, reference->series) == 0; i++) {
            const bool mixed = references[i].fitted.form.season == SEASON_MULTIPLICATIVE &&
                               !references[i].fitted.form.error_multiplies;
            least = mixed ? least : fmin(least, references[i].fitted.aicc);
        }
        char name[16];
        smoothing_name(best.form, name);
        printf("# %s: %s, AICc %.2f, the package %.2f\n", reference->series, name, best.aicc,
               least);
        assert_true(best.aicc < least + 0.1);
    }
}

/* A damped trend with season, 2000 quarters of it: the parameters come back. */
static void a_known_process(void **state)
{
    enum { COUNT = 2000 };
    struct draw_tables tables;
    struct draw draw = draw_begin(7, 7);
    double numbers[COUNT];
    struct smoothing found;
    struct err err;
    const struct smoothing truth = {
        .form = {false, TREND_DAMPED, SEASON_ADDITIVE},
        .alpha = 0.5,
        .beta = 0.2,
        .gamma = 0.1,
        .phi = 0.9,
        .last = {.level = 10000, .trend = 5, .season = {300, -100, 50, -250}},
        .sigma = 40,
    };
    (void)state;
    draw_tables_make(&tables);
    smoothing_future(&truth, &tables, &draw, COUNT, numbers);
    assert_true(smoothing_fit_form(numbers, COUNT, truth.form, &found, &err).ok);
    printf("# alpha %.2f beta %.2f gamma %.2f phi %.2f sigma %.1f\n", found.alpha, found.beta,
           found.gamma, found.phi, found.sigma);
    assert_true(fabs(found.alpha - truth.alpha) < 0.15);
    assert_true(fabs(found.beta - truth.beta) < 0.12);
    assert_true(fabs(found.gamma - truth.gamma) < 0.1);
    assert_true(fabs(found.phi - truth.phi) < 0.08);
    assert_true(fabs(found.sigma - truth.sigma) < 5);
}

static void too_few_are_refused(void **state)
{
    const double numbers[SMOOTHING_OBSERVATIONS_MIN] = {1, 2, 3};
    struct smoothing smoothing;
    struct err err;
    (void)state;
    assert_false(smoothing_fit(numbers, SMOOTHING_OBSERVATIONS_MIN - 1, &smoothing, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_equations),       cmocka_unit_test(the_search),
        cmocka_unit_test(the_choice),          cmocka_unit_test(a_known_process),
        cmocka_unit_test(too_few_are_refused),
    };
    return cmocka_run_group_tests(tests, read_references, NULL);
}
