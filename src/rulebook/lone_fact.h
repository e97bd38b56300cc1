/* lone_fact: what one fact settles by itself, whatever the others are. Nothing is decided by it: it
 * says of whom the judge need not be asked at all. Safe rather than sharp: of what hangs together
 * among several facts nothing is said. */
#ifndef RETURNHUB_RULEBOOK_LONE_FACT_H
#define RETURNHUB_RULEBOOK_LONE_FACT_H

#include "rulebook/judge.h"

/* Is it certain that a safeguard is clear of nobody of whom this fact, which is a person's, has
 * that value, or is unknown when the value is? Whatever else is recorded of them, of their family,
 * of the hub and of the agreement, and on whatever day. */
bool lone_fact_unclear(const struct rulebook *rulebook, uint32_t safeguard, uint32_t fact,
                       const struct value *value);

#endif
