/* Aim: promise 4 under everything the desk can do at once. Sixty-four threads, and then several
 * processes on one file, approve, prebook, give, take out of use, put back, report, move, refuse
 * and reinstate at random; every place is one thing at a time at every moment, nobody has two, and
 * the rows are those of the events. Then the load of a minute, as the Home Office's bed system had
 * it in 2018 (one event, eleven reports of centres, 225 movements, 25 prebookings), a hundredfold.
 *
 * Seed: RETURNHUB_SEED. RETURNHUB_LONG: more rounds, and the load whole; otherwise a fiftieth. */
#include "hub_office.h"

#include "base/random.h"

#include <pthread.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { THREADS = 64, PROCESSES = 3, PEOPLE = 24, PLACES = 14, ARENA = 64 * 1024 * 1024 };

static uint64_t seed_of_run(void)
{
    const char *text = getenv("RETURNHUB_SEED");
    return text == NULL ? 20260630 : strtoull(text, NULL, 10);
}

static bool is_long(void)
{
    return getenv("RETURNHUB_LONG") != NULL;
}

/* --- one command at random -------------------------------------------------------------------- */

struct rush {
    const struct casework *casework;
    int64_t accounts[ACCOUNT_NAMES];
    char people[PEOPLE][REFERENCE_SIZE];
    int64_t requests[PEOPLE];
    date today;
};

static struct caller by(const struct rush *rush, enum account_name account)
{
    return (struct caller){.account = rush->accounts[account]};
}

/* Refusals are as good an answer as any: what must hold is told by the rows. A failure of the store
 * is not. */
static void may_fail(result done, const struct err *err)
{
    if (!done.ok && (err->code == ERROR_STORAGE || err->code == ERROR_INTERNAL)) {
        fprintf(stderr, "# %s\n", err->what);
        abort();
    }
}

/* The whole way of a transfer, or the beginning of it. */
static void do_request(const struct rush *rush, size_t who, uint64_t draw, struct arena *arena)
{
    struct err err = {0};
    struct step_answer answer;
    const int64_t request = rush->requests[who];
    struct caller caller = by(rush, OFFICER);
    may_fail(casework_approve_step(rush->casework, &caller, request, arena, &answer, &err), &err);
    caller = by(rush, SENIOR);
    may_fail(casework_approve_step(rush->casework, &caller, request, arena, &answer, &err), &err);
    caller = by(rush, CLERK);
    if (draw > 0) {
        may_fail(casework_take_step(rush->casework, &caller, request, arena, &answer, &err), &err);
    }
}

static void do_place(const struct rush *rush, uint64_t draw, int64_t place, struct arena *arena)
{
    struct err err = {0};
    struct record_answer answer;
    const struct caller caller = by(rush, OPERATOR_NORTH);
    const struct out_of_use_entry entry = {
        .place = place, .reason = STR("damage"), .words = STR("")};
    may_fail(draw == 0 ? casework_place_out_of_use(rush->casework, &caller, STR(HUB_NORTH), &entry,
                                                   arena, &answer, &err)
                       : casework_place_back_in_use(rush->casework, &caller, STR(HUB_NORTH), place,
                                                    STR(""), arena, &answer, &err),
             &err);
}

static void do_prebook(const struct rush *rush, size_t who, uint64_t draw, struct arena *arena)
{
    struct err err = {0};
    struct record_answer answer = {.event_count = 0};
    const struct caller caller = by(rush, CLERK);
    const struct prebooking_entry entry = {.kind = STR("general"),
                                           .places = 1,
                                           .until = rush->today,
                                           .purpose = STR("rush"),
                                           .request = draw == 0 ? rush->requests[who] : 0};
    const result booked =
        casework_prebook(rush->casework, &caller, STR(HUB_NORTH), &entry, arena, &answer, &err);
    may_fail(booked, &err);
    if (booked.ok && draw > 0) {
        may_fail(draw == 1
                     ? casework_give_prebooking(rush->casework, &caller, STR(HUB_NORTH),
                                                answer.events[0], rush->requests[who], arena,
                                                &answer, &err)
                     : casework_end_prebooking(rush->casework, &caller, STR(HUB_NORTH),
                                               answer.events[0], STR("over"), arena, &answer, &err),
                 &err);
    }
}

static void do_person(const struct rush *rush, size_t who, uint64_t draw, struct arena *arena)
{
    struct err err = {0};
    struct record_answer recorded;
    struct step_answer answer;
    const struct caller caller = by(rush, OPERATOR_NORTH);
    const str person = str_from_c(rush->people[who]);
    result done = result_ok();
    switch (draw) {
    case 0:
        done = casework_change_place(rush->casework, &caller, STR(HUB_NORTH), person, 0,
                                     STR("rush"), arena, &recorded, &err);
        break;
    case 1:
        done = casework_arrival_at_hub(rush->casework, &caller, STR(HUB_NORTH), person,
                                       ARRIVAL_REFUSED, arena, &answer, &err);
        break;
    case 2:
        done = casework_cancel_departure(rush->casework, &caller, STR(HUB_NORTH), person,
                                         STR("rush"), arena, &recorded, &err);
        break;
    default:
        done = casework_arrival_at_hub(rush->casework, &caller, STR(HUB_NORTH), person,
                                       ARRIVAL_ARRIVED, arena, &answer, &err);
        break;
    }
    may_fail(done, &err);
}

static void do_report(const struct rush *rush, uint64_t in_use, struct arena *arena)
{
    struct err err = {0};
    struct record_answer answer;
    const struct caller caller = by(rush, OPERATOR_NORTH);
    const struct hub_report_entry entry = {.accurate_at = instant_from_date(rush->today),
                                           .in_use = (int64_t)in_use};
    may_fail(
        casework_hub_report(rush->casework, &caller, STR(HUB_NORTH), &entry, arena, &answer, &err),
        &err);
}

static void do_something(const struct rush *rush, struct random *random, struct arena *arena)
{
    arena_reset(arena);
    const size_t who = (size_t)random_below(random, PEOPLE);
    const uint64_t draw = random_below(random, 3);
    switch (random_below(random, 6)) {
    case 0:
    case 1:
        do_request(rush, who, draw, arena);
        break;
    case 2:
        do_place(rush, draw % 2, 1 + (int64_t)random_below(random, PLACES), arena);
        break;
    case 3:
        do_prebook(rush, who, draw, arena);
        break;
    case 4:
        do_person(rush, who, random_below(random, 4), arena);
        break;
    default:
        do_report(rush, draw, arena);
        break;
    }
}

/* --- threads ---------------------------------------------------------------------------------- */

struct runner {
    const struct rush *rush;
    pthread_barrier_t *start;
    struct arena arena;
    uint64_t seed;
    int commands;
};

static void *run(void *context)
{
    struct runner *runner = context;
    struct random random;
    random_seed(&random, runner->seed);
    if (runner->start != NULL) {
        pthread_barrier_wait(runner->start);
    }
    for (int i = 0; i < runner->commands; i++) {
        do_something(runner->rush, &random, &runner->arena);
    }
    return NULL;
}

static void agree_on(struct office *office, int64_t places)
{
    struct event more = {.subject_kind = SUBJECT_OF_HUB,
                         .subject = office->hub_north,
                         .kind = EVENT_PLACES_AGREED,
                         .body.places_agreed = {.places = places, .reason = STR("annex")}};
    office_append(office, &more);
    assert_true(hub_kind(office, "general", 1, places).ok);
}

static void prepare(struct office *office, struct rush *rush)
{
    *rush = (struct rush){.casework = &office->casework, .today = office_today(office)};
    memcpy(rush->accounts, office->accounts, sizeof rush->accounts);
    agree_on(office, PLACES);
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
        memcpy(rush->people[i], person.reference, sizeof rush->people[i]);
        rush->requests[i] = office_transfer(office, &person, HUB_NORTH, 0);
    }
}

/* A rush in which everything was refused would prove nothing; which of these a short one brings
 * about is a matter of the draw. */
static void check_after(struct office *office)
{
    static const enum event_kind kinds[] = {EVENT_STEP_APPROVED, EVENT_PLACE_OUT_OF_USE,
                                            EVENT_PLACE_BACK_IN_USE, EVENT_PLACES_PREBOOKED,
                                            EVENT_HUB_REPORTED};
    int64_t done = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM event WHERE kind = %d", (int)kinds[i]);
        const int64_t count = office_ask(office, sql);
        print_message("# %s: %lld\n", event_kind_name(kinds[i]), (long long)count);
        assert_true(count > 0 || !is_long());
        done += count;
    }
    assert_true(done > 0);
    hub_check_whole(office);
    office_expect_rebuilt(office);
}

static void sixty_four_threads(void **state)
{
    static struct office office;
    static struct runner runners[THREADS];
    struct rush rush;
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    struct err err = {0};
    (void)state;
    hub_office_open(&office);
    prepare(&office, &rush);
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        runners[i] = (struct runner){.rush = &rush,
                                     .start = &start,
                                     .seed = seed_of_run() + i,
                                     .commands = is_long() ? 200 : 8};
        assert_true(arena_open(&runners[i].arena, ARENA, &err).ok);
        assert_int_equal(pthread_create(&threads[i], NULL, run, &runners[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        arena_close(&runners[i].arena);
    }
    pthread_barrier_destroy(&start);
    check_after(&office);
    office_close(&office);
}

/* --- processes -------------------------------------------------------------------------------- */

/* What a process of its own is told: the store, the rulebook's folder, and who takes part. */
struct told {
    char path[220];
    char rules[HUB_RULES_SIZE];
    struct rush rush;
    int64_t now;
    uint64_t seed;
    int commands;
};

static int64_t told_now;

static instant now_of_told(void *context)
{
    (void)context;
    return (instant){.milliseconds = told_now};
}

static int in_a_process(const char *file_name)
{
    static struct told told;
    static struct office own;
    FILE *file = fopen(file_name, "rb");
    if (file == NULL || fread(&told, sizeof told, 1, file) != 1) {
        return 1;
    }
    fclose(file);
    struct err err = {0};
    told_now = told.now;
    if (!hub_office_join(&own, told.path, told.rules, now_of_told, &err).ok) {
        fprintf(stderr, "# %s\n", err.what);
        return 1;
    }
    told.rush.casework = &own.casework;
    struct runner runner = {.rush = &told.rush, .seed = told.seed, .commands = told.commands};
    if (!arena_open(&runner.arena, ARENA, &err).ok) {
        return 1;
    }
    run(&runner);
    arena_close(&runner.arena);
    office_leave(&own);
    return 0;
}

static void several_processes(void **state)
{
    static struct office office;
    static struct told told;
    char names[PROCESSES][300];
    pid_t processes[PROCESSES];
    (void)state;
    hub_rules_write(told.rules);
    office_open_with(&office, told.rules);
    prepare(&office, &told.rush);
    snprintf(told.path, sizeof told.path, "%s", office.path);
    told.now = atomic_load(&office.now);
    told.commands = is_long() ? 500 : 40;
    for (size_t i = 0; i < PROCESSES; i++) {
        told.seed = seed_of_run() + 1000 + i;
        snprintf(names[i], sizeof names[i], "%s/told-%zu", told.rules, i);
        FILE *file = fopen(names[i], "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(&told, sizeof told, 1, file), 1);
        fclose(file);
        char self[] = "/proc/self/exe";
        char *const arguments[] = {self, names[i], NULL};
        assert_int_equal(posix_spawn(&processes[i], self, NULL, NULL, arguments, environ), 0);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        int status = 0;
        assert_int_equal(waitpid(processes[i], &status, 0), processes[i]);
        assert_int_equal(status, 0);
        unlink(names[i]);
    }
    check_after(&office);
    hub_rules_remove(told.rules);
    office_close(&office);
}

/* --- the load of a minute, a hundredfold ------------------------------------------------------ */

enum {
    EVENTS_A_MINUTE = 1,
    REPORTS_A_MINUTE = 11,
    MOVEMENTS_A_MINUTE = 900 / 4,
    PREBOOKINGS_A_MINUTE = 100 / 4,
    TIMES = 100,
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void load_of_a_minute(void **state)
{
    static struct office office;
    struct somebody people[2];
    const int times = is_long() ? TIMES : TIMES / 50;
    (void)state;
    hub_office_open(&office);
    agree_on(&office, 880);
    for (size_t i = 0; i < 2; i++) {
        people[i] = hub_office_arrived(&office, "PersonOne Samplealpha", HUB_NORTH);
    }
    const int64_t before = office_events(&office);
    const double began = seconds_now();
    for (int i = 0; i < times * MOVEMENTS_A_MINUTE; i++) {
        assert_true(hub_move(&office, &people[i % 2], 0).ok);
        if (i % (MOVEMENTS_A_MINUTE / PREBOOKINGS_A_MINUTE) == 0) {
            const struct done booked = hub_prebook(&office, 1, 1, 0);
            assert_true(booked.ok);
            assert_true(i % 2 != 0 || hub_release(&office, booked.event).ok);
        }
        if (i % (MOVEMENTS_A_MINUTE / REPORTS_A_MINUTE) == 0) {
            assert_true(hub_report(&office, 2, 0, 0).ok);
        }
        if (i % MOVEMENTS_A_MINUTE == 0) {
            assert_true(hub_out(&office, OPERATOR_NORTH, 880, "damage").ok);
            assert_true(hub_back(&office, 880).ok);
        }
        if (office_places(&office, office.hub_north).free < 10) {
            office_move_days(&office, 2); /* what was prebooked has run out */
        }
    }
    const double seconds = seconds_now() - began;
    const int64_t events = office_events(&office) - before;
    print_message("# %lld events in %.1f s, the load of %d minutes\n", (long long)events, seconds,
                  times);
    assert_true(events >= (int64_t)times * (EVENTS_A_MINUTE + REPORTS_A_MINUTE +
                                            MOVEMENTS_A_MINUTE + PREBOOKINGS_A_MINUTE));
    hub_check_whole(&office);
    const struct hub_desk desk = hub_desk_of(&office, HUB_NORTH);
    assert_int_equal(desk.counts.occupied, 2);
    assert_int_equal(desk.stay_count, 2);
    office_close(&office);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return in_a_process(argv[1]);
    }
    print_message("# seed %llu (RETURNHUB_SEED)\n", (unsigned long long)seed_of_run());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_four_threads),
        cmocka_unit_test(several_processes),
        cmocka_unit_test(load_of_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
