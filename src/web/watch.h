/* watch: what an exchange says to the security log (system/security_log.h).
 *
 * One function looks at each answer, so no handler can forget to tell: what was refused is told by
 * the status and the door; what was opened, by the handlers that open. Nothing that was typed is
 * told: the pattern of the address, a reference of the register, and the user name of an account
 * that there is. */
#ifndef RETURNHUB_WEB_WATCH_H
#define RETURNHUB_WEB_WATCH_H

#include "web/exchange.h"

/* Of a sign-in or a proof: what was shown ("password code"), before it is looked at. */
void watch_shown(struct exchange *exchange, bool password, bool code, bool passkey);
/* Whom a sign-in meant; a name that no account has is not told. */
void watch_tried(struct exchange *exchange, str username);
/* Who came in, or proved that it is still them. */
void watch_opened(struct exchange *exchange, enum security_event event, str username);

/* After the answer. */
void watch_exchange(const struct exchange *exchange);

#endif
