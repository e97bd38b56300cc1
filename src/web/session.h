/* session: who is asking, and whether what was sent was meant to be sent by them. */
#ifndef RETURNHUB_WEB_SESSION_H
#define RETURNHUB_WEB_SESSION_H

#include "web/exchange.h"

/* Finds the session of the Authorization header or the cookie. Nobody signed in is no failure:
 * exchange->signed_in says. */
MUST_USE result session_find(struct exchange *exchange, struct err *err);

/* Against requests that another site makes a browser send: Sec-Fetch-Site and Origin, when present,
 * must be our own; a request that rests on the cookie must carry the session's form token (field
 * form_token, or header X-Form-Token). */
MUST_USE result session_check_intent(const struct exchange *exchange, struct err *err);

/* The request says that a page of our own sent it: no other site can (RFC 6454, 7.3). */
bool session_is_own_page(const struct exchange *exchange);
/* It carries the form token of the session. */
bool session_form_is_own(const struct exchange *exchange);

/* The client id of the form or of Idempotency-Key; a wrong one is ERROR_USAGE. Who gives none gets
 * a new one: by it the event of the command is found for the answer (answer.h). */
MUST_USE result session_read_client_id(struct exchange *exchange, struct err *err);

/* Cookies of this host alone, which no script and no other site gets: "returnhub_" and the name.
 * `end` is more of their attributes ("; Max-Age=300"). */
str session_cookie_get(const struct exchange *exchange, const char *name);
void session_cookie_set(struct exchange *exchange, const char *name, str value, const char *end);
void session_cookie_clear(struct exchange *exchange, const char *name);
/* Something for a cookie that only this browser has: what is asked of it is bound to that. */
MUST_USE result session_draw_browser_token(struct exchange *exchange, str *ret_token,
                                           struct err *err);

void session_set_cookie(struct exchange *exchange, str token);
void session_clear_cookie(struct exchange *exchange);

#endif
