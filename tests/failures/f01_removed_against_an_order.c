/* Failure 1: a person was removed although a judge had ruled that he must not be; the order did not
 * reach those who put people on the aircraft. Here an order that is reported takes the person off
 * the manifest in the same commit, everybody concerned must say that they know, and boarding judges
 * everybody once more. Whoever is aboard already is called back. */
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

/* Tells the person of tomorrow, with papers that last, so that only what a test changes matters. */
static void leave_tomorrow(struct office *office, const struct somebody *person, bool fit)
{
    char tomorrow[DATE_TEXT_SIZE];
    char later[DATE_TEXT_SIZE];
    date_format(date_add_days(office_today(office), 1), tomorrow);
    date_format(date_add_days(office_today(office), 100), later);
    const struct {
        const char *fact;
        const char *value;
    } facts[] = {
        {"departure.on", tomorrow},
        {"removal_notice.departure_on", tomorrow},
        {"protection.review_due_on", later},
        {"travel_document.expires_on", later},
        {"health.fitness_valid_until", later},
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] - (fit ? 0 : 1); i++) {
        assert_true(
            office_record(office, CLERK, person->reference, facts[i].fact, facts[i].value).ok);
    }
}

static int64_t approved_for_tomorrow(struct office *office, struct somebody *ret_person, bool fit,
                                     char destination[4])
{
    *ret_person = lawful_register(office, "PersonOne Samplealpha", "removal_prepared");
    const struct lawful lawful = lawful_make_clear(office, ret_person, "enforced_removal");
    assert_true(lawful.possible);
    memcpy(destination, lawful.destination, 4);
    leave_tomorrow(office, ret_person, fit);
    const struct outcome approved = lawful_ask_and_approve(office, ret_person, "enforced_removal");
    assert_int_equal(approved.state, REQUEST_APPROVED);
    return approved.request;
}

/* Aim: off the manifest in the commit that records the order; all who rest on the clearance are
 * told, and stay told until each of them has said that they know; nothing that is later said of the
 * order puts the person back. */
static void test_an_order_takes_the_person_off(void **state)
{
    struct office *office = *state;
    struct somebody person;
    char destination[4];
    int64_t stop = 0;
    const int64_t request = approved_for_tomorrow(office, &person, true, destination);
    const struct departing manifest = departing_open(office, "enforced_removal", destination, 1);
    assert_true(manifest.ok);
    const struct outcome listed = departing_list(office, &manifest, request);
    assert_true(listed.ok && !listed.refused);
    assert_int_equal(departing_entry(office, person.id).state, ENTRY_LISTED);
    const struct recorded order = departing_report(office, OFFICER, &person);
    assert_true(order.ok);
    assert_int_equal(order.stopped_count, 1);
    assert_int_equal(order.stopped[0], request);
    assert_string_equal(order.safeguard, "no_court_order");
    const struct event report = office_event(office, order.event);
    const struct event stopped = office_event(office, order.last_event + 1);
    assert_int_equal(stopped.kind, EVENT_STEP_STOPPED);
    assert_int_equal(stopped.recorded_at.milliseconds, report.recorded_at.milliseconds);
    assert_int_equal(departing_entry(office, person.id).manifest, 0);
    const enum account_name told[] = {CLERK, OFFICER, OTHER_CLERK}; /* asked, approved, leads */
    assert_int_equal(stopped.body.step_stopped.told.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(departing_stops(office, told[i], &stop), 1);
        assert_int_equal(stop, stopped.position);
        assert_int_equal(departing_acknowledge(office, told[i], stop).code, ERROR_NONE);
        assert_int_equal(departing_stops(office, told[i], NULL), 0);
        assert_int_equal(departing_acknowledge(office, told[i], stop).code, ERROR_CONFLICT);
    }
    assert_int_equal(departing_stops(office, OTHER_OFFICER, NULL), 0);
    assert_int_equal(departing_acknowledge(office, OTHER_OFFICER, stop).code, ERROR_NOT_FOUND);
    assert_false(departing_list(office, &manifest, request).ok);
    assert_true(
        office_record(office, CLERK, person.reference, "court_order.status", "disproved").ok);
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    assert_false(departing_list(office, &manifest, request).ok);
    assert_false(departing_board(office, &manifest).ok); /* nobody is on it */
}

/* Aim: boarding judges anew. Time alone has un-cleared one of them; her verdict of yesterday is
 * worth nothing, and that she may not board is on record. */
static void test_boarding_judges_again(void **state)
{
    struct office *office = *state;
    struct somebody fit;
    struct somebody expired;
    char destination[4];
    const int64_t first = approved_for_tomorrow(office, &fit, true, destination);
    const int64_t second = approved_for_tomorrow(office, &expired, false, destination);
    const struct departing manifest = departing_open(office, "enforced_removal", destination, 1);
    assert_false(departing_list(office, &manifest, first).refused);
    assert_false(departing_list(office, &manifest, second).refused);
    const struct outcome alone = office_take(office, CLERK, first); /* only with the manifest */
    assert_int_equal(alone.err.code, ERROR_CONFLICT);
    office_move_days(office, 1);
    const struct caller caller = office_caller(office, CLERK);
    const struct boarded boarded = departing_board_by(office, &caller, &manifest);
    assert_true(boarded.ok);
    assert_int_equal(boarded.count, 2);
    assert_int_equal(boarded.boarded, 1);
    assert_true(boarded.boards[0] && !boarded.boards[1]);
    assert_int_equal(boarded.safeguard_count[1], 1);
    assert_string_equal(boarded.safeguard[1], "fit_to_travel");
    assert_int_equal(office_request(office, first).state, REQUEST_TAKEN);
    assert_int_equal(office_request(office, second).state, REQUEST_STOPPED);
    assert_true(str_equal(office_person(office, fit.id).stage, STR("removed")));
    assert_true(str_equal(office_person(office, expired.id).stage, STR("removal_prepared")));
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), 1);
    const int64_t events = office_events(office);
    const struct boarded again = departing_board_by(office, &caller, &manifest);
    assert_true(again.ok && again.repeated);
    assert_int_equal(again.count, 2);
    assert_int_equal(again.boarded, 1);
    assert_int_equal(office_events(office), events);
    assert_false(departing_board(office, &manifest).ok); /* once */
}

/* Aim: the order comes when the door is closed. The person is called back, those who can still turn
 * the aircraft round are told, and the manifest stays open until it is on record that he came back.
 */
static void test_called_back_from_aboard(void **state)
{
    struct office *office = *state;
    struct somebody person;
    char destination[4];
    const int64_t request = approved_for_tomorrow(office, &person, true, destination);
    const struct departing manifest = departing_open(office, "enforced_removal", destination, 1);
    assert_false(departing_list(office, &manifest, request).refused);
    office_move_days(office, 1);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), 0);
    const struct recorded order = departing_report(office, OTHER_CLERK, &person);
    assert_int_equal(order.stopped_count, 1);
    assert_string_equal(order.safeguard, "no_court_order");
    assert_int_equal(office_event(office, order.last_event + 1).kind, EVENT_DEPARTURE_RECALLED);
    assert_true(departing_entry(office, person.id).recalled);
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), 1);
    assert_int_equal(departing_stops(office, OFFICER, NULL), 1);
    assert_int_equal(departing_report(office, OTHER_CLERK, &person).stopped_count, 0); /* once */
    assert_int_equal(departing_account(office, &manifest, &person, "arrived", "").err.code,
                     ERROR_CONFLICT); /* it has not left */
    assert_true(departing_leave(office, &manifest).ok);
    assert_int_equal(departing_close(office, &manifest).err.code, ERROR_CONFLICT);
    assert_int_equal(departing_account(office, &manifest, &person, "returned", "").err.code,
                     ERROR_INPUT); /* nothing records it */
    char today[DATE_TEXT_SIZE];
    date_format(office_today(office), today);
    const struct outcome unsaid =
        departing_account(office, &manifest, &person, "returned", "brought_back");
    assert_true(unsaid.ok && unsaid.refused); /* the law asks on which day it failed, and why */
    assert_true(office_record(office, CLERK, person.reference, "removal.failed_on", today).ok);
    assert_true(
        office_record(office, CLERK, person.reference, "removal.failed_because", "other_cause").ok);
    const struct outcome back =
        departing_account(office, &manifest, &person, "returned", "brought_back");
    assert_true(back.ok && !back.refused);
    assert_string_equal(back.stage, "appeal_rights_exhausted");
    assert_int_equal(departing_close(office, &manifest).row.state, MANIFEST_CLOSED);
    office_expect_rebuilt(office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_order_takes_the_person_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_boarding_judges_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_called_back_from_aboard, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
