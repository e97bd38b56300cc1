/* Aim: a hub's desk as its operator and the sending officers use it. Places fit by kind or not at
 * all; a place is one thing at a time; an expected arrival stays until somebody says what became of
 * it; what the hub reports stands beside what the register counts; a departure is cancelled for
 * that person only. Expected numbers are counted by hand. */
#include "casework/administration.h"
#include "casework/waiting.h"
#include "hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    hub_office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    hub_check_whole(*state);
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static void is_error(const struct done *done, enum error_code code, const char *words)
{
    assert_false(done->ok);
    assert_int_equal(done->err.code, code);
    if (strstr(done->err.what, words) == NULL) {
        fail_msg("another message: %s", done->err.what);
    }
}

static void counts_are(struct office *office, int64_t free, int64_t prebooked, int64_t held,
                       int64_t occupied, int64_t out_of_use)
{
    const struct place_counts counts = office_places(office, office->hub_north);
    assert_int_equal(counts.free, free);
    assert_int_equal(counts.prebooked, prebooked);
    assert_int_equal(counts.held, held);
    assert_int_equal(counts.occupied, occupied);
    assert_int_equal(counts.out_of_use, out_of_use);
    assert_int_equal(counts.agreed, OFFICE_PLACES);
}

/* --- kinds ------------------------------------------------------------------------------------ */

/* Aim: nobody asked which kind: no place is chosen, and the refusal says so; by law, and without a
 * safeguard by the register itself. */
static void unknown_kind_fits_nothing(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", NULL);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH);
    assert_true(asked.ok && asked.refused);
    assert_int_equal(asked.clearance, CLEARANCE_UNKNOWN);
    assert_non_null(strstr(asked.refusal, "which kind of place the person needs"));
    const struct outcome emergency =
        office_ask_for(office, CLERK, &person, "emergency_transfer", HUB_NORTH);
    assert_true(emergency.ok && !emergency.refused);
    const struct outcome approved = office_approve(office, OFFICER, emergency.request);
    assert_false(approved.ok);
    assert_int_equal(approved.err.code, ERROR_CONFLICT);
    assert_non_null(strstr(approved.err.what, "not on record which kind of place"));
    counts_are(office, 3, 0, 0, 0, 0);
}

/* Aim: a place of another kind is no place, however many there are. */
static void only_the_kind_that_is_needed(void **state)
{
    struct office *office = *state;
    const struct somebody woman = hub_office_ready(office, "PersonOne Samplealpha", "women");
    assert_non_null(strstr(office_ask_for(office, CLERK, &woman, "transfer", HUB_NORTH).refusal,
                           "No place is free at the hub"));
    assert_true(hub_kind(office, "women", 2, 2).ok);
    const int64_t request = office_transfer(office, &woman, HUB_NORTH, 2);
    assert_int_equal(office_request(office, request).place, 2);
    const struct done refused = hub_kind(office, "general", 1, 3);
    is_error(&refused, ERROR_CONFLICT, "Place 2");
    const struct done unheard = hub_kind(office, "single", 1, 1);
    is_error(&unheard, ERROR_INPUT, "not a kind of place");
    /* The need changes: what was held does not fit any more, although others are free. */
    const struct recorded changed =
        office_record(office, CLERK, woman.reference, "hub_stay.place_kind", "general");
    assert_true(changed.ok);
    assert_int_equal(changed.stopped_count, 1);
    assert_int_equal(changed.stopped[0], request);
    assert_string_equal(changed.safeguard, "place_is_free");
    counts_are(office, 3, 0, 0, 0, 0);
}

/* Aim: everybody screened at once is judged as one by one, whatever kind they need and whether or
 * not they have a place of their own. */
struct screened {
    struct office *office;
    size_t seen;
    size_t same;
};

static result compare_one(void *context, const struct screen_line *line, struct err *err)
{
    struct screened *screened = context;
    struct arena arena = {0};
    TRY(arena_open(&arena, 64 * 1024 * 1024, err));
    struct explain_answer answer = {0};
    const struct caller caller = {.account = screened->office->accounts[CLERK]};
    const result explained =
        casework_explain(&screened->office->casework, &caller, line->person->reference,
                         STR("transfer"), STR(HUB_NORTH), NULL, &arena, &answer, err);
    screened->seen++;
    screened->same += explained.ok && answer.explanation.clearance == line->clearance ? 1 : 0;
    arena_close(&arena);
    return explained;
}

static void screening_agrees(void **state)
{
    struct office *office = *state;
    static const char *const kinds[] = {"general",    "women",   NULL,
                                        "accessible", "general", "unsuitable"};
    struct somebody people[6];
    for (size_t i = 0; i < 6; i++) {
        people[i] = hub_office_ready(office, "PersonOne Samplealpha", kinds[i]);
    }
    assert_true(hub_kind(office, "women", 3, 3).ok);
    office_transfer(office, &people[0], HUB_NORTH, 2);
    office_transfer(office, &people[4], HUB_NORTH, 2);
    struct err err = {0};
    struct screened screened = {.office = office};
    struct screen_totals totals;
    const struct caller caller = office_caller(office, CLERK);
    assert_true(casework_screen(&office->casework, &caller, STR("transfer"), STR(HUB_NORTH), NULL,
                                compare_one, &screened, &totals, &err)
                    .ok);
    assert_int_equal(screened.seen, 6);
    assert_int_equal(screened.same, 6);
    assert_int_equal(totals.clear, 3); /* both with a place of their own, and the woman */
    assert_int_equal(totals.unknown, 1);
    assert_int_equal(totals.barred, 2);
}

/* Aim: the verdict of then, from the day and the instant alone, after kinds, prebookings and places
 * have changed. */
static void verdicts_of_the_past(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    const struct outcome clear = office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH);
    assert_true(clear.ok && !clear.refused);
    assert_true(office_withdraw(office, CLERK, clear.request).ok);
    assert_true(hub_prebook(office, 1, 5, 0).ok);
    assert_true(hub_out(office, OPERATOR_NORTH, 2, "damage").ok);
    assert_true(hub_kind(office, "women", 3, 3).ok);
    const struct outcome barred = office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH);
    assert_true(barred.ok && barred.refused);
    office_move_days(office, 6); /* the prebooking has run out */
    assert_true(hub_back(office, 2).ok);
    const struct {
        int64_t event;
        enum clearance clearance;
    } verdicts[] = {{clear.event, CLEARANCE_CLEAR}, {barred.event, CLEARANCE_BARRED}};
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        struct explain_answer answer = {0};
        const struct event event = office_event(office, verdicts[i].event);
        const struct asked asked = {.has_on = true,
                                    .on = event.effective_on,
                                    .has_known_at = true,
                                    .known_at = event.recorded_at};
        const struct caller caller = office_caller(office, CLERK);
        arena_reset(&office->work);
        assert_true(casework_explain(&office->casework, &caller, str_from_c(person.reference),
                                     STR("transfer"), STR(HUB_NORTH), &asked, &office->work,
                                     &answer, &err)
                        .ok);
        assert_int_equal(answer.explanation.clearance, verdicts[i].clearance);
    }
}

/* --- out of use ------------------------------------------------------------------------------- */

static void out_of_use_and_back(void **state)
{
    struct office *office = *state;
    const struct somebody sent = hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    (void)sent;
    struct done done = hub_out(office, OPERATOR_NORTH, 1, "damage");
    is_error(&done, ERROR_CONFLICT, "Somebody is at place 1");
    done = hub_out(office, OPERATOR_NORTH, 2, "bad_mood");
    is_error(&done, ERROR_INPUT, "not a reason");
    assert_true(hub_out(office, OPERATOR_NORTH, 2, "medical_isolation").ok);
    done = hub_out(office, OPERATOR_NORTH, 2, "damage");
    is_error(&done, ERROR_CONFLICT, "out_of_use");
    counts_are(office, 1, 0, 0, 1, 1);
    office_move_days(office, 4);
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_true(desk.places[1].overdue);
    assert_true(str_equal(desk.places[1].words, STR("seen this morning")));
    assert_true(hub_back(office, 2).ok);
    done = hub_back(office, 2);
    is_error(&done, ERROR_CONFLICT, "free");
    counts_are(office, 2, 0, 0, 1, 0);
}

/* Aim: a place that breaks while it is held: another of the same kind is held instead; when there
 * is none the approval ends in the same commit. */
static void a_held_place_breaks(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_int_equal(office_request(office, request).place, 1);
    struct done done = hub_out(office, OPERATOR_NORTH, 1, "damage");
    assert_true(done.ok);
    assert_int_equal(done.stopped_count, 0);
    assert_int_equal(office_request(office, request).place, 2);
    hub_check_whole(office);
    assert_true(hub_out(office, OPERATOR_NORTH, 3, "planned_works").ok);
    done = hub_out(office, OPERATOR_NORTH, 2, "crime_scene");
    assert_true(done.ok);
    assert_int_equal(done.stopped_count, 1);
    assert_int_equal(done.stopped, request);
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    counts_are(office, 0, 0, 0, 0, 3);
}

/* --- prebookings ------------------------------------------------------------------------------ */

static void prebooked_for_a_request(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    const struct somebody other = hub_office_ready(office, "PersonTwo Samplebeta", "general");
    struct done done = hub_prebook(office, 4, 5, 0);
    is_error(&done, ERROR_CONFLICT, "Only 3 places");
    const struct done booked = hub_prebook(office, 3, 5, 0);
    assert_true(booked.ok);
    counts_are(office, 0, 3, 0, 0, 0);
    assert_true(office_ask_for(office, CLERK, &other, "transfer", HUB_NORTH).refused);
    assert_true(hub_release(office, booked.event).ok);
    counts_are(office, 3, 0, 0, 0, 0);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 1);
    const struct done again = hub_prebook(office, 3, 5, 0);
    assert_true(again.ok);
    done = hub_give(office, again.event, request);
    assert_true(done.ok);
    done = hub_give(office, booked.event, request);
    assert_false(done.ok);
    const struct outcome approved = office_approve(office, SENIOR, request);
    assert_true(approved.ok && !approved.refused);
    assert_int_equal(approved.place, 1);
    counts_are(office, 0, 2, 1, 0, 0);
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.prebooking_count, 2);
    assert_int_equal(desk.prebookings[0].holding, 2);
    assert_int_equal(desk.prebookings[0].row.given, 1);
    assert_int_equal(desk.prebookings[1].state, PREBOOKING_ENDED);
}

/* Aim: on the last day it holds, the day after it does not, and it is on the desk for both. */
static void prebooking_runs_out(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    assert_true(hub_prebook(office, 3, 2, 0).ok);
    office_move_days(office, 2);
    counts_are(office, 0, 3, 0, 0, 0);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH).refused);
    assert_int_equal(hub_desk_of(office, HUB_NORTH).prebookings[0].state, PREBOOKING_LIVE);
    office_move_days(office, 1);
    counts_are(office, 3, 0, 0, 0, 0);
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.prebookings[0].state, PREBOOKING_RAN_OUT);
    assert_int_equal(desk.prebookings[0].holding, 0);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_int_equal(office_request(office, request).place, 1);
    counts_are(office, 2, 0, 1, 0, 0);
}

/* Aim: what was prebooked for a request that ends is prebooked still, for nobody yet. */
static void request_of_a_prebooking_ends(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 1);
    assert_true(hub_prebook(office, 1, 5, request).ok);
    counts_are(office, 2, 1, 0, 0, 0);
    assert_true(office_withdraw(office, CLERK, request).ok);
    counts_are(office, 2, 1, 0, 0, 0);
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.places[0].row.request, 0);
    assert_int_equal(desk.places[0].row.state, PLACE_PREBOOKED);
}

/* --- reports ---------------------------------------------------------------------------------- */

static void reports_stand_beside(void **state)
{
    struct office *office = *state;
    hub_office_arrived(office, "PersonOne Samplealpha", HUB_NORTH);
    assert_int_equal(hub_desk_of(office, HUB_NORTH).report.row.hub, 0);
    assert_true(hub_report(office, 1, 0, 30).ok);
    struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.report.row.difference, 0);
    assert_int_equal(desk.report.minutes_old, 30);
    struct done done = hub_explain(office);
    is_error(&done, ERROR_CONFLICT, "nothing to explain");
    assert_true(hub_report(office, 2, 1, 20).ok);
    desk = hub_desk_of(office, HUB_NORTH);
    assert_true(desk.report.row.difference != 0 && desk.report.row.explained_event == 0);
    assert_int_equal(desk.report.row.counted_in_use, 1);
    counts_are(office, 2, 0, 0, 1, 0); /* neither number changes the other */
    assert_true(hub_explain(office).ok);
    assert_true(hub_report(office, 2, 1, 10).ok); /* the same difference: explained still */
    desk = hub_desk_of(office, HUB_NORTH);
    assert_true(desk.report.row.explained_event != 0);
    assert_true(str_equal(desk.report.explanation, STR("one is in hospital")));
    assert_int_equal(desk.report.row.differs_since.milliseconds,
                     atomic_load(&office->now) - 20 * 60 * 1000);
    assert_true(hub_report(office, 3, 1, 5).ok); /* another one is not */
    desk = hub_desk_of(office, HUB_NORTH);
    assert_true(desk.report.row.difference != 0 && desk.report.row.explained_event == 0);
    assert_true(hub_report(office, 1, 0, 60).ok); /* comes late: on record, and changes nothing */
    assert_int_equal(hub_desk_of(office, HUB_NORTH).report.row.in_use, 3);
    done = hub_report(office, 1, 0, -5);
    is_error(&done, ERROR_INPUT, "has been");
}

/* --- arrivals --------------------------------------------------------------------------------- */

static void expected_until_resolved(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    char day[DATE_TEXT_SIZE];
    date_format(date_add_days(office_today(office), 1), day);
    assert_true(office_record(office, CLERK, person.reference, "hub_stay.expected_on", day).ok);
    assert_true(
        office_take(office, OTHER_CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.expected_count, 1);
    assert_int_equal(desk.expected[0].days_overdue, 0);
    assert_true(str_equal(desk.expected[0].owner, STR("other-clerk")));
    office_move_days(office, 11);
    desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.expected[0].days_overdue, 10);
    /* They leave by a step that says nothing of the arrival: it is expected still. */
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
    office_move_days(office, 300);
    desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.expected_count, 1);
    assert_int_equal(desk.expected[0].days_overdue, 310);
    assert_int_equal(desk.stay_count, 0);
    assert_true(hub_hand_over(office, &person, "senior").ok);
    assert_true(str_equal(hub_desk_of(office, HUB_NORTH).expected[0].owner, STR("senior")));
    struct done done = hub_hand_over(office, &person, "operator-north");
    is_error(&done, ERROR_INPUT, "somebody who may");
    assert_true(hub_resolve(office, &person, ARRIVAL_NEVER_LEFT).ok);
    desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.expected_count, 0);
    assert_int_equal(desk.arrivals[ARRIVAL_NEVER_LEFT], 1);
    assert_int_equal(desk.arrivals_ever, 1);
    done = hub_resolve(office, &person, ARRIVAL_MISSING);
    is_error(&done, ERROR_CONFLICT, "resolved already");
}

/* Aim: sent again after whoever was to answer for it left, it is known as done; a new one is not.
 */
static void handed_over_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    struct record_answer answer;
    for (int i = 0; i < 2; i++) {
        struct err err = {0};
        assert_true(casework_hand_over_arrival(&office->casework, &clerk, STR(HUB_NORTH),
                                               str_from_c(person.reference), STR("other-senior"),
                                               STR("on leave"), &office->work, &answer, &err)
                        .ok);
        assert_int_equal(answer.repeated, i == 1);
        assert_true(i == 1 ||
                    casework_close_account(&office->casework, &administrator, STR("other-senior"),
                                           STR("left"), &office->work, &err)
                        .ok);
    }
    const struct done done = hub_hand_over(office, &person, "other-senior");
    is_error(&done, ERROR_INPUT, "somebody who may");
}

/* Aim: the hub's word and the rulebook's step are one, whichever door they come by. */
static void arrived_refused_and_missing(void **state)
{
    struct office *office = *state;
    const struct somebody first = hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    const struct somebody second = hub_office_sent(office, "PersonTwo Samplebeta", HUB_NORTH);
    const struct somebody third = hub_office_sent(office, "PersonThree Samplegamma", HUB_NORTH);
    struct done done = hub_resolve(office, &first, ARRIVAL_ARRIVED);
    is_error(&done, ERROR_CONFLICT, "the hub confirms");
    struct outcome outcome = hub_arrival(office, &first, ARRIVAL_ARRIVED);
    assert_true(outcome.ok && !outcome.refused);
    assert_string_equal(outcome.stage, "at_hub");
    assert_false(hub_arrival(office, &first, ARRIVAL_ARRIVED).ok);
    outcome = hub_arrival(office, &second, ARRIVAL_REFUSED);
    assert_true(outcome.ok && !outcome.refused);
    assert_string_equal(outcome.stage, "exhausted");
    assert_true(hub_resolve(office, &third, ARRIVAL_MISSING).ok);
    outcome = office_ask_for(office, CLERK, &third, "confirm_arrival", "");
    assert_true(outcome.ok && !outcome.refused); /* found */
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.arrivals[ARRIVAL_ARRIVED], 2);
    assert_int_equal(desk.arrivals[ARRIVAL_REFUSED], 1);
    assert_int_equal(desk.arrivals_ever, 3);
    assert_int_equal(desk.stay_count, 2);
    assert_int_equal(desk.departure_count, 1);
    assert_true(str_equal(desk.departures[0].row.left_by, STR("refuse_on_arrival")));
}

/* Aim: who left stands in the order of the days on which they left, whenever it was recorded. */
static void departures_by_day(void **state)
{
    struct office *office = *state;
    const int64_t ids[] = {hub_office_arrived(office, "PersonOne Samplealpha", HUB_NORTH).id,
                           hub_office_arrived(office, "PersonTwo Samplebeta", HUB_NORTH).id};
    for (int i = 0; i < 2; i++) {
        struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                              .subject = ids[i],
                              .kind = EVENT_STEP_TAKEN,
                              .actor = office->accounts[CLERK],
                              .body.step_taken = {.step = STR("onward_return"),
                                                  .from = STR("at_hub"),
                                                  .to = STR("returned"),
                                                  .hub = office->hub_north,
                                                  .place = -1 - i}};
        office_move_days(office, i == 0 ? 2 : -2); /* the later day is recorded first */
        office_append(office, &event);
    }
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.departure_count, 2);
    assert_int_equal(desk.departures[0].row.person, ids[0]);
    assert_int_equal(desk.departures[1].row.person, ids[1]);
}

/* Aim: arrivals that nobody has explained wait for whoever may, and for nobody else. */
static void arrivals_wait(void **state)
{
    struct office *office = *state;
    const struct {
        enum account_name account;
        size_t hubs;
    } rows[] = {{CLERK, 1}, {OPERATOR_NORTH, 1}, {OFFICER, 0}};
    hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    assert_true(hub_unexpected(office, "").ok);
    office_move_days(office, 10);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct waiting_counts counts;
        struct arena scratch = office->work;
        const struct caller caller = office_caller(office, rows[i].account);
        assert_true(casework_waiting(&office->casework, &caller, &scratch, &counts, NULL).ok);
        assert_int_equal(counts.hub_count, rows[i].hubs);
        assert_true(rows[i].hubs == 0 ||
                    (counts.hubs[0].unexpected == 1 && counts.hubs[0].overdue == 1 &&
                     str_equal(counts.hubs[0].reference, STR(HUB_NORTH))));
    }
}

static void unexpected_people(void **state)
{
    struct office *office = *state;
    const struct somebody sent = hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    const struct somebody elsewhere = office_register(office, "PersonTwo Samplebeta");
    struct done done = hub_unexpected(office, sent.reference);
    is_error(&done, ERROR_CONFLICT, "is expected");
    const struct done nobody = hub_unexpected(office, "");
    const struct done named = hub_unexpected(office, elsewhere.reference);
    assert_true(nobody.ok && named.ok);
    struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.unexpected_count, 2);
    /* The hub does not learn who is in the register. */
    assert_int_equal(desk.unexpected[1].row.person, 0);
    assert_true(hub_identify(office, named.event, &elsewhere).ok);
    done = hub_identify(office, named.event, NULL);
    is_error(&done, ERROR_CONFLICT, "explained already");
    desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.unexpected_count, 1);
    assert_int_equal(desk.unexpected[0].row.id, nobody.event);
    counts_are(office, 2, 0, 0, 1, 0);
}

/* Aim: what a hub told once is the same when it is sent again, whatever became of the person since.
 */
static void unexpected_and_sent_since(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_ready(office, "PersonOne Samplealpha", "general");
    const struct caller hub = office_caller(office, OPERATOR_NORTH);
    const struct unexpected_entry entry = {.named = str_from_c(person.reference),
                                           .description = STR("at the gate"),
                                           .seen_on = office_today(office)};
    struct record_answer first = {0};
    struct record_answer again = {0};
    struct arena scratch = office->work;
    assert_true(casework_unexpected_arrival(&office->casework, &hub, STR(HUB_NORTH), &entry,
                                            &scratch, &first, NULL)
                    .ok);
    const int64_t event = first.events[0];
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    scratch = office->work;
    assert_true(casework_unexpected_arrival(&office->casework, &hub, STR(HUB_NORTH), &entry,
                                            &scratch, &again, NULL)
                    .ok);
    assert_true(again.repeated && again.events[0] == event);
}

/* --- moving ----------------------------------------------------------------------------------- */

static void another_place_and_another_hub(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_arrived(office, "PersonOne Samplealpha", HUB_NORTH);
    assert_true(hub_move(office, &person, 3).ok);
    assert_int_equal(hub_desk_of(office, HUB_NORTH).stays[0].place, 3);
    assert_true(hub_move(office, &person, 0).ok); /* any: the lowest that is free */
    assert_int_equal(hub_desk_of(office, HUB_NORTH).stays[0].place, 1);
    assert_true(hub_kind(office, "women", 2, 2).ok);
    struct done done = hub_move(office, &person, 2);
    is_error(&done, ERROR_CONFLICT, "needs \"General\"");
    const struct outcome asked = office_ask_for(office, CLERK, &person, "move_on", HUB_SOUTH);
    assert_true(asked.ok && !asked.refused);
    assert_true(office_approve(office, OFFICER, asked.request).ok);
    assert_true(office_take(office, CLERK, asked.request).ok);
    const struct hub_desk north = hub_desk_of(office, HUB_NORTH);
    const struct hub_desk south = hub_desk_of(office, HUB_SOUTH);
    assert_int_equal(north.stay_count, 0);
    assert_int_equal(north.departure_count, 1);
    assert_int_equal(south.stay_count, 1);
    assert_int_equal(south.expected_count, 1);
    counts_are(office, 3, 0, 0, 0, 0);
    done = hub_move(office, &person, 0);
    is_error(&done, ERROR_CONFLICT, "not placed at the hub");
}

static void departure_is_cancelled(void **state)
{
    struct office *office = *state;
    const struct somebody person = hub_office_sent(office, "PersonOne Samplealpha", HUB_NORTH);
    struct done done = hub_cancel(office, OPERATOR_NORTH, HUB_NORTH, &person);
    is_error(&done, ERROR_CONFLICT, "did not leave");
    assert_true(hub_arrival(office, &person, ARRIVAL_REFUSED).ok);
    counts_are(office, 3, 0, 0, 0, 0);
    done = hub_cancel(office, OPERATOR_NORTH, HUB_NORTH, &person);
    assert_true(done.ok);
    assert_int_equal(done.events, 2); /* and what the step recorded is withdrawn */
    const struct person_row row = office_person(office, person.id);
    assert_true(str_equal(row.stage, STR("at_hub")));
    assert_int_equal(row.hub, office->hub_north);
    counts_are(office, 2, 0, 0, 1, 0);
    const struct hub_desk desk = hub_desk_of(office, HUB_NORTH);
    assert_int_equal(desk.expected_count, 1); /* what it said of the arrival goes with it */
    assert_int_equal(desk.departure_count, 0);
    /* Once something else has moved them there is nothing to cancel. */
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
    assert_true(office_ask_for(office, CLERK, &person, "lose_contact", "").ok);
    done = hub_cancel(office, OPERATOR_NORTH, HUB_NORTH, &person);
    is_error(&done, ERROR_CONFLICT, "something has happened");
}

/* --- who may, and twice ----------------------------------------------------------------------- */

static void only_their_own_hub(void **state)
{
    struct office *office = *state;
    struct done done = hub_out(office, OPERATOR_SOUTH, 1, "damage");
    is_error(&done, ERROR_NOT_FOUND, "There is no hub HUB-NORTH");
    done = hub_out(office, CLERK, 1, "damage");
    is_error(&done, ERROR_FORBIDDEN, "may not do this");
    done = hub_out(office, MONITOR_NORTH, 1, "damage");
    is_error(&done, ERROR_FORBIDDEN, "may not do this");
    const struct somebody person = hub_office_arrived(office, "PersonOne Samplealpha", HUB_NORTH);
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
    done = hub_cancel(office, OPERATOR_SOUTH, HUB_SOUTH, &person);
    is_error(&done, ERROR_NOT_FOUND, "There is no person");
    struct err err = {0};
    struct hub_desk desk;
    const struct caller caller = office_caller(office, OPERATOR_SOUTH);
    assert_false(
        casework_hub_desk(&office->casework, &caller, STR(HUB_NORTH), &office->work, &desk, &err)
            .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

/* Aim: the same command twice is done once; another one with its client id is refused. */
static void twice_is_once(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct caller caller = office_caller(office, CLERK);
    struct prebooking_entry entry = {.kind = STR("general"),
                                     .places = 2,
                                     .until = date_add_days(office_today(office), 3),
                                     .purpose = STR("a planned transfer")};
    struct record_answer answers[2];
    for (size_t i = 0; i < 2; i++) {
        assert_true(casework_prebook(&office->casework, &caller, STR(HUB_NORTH), &entry,
                                     &office->perm, &answers[i], &err)
                        .ok);
    }
    assert_true(answers[1].repeated && !answers[0].repeated);
    assert_int_equal(answers[0].events[0], answers[1].events[0]);
    counts_are(office, 1, 2, 0, 0, 0);
    entry.places = 1;
    assert_false(casework_prebook(&office->casework, &caller, STR(HUB_NORTH), &entry, &office->perm,
                                  &answers[1], &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

/* Aim: what is sent again after the clock was put back is answered as done; a new one, of an
 * instant that lies ahead, is not done. */
static void again_the_day_before(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct record_answer answer = {0};
    const struct caller first = office_caller(office, OPERATOR_NORTH);
    const struct caller other = office_caller(office, OPERATOR_NORTH);
    const struct hub_report_entry report = {
        .accurate_at = {.milliseconds = atomic_load(&office->now)}, .in_use = 0, .out_of_use = 0};
    assert_true(casework_hub_report(&office->casework, &first, STR(HUB_NORTH), &report,
                                    &office->perm, &answer, &err)
                    .ok);
    office_move_days(office, -1);
    assert_true(casework_hub_report(&office->casework, &first, STR(HUB_NORTH), &report,
                                    &office->perm, &answer, &err)
                    .ok);
    assert_true(answer.repeated);
    assert_false(casework_hub_report(&office->casework, &other, STR(HUB_NORTH), &report,
                                     &office->perm, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

/* Aim: the same when the day on which a place was to be back in use is over. */
static void again_when_the_day_is_over(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct record_answer answer = {0};
    const struct caller first = office_caller(office, OPERATOR_NORTH);
    const struct caller other = office_caller(office, OPERATOR_NORTH);
    const struct out_of_use_entry entry = {
        .place = 1,
        .reason = STR("damage"),
        .words = STR("seen this morning"),
        .expected_back_on = {.known = true, .day = office_today(office)}};
    assert_true(casework_place_out_of_use(&office->casework, &first, STR(HUB_NORTH), &entry,
                                          &office->perm, &answer, &err)
                    .ok);
    office_move_days(office, 1);
    assert_true(casework_place_out_of_use(&office->casework, &first, STR(HUB_NORTH), &entry,
                                          &office->perm, &answer, &err)
                    .ok);
    assert_true(answer.repeated);
    assert_false(casework_place_out_of_use(&office->casework, &other, STR(HUB_NORTH), &entry,
                                           &office->perm, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(unknown_kind_fits_nothing),
        OFFICE_TEST(only_the_kind_that_is_needed),
        OFFICE_TEST(screening_agrees),
        OFFICE_TEST(verdicts_of_the_past),
        OFFICE_TEST(out_of_use_and_back),
        OFFICE_TEST(a_held_place_breaks),
        OFFICE_TEST(prebooked_for_a_request),
        OFFICE_TEST(prebooking_runs_out),
        OFFICE_TEST(request_of_a_prebooking_ends),
        OFFICE_TEST(reports_stand_beside),
        OFFICE_TEST(expected_until_resolved),
        OFFICE_TEST(handed_over_again),
        OFFICE_TEST(arrived_refused_and_missing),
        OFFICE_TEST(unexpected_people),
        OFFICE_TEST(departures_by_day),
        OFFICE_TEST(arrivals_wait),
        OFFICE_TEST(unexpected_and_sent_since),
        OFFICE_TEST(another_place_and_another_hub),
        OFFICE_TEST(departure_is_cancelled),
        OFFICE_TEST(only_their_own_hub),
        OFFICE_TEST(twice_is_once),
        OFFICE_TEST(again_the_day_before),
        OFFICE_TEST(again_when_the_day_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
