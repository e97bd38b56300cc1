/* screening: one step, asked about one hub, for everybody of a caseload. Inside casework only.
 *
 * What is left at the hub and of its agreement is asked FOR somebody (counted.h): it depends on the
 * kind of place that they need and on the place that is theirs already. So there is a question for
 * each of its values, and everybody is screened by each of these; whose answer counts, their need
 * and their place say. */
#ifndef RETURNHUB_CASEWORK_SCREENING_H
#define RETURNHUB_CASEWORK_SCREENING_H

#include "casework/caseload.h"
#include "rulebook/screen.h"

/* What those are asked about for whom the hub has so many places free, and who use some of the
 * agreement's intake or do not. */
struct screening_variant {
    struct value free;
    bool own_intake;
    const struct value *hub;       /* NULL: no hub */
    const struct value *agreement; /* NULL: not asked about one */
};

struct place_owner {
    int64_t person;
    str kind; /* of their place */
    bool own_intake;
};

struct screening {
    struct sitting *sitting; /* whose casework has the rulebook */
    uint32_t step;
    struct case_time when;
    struct loaded_case hub; /* the hub and its agreement, asked about nobody in particular */
    uint32_t free_fact;     /* NOT_FOUND_INDEX: the number of free places is not asked */
    const struct place_owner *owners; /* who has a place of their own at the hub, sorted */
    size_t owner_count;
    const struct screening_variant *variants; /* one at least */
    size_t variant_count;
};

/* `hub` 0: none. What is read lives in the sitting's arena. */
MUST_USE result screening_prepare(struct screening *screening, struct sitting *sitting,
                                  uint32_t step, int64_t hub, const struct case_time *when,
                                  struct err *err);
/* Does the step lead from this stage? */
bool screening_is_open(const struct screening *screening, str stage);
/* Puts the hub's and the agreement's values, as they are asked for this person, into the question,
 * which has the person's. */
void screening_ask_for(const struct screening *screening, int64_t person,
                       struct question *question);
/* Marks the facts of a person that decide which of the answers is theirs. */
void screening_reads(const struct rulebook *rulebook, bool *facts);
/* Everybody from whose stage the step leads, with the facts that its safeguards read and, where
 * those ask of them, the members of the family. `caseload` as for caseload_load. */
MUST_USE result screening_load(const struct screening *screening,
                               struct transaction *const *transactions, size_t transaction_count,
                               struct caseload_columns *caseload, struct err *err);
struct screen_question screening_question(const struct screening *screening,
                                          const struct screening_variant *variant);

struct screening_answers {
    struct screen_answers *variants; /* as those of the screening */
    struct arena memory;
};
/* Close it with screening_answers_close, which accepts a zeroed one, also after a failure. */
MUST_USE result screening_run(const struct screening *screening, const struct columns *columns,
                              struct screening_answers *answers, struct err *err);
/* Those that are this person's, whose facts stand in a row of the columns. */
const struct screen_answers *screening_answers_for(const struct screening *screening,
                                                   const struct screening_answers *answers,
                                                   const struct columns *columns, size_t row,
                                                   int64_t person);
void screening_answers_close(struct screening_answers *answers);

#endif
