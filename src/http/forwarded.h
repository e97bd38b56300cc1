/* forwarded: whose request it is that a proxy passes on.
 *
 * Only the one proxy that the server is told of is believed, and of the X-Forwarded-For it sends
 * only the last element, which it wrote itself; whatever stands before came from outside. What is
 * no address in numbers counts for nothing: then it is the proxy's own. */
#ifndef RETURNHUB_HTTP_FORWARDED_H
#define RETURNHUB_HTTP_FORWARDED_H

#include "http/http.h"

/* The address of the client in its one written form, in the arena. `proxy` may be "". */
str forwarded_client(const struct http_request *request, str proxy);
/* "10.0.0.1" or "::1": the only form in which an address is set and compared. */
bool forwarded_is_address(str text);
/* Who counts as one client: the address, or the /64 of IPv6 in which it lies. In the arena; the
 * text itself when it is no address. */
str forwarded_network(str address, struct arena *arena);

#endif
