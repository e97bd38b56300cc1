/* Failure 3: the notice of an appeal went to an old address, the appeal was decided in absence, and
 * the person was removed. Here service that is not proven starts no clock, and the addresses of the
 * authority and of the tribunal are compared. */
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

/* Refused by a letter of 1 June 2026, and nobody appealed; it is the 30th, and two weeks are over.
 */
static void wrote_and_waited(struct office *office, const struct somebody *person)
{
    static const struct {
        const char *fact;
        const char *value;
    } facts[] = {
        {"first_tier.status", "none"},
        {"upper_tribunal.status", "none"},
        {"court_of_appeal.status", "none"},
        {"appeal.right", "in_country"},
        {"appeal.heard_in", "england_and_wales"},
        {"person.in_uk", "yes"},
        {"decision.sent_on", "2026-06-01"},
    };
    assert_true(lawful_make_clear(office, person, "exhaust_appeal_rights").possible);
    atomic_store(&office->now, (int64_t)OFFICE_DAY * 24 * 60 * 60 * 1000);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        assert_true(
            office_record(office, CLERK, person->reference, facts[i].fact, facts[i].value).ok);
    }
}

/* Aim: with the notice proven, the time to appeal has run and the way is open; not proven, or not
 * known, it is not open on that day and not years later. */
static void test_unproven_service_starts_no_clock(void **state)
{
    struct office *office = *state;
    const struct somebody person = lawful_register(office, "PersonOne Samplealpha", "refused");
    wrote_and_waited(office, &person);
    const char *const services[] = {"not_proven", "unknown"};
    const int waits[] = {0, 30, 300};
    for (size_t i = 0; i < 2; i++) {
        assert_true(
            office_record(office, CLERK, person.reference, "decision.service", services[i]).ok);
        for (size_t j = 0; j < 3; j++) {
            office_move_days(office, waits[j]);
            const struct outcome asked =
                office_ask_for(office, CLERK, &person, "exhaust_appeal_rights", "");
            assert_true(asked.ok && asked.refused);
            assert_int_not_equal(asked.clearance, CLEARANCE_CLEAR);
        }
        office_move_days(office, -330);
    }
    assert_true(office_record(office, CLERK, person.reference, "decision.service", "proven").ok);
    const struct outcome proven =
        office_ask_for(office, CLERK, &person, "exhaust_appeal_rights", "");
    assert_true(proven.ok && !proven.refused);
}

/* Aim: that the tribunal wrote to another address stops a removal that was approved, whenever it
 * comes to light; that nobody compared them lets none be asked for. */
static void test_addresses_are_compared(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal");
    const struct recorded other = office_record(office, CLERK, approved.person.reference,
                                                "contact.address_same_at_tribunal", "no");
    assert_int_equal(other.stopped_count, 1);
    assert_string_equal(other.safeguard, "address_is_shared");
    assert_true(office_record(office, CLERK, approved.person.reference,
                              "contact.address_same_at_tribunal", "unknown")
                    .ok);
    const struct outcome asked =
        office_ask_for(office, CLERK, &approved.person, "enforced_removal", "");
    assert_true(asked.refused);
    assert_int_equal(asked.clearance, CLEARANCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unproven_service_starts_no_clock, setup, teardown),
        cmocka_unit_test_setup_teardown(test_addresses_are_compared, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
