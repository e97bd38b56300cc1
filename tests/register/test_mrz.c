/* Aim: a machine readable zone is read field by field, and every check digit in it is verified. The
 * zones are the specimens of ICAO Doc 9303 (parts 4, 5 and 6; issuing State Utopia, UTO) and the
 * check digits its worked examples (part 3, section 4.9; part 5 and 6, Appendix A); a second
 * calculation of check digits, written the other way round, is in this file. */
#include "register/mrz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char td1[] = "I<UTOD231458907<<<<<<<<<<<<<<<\n"
                          "7408122F1204159UTO<<<<<<<<<<<6\n"
                          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
static const char td2[] = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                          "D231458907UTO7408122F1204159<<<<<<<6";
static const char td3[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                          "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_open(&arena, 1024 * 1024, NULL).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct mrz read_ok(const char *text)
{
    struct mrz mrz = {.format = ""};
    struct err err = {0};
    if (!mrz_read(str_from_c(text), &arena, &mrz, &err).ok) {
        fail_msg("%s", err.what);
    }
    return mrz;
}

static void expect(str is, const char *should)
{
    char text[100];
    snprintf(text, sizeof text, "%.*s", STR_ARG(is));
    assert_string_equal(text, should);
}

/* Aim: the three specimens say what the document says they say. */
static void test_specimens(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *format;
        const char *code;
        const char *number;
    } specimens[] = {{td1, "TD1", "I", "D23145890"},
                     {td2, "TD2", "I", "D23145890"},
                     {td3, "TD3", "P", "L898902C3"}};
    for (size_t i = 0; i < 3; i++) {
        const struct mrz mrz = read_ok(specimens[i].text);
        assert_string_equal(mrz.format, specimens[i].format);
        expect(mrz.code, specimens[i].code);
        expect(mrz.number, specimens[i].number);
        expect(mrz.issuer, "UTO");
        expect(mrz.nationality, "UTO");
        expect(mrz.born, "740812");
        expect(mrz.expires, "120415");
        assert_int_equal(mrz.sex, 'F');
        expect(mrz.name, "ERIKSSON  ANNA MARIA");
        assert_true(mrz_is_meant(str_from_c(specimens[i].text)));
    }
    assert_false(mrz_is_meant(STR("L898902C3")));
}

/* Aim: the worked examples of check digits. */
static void test_check_digits(void **state)
{
    (void)state;
    assert_int_equal(mrz_check_digit(STR("520727")), 3);
    assert_int_equal(mrz_check_digit(STR("AB2134<<<")), 5);
    assert_int_equal(mrz_check_digit(STR("L898902C3")), 6);
    assert_int_equal(mrz_check_digit(STR("ZE184226B<<<<<")), 1);
}

/* The other way round: from the last character to the first, with the weights turned accordingly.
 */
static int digit_backwards(const char *text, size_t len)
{
    int sum = 0;
    for (size_t i = len; i > 0; i--) {
        const char c = text[i - 1];
        const int value = c == '<' ? 0 : c <= '9' ? c - '0' : c - 'A' + 10;
        sum = (sum + value * (int[]){7, 3, 1}[(i - 1) % 3]) % 10;
    }
    return sum;
}

/* Aim: a document number of more than nine characters goes on in the optional data (part 5, note to
 * the TD1 data elements): the same zone with such a number, its digits by the second calculation.
 */
static void test_long_number(void **state)
{
    (void)state;
    char text[100];
    char first[31] = "I<UTOD23145890<7340<<<<<<<<<<<";
    char second[31] = "3407127M9507122UTO<<<<<<<<<<<0";
    char all[80];
    first[18] = (char)('0' + digit_backwards("D23145890734", 12));
    assert_int_equal(first[18], '9'); /* as printed in the document */
    snprintf(all, sizeof all, "%.25s%.7s%.7s%.11s", first + 5, second, second + 8, second + 18);
    second[29] = (char)('0' + digit_backwards(all, strlen(all)));
    snprintf(text, sizeof text, "%s\n%s\nSTEVENSON<<PETER<JOHN<<<<<<<<<", first, second);
    const struct mrz mrz = read_ok(text);
    expect(mrz.number, "D23145890734");
    expect(mrz.name, "STEVENSON  PETER JOHN");
    text[18] = text[18] == '1' ? '2' : '1';
    struct err err = {0};
    struct mrz wrong;
    assert_false(mrz_read(str_from_c(text), &arena, &wrong, &err).ok);
    assert_non_null(strstr(err.what, "document number (line 1, position 19)"));
}

/* Aim: small letters, one line, spaces around: the same zone. */
static void test_as_typed(void **state)
{
    (void)state;
    char text[120] = "  ";
    for (size_t i = 0; td3[i] != '\0'; i++) {
        const char c = td3[i];
        const char typed = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '\n' ? ' ' : c;
        text[i + 2] = typed;
        text[i + 3] = '\0';
    }
    expect(read_ok(text).number, "L898902C3");
}

struct slip {
    const char *zone;
    int line;
    int position;
    const char *what;
};

/* Aim: one wrong character anywhere under a check digit is found, and the field and the position of
 * its digit are named. Every position of every zone is tried: a change is either found, or is in a
 * field that the document protects with no digit. */
static void test_slips(void **state)
{
    (void)state;
    static const struct slip slips[] = {
        {td3, 2, 3, "The check digit of the document number (line 2, position 10)"},
        {td3, 2, 15, "The check digit of the date of birth (line 2, position 20)"},
        {td3, 2, 24, "The check digit of the date of expiry (line 2, position 28)"},
        {td3, 2, 31, "The check digit of the optional data (line 2, position 43)"},
        {td3, 2, 44, "The check digit of all fields together (line 2, position 44)"},
        {td2, 2, 5, "The check digit of the document number (line 2, position 10)"},
        {td2, 2, 30, "The check digit of all fields together (line 2, position 36)"},
        {td1, 1, 8, "The check digit of the document number (line 1, position 15)"},
        {td1, 2, 2, "The check digit of the date of birth (line 2, position 7)"},
        {td1, 2, 20, "The check digit of all fields together (line 2, position 30)"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        const struct slip *slip = &slips[i];
        char text[120];
        const size_t width = strcspn(slip->zone, "\n") + 1;
        const size_t at = (size_t)(slip->line - 1) * width + (size_t)slip->position - 1;
        struct mrz mrz;
        struct err err = {0};
        snprintf(text, sizeof text, "%s", slip->zone);
        text[at] = text[at] == '2' ? '3' : '2';
        assert_false(mrz_read(str_from_c(text), &arena, &mrz, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        if (strstr(err.what, slip->what) == NULL) {
            fail_msg("%s: %s", slip->what, err.what);
        }
    }
}

static bool is_protected(const char *zone, size_t line, size_t position)
{
    return zone == td1
               ? (line == 1 && position >= 6) ||
                     (line == 2 &&
                      (position <= 7 || (position >= 9 && position <= 15) || position >= 19))
               : line == 2 &&
                     (position <= 10 || (position >= 14 && position <= 20) || position >= 22);
}

static void test_every_position(void **state)
{
    (void)state;
    static const char *const zones[] = {td1, td2, td3};
    for (size_t i = 0; i < 3; i++) {
        const size_t width = strcspn(zones[i], "\n") + 1;
        for (size_t at = 0; zones[i][at] != '\0'; at++) {
            char text[120];
            struct mrz mrz;
            if (zones[i][at] == '\n') {
                continue;
            }
            snprintf(text, sizeof text, "%s", zones[i]);
            /* Not one that differs by ten: L and 1 are the same to a check digit. */
            text[at] = text[at] == '1' || text[at] == 'B' || text[at] == 'L' || text[at] == 'V'
                           ? '2'
                           : '1';
            const bool found = !mrz_read(str_from_c(text), &arena, &mrz, NULL).ok;
            if (found != is_protected(zones[i], at / width + 1, at % width + 1)) {
                fail_msg("line %zu, position %zu", at / width + 1, at % width + 1);
            }
        }
    }
}

/* Aim: what is no zone is refused in words. */
static void test_no_zone(void **state)
{
    (void)state;
    struct mrz mrz;
    struct err err = {0};
    assert_false(mrz_read(STR("P<UTOERIKSSON<<ANNA"), &arena, &mrz, &err).ok);
    assert_non_null(strstr(err.what, "19 characters"));
    char text[120];
    snprintf(text, sizeof text, "%s", td3);
    text[50] = '-';
    assert_false(mrz_read(str_from_c(text), &arena, &mrz, &err).ok);
    assert_non_null(strstr(err.what, "Line 2, position 6"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specimens),   cmocka_unit_test(test_check_digits),
        cmocka_unit_test(test_long_number), cmocka_unit_test(test_as_typed),
        cmocka_unit_test(test_slips),       cmocka_unit_test(test_every_position),
        cmocka_unit_test(test_no_zone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
