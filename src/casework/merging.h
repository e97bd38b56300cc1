/* merging: what the questions and commands about merging two records have in common. Inside
 * casework only. */
#ifndef RETURNHUB_CASEWORK_MERGING_H
#define RETURNHUB_CASEWORK_MERGING_H

#include "casework/identity.h"
#include "casework/sitting.h"

/* The merge of this id, if the account may do this with both people; otherwise ERROR_NOT_FOUND, and
 * ERROR_CONFLICT when a record of it was erased. */
MUST_USE result merging_find(struct sitting *sitting, int64_t id, enum action action,
                             struct merge_row *ret_merge, struct err *err);

#endif
