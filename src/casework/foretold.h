/* foretold: what an entry in the books says that a step will say. A death is entered when it is
 * heard of, and the step waits for its confirmation; somebody is missing, and the step waits until
 * their next check is due. Inside casework only.
 *
 * An entry about a person foretells a step that opens entries of its kind (rulebook,
 * "entry.opens") and leads from the stage the person is in, from the day it is opened until the
 * step is taken, or its outcome says that it is not so (ENTRY_NOT_SO, register/entry.def). What a
 * step opened, and what was taken since, it foretells no more, however long it stays open. An entry
 * does not end while it foretells. A step that is cancelled as a mistake was not taken: the entry,
 * even one that it opened, foretells it again until its outcome says that it is not so.
 *
 * Meanwhile no step is asked for, approved or taken, and no request stays live, that would not lead
 * on from where the foretold step leads: where that is an outcome, no such step at all; where the
 * case goes on (contact lost), none that needs approval. What protects somebody who is missing - an
 * appeal, a decision for them, a release - is not held up. Clocks run on: what is not confirmed
 * stops no time. */
#ifndef RETURNHUB_CASEWORK_FORETOLD_H
#define RETURNHUB_CASEWORK_FORETOLD_H

#include "casework/sitting.h"

/* The first entry that is in the way of the step, in the sitting's memory; its number is 0 when
 * none is. */
MUST_USE result foretold_against(struct sitting *sitting, const struct person_row *person,
                                 uint32_t step, struct foretold *ret_foretold, struct err *err);
/* All that foretell a step, whatever is asked for; and which of them the account sees. */
MUST_USE result foretold_of(struct sitting *sitting, const struct person_row *person,
                            const struct foretold **ret_all, size_t *ret_count, struct err *err);
/* Is the entry, one of foretold_of, in the way of this step of somebody in this stage? */
bool foretold_holds(const struct rulebook *rulebook, uint32_t stage,
                    const struct foretold *foretold, uint32_t step);
/* In the sitting that takes a step which opens entries of this kind: the entries that it confirms,
 * for they foretold it until then. None is opened beside them. */
MUST_USE result foretold_confirmed(struct sitting *sitting, const struct person_row *person,
                                   str kind, const struct entry_row **ret_entries,
                                   size_t *ret_count, struct err *err);
/* The step that the entry about a person foretells; NOT_FOUND_INDEX when it foretells none. */
MUST_USE result foretold_by(struct sitting *sitting, const struct entry_row *entry,
                            uint32_t *ret_step, struct err *err);

/* What to do about it: take the step, or say that the entry is not so. */
MUST_USE result foretold_hint(const struct rulebook *rulebook, str entry_kind, uint32_t step,
                              struct err *err);

#endif
