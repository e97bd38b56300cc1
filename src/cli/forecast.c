#include "cli/forecast.h"

#include "casework/standing.h"
#include "document/document_html.h"
#include "forecast/quarter.h"
#include "forecast/ranks.h"
#include "format/json.h"

#include <string.h>
#include <unistd.h>

enum {
    FUTURE_BYTES = 1024 * 1024 * 1024,
    FUTURES_USUAL = 200,
    ONE_IN_USUAL = 10,
    THREADS_MAX = 64,
};

/* ---- reading ---- */

/* Beside the scenario that was named stand those it is based on, and its calibrations; those that
 * come with the program need not be copied there. */
struct scenario_place {
    const struct invocation *invocation;
    str folder;
};

static result open_beside(void *context, str name, struct arena *arena, str *ret_text,
                          struct err *err)
{
    const struct scenario_place *place = context;
    const str share = share_folder(place->invocation, "scenarios");
    str path = arena_format(arena, "%.*s%.*s", STR_ARG(place->folder), STR_ARG(name));
    if (path.at != NULL && !system_file_exists(path.at)) {
        const str of_program = arena_format(arena, "%.*s/%.*s", STR_ARG(share), STR_ARG(name));
        path = of_program.at != NULL && system_file_exists(of_program.at) ? of_program : path;
    }
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

static result read_scenario(const struct invocation *invocation, const struct rulebook *rulebook,
                            const struct scenario **ret_scenario, struct err *err)
{
    const str asked = invocation->arguments[0];
    const str path = scenario_path(invocation, asked);
    if (path.at != NULL && !system_file_exists(path.at)) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "There is no scenario %.*s", STR_ARG(asked)),
                      "the hint follows");
        return err_hint(err, "A file ends in .scenario; returnhub forecast run --help names those "
                             "that come with the program.");
    }
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

/* ---- what is asked ---- */

enum chart_format { CHART_TEXT, CHART_CSV, CHART_JSON, CHART_SVG };

/* Commands that draw nothing have --format of text, json or csv. */
static result read_format(const struct invocation *invocation, enum chart_format *ret_format,
                          struct err *err)
{
    static const char *const names[] = {
        [CHART_TEXT] = "text", [CHART_CSV] = "csv", [CHART_JSON] = "json", [CHART_SVG] = "svg"};
    static const enum chart_format plain[] = {
        [OUTPUT_TEXT] = CHART_TEXT, [OUTPUT_JSON] = CHART_JSON, [OUTPUT_CSV] = CHART_CSV};
    size_t index = 0;
    if (!option_given(invocation, OPTION_CHART_FORMAT)) {
        *ret_format = plain[invocation->output->format];
        return result_ok();
    }
    TRY(option_format(invocation, OPTION_CHART_FORMAT, names, sizeof names / sizeof names[0],
                      "use --format text, csv, json or svg", &index, err));
    *ret_format = (enum chart_format)index;
    return result_ok();
}

static result no_such_series(const struct forecast *forecast, str asked, struct err *err)
{
    struct buf names;
    buf_init(&names, forecast->invocation->arena, sizeof err->hint);
    for (size_t i = 0; i < forecast->about->series_count; i++) {
        buf_format(&names, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(forecast->about->series[i].name));
    }
    if (asked.len == 0) {
        result_ignore(err_set(err, ERROR_INPUT, "A drawing is of one series"), "hinted next");
    } else {
        result_ignore(
            err_set(err, ERROR_INPUT, "The scenario has no series \"%.*s\"", STR_ARG(asked)),
            "hinted next");
    }
    return err_hint(err, "Choose with --series one of %.*s", STR_ARG(buf_str(&names)));
}

/* Before anything is run: what can be printed, and drawn. */
static result check_printing(const struct forecast *forecast, struct err *err)
{
    const str asked = forecast->invocation->options[OPTION_SERIES_DRAWN];
    enum chart_format format = CHART_TEXT;
    TRY(read_format(forecast->invocation, &format, err));
    for (size_t i = 0; i < forecast->about->series_count; i++) {
        if (format != CHART_SVG || str_equal(forecast->about->series[i].name, asked)) {
            return result_ok();
        }
    }
    return format == CHART_SVG ? no_such_series(forecast, asked, err) : result_ok();
}

static result open_on_text(struct forecast *forecast, struct err *err)
{
    const struct invocation *invocation = forecast->invocation;
    const struct rulebook *rulebook = NULL;
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &rulebook, err));
    TRY(read_scenario(invocation, rulebook, &forecast->scenario, err));
    forecast->about = scenario_about(forecast->scenario);
    return result_ok();
}

/* ---- who is there: of the register ---- */

static result place_people(struct forecast *forecast, const struct standing *standing,
                           struct err *err)
{
    enum { DAYS_OF_A_WEEK = 7 };
    forecast->stock =
        ARENA_NEW(forecast->invocation->arena, struct scenario_stock, standing->line_count + 1);
    if (forecast->stock == NULL) {
        return arena_full(err);
    }
    forecast->begins_with =
        (struct answers_register){.as_of = standing->as_of, .position = standing->position};
    for (size_t i = 0; i < standing->line_count; i++) {
        const struct standing_line *line = &standing->lines[i];
        struct scenario_stock stock = {.people = line->people};
        if (!scenario_locate(forecast->scenario, line->stage, line->nationality, &stock.stage,
                             &stock.group)) {
            forecast->begins_with.left_out += line->people;
            continue;
        }
        stock.waited_least = DAYS_OF_A_WEEK * line->weeks;
        stock.waited_most = stock.waited_least + DAYS_OF_A_WEEK;
        forecast->begins_with.people += line->people;
        forecast->stock[forecast->stock_count++] = stock;
    }
    return result_ok();
}

/* As things stood on the day before the scenario begins, under the register's own law. */
static result open_on_register(struct forecast *forecast, struct err *err)
{
    const struct invocation *invocation = forecast->invocation;
    OWN_DESK struct desk desk = {.store = NULL};
    struct standing standing;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(read_scenario(invocation, desk.rulebook, &forecast->scenario, err));
    forecast->about = scenario_about(forecast->scenario);
    struct edition_asked asked = {.has_as_of = true,
                                  .as_of = date_add_days(forecast->about->begins, -1),
                                  .has_position = option_given(invocation, OPTION_AT_POSITION)};
    TRY(option_number(invocation, OPTION_AT_POSITION, 0, 0, INT64_MAX, &asked.position, err));
    TRY(casework_standing(&desk.casework, &desk.caller, &asked, forecast->about->nationality_fact,
                          invocation->arena, &standing, err));
    return place_people(forecast, &standing, err);
}

/* ---- running ---- */

result forecast_open(const struct invocation *invocation, enum command_option of_futures,
                     int64_t futures_usual, struct forecast *ret_forecast, struct err *err)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t futures;
    int64_t seed;
    int64_t threads;
    int64_t one_in;
    TRY(option_number(invocation, of_futures, futures_usual, 1, ENSEMBLE_FUTURES_MAX, &futures,
                      err));
    TRY(option_number(invocation, OPTION_SEED, 1, 0, INT64_MAX, &seed, err));
    TRY(option_number(invocation, OPTION_RUN_THREADS, processors < 1 ? 1 : processors, 1,
                      THREADS_MAX, &threads, err));
    TRY(option_number(invocation, OPTION_PEOPLE_ONE_IN, ONE_IN_USUAL, 1, SCENARIO_ONE_IN_MAX,
                      &one_in, err));
    *ret_forecast = (struct forecast){
        .invocation = invocation,
        .futures = (uint64_t)futures,
        .seed = (uint64_t)seed,
        .threads = (unsigned)threads,
        .one_in = (uint32_t)one_in,
        .begun = system_now(system_machine()),
        .shows = invocation->output->terminal,
    };
    if (option_given(invocation, OPTION_AT_POSITION) && !option_given(invocation, OPTION_STORE)) {
        return err_set(err, ERROR_INPUT, "--at-position is of the register of --store");
    }
    TRY(option_given(invocation, OPTION_STORE) ? open_on_register(ret_forecast, err)
                                               : open_on_text(ret_forecast, err));
    return check_printing(ret_forecast, err);
}

/* How many futures are done, and how long the rest will take. */
static void show_progress(void *context, uint64_t done, uint64_t count)
{
    const struct forecast *forecast = context;
    const double part =
        ((double)forecast->runs_done + (double)done / (double)count) / (double)forecast->runs;
    const double seconds =
        (double)(system_now(system_machine()).milliseconds - forecast->begun.milliseconds) / 1000;
    output_message(forecast->invocation->output, "\r%3.0f %% of the futures, %.0f s left   ",
                   100 * part, seconds / part - seconds);
}

result forecast_futures(struct forecast *forecast, uint32_t measures, struct arena *arena,
                        struct ensemble *ret_ensemble, struct err *err)
{
    struct scenario_choice choice = {forecast->scenario, measures, forecast->one_in,
                                     forecast->stock, forecast->stock_count};
    const struct ensemble_question question = {
        .make = scenario_make,
        .make_context = &choice,
        .series_count = forecast->about->series_count,
        .quarter_count = forecast->about->quarter_count,
        .seed = forecast->seed,
        .count = forecast->futures,
        .threads = forecast->threads,
        .bytes_a_future = FUTURE_BYTES,
        .progress = forecast->shows ? show_progress : NULL,
        .progress_context = forecast,
    };
    TRY(ensemble_run(&question, arena, ret_ensemble, err));
    forecast->runs_done++;
    if (forecast->shows && forecast->runs_done == forecast->runs) {
        output_message(forecast->invocation->output, "\r\033[K");
    }
    return result_ok();
}

struct answers_about forecast_about(const struct forecast *forecast)
{
    return (struct answers_about){forecast->scenario, forecast->futures, forecast->seed,
                                  forecast->one_in,
                                  forecast->stock == NULL ? NULL : &forecast->begins_with};
}

result forecast_both(struct forecast *forecast, struct arena *arena, struct ensemble *ret_with,
                     struct ensemble *ret_without, struct err *err)
{
    const uint32_t measures = scenario_all_measures(forecast->about);
    forecast->runs = measures == 0 ? 1 : 2;
    *ret_without = (struct ensemble){.values = NULL};
    TRY(forecast_futures(forecast, measures, arena, ret_with, err));
    return measures == 0 ? result_ok() : forecast_futures(forecast, 0, arena, ret_without, err);
}

/* ---- printing ---- */

/* Which series is drawn, and whether what the measures change of it. */
static result draw(const struct forecast *forecast, const json_t *answer, struct buf *buf,
                   struct err *err)
{
    const struct invocation *invocation = forecast->invocation;
    const json_t *list = json_object_get(answer, "series");
    const str asked = invocation->options[OPTION_SERIES_DRAWN];
    size_t index;
    json_t *series;
    json_array_foreach(list, index, series)
    {
        if (str_equal(json_str_or_empty(series, "name"), asked)) {
            struct drawing drawing;
            TRY(answers_draw(series, option_given(invocation, OPTION_DIFFERENCE), invocation->arena,
                             &drawing, err));
            document_html_drawing(&drawing, buf);
            return result_ok();
        }
    }
    return no_such_series(forecast, asked, err);
}

/* In the folder of --output, whole or not at all; of several ranks by the first. */
static result keep(const struct forecast *forecast, const json_t *answer, struct err *err)
{
    if (ranks_here().number != 0) {
        return result_ok();
    }
    const struct invocation *invocation = forecast->invocation;
    struct arena *arena = invocation->arena;
    str text;
    const str folder = invocation->options[OPTION_ANSWERS];
    const str path =
        arena_format(arena, "%.*s/%.*s.%.*s.json", STR_ARG(folder), STR_ARG(forecast->about->name),
                     STR_ARG(json_str_or_empty(answer, "answer")));
    TRY(json_write(answer, arena, &text, err));
    if (path.at == NULL) {
        return arena_full(err);
    }
    TRY(system_make_folder(arena_copy(arena, folder).at, 0755, err));
    return system_write_file(path.at, text, 0644, err);
}

result forecast_print(const struct forecast *forecast, const json_t *answer, str quarter,
                      struct err *err)
{
    const struct invocation *invocation = forecast->invocation;
    enum chart_format format = CHART_TEXT;
    struct buf buf;
    str text;
    TRY(read_format(invocation, &format, err));
    if (option_given(invocation, OPTION_ANSWERS)) {
        TRY(keep(forecast, answer, err));
    }
    buf_init(&buf, invocation->arena, FORECAST_TEXT_MAX);
    switch (format) {
    case CHART_TEXT:
        answers_write_text(answer, quarter, &buf);
        break;
    case CHART_CSV:
        answers_write_csv(answer, &buf);
        break;
    case CHART_JSON:
        return output_json(invocation->output, *invocation->arena, answer, err);
    case CHART_SVG:
        TRY(draw(forecast, answer, &buf, err));
        break;
    }
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

result forecast_quarter(const struct forecast *forecast, size_t *ret_quarter, struct err *err)
{
    const struct invocation *invocation = forecast->invocation;
    const struct civil begins = date_to_civil(forecast->about->begins);
    struct quarter first;
    struct quarter asked;
    *ret_quarter = forecast->about->quarter_count - 1;
    if (!option_given(invocation, OPTION_QUARTER)) {
        return result_ok();
    }
    TRY(quarter_parse(invocation->options[OPTION_QUARTER], &asked, err));
    TRY(quarter_parse(arena_format(invocation->arena, "%d-Q%d", begins.year,
                                   date_quarter(forecast->about->begins)),
                      &first, err));
    const struct quarter last = quarter_add(first, (int32_t)*ret_quarter);
    if (asked.number < first.number || asked.number > last.number) {
        return err_set(err, ERROR_INPUT, "The scenario is about %.*s to %.*s",
                       STR_ARG(quarter_text(first, invocation->arena)),
                       STR_ARG(quarter_text(last, invocation->arena)));
    }
    *ret_quarter = (size_t)(asked.number - first.number);
    return result_ok();
}

/* ---- forecast run ---- */

static result run(struct forecast *forecast, struct arena *arena, json_t **ret_answer,
                  struct err *err)
{
    struct ensemble with;
    struct ensemble without;
    const struct answers_about about = forecast_about(forecast);
    TRY(forecast_both(forecast, arena, &with, &without, err));
    return answers_run(&about, &with, without.values == NULL ? NULL : &without, *arena, ret_answer,
                       err);
}

result command_forecast_run(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct forecast forecast;
    json_auto_t *answer = NULL;
    struct arena arena;
    (void)ret_status;
    TRY(forecast_open(invocation, OPTION_RUN_FUTURES, FUTURES_USUAL, &forecast, err));
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result ran = run(&forecast, &arena, &answer, err);
    arena_close(&arena);
    TRY(ran);
    return forecast_print(&forecast, answer, STR(""), err);
}
