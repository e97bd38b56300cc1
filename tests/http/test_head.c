/* Aim: what is read from a good head is what was written in it; a bad one is refused at its first
 * bad line; and the two readers are truly compared. */
#include "http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define GOOD                                                                                       \
    "POST /caf%C3%A9?q=1 HTTP/1.1\r\nHost: a.example\r\nX-Empty:\r\nX-Padded: \t b c \t\r\n"       \
    "Content-Length: 12\r\nConnection: close\r\n\r\n"

static enum head_progress read_all(str text, struct head *head, enum http_refusal *ret_refusal)
{
    memset(head, 0, sizeof *head);
    *ret_refusal = REFUSAL_NONE;
    return head_read(head, text, ret_refusal);
}

static void test_good_head(void **state)
{
    (void)state;
    struct head head;
    enum http_refusal refusal;
    const str text = STR(GOOD "body");
    assert_int_equal(read_all(text, &head, &refusal), HEAD_COMPLETE);
    assert_int_equal(head.method, HTTP_POST);
    assert_int_equal(head.minor, 1);
    assert_int_equal(head.len, text.len - 4);
    assert_true(str_equal(head.target.path, STR("/caf%C3%A9")));
    assert_true(str_equal(head.target.query, STR("q=1")));
    assert_int_equal(head.field_count, 5);
    assert_true(str_equal(head.fields[1].name, STR("X-Empty")));
    assert_true(str_equal(head.fields[1].value, STR("")));
    assert_true(str_equal(head.fields[2].value, STR("b c")));
    assert_int_equal(head.content_length, 12);
    assert_true(head.asks_to_close);
    assert_false(head.expects_continue);
}

struct early {
    str text;
    enum http_refusal refusal;
};

/* Aim: nobody waits for the end of a head that is bad already. */
static void test_refused_early(void **state)
{
    (void)state;
    static const struct early rows[] = {
        {STR_INIT("\r\n\r\n"), REFUSAL_EMPTY_FIRST_LINES},
        {STR_INIT("\r\n\n"), REFUSAL_BARE_LINE_FEED},
        {STR_INIT("\r\nGET / HTTP/2.0\r\n"), REFUSAL_VERSION_UNKNOWN},
        {STR_INIT("\n"), REFUSAL_BARE_LINE_FEED},
        {STR_INIT("\x16"), REFUSAL_CONTROL_BYTE},
        {STR_INIT("G\0"), REFUSAL_NUL_BYTE},
        {STR_INIT("GET /\r\n"), REFUSAL_HTTP_0_9},
        {STR_INIT("GET / HTTP/1.1\rH"), REFUSAL_BARE_CARRIAGE_RETURN},
        {STR_INIT("GET / HTTP/2.0\r\n"), REFUSAL_VERSION_UNKNOWN},
        {STR_INIT("GET /.. HTTP/1.1\r\n"), REFUSAL_PATH_DOT_SEGMENT},
        {STR_INIT("GET / HTTP/1.1\r\nHost : a\r\n"), REFUSAL_FIELD_SPACE_BEFORE_COLON},
        {STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n b\r\n"), REFUSAL_FIELD_FOLDED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head head;
        enum http_refusal refusal;
        const str all_but_last = str_slice(rows[i].text, 0, rows[i].text.len - 1);
        assert_int_equal(read_all(rows[i].text, &head, &refusal), HEAD_REFUSED);
        assert_int_equal(refusal, rows[i].refusal);
        assert_int_equal(read_all(all_but_last, &head, &refusal), HEAD_INCOMPLETE);
    }
}

/* Aim: llhttp reads the good head alike, and refuses some that it should. */
static void test_second_reading(void **state)
{
    (void)state;
    struct second_reading second;
    assert_true(second_reading_make(STR(GOOD), &second));
    assert_true(str_equal(second.method, STR("POST")));
    assert_true(str_equal(second.target, STR("/caf%C3%A9?q=1")));
    assert_int_equal(second.field_count, 5);
    assert_true(str_equal(second.fields[2].value, STR("b c")));
    assert_int_equal(second.content_length, 12);
    assert_int_equal(second.len, sizeof GOOD - 1);
    assert_false(second.chunked);
    assert_true(
        second_reading_make(STR("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), &second));
    assert_true(second.chunked);
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n"),
        STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n"),
        STR_INIT("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        STR_INIT("GET / HTTP/1.1\r\nX: \x01\r\n\r\n"),
        STR_INIT("NONSENSE / HTTP/1.1\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(second_reading_make(bad[i], &second));
    }
}

/* Aim: one difference of any kind is a disagreement. */
static void test_disagreement(void **state)
{
    (void)state;
    struct head head;
    struct second_reading same;
    enum http_refusal refusal;
    assert_int_equal(read_all(STR(GOOD), &head, &refusal), HEAD_COMPLETE);
    assert_true(second_reading_make(STR(GOOD), &same));
    assert_true(head_agrees(&head, &same));
    enum { KINDS = 11 };
    for (int kind = 0; kind < KINDS; kind++) {
        struct second_reading other = same;
        other.method = kind == 0 ? STR("PUT") : other.method;
        other.method = kind == 1 ? STR("NONSENSE") : other.method;
        other.target.len -= kind == 2 ? 1 : 0;
        other.major += kind == 3 ? 1 : 0;
        other.minor -= kind == 4 ? 1 : 0;
        other.field_count -= kind == 5 ? 1 : 0;
        other.fields[0].name.len -= kind == 6 ? 1 : 0;
        other.fields[4].value.len -= kind == 7 ? 1 : 0;
        other.content_length += kind == 8 ? 1 : 0;
        other.chunked = kind == 9;
        other.len -= kind == 10 ? 1 : 0;
        if (head_agrees(&head, &other)) {
            fail_msg("difference %d was not seen", kind);
        }
    }
}

/* Aim: hosts, by RFC 3986, 3.2.2 and 3.2.3, without what a Host header has no use for. */
static void test_hosts(void **state)
{
    (void)state;
    static const str good[] = {
        STR_INIT("a"),
        STR_INIT("A-b.c_d.example."),
        STR_INIT("a:1"),
        STR_INIT("a:65535"),
        STR_INIT("10.0.0.1:80"),
        STR_INIT("[::]"),
        STR_INIT("[2001:db8::a:1]:443"),
        STR_INIT("[::ffff:192.0.2.1]"),
    };
    static const str bad[] = {
        STR_INIT(""),          STR_INIT(":"),        STR_INIT(":1"),       STR_INIT("a:"),
        STR_INIT("a:0"),       STR_INIT("a:65536"),  STR_INIT("a:000001"), STR_INIT("a:1a"),
        STR_INIT("a b"),       STR_INIT("a@b"),      STR_INIT("a/b"),      STR_INIT("."),
        STR_INIT("a..b"),      STR_INIT("[::1"),     STR_INIT("[::1]a"),   STR_INIT("[::1]:"),
        STR_INIT("[1::2::3]"), STR_INIT("[::1%lo]"), STR_INIT("::1"),      STR_INIT("a]"),
        STR_INIT("[a]"),       STR_INIT("a,b"),      STR_INIT("%61"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(target_is_host(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(target_is_host(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_head),      cmocka_unit_test(test_refused_early),
        cmocka_unit_test(test_second_reading), cmocka_unit_test(test_disagreement),
        cmocka_unit_test(test_hosts),
    };
    return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
