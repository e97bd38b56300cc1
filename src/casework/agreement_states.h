/* agreement_states: how an agreement may move from state to state (agreement_state.def), and
 * through which it went. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_AGREEMENT_STATES_H
#define RETURNHUB_CASEWORK_AGREEMENT_STATES_H

#include "casework/lifecycle.h"
#include "casework/sitting.h"

#define AGREEMENT_STATE_FACT STR("agreement.state")

/* The states that are on record and were not withdrawn, in the order of the days from which they
 * are true, and of one day in the order in which they were recorded. */
MUST_USE result agreement_states_read(struct sitting *sitting, int64_t agreement,
                                      const struct agreement_state **ret_states, size_t *ret_count,
                                      struct err *err);

/* May this state be recorded as true from that day? It must follow from the one before it, and the
 * one after it must follow from it. "unknown" is no state and says nothing about the way. */
MUST_USE result agreement_states_check(struct sitting *sitting, int64_t agreement, str state,
                                       date true_from, struct err *err);

#endif
