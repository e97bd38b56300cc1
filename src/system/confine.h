/* confine: what a process gives up for the rest of its life, so that a fault in it is worth little.
 *
 * Files (Landlock): it reads and writes under the paths it names, and nowhere else. Counts for the
 * calling thread and those it starts: call it before there are others. Calls (seccomp): no other
 * program, no other process, no new socket and no connection but those that come in, no memory that
 * is both written and run, none of the kernel's other doors. Counts for every thread. */
#ifndef RETURNHUB_SYSTEM_CONFINE_H
#define RETURNHUB_SYSTEM_CONFINE_H

#include "base/arena.h"

struct confine_path {
    const char *path; /* a file or a folder; one that does not exist is left out */
    bool writes;
};

/* *ret_confined is false where the kernel has no Landlock: nothing is given up then. */
MUST_USE result confine_files(const struct confine_path *paths, size_t count, bool *ret_confined,
                              struct err *err);
/* `connects`: sockets and connections of its own stay allowed, for who asks others. */
MUST_USE result confine_calls(bool connects, struct err *err);

#endif
