/* Failure 4: a person was called to an interview, given no notice and no telephone, and put on an
 * aircraft. Here the proof of the notice, the lawyer and the call are gates, each by itself. */
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

static void test_each_is_a_gate(void **state)
{
    static const struct late_fact changes[] = {
        {"removal_notice.service", "not_proven", "removal_notice_given"},
        {"removal_notice.departure_details_given_on", "unknown", "removal_notice_given"},
        {"representative.status", "not_offered", "lawyer_can_act"},
        {"representative.call_offered", "no", "lawyer_could_be_called"},
    };
    departing_each_stops(*state, "removal_prepared", "enforced_removal", changes,
                         sizeof changes / sizeof changes[0]);
}

/* Aim: the lawyer who is on record was sent the notice. */
static void test_the_lawyer_knows(void **state)
{
    struct office *office = *state;
    const struct somebody person =
        lawful_register(office, "PersonOne Samplealpha", "removal_prepared");
    assert_true(lawful_make_clear(office, &person, "enforced_removal").possible);
    assert_true(
        office_record(office, CLERK, person.reference, "representative.status", "on_record").ok);
    assert_true(
        office_record(office, CLERK, person.reference, "representative.notice_copied", "no").ok);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "enforced_removal", "");
    assert_true(asked.refused);
    assert_int_equal(asked.safeguards_in_the_way, 1);
    assert_true(
        office_record(office, CLERK, person.reference, "representative.notice_copied", "yes").ok);
    assert_false(office_ask_for(office, CLERK, &person, "enforced_removal", "").refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_is_a_gate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_lawyer_knows, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
