/* flows: one future of the drivers, turned into numbers by quarter: how many claim, are decided,
 * are refused, appeal, leave; stocks are what flows leave behind.
 *
 *   who could be reached  = waiting + half of the claims - withdrawn
 *   decisions             = capacity_reaches(capacity, who could be reached)
 *   waiting               = waiting + claims - decisions - withdrawn + gap
 *   appeals lodged        = rate x mean of the refusals of this quarter and the last
 *   appeals open          = open + lodged - disposed + gap
 *
 * A gap is what the published stocks and flows leave open, drawn with the quarter whose residuals
 * are drawn. This is the future without individuals; people.h sends people through it. */
#ifndef RETURNHUB_FORECAST_FLOWS_H
#define RETURNHUB_FORECAST_FLOWS_H

#include "forecast/drivers.h"

enum { FLOWS_HORIZON_MAX = 40 }; /* quarters */

struct flows {
    size_t horizon;
    double values[SERIES_COUNT][FLOWS_HORIZON_MAX];
    double waiting_gap[FLOWS_HORIZON_MAX]; /* people */
    double appeals_gap[FLOWS_HORIZON_MAX];
};

/* The same key gives the same future. */
void flows_future(const struct drivers *drivers, const struct draw_tables *tables, uint64_t key,
                  size_t horizon, struct flows *ret_flows);

#endif
