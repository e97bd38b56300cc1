/* returning: somebody who has an outcome, and came back. They are the same person, so it is their
 * own record that goes on, with everything that is known: by a step of the rulebook that leads from
 * the outcome back into the procedure. */
#ifndef RETURNHUB_CASEWORK_RETURNING_H
#define RETURNHUB_CASEWORK_RETURNING_H

#include "casework/casework.h"

/* Does the step lead from this stage, an outcome, back into the procedure? */
bool returning_leads_back(const struct rulebook *rulebook, const struct step *step, uint32_t stage);

/* The steps that lead back from this stage, by index, in the rulebook's order; none where the stage
 * is no outcome. */
MUST_USE result returning_steps(const struct rulebook *rulebook, str stage, struct arena *arena,
                                const uint32_t **ret_steps, size_t *ret_count, struct err *err);

/* ACTION_REQUEST_STEP, judged like any other request for that step. `step` "": the only one that
 * leads back. ERROR_CONFLICT for somebody without an outcome, for a step that does not lead back,
 * and when there are several and none is named. */
MUST_USE result casework_return_person(const struct casework *casework, const struct caller *caller,
                                       str person, str step, struct arena *arena,
                                       struct step_answer *ret_answer, struct err *err);

#endif
