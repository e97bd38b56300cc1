/* The texts of answers: for people, as CSV, and whether an object is one. */
#include "forecast/answers.h"

#include "format/csv.h"
#include "format/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const interval_names[ENSEMBLE_INTERVALS] = {"interval_50", "interval_80",
                                                               "interval_95"};
static const char *const kinds[] = {"level", "difference"};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static bool is_answer(const json_t *json, const char *answer)
{
    return str_equal(json_str_or_empty(json, "answer"), str_from_c(answer));
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static double bound_of(const json_t *summary, size_t interval, size_t end)
{
    return json_number_value(
        json_array_get(json_object_get(summary, interval_names[interval]), end));
}

static str title_of(const json_t *object)
{
    const str title = json_str_or_empty(object, "title");
    return title.len > 0 ? title : json_str_or_empty(object, "name");
}

/* The title of a measure or an assumption, by its name. */
static str title_in(const json_t *json, const char *list, str name)
{
    size_t index;
    json_t *object;
    json_array_foreach(json_object_get(json, list), index, object)
    {
        if (str_equal(json_str_or_empty(object, "name"), name)) {
            return title_of(object);
        }
    }
    return name;
}

/* ---- text ---- */

void answers_write_made(const json_t *json, struct buf *buf)
{
    const json_int_t one_in = json_integer_value(json_object_get(json, "one_in"));
    const json_int_t futures = json_integer_value(json_object_get(json, "futures"));
    buf_format(buf, "%lld %s, seed %lld, ", (long long)futures,
               str_noun(futures, "future", "futures"),
               (long long)json_integer_value(json_object_get(json, "seed")));
    if (one_in > 1) {
        buf_format(buf, "one of %lld people simulated", (long long)one_in);
    } else {
        buf_put_c(buf, "each person simulated");
    }
    const json_t *begins = json_object_get(json, "begins_with");
    if (begins != NULL) {
        const json_int_t people = json_integer_value(json_object_get(begins, "people"));
        buf_format(buf, "; begins with %lld %s of the register at event %lld, as of %.*s",
                   (long long)people, str_noun(people, "person", "people"),
                   (long long)json_integer_value(json_object_get(begins, "position")),
                   STR_ARG(json_str_or_empty(begins, "as_of")));
        if (json_integer_value(json_object_get(begins, "left_out")) > 0) {
            buf_format(buf, " (%lld in other stages are left out)",
                       (long long)json_integer_value(json_object_get(begins, "left_out")));
        }
    }
}

void answers_write_command(const json_t *json, struct buf *buf)
{
    const json_t *begins = json_object_get(json, "begins_with");
    const str quarter = json_str_or_empty(json, "quarter");
    buf_format(buf, "forecast %.*s %.*s --futures %lld --seed %lld --one-in %lld",
               STR_ARG(json_str_or_empty(json, "answer")),
               STR_ARG(json_str_or_empty(json, "scenario")),
               (long long)json_integer_value(json_object_get(json, "futures")),
               (long long)json_integer_value(json_object_get(json, "seed")),
               (long long)json_integer_value(json_object_get(json, "one_in")));
    if (quarter.len > 0) {
        buf_format(buf, " --quarter %.*s", STR_ARG(quarter));
    }
    if (begins != NULL) {
        buf_format(buf, " --store FILE --at-position %lld",
                   (long long)json_integer_value(json_object_get(begins, "position")));
    }
}

static void put_head(const json_t *json, struct buf *buf)
{
    buf_put(buf, title_of(json));
    buf_put_c(buf, "\n");
    answers_write_made(json, buf);
    buf_format(buf, "\nscenario %.*s\nrulebook %.*s\n",
               STR_ARG(json_str_or_empty(json, "scenario_identity")),
               STR_ARG(json_str_or_empty(json, "rulebook_identity")));
}

static void put_run_lines(const json_t *series, const char *kind, struct buf *buf)
{
    size_t index;
    json_t *row;
    buf_put_c(buf, "  quarter     median          50 %                   80 %                   "
                   "95 %\n");
    json_array_foreach(json_object_get(series, "quarters"), index, row)
    {
        const json_t *summary = json_object_get(row, kind);
        buf_format(buf, "  %.*s %10.0f", STR_ARG(json_str_or_empty(row, "quarter")),
                   number_of(summary, "median"));
        for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
            buf_format(buf, " %10.0f to %-9.0f", bound_of(summary, i, 0), bound_of(summary, i, 1));
        }
        buf_put_c(buf, "\n");
    }
}

static bool has_kind(const json_t *series, const char *kind)
{
    const json_t *first = json_array_get(json_object_get(series, "quarters"), 0);
    return json_object_get(first, kind) != NULL || json_object_get(series, kind) != NULL;
}

static void put_run(const json_t *json, struct buf *buf)
{
    size_t index;
    json_t *series;
    json_array_foreach(json_object_get(json, "series"), index, series)
    {
        for (size_t kind = 0; kind < KINDS; kind++) {
            if (has_kind(series, kinds[kind])) {
                buf_format(buf, "\n%.*s%s (%.*s)\n", STR_ARG(title_of(series)),
                           kind == 0 ? "" : ": difference that the measures make",
                           STR_ARG(json_str_or_empty(series, "unit")));
                put_run_lines(series, kinds[kind], buf);
            }
        }
    }
}

static const json_t *quarter_of(const json_t *series, str quarter)
{
    const json_t *quarters = json_object_get(series, "quarters");
    size_t index;
    json_t *row;
    json_array_foreach(quarters, index, row)
    {
        if (str_equal(json_str_or_empty(row, "quarter"), quarter)) {
            return row;
        }
    }
    return json_array_get(quarters, json_array_size(quarters) - 1);
}

enum { TITLE_WIDTH = 60 };

static void put_title(str title, struct buf *buf)
{
    const size_t pad = title.len < TITLE_WIDTH ? TITLE_WIDTH - title.len : 0;
    buf_format(buf, "  %.*s%*s", STR_ARG(title), (int)pad, "");
}

static void put_estimate(str title, const json_t *estimate, struct buf *buf)
{
    put_title(title, buf);
    buf_format(buf, "%12.1f (%.1f)\n", number_of(estimate, "mean"), number_of(estimate, "error"));
}

static void put_shares(const json_t *json, str quarter, struct buf *buf)
{
    size_t index;
    json_t *series;
    buf_put_c(buf, "What the measures change, and each one's share of it (standard error)\n");
    json_array_foreach(json_object_get(json, "series"), index, series)
    {
        const json_t *row = quarter_of(series, quarter);
        const json_t *together = json_object_get(row, "together");
        size_t i;
        json_t *share;
        buf_format(buf, "\n%.*s (%.*s), %.*s\n", STR_ARG(title_of(series)),
                   STR_ARG(json_str_or_empty(series, "unit")),
                   STR_ARG(json_str_or_empty(row, "quarter")));
        put_estimate(STR("all measures together"), together, buf);
        json_array_foreach(json_object_get(row, "shares"), i, share)
        {
            put_estimate(title_in(json, "measures", json_str_or_empty(share, "measure")), share,
                         buf);
        }
    }
}

static int larger_first(const void *left, const void *right)
{
    const json_t *const *a = left;
    const json_t *const *b = right;
    const double difference = number_of(*b, "index") - number_of(*a, "index");
    return difference < 0 ? -1 : difference > 0;
}

/* What is at least a fiftieth, and the rest in one line. */
static void put_indices(const json_t *json, const json_t *list, struct buf *buf)
{
    const json_t *ordered[SCENARIO_ASSUMED_MAX];
    size_t count = 0;
    size_t index;
    json_t *object;
    double sum = 0;
    json_array_foreach(list, index, object)
    {
        if (number_of(object, "index") >= 0.02 && count < SCENARIO_ASSUMED_MAX) {
            ordered[count++] = object;
            sum += number_of(object, "index");
        }
    }
    qsort(ordered, count, sizeof ordered[0], larger_first);
    for (size_t i = 0; i < count; i++) {
        put_title(title_in(json, "assumptions", json_str_or_empty(ordered[i], "assumption")), buf);
        buf_format(buf, "%6.2f (%.2f)\n", number_of(ordered[i], "index"),
                   number_of(ordered[i], "error"));
    }
    if (count == 0) {
        buf_put_c(buf, "  (on none of them by itself)\n");
    } else {
        put_title(STR("(all else: chance, and assumptions only together)"), buf);
        buf_format(buf, "%6.2f\n", sum < 1 ? 1 - sum : 0);
    }
}

static void put_sensitivity(const json_t *json, struct buf *buf)
{
    size_t index;
    json_t *series;
    buf_format(buf,
               "The part of the variance in %.*s that would go if the assumption were known "
               "(standard error)\n",
               STR_ARG(json_str_or_empty(json, "quarter")));
    json_array_foreach(json_object_get(json, "series"), index, series)
    {
        for (size_t kind = 0; kind < KINDS; kind++) {
            if (has_kind(series, kinds[kind])) {
                buf_format(buf, "\n%.*s%s\n", STR_ARG(title_of(series)),
                           kind == 0 ? "" : ": difference that the measures make");
                put_indices(json, json_object_get(series, kinds[kind]), buf);
            }
        }
    }
}

void answers_write_text(const json_t *json, str quarter, struct buf *buf)
{
    put_head(json, buf);
    if (is_answer(json, "run")) {
        put_run(json, buf);
    } else if (is_answer(json, "shares")) {
        put_shares(json, quarter, buf);
    } else if (is_answer(json, "sensitivity")) {
        put_sensitivity(json, buf);
    }
}

/* ---- CSV ---- */

static void put_number(double number, struct buf *buf)
{
    buf_format(buf, ",%.6f", number);
}

static void csv_run(const json_t *series, struct buf *buf)
{
    for (size_t kind = 0; kind < KINDS && has_kind(series, kinds[kind]); kind++) {
        size_t index;
        json_t *row;
        json_array_foreach(json_object_get(series, "quarters"), index, row)
        {
            const json_t *summary = json_object_get(row, kinds[kind]);
            csv_write_cell(buf, true, json_str_or_empty(series, "name"));
            csv_write_cell(buf, false, json_str_or_empty(row, "quarter"));
            csv_write_cell(buf, false, str_from_c(kinds[kind]));
            put_number(number_of(summary, "mean"), buf);
            put_number(number_of(summary, "median"), buf);
            for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
                put_number(bound_of(summary, i, 0), buf);
                put_number(bound_of(summary, i, 1), buf);
            }
            csv_write_end(buf);
        }
    }
}

static void csv_share(const json_t *series, const json_t *row, str measure, const json_t *share,
                      struct buf *buf)
{
    csv_write_cell(buf, true, json_str_or_empty(series, "name"));
    csv_write_cell(buf, false, json_str_or_empty(row, "quarter"));
    csv_write_cell(buf, false, measure);
    put_number(number_of(share, "mean"), buf);
    put_number(number_of(share, "error"), buf);
    csv_write_end(buf);
}

static void csv_shares(const json_t *series, struct buf *buf)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(series, "quarters"), index, row)
    {
        size_t i;
        json_t *share;
        csv_share(series, row, STR("together"), json_object_get(row, "together"), buf);
        json_array_foreach(json_object_get(row, "shares"), i, share)
        {
            csv_share(series, row, json_str_or_empty(share, "measure"), share, buf);
        }
    }
}

static void csv_sensitivity(const json_t *json, const json_t *series, struct buf *buf)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        size_t index;
        json_t *object;
        json_array_foreach(json_object_get(series, kinds[kind]), index, object)
        {
            csv_write_cell(buf, true, json_str_or_empty(series, "name"));
            csv_write_cell(buf, false, json_str_or_empty(json, "quarter"));
            csv_write_cell(buf, false, str_from_c(kinds[kind]));
            csv_write_cell(buf, false, json_str_or_empty(object, "assumption"));
            put_number(number_of(object, "index"), buf);
            put_number(number_of(object, "error"), buf);
            csv_write_end(buf);
        }
    }
}

static void put_set(const json_t *names, struct buf *buf)
{
    size_t index;
    json_t *name;
    buf_put_c(buf, json_array_size(names) == 0 ? "none" : "");
    json_array_foreach(names, index, name)
    {
        buf_format(buf, "%s%s", index == 0 ? "" : "+", json_string_value(name));
    }
}

/* A line for each set, future and series: the values of its quarters. */
static void csv_combinations(const json_t *json, struct buf *buf)
{
    size_t index;
    size_t future;
    size_t series;
    size_t quarter;
    json_t *set;
    json_t *of_future;
    json_t *of_series;
    json_t *value;
    json_array_foreach(json_object_get(json, "futures_of"), index, set)
    {
        json_array_foreach(json_object_get(set, "values"), future, of_future)
        {
            json_array_foreach(of_future, series, of_series)
            {
                put_set(json_object_get(set, "measures"), buf);
                buf_format(buf, ",%zu", future);
                csv_write_cell(
                    buf, false,
                    json_str_or_empty(json_array_get(json_object_get(json, "series"), series),
                                      "name"));
                json_array_foreach(of_series, quarter, value)
                {
                    put_number(json_number_value(value), buf);
                }
                csv_write_end(buf);
            }
        }
    }
}

void answers_write_csv(const json_t *json, struct buf *buf)
{
    size_t index;
    json_t *series;
    if (is_answer(json, "combinations")) {
        buf_put_c(buf, "measures,future,series,one column for each quarter\r\n");
        csv_combinations(json, buf);
        return;
    }
    const bool run = is_answer(json, "run");
    const bool shares = is_answer(json, "shares");
    buf_put_c(buf,
              run ? "series,quarter,kind,mean,median,low50,high50,low80,high80,low95,high95\r\n"
              : shares ? "series,quarter,measure,share,error\r\n"
                       : "series,quarter,kind,assumption,index,error\r\n");
    json_array_foreach(json_object_get(json, "series"), index, series)
    {
        if (run) {
            csv_run(series, buf);
        } else if (shares) {
            csv_shares(series, buf);
        } else {
            csv_sensitivity(json, series, buf);
        }
    }
}

/* ---- is it one? ---- */

static bool has_text(const json_t *object, const char *key)
{
    return json_is_string(json_object_get(object, key));
}

static bool has_number(const json_t *object, const char *key)
{
    return json_is_number(json_object_get(object, key));
}

/* Each of a list that is there. */
static bool all_are(const json_t *list, bool (*is_one)(const json_t *object))
{
    size_t index;
    json_t *object;
    if (!json_is_array(list)) {
        return false;
    }
    json_array_foreach(list, index, object)
    {
        if (!is_one(object)) {
            return false;
        }
    }
    return true;
}

static bool is_summary(const json_t *object)
{
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        const json_t *pair = json_object_get(object, interval_names[i]);
        if (json_array_size(pair) != 2 || !json_is_number(json_array_get(pair, 0)) ||
            !json_is_number(json_array_get(pair, 1))) {
            return false;
        }
    }
    return has_number(object, "mean") && has_number(object, "median");
}

static bool is_estimate(const json_t *object)
{
    return has_number(object, "mean") && has_number(object, "error");
}

static bool is_share(const json_t *object)
{
    return has_text(object, "measure") && is_estimate(object);
}

static bool is_index(const json_t *object)
{
    return has_text(object, "assumption") && has_number(object, "index") &&
           has_number(object, "error");
}

static bool is_quarter_of_run(const json_t *object)
{
    const json_t *difference = json_object_get(object, "difference");
    return has_text(object, "quarter") && is_summary(json_object_get(object, "level")) &&
           (difference == NULL || is_summary(difference));
}

static bool is_quarter_of_shares(const json_t *object)
{
    return has_text(object, "quarter") && is_estimate(json_object_get(object, "together")) &&
           all_are(json_object_get(object, "shares"), is_share);
}

static bool has_names(const json_t *object)
{
    return has_text(object, "name") && has_text(object, "title");
}

static bool is_series_of_run(const json_t *object)
{
    const json_t *quarters = json_object_get(object, "quarters");
    return has_names(object) && has_text(object, "unit") && json_array_size(quarters) > 0 &&
           all_are(quarters, is_quarter_of_run);
}

static bool is_series_of_shares(const json_t *object)
{
    const json_t *quarters = json_object_get(object, "quarters");
    return has_names(object) && has_text(object, "unit") && json_array_size(quarters) > 0 &&
           all_are(quarters, is_quarter_of_shares);
}

static bool is_series_of_sensitivity(const json_t *object)
{
    const json_t *difference = json_object_get(object, "difference");
    return has_names(object) && all_are(json_object_get(object, "level"), is_index) &&
           (difference == NULL || all_are(difference, is_index));
}

static bool is_assumption(const json_t *object)
{
    return has_names(object) && has_text(object, "says") && has_text(object, "source");
}

static bool is_measure(const json_t *object)
{
    return has_names(object) && has_text(object, "from");
}

static bool is_source(const json_t *object)
{
    return has_text(object, "name") && has_text(object, "sha256");
}

static bool says_how_made(const json_t *json)
{
    return has_text(json, "scenario_identity") && has_text(json, "rulebook_identity") &&
           all_are(json_object_get(json, "sources"), is_source) &&
           json_is_integer(json_object_get(json, "futures")) &&
           json_is_integer(json_object_get(json, "seed")) &&
           json_is_integer(json_object_get(json, "one_in"));
}

result answers_check(const json_t *json, struct err *err)
{
    static const struct {
        const char *answer;
        bool (*is_series)(const json_t *object);
    } rows[] = {
        {"run", is_series_of_run},
        {"shares", is_series_of_shares},
        {"sensitivity", is_series_of_sensitivity},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_answer(json, rows[i].answer) && has_text(json, "scenario") &&
            has_text(json, "title") && says_how_made(json) &&
            all_are(json_object_get(json, "measures"), is_measure) &&
            all_are(json_object_get(json, "assumptions"), is_assumption) &&
            all_are(json_object_get(json, "series"), rows[i].is_series)) {
            return result_ok();
        }
    }
    return err_set(err, ERROR_INPUT, "This is not an answer as `returnhub forecast` writes it");
}
