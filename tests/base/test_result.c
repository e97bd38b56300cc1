/* Aim: a failure is always reported whole, harmless and within its fixed room, and the table of
 * errors is complete. */
#include "base/result.h"

#include "base/str.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const enum error_code all_codes[] = {
#define ERROR(code, name, http_status, exit_status, meaning) code,
#include "base/error.def"
#undef ERROR
};

enum { CODE_COUNT = sizeof all_codes / sizeof all_codes[0] };

/* Aim: err_set fills code and text, and clears what an earlier failure left behind. */
static void test_set_clears_the_rest(void **state)
{
    (void)state;
    struct err err;
    memset(&err, 'x', sizeof err);
    const result failed = err_set(&err, ERROR_INPUT, "%d is not a %s", 7, "name");
    assert_false(failed.ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_string_equal(err.what, "7 is not a name");
    assert_string_equal(err.file, "");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.field, "");
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
}

/* Aim: hint, place and field are added to what was set and return the failure. */
static void test_hint_and_place(void **state)
{
    (void)state;
    struct err err;
    result_ignore(err_set(&err, ERROR_USAGE, "first"), "looked at below");
    assert_false(err_hint(&err, "try %s", "again").ok);
    assert_false(err_at(&err, "rules/uk.rules", 12, 5).ok);
    assert_string_equal(err.what, "first");
    assert_string_equal(err.hint, "try again");
    assert_string_equal(err.file, "rules/uk.rules");
    assert_int_equal(err.line, 12);
    assert_int_equal(err.column, 5);
    assert_false(err_field(&err, "%s", "as_of").ok);
    assert_string_equal(err.field, "as_of");
    assert_string_equal(err.hint, "try again");
    assert_false(err_at(&err, NULL, 0, 0).ok);
    assert_string_equal(err.file, "");
}

/* Aim: without an err the failure is still a failure. */
static void test_null_err(void **state)
{
    (void)state;
    assert_false(err_set(NULL, ERROR_INPUT, "%s", "unseen").ok);
    assert_false(err_hint(NULL, "%s", "unseen").ok);
    assert_false(err_at(NULL, "f", 1, 1).ok);
    assert_false(err_field(NULL, "%s", "unseen").ok);
}

/* Aim: text that just fits is whole; one byte more is cut and ends in "...". */
static void test_cut_ends_in_dots(void **state)
{
    (void)state;
    struct err err;
    char text[sizeof err.what + 1];
    memset(text, 'a', sizeof text);

    text[sizeof err.what - 1] = '\0';
    result_ignore(err_set(&err, ERROR_INPUT, "%s", text), "looked at below");
    assert_string_equal(err.what, text);

    text[sizeof err.what - 1] = 'a';
    text[sizeof err.what] = '\0';
    result_ignore(err_set(&err, ERROR_INPUT, "%s", text), "looked at below");
    assert_int_equal(strlen(err.what), sizeof err.what - 1);
    assert_string_equal(err.what + sizeof err.what - 5, "a...");
}

/* Aim: a cut never leaves half a character; tried with a four-byte one at every position near the
 * cut. */
static void test_cut_keeps_characters_whole(void **state)
{
    (void)state;
    for (size_t lead = 460; lead < 480; lead++) {
        char text[600];
        memset(text, 'a', lead);
        memcpy(text + lead, "\xF0\x9F\x95\x8A", 4);
        memset(text + lead + 4, 'b', 90);
        text[lead + 94] = '\0';
        struct err err;
        result_ignore(err_set(&err, ERROR_INPUT, "%s", text), "looked at below");
        const str what = str_from_c(err.what);
        assert_true(str_is_utf8(what));
        assert_true(str_ends(what, STR("...")));
        assert_false(str_contains(what, STR("?"))); /* what half a character would have become */
        assert_true(what.len >= sizeof err.what - 1 - 3);
    }
}

/* Aim: what a stranger sent cannot break a terminal, a log line or a JSON answer. */
static void test_text_is_harmless(void **state)
{
    (void)state;
    struct err err;
    result_ignore(err_set(&err, ERROR_INPUT, "%s", "a\nb\x1b[2Jc\x7F"), "looked at below");
    assert_string_equal(err.what, "a?b?[2Jc?");
    result_ignore(err_set(&err, ERROR_INPUT, "%s", "caf\xE9"), "looked at below");
    assert_string_equal(err.what, "caf?");
    result_ignore(err_set(&err, ERROR_INPUT, "%s", "caf\xC3\xA9"), "looked at below");
    assert_string_equal(err.what, "caf\xC3\xA9");
}

/* Aim: an err may be rewritten with its own text as an argument. */
static void test_wraps_itself(void **state)
{
    (void)state;
    struct err err;
    result_ignore(err_set(&err, ERROR_STORAGE, "disk full"), "looked at below");
    result_ignore(err_set(&err, err.code, "backup: %s", err.what), "looked at below");
    assert_string_equal(err.what, "backup: disk full");
    result_ignore(err_hint(&err, "free some"), "looked at below");
    result_ignore(err_hint(&err, "first: %s", err.hint), "looked at below");
    assert_string_equal(err.hint, "first: free some");
    result_ignore(err_field(&err, "store"), "looked at below");
    result_ignore(err_field(&err, "the_%s", err.field), "looked at below");
    assert_string_equal(err.field, "the_store");
    result_ignore(err_hint(&err, "%s?", err.what), "looked at below");
    assert_string_equal(err.hint, "backup: disk full?");
}

static result passes_on(bool ok, int *steps)
{
    *steps = 1;
    TRY((result){.ok = ok});
    *steps = 2;
    return result_ok();
}

/* Aim: TRY returns early exactly on failure. */
static void test_try(void **state)
{
    (void)state;
    int steps = 0;
    assert_true(passes_on(true, &steps).ok);
    assert_int_equal(steps, 2);
    assert_false(passes_on(false, &steps).ok);
    assert_int_equal(steps, 1);
}

/* Aim: each row has a name of its own in the form of a URI segment, a meaning, a failure status of
 * HTTP and an exit status that is not 0; and the rows quoted in the interface are as documented. */
static void test_table_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < CODE_COUNT; i++) {
        const char *name = error_name(all_codes[i]);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_true(strlen(name) > 2);
        assert_true(strlen(error_meaning(all_codes[i])) > 10);
        assert_in_range(error_http_status(all_codes[i]), 400, 599);
        assert_in_range(error_exit_status(all_codes[i]), 1, 125);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(name, error_name(all_codes[k]));
        }
    }
    assert_int_equal(error_exit_status(ERROR_NONE), 0);
    assert_string_equal(error_name(ERROR_INPUT), "invalid-input");
    assert_int_equal(error_http_status(ERROR_INPUT), 422);
    assert_int_equal(error_http_status(ERROR_NOT_FOUND), 404);
    assert_int_equal(error_exit_status(ERROR_REFUSED), 1);
    assert_int_equal(error_exit_status(ERROR_INTERNAL), 70);
    assert_string_equal(error_name((enum error_code)999), "internal");
}

/* Aim: a broken assertion says what and where on the error stream, and stops the program. */
static void test_assertion_stops(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        ASSERT(1 + 1 == 2);
        signal(SIGABRT, SIG_DFL);
        assert_failed("places >= 0", "hub.c", 41);
    }
    close(ends[1]);
    char text[600] = {0};
    size_t len = 0;
    for (ssize_t got = 1; got > 0 && len < sizeof text - 1;) {
        got = read(ends[0], text + len, sizeof text - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_true(str_starts(str_from_c(text), STR("hub.c:41: ")));
    assert_true(str_ends(str_from_c(text), STR(": places >= 0\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_clears_the_rest),
        cmocka_unit_test(test_hint_and_place),
        cmocka_unit_test(test_null_err),
        cmocka_unit_test(test_cut_ends_in_dots),
        cmocka_unit_test(test_cut_keeps_characters_whole),
        cmocka_unit_test(test_text_is_harmless),
        cmocka_unit_test(test_wraps_itself),
        cmocka_unit_test(test_try),
        cmocka_unit_test(test_table_is_complete),
        cmocka_unit_test(test_assertion_stops),
    };
    return cmocka_run_group_tests_name("base result", tests, NULL, NULL);
}
