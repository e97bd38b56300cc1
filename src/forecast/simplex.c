#include "forecast/simplex.h"

#include <math.h>
#include <string.h>

struct corner {
    double at[SIMPLEX_DIMENSIONS_MAX];
    double value;
};

struct search {
    simplex_function *function;
    const void *context;
    size_t dimensions;
    size_t calls;
    struct corner corners[SIMPLEX_DIMENSIONS_MAX + 1]; /* the best first */
};

static void evaluate(struct search *search, struct corner *corner)
{
    corner->value = search->function(search->context, corner->at);
    search->calls++;
}

/* Insertion: nearly all of them are in order already. */
static void order(struct search *search)
{
    for (size_t i = 1; i <= search->dimensions; i++) {
        const struct corner moved = search->corners[i];
        size_t j = i;
        for (; j > 0 && search->corners[j - 1].value > moved.value; j--) {
            search->corners[j] = search->corners[j - 1];
        }
        search->corners[j] = moved;
    }
}

/* The point on the line from the worst corner through the middle of the others; 1 is as far beyond
 * the middle as the corner is before it. */
static struct corner along(struct search *search, double distance)
{
    const struct corner *worst = &search->corners[search->dimensions];
    struct corner made = {.value = 0};
    for (size_t d = 0; d < search->dimensions; d++) {
        double middle = 0;
        for (size_t i = 0; i < search->dimensions; i++) {
            middle += search->corners[i].at[d] / (double)search->dimensions;
        }
        made.at[d] = middle + distance * (middle - worst->at[d]);
    }
    evaluate(search, &made);
    return made;
}

static void shrink(struct search *search)
{
    for (size_t i = 1; i <= search->dimensions; i++) {
        struct corner *corner = &search->corners[i];
        for (size_t d = 0; d < search->dimensions; d++) {
            corner->at[d] = (corner->at[d] + search->corners[0].at[d]) / 2;
        }
        evaluate(search, corner);
    }
}

static void step_on(struct search *search)
{
    struct corner *worst = &search->corners[search->dimensions];
    const struct corner *second_worst = &search->corners[search->dimensions - 1];
    const struct corner mirrored = along(search, 1);
    if (mirrored.value < search->corners[0].value) {
        const struct corner further = along(search, 2);
        *worst = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < second_worst->value) {
        *worst = mirrored;
    } else {
        const bool outside = mirrored.value < worst->value;
        const struct corner nearer = along(search, outside ? 0.5 : -0.5);
        if (nearer.value < (outside ? mirrored.value : worst->value)) {
            *worst = nearer;
        } else {
            shrink(search);
        }
    }
    order(search);
}

double simplex_minimise(simplex_function *function, const void *context, size_t dimensions,
                        double step, double *point)
{
    ASSERT(dimensions > 0 && dimensions <= SIMPLEX_DIMENSIONS_MAX);
    struct search search = {.function = function, .context = context, .dimensions = dimensions};
    for (size_t i = 0; i <= dimensions; i++) {
        memcpy(search.corners[i].at, point, dimensions * sizeof *point);
        if (i > 0) {
            search.corners[i].at[i - 1] += step;
        }
        evaluate(&search, &search.corners[i]);
    }
    order(&search);
    while (search.calls < SIMPLEX_CALLS_MAX &&
           search.corners[dimensions].value - search.corners[0].value >
               1e-8 * (1 + fabs(search.corners[0].value))) {
        step_on(&search);
    }
    memcpy(point, search.corners[0].at, dimensions * sizeof *point);
    return search.corners[0].value;
}
