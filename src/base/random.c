#include "base/random.h"

#include "base/result.h"

/* ISO C has no 128-bit integer; both our compilers do, on every 64-bit machine. */
__extension__ typedef unsigned __int128 uint128;

static uint64_t rotate_left(uint64_t word, unsigned count)
{
    return word << count | word >> (64 - count);
}

/* SplitMix64 (Steele, Lea and Flood 2014), as Blackman and Vigna recommend for seeding. */
static uint64_t split_mix_next(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

void random_seed(struct random *random, uint64_t seed)
{
    uint64_t state = seed;
    for (int i = 0; i < 4; i++) {
        random->state[i] = split_mix_next(&state);
    }
}

uint64_t random_next(struct random *random)
{
    uint64_t *state = random->state;
    const uint64_t number = rotate_left(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return number;
}

/* Lemire's method (2019): the high half of number * bound is the draw; the few low halves that
 * would favour some draws are drawn again. It divides only when a draw is near that border. */
uint64_t random_below(struct random *random, uint64_t bound)
{
    ASSERT(bound > 0);
    uint128 product = (uint128)random_next(random) * bound;
    if ((uint64_t)product < bound) {
        const uint64_t unfair = (0 - bound) % bound;
        while ((uint64_t)product < unfair) {
            product = (uint128)random_next(random) * bound;
        }
    }
    return (uint64_t)(product >> 64);
}

int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    ASSERT(low <= high);
    const uint64_t span = (uint64_t)high - (uint64_t)low;
    const uint64_t drawn =
        span == UINT64_MAX ? random_next(random) : random_below(random, span + 1);
    return (int64_t)((uint64_t)low + drawn);
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1.0p-53;
}

bool random_chance(struct random *random, double probability)
{
    return random_unit(random) < probability;
}

uint64_t random_weighted(struct random *random, const double *weights, uint64_t count)
{
    double sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        ASSERT(weights[i] >= 0);
        sum += weights[i];
    }
    ASSERT(sum > 0);
    double left = random_unit(random) * sum;
    uint64_t drawn = 0;
    for (uint64_t i = 0; i < count; i++) {
        /* A weight of zero is never drawn, not even by what rounding leaves over at the end. */
        if (weights[i] > 0) {
            drawn = i;
            if (left < weights[i]) {
                break;
            }
            left -= weights[i];
        }
    }
    return drawn;
}
