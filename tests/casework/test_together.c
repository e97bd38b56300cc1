/* Aim: what many do at the same moment comes out as if one had done it after the other. Sixteen
 * threads finish sixteen transfers into a hub with three places; eight send the same command; two
 * record about the same person. */
#include "office.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 16, ROUNDS = 200, REPEATERS = 8, RECORDERS = 2, FACTS_EACH = 40 };

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* --- sixteen people, three places ------------------------------------------------------------- */

struct finisher {
    struct office *office;
    pthread_barrier_t *start;
    struct arena arena;
    struct caller approver;
    struct caller taker;
    int64_t request;
    struct outcome approved;
    struct outcome taken;
};

static void *finish(void *context)
{
    struct finisher *finisher = context;
    arena_reset(&finisher->arena);
    pthread_barrier_wait(finisher->start);
    finisher->approved = office_command(finisher->office, &finisher->approver, APPROVE, "", "", "",
                                        finisher->request, &finisher->arena);
    finisher->taken = office_command(finisher->office, &finisher->taker, TAKE, "", "", "",
                                     finisher->request, &finisher->arena);
    return NULL;
}

static void run_together(struct finisher *finishers)
{
    pthread_t threads[PEOPLE];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, PEOPLE), 0);
    for (size_t i = 0; i < PEOPLE; i++) {
        finishers[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, finish, &finishers[i]), 0);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    pthread_barrier_destroy(&start);
}

/* Three succeeded; each of the others was told by law that no place is free, and could take
 * nothing. */
static size_t check_round(struct office *office, const struct finisher *finishers, bool *arrived)
{
    size_t succeeded = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct finisher *one = &finishers[i];
        arrived[i] = one->taken.ok && !one->taken.refused;
        succeeded += arrived[i] ? 1 : 0;
        assert_true(one->approved.ok);
        if (arrived[i]) {
            assert_false(one->approved.refused);
            assert_string_equal(one->taken.stage, "at_hub");
        } else {
            assert_true(one->approved.refused);
            assert_non_null(strstr(one->approved.refusal, "No place is free at the hub."));
            assert_false(one->taken.ok);
            assert_int_equal(one->taken.err.code, ERROR_CONFLICT);
        }
    }
    const struct place_counts places = office_places(office, office->hub_north);
    assert_int_equal(places.agreed, OFFICE_PLACES);
    assert_int_equal(places.occupied, OFFICE_PLACES);
    assert_int_equal(places.held + places.free, 0);
    return succeeded;
}

/* Everybody stands again where they stood, with one approval given. */
static void prepare_round(struct office *office, const struct somebody *people,
                          struct finisher *finishers, const bool *arrived)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        if (arrived[i]) {
            assert_true(office_ask_for(office, CLERK, &people[i], "readmission", "").ok);
            assert_true(
                office_record(office, CLERK, people[i].reference, "notice.served_on", "2026-06-20")
                    .ok);
            finishers[i].request = 0;
        }
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        if (finishers[i].request == 0) {
            finishers[i].request = office_transfer(office, &people[i], HUB_NORTH, 1);
        }
        finishers[i].approver = office_caller(office, i % 2 == 0 ? SENIOR : OTHER_SENIOR);
        finishers[i].taker = office_caller(office, i % 2 == 0 ? CLERK : OTHER_CLERK);
    }
}

/* Aim: two hundred times sixteen threads want three places; three get them, every time, whoever
 * they are. */
static void test_three_places(void **state)
{
    struct office *office = *state;
    struct somebody people[PEOPLE];
    struct finisher finishers[PEOPLE];
    bool arrived[PEOPLE] = {false};
    size_t times[PEOPLE] = {0};
    memset(finishers, 0, sizeof finishers);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct err err;
        people[i] = office_ready(office, "PersonOne Samplealpha");
        finishers[i].office = office;
        assert_true(arena_open(&finishers[i].arena, 8 * 1024 * 1024, &err).ok);
    }
    for (int round = 0; round < ROUNDS; round++) {
        prepare_round(office, people, finishers, arrived);
        run_together(finishers);
        assert_int_equal(check_round(office, finishers, arrived), OFFICE_PLACES);
        for (size_t i = 0; i < PEOPLE; i++) {
            times[i] += arrived[i] ? 1 : 0;
        }
    }
    size_t lucky = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        lucky += times[i] > 0 ? 1 : 0;
        arena_close(&finishers[i].arena);
    }
    assert_true(lucky > OFFICE_PLACES); /* it was a race, not a queue in the test */
}

/* --- the same command, eight times at once ---------------------------------------------------- */

struct repeater {
    struct office *office;
    pthread_barrier_t *start;
    struct arena arena;
    struct caller caller;
    const char *reference;
    struct outcome outcome;
};

static void *repeat(void *context)
{
    struct repeater *repeater = context;
    pthread_barrier_wait(repeater->start);
    repeater->outcome = office_command(repeater->office, &repeater->caller, ASK,
                                       repeater->reference, "removal", "", 0, &repeater->arena);
    return NULL;
}

/* Aim: a command that is sent eight times at once is done once, and all eight get its answer. */
static void test_same_command_at_once(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    struct repeater repeaters[REPEATERS];
    pthread_t threads[REPEATERS];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, REPEATERS), 0);
    const int64_t before = office_events(office);
    const struct caller caller = office_caller(office, CLERK);
    for (size_t i = 0; i < REPEATERS; i++) {
        struct err err;
        repeaters[i] = (struct repeater){
            .office = office, .start = &start, .caller = caller, .reference = person.reference};
        assert_true(arena_open(&repeaters[i].arena, 8 * 1024 * 1024, &err).ok);
        assert_int_equal(pthread_create(&threads[i], NULL, repeat, &repeaters[i]), 0);
    }
    size_t first = 0;
    for (size_t i = 0; i < REPEATERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        const struct outcome *outcome = &repeaters[i].outcome;
        assert_true(outcome->ok && !outcome->refused);
        assert_int_equal(outcome->request, before + 1);
        assert_int_equal(outcome->state, REQUEST_OPEN);
        assert_int_equal(outcome->clearance, CLEARANCE_CLEAR);
        first += outcome->repeated ? 0 : 1;
        arena_close(&repeaters[i].arena);
    }
    assert_int_equal(first, 1);
    assert_int_equal(office_events(office), before + 1);
    pthread_barrier_destroy(&start);
}

/* --- two who record at once ------------------------------------------------------------------- */

struct recorder {
    struct office *office;
    pthread_barrier_t *start;
    struct arena arena;
    int64_t account;
    const char *reference;
    size_t recorded;
};

static void *record(void *context)
{
    struct recorder *recorder = context;
    const struct caller caller = {.account = recorder->account};
    pthread_barrier_wait(recorder->start);
    for (int i = 0; i < FACTS_EACH; i++) {
        struct err err = {0};
        struct record_answer answer = {0};
        const struct fact_entry entry = {STR("order.injunction"),
                                         i % 2 == 0 ? STR("lifted") : STR("none"),
                                         office_today(recorder->office), STR("a call")};
        arena_reset(&recorder->arena);
        recorder->recorded +=
            casework_record_facts(&recorder->office->casework, &caller, SUBJECT_OF_PERSON,
                                  str_from_c(recorder->reference), &entry, 1, &recorder->arena,
                                  &answer, &err)
                    .ok
                ? 1
                : 0;
    }
    return NULL;
}

/* Aim: two people record about one person at the same time: nothing is lost, and every instant is
 * later than the one before, although the clock stands still. */
static void test_two_recorders(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    struct recorder recorders[RECORDERS];
    pthread_t threads[RECORDERS];
    pthread_barrier_t start;
    assert_int_equal(pthread_barrier_init(&start, NULL, RECORDERS), 0);
    const int64_t before = office_events(office);
    for (size_t i = 0; i < RECORDERS; i++) {
        struct err err;
        recorders[i] = (struct recorder){.office = office,
                                         .start = &start,
                                         .account = office->accounts[i == 0 ? CLERK : OTHER_CLERK],
                                         .reference = person.reference};
        assert_true(arena_open(&recorders[i].arena, 8 * 1024 * 1024, &err).ok);
        assert_int_equal(pthread_create(&threads[i], NULL, record, &recorders[i]), 0);
    }
    for (size_t i = 0; i < RECORDERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(recorders[i].recorded, FACTS_EACH);
        arena_close(&recorders[i].arena);
    }
    pthread_barrier_destroy(&start);
    assert_int_equal(office_events(office), before + (int64_t)RECORDERS * FACTS_EACH);
    for (int64_t position = before + 1; position <= office_events(office); position++) {
        assert_true(office_event(office, position).recorded_at.milliseconds >
                    office_event(office, position - 1).recorded_at.milliseconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_three_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_command_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_recorders, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
