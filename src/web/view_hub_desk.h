/* view_hub_desk: the desk of a hub as its page shows it (view.h). */
#ifndef RETURNHUB_WEB_VIEW_HUB_DESK_H
#define RETURNHUB_WEB_VIEW_HUB_DESK_H

#include "web/view_table.h"

/* What the account may do from a row. */
struct hub_desk_rights {
    bool run;
    bool resolve;
    bool prebook;
    bool follow; /* sees those who left the hub, too */
};
json_t *view_hub_desk(const struct view_context *context, const json_t *desk,
                      struct hub_desk_rights rights);

#endif
