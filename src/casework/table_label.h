/* table_label: what a reader is told instead of a code. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_TABLE_LABEL_H
#define RETURNHUB_CASEWORK_TABLE_LABEL_H

#include "casework/table_count.h"

/* "Nationality": of the definition, else the usual one. */
str dimension_title(const struct table_plan *plan, const struct planned_dimension *dimension);
/* "Albania"; "Unknown" is a label of its own. A hub or an agreement that is not announced is
 * "Not announced" for whoever may not see it. */
MUST_USE result code_label(struct sitting *sitting, const struct table_plan *plan,
                           const struct planned_dimension *dimension, int64_t code, str *ret_label,
                           struct err *err);
/* "Refuse the claim, Grant leave" */
str step_titles(const struct table_plan *plan, const struct name_list *names, struct arena *arena);
str stage_titles(const struct table_plan *plan, const struct name_list *names, struct arena *arena);

#endif
