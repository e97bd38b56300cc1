/* seal: what `returnhub serve` needs of the log: opened, and beating, when it was given a key. */
#ifndef RETURNHUB_CLI_SEAL_H
#define RETURNHUB_CLI_SEAL_H

#include "casework/sealing.h"
#include "cli/command.h"

struct sealing_desk {
    struct signer signer; /* stays where it is: the log points to it */
    struct log *log;      /* NULL: nothing is sealed */
    struct sealing_thread *thread;
};

MUST_USE result sealing_desk_open(const struct invocation *invocation, struct store *store,
                                  struct sealing_desk *ret_desk, struct err *err);
void sealing_desk_close(struct sealing_desk *desk); /* accepts a zeroed one; before the store */
#define OWN_SEALING_DESK __attribute__((cleanup(sealing_desk_close)))

#endif
