/* Aim: what json_in takes of a list of texts and numbers is what jansson reads of it, and what
 * jansson refuses it does not take, for texts that are damaged in every way that chance finds. */
#include "format/json_in.h"

#include "base/random.h"
#include "format/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024, ELEMENTS_MAX = 8, ROUNDS = 60000 };

struct element {
    bool is_text;
    str text;
    int64_t number;
};

struct list {
    struct element elements[ELEMENTS_MAX];
    size_t count;
};

static result read_element(struct json_in *in, struct arena *arena, struct list *list,
                           struct err *err)
{
    struct element *element = &list->elements[list->count++];
    element->is_text = json_in_at_text(in);
    return element->is_text ? json_in_text(in, arena, &element->text, err)
                            : json_in_number(in, &element->number, err);
}

static result read_list(str text, struct arena *arena, struct list *list, struct err *err)
{
    struct json_in in;
    *list = (struct list){.count = 0};
    TRY(json_in_begin(text, &in, err));
    TRY(json_in_take(&in, '[', err));
    bool more = !json_in_takes(&in, ']');
    while (more) {
        if (list->count == ELEMENTS_MAX) {
            return err_set(err, ERROR_LIMIT, "There are more than the test makes");
        }
        TRY(read_element(&in, arena, list, err));
        more = json_in_takes(&in, ',');
        TRY(more ? result_ok() : json_in_take(&in, ']', err));
    }
    return json_in_end(&in, err);
}

/* What jansson says of it; false when it is no list of texts and whole numbers. */
static bool expect_list(str text, json_t **ret_value)
{
    json_t *value = NULL;
    *ret_value = NULL;
    if (!json_read(text, &value, NULL).ok) {
        return false;
    }
    bool fits = json_is_array(value) && json_array_size(value) <= ELEMENTS_MAX;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *element = json_array_get(value, i);
        fits = fits && (json_is_string(element) || json_is_integer(element));
    }
    *ret_value = value;
    return fits;
}

static bool same(const struct list *list, const json_t *value)
{
    bool equal = list->count == json_array_size(value);
    for (size_t i = 0; equal && i < list->count; i++) {
        const struct element *element = &list->elements[i];
        const json_t *expected = json_array_get(value, i);
        equal =
            element->is_text == json_is_string(expected) &&
            (element->is_text ? str_equal(element->text, (str){.at = json_string_value(expected),
                                                               .len = json_string_length(expected)})
                              : element->number == json_integer_value(expected));
    }
    return equal;
}

static void compare(str text, struct arena arena)
{
    struct err err = {0};
    struct list list;
    json_t *value = NULL;
    const bool expected = expect_list(text, &value);
    const bool read = read_list(text, &arena, &list, &err).ok;
    if (read != expected || (read && !same(&list, value))) {
        fail_msg("jansson %s: %.*s (%s)", expected ? "reads" : "refuses", STR_ARG(text), err.what);
    }
    json_decref(value);
}

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, ARENA_BYTES, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

/* By hand: RFC 8259, sections 2, 6 and 7, and the borders of 64 bits. */
static void test_by_hand(void **state)
{
    struct arena *arena = *state;
    static const char *const texts[] = {
        "[]",
        " [ \"a\" , 1\n]\t\r",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "[\"\\u0041\\u00e9\\u20AC\\uD83D\\ude00\"]",
        "[\"\\u0000\"]",
        "[\"\\uD83D\"]",
        "[\"\\uD83Dx\"]",
        "[\"\\uD83D\\u0041\"]",
        "[\"\\uD83D\\uE000\"]",
        "[\"\\uDE00\"]",
        "[\"\\uD83\"]",
        "[\"\\x41\"]",
        "[\"\\",
        "[\"\\\"",
        "[\"a\x01\"]",
        "[\"a\nb\"]",
        "[\"\x7F\"]",
        "[\"\xC3\xA9\"]",
        "[\"\xC3\"]",
        "[\"\xED\xA0\x80\"]",
        "[9223372036854775807,-9223372036854775808]",
        "[9223372036854775808]",
        "[-9223372036854775809]",
        "[99999999999999999999]",
        "[0,-0]",
        "[01]",
        "[-]",
        "[- 1]",
        "[+1]",
        "[1.0]",
        "[1e3]",
        "[1E3]",
        "[.5]",
        "[1 2]",
        "[1,]",
        "[,1]",
        "[1",
        "[1]]",
        "[1]x",
        "",
        "\"a\"",
        "{}",
        "[true]",
        "[null]",
        "[[1]]",
        "[\"a\"\"b\"]",
        "['a']",
        "\xEF\xBB\xBF[]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        compare(str_from_c(texts[i]), *arena);
    }
}

/* Pieces that belong together, pieces that do not, and single bytes. */
static size_t put_piece(struct random *random, char *into)
{
    static const char *const pieces[] = {
        "[",   "]",       ",",       "\"",      "\"ab\"", "12",       "-7", " ",
        "\\n", "\\u0061", "\\uD83D", "\\uDE00", "\\",     "\xC3\xA9", "0",  "9223372036854775807",
        "1.5", "e",       "true",    "{}"};
    const size_t count = sizeof pieces / sizeof pieces[0];
    const size_t at = (size_t)random_below(random, count + 1);
    if (at == count) {
        into[0] = (char)random_below(random, 256);
        return 1;
    }
    const size_t len = strlen(pieces[at]);
    memcpy(into, pieces[at], len);
    return len;
}

static size_t put_list(struct random *random, char *into)
{
    size_t len = 0;
    into[len++] = '[';
    const uint64_t count = random_below(random, 4);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0) {
            into[len++] = ',';
        }
        if (random_below(random, 2) == 0) {
            len += (size_t)snprintf(into + len, 32, "%lld", (long long)random_next(random));
            continue;
        }
        into[len++] = '"';
        for (uint64_t k = random_below(random, 4); k > 0; k--) {
            len += put_piece(random, into + len);
        }
        into[len++] = '"';
    }
    into[len++] = ']';
    return len;
}

static void test_by_chance(void **state)
{
    struct arena *arena = *state;
    const char *given = getenv("RETURNHUB_SEED");
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    struct random random;
    size_t accepted = 0;
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (int round = 0; round < ROUNDS; round++) {
        char text[512];
        size_t len = put_list(&random, text);
        for (uint64_t k = random_below(&random, 3); k > 0; k--) {
            text[random_below(&random, len)] = (char)random_below(&random, 256);
        }
        const str whole = {.at = text, .len = len};
        json_t *value = NULL;
        accepted += expect_list(whole, &value) ? 1 : 0;
        json_decref(value);
        compare(whole, *arena);
    }
    assert_in_range(accepted, ROUNDS / 20, ROUNDS - ROUNDS / 20);
}

/* Memory that runs out is told as what it is. */
static void test_full_memory(void **state)
{
    struct arena small;
    struct err err = {0};
    struct list list;
    (void)state;
    assert_true(arena_open(&small, 4, &err).ok);
    assert_false(read_list(STR("[\"longer than that\"]"), &small, &list, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_by_chance),
        cmocka_unit_test(test_full_memory),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
