/* Aim: families of a procedure, where the answer is known: as many come of each kind as is said,
 * and as many people as without families; a stock has exactly its people; a family waits until
 * there is room for all of it, is waited for by those behind it, and is passed over where there
 * never will be; families of two before twice as many places wait as people alone do (Erlang 1917);
 * Little's law holds in people. RETURNHUB_SEED gives other futures. */
#include "small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY = 128 * 1024 * 1024, KINDS = 3 };

/* Counts who comes, by kind; the first is those alone. */
struct watcher {
    uint64_t came[SMALL_FAMILIES_MAX + 1];
    uint64_t in_stage[SMALL_STAGES_MAX][SMALL_FAMILIES_MAX + 1]; /* on the first day */
};

static struct world {
    struct small small;
    struct draw_tables tables;
    struct arena results;
    struct arena scratch;
    struct watcher watcher;
    uint64_t seed;
} world;

static int set_up(void **state)
{
    (void)state;
    const char *seed = getenv("RETURNHUB_SEED");
    world.seed = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)world.seed);
    draw_tables_make(&world.tables);
    struct err err;
    return arena_open(&world.results, MEMORY, &err).ok &&
                   arena_open(&world.scratch, MEMORY, &err).ok
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&world.results);
    arena_close(&world.scratch);
    return 0;
}

static uint32_t comes(void *context, const struct procedure_who *who, uint32_t stage, int32_t day)
{
    (void)context;
    const size_t kind = who->family == PROCEDURE_NONE ? 0 : who->family + 1;
    world.watcher.came[kind] += day >= 0;
    world.watcher.in_stage[stage][kind] += day < 0;
    return 0;
}

static uint32_t steps(void *context, const struct procedure_who *who, uint32_t from, uint32_t step,
                      uint32_t to, int32_t day)
{
    (void)context;
    (void)who;
    (void)from;
    (void)step;
    (void)to;
    (void)day;
    return 0;
}

static result clears_all(void *context, uint32_t way, const struct procedure_candidate *candidates,
                         size_t count, int32_t day, enum procedure_clearance *ret_clearances,
                         struct err *err)
{
    (void)context;
    (void)way;
    (void)candidates;
    (void)day;
    (void)err;
    for (size_t i = 0; i < count; i++) {
        ret_clearances[i] = CLEARED;
    }
    return result_ok();
}

static const struct procedure_law law = {
    .begin = comes, .step = steps, .judge = clears_all, .days_between = 7};

static struct procedure_outcome run(uint64_t future)
{
    struct procedure_outcome outcome;
    struct err err = {0};
    memset(&world.watcher, 0, sizeof world.watcher);
    world.small.procedure.law = &law;
    arena_reset(&world.results);
    const result ran = procedure_run(&world.small.procedure, &world.tables, world.seed, future,
                                     &world.results, world.scratch, &outcome, &err);
    if (!ran.ok) {
        fail_msg("%s", err.what);
    }
    return outcome;
}

/* Two adults; one and two children; three and one: 0.06, 0.04 and 0.02 families a person. */
static const double of_kind[KINDS] = {0.06, 0.04, 0.02};
static const uint32_t people_of[KINDS] = {2, 3, 4};

static void three_kinds(double *families, double part)
{
    for (size_t i = 0; i < KINDS; i++) {
        families[i] = part * of_kind[i];
    }
}

static void begin(size_t quarters)
{
    small_begin(&world.small, quarters);
    world.small.steps[world.small.procedure.step_count++] = small_name(&world.small, "step", 0);
    small_family(&world.small, 2, 0);
    small_family(&world.small, 1, 2);
    small_family(&world.small, 3, 1);
}

static bool is_poisson(uint64_t count, double mean)
{
    print_message("# %llu, expected %.0f\n", (unsigned long long)count, mean);
    return fabs((double)count - mean) < 5 * sqrt(mean);
}

/* Of two groups, of which the second has half as many families; a fifth does not come. */
static void as_many_come_as_is_said(void **state)
{
    (void)state;
    struct small *small = &world.small;
    begin(4);
    small->procedure.group_count = 2;
    small->groups[1] = small_name(small, "group", 1);
    const uint32_t here = small_stage(small, PROCEDURE_NONE);
    small_arrivals(small, here, small_always(small, 400));
    double *families = small_families(small, 2);
    three_kinds(families, 1);
    three_kinds(&families[KINDS], 0.5);
    small->arrivals[0].families = families;
    small->arrivals[0].kept = *small_always(small, 0.8).of;
    const size_t came = small_series(small, TERM_ARRIVALS, 0);
    const struct procedure_outcome outcome = run(0);
    const double people = 366 * 400 * 0.8; /* of each group */
    double alone = 2 * people;
    double counted = (double)world.watcher.came[0];
    for (size_t i = 0; i < KINDS; i++) {
        assert_true(is_poisson(world.watcher.came[i + 1], 1.5 * people * of_kind[i]));
        alone -= 1.5 * people * of_kind[i] * people_of[i];
        counted += (double)(world.watcher.came[i + 1] * people_of[i]);
    }
    assert_true(is_poisson(world.watcher.came[0], alone));
    double sum = 0;
    for (size_t q = 0; q < 4; q++) {
        sum += outcome.values[came * 4 + q];
    }
    assert_true(sum == counted);
    assert_int_equal(outcome.begun, (uint64_t)counted);
    assert_int_equal(outcome.present, outcome.begun);
}

/* Exactly so many people, and of each kind a number that is rounded up or down. A stock too small
 * for its families has fewer of them. */
static void a_stock_has_its_people(void **state)
{
    (void)state;
    struct small *small = &world.small;
    begin(1);
    double *families = small_families(small, 1);
    three_kinds(families, 1);
    static const int64_t counts[] = {1, 7, 100, 5003};
    for (size_t i = 0; i < 4; i++) {
        small_stage(small, PROCEDURE_NONE);
        small_stock(small, (uint32_t)i, 0, counts[i], 10, 100);
        small->stock[i].families = families;
    }
    double mean = 0;
    for (uint64_t future = 0; future < 50; future++) {
        assert_int_equal(run(future).begun, 1 + 7 + 100 + 5003);
        for (size_t i = 0; i < 4; i++) {
            const uint64_t *in = world.watcher.in_stage[i];
            assert_int_equal(in[0] + 2 * in[1] + 3 * in[2] + 4 * in[3], counts[i]);
            for (size_t k = 0; k < KINDS; k++) {
                assert_true((double)in[k + 1] < (double)counts[i] * of_kind[k] + 1);
                assert_true(i < 2 || (double)in[k + 1] > (double)counts[i] * of_kind[k] - 1);
            }
        }
        mean += (double)world.watcher.in_stage[2][2] / 50;
    }
    assert_true(fabs(mean - 4) < 1e-9); /* 100 times 0.04 is whole */
}

/* A stage before a station, and one that holds its places for exactly ten days. */
static uint32_t waiting_for(uint32_t station)
{
    struct small *small = &world.small;
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const bool holds = small->stations[station].places.count > 0;
    const uint32_t inside = small_stage(small, holds ? station : PROCEDURE_NONE);
    const uint32_t gone = small_outcome(small);
    struct procedure_way *turn = small_way(small, waiting, WAY_WHEN_SERVED);
    turn->station = station;
    small_branch(small, turn, inside, small_always(small, 1));
    struct procedure_way *done = small_way(small, inside, WAY_AFTER_WAIT);
    done->mean = small_always(small, 10);
    small_branch(small, done, gone, small_always(small, 1));
    return waiting;
}

/* One family of so many people, or somebody alone, who has waited so long. */
static void somebody(uint32_t stage, uint32_t people, double waited)
{
    struct small *small = &world.small;
    small_stock(small, stage, 0, people, waited, waited);
    if (people > 1) {
        double *families = small_families(small, 1);
        for (size_t i = 0; i < small->procedure.family_count; i++) {
            const struct procedure_family *family = &small->families[i];
            families[i] = family->adults + family->children == people ? 1.0 / people : 0;
        }
        small->stock[small->procedure.stock_count - 1].families = families;
    }
}

/* Five places. On day 0 the three go in; the four need more than the two places that are left, and
 * the two people behind them wait for them. On day 10 the four and one of these go in, on day 20
 * the other. The six are more than the places there are in all. */
static void there_must_be_room_for_all(void **state)
{
    (void)state;
    struct small *small = &world.small;
    begin(1);
    small_family(small, 2, 4);
    const uint32_t station = small_station(small);
    small->stations[station].places = *small_always(small, 5).of;
    const uint32_t waiting = waiting_for(station);
    const size_t taken = small_series(small, TERM_TAKEN, station);
    const size_t left = small_series(small, TERM_STAGE, waiting);
    const size_t left_in_families = small_series(small, TERM_IN_FAMILIES, waiting);
    somebody(waiting, 6, 200);
    somebody(waiting, 3, 100);
    somebody(waiting, 4, 90);
    somebody(waiting, 1, 80);
    somebody(waiting, 1, 70);
    small->procedure.check_every_event = true;
    const struct procedure_outcome outcome = run(0);
    assert_int_equal(outcome.begun, 15);
    assert_int_equal(outcome.stations[station].served, 9);
    assert_true(outcome.stations[station].waited == 3 * 100 + 4 * 100 + 90 + 90);
    assert_true(fabs(outcome.stations[station].line_days - (4 * 10 + 10 + 20 + 6 * 91)) < 1e-9);
    assert_true(fabs(outcome.stations[station].taken_days - 9 * 10) < 1e-9);
    assert_true(outcome.values[taken] == 0 && outcome.values[left] == 6);
    assert_true(outcome.values[left_in_families] == 6);
    assert_int_equal(outcome.present, 6);
}

/* Who has waited for 95 days goes away: the four on day 5, and then there is room for the two
 * behind them. */
static void who_goes_away_is_no_longer_waited_for(void **state)
{
    (void)state;
    struct small *small = &world.small;
    begin(1);
    const uint32_t station = small_station(small);
    small->stations[station].places = *small_always(small, 5).of;
    const uint32_t waiting = waiting_for(station);
    const uint32_t away = small_outcome(small);
    struct procedure_way *leaves = small_way(small, waiting, WAY_AFTER_WAIT);
    leaves->mean = small_always(small, 95);
    small_branch(small, leaves, away, small_always(small, 1));
    somebody(waiting, 3, 92);
    somebody(waiting, 4, 90);
    somebody(waiting, 1, 80);
    somebody(waiting, 1, 70);
    const struct procedure_outcome outcome = run(0);
    assert_int_equal(outcome.stations[station].served, 5);
    assert_true(outcome.stations[station].waited == 3 * 92 + 85 + 75);
    assert_int_equal(outcome.ended, 9);
}

/* Two a day. The four are begun with two, and what they use beyond is that of day 1; then two a day
 * again, and the half of day 4 (1.5 from then on) is kept for day 5. */
static void an_allowance_is_used_beforehand(void **state)
{
    (void)state;
    struct small *small = &world.small;
    begin(1);
    const uint32_t station = small_station(small);
    small->stations[station].allowance = *small_change(small, 2, 4, 1.5).of;
    const uint32_t waiting = waiting_for(station);
    somebody(waiting, 4, 100);
    for (int i = 0; i < 8; i++) {
        somebody(waiting, 1, 50);
    }
    const struct procedure_outcome outcome = run(0);
    assert_int_equal(outcome.stations[station].served, 12);
    /* Two on day 2, two on day 3, one on day 4, two on day 5, one on day 6. */
    assert_true(outcome.stations[station].waited ==
                4 * 100 + 8 * 50 + 2 * 2 + 2 * 3 + 4 + 2 * 5 + 6);
}

/* The mean wait in line of M/M/c. */
static double erlang_wait(double rate, double service, int servers)
{
    const double load = rate * service;
    double blocked = 1;
    for (int i = 1; i <= servers; i++) {
        blocked = load * blocked / (i + load * blocked);
    }
    const double waits = blocked / (1 - load / servers * (1 - blocked));
    return waits * service / (servers - load);
}

/* Families of two alone, before eight places: M/M/4 of families. */
static void families_wait_as_people_do(void **state)
{
    (void)state;
    struct small *small = &world.small;
    small_begin(small, 80);
    small_family(small, 1, 1);
    const uint32_t station = small_station(small);
    small->stations[station].places = *small_always(small, 8).of;
    const uint32_t waiting = small_stage(small, PROCEDURE_NONE);
    const uint32_t inside = small_stage(small, station);
    const uint32_t gone = small_outcome(small);
    struct procedure_way *turn = small_way(small, waiting, WAY_WHEN_SERVED);
    turn->station = station;
    small_branch(small, turn, inside, small_always(small, 1));
    struct procedure_way *done = small_way(small, inside, WAY_AFTER_WAIT);
    done->waiting = DISTRIBUTION_EXPONENTIAL;
    done->mean = small_always(small, 1);
    small_branch(small, done, gone, small_always(small, 1));
    small_arrivals(small, waiting, small_always(small, 6));
    double *families = small_families(small, 1);
    families[0] = 0.5;
    small->arrivals[0].families = families;
    enum { FUTURES = 24 };
    double waits[FUTURES];
    double mean = 0;
    for (uint64_t i = 0; i < FUTURES; i++) {
        const struct station_count count = run(i).stations[station];
        assert_int_equal(count.served % 2, 0);
        waits[i] = count.waited / (double)count.served;
        mean += waits[i] / FUTURES;
        /* Little: but for those who still wait, what waits is the rate times the wait. */
        assert_true(count.line_days >= count.waited - 1e-6);
        assert_true(count.line_days - count.waited < 0.03 * 7300);
    }
    double squares = 0;
    for (size_t i = 0; i < FUTURES; i++) {
        squares += (waits[i] - mean) * (waits[i] - mean);
    }
    const double error = sqrt(squares / (FUTURES - 1) / FUTURES);
    const double expected = erlang_wait(3, 1, 4);
    print_message("# wait %.5f, by the formula %.5f, standard error %.5f\n", mean, expected, error);
    assert_true(fabs(mean - expected) < 3 * error && error < 0.1 * expected);
}

static void what_cannot_be(void **state)
{
    (void)state;
    struct small *small = &world.small;
    struct err err = {0};
    begin(1);
    const uint32_t here = small_stage(small, PROCEDURE_NONE);
    small_arrivals(small, here, small_always(small, 1));
    double *families = small_families(small, 1);
    three_kinds(families, 4);
    small->arrivals[0].families = families;
    struct procedure procedure = small->procedure;
    assert_false(procedure_check(&procedure, &err).ok);
    assert_non_null(strstr(err.what, "more people in families than people"));
    three_kinds(families, 1);
    assert_true(procedure_check(&procedure, &err).ok);
    families[1] = -0.01;
    assert_false(procedure_check(&procedure, &err).ok);
    families[1] = 0;
    small->families[0] = (struct procedure_family){1, 0};
    assert_false(procedure_check(&procedure, &err).ok);
    assert_non_null(strstr(err.what, "A family of 1 adults and 0 children"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_come_as_is_said),
        cmocka_unit_test(a_stock_has_its_people),
        cmocka_unit_test(there_must_be_room_for_all),
        cmocka_unit_test(who_goes_away_is_no_longer_waited_for),
        cmocka_unit_test(an_allowance_is_used_beforehand),
        cmocka_unit_test(families_wait_as_people_do),
        cmocka_unit_test(what_cannot_be),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
