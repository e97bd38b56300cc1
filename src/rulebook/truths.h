/* truths: sets of truths, for what is not judged but may be asked what it could be. Inside rulebook
 * only. */
#ifndef RETURNHUB_RULEBOOK_TRUTHS_H
#define RETURNHUB_RULEBOOK_TRUTHS_H

#include "rulebook/judge.h"

enum {
    TRUTHS_FALSE = 1 << TRUTH_FALSE,
    TRUTHS_TRUE = 1 << TRUTH_TRUE,
    TRUTHS_UNKNOWN = 1 << TRUTH_UNKNOWN,
    TRUTHS_ALL = TRUTHS_FALSE | TRUTHS_TRUE | TRUTHS_UNKNOWN,
};

/* Of the opposite. */
static inline unsigned truths_turned(unsigned truths)
{
    const unsigned to_true = (truths & TRUTHS_FALSE) != 0 ? TRUTHS_TRUE : 0;
    const unsigned to_false = (truths & TRUTHS_TRUE) != 0 ? TRUTHS_FALSE : 0;
    return to_true | to_false | (truths & TRUTHS_UNKNOWN);
}

#endif
