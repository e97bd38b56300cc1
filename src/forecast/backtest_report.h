/* backtest_report: a back-test as sheets to read and as a drawing. */
#ifndef RETURNHUB_FORECAST_BACKTEST_REPORT_H
#define RETURNHUB_FORECAST_BACKTEST_REPORT_H

#include "document/drawing.h"
#include "forecast/backtest.h"
#include "statistics/sheet.h"

/* For all origins, those to the end of 2019 and those after it: the scaled CRPS of each contender,
 * and how much our intervals and those of the rivals covered. The notes say where ours was worse
 * and where its 80 % intervals covered less than 70 or more than 90 %. */
MUST_USE result backtest_report_scores(const struct backtest *backtest, struct arena *arena,
                                       struct sheet *ret_sheet, struct err *err);
/* The same over all series, by how many quarters ahead. */
MUST_USE result backtest_report_horizons(const struct backtest *backtest, struct arena *arena,
                                         struct sheet *ret_sheet, struct err *err);
/* Every single score. */
MUST_USE result backtest_report_all(const struct backtest *backtest, struct arena *arena,
                                    struct sheet *ret_sheet, struct err *err);
/* Scaled CRPS of every contender, and the coverage of our 80 % intervals, series by series. */
MUST_USE result backtest_report_draw(const struct backtest *backtest, struct arena *arena,
                                     struct drawing *ret_drawing, struct err *err);

#endif
