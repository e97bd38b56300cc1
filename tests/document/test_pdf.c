/* Aim: a document is written as PDF, the same bytes each time, with all its words, its pages
 * numbered, its title and outline and links; too little room is an error and no harm. pdftotext,
 * pdfinfo and qpdf, which know nothing of how it was made, read it back. */
#include "../temporary.h"
#include "document/document_pdf.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 128 * 1024 * 1024, PDF_MAX = 16 * 1024 * 1024, OUTPUT_MAX = 1024 * 1024 };

struct desk {
    struct arena built;
    struct arena scratch;
    struct arena written;
    struct document document;
};

static struct desk desk;

static int setup(void **state)
{
    (void)state;
    desk = (struct desk){0};
    assert_true(arena_open(&desk.built, ARENA_BYTES, NULL).ok);
    assert_true(arena_open(&desk.scratch, ARENA_BYTES, NULL).ok);
    assert_true(arena_open(&desk.written, ARENA_BYTES, NULL).ok);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&desk.built);
    arena_close(&desk.scratch);
    arena_close(&desk.written);
    return 0;
}

static str pdf_of(int paragraphs)
{
    struct buf buf;
    str pdf = {0};
    struct err err = {0};
    sample_build(&desk.document, &desk.built, paragraphs);
    assert_true(document_finish(&desk.document, &err).ok);
    buf_init(&buf, &desk.written, PDF_MAX);
    if (!document_pdf_write(&desk.document, desk.scratch, &buf, &err).ok) {
        fail_msg("%s", err.what);
    }
    assert_true(buf_finish(&buf, &pdf, &err).ok);
    return pdf;
}

/* What a command prints that is given a file with the PDF, and after it more. */
static str read_back(str pdf, const char *command, const char *more)
{
    char path[200];
    temporary_path(path, sizeof path, "pdf");
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, pdf.at, pdf.len), (ssize_t)pdf.len);
    assert_int_equal(close(file), 0);
    const str line = arena_format(&desk.built, "%s %s %s 2>&1", command, path, more);
    FILE *pipe = popen(line.at, "re");
    assert_non_null(pipe);
    char *output = arena_take(&desk.built, OUTPUT_MAX, 1, 1);
    assert_non_null(output);
    const size_t len = fread(output, 1, OUTPUT_MAX, pipe);
    assert_int_not_equal(pclose(pipe), -1);
    assert_int_equal(unlink(path), 0);
    return (str){.at = output, .len = len};
}

static void assert_contains(str text, const char *part)
{
    if (!str_contains(text, str_from_c(part))) {
        fail_msg("\"%s\" is not in:\n%.*s", part, STR_ARG(text));
    }
}

static void test_words(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "Title <of> the \"sample\"",
        "See the row.",
        "a_name.here",
        "Name",
        "Second level",
        "The left side says one",
        "s.10A",
        "Third level",
        "inner",
        "A table",
        "Head one",
        "Cell <1>",
        "Cell & 2",
        "Box <1>",
        "The rest",
        "Head of pages",
        "outer",
    };
    const str pdf = pdf_of(120);
    const str text = read_back(pdf, "pdftotext -layout", "-");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_contains(text, parts[i]);
    }
    size_t paragraphs = 0;
    for (size_t i = 0; i + 8 < text.len; i++) {
        paragraphs += str_starts(str_slice(text, i, text.len), STR("One more")) ? 1 : 0;
    }
    assert_int_equal(paragraphs, 120); /* none is lost where a page ends */
}

enum { LONG_WORDS = 4000 };

static void put_long(struct document *document, const char *word)
{
    document_begin(document, BLOCK_PARAGRAPH);
    for (int i = 0; i < LONG_WORDS; i++) {
        document_put(document, SPAN_PLAIN, arena_format(&desk.built, "%s%d. ", word, i));
    }
    document_end(document);
}

/* Aim: a paragraph alone, and one beside another, go on over as many pages as they need. */
static void test_long(void **state)
{
    (void)state;
    struct document *document = &desk.document;
    struct buf buf;
    sample_build(document, &desk.built, 0);
    put_long(document, "alone");
    struct block *columns = document_begin(document, BLOCK_COLUMNS);
    columns->width_count = 2;
    columns->widths[0] = 300;
    columns->widths[1] = 700;
    document_begin(document, BLOCK_COLUMN);
    put_long(document, "left");
    document_end(document);
    document_begin(document, BLOCK_COLUMN);
    put_long(document, "right");
    document_end(document);
    document_end(document);
    buf_init(&buf, &desk.written, PDF_MAX);
    assert_true(document_pdf_write(document, desk.scratch, &buf, NULL).ok);
    const str text = read_back(buf_str(&buf), "pdftotext -raw", "-");
    for (int i = 0; i < LONG_WORDS; i += 7) {
        struct arena scratch = desk.scratch;
        assert_contains(text, arena_format(&scratch, "alone%d.", i).at);
        assert_contains(text, arena_format(&scratch, "left%d.", i).at);
        assert_contains(text, arena_format(&scratch, "right%d.", i).at);
    }
}

/* Aim: no line ends within a reference or a day, wherever it falls. */
static void test_references_are_whole(void **state)
{
    (void)state;
    enum { REFERENCES = 300 };
    struct buf buf;
    sample_build(&desk.document, &desk.built, 0);
    document_begin(&desk.document, BLOCK_PARAGRAPH);
    for (int i = 0; i < REFERENCES; i++) {
        document_put(
            &desk.document, SPAN_PLAIN,
            arena_format(&desk.built, "%.*s RH-SKBBBB-R, ", 1 + i % 17, "aaaaaaaaaaaaaaaaa"));
    }
    document_end(&desk.document);
    buf_init(&buf, &desk.written, PDF_MAX);
    assert_true(document_pdf_write(&desk.document, desk.scratch, &buf, NULL).ok);
    const str text = read_back(buf_str(&buf), "pdftotext -raw", "-");
    size_t whole = 0;
    for (size_t i = 0; i < text.len; i++) {
        whole += str_starts(str_slice(text, i, text.len), STR("RH-SKBBBB-R,")) ? 1 : 0;
    }
    assert_int_equal(whole, REFERENCES);
}

static void put_both(struct document *document, enum span_kind kind, const char *word, int number)
{
    struct block *columns = document_begin(document, BLOCK_COLUMNS);
    columns->width_count = 2;
    columns->widths[0] = 500;
    columns->widths[1] = 500;
    for (int side = 0; side < 2; side++) {
        document_begin(document, BLOCK_COLUMN);
        document_begin(document, BLOCK_PARAGRAPH);
        document_put(document, kind, arena_format(&desk.built, "%s%d%c", word, number, 'a' + side));
        document_end(document);
        document_end(document);
    }
    document_end(document);
}

/* Aim: the heading of columns is on the page of what it stands over, wherever the page ends. */
static void test_heading_of_columns(void **state)
{
    (void)state;
    struct buf buf;
    document_init(&desk.document, &desk.built, (struct document_about){.language = STR("en-GB")});
    for (int i = 0; i < 120; i++) {
        put_both(&desk.document, SPAN_STRONG, "Over", i);
        for (int k = 0; k <= (i * 7 + i / 5) % 4; k++) {
            put_both(&desk.document, SPAN_PLAIN, "Under", i);
        }
    }
    assert_true(document_finish(&desk.document, NULL).ok);
    buf_init(&buf, &desk.written, PDF_MAX);
    assert_true(document_pdf_write(&desk.document, desk.scratch, &buf, NULL).ok);
    const str text = read_back(buf_str(&buf), "pdftotext -layout", "-");
    struct str_cut pages = {.tail = text, .found = true};
    size_t count = 0;
    while (pages.found) {
        pages = str_cut(pages.tail, '\f');
        size_t last_over = 0;
        size_t last_under = 0;
        for (size_t i = 0; i < pages.head.len; i++) {
            const str rest = str_slice(pages.head, i, pages.head.len);
            last_over = str_starts(rest, STR("Over")) ? i : last_over;
            last_under = str_starts(rest, STR("Under")) ? i : last_under;
        }
        assert_true(last_over <= last_under);
        count += last_under > 0 ? 1 : 0;
    }
    assert_in_range(count, 5, 100);
}

/* Aim: the pages are counted as a reader of PDF counts them, and each has its number. */
static void test_pages(void **state)
{
    (void)state;
    const str pdf = pdf_of(120);
    const str text = read_back(pdf, "pdftotext -layout", "-");
    const str about = read_back(pdf, "pdfinfo", "");
    for (int page = 1; page <= 5; page++) {
        struct arena scratch = desk.scratch;
        assert_contains(text, arena_format(&scratch, "Page %d of 5\n", page).at);
    }
    assert_contains(about, "Pages:           5\n");
    assert_contains(about, "Page size:       595.276 x 841.89 pts (A4)\n");
}

static void test_about(void **state)
{
    (void)state;
    const str pdf = pdf_of(1);
    const str about = read_back(pdf, "TZ=UTC pdfinfo -isodates", "");
    assert_contains(about, "Title:           Title <of> the \"sample\"\n");
    assert_contains(about, "Subject:         Subject\n");
    assert_contains(about, "CreationDate:    2024-10-04T00:00:00Z\n");
    assert_contains(about, "Tagged:          yes\n");
    assert_contains(read_back(pdf, "qpdf --check", ""), "No syntax or stream encoding errors");
    assert_contains(read_back(pdf, "pdffonts", ""), "LiberationSans-Bold");
}

/* Aim: the outline and the links lead where the headings and the row are. */
static void test_ways(void **state)
{
    (void)state;
    const str pdf = pdf_of(1);
    static const char *const ids[] = {"top", "second", "third", "rest", "row"};
    const str places = read_back(pdf, "pdfinfo -dests", "");
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct arena scratch = desk.scratch;
        assert_contains(places, arena_format(&scratch, "\"%s\"", ids[i]).at);
    }
    const str inside = read_back(pdf, "qpdf --qdf --object-streams=disable", "-");
    assert_contains(inside, "/Title (Second level)");
    assert_contains(inside, "/Subtype /Link");
}

static void test_same_bytes(void **state)
{
    (void)state;
    const str first = pdf_of(60);
    const str second = pdf_of(60);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.at, second.at, first.len);
    assert_true(str_starts(first, STR("%PDF-1.")));
}

struct spoken {
    const char *language;
    bool right_to_left;
    const char *words;
    const char *held; /* how a PDF holds the beginning: PDFDocEncoding, or UTF-16 in hexadecimal */
};

/* Article 1 of the Universal Declaration of Human Rights begins so. */
static const struct spoken spoken[] = {
    {"sq", false, "Të gjithë njerëzit lindin të lirë.", "(T\xEB gjith\xEB"},
    {"ar", true, "يولد جميع الناس أحرارا.", "<feff064a06480644062f"},
    {"ckb", true, "هەموو مرۆڤەکان بە ئازادی لەدایک دەبن.", "<feff064706d506450648"},
    {"ps", true, "ټول انسانان ازاد نړۍ ته راځي.", "<feff067c06480644"},
    {"prs", true, "تمام افراد بشر آزاد به دنیا می‌آیند.",
     "<feff062a064506270645"},
    {"ti", false, "ብመንፅር ክብርን መሰልን ኩሎም ሰባት ነፃ ይውለዱ።", "<feff1265"},
    {"vi", false, "Mọi người sinh ra đều được tự do.", "<feff004d1ecd"},
    {"ur", true, "تمام انسان آزاد پیدا ہوئے ہیں۔", "<feff062a064506270645"},
    {"bn", false, "সব মানুষ স্বাধীনভাবে জন্মগ্রহণ করে।", "<feff09b809ac"},
};

static void build_spoken(struct document *document)
{
    sample_build(document, &desk.built, 1);
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        struct block *columns = document_begin(document, BLOCK_COLUMNS);
        columns->width_count = 2;
        columns->widths[0] = 500;
        columns->widths[1] = 500;
        document_begin(document, BLOCK_COLUMN);
        document_paragraph(document, STR("All human beings are born free."));
        document_end(document);
        struct block *column = document_begin(document, BLOCK_COLUMN);
        column->language = str_from_c(spoken[i].language);
        column->right_to_left = spoken[i].right_to_left;
        document_paragraph(document, str_from_c(spoken[i].words));
        document_begin(document, BLOCK_LIST);
        document_begin(document, BLOCK_ITEM);
        document_put(document, SPAN_PLAIN, str_from_c(spoken[i].words));
        document_end(document);
        document_end(document);
        document_end(document);
        document_end(document);
    }
}

/* Aim: words in another language have letters, say which language they are in, and can be read
 * aloud in their order; the whole says its language and shows its title. */
static void test_languages(void **state)
{
    (void)state;
    struct buf buf;
    struct err err = {0};
    build_spoken(&desk.document);
    buf_init(&buf, &desk.written, PDF_MAX);
    if (!document_pdf_write(&desk.document, desk.scratch, &buf, &err).ok) {
        fail_msg("%s", err.what);
    }
    const str inside = read_back(buf_str(&buf), "qpdf --qdf --object-streams=disable", "-");
    assert_contains(inside, "/Lang (en-GB)");
    assert_contains(inside, "/DisplayDocTitle true");
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        struct arena scratch = desk.scratch;
        assert_contains(inside, arena_format(&scratch, "/Lang (%s)", spoken[i].language).at);
        assert_contains(inside, arena_format(&scratch, "/ActualText %s", spoken[i].held).at);
    }
    assert_contains(read_back(buf_str(&buf), "qpdf --check", ""),
                    "No syntax or stream encoding errors");
    assert_contains(read_back(buf_str(&buf), "pdftotext", "-"), "All human beings are born free.");
}

/* Aim: a letter that no font has is an error, not a box. */
static void test_letter_without_font(void **state)
{
    (void)state;
    struct buf buf;
    struct err err = {0};
    sample_build(&desk.document, &desk.built, 1);
    document_paragraph(&desk.document, STR("\xF3\xB0\x80\x80")); /* U+F0000: private use */
    buf_init(&buf, &desk.written, PDF_MAX);
    assert_false(document_pdf_write(&desk.document, desk.scratch, &buf, &err).ok);
    assert_int_equal(err.code, ERROR_STORAGE);
}

/* Aim: whatever room there is, too little is ERROR_LIMIT. */
static void test_full(void **state)
{
    (void)state;
    size_t refused = 0;
    sample_build(&desk.document, &desk.built, 3);
    for (size_t size = 0; size < (size_t)512 * 1024; size += (size_t)16 * 1024) {
        struct arena little = desk.scratch;
        struct buf buf;
        struct err err = {0};
        little.end = little.at + size;
        arena_reset(&desk.written);
        buf_init(&buf, &desk.written, PDF_MAX);
        if (!document_pdf_write(&desk.document, little, &buf, &err).ok) {
            assert_int_equal(err.code, ERROR_LIMIT);
            refused++;
        }
    }
    assert_in_range(refused, 1, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long, setup, teardown),
        cmocka_unit_test_setup_teardown(test_references_are_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_heading_of_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_about, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_languages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_letter_without_font, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
