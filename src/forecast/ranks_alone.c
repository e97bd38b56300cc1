/* Without MPI: the only rank. */
#include "forecast/ranks.h"

result ranks_begin(struct err *err)
{
    (void)err;
    return result_ok();
}

void ranks_end(bool all_is_well)
{
    (void)all_is_well;
}

struct ranks ranks_here(void)
{
    return (struct ranks){0, 1};
}

void ranks_gather(double *values, size_t count)
{
    (void)values;
    (void)count;
}

uint64_t ranks_sum(uint64_t number)
{
    return number;
}

uint64_t ranks_least(uint64_t number)
{
    return number;
}

void ranks_share_err(bool has, struct err *err)
{
    (void)has;
    (void)err;
}
