/* Aim: the work that waits is in order of the day it is due, with the days and working days counted
 * as by hand; a duty is overdue when its time has expired and it is not done, and not a day before;
 * nobody whose case is open is without a next check; and the facts that are missing are those that
 * could decide, counted person by person. */
#include "casework/queue.h"

#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, "uk");
    *state = &office;
    return 0;
}

static int setup_small(void **state)
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

static struct work_answer ask(struct office *office, struct arena *arena, unsigned kinds,
                              int32_t within_days, const char *role)
{
    struct work_answer answer;
    struct err err = {0};
    const struct caller clerk = office_caller(office, CLERK);
    const struct work_query query = {
        .within_days = within_days, .kinds = kinds, .role = str_from_c(role), .limit = 50};
    if (!casework_work(&office->casework, &clerk, &query, arena, &answer, &err).ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static void record(struct office *office, const struct somebody *person, const char *fact,
                   const char *value)
{
    const struct recorded recorded = office_record(office, CLERK, person->reference, fact, value);
    if (!recorded.ok) {
        fail_msg("%s: %s", fact, recorded.err.what);
    }
}

static const struct work_due *find_clock(const struct office *office,
                                         const struct work_answer *answer, const char *clock)
{
    for (size_t i = 0; i < answer->count; i++) {
        const uint32_t index = answer->lines[i].clock.clock;
        if (index != NOT_FOUND_INDEX &&
            str_equal(office->casework.rulebook->clocks[index].name, str_from_c(clock))) {
            return &answer->lines[i];
        }
    }
    return NULL;
}

/* Aim: a report received on Friday 3 July 2026 is answered within two working days, by Tuesday 7
 * July: in four days, two of them working days; on Thursday 9 July it is two days overdue. When it
 * is answered it is gone. */
static void test_working_days(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    struct arena scratch = office->work;
    office_move_days(office, 3);
    record(office, &person, "detention.harm_report", "made");
    record(office, &person, "detention.harm_report_received_on", "2026-07-03");
    const struct work_answer coming = ask(office, &scratch, WORK_ALL_KINDS, 14, "");
    const struct work_due *due = find_clock(office, &coming, "answer_to_harm_report");
    assert_non_null(due);
    assert_int_equal(due->kind, WORK_ENDS);
    assert_int_equal(due->days_left, 4);
    assert_true(due->has_working_days);
    assert_int_equal(due->working_days_left, 2);
    const struct work_answer soon = ask(office, &scratch, WORK_ALL_KINDS, 3, "");
    assert_null(find_clock(office, &soon, "answer_to_harm_report"));
    office_move_days(office, 4); /* the last day */
    const struct work_answer last = ask(office, &scratch, WORK_ALL_KINDS, 0, "");
    due = find_clock(office, &last, "answer_to_harm_report");
    assert_non_null(due);
    assert_int_equal(due->kind, WORK_ENDS);
    assert_int_equal(due->days_left, 0);
    office_move_days(office, 2);
    const struct work_answer late = ask(office, &scratch, WORK_ALL_KINDS, 0, "caseworker");
    due = find_clock(office, &late, "answer_to_harm_report");
    assert_non_null(due);
    assert_int_equal(due->kind, WORK_OVERDUE);
    assert_int_equal(due->days_left, -2);
    assert_int_equal(due->working_days_left, -2);
    assert_int_equal(late.total_of[WORK_OVERDUE], 1);
    const struct work_answer others = ask(office, &scratch, WORK_ALL_KINDS, 0, "senior_officer");
    assert_int_equal(others.total, 0);
    record(office, &person, "detention.harm_report_answered", "yes");
    const struct work_answer done = ask(office, &scratch, WORK_ALL_KINDS, 14, "");
    assert_null(find_clock(office, &done, "answer_to_harm_report"));
}

/* Aim: the soonest come first, as many as are asked for; all are counted. */
static void test_order(void **state)
{
    struct office *office = *state;
    enum { PEOPLE = 30 };
    struct arena scratch = office->work;
    for (int i = 0; i < PEOPLE; i++) {
        char name[40];
        char day[16];
        snprintf(name, sizeof name, "Person%d Samplegamma", i);
        snprintf(day, sizeof day, "2026-07-%02d", 1 + (i * 7) % 30);
        const struct somebody person = office_register(office, name);
        record(office, &person, "person.in_uk", "yes");
        record(office, &person, "travel_document.expires_on", day);
    }
    struct err err = {0};
    struct work_answer answer;
    const struct caller clerk = office_caller(office, CLERK);
    const struct work_query query = {
        .within_days = 60, .kinds = 1U << WORK_ENDS, .role = STR(""), .limit = 10};
    assert_true(casework_work(&office->casework, &clerk, &query, &scratch, &answer, &err).ok);
    assert_int_equal(answer.count, 10);
    assert_int_equal(answer.total, PEOPLE);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(answer.lines[i].due.day, OFFICE_DAY + 1 + i);
    }
    const struct work_answer checks = ask(office, &scratch, 1U << WORK_CHECK, 0, "");
    assert_int_equal(checks.total, PEOPLE); /* no next check was set for anybody */
    const struct work_query wrong = {
        .within_days = 1, .kinds = 1, .role = STR("nobody"), .limit = 1};
    assert_false(casework_work(&office->casework, &clerk, &wrong, &scratch, &answer, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

/* Aim: a fact counts where it could decide and not where the step is barred anyway; it counts as
 * alone where nothing else is missing. By hand: one person lacks the injunction's state alone, one
 * lacks it and the service of the notice, one is barred, one lacks nothing. */
static void test_missing(void **state)
{
    struct office *office = *state;
    struct arena scratch = office->work;
    struct err err = {0};
    struct missing_answer answer;
    const struct somebody alone = office_ready(office, "PersonOne Samplealpha");
    const struct somebody both = office_ready(office, "PersonTwo Samplebeta");
    const struct somebody barred = office_ready(office, "PersonThree Samplegamma");
    office_ready(office, "PersonFour Sampledelta");
    record(office, &alone, "order.injunction", "unknown");
    record(office, &both, "order.injunction", "unknown");
    record(office, &both, "decision.sent_on", "unknown");
    record(office, &barred, "order.injunction", "in_force");
    record(office, &barred, "decision.sent_on", "unknown");
    const struct caller clerk = office_caller(office, CLERK);
    assert_true(casework_missing(&office->casework, &clerk, STR("removal"), STR(""), &scratch,
                                 &answer, &err)
                    .ok);
    const struct rulebook *rulebook = office->casework.rulebook;
    assert_int_equal(answer.people, 4);
    assert_int_equal(answer.unknown, 2);
    assert_int_equal(answer.count, 2);
    assert_true(str_equal(rulebook->facts[answer.facts[0].fact].name, STR("order.injunction")));
    assert_int_equal(answer.facts[0].people, 2);
    assert_int_equal(answer.facts[0].alone, 1);
    assert_true(str_equal(rulebook->facts[answer.facts[1].fact].name, STR("decision.sent_on")));
    assert_int_equal(answer.facts[1].people, 1);
    assert_int_equal(answer.facts[1].alone, 0);
    assert_false(casework_missing(&office->casework, &clerk, STR("transfer"), STR(""), &scratch,
                                  &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    const struct caller operator= office_caller(office, OPERATOR_NORTH);
    assert_false(casework_missing(&office->casework, &operator, STR("removal"), STR(""), &scratch,
                                  &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_working_days, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing, setup_small, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
