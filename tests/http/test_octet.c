/* Aim: the table of bytes says what the RFCs say, byte by byte. The sets are written here as the
 * RFCs list them. */
#include "http/octet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LETTERS    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS     "0123456789"
#define UNRESERVED LETTERS DIGITS "-._~"
#define SUB_DELIMS "!$&'()*+,;="

static void expect_set(enum octet_class kind, const char *members)
{
    for (int i = 1; i < 256; i++) {
        if (octet_is((char)(unsigned char)i, kind) != (strchr(members, i) != NULL)) {
            fail_msg("byte 0x%02x and class %d", (unsigned)i, (int)kind);
        }
    }
}

/* Aim: RFC 9110, 5.6.2 (token); RFC 3986, 2 and 3 (URI); RFC 5234, B.1 (HEXDIG, DIGIT, CTL). */
static void test_sets(void **state)
{
    (void)state;
    expect_set(OCTET_TOKEN, "!#$%&'*+-.^_`|~" DIGITS LETTERS);
    expect_set(OCTET_PATH, UNRESERVED SUB_DELIMS ":@/");
    expect_set(OCTET_QUERY, UNRESERVED SUB_DELIMS ":@/?");
    expect_set(OCTET_HOST, LETTERS DIGITS "-._");
    expect_set(OCTET_HEX, DIGITS "abcdefABCDEF");
    expect_set(OCTET_DIGIT, DIGITS);
    for (int i = 0; i < 256; i++) {
        const bool control = (i < 0x20 && i != '\t' && i != '\r' && i != '\n') || i == 0x7F;
        assert_true(octet_is((char)(unsigned char)i, OCTET_CONTROL) == control);
    }
    assert_false(octet_is('\0', OCTET_TOKEN));
    assert_false(octet_is('\0', OCTET_PATH));
    assert_false(octet_is('\0', OCTET_HOST));
}

static void test_unescape(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        static const char lower[] = "0123456789abcdef";
        static const char upper[] = "0123456789ABCDEF";
        const char text[] = {'%', lower[value >> 4U], upper[value & 15U]};
        size_t at = 0;
        char octet;
        assert_true(octet_unescape((str){.at = text, .len = 3}, &at, &octet));
        assert_int_equal((unsigned char)octet, value);
        assert_int_equal(at, 3);
    }
    static const str broken[] = {STR_INIT("%"),   STR_INIT("%4"),  STR_INIT("%4g"), STR_INIT("%g4"),
                                 STR_INIT("% 4"), STR_INIT("%+4"), STR_INIT("%%4")};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        size_t at = 0;
        char octet;
        assert_false(octet_unescape(broken[i], &at, &octet));
    }
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(octet_equal(STR("Content-Length"), STR("cONTENT-lENGTH")));
    assert_false(octet_equal(STR("Host"), STR("Hosts")));
    assert_false(
        octet_equal(STR("a@"), STR("a`"))); /* differ in the bit that makes letters small */
    assert_false(octet_equal(STR("a["), STR("a{")));
    assert_true(octet_equal(STR(""), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests_name("octet", tests, NULL, NULL);
}
