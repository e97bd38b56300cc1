/* Aim: a buf holds exactly what was written up to its stated maximum, keeps a failure until asked,
 * and escapes HTML. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    static const size_t capacity = 1024 * 1024;
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, capacity, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

static void assert_text(struct buf *buf, const char *expected)
{
    str text = {0};
    struct err err;
    assert_true(buf_finish(buf, &text, &err).ok);
    assert_string_equal(text.at, expected);
    assert_int_equal(text.len, strlen(expected));
}

/* Aim: all writers, in turn, and an empty buf. */
static void test_writers(void **state)
{
    struct buf buf;
    buf_init(&buf, *state, 1000);
    assert_int_equal(buf_str(&buf).len, 0);
    buf_put(&buf, STR("a"));
    buf_put(&buf, (str){0});
    buf_put_c(&buf, "bc");
    buf_put_c(&buf, NULL);
    buf_put_char(&buf, '|');
    buf_put_int64(&buf, -45);
    buf_format(&buf, "|%d%s", 6, "x");
    assert_true(str_equal(buf_str(&buf), STR("abc|-45|6x")));
    assert_text(&buf, "abc|-45|6x");

    struct buf empty;
    buf_init(&empty, *state, 0);
    assert_text(&empty, "");
}

/* Aim: numbers at the borders of 64 bits. */
static void test_numbers(void **state)
{
    struct buf buf;
    buf_init(&buf, *state, 1000);
    static const int64_t numbers[] = {0, 1, -1, 9, 10, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_put_int64(&buf, numbers[i]);
        buf_put_char(&buf, ' ');
    }
    assert_text(&buf, "0 1 -1 9 10 9223372036854775807 -9223372036854775808 ");
}

/* Aim: exactly the maximum fits; one byte more fails, by whichever writer, and stays failed. */
static void test_maximum(void **state)
{
    struct buf buf;
    buf_init(&buf, *state, 8);
    buf_put(&buf, STR("12345678"));
    assert_text(&buf, "12345678");
    buf_put(&buf, STR("")); /* nothing is no overflow */
    assert_false(buf.failed);

    for (int writer = 0; writer < 5; writer++) {
        buf_init(&buf, *state, 8);
        buf_put(&buf, STR("1234567"));
        switch (writer) {
        case 0:
            buf_put(&buf, STR("89"));
            break;
        case 1:
            buf_put_char(&buf, '8');
            buf_put_char(&buf, '9');
            break;
        case 2:
            buf_put_int64(&buf, 89);
            break;
        case 3:
            buf_format(&buf, "%d", 89);
            break;
        default:
            buf_put_html(&buf, STR("<"));
            break;
        }
        buf_put(&buf, STR("x")); /* would fit after cases 0, 2, 3 and 4: the failure is sticky */
        str text = STR("untouched");
        struct err err;
        assert_false(buf_finish(&buf, &text, &err).ok);
        assert_int_equal(err.code, ERROR_LIMIT);
        assert_true(str_equal(text, STR("untouched")));
    }
}

/* Aim: a long text written byte by byte is whole, when it grows in place and when something is in
 * the way; and so is what is in the way. */
static void test_growth(void **state)
{
    struct arena *arena = *state;
    for (int in_the_way = 0; in_the_way < 2; in_the_way++) {
        struct buf buf;
        buf_init(&buf, arena, 100000);
        const char *others[50] = {NULL};
        for (int i = 0; i < 50000; i++) {
            buf_put_char(&buf, (char)('a' + i % 26));
            if (in_the_way == 1 && i % 1000 == 0) {
                const str other = arena_copy(arena, STR("###"));
                assert_non_null(other.at);
                others[i / 1000] = other.at;
            }
        }
        str text = {0};
        struct err err;
        assert_true(buf_finish(&buf, &text, &err).ok);
        assert_int_equal(text.len, 50000);
        for (size_t i = 0; i < text.len; i++) {
            assert_int_equal(text.at[i], 'a' + (int)(i % 26));
        }
        assert_int_equal(text.at[text.len], '\0');
        for (size_t i = 0; i < 50 && in_the_way == 1; i++) {
            assert_string_equal(others[i], "###");
        }
    }
}

/* Aim: growing in place takes no memory twice, and what was not needed goes back at the end. */
static void test_in_place(void **state)
{
    struct arena *arena = *state;
    const size_t before = arena_used(arena);
    struct buf buf;
    buf_init(&buf, arena, 100000);
    for (int i = 0; i < 5000; i++) {
        buf_put(&buf, STR("0123456789"));
    }
    str text = {0};
    struct err err;
    assert_true(buf_finish(&buf, &text, &err).ok);
    assert_int_equal(arena_used(arena) - before, 50000 + 1);
    buf_put(&buf, STR("more")); /* it may still be written */
    assert_true(str_ends(buf_str(&buf), STR("9more")));
}

/* Aim: when the arena is nearly full, all of it can still be used; then the failure comes, not a
 * crash. */
static void test_small_arena(void **state)
{
    (void)state;
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, 300, &err).ok);
    struct buf buf;
    buf_init(&buf, &arena, 10000);
    for (int i = 0; i < 299; i++) {
        buf_put_char(&buf, 'a');
    }
    str text = {0};
    assert_true(buf_finish(&buf, &text, &err).ok);
    assert_int_equal(text.len, 299);
    buf_put_char(&buf, 'a');
    assert_false(buf_finish(&buf, &text, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&arena);
}

/* Aim: the five characters that mean something in HTML become entities, and every other byte stays
 * as it is. */
static void test_html(void **state)
{
    struct buf buf;
    buf_init(&buf, *state, 1000);
    buf_put_html(&buf, STR("<script>alert(\"x\" + 'y')</script> & more"));
    assert_text(&buf, "&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt; &amp; more");

    for (int c = 1; c < 256; c++) {
        const char byte = (char)c;
        buf_init(&buf, *state, 10);
        buf_put_html(&buf, (str){.at = &byte, .len = 1});
        const bool special = strchr("<>&\"'", c) != NULL;
        assert_int_equal(buf_str(&buf).len > 1, special);
        if (!special) {
            assert_int_equal(buf_str(&buf).at[0], byte);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writers),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_maximum),  cmocka_unit_test(test_growth),
        cmocka_unit_test(test_in_place), cmocka_unit_test(test_small_arena),
        cmocka_unit_test(test_html),
    };
    return cmocka_run_group_tests_name("base buf", tests, open_arena, close_arena);
}
