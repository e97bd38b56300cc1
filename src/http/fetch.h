/* fetch: asks other servers, all of them at once, by libcurl: https with the system's certificates,
 * or http. No redirect is followed, no proxy of the environment is used, and no answer is waited
 * for longer than is said. */
#ifndef RETURNHUB_HTTP_FETCH_H
#define RETURNHUB_HTTP_FETCH_H

#include "base/arena.h"

#include <stdatomic.h>

enum { FETCH_ANSWER_MAX = 64 * 1024, FETCH_MAX = 64, FETCH_WHY_SIZE = 200 };

struct fetch {
    const char *url;
    const char *content_type;  /* of a POST; NULL: a GET, and there is no body */
    const char *authorization; /* of the header; NULL or "": there is none */
    str body;
    /* What came of it. */
    int status;               /* 0: no answer */
    str answer;               /* in the arena */
    char why[FETCH_WHY_SIZE]; /* there is no answer */
};

/* Once, before there is a second thread. */
MUST_USE result fetch_init(struct err *err);

/* Returns when all have answered, the time is over, or *stop is true (which may be NULL). */
void fetch_all(struct fetch *fetches, size_t count, int64_t ms_max, const atomic_bool *stop,
               struct arena *arena);

#endif
