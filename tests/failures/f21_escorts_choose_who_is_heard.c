/* Failure 21: on a charter the escorts chose who might speak to the officer who could stop the
 * removal. Here whatever is asked on the way is recorded, reaches those who decided, and closes the
 * door until they have answered. */
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

/* Aim: made, it stops what was approved, and whoever approved is told and must say that they know;
 * passed on, it still bars; answered, the way is open for a new request, and for nothing older. */
static void test_recorded_routed_answered(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct departing manifest =
        departing_open(office, "enforced_removal", approved.lawful.destination, 0);
    assert_false(departing_list(office, &manifest, approved.request).refused);
    const struct recorded made = office_record(office, OTHER_CLERK, approved.person.reference,
                                               "representation.status", "made");
    assert_int_equal(made.stopped_count, 1);
    assert_string_equal(made.safeguard, "no_representation_unanswered");
    assert_int_equal(departing_stops(office, OFFICER, NULL), 1);     /* who decided */
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), 1); /* who leads the escort */
    assert_false(departing_board(office, &manifest).ok);
    assert_true(office_record(office, OTHER_CLERK, approved.person.reference,
                              "representation.status", "passed_on")
                    .ok);
    assert_true(office_ask_for(office, CLERK, &approved.person, "enforced_removal", "").refused);
    assert_true(office_record(office, OFFICER, approved.person.reference, "representation.status",
                              "answered")
                    .ok);
    assert_int_equal(office_request(office, approved.request).state, REQUEST_STOPPED);
    assert_int_equal(lawful_ask_and_approve(office, &approved.person, "enforced_removal").state,
                     REQUEST_APPROVED);
}

/* Aim: on the way, too: it reaches those who can still decide, and the manifest shows it. */
static void test_heard_aboard(void **state)
{
    struct office *office = *state;
    int64_t stop = 0;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct departing manifest =
        departing_open(office, "enforced_removal", approved.lawful.destination, 0);
    assert_false(departing_list(office, &manifest, approved.request).refused);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
    const struct recorded made = office_record(office, OTHER_CLERK, approved.person.reference,
                                               "representation.status", "made");
    assert_int_equal(made.stopped_count, 1);
    assert_int_equal(departing_stops(office, OFFICER, &stop), 1);
    assert_true(departing_entry(office, approved.person.id).recalled);
}

/* Aim: that nobody asked the person bars as well. */
static void test_nobody_asked(void **state)
{
    struct office *office = *state;
    const struct somebody person =
        lawful_register(office, "PersonOne Samplealpha", "removal_prepared");
    assert_true(lawful_make_clear(office, &person, "enforced_removal").possible);
    assert_true(
        office_record(office, CLERK, person.reference, "representation.status", "unknown").ok);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "enforced_removal", "");
    assert_true(asked.refused);
    assert_int_equal(asked.clearance, CLEARANCE_UNKNOWN);
    assert_int_equal(asked.safeguards_in_the_way, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recorded_routed_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(test_heard_aboard, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_asked, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
