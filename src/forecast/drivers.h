/* drivers: what moves the procedure from quarter to quarter - how many people claim, how many
 * decisions and appeals are dealt with, which share is granted, how many leave - each as a process
 * whose future is uncertain, fitted to the published series up to a quarter.
 *
 * Each driver is a number z on a scale without bounds (a logarithm, or the logit of a share), less
 * its season:
 *
 *     z(t)     = m(t) + e(t)
 *     m(t)     = level(t-1) + damping trend(t-1) - pull (level(t-1) - target(t))
 *     level(t) = m(t) + gain e'(t)
 *     trend(t) = damping trend(t-1) + gain trend_gain e'(t)
 *
 * e' is e, or e cut at four times its usual size: a shock that passes, as when borders are closed.
 * The target is the mean of the last ten years; of a capacity it moves with the work there is
 * (people claiming and a part of those waiting), so that staff follows the work.
 *
 * Nothing is optimised. All combinations of a few values of gain, trend_gain, damping, pull and
 * cutting are run (DRIVER_MODELS of them), and each has the weight of its likelihood under
 * Student's t with five degrees of freedom, recent quarters counting more: a Bayesian model average
 * with equal prior weights. A future draws one of them, and so carries what is not known of the
 * parameters.
 *
 * What happens to all drivers in one quarter belongs together: a future draws past quarters, and
 * takes from each the residuals of all drivers (a joint bootstrap). Each future also has a drift of
 * its own for each driver, with Student's t, and a volatility of its own.
 *
 * How the few constants were set is said in docs/forecast-backtest.md. */
#ifndef RETURNHUB_FORECAST_DRIVERS_H
#define RETURNHUB_FORECAST_DRIVERS_H

#include "forecast/draw.h"
#include "forecast/history.h"

/* DRIVER(constant, name, what it is) */
#define DRIVER_LIST                                                                                \
    DRIVER(DRIVER_CLAIMS, "claims", "logarithm of the people who claim in a quarter")              \
    DRIVER(DRIVER_DECIDING, "deciding", "logarithm of the capacity to decide, people a quarter")   \
    DRIVER(DRIVER_GRANTED, "grant_share", "logit of the share of decisions that grant")            \
    DRIVER(DRIVER_WITHDRAWN, "withdrawn",                                                          \
           "logarithm of claims withdrawn or ended without a decision, of those waiting")          \
    DRIVER(DRIVER_APPEALING, "appealing",                                                          \
           "logarithm of appeals lodged, of the refusals of this quarter and the last")            \
    DRIVER(DRIVER_DISPOSING, "disposing", "logarithm of the capacity to dispose of appeals")       \
    DRIVER(DRIVER_ENFORCED, "enforced", "logarithm of enforced returns")                           \
    DRIVER(DRIVER_VOLUNTARY, "voluntary", "logarithm of voluntary returns")                        \
    DRIVER(DRIVER_PORT, "port", "logarithm of people refused entry at port who departed")

enum driver {
#define DRIVER(constant, name, what) constant,
    DRIVER_LIST
#undef DRIVER
        DRIVER_COUNT
};

struct driver_about {
    const char *name;
    const char *what;
};
extern const struct driver_about driver_about[DRIVER_COUNT];

enum {
    DRIVER_MODELS = 192,
    DRIVERS_BEGIN_YEAR = 2008, /* earlier quarters are of another procedure and another record */
    DRIVERS_QUARTERS_MIN = 24,
};

struct driver_model {
    double gain;
    double trend_gain;
    double damping;
    double pull;
    bool cuts;
};
struct driver_model driver_model(size_t index); /* below DRIVER_MODELS */

struct driver_fit {
    double season[QUARTERS_A_YEAR];
    double centre; /* of the target, without the work there is */
    double home;   /* the mean level at the end: futures stay within a wide distance of it */
    double spread; /* usual size of a residual */
    double weight[DRIVER_MODELS];
    double level[DRIVER_MODELS];
    double trend[DRIVER_MODELS];
    const double *residuals; /* model by model, quarter_count of each */
};

/* What a future is made from. It holds nothing of the quarters after `until`. */
struct drivers {
    struct quarter until;
    size_t quarter_count;  /* since DRIVERS_BEGIN_YEAR */
    const double *recency; /* of each quarter: the weight with which futures draw it; sum 1 */
    struct driver_fit fits[DRIVER_COUNT];
    /* The published stocks do not follow exactly from the published flows: what is missing, as a
     * share of the claims and of the appeals lodged in the quarter. */
    const double *waiting_gap;
    const double *appeals_gap;
    double claims; /* of the last quarter */
    double refusals;
    double waiting;
    double appeals_lodged;
    double appeals_lodged_before;
    double appeals_open;
};

/* From what was known at the end of the history (cut it first). Refuses one without all series in
 * its last quarters. */
MUST_USE result drivers_fit(const struct history *history, struct arena *arena,
                            const struct drivers **ret_drivers, struct err *err);

/* --- the arithmetic that fitting and futures share --- */

/* Of the people who could be reached in a quarter, a capacity reaches so many: all of a few, and of
 * many its own number, smoothly. */
double capacity_reaches(double capacity, double people);
/* The other way round; `reached` lies below `people`. */
double capacity_that_reached(double reached, double people);
/* Logarithm of the work that a capacity follows. */
double deciding_work(double claims, double waiting);
double disposing_work(double lodged, double lodged_before, double open);

#endif
