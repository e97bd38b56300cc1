/* Aim: what is described once is the same written at once and built as a tree. */
#include "format/json_out.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ARENA_BYTES = 4 * 1024 * 1024, MEMBERS = 12, DEPTH = 5, WORLDS = 3000 };

struct desk {
    struct arena arena;
    uint64_t seed;
};

static int open_desk(void **state)
{
    struct desk *desk = test_calloc(1, sizeof *desk);
    struct err err;
    assert_true(arena_open(&desk->arena, ARENA_BYTES, &err).ok);
    const char *seed = getenv("RETURNHUB_SEED");
    desk->seed = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    print_message("# seed %llu\n", (unsigned long long)desk->seed);
    *state = desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    arena_close(&desk->arena);
    test_free(desk);
    return 0;
}

/* The same calls to both for the same stream of chance. */
static void describe(struct json_out *out, const char *key, struct random *random, int depth);

/* "q" and "q2", which have been written before. */
static void describe_run(struct json_out *out)
{
    if (out->as_text) {
        json_out_members(out, STR("\"q\":[1,\"q\"],\"q2\":{\"a\":true}"));
        return;
    }
    json_out_array(out, "q");
    json_out_int64(out, NULL, 1);
    json_out_c(out, NULL, "q");
    json_out_end(out);
    json_out_object(out, "q2");
    json_out_flag(out, "a", true);
    json_out_end(out);
}

/* Some keys, in an order of chance, each once; one is the beginning of another. */
static void describe_members(struct json_out *out, struct random *random, int depth)
{
    const char *keys[MEMBERS] = {"a",     "b",     "c",  "known", "known_at", "name",
                                 "name_", "names", "on", "text",  "to",       "z"};
    size_t left = MEMBERS;
    const uint64_t run_after = random_below(random, 8);
    while (left > 0 && random_below(random, 8) != 0) {
        if (MEMBERS - left == run_after) {
            describe_run(out);
        }
        const size_t at = (size_t)random_below(random, left);
        const char *key = keys[at];
        keys[at] = keys[--left];
        describe(out, key, random, depth);
    }
}

static void describe_elements(struct json_out *out, struct random *random, int depth)
{
    while (random_below(random, 4) != 0) {
        describe(out, NULL, random, depth);
    }
}

/* Letters, and in half of the texts, anywhere among them, a sign that is written otherwise or is no
 * text. */
static void describe_text(struct json_out *out, const char *key, struct random *random)
{
    static const char *const signs[] = {"\"",   "\\",       "\n",       "\x01", "\x1F",
                                        "\x7F", "\xC3\xA9", "\xD8\xA3", "\xC3", "{\"a\":1}"};
    char text[64] = "";
    size_t len = 0;
    const uint64_t letters = random_below(random, 25);
    const uint64_t place = random_below(random, 2 * letters + 2);
    for (uint64_t i = 0; i <= letters; i++) {
        const char *put = i == place ? signs[random_below(random, sizeof signs / sizeof signs[0])]
                          : i == letters ? ""
                                         : "x";
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", put);
    }
    json_out_c(out, key, text);
}

static void describe(struct json_out *out, const char *key, struct random *random, int depth)
{
    const uint64_t kind = random_below(random, depth < DEPTH ? 8 : 5);
    switch (kind) {
    case 0:
        json_out_int64(out, key, (int64_t)random_next(random));
        break;
    case 1:
        json_out_flag(out, key, random_below(random, 2) == 0);
        break;
    case 2:
        json_out_date(out, key, (date){.day = (int32_t)random_below(random, 80000)});
        break;
    case 3:
        json_out_instant(out, key,
                         (instant){.milliseconds = (int64_t)random_below(random, 1000000000)});
        break;
    case 4:
        describe_text(out, key, random);
        break;
    case 5:
        json_out_array(out, key);
        describe_elements(out, random, depth + 1);
        json_out_end(out);
        break;
    default:
        json_out_object(out, key);
        describe_members(out, random, depth + 1);
        json_out_end(out);
        break;
    }
}

static void test_both_ways(void **state)
{
    struct desk *desk = *state;
    struct err err;
    size_t longest = 0;
    for (uint64_t world = 0; world < WORLDS; world++) {
        struct arena arena = desk->arena;
        struct random for_text;
        random_seed(&for_text, desk->seed + world);
        struct random for_tree = for_text;
        struct json_out text;
        struct json_out tree = json_out_tree();
        str written;
        str expected;
        assert_true(json_out_text(&arena, &text, &err).ok);
        json_out_object(&text, NULL);
        describe_members(&text, &for_text, 0);
        json_out_end(&text);
        assert_true(json_out_text_finish(&text, &written, &err).ok);
        json_out_object(&tree, NULL);
        describe_members(&tree, &for_tree, 0);
        json_out_end(&tree);
        assert_true(json_write(tree.tree, &arena, &expected, &err).ok);
        json_decref(tree.tree);
        if (!str_equal(written, expected)) {
            fail_msg("world %llu: %.*s instead of %.*s", (unsigned long long)world,
                     STR_ARG(written), STR_ARG(expected));
        }
        longest = written.len > longest ? written.len : longest;
    }
    assert_in_range(longest, 1000, ARENA_BYTES);
}

/* An object whose members stand in another order than that of their keys, by hand. */
static void test_order(void **state)
{
    struct desk *desk = *state;
    struct arena arena = desk->arena;
    struct json_out out;
    struct err err;
    str text;
    assert_true(json_out_text(&arena, &out, &err).ok);
    json_out_object(&out, NULL);
    json_out_int64(&out, "b", 2);
    json_out_object(&out, "a");
    json_out_flag(&out, "y", true);
    json_out_str(&out, "x", STR("1"));
    json_out_end(&out);
    json_out_array(&out, "B");
    json_out_int64(&out, NULL, 1);
    json_out_c(&out, NULL, "two");
    json_out_end(&out);
    json_out_end(&out);
    assert_true(json_out_text_finish(&out, &text, &err).ok);
    assert_string_equal(text.at, "{\"B\":[1,\"two\"],\"a\":{\"x\":\"1\",\"y\":true},\"b\":2}");
}

/* Memory that runs out is an error, wherever it does. */
static void test_full_memory(void **state)
{
    struct desk *desk = *state;
    struct err err;
    size_t whole = 0;
    for (size_t room = 0; whole == 0; room += 64) {
        struct arena arena = desk->arena;
        struct json_out out;
        str text;
        arena.end = arena.at + room;
        struct random random;
        random_seed(&random, 1);
        if (!json_out_text(&arena, &out, &err).ok) {
            assert_int_equal(err.code, ERROR_LIMIT);
            continue;
        }
        json_out_object(&out, NULL);
        describe_members(&out, &random, 0);
        json_out_end(&out);
        if (json_out_text_finish(&out, &text, &err).ok) {
            whole = text.len;
        } else {
            assert_int_equal(err.code, ERROR_LIMIT);
        }
    }
    assert_in_range(whole, 100, ARENA_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_full_memory),
    };
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
