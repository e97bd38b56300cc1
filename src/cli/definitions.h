/* definitions: the tables that can be made (statistics/definition.h), read from their folder. */
#ifndef RETURNHUB_CLI_DEFINITIONS_H
#define RETURNHUB_CLI_DEFINITIONS_H

#include "cli/desk.h"
#include "statistics/definition.h"

/* Given with --definitions, else those that come with the program for the register's rulebook.
 * ERROR_NOT_FOUND when the folder has none. */
MUST_USE result definitions_of(const struct invocation *invocation, const struct desk *desk,
                               struct definitions *ret_definitions, struct err *err);

/* The same; no table at all when none come with the rulebook and none were named. */
MUST_USE result definitions_if_any(const struct invocation *invocation, const struct desk *desk,
                                   struct definitions *ret_definitions, struct err *err);

#endif
