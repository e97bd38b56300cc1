/* Aim: a response is written byte for byte as RFC 9112 has it, and no caller can break its framing.
 */
#include "harness.h"
#include "http/refusal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The example of RFC 9110, 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT. */
static const instant example = {.milliseconds = 784111777000};

static str written(struct arena *arena, const struct http_response *response, bool closes,
                   bool bodiless)
{
    const struct response_setting setting = {
        .now = example, .closes = closes, .bodiless = bodiless};
    struct buf buf;
    str text;
    buf_init(&buf, arena, response_size_max(response));
    response_write(&buf, response, &setting);
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text;
}

static void test_whole(void **state)
{
    (void)state;
    struct arena arena = test_arena(16 * 1024);
    struct http_response response = {.content_type = STR("text/plain"), .body = STR("hello")};
    http_header_set(&response, STR("Cache-Control"), STR("no-store"));
    http_header_set(&response, STR("X-Empty"), STR(""));
    assert_true(str_equal(written(&arena, &response, false, false),
                          STR("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "Content-Type: text/plain\r\nContent-Length: 5\r\n"
                              "Cache-Control: no-store\r\nX-Empty: \r\n\r\nhello")));
    response.status = 404;
    assert_true(
        str_equal(written(&arena, &response, true, true),
                  STR("HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                      "Content-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n"
                      "Cache-Control: no-store\r\nX-Empty: \r\n\r\n")));
    arena_close(&arena);
}

/* Aim: 204 and 304 have no body, whatever the handler put there (RFC 9110, 15.3.5 and 15.4.5). */
static void test_no_content(void **state)
{
    (void)state;
    struct arena arena = test_arena(16 * 1024);
    const struct http_response none = {.status = 204, .body = STR("x")};
    const struct http_response same = {.status = 304, .body = STR("x")};
    assert_true(
        str_equal(written(&arena, &none, false, false),
                  STR("HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")));
    assert_true(
        str_equal(written(&arena, &same, false, false),
                  STR("HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")));
    arena_close(&arena);
}

/* Aim: the largest head fits what response_size_max promises. */
static void test_size(void **state)
{
    (void)state;
    struct arena arena = test_arena(64 * 1024);
    struct http_response response = {.status = 431,
                                     .content_type = STR("application/problem+json")};
    for (int i = 0; i < HTTP_RESPONSE_HEADERS_MAX; i++) {
        http_header_set(&response, STR("X-Quite-A-Long-Name"),
                        STR("and a value\tthat has caf\xc3\xa9"));
    }
    const str text = written(&arena, &response, true, false);
    assert_true(text.len <= response_size_max(&response));
    arena_close(&arena);
}

static void date_is(int64_t seconds, const char *expected)
{
    struct arena arena = test_arena(1024);
    struct buf buf;
    buf_init(&buf, &arena, 64);
    response_put_date(&buf, (instant){.milliseconds = seconds * 1000 + 999});
    assert_true(str_equal(buf_str(&buf), str_from_c(expected)));
    arena_close(&arena);
}

/* Aim: dates, from `date -u -d @N "+%a, %d %b %Y %T GMT"`. */
static void test_dates(void **state)
{
    (void)state;
    date_is(0, "Thu, 01 Jan 1970 00:00:00 GMT");
    date_is(951782399, "Mon, 28 Feb 2000 23:59:59 GMT");
    date_is(951782400, "Tue, 29 Feb 2000 00:00:00 GMT");
    date_is(1798761599, "Thu, 31 Dec 2026 23:59:59 GMT");
    date_is(4102444800, "Fri, 01 Jan 2100 00:00:00 GMT");
}

struct status_row {
    int status;
    const char *text;
};

/* Aim: the reason phrases of the IANA registry; none for a status the server does not send. */
static void test_status_text(void **state)
{
    (void)state;
    static const struct status_row rows[] = {
        {200, "OK"},
        {303, "See Other"},
        {405, "Method Not Allowed"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {505, "HTTP Version Not Supported"},
        {299, ""},
        {0, ""},
        {-1, ""},
        {101, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(http_status_text(rows[i].status), rows[i].text);
    }
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        assert_true(strlen(http_status_text(refusal_row((enum http_refusal)i)->status)) > 0);
    }
}

/* Aim: each refusal is a problem of RFC 9457, in ASCII that needs no escaping, and fits its arena.
 */
static void test_refusals(void **state)
{
    (void)state;
    const struct response_setting setting = {.now = example, .closes = true};
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_row *row = refusal_row((enum http_refusal)i);
        struct arena arena = test_arena(REFUSAL_BYTES_MAX);
        str text;
        struct answer answer;
        assert_true(refusal_write((enum http_refusal)i, &setting, &arena, &text));
        assert_true(answer_cut(&text, false, &answer));
        assert_int_equal(text.len, 0);
        assert_int_equal(answer.status, row->status);
        assert_null(strpbrk(row->what, "\"\\"));
        assert_null(strpbrk(row->name, "\"\\ ABCDEFGHIJKLMNOPQRSTUVWXYZ_"));
        str allow;
        assert_true(answer_field(&answer, STR("Allow"), &allow));
        assert_true((allow.len > 0) == (row->status == 405));
        arena_close(&arena);
    }
    struct arena small = test_arena(100);
    str text;
    assert_false(refusal_write(REFUSAL_NUL_BYTE, &setting, &small, &text));
    arena_close(&small);
}

/* ---- defects of callers stop the program ---- */

typedef void mistake(struct http_response *response);

static bool stops(mistake *make)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct http_response response = {0};
        close(STDERR_FILENO);
        make(&response);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void split_response(struct http_response *response)
{
    http_header_set(response, STR("Location"), STR("/a\r\nSet-Cookie: b=c"));
}

static void nul_in_value(struct http_response *response)
{
    http_header_set(response, STR("Location"), STR("/a\0b"));
}

static void space_in_name(struct http_response *response)
{
    http_header_set(response, STR("X Y"), STR("1"));
}

static void own_length(struct http_response *response)
{
    http_header_set(response, STR("content-length"), STR("1"));
}

static void too_many(struct http_response *response)
{
    for (int i = 0; i <= HTTP_RESPONSE_HEADERS_MAX; i++) {
        http_header_set(response, STR("X"), STR("1"));
    }
}

static void nothing_wrong(struct http_response *response)
{
    http_header_set(response, STR("Location"), STR("/a?b=%0D%0A"));
}

static void test_defects(void **state)
{
    (void)state;
    static mistake *const defects[] = {split_response, nul_in_value, space_in_name, own_length,
                                       too_many};
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        assert_true(stops(defects[i]));
    }
    assert_false(stops(nothing_wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),       cmocka_unit_test(test_no_content),
        cmocka_unit_test(test_size),        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_status_text), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_defects),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
