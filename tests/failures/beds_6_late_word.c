/* Failure: a bed register of 2018 took events that came late for beds, but overwrote what it knew
 * of the person whenever a newer time stamp came by.
 *
 * Aim: word that comes late is kept with the instant it is about. A late report does not hide a
 * later one, somebody seen last week is recorded of last week, and the name of a person is never
 * touched by anything that a hub says. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void late_word_changes_nothing_newer(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct somebody person = hub_office_arrived(&office, "PersonOne Samplealpha", HUB_NORTH);
    const int64_t named = office_person(&office, person.id).identity_event;
    assert_true(hub_report(&office, 1, 0, 5).ok);
    assert_true(hub_report(&office, 7, 0, 600).ok); /* of ten hours ago, and comes now */
    struct hub_desk desk = hub_desk_of(&office, HUB_NORTH);
    assert_int_equal(desk.report.row.in_use, 1);
    assert_int_equal(desk.report.minutes_old, 5);
    const struct event late = office_event(&office, office_events(&office));
    assert_int_equal(late.kind, EVENT_HUB_REPORTED);
    assert_int_equal(late.body.hub_reported.in_use, 7);
    assert_true(hub_unexpected(&office, "PersonOne Sampleother").ok);
    assert_true(hub_move(&office, &person, 2).ok);
    desk = hub_desk_of(&office, HUB_NORTH);
    assert_true(str_equal(desk.stays[0].name, STR("PersonOne Samplealpha")));
    assert_int_equal(office_person(&office, person.id).identity_event, named);
    office_expect_rebuilt(&office);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(late_word_changes_nothing_newer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
