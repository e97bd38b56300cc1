#include "cli/desk.h"
#include "document/document_html.h"
#include "forecast/backtest_report.h"
#include "forecast/calibration.h"
#include "format/json.h"

enum { FORECAST_BYTES = 512 * 1024 * 1024, BACKTEST_TEXT_MAX = 64 * 1024 * 1024 };

enum chart_format { CHART_TEXT, CHART_CSV, CHART_JSON, CHART_SVG };

static result read_format(const struct invocation *invocation, enum chart_format *ret_format,
                          struct err *err)
{
    static const char *const names[] = {
        [CHART_TEXT] = "text", [CHART_CSV] = "csv", [CHART_JSON] = "json", [CHART_SVG] = "svg"};
    size_t index = 0;
    TRY(option_format(invocation, OPTION_CHART_FORMAT, names, sizeof names / sizeof names[0],
                      "use --format text, csv, json or svg", &index, err));
    *ret_format = (enum chart_format)index;
    return result_ok();
}

static result read_quarter(const struct invocation *invocation, enum command_option option,
                           struct quarter otherwise, struct quarter *ret_quarter, struct err *err)
{
    *ret_quarter = otherwise;
    return option_given(invocation, option)
               ? quarter_parse(invocation->options[option], ret_quarter, err)
               : result_ok();
}

/* How many futures, of how many people, drawn with what. */
static result read_ensemble(const struct invocation *invocation, size_t horizon_most,
                            struct calibration_question *question, struct err *err)
{
    int64_t horizon = 0;
    int64_t futures = 0;
    int64_t one_in = 0;
    int64_t threads = 0;
    int64_t seed = 0;
    TRY(option_number(invocation, OPTION_HORIZON, BACKTEST_HORIZON_MAX, 1, (int64_t)horizon_most,
                      &horizon, err));
    TRY(option_number(invocation, OPTION_FUTURES, 1000, BACKTEST_FUTURES_MIN, BACKTEST_FUTURES_MAX,
                      &futures, err));
    TRY(option_number(invocation, OPTION_ONE_IN, 10, 0, PEOPLE_ONE_IN_MAX, &one_in, err));
    TRY(option_number(invocation, OPTION_THREADS, 2, 1, ENSEMBLE_THREADS_MAX, &threads, err));
    TRY(option_number(invocation, OPTION_SEED, 1, 0, INT64_MAX, &seed, err));
    *question = (struct calibration_question){.horizon = (size_t)horizon,
                                              .futures = (size_t)futures,
                                              .one_in = (size_t)one_in,
                                              .threads = (unsigned)threads,
                                              .seed = (uint64_t)seed};
    return result_ok();
}

static result read_question(const struct invocation *invocation, const struct history *history,
                            struct backtest_question *question, struct err *err)
{
    struct calibration_question asked;
    struct quarter from;
    TRY(quarter_parse(STR("2016-Q1"), &from, err));
    TRY(read_quarter(invocation, OPTION_FIRST_ORIGIN, from, &question->from, err));
    TRY(read_quarter(invocation, OPTION_LAST_SCORED, history_last(history), &question->to, err));
    TRY(read_ensemble(invocation, BACKTEST_HORIZON_MAX, &asked, err));
    question->horizon = asked.horizon;
    question->futures = asked.futures;
    question->one_in = asked.one_in;
    question->threads = asked.threads;
    question->seed = asked.seed;
    return result_ok();
}

static void show_progress(void *context, uint64_t done, uint64_t count)
{
    progress_draw(context, (int64_t)done, (int64_t)count);
}

static result print_buf(const struct invocation *invocation, struct buf *buf, struct err *err)
{
    str text;
    TRY(buf_finish(buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

static result print_text(const struct invocation *invocation, const struct backtest *backtest,
                         struct err *err)
{
    struct sheet scores;
    struct sheet horizons;
    struct buf buf;
    TRY(backtest_report_scores(backtest, invocation->arena, &scores, err));
    TRY(backtest_report_horizons(backtest, invocation->arena, &horizons, err));
    buf_init(&buf, invocation->arena, BACKTEST_TEXT_MAX);
    sheet_write_text(&scores, SHEET_NO_BARS, &buf);
    buf_put_char(&buf, '\n');
    sheet_write_text(&horizons, SHEET_NO_BARS, &buf);
    return print_buf(invocation, &buf, err);
}

static result print_csv(const struct invocation *invocation, const struct backtest *backtest,
                        struct err *err)
{
    struct sheet every;
    struct buf buf;
    TRY(backtest_report_all(backtest, invocation->arena, &every, err));
    buf_init(&buf, invocation->arena, BACKTEST_TEXT_MAX);
    sheet_write_csv(&every, &buf);
    return print_buf(invocation, &buf, err);
}

static result print_json(const struct invocation *invocation, const struct backtest *backtest,
                         struct err *err)
{
    struct sheet sheets[3];
    TRY(backtest_report_scores(backtest, invocation->arena, &sheets[0], err));
    TRY(backtest_report_horizons(backtest, invocation->arena, &sheets[1], err));
    TRY(backtest_report_all(backtest, invocation->arena, &sheets[2], err));
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
        json_add(list, sheet_json(&sheets[i]));
    }
    const result printed = output_json(invocation->output, *invocation->arena, list, err);
    json_decref(list);
    return printed;
}

static result print_svg(const struct invocation *invocation, const struct backtest *backtest,
                        struct err *err)
{
    struct drawing drawing;
    struct buf buf;
    TRY(backtest_report_draw(backtest, invocation->arena, &drawing, err));
    buf_init(&buf, invocation->arena, BACKTEST_TEXT_MAX);
    document_html_drawing(&drawing, &buf);
    return print_buf(invocation, &buf, err);
}

static result load_history(const struct invocation *invocation, struct arena *arena,
                           struct history **ret_history, struct err *err)
{
    *ret_history = ARENA_NEW(arena, struct history, 1);
    return *ret_history == NULL
               ? arena_full(err)
               : history_load(share_folder(invocation, "data").at, *arena, *ret_history, err);
}

static result run_backtest(const struct invocation *invocation, struct arena *arena,
                           struct backtest *ret_backtest, struct err *err)
{
    struct history *history = NULL;
    struct progress progress = {
        .output = invocation->output, .doing = "Forecasting", .last_percent = -1};
    struct backtest_question question = {.progress = show_progress, .progress_context = &progress};
    TRY(load_history(invocation, arena, &history, err));
    TRY(read_question(invocation, history, &question, err));
    const result ran =
        backtest_run(history, &question, invocation->arena, *arena, ret_backtest, err);
    progress_end(&progress);
    return ran;
}

static result print_backtest(const struct invocation *invocation, const struct backtest *backtest,
                             enum chart_format format, struct err *err)
{
    switch (format) {
    case CHART_TEXT:
        return print_text(invocation, backtest, err);
    case CHART_CSV:
        return print_csv(invocation, backtest, err);
    case CHART_JSON:
        return print_json(invocation, backtest, err);
    case CHART_SVG:
        return print_svg(invocation, backtest, err);
    }
    return result_ok();
}

result command_forecast_backtest(const struct invocation *invocation, int *ret_status,
                                 struct err *err)
{
    struct arena arena = {0};
    struct backtest backtest;
    enum chart_format format = CHART_TEXT;
    *ret_status = 0;
    TRY(read_format(invocation, &format, err));
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result ran = run_backtest(invocation, &arena, &backtest, err);
    arena_close(&arena);
    TRY(ran);
    return print_backtest(invocation, &backtest, format, err);
}

/* --- calibrate --- */

static result print_calibration(const struct invocation *invocation, const struct sheet *fitted,
                                const struct calibration *calibration, struct err *err)
{
    struct buf buf;
    buf_init(&buf, invocation->arena, BACKTEST_TEXT_MAX);
    switch (invocation->output->format) {
    case OUTPUT_TEXT:
        sheet_write_text(fitted, SHEET_NO_BARS, &buf);
        buf_put_char(&buf, '\n');
        sheet_write_text(&calibration->futures, SHEET_NO_BARS, &buf);
        buf_put_char(&buf, '\n');
        sheet_write_text(&calibration->together, SHEET_NO_BARS, &buf);
        return print_buf(invocation, &buf, err);
    case OUTPUT_CSV:
        sheet_write_csv(&calibration->futures, &buf);
        return print_buf(invocation, &buf, err);
    case OUTPUT_JSON: {
        json_t *list = json_array();
        json_add(list, sheet_json(fitted));
        json_add(list, sheet_json(&calibration->futures));
        json_add(list, sheet_json(&calibration->together));
        const result printed = output_json(invocation->output, *invocation->arena, list, err);
        json_decref(list);
        return printed;
    }
    }
    return result_ok();
}

static result calibrate(const struct invocation *invocation, struct arena *arena, struct err *err)
{
    struct history *history = NULL;
    struct history *known = ARENA_NEW(arena, struct history, 1);
    const struct drivers *drivers = NULL;
    struct calibration_question question;
    struct quarter until;
    struct sheet fitted;
    struct calibration calibration;
    if (known == NULL) {
        return arena_full(err);
    }
    TRY(load_history(invocation, arena, &history, err));
    TRY(read_quarter(invocation, OPTION_UP_TO, history_last(history), &until, err));
    TRY(read_ensemble(invocation, FLOWS_HORIZON_MAX, &question, err));
    if (question.one_in == 0) {
        return err_set(err, ERROR_INPUT, "--one-in must be from 1 to %d", PEOPLE_ONE_IN_MAX);
    }
    if (until.number > history_last(history).number || until.number < history->first.number) {
        return err_set(err, ERROR_INPUT, "Nothing is published for that quarter");
    }
    history_cut(history, until, known);
    TRY(drivers_fit(known, arena, &drivers, err));
    TRY(calibration_drivers(drivers, invocation->arena, &fitted, err));
    TRY(calibration_make(drivers, &question, invocation->arena, *arena, &calibration, err));
    return print_calibration(invocation, &fitted, &calibration, err);
}

result command_forecast_calibrate(const struct invocation *invocation, int *ret_status,
                                  struct err *err)
{
    struct arena arena = {0};
    *ret_status = 0;
    TRY(arena_open(&arena, FORECAST_BYTES, err));
    const result ran = calibrate(invocation, &arena, err);
    arena_close(&arena);
    return ran;
}
