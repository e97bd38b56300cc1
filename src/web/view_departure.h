/* view_departure: manifests as pages show them (view.h). */
#ifndef RETURNHUB_WEB_VIEW_DEPARTURE_H
#define RETURNHUB_WEB_VIEW_DEPARTURE_H

#include "web/view_table.h"

json_t *view_manifests(const struct view_context *context, const json_t *manifests, bool all);
json_t *view_manifest(const struct view_context *context, const json_t *manifest);
/* What the account may do from a row. */
struct manifest_rights {
    bool take_off;
    bool account;
    bool report; /* an order of a court */
};
/* Everybody on it with their verdict and what the plan is compared with. */
json_t *view_manifest_people(const struct view_context *context, const json_t *manifest,
                             struct manifest_rights may);
json_t *view_boarding(const struct view_context *context, const json_t *boarding);

#endif
