/* running: a server that runs until it is interrupted. */
#ifndef RETURNHUB_CLI_RUNNING_H
#define RETURNHUB_CLI_RUNNING_H

#include "http/http.h"

/* First of all: the signals that end the server are taken by one thread, and every thread that is
 * made later inherits this. */
void running_block_interrupts(void);
/* Serves until SIGINT or SIGTERM. */
MUST_USE result running_serve(struct http_server *server, struct err *err);

#endif
