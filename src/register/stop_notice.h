/* stop_notice: who was told that a clearance ended, and whether they said that they know. One row
 * for each account that a STEP_STOPPED or a DEPARTURE_RECALLED names; derived like those of row.h.
 */
#ifndef RETURNHUB_REGISTER_STOP_NOTICE_H
#define RETURNHUB_REGISTER_STOP_NOTICE_H

#include "register/event.h"

struct stop_notice_row {
    int64_t stop; /* position of the event */
    int64_t account;
    int64_t person;
    int64_t request;  /* 0 for somebody who was aboard */
    int64_t manifest; /* from which somebody aboard is called back; 0 otherwise */
    instant stopped_at;
    bool acknowledged;
    instant acknowledged_at;
};

/* The accounts that an event tells; none when it stops nothing. */
struct number_list stop_notice_told(const struct event *event);
/* A stop makes a row of an empty one (`account` says whose); STOP_ACKNOWLEDGED marks the row of its
 * actor, once. */
MUST_USE result stop_notice_row_apply(struct stop_notice_row *row, const struct event *event,
                                      struct err *err);

#endif
