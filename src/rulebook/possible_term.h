/* possible_term: dates and numbers as monotone functions of one value (possible_form.h, invariant
 * 3). Internal to possible*.c.
 *
 * Values of the root are days since 1970-01-01, or numbers. */
#ifndef RETURNHUB_RULEBOOK_POSSIBLE_TERM_H
#define RETURNHUB_RULEBOOK_POSSIBLE_TERM_H

#include "rulebook/possible_form.h"

/* Terms that are alike are one. 0 when the arena is full, which forms->out_of_memory then says. */
uint32_t term_of_fact(struct forms *forms, uint32_t fact);
uint32_t term_of_today(struct forms *forms);
uint32_t term_of_constant(struct forms *forms, int64_t constant);
/* `function` is a sum or a move to the next working day. */
uint32_t term_apply(struct forms *forms, uint32_t inner, const struct term *function);

static inline struct term *forms_term(const struct forms *forms, uint32_t term)
{
    return LIST_AT(&forms->terms, struct term, term);
}

/* For a value of the root from `first` to `last`. */
int64_t term_value(const struct forms *forms, uint32_t term, int64_t root);
/* The least value of the root, from `from` on, for which the term is known and at least `need`.
 * False when there is none. */
bool term_least(const struct forms *forms, uint32_t term, int64_t from, int64_t need,
                int64_t *ret_root);
/* Writes its values down, for those who ask for many of them. False when the arena is full. */
bool term_tabulate(const struct forms *forms, uint32_t term);

#endif
