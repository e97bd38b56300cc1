/* possible_form: every condition of a rulebook in the few forms that possible.c searches. Internal
 * to possible*.c.
 *
 * Invariants:
 *   1. a form has, for every question, the truth that the scalar judge gives its condition;
 *   2. parts of a form have smaller indices than it, and no two forms are alike;
 *   3. a term is a monotone function of ONE fact, of today or of a constant, known for an interval
 *      of its values (`first` to `last`) and for no others.
 *
 * The third is what makes dates decidable: adding days, working days, months and years, and moving
 * to the next working day, never puts an earlier day after a later one. */
#ifndef RETURNHUB_RULEBOOK_POSSIBLE_FORM_H
#define RETURNHUB_RULEBOOK_POSSIBLE_FORM_H

#include "rulebook/condition.h"
#include "rulebook/list.h"

enum {
    FORMS_MAX = 100000,        /* as many as a condition may have parts: RULEBOOK_PARTS_MAX */
    COMPARISONS_MAX = 1000000, /* taken apart, among them those that are alike */
    VALUES_MAX = 512,          /* of a choice; countries told apart. ISO 3166-1 has 249 */
    VALUES_WORDS = VALUES_MAX / 64,
};

/* A form, or (lowest bit set) its negation. */
typedef uint32_t form_edge;

static inline form_edge edge_not(form_edge edge)
{
    return edge ^ 1U;
}

/* A set of values of a flag, a choice or a country. */
struct values {
    uint64_t words[VALUES_WORDS];
};

enum form_kind {
    FORM_ALWAYS,
    FORM_ALL,    /* parts: conditions */
    FORM_CASE,   /* parts in pairs, a guard and what holds if it is the first that is true; unknown
                    when a guard before it is, and when none is true */
    FORM_MEMBER, /* part: one condition, true of any member of the family */
    FORM_KNOWN,  /* fact */
    FORM_CHOSEN, /* fact (flag, choice, country) is one of `values` */
    FORM_SAME,   /* fact and other (flag, choice, country) are equal */
    FORM_CONTAINS, /* fact, or the country `value` when it is NOT_FOUND_INDEX, is in the set `other`
                    */
    FORM_SAME_SET, /* fact and other are equal sets */
    FORM_ORDER,    /* term `fact` is not greater than term `other` */
};

struct form {
    enum form_kind kind;
    uint32_t fact;
    uint32_t other;
    uint32_t value;
    uint32_t part_count;
    uint32_t next; /* form + 1 of the same hash, 0 at the end */
    const form_edge *parts;
    struct values values;
};

enum term_kind { TERM_FACT, TERM_TODAY, TERM_CONSTANT, TERM_SUM, TERM_NEXT_WORKING_DAY };

struct term {
    enum term_kind kind;
    uint32_t item;  /* fact, constant, or calendar */
    uint32_t inner; /* what the sum or the move is made from */
    uint32_t root;  /* the fact, today or constant at the bottom */
    struct duration duration;
    bool backwards;
    bool shifts; /* no more than the addition of `shift` */
    int64_t shift;
    int64_t first; /* of the root's values, those for which it is known; first > last: none */
    int64_t last;
    const int32_t *table; /* its value for each root from `first` on, once made */
    int64_t spread_least; /* with the table: how far it moves a day at least and at most */
    int64_t spread_most;
};

struct forms {
    const struct rulebook *rulebook;
    struct arena *arena;
    struct list forms;     /* struct form */
    struct list terms;     /* struct term */
    struct list constants; /* int64_t */
    form_edge *of_node;    /* the edge + 1 of each condition, 0 before it is made */
    uint32_t *hash_table;
    uint16_t countries[VALUES_MAX]; /* the countries that are told apart */
    uint32_t country_count;
    int64_t day_first; /* the days that can be written */
    int64_t day_last;
    bool inexact; /* some values are left out: what is not found may yet be possible */
    size_t comparisons;
    bool too_large; /* the rulebook has more forms or values than are looked at */
    bool out_of_memory;
};

/* Makes the forms of all definitions, safeguards and clocks. */
MUST_USE result forms_make(struct forms *forms, const struct rulebook *rulebook,
                           struct arena *arena, struct err *err);
/* Of a condition that stands alone: of a definition, a safeguard or a `when`. */
form_edge forms_of(const struct forms *forms, node_index condition);

static inline const struct form *forms_at(const struct forms *forms, form_edge edge)
{
    return LIST_AT(&forms->forms, struct form, edge >> 1U);
}

/* How many values a flag, a choice or a country can take. */
uint32_t forms_value_count(const struct forms *forms, uint32_t fact);

static inline bool values_has(const struct values *values, uint32_t value)
{
    return (values->words[value / 64] >> (value % 64) & 1U) != 0;
}
void values_add(struct values *values, uint32_t value);

#endif
