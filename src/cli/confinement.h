/* confinement: what `serve` gives up (system/confine.h): before it opens the store, all files but
 * its own; before it serves, calls that it has no more use for. */
#ifndef RETURNHUB_CLI_CONFINEMENT_H
#define RETURNHUB_CLI_CONFINEMENT_H

#include "cli/command.h"
#include "cli/settings.h"

/* Writes go where the store, its key and the log are; the program's files, the system's and those
 * of the options are read. Before any thread is started. Says so where the kernel has no Landlock;
 * ERROR_STORAGE when the settings require it. */
MUST_USE result confinement_of_files(const struct invocation *invocation,
                                     const struct settings *settings, struct err *err);
/* Connections of its own stay with --policy (witnesses are asked) and with a provider to sign on
 * at, whose port they then go to, and to no other; otherwise there are none. */
MUST_USE result confinement_of_calls(const struct invocation *invocation,
                                     const struct settings *settings, struct err *err);

#endif
