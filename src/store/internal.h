/* internal: the store itself, for store.c and rebuild.c. Internal to src/store. */
#ifndef RETURNHUB_STORE_INTERNAL_H
#define RETURNHUB_STORE_INTERNAL_H

#include "store/looks.h"

#include <limits.h>

struct work;
struct reader;

struct store {
    struct arena memory; /* holds this struct */
    const struct backend *backend;
    const struct system *system;
    char path[PATH_MAX];
    char key_path[PATH_MAX];
    struct cipher_key key;
    bool is_new; /* made by this store_open */

    pthread_mutex_t mutex; /* over everything below but `writing` */
    pthread_cond_t wake;
    struct work *first;
    struct work *last;
    size_t waiting;    /* works in the queue */
    size_t expected;   /* works that may come soon: of the last group, and those in the queue */
    bool writer_waits; /* for `wake`, ... */
    size_t wanted;     /* ... until so many works wait */
    int64_t commit_nanoseconds; /* of the last group; the writer thread's */
    struct look_queue looks;
    bool closing;
    size_t callers; /* inside store_write, store_bulk or store_read; store_close waits for them */
    pthread_cond_t left;
    bool stopping; /* nobody is inside any more: the writer thread ends when it has nothing left to
                      do */

    struct reader *free_readers;
    size_t reader_count;
    pthread_cond_t reader_freed;

    struct transaction writing; /* the writer thread's */
    pthread_t writer;
    bool writer_runs;
};

#endif
