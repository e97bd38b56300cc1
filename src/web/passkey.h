/* web/passkey: passkeys between the browser and casework: the address they belong to, the question
 * that a page's script asks for, and its answer, which comes back in a form's hidden field. */
#ifndef RETURNHUB_WEB_PASSKEY_H
#define RETURNHUB_WEB_PASSKEY_H

#include "casework/passkeys.h"
#include "web/handler.h"

/* The address that is set, or http://localhost; false where there can be no passkeys. */
bool passkey_site_of(const struct exchange *exchange, struct passkey_site *ret_site);

/* The token that a question is bound to: the session's; while nobody is signed in, that of a cookie
 * of its own, which passkey_set_token makes. */
str passkey_token(const struct exchange *exchange);
MUST_USE result passkey_set_token(struct exchange *exchange, str *ret_token, struct err *err);

/* What stands in the hidden field "passkey", as JSON of base64url. */
struct passkey_field {
    str credential_id;
    str client_data;
    str authenticator_data;
    str signature; /* "" when one is registered */
};
MUST_USE result passkey_read(const struct exchange *exchange, str text,
                             struct passkey_field *ret_field, struct err *err);
/* The answer to a question about an account; ERROR_INPUT when it cannot be read or there can be
 * none here. */
MUST_USE result passkey_read_sent(const struct exchange *exchange, str text,
                                  struct passkey_sent *ret_sent, struct err *err);

#endif
