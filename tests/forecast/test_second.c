/* Aim: the engine and a second, plain implementation (second.c) take every person of random small
 * procedures through the same steps on the same days, in the same order, to the same counts; with
 * the invariants looked at after every event. RETURNHUB_SEED gives other models. */
#include "base/random.h"
#include "second.h"
#include "small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MODELS = 60, MEMORY = 32 * 1024 * 1024, PEOPLE_NUMBERS = 65536, DAYS = 366 };

struct watcher {
    uint64_t keys[PEOPLE_NUMBERS];
    const struct procedure *procedure;
    struct second_trace trace;
};

static uint32_t sees_begin(void *context, const struct procedure_who *who, uint32_t stage,
                           int32_t day)
{
    (void)stage;
    (void)day;
    ((struct watcher *)context)->keys[who->person] = who->key;
    return who->person;
}

static uint32_t sees_step(void *context, const struct procedure_who *who, uint32_t from,
                          uint32_t step, uint32_t to, int32_t day)
{
    (void)from;
    (void)to;
    struct watcher *watcher = context;
    assert_int_equal(who->seat, who->person);
    watcher->trace.steps[watcher->trace.count++] = (struct second_step){
        watcher->keys[who->person], step, second_people(watcher->procedure, who->family), day};
    return who->seat;
}

static result judges_as_the_second(void *context, uint32_t way,
                                   const struct procedure_candidate *candidates, size_t count,
                                   int32_t day, enum procedure_clearance *ret_clearances,
                                   struct err *err)
{
    (void)err;
    const struct watcher *watcher = context;
    for (size_t i = 0; i < count; i++) {
        ret_clearances[i] = second_clearance(watcher->keys[candidates[i].person], way, day);
    }
    return result_ok();
}

static int32_t gives_notice(void *context, uint32_t way, int32_t day)
{
    (void)context;
    return second_notice(way, day);
}

static struct schedules any_share(struct small *small, struct random *random)
{
    const double before = random_unit(random);
    if (random_chance(random, 0.5)) {
        return small_always(small, before);
    }
    return small_change(small, before, (int32_t)random_below(random, 200), random_unit(random));
}

static void any_kind(struct small *small, struct random *random, struct procedure_way *way)
{
    switch (way->kind) {
    case WAY_AFTER_WAIT:
        way->waiting = (enum distribution_kind)random_below(random, 5);
        way->mean = small_always(small, random_chance(random, 0.15) ? 0 : 60 * random_unit(random));
        way->shape = 0.1 + 0.8 * random_unit(random);
        break;
    case WAY_BY_HAZARD:
        way->hazard = small_change(small, 0.02 * random_unit(random),
                                   (int32_t)random_below(random, 300), 0.05 * random_unit(random));
        break;
    case WAY_WHEN_SERVED:
        break;
    }
}

/* A stage that a way may lead to: not one that holds a place which the way does not give, and not
 * round and round without time passing. */
static uint32_t any_target(const struct small *small, struct random *random, uint32_t from,
                           const struct procedure_way *way)
{
    const bool no_time = way->kind == WAY_WHEN_SERVED ||
                         (way->kind == WAY_AFTER_WAIT && way->mean.of->points[0].value < 1);
    for (;;) {
        const uint32_t to = (uint32_t)random_below(random, small->procedure.stage_count);
        const uint32_t holds = small->stages[to].holds;
        if ((!no_time || to > from) &&
            (holds == PROCEDURE_NONE || holds == small->stages[from].holds ||
             (way->kind == WAY_WHEN_SERVED && way->station == holds))) {
            return to;
        }
    }
}

static void any_way(struct small *small, struct random *random, uint32_t stage,
                    enum procedure_way_kind kind)
{
    struct procedure_way *way = small_way(small, stage, kind);
    any_kind(small, random, way);
    if (random_chance(random, 0.3)) {
        way->open = any_share(small, random);
    }
    if (kind == WAY_WHEN_SERVED) {
        way->station = (uint32_t)random_below(random, small->procedure.station_count);
    }
    const size_t branches = 1 + random_below(random, 3);
    for (size_t i = 0; i < branches; i++) {
        small_branch(small, way, any_target(small, random, stage, way), any_share(small, random));
    }
}

static void any_station(struct small *small, struct random *random)
{
    struct procedure_station *station = &small->stations[small_station(small)];
    const uint64_t kind = random_below(random, 3);
    if (kind != 0) {
        station->places =
            *small_change(small, (double)random_below(random, 8),
                          (int32_t)random_below(random, 200), (double)random_below(random, 8))
                 .of;
    }
    if (kind != 1) {
        station->allowance =
            *small_change(small, 1.5 * random_unit(random), (int32_t)random_below(random, 200),
                          2 * random_unit(random))
                 .of;
    }
    station->order = random_chance(random, 0.25) ? STATION_NEWEST_FIRST : STATION_OLDEST_FIRST;
}

/* Half of the ways that alone are served by their station; some with notice, some with approvals.
 */
static void any_judged(struct small *small, struct random *random)
{
    size_t served[SMALL_STATIONS_MAX] = {0};
    for (size_t i = 0; i < small->procedure.stage_count; i++) {
        for (size_t j = 0; j < small->stages[i].way_count; j++) {
            const struct procedure_way *way = &small->ways[i][j];
            served[way->station] += way->kind == WAY_WHEN_SERVED;
        }
    }
    for (size_t i = 0; i < small->procedure.stage_count; i++) {
        for (size_t j = 0; j < small->stages[i].way_count; j++) {
            struct procedure_way *way = &small->ways[i][j];
            if (way->kind != WAY_WHEN_SERVED || served[way->station] != 1 ||
                random_chance(random, 0.2)) {
                continue;
            }
            way->judged = true;
            way->with_notice = random_chance(random, 0.5);
            way->approval_count = random_below(random, 3);
            way->approving = (enum distribution_kind)random_below(random, 5);
            way->approving_shape = 0.1 + 0.8 * random_unit(random);
            way->approving_mean =
                small_change(small, 10 * random_unit(random), 100, 20 * random_unit(random));
        }
    }
}

static void any_series(struct small *small)
{
    uint32_t index = 0;
    for (uint32_t i = 0; i < small->procedure.stage_count; i++) {
        for (size_t j = 0; j < small->stages[i].way_count; j++, index++) {
            if (small->ways[i][j].judged) {
                small_series(small, TERM_HELD_BY_LAW, index);
            }
        }
    }
    for (uint32_t i = 0; i < small->procedure.stage_count; i++) {
        if (!small->stages[i].outcome) {
            small_series(small, TERM_IN_FAMILIES, i);
            small_series(small, TERM_STAGE, i);
        }
    }
    for (uint32_t i = 0; i < small->procedure.step_count; i++) {
        small_series(small, TERM_STEP, i);
    }
    for (uint32_t i = 0; i < small->procedure.station_count; i++) {
        if (small->stations[i].places.count > 0) {
            small_series(small, TERM_TAKEN, i);
        }
    }
}

/* Together at most three quarters of all people. */
static double *any_families(struct small *small, struct random *random, size_t group_count)
{
    const size_t kinds = small->procedure.family_count;
    if (kinds == 0 || random_chance(random, 0.3)) {
        return NULL;
    }
    double *numbers = small_families(small, group_count);
    for (size_t i = 0; i < group_count * kinds; i++) {
        const struct procedure_family *family = &small->families[i % kinds];
        numbers[i] = random_chance(random, 0.2) ? 0
                                                : 0.75 * random_unit(random) / (double)kinds /
                                                      (family->adults + family->children);
    }
    return numbers;
}

static void any_kinds_of_family(struct small *small, struct random *random)
{
    for (uint64_t i = random_below(random, 4); i > 0; i--) {
        small_family(small, 1 + (uint32_t)random_below(random, 3),
                     1 + (uint32_t)random_below(random, 3));
    }
}

static void any_model(struct small *small, struct random *random)
{
    small_begin(small, 4);
    small->procedure.group_count = 1 + random_below(random, 3);
    for (size_t i = 1; i < small->procedure.group_count; i++) {
        small->groups[i] = small_name(small, "group", i);
    }
    const uint32_t stations = 1 + (uint32_t)random_below(random, 3);
    for (uint32_t i = 0; i < stations; i++) {
        any_station(small, random);
    }
    const uint32_t stages = 3 + (uint32_t)random_below(random, 4);
    for (uint32_t i = 0; i < stages; i++) {
        const uint32_t holds = (uint32_t)random_below(random, stations);
        const bool can = small->stations[holds].places.count > 0 && random_chance(random, 0.4);
        small_stage(small, can ? holds : PROCEDURE_NONE);
    }
    small_outcome(small);
    for (uint32_t i = 0; i < stages; i++) {
        const uint64_t ways = 1 + random_below(random, 3);
        for (uint64_t j = 0; j < ways; j++) {
            any_way(small, random, i, (enum procedure_way_kind)random_below(random, 3));
        }
    }
    any_kinds_of_family(small, random);
    for (uint64_t i = 1 + random_below(random, 2); i > 0; i--) {
        small_arrivals(small, (uint32_t)random_below(random, stages),
                       small_change(small, random_unit(random), 100, 2 * random_unit(random)));
        struct procedure_arrivals *arrivals = &small->arrivals[small->procedure.arrivals_count - 1];
        if (random_chance(random, 0.5)) {
            arrivals->kept = *any_share(small, random).of;
        }
        arrivals->families = any_families(small, random, small->procedure.group_count);
    }
    for (uint64_t i = random_below(random, 5); i > 0; i--) {
        small_stock(small, (uint32_t)random_below(random, stages),
                    (uint32_t)random_below(random, small->procedure.group_count),
                    (int64_t)random_below(random, 30), 3 * random_unit(random),
                    5 + 200 * random_unit(random));
        small->stock[small->procedure.stock_count - 1].families = any_families(small, random, 1);
    }
    any_judged(small, random);
    any_series(small);
    small->procedure.check_every_event = true;
    small->procedure.slots_a_day = 0.5 + 20 * random_unit(random);
}

static void same_traces(const struct second_trace *first, const struct second_trace *second)
{
    const size_t both = first->count < second->count ? first->count : second->count;
    for (size_t i = 0; i < both; i++) {
        const struct second_step *a = &first->steps[i];
        const struct second_step *b = &second->steps[i];
        if (a->key != b->key || a->step != b->step || a->people != b->people || a->day != b->day) {
            fail_msg("step %zu: %u on day %d, the second one has %u on day %d (%s person)", i,
                     a->step, a->day, b->step, b->day, a->key == b->key ? "the same" : "another");
        }
    }
    assert_int_equal(first->count, second->count);
}

static bool about(double a, double b)
{
    return fabs(a - b) <= 1e-6 * (1 + fabs(a));
}

static void compare(const struct small *small, const struct draw_tables *tables, uint64_t future)
{
    static struct watcher watcher;
    static struct second_outcome second;
    struct procedure procedure = small->procedure;
    const struct procedure_law law = {.context = &watcher,
                                      .begin = sees_begin,
                                      .step = sees_step,
                                      .judge = judges_as_the_second,
                                      .notice = gives_notice,
                                      .days_between = 7};
    procedure.law = &law;
    watcher.procedure = &procedure;
    watcher.trace.count = 0;
    struct arena results = {0};
    struct arena scratch = {0};
    struct err err = {0};
    assert_true(arena_open(&results, MEMORY, &err).ok && arena_open(&scratch, MEMORY, &err).ok);
    struct procedure_outcome outcome;
    const result ran =
        procedure_run(&procedure, tables, 5, future, &results, scratch, &outcome, &err);
    if (!ran.ok) {
        fail_msg("%s", err.what);
    }
    second_run(&procedure, tables, 5, future, &second);
    same_traces(&watcher.trace, &second.trace);
    assert_int_equal(outcome.begun, second.begun);
    assert_int_equal(outcome.ended, second.ended);
    for (size_t i = 0; i < procedure.station_count; i++) {
        assert_int_equal(outcome.stations[i].served, second.served[i]);
        assert_true(about(outcome.stations[i].waited, second.waited[i]));
    }
    for (size_t i = 0; i < procedure.series_count * procedure.quarter_count; i++) {
        if (outcome.values[i] != second.values[i]) {
            fail_msg("%.*s: %g, the second one has %g",
                     STR_ARG(procedure.series[i / procedure.quarter_count].name), outcome.values[i],
                     second.values[i]);
        }
    }
    arena_close(&results);
    arena_close(&scratch);
}

static void as_the_second(void **state)
{
    (void)state;
    const char *seed_text = getenv("RETURNHUB_SEED");
    const uint64_t seed = seed_text == NULL ? 1 : strtoull(seed_text, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)seed);
    static struct small small;
    struct draw_tables tables;
    draw_tables_make(&tables);
    /* The first one: somebody of the beginning stands behind who came at the beginning. */
    struct random random;
    random_seed(&random, 9017);
    any_model(&small, &random);
    compare(&small, &tables, 17);
    for (uint64_t i = 0; i < MODELS; i++) {
        random_seed(&random, seed * 1000 + i);
        any_model(&small, &random);
        print_message("# model %llu\n", (unsigned long long)i);
        compare(&small, &tables, i);
    }
}

/* ---- a clearance that comes and goes ---- */

struct door {
    bool clear[PEOPLE_NUMBERS]; /* when last judged */
    bool never[PEOPLE_NUMBERS]; /* will they be clear in this stay */
    uint32_t sent_to;
    uint64_t sent;
    uint64_t lost; /* clear once, and no longer when next judged */
    uint64_t shut; /* who never will be clear */
    uint64_t known_on_coming;
    uint64_t present;
    uint64_t held[DAYS + 1]; /* by day of judging */
};

static uint32_t door_begin(void *context, const struct procedure_who *who, uint32_t stage,
                           int32_t day)
{
    (void)stage;
    (void)day;
    struct door *door = context;
    const bool never = draw_key(1, who->key) % 10 == 0;
    door->clear[who->person] = false;
    door->never[who->person] = never;
    door->known_on_coming += never;
    door->present++;
    return never ? who->person | PROCEDURE_NEVER_CLEARED : who->person;
}

static uint32_t door_step(void *context, const struct procedure_who *who, uint32_t from,
                          uint32_t step, uint32_t to, int32_t day)
{
    (void)from;
    (void)step;
    (void)day;
    struct door *door = context;
    door->present--;
    if (to == door->sent_to) {
        assert_true(door->clear[who->person]);
        door->sent++;
    }
    return who->seat;
}

static result door_judge(void *context, uint32_t way, const struct procedure_candidate *candidates,
                         size_t count, int32_t day, enum procedure_clearance *ret_clearances,
                         struct err *err)
{
    (void)way;
    (void)err;
    struct door *door = context;
    door->held[day] = door->present;
    for (size_t i = 0; i < count; i++) {
        const uint32_t person = candidates[i].person;
        const uint64_t drawn = draw_key((uint64_t)day, person) % 9;
        assert_int_equal(candidates[i].seat, person);
        assert_false(door->never[person]);
        ret_clearances[i] = drawn < 3 ? CLEARED : drawn < 8 ? NOT_CLEARED : NEVER_CLEARED;
        door->lost += door->clear[person] && drawn >= 3;
        door->clear[person] = drawn < 3;
        door->held[day] -= drawn < 3;
        door->never[person] = drawn == 8;
        door->shut += drawn == 8;
    }
    return result_ok();
}

/* More are clear than are served, and most are not clear the next time: nobody is served then. Of
 * whom it is certain it is not asked again, and of whom it is certain on coming not once; they are
 * held by the law as long as they stay. */
static void only_who_is_clear(void **state)
{
    (void)state;
    static struct small small;
    static struct door door;
    small_begin(&small, 4);
    const uint32_t station = small_station(&small);
    small.stations[station].allowance = *small_always(&small, 2).of;
    const uint32_t here = small_stage(&small, PROCEDURE_NONE);
    door.sent_to = small_outcome(&small);
    const uint32_t gone = small_outcome(&small);
    struct procedure_way *sent = small_way(&small, here, WAY_WHEN_SERVED);
    sent->station = station;
    sent->judged = true;
    small_branch(&small, sent, door.sent_to, small_always(&small, 1));
    struct procedure_way *leaves = small_way(&small, here, WAY_BY_HAZARD);
    leaves->hazard = small_always(&small, 0.01);
    small_branch(&small, leaves, gone, small_always(&small, 1));
    small_arrivals(&small, here, small_always(&small, 6));
    const size_t held = small_series(&small, TERM_HELD_BY_LAW, 0);
    struct procedure procedure = small.procedure;
    const struct procedure_law law = {.context = &door,
                                      .begin = door_begin,
                                      .step = door_step,
                                      .judge = door_judge,
                                      .days_between = 7};
    procedure.law = &law;
    procedure.check_every_event = true;
    struct draw_tables tables;
    draw_tables_make(&tables);
    struct arena results = {0};
    struct arena scratch = {0};
    struct err err = {0};
    assert_true(arena_open(&results, MEMORY, &err).ok && arena_open(&scratch, MEMORY, &err).ok);
    struct procedure_outcome outcome;
    const result ran = procedure_run(&procedure, &tables, 5, 0, &results, scratch, &outcome, &err);
    if (!ran.ok) {
        fail_msg("%s", err.what);
    }
    print_message("# %llu sent, %llu clearances lost, %llu never\n", (unsigned long long)door.sent,
                  (unsigned long long)door.lost, (unsigned long long)door.shut);
    assert_true(door.sent > 300 && door.lost > 500 && door.shut > 300);
    assert_true(door.known_on_coming > 100);
    for (size_t i = 0; i < procedure.quarter_count; i++) {
        static const int quarter_ends[] = {91, 182, 274, DAYS};
        const int judged = (quarter_ends[i] - 1) / law.days_between * law.days_between;
        assert_true(outcome.values[held * procedure.quarter_count + i] ==
                    (double)door.held[judged]);
    }
    arena_close(&results);
    arena_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_who_is_clear),
                                       cmocka_unit_test(as_the_second)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
