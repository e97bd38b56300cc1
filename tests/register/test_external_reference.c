/* Aim: the number of a reference is the one that an independent calculation gives, depends on all
 * of what goes into it, and only sound references make a row. */
#include "register/external_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Python: int.from_bytes(hmac.digest(bytes(range(32)), b"cid\0C-123", "sha256")[:8], "big",
 * signed=True) */
static const int64_t expected = INT64_C(-5804135413850988983);

static str key_of(char bytes[32])
{
    for (int i = 0; i < 32; i++) {
        bytes[i] = (char)i;
    }
    return (str){.at = bytes, .len = 32};
}

static void test_number(void **state)
{
    (void)state;
    char bytes[32];
    const str key = key_of(bytes);
    assert_int_equal(external_reference_lookup(key, STR("cid"), STR("C-123")), expected);
    assert_int_not_equal(external_reference_lookup(key, STR("cid"), STR("C-124")), expected);
    assert_int_not_equal(external_reference_lookup(key, STR("ci"), STR("dC-123")), expected);
    bytes[31] ^= 1;
    assert_int_not_equal(external_reference_lookup(key, STR("cid"), STR("C-123")), expected);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(external_kind_is_name(STR("case-system_2")));
    assert_true(external_kind_is_name(STR("ab")));
    const str not_names[] = {STR(""),
                             STR("a"),
                             STR("2ab"),
                             STR("Ab"),
                             STR("a b"),
                             STR("a.b"),
                             STR("abcdefghijklmnopqrstuvwxyz0123456")};
    for (size_t i = 0; i < sizeof not_names / sizeof not_names[0]; i++) {
        assert_false(external_kind_is_name(not_names[i]));
    }
}

static void test_row(void **state)
{
    (void)state;
    char bytes[32];
    const str key = key_of(bytes);
    struct external_reference_row row = {.event = 0};
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = 7,
        .position = 12,
        .kind = EVENT_EXTERNAL_REFERENCE_RECORDED,
        .body.external_reference_recorded = {.kind = STR("cid"), .reference = STR("C-123")}};
    assert_true(external_reference_row_apply(&row, key, &event, NULL).ok);
    assert_int_equal(row.lookup, expected);
    assert_int_equal(row.person, 7);
    assert_int_equal(row.event, 12);
    row = (struct external_reference_row){.event = 0};
    event.body.external_reference_recorded.reference = STR("");
    assert_false(external_reference_row_apply(&row, key, &event, NULL).ok);
    event.body.external_reference_recorded.reference = STR("C-123");
    event.body.external_reference_recorded.kind = STR("C");
    assert_false(external_reference_row_apply(&row, key, &event, NULL).ok);
    assert_int_equal(row.event, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
