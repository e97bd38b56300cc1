/* Aim: nobody comes in without a session, no other site can make a browser act for somebody, and
 * every answer is marked so that browsers and caches keep to it. Expected: OWASP ASVS 5.0
 * sections 3.3 to 3.5, RFC 9110, RFC 9457, RFC 6265bis. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK, OTHER_CLERK, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

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

static void nobody_is_shown_the_door(void **state)
{
    struct desk *desk = *state;
    static const char *const addresses[] = {"/today", "/people", "/people/RH-000000-0", "/hubs",
                                            "/rulebook"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        const struct reply json = desk_get(desk, NOBODY, addresses[i]);
        assert_status(json, 401);
        assert_same_text(json.content_type, "application/problem+json");
        assert_same_text(reply_header(&json, "WWW-Authenticate"), "Bearer");
        const struct reply page = desk_page(desk, NOBODY, addresses[i]);
        assert_status(page, 303);
        assert_true(str_starts(reply_header(&page, "Location"), STR("/sign-in?then=%2F")));
    }
}

/* Aim: whoever signs in goes on where they wanted to, on this desk and nowhere else. */
static void whoever_signs_in_goes_on_there(void **state)
{
    struct desk *desk = *state;
    static const char *const rows[][2] = {
        {"/sign-in?then=%2Fhubs%2FHUB-NORTH", "/hubs/HUB-NORTH"},
        {"/sign-in?then=%2F%2Fother.example", "/"},
        {"/sign-in?then=https%3A%2F%2Fother.example", "/"},
        {"/sign-in", "/today"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct str_cut cut = str_cut(str_from_c(rows[i][0]), '?');
        const struct ask ask = {.method = HTTP_POST,
                                .path = "/sign-in",
                                .query = cut.tail.at,
                                .accept = "text/html",
                                .account = NOBODY,
                                .content_type = "application/x-www-form-urlencoded",
                                .body = STR("username=clerk&password=correct+horse+battery")};
        const struct reply reply = desk_ask(desk, &ask);
        assert_status(reply, 303);
        assert_same_text(reply_header(&reply, "Location"), rows[i][1]);
    }
}

/* Aim: who reads the door in another language goes on where they were going all the same. */
static void another_language_leads_to_the_same_place(void **state)
{
    struct desk *desk = *state;
    struct ask ask = {.path = "/sign-in",
                      .query = "then=%2Fhubs%2FHUB-NORTH",
                      .accept = "text/html",
                      .account = NOBODY};
    const char *const link = "href=\"/sign-in?then=%2Fhubs%2FHUB-NORTH&amp;language=sq\"";
    for (int i = 0; i < 2; i++) {
        const struct reply page = desk_ask(desk, &ask);
        assert_status(page, 200);
        assert_true(reply_says(&page, link));
        assert_false(reply_says(&page, "language=sq&amp;language="));
        ask.query = "language=sq&then=%2Fhubs%2FHUB-NORTH";
    }
    ask.query = NULL;
    const struct reply plain = desk_ask(desk, &ask);
    assert_true(reply_says(&plain, "href=\"/sign-in?language=sq\""));
}

/* Aim: what was typed in a form of ours is given back when its session has ended, or is another
 * one; what no page of ours sent is not, nor what has a password in it; and nothing is done. */
static void what_was_typed_is_given_back(void **state)
{
    struct desk *desk = *state;
    static const struct {
        int account;
        const char *path;
        const char *origin;
        int status;
        bool given;
    } rows[] = {
        {NOBODY, "/people", "http://desk.test", 401, true},
        {CLERK, "/people", "http://desk.test", 403, true},
        {NOBODY, "/people", "https://other.example", 303, false},
        {CLERK, "/people", "https://other.example", 403, false},
        {NOBODY, "/people", NULL, 303, false},
        {CLERK, "/people", NULL, 403, false},
        {NOBODY, "/account/password", "http://desk.test", 303, false},
        {CLERK, "/account/password", "http://desk.test", 403, false},
    };
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ask ask = {.method = HTTP_POST,
                                .path = rows[i].path,
                                .accept = "text/html",
                                .account = rows[i].account,
                                .by_cookie = true,
                                .no_form_token = true,
                                .content_type = "application/x-www-form-urlencoded",
                                .header_name = rows[i].origin == NULL ? NULL : "Origin",
                                .header_value = rows[i].origin,
                                .body = STR("name=Something+that+was+typed&form_token=of+before")};
        const struct reply reply = desk_ask(desk, &ask);
        assert_status(reply, rows[i].status);
        assert_int_equal(reply_says(&reply, "Something that was typed"), rows[i].given);
        /* Nothing on the page that has it leads to another language, and away from it. */
        assert_false(rows[i].given && reply_says(&reply, "language=sq"));
        assert_false(rows[i].given && reply_says(&reply, "action=\"/language\""));
        assert_false(reply_says(&reply, "of before"));
    }
    assert_int_equal(office_events(&desk->office), before);
}

static void a_wrong_token_is_nobody(void **state)
{
    struct desk *desk = *state;
    const struct ask ask = {.path = "/today",
                            .account = NOBODY,
                            .header_name = "Authorization",
                            .header_value = "Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    const struct reply reply = desk_ask(desk, &ask);
    assert_status(reply, 401);
}

static void signing_in_gives_a_cookie_that_scripts_and_sites_cannot_use(void **state)
{
    struct desk *desk = *state;
    const struct reply reply =
        desk_form(desk, NOBODY, "/sign-in", "username=clerk&password=correct+horse+battery");
    assert_status(reply, 303);
    assert_same_text(reply_header(&reply, "Location"), "/today");
    const str cookie = reply_header(&reply, "Set-Cookie");
    assert_true(str_starts(cookie, STR("returnhub_session=")));
    assert_true(str_contains(cookie, STR("; HttpOnly")));
    assert_true(str_contains(cookie, STR("; SameSite=Strict")));
    assert_true(str_contains(cookie, STR("; Path=/;")));
    assert_false(str_contains(cookie, STR("Domain")));
}

static void everybody_begins_at_their_work(void **state)
{
    struct desk *desk = *state;
    static const char *const begins[][2] = {{"clerk", "/today"}, {"administrator", "/accounts"}};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        const struct reply reply = desk_form(
            desk, NOBODY, "/sign-in",
            arena_format(&desk->arena, "username=%s&password=correct+horse+battery", begins[i][0])
                .at);
        assert_status(reply, 303);
        assert_same_text(reply_header(&reply, "Location"), begins[i][1]);
    }
}

/* Whoever chose a language reads in it why they are refused, and their pages when they are not. */
static void the_language_that_was_chosen_stays(void **state)
{
    struct desk *desk = *state;
    struct ask ask = {.method = HTTP_POST,
                      .path = "/sign-in",
                      .query = "language=sq",
                      .account = NOBODY,
                      .accept = "text/html",
                      .content_type = "application/x-www-form-urlencoded"};
    static const char *const refused[] = {"username=clerk&password=wrong", "username=clerk"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ask.body = str_from_c(refused[i]);
        const struct reply reply = desk_ask(desk, &ask);
        assert_status(reply, i == 0 ? 401 : 422);
        assert_true(reply_says(&reply, "lang=\"sq\""));
        assert_true(reply_says(&reply, "action=\"/sign-in?language&#61;sq\"") ||
                    reply_says(&reply, "action=\"/sign-in?language=sq\""));
    }
    ask.query = "language=xx";
    const struct reply unknown = desk_ask(desk, &ask);
    assert_true(reply_says(&unknown, "action=\"/sign-in\""));
    ask.query = "language=sq";
    ask.body = STR("username=other-clerk&password=correct+horse+battery");
    const int64_t events = office_events(&desk->office);
    assert_status(desk_ask(desk, &ask), 303);
    assert_int_equal(office_events(&desk->office), events + 1);
    assert_status(desk_ask(desk, &ask), 303);
    assert_int_equal(office_events(&desk->office), events + 1);
}

static void behind_tls_the_cookie_is_bound_to_the_host(void **state)
{
    struct desk *desk = *state;
    const struct ask ask = {.method = HTTP_POST,
                            .path = "/sign-in",
                            .account = NOBODY,
                            .accept = "text/html",
                            .behind_tls = true,
                            .content_type = "application/x-www-form-urlencoded",
                            .body = STR("username=clerk&password=correct+horse+battery")};
    const struct reply reply = desk_ask(desk, &ask);
    const str cookie = reply_header(&reply, "Set-Cookie");
    assert_status(reply, 303);
    assert_true(str_starts(cookie, STR("__Host-returnhub_session=")));
    assert_true(str_contains(cookie, STR("; Secure")));
    assert_true(
        str_contains(reply_header(&reply, "Strict-Transport-Security"), STR("max-age=31536000")));
}

static void signing_in_by_json_gives_a_token_and_no_cookie(void **state)
{
    struct desk *desk = *state;
    const struct reply reply = desk_post(
        desk, NOBODY, "/sign-in", "{\"username\":\"clerk\",\"password\":\"" DESK_PASSWORD "\"}");
    assert_status(reply, 200);
    json_auto_t *answer = reply_json(&reply);
    assert_int_equal(json_string_length(json_object_get(answer, "token")), SESSION_TOKEN_SIZE - 1);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(answer, "account"), "role")),
        "caseworker");
    assert_int_equal(reply_header(&reply, "Set-Cookie").len, 0);
}

static void an_unknown_account_and_a_wrong_password_look_the_same(void **state)
{
    struct desk *desk = *state;
    const struct reply wrong =
        desk_post(desk, NOBODY, "/sign-in", "{\"username\":\"clerk\",\"password\":\"wrong\"}");
    const struct reply unknown =
        desk_post(desk, NOBODY, "/sign-in", "{\"username\":\"nobody\",\"password\":\"wrong\"}");
    assert_status(wrong, 401);
    assert_status(unknown, 401);
    assert_int_equal(wrong.body.len, unknown.body.len);
    assert_memory_equal(wrong.body.at, unknown.body.at, wrong.body.len);
    const struct reply page = desk_form(desk, NOBODY, "/sign-in", "username=clerk&password=wrong");
    assert_status(page, 401);
    assert_true(reply_says(&page, "govuk-error-summary"));
    assert_false(reply_says(&page, "value=\"wrong\""));
}

/* A registration that would succeed if it were meant. */
static struct ask registration(const char *body)
{
    return (struct ask){.method = HTTP_POST,
                        .path = "/people",
                        .account = CLERK,
                        .by_cookie = true,
                        .content_type = "application/json",
                        .body = str_from_c(body)};
}
/* They are all of one name, and the sender knows that they are not one person. */
#define SOMEBODY                                                                                   \
    "{\"name\":\"Somebody\",\"registered_on\":\"2026-06-01\",\"another_person\":\"yes\"}"

static void a_form_that_is_not_ours_changes_nothing(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    struct ask ask = registration(SOMEBODY);
    ask.no_form_token = true;
    assert_status(desk_ask(desk, &ask), 403);
    ask.header_name = "X-Form-Token";
    ask.header_value = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_status(desk_ask(desk, &ask), 403);
    /* The token of somebody else's session is no better. */
    ask.header_value = arena_copy(&desk->arena, desk->form_tokens[OTHER_CLERK]).at;
    assert_status(desk_ask(desk, &ask), 403);
    assert_int_equal(office_events(&desk->office), before);
}

static void a_request_from_another_site_changes_nothing(void **state)
{
    struct desk *desk = *state;
    static const char *const foreign[][2] = {
        {"Origin", "https://other.example"},  {"Origin", "null"},
        {"Origin", "http://desk.test.other"}, {"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Site", "same-site"},      {"Origin", "ftp://desk.test"},
    };
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        struct ask ask = registration(SOMEBODY);
        ask.header_name = foreign[i][0];
        ask.header_value = foreign[i][1];
        assert_status(desk_ask(desk, &ask), 403);
    }
    assert_int_equal(office_events(&desk->office), before);
}

static void a_request_of_our_own_is_done(void **state)
{
    struct desk *desk = *state;
    static const char *const own[][2] = {{"Origin", "http://desk.test"},
                                         {"Origin", "https://desk.test"},
                                         {"Sec-Fetch-Site", "same-origin"}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        struct ask ask = registration(SOMEBODY);
        ask.header_name = own[i][0];
        ask.header_value = own[i][1];
        assert_status(desk_ask(desk, &ask), 201);
    }
    /* A bearer token cannot be sent by another site, so it needs no form token. */
    assert_status(desk_post(desk, CLERK, "/people", SOMEBODY), 201);
}

static void signing_in_from_another_site_is_refused(void **state)
{
    struct desk *desk = *state;
    const struct ask ask = {.method = HTTP_POST,
                            .path = "/sign-in",
                            .account = NOBODY,
                            .content_type = "application/x-www-form-urlencoded",
                            .header_name = "Origin",
                            .header_value = "https://other.example",
                            .body = STR("username=clerk&password=correct+horse+battery")};
    const struct reply reply = desk_ask(desk, &ask);
    assert_status(reply, 403);
    assert_int_equal(reply_header(&reply, "Set-Cookie").len, 0);
}

static void signing_out_ends_the_session(void **state)
{
    struct desk *desk = *state;
    const struct reply in =
        desk_post(desk, NOBODY, "/sign-in",
                  "{\"username\":\"administrator\",\"password\":\"" DESK_PASSWORD "\"}");
    json_auto_t *answer = reply_json(&in);
    const str before = desk->tokens[ADMINISTRATOR];
    desk->tokens[ADMINISTRATOR] = str_from_c(json_string_value(json_object_get(answer, "token")));
    assert_status(desk_get(desk, ADMINISTRATOR, "/rulebook"), 200);
    const struct reply out = desk_post(desk, ADMINISTRATOR, "/sign-out", "{}");
    assert_status(out, 204);
    assert_true(str_contains(reply_header(&out, "Set-Cookie"), STR("Max-Age=0")));
    assert_true(str_contains(reply_header(&out, "Clear-Site-Data"), STR("cache")));
    assert_status(desk_get(desk, ADMINISTRATOR, "/rulebook"), 401);
    desk->tokens[ADMINISTRATOR] = before;
    assert_status(desk_get(desk, ADMINISTRATOR, "/rulebook"), 200);
}

static void every_answer_is_marked(void **state)
{
    struct desk *desk = *state;
    static const char *const addresses[] = {"/",        "/sign-in", "/ping",
                                            "/nothing", "/people",  "/accessibility"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        const struct reply reply = desk_page(desk, NOBODY, addresses[i]);
        const str policy = reply_header(&reply, "Content-Security-Policy");
        assert_same_text(policy, "default-src 'none'; script-src 'self'; style-src 'self'; "
                                 "img-src 'self'; connect-src 'self'; form-action 'self'; "
                                 "base-uri 'none'; frame-ancestors 'none'; "
                                 "require-trusted-types-for 'script'");
        assert_same_text(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
        assert_same_text(reply_header(&reply, "Cache-Control"), "no-store");
        assert_same_text(reply_header(&reply, "Vary"), "Accept, Authorization, Cookie");
        assert_same_text(reply_header(&reply, "Cross-Origin-Opener-Policy"), "same-origin");
        assert_same_text(reply_header(&reply, "Cross-Origin-Resource-Policy"), "same-origin");
        assert_same_text(reply_header(&reply, "Referrer-Policy"), "same-origin");
        assert_same_text(reply_header(&reply, "Permissions-Policy"),
                         "camera=(), geolocation=(), microphone=()");
    }
}

static void accept_chooses_the_face(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *accept;
        const char *content_type;
    } rows[] = {
        {"application/json", "application/json"},
        {"*/*", "application/json"},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
         "text/html; charset=utf-8"},
        {"text/html;q=0.4, application/json;q=0.5", "application/json"},
        {"application/json;q=0.4, text/html;q=0.5", "text/html; charset=utf-8"},
        {"text/html;q=0, */*", "application/json"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ask ask = {.path = "/people", .account = CLERK, .accept = rows[i].accept};
        const struct reply reply = desk_ask(desk, &ask);
        assert_status(reply, 200);
        assert_same_text(reply.content_type, rows[i].content_type);
    }
}

static void an_unknown_address_and_a_wrong_method_are_told_apart(void **state)
{
    struct desk *desk = *state;
    assert_status(desk_get(desk, CLERK, "/nothing"), 404);
    assert_status(desk_get(desk, NOBODY, "/nothing"), 404);
    const struct reply posted = desk_post(desk, CLERK, "/today", "{}");
    assert_status(posted, 405);
    assert_same_text(reply_header(&posted, "Allow"), "GET, HEAD, OPTIONS");
    const struct reply got = desk_get(desk, CLERK, "/sign-out");
    assert_status(got, 405);
    assert_same_text(reply_header(&got, "Allow"), "OPTIONS, POST");
    const struct ask ask = {.method = HTTP_DELETE, .path = "/people", .account = CLERK};
    const struct reply deleted = desk_ask(desk, &ask);
    assert_status(deleted, 405);
    assert_same_text(reply_header(&deleted, "Allow"), "GET, HEAD, OPTIONS, POST");
}

static void a_problem_is_machine_readable(void **state)
{
    struct desk *desk = *state;
    const struct reply reply = desk_get(desk, CLERK, "/people/RH-000000-0");
    json_auto_t *problem = reply_json(&reply);
    assert_status(reply, 404);
    assert_same_text(reply.content_type, "application/problem+json");
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), 404);
    const char *type = json_string_value(json_object_get(problem, "type"));
    assert_string_equal(type, "/problems/not-found");
    assert_non_null(json_object_get(problem, "title"));
    assert_non_null(json_object_get(problem, "detail"));
    assert_status(desk_get(desk, NOBODY, type), 200);
}

static void a_notice_is_never_taken_from_the_address(void **state)
{
    struct desk *desk = *state;
    const struct reply known = desk_page(desk, CLERK, "/people?notice=registered");
    assert_true(reply_says(&known, "The person is registered"));
    const struct reply invented = desk_page(desk, CLERK, "/people?notice=You+must+pay");
    assert_status(invented, 200);
    assert_false(reply_says(&invented, "must pay"));
    assert_false(reply_says(&invented, "govuk-notification-banner"));
}

static void styles_are_kept_and_only_under_their_own_hash(void **state)
{
    struct desk *desk = *state;
    /* SHA-256 of "body {}", as sha256sum writes it, begins so. */
    const struct reply reply = desk_get(desk, NOBODY, "/assets/62368a1a29259b30/returnhub.css");
    assert_status(reply, 200);
    assert_same_text(reply.body, "body {}");
    assert_true(str_contains(reply_header(&reply, "Cache-Control"), STR("immutable")));
    assert_status(desk_get(desk, NOBODY, "/assets/0000000000000000/returnhub.css"), 404);
    const struct ask ask = {.path = "/assets/62368a1a29259b30/returnhub.css",
                            .account = NOBODY,
                            .header_name = "Accept-Encoding",
                            .header_value = "gzip, br"};
    const struct reply packed = desk_ask(desk, &ask);
    assert_same_text(packed.body, "packed");
    assert_same_text(reply_header(&packed, "Content-Encoding"), "gzip");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nobody_is_shown_the_door, clear),
        cmocka_unit_test_teardown(whoever_signs_in_goes_on_there, clear),
        cmocka_unit_test_teardown(another_language_leads_to_the_same_place, clear),
        cmocka_unit_test_teardown(what_was_typed_is_given_back, clear),
        cmocka_unit_test_teardown(a_wrong_token_is_nobody, clear),
        cmocka_unit_test_teardown(signing_in_gives_a_cookie_that_scripts_and_sites_cannot_use,
                                  clear),
        cmocka_unit_test_teardown(everybody_begins_at_their_work, clear),
        cmocka_unit_test_teardown(the_language_that_was_chosen_stays, clear),
        cmocka_unit_test_teardown(behind_tls_the_cookie_is_bound_to_the_host, clear),
        cmocka_unit_test_teardown(signing_in_by_json_gives_a_token_and_no_cookie, clear),
        cmocka_unit_test_teardown(an_unknown_account_and_a_wrong_password_look_the_same, clear),
        cmocka_unit_test_teardown(a_form_that_is_not_ours_changes_nothing, clear),
        cmocka_unit_test_teardown(a_request_from_another_site_changes_nothing, clear),
        cmocka_unit_test_teardown(a_request_of_our_own_is_done, clear),
        cmocka_unit_test_teardown(signing_in_from_another_site_is_refused, clear),
        cmocka_unit_test_teardown(signing_out_ends_the_session, clear),
        cmocka_unit_test_teardown(every_answer_is_marked, clear),
        cmocka_unit_test_teardown(accept_chooses_the_face, clear),
        cmocka_unit_test_teardown(an_unknown_address_and_a_wrong_method_are_told_apart, clear),
        cmocka_unit_test_teardown(a_problem_is_machine_readable, clear),
        cmocka_unit_test_teardown(a_notice_is_never_taken_from_the_address, clear),
        cmocka_unit_test_teardown(styles_are_kept_and_only_under_their_own_hash, clear),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
