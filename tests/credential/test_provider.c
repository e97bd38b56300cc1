/* Aim: what is sent to a provider is what RFC 6749, RFC 7636 and OpenID Connect Core ask for, and
 * what comes back counts only when it answers that. The challenge is checked with the example of
 * RFC 7636, appendix B, by an independent calculation. */
#include "credential/provider.h"

#include "base/base64.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ISSUER "https://login.example/realm"

static struct arena arena;

static const struct provider_client client = {
    .issuer = STR_INIT(ISSUER),
    .client_id = STR_INIT("return hub&"),
    .client_secret = STR_INIT("a:b c"),
    .scopes = STR_INIT("openid"),
    .acr = STR_INIT(""),
    .redirect_uri = STR_INIT("https://desk.example/sign-in/provider/answer"),
};
static const struct provider provider = {
    .authorization = STR_INIT("https://login.example/authorize?tenant=1"),
    .token = STR_INIT("https://login.example/token"),
    .keys = STR_INIT("https://login.example/keys"),
    .end_session = STR_INIT("https://login.example/end"),
    .names_itself = true,
};

static int setup(void **state)
{
    struct err err = {0};
    (void)state;
    return arena_open(&arena, 16 * 1024 * 1024, &err).ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct provider_question question_of(uint8_t fill)
{
    struct provider_question question;
    uint8_t secret[PROVIDER_SECRET_SIZE];
    memset(secret, fill, sizeof secret);
    provider_question_of(secret, &question);
    return question;
}

static void a_question_is_made_of_a_secret(void **state)
{
    const struct provider_question one = question_of(1);
    const struct provider_question again = question_of(1);
    const struct provider_question other = question_of(2);
    (void)state;
    assert_memory_equal(&one, &again, sizeof one);
    assert_string_not_equal(one.state, other.state);
    assert_string_not_equal(one.nonce, other.nonce);
    assert_string_not_equal(one.verifier, other.verifier);
    assert_string_not_equal(one.state, one.nonce);
    assert_string_not_equal(one.nonce, one.verifier);
    assert_int_equal(strlen(one.verifier), 43); /* RFC 7636, 4.1: 43 to 128 */
}

static void a_browser_is_sent_with_all_of_it(void **state)
{
    /* RFC 7636, appendix B. */
    struct provider_question question = question_of(1);
    str address;
    (void)state;
    memcpy(question.verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 44);
    assert_true(
        provider_authorization(&client, &provider, &question, 3600, &arena, &address, NULL).ok);
    const str expected = arena_format(
        &arena,
        "https://login.example/authorize?tenant=1&response_type=code&client_id=return%%20hub%%26&"
        "redirect_uri=https%%3A%%2F%%2Fdesk.example%%2Fsign-in%%2Fprovider%%2Fanswer&scope=openid&"
        "state=%s&nonce=%s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"
        "code_challenge_method=S256&max_age=3600",
        question.state, question.nonce);
    assert_true(str_equal(address, expected));
    assert_false(str_contains(address, str_from_c(question.verifier)));
    assert_true(
        provider_authorization(&client, &provider, &question, 0, &arena, &address, NULL).ok);
    assert_true(str_ends(address, STR("&max_age=0&prompt=login")));
}

static void a_code_is_traded_with_the_verifier(void **state)
{
    struct provider_question question = question_of(3);
    struct provider other = provider;
    struct provider_client open = client;
    struct provider_trade trade;
    (void)state;
    assert_true(provider_trade(&client, &provider, &question, STR("c/1"), &arena, &trade, NULL).ok);
    assert_true(str_equal(
        trade.body,
        arena_format(&arena,
                     "grant_type=authorization_code&code=c%%2F1&redirect_uri=https%%3A%%2F%%2F"
                     "desk.example%%2Fsign-in%%2Fprovider%%2Fanswer&code_verifier=%s",
                     question.verifier)));
    /* RFC 6749, 2.3.1: "return%20hub%26:a%3Ab%20c" in base64, made with another program. */
    assert_true(str_equal(trade.authorization, STR("Basic cmV0dXJuJTIwaHViJTI2OmElM0FiJTIwYw==")));
    other.secret_in_body = true;
    assert_true(provider_trade(&client, &other, &question, STR("c"), &arena, &trade, NULL).ok);
    assert_true(str_ends(trade.body, STR("&client_id=return%20hub%26&client_secret=a%3Ab%20c")));
    assert_true(trade.authorization.len == 0);
    open.client_secret = STR("");
    assert_true(provider_trade(&open, &provider, &question, STR("c"), &arena, &trade, NULL).ok);
    assert_true(str_ends(trade.body, STR("&client_id=return%20hub%26")));
    assert_true(trade.authorization.len == 0);
}

static void an_answer_answers_the_question(void **state)
{
    const struct provider_question question = question_of(4);
    const struct provider_question other = question_of(5);
    const str state_word = str_from_c(question.state);
    struct provider quiet = provider;
    const struct {
        struct provider_answer answer;
        const struct provider *provider;
        const char *says; /* NULL: it does */
    } rows[] = {
        {{state_word, STR(ISSUER), STR("c"), STR("")}, &provider, NULL},
        {{state_word, STR(""), STR("c"), STR("")}, &quiet, NULL},
        {{state_word, STR(""), STR("c"), STR("")}, &provider, "another provider"},
        {{state_word, STR(ISSUER "/"), STR("c"), STR("")}, &quiet, "another provider"},
        {{str_from_c(other.state), STR(ISSUER), STR("c"), STR("")}, &provider, "this browser"},
        {{STR(""), STR(ISSUER), STR("c"), STR("")}, &provider, "this browser"},
        {{str_slice(state_word, 0, 42), STR(ISSUER), STR("c"), STR("")}, &provider, "this browser"},
        {{STR(""), STR(ISSUER), STR(""), STR("access_denied")}, &provider, "this browser"},
        {{state_word, STR(ISSUER), STR(""), STR("access_denied")}, &provider, "not signed in"},
        {{state_word, STR(ISSUER), STR("c"), STR("invalid_scope")}, &provider, "an error"},
        {{state_word, STR(ISSUER), STR(""), STR("")}, &provider, "no code"},
    };
    (void)state;
    quiet.names_itself = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err err = {0};
        const bool ok =
            provider_check_answer(&client, rows[i].provider, &question, &rows[i].answer, &err).ok;
        if (ok != (rows[i].says == NULL) || (!ok && (err.code != ERROR_UNAUTHENTICATED ||
                                                     strstr(err.what, rows[i].says) == NULL))) {
            fail_msg("row %zu: %s", i, ok ? "taken" : err.what);
        }
    }
}

static void addresses_are_plain(void **state)
{
    static const char *const good[] = {"https://login.example", "https://login.example:8443/a/b",
                                       "http://localhost:3000", "http://127.0.0.1:3000/x"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///a",
                                      "http://login.example",
                                      "https://login.example/?a=b",
                                      "https://login.example/#a",
                                      "https://login.example@evil.example/",
                                      "https://login.example:0/",
                                      "https://login.example:99999/",
                                      "https://login.example:port/",
                                      "https://login.example/\na",
                                      "https://login.example/\"a",
                                      "https://login.example/a b",
                                      "http://localhost.example/",
                                      "ftp://localhost/",
                                      "//login.example/",
                                      "https://login.ex\xC3\xA4mple/"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!provider_is_address(str_from_c(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (provider_is_address(str_from_c(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
    assert_int_equal(provider_port(STR("https://login.example/a")), 443);
    assert_int_equal(provider_port(STR("http://localhost")), 80);
    assert_int_equal(provider_port(STR("http://localhost:3000/a:b")), 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_made_of_a_secret),
        cmocka_unit_test(a_browser_is_sent_with_all_of_it),
        cmocka_unit_test(a_code_is_traded_with_the_verifier),
        cmocka_unit_test(an_answer_answers_the_question),
        cmocka_unit_test(addresses_are_plain),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
