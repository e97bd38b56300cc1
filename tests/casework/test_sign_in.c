/* Aim: signing in gives a session to whoever knows the password, and to nobody else; what is said
 * and how long it takes tell nothing about which accounts there are; a session ends when it should.
 */
#include "office.h"

#include "casework/sign_in_gate.h"

#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSWORD "correct horse battery"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static int setup(void **state)
{
    static struct office office;
    struct err err = {0};
    office_open(&office);
    *state = &office;
    assert_true(
        casework_set_password(&office.casework, office.accounts[CLERK], STR(PASSWORD), &err).ok);
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static result sign_in(struct office *office, const char *username, const char *password,
                      char token[SESSION_TOKEN_SIZE], struct err *err)
{
    struct account_row account = {0};
    const struct sign_in input = {str_from_c(username), str_from_c(password), STR("")};
    arena_reset(&office->work);
    const result done =
        casework_sign_in(&office->casework, &input, &office->work, token, &account, err);
    assert_true(!done.ok || str_equal(account.username, input.username));
    return done;
}

static result session_of(struct office *office, const char *token, struct session *ret_session)
{
    struct err err = {0};
    arena_reset(&office->work);
    const result done =
        casework_session(&office->casework, str_from_c(token), &office->work, ret_session, &err);
    assert_true(done.ok || err.code == ERROR_UNAUTHENTICATED);
    return done;
}

static void move_time(struct office *office, int64_t milliseconds)
{
    atomic_fetch_add(&office->now, milliseconds);
}

/* Aim: the right password opens a session with a token of 256 random bits that the store does not
 * know, and a token for forms. */
static void test_sign_in(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct session session = {0};
    char token[SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];
    assert_true(sign_in(office, "clerk", PASSWORD, token, &err).ok);
    assert_true(sign_in(office, "clerk", PASSWORD, other, &err).ok);
    assert_int_equal(strlen(token), 43);
    assert_int_equal(
        strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    assert_string_not_equal(token, other);
    assert_true(session_of(office, token, &session).ok);
    assert_int_equal(session.account.id, office->accounts[CLERK]);
    assert_int_equal(session.form_token.len, 64);
    assert_int_equal(office_ask(office, "SELECT count(*) FROM session"), 2);
    assert_true(casework_sign_out(&office->casework, str_from_c(token), &err).ok);
    assert_false(session_of(office, token, &session).ok);
    assert_true(session_of(office, other, &session).ok);
    assert_true(casework_sign_out(&office->casework, str_from_c(token), &err).ok);
}

/* Aim: a wrong password, an unknown account, one without a password and a closed one are refused in
 * the same words. */
static void test_refused_alike(void **state)
{
    struct office *office = *state;
    struct err first = {0};
    char token[SESSION_TOKEN_SIZE];
    assert_true(casework_set_password(&office->casework, office->accounts[FORMER_CLERK],
                                      STR(PASSWORD), &first)
                    .ok);
    assert_false(sign_in(office, "clerk", "correct horse batterz", token, &first).ok);
    assert_int_equal(first.code, ERROR_UNAUTHENTICATED);
    const char *const others[][2] = {
        {"nobody", PASSWORD},
        {"officer", PASSWORD},
        {"former-clerk", PASSWORD},
        {"clerk", ""},
        {"", ""},
        {"Clerk", PASSWORD},
        {"clerk ", PASSWORD},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        assert_false(sign_in(office, others[i][0], others[i][1], token, &err).ok);
        assert_int_equal(err.code, first.code);
        assert_string_equal(err.what, first.what);
        assert_string_equal(err.hint, first.hint);
    }
    assert_int_equal(office_ask(office, "SELECT count(*) FROM session"), 0);
}

/* The linker hands every call of these two here first (meson.build): what a password costs is all
 * the memory and all the passes of its hash, and that is counted. */
struct hashing {
    unsigned hashes;
    unsigned long long passes;
    size_t memory;
};
static struct hashing hashing;

int __real_crypto_pwhash(unsigned char *out, unsigned long long out_size, const char *password,
                         unsigned long long password_size, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_size, const char *password,
                         unsigned long long password_size, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_size, const char *password,
                         unsigned long long password_size, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm)
{
    assert_int_equal(algorithm, crypto_pwhash_ALG_ARGON2ID13);
    hashing.hashes++;
    hashing.passes += passes;
    hashing.memory += memory;
    return __real_crypto_pwhash(out, out_size, password, password_size, salt, passes, memory,
                                algorithm);
}

int __real_crypto_pwhash_str_verify(const char *hash, const char *password,
                                    unsigned long long password_size);
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *password,
                                    unsigned long long password_size);
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *password,
                                    unsigned long long password_size)
{
    unsigned long long kibibytes = 0;
    unsigned long long passes = 0;
    assert_int_equal(sscanf(hash, "$argon2id$v=19$m=%llu,t=%llu,p=1$", &kibibytes, &passes), 2);
    hashing.hashes++;
    hashing.passes += passes;
    hashing.memory += kibibytes * 1024;
    return __real_crypto_pwhash_str_verify(hash, password, password_size);
}

static struct hashing hashing_of(struct office *office, const char *username, const char *password)
{
    struct err err = {0};
    char token[SESSION_TOKEN_SIZE];
    hashing = (struct hashing){0};
    assert_false(sign_in(office, username, password, token, &err).ok);
    assert_int_equal(err.code, ERROR_UNAUTHENTICATED);
    return hashing;
}

/* Aim: whoever does not exist, was closed, or has no password costs the same hash as a wrong
 * password, so how long the answer takes tells nothing; and the hash costs at least what the OWASP
 * Password Storage Cheat Sheet asks of Argon2id (19 MiB, two passes): one that costs nothing
 * protects nothing. */
static void test_takes_as_much_work(void **state)
{
    static const char *const nobody[] = {"nobody", "officer", "former-clerk", ""};
    struct office *office = *state;
    const struct hashing wrong = hashing_of(office, "clerk", "wrong horse battery");
    assert_int_equal(wrong.hashes, 1);
    assert_true(wrong.passes >= 2 && wrong.memory >= (size_t)19 * 1024 * 1024);
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        const struct hashing unknown = hashing_of(office, nobody[i], "wrong horse battery");
        assert_int_equal(unknown.hashes, 1);
        assert_int_equal(unknown.passes, wrong.passes);
        assert_int_equal(unknown.memory, wrong.memory);
    }
}

/* Aim: a session ends after thirty idle minutes, after ten hours however busy, and when the account
 * is closed. */
static void test_session_ends(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct session session = {0};
    char token[SESSION_TOKEN_SIZE];
    assert_true(sign_in(office, "clerk", PASSWORD, token, &err).ok);
    move_time(office, 30 * MINUTE);
    assert_true(session_of(office, token, &session).ok); /* touched */
    move_time(office, 30 * MINUTE);
    assert_true(session_of(office, token, &session).ok);
    move_time(office, 30 * MINUTE + 1);
    assert_false(session_of(office, token, &session).ok);
    assert_true(sign_in(office, "clerk", PASSWORD, token, &err).ok);
    for (int minutes = 0; minutes < 10 * 60; minutes += 20) {
        assert_true(session_of(office, token, &session).ok);
        move_time(office, 20 * MINUTE);
    }
    assert_true(session_of(office, token, &session).ok);
    move_time(office, 1);
    assert_false(session_of(office, token, &session).ok);
    assert_true(sign_in(office, "clerk", PASSWORD, token, &err).ok);
    struct event closed = {.subject_kind = SUBJECT_OF_ACCOUNT,
                           .subject = office->accounts[CLERK],
                           .kind = EVENT_ACCOUNT_CLOSED,
                           .body.account_closed = {.reason = STR("left")}};
    office_append(office, &closed);
    assert_false(session_of(office, token, &session).ok);
}

/* Aim: reading a session writes at most once a minute; tokens that are none are refused without a
 * word about why. */
static void test_touch_and_garbage(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct session session = {0};
    char token[SESSION_TOKEN_SIZE];
    assert_true(sign_in(office, "clerk", PASSWORD, token, &err).ok);
    const int64_t opened = office_ask(office, "SELECT seen_at FROM session");
    move_time(office, MINUTE - 1);
    assert_true(session_of(office, token, &session).ok);
    assert_int_equal(office_ask(office, "SELECT seen_at FROM session"), opened);
    move_time(office, 1);
    assert_true(session_of(office, token, &session).ok);
    assert_int_equal(office_ask(office, "SELECT seen_at FROM session"), opened + MINUTE);
    const char *const garbage[] = {"", "x", "0123456789012345678901234567890123456789012",
                                   "01234567890123456789012345678901234567890123456789"};
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        assert_false(session_of(office, garbage[i], &session).ok);
    }
    token[10] = token[10] == 'A' ? 'B' : 'A';
    assert_false(session_of(office, token, &session).ok);
}

/* Aim: passwords have twelve to a hundred and twenty-eight characters, counted as people count
 * them. */
static void test_password_length(void **state)
{
    struct office *office = *state;
    const int64_t account = office->accounts[OFFICER];
    char longest[130];
    memset(longest, 'x', sizeof longest);
    const struct {
        str password;
        bool good;
    } rows[] = {
        {STR("elevenchars"), false},
        {STR("twelve chars"), true},
        {STR("\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab"), false}, /* six, in twelve bytes */
        {{longest, 128}, true},
        {{longest, 129}, false},
        {STR("not UTF-8 \xff\xfe\xfd at all"), false},
        {STR(""), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err err = {0};
        const result set =
            casework_set_password(&office->casework, account, rows[i].password, &err);
        assert_int_equal(set.ok, rows[i].good);
        assert_true(set.ok || err.code == ERROR_INPUT);
    }
    struct err err = {0};
    assert_false(casework_set_password(&office->casework, 999, STR(PASSWORD), &err).ok);
}

struct many {
    struct office *office;
    bool ok;
};

static void *sign_in_many(void *context)
{
    struct many *many = context;
    struct arena arena;
    struct err err = {0};
    struct account_row account;
    char token[SESSION_TOKEN_SIZE];
    const struct sign_in input = {STR("clerk"), STR(PASSWORD), STR("")};
    if (!arena_open(&arena, 1024 * 1024, &err).ok) {
        return NULL;
    }
    many->ok = casework_sign_in(&many->office->casework, &input, &arena, token, &account, &err).ok;
    arena_close(&arena);
    return NULL;
}

/* Aim: many at once wait for one another and all get in. */
static void test_many_at_once(void **state)
{
    struct many many[8];
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++) {
        many[i] = (struct many){.office = *state};
        assert_int_equal(pthread_create(&threads[i], NULL, sign_in_many, &many[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(many[i].ok);
    }
    assert_int_equal(office_ask(*state, "SELECT count(*) FROM session"), 8);
}

struct crowd {
    struct sign_in_gate *gate;
    atomic_int inside;
    atomic_int most;
};

static void *pass_gate(void *context)
{
    struct crowd *crowd = context;
    for (int i = 0; i < 5; i++) {
        sign_in_gate_enter(crowd->gate);
        const int inside = atomic_fetch_add(&crowd->inside, 1) + 1;
        if (inside > atomic_load(&crowd->most)) {
            atomic_store(&crowd->most, inside);
        }
        usleep(2000);
        atomic_fetch_sub(&crowd->inside, 1);
        sign_in_gate_leave(crowd->gate);
    }
    return NULL;
}

/* Aim: two are inside at once, and never three. */
static void test_gate(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct crowd crowd = {.gate = NULL};
    pthread_t threads[8];
    assert_true(sign_in_gate_open(&office->perm, &crowd.gate, &err).ok);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, pass_gate, &crowd), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(atomic_load(&crowd.most), HASHES_AT_ONCE);
    sign_in_gate_close(crowd.gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sign_in, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(test_takes_as_much_work, setup, teardown),
        cmocka_unit_test_setup_teardown(test_session_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_touch_and_garbage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_password_length, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gate, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
