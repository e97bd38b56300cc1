/* rivals: the simple forecasts that ours has to be better than. Each says many futures of a series,
 * never below 0, from what was known at the end of the history.
 *
 * Seasonal-naive: the same quarter a year ago (of the second year ahead: two years ago), and
 * around it the differences that lay as far apart in the past, drawn as they were.
 *
 * Exponential smoothing: smoothing.h.
 *
 * Stock-flow: the arithmetic of flows.h without individuals, seasons, trends, or a pull: claims,
 * each rate of the stock that it takes from (decisions and withdrawals of those waiting, appeals of
 * refusals, disposals of those open) and each kind of return is a random walk of its logarithm,
 * with normal steps of the size that it had; stocks follow, with the mean of what published stocks
 * and flows left open. */
#ifndef RETURNHUB_FORECAST_RIVALS_H
#define RETURNHUB_FORECAST_RIVALS_H

#include "forecast/flows.h"

enum { RIVAL_YEARS_MIN = 3 }; /* of numbers, for seasonal-naive */

/* samples[i * horizon + h]: future i, h + 1 quarters on. Refuses fewer than RIVAL_YEARS_MIN years
 * of numbers. */
MUST_USE result rival_seasonal(const double *numbers, size_t count, size_t horizon, uint64_t key,
                               size_t futures, double *ret_samples, struct err *err);
/* Exponential smoothing, by its smallest AICc; into *ret_smoothing what was chosen. */
MUST_USE result rival_smoothing(const double *numbers, size_t count, size_t horizon,
                                const struct draw_tables *tables, uint64_t key, size_t futures,
                                double *ret_samples, struct err *err);

struct stock_flow {
    struct quarter until;
    double last[SERIES_COUNT];
    double rate[DRIVER_COUNT]; /* logarithms, of the last quarter */
    double step[DRIVER_COUNT]; /* standard deviation of a quarter's change */
    double waiting_gap;        /* share of the claims */
    double appeals_gap;        /* share of the appeals lodged */
};
MUST_USE result stock_flow_fit(const struct history *history, struct stock_flow *ret_model,
                               struct err *err);
void stock_flow_future(const struct stock_flow *model, const struct draw_tables *tables,
                       uint64_t key, size_t horizon, struct flows *ret_flows);

#endif
