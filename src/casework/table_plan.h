/* table_plan: a table's definition, with every name in it found: facts, stages, steps and words as
 * the numbers under which the store keeps them, periods as days. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_TABLE_PLAN_H
#define RETURNHUB_CASEWORK_TABLE_PLAN_H

#include "casework/edition.h"

enum {
    TABLE_PERIODS_MAX = 240,
    TABLE_CODES_MAX = DEFINITION_DIMENSIONS_MAX + 1, /* by, and across */
};

/* Words of the store, a flag each: is this one of the names of a list? */
struct word_set {
    const bool *has;
};

struct planned_dimension {
    const struct dimension *definition;
    uint32_t fact;       /* of the rulebook, when it is about one */
    int64_t fact_number; /* table_plan_fact */
    struct word_set names;
    int64_t anchor_step;     /* word */
    const int64_t *group_of; /* by word: the line of the group, from 1; 0: of none */
};

struct planned_filter {
    uint32_t fact;
    int64_t fact_number;
    struct word_set values;
    bool or_unknown;
};

struct planned_period {
    str label; /* "2023-Q1" */
    date first;
    date last;
};

struct table_plan {
    const struct table_definition *definition;
    const struct publication_policy *policy;
    const struct rulebook *rulebook;
    struct edition edition;
    struct stage_words words;
    const uint32_t *by_text; /* words in the order of their texts, each once */
    size_t by_text_count;
    const str *fact_names;
    size_t fact_name_count;
    int64_t unknown_word; /* of the value "unknown"; 0: nobody recorded it */

    struct word_set names; /* of the basis */
    struct word_set share_of;
    uint32_t value_fact; /* of BASIS_VALUES */
    int64_t value_fact_number;
    struct planned_dimension dimensions[TABLE_CODES_MAX]; /* by, then across */
    size_t dimension_count;
    struct planned_dimension since;
    struct planned_filter filters[DEFINITION_FILTERS_MAX];

    struct planned_period periods[TABLE_PERIODS_MAX];
    size_t period_count;

    /* Why the register cannot give this table under its rulebook; "" when it can. */
    str absent;
};

/* `from` and `to` are periods of the table's kind, "" for the last four that ended by the day the
 * edition is as at. */
MUST_USE result table_plan_make(struct sitting *sitting, const struct table_definition *definition,
                                const struct publication_policy *policy,
                                const struct edition *edition, str from, str to,
                                struct table_plan *ret_plan, struct err *err);

/* The number of the word; 0 when the store has no such word. */
int64_t table_plan_word(const struct table_plan *plan, str text);
/* The number under which entries of the fact are kept (packed.h); 0: no such fact. */
int64_t table_plan_fact(const struct table_plan *plan, str name);

/* The period that holds the day, or period_count. */
size_t table_plan_period(const struct table_plan *plan, date day);

#endif
