/* command: what every POST goes through before its handler and after it. */
#ifndef RETURNHUB_WEB_COMMAND_H
#define RETURNHUB_WEB_COMMAND_H

#include "web/done_forms.h"
#include "web/exchange.h"

struct command {
    bool noted; /* its key is in sent_before */
    struct sha256 key;
    struct sha256 request; /* that it came with */
    bool of_form;          /* a browser sent it, and it is noted when it is done */
    struct sha256 form;
    struct done_form before; /* found: the same form was sent and done before */
};

/* The body is read, the command was meant to be sent, it holds in this state of the thing, and its
 * key did not come with another one before. *ret_status is a status that no error code has. Where
 * `before` was found nothing is to be done: command_answer_before. */
MUST_USE result command_begin(struct exchange *exchange, struct command *command, int *ret_status,
                              struct err *err);
/* The page that says that the same was done before, leads there, and asks whether it is meant once
 * more. */
MUST_USE result command_answer_before(struct exchange *exchange, const struct command *command,
                                      struct err *err);
/* `done`: it was carried out, so its key stands for it from now on. */
void command_end(struct exchange *exchange, const struct command *command, bool done);

#endif
