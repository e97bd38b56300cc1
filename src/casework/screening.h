/* screening: one step, asked about one hub, for everybody of a caseload. Inside casework only.
 *
 * What is left at the hub and of its agreement is asked FOR somebody (counted.h): those who hold or
 * occupy a place at the hub count their own, so where there are such people everybody is screened a
 * second time with one more. */
#ifndef RETURNHUB_CASEWORK_SCREENING_H
#define RETURNHUB_CASEWORK_SCREENING_H

#include "casework/caseload.h"
#include "rulebook/screen.h"

struct screening {
    struct sitting *sitting; /* whose casework has the rulebook */
    uint32_t step;
    struct case_time when;
    struct loaded_case hub;     /* the hub and its agreement, asked about nobody in particular */
    struct value *hub_for_them; /* the same values for those with a place of their own */
    struct value *agreement_for_them;
    const int64_t *own_place; /* who holds or occupies a place at the hub, sorted */
    size_t own_place_count;
};

/* `hub` 0: none. What is read lives in the sitting's arena. */
MUST_USE result screening_prepare(struct screening *screening, struct sitting *sitting,
                                  uint32_t step, int64_t hub, const struct case_time *when,
                                  struct err *err);
/* Does the step lead from this stage? */
bool screening_is_open(const struct screening *screening, str stage);
/* Puts the hub's and the agreement's values, as they are asked for this person, into the question.
 */
void screening_ask_for(const struct screening *screening, int64_t person,
                       struct question *question);
struct screen_question screening_question(const struct screening *screening, bool own_place);

struct screening_answers {
    struct screen_answers everybody;
    struct screen_answers own; /* with a place of their own; when own_place_count > 0 */
    struct arena memory;
};
/* Close it with screening_answers_close, which accepts a zeroed one, also after a failure. */
MUST_USE result screening_run(const struct screening *screening, const struct columns *columns,
                              struct screening_answers *answers, struct err *err);
const struct screen_answers *screening_answers_for(const struct screening *screening,
                                                   const struct screening_answers *answers,
                                                   int64_t person);
void screening_answers_close(struct screening_answers *answers);

#endif
