/* Aim: an order of a court is reported from a page, by whoever hears of it, and takes effect as it
 * is reported; the answer says what it stopped; who was told and who knows of it stands on the page
 * of the stop. Under the law of the European Union, so that no law is built in. */
#include "desk.h"

#include "../casework/departing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const enum account_name accounts[] = {
    CLERK, OTHER_CLERK, SENIOR, OPERATOR_NORTH, OPERATOR_SOUTH, ADMINISTRATOR, ACCOUNT_NAMES};

static int setup(void **state)
{
    static struct desk desk;
    desk_open_law(&desk, "eu", accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    desk_close(*state);
    return 0;
}

static struct lawful_request ready(struct desk *desk)
{
    const struct lawful_request one = lawful_approved(&desk->office, "PersonOne Samplealpha",
                                                      "transfer_being_prepared", "hub_transfer");
    for (size_t i = 0; accounts[i] != ACCOUNT_NAMES; i++) {
        desk_sign_in(desk, accounts[i]);
    }
    return one;
}

static const char *report_of(struct desk *desk, const char *person)
{
    const instant now = {.milliseconds = atomic_load(&desk->office.now)};
    const struct civil civil = date_to_civil(instant_date(now));
    return arena_format(&desk->arena,
                        "person=%s&order=court_order&reporter=the+representative&"
                        "means=by+telephone&heard_at-day=%d&heard_at-month=%d&heard_at-year=%d&"
                        "heard_at-time=00:05",
                        person, (int)civil.day, (int)civil.month, (int)civil.year)
        .at;
}

static void it_takes_effect_as_it_is_reported(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const struct reply form =
        desk_page(desk, OTHER_CLERK,
                  arena_format(&desk->arena, "/orders/new?person=%s", one.person.reference).at);
    assert_status(form, 200);
    assert_true(reply_says(&form, one.person.reference));
    const struct reply reported =
        desk_send_checked(desk, OTHER_CLERK, "/orders/new", report_of(desk, one.person.reference));
    assert_status(reported, 200);
    assert_true(reply_says(&reported, "The order is reported"));
    assert_true(reply_says(
        &reported, arena_format(&desk->arena, "/requests/%lld", (long long)one.request).at));
    assert_int_equal(office_request(&desk->office, one.request).state, REQUEST_STOPPED);

    /* Who goes back and sends it again is asked, and nothing is reported a second time. */
    const int64_t once = office_events(&desk->office);
    const struct reply again =
        desk_send_checked(desk, OTHER_CLERK, "/orders/new", report_of(desk, one.person.reference));
    assert_status(again, 409);
    assert_true(reply_says(&again, "You sent this before"));
    assert_true(reply_says(
        &again, arena_format(&desk->arena, "href=\"/people/%s\"", one.person.reference).at));
    assert_int_equal(office_events(&desk->office), once);

    int64_t stop = 0;
    assert_int_equal(departing_stops(&desk->office, CLERK, &stop), 1);
    const char *page = arena_format(&desk->arena, "/stops/%lld", (long long)stop).at;
    const struct reply told = desk_page(desk, CLERK, page);
    assert_status(told, 200);
    assert_true(reply_says(&told, "I know of this stop"));
    assert_true(reply_says(&told, "Not yet"));
    const char *know = arena_format(&desk->arena, "%s/acknowledgement", page).at;
    assert_status(desk_form(desk, CLERK, know, ""), 303);
    const struct reply known = desk_page(desk, CLERK, page);
    assert_false(reply_says(&known, "I know of this stop"));
    assert_status(desk_page(desk, OPERATOR_SOUTH, page), 404);
    const struct reply stops = desk_page(desk, CLERK, "/stops");
    assert_true(reply_says(&stops, page) && reply_says(&stops, "/orders/new"));
}

static void what_is_wrong_is_told(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const int64_t before = office_events(&desk->office);
    const struct reply empty = desk_form(desk, CLERK, "/orders/new", "");
    assert_status(empty, 422);
    assert_true(reply_says(&empty, "Enter who says so"));
    /* Whoever may not see the person finds nobody: as with a reference that nobody has. */
    const struct reply hidden = desk_send_checked(desk, OPERATOR_SOUTH, "/orders/new",
                                                  report_of(desk, one.person.reference));
    const struct reply absent =
        desk_send_checked(desk, OPERATOR_SOUTH, "/orders/new", report_of(desk, "RH-000000-0"));
    assert_status(hidden, 404);
    assert_status(absent, 404);
    assert_true(reply_says(&hidden, "Nothing is on record by the reference"));
    assert_int_equal(hidden.body.len, absent.body.len);
    assert_status(desk_page(desk, ADMINISTRATOR, "/orders/new"), 403);
    assert_int_equal(office_events(&desk->office), before);
    assert_int_equal(office_request(&desk->office, one.request).state, REQUEST_APPROVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_takes_effect_as_it_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
