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

/* Whom the command itself brings to another place: where a step leads is no reason against the
 * journey that leads there. */
struct recall_moved {
    const int64_t *people;
    size_t count;
};

/* What every command ends with that records something: judges again what the subjects touched
 * concern, stops the requests that are not clear any more (stopping.h), and calls back whoever is
 * aboard, but for `moved` (NULL: nobody). `cause` is the position of the event that was recorded.
 */
MUST_USE result recall_review(struct sitting *sitting, const struct touched *touched,
                              size_t touched_count, int64_t cause, const struct recall_moved *moved,
                              struct stopped_list *ret_stopped, struct err *err);

#endif
