/* load_rulebook: a folder of .rules files as a rulebook, for the tests of the law. Says on stderr
 * what is wrong with it. */
#ifndef RETURNHUB_TESTS_LAW_LOAD_RULEBOOK_H
#define RETURNHUB_TESTS_LAW_LOAD_RULEBOOK_H

#include "rulebook/rulebook.h"

/* NULL when the folder cannot be read or the rulebook has errors. The rulebook lives in `perm`. */
const struct rulebook *load_rulebook(const char *folder, struct arena *perm);

/* The folder of a rulebook ("uk", "eu") in the source tree, from RETURNHUB_SOURCE. */
const char *rulebook_folder(const char *name, struct arena *arena);

#endif
