/* Aim: whoever was put into a family group wrongly comes out of it, the others stay together, and
 * everybody's requests are judged by who belongs together then. */
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
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static result leave(struct office *office, const struct caller *caller,
                    const struct somebody *person, const char *reason,
                    struct record_answer *ret_answer, struct err *err)
{
    return casework_leave_family(&office->casework, caller, str_from_c(person->reference),
                                 str_from_c(reason), &office->work, ret_answer, err);
}

static struct record_answer leave_well(struct office *office, const struct somebody *person)
{
    const struct caller caller = office_caller(office, CLERK);
    struct err err = {0};
    struct record_answer answer = {0};
    if (!leave(office, &caller, person, "recorded by mistake", &answer, &err).ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static int64_t family_of(struct office *office, const struct somebody *person)
{
    return office_person(office, person->id).family;
}

static void test_others_stay_together(void **state)
{
    struct office *office = *state;
    const struct somebody first = office_register(office, "PersonOne Samplealpha");
    const struct somebody second = office_register(office, "PersonTwo Samplebeta");
    const struct somebody third = office_register(office, "PersonThree Samplegamma");
    const struct somebody fourth = office_register(office, "PersonFour Sampledelta");
    assert_true(office_join(office, CLERK, &second, &first).ok);
    assert_true(office_join(office, CLERK, &third, &first).ok);
    assert_int_equal(family_of(office, &third), first.id);
    leave_well(office, &first); /* whose number the group had */
    assert_int_equal(family_of(office, &first), 0);
    assert_int_not_equal(family_of(office, &second), 0);
    assert_int_equal(family_of(office, &second), family_of(office, &third));
    /* Who left may begin a group anew, and the others are not in it. */
    assert_true(office_join(office, CLERK, &fourth, &first).ok);
    assert_int_equal(family_of(office, &fourth), family_of(office, &first));
    assert_int_not_equal(family_of(office, &fourth), family_of(office, &second));
    const struct record_answer answer = leave_well(office, &third);
    assert_int_equal(answer.event_count, 2); /* one alone is no group */
    assert_int_equal(family_of(office, &second), 0);
    assert_int_equal(family_of(office, &third), 0);
}

static void test_strangers_stay_apart(void **state)
{
    /* Aim: a group that bears the number of somebody who is not in it, as an undone merge may leave
     * it, takes nobody in who begins one with them. */
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const struct somebody stranger = office_register(office, "PersonThree Samplegamma");
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = stranger.id,
                          .kind = EVENT_FAMILY_JOINED,
                          .effective_on = office_today(office),
                          .body.family_joined = {.family = one.id}};
    office_append(office, &event);
    assert_true(office_join(office, CLERK, &two, &one).ok);
    assert_int_equal(family_of(office, &one), family_of(office, &two));
    assert_int_not_equal(family_of(office, &one), family_of(office, &stranger));
}

static void test_refusals_and_repetition(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const struct caller caller = office_caller(office, CLERK);
    struct record_answer answers[2] = {{0}};
    struct err err = {0};
    assert_false(leave(office, &caller, &one, "nobody is there", &answers[0], &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(office_join(office, CLERK, &one, &two).ok);
    assert_false(leave(office, &caller, &one, " ", &answers[0], &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    const struct caller monitor = office_caller(office, MONITOR_NORTH);
    assert_false(leave(office, &monitor, &one, "a mistake", &answers[0], &err).ok);
    assert_int_not_equal(family_of(office, &one), 0);
    const int64_t before = office_events(office);
    for (int i = 0; i < 2; i++) {
        assert_true(leave(office, &caller, &one, "a mistake", &answers[i], &err).ok);
    }
    assert_int_equal(office_events(office), before + 2);
    assert_true(answers[1].repeated);
    assert_int_equal(answers[1].events[0], answers[0].events[0]);
    assert_false(leave(office, &caller, &one, "another reason", &answers[0], &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

static void test_requests_are_judged_again(void **state)
{
    /* Aim: of who leaves, and of those who stay. */
    enum { UNTIL_NOTICE_IS_OLD = 400 };
    static const char *const names[2][2] = {
        {"PersonOne Samplealpha", "PersonTwo Samplebeta"},
        {"PersonThree Samplegamma", "PersonFour Sampledelta"},
    };
    struct office *office = *state;
    for (int who = 0; who < 2; who++) {
        const struct somebody leaves = office_ready(office, names[who][0]);
        const struct somebody stays = office_ready(office, names[who][1]);
        assert_true(office_join(office, CLERK, &leaves, &stays).ok);
        const int64_t request = office_removal(office, who == 0 ? &leaves : &stays);
        office_move_days(office, UNTIL_NOTICE_IS_OLD);
        const struct record_answer answer = leave_well(office, &leaves);
        assert_int_equal(answer.stopped_count, 1);
        assert_int_equal(answer.stopped[0].request, request);
        assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_others_stay_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_strangers_stay_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals_and_repetition, setup, teardown),
        cmocka_unit_test_setup_teardown(test_requests_are_judged_again, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
