/* Failure F19: minors and vulnerable people were sent to a hub and returned at once; of sixteen who
 * were sent first, four came back the same day.
 *
 * Aim: nobody of whom it is not known what they need is sent: no place is held, and the refusal
 * says what is missing. Where somebody is refused on arrival all the same, the place is free again
 * in the same commit, the person is back where they were, and the desk counts them, for good. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void certain_before_anybody_is_sent(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct somebody nobody_asked = hub_office_ready(&office, "PersonOne Samplealpha", NULL);
    const struct somebody unsuitable =
        hub_office_ready(&office, "PersonTwo Samplebeta", "unsuitable");
    struct outcome asked = office_ask_for(&office, CLERK, &nobody_asked, "transfer", HUB_NORTH);
    assert_true(asked.refused && asked.clearance == CLEARANCE_UNKNOWN);
    assert_non_null(strstr(asked.refusal, "which kind of place"));
    asked = office_ask_for(&office, CLERK, &unsuitable, "transfer", HUB_NORTH);
    assert_true(asked.refused && asked.clearance == CLEARANCE_BARRED);
    /* Asked after the approval, the answer stops it. */
    const struct somebody later = hub_office_ready(&office, "PersonThree Samplegamma", "general");
    const int64_t request = office_transfer(&office, &later, HUB_NORTH, 2);
    const struct recorded found =
        office_record(&office, CLERK, later.reference, "hub_stay.place_kind", "unsuitable");
    assert_int_equal(found.stopped_count, 1);
    assert_int_equal(found.stopped[0], request);
    assert_int_equal(office_places(&office, office.hub_north).free, OFFICE_PLACES);
    office_close(&office);
}

static void returned_at_once_is_counted(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct somebody first = hub_office_sent(&office, "PersonOne Samplealpha", HUB_NORTH);
    const struct somebody second = hub_office_sent(&office, "PersonTwo Samplebeta", HUB_NORTH);
    assert_true(hub_arrival(&office, &first, ARRIVAL_ARRIVED).ok);
    const struct outcome refused = hub_arrival(&office, &second, ARRIVAL_REFUSED);
    assert_true(refused.ok && !refused.refused);
    assert_string_equal(refused.stage, "exhausted");
    office_move_days(&office, 400);
    const struct hub_desk desk = hub_desk_of(&office, HUB_NORTH);
    assert_int_equal(desk.arrivals[ARRIVAL_REFUSED], 1);
    assert_int_equal(desk.arrivals[ARRIVAL_ARRIVED], 1);
    assert_int_equal(desk.arrivals_ever, 2);
    assert_int_equal(desk.counts.occupied, 1);
    assert_true(date_equal(desk.departures[0].row.departed_on, desk.departures[0].row.left_on.day));
    assert_true(str_equal(desk.departures[0].reference, str_from_c(second.reference)));
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(certain_before_anybody_is_sent),
                                       cmocka_unit_test(returned_at_once_is_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
