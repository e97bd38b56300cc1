#include "cli/desk.h"
#include "forecast/ensemble.h"
#include "forecast/scenario.h"
#include "format/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FORECAST_BYTES = 1024 * 1024 * 1024,
    FUTURE_BYTES = 1024 * 1024 * 1024,
    FUTURES_USUAL = 200,
    THREADS_MAX = 64,
};

/* ---- reading ---- */

/* Beside the scenario that was named stand those it is based on. */
struct scenario_place {
    const struct invocation *invocation;
    str folder;
};

static result open_beside(void *context, str name, struct arena *arena, str *ret_text,
                          struct err *err)
{
    const struct scenario_place *place = context;
    const str path = arena_format(arena, "%.*s%.*s", STR_ARG(place->folder), STR_ARG(name));
    return path.at == NULL
               ? arena_full(err)
               : system_read_file(path.at, SCENARIO_FILE_BYTES_MAX, arena, ret_text, err);
}

static result open_data(void *context, str name, struct arena *arena, str *ret_text,
                        struct err *err)
{
    enum { DATA_BYTES_MAX = 64 * 1024 * 1024 };
    const struct scenario_place *place = context;
    const str folder = share_folder(place->invocation, "data");
    const str path = arena_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
    return path.at == NULL ? arena_full(err)
                           : system_read_file(path.at, DATA_BYTES_MAX, arena, ret_text, err);
}

static size_t folder_len(str path)
{
    size_t len = path.len;
    while (len > 0 && path.at[len - 1] != '/') {
        len--;
    }
    return len;
}

/* A path, or the name of one that comes with the program. */
static str scenario_path(const struct invocation *invocation, str asked)
{
    if (str_ends(asked, STR(".scenario"))) {
        return asked;
    }
    const str folder = share_folder(invocation, "scenarios");
    return arena_format(invocation->arena, "%.*s/%.*s.scenario", STR_ARG(folder), STR_ARG(asked));
}

static result read_scenario(const struct invocation *invocation,
                            const struct scenario **ret_scenario, struct err *err)
{
    const struct rulebook *rulebook = NULL;
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &rulebook, err));
    const str path = scenario_path(invocation, invocation->arguments[0]);
    const size_t folder = folder_len(path);
    struct scenario_place place = {invocation, str_slice(path, 0, folder)};
    const struct scenario_files files = {&place, open_beside, open_data};
    struct arena scratch;
    TRY(arena_open(&scratch, FORECAST_BYTES, err));
    const result loaded = scenario_load(&files, str_slice(path, folder, path.len), rulebook,
                                        invocation->arena, scratch, ret_scenario, err);
    arena_close(&scratch);
    return loaded;
}

/* ---- running ---- */

struct order {
    uint64_t futures;
    uint64_t seed;
    unsigned threads;
};

static result read_order(const struct invocation *invocation, struct order *ret_order,
                         struct err *err)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t futures;
    int64_t seed;
    int64_t threads;
    TRY(option_number(invocation, OPTION_RUN_FUTURES, FUTURES_USUAL, 1, ENSEMBLE_FUTURES_MAX,
                      &futures, err));
    TRY(option_number(invocation, OPTION_SEED, 1, 0, INT64_MAX, &seed, err));
    TRY(option_number(invocation, OPTION_RUN_THREADS, processors < 1 ? 1 : processors, 1,
                      THREADS_MAX, &threads, err));
    *ret_order = (struct order){(uint64_t)futures, (uint64_t)seed, (unsigned)threads};
    return result_ok();
}

struct shown {
    struct output *output;
    const struct system *system;
    instant begun;
    uint64_t runs_done;
    uint64_t runs;
};

/* On a terminal only: how many are done, and how long the rest will take. */
static void show_progress(void *context, uint64_t done, uint64_t count)
{
    const struct shown *progress = context;
    const double part =
        ((double)progress->runs_done + (double)done / (double)count) / (double)progress->runs;
    const double seconds =
        (double)(system_now(progress->system).milliseconds - progress->begun.milliseconds) / 1000;
    output_message(progress->output, "\r%3.0f %% of the futures, %.0f s left   ", 100 * part,
                   seconds / part - seconds);
}

static result run(const struct scenario *scenario, uint32_t measures, const struct order *order,
                  struct shown *progress, struct arena *arena, struct ensemble *ret_ensemble,
                  struct err *err)
{
    struct scenario_choice choice = {scenario, measures};
    const struct scenario_about *about = scenario_about(scenario);
    const bool shows = isatty(STDERR_FILENO) == 1;
    const struct ensemble_question question = {
        .make = scenario_make,
        .make_context = &choice,
        .series_count = about->series_count,
        .quarter_count = about->quarter_count,
        .seed = order->seed,
        .count = order->futures,
        .threads = order->threads,
        .bytes_a_future = FUTURE_BYTES,
        .progress = shows ? show_progress : NULL,
        .progress_context = progress,
    };
    TRY(ensemble_run(&question, arena, ret_ensemble, err));
    progress->runs_done++;
    if (shows && progress->runs_done == progress->runs) {
        output_message(progress->output, "\r                                          \r");
    }
    return result_ok();
}

static struct shown shown_of(const struct invocation *invocation, uint64_t runs)
{
    const struct system *system = system_machine();
    return (struct shown){invocation->output, system, system_now(system), 0, runs};
}

/* ---- printing ---- */

struct answer {
    const struct scenario *scenario;
    const struct scenario_about *about;
    const struct order *order;
    struct ensemble with;
    struct ensemble without; /* values NULL when the scenario has no measure */
    struct arena *scratch;
};

static str quarter_name(const struct scenario_about *about, size_t quarter, struct arena *arena)
{
    const date begins = date_add_months(about->begins, 3 * (int32_t)quarter, DATE_ROUND_DOWN);
    return arena_format(arena, "%d-Q%d", date_to_civil(begins).year, date_quarter(begins));
}

static result summary(const struct answer *answer, bool difference, size_t series, size_t quarter,
                      struct ensemble_summary *ret_summary, struct err *err)
{
    return difference ? ensemble_summarise(&answer->with, &answer->without, series, quarter,
                                           *answer->scratch, ret_summary, err)
                      : ensemble_summarise(&answer->with, NULL, series, quarter, *answer->scratch,
                                           ret_summary, err);
}

static const char *const kinds[] = {"level", "difference"};

static size_t kind_count(const struct answer *answer)
{
    return answer->without.values == NULL ? 1 : 2;
}

static result print_csv(const struct invocation *invocation, const struct answer *answer,
                        struct err *err)
{
    output_text(invocation->output,
                STR("series,quarter,kind,mean,median,low50,high50,low80,high80,low95,high95\r\n"));
    for (size_t series = 0; series < answer->about->series_count; series++) {
        for (size_t kind = 0; kind < kind_count(answer); kind++) {
            for (size_t quarter = 0; quarter < answer->about->quarter_count; quarter++) {
                struct arena scratch = *invocation->arena;
                struct ensemble_summary s;
                TRY(summary(answer, kind == 1, series, quarter, &s, err));
                output_text(invocation->output,
                            arena_format(&scratch,
                                         "%.*s,%.*s,%s,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f\r\n",
                                         STR_ARG(answer->about->series[series].name),
                                         STR_ARG(quarter_name(answer->about, quarter, &scratch)),
                                         kinds[kind], s.mean, s.median, s.low[0], s.high[0],
                                         s.low[1], s.high[1], s.low[2], s.high[2]));
            }
        }
    }
    return result_ok();
}

static json_t *json_of_summary(const struct ensemble_summary *s)
{
    static const char *const names[ENSEMBLE_INTERVALS] = {"interval_50", "interval_80",
                                                          "interval_95"};
    json_t *object = json_object();
    json_set(object, "mean", json_real(s->mean));
    json_set(object, "median", json_real(s->median));
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        json_t *pair = json_array();
        json_add(pair, json_real(s->low[i]));
        json_add(pair, json_real(s->high[i]));
        json_set(object, names[i], pair);
    }
    return object;
}

static result json_of_series(const struct invocation *invocation, const struct answer *answer,
                             size_t series, json_t *list, struct err *err)
{
    const struct scenario_series *about = &answer->about->series[series];
    json_t *object = json_object();
    json_set_str(object, "name", about->name);
    json_set_str(object, "title", about->title);
    json_set_str(object, "unit", about->unit);
    json_t *quarters = json_array();
    json_set(object, "quarters", quarters);
    json_add(list, object);
    for (size_t quarter = 0; quarter < answer->about->quarter_count; quarter++) {
        struct arena scratch = *invocation->arena;
        json_t *row = json_object();
        json_set_str(row, "quarter", quarter_name(answer->about, quarter, &scratch));
        json_add(quarters, row);
        for (size_t kind = 0; kind < kind_count(answer); kind++) {
            struct ensemble_summary s;
            TRY(summary(answer, kind == 1, series, quarter, &s, err));
            json_set(row, kinds[kind], json_of_summary(&s));
        }
    }
    return result_ok();
}

static result print_json(const struct invocation *invocation, const struct answer *answer,
                         struct err *err)
{
    json_t *object = json_object();
    json_set_str(object, "scenario", answer->about->name);
    json_set_str(object, "title", answer->about->title);
    json_set_int64(object, "futures", (int64_t)answer->order->futures);
    json_set_int64(object, "seed", (int64_t)answer->order->seed);
    json_t *list = json_array();
    json_set(object, "series", list);
    result printed = result_ok();
    for (size_t i = 0; printed.ok && i < answer->about->series_count; i++) {
        printed = json_of_series(invocation, answer, i, list, err);
    }
    if (printed.ok) {
        printed = output_json(invocation->output, *invocation->arena, object, err);
    }
    json_decref(object);
    return printed;
}

static result print_text_series(const struct invocation *invocation, const struct answer *answer,
                                size_t series, bool difference, struct err *err)
{
    const struct scenario_series *about = &answer->about->series[series];
    struct arena scratch = *invocation->arena;
    output_text(invocation->output,
                arena_format(&scratch, "\n%.*s%s (%.*s)\n", STR_ARG(about->title),
                             difference ? ": difference that the measures make" : "",
                             STR_ARG(about->unit)));
    output_text(invocation->output, STR("  quarter     median          50 %                   "
                                        "80 %                   95 %\n"));
    for (size_t quarter = 0; quarter < answer->about->quarter_count; quarter++) {
        struct arena of_line = scratch;
        struct ensemble_summary s;
        TRY(summary(answer, difference, series, quarter, &s, err));
        output_text(
            invocation->output,
            arena_format(&of_line,
                         "  %.*s %10.0f %10.0f to %-9.0f %10.0f to %-9.0f %10.0f to %-9.0f\n",
                         STR_ARG(quarter_name(answer->about, quarter, &of_line)), s.median,
                         s.low[0], s.high[0], s.low[1], s.high[1], s.low[2], s.high[2]));
    }
    return result_ok();
}

static result print_text(const struct invocation *invocation, const struct answer *answer,
                         struct err *err)
{
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s\n%llu futures, seed %llu\n",
                             STR_ARG(answer->about->title),
                             (unsigned long long)answer->order->futures,
                             (unsigned long long)answer->order->seed));
    for (size_t i = 0; i < answer->about->series_count; i++) {
        TRY(print_text_series(invocation, answer, i, false, err));
        if (answer->without.values != NULL) {
            TRY(print_text_series(invocation, answer, i, true, err));
        }
    }
    return result_ok();
}

static result print_answer(const struct invocation *invocation, const struct answer *answer,
                           struct err *err)
{
    switch (invocation->output->format) {
    case OUTPUT_TEXT:
        return print_text(invocation, answer, err);
    case OUTPUT_CSV:
        return print_csv(invocation, answer, err);
    case OUTPUT_JSON:
        return print_json(invocation, answer, err);
    }
    return result_ok();
}

static result run_both(const struct invocation *invocation, const struct scenario *scenario,
                       struct arena *arena, struct err *err)
{
    struct order order;
    TRY(read_order(invocation, &order, err));
    struct answer answer = {
        .scenario = scenario,
        .about = scenario_about(scenario),
        .order = &order,
        .scratch = arena,
    };
    const uint32_t measures = scenario_all_measures(answer.about);
    struct shown progress = shown_of(invocation, measures == 0 ? 1 : 2);
    TRY(run(scenario, measures, &order, &progress, arena, &answer.with, err));
    if (measures != 0) {
        TRY(run(scenario, 0, &order, &progress, arena, &answer.without, err));
    }
    return print_answer(invocation, &answer, err);
}

result command_forecast_run(const struct invocation *invocation, int *ret_status, struct err *err)
{
    const struct scenario *scenario = NULL;
    (void)ret_status;
    TRY(read_scenario(invocation, &scenario, err));
    struct arena arena;
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result ran = run_both(invocation, scenario, &arena, err);
    arena_close(&arena);
    return ran;
}
