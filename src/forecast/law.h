/* law: whether simulated people may be transferred, or removed, on their own facts, under the
 * rulebook: "the forecast obeys the same law".
 *
 * A scenario gives people facts when they come and when they enter a stage; the steps they take
 * record what the rulebook says they record. Whoever waits for a step that is judged is judged by
 * all safeguards of that step, everybody in the line at once, by the column engine
 * (rulebook/screen.h): only those are served for whom every safeguard is clear. What nobody has
 * recorded is unknown, and unknown never clears.
 *
 * Everybody in a family has facts of their own, but for those that a scenario says of families,
 * which are drawn once for all of it. Each is judged by themselves, with the others as the members
 * of their family: `every family member has ...` asks of them. A family is clear for a step when
 * everybody in it is, and never will be when one of them never will be. Whether a family is
 * recorded in full is a fact as any other, and the scenario's to say, of those alone too.
 *
 * Of the facts of a person only those are kept that such a safeguard reads, in 16 bits each. */
#ifndef RETURNHUB_FORECAST_LAW_H
#define RETURNHUB_FORECAST_LAW_H

#include "forecast/scenario_sums.h"

/* What is the same in all futures. */
struct law_plan;
/* NULL in *ret_plan when no way is judged. */
MUST_USE result law_plan_make(const struct scenario *scenario, struct arena *arena,
                              const struct law_plan **ret_plan, struct err *err);

/* The law in one future. Everything is taken from the sums' arena, also while the future runs. */
MUST_USE result law_begin(const struct law_plan *plan, struct sums *sums,
                          const struct procedure_law **ret_law, struct err *err);

#endif
