/* With MPI. */
#include "forecast/ranks.h"

#include <fcntl.h>
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

enum { VALUES_AT_ONCE = 1 << 24 };

static bool has_others(void)
{
    int begun = 0;
    int ended = 0;
    MPI_Initialized(&begun);
    MPI_Finalized(&ended);
    return begun != 0 && ended == 0;
}

/* Joining costs a tenth of a second and more, so nobody tries who was not started with others. */
static bool was_started_with_others(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        found = found || getenv(names[i]) != NULL;
    }
    return found;
}

static result be_silent(struct err *err)
{
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDOUT_FILENO) < 0) {
        return err_set(err, ERROR_INTERNAL,
                       "A rank other than the first cannot write to /dev/null");
    }
    close(nothing);
    return result_ok();
}

result ranks_begin(struct err *err)
{
    if (!was_started_with_others()) {
        return result_ok();
    }
    int given = MPI_THREAD_SINGLE;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS ||
        given < MPI_THREAD_FUNNELED) {
        return err_set(err, ERROR_INTERNAL, "MPI cannot be begun with threads beside it");
    }
    return ranks_here().number == 0 ? result_ok() : be_silent(err);
}

void ranks_end(bool all_is_well)
{
    if (has_others() && all_is_well) {
        MPI_Finalize();
    } else if (has_others()) {
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
}

struct ranks ranks_here(void)
{
    int number = 0;
    int count = 1;
    if (has_others()) {
        MPI_Comm_rank(MPI_COMM_WORLD, &number);
        MPI_Comm_size(MPI_COMM_WORLD, &count);
    }
    return (struct ranks){(uint64_t)number, (uint64_t)count};
}

/* As bits, not as a sum: to the last bit, whatever the order. */
void ranks_gather(double *values, size_t count)
{
    if (!has_others()) {
        return;
    }
    for (size_t first = 0; first < count; first += VALUES_AT_ONCE) {
        const size_t left = count - first;
        const int some = left < VALUES_AT_ONCE ? (int)left : VALUES_AT_ONCE;
        MPI_Allreduce(MPI_IN_PLACE, &values[first], some, MPI_UINT64_T, MPI_BOR, MPI_COMM_WORLD);
    }
}

static uint64_t reduced(uint64_t number, MPI_Op how)
{
    if (has_others()) {
        MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_UINT64_T, how, MPI_COMM_WORLD);
    }
    return number;
}

uint64_t ranks_sum(uint64_t number)
{
    return reduced(number, MPI_SUM);
}

uint64_t ranks_least(uint64_t number)
{
    return reduced(number, MPI_MIN);
}

void ranks_share_err(bool has, struct err *err)
{
    const struct ranks here = ranks_here();
    if (here.count > 1) {
        const uint64_t whose = ranks_least(has ? here.number : here.count);
        MPI_Bcast(err, (int)sizeof *err, MPI_BYTE, (int)whose, MPI_COMM_WORLD);
    }
}
