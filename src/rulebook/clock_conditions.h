/* clock_conditions: what is asked of the clocks of a rulebook for everybody at once.
 *
 * The column engine answers safeguards. Here a rulebook is made that says of each clock three
 * things as if they were safeguards, so that the engine answers them; it shares all else with the
 * rulebook it is made from. Where the engine says clear the condition is true, where it says barred
 * it is false. */
#ifndef RETURNHUB_RULEBOOK_CLOCK_CONDITIONS_H
#define RETURNHUB_RULEBOOK_CLOCK_CONDITIONS_H

#include "rulebook/rulebook.h"

enum clock_condition {
    CLOCK_IS_OVER, /* has expired */
    CLOCK_ENDS_BY, /* is running, and its last day is not after the horizon */
    CLOCK_IS_DONE, /* what it is due to is done; false where the rulebook does not say when */
    CLOCK_CONDITIONS,
};

/* Lives in the arena; its safeguards are those conditions and no others. */
MUST_USE result clock_conditions(const struct rulebook *rulebook, date horizon, struct arena *arena,
                                 const struct rulebook **ret_conditions, struct err *err);

static inline uint32_t clock_condition(uint32_t clock, enum clock_condition condition)
{
    return clock * CLOCK_CONDITIONS + (uint32_t)condition;
}

#endif
