/* Aim: JSON is read strictly, one value has one text, and wrong members are refused by name. */
#include "format/json.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, 4 * 1024 * 1024, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

static json_t *value_of(const char *text)
{
    json_t *value = NULL;
    struct err err;
    if (!json_read(str_from_c(text), &value, &err).ok) {
        fail_msg("%s: %s", text, err.what);
    }
    return value;
}

static void assert_written(struct arena *arena, const json_t *value, const char *expected)
{
    str text = {0};
    struct err err;
    assert_true(json_write(value, arena, &text, &err).ok);
    assert_string_equal(text.at, expected);
    assert_int_equal(text.len, strlen(expected));
}

/* Aim: what RFC 8259 allows is read, and written back compactly with keys sorted. */
static void test_canonical(void **state)
{
    static const struct {
        const char *text, *canonical;
    } rows[] = {
        {"{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"},
        {" { \"a\" : [ 1 , 2 , { } ] } \n", "{\"a\":[1,2,{}]}"},
        {"{\"aa\":1,\"a\":2,\"B\":3,\"\xC3\xA9\":4,\"\":5}",
         "{\"\":5,\"B\":3,\"a\":2,\"aa\":1,\"\xC3\xA9\":4}"},
        {"{\"x\":{\"z\":1,\"y\":{\"b\":null,\"a\":true}}}",
         "{\"x\":{\"y\":{\"a\":true,\"b\":null},\"z\":1}}"},
        {"[]", "[]"},
        {"null", "null"},
        {"\"text\"", "\"text\""},
        {"-0", "0"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"1.5", "1.5"},
        {"\"\\u00e9\\/\\n\\\"\\\\\"", "\"\xC3\xA9/\\n\\\"\\\\\""},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\u001f\\u007f\"", "\"\\u001F\x7F\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *value = value_of(rows[i].text);
        assert_written(*state, value, rows[i].canonical);
        json_decref(value);
        /* The canonical text is its own. */
        value = value_of(rows[i].canonical);
        assert_written(*state, value, rows[i].canonical);
        json_decref(value);
    }
}

/* Aim: what is not strict JSON, or not safe to take, is refused with its line. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        str text;
        uint32_t line;
    } rows[] = {
        {STR_INIT(""), 1},
        {STR_INIT("  \n "), 2},
        {STR_INIT("{\"a\":1,\n\"b\":2,\n\"a\":3}"), 3}, /* a key twice */
        {STR_INIT("{\"a\":1,\"\\u0061\":3}"), 1},       /* twice, once in disguise */
        {STR_INIT("{\"a\":1} {"), 1},                   /* anything after the value */
        {STR_INIT("{\"a\":1}\nx"), 2},
        {STR_INIT("{\"a\":1}{}"), 1},
        {STR_INIT("{'a':1}"), 1},
        {STR_INIT("{a:1}"), 1},
        {STR_INIT("{\"a\":1,}"), 1},
        {STR_INIT("[1,]"), 1},
        {STR_INIT("[1 2]"), 1},
        {STR_INIT("[1"), 1},
        {STR_INIT("]"), 1},
        {STR_INIT("\"open"), 1},
        {STR_INIT("// no\n1"), 1},
        {STR_INIT("01"), 1},
        {STR_INIT("+1"), 1},
        {STR_INIT(".5"), 1},
        {STR_INIT("1."), 1},
        {STR_INIT("0x10"), 1},
        {STR_INIT("NaN"), 1},
        {STR_INIT("Infinity"), 1},
        {STR_INIT("True"), 1},
        {STR_INIT("9223372036854775808"), 1}, /* numbers that do not fit */
        {STR_INIT("-9223372036854775809"), 1},
        {STR_INIT("1e999"), 1},
        {STR_INIT("\"\x01\""), 1}, /* a control character as it is */
        {STR_INIT("\"a\nb\""), 1},
        {STR_INIT("\"\\x\""), 1},
        {STR_INIT("\"\\u0000\""), 1}, /* NUL, escaped and as it is */
        {STR_INIT("{\"\\u0000\":1}"), 1},
        {{.at = "\"a\0b\"", .len = 5}, 1},
        {{.at = "1\0", .len = 2}, 1},
        {STR_INIT("\"caf\xE9\""), 1}, /* not UTF-8 */
        {STR_INIT("\"\xC0\xAF\""), 1},
        {STR_INIT("\"\xED\xA0\x80\""), 1},
        {STR_INIT("{\"\xFF\":1}"), 1},
        {STR_INIT("\"\\ud800\""), 1}, /* half a pair */
        {STR_INIT("\"\\udc00\\ud800\""), 1},
        {STR_INIT("\xEF\xBB\xBF{}"), 1}, /* RFC 8259 section 8.1: no byte order mark */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *value = NULL;
        struct err err;
        if (json_read(rows[i].text, &value, &err).ok) {
            fail_msg("row %zu was read: %.*s", i, STR_ARG(rows[i].text));
        }
        assert_null(value);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_int_equal(err.line, rows[i].line);
        assert_true(str_starts(str_from_c(err.what), STR("The JSON is not well-formed: ")));
        assert_null(strstr(err.what, "JSON_")); /* in words, not in names of a library */
    }
}

static str nested(char *room, size_t depth, const char *open, const char *close)
{
    size_t len = 0;
    for (size_t i = 0; i < depth; i++) {
        memcpy(room + len, open, strlen(open));
        len += strlen(open);
    }
    room[len++] = '1';
    for (size_t i = 0; i < depth; i++) {
        memcpy(room + len, close, strlen(close));
        len += strlen(close);
    }
    return (str){.at = room, .len = len};
}

/* Aim: 32 levels are read, 33 are not, for arrays and objects; brackets inside strings do not
 * count. */
static void test_depth(void **state)
{
    (void)state;
    char room[200000];
    json_t *value = NULL;
    struct err err;
    assert_true(json_read(nested(room, 32, "[", "]"), &value, &err).ok);
    json_decref(value);
    assert_true(json_read(nested(room, 32, "{\"a\":", "}"), &value, &err).ok);
    json_decref(value);
    assert_false(json_read(nested(room, 33, "[\n", "]"), &value, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_int_equal(err.line, 33);
    assert_int_equal(err.column, 1);
    assert_false(json_read(nested(room, 33, "{\"a\":", "}"), &value, &err).ok);
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 32 * 5 + 1);
    assert_false(json_read(nested(room, 90000, "[", "]"), &value, &err).ok);
    assert_true(
        json_read(STR("\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{\""), &value, &err).ok);
    json_decref(value);
    assert_false(json_read(STR("\"\\\""), &value, &err).ok); /* ends inside an escape */
    assert_false(json_read(STR("\"\\"), &value, &err).ok);
}

/* Aim: builders make what they say; what cannot be JSON text, and NULL, change nothing. */
static void test_builders(void **state)
{
    json_t *object = json_object();
    json_set_str(object, "name", STR("Ann \"A\" <b>"));
    json_set_str(object, "empty", (str){0});
    json_set_int64(object, "number", INT64_MIN);
    json_set_flag(object, "yes", true);
    json_set_flag(object, "no", false);
    json_set(object, "day", json_of_date((date){20539}));
    json_set(object, "moment", json_of_instant((instant){1234567890123}));
    json_t *array = json_array();
    json_add(array, json_of_str(STR("one")));
    json_add(array, NULL);
    json_set(object, "list", array);
    json_set(object, "number", json_integer(7)); /* replaces */
    json_set_str(object, "latin", STR("caf\xE9"));
    json_set_str(object, "nul", (str){.at = "a\0b", .len = 3});
    json_set(object, "nothing", NULL);
    json_set(NULL, "a", json_integer(1));
    json_add(NULL, json_integer(1));
    assert_null(json_of_str(STR("\xFF")));
    assert_written(
        *state, object,
        "{\"day\":\"2026-03-27\",\"empty\":\"\",\"list\":[\"one\"],"
        "\"moment\":\"2009-02-13T23:31:30.123Z\",\"name\":\"Ann \\\"A\\\" <b>\",\"no\":false,"
        "\"number\":7,\"yes\":true}");
    json_decref(object);
}

/* Aim: the text for people is the same value, indented. */
static void test_pretty(void **state)
{
    json_t *value = value_of("{\"b\":[1],\"a\":{}}");
    str text = {0};
    struct err err;
    assert_true(json_write_pretty(value, *state, &text, &err).ok);
    assert_string_equal(text.at, "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}");
    json_decref(value);
}

/* Aim: writing that does not fit, or nothing to write, is a failure. */
static void test_write_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, 16, &err).ok);
    json_t *value = value_of("[\"0123456789\",\"0123456789\"]");
    str text = STR("untouched");
    assert_false(json_write(value, &arena, &text, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    json_decref(value);
    assert_false(json_write(NULL, &arena, &text, &err).ok);
    assert_int_equal(err.code, ERROR_INTERNAL);
    assert_true(str_equal(text, STR("untouched")));
    arena_close(&arena);
}

/* Aim: members are read by type; what is missing or of another type is named. */
static void test_readers(void **state)
{
    (void)state;
    json_t *object =
        value_of("{\"name\":\"Ann\",\"age\":-3,\"real\":1.0,\"flag\":true,\"none\":null}");
    str text = {0};
    int64_t number = 0;
    struct err err;
    assert_true(json_get_str(object, "name", &text, &err).ok);
    assert_true(str_equal(text, STR("Ann")));
    assert_true(json_get_int64(object, "age", &number, &err).ok);
    assert_int_equal(number, -3);

    text = STR("untouched");
    number = 99;
    assert_false(json_get_str(object, "age", &text, &err).ok);
    assert_string_equal(err.what, "The member \"age\" must be a text");
    assert_false(json_get_str(object, "none", &text, &err).ok);
    assert_false(json_get_str(object, "nationality", &text, &err).ok);
    assert_string_equal(err.what, "The member \"nationality\" is missing");
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(json_get_int64(object, "name", &number, &err).ok);
    assert_string_equal(err.what, "The member \"name\" must be a whole number");
    assert_false(json_get_int64(object, "real", &number, &err).ok);
    assert_false(json_get_int64(object, "flag", &number, &err).ok);
    assert_false(json_get_int64(NULL, "age", &number, &err).ok);
    assert_string_equal(err.what, "An object with the member \"age\" was expected");
    assert_true(str_equal(text, STR("untouched")));
    assert_int_equal(number, 99);

    assert_true(str_equal(json_str_or_empty(object, "name"), STR("Ann")));
    assert_int_equal(json_str_or_empty(object, "age").len, 0);
    assert_int_equal(json_str_or_empty(object, "nationality").len, 0);
    assert_int_equal(json_str_or_empty(NULL, "name").len, 0);
    json_decref(object);
}

/* A value of any kind, with every character that is escaped. */
static json_t *draw(struct random *random, int depth)
{
    static const char *const texts[] = {
        "",    "plain", "\"q\" \\ /", "\b\f\n\r\t", "\x01\x1F\x7F", "\xC3\xA9", "\xF0\x9F\x8F\xA0",
        "a.b", "aa",    "B"};
    static const double reals[] = {0.1, -0.0, 1e300, 5e-324, 3.0, 123456789.125};
    const uint64_t kind = random_below(random, depth > 3 ? 6 : 8);
    json_t *value = kind == 6 ? json_object() : json_array();
    switch (kind) {
    case 0:
        json_decref(value);
        return json_boolean(random_below(random, 2));
    case 1:
        json_decref(value);
        return json_null();
    case 2:
        json_decref(value);
        return json_integer((json_int_t)random_next(random));
    case 3:
        json_decref(value);
        return json_real(reals[random_below(random, 6)]);
    case 4:
    case 5:
        json_decref(value);
        return json_string(texts[random_below(random, 10)]);
    default:
        break;
    }
    for (uint64_t left = random_below(random, depth == 0 ? 60 : 12); left > 0; left--) {
        char key[32];
        snprintf(key, sizeof key, "%s%d", texts[random_below(random, 10)],
                 (int)random_below(random, 70));
        if (kind == 6) {
            json_set(value, key, draw(random, depth + 1));
        } else {
            json_add(value, draw(random, depth + 1));
        }
    }
    return value;
}

/* Aim: whatever the value, it is written as jansson itself writes it. */
static void test_as_jansson_writes(void **state)
{
    struct arena *arena = *state;
    struct random random;
    const uint64_t seed = 20261128;
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (int i = 0; i < 2000; i++) {
        arena_reset(arena);
        json_t *value = draw(&random, 0);
        char *expected = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        assert_non_null(expected);
        assert_written(arena, value, expected);
        free(expected);
        json_decref(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_depth),     cmocka_unit_test(test_builders),
        cmocka_unit_test(test_pretty),    cmocka_unit_test(test_write_refused),
        cmocka_unit_test(test_readers),   cmocka_unit_test(test_as_jansson_writes),
    };
    return cmocka_run_group_tests_name("format json", tests, open_arena, close_arena);
}
