/* Aim: need to know. Whoever may not see a person, a hub or an agreement gets, byte for byte, what
 * they would get if it did not exist; and each role does only what the table of access grants.
 * Expected: casework/access.def, product.md promise 10. */
#include "desk.h"

#include "web/route.h"

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

static int clear(void **state)
{
    desk_clear(*state);
    return 0;
}

struct cast {
    struct desk desk;
    struct somebody at_north;
    struct somebody elsewhere;
    int64_t request_elsewhere;
};

static int open_all(void **state)
{
    static struct cast cast;
    const enum account_name accounts[] = {CLERK,          OFFICER,          SENIOR,
                                          OPERATOR_NORTH, OPERATOR_NOWHERE, MONITOR_NORTH,
                                          ADMINISTRATOR,  ACCOUNT_NAMES};
    desk_open(&cast.desk, accounts);
    struct office *office = &cast.desk.office;
    cast.at_north = office_ready(office, "At north");
    const int64_t request = office_transfer(office, &cast.at_north, HUB_NORTH, 2);
    assert_true(office_take(office, CLERK, request).ok);
    cast.elsewhere = office_ready(office, "Elsewhere");
    cast.request_elsewhere = office_transfer(office, &cast.elsewhere, HUB_SOUTH, 1);
    *state = &cast;
    return 0;
}

static const char *person_path(struct desk *desk, const char *reference, const char *rest)
{
    return arena_format(&desk->arena, "/people/%s%s", reference, rest).at;
}

static void the_operator_cannot_tell_others_from_nobody(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    static const char *const rests[] = {"", "/facts", "/contact", "/steps/removal",
                                        "/facts/1/withdrawal"};
    assert_status(desk_get(desk, OPERATOR_NORTH, person_path(desk, cast->at_north.reference, "")),
                  200);
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        desk_check_alike(desk, OPERATOR_NORTH,
                         person_path(desk, cast->elsewhere.reference, rests[i]),
                         person_path(desk, "RH-000000-0", rests[i]));
        desk_check_alike(desk, MONITOR_NORTH, person_path(desk, cast->elsewhere.reference, ""),
                         person_path(desk, "RH-000000-0", ""));
    }
    const char *request =
        arena_format(&desk->arena, "/requests/%lld", (long long)cast->request_elsewhere).at;
    desk_check_alike(desk, OPERATOR_NORTH, request, "/requests/999999");
    desk_check_alike(desk, OPERATOR_NORTH, "/hubs/" HUB_SOUTH, "/hubs/HUB-NOWHERE");
    desk_check_alike(desk, OPERATOR_NOWHERE, "/hubs/" HUB_NORTH, "/hubs/HUB-NOWHERE");
}

static void posting_to_what_is_hidden_changes_nothing(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const char *body = "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"in_force\"}]}";
    const int64_t before = office_events(&desk->office);
    const struct reply hidden = desk_post(
        desk, OPERATOR_NORTH, person_path(desk, cast->elsewhere.reference, "/facts"), body);
    const struct reply absent =
        desk_post(desk, OPERATOR_NORTH, person_path(desk, "RH-000000-0", "/facts"), body);
    assert_status(hidden, 404);
    assert_true(str_equal(hidden.body, absent.body));
    assert_int_equal(office_events(&desk->office), before);
}

static void a_confidential_agreement_leaves_no_trace(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    desk_check_alike(desk, CLERK, "/agreements/" AGREEMENT_SECRET, "/agreements/AGR-NONE");
    desk_check_alike(desk, CLERK, "/hubs/" HUB_SECRET, "/hubs/HUB-NOWHERE");
    static const char *const lists[] = {"/agreements", "/hubs", "/today", "/screening"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct reply page = desk_page(desk, CLERK, lists[i]);
        assert_status(page, 200);
        assert_false(reply_says(&page, AGREEMENT_SECRET));
        assert_false(reply_says(&page, HUB_SECRET));
    }
    const struct reply person =
        desk_get(desk, CLERK, person_path(desk, cast->elsewhere.reference, ""));
    assert_false(reply_says(&person, HUB_SECRET));
    assert_status(desk_get(desk, SENIOR, "/agreements/" AGREEMENT_SECRET), 200);
}

struct permission {
    const char *path;
    int account;
    int status;
};

static void each_role_sees_what_the_table_grants(void **state)
{
    struct cast *cast = *state;
    static const struct permission rows[] = {
        {"/people", CLERK, 200},
        {"/people", OFFICER, 200},
        {"/people", OPERATOR_NORTH, 200},
        {"/people", MONITOR_NORTH, 200},
        {"/people", ADMINISTRATOR, 403},
        {"/today", ADMINISTRATOR, 403},
        {"/screening?step=removal", OPERATOR_NORTH, 403},
        {"/screening?step=removal", MONITOR_NORTH, 403},
        {"/screening?step=removal", OFFICER, 200},
        {"/agreements", OPERATOR_NORTH, 403},
        {"/agreements", MONITOR_NORTH, 200},
        {"/rulebook", ADMINISTRATOR, 200},
        {"/rulebook", OPERATOR_NORTH, 200},
        {"/people/new", OFFICER, 403},
        {"/people/new", OPERATOR_NORTH, 403},
        {"/hubs/" HUB_NORTH "/facts", CLERK, 403},
        {"/hubs/" HUB_NORTH "/facts", OPERATOR_NORTH, 200},
        {"/hubs/" HUB_NORTH "/facts", MONITOR_NORTH, 403},
        {"/hubs/" HUB_NORTH "/facts", SENIOR, 200},
        {"/agreements/" AGREEMENT "/facts", SENIOR, 200},
        {"/agreements/" AGREEMENT "/facts", CLERK, 403},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply reply = desk_get(&cast->desk, rows[i].account, rows[i].path);
        if (reply.status != rows[i].status) {
            fail_msg("%s for account %d answered %d", rows[i].path, rows[i].account, reply.status);
        }
    }
}

static void menus_offer_what_the_role_may_see(void **state)
{
    struct cast *cast = *state;
    static const struct {
        int account;
        const char *offered[7];
        const char *hidden[7];
    } rows[] = {
        {CLERK, {"/today", "/people", "/hubs", "/agreements", "/screening", "/rulebook"}, {NULL}},
        {OPERATOR_NORTH,
         {"/today", "/people", "/hubs", "/rulebook"},
         {"/agreements", "/screening"}},
        {MONITOR_NORTH, {"/today", "/people", "/hubs", "/agreements", "/rulebook"}, {"/screening"}},
        {ADMINISTRATOR, {"/rulebook"}, {"/today", "/people", "/hubs", "/agreements", "/screening"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply page = desk_page(&cast->desk, rows[i].account, "/rulebook");
        for (size_t j = 0; rows[i].offered[j] != NULL; j++) {
            const str link = arena_format(&cast->desk.arena, "navigation__link\" href=\"%s\"",
                                          rows[i].offered[j]);
            assert_true(str_contains(page.body, link));
        }
        for (size_t j = 0; rows[i].hidden[j] != NULL; j++) {
            const str link = arena_format(&cast->desk.arena, "navigation__link\" href=\"%s\"",
                                          rows[i].hidden[j]);
            assert_false(str_contains(page.body, link));
        }
    }
}

static void lists_hold_only_whom_the_account_may_see(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const struct reply reply = desk_get(desk, OPERATOR_NORTH, "/people");
    json_auto_t *resource = reply_json(&reply);
    assert_int_equal(json_array_size(json_object_get(resource, "people")), 1);
    assert_true(reply_says(&reply, cast->at_north.reference));
    const struct reply nowhere = desk_get(desk, OPERATOR_NOWHERE, "/people");
    json_auto_t *nobody = reply_json(&nowhere);
    assert_int_equal(json_array_size(json_object_get(nobody, "people")), 0);
    const struct reply search = desk_get(desk, OPERATOR_NORTH, "/people?text=Elsewhere");
    json_auto_t *found = reply_json(&search);
    assert_int_equal(json_array_size(json_object_get(found, "people")), 0);
}

static void the_monitor_changes_nothing(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const int64_t before = office_events(&desk->office);
    const char *facts = person_path(desk, cast->at_north.reference, "/facts");
    assert_status(desk_post(desk, MONITOR_NORTH, facts,
                            "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\"}]}"),
                  403);
    assert_status(desk_post(desk, MONITOR_NORTH, "/people",
                            "{\"name\":\"A\",\"registered_on\":\"2026-06-01\"}"),
                  403);
    assert_status(desk_post(desk, MONITOR_NORTH,
                            person_path(desk, cast->at_north.reference, "/steps"),
                            "{\"step\":\"readmission\"}"),
                  403);
    assert_status(desk_post(desk, MONITOR_NORTH, "/hubs/" HUB_NORTH "/places",
                            "{\"places\":1,\"reason\":\"x\"}"),
                  403);
    assert_int_equal(office_events(&desk->office), before);
}

/* --- looking ---------------------------------------------------------------------------------- */

/* The pattern with what is there in the place of its names; "1" where it does not matter. */
static const char *filled(struct cast *cast, str pattern)
{
    const struct {
        const char *name;
        const char *value;
    } values[] = {{"{person}", cast->at_north.reference},
                  {"{hub}", HUB_NORTH},
                  {"{agreement}", AGREEMENT},
                  {"{step}", "transfer"},
                  {"{deed}", "change"}};
    struct buf buf;
    buf_init(&buf, &cast->desk.arena, 512);
    while (pattern.len > 0) {
        const size_t open = str_find_char(pattern, '{');
        buf_put(&buf, str_slice(pattern, 0, open));
        pattern = str_slice(pattern, open, pattern.len);
        if (pattern.len == 0) {
            break;
        }
        const size_t end = str_find_char(pattern, '}') + 1;
        const char *value = "1";
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            value = str_equal(str_slice(pattern, 0, end), str_from_c(values[i].name))
                        ? values[i].value
                        : value;
        }
        buf_put_c(&buf, value);
        pattern = str_slice(pattern, end, pattern.len);
    }
    return arena_copy(&cast->desk.arena, buf_str(&buf)).at;
}

/* Aim: nothing is recorded by looking: every address, as every face, by accounts of every kind,
 * leaves the events as they were. */
static void looking_records_nothing(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    static const char *const faces[] = {"text/html", "application/json", "text/csv"};
    static const int accounts[] = {CLERK, SENIOR, OPERATOR_NORTH, ADMINISTRATOR};
    const int64_t before = office_events(&desk->office);
    size_t answered = 0;
    for (size_t i = 0; i < route_count; i++) {
        const bool stream = str_equal(routes[i].pattern, STR("/events"));
        for (size_t k = 0; routes[i].method == HTTP_GET && !stream && k < 12; k++) {
            const struct arena mark = desk->arena;
            const struct ask ask = {.path = filled(cast, routes[i].pattern),
                                    .accept = faces[k % 3],
                                    .account = accounts[k / 3],
                                    .by_cookie = true};
            const struct reply reply = desk_ask(desk, &ask);
            if (reply.status >= 500) {
                fail_msg("%s is answered with %d", ask.path, reply.status);
            }
            answered += reply.status == 200 ? 1 : 0;
            desk->arena = mark;
            if (office_events(&desk->office) != before) {
                fail_msg("GET %s as %s recorded something", ask.path, ask.accept);
            }
        }
    }
    assert_true(answered > 300); /* it was really shown */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_operator_cannot_tell_others_from_nobody, clear),
        cmocka_unit_test_teardown(posting_to_what_is_hidden_changes_nothing, clear),
        cmocka_unit_test_teardown(a_confidential_agreement_leaves_no_trace, clear),
        cmocka_unit_test_teardown(each_role_sees_what_the_table_grants, clear),
        cmocka_unit_test_teardown(menus_offer_what_the_role_may_see, clear),
        cmocka_unit_test_teardown(lists_hold_only_whom_the_account_may_see, clear),
        cmocka_unit_test_teardown(the_monitor_changes_nothing, clear),
        cmocka_unit_test_teardown(looking_records_nothing, clear),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
