/* assets: styles and scripts, read once and served under an address that holds the hash of their
 * content. */
#ifndef RETURNHUB_WEB_ASSETS_H
#define RETURNHUB_WEB_ASSETS_H

#include "web/exchange.h"

/* Reads returnhub.css, returnhub.js and their .gz from the folder; what is missing there is an
 * error with advice. */
MUST_USE result assets_open(struct web *web, struct err *err);
const struct asset *assets_find(const struct web *web, str name); /* NULL when there is none */

#endif
