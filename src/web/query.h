/* query: a parameter that an address does not know is refused (400), with the one that may be
 * meant and all there are: a filter with a slip in its name must not show everything; nor must one
 * with a slip in its value, where there are few values it can have. What is known stands beside the
 * addresses (route.def). An address for everybody that takes none (/, /sign-in,
 * /health) passes over what others add to links (utm_source); where there is something to filter it
 * is refused, on public pages too. */
#ifndef RETURNHUB_WEB_QUERY_H
#define RETURNHUB_WEB_QUERY_H

#include "web/exchange.h"
#include "web/input.h"

/* By the table of addresses. ERROR_USAGE. */
MUST_USE result query_check(const struct exchange *exchange, struct err *err);
/* Of a form that may begin with what its address says: the names of its fields. */
MUST_USE result query_check_fields(const struct exchange *exchange,
                                   const struct input_field *fields, size_t count, struct err *err);

#endif
