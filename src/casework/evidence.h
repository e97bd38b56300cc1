/* evidence: everybody of whom something was ever recorded, whatever came after it. A status is not
 * only what counts today: when it turns out that a kind of evidence was passed over, everybody of
 * whom there is such evidence has to be found at once, in whatever stage and record they are. */
#ifndef RETURNHUB_CASEWORK_EVIDENCE_H
#define RETURNHUB_CASEWORK_EVIDENCE_H

#include "casework/casework.h"

struct evidence_line {
    struct person_row person;
    const struct fact_row *values; /* of the fact, in the order in which they are true */
    size_t value_count;
    str now;          /* the value that counts today; "" when none does */
    bool conflicting; /* different values stand, none of them withdrawn */
};

struct evidence_query {
    str fact;  /* of a person */
    str value; /* "" for whatever value */
    bool conflicting_only;
};

/* By person; of people in this account's sight. */
MUST_USE result casework_evidence(const struct casework *casework, const struct caller *caller,
                                  const struct evidence_query *query, struct arena *arena,
                                  const struct evidence_line **ret_lines, size_t *ret_count,
                                  struct err *err);

#endif
