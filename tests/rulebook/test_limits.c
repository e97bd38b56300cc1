/* Aim: every limit is met with a clear refusal, and memory that runs out - at whatever moment - is
 * a limit like the others. */
#include "load.h"
#include "rules_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

/* Aim: a file of 4 MiB is read, one byte more is refused. */
static void test_file_size(void **state)
{
    (void)state;
    char *text = ARENA_NEW(&perm, char, RULEBOOK_FILE_BYTES_MAX + 1);
    memset(text, ' ', RULEBOOK_FILE_BYTES_MAX + 1);
    memcpy(text, head, sizeof head - 1);
    assert_true(load_text(&loaded, (str){.at = text, .len = RULEBOOK_FILE_BYTES_MAX}));
    assert_false(load_text(&loaded, (str){.at = text, .len = RULEBOOK_FILE_BYTES_MAX + 1}));
    assert_finding("test.rules:1:1: error: The file has 4194305 bytes; the most is 4194304");
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
        cmocka_unit_test(test_finding_count),
        cmocka_unit_test(test_errors_among_warnings),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
