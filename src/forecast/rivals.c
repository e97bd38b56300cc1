#include "forecast/rivals.h"

#include "forecast/smoothing.h"

#include <math.h>

/* --- seasonal-naive --- */

result rival_seasonal(const double *numbers, size_t count, size_t horizon, uint64_t key,
                      size_t futures, double *ret_samples, struct err *err)
{
    if (count < RIVAL_YEARS_MIN * QUARTERS_A_YEAR) {
        return err_set(err, ERROR_INPUT,
                       "%zu %s too few for the seasonal-naive forecast; it needs %d", count,
                       str_noun((int64_t)count, "quarter is", "quarters are"),
                       RIVAL_YEARS_MIN * QUARTERS_A_YEAR);
    }
    for (size_t future = 0; future < futures; future++) {
        struct draw draw = draw_begin(key, future);
        for (size_t h = 1; h <= horizon; h++) {
            const size_t lag = QUARTERS_A_YEAR * ((h + QUARTERS_A_YEAR - 1) / QUARTERS_A_YEAR);
            const size_t apart = lag + QUARTERS_A_YEAR <= count ? lag : QUARTERS_A_YEAR;
            const size_t differences = count - apart;
            const size_t at = (size_t)(draw_unit(&draw) * (double)differences);
            const double back = numbers[count - 1 + h - lag];
            ret_samples[future * horizon + h - 1] =
                fmax(back + numbers[at + apart] - numbers[at], 0);
        }
    }
    return result_ok();
}

/* --- exponential smoothing --- */

result rival_smoothing(const double *numbers, size_t count, size_t horizon,
                       const struct draw_tables *tables, uint64_t key, size_t futures,
                       double *ret_samples, struct err *err)
{
    struct smoothing smoothing;
    TRY(smoothing_fit(numbers, count, &smoothing, err));
    for (size_t future = 0; future < futures; future++) {
        struct draw draw = draw_begin(key, future);
        smoothing_future(&smoothing, tables, &draw, horizon, ret_samples + future * horizon);
    }
    return result_ok();
}

/* --- stock-flow --- */

struct view {
    const struct history *history;
    struct quarter at;
};

static double seen(const struct view *view, enum published_series series, int32_t ago)
{
    return history_value(view->history, series, quarter_add(view->at, -ago));
}

/* What a rate is of. */
static double base_of(const struct view *view, enum driver driver)
{
    switch (driver) {
    case DRIVER_DECIDING:
    case DRIVER_WITHDRAWN:
        return seen(view, SERIES_WAITING, 1) + seen(view, SERIES_CLAIMS, 0);
    case DRIVER_GRANTED:
        return seen(view, SERIES_REFUSALS, 0);
    case DRIVER_APPEALING:
        return seen(view, SERIES_REFUSALS, 0);
    case DRIVER_DISPOSING:
        return seen(view, SERIES_APPEALS_OPEN, 1) + seen(view, SERIES_APPEALS_LODGED, 0);
    case DRIVER_CLAIMS:
    case DRIVER_ENFORCED:
    case DRIVER_VOLUNTARY:
    case DRIVER_PORT:
    case DRIVER_COUNT:
        return 1;
    }
    return 1;
}

static const enum published_series flow_of[DRIVER_COUNT] = {
    [DRIVER_CLAIMS] = SERIES_CLAIMS,
    [DRIVER_DECIDING] = SERIES_DECISIONS,
    [DRIVER_GRANTED] = SERIES_GRANTS,
    [DRIVER_WITHDRAWN] = SERIES_WITHDRAWN,
    [DRIVER_APPEALING] = SERIES_APPEALS_LODGED,
    [DRIVER_DISPOSING] = SERIES_APPEALS_DISPOSED,
    [DRIVER_ENFORCED] = SERIES_RETURNS_ENFORCED,
    [DRIVER_VOLUNTARY] = SERIES_RETURNS_VOLUNTARY,
    [DRIVER_PORT] = SERIES_RETURNS_PORT,
};

static double rate_at(const struct history *history, enum driver driver, struct quarter when)
{
    const struct view view = {history, when};
    return log(seen(&view, flow_of[driver], 0) / base_of(&view, driver));
}

static result fit_rate(const struct history *history, enum driver driver, struct stock_flow *model,
                       struct err *err)
{
    double squares = 0;
    double count = 0;
    const int32_t begin = DRIVERS_BEGIN_YEAR * QUARTERS_A_YEAR;
    for (int32_t q = begin; q < model->until.number; q++) {
        const double step = rate_at(history, driver, (struct quarter){q + 1}) -
                            rate_at(history, driver, (struct quarter){q});
        squares += isfinite(step) ? step * step : 0;
        count += isfinite(step) ? 1 : 0;
    }
    model->rate[driver] = rate_at(history, driver, model->until);
    if (count < 2 || !isfinite(model->rate[driver])) {
        return err_set(err, ERROR_INPUT, "The published series do not give \"%s\"",
                       driver_about[driver].name);
    }
    model->step[driver] = sqrt(squares / count);
    return result_ok();
}

static double mean_gap(const struct history *history, enum published_series stock,
                       enum published_series in, enum published_series out)
{
    double sum = 0;
    double count = 0;
    for (int32_t q = DRIVERS_BEGIN_YEAR * QUARTERS_A_YEAR; q <= history_last(history).number; q++) {
        const struct view view = {history, {q}};
        const double withdrawn = in == SERIES_CLAIMS ? seen(&view, SERIES_WITHDRAWN, 0) : 0;
        const double gap = seen(&view, stock, 0) - seen(&view, stock, 1) - seen(&view, in, 0) +
                           seen(&view, out, 0) + withdrawn;
        sum += isnan(gap) ? 0 : gap / seen(&view, in, 0);
        count += isnan(gap) ? 0 : 1;
    }
    return count > 0 ? sum / count : 0;
}

result stock_flow_fit(const struct history *history, struct stock_flow *ret_model, struct err *err)
{
    struct stock_flow model = {.until = history_last(history)};
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        model.last[i] = history_value(history, (enum published_series)i, model.until);
    }
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        TRY(fit_rate(history, (enum driver)i, &model, err));
    }
    model.waiting_gap = mean_gap(history, SERIES_WAITING, SERIES_CLAIMS, SERIES_DECISIONS);
    model.appeals_gap =
        mean_gap(history, SERIES_APPEALS_OPEN, SERIES_APPEALS_LODGED, SERIES_APPEALS_DISPOSED);
    *ret_model = model;
    return result_ok();
}

static void flow_on(const struct stock_flow *model, const double rate[DRIVER_COUNT],
                    double now[SERIES_COUNT])
{
    const double claims = exp(rate[DRIVER_CLAIMS]);
    const double people = now[SERIES_WAITING] + claims;
    const double decisions = fmin(exp(rate[DRIVER_DECIDING]) * people, people);
    const double withdrawn = fmin(exp(rate[DRIVER_WITHDRAWN]) * people, people - decisions);
    const double odds = exp(rate[DRIVER_GRANTED]);
    const double lodged = exp(rate[DRIVER_APPEALING]) * decisions / (1 + odds);
    const double appeals = now[SERIES_APPEALS_OPEN] + lodged;
    const double disposed = fmin(exp(rate[DRIVER_DISPOSING]) * appeals, appeals);
    now[SERIES_CLAIMS] = claims;
    now[SERIES_DECISIONS] = decisions;
    now[SERIES_GRANTS] = decisions * odds / (1 + odds);
    now[SERIES_REFUSALS] = decisions / (1 + odds);
    now[SERIES_WITHDRAWN] = withdrawn;
    now[SERIES_WAITING] = fmax(people - decisions - withdrawn + model->waiting_gap * claims, 0);
    now[SERIES_APPEALS_LODGED] = lodged;
    now[SERIES_APPEALS_DISPOSED] = disposed;
    now[SERIES_APPEALS_OPEN] = fmax(appeals - disposed + model->appeals_gap * lodged, 0);
    now[SERIES_RETURNS_ENFORCED] = exp(rate[DRIVER_ENFORCED]);
    now[SERIES_RETURNS_VOLUNTARY] = exp(rate[DRIVER_VOLUNTARY]);
    now[SERIES_RETURNS_PORT] = exp(rate[DRIVER_PORT]);
    now[SERIES_RETURNS] =
        now[SERIES_RETURNS_ENFORCED] + now[SERIES_RETURNS_VOLUNTARY] + now[SERIES_RETURNS_PORT];
}

void stock_flow_future(const struct stock_flow *model, const struct draw_tables *tables,
                       uint64_t key, size_t horizon, struct flows *ret_flows)
{
    ASSERT(horizon <= FLOWS_HORIZON_MAX);
    double rate[DRIVER_COUNT];
    double now[SERIES_COUNT];
    struct draw draws[DRIVER_COUNT];
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        now[i] = model->last[i];
    }
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        rate[i] = model->rate[i];
        draws[i] = draw_begin(key, i);
    }
    ret_flows->horizon = horizon;
    for (size_t at = 0; at < horizon; at++) {
        for (size_t i = 0; i < DRIVER_COUNT; i++) {
            rate[i] += model->step[i] * draw_normal(tables, &draws[i]);
        }
        flow_on(model, rate, now);
        for (size_t i = 0; i < SERIES_COUNT; i++) {
            ret_flows->values[i][at] = now[i];
        }
    }
}
