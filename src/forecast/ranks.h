/* ranks: several copies of this program that run one forecast together, on one machine or many.
 *
 * They are started by `mpirun` of Open MPI, or whatever else starts MPI programs, with the same
 * arguments. Each lives its part of the futures, and everybody gets the values of all: so whatever
 * is calculated from them is the same everywhere, and the first rank alone says it. A program that
 * was built without MPI (meson's option `mpi`), or was started alone, is the only rank.
 *
 * The state is MPI's own. These are called by one thread of a program. */
#ifndef RETURNHUB_FORECAST_RANKS_H
#define RETURNHUB_FORECAST_RANKS_H

#include "base/result.h"

#include <stddef.h>

struct ranks {
    uint64_t number; /* of this one, from 0 */
    uint64_t count;
};

/* Joins the others, if the program was started as one of several. Only the first says anything on
 * its standard output from now on. */
MUST_USE result ranks_begin(struct err *err);
/* When something went wrong, the others are ended too: they would wait for ever. */
void ranks_end(bool all_is_well);
struct ranks ranks_here(void);

/* Every rank calls these with arrays of the same size. */
/* What is not 0 is so on one rank alone; afterwards it is so on all. */
void ranks_gather(double *values, size_t count);
uint64_t ranks_sum(uint64_t number);
uint64_t ranks_least(uint64_t number);
/* `err` of the one rank that `has` it goes to all. */
void ranks_share_err(bool has, struct err *err);

#endif
