/* Aim: the same command sent again is not done again, and its answer is the one that was given,
 * whatever happened since. A client id belongs to one command of one account. */
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

static struct outcome send(struct office *office, const struct caller *caller, enum command command,
                           const char *person, const char *step, const char *hub, int64_t request)
{
    arena_reset(&office->work);
    return office_command(office, caller, command, person, step, hub, request, &office->work);
}

static void assert_same(const struct outcome *first, const struct outcome *again)
{
    assert_true(first->ok);
    assert_true(again->ok);
    assert_false(first->repeated);
    assert_true(again->repeated);
    assert_int_equal(again->refused, first->refused);
    assert_string_equal(again->refusal, first->refusal);
    assert_int_equal(again->clearance, first->clearance);
    assert_int_equal(again->safeguards_in_the_way, first->safeguards_in_the_way);
    assert_int_equal(again->request, first->request);
    assert_int_equal(again->state, first->state);
    assert_int_equal(again->place, first->place);
    assert_int_equal(again->approvals, first->approvals);
    assert_string_equal(again->stage, first->stage);
    assert_int_equal(again->event, first->event);
}

static void assert_conflict(const struct outcome *outcome)
{
    assert_false(outcome->ok);
    assert_int_equal(outcome->err.code, ERROR_CONFLICT);
    assert_non_null(strstr(outcome->err.what, "client id"));
}

/* Aim: every command about a step, sent again at the end of the whole way, gives the answer of its
 * time. */
static void test_whole_way_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const char *reference = person.reference;
    const struct caller asks = office_caller(office, CLERK);
    const struct caller first = office_caller(office, OFFICER);
    const struct caller second = office_caller(office, SENIOR);
    const struct caller takes = office_caller(office, CLERK);
    const struct caller back = office_caller(office, CLERK);
    const struct outcome asked = send(office, &asks, ASK, reference, "transfer", HUB_NORTH, 0);
    const int64_t request = asked.request;
    const struct outcome officer = send(office, &first, APPROVE, "", "", "", request);
    const struct outcome senior = send(office, &second, APPROVE, "", "", "", request);
    const struct outcome taken = send(office, &takes, TAKE, "", "", "", request);
    const struct outcome returned = send(office, &back, ASK, reference, "readmission", "", 0);
    assert_string_equal(returned.stage, "exhausted");
    assert_true(office_record(office, CLERK, reference, "order.injunction", "in_force").ok);
    const int64_t before = office_events(office);
    struct outcome again = send(office, &asks, ASK, reference, "transfer", HUB_NORTH, 0);
    assert_same(&asked, &again);
    again = send(office, &first, APPROVE, "", "", "", request);
    assert_same(&officer, &again);
    again = send(office, &second, APPROVE, "", "", "", request);
    assert_same(&senior, &again);
    again = send(office, &takes, TAKE, "", "", "", request);
    assert_same(&taken, &again);
    again = send(office, &back, ASK, reference, "readmission", "", 0);
    assert_same(&returned, &again);
    assert_int_equal(office_events(office), before);
}

/* Aim: a refusal is repeated as the refusal that it was, in the same words, although the reason has
 * gone. */
static void test_refusals_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const struct caller asks = office_caller(office, CLERK);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct outcome refused = send(office, &asks, ASK, person.reference, "removal", "", 0);
    assert_true(refused.refused);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "lifted").ok);
    struct outcome again = send(office, &asks, ASK, person.reference, "removal", "", 0);
    assert_same(&refused, &again);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    const struct caller takes = office_caller(office, CLERK);
    office_move_days(office, 31);
    const struct outcome late = send(office, &takes, TAKE, "", "", "", request);
    assert_true(late.refused);
    assert_int_equal(late.state, REQUEST_STOPPED);
    assert_true(
        office_record(office, CLERK, person.reference, "notice.served_on", "2026-07-30").ok);
    again = send(office, &takes, TAKE, "", "", "", request);
    assert_same(&late, &again);
    const struct outcome approved = send(office, &takes, APPROVE, "", "", "", request);
    assert_false(approved.ok); /* the same id is no approval: a clerk does not approve at all */
}

/* Aim: declining and withdrawing again changes nothing either. */
static void test_ends_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    const int64_t first = office_transfer(office, &person, HUB_NORTH, 2);
    const struct caller declines = office_caller(office, SENIOR);
    const struct outcome declined = send(office, &declines, DECLINE, "", "", "", first);
    const int64_t second = office_transfer(office, &person, HUB_NORTH, 2);
    const struct caller withdraws = office_caller(office, CLERK);
    const struct outcome withdrawn = send(office, &withdraws, WITHDRAW, "", "", "", second);
    const int64_t before = office_events(office);
    struct outcome again = send(office, &declines, DECLINE, "", "", "", first);
    assert_same(&declined, &again);
    again = send(office, &withdraws, WITHDRAW, "", "", "", second);
    assert_same(&withdrawn, &again);
    again = send(office, &withdraws, WITHDRAW, "", "", "", first);
    assert_conflict(&again);
    again = send(office, &declines, APPROVE, "", "", "", first);
    assert_conflict(&again);
    assert_int_equal(office_events(office), before);
}

/* Aim: an id that was used by another account, or for another command, is refused and does nothing.
 */
static void test_id_of_another(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFive Sampleepsilon");
    const struct somebody other = office_ready(office, "PersonThirteen Samplenu");
    const struct caller caller = office_caller(office, CLERK);
    assert_true(send(office, &caller, ASK, person.reference, "removal", "", 0).ok);
    const int64_t before = office_events(office);
    struct caller stranger = caller;
    stranger.account = office->accounts[OTHER_CLERK];
    struct outcome outcome = send(office, &stranger, ASK, person.reference, "removal", "", 0);
    assert_conflict(&outcome);
    outcome = send(office, &caller, ASK, other.reference, "removal", "", 0);
    assert_conflict(&outcome);
    outcome = send(office, &caller, ASK, person.reference, "transfer", HUB_NORTH, 0);
    assert_conflict(&outcome);
    const struct recorded recorded =
        office_record_by(office, &caller, person.reference, "order.injunction", "lifted");
    assert_false(recorded.ok);
    assert_int_equal(recorded.err.code, ERROR_CONFLICT);
    assert_int_equal(office_events(office), before);
}

/* Aim: facts recorded again are the same events, with the same requests stopped; other facts under
 * the same id are refused. */
static void test_facts_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwenty Samplerho");
    const int64_t request = office_removal(office, &person);
    const struct caller caller = office_caller(office, CLERK);
    const struct recorded first =
        office_record_by(office, &caller, person.reference, "order.injunction", "in_force");
    assert_int_equal(first.stopped_count, 1);
    const int64_t before = office_events(office);
    const struct recorded again =
        office_record_by(office, &caller, person.reference, "order.injunction", "in_force");
    assert_true(again.ok);
    assert_true(again.repeated);
    assert_int_equal(again.event, first.event);
    assert_int_equal(again.event_count, 1);
    assert_int_equal(again.stopped_count, 1);
    assert_int_equal(again.stopped[0], request);
    assert_string_equal(again.safeguard, first.safeguard);
    assert_false(
        office_record_by(office, &caller, person.reference, "order.injunction", "lifted").ok);
    assert_int_equal(office_events(office), before);
}

/* Aim: the commands without an answer of their own are not done twice either: a registration, a
 * contact, a note, places, a family. */
static void test_other_commands_again(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct casework *casework = &office->casework;
    const date today = office_today(office);
    const struct somebody relative = office_register(office, "PersonNineteen Samplemu");
    const struct caller registers = office_caller(office, CLERK);
    const struct registration registration = {.name = STR("PersonTwelve Samplemu"),
                                              .registered_on = today};
    struct registration_answer first = {.likely_count = 0};
    struct registration_answer again = {.likely_count = 0};
    arena_reset(&office->work);
    assert_true(
        casework_register_person(casework, &registers, &registration, &office->work, &first, &err)
            .ok);
    assert_true(
        casework_register_person(casework, &registers, &registration, &office->work, &again, &err)
            .ok);
    assert_int_equal(again.person.id, first.person.id);
    const struct registration other = {.name = STR("PersonTwelve Samplemuu"),
                                       .registered_on = today};
    assert_false(
        casework_register_person(casework, &registers, &other, &office->work, &again, &err).ok);
    const struct caller meets = office_caller(office, CLERK);
    const struct known_day next = {.known = true, .day = date_add_days(today, 14)};
    const int64_t before = office_events(office);
    for (int i = 0; i < 2; i++) {
        assert_true(casework_confirm_contact(casework, &meets, first.person.reference, today,
                                             STR("a visit"), next, &office->work, &err)
                        .ok);
    }
    const struct caller writes = office_caller(office, CLERK);
    for (int i = 0; i < 2; i++) {
        assert_true(casework_add_note(casework, &writes, first.person.reference,
                                      STR("came with an interpreter"), &office->work, &err)
                        .ok);
    }
    assert_false(casework_add_note(casework, &writes, first.person.reference, STR("came alone"),
                                   &office->work, &err)
                     .ok);
    const struct caller agrees = office_caller(office, SENIOR);
    for (int i = 0; i < 2; i++) {
        assert_true(casework_agree_places(casework, &agrees, STR(HUB_NORTH), 5, STR("more"),
                                          &office->work, &err)
                        .ok);
    }
    assert_false(casework_agree_places(casework, &agrees, STR(HUB_NORTH), 6, STR("more"),
                                       &office->work, &err)
                     .ok);
    assert_int_equal(office_events(office), before + 3);
    assert_int_equal(office_places(office, office->hub_north).agreed, 5);
    const struct caller joins = office_caller(office, CLERK);
    struct record_answer answers[2] = {{0}};
    for (int i = 0; i < 2; i++) {
        assert_true(casework_join_family(casework, &joins, first.person.reference,
                                         str_from_c(relative.reference), &office->work, &answers[i],
                                         &err)
                        .ok);
    }
    assert_true(answers[1].repeated);
    assert_int_equal(answers[0].event_count, 2);
    assert_int_equal(answers[1].event_count, 2);
    assert_int_equal(answers[1].events[1], answers[0].events[1]);
    assert_int_equal(office_events(office), before + 5);
}

/* Aim: without a client id nothing is a repetition: the same fact can be recorded twice. */
static void test_without_client_id(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFour Sampledelta");
    const struct caller caller = {.account = office->accounts[CLERK]};
    const struct recorded first =
        office_record_by(office, &caller, person.reference, "order.injunction", "lifted");
    const struct recorded second =
        office_record_by(office, &caller, person.reference, "order.injunction", "lifted");
    assert_true(first.ok && second.ok);
    assert_false(second.repeated);
    assert_int_equal(second.event, first.event + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_way_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_id_of_another, setup, teardown),
        cmocka_unit_test_setup_teardown(test_facts_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_commands_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_client_id, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
