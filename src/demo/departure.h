/* departure: people who leave, and all that must be on record before they do. */
#ifndef RETURNHUB_DEMO_DEPARTURE_H
#define RETURNHUB_DEMO_DEPARTURE_H

#include "demo/life.h"

/* A voluntary return on the course's day, or refused entry at port. */
MUST_USE result departure_voluntary(struct life *life, date leaving_on, bool at_port,
                                    struct err *err);
/* Consent and a start, with no departure yet. */
MUST_USE result departure_begin_voluntary(struct life *life, date on, bool *ret_taken,
                                          struct err *err);
/* An enforced removal; it does not take place when anything stands in the way. */
MUST_USE result departure_enforced(struct life *life, date leaving_on, struct err *err);
/* Whatever the person's part in the plan is, from PART_AT_HUB on; here the law must agree. */
MUST_USE result departure_of_part(struct life *life, struct err *err);

#endif
