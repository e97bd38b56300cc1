#include "casework/pairing.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum {
    PAIRING_BYTES = 512 * 1024 * 1024, /* of what is kept, and of what it is made from; lazily
                                          taken */
    WAIT_MS_MAX = 60 * 60 * 1000,
};

/* --- all of it -------------------------------------------------------------------------------- */

static result take_memory(struct pairing *pairing, struct err *err)
{
    pairing->pairs = NULL;
    if (pairing->memory.begin == NULL) {
        TRY(arena_open(&pairing->memory, PAIRING_BYTES, err));
    }
    arena_reset(&pairing->memory);
    pairing->seekers = ARENA_NEW_UNSET(&pairing->memory, struct seeker, SEEKERS_MAX);
    return pairing->seekers == NULL ? arena_full(err) : result_ok();
}

result pairing_make(struct pairing *pairing, struct transaction *const *transactions,
                    size_t transaction_count, int this_year, struct roll_watch *watch,
                    struct err *err)
{
    struct roll_answer answer;
    int64_t position = 0;
    TRY(take_memory(pairing, err));
    struct pair *kept = ARENA_NEW_UNSET(&pairing->memory, struct pair, PAIRS_MAX);
    struct arena scratch = pairing->memory;
    TRY(kept == NULL ? arena_full(err) : result_ok());
    TRY(transaction_event_count(transactions[0], &position, err));
    TRY(roll_call(transactions, transaction_count, this_year, watch, &scratch, &answer, err));
    pairing->count = answer.pair_count < PAIRS_MAX ? answer.pair_count : PAIRS_MAX;
    pairing->seeker_count = answer.seeker_count < SEEKERS_MAX ? answer.seeker_count : SEEKERS_MAX;
    memcpy(kept, answer.pairs, pairing->count * sizeof kept[0]);
    memcpy(pairing->seekers, answer.seekers, pairing->seeker_count * sizeof pairing->seekers[0]);
    pairing->pairs = kept;
    pairing->through = position;
    return result_ok();
}

void pairing_close(struct pairing *pairing)
{
    arena_close(&pairing->memory);
    *pairing = (struct pairing){.pairs = NULL};
}

/* --- behind ----------------------------------------------------------------------------------- */

enum behind_state {
    BEHIND_IDLE,
    BEHIND_RUNS,
    BEHIND_ENDED, /* well, and nobody has taken it */
    BEHIND_FAILED,
};

struct pairing_behind {
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t ended;
    enum behind_state state;
    bool has_thread; /* that nobody has waited for */
    pthread_t thread;
    struct err fault; /* of BEHIND_FAILED */

    struct roll_watch watch;
    /* The thread's alone while it runs. */
    struct store *store;
    int this_year;
    struct pairing made;
};

result pairing_behind_open(struct arena *arena, struct pairing_behind **ret_behind, struct err *err)
{
    pthread_condattr_t monotonic;
    struct pairing_behind *behind = ARENA_NEW(arena, struct pairing_behind, 1);
    if (behind == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_condattr_init(&monotonic) == 0);
    ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    ASSERT(pthread_mutex_init(&behind->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&behind->ended, &monotonic) == 0);
    pthread_condattr_destroy(&monotonic);
    *ret_behind = behind;
    return result_ok();
}

void pairing_behind_close(struct pairing_behind *behind)
{
    if (behind == NULL) {
        return;
    }
    atomic_store(&behind->watch.gives_up, true);
    if (behind->has_thread) {
        pthread_join(behind->thread, NULL);
    }
    pairing_close(&behind->made);
    pthread_cond_destroy(&behind->ended);
    pthread_mutex_destroy(&behind->mutex);
}

static result make_behind(struct transaction *const *transactions, size_t count, void *context,
                          struct err *err)
{
    struct pairing_behind *behind = context;
    return pairing_make(&behind->made, transactions, count, behind->this_year, &behind->watch, err);
}

static void *run_behind(void *context)
{
    struct pairing_behind *behind = context;
    struct err fault = {0};
    const result made =
        store_read_together(behind->store, ROLL_THREADS, make_behind, behind, &fault);
    if (!made.ok) {
        pairing_close(&behind->made);
    }
    pthread_mutex_lock(&behind->mutex);
    behind->state = made.ok ? BEHIND_ENDED : BEHIND_FAILED;
    behind->fault = fault;
    pthread_cond_broadcast(&behind->ended);
    pthread_mutex_unlock(&behind->mutex);
    return NULL;
}

/* With the mutex held. The thread before has said that it ended, and does nothing more. */
static result start(struct pairing_behind *behind, struct err *err)
{
    if (behind->has_thread) {
        pthread_join(behind->thread, NULL);
    }
    atomic_store(&behind->watch.percent, 0);
    behind->has_thread = pthread_create(&behind->thread, NULL, run_behind, behind) == 0;
    if (!behind->has_thread) {
        return err_set(err, ERROR_LIMIT, "The system has no thread to give");
    }
    behind->state = BEHIND_RUNS;
    return result_ok();
}

result pairing_begin(struct pairing_behind *behind, struct store *store, int this_year,
                     struct err *err)
{
    result begun = result_ok();
    pthread_mutex_lock(&behind->mutex);
    if (behind->state == BEHIND_IDLE) {
        behind->store = store;
        behind->this_year = this_year;
        begun = start(behind, err);
    }
    pthread_mutex_unlock(&behind->mutex);
    return begun;
}

bool pairing_runs(struct pairing_behind *behind)
{
    int percent = 0;
    return pairing_progress(behind, &percent);
}

bool pairing_progress(struct pairing_behind *behind, int *ret_percent)
{
    pthread_mutex_lock(&behind->mutex);
    const bool runs = behind->state == BEHIND_RUNS;
    pthread_mutex_unlock(&behind->mutex);
    *ret_percent = runs ? atomic_load(&behind->watch.percent) : *ret_percent;
    return runs;
}

static struct timespec in_ms(int ms)
{
    struct timespec then;
    clock_gettime(CLOCK_MONOTONIC, &then);
    then.tv_sec += ms / 1000;
    then.tv_nsec += (long)(ms % 1000) * 1000000;
    if (then.tv_nsec >= 1000000000) {
        then.tv_sec++;
        then.tv_nsec -= 1000000000;
    }
    return then;
}

result pairing_wait(struct pairing_behind *behind, int wait_ms, bool *ret_ended, struct err *err)
{
    ASSERT(wait_ms >= 0 && wait_ms <= WAIT_MS_MAX);
    const struct timespec until = in_ms(wait_ms);
    int waited = wait_ms > 0 ? 0 : ETIMEDOUT;
    struct err fault;
    pthread_mutex_lock(&behind->mutex);
    while (behind->state == BEHIND_RUNS && waited != ETIMEDOUT) {
        waited = pthread_cond_timedwait(&behind->ended, &behind->mutex, &until);
    }
    const bool failed = behind->state == BEHIND_FAILED;
    fault = behind->fault;
    *ret_ended = behind->state != BEHIND_RUNS;
    behind->state = failed ? BEHIND_IDLE : behind->state;
    pthread_mutex_unlock(&behind->mutex);
    if (!failed) {
        return result_ok();
    }
    result_ignore(
        err_set(err, fault.code, "Comparing everybody with everybody failed: %s", fault.what),
        "the hint follows");
    return err_hint(err, "Ask again: it begins anew.");
}

void pairing_take(struct pairing_behind *behind, struct pairing *pairing)
{
    pthread_mutex_lock(&behind->mutex);
    if (behind->state == BEHIND_ENDED) {
        if (pairing->pairs == NULL || pairing->through < behind->made.through) {
            const struct pairing before = *pairing;
            *pairing = behind->made;
            behind->made = before;
        }
        pairing_close(&behind->made);
        behind->state = BEHIND_IDLE;
    }
    pthread_mutex_unlock(&behind->mutex);
}
