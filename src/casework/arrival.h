/* arrival: an expected arrival follows the steps of its person. Inside casework only.
 *
 * Which step says that somebody arrived, or was refused on arrival and is back, the rulebook says:
 * the one that records `hub_stay.arrival_confirmed = yes`, and the one that records `= no` and
 * frees the place. Whatever way such a step is taken, what became of the arrival is on record in
 * the same commit, at the hub and on the manifest of the departure. */
#ifndef RETURNHUB_CASEWORK_ARRIVAL_H
#define RETURNHUB_CASEWORK_ARRIVAL_H

#include "casework/step_work.h"

/* ARRIVAL_ARRIVED or ARRIVAL_REFUSED; 0 for a step that says neither. */
enum arrival_state arrival_said_by(const struct rulebook *rulebook, const struct step *step);
/* The step that says so and leads from this stage; NOT_FOUND_INDEX when there is none. */
uint32_t arrival_step(const struct rulebook *rulebook, str stage, enum arrival_state outcome);

/* `hub_stay.expected_on`, unless it is over: then it was said of an earlier journey. */
struct known_day arrival_expected_on(const struct rulebook *rulebook, const struct value *person,
                                     date today);

/* ERROR_CONFLICT for a step that says somebody arrived, or was refused on arrival, who is not
 * expected any more, and of whom it is on record that they arrived. */
MUST_USE result arrival_check_step(struct sitting *sitting, const struct step_case *judged,
                                   struct err *err);
/* After STEP_TAKEN: appends what became of the person's arrival, when the step says so and nothing
 * was said yet. */
MUST_USE result arrival_follow_step(struct sitting *sitting, const struct step_case *judged,
                                    const struct event *taken, struct err *err);

/* At the hub where the person, as they were then, has a place: what was known of it then. */
MUST_USE result arrival_of_person(struct sitting *sitting, const struct person_row *person,
                                  const struct case_time *when, struct person_arrival *ret_arrival,
                                  struct err *err);
/* The same, and nothing of a hub that is out of sight. */
MUST_USE result arrival_in_sight(struct sitting *sitting, const struct person_row *person,
                                 const struct case_time *when, struct person_arrival *ret_arrival,
                                 struct err *err);

/* Whoever arrived, or was refused, is accounted for on the manifest that brought them to the hub.
 * To follow ARRIVAL_RESOLVED. */
MUST_USE result arrival_account(struct sitting *sitting, const struct stay_row *stay,
                                enum arrival_state outcome, str reason, struct err *err);
#endif
