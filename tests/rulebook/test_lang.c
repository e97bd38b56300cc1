/* Aim: for every rulebook in cases/, the checker finds exactly what the comments beginning with
 * "#!" at its lines say - file, line, column, what and hint - and its examples hold or fail as they
 * say. prelude.rules is read before each case that does not begin with "#! alone". In a case that
 * begins with "#! analysed" rulebook_analyse looks for what is said in vain, and no example is run.
 */
#include "load.h"
#include "rules_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES_MAX = 200, FINDINGS_MAX = 1024 * 1024 };

static struct loaded loaded;

/* The lines that begin with "#! ", without that. */
static str expected_of(str text, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, FINDINGS_MAX);
    struct str_cut cut = {.tail = text, .found = true};
    while (cut.found) {
        cut = str_cut(cut.tail, '\n');
        if (str_starts(cut.head, STR("#! ")) && !str_equal(cut.head, STR("#! alone")) &&
            !str_equal(cut.head, STR("#! analysed"))) {
            buf_put(&buf, str_slice(cut.head, 3, cut.head.len));
            buf_put_char(&buf, '\n');
        }
    }
    return buf_str(&buf);
}

/* Findings in the form of the comments: the file's own name is left out. */
static str found(struct arena *arena, str file)
{
    static const char *const severities[] = {[SEVERITY_ERROR] = "error",
                                             [SEVERITY_WARNING] = "warning",
                                             [SEVERITY_UNVERIFIED] = "unverified",
                                             [SEVERITY_UNDECIDED] = "undecided"};
    struct buf buf;
    buf_init(&buf, arena, FINDINGS_MAX);
    for (size_t i = 0; i < loaded.diagnostics.count; i++) {
        const struct diagnostic *item = &loaded.diagnostics.items[i];
        if (!str_equal(item->at.file, file)) {
            buf_format(&buf, "%.*s:", STR_ARG(item->at.file));
        }
        buf_format(&buf, "%u:%u %s: %.*s\n", item->at.line, item->at.column,
                   severities[item->severity], STR_ARG(item->what));
        if (item->hint.len > 0) {
            buf_format(&buf, "  hint: %.*s\n", STR_ARG(item->hint));
        }
    }
    return buf_str(&buf);
}

static void load_case(const struct rulebook_file *prelude, const struct rulebook_file *file)
{
    const bool alone = str_starts(file->text, STR("#! alone"));
    const struct rulebook_file files[] = {*prelude, *file};
    struct examples_outcome outcome;
    const bool analysed = str_starts(file->text, STR("#! analysed"));
    if (load_files(&loaded, alone ? file : files, alone ? 1 : 2) && analysed) {
        assert_true(
            rulebook_analyse(loaded.rulebook, loaded.scratch, &loaded.diagnostics, &loaded.err).ok);
    } else if (loaded.rulebook != NULL) {
        assert_true(rulebook_run_examples(loaded.rulebook, loaded.scratch, &outcome,
                                          &loaded.diagnostics, &loaded.err)
                        .ok);
        assert_int_equal(outcome.failed, loaded.diagnostics.error_count);
    } else {
        assert_int_equal(loaded.err.code, ERROR_INPUT);
    }
}

/* Aim: see above. Says of every case what differs, then fails if any does. */
static void test_cases(void **state)
{
    (void)state;
    struct rulebook_file files[CASES_MAX];
    struct arena arena = {0};
    load_init(&loaded);
    assert_true(arena_open(&arena, 64 * 1024 * 1024, &loaded.err).ok);
    const char *folder = load_path(&loaded, "tests/rulebook/cases");
    const size_t count = rules_folder_read(folder, &arena, files, 0, CASES_MAX);
    struct rulebook_file prelude = {0};
    size_t failed = 0;
    assert_in_range(count, 10, CASES_MAX);
    for (size_t i = 0; i < count; i++) {
        files[i].name = str_slice(files[i].name, strlen(folder) + 1, files[i].name.len);
        prelude = str_equal(files[i].name, STR("prelude.rules")) ? files[i] : prelude;
    }
    for (size_t i = 0; i < count; i++) {
        load_case(&prelude, &files[i]);
        const str expected = expected_of(files[i].text, &arena);
        const str findings = found(&arena, files[i].name);
        if (files[i].text.at != prelude.text.at && !str_equal(expected, findings)) {
            printf("# %.*s\n# --- expected\n%.*s# --- found\n%.*s# ---\n", STR_ARG(files[i].name),
                   STR_ARG(expected), STR_ARG(findings));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
    arena_close(&arena);
    load_done(&loaded);
}

/* Aim: the words that docs/rulebook-language.md lists as key words are those of token.def, no more
 * and no fewer. */
static void test_key_words(void **state)
{
    (void)state;
    static const char *const words[] = {
#define TOKEN(kind, called)
#define WORD(kind, word) "`" word "`",
#include "rulebook/token.def"
#undef TOKEN
#undef WORD
    };
    load_init(&loaded);
    const str page = load_read(&loaded, load_path(&loaded, "docs/rulebook-language.md"));
    const str heading = STR("## Key words");
    size_t begin = 0;
    while (begin < page.len && !str_starts(str_slice(page, begin, page.len), heading)) {
        begin++;
    }
    const str section = str_slice(page, begin, page.len);
    size_t quotes = 0;
    for (size_t i = 0; i < section.len; i++) {
        quotes += section.at[i] == '`' ? 1 : 0;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!str_contains(section, str_from_c(words[i]))) {
            fail_msg("%s is not listed", words[i]);
        }
    }
    assert_int_equal(quotes, 2 * sizeof words / sizeof words[0]);
    load_done(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
                                       cmocka_unit_test(test_key_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
