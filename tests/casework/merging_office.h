/* merging_office: two records of an office found to be one person, as a clerk asks and a senior
 * officer decides; and that undone. Each stops the test when it fails. Answers lie in the office's
 * memory for work until that is given back. */
#ifndef RETURNHUB_TESTS_CASEWORK_MERGING_OFFICE_H
#define RETURNHUB_TESTS_CASEWORK_MERGING_OFFICE_H

#include "casework/identity.h"
#include "office.h"

struct merge_plan merging_plan(struct office *office, int64_t merge);
/* The merge that is asked for. */
int64_t merging_ask(struct office *office, const struct somebody *whole,
                    const struct somebody *part);
/* Having seen everything in which they differ; how many requests were stopped. */
size_t merging_confirm(struct office *office, int64_t merge);
int64_t merging_done(struct office *office, const struct somebody *whole,
                     const struct somebody *part);
/* What cannot be told is given to the one that continues, or to the other. */
void merging_undo(struct office *office, int64_t merge, bool to_absorbed);

#endif
