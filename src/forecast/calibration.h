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
/* A row for each series and quarter: median and the 50, 80 and 95 % intervals of futures lived by
 * people. */
MUST_USE result calibration_futures(const struct drivers *drivers,
                                    const struct calibration_question *question,
                                    struct arena *arena, struct arena scratch,
                                    struct sheet *ret_sheet, struct err *err);

#endif
