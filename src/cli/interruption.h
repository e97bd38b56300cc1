/* interruption: Ctrl-C during a command that takes long. Whatever instant a command ends at, a
 * store has each of its transactions whole or not at all; so it ends there and then, and says first
 * what that means. A shell sees the status 130, as of every program that ends so. */
#ifndef RETURNHUB_CLI_INTERRUPTION_H
#define RETURNHUB_CLI_INTERRUPTION_H

#include "cli/output.h"
#include "store/store.h"

#include <stdatomic.h>

struct interruption {
    struct output *output;
    const char *meaning; /* what is done, and what to do now */
    /* A store that the command makes, and that is of no use until it is whole: its files are taken
     * away. NULL: none, or none any more. */
    _Atomic(const struct store *) makes;
};

/* An interrupt waits until interruption_await. */
void interruption_hold(void);
/* From here on; in the thread that starts the others. `interruption` stays where it is until the
 * process ends. Where no thread can be started an interrupt ends the command without a word. Not in
 * a process that passes over interrupts (nohup). */
void interruption_await(struct interruption *interruption);

#endif
