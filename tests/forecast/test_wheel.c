/* Aim: the wheel gives what a list that is searched from end to end gives, ties included, whatever
 * is put in and when. */
#include "base/random.h"
#include "forecast/wheel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS_MAX = 20000, MEMORY = 64 * 1024 * 1024 };

struct listed {
    struct wheel_event event;
    bool given;
};

struct list {
    struct listed items[EVENTS_MAX];
    size_t count;
    size_t first; /* all before it are given */
};

static void list_put(struct list *list, struct wheel_event event)
{
    list->items[list->count++] = (struct listed){event, false};
}

static bool list_take(struct list *list, struct wheel_event *ret_event)
{
    struct listed *best = NULL;
    while (list->first < list->count && list->items[list->first].given) {
        list->first++;
    }
    for (size_t i = list->first; i < list->count; i++) {
        struct listed *item = &list->items[i];
        if (!item->given && (best == NULL || item->event.at < best->event.at)) {
            best = item;
        }
    }
    if (best == NULL) {
        return false;
    }
    best->given = true;
    *ret_event = best->event;
    return true;
}

/* Times are taken from a few round ones, so that many are equal, or from many. */
static double time_from(struct random *random, double now, int kind)
{
    switch (kind) {
    case 0:
        return now + (double)random_below(random, 4);
    case 1:
        return now + random_unit(random) * 0.05;
    case 2:
        return now + random_unit(random) * 3;
    default:
        return now;
    }
}

static void as_a_list(void **state)
{
    (void)state;
    static struct list list;
    struct random random;
    const char *seed_text = getenv("RETURNHUB_SEED");
    const uint64_t seed = seed_text == NULL ? 7 : strtoull(seed_text, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    static const double widths[] = {0.3, 1, 16, 500};
    for (size_t round = 0; round < 12; round++) {
        struct arena arena;
        struct err err;
        struct wheel wheel;
        assert_true(arena_open(&arena, MEMORY, &err).ok);
        const double begin = -3.5;
        const double end = 40;
        assert_true(wheel_init(&wheel, begin, end, widths[round % 4], &arena, &err).ok);
        list.count = list.first = 0;
        uint32_t number = 0;
        uint64_t beyond = 0;
        double now = begin;
        for (int i = 0; i < 600; i++) {
            const struct wheel_event event = {time_from(&random, now, 2), number++, 5};
            wheel_put(&wheel, event);
            list_put(&list, event);
        }
        struct wheel_event event;
        while (wheel_take(&wheel, &event)) {
            struct wheel_event expected;
            assert_true(list_take(&list, &expected));
            assert_true(event.at == expected.at);
            assert_int_equal(event.who, expected.who);
            assert_true(event.at >= now);
            now = event.at;
            for (uint64_t more = random_below(&random, 3); more > 0 && number < EVENTS_MAX - 4;
                 more--) {
                const double at = time_from(&random, now, (int)random_below(&random, 4));
                const struct wheel_event next = {at, number++, 5};
                wheel_put(&wheel, next);
                if (at < end) {
                    list_put(&list, next);
                } else {
                    beyond++;
                }
            }
        }
        assert_true(wheel_finish(&wheel, &err).ok);
        assert_false(list_take(&list, &event));
        assert_int_equal(wheel.beyond, beyond);
        assert_true(number > 1000);
        arena_close(&arena);
    }
}

/* A wheel whose arena is too small says so, and gives nothing out of order. */
static void full(void **state)
{
    (void)state;
    struct arena arena;
    struct err err;
    struct wheel wheel;
    assert_true(arena_open(&arena, 40000, &err).ok);
    assert_true(wheel_init(&wheel, 0, 10, 16, &arena, &err).ok);
    for (int i = 0; i < 100000 && !wheel.failed; i++) {
        wheel_put(&wheel, (struct wheel_event){i % 10 + 0.5, 0, 0});
    }
    assert_true(wheel.failed);
    assert_false(wheel_finish(&wheel, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_a_list), cmocka_unit_test(full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
