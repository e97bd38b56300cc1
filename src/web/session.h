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

/* The client id of the form or of Idempotency-Key; a wrong one is ERROR_USAGE. Who gives none gets
 * a new one: by it the event of the command is found for the answer (answer.h). */
MUST_USE result session_read_client_id(struct exchange *exchange, struct err *err);

void session_set_cookie(struct exchange *exchange, str token);
void session_clear_cookie(struct exchange *exchange);

#endif
