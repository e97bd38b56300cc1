/* view_forecast: forecasts as pages show them (view.h), from answers (forecast/answers.h). */
#ifndef RETURNHUB_WEB_VIEW_FORECAST_H
#define RETURNHUB_WEB_VIEW_FORECAST_H

#include "web/view.h"
#include "web/web.h"

/* {"any","forecasts":[{"title","href","made"}]} */
json_t *view_forecasts(const struct view_context *context, const struct web_forecast *forecasts,
                       size_t count);
/* {"title","made","command","answers","assumptions","measures"}: a row for each series with what it
 * is at the end, and each assumption with its source. */
json_t *view_forecast(const struct view_context *context, const struct web_forecast *forecast);
/* {"title","charts":[{"src","alt","title","table"}],"shares","sensitivity"} of one series of it;
 * what is not there is false. */
json_t *view_forecast_series(const struct view_context *context,
                             const struct web_forecast *forecast, const json_t *series);

/* The series of this name in an answer, or NULL. */
const json_t *forecast_series(const json_t *answer, str name);

#endif
