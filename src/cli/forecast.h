/* forecast: what the commands that run a scenario share. */
#ifndef RETURNHUB_CLI_FORECAST_H
#define RETURNHUB_CLI_FORECAST_H

#include "cli/desk.h"
#include "forecast/answers.h"

enum { FORECAST_BYTES = 1024 * 1024 * 1024, FORECAST_TEXT_MAX = 256 * 1024 * 1024 };

/* A scenario, and how many futures of it are run with what. */
struct forecast {
    const struct invocation *invocation;
    const struct scenario *scenario;
    const struct scenario_about *about;
    uint64_t futures;
    uint64_t seed;
    unsigned threads;
    uint32_t one_in; /* scenario.h */
    uint64_t runs;   /* in all, for the progress */
    uint64_t runs_done;
    instant begun;
    bool shows; /* progress, on a terminal */
};

/* The scenario that is the first argument, and the options of the ensemble; `of_futures` is the one
 * that says how many futures, `futures_usual` how many when it is not given. */
MUST_USE result forecast_open(const struct invocation *invocation, enum command_option of_futures,
                              int64_t futures_usual, struct forecast *ret_forecast,
                              struct err *err);
/* The futures with these measures. Progress with the time left goes to a terminal. */
MUST_USE result forecast_futures(struct forecast *forecast, uint32_t measures, struct arena *arena,
                                 struct ensemble *ret_ensemble, struct err *err);
struct answers_about forecast_about(const struct forecast *forecast);
/* With and without the measures; `without->values` is NULL when the scenario has none. */
MUST_USE result forecast_both(struct forecast *forecast, struct arena *arena,
                              struct ensemble *ret_with, struct ensemble *ret_without,
                              struct err *err);

/* Prints an answer as --format asks, and keeps it in the folder of --output as
 * SCENARIO.ANSWER.json. */
MUST_USE result forecast_print(const struct forecast *forecast, const json_t *answer, str quarter,
                               struct err *err);
/* The quarter of --quarter, as an index; the last when it is not given. */
MUST_USE result forecast_quarter(const struct forecast *forecast, size_t *ret_quarter,
                                 struct err *err);

#endif
