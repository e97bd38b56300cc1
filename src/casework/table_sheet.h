/* table_sheet: what was counted, as a table to publish: labels, order, what is withheld, and all
 * that must be said about it. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_TABLE_SHEET_H
#define RETURNHUB_CASEWORK_TABLE_SHEET_H

#include "casework/table_count.h"

MUST_USE result table_sheet_make(struct sitting *sitting, const struct table_counts *counts,
                                 const struct definitions *definitions, struct sheet *ret_sheet,
                                 struct err *err);
/* What must be said about it; `counts` NULL: nothing was counted. */
MUST_USE result table_sheet_notes(struct sitting *sitting, const struct table_plan *plan,
                                  const struct table_counts *counts,
                                  const struct definitions *definitions, struct sheet *sheet,
                                  struct err *err);
/* A table that the register cannot give: it says why, and has no rows. */
MUST_USE result table_sheet_absent(struct sitting *sitting, const struct table_plan *plan,
                                   const struct definitions *definitions, struct sheet *ret_sheet,
                                   struct err *err);

#endif
