#include "forecast/ensemble.h"

#include "forecast/ranks.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* What a future is made of, its law too; taken lazily. */
enum { RESULT_BYTES = 1024 * 1024 * 1024 };

const int ensemble_interval_percent[ENSEMBLE_INTERVALS] = {50, 80, 95};

/* What all threads share. The number of the next future is given out to whoever asks; where its
 * values go follows from the number alone. */
struct work {
    const struct ensemble_question *question;
    struct ranks ranks;
    uint64_t count; /* of the futures, those of this rank */
    struct draw_tables tables;
    double *values; /* of all futures; 0 where other ranks are at work */
    atomic_uint_fast64_t next;
    atomic_uint_fast64_t done;
    atomic_uint_fast64_t events;
    pthread_mutex_t lock; /* of what follows */
    uint64_t failed;      /* the lowest number of a future that failed, or UINT64_MAX */
    struct err err;
};

struct worker {
    struct work *work;
    struct arena results;
    struct arena scratch;
    bool reports; /* on the calling thread */
};

static result one_future(const struct worker *worker, uint64_t number, struct err *err)
{
    struct work *work = worker->work;
    const struct ensemble_question *question = work->question;
    struct arena results = worker->results;
    const struct procedure *procedure = NULL;
    struct procedure_outcome outcome;
    TRY(question->make(question->make_context, question->seed, question->first + number, &results,
                       &procedure, err));
    ASSERT(procedure->series_count == question->series_count &&
           procedure->quarter_count == question->quarter_count);
    TRY(procedure_run(procedure, &work->tables, question->seed, question->first + number, &results,
                      worker->scratch, &outcome, err));
    const size_t size = question->series_count * question->quarter_count;
    memcpy(&work->values[number * size], outcome.values, size * sizeof *outcome.values);
    atomic_fetch_add(&work->events, outcome.event_count);
    return result_ok();
}

static void note_failure(struct work *work, uint64_t number, const struct err *err)
{
    pthread_mutex_lock(&work->lock);
    if (number < work->failed) {
        work->failed = number;
        work->err = *err;
    }
    pthread_mutex_unlock(&work->lock);
    atomic_store(&work->next, work->count); /* nothing more is begun */
}

static void *work_on(void *context)
{
    struct worker *worker = context;
    struct work *work = worker->work;
    const struct ensemble_question *question = work->question;
    for (;;) {
        const uint64_t mine = atomic_fetch_add(&work->next, 1);
        if (mine >= work->count) {
            return NULL;
        }
        const uint64_t number = mine * work->ranks.count + work->ranks.number;
        struct err err;
        if (!one_future(worker, number, &err).ok) {
            note_failure(work, number, &err);
        }
        const uint64_t done = atomic_fetch_add(&work->done, 1) + 1;
        if (worker->reports && question->progress != NULL) {
            question->progress(question->progress_context, done, work->count);
        }
    }
}

static result workers_open(struct worker *workers, unsigned count, struct work *work,
                           struct err *err)
{
    for (unsigned i = 0; i < count; i++) {
        workers[i].work = work;
        workers[i].reports = i == 0;
        TRY(arena_open(&workers[i].results, RESULT_BYTES, err));
        TRY(arena_open(&workers[i].scratch, work->question->bytes_a_future, err));
    }
    return result_ok();
}

/* A thread that cannot be started leaves its work to the others. */
static void workers_run(struct worker *workers, unsigned count)
{
    pthread_t threads[ENSEMBLE_THREADS_MAX];
    unsigned started = 1;
    while (started < count &&
           pthread_create(&threads[started], NULL, work_on, &workers[started]) == 0) {
        started++;
    }
    work_on(&workers[0]);
    for (unsigned i = 1; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}

static result check(const struct ensemble_question *question, struct err *err)
{
    if (question->count < 1 || question->count > ENSEMBLE_FUTURES_MAX) {
        return err_set(err, ERROR_INPUT, "There can be 1 to %d futures, not %llu",
                       ENSEMBLE_FUTURES_MAX, (unsigned long long)question->count);
    }
    if (question->threads < 1 || question->threads > ENSEMBLE_THREADS_MAX) {
        return err_set(err, ERROR_INPUT, "There can be 1 to %d threads, not %u",
                       ENSEMBLE_THREADS_MAX, question->threads);
    }
    return result_ok();
}

/* The futures of this rank. A failure is noted in the work. */
static void run_mine(struct work *work, struct worker *workers)
{
    const unsigned threads = work->question->threads;
    struct err err;
    draw_tables_make(&work->tables);
    pthread_mutex_init(&work->lock, NULL);
    if (workers_open(workers, threads, work, &err).ok) {
        workers_run(workers, threads);
    } else {
        note_failure(work, work->ranks.number, &err);
    }
    for (unsigned i = 0; i < threads; i++) {
        arena_close(&workers[i].results);
        arena_close(&workers[i].scratch);
    }
    pthread_mutex_destroy(&work->lock);
}

/* Every rank gets the values of all, or the failure of the lowest future. */
static result gather(struct work *work, size_t value_count, struct err *err)
{
    const uint64_t failed = ranks_least(work->failed);
    if (failed != UINT64_MAX) {
        ranks_share_err(work->failed == failed, &work->err);
        *err = work->err;
        return (result){.ok = false};
    }
    ranks_gather(work->values, value_count);
    work->events = ranks_sum(work->events);
    return result_ok();
}

result ensemble_run(const struct ensemble_question *question, struct arena *arena,
                    struct ensemble *ret_ensemble, struct err *err)
{
    TRY(check(question, err));
    const size_t value_count = question->count * question->series_count * question->quarter_count;
    struct work work = {.question = question, .ranks = ranks_here(), .failed = UINT64_MAX};
    work.count = question->count / work.ranks.count +
                 (work.ranks.number < question->count % work.ranks.count);
    work.values = ARENA_NEW(arena, double, value_count + 1);
    struct worker *workers = ARENA_NEW(arena, struct worker, question->threads);
    if (work.values == NULL || workers == NULL) {
        return arena_full(err);
    }
    run_mine(&work, workers);
    TRY(gather(&work, value_count, err));
    *ret_ensemble = (struct ensemble){
        .series_count = question->series_count,
        .quarter_count = question->quarter_count,
        .count = question->count,
        .values = work.values,
        .event_count = work.events,
    };
    return result_ok();
}

/* ---- what they say together ---- */

static void sift(double *values, size_t from, size_t count)
{
    size_t at = from;
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && values[child] < values[child + 1];
        if (values[at] >= values[child]) {
            return;
        }
        const double greater = values[child];
        values[child] = values[at];
        values[at] = greater;
        at = child;
    }
}

static void sort(double *values, size_t count)
{
    for (size_t i = count / 2; i > 0; i--) {
        sift(values, i - 1, count);
    }
    for (size_t end = count; end > 1; end--) {
        const double greatest = values[0];
        values[0] = values[end - 1];
        values[end - 1] = greatest;
        sift(values, 0, end - 1);
    }
}

static double quantile(const double *sorted, size_t count, double part)
{
    const double at = part * (double)(count - 1);
    const size_t below = (size_t)floor(at);
    if (below + 1 >= count) {
        return sorted[count - 1];
    }
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static void summarise(double *values, size_t count, struct ensemble_summary *ret_summary)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    sort(values, count);
    ret_summary->mean = sum / (double)count;
    ret_summary->median = quantile(values, count, 0.5);
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        const double outside = (100 - ensemble_interval_percent[i]) / 200.0;
        ret_summary->low[i] = quantile(values, count, outside);
        ret_summary->high[i] = quantile(values, count, 1 - outside);
    }
}

result ensemble_summarise(const struct ensemble *ensemble, const struct ensemble *against,
                          size_t series, size_t quarter, struct arena scratch,
                          struct ensemble_summary *ret_summary, struct err *err)
{
    double *values = ARENA_NEW(&scratch, double, ensemble->count);
    if (values == NULL) {
        return arena_full(err);
    }
    for (uint64_t i = 0; i < ensemble->count; i++) {
        values[i] = ensemble_value(ensemble, i, series, quarter);
        if (against != NULL) {
            values[i] -= ensemble_value(against, i, series, quarter);
        }
    }
    summarise(values, ensemble->count, ret_summary);
    return result_ok();
}
