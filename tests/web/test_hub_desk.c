/* Aim: a hub is run from its desk alone, in the browser and by a program: places, arrivals expected
 * and unexpected, what the hub says of itself, prebookings, stays; each shown as it stands, and
 * each act shown again before it is done. Another hub's desk does not exist. Expected: the rows of
 * the register, counted by tests/casework/hub_office.h. */
#include "desk.h"

#include "../casework/hub_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DESK      "/hubs/" HUB_NORTH "/desk"
#define OPEN_DESK "/hubs/" HUB_SOUTH "/desk"

static int setup(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {
        CLERK, SENIOR, OPERATOR_NORTH, OPERATOR_SOUTH, MONITOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open_with(&desk, hub_office_open, accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    hub_check_whole(&desk->office);
    office_expect_rebuilt(&desk->office);
    desk_close(desk);
    return 0;
}

static const char *about(struct desk *desk, const struct somebody *person, const char *rest)
{
    return arena_format(&desk->arena, "person=%s%s", person->reference, rest).at;
}

/* Aim: a hub is opened in the browser and by a program, by who may record something of every hub,
 * and has no places until some are agreed. */
static void a_hub_is_opened(void **state)
{
    struct desk *desk = *state;
    static const char *const form = "reference=HUB-9&name=Ninth";
    const struct reply offered = desk_page(desk, SENIOR, "/hubs");
    assert_true(reply_says(&offered, "href=\"/hubs/new\""));
    const int others[] = {CLERK, OPERATOR_NORTH, MONITOR_NORTH, ADMINISTRATOR};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_status(desk_page(desk, others[i], "/hubs/new"), 403);
        assert_status(
            desk_post(desk, others[i], "/hubs/new", "{\"reference\":\"HUB-9\",\"name\":\"Ninth\"}"),
            403);
    }
    const struct reply not_offered = desk_page(desk, OPERATOR_NORTH, "/hubs");
    assert_false(reply_says(&not_offered, "/hubs/new"));
    assert_status(desk_post(desk, SENIOR, "/hubs/new", "{\"reference\":\"hub 9\"}"), 422);
    assert_status(desk_send_checked(desk, SENIOR, "/hubs/new", form), 303);
    const struct reply again =
        desk_post(desk, SENIOR, "/hubs/new", "{\"reference\":\"HUB-9\",\"name\":\"Other\"}");
    assert_status(again, 409);
    const struct reply made =
        desk_post(desk, SENIOR, "/hubs/new",
                  "{\"reference\":\"HUB-10\",\"name\":\"Tenth\",\"agreement\":\"AGR-1\"}");
    assert_status(made, 201);
    const struct reply opened = desk_get(desk, SENIOR, "/hubs/HUB-9");
    json_auto_t *hub = reply_json(&opened);
    assert_string_equal(json_string_value(json_object_get(hub, "name")), "Ninth");
    assert_int_equal(
        office_places(&desk->office, office_ask(&desk->office, "SELECT max(id) FROM hub")).agreed,
        0);
}

static void arrivals_expected_and_not(void **state)
{
    struct desk *desk = *state;
    const struct somebody one = hub_office_sent(&desk->office, "PersonOne Samplealpha", HUB_NORTH);
    const struct somebody two = hub_office_sent(&desk->office, "PersonTwo Samplealpha", HUB_NORTH);
    const struct reply before = desk_page(desk, OPERATOR_NORTH, DESK);
    assert_status(before, 200);
    assert_true(reply_says(&before, "Accurate as of"));
    assert_true(reply_says(&before, one.reference) && reply_says(&before, two.reference));
    const struct reply arrived =
        desk_send_checked(desk, OPERATOR_NORTH, DESK "/arrival", about(desk, &one, ""));
    assert_status(arrived, 303);
    assert_int_equal(hub_desk_of(&desk->office, HUB_NORTH).expected_count, 1);
    const struct reply gone = desk_send_checked(desk, CLERK, DESK "/resolution",
                                                about(desk, &two, "&outcome=missing&reason=lost"));
    assert_status(gone, 303);
    const struct hub_desk after = hub_desk_of(&desk->office, HUB_NORTH);
    assert_int_equal(after.expected_count, 0);
    assert_int_equal(after.arrivals[ARRIVAL_MISSING], 1);
    /* Nobody is expected any more, so nobody can be chosen. */
    const struct reply again =
        desk_form(desk, OPERATOR_NORTH, DESK "/arrival", about(desk, &one, "&again=yes"));
    assert_status(again, 422);
    assert_true(reply_says(&again, "Choose one of the answers offered"));
}

/* Aim: no part of somebody's record says that they are at the hub before the hub confirmed it, and
 * each says so afterwards; nor does what it was known as before. */
static void not_there_before_it_is_known(void **state)
{
    struct desk *desk = *state;
    static const char *const parts[] = {"",          "/known",    "/safeguards", "/clocks",
                                        "/contacts", "/identity", "/history",    "/movements"};
    enum { PARTS = sizeof parts / sizeof parts[0] };
    const struct somebody one = hub_office_sent(&desk->office, "PersonSix Samplealpha", HUB_NORTH);
    for (int confirmed = 0; confirmed < 2; confirmed++) {
        for (size_t i = 0; i < PARTS; i++) {
            const char *path =
                arena_format(&desk->arena, "/people/%s%s", one.reference, parts[i]).at;
            const struct reply page = desk_page(desk, CLERK, path);
            const struct reply answer = desk_get(desk, CLERK, path);
            json_auto_t *person = reply_json(&answer);
            assert_status(page, 200);
            assert_int_equal(reply_says(&page, "Expected at the hub since"), confirmed == 0);
            assert_int_equal(reply_says(&page, "Arrival not confirmed</strong>"), confirmed == 0);
            assert_int_equal(reply_says(&page, "At a return hub since"), confirmed == 1);
            assert_string_equal(json_string_value(json_object_get(person, "arrival")),
                                confirmed == 0 ? "expected" : "arrived");
        }
        if (confirmed == 0) {
            office_move_days(&desk->office, 1);
            desk_sign_in(desk, CLERK);
            desk_sign_in(desk, OPERATOR_NORTH);
            assert_status(
                desk_send_checked(desk, OPERATOR_NORTH, DESK "/arrival", about(desk, &one, "")),
                303);
        }
    }
    const struct reply then =
        desk_page(desk, CLERK,
                  arena_format(&desk->arena, "/people/%s?known_at=2026-06-30", one.reference).at);
    assert_status(then, 200);
    assert_true(reply_says(&then, "Expected at the hub since"));
    assert_false(reply_says(&then, "At a return hub since"));
}

static void somebody_unexpected(void **state)
{
    struct desk *desk = *state;
    const struct reply reported = desk_send_checked(
        desk, OPERATOR_NORTH, DESK "/unexpected",
        "named=Somebody&description=A+man,%0D%0Aabout+thirty&seen_on-day=29&seen_on-month=6&"
        "seen_on-year=2026");
    assert_status(reported, 303);
    const struct hub_desk with = hub_desk_of(&desk->office, HUB_NORTH);
    assert_int_equal(with.unexpected_count, 1);
    assert_true(str_equal(with.unexpected[0].description, STR("A man,  about thirty")));
    const char *id = arena_format(&desk->arena, "arrival=%lld&outcome=visitor&reason=asked",
                                  (long long)with.unexpected[0].row.id)
                         .at;
    assert_status(desk_page(desk, OPERATOR_NORTH, DESK "/identification"), 403);
    assert_status(desk_send_checked(desk, CLERK, DESK "/identification", id), 303);
    assert_int_equal(hub_desk_of(&desk->office, HUB_NORTH).unexpected_count, 0);
}

static void places_and_why_not(void **state)
{
    struct desk *desk = *state;
    assert_status(desk_send_checked(desk, OPERATOR_NORTH, DESK "/out-of-use",
                                    "place=2&reason=damage&words=the+window"),
                  303);
    const struct reply page = desk_page(desk, OPERATOR_NORTH, DESK);
    assert_true(reply_says(&page, "Out of use") && reply_says(&page, "the window"));
    const struct reply got = desk_get(desk, OPERATOR_NORTH, DESK);
    json_auto_t *whole = reply_json(&got);
    const json_t *counts = json_object_get(whole, "counts");
    assert_int_equal(json_integer_value(json_object_get(counts, "out_of_use")), 1);
    assert_int_equal(json_integer_value(json_object_get(counts, "free")), OFFICE_PLACES - 1);
    /* Again: the register says why not, above the form, which keeps what was typed. */
    const struct reply twice = desk_send_checked(desk, OPERATOR_NORTH, DESK "/out-of-use",
                                                 "place=2&reason=damage&words=again+the+window");
    assert_status(twice, 409);
    assert_true(reply_says(&twice, "There is a problem"));
    assert_true(reply_says(&twice, "again the window"));
    const struct reply nobody = desk_form(desk, OPERATOR_NORTH, DESK "/out-of-use", "");
    assert_status(nobody, 422);
    assert_true(reply_says(&nobody, "Enter the number of the place"));
    assert_status(
        desk_post(desk, OPERATOR_NORTH, DESK "/back-in-use", "{\"place\":2,\"words\":\"mended\"}"),
        200);
    assert_status(desk_send_checked(desk, CLERK, DESK "/prebooking",
                                    "kind=general&places=2&until-day=10&until-month=7&"
                                    "until-year=2026&purpose=a+flight"),
                  303);
    const struct hub_desk with = hub_desk_of(&desk->office, HUB_NORTH);
    assert_int_equal(with.counts.prebooked, 2);
    const char *end = arena_format(&desk->arena, "prebooking=%lld&reason=no+flight",
                                   (long long)with.prebookings[0].row.id)
                          .at;
    assert_status(desk_send_checked(desk, CLERK, DESK "/prebooking-end", end), 303);
    assert_int_equal(hub_desk_of(&desk->office, HUB_NORTH).counts.prebooked, 0);
}

static void what_the_hub_says_of_itself(void **state)
{
    struct desk *desk = *state;
    const struct reply never = desk_page(desk, SENIOR, DESK);
    assert_true(reply_says(&never, "The hub has never reported."));
    assert_status(desk_send_checked(desk, OPERATOR_NORTH, DESK "/report",
                                    "accurate_at-day=30&accurate_at-month=6&accurate_at-year=2026&"
                                    "accurate_at-time=11:00&in_use=1&out_of_use=0"),
                  303);
    const struct reply differs = desk_page(desk, SENIOR, DESK);
    assert_true(reply_says(&differs, "accurate as of"));
    assert_true(reply_says(&differs, "1 hour ago"));
    assert_true(reply_says(&differs, "The two counts differ since"));
    assert_true(reply_says(&differs, "Nobody has explained it."));
    assert_status(desk_send_checked(desk, OPERATOR_NORTH, DESK "/explanation", "reason=a+guest"),
                  303);
    const struct reply explained = desk_page(desk, SENIOR, DESK);
    assert_true(reply_says(&explained, "a guest"));
    /* From tomorrow nobody reports. */
    const struct reply future = desk_send_checked(
        desk, OPERATOR_NORTH, DESK "/report",
        "accurate_at-day=1&accurate_at-month=7&accurate_at-year=2026&accurate_at-time=9am&"
        "in_use=1&out_of_use=0");
    assert_status(future, 422);
}

/* Aim: a hub where somebody is placed and that says nothing of itself stands on the page of the day
 * of whoever runs it, answers for its arrivals or monitors it, for as long as it is silent; with
 * nobody there, or with yesterday's report, it does not. */
static void a_hub_that_says_nothing(void **state)
{
    struct desk *desk = *state;
    enum { DAY = 86400000 };
    const int readers[] = {CLERK, OPERATOR_NORTH, MONITOR_NORTH};
    const struct reply empty = desk_get(desk, OPERATOR_NORTH, "/today");
    assert_false(reply_says(&empty, "\"silent\":true"));
    hub_office_arrived(&desk->office, "PersonOne Samplealpha", HUB_NORTH);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const struct reply never = desk_page(desk, readers[i], "/today");
        assert_true(reply_says(&never, "it has never reported"));
    }
    const struct reply other = desk_page(desk, OPERATOR_SOUTH, "/today");
    assert_false(reply_says(&other, "has never reported"));
    char at[INSTANT_TEXT_SIZE];
    instant_format((instant){.milliseconds = atomic_load(&desk->office.now)}, at);
    assert_status(desk_post(desk, OPERATOR_NORTH, DESK "/report",
                            arena_format(&desk->arena,
                                         "{\"accurate_at\":\"%s\",\"in_use\":1,"
                                         "\"out_of_use\":0}",
                                         at)
                                .at),
                  200);
    static const struct {
        int days;
        const char *says;
    } rows[] = {{0, NULL}, {1, NULL}, {1, "nothing for 2 days"}, {28, "nothing for 30 days"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        atomic_fetch_add(&desk->office.now, (int64_t)rows[i].days * DAY);
        desk_sign_in(desk, MONITOR_NORTH);
        const struct reply page = desk_page(desk, MONITOR_NORTH, "/today");
        assert_status(page, 200);
        assert_int_equal(reply_says(&page, "it has reported nothing"), rows[i].says != NULL);
        assert_true(rows[i].says == NULL || reply_says(&page, rows[i].says));
    }
}

static void a_departure_by_mistake(void **state)
{
    struct desk *desk = *state;
    const struct somebody one =
        hub_office_arrived(&desk->office, "PersonOne Samplealpha", HUB_NORTH);
    assert_status(desk_send_checked(desk, OPERATOR_NORTH, DESK "/place-change",
                                    about(desk, &one, "&place=3&reason=quieter")),
                  303);
    const struct hub_desk there = hub_desk_of(&desk->office, HUB_NORTH);
    assert_int_equal(there.stay_count, 1);
    assert_int_equal(there.stays[0].place, 3);
    const struct reply not_left = desk_form(desk, OPERATOR_NORTH, DESK "/departure-cancelled",
                                            about(desk, &one, "&reason=x"));
    assert_status(not_left, 422); /* they did not leave */
}

static void another_desk_does_not_exist(void **state)
{
    struct desk *desk = *state;
    static const char *const rests[] = {"", "/arrival", "/report", "/nothing"};
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        desk_check_alike(desk, OPERATOR_SOUTH, arena_format(&desk->arena, DESK "%s", rests[i]).at,
                         arena_format(&desk->arena, "/hubs/HUB-NOWHERE/desk%s", rests[i]).at);
        desk_check_alike(desk, CLERK,
                         arena_format(&desk->arena, "/hubs/" HUB_SECRET "/desk%s", rests[i]).at,
                         arena_format(&desk->arena, "/hubs/HUB-NOWHERE/desk%s", rests[i]).at);
    }
    assert_status(desk_page(desk, OPERATOR_SOUTH, OPEN_DESK), 200);
    assert_status(desk_page(desk, MONITOR_NORTH, DESK "/report"), 403);
    assert_status(desk_page(desk, ADMINISTRATOR, DESK), 403);
    const struct reply monitor = desk_page(desk, MONITOR_NORTH, DESK);
    assert_status(monitor, 200);
    assert_false(reply_says(&monitor, DESK "/report"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arrivals_expected_and_not, setup, teardown),
        cmocka_unit_test_setup_teardown(not_there_before_it_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hub_is_opened, setup, teardown),
        cmocka_unit_test_setup_teardown(somebody_unexpected, setup, teardown),
        cmocka_unit_test_setup_teardown(places_and_why_not, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_hub_says_of_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hub_that_says_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_departure_by_mistake, setup, teardown),
        cmocka_unit_test_setup_teardown(another_desk_does_not_exist, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
