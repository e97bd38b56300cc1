/* counted: the facts that nobody records, because the register knows them from its other rows. They
 * are counted anew for every question, on the day and as known at the instant that it is asked
 * about. Inside casework only.
 *
 * What is left of something is asked FOR somebody: the place that this very person holds or
 * occupies counts as free (places.h), and as left of what the agreement takes, for it is theirs. */
#ifndef RETURNHUB_CASEWORK_COUNTED_H
#define RETURNHUB_CASEWORK_COUNTED_H

#include "casework/facts.h"

/* Fills the counted facts of the hub among its values in `loaded`, which says who asks and when,
 * and loaded->places. */
MUST_USE result counted_of_hub(struct sitting *sitting, struct loaded_case *loaded, int64_t hub,
                               struct err *err);
/* Is one of the places that the agreement's intake is used for the person's? One that is only
 * prebooked uses none of it yet. */
bool counted_is_intake(const struct place_row *place);
bool counted_own_intake(const struct hub_places *places);
/* The same of an agreement, from its recorded facts among `values`. */
MUST_USE result counted_of_agreement(struct sitting *sitting, const struct case_time *when,
                                     int64_t agreement, bool own_intake, struct value *values,
                                     struct err *err);

/* What is used of the agreement's intake at that time. */
MUST_USE result counted_intake(struct sitting *sitting, const struct case_time *when,
                               int64_t agreement, struct intake_counts *ret_counts,
                               struct err *err);

/* Adds what is theirs to the agreement's values of those who have a place of their own. */
void counted_add_own(const struct rulebook *rulebook, struct value *agreement);

#endif
