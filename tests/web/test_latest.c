/* Aim: what was noted is found as it was noted, until it is forgotten or as many as a set holds
 * were noted in it later; and of several threads that note one key, one does. What is expected is
 * looked up in a plain list of all that was ever noted, in its order. */
#include "base/random.h"
#include "web/latest.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024, SETS = 5, KEYS = 60, STEPS = 20000, SEED = 20251130 };

struct value {
    int64_t number;
    char text[12];
};

/* --- a plain list ----------------------------------------------------------------------------- */

struct noted {
    int key;
    struct value value;
    bool gone;
};

struct list {
    struct noted noted[STEPS];
    size_t count;
};

static struct sha256 key_of(int key)
{
    const str text = {.at = (const char *)&key, .len = sizeof key};
    return sha256_of(text);
}

static int set_of(int key)
{
    const struct sha256 hash = key_of(key);
    return (hash.bytes[0] * 256 + hash.bytes[1]) % SETS;
}

/* NULL when it is forgotten, or LATEST_WAYS others of its set were noted since and not forgotten.
 */
static struct noted *list_find(struct list *list, int key)
{
    int others = 0;
    for (size_t i = list->count; i > 0; i--) {
        struct noted *one = &list->noted[i - 1];
        if (!one->gone && one->key == key) {
            return others < LATEST_WAYS ? one : NULL;
        }
        others += !one->gone && set_of(one->key) == set_of(key) ? 1 : 0;
    }
    return NULL;
}

static void list_forget(struct list *list, int key)
{
    for (size_t i = 0; i < list->count; i++) {
        list->noted[i].gone = list->noted[i].gone || list->noted[i].key == key;
    }
}

/* What was noted before under the key, and what gives way, are no more. */
static void list_note(struct list *list, int key, struct value value)
{
    list_forget(list, key);
    list->noted[list->count++] = (struct noted){.key = key, .value = value};
    for (size_t i = 0; i < list->count; i++) {
        list->noted[i].gone = list->noted[i].gone || list_find(list, list->noted[i].key) == NULL;
    }
}

/* --- side by side ----------------------------------------------------------------------------- */

struct memory {
    struct arena arena;
    struct latest *latest;
};

static struct memory open_memory(void)
{
    struct memory memory;
    struct err err;
    assert_true(arena_open(&memory.arena, ARENA_BYTES, &err).ok);
    assert_true(latest_open(SETS, sizeof(struct value), &memory.arena, &memory.latest, &err).ok);
    return memory;
}

static void close_memory(struct memory *memory)
{
    latest_close(memory->latest);
    arena_close(&memory->arena);
}

static struct value value_of(int step)
{
    struct value value = {.number = step};
    snprintf(value.text, sizeof value.text, "%d", step);
    return value;
}

static void compare(const struct noted *expected, bool found, const struct value *value)
{
    assert_int_equal(found, expected != NULL);
    if (expected != NULL) {
        assert_int_equal(value->number, expected->value.number);
        assert_string_equal(value->text, expected->value.text);
    }
}

static void take_step(struct latest *latest, struct list *list, struct random *random, int step)
{
    const int key = (int)random_below(random, KEYS);
    const struct sha256 hash = key_of(key);
    const struct value value = value_of(step);
    struct value found;
    switch (random_below(random, 4)) {
    case 0:
        latest_note(latest, &hash, &value);
        list_note(list, key, value);
        break;
    case 1: {
        const struct noted *expected = list_find(list, key);
        compare(expected, latest_find_or_note(latest, &hash, &value, &found), &found);
        if (expected == NULL) {
            list_note(list, key, value);
        }
        break;
    }
    case 2:
        if (random_chance(random, 0.2)) {
            latest_forget(latest, &hash);
            list_forget(list, key);
        }
        break;
    default:
        compare(list_find(list, key), latest_find(latest, &hash, &found), &found);
    }
}

static void like_a_plain_list(void **state)
{
    (void)state;
    static struct list list;
    struct random random;
    struct memory memory = open_memory();
    random_seed(&random, SEED);
    for (int step = 0; step < STEPS; step++) {
        take_step(memory.latest, &list, &random, step);
        if (step % 500 == 0) { /* the list stays short: what is gone is left out */
            size_t kept = 0;
            for (size_t i = 0; i < list.count; i++) {
                if (!list.noted[i].gone) {
                    list.noted[kept++] = list.noted[i];
                }
            }
            list.count = kept;
        }
    }
    close_memory(&memory);
}

/* --- several threads -------------------------------------------------------------------------- */

enum { THREADS = 2, ROUNDS = 500, ROOM = 64, BIG = 16384 };

struct big {
    char bytes[BIG];
};

struct racer {
    pthread_t thread;
    _Atomic int *arrived; /* in all rounds */
    struct latest *latest;
    char mark;
    struct big mine;
    struct big found;
    int first; /* keys that this thread noted */
    int torn;  /* values that no thread noted */
};

static void *race(void *context)
{
    struct racer *racer = context;
    memset(racer->mine.bytes, racer->mark, BIG);
    for (int round = 0; round < ROUNDS; round++) {
        const struct sha256 hash = key_of(round);
        atomic_fetch_add(racer->arrived, 1);
        while (atomic_load(racer->arrived) < (round + 1) * THREADS) {
            sched_yield(); /* turning, not waiting: all go on at the same instant */
        }
        if (!latest_find_or_note(racer->latest, &hash, &racer->mine, &racer->found)) {
            racer->first++;
        } else if (memcmp(racer->found.bytes, racer->found.bytes + 1, BIG - 1) != 0 ||
                   racer->found.bytes[0] == '\0') {
            racer->torn++;
        }
    }
    return NULL;
}

/* All at the same key at once: one notes it, and nobody reads half of what another writes. */
static void one_of_several_notes(void **state)
{
    (void)state;
    static struct racer racers[THREADS];
    struct arena arena;
    struct latest *latest = NULL;
    struct err err;
    _Atomic int arrived = 0;
    int first = 0;
    assert_true(arena_open(&arena, 8 * ARENA_BYTES, &err).ok);
    assert_true(latest_open(ROOM, sizeof(struct big), &arena, &latest, &err).ok);
    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.arrived = &arrived, .latest = latest, .mark = (char)('a' + i)};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
        assert_int_equal(racers[i].torn, 0);
        first += racers[i].first;
    }
    assert_int_equal(first, ROUNDS);
    latest_close(latest);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_a_plain_list),
        cmocka_unit_test(one_of_several_notes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
