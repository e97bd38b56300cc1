/* Aim: an arena gives zeroed, aligned memory inside its region or NULL, and a copy of it is a
 * scratch arena. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Builds that do not watch memory cannot say. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static bool is_forbidden(const char *at)
{
    return __asan_address_is_poisoned(at) != 0;
}
#else
static bool is_forbidden(const char *at)
{
    return at != NULL;
}
#endif

struct wide {
    alignas(32) char bytes[40];
};

static struct arena opened(size_t capacity)
{
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, capacity, &err).ok);
    return arena;
}

static bool all_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Aim: each alignment that is asked for is given, after any number of odd bytes. */
static void test_alignment(void **state)
{
    (void)state;
    struct arena arena = opened(64 * 1024);
    for (size_t alignment = 1; alignment <= 256; alignment *= 2) {
        for (size_t odd = 0; odd < 20; odd++) {
            assert_non_null(arena_take(&arena, odd, 1, 1));
            const void *taken = arena_take(&arena, 1, 1, alignment);
            assert_non_null(taken);
            assert_int_equal((uintptr_t)taken % alignment, 0);
        }
    }
    const struct wide *wide = ARENA_NEW(&arena, struct wide, 3);
    assert_int_equal((uintptr_t)wide % 32, 0);
    arena_close(&arena);
}

/* Aim: the whole capacity can be used, not a byte more, and a refusal changes nothing. */
static void test_full(void **state)
{
    (void)state;
    struct arena arena = opened(100);
    char *first = arena_take(&arena, 60, 1, 1);
    assert_non_null(first);
    assert_null(arena_take(&arena, 41, 1, 1));
    assert_int_equal(arena_used(&arena), 60);
    char *second = arena_take(&arena, 40, 1, 1);
    assert_ptr_equal(second, first + 60);
    memset(first, 1, 60);
    memset(second, 1, 40);
    assert_int_equal(arena_used(&arena), 100);
    assert_null(arena_take(&arena, 1, 1, 1));
    assert_non_null(arena_take(&arena, 0, 1, 1)); /* nothing always fits */
    struct err err;
    assert_false(arena_full(&err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&arena);
}

/* Aim: padding for alignment counts, so that the end of the region is never passed. */
static void test_full_with_padding(void **state)
{
    (void)state;
    struct arena arena = opened(64);
    assert_non_null(arena_take(&arena, 57, 1, 1));
    assert_null(arena_take(&arena, 1, 7, 8)); /* there are seven left, all of them padding */
    assert_null(arena_take(&arena, 0, 1, 128));
    assert_non_null(arena_take(&arena, 7, 1, 1));
    arena_close(&arena);
}

/* The sizes come through here so that the compiler does not refuse them itself. */
static size_t unknown_to_the_compiler(size_t number)
{
    volatile size_t kept = number;
    return kept;
}

/* Aim: count * size that overflows is refused, not wrapped round to something small. */
static void test_overflow(void **state)
{
    (void)state;
    struct arena arena = opened(4096);
    const size_t half = unknown_to_the_compiler(SIZE_MAX / 2 + 1);
    assert_null(arena_take(&arena, half, 2, 1));
    assert_null(arena_take(&arena, 2, half, 1));
    assert_null(arena_take(&arena, half, half, 8));
    assert_null(arena_take(&arena, unknown_to_the_compiler(SIZE_MAX), 1, 1));
    assert_null(arena_take(&arena, unknown_to_the_compiler(SIZE_MAX), 1, 64));
    assert_int_equal(arena_used(&arena), 0);
    const str endless = {.at = "", .len = SIZE_MAX};
    assert_null(arena_copy(&arena, endless).at);
    arena_close(&arena);
}

static void use_scratch(struct arena scratch)
{
    char *taken = arena_take(&scratch, 500, 1, 1);
    assert_non_null(taken);
    assert_true(all_zero(taken, 500));
    memset(taken, 'x', 500);
}

/* Aim: what a callee takes from a copy is given back on return; the next taker finds it zeroed. */
static void test_scratch(void **state)
{
    (void)state;
    struct arena arena = opened(600);
    char *kept = arena_take(&arena, 100, 1, 1);
    assert_non_null(kept);
    memset(kept, 'k', 100);
    for (int i = 0; i < 10; i++) {
        use_scratch(arena);
        assert_int_equal(arena_used(&arena), 100);
    }
    const char *taken = arena_take(&arena, 500, 1, 1);
    assert_non_null(taken);
    assert_true(all_zero(taken, 500));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(kept[i], 'k');
    }
    arena_close(&arena);
}

/* Aim: reset gives everything back, zeroed when taken again. */
static void test_reset(void **state)
{
    (void)state;
    struct arena arena = opened(1000);
    char *before = arena_take(&arena, 1000, 1, 1);
    assert_non_null(before);
    memset(before, 'x', 1000);
    arena_reset(&arena);
    assert_int_equal(arena_used(&arena), 0);
    const char *after = arena_take(&arena, 1000, 1, 1);
    assert_ptr_equal(after, before);
    assert_true(all_zero(after, 1000));
    arena_close(&arena);
}

/* Aim: a zeroed arena may be asked, reset and closed, and closing leaves one. */
static void test_zeroed(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_null(arena_take(&arena, 1, 1, 1));
    assert_null(arena_copy(&arena, STR("a")).at);
    assert_int_equal(arena_used(&arena), 0);
    arena_reset(&arena);
    arena_close(&arena);
    arena = opened(10);
    arena_close(&arena);
    arena_close(&arena);
    assert_null(arena.begin);
}

/* Aim: more memory than there can be is a failure with a reason, not a crash. */
static void test_open_refused(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err;
    assert_false(arena_open(&arena, unknown_to_the_compiler(SIZE_MAX - 4096), &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_null(arena.begin);
}

/* Aim: whatever the size of the region, and so where it comes from: its first and last byte are
 * one's own, the one after it is nobody's, and it is given back. */
static void test_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {1,       4096,          1 << 20,  (1 << 20) + 1,
                                   2 << 20, (3 << 20) + 5, 64 << 20, (64 << 20) + 4096};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena arena = opened(sizes[i]);
        char *taken = arena_take(&arena, sizes[i], 1, 1);
        assert_non_null(taken);
        taken[0] = 1;
        taken[sizes[i] - 1] = 1;
        assert_null(arena_take(&arena, 1, 1, 1));
        assert_true(is_forbidden(taken + sizes[i]));
        arena_close(&arena);
        assert_null(arena.begin);
    }
}

/* Aim: copies are copies, and end in a NUL that is not counted. */
static void test_copy_and_format(void **state)
{
    (void)state;
    struct arena arena = opened(64);
    char source[] = "person";
    const str copy = arena_copy(&arena, str_from_c(source));
    source[0] = 'X';
    assert_int_equal(copy.len, 6);
    assert_string_equal(copy.at, "person");
    const str empty = arena_copy(&arena, (str){0});
    assert_non_null(empty.at);
    assert_int_equal(empty.len, 0);
    const str text = arena_format(&arena, "%s-%04d", "RH", 7);
    assert_int_equal(text.len, 7);
    assert_string_equal(text.at, "RH-0007");
    arena_close(&arena);
}

/* Aim: a text that fits with its NUL is taken, one that does not is refused whole. */
static void test_copy_and_format_full(void **state)
{
    (void)state;
    struct arena arena = opened(6);
    assert_null(arena_copy(&arena, STR("123456")).at);
    assert_null(arena_format(&arena, "%d", 123456).at);
    assert_int_equal(arena_used(&arena), 0);
    assert_string_equal(arena_format(&arena, "%d", 12345).at, "12345");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_with_padding),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_scratch),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_open_refused),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_copy_and_format),
        cmocka_unit_test(test_copy_and_format_full),
    };
    return cmocka_run_group_tests_name("base arena", tests, NULL, NULL);
}
