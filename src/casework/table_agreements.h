/* table_agreements: the agreements, one row each, with what is recorded of them on the day of the
 * table. Those that are not announced are there only for who may see them. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_TABLE_AGREEMENTS_H
#define RETURNHUB_CASEWORK_TABLE_AGREEMENTS_H

#include "casework/table_count.h"

MUST_USE result table_agreements(struct sitting *sitting, const struct table_plan *plan,
                                 struct sheet *ret_sheet, struct err *err);

#endif
