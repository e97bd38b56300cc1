/* workload: synthetic people for the screening bench, and what is to be found about them.
 *
 * Every person has the 32 facts of workload.def, each unknown with probability 0.1. All draws come
 * from one splitmix64 sequence, so the first n people of any number of people are the same. The 24
 * safeguards stand as text in screening.rules; the same predicates for programs written by hand are
 * in safeguards.h (a bit or a byte a person) and in row_screen.h (one person at a time). */
#ifndef RETURNHUB_BENCH_SCREENING_WORKLOAD_H
#define RETURNHUB_BENCH_SCREENING_WORKLOAD_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WORKLOAD_SEED = 42,
    WORKLOAD_SAFEGUARDS = 24,
    WORKLOAD_NATIONALITIES = 200,
    WORKLOAD_HUBS = 10,
    WORKLOAD_TODAY = 20703, /* Monday 2026-09-07, in days since 1970-01-01 */
    /* On one day every "n working days after" is a threshold. Programs by hand are given it; the
     * engine finds it from the text. 2026-08-31 is a holiday. */
    WORKLOAD_NOTICE_FROM = 20697,    /* served 2026-09-01 or later: not yet 5 working days */
    WORKLOAD_APPEAL_10_FROM = 20686, /* 2026-08-21 or later: within 10 working days */
    WORKLOAD_APPEAL_5_FROM = 20693,  /* 2026-08-28 or later: within 5 working days */
    WORKLOAD_HUBS_FREE = 0x377,      /* hubs 3 and 7 are full */
};

enum workload_status {
    STATUS_PENDING,
    STATUS_REFUSED,
    STATUS_FINAL,
    STATUS_WITHDRAWN,
    STATUS_CLOSED
};

/* Unknown is -1. Flags 0 or 1; dates are days since 1970-01-01. */
struct workload_row {
#define FLAG(name, fact, share)      int8_t name;
#define CELL(kind, type, name, fact) type name;
#include "workload.def"
#undef FLAG
#undef CELL
};

/* The same, fact by fact; each array is followed by room for a block of cells. */
struct workload_columns {
    size_t count;
#define FLAG(name, fact, share)      int8_t *name;
#define CELL(kind, type, name, fact) type *name;
#include "workload.def"
#undef FLAG
#undef CELL
};

extern const uint16_t workload_agreements[WORKLOAD_NATIONALITIES];

MUST_USE result workload_rows(size_t count, struct arena *arena, struct workload_row **ret_rows,
                              struct err *err);
MUST_USE result workload_columns(size_t count, struct arena *arena,
                                 struct workload_columns *ret_columns, struct err *err);

struct workload_sums {
    uint64_t clear;
    uint64_t barred;
    uint64_t unknown;
    uint64_t bars; /* sum of the masks */
    uint64_t unknowns;
    uint64_t weighted; /* sum of bars * (person mod 97) */
};
void workload_add(struct workload_sums *sums, size_t person, uint32_t bars, uint32_t unknown);
/* What several independent programs found for the first 10,000, 100,000 and 1,000,000 people. NULL
 * for other numbers. */
const struct workload_sums *workload_known_sums(size_t count);

/* Memory of the arena aligned to 64 bytes; stops the program when there is none. */
void *workload_take(struct arena *arena, size_t bytes);

#endif
