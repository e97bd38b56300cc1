/* Aim: the rows of a hub's desk, event by event, and each rule of row.h about prebookings, kinds
 * and places out of use: with the store and casework away, every refusal is the fold's own. */
#include "register/hub_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { HUB = 9, DAY = 100 };

static struct event of_person(enum event_kind kind, int64_t person, int64_t position)
{
    return (struct event){.position = position,
                          .subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = kind,
                          .effective_on = {DAY},
                          .recorded_at = {position * 1000},
                          .actor = 3};
}

static struct event of_hub(enum event_kind kind, int64_t position)
{
    struct event event = of_person(kind, HUB, position);
    event.subject_kind = SUBJECT_OF_HUB;
    return event;
}

static struct event step(int64_t person, int64_t position, int64_t hub, int64_t place)
{
    struct event event = of_person(EVENT_STEP_TAKEN, person, position);
    event.body.step_taken.step = STR("move");
    event.body.step_taken.hub = hub;
    event.body.step_taken.place = place;
    return event;
}

static bool apply_stay(struct stay_row *row, const struct event *event)
{
    struct err err = {0};
    const struct stay_row before = *row;
    const bool applied = stay_row_apply(row, event, &err).ok;
    if (!applied) {
        assert_memory_equal(row, &before, sizeof before);
        assert_true(err.what[0] != '\0');
    }
    return applied;
}

/* --- stays ------------------------------------------------------------------------------------ */

static struct stay_row stay_of(int64_t person)
{
    struct stay_row row = {.id = 0};
    const struct event begun = step(person, 10, HUB, 1);
    assert_true(apply_stay(&row, &begun));
    return row;
}

static void stay_begins_and_ends(void **state)
{
    (void)state;
    struct stay_row row = stay_of(5);
    assert_int_equal(row.arrival, ARRIVAL_EXPECTED);
    assert_int_equal(row.id, 10);
    assert_int_equal(row.owner, 3);
    struct event event = step(5, 11, HUB, 2); /* another place of the same hub */
    assert_true(apply_stay(&row, &event));
    assert_int_equal(row.left_event, 0);
    event = step(6, 12, HUB, -1);
    assert_false(apply_stay(&row, &event)); /* another person's step */
    event = step(5, 13, HUB + 1, 4);
    assert_true(apply_stay(&row, &event));
    assert_int_equal(row.left_event, 13);
    assert_true(row.left_on.known && row.left_on.day.day == DAY);
    assert_int_equal(row.arrival, ARRIVAL_EXPECTED); /* nobody said what became of it */
    event = step(5, 14, HUB, -1);
    assert_false(apply_stay(&row, &event));
}

static void outcome_is_said_once(void **state)
{
    (void)state;
    struct stay_row row = stay_of(5);
    struct event event = of_person(EVENT_ARRIVAL_RESOLVED, 5, 12);
    event.body.arrival_resolved.stay = 10;
    event.body.arrival_resolved.outcome = STR("expected");
    assert_false(apply_stay(&row, &event));
    event.body.arrival_resolved.outcome = STR("lost");
    assert_false(apply_stay(&row, &event));
    event.body.arrival_resolved.outcome = STR("missing");
    event.subject = 6;
    assert_false(apply_stay(&row, &event)); /* another person */
    event.subject = 5;
    event.body.arrival_resolved.stay = 11;
    assert_false(apply_stay(&row, &event)); /* another stay */
    event.body.arrival_resolved.stay = 10;
    assert_true(apply_stay(&row, &event));
    event.body.arrival_resolved.outcome = STR("arrived"); /* found */
    assert_true(apply_stay(&row, &event));
    event.body.arrival_resolved.outcome = STR("never_left");
    assert_false(apply_stay(&row, &event));
    assert_int_equal(row.arrival, ARRIVAL_ARRIVED);
}

static void overdue_is_counted_from_the_day_expected(void **state)
{
    (void)state;
    struct stay_row row = stay_of(5);
    assert_int_equal(stay_days_overdue(&row, (date){DAY}), 0);
    assert_int_equal(stay_days_overdue(&row, (date){DAY + 1}), 1);
    row.expected_on = (struct known_day){.known = true, .day = {DAY + 7}};
    assert_int_equal(stay_days_overdue(&row, (date){DAY + 7}), 0);
    assert_int_equal(stay_days_overdue(&row, (date){DAY + 20}), 13);
    row.arrival = ARRIVAL_MISSING;
    assert_int_equal(stay_days_overdue(&row, (date){DAY + 20}), 0);
}

static void only_the_own_and_last_departure_is_cancelled(void **state)
{
    (void)state;
    struct stay_row row = stay_of(5);
    struct event cancelled = of_person(EVENT_DEPARTURE_CANCELLED, 5, 20);
    cancelled.body.departure_cancelled =
        (struct departure_cancelled_body){.event = 13, .stay = 10, .hub = HUB, .place = 1};
    assert_false(apply_stay(&row, &cancelled)); /* they are there */
    const struct event left = step(5, 13, HUB, -1);
    assert_true(apply_stay(&row, &left));
    struct event wrong = cancelled;
    wrong.subject = 6;
    assert_false(apply_stay(&row, &wrong));
    wrong = cancelled;
    wrong.body.departure_cancelled.event = 12;
    assert_false(apply_stay(&row, &wrong));
    wrong = cancelled;
    wrong.body.departure_cancelled.hub = HUB + 1;
    assert_false(apply_stay(&row, &wrong));
    row.arrival = ARRIVAL_REFUSED;
    row.resolved_event = 13;
    assert_true(apply_stay(&row, &cancelled));
    assert_int_equal(row.left_event, 0);
    assert_int_equal(row.arrival, ARRIVAL_EXPECTED);
    assert_int_equal(row.resolved_event, 0);
}

/* --- places ----------------------------------------------------------------------------------- */

static struct place_row place_in(enum place_state state)
{
    struct place_row row = {
        .hub = HUB, .number = 3, .kind = STR("general"), .state = state, .out_reason = STR("")};
    if (state == PLACE_PREBOOKED) {
        row.prebooking = 8;
        row.prebooked_until = (struct known_day){.known = true, .day = {DAY}};
    }
    row.person = state == PLACE_HELD || state == PLACE_OCCUPIED ? 5 : 0;
    row.request = state == PLACE_HELD ? 7 : 0;
    return row;
}

/* The state after the event; 0 when it is refused, and then nothing has changed. */
static int after(struct place_row row, const struct event *event)
{
    struct err err = {0};
    const struct place_row before = row;
    if (!place_row_apply(&row, event, &err).ok) {
        assert_memory_equal(&row, &before, sizeof row);
        return 0;
    }
    assert_true((row.state == PLACE_PREBOOKED) == (row.prebooking != 0));
    assert_true((row.state == PLACE_OUT_OF_USE) == (row.out_reason.len > 0));
    return (int)row.state;
}

static void expect_each(const struct event *event, const int expected[PLACE_STATES])
{
    for (int state = PLACE_FREE; state < PLACE_STATES; state++) {
        assert_int_equal(after(place_in((enum place_state)state), event), expected[state]);
    }
}

static void prebooking_takes_what_is_free(void **state)
{
    (void)state;
    const int64_t places[] = {2, 3};
    struct event event = of_hub(EVENT_PLACES_PREBOOKED, 20);
    event.body.places_prebooked = (struct places_prebooked_body){
        .places = {places, 2}, .until = {.known = true, .day = {DAY}}};
    expect_each(&event, (const int[PLACE_STATES]){[PLACE_FREE] = PLACE_PREBOOKED});
    event.body.places_prebooked.until.day.day = DAY - 1; /* over already */
    expect_each(&event, (const int[PLACE_STATES]){0});
    event.body.places_prebooked.until.known = false;
    expect_each(&event, (const int[PLACE_STATES]){0});
}

/* Aim: it holds through its last day, and nothing after it. */
static void prebooking_holds_through_its_last_day(void **state)
{
    (void)state;
    const struct place_row row = place_in(PLACE_PREBOOKED);
    assert_false(place_is_free_on(&row, (date){DAY - 1}));
    assert_false(place_is_free_on(&row, (date){DAY}));
    assert_true(place_is_free_on(&row, (date){DAY + 1}));
    struct event approval = of_person(EVENT_STEP_APPROVED, 6, 21);
    approval.body.step_approved.request = 12;
    approval.body.step_approved.place = 3;
    assert_int_equal(after(row, &approval), 0);
    approval.effective_on.day = DAY + 1;
    assert_int_equal(after(row, &approval), PLACE_HELD);
    struct place_row given = row;
    given.person = 6;
    given.request = 12;
    approval.effective_on.day = DAY;
    assert_int_equal(after(given, &approval), PLACE_HELD); /* for its own request */
    approval.body.step_approved.request = 13;
    assert_int_equal(after(given, &approval), 0);
}

static void prebooked_place_is_given_once(void **state)
{
    (void)state;
    struct event event = of_hub(EVENT_PREBOOKING_GIVEN, 21);
    event.body.prebooking_given =
        (struct prebooking_given_body){.prebooking = 8, .place = 3, .request = 12, .person = 6};
    expect_each(&event, (const int[PLACE_STATES]){[PLACE_PREBOOKED] = PLACE_PREBOOKED});
    struct place_row given = place_in(PLACE_PREBOOKED);
    given.person = 6;
    given.request = 12;
    assert_int_equal(after(given, &event), 0);
    event.body.prebooking_given.prebooking = 9;
    assert_int_equal(after(place_in(PLACE_PREBOOKED), &event), 0);
    event.body.prebooking_given.prebooking = 8;
    event.effective_on.day = DAY + 1; /* run out */
    assert_int_equal(after(place_in(PLACE_PREBOOKED), &event), 0);
}

static void out_of_use_from_anything_but_a_bed_in_use(void **state)
{
    (void)state;
    struct event event = of_hub(EVENT_PLACE_OUT_OF_USE, 21);
    event.body.place_out_of_use =
        (struct place_out_of_use_body){.place = 3, .reason = STR("damage")};
    expect_each(&event, (const int[PLACE_STATES]){[PLACE_FREE] = PLACE_OUT_OF_USE,
                                                  [PLACE_HELD] = PLACE_OUT_OF_USE,
                                                  [PLACE_PREBOOKED] = PLACE_OUT_OF_USE});
    event.body.place_out_of_use.reason = STR("");
    assert_int_equal(after(place_in(PLACE_FREE), &event), 0);
    struct event back = of_hub(EVENT_PLACE_BACK_IN_USE, 22);
    back.body.place_back_in_use.place = 3;
    struct place_row broken = place_in(PLACE_OUT_OF_USE);
    broken.out_reason = STR("damage");
    assert_int_equal(after(broken, &back), PLACE_FREE);
    assert_int_equal(after(place_in(PLACE_FREE), &back), 0);
}

static void kind_stays_while_somebody_has_the_place(void **state)
{
    (void)state;
    struct event event = of_hub(EVENT_PLACES_OF_KIND, 21);
    event.body.places_of_kind =
        (struct places_of_kind_body){.kind = STR("women"), .first = 1, .last = 4};
    struct place_row row = place_in(PLACE_FREE);
    struct err err = {0};
    assert_true(place_row_apply(&row, &event, &err).ok);
    assert_true(str_equal(row.kind, STR("women")));
    static const enum place_state had[] = {PLACE_HELD, PLACE_OCCUPIED, PLACE_PREBOOKED};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(after(place_in(had[i]), &event), 0);
    }
    event.subject = HUB + 1; /* another hub's word */
    row = place_in(PLACE_FREE);
    assert_true(place_row_apply(&row, &event, &err).ok);
    assert_true(str_equal(row.kind, STR("general")));
}

static void place_is_changed_to_a_free_one(void **state)
{
    (void)state;
    struct event event = of_person(EVENT_PLACE_CHANGED, 5, 21);
    event.body.place_changed = (struct place_changed_body){.hub = HUB, .place = 4};
    assert_int_equal(after(place_in(PLACE_OCCUPIED), &event), PLACE_FREE); /* left */
    event.subject = 6;
    assert_int_equal(after(place_in(PLACE_OCCUPIED), &event), PLACE_OCCUPIED);
    event.body.place_changed.place = 3; /* had */
    expect_each(&event, (const int[PLACE_STATES]){[PLACE_FREE] = PLACE_OCCUPIED});
    event.body.place_changed.request = 12;
    assert_int_equal(after(place_in(PLACE_FREE), &event), PLACE_HELD);
}

/* --- the others ------------------------------------------------------------------------------- */

static struct event report(int64_t position, int64_t accurate_at, int64_t in_use)
{
    struct event event = of_hub(EVENT_HUB_REPORTED, position);
    event.body.hub_reported.accurate_at = accurate_at;
    event.body.hub_reported.in_use = in_use;
    event.body.hub_reported.counted_in_use = 4;
    return event;
}

static bool take_report(struct hub_report_row *row, struct event event)
{
    struct err err = {0};
    return hub_report_row_apply(row, &event, &err).ok;
}

static void difference_is_explained_as_long_as_it_is_the_same(void **state)
{
    (void)state;
    struct hub_report_row row = {.hub = 0};
    struct event explained = of_hub(EVENT_HUB_REPORT_EXPLAINED, 30);
    explained.body.hub_report_explained.report = 10;
    assert_false(take_report(&row, explained));
    assert_true(take_report(&row, report(10, 1000, 4)));
    assert_int_equal(row.difference, 0);
    assert_false(take_report(&row, explained)); /* nothing to explain */
    assert_true(take_report(&row, report(11, 2000, 5)));
    assert_int_not_equal(row.difference, 0);
    assert_false(take_report(&row, explained)); /* of an older report */
    explained.body.hub_report_explained.report = 11;
    assert_true(take_report(&row, explained));
    assert_true(take_report(&row, report(12, 3000, 5)));
    assert_int_equal(row.explained_event, 30);
    assert_int_equal(row.differs_since.milliseconds, 2000);
    assert_true(take_report(&row, report(13, 4000, 6)));
    assert_int_equal(row.explained_event, 0);
    assert_true(take_report(&row, report(14, 100, 9))); /* late */
    assert_int_equal(row.report, 13);
    /* The same total, another kind: it differs. */
    const str kinds[] = {STR("men"), STR("women")};
    const int64_t hub[] = {3, 1};
    const int64_t counted[] = {1, 3};
    const int64_t none[] = {0, 0};
    struct event by_kind = report(15, 5000, 4);
    by_kind.body.hub_reported.kinds = (struct text_list){kinds, 2};
    by_kind.body.hub_reported.in_use_of_kind = (struct number_list){hub, 2};
    by_kind.body.hub_reported.counted_in_use_of_kind = (struct number_list){counted, 2};
    by_kind.body.hub_reported.out_of_use_of_kind = (struct number_list){none, 2};
    assert_false(take_report(&row, by_kind)); /* a list is missing */
    by_kind.body.hub_reported.counted_out_of_use_of_kind = (struct number_list){none, 2};
    assert_true(take_report(&row, by_kind));
    assert_int_not_equal(row.difference, 0);
}

static void prebookings_and_strangers_end_once(void **state)
{
    (void)state;
    struct err err = {0};
    const int64_t places[] = {2, 3};
    struct prebooking_row row = {.id = 0};
    struct event event = of_hub(EVENT_PLACES_PREBOOKED, 8);
    event.body.places_prebooked = (struct places_prebooked_body){
        .places = {places, 2}, .until = {.known = true, .day = {DAY}}};
    assert_true(prebooking_row_apply(&row, &event, &err).ok);
    struct event ended = of_hub(EVENT_PREBOOKING_ENDED, 9);
    ended.body.prebooking_ended.prebooking = 7;
    assert_false(prebooking_row_apply(&row, &ended, &err).ok);
    ended.body.prebooking_ended.prebooking = 8;
    assert_true(prebooking_row_apply(&row, &ended, &err).ok);
    assert_false(prebooking_row_apply(&row, &ended, &err).ok);

    struct unexpected_row stranger = {.id = 0};
    event = of_hub(EVENT_UNEXPECTED_ARRIVAL, 12);
    assert_true(unexpected_row_apply(&stranger, &event, &err).ok);
    struct event resolved = of_hub(EVENT_UNEXPECTED_RESOLVED, 13);
    resolved.body.unexpected_resolved =
        (struct unexpected_resolved_body){.arrival = 12, .person = 6};
    assert_false(unexpected_row_apply(&stranger, &resolved, &err).ok); /* no outcome */
    resolved.body.unexpected_resolved.outcome = STR("a visitor");
    assert_true(unexpected_row_apply(&stranger, &resolved, &err).ok);
    assert_int_equal(stranger.person, 6);
    assert_false(unexpected_row_apply(&stranger, &resolved, &err).ok);
}

static void names(void **state)
{
    (void)state;
    enum out_of_use reason;
    for (int i = 0; i < OUT_OF_USE_COUNT; i++) {
        assert_true(out_of_use_from_name(str_from_c(out_of_use_name((enum out_of_use)i)), &reason));
        assert_int_equal(reason, i);
        assert_true(out_of_use_title(reason)[0] != '\0');
    }
    assert_false(out_of_use_from_name(STR("mood"), &reason));
    for (int i = ARRIVAL_EXPECTED; i < ARRIVAL_STATES; i++) {
        const char *name = arrival_state_name((enum arrival_state)i);
        assert_int_equal(arrival_state_from_name(str_from_c(name)), i);
    }
    assert_int_equal(arrival_state_from_name(STR("gone")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stay_begins_and_ends),
        cmocka_unit_test(outcome_is_said_once),
        cmocka_unit_test(overdue_is_counted_from_the_day_expected),
        cmocka_unit_test(only_the_own_and_last_departure_is_cancelled),
        cmocka_unit_test(prebooking_takes_what_is_free),
        cmocka_unit_test(prebooking_holds_through_its_last_day),
        cmocka_unit_test(prebooked_place_is_given_once),
        cmocka_unit_test(out_of_use_from_anything_but_a_bed_in_use),
        cmocka_unit_test(kind_stays_while_somebody_has_the_place),
        cmocka_unit_test(place_is_changed_to_a_free_one),
        cmocka_unit_test(difference_is_explained_as_long_as_it_is_the_same),
        cmocka_unit_test(prebookings_and_strangers_end_once),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
