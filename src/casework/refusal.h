/* refusal: why the law does not allow a step, in words. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_REFUSAL_H
#define RETURNHUB_CASEWORK_REFUSAL_H

#include "rulebook/explain.h"

/* Says what is not allowed and, for each safeguard in the way, its reason, the law, what is on
 * record and what would change the answer. For an explanation that is not clear. */
MUST_USE result refusal_text(const struct rulebook *rulebook, const struct explanation *explanation,
                             struct arena *arena, str *ret_text, struct err *err);

#endif
