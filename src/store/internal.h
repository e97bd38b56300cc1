/* internal: the store itself, for the files that are its parts: store.c opens and closes it,
 * writer.c runs works and commits them, durable.c makes durable what was committed, readers.c
 * reads, rebuild.c makes rows anew. Internal to src/store. */
#ifndef RETURNHUB_STORE_INTERNAL_H
#define RETURNHUB_STORE_INTERNAL_H

#include "store/recent.h"

#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

struct reader;

/* What a caller of store_write asks for; it lies on the caller's stack until it is answered. */
struct work {
    store_work *run;
    void *context;
    bool bulk;
    bool looks; /* it records a look, and nothing else */
    result outcome;
    struct err err; /* when the outcome is a failure */
    sem_t answered;
    struct work *wakes[2]; /* others of the group whom this one's caller wakes */
    struct work *next;
};

struct work_list {
    struct work *first;
    struct work *last;
    size_t count;
};

/* At the end. The list that is added is a part of the other from here on. */
static inline void works_add(struct work_list *list, const struct work_list *more)
{
    if (more->count > 0) {
        *(list->last == NULL ? &list->first : &list->last->next) = more->first;
        list->last = more->last;
        list->count += more->count;
    }
}

/* Commits that are not durable yet, and the log that they are in (durable.c). */
struct durable {
    pthread_cond_t committed; /* what the thread that syncs waits for, ... */
    pthread_cond_t reached;   /* ... and who waits until something is durable */
    uint64_t begun;           /* commits without a sync, of which so many were begun, ... */
    uint64_t ended;           /* ... are over, ... */
    uint64_t reached_count;   /* ... and are durable */
    struct work_list works;   /* of those that are over and wait for a sync, in order */
    size_t not_durable;       /* works that wait for a sync, or for the one that is under way */
    int64_t sync_nanoseconds; /* of the last one */
    bool failed;              /* a sync failed: nothing is written any more */
    struct err failure;
    pthread_t syncing;
    bool syncing_runs;

    int64_t log_limit;     /* bytes: how long the log grows before it is moved into the file, ... */
    int64_t move_at;       /* ... or now, when it could not be begun anew; the writer thread's */
    int64_t log_bytes;     /* as it was last; the writer thread's */
    pthread_cond_t wanted; /* what the thread that moves waits for */
    bool move_wanted;
    bool moving;
    bool little_is_left; /* the writer moves the rest, so that the log begins anew */
    pthread_t mover;
    bool mover_runs;
    bool ending;
};

/* Of which commits a reader may keep its snapshot (readers.c). */
struct steady {
    uint64_t versions; /* commits of more than looks, as far as they are known of */
    uint64_t version;  /* the last of them; 0: nothing may be kept until there is another commit */
    struct mark mark;  /* where the commits end: with it and the looks since */
    size_t kept;       /* free readers that have kept a snapshot */
    pthread_cond_t changed; /* what the thread waits for that lets go of them */
    bool waits_for_one;     /* without an end, as there is none */
    pthread_t letting_go;
    bool runs;
    bool ending;
};

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
    struct work_list queue;
    size_t expected;     /* works that may come soon: of those answered last, and in the queue */
    size_t many_callers; /* from so many on groups are halves of them */
    bool writer_waits;   /* for `wake`, ... */
    size_t wanted;       /* ... until so many works wait */
    int64_t commit_nanoseconds; /* of the last group; the writer thread's, as the next */
    int64_t run_nanoseconds;    /* for each work of the last group, with its commit */
    struct durable durable;
    bool closing;
    size_t callers; /* inside store_write, store_bulk or store_read; store_close waits for them */
    pthread_cond_t left;
    bool stopping; /* nobody is inside any more: the writer thread ends when it has nothing left to
                      do */

    struct reader *free_readers;
    size_t reader_count;
    pthread_cond_t reader_freed;
    struct steady steady;
    struct recent recent; /* has a mutex of its own */

    struct transaction writing; /* the writer thread's */
    pthread_t writer;
    bool writer_runs;
    bool writes_bulk; /* the writer thread's: its memory is that of large works */
};

/* --- who is inside (writer.c) --- */

/* False when the store is being closed. */
bool caller_enters(struct store *store);
void caller_leaves(struct store *store);
/* Wakes who waits for these works, which are theirs again from here on. With the mutex held. */
void works_answer(struct store *store, const struct work_list *works);
int64_t nanoseconds_now(void);
struct timespec time_of_nanoseconds(int64_t nanoseconds);
void work_fail(struct work *work, const struct err *cause);

MUST_USE result writer_start(struct store *store, struct err *err);
/* Everybody who is inside is answered first; nobody comes in any more. */
void writer_stop(struct store *store);

/* --- reading (readers.c) --- */

void readers_init(struct store *store, const pthread_condattr_t *monotonic);
/* The writer thread's, after each of its commits. */
void readers_after_commit(struct store *store, bool looks_alone);
/* Snapshots that are kept are ended now, and none is kept until the next commit, so that the log
 * can be moved. */
void readers_let_go(struct store *store);
/* Once nobody is inside. */
void readers_close(struct store *store);
void readers_done(struct store *store);

/* --- after an erasure (purge.c) --- */

/* In an opening, before the writer starts: what a killed process did not come to. While others read
 * or write it stays due, and they know what to do with it. */
MUST_USE result purge_what_was_left(struct store *store, struct err *err);

/* --- what is durable (durable.c) --- */

void durable_init(struct store *store, int64_t log_limit);
void durable_done(struct store *store);
/* ERROR_STORAGE once a sync has failed. The writer thread's, as those that follow. */
MUST_USE result durable_check(struct store *store, struct err *err);
/* Until every commit that was begun is durable, or its sync has failed. */
void durable_await(struct store *store);
/* Whether the commit that comes next leaves its sync to the other thread, as it must when that has
 * not caught up, and may when others run meanwhile; if so, it is begun. */
bool durable_begin(struct store *store, bool others_run);
/* The commit that was begun is over. The works are answered when it is durable. */
void durable_hand_over(struct store *store, const struct work_list *works);
/* Moves the log into the file, or has it moved, when it has grown long; that of a bulk work is
 * moved beside the next one. */
void durable_look_at_log(struct store *store, bool after_bulk);
/* Once nobody is inside and the writer has ended. */
void durable_stop(struct store *store);

#endif
