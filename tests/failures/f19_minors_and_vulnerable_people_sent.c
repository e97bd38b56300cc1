/* Failure 19: minors and vulnerable people were sent to a hub abroad and had to be brought back at
 * once. Here age and needs are certain before a transfer, and what comes to light later stops it,
 * even aboard. */
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

static void test_age_must_be_certain(void **state)
{
    static const char *const ages[] = {"disputed", "child", "unknown"};
    struct office *office = *state;
    for (size_t i = 0; i < 3; i++) {
        const struct lawful_request approved =
            lawful_approved(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer");
        assert_int_equal(
            office_record(office, CLERK, approved.person.reference, "age.status", ages[i])
                .stopped_count,
            1);
        const struct outcome asked =
            office_ask_for(office, CLERK, &approved.person, "hub_transfer", HUB_NORTH);
        assert_true(asked.refused);
        assert_int_equal(office_places(office, office->hub_north).held, 0);
    }
}

static void test_needs_must_be_met_there(void **state)
{
    struct office *office = *state;
    const struct somebody person =
        lawful_register(office, "PersonOne Samplealpha", "transfer_prepared");
    assert_true(lawful_make_clear(office, &person, "hub_transfer").possible);
    assert_true(
        office_record(office, CLERK, person.reference, "vulnerability.assessment", "found").ok);
    const struct outcome unasked =
        office_ask_for(office, CLERK, &person, "hub_transfer", HUB_NORTH);
    assert_true(unasked.refused && unasked.clearance == CLEARANCE_UNKNOWN);
    assert_true(
        office_record(office, CLERK, person.reference, "vulnerability.needs_met_at_hub", "no").ok);
    const struct outcome unmet = office_ask_for(office, CLERK, &person, "hub_transfer", HUB_NORTH);
    assert_true(unmet.refused && unmet.clearance == CLEARANCE_BARRED);
    assert_true(
        office_record(office, CLERK, person.reference, "vulnerability.needs_met_at_hub", "yes").ok);
    assert_false(office_ask_for(office, CLERK, &person, "hub_transfer", HUB_NORTH).refused);
}

/* Aim: a child who is recognised on the way is called back, and the hub that expects an adult is
 * told in the same commit. */
static void test_recognised_on_the_way(void **state)
{
    struct office *office = *state;
    const struct lawful_request approved =
        lawful_approved(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer");
    const struct departing manifest =
        departing_open(office, "hub_transfer", approved.lawful.destination, 0);
    assert_true(manifest.ok);
    const struct outcome listed = departing_list(office, &manifest, approved.request);
    assert_true(listed.ok && !listed.refused);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
    assert_int_equal(office_places(office, office->hub_north).occupied, 1);
    const struct recorded recorded =
        office_record(office, OPERATOR_NORTH, approved.person.reference, "age.status", "child");
    assert_true(recorded.ok);
    assert_int_equal(recorded.stopped_count, 1);
    assert_true(departing_entry(office, approved.person.id).recalled);
    assert_int_equal(departing_stops(office, OPERATOR_NORTH, NULL), 1);
    assert_int_equal(departing_stops(office, SENIOR, NULL), 1);
}

/* At a place of the hub, as a transfer leaves them. */
static void place_at_north(struct office *office, const struct somebody *person)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person->id,
                          .kind = EVENT_STEP_TAKEN,
                          .effective_on = office_today(office),
                          .actor = office->accounts[CLERK],
                          .body.step_taken = {.step = STR("placed"),
                                              .from = STR("at_hub"),
                                              .to = STR("at_hub"),
                                              .hub = office->hub_north,
                                              .place = 1}};
    office_append(office, &event);
    assert_int_equal(office_person(office, person->id).hub, office->hub_north);
}

/* Aim: a child who is recognised only at the hub is not sent on from there by force: what was
 * approved stops, and nothing is allowed until the age is certain again. */
static void test_recognised_at_the_hub(void **state)
{
    struct office *office = *state;
    const struct somebody person = lawful_register(office, "PersonOne Samplealpha", "at_hub");
    place_at_north(office, &person);
    assert_true(lawful_make_clear(office, &person, "onward_return_enforced").possible);
    assert_int_equal(lawful_ask_and_approve(office, &person, "onward_return_enforced").state,
                     REQUEST_APPROVED);
    const struct recorded recorded =
        office_record(office, OPERATOR_NORTH, person.reference, "age.status", "disputed");
    assert_true(recorded.ok);
    assert_int_equal(recorded.stopped_count, 1);
    const struct outcome barred =
        office_ask_for(office, CLERK, &person, "onward_return_enforced", HUB_NORTH);
    assert_true(barred.refused && barred.clearance == CLEARANCE_BARRED);
    assert_non_null(strstr(barred.refusal, "may be, a child on their own"));
    assert_true(office_record(office, CLERK, person.reference, "age.status", "unknown").ok);
    const struct outcome unknown =
        office_ask_for(office, CLERK, &person, "onward_return_enforced", HUB_NORTH);
    assert_true(unknown.refused && unknown.clearance == CLEARANCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_age_must_be_certain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_needs_must_be_met_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_recognised_on_the_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_recognised_at_the_hub, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
