#include "http/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room beside what was asked for, for alignment and final NULs. */
enum { ARENA_SLACK = 128 };

result connection_open(struct connection *connection, int socket, const char *address,
                       struct err *err)
{
    ASSERT(socket >= 0);
    connection->socket = socket;
    result opened = arena_open(&connection->arena,
                               HTTP_HEAD_BYTES_MAX + sizeof(struct head) + ARENA_SLACK, err);
    if (!opened.ok) {
        close(socket);
        return opened;
    }
    connection->head = ARENA_NEW(&connection->arena, struct head, 1);
    connection->in = ARENA_NEW(&connection->arena, char, HTTP_HEAD_BYTES_MAX);
    ASSERT(connection->head != NULL && connection->in != NULL);
    const size_t len = strlen(address);
    ASSERT(len < sizeof connection->address);
    memcpy(connection->address, address, len + 1);
    connection->in_len = 0;
    connection->in_used = 0;
    connection->request_count = 0;
    connection->closes = false;
    connection->streams = false;
    connection->stream_ends = false;
    connection->refusal = REFUSAL_NONE;
    return result_ok();
}

void connection_close(struct connection *connection, bool aborts)
{
    if (aborts) {
        const struct linger none = {.l_onoff = 1, .l_linger = 0};
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    close(connection->socket);
    connection->socket = -1;
    arena_close(&connection->out_arena);
    arena_close(&connection->body_arena);
    arena_close(&connection->arena);
}

static enum connection_step refused(struct connection *connection, enum http_refusal refusal)
{
    connection->refusal = refusal;
    return STEP_REFUSED;
}

/* One recv. False when it brought nothing; then *ret_step says what follows from that. */
static bool receive(const struct connection *connection, char *at, size_t size, size_t *ret_len,
                    enum connection_step *ret_step)
{
    ASSERT(size > 0);
    const ssize_t len = recv(connection->socket, at, size, 0);
    if (len > 0) {
        *ret_len = (size_t)len;
        return true;
    }
    const bool later = len < 0 && (errno == EAGAIN || errno == EINTR);
    *ret_step = later ? STEP_WAIT : STEP_CLOSED;
    return false;
}

/* RFC 9110, 10.1.1: the client waits for a word before it sends the body. The socket's buffer is
 * empty, so a word this short goes out whole or the client is gone. */
static bool send_continue(const struct connection *connection)
{
    static const char word[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const size_t size = sizeof word - 1;
    return send(connection->socket, word, size, MSG_NOSIGNAL) == (ssize_t)size;
}

/* The head is whole: finds the body where it is, or makes room for it. */
static enum connection_step begin_body(struct connection *connection)
{
    const struct head *head = connection->head;
    const str rest = {.at = connection->in + head->len, .len = connection->in_len - head->len};
    if (head->content_length <= rest.len) {
        connection->body = str_slice(rest, 0, head->content_length);
        connection->in_used = head->len + head->content_length;
        return STEP_REQUEST;
    }
    if (!arena_open(&connection->body_arena, head->content_length + ARENA_SLACK, NULL).ok) {
        return refused(connection, REFUSAL_NO_ROOM);
    }
    buf_init(&connection->body_buf, &connection->body_arena, head->content_length);
    buf_put(&connection->body_buf, rest);
    connection->in_used = connection->in_len;
    if (head->expects_continue && rest.len == 0 && !send_continue(connection)) {
        return STEP_CLOSED;
    }
    return STEP_HEAD;
}

/* Decodes the path where it stands: nobody needs it encoded any more. */
static void decode_path(struct connection *connection)
{
    struct head *head = connection->head;
    char *target = connection->in + (head->target_text.at - connection->in);
    head->target.path = target_decode(head->target.path, target);
}

enum connection_step connection_read_head(struct connection *connection)
{
    const str text = {.at = connection->in, .len = connection->in_len};
    enum http_refusal refusal;
    switch (head_read(connection->head, text, &refusal)) {
    case HEAD_INCOMPLETE:
        return STEP_WAIT;
    case HEAD_REFUSED:
        return refused(connection, refusal);
    case HEAD_COMPLETE:
        break;
    }
    decode_path(connection);
    return begin_body(connection);
}

enum connection_step connection_receive_head(struct connection *connection)
{
    char *end = connection->in + connection->in_len;
    size_t len;
    enum connection_step step;
    if (!receive(connection, end, HTTP_HEAD_BYTES_MAX - connection->in_len, &len, &step)) {
        return step;
    }
    connection->in_len += len;
    return connection_read_head(connection);
}

enum connection_step connection_receive_body(struct connection *connection, char *scratch,
                                             size_t scratch_size)
{
    const size_t missing = connection->head->content_length - connection->body_buf.len;
    const size_t most = missing < scratch_size ? missing : scratch_size;
    size_t len;
    enum connection_step step;
    if (!receive(connection, scratch, most, &len, &step)) {
        return step;
    }
    buf_put(&connection->body_buf, (str){.at = scratch, .len = len});
    if (len < missing) {
        return STEP_WAIT;
    }
    return buf_finish(&connection->body_buf, &connection->body, NULL).ok
               ? STEP_REQUEST
               : refused(connection, REFUSAL_NO_ROOM);
}

enum connection_step connection_send(struct connection *connection)
{
    const str rest = str_slice(connection->out, connection->out_sent, connection->out.len);
    const ssize_t len = send(connection->socket, rest.at, rest.len, MSG_NOSIGNAL);
    if (len < 0) {
        return errno == EAGAIN || errno == EINTR ? STEP_WAIT : STEP_CLOSED;
    }
    connection->out_sent += (size_t)len;
    return connection->out_sent == connection->out.len ? STEP_SENT : STEP_WAIT;
}

void connection_finish_sending(const struct connection *connection)
{
    /* It fails only when the client is gone already, and then reading will say so. */
    shutdown(connection->socket, SHUT_WR);
}

enum connection_step connection_drain(const struct connection *connection, char *scratch,
                                      size_t scratch_size)
{
    size_t len;
    enum connection_step step = STEP_WAIT;
    return receive(connection, scratch, scratch_size, &len, &step) ? STEP_WAIT : step;
}

struct http_request connection_request(const struct connection *connection, struct arena *arena)
{
    const struct head *head = connection->head;
    return (struct http_request){
        .method = head->method,
        .path = head->target.path,
        .query = head->target.query,
        .headers = head->fields,
        .header_count = head->field_count,
        .body = connection->body,
        .client_address = str_from_c(connection->address),
        .goes_on = connection->streams,
        .mark = connection->streams ? str_from_c(connection->mark) : STR(""),
        .arena = arena,
    };
}

static struct response_setting setting_of(const struct connection *connection, instant now)
{
    return (struct response_setting){
        .now = now,
        .closes = connection->closes,
        .bodiless = connection->head->method == HTTP_HEAD,
    };
}

bool connection_answer(struct connection *connection, const struct http_response *response,
                       instant now)
{
    ASSERT(connection->out_arena.begin == NULL);
    const struct response_setting setting = setting_of(connection, now);
    const size_t size = response_size_max(response);
    if (!arena_open(&connection->out_arena, size + ARENA_SLACK, NULL).ok) {
        return false;
    }
    struct buf buf;
    buf_init(&buf, &connection->out_arena, size);
    response_write(&buf, response, &setting);
    return buf_finish(&buf, &connection->out, NULL).ok;
}

bool connection_refuse(struct connection *connection, enum http_refusal refusal, instant now)
{
    ASSERT(connection->out_arena.begin == NULL);
    connection->closes = true;
    const struct response_setting setting = setting_of(connection, now);
    return arena_open(&connection->out_arena, REFUSAL_BYTES_MAX, NULL).ok &&
           refusal_write(refusal, &setting, &connection->out_arena, &connection->out);
}

/* --- streams --- */

static bool open_part(struct connection *connection, size_t size, struct buf *buf)
{
    ASSERT(connection->out_arena.begin == NULL);
    if (!arena_open(&connection->out_arena, size + ARENA_SLACK, NULL).ok) {
        return false;
    }
    buf_init(buf, &connection->out_arena, size);
    return true;
}

static struct response_setting stream_setting(const struct connection *connection, instant now)
{
    struct response_setting setting = setting_of(connection, now);
    setting.streams = true;
    setting.chunked = connection->head->minor > 0;
    return setting;
}

void connection_keep_mark(struct connection *connection, const struct http_response *response)
{
    ASSERT(memchr(response->mark, '\0', HTTP_MARK_SIZE) != NULL);
    memcpy(connection->mark, response->mark, HTTP_MARK_SIZE);
}

bool connection_begin_stream(struct connection *connection, const struct http_response *response,
                             instant now)
{
    struct buf buf;
    ASSERT(connection->streams);
    connection->closes = true;
    const struct response_setting setting = stream_setting(connection, now);
    if (!open_part(connection, response_size_max(response) + RESPONSE_PART_BYTES_MAX, &buf)) {
        return false;
    }
    response_write(&buf, response, &setting);
    return buf_finish(&buf, &connection->out, NULL).ok;
}

bool connection_go_on(struct connection *connection, const struct http_response *response)
{
    const struct response_setting setting = stream_setting(connection, (instant){0});
    struct buf buf;
    connection_keep_mark(connection, response);
    if (response->body.len == 0) {
        return true;
    }
    if (!open_part(connection, response->body.len + RESPONSE_PART_BYTES_MAX, &buf)) {
        return false;
    }
    response_write_part(&buf, response->body, &setting);
    return buf_finish(&buf, &connection->out, NULL).ok;
}

bool connection_end_stream(struct connection *connection, str last)
{
    const struct response_setting setting = stream_setting(connection, (instant){0});
    struct buf buf;
    connection->stream_ends = true;
    if (!open_part(connection, last.len + 2 * RESPONSE_PART_BYTES_MAX, &buf)) {
        return false;
    }
    if (last.len > 0) {
        response_write_part(&buf, last, &setting);
    }
    response_write_part(&buf, STR(""), &setting);
    return buf_finish(&buf, &connection->out, NULL).ok;
}

void connection_part_sent(struct connection *connection)
{
    arena_close(&connection->out_arena);
    connection->out = (str){0};
    connection->out_sent = 0;
}

void connection_next(struct connection *connection)
{
    ASSERT(connection->in_used <= connection->in_len);
    connection_part_sent(connection);
    arena_close(&connection->body_arena);
    connection->streams = false;
    connection->body = (str){0};
    const size_t rest = connection->in_len - connection->in_used;
    memmove(connection->in, connection->in + connection->in_used, rest);
    connection->in_len = rest;
    connection->in_used = 0;
    memset(connection->head, 0, sizeof *connection->head);
}
