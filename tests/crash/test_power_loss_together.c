/* Aim: nothing acknowledged is lost when several write at once, where the writer runs the next
 * works while a commit is synced and another thread moves the log into the file.
 *
 * Eight threads record on a disk in memory (disk.h); each notes how many changes the disk had seen
 * when it was told "done". The log is moved every 96 KiB. Then moments of the run are the moment of
 * a power failure: everything that was acknowledged by then must be in the store that is found,
 * with rows that are those of the events. The control is the same without the syncs that are apart.
 *
 * And a sync is refused: whoever waits for it is told that nobody knows, nothing is written after
 * that, and when the power fails then, what was acknowledged is there all the same.
 *
 *     test_power_loss_together [STATES [SEED]] */
#include "argument.h"
#include "disk.h"

#include "../casework/office.h"

#include <pthread.h>
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
    CLIENTS = 8,
    COMMANDS = 50, /* of each */
    LOG_BYTES = 96 * 1024,
    STATES_QUICK = 80,
    STATES_LONG = 5000, /* under script/check-long */
    SYNCS_REFUSED = 12,
    LATER_MILLISECONDS = 3600 * 1000, /* than what the office recorded */
};

/* --- the control ------------------------------------------------------------------------------ */

struct log_file;
int __real_sqlite_log_sync(const struct log_file *log);
int __wrap_sqlite_log_sync(const struct log_file *log);

static bool leaves_out_syncs;
static int syncs_apart;         /* counted by the one thread that syncs ... */
static bool sync_apart_refused; /* ... and looked at when it has ended or waits for work */

/* While it is shut, no sync that is apart begins. */
static struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool shut;
    size_t waiting;
} gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int __wrap_sqlite_log_sync(const struct log_file *log)
{
    pthread_mutex_lock(&gate.mutex);
    gate.waiting++;
    pthread_cond_broadcast(&gate.changed);
    while (gate.shut) {
        pthread_cond_wait(&gate.changed, &gate.mutex);
    }
    gate.waiting--;
    pthread_mutex_unlock(&gate.mutex);
    syncs_apart++;
    const int code = leaves_out_syncs ? SQLITE_OK : __real_sqlite_log_sync(log);
    sync_apart_refused = sync_apart_refused || code != SQLITE_OK;
    return code;
}

static void gate_set(bool shut)
{
    pthread_mutex_lock(&gate.mutex);
    gate.shut = shut;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.mutex);
}

static void gate_await(void)
{
    pthread_mutex_lock(&gate.mutex);
    while (gate.waiting == 0) {
        pthread_cond_wait(&gate.changed, &gate.mutex);
    }
    pthread_mutex_unlock(&gate.mutex);
}

/* --- the run ---------------------------------------------------------------------------------- */

struct told {
    struct client_id client_id;
    int64_t position;
    size_t moment; /* so many changes the disk had seen */
};

static struct trial {
    struct office office;
    struct disk disk;
    struct disk base;
    struct disk replayed;
    struct disk found;
    struct somebody people[CLIENTS];
    pthread_mutex_t mutex; /* over what follows */
    struct told told[CLIENTS * COMMANDS];
    size_t told_count;
    size_t refused;     /* with ERROR_STORAGE */
    char surprise[500]; /* another refusal */
    struct random random;
    size_t states;
    size_t lost;
    char first[700];
} trial = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static size_t states_wanted;
static uint64_t seed;

struct recording {
    size_t client;
    struct event event;
};

static result append(struct transaction *transaction, void *context, struct err *err)
{
    struct recording *recording = context;
    return transaction_append(transaction, &recording->event, err);
}

static struct recording recording_of(size_t client, size_t number)
{
    struct recording recording = {.client = client};
    struct event *event = &recording.event;
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = trial.people[client].id;
    event->kind = EVENT_FACT_RECORDED;
    event->actor = 1;
    event->recorded_at = system_now(&trial.office.system);
    event->recorded_at.milliseconds += LATER_MILLISECONDS;
    event->effective_on = office_today(&trial.office);
    event->client_id.bytes[0] = 0xA7;
    event->client_id.bytes[1] = (uint8_t)client;
    event->client_id.bytes[15] = (uint8_t)number;
    event->body.fact_recorded.fact = STR("order.injunction");
    event->body.fact_recorded.value = number % 2 == 0 ? STR("in_force") : STR("none");
    event->body.fact_recorded.source = STR("a court");
    return recording;
}

/* What is refused is refused by the disk, and says what to do. */
static void note_answer(const struct recording *recording, bool done, const struct err *err)
{
    const size_t moment = disk_log_count(&trial.disk);
    pthread_mutex_lock(&trial.mutex);
    if (done) {
        trial.told[trial.told_count++] = (struct told){.client_id = recording->event.client_id,
                                                       .position = recording->event.position,
                                                       .moment = moment};
    } else {
        trial.refused++;
        if (err->code != ERROR_STORAGE || err->hint[0] == '\0') {
            snprintf(trial.surprise, sizeof trial.surprise, "%s", err->what);
        }
    }
    pthread_mutex_unlock(&trial.mutex);
}

static void *run_client(void *context)
{
    const size_t client = *(const size_t *)context;
    for (size_t i = 0; i < COMMANDS; i++) {
        struct recording recording = recording_of(client, i);
        struct err err = {0};
        const bool done = store_write(trial.office.store, append, &recording, &err).ok;
        note_answer(&recording, done, &err);
    }
    return NULL;
}

static void open_store(void)
{
    const struct store_options options = {.path = trial.office.path,
                                          .system = &trial.office.system,
                                          .log_limit = LOG_BYTES,
                                          .many_callers = 2};
    struct err err = {0};
    assert_true(store_open(&options, &trial.office.store, &err).ok);
    trial.office.casework.store = trial.office.store;
}

static void run_clients(void)
{
    pthread_t threads[CLIENTS];
    size_t numbers[CLIENTS];
    trial.told_count = 0;
    trial.refused = 0;
    trial.surprise[0] = '\0';
    for (size_t i = 0; i < CLIENTS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, run_client, &numbers[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_string_equal(trial.surprise, "");
}

/* --- what is found ---------------------------------------------------------------------------- */

static result find_told(struct transaction *transaction, void *context, struct err *err)
{
    const size_t *moment = context;
    for (size_t i = 0; i < trial.told_count; i++) {
        const struct told *told = &trial.told[i];
        int64_t position = 0;
        if (told->moment > *moment) {
            continue;
        }
        TRY(transaction_find_client_id(transaction, &told->client_id, &position, err));
        if (position != told->position) {
            return err_set(err, ERROR_NOT_FOUND,
                           "event %lld was acknowledged and is not in the store",
                           (long long)told->position);
        }
    }
    return result_ok();
}

static void look_at_found(size_t moment)
{
    struct rebuild_outcome rebuilt = {.differences = -1};
    struct err err = {0};
    disk_mount(&trial.found);
    bool holds = office_start(&trial.office, &err).ok;
    if (holds) {
        holds = store_read(trial.office.store, find_told, &moment, &err).ok &&
                store_rebuild(trial.office.store, false, NULL, NULL, &rebuilt, &err).ok &&
                rebuilt.differences == 0;
        office_stop(&trial.office);
    }
    if (!holds && trial.lost++ == 0) {
        snprintf(trial.first, sizeof trial.first, "at change %zu: %s (%lld differences)", moment,
                 err.what, (long long)rebuilt.differences);
    }
}

static void fail_power(size_t moment)
{
    const enum disk_loss loss = (enum disk_loss)random_below(&trial.random, DISK_LOSSES);
    disk_lose_power(&trial.found, &trial.replayed, loss, &trial.random);
    look_at_found(moment);
    trial.states++;
}

/* Moments drawn from all of the run; those just after something was acknowledged have most to lose.
 */
static void fail_at_moments(size_t states)
{
    const size_t moments = trial.disk.log.count;
    const size_t passes = states / moments + 1;
    for (size_t pass = 0; pass < passes; pass++) {
        disk_copy(&trial.replayed, &trial.base);
        for (size_t moment = 0; moment < moments; moment++) {
            disk_apply(&trial.replayed, &trial.disk.log.items[moment]);
            if (random_below(&trial.random, moments * passes) < states) {
                fail_power(moment + 1);
            }
        }
    }
}

/* --- tests ------------------------------------------------------------------------------------ */

static int setup(void **state)
{
    (void)state;
    random_seed(&trial.random, seed);
    disk_init(&trial.disk);
    disk_init(&trial.base);
    disk_init(&trial.replayed);
    disk_init(&trial.found);
    disk_mount(&trial.disk);
    office_open(&trial.office);
    for (size_t i = 0; i < CLIENTS; i++) {
        trial.people[i] = office_register(&trial.office, "Person Sample");
    }
    office_stop(&trial.office);
    disk_copy(&trial.base, &trial.disk);
    trial.states = 0;
    trial.lost = 0;
    trial.first[0] = '\0';
    syncs_apart = 0;
    leaves_out_syncs = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    struct err err = {0};
    disk_copy(&trial.found, &trial.base);
    disk_mount(&trial.found);
    assert_true(office_start(&trial.office, &err).ok);
    office_close(&trial.office);
    disk_done(&trial.disk);
    disk_done(&trial.base);
    disk_done(&trial.replayed);
    disk_done(&trial.found);
    return 0;
}

/* Syncs of the store's file: each time the log was moved into it. */
static size_t count_moves(void)
{
    size_t count = 0;
    for (size_t i = 0; i < trial.disk.log.count; i++) {
        const struct disk_change *change = &trial.disk.log.items[i];
        count += change->kind == DISK_SYNC &&
                         strcmp(trial.disk.files[change->file].path, trial.office.path) == 0
                     ? 1
                     : 0;
    }
    return count;
}

static void run_and_fail(size_t states, size_t moves_least)
{
    trial.disk.keeps_log = true;
    open_store();
    run_clients();
    const size_t moments = trial.disk.log.count;
    const size_t moves = count_moves();
    office_stop(&trial.office);
    print_message("# %zu changes to the disk, %zu acknowledged, %d syncs apart, the log moved %zu "
                  "times; seed %llu\n",
                  moments, trial.told_count, syncs_apart, moves, (unsigned long long)seed);
    assert_int_equal(trial.told_count, CLIENTS * COMMANDS);
    assert_true(syncs_apart > 0);
    assert_true(moves >= moves_least);
    fail_at_moments(states);
    print_message("# looked at %zu states, %zu lost\n", trial.states, trial.lost);
    if (trial.lost > 0) {
        print_message("# the first: %s\n", trial.first);
    }
}

static void nothing_acknowledged_is_lost(void **state)
{
    (void)state;
    run_and_fail(states_wanted, 2);
    assert_int_equal(trial.lost, 0);
}

static void syncs_left_out_are_noticed(void **state)
{
    (void)state;
    leaves_out_syncs = true;
    run_and_fail(STATES_QUICK, 0); /* without syncs it may be over before the log has moved */
    assert_true(trial.lost > 0);
    assert_non_null(strstr(trial.first, "was acknowledged and is not in the store"));
}

static result do_nothing(struct transaction *transaction, void *context, struct err *err)
{
    (void)transaction;
    (void)context;
    (void)err;
    return result_ok();
}

/* No work is done any more, however large, and what is in the log stays there. */
static void expect_standstill(void)
{
    struct err err = {0};
    const size_t moves = count_moves();
    assert_false(store_bulk(trial.office.store, do_nothing, NULL, &err).ok);
    assert_int_equal(err.code, ERROR_STORAGE);
    assert_false(store_write(trial.office.store, do_nothing, NULL, &err).ok);
    office_stop(&trial.office);
    assert_int_equal(count_moves(), moves);
}

/* The n-th sync of all that the run makes, be it of the log or of the file. One that the writer
 * makes by itself is of a commit that is undone then; after one that is apart nothing goes on. */
static void refuse_sync(int64_t n)
{
    disk_copy(&trial.disk, &trial.base);
    disk_mount(&trial.disk);
    trial.disk.keeps_log = true;
    open_store();
    trial.disk.fault = DISK_FAULT_SYNC;
    trial.disk.fault_in = n;
    sync_apart_refused = false;
    run_clients();
    assert_int_equal(trial.disk.fault_in, 0);
    if (sync_apart_refused) {
        expect_standstill();
    } else {
        office_stop(&trial.office);
    }
    const enum disk_loss loss = (enum disk_loss)random_below(&trial.random, DISK_LOSSES);
    disk_lose_power(&trial.found, &trial.disk, loss, &trial.random);
    look_at_found(SIZE_MAX);
}

static void a_sync_that_is_refused_ends_writing(void **state)
{
    (void)state;
    size_t refused = 0;
    size_t apart = 0;
    for (int64_t n = 1; n <= SYNCS_REFUSED; n++) {
        refuse_sync(n);
        refused += trial.refused > 0 ? 1 : 0;
        apart += sync_apart_refused ? 1 : 0;
        if (trial.lost > 0) {
            fail_msg("sync %lld: %s", (long long)n, trial.first);
        }
    }
    print_message("# %zu of %d times somebody was refused, %zu times of a sync that was apart\n",
                  refused, SYNCS_REFUSED, apart);
    assert_true(apart > 0);
}

/* --- what is seen before it is durable -------------------------------------------------------- */

static result count_events(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_event_count(transaction, context, err);
}

static int64_t events_seen(void)
{
    struct err err = {0};
    int64_t count = 0;
    assert_true(store_read(trial.office.store, count_events, &count, &err).ok);
    return count;
}

static void *run_all(void *context)
{
    (void)context;
    run_clients();
    return NULL;
}

static void *settle(void *context)
{
    bool *settled = context;
    struct err err = {0};
    const bool done = store_settle(trial.office.store, &err).ok;
    pthread_mutex_lock(&trial.mutex);
    *settled = done;
    pthread_mutex_unlock(&trial.mutex);
    return NULL;
}

static bool is_settled(const bool *settled)
{
    pthread_mutex_lock(&trial.mutex);
    const bool is = *settled;
    pthread_mutex_unlock(&trial.mutex);
    return is;
}

/* A commit whose sync waits may be read. Whoever asks for what was read to be durable waits with
 * it, and so do those who wrote. */
static void settling_waits_for_the_sync(void **state)
{
    (void)state;
    pthread_t clients;
    pthread_t settling;
    bool settled = false;
    open_store();
    const int64_t before = events_seen();
    gate_set(true);
    assert_int_equal(pthread_create(&clients, NULL, run_all, NULL), 0);
    gate_await();
    assert_true(events_seen() > before);
    assert_int_equal(pthread_create(&settling, NULL, settle, &settled), 0);
    const struct timespec moment = {.tv_nsec = 100 * 1000 * 1000};
    nanosleep(&moment, NULL);
    assert_false(is_settled(&settled));
    pthread_mutex_lock(&trial.mutex);
    const int64_t told = (int64_t)trial.told_count;
    pthread_mutex_unlock(&trial.mutex);
    assert_true(before + told < events_seen());
    gate_set(false);
    pthread_join(settling, NULL);
    assert_true(is_settled(&settled));
    pthread_join(clients, NULL);
    assert_int_equal(trial.told_count, CLIENTS * COMMANDS);
    office_stop(&trial.office);
}

int main(int count, char **arguments)
{
    const int64_t usual = getenv("RETURNHUB_LONG") != NULL ? STATES_LONG : STATES_QUICK;
    states_wanted = (size_t)argument(arguments, count, 1, usual);
    seed = (uint64_t)argument(arguments, count, 2, (int64_t)time(NULL));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_acknowledged_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(syncs_left_out_are_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sync_that_is_refused_ends_writing, setup, teardown),
        cmocka_unit_test_setup_teardown(settling_waits_for_the_sync, setup, teardown),
    };
    return cmocka_run_group_tests_name("power_loss_together", tests, NULL, NULL);
}
