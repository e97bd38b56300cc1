#include "forecast/backtest_report.h"

#include "cli/desk.h"
#include "document/document_html.h"
#include "format/json.h"

enum { BACKTEST_BYTES = 512 * 1024 * 1024, BACKTEST_TEXT_MAX = 64 * 1024 * 1024 };

enum chart_format { CHART_TEXT, CHART_CSV, CHART_JSON, CHART_SVG };

static result read_format(const struct invocation *invocation, enum chart_format *ret_format,
                          struct err *err)
{
    static const str names[] = {
        [CHART_TEXT] = STR_INIT("text"),
        [CHART_CSV] = STR_INIT("csv"),
        [CHART_JSON] = STR_INIT("json"),
        [CHART_SVG] = STR_INIT("svg"),
    };
    *ret_format = CHART_TEXT;
    if (!option_given(invocation, OPTION_CHART_FORMAT)) {
        return result_ok();
    }
    const str asked = invocation->options[OPTION_CHART_FORMAT];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(asked, names[i])) {
            *ret_format = (enum chart_format)i;
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_USAGE, "There is no format '%.*s'", STR_ARG(asked)),
                  "the hint follows");
    return err_hint(err, "use --format text, csv, json or svg");
}

static result read_quarter(const struct invocation *invocation, enum command_option option,
                           quarter otherwise, quarter *ret_quarter, struct err *err)
{
    *ret_quarter = otherwise;
    return option_given(invocation, option)
               ? quarter_parse(invocation->options[option], ret_quarter, err)
               : result_ok();
}

static result read_question(const struct invocation *invocation, const struct history *history,
                            struct backtest_question *question, struct err *err)
{
    int64_t horizon = 0;
    int64_t futures = 0;
    int64_t seed = 0;
    quarter from;
    TRY(quarter_parse(STR("2016-Q1"), &from, err));
    TRY(read_quarter(invocation, OPTION_FIRST_ORIGIN, from, &question->from, err));
    TRY(read_quarter(invocation, OPTION_LAST_SCORED, history_last(history), &question->to, err));
    TRY(option_number(invocation, OPTION_HORIZON, BACKTEST_HORIZON_MAX, 1, BACKTEST_HORIZON_MAX,
                      &horizon, err));
    TRY(option_number(invocation, OPTION_FUTURES, 1000, BACKTEST_FUTURES_MIN, BACKTEST_FUTURES_MAX,
                      &futures, err));
    TRY(option_number(invocation, OPTION_SEED, 1, 0, INT64_MAX, &seed, err));
    question->horizon = (size_t)horizon;
    question->futures = (size_t)futures;
    question->seed = (uint64_t)seed;
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

static result run(const struct invocation *invocation, struct arena *arena,
                  enum chart_format format, struct err *err)
{
    struct history *history = ARENA_NEW(arena, struct history, 1);
    struct backtest_question question = {.progress = show_progress};
    struct backtest backtest;
    struct progress progress = {
        .output = invocation->output, .doing = "Forecasting", .last_percent = -1};
    if (history == NULL) {
        return arena_full(err);
    }
    TRY(history_load(share_folder(invocation, "data").at, *arena, history, err));
    TRY(read_question(invocation, history, &question, err));
    question.progress_context = &progress;
    const result ran = backtest_run(history, &question, invocation->arena, *arena, &backtest, err);
    progress_end(&progress);
    TRY(ran);
    switch (format) {
    case CHART_TEXT:
        return print_text(invocation, &backtest, err);
    case CHART_CSV:
        return print_csv(invocation, &backtest, err);
    case CHART_JSON:
        return print_json(invocation, &backtest, err);
    case CHART_SVG:
        return print_svg(invocation, &backtest, err);
    }
    return result_ok();
}

result command_forecast_backtest(const struct invocation *invocation, int *ret_status,
                                 struct err *err)
{
    struct arena arena = {0};
    enum chart_format format = CHART_TEXT;
    *ret_status = 0;
    TRY(read_format(invocation, &format, err));
    TRY(arena_open(&arena, BACKTEST_BYTES, err));
    const result ran = run(invocation, &arena, format, err);
    arena_close(&arena);
    return ran;
}
