/* Aim: a long history is read page by page without loss or repetition, by what it is about, and as
 * it was known at an instant; what happened for another hub stays out of sight. And a person's
 * movements are those of their stays. Expected: the events counted in the store itself. */
#include "office.h"

#include "casework/history.h"
#include "casework/movements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

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

static struct history_answer read_page(struct office *office, enum account_name account,
                                       const struct somebody *person, const struct asked *asked,
                                       const struct history_query *query)
{
    struct err err = {0};
    struct history_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_history(&office->casework, &caller, str_from_c(person->reference),
                                         asked, query, &office->work, &answer, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    return answer;
}

static int64_t events_of(struct office *office, const struct somebody *person)
{
    char sql[120];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM event WHERE subject_kind = 1 AND subject = %lld",
             (long long)person->id);
    return office_ask(office, sql);
}

/* Every page in turn; gives how many lines there were, each older than the one before. */
static int64_t read_all(struct office *office, const struct somebody *person, unsigned topics,
                        size_t limit)
{
    struct history_query query = {.topics = topics, .limit = limit};
    int64_t lines = 0;
    int64_t last = INT64_MAX;
    do {
        const struct history_answer answer =
            read_page(office, CLERK, person, &(struct asked){0}, &query);
        assert_true(answer.count <= limit);
        assert_true(answer.next_before == 0 || answer.count == limit);
        for (size_t i = 0; i < answer.count; i++) {
            assert_true(answer.lines[i].event.position < last);
            assert_true((topics & 1U << history_topic_of(answer.lines[i].event.kind)) != 0);
            last = answer.lines[i].event.position;
        }
        lines += (int64_t)answer.count;
        query.before = answer.next_before;
    } while (query.before != 0);
    return lines;
}

static void test_pages_are_the_whole(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Pages");
    office_transfer(office, &person, HUB_NORTH, 2);
    const int64_t all = events_of(office, &person);
    assert_int_equal(all, 10); /* registered, five facts, a step, a request, two approvals */
    static const size_t limits[] = {1, 3, 7, HISTORY_LINES_MAX};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        assert_int_equal(read_all(office, &person, HISTORY_ALL_TOPICS, limits[i]), all);
        int64_t by_topic = 0;
        for (int topic = 0; topic < HISTORY_TOPICS; topic++) {
            by_topic += read_all(office, &person, 1U << topic, limits[i]);
        }
        assert_int_equal(by_topic, all);
    }
    /* Asked for, and approved twice. */
    assert_int_equal(read_all(office, &person, 1U << HISTORY_IDENTITY, 5), 1);
    assert_true(read_all(office, &person, 1U << HISTORY_STEPS, 5) >= 3);
    assert_int_equal(read_all(office, &person, 1U << HISTORY_PRIVACY, 5), 0);
}

static void test_as_it_was_known(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Then");
    const int64_t before = events_of(office, &person);
    const struct asked then = {.has_known_at = true,
                               .known_at = {.milliseconds = atomic_load(&office->now) + 86400000}};
    office_move_days(office, 3);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "none").ok);
    const struct history_query query = {.topics = HISTORY_ALL_TOPICS, .limit = HISTORY_LINES_MAX};
    assert_int_equal(read_page(office, CLERK, &person, &then, &query).count, before);
    assert_int_equal(read_page(office, CLERK, &person, &(struct asked){0}, &query).count,
                     before + 1);
    const struct history_query two = {.topics = HISTORY_ALL_TOPICS, .limit = 2};
    const struct history_answer first = read_page(office, CLERK, &person, &then, &two);
    assert_int_equal(first.count, 2);
    assert_int_equal(first.next_before, first.lines[1].event.position);
}

static void test_another_hub_stays_out_of_sight(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Hubs");
    /* Refused for the southern hub, which has no monitor; then taken to the northern one. */
    assert_true(office_record(office, SENIOR, HUB_SOUTH, "hub.monitor_appointed", "no").ok);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_SOUTH).refused);
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    const struct history_query query = {.topics = HISTORY_ALL_TOPICS, .limit = HISTORY_LINES_MAX};
    const size_t seen = read_page(office, CLERK, &person, &(struct asked){0}, &query).count;
    const struct history_answer narrow =
        read_page(office, OPERATOR_NORTH, &person, &(struct asked){0}, &query);
    assert_int_equal(narrow.count, seen - 1);
    for (size_t i = 0; i < narrow.count; i++) {
        assert_true(narrow.lines[i].event.kind != EVENT_STEP_REFUSED);
    }
}

static void test_bad_questions_are_refused(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonFour Bad");
    const struct caller caller = office_caller(office, CLERK);
    const struct history_query bad[] = {
        {.topics = HISTORY_ALL_TOPICS, .limit = 0},
        {.topics = HISTORY_ALL_TOPICS, .limit = HISTORY_LINES_MAX + 1},
        {.topics = HISTORY_ALL_TOPICS, .limit = 1, .before = -1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        struct history_answer answer;
        assert_false(casework_history(&office->casework, &caller, str_from_c(person.reference),
                                      &(struct asked){0}, &bad[i], &office->work, &answer, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    struct err err = {0};
    struct history_answer answer;
    const struct caller other = office_caller(office, OPERATOR_SOUTH);
    const struct history_query query = {.topics = HISTORY_ALL_TOPICS, .limit = 1};
    assert_false(casework_history(&office->casework, &other, str_from_c(person.reference),
                                  &(struct asked){0}, &query, &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static struct movements movements_of(struct office *office, enum account_name account,
                                     const struct somebody *person)
{
    struct err err = {0};
    struct movements movements = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(casework_movements(&office->casework, &caller, str_from_c(person->reference),
                                   &office->work, &movements, &err)
                    .ok);
    return movements;
}

static void test_movements(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFive Moves");
    const struct movements before = movements_of(office, CLERK, &person);
    assert_int_equal(before.stay_count, 0);
    assert_int_equal(before.request_count, 0);
    assert_int_equal(before.entry.manifest, 0);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_true(office_take(office, CLERK, request).ok);
    const struct movements after = movements_of(office, OPERATOR_NORTH, &person);
    assert_int_equal(after.stay_count, 1);
    assert_int_equal(after.stays[0].hub.id, office->hub_north);
    assert_int_equal(after.stays[0].row.arrival, ARRIVAL_EXPECTED);
    assert_int_equal(after.request_count, 1);
    assert_int_equal(after.requests[0].id, request);
    assert_int_equal(after.request_hubs[0].id, office->hub_north);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages_are_the_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_as_it_was_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_hub_stays_out_of_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_questions_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_movements, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
