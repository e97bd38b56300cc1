/* resource_waiting: work that waits for somebody as JSON (resource.h). */
#ifndef RETURNHUB_WEB_RESOURCE_WAITING_H
#define RETURNHUB_WEB_RESOURCE_WAITING_H

#include "casework/waiting.h"

#include <jansson.h>

/* {"erasures":[{"reference","person","basis","asked_by","asked_at","asked_here","holds"}]} */
json_t *resource_erasures(const struct rulebook *rulebook, const struct erasure_line *lines,
                          size_t count);
/* {"total","pairs":[{"person","other":{a person, "reasons"},"merge","merge_state"}]} */
json_t *resource_pairs(const struct rulebook *rulebook, const struct pairs_answer *answer);
/* {"comparing":{"done","all"}}, in parts: everybody is being compared, no pair is known yet. */
json_t *resource_comparing(const struct pairs_answer *answer);
/* {"merges","erasures","duplicates"}, each {"known","value"}: not known to whoever may not act. */
json_t *resource_waiting(const struct waiting_counts *counts);

#endif
