/* resource_movements: where a person was and is to go, and what is written of them in the books
 * (resource.h). */
#ifndef RETURNHUB_WEB_RESOURCE_MOVEMENTS_H
#define RETURNHUB_WEB_RESOURCE_MOVEMENTS_H

#include "casework/books.h"
#include "casework/movements.h"

#include <jansson.h>

/* The person, {"stays":[{"hub","arrival","departed_on","expected_on","resolved_on","days_overdue",
 * "left_on","there_now","left_by"}],"requests":[...],"on_manifest","manifest","manifest_state",
 * "recalled"} */
json_t *resource_movements(const struct rulebook *rulebook, const struct movements *movements);
/* [{"entry","kind","title","state","hub","opened_on","due_on","closed","overdue"}] */
json_t *resource_entry_lines(const struct book_line *lines, size_t count);

#endif
