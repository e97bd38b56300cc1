/* view_merge: the pages about merging two records (view.h). */
#ifndef RETURNHUB_WEB_VIEW_MERGE_H
#define RETURNHUB_WEB_VIEW_MERGE_H

#include "web/view_table.h"

/* Of resource_merge, with the "separation" that may stand in it:
 * {"summary","obstacles","has_obstacles","records","conflicts","requests","has_requests",
 *  "separation"} */
json_t *view_merge(const struct view_context *context, const json_t *merge);
/* Tables: all merges; where the two records differ; every event since a merge, and whose it is. */
json_t *view_merges(const struct view_context *context, const json_t *merges);
/* "asked for" as a tag in a cell. */
void view_put_merge_state(struct view_table *table, str state);
json_t *view_merge_conflicts(const struct view_context *context, const json_t *merge);
json_t *view_separation(const struct view_context *context, const json_t *merge,
                        const json_t *separation);

#endif
