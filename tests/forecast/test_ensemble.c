/* Aim: an ensemble says the same to the last byte on one thread and on several, and when it is run
 * in parts; two scenarios with one seed differ only by what they change; a future that fails is
 * told, whichever thread ran it; quantiles are those of the definition. */
#include "forecast/ensemble.h"
#include "small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FUTURES = 40, MEMORY = 32 * 1024 * 1024 };

/* The procedure of a future: the allowance of its station is drawn. */
struct maker {
    const struct small *small;
    double kept;
    uint64_t fails; /* from this future on */
};

static result make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                   const struct procedure **ret_procedure, struct err *err)
{
    const struct maker *maker = context;
    if (future >= maker->fails) {
        return err_set(err, ERROR_INPUT, "future %d", (int)future);
    }
    struct procedure *procedure = ARENA_NEW(arena, struct procedure, 1);
    struct procedure_station *stations = ARENA_NEW(arena, struct procedure_station, 1);
    struct procedure_arrivals *arrivals = ARENA_NEW(arena, struct procedure_arrivals, 1);
    struct schedule_point *points = ARENA_NEW(arena, struct schedule_point, 2);
    struct draw draw = draw_begin(draw_key(seed, future), 77);
    *procedure = maker->small->procedure;
    stations[0] = procedure->stations[0];
    arrivals[0] = procedure->arrivals[0];
    points[0] = (struct schedule_point){SCHEDULE_ALWAYS, 2 + 2 * draw_unit(&draw)};
    points[1] = (struct schedule_point){SCHEDULE_ALWAYS, maker->kept};
    stations[0].allowance = (struct schedule){&points[0], 1};
    arrivals[0].kept = (struct schedule){&points[1], 1};
    procedure->stations = stations;
    procedure->arrivals = arrivals;
    *ret_procedure = procedure;
    return result_ok();
}

static void make_small(struct small *small)
{
    small_begin(small, 3);
    const uint32_t station = small_station(small);
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const uint32_t gone = small_outcome(small);
    struct procedure_way *way = small_way(small, waiting, WAY_WHEN_SERVED);
    way->station = station;
    small_branch(small, way, gone, small_always(small, 1));
    struct procedure_way *other = small_way(small, waiting, WAY_BY_HAZARD);
    other->hazard = small_always(small, 0.001);
    small_branch(small, other, gone, small_always(small, 1));
    small_arrivals(small, waiting, small_always(small, 4));
    small_series(small, TERM_STAGE, waiting);
    small_series(small, TERM_ARRIVALS, 0);
    small_series(small, TERM_STEP, 1);
    small->stations[0].allowance = *small_always(small, 1).of;
}

static struct ensemble run(struct maker *maker, uint64_t first, uint64_t count, unsigned threads,
                           struct arena *arena)
{
    const struct ensemble_question question = {
        .make = make,
        .make_context = maker,
        .series_count = 3,
        .quarter_count = 3,
        .seed = 9,
        .first = first,
        .count = count,
        .threads = threads,
        .bytes_a_future = MEMORY,
    };
    struct ensemble ensemble;
    struct err err;
    assert_true(ensemble_run(&question, arena, &ensemble, &err).ok);
    return ensemble;
}

static struct small small;

static void same_bytes(void **state)
{
    (void)state;
    make_small(&small);
    struct maker maker = {&small, 1, UINT64_MAX};
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, MEMORY, &err).ok);
    const struct ensemble one = run(&maker, 0, FUTURES, 1, &arena);
    const struct ensemble three = run(&maker, 0, FUTURES, 3, &arena);
    const struct ensemble late = run(&maker, 25, FUTURES - 25, 2, &arena);
    assert_memory_equal(one.values, three.values, FUTURES * 9 * sizeof(double));
    assert_memory_equal(&one.values[25 * 9], late.values, (FUTURES - 25) * 9 * sizeof(double));
    assert_int_equal(one.event_count, three.event_count);
    /* And futures are not all the same. */
    assert_memory_not_equal(&one.values[0], &one.values[9], 9 * sizeof(double));
    arena_close(&arena);
}

/* Fewer come: in no future does a quarter see somebody come who did not before, and the difference
 * is far steadier than two seeds would give. */
static void common_numbers(void **state)
{
    (void)state;
    make_small(&small);
    struct maker all = {&small, 1, UINT64_MAX};
    struct maker fewer = {&small, 0.9, UINT64_MAX};
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, MEMORY, &err).ok);
    const struct ensemble before = run(&all, 0, FUTURES, 2, &arena);
    const struct ensemble after = run(&fewer, 0, FUTURES, 2, &arena);
    struct ensemble_summary own;
    struct ensemble_summary difference;
    for (size_t quarter = 0; quarter < 3; quarter++) {
        assert_true(ensemble_summarise(&before, NULL, 1, quarter, arena, &own, &err).ok);
        assert_true(ensemble_summarise(&after, &before, 1, quarter, arena, &difference, &err).ok);
        assert_true(difference.high[2] <= 0);
        assert_true(fabs(difference.mean + 0.1 * own.mean) < 0.02 * own.mean);
        assert_true(difference.high[1] - difference.low[1] < 0.6 * (own.high[1] - own.low[1]));
    }
    arena_close(&arena);
}

static void failure_is_told(void **state)
{
    (void)state;
    make_small(&small);
    struct maker maker = {&small, 1, 7};
    struct ensemble_question question = {.make = make,
                                         .make_context = &maker,
                                         .series_count = 3,
                                         .quarter_count = 3,
                                         .count = FUTURES,
                                         .threads = 3,
                                         .bytes_a_future = MEMORY};
    struct arena arena;
    struct ensemble ensemble;
    struct err err;
    assert_true(arena_open(&arena, MEMORY, &err).ok);
    assert_false(ensemble_run(&question, &arena, &ensemble, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_string_equal(err.what, "future 7");
    question.threads = 0;
    assert_false(ensemble_run(&question, &arena, &ensemble, &err).ok);
    question.threads = 1;
    question.bytes_a_future = 1000;
    maker.fails = UINT64_MAX;
    assert_false(ensemble_run(&question, &arena, &ensemble, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&arena);
}

static void quantiles(void **state)
{
    (void)state;
    /* 1, 2, ... 101 in some order: the quantile p is 1 + 100 p. */
    double values[101];
    for (size_t i = 0; i < 101; i++) {
        values[i] = (double)(i * 37 % 101) + 1;
    }
    const struct ensemble ensemble = {1, 1, 101, values, 0};
    struct ensemble_summary summary;
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, MEMORY, &err).ok);
    assert_true(ensemble_summarise(&ensemble, NULL, 0, 0, arena, &summary, &err).ok);
    static const double low[] = {26, 11, 3.5};
    assert_true(fabs(summary.median - 51) < 1e-9 && fabs(summary.mean - 51) < 1e-9);
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        assert_true(fabs(summary.low[i] - low[i]) < 1e-9);
        assert_true(fabs(summary.high[i] - (102 - low[i])) < 1e-9);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(common_numbers),
        cmocka_unit_test(failure_is_told),
        cmocka_unit_test(quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
