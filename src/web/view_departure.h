/* view_departure: manifests as pages show them (view.h). */
#ifndef RETURNHUB_WEB_VIEW_DEPARTURE_H
#define RETURNHUB_WEB_VIEW_DEPARTURE_H

#include "web/view_table.h"

json_t *view_manifests(const struct view_context *context, const json_t *manifests, bool all);
json_t *view_manifest(const struct view_context *context, const json_t *manifest);
/* Everybody on it with their verdict and what the plan is compared with; links to take somebody
 * off, or to account for somebody, where the account may. */
json_t *view_manifest_people(const struct view_context *context, const json_t *manifest,
                             bool may_take_off, bool may_account);
json_t *view_boarding(const struct view_context *context, const json_t *boarding);

#endif
