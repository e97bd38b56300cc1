/* Aim: the pages of access and of one's own account: who may do what as a page and a table, who
 * looked, break-glass, sessions, the second factor, and proving once more before a step that needs
 * approval. */
#include "casework/protection.h"
#include "desk.h"
#include "format/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,         OTHER_CLERK,   OFFICER,      SENIOR,
                                          MONITOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static int close_all(void **state)
{
    desk_close(*state);
    return 0;
}

/* --- who may do what, who looked -------------------------------------------------------------- */

static size_t count_lines(str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.at[i] == '\n' ? 1 : 0;
    }
    return count;
}

/* The rows and columns of casework/access.def, read here once more. */
static const char *const action_rows[][2] = {
#define ACTION(constant, name, what) {name, what},
#include "casework/access.def"
#undef ACTION
};
static const struct {
    enum account_role role;
    const char *name;
    const char *title;
} role_rows[] = {
#define ROLE(constant, name, title) {constant, name, title},
#include "casework/access.def"
#undef ROLE
};
static const struct {
    enum account_role role;
    enum action action;
    const char *scope;
} grant_rows[] = {
#define GRANT(role, action, scope) {role, action, #scope},
#include "casework/access.def"
#undef GRANT
};

/* As the pages call the scope of the grant. */
static const char *scope_of(enum account_role role, enum action action)
{
    static const char *const called[][2] = {
        {"ALL", "yes"}, {"OWN_HUB", "own hub"}, {"SELF", "own record"}, {"CLIENTS", "clients"}};
    for (size_t i = 0; i < sizeof grant_rows / sizeof grant_rows[0]; i++) {
        if (grant_rows[i].role == role && grant_rows[i].action == action) {
            for (size_t k = 0; k < sizeof called / sizeof called[0]; k++) {
                if (strcmp(called[k][0], grant_rows[i].scope) == 0) {
                    return called[k][1];
                }
            }
        }
    }
    return "no";
}

/* What follows the next such piece; the piece is there. */
static str after(str body, str piece)
{
    size_t at = 0;
    while (at + piece.len <= body.len && memcmp(body.at + at, piece.at, piece.len) != 0) {
        at++;
    }
    if (at + piece.len > body.len) {
        fail_msg("not there, or not in this place: %.*s", STR_ARG(piece));
    }
    return str_slice(body, at + piece.len, body.len);
}

static str heading(struct desk *desk, const char *text)
{
    struct buf buf;
    str piece;
    buf_init(&buf, &desk->arena, 1024);
    buf_put_c(&buf, ">");
    buf_put_html(&buf, str_from_c(text));
    buf_put_c(&buf, "</th>");
    assert_true(buf_finish(&buf, &piece, NULL).ok);
    return piece;
}

/* Each action stands beside what it is, each cell in the column of its role. */
static void check_page(struct desk *desk, str body)
{
    for (size_t i = 0; i < sizeof role_rows / sizeof role_rows[0]; i++) {
        body = after(body, heading(desk, role_rows[i].title));
    }
    for (size_t action = 0; action < ACTION_COUNT; action++) {
        body = after(body, heading(desk, action_rows[action][1]));
        for (size_t i = 0; i < sizeof role_rows / sizeof role_rows[0]; i++) {
            const char *scope = scope_of(role_rows[i].role, (enum action)action);
            const str rest = after(body, STR("</td>"));
            const str cell = str_slice(body, 0, (size_t)(rest.at - body.at));
            const str expected = arena_format(&desk->arena, ">%s</", scope);
            if (!str_contains(cell, expected)) {
                fail_msg("%s, %s: not %s but %.*s", action_rows[action][0], role_rows[i].name,
                         scope, STR_ARG(cell));
            }
            body = rest;
        }
    }
}

static void check_table(struct desk *desk, str body)
{
    for (size_t action = 0; action < ACTION_COUNT; action++) {
        struct buf line;
        str text;
        buf_init(&line, &desk->arena, 4096);
        csv_write_cell(&line, true, str_from_c(action_rows[action][0]));
        csv_write_cell(&line, false, str_from_c(action_rows[action][1]));
        for (size_t i = 0; i < sizeof role_rows / sizeof role_rows[0]; i++) {
            csv_write_cell(&line, false,
                           str_from_c(scope_of(role_rows[i].role, (enum action)action)));
        }
        csv_write_end(&line);
        assert_true(buf_finish(&line, &text, NULL).ok);
        body = after(body, text);
    }
}

static void the_matrix_is_a_page_and_a_table(void **state)
{
    struct desk *desk = *state;
    const struct reply page = desk_page(desk, ADMINISTRATOR, "/access");
    assert_status(page, 200);
    assert_true(reply_says(&page, "Independent monitor"));
    assert_true(reply_says(&page, "The one who asked for a step cannot approve it"));
    const struct reply table = desk_get(desk, ADMINISTRATOR, "/access.csv");
    assert_status(table, 200);
    assert_same_text(table.content_type, "text/csv; charset=utf-8");
    assert_int_equal(count_lines(table.body), ACTION_COUNT + 1);
    assert_true(str_starts(table.body, STR("action,what,caseworker,authorising_officer,"
                                           "senior_officer,hub_operator,monitor,")));
    assert_true(reply_says(&table, "see_people,"));
    assert_true(reply_says(&table, ",own hub,"));
    check_page(desk, page.body);
    check_table(desk, table.body);
    const struct reply accounts = desk_page(desk, ADMINISTRATOR, "/accounts");
    assert_status(accounts, 200);
    assert_true(reply_says(&accounts, "operator-nowhere"));
    assert_status(desk_get(desk, CLERK, "/accounts"), 403);
    assert_status(desk_get(desk, CLERK, "/access"), 403);
    assert_status(desk_get(desk, CLERK, "/access.csv"), 403);
    assert_status(desk_get(desk, NOBODY, "/access.csv"), 401);
    assert_status(desk_get(desk, CLERK, "/looks"), 403);
    assert_status(desk_get(desk, ADMINISTRATOR, "/looks"), 403);
}

/* --- break-glass ------------------------------------------------------------------------------ */

static void protect(struct desk *desk, const struct somebody *person)
{
    struct err err = {0};
    int64_t event = 0;
    const str roles[] = {STR("senior_officer")};
    const struct protection protection = {
        .roles = roles, .role_count = 1, .reason = STR("Threatened")};
    const struct caller senior = office_caller(&desk->office, SENIOR);
    arena_reset(&desk->office.work);
    assert_true(casework_protect_person(&desk->office.casework, &senior,
                                        str_from_c(person->reference), &protection,
                                        &desk->office.work, &event, &err)
                    .ok);
}

static const char *glass_for(struct desk *desk, const char *reference)
{
    return arena_format(&desk->arena,
                        "{\"person\":\"%s\",\"minutes\":5,\"reason\":\"At the door, and ill\"}",
                        reference)
        .at;
}

static void a_glass_is_broken_on_a_page(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonOne Protected");
    protect(desk, &person);
    const char *path = arena_format(&desk->arena, "/people/%s", person.reference).at;
    assert_status(desk_page(desk, CLERK, path), 404);
    assert_status(desk_page(desk, SENIOR, path), 200);
    assert_status(desk_page(desk, CLERK, "/glass/new"), 200);
    assert_status(desk_page(desk, MONITOR_NORTH, "/glass/new"), 403);
    assert_status(desk_post(desk, CLERK, "/glass", "{\"minutes\":5}"), 422);
    assert_status(desk_post(desk, CLERK, "/glass", glass_for(desk, "RH-000000-0")), 404);
    assert_status(desk_post(desk, CLERK, "/glass", glass_for(desk, person.reference)), 201);
    const struct reply seen = desk_page(desk, CLERK, path);
    assert_status(seen, 200);
    assert_true(reply_says(&seen, "PersonOne Protected"));
    assert_status(desk_page(desk, OTHER_CLERK, path), 404);
    const struct reply own = desk_page(desk, CLERK, "/glass");
    assert_true(reply_says(&own, "At the door, and ill"));
    assert_true(reply_says(&own, arena_format(&desk->arena, "href=\"%s\"", path).at));
    const struct reply other = desk_page(desk, OTHER_CLERK, "/glass");
    assert_status(other, 200);
    assert_false(reply_says(&other, "At the door, and ill"));
    assert_status(desk_post(desk, CLERK, "/glass/1/review",
                            "{\"outcome\":\"justified\",\"reason\":\"mine\"}"),
                  403);
}

/* --- one's own account ------------------------------------------------------------------------ */

static void sessions_are_listed_and_ended(void **state)
{
    struct desk *desk = *state;
    const struct reply in = desk_post(
        desk, NOBODY, "/sign-in", "{\"username\":\"clerk\",\"password\":\"" DESK_PASSWORD "\"}");
    assert_status(in, 200);
    const struct reply before = desk_get(desk, CLERK, "/account");
    json_auto_t *account = reply_json(&before);
    assert_int_equal(json_array_size(json_object_get(account, "sessions")), 2);
    assert_true(json_is_false(json_object_get(account, "has_second_factor")));
    const struct reply page = desk_page(desk, CLERK, "/account");
    assert_true(reply_says(&page, "This one"));
    assert_status(desk_post(desk, CLERK, "/account/sessions/0123456789abcdef/end", "{}"), 404);
    assert_status(desk_post(desk, CLERK, "/account/sessions/others/end", "{}"), 204);
    const struct reply after = desk_get(desk, CLERK, "/account");
    json_auto_t *left = reply_json(&after);
    assert_int_equal(json_array_size(json_object_get(left, "sessions")), 1);
}

static void a_second_factor_is_offered_once(void **state)
{
    struct desk *desk = *state;
    const struct reply offer = desk_post(desk, OTHER_CLERK, "/account/second-factor", "{}");
    assert_status(offer, 201);
    json_auto_t *secret = reply_json(&offer);
    assert_int_equal(strlen(json_string_value(json_object_get(secret, "secret"))), 32);
    const struct reply wrong = desk_post(desk, OTHER_CLERK, "/account/second-factor/confirmation",
                                         "{\"code\":\"00000x\"}");
    assert_status(wrong, 422);
    assert_true(reply_says(&wrong, "\"/code\""));
    assert_true(reply_says(&wrong, "The code is not right"));
    assert_status(desk_post(desk, OTHER_CLERK, "/account/second-factor/removal",
                            "{\"reason\":\"a new device\"}"),
                  204);
    const struct reply page = desk_form(desk, OTHER_CLERK, "/account/second-factor", "");
    assert_status(page, 200);
    assert_true(reply_says(&page, "type in this key"));
}

/* --- proving once more ------------------------------------------------------------------------ */

static void an_old_session_proves_itself_before_it_approves(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonTwo Ready");
    const int64_t request = office_ask_for(&desk->office, CLERK, &person, "removal", "").request;
    const char *path = arena_format(&desk->arena, "/requests/%lld/approval", (long long)request).at;
    atomic_fetch_add(&desk->office.now, (PROVEN_MINUTES + 1) * INT64_C(60000));
    const struct reply refused = desk_post(desk, OFFICER, path, "{}");
    assert_status(refused, 403);
    assert_true(reply_says(&refused, "/problems/proof-required"));
    const struct reply sent = desk_form(desk, OFFICER, path, "");
    assert_status(sent, 303);
    assert_true(
        str_starts(reply_header(&sent, "Location"), STR("/account/proof?then=%2Frequests")));
    assert_status(desk_page(desk, OFFICER, "/account/proof?then=%2Ftoday"), 200);
    assert_status(desk_post(desk, OFFICER, "/account/proof", "{\"password\":\"wrong\"}"), 422);
    assert_status(desk_post(desk, OFFICER, path, "{}"), 403);
    const struct reply away =
        desk_form(desk, OFFICER, "/account/proof",
                  "password=correct+horse+battery&then=%2F%2Felsewhere.example");
    assert_status(away, 303);
    assert_same_text(reply_header(&away, "Location"), "/"); /* never to another site */
    /* The session goes on, and what was its token opens nothing any more (ASVS 5.0, 7.2.4). */
    const str cookie = str_cut(reply_header(&away, "Set-Cookie"), ';').head;
    assert_true(str_starts(cookie, STR("returnhub_session=")));
    assert_status(desk_post(desk, OFFICER, path, "{}"), 401);
    desk->tokens[OFFICER] = str_slice(cookie, STR("returnhub_session=").len, cookie.len);
    const struct reply approved = desk_post(desk, OFFICER, path, "{}");
    assert_true(approved.status == 200 || approved.status == 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrix_is_a_page_and_a_table),
        cmocka_unit_test(a_glass_is_broken_on_a_page),
        cmocka_unit_test(sessions_are_listed_and_ended),
        cmocka_unit_test(a_second_factor_is_offered_once),
        cmocka_unit_test(an_old_session_proves_itself_before_it_approves),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
