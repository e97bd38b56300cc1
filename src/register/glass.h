/* glass: who saw a record that is out of their sight, for how long, and what somebody else thought
 * of it. A row for each GLASS_BROKEN; derived like those of row.h. Nothing but sight comes of it:
 * no safeguard reads it. */
#ifndef RETURNHUB_REGISTER_GLASS_H
#define RETURNHUB_REGISTER_GLASS_H

#include "register/event.h"

enum glass_outcome {
    GLASS_NOT_REVIEWED = 0,
    GLASS_JUSTIFIED = 1,
    GLASS_NOT_JUSTIFIED = 2,
    GLASS_OUTCOMES
};
const char *glass_outcome_name(enum glass_outcome outcome); /* "not_justified" */
/* GLASS_NOT_REVIEWED when there is none of that name. */
enum glass_outcome glass_outcome_from_name(str name);

struct glass_row {
    int64_t id; /* position of its GLASS_BROKEN event, which has the reason */
    int64_t person;
    int64_t account; /* whose glass it is */
    instant broken_at;
    instant until; /* it shows nothing any more from this instant on */
    enum glass_outcome outcome;
    int64_t reviewed_by; /* 0 while nobody reviewed it */
    instant reviewed_at;
    int64_t reviewed_event;
};

/* GLASS_BROKEN makes a row of an empty one; GLASS_REVIEWED changes the row that it names, once, and
 * not by the account whose glass it is. */
MUST_USE result glass_row_apply(struct glass_row *row, const struct event *event, struct err *err);
bool glass_shows_at(const struct glass_row *row, instant at);

#endif
