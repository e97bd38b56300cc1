/* Aim: a departure prepared, boarded and accounted for from its pages alone, and the same as JSON.
 * What is sent is shown again before it is done; what the law or the state of things does not allow
 * is told with its reason, and nothing is done; whoever may not see a manifest finds nothing there.
 * Under the law of the European Union, so that no law is built in. */
#include "desk.h"

#include "../casework/departing.h"

#include "casework/protection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const enum account_name accounts[] = {
    CLERK, SENIOR, OPERATOR_NORTH, OPERATOR_SOUTH, MONITOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};

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

/* Somebody for whom a transfer to the north has every approval. */
static struct lawful_request ready(struct desk *desk)
{
    const struct lawful_request one = lawful_approved(&desk->office, "PersonOne Samplealpha",
                                                      "transfer_being_prepared", "hub_transfer");
    for (size_t i = 0; accounts[i] != ACCOUNT_NAMES; i++) {
        desk_sign_in(desk, accounts[i]);
    }
    return one;
}

/* The day and the hour as the boxes of a form. */
static const char *instant_boxes(struct desk *desk, const char *name, int64_t hours_ahead)
{
    const instant when = {.milliseconds =
                              atomic_load(&desk->office.now) + hours_ahead * 60 * 60 * 1000};
    const struct civil civil = date_to_civil(instant_date(when));
    const int64_t minutes = when.milliseconds / 60000 % (24 * 60);
    return arena_format(&desk->arena, "%s-day=%d&%s-month=%d&%s-year=%d&%s-time=%02d:%02d", name,
                        (int)civil.day, name, (int)civil.month, name, (int)civil.year, name,
                        (int)(minutes / 60), (int)(minutes % 60))
        .at;
}

static const char *joined(struct desk *desk, const char *a, const char *b)
{
    return arena_format(&desk->arena, "%s%s", a, b).at;
}

/* Opened by the form; its address. */
static const char *open_manifest(struct desk *desk)
{
    const char *when = instant_boxes(desk, "departs_at", 2);
    const char *form = joined(desk,
                              "step=hub_transfer&hub=" HUB_NORTH
                              "&carrier=RH+101&route=LHR,+TIA&escorts=4&lead=clerk&",
                              when);
    const struct reply opened = desk_send_checked(desk, CLERK, "/manifests/new", form);
    assert_status(opened, 303);
    const str location = reply_header(&opened, "Location");
    assert_true(str_starts(location, STR("/manifests/MAN-")));
    return arena_copy(&desk->arena, str_cut(location, '?').head).at;
}

static void board_and_account(struct desk *desk, const char *manifest,
                              const struct lawful_request *one)
{
    const struct reply check = desk_page(desk, CLERK, joined(desk, manifest, "/boarding"));
    assert_status(check, 200);
    assert_true(reply_says(&check, one->person.reference));
    assert_true(reply_says(&check, "Clear"));
    const struct reply boarded = desk_form(desk, CLERK, joined(desk, manifest, "/boarding"), "");
    assert_status(boarded, 200);
    assert_true(reply_says(&boarded, "1 person boarded"));
    assert_true(reply_says(&boarded, one->person.reference));
    assert_int_equal(office_places(&desk->office, desk->office.hub_north).occupied, 1);
    atomic_fetch_add(&desk->office.now, 3 * 60 * 60 * 1000);
    desk_sign_in(desk, CLERK);
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/departure"),
                                    instant_boxes(desk, "departed_at", 0)),
                  303);
    const struct reply aboard = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&aboard, "1 person aboard and not accounted for"));
    assert_true(reply_says(&aboard, "/accounting?person="));
    const struct reply told = desk_get(desk, CLERK, manifest);
    json_auto_t *resource = reply_json(&told);
    const char *country = json_string_value(json_object_get(resource, "destination_text"));
    assert_true(strlen(country) > 3 && reply_says(&aboard, country)); /* by its name, no code */
    const char *form = arena_format(&desk->arena, "person=%s&outcome=arrived&source=the+escort",
                                    one->person.reference)
                           .at;
    assert_status(
        desk_form(desk, CLERK, joined(desk, manifest, "/closing"), "remark=x&answers=checked"),
        409); /* nobody is forgotten */
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/accounting"), form), 303);
    assert_status(
        desk_send_checked(desk, CLERK, joined(desk, manifest, "/closing"), "remark=uneventful"),
        303);
    const struct reply closed = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&closed, "Closed"));
}

static void from_the_first_line_to_the_last(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const char *manifest = open_manifest(desk);
    const struct reply empty = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&empty, "Nobody is on the manifest."));
    assert_true(reply_says(&empty, "1 approved request waits"));
    const char *list = arena_format(&desk->arena, "request=%lld", (long long)one.request).at;
    const struct reply shown =
        desk_page(desk, CLERK, joined(desk, manifest, joined(desk, "/listing?", list)));
    assert_true(reply_says(&shown, "selected") || reply_says(&shown, " checked"));
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/listing"), list), 303);
    const struct reply listed = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&listed, one.person.reference));
    assert_true(reply_says(&listed, "/taking-off?person="));
    board_and_account(desk, manifest, &one);
}

/* Who is stopped is not coming to the hub any more: it is told that somebody was, and not who. */
static void the_hub_is_told_that_somebody_was_stopped(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const char *manifest = open_manifest(desk);
    const char *list = arena_format(&desk->arena, "request=%lld", (long long)one.request).at;
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/listing"), list), 303);
    const struct reply before = desk_page(desk, OPERATOR_NORTH, manifest);
    assert_true(reply_says(&before, one.person.reference));
    assert_false(reply_says(&before, "out of your sight"));
    assert_true(office_withdraw(&desk->office, CLERK, one.request).ok);
    const struct reply after = desk_page(desk, OPERATOR_NORTH, manifest);
    assert_false(reply_says(&after, one.person.reference));
    assert_false(reply_says(&after, "Nobody is on the manifest."));
    assert_true(reply_says(&after, "Nobody whom you may see is on the manifest."));
    assert_true(reply_says(&after, "1 person was stopped or taken off"));
    const struct reply told = desk_get(desk, OPERATOR_NORTH, manifest);
    json_auto_t *resource = reply_json(&told);
    assert_int_equal(json_integer_value(json_object_get(resource, "gone")), 1);
    const struct reply office = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&office, one.person.reference));
    assert_false(reply_says(&office, "out of your sight"));
}

static void what_is_wrong_is_told_and_not_done(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const int64_t before = office_events(&desk->office);
    const struct reply nothing = desk_form(desk, CLERK, "/manifests/new", "");
    assert_status(nothing, 422);
    assert_true(reply_says(&nothing, "Choose the step"));
    assert_true(reply_says(&nothing, "Enter the day and the time of departure"));
    const char *when = instant_boxes(desk, "departs_at", 2);
    const struct reply step =
        desk_form(desk, CLERK, "/manifests/new", joined(desk, "step=confirm_arrival&", when));
    assert_status(step, 422);
    assert_true(reply_says(&step, "Choose one of the answers offered"));
    const struct reply time = desk_form(desk, CLERK, "/manifests/new",
                                        "step=hub_transfer&departs_at-day=3&departs_at-month=7&"
                                        "departs_at-year=2026&departs_at-time=25:00");
    assert_status(time, 422);
    assert_true(reply_says(&time, "for example 17:30"));
    /* A transfer leads to a hub: casework says so, above the form, which keeps what was typed. */
    const struct reply homeless =
        desk_form(desk, CLERK, "/manifests/new",
                  joined(desk, "answers=checked&carrier=RH+77&step=hub_transfer&", when));
    assert_status(homeless, 422);
    assert_true(reply_says(&homeless, "RH 77"));
    assert_int_equal(office_events(&desk->office), before);

    const char *manifest = open_manifest(desk);
    assert_true(office_withdraw(&desk->office, CLERK, one.request).ok);
    const char *list = arena_format(&desk->arena, "request=%lld", (long long)one.request).at;
    assert_status(desk_form(desk, CLERK, joined(desk, manifest, "/listing"), list), 422);
    assert_status(desk_form(desk, CLERK, joined(desk, manifest, "/boarding"), ""), 409);
    assert_status(desk_page(desk, CLERK, joined(desk, manifest, "/no-such-deed")), 404);
}

/* The notice that the person got names another day: the law refuses to put them on this manifest,
 * and the answer says which safeguard it is. */
static void the_law_says_why(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const char *when = instant_boxes(desk, "departs_at", 24 * 60);
    const struct reply opened =
        desk_form(desk, CLERK, "/manifests/new",
                  joined(desk, "answers=checked&step=hub_transfer&hub=" HUB_NORTH "&", when));
    assert_status(opened, 303);
    const char *manifest =
        arena_copy(&desk->arena, str_cut(reply_header(&opened, "Location"), '?').head).at;
    const char *json =
        arena_format(&desk->arena, "{\"request\":\"%lld\"}", (long long)one.request).at;
    const struct reply refused = desk_post(desk, CLERK, joined(desk, manifest, "/listing"), json);
    assert_status(refused, 409);
    json_auto_t *problem = reply_json(&refused);
    const json_t *explanation = json_object_get(problem, "explanation");
    assert_true(json_array_size(json_object_get(explanation, "safeguards")) > 0);
    assert_string_not_equal(json_string_value(json_object_get(explanation, "clearance")), "clear");
    const char *list =
        arena_format(&desk->arena, "answers=checked&request=%lld", (long long)one.request).at;
    const struct reply page = desk_form(desk, CLERK, joined(desk, manifest, "/listing"), list);
    assert_status(page, 409);
    assert_true(reply_says(&page, "The law does not allow this step now"));
    assert_int_equal(departing_entry(&desk->office, one.person.id).manifest, 0);
}

static void the_same_as_json(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    char departs_at[INSTANT_TEXT_SIZE];
    instant_format((instant){.milliseconds = atomic_load(&desk->office.now) + 7200000}, departs_at);
    const struct reply asked = desk_get(desk, CLERK, "/manifests/new");
    json_auto_t *form = reply_json(&asked);
    const json_t *step = json_array_get(json_object_get(form, "fields"), 0);
    assert_string_equal(json_string_value(json_object_get(step, "name")), "step");
    assert_true(json_is_true(json_object_get(step, "needed")));
    assert_true(json_array_size(json_object_get(step, "choices")) > 0);
    const struct reply opened =
        desk_post(desk, CLERK, "/manifests/new",
                  arena_format(&desk->arena,
                               "{\"step\":\"hub_transfer\",\"hub\":\"" HUB_NORTH
                               "\",\"departs_at\":\"%s\",\"escorts\":2}",
                               departs_at)
                      .at);
    assert_status(opened, 201);
    json_auto_t *made = reply_json(&opened);
    const char *manifest =
        joined(desk, "/manifests/", json_string_value(json_object_get(made, "reference")));
    assert_status(
        desk_post(desk, CLERK, joined(desk, manifest, "/listing"),
                  arena_format(&desk->arena, "{\"request\":%lld}", (long long)one.request).at),
        200);
    const struct reply seen = desk_get(desk, OPERATOR_NORTH, manifest);
    json_auto_t *whole = reply_json(&seen);
    const json_t *line = json_array_get(json_object_get(whole, "people"), 0);
    assert_string_equal(json_string_value(json_object_get(line, "clearance")), "clear");
    assert_true(json_array_size(json_object_get(line, "compared")) > 0);
    const struct reply listed = desk_get(desk, CLERK, "/manifests");
    json_auto_t *list = reply_json(&listed);
    assert_true(json_array_size(json_object_get(list, "manifests")) > 0);
    const struct reply boarded = desk_post(desk, CLERK, joined(desk, manifest, "/boarding"), "{}");
    json_auto_t *boarding = reply_json(&boarded);
    assert_int_equal(json_integer_value(json_object_get(boarding, "boarded")), 1);
    /* Who leaves although they were called back is said where that is recorded. */
    assert_true(departing_report(&desk->office, CLERK, &one.person).ok);
    char departed_at[INSTANT_TEXT_SIZE];
    instant_format((instant){.milliseconds = atomic_load(&desk->office.now)}, departed_at);
    const struct reply left =
        desk_post(desk, CLERK, joined(desk, manifest, "/departure"),
                  arena_format(&desk->arena, "{\"departed_at\":\"%s\"}", departed_at).at);
    assert_status(left, 200);
    json_auto_t *departed = reply_json(&left);
    const json_t *called_back = json_object_get(departed, "called_back");
    assert_int_equal(json_array_size(called_back), 1);
    assert_string_equal(json_string_value(json_array_get(called_back, 0)), one.person.reference);
}

static void seen_and_done_by_those_who_may(void **state)
{
    struct desk *desk = *state;
    ready(desk);
    const char *manifest = open_manifest(desk);
    static const char *const rests[] = {"", "/boarding", "/listing", "/change"};
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        desk_check_alike(desk, OPERATOR_SOUTH, joined(desk, manifest, rests[i]),
                         joined(desk, "/manifests/MAN-000000-0", rests[i]));
    }
    const struct reply hub = desk_page(desk, OPERATOR_NORTH, manifest);
    assert_status(hub, 200);
    assert_false(reply_says(&hub, "/boarding"));
    assert_status(desk_page(desk, OPERATOR_NORTH, joined(desk, manifest, "/boarding")), 403);
    assert_status(desk_page(desk, SENIOR, joined(desk, manifest, "/change")), 403);
    assert_status(desk_page(desk, ADMINISTRATOR, "/manifests"), 403);
    const struct reply south = desk_page(desk, OPERATOR_SOUTH, "/manifests");
    assert_true(reply_says(&south, "No manifest is unfinished."));
}

/* Who is protected from those who board: on their page a number and not who; on the page of the day
 * of those who see them, the departure; and by them they are accounted for. */
static void who_sees_them_accounts_for_them(void **state)
{
    struct desk *desk = *state;
    const struct lawful_request one = ready(desk);
    const char *manifest = open_manifest(desk);
    const char *list = arena_format(&desk->arena, "request=%lld", (long long)one.request).at;
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/listing"), list), 303);
    struct err err = {0};
    int64_t event = 0;
    const str named = STR("senior");
    const struct protection protection = {
        .usernames = &named, .username_count = 1, .reason = STR("Threatened")};
    const struct caller senior = office_caller(&desk->office, SENIOR);
    arena_reset(&desk->office.work);
    assert_true(casework_protect_person(&desk->office.casework, &senior,
                                        str_from_c(one.person.reference), &protection,
                                        &desk->office.work, &event, &err)
                    .ok);
    assert_status(desk_form(desk, CLERK, joined(desk, manifest, "/boarding"), ""), 200);
    atomic_fetch_add(&desk->office.now, 3 * 60 * 60 * 1000);
    desk_sign_in(desk, CLERK);
    desk_sign_in(desk, SENIOR);
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/departure"),
                                    instant_boxes(desk, "departed_at", 0)),
                  303);
    const struct reply unseen = desk_page(desk, CLERK, manifest);
    assert_true(reply_says(&unseen, "1 person on it is out of your sight."));
    assert_true(reply_says(&unseen, "Nobody whom you may see is on the manifest."));
    assert_false(reply_says(&unseen, one.person.reference));
    assert_false(reply_says(&unseen, "/accounting?person="));
    const struct reply day_of_clerk = desk_page(desk, CLERK, "/today");
    assert_false(reply_says(&day_of_clerk, "who boarded to account for"));
    const struct reply day = desk_page(desk, SENIOR, "/today");
    assert_true(reply_says(&day, "1 person who boarded to account for"));
    assert_true(reply_says(&day, joined(desk, manifest, "\"")));
    const struct reply seen = desk_page(desk, SENIOR, manifest);
    assert_true(reply_says(&seen, "/accounting?person="));
    assert_false(reply_says(&seen, "out of your sight"));
    const char *form = arena_format(&desk->arena, "person=%s&outcome=arrived&source=the+escort",
                                    one.person.reference)
                           .at;
    assert_status(desk_send_checked(desk, SENIOR, joined(desk, manifest, "/accounting"), form),
                  303);
    assert_status(desk_send_checked(desk, CLERK, joined(desk, manifest, "/closing"), "remark=x"),
                  303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_the_first_line_to_the_last, setup, teardown),
        cmocka_unit_test_setup_teardown(the_hub_is_told_that_somebody_was_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(who_sees_them_accounts_for_them, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_and_not_done, setup, teardown),
        cmocka_unit_test_setup_teardown(the_law_says_why, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_as_json, setup, teardown),
        cmocka_unit_test_setup_teardown(seen_and_done_by_those_who_may, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
