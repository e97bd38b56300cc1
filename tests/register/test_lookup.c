/* Aim: by what people are found. Ways of writing one name share a skeleton, other names do not;
 * references are the same however they are typed; published forms are checked, others are kept. */
#include "register/identifier.h"
#include "register/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static void skeleton_of(const char *name, char *text, size_t size)
{
    struct name_parts parts;
    assert_true(name_parts_of(str_from_c(name), &arena, &parts, NULL).ok);
    assert_int_equal(parts.count, 1);
    snprintf(text, size, "%.*s", STR_ARG(parts.skeletons[0]));
}

/* The names are of the kind that the field knows to be written in many ways; in the last of each
 * row they are as a transliteration of other letters gives them. */
static void test_writings(void **state)
{
    (void)state;
    static const char *const same[][4] = {
        {"Mohammed", "Muhammad", "Mohamed", "mhmd"},   {"Hussein", "Husain", "Hossein", "hsyn"},
        {"Ahmed", "Ahmad", "Ahmat", "ahmd"},           {"Yusuf", "Youssef", "Yousif", "ywsf"},
        {"Ibrahim", "Ebrahim", "Ibraheem", "abrahym"}, {"Ali", "Aly", "Alee", "'ly"},
        {"Haile", "Hayle", "Hayla", "hayla"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        char first[40];
        skeleton_of(same[i][0], first, sizeof first);
        for (size_t k = 1; k < 4; k++) {
            char other[40];
            skeleton_of(same[i][k], other, sizeof other);
            if (i == 2 && k == 2) {
                assert_string_not_equal(first, other); /* a t is no d */
            } else {
                assert_string_equal(first, other);
            }
        }
    }
}

/* Aim: the order of parts, capitals and hyphens do not matter; parts do. */
static void test_whole_names(void **state)
{
    (void)state;
    struct name_parts a;
    struct name_parts b;
    struct name_parts c;
    assert_true(name_parts_of(STR("SAMPLE, Anna-Maria"), &arena, &a, NULL).ok);
    assert_true(name_parts_of(STR("anna maria sample"), &arena, &b, NULL).ok);
    assert_true(name_parts_of(STR("Anna Sample"), &arena, &c, NULL).ok);
    assert_true(str_equal(lookup_name(&a, &arena), lookup_name(&b, &arena)));
    assert_false(str_equal(lookup_name(&a, &arena), lookup_name(&c, &arena)));
}

/* Aim: what an event says of how its subject is found. */
static void test_texts(void **state)
{
    (void)state;
    struct text_list texts;
    struct event event = {.kind = EVENT_PERSON_REGISTERED,
                          .body.person_registered = {.name = STR("Sample Anna Maria"),
                                                     .born_on = {.known = true, .day = {7000}}}};
    assert_true(lookup_texts(&event, &arena, &texts, NULL).ok);
    /* The whole, all three parts, each two of them, and each with the day. */
    assert_int_equal(texts.count, 1 + 1 + 3 + 3);
    event.body.person_registered.born_on.known = false;
    assert_true(lookup_texts(&event, &arena, &texts, NULL).ok);
    assert_int_equal(texts.count, 1 + 1 + 3);
    event.kind = EVENT_FACT_RECORDED;
    assert_true(lookup_texts(&event, &arena, &texts, NULL).ok);
    assert_int_equal(texts.count, 0);
}

/* Aim: somebody with a shorter or a longer name is looked for where they stand. */
static void test_shorter_and_longer(void **state)
{
    (void)state;
    struct name_parts longer;
    struct name_parts shorter;
    struct text_list some;
    bool found = false;
    assert_true(name_parts_of(STR("Sample Anna Maria"), &arena, &longer, NULL).ok);
    assert_true(name_parts_of(STR("anna sampel"), &arena, &shorter, NULL).ok);
    assert_true(lookup_some_parts(&longer, LOOKUP_FULL, 1990, &arena, &some, NULL).ok);
    for (size_t i = 0; i < some.count; i++) {
        found = found ||
                str_equal(some.items[i], lookup_all_parts(&shorter, LOOKUP_FULL, 1990, &arena));
    }
    assert_true(found);
    assert_false(str_equal(lookup_all_parts(&shorter, LOOKUP_FULL, 1990, &arena),
                           lookup_all_parts(&shorter, LOOKUP_FULL, 1991, &arena)));
    assert_true(lookup_some_parts(&shorter, LOOKUP_SOME, 1990, &arena, &some, NULL).ok);
    assert_int_equal(some.count, 0);
    /* Of many parts one is left out at a time: twelve, not sixty-six more. */
    assert_true(
        name_parts_of(STR("ba be da fa ga ka la ma na pa ra sa"), &arena, &longer, NULL).ok);
    assert_true(lookup_some_parts(&longer, LOOKUP_SOME, 1990, &arena, &some, NULL).ok);
    assert_int_equal(some.count, 11); /* ba and be are the same to it */
}

static void expect_form(enum identifier_scheme scheme, const char *value, bool good)
{
    struct err err = {0};
    const bool ok = identifier_check(scheme, str_from_c(value), arena, &err).ok;
    if (ok != good) {
        fail_msg("%s: %s", value, err.what);
    }
    assert_true(ok || err.what[0] != '\0');
}

static void test_forms(void **state)
{
    (void)state;
    expect_form(SCHEME_GWF, "GWF012345678", true);
    expect_form(SCHEME_GWF, "gwf 012 345 678", true);
    expect_form(SCHEME_GWF, "GWF01234567", false);
    expect_form(SCHEME_GWF, "GWF0123456789", false);
    expect_form(SCHEME_GWF, "GWX012345678", false);
    expect_form(SCHEME_UAN, "3434-0000-1111-2222", true);
    expect_form(SCHEME_UAN, "3434-0000-1111-222O", false);
    expect_form(SCHEME_HOME_OFFICE, "A1234567/2", true);
    expect_form(SCHEME_HOME_OFFICE, "--", false);
    expect_form(SCHEME_TRIBUNAL, "PA/00001/2020", true);
}

static void test_canonical(void **state)
{
    (void)state;
    const str a = lookup_identifier(STR("gwf"), STR(""), STR("gwf 012-345 678"), &arena);
    const str b = lookup_identifier(STR("gwf"), STR(""), STR("GWF012345678"), &arena);
    const str other = lookup_identifier(STR("uan"), STR(""), STR("GWF012345678"), &arena);
    assert_true(str_equal(a, b));
    assert_false(str_equal(a, other));
    const str utopia = lookup_identifier(STR("travel_document"), STR("UTO"), STR("1"), &arena);
    const str elsewhere = lookup_identifier(STR("travel_document"), STR("XXA"), STR("1"), &arena);
    assert_false(str_equal(utopia, elsewhere));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writings), cmocka_unit_test(test_whole_names),
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_shorter_and_longer),
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_canonical),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
