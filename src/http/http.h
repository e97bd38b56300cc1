/* http: a strict HTTP/1.1 server that knows nothing of cases. Parsing is llhttp's; the connection,
 * the deadlines and the refusals are ours.
 *
 * One thread runs the event loop (epoll, edge of the world); complete requests go to a pool of
 * workers, which may block (store, password hashing), and come back to the loop by eventfd. A
 * worker sees one whole request and fills one whole response.
 *
 * What is refused before a handler sees it stands in one table, http_refusals (refusal.def), each
 * row with a test: RFC 9110, RFC 9112, and OWASP ASVS 5.0 section 4.2. Every refusal is answered
 * (RFC 9457 problem) and closes the connection.
 */
#ifndef RETURNHUB_HTTP_HTTP_H
#define RETURNHUB_HTTP_HTTP_H

#include "base/arena.h"
#include "base/date.h"

enum {
    HTTP_HEADERS_MAX = 100,
    HTTP_HEAD_BYTES_MAX = 16 * 1024,
    HTTP_REQUEST_LINE_MAX = 8 * 1024,
    HTTP_BODY_BYTES_MAX = 256 * 1024, /* larger uploads will get a streaming door of their own */
    HTTP_RESPONSE_HEADERS_MAX = 24,
    HTTP_HEAD_MS_MAX = 5000,        /* from the first byte of a request to the end of its head */
    HTTP_BODY_MS_MAX = 10000,       /* from the end of the head to the end of the body */
    HTTP_RESPONSE_MS_MAX = 30000,   /* to send a response */
    HTTP_KEEP_ALIVE_MS_MAX = 15000, /* between requests */
    HTTP_REQUESTS_PER_CONNECTION_MAX = 100,
    HTTP_CONNECTIONS_MAX = 4096,
    HTTP_CONNECTIONS_PER_ADDRESS_MAX = 1024, /* of IPv6: per /64, which is one customer */
    HTTP_LINGER_MS_MAX = 1000, /* after a last response, for the client to read it and close */
    HTTP_STOP_MS_MAX = 5000,   /* for what is in hand when the server is told to stop */
    HTTP_OUTPUT_BYTES_MAX = 512 * 1024 * 1024, /* of responses not yet sent, in all */
    HTTP_STREAMS_MAX = 256,                    /* answers that go on, at once */
    HTTP_STREAM_MS_MAX = 600000, /* of one; then its client asks again from where it was */
    HTTP_STREAM_PAUSE_MS = 1000, /* before the handler is asked for more of one */
    HTTP_MARK_SIZE = 64,
    HTTP_FORM_FIELDS_MAX = 256,
    HTTP_REQUEST_ARENA_BYTES = 64 * 1024 * 1024, /* lazily taken, per worker */
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
};

struct http_header {
    str name; /* as sent; compared without case */
    str value;
};

struct http_request {
    enum http_method method;
    /* Percent-decoded, valid UTF-8, begins with '/', no control bytes, no "." or ".." segment, no
     * empty segment but perhaps the last ("/people/"). */
    str path;
    str query; /* raw, without '?', its escapes well-formed; http_form_read decodes it */
    const struct http_header *headers;
    size_t header_count;
    str body;
    str client_address; /* numeric; behind a proxy that is set, of whose request it passes on */
    bool goes_on;       /* a part of this response was sent; more of it is asked for */
    str mark;           /* then: what the handler left in the mark of the last part */
    /* Lives until the response is written out; everything the handler makes goes here. */
    struct arena *arena;
};

struct http_response {
    int status;       /* 200 when the handler leaves it 0 */
    str content_type; /* "" for none */
    str body;         /* not sent in answer to HEAD, nor with 204 and 304 */
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t header_count;
    /* A stream: when the body is sent, and HTTP_STREAM_PAUSE_MS have passed, the handler is asked
     * the same request again (goes_on), with all that it asks before it answers: who is asking may
     * have lost the right meanwhile. What it answers is sent behind, or nothing when its body is
     * empty. The stream ends when it answers without `streams`, behind that last part, or with
     * another status than 200, without it, and after HTTP_STREAM_MS_MAX. A client that does not
     * read is dropped as from any response. */
    bool streams;
    char mark[HTTP_MARK_SIZE]; /* for the next part; ends with NUL */
};

/* The value of a header, "" when absent; the first when repeated. */
str http_header_get(const struct http_request *request, str name);
/* Is it there, if only with nothing in it? */
bool http_header_given(const struct http_request *request, str name);
/* Appends a response header; control bytes in a value are a defect of the caller (asserted).
 * Content-Type has its own field; Content-Length, Connection and Date are written by the server:
 * setting one of them is a defect too. */
void http_header_set(struct http_response *response, str name, str value);

/* application/x-www-form-urlencoded, for queries and form bodies. Decodes into the arena; refuses
 * bad escapes, NUL, bad UTF-8, and a name that is given twice. http_form_get gives "" and false
 * when a name is absent. */
struct http_form {
    struct http_header *fields;
    size_t count;
};
MUST_USE result http_form_read(str text, struct arena *arena, struct http_form *ret_form,
                               struct err *err);
bool http_form_get(const struct http_form *form, str name, str *ret_value);
/* The value of a cookie of the Cookie header, "" when absent; the first when repeated. */
str http_cookie_get(const struct http_request *request, str name);

/* Runs in a worker. Must not keep anything of request or response beyond the call. */
typedef void http_handler(void *context, const struct http_request *request,
                          struct http_response *response);

/* Told of each request that the server turned away by itself: the name of the row of refusal.def,
 * its status, and who is at the other end of the connection, be it the proxy. Must not wait. */
typedef void http_refused(void *context, const char *name, int status, str address);

/* Told once of each stream that a handler began, with the mark that it left last, when it is over,
 * however it ended: in a worker or in the loop, also while the server is closed. Must not wait. */
typedef void http_ended(void *context, str mark);

struct http_options {
    const char *address; /* numeric IPv4 or IPv6; default "127.0.0.1" */
    uint16_t port;       /* 0 lets the kernel choose: see http_server_port */
    http_handler *handler;
    http_refused *refused; /* NULL: nobody is told */
    http_ended *ended;     /* NULL: nobody is told */
    void *context;         /* of all three */
    /* Of the proxy in front of the server, in numbers, NULL for none: whom it names in
     * X-Forwarded-For is the client (forwarded.h), and its connections are not counted as one
     * client's. */
    const char *proxy;
    unsigned worker_count; /* 0: 32, enough for a group commit to gather */

    /* 0: the limit of the same name above. Lower ones are for tests and small machines. */
    unsigned head_ms_max;
    unsigned body_ms_max;
    unsigned response_ms_max;
    unsigned keep_alive_ms_max;
    unsigned linger_ms_max;
    unsigned stop_ms_max;
    unsigned requests_per_connection_max;
    unsigned connections_max;
    unsigned connections_per_address_max;
    unsigned output_bytes_max;
    unsigned streams_max;
    unsigned stream_ms_max;
    unsigned stream_pause_ms;
};

struct http_server;
MUST_USE result http_server_open(const struct http_options *options,
                                 struct http_server **ret_server, struct err *err);
uint16_t http_server_port(const struct http_server *server);
/* Serves until http_server_stop; then refuses new connections, finishes what is in hand (at most 5
 * s), returns. Called once. The workers start here, so a process may confine itself between open
 * and run. */
MUST_USE result http_server_run(struct http_server *server, struct err *err);
/* May be called from a signal handler or another thread. */
void http_server_stop(struct http_server *server);
/* Waits for the handlers that still run, and gives everything back. Accepts NULL. */
void http_server_close(struct http_server *server);

/* "Content Too Large" and so on; "" for a status we never send. */
const char *http_status_text(int status);

#endif
