/* Aim: a password that is tried first, or that others have stolen before, is not taken, and one
 * that is neither is; whoever changes their own proves who they are, gives the one that counts, and
 * stays signed in alone. The hashes of the list are made by sha1sum's own algorithm, SHA-1 of
 * FIPS 180-4, whose published values are checked first. */
#include "casework/password.h"

#include "base/sha1.h"
#include "casework/administration.h"
#include "casework/own_account.h"
#include "casework/refused_passwords.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct desk {
    struct office office;
    struct arena arena;
    char path[240];
};

static int setup(void **state)
{
    static struct desk desk;
    struct err err = {0};
    office_open(&desk.office);
    assert_true(arena_open(&desk.arena, 16 * 1024 * 1024, &err).ok);
    snprintf(desk.path, sizeof desk.path, "%s/refused", desk.office.folder);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    remove(desk->path);
    arena_close(&desk->arena);
    office_close(&desk->office);
    return 0;
}

/* NULL: it is taken. */
static const char *fault(struct desk *desk, const char *password)
{
    static struct err err;
    err = (struct err){0};
    const result checked =
        password_check(&desk->office.casework, str_from_c(password), STR("m.weber"),
                       STR("Ma\xC3\xABlle de Rochefort"), desk->arena, &err);
    assert_true(checked.ok || (err.code == ERROR_INPUT && err.hint[0] != '\0'));
    return checked.ok ? NULL : err.what;
}

static void what_is_tried_first_is_refused(void **state)
{
    struct desk *desk = *state;
    static const char *const refused[] = {
        "short",
        "returnhub2026",
        "ReturnHub-2026!",
        "password1234567",
        "Password-Password-1",
        "qwertyuiop1234",
        "m.weber-2026",
        "m.weberm.weberm.weber",
        "Rochefort2026!!",
        "ma\xC3\xABllerochefort",
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "123456789012",
        "abcdefghijklmnop",
        "9876543210987654",
        "welcome-caseworker-1",
    };
    static const char *const taken[] = {
        "correct horse battery",
        "returnhub needs a longer one",
        "demonstration-only",
        "\xD8\xA8\xD9\x8A\xD8\xAA \xD8\xA3\xD8\xB2\xD8\xB1\xD9\x82 \xD8\xB9\xD9\x86\xD8\xAF",
        "x9!Lq02_vTz&w",
        "de de de orchard kettle",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (fault(desk, refused[i]) == NULL) {
            fail_msg("taken: %s", refused[i]);
        }
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        const char *what = fault(desk, taken[i]);
        if (what != NULL) {
            fail_msg("%s: %s", taken[i], what);
        }
    }
}

/* --- the list --------------------------------------------------------------------------------- */

static void write_list(struct desk *desk, const char *text)
{
    assert_true(system_write_file(desk->path, str_from_c(text), 0600, NULL).ok);
}

static bool list_has(struct desk *desk, const char *password)
{
    OWN_REFUSED_PASSWORDS struct refused_passwords list = REFUSED_PASSWORDS_NONE;
    bool has = false;
    assert_true(refused_passwords_open(desk->path, &list, NULL).ok);
    assert_true(refused_passwords_has(&list, str_from_c(password), desk->arena, &has, NULL).ok);
    return has;
}

static void texts_are_found(void **state)
{
    struct desk *desk = *state;
    char text[70000];
    write_list(desk, "first of all words\r\nTrustNo1TrustNo1\n\nlast without an end");
    assert_true(list_has(desk, "first of all words"));
    assert_true(list_has(desk, "trustno1TRUSTNO1"));
    assert_true(list_has(desk, "last without an end"));
    assert_false(list_has(desk, "first of all word"));
    assert_false(list_has(desk, "rst of all words"));
    assert_false(list_has(desk, "last without an en"));
    /* Over the end of a piece, and after a line that is longer than one. */
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    text[100] = '\n';
    text[65530] = '\n';
    memcpy(text + 65531, "over the border\n", 16);
    write_list(desk, text);
    assert_true(list_has(desk, "over the border"));
    memset(text, 'y', sizeof text);
    text[sizeof text - 1] = '\0';
    memcpy(text + 69000, "\nafter a long line\n", 19);
    write_list(desk, text);
    assert_true(list_has(desk, "after a long line"));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

enum { HASHES = 1000, HASH_LINE = 64 };

/* Every one of many is found, wherever it stands, and nothing else is. */
static void hashes_are_found(void **state)
{
    struct desk *desk = *state;
    static char lines[HASHES][HASH_LINE];
    char hex[SHA1_HEX_SIZE];
    struct buf buf;
    str text;
    sha1_hex(STR("abc"), hex);
    assert_string_equal(hex, "A9993E364706816ABA3E25717850C26C9CD0D89D");
    sha1_hex(STR(""), hex);
    assert_string_equal(hex, "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
    for (int with_count = 0; with_count < 2; with_count++) {
        for (int i = 0; i < HASHES; i++) {
            char password[32];
            snprintf(password, sizeof password, "stolen word %d", i);
            sha1_hex(str_from_c(password), hex);
            snprintf(lines[i], HASH_LINE, with_count == 1 ? "%s:%d\r" : "%s", hex,
                     i * i * i % 100000 + 1);
        }
        qsort(lines, HASHES, HASH_LINE, by_text);
        buf_init(&buf, &desk->arena, HASHES * HASH_LINE);
        for (int i = 0; i < HASHES; i++) {
            buf_format(&buf, "%s\n", lines[i]);
        }
        assert_true(buf_finish(&buf, &text, NULL).ok);
        write_list(desk, text.at);
        for (int i = 0; i < HASHES; i++) {
            char password[32];
            snprintf(password, sizeof password, "stolen word %d", i);
            assert_true(list_has(desk, password));
            snprintf(password, sizeof password, "other word %d", i);
            assert_false(list_has(desk, password));
        }
    }
    snprintf(lines[0], HASH_LINE, "%s", lines[HASHES - 1]);
    buf_init(&buf, &desk->arena, HASHES * HASH_LINE);
    for (int i = 0; i < HASHES; i++) {
        buf_format(&buf, "%s\n", lines[i]);
    }
    assert_true(buf_finish(&buf, &text, NULL).ok);
    write_list(desk, text.at);
    struct refused_passwords list = REFUSED_PASSWORDS_NONE;
    struct err err = {0};
    assert_false(refused_passwords_open(desk->path, &list, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    write_list(desk, "");
    assert_false(refused_passwords_open(desk->path, &list, &err).ok);
}

/* OWASP ASVS 5.0, 6.2.4: at least the 3,000 most frequent that are long enough. The first of the
 * source by frequency, read by hand; all of them are refused as they stand and in capitals. */
static void the_list_that_comes_with_the_program(void **state)
{
    struct desk *desk = *state;
    OWN_REFUSED_PASSWORDS struct refused_passwords list = REFUSED_PASSWORDS_NONE;
    static const char *const first[] = {"123qweasdzxc",     "1qaz2wsx3edc", "q1w2e3r4t5y6",
                                        "PolniyPizdec0211", "SONYERICSSON", "Leavemealone"};
    struct err err = {0};
    str text;
    size_t count = 0;
    const str path =
        arena_format(&desk->arena, "%s/refused_passwords.txt", getenv("RETURNHUB_BUILD"));
    if (!refused_passwords_open(path.at, &list, &err).ok) {
        fail_msg("%s", err.what);
    }
    casework_refuse_passwords(&desk->office.casework, &list);
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        assert_non_null(fault(desk, first[i]));
    }
    assert_true(system_read_file(path.at, REFUSED_TEXT_BYTES_MAX, &desk->arena, &text, NULL).ok);
    for (str left = text; left.len > 0;) {
        const struct str_cut cut = str_cut(left, '\n');
        left = cut.tail;
        count++;
        assert_true(cut.head.len >= 12 && cut.head.len <= 128);
        if (count <= 3000 && count % 50 == 0) {
            assert_non_null(fault(desk, arena_copy(&desk->arena, cut.head).at));
        }
    }
    assert_true(count >= 3000);
    assert_null(fault(desk, "a kettle under the third stair"));
    casework_refuse_passwords(&desk->office.casework, NULL);
}

/* --- one's own -------------------------------------------------------------------------------- */

static enum error_code change(struct desk *desk, const struct caller *caller, const char *token,
                              const char *current, const char *password)
{
    struct err err = {0};
    const struct new_password wanted = {.token = str_from_c(token),
                                        .current = str_from_c(current),
                                        .password = str_from_c(password)};
    return casework_change_password(&desk->office.casework, caller, &wanted, &desk->arena, &err).ok
               ? ERROR_NONE
               : err.code;
}

static bool signs_in(struct desk *desk, const char *password, char token[SESSION_TOKEN_SIZE])
{
    struct account_row row;
    struct account_row account;
    assert_true(casework_account(&desk->office.casework, desk->office.accounts[CLERK], &desk->arena,
                                 &row, NULL)
                    .ok);
    const struct sign_in sign_in = {row.username, str_from_c(password), STR("")};
    return casework_sign_in(&desk->office.casework, &sign_in, &desk->arena, token, &account, NULL)
        .ok;
}

static bool is_open(struct desk *desk, const char *token)
{
    struct session session;
    return casework_session(&desk->office.casework, str_from_c(token), &desk->arena, &session, NULL)
        .ok;
}

static void ones_own_is_changed(void **state)
{
    struct desk *desk = *state;
    OWN_REFUSED_PASSWORDS struct refused_passwords list = REFUSED_PASSWORDS_NONE;
    char here[SESSION_TOKEN_SIZE];
    char there[SESSION_TOKEN_SIZE];
    char token[SESSION_TOKEN_SIZE];
    assert_true(casework_set_password(&desk->office.casework, desk->office.accounts[CLERK],
                                      STR("correct horse battery"), NULL)
                    .ok);
    write_list(desk, "wrong donkey battery\n");
    assert_true(refused_passwords_open(desk->path, &list, NULL).ok);
    casework_refuse_passwords(&desk->office.casework, &list);
    assert_true(signs_in(desk, "correct horse battery", here));
    assert_true(signs_in(desk, "correct horse battery", there));
    struct caller caller = office_caller(&desk->office, CLERK);
    const int64_t events = office_events(&desk->office);
    caller.unproven = true;
    assert_int_equal(change(desk, &caller, here, "correct horse battery", "a wholly other thing"),
                     ERROR_UNPROVEN);
    caller.unproven = false;
    assert_int_equal(change(desk, &caller, here, "incorrect horse", "a wholly other thing"),
                     ERROR_UNAUTHENTICATED);
    assert_int_equal(change(desk, &caller, here, "", "a wholly other thing"),
                     ERROR_UNAUTHENTICATED);
    assert_int_equal(change(desk, &caller, here, "correct horse battery", "short"), ERROR_INPUT);
    assert_int_equal(change(desk, &caller, here, "correct horse battery", "Wrong Donkey Battery"),
                     ERROR_INPUT);
    assert_int_equal(change(desk, &caller, here, "correct horse battery", "correct horse battery"),
                     ERROR_INPUT);
    assert_int_equal(office_events(&desk->office), events);
    assert_true(is_open(desk, there));
    assert_int_equal(change(desk, &caller, here, "correct horse battery", "a wholly other thing"),
                     ERROR_NONE);
    assert_true(is_open(desk, here));
    assert_false(is_open(desk, there));
    assert_false(signs_in(desk, "correct horse battery", token));
    assert_true(signs_in(desk, "a wholly other thing", token));
    const struct event event = office_event(&desk->office, office_events(&desk->office));
    assert_true(str_equal(event.body.account_secured.what, STR("password changed")));
    /* An administrator cannot choose such a one for somebody either. */
    struct account_row row;
    struct err err = {0};
    caller = office_caller(&desk->office, ADMINISTRATOR);
    assert_true(casework_account(&desk->office.casework, desk->office.accounts[CLERK], &desk->arena,
                                 &row, NULL)
                    .ok);
    assert_false(casework_give_password(&desk->office.casework, &caller, row.username,
                                        STR("wrong donkey battery"), &desk->arena, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    casework_refuse_passwords(&desk->office.casework, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_tried_first_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(hashes_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_that_comes_with_the_program, setup, teardown),
        cmocka_unit_test_setup_teardown(ones_own_is_changed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
