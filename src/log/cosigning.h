/* cosigning: the witnesses of our own log are asked to cosign its checkpoint, on a thread beside
 * the beat. All are asked about the same checkpoint at once (a round); when the quorum of the
 * policy is reached, it is published beside the newest one (log_publish_witnessed). A witness that
 * is away, or that refuses, holds nothing up: the log grows on without it, and it is asked again,
 * less and less often, once a minute at least. */
#ifndef RETURNHUB_LOG_COSIGNING_H
#define RETURNHUB_LOG_COSIGNING_H

#include "log/log.h"
#include "seal/policy.h"

#include <stdatomic.h>

enum { COSIGNING_ROUND_MS_MAX = 5000, COSIGNING_WHY_SIZE = 200 };

/* What is sent, and what came back; who sends is given, so that this room knows no network. */
struct cosigning_post {
    const char *url;
    str body;
    int status; /* 0: no answer */
    str answer;
    char why[COSIGNING_WHY_SIZE]; /* there is no answer */
};
typedef void cosigning_send(struct cosigning_post *posts, size_t count, int64_t ms_max,
                            const atomic_bool *stop, struct arena *arena);

struct cosigning_options {
    struct log *log;
    const struct policy *policy; /* witnesses without a url are not asked */
    const struct system *system;
    cosigning_send *send;
};
struct cosigning;
MUST_USE result cosigning_open(const struct cosigning_options *options,
                               struct cosigning **ret_cosigning, struct err *err);
void cosigning_close(struct cosigning *cosigning); /* ends the thread; accepts NULL */

/* One round, now. Fails only when what was cosigned cannot be written; ret_witnesses: how many
 * cosigned. */
MUST_USE result cosigning_round(struct cosigning *cosigning, unsigned *ret_witnesses,
                                struct err *err);
/* Rounds whenever the log has grown, and now and then when it has not, so that a cosignature is
 * never old. */
MUST_USE result cosigning_start(struct cosigning *cosigning, struct err *err);

/* How the witnesses are, for people to look at. */
struct cosigning_state {
    bool asked;
    instant answered_at;          /* the last cosignature; 1970 when there is none */
    uint64_t size;                /* of the checkpoint that it cosigned last */
    char why[COSIGNING_WHY_SIZE]; /* it did not the last time; "" when it did */
};
void cosigning_look(struct cosigning *cosigning, size_t party, struct cosigning_state *ret_state);
const struct policy *cosigning_policy(const struct cosigning *cosigning);

#endif
