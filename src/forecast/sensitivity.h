/* sensitivity: on which assumption an answer hangs.
 *
 * The first-order index of an assumption is the part of an answer's variance that would go if the
 * assumption were known (Sobol, Sensitivity estimates for nonlinear mathematical models, 1993):
 *
 *   S = Var( E(answer | assumption) ) / Var(answer)
 *
 * It is estimated from futures that were run anyway, which drew all assumptions at random, most of
 * them independently of each other (Plischke, Borgonovo and Smith, Global sensitivity measures from
 * given data, European Journal of Operational Research 226, 2013): the futures are put in the order
 * of the assumption and cut into m classes of equal size; the mean of the answer in each stands for
 * E(answer | assumption). Of n futures about sqrt(n) / 2 classes are made. What chance alone would
 * make of it is taken off (the epsilon squared of Kelley, An unbiased correlation ratio measure,
 * 1935):
 *
 *   S = 1 - (n - 1) / (n - m) * (sum of squares within the classes) / (sum of squares)
 *
 * so an assumption that does not matter has an estimate around 0, which may be below it. The error
 * is a jackknife's over SENSITIVITY_PARTS parts of the futures. What the indices of all assumptions
 * leave of 1 is chance, and what assumptions do only together. */
#ifndef RETURNHUB_FORECAST_SENSITIVITY_H
#define RETURNHUB_FORECAST_SENSITIVITY_H

#include "base/arena.h"

enum { SENSITIVITY_PARTS = 20, SENSITIVITY_FUTURES_MIN = 100 };

struct sensitivity {
    double index; /* 0 when the answer, or the assumption, is the same in all futures */
    double error; /* standard */
};

/* `inputs` and `outputs` of `count` futures, at least SENSITIVITY_FUTURES_MIN. `scratch` holds four
 * times as many doubles. */
MUST_USE result sensitivity_first_order(const double *inputs, const double *outputs, size_t count,
                                        struct arena scratch, struct sensitivity *ret_sensitivity,
                                        struct err *err);

#endif
