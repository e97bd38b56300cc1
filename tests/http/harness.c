#include "harness.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int milliseconds)
{
    struct timespec left = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

struct arena test_arena(size_t capacity)
{
    struct arena arena;
    ASSERT(arena_open(&arena, capacity, NULL).ok);
    return arena;
}

/* ---- the handler ---- */

static const char *method_name(enum http_method method)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS",
    };
    return names[method];
}

static int64_t number_after(str path, str prefix)
{
    int64_t number = 0;
    const str digits = str_slice(path, prefix.len, path.len);
    return str_starts(path, prefix) && str_to_int64(digits, &number, NULL).ok ? number : -1;
}

static str repeated(struct arena *arena, size_t count)
{
    char *bytes = arena_take(arena, count + 1, 1, 1);
    ASSERT(bytes != NULL);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (char)('a' + i % 26);
    }
    return (str){.at = bytes, .len = count};
}

static str told(const struct http_request *request)
{
    struct buf buf;
    str text;
    buf_init(&buf, request->arena, HARNESS_BYTES_MAX);
    buf_put_c(&buf, method_name(request->method));
    buf_put_char(&buf, ' ');
    buf_put(&buf, request->path);
    buf_put_char(&buf, '?');
    buf_put(&buf, request->query);
    buf_put_char(&buf, '|');
    buf_put(&buf, request->body);
    ASSERT(buf_finish(&buf, &text, NULL).ok);
    return text;
}

/* "/stream/N": N parts, each its own number and a line feed, or 64 KiB of it for "/flood/N"; the
 * one of an odd number under "/gaps/N" is empty. */
static bool stream(const struct http_request *request, struct http_response *response,
                   bool *ret_begins)
{
    const int64_t parts = number_after(request->path, STR("/stream/"));
    const int64_t flood = number_after(request->path, STR("/flood/"));
    const int64_t gaps = number_after(request->path, STR("/gaps/"));
    const int64_t last = number_after(request->path, STR("/last/"));
    const int64_t given[] = {parts, flood, gaps, last};
    int64_t all = -1;
    int64_t number = 0;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        all = given[i] > all ? given[i] : all;
    }
    if (all < 0) {
        return false;
    }
    if (request->goes_on) {
        ASSERT(str_to_int64(request->mark, &number, NULL).ok);
        number++;
    }
    if (number < all) {
        const str line = arena_format(request->arena, "%lld\n", (long long)number);
        response->body = flood >= 0                ? repeated(request->arena, 64 * 1024)
                         : gaps >= 0 && number % 2 ? STR("")
                                                   : line;
        response->streams = last < 0 || number + 1 < all;
        *ret_begins = response->streams && !request->goes_on && request->method != HTTP_HEAD;
        snprintf(response->mark, sizeof response->mark, "%lld", (long long)number);
    }
    return true;
}

static void handle(void *context, const struct http_request *request,
                   struct http_response *response)
{
    struct desk *desk = context;
    atomic_fetch_add(&desk->served, 1);
    atomic_fetch_add(&desk->smuggled, str_equal(request->path, STR("/smuggled")) ? 1 : 0);
    atomic_fetch_add(&desk->working, 1);
    const int64_t wait = number_after(request->path, STR("/wait/"));
    const int64_t bytes = number_after(request->path, STR("/bytes/"));
    if (wait > 0) {
        sleep_ms((int)wait);
    }
    response->content_type = STR("text/plain; charset=utf-8");
    bool begins = false;
    if (stream(request, response, &begins)) {
        atomic_fetch_add(&desk->streams_begun, begins ? 1 : 0);
    } else if (bytes >= 0) {
        response->body = repeated(request->arena, (size_t)bytes);
    } else if (str_equal(request->path, STR("/nothing"))) {
        response->status = 204;
    } else {
        response->body = told(request);
    }
    http_header_set(response, STR("X-Client"), request->client_address);
    atomic_fetch_sub(&desk->working, 1);
}

static void stream_ended(void *context, str mark)
{
    struct desk *desk = context;
    int64_t number = 0;
    ASSERT(str_to_int64(mark, &number, NULL).ok && number >= 0);
    atomic_fetch_add(&desk->streams_ended, 1);
}

/* ---- the server ---- */

static void *run(void *argument)
{
    struct test_server *test = argument;
    struct err err;
    test->ran_well = http_server_run(test->server, &err).ok;
    return NULL;
}

void test_server_open(struct test_server *test, struct http_options options)
{
    memset(test, 0, sizeof *test);
    options.handler = handle;
    options.ended = stream_ended;
    options.context = &test->desk;
    options.worker_count = options.worker_count == 0 ? 4 : options.worker_count;
    struct err err;
    ASSERT(http_server_open(&options, &test->server, &err).ok);
}

void test_server_run(struct test_server *test)
{
    ASSERT(pthread_create(&test->thread, NULL, run, test) == 0);
}

void test_server_start(struct test_server *test, struct http_options options)
{
    test_server_open(test, options);
    test_server_run(test);
}

void test_server_stop(struct test_server *test)
{
    http_server_stop(test->server);
}

void test_server_join(struct test_server *test)
{
    ASSERT(pthread_join(test->thread, NULL) == 0);
}

void test_server_close(struct test_server *test)
{
    http_server_close(test->server);
    ASSERT(test->desk.streams_begun == test->desk.streams_ended);
}

void test_server_end(struct test_server *test)
{
    test_server_stop(test);
    test_server_join(test);
    test_server_close(test);
}

/* ---- the client ---- */

int client_connect(const struct test_server *test)
{
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT(client >= 0);
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(http_server_port(test->server)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval wait = {.tv_sec = CLIENT_WAIT_MS_MAX / 1000};
    const int yes = 1;
    ASSERT(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
    ASSERT(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0);
    ASSERT(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0);
    ASSERT(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    return client;
}

bool client_send(int client, str bytes)
{
    size_t sent = 0;
    while (sent < bytes.len) {
        const ssize_t len = send(client, bytes.at + sent, bytes.len - sent, MSG_NOSIGNAL);
        if (len < 0) {
            return false;
        }
        sent += (size_t)len;
    }
    return true;
}

bool client_read_to_end(int client, struct arena *arena, str *ret_bytes)
{
    char part[16 * 1024];
    str all = {.at = arena->at, .len = 0};
    for (;;) {
        const ssize_t len = recv(client, part, sizeof part, 0);
        if (len <= 0) {
            *ret_bytes = all;
            return len == 0;
        }
        char *at = arena_take(arena, (size_t)len, 1, 1);
        ASSERT(at == all.at + all.len);
        memcpy(at, part, (size_t)len);
        all.len += (size_t)len;
    }
}

static bool read_exactly(int client, char *at, size_t size)
{
    size_t have = 0;
    while (have < size) {
        const ssize_t len = recv(client, at + have, size - have, 0);
        if (len <= 0) {
            return false;
        }
        have += (size_t)len;
    }
    return true;
}

/* ---- answers ---- */

static bool find(str text, const char *part, size_t *ret_at)
{
    const char *at = memmem(text.at, text.len, part, strlen(part));
    if (at != NULL) {
        *ret_at = (size_t)(at - text.at);
    }
    return at != NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_status_line(str line)
{
    return line.len >= 13 && str_starts(line, STR("HTTP/1.1 ")) && is_digit(line.at[9]) &&
           is_digit(line.at[10]) && is_digit(line.at[11]) && line.at[12] == ' ';
}

static bool is_field_line(str line)
{
    size_t colon;
    if (!find(line, ": ", &colon) || colon == 0) {
        return false;
    }
    for (size_t i = 0; i < line.len; i++) {
        const unsigned char c = (unsigned char)line.at[i];
        if (c < 0x20 || c == 0x7F || (i < colon && (c == ' ' || c == ':'))) {
            return false;
        }
    }
    return true;
}

static bool is_head(str head)
{
    bool first = true;
    while (head.len > 2) {
        size_t end;
        if (!find(head, "\r\n", &end)) {
            return false;
        }
        const str line = str_slice(head, 0, end);
        if (!(first ? is_status_line(line) : is_field_line(line))) {
            return false;
        }
        first = false;
        head = str_slice(head, end + 2, head.len);
    }
    return str_equal(head, STR("\r\n"));
}

bool answer_field(const struct answer *answer, str name, str *ret_value)
{
    unsigned count = 0;
    *ret_value = STR("");
    for (str rest = answer->head; rest.len > 2;) {
        size_t end;
        if (!find(rest, "\r\n", &end)) {
            return false;
        }
        const str line = str_slice(rest, 0, end);
        if (line.len > name.len + 1 && line.at[name.len] == ':' &&
            strncasecmp(line.at, name.at, name.len) == 0) {
            *ret_value = str_slice(line, name.len + 2, line.len);
            count++;
        }
        rest = str_slice(rest, end + 2, rest.len);
    }
    return count <= 1;
}

/* Date and Content-Length once each (none of the latter with 100 and 204), nothing in chunks. */
static bool read_head(struct answer *answer, size_t *ret_body_len)
{
    str day;
    str length;
    str connection;
    str encoding;
    if (!is_head(answer->head) || !answer_field(answer, STR("Date"), &day) ||
        !answer_field(answer, STR("Content-Length"), &length) ||
        !answer_field(answer, STR("Connection"), &connection) ||
        !answer_field(answer, STR("Transfer-Encoding"), &encoding) || encoding.len > 0) {
        return false;
    }
    answer->status = (answer->head.at[9] - '0') * 100 + (answer->head.at[10] - '0') * 10 +
                     (answer->head.at[11] - '0');
    answer->closes = str_equal(connection, STR("close"));
    const bool bare = answer->status == 204 || answer->status == 304 || answer->status == 100;
    int64_t number = 0;
    if (bare ? length.len > 0 : !str_to_int64(length, &number, NULL).ok || number < 0) {
        return false;
    }
    *ret_body_len = (size_t)number;
    return answer->status == 100 || day.len == 29;
}

bool answer_cut(str *bytes, bool to_head, struct answer *ret_answer)
{
    size_t end;
    if (!find(*bytes, "\r\n\r\n", &end)) {
        return false;
    }
    struct answer answer = {.head = str_slice(*bytes, 0, end + 4)};
    size_t body_len;
    if (!read_head(&answer, &body_len)) {
        return false;
    }
    body_len = to_head ? 0 : body_len;
    const str rest = str_slice(*bytes, answer.head.len, bytes->len);
    if (rest.len < body_len) {
        return false;
    }
    answer.body = str_slice(rest, 0, body_len);
    *bytes = str_slice(rest, body_len, rest.len);
    *ret_answer = answer;
    return true;
}

bool client_read_answer(int client, bool to_head, struct arena *arena, struct answer *ret_answer)
{
    enum { HEAD_MAX = 4096 };
    char *head = arena_take(arena, HEAD_MAX, 1, 1);
    ASSERT(head != NULL);
    size_t len = 0;
    /* Byte by byte, so that nothing of a later answer is taken. */
    while (len < 4 || memcmp(head + len - 4, "\r\n\r\n", 4) != 0) {
        if (len == HEAD_MAX || !read_exactly(client, head + len, 1)) {
            return false;
        }
        len++;
    }
    struct answer answer = {.head = {.at = head, .len = len}};
    size_t body_len;
    if (!read_head(&answer, &body_len)) {
        return false;
    }
    body_len = to_head ? 0 : body_len;
    char *body = arena_take(arena, body_len + 1, 1, 1);
    ASSERT(body != NULL);
    answer.body = (str){.at = body, .len = body_len};
    *ret_answer = answer;
    return read_exactly(client, body, body_len);
}
