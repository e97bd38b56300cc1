/* connection: the bytes of one client, in and out. It knows nothing of other connections, of
 * deadlines or of epoll; http_server.c does. While a worker has its job, nobody else touches a
 * connection.
 *
 * Requests that arrive together are served one at a time, in order: no byte behind a request is
 * looked at before its response has been sent. */
#ifndef RETURNHUB_HTTP_CONNECTION_H
#define RETURNHUB_HTTP_CONNECTION_H

#include "base/buf.h"
#include "http/head.h"
#include "http/workers.h"

#include <netinet/in.h>

enum connection_state {
    CONNECTION_FREE,      /* no client */
    CONNECTION_IDLE,      /* not one byte of a request yet */
    CONNECTION_HEAD,      /* a head is arriving */
    CONNECTION_BODY,      /* a body is arriving */
    CONNECTION_WORKING,   /* a worker has it */
    CONNECTION_SENDING,   /* a response is going out */
    CONNECTION_PAUSING,   /* a stream, until its handler is asked for more */
    CONNECTION_LINGERING, /* the last response is out; the client reads it and closes */
    CONNECTION_STATE_COUNT
};

/* What came of a step. */
enum connection_step {
    STEP_WAIT,    /* until the socket is ready again */
    STEP_HEAD,    /* the head is whole, the body is not */
    STEP_REQUEST, /* the request is whole */
    STEP_REFUSED, /* connection->refusal says why */
    STEP_SENT,    /* the response is out */
    STEP_CLOSED,  /* the client left, or the socket failed */
};

struct connection {
    /* Of the server: */
    enum connection_state state;
    struct connection *previous;
    struct connection *next;
    int64_t deadline_ms;
    size_t output_reserved;
    struct job job;

    int socket;
    char address[INET6_ADDRSTRLEN];
    unsigned request_count;
    bool closes; /* after the response in hand */
    enum http_refusal refusal;

    struct arena arena; /* for as long as the connection: `in` and `head` */
    char *in;           /* HTTP_HEAD_BYTES_MAX: a head, and what came with it */
    size_t in_len;
    size_t in_used; /* of the request in hand */
    struct head *head;

    struct arena body_arena; /* only when the body did not come together with the head */
    struct buf body_buf;
    str body;

    struct arena out_arena; /* the response */
    str out;
    size_t out_sent;

    /* A response that goes on; while it does, the request stays in hand. */
    bool streams;
    bool stream_ends; /* with what is in `out` */
    int64_t stream_end_ms;
    char mark[HTTP_MARK_SIZE];
};

/* Takes over the socket, which is closed by connection_close, and also when this fails. */
MUST_USE result connection_open(struct connection *connection, int socket, const char *address,
                                struct err *err);
/* `aborts`: the client is told at once (RST), and bytes not yet sent are thrown away. */
void connection_close(struct connection *connection, bool aborts);

/* Reads what there is of a head, at most once from the socket. */
enum connection_step connection_receive_head(struct connection *connection);
/* Looks at the bytes already there. */
enum connection_step connection_read_head(struct connection *connection);
/* Reads on in the body; `scratch` is memory of the caller. */
enum connection_step connection_receive_body(struct connection *connection, char *scratch,
                                             size_t scratch_size);
/* Sends what the socket takes. */
enum connection_step connection_send(struct connection *connection);
/* Tells the client that nothing more will come. */
void connection_finish_sending(const struct connection *connection);
/* Throws away what still arrives. */
enum connection_step connection_drain(const struct connection *connection, char *scratch,
                                      size_t scratch_size);

/* The request in hand. Its views live until connection_next. */
struct http_request connection_request(const struct connection *connection, struct arena *arena);
/* Writes a response, or a refusal, to be sent; a refusal closes. False when there is no memory for
 * it. */
MUST_USE bool connection_answer(struct connection *connection, const struct http_response *response,
                                instant now);
MUST_USE bool connection_refuse(struct connection *connection, enum http_refusal refusal,
                                instant now);
/* What a stream's handler left for its next part. */
void connection_keep_mark(struct connection *connection, const struct http_response *response);
/* The first part of what `streams`; a later one, which may be empty; its end, behind what `last`
 * says. */
MUST_USE bool connection_begin_stream(struct connection *connection,
                                      const struct http_response *response, instant now);
MUST_USE bool connection_go_on(struct connection *connection, const struct http_response *response);
MUST_USE bool connection_end_stream(struct connection *connection, str last);
/* Forgets what was sent of a stream, and keeps the request. */
void connection_part_sent(struct connection *connection);
/* Forgets the response, and the request it answered. */
void connection_next(struct connection *connection);

#endif
