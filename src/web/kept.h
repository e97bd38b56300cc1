/* kept: a form that was sent when its session had ended, or after somebody signed in anew beside
 * it.
 *
 * Nothing is done, and nothing is lost: what was typed is given back on the page that answers, to
 * be sent once more by whoever is signed in then. It is kept nowhere else. Only what a page of our
 * own sent is given back (Origin), and nothing about accounts, whose forms have passwords in them.
 */
#ifndef RETURNHUB_WEB_KEPT_H
#define RETURNHUB_WEB_KEPT_H

#include "web/exchange.h"

/* A form of a page of our own that does not belong to the session there is, or for which there is
 * none. Its input is open. */
bool kept_is_old(const struct exchange *exchange);
/* The page that gives it back: 401 when nobody is signed in, else 403. */
MUST_USE result kept_answer(struct exchange *exchange, struct err *err);

#endif
