#include "forecast/drivers.h"

#include "forecast/scoring.h"

#include <math.h>

const struct driver_about driver_about[DRIVER_COUNT] = {
#define DRIVER(constant, name, what) [constant] = {name, what},
    DRIVER_LIST
#undef DRIVER
};

enum {
    SETTLING = 4,          /* the first quarters, in which levels are found: not judged by */
    TARGET_QUARTERS = 40,  /* whose mean a driver is pulled to */
    SEASON_QUARTERS = 32,  /* that seasons are found from */
    SEASON_SEEN_MIN = 2,   /* times that each season must have been seen */
    SIZE_QUARTERS = 40,    /* that the usual size of a residual is found from, for cutting */
    SIZE_QUARTERS_MIN = 4, /* before there are so many, nothing is cut */
    SCALE_ROUNDS = 20,
};

#define RECENCY_HALF_LIFE         20.0 /* quarters: one five years ago counts half */
#define FREEDOM                   5.0  /* of Student's t */
#define CUT_AT                    4.0  /* times the usual size */
#define RESIDUAL_MOST             3.0 /* times the scale: how much of the worst shocks futures repeat */
#define GAP_MOST                  0.15 /* of the claims: what is beyond it was a change of the counting */
#define NORMAL_FROM_MEDIAN        1.4826 /* standard deviation, from the median of absolute deviations */
#define QUARTERS_TO_CLEAR         16.0 /* a backlog calls for a capacity that would clear it in so many */
#define QUARTERS_TO_CLEAR_APPEALS 4.0

/* --- models --- */

struct driver_model driver_model(size_t index)
{
    static const double gains[] = {0.3, 0.5, 0.7, 0.9};
    static const double trends[][2] = {{0, 0},     {0.1, 0.8}, {0.2, 0.8},
                                       {0.1, 0.9}, {0.2, 0.9}, {0.05, 0.95}};
    static const double pulls[] = {0.02, 0.06, 0.15, 0.3};
    ASSERT(index < DRIVER_MODELS);
    const double *trend = trends[index / 8 % 6];
    return (struct driver_model){.gain = gains[index / 48],
                                 .trend_gain = trend[0],
                                 .damping = trend[1],
                                 .pull = pulls[index / 2 % 4],
                                 .cuts = index % 2 == 0};
}

/* --- capacities --- */

double capacity_reaches(double capacity, double people)
{
    return people <= 0 ? 0 : people * -expm1(-capacity / people);
}

double capacity_that_reached(double reached, double people)
{
    return -people * log1p(-reached / people);
}

double deciding_work(double claims, double waiting)
{
    return log(claims + waiting / QUARTERS_TO_CLEAR);
}

double disposing_work(double lodged, double lodged_before, double open)
{
    return log((lodged + lodged_before) / 2 + open / QUARTERS_TO_CLEAR_APPEALS);
}

/* --- the drivers as they were --- */

/* One driver's past: its scale without season, and the logarithm of the work its target follows. */
struct past {
    double z[HISTORY_QUARTERS_MAX];
    double work[HISTORY_QUARTERS_MAX];
};

struct look {
    const struct history *history;
    struct quarter begin;
    size_t count;
};

static double value(const struct look *look, enum published_series series, size_t at, int32_t ago)
{
    return history_value(look->history, series, quarter_add(look->begin, (int32_t)at - ago));
}

/* A stock before its publication began is taken to be the first one published. */
static double stock(const struct look *look, enum published_series series, size_t at, int32_t ago)
{
    double found = value(look, series, at, ago);
    for (size_t i = at; isnan(found) && i < look->count; i++) {
        found = value(look, series, i, 0);
    }
    return found;
}

/* Who could be reached: at least a little more than who was. */
static double reachable(double people, double reached)
{
    return fmax(people, 1.3 * reached);
}

static double claims_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_CLAIMS, at, 0));
}

static double deciding_past(const struct look *look, size_t at)
{
    const double decisions = value(look, SERIES_DECISIONS, at, 0);
    const double people = stock(look, SERIES_WAITING, at, 1) +
                          value(look, SERIES_CLAIMS, at, 0) / 2 -
                          value(look, SERIES_WITHDRAWN, at, 0);
    return log(capacity_that_reached(decisions, reachable(people, decisions)));
}

static double granted_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_GRANTS, at, 0) / value(look, SERIES_REFUSALS, at, 0));
}

static double withdrawn_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_WITHDRAWN, at, 0) / stock(look, SERIES_WAITING, at, 1));
}

static double appealing_past(const struct look *look, size_t at)
{
    const double refusals =
        (value(look, SERIES_REFUSALS, at, 0) + value(look, SERIES_REFUSALS, at, 1)) / 2;
    return log(value(look, SERIES_APPEALS_LODGED, at, 0) / refusals);
}

static double disposing_past(const struct look *look, size_t at)
{
    const double disposed = value(look, SERIES_APPEALS_DISPOSED, at, 0);
    const double appeals =
        stock(look, SERIES_APPEALS_OPEN, at, 1) + value(look, SERIES_APPEALS_LODGED, at, 0) / 2;
    return log(capacity_that_reached(disposed, reachable(appeals, disposed)));
}

static double enforced_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_RETURNS_ENFORCED, at, 0));
}

static double voluntary_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_RETURNS_VOLUNTARY, at, 0));
}

static double port_past(const struct look *look, size_t at)
{
    return log(value(look, SERIES_RETURNS_PORT, at, 0));
}

static double deciding_work_past(const struct look *look, size_t at)
{
    return deciding_work(value(look, SERIES_CLAIMS, at, 1), stock(look, SERIES_WAITING, at, 1));
}

static double disposing_work_past(const struct look *look, size_t at)
{
    return disposing_work(value(look, SERIES_APPEALS_LODGED, at, 1),
                          value(look, SERIES_APPEALS_LODGED, at, 2),
                          stock(look, SERIES_APPEALS_OPEN, at, 1));
}

typedef double look_back(const struct look *look, size_t at);

static const struct {
    look_back *past;
    look_back *work; /* NULL: the target does not move */
} driver_rules[DRIVER_COUNT] = {
    [DRIVER_CLAIMS] = {claims_past, NULL},
    [DRIVER_DECIDING] = {deciding_past, deciding_work_past},
    [DRIVER_GRANTED] = {granted_past, NULL},
    [DRIVER_WITHDRAWN] = {withdrawn_past, NULL},
    [DRIVER_APPEALING] = {appealing_past, NULL},
    [DRIVER_DISPOSING] = {disposing_past, disposing_work_past},
    [DRIVER_ENFORCED] = {enforced_past, NULL},
    [DRIVER_VOLUNTARY] = {voluntary_past, NULL},
    [DRIVER_PORT] = {port_past, NULL},
};

static result read_past(const struct look *look, enum driver driver, struct past *past,
                        struct err *err)
{
    for (size_t i = 0; i < look->count; i++) {
        past->z[i] = driver_rules[driver].past(look, i);
        past->work[i] = driver_rules[driver].work == NULL ? 0 : driver_rules[driver].work(look, i);
        if (!isfinite(past->z[i]) || !isfinite(past->work[i])) {
            const struct quarter when = quarter_add(look->begin, (int32_t)i);
            result_ignore(err_set(err, ERROR_INPUT,
                                  "The published series do not give \"%s\" of %04d-Q%d",
                                  driver_about[driver].name, when.number / QUARTERS_A_YEAR,
                                  when.number % QUARTERS_A_YEAR + 1),
                          "the hint follows");
            return err_hint(err, "fit from a quarter by whose end all series are published "
                                 "(2015-Q4 or later)");
        }
    }
    return result_ok();
}

/* --- seasons --- */

static double median(double *numbers, size_t count)
{
    scoring_sort(numbers, count);
    return scoring_quantile(numbers, count, 0.5);
}

/* How far each season lies from the mean of a year about it: the medians, shrunk towards 0 by what
 * chance alone would make of them. */
static void find_seasons(const struct look *look, const double *z, double season[QUARTERS_A_YEAR])
{
    double away[QUARTERS_A_YEAR][SEASON_QUARTERS];
    size_t seen[QUARTERS_A_YEAR] = {0};
    double effect[QUARTERS_A_YEAR];
    double mean = 0;
    double noise = 0;
    double signal = 0;
    const size_t first = look->count > SEASON_QUARTERS ? look->count - SEASON_QUARTERS : 0;
    for (size_t i = first + 2; i + 2 < look->count; i++) {
        const size_t s = (size_t)quarter_season(quarter_add(look->begin, (int32_t)i));
        const double year = (z[i - 2] / 2 + z[i - 1] + z[i] + z[i + 1] + z[i + 2] / 2) / 4;
        away[s][seen[s]++] = z[i] - year;
    }
    for (size_t s = 0; s < QUARTERS_A_YEAR; s++) {
        double sum = 0;
        double squares = 0;
        season[s] = 0;
        if (seen[s] < SEASON_SEEN_MIN) {
            return;
        }
        for (size_t i = 0; i < seen[s]; i++) {
            sum += away[s][i];
            squares += away[s][i] * away[s][i];
        }
        const double n = (double)seen[s];
        noise += (squares / n - sum / n * (sum / n)) / n / QUARTERS_A_YEAR;
        effect[s] = median(away[s], seen[s]);
        mean += effect[s] / QUARTERS_A_YEAR;
    }
    for (size_t s = 0; s < QUARTERS_A_YEAR; s++) {
        effect[s] -= mean;
        signal += effect[s] * effect[s] / QUARTERS_A_YEAR;
    }
    for (size_t s = 0; s < QUARTERS_A_YEAR; s++) {
        season[s] = effect[s] * fmax(0, 1 - noise / fmax(signal, 1e-9));
    }
}

/* --- fitting --- */

/* The sizes of the last residuals, in order, so that their median is at hand. */
struct sizes {
    double sorted[SIZE_QUARTERS + 1];
    size_t count;
};

static void sizes_add(struct sizes *sizes, double size)
{
    size_t at = sizes->count++;
    for (; at > 0 && sizes->sorted[at - 1] > size; at--) {
        sizes->sorted[at] = sizes->sorted[at - 1];
    }
    sizes->sorted[at] = size;
}

static void sizes_remove(struct sizes *sizes, double size)
{
    size_t at = 0;
    while (sizes->sorted[at] < size) {
        at++;
    }
    sizes->count--;
    for (; at < sizes->count; at++) {
        sizes->sorted[at] = sizes->sorted[at + 1];
    }
}

/* Runs one model over the past; leaves its residuals, level and trend. */
static void run_model(const struct past *past, const double *target, size_t count,
                      const struct driver_model *model, double *residuals, double *ret_level,
                      double *ret_trend)
{
    struct sizes sizes = {.count = 0};
    double level = 0;
    double trend = 0;
    for (size_t i = 0; i < SETTLING; i++) {
        level += past->z[i] / SETTLING;
    }
    for (size_t i = 0; i < count; i++) {
        const double mean = level + model->damping * trend - model->pull * (level - target[i]);
        double error = past->z[i] - mean;
        residuals[i] = error;
        if (model->cuts && sizes.count >= SIZE_QUARTERS_MIN) {
            const double usual =
                NORMAL_FROM_MEDIAN * scoring_quantile(sizes.sorted, sizes.count, 0.5) + 1e-6;
            error = fmin(fmax(error, -CUT_AT * usual), CUT_AT * usual);
        }
        level = mean + model->gain * error;
        trend = model->damping * trend + model->gain * model->trend_gain * error;
        if (i >= SETTLING) {
            sizes_add(&sizes, fabs(residuals[i]));
        }
        if (sizes.count > SIZE_QUARTERS) {
            sizes_remove(&sizes, fabs(residuals[i - SIZE_QUARTERS]));
        }
    }
    *ret_level = level;
    *ret_trend = trend;
}

/* The logarithm of the likelihood under Student's t with the scale that makes it largest (found by
 * the EM iteration of Lange, Little and Taylor, Robust statistical modeling using the t
 * distribution, Journal of the American Statistical Association 84, 1989), quarters weighted by
 * recency, the last one 1. */
static double weigh_model(const double *residuals, const double *recency, size_t count,
                          double *ret_scale)
{
    double total = 0;
    double squared_scale = 0.01;
    double likelihood = 0;
    for (size_t i = 0; i < count; i++) {
        total += recency[i];
    }
    for (size_t round = 0; round < SCALE_ROUNDS; round++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            const double square = residuals[i] * residuals[i];
            sum += recency[i] * (FREEDOM + 1) / (FREEDOM + square / squared_scale) * square;
        }
        squared_scale = fmax(sum / total, 1e-12);
    }
    for (size_t i = 0; i < count; i++) {
        const double square = residuals[i] * residuals[i] / squared_scale;
        likelihood -= recency[i] / recency[count - 1] *
                      (log(squared_scale) / 2 + (FREEDOM + 1) / 2 * log1p(square / FREEDOM));
    }
    *ret_scale = sqrt(squared_scale);
    return likelihood;
}

/* target[i] is known before quarter i; the one after the last is the centre. */
static double find_targets(const struct past *past, size_t count, double *target)
{
    for (size_t i = 0; i <= count; i++) {
        const size_t from = i > TARGET_QUARTERS ? i - TARGET_QUARTERS : 0;
        const size_t to = i < SETTLING ? SETTLING : i;
        double sum = 0;
        for (size_t j = from; j < to; j++) {
            sum += past->z[j] - past->work[j];
        }
        target[i] = sum / (double)(to - from) + (i < count ? past->work[i] : 0);
    }
    return target[count];
}

/* The usual size of what no model foresaw, outermost tenth cut in. */
static double find_spread(const struct driver_fit *fit, const double *recency, size_t count)
{
    double mean[HISTORY_QUARTERS_MAX];
    double sorted[HISTORY_QUARTERS_MAX];
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        mean[i] = 0;
        for (size_t m = 0; m < DRIVER_MODELS; m++) {
            mean[i] += fit->weight[m] * fit->residuals[m * count + i];
        }
        sorted[i] = mean[i];
    }
    scoring_sort(sorted + SETTLING, count - SETTLING);
    const double low = scoring_quantile(sorted + SETTLING, count - SETTLING, 0.05);
    const double high = scoring_quantile(sorted + SETTLING, count - SETTLING, 0.95);
    for (size_t i = 0; i < count; i++) {
        const double size = fmin(fmax(mean[i], low), high);
        squares += recency[i] * size * size;
    }
    return sqrt(squares);
}

static void fit_models(const struct past *past, const double *target, const double *recency,
                       size_t count, double *residuals, struct driver_fit *fit)
{
    double best = -INFINITY;
    double total = 0;
    double scale[DRIVER_MODELS];
    for (size_t m = 0; m < DRIVER_MODELS; m++) {
        const struct driver_model model = driver_model(m);
        run_model(past, target, count, &model, residuals + m * count, &fit->level[m],
                  &fit->trend[m]);
        fit->weight[m] = weigh_model(residuals + m * count, recency, count, &scale[m]);
        best = fmax(best, fit->weight[m]);
    }
    for (size_t m = 0; m < DRIVER_MODELS; m++) {
        fit->weight[m] = exp(fit->weight[m] - best);
        total += fit->weight[m];
    }
    for (size_t m = 0; m < DRIVER_MODELS; m++) {
        fit->weight[m] /= total;
        fit->home += fit->weight[m] * fit->level[m];
        for (size_t i = 0; i < count; i++) {
            double *residual = &residuals[m * count + i];
            const double most = RESIDUAL_MOST * scale[m];
            *residual = fmin(fmax(*residual, -most), most);
        }
    }
}

static result fit_driver(const struct look *look, enum driver driver, const double *recency,
                         struct arena *arena, struct driver_fit *fit, struct err *err)
{
    struct past past;
    double target[HISTORY_QUARTERS_MAX + 1];
    double *residuals = ARENA_NEW(arena, double, DRIVER_MODELS * look->count);
    if (residuals == NULL) {
        return arena_full(err);
    }
    TRY(read_past(look, driver, &past, err));
    find_seasons(look, past.z, fit->season);
    for (size_t i = 0; i < look->count; i++) {
        past.z[i] -= fit->season[quarter_season(quarter_add(look->begin, (int32_t)i))];
    }
    fit->centre = find_targets(&past, look->count, target);
    fit->residuals = residuals;
    fit_models(&past, target, recency, look->count, residuals, fit);
    fit->spread = find_spread(fit, recency, look->count);
    return result_ok();
}

/* --- what the published stocks and flows leave open --- */

static void find_gaps(const struct look *look, double *waiting_gap, double *appeals_gap)
{
    double sum = 0;
    double seen = 0;
    for (size_t i = 0; i < look->count; i++) {
        const double claims = value(look, SERIES_CLAIMS, i, 0);
        const double lodged = value(look, SERIES_APPEALS_LODGED, i, 0);
        const double waiting =
            value(look, SERIES_WAITING, i, 0) - value(look, SERIES_WAITING, i, 1) - claims +
            value(look, SERIES_DECISIONS, i, 0) + value(look, SERIES_WITHDRAWN, i, 0);
        waiting_gap[i] = isnan(waiting) ? 0 : fmin(fmax(waiting / claims, -GAP_MOST), GAP_MOST);
        appeals_gap[i] =
            (value(look, SERIES_APPEALS_OPEN, i, 0) - value(look, SERIES_APPEALS_OPEN, i, 1) -
             lodged + value(look, SERIES_APPEALS_DISPOSED, i, 0)) /
            lodged;
        sum += isnan(appeals_gap[i]) ? 0 : appeals_gap[i];
        seen += isnan(appeals_gap[i]) ? 0 : 1;
    }
    for (size_t i = 0; i < look->count; i++) {
        appeals_gap[i] = isnan(appeals_gap[i]) ? sum / fmax(seen, 1) : appeals_gap[i];
    }
}

static void find_recency(double *recency, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        recency[i] = i < SETTLING ? 0 : exp2(-(double)(count - 1 - i) / RECENCY_HALF_LIFE);
        total += recency[i];
    }
    for (size_t i = 0; i < count; i++) {
        recency[i] /= total;
    }
}

result drivers_fit(const struct history *history, struct arena *arena,
                   const struct drivers **ret_drivers, struct err *err)
{
    struct look look = {.history = history, .begin = {DRIVERS_BEGIN_YEAR * QUARTERS_A_YEAR}};
    const int32_t count = history_last(history).number - look.begin.number + 1;
    struct drivers *drivers = ARENA_NEW(arena, struct drivers, 1);
    if (count < DRIVERS_QUARTERS_MIN) {
        return err_set(err, ERROR_INPUT, "A forecast needs the published series of %d quarters",
                       DRIVERS_QUARTERS_MIN);
    }
    look.count = (size_t)count;
    double *recency = ARENA_NEW(arena, double, look.count);
    double *waiting_gap = ARENA_NEW(arena, double, look.count);
    double *appeals_gap = ARENA_NEW(arena, double, look.count);
    if (drivers == NULL || recency == NULL || waiting_gap == NULL || appeals_gap == NULL) {
        return arena_full(err);
    }
    find_recency(recency, look.count);
    find_gaps(&look, waiting_gap, appeals_gap);
    const size_t last = look.count - 1;
    *drivers = (struct drivers){
        .until = history_last(history),
        .quarter_count = look.count,
        .recency = recency,
        .waiting_gap = waiting_gap,
        .appeals_gap = appeals_gap,
        .claims = value(&look, SERIES_CLAIMS, last, 0),
        .refusals = value(&look, SERIES_REFUSALS, last, 0),
        .waiting = value(&look, SERIES_WAITING, last, 0),
        .appeals_lodged = value(&look, SERIES_APPEALS_LODGED, last, 0),
        .appeals_lodged_before = value(&look, SERIES_APPEALS_LODGED, last, 1),
        .appeals_open = value(&look, SERIES_APPEALS_OPEN, last, 0),
    };
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        TRY(fit_driver(&look, (enum driver)i, recency, arena, &drivers->fits[i], err));
    }
    *ret_drivers = drivers;
    return result_ok();
}
