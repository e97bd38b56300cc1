/* simplex: where a function of a few numbers is smallest, by the method of Nelder and Mead (A
 * simplex method for function minimization, The Computer Journal 7, 1965). It uses no derivatives
 * and finds a local minimum. */
#ifndef RETURNHUB_FORECAST_SIMPLEX_H
#define RETURNHUB_FORECAST_SIMPLEX_H

#include "base/result.h"

#include <stddef.h>

enum { SIMPLEX_DIMENSIONS_MAX = 12, SIMPLEX_CALLS_MAX = 1200 };

/* Finite everywhere; what is not possible is very large. */
typedef double simplex_function(const void *context, const double *point);

/* Begins at `point` with steps of that size, and leaves the best point found there; returns its
 * value. Ends when the values at the corners agree to 1e-8 of themselves, or after
 * SIMPLEX_CALLS_MAX calls. */
double simplex_minimise(simplex_function *function, const void *context, size_t dimensions,
                        double step, double *point);

#endif
