/* Aim: a passkey opens its own account and no other: alone when it verified the user, beside the
 * password otherwise; each question is answered once, by the browser that was asked, and soon; a
 * counter that goes back is refused and told; a passkey that is removed opens nothing. What an
 * answer itself must be is tested in tests/credential. */
#include "casework/passkeys.h"

#include "../credential/authenticator.h"
#include "casework/own_account.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "correct horse battery"
#define RP_ID    "desk.example"
#define ORIGIN   "https://desk.example"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static const struct passkey_site site = {.rp_id = RP_ID, .origin = STR_INIT(ORIGIN)};

struct desk {
    struct office office;
    struct authenticator key;
    struct arena arena;
};

static int setup(void **state)
{
    static struct desk desk;
    struct err err = {0};
    const enum account_name accounts[] = {CLERK, OFFICER};
    office_open(&desk.office);
    assert_true(arena_open(&desk.arena, 4 * 1024 * 1024, &err).ok);
    for (size_t i = 0; i < 2; i++) {
        assert_true(casework_set_password(&desk.office.casework, desk.office.accounts[accounts[i]],
                                          STR(PASSWORD), &err)
                        .ok);
    }
    authenticator_open(&desk.key, PASSKEY_ES256, RP_ID, ORIGIN, 7);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    authenticator_close(&desk->key);
    arena_close(&desk->arena);
    office_close(&desk->office);
    return 0;
}

static void pass(struct desk *desk, int64_t milliseconds)
{
    atomic_fetch_add(&desk->office.now, milliseconds);
}

static void ask(struct desk *desk, enum ceremony_purpose purpose, const char *token,
                uint8_t challenge[32])
{
    struct err err = {0};
    assert_true(
        casework_ask(&desk->office.casework, purpose, str_from_c(token), challenge, &err).ok);
}

static enum error_code send_new(struct desk *desk, const struct caller *caller, const char *token,
                                const char *title, const struct said *said)
{
    struct err err = {0};
    const struct new_passkey wanted = {.site = site,
                                       .token = str_from_c(token),
                                       .title = str_from_c(title),
                                       .client_data = said_client_data(said),
                                       .authenticator_data = said_authenticator_data(said)};
    arena_reset(&desk->arena);
    const result done =
        casework_register_passkey(&desk->office.casework, caller, &wanted, &desk->arena, &err);
    return done.ok ? ERROR_NONE : err.code;
}

static enum error_code take(struct desk *desk, enum account_name account,
                            struct authenticator *authenticator)
{
    uint8_t challenge[32];
    const struct caller caller = office_caller(&desk->office, account);
    ask(desk, CEREMONY_REGISTER_PASSKEY, "browser", challenge);
    const struct said said = authenticator_register(authenticator, challenge);
    return send_new(desk, &caller, "browser", "blue key", &said);
}

static struct passkey_sent sent_of(const struct authenticator *authenticator, const char *token,
                                   const struct said *said)
{
    return (struct passkey_sent){.site = site,
                                 .token = str_from_c(token),
                                 .credential_id = {.at = (const char *)authenticator->credential_id,
                                                   .len = sizeof authenticator->credential_id},
                                 .client_data = said_client_data(said),
                                 .authenticator_data = said_authenticator_data(said),
                                 .signature = said_signature(said)};
}

/* The name of the account that got in, "" for nobody. */
static str sign_in(struct desk *desk, const char *username, const char *password,
                   const struct passkey_sent *sent)
{
    struct err err = {0};
    char token[SESSION_TOKEN_SIZE];
    struct account_row account = {.username = STR("")};
    const struct sign_in wanted = {str_from_c(username), str_from_c(password), STR("")};
    arena_reset(&desk->arena);
    if (!casework_sign_in_with(&desk->office.casework, &wanted, sent, &desk->arena, token, &account,
                               &err)
             .ok) {
        assert_int_equal(err.code, ERROR_UNAUTHENTICATED);
        return STR("");
    }
    return account.username;
}

/* Asked and answered at once. */
static str sign_in_by(struct desk *desk, const char *username, const char *password,
                      struct authenticator *authenticator)
{
    uint8_t challenge[32];
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    const struct said said = authenticator_answer(authenticator, challenge);
    const struct passkey_sent sent = sent_of(authenticator, "browser", &said);
    return sign_in(desk, username, password, &sent);
}

#define assert_in(found, expected) assert_true(str_equal(found, str_from_c(expected)))

/* --- */

static void alone_or_beside_the_password(void **state)
{
    struct desk *desk = *state;
    assert_in(sign_in(desk, "clerk", PASSWORD, NULL), "clerk");
    assert_in(sign_in_by(desk, "", "", &desk->key), ""); /* not registered */
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    assert_in(sign_in(desk, "clerk", PASSWORD, NULL), ""); /* it is the second factor now */
    assert_in(sign_in_by(desk, "", "", &desk->key), "clerk");
    assert_in(sign_in_by(desk, "clerk", PASSWORD, &desk->key), "clerk");
    assert_in(sign_in_by(desk, "clerk", "wrong horse battery", &desk->key), "");
    assert_in(sign_in_by(desk, "clerk", "", &desk->key), "");
    desk->key.flags = SAID_PRESENT; /* somebody touched it; who, is not known */
    assert_in(sign_in_by(desk, "", "", &desk->key), "");
    assert_in(sign_in_by(desk, "clerk", PASSWORD, &desk->key), "clerk");
}

/* Aim: another account's passkey is no second factor, and opens its own account alone. */
static void it_opens_no_other_account(void **state)
{
    struct desk *desk = *state;
    struct authenticator other;
    authenticator_open(&other, PASSKEY_EDDSA, RP_ID, ORIGIN, 9);
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    assert_int_equal(take(desk, OFFICER, &other), ERROR_NONE);
    assert_in(sign_in_by(desk, "clerk", PASSWORD, &other), "");
    assert_in(sign_in_by(desk, "officer", PASSWORD, &desk->key), "");
    assert_in(sign_in_by(desk, "officer", PASSWORD, &other), "officer");
    /* The id of one, the key of the other. */
    memcpy(other.credential_id, desk->key.credential_id, sizeof other.credential_id);
    assert_in(sign_in_by(desk, "", "", &other), "");
    /* Nobody takes over what somebody has. */
    assert_int_equal(take(desk, OFFICER, &desk->key), ERROR_CONFLICT);
    authenticator_close(&other);
}

/* Aim: an answer counts once, from the browser that was asked, within five minutes, and a newer
 * question ends the older; a question is spent even by a wrong answer. */
static void a_question_is_answered_once(void **state)
{
    struct desk *desk = *state;
    uint8_t challenge[32];
    uint8_t newer[32];
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    desk->key.count = 0; /* a counter would tell the same answer by itself */
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    struct said said = authenticator_answer(&desk->key, challenge);
    struct passkey_sent sent = sent_of(&desk->key, "browser", &said);
    sent.token = STR("another browser");
    assert_in(sign_in(desk, "", "", &sent), "");
    sent.token = STR("browser");
    assert_in(sign_in(desk, "", "", &sent), ""); /* its counter went back: the question is spent */
    authenticator_close(&desk->key);
    authenticator_open(&desk->key, PASSKEY_ES256, RP_ID, ORIGIN, 8);
    desk->key.count = 0;
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    said = authenticator_answer(&desk->key, challenge);
    sent = sent_of(&desk->key, "browser", &said);
    assert_in(sign_in(desk, "", "", &sent), "clerk");
    assert_in(sign_in(desk, "", "", &sent), ""); /* replayed */
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    ask(desk, CEREMONY_PASSKEY, "browser", newer);
    said = authenticator_answer(&desk->key, challenge);
    sent = sent_of(&desk->key, "browser", &said);
    assert_in(sign_in(desk, "", "", &sent), ""); /* of the older question */
    said = authenticator_answer(&desk->key, newer);
    sent = sent_of(&desk->key, "browser", &said);
    assert_in(sign_in(desk, "", "", &sent), ""); /* spent by it */
    ask(desk, CEREMONY_REGISTER_PASSKEY, "browser", challenge);
    said = authenticator_answer(&desk->key, challenge);
    sent = sent_of(&desk->key, "browser", &said);
    assert_in(sign_in(desk, "", "", &sent), ""); /* asked for another purpose */
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    said = authenticator_answer(&desk->key, challenge);
    sent = sent_of(&desk->key, "browser", &said);
    pass(desk, CEREMONY_MINUTES * MINUTE + 1);
    assert_in(sign_in(desk, "", "", &sent), "");
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    said = authenticator_answer(&desk->key, challenge);
    sent = sent_of(&desk->key, "browser", &said);
    pass(desk, CEREMONY_MINUTES * MINUTE);
    assert_in(sign_in(desk, "", "", &sent), "clerk");
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    pass(desk, CEREMONY_MINUTES * MINUTE + 1);
    ask(desk, CEREMONY_PASSKEY, "other browser", challenge);
    assert_int_equal(office_ask(&desk->office, "SELECT count(*) FROM ceremony"), 1); /* swept */
}

/* Aim: a copy of an authenticator is found out as soon as both were used, and that is on record. */
static void a_copy_is_found_out(void **state)
{
    struct desk *desk = *state;
    const char *noted = "SELECT count(*) FROM event WHERE kind = 71 AND actor = 0";
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    struct authenticator copy = desk->key;
    assert_in(sign_in_by(desk, "", "", &desk->key), "clerk");
    assert_in(sign_in_by(desk, "", "", &desk->key), "clerk");
    assert_int_equal(office_ask(&desk->office, noted), 0);
    assert_in(sign_in_by(desk, "", "", &copy), "");
    assert_int_equal(office_ask(&desk->office, noted), 1);
    assert_in(sign_in_by(desk, "clerk", PASSWORD, &copy), "");
    assert_int_equal(office_ask(&desk->office, noted), 2);
    assert_in(sign_in_by(desk, "", "", &desk->key), "clerk");
}

/* Aim: several for one account, listed; one that is removed opens nothing, and without any the
 * password is enough again. A session that is not proven changes none of it. */
static void they_are_listed_and_removed(void **state)
{
    struct desk *desk = *state;
    struct authenticator second;
    struct err err = {0};
    const struct passkey_line *lines = NULL;
    size_t count = 0;
    const struct casework *casework = &desk->office.casework;
    authenticator_open(&second, PASSKEY_ES256, RP_ID, ORIGIN, 9);
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    pass(desk, SECOND);
    assert_int_equal(take(desk, CLERK, &second), ERROR_NONE);
    assert_in(sign_in_by(desk, "", "", &second), "clerk");
    struct caller caller = office_caller(&desk->office, CLERK);
    assert_true(casework_passkeys(casework, &caller, &desk->arena, &lines, &count, &err).ok);
    assert_int_equal(count, 2);
    assert_true(str_equal(lines[0].title, STR("blue key")));
    assert_int_equal(lines[0].used_at.milliseconds, 0);
    assert_true(lines[1].used_at.milliseconds > 0);
    char name[PASSKEY_NAME_SIZE];
    memcpy(name, lines[0].name, sizeof name);
    caller.unproven = true;
    assert_false(casework_remove_passkey(casework, &caller, STR("clerk"), str_from_c(name),
                                         STR("lost"), &desk->arena, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_UNPROVEN);
    const struct said said = authenticator_register(&second, (const uint8_t[32]){0});
    assert_int_equal(send_new(desk, &caller, "browser", "x", &said), ERROR_UNPROVEN);
    struct caller officer = office_caller(&desk->office, OFFICER);
    assert_false(casework_remove_passkey(casework, &officer, STR("clerk"), str_from_c(name),
                                         STR("lost"), &desk->arena, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    officer = office_caller(&desk->office, OFFICER);
    assert_false(casework_remove_passkey(casework, &officer, STR("officer"), str_from_c(name),
                                         STR("lost"), &desk->arena, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    caller = office_caller(&desk->office, CLERK);
    assert_true(casework_remove_passkey(casework, &caller, STR("clerk"), str_from_c(name),
                                        STR("lost"), &desk->arena, &err)
                    .ok);
    assert_in(sign_in_by(desk, "", "", &desk->key), "");
    assert_in(sign_in_by(desk, "", "", &second), "clerk");
    const int64_t sessions = office_ask(&desk->office, "SELECT count(*) FROM session");
    assert_true(sessions > 0);
    const struct caller administrator = office_caller(&desk->office, ADMINISTRATOR);
    assert_true(casework_remove_passkey(casework, &administrator, STR("clerk"), STR(""),
                                        STR("device stolen"), &desk->arena, &err)
                    .ok);
    assert_int_equal(office_ask(&desk->office, "SELECT count(*) FROM session"), 0);
    assert_in(sign_in_by(desk, "", "", &second), "");
    assert_in(sign_in(desk, "clerk", PASSWORD, NULL), "clerk");
    authenticator_close(&second);
}

/* Aim: a wrong registration leaves nothing, spends its question, and an account has ten at most. */
static void registrations_are_bound_and_bounded(void **state)
{
    struct desk *desk = *state;
    uint8_t challenge[32];
    struct caller caller = office_caller(&desk->office, CLERK);
    ask(desk, CEREMONY_REGISTER_PASSKEY, "browser", challenge);
    struct said said = authenticator_register(&desk->key, challenge);
    assert_int_equal(send_new(desk, &caller, "other", "x", &said), ERROR_INPUT);
    assert_int_equal(send_new(desk, &caller, "browser", "", &said), ERROR_INPUT); /* no name */
    assert_int_equal(send_new(desk, &caller, "browser", "x", &said), ERROR_NONE);
    caller = office_caller(&desk->office, CLERK);
    assert_int_equal(send_new(desk, &caller, "browser", "x", &said), ERROR_INPUT);
    for (uint8_t number = 20; number < 20 + PASSKEYS_MAX; number++) {
        struct authenticator next;
        authenticator_open(&next, PASSKEY_ES256, RP_ID, ORIGIN, number);
        assert_int_equal(take(desk, CLERK, &next),
                         number < 19 + PASSKEYS_MAX ? ERROR_NONE : ERROR_LIMIT);
        authenticator_close(&next);
    }
    assert_int_equal(office_ask(&desk->office, "SELECT count(*) FROM passkey"), PASSKEYS_MAX);
}

/* Aim: a session proves itself by a passkey of its account that verified the user, and by no other.
 */
static void a_session_is_proven_by_it(void **state)
{
    struct desk *desk = *state;
    struct err err = {0};
    uint8_t challenge[32];
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
    struct session session;
    struct authenticator other;
    const struct casework *casework = &desk->office.casework;
    const struct sign_in wanted = {STR("clerk"), STR(PASSWORD), STR("")};
    authenticator_open(&other, PASSKEY_ES256, RP_ID, ORIGIN, 9);
    assert_true(casework_sign_in(casework, &wanted, &desk->arena, token, &account, &err).ok);
    assert_int_equal(take(desk, CLERK, &desk->key), ERROR_NONE);
    assert_int_equal(take(desk, OFFICER, &other), ERROR_NONE);
    pass(desk, (PROVEN_MINUTES + 1) * MINUTE);
    struct authenticator *const keys[] = {&other, &desk->key, &desk->key};
    for (int i = 0; i < 3; i++) {
        keys[i]->flags = i == 1 ? SAID_PRESENT : SAID_PRESENT | SAID_VERIFIED;
        ask(desk, CEREMONY_PASSKEY, token, challenge);
        const struct said said = authenticator_answer(keys[i], challenge);
        const struct passkey_sent sent = sent_of(keys[i], token, &said);
        arena_reset(&desk->arena);
        const result proven = casework_prove_session_with(casework, str_from_c(token), &sent,
                                                          &desk->arena, NULL, &err);
        assert_int_equal(proven.ok, i == 2);
        assert_true(casework_session(casework, str_from_c(token), &desk->arena, &session, &err).ok);
        assert_int_equal(session.proven, i == 2);
    }
    authenticator_close(&other);
}

static enum session_standing standing_of(struct desk *desk, const char *token)
{
    struct session session;
    assert_true(
        casework_session(&desk->office.casework, str_from_c(token), &desk->arena, &session, NULL)
            .ok);
    return session.standing;
}

/* Where two factors are required: a passkey alone has both in it; registering one makes the session
 * whole in which that is done, and no other. */
static void it_makes_a_session_whole(void **state)
{
    struct desk *desk = *state;
    uint8_t challenge[32];
    char half[SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];
    char alone[SESSION_TOKEN_SIZE];
    struct account_row account;
    const struct casework *casework = &desk->office.casework;
    const struct sign_in typed = {STR("clerk"), STR(PASSWORD), STR("")};
    const struct sign_in nothing = {STR(""), STR(""), STR("")};
    const struct caller caller = office_caller(&desk->office, CLERK);
    desk->office.casework.second_factor_required = true;
    assert_true(casework_sign_in(casework, &typed, &desk->arena, half, &account, NULL).ok);
    assert_true(casework_sign_in(casework, &typed, &desk->arena, other, &account, NULL).ok);
    assert_int_equal(standing_of(desk, half), SESSION_LACKS_FACTOR);
    assert_false(casework_prove_session(casework, str_from_c(half), STR(PASSWORD), STR(""),
                                        &desk->arena, NULL, NULL)
                     .ok); /* the password once more is no second factor */
    assert_int_equal(standing_of(desk, half), SESSION_LACKS_FACTOR);
    ask(desk, CEREMONY_REGISTER_PASSKEY, half, challenge);
    const struct said said = authenticator_register(&desk->key, challenge);
    assert_int_equal(send_new(desk, &caller, half, "blue key", &said), ERROR_NONE);
    assert_int_equal(standing_of(desk, half), SESSION_WHOLE);
    assert_int_equal(standing_of(desk, other), SESSION_OWES_FACTOR);
    assert_false(casework_prove_session(casework, str_from_c(other), STR(PASSWORD), STR(""),
                                        &desk->arena, NULL, NULL)
                     .ok);
    assert_int_equal(standing_of(desk, other), SESSION_OWES_FACTOR);
    ask(desk, CEREMONY_PASSKEY, "browser", challenge);
    const struct said answered = authenticator_answer(&desk->key, challenge);
    const struct passkey_sent sent = sent_of(&desk->key, "browser", &answered);
    assert_true(
        casework_sign_in_with(casework, &nothing, &sent, &desk->arena, alone, &account, NULL).ok);
    assert_int_equal(standing_of(desk, alone), SESSION_WHOLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(alone_or_beside_the_password, setup, teardown),
        cmocka_unit_test_setup_teardown(it_opens_no_other_account, setup, teardown),
        cmocka_unit_test_setup_teardown(a_question_is_answered_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_is_found_out, setup, teardown),
        cmocka_unit_test_setup_teardown(they_are_listed_and_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(registrations_are_bound_and_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(it_makes_a_session_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_is_proven_by_it, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
