/* Aim: views are cut and compared by bytes without reading outside them, UTF-8 is judged as the
 * Unicode Standard's table 3-7 does, and numbers are read whole or refused. */
#include "base/str.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Literal or array with its own length, so that a NUL may be inside. */
#define BYTES(literal) ((str){.at = (literal), .len = sizeof(literal) - 1})

static void assert_str(str actual, str expected)
{
    assert_int_equal(actual.len, expected.len);
    assert_true(str_equal(actual, expected));
}

/* Aim: NULL is the empty view, and empty views never read or compare wrongly. */
static void test_empty_views(void **state)
{
    (void)state;
    const str none = {0};
    assert_int_equal(str_from_c(NULL).len, 0);
    assert_int_equal(str_from_c("").len, 0);
    assert_str(str_from_c("hub"), STR("hub"));
    assert_true(str_equal(none, STR("")));
    assert_int_equal(str_compare(none, STR("")), 0);
    assert_true(str_starts(none, none));
    assert_true(str_ends(none, none));
    assert_true(str_contains(none, none));
    assert_false(str_contains(none, STR("a")));
    assert_int_equal(str_trim(none).len, 0);
    assert_int_equal(str_slice(none, 3, 9).len, 0);
    assert_int_equal(str_find_char(none, 'a'), 0);
    assert_false(str_cut(none, ',').found);
    assert_true(str_is_utf8(none));
    assert_true(str_is_printable(none));
}

/* Aim: order is that of unsigned bytes, and a prefix comes first. */
static void test_compare(void **state)
{
    (void)state;
    static const struct str ordered[] = {
        STR_INIT(""),  STR_INIT("\x01"), STR_INIT("A"), STR_INIT("AB"),
        STR_INIT("a"), STR_INIT("aa"),   STR_INIT("b"), STR_INIT("\xC3\xA9"),
    };
    const size_t count = sizeof ordered / sizeof ordered[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            const int order = str_compare(ordered[i], ordered[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
            assert_int_equal(str_equal(ordered[i], ordered[k]), i == k);
        }
    }
    assert_true(str_compare(BYTES("a\0b"), BYTES("a\0c")) < 0);
}

/* Aim: beginnings, endings, parts. */
static void test_starts_ends_contains(void **state)
{
    (void)state;
    assert_true(str_starts(STR("return-hub"), STR("return")));
    assert_false(str_starts(STR("return"), STR("return-hub")));
    assert_false(str_starts(STR("return"), STR("hub")));
    assert_true(str_ends(STR("uk.rules"), STR(".rules")));
    assert_false(str_ends(STR("rules"), STR(".rules")));
    assert_false(str_ends(STR("uk.rules"), STR(".rule")));
    assert_true(str_contains(STR("abcab"), STR("cab")));
    assert_false(str_contains(STR("abcab"), STR("cb")));
    assert_false(str_contains(STR("ab"), STR("abc")));
    assert_int_equal(str_find_char(STR("a,b,c"), ','), 1);
    assert_int_equal(str_find_char(STR("abc"), ','), 3);
    /* The byte looked for lies just outside the view. */
    assert_int_equal(str_find_char(str_slice(STR("abc,"), 0, 3), ','), 3);
    assert_false(str_contains(str_slice(STR("abcd"), 0, 3), STR("cd")));
}

/* Aim: slices are clamped to the text, whatever is asked. */
static void test_slice(void **state)
{
    (void)state;
    const str text = STR("abcdef");
    assert_str(str_slice(text, 2, 4), STR("cd"));
    assert_str(str_slice(text, 0, 99), text);
    assert_str(str_slice(text, 4, SIZE_MAX), STR("ef"));
    assert_str(str_slice(text, 9, 12), STR(""));
    assert_str(str_slice(text, 4, 2), STR(""));
    assert_str(str_slice(text, SIZE_MAX, SIZE_MAX), STR(""));
}

/* Aim: ASCII white space goes, at both ends and only there. */
static void test_trim(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\f a b \n")), STR("a b"));
    assert_str(str_trim(STR(" \n ")), STR(""));
    assert_str(str_trim(STR("a")), STR("a"));
    assert_str(str_trim(STR("\xC2\xA0")), STR("\xC2\xA0")); /* a no-break space is not ASCII */
}

/* Aim: cut gives head and tail around the first separator. */
static void test_cut(void **state)
{
    (void)state;
    static const struct {
        str text, head, tail;
        bool found;
    } rows[] = {
        {STR_INIT("a=b"), STR_INIT("a"), STR_INIT("b"), true},
        {STR_INIT("a=b=c"), STR_INIT("a"), STR_INIT("b=c"), true},
        {STR_INIT("=b"), STR_INIT(""), STR_INIT("b"), true},
        {STR_INIT("a="), STR_INIT("a"), STR_INIT(""), true},
        {STR_INIT("a"), STR_INIT("a"), STR_INIT(""), false},
        {STR_INIT(""), STR_INIT(""), STR_INIT(""), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct str_cut cut = str_cut(rows[i].text, '=');
        assert_str(cut.head, rows[i].head);
        assert_str(cut.tail, rows[i].tail);
        assert_int_equal(cut.found, rows[i].found);
    }
}

/* A text is judged alone, and after 0 to 16 plain letters, so that it is met by the step of eight
 * bytes too. The bytes are in memory of exactly their size: reading past them is seen by the
 * sanitizer. */
static void assert_utf8(str bytes, bool expected)
{
    for (size_t lead = 0; lead <= 16; lead++) {
        for (size_t trail = 0; trail <= 9; trail++) {
            const size_t len = lead + bytes.len + trail;
            struct arena arena;
            struct err err;
            assert_true(arena_open(&arena, len, &err).ok);
            char *copy = ARENA_NEW(&arena, char, len);
            assert_non_null(copy);
            memset(copy, 'a', len);
            memcpy(copy + lead, bytes.at, bytes.len);
            assert_int_equal(str_is_utf8((str){.at = copy, .len = len}), expected);
            arena_close(&arena);
        }
    }
}

/* Aim: the borders of each row of table 3-7, well-formed. */
static void test_utf8_well_formed(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\x01",
        "\x7F", /* U+0001, U+007F */
        "\xC2\x80",
        "\xDF\xBF", /* U+0080, U+07FF */
        "\xE0\xA0\x80",
        "\xE0\xBF\xBF", /* U+0800, U+0FFF */
        "\xE1\x80\x80",
        "\xEC\xBF\xBF", /* U+1000, U+CFFF */
        "\xED\x80\x80",
        "\xED\x9F\xBF", /* U+D000, U+D7FF */
        "\xEE\x80\x80",
        "\xEF\xBF\xBF", /* U+E000, U+FFFF */
        "\xF0\x90\x80\x80",
        "\xF0\xBF\xBF\xBF", /* U+10000, U+3FFFF */
        "\xF1\x80\x80\x80",
        "\xF3\xBF\xBF\xBF", /* U+40000, U+FFFFF */
        "\xF4\x80\x80\x80",
        "\xF4\x8F\xBF\xBF",                 /* U+100000, U+10FFFF */
        "\xEF\xBB\xBF",                     /* a byte order mark is a character */
        "\xD8\xA7\xD8\xB1\xD8\xAF\xD9\x88", /* Urdu, in Arabic script */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_utf8(str_from_c(rows[i]), true);
    }
}

/* Aim: just outside each border, and every sequence cut short. */
static void test_utf8_ill_formed(void **state)
{
    (void)state;
    static const struct str rows[] = {
        {.at = "\0", .len = 1}, /* U+0000 is not text here */
        STR_INIT("\x80"),
        STR_INIT("\xBF"), /* a continuation alone */
        STR_INIT("\xC0\x80"),
        STR_INIT("\xC0\xAF"),
        STR_INIT("\xC1\xBF"), /* overlong */
        STR_INIT("\xC2\x7F"),
        STR_INIT("\xC2\xC0"),
        STR_INIT("\xDF"),
        STR_INIT("\xE0\x9F\xBF"),
        STR_INIT("\xE0\x80\x80"),
        STR_INIT("\xE0\xC0\x80"), /* overlong */
        STR_INIT("\xE1\x7F\x80"),
        STR_INIT("\xE1\x80\x7F"),
        STR_INIT("\xE1\x80\xC0"),
        STR_INIT("\xE1\x80"),
        STR_INIT("\xED\xA0\x80"),
        STR_INIT("\xED\xBF\xBF"),
        STR_INIT("\xED\xA0\xBD\xED\xB5\x8A"), /* surrogates */
        STR_INIT("\xF0\x8F\xBF\xBF"),
        STR_INIT("\xF0\x80\x80\x80"), /* overlong */
        STR_INIT("\xF1\x80\x80"),
        STR_INIT("\xF1\x80\x80\x7F"),
        STR_INIT("\xF1\x80\xC0\x80"),
        STR_INIT("\xF4\x90\x80\x80"), /* beyond U+10FFFF */
        STR_INIT("\xF5\x80\x80\x80"),
        STR_INIT("\xF8\x88\x80\x80\x80"),
        STR_INIT("\xFE"),
        STR_INIT("\xFF"),
        STR_INIT("caf\xE9"), /* Latin-1 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_utf8(rows[i], false);
    }
}

/* The definition, counted out: the code points 1 to 10FFFF without the surrogates, each in its
 * shortest form. */
static size_t encode(uint32_t code, unsigned char bytes[4])
{
    if (code < 0x80) {
        bytes[0] = (unsigned char)code;
        return 1;
    }
    const size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        bytes[i] = (unsigned char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    bytes[0] = (unsigned char)(lead[len] | code);
    return len;
}

/* Aim: every code point is accepted, and of all sequences of three bytes exactly as many as there
 * are ways to write characters in three bytes: counted, not listed. */
static void test_utf8_exhaustive(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        unsigned char bytes[4];
        const size_t len = encode(code, bytes);
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (str_is_utf8((str){.at = (const char *)bytes, .len = len}) == surrogate) {
            fail_msg("U+%04X", code);
        }
    }
    size_t accepted = 0;
    for (uint32_t word = 0; word < 0x1000000; word++) {
        const char bytes[3] = {(char)(word >> 16), (char)(word >> 8 & 0xFF), (char)(word & 0xFF)};
        accepted += str_is_utf8((str){.at = bytes, .len = 3}) ? 1 : 0;
    }
    const size_t one = 0x7F;
    const size_t two = 0x800 - 0x80;
    const size_t three = 0x10000 - 0x800 - 0x800; /* the last are the surrogates */
    assert_int_equal(accepted, one * one * one + 2 * one * two + three);
}

/* Aim: tab and line feed are the only control characters that may be printed; C1 is known in its
 * UTF-8 form, and so is what turns the order of a text (Unicode Standard Annex 9, table 4: the
 * embeddings, overrides and isolates) or ends a line unseen. Marks of a direction, and joiners,
 * which writing needs, are let through. */
static void test_printable(void **state)
{
    (void)state;
    for (int c = 0; c < 128; c++) {
        const char byte = (char)c;
        const bool expected = (c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n';
        assert_int_equal(str_is_printable((str){.at = &byte, .len = 1}), expected);
    }
    assert_true(str_is_printable(STR("caf\xC3\xA9")));
    assert_false(str_is_printable(STR("a\xC2\x80")));
    assert_false(str_is_printable(STR("a\xC2\x9F")));
    assert_true(str_is_printable(STR("a\xC2\xA0")));
    assert_false(str_is_printable(STR("a\rb")));
    for (unsigned code = 0x2000; code < 0x2100; code++) {
        const char text[] = {(char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3F)),
                             (char)(0x80 | (code & 0x3F)), 'a'};
        const bool expected =
            !((code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069));
        assert_int_equal(str_is_printable((str){.at = text, .len = sizeof text}), expected);
    }
}

/* Aim: a number is the whole text or refused; the borders of 64 bits. */
static void test_to_int64(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-12", -12},
        {"007", 7},
        {"1234567890", 1234567890},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    static const char *const bad[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x10",
        "--1",
        "1-",
        "a",
        "1,000",
        "\xD9\xA1",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t number = 99;
        struct err err;
        assert_true(str_to_int64(str_from_c(good[i].text), &number, &err).ok);
        assert_int_equal(number, good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t number = 99;
        struct err err;
        assert_false(str_to_int64(str_from_c(bad[i]), &number, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_int_equal(number, 99);
    }
}

/* The definition of Levenshtein's distance, without any table. */
static size_t distance_by_definition(str a, str b)
{
    if (a.len == 0 || b.len == 0) {
        return a.len + b.len;
    }
    const str a_tail = str_slice(a, 1, a.len);
    const str b_tail = str_slice(b, 1, b.len);
    if (a.at[0] == b.at[0]) {
        return distance_by_definition(a_tail, b_tail);
    }
    size_t best = distance_by_definition(a_tail, b_tail);
    const size_t without_a = distance_by_definition(a_tail, b);
    const size_t without_b = distance_by_definition(a, b_tail);
    best = without_a < best ? without_a : best;
    return (without_b < best ? without_b : best) + 1;
}

/* Aim: known distances, the definition on small words, and the borders of `most` and length. */
static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 10), 3);
    assert_int_equal(str_distance(STR("Saturday"), STR("Sunday"), 10), 3);
    assert_int_equal(str_distance(STR("person"), STR("person"), 0), 0);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 2), 3);
    assert_int_equal(str_distance(STR(""), STR("abcdef"), 3), 4);

    static const char *const words[] = {"",    "a",    "ab",   "ba",    "aab",
                                        "abb", "bbaa", "abab", "babab", "aabbb"};
    const size_t count = sizeof words / sizeof words[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            const str a = str_from_c(words[i]);
            const str b = str_from_c(words[k]);
            assert_int_equal(str_distance(a, b, 20), distance_by_definition(a, b));
        }
    }
    char longest[65];
    memset(longest, 'a', sizeof longest);
    const str at_limit = {.at = longest, .len = 64};
    const str beyond = {.at = longest, .len = 65};
    assert_int_equal(str_distance(at_limit, at_limit, 5), 0);
    assert_int_equal(str_distance(at_limit, STR(""), 100), 64);
    assert_int_equal(str_distance(beyond, beyond, 5), 6);
    assert_int_equal(str_distance(beyond, STR("a"), 100), 101);
    assert_int_equal(str_distance(STR("a"), beyond, 100), 101);
}

static struct str_nearest nearest_of(const char *given, const char *const *names, size_t count)
{
    struct str_nearest nearest = str_nearest_to(str_from_c(given));
    for (size_t i = 0; i < count; i++) {
        str_nearest_look(&nearest, str_from_c(names[i]));
    }
    return nearest;
}

/* Aim: the nearest wins wherever it stands; between two as near the first is named, and the other;
 * what is too far is none. */
static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"Iran", "Iraq", "Israel", "", "Italy"};
    static const struct {
        const char *given;
        const char *name;
        const char *other;
    } rows[] = {
        {"Irak", "Iran", "Iraq"}, {"Iraq", "Iraq", ""}, {"Itali", "Italy", ""},
        {"Isreal", "Israel", ""}, {"Zimbabwe", "", ""}, {"", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct str_nearest found =
            nearest_of(rows[i].given, names, sizeof names / sizeof names[0]);
        assert_true(str_equal(found.name, str_from_c(rows[i].name)));
        assert_true(str_equal(found.other, str_from_c(rows[i].other)));
    }
}

static str text_of(unsigned code, char text[8])
{
    size_t len = 0;
    if (code < 0x80) {
        text[len++] = (char)code;
    } else if (code < 0x800) {
        text[len++] = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        text[len++] = (char)(0xE0 | code >> 12);
        text[len++] = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        text[len++] = (char)(0xF0 | code >> 18);
        text[len++] = (char)(0x80 | (code >> 12 & 0x3F));
        text[len++] = (char)(0x80 | (code >> 6 & 0x3F));
    }
    if (code >= 0x80) {
        text[len++] = (char)(0x80 | (code & 0x3F));
    }
    return (str){.at = text, .len = len};
}

/* Expected: of Unicode 15.0, White_Space of PropList.txt and Default_Ignorable_Code_Point of
 * DerivedCoreProperties.txt as they stand there, the controls, and U+2800, which is empty. */
static void test_visible(void **state)
{
    (void)state;
    static const unsigned unseen[] = {
        0x09,   0x0A,    0x0D,    0x20,    0x85,    0xA0,    0xAD,    0x34F,  0x61C,  0x115F,
        0x1160, 0x1680,  0x17B4,  0x17B5,  0x180B,  0x180E,  0x180F,  0x2000, 0x200A, 0x200B,
        0x200C, 0x200D,  0x200E,  0x200F,  0x2028,  0x202A,  0x202E,  0x202F, 0x205F, 0x2060,
        0x2064, 0x2066,  0x206F,  0x2800,  0x3000,  0x3164,  0xFE00,  0xFE0F, 0xFEFF, 0xFFA0,
        0xFFF0, 0x1BCA0, 0x1D173, 0xE0000, 0xE0001, 0xE007F, 0xE01EF, 0xE0FFF};
    static const unsigned seen[] = {
        '!',     '~',     0xA1,    0xAC,    0xAE,    0x34E,   0x350,  0x61B,  0x61D,
        0x115E,  0x1161,  0x167F,  0x17B3,  0x17B6,  0x180A,  0x1810, 0x1FFF, 0x2010,
        0x2027,  0x2030,  0x205E,  0x2070,  0x27FF,  0x2801,  0x2FFF, 0x3001, 0x3163,
        0x3165,  0xFDFF,  0xFE10,  0xFEFE,  0xFF00,  0xFF9F,  0xFFA1, 0xFFF9, 0x1BC9F,
        0x1BCA4, 0x1D172, 0x1D17B, 0xDFFFF, 0xE1000, 0x1F600, 0x627,  0x4E00};
    char all[8 * (sizeof unseen / sizeof unseen[0])];
    size_t len = 0;
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        char text[8];
        const str one = text_of(unseen[i], text);
        assert_true(str_is_utf8(one));
        assert_false(str_is_visible(one));
        memcpy(all + len, one.at, one.len);
        len += one.len;
    }
    assert_false(str_is_visible((str){.at = all, .len = len}));
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        char text[8];
        const str one = text_of(seen[i], text);
        assert_true(str_is_utf8(one));
        assert_true(str_is_visible(one));
        memcpy(all + len, one.at, one.len);
        assert_true(str_is_visible((str){.at = all, .len = len + one.len}));
    }
    assert_false(str_is_visible(STR("")));
    assert_false(str_is_visible(STR("   ")));
    assert_true(str_is_visible(STR("\xFF"))); /* no text: told as that */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_views),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_starts_ends_contains),
        cmocka_unit_test(test_slice),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_utf8_well_formed),
        cmocka_unit_test(test_utf8_ill_formed),
        cmocka_unit_test(test_utf8_exhaustive),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_visible),
        cmocka_unit_test(test_to_int64),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests_name("base str", tests, NULL, NULL);
}
