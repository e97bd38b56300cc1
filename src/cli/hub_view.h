/* hub_view: a hub's desk as text, CSV or JSON. */
#ifndef RETURNHUB_CLI_HUB_VIEW_H
#define RETURNHUB_CLI_HUB_VIEW_H

#include "casework/hub_desk.h"
#include "cli/command.h"

enum hub_part {
    HUB_PART_PLACES = 1,
    HUB_PART_PREBOOKINGS = 2,
    HUB_PART_EXPECTED = 4,
    HUB_PART_STAYS = 8,
    HUB_PART_DEPARTURES = 16,
    HUB_PART_UNEXPECTED = 32,
    HUB_PART_REPORT = 64,
    HUB_PART_ARRIVALS = 128, /* the sum of all arrivals */
    HUB_PARTS_ALL = 255,
};

/* `parts` are printed; as CSV, the rows of the first of them. JSON is always the whole desk. */
MUST_USE result hub_view_print(const struct invocation *invocation, const struct hub_desk *desk,
                               unsigned parts, struct err *err);
/* Is somebody overdue, somebody there unexpected, or a difference not explained? */
bool hub_view_is_open(const struct hub_desk *desk);

#endif
