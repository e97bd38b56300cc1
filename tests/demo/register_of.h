/* register_of: a demonstration in a store of its own, for one group of tests. The clock stands at
 * noon of the day that the record has reached, and "entropy" is a sequence from a seed. */
#ifndef RETURNHUB_TESTS_DEMO_REGISTER_OF_H
#define RETURNHUB_TESTS_DEMO_REGISTER_OF_H

#include "demo/demo.h"

struct register_of {
    struct arena perm;
    struct arena work; /* for the test; reset when it likes */
    struct system_fake fake;
    struct store *store;
    struct casework casework;
    struct demo_outcome outcome;
    char folder[200];
    char path[256];
};

/* 2026-11-23 */
date register_day(void);
struct demo_options register_options(int64_t people, uint64_t seed);

/* An empty store with the rulebook of the United Kingdom. `entropy` seeds what is unpredictable in
 * life. */
void register_open(struct register_of *made, uint64_t entropy);
void register_make(struct register_of *made, int64_t people, uint64_t seed);
void register_close(struct register_of *made);

/* Stops the test with what went wrong. */
void must(result done, const struct err *err);

#endif
