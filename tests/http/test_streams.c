/* Aim: an answer that goes on is sent part by part, as RFC 9112 7.1 writes it; it has an end
 * whatever happens; there are so many at once and no more; who does not read, and who leaves, keeps
 * nothing; and nobody else waits for any of them. */
#include "harness.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: a.example\r\n"

static int ask(const struct test_server *test, const char *target, const char *version)
{
    struct arena arena = test_arena(16 * 1024);
    const int client = client_connect(test);
    assert_true(
        client_send(client, arena_format(&arena, "GET %s %s\r\n" HOST "\r\n", target, version)));
    arena_close(&arena);
    return client;
}

/* Head and chunks, strictly; *ret_ended when the last chunk is there and nothing behind it. */
static str dechunked(str bytes, str *ret_head, bool *ret_ended, struct arena *arena)
{
    const char *end = memmem(bytes.at, bytes.len, "\r\n\r\n", 4);
    struct buf buf;
    assert_non_null(end);
    *ret_head = str_slice(bytes, 0, (size_t)(end - bytes.at) + 4);
    str rest = str_slice(bytes, ret_head->len, bytes.len);
    buf_init(&buf, arena, HARNESS_BYTES_MAX);
    *ret_ended = false;
    while (rest.len > 0) {
        size_t size = 0;
        size_t at = 0;
        while (at < rest.len && rest.at[at] != '\r') {
            const char c = rest.at[at++];
            assert_true((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
            size = size * 16 + (size_t)(c <= '9' ? c - '0' : c - 'A' + 10);
        }
        assert_true(at > 0 && rest.len >= at + 2 + size + 2);
        assert_memory_equal(rest.at + at, "\r\n", 2);
        buf_put(&buf, str_slice(rest, at + 2, at + 2 + size));
        assert_memory_equal(rest.at + at + 2 + size, "\r\n", 2);
        rest = str_slice(rest, at + 2 + size + 2, rest.len);
        *ret_ended = size == 0;
        assert_true(size > 0 || rest.len == 0);
    }
    return buf_str(&buf);
}

static void expect_stream(int client, const char *body)
{
    struct arena arena = test_arena(8 * 1024 * 1024);
    str bytes;
    str head;
    bool ended;
    assert_true(client_read_to_end(client, &arena, &bytes));
    const str found = dechunked(bytes, &head, &ended, &arena);
    assert_true(ended);
    assert_true(str_starts(head, STR("HTTP/1.1 200 OK\r\n")));
    assert_true(str_contains(head, STR("\r\nTransfer-Encoding: chunked\r\n")));
    assert_true(str_contains(head, STR("\r\nConnection: close\r\n")));
    assert_false(str_contains(head, STR("Content-Length")));
    assert_true(str_equal(found, str_from_c(body)));
    close(client);
    arena_close(&arena);
}

static const struct http_options quick = {.stream_pause_ms = 5};

static void test_parts(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, quick);
    expect_stream(ask(&test, "/stream/4", "HTTP/1.1"), "0\n1\n2\n3\n");
    expect_stream(ask(&test, "/stream/1", "HTTP/1.1"), "0\n");
    expect_stream(ask(&test, "/gaps/5", "HTTP/1.1"), "0\n2\n4\n");
    expect_stream(ask(&test, "/last/3", "HTTP/1.1"), "0\n1\n2\n"); /* says no more, and ends */
    test_server_end(&test);
}

/* HTTP/1.0 knows no chunks: the end of the connection is the end of the answer. */
static void test_until_closed(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    str bytes;
    test_server_start(&test, quick);
    const int client = ask(&test, "/stream/3", "HTTP/1.0");
    assert_true(client_read_to_end(client, &arena, &bytes));
    assert_false(str_contains(bytes, STR("Transfer-Encoding")));
    assert_true(str_ends(bytes, STR("\r\n\r\n0\n1\n2\n")));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

static void test_head_of_a_stream(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    struct answer answer;
    test_server_start(&test, quick);
    const int client = client_connect(&test);
    assert_true(client_send(client, STR("HEAD /stream/9 HTTP/1.1\r\n" HOST "\r\n"
                                        "GET /x HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_read_answer(client, true, &arena, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_true(str_equal(answer.body, STR("GET /x?|")));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* A stream lives so long, and then it ends properly. */
static void test_life(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    str bytes;
    str head;
    bool ended;
    test_server_start(&test, (struct http_options){.stream_pause_ms = 10, .stream_ms_max = 200});
    const int64_t before = now_ms();
    const int client = ask(&test, "/stream/1000000", "HTTP/1.1");
    assert_true(client_read_to_end(client, &arena, &bytes));
    assert_true(now_ms() - before >= 200);
    const str body = dechunked(bytes, &head, &ended, &arena);
    assert_true(ended);
    assert_true(str_starts(body, STR("0\n1\n2\n")));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Waits until something was sent on the connection. */
static void wait_for_head(int client)
{
    char bytes[12];
    assert_int_equal(recv(client, bytes, sizeof bytes, MSG_WAITALL), sizeof bytes);
    assert_memory_equal(bytes, "HTTP/1.1 200", 12);
}

static int status_of(const struct test_server *test, const char *target)
{
    struct arena arena = test_arena(1024 * 1024);
    struct answer answer;
    const int client = ask(test, target, "HTTP/1.1");
    assert_true(client_read_answer(client, false, &arena, &answer));
    close(client);
    const int status = answer.status;
    assert_true(status != 503 || str_contains(answer.body, STR("/problems/streams-too-many")));
    arena_close(&arena);
    return status;
}

/* True as soon as a new stream is let in: a client that is gone is noticed when it is noticed. */
static bool is_let_in(const struct test_server *test)
{
    for (int i = 0; i < 500; i++) {
        struct arena arena = test_arena(1024 * 1024);
        const int client = ask(test, "/stream/1", "HTTP/1.1");
        str bytes;
        const bool read = client_read_to_end(client, &arena, &bytes);
        const bool let_in = read && str_starts(bytes, STR("HTTP/1.1 200"));
        close(client);
        arena_close(&arena);
        if (let_in) {
            return true;
        }
        sleep_ms(10);
    }
    return false;
}

static void test_so_many(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, (struct http_options){.stream_pause_ms = 10, .streams_max = 2});
    const int first = ask(&test, "/stream/1000000", "HTTP/1.1");
    const int second = ask(&test, "/stream/1000000", "HTTP/1.1");
    wait_for_head(first);
    wait_for_head(second);
    assert_int_equal(status_of(&test, "/stream/1"), 503);
    assert_int_equal(status_of(&test, "/x"), 200); /* others are served as ever */
    close(first);
    assert_true(is_let_in(&test));
    close(second);
    test_server_end(&test);
}

/* Whoever does not read is dropped, and what was kept for them is free again. */
static void test_slow_reader(void **state)
{
    (void)state;
    struct test_server test;
    test_server_start(&test, (struct http_options){
                                 .stream_pause_ms = 1, .streams_max = 1, .response_ms_max = 200});
    const int client = ask(&test, "/flood/1000000", "HTTP/1.1");
    wait_for_head(client);
    assert_true(is_let_in(&test));
    close(client);
    test_server_end(&test);
}

/* A server that stops ends its streams properly and at once. */
static void test_stop(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    str bytes;
    test_server_start(&test, (struct http_options){.stream_pause_ms = 60000});
    const int client = ask(&test, "/stream/1000000", "HTTP/1.1");
    wait_for_head(client);
    sleep_ms(50);
    const int64_t before = now_ms();
    test_server_stop(&test);
    assert_true(client_read_to_end(client, &arena, &bytes));
    assert_true(str_ends(bytes, STR("\r\n0\r\n\r\n")));
    test_server_join(&test);
    assert_true(now_ms() - before < 4000);
    close(client);
    test_server_close(&test);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_until_closed),
        cmocka_unit_test(test_head_of_a_stream),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_so_many),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_stop),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
