/* Aim: somebody is moved from one hub to another as a transfer is made: judged in every respect of
 * one, approved by two, the place there held before the place here is free, and then expected
 * there. Nobody is moved to the hub where they are, and nobody unheard. Under both laws. */
#include "casework/hub_desk.h"

#include "lawful.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MOVE "move_to_another_hub"

static const char *law; /* of this run */

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, law);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    struct office *office = *state;
    office_expect_rebuilt(office);
    office_close(office);
    return 0;
}

/* Somebody at the first place of a hub, as a transfer leaves them. */
static struct somebody placed_at(struct office *office, int64_t hub)
{
    const struct somebody person = lawful_register(office, "PersonOne Samplealpha", "at_hub");
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person.id,
                          .kind = EVENT_STEP_TAKEN,
                          .effective_on = office_today(office),
                          .actor = office->accounts[CLERK],
                          .body.step_taken = {.step = STR("placed"),
                                              .from = STR("at_hub"),
                                              .to = STR("at_hub"),
                                              .hub = hub,
                                              .place = 1}};
    office_append(office, &event);
    assert_int_equal(office_person(office, person.id).hub, hub);
    return person;
}

static void test_move(void **state)
{
    struct office *office = *state;
    const struct somebody person = placed_at(office, office->hub_south);
    assert_true(lawful_make_clear(office, &person, MOVE).possible);
    const struct place_counts south = office_places(office, office->hub_south);
    const struct place_counts north = office_places(office, office->hub_north);
    assert_int_equal(south.occupied, 1);
    const struct outcome approved = lawful_ask_and_approve(office, &person, MOVE);
    assert_int_equal(approved.state, REQUEST_APPROVED);
    /* Both places are theirs until they leave. */
    assert_int_equal(office_places(office, office->hub_north).held, north.held + 1);
    assert_int_equal(office_places(office, office->hub_south).occupied, 1);
    const struct outcome taken = office_take(office, CLERK, approved.request);
    assert_true(taken.ok && !taken.refused);
    assert_int_equal(taken.state, REQUEST_TAKEN);
    assert_int_equal(office_person(office, person.id).hub, office->hub_north);
    assert_int_equal(office_places(office, office->hub_north).occupied, north.occupied + 1);
    assert_int_equal(office_places(office, office->hub_north).held, north.held);
    assert_int_equal(office_places(office, office->hub_south).occupied, 0);
    assert_int_equal(office_places(office, office->hub_south).free, south.free + 1);
    /* Expected there, and gone from here. */
    assert_int_equal(office_ask(office, "SELECT count(*) FROM stay WHERE left_event = 0"), 1);
    assert_int_equal(office_ask(office, "SELECT count(*) FROM stay WHERE left_event <> 0"), 1);
}

static void test_refused(void **state)
{
    struct office *office = *state;
    const struct somebody person = placed_at(office, office->hub_north);
    const struct outcome same = office_ask_for(office, CLERK, &person, MOVE, HUB_NORTH);
    assert_false(same.ok);
    assert_int_equal(same.err.code, ERROR_CONFLICT);
    const struct somebody other = placed_at(office, office->hub_south);
    assert_true(lawful_make_clear(office, &other, MOVE).possible);
    assert_true(office_record(office, CLERK, other.reference, "hub_move.person_heard", "no").ok);
    const struct outcome unheard = office_ask_for(office, CLERK, &other, MOVE, HUB_NORTH);
    assert_true(unheard.refused);
    assert_non_null(strstr(unheard.refusal, "was not heard about it"));
    assert_true(office_record(office, CLERK, other.reference, "hub_move.person_heard", "yes").ok);
    assert_true(office_record(office, CLERK, other.reference, "court_order.status", "reported").ok);
    assert_true(office_ask_for(office, CLERK, &other, MOVE, HUB_NORTH).refused);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_move, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
    };
    law = argc > 1 ? argv[1] : "uk";
    return cmocka_run_group_tests_name("hub_move", tests, NULL, NULL);
}
