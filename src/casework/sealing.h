/* sealing: events become entries of the transparency log (log/log.h), and are checked against it.
 *
 * On every beat the events that are durable and not in the log yet are appended, after them one
 * entry that commits to everybody who looked at something (store/kept.h), and after that entries
 * that stand for nothing, up to a multiple of `padding`: who watches the log grow learns neither
 * how many events there were nor which entry is one. `constant`: also when there was no event, so
 * that nobody learns when there was one. */
#ifndef RETURNHUB_CASEWORK_SEALING_H
#define RETURNHUB_CASEWORK_SEALING_H

#include "log/log.h"
#include "store/store.h"

enum { SEALING_PADDING = 16, SEALING_PADDING_MAX = 4096, SEALING_BEAT_MS = 1000 };

struct sealing_settings {
    uint64_t padding; /* 1: none */
    bool constant;
};

/* One beat. ERROR_CONFLICT when the store is not the one whose events are in the log: it was
 * restored from an older copy, or changed. */
MUST_USE result sealing_beat(struct store *store, const struct system *system, struct log *log,
                             const struct sealing_settings *settings, uint64_t *ret_events,
                             struct err *err);

/* Beats until it is stopped, on a thread of its own. A beat that fails is told, once until one
 * succeeds, and tried again at the next. */
typedef void sealing_failure(void *context, const struct err *err);
struct sealing_thread;
struct sealing_options {
    struct store *store;
    const struct system *system;
    struct log *log;
    struct sealing_settings settings;
    int64_t beat_ms;
    sealing_failure *failed;
    void *context;
};
MUST_USE result sealing_start(const struct sealing_options *options,
                              struct sealing_thread **ret_thread, struct err *err);
void sealing_stop(struct sealing_thread *thread); /* after one last beat; accepts NULL */

/* How it goes, for people to look at. */
enum { SEALING_WHY_SIZE = 200 };
struct sealing_state {
    int64_t beat_ms;
    instant started_at;
    instant sealed_until; /* what was recorded before is in the log; 1970: no beat succeeded yet */
    bool failing;         /* the last beat did not succeed */
    instant failing_since;
    char why[SEALING_WHY_SIZE];
};
void sealing_look(struct sealing_thread *thread, struct sealing_state *ret_state);

/* The receipt of an event (seal/receipt.h); ERROR_NOT_FOUND when it is not in the log (yet). */
MUST_USE result sealing_receipt(const struct log *log, int64_t position, struct arena *arena,
                                str *ret_receipt, struct err *err);

/* The same for who may wait: ERROR_CONFLICT when the event is in the store and comes into the log
 * with the next beat. */
MUST_USE result sealing_receipt_of(struct store *store, const struct log *log, int64_t position,
                                   struct arena *arena, str *ret_receipt, struct err *err);

/* Every event of the store is the one that its leaf commits to, and its leaf is in the log, where
 * the log says; who looked at what is what the log commits to; everything else that is kept is as
 * it was written (store/kept.h); the log is whole and its checkpoint is signed, enough witnesses
 * cosigned it, and an older checkpoint is of its history. The first thing that is wrong is named.
 */
enum { SEALING_THREADS_MAX = STORE_TOGETHER_MAX };
struct sealing_question {
    str older;                   /* "" for none */
    const struct policy *policy; /* NULL: no witness is needed */
    size_t threads;              /* 1 to SEALING_THREADS_MAX; the answer is the same */
};
struct sealing_check {
    struct audit_outcome log;
    uint64_t events;  /* in the log */
    uint64_t not_yet; /* in the store only */
    uint64_t looks;   /* that the log commits to */
};
MUST_USE result sealing_verify(struct store *store, struct log *log,
                               const struct sealing_question *question,
                               struct sealing_check *ret_check, struct err *err);

#endif
