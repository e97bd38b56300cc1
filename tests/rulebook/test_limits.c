/* Aim: every limit is met with a clear refusal, and memory that runs out - at whatever moment - is
 * a limit like the others. */
#include "load.h"
#include "rules_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct loaded loaded;
static struct arena perm;

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&loaded);
    return arena_open(&perm, 128 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

static const char head[] =
    "rulebook limits title \"L\" in force from 2026-01-01\nstage only \"Only\" start outcome\n";

static void assert_finding(const char *expected)
{
    const str findings = load_findings(&loaded);
    if (!str_contains(findings, str_from_c(expected))) {
        fail_msg("\"%s\" is not found in:\n%.*s", expected, STR_ARG(findings));
    }
}

static void assert_no_finding(const char *unexpected)
{
    const str findings = load_findings(&loaded);
    if (str_contains(findings, str_from_c(unexpected))) {
        fail_msg("\"%s\" is found in:\n%.*s", unexpected, STR_ARG(findings));
    }
}

/* Aim: a file of 4 MiB is read, one byte more is refused. */
static void test_file_size(void **state)
{
    (void)state;
    char *text = ARENA_NEW(&perm, char, RULEBOOK_FILE_BYTES_MAX + 1);
    memset(text, ' ', RULEBOOK_FILE_BYTES_MAX + 1);
    memcpy(text, head, sizeof head - 1);
    assert_true(load_text(&loaded, (str){.at = text, .len = RULEBOOK_FILE_BYTES_MAX}));
    assert_false(load_text(&loaded, (str){.at = text, .len = RULEBOOK_FILE_BYTES_MAX + 1}));
    assert_finding("test.rules:1:1: error: The file has 4194305 bytes; the most is 4194304\n"
                   "  hint: Divide it into several files");
}

/* Aim: 256 files are read, one more is refused. */
static void test_file_count(void **state)
{
    (void)state;
    static struct rulebook_file files[RULEBOOK_FILES_MAX + 1];
    for (size_t i = 0; i <= RULEBOOK_FILES_MAX; i++) {
        files[i] = (struct rulebook_file){.name = STR("a.rules"),
                                          .text = i == 0 ? str_from_c(head) : STR("\n")};
    }
    assert_true(load_files(&loaded, files, RULEBOOK_FILES_MAX));
    assert_false(load_files(&loaded, files, RULEBOOK_FILES_MAX + 1));
    assert_int_equal(loaded.err.code, ERROR_LIMIT);
    assert_string_equal(loaded.err.what, "A rulebook has at most 256 files, not 257");
    assert_string_equal(loaded.err.hint,
                        "join files that belong together: a rulebook may be one file");
    assert_false(load_files(&loaded, files, 0));
    assert_int_equal(loaded.err.code, ERROR_INPUT);
}

static str facts_text(size_t count)
{
    struct buf buf;
    buf_init(&buf, &perm, 4 * 1024 * 1024);
    buf_put_c(&buf, head);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "fact f.f%zu : text \"F\"\n", i);
    }
    return buf_str(&buf);
}

/* Aim: 4,096 facts are read, one more is refused at its place. */
static void test_item_count(void **state)
{
    (void)state;
    assert_true(load_text(&loaded, facts_text(RULEBOOK_ITEMS_MAX)));
    assert_int_equal(loaded.rulebook->fact_count, RULEBOOK_ITEMS_MAX);
    assert_int_equal(rulebook_fact(loaded.rulebook, STR("f.f4095")), 4095);
    assert_false(load_text(&loaded, facts_text(RULEBOOK_ITEMS_MAX + 1)));
    assert_finding("test.rules:4099:1: error: A rulebook has at most 4096 facts");
}

/* Items of a kind, one a line: their words before the name and after it, and what they are called.
 */
static const struct {
    const char *before;
    const char *after;
    const char *called;
} kinds[] = {
    {"fact f.n", " : text \"F\"", "facts"},
    {"holidays n", "", "lists of holidays"},
    {"calendar n", " \"C\" from 2026-01-01 until 2026-01-31", "calendars"},
    {"role n", " \"R\"", "roles"},
    {"notice n", " \"N\"", "notices"},
    {"stage n", " \"S\"", "stages"},
    {"clock n", " \"C\" runs 1 day after 2026-01-01", "clocks"},
    {"define n", " always", "definitions"},
    {"step n", " \"S\" from only to only", "steps"},
    {"safeguard n", " clear when always", "safeguards"},
};

/* Aim: of every kind of item 4,096 are read, and the next one is refused at its place, with advice.
 * (Countries: there are 17,576 codes, and the limit is the same.) */
static void test_items_of_every_kind(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        char expected[200];
        struct buf buf;
        arena_reset(&perm);
        buf_init(&buf, &perm, RULEBOOK_FILE_BYTES_MAX);
        for (size_t i = 0; i < RULEBOOK_ITEMS_MAX; i++) {
            buf_format(&buf, "%s%zu%s\n", kinds[kind].before, i, kinds[kind].after);
        }
        /* Without a head it is no whole rulebook; that is not what is asked here. */
        assert_false(load_text(&loaded, buf_str(&buf)));
        assert_no_finding("at most");
        buf_format(&buf, "%s%d%s\n", kinds[kind].before, RULEBOOK_ITEMS_MAX, kinds[kind].after);
        assert_false(load_text(&loaded, buf_str(&buf)));
        snprintf(expected, sizeof expected,
                 "test.rules:4097:1: error: A rulebook has at most 4096 %s\n"
                 "  hint: Leave out what nothing uses, or make two rulebooks of it",
                 kinds[kind].called);
        assert_finding(expected);
    }
}

static void test_countries(void **state)
{
    (void)state;
    struct buf buf;
    arena_reset(&perm);
    buf_init(&buf, &perm, RULEBOOK_FILE_BYTES_MAX);
    buf_put_c(&buf, head);
    for (int i = 0; i <= RULEBOOK_ITEMS_MAX; i++) {
        buf_format(&buf, "country %c%c%c \"C\"\n", 'A' + i / 676, 'A' + i / 26 % 26, 'A' + i % 26);
    }
    assert_false(load_text(&loaded, buf_str(&buf)));
    assert_finding("test.rules:4099:1: error: A rulebook has at most 4096 countries");
    assert_int_equal(loaded.diagnostics.error_count, 1);
}

/* The head, and `before`, `part` so many times, and `after`. */
static str repeated(const char *before, const char *part, size_t count, const char *after)
{
    struct buf buf;
    arena_reset(&perm);
    buf_init(&buf, &perm, 8 * 1024 * 1024);
    buf_put_c(&buf, head);
    buf_put_c(&buf, before);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(&buf, part);
    }
    buf_put_c(&buf, after);
    return buf_str(&buf);
}

struct limit {
    const char *before;
    const char *part;
    size_t most; /* of the part, that is read */
    const char *after;
    const char *finding; /* when it stands once more */
};

/* Lines 1 and 2 are the head. */
static const struct limit limits[] = {
    {"define n", "n", RULEBOOK_NAME_LEN_MAX - 1, " always\n",
     "test.rules:3:8: error: The name "
     "\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
     "...\" is longer than 64 characters\n  hint: Shorten it: a title may say the rest"},
    {"role r \"", "t", RULEBOOK_TEXT_LEN_MAX, "\"\n",
     "test.rules:3:8: error: The text is longer than 16384 bytes\n"
     "  hint: Say it in fewer words, or in several sources"},
    {"role r \"t\"", " \"\"", RULEBOOK_TEXT_LEN_MAX - 1, "\n",
     "error: The text is longer than 16384 bytes"},
    {"clock c \"C\" runs 1 day after 2026-01-01\n  due to a", " a", RULEBOOK_DUE_LEN_MAX / 2 - 1,
     "\n",
     "test.rules:4:1034: error: What the clock waits for is longer than 1024 bytes\n"
     "  hint: Name it in a few words"},
    {"define d ", "not ", RULEBOOK_NESTING_MAX - 1, "always\n",
     "test.rules:3:266: error: The condition is nested more than 64 deep\n"
     "  hint: Give a part of it a name with \"define\""},
};

/* Aim: what is repeated as often as it may is read, and once more is refused at its place, with
 * advice. */
static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct limit *limit = &limits[i];
        load_sound(&loaded, repeated(limit->before, limit->part, limit->most, limit->after));
        assert_false(load_text(
            &loaded, repeated(limit->before, limit->part, limit->most + 1, limit->after)));
        assert_finding(limit->finding);
        assert_int_equal(loaded.diagnostics.error_count, 1);
    }
}

/* Aim: a fact may have 256 choices. */
static void test_choices(void **state)
{
    (void)state;
    struct buf buf;
    arena_reset(&perm);
    buf_init(&buf, &perm, 1024 * 1024);
    buf_format(&buf, "%sfact f.f \"F\"\n one of c", head);
    for (int i = 1; i < RULEBOOK_CHOICES_MAX; i++) {
        buf_format(&buf, ",\n c%d", i);
    }
    load_sound(&loaded, buf_str(&buf));
    assert_int_equal(loaded.rulebook->facts[0].choice_count, RULEBOOK_CHOICES_MAX);
    buf_put_c(&buf, ",\n d");
    assert_false(load_text(&loaded, buf_str(&buf)));
    assert_finding("test.rules:260:2: error: A fact has at most 256 choices\n"
                   "  hint: Make two facts of it, or a text");
}

/* Aim: a step may ask for four approvals. */
static void test_approvals(void **state)
{
    (void)state;
    const char *after = "step s \"S\" from any stage to only approved by r then r then r then r";
    const char *start = "role r \"R\"\nstage first \"F\" start\n";
    const char *before =
        "rulebook r title \"R\" in force from 2026-01-01\nstage only \"O\" outcome\n";
    arena_reset(&perm);
    load_sound(&loaded, arena_format(&perm, "%s%s%s\n", before, start, after));
    assert_int_equal(loaded.rulebook->steps[0].approval_count, RULEBOOK_APPROVALS_MAX);
    assert_false(load_text(&loaded, arena_format(&perm, "%s%s%s then r\n", before, start, after)));
    assert_finding("test.rules:5:75: error: A step has at most 4 approvals\n"
                   "  hint: Let an earlier step ask for those that come first");
}

/* Aim: a condition may have 100,000 parts with its definitions written out. */
static void test_parts(void **state)
{
    (void)state;
    const char *definitions = "define p always or never\n" /* itself, and two */
                              "define q p or p or p or p or p or p or p or p or p or p\n"
                              "define s q or q or q or q or q or q or q or q or q or q\n"
                              "define t s or s or s or s or s or s or s or s or s or s\n";
    load_sound(&loaded, repeated(definitions, "", 0, "define u t or t\n"));
    assert_false(load_text(&loaded, repeated(definitions, "", 0,
                                             "define u t or t or t or t or t or t or t or t or t "
                                             "or t\ndefine v u or u or u or u\n")));
    assert_finding("has more than 100000 parts when the definitions and clocks it uses are "
                   "written out\n  hint: A definition counts each time it is used: ask it once, "
                   "outside the \"or\"");
}

/* Aim: durations of a hundred years are read, and one more is refused. */
static void test_durations(void **state)
{
    (void)state;
    static const struct {
        int most;
        const char *unit;
        const char *rest;
    } units[] = {{RULEBOOK_DAYS_MAX, "days", ""},
                 {RULEBOOK_MONTHS_MAX, "months", " rounding down"},
                 {RULEBOOK_YEARS_MAX, "years", " rounding up"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        char expected[200];
        arena_reset(&perm);
        load_sound(&loaded, arena_format(&perm, "%sclock c \"C\" runs %d %s%s after 2026-01-01\n",
                                         head, units[i].most, units[i].unit, units[i].rest));
        assert_false(load_text(
            &loaded, arena_format(&perm, "%sclock c \"C\" runs %d %s%s after 2026-01-01\n", head,
                                  units[i].most + 1, units[i].unit, units[i].rest)));
        snprintf(expected, sizeof expected,
                 "test.rules:3:18: error: A duration is from 0 to %d %s, not %d", units[i].most,
                 units[i].unit, units[i].most + 1);
        assert_finding(expected);
    }
}

/* Aim: numbers have 64 bits, and dates are from 1900 to 2199. */
static void test_numbers_and_dates(void **state)
{
    (void)state;
    const char *fact = "fact f.n : number \"N\"\nfact f.d : date \"D\"\n";
    load_sound(&loaded, repeated(fact, "", 0,
                                 "define d f.n = 9223372036854775807 or f.n = "
                                 "-9223372036854775808 or f.d = 1900-01-01 or f.d = 2199-12-31\n"));
    assert_false(load_text(&loaded, repeated(fact, "", 0, "define d f.n = 9223372036854775808\n")));
    assert_finding("test.rules:5:16: error: The number 9223372036854775808 does not fit 64 bits");
    assert_false(load_text(&loaded, repeated(fact, "", 0, "define d f.d = 2200-01-01\n")));
    assert_finding("test.rules:5:16: error: 2200-01-01 is not a date");
    assert_false(load_text(&loaded, repeated(fact, "", 0, "define d f.d = 1899-12-31\n")));
    assert_finding("test.rules:5:16: error: 1899-12-31 is not a date");
}

/* Aim: 65,536 examples are read, one more is refused. */
static void test_examples(void **state)
{
    (void)state;
    const char *clock = "clock c \"C\" runs 1 day after 2026-01-01\n";
    const char *example = " example \"e\" then last day 2026-01-02\n";
    load_sound(&loaded, repeated(clock, example, RULEBOOK_EXAMPLES_MAX, ""));
    assert_int_equal(loaded.rulebook->example_count, RULEBOOK_EXAMPLES_MAX);
    assert_false(load_text(&loaded, repeated(clock, example, RULEBOOK_EXAMPLES_MAX + 1, "")));
    assert_finding("test.rules:65540:10: error: A rulebook has at most 65536 examples\n"
                   "  hint: Keep those that show something the others do not");
}

/* Aim: no more than 200 findings are kept, all are counted, and no warning takes the place of an
 * error. */
static void test_finding_count(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, &perm, 1024 * 1024);
    buf_put_c(&buf, head);
    for (size_t i = 0; i < 300; i++) {
        buf_format(&buf, "fact f.f%zu : flag \"F\"\n", i);
    }
    assert_true(load_text(&loaded, buf_str(&buf)));
    assert_int_equal(loaded.diagnostics.count, RULEBOOK_DIAGNOSTICS_MAX);
    assert_int_equal(loaded.diagnostics.warning_count, 300);
    for (size_t i = 0; i < 250; i++) {
        buf_format(&buf, "define d%zu f.g%zu\n", i, i);
    }
    assert_false(load_text(&loaded, buf_str(&buf)));
    assert_int_equal(loaded.diagnostics.count, RULEBOOK_DIAGNOSTICS_MAX);
    assert_int_equal(loaded.diagnostics.error_count, 250);
    for (size_t i = 0; i < RULEBOOK_DIAGNOSTICS_MAX; i++) {
        assert_int_equal(loaded.diagnostics.items[i].severity, SEVERITY_ERROR);
    }
}

/* Aim: what a wrong name may have meant is looked for where it is told, not for each of 20,000: in
 * seconds of the processor, not minutes. */
static void test_many_wrong_names(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, &perm, 4 * 1024 * 1024);
    buf_put_c(&buf, head);
    for (size_t i = 0; i < 4000; i++) {
        buf_format(&buf, "fact kind%zu.what%zu : flag \"F\"\n", i % 7, i);
    }
    buf_put_c(&buf, "define d kind8.what0");
    for (size_t i = 1; i < 20000; i++) {
        buf_format(&buf, " and kind8.what%zu", i);
    }
    buf_put_c(&buf, "\n");
    const clock_t before = clock();
    assert_false(load_text(&loaded, buf_str(&buf)));
    assert_true((clock() - before) / CLOCKS_PER_SEC < 10);
    assert_int_equal(loaded.diagnostics.error_count, 20000);
    assert_finding("There is no fact \"kind8.what0\"\n  hint: Did you mean \"kind");
}

/* Aim: examples that fail find room among warnings. */
static void test_errors_among_warnings(void **state)
{
    (void)state;
    struct buf buf;
    struct examples_outcome outcome;
    buf_init(&buf, &perm, 1024 * 1024);
    buf_put_c(&buf, head);
    for (size_t i = 0; i < 300; i++) {
        buf_format(&buf, "fact f.f%zu : flag \"F\"\n", i);
    }
    buf_put_c(&buf, "clock c \"C\" runs 1 day after 2026-01-01\n  example \"wrong\" then last day "
                    "2026-01-03\n");
    assert_true(load_text(&loaded, buf_str(&buf)));
    assert_true(rulebook_run_examples(loaded.rulebook, loaded.scratch, &outcome,
                                      &loaded.diagnostics, &loaded.err)
                    .ok);
    assert_int_equal(outcome.failed, 1);
    assert_int_equal(loaded.diagnostics.count, RULEBOOK_DIAGNOSTICS_MAX);
    assert_finding("The example \"wrong\" does not hold");
}

/* Loads the samples with this much memory for the rulebook and for the work on it. */
static result load_within(str text, size_t perm_size, size_t scratch_size,
                          const struct rulebook **ret_rulebook)
{
    const struct rulebook_file file = {.name = STR("a.rules"), .text = text};
    char *rulebook_memory = loaded.perm.begin;
    char *scratch_memory = loaded.scratch.at;
    struct arena small = {
        .begin = rulebook_memory, .at = rulebook_memory, .end = rulebook_memory + perm_size};
    const struct arena scratch = {
        .begin = scratch_memory, .at = scratch_memory, .end = scratch_memory + scratch_size};
    arena_reset(&loaded.words);
    assert_true(diagnostics_init(&loaded.diagnostics, &loaded.words, &loaded.err).ok);
    return rulebook_load(&file, 1, &small, scratch, ret_rulebook, &loaded.diagnostics, &loaded.err);
}

/* Aim: with ever more memory, loading fails as a limit until it succeeds, and never otherwise. */
static void test_memory(void **state)
{
    (void)state;
    enum { ENOUGH = 1024 * 1024, STEP = 1021 };
    const str text =
        load_read(&loaded, load_path(&loaded, "tests/rulebook/cases/sound_sample.rules"));
    const struct rulebook *rulebook = NULL;
    for (int which = 0; which < 2; which++) {
        size_t failed = 0;
        bool loads = false;
        for (size_t size = 0; size < ENOUGH && !loads; size += STEP) {
            loads =
                load_within(text, which == 0 ? size : ENOUGH, which == 0 ? ENOUGH : size, &rulebook)
                    .ok;
            assert_true(loads || loaded.err.code == ERROR_LIMIT);
            if (loaded.diagnostics.error_count > 0) {
                const str findings = load_findings(&loaded);
                fail_msg("full memory is taken for mistakes:\n%.*s", STR_ARG(findings));
            }
            failed += loads ? 0 : 1;
        }
        assert_true(loads);
        assert_in_range(failed, 10, ENOUGH / STEP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_size),
        cmocka_unit_test(test_file_count),
        cmocka_unit_test(test_item_count),
        cmocka_unit_test(test_items_of_every_kind),
        cmocka_unit_test(test_countries),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_approvals),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_numbers_and_dates),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_finding_count),
        cmocka_unit_test(test_many_wrong_names),
        cmocka_unit_test(test_errors_among_warnings),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
