/* law: the safeguards of tests/casework/rules, written by hand in three-valued logic, so that a
 * verdict of the small procedure does not rest on the rulebook's judge alone. */
#ifndef RETURNHUB_TESTS_SIMULATION_LAW_H
#define RETURNHUB_TESTS_SIMULATION_LAW_H

#include "model.h"

enum clearance law_judge(struct model *model, const struct model_person *person, str step,
                         int64_t hub, bool with_agreement, date today,
                         const struct model_plan *plan);

/* Until when the person may leave on their notice; not known while the time stands still. Without
 * what is said to be left out. */
enum law_window { LAW_WINDOW_AS_IT_IS, LAW_WINDOW_NOT_EXTENDED, LAW_WINDOW_NOT_SUSPENDED };
struct value law_window(struct model *model, int64_t person, date day, enum law_window without);
/* For how long at most it may be extended, and stand still. */
enum { LAW_DAYS_MORE = 30, LAW_DAYS_STILL = 20 };

#endif
