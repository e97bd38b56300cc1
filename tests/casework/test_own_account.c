/* Aim: the second factor, the sessions and proving once more. Codes are computed from the offered
 * secret; that those are the codes of RFC 6238 is tested in tests/base. */
#include "casework/own_account.h"

#include "casework/administration.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "correct horse battery"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static int setup(void **state)
{
    static struct office office;
    struct err err = {0};
    office_open(&office);
    assert_true(
        casework_set_password(&office.casework, office.accounts[CLERK], STR(PASSWORD), &err).ok);
    assert_true(
        casework_set_password(&office.casework, office.accounts[OFFICER], STR(PASSWORD), &err).ok);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static void pass(struct office *office, int64_t milliseconds)
{
    atomic_fetch_add(&office->now, milliseconds);
}

static result sign_in(struct office *office, const char *username, const char *code,
                      char token[SESSION_TOKEN_SIZE], struct err *err)
{
    struct account_row account;
    const struct sign_in wanted = {str_from_c(username), STR(PASSWORD), str_from_c(code)};
    arena_reset(&office->work);
    return casework_sign_in(&office->casework, &wanted, &office->work, token, &account, err);
}

/* The secret of the offer, read back from base 32. */
static void read_secret(const char *text, uint8_t secret[ONE_TIME_SECRET_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned value = 0;
    unsigned bits = 0;
    size_t at = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        value = value << 5 | (unsigned)(strchr(letters, text[i]) - letters);
        bits += 5;
        if (bits >= 8) {
            secret[at++] = (uint8_t)(value >> (bits - 8) & 0xFF);
            bits -= 8;
        }
    }
    assert_int_equal(at, ONE_TIME_SECRET_SIZE);
}

static void code_at(struct office *office, const uint8_t secret[ONE_TIME_SECRET_SIZE],
                    int64_t periods_away, char code[ONE_TIME_CODE_SIZE])
{
    const instant now = {.milliseconds = atomic_load(&office->now)};
    one_time_code(secret, one_time_period(now) + periods_away, code);
}

static char confirm(struct office *office, enum account_name account, const char *code)
{
    struct err err = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_confirm_second_factor(&office->casework, &caller, STR(""),
                                                       str_from_c(code), &office->work, &err);
    return done.ok ? 'o' : err.code == ERROR_INPUT ? 'i' : err.code == ERROR_CONFLICT ? 'c' : '?';
}

static void begin_second_factor(struct office *office, enum account_name account,
                                uint8_t secret[ONE_TIME_SECRET_SIZE])
{
    struct err err = {0};
    struct second_factor_offer offer;
    char code[ONE_TIME_CODE_SIZE];
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(
        casework_offer_second_factor(&office->casework, &caller, &office->work, &offer, &err).ok);
    assert_non_null(strstr(offer.address.at, offer.secret));
    read_secret(offer.secret, secret);
    code_at(office, secret, 0, code);
    assert_int_equal(confirm(office, account, code), 'o');
    pass(office, ONE_TIME_SECONDS * SECOND);
}

/* Aim: an offer changes nothing until a code of it was given; then signing in needs a code, each is
 * taken once, one period early or late and no more, and the refusal does not say what was wrong. */
static void a_code_is_needed_and_taken_once(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct err wrong_password = {0};
    struct second_factor_offer offer;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    char token[SESSION_TOKEN_SIZE];
    char code[ONE_TIME_CODE_SIZE];
    struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(
        casework_offer_second_factor(&office->casework, &caller, &office->work, &offer, &err).ok);
    assert_true(sign_in(office, "clerk", "", token, &err).ok);
    assert_int_equal(confirm(office, CLERK, "12345"), 'i');
    begin_second_factor(office, CLERK, secret);
    assert_int_equal(confirm(office, CLERK, "123456"), 'c');
    assert_false(
        casework_offer_second_factor(&office->casework, &caller, &office->work, &offer, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_false(sign_in(office, "nobody", "", token, &wrong_password).ok);
    assert_false(sign_in(office, "clerk", "", token, &err).ok);
    assert_string_equal(err.what, wrong_password.what);
    const int64_t aways[] = {-2, 2};
    for (size_t i = 0; i < 2; i++) {
        code_at(office, secret, aways[i], code);
        assert_false(sign_in(office, "clerk", code, token, &err).ok);
    }
    code_at(office, secret, 0, code);
    assert_true(sign_in(office, "clerk", code, token, &err).ok);
    assert_false(sign_in(office, "clerk", code, token, &err).ok); /* seen over a shoulder */
    code_at(office, secret, -1, code);
    assert_false(sign_in(office, "clerk", code, token, &err).ok); /* older than the last one */
    code_at(office, secret, 1, code);
    assert_true(sign_in(office, "clerk", code, token, &err).ok);
    assert_true(sign_in(office, "officer", "", token, &err).ok); /* has none */
}

/* Aim: who guesses is stopped: after five wrong codes the right one is not taken either, for a
 * quarter of an hour. */
static void guessing_is_stopped(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    char token[SESSION_TOKEN_SIZE];
    char code[ONE_TIME_CODE_SIZE];
    begin_second_factor(office, CLERK, secret);
    for (int i = 0; i < WRONG_CODES_MAX; i++) {
        assert_false(sign_in(office, "clerk", "00000x", token, &err).ok);
    }
    code_at(office, secret, 0, code);
    assert_false(sign_in(office, "clerk", code, token, &err).ok);
    pass(office, WRONG_CODES_MINUTES * MINUTE - 1);
    code_at(office, secret, 0, code);
    assert_false(sign_in(office, "clerk", code, token, &err).ok);
    pass(office, 1);
    assert_true(sign_in(office, "clerk", code, token, &err).ok);
}

static struct own_account own(struct office *office, enum account_name account, const char *token)
{
    struct err err = {0};
    struct own_account own = {.session_count = 0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(casework_own_account(&office->casework, &caller, str_from_c(token), &office->work,
                                     &own, &err)
                    .ok);
    return own;
}

static bool is_open(struct office *office, const char *token)
{
    struct err err = {0};
    struct session session;
    arena_reset(&office->work);
    return casework_session(&office->casework, str_from_c(token), &office->work, &session, &err).ok;
}

static char end_session(struct office *office, enum account_name account, const char *token,
                        const char *name)
{
    struct err err = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_end_session(&office->casework, &caller, str_from_c(token),
                                             str_from_c(name), &office->work, &err);
    return done.ok ? 'o' : err.code == ERROR_NOT_FOUND ? 'n' : '?';
}

/* Aim: one's sessions are listed, one of them or all others are ended, nobody else's are seen or
 * ended; one that is over is not listed. */
static void sessions_are_listed_and_ended(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    char tokens[3][SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];
    char name[SESSION_NAME_SIZE];
    char other_name[SESSION_NAME_SIZE];
    for (int i = 0; i < 3; i++) {
        assert_true(sign_in(office, "clerk", "", tokens[i], &err).ok);
        pass(office, MINUTE);
    }
    assert_true(sign_in(office, "officer", "", other, &err).ok);
    const struct own_account clerk = own(office, CLERK, tokens[1]);
    assert_false(clerk.has_second_factor);
    assert_int_equal(clerk.session_count, 3);
    assert_false(clerk.sessions[0].own);
    assert_true(clerk.sessions[1].own);
    assert_true(clerk.sessions[0].opened_at.milliseconds >
                clerk.sessions[2].opened_at.milliseconds);
    memcpy(name, clerk.sessions[0].name, sizeof name);
    memcpy(other_name, own(office, OFFICER, other).sessions[0].name, sizeof other_name);
    assert_int_equal(end_session(office, CLERK, tokens[1], other_name), 'n');
    assert_int_equal(end_session(office, CLERK, tokens[1], "0123456789abcdef"), 'n');
    assert_true(is_open(office, other));
    assert_int_equal(end_session(office, CLERK, tokens[1], name), 'o');
    assert_true(is_open(office, tokens[0]));
    assert_false(is_open(office, tokens[2]));
    assert_int_equal(end_session(office, CLERK, tokens[1], ""), 'o');
    assert_false(is_open(office, tokens[0]));
    assert_true(is_open(office, tokens[1]));
    assert_true(is_open(office, other));
    pass(office, (SESSION_IDLE_MINUTES + 1) * MINUTE);
    assert_int_equal(own(office, CLERK, "").session_count, 0);
}

/* Aim: whoever ends a session proves who they are; an administrator ends all of somebody else's,
 * with a reason, and nobody else does. Expected: ASVS 5.0, 7.4.5 and 7.5.2. */
static void sessions_are_ended_by_who_proves_it(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    char tokens[2][SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];
    struct caller caller = office_caller(office, CLERK);
    assert_true(sign_in(office, "clerk", "", tokens[0], &err).ok);
    assert_true(sign_in(office, "clerk", "", tokens[1], &err).ok);
    assert_true(sign_in(office, "officer", "", other, &err).ok);
    caller.unproven = true;
    assert_false(casework_end_session(&office->casework, &caller, str_from_c(tokens[1]), STR(""),
                                      &office->work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_UNPROVEN);
    const struct attempt {
        enum account_name account;
        bool unproven;
        const char *reason;
        enum error_code code; /* ERROR_NONE: it is done */
    } attempts[] = {
        {OFFICER, false, "left open", ERROR_FORBIDDEN},
        {ADMINISTRATOR, true, "left open", ERROR_UNPROVEN},
        {ADMINISTRATOR, false, " ", ERROR_INPUT},
        {ADMINISTRATOR, false, "left open", ERROR_NONE},
        {ADMINISTRATOR, false, "left open", ERROR_CONFLICT},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        caller = office_caller(office, attempts[i].account);
        caller.unproven = attempts[i].unproven;
        const bool ends = attempts[i].code == ERROR_NONE;
        const int64_t events = office_events(office);
        assert_int_equal(is_open(office, tokens[0]), i <= 3);
        err = (struct err){.code = ERROR_NONE};
        assert_int_equal(casework_end_sessions(&office->casework, &caller, STR("clerk"),
                                               str_from_c(attempts[i].reason), &office->work, &err)
                             .ok,
                         ends);
        assert_int_equal(err.code, attempts[i].code);
        assert_int_equal(office_events(office), events + (ends ? 1 : 0));
    }
    assert_false(is_open(office, tokens[1]));
    assert_true(is_open(office, other));
}

/* Aim: a new password ends every session of the old one. */
static void a_new_password_ends_sessions(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    char token[SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];
    assert_true(sign_in(office, "clerk", "", token, &err).ok);
    assert_true(sign_in(office, "officer", "", other, &err).ok);
    assert_true(casework_set_password(&office->casework, office->accounts[CLERK],
                                      STR("another battery horse"), &err)
                    .ok);
    assert_false(is_open(office, token));
    assert_true(is_open(office, other));
}

static char remove_factor(struct office *office, enum account_name account, const char *username)
{
    struct err err = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done =
        casework_remove_second_factor(&office->casework, &caller, str_from_c(username),
                                      STR("The device is lost"), &office->work, &err);
    return done.ok                       ? 'o'
           : err.code == ERROR_FORBIDDEN ? 'f'
           : err.code == ERROR_CONFLICT  ? 'c'
           : err.code == ERROR_NOT_FOUND ? 'n'
                                         : '?';
}

/* Aim: one's own is removed by oneself; another's by an administrator alone, who ends its sessions
 * with it; it is an event that has no secret. */
static void a_lost_device_is_removed(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    char token[SESSION_TOKEN_SIZE];
    char code[ONE_TIME_CODE_SIZE];
    begin_second_factor(office, CLERK, secret);
    code_at(office, secret, 0, code);
    assert_true(sign_in(office, "clerk", code, token, &err).ok);
    assert_int_equal(remove_factor(office, OFFICER, "clerk"), 'f');
    assert_int_equal(remove_factor(office, OFFICER, "no-such-account"), 'f');
    assert_int_equal(remove_factor(office, ADMINISTRATOR, "no-such-account"), 'n');
    assert_int_equal(remove_factor(office, ADMINISTRATOR, "clerk"), 'o');
    assert_false(is_open(office, token));
    const struct event last = office_event(office, office_events(office));
    assert_int_equal(last.kind, EVENT_ACCOUNT_SECURED);
    assert_true(sign_in(office, "clerk", "", token, &err).ok);
    assert_int_equal(remove_factor(office, CLERK, "clerk"), 'c');
}

/* Aim: a session is proven when it is opened and for some minutes; then steps that need approval
 * are refused until it is proven once more, with the password and the code. */
static void proving_once_more(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct session session;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    char token[SESSION_TOKEN_SIZE];
    char code[ONE_TIME_CODE_SIZE];
    begin_second_factor(office, CLERK, secret);
    code_at(office, secret, 0, code);
    assert_true(sign_in(office, "clerk", code, token, &err).ok);
    assert_true(
        casework_session(&office->casework, str_from_c(token), &office->work, &session, &err).ok);
    assert_true(session.proven);
    pass(office, PROVEN_MINUTES * MINUTE + 1);
    assert_true(
        casework_session(&office->casework, str_from_c(token), &office->work, &session, &err).ok);
    assert_false(session.proven);
    const struct {
        const char *password;
        bool right_code;
        bool ok;
    } rows[] = {
        {"wrong horse battery", true, false}, {PASSWORD, false, false}, {PASSWORD, true, true}};
    char renewed[SESSION_TOKEN_SIZE];
    for (size_t i = 0; i < 3; i++) {
        code_at(office, secret, 0, code);
        arena_reset(&office->work);
        assert_int_equal(casework_prove_session(&office->casework, str_from_c(token),
                                                str_from_c(rows[i].password),
                                                rows[i].right_code ? str_from_c(code) : STR(""),
                                                &office->work, renewed, &err)
                             .ok,
                         rows[i].ok);
        assert_int_equal(is_open(office, token), !rows[i].ok); /* proven, it has another token */
        assert_true(casework_session(&office->casework, str_from_c(rows[i].ok ? renewed : token),
                                     &office->work, &session, &err)
                        .ok);
        assert_int_equal(session.proven, rows[i].ok);
    }
    const struct own_account one = own(office, CLERK, renewed);
    assert_int_equal(one.session_count, 1);
    assert_true(one.sessions[0].own);
}

/* Aim: unproven, no step that needs approval is asked for, approved or taken; nothing is recorded.
 */
static void unproven_takes_no_step_that_needs_approval(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Ready");
    const int64_t request = office_ask_for(office, CLERK, &person, "removal", "").request;
    const int64_t events = office_events(office);
    struct caller officer = office_caller(office, OFFICER);
    struct caller clerk = office_caller(office, CLERK);
    officer.unproven = true;
    clerk.unproven = true;
    arena_reset(&office->work);
    struct outcome outcome =
        office_command(office, &officer, APPROVE, "", "", "", request, &office->work);
    assert_int_equal(outcome.err.code, ERROR_UNPROVEN);
    outcome = office_command(office, &clerk, TAKE, "", "", "", request, &office->work);
    assert_int_equal(outcome.err.code, ERROR_UNPROVEN);
    assert_int_equal(office_events(office), events);
    officer.unproven = false;
    outcome = office_command(office, &officer, APPROVE, "", "", "", request, &office->work);
    assert_true(outcome.ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_is_needed_and_taken_once, setup, teardown),
        cmocka_unit_test_setup_teardown(guessing_is_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_are_listed_and_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_are_ended_by_who_proves_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_password_ends_sessions, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_device_is_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(proving_once_more, setup, teardown),
        cmocka_unit_test_setup_teardown(unproven_takes_no_step_that_needs_approval, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
