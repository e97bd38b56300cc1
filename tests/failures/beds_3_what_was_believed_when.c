/* Failure: a bed register of 2018 threw its prebookings away and loaded them anew with every feed,
 * and set movements that a feed no longer had to inactive: nobody could say afterwards what had
 * been believed when. Deleting a centre deleted its movements, events and people.
 *
 * Aim: a prebooking that ran out or was ended, a place that was out of use, a report that was
 * corrected: all of it is in the hub's history in the order in which it was said, the rows of any
 * moment follow from it, and nothing can be deleted. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

static void everything_is_there(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct done ran_out = hub_prebook(&office, 1, 1, 0);
    const struct done ended = hub_prebook(&office, 1, 30, 0);
    assert_true(hub_release(&office, ended.event).ok);
    assert_true(hub_out(&office, OPERATOR_NORTH, 3, "damage").ok);
    assert_true(hub_back(&office, 3).ok);
    assert_true(hub_report(&office, 9, 0, 60).ok);
    assert_true(hub_report(&office, 0, 0, 30).ok);
    office_move_days(&office, 5);
    const struct hub_desk desk = hub_desk_of(&office, HUB_NORTH);
    assert_int_equal(desk.prebooking_count, 2);
    assert_int_equal(desk.prebookings[1].row.id, ran_out.event);
    assert_int_equal(desk.prebookings[1].state, PREBOOKING_RAN_OUT);
    assert_int_equal(desk.prebookings[0].state, PREBOOKING_ENDED);
    /* The report that was corrected is on record with its own number. */
    const struct event first = office_event(&office, office_events(&office) - 1);
    assert_int_equal(first.kind, EVENT_HUB_REPORTED);
    assert_int_equal(first.body.hub_reported.in_use, 9);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(office.path, &db), SQLITE_OK);
    assert_int_not_equal(
        sqlite3_exec(db, "DELETE FROM event WHERE subject_kind = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    office_expect_rebuilt(&office);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
