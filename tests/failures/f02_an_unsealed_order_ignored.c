/* Failure 2: a person was removed despite an injunction; an official thought that an order without
 * a seal did not matter. Here it is enough that somebody says that there is one. */
#include "departing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, "uk");
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* Aim: no court, no claim number, no paper: every way to a departure is closed from that moment,
 * for those who ask, approve and take; and knowing of it clears nothing. */
static void test_reported_is_enough(void **state)
{
    struct office *office = *state;
    int64_t stop = 0;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct recorded order = departing_report(office, OTHER_CLERK, &approved.person);
    assert_true(order.ok);
    const struct event report = office_event(office, order.event);
    assert_int_equal(report.kind, EVENT_ORDER_REPORTED);
    assert_int_equal(report.body.order_reported.court.len, 0);
    assert_true(str_equal(report.body.order_reported.means, STR("by telephone")));
    assert_int_equal(report.actor, office->accounts[OTHER_CLERK]);
    assert_false(office_take(office, CLERK, approved.request).ok);
    assert_int_equal(departing_stops(office, CLERK, &stop), 1);
    assert_int_equal(departing_acknowledge(office, CLERK, stop).code, ERROR_NONE);
    const struct outcome asked =
        office_ask_for(office, CLERK, &approved.person, "enforced_removal", "");
    assert_true(asked.ok && asked.refused);
    assert_int_equal(asked.clearance, CLEARANCE_BARRED);
    assert_int_equal(asked.safeguards_in_the_way, 1);
}

/* Aim: an order between the approval that was given and the one that is still missing stops both.
 */
static void test_between_two_approvals(void **state)
{
    struct office *office = *state;
    const struct somebody person =
        lawful_register(office, "PersonOne Samplealpha", "transfer_prepared");
    assert_true(lawful_make_clear(office, &person, "hub_transfer").possible);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "hub_transfer", HUB_NORTH);
    assert_true(office_approve(office, OFFICER, asked.request).ok);
    assert_int_equal(departing_report(office, OPERATOR_NORTH, &person).stopped_count, 1);
    const struct outcome approved = office_approve(office, SENIOR, asked.request);
    assert_int_equal(approved.err.code, ERROR_CONFLICT);
    assert_int_equal(departing_stops(office, OPERATOR_NORTH, NULL),
                     1); /* who expects them is told */
    assert_int_equal(departing_stops(office, OPERATOR_SOUTH, NULL), 0);
}

/* Aim: an order that is disproved - the report withdrawn, or its opposite recorded - brings nothing
 * back: the step has to be asked for and approved anew. */
static void test_disproved_revives_nothing(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct recorded order = departing_report(office, CLERK, &approved.person);
    assert_true(office_withdraw_fact(office, CLERK, order.last_event).ok);
    assert_int_equal(office_request(office, approved.request).state, REQUEST_STOPPED);
    assert_false(office_take(office, CLERK, approved.request).ok);
    const struct outcome again =
        lawful_ask_and_approve(office, &approved.person, "enforced_removal");
    assert_int_equal(again.state, REQUEST_APPROVED);
    assert_int_not_equal(again.request, approved.request);
}

/* Aim: the hub's own people may report too, of those who come to them; of others they learn
 * nothing. What cannot be reported is refused with what can. */
static void test_who_may_report(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct record_answer answer;
    const struct somebody person =
        lawful_register(office, "PersonOne Samplealpha", "removal_prepared");
    assert_int_equal(departing_report(office, OPERATOR_NORTH, &person).err.code, ERROR_NOT_FOUND);
    assert_int_equal(departing_report(office, ADMINISTRATOR, &person).err.code, ERROR_FORBIDDEN);
    const struct caller caller = office_caller(office, CLERK);
    struct reported_order order = {.order = STR("letter"),
                                   .reporter = STR("somebody"),
                                   .means = STR("by telephone"),
                                   .heard_at = {.milliseconds = atomic_load(&office->now)}};
    assert_false(casework_report_order(&office->casework, &caller, str_from_c(person.reference),
                                       &order, &office->work, &answer, &err)
                     .ok);
    assert_non_null(strstr(err.hint, "court_order"));
    order.order = STR("court_order");
    order.heard_at.milliseconds += 60000;
    assert_false(casework_report_order(&office->casework, &caller, str_from_c(person.reference),
                                       &order, &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reported_is_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(test_between_two_approvals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_disproved_revives_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_may_report, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
