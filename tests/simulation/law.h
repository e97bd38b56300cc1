/* law: the safeguards of tests/casework/rules, written by hand in three-valued logic, so that a
 * verdict of the small procedure does not rest on the rulebook's judge alone. */
#ifndef RETURNHUB_TESTS_SIMULATION_LAW_H
#define RETURNHUB_TESTS_SIMULATION_LAW_H

#include "model.h"

enum clearance law_judge(struct model *model, const struct model_person *person, str step,
                         int64_t hub, bool with_agreement, date today,
                         const struct model_plan *plan);

#endif
