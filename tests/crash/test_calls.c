/* Aim: whatever call of the system fails, the answer is an error that says so, nothing that was
 * acknowledged is lost, and the same process goes on.
 *
 * The script runs on a real file. Every call that the store makes on its files (open, read, write,
 * sync, truncate, unlink, rename, lock, map, stat, close) fails once, in every way it can: EIO,
 * ENOSPC, ENOMEM, EINTR, half done, and a disk that stays full for a while. A command that was
 * refused is sent again with its client id, as a client would: in the end the register must be, to
 * the letter, what it is when nothing fails.
 *
 *     test_calls [RUNS [SEED [PART PARTS]]]        0 runs: all of them; with
 * PARTS, every PARTS-th of them from PART, counted from 0, so that several processes share them */
#include "argument.h"
#include "calls.h"
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
#include <sqlite3.h>

enum {
    RUNS_QUICK = 60,
    CALLS_MAX = 8000,
    TRIES_MAX = 60, /* a disk that is full for a while */
    PATIENCE = 3,
    RESTART_AT = 24,
    FILE_SIZE_MAX = 8 * 1024 * 1024,
};

struct trial {
    struct script script;
    struct arena memory;
    str base; /* the store's file, before the first command */
    uint64_t digest_wanted;
    struct call_plan plan;
    int64_t errors; /* that were answered in this run */
    int64_t errors_in_all;
    int64_t restarts; /* because nothing else helped */
    int64_t runs;
    int64_t struck[CALLS];
    enum call kinds[CALLS_MAX + 1]; /* of each call, when nothing fails */
};

static struct trial trial;
static int64_t runs_wanted;
static uint64_t seed;
static int64_t part;
static int64_t parts;

/* --- the file --------------------------------------------------------------------------------- */

static void remove_beside(const char *suffix)
{
    char path[240];
    snprintf(path, sizeof path, "%s%s", trial.script.office.path, suffix);
    unlink(path);
}

static void put_base_back(void)
{
    struct err err = {0};
    remove_beside("-wal");
    remove_beside("-shm");
    assert_true(system_write_file(trial.script.office.path, trial.base, 0600, &err).ok);
}

/* --- one run ---------------------------------------------------------------------------------- */

/* An error that a client can act on: it says what is the matter with the disk or the memory. */
static void check_error(const char *doing, const struct err *err)
{
    const bool typed = err->code == ERROR_STORAGE || err->code == ERROR_LIMIT;
    trial.errors++;
    if (!typed || err->what[0] == '\0') {
        print_error("%s, when call %lld (%s) fails with %s: %s: %s\n", doing,
                    (long long)trial.plan.strikes_at, call_name(trial.kinds[trial.plan.strikes_at]),
                    call_failure_name(trial.plan.failure), error_name(err->code), err->what);
    }
    assert_true(typed && err->what[0] != '\0');
}

static void start(void)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        struct err err = {0};
        if (office_start(&trial.script.office, &err).ok) {
            return;
        }
        check_error("opening", &err);
    }
    fail_msg("the store could not be opened again");
}

int __real_sqlite3_busy_timeout(sqlite3 *db, int milliseconds);
int __wrap_sqlite3_busy_timeout(sqlite3 *db, int milliseconds);

/* There is no other process to wait for. */
int __wrap_sqlite3_busy_timeout(sqlite3 *db, int milliseconds)
{
    return __real_sqlite3_busy_timeout(db, milliseconds > 20 ? 20 : milliseconds);
}

/* A lock that could not be given back is SQLite's until the process ends; the error says so. */
static bool must_be_restarted(const struct err *err, int tries)
{
    return tries == PATIENCE && strstr(err->hint, "start the program again") != NULL;
}

static void send(size_t index)
{
    struct err err = {0};
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        err = (struct err){0};
        if (script_send(&trial.script, index, &err).ok) {
            return;
        }
        check_error(script_name(index), &err);
        if (must_be_restarted(&err, tries)) {
            office_stop(&trial.script.office);
            start();
            trial.restarts++;
        }
    }
    fail_msg("after call %lld (%s) failed with %s command %zu (%s) is never done again: %s",
             (long long)trial.plan.strikes_at, call_name(trial.kinds[trial.plan.strikes_at]),
             call_failure_name(trial.plan.failure), index, script_name(index), err.what);
}

static void check_end(void)
{
    if (!script_check(&trial.script, script_length())) {
        fail_msg("when call %lld fails with %s: %s", (long long)trial.plan.strikes_at,
                 call_failure_name(trial.plan.failure), trial.script.failure);
    }
    const uint64_t digest = script_digest(&trial.script);
    trial.digest_wanted = trial.digest_wanted == 0 ? digest : trial.digest_wanted;
    assert_true(digest == trial.digest_wanted);
}

/* Ends with the process still serving, and again after it was started anew. Returns how many calls
 * there were. */
static int64_t run(int64_t strikes_at, enum call_failure failure)
{
    struct office *office = &trial.script.office;
    enum call struck;
    trial.plan =
        (struct call_plan){.folder = office->folder, .strikes_at = strikes_at, .failure = failure};
    trial.errors = 0;
    put_base_back();
    script_begin(&trial.script);
    calls_arm(&trial.plan);
    start();
    for (size_t i = 0; i < script_length(); i++) {
        if (i == RESTART_AT) {
            office_stop(office);
            start();
        }
        send(i);
    }
    const int64_t count = calls_disarm(&struck);
    check_end();
    office_stop(office);
    start();
    check_end();
    office_stop(office);
    trial.struck[struck]++;
    trial.errors_in_all += trial.errors;
    trial.runs++;
    return count;
}

/* --- tests ------------------------------------------------------------------------------------ */

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

static void run_all(int64_t calls)
{
    for (int64_t at = 1; at <= calls; at++) {
        for (int failure = 0; failure < CALL_FAILURES && at % parts == part; failure++) {
            if (call_may_fail(trial.kinds[at], (enum call_failure)failure)) {
                run(at, (enum call_failure)failure);
            }
        }
    }
}

/* One of this kind, in this way: the first from where the draw falls. */
static void run_one(struct random *random, enum call kind, enum call_failure failure, int64_t calls)
{
    const int64_t begin = random_between(random, 1, calls);
    for (int64_t i = 0; i < calls; i++) {
        const int64_t at = (begin + i) % calls + 1;
        if (trial.kinds[at] == kind) {
            run(at, failure);
            return;
        }
    }
}

/* Each kind of call in turn, however rare it is, and so every kind that there is: first with EIO,
 * then in a way that is drawn. */
static void run_some(int64_t calls)
{
    struct random random;
    random_seed(&random, seed);
    for (int64_t turn = 0; trial.runs <= runs_wanted; turn++) {
        const int64_t kinds = CALLS - CALL_OPEN;
        const enum call kind = (enum call)(CALL_OPEN + turn % kinds);
        const enum call_failure failure =
            turn < kinds ? FAILS_WITH_EIO : (enum call_failure)random_below(&random, CALL_FAILURES);
        if (call_may_fail(kind, failure)) {
            run_one(&random, kind, failure, calls);
        }
    }
}

static void learn_kinds(int64_t calls)
{
    assert_true(calls > 500 && calls <= CALLS_MAX);
    for (int64_t at = 1; at <= calls; at++) {
        trial.kinds[at] = calls_kind(at);
    }
}

static void test_every_call_fails_once(void **state)
{
    (void)state;
    const int64_t calls = run(0, FAILS_WITH_EIO);
    learn_kinds(calls);
    if (runs_wanted == 0) {
        run_all(calls);
    } else {
        run_some(calls);
    }
    for (int call = CALL_OPEN; call < CALLS; call++) {
        print_message("# %s failed in %lld runs\n", call_name((enum call)call),
                      (long long)trial.struck[call]);
    }
    print_message(
        "# %lld calls in the script, %lld runs, %lld errors answered, %lld restarts; seed "
        "%llu\n",
        (long long)calls, (long long)trial.runs, (long long)trial.errors_in_all,
        (long long)trial.restarts, (unsigned long long)seed);
    assert_true(trial.struck[CALL_WRITE] > 0);
    assert_true(trial.errors_in_all > 0);
}

/* --- making a store --------------------------------------------------------------------------- */

static result make(const char *path, struct err *err)
{
    struct store *store = NULL;
    const struct store_options options = {
        .path = path, .create = true, .system = &trial.script.office.system};
    TRY(store_open(&options, &store, err));
    store_close(store);
    return result_ok();
}

/* Whatever fails while it is made: made again it is made, without anybody having to tidy up. */
static int64_t make_twice(int64_t strikes_at, enum call_failure failure)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".key"};
    char path[240];
    enum call struck;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/new.db", trial.script.office.folder);
    trial.plan = (struct call_plan){
        .folder = trial.script.office.folder, .strikes_at = strikes_at, .failure = failure};
    calls_arm(&trial.plan);
    const result made = make(path, &err);
    const int64_t count = calls_disarm(&struck);
    if (!made.ok) {
        check_error("making a store", &err);
        err = (struct err){0};
        if (!make(path, &err).ok) {
            fail_msg("after call %lld (%s) failed with %s no store can be made: %s",
                     (long long)strikes_at, call_name(struck), call_failure_name(failure),
                     err.what);
        }
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char name[260];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
    trial.struck[struck]++;
    return count;
}

static void test_every_call_fails_once_in_making(void **state)
{
    (void)state;
    const int64_t calls = make_twice(0, FAILS_WITH_EIO);
    assert_true(calls > 20);
    for (int64_t at = 1; at <= calls; at++) {
        /* In the quick form each call in one way, and over many runs in all. */
        for (int failure = 0; failure < CALL_FAILURES; failure++) {
            if (runs_wanted == 0 || (at + failure + (int64_t)seed) % CALL_FAILURES == 0) {
                make_twice(at, (enum call_failure)failure);
            }
        }
    }
    print_message("# %lld calls in making a store\n", (long long)calls);
    /* Not every way of failing is one of a rename, so the quick form may pass it by. */
    assert_true(runs_wanted != 0 || trial.struck[CALL_RENAME] > 0);
}

int main(int count, char **arguments)
{
    runs_wanted = argument(arguments, count, 1, getenv("RETURNHUB_LONG") != NULL ? 0 : RUNS_QUICK);
    seed = (uint64_t)argument(arguments, count, 2, (int64_t)time(NULL));
    part = argument(arguments, count, 3, 0);
    parts = argument(arguments, count, 4, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_call_fails_once_in_making, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_call_fails_once, setup, teardown),
    };
    return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
