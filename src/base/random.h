/* random: a reproducible generator for simulation, demonstration data and tests. Never for secrets:
 * those come from system_entropy.
 *
 * xoshiro256** by Blackman and Vigna (public domain), seeded through SplitMix64; the same seed
 * gives the same numbers on every machine. */
#ifndef RETURNHUB_BASE_RANDOM_H
#define RETURNHUB_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

void random_seed(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t random_below(struct random *random, uint64_t bound);
/* Uniform in [low, high], both included. */
int64_t random_between(struct random *random, int64_t low, int64_t high);
/* Uniform in [0, 1), 53 bits. */
double random_unit(struct random *random);
bool random_chance(struct random *random, double probability);
/* Index drawn with probability weights[i] / sum; sum must be positive. */
uint64_t random_weighted(struct random *random, const double *weights, uint64_t count);

#endif
