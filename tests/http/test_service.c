/* Aim: a connection is kept, pipelined, shared by many, and ended as RFC 9112 and http.h say; and
 * nothing a client does to its socket disturbs another. */
#include "harness.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: a.example\r\n"

static void expect_body(int client, struct arena *arena, str body)
{
    struct answer answer;
    assert_true(client_read_answer(client, false, arena, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(str_equal(answer.body, body));
}

/* Waits until the server closes, and expects not one byte more. */
static void expect_end(int client, struct arena *arena)
{
    str rest;
    assert_true(client_read_to_end(client, arena, &rest));
    assert_int_equal(rest.len, 0);
}

static void reset(int client)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
    close(client);
}

/* Aim: a connection serves a hundred requests; the hundredth answer says so and ends it. */
static void test_hundred_requests(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    for (int i = 1; i <= 100; i++) {
        struct answer answer;
        const str request = arena_format(&arena, "GET /%d HTTP/1.1\r\n" HOST "\r\n", i);
        assert_true(client_send(client, request));
        assert_true(client_read_answer(client, false, &arena, &answer));
        assert_true(str_equal(answer.body, arena_format(&arena, "GET /%d?|", i)));
        assert_true(answer.closes == (i == 100));
    }
    expect_end(client, &arena);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: requests sent together are answered in their order, although the first takes longest. */
static void test_pipelining(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    struct buf buf;
    buf_init(&buf, &arena, 64 * 1024);
    for (int i = 0; i < COUNT; i++) {
        buf_format(&buf, "POST /wait/%d?%d HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\n%03d",
                   i == 0 ? 30 : 0, i, i);
    }
    assert_true(client_send(client, buf_str(&buf)));
    for (int i = 0; i < COUNT; i++) {
        expect_body(client, &arena,
                    arena_format(&arena, "POST /wait/%d?%d|%03d", i == 0 ? 30 : 0, i, i));
    }
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: HEAD is answered like GET without the body, and the next answer begins where it should. */
static void test_head(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    assert_true(client_send(client, STR("HEAD /bytes/5000 HTTP/1.1\r\n" HOST "\r\n"
                                        "HEAD /nothing HTTP/1.1\r\n" HOST "\r\n"
                                        "GET /nothing HTTP/1.1\r\n" HOST "\r\n"
                                        "GET /x HTTP/1.1\r\n" HOST "\r\n")));
    struct answer answer;
    str length;
    assert_true(client_read_answer(client, true, &arena, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(answer_field(&answer, STR("Content-Length"), &length));
    assert_true(str_equal(length, STR("5000")));
    for (int i = 0; i < 2; i++) {
        assert_true(client_read_answer(client, i == 0, &arena, &answer));
        assert_int_equal(answer.status, 204);
        assert_true(answer_field(&answer, STR("Content-Length"), &length));
        assert_int_equal(length.len, 0);
    }
    expect_body(client, &arena, STR("GET /x?|"));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: it does not matter where the network cuts a request: every two pieces, and single bytes. */
static void test_every_split(void **state)
{
    (void)state;
    const str request = STR("POST /a%20b?c HTTP/1.1\r\n" HOST "X: 1\r\nContent-Length: 12\r\n\r\n"
                            "hello\r\n\r\nyou");
    const str second = STR("GET /second HTTP/1.1\r\n" HOST "\r\n");
    struct test_server test;
    struct arena arena = test_arena(4 * 1024 * 1024);
    test_server_start(&test, (struct http_options){.requests_per_connection_max = 100000});
    const int client = client_connect(&test);
    for (size_t at = 1; at < request.len; at++) {
        assert_true(client_send(client, str_slice(request, 0, at)));
        sleep_ms(1);
        assert_true(client_send(client, str_slice(request, at, request.len)));
        assert_true(client_send(client, second));
        expect_body(client, &arena, STR("POST /a b?c|hello\r\n\r\nyou"));
        expect_body(client, &arena, STR("GET /second?|"));
    }
    for (size_t at = 0; at < request.len; at++) {
        assert_true(client_send(client, str_slice(request, at, at + 1)));
    }
    expect_body(client, &arena, STR("POST /a b?c|hello\r\n\r\nyou"));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: who waits for "100 Continue" gets it before the body is sent, and the answer after. */
static void test_continue(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    const str head =
        STR("POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
    struct answer interim;
    assert_true(client_send(client, head));
    assert_true(client_read_answer(client, false, &arena, &interim));
    assert_int_equal(interim.status, 100);
    assert_true(client_send(client, STR("hello")));
    expect_body(client, &arena, STR("POST /a?|hello"));
    /* Without waiting there is nothing to allow. */
    assert_true(client_send(client, head));
    assert_true(client_read_answer(client, false, &arena, &interim));
    assert_int_equal(interim.status, 100);
    assert_true(client_send(client, STR("world")));
    expect_body(client, &arena, STR("POST /a?|world"));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: answers larger than any socket buffer arrive whole, several on one connection. */
static void test_large_answers(void **state)
{
    (void)state;
    enum { SIZE = 12 * 1024 * 1024 };
    struct test_server test;
    struct arena arena = test_arena(40 * 1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    for (int i = 0; i < 2; i++) {
        struct answer answer;
        assert_true(client_send(
            client, arena_format(&arena, "GET /bytes/%d HTTP/1.1\r\n" HOST "\r\n", (int)SIZE + i)));
        assert_true(client_read_answer(client, false, &arena, &answer));
        assert_int_equal(answer.body.len, SIZE + i);
        for (size_t at = 0; at < answer.body.len; at++) {
            if (answer.body.at[at] != (char)('a' + at % 26)) {
                fail_msg("wrong byte at %zu", at);
            }
        }
    }
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* ---- many clients ---- */

enum { CROWD_COUNT = 64, CROWD_REQUESTS = 200 };

struct visitor {
    const struct test_server *test;
    pthread_t thread;
    int number;
    int served;
};

static void *visit(void *argument)
{
    struct visitor *visitor = argument;
    struct arena arena = test_arena(2 * 1024 * 1024);
    int client = client_connect(visitor->test);
    for (int i = 0; i < CROWD_REQUESTS; i++) {
        struct answer answer;
        const str request = arena_format(
            &arena, "POST /wait/1?%d-%d HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\n%04d",
            visitor->number, i, i);
        const str expected = arena_format(&arena, "POST /wait/1?%d-%d|%04d", visitor->number, i, i);
        if (!client_send(client, request) || !client_read_answer(client, false, &arena, &answer) ||
            !str_equal(answer.body, expected)) {
            break;
        }
        visitor->served++;
        if (answer.closes) {
            close(client);
            client = client_connect(visitor->test);
        }
    }
    close(client);
    arena_close(&arena);
    return NULL;
}

/* Aim: 64 clients with 200 requests each, through workers that block a millisecond, all get their
 * own answers. */
static void test_crowd(void **state)
{
    (void)state;
    struct test_server test;
    struct visitor visitors[CROWD_COUNT];
    test_server_start(&test, (struct http_options){.worker_count = 16});
    for (int i = 0; i < CROWD_COUNT; i++) {
        visitors[i] = (struct visitor){.test = &test, .number = i};
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    for (int i = 0; i < CROWD_COUNT; i++) {
        assert_int_equal(pthread_join(visitors[i].thread, NULL), 0);
        assert_int_equal(visitors[i].served, CROWD_REQUESTS);
    }
    assert_int_equal(atomic_load(&test.desk.served), CROWD_COUNT * CROWD_REQUESTS);
    test_server_end(&test);
}

/* Processor time of this process: a loop that waits uses none. */
static int64_t cpu_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* ---- the end ---- */

static void wait_until_working(struct test_server *test, unsigned count)
{
    for (int i = 0; i < 2000 && atomic_load(&test->desk.working) != count; i++) {
        sleep_ms(1);
    }
    assert_int_equal(atomic_load(&test->desk.working), count);
}

/* Aim: told to stop, the server answers what is in hand and what has begun to arrive, says that it
 * closes, lets idle clients go, takes no new one, and returns. */
static void test_graceful_stop(void **state)
{
    (void)state;
    enum { BUSY = 4 };
    struct test_server test;
    struct arena arena = test_arena(16 * 1024 * 1024);
    test_server_start(&test, (struct http_options){.worker_count = BUSY + 1});
    const int idle = client_connect(&test);
    assert_true(client_send(idle, STR("GET /a HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(idle, &arena, STR("GET /a?|"));
    const int half = client_connect(&test);
    assert_true(
        client_send(half, STR("POST /half HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nab")));
    const int reading = client_connect(&test);
    assert_true(client_send(reading, STR("GET /bytes/12000000 HTTP/1.1\r\n" HOST "\r\n")));
    for (int i = 0; i < 2000 && atomic_load(&test.desk.served) < 2; i++) {
        sleep_ms(1);
    }
    wait_until_working(&test, 0);
    int busy[BUSY];
    for (int i = 0; i < BUSY; i++) {
        busy[i] = client_connect(&test);
        assert_true(client_send(busy[i], STR("GET /wait/400 HTTP/1.1\r\n" HOST "\r\n")));
    }
    wait_until_working(&test, BUSY);
    test_server_stop(&test);
    test_server_stop(&test); /* twice is as good as once */
    const int64_t begin = now_ms();
    struct answer large;
    expect_end(idle, &arena);
    assert_true(client_read_answer(reading, false, &arena, &large));
    assert_int_equal(large.body.len, 12000000);
    expect_end(reading, &arena);
    assert_true(client_send(half, STR("cd")));
    struct answer answer;
    assert_true(client_read_answer(half, false, &arena, &answer));
    assert_true(answer.closes && str_equal(answer.body, STR("POST /half?|abcd")));
    for (int i = 0; i < BUSY; i++) {
        assert_true(client_read_answer(busy[i], false, &arena, &answer));
        assert_true(answer.closes && str_equal(answer.body, STR("GET /wait/400?|")));
        close(busy[i]);
    }
    close(half);
    test_server_join(&test);
    assert_true(test.ran_well);
    assert_in_range(now_ms() - begin, 0,
                    HTTP_STOP_MS_MAX / 2); /* it did not wait for anybody in vain */
    close(idle);
    close(reading);
    http_server_close(test.server);
    arena_close(&arena);
}

/* Aim: a handler that hangs does not keep the server from returning, and a half-sent request does
 * not either. */
static void test_stop_has_a_limit(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, (struct http_options){.stop_ms_max = 200});
    const int hanging = client_connect(&test);
    const int half = client_connect(&test);
    assert_true(client_send(half, STR("GET /")));
    assert_true(client_send(hanging, STR("GET /wait/900 HTTP/1.1\r\n" HOST "\r\n")));
    wait_until_working(&test, 1);
    const int64_t begin = now_ms();
    const int64_t cpu_begin = cpu_ms();
    test_server_stop(&test);
    test_server_join(&test);
    assert_in_range(now_ms() - begin, 190, 700);
    assert_in_range(cpu_ms() - cpu_begin, 0, 100);
    assert_int_equal(atomic_load(&test.desk.working), 1);
    http_server_close(test.server); /* waits for the handler */
    assert_int_equal(atomic_load(&test.desk.working), 0);
    close(half);
    close(hanging);
}

/* Aim: a server stopped before it runs returns at once; one that never ran can be closed; NULL too.
 */
static void test_stop_early(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, (struct http_options){0});
    const struct http_options options = {.handler = (http_handler *)abort, .worker_count = 1};
    struct http_server *server;
    struct err err;
    assert_true(http_server_open(&options, &server, &err).ok);
    http_server_stop(server);
    assert_true(http_server_run(server, &err).ok);
    http_server_close(server);
    assert_true(http_server_open(&options, &server, &err).ok);
    http_server_close(server);
    http_server_close(NULL);
    test_server_end(&test);
}

/* ---- limits ---- */

/* Aim: beyond its share an address is told so and turned away; when one of its connections ends it
 * is welcome. */
static void test_share_of_an_address(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){.connections_per_address_max = 3});
    int clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = client_connect(&test);
        assert_true(client_send(clients[i], STR("GET /a HTTP/1.1\r\n" HOST "\r\n")));
        expect_body(clients[i], &arena, STR("GET /a?|"));
    }
    const int fourth = client_connect(&test);
    struct answer answer;
    assert_true(client_read_answer(fourth, false, &arena, &answer));
    assert_int_equal(answer.status, 429);
    assert_true(answer.closes);
    expect_end(fourth, &arena);
    close(fourth);
    close(clients[0]);
    bool welcome = false;
    for (int i = 0; i < 200 && !welcome; i++) {
        const int again = client_connect(&test);
        client_send(again, STR("GET /b HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
        welcome = client_read_answer(again, false, &arena, &answer) && answer.status == 200;
        close(again);
    }
    assert_true(welcome);
    close(clients[1]);
    close(clients[2]);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: a proxy's connections are many people's; who each of its requests comes from is what it
 * says.
 */
static void test_a_proxy_is_no_client(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(
        &test, (struct http_options){.connections_per_address_max = 1, .proxy = "127.0.0.1"});
    int clients[3];
    for (int i = 0; i < 3; i++) {
        struct answer answer;
        str who;
        clients[i] = client_connect(&test);
        assert_true(client_send(
            clients[i],
            STR("GET /a HTTP/1.1\r\n" HOST "X-Forwarded-For: 192.0.2.1, 2001:DB8::5\r\n\r\n")));
        assert_true(client_read_answer(clients[i], false, &arena, &answer));
        assert_int_equal(answer.status, 200);
        assert_true(answer_field(&answer, STR("X-Client"), &who));
        assert_true(str_equal(who, STR("2001:db8::5")));
    }
    for (int i = 0; i < 3; i++) {
        close(clients[i]);
    }
    test_server_end(&test);
    arena_close(&arena);
}

static void handle_nothing(void *context, const struct http_request *request,
                           struct http_response *response)
{
    (void)context;
    (void)request;
    response->status = 204;
}

/* What the server told of. */
struct told {
    atomic_int count;
    char name[64];
    int status;
    char address[64];
};

static void note_refused(void *context, const char *name, int status, str address)
{
    struct told *told = context;
    snprintf(told->name, sizeof told->name, "%s", name);
    snprintf(told->address, sizeof told->address, "%.*s", STR_ARG(address));
    told->status = status;
    atomic_fetch_add(&told->count, 1);
}

/* Aim: what the server turns away by itself is told, once, before it is answered; what a handler
 * answers is not. */
static void test_refusals_are_told(void **state)
{
    (void)state;
    struct arena arena = test_arena(1024 * 1024);
    struct told told = {.count = 0};
    struct http_server *server = NULL;
    struct err err;
    const struct http_options options = {.address = "127.0.0.1",
                                         .handler = handle_nothing,
                                         .refused = note_refused,
                                         .context = &told};
    assert_true(http_server_open(&options, &server, &err).ok);
    struct test_server test = {.server = server};
    test_server_run(&test);
    const int good = client_connect(&test);
    struct answer answer;
    assert_true(client_send(good, STR("GET / HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_read_answer(good, false, &arena, &answer));
    assert_int_equal(atomic_load(&told.count), 0);
    const int bad = client_connect(&test);
    assert_true(client_send(bad, STR("GET /..%2f HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_read_answer(bad, false, &arena, &answer));
    assert_int_equal(atomic_load(&told.count), 1);
    assert_string_equal(told.name, "escaped-separator");
    assert_int_equal(told.status, 400);
    assert_string_equal(told.address, "127.0.0.1");
    close(good);
    close(bad);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: a full server lets the longest idle connection go for a new client; when none is idle it
 * says 503. */
static void test_full_house(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){.connections_max = 2});
    const int oldest = client_connect(&test);
    assert_true(client_send(oldest, STR("GET /a HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(oldest, &arena, STR("GET /a?|"));
    const int second = client_connect(&test);
    assert_true(client_send(second, STR("GET /b HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(second, &arena, STR("GET /b?|"));
    sleep_ms(150); /* long enough to count as idle */
    assert_true(client_send(second, STR("GET /wait/400 HTTP/1.1\r\n" HOST "\r\n")));
    wait_until_working(&test, 1);
    const int third = client_connect(&test);
    assert_true(client_send(third, STR("GET /wait/300 HTTP/1.1\r\n" HOST "\r\n")));
    expect_end(oldest, &arena);
    wait_until_working(&test, 2);
    const int fourth = client_connect(&test);
    struct answer answer;
    assert_true(client_read_answer(fourth, false, &arena, &answer));
    assert_int_equal(answer.status, 503);
    expect_end(fourth, &arena);
    expect_body(third, &arena, STR("GET /wait/300?|"));
    expect_body(second, &arena, STR("GET /wait/400?|"));
    close(oldest);
    close(second);
    close(third);
    close(fourth);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: clients that come together do not push each other out before they were heard. */
static void test_newcomers(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_open(&test, (struct http_options){.connections_max = 2});
    const int first = client_connect(&test);
    const int second = client_connect(&test);
    const int third = client_connect(&test);
    test_server_run(&test);
    struct answer answer;
    assert_true(client_read_answer(third, false, &arena, &answer));
    assert_int_equal(answer.status, 503);
    assert_true(client_send(first, STR("GET /1 HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_send(second, STR("GET /2 HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(first, &arena, STR("GET /1?|"));
    expect_body(second, &arena, STR("GET /2?|"));
    close(first);
    close(second);
    close(third);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: an answer for which there is no room becomes a 503, and the room comes back with the next
 * one. */
static void test_no_room(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){.output_bytes_max = 100 * 1000});
    struct answer answer;
    for (int i = 0; i < 30; i++) {
        const bool large = i % 10 == 9;
        const int client = client_connect(&test);
        assert_true(client_send(client, large ? STR("GET /bytes/100001 HTTP/1.1\r\n" HOST "\r\n")
                                              : STR("GET /bytes/9000 HTTP/1.1\r\n" HOST "\r\n")));
        assert_true(client_read_answer(client, false, &arena, &answer));
        assert_int_equal(answer.status, large ? 503 : 200);
        assert_true(answer.closes == large);
        assert_true(!large || str_contains(answer.body, STR("/problems/no-room")));
        close(client);
    }
    test_server_end(&test);
    arena_close(&arena);
}

enum { TAKEN_MAX = 128 };

/* Takes every file descriptor that is left; the client's and the server's come from the same table.
 */
static size_t take_descriptors(int like, int taken[TAKEN_MAX])
{
    size_t count = 0;
    int extra;
    while (count < TAKEN_MAX && (extra = dup(like)) >= 0) {
        taken[count++] = extra;
    }
    assert_in_range(count, 2, TAKEN_MAX - 1);
    return count;
}

static int served_client(struct test_server *test, struct arena *arena)
{
    const int client = client_connect(test);
    assert_true(client_send(client, STR("GET /a HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(client, arena, STR("GET /a?|"));
    return client;
}

/* Aim: with no file descriptor left the longest idle connection, and no other, gives way to a new
 * client; when all are busy the new client waits, and the server does not ask again and again. */
static void test_no_descriptors(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit low = {.rlim_cur = TAKEN_MAX, .rlim_max = before.rlim_max};
    int taken[TAKEN_MAX];
    test_server_start(&test, (struct http_options){0});
    const int first = served_client(&test, &arena);
    const int second = served_client(&test, &arena);
    sleep_ms(150); /* long enough to count as idle */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    size_t taken_count = take_descriptors(first, taken);

    close(taken[--taken_count]); /* for the client; the server finds none for its side */
    const int third = served_client(&test, &arena);
    expect_end(first, &arena);
    assert_true(client_send(second, STR("GET /wait/500 HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_send(third, STR("GET /wait/500 HTTP/1.1\r\n" HOST "\r\n")));
    wait_until_working(&test, 2);

    close(taken[--taken_count]);
    const int fourth = client_connect(&test);
    assert_true(client_send(fourth, STR("GET /late HTTP/1.1\r\n" HOST "\r\n")));
    const int64_t cpu_begin = cpu_ms();
    sleep_ms(200);
    assert_in_range(cpu_ms() - cpu_begin, 0, 80);
    expect_body(second, &arena, STR("GET /wait/500?|"));
    expect_body(third, &arena, STR("GET /wait/500?|"));
    while (taken_count > 0) {
        close(taken[--taken_count]);
    }
    expect_body(fourth, &arena, STR("GET /late?|"));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(first);
    close(second);
    close(third);
    close(fourth);
    test_server_end(&test);
    arena_close(&arena);
}

/* ---- rude clients ---- */

/* Aim: clients that vanish while they send, while they wait and while they read cost nothing but
 * themselves. */
static void test_vanishing_clients(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){.worker_count = 8});
    static const str requests[] = {
        STR_INIT(""),
        STR_INIT("GET / HT"),
        STR_INIT("POST / HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\nabc"),
        STR_INIT("GET /wait/20 HTTP/1.1\r\n" HOST "\r\n"),
        STR_INIT("GET /bytes/3000000 HTTP/1.1\r\n" HOST "\r\n"),
        STR_INIT("GET /bad path HTTP/1.1\r\n" HOST "\r\n"),
    };
    enum { KINDS = sizeof requests / sizeof requests[0], ROUNDS = 20 };
    for (int i = 0; i < KINDS * ROUNDS; i++) {
        const int client = client_connect(&test);
        client_send(client, requests[i % KINDS]);
        if (i % 3 == 0) {
            sleep_ms(1);
        }
        if (i % 2 == 0) {
            reset(client);
        } else {
            close(client);
        }
    }
    const int client = client_connect(&test);
    assert_true(client_send(client, STR("GET /alive HTTP/1.1\r\n" HOST "\r\n")));
    expect_body(client, &arena, STR("GET /alive?|"));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: a client that has said all it will say (half-closed) is still answered. */
static void test_half_closed(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    assert_true(client_send(client, STR("GET /wait/20 HTTP/1.1\r\n" HOST "\r\n"
                                        "GET /two HTTP/1.1\r\n" HOST "\r\n")));
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    expect_body(client, &arena, STR("GET /wait/20?|"));
    expect_body(client, &arena, STR("GET /two?|"));
    expect_end(client, &arena);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: a refusal reaches the client although it goes on sending for a while, and the connection
 * ends in order: to close it with unread bytes would tear it down and may take the answer along
 * (RFC 9112, 9.6). */
static void test_refusal_is_read(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(8 * 1024 * 1024);
    char *body = arena_take(&arena, 2000000, 1, 1);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    struct answer answer;
    assert_true(
        client_send(client, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 2000000\r\n\r\n")));
    assert_true(client_send(client, (str){.at = body, .len = 2000000}));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_int_equal(answer.status, 413);
    expect_end(client, &arena);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* ---- what the handler and the client are told ---- */

/* Aim: the handler knows who asks, and the Date is now, in the form of RFC 9110, 5.6.7 (strptime
 * reads it). */
static void test_address_and_date(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    test_server_start(&test, (struct http_options){0});
    const int client = client_connect(&test);
    struct answer answer;
    str who;
    str when;
    assert_true(client_send(client, STR("GET / HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_true(answer_field(&answer, STR("X-Client"), &who));
    assert_true(str_equal(who, STR("127.0.0.1")));
    assert_true(answer_field(&answer, STR("Date"), &when));
    struct tm civil = {0};
    const char *end = strptime(arena_copy(&arena, when).at, "%a, %d %b %Y %H:%M:%S GMT", &civil);
    assert_non_null(end);
    assert_int_equal(*end, '\0');
    const int64_t difference = (int64_t)timegm(&civil) - (int64_t)time(NULL);
    assert_in_range(difference + 3, 0, 6);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: what cannot be listened on is said in one sentence with advice; IPv6 can. */
static void test_open(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, (struct http_options){0});
    struct http_options options = {.handler = (http_handler *)abort, .worker_count = 1};
    struct http_server *server = NULL;
    struct err err = {0};
    options.address = "localhost";
    assert_false(http_server_open(&options, &server, &err).ok);
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.what, "localhost"));
    options.address = "127.0.0.1";
    options.port = http_server_port(test.server);
    assert_false(http_server_open(&options, &server, &err).ok);
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.what, "127.0.0.1"));
    assert_true(strlen(err.hint) > 0);
    assert_null(server);
    options.address = "::1";
    options.port = 0;
    if (http_server_open(&options, &server, &err).ok) { /* a machine may have no IPv6 */
        assert_true(http_server_port(server) > 0);
        http_server_close(server);
    }
    test_server_end(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hundred_requests),
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_large_answers),
        cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_graceful_stop),
        cmocka_unit_test(test_stop_has_a_limit),
        cmocka_unit_test(test_stop_early),
        cmocka_unit_test(test_share_of_an_address),
        cmocka_unit_test(test_a_proxy_is_no_client),
        cmocka_unit_test(test_refusals_are_told),
        cmocka_unit_test(test_full_house),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_newcomers),
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_vanishing_clients),
        cmocka_unit_test(test_half_closed),
        cmocka_unit_test(test_refusal_is_read),
        cmocka_unit_test(test_address_and_date),
        cmocka_unit_test(test_open),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
