/* Failure 6: the department had told a man that he need not pursue his case from the country to
 * which it then sent him. Here its own letters are read against the departure, and a contradiction
 * closes the way; so does that nobody read them. */
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

static void test_a_contradiction_stops_a_removal(void **state)
{
    static const struct late_fact changes[] = {
        {"letters.contradiction", "found", "own_letters_agree"},
        {"letters.contradiction", "unknown", "own_letters_agree"},
    };
    departing_each_stops(*state, "removal_prepared", "enforced_removal", changes, 2);
}

static void test_a_contradiction_stops_a_transfer(void **state)
{
    static const struct late_fact changes[] = {
        {"letters.contradiction", "found", "own_letters_agree"},
    };
    departing_each_stops(*state, "transfer_prepared", "hub_transfer", changes, 1);
}

/* Aim: what was read for the way to the hub says nothing of the way from it. */
static void test_read_again_for_the_onward_journey(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer");
    assert_false(office_take(office, CLERK, approved.request).refused);
    const int64_t unknown = office_ask(
        office, "SELECT COUNT(*) FROM fact AS f WHERE fact = 'letters.contradiction' AND value = "
                "'unknown' AND position = (SELECT MAX(position) FROM fact WHERE fact = f.fact)");
    assert_int_equal(unknown, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_contradiction_stops_a_removal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_contradiction_stops_a_transfer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_again_for_the_onward_journey, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
