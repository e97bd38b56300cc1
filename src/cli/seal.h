/* seal: what other commands need of the log: `returnhub serve` opens it, and lets it beat, when it
 * was given a key. */
#ifndef RETURNHUB_CLI_SEAL_H
#define RETURNHUB_CLI_SEAL_H

#include "casework/sealing.h"
#include "cli/command.h"
#include "log/cosigning.h"

struct sealing_desk {
    struct signer signer; /* stays where it is: the log points to it */
    struct log *log;      /* NULL: nothing is sealed */
    struct sealing_thread *thread;
    struct cosigning *cosigning; /* NULL: nobody is asked */
};

MUST_USE result sealing_desk_open(const struct invocation *invocation, struct store *store,
                                  struct sealing_desk *ret_desk, struct err *err);
void sealing_desk_close(struct sealing_desk *desk); /* accepts a zeroed one; before the store */
#define OWN_SEALING_DESK __attribute__((cleanup(sealing_desk_close)))

/* The log that stands beside the store, for reading; NULL when there is none to be found. */
struct log *sealing_log_beside(const struct invocation *invocation);
/* The policy of --policy, in the invocation's arena; NULL when none is given. */
MUST_USE result read_policy(const struct invocation *invocation, const struct policy **ret_policy,
                            struct err *err);
/* Asks the witnesses of a policy (log/cosigning.h) over the network. */
MUST_USE result cosigning_desk_open(struct log *log, const struct policy *policy,
                                    struct cosigning **ret_cosigning, struct err *err);

#endif
