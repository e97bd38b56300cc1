/* table_count: goes through everybody's course once and counts what a planned table counts. Inside
 * casework only. */
#ifndef RETURNHUB_CASEWORK_TABLE_COUNT_H
#define RETURNHUB_CASEWORK_TABLE_COUNT_H

#include "casework/table_plan.h"

/* What something is counted under, in one dimension. */
enum {
    CODE_UNKNOWN = 0, /* nobody recorded it */
    CODE_NONE = -1,   /* it is known that there is none: no such step yet */
};

/* A number that a fact has as its value; words are counted under their own numbers. */
static const int64_t code_of_numbers = INT64_C(1) << 40;

struct table_cell {
    uint32_t period;
    uint32_t block; /* of a table that compares: which of its dimensions */
    int64_t codes[TABLE_CODES_MAX];
    int64_t count;
    int64_t yes;           /* of MEASURE_SHARE */
    struct waited *waited; /* of MEASURE_MEDIAN: `count` of them, the last one first */
};

struct waited {
    struct waited *next;
    int32_t days;
};

enum { DELAY_DAYS_MAX = 3650 };

struct table_counts {
    const struct table_plan *plan;
    struct arena *arena;
    struct table_cell *cells; /* a hash table; count 0: free */
    size_t capacity;          /* a power of two */
    size_t used;
    int64_t delays[DELAY_DAYS_MAX + 1]; /* of events: from the day it is true to its recording */
};

MUST_USE result table_count_everybody(struct sitting *sitting, const struct table_plan *plan,
                                      struct arena *arena, struct table_counts *ret_counts,
                                      struct err *err);

/* The facts of a subject that count in an edition, sorted by fact and day (packed.h). */
MUST_USE result edition_facts(struct sitting *sitting, const struct table_plan *plan,
                              enum subject_kind kind, int64_t subject, struct arena *arena,
                              struct packed_entry **ret_entries, size_t *ret_count,
                              struct err *err);
/* The one of the fact that counts on the day; NULL when it is not known. */
const struct packed_entry *edition_fact(const struct packed_entry *entries, size_t count,
                                        int64_t fact, date on);

#endif
