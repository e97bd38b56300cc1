/* Aim: memory that runs out is an error that says so, without leak, without half a change, and
 * without end of the process.
 *
 * The script runs, and in each of its commands, in each start and each stop, the 1st, 2nd, 3rd ...
 * allocation is refused (of the program's own code, of SQLite, of libcrypto), once alone and once
 * with all that follow while the same command lasts. A command that was refused is sent again with
 * its client id, as a client would: in the end the register must be, to the letter, what it is when
 * nothing is refused. One run has a refusal in every command that has so many allocations, and goes
 * no further than the last of them. Leaks are LeakSanitizer's to find.
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
    TURNS_MAX = SCRIPT_COMMANDS_MAX + 4, /* commands, and two starts and stops */
    COUNT_MARGIN = 50,                   /* threads do not take turns alike in every run */
};

struct trial {
    struct script script;
    struct arena memory;
    str base;
    uint64_t digests[SCRIPT_COMMANDS_MAX + 1]; /* after so many commands */
    int64_t most[TURNS_MAX];                   /* allocations that a turn had */
    size_t turn;                               /* the next one of this run */
    int64_t strikes_at;                        /* 0: nothing is refused */
    bool lasting;
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
    memory_arm(trial.strikes_at, trial.lasting);
}

static void disarm(void)
{
    bool struck = false;
    ASSERT(trial.turn < TURNS_MAX);
    int64_t *most = &trial.most[trial.turn++];
    const int64_t count = memory_disarm(&struck);
    *most = count > *most ? count : *most;
    trial.refused += struck ? 1 : 0;
}

/* May a turn that is still to come have so many allocations? */
static bool may_strike(void)
{
    for (size_t i = trial.turn; i < TURNS_MAX; i++) {
        if (trial.most[i] + trial.most[i] / 8 + COUNT_MARGIN >= trial.strikes_at) {
            return true;
        }
    }
    return false;
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

static void check_after(size_t commands)
{
    if (!script_check(&trial.script, commands)) {
        fail_msg("without the allocation %lld of each command: %s", (long long)trial.strikes_at,
                 trial.script.failure);
    }
    if (script_digest(&trial.script) != trial.digests[commands]) {
        fail_msg("without the allocation %lld of each command the register is another",
                 (long long)trial.strikes_at);
    }
}

static void run(int64_t strikes_at, bool lasting)
{
    size_t sent = 0;
    trial.strikes_at = strikes_at;
    trial.lasting = lasting;
    trial.turn = 0;
    put_base_back();
    script_begin(&trial.script);
    start();
    while (sent < script_length() && may_strike()) {
        if (sent == RESTART_AT) {
            stop();
            start();
        }
        send(sent++);
        if (strikes_at == 0) {
            trial.digests[sent] = script_digest(&trial.script);
        }
    }
    check_after(sent);
    stop();
    trial.runs++;
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

static void run_some(void)
{
    struct random random;
    random_seed(&random, seed);
    while (trial.runs <= runs_wanted) {
        const int64_t most = trial.most[random_below(&random, TURNS_MAX)];
        if (most > 0) {
            run(random_between(&random, 1, most), random_chance(&random, 0.5));
        }
    }
}

static int64_t largest(void)
{
    int64_t largest = 0;
    for (size_t i = 0; i < TURNS_MAX; i++) {
        largest = trial.most[i] > largest ? trial.most[i] : largest;
    }
    return largest;
}

static int64_t all(void)
{
    int64_t all = 0;
    for (size_t i = 0; i < TURNS_MAX; i++) {
        all += trial.most[i];
    }
    return all;
}

static void test_memory_runs_out(void **state)
{
    (void)state;
    run(0, false);
    assert_true(all() > 1000);
    for (int64_t at = part + 1; runs_wanted == 0 && at <= largest(); at += parts) {
        run(at, false);
        run(at, true);
    }
    run_some();
    print_message(
        "# %lld allocations in the script, %lld runs, %lld refused, %lld errors answered; "
        "seed %llu\n",
        (long long)all(), (long long)trial.runs, (long long)trial.refused, (long long)trial.errors,
        (unsigned long long)seed);
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
