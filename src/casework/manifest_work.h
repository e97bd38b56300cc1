/* manifest_work: what the commands about a manifest have in common. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_MANIFEST_WORK_H
#define RETURNHUB_CASEWORK_MANIFEST_WORK_H

#include "casework/manifests.h"
#include "casework/sitting.h"
#include "casework/step_work.h"

/* The manifest, if the account may do this with it; otherwise ERROR_NOT_FOUND. */
MUST_USE result manifest_find(struct sitting *sitting, str reference, enum action action,
                              struct manifest_row *ret_manifest, struct err *err);
/* May the account do this with it? */
bool manifest_may(const struct sitting *sitting, const struct manifest_row *manifest,
                  enum action action);
/* Appends an event about the manifest in the account's name. */
MUST_USE result manifest_append(struct sitting *sitting, int64_t manifest, struct event *event,
                                struct err *err);
/* What it says of the departure on that day. */
static inline struct departure_plan manifest_plan(const struct manifest_row *manifest, date on)
{
    return (struct departure_plan){.destination = manifest->destination, .on = on};
}
/* Is the person's stage one from which the step leads? */
bool manifest_step_leaves(const struct rulebook *rulebook, uint32_t step,
                          const struct person_row *person);
/* How many of those who are aboard the account may account for. */
MUST_USE result manifest_aboard(struct sitting *sitting, const struct manifest_row *row,
                                size_t *ret_count, struct err *err);
/* The live entry of somebody on this manifest, or ERROR_NOT_FOUND. */
MUST_USE result manifest_entry(struct sitting *sitting, const struct manifest_row *manifest,
                               const struct person_row *person,
                               struct manifest_entry_row *ret_entry, struct err *err);

#endif
