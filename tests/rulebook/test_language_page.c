/* Aim: docs/rulebook-language.md is true. Its blocks marked "rules" are one rulebook that is sound,
 * laid out and whose examples hold; "rules alone" each; "rules refused" and "rules warned" give the
 * message that their first line states; and its limits are those of rulebook.h. */
#include "load.h"
#include "rulebook/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 100, PARTS_LEAST = 10, REFUSED_LEAST = 8, WARNED_LEAST = 2 };

enum mark { MARK_RULES, MARK_ALONE, MARK_REFUSED, MARK_WARNED, MARK_OTHER };

static const struct {
    str fence;
    enum mark mark;
} marks[] = {
    {STR_INIT("```rules"), MARK_RULES},
    {STR_INIT("```rules alone"), MARK_ALONE},
    {STR_INIT("```rules refused"), MARK_REFUSED},
    {STR_INIT("```rules warned"), MARK_WARNED},
    {STR_INIT("```sh"), MARK_OTHER},
};

struct block {
    enum mark mark;
    str name; /* "page:LINE" */
    str text;
};

static struct loaded loaded;
static struct arena perm;
static struct block blocks[BLOCKS_MAX];
static size_t block_count;
static str page;

static enum mark mark_of(str fence, uint32_t line)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (str_equal(marks[i].fence, fence)) {
            return marks[i].mark;
        }
    }
    fail_msg("line %u: the block begins with \"%.*s\", which says not what it is", line,
             STR_ARG(fence));
    return MARK_OTHER;
}

/* Cuts the page into its blocks. */
static void read_blocks(void)
{
    struct str_cut cut = {.tail = page, .found = true};
    bool inside = false;
    const char *begin = NULL;
    for (uint32_t line = 1; cut.found; line++) {
        cut = str_cut(cut.tail, '\n');
        if (!str_starts(cut.head, STR("```"))) {
            continue;
        }
        if (!inside) {
            assert_in_range(block_count, 0, BLOCKS_MAX - 1);
            begin = cut.tail.at;
            blocks[block_count].mark = mark_of(cut.head, line);
            blocks[block_count].name = arena_format(&perm, "page:%u", line);
        } else {
            assert_int_equal(cut.head.len, 3);
            blocks[block_count].text = (str){.at = begin, .len = (size_t)(cut.head.at - begin)};
            block_count++;
        }
        inside = !inside;
    }
    assert_false(inside);
}

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&loaded);
    if (!arena_open(&perm, 64 * 1024 * 1024, &err).ok) {
        return 1;
    }
    page = arena_copy(&perm, load_read(&loaded, load_path(&loaded, "docs/rulebook-language.md")));
    read_blocks();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

/* The files of the page's rulebook, and one more when it is not NULL. */
static bool load_page(const struct block *more)
{
    struct rulebook_file files[BLOCKS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < block_count; i++) {
        if (blocks[i].mark == MARK_RULES) {
            files[count++] = (struct rulebook_file){.name = blocks[i].name, .text = blocks[i].text};
        }
    }
    if (more != NULL) {
        files[count++] = (struct rulebook_file){.name = more->name, .text = more->text};
    }
    return load_files(&loaded, files, count);
}

static void assert_examples_hold(void)
{
    struct examples_outcome outcome;
    assert_true(rulebook_run_examples(loaded.rulebook, loaded.scratch, &outcome,
                                      &loaded.diagnostics, &loaded.err)
                    .ok);
    if (outcome.failed > 0) {
        const str findings = load_findings(&loaded);
        fail_msg("examples do not hold:\n%.*s", STR_ARG(findings));
    }
}

static size_t count_blocks(enum mark mark)
{
    size_t count = 0;
    for (size_t i = 0; i < block_count; i++) {
        count += blocks[i].mark == mark ? 1 : 0;
    }
    return count;
}

/* Aim: the parts are one rulebook, and its examples hold. */
static void test_rulebook_of_the_page(void **state)
{
    (void)state;
    assert_in_range(count_blocks(MARK_RULES), PARTS_LEAST, BLOCKS_MAX);
    if (!load_page(NULL)) {
        const str findings = load_findings(&loaded);
        fail_msg("%.*s", STR_ARG(findings));
    }
    assert_in_range(loaded.rulebook->example_count, 10, SIZE_MAX);
    assert_examples_hold();
}

static void test_alone(void **state)
{
    (void)state;
    assert_in_range(count_blocks(MARK_ALONE), 1, BLOCKS_MAX);
    for (size_t i = 0; i < block_count; i++) {
        if (blocks[i].mark == MARK_ALONE) {
            load_sound(&loaded, blocks[i].text);
            assert_examples_hold();
        }
    }
}

/* The first line is "# MESSAGE" or "# in words: MESSAGE": what stands after the last ": " must be
 * found at this block. */
static void assert_message(const struct block *block, enum severity severity)
{
    const str first = str_cut(block->text, '\n').head;
    assert_true(str_starts(first, STR("# ")));
    str message = str_slice(first, 2, first.len);
    for (size_t i = 0; i + 1 < message.len; i++) {
        if (message.at[i] == ':' && message.at[i + 1] == ' ') {
            message = str_slice(message, i + 2, message.len);
            i = 0;
        }
    }
    for (size_t i = 0; i < loaded.diagnostics.count; i++) {
        const struct diagnostic *item = &loaded.diagnostics.items[i];
        if (item->severity == severity && str_contains(item->what, message) &&
            str_equal(item->at.file, block->name)) {
            return;
        }
    }
    const str findings = load_findings(&loaded);
    fail_msg("%.*s: \"%.*s\" is not found in:\n%.*s", STR_ARG(block->name), STR_ARG(message),
             STR_ARG(findings));
}

static void assert_no_error_elsewhere(const struct block *block)
{
    for (size_t i = 0; i < loaded.diagnostics.count; i++) {
        const struct diagnostic *item = &loaded.diagnostics.items[i];
        if (item->severity == SEVERITY_ERROR && !str_equal(item->at.file, block->name)) {
            const str findings = load_findings(&loaded);
            fail_msg("%.*s is not alone at fault:\n%.*s", STR_ARG(block->name), STR_ARG(findings));
        }
    }
}

/* Aim: each mistake gives the message that stands above it, and none in the rest of the page. */
static void test_refused(void **state)
{
    (void)state;
    assert_in_range(count_blocks(MARK_REFUSED), REFUSED_LEAST, BLOCKS_MAX);
    for (size_t i = 0; i < block_count; i++) {
        if (blocks[i].mark != MARK_REFUSED) {
            continue;
        }
        assert_false(load_page(&blocks[i]));
        assert_message(&blocks[i], SEVERITY_ERROR);
        assert_no_error_elsewhere(&blocks[i]);
    }
}

static void test_warned(void **state)
{
    (void)state;
    assert_in_range(count_blocks(MARK_WARNED), WARNED_LEAST, BLOCKS_MAX);
    for (size_t i = 0; i < block_count; i++) {
        if (blocks[i].mark == MARK_WARNED) {
            if (!load_page(&blocks[i])) {
                const str findings = load_findings(&loaded);
                fail_msg("%.*s", STR_ARG(findings));
            }
            assert_message(&blocks[i], SEVERITY_WARNING);
            assert_examples_hold();
        }
    }
}

/* Aim: the page shows the layout that "rulebook format" makes. */
static void test_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < block_count; i++) {
        const struct rulebook_file file = {.name = blocks[i].name, .text = blocks[i].text};
        str text;
        if (blocks[i].mark != MARK_RULES && blocks[i].mark != MARK_ALONE) {
            continue;
        }
        arena_reset(&loaded.words);
        assert_true(diagnostics_init(&loaded.diagnostics, &loaded.words, &loaded.err).ok);
        assert_true(
            layout_file(&file, &perm, loaded.scratch, &loaded.diagnostics, &text, &loaded.err).ok);
        if (!str_equal(text, file.text)) {
            fail_msg("%.*s is laid out as\n%.*s", STR_ARG(file.name), STR_ARG(text));
        }
    }
}

/* Aim: the limits listed are those of the program, each with its number. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *of;
        int most;
    } rows[] = {
        {"files of a rulebook", RULEBOOK_FILES_MAX},
        {"bytes of a file", RULEBOOK_FILE_BYTES_MAX},
        {"items of each kind (facts, clocks, definitions, ...)", RULEBOOK_ITEMS_MAX},
        {"examples", RULEBOOK_EXAMPLES_MAX},
        {"characters of a name", RULEBOOK_NAME_LEN_MAX},
        {"bytes of a text, joined", RULEBOOK_TEXT_LEN_MAX},
        {"bytes of what a clock is `due to`", RULEBOOK_DUE_LEN_MAX},
        {"choices of a fact", RULEBOOK_CHOICES_MAX},
        {"depth of a condition, with the definitions and clocks it uses", RULEBOOK_NESTING_MAX},
        {"parts of a condition, with the definitions and clocks it uses written out",
         RULEBOOK_PARTS_MAX},
        {"approvals of a step", RULEBOOK_APPROVALS_MAX},
        {"days of a duration", RULEBOOK_DAYS_MAX},
        {"months of a duration", RULEBOOK_MONTHS_MAX},
        {"years of a duration", RULEBOOK_YEARS_MAX},
        {"findings that are kept (all are counted)", RULEBOOK_DIAGNOSTICS_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const str row = arena_format(&perm, "\n| %s | %d |\n", rows[i].of, rows[i].most);
        if (!str_contains(page, row)) {
            fail_msg("the page does not say%.*s", STR_ARG(row));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rulebook_of_the_page),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_warned),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
