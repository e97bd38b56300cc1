/* intake: what a transfer uses of an agreement. An agreement may say how many people the partner
 * receives in all, and in a month; so every place that is held at a hub under it, and every
 * transfer that took one, is a row here. It begins with the approval that holds the place (or with
 * the step itself, where none was held), is used by the step, and is given back when the request
 * ends without one. A person who comes back from the hub has used it all the same.
 *
 * What was held and used at a past instant is read from the instants of the rows. */
#ifndef RETURNHUB_REGISTER_INTAKE_H
#define RETURNHUB_REGISTER_INTAKE_H

#include "register/event.h"

struct intake_row {
    int64_t id; /* position of the event that it begins with */
    int64_t request;
    int64_t person;
    int64_t hub;
    int64_t agreement; /* of the hub, as it began; 0 for none */
    instant held_at;   /* 0: the step took it at once */
    instant used_at;   /* 0: not used */
    struct known_day used_on;
    instant given_back_at; /* 0: not given back */
};

/* Does the event begin one? With a place that is held, or taken without one having been held. */
bool intake_begins(const struct event *event);
/* The request whose intake the event uses or gives back; 0 for none. */
int64_t intake_request(const struct event *event);

/* `row` is empty for an event that begins one, else that of intake_request. The hub and the
 * agreement of a new row are the caller's to fill in: the event of an approval does not name them.
 */
void intake_row_apply(struct intake_row *row, const struct event *event);

#endif
