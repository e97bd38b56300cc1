#include "forecast/shares.h"

#include <math.h>

static double factorial(size_t number)
{
    double product = 1;
    for (size_t i = 2; i <= number; i++) {
        product *= (double)i;
    }
    return product;
}

static size_t size_of(uint32_t set)
{
    size_t count = 0;
    for (; set != 0; set &= set - 1) {
        count++;
    }
    return count;
}

double shares_weight(size_t measure_count, uint32_t set, size_t measure)
{
    const bool within = (set >> measure & 1) != 0;
    const size_t others = size_of(set) - within;
    const double orders = factorial(others) * factorial(measure_count - others - 1);
    return (within ? 1 : -1) * orders / factorial(measure_count);
}

result shares_begin(size_t measure_count, size_t series_count, size_t quarter_count, uint64_t count,
                    struct arena *arena, struct shares *ret_shares, struct err *err)
{
    ASSERT(measure_count <= SHARES_MEASURES_MAX);
    *ret_shares = (struct shares){measure_count, series_count, quarter_count, count, NULL};
    ret_shares->values =
        ARENA_NEW(arena, double, (measure_count + 1) * count * series_count * quarter_count + 1);
    return ret_shares->values == NULL ? arena_full(err) : result_ok();
}

static void add_weighted(struct shares *shares, size_t measure, double weight,
                         const struct ensemble *ensemble)
{
    const size_t size = shares->count * shares->series_count * shares->quarter_count;
    double *values = &shares->values[measure * size];
    for (size_t i = 0; i < size; i++) {
        values[i] += weight * ensemble->values[i];
    }
}

void shares_add(struct shares *shares, uint32_t set, const struct ensemble *ensemble)
{
    const uint32_t all = (uint32_t)((UINT64_C(1) << shares->measure_count) - 1);
    ASSERT(ensemble->count == shares->count && ensemble->series_count == shares->series_count &&
           ensemble->quarter_count == shares->quarter_count && set <= all);
    for (size_t i = 0; i < shares->measure_count; i++) {
        add_weighted(shares, i, shares_weight(shares->measure_count, set, i), ensemble);
    }
    if (all != 0 && (set == all || set == 0)) {
        add_weighted(shares, SHARES_TOGETHER(shares), set == all ? 1 : -1, ensemble);
    }
}

struct shares_estimate shares_estimate(const struct shares *shares, size_t measure, size_t series,
                                       size_t quarter)
{
    const size_t size = shares->series_count * shares->quarter_count;
    const double *values =
        &shares->values[measure * shares->count * size + series * shares->quarter_count + quarter];
    const double count = (double)shares->count;
    double sum = 0;
    double squares = 0;
    for (uint64_t i = 0; i < shares->count; i++) {
        sum += values[i * size];
    }
    for (uint64_t i = 0; i < shares->count; i++) {
        const double away = values[i * size] - sum / count;
        squares += away * away;
    }
    return (struct shares_estimate){
        .mean = sum / count,
        .error = shares->count > 1 ? sqrt(squares / (count - 1) / count) : 0,
    };
}
