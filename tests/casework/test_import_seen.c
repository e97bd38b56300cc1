/* Aim: what stands twice in a file is found however long the file is, in a table of fixed size: the
 * answers are those of a plain search through all numbers. Random files print their seed. */
#include "base/random.h"
#include "casework/import_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { SLOTS = 64, ROWS_MAX = 3000, ROUNDS = 40 };

/* Rows that repeat an earlier one, found by going through the file for each share. */
static size_t repeats(const int64_t *numbers, size_t count, bool *found, uint64_t *ret_shares)
{
    struct arena arena;
    struct import_seen seen;
    size_t told = 0;
    assert_true(arena_open(&arena, 1024 * 1024, NULL).ok);
    assert_true(import_seen_init(&seen, SLOTS, &arena, NULL).ok);
    do {
        for (size_t i = 0; i < count; i++) {
            const int64_t before = import_seen_add(&seen, numbers[i], (int64_t)i + 1);
            if (before != 0) {
                assert_true(before <= (int64_t)i);
                assert_int_equal(numbers[before - 1], numbers[i]);
                assert_false(found[i]); /* told once */
                found[i] = true;
                told++;
            }
        }
    } while (import_seen_next_share(&seen));
    *ret_shares = seen.shares;
    arena_close(&arena);
    return told;
}

static bool stood_before(const int64_t *numbers, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (numbers[i] == numbers[index]) {
            return true;
        }
    }
    return false;
}

static void test_like_a_plain_search(void **state)
{
    (void)state;
    const char *given = getenv("RETURNHUB_SEED");
    const uint64_t seed =
        given == NULL ? (uint64_t)time(NULL) : (uint64_t)strtoull(given, NULL, 10);
    struct random random;
    printf("# seed %llu (RETURNHUB_SEED)\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (int round = 0; round < ROUNDS; round++) {
        static int64_t numbers[ROWS_MAX];
        static bool found[ROWS_MAX];
        const size_t count = 1 + random_below(&random, ROWS_MAX);
        uint64_t shares = 0;
        for (size_t i = 0; i < count; i++) {
            /* Few enough low bits to make runs in the table, and some repeated ones. */
            const bool repeat = i > 0 && random_below(&random, 20) == 0;
            numbers[i] = repeat ? numbers[random_below(&random, i)] : (int64_t)random_next(&random);
            found[i] = false;
        }
        repeats(numbers, count, found, &shares);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(found[i], stood_before(numbers, i));
        }
        assert_true(count < SLOTS || shares > 1); /* the table was too small for all at once */
    }
}

static void test_nothing_twice(void **state)
{
    (void)state;
    static int64_t numbers[ROWS_MAX];
    static bool found[ROWS_MAX];
    uint64_t shares = 0;
    for (size_t i = 0; i < ROWS_MAX; i++) {
        found[i] = false;
        numbers[i] = (int64_t)(i * UINT64_C(0x9E3779B97F4A7C15));
    }
    assert_int_equal(repeats(numbers, ROWS_MAX, found, &shares), 0);
    numbers[ROWS_MAX - 1] = numbers[0];
    assert_int_equal(repeats(numbers, ROWS_MAX, found, &shares), 1);
}

/* Aim: a table for a file holds all that can stand in one of so many bytes, and no file makes it
 * larger than the largest. */
static void test_slots_of_a_file(void **state)
{
    (void)state;
    for (int64_t bytes = 0; bytes < 20000; bytes += 997) {
        struct arena arena;
        struct import_seen seen;
        const size_t slots = import_seen_slots(bytes);
        assert_true(arena_open(&arena, 1024 * 1024, NULL).ok);
        assert_true(import_seen_init(&seen, slots, &arena, NULL).ok);
        for (int64_t row = 1; row <= bytes / 2; row++) {
            assert_int_equal(import_seen_add(&seen, row << 32 | row, row), 0);
        }
        assert_int_equal(seen.shares, 1);
        assert_true(slots <= 2 * (size_t)bytes || slots == SEEN_SLOTS_LEAST);
        arena_close(&arena);
    }
    assert_int_equal(import_seen_slots(INT64_MAX), SEEN_SLOTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_a_plain_search),
        cmocka_unit_test(test_nothing_twice),
        cmocka_unit_test(test_slots_of_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
