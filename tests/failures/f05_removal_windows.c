/* Failure 5: people were told that they could be removed at any time in a period of months, and new
 * decisions in that time could not be taken to a court. Here a departure has a day, the person was
 * told that very day, and every new adverse decision closes the way until a court could be reached.
 */
#include "departing.h"

#include "casework/administration.h"

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

static void test_a_day_and_a_court(void **state)
{
    static const struct late_fact changes[] = {
        {"removal_notice.departure_on", "unknown", "departure_day_as_notified"},
        {"last_decision.time_to_reach_court", "not_given", "court_could_be_reached"},
    };
    departing_each_stops(*state, "removal_prepared", "enforced_removal", changes,
                         sizeof changes / sizeof changes[0]);
}

/* Aim: a day that has passed is no notice of the next one. */
static void test_the_day_passes(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct stopped_request *stopped = NULL;
    size_t count = 0;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    office_move_days(office, 90);
    arena_reset(&office->work);
    assert_true(
        casework_review_requests(&office->casework, &office->work, &stopped, &count, &err).ok);
    assert_int_equal(count, 1);
    bool named = false;
    for (size_t i = 0; i < stopped[0].safeguard_count; i++) {
        named = named || str_equal(stopped[0].safeguards[i], STR("departure_day_as_notified"));
    }
    assert_true(named);
    assert_int_equal(stopped[0].request, approved.request);
    assert_int_equal(departing_stops(office, CLERK, NULL), 1); /* time, too, tells */
}

/* Aim: whoever was told of one day is not put on a departure of another. */
static void test_another_day(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct departing later =
        departing_open(office, "enforced_removal", approved.lawful.destination, 60);
    assert_true(later.ok);
    const struct outcome listed = departing_list(office, &later, approved.request);
    assert_true(listed.ok && listed.refused);
    assert_int_equal(listed.clearance, CLEARANCE_BARRED);
    assert_int_equal(departing_entry(office, approved.person.id).manifest, 0);
    assert_int_equal(office_request(office, approved.request).state, REQUEST_APPROVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_day_and_a_court, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_day_passes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_day, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
