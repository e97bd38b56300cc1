/* Aim: a clearance ends when its reasons end. Whatever un-clears an approved step stops it in the
 * same commit: a fact of the person, of a member of the family, of the hub, of the agreement; the
 * withdrawal of a fact; a family that grows; places that are taken away; a step that leads
 * elsewhere. */
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

/* The stop stands right after what caused it, at the same instant, by the same account, and names
 * the safeguard: there is no position and no instant at which the fact was known and the request
 * still approved. */
static void assert_stopped(struct office *office, const struct recorded *recorded, int64_t request,
                           const char *safeguard)
{
    assert_true(recorded->ok);
    assert_int_equal(recorded->stopped_count, 1);
    assert_int_equal(recorded->stopped[0], request);
    assert_string_equal(recorded->safeguard, safeguard);
    const struct event cause = office_event(office, recorded->last_event);
    const struct event stop = office_event(office, recorded->last_event + 1);
    assert_int_equal(stop.kind, EVENT_STEP_STOPPED);
    assert_int_equal(stop.body.step_stopped.request, request);
    assert_int_equal(stop.body.step_stopped.cause, cause.position);
    assert_int_equal(stop.recorded_at.milliseconds, cause.recorded_at.milliseconds);
    assert_int_equal(stop.actor, cause.actor);
    assert_int_equal(stop.body.step_stopped.safeguards.count, 1);
    assert_true(str_equal(stop.body.step_stopped.safeguards.items[0], str_from_c(safeguard)));
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    const struct outcome taken = office_take(office, CLERK, request);
    assert_false(taken.ok);
    assert_int_equal(taken.err.code, ERROR_CONFLICT);
}

/* Aim: an injunction in the last minute stops the removal and the transfer that were approved, and
 * gives back the place. */
static void test_late_injunction(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_int_equal(office_places(office, office->hub_north).held, 1);
    const struct recorded recorded =
        office_record(office, OTHER_CLERK, person.reference, "order.injunction", "in_force");
    assert_stopped(office, &recorded, request, "no_injunction");
    const struct place_counts places = office_places(office, office->hub_north);
    assert_int_equal(places.held, 0);
    assert_int_equal(places.free, OFFICE_PLACES);
}

/* Aim: unknown is not no: when what was known is no longer known, the clearance ends as well. */
static void test_not_known_any_more(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const int64_t request = office_removal(office, &person);
    const struct recorded recorded =
        office_record(office, CLERK, person.reference, "order.injunction", "unknown");
    assert_stopped(office, &recorded, request, "no_injunction");
}

/* Aim: a fact that is taken back is no reason any more. */
static void test_withdrawn_fact(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    const struct recorded lifted =
        office_record(office, CLERK, person.reference, "order.injunction", "lifted");
    const int64_t first = lifted.event;
    const int64_t request = office_removal(office, &person);
    /* Behind the withdrawn "lifted" stands "none", so nothing changes... */
    struct recorded recorded = office_withdraw_fact(office, CLERK, first);
    assert_true(recorded.ok);
    assert_int_equal(recorded.stopped_count, 0);
    assert_int_equal(office_request(office, request).state, REQUEST_APPROVED);
    /* ... and behind the withdrawn day of the decision stands nothing. */
    const struct event asked = office_event(office, request);
    for (size_t i = 0; i < asked.body.step_requested.relied_on.count; i++) {
        const int64_t position = asked.body.step_requested.relied_on.items[i];
        if (str_equal(office_event(office, position).body.fact_recorded.fact,
                      STR("decision.sent_on"))) {
            recorded = office_withdraw_fact(office, CLERK, position);
        }
    }
    assert_stopped(office, &recorded, request, "appeal_time_over");
    assert_false(office_withdraw_fact(office, CLERK, first).ok); /* once is enough */
}

/* Aim: an order for a sister stops the brother's step, whoever of the two the fact is recorded of.
 */
static void test_family_member(void **state)
{
    struct office *office = *state;
    const struct somebody brother = office_ready(office, "PersonFive Sampleepsilon");
    const struct somebody sister = office_ready(office, "PersonThirteen Sampleepsilon");
    assert_true(office_join(office, CLERK, &brother, &sister).ok);
    const int64_t request = office_transfer(office, &brother, HUB_SOUTH, 2);
    const struct recorded recorded =
        office_record(office, CLERK, sister.reference, "order.injunction", "in_force");
    assert_stopped(office, &recorded, request, "family_free_to_leave");
}

/* Aim: a member of the family who becomes known brings along what is known of them; and whoever was
 * in the group of the one who joins comes along. */
static void test_family_grows(void **state)
{
    struct office *office = *state;
    const struct somebody father = office_ready(office, "PersonThirtyone Samplemu");
    const struct somebody son = office_ready(office, "PersonTwelve Samplemu");
    const struct somebody cousin = office_ready(office, "PersonNineteen Samplemu");
    assert_true(office_record(office, CLERK, cousin.reference, "order.injunction", "in_force").ok);
    assert_true(office_join(office, CLERK, &son, &cousin).ok);
    const int64_t request = office_removal(office, &father);
    const struct recorded joined = office_join(office, CLERK, &father, &son);
    assert_stopped(office, &joined, request, "family_free_to_leave");
    const int64_t family = office_person(office, father.id).family;
    assert_int_not_equal(family, 0);
    assert_int_equal(office_person(office, son.id).family, family);
    assert_int_equal(office_person(office, cousin.id).family, family);
}

/* Aim: two groups that turn out to be one lose nobody. */
static void test_families_flow_together(void **state)
{
    struct office *office = *state;
    struct somebody people[5];
    for (size_t i = 0; i < 5; i++) {
        people[i] = office_ready(office, "PersonFour Sampledelta");
    }
    assert_true(office_join(office, CLERK, &people[0], &people[1]).ok);
    assert_true(office_join(office, CLERK, &people[2], &people[3]).ok);
    assert_true(office_join(office, CLERK, &people[4], &people[3]).ok);
    assert_int_not_equal(office_person(office, people[0].id).family,
                         office_person(office, people[2].id).family);
    assert_true(office_join(office, CLERK, &people[3], &people[1]).ok);
    for (size_t i = 1; i < 5; i++) {
        assert_int_equal(office_person(office, people[i].id).family,
                         office_person(office, people[0].id).family);
    }
    const struct recorded again = office_join(office, CLERK, &people[4], &people[0]);
    assert_false(again.ok);
    assert_int_equal(again.err.code, ERROR_CONFLICT);
    const struct recorded self = office_join(office, CLERK, &people[4], &people[4]);
    assert_int_equal(self.err.code, ERROR_INPUT);
}

/* Aim: a hub whose monitor is withdrawn receives nobody: every request for it stops, those for
 * another hub do not. */
static void test_hub_fact(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonEleven Samplelambda");
    const struct somebody two = office_ready(office, "PersonTen Samplekappa");
    const struct somebody elsewhere = office_ready(office, "PersonNine Sampleiota");
    const int64_t first = office_transfer(office, &one, HUB_NORTH, 2);
    const int64_t second = office_transfer(office, &two, HUB_NORTH, 1);
    const int64_t other = office_transfer(office, &elsewhere, HUB_SOUTH, 2);
    const struct recorded recorded =
        office_record(office, OPERATOR_NORTH, HUB_NORTH, "hub.monitor_appointed", "no");
    assert_true(recorded.ok);
    assert_int_equal(recorded.stopped_count, 2);
    assert_int_equal(recorded.stopped[0], first);
    assert_int_equal(recorded.stopped[1], second);
    assert_string_equal(recorded.safeguard, "hub_is_monitored");
    assert_int_equal(office_request(office, first).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, second).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, other).state, REQUEST_APPROVED);
    const struct event cause = office_event(office, recorded.event);
    for (int64_t i = 1; i <= 2; i++) {
        const struct event stop = office_event(office, recorded.event + i);
        assert_int_equal(stop.kind, EVENT_STEP_STOPPED);
        assert_int_equal(stop.recorded_at.milliseconds, cause.recorded_at.milliseconds);
    }
}

/* Aim: an agreement that is suspended takes all its hubs along. */
static void test_agreement_fact(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonEight Sampletheta");
    const struct somebody two = office_ready(office, "PersonSeven Sampleeta");
    const int64_t north = office_transfer(office, &one, HUB_NORTH, 2);
    const int64_t south = office_transfer(office, &two, HUB_SOUTH, 2);
    const int64_t removal = office_removal(office, &two);
    const struct recorded recorded =
        office_record(office, SENIOR, AGREEMENT, "agreement.state", "suspended");
    assert_true(recorded.ok);
    assert_int_equal(recorded.stopped_count, 2);
    assert_string_equal(recorded.safeguard, "agreement_in_force");
    assert_int_equal(office_request(office, north).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, south).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, removal).state, REQUEST_APPROVED);
}

/* Aim: with the places taken away, whoever has none held is stopped; whoever holds one keeps it,
 * and the number of places never goes below those in use. */
static void test_places_taken_away(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody holder = office_ready(office, "PersonSix Samplezeta");
    const struct somebody waiting = office_ready(office, "PersonEighteen Samplepi");
    const int64_t held = office_transfer(office, &holder, HUB_NORTH, 2);
    const int64_t open = office_transfer(office, &waiting, HUB_NORTH, 1);
    struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_false(casework_agree_places(&office->casework, &caller, STR(HUB_NORTH), 0,
                                       STR("closing"), &office->work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(office_places(office, office->hub_north).agreed, OFFICE_PLACES);
    caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(casework_agree_places(&office->casework, &caller, STR(HUB_NORTH), 1, STR("smaller"),
                                      &office->work, &err)
                    .ok);
    assert_int_equal(office_request(office, held).state, REQUEST_APPROVED);
    assert_int_equal(office_request(office, open).state, REQUEST_STOPPED);
    assert_string_equal(office_take(office, CLERK, held).stage, "at_hub");
}

/* Aim: a person who goes another way is not waited for: what no longer leads from their stage
 * stops, with no safeguard named. */
static void test_stage_changes(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThirtythree Sampletau");
    const int64_t removal = office_removal(office, &person);
    const int64_t transfer = office_transfer(office, &person, HUB_NORTH, 2);
    const struct outcome lost = office_ask_for(office, CLERK, &person, "lose_contact", "");
    assert_string_equal(lost.stage, "lost");
    assert_int_equal(office_request(office, removal).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, transfer).state, REQUEST_STOPPED);
    assert_int_equal(office_places(office, office->hub_north).held, 0);
    const struct event stop = office_event(office, lost.event + 1);
    assert_int_equal(stop.kind, EVENT_STEP_STOPPED);
    assert_int_equal(stop.body.step_stopped.safeguards.count, 0);
    assert_int_equal(stop.body.step_stopped.cause, lost.event);
}

/* Aim: what a step itself records counts at once, and the step that is taken does not stop itself.
 */
static void test_step_records(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThirtytwo Samplesigma");
    const int64_t north = office_transfer(office, &person, HUB_NORTH, 2);
    const int64_t removal = office_removal(office, &person);
    const struct outcome taken = office_take(office, CLERK, north);
    assert_true(taken.ok && !taken.refused);
    assert_int_equal(taken.state, REQUEST_TAKEN);
    assert_int_equal(office_request(office, removal).state, REQUEST_STOPPED);
}

/* Aim: a fact that leaves everything clear stops nothing; one about somebody else neither. */
static void test_nothing_stops_without_reason(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonSeventeen Sampleomicron");
    const struct somebody stranger = office_ready(office, "PersonSixteen Sampleomicron");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    struct recorded recorded =
        office_record(office, CLERK, person.reference, "order.injunction", "lifted");
    assert_int_equal(recorded.stopped_count, 0);
    recorded = office_record(office, CLERK, person.reference, "person.remarks", "Speaks Albanian");
    assert_int_equal(recorded.stopped_count, 0);
    recorded = office_record(office, CLERK, stranger.reference, "order.injunction", "in_force");
    assert_int_equal(recorded.stopped_count, 0);
    recorded = office_record(office, SENIOR, HUB_SOUTH, "hub.monitor_appointed", "no");
    assert_int_equal(recorded.stopped_count, 0);
    assert_int_equal(office_request(office, request).state, REQUEST_APPROVED);
}

/* Aim: a fact that will be true from a coming day does not stop anything today. On that day the
 * step is refused. */
static void test_coming_day(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody person = office_ready(office, "PersonFifteen Samplegamma");
    const int64_t request = office_removal(office, &person);
    const struct caller caller = office_caller(office, CLERK);
    const struct fact_entry entry = {STR("order.injunction"), STR("in_force"),
                                     date_add_days(office_today(office), 5), STR("order")};
    struct record_answer answer = {0};
    arena_reset(&office->work);
    assert_true(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON,
                                      str_from_c(person.reference), &entry, 1, &office->work,
                                      &answer, &err)
                    .ok);
    assert_int_equal(answer.stopped_count, 0);
    office_move_days(office, 5);
    const struct outcome taken = office_take(office, CLERK, request);
    assert_true(taken.refused);
    assert_int_equal(taken.state, REQUEST_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_late_injunction, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_known_any_more, setup, teardown),
        cmocka_unit_test_setup_teardown(test_withdrawn_fact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_family_member, setup, teardown),
        cmocka_unit_test_setup_teardown(test_family_grows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_families_flow_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hub_fact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_agreement_fact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places_taken_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stage_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_step_records, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_stops_without_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(test_coming_day, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
