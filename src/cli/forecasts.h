/* forecasts: the answers of forecasts that a folder holds, for the pages (web/web.h): files
 * SCENARIO.ANSWER.json, as returnhub forecast run, shares and sensitivity keep them with --output.
 */
#ifndef RETURNHUB_CLI_FORECASTS_H
#define RETURNHUB_CLI_FORECASTS_H

#include "cli/desk.h"
#include "web/web.h"

enum { FORECASTS_MAX = 100, FORECAST_FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* In the order of their names. A file that is no answer, and shares without a run, are errors that
 * name the file: nothing is left out silently. */
MUST_USE result forecasts_read(str folder, struct arena *arena, struct web_forecast **ret_forecasts,
                               size_t *ret_count, struct err *err);
void forecasts_close(struct web_forecast *forecasts, size_t count);

#endif
