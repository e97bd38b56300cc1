/* command: what every POST goes through before its handler and after it. */
#ifndef RETURNHUB_WEB_COMMAND_H
#define RETURNHUB_WEB_COMMAND_H

#include "web/exchange.h"

struct command {
    bool noted; /* its key is in sent_before */
    struct sha256 key;
};

/* The body is read, the command was meant to be sent, it holds in this state of the thing, and its
 * key did not come with another one before. *ret_status is a status that no error code has. */
MUST_USE result command_begin(struct exchange *exchange, struct command *command, int *ret_status,
                              struct err *err);
/* `done`: it was carried out, so its key stands for it from now on. */
void command_end(struct exchange *exchange, const struct command *command, bool done);

#endif
