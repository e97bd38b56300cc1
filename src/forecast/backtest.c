#include "forecast/backtest.h"

#include "forecast/people.h"
#include "forecast/rivals.h"

#include <math.h>

const char *const contender_name[CONTENDER_COUNT] = {
    [CONTENDER_OURS] = "returnhub",
    [CONTENDER_SEASONAL] = "seasonal-naive",
    [CONTENDER_SMOOTHING] = "ETS",
    [CONTENDER_STOCK_FLOW] = "stock-flow",
};

const enum published_series backtest_series[BACKTEST_SERIES] = {
    SERIES_CLAIMS,           SERIES_DECISIONS,         SERIES_WAITING,      SERIES_APPEALS_OPEN,
    SERIES_RETURNS_ENFORCED, SERIES_RETURNS_VOLUNTARY, SERIES_RETURNS_PORT, SERIES_RETURNS,
};

/* At one origin. */
struct round {
    const struct backtest_question *question;
    const struct history *history; /* all of it, to score by */
    const struct history *known;   /* up to the origin, to forecast from */
    const struct draw_tables *tables;
    struct quarter origin;
    size_t horizon; /* what can be scored of it */
    uint64_t key;
    double *samples; /* [series][future][horizon] */
    double *sorted;
    struct score *scores; /* [contender][series][horizon] */
};

static double *sample_of(const struct round *round, size_t series)
{
    return round->samples + series * round->question->futures * round->horizon;
}

/* The numbers of a series that its own methods see; returns how many. */
static size_t numbers_of(const struct round *round, size_t series, double *numbers)
{
    return history_run(round->known, backtest_series[series],
                       (struct quarter){DRIVERS_BEGIN_YEAR * QUARTERS_A_YEAR}, numbers);
}

static double scale_of(const double *numbers, size_t count)
{
    double sum = 0;
    for (size_t i = QUARTERS_A_YEAR; i < count; i++) {
        sum += fabs(numbers[i] - numbers[i - QUARTERS_A_YEAR]);
    }
    return sum / (double)(count - QUARTERS_A_YEAR);
}

static void fill_score(const double *sorted, size_t count, double number, struct score *score)
{
    score->known = true;
    score->number = number;
    score->median = scoring_quantile(sorted, count, 0.5);
    score->crps = scoring_crps(sorted, count, number);
    for (size_t i = 0; i < SCORING_INTERVALS; i++) {
        const double tail = (1 - scoring_interval_share[i]) / 2;
        score->low[i] = scoring_quantile(sorted, count, tail);
        score->high[i] = scoring_quantile(sorted, count, 1 - tail);
        score->covers[i] = score->low[i] <= number && number <= score->high[i];
    }
}

static void score_sample(struct round *round, enum contender contender, size_t series)
{
    double numbers[HISTORY_QUARTERS_MAX];
    const size_t count = numbers_of(round, series, numbers);
    const double *samples = sample_of(round, series);
    if (count < BACKTEST_QUARTERS_MIN) {
        return;
    }
    for (size_t h = 0; h < round->horizon; h++) {
        struct score *score =
            &round->scores[((size_t)contender * BACKTEST_SERIES + series) * BACKTEST_HORIZON_MAX +
                           h];
        const double number = history_value(round->history, backtest_series[series],
                                            quarter_add(round->origin, (int32_t)h + 1));
        for (size_t i = 0; i < round->question->futures; i++) {
            round->sorted[i] = samples[i * round->horizon + h];
        }
        scoring_sort(round->sorted, round->question->futures);
        fill_score(round->sorted, round->question->futures, number, score);
        score->scale = scale_of(numbers, count);
    }
}

static void score_samples(struct round *round, enum contender contender)
{
    for (size_t series = 0; series < BACKTEST_SERIES; series++) {
        score_sample(round, contender, series);
    }
}

static void keep_future(const struct round *round, size_t future, const struct flows *flows)
{
    for (size_t series = 0; series < BACKTEST_SERIES; series++) {
        for (size_t h = 0; h < round->horizon; h++) {
            sample_of(round, series)[future * round->horizon + h] =
                flows->values[backtest_series[series]][h];
        }
    }
}

/* --- contenders --- */

/* Without individuals: what flows.h says. */
static void try_flows(struct round *round, const struct drivers *drivers)
{
    struct flows flows;
    for (size_t i = 0; i < round->question->futures; i++) {
        flows_future(drivers, round->tables, draw_key(round->key, i), round->horizon, &flows);
        keep_future(round, i, &flows);
    }
}

static result try_people(struct round *round, const struct drivers *drivers, struct arena scratch,
                         struct err *err)
{
    struct people_make make = {.drivers = drivers,
                               .tables = round->tables,
                               .horizon = round->horizon,
                               .one_in = round->question->one_in};
    const struct ensemble_question question = {
        .make = people_make,
        .make_context = &make,
        .series_count = PEOPLE_SERIES,
        .quarter_count = round->horizon,
        .seed = round->key,
        .count = round->question->futures,
        .threads = round->question->threads,
        .bytes_a_future = people_bytes(&make),
    };
    struct ensemble ensemble;
    TRY(ensemble_run(&question, &scratch, &ensemble, err));
    for (size_t i = 0; i < round->question->futures; i++) {
        for (size_t series = 0; series < BACKTEST_SERIES; series++) {
            for (size_t h = 0; h < round->horizon; h++) {
                sample_of(round, series)[i * round->horizon + h] =
                    ensemble_value(&ensemble, i, backtest_series[series], h);
            }
        }
    }
    return result_ok();
}

static result try_ours(struct round *round, struct arena scratch, struct err *err)
{
    const struct drivers *drivers = NULL;
    TRY(drivers_fit(round->known, &scratch, &drivers, err));
    if (round->question->one_in == 0) {
        try_flows(round, drivers);
    } else {
        TRY(try_people(round, drivers, scratch, err));
    }
    score_samples(round, CONTENDER_OURS);
    return result_ok();
}

static result try_stock_flow(struct round *round, struct err *err)
{
    struct stock_flow model;
    struct flows flows;
    TRY(stock_flow_fit(round->known, &model, err));
    for (size_t i = 0; i < round->question->futures; i++) {
        stock_flow_future(&model, round->tables, draw_key(round->key, i), round->horizon, &flows);
        keep_future(round, i, &flows);
    }
    score_samples(round, CONTENDER_STOCK_FLOW);
    return result_ok();
}

static result try_series(struct round *round, enum contender contender, struct err *err)
{
    double numbers[HISTORY_QUARTERS_MAX];
    const size_t futures = round->question->futures;
    for (size_t series = 0; series < BACKTEST_SERIES; series++) {
        const size_t count = numbers_of(round, series, numbers);
        const uint64_t key = draw_key(round->key, series);
        if (count < BACKTEST_QUARTERS_MIN) {
            continue;
        }
        if (contender == CONTENDER_SEASONAL) {
            TRY(rival_seasonal(numbers, count, round->horizon, key, futures,
                               sample_of(round, series), err));
        } else {
            TRY(rival_smoothing(numbers, count, round->horizon, round->tables, key, futures,
                                sample_of(round, series), err));
        }
    }
    score_samples(round, contender);
    return result_ok();
}

static result run_round(struct round *round, struct arena scratch, struct err *err)
{
    const uint64_t key = draw_key(round->question->seed, (uint64_t)round->origin.number);
    struct history *known = ARENA_NEW(&scratch, struct history, 1);
    const size_t futures = round->question->futures;
    round->samples = ARENA_NEW(&scratch, double, BACKTEST_SERIES *futures * round->horizon);
    round->sorted = ARENA_NEW(&scratch, double, futures);
    if (known == NULL || round->samples == NULL || round->sorted == NULL) {
        return arena_full(err);
    }
    history_cut(round->history, round->origin, known);
    round->known = known;
    round->key = draw_key(key, CONTENDER_OURS);
    TRY(try_ours(round, scratch, err));
    round->key = draw_key(key, CONTENDER_STOCK_FLOW);
    TRY(try_stock_flow(round, err));
    round->key = draw_key(key, CONTENDER_SEASONAL);
    TRY(try_series(round, CONTENDER_SEASONAL, err));
    round->key = draw_key(key, CONTENDER_SMOOTHING);
    return try_series(round, CONTENDER_SMOOTHING, err);
}

/* --- all origins --- */

static result check_question(const struct history *history,
                             const struct backtest_question *question, struct err *err)
{
    const struct quarter last = history_last(history);
    if (question->to.number > last.number || question->to.number <= question->from.number ||
        question->to.number - question->from.number > BACKTEST_ORIGINS_MAX) {
        result_ignore(
            err_set(err, ERROR_INPUT, "A back-test cannot be from %04d-Q%d to %04d-Q%d",
                    question->from.number / QUARTERS_A_YEAR, quarter_season(question->from) + 1,
                    question->to.number / QUARTERS_A_YEAR, quarter_season(question->to) + 1),
            "the hint follows");
        return err_hint(err, "the last quarter scored lies after the first origin and not after "
                             "the last published quarter");
    }
    ASSERT(question->horizon >= 1 && question->horizon <= BACKTEST_HORIZON_MAX);
    ASSERT(question->futures >= BACKTEST_FUTURES_MIN && question->futures <= BACKTEST_FUTURES_MAX);
    return result_ok();
}

enum { SCORES_AN_ORIGIN = CONTENDER_COUNT * BACKTEST_SERIES * BACKTEST_HORIZON_MAX };

result backtest_run(const struct history *history, const struct backtest_question *question,
                    struct arena *arena, struct arena scratch, struct backtest *ret_backtest,
                    struct err *err)
{
    TRY(check_question(history, question, err));
    const size_t origins = (size_t)(question->to.number - question->from.number);
    struct draw_tables *tables = ARENA_NEW(&scratch, struct draw_tables, 1);
    struct score *scores = ARENA_NEW(arena, struct score, origins * SCORES_AN_ORIGIN);
    if (tables == NULL || scores == NULL) {
        return arena_full(err);
    }
    draw_tables_make(tables);
    for (size_t i = 0; i < origins; i++) {
        const size_t left = origins - i;
        struct round round = {
            .question = question,
            .history = history,
            .tables = tables,
            .origin = quarter_add(question->from, (int32_t)i),
            .horizon = left < question->horizon ? left : question->horizon,
            .scores = scores + i * SCORES_AN_ORIGIN,
        };
        TRY(run_round(&round, scratch, err));
        if (question->progress != NULL) {
            question->progress(question->progress_context, i + 1, origins);
        }
    }
    *ret_backtest =
        (struct backtest){.question = *question, .origin_count = origins, .scores = scores};
    return result_ok();
}

const struct score *backtest_score(const struct backtest *backtest, size_t origin,
                                   enum contender contender, size_t series, size_t horizon)
{
    return &backtest->scores[origin * SCORES_AN_ORIGIN +
                             ((size_t)contender * BACKTEST_SERIES + series) * BACKTEST_HORIZON_MAX +
                             horizon];
}

/* --- means --- */

struct backtest_part backtest_all(const struct backtest *backtest)
{
    return (struct backtest_part){.origin_last = backtest->origin_count - 1,
                                  .horizon_last = backtest->question.horizon - 1};
}

struct backtest_mean backtest_mean(const struct backtest *backtest,
                                   const struct backtest_part *part, enum contender contender,
                                   size_t series)
{
    struct backtest_mean mean = {.count = 0};
    for (size_t o = part->origin_first; o <= part->origin_last; o++) {
        for (size_t h = part->horizon_first; h <= part->horizon_last; h++) {
            const struct score *score = backtest_score(backtest, o, contender, series, h);
            mean.count += score->known ? 1 : 0;
            mean.crps += score->known ? score->crps / score->scale : 0;
            for (size_t i = 0; score->known && i < SCORING_INTERVALS; i++) {
                mean.covered[i] += score->covers[i] ? 1 : 0;
            }
        }
    }
    const double count = fmax((double)mean.count, 1);
    mean.crps /= count;
    for (size_t i = 0; i < SCORING_INTERVALS; i++) {
        mean.covered[i] /= count;
    }
    return mean;
}

struct backtest_mean backtest_mean_of_all(const struct backtest *backtest,
                                          const struct backtest_part *part,
                                          enum contender contender)
{
    struct backtest_mean all = {.count = 0};
    double series_count = 0;
    for (size_t series = 0; series < BACKTEST_SERIES; series++) {
        const struct backtest_mean mean = backtest_mean(backtest, part, contender, series);
        series_count += mean.count > 0 ? 1 : 0;
        all.count += mean.count;
        all.crps += mean.crps;
        for (size_t i = 0; i < SCORING_INTERVALS; i++) {
            all.covered[i] += mean.covered[i];
        }
    }
    series_count = fmax(series_count, 1);
    all.crps /= series_count;
    for (size_t i = 0; i < SCORING_INTERVALS; i++) {
        all.covered[i] /= series_count;
    }
    return all;
}
