/* Failure 20: people on a charter did not know where or when they would arrive. Here nobody is put
 * on a departure to another country or on another day than they were told, in a language they
 * understand. */
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

static void test_told_and_understood(void **state)
{
    static const struct late_fact changes[] = {
        {"removal_notice.understood", "no", "departure_details_understood"},
        {"person.language", "unknown", "departure_details_understood"},
        {"removal_notice.destination", "unknown", "destination_as_notified"},
        {"removal_notice.departure_on", "unknown", "departure_day_as_notified"},
    };
    departing_each_stops(*state, "removal_prepared", "enforced_removal", changes,
                         sizeof changes / sizeof changes[0]);
}

/* Aim: the manifest itself is compared with what the person was told: another country, another day.
 */
static void test_the_manifest_is_as_notified(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const bool albania = strcmp(approved.lawful.destination, "ALB") == 0;
    const struct departing elsewhere =
        departing_open(office, "enforced_removal", albania ? "XKX" : "ALB", 0);
    const struct departing tomorrow =
        departing_open(office, "enforced_removal", approved.lawful.destination, 1);
    const struct departing as_told =
        departing_open(office, "enforced_removal", approved.lawful.destination, 0);
    assert_true(elsewhere.ok && tomorrow.ok && as_told.ok);
    assert_true(departing_list(office, &elsewhere, approved.request).refused);
    assert_true(departing_list(office, &tomorrow, approved.request).refused);
    assert_false(departing_list(office, &as_told, approved.request).refused);
    /* One person, one manifest. */
    const struct departing second =
        departing_open(office, "enforced_removal", approved.lawful.destination, 0);
    assert_int_equal(departing_list(office, &second, approved.request).err.code, ERROR_CONFLICT);
    assert_true(departing_board(office, &as_told).boards[0]);
}

/* Aim: a departure that is moved to the next day leaves everybody behind who was told of today. */
static void test_moved_to_another_day(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct departing manifest =
        departing_open(office, "enforced_removal", approved.lawful.destination, 0);
    assert_false(departing_list(office, &manifest, approved.request).refused);
    office_move_days(office, 1);
    const struct boarded boarded = departing_board(office, &manifest);
    assert_true(boarded.ok);
    assert_int_equal(boarded.boarded, 0);
    assert_int_equal(departing_close(office, &manifest).row.state, MANIFEST_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_told_and_understood, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_manifest_is_as_notified, setup, teardown),
        cmocka_unit_test_setup_teardown(test_moved_to_another_day, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
