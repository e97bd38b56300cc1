/* pairs: everybody who is likely to be one person with somebody, pair by pair, kept between one
 * reading and the next, for all accounts alike; who sees which of them is asked of each reading.
 * Inside casework only.
 *
 * Made of everybody at once (pairing.h): where the register is small, by the reading that asks for
 * them first; otherwise behind, and until that has ended they are not known. Later they are brought
 * up to date, by looking at those of whom a name, a reference or a merge was recorded since, and at
 * those with several names who look for them; when they are many, everybody is compared again.
 * Without a keeper everybody is compared by each reading. */
#ifndef RETURNHUB_CASEWORK_PAIRS_H
#define RETURNHUB_CASEWORK_PAIRS_H

#include "casework/pairing.h"

MUST_USE result pair_keeper_open(struct arena *arena, struct pair_keeper **ret_keeper,
                                 struct err *err);
void pair_keeper_close(struct pair_keeper *keeper); /* accepts NULL */

/* One reading at a time, each begun while it holds the lock, so that none is older than what is
 * kept. */
void pairs_lock(struct pair_keeper *keeper);     /* accept NULL */
bool pairs_try_lock(struct pair_keeper *keeper); /* false: somebody else has it just now */
void pairs_unlock(struct pair_keeper *keeper);

/* With the lock held, until it is given back: of now, in order. People who were erased, or are a
 * part of somebody, may be among them. `transactions`: the sitting's is the first. *ret_known is
 * false where everybody has to be compared first: pairs_compare, without the lock. `inside`: small
 * registers are compared at once. */
MUST_USE result pairs_of_now(struct sitting *sitting, struct transaction *const *transactions,
                             size_t transaction_count, bool inside, const struct pair **ret_pairs,
                             size_t *ret_count, bool *ret_known, struct err *err);
/* The same for a reading that must not wait: only where the register is small, or what is kept is
 * nearly of now, and few. */
MUST_USE result pairs_at_hand(struct sitting *sitting, const struct pair **ret_pairs,
                              size_t *ret_count, bool *ret_known, struct err *err);

/* Begins to compare everybody behind, unless that runs, and waits for it at most so long. Begun by
 * whoever read `sitting`. *ret_ended: the next reading may know them. */
MUST_USE result pairs_compare(const struct sitting *sitting, int wait_ms, bool *ret_ended,
                              struct err *err);
/* How far that is; false when it does not run. Accepts NULL. */
bool pairs_progress(struct pair_keeper *keeper, int *ret_percent);

#endif
