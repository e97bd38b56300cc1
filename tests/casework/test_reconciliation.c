/* Aim: nobody is lost (promise 5). On any day, as known at any instant, after any event, everybody
 * who was registered by then is in exactly one outcome or stage, and the sums agree with a fold
 * that this test makes for itself from the events it wrote. A row that is damaged shows.
 *
 * The registers are random; a failing run prints its seed, and RETURNHUB_SEED repeats it. */
#include "office.h"

#include "base/random.h"
#include "casework/standing.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE_MAX = 60, EVENTS = 400, QUESTIONS = 60, FIRST_DAY = OFFICE_DAY - 300 };

static const char *const stages[] = {"registered", "exhausted", "at_hub",
                                     "lost",       "removed",   "returned"};
enum { STAGES = sizeof stages / sizeof stages[0], LOST = 3, FIRST_OUTCOME = 4 };

static const struct publication_policy policy = {
    .suppress_below = 5,
    .round_to = 1,
    .contact_days = {.from = {0, 29, 91}, .count = 3},
};

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

/* --- a random register, remembered ------------------------------------------------------------ */

struct remembered {
    enum event_kind kind;
    int person;
    int32_t day;
    int64_t instant;
    int64_t position;
    int stage;
    int32_t stage_day; /* from which on it is on record */
};

struct world {
    struct office *office;
    struct random random;
    int64_t ids[PEOPLE_MAX];
    int stage[PEOPLE_MAX];
    int people;
    struct remembered events[EVENTS];
    int count;
    int64_t now;
};

static result append(struct transaction *transaction, void *context, struct err *err)
{
    struct event *event = context;
    if (event->subject == 0) {
        TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &event->subject, err));
    }
    return transaction_append(transaction, event, err);
}

static void remember(struct world *world, struct event *event, int person, int stage)
{
    struct err err = {0};
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = world->ids[person];
    event->recorded_at.milliseconds = world->now;
    if (!store_write(world->office->store, append, event, &err).ok) {
        fail_msg("%s", err.what);
    }
    world->ids[person] = event->subject;
    world->events[world->count++] =
        (struct remembered){event->kind,     person, event->effective_on.day, world->now,
                            event->position, stage,  event->effective_on.day};
}

/* Some came into their stage on a later day, known from another system. */
static void register_somebody(struct world *world, date on)
{
    char reference[16];
    const int person = world->people++;
    const int stage = (int)random_below(&world->random, 2);
    const bool since = random_chance(&world->random, 0.5);
    const date later = date_add_days(on, (int32_t)random_below(&world->random, 90));
    snprintf(reference, sizeof reference, "RH-T%03d", person);
    struct event event = {
        .kind = EVENT_PERSON_REGISTERED,
        .effective_on = on,
        .body.person_registered = {.reference = str_from_c(reference),
                                   .name = STR("X"),
                                   .stage = str_from_c(stages[stage]),
                                   .stage_since = {.known = since, .day = later}}};
    remember(world, &event, person, stage);
    world->events[world->count - 1].stage_day = since ? later.day : on.day;
    world->stage[person] = stage;
}

/* Days run back now and then: what happened earlier is recorded later. */
static void something_happens(struct world *world)
{
    const date on = {(int32_t)(FIRST_DAY + random_below(&world->random, 250))};
    world->now += (int64_t)random_below(&world->random, 50000000) + 1;
    if (world->people < 2 || (world->people < PEOPLE_MAX && random_chance(&world->random, 0.15))) {
        register_somebody(world, on);
        return;
    }
    const int person = (int)random_below(&world->random, (uint64_t)world->people);
    if (random_chance(&world->random, 0.4)) {
        struct event event = {.kind = EVENT_CONTACT_CONFIRMED,
                              .effective_on = on,
                              .body.contact_confirmed = {.source = STR("telephone")}};
        remember(world, &event, person, -1);
        return;
    }
    const int to = (int)random_below(&world->random, STAGES);
    struct event event = {.kind = EVENT_STEP_TAKEN,
                          .effective_on = on,
                          .body.step_taken = {.step = STR("any"),
                                              .from = str_from_c(stages[world->stage[person]]),
                                              .to = str_from_c(stages[to])}};
    remember(world, &event, person, to);
    world->stage[person] = to;
}

static void make_world(struct office *office, struct world *world, uint64_t seed)
{
    *world = (struct world){.office = office, .now = atomic_load(&office->now) + 1000};
    random_seed(&world->random, seed);
    for (int i = 0; i < EVENTS; i++) {
        something_happens(world);
    }
}

/* --- the test's own fold ---------------------------------------------------------------------- */

struct expected {
    int64_t people;
    int64_t nowhere; /* registered, and in no stage that is on record */
    int64_t in_stage[STAGES];
    int64_t standing[STAGES]; /* of whom a forecast begins: the next one, where none is on record */
    int64_t contact[STAGES][4]; /* the last: never */
    int64_t weeks[STAGES];      /* whole ones in the stage, of all together */
};

static bool counts(const struct remembered *event, const struct edition_asked *asked)
{
    return (!asked->has_position || event->position <= asked->position) &&
           (!asked->has_known_at || event->instant <= asked->known_at.milliseconds) &&
           event->day <= asked->as_of.day;
}

static int band(int32_t age)
{
    return age >= 91 ? 2 : age >= 29 ? 1 : 0;
}

static struct expected fold(const struct world *world, const struct edition_asked *asked)
{
    struct expected expected = {0};
    for (int person = 0; person < world->people; person++) {
        bool registered = false;
        int stage = -1;
        int next = -1;
        int32_t since = 0;
        int32_t contact = INT32_MIN;
        for (int i = 0; i < world->count; i++) {
            const struct remembered *event = &world->events[i];
            if (event->person != person || !counts(event, asked)) {
                continue;
            }
            registered = registered || event->kind == EVENT_PERSON_REGISTERED;
            next = event->stage >= 0 ? event->stage : next;
            since = event->stage >= 0 ? event->stage_day : since;
            stage = event->stage >= 0 && since <= asked->as_of.day ? event->stage : stage;
            if (event->kind == EVENT_CONTACT_CONFIRMED && event->day > contact) {
                contact = event->day;
            }
        }
        if (registered) {
            expected.people++;
            expected.standing[next]++;
            expected.weeks[next] += since < asked->as_of.day ? (asked->as_of.day - since) / 7 : 0;
            if (stage < 0) {
                expected.nowhere++;
                continue;
            }
            expected.in_stage[stage]++;
            expected.contact[stage][contact == INT32_MIN ? 3 : band(asked->as_of.day - contact)]++;
        }
    }
    return expected;
}

/* --- against it ------------------------------------------------------------------------------- */

static struct reconciliation ask(struct office *office, const struct edition_asked *asked)
{
    struct err err = {0};
    struct reconciliation answer = {0};
    const struct caller caller = office_caller(office, STATISTICIAN);
    if (!casework_reconcile(&office->casework, &caller, asked, &policy, &office->work, &answer,
                            &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static void expect_line(const struct reconciliation *answer, const struct expected *expected,
                        int stage)
{
    int64_t people = 0;
    for (size_t i = 0; i < answer->line_count; i++) {
        const struct reconciliation_line *line = &answer->lines[i];
        if (!str_equal(line->stage, str_from_c(stages[stage]))) {
            continue;
        }
        people += line->people;
        assert_int_equal(line->kind, stage >= FIRST_OUTCOME ? RECONCILED_OUTCOME
                                     : stage == LOST        ? RECONCILED_WHEREABOUTS_UNKNOWN
                                                            : RECONCILED_OPEN);
        for (int i_band = 0; i_band < 4; i_band++) {
            assert_int_equal(line->contact[i_band], expected->contact[stage][i_band]);
        }
    }
    assert_int_equal(people, expected->in_stage[stage]);
}

static struct standing ask_standing(struct office *office, const struct edition_asked *asked)
{
    struct err err = {0};
    struct standing answer = {0};
    const struct caller caller = office_caller(office, STATISTICIAN);
    if (!casework_standing(&office->casework, &caller, asked, STR("person.nationality"),
                           &office->work, &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

/* What a forecast begins with: the same people, but for those who have an outcome. */
static void expect_standing(struct office *office, const struct edition_asked *asked,
                            const struct expected *expected)
{
    const struct standing answer = ask_standing(office, asked);
    int64_t people = 0;
    for (int stage = 0; stage < STAGES; stage++) {
        int64_t here = 0;
        int64_t weeks = 0;
        for (size_t i = 0; i < answer.line_count; i++) {
            if (str_equal(answer.lines[i].stage, str_from_c(stages[stage]))) {
                here += answer.lines[i].people;
                weeks += answer.lines[i].people * answer.lines[i].weeks;
            }
        }
        assert_int_equal(here, stage >= FIRST_OUTCOME ? 0 : expected->standing[stage]);
        assert_int_equal(weeks, stage >= FIRST_OUTCOME ? 0 : expected->weeks[stage]);
        people += here;
    }
    assert_int_equal(answer.people, people);
}

static void expect_same(struct world *world, const struct edition_asked *asked)
{
    const struct expected expected = fold(world, asked);
    const struct reconciliation answer = ask(world->office, asked);
    assert_int_equal(answer.everybody, expected.people);
    assert_int_equal(answer.residual, 0);
    assert_int_equal(answer.outcomes + answer.open + answer.whereabouts_unknown, expected.people);
    assert_int_equal(answer.merged, 0);
    assert_int_equal(answer.whereabouts_unknown, expected.in_stage[LOST]);
    int64_t nowhere = 0;
    for (size_t i = 0; i < answer.line_count; i++) {
        nowhere += answer.lines[i].stage.len == 0 ? answer.lines[i].people : 0;
    }
    assert_int_equal(nowhere, expected.nowhere);
    for (int stage = 0; stage < STAGES; stage++) {
        expect_line(&answer, &expected, stage);
    }
    expect_standing(world->office, asked, &expected);
    arena_reset(&world->office->work);
}

static struct edition_asked random_question(struct world *world)
{
    struct edition_asked asked = {.has_as_of = true};
    const struct remembered *event =
        &world->events[random_below(&world->random, (uint64_t)world->count)];
    asked.as_of.day = (int32_t)(FIRST_DAY - 5 + (int32_t)random_below(&world->random, 320));
    asked.has_known_at = random_chance(&world->random, 0.5);
    asked.known_at.milliseconds = event->instant - (int64_t)random_below(&world->random, 2);
    asked.has_position = random_chance(&world->random, 0.5);
    asked.position = event->position;
    return asked;
}

static void everybody_is_somewhere(void **state)
{
    const char *given = getenv("RETURNHUB_SEED");
    int64_t seed = (int64_t)(system_now(system_machine()).milliseconds % 1000000);
    if (given != NULL) {
        result_ignore(str_to_int64(str_from_c(given), &seed, NULL), "then the day's");
    }
    printf("# seed %lld\n", (long long)seed);
    static struct world world;
    make_world(*state, &world, (uint64_t)seed);
    for (int i = 0; i < QUESTIONS; i++) {
        const struct edition_asked asked = random_question(&world);
        expect_same(&world, &asked);
    }
}

/* A fault in the rows: the person is still in the events, and so the residual says 1. */
static void a_lost_row_shows(void **state)
{
    static struct world world;
    const struct edition_asked now = {.has_as_of = true, .as_of = {OFFICE_DAY}};
    make_world(*state, &world, 7);
    assert_int_equal(ask(*state, &now).residual, 0);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(world.office->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "DELETE FROM course WHERE person = (SELECT MIN(person) FROM course)", NULL,
                     NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(ask(*state, &now).residual, 1);
}

static void only_for_counts(void **state)
{
    struct office *office = *state;
    const struct edition_asked asked = {.has_position = false};
    static const enum account_name others[] = {CLERK, OFFICER, OPERATOR_NORTH, ADMINISTRATOR};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        struct reconciliation answer;
        const struct caller caller = office_caller(office, others[i]);
        assert_false(casework_reconcile(&office->casework, &caller, &asked, &policy, &office->work,
                                        &answer, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
        struct standing standing;
        assert_false(casework_standing(&office->casework, &caller, &asked,
                                       STR("person.nationality"), &office->work, &standing, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
    }
    /* And who sees counts sees nobody. */
    struct err err = {0};
    struct person_answer person;
    const struct somebody somebody = office_register(office, "Synthetic Person");
    const struct caller caller = office_caller(office, STATISTICIAN);
    const struct asked today = {.has_on = false};
    assert_false(casework_person(&office->casework, &caller, str_from_c(somebody.reference), &today,
                                 &office->work, &person, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

/* Two from Albania and one of whom it is not known, registered a hundred days ago; asked about in
 * twenty days: 120 days are 17 whole weeks. */
static void where_from_and_since_when(void **state)
{
    struct office *office = *state;
    static const char *const names[] = {"First Synthetic", "Second Synthetic", "Third Synthetic"};
    for (size_t i = 0; i < 3; i++) {
        const struct somebody somebody = office_register(office, names[i]);
        assert_true(
            i == 2 ||
            office_record(office, CLERK, somebody.reference, "person.nationality", "ALB").ok);
    }
    const struct edition_asked asked = {.has_as_of = true,
                                        .as_of = date_add_days(office_today(office), 20)};
    const struct standing answer = ask_standing(office, &asked);
    assert_int_equal(answer.people, 3);
    assert_int_equal(answer.line_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct standing_line *line = &answer.lines[i];
        assert_true(str_equal(line->stage, STR("registered")));
        assert_int_equal(line->weeks, 17);
        assert_int_equal(line->people, str_equal(line->nationality, STR("ALB")) ? 2 : 1);
    }
}

static void what_does_not_exist(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct reconciliation answer;
    const struct edition_asked asked = {.has_position = true, .position = 1000000};
    const struct caller caller = office_caller(office, STATISTICIAN);
    assert_false(casework_reconcile(&office->casework, &caller, &asked, &policy, &office->work,
                                    &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    const struct edition_asked before = {.has_position = true, .position = 0, .has_as_of = true};
    assert_int_equal(ask(office, &before).everybody, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everybody_is_somewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_row_shows, setup, teardown),
        cmocka_unit_test_setup_teardown(only_for_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(where_from_and_since_when, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_exist, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
