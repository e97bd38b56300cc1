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

/* May the account do this with both people? *ret_erased: a record of it was erased, and whoever may
 * do this somewhere is told so. */
MUST_USE result merging_in_sight(struct sitting *sitting, const struct merge_row *merge,
                                 enum action action, bool *ret_in_sight, bool *ret_erased,
                                 struct err *err);
/* Who it is about, who asked, decided and undid it. */
MUST_USE result merging_describe(struct sitting *sitting, const struct merge_row *merge,
                                 struct merge_line *ret_line, struct err *err);

#endif
