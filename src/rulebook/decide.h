/* decide: which unknown facts could really decide a condition. Internal to rulebook/.
 *
 * Finer than judge_needs, which names the unknown facts of the parts that are unknown. A part may
 * be unknown for good - a family known not to be recorded in full, a sum of working days past the
 * end of its calendar - and then the facts beside it may have nothing to decide. */
#ifndef RETURNHUB_RULEBOOK_DECIDE_H
#define RETURNHUB_RULEBOOK_DECIDE_H

#include "rulebook/judge.h"

/* Sets deciding[fact] for the facts of the question itself, and deciding[(member + 1) * fact_count
 * + fact] for those of a member of the family. Facts are taken to be independent of each other. */
void decide_facts(const struct rulebook *rulebook, node_index condition,
                  const struct question *question, bool *deciding);

#endif
