#include "statistics/interval.h"

#include <math.h>

static const double z_95 = 1.959963984540054; /* the 97.5 % point of the normal distribution */

struct share share_of(int64_t yes, int64_t all)
{
    ASSERT(all > 0 && yes >= 0 && yes <= all);
    const double n = (double)all;
    const double p = (double)yes / n;
    const double z2 = z_95 * z_95;
    const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    struct share share = {
        .thousandths = (2000 * yes + all) / (2 * all),
        .low = (int64_t)floor((middle - half) * 1000 + 1e-9),
        .high = (int64_t)ceil((middle + half) * 1000 - 1e-9),
    };
    share.low = yes == 0 || share.low < 0 ? 0 : share.low;
    share.high = yes == all || share.high > 1000 ? 1000 : share.high;
    return share;
}

/* The greatest d such that fewer than d of `count` fair coins show heads with 2.5 % at most; 0 when
 * there is none. The values of rank d and count + 1 - d are then the ends of the interval. */
static size_t rank_of_low_end(size_t count)
{
    const double n = (double)count;
    double below = 0; /* the chance of fewer than d heads */
    size_t d = 0;
    while (d < count / 2) {
        const double k = (double)d;
        const double chance =
            exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * 0.6931471805599453);
        if (below + chance > 0.025) {
            break;
        }
        below += chance;
        d++;
    }
    return d;
}

struct median median_of(const int32_t *sorted, size_t count)
{
    ASSERT(count > 0);
    const size_t d = rank_of_low_end(count);
    struct median median = {.value = sorted[(count - 1) / 2], .has_interval = d > 0};
    if (d > 0) {
        median.low = sorted[d - 1];
        median.high = sorted[count - d];
    }
    return median;
}
