#include "cli/forecast.h"

#include "forecast/sensitivity.h"
#include "format/json.h"

enum { SHARES_FUTURES_USUAL = 50, SENSITIVITY_FUTURES_USUAL = 1000 };

/* ---- forecast shares ---- */

/* The futures of one set are needed only until they are counted. */
static result add_set(struct forecast *forecast, uint32_t set, struct shares *shares,
                      json_t *combinations, struct arena scratch, struct err *err)
{
    struct ensemble ensemble;
    const struct answers_about about = forecast_about(forecast);
    TRY(forecast_futures(forecast, set, &scratch, &ensemble, err));
    shares_add(shares, set, &ensemble);
    if (combinations != NULL) {
        answers_combination_add(combinations, &about, set, &ensemble);
    }
    return result_ok();
}

static result share(struct forecast *forecast, struct arena *arena, json_t *combinations,
                    json_t **ret_answer, struct err *err)
{
    const uint32_t all = scenario_all_measures(forecast->about);
    const struct answers_about about = forecast_about(forecast);
    struct shares shares;
    forecast->runs = (uint64_t)all + 1;
    TRY(shares_begin(forecast->about->measure_count, forecast->about->series_count,
                     forecast->about->quarter_count, forecast->futures, arena, &shares, err));
    for (uint32_t set = 0; set <= all; set++) {
        TRY(add_set(forecast, set, &shares, combinations, *arena, err));
    }
    return answers_shares(&about, &shares, *arena, ret_answer, err);
}

result command_forecast_shares(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    struct forecast forecast;
    json_auto_t *answer = NULL;
    json_auto_t *combinations = NULL;
    struct arena arena;
    size_t quarter = 0;
    (void)ret_status;
    TRY(forecast_open(invocation, OPTION_SHARES_FUTURES, SHARES_FUTURES_USUAL, &forecast, err));
    TRY(forecast_quarter(&forecast, &quarter, err));
    if (forecast.about->measure_count == 0) {
        return err_set(err, ERROR_INPUT, "The scenario has no measure that could have a share");
    }
    if (option_given(invocation, OPTION_EACH_SET)) {
        const struct answers_about about = forecast_about(&forecast);
        combinations = answers_combinations(&about);
    }
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result shared = share(&forecast, &arena, combinations, &answer, err);
    arena_close(&arena);
    TRY(shared);
    return forecast_print(&forecast, combinations != NULL ? combinations : answer,
                          invocation->options[OPTION_QUARTER], err);
}

/* ---- forecast sensitivity ---- */

static result find_sensitivity(struct forecast *forecast, size_t quarter, struct arena *arena,
                               json_t **ret_answer, struct err *err)
{
    struct ensemble with;
    struct ensemble without;
    const struct answers_about about = forecast_about(forecast);
    TRY(forecast_both(forecast, arena, &with, &without, err));
    return answers_sensitivity(&about, &with, without.values == NULL ? NULL : &without, quarter,
                               *arena, ret_answer, err);
}

result command_forecast_sensitivity(const struct invocation *invocation, int *ret_status,
                                    struct err *err)
{
    struct forecast forecast;
    json_auto_t *answer = NULL;
    struct arena arena;
    size_t quarter = 0;
    (void)ret_status;
    TRY(forecast_open(invocation, OPTION_FUTURES, SENSITIVITY_FUTURES_USUAL, &forecast, err));
    TRY(forecast_quarter(&forecast, &quarter, err));
    if (forecast.futures < SENSITIVITY_FUTURES_MIN) {
        return err_set(err, ERROR_INPUT, "What an answer hangs on shows in %d futures or more",
                       SENSITIVITY_FUTURES_MIN);
    }
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result found = find_sensitivity(&forecast, quarter, &arena, &answer, err);
    arena_close(&arena);
    TRY(found);
    return forecast_print(&forecast, answer, STR(""), err);
}
