/* streams: who holds the answers that go on (http.h), so that nobody holds them all.
 *
 * There are HTTP_STREAMS_MAX at once. A session holds at most STREAMS_OF_SESSION_MAX of them, an
 * account STREAMS_OF_ACCOUNT_MAX. Where nearly all are taken, whoever holds most gives one up for
 * whoever holds fewer: everybody has one as long as there are not more accounts than streams.
 *
 * The one too many is let in, and the oldest ends in its place. If it were refused, the page that
 * somebody just opened, and looks at, would stay silent - a browser does not ask again after an
 * error - while pages that they forgot listen on. What ends misses nothing: it ends when it is
 * asked for more, with what there is to tell then, and whoever comes back says how far they were.
 *
 * Until it is over (HTTP_STREAM_PAUSE_MS, and longer only where a client does not read) it keeps a
 * connection. So whoever opens streams faster than they end is refused after all.
 *
 * In the memory of the process; used by many threads. */
#ifndef RETURNHUB_WEB_STREAMS_H
#define RETURNHUB_WEB_STREAMS_H

#include "base/arena.h"

enum {
    STREAMS_OF_SESSION_MAX = 4,  /* over HTTP/1.1 a browser has six connections to a server: two are
                                    left for pages */
    STREAMS_OF_ACCOUNT_MAX = 12, /* a few browsers, and programs beside them */
    STREAMS_ENDING_MAX = 12,     /* of an account: gave way, and are not over yet */
    STREAMS_ENDING_SHARE = 8,    /* an eighth of all is kept free for those that are ending */
};

struct streams;
/* For so many at once (at least STREAMS_ENDING_SHARE), in the arena; streams_close ends it. */
MUST_USE result streams_open(size_t most, struct arena *arena, struct streams **ret_streams,
                             struct err *err);
void streams_close(struct streams *streams); /* accepts NULL */

/* The number of a new stream of the account, of the session with this token. 0: refused; it is
 * right again when others are over. */
int64_t streams_begin(struct streams *streams, int64_t account, str token);
/* Whether the stream may go on; false when a newer one has its place. */
bool streams_may_go_on(struct streams *streams, int64_t number);
/* The stream is over. A number that there is not is none. */
void streams_end(struct streams *streams, int64_t number);

#endif
