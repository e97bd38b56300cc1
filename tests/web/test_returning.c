/* Aim: who came back is the same person: from their page the procedure begins again in their own
 * record, if the law allows it, for whoever may ask for steps; a program does it at the same
 * address. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct story {
    struct desk desk;
    struct somebody person;
    char page[80];
    char back[80];
};

/* The years between are not played here: the step is put into the register as it was taken. */
static void was_removed(struct office *office, const struct somebody *person)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person->id,
                          .kind = EVENT_STEP_TAKEN,
                          .body.step_taken = {.step = STR("enforced_removal"),
                                              .from = office_person(office, person->id).stage,
                                              .to = STR("removed")}};
    office_append(office, &event);
}

static int setup(void **state)
{
    static struct story story;
    const enum account_name accounts[] = {CLERK, SENIOR, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open_law(&story.desk, "uk", accounts);
    story.person = office_register(&story.desk.office, "Synthetic Person");
    snprintf(story.page, sizeof story.page, "/people/%s", story.person.reference);
    snprintf(story.back, sizeof story.back, "/people/%s/return", story.person.reference);
    *state = &story;
    return 0;
}

static str stage(struct story *story)
{
    return office_person(&story->desk.office, story->person.id).stage;
}

static bool offers(struct story *story, int account)
{
    const struct reply page = desk_page(&story->desk, account, story->page);
    assert_status(page, 200);
    return reply_says(&page, story->back);
}

/* They left at the beginning of the month, and claim again today. */
static void claims_again(struct story *story)
{
    static const char *const facts[] = {"person.left_uk_on", "claim.made_on"};
    struct office *office = &story->desk.office;
    char today[DATE_TEXT_SIZE];
    date_format(office_today(office), today);
    for (size_t i = 0; i < 2; i++) {
        assert_true(office_record(office, CLERK, story->person.reference, facts[i],
                                  i == 0 ? "2026-06-01" : today)
                        .ok);
    }
}

static void test_from_the_page(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    assert_false(offers(story, CLERK));
    assert_status(desk_page(desk, CLERK, story->back), 409); /* no form without a choice */
    const struct reply early =
        desk_form(desk, CLERK, story->back, "step=new_claim&answers=checked");
    assert_true(early.status == 409 || early.status == 422);
    was_removed(&desk->office, &story->person);
    assert_true(offers(story, CLERK));
    assert_false(offers(story, SENIOR)); /* who asks for no step */
    assert_status(desk_page(desk, SENIOR, story->back), 403);
    /* Nobody has said yet that they claim: the law keeps the procedure shut. */
    assert_status(desk_form(desk, CLERK, story->back, "step=new_claim&answers=checked"), 409);
    assert_true(str_equal(stage(story), STR("removed")));
    claims_again(story);
    assert_status(desk_form(desk, CLERK, story->back, "answers=checked"), 422); /* which step? */
    assert_status(desk_form(desk, CLERK, story->back, "step=hub_transfer&answers=checked"), 422);
    assert_status(desk_send_checked(desk, CLERK, story->back, "step=new_claim"), 303);
    assert_true(str_equal(stage(story), STR("claim_registered")));
    assert_int_equal(office_ask(&desk->office, "SELECT COUNT(*) FROM person"), 1);
    assert_false(offers(story, CLERK));
}

static void test_by_a_program(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    was_removed(&desk->office, &story->person);
    const struct reply asked = desk_get(desk, CLERK, story->back);
    assert_status(asked, 200);
    assert_true(reply_says(&asked, "\"new_claim\""));
    assert_false(reply_says(&asked, "hub_transfer"));
    claims_again(story);
    assert_status(desk_post(desk, SENIOR, story->back, "{\"step\":\"new_claim\"}"), 403);
    const struct reply done = desk_post(desk, CLERK, story->back, "{\"step\":\"new_claim\"}");
    assert_status(done, 200);
    assert_true(reply_says(&done, "claim_registered"));
    const struct reply again = desk_post(desk, CLERK, story->back, "{\"step\":\"new_claim\"}");
    assert_true(again.status == 409 || again.status == 422);
    assert_true(str_equal(stage(story), STR("claim_registered")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_the_page, setup, desk_end),
        cmocka_unit_test_setup_teardown(test_by_a_program, setup, desk_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
