/* Aim: nothing that happened after an origin changes what is forecast from it; the same seed gives
 * the same numbers and another seed others; a future obeys the arithmetic of stocks and flows;
 * where the world is one that stands still, the fit finds it and the intervals hold what they say;
 * a seasonal-naive sample is last year's number and the differences that there were, by hand. */
#include "forecast/backtest.h"

#include "forecast/people.h"
#include "forecast/rivals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 256 * 1024 * 1024, FUTURES = 40 };

static struct arena arena;
static struct arena scratch;
static struct history published;
static struct draw_tables tables;

static struct quarter quarter_of(const char *text)
{
    struct quarter read;
    struct err err;
    assert_true(quarter_parse(str_from_c(text), &read, &err).ok);
    return read;
}

static int open_all(void **state)
{
    struct err err = {0};
    char folder[512];
    (void)state;
    snprintf(folder, sizeof folder, "%s/data", getenv("RETURNHUB_SOURCE"));
    assert_true(arena_open(&arena, ARENA_BYTES, &err).ok);
    assert_true(arena_open(&scratch, ARENA_BYTES, &err).ok);
    draw_tables_make(&tables);
    if (!history_load(folder, scratch, &published, &err).ok) {
        fail_msg("%s", err.what);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arena_close(&arena);
    arena_close(&scratch);
    return 0;
}

/* Numbers that anybody can look up in the published tables. */
static void the_published_numbers(void **state)
{
    (void)state;
    const struct quarter last = quarter_of("2023-Q4");
    assert_int_equal(history_last(&published).number, last.number);
    assert_true(history_value(&published, SERIES_WAITING, last) == 128786);
    assert_true(history_value(&published, SERIES_CLAIMS, last) == 22478);
    assert_true(history_value(&published, SERIES_DECISIONS, last) == 28443 + 19265);
    assert_true(history_value(&published, SERIES_WITHDRAWN, last) == 10082 + 1296);
    assert_true(history_value(&published, SERIES_APPEALS_OPEN, last) == 19459);
    assert_true(history_value(&published, SERIES_RETURNS, last) == 1916 + 5628 + 5977);
    assert_true(isnan(history_value(&published, SERIES_WAITING, quarter_of("2010-Q1"))));
    assert_true(isnan(history_value(&published, SERIES_CLAIMS, quarter_add(last, 1))));
}

static void ask(const struct history *history, const char *from, const char *to, uint64_t seed,
                struct backtest *ret_backtest)
{
    struct err err = {0};
    const struct backtest_question question = {.from = quarter_of(from),
                                               .to = quarter_of(to),
                                               .horizon = 2,
                                               .futures = FUTURES,
                                               .one_in = 50,
                                               .threads = 2,
                                               .seed = seed};
    if (!backtest_run(history, &question, &arena, scratch, ret_backtest, &err).ok) {
        fail_msg("%s", err.what);
    }
}

/* Every number after the origin is made another one. Forecasts from it stay the same to the bit. */
static void no_look_ahead(void **state)
{
    struct backtest before;
    struct backtest after;
    struct history changed = published;
    (void)state;
    const size_t first_later = (size_t)(quarter_of("2019-Q1").number - published.first.number);
    for (size_t series = 0; series < SERIES_COUNT; series++) {
        for (size_t i = first_later; i < changed.count; i++) {
            changed.values[series][i] = 17 + 3 * changed.values[series][i];
        }
    }
    ask(&published, "2018-Q4", "2019-Q2", 5, &before);
    ask(&changed, "2018-Q4", "2019-Q2", 5, &after);
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        for (size_t s = 0; s < BACKTEST_SERIES; s++) {
            for (size_t h = 0; h < 2; h++) {
                const struct score *a = backtest_score(&before, 0, (enum contender)c, s, h);
                const struct score *b = backtest_score(&after, 0, (enum contender)c, s, h);
                assert_true(a->known && b->known);
                assert_true(a->number != b->number);
                assert_true(a->median == b->median && a->scale == b->scale);
                assert_memory_equal(a->low, b->low, sizeof a->low);
                assert_memory_equal(a->high, b->high, sizeof a->high);
            }
        }
    }
    /* And a number before it does change them: the check could fail. (Seasonal-naive looks at the
     * last one only when it comes again.) */
    changed = published;
    changed.values[SERIES_CLAIMS][first_later - 1] *= 1.5;
    ask(&changed, "2018-Q4", "2019-Q2", 5, &after);
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        assert_true(c == CONTENDER_SEASONAL ||
                    backtest_score(&before, 0, (enum contender)c, 0, 0)->median !=
                        backtest_score(&after, 0, (enum contender)c, 0, 0)->median);
    }
}

static void same_seed_same_numbers(void **state)
{
    struct backtest first;
    struct backtest again;
    struct backtest other;
    (void)state;
    ask(&published, "2022-Q2", "2022-Q4", 9, &first);
    ask(&published, "2022-Q2", "2022-Q4", 9, &again);
    ask(&published, "2022-Q2", "2022-Q4", 10, &other);
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        const struct score *a = backtest_score(&first, 1, (enum contender)c, 2, 0);
        const struct score *b = backtest_score(&again, 1, (enum contender)c, 2, 0);
        assert_true(a->crps == b->crps && a->median == b->median);
        assert_true(a->crps != backtest_score(&other, 1, (enum contender)c, 2, 0)->crps);
    }
}

/* Stocks are what flows leave; nobody is decided twice, nothing is negative. */
static void the_arithmetic_of_futures(void **state)
{
    struct err err = {0};
    const struct drivers *drivers = NULL;
    struct flows flows;
    (void)state;
    assert_true(drivers_fit(&published, &arena, &drivers, &err).ok);
    for (uint64_t key = 0; key < 300; key++) {
        double waiting = drivers->waiting;
        double open = drivers->appeals_open;
        flows_future(drivers, &tables, key, 12, &flows);
        for (size_t i = 0; i < 12; i++) {
            double now[SERIES_COUNT];
            for (size_t s = 0; s < SERIES_COUNT; s++) {
                now[s] = flows.values[s][i];
                assert_true(isfinite(now[s]) && now[s] >= 0);
            }
            const double left = waiting + now[SERIES_CLAIMS] - now[SERIES_DECISIONS] -
                                now[SERIES_WITHDRAWN] + flows.waiting_gap[i];
            assert_true(fabs(left - now[SERIES_WAITING]) < 1e-6 * (1 + left));
            assert_true(now[SERIES_DECISIONS] + now[SERIES_WITHDRAWN] <=
                        waiting + now[SERIES_CLAIMS]);
            assert_true(fabs(now[SERIES_GRANTS] + now[SERIES_REFUSALS] - now[SERIES_DECISIONS]) <
                        1e-6 * (1 + now[SERIES_DECISIONS]));
            const double heard = open + now[SERIES_APPEALS_LODGED] - now[SERIES_APPEALS_DISPOSED] +
                                 flows.appeals_gap[i];
            assert_true(fabs(heard - now[SERIES_APPEALS_OPEN]) < 1e-6 * (1 + heard));
            waiting = now[SERIES_WAITING];
            open = now[SERIES_APPEALS_OPEN];
        }
    }
}

/* People one by one count what the flows say, but for the chance of single people: over many
 * futures the means agree. One in 20: a count of 10,000 has a standard deviation of 450. */
static void people_live_what_flows_say(void **state)
{
    enum { LIVED = 60, AHEAD = 4 };
    struct err err = {0};
    const struct drivers *drivers = NULL;
    struct history known;
    struct arena kept = arena;
    struct ensemble ensemble;
    (void)state;
    history_cut(&published, quarter_of("2019-Q4"), &known);
    assert_true(drivers_fit(&known, &kept, &drivers, &err).ok);
    struct people_make make = {
        .drivers = drivers, .tables = &tables, .horizon = AHEAD, .one_in = 20};
    const struct ensemble_question question = {
        .make = people_make,
        .make_context = &make,
        .series_count = PEOPLE_SERIES,
        .quarter_count = AHEAD,
        .seed = 4,
        .count = LIVED,
        .threads = 2,
        .bytes_a_future = people_bytes(&make),
    };
    if (!ensemble_run(&question, &kept, &ensemble, &err).ok) {
        fail_msg("%s", err.what);
    }
    for (size_t s = 0; s < SERIES_COUNT; s++) {
        double lived = 0;
        double said = 0;
        for (uint64_t i = 0; i < LIVED; i++) {
            struct flows flows;
            flows_future(drivers, &tables, draw_key(4, i), AHEAD, &flows);
            for (size_t h = 0; h < AHEAD; h++) {
                lived += ensemble_value(&ensemble, i, s, h);
                said += flows.values[s][h];
            }
        }
        printf("# %s: %.0f lived, %.0f said\n", series_about[s].name, lived / LIVED / AHEAD,
               said / LIVED / AHEAD);
        assert_true(fabs(lived / said - 1) < 0.03);
    }
    /* Who waits for long is among those who wait. */
    for (uint64_t i = 0; i < LIVED; i++) {
        assert_true(ensemble_value(&ensemble, i, SERIES_COUNT, AHEAD - 1) <=
                    ensemble_value(&ensemble, i, SERIES_WAITING, AHEAD - 1));
    }
}

/* --- a world that is known --- */

/* Flows that vary by 5 % about a level with a season, a share, and a backlog that neither grows nor
 * falls; no drift and no shock, 60 quarters and 8 more. */
static void make_world(struct history *world, uint64_t seed)
{
    static const double season[QUARTERS_A_YEAR] = {0.9, 1.0, 1.15, 0.95};
    struct draw draw = draw_begin(seed, 0);
    *world = (struct history){.first = quarter_of("2006-Q1"), .count = 76};
    double waiting = 30000;
    double open = 9000;
    for (size_t i = 0; i < world->count; i++) {
        double noise[6];
        for (size_t k = 0; k < 6; k++) {
            noise[k] = exp(0.05 * draw_normal(&tables, &draw));
        }
        const double claims = 10000 * season[i % 4] * noise[0];
        const double withdrawn = waiting / 30 * noise[1];
        const double decisions = 0.22 * (waiting + claims / 2) * noise[2];
        const double refusals = 0.6 * decisions;
        const double lodged = 0.8 * refusals * noise[3];
        const double disposed = 0.3 * (open + lodged / 2) * noise[4];
        waiting += claims - decisions - withdrawn;
        open += lodged - disposed;
        const double values[SERIES_COUNT] = {
            [SERIES_CLAIMS] = claims,
            [SERIES_DECISIONS] = decisions,
            [SERIES_GRANTS] = decisions - refusals,
            [SERIES_REFUSALS] = refusals,
            [SERIES_WITHDRAWN] = withdrawn,
            [SERIES_WAITING] = waiting,
            [SERIES_APPEALS_LODGED] = lodged,
            [SERIES_APPEALS_DISPOSED] = disposed,
            [SERIES_APPEALS_OPEN] = open,
            [SERIES_RETURNS_ENFORCED] = 2000 * noise[5],
            [SERIES_RETURNS_VOLUNTARY] = 3000 * noise[0],
            [SERIES_RETURNS_PORT] = 4000 * season[(i + 1) % 4] * noise[1],
            [SERIES_RETURNS] =
                2000 * noise[5] + 3000 * noise[0] + 4000 * season[(i + 1) % 4] * noise[1],
        };
        for (size_t s = 0; s < SERIES_COUNT; s++) {
            world->values[s][i] = values[s];
        }
    }
}

static void a_known_world_is_found(void **state)
{
    enum { WORLDS = 6, HELD = 400 };
    static double sample[HELD];
    double season_error = 0;
    double held = 0;
    double all = 0;
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct history world;
        struct history known;
        struct err err = {0};
        const struct drivers *drivers = NULL;
        struct arena kept = arena;
        struct flows flows;
        make_world(&world, seed);
        history_cut(&world, quarter_add(world.first, 67), &known);
        assert_true(drivers_fit(&known, &kept, &drivers, &err).ok);
        const double *season = drivers->fits[DRIVER_CLAIMS].season;
        season_error += fabs(season[2] - season[0] - log(1.15 / 0.9)) / WORLDS;
        for (size_t i = 0; i < HELD; i++) {
            flows_future(drivers, &tables, draw_key(seed, i), 4, &flows);
            sample[i] = flows.values[SERIES_WAITING][3];
        }
        scoring_sort(sample, HELD);
        const double number = history_value(&world, SERIES_WAITING, quarter_add(known.first, 71));
        held += scoring_quantile(sample, HELD, 0.1) <= number &&
                number <= scoring_quantile(sample, HELD, 0.9);
        all++;
        assert_true(fabs(scoring_quantile(sample, HELD, 0.5) / number - 1) < 0.15);
    }
    printf("# the season is out by %.3f; 80 %% intervals hold %.0f of %.0f\n", season_error, held,
           all);
    assert_true(season_error < 0.05);
    assert_true(held >= 0.7 * all);
}

static void seasonal_naive_by_hand(void **state)
{
    /* Four quarters of 10, 20, 30, 40, growing by 1, 2, 3 a year. */
    const double numbers[] = {10, 20, 30, 40, 11, 21, 31, 41, 13, 23, 33, 43, 16, 26, 36, 46};
    enum { COUNT = sizeof numbers / sizeof numbers[0], FUTURE_COUNT = 3000, AHEAD = 5 };
    static double samples[FUTURE_COUNT * AHEAD];
    double seen[3] = {0};
    struct err err;
    (void)state;
    assert_true(rival_seasonal(numbers, COUNT, AHEAD, 3, FUTURE_COUNT, samples, &err).ok);
    for (size_t i = 0; i < FUTURE_COUNT; i++) {
        const double change = samples[i * AHEAD] - 16;
        assert_true(change == 1 || change == 2 || change == 3);
        seen[(size_t)change - 1]++;
        /* Two years apart: 3 or 5. */
        const double change_of_two = samples[i * AHEAD + 4] - 16;
        assert_true(change_of_two == 3 || change_of_two == 5);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(seen[i] / FUTURE_COUNT - 1.0 / 3) < 0.04);
    }
    assert_false(rival_seasonal(numbers, 11, 4, 3, 10, samples, &err).ok);
}

static void what_cannot_be_asked(void **state)
{
    struct err err = {0};
    struct backtest backtest;
    struct backtest_question question = {.from = quarter_of("2023-Q4"),
                                         .to = quarter_of("2023-Q4"),
                                         .horizon = 1,
                                         .futures = FUTURES};
    struct quarter when;
    (void)state;
    assert_false(backtest_run(&published, &question, &arena, scratch, &backtest, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    question.to = quarter_of("2024-Q1");
    assert_false(backtest_run(&published, &question, &arena, scratch, &backtest, &err).ok);
    assert_false(quarter_parse(STR("2023-Q5"), &when, &err).ok);
    assert_false(quarter_parse(STR("2023Q4"), &when, &err).ok);
    assert_true(strstr(err.hint, "2023-Q4") != NULL);
    /* Appeals open are published from 2015-Q2. */
    question = (struct backtest_question){.from = quarter_of("2014-Q4"),
                                          .to = quarter_of("2015-Q4"),
                                          .horizon = 1,
                                          .futures = FUTURES};
    assert_false(backtest_run(&published, &question, &arena, scratch, &backtest, &err).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_numbers),      cmocka_unit_test(no_look_ahead),
        cmocka_unit_test(same_seed_same_numbers),     cmocka_unit_test(the_arithmetic_of_futures),
        cmocka_unit_test(people_live_what_flows_say), cmocka_unit_test(a_known_world_is_found),
        cmocka_unit_test(seasonal_naive_by_hand),     cmocka_unit_test(what_cannot_be_asked),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
