/* Aim: an agreement from the first talks on, from its pages alone; its confidential compartment:
 * for whoever may not see it there is no page, no list, no count, no act, to the byte; announced,
 * it is there for everybody. Expected: casework/access.def, agreement_state.def. */
#include "desk.h"

#include "../casework/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "/agreements/" AGREEMENT_SECRET

static int setup(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,          SENIOR,        MONITOR_NORTH,
                                          OPERATOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open_with(&desk, book_office_open, accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    desk_close(*state);
    return 0;
}

static void what_one_may_not_see_does_not_exist(void **state)
{
    struct desk *desk = *state;
    static const char *const rests[] = {"", "/facts", "/state", "/announcement", "/nothing"};
    const int blind[] = {CLERK, MONITOR_NORTH};
    for (size_t who = 0; who < 2; who++) {
        for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
            desk_check_alike(desk, blind[who], arena_format(&desk->arena, SECRET "%s", rests[i]).at,
                             arena_format(&desk->arena, "/agreements/AGR-X%s", rests[i]).at);
        }
        const struct reply page = desk_page(desk, blind[who], "/agreements");
        const struct reply json = desk_get(desk, blind[who], "/agreements");
        assert_false(reply_says(&page, AGREEMENT_SECRET) || reply_says(&page, "Confidential"));
        assert_false(reply_says(&json, AGREEMENT_SECRET) || reply_says(&json, HUB_SECRET));
    }
    const int64_t before = office_events(&desk->office);
    const char *body = "{\"state\":\"signed\",\"from\":\"2026-06-01\",\"source\":\"x\"}";
    const struct reply hidden = desk_post(desk, CLERK, SECRET "/state", body);
    const struct reply absent = desk_post(desk, CLERK, "/agreements/AGR-X/state", body);
    assert_status(hidden, 404);
    assert_true(str_equal(hidden.body, absent.body));
    assert_int_equal(office_events(&desk->office), before);
    const struct reply seen = desk_page(desk, SENIOR, SECRET);
    assert_status(seen, 200);
    assert_true(reply_says(&seen, "Confidential"));
    assert_true(reply_says(&seen, SECRET "/announcement"));
}

static void announced_it_is_there(void **state)
{
    struct desk *desk = *state;
    assert_status(desk_send_checked(desk, SENIOR, SECRET "/announcement", "reason=signed"), 303);
    const struct reply page = desk_page(desk, CLERK, SECRET);
    assert_status(page, 200);
    assert_false(reply_says(&page, "Confidential"));
    const struct reply again =
        desk_form(desk, SENIOR, SECRET "/announcement", "reason=again&answers=checked");
    assert_status(again, 409);
    assert_true(reply_says(&again, "is not confidential"));
}

static void from_state_to_state(void **state)
{
    struct desk *desk = *state;
    const struct reply opened = desk_send_checked(
        desk, SENIOR, "/agreements/new",
        "reference=AGR-NEW&partner=Atlantis&title=Talks+with+Atlantis&compartment=confidential");
    assert_status(opened, 303);
    assert_status(desk_get(desk, CLERK, "/agreements/AGR-NEW"), 404);
    assert_status(desk_send_checked(desk, SENIOR, "/agreements/AGR-NEW/state",
                                    "state=in_talks&from-day=1&from-month=6&from-year=2026&"
                                    "source=Note+1"),
                  303);
    /* From talks nothing is suspended. */
    const struct reply wrong = desk_form(desk, SENIOR, "/agreements/AGR-NEW/state",
                                         "state=suspended&from-day=2&from-month=6&from-year=2026&"
                                         "source=Note+2");
    assert_status(wrong, 422);
    assert_status(desk_post(desk, SENIOR, "/agreements/AGR-NEW/state",
                            "{\"state\":\"signed\",\"from\":\"2026-06-10\",\"source\":\"Treaty\"}"),
                  200);
    const struct reply got = desk_get(desk, SENIOR, "/agreements/AGR-NEW");
    json_auto_t *whole = reply_json(&got);
    assert_int_equal(json_array_size(json_object_get(whole, "states")), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(whole, "state"), "state")), "signed");
    assert_true(json_is_false(json_object_get(json_object_get(whole, "cap"), "known")));
    const struct reply page = desk_page(desk, SENIOR, "/agreements/AGR-NEW");
    assert_true(reply_says(&page, "Signed, not in force") && reply_says(&page, "Treaty"));
}

static void caps_and_their_use(void **state)
{
    struct desk *desk = *state;
    assert_true(office_record(&desk->office, SENIOR, AGREEMENT, "agreement.capped", "yes").ok);
    assert_true(office_record(&desk->office, SENIOR, AGREEMENT, "agreement.cap", "250").ok);
    const struct reply got = desk_get(desk, CLERK, "/agreements/" AGREEMENT);
    json_auto_t *whole = reply_json(&got);
    const json_t *cap = json_object_get(whole, "cap");
    assert_int_equal(json_integer_value(json_object_get(cap, "value")), 250);
    assert_int_equal(json_integer_value(json_object_get(whole, "transferred")), 0);
    const struct reply page = desk_page(desk, CLERK, "/agreements/" AGREEMENT);
    assert_true(reply_says(&page, "0 of 250"));
    assert_false(reply_says(&page, "/agreements/" AGREEMENT "/state"));
    assert_status(desk_page(desk, CLERK, "/agreements/" AGREEMENT "/state"), 403);
    assert_status(desk_page(desk, CLERK, "/agreements/new"), 403);
    assert_status(desk_page(desk, OPERATOR_NORTH, "/agreements"), 403);
    assert_status(desk_page(desk, ADMINISTRATOR, "/agreements/new"), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_one_may_not_see_does_not_exist, setup, teardown),
        cmocka_unit_test_setup_teardown(announced_it_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(from_state_to_state, setup, teardown),
        cmocka_unit_test_setup_teardown(caps_and_their_use, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
