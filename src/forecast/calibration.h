/* calibration: what was fitted up to a quarter, and what follows for the quarters after it, as
 * sheets to read and to keep beside a scenario. */
#ifndef RETURNHUB_FORECAST_CALIBRATION_H
#define RETURNHUB_FORECAST_CALIBRATION_H

#include "forecast/people.h"
#include "statistics/sheet.h"

/* A row for each driver: its level at the end and the centre it is pulled to (a logarithm or a
 * logit), the usual size of a surprise, its seasons, and the mean of each parameter over the
 * models, weighted by what the past says for them. */
MUST_USE result calibration_drivers(const struct drivers *drivers, struct arena *arena,
                                    struct sheet *ret_sheet, struct err *err);

struct calibration_question {
    size_t horizon; /* at most FLOWS_HORIZON_MAX */
    size_t futures;
    size_t one_in; /* people.h */
    unsigned threads;
    uint64_t seed;
};
struct calibration {
    /* A row for each series and quarter: median and the 50, 80 and 95 % intervals of futures lived
     * by people. */
    struct sheet futures;
    /* A row for each two series: how they go together over the futures. It is the correlation r of
     * two normal variates whose ranks go together as theirs do: r = 2 sin(pi / 6 s), with s
     * Spearman's correlation, mean over the quarters. */
    struct sheet together;
};
MUST_USE result calibration_make(const struct drivers *drivers,
                                 const struct calibration_question *question, struct arena *arena,
                                 struct arena scratch, struct calibration *ret_calibration,
                                 struct err *err);

/* Spearman's rank correlation; equal values share the mean of their ranks. 0 when all values of one
 * are equal. `scratch` holds three times as many doubles as there are pairs. */
MUST_USE result calibration_rank_correlation(const double *a, const double *b, size_t count,
                                             struct arena scratch, double *ret_correlation,
                                             struct err *err);

#endif
