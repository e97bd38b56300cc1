/* clock_facts: the facts that extend or suspend a clock of the rulebook. They are recorded as that
 * (casework/clock_changes.h), by those and for as long as the rulebook says, and in no other way:
 * not as a fact like others, not from a file, and not by withdrawing what came after them. To take
 * them back - "no", "unknown", or withdrawn so that nothing is known - changes no clock for longer,
 * and is open to whoever records facts. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_CLOCK_FACTS_H
#define RETURNHUB_CASEWORK_CLOCK_FACTS_H

#include "casework/sitting.h"

/* ERROR_INPUT when this value, in the form that is stored, extends or suspends a clock. */
MUST_USE result clock_facts_check(const struct rulebook *rulebook, uint32_t fact, str value,
                                  struct err *err);
/* ERROR_CONFLICT when such a value counts again once this FACT_RECORDED is withdrawn. */
MUST_USE result clock_facts_check_withdrawal(struct sitting *sitting, const struct event *recorded,
                                             struct err *err);

#endif
