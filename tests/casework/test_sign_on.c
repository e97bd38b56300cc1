/* Aim: an account is opened by who it was linked to, at the provider it was linked at, and by
 * nobody else; only whoever manages accounts links, and what they do is on record; what waits for a
 * second factor waits for one browser, for minutes, and for a closed account not at all. What a
 * provider says is tested in tests/server/sign_on.cjs. */
#include "casework/sign_on.h"

#include "casework/administration.h"
#include "casework/own_account.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ISSUER "https://login.example"

enum { MINUTE = 60 * 1000 };

struct desk {
    struct office office;
    struct arena arena;
};

static int setup(void **state)
{
    static struct desk desk;
    struct err err = {0};
    office_open(&desk.office);
    assert_true(arena_open(&desk.arena, 4 * 1024 * 1024, &err).ok);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    arena_close(&desk->arena);
    office_close(&desk->office);
    return 0;
}

static const char *username(struct desk *desk, enum account_name account)
{
    struct account_row row;
    assert_true(casework_account(&desk->office.casework, desk->office.accounts[account],
                                 &desk->arena, &row, NULL)
                    .ok);
    return row.username.at;
}

/* ERROR_NONE when it is done. */
static enum error_code change(struct desk *desk, enum account_name by, enum account_name account,
                              const char *issuer, const char *subject, bool links)
{
    struct err err = {0};
    const struct caller caller = office_caller(&desk->office, by);
    const struct subject_link link = {.username = str_from_c(username(desk, account)),
                                      .issuer = str_from_c(issuer),
                                      .subject = str_from_c(subject)};
    const result done = links ? casework_link_subject(&desk->office.casework, &caller, &link,
                                                      STR("shown"), &desk->arena, &err)
                              : casework_unlink_subject(&desk->office.casework, &caller, &link,
                                                        STR("left"), &desk->arena, &err);
    return done.ok ? ERROR_NONE : err.code;
}

static struct sign_on_answer sign_on_at(struct desk *desk, const char *issuer, const char *subject,
                                        bool factor, bool due)
{
    struct sign_on_answer answer;
    const struct signed_on signed_on = {.issuer = str_from_c(issuer),
                                        .subject = str_from_c(subject),
                                        .signed_in_at = {atomic_load(&desk->office.now)},
                                        .second_factor = factor,
                                        .second_factor_due = due};
    assert_true(casework_sign_on(&desk->office.casework, &signed_on, STR("browser"), STR(""),
                                 &desk->arena, &answer, NULL)
                    .ok);
    return answer;
}

static struct sign_on_answer sign_on(struct desk *desk, const char *subject)
{
    return sign_on_at(desk, ISSUER, subject, false, false);
}

static bool session_is_open(struct desk *desk, const char *token, struct session *ret_session)
{
    return casework_session(&desk->office.casework, str_from_c(token), &desk->arena, ret_session,
                            NULL)
        .ok;
}

static void the_linked_account_is_opened(void **state)
{
    struct desk *desk = *state;
    struct session session;
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_UNKNOWN);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_NONE);
    assert_int_equal(change(desk, ADMINISTRATOR, OFFICER, ISSUER, "s-2", true), ERROR_NONE);
    const struct sign_on_answer answer = sign_on(desk, "s-1");
    assert_int_equal(answer.outcome, SIGN_ON_OPENED);
    assert_true(session_is_open(desk, answer.token, &session));
    assert_int_equal(session.account.id, desk->office.accounts[CLERK]);
    assert_true(session.proven);
    /* By nothing that is like it. */
    static const char *const others[] = {"s-", "s-11", "S-1", "s-1 ", " s-1", "", "s-1@login"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(sign_on(desk, others[i]).outcome, SIGN_ON_UNKNOWN);
    }
    assert_int_equal(sign_on_at(desk, ISSUER "/", "s-1", true, false).outcome, SIGN_ON_UNKNOWN);
    assert_int_equal(sign_on_at(desk, "https://other.example", "s-1", true, false).outcome,
                     SIGN_ON_UNKNOWN);
}

static void administrators_link_and_it_is_on_record(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    struct session session;
    for (int account = 0; account < ACCOUNT_NAMES; account++) {
        if (account != ADMINISTRATOR && account != FORMER_CLERK) {
            assert_int_equal(change(desk, (enum account_name)account, (enum account_name)account,
                                    ISSUER, "s-1", true),
                             ERROR_FORBIDDEN);
        }
    }
    assert_int_equal(change(desk, ADMINISTRATOR, FORMER_CLERK, ISSUER, "s-1", true),
                     ERROR_CONFLICT);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, "http://login.example", "s-1", true),
                     ERROR_INPUT);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "", true), ERROR_INPUT);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s\n1", true), ERROR_INPUT);
    assert_int_equal(office_events(&desk->office), before);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_NONE);
    assert_int_equal(change(desk, ADMINISTRATOR, OFFICER, ISSUER, "s-1", true), ERROR_CONFLICT);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_CONFLICT);
    const struct event event = office_event(&desk->office, before + 1);
    assert_int_equal(event.kind, EVENT_ACCOUNT_SECURED);
    assert_int_equal(event.subject, desk->office.accounts[CLERK]);
    assert_int_equal(event.actor, desk->office.accounts[ADMINISTRATOR]);
    const struct sign_on_answer answer = sign_on(desk, "s-1");
    assert_int_equal(change(desk, ADMINISTRATOR, OFFICER, ISSUER, "s-1", false), ERROR_NOT_FOUND);
    assert_true(session_is_open(desk, answer.token, &session));
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", false), ERROR_NONE);
    assert_false(session_is_open(desk, answer.token, &session));
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_UNKNOWN);
    for (int i = 0; i < LINKS_MAX; i++) {
        char subject[16];
        snprintf(subject, sizeof subject, "s-%d", i);
        assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, subject, true), ERROR_NONE);
    }
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "more", true), ERROR_LIMIT);
}

static void one_command_links_once(void **state)
{
    struct desk *desk = *state;
    struct err err = {0};
    const struct caller caller = office_caller(&desk->office, ADMINISTRATOR);
    const struct subject_link link = {.username = str_from_c(username(desk, CLERK)),
                                      .issuer = STR(ISSUER),
                                      .subject = STR("s-1")};
    const struct casework *casework = &desk->office.casework;
    assert_true(
        casework_link_subject(casework, &caller, &link, STR("shown"), &desk->arena, &err).ok);
    const int64_t events = office_events(&desk->office);
    assert_true(
        casework_link_subject(casework, &caller, &link, STR("shown"), &desk->arena, &err).ok);
    assert_int_equal(office_events(&desk->office), events);
    struct caller unproven = office_caller(&desk->office, ADMINISTRATOR);
    unproven.unproven = true;
    assert_false(
        casework_link_subject(casework, &unproven, &link, STR("shown"), &desk->arena, &err).ok);
    assert_int_equal(err.code, ERROR_UNPROVEN);
}

/* --- the second factor ------------------------------------------------------------------------ */

/* RFC 4648, section 6. */
static void read_secret(const char *text, uint8_t secret[ONE_TIME_SECRET_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    unsigned count = 0;
    size_t size = 0;
    for (; *text != '\0'; text++) {
        bits = bits << 5 | (uint32_t)(strchr(digits, *text) - digits);
        count += 5;
        if (count >= 8) {
            count -= 8;
            secret[size++] = (uint8_t)(bits >> count);
        }
    }
    assert_int_equal(size, ONE_TIME_SECRET_SIZE);
}

static void set_factor(struct desk *desk, uint8_t secret[ONE_TIME_SECRET_SIZE])
{
    char code[ONE_TIME_CODE_SIZE];
    struct second_factor_offer offer;
    struct caller caller = office_caller(&desk->office, CLERK);
    const struct casework *casework = &desk->office.casework;
    assert_true(casework_offer_second_factor(casework, &caller, &desk->arena, &offer, NULL).ok);
    read_secret(offer.secret, secret);
    one_time_code(secret, one_time_period((instant){atomic_load(&desk->office.now)}), code);
    caller = office_caller(&desk->office, CLERK);
    assert_true(casework_confirm_second_factor(casework, &caller, STR(""), str_from_c(code),
                                               &desk->arena, NULL)
                    .ok);
    atomic_fetch_add(&desk->office.now, 2 * MINUTE);
}

static enum error_code give(struct desk *desk, const uint8_t secret[ONE_TIME_SECRET_SIZE],
                            const char *browser, bool right)
{
    char code[ONE_TIME_CODE_SIZE];
    struct err err = {0};
    struct sign_on_answer answer;
    const int64_t period = one_time_period((instant){atomic_load(&desk->office.now)});
    one_time_code(secret, right ? period : period + 7, code);
    return casework_sign_on_with(&desk->office.casework, str_from_c(browser), STR(""),
                                 str_from_c(code), NULL, &desk->arena, &answer, &err)
                   .ok
               ? ERROR_NONE
               : err.code;
}

static void a_second_factor_waits_for_one_browser(void **state)
{
    struct desk *desk = *state;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_NONE);
    assert_int_equal(sign_on_at(desk, ISSUER, "s-1", false, true).outcome, SIGN_ON_LACKS);
    assert_int_equal(sign_on_at(desk, ISSUER, "s-1", true, true).outcome, SIGN_ON_OPENED);
    set_factor(desk, secret);
    assert_int_equal(give(desk, secret, "browser", true), ERROR_NOT_FOUND);
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_ASKS);
    assert_int_equal(give(desk, secret, "another", true), ERROR_NOT_FOUND);
    assert_int_equal(give(desk, secret, "browser", false), ERROR_UNAUTHENTICATED);
    assert_int_equal(give(desk, secret, "browser", true), ERROR_NONE);
    assert_int_equal(give(desk, secret, "browser", true), ERROR_NOT_FOUND);
    /* Not for longer than CEREMONY_MINUTES, however often one tries. */
    atomic_fetch_add(&desk->office.now, 2 * MINUTE);
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_ASKS);
    atomic_fetch_add(&desk->office.now, CEREMONY_MINUTES * MINUTE - 1000);
    assert_int_equal(give(desk, secret, "browser", false), ERROR_UNAUTHENTICATED);
    atomic_fetch_add(&desk->office.now, 2000);
    assert_int_equal(give(desk, secret, "browser", true), ERROR_NOT_FOUND);
    /* An account that was closed in between is not opened. */
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_ASKS);
    const struct caller caller = office_caller(&desk->office, ADMINISTRATOR);
    assert_true(casework_close_account(&desk->office.casework, &caller,
                                       str_from_c(username(desk, CLERK)), STR("left"), &desk->arena,
                                       NULL)
                    .ok);
    assert_int_equal(give(desk, secret, "browser", true), ERROR_UNAUTHENTICATED);
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_UNKNOWN);
}

/* Where two factors are required, a provider that asked for one opens half a session; it stays so
 * when they sign on there once more, and is whole when a factor is set up in it, or was shown. */
static void one_factor_opens_half_a_session(void **state)
{
    struct desk *desk = *state;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    struct session session;
    struct sign_on_answer again;
    struct err err;
    const struct signed_on one = {.issuer = STR(ISSUER),
                                  .subject = STR("s-1"),
                                  .signed_in_at = {.milliseconds = atomic_load(&desk->office.now)}};
    desk->office.casework.second_factor_required = true;
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_NONE);
    const struct sign_on_answer half = sign_on(desk, "s-1");
    assert_true(session_is_open(desk, half.token, &session));
    assert_int_equal(session.standing, SESSION_LACKS_FACTOR);
    assert_true(casework_sign_on(&desk->office.casework, &one, STR("browser"),
                                 str_from_c(half.token), &desk->arena, &again, &err)
                    .ok);
    assert_int_equal(again.outcome, SIGN_ON_LACKS);
    assert_true(session_is_open(desk, half.token, &session));
    assert_int_equal(session.standing, SESSION_LACKS_FACTOR);
    const struct sign_on_answer whole = sign_on_at(desk, ISSUER, "s-1", true, true);
    assert_true(session_is_open(desk, whole.token, &session));
    assert_int_equal(session.standing, SESSION_WHOLE);
    set_factor(desk, secret);
    assert_true(session_is_open(desk, half.token, &session));
    assert_int_equal(session.standing, SESSION_OWES_FACTOR);
    assert_false(session.proven);
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_ASKS);
    assert_true(session_is_open(desk, whole.token, &session));
    assert_int_equal(session.standing, SESSION_WHOLE);
    /* Without the requirement the same session is as any other. */
    desk->office.casework.second_factor_required = false;
    assert_true(session_is_open(desk, half.token, &session));
    assert_int_equal(session.standing, SESSION_WHOLE);
}

/* --- a lost device ---------------------------------------------------------------------------- */

static void a_lost_device_is_taken_away_by_administrators(void **state)
{
    struct desk *desk = *state;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    struct err err = {0};
    struct session session;
    const str name = str_from_c(username(desk, CLERK));
    const struct casework *casework = &desk->office.casework;
    struct caller administrator = office_caller(&desk->office, ADMINISTRATOR);
    const struct caller officer = office_caller(&desk->office, OFFICER);
    assert_false(
        casework_remove_factors(casework, &administrator, name, STR("lost"), &desk->arena, &err)
            .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(change(desk, ADMINISTRATOR, CLERK, ISSUER, "s-1", true), ERROR_NONE);
    set_factor(desk, secret);
    const struct sign_on_answer answer = sign_on_at(desk, ISSUER, "s-1", true, true);
    assert_true(session_is_open(desk, answer.token, &session));
    assert_false(
        casework_remove_factors(casework, &officer, name, STR("lost"), &desk->arena, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    assert_false(
        casework_remove_factors(casework, &administrator, name, STR(" "), &desk->arena, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    administrator = office_caller(&desk->office, ADMINISTRATOR);
    administrator.unproven = true;
    assert_false(
        casework_remove_factors(casework, &administrator, name, STR("lost"), &desk->arena, &err)
            .ok);
    assert_int_equal(err.code, ERROR_UNPROVEN);
    assert_true(session_is_open(desk, answer.token, &session));
    administrator.unproven = false;
    assert_true(
        casework_remove_factors(casework, &administrator, name, STR("lost"), &desk->arena, &err)
            .ok);
    assert_false(session_is_open(desk, answer.token, &session));
    assert_int_equal(sign_on(desk, "s-1").outcome, SIGN_ON_OPENED);
    const struct event event = office_event(&desk->office, office_events(&desk->office));
    assert_int_equal(event.subject, desk->office.accounts[CLERK]);
    assert_true(str_ends(event.body.account_secured.what, STR("removed: lost")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_linked_account_is_opened, setup, teardown),
        cmocka_unit_test_setup_teardown(administrators_link_and_it_is_on_record, setup, teardown),
        cmocka_unit_test_setup_teardown(one_command_links_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_factor_waits_for_one_browser, setup, teardown),
        cmocka_unit_test_setup_teardown(one_factor_opens_half_a_session, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_device_is_taken_away_by_administrators, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
