/* counted: the facts that nobody records, because the register knows them from its other rows. They
 * are counted anew for every question, on the day and as known at the instant that it is asked
 * about. Inside casework only.
 *
 * What is left of something is asked FOR somebody: the place that this very person holds or
 * occupies counts as free, and as left of what the agreement takes, for it is theirs. */
#ifndef RETURNHUB_CASEWORK_COUNTED_H
#define RETURNHUB_CASEWORK_COUNTED_H

#include "casework/facts.h"

/* Fills the counted facts of the hub among `values`; `loaded` says who asks, and when.
 * *ret_own_place: one of the places in use is the person's. */
MUST_USE result counted_of_hub(struct sitting *sitting, const struct loaded_case *loaded,
                               int64_t hub, struct value *values, bool *ret_own_place,
                               struct err *err);
/* The same of an agreement, from its recorded facts among `values`. */
MUST_USE result counted_of_agreement(struct sitting *sitting, const struct case_time *when,
                                     int64_t agreement, bool own_place, struct value *values,
                                     struct err *err);

/* What is used of the agreement's intake at that time. */
MUST_USE result counted_intake(struct sitting *sitting, const struct case_time *when,
                               int64_t agreement, struct intake_counts *ret_counts,
                               struct err *err);

/* Adds what is theirs to the values of those who have a place of their own. */
void counted_add_own(const struct rulebook *rulebook, struct value *hub, struct value *agreement);

#endif
