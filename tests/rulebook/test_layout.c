/* Aim: laying out a rulebook makes every text look the one way and never changes what it means:
 * the identity stays, no comment is lost, and what is laid out is not changed by being laid out
 * again. */
#include "load.h"
#include "rulebook/layout.h"
#include "rules_folder.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 300 };

static struct loaded loaded;
static struct arena perm;

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&loaded);
    return arena_open(&perm, 512 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

/* In `perm`; the test fails with what was found when it is refused. */
static str lay_out(str text)
{
    str laid_out = {0};
    const struct rulebook_file file = {.name = STR("test.rules"), .text = text};
    arena_reset(&loaded.words);
    assert_true(diagnostics_init(&loaded.diagnostics, &loaded.words, &loaded.err).ok);
    if (!layout_file(&file, &perm, loaded.scratch, &loaded.diagnostics, &laid_out, &loaded.err)
             .ok) {
        const str findings = load_findings(&loaded);
        fail_msg("%s\n%.*s", loaded.err.what, STR_ARG(findings));
    }
    return laid_out;
}

static void assert_same(str found, str expected)
{
    if (!str_equal(found, expected)) {
        fail_msg("--- found\n%.*s--- expected\n%.*s---", STR_ARG(found), STR_ARG(expected));
    }
}

struct sample {
    const char *aim;
    const char *before;
    const char *after;
};

/* Each written by hand from the rules in layout.h. */
static const struct sample samples[] = {
    {"nothing", "", ""},
    {"blank lines and blanks alone", "\n \t\n\r\n", ""},
    {"a comment alone", "\n\n  # one \t\r\n", "# one\n"},
    {"the byte order mark goes",
     "\xEF\xBB\xBF"
     "section\"S\"",
     "section \"S\"\n"},
    {"a title is put under the name of a fact, its type beside it",
     "fact a.b:date \"Title\" note \"N\"\n", "fact a.b : date\n  \"Title\"\n  note \"N\"\n"},
    {"a break after a comma stays, under the first choice",
     "fact a.b\n   \"T\"\n one   of x ,y,\n   z\n",
     "fact a.b\n  \"T\"\n  one of x, y,\n         z\n"},
    {"names and titles in columns",
     "stage x \"A\" start\nstage abc\n \"ABC\"\n\nstage ab \"AB\" outcome start\n"
     "role x \"A\"\nrole abcd \"B\"\n",
     "stage x    \"A\"  start\nstage abc  \"ABC\"\n\nstage ab   \"AB\"  outcome  start\n"
     "role x     \"A\"\nrole abcd  \"B\"\n"},
    {"values in columns; the least is 8", "step s \"S\" from x to y\n",
     "step s  \"S\"\n  from    x\n  to      y\n"},
    {"values in columns; the longest word counts",
     "step s \"S\" from x,y to z approved by d then e\n",
     "step s  \"S\"\n  from     x, y\n  to       z\n  approved by d then e\n"},
    {"words of two", "rulebook r title \"T\" in force from 2026-01-01\n",
     "rulebook r\n  title    \"T\"\n  in force from 2026-01-01\n"},
    {"due to keeps its words on their line",
     "clock c \"C\" runs 1 day after 2026-01-01 due to one or two\n  ends on a working day(w)\n",
     "clock c\n  \"C\"\n  runs    1 day after 2026-01-01\n  due to  one or two\n"
     "  ends on a working day (w)\n"},
    {"two texts", "notice n \"a\" \"b\"\n  source \"c\"   \"d\" unverified\n",
     "notice n  \"a\"\n          \"b\"\n  source \"c\"\n         \"d\" unverified\n"},
    {"an example and its lines",
     "safeguard s clear when not x example \"E\" on 2026-01-01 given a.b = yes,\n"
     "  a.c=(),a.d = (ALB,\n XKX) family  member given a.b unknown then unknown,needs a.b\n",
     "safeguard s\n  clear when not x\n  example \"E\"\n    on 2026-01-01\n"
     "    given a.b = yes,\n          a.c = (), a.d = (ALB,\n                           XKX)\n"
     "    family member given a.b unknown\n    then unknown, needs a.b\n"},
    {"a break after a word of joining is moved before it, one elsewhere is undone",
     "define d\n  x = b and\n  not\n  c or (e\n or f and (g\n and h))\n",
     "define d\n  x = b\n  and not c or (e\n                or f and (g\n"
     "                          and h))\n"},
    {"comments: before items, in items, in lines, behind lines",
     "# one\n\n\n\n#two\nstep s \"S\"#three\n\n\n # four\n from x, # five\n # six\n  b\n  # "
     "seven\n\n"
     "# eight\nrole r \"R\"",
     "# one\n\n#two\nstep s  \"S\"  #three\n\n  # four\n  from    x,  # five\n          # six\n"
     "          b\n  # seven\n\n# eight\nrole r  \"R\"\n"},
    {"a comment between a name and its title", "role r # one\n \"R\"\n",
     "role r  # one\n  \"R\"\n"},
    {"single blank lines stay, in items too",
     "holidays h\n\n\n  2026-01-01 \"a\"\n\n   \n  every 2 january to\n 3 january \"b\"\n\n\n\n",
     "holidays h\n\n  2026-01-01 \"a\"\n\n  every 2 january to 3 january \"b\"\n"},
    {"a long list is broken as late as it fits",
     "fact a.b\n  \"T\"\n  one of aaaaaaaaa1, aaaaaaaaa2, aaaaaaaaa3, aaaaaaaaa4, aaaaaaaaa5, "
     "aaaaaaaaa6, aaaaaaaaa7, aaaaaaaaa8, aaaaaaaaa9, aaaaaaaa10, aaaaaaaa11, b\n",
     "fact a.b\n  \"T\"\n  one of aaaaaaaaa1, aaaaaaaaa2, aaaaaaaaa3, aaaaaaaaa4, aaaaaaaaa5, "
     "aaaaaaaaa6, aaaaaaaaa7, aaaaaaaaa8, aaaaaaaaa9, aaaaaaaa10, aaaaaaaa11,\n         b\n"},
    {"a long condition is broken where it is nested least, before \"or\" rather than \"and\"",
     "define d\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 and aaaaaaaaaaaaaaaaaaaaaaaaaaaaa2 or "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa3 and (aaaaaaaaaaaaaaaaaaaaaaaaaaaaa4 or b or c)\n",
     "define d\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 and aaaaaaaaaaaaaaaaaaaaaaaaaaaaa2\n  or "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa3 and (aaaaaaaaaaaaaaaaaaaaaaaaaaaaa4 or b or c)\n"},
    {"a long text is left whole",
     "notice n "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "a\"",
     "notice n  "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "a"
     "a\"\n"},
};

/* Aim: see the samples; and none is changed by being laid out again. */
static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        arena_reset(&perm);
        printf("# %s\n", samples[i].aim);
        assert_same(lay_out(str_from_c(samples[i].before)), str_from_c(samples[i].after));
        assert_same(lay_out(str_from_c(samples[i].after)), str_from_c(samples[i].after));
    }
}

/* Aim: what cannot be parsed is refused at its place; what only the checker would refuse is not. */
static void test_refused(void **state)
{
    (void)state;
    str text = STR("not written");
    const struct rulebook_file file = {.name = STR("test.rules"),
                                       .text = STR("fact a.b\n  one of x,\ny\n")};
    arena_reset(&loaded.words);
    assert_true(diagnostics_init(&loaded.diagnostics, &loaded.words, &loaded.err).ok);
    assert_false(
        layout_file(&file, &perm, loaded.scratch, &loaded.diagnostics, &text, &loaded.err).ok);
    assert_string_equal(text.at, "not written");
    assert_int_equal(loaded.err.code, ERROR_INPUT);
    assert_int_equal(loaded.err.line, 2);
    assert_string_equal(loaded.err.what, "Expected a choice, found the end of the item");
    assert_same(lay_out(STR("define d  nobody.knows_this = that")),
                STR("define d\n  nobody.knows_this = that\n"));
}

/* Aim: a text that would be too large when laid out is refused as a limit. */
static void test_too_large(void **state)
{
    (void)state;
    str text = STR("not written");
    struct buf buf;
    arena_reset(&perm);
    buf_init(&buf, &perm, RULEBOOK_FILE_BYTES_MAX);
    buf_put_c(&buf, "safeguard s\n guards c");
    while (buf.len + 40 <= RULEBOOK_FILE_BYTES_MAX) {
        buf_put_c(&buf, ",\n cccccccccccccccccccccccccccccc"); /* to be indented by 10 */
    }
    const struct rulebook_file file = {.name = STR("test.rules"), .text = buf_str(&buf)};
    arena_reset(&loaded.words);
    assert_true(diagnostics_init(&loaded.diagnostics, &loaded.words, &loaded.err).ok);
    assert_false(
        layout_file(&file, &perm, loaded.scratch, &loaded.diagnostics, &text, &loaded.err).ok);
    assert_string_equal(text.at, "not written");
    assert_int_equal(loaded.err.code, ERROR_LIMIT);
    assert_string_equal(loaded.err.what,
                        "test.rules would have more than 4194304 bytes when laid out");
}

static void assert_keeps_meaning(str text)
{
    load_sound(&loaded, text);
    const struct sha256 before = loaded.rulebook->identity;
    const str once = lay_out(text);
    assert_same(lay_out(once), once);
    load_sound(&loaded, once);
    assert_true(sha256_equal(&before, &loaded.rulebook->identity));
}

/* Aim: random rulebooks in wild layouts keep their identity. */
static void test_random_rulebooks(void **state)
{
    (void)state;
    struct random random;
    const uint64_t seed = 20260601;
    printf("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (size_t i = 0; i < WORLDS; i++) {
        arena_reset(&perm);
        struct world world;
        world_make(&world, &random, &perm, 3);
        assert_keeps_meaning(world_text(&world, &random, &perm));
    }
}

/* Aim: the canonical text of a whole rulebook, on long lines, can be laid out too. */
static void test_canonical_text(void **state)
{
    (void)state;
    arena_reset(&perm);
    load_sound(&loaded,
               load_read(&loaded, load_path(&loaded, "tests/rulebook/cases/sound_sample.rules")));
    assert_keeps_meaning(arena_copy(&perm, loaded.rulebook->canonical));
}

/* Aim: every line that can be broken is no longer than LAYOUT_WIDTH, however wide the text was. */
static void test_width(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 7);
    for (size_t i = 0; i < WORLDS; i++) {
        arena_reset(&perm);
        struct world world;
        world_make(&world, &random, &perm, 5);
        load_sound(&loaded, world_text(&world, NULL, &perm));
        struct str_cut cut = {.tail = lay_out(arena_copy(&perm, loaded.rulebook->canonical)),
                              .found = true};
        while (cut.found) {
            cut = str_cut(cut.tail, '\n');
            const str line = str_trim(cut.head); /* the operator it begins with is no break */
            const str rest = str_slice(line, sizeof "and" - 1, line.len);
            const bool breakable = str_contains(rest, STR(" and ")) ||
                                   str_contains(rest, STR(" or ")) ||
                                   str_contains(rest, STR(" when "));
            if (breakable && cut.head.len > LAYOUT_WIDTH && !str_contains(cut.head, STR("\""))) {
                fail_msg("a line of %zu: %.*s", cut.head.len, STR_ARG(cut.head));
            }
        }
    }
}

/* Aim: the folders that laid_out.txt names hold nothing that would change. */
static void test_laid_out_folders(void **state)
{
    (void)state;
    struct rulebook_file files[RULEBOOK_FILES_MAX];
    struct str_cut cut = {.tail =
                              load_read(&loaded, load_path(&loaded, "tests/rulebook/laid_out.txt")),
                          .found = true};
    size_t changed = 0;
    while (cut.found) {
        cut = str_cut(cut.tail, '\n');
        if (cut.head.len == 0) {
            continue;
        }
        arena_reset(&perm);
        const char *folder = load_path(&loaded, arena_copy(&perm, cut.head).at);
        const size_t count =
            rules_folder_read(folder, &loaded.scratch, files, 0, RULEBOOK_FILES_MAX);
        assert_in_range(count, 1, RULEBOOK_FILES_MAX);
        for (size_t i = 0; i < count; i++) {
            if (!str_equal(lay_out(files[i].text), files[i].text)) {
                printf("# %.*s would change: returnhub rulebook format %s\n",
                       STR_ARG(files[i].name), folder);
                changed++;
            }
        }
    }
    assert_int_equal(changed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_large),        cmocka_unit_test(test_random_rulebooks),
        cmocka_unit_test(test_canonical_text),   cmocka_unit_test(test_width),
        cmocka_unit_test(test_laid_out_folders),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
