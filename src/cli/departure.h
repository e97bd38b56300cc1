/* departure: what the commands about orders, stops and manifests print. */
#ifndef RETURNHUB_CLI_DEPARTURE_H
#define RETURNHUB_CLI_DEPARTURE_H

#include "cli/desk.h"

/* What was stopped, and who is called back, by something that was recorded. */
void departure_print_stopped(const struct invocation *invocation,
                             const struct record_answer *answer);
/* Tells the account on the messages of the stops that it has not acknowledged. */
MUST_USE result departure_warn(const struct invocation *invocation, const struct desk *desk,
                               struct err *err);

#endif
