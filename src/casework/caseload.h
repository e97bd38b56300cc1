/* caseload: those whom a screening is about, fact by fact (rulebook/columns.h), read from the store
 * by several threads at once. Inside casework only.
 *
 * A row is a person who is in one of the stages that were asked about, or a member of the family of
 * such a person. What is known of them is what facts_load gives: counted facts are nobody's, and a
 * value that the rulebook cannot read is unknown. Not for the past: families, stages and places are
 * those of now.
 *
 * First everybody's short row is looked at (transaction_each_caseload) and those asked about are
 * copied; then their facts are put into columns. No text is parsed twice: a pair of a fact and a
 * word has one value, and days and numbers come as such. */
#ifndef RETURNHUB_CASEWORK_CASELOAD_H
#define RETURNHUB_CASEWORK_CASELOAD_H

#include "casework/facts.h"
#include "rulebook/columns.h"

enum { CASELOAD_THREADS = 2 };

struct caseload_asked {
    const bool *facts;  /* by fact of the rulebook: is it wanted? */
    const bool *stages; /* by stage of the rulebook */
    bool families;      /* also the families of those in the stages */
    struct case_time when;
};

struct caseload_person {
    int64_t id;
    str reference;
    str stage;
    int64_t hub;
    int64_t family;
    bool asked_about; /* in one of the stages; others are only somebody's family */
};

struct caseload_columns {
    struct columns columns;
    const struct caseload_person *people; /* one for each row, in the order of ids */
    struct arena memory;                  /* of the columns and the people */
};

/* `transactions`: as store_read_together gives them; the sitting's is the first. Close it with
 * caseload_close, which accepts a zeroed one, also after a failure. */
MUST_USE result caseload_load(struct sitting *sitting, struct transaction *const *transactions,
                              size_t transaction_count, const struct caseload_asked *asked,
                              struct caseload_columns *caseload, struct err *err);
void caseload_close(struct caseload_columns *caseload);

#endif
