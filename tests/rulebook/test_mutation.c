/* Aim: whatever is done to the text of a rulebook, what oracle.h promises holds: it loads, or every
 * finding says where; its canonical form and its layout mean the same. 12,000 mutations from one
 * seed; AddressSanitizer watches. */
#include "load.h"
#include "oracle.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_SIZE = 256 * 1024 * 1024, MUTATIONS = 12000, TEXT_MAX = 64 * 1024, WORLDS = 40 };

static struct oracle oracle;
static char text_bytes[TEXT_MAX];
static size_t text_len;

static int setup(void **state)
{
    (void)state;
    return oracle_open(&oracle, ARENA_SIZE) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    oracle_close(&oracle);
    return 0;
}

/* Words that make a mutated text go on for longer before it breaks. */
static const char *const words[] = {
    " and ",
    " or ",
    " not ",
    "(",
    ")",
    ",",
    "\"",
    "\\",
    "\n",
    "\n  ",
    " = ",
    " unknown",
    " known",
    "3",
    "-9223372036854775809",
    " days after ",
    " working days (office) after ",
    " months rounding up ",
    "2026-02-30",
    "2026-02-28",
    "1900-01-01",
    "ALB",
    "ZZZ",
    "today",
    "any family member has ",
    "person.alpha",
    "definition_0",
    "clock_1",
    " has expired",
    "last day of clock_0",
    "safeguard safeguard_0\n",
    "fact person.alpha : date\n",
    "section \"S\"\n",
    "#",
    "\r",
    "\x01",
    "\xC3",
    "\xC3\xA9",
    "\xEF\xBB\xBF",
    "define d not d\n",
    "records person.alpha = unknown",
    "then clear",
    "example \"e\" ",
    "then last day unknown",
    " in ",
    "never",
};

static void splice(size_t at, size_t removed, const char *put, size_t put_len)
{
    if (text_len - removed + put_len > TEXT_MAX) {
        return;
    }
    memmove(text_bytes + at + put_len, text_bytes + at + removed, text_len - at - removed);
    memmove(text_bytes + at, put, put_len);
    text_len += put_len - removed;
}

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void mutate(struct random *random)
{
    const size_t at = random_below(random, text_len);
    const size_t left = text_len - at;
    char part[200];
    const char byte = (char)random_below(random, 256);
    switch (random_below(random, 6)) {
    case 0: /* a byte becomes another */
        text_bytes[at] = byte;
        break;
    case 1: /* a part goes */
        splice(at, random_below(random, less(left, 40) + 1), "", 0);
        break;
    case 2: { /* a part is repeated elsewhere */
        const size_t len = less(random_below(random, sizeof part), left);
        memcpy(part, text_bytes + at, len);
        splice(random_below(random, text_len), 0, part, len);
        break;
    }
    case 3: /* the end goes; rarely, because it takes much away */
        text_len = random_below(random, 20) == 0 ? at + 1 : text_len;
        break;
    default: { /* a word comes in */
        const char *word = words[random_below(random, sizeof words / sizeof words[0])];
        splice(at, random_below(random, 2) * less(left, strlen(word)), word, strlen(word));
        break;
    }
    }
}

/* Aim: see above. */
static void test_mutations(void **state)
{
    (void)state;
    struct random random;
    struct arena keep = {0};
    struct err err;
    size_t accepted = 0;
    str originals[WORLDS];
    const uint64_t seed = 4096;
    printf("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    assert_true(arena_open(&keep, ARENA_SIZE, &err).ok);
    for (size_t i = 0; i < WORLDS; i++) {
        struct world world;
        world_make(&world, &random, &keep, 1);
        originals[i] = world_text(&world, i % 2 == 0 ? &random : NULL, &keep);
    }
    for (int i = 0; i < MUTATIONS; i++) {
        const str original = originals[random_below(&random, WORLDS)];
        memcpy(text_bytes, original.at, original.len);
        text_len = original.len;
        for (uint64_t k = random_below(&random, 3); k < 3 && text_len > 0; k++) {
            mutate(&random);
        }
        const struct rulebook_file file = {.name = STR("test.rules"),
                                           .text = {.at = text_bytes, .len = text_len}};
        if (!oracle_holds(&oracle, &file, 1)) {
            fail_msg("mutation %d: %s:\n%.*s", i, oracle.broken, STR_ARG(file.text));
        }
        accepted += oracle.loaded ? 1 : 0;
    }
    /* Neither all nor nothing: both ways were walked. */
    assert_in_range(accepted, MUTATIONS / 50, MUTATIONS / 2);
    arena_close(&keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
