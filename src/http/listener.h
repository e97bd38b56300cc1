/* listener: a TCP socket that waits for clients. */
#ifndef RETURNHUB_HTTP_LISTENER_H
#define RETURNHUB_HTTP_LISTENER_H

#include "base/str.h"

struct listener {
    int socket; /* non-blocking */
    uint16_t port;
};

/* `address` in numbers, IPv4 or IPv6; port 0 lets the kernel choose. The caller closes the socket.
 */
MUST_USE result listener_open(const char *address, uint16_t port, struct listener *ret_listener,
                              struct err *err);

#endif
