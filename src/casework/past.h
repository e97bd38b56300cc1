/* past: rows as they were, folded anew from the events. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_PAST_H
#define RETURNHUB_CASEWORK_PAST_H

#include "casework/facts.h"

struct past {
    struct person_row person;           /* id 0: was not registered yet */
    const struct request_row *requests; /* oldest first */
    size_t request_count;
};

/* After the event at `position` (0: whatever the position) and all that was recorded until
 * `known_at`: the person that the record was then, or was a part of. */
MUST_USE result past_person(struct sitting *sitting, int64_t person, int64_t position,
                            instant known_at, struct past *ret_past, struct err *err);

/* What was recorded of the person that the record was then, until `known_at`; newest first. */
MUST_USE result past_history(struct sitting *sitting, int64_t record, instant known_at,
                             size_t limit, const struct event **ret_events, size_t *ret_count,
                             struct err *err);

/* The family group of the person as known then, among the members of today's group. */
MUST_USE result past_family(struct sitting *sitting, const struct person_row *person,
                            instant known_at, const struct person_row **ret_members,
                            size_t *ret_count, struct err *err);

/* All places of the hub as they were when something was judged at `known_at`, by number: as the hub
 * had said by then, and given and freed as they were just before, because a command judges before
 * it gives or frees a place. */
MUST_USE result past_places(struct sitting *sitting, int64_t hub, instant known_at,
                            const struct place_row **ret_rows, size_t *ret_count, struct err *err);

#endif
