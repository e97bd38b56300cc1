/* Aim: the first account of an empty register is opened by whoever holds the token, once: not
 * twice, not by two at once, not beside an account that there is, not after its hour, and not by
 * guessing. And how long a session lasts is set within bounds. */
#include "casework/first_account.h"

#include "casework/administration.h"
#include "office.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "correct horse battery"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* The office, whose clock and rulebook are used, and an empty register beside it. */
struct empty {
    struct office office;
    struct store *store;
    struct casework casework;
    char path[240];
};

static int setup(void **state)
{
    static struct empty empty;
    struct err err = {0};
    office_open(&empty.office);
    snprintf(empty.path, sizeof empty.path, "%s/empty.db", empty.office.folder);
    const struct store_options options = {
        .path = empty.path, .create = true, .system = &empty.office.system};
    assert_true(store_open(&options, &empty.store, &err).ok);
    empty.casework = empty.office.casework;
    empty.casework.store = empty.store;
    *state = &empty;
    return 0;
}

static int teardown(void **state)
{
    struct empty *empty = *state;
    const char *const endings[] = {"", "-wal", "-shm", ".key"};
    store_close(empty->store);
    for (size_t i = 0; i < 4; i++) {
        char file[260];
        snprintf(file, sizeof file, "%s%s", empty->path, endings[i]);
        remove(file);
    }
    office_close(&empty->office);
    return 0;
}

static void pass(struct empty *empty, int64_t milliseconds)
{
    atomic_fetch_add(&empty->office.now, milliseconds);
}

static struct first_offer offer(struct empty *empty)
{
    struct err err = {0};
    struct first_offer made;
    assert_true(casework_offer_first_account(&empty->casework, &made, &err).ok);
    return made;
}

static enum error_code open_first(struct empty *empty, const char *token, const char *username,
                                  const char *password)
{
    struct err err = {0};
    struct account_row account;
    const struct first_account wanted = {.token = str_from_c(token),
                                         .username = str_from_c(username),
                                         .name = STR("First Administrator"),
                                         .password = str_from_c(password)};
    arena_reset(&empty->office.work);
    const result opened =
        casework_open_first_account(&empty->casework, &wanted, &empty->office.work, &account, &err);
    if (opened.ok) {
        assert_true(str_equal(account.username, wanted.username));
        assert_true(str_equal(account.role, STR("administrator")));
        return ERROR_NONE;
    }
    return err.code;
}

static bool waits(struct empty *empty)
{
    struct err err = {0};
    bool waiting = false;
    assert_true(casework_first_account_waits(&empty->casework, &waiting, &err).ok);
    return waiting;
}

static result sign_in(struct empty *empty, const char *username, const char *password)
{
    struct err err = {0};
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
    const struct sign_in wanted = {
        .username = str_from_c(username), .password = str_from_c(password), .code = STR("")};
    arena_reset(&empty->office.work);
    return casework_sign_in(&empty->casework, &wanted, &empty->office.work, token, &account, &err);
}

/* Aim: the token opens the account, whose holder can sign in; then there is nothing to open. */
static void the_token_is_taken_once(void **state)
{
    struct empty *empty = *state;
    assert_false(waits(empty));
    assert_int_equal(open_first(empty, "", "root", PASSWORD), ERROR_UNAUTHENTICATED);
    const struct first_offer made = offer(empty);
    assert_true(made.needed);
    assert_int_equal(strlen(made.token), 43);
    assert_true(waits(empty));
    assert_int_equal(open_first(empty, made.token, "Root!", PASSWORD), ERROR_INPUT);
    assert_int_equal(open_first(empty, made.token, "root", "short"), ERROR_INPUT);
    assert_false(sign_in(empty, "root", PASSWORD).ok);
    assert_int_equal(open_first(empty, made.token, "root", PASSWORD), ERROR_NONE);
    assert_true(sign_in(empty, "root", PASSWORD).ok);
    assert_false(waits(empty));
    assert_int_equal(open_first(empty, made.token, "root2", PASSWORD), ERROR_NOT_FOUND);
    assert_int_equal(open_first(empty, made.token, "root", "another long password"),
                     ERROR_NOT_FOUND);
    assert_false(sign_in(empty, "root", "another long password").ok);
    assert_false(offer(empty).needed);
    assert_false(waits(empty));
}

/* Aim: a newer token takes the place of an older one, and an hour is all it has. */
static void a_token_runs_out(void **state)
{
    struct empty *empty = *state;
    const struct first_offer older = offer(empty);
    const struct first_offer newer = offer(empty);
    assert_string_not_equal(older.token, newer.token);
    assert_int_equal(open_first(empty, older.token, "root", PASSWORD), ERROR_UNAUTHENTICATED);
    pass(empty, FIRST_TOKEN_MINUTES * MINUTE);
    assert_int_equal(open_first(empty, newer.token, "R", PASSWORD), ERROR_INPUT); /* just so */
    pass(empty, 1);
    assert_int_equal(open_first(empty, newer.token, "root", PASSWORD), ERROR_UNAUTHENTICATED);
    const struct first_offer again = offer(empty);
    assert_int_equal(open_first(empty, again.token, "root", PASSWORD), ERROR_NONE);
}

/* Aim: an account that was opened on the command line ends the offer. */
static void an_account_ends_the_offer(void **state)
{
    struct empty *empty = *state;
    struct err err = {0};
    struct account_row row;
    const struct caller nobody = {.account = 0};
    const struct new_account root = {STR("root"), STR("Administrator"), STR("administrator"),
                                     STR("")};
    const struct first_offer made = offer(empty);
    arena_reset(&empty->office.work);
    assert_true(
        casework_open_account(&empty->casework, &nobody, &root, &empty->office.work, &row, &err)
            .ok);
    assert_false(waits(empty));
    assert_int_equal(open_first(empty, made.token, "other", PASSWORD), ERROR_NOT_FOUND);
}

/* Aim: after five wrong tokens the right one is not taken either, for a minute; and neither of them
 * is told from one that is over. */
static void guessing_is_slowed(void **state)
{
    struct empty *empty = *state;
    const struct first_offer made = offer(empty);
    char wrong[SESSION_TOKEN_SIZE];
    memcpy(wrong, made.token, sizeof wrong);
    wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
    for (int i = 0; i < WRONG_TOKENS_MAX; i++) {
        assert_int_equal(open_first(empty, wrong, "root", PASSWORD), ERROR_UNAUTHENTICATED);
    }
    assert_int_equal(open_first(empty, made.token, "root", PASSWORD), ERROR_UNAUTHENTICATED);
    pass(empty, WRONG_TOKENS_SECONDS * SECOND - 1);
    assert_int_equal(open_first(empty, made.token, "root", PASSWORD), ERROR_UNAUTHENTICATED);
    pass(empty, 1);
    assert_int_equal(open_first(empty, made.token, "root", PASSWORD), ERROR_NONE);
}

struct racer {
    struct empty *empty;
    const char *token;
    char username[8];
    enum error_code code;
};

static void *race(void *context)
{
    struct racer *racer = context;
    struct err err = {0};
    struct arena arena;
    struct account_row account;
    const struct first_account wanted = {.token = str_from_c(racer->token),
                                         .username = str_from_c(racer->username),
                                         .name = STR("Racer"),
                                         .password = STR(PASSWORD)};
    if (!arena_open(&arena, 1024 * 1024, &err).ok) {
        return NULL;
    }
    const result opened =
        casework_open_first_account(&racer->empty->casework, &wanted, &arena, &account, &err);
    racer->code = opened.ok ? ERROR_NONE : err.code;
    arena_close(&arena);
    return NULL;
}

/* Aim: of four who hold the token and send it at once, one gets in. */
static void one_of_many_gets_in(void **state)
{
    enum { RACERS = 4 };
    struct empty *empty = *state;
    const struct first_offer made = offer(empty);
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int in = 0;
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.empty = empty, .token = made.token, .code = ERROR_INTERNAL};
        snprintf(racers[i].username, sizeof racers[i].username, "root-%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        in += racers[i].code == ERROR_NONE ? 1 : 0;
        assert_true(racers[i].code == ERROR_NONE || racers[i].code == ERROR_NOT_FOUND);
    }
    assert_int_equal(in, 1);
}

/* --- how long a session lasts ----------------------------------------------------------------- */

static bool set_limits(struct casework *casework, int64_t idle, int64_t hours, int64_t proven)
{
    struct err err = {0};
    const struct session_limits limits = {idle, hours, proven};
    const result set = casework_set_session_limits(casework, &limits, &err);
    assert_true(set.ok || err.code == ERROR_INPUT);
    return set.ok;
}

static bool is_open(struct empty *empty, const char *token)
{
    struct err err = {0};
    struct session session;
    arena_reset(&empty->office.work);
    return casework_session(&empty->casework, str_from_c(token), &empty->office.work, &session,
                            &err)
        .ok;
}

/* Aim: what is set counts to the millisecond, and what NIST SP 800-63B does not allow at its second
 * level cannot be set. */
static void limits_are_set(void **state)
{
    struct empty *empty = *state;
    struct err err = {0};
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
    const struct first_offer made = offer(empty);
    const struct sign_in wanted = {STR("root"), STR(PASSWORD), STR("")};
    const int64_t wrong[][3] = {{0, 10, 15},  {31, 10, 15}, {-1, 10, 15}, {30, 0, 15},
                                {30, 13, 15}, {30, 10, 0},  {30, 10, 61}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(set_limits(&empty->casework, wrong[i][0], wrong[i][1], wrong[i][2]));
    }
    assert_int_equal(open_first(empty, made.token, "root", PASSWORD), ERROR_NONE);
    assert_true(set_limits(&empty->casework, 5, 1, 1));
    assert_true(
        casework_sign_in(&empty->casework, &wanted, &empty->office.work, token, &account, &err).ok);
    for (int i = 0; i < 12; i++) {
        pass(empty, 5 * MINUTE);
        assert_true(is_open(empty, token));
    }
    pass(empty, 1); /* an hour is over, whatever was done in it */
    assert_false(is_open(empty, token));
    arena_reset(&empty->office.work);
    assert_true(
        casework_sign_in(&empty->casework, &wanted, &empty->office.work, token, &account, &err).ok);
    pass(empty, 5 * MINUTE + 1);
    assert_false(is_open(empty, token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_token_is_taken_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_runs_out, setup, teardown),
        cmocka_unit_test_setup_teardown(an_account_ends_the_offer, setup, teardown),
        cmocka_unit_test_setup_teardown(guessing_is_slowed, setup, teardown),
        cmocka_unit_test_setup_teardown(one_of_many_gets_in, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_are_set, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
