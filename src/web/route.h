/* route: which handler answers which address, by the one table of route.def. */
#ifndef RETURNHUB_WEB_ROUTE_H
#define RETURNHUB_WEB_ROUTE_H

#include "http/http.h"

enum { ROUTE_PARAMETERS_MAX = 2 };

enum route_door { ROUTE_BARE, ROUTE_OPEN, ROUTE_DESK };

struct exchange;
typedef result route_handler(struct exchange *exchange, struct err *err);

struct route {
    enum http_method method;
    str pattern;
    enum route_door door;
    route_handler *handler;
};

struct route_match {
    const struct route *route; /* NULL when the address is not known, or not with this method */
    str parameters[ROUTE_PARAMETERS_MAX];
    bool address_known;
    const char *allow; /* "GET, HEAD, OPTIONS" and so on, for an address that is known */
};

/* HEAD is answered by the route of GET. */
struct route_match route_find(enum http_method method, str path);

/* What the query of its GET may name, as route.def says it. */
str route_query(const struct route *route);

extern const struct route routes[];
extern const size_t route_count;

#define ROUTE(method, pattern, door, name) route_handler handle_##name;
#define QUERY(pattern, names)
#include "web/route.def"
#undef QUERY
#undef ROUTE

#endif
