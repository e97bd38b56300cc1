/* Failure: a bed register of 2018 computed availability as capacity less everything else, accepted
 * -1100, and said on its screen that the number "may include double counting".
 *
 * Aim: nothing that is asked for makes more of the places than were agreed, or one place two
 * things: what would, is refused, and the sum is exact at every step. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t free_after(struct office *office, struct done done)
{
    (void)done;
    hub_check_whole(office);
    return office_places(office, office->hub_north).free;
}

static void never_below_nothing(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    hub_office_sent(&office, "PersonOne Samplealpha", HUB_NORTH);
    assert_int_equal(free_after(&office, hub_prebook(&office, 3, 9, 0)), 2); /* refused whole */
    assert_int_equal(free_after(&office, hub_prebook(&office, 1, 9, 0)), 1);
    assert_int_equal(free_after(&office, hub_prebook(&office, 2, 9, 0)), 1);
    assert_int_equal(free_after(&office, hub_out(&office, OPERATOR_NORTH, 3, "damage")), 0);
    assert_int_equal(free_after(&office, hub_out(&office, OPERATOR_NORTH, 1, "damage")), 0);
    assert_int_equal(free_after(&office, hub_prebook(&office, 1, 9, 0)), 0);
    const struct somebody other = hub_office_ready(&office, "PersonTwo Samplebeta", "general");
    assert_true(office_ask_for(&office, CLERK, &other, "transfer", HUB_NORTH).refused);
    /* What the hub says of itself changes no number. */
    assert_int_equal(free_after(&office, hub_report(&office, 1100, 1100, 0)), 0);
    struct err err = {0};
    const struct caller caller = office_caller(&office, SENIOR);
    assert_false(casework_agree_places(&office.casework, &caller, STR(HUB_NORTH), 2, STR("fewer"),
                                       &office.work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    hub_check_whole(&office);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(never_below_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
