/* Failure 18: vulnerable and tortured people had no report of it, and were treated as if there were
 * nothing to report. Here the absence of a report is unknown, and unknown never clears. */
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

/* Aim: everything that somebody must have looked at: not recorded, it is unknown and not "no", and
 * neither a transfer nor a removal goes on without it. */
static void test_absence_is_unknown(void **state)
{
    static const struct {
        const char *stage;
        const char *step;
        const char *fact;
    } reports[] = {
        {"transfer_prepared", "hub_transfer", "vulnerability.assessment"},
        {"transfer_prepared", "hub_transfer", "health.fit_to_travel"},
        {"transfer_prepared", "hub_transfer", "slavery.referral"},
        {"removal_prepared", "enforced_removal", "health.pregnancy"},
        {"removal_prepared", "enforced_removal", "slavery.referral"},
        {"removal_prepared", "continue_detention", "detention.harm_report"},
        {"removal_prepared", "continue_detention", "detention.adult_at_risk"},
    };
    struct office *office = *state;
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        const struct somebody person =
            lawful_register(office, "PersonOne Samplealpha", reports[i].stage);
        assert_true(lawful_make_clear(office, &person, reports[i].step).possible);
        assert_true(office_record(office, CLERK, person.reference, reports[i].fact, "unknown").ok);
        const bool hub = strcmp(reports[i].step, "hub_transfer") == 0;
        const struct outcome asked =
            office_ask_for(office, CLERK, &person, reports[i].step, hub ? HUB_NORTH : "");
        if (!asked.ok || !asked.refused || asked.clearance != CLEARANCE_UNKNOWN) {
            fail_msg("%s unknown: %s", reports[i].fact, asked.ok ? asked.refusal : asked.err.what);
        }
    }
}

/* Aim: that nobody was asked is not that nobody was hurt: an assessment that was not made bars. */
static void test_not_assessed_bars(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer");
    const struct recorded recorded = office_record(office, CLERK, approved.person.reference,
                                                   "vulnerability.assessment", "not_assessed");
    assert_int_equal(recorded.stopped_count, 1);
    assert_string_equal(recorded.safeguard, "vulnerable_people_are_safe_there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_absence_is_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_assessed_bars, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
