/* Aim: the codes of authenticator apps. Expected: the tables of RFC 4226 (appendix D), RFC 6238
 * (appendix B, the column of SHA-1) and RFC 4648 (section 10). */
#include "base/one_time_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char secret[ONE_TIME_SECRET_SIZE + 1] = "12345678901234567890";

static void test_rfc_4226(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {1284755224, 1094287082, 137359152, 1726969429, 1640338314,
                                       868254676,  1918287922, 82162583,  673399871,  645520489};
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    for (int64_t i = 0; i < 10; i++) {
        char text[ONE_TIME_CODE_SIZE];
        assert_int_equal(one_time_number(str_from_c(secret), i), numbers[i]);
        one_time_code((const uint8_t *)secret, i, text);
        assert_string_equal(text, codes[i]);
    }
}

static void test_rfc_6238(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        uint32_t code; /* eight digits */
    } rows[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int64_t period = one_time_period((instant){.milliseconds = rows[i].seconds * 1000});
        assert_int_equal(one_time_number(str_from_c(secret), period) % 100000000, rows[i].code);
    }
    assert_int_equal(one_time_period((instant){.milliseconds = 29999}), 0);
    assert_int_equal(one_time_period((instant){.milliseconds = 30000}), 1);
}

static void test_base_32(void **state)
{
    (void)state;
    char text[ONE_TIME_SECRET_TEXT_SIZE];
    one_time_secret_text((const uint8_t *)"foobafoobafoobafooba", text);
    assert_string_equal(text, "MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB");
    one_time_secret_text((const uint8_t *)secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_4226),
        cmocka_unit_test(test_rfc_6238),
        cmocka_unit_test(test_base_32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
