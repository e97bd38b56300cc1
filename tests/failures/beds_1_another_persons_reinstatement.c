/* Failure: a bed register of 2018 matched a cancelled check-out to the check-out by comparing two
 * fields that its stored events did not have, so any cancellation could bring back anybody who had
 * left the centre in the last day.
 *
 * Aim: two people leave on the same day. Cancelling the departure of the one brings back that one
 * and not the other, whatever is tried, by the desk and past it. */
#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct attempt {
    struct event event;
    int64_t at;
};

static result append_attempt(struct transaction *transaction, void *context, struct err *err)
{
    struct attempt *attempt = context;
    attempt->event.recorded_at.milliseconds = attempt->at;
    return transaction_append(transaction, &attempt->event, err);
}

static void only_that_very_person(void **state)
{
    static struct office office;
    (void)state;
    hub_office_open(&office);
    const struct somebody first = hub_office_arrived(&office, "PersonOne Samplealpha", HUB_NORTH);
    const struct somebody second = hub_office_arrived(&office, "PersonTwo Samplebeta", HUB_NORTH);
    assert_true(office_ask_for(&office, CLERK, &first, "readmission", "").ok);
    assert_true(office_ask_for(&office, CLERK, &second, "readmission", "").ok);
    const struct hub_desk desk = hub_desk_of(&office, HUB_NORTH);
    assert_int_equal(desk.departure_count, 2);
    /* Past the desk: the second's departure, in the first's name, and with the first's stay. */
    const struct stay_row *theirs = &desk.departures[0].row;
    const struct stay_row *own = &desk.departures[1].row;
    assert_int_equal(theirs->person, second.id);
    const struct departure_cancelled_body crossed[] = {
        {.event = theirs->left_event, .stay = theirs->id},
        {.event = theirs->left_event, .stay = own->id},
        {.event = own->left_event, .stay = theirs->id},
    };
    for (size_t i = 0; i < 3; i++) {
        struct err err = {0};
        struct attempt attempt = {.event = {.subject_kind = SUBJECT_OF_PERSON,
                                            .subject = first.id,
                                            .kind = EVENT_DEPARTURE_CANCELLED,
                                            .effective_on = office_today(&office),
                                            .body.departure_cancelled = crossed[i]},
                                  .at = atomic_load(&office.now) + 1000000};
        attempt.event.body.departure_cancelled.to = STR("at_hub");
        attempt.event.body.departure_cancelled.hub = office.hub_north;
        attempt.event.body.departure_cancelled.place = 1;
        attempt.event.body.departure_cancelled.reason = STR("crossed");
        assert_false(store_write(office.store, append_attempt, &attempt, &err).ok);
        assert_int_equal(err.code, ERROR_CONFLICT);
    }
    assert_true(hub_cancel(&office, OPERATOR_NORTH, HUB_NORTH, &first).ok);
    assert_int_equal(office_person(&office, first.id).hub, office.hub_north);
    assert_int_equal(office_person(&office, second.id).hub, 0);
    assert_true(str_equal(office_person(&office, second.id).stage, STR("exhausted")));
    assert_int_equal(hub_desk_of(&office, HUB_NORTH).departure_count, 1);
    hub_check_whole(&office);
    office_expect_rebuilt(&office);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_that_very_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
