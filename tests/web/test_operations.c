/* Aim: joint operations as counts beside the published arrivals, recorded and corrected from the
 * page; what is not published is not known; and the monitor's desk shows the monitor what is
 * theirs. Expected: data/small_boats_daily.csv, added up here by another reader. */
#include "desk.h"

#include "../casework/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,   SENIOR,         LIAISON,      MONITOR_NORTH,
                                          OFFICER, OPERATOR_NORTH, ACCOUNT_NAMES};
    desk_open_with(&desk, book_office_open, accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    desk_close(*state);
    return 0;
}

/* People of the series from one day to another, both included, told by comparing texts. */
static int64_t published(const char *from, const char *to)
{
    char path[500];
    char line[200];
    int64_t people = 0;
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(path, sizeof path, "%s/data/small_boats_daily.csv", source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[10] = '\0';
        if (strcmp(line, from) >= 0 && strcmp(line, to) <= 0) {
            people += strtoll(line + 11, NULL, 10);
        }
    }
    fclose(file);
    return people;
}

static const char form[] = "kind=day_of_action&on-day=2&on-month=9&on-year=2023&country_1=ALB&"
                           "authority_1=police&arrests=9&source=statistics";

static void beside_arrivals(void **state)
{
    struct desk *desk = *state;
    const struct reply made = desk_send_checked(desk, LIAISON, "/operations/new", form);
    assert_status(made, 303);
    const struct reply got = desk_get(desk, SENIOR, "/operations?from=2023-07-01&to=2023-09-30");
    json_auto_t *whole = reply_json(&got);
    const json_t *operation = json_array_get(json_object_get(whole, "operations"), 0);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(operation, "people_arrived"), "value")),
        published("2023-09-02", "2023-09-02"));
    const json_t *week = json_array_get(json_object_get(whole, "weeks"), 2);
    assert_string_equal(json_string_value(json_object_get(week, "from")), "2023-07-15");
    const int64_t expected = published("2023-07-15", "2023-07-21");
    assert_true(expected > 0);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(week, "people"), "value")),
                     expected);
    assert_int_equal(json_array_size(json_object_get(whole, "weeks")), 13);
    const struct reply page = desk_page(desk, SENIOR, "/operations?from=2023-07-01&to=2023-09-30");
    assert_true(reply_says(&page, "<svg") && reply_says(&page, "rh-bar"));
    assert_true(reply_says(&page, "rh-mark") && reply_says(&page, "2023 Q3"));
    const struct reply later = desk_page(desk, SENIOR, "/operations?from=2026-01-01&to=2026-03-01");
    assert_true(reply_says(&later, "No number of arrivals is published for this time."));
    assert_false(reply_says(&later, "rh-bar"));
    assert_status(desk_get(desk, SENIOR, "/operations?from=2026-03-01&to=2026-01-01"), 422);
    assert_status(desk_get(desk, SENIOR, "/operations?from=yesterday"), 422);
    assert_status(desk_get(desk, SENIOR, "/operations?to-day=31&to-month=6&to-year=2023"), 422);
    /* The problem stands at the field that it names, though another has the same in it. */
    const struct reply twice =
        desk_page(desk, SENIOR,
                  "/operations?to-day=31&to-month=6&to-year=2023&from-day=31&from-month=6&"
                  "from-year=2023");
    assert_status(twice, 422);
    assert_true(reply_says(&twice, "href=\"#to\"") && reply_says(&twice, "id=\"from\""));
    assert_false(reply_says(&twice, "href=\"#from\""));
    const struct reply turned =
        desk_page(desk, SENIOR, "/operations?from=2026-03-01&to=2026-01-01");
    assert_true(reply_says(&turned, "href=\"#from\"") && reply_says(&turned, ">From<"));
}

static void corrected_whole(void **state)
{
    struct desk *desk = *state;
    const struct reply made = desk_send_checked(desk, LIAISON, "/operations/new", form);
    const str location = str_cut(reply_header(&made, "Location"), '?').head;
    const char *operation = arena_copy(&desk->arena, location).at;
    const char *correction = arena_format(&desk->arena, "%s/correction", operation).at;
    const struct reply begins = desk_page(desk, LIAISON, correction);
    assert_true(reply_says(&begins, "value=\"9\""));
    assert_true(reply_says(&begins, "value=\"2023\""));
    const char *json = "{\"kind\":\"day_of_action\",\"on\":\"2023-09-02\",\"country_1\":\"ALB\","
                       "\"authority_1\":\"police\",\"arrests\":11,\"boats\":2,"
                       "\"currency_1\":\"EUR\",\"amount_1\":12000,\"source\":\"statistics\"}";
    assert_status(desk_post(desk, LIAISON, correction, json), 201);
    const struct reply got = desk_get(desk, SENIOR, operation);
    json_auto_t *whole = reply_json(&got);
    assert_int_equal(json_array_size(json_object_get(whole, "revisions")), 2);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(whole, "arrests"), "value")), 11);
    assert_true(json_is_true(json_object_get(json_object_get(whole, "money"), "known")));
    const struct reply page = desk_page(desk, SENIOR, operation);
    assert_true(reply_says(&page, "EUR 12,000"));
    assert_false(reply_says(&page, "Correct it"));
    assert_status(desk_page(desk, SENIOR, correction), 403);
    assert_status(desk_page(desk, CLERK, operation), 403);
    assert_status(desk_page(desk, LIAISON, "/operations/OP-9999"), 404);
    const struct reply half = desk_form(desk, LIAISON, "/operations/new",
                                        "kind=joint_patrol&on-day=2&on-month=9&on-year=2023&"
                                        "country_1=ALB&authority_1=police&country_2=ALB&"
                                        "source=statistics&answers=checked");
    assert_status(half, 422);
    assert_true(reply_says(&half, "A partner is a country and an authority"));
}

static void the_desk_of_the_monitor(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "PersonOne Samplealpha");
    const struct reply found =
        desk_send_checked(desk, MONITOR_NORTH, "/books/new/finding",
                          "subject=" HUB_NORTH "&severity=serious&description=Locked&due_on-day=30&"
                          "due_on-month=7&due_on-year=2026&due_reason=asked");
    assert_status(found, 303);
    const char *json =
        arena_format(&desk->arena,
                     "{\"subject\":\"%s\",\"hub\":\"" HUB_NORTH "\",\"force\":\"handcuffs\","
                     "\"decided_by\":\"the officer in charge\",\"reason\":\"an attack\","
                     "\"started_at\":\"2026-06-30T10:00:00Z\",\"due_on\":\"2026-07-02\","
                     "\"due_reason\":\"two days\"}",
                     person.reference)
            .at;
    assert_status(desk_post(desk, CLERK, "/books/new/force", json), 201);
    const struct reply got = desk_get(desk, MONITOR_NORTH, "/monitor");
    json_auto_t *whole = reply_json(&got);
    assert_int_equal(json_array_size(json_object_get(whole, "findings")), 1);
    const json_t *total = json_array_get(json_object_get(whole, "force_totals"), 0);
    assert_int_equal(json_integer_value(json_object_get(total, "lasting")), 1);
    const int64_t minutes = json_integer_value(json_object_get(total, "minutes"));
    assert_in_range(minutes, 120, 121); /* until noon; a minute that has begun counts */
    const struct reply page = desk_page(desk, MONITOR_NORTH, "/monitor");
    assert_true(reply_says(&page, "2 hours") && reply_says(&page, person.reference));
    assert_true(reply_says(&page, "Serious"));
    assert_status(desk_page(desk, CLERK, "/monitor"), 403);
    assert_status(desk_get(desk, OPERATOR_NORTH, "/monitor"), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(beside_arrivals, setup, teardown),
        cmocka_unit_test_setup_teardown(corrected_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(the_desk_of_the_monitor, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
