/* numbers: xoshiro256** and ziggurats of 256 layers, in place, for the peers that are compiled: C
 * and C++. */
#ifndef RETURNHUB_BENCH_NUMBERS_H
#define RETURNHUB_BENCH_NUMBERS_H

#include <math.h>
#include <stdint.h>

static uint64_t state[4];

static inline uint64_t rotate(uint64_t word, int count)
{
    return word << count | word >> (64 - count);
}

static inline uint64_t next_bits(void)
{
    const uint64_t bits = rotate(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return bits;
}

static inline void numbers_seed(uint64_t number)
{
    for (int i = 0; i < 4; i++) {
        number += UINT64_C(0x9E3779B97F4A7C15);
        uint64_t mixed = number;
        mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
        state[i] = mixed ^ mixed >> 31;
    }
}

static inline double unit(void)
{
    return ((double)(next_bits() >> 12) + 0.5) * 0x1.0p-52;
}

enum { LAYERS = 256 };
static double normal_x[LAYERS + 1];
static double normal_y[LAYERS + 1];
static double exp_x[LAYERS + 1];
static double exp_y[LAYERS + 1];

static const double normal_r = 3.6541528853610088;
static const double exp_r = 7.69711747013104972;

static inline void numbers_begin(void)
{
    const double normal_v = 0.00492867323399;
    const double exp_v = 0.0039496598225815571993;
    normal_x[0] = normal_v / exp(-normal_r * normal_r / 2);
    normal_x[1] = normal_r;
    exp_x[0] = exp_v / exp(-exp_r);
    exp_x[1] = exp_r;
    for (int i = 2; i < LAYERS; i++) {
        const double x = normal_x[i - 1];
        normal_x[i] = sqrt(-2 * log(normal_v / x + exp(-x * x / 2)));
        exp_x[i] = -log(exp_v / exp_x[i - 1] + exp(-exp_x[i - 1]));
    }
    for (int i = 0; i <= LAYERS; i++) {
        normal_y[i] = exp(-normal_x[i] * normal_x[i] / 2);
        exp_y[i] = exp(-exp_x[i]);
    }
}

static inline double normal(void)
{
    for (;;) {
        const uint64_t bits = next_bits();
        const int layer = bits % LAYERS;
        const double x = (double)((int64_t)bits >> 11) * 0x1.0p-52 * normal_x[layer];
        if (fabs(x) < normal_x[layer + 1]) {
            return x;
        }
        if (layer == 0) {
            double a;
            double b;
            do {
                a = -log(unit()) / normal_r;
                b = -log(unit());
            } while (b + b < a * a);
            return x > 0 ? normal_r + a : -normal_r - a;
        }
        if (normal_y[layer] + unit() * (normal_y[layer + 1] - normal_y[layer]) < exp(-x * x / 2)) {
            return x;
        }
    }
}

static inline double exponential(void)
{
    double before = 0;
    for (;;) {
        const uint64_t bits = next_bits();
        const int layer = bits % LAYERS;
        const double x = (double)(bits >> 11) * 0x1.0p-53 * exp_x[layer];
        if (x < exp_x[layer + 1]) {
            return before + x;
        }
        if (layer == 0) {
            before += exp_r;
        } else if (exp_y[layer] + unit() * (exp_y[layer + 1] - exp_y[layer]) < exp(-x)) {
            return before + x;
        }
    }
}

#endif
