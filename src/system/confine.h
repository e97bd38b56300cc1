/* confine: what a process gives up for the rest of its life, so that a fault in it is worth little.
 *
 * Files and connections (Landlock): it reads and writes under the paths it names, and nowhere else;
 * it connects (TCP) to the ports it names, and to no other. Counts for the calling thread and those
 * it starts: call it before there are others. Calls (seccomp): no other
 * program, no other process, no new socket and no connection but those that come in, no memory that
 * is both written and run, none of the kernel's other doors. Counts for every thread. */
#ifndef RETURNHUB_SYSTEM_CONFINE_H
#define RETURNHUB_SYSTEM_CONFINE_H

#include "base/arena.h"

struct confine_path {
    const char *path; /* a file or a folder; one that does not exist is left out */
    bool writes;
};

struct confinement {
    const struct confine_path *paths;
    size_t path_count;
    bool any_port; /* connections are not confined */
    const uint16_t *ports;
    size_t port_count;
};
/* *ret_confined is false where the kernel has no Landlock: nothing is given up then. A kernel whose
 * Landlock knows no connections (before 6.7) confines files alone. */
MUST_USE result confine_files(const struct confinement *confinement, bool *ret_confined,
                              struct err *err);
/* `connects`: sockets and connections of its own stay allowed, for who asks others. */
MUST_USE result confine_calls(bool connects, struct err *err);

#endif
