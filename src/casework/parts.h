/* parts: one piece of work done in parts, on as many threads. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_PARTS_H
#define RETURNHUB_CASEWORK_PARTS_H

#include "base/result.h"

#include <pthread.h>

typedef result part_work(void *part, struct err *err);

struct part {
    part_work *work;
    void *context;
    /* its own: */
    result outcome;
    struct err err;
    pthread_t thread;
    bool started;
};

/* The first part runs on this thread; one for which there is no thread, too. The first failure is
 * told, when all have ended. */
MUST_USE result parts_run(struct part *parts, size_t count, struct err *err);

#endif
