/* judge_parts: what the parts of the judge share, and what explains it. Internal to judge*.c and
 * explain.c. */
#ifndef RETURNHUB_RULEBOOK_JUDGE_PARTS_H
#define RETURNHUB_RULEBOOK_JUDGE_PARTS_H

#include "rulebook/judge.h"

/* Kleene's three. */
enum truth judge_and(enum truth a, enum truth b);
enum truth judge_or(enum truth a, enum truth b);
enum truth judge_not(enum truth a);

/* Whether a `runs` line applies; one without a condition always does. */
enum truth judge_run_applies(const struct rulebook *rulebook, const struct clock_run *run,
                             const struct question *question);

#endif
