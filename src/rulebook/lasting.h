/* lasting: until when the judge's answer holds while only time passes. Nothing is decided by it: it
 * says which days ahead need not be tried when somebody asks from which day a safeguard would be
 * clear. Safe rather than sharp: of what is compared otherwise than with today itself, nothing is
 * said beyond the day that was asked. */
#ifndef RETURNHUB_RULEBOOK_LASTING_H
#define RETURNHUB_RULEBOOK_LASTING_H

#include "rulebook/judge.h"

/* The last day up to which the same facts are certain to give a condition the answer they give on
 * the question's day: that day or a later one, DAY_FOR_EVER when no day changes it. On the day
 * after it may answer otherwise, or not. Of a node that is a value: the value. */
enum { DAY_FOR_EVER = INT32_MAX };
date lasts_until(const struct rulebook *rulebook, node_index condition,
                 const struct question *question);

#endif
