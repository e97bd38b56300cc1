/* counted: the facts that nobody records, because the register knows them from its other rows. They
 * are counted anew for every question, on the day and as known at the instant that it is asked
 * about. Inside casework only.
 *
 * What is left of something is asked FOR somebody: the place that this very person holds or
 * occupies counts as free (places.h), and as left of what the agreement takes, for it is theirs. */
#ifndef RETURNHUB_CASEWORK_COUNTED_H
#define RETURNHUB_CASEWORK_COUNTED_H

#include "casework/facts.h"

/* What is counted of the hub of `standing` for nobody in particular: its places, and among its
 * values what does not depend on who asks. */
MUST_USE result counted_of_hub(struct sitting *sitting, const struct case_time *when,
                               struct hub_standing *standing, struct err *err);
/* The rest, for the person of `loaded` at its hub; and loaded->places. */
MUST_USE result counted_for_person(struct sitting *sitting, struct loaded_case *loaded,
                                   struct err *err);
/* Is one of the places that the agreement's intake is used for the person's? One that is only
 * prebooked uses none of it yet. */
bool counted_is_intake(const struct place_row *place);
bool counted_own_intake(const struct hub_places *places);
/* The same of an agreement, from its recorded facts among `values`, for somebody who has no place
 * under it. */
MUST_USE result counted_of_agreement(struct sitting *sitting, const struct case_time *when,
                                     int64_t agreement, struct value *values, struct err *err);

/* What is used of the agreement's intake at that time. */
MUST_USE result counted_intake(struct sitting *sitting, const struct case_time *when,
                               int64_t agreement, struct intake_counts *ret_counts,
                               struct err *err);

/* Adds what is theirs to the agreement's values of those who have a place of their own. */
void counted_add_own(const struct rulebook *rulebook, struct value *agreement);

#endif
