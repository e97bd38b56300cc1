#include "forecast/draw.h"

#include <math.h>

uint64_t draw_purpose(const char *bytes, size_t len)
{
    /* FNV-1a, mixed; the names of one text are few, and two that agree would only share numbers. */
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001B3);
    }
    return draw_mix(hash);
}

/* Layers of equal area `v` under a density that falls from 1 at 0, the lowest one with the tail
 * beyond `r`. x[0] is where the lowest layer would end if it were a box of that area. */
static void layers_make(double *x, double *y, double r, double v, double (*density)(double),
                        double (*inverse)(double))
{
    x[0] = v / density(r);
    x[1] = r;
    for (size_t i = 2; i < DRAW_LAYERS; i++) {
        x[i] = inverse(v / x[i - 1] + density(x[i - 1]));
    }
    x[DRAW_LAYERS] = 0;
    for (size_t i = 0; i <= DRAW_LAYERS; i++) {
        y[i] = density(x[i]);
    }
}

static double normal_density(double x)
{
    return exp(-0.5 * x * x);
}

static double normal_inverse(double y)
{
    return sqrt(-2 * log(y));
}

static double exponential_density(double x)
{
    return exp(-x);
}

static double exponential_inverse(double y)
{
    return -log(y);
}

/* Where the tail begins, for 256 layers, and the area of a layer: those of Marsaglia and Tsang. */
static const double normal_r = 3.6541528853610088;
static const double normal_v = 0.00492867323399;
static const double exponential_r = 7.69711747013104972;
static const double exponential_v = 0.0039496598225815571993;

void draw_tables_make(struct draw_tables *tables)
{
    layers_make(tables->normal_x, tables->normal_y, normal_r, normal_v, normal_density,
                normal_inverse);
    layers_make(tables->exponential_x, tables->exponential_y, exponential_r, exponential_v,
                exponential_density, exponential_inverse);
}

/* Of the tail beyond r: Marsaglia 1964. */
static double normal_tail(struct draw *draw)
{
    double x;
    double y;
    do {
        x = -log(draw_unit(draw)) / normal_r;
        y = -log(draw_unit(draw));
    } while (y + y < x * x);
    return normal_r + x;
}

double draw_normal_beside(const struct draw_tables *tables, struct draw *draw, uint64_t bits)
{
    for (;; bits = draw_bits(draw)) {
        const size_t layer = bits % DRAW_LAYERS;
        const double unit = draw_signed_unit(bits);
        const double x = unit * tables->normal_x[layer];
        if (fabs(x) < tables->normal_x[layer + 1]) {
            return x;
        }
        if (layer == 0) {
            const double tail = normal_tail(draw);
            return unit > 0 ? tail : -tail;
        }
        const double low = tables->normal_y[layer];
        const double high = tables->normal_y[layer + 1];
        if (low + draw_unit(draw) * (high - low) < normal_density(x)) {
            return x;
        }
    }
}

double draw_exponential_beside(const struct draw_tables *tables, struct draw *draw, uint64_t bits)
{
    double before = 0;
    for (;; bits = draw_bits(draw)) {
        const size_t layer = bits % DRAW_LAYERS;
        const double x = draw_whole_unit(bits) * tables->exponential_x[layer];
        if (x < tables->exponential_x[layer + 1]) {
            return before + x;
        }
        if (layer == 0) {
            before += exponential_r; /* has no memory: the tail is the whole again */
            continue;
        }
        const double low = tables->exponential_y[layer];
        const double high = tables->exponential_y[layer + 1];
        if (low + draw_unit(draw) * (high - low) < exponential_density(x)) {
            return before + x;
        }
    }
}

double draw_gamma(const struct draw_tables *tables, struct draw *draw, double shape)
{
    ASSERT(shape > 0);
    if (shape < 1) {
        const double whole = draw_gamma(tables, draw, shape + 1);
        return whole * pow(draw_unit(draw), 1 / shape);
    }
    const double d = shape - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);
    for (;;) {
        const double x = draw_normal(tables, draw);
        const double root = 1 + c * x;
        if (root <= 0) {
            continue;
        }
        const double v = root * root * root;
        const double u = draw_unit(draw);
        if (u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d * (1 - v + log(v))) {
            return d * v;
        }
    }
}

/* Transformed rejection with squeeze, for a mean of 10 and more. */
static uint64_t poisson_large(struct draw *draw, double mean)
{
    const double root = sqrt(mean);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2);
    int sign;
    for (;;) {
        const double u = draw_unit(draw) - 0.5;
        const double v = draw_unit(draw);
        const double us = 0.5 - fabs(u);
        const double k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) {
            return (uint64_t)k;
        }
        if (k < 0 || (us < 0.013 && v > us)) {
            continue;
        }
        if (log(v) + log(inverse_alpha) - log(a / (us * us) + b) <=
            k * log(mean) - mean - lgamma_r(k + 1, &sign)) {
            return (uint64_t)k;
        }
    }
}

uint64_t draw_poisson(const struct draw_tables *tables, struct draw *draw, double mean)
{
    ASSERT(mean >= 0);
    if (mean > 30) {
        return poisson_large(draw, mean);
    }
    /* How many exponential steps fit into the mean. */
    uint64_t count = 0;
    for (double left = mean - draw_exponential(tables, draw); left > 0;
         left -= draw_exponential(tables, draw)) {
        count++;
    }
    return count;
}

uint64_t draw_binomial(struct draw *draw, uint64_t trials, double chance)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < trials; i++) {
        count += draw_unit(draw) < chance;
    }
    return count;
}

double draw_factor(const struct draw_tables *tables, struct draw *draw, enum distribution_kind kind,
                   double shape)
{
    switch (kind) {
    case DISTRIBUTION_FIXED:
        return 1;
    case DISTRIBUTION_UNIFORM:
        return 1 + shape * (2 * draw_unit(draw) - 1);
    case DISTRIBUTION_EXPONENTIAL:
        return draw_exponential(tables, draw);
    case DISTRIBUTION_LOGNORMAL:
        return exp(shape * draw_normal(tables, draw) - shape * shape / 2);
    case DISTRIBUTION_GAMMA:
        return draw_gamma(tables, draw, shape) / shape;
    }
    ASSERT(false);
    return 0;
}
