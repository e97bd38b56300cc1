/* Failure: a bed register of 2018 knew a person by the centre and a number of the centre's own, so
 * the same person in two centres was two people.
 *
 * Aim: somebody who goes from one hub to another, and back in between, is one person with one
 * history: never at two hubs at once, and every stay is theirs. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void one_person(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct somebody person = hub_office_arrived(&office, "PersonOne Samplealpha", HUB_NORTH);
    const struct outcome asked = office_ask_for(&office, CLERK, &person, "move_on", HUB_SOUTH);
    assert_true(asked.ok && !asked.refused);
    assert_true(office_approve(&office, OFFICER, asked.request).ok);
    assert_true(office_take(&office, CLERK, asked.request).ok);
    assert_int_equal(office_ask(&office, "SELECT COUNT(*) FROM person"), 1);
    assert_int_equal(office_ask(&office, "SELECT COUNT(*) FROM stay"), 2);
    assert_int_equal(office_ask(&office, "SELECT COUNT(DISTINCT person) FROM stay"), 1);
    assert_int_equal(office_ask(&office, "SELECT COUNT(*) FROM stay WHERE left_event = 0"), 1);
    const struct hub_desk north = hub_desk_of(&office, HUB_NORTH);
    const struct hub_desk south = hub_desk_of(&office, HUB_SOUTH);
    assert_int_equal(north.stay_count + south.stay_count, 1);
    assert_true(str_equal(north.departures[0].reference, str_from_c(person.reference)));
    assert_true(str_equal(south.stays[0].reference, str_from_c(person.reference)));
    hub_check_whole(&office);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
