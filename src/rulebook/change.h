/* change: what would change a verdict. Internal to explain.c. */
#ifndef RETURNHUB_RULEBOOK_CHANGE_H
#define RETURNHUB_RULEBOOK_CHANGE_H

#include "rulebook/explain.h"

/* Where the facts of one question are exchanged, one at a time: copied once for all the safeguards
 * that are asked about it. NULL when the arena is full. */
struct trial;
struct trial *changes_trial(const struct rulebook *rulebook, const struct question *question,
                            struct arena *arena);
/* The changes of a safeguard that is not clear, in the trial's arena: facts in their order, waiting
 * last. */
MUST_USE result changes_of(struct trial *trial, uint32_t safeguard, enum clearance clearance,
                           const struct change **ret_changes, size_t *ret_count, struct err *err);

#endif
