/* resource_seal: what is told of the transparency log (resource.h). */
#ifndef RETURNHUB_WEB_RESOURCE_SEAL_H
#define RETURNHUB_WEB_RESOURCE_SEAL_H

#include "casework/acknowledgement.h"
#include "casework/seal_report.h"

#include <jansson.h>

/* {"event","leaf","state","entry","receipt"}; `receipt` is where or how the receipt is to be had,
 * "" when it is not. */
json_t *resource_acknowledgement(const struct acknowledgement *acknowledgement, str receipt);

/* {"now","wrong":[...],"log":{"name","key"},"checkpoint":{"entries","note","at","seconds"},
 * "sealing":{"state","until","beat_ms","since","why"},
 * "witnesses":{"asked","needed","enough","entries","list":[{"name","key","state","at","why"}]},
 * "verification":{"known","at","whole","by","found","entries","events"},
 * "check":[{"title","commands","expected"}]}
 *
 * "wrong" is empty when nothing is: not_sealed, failing, late, witnesses, fault. What a fault is
 * ("why", "by", "found") names events, and is told to `whole` only; everybody is told that there is
 * one. NULL: this register has no log here. */
json_t *resource_seal(const struct seal_report *report, instant now, bool whole);

#endif
