/* judge_parts: what the parts of the judge share. Internal to judge*.c. */
#ifndef RETURNHUB_RULEBOOK_JUDGE_PARTS_H
#define RETURNHUB_RULEBOOK_JUDGE_PARTS_H

#include "rulebook/judge.h"

/* Whether a `runs` line applies; one without a condition always does. */
enum truth judge_run_applies(const struct rulebook *rulebook, const struct clock_run *run,
                             const struct question *question);

#endif
