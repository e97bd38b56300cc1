/* Aim: forms are decoded as the URL standard, 5.1, says (application/x-www-form-urlencoded), or
 * refused; cookies are found as RFC 6265 writes them; headers without regard to case. */
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct form_row {
    str text;
    str name;
    str value;
    size_t count;
};

static void test_forms(void **state)
{
    (void)state;
    static const struct form_row rows[] = {
        {STR_INIT("a=1&b=2"), STR_INIT("b"), STR_INIT("2"), 2},
        {STR_INIT("name=Ana+Mar%C3%ADa"), STR_INIT("name"),
         STR_INIT("Ana Mar\xc3\xad"
                  "a"),
         1},
        {STR_INIT("sum=1%2B1%3D2%26"), STR_INIT("sum"), STR_INIT("1+1=2&"), 1},
        {STR_INIT("a=b=c"), STR_INIT("a"), STR_INIT("b=c"), 1},
        {STR_INIT("a"), STR_INIT("a"), STR_INIT(""), 1},
        {STR_INIT("a="), STR_INIT("a"), STR_INIT(""), 1},
        {STR_INIT("=x"), STR_INIT(""), STR_INIT("x"), 1},
        {STR_INIT("&&a=1&&"), STR_INIT("a"), STR_INIT("1"), 1},
        {STR_INIT("note=one%0D%0Atwo"), STR_INIT("note"), STR_INIT("one\r\ntwo"), 1},
        {STR_INIT("%61%62=1"), STR_INIT("ab"), STR_INIT("1"), 1},
        {STR_INIT("n=\xe2\x82\xac"), STR_INIT("n"), STR_INIT("\xe2\x82\xac"), 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = test_arena(16 * 1024);
        struct http_form form;
        struct err err;
        str value;
        assert_true(http_form_read(rows[i].text, &arena, &form, &err).ok);
        assert_int_equal(form.count, rows[i].count);
        assert_true(http_form_get(&form, rows[i].name, &value));
        assert_true(str_equal(value, rows[i].value));
        assert_false(http_form_get(&form, STR("absent"), &value));
        assert_int_equal(value.len, 0);
        arena_close(&arena);
    }
}

static void test_bad_forms(void **state)
{
    (void)state;
    static const str rows[] = {
        STR_INIT("a=%"),     STR_INIT("a=%4"),     STR_INIT("a=%zz"),
        STR_INIT("%=a"),     STR_INIT("a=%00"),    STR_INIT("a=%ff"),
        STR_INIT("a=%C3"),   STR_INIT("%80=a"),    STR_INIT("a=\xff"),
        STR_INIT("a=\0b"),   STR_INIT("a=%c0%af"), STR_INIT("a=%ed%a0%80"),
        STR_INIT("b=1&a=%"), STR_INIT("a=1&a=2"),  STR_INIT("a=1&b=2&%61=1"),
        STR_INIT("&a&&a"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = test_arena(16 * 1024);
        struct http_form form = {.count = 77};
        struct err err;
        assert_false(http_form_read(rows[i], &arena, &form, &err).ok);
        assert_int_equal(err.code, ERROR_USAGE);
        assert_int_equal(form.count, 77); /* untouched */
        arena_close(&arena);
    }
}

/* Aim: an empty form has no fields; the limit is met to the field; a full arena is said to be full.
 */
static void test_form_limits(void **state)
{
    (void)state;
    struct arena arena = test_arena(64 * 1024);
    struct http_form form;
    struct err err;
    assert_true(http_form_read(STR(""), &arena, &form, &err).ok);
    assert_int_equal(form.count, 0);
    char text[4 * (HTTP_FORM_FIELDS_MAX + 1) + 1];
    for (size_t i = 0; i <= HTTP_FORM_FIELDS_MAX; i++) {
        snprintf(text + 4 * i, 5, "%03zu&", i);
    }
    const size_t most = (size_t)4 * HTTP_FORM_FIELDS_MAX - 1;
    assert_true(http_form_read((str){.at = text, .len = most}, &arena, &form, &err).ok);
    assert_int_equal(form.count, HTTP_FORM_FIELDS_MAX);
    assert_false(http_form_read((str){.at = text, .len = most + 4}, &arena, &form, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    struct arena small = test_arena(48);
    assert_false(
        http_form_read(STR("a=0123456789012345678901234567890123456789"), &small, &form, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&small);
    arena_close(&arena);
}

static void test_headers_and_cookies(void **state)
{
    (void)state;
    static const struct http_header headers[] = {
        {STR_INIT("Accept"), STR_INIT("text/html")},
        {STR_INIT("cookie"), STR_INIT("a=1; __Host-rh=t0ken=; b=\"x\";c=;a=2; d")},
        {STR_INIT("accept"), STR_INIT("second")},
    };
    const struct http_request request = {.headers = headers, .header_count = 3};
    const struct http_request none = {.header_count = 0};
    assert_true(str_equal(http_header_get(&request, STR("ACCEPT")), STR("text/html")));
    assert_int_equal(http_header_get(&request, STR("Accep")).len, 0);
    assert_true(str_equal(http_cookie_get(&request, STR("a")), STR("1")));
    assert_true(str_equal(http_cookie_get(&request, STR("__Host-rh")), STR("t0ken=")));
    assert_true(str_equal(http_cookie_get(&request, STR("b")), STR("\"x\"")));
    assert_int_equal(http_cookie_get(&request, STR("c")).len, 0);
    assert_int_equal(http_cookie_get(&request, STR("d")).len, 0);
    assert_int_equal(http_cookie_get(&request, STR("A")).len, 0);
    assert_int_equal(http_cookie_get(&request, STR("rh")).len, 0);
    assert_int_equal(http_cookie_get(&none, STR("a")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_bad_forms),
        cmocka_unit_test(test_form_limits),
        cmocka_unit_test(test_headers_and_cookies),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
