/* interval: how far a share or a median of few may be from that of many like them. For reading
 * differences between groups with care; nothing is decided by them. */
#ifndef RETURNHUB_STATISTICS_INTERVAL_H
#define RETURNHUB_STATISTICS_INTERVAL_H

#include "base/result.h"

#include <stddef.h>
#include <stdint.h>

/* Of `yes` among `all` (> 0), in thousandths, the ends rounded outwards: the Wilson score interval
 * at 95 % (E. B. Wilson, Probable inference, the law of succession, and statistical inference,
 * Journal of the American Statistical Association 22, 1927). */
struct share {
    int64_t thousandths; /* rounded half up */
    int64_t low;
    int64_t high;
};
struct share share_of(int64_t yes, int64_t all);

/* The median of sorted values (the lower one of two in the middle), and the interval between two of
 * them that holds the median of many like these with 95 % at least, whatever their distribution:
 * the ranks come from the binomial distribution with one half (order statistics). With fewer than
 * six values there is no such interval, and `has_interval` is false. */
struct median {
    int64_t value;
    bool has_interval;
    int64_t low;
    int64_t high;
};
struct median median_of(const int32_t *sorted, size_t count);

#endif
