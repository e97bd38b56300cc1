/* Aim: what the engine says of queues for which the answer is known. Each figure is the mean of
 * independent futures; it must lie within three standard errors of the formula. The seed is
 * printed; RETURNHUB_SEED gives another. Sources: Erlang 1917 (M/M/c, loss), Pollaczek 1930 and
 * Khinchine 1932 (M/G/1), Jackson 1957, Little 1961. */
#include "small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FUTURES = 24, QUARTERS = 80, MEMORY = 64 * 1024 * 1024 };

struct bench {
    struct small small;
    struct draw_tables tables;
    struct arena arena;
    uint64_t seed;
    /* of each future */
    double wait[FUTURES][SMALL_STATIONS_MAX];
    double line[FUTURES][SMALL_STATIONS_MAX];  /* mean length */
    double taken[FUTURES][SMALL_STATIONS_MAX]; /* mean places taken */
    double value[FUTURES];                     /* series 0 over series 1, all quarters */
    double little[FUTURES]; /* mean line less the waits of those served, of station 0 */
};

static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    const char *seed = getenv("RETURNHUB_SEED");
    bench.seed = seed == NULL ? 20240101 : strtoull(seed, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)bench.seed);
    draw_tables_make(&bench.tables);
    struct err err;
    return arena_open(&bench.arena, MEMORY, &err).ok ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&bench.arena);
    return 0;
}

static void run_one(size_t future)
{
    const struct procedure *procedure = &bench.small.procedure;
    struct procedure_outcome outcome;
    struct err err = {0};
    arena_reset(&bench.arena);
    struct arena results = bench.arena;
    results.end = results.at + MEMORY / 4;
    struct arena scratch = bench.arena;
    scratch.at = results.end;
    const result ran = procedure_run(procedure, &bench.tables, bench.seed, future, &results,
                                     scratch, &outcome, &err);
    if (!ran.ok) {
        print_message("# %s\n", err.what);
    }
    assert_true(ran.ok);
    const double days = date_days_between(
        procedure->begin,
        date_add_months(procedure->begin, 3 * (int32_t)procedure->quarter_count, DATE_ROUND_DOWN));
    for (size_t i = 0; i < procedure->station_count; i++) {
        const struct station_count *count = &outcome.stations[i];
        bench.wait[future][i] = count->waited / (double)count->served;
        bench.line[future][i] = count->line_days / days;
        bench.taken[future][i] = count->taken_days / days;
    }
    const struct station_count *first = &outcome.stations[0];
    bench.little[future] = (first->line_days - first->waited) / days;
    double sums[2] = {0, 0};
    for (size_t i = 0; i < 2 && i < procedure->series_count; i++) {
        for (size_t q = 0; q < procedure->quarter_count; q++) {
            sums[i] += outcome.values[i * procedure->quarter_count + q];
        }
    }
    bench.value[future] = sums[1] > 0 ? sums[0] / sums[1] : 0;
}

static void run_all(void)
{
    for (size_t i = 0; i < FUTURES; i++) {
        run_one(i);
    }
}

static bool is_near(const double *values, size_t stride, double expected, const char *what)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < FUTURES; i++) {
        sum += values[i * stride];
    }
    const double mean = sum / FUTURES;
    for (size_t i = 0; i < FUTURES; i++) {
        squares += (values[i * stride] - mean) * (values[i * stride] - mean);
    }
    const double error = sqrt(squares / (FUTURES - 1) / FUTURES);
    print_message("# %s: %.5f, by the formula %.5f, standard error %.5f\n", what, mean, expected,
                  error);
    return fabs(mean - expected) < 3 * error && error < 0.1 * expected + 1e-3;
}

/* ---- the formulas ---- */

static double erlang_b(double load, int servers)
{
    double blocked = 1;
    for (int i = 1; i <= servers; i++) {
        blocked = load * blocked / (i + load * blocked);
    }
    return blocked;
}

/* The mean wait in line of M/M/c. */
static double erlang_wait(double rate, double service, int servers)
{
    const double load = rate * service;
    const double blocked = erlang_b(load, servers);
    const double waits = blocked / (1 - load / servers * (1 - blocked));
    return waits * service / (servers - load);
}

/* ---- the models ---- */

/* People come to a line before `servers` places, are served, and go on by the way that is
 * returned; with `loss` who finds no place goes away. */
static struct procedure_way *queue(struct small *small, struct schedules servers,
                                   uint32_t *ret_wait)
{
    const uint32_t station = small_station(small);
    small->stations[station].places = *servers.of;
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const uint32_t serving = small_stage(small, station);
    struct procedure_way *turn = small_way(small, waiting, WAY_WHEN_SERVED);
    turn->station = station;
    small_branch(small, turn, serving, small_always(small, 1));
    *ret_wait = waiting;
    return small_way(small, serving, WAY_AFTER_WAIT);
}

static void one_queue(double rate, int servers, enum distribution_kind kind, double mean,
                      double shape)
{
    struct small *small = &bench.small;
    small_begin(small, QUARTERS);
    uint32_t waiting;
    struct procedure_way *done = queue(small, small_always(small, servers), &waiting);
    done->waiting = kind;
    done->mean = small_always(small, mean);
    done->shape = shape;
    const uint32_t gone = small_outcome(small);
    small_branch(small, done, gone, small_always(small, 1));
    small_arrivals(small, waiting, small_always(small, rate));
}

static void many_servers(void **state)
{
    (void)state;
    one_queue(3, 4, DISTRIBUTION_EXPONENTIAL, 1, 0);
    run_all();
    const double wait = erlang_wait(3, 1, 4);
    assert_true(is_near(&bench.wait[0][0], SMALL_STATIONS_MAX, wait, "wait in M/M/4"));
    assert_true(is_near(&bench.line[0][0], SMALL_STATIONS_MAX, 3 * wait, "line in M/M/4"));
    assert_true(is_near(&bench.taken[0][0], SMALL_STATIONS_MAX, 3, "servers busy in M/M/4"));
    /* Little: what waits on average is the rate times the wait, but for those who still wait. */
    for (size_t i = 0; i < FUTURES; i++) {
        assert_true(bench.little[i] > -1e-9 && bench.little[i] < 0.01);
    }
}

static void one_server_any_service(void **state)
{
    (void)state;
    static const struct {
        enum distribution_kind kind;
        double shape;
        double square; /* mean square of the service, its mean being 1 */
        const char *what;
    } cases[] = {
        {DISTRIBUTION_FIXED, 0, 1, "wait in M/D/1"},
        {DISTRIBUTION_EXPONENTIAL, 0, 2, "wait in M/M/1"},
        {DISTRIBUTION_LOGNORMAL, 0.8, 1.8964808793049515, "wait in M/G/1, lognormal"},
        {DISTRIBUTION_GAMMA, 0.5, 3, "wait in M/G/1, gamma"},
        {DISTRIBUTION_UNIFORM, 1, 4.0 / 3, "wait in M/G/1, uniform"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        one_queue(2, 1, cases[i].kind, 0.35, cases[i].shape);
        run_all();
        const double wait = 2 * cases[i].square * 0.35 * 0.35 / (2 * (1 - 0.7));
        assert_true(is_near(&bench.wait[0][0], SMALL_STATIONS_MAX, wait, cases[i].what));
    }
}

/* Who finds no place goes away at once. The answer does not depend on the shape of the service. */
static void loss(void **state)
{
    (void)state;
    struct small *small = &bench.small;
    one_queue(6, 8, DISTRIBUTION_LOGNORMAL, 1, 1);
    const uint32_t away = small_outcome(small);
    struct procedure_way *turned = small_way(small, 0, WAY_AFTER_WAIT);
    turned->mean = small_always(small, 0);
    small_branch(small, turned, away, small_always(small, 1));
    const uint32_t step = (uint32_t)small->procedure.step_count - 1;
    small_series(small, TERM_STEP, step);
    small_series(small, TERM_ARRIVALS, 0);
    run_all();
    assert_true(is_near(bench.value, 1, erlang_b(6, 8), "share turned away (Erlang B)"));
}

/* Three stations; from each some go to the next, some back to the first, some away. In the long run
 * each is as if it stood alone. */
static void network(void **state)
{
    (void)state;
    static const double service[3] = {0.5, 0.8, 0.3};
    static const int servers[3] = {2, 3, 1};
    struct small *small = &bench.small;
    small_begin(small, QUARTERS);
    uint32_t waiting[3];
    struct procedure_way *done[3];
    for (size_t i = 0; i < 3; i++) {
        done[i] = queue(small, small_always(small, servers[i]), &waiting[i]);
        done[i]->waiting = DISTRIBUTION_EXPONENTIAL;
        done[i]->mean = small_always(small, service[i]);
    }
    const uint32_t gone = small_outcome(small);
    for (size_t i = 0; i < 3; i++) {
        done[i]->branches = &small->branches[small->branch_count];
        small_branch(small, done[i], i < 2 ? waiting[i + 1] : gone, small_always(small, 0.8));
        small_branch(small, done[i], waiting[0], small_always(small, 0.2));
    }
    small_arrivals(small, waiting[0], small_always(small, 1.4));
    run_all();
    /* x0 = 1.4 + 0.2 (x0 + x1 + x2), x1 = 0.8 x0, x2 = 0.64 x0 */
    const double x0 = 1.4 / (1 - 0.2 * (1 + 0.8 + 0.64));
    const double rate[3] = {x0, 0.8 * x0, 0.64 * x0};
    for (size_t i = 0; i < 3; i++) {
        char what[40];
        snprintf(what, sizeof what, "line at station %zu of three", i + 1);
        assert_true(is_near(&bench.line[0][i], SMALL_STATIONS_MAX,
                            rate[i] * erlang_wait(rate[i], service[i], servers[i]), what));
    }
}

/* A chance a day that changes: who waits since day 0 is gone by the two chances added up. */
static void hazards(void **state)
{
    (void)state;
    struct small *small = &bench.small;
    small_begin(small, 1);
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const uint32_t gone = small_outcome(small);
    struct procedure_way *way = small_way(small, waiting, WAY_BY_HAZARD);
    way->hazard = small_change(small, 0.002, 50, 0.02);
    small_branch(small, way, gone, small_always(small, 1));
    small_stock(small, waiting, 0, 20000, 0, 100);
    small_station(small);
    small_series(small, TERM_STEP, 0);
    small_series(small, TERM_STAGE, waiting);
    run_all();
    /* The first quarter of 2024 has 91 days. */
    const double gone_share = 1 - exp(-(50 * 0.002 + 41 * 0.02));
    assert_true(
        is_near(bench.value, 1, gone_share / (1 - gone_share), "gone to those who are not"));
}

/* The decision of a day that has an allowance of `n`: who waits falls by n less those who come. */
static void allowances(void **state)
{
    (void)state;
    struct small *small = &bench.small;
    small_begin(small, 2);
    const uint32_t station = small_station(small);
    small->stations[station].allowance = *small_change(small, 2.5, 100, 4).of;
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const uint32_t gone = small_outcome(small);
    struct procedure_way *way = small_way(small, waiting, WAY_WHEN_SERVED);
    way->station = station;
    small_branch(small, way, gone, small_always(small, 1));
    small_stock(small, waiting, 0, 1000, 0, 500);
    const size_t decided = small_series(small, TERM_STEP, 0);
    const size_t left = small_series(small, TERM_STAGE, waiting);
    const size_t old = small_series(small, TERM_STAGE_LONG, waiting);
    small->terms[old].days = 500;
    const size_t days = small_series(small, TERM_STAGE_DAYS, waiting);
    struct arena results = {0};
    struct arena scratch = {0};
    struct err err;
    assert_true(arena_open(&results, MEMORY, &err).ok && arena_open(&scratch, MEMORY, &err).ok);
    struct procedure_outcome outcome;
    assert_true(
        procedure_run(&small->procedure, &bench.tables, 1, 1, &results, scratch, &outcome, &err)
            .ok);
    /* 91 days of 2.5: on day d (from 0) the floor of 2.5 (d + 1) are done. The end of the quarter
     * comes before the next day. */
    assert_true(outcome.values[decided * 2] == 227);
    assert_true(outcome.values[left * 2] == 773);
    /* 91 more: 9 of 2.5 (227.5 to 250), then 82 of 4. */
    assert_true(outcome.values[decided * 2 + 1] == 250 - 227 + 82 * 4);
    /* 182 came more than 409 days before the beginning, and the oldest 227 are gone. */
    assert_true(outcome.values[old * 2] == 0);
    double expected = 0;
    for (int d = 0; d < 91; d++) {
        expected += 1000 - floor(2.5 * (d + 1));
    }
    assert_true(fabs(outcome.values[days * 2] - expected) < 1e-6);
    arena_close(&results);
    arena_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_servers), cmocka_unit_test(one_server_any_service),
        cmocka_unit_test(loss),         cmocka_unit_test(network),
        cmocka_unit_test(hazards),      cmocka_unit_test(allowances),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
