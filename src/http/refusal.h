/* refusal: why the server itself turns a request away, before any handler sees it. One table,
 * refusal.def. */
#ifndef RETURNHUB_HTTP_REFUSAL_H
#define RETURNHUB_HTTP_REFUSAL_H

#include "http/response.h"

enum http_refusal {
    REFUSAL_NONE = 0,
#define REFUSAL(constant, name, status, what) constant,
#include "http/refusal.def"
#undef REFUSAL
    REFUSAL_COUNT
};

struct refusal_row {
    const char *name; /* "bare-line-feed" */
    int status;
    const char *what; /* one sentence without its full stop; plain ASCII without '"' and '\' */
};

const struct refusal_row *refusal_row(enum http_refusal refusal);

/* No refusal needs a bigger arena. */
enum { REFUSAL_BYTES_MAX = 2048 };

/* The whole response, a problem of RFC 9457, in the arena. False when the arena is full. */
MUST_USE bool refusal_write(enum http_refusal refusal, const struct response_setting *setting,
                            struct arena *arena, str *ret_text);

#endif
