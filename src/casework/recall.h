/* recall: what is recorded while somebody is on the way. Inside casework only.
 *
 * A step that was taken has no request any more that could be stopped. But a person who boarded and
 * is not accounted for can still be taken off, or brought back. When something is recorded that
 * newly stands in the way of the step they boarded by (a safeguard that was clear an instant before
 * and is not any more), the departure is called back: an event in the same commit, told to
 * everybody whom a stop would be told to, once. What the step itself changed is no reason: it was
 * so before.
 */
#ifndef RETURNHUB_CASEWORK_RECALL_H
#define RETURNHUB_CASEWORK_RECALL_H

#include "casework/stopping.h"

/* Adds those who are called back to what was stopped. */
MUST_USE result recall_review(struct sitting *sitting, const struct touched *touched, int64_t cause,
                              struct stopped_list *stopped, struct err *err);

#endif
