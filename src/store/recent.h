/* recent: what was read of a subject lately, for whoever reads it next. Internal to src/store.
 *
 * A page of a person reads some fifty rows, and whoever works on a case reads them again and again.
 * Rows that answered a question are kept under the question and its subject, with the position of
 * the last event of the snapshot they were read in. Rows change with an event alone: those that are
 * asked for here with one of their subject, or with one that changes rows of others too, an erasure
 * or what joins and separates records. Of each snapshot that is read, the events since the one
 * before are learned of, whoever recorded them, in whatever process; nobody has to tell of
 * anything. Rows are the snapshot's own when no such event lies between the two positions.
 * Invariants:
 *   1. only questions of which that is true are asked here;
 *   2. only steady readings ask (store_read_steady), which are those of pages; what checks the
 *      store, and what is about to write, reads the rows;
 *   3. of somebody who was erased nothing is kept: it is wiped when the erasure is committed
 *      (recent_forget), or when another process's is learned of, and what an older snapshot still
 *      has is not kept any more.
 *
 * It is a ring: the oldest are overwritten. Who may see what is decided anew on every page, from
 * the rows as they are. */
#ifndef RETURNHUB_STORE_RECENT_H
#define RETURNHUB_STORE_RECENT_H

#include "store/transaction.h"

#include <pthread.h>

enum { RECENT_BYTES = 64 * 1024 * 1024 };

struct recent {
    pthread_mutex_t mutex;
    struct arena memory;
    uint64_t *slots; /* by what is asked: where it was put, and one more; 0: nothing was */
    char *ring;
    int asked;          /* how often; no more is counted than decides whether memory is taken */
    uint64_t put;       /* bytes, ever; the next one goes to put % RECENT_BYTES */
    int64_t *changed;   /* by subject: the last event of it that was learned of */
    int64_t known;      /* events up to this one were learned of */
    int64_t everything; /* the last event that changed rows of others */
};

/* One for each question; a static struct, which is known by its address. */
struct recent_question {
    enum table table; /* of which it answers rows; TABLE_COUNT: numbers */
    bool is_fixed;    /* what is there stays as it is, unless an event changes rows of others */
    /* Reads the rows as they are. */
    result (*read)(struct transaction *transaction, const int64_t asked[], struct arena *arena,
                   void **ret_rows, size_t *ret_count, struct err *err);
};
/* The subject's kind, the subject, and two more; of what is fixed, anything. */
enum { RECENT_ASKED = 4 };

/* The memory is taken from the system once there were so many questions, which are more than those
 * of one command; without it rows are read as they are. */
enum { RECENT_ASKED_BEFORE = 32 };
void recent_init(struct recent *recent);
void recent_done(struct recent *recent);

/* The rows, kept or read; texts in the arena, followed by a NUL. */
MUST_USE result recent_rows(struct transaction *transaction, const struct recent_question *question,
                            const int64_t asked[RECENT_ASKED], struct arena *arena, void **ret_rows,
                            size_t *ret_count, struct err *err);

/* Somebody was erased with this event: wipes everything. */
void recent_forget(struct recent *recent, int64_t position);

#endif
