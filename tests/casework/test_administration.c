/* Aim: a register begins with one administrator and grows accounts, agreements and hubs from there;
 * a new day and a new rulebook judge every live request again. */
#include "office.h"

#include "casework/administration.h"
#include "casework/adoption.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static enum error_code open_account(struct office *office, const struct caller *caller,
                                    const char *username, const char *role, const char *hub)
{
    struct err err = {0};
    struct account_row row = {0};
    const struct new_account wanted = {.username = str_from_c(username),
                                       .name = STR("Somebody New"),
                                       .role = str_from_c(role),
                                       .hub = str_from_c(hub)};
    arena_reset(&office->work);
    const result done =
        casework_open_account(&office->casework, caller, &wanted, &office->work, &row, &err);
    assert_true(!done.ok || str_equal(row.username, wanted.username));
    return done.ok ? ERROR_NONE : err.code;
}

/* Aim: an account has a name that is free, a role that exists and a hub when its role needs one and
 * only then; only an administrator opens it. */
static void test_open_account(void **state)
{
    struct office *office = *state;
    const struct {
        enum account_name account;
        const char *username;
        const char *role;
        const char *hub;
        enum error_code code;
    } rows[] = {
        {ADMINISTRATOR, "new.clerk", "caseworker", "", ERROR_NONE},
        {ADMINISTRATOR, "new.clerk", "caseworker", "", ERROR_CONFLICT},
        {ADMINISTRATOR, "former-clerk", "caseworker", "", ERROR_CONFLICT},
        {ADMINISTRATOR, "new-operator", "hub_operator", HUB_NORTH, ERROR_NONE},
        {ADMINISTRATOR, "no-hub", "hub_operator", "", ERROR_INPUT},
        {ADMINISTRATOR, "a-hub", "caseworker", HUB_NORTH, ERROR_INPUT},
        {ADMINISTRATOR, "other-hub", "monitor", "HUB-NOWHERE", ERROR_NOT_FOUND},
        {ADMINISTRATOR, "king", "king", "", ERROR_INPUT},
        {ADMINISTRATOR, "x", "caseworker", "", ERROR_INPUT},
        {ADMINISTRATOR, "New Clerk", "caseworker", "", ERROR_INPUT},
        {SENIOR, "by-senior", "caseworker", "", ERROR_FORBIDDEN},
        {CLERK, "by-clerk", "administrator", "", ERROR_FORBIDDEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct caller caller = office_caller(office, rows[i].account);
        const int64_t before = office_events(office);
        const enum error_code code =
            open_account(office, &caller, rows[i].username, rows[i].role, rows[i].hub);
        if (code != rows[i].code) {
            print_error("%s: %s\n", rows[i].username, error_name(code));
        }
        assert_int_equal(code, rows[i].code);
        assert_int_equal(office_events(office), before + (code == ERROR_NONE ? 1 : 0));
    }
    /* Nobody opens an account in a register that has some. */
    const struct caller nobody = {.account = 0};
    assert_int_equal(open_account(office, &nobody, "first", "administrator", ""),
                     ERROR_UNAUTHENTICATED);
    const struct caller caller = office_caller(office, ADMINISTRATOR);
    assert_int_equal(open_account(office, &caller, "twice", "caseworker", ""), ERROR_NONE);
    const int64_t before = office_events(office);
    assert_int_equal(open_account(office, &caller, "twice", "caseworker", ""), ERROR_NONE);
    assert_int_equal(open_account(office, &caller, "thrice", "caseworker", ""), ERROR_CONFLICT);
    assert_int_equal(office_events(office), before);
}

/* Aim: a change of role counts from the next command on; a closed account does nothing more; one
 * administrator stays. */
static void test_change_account(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct account_row row = {0};
    const struct casework *casework = &office->casework;
    struct caller caller = office_caller(office, ADMINISTRATOR);
    arena_reset(&office->work);
    assert_true(casework_change_account(casework, &caller, STR("other-clerk"), STR("monitor"),
                                        STR(HUB_SOUTH), STR("a new post"), &office->work, &row,
                                        &err)
                    .ok);
    assert_true(str_equal(row.role, STR("monitor")));
    assert_int_equal(row.hub, office->hub_south);
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    assert_int_equal(office_ask_for(office, OTHER_CLERK, &person, "removal", "").err.code,
                     ERROR_FORBIDDEN);
    caller = office_caller(office, ADMINISTRATOR);
    assert_true(casework_close_account(casework, &caller, STR("other-senior"), STR("left"),
                                       &office->work, &err)
                    .ok);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 1);
    assert_int_equal(office_approve(office, OTHER_SENIOR, request).err.code, ERROR_FORBIDDEN);
    caller = office_caller(office, ADMINISTRATOR);
    assert_false(casework_close_account(casework, &caller, STR("administrator"), STR("left"),
                                        &office->work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    caller = office_caller(office, ADMINISTRATOR);
    assert_false(casework_change_account(casework, &caller, STR("administrator"), STR("caseworker"),
                                         STR(""), STR("rest"), &office->work, &row, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    caller = office_caller(office, ADMINISTRATOR);
    assert_false(casework_close_account(casework, &caller, STR("nobody.here"), STR("left"),
                                        &office->work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    const struct account_line *accounts = NULL;
    size_t count = 0;
    arena_reset(&office->work);
    assert_true(casework_accounts(casework, &caller, &office->work, &accounts, &count, &err).ok);
    assert_int_equal(count, ACCOUNT_NAMES);
    for (size_t i = 0; i < count; i++) {
        const bool monitor_south = str_equal(accounts[i].row.username, STR("other-clerk"));
        assert_true(!monitor_south || str_equal(accounts[i].hub, STR(HUB_SOUTH)));
        assert_false(accounts[i].has_password);
    }
}

static enum error_code give_password(struct office *office, enum account_name account,
                                     const char *username, const char *password)
{
    struct err err = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    return casework_give_password(&office->casework, &caller, str_from_c(username),
                                  str_from_c(password), &office->work, &err)
                   .ok
               ? ERROR_NONE
               : err.code;
}

/* Aim: an administrator, and nobody else, lets an account sign in; not a closed one. */
static void test_password(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct account_row row;
    char token[SESSION_TOKEN_SIZE];
    const struct sign_in input = {STR("clerk"), STR("correct horse battery"), STR("")};
    assert_int_equal(give_password(office, CLERK, "clerk", "correct horse battery"),
                     ERROR_FORBIDDEN);
    assert_int_equal(give_password(office, SENIOR, "clerk", "correct horse battery"),
                     ERROR_FORBIDDEN);
    assert_int_equal(give_password(office, ADMINISTRATOR, "nobody.here", "correct horse battery"),
                     ERROR_NOT_FOUND);
    assert_int_equal(give_password(office, ADMINISTRATOR, "former-clerk", "correct horse battery"),
                     ERROR_CONFLICT);
    assert_int_equal(give_password(office, ADMINISTRATOR, "clerk", "too short"), ERROR_INPUT);
    assert_false(casework_sign_in(&office->casework, &input, &office->work, token, &row, &err).ok);
    assert_int_equal(give_password(office, ADMINISTRATOR, "clerk", "correct horse battery"),
                     ERROR_NONE);
    assert_true(casework_sign_in(&office->casework, &input, &office->work, token, &row, &err).ok);
}

/* Aim: in an empty register the first account is an administrator, and only the first is opened by
 * nobody. */
static void test_first_account(void **state)
{
    struct office *office = *state;
    struct office empty = {.next_client_id = 1};
    struct err err = {0};
    char path[240];
    snprintf(path, sizeof path, "%s/empty.db", office->folder);
    const struct store_options options = {.path = path, .create = true, .system = &office->system};
    assert_true(store_open(&options, &empty.store, &err).ok);
    empty.casework = office->casework;
    empty.casework.store = empty.store;
    assert_true(arena_open(&empty.work, 1024 * 1024, &err).ok);
    const struct caller nobody = {.account = 0};
    assert_int_equal(open_account(&empty, &nobody, "clerk", "caseworker", ""), ERROR_INPUT);
    assert_int_equal(open_account(&empty, &nobody, "root", "administrator", ""), ERROR_NONE);
    assert_int_equal(open_account(&empty, &nobody, "root2", "administrator", ""),
                     ERROR_UNAUTHENTICATED);
    arena_close(&empty.work);
    store_close(empty.store);
    const char *const endings[] = {"", "-wal", "-shm", ".key"};
    for (size_t i = 0; i < 4; i++) {
        char file[260];
        snprintf(file, sizeof file, "%s%s", path, endings[i]);
        remove(file);
    }
}

/* Aim: an agreement in confidence, a hub under it, both unknown to others until it is announced. */
static void test_agreement_and_hub(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct agreement_row agreement = {0};
    struct hub_row hub = {0};
    const struct casework *casework = &office->casework;
    const struct new_agreement talks = {STR("AGR-9"), STR("Ruritania"), STR("Talks"), true};
    const struct new_hub wanted = {STR("HUB-9"), STR("The ninth hub"), STR("AGR-9")};
    struct caller caller = office_caller(office, OFFICER);
    assert_false(
        casework_open_agreement(casework, &caller, &talks, &office->work, &agreement, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    caller = office_caller(office, SENIOR);
    for (int i = 0; i < 2; i++) { /* the second is the same command again */
        assert_true(
            casework_open_agreement(casework, &caller, &talks, &office->work, &agreement, &err).ok);
        assert_true(agreement.confidential);
    }
    caller = office_caller(office, SENIOR);
    assert_false(
        casework_open_agreement(casework, &caller, &talks, &office->work, &agreement, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    caller = office_caller(office, OPERATOR_NORTH);
    assert_false(casework_open_hub(casework, &caller, &wanted, &office->work, &hub, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    caller = office_caller(office, SENIOR);
    assert_true(casework_open_hub(casework, &caller, &wanted, &office->work, &hub, &err).ok);
    assert_int_equal(hub.agreement, agreement.id);
    struct hub_line line;
    const struct caller clerk = office_caller(office, CLERK);
    assert_false(casework_hub(casework, &clerk, STR("HUB-9"), &office->work, &line, &err).ok);
    caller = office_caller(office, SENIOR);
    assert_true(casework_announce_agreement(casework, &caller, STR("AGR-9"), STR("signed"),
                                            &office->work, &err)
                    .ok);
    assert_true(casework_hub(casework, &clerk, STR("HUB-9"), &office->work, &line, &err).ok);
    caller = office_caller(office, SENIOR);
    assert_false(casework_announce_agreement(casework, &caller, STR("AGR-9"), STR("again"),
                                             &office->work, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

/* Aim: a corrected name is found under its new spelling; the old one stays in the history. */
static void test_correct_identity(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct person_answer answer = {0};
    const struct somebody person = office_register(office, "PersonOne Samplealfa");
    const struct corrected_identity corrected = {.name = STR("PersonOne Samplealpha"),
                                                 .born_on = {true, {3653}},
                                                 .reason = STR("passport seen")};
    const struct caller caller = office_caller(office, CLERK);
    for (int i = 0; i < 2; i++) {
        assert_true(casework_correct_identity(&office->casework, &caller,
                                              str_from_c(person.reference), &corrected,
                                              &office->work, &err)
                        .ok);
    }
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person.reference), NULL,
                                &office->work, &answer, &err)
                    .ok);
    assert_true(str_equal(answer.view.identity.name, STR("PersonOne Samplealpha")));
    assert_int_equal(answer.view.identity.born_on.day.day, 3653);
    assert_int_equal(answer.history_count, 2);
    assert_true(str_equal(answer.history[1].event.body.person_registered.name,
                          STR("PersonOne Samplealfa")));
}

/* Aim: a new day stops what time un-cleared, in the register's own name and with no event as its
 * cause. */
static void test_review(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct stopped_request *stopped = NULL;
    size_t count = 0;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const int64_t request = office_removal(office, &person);
    arena_reset(&office->work);
    assert_true(
        casework_review_requests(&office->casework, &office->work, &stopped, &count, &err).ok);
    assert_int_equal(count, 0);
    office_move_days(office, 31);
    arena_reset(&office->work);
    assert_true(
        casework_review_requests(&office->casework, &office->work, &stopped, &count, &err).ok);
    assert_int_equal(count, 1);
    assert_int_equal(stopped[0].request, request);
    assert_true(str_equal(stopped[0].safeguards[0], STR("notice_still_valid")));
    const struct event stop = office_event(office, office_events(office));
    assert_int_equal(stop.actor, 0);
    assert_int_equal(stop.body.step_stopped.cause, 0);
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
}

/* The test rulebook with a notice of twenty days in place of sixty. */
static const struct rulebook *stricter(struct office *office)
{
    struct err err = {0};
    char path[400];
    str text;
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(path, sizeof path, "%s/tests/casework/rules/procedure.rules",
             source == NULL ? "." : source);
    assert_true(system_read_file(path, 1024 * 1024, &office->perm, &text, &err).ok);
    char *at = strstr(text.at, "60 days after notice.served_on");
    assert_non_null(at);
    at[0] = '2';
    const struct rulebook_file file = {.name = STR("stricter.rules"), .text = text};
    struct diagnostics diagnostics;
    const struct rulebook *rulebook = NULL;
    assert_true(diagnostics_init(&diagnostics, &office->perm, &err).ok);
    assert_true(
        rulebook_load(&file, 1, &office->perm, office->work, &rulebook, &diagnostics, &err).ok);
    return rulebook;
}

/* Aim: a new rulebook is adopted once, and what it no longer allows is stopped in the same commit;
 * the old one can be had again. */
static void test_new_rulebook(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    assert_true(casework_adopt_rulebook(&office->casework, &err).ok);
    const instant before = office_event(office, office_events(office)).recorded_at;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_removal(office, &person);
    assert_true(casework_adopt_rulebook(&office->casework, &err).ok);
    assert_int_equal(office_event(office, office_events(office)).kind, EVENT_STEP_APPROVED);
    struct casework next = office->casework;
    next.rulebook = stricter(office);
    assert_true(casework_adopt_rulebook(&next, &err).ok);
    const struct event stop = office_event(office, office_events(office));
    assert_int_equal(stop.kind, EVENT_STEP_STOPPED);
    assert_int_equal(stop.body.step_stopped.request, request);
    const struct event adopted = office_event(office, stop.body.step_stopped.cause);
    assert_int_equal(adopted.kind, EVENT_RULEBOOK_ADOPTED);
    assert_int_equal(adopted.recorded_at.milliseconds, stop.recorded_at.milliseconds);
    const struct rulebook *old = NULL;
    assert_true(casework_rulebook_then(&next, before, &office->perm, office->work, &old, &err).ok);
    assert_true(sha256_equal(&old->identity, &office->casework.rulebook->identity));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_open_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_change_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_password, setup, teardown),
        cmocka_unit_test_setup_teardown(test_first_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_agreement_and_hub, setup, teardown),
        cmocka_unit_test_setup_teardown(test_correct_identity, setup, teardown),
        cmocka_unit_test_setup_teardown(test_review, setup, teardown),
        cmocka_unit_test_setup_teardown(test_new_rulebook, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
