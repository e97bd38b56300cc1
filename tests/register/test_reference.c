/* Aim: a reference that was read out, typed or copied wrongly is noticed; one that was typed in
 * another way is understood. */
#include "base/random.h"
#include "register/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Where the seven characters stand in "RH-000000-0". */
static const size_t spots[] = {3, 4, 5, 6, 7, 8, 10};

enum { SPOTS = sizeof spots / sizeof spots[0], SAMPLES = 400 };

static bool is_read_as(const char *typed, const char *expected)
{
    char text[REFERENCE_SIZE] = "";
    struct err err;
    return reference_read(str_from_c(typed), text, &err).ok && strcmp(text, expected) == 0;
}

static bool is_refused(const char *typed)
{
    char text[REFERENCE_SIZE] = "untouched";
    struct err err = {0};
    const result read = reference_read(str_from_c(typed), text, &err);
    return !read.ok && err.code == ERROR_INPUT && err.hint[0] != '\0' &&
           strcmp(text, "untouched") == 0;
}

/* Aim: check characters calculated independently (multiplication in the field of 32, bit by bit, in
 * another language). */
static void known_references(void **state)
{
    (void)state;
    static const char *const known[] = {"RH-7K3M9Q-8", "RH-000000-0", "RH-ZZZZZZ-S",
                                        "RH-ABCDEF-P", "RH-123456-8", "RH-R0A9ZX-M"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(is_read_as(known[i], known[i]));
    }
}

/* Aim: every single wrong character, the check character among them, is noticed: all 7 x 31 of each
 * sample. */
static void every_wrong_character(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 20260101);
    for (int sample = 0; sample < SAMPLES; sample++) {
        char text[REFERENCE_SIZE];
        reference_make((uint32_t)random_next(&random), text);
        assert_true(is_read_as(text, text));
        for (size_t i = 0; i < SPOTS; i++) {
            const char right = text[spots[i]];
            for (const char *wrong = alphabet; *wrong != '\0'; wrong++) {
                text[spots[i]] = *wrong;
                assert_int_equal(is_refused(text), *wrong != right);
            }
            text[spots[i]] = right;
        }
    }
}

/* Aim: every swap of neighbours is noticed, also across the hyphen. */
static void every_swap(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 20260102);
    size_t swaps = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
        char text[REFERENCE_SIZE];
        reference_make((uint32_t)random_next(&random), text);
        for (size_t i = 0; i + 1 < SPOTS; i++) {
            char swapped[REFERENCE_SIZE];
            memcpy(swapped, text, sizeof swapped);
            swapped[spots[i]] = text[spots[i + 1]];
            swapped[spots[i + 1]] = text[spots[i]];
            if (strcmp(swapped, text) != 0) {
                assert_true(is_refused(swapped));
                swaps++;
            }
        }
    }
    assert_true(swaps > SAMPLES * 5);
}

/* Aim: what people type is understood: any case, O for 0, I and L for 1, hyphens and spaces or
 * none, RH or none. */
static void other_ways_of_typing(void **state)
{
    (void)state;
    assert_true(is_read_as("rh-7k3m9q-8", "RH-7K3M9Q-8"));
    assert_true(is_read_as("7K3M9Q8", "RH-7K3M9Q-8"));
    assert_true(is_read_as(" rh 7k3 m9q 8 ", "RH-7K3M9Q-8"));
    assert_true(is_read_as("RH-OOoOOO-0", "RH-000000-0"));
    assert_true(is_read_as("RH-L23456-8", "RH-123456-8"));
    /* As an office program writes it: dashes, and a space that does not break. */
    assert_true(is_read_as("RH\xe2\x80\x93"
                           "7K3M9Q\xe2\x80\x93"
                           "8",
                           "RH-7K3M9Q-8"));
    assert_true(is_read_as("RH\xc2\xa0"
                           "7K3M9Q\xe2\x88\x92"
                           "8",
                           "RH-7K3M9Q-8"));
    assert_true(is_read_as("RH-i23456-8", "RH-123456-8"));
}

/* Aim: what cannot be a reference is refused with a reason and a hint. */
static void what_is_no_reference(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "RH-",
                                         "RH-7K3M9Q",
                                         "RH-7K3M9Q-88",
                                         "RH-7K3M9U-8",
                                         "XX-7K3M9Q-8",
                                         "RH-7K3M9!-8",
                                         "RH/7K3M9Q/8",
                                         ("RH\xe2\x80\x98"
                                          "7K3M9Q-8"),
                                         "7K3M9Q88888888888888888888"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_true(is_refused(others[i]));
    }
    char text[REFERENCE_SIZE];
    const str with_nul = {.at = "RH-7K3M9\0-8", .len = 11};
    assert_false(reference_read(with_nul, text, NULL).ok);
}

/* Aim: the 30 bits are all used, so that two references are the same only when the bits are. */
static void every_bit_counts(void **state)
{
    (void)state;
    char base[REFERENCE_SIZE];
    reference_make(0x2AAAAAAA, base);
    for (unsigned bit = 0; bit < 30; bit++) {
        char other[REFERENCE_SIZE];
        reference_make(0x2AAAAAAAU ^ (1U << bit), other);
        assert_string_not_equal(base, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_references),     cmocka_unit_test(every_wrong_character),
        cmocka_unit_test(every_swap),           cmocka_unit_test(other_ways_of_typing),
        cmocka_unit_test(what_is_no_reference), cmocka_unit_test(every_bit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
