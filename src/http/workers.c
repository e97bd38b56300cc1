#include "http/workers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* An arena that grew beyond this for one job gives its memory back to the system. */
enum { ARENA_BYTES_KEPT = 4 * 1024 * 1024 };

struct job_list {
    struct job *first;
    struct job *last;
};

struct worker {
    struct workers *workers;
    struct arena arena;
    pthread_t thread;
};

struct workers {
    struct workers_options options;
    int done_fd;
    pthread_mutex_t mutex; /* guards what stands below, up to `closing` */
    pthread_cond_t changed;
    struct job_list waiting;
    struct job_list done;
    unsigned idle_count; /* workers asleep, or told to wake and not awake yet */
    bool waking;         /* one was told to */
    bool closing;
    struct worker *worker; /* options.count of them, the first `started` run */
    unsigned started;
};

static void append(struct job_list *list, struct job *job)
{
    job->next = NULL;
    if (list->first == NULL) {
        list->first = job;
    } else {
        list->last->next = job;
    }
    list->last = job;
}

static struct job *take_first(struct job_list *list)
{
    struct job *job = list->first;
    ASSERT(job != NULL);
    list->first = job->next;
    return job;
}

/* Whether somebody must be woken for what waits; called with the mutex held, acted upon without it.
 * One worker wakes at a time and wakes the next if there is still work: short jobs are done by the
 * few that are awake, long ones soon have all of them. */
static bool must_wake(struct workers *workers)
{
    const bool must = workers->waiting.first != NULL && workers->idle_count > 0 && !workers->waking;
    workers->waking = workers->waking || must;
    return must;
}

/* The next job, or NULL when the workers close. */
static struct job *wait_for_job(struct workers *workers)
{
    pthread_mutex_lock(&workers->mutex);
    while (workers->waiting.first == NULL && !workers->closing) {
        workers->idle_count++;
        pthread_cond_wait(&workers->changed, &workers->mutex);
        workers->idle_count--;
        workers->waking = false;
    }
    struct job *job = workers->closing ? NULL : take_first(&workers->waiting);
    const bool wakes = must_wake(workers);
    pthread_mutex_unlock(&workers->mutex);
    if (wakes) {
        pthread_cond_signal(&workers->changed);
    }
    return job;
}

static void give_back(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->mutex);
    const bool first = workers->done.first == NULL;
    append(&workers->done, job);
    pthread_mutex_unlock(&workers->mutex);
    if (first) {
        /* It cannot fail but by overflow of 64 bits. */
        const uint64_t one = 1;
        const ssize_t written = write(workers->done_fd, &one, sizeof one);
        ASSERT(written == (ssize_t)sizeof one);
    }
}

static void tidy(struct worker *worker)
{
    if (arena_used(&worker->arena) <= ARENA_BYTES_KEPT) {
        arena_reset(&worker->arena);
        return;
    }
    arena_close(&worker->arena);
    /* Without memory the arena stays closed, and the next jobs are told that it is full. */
    result_ignore(arena_open(&worker->arena, worker->workers->options.arena_bytes, NULL),
                  "a closed arena gives nothing, and says so");
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    struct workers *workers = worker->workers;
    struct job *job;
    while ((job = wait_for_job(workers)) != NULL) {
        workers->options.work(workers->options.context, job->subject, &worker->arena);
        tidy(worker);
        give_back(workers, job);
    }
    return NULL;
}

result workers_open(const struct workers_options *options, struct arena *arena,
                    struct workers **ret_workers, struct err *err)
{
    ASSERT(options->count > 0);
    struct workers *workers = ARENA_NEW(arena, struct workers, 1);
    struct worker *worker = ARENA_NEW(arena, struct worker, options->count);
    if (workers == NULL || worker == NULL) {
        return arena_full(err);
    }
    const int done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (done_fd < 0) {
        return err_set(err, ERROR_INTERNAL, "No eventfd for the workers: %s",
                       strerrordesc_np(errno));
    }
    *workers = (struct workers){.options = *options, .done_fd = done_fd, .worker = worker};
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->changed, NULL);
    *ret_workers = workers;
    return result_ok();
}

static result start(struct workers *workers, struct worker *worker, struct err *err)
{
    worker->workers = workers;
    TRY(arena_open(&worker->arena, workers->options.arena_bytes, err));
    const int failure = pthread_create(&worker->thread, NULL, run, worker);
    if (failure != 0) {
        arena_close(&worker->arena);
        return err_set(err, ERROR_INTERNAL, "A worker thread could not be started: %s",
                       strerrordesc_np(failure));
    }
    workers->started++;
    return result_ok();
}

result workers_start(struct workers *workers, struct err *err)
{
    ASSERT(workers->started == 0);
    /* Signals are for the thread of the loop: workers inherit a mask with all of them blocked. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result started = result_ok();
    for (unsigned i = 0; i < workers->options.count && started.ok; i++) {
        started = start(workers, &workers->worker[i], err);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

int workers_done_fd(const struct workers *workers)
{
    return workers->done_fd;
}

void workers_put(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->mutex);
    append(&workers->waiting, job);
    const bool wakes = must_wake(workers);
    pthread_mutex_unlock(&workers->mutex);
    if (wakes) {
        pthread_cond_signal(&workers->changed);
    }
}

struct job *workers_take_done(struct workers *workers)
{
    /* The count is emptied before the list is, so a job put between the two is announced again. */
    uint64_t count;
    const ssize_t size = read(workers->done_fd, &count, sizeof count);
    ASSERT(size == (ssize_t)sizeof count || errno == EAGAIN);
    pthread_mutex_lock(&workers->mutex);
    struct job *done = workers->done.first;
    workers->done = (struct job_list){0};
    pthread_mutex_unlock(&workers->mutex);
    return done;
}

void workers_close(struct workers *workers)
{
    if (workers == NULL) {
        return;
    }
    pthread_mutex_lock(&workers->mutex);
    workers->closing = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->mutex);
    for (unsigned i = 0; i < workers->started; i++) {
        pthread_join(workers->worker[i].thread, NULL);
        arena_close(&workers->worker[i].arena);
    }
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->mutex);
    close(workers->done_fd);
}
