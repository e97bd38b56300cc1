/* roll: everybody's names, days of birth and references in memory at once, so that whoever is
 * likely to be one person with somebody is found among all of them in one pass: as many texts are
 * looked for as there are names, each at one place. Inside casework only.
 *
 * A pair is likely when either of the two would be told of the other by likely_find. Whoever is in
 * sight of whom is not asked here. */
#ifndef RETURNHUB_CASEWORK_ROLL_H
#define RETURNHUB_CASEWORK_ROLL_H

#include "casework/sitting.h"

#include <stdatomic.h>

enum { ROLL_THREADS = 2 };

struct pair {
    int64_t one; /* people of now; the lower id */
    int64_t other;
};
int pair_compare(const struct pair *a, const struct pair *b);

/* Somebody with several names may find others who do not find them: what they look for. */
struct seeker {
    uint64_t hash; /* of a text (roll_hash) */
    int64_t person;
};
int seeker_compare(const struct seeker *a, const struct seeker *b);
uint64_t roll_hash(str text);
enum { ROLL_NAMES_OF_SEEKER = 2 }; /* as many names, or more */

struct roll_answer {
    struct pair *pairs; /* all there are, in order; of one person with at most LIKELY_MAX others */
    size_t pair_count;
    struct seeker *seekers; /* in order */
    size_t seeker_count;
};
/* How far it is, for another thread, which may end it, too. In hundredths: a number of people would
 * tell how many there are of whom the account is not told. */
struct roll_watch {
    atomic_bool gives_up; /* soon it fails (ERROR_UNAVAILABLE) */
    atomic_int percent;   /* 0 to 99; of the work, not of the time */
};
/* In the arena. `transactions`: as store_read_together gives them. */
MUST_USE result roll_call(struct transaction *const *transactions, size_t transaction_count,
                          int this_year, struct roll_watch *watch, struct arena *arena,
                          struct roll_answer *ret_answer, struct err *err);

#endif
