/* Aim: values are read and written as value.h says; what is not of a fact's type is refused with
 * what was expected; and "unknown", "no", "0" and the empty set are four different things. */
#include "load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char rules[] =
    "rulebook values\n  title \"Values\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\ncountry XKX \"Kosovo\"\ncountry FRA \"France\"\n"
    "stage first \"First\" start outcome\n"
    "fact a.flag : flag \"Flag\"\nfact a.choice \"Choice\" one of none, first_choice, "
    "allowed, isle_of_man as \"Isle of Man\"\n"
    "fact a.date : date \"Date\"\nfact a.number : number \"Number\"\nfact a.country : country "
    "\"Country\"\n"
    "fact a.countries : countries \"Countries\"\nfact a.text : text \"Text\"\n";

static struct loaded loaded;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    load_sound(&loaded, str_from_c(rules));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

static const struct fact *fact_named(const char *name)
{
    const uint32_t index = rulebook_fact(loaded.rulebook, str_from_c(name));
    assert_true(index != NOT_FOUND_INDEX);
    return &loaded.rulebook->facts[index];
}

static void assert_str(str text, const char *expected)
{
    if (!str_equal(text, str_from_c(expected))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(text), expected);
    }
}

/* Aim: every type, the text it is read from, written as, and shown to people. */
static void test_reads_and_writes(void **state)
{
    (void)state;
    static const struct {
        const char *fact, *text, *written, *plain;
    } rows[] = {
        {"a.flag", "yes", "yes", "Yes"},
        {"a.flag", "no", "no", "No"},
        {"a.flag", "unknown", "unknown", "Not known"},
        {"a.choice", "first_choice", "first_choice", "First choice"},
        {"a.choice", "isle_of_man", "isle_of_man", "Isle of Man"},
        {"a.choice", "none", "none", "None"},
        {"a.date", "2026-03-27", "2026-03-27", "27 March 2026"},
        {"a.number", "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
        {"a.number", "0", "0", "0"},
        {"a.country", "XKX", "XKX", "Kosovo"},
        {"a.countries", "XKX,ALB", "ALB,XKX", "Albania, Kosovo"},
        {"a.countries", " ALB , FRA,ALB ", "ALB,FRA", "Albania, France"},
        {"a.countries", "none", "none", "None"},
        {"a.countries", "unknown", "unknown", "Not known"},
        {"a.text", "Tir\xC3\xABs & \"co\"", "Tir\xC3\xABs & \"co\"", "Tir\xC3\xABs & \"co\""},
        {"a.text", "", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = loaded.scratch;
        const struct fact *fact = fact_named(rows[i].fact);
        struct value value;
        struct value again;
        if (!value_parse(loaded.rulebook, fact, str_from_c(rows[i].text), &arena, &value,
                         &loaded.err)
                 .ok) {
            fail_msg("%s: %s", rows[i].text, loaded.err.what);
        }
        struct buf written;
        struct buf plain;
        buf_init(&written, &arena, 1000);
        value_format(fact, &value, &written);
        assert_str(buf_str(&written), rows[i].written);
        buf_init(&plain, &arena, 1000);
        value_format_plain(loaded.rulebook, fact, &value, &plain);
        assert_str(buf_str(&plain), rows[i].plain);
        assert_true(
            value_parse(loaded.rulebook, fact, buf_str(&written), &arena, &again, &loaded.err).ok);
        assert_true(value_equal(fact, &value, &again));
    }
}

/* Aim: what is not a value of the type is refused, in words that name the fact. */
static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *fact, *text, *title;
    } rows[] = {
        {"a.flag", "", "Flag"},
        {"a.flag", "Yes", "Flag"},
        {"a.flag", "1", "Flag"},
        {"a.choice", "", "Choice"},
        {"a.choice", "alowed", "Choice"},
        {"a.date", "2026-02-30", "Date"},
        {"a.date", "27.3.2026", "Date"},
        {"a.date", "", "Date"},
        {"a.number", "", "Number"},
        {"a.number", "1.5", "Number"},
        {"a.number", "1e3", "Number"},
        {"a.country", "GBR", "Country"},
        {"a.country", "al", "Country"},
        {"a.country", "", "Country"},
        {"a.countries", "", "Countries"},
        {"a.countries", "ALB,", "Countries"},
        {"a.countries", "ALB,GBR", "Countries"},
        {"a.countries", "none,ALB", "Countries"},
        {"a.text", "a\x01", "Text"},
        {"a.text", "\xFF", "Text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = loaded.scratch;
        struct value value;
        if (value_parse(loaded.rulebook, fact_named(rows[i].fact), str_from_c(rows[i].text), &arena,
                        &value, &loaded.err)
                .ok) {
            fail_msg("\"%s\" is accepted for %s", rows[i].text, rows[i].fact);
        }
        assert_int_equal(loaded.err.code, ERROR_INPUT);
        assert_non_null(strstr(loaded.err.what, rows[i].title));
    }
}

/* Aim: a choice that is nearly right is named. */
static void test_hints(void **state)
{
    (void)state;
    struct arena arena = loaded.scratch;
    struct value value;
    assert_false(value_parse(loaded.rulebook, fact_named("a.choice"), STR("alowed"), &arena, &value,
                             &loaded.err)
                     .ok);
    assert_string_equal(loaded.err.hint, "Did you mean \"allowed\"?");
}

/* Aim: the number of a country is the one of the header, both ways, for all of them. */
static void test_country_codes(void **state)
{
    (void)state;
    uint16_t code = 0;
    assert_true(country_parse(STR("AAA"), &code));
    assert_int_equal(code, 0);
    assert_true(country_parse(STR("ABC"), &code));
    assert_int_equal(code, 28); /* (0 * 26 + 1) * 26 + 2 */
    assert_true(country_parse(STR("ZZZ"), &code));
    assert_int_equal(code, COUNTRY_CODES - 1);
    for (int i = 0; i < COUNTRY_CODES; i++) {
        char text[4];
        country_format((uint16_t)i, text);
        assert_true(country_parse(str_from_c(text), &code));
        assert_int_equal(code, i);
    }
    static const char *const wrong[] = {"", "A", "AL", "ALBA", "alb", "A1B", "AL "};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(country_parse(str_from_c(wrong[i]), &code));
    }
}

/* Aim: look-ups find what is there, and the nearest name to what is not. */
static void test_look_ups(void **state)
{
    (void)state;
    const struct rulebook *rulebook = loaded.rulebook;
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        assert_int_equal(rulebook_fact(rulebook, rulebook->facts[i].name), i);
    }
    assert_int_equal(rulebook_fact(rulebook, STR("a.flags")), NOT_FOUND_INDEX);
    assert_int_equal(rulebook_stage(rulebook, STR("first")), 0);
    assert_int_equal(rulebook_step(rulebook, STR("")), NOT_FOUND_INDEX);
    assert_str(rulebook_nearest_fact(rulebook, STR("a.flags")), "a.flag");
    assert_str(rulebook_nearest_fact(rulebook, STR("nothing.like.it")), "");
    assert_str(rulebook_country_name(rulebook, 0), "");
    uint16_t code = 0;
    assert_true(country_parse(STR("FRA"), &code));
    assert_str(rulebook_country_name(rulebook, code), "France");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_and_writes),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_country_codes),
        cmocka_unit_test(test_look_ups),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
