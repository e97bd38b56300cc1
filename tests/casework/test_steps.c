/* Aim: a step is asked for, approved and taken in the order that the rulebook names, by the people
 * it names, and in no other; and whoever is refused by law is told why in words. The expected
 * answers come from the text of tests/casework/rules and from the promises at the head of
 * casework.h. */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static void assert_code(const struct outcome *outcome, enum error_code code)
{
    assert_false(outcome->ok);
    assert_string_equal(error_name(outcome->err.code), error_name(code));
}

/* Aim: the whole way of a transfer: asked for by one, approved by two others in their roles, taken;
 * the person is then at the hub, on a place that was held since the second approval, and what the
 * step records is recorded. */
static void test_full_path(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct outcome asked = office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH);
    assert_true(asked.ok);
    assert_false(asked.refused);
    assert_int_equal(asked.clearance, CLEARANCE_CLEAR);
    assert_int_equal(asked.state, REQUEST_OPEN);
    assert_int_equal(office_places(office, office->hub_north).held, 0);
    const struct outcome first = office_approve(office, OFFICER, asked.request);
    assert_int_equal(first.state, REQUEST_OPEN);
    assert_int_equal(first.place, 0);
    assert_int_equal(office_places(office, office->hub_north).held, 0);
    const struct outcome second = office_approve(office, SENIOR, asked.request);
    assert_int_equal(second.state, REQUEST_APPROVED);
    assert_true(second.place > 0);
    assert_int_equal(office_places(office, office->hub_north).held, 1);
    assert_string_equal(second.stage, "exhausted");
    const struct outcome taken = office_take(office, OTHER_CLERK, asked.request);
    assert_true(taken.ok && !taken.refused);
    assert_int_equal(taken.state, REQUEST_TAKEN);
    assert_string_equal(taken.stage, "at_hub");
    const struct place_counts places = office_places(office, office->hub_north);
    assert_int_equal(places.held, 0);
    assert_int_equal(places.occupied, 1);
    assert_int_equal(places.free, OFFICE_PLACES - 1);
    assert_int_equal(office_person(office, person.id).hub, office->hub_north);
    const struct event step = office_event(office, taken.event);
    const struct event recorded = office_event(office, taken.event + 1);
    assert_int_equal(step.kind, EVENT_STEP_TAKEN);
    assert_int_equal(recorded.kind, EVENT_FACT_RECORDED);
    assert_true(str_equal(recorded.body.fact_recorded.fact, STR("hub_stay.arrival_confirmed")));
    assert_true(str_equal(recorded.body.fact_recorded.value, STR("no")));
    assert_true(str_equal(recorded.body.fact_recorded.source, STR("Transfer to a return hub")));
}

/* Aim: every judged event carries the rulebook and the facts it rests on, each once and in order.
 */
static void test_relied_on(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const struct outcome asked = office_ask_for(office, CLERK, &person, "removal", "");
    const struct event event = office_event(office, asked.event);
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&office->casework.rulebook->identity, identity);
    assert_true(str_equal(event.body.step_requested.rulebook, str_from_c(identity)));
    const struct number_list relied_on = event.body.step_requested.relied_on;
    /* The injunction, the family, the decision, the notice: not the nationality, which no safeguard
     * reads. */
    assert_int_equal(relied_on.count, 4);
    for (size_t i = 0; i < relied_on.count; i++) {
        const struct event fact = office_event(office, relied_on.items[i]);
        assert_int_equal(fact.kind, EVENT_FACT_RECORDED);
        assert_int_equal(fact.subject, person.id);
        assert_false(str_equal(fact.body.fact_recorded.fact, STR("person.nationality")));
        assert_true(i == 0 || relied_on.items[i] > relied_on.items[i - 1]);
    }
}

/* Aim: neither the order of approvals nor the people who give them can be got round. */
static void test_wrong_approvals(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 0);
    const int64_t before = office_events(office);
    struct outcome outcome = office_approve(office, SENIOR, request); /* not their turn */
    assert_code(&outcome, ERROR_CONFLICT);
    assert_non_null(strstr(outcome.err.hint, "Authorising officer"));
    outcome = office_approve(office, CLERK, request); /* asked, and has no role that approves */
    assert_code(&outcome, ERROR_FORBIDDEN);
    outcome = office_approve(office, MONITOR_NORTH, request);
    assert_code(&outcome, ERROR_FORBIDDEN);
    outcome = office_take(office, CLERK, request); /* nobody approved */
    assert_code(&outcome, ERROR_CONFLICT);
    assert_int_equal(office_events(office), before);
    assert_true(office_approve(office, OFFICER, request).ok);
    outcome = office_approve(office, OFFICER, request); /* twice */
    assert_code(&outcome, ERROR_FORBIDDEN);
    outcome = office_approve(office, OTHER_OFFICER, request); /* the turn is the senior officer's */
    assert_code(&outcome, ERROR_CONFLICT);
    outcome = office_take(office, CLERK, request); /* one approval is not two */
    assert_code(&outcome, ERROR_CONFLICT);
    assert_true(office_approve(office, SENIOR, request).ok);
    outcome = office_approve(office, OTHER_SENIOR, request); /* nothing left to approve */
    assert_code(&outcome, ERROR_CONFLICT);
    outcome = office_take(office, OFFICER, request); /* an officer approves and does not take */
    assert_code(&outcome, ERROR_FORBIDDEN);
    assert_int_equal(office_events(office), before + 2);
}

static void change_role(struct office *office, enum account_name account, const char *role)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_ACCOUNT,
        .subject = office->accounts[account],
        .kind = EVENT_ACCOUNT_CHANGED,
        .body.account_changed = {.role = str_from_c(role), .reason = STR("new work")}};
    office_append(office, &event);
}

/* Aim: the one who asked does not approve, even after a change of role; nor does one who approved
 * approve again in the next role. The table of roles alone would let both. */
static void test_same_person_in_two_roles(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFive Sampleepsilon");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 0);
    change_role(office, CLERK, "authorising_officer");
    struct outcome outcome = office_approve(office, CLERK, request);
    assert_code(&outcome, ERROR_FORBIDDEN);
    assert_non_null(strstr(outcome.err.what, "who asked"));
    assert_true(office_approve(office, OFFICER, request).ok);
    change_role(office, OFFICER, "senior_officer");
    outcome = office_approve(office, OFFICER, request);
    assert_code(&outcome, ERROR_FORBIDDEN);
    assert_true(office_approve(office, SENIOR, request).ok);
}

/* Aim: a wrong stage is a conflict, and the hint names the stage and the ways that lead out of it.
 */
static void test_wrong_stage(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonThirtyfour Samplenu");
    const struct outcome outcome = office_ask_for(office, CLERK, &person, "removal", "");
    assert_code(&outcome, ERROR_CONFLICT);
    assert_non_null(strstr(outcome.err.hint, "Registered"));
    assert_non_null(strstr(outcome.err.hint, "exhaust"));
    assert_null(strstr(outcome.err.hint, "onward_return"));
    const struct outcome unknown = office_ask_for(office, CLERK, &person, "remuval", "");
    assert_code(&unknown, ERROR_INPUT);
    assert_non_null(strstr(unknown.err.hint, "removal"));
}

/* Aim: a refusal by law is an answer: it names each safeguard in the way with its reason, its law,
 * the facts and what would change it; it is on record, and nothing of the step was done. */
static void test_refusal_in_words(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwenty Samplerho");
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    assert_true(office_record(office, CLERK, person.reference, "notice.served_on", "unknown").ok);
    const int64_t before = office_events(office);
    const struct outcome outcome = office_ask_for(office, CLERK, &person, "removal", "");
    assert_true(outcome.ok);
    assert_true(outcome.refused);
    assert_int_equal(outcome.clearance, CLEARANCE_BARRED);
    assert_int_equal(outcome.safeguards_in_the_way, 2);
    assert_int_equal(outcome.request, 0);
    assert_string_equal(outcome.stage, "exhausted");
    assert_int_equal(office_events(office), before + 1);
    const struct event event = office_event(office, outcome.event);
    assert_int_equal(event.kind, EVENT_STEP_REFUSED);
    assert_int_equal(event.body.step_refused.safeguards.count, 2);
    assert_true(str_equal(event.body.step_refused.safeguards.items[0], STR("no_injunction")));
    assert_true(str_equal(event.body.step_refused.safeguards.items[1], STR("notice_still_valid")));
    const char *const told[] = {
        "Enforced removal is not allowed:",
        "A court has ordered that the person must not leave. (Invented for tests, s.1)",
        "There is no notice on which the person may leave now. (Invented for tests, s.4)",
        "Order of a court that the person must not leave: In force",
        "Notice of departure served: Not known",
        "What would change this",
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strstr(outcome.refusal, told[i]) == NULL) {
            print_error("missing \"%s\" in: %s\n", told[i], outcome.refusal);
        }
        assert_non_null(strstr(outcome.refusal, told[i]));
    }
    assert_null(strstr(outcome.refusal, "An appeal could still be brought"));
}

/* Aim: the same step for the same person at the same hub is asked for once; another hub, or another
 * step, is another request. */
static void test_asked_twice(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonNineteen Samplexi");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 0);
    const struct outcome again =
        office_ask_for(office, OTHER_CLERK, &person, "transfer", HUB_NORTH);
    assert_code(&again, ERROR_CONFLICT);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_SOUTH).ok);
    assert_true(office_ask_for(office, CLERK, &person, "removal", "").ok);
    const struct outcome other = office_withdraw(office, OTHER_CLERK, request);
    assert_code(&other, ERROR_FORBIDDEN);
    assert_int_equal(office_withdraw(office, CLERK, request).state, REQUEST_WITHDRAWN);
    assert_true(office_ask_for(office, OTHER_CLERK, &person, "transfer", HUB_NORTH).ok);
}

/* Aim: a declined or withdrawn request is over, and gives back the place that it held. */
static void test_declined(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFour Sampledelta");
    int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_int_equal(office_places(office, office->hub_north).held, 1);
    const struct outcome monitor = office_decline(office, MONITOR_NORTH, request);
    assert_code(&monitor, ERROR_FORBIDDEN);
    assert_int_equal(office_decline(office, OTHER_SENIOR, request).state, REQUEST_DECLINED);
    assert_int_equal(office_places(office, office->hub_north).held, 0);
    const struct outcome taken = office_take(office, CLERK, request);
    assert_code(&taken, ERROR_CONFLICT);
    const struct outcome declined = office_decline(office, SENIOR, request);
    assert_code(&declined, ERROR_CONFLICT);
    request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_int_equal(office_withdraw(office, CLERK, request).state, REQUEST_WITHDRAWN);
    assert_int_equal(office_places(office, office->hub_north).free, OFFICE_PLACES);
}

/* Aim: with a safeguard about places the law refuses the one who comes too late, who is told so;
 * the place that is held for oneself counts as free for oneself. */
static void test_no_place_by_law(void **state)
{
    struct office *office = *state;
    struct somebody people[OFFICE_PLACES + 1];
    int64_t requests[OFFICE_PLACES + 1];
    for (size_t i = 0; i <= OFFICE_PLACES; i++) {
        people[i] = office_ready(office, "PersonEleven Samplelambda");
        requests[i] = office_transfer(office, &people[i], HUB_NORTH, 1);
    }
    for (size_t i = 0; i < OFFICE_PLACES; i++) {
        assert_int_equal(office_approve(office, SENIOR, requests[i]).state, REQUEST_APPROVED);
    }
    const struct outcome last = office_approve(office, SENIOR, requests[OFFICE_PLACES]);
    assert_true(last.ok);
    assert_true(last.refused);
    assert_int_equal(last.state, REQUEST_OPEN);
    assert_non_null(strstr(last.refusal, "No place is free at the hub."));
    for (size_t i = 0; i < OFFICE_PLACES; i++) {
        assert_string_equal(office_take(office, CLERK, requests[i]).stage, "at_hub");
    }
    assert_int_equal(office_places(office, office->hub_north).occupied, OFFICE_PLACES);
    /* One goes back: the place is free, and the one who waited gets it. */
    assert_string_equal(office_ask_for(office, CLERK, &people[0], "readmission", "").stage,
                        "exhausted");
    assert_int_equal(office_approve(office, SENIOR, requests[OFFICE_PLACES]).state,
                     REQUEST_APPROVED);
}

/* Aim: without a safeguard about places it is the register that refuses: no place is anybody's
 * twice. */
static void test_no_place_without_law(void **state)
{
    struct office *office = *state;
    int64_t request = 0;
    for (size_t i = 0; i < OFFICE_PLACES; i++) {
        const struct somebody person = office_ready(office, "PersonTen Samplekappa");
        request = office_ask_for(office, CLERK, &person, "emergency_transfer", HUB_NORTH).request;
        assert_int_equal(office_approve(office, OFFICER, request).state, REQUEST_APPROVED);
    }
    const struct somebody last = office_ready(office, "PersonNine Sampleiota");
    request = office_ask_for(office, CLERK, &last, "emergency_transfer", HUB_NORTH).request;
    const int64_t before = office_events(office);
    const struct outcome outcome = office_approve(office, OFFICER, request);
    assert_code(&outcome, ERROR_CONFLICT);
    assert_non_null(strstr(outcome.err.what, "No place"));
    assert_int_equal(office_events(office), before);
}

/* Aim: a step from a hub is about the hub at which the person is, and frees the place there. */
static void test_onward_return(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonEight Sampletheta");
    const int64_t transfer = office_transfer(office, &person, HUB_NORTH, 2);
    assert_true(office_take(office, CLERK, transfer).ok);
    const struct outcome arrived = office_ask_for(office, CLERK, &person, "confirm_arrival", "");
    assert_string_equal(arrived.stage, "at_hub");
    assert_int_equal(arrived.request, 0);
    const struct outcome elsewhere =
        office_ask_for(office, CLERK, &person, "onward_return", HUB_SOUTH);
    assert_code(&elsewhere, ERROR_CONFLICT);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "onward_return", "");
    assert_true(asked.ok);
    assert_int_equal(office_request(office, asked.request).hub, office->hub_north);
    assert_true(office_approve(office, OFFICER, asked.request).ok);
    assert_string_equal(office_take(office, CLERK, asked.request).stage, "returned");
    assert_int_equal(office_places(office, office->hub_north).free, OFFICE_PLACES);
    assert_int_equal(office_person(office, person.id).hub, 0);
}

/* Aim: what was approved and is no longer clear when it is taken, because time went by and nothing
 * else, is refused and stopped, and its place is given back. */
static void test_time_goes_by(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonSeven Sampleeta");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    office_move_days(office, 31); /* notice of 60 days, served 30 days before */
    const struct outcome taken = office_take(office, CLERK, request);
    assert_true(taken.ok);
    assert_true(taken.refused);
    assert_int_equal(taken.state, REQUEST_STOPPED);
    assert_string_equal(taken.stage, "exhausted");
    assert_non_null(strstr(taken.refusal, "There is no notice"));
    assert_int_equal(office_places(office, office->hub_north).free, OFFICE_PLACES);
    const struct event refused = office_event(office, taken.event);
    const struct event stopped = office_event(office, taken.event + 1);
    assert_int_equal(refused.kind, EVENT_STEP_REFUSED);
    assert_int_equal(stopped.kind, EVENT_STEP_STOPPED);
    assert_int_equal(stopped.body.step_stopped.cause, taken.event);
}

/* Aim: the last day of the notice belongs to it: one day earlier the same step is taken. */
static void test_last_day(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonSix Samplezeta");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    office_move_days(office, 30);
    assert_string_equal(office_take(office, CLERK, request).stage, "at_hub");
}

/* Aim: a hub is named where the step needs one and only there. */
static void test_hub_of_a_step(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonEighteen Samplepi");
    struct outcome outcome = office_ask_for(office, CLERK, &person, "transfer", "");
    assert_code(&outcome, ERROR_INPUT);
    outcome = office_ask_for(office, CLERK, &person, "removal", HUB_NORTH);
    assert_code(&outcome, ERROR_INPUT);
    outcome = office_ask_for(office, CLERK, &person, "transfer", "HUB-NOWHERE");
    assert_code(&outcome, ERROR_NOT_FOUND);
    /* A hub under an agreement that is not announced is as unknown as one that does not exist. */
    const struct outcome secret = office_ask_for(office, CLERK, &person, "transfer", HUB_SECRET);
    assert_code(&secret, ERROR_NOT_FOUND);
    assert_string_equal(secret.err.what, "There is no hub HUB-SECRET for this account");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_full_path, setup, teardown),
        cmocka_unit_test_setup_teardown(test_relied_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_approvals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_person_in_two_roles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_stage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusal_in_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_asked_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_declined, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_place_by_law, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_place_without_law, setup, teardown),
        cmocka_unit_test_setup_teardown(test_onward_return, setup, teardown),
        cmocka_unit_test_setup_teardown(test_time_goes_by, setup, teardown),
        cmocka_unit_test_setup_teardown(test_last_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hub_of_a_step, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
