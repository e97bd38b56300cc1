/* screen_plan: a compiled screen: what is done to one block of rows, in order. Internal to
 * rulebook/.
 *
 * Planes, value buffers and operations are numbered. A plane is a column's (a new piece of it for
 * every block), one of the two constant ones, or scratch that lives from the operation that writes
 * it to the last that reads it; screen_allocate.c gives scratch planes and buffers their places so
 * that few of them are enough. No operation writes where it reads. */
#ifndef RETURNHUB_RULEBOOK_SCREEN_PLAN_H
#define RETURNHUB_RULEBOOK_SCREEN_PLAN_H

#include "rulebook/condition.h"
#include "rulebook/screen.h"
#include "rulebook/screen_kernel.h"

/* A part of a condition: the planes where it is true and where it is false. */
struct part {
    uint32_t t;
    uint32_t f;
};

enum { PLANE_ZEROS, PLANE_ONES, PLANE_CONSTANTS };

struct plane {
    const uint64_t *full; /* the whole plane; NULL: scratch */
    bool constant;        /* the same for every block */
    uint32_t slot;        /* of scratch */
};

/* A buffer of whole numbers, one for each row of a block, and the plane of those that are known. */
struct worth {
    uint32_t numbers;
    uint32_t known;
};

enum operation_kind {
    OPERATION_ALL,        /* parts -> part */
    OPERATION_CHOOSE,     /* parts[0] ? parts[1] : parts[2] -> part */
    OPERATION_ONE_OF,     /* planes (t of `parts`), known -> part */
    OPERATION_COMPLEMENT, /* known -> out.t */
    OPERATION_RANGE,      /* column, low, span, known -> part */
    OPERATION_LOOK_UP,    /* column, table, known -> parts (`outs`) */
    OPERATION_KEEP,       /* parts[0] -> full planes of the family condition `item` */
    OPERATION_TELL,       /* parts[0] is the safeguard `item` */
    /* whole numbers, row by row */
    OPERATION_NUMBERS, /* column -> numbers */
    OPERATION_FILL,    /* constant -> numbers */
    OPERATION_SUM,     /* worths[0], hop -> worth */
    OPERATION_EXTREME, /* worths[0], worths[1], later or earlier -> worth */
    OPERATION_EITHER,  /* parts[0] ? worths[0] : worths[1] -> worth */
    OPERATION_COMPARE, /* worths[0], worths[1], `true_when` -> part */
    OPERATION_IN_SET,  /* worths[0], sets -> part */
    OPERATION_SAME_SET,
};

/* A column of sets of countries, or one set for everybody. */
struct sets {
    const struct column *column; /* NULL: `constant` */
    struct country_set constant;
    uint32_t known;
};

/* Numbers of days to other days: a table over the days that occur. */
struct hop_table {
    int64_t least;
    size_t count;
    const int32_t *days; /* HOP_UNKNOWN where the sum is not known */
};
#define HOP_UNKNOWN INT32_MIN

struct operation {
    enum operation_kind kind;
    uint32_t item;
    struct part *parts;
    size_t part_count;
    struct part out;
    struct part outs[LOOK_UPS_MAX]; /* of OPERATION_LOOK_UP */
    size_t out_count;
    const struct column *column;
    uint32_t known; /* a plane */
    uint64_t low;
    uint64_t span;
    uint8_t *table;
    struct worth worths[2];
    struct worth worth;
    int64_t constant;
    struct hop_table hop;
    bool later;
    bool true_when[3]; /* less, equal, greater */
    struct sets sets[2];
};

/* One run over the blocks. */
struct plan {
    struct plane *planes;
    size_t plane_count;
    size_t plane_capacity;
    uint32_t *full_planes; /* those of columns, in the order in which they are first read */
    size_t full_count;
    uint32_t *buffer_slots; /* of each buffer */
    size_t buffer_count;
    size_t buffer_capacity;
    struct operation *operations;
    size_t operation_count;
    size_t operation_capacity;
    size_t plane_slots; /* how much scratch */
    size_t buffer_slot_count;
};

struct family_condition {
    enum node_kind kind;
    uint64_t *t; /* first of everybody, as a member; then of everybody's family */
    uint64_t *f;
};

struct screen {
    const struct columns *columns;
    const struct screen_kernel *kernel;
    size_t safeguard_count;
    uint64_t *constants[PLANE_CONSTANTS]; /* one block each */
    struct plan members;
    struct plan main;
    struct family_condition *families;
    size_t family_count;
    uint64_t *in_group; /* who is in a family on record */
    const struct column *family_complete;
};

const struct screen_kernel *screen_kernel_of(enum screen_level level);

/* Gives scratch planes and buffers their places, and lists the planes of columns. */
MUST_USE result screen_allocate(struct plan *plan, struct arena *arena, struct err *err);

/* --- ranges of one fact's numbers (screen_range.c) --- */

/* The values by which a screening is the same for everybody: nobody's facts, the hub's, the
 * agreement's, the day. */
struct common {
    const struct rulebook *rulebook;
    struct question question; /* person NULL, no family */
};

/* Does it read no fact of a person? */
bool common_condition(const struct common *common, node_index condition);
bool common_value(const struct common *common, node_index value);

/* A value that is made from one fact of the person alone by sums that never run backwards. False
 * when it is not. */
bool range_chain(const struct common *common, node_index value, uint32_t *ret_fact);
/* The same of the last day of a clock; `ret_run` is the line that applies to everybody. */
bool range_clock(const struct common *common, uint32_t clock, uint32_t *ret_fact,
                 uint32_t *ret_run);

/* The numbers of the fact, from least to greatest, for which the chain is known, and, among these,
 * those for which it is at least / greater than `limit`: known_from <= at_least_from, greater_from
 * <= known_until + 1. */
struct range {
    int64_t known_from; /* known_from > known_until: none */
    int64_t known_until;
    int64_t at_least_from;
    int64_t greater_from;
};
struct range range_of_value(const struct common *common, node_index value, int64_t least,
                            int64_t greatest, int64_t limit);
struct range range_of_clock(const struct common *common, uint32_t clock, uint32_t run,
                            int64_t least, int64_t greatest, int64_t limit);

#endif
