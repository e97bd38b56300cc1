/* pairing: everybody compared with everybody (roll.h), and what it found; in the caller's thread,
 * or behind: in a thread of its own, for whoever cannot wait. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_PAIRING_H
#define RETURNHUB_CASEWORK_PAIRING_H

#include "casework/roll.h"

enum {
    PAIRS_MAX = 2000000,   /* that are kept: nobody reads as many */
    SEEKERS_MAX = 4000000, /* texts, about sixty for somebody with two names */
};

struct pairing {
    struct arena memory;
    struct pair *pairs; /* in order; room for PAIRS_MAX. NULL: nobody was compared */
    size_t count;
    struct seeker *seekers; /* in order; room for SEEKERS_MAX */
    size_t seeker_count;
    int64_t through; /* the position of the last event that they are of */
};
/* In the place of what was there. After a failure there is nothing. */
MUST_USE result pairing_make(struct pairing *pairing, struct transaction *const *transactions,
                             size_t transaction_count, int this_year, struct roll_watch *watch,
                             struct err *err);
void pairing_close(struct pairing *pairing); /* accepts one that is all zero */

/* --- behind ----------------------------------------------------------------------------------- */

/* One comparison at a time, for all who ask; used by many threads. */
struct pairing_behind;
MUST_USE result pairing_behind_open(struct arena *arena, struct pairing_behind **ret_behind,
                                    struct err *err);
/* A comparison that runs is given up at once, and waited for. Accepts NULL. */
void pairing_behind_close(struct pairing_behind *behind);

/* Unless one runs, or has ended and nobody has taken what came of it. ERROR_LIMIT when there is no
 * thread for it. The store stays open until pairing_behind_close. */
MUST_USE result pairing_begin(struct pairing_behind *behind, struct store *store, int this_year,
                              struct err *err);
bool pairing_runs(struct pairing_behind *behind);
/* How far the one is that runs: false when none does. */
bool pairing_progress(struct pairing_behind *behind, int *ret_percent);

/* Until it has ended, at most so long (at most an hour): *ret_ended is true, too, when none runs.
 * The error of a comparison that failed, told once; from then on one may be begun again. */
MUST_USE result pairing_wait(struct pairing_behind *behind, int wait_ms, bool *ret_ended,
                             struct err *err);
/* What one that has ended well has found, in the place of what the caller keeps, which is given
 * back; nothing happens when none did, or when the caller's is as new. */
void pairing_take(struct pairing_behind *behind, struct pairing *pairing);

#endif
