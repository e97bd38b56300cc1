/* Aim: whoever corrects a date of birth corrects what the safeguards read. Somebody who turns out
 * to be a child is not sent by a request that was approved for an adult; a correction of the name
 * changes no day, and what nobody recorded stays unknown. Under both laws. */
#include "casework/administration.h"

#include "lawful.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BORN "person.born_on"

static const char *law; /* of this run */

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, law);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    struct office *office = *state;
    office_expect_rebuilt(office);
    office_close(office);
    return 0;
}

static const struct known_day not_known = {.known = false};

static struct known_day years_ago(const struct office *office, int years)
{
    return (struct known_day){true,
                              date_add_months(office_today(office), -12 * years, DATE_ROUND_DOWN)};
}

static void correct_by(struct office *office, const struct caller *caller,
                       const struct somebody *person, const char *name, struct known_day born_on)
{
    struct err err = {0};
    const struct corrected_identity wanted = {
        .name = str_from_c(name), .born_on = born_on, .reason = STR("passport seen")};
    arena_reset(&office->work);
    const result done = casework_correct_identity(
        &office->casework, caller, str_from_c(person->reference), &wanted, &office->work, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
}

static void correct(struct office *office, const struct somebody *person, const char *name,
                    struct known_day born_on)
{
    const struct caller caller = office_caller(office, CLERK);
    correct_by(office, &caller, person, name, born_on);
}

static void test_child_is_not_sent(void **state)
{
    struct office *office = *state;
    const bool british = strcmp(law, "uk") == 0;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha",
                        british ? "transfer_prepared" : "transfer_being_prepared", "hub_transfer");
    const struct known_day child = years_ago(office, 10);
    correct(office, &approved.person, "PersonOne Samplealpha", years_ago(office, 30));
    assert_int_equal(office_request(office, approved.request).state, REQUEST_APPROVED);
    const struct caller caller = office_caller(office, CLERK);
    correct_by(office, &caller, &approved.person, "PersonOne Samplealpha", child);
    assert_int_equal(office_request(office, approved.request).state, REQUEST_STOPPED);
    /* The correction, the fact, the stop: of one commit, and one act. */
    const int64_t last = office_events(office);
    const struct event stop = office_event(office, last);
    const struct event fact = office_event(office, stop.body.step_stopped.cause);
    assert_int_equal(stop.kind, EVENT_STEP_STOPPED);
    assert_int_equal(fact.kind, EVENT_FACT_RECORDED);
    assert_true(str_equal(fact.body.fact_recorded.fact, STR(BORN)));
    assert_true(str_equal(fact.body.fact_recorded.source, STR("passport seen")));
    assert_int_equal(office_event(office, fact.position - 1).kind, EVENT_IDENTITY_CORRECTED);
    assert_int_equal(fact.recorded_at.milliseconds, stop.recorded_at.milliseconds);
    correct_by(office, &caller, &approved.person, "PersonOne Samplealpha", child);
    assert_int_equal(office_events(office), last);
}

/* Nobody is born tomorrow, nor longer ago than anybody lives; today is a day like any other. */
static void test_days_of_birth(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonTwo Samplebeta");
    static const char *const bad[] = {"2030-01-01", "2026-07-01", "1901-06-29"};
    const int64_t events = office_events(office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct recorded refused =
            office_record(office, CLERK, person.reference, BORN, bad[i]);
        assert_false(refused.ok);
        assert_int_equal(refused.err.code, ERROR_INPUT);
        assert_non_null(strstr(refused.err.what, bad[i]));
        assert_non_null(strstr(refused.err.what, BORN));
        assert_non_null(strstr(refused.err.hint, "Check the year"));
    }
    assert_int_equal(office_events(office), events);
    assert_true(office_record(office, CLERK, person.reference, BORN, "2026-06-30").ok);
    assert_true(office_record(office, CLERK, person.reference, BORN, "1901-06-30").ok);
}

/* A fact that was true from an earlier day is wrong from that day on, not from today. */
static void test_from_the_day_it_was_wrong(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonTwo Samplebeta");
    const struct recorded before =
        office_record(office, CLERK, person.reference, BORN, "1990-05-05");
    assert_true(before.ok);
    office_move_days(office, 40);
    correct(office, &person, "PersonTwo Samplebeta", years_ago(office, 17));
    const struct event fact = office_event(office, office_events(office));
    assert_int_equal(fact.kind, EVENT_FACT_RECORDED);
    assert_true(date_equal(fact.effective_on, office_event(office, before.event).effective_on));
    correct(office, &person, "PersonTwo Samplebeta", not_known);
    const struct event unknown = office_event(office, office_events(office));
    assert_int_equal(unknown.kind, EVENT_FACT_RECORDED);
    assert_true(str_equal(unknown.body.fact_recorded.value, STR("unknown")));
}

static void test_what_stays(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonThree Samplegamma");
    /* Nobody recorded it for the safeguards: it stays unknown there. */
    correct(office, &person, "PersonThree Samplegamma", years_ago(office, 30));
    assert_int_equal(office_event(office, office_events(office)).kind, EVENT_IDENTITY_CORRECTED);
    /* An assessment found another age than the papers say: the name alone is corrected. */
    assert_true(office_record(office, CLERK, person.reference, BORN, "2012-03-03").ok);
    correct(office, &person, "PersonThree Samplegama", years_ago(office, 30));
    assert_int_equal(office_event(office, office_events(office)).kind, EVENT_IDENTITY_CORRECTED);
    /* The day that the assessment found: there is nothing to record twice. */
    correct(office, &person, "PersonThree Samplegama", (struct known_day){true, {15402}});
    assert_int_equal(office_event(office, office_events(office)).kind, EVENT_IDENTITY_CORRECTED);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_child_is_not_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_days_of_birth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_from_the_day_it_was_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_stays, setup, teardown),
    };
    law = argc > 1 ? argv[1] : "uk";
    return cmocka_run_group_tests_name("birth", tests, NULL, NULL);
}
