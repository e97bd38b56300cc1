/* lasting: until when the judge's answer holds while only time passes. Nothing is decided by it: it
 * says which days ahead need not be tried when somebody asks from which day a safeguard would be
 * clear, and of whom it need not be asked again. Safe rather than sharp: of what is compared
 * otherwise than with today itself, nothing is said beyond the day that was asked. */
#ifndef RETURNHUB_RULEBOOK_LASTING_H
#define RETURNHUB_RULEBOOK_LASTING_H

#include "rulebook/judge.h"

/* The last day up to which the same facts are certain to give a condition the answer they give on
 * the question's day: that day or a later one, DAY_FOR_EVER when no day changes it. On the day
 * after it may answer otherwise, or not. Of a node that is a value: the value. */
enum { DAY_FOR_EVER = INT32_MAX };
date lasts_until(const struct rulebook *rulebook, node_index condition,
                 const struct question *question);

/* Of whom a safeguard is not clear on one day: is it certain that it is clear on no later day, as
 * long as the same is recorded of that person? Whatever may become of the hub, of the agreement and
 * of the family. So it is where nothing is asked but facts of the person, and days that they must
 * not be past. */
bool lasts_unclear(const struct rulebook *rulebook, uint32_t safeguard);

#endif
