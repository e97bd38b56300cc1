#include "forecast/scoring.h"

#include <math.h>
#include <stdlib.h>

const double scoring_interval_share[SCORING_INTERVALS] = {0.5, 0.8, 0.95};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

void scoring_sort(double *sample, size_t count)
{
    qsort(sample, count, sizeof *sample, compare);
}

double scoring_crps(const double *sorted, size_t count, double number)
{
    ASSERT(count > 0);
    const double n = (double)count;
    double error = 0;
    double spread = 0;
    for (size_t i = 0; i < count; i++) {
        error += fabs(sorted[i] - number);
        spread += (2 * (double)i + 1 - n) * sorted[i];
    }
    return error / n - spread / (n * n);
}

double scoring_quantile(const double *sorted, size_t count, double share)
{
    ASSERT(count > 0 && share >= 0 && share <= 1);
    const double place = share * (double)(count - 1);
    const size_t below = (size_t)place;
    const size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}
