#include "http/clients.h"
#include "http/forwarded.h"
#include "http/listener.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    WORKERS_DEFAULT = 32,
    EVENTS_A_TURN = 256,
    ACCEPTS_A_TURN = 64,   /* so that a flood of new clients does not starve the old ones */
    ACCEPT_PAUSE_MS = 100, /* when the process has no file descriptor left */
    IDLE_MS_MIN = 100,     /* before an idle connection may be closed for a new one */
    SCRATCH_BYTES = 64 * 1024,
    SERVER_ARENA_BYTES = 1024 * 1024, /* and what the connections need */
};

struct http_server {
    struct http_options options;
    struct arena arena;       /* this struct too */
    struct listener listener; /* its socket is -1 when closed */
    int epoll;
    int stop_fd;                /* eventfd */
    atomic_size_t output_bytes; /* of responses not yet sent */
    atomic_uint stream_count;   /* of responses that go on */
    atomic_bool stopping;
    struct workers *workers;
    struct clients clients;
    char *scratch;
    bool has_callers;         /* new clients wait; they come after those that are here */
    int64_t now_ms;           /* monotonic; read once a turn */
    int64_t accept_again_ms;  /* NO_DEADLINE while accepting */
    int64_t stop_deadline_ms; /* NO_DEADLINE until the server is stopping */
};

/* ---- time and failure ---- */

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* For the Date of responses alone. */
static instant wall_clock(void)
{
    return (instant){.milliseconds = clock_ms(CLOCK_REALTIME)};
}

static result system_failure(struct err *err, const char *what)
{
    return err_set(err, ERROR_INTERNAL, "%s: %s", what, strerrordesc_np(errno));
}

/* ---- one request through a worker ---- */

static bool is_stopping(const struct http_server *server)
{
    return atomic_load(&server->stopping);
}

static bool reserve_output(struct http_server *server, struct connection *connection, size_t size)
{
    const size_t before = atomic_fetch_add(&server->output_bytes, size);
    if (before + size > server->options.output_bytes_max) {
        atomic_fetch_sub(&server->output_bytes, size);
        return false;
    }
    connection->output_reserved = size;
    return true;
}

static void release_output(struct http_server *server, struct connection *connection)
{
    atomic_fetch_sub(&server->output_bytes, connection->output_reserved);
    connection->output_reserved = 0;
}

static bool reserve_stream(struct http_server *server)
{
    if (atomic_fetch_add(&server->stream_count, 1) < server->options.streams_max) {
        return true;
    }
    atomic_fetch_sub(&server->stream_count, 1);
    return false;
}

static void tell_ended(const struct http_server *server, const char *mark)
{
    if (server->options.ended != NULL) {
        server->options.ended(server->options.context, str_from_c(mark));
    }
}

static void release_stream(struct http_server *server, struct connection *connection)
{
    if (connection->streams) {
        atomic_fetch_sub(&server->stream_count, 1);
        connection->streams = false;
        tell_ended(server, connection->mark);
    }
}

static str proxy_of(const struct http_server *server)
{
    return server->options.proxy != NULL ? str_from_c(server->options.proxy) : STR("");
}

/* The one who is told sees every refusal, whether its answer arrives or not. */
static void tell(const struct http_server *server, enum http_refusal refusal, const char *address)
{
    if (server->options.refused != NULL) {
        server->options.refused(server->options.context, refusal_row(refusal)->name,
                                refusal_row(refusal)->status, str_from_c(address));
    }
}

/* True when something can be sent, be it a refusal. */
static bool begin_stream(struct http_server *server, struct connection *connection,
                         const struct http_response *response)
{
    if (!reserve_stream(server)) {
        tell(server, REFUSAL_STREAMS_TOO_MANY, connection->address);
        tell_ended(server, response->mark);
        return connection_refuse(connection, REFUSAL_STREAMS_TOO_MANY, wall_clock());
    }
    connection->streams = true; /* released with the connection, whatever comes */
    connection_keep_mark(connection, response);
    return reserve_output(server, connection, response_size_max(response)) &&
           connection_begin_stream(connection, response, wall_clock());
}

/* The stream goes on or ends; what went wrong ends it too, and its client asks again. */
static bool go_on(struct http_server *server, struct connection *connection,
                  const struct http_response *response)
{
    const bool well = response->status == 0 || response->status == 200;
    const bool more = response->streams && well && !is_stopping(server);
    if (!well) {
        return connection_end_stream(connection, STR(""));
    }
    return reserve_output(server, connection, response_size_max(response)) &&
           (more ? connection_go_on(connection, response)
                 : connection_end_stream(connection, response->body));
}

/* Runs in a worker. Without memory for the answer `out` stays empty, and the connection will be
 * dropped. */
static void serve(void *context, void *subject, struct arena *arena)
{
    struct http_server *server = context;
    struct connection *connection = subject;
    struct http_request request = connection_request(connection, arena);
    struct http_response response = {0};
    request.client_address = forwarded_client(&request, proxy_of(server));
    server->options.handler(server->options.context, &request, &response);
    if (connection->streams) {
        connection->stream_ends = !go_on(server, connection, &response) || connection->stream_ends;
        return;
    }
    connection->closes = connection->closes || is_stopping(server);
    if (response.streams && connection->head->method != HTTP_HEAD) {
        if (!begin_stream(server, connection, &response)) {
            connection->out = (str){0};
            connection->stream_ends = true;
        }
        return;
    }
    const bool answered = reserve_output(server, connection, response_size_max(&response)) &&
                          connection_answer(connection, &response, wall_clock());
    if (!answered && !connection_refuse(connection, REFUSAL_NO_ROOM, wall_clock())) {
        connection->out = (str){0};
    }
}

/* ---- the life of a connection ---- */

static void move(struct http_server *server, struct connection *connection,
                 enum connection_state state)
{
    clients_move(&server->clients, connection, state, server->now_ms);
}

static void drop(struct http_server *server, struct connection *connection, bool aborts)
{
    release_output(server, connection);
    release_stream(server, connection);
    connection_close(connection, aborts);
    move(server, connection, CONNECTION_FREE);
}

/* Asks epoll for one event, the one this state waits for. After it nothing is heard of the socket
 * until it is asked for again: while a worker has the connection, a client that hurries or leaves
 * disturbs nobody. */
static void wait_for_event(struct http_server *server, struct connection *connection, int operation)
{
    struct epoll_event event = {.events = clients_events(connection->state) | EPOLLONESHOT,
                                .data.ptr = connection};
    if (epoll_ctl(server->epoll, operation, connection->socket, &event) != 0) {
        drop(server, connection, true);
    }
}

static void put_to_work(struct http_server *server, struct connection *connection)
{
    connection->request_count++;
    connection->closes = connection->head->asks_to_close ||
                         connection->request_count >= server->options.requests_per_connection_max;
    connection->job.subject = connection;
    connection->stream_end_ms = server->now_ms + server->options.stream_ms_max;
    move(server, connection, CONNECTION_WORKING);
    workers_put(server->workers, &connection->job);
}

static void follow(struct http_server *server, struct connection *connection,
                   enum connection_step step);
static void go_on_after_response(struct http_server *server, struct connection *connection);

static void pause_stream(struct http_server *server, struct connection *connection)
{
    release_output(server, connection);
    connection_part_sent(connection);
    move(server, connection, CONNECTION_PAUSING);
    wait_for_event(server, connection, EPOLL_CTL_MOD);
}

static void start_sending(struct http_server *server, struct connection *connection)
{
    if (connection->streams && !connection->stream_ends && connection->out.len == 0) {
        pause_stream(server, connection);
        return;
    }
    move(server, connection, CONNECTION_SENDING);
    if (connection->out.len > 0) {
        follow(server, connection, connection_send(connection));
    } else if (connection->streams && connection->head->minor == 0) {
        go_on_after_response(server, connection); /* of HTTP/1.0: closing is the end */
    } else {
        drop(server, connection, true);
    }
}

static void refuse(struct http_server *server, struct connection *connection,
                   enum http_refusal refusal)
{
    tell(server, refusal, connection->address);
    if (connection_refuse(connection, refusal, wall_clock())) {
        start_sending(server, connection);
    } else {
        drop(server, connection, true);
    }
}

/* Closing a socket with unread bytes in it makes the kernel throw away the response as well. So a
 * connection that ends says so, reads on for a moment, and closes when the client did (RFC
 * 9112, 9.6). */
static void go_on_after_response(struct http_server *server, struct connection *connection)
{
    if (connection->streams && !connection->stream_ends) {
        pause_stream(server, connection);
        return;
    }
    release_output(server, connection);
    release_stream(server, connection);
    connection_next(connection);
    if (connection->closes) {
        connection_finish_sending(connection);
        move(server, connection, CONNECTION_LINGERING);
        wait_for_event(server, connection, EPOLL_CTL_MOD);
    } else if (connection->in_len > 0) {
        move(server, connection, CONNECTION_HEAD);
        follow(server, connection, connection_read_head(connection));
    } else if (is_stopping(server)) {
        drop(server, connection, false);
    } else {
        move(server, connection, CONNECTION_IDLE);
        wait_for_event(server, connection, EPOLL_CTL_MOD);
    }
}

static void follow(struct http_server *server, struct connection *connection,
                   enum connection_step step)
{
    switch (step) {
    case STEP_WAIT:
        wait_for_event(server, connection, EPOLL_CTL_MOD);
        break;
    case STEP_HEAD:
        move(server, connection, CONNECTION_BODY);
        wait_for_event(server, connection, EPOLL_CTL_MOD);
        break;
    case STEP_REQUEST:
        put_to_work(server, connection);
        break;
    case STEP_REFUSED:
        refuse(server, connection, connection->refusal);
        break;
    case STEP_SENT:
        go_on_after_response(server, connection);
        break;
    case STEP_CLOSED:
        drop(server, connection, false);
        break;
    }
}

/* Its time is over, or the server stops. */
static void end_stream(struct http_server *server, struct connection *connection)
{
    if (connection_end_stream(connection, STR(""))) {
        start_sending(server, connection);
    } else {
        drop(server, connection, true);
    }
}

static void ask_for_more(struct http_server *server, struct connection *connection)
{
    if (is_stopping(server) || server->now_ms >= connection->stream_end_ms) {
        end_stream(server, connection);
        return;
    }
    move(server, connection, CONNECTION_WORKING);
    workers_put(server->workers, &connection->job);
}

static enum connection_step receive_head(struct http_server *server, struct connection *connection)
{
    const enum connection_step step = connection_receive_head(connection);
    if (connection->state == CONNECTION_IDLE && connection->in_len > 0) {
        move(server, connection, CONNECTION_HEAD);
    }
    return step;
}

static void on_ready(struct http_server *server, struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_FREE:
    case CONNECTION_WORKING:
        break; /* an event that was on its way when the connection moved on */
    case CONNECTION_IDLE:
    case CONNECTION_HEAD:
        follow(server, connection, receive_head(server, connection));
        break;
    case CONNECTION_BODY:
        follow(server, connection,
               connection_receive_body(connection, server->scratch, SCRATCH_BYTES));
        break;
    case CONNECTION_SENDING:
        follow(server, connection, connection_send(connection));
        break;
    case CONNECTION_PAUSING:
        drop(server, connection, false); /* the client left */
        break;
    case CONNECTION_LINGERING:
        follow(server, connection, connection_drain(connection, server->scratch, SCRATCH_BYTES));
        break;
    case CONNECTION_STATE_COUNT:
        ASSERT(false);
    }
}

static void on_overdue(struct http_server *server, struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_HEAD:
        refuse(server, connection, REFUSAL_HEAD_TOO_SLOW);
        break;
    case CONNECTION_BODY:
        refuse(server, connection, REFUSAL_BODY_TOO_SLOW);
        break;
    case CONNECTION_IDLE:
    case CONNECTION_LINGERING:
        drop(server, connection, false);
        break;
    case CONNECTION_SENDING:
        drop(server, connection, true);
        break;
    case CONNECTION_PAUSING:
        ask_for_more(server, connection);
        break;
    case CONNECTION_FREE:
    case CONNECTION_WORKING:
    case CONNECTION_STATE_COUNT:
        ASSERT(false);
    }
}

static void on_done(struct http_server *server)
{
    struct job *job = workers_take_done(server->workers);
    while (job != NULL) {
        struct job *next = job->next;
        start_sending(server, job->subject);
        job = next;
    }
}

/* ---- new connections ---- */

/* A connection that waits for nothing but another request gives way to a new client; but not at
 * once, or clients that come together would push each other out before one of them was heard. */
static bool make_way(struct http_server *server)
{
    struct connection *idle = clients_oldest(&server->clients, CONNECTION_IDLE);
    const int64_t idle_ms_max = server->options.keep_alive_ms_max;
    if (idle == NULL || idle->deadline_ms - idle_ms_max + IDLE_MS_MIN > server->now_ms) {
        return false;
    }
    drop(server, idle, false);
    return true;
}

/* The answer fits the buffer of a new socket; if the client misses it, it sees a closed connection.
 */
static void turn_away(const struct http_server *server, int socket, const char *address,
                      enum http_refusal refusal)
{
    tell(server, refusal, address);
    const struct response_setting setting = {.now = wall_clock(), .closes = true};
    struct arena arena = {0};
    str text;
    if (arena_open(&arena, REFUSAL_BYTES_MAX, NULL).ok &&
        refusal_write(refusal, &setting, &arena, &text)) {
        const ssize_t sent = send(socket, text.at, text.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        shutdown(socket, sent < 0 ? SHUT_RDWR : SHUT_WR);
    }
    arena_close(&arena);
    close(socket);
}

static void admit(struct http_server *server, int socket, const struct sockaddr_storage *from)
{
    char address[INET6_ADDRSTRLEN];
    const struct peer peer = peer_of(from, address);
    const bool is_proxy = str_equal(str_from_c(address), proxy_of(server));
    if (!is_proxy &&
        clients_count_of(&server->clients, peer) >= server->options.connections_per_address_max) {
        turn_away(server, socket, address, REFUSAL_ADDRESS_TOO_MANY);
        return;
    }
    struct connection *connection = clients_add(&server->clients, peer, server->now_ms);
    if (connection == NULL && make_way(server)) {
        connection = clients_add(&server->clients, peer, server->now_ms);
    }
    if (connection == NULL) {
        turn_away(server, socket, address, REFUSAL_CONNECTIONS_TOO_MANY);
        return;
    }
    if (!connection_open(connection, socket, address, NULL).ok) {
        move(server, connection, CONNECTION_FREE);
        return;
    }
    /* Responses are written whole: there is nothing to gather by waiting. */
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    wait_for_event(server, connection, EPOLL_CTL_ADD);
}

static void listen_again(struct http_server *server, bool listens)
{
    struct epoll_event event = {.events = listens ? EPOLLIN : 0, .data.ptr = &server->listener};
    epoll_ctl(server->epoll, EPOLL_CTL_MOD, server->listener.socket, &event);
    server->accept_again_ms = listens ? NO_DEADLINE : server->now_ms + ACCEPT_PAUSE_MS;
}

static bool is_exhaustion(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Without a free descriptor accept fails whether a client waits or not; only at its beginning is it
 * known that one does. */
static void on_connect(struct http_server *server)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        const int socket = accept4(server->listener.socket, (struct sockaddr *)&from, &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            admit(server, socket, &from);
        } else if (i > 0 || !is_exhaustion(errno)) {
            return; /* none waits, or the client left before it was its turn */
        } else if (!make_way(server)) {
            listen_again(server, false);
            return;
        }
    }
}

/* ---- opening ---- */

static bool watch(const struct http_server *server, int fd, void *mark)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};
    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static result open_parts(struct http_server *server, struct err *err)
{
    const struct workers_options workers = {.count = server->options.worker_count,
                                            .arena_bytes = HTTP_REQUEST_ARENA_BYTES,
                                            .work = serve,
                                            .context = server};
    server->scratch = ARENA_NEW(&server->arena, char, SCRATCH_BYTES);
    if (server->scratch == NULL) {
        return arena_full(err);
    }
    TRY(clients_init(&server->clients, &server->arena, err));
    TRY(workers_open(&workers, &server->arena, &server->workers, err));
    TRY(listener_open(server->options.address, server->options.port, &server->listener, err));
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const bool watched = server->epoll >= 0 && server->stop_fd >= 0 &&
                         watch(server, server->listener.socket, &server->listener) &&
                         watch(server, server->stop_fd, &server->stop_fd) &&
                         watch(server, workers_done_fd(server->workers), &server->workers);
    return watched ? result_ok() : system_failure(err, "The event loop could not be made");
}

static void set_default(unsigned *limit, unsigned most)
{
    *limit = *limit == 0 ? most : *limit;
}

static struct http_options with_defaults(const struct http_options *given)
{
    struct http_options options = *given;
    options.address = options.address == NULL ? "127.0.0.1" : options.address;
    set_default(&options.worker_count, WORKERS_DEFAULT);
    set_default(&options.head_ms_max, HTTP_HEAD_MS_MAX);
    set_default(&options.body_ms_max, HTTP_BODY_MS_MAX);
    set_default(&options.response_ms_max, HTTP_RESPONSE_MS_MAX);
    set_default(&options.keep_alive_ms_max, HTTP_KEEP_ALIVE_MS_MAX);
    set_default(&options.linger_ms_max, HTTP_LINGER_MS_MAX);
    set_default(&options.stop_ms_max, HTTP_STOP_MS_MAX);
    set_default(&options.requests_per_connection_max, HTTP_REQUESTS_PER_CONNECTION_MAX);
    set_default(&options.connections_max, HTTP_CONNECTIONS_MAX);
    set_default(&options.connections_per_address_max, HTTP_CONNECTIONS_PER_ADDRESS_MAX);
    set_default(&options.output_bytes_max, HTTP_OUTPUT_BYTES_MAX);
    set_default(&options.streams_max, HTTP_STREAMS_MAX);
    set_default(&options.stream_ms_max, HTTP_STREAM_MS_MAX);
    set_default(&options.stream_pause_ms, HTTP_STREAM_PAUSE_MS);
    return options;
}

result http_server_open(const struct http_options *options, struct http_server **ret_server,
                        struct err *err)
{
    ASSERT(options->handler != NULL);
    const struct http_options whole = with_defaults(options);
    const size_t connection_bytes = sizeof(struct connection) + sizeof(struct peer);
    struct arena arena;
    TRY(arena_open(&arena, SERVER_ARENA_BYTES + whole.connections_max * connection_bytes, err));
    struct http_server *server = ARENA_NEW(&arena, struct http_server, 1);
    ASSERT(server != NULL);
    server->options = whole;
    server->arena = arena;
    server->listener.socket = -1;
    server->epoll = -1;
    server->stop_fd = -1;
    server->accept_again_ms = NO_DEADLINE;
    server->stop_deadline_ms = NO_DEADLINE;
    server->clients.connections_max = whole.connections_max;
    int64_t *duration_ms = server->clients.duration_ms;
    duration_ms[CONNECTION_IDLE] = whole.keep_alive_ms_max;
    duration_ms[CONNECTION_HEAD] = whole.head_ms_max;
    duration_ms[CONNECTION_BODY] = whole.body_ms_max;
    duration_ms[CONNECTION_SENDING] = whole.response_ms_max;
    duration_ms[CONNECTION_PAUSING] = whole.stream_pause_ms;
    duration_ms[CONNECTION_LINGERING] = whole.linger_ms_max;
    const result opened = open_parts(server, err);
    if (!opened.ok) {
        http_server_close(server);
        return opened;
    }
    *ret_server = server;
    return result_ok();
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->listener.port;
}

/* ---- running and stopping ---- */

/* The listener goes; whoever has said nothing goes; whoever has begun may finish. */
static void begin_stop(struct http_server *server)
{
    if (is_stopping(server)) {
        return;
    }
    atomic_store(&server->stopping, true);
    server->stop_deadline_ms = server->now_ms + server->options.stop_ms_max;
    server->accept_again_ms = NO_DEADLINE;
    epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->stop_fd, NULL);
    close(server->listener.socket);
    server->listener.socket = -1;
    struct connection *idle;
    while ((idle = clients_oldest(&server->clients, CONNECTION_IDLE)) != NULL) {
        /* A request may have arrived that the loop has not heard of. */
        const enum connection_step step = receive_head(server, idle);
        follow(server, idle, step == STEP_WAIT && idle->in_len == 0 ? STEP_CLOSED : step);
    }
    struct connection *pausing;
    while ((pausing = clients_oldest(&server->clients, CONNECTION_PAUSING)) != NULL) {
        end_stream(server, pausing);
    }
}

static void on_event(struct http_server *server, void *mark)
{
    if (mark == &server->listener) {
        server->has_callers = true;
    } else if (mark == &server->stop_fd) {
        begin_stop(server);
    } else if (mark == &server->workers) {
        on_done(server);
    } else {
        on_ready(server, mark);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == NO_DEADLINE || b == NO_DEADLINE) {
        return a == NO_DEADLINE ? b : a;
    }
    return a < b ? a : b;
}

/* How long epoll may sleep; -1 for ever. */
static int sleep_ms(const struct http_server *server)
{
    int64_t next = clients_deadline(&server->clients);
    next = earlier(next, server->accept_again_ms);
    next = earlier(next, server->stop_deadline_ms);
    if (next == NO_DEADLINE) {
        return -1;
    }
    return next > server->now_ms ? (int)(next - server->now_ms) : 0;
}

static void keep_time(struct http_server *server)
{
    struct connection *overdue;
    while ((overdue = clients_overdue(&server->clients, server->now_ms)) != NULL) {
        on_overdue(server, overdue);
    }
    if (server->accept_again_ms != NO_DEADLINE && server->accept_again_ms <= server->now_ms) {
        listen_again(server, true);
    }
}

static bool is_finished(const struct http_server *server)
{
    return is_stopping(server) &&
           (clients_in_use(&server->clients) == 0 || server->now_ms >= server->stop_deadline_ms);
}

result http_server_run(struct http_server *server, struct err *err)
{
    struct epoll_event events[EVENTS_A_TURN];
    TRY(workers_start(server->workers, err));
    server->now_ms = clock_ms(CLOCK_MONOTONIC);
    while (!is_finished(server)) {
        const int count = epoll_wait(server->epoll, events, EVENTS_A_TURN, sleep_ms(server));
        if (count < 0 && errno != EINTR) {
            return system_failure(err, "The event loop failed");
        }
        server->now_ms = clock_ms(CLOCK_MONOTONIC);
        for (int i = 0; i < count; i++) {
            on_event(server, events[i].data.ptr);
        }
        if (server->has_callers) {
            server->has_callers = false;
            on_connect(server);
        }
        keep_time(server);
    }
    return result_ok();
}

void http_server_stop(struct http_server *server)
{
    /* Safe in a signal handler. If the eventfd is full, the loop has been told already. */
    const uint64_t one = 1;
    const int error = errno;
    const ssize_t ignored = write(server->stop_fd, &one, sizeof one);
    errno = ignored < 0 ? error : errno;
}

static void close_fd(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

void http_server_close(struct http_server *server)
{
    if (server == NULL) {
        return;
    }
    workers_close(server->workers);
    for (size_t i = 0; i < server->clients.connections_max; i++) {
        struct connection *connection = &server->clients.connections[i];
        if (connection->state != CONNECTION_FREE) {
            drop(server, connection, false);
        }
    }
    close_fd(server->listener.socket);
    close_fd(server->epoll);
    close_fd(server->stop_fd);
    struct arena arena = server->arena;
    arena_close(&arena);
}
