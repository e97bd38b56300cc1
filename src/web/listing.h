/* listing: lists a page at a time. `limit` says how long a page is, `cursor` where it begins; the
 * answer leads to the next page by "next" and by a Link header (RFC 8288), until there is none.
 *
 * A cursor names the last thing that was given, so that what is put in meanwhile neither repeats
 * nor hides anything. It is sealed for the account and the question it was made for - the address
 * with its filters: it tells nothing, no other can be made up, and with other filters it is
 * refused. How long a page is, in which form it is answered and in which language may differ. */
#ifndef RETURNHUB_WEB_LISTING_H
#define RETURNHUB_WEB_LISTING_H

#include "web/exchange.h"

enum {
    LISTING_LIMIT = 50,      /* when none is asked for */
    LISTING_LIMIT_MAX = 500, /* an answer that is read at once, and made in a moment */
    LISTING_KEY_MAX = 200,
};

/* The limit of the query; ERROR_INPUT. */
MUST_USE result listing_limit(const struct exchange *exchange, size_t *ret_limit, struct err *err);
/* The key in the cursor of the query, "" at the beginning. ERROR_INPUT for what was not given out
 * for this list. */
MUST_USE result listing_key(const struct exchange *exchange, str *ret_key, struct err *err);
/* The same of a list whose keys are numbers; 0 at the beginning. */
MUST_USE result listing_number(const struct exchange *exchange, int64_t *ret_number,
                               struct err *err);
/* A cursor that begins behind this key: of the same question, or of the address `base`. */
str listing_cursor(const struct exchange *exchange, str base, str key);
/* The address of the page after this key: of the same question, or of `base`, which has a query. */
str listing_next(const struct exchange *exchange, str base, str key);
str listing_next_number(const struct exchange *exchange, str base, int64_t number);
/* Puts the address of the next page where it belongs. */
void listing_link(struct exchange *exchange, json_t *resource, str next);

/* Of a resource whose list was read whole (the table in listing.c): cuts the page out of it. */
MUST_USE result listing_cut(struct exchange *exchange, json_t *resource, struct err *err);

#endif
