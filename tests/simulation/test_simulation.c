/* Aim: whatever users, clock, disk and power do, in whatever order, the promises of the register
 * are kept.
 *
 *     test_simulation LAW [RUNS [SEED [STEPS]]]        LAW: small, uk, eu
 *
 * Run i has the seed SEED + i, and a seed is a run: the same seed does the same, to the byte. When
 * a promise is broken, the seed and the number of steps are printed, steps that do not matter are
 * left out, and what is left is told step by step. With STEPS the runs are that long, and one run
 * alone is told. */
#include "deeds.h"
#include "world.h"

#include <limits.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include <cmocka.h>

enum {
    RUNS_QUICK_SMALL = 50,
    RUNS_ALL_HAPPENS = 2000, /* in so many everything is done that can be */
    RUNS_QUICK_LAW = 8,
    RUNS_LONG_SMALL = 100000, /* under script/check-long */
    RUNS_LONG_LAW = 10000,
    STEPS_SMALL = 50,
    STEPS_LAW = 120,
};

static struct world world;
static const char *law; /* NULL: the small rules */
static uint64_t first_seed;
static int64_t runs_wanted;
static size_t steps_wanted;
static bool tells;

static int setup(void **state)
{
    (void)state;
    world_open(&world, law);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* --- what broke ------------------------------------------------------------------------------- */

/* The same promise, by its first words: another failure is not a shorter way to this one. */
static bool breaks_alike(uint64_t seed, size_t steps, const char *broken)
{
    size_t taken = 0;
    return !world_run(&world, seed, steps, &taken) &&
           strncmp(world.model.broken, broken, strcspn(broken, ":") + 1) == 0;
}

/* Leaves out every step without which it breaks all the same, the last ones first. */
static void shorten(uint64_t seed, size_t steps, const char *broken)
{
    for (size_t i = steps; i-- > 0;) {
        world.skips[i] = true;
        world.skips[i] = breaks_alike(seed, steps, broken);
    }
}

static void tell_broken(uint64_t seed, size_t steps)
{
    char broken[sizeof world.model.broken];
    size_t taken = 0;
    memcpy(broken, world.model.broken, sizeof broken);
    printf("# seed %llu, step %zu: %s\n", (unsigned long long)seed, steps, broken);
    if (getenv("RETURNHUB_PLANTED") != NULL) {
        fflush(stdout); /* plants.py wants to know no more */
        return;
    }
    shorten(seed, steps, broken);
    printf("# the steps that matter:\n");
    world.tells = true;
    world_run(&world, seed, steps, &taken);
    world.tells = false;
    printf("# %s\n# again: test_simulation %s 1 %llu %zu\n", world.model.broken,
           law == NULL ? "small" : law, (unsigned long long)seed, steps);
    fflush(stdout);
    memset(world.skips, 0, sizeof world.skips);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_promises_are_kept(void **state)
{
    (void)state;
    size_t taken = 0;
    size_t all = 0;
    world.tells = tells;
    for (int64_t i = 0; i < runs_wanted; i++) {
        const uint64_t seed = first_seed + (uint64_t)i;
        if (!world_run(&world, seed, steps_wanted, &taken)) {
            tell_broken(seed, taken);
            fail_msg("a promise was broken");
        }
        all += taken;
    }
    world.tells = false;
    print_message("# %lld runs, %zu steps, from seed %llu\n", (long long)runs_wanted, all,
                  (unsigned long long)first_seed);
}

/* Aim: a run from a seed is that run. */
static void test_a_seed_is_a_run(void **state)
{
    (void)state;
    size_t taken = 0;
    for (uint64_t seed = first_seed; seed < first_seed + 3; seed++) {
        assert_true(world_run(&world, seed, steps_wanted, &taken));
        const uint64_t history = world.history;
        assert_true(world_run(&world, seed, steps_wanted, &taken));
        assert_true(world.history == history);
        assert_true(world_run(&world, seed + 1, steps_wanted, &taken));
        assert_true(world.history != history);
    }
}

/* Aim: it is not because nothing happens that nothing breaks. In few runs what is rare may not come
 * about; most things do. */
static void test_everything_happened(void **state)
{
    (void)state;
    size_t happened = 0;
    for (size_t i = 0; i < deed_count; i++) {
        print_message("# %s: %lld, of which %lld done\n", deeds[i].name, (long long)world.counts[i],
                      (long long)world.accepted[i]);
        happened += world.counts[i] > 0 && (deeds[i].act != NULL || world.accepted[i] > 0) ? 1 : 0;
    }
    /* Under a real law a step is seldom clear. */
    const bool enough = law == NULL && runs_wanted >= RUNS_ALL_HAPPENS;
    assert_true(happened >= (enough ? deed_count : law == NULL ? deed_count / 2 : deed_count / 4));
}

static int64_t argument(char **arguments, int count, int index, int64_t otherwise)
{
    int64_t number = otherwise;
    if (index < count && !str_to_int64(str_from_c(arguments[index]), &number, NULL).ok) {
        number = otherwise;
    }
    return number;
}

/* A store is opened again and again here, and little of its memory is used: where the system gives
 * it in pages of two megabytes, or anew each time, a fifth of the time goes into clearing it. */
static void keep_memory(void)
{
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_ARENA_MAX, 1);
}

int main(int count, char **arguments)
{
    keep_memory();
    const bool is_long = getenv("RETURNHUB_LONG") != NULL;
    if (count < 2) {
        fprintf(stderr, "usage: test_simulation LAW [RUNS [SEED [STEPS]]]\n");
        return 2;
    }
    law = strcmp(arguments[1], "small") == 0 ? NULL : arguments[1];
    const int64_t quick = law == NULL ? RUNS_QUICK_SMALL : RUNS_QUICK_LAW;
    const int64_t whole = law == NULL ? RUNS_LONG_SMALL : RUNS_LONG_LAW;
    runs_wanted = argument(arguments, count, 2, is_long ? whole : quick);
    first_seed = (uint64_t)argument(arguments, count, 3, (int64_t)time(NULL) * 1000);
    const int64_t steps = argument(arguments, count, 4, law == NULL ? STEPS_SMALL : STEPS_LAW);
    steps_wanted = steps > WORLD_STEPS_MAX ? WORLD_STEPS_MAX : (size_t)steps;
    tells = count > 4 && runs_wanted == 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises_are_kept),
        cmocka_unit_test(test_a_seed_is_a_run),
        cmocka_unit_test(test_everything_happened),
    };
    /* For whoever plants a fault and wants to know whether it is seen. */
    const bool only_first = count > 2;
    return only_first ? cmocka_run_group_tests_name(
                            "simulation", ((struct CMUnitTest[1]){tests[0]}), setup, teardown)
                      : cmocka_run_group_tests_name("simulation", tests, setup, teardown);
}
