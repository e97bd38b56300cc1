/* Aim: nothing acknowledged is lost when the power fails, whenever it does and whatever of the
 * writes that were not synced had reached the disk.
 *
 * The script runs once on a disk in memory (disk.h), with a checkpoint by somebody else and a
 * restart in the middle, and every write, truncation, removal and sync is kept. Then every moment
 * of the run is the moment of the failure, many times: the disk as it would be found is opened by
 * the real store, and must hold every command that was acknowledged until then, each command whole
 * or not at all, with rows that are those of the events.
 *
 * The control is the same with SQLite told to sync less (synchronous=NORMAL in place of FULL): it
 * must be seen to lose what was acknowledged.
 *
 *     test_power_loss [STATES [SEED]] */
#include "argument.h"
#include "disk.h"
#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sqlite3.h>

enum {
    STATES_QUICK = 120,
    STATES_CONTROL = 100000, /* at the most; it ends with the first that is lost */
    STATES_LONG = 100000,    /* under script/check-long */
    MOMENTS_MAX = SCRIPT_COMMANDS_MAX,
    SEEN_CAPACITY = 1 << 20,
    ROUNDS_MAX = 2000,
};

/* --- the control ------------------------------------------------------------------------------ */

static bool syncs_less;
static int times_changed;

int __real_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*callback)(void *, int, char **, char **), void *context,
                        char **ret_message);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*callback)(void *, int, char **, char **), void *context,
                        char **ret_message);

/* What the store says to SQLite, but for one word. */
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*callback)(void *, int, char **, char **), void *context,
                        char **ret_message)
{
    static const char full[] = "synchronous = FULL";
    static const char normal[] = "synchronous = NORMAL";
    const char *at = strstr(sql, full);
    if (!syncs_less || at == NULL) {
        return __real_sqlite3_exec(db, sql, callback, context, ret_message);
    }
    char changed[4096];
    const int len = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - sql), sql, normal,
                             at + sizeof full - 1);
    assert_true(len > 0 && (size_t)len < sizeof changed);
    times_changed++;
    return __real_sqlite3_exec(db, changed, callback, context, ret_message);
}

/* --- the run ---------------------------------------------------------------------------------- */

struct trial {
    struct script script;
    struct disk disk;     /* that the script runs on */
    struct disk base;     /* before its first command */
    struct disk replayed; /* as it is at the moment of the failure */
    struct disk found;    /* after it */
    size_t
        acknowledged_at[MOMENTS_MAX]; /* how long the log was when the command was acknowledged */
    int64_t ends[MOMENTS_MAX + 1];    /* the position of the last event after each command */
    struct random random;
    uint64_t *seen; /* a table of the states that were looked at */
    size_t states;
    bool ends_when_lost;
    size_t lost;
    char first[700];
};

static struct trial trial;
static size_t states_wanted;
static uint64_t seed;

/* Somebody else has the file open: a backup, a reader from outside. */
static void checkpoint_from_outside(const char *mode)
{
    char sql[64];
    sqlite3 *db = NULL;
    snprintf(sql, sizeof sql, "PRAGMA wal_checkpoint(%s)", mode);
    assert_int_equal(sqlite3_open(trial.script.office.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void between_commands(size_t index)
{
    struct err err = {0};
    switch (index) {
    case 9:
        checkpoint_from_outside("PASSIVE");
        break;
    case 17:
        checkpoint_from_outside("RESTART");
        break;
    case 24:
        office_stop(&trial.script.office);
        assert_true(office_start(&trial.script.office, &err).ok);
        break;
    case 33:
        checkpoint_from_outside("TRUNCATE");
        break;
    default:
        break;
    }
}

static void run_script(void)
{
    struct script *script = &trial.script;
    struct err err = {0};
    script_begin(script);
    trial.ends[0] = office_events(&script->office);
    for (size_t i = 0; i < script_length(); i++) {
        between_commands(i);
        const result sent = script_send(script, i, &err);
        if (!sent.ok) {
            print_error("%s: %s\n", script_name(i), err.what);
        }
        assert_true(sent.ok);
        trial.acknowledged_at[i] = trial.disk.log.count;
        trial.ends[i + 1] = office_events(&script->office);
    }
}

/* --- the states ------------------------------------------------------------------------------- */

static bool is_new_state(uint64_t digest)
{
    const uint64_t number = digest == 0 ? 1 : digest;
    size_t slot = number % SEEN_CAPACITY;
    while (trial.seen[slot] != 0) {
        if (trial.seen[slot] == number) {
            return false;
        }
        slot = (slot + 1) % SEEN_CAPACITY;
    }
    trial.seen[slot] = number;
    return true;
}

static size_t acknowledged_by(size_t moment)
{
    size_t count = 0;
    while (count < script_length() && trial.acknowledged_at[count] <= moment) {
        count++;
    }
    return count;
}

static bool is_an_end(int64_t position)
{
    for (size_t i = 0; i <= script_length(); i++) {
        if (trial.ends[i] == position) {
            return true;
        }
    }
    return false;
}

static void note_loss(size_t moment, enum disk_loss loss, const char *what)
{
    if (trial.lost++ == 0) {
        snprintf(trial.first, sizeof trial.first, "at change %zu, loss %d: %s", moment, (int)loss,
                 what);
    }
}

/* Opens what is found and holds it against the ledger. */
static void look_at_found(size_t moment, enum disk_loss loss, size_t acknowledged)
{
    struct script *script = &trial.script;
    struct err err = {0};
    disk_mount(&trial.found);
    if (!office_start(&script->office, &err).ok) {
        note_loss(moment, loss, err.what);
        return;
    }
    if (!script_check(script, acknowledged)) {
        note_loss(moment, loss, script->failure);
    } else if (!is_an_end(office_events(&script->office))) {
        note_loss(moment, loss, "half a command is in the store");
    }
    office_stop(&script->office);
}

static void fail_power(size_t moment, enum disk_loss loss)
{
    const size_t acknowledged = acknowledged_by(moment);
    disk_lose_power(&trial.found, &trial.replayed, loss, &trial.random);
    const uint64_t digest = disk_digest(&trial.found);
    if (is_new_state((digest ^ acknowledged) * 0x9E3779B97F4A7C15U)) {
        trial.states++;
        look_at_found(moment, loss, acknowledged);
    }
}

static bool is_enough(size_t wanted)
{
    return trial.states >= wanted || (trial.ends_when_lost && trial.lost > 0);
}

/* One pass over the run; at every `step`-th moment, with each kind of loss in turn. */
static void fail_at_moments(size_t wanted, size_t first, size_t step)
{
    const size_t moments = trial.disk.log.count;
    disk_copy(&trial.replayed, &trial.base);
    for (size_t moment = 0; moment <= moments && !is_enough(wanted); moment++) {
        if (moment % step == first) {
            fail_power(moment, (enum disk_loss)((moment / step + first) % DISK_LOSSES));
        }
        if (moment < moments) {
            disk_apply(&trial.replayed, &trial.disk.log.items[moment]);
        }
    }
}

/* Every moment once with each kind of loss, and then as often as it takes: where something was
 * acknowledged since the last sync there is most to lose. When fewer are wanted than there are
 * moments, those are spread over all of the run. */
static void fail_at_every_moment(size_t wanted)
{
    const size_t moments = trial.disk.log.count;
    const size_t step = wanted < moments ? moments / wanted : 1;
    for (size_t pass = 0; pass < DISK_LOSSES * step && !is_enough(wanted); pass++) {
        if (step > 1) {
            fail_at_moments(wanted, (size_t)random_below(&trial.random, step), step);
            continue;
        }
        disk_copy(&trial.replayed, &trial.base);
        for (size_t moment = 0; moment <= moments && !is_enough(wanted); moment++) {
            fail_power(moment, (enum disk_loss)((moment + pass) % DISK_LOSSES));
            if (moment < moments) {
                disk_apply(&trial.replayed, &trial.disk.log.items[moment]);
            }
        }
    }
    for (size_t round = 0; !is_enough(wanted) && round < ROUNDS_MAX; round++) {
        disk_copy(&trial.replayed, &trial.base);
        for (size_t moment = 0; moment < moments && !is_enough(wanted); moment++) {
            disk_apply(&trial.replayed, &trial.disk.log.items[moment]);
            fail_power(moment + 1,
                       (enum disk_loss)(DISK_LOSES_SOME + random_below(&trial.random, 4)));
        }
    }
}

/* --- tests ------------------------------------------------------------------------------------ */

static int setup(void **state)
{
    (void)state;
    static uint64_t seen[SEEN_CAPACITY];
    memset(seen, 0, sizeof seen);
    memset(&trial, 0, sizeof trial);
    trial.seen = seen;
    random_seed(&trial.random, seed);
    disk_init(&trial.disk);
    disk_init(&trial.base);
    disk_init(&trial.replayed);
    disk_init(&trial.found);
    disk_mount(&trial.disk);
    office_open(&trial.script.office);
    disk_copy(&trial.base, &trial.disk);
    return 0;
}

/* The office is opened on one disk and looked at on another. */
static void run_and_fail(size_t wanted)
{
    office_stop(&trial.script.office);
    disk_copy(&trial.base, &trial.disk);
    trial.disk.keeps_log = true;
    struct err err = {0};
    assert_true(office_start(&trial.script.office, &err).ok);
    run_script();
    office_stop(&trial.script.office);
    fail_at_every_moment(wanted);
    print_message("# %zu changes to the disk, %zu commands, %zu different states, %zu lost; seed "
                  "%llu\n",
                  trial.disk.log.count, script_length(), trial.states, trial.lost,
                  (unsigned long long)seed);
    if (trial.lost > 0) {
        print_message("# the first: %s\n", trial.first);
    }
}

static int teardown(void **state)
{
    (void)state;
    disk_mount(&trial.disk);
    office_close(&trial.script.office);
    disk_done(&trial.disk);
    disk_done(&trial.base);
    disk_done(&trial.replayed);
    disk_done(&trial.found);
    syncs_less = false;
    return 0;
}

static void test_nothing_acknowledged_is_lost(void **state)
{
    (void)state;
    run_and_fail(states_wanted);
    assert_true(trial.states >= states_wanted);
    assert_string_equal(trial.first, "");
    assert_int_equal(trial.lost, 0);
}

/* The control: what this test would not notice it could not promise. */
static void test_less_syncing_is_noticed(void **state)
{
    (void)state;
    times_changed = 0;
    syncs_less = true;
    trial.ends_when_lost = true;
    run_and_fail(STATES_CONTROL);
    assert_true(times_changed > 0);
    assert_true(trial.lost > 0);
    assert_non_null(strstr(trial.first, "was acknowledged and is not in the store"));
}

int main(int count, char **arguments)
{
    const int64_t usual = getenv("RETURNHUB_LONG") != NULL ? STATES_LONG : STATES_QUICK;
    states_wanted = (size_t)argument(arguments, count, 1, usual);
    seed = (uint64_t)argument(arguments, count, 2, (int64_t)time(NULL));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_acknowledged_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_less_syncing_is_noticed, setup, teardown),
    };
    return cmocka_run_group_tests_name("power_loss", tests, NULL, NULL);
}
