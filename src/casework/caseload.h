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
#include "rulebook/screen.h"

enum { CASELOAD_THREADS = 2 };

struct caseload_asked {
    const bool *facts;     /* by fact of the rulebook: is it wanted? */
    const bool *stages;    /* by stage of the rulebook */
    bool other_stages;     /* also people in a stage that the rulebook does not know */
    bool families;         /* also the families of those in the stages */
    const int64_t *people; /* nobody but these, rising; NULL: everybody. Not with families */
    size_t people_count;
    struct case_time when;
};

struct caseload_person {
    int64_t id;
    str reference;
    str stage;
    int64_t hub;
    int64_t family;
    date registered_on;
    struct known_day next_check_on;
    bool asked_about; /* in one of the stages; others are only somebody's family */
};

struct caseload_columns {
    struct columns columns;
    const struct caseload_person *people; /* one for each row, in the order of ids */
    struct arena memory;                  /* of the columns and the people */
};

/* Whether a question asks of families is seen from it as it is compiled for nobody. */
MUST_USE result caseload_asks_families(const struct rulebook *rulebook,
                                       const struct screen_question *question, struct arena scratch,
                                       bool *ret_families, struct err *err);

/* `transactions`: as store_read_together gives them; the sitting's is the first. Close it with
 * caseload_close, which accepts a zeroed one, also after a failure. */
MUST_USE result caseload_load(struct sitting *sitting, struct transaction *const *transactions,
                              size_t transaction_count, const struct caseload_asked *asked,
                              struct caseload_columns *caseload, struct err *err);
void caseload_close(struct caseload_columns *caseload);

/* Whom an account may do this with, made ready to be asked of everybody. */
struct caseload_sight {
    enum action action;
    bool everybody; /* but for those who are hidden */
    struct hidden_people hidden;
};
MUST_USE result caseload_sight_of(struct sitting *sitting, enum action action,
                                  struct caseload_sight *ret_sight, struct err *err);
MUST_USE result caseload_sees(struct sitting *sitting, const struct caseload_sight *sight,
                              const struct caseload_person *person, bool *ret_sees,
                              struct err *err);

#endif
