#include "forecast/smoothing.h"

#include "forecast/simplex.h"

#include <math.h>
#include <stdio.h>

enum { FIRST_LEVEL_NUMBERS = 10, STARTS = 3, ROUNDS = 3 };

#define SMALLEST  1e-4 /* of a smoothing parameter */
#define PHI_LEAST 0.8  /* a damping below it cannot be told from no trend, above 0.98 from none */
#define PHI_MOST  0.98

size_t smoothing_forms(struct smoothing_form forms[SMOOTHING_FORMS_MAX])
{
    size_t count = 0;
    for (int error = 0; error <= 1; error++) {
        for (int trend = TREND_NONE; trend <= TREND_MULTIPLICATIVE_DAMPED; trend++) {
            for (int season = SEASON_NONE; season <= SEASON_MULTIPLICATIVE; season++) {
                const bool unstable = !error && (season == SEASON_MULTIPLICATIVE ||
                                                 trend == TREND_MULTIPLICATIVE_DAMPED);
                const bool mixed =
                    trend == TREND_MULTIPLICATIVE_DAMPED && season == SEASON_ADDITIVE;
                if (!unstable && !mixed) {
                    forms[count++] = (struct smoothing_form){
                        error == 1, (enum smoothing_trend)trend, (enum smoothing_season)season};
                }
            }
        }
    }
    return count;
}

void smoothing_name(struct smoothing_form form, char text[16])
{
    static const char *const trends[] = {"N", "A", "Ad", "Md"};
    static const char *const seasons[] = {"N", "A", "M"};
    snprintf(text, 16, "ETS(%s,%s,%s)", form.error_multiplies ? "M" : "A", trends[form.trend],
             seasons[form.season]);
}

/* --- the equations --- */

/* What the level and the trend say without season. */
static double carried(const struct smoothing *smoothing, const struct smoothing_state *state)
{
    switch (smoothing->form.trend) {
    case TREND_NONE:
        return state->level;
    case TREND_ADDITIVE:
        return state->level + state->trend;
    case TREND_DAMPED:
        return state->level + smoothing->phi * state->trend;
    case TREND_MULTIPLICATIVE_DAMPED:
        return state->level * pow(state->trend, smoothing->phi);
    }
    return state->level;
}

static double expected(const struct smoothing *smoothing, const struct smoothing_state *state)
{
    const double base = carried(smoothing, state);
    switch (smoothing->form.season) {
    case SEASON_NONE:
        return base;
    case SEASON_ADDITIVE:
        return base + state->season[0];
    case SEASON_MULTIPLICATIVE:
        return base * state->season[0];
    }
    return base;
}

/* The state after a number that was `error` away from what was expected: additive errors. With a
 * multiplicative error e, it is expected * e away, and the equations of table 2.3 follow from those
 * for the additive one by that. */
static void advance(const struct smoothing *smoothing, struct smoothing_state *state, double error)
{
    const enum smoothing_season kind = smoothing->form.season;
    const double base = carried(smoothing, state);
    const double season = state->season[0];
    const double level_error = kind == SEASON_MULTIPLICATIVE ? error / season : error;
    const double level_before = state->level;
    state->level = base + smoothing->alpha * level_error;
    switch (smoothing->form.trend) {
    case TREND_NONE:
        break;
    case TREND_ADDITIVE:
        state->trend += smoothing->beta * level_error;
        break;
    case TREND_DAMPED:
        state->trend = smoothing->phi * state->trend + smoothing->beta * level_error;
        break;
    case TREND_MULTIPLICATIVE_DAMPED:
        state->trend =
            pow(state->trend, smoothing->phi) + smoothing->beta * level_error / level_before;
        break;
    }
    for (size_t i = 0; i + 1 < SMOOTHING_SEASONS; i++) {
        state->season[i] = state->season[i + 1];
    }
    state->season[SMOOTHING_SEASONS - 1] =
        season + smoothing->gamma * (kind == SEASON_MULTIPLICATIVE ? error / base : error);
}

static size_t parameter_count(struct smoothing_form form)
{
    return 2 + (form.trend != TREND_NONE ? 2U : 0U) +
           (form.trend == TREND_DAMPED || form.trend == TREND_MULTIPLICATIVE_DAMPED ? 1U : 0U) +
           (form.season != SEASON_NONE ? SMOOTHING_SEASONS : 0U);
}

void smoothing_run(struct smoothing *smoothing, const double *numbers, size_t count)
{
    const bool multiplies = smoothing->form.error_multiplies;
    struct smoothing_state state = smoothing->first;
    double squares = 0;
    double logarithms = 0;
    smoothing->criterion = INFINITY;
    smoothing->aicc = INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double mean = expected(smoothing, &state);
        const double error = numbers[i] - mean;
        const bool wrong = !isfinite(mean) || (multiplies && mean <= 0) || state.trend < -1e12;
        if (wrong || (smoothing->form.trend == TREND_MULTIPLICATIVE_DAMPED && state.trend <= 0)) {
            return;
        }
        squares += multiplies ? error / mean * (error / mean) : error * error;
        logarithms += multiplies ? log(mean) : 0;
        advance(smoothing, &state, error);
    }
    const double n = (double)count;
    const double k = (double)parameter_count(smoothing->form);
    smoothing->last = state;
    smoothing->sigma = sqrt(squares / fmax(n - k, 1));
    smoothing->criterion = n * log(squares) + 2 * logarithms;
    smoothing->aicc =
        smoothing->criterion + 2 * (k + 1) + 2 * (k + 1) * (k + 2) / fmax(n - k - 2, 1e-9);
}

/* --- the first states --- */

/* How far each season lies from the two-sided mean of a year about it, or above it as a factor. */
static void first_seasons(const double *numbers, size_t count, enum smoothing_season kind,
                          double season[SMOOTHING_SEASONS])
{
    double sum[SMOOTHING_SEASONS] = {0};
    double seen[SMOOTHING_SEASONS] = {0};
    double all = 0;
    for (size_t i = 2; i + 2 < count; i++) {
        const double year = (numbers[i - 2] / 2 + numbers[i - 1] + numbers[i] + numbers[i + 1] +
                             numbers[i + 2] / 2) /
                            4;
        sum[i % 4] += kind == SEASON_MULTIPLICATIVE ? numbers[i] / year : numbers[i] - year;
        seen[i % 4]++;
    }
    for (size_t i = 0; i < SMOOTHING_SEASONS; i++) {
        season[i] = sum[i] / seen[i];
        all += season[i] / SMOOTHING_SEASONS;
    }
    for (size_t i = 0; i < SMOOTHING_SEASONS; i++) {
        season[i] = kind == SEASON_MULTIPLICATIVE ? season[i] / all : season[i] - all;
    }
}

static void first_state(const double *numbers, size_t count, struct smoothing_form form,
                        struct smoothing_state *state)
{
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    const bool multiplies = form.season == SEASON_MULTIPLICATIVE;
    for (size_t i = 0; i < SMOOTHING_SEASONS; i++) {
        state->season[i] = multiplies ? 1 : 0;
    }
    if (form.season != SEASON_NONE) {
        first_seasons(numbers, count, form.season, state->season);
    }
    for (size_t i = 0; i < FIRST_LEVEL_NUMBERS; i++) {
        const double season = state->season[i % SMOOTHING_SEASONS];
        const double number = multiplies ? numbers[i] / season : numbers[i] - season;
        x += (double)(i + 1) / FIRST_LEVEL_NUMBERS;
        y += number / FIRST_LEVEL_NUMBERS;
        xx += (double)((i + 1) * (i + 1)) / FIRST_LEVEL_NUMBERS;
        xy += (double)(i + 1) * number / FIRST_LEVEL_NUMBERS;
    }
    const double slope = (xy - x * y) / (xx - x * x);
    state->level = form.trend == TREND_NONE ? y : y - slope * x;
    state->trend = form.trend == TREND_NONE ? 0 : slope;
    if (form.trend == TREND_MULTIPLICATIVE_DAMPED) {
        state->trend = fmin(fmax(1 + slope / y, 0.8), 1.2);
    }
}

/* --- fitting --- */

/* Parameters are sought on the whole line: smoothing parameters through a logistic curve into their
 * bounds, first states as they are, in units of the spread of the numbers. */
struct fitting {
    const double *numbers;
    size_t count;
    struct smoothing guess;
    double unit;
};

static double into(double x, double low, double high)
{
    return low + (high - low) / (1 + exp(-x));
}

static double out_of(double y, double low, double high)
{
    return log((y - low) / (high - y));
}

static void read_point(const struct fitting *fitting, const double *point,
                       struct smoothing *ret_smoothing)
{
    struct smoothing s = fitting->guess;
    size_t at = 0;
    s.alpha = into(point[at++], SMALLEST, 1 - SMALLEST);
    s.first.level += point[at++] * fitting->unit;
    s.phi = 1;
    if (s.form.trend != TREND_NONE) {
        s.beta = into(point[at++], SMALLEST * s.alpha, s.alpha);
        s.first.trend +=
            point[at++] * (s.form.trend == TREND_MULTIPLICATIVE_DAMPED ? 0.1 : fitting->unit / 10);
        if (s.form.trend != TREND_ADDITIVE) {
            s.phi = into(point[at++], PHI_LEAST, PHI_MOST);
        }
    }
    if (s.form.season != SEASON_NONE) {
        const bool multiplies = s.form.season == SEASON_MULTIPLICATIVE;
        const double unit = multiplies ? 0.1 : fitting->unit / 10;
        s.gamma = into(point[at++], SMALLEST * (1 - s.alpha), 1 - s.alpha);
        for (size_t i = 0; i + 1 < SMOOTHING_SEASONS; i++) {
            const double moved = point[at++] * unit;
            s.first.season[i] += moved;
            s.first.season[SMOOTHING_SEASONS - 1] -= moved;
        }
    }
    *ret_smoothing = s;
}

static double badness(const void *context, const double *point)
{
    const struct fitting *fitting = context;
    struct smoothing smoothing;
    read_point(fitting, point, &smoothing);
    smoothing_run(&smoothing, fitting->numbers, fitting->count);
    return isfinite(smoothing.criterion) ? smoothing.criterion : 1e300;
}

static void first_point(struct smoothing_form form, double alpha, double *point)
{
    const double beta = alpha * 0.2;
    size_t at = 0;
    for (size_t i = 0; i < SIMPLEX_DIMENSIONS_MAX; i++) {
        point[i] = 0;
    }
    point[at++] = out_of(alpha, SMALLEST, 1 - SMALLEST);
    at++;
    if (form.trend != TREND_NONE) {
        point[at] = out_of(beta, SMALLEST * alpha, alpha);
        at += 2;
        if (form.trend != TREND_ADDITIVE) {
            point[at++] = out_of(0.95, PHI_LEAST, PHI_MOST);
        }
    }
    if (form.season != SEASON_NONE) {
        point[at] = out_of(0.1 * (1 - alpha), SMALLEST * (1 - alpha), 1 - alpha);
    }
}

static double spread_of(const double *numbers, size_t count)
{
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        mean += numbers[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        squares += (numbers[i] - mean) * (numbers[i] - mean) / (double)count;
    }
    return fmax(sqrt(squares), 1e-9);
}

result smoothing_fit_form(const double *numbers, size_t count, struct smoothing_form form,
                          struct smoothing *ret_smoothing, struct err *err)
{
    static const double alphas[STARTS] = {0.02, 0.4, 0.85};
    struct fitting fitting = {.numbers = numbers, .count = count, .guess = {.form = form}};
    const size_t dimensions = parameter_count(form);
    struct smoothing best = {.criterion = INFINITY, .aicc = INFINITY};
    if (count < SMOOTHING_OBSERVATIONS_MIN) {
        return err_set(err, ERROR_INPUT, "%zu %s too few for exponential smoothing; it needs %d",
                       count, str_noun((int64_t)count, "quarter is", "quarters are"),
                       SMOOTHING_OBSERVATIONS_MIN);
    }
    fitting.unit = spread_of(numbers, count);
    first_state(numbers, count, form, &fitting.guess.first);
    for (size_t start = 0; start < STARTS; start++) {
        double point[SIMPLEX_DIMENSIONS_MAX];
        struct smoothing found;
        first_point(form, alphas[start], point);
        for (size_t round = 0; round < ROUNDS; round++) {
            simplex_minimise(badness, &fitting, dimensions, 0.5, point);
        }
        read_point(&fitting, point, &found);
        smoothing_run(&found, numbers, count);
        if (found.criterion < best.criterion || start == 0) {
            best = found;
        }
    }
    *ret_smoothing = best;
    return result_ok();
}

result smoothing_fit(const double *numbers, size_t count, struct smoothing *ret_smoothing,
                     struct err *err)
{
    struct smoothing_form forms[SMOOTHING_FORMS_MAX];
    const size_t form_count = smoothing_forms(forms);
    struct smoothing best = {.aicc = INFINITY};
    for (size_t i = 0; i < form_count; i++) {
        struct smoothing fitted;
        TRY(smoothing_fit_form(numbers, count, forms[i], &fitted, err));
        if (i == 0 || fitted.aicc < best.aicc) {
            best = fitted;
        }
    }
    *ret_smoothing = best;
    return result_ok();
}

/* --- futures --- */

void smoothing_future(const struct smoothing *smoothing, const struct draw_tables *tables,
                      struct draw *draw, size_t horizon, double *ret_numbers)
{
    struct smoothing_state state = smoothing->last;
    for (size_t i = 0; i < horizon; i++) {
        const double mean = expected(smoothing, &state);
        const double innovation = smoothing->sigma * draw_normal(tables, draw);
        const double error = smoothing->form.error_multiplies ? mean * innovation : innovation;
        ret_numbers[i] = isfinite(mean + error) ? fmax(mean + error, 0) : 0;
        advance(smoothing, &state, error);
    }
}
