#include "forecast/sensitivity.h"

#include <math.h>
#include <stdlib.h>

struct pair {
    double input;
    double output;
    size_t part; /* that leaves it out */
};

static int by_input(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    if (a->input != b->input) {
        return a->input < b->input ? -1 : 1;
    }
    return a->part < b->part ? -1 : a->part > b->part;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

static double squares_about(const double *values, size_t count, double centre)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (values[i] - centre) * (values[i] - centre);
    }
    return sum;
}

/* Of outputs that stand in the order of their inputs. */
static double index_of(const double *outputs, size_t count)
{
    const size_t class_count = (size_t)(sqrt((double)count) / 2);
    const double whole = squares_about(outputs, count, mean_of(outputs, count));
    double within = 0;
    for (size_t i = 0; i < class_count; i++) {
        const size_t from = i * count / class_count;
        const size_t size = (i + 1) * count / class_count - from;
        within += squares_about(outputs + from, size, mean_of(outputs + from, size));
    }
    return whole == 0 ? 0
                      : 1 - (double)(count - 1) / (double)(count - class_count) * (within / whole);
}

/* Without the futures of a part; SENSITIVITY_PARTS: with all. */
static double index_without(const struct pair *pairs, size_t count, size_t part, double *outputs)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].part != part) {
            outputs[kept++] = pairs[i].output;
        }
    }
    return index_of(outputs, kept);
}

result sensitivity_first_order(const double *inputs, const double *outputs, size_t count,
                               struct arena scratch, struct sensitivity *ret_sensitivity,
                               struct err *err)
{
    ASSERT(count >= SENSITIVITY_FUTURES_MIN);
    struct pair *pairs = ARENA_NEW(&scratch, struct pair, count);
    double *kept = ARENA_NEW(&scratch, double, count);
    if (pairs == NULL || kept == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        pairs[i] = (struct pair){inputs[i], outputs[i], i % SENSITIVITY_PARTS};
    }
    qsort(pairs, count, sizeof pairs[0], by_input);
    *ret_sensitivity = (struct sensitivity){0, 0};
    if (pairs[0].input == pairs[count - 1].input) {
        return result_ok();
    }
    double without[SENSITIVITY_PARTS];
    for (size_t i = 0; i < SENSITIVITY_PARTS; i++) {
        without[i] = index_without(pairs, count, i, kept);
    }
    const double parts = SENSITIVITY_PARTS;
    ret_sensitivity->index = index_without(pairs, count, SENSITIVITY_PARTS, kept);
    ret_sensitivity->error =
        sqrt((parts - 1) / parts *
             squares_about(without, SENSITIVITY_PARTS, mean_of(without, SENSITIVITY_PARTS)));
    return result_ok();
}
