/* answer: the ways to end an exchange. Every answer carries the same security headers
 * (answer_headers). */
#ifndef RETURNHUB_WEB_ANSWER_H
#define RETURNHUB_WEB_ANSWER_H

#include "web/exchange.h"
#include "web/input.h"

#define CONTENT_NDJSON       "application/x-ndjson; charset=utf-8"
#define CONTENT_EVENT_STREAM "text/event-stream; charset=utf-8"

void answer_headers(struct exchange *exchange);
/* Personal content: never kept by a cache, and different by Accept and by who asks. */
void answer_not_stored(struct exchange *exchange);

/* Of a list that is read (GET), the page that was asked for (listing.h). What a command is answered
 * also says, as "sealed", which event it recorded and where that is in the transparency log
 * (resource_seal.h); so does a refusal by law, which is on record. */
MUST_USE result answer_json(struct exchange *exchange, int status, const json_t *resource,
                            struct err *err);
/* Whether what is read says the instant of reading, "known_at": when that was asked about. */
bool answer_tells_known_at(const struct exchange *exchange);
void answer_text(struct exchange *exchange, int status, str content_type, str body);
void answer_see_other(struct exchange *exchange, str location);
/* A page that leads to another server, at once and by a link. Not a redirect: where a form was sent
 * a browser holds every redirect that follows against our form-action. */
struct elsewhere {
    const char *title;
    const char *lead; /* a sentence above the link, with one value in it at most */
    str value;
    str address;
};
MUST_USE result answer_elsewhere(struct exchange *exchange, const struct elsewhere *there,
                                 struct err *err);
/* `then` when it is an address of this desk, otherwise that of its first page. */
str answer_own_address(str then);
/* 303 to `path` with the key of a notice (notice.def), which the page there shows once. */
MUST_USE result answer_done(struct exchange *exchange, str path, const char *notice,
                            struct err *err);

/* The failure as application/problem+json or as a page. `faults` may be NULL; `status` 0 is the
 * error's own. Cannot fail: when nothing else can be written, a short text is. */
void answer_problem(struct exchange *exchange, const struct err *problem,
                    const struct faults *faults, int status);

#endif
