/* Aim: what a person is called elsewhere. A reference of a system of whose form nothing is known is
 * that of no other; only what is the name of a system names one; and what an older register wrote
 * of its own kind says the same as what is written in its place. */
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

/* Aim: each scheme has one name, and is found by it. */
static void test_schemes(void **state)
{
    (void)state;
    for (int scheme = SCHEME_NONE + 1; scheme < SCHEME_COUNT; scheme++) {
        const char *name = identifier_scheme_name((enum identifier_scheme)scheme);
        assert_int_equal(identifier_scheme_from_name(str_from_c(name)), scheme);
    }
    assert_int_equal(identifier_scheme_from_name(STR("passport")), SCHEME_NONE);
    assert_int_equal(identifier_scheme_from_name(STR("")), SCHEME_NONE);
    assert_true(identifier_is_unique(SCHEME_OTHER_SYSTEM));
    assert_false(identifier_is_unique(SCHEME_OTHER_NAME));
}

static void test_names_of_systems(void **state)
{
    (void)state;
    static const char *const names[] = {"hr", "case-system", "case_system_2",
                                        "abcdefghijklmnopqrstuvwxyz012345"};
    static const char *const others[] = {"",
                                         "a",
                                         "2hr",
                                         "-hr",
                                         "_hr",
                                         "Case-system",
                                         "case sy",
                                         "case/here",
                                         "c\xc3\xa4se",
                                         "abcdefghijklmnopqrstuvwxyz0123456"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(identifier_is_system(str_from_c(names[i])));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(identifier_is_system(str_from_c(others[i])));
    }
}

static bool found_as(const char *scheme, const char *issuer, const char *value,
                     const char *other_issuer, const char *other)
{
    const str a =
        lookup_identifier(str_from_c(scheme), str_from_c(issuer), str_from_c(value), &arena);
    const str b =
        lookup_identifier(str_from_c(scheme), str_from_c(other_issuer), str_from_c(other), &arena);
    assert_non_null(a.at);
    assert_non_null(b.at);
    return str_equal(a, b);
}

/* Aim: a known form may be typed in many ways; of an unknown one every character counts, also that
 * of a letter that is not in ASCII, and so does the system. */
static void test_the_same_and_another(void **state)
{
    (void)state;
    assert_true(found_as("home_office", "", "a 1234567/2", "", "A1234567 2"));
    assert_true(found_as("travel_document", "XYZ", "ab-12", "XYZ", "AB12"));
    assert_false(found_as("travel_document", "XYZ", "AB12", "UTO", "AB12"));
    assert_true(found_as("other_system", "hr", "a-1", "hr", "a-1"));
    assert_false(found_as("other_system", "hr", "a-1", "hr", "a1"));
    assert_false(found_as("other_system", "hr", "a-1", "hr", "A-1"));
    assert_false(found_as("other_system", "hr", "a-1", "hr2", "a-1"));
    assert_false(found_as("other_system", "hr", "\xc3\xa4-1", "hr", "a-1"));
    /* What one system ends with is not what another begins with. */
    assert_false(found_as("other_system", "hr", "x 1", "hr-x", "1"));
}

static void test_forms(void **state)
{
    (void)state;
    assert_true(identifier_check(SCHEME_OTHER_SYSTEM, STR("17"), arena, NULL).ok);
    assert_true(identifier_check(SCHEME_OTHER_SYSTEM, STR("\xc3\xa4"), arena, NULL).ok);
    assert_false(identifier_check(SCHEME_OTHER_SYSTEM, STR(""), arena, NULL).ok);
    assert_true(identifier_check(SCHEME_GWF, STR("gwf 012345678"), arena, NULL).ok);
    assert_false(identifier_check(SCHEME_GWF, STR("gwf 01234567"), arena, NULL).ok);
}

/* Aim: an older event is found by what the newer would be found by, and no other event changes. */
static void test_older(void **state)
{
    (void)state;
    struct event older = {
        .kind = EVENT_EXTERNAL_REFERENCE_RECORDED,
        .position = 7,
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = 3,
        .body.external_reference_recorded = {.kind = STR("hr"), .reference = STR("a-1")}};
    identifier_from_older(&older);
    assert_int_equal(older.kind, EVENT_IDENTIFIER_RECORDED);
    assert_int_equal(older.position, 7);
    assert_int_equal(older.subject, 3);
    const struct identifier_recorded_body *body = &older.body.identifier_recorded;
    assert_true(str_equal(lookup_identifier(body->scheme, body->issuer, body->value, &arena),
                          lookup_identifier(STR("other_system"), STR("hr"), STR("a-1"), &arena)));
    struct event other = {.kind = EVENT_FAMILY_LEFT,
                          .body.family_left = {.reason = STR("they asked")}};
    identifier_from_older(&other);
    assert_int_equal(other.kind, EVENT_FAMILY_LEFT);
    assert_true(str_equal(other.body.family_left.reason, STR("they asked")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_names_of_systems),
        cmocka_unit_test(test_the_same_and_another),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_older),
    };
    return cmocka_run_group_tests_name("identifier", tests, setup, teardown);
}
