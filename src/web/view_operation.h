/* view_operation: joint operations beside arrivals, drawn and as tables (view.h). */
#ifndef RETURNHUB_WEB_VIEW_OPERATION_H
#define RETURNHUB_WEB_VIEW_OPERATION_H

#include "web/view_table.h"

json_t *view_operations(const struct view_context *context, const json_t *operations);
json_t *view_operation(const struct view_context *context, const json_t *operation);

#endif
