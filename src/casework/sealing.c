#include "casework/sealing_fault.h"

#include "store/kept.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

result sealing_another_store(int64_t position, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "Event %lld of the store is not the one that is in the log",
                          (long long)position),
                  "the hint follows");
    return err_hint(err, "The store was restored from an older copy, or changed. Nothing is signed "
                         "of it. `returnhub seal verify` names the first event that differs.");
}

/* --- a beat --- */

struct beat {
    struct log *log;
    const struct system *system;
    const struct sealing_settings *settings;
    int64_t last; /* position that the log ends with, 0 for none */
    bool last_seen;
    uint64_t events;
    struct looks_head looks;
    uint64_t looks_before; /* that the log commits to */
};

/* The log's last event is looked at again: after a restored backup there is another in its place,
 * or none. */
static result see_last(struct beat *beat, const struct sha256 *leaf, struct err *err)
{
    uint64_t entry = 0;
    bool found = false;
    struct sha256 commitment;
    TRY(log_find(beat->log, (uint64_t)beat->last, &entry, &found, err));
    TRY(found ? log_entry(beat->log, entry, &commitment, err)
              : sealing_another_store(beat->last, err));
    beat->last_seen = true;
    return sha256_equal(&commitment, leaf) ? result_ok() : sealing_another_store(beat->last, err);
}

static result append_leaf(void *context, int64_t position, const struct sha256 *leaf,
                          struct err *err)
{
    struct beat *beat = context;
    if (position == beat->last) {
        return see_last(beat, leaf, err);
    }
    if (beat->events == 0) {
        TRY(log_batch_begin(beat->log, (uint64_t)position, err));
    }
    beat->events++;
    return log_append(beat->log, leaf, true, err);
}

static result append_news(struct transaction *transaction, void *context, struct err *err)
{
    struct beat *beat = context;
    const int64_t from = beat->last == 0 ? 1 : beat->last;
    TRY(transaction_each_leaf(transaction, from, STORE_TO_THE_LAST, false, append_leaf, beat, err));
    TRY(beat->last == 0 || beat->last_seen ? result_ok() : sealing_another_store(beat->last, err));
    return transaction_looks_head(transaction, &beat->looks, err);
}

result sealing_another_look(uint64_t number, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "look %llu of the store is not the one that is in the log",
                          (unsigned long long)number),
                  "the hint follows");
    return err_hint(err, "Who looked at what was changed, or the store was restored from an older "
                         "copy. Nothing is signed of it.");
}

/* Whoever looked since. */
static result append_looks(struct beat *beat, struct err *err)
{
    const uint64_t number = (uint64_t)beat->looks.number;
    if (number <= beat->looks_before) {
        return number == beat->looks_before ? result_ok()
                                            : sealing_another_look(beat->looks_before, err);
    }
    TRY(beat->events > 0 ? result_ok() : log_batch_begin(beat->log, (uint64_t)beat->last + 1, err));
    return log_append_looks(beat->log, &beat->looks.commitment, number, err);
}

static result append_padding(struct beat *beat, struct err *err)
{
    const uint64_t padding = beat->settings->padding;
    const bool news = beat->events > 0 || log_last_look(beat->log) > beat->looks_before;
    uint64_t left = (padding - log_size(beat->log) % padding) % padding;
    if (!news && !beat->settings->constant) {
        return result_ok();
    }
    for (left = !news && left == 0 ? padding : left; left > 0; left--) {
        struct sha256 nothing;
        beat->system->entropy(beat->system->context, nothing.bytes, sizeof nothing.bytes);
        TRY(log_append(beat->log, &nothing, false, err));
    }
    return result_ok();
}

static result run_beat(struct beat *beat, struct store *store, struct err *err)
{
    beat->looks_before = log_last_look(beat->log);
    TRY(store_read(store, append_news, beat, err));
    TRY(append_looks(beat, err));
    TRY(append_padding(beat, err));
    TRY(store_settle(store, err)); /* nothing is signed that a failure of the power could undo */
    return log_publish(beat->log, err);
}

result sealing_beat(struct store *store, const struct system *system, struct log *log,
                    const struct sealing_settings *settings, uint64_t *ret_events, struct err *err)
{
    struct beat beat = {.log = log,
                        .system = system,
                        .settings = settings,
                        .last = (int64_t)log_last_position(log)};
    ASSERT(settings->padding > 0 && settings->padding <= SEALING_PADDING_MAX);
    const result done = run_beat(&beat, store, err);
    if (!done.ok) {
        result_ignore(log_give_up(log, NULL), "what went wrong first is told");
        return done;
    }
    *ret_events = beat.events;
    return result_ok();
}

/* --- the thread --- */

struct sealing_thread {
    struct arena memory; /* holds this struct */
    struct sealing_options options;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    struct sealing_state state; /* under the mutex too */
};

static void note_beat(struct sealing_thread *thread, instant begun, const struct err *failure)
{
    struct sealing_state *state = &thread->state;
    pthread_mutex_lock(&thread->mutex);
    if (failure == NULL) {
        state->sealed_until = begun;
    } else {
        state->failing_since = state->failing ? state->failing_since : begun;
        snprintf(state->why, sizeof state->why, "%.*s", (int)sizeof state->why - 1, failure->what);
    }
    state->failing = failure != NULL;
    pthread_mutex_unlock(&thread->mutex);
}

static void beat_and_tell(struct sealing_thread *thread, bool *failing)
{
    const struct sealing_options *options = &thread->options;
    struct err err = {0};
    uint64_t events = 0;
    const instant begun = system_now(options->system);
    const bool beaten = sealing_beat(options->store, options->system, options->log,
                                     &options->settings, &events, &err)
                            .ok;
    if (!beaten && !*failing) {
        options->failed(options->context, &err);
    }
    note_beat(thread, begun, beaten ? NULL : &err);
    *failing = !beaten;
}

void sealing_look(struct sealing_thread *thread, struct sealing_state *ret_state)
{
    pthread_mutex_lock(&thread->mutex);
    *ret_state = thread->state;
    pthread_mutex_unlock(&thread->mutex);
}

static struct timespec after(const struct timespec *from, int64_t milliseconds)
{
    struct timespec then = *from;
    then.tv_sec += milliseconds / 1000;
    then.tv_nsec += milliseconds % 1000 * 1000000;
    if (then.tv_nsec >= 1000000000) {
        then.tv_sec++;
        then.tv_nsec -= 1000000000;
    }
    return then;
}

static void *beat_until_stopped(void *context)
{
    struct sealing_thread *thread = context;
    bool failing = false;
    pthread_mutex_lock(&thread->mutex);
    while (!thread->stopping) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        const struct timespec next = after(&now, thread->options.beat_ms);
        int waited = 0;
        while (!thread->stopping && waited != ETIMEDOUT) {
            waited = pthread_cond_timedwait(&thread->wake, &thread->mutex, &next);
        }
        pthread_mutex_unlock(&thread->mutex);
        beat_and_tell(thread, &failing);
        pthread_mutex_lock(&thread->mutex);
    }
    pthread_mutex_unlock(&thread->mutex);
    return NULL;
}

static void give_back(struct sealing_thread *thread)
{
    pthread_cond_destroy(&thread->wake);
    pthread_mutex_destroy(&thread->mutex);
    struct arena memory = thread->memory;
    arena_close(&memory);
}

result sealing_start(const struct sealing_options *options, struct sealing_thread **ret_thread,
                     struct err *err)
{
    struct arena memory;
    pthread_condattr_t monotonic;
    ASSERT(options->beat_ms > 0);
    TRY(arena_open(&memory, sizeof(struct sealing_thread) + 64, err));
    struct sealing_thread *thread = ARENA_NEW(&memory, struct sealing_thread, 1);
    ASSERT(thread != NULL);
    thread->memory = memory;
    thread->options = *options;
    thread->state = (struct sealing_state){.beat_ms = options->beat_ms,
                                           .started_at = system_now(options->system)};
    ASSERT(pthread_condattr_init(&monotonic) == 0);
    ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    ASSERT(pthread_mutex_init(&thread->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&thread->wake, &monotonic) == 0);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&thread->thread, NULL, beat_until_stopped, thread) != 0) {
        give_back(thread);
        return err_set(err, ERROR_LIMIT, "The system has no thread to give");
    }
    *ret_thread = thread;
    return result_ok();
}

void sealing_stop(struct sealing_thread *thread)
{
    if (thread == NULL) {
        return;
    }
    pthread_mutex_lock(&thread->mutex);
    thread->stopping = true;
    pthread_cond_signal(&thread->wake);
    pthread_mutex_unlock(&thread->mutex);
    pthread_join(thread->thread, NULL);
    give_back(thread);
}

/* --- receipts --- */

result sealing_receipt(const struct log *log, int64_t position, struct arena *arena,
                       str *ret_receipt, struct err *err)
{
    uint64_t entry = 0;
    bool found = false;
    TRY(position > 0 ? log_find(log, (uint64_t)position, &entry, &found, err) : result_ok());
    if (!found) {
        result_ignore(
            err_set(err, ERROR_NOT_FOUND, "Event %lld is not in the log", (long long)position),
            "the hint follows");
        return err_hint(err, "What was recorded comes into the log with the next beat.");
    }
    return log_prove_entry(log, entry, arena, ret_receipt, err);
}

static result find_leaf(struct transaction *transaction, void *context, struct err *err)
{
    struct sha256 leaf;
    return transaction_leaf(transaction, *(const int64_t *)context, &leaf, err);
}

result sealing_receipt_of(struct store *store, const struct log *log, int64_t position,
                          struct arena *arena, str *ret_receipt, struct err *err)
{
    struct err cause = {0};
    const result proved = sealing_receipt(log, position, arena, ret_receipt, &cause);
    if (proved.ok) {
        return proved;
    }
    if (cause.code != ERROR_NOT_FOUND) {
        return err_set(err, cause.code, "%s", cause.what);
    }
    TRY(store_read(store, find_leaf, &position, err));
    result_ignore(
        err_set(err, ERROR_CONFLICT, "Event %lld is not in the log yet", (long long)position),
        "the hint follows");
    return err_hint(err,
                    "What was recorded comes into the log with the next beat: ask again then.");
}
