/* contest: how the driver speaks with a contestant of the screening bench, a program that has
 * loaded the people and waits. Line by line on standard input:
 *
 *   run COUNT [HOW]   screens everybody COUNT times, answers "time SECONDS", the median of one
 *   answers PATH      writes the masks of the last run (all `bars`, then all `unknown`, 32 bits
 *                     each) and answers "answers" with the sums and "known", "wrong" or "new"
 *
 * It says "ready" with some words about itself when it has loaded, and ends with its input. */
#ifndef RETURNHUB_BENCH_SCREENING_CONTEST_H
#define RETURNHUB_BENCH_SCREENING_CONTEST_H

#include "workload.h"

struct contestant {
    void *context;
    size_t count; /* of people */
    const char *about;
    /* What `run` is to do; false when it is not understood. NULL: there is one way only. */
    bool (*choose)(void *context, const char *how);
    /* What is timed; gives the seconds when it times itself, else a negative number. */
    double (*run)(void *context);
    /* The masks that the last run left. NULL: there are none. */
    void (*answer)(const void *context, size_t person, uint32_t *bars, uint32_t *unknown);
};

void contest_serve(const struct contestant *contestant, struct arena scratch);

double contest_seconds(void);
/* Ends the program with the error, unless it went well. */
void contest_must(result outcome, const struct err *err);
/* The number of people: the first argument. */
size_t contest_people(int argc, char **argv);
/* An arena for this many people. */
struct arena contest_arena(size_t people);

#endif
