/* workers: threads that run one function on jobs, each with an arena of its own that is emptied
 * after every job.
 *
 * One thread puts jobs in and takes the finished ones out; an eventfd becomes readable when there
 * are some. A job belongs to the worker from workers_put until it comes out of workers_take_done.
 */
#ifndef RETURNHUB_HTTP_WORKERS_H
#define RETURNHUB_HTTP_WORKERS_H

#include "base/arena.h"

struct job {
    struct job *next; /* of the workers, while they have the job */
    void *subject;
};

typedef void worker_function(void *context, void *subject, struct arena *arena);

struct workers_options {
    unsigned count;
    size_t arena_bytes; /* of each worker */
    worker_function *work;
    void *context;
};

struct workers;

/* Takes its own memory from `arena`, which must outlive it. Starts no thread. */
MUST_USE result workers_open(const struct workers_options *options, struct arena *arena,
                             struct workers **ret_workers, struct err *err);
MUST_USE result workers_start(struct workers *workers, struct err *err);
/* Readable (eventfd) when jobs are done. */
int workers_done_fd(const struct workers *workers);
void workers_put(struct workers *workers, struct job *job);
/* All that are done, as a list in the order they were finished; NULL when none is. */
struct job *workers_take_done(struct workers *workers);
/* Lets running jobs finish, begins no other, and ends the threads. Accepts NULL. */
void workers_close(struct workers *workers);

#endif
