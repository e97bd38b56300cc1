/* Aim: memory that runs out is an error that says so, without leak, without half a change, and
 * without end of the process.
 *
 * The script runs, and the 1st, 2nd, 3rd ... allocation is refused (of the program's own code, of
 * SQLite, of libcrypto), once alone and once with all that follow while the same command lasts. A
 * command that was refused is sent again with its client id, as a client would: in the end the
 * register must be, to the letter, what it is when nothing is refused. Leaks are LeakSanitizer's to
 * find.
 *
 *     test_memory [RUNS [SEED [PART PARTS]]]        0 runs: every allocation there is; with
 * PARTS, every PARTS-th of them from PART, counted from 0, so that several processes share them */
#include "argument.h"
#include "memory.h"
#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    RUNS_QUICK = 60,
    RESTART_AT = 24,
    FILE_SIZE_MAX = 8 * 1024 * 1024,
};

struct trial {
    struct script script;
    struct arena memory;
    str base;
    uint64_t digest_wanted;
    int64_t strikes_at;
    bool lasting;
    int64_t counted; /* before the part of the run that is armed now */
    int64_t errors;
    int64_t runs;
    int64_t refused;
};

static struct trial trial;
static int64_t runs_wanted;
static uint64_t seed;
static int64_t part;
static int64_t parts;

static void put_base_back(void)
{
    static const char *const suffixes[] = {"-wal", "-shm"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[240];
        snprintf(path, sizeof path, "%s%s", trial.script.office.path, suffixes[i]);
        unlink(path);
    }
    assert_true(system_write_file(trial.script.office.path, trial.base, 0600, &err).ok);
}

/* An error that a client can act on. */
static void check_error(const char *doing, const struct err *err)
{
    trial.errors++;
    const bool typed = err->code == ERROR_LIMIT || err->code == ERROR_STORAGE;
    if (!typed || err->what[0] == '\0') {
        print_error("%s, without the allocation %lld: %s: %s\n", doing, (long long)trial.strikes_at,
                    error_name(err->code), err->what);
    }
    assert_true(typed && err->what[0] != '\0');
}

static void arm(void)
{
    const int64_t left = trial.strikes_at - trial.counted;
    memory_arm(left > 0 ? left : 0, trial.lasting);
}

static void disarm(void)
{
    bool struck = false;
    trial.counted += memory_disarm(&struck);
    trial.refused += struck ? 1 : 0;
}

static void start(void)
{
    struct err err = {0};
    arm();
    const result started = office_start(&trial.script.office, &err);
    disarm();
    if (!started.ok) {
        check_error("opening", &err);
        assert_true(office_start(&trial.script.office, &err).ok);
    }
}

static void stop(void)
{
    arm();
    office_stop(&trial.script.office);
    disarm();
}

static void send(size_t index)
{
    struct err err = {0};
    arm();
    const result sent = script_send(&trial.script, index, &err);
    disarm();
    if (sent.ok) {
        return;
    }
    check_error(script_name(index), &err);
    err = (struct err){0};
    if (!script_send(&trial.script, index, &err).ok) {
        fail_msg("without the allocation %lld command %zu (%s) is never done again: %s",
                 (long long)trial.strikes_at, index, script_name(index), err.what);
    }
}

static void check_end(void)
{
    if (!script_check(&trial.script, script_length())) {
        fail_msg("without the allocation %lld: %s", (long long)trial.strikes_at,
                 trial.script.failure);
    }
    const uint64_t digest = script_digest(&trial.script);
    trial.digest_wanted = trial.digest_wanted == 0 ? digest : trial.digest_wanted;
    assert_true(digest == trial.digest_wanted);
}

/* Returns how many allocations there were. */
static int64_t run(int64_t strikes_at, bool lasting)
{
    trial.strikes_at = strikes_at;
    trial.lasting = lasting;
    trial.counted = 0;
    put_base_back();
    script_begin(&trial.script);
    start();
    for (size_t i = 0; i < script_length(); i++) {
        if (i == RESTART_AT) {
            stop();
            start();
        }
        send(i);
    }
    check_end();
    stop();
    trial.runs++;
    return trial.counted;
}

static int setup(void **state)
{
    (void)state;
    struct err err = {0};
    memset(&trial, 0, sizeof trial);
    assert_true(arena_open(&trial.memory, FILE_SIZE_MAX * 2, &err).ok);
    office_open(&trial.script.office);
    office_stop(&trial.script.office);
    assert_true(
        system_read_file(trial.script.office.path, FILE_SIZE_MAX, &trial.memory, &trial.base, &err)
            .ok);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    office_close(&trial.script.office);
    arena_close(&trial.memory);
    return 0;
}

static void run_some(int64_t allocations)
{
    struct random random;
    random_seed(&random, seed);
    while (trial.runs <= runs_wanted) {
        run(random_between(&random, 1, allocations), random_chance(&random, 0.5));
    }
}

static void test_memory_runs_out(void **state)
{
    (void)state;
    const int64_t allocations = run(0, false);
    assert_true(allocations > 1000);
    for (int64_t at = part + 1; runs_wanted == 0 && at <= allocations; at += parts) {
        run(at, false);
        run(at, true);
    }
    run_some(allocations);
    print_message("# %lld allocations in the script, %lld runs, %lld with one refused, %lld errors "
                  "answered; seed %llu\n",
                  (long long)allocations, (long long)trial.runs, (long long)trial.refused,
                  (long long)trial.errors, (unsigned long long)seed);
    assert_true(trial.refused * 10 > trial.runs * 9);
    assert_true(trial.errors > 0);
}

int main(int count, char **arguments)
{
    runs_wanted = argument(arguments, count, 1, getenv("RETURNHUB_LONG") != NULL ? 0 : RUNS_QUICK);
    seed = (uint64_t)argument(arguments, count, 2, (int64_t)time(NULL));
    part = argument(arguments, count, 3, 0);
    parts = argument(arguments, count, 4, 1);
    if (!memory_install()) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
