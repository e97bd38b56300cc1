/* report: what each contestant of the pipeline says of itself, on one line of JSON. */
#ifndef RETURNHUB_BENCH_REPORT_H
#define RETURNHUB_BENCH_REPORT_H

#include "pipeline.h"

#include <stdint.h>

enum { REPLICATIONS_MAX = 1000 };

struct report_order {
    uint64_t replications;
    uint64_t seed;
};
struct report_order report_order(int argument_count, char **arguments);

struct report {
    const char *name;
    uint64_t replications;
    double seconds[REPLICATIONS_MAX];
    uint64_t events;
    uint64_t ended;
    double wait[STATIONS]; /* mean waits of all replications, added up */
};

double report_seconds(void);
void report_add(struct report *report, double seconds, uint64_t events, uint64_t ended);
void report_print(const struct report *report);

#endif
