/* head_rules: what must hold between the headers of a whole head: framing of the body, Host,
 * Expect, Connection. */
#ifndef RETURNHUB_HTTP_HEAD_RULES_H
#define RETURNHUB_HTTP_HEAD_RULES_H

#include "http/head.h"

/* Fills content_length, asks_to_close and expects_continue. */
enum http_refusal head_rules_check(struct head *head);

#endif
