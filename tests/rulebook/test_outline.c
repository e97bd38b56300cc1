/* Aim: what a rule is said to say is what it says: its outline comes down to exactly the facts that
 * the judge reads, and its words are those of the titles. */
#include "load.h"
#include "rulebook/condition.h"
#include "rulebook/outline.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 200, LINES_MAX = 64 * 1024 };

static struct loaded loaded;
static struct arena perm;

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&loaded);
    return arena_open(&perm, 256 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

static const char rules[] =
    "rulebook r title \"R\" in force from 2026-01-01\n"
    "stage only \"Only\" start outcome\n"
    "fact family.complete : flag \"Family complete\"\n"
    "fact a.yes : flag \"Asked\"\n"
    "fact a.status \"State\" one of not_yet as \"not Yet\", done as \"All of it\"\n"
    "fact a.on : date \"Day\"\n"
    "fact a.where : country \"Place\"\n"
    "fact a.places : countries \"Places\"\n"
    "fact a.count : number \"Count\"\n"
    "country ALB \"Albania\"\n"
    "calendar w \"W\" weekend sunday from 2026-01-01 until 2026-12-31\n"
    "clock limit \"The limit\"\n"
    "  runs 1 day after a.on when a.yes\n"
    "  runs 3 working days (w) after later of (a.on, 2026-02-01)\n"
    "define ready \"Ready\" a.status = done and not a.where in a.places\n"
    "define whole\n"
    "  (limit has expired or last day of limit < today or a.count <= 3 or a.on known)\n"
    "  and no family member has ready and a.where in (ALB) and always\n";

static const char expected[] = "all: all of these\n"
                               "  any: at least one of these\n"
                               "    clock: the time is over: “The limit”\n"
                               "      run: 1 day after “Day”, when\n"
                               "        comparison: “Asked” is yes\n"
                               "          fact: “Asked”\n"
                               "        fact: “Day”\n"
                               "      run: 3 working days (w) after the latest of “Day” and 1 "
                               "February 2026\n"
                               "        fact: “Day”\n"
                               "    comparison: the last day of “The limit” is before today\n"
                               "      clock: the last day: “The limit”\n"
                               "        run: 1 day after “Day”, when\n"
                               "          comparison: “Asked” is yes\n"
                               "            fact: “Asked”\n"
                               "          fact: “Day”\n"
                               "        run: 3 working days (w) after the latest of “Day” and 1 "
                               "February 2026\n"
                               "          fact: “Day”\n"
                               "    comparison: “Count” is at most 3\n"
                               "      fact: “Count”\n"
                               "    comparison: “Day” is on record\n"
                               "      fact: “Day”\n"
                               "  family: of no member of the family\n"
                               "    definition: “Ready”\n"
                               "      all: all of these\n"
                               "        comparison: “State” is All of it\n"
                               "          fact: “State”\n"
                               "        not: not\n"
                               "          comparison: “Place” is among “Places”\n"
                               "            fact: “Place”\n"
                               "            fact: “Places”\n"
                               "    fact: “Family complete”\n"
                               "  comparison: “Place” is one of Albania\n"
                               "    fact: “Place”\n"
                               "  constant: always\n";

static void put_lines(const struct outline *outline, int depth, struct buf *buf)
{
    buf_format(buf, "%*s%s: %.*s\n", 2 * depth, "", outline_kind_name(outline->kind),
               STR_ARG(outline->words));
    for (size_t i = 0; i < outline->child_count; i++) {
        put_lines(&outline->children[i], depth + 1, buf);
    }
}

/* Aim: every kind of condition and value in words, definitions and clocks written out. */
static void test_words(void **state)
{
    (void)state;
    const struct outline *outline = NULL;
    struct buf buf;
    load_sound(&loaded, str_from_c(rules));
    assert_true(outline_condition(loaded.rulebook, loaded.rulebook->definitions[1].condition, &perm,
                                  &outline, &loaded.err)
                    .ok);
    buf_init(&buf, &perm, LINES_MAX);
    put_lines(outline, 0, &buf);
    buf_put_char(&buf, '\0');
    assert_string_equal(buf_str(&buf).at, expected);
}

/* Aim: "whole" names the clock and the definition "ready", and no fact of theirs; "ready" names its
 * facts. */
static void test_names(void **state)
{
    (void)state;
    const struct outline *whole = NULL;
    const struct outline *ready = NULL;
    load_sound(&loaded, str_from_c(rules));
    const struct rulebook *rulebook = loaded.rulebook;
    assert_true(
        outline_condition(rulebook, rulebook->definitions[0].condition, &perm, &ready, &loaded.err)
            .ok);
    assert_true(
        outline_condition(rulebook, rulebook->definitions[1].condition, &perm, &whole, &loaded.err)
            .ok);
    const uint32_t status = rulebook_fact(rulebook, STR("a.status"));
    const uint32_t on = rulebook_fact(rulebook, STR("a.on"));
    assert_true(outline_names(whole, OUTLINE_CLOCK, 0));
    assert_true(outline_names(whole, OUTLINE_DEFINITION, 0));
    assert_false(outline_names(whole, OUTLINE_DEFINITION, 1));
    assert_false(outline_names(whole, OUTLINE_FACT, status));
    assert_true(outline_names(whole, OUTLINE_FACT, on)); /* "a.on known" */
    assert_true(outline_names(ready, OUTLINE_FACT, status));
    assert_false(outline_names(ready, OUTLINE_FACT, on));
}

/* Aim: for random rulebooks the facts below an outline are those the judge reads. */
static void test_facts(void **state)
{
    (void)state;
    struct random random;
    const uint64_t seed = 77;
    printf("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    size_t facts_read = 0;
    for (size_t i = 0; i < WORLDS; i++) {
        struct world world;
        arena_reset(&perm);
        world_make(&world, &random, &perm, 3);
        load_sound(&loaded, world_text(&world, NULL, &perm));
        for (uint32_t k = 0; k < loaded.rulebook->safeguard_count; k++) {
            bool found[WORLD_FACT_COUNT] = {false};
            bool judged[WORLD_FACT_COUNT] = {false};
            const struct outline *outline = NULL;
            assert_int_equal(loaded.rulebook->fact_count, WORLD_FACT_COUNT);
            assert_true(outline_condition(loaded.rulebook,
                                          loaded.rulebook->safeguards[k].clear_when, &perm,
                                          &outline, &loaded.err)
                            .ok);
            outline_facts(outline, found);
            judge_reads(loaded.rulebook, k, judged);
            assert_memory_equal(found, judged, sizeof found);
            for (size_t fact = 0; fact < WORLD_FACT_COUNT; fact++) {
                facts_read += judged[fact] ? 1 : 0;
            }
        }
    }
    assert_in_range(facts_read, WORLDS, SIZE_MAX);
}

/* Aim: a small arena is a limit, at whatever moment it is full. */
static void test_memory(void **state)
{
    (void)state;
    load_sound(&loaded, str_from_c(rules));
    bool done = false;
    size_t failed = 0;
    for (size_t size = 0; size < 1024 * 1024 && !done; size += 509) {
        char *memory = perm.begin;
        struct arena small = {.begin = memory, .at = memory, .end = memory + size};
        const struct outline *outline = NULL;
        done = outline_condition(loaded.rulebook, loaded.rulebook->definitions[1].condition, &small,
                                 &outline, &loaded.err)
                   .ok;
        assert_true(done || loaded.err.code == ERROR_LIMIT);
        failed += done ? 0 : 1;
    }
    assert_true(done);
    assert_in_range(failed, 3, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
