/* movements: where a person was and is to go. Stays at hubs, the departure they are on, and the
 * steps asked for. */
#ifndef RETURNHUB_CASEWORK_MOVEMENTS_H
#define RETURNHUB_CASEWORK_MOVEMENTS_H

#include "casework/casework.h"
#include "store/departures.h"

struct movement_stay {
    struct stay_row row;
    struct hub_row hub;
    int32_t days_overdue; /* of an arrival that nobody resolved */
};

struct movements {
    struct person_row person;
    struct identity identity;
    struct person_arrival arrival;
    const struct movement_stay *stays; /* latest first; only at hubs in this account's sight */
    size_t stay_count;
    struct manifest_entry_row entry; /* manifest 0: on none, or on one out of sight */
    struct manifest_row manifest;
    const struct request_row *requests; /* newest first */
    const struct hub_row *request_hubs; /* beside them; id 0 for none */
    size_t request_count;
};
/* ACTION_SEE_PERSON. */
MUST_USE result casework_movements(const struct casework *casework, const struct caller *caller,
                                   str person, struct arena *arena, struct movements *ret_movements,
                                   struct err *err);

#endif
