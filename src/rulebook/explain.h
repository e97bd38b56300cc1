/* explain: why a verdict is what it is, and what would change it, as a tree that text, JSON and the
 * page all draw. */
#ifndef RETURNHUB_RULEBOOK_EXPLAIN_H
#define RETURNHUB_RULEBOOK_EXPLAIN_H

#include "rulebook/judge.h"

enum reason_kind {
    REASON_ALL,        /* and: children */
    REASON_ANY,        /* or: children */
    REASON_NOT,        /* one child */
    REASON_DEFINITION, /* named; one child */
    REASON_COMPARISON, /* text; children: the facts and clocks it rests on */
    REASON_KNOWN,      /* "FACT known" and "FACT unknown"; one child, the fact */
    REASON_CLOCK,  /* `clock` set; children: the conditions of its lines, and the facts it starts
                      from */
    REASON_FAMILY, /* quantifier; a child for each member, and last the fact family.complete */
    REASON_MEMBER, /* one member of the family, `member` set; one child */
    REASON_CONSTANT,
    REASON_FACT, /* a leaf: `fact` set, with its value */
};

struct reason {
    enum reason_kind kind;
    enum truth truth;   /* of conditions; for REASON_FACT: TRUE when known, UNKNOWN when not */
    str text;           /* the condition as the rulebook writes it, on one line */
    uint32_t fact;      /* or NOT_FOUND_INDEX */
    struct value value; /* of the fact, with the event it comes from */
    uint32_t clock;     /* or NOT_FOUND_INDEX */
    struct clock_answer clock_answer;
    uint32_t member; /* index in question.family */
    const struct reason *children;
    size_t child_count;
};

enum change_kind {
    /* Of an unknown safeguard: this fact, once recorded, could decide it, alone or with others. Of
     * a barred one: this unknown fact alone would make it clear, whatever its value. */
    CHANGE_FACT_KNOWN,
    /* This fact alone, with this value, would make it clear (an unknown value: if it were not
     * recorded). Of dates and numbers the nearest values before and after the present one that do.
     */
    CHANGE_FACT_VALUE,
    /* With nothing recorded anew, it is clear on this day, the first. */
    CHANGE_WAIT,
};

struct change {
    enum change_kind kind;
    uint32_t fact;   /* NOT_FOUND_INDEX when waiting */
    uint32_t member; /* whose fact it is: index in question.family, or NOT_FOUND_INDEX for the
                        question's own */
    struct value value;
    date day;
};

struct safeguard_explanation {
    uint32_t safeguard;
    enum clearance clearance;
    const struct reason *condition;
    const struct change
        *changes; /* none when clear; may be empty: then no single change clears it */
    size_t change_count;
};

struct explanation {
    uint32_t step;
    enum clearance clearance;
    date today;
    const struct safeguard_explanation *safeguards; /* in the step's order */
    size_t safeguard_count;
};

enum {
    EXPLAIN_WAIT_DAYS_MAX = 400, /* how far ahead CHANGE_WAIT is looked for */
    EXPLAIN_TRIALS_MAX = 4000,   /* how many values are tried for one safeguard */
};

MUST_USE result explain_step(const struct rulebook *rulebook, uint32_t step,
                             const struct question *question, struct arena *arena,
                             struct explanation *ret_explanation, struct err *err);
MUST_USE result explain_safeguard(const struct rulebook *rulebook, uint32_t safeguard,
                                  const struct question *question, struct arena *arena,
                                  struct safeguard_explanation *ret_explanation, struct err *err);

/* The condition of a node as the rulebook's canonical text writes it, on one line. */
void explain_condition_text(const struct rulebook *rulebook, node_index condition, struct buf *buf);

const char *clearance_name(enum clearance clearance); /* "clear", "barred", "unknown" */
const char *truth_name(enum truth truth);             /* "false", "true", "unknown" */

#endif
