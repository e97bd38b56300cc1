/* scoring: how good a forecast was that said many possible numbers, now that the number is known.
 *
 * The continuous ranked probability score of a sample x(1) <= ... <= x(n) for the number y is
 *
 *     mean |x - y|  -  half the mean |x - x'| over all pairs,
 *
 * in the unit of the number; smaller is better, and for a sample of one it is the absolute error.
 * The second part is computed from the sorted sample, sum (2 i - n - 1) x(i) / n^2 (Gneiting and
 * Raftery, Strictly proper scoring rules, prediction, and estimation, Journal of the American
 * Statistical Association 102, 2007; Jordan, Krueger and Lerch, Evaluating probabilistic forecasts
 * with scoringRules, Journal of Statistical Software 90, 2019). It is proper: nobody gains by
 * saying other than they believe, neither wider nor narrower. */
#ifndef RETURNHUB_FORECAST_SCORING_H
#define RETURNHUB_FORECAST_SCORING_H

#include "base/result.h"

#include <stddef.h>

enum { SCORING_INTERVALS = 3 };
extern const double scoring_interval_share[SCORING_INTERVALS]; /* 0.5, 0.8, 0.95 */

/* Ascending. */
void scoring_sort(double *sample, size_t count);
double scoring_crps(const double *sorted, size_t count, double number);
/* Linear between the ordered numbers (type 7 of Hyndman and Fan, Sample quantiles in statistical
 * packages, The American Statistician 50, 1996). */
double scoring_quantile(const double *sorted, size_t count, double share);

#endif
