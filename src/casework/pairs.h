/* pairs: everybody who is likely to be one person with somebody, pair by pair, kept between one
 * reading and the next, for all accounts alike; who sees which of them is asked of each reading.
 * Inside casework only.
 *
 * Made of everybody at once (roll.h) when it is asked for first; without a keeper, each time.
 * Later, of those of whom a name, a reference or a merge was recorded since, and of those with
 * several names who look for them; when they are many, of everybody again. */
#ifndef RETURNHUB_CASEWORK_PAIRS_H
#define RETURNHUB_CASEWORK_PAIRS_H

#include "casework/roll.h"

MUST_USE result pair_keeper_open(struct arena *arena, struct pair_keeper **ret_keeper,
                                 struct err *err);
void pair_keeper_close(struct pair_keeper *keeper); /* accepts NULL */

/* One reading at a time, each begun while it holds the lock, so that none is older than what is
 * kept. */
void pairs_lock(struct pair_keeper *keeper);     /* accept NULL */
bool pairs_try_lock(struct pair_keeper *keeper); /* false: somebody else has it just now */
void pairs_unlock(struct pair_keeper *keeper);

/* With the lock held, until it is given back: of now, in order. People who were erased, or are a
 * part of somebody, may be among them. `transactions`: the sitting's is the first. */
MUST_USE result pairs_of_now(struct sitting *sitting, struct transaction *const *transactions,
                             size_t transaction_count, const struct pair **ret_pairs,
                             size_t *ret_count, struct err *err);
/* The same for a reading that must not wait: only where the register is small, or what is kept is
 * nearly of now, and few. Otherwise *ret_known is false. */
MUST_USE result pairs_at_hand(struct sitting *sitting, const struct pair **ret_pairs,
                              size_t *ret_count, bool *ret_known, struct err *err);

#endif
