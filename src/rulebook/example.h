/* example: the cases a rulebook carries with it, each with the outcome the law gives it. Internal
 * to rulebook/. */
#ifndef RETURNHUB_RULEBOOK_EXAMPLE_H
#define RETURNHUB_RULEBOOK_EXAMPLE_H

#include "rulebook/judge.h"

struct given {
    uint32_t fact;
    struct value value; /* unknown when the example says so */
};

struct example_member {
    const struct given *given;
    size_t given_count;
};

struct example {
    str title;
    bool of_clock;
    uint32_t item; /* the safeguard, or the clock */
    bool has_day;
    date day;
    const struct given *given;
    size_t given_count;
    const struct example_member *members;
    size_t member_count;
    enum clearance expected; /* of a safeguard */
    bool has_needs;
    const uint32_t *needs; /* facts, in the order written */
    size_t need_count;
    bool has_last_day; /* of a clock */
    date last_day;
    struct place_in_text at;
};

#endif
