/* Aim: over real sockets, every request that could be read in two ways is refused with the right
 * status and a problem, the connection is closed, and a second request sent with it is never
 * answered; and every plain request is served. */
#include "harness.h"
#include "http/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GET_ROOT  "GET / HTTP/1.1\r\n"
#define POST_ROOT "POST / HTTP/1.1\r\n"
#define HOST      "Host: a.example\r\n"
#define END       "\r\n"
#define SMUGGLED  "GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n"

struct refused {
    int status;
    const char *name;
    str bytes;
};

struct accepted {
    bool closes;
    str seen;
    str bytes;
};

static const struct refused refused_rows[] = {
#define REFUSED(row_status, row_name, row_bytes)                                                   \
    {.status = (row_status), .name = (row_name), .bytes = STR_INIT(row_bytes)},
#include "refused.def"
#undef REFUSED
};

static const struct accepted accepted_rows[] = {
#define ACCEPTED(row_closes, row_seen, row_bytes)                                                  \
    {.closes = (row_closes), .seen = STR_INIT(row_seen), .bytes = STR_INIT(row_bytes)},
#include "accepted.def"
#undef ACCEPTED
};

enum {
    REFUSED_COUNT = sizeof refused_rows / sizeof refused_rows[0],
    ACCEPTED_COUNT = sizeof accepted_rows / sizeof accepted_rows[0],
};

/* One row of either table, as cmocka hands it to a test. */
struct trial {
    struct test_server *test;
    const struct refused *refused;
    const struct accepted *accepted;
};

static void expect_problem(const struct answer *answer, const struct refused *row,
                           struct arena *arena)
{
    str type;
    assert_int_equal(answer->status, row->status);
    assert_true(answer->closes);
    assert_true(answer_field(answer, STR("Content-Type"), &type));
    assert_true(str_equal(type, STR("application/problem+json")));
    const str kind = arena_format(arena, "\"type\":\"/problems/%s\"", row->name);
    const str status = arena_format(arena, "\"status\":%d,", row->status);
    const bool to_head = str_starts(row->bytes, STR("HEAD "));
    assert_true(to_head ||
                (str_contains(answer->body, kind) && str_contains(answer->body, status)));
}

static void expect_refused(struct test_server *test, const struct refused *row)
{
    struct arena arena = test_arena(256 * 1024);
    const int client = client_connect(test);
    str bytes;
    assert_true(client_send(client, row->bytes));
    client_send(client, STR(SMUGGLED)); /* may find the connection closed already */
    assert_true(client_read_to_end(client, &arena, &bytes));
    close(client);
    struct answer answer;
    assert_true(answer_cut(&bytes, str_starts(row->bytes, STR("HEAD ")), &answer));
    expect_problem(&answer, row, &arena);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(atomic_load(&test->desk.served), 0);
    arena_close(&arena);
}

static void test_refused(void **state)
{
    const struct trial *trial = *state;
    expect_refused(trial->test, trial->refused);
}

static void expect_accepted(struct test_server *test, const struct accepted *row)
{
    struct arena arena = test_arena(1024 * 1024);
    const int client = client_connect(test);
    assert_true(client_send(client, row->bytes));
    assert_true(
        client_send(client, STR("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")));
    str bytes;
    struct answer answer;
    assert_true(client_read_to_end(client, &arena, &bytes));
    close(client);
    assert_true(answer_cut(&bytes, false, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(str_equal(answer.body, row->seen));
    assert_true(answer.closes == row->closes);
    if (!row->closes) {
        assert_true(answer_cut(&bytes, false, &answer));
        assert_true(str_equal(answer.body, STR("GET /next?|")));
        assert_true(answer.closes);
    }
    assert_int_equal(bytes.len, 0);
    arena_close(&arena);
}

static void test_accepted(void **state)
{
    const struct trial *trial = *state;
    expect_accepted(trial->test, trial->accepted);
    atomic_store(&trial->test->desk.served, 0);
}

/* ---- requests too long to stand in a table ---- */

static str padded(struct arena *arena, const char *before, size_t count, const char *after)
{
    const size_t size = strlen(before) + count + strlen(after);
    char *text = arena_take(arena, size, 1, 1);
    assert_non_null(text);
    memset(text, 'a', size);
    memcpy(text, before, strlen(before));
    memcpy(text + strlen(before) + count, after, strlen(after));
    return (str){.at = text, .len = size};
}

/* `line` beside the others makes a request line of exactly that many bytes, with its CR LF. */
static str with_line(struct arena *arena, size_t line)
{
    const size_t rest = sizeof "GET / HTTP/1.1\r\n" - 1;
    return padded(arena, "GET /", line - rest, " HTTP/1.1\r\n" HOST END);
}

static str with_head(struct arena *arena, size_t head)
{
    const size_t rest = sizeof(GET_ROOT HOST "X: \r\n" END) - 1;
    return padded(arena, GET_ROOT HOST "X: ", head - rest, "\r\n" END);
}

static str with_fields(struct arena *arena, size_t count)
{
    struct buf buf;
    str text;
    buf_init(&buf, arena, 16 * 1024);
    buf_put(&buf, STR(GET_ROOT HOST));
    for (size_t i = 1; i < count; i++) {
        buf_put(&buf, STR("X: 1\r\n"));
    }
    buf_put(&buf, STR(END));
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text;
}

static str behind_empty_line(struct arena *arena, str request)
{
    return arena_format(arena, "\r\n%.*s", STR_ARG(request));
}

/* Aim: the limits of http.md are met to the byte: the last one allowed is served, the first one
 * above is refused. */
static void test_limits(void **state)
{
    struct test_server *test = ((const struct trial *)*state)->test;
    struct arena arena = test_arena(1024 * 1024);
    const struct refused too_much[] = {
        {414, "request-line-too-long", with_line(&arena, 8 * 1024 + 1)},
        {414, "request-line-too-long", padded(&arena, "", 15 * 1024, "")},
        {414, "request-line-too-long", padded(&arena, "GET /", 15 * 1024, "")},
        {414, "request-line-too-long", behind_empty_line(&arena, with_line(&arena, 8 * 1024 - 1))},
        {431, "head-too-long", with_head(&arena, 16 * 1024 + 1)},
        {431, "head-too-long", behind_empty_line(&arena, with_head(&arena, 16 * 1024 - 1))},
        {431, "head-too-long", padded(&arena, GET_ROOT HOST, 20 * 1024, "")},
        {431, "head-too-long", padded(&arena, GET_ROOT HOST "X: ", 20 * 1024, "")},
        {431, "fields-too-many", with_fields(&arena, 101)},
        {400, "host-syntax", padded(&arena, GET_ROOT "Host: ", 254, "\r\n" END)},
    };
    for (size_t i = 0; i < sizeof too_much / sizeof too_much[0]; i++) {
        expect_refused(test, &too_much[i]);
    }
    const size_t path_len = 8 * 1024 - (sizeof "GET / HTTP/1.1\r\n" - 1);
    const struct accepted enough[] = {
        {false, padded(&arena, "GET /", path_len, "?|"), with_line(&arena, 8 * 1024)},
        {false, STR("GET /?|"), with_head(&arena, 16 * 1024)},
        {false, STR("GET /?|"), behind_empty_line(&arena, with_head(&arena, 16 * 1024 - 2))},
        {false, STR("GET /?|"), with_fields(&arena, 100)},
        {false, STR("GET /?|"), padded(&arena, GET_ROOT "Host: ", 253, "\r\n" END)},
        {false, padded(&arena, "POST /?|", 256 * 1024, ""),
         padded(&arena, POST_ROOT HOST "Content-Length: 262144\r\n" END, 256 * 1024, "")},
    };
    for (size_t i = 0; i < sizeof enough / sizeof enough[0]; i++) {
        expect_accepted(test, &enough[i]);
    }
    atomic_store(&test->desk.served, 0);
    arena_close(&arena);
}

/* Aim: no row of refusal.def is without a case. Those that bytes alone cannot cause are tried in
 * other files. */
static void test_every_row_is_tried(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {
        "head-too-long",        "request-line-too-long",
        "fields-too-many",      "second-reading",
        "head-too-slow",        "body-too-slow",
        "connections-too-many", "connections-too-many-from-address",
        "streams-too-many",     "no-room",
    };
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const char *name = refusal_row((enum http_refusal)i)->name;
        bool tried = false;
        for (size_t row = 0; row < REFUSED_COUNT; row++) {
            tried = tried || strcmp(refused_rows[row].name, name) == 0;
        }
        for (size_t row = 0; row < sizeof elsewhere / sizeof elsewhere[0]; row++) {
            tried = tried || strcmp(elsewhere[row], name) == 0;
        }
        if (!tried) {
            fail_msg("no case for \"%s\"", name);
        }
    }
}

/* Aim: after all this the server answers as on the first day, and nothing was smuggled. */
static void test_alive(void **state)
{
    const struct trial *trial = *state;
    const struct accepted row = {false, STR_INIT("GET /?|"), STR_INIT(GET_ROOT HOST END)};
    expect_accepted(trial->test, &row);
    assert_int_equal(atomic_load(&trial->test->desk.smuggled), 0);
}

int main(void)
{
    enum { EXTRA_COUNT = 3, COUNT = REFUSED_COUNT + ACCEPTED_COUNT + EXTRA_COUNT };
    struct test_server test;
    struct trial trials[COUNT];
    struct CMUnitTest tests[COUNT];
    struct arena names = test_arena(64 * 1024);
    size_t count = 0;
    memset(tests, 0, sizeof tests);
    for (size_t i = 0; i < REFUSED_COUNT; i++, count++) {
        trials[count] = (struct trial){.test = &test, .refused = &refused_rows[i]};
        tests[count].test_func = test_refused;
        tests[count].name = arena_format(&names, "refused %zu: %s", i + 1, refused_rows[i].name).at;
    }
    for (size_t i = 0; i < ACCEPTED_COUNT; i++, count++) {
        trials[count] = (struct trial){.test = &test, .accepted = &accepted_rows[i]};
        tests[count].test_func = test_accepted;
        tests[count].name = arena_format(&names, "accepted %zu", i + 1).at;
    }
    const struct CMUnitTest extra[EXTRA_COUNT] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_every_row_is_tried),
        cmocka_unit_test(test_alive),
    };
    for (size_t i = 0; i < EXTRA_COUNT; i++, count++) {
        trials[count] = (struct trial){.test = &test};
        tests[count] = extra[i];
    }
    for (size_t i = 0; i < COUNT; i++) {
        tests[i].initial_state = &trials[i];
    }
    test_server_start(&test, (struct http_options){0});
    const int failed = _cmocka_run_group_tests("refusals", tests, count, NULL, NULL);
    test_server_end(&test);
    arena_close(&names);
    return failed;
}
