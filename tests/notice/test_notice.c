/* Aim: what stands in notices/ can be read, every fault in such a text is told with its line, and a
 * letter is either filled in whole, in both languages, or refused. Its hash is that of sha256sum.
 */
#include "../temporary.h"
#include "document/document_html.h"
#include "notice/book.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, FILES_MAX = 16, FILE_BYTES_MAX = 1024 * 1024 };

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_open(&arena, ARENA_BYTES, NULL).ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct notice_set read_folder(const char *law)
{
    struct notice_file files[FILES_MAX];
    struct notice_set set;
    struct err err = {0};
    const str *names = NULL;
    size_t count = 0;
    const str folder = arena_format(&arena, "%s/notices/%s", getenv("RETURNHUB_SOURCE"), law);
    assert_true(system_list_folder(folder.at, STR(".notice"), &arena, &names, &count, &err).ok);
    assert_in_range(count, 1, FILES_MAX);
    for (size_t i = 0; i < count; i++) {
        files[i].name = arena_format(&arena, "%s/%.*s", folder.at, STR_ARG(names[i]));
        assert_true(
            system_read_file(files[i].name.at, FILE_BYTES_MAX, &arena, &files[i].text, &err).ok);
    }
    if (!notice_set_read(files, count, &arena, &set, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
    return set;
}

static void test_ours(void **state)
{
    (void)state;
    static const struct {
        const char *law;
        const char *name;
    } rows[] = {
        {"uk", "removal_decision"},     {"uk", "departure_details"},
        {"uk", "transfer_information"}, {"uk", "arrival_information"},
        {"eu", "return_decision"},      {"eu", "removal_order"},
        {"eu", "transfer_information"}, {"eu", "arrival_information"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct notice_set set = read_folder(rows[i].law);
        const struct notice_definition *notice = notice_find(&set, str_from_c(rows[i].name));
        assert_non_null(notice);
        assert_true(notice->line_count > 5);
        assert_true(notice->source_count > 0);
    }
}

/* --- faults ----------------------------------------------------------------------------------- */

#define OFFICE "office \"Office\"\n"
#define GOOD                                                                                       \
    OFFICE "notice one \"One\"\n  version 2\n  source \"S\"\n  paragraph \"To {person.name}\"\n"   \
           "    \"on {notice.day}.\"\n  method hand \"By hand\" shows a.b is yes\n"                \
           "  serving a.c is the day\n  serving a.d is what it said of person.name\n"

static const struct fault {
    const char *text;
    uint32_t line;
    const char *what;
} faults[] = {
    {"notice one \"One\"\n", 1, "says nothing"},
    {OFFICE "notice one\n", 2, "A text in quotes is missing"},
    {GOOD "notice one \"One\"\n", 10, "There is such a notice already"},
    {GOOD OFFICE, 10, "There is one office already"},
    {OFFICE "notice one \"One {a\"\n", 2, "A brace is not closed"},
    {OFFICE "notice one \"One {}\"\n", 2, "A brace is not closed"},
    {OFFICE "notice one \"One {a{b}\"\n", 2, "A brace is not closed"},
    {OFFICE "notice one \"One\"\n  version 1\n  method m \"M\"\n  paragraph \"P\"\n", 2,
     "no source"},
    {OFFICE "notice one \"One\"\n  source \"S\"\n  method m \"M\"\n  paragraph \"P\"\n", 2,
     "has no version"},
    {OFFICE "notice one \"One\"\n  version 1\n  source \"S\"\n  paragraph \"P\"\n", 2, "no method"},
    {OFFICE "notice one \"One\"\n  version 1\n  source \"S\"\n  method m \"M\"\n  paragraph \"P\"\n"
            "  serving a is what it said of b\n",
     7, "does not say"},
    {OFFICE "notice one \"One\"\n  versoin 1\n", 3, "has no line that begins with: \"versoin\""},
    {OFFICE "notice one \"One\"\n  version one\n", 3, "A whole number should stand here"},
    {OFFICE "notice one \"One\"\n  version 1 2\n", 3, "Nothing should follow here"},
    {OFFICE "notice one \"One\"\n  serving a was the day\n", 3, "Here should stand"},
    {OFFICE "  \"more\"\nletter two\n", 3, "Neither a notice nor the office"},
    {"  paragraph \"P\"\n", 1, "Neither a notice nor the office"},
    {OFFICE "notice one \"One\"\n  version 1\n  \"more\"\n", 4, "This text continues nothing"},
    {OFFICE "notice one \"One\n", 2, "does not end on its line"},
    {"", 0, "which office"},
};

static result read_text(const char *text, struct notice_set *ret_set, struct err *err)
{
    const struct notice_file file = {.name = STR("texts"), .text = str_from_c(text)};
    return notice_set_read(&file, 1, &arena, ret_set, err);
}

static void test_faults(void **state)
{
    (void)state;
    struct notice_set set;
    assert_true(read_text(GOOD, &set, NULL).ok);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct err err = {0};
        assert_false(read_text(faults[i].text, &set, &err).ok);
        if (err.line != faults[i].line || strstr(err.what, faults[i].what) == NULL) {
            fail_msg("%zu: line %u: %s", i, err.line, err.what);
        }
    }
}

/* --- filling in ------------------------------------------------------------------------------- */

static const struct notice_insert inserts[] = {
    {.name = STR_INIT("person.name"), .kind = INSERT_TEXT, .text = STR_INIT("Synthetic 1")},
    {.name = STR_INIT("notice.day"), .kind = INSERT_DAY, .day = {.day = 20539}}, /* 2026-03-27 */
};

#define PO_HEAD                                                                                    \
    "msgid \"\"\nmsgstr \"\"\n\"Language: ar\\n\"\n\"X-Translation-Status: draft\\n\"\n\n"
#define PO_TITLE "msgctxt \"notice\"\nmsgid \"One\"\nmsgstr \"واحد\"\n\n"
#define PO_LINE                                                                                    \
    "msgctxt \"notice\"\nmsgid \"To {person.name} \"\n\"on {notice.day}.\"\n"                      \
    "msgstr \"إلى {person.name} في {notice.day}.\"\n"

static struct catalogue catalogue_of(const char *text)
{
    struct catalogue catalogue;
    struct err err = {0};
    if (!catalogue_read("ar.po", str_from_c(text), &arena, &catalogue, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
    return catalogue;
}

static result fill(const struct catalogue *catalogue, size_t insert_count,
                   struct notice_content *ret_content, struct err *err)
{
    struct notice_set set;
    assert_true(read_text(GOOD, &set, NULL).ok);
    return notice_fill(&set.notices[0], catalogue, STR("RH-1"), inserts, insert_count, &arena,
                       ret_content, err);
}

static void assert_text(str text, const char *wanted)
{
    if (!str_equal(text, str_from_c(wanted))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(text), wanted);
    }
}

static void test_fill(void **state)
{
    (void)state;
    struct notice_content content;
    struct err err = {0};
    const struct catalogue catalogue = catalogue_of(PO_HEAD PO_TITLE PO_LINE);
    assert_true(fill(NULL, 2, &content, &err).ok);
    assert_text(content.originals[1], "To Synthetic 1 on 27 March 2026 (2026-03-27).");
    assert_true(fill(&catalogue, 2, &content, &err).ok);
    assert_text(content.originals[1], "To Synthetic 1 on 27 March 2026 (2026-03-27).");
    /* What is put in is isolated, U+2068 and U+2069; the day in figures, which would be turned
     * round, from the left: U+2066. */
    assert_text(content.translations[1], "إلى \xE2\x81\xA8Synthetic 1\xE2\x81\xA9 في \xE2\x81\xA8"
                                         "٢٧ مارس ٢٠٢٦ (\xE2\x81\xA6"
                                         "2026-03-27\xE2\x81\xA9)\xE2\x81\xA9.");
    assert_false(fill(NULL, 1, &content, &err).ok);
    assert_non_null(strstr(err.what, "\"notice.day\" is not known"));
}

/* Aim: a letter of which a line is not translated, or whose translation leaves out what is put in,
 * is not written. */
static void test_not_translated(void **state)
{
    (void)state;
    static const char *const catalogues[] = {
        PO_HEAD PO_TITLE,
        PO_HEAD PO_LINE,
        PO_HEAD PO_TITLE "msgctxt \"notice\"\nmsgid \"To {person.name} on {notice.day}.\"\n"
                         "msgstr \"إلى {person.name}.\"\n",
        PO_HEAD PO_TITLE "msgctxt \"notice\"\nmsgid \"To {person.name} on {notice.day}.\"\n"
                         "msgstr \"{person.name} {notice.day} {person.reference}\"\n",
        PO_HEAD PO_TITLE "#, fuzzy\n" PO_LINE,
        PO_HEAD PO_TITLE "msgid \"To {person.name} on {notice.day}.\"\n"
                         "msgstr \"إلى {person.name} في {notice.day}.\"\n", /* of another context */
    };
    for (size_t i = 0; i < sizeof catalogues / sizeof catalogues[0]; i++) {
        struct notice_content content;
        struct err err = {0};
        const struct catalogue catalogue = catalogue_of(catalogues[i]);
        assert_false(fill(&catalogue, 2, &content, &err).ok);
        assert_non_null(strstr(err.what, "is not wholly translated into ar"));
    }
}

static struct sha256 identity_of(const char *text, const char *po)
{
    struct notice_set set;
    struct notice_translated translated;
    const struct catalogue catalogue = catalogue_of(po);
    assert_true(read_text(text, &set, NULL).ok);
    assert_true(notice_translation(&set.notices[0], &catalogue, arena, &translated, NULL).ok);
    return translated.identity;
}

/* Aim: what was approved is these words: another word, in either language, or another version is
 * something else. */
static void test_identity(void **state)
{
    (void)state;
    static const char other_text[] =
        OFFICE "notice one \"One\"\n  version 3\n  source \"S\"\n  paragraph \"To {person.name}\"\n"
               "    \"on {notice.day}.\"\n  method hand \"By hand\"\n";
    static const char other_po[] =
        PO_HEAD "msgctxt \"notice\"\nmsgid \"One\"\nmsgstr \"واحدة\"\n\n" PO_LINE;
    const struct sha256 identity = identity_of(GOOD, PO_HEAD PO_TITLE PO_LINE);
    const struct sha256 same = identity_of(GOOD, PO_HEAD PO_LINE "\n" PO_TITLE "# a remark\n");
    const struct sha256 text = identity_of(other_text, PO_HEAD PO_TITLE PO_LINE);
    const struct sha256 translation = identity_of(GOOD, other_po);
    assert_memory_equal(&identity, &same, sizeof same);
    assert_memory_not_equal(&identity, &text, sizeof text);
    assert_memory_not_equal(&identity, &translation, sizeof translation);
}

/* Aim: whoever has the text of a letter can check its hash with sha256sum. */
static void test_hash(void **state)
{
    (void)state;
    struct notice_content content;
    struct sha256 hash;
    struct buf buf;
    char hex[SHA256_HEX_SIZE];
    char printed[SHA256_HEX_SIZE] = "";
    char path[200];
    const struct catalogue catalogue = catalogue_of(PO_HEAD PO_TITLE PO_LINE);
    assert_true(fill(&catalogue, 2, &content, NULL).ok);
    assert_true(notice_content_hash(&content, arena, &hash, NULL).ok);
    sha256_hex(&hash, hex);
    buf_init(&buf, &arena, FILE_BYTES_MAX);
    notice_content_text(&content, &buf);
    temporary_path(path, sizeof path, "notice");
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, buf.at, buf.len), (ssize_t)buf.len);
    assert_int_equal(close(file), 0);
    FILE *pipe = popen(arena_format(&arena, "sha256sum < %s", path).at, "re");
    assert_non_null(pipe);
    assert_non_null(fgets(printed, sizeof printed, pipe));
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(unlink(path), 0);
    assert_string_equal(printed, hex);
}

static void test_page(void **state)
{
    (void)state;
    struct notice_content content;
    struct notice_set set;
    struct sha256 hash;
    struct document document;
    struct buf buf;
    const struct catalogue catalogue = catalogue_of(PO_HEAD PO_TITLE PO_LINE);
    assert_true(read_text(GOOD, &set, NULL).ok);
    assert_true(fill(&catalogue, 2, &content, NULL).ok);
    assert_true(notice_content_hash(&content, arena, &hash, NULL).ok);
    notice_document(&content, &set.office, 0, (date){.day = 20539}, &hash, &arena, &document);
    assert_true(document_finish(&document, NULL).ok);
    buf_init(&buf, &arena, FILE_BYTES_MAX);
    document_html_write(&document, &buf);
    assert_true(str_contains(buf_str(&buf), STR("<html lang=\"en-GB\">")));
    assert_true(str_contains(buf_str(&buf), STR("lang=\"ar\" dir=\"rtl\"")));
    assert_true(str_contains(buf_str(&buf), STR("Draft. Not issued, not to be served.")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fill, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_translated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_identity, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hash, setup, teardown),
        cmocka_unit_test_setup_teardown(test_page, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
