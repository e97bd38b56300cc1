/* resource_departure: manifests, boardings, and the stops that an account is told of (resource.h).
 */
#ifndef RETURNHUB_WEB_RESOURCE_DEPARTURE_H
#define RETURNHUB_WEB_RESOURCE_DEPARTURE_H

#include "casework/manifests.h"
#include "casework/stops.h"

#include <jansson.h>

/* {"stop","person","step":{"name","title"},"manifest","stopped_at","acknowledged",
 *  "acknowledged_at","safeguards":[{"name","title"}],"href"} */
json_t *resource_stop_line(const struct rulebook *rulebook, const struct stop_line *line);
/* {"stops":[...],"unacknowledged": how many} */
json_t *resource_stops(const struct rulebook *rulebook, const struct stop_line *lines,
                       size_t count);
/* The line, and "told":[{"account","acknowledged","acknowledged_at"}] */
json_t *resource_stop(const struct rulebook *rulebook, const struct stop_answer *answer);

/* {"reference","step","state","hub","destination","destination_text","departs_at","carrier","route","escorts",
 *  "escort_roles","lead","listed","boarded","aboard","departed_at"} */
json_t *resource_manifest_row(const struct rulebook *rulebook, const struct manifest_row *row);
/* And "called_back": the references of those who are aboard all the same. */
json_t *resource_manifest_departed(const struct rulebook *rulebook,
                                   const struct manifest_departed *departed);
json_t *resource_manifests(const struct rulebook *rulebook, const struct manifest_line *lines,
                           size_t count);
/* The line, "people":[{"person","request","state","recalled","clearance","safeguards","compared"}]
 * and "waiting": requests of those who may still be put on it */
json_t *resource_manifest(const struct rulebook *rulebook, const struct manifest_answer *answer);
/* {"manifest","people":[{"person","request","boarded","safeguards"}],"boarded","left_off",
 *  "repeated"} */
json_t *resource_boarding(const struct rulebook *rulebook, const struct boarding_answer *answer);

#endif
