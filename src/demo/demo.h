/* demo: a register of plainly synthetic people, drawn from the published statistics in data/.
 *
 * The same seed, number of people, day and data give the same register. Nobody in it exists: names
 * say so
 * ("Synthetic Person 0042"), the transfer partner is a plainly fictional country. How each share is
 * drawn, and from which table, is described in docs/demonstration.md; a test compares the outcome
 * with the tables. */
#ifndef RETURNHUB_DEMO_DEMO_H
#define RETURNHUB_DEMO_DEMO_H

#include "casework/casework.h"

enum { DEMO_PEOPLE_MIN = 100, DEMO_PEOPLE_MAX = 2000000 };

struct demo_options {
    int64_t people;
    uint64_t seed;
    date today;               /* the day the record has reached */
    const char *data_folder;  /* the published tables */
    store_progress *progress; /* may be NULL */
    void *progress_context;
};

struct demo_outcome {
    int64_t people;
    int64_t events;
    int64_t hubs;
    int64_t agreements;
};

/* The accounts of every demonstration register, with one password for all: told on the sign-in
 * page, because there is nothing to protect. */
struct demo_account {
    const char *username;
    const char *role;
    const char *name;
};
extern const struct demo_account demo_accounts[];
extern const size_t demo_account_count;
extern const char demo_password[];

/* The demonstration tells the story of one law: a rulebook that lacks one of the facts and steps it
 * names (name.def) is refused with ERROR_INPUT. */
MUST_USE result demo_can_show(const struct rulebook *rulebook, struct err *err);

/* Fills the new, empty store of `casework`. */
MUST_USE result demo_make(const struct casework *casework, const struct demo_options *options,
                          struct demo_outcome *ret_outcome, struct err *err);

#endif
