#include "web/view_forecast.h"

#include "forecast/answers.h"
#include "web/page.h"
#include "web/view_table.h"

#include <math.h>

static const char *const interval_names[] = {"interval_50", "interval_80", "interval_95"};
static const char *const kinds[] = {"level", "difference"};
enum { INTERVALS = 3, KINDS = 2 };

const json_t *forecast_series(const json_t *answer, str name)
{
    size_t index;
    json_t *series;
    json_array_foreach(json_object_get(answer, "series"), index, series)
    {
        if (str_equal(json_str_or_empty(series, "name"), name)) {
            return series;
        }
    }
    return NULL;
}

/* ---- numbers ---- */

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* "1,234", with a minus where there is one. */
static str number_text(struct arena *arena, double number)
{
    const str text = view_number(arena, (int64_t)llround(fabs(number)));
    return arena_format(arena, "%s%.*s", llround(number) < 0 ? "\xe2\x88\x92" : "", STR_ARG(text));
}

static str interval_text(struct arena *arena, const json_t *summary, size_t interval)
{
    const json_t *pair = json_object_get(summary, interval_names[interval]);
    /* In one line: the spaces do not break. */
    return arena_format(arena, "%.*s\xc2\xa0to\xc2\xa0%.*s",
                        STR_ARG(number_text(arena, json_number_value(json_array_get(pair, 0)))),
                        STR_ARG(number_text(arena, json_number_value(json_array_get(pair, 1)))));
}

static str with_error(struct arena *arena, const json_t *estimate)
{
    return arena_format(arena, "%.*s (%.*s)",
                        STR_ARG(number_text(arena, number_of(estimate, "mean"))),
                        STR_ARG(number_text(arena, ceil(number_of(estimate, "error")))));
}

static str title_of(const json_t *answer, const char *list, str name)
{
    size_t index;
    json_t *object;
    json_array_foreach(json_object_get(answer, list), index, object)
    {
        if (str_equal(json_str_or_empty(object, "name"), name) &&
            json_str_or_empty(object, "title").len > 0) {
            return json_str_or_empty(object, "title");
        }
    }
    return name;
}

static str made_text(struct arena *arena, const json_t *run)
{
    struct buf buf;
    buf_init(&buf, arena, 512);
    answers_write_made(run, &buf);
    return buf_str(&buf);
}

static str command_text(struct arena *arena, const json_t *run)
{
    struct buf buf;
    buf_init(&buf, arena, 512);
    buf_put_c(&buf, "returnhub ");
    answers_write_command(run, &buf);
    return buf_str(&buf);
}

/* ---- the list ---- */

json_t *view_forecasts(const struct view_context *context, const struct web_forecast *forecasts,
                       size_t count)
{
    json_t *view = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *line = json_object();
        json_set_str(line, "title", json_str_or_empty(forecasts[i].run, "title"));
        json_set_str(line, "href", view_href(context, "/forecast/%s", forecasts[i].name));
        json_set_str(line, "made", made_text(context->arena, forecasts[i].run));
        json_add(list, line);
    }
    json_set_flag(view, "any", count > 0);
    json_set(view, "forecasts", list);
    return view;
}

/* ---- one forecast ---- */

static str series_href(const struct view_context *context, str scenario, str series)
{
    return page_href(context->arena, "/forecast/%s/%s", scenario, series);
}

static bool has_difference(const json_t *series)
{
    const json_t *first = json_array_get(json_object_get(series, "quarters"), 0);
    return json_object_get(first, "difference") != NULL;
}

static const json_t *last_quarter(const json_t *series)
{
    const json_t *quarters = json_object_get(series, "quarters");
    return json_array_get(quarters, json_array_size(quarters) - 1);
}

/* What is not counted in people says so. */
static str title_and_unit(struct arena *arena, const json_t *series)
{
    const str title = json_str_or_empty(series, "title");
    const str unit = json_str_or_empty(series, "unit");
    return unit.len == 0 || str_equal(unit, STR("people"))
               ? title
               : arena_format(arena, "%.*s (%.*s)", STR_ARG(title), STR_ARG(unit));
}

static json_t *answers_table(const struct view_context *context,
                             const struct web_forecast *forecast)
{
    static const struct view_column columns[] = {{"What", false},
                                                 {"Median", true},
                                                 {"80 % of the futures", true},
                                                 {"The measures change: median", true},
                                                 {"... 80 % of the futures", true}};
    const json_t *list = json_object_get(forecast->run, "series");
    const bool changes = has_difference(json_array_get(list, 0));
    struct view_table table;
    size_t index;
    json_t *series;
    view_table_open(&table, context, STR("Answers"), columns, changes ? 5 : 3,
                    "The scenario asks nothing.");
    json_array_foreach(list, index, series)
    {
        const json_t *last = last_quarter(series);
        view_row(&table);
        view_cell_link(&table, title_and_unit(context->arena, series),
                       series_href(context, forecast->name, json_str_or_empty(series, "name")));
        for (size_t kind = 0; kind < (changes ? KINDS : 1); kind++) {
            const json_t *summary = json_object_get(last, kinds[kind]);
            view_cell_text(&table, number_text(context->arena, number_of(summary, "median")));
            view_cell_text(&table, interval_text(context->arena, summary, 1));
        }
    }
    return view_table_close(&table);
}

static json_t *assumptions_table(const struct view_context *context, const json_t *run)
{
    static const struct view_column columns[] = {
        {"Assumption", false}, {"What is taken", false}, {"Source", false}};
    struct view_table table;
    size_t index;
    json_t *assumption;
    view_table_open(&table, context, STR("Assumptions"), columns, 3, "Nothing is assumed.");
    json_array_foreach(json_object_get(run, "assumptions"), index, assumption)
    {
        const str title = json_str_or_empty(assumption, "title");
        view_row(&table);
        view_cell_text(&table, title.len > 0 ? title : json_str_or_empty(assumption, "name"));
        view_cell_text(&table, json_str_or_empty(assumption, "says"));
        view_cell_text(&table, json_str_or_empty(assumption, "source"));
    }
    return view_table_close(&table);
}

static json_t *measures_table(const struct view_context *context, const json_t *run)
{
    static const struct view_column columns[] = {{"Measure", false}, {"From", false}};
    struct view_table table;
    size_t index;
    json_t *measure;
    view_table_open(&table, context, STR("Measures"), columns, 2,
                    "There is no measure: things go on as they are.");
    json_array_foreach(json_object_get(run, "measures"), index, measure)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(measure, "title"));
        view_cell(&table);
        view_put_when(&table, json_object_get(measure, "from"));
    }
    return view_table_close(&table);
}

/* Each by its SHA-256, and what is made of all of them. */
static json_t *sources_table(const struct view_context *context, const json_t *run)
{
    static const struct view_column columns[] = {{"Text", false}, {"SHA-256", false}};
    struct view_table table;
    size_t index;
    json_t *source;
    view_table_open(&table, context, STR("What it was made of"), columns, 2, "Of nothing.");
    view_row(&table);
    view_cell_text(&table, STR("The law: the identity of the rulebook"));
    view_cell_text(&table, json_str_or_empty(run, "rulebook_identity"));
    view_row(&table);
    view_cell_text(&table, STR("The scenario: of all lines below"));
    view_cell_text(&table, json_str_or_empty(run, "scenario_identity"));
    json_array_foreach(json_object_get(run, "sources"), index, source)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(source, "name"));
        view_cell_text(&table, json_str_or_empty(source, "sha256"));
    }
    return view_table_close(&table);
}

json_t *view_forecast(const struct view_context *context, const struct web_forecast *forecast)
{
    const json_t *run = forecast->run;
    const json_t *first = json_array_get(json_object_get(run, "series"), 0);
    json_t *view = json_object();
    json_set_str(view, "title", json_str_or_empty(run, "title"));
    json_set_str(view, "made", made_text(context->arena, run));
    json_set_str(view, "command", command_text(context->arena, run));
    json_set(view, "sources", sources_table(context, run));
    json_set_str(view, "last_quarter", json_str_or_empty(last_quarter(first), "quarter"));
    json_set_flag(view, "changes", has_difference(first));
    json_set(view, "answers", answers_table(context, forecast));
    json_set(view, "measures", measures_table(context, run));
    json_set(view, "assumptions", assumptions_table(context, run));
    return view;
}

/* ---- one series ---- */

static json_t *quarters_table(const struct view_context *context, const json_t *series,
                              const char *kind, str caption)
{
    static const struct view_column columns[] = {{"Quarter", false},
                                                 {"Median", true},
                                                 {"50 % of the futures", true},
                                                 {"80 % of the futures", true},
                                                 {"95 % of the futures", true}};
    struct view_table table;
    size_t index;
    json_t *row;
    view_table_open(&table, context, caption, columns, 2 + INTERVALS, "There is no quarter.");
    json_array_foreach(json_object_get(series, "quarters"), index, row)
    {
        const json_t *summary = json_object_get(row, kind);
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(row, "quarter"));
        view_cell_text(&table, number_text(context->arena, number_of(summary, "median")));
        for (size_t i = 0; i < INTERVALS; i++) {
            view_cell_text(&table, interval_text(context->arena, summary, i));
        }
    }
    return view_table_close(&table);
}

static json_t *chart_of(const struct view_context *context, str href, const json_t *series,
                        bool difference)
{
    const json_t *summary = json_object_get(last_quarter(series), kinds[difference]);
    struct arena *arena = context->arena;
    json_t *chart = json_object();
    const str title = difference ? STR("What the measures change") : STR("What to expect");
    json_set_str(chart, "title", title);
    json_set_str(
        chart, "src",
        arena_format(arena, "%.*s?as=svg%s", STR_ARG(href), difference ? "&of=difference" : ""));
    json_set_str(
        chart, "alt",
        view_said(
            context,
            "A fan chart of the median and the intervals, quarter by quarter. In "
            "{{quarter}}: median {{median}}, half of the futures {{half}}, 95 % {{most}}. The "
            "table below has the same numbers.",
            SAID({"quarter", json_str_or_empty(last_quarter(series), "quarter")},
                 {"median", number_text(arena, number_of(summary, "median"))},
                 {"half", interval_text(arena, summary, 0)},
                 {"most", interval_text(arena, summary, 2)})));
    json_set(chart, "table", quarters_table(context, series, kinds[difference], title));
    return chart;
}

/* A row for each quarter; all together first, then each measure. */
static json_t *shares_table(const struct view_context *context, const json_t *answer,
                            const json_t *series)
{
    enum { COLUMNS_MAX = 10 };
    struct view_column columns[COLUMNS_MAX] = {{"Quarter", false}, {"All measures together", true}};
    const json_t *quarters = json_object_get(series, "quarters");
    const json_t *measures = json_object_get(json_array_get(quarters, 0), "shares");
    struct view_table table;
    size_t count = 2;
    size_t index;
    size_t i;
    json_t *row;
    json_t *share;
    json_array_foreach(measures, i, share)
    {
        if (count < COLUMNS_MAX) {
            const str title = title_of(answer, "measures", json_str_or_empty(share, "measure"));
            columns[count++] = (struct view_column){arena_copy(context->arena, title).at, true};
        }
    }
    view_table_open(&table, context, STR("Shares of the measures"), columns, count,
                    "There is no quarter.");
    json_array_foreach(quarters, index, row)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(row, "quarter"));
        view_cell_text(&table, with_error(context->arena, json_object_get(row, "together")));
        json_array_foreach(json_object_get(row, "shares"), i, share)
        {
            if (i + 2 < count) {
                view_cell_text(&table, with_error(context->arena, share));
            }
        }
    }
    return view_table_close(&table);
}

static const json_t *index_of(const json_t *series, const char *kind, size_t i)
{
    return json_array_get(json_object_get(series, kind), i);
}

static str index_text(struct arena *arena, const json_t *index)
{
    return index == NULL ? STR("")
                         : arena_format(arena, "%.2f (%.2f)", number_of(index, "index"),
                                        number_of(index, "error"));
}

/* What explains a twentieth or more of the answer, or of what the measures change. */
static json_t *sensitivity_table(const struct view_context *context, const json_t *answer,
                                 const json_t *series)
{
    static const struct view_column columns[] = {
        {"Assumption", false}, {"Of the answer", true}, {"Of what the measures change", true}};
    const double least = 0.05;
    const bool changes = json_object_get(series, "difference") != NULL;
    struct view_table table;
    size_t i;
    json_t *level;
    view_table_open(&table, context, STR("Assumptions that matter"), columns, changes ? 3 : 2,
                    "No assumption by itself explains a twentieth of it.");
    json_array_foreach(json_object_get(series, "level"), i, level)
    {
        const json_t *difference = index_of(series, "difference", i);
        if (number_of(level, "index") < least && number_of(difference, "index") < least) {
            continue;
        }
        view_row(&table);
        view_cell_text(&table,
                       title_of(answer, "assumptions", json_str_or_empty(level, "assumption")));
        view_cell_text(&table, index_text(context->arena, level));
        if (changes) {
            view_cell_text(&table, index_text(context->arena, difference));
        }
    }
    return view_table_close(&table);
}

static json_t *of_series(const struct view_context *context, const json_t *answer, str name,
                         json_t *(*make)(const struct view_context *context, const json_t *answer,
                                         const json_t *series))
{
    const json_t *series = forecast_series(answer, name);
    if (series == NULL) {
        return json_false();
    }
    json_t *view = json_object();
    json_set_str(view, "made", made_text(context->arena, answer));
    json_set_str(view, "quarter", json_str_or_empty(answer, "quarter"));
    json_set(view, "table", make(context, answer, series));
    return view;
}

json_t *view_forecast_series(const struct view_context *context,
                             const struct web_forecast *forecast, const json_t *series)
{
    const str name = json_str_or_empty(series, "name");
    const str href = series_href(context, forecast->name, name);
    json_t *view = json_object();
    json_t *charts = json_array();
    for (size_t kind = 0; kind < (has_difference(series) ? KINDS : 1); kind++) {
        json_add(charts, chart_of(context, href, series, kind == 1));
    }
    json_set_str(view, "title", json_str_or_empty(series, "title"));
    json_set_str(view, "unit", json_str_or_empty(series, "unit"));
    json_set_str(view, "made", made_text(context->arena, forecast->run));
    json_set(view, "charts", charts);
    json_set(view, "shares", of_series(context, forecast->shares, name, shares_table));
    json_set(view, "sensitivity",
             of_series(context, forecast->sensitivity, name, sensitivity_table));
    return view;
}
