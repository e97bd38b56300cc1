/* web/sign_on: what the sign-in, the sign-out and the proof have of signing on at a provider. */
#ifndef RETURNHUB_WEB_SIGN_ON_H
#define RETURNHUB_WEB_SIGN_ON_H

#include "web/handler.h"

/* Where the provider sends browsers back to, below the desk's origin. */
#define SIGN_ON_BACK "/sign-in/provider/answer"

/* {"title","form_token"} for the button, false where there is no provider. */
json_t *sign_on_offer(const struct exchange *exchange);
/* Whoever came by the provider leaves by it: answers with the way to its sign-out, when it has one
 * and can be asked. */
MUST_USE result sign_on_leave(struct exchange *exchange, bool *ret_elsewhere, struct err *err);

/* Somebody is signed in (handle_sign_in.c): the cookie and the first page, or the token as JSON. */
MUST_USE result sign_in_done(struct exchange *exchange, const char *token,
                             const struct account_row *account, struct err *err);

#endif
