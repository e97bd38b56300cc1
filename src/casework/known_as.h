/* known_as: what is on record of who somebody is: the records that are one person, their other
 * references and names, and the merges they took part in (casework/identity.h). Inside casework
 * only. */
#ifndef RETURNHUB_CASEWORK_KNOWN_AS_H
#define RETURNHUB_CASEWORK_KNOWN_AS_H

#include "casework/facts.h"
#include "casework/identity.h"

/* `person` as they are, or as they were known at the time that was asked about. */
MUST_USE result known_as_read(struct sitting *sitting, const struct person_row *person,
                              const struct case_time *when, struct identity_answer *ret_answer,
                              struct err *err);

#endif
