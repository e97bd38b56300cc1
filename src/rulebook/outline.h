/* outline: what a rule says, in plain words, as a tree down to the facts: every definition and
 * every clock in it is written out. It asks of nobody; explain does that. */
#ifndef RETURNHUB_RULEBOOK_OUTLINE_H
#define RETURNHUB_RULEBOOK_OUTLINE_H

#include "rulebook/rulebook.h"

enum outline_kind {
    OUTLINE_ALL,        /* children: conditions, all of them */
    OUTLINE_ANY,        /* children: conditions, at least one */
    OUTLINE_NOT,        /* one condition, which must not hold */
    OUTLINE_DEFINITION, /* `item`; one child, its condition */
    OUTLINE_CLOCK,      /* `item`; children: its runs */
    OUTLINE_RUN,        /* children: the condition it needs, if any, then what it starts from */
    OUTLINE_FAMILY,     /* a condition, asked of each member; and the fact family.complete */
    OUTLINE_COMPARISON, /* children: the facts and clocks it rests on */
    OUTLINE_CONSTANT,
    OUTLINE_FACT, /* `item`; a leaf */
};

struct outline {
    enum outline_kind kind;
    str words;     /* in plain words */
    str text;      /* as the rulebook writes it; of definitions, clocks and facts the name */
    uint32_t item; /* of a definition, clock or fact */
    const struct outline *children;
    size_t child_count;
};

/* A condition, written out. */
MUST_USE result outline_condition(const struct rulebook *rulebook, node_index condition,
                                  struct arena *arena, const struct outline **ret_outline,
                                  struct err *err);
/* What a clock counts, written out. */
MUST_USE result outline_clock(const struct rulebook *rulebook, uint32_t clock, struct arena *arena,
                              const struct outline **ret_outline, struct err *err);

/* Sets read[fact] for each fact that the outline comes down to; leaves the others. */
void outline_facts(const struct outline *outline, bool *read);
/* Does a condition, or a run of a clock, name this definition, clock or fact itself, not through
 * another? */
bool outline_names(const struct outline *outline, enum outline_kind kind, uint32_t item);

const char *outline_kind_name(enum outline_kind kind); /* "all", "any", ... for programs */

#endif
