/* draw: reproducible random numbers for the forecast, and the distributions drawn from them.
 *
 * A stream belongs to one thing and one purpose: "the third wait of this person". Its beginning is
 * computed from what it belongs to, not from what was drawn before, so a person draws the same
 * numbers whatever happens to others, in whatever order, on whatever thread. Two scenarios with the
 * same seed therefore differ only by what the scenarios change (common random numbers).
 *
 * A stream is SplitMix64 (Steele, Lea and Flood 2014) begun at a mixed key; its period is 2^64, and
 * that two of a billion short streams share numbers is possible and harmless.
 *
 * Normal and exponential variates come from ziggurats with 256 layers (Marsaglia and Tsang 2000, as
 * corrected by Doornik 2005: position and layer come from different bits), gamma variates from
 * Marsaglia and Tsang's squeeze (2000), Poisson counts from exponential steps and, above a mean of
 * 30, from Hoermann's transformed rejection PTRS (1993). */
#ifndef RETURNHUB_FORECAST_DRAW_H
#define RETURNHUB_FORECAST_DRAW_H

#include "base/result.h"

#include <stddef.h>

struct draw {
    uint64_t state;
};

/* A good mixture of 64 bits, one to one (the finaliser of SplitMix64, variant 13 of Stafford). */
static inline uint64_t draw_mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
    return bits ^ bits >> 31;
}

/* A key within a key: of a future within a seed, of a person within a future. */
static inline uint64_t draw_key(uint64_t key, uint64_t within)
{
    return draw_mix(key ^ (within + 1) * UINT64_C(0x9E3779B97F4A7C15));
}

/* The stream of a purpose, which is any number. */
static inline struct draw draw_begin(uint64_t key, uint64_t purpose)
{
    return (struct draw){draw_key(key, purpose)};
}

static inline uint64_t draw_bits(struct draw *draw)
{
    draw->state += UINT64_C(0x9E3779B97F4A7C15);
    return draw_mix(draw->state);
}

/* Uniform in (0, 1): never 0, never 1. */
static inline double draw_unit(struct draw *draw)
{
    return ((double)(draw_bits(draw) >> 12) + 0.5) * 0x1.0p-52;
}

/* A number for a name, the same on every machine: the purpose of what has a name in a text. */
uint64_t draw_purpose(const char *bytes, size_t len);

enum { DRAW_LAYERS = 256 };

/* The ziggurats: read-only once made, shared by all threads. */
struct draw_tables {
    double normal_x[DRAW_LAYERS + 1];
    double normal_y[DRAW_LAYERS + 1];
    double exponential_x[DRAW_LAYERS + 1];
    double exponential_y[DRAW_LAYERS + 1];
};
void draw_tables_make(struct draw_tables *tables);

/* In [-1, 1) and [0, 1), with the bits that do not choose the layer. */
static inline double draw_signed_unit(uint64_t bits)
{
    return (double)((int64_t)bits >> 11) * 0x1.0p-52;
}
static inline double draw_whole_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1.0p-53;
}

/* The rest of the two below, for one draw in a hundred: `bits` fell beside the box of their layer.
 */
double draw_normal_beside(const struct draw_tables *tables, struct draw *draw, uint64_t bits);
double draw_exponential_beside(const struct draw_tables *tables, struct draw *draw, uint64_t bits);

static inline double draw_normal(const struct draw_tables *tables, struct draw *draw)
{
    const uint64_t bits = draw_bits(draw);
    const size_t layer = bits % DRAW_LAYERS;
    const double x = draw_signed_unit(bits) * tables->normal_x[layer];
    const double edge = tables->normal_x[layer + 1];
    return x < edge && -x < edge ? x : draw_normal_beside(tables, draw, bits);
}

/* Of mean 1. */
static inline double draw_exponential(const struct draw_tables *tables, struct draw *draw)
{
    const uint64_t bits = draw_bits(draw);
    const size_t layer = bits % DRAW_LAYERS;
    const double x = draw_whole_unit(bits) * tables->exponential_x[layer];
    return x < tables->exponential_x[layer + 1] ? x : draw_exponential_beside(tables, draw, bits);
}

double draw_gamma(const struct draw_tables *tables, struct draw *draw, double shape); /* scale 1 */
uint64_t draw_poisson(const struct draw_tables *tables, struct draw *draw, double mean);
/* How many of `trials` happen, each with that chance. */
uint64_t draw_binomial(struct draw *draw, uint64_t trials, double chance);

/* A distribution of something that is not negative: a wait in days, say. */
enum distribution_kind {
    DISTRIBUTION_FIXED,   /* always the mean */
    DISTRIBUTION_UNIFORM, /* between the mean times (1 - shape) and the mean times (1 + shape) */
    DISTRIBUTION_EXPONENTIAL, /* shape unused */
    DISTRIBUTION_LOGNORMAL,   /* shape: standard deviation of the logarithm */
    DISTRIBUTION_GAMMA,       /* shape: the gamma's; variance is mean^2 / shape */
};

struct distribution {
    enum distribution_kind kind;
    double mean;
    double shape;
};

/* Distributions are drawn as a factor of mean 1 times their mean, so that a mean that changes moves
 * every draw in proportion. */
double draw_factor(const struct draw_tables *tables, struct draw *draw, enum distribution_kind kind,
                   double shape);

static inline double draw_distribution(const struct draw_tables *tables, struct draw *draw,
                                       const struct distribution *distribution)
{
    return distribution->mean * draw_factor(tables, draw, distribution->kind, distribution->shape);
}

#endif
