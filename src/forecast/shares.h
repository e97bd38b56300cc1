/* shares: what part each measure has in what all of them do together.
 *
 * The value of a set of measures is what an answer is when they, and no others, are on. A measure's
 * share is what it adds when it joins the others, averaged over all orders in which they may join
 * (Shapley, A value for n-person games, 1953):
 *
 *   share(i) = sum over the sets S of the others of  |S|! (n - |S| - 1)! / n!  (v(S and i) - v(S))
 *
 * The shares sum to v(all) - v(none), a measure that never adds anything has none, and two that add
 * the same have the same. All sets are run with the same random numbers, and shares are taken
 * future by future: so they sum to the combined effect in each future, and the standard error of
 * their mean over the futures is that of independent numbers. */
#ifndef RETURNHUB_FORECAST_SHARES_H
#define RETURNHUB_FORECAST_SHARES_H

#include "forecast/ensemble.h"

enum { SHARES_MEASURES_MAX = 8 }; /* 256 sets */

/* What the value of a set, as bits, counts for in the share of a measure. */
double shares_weight(size_t measure_count, uint32_t set, size_t measure);

/* A share in each future. The share of SHARES_TOGETHER is the combined effect itself. */
#define SHARES_TOGETHER(shares) ((shares)->measure_count)

struct shares {
    size_t measure_count;
    size_t series_count;
    size_t quarter_count;
    uint64_t count;
    double *values; /* [measure, then together][future][series][quarter] */
};

/* At most SHARES_MEASURES_MAX measures. */
MUST_USE result shares_begin(size_t measure_count, size_t series_count, size_t quarter_count,
                             uint64_t count, struct arena *arena, struct shares *ret_shares,
                             struct err *err);
/* The futures of one set; each of the 2^n sets once, in any order. */
void shares_add(struct shares *shares, uint32_t set, const struct ensemble *ensemble);

struct shares_estimate {
    double mean;
    double error; /* standard error of the mean, over the futures; 0 of one future */
};
struct shares_estimate shares_estimate(const struct shares *shares, size_t measure, size_t series,
                                       size_t quarter);

#endif
