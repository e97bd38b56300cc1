/* Aim: whoever rests on a clearance that ended sees it, in red, on every page until they say that
 * they know: by a form that needs no script and that no other site can send; the same as JSON.
 * Others see nothing of it. */
#include "desk.h"

#include "casework/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int close_all(void **state)
{
    desk_close(*state);
    return 0;
}

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,          OFFICER,        OTHER_OFFICER,
                                          OPERATOR_NORTH, OPERATOR_SOUTH, ADMINISTRATOR,
                                          ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static const char *const pages[] = {"/today",      "/people",       "/hubs", "/rulebook",
                                    "/people/new", "/no-such-page", "/stops"};

#define BANNER "rh-stops"

/* The stop of an approved transfer to the north, by an order in the last minute. */
static int64_t stop_something(struct desk *desk, struct somebody *ret_person)
{
    *ret_person = office_ready(&desk->office, "PersonOne Samplealpha");
    office_transfer(&desk->office, ret_person, HUB_NORTH, 1);
    const struct recorded recorded = office_record(
        &desk->office, OTHER_CLERK, ret_person->reference, "order.injunction", "in_force");
    assert_int_equal(recorded.stopped_count, 1);
    return recorded.last_event + 1;
}

static const char *stop_path(struct desk *desk, int64_t stop, const char *rest)
{
    return arena_format(&desk->arena, "/stops/%lld%s", (long long)stop, rest).at;
}

static void on_every_page_until_acknowledged(void **state)
{
    struct desk *desk = *state;
    struct somebody person;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const struct reply page = desk_page(desk, CLERK, pages[i]);
        assert_false(reply_says(&page, BANNER));
    }
    const int64_t stop = stop_something(desk, &person);
    const char *const action = stop_path(desk, stop, "/acknowledgement");
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const struct reply page = desk_page(desk, CLERK, pages[i]);
        assert_true(reply_says(&page, BANNER));
        assert_true(reply_says(&page, person.reference));
        assert_true(reply_says(&page, arena_format(&desk->arena, "action=\"%s\"", action).at));
        assert_true(reply_says(&page, "A court has ordered") ||
                    reply_says(&page, "No longer clear"));
        assert_true(reply_says(&page, ", A hub</p>"));
        assert_true(reply_says(&page, "Samplealpha, RH-"));
    }
    assert_status(desk_form(desk, CLERK, action, ""), 303);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const struct reply page = desk_page(desk, CLERK, pages[i]);
        assert_false(reply_says(&page, BANNER));
    }
    const struct reply officer = desk_page(desk, OFFICER, "/today"); /* each for themselves */
    assert_true(reply_says(&officer, BANNER));
    const struct reply again = desk_form(desk, CLERK, action, "");
    assert_status(again, 409);
}

/* Which request it was of, where to, and why: in words of the rulebook. */
static void one_stop_says_why(void **state)
{
    struct desk *desk = *state;
    struct somebody person;
    const int64_t stop = stop_something(desk, &person);
    const struct reply page = desk_page(desk, CLERK, stop_path(desk, stop, ""));
    assert_true(reply_says(&page, "href=\"/requests/"));
    assert_true(reply_says(&page, "A hub"));
    assert_true(reply_says(&page, "No injunction. A court has ordered"));
}

/* A step that does not lead on any more has no safeguard in its way: it is said so, on every page
 * and on that of the stop. */
static void without_a_safeguard(void **state)
{
    static const char *const words = "The step does not lead on any more, for what was recorded of "
                                     "the person or entered in the books.";
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonOne Samplealpha");
    office_transfer(&desk->office, &person, HUB_NORTH, 1);
    const struct outcome lost =
        office_ask_for(&desk->office, OTHER_CLERK, &person, "lose_contact", "");
    assert_true(lost.ok && !lost.refused);
    const struct reply told = desk_get(desk, CLERK, "/stops");
    json_auto_t *stops = reply_json(&told);
    const json_t *stop = json_array_get(json_object_get(stops, "stops"), 0);
    assert_int_equal(json_array_size(json_object_get(stop, "safeguards")), 0);
    const struct reply page = desk_page(desk, CLERK, "/today");
    assert_true(reply_says(&page, BANNER) && reply_says(&page, words));
    const struct reply one = desk_page(
        desk, CLERK, stop_path(desk, json_integer_value(json_object_get(stop, "stop")), ""));
    assert_status(one, 200);
    assert_true(reply_says(&one, words));
}

/* Whoever does not see the person any more is told as much, and not of nobody. */
static void of_somebody_out_of_sight(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    struct somebody person;
    struct err err = {0};
    struct privacy_answer answer;
    const struct caller guards = {.account =
                                      office_open_account(office, "data_protection_officer")};
    stop_something(desk, &person);
    arena_reset(&office->work);
    assert_true(casework_privacy(&office->casework, &guards, PRIVACY_RESTRICT,
                                 str_from_c(person.reference), STR("contested"), &office->work,
                                 &answer, &err)
                    .ok);
    const struct reply page = desk_page(desk, CLERK, "/today");
    assert_true(reply_says(&page, "of somebody whose record is out of your sight"));
    assert_false(reply_says(&page, person.reference));
}

static void for_those_who_are_told_alone(void **state)
{
    struct desk *desk = *state;
    struct somebody person;
    const int64_t stop = stop_something(desk, &person);
    const char *const action = stop_path(desk, stop, "/acknowledgement");
    const struct reply hub = desk_page(desk, OPERATOR_NORTH, "/today");
    assert_true(reply_says(&hub, BANNER));         /* who expects them */
    assert_false(reply_says(&hub, "Samplealpha")); /* and does not see them any more */
    const int others[] = {OPERATOR_SOUTH, OTHER_OFFICER, ADMINISTRATOR};
    for (size_t i = 0; i < 3; i++) {
        const struct reply page = desk_page(desk, others[i], "/rulebook");
        assert_status(page, 200);
        assert_false(reply_says(&page, BANNER));
        const struct reply tried = desk_post(desk, others[i], action, "{}");
        assert_true(tried.status == 404 || tried.status == 403);
    }
    assert_status(desk_get(desk, OPERATOR_SOUTH, stop_path(desk, stop, "")), 404);
}

static void no_other_site_acknowledges(void **state)
{
    struct desk *desk = *state;
    struct somebody person;
    const int64_t stop = stop_something(desk, &person);
    const char *const action = stop_path(desk, stop, "/acknowledgement");
    struct ask ask = {.method = HTTP_POST,
                      .path = action,
                      .content_type = "application/x-www-form-urlencoded",
                      .body = STR("form_token=guessed"),
                      .account = OFFICER,
                      .by_cookie = true,
                      .no_form_token = true};
    assert_status(desk_ask(desk, &ask), 403);
    ask.body = STR("");
    assert_status(desk_ask(desk, &ask), 403);
    ask.account = NOBODY;
    assert_status(desk_ask(desk, &ask), 401);
    const struct reply still = desk_page(desk, OFFICER, "/today");
    assert_true(reply_says(&still, BANNER));
}

static void the_same_as_json(void **state)
{
    struct desk *desk = *state;
    struct somebody person;
    const int64_t stop = stop_something(desk, &person);
    const struct reply listed = desk_get(desk, OFFICER, "/stops");
    json_auto_t *stops = reply_json(&listed);
    const json_t *newest = json_array_get(json_object_get(stops, "stops"), 0);
    assert_int_equal(json_integer_value(json_object_get(newest, "stop")), stop);
    assert_true(json_is_false(json_object_get(newest, "acknowledged")));
    assert_string_equal(json_string_value(json_object_get(newest, "person")), person.reference);
    assert_true(json_integer_value(json_object_get(stops, "unacknowledged")) >= 1);
    assert_status(desk_post(desk, OFFICER, stop_path(desk, stop, "/acknowledgement"), "{}"), 200);
    const struct reply one = desk_get(desk, CLERK, stop_path(desk, stop, ""));
    json_auto_t *told = reply_json(&one);
    size_t acknowledged = 0;
    const json_t *list = json_object_get(told, "told");
    for (size_t i = 0; i < json_array_size(list); i++) {
        acknowledged +=
            json_is_true(json_object_get(json_array_get(list, i), "acknowledged")) ? 1 : 0;
    }
    assert_int_equal(json_array_size(list), 3); /* asked, approved, runs the hub */
    assert_int_equal(acknowledged, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(on_every_page_until_acknowledged, open_all, close_all),
        cmocka_unit_test_setup_teardown(one_stop_says_why, open_all, close_all),
        cmocka_unit_test_setup_teardown(without_a_safeguard, open_all, close_all),
        cmocka_unit_test_setup_teardown(of_somebody_out_of_sight, open_all, close_all),
        cmocka_unit_test_setup_teardown(for_those_who_are_told_alone, open_all, close_all),
        cmocka_unit_test_setup_teardown(no_other_site_acknowledges, open_all, close_all),
        cmocka_unit_test_setup_teardown(the_same_as_json, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
