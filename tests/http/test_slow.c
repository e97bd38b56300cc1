/* Aim: deadlines are absolute. Whoever sends or reads slowly, byte by byte, is cut off in time, and
 * meanwhile disturbs nobody. The deadlines are shortened so that the test is. */
#include "harness.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: a.example\r\n"

enum {
    SLOW_COUNT = 150,
    HEAD_MS = 400,
    BODY_MS = 500,
    RESPONSE_MS = 400,
    KEEP_ALIVE_MS = 300,
    STEP_MS = 20,  /* between two bytes of a slow sender: far less than any deadline */
    LATE_MS = 400, /* what a loaded machine may add */
    INNOCENT_MS_MAX = 250,
};

static const struct http_options hurried = {
    .worker_count = 1, /* so a slow client that held a worker would hold all */
    .head_ms_max = HEAD_MS,
    .body_ms_max = BODY_MS,
    .response_ms_max = RESPONSE_MS,
    .keep_alive_ms_max = KEEP_ALIVE_MS,
};

/* One honest request on a connection of its own; how long it took. */
static int64_t innocent_ms(const struct test_server *test)
{
    struct arena arena = test_arena(16 * 1024);
    const int64_t begin = now_ms();
    const int client = client_connect(test);
    struct answer answer;
    assert_true(client_send(client, STR("GET /me HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n")));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_int_equal(answer.status, 200);
    close(client);
    arena_close(&arena);
    return now_ms() - begin;
}

static bool is_cut(int client)
{
    char byte;
    const ssize_t len = recv(client, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return len >= 0 || errno == ECONNRESET;
}

struct siege {
    int clients[SLOW_COUNT];
    size_t cut_count;
    int64_t first_cut_ms;
    int64_t last_cut_ms;
    size_t innocent_count;
    size_t innocent_late_count;
};

/* Sends `start`, then a byte again and again, on every connection, until all are cut or it is far
 * too late. */
static void besiege(const struct test_server *test, str start, int64_t deadline_ms,
                    struct siege *siege)
{
    bool cut[SLOW_COUNT] = {false};
    *siege = (struct siege){0};
    for (size_t i = 0; i < SLOW_COUNT; i++) {
        siege->clients[i] = client_connect(test);
        assert_true(client_send(siege->clients[i], start));
    }
    const int64_t begin = now_ms();
    while (siege->cut_count < SLOW_COUNT && now_ms() - begin < deadline_ms + 2000) {
        for (size_t i = 0; i < SLOW_COUNT; i++) {
            if (!cut[i] && is_cut(siege->clients[i])) {
                cut[i] = true;
                siege->last_cut_ms = now_ms() - begin;
                siege->first_cut_ms =
                    siege->cut_count == 0 ? siege->last_cut_ms : siege->first_cut_ms;
                siege->cut_count++;
            } else if (!cut[i]) {
                client_send(siege->clients[i], STR("a"));
            }
        }
        siege->innocent_late_count += innocent_ms(test) > INNOCENT_MS_MAX ? 1 : 0;
        siege->innocent_count++;
        sleep_ms(STEP_MS);
    }
}

static void expect_siege_failed(struct siege *siege, int64_t deadline_ms, str name)
{
    struct arena arena = test_arena(1024 * 1024);
    assert_int_equal(siege->cut_count, SLOW_COUNT);
    /* Not before time either: connecting all of them took a little. */
    assert_in_range(siege->first_cut_ms + LATE_MS, deadline_ms, deadline_ms + 2 * LATE_MS);
    assert_in_range(siege->last_cut_ms, deadline_ms - LATE_MS / 2, deadline_ms + LATE_MS);
    /* One in ten may have met a busy machine. */
    assert_in_range(siege->innocent_late_count * 10, 0, siege->innocent_count);
    for (size_t i = 0; i < SLOW_COUNT; i++) {
        struct answer answer;
        assert_true(client_read_answer(siege->clients[i], false, &arena, &answer));
        assert_int_equal(answer.status, 408);
        assert_true(answer.closes);
        assert_true(str_contains(answer.body, name));
        close(siege->clients[i]);
        arena_reset(&arena);
    }
    arena_close(&arena);
}

/* Aim: 150 connections with a byte now and then in the head all end with 408 at the deadline of the
 * head. */
static void test_slow_heads(void **state)
{
    (void)state;
    struct test_server test;
    struct siege siege;
    test_server_start(&test, hurried);
    besiege(&test, STR("GET / HTTP/1.1\r\n" HOST "X: a"), HEAD_MS, &siege);
    expect_siege_failed(&siege, HEAD_MS, STR("/problems/head-too-slow"));
    besiege(&test, STR("\r\n"), HEAD_MS, &siege); /* an empty line wins no time */
    expect_siege_failed(&siege, HEAD_MS, STR("/problems/head-too-slow"));
    test_server_end(&test);
}

/* Aim: the same in the body. */
static void test_slow_bodies(void **state)
{
    (void)state;
    struct test_server test;
    struct siege siege;
    test_server_start(&test, hurried);
    besiege(&test, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n"), BODY_MS,
            &siege);
    expect_siege_failed(&siege, BODY_MS, STR("/problems/body-too-slow"));
    test_server_end(&test);
}

/* Aim: a client that hardly reads its answer is cut at the deadline of responses, and holds no
 * worker until then. */
static void test_slow_reader(void **state)
{
    (void)state;
    enum { ANSWER_BYTES = 32 * 1024 * 1024 };
    struct test_server test;
    struct arena arena = test_arena(2 * (size_t)ANSWER_BYTES);
    test_server_start(&test, hurried);
    const int client = client_connect(&test);
    const int small = 4096;
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    assert_true(client_send(client, STR("GET /bytes/33554432 HTTP/1.1\r\n" HOST "\r\n")));
    const int64_t begin = now_ms();
    while (now_ms() - begin < RESPONSE_MS + LATE_MS) {
        char byte;
        assert_true(recv(client, &byte, 1, 0) == 1);
        assert_in_range(innocent_ms(&test), 0, RESPONSE_MS + LATE_MS);
        sleep_ms(STEP_MS);
    }
    /* What the kernel holds can still be read; the rest was thrown away. */
    str rest;
    assert_false(client_read_to_end(client, &arena, &rest));
    assert_int_equal(errno, ECONNRESET);
    assert_true(rest.len < ANSWER_BYTES / 2);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

static int64_t ends_after_ms(int client, struct arena *arena)
{
    const int64_t begin = now_ms();
    str rest;
    assert_true(client_read_to_end(client, arena, &rest));
    assert_int_equal(rest.len, 0);
    return now_ms() - begin;
}

/* Aim: a connection without a request ends quietly, before the first one and between two. */
static void test_idle(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(64 * 1024);
    test_server_start(&test, hurried);
    const int silent = client_connect(&test);
    assert_in_range(ends_after_ms(silent, &arena), KEEP_ALIVE_MS - 50, KEEP_ALIVE_MS + LATE_MS);
    const int client = client_connect(&test);
    struct answer answer;
    assert_true(client_send(client, STR("GET / HTTP/1.1\r\n" HOST "\r\n")));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_false(answer.closes);
    assert_in_range(ends_after_ms(client, &arena), KEEP_ALIVE_MS - 50, KEEP_ALIVE_MS + LATE_MS);
    close(silent);
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

/* Aim: a client that never closes its side after a last answer is let go after a moment. */
static void test_lingering(void **state)
{
    (void)state;
    struct test_server test;
    struct arena arena = test_arena(64 * 1024);
    struct http_options options = hurried;
    options.connections_max = 1;
    options.linger_ms_max = 100;
    test_server_start(&test, options);
    const int client = client_connect(&test);
    struct answer answer;
    assert_true(client_send(client, STR("GET / HTTP/1.1\r\n\r\n")));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_int_equal(answer.status, 400);
    sleep_ms(200);
    /* There is one place, and it is free again. */
    innocent_ms(&test); /* expects 200 */
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_heads),  cmocka_unit_test(test_slow_bodies),
        cmocka_unit_test(test_slow_reader), cmocka_unit_test(test_idle),
        cmocka_unit_test(test_lingering),
    };
    return cmocka_run_group_tests_name("slow", tests, NULL, NULL);
}
