/* checker: what the parts of the checker share. Internal to check*.c.
 *
 * Functions that return false have reported why, or have set `out_of_memory`. */
#ifndef RETURNHUB_RULEBOOK_CHECKER_H
#define RETURNHUB_RULEBOOK_CHECKER_H

#include "rulebook/diagnose.h"
#include "rulebook/names.h"
#include "rulebook/parse.h"

struct checker {
    struct rulebook_draft *draft;
    struct arena *perm;
    struct arena *scratch;
    struct diagnostics *diagnostics;
    struct rulebook_names *names;
    bool out_of_memory;
};

struct fact_draft *checker_fact(const struct checker *checker, uint32_t fact);

/* The item of that name, or NOT_FOUND_INDEX, reported with the nearest name. */
uint32_t checker_find(struct checker *checker, enum item_kind kind, const struct name_at *name);
/* The same for a list of names, in perm. A name that stands twice is reported. */
bool checker_find_all(struct checker *checker, enum item_kind kind, const struct list *names,
                      const uint32_t **ret_items, size_t *ret_count);
/* True when `country` items list this code; reported otherwise. */
bool checker_country(struct checker *checker, uint16_t code, struct place_in_text at);
bool checker_is_full(struct checker *checker);

/* "a date" */
const char *fact_type_called(enum fact_type type);
/* "none, pending, allowed": the choices of a fact, for a hint. In the diagnostics' arena. */
str checker_choices(struct checker *checker, const struct fact_draft *fact);

/* The value of a setting, of its fact's type. `today` may be NULL: then only a date will do. */
bool checker_setting(struct checker *checker, const struct setting *setting, uint32_t *ret_fact,
                     struct value *ret_value, bool *today);

/* check_condition.c: resolves and types every definition, clock and safeguard; finds circles. */
void check_conditions(struct checker *checker);
/* check_calendar.c */
void check_calendars(struct checker *checker);
/* check_step.c: stages, steps, and what guards them. */
void check_steps(struct checker *checker);
/* check_example.c; on success the examples are in perm. */
void check_examples(struct checker *checker, const struct example **ret_examples,
                    size_t *ret_count);

#endif
