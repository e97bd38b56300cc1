/* verdict: explanations as text for a terminal. */
#ifndef RETURNHUB_CLI_VERDICT_H
#define RETURNHUB_CLI_VERDICT_H

#include "casework/casework.h"
#include "cli/command.h"

/* Every safeguard in full: verdict, reason, law, condition tree with facts and where they are from,
 * what would change it. */
void verdict_print(const struct invocation *invocation, const struct rulebook *rulebook,
                   const struct explanation *explanation, const struct case_view *view);
/* One line for each safeguard of the step that is not clear; `each` is in the step's order. */
void verdict_print_in_the_way(const struct invocation *invocation, const struct rulebook *rulebook,
                              const struct step *step, const enum clearance *each,
                              const char *indent);
/* fact,value,known,true_from,recorded_at,by,source,event */
void verdict_print_facts_csv(const struct invocation *invocation, const struct rulebook *rulebook,
                             const struct case_view *view);
/* step,safeguard,clearance,reason,law */
void verdict_print_csv(const struct invocation *invocation, const struct rulebook *rulebook,
                       const struct explanation *explanation);

#endif
