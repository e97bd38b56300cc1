/* response: an http_response as the bytes that go out (RFC 9112, 4 and 6). */
#ifndef RETURNHUB_HTTP_RESPONSE_H
#define RETURNHUB_HTTP_RESPONSE_H

#include "base/buf.h"
#include "http/http.h"

struct response_setting {
    instant now;
    bool closes;   /* says "Connection: close" */
    bool bodiless; /* the request was HEAD */
    bool streams;  /* more will follow: the length is not known */
    bool chunked;  /* then: in chunks (RFC 9112, 7.1); otherwise until the connection closes */
};

/* IMF-fixdate (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". */
void response_put_date(struct buf *buf, instant now);

/* No fewer bytes than response_write will need. */
size_t response_size_max(const struct http_response *response);
void response_write(struct buf *buf, const struct http_response *response,
                    const struct response_setting *setting);

/* More of a stream, or with "" its end. */
void response_write_part(struct buf *buf, str part, const struct response_setting *setting);
enum { RESPONSE_PART_BYTES_MAX = 32 }; /* beside the part itself */

#endif
