/* change: what would change a verdict. Internal to explain.c. */
#ifndef RETURNHUB_RULEBOOK_CHANGE_H
#define RETURNHUB_RULEBOOK_CHANGE_H

#include "rulebook/explain.h"

/* The changes of a safeguard that is not clear, in `arena`: facts in their order, waiting last. */
MUST_USE result changes_of(const struct rulebook *rulebook, uint32_t safeguard,
                           enum clearance clearance, const struct question *question,
                           struct arena *arena, const struct change **ret_changes,
                           size_t *ret_count, struct err *err);

#endif
