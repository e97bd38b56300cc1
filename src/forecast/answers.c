#include "forecast/answers.h"

#include "forecast/sensitivity.h"
#include "format/json.h"

static const char *const interval_names[ENSEMBLE_INTERVALS] = {"interval_50", "interval_80",
                                                               "interval_95"};

static str quarter_name(const struct scenario_about *about, size_t quarter, struct arena *arena)
{
    const date begins = date_add_months(about->begins, 3 * (int32_t)quarter, DATE_ROUND_DOWN);
    return arena_format(arena, "%d-Q%d", date_to_civil(begins).year, date_quarter(begins));
}

/* ---- what all have ---- */

static json_t *measures_of(const struct scenario_about *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < about->measure_count; i++) {
        json_t *measure = json_object();
        json_set_str(measure, "name", about->measures[i].name);
        json_set_str(measure, "title", about->measures[i].title);
        json_set(measure, "from", json_of_date(about->measures[i].from));
        json_add(list, measure);
    }
    return list;
}

static json_t *assumptions_of(const struct scenario_about *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < about->assumed_count; i++) {
        const struct scenario_assumed *assumed = &about->assumed[i];
        json_t *object = json_object();
        json_set_str(object, "name", assumed->name);
        json_set_str(object, "title", assumed->title);
        json_set_str(object, "says", assumed->says);
        json_set_str(object, "source", assumed->source.len == 0 ? STR("assumed") : assumed->source);
        json_add(list, object);
    }
    return list;
}

static json_t *json_of_hash(const struct sha256 *hash)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(hash, hex);
    return json_string(hex);
}

static json_t *sources_of(const struct scenario_about *about)
{
    json_t *list = json_array();
    for (size_t i = 0; i < about->source_count; i++) {
        json_t *source = json_object();
        json_set_str(source, "name", about->sources[i].name);
        json_set(source, "sha256", json_of_hash(&about->sources[i].hash));
        json_add(list, source);
    }
    return list;
}

static json_t *json_of_register(const struct answers_register *begins_with)
{
    json_t *object = json_object();
    json_set(object, "as_of", json_of_date(begins_with->as_of));
    json_set_int64(object, "position", begins_with->position);
    json_set_int64(object, "people", begins_with->people);
    json_set_int64(object, "left_out", begins_with->left_out);
    return object;
}

static json_t *head(const struct answers_about *about, const char *answer)
{
    const struct scenario_about *scenario = scenario_about(about->scenario);
    json_t *object = json_object();
    json_set(object, "answer", json_string(answer));
    json_set_str(object, "scenario", scenario->name);
    json_set_str(object, "title", scenario->title);
    json_set(object, "scenario_identity", json_of_hash(&scenario->identity));
    json_set(object, "rulebook_identity", json_of_hash(&scenario->rulebook_identity));
    json_set(object, "sources", sources_of(scenario));
    json_set_int64(object, "futures", (int64_t)about->futures);
    json_set_int64(object, "seed", (int64_t)about->seed);
    json_set_int64(object, "one_in", about->one_in);
    if (about->begins_with != NULL) {
        json_set(object, "begins_with", json_of_register(about->begins_with));
    }
    json_set(object, "measures", measures_of(scenario));
    json_set(object, "assumptions", assumptions_of(scenario));
    return object;
}

static json_t *series_head(const struct scenario_series *series)
{
    json_t *object = json_object();
    json_set_str(object, "name", series->name);
    json_set_str(object, "title", series->title);
    json_set_str(object, "unit", series->unit);
    return object;
}

/* One object a series, and one a quarter in it, as `fill` makes it. */
typedef result fill_quarter(const void *context, size_t series, size_t quarter,
                            struct arena scratch, json_t *object, struct err *err);

static result each_quarter(const struct answers_about *about, fill_quarter *fill,
                           const void *context, struct arena scratch, json_t *list, struct err *err)
{
    const struct scenario_about *scenario = scenario_about(about->scenario);
    for (size_t series = 0; series < scenario->series_count; series++) {
        json_t *object = series_head(&scenario->series[series]);
        json_t *quarters = json_array();
        json_set(object, "quarters", quarters);
        json_add(list, object);
        for (size_t quarter = 0; quarter < scenario->quarter_count; quarter++) {
            struct arena of_quarter = scratch;
            json_t *row = json_object();
            json_add(quarters, row);
            json_set_str(row, "quarter", quarter_name(scenario, quarter, &of_quarter));
            TRY(fill(context, series, quarter, of_quarter, row, err));
        }
    }
    return result_ok();
}

static result filled(const struct answers_about *about, const char *answer, fill_quarter *fill,
                     const void *context, struct arena scratch, json_t **ret_json, struct err *err)
{
    json_t *object = head(about, answer);
    json_t *list = json_array();
    json_set(object, "series", list);
    const result made = each_quarter(about, fill, context, scratch, list, err);
    if (!made.ok) {
        json_decref(object);
        return made;
    }
    *ret_json = object;
    return result_ok();
}

/* ---- a run ---- */

static json_t *json_of_summary(const struct ensemble_summary *summary)
{
    json_t *object = json_object();
    json_set(object, "mean", json_real(summary->mean));
    json_set(object, "median", json_real(summary->median));
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        json_t *pair = json_array();
        json_add(pair, json_real(summary->low[i]));
        json_add(pair, json_real(summary->high[i]));
        json_set(object, interval_names[i], pair);
    }
    return object;
}

struct both {
    const struct ensemble *with;
    const struct ensemble *without;
};

static result fill_run(const void *context, size_t series, size_t quarter, struct arena scratch,
                       json_t *object, struct err *err)
{
    const struct both *both = context;
    struct ensemble_summary summary;
    TRY(ensemble_summarise(both->with, NULL, series, quarter, scratch, &summary, err));
    json_set(object, "level", json_of_summary(&summary));
    if (both->without != NULL) {
        TRY(ensemble_summarise(both->with, both->without, series, quarter, scratch, &summary, err));
        json_set(object, "difference", json_of_summary(&summary));
    }
    return result_ok();
}

result answers_run(const struct answers_about *about, const struct ensemble *with,
                   const struct ensemble *without, struct arena scratch, json_t **ret_json,
                   struct err *err)
{
    const struct both both = {with, without};
    return filled(about, "run", fill_run, &both, scratch, ret_json, err);
}

/* ---- shares ---- */

struct shares_context {
    const struct scenario_about *about;
    const struct shares *shares;
};

static json_t *json_of_estimate(struct shares_estimate estimate)
{
    json_t *object = json_object();
    json_set(object, "mean", json_real(estimate.mean));
    json_set(object, "error", json_real(estimate.error));
    return object;
}

static result fill_shares(const void *context, size_t series, size_t quarter, struct arena scratch,
                          json_t *object, struct err *err)
{
    const struct shares_context *of = context;
    const struct shares *shares = of->shares;
    json_t *list = json_array();
    (void)scratch;
    (void)err;
    json_set(object, "together",
             json_of_estimate(shares_estimate(shares, SHARES_TOGETHER(shares), series, quarter)));
    json_set(object, "shares", list);
    for (size_t i = 0; i < shares->measure_count; i++) {
        json_t *share = json_of_estimate(shares_estimate(shares, i, series, quarter));
        json_set_str(share, "measure", of->about->measures[i].name);
        json_add(list, share);
    }
    return result_ok();
}

result answers_shares(const struct answers_about *about, const struct shares *shares,
                      struct arena scratch, json_t **ret_json, struct err *err)
{
    const struct shares_context context = {scenario_about(about->scenario), shares};
    return filled(about, "shares", fill_shares, &context, scratch, ret_json, err);
}

json_t *answers_combinations(const struct answers_about *about)
{
    const struct scenario_about *scenario = scenario_about(about->scenario);
    json_t *object = head(about, "combinations");
    json_t *series = json_array();
    for (size_t i = 0; i < scenario->series_count; i++) {
        json_add(series, series_head(&scenario->series[i]));
    }
    json_set(object, "series", series);
    json_set(object, "futures_of", json_array());
    return object;
}

static json_t *values_of(const struct ensemble *ensemble, uint64_t future, size_t series)
{
    json_t *values = json_array();
    for (size_t quarter = 0; quarter < ensemble->quarter_count; quarter++) {
        json_add(values, json_real(ensemble_value(ensemble, future, series, quarter)));
    }
    return values;
}

void answers_combination_add(json_t *combinations, const struct answers_about *about, uint32_t set,
                             const struct ensemble *ensemble)
{
    const struct scenario_about *scenario = scenario_about(about->scenario);
    json_t *object = json_object();
    json_t *names = json_array();
    json_t *futures = json_array();
    for (size_t i = 0; i < scenario->measure_count; i++) {
        if ((set >> i & 1) != 0) {
            json_add(names, json_of_str(scenario->measures[i].name));
        }
    }
    for (uint64_t future = 0; future < ensemble->count; future++) {
        json_t *of_future = json_array();
        for (size_t series = 0; series < ensemble->series_count; series++) {
            json_add(of_future, values_of(ensemble, future, series));
        }
        json_add(futures, of_future);
    }
    json_set(object, "measures", names);
    json_set(object, "values", futures);
    json_add(json_object_get(combinations, "futures_of"), object);
}

/* ---- sensitivity ---- */

struct drawn {
    const struct answers_about *about;
    double *inputs; /* [assumption][future] */
    struct both both;
    size_t quarter;
};

static result draw_inputs(struct drawn *drawn, struct arena *arena, struct err *err)
{
    const struct scenario *scenario = drawn->about->scenario;
    const size_t assumed_count = scenario_about(scenario)->assumed_count;
    const uint64_t futures = drawn->about->futures;
    drawn->inputs = ARENA_NEW(arena, double, assumed_count *futures + 1);
    if (drawn->inputs == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < assumed_count; i++) {
        for (uint64_t future = 0; future < futures; future++) {
            drawn->inputs[i * futures + future] =
                scenario_assumption(scenario, i, drawn->about->seed, future, drawn->quarter);
        }
    }
    return result_ok();
}

static result indices(const struct drawn *drawn, size_t series, bool difference,
                      struct arena scratch, json_t *list, struct err *err)
{
    const struct scenario_about *scenario = scenario_about(drawn->about->scenario);
    const uint64_t futures = drawn->about->futures;
    double *outputs = ARENA_NEW(&scratch, double, futures);
    if (outputs == NULL) {
        return arena_full(err);
    }
    for (uint64_t i = 0; i < futures; i++) {
        outputs[i] = ensemble_value(drawn->both.with, i, series, drawn->quarter);
        if (difference) {
            outputs[i] -= ensemble_value(drawn->both.without, i, series, drawn->quarter);
        }
    }
    for (size_t i = 0; i < scenario->assumed_count; i++) {
        struct sensitivity found;
        TRY(sensitivity_first_order(&drawn->inputs[i * futures], outputs, futures, scratch, &found,
                                    err));
        json_t *object = json_object();
        json_set_str(object, "assumption", scenario->assumed[i].name);
        json_set(object, "index", json_real(found.index));
        json_set(object, "error", json_real(found.error));
        json_add(list, object);
    }
    return result_ok();
}

static result fill_sensitivity(struct drawn *drawn, struct arena scratch, json_t *list,
                               struct err *err)
{
    const struct scenario_about *scenario = scenario_about(drawn->about->scenario);
    TRY(draw_inputs(drawn, &scratch, err));
    for (size_t series = 0; series < scenario->series_count; series++) {
        json_t *object = series_head(&scenario->series[series]);
        json_t *level = json_array();
        json_set(object, "level", level);
        json_add(list, object);
        TRY(indices(drawn, series, false, scratch, level, err));
        if (drawn->both.without != NULL) {
            json_t *difference = json_array();
            json_set(object, "difference", difference);
            TRY(indices(drawn, series, true, scratch, difference, err));
        }
    }
    return result_ok();
}

result answers_sensitivity(const struct answers_about *about, const struct ensemble *with,
                           const struct ensemble *without, size_t quarter, struct arena scratch,
                           json_t **ret_json, struct err *err)
{
    struct drawn drawn = {.about = about, .both = {with, without}, .quarter = quarter};
    json_t *object = head(about, "sensitivity");
    json_t *list = json_array();
    json_set_str(object, "quarter",
                 quarter_name(scenario_about(about->scenario), quarter, &scratch));
    json_set(object, "series", list);
    const result made = fill_sensitivity(&drawn, scratch, list, err);
    if (!made.ok) {
        json_decref(object);
        return made;
    }
    *ret_json = object;
    return result_ok();
}
