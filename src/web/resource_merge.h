/* resource_merge: merges as JSON (resource.h), for the web and the command line. */
#ifndef RETURNHUB_WEB_RESOURCE_MERGE_H
#define RETURNHUB_WEB_RESOURCE_MERGE_H

#include "casework/identity.h"

#include <jansson.h>

/* {"merge","state","continuing","absorbed","requested_by","requested_at","reason","decided_by",
 *  "decided_at","declined_because","undone_by","undone_at","undone_because","asked_here",
 *  "people":[the one that continues, the other],
 *  "conflicts":[{"what","continuing","absorbed","continuing_text","absorbed_text"}],"obstacles",
 *  "live_requests"}; merge 0 is one that nobody has asked for. */
json_t *resource_merge(const struct rulebook *rulebook, const struct merge_plan *plan);
/* {"merge","state","continuing","absorbed","requested_by","requested_at","decided_by","decided_at",
 *  "undone_by","undone_at"} */
json_t *resource_merge_line(const struct merge_line *line);
/* {"merges":[...]} */
json_t *resource_merges(const struct merge_line *lines, size_t count);
/* {"merge","undecided","events":[{"event","kind","on","text","record","about","follows","decided"}],
 *  and, when nothing is undecided, "continuing_stage","absorbed_stage"} */
json_t *resource_separation(const struct rulebook *rulebook, const struct separation_plan *plan);

#endif
