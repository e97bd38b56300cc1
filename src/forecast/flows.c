#include "forecast/flows.h"

#include <math.h>

#define DRIFT_FREEDOM 5.0  /* of Student's t */
#define DRIFT_DAMPING 0.93 /* a drift fades by a half in ten quarters */
#define VOLATILITY    0.3  /* standard deviation of its logarithm, between futures */
#define WIDENING      1.15 /* residuals of a fit are smaller than errors of a forecast */
#define FURTHEST      2.5  /* logarithm: no driver goes further from home than twelvefold */
#define SHARED_DRIFT  0.5  /* of the variance of the drifts of the returns */

/* The drift of a quarter, as a share of the usual size of a residual: set on origins up to 2019
 * and looked at again on all (docs/forecast-backtest.md). */
static const double drift_size[DRIVER_COUNT] = {
    [DRIVER_CLAIMS] = 0.8,    [DRIVER_DECIDING] = 0.4,  [DRIVER_GRANTED] = 0.4,
    [DRIVER_WITHDRAWN] = 0.4, [DRIVER_APPEALING] = 0.4, [DRIVER_DISPOSING] = 0.4,
    [DRIVER_ENFORCED] = 1.3,  [DRIVER_VOLUNTARY] = 1.3, [DRIVER_PORT] = 0.8,
};
static const bool drift_shared[DRIVER_COUNT] = {
    [DRIVER_ENFORCED] = true,
    [DRIVER_VOLUNTARY] = true,
    [DRIVER_PORT] = true,
};

/* What is drawn of a future; each has a stream of its own. */
enum purpose { PURPOSE_QUARTERS, PURPOSE_FUTURE, PURPOSE_DRIVER };

struct motion {
    struct driver_model model;
    const double *residuals;
    double level;
    double trend;
    double drift;
};

struct walk {
    const struct drivers *drivers;
    struct motion motions[DRIVER_COUNT];
    double volatility;
};

/* The index that a share of the whole falls on; the weights sum to 1. */
static size_t pick(const double *weights, size_t count, double share)
{
    size_t at = 0;
    for (double sum = weights[0]; sum <= share && at + 1 < count; sum += weights[at]) {
        at++;
    }
    return at;
}

static double draw_student(const struct draw_tables *tables, struct draw *draw, double freedom)
{
    const double normal = draw_normal(tables, draw);
    return normal / sqrt(draw_gamma(tables, draw, freedom / 2) * 2 / freedom);
}

static void begin_walk(const struct drivers *drivers, const struct draw_tables *tables,
                       uint64_t key, struct walk *walk)
{
    struct draw common = draw_begin(key, PURPOSE_FUTURE);
    walk->drivers = drivers;
    walk->volatility = exp(VOLATILITY * draw_normal(tables, &common));
    const double shared = draw_student(tables, &common, DRIFT_FREEDOM);
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        const struct driver_fit *fit = &drivers->fits[i];
        struct draw own = draw_begin(key, PURPOSE_DRIVER + i);
        const size_t model = pick(fit->weight, DRIVER_MODELS, draw_unit(&own));
        double drift = draw_student(tables, &own, DRIFT_FREEDOM);
        if (drift_shared[i]) {
            drift = sqrt(1 - SHARED_DRIFT) * drift + sqrt(SHARED_DRIFT) * shared;
        }
        walk->motions[i] = (struct motion){
            .model = driver_model(model),
            .residuals = fit->residuals + model * drivers->quarter_count,
            .level = fit->level[model],
            .trend = fit->trend[model],
            .drift = drift * drift_size[i] * fit->spread,
        };
    }
}

/* The driver's next number, with its season; `past` is the quarter whose residual comes again. */
static double step_driver(struct walk *walk, enum driver driver, size_t past, struct quarter when,
                          double work)
{
    struct motion *motion = &walk->motions[driver];
    const struct driver_fit *fit = &walk->drivers->fits[driver];
    const struct driver_model *model = &motion->model;
    const double mean = motion->level + model->damping * motion->trend -
                        model->pull * (motion->level - (fit->centre + work));
    const double error = motion->residuals[past] * WIDENING * walk->volatility;
    const double number = mean + error + motion->drift + fit->season[quarter_season(when)];
    motion->level = mean + model->gain * error + motion->drift;
    motion->trend = model->damping * motion->trend + model->gain * model->trend_gain * error;
    motion->drift *= DRIFT_DAMPING;
    return fit->home + FURTHEST * tanh((number - fit->home) / FURTHEST);
}

/* What the stocks were at the end of the quarter before. */
struct stocks {
    double claims;
    double refusals;
    double waiting;
    double lodged;
    double lodged_before;
    double open;
};

static void decide(struct walk *walk, size_t past, struct quarter when, size_t at,
                   struct stocks *stocks, struct flows *flows)
{
    const double claims = exp(step_driver(walk, DRIVER_CLAIMS, past, when, 0));
    const double capacity = exp(step_driver(walk, DRIVER_DECIDING, past, when,
                                            deciding_work(stocks->claims, stocks->waiting)));
    const double rate = exp(step_driver(walk, DRIVER_WITHDRAWN, past, when, 0));
    const double odds = exp(step_driver(walk, DRIVER_GRANTED, past, when, 0));
    const double people = stocks->waiting + claims / 2;
    const double withdrawn = fmin(rate * stocks->waiting, people / 2);
    const double decisions = capacity_reaches(capacity, people - withdrawn);
    const double gap = walk->drivers->waiting_gap[past] * claims;
    const double left = stocks->waiting + claims - decisions - withdrawn;
    flows->values[SERIES_CLAIMS][at] = claims;
    flows->values[SERIES_DECISIONS][at] = decisions;
    flows->values[SERIES_GRANTS][at] = decisions * odds / (1 + odds);
    flows->values[SERIES_REFUSALS][at] = decisions / (1 + odds);
    flows->values[SERIES_WITHDRAWN][at] = withdrawn;
    flows->values[SERIES_WAITING][at] = fmax(left + gap, 0);
    flows->waiting_gap[at] = fmax(gap, -left);
    stocks->claims = claims;
    stocks->waiting = flows->values[SERIES_WAITING][at];
}

static void hear(struct walk *walk, size_t past, struct quarter when, size_t at,
                 struct stocks *stocks, struct flows *flows)
{
    const double refusals = flows->values[SERIES_REFUSALS][at];
    const double lodged =
        exp(step_driver(walk, DRIVER_APPEALING, past, when, 0)) * (refusals + stocks->refusals) / 2;
    const double capacity =
        exp(step_driver(walk, DRIVER_DISPOSING, past, when,
                        disposing_work(stocks->lodged, stocks->lodged_before, stocks->open)));
    const double disposed = capacity_reaches(capacity, stocks->open + lodged / 2);
    const double gap = walk->drivers->appeals_gap[past] * lodged;
    const double left = stocks->open + lodged - disposed;
    flows->values[SERIES_APPEALS_LODGED][at] = lodged;
    flows->values[SERIES_APPEALS_DISPOSED][at] = disposed;
    flows->values[SERIES_APPEALS_OPEN][at] = fmax(left + gap, 0);
    flows->appeals_gap[at] = fmax(gap, -left);
    stocks->refusals = refusals;
    stocks->lodged_before = stocks->lodged;
    stocks->lodged = lodged;
    stocks->open = flows->values[SERIES_APPEALS_OPEN][at];
}

static void leave(struct walk *walk, size_t past, struct quarter when, size_t at,
                  struct flows *flows)
{
    const double enforced = exp(step_driver(walk, DRIVER_ENFORCED, past, when, 0));
    const double voluntary = exp(step_driver(walk, DRIVER_VOLUNTARY, past, when, 0));
    const double port = exp(step_driver(walk, DRIVER_PORT, past, when, 0));
    flows->values[SERIES_RETURNS_ENFORCED][at] = enforced;
    flows->values[SERIES_RETURNS_VOLUNTARY][at] = voluntary;
    flows->values[SERIES_RETURNS_PORT][at] = port;
    flows->values[SERIES_RETURNS][at] = enforced + voluntary + port;
}

void flows_future(const struct drivers *drivers, const struct draw_tables *tables, uint64_t key,
                  size_t horizon, struct flows *ret_flows)
{
    ASSERT(horizon <= FLOWS_HORIZON_MAX);
    struct draw quarters = draw_begin(key, PURPOSE_QUARTERS);
    struct walk walk;
    struct stocks stocks = {
        .claims = drivers->claims,
        .refusals = drivers->refusals,
        .waiting = drivers->waiting,
        .lodged = drivers->appeals_lodged,
        .lodged_before = drivers->appeals_lodged_before,
        .open = drivers->appeals_open,
    };
    begin_walk(drivers, tables, key, &walk);
    ret_flows->horizon = horizon;
    for (size_t at = 0; at < horizon; at++) {
        const size_t past = pick(drivers->recency, drivers->quarter_count, draw_unit(&quarters));
        const struct quarter when = quarter_add(drivers->until, (int32_t)at + 1);
        decide(&walk, past, when, at, &stocks, ret_flows);
        hear(&walk, past, when, at, &stocks, ret_flows);
        leave(&walk, past, when, at, ret_flows);
    }
}
