/* Aim: whatever is done to the text of a rulebook, it either loads - and then is its own canonical
 * form - or every finding says where. 20,000 mutations from one seed; AddressSanitizer watches. */
#include "load.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MUTATIONS = 20000, TEXT_MAX = 64 * 1024, WORLDS = 40 };

static struct loaded loaded;
static char text_bytes[TEXT_MAX];
static size_t text_len;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
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

static uint32_t count_lines(void)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < text_len; i++) {
        lines += text_bytes[i] == '\n' ? 1 : 0;
    }
    return lines;
}

static void check_refusal(void)
{
    const struct diagnostics *diagnostics = &loaded.diagnostics;
    const uint32_t lines = count_lines();
    assert_in_range(diagnostics->error_count, 1, SIZE_MAX);
    assert_int_equal(diagnostics->items[0].severity, SEVERITY_ERROR);
    assert_int_equal(loaded.err.code, ERROR_INPUT);
    assert_in_range(loaded.err.line, 1, lines);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        assert_in_range(item->at.line, 1, lines);
        assert_in_range(item->at.column, 1, TEXT_MAX);
        assert_string_equal(item->at.file.at, "test.rules");
        assert_true(item->what.len > 0 && str_is_utf8(item->what) && str_is_utf8(item->hint));
        const bool in_order =
            i == 0 || item[-1].at.line < item->at.line ||
            (item[-1].at.line == item->at.line && item[-1].at.column <= item->at.column);
        assert_true(in_order);
    }
}

static void check_acceptance(struct arena *keep)
{
    struct examples_outcome outcome;
    assert_true(rulebook_run_examples(loaded.rulebook, loaded.scratch, &outcome,
                                      &loaded.diagnostics, &loaded.err)
                    .ok);
    struct arena arena = *keep;
    const str canonical = arena_copy(&arena, loaded.rulebook->canonical);
    load_sound(&loaded, canonical);
    assert_true(str_equal(loaded.rulebook->canonical, canonical));
}

/* Aim: see above. */
static void test_mutations(void **state)
{
    (void)state;
    struct random random;
    struct arena keep = {0};
    size_t accepted = 0;
    str originals[WORLDS];
    random_seed(&random, 4096);
    assert_true(arena_open(&keep, 256 * 1024 * 1024, &loaded.err).ok);
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
        if (load_text(&loaded, (str){.at = text_bytes, .len = text_len})) {
            accepted++;
            check_acceptance(&keep);
        } else {
            check_refusal();
        }
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
