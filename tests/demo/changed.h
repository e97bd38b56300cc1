/* changed: odd things recorded at random about the people of a demonstration: values that the
 * rulebook cannot read, corrections, withdrawals, and facts recorded after the register's last
 * instant. */
#ifndef RETURNHUB_TESTS_DEMO_CHANGED_H
#define RETURNHUB_TESTS_DEMO_CHANGED_H

#include "register_of.h"

/* `people` were made. */
void register_change(struct register_of *made, int64_t people, uint64_t seed);
struct caller register_caller(struct register_of *made, const char *username);

#endif
