/* Aim: a document is written as text and as HTML with everything in it, in order, harmless whatever
 * its words are; and building one that does not fit fails once, at the end, without harm. */
#include "document/document_html.h"
#include "document/document_text.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, PAGE_MAX = 1024 * 1024 };

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
    sample_build(&desk.document, &desk.built, 2);
    assert_true(document_finish(&desk.document, NULL).ok);
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

static str html(void)
{
    struct buf buf;
    str page = {0};
    buf_init(&buf, &desk.written, PAGE_MAX);
    document_html_write(&desk.document, &buf);
    assert_true(buf_finish(&buf, &page, NULL).ok);
    return page;
}

static str text(void)
{
    struct buf buf;
    str page = {0};
    buf_init(&buf, &desk.written, PAGE_MAX);
    document_text_write(&desk.document, desk.scratch, &buf);
    assert_true(buf_finish(&buf, &page, NULL).ok);
    return page;
}

/* The parts stand in the page, one after the other. */
static void assert_in_order(str page, const char *const *parts, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const str part = str_from_c(parts[i]);
        while (at + part.len <= page.len && !str_equal(str_slice(page, at, at + part.len), part)) {
            at++;
        }
        if (at + part.len > page.len) {
            fail_msg("\"%s\" does not stand where it should in:\n%.*s", parts[i], STR_ARG(page));
        }
        at += part.len;
    }
}

static void test_html(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<html lang=\"en-GB\">",
        "<title>Title &lt;of&gt; the &quot;sample&quot;</title>",
        ".w600{width:60.0%}",
        "<h1 id=\"top\">Title &lt;of&gt; the &quot;sample&quot;</h1>",
        "<p>See <a href=\"#row\"><strong>the row</strong></a>.<br><code>a_name.here</code><small> "
        "beside</small></p>",
        "<p class=\"line\">Name</p>",
        "<nav aria-label=\"Contents\">",
        "<li><a href=\"#second\">Second level</a>\n<ul>\n<li><a href=\"#third\">Third "
        "level</a></li>\n</ul>\n</li>\n<li><a href=\"#rest\">The rest</a></li>",
        "<section>",
        "<h2 id=\"second\">Second level</h2>",
        "<div class=\"columns\">\n<div class=\"w600\">\n<p>The left",
        "<div class=\"w400\">\n<p>The right, s.10A <mark>Not verified</mark></p>",
        "<ul><li>outer<ul><li>inner</li>\n</ul>",
        "<caption>A table</caption>",
        "<thead>\n<tr><th scope=\"col\">Head one</th><th scope=\"col\">Head two</th></tr>",
        "<tr id=\"row\"><th scope=\"row\">Cell &lt;1&gt;</th><td>Cell &amp; 2</td></tr>",
        "<title id=\"drawing-title\">A drawing</title>",
        "<desc id=\"drawing-about\">A box &amp; a line.</desc>",
        "Box &lt;1&gt;</text>",
        "marker-end=\"url(#arrow)\" d=\"M80 15L120 15\"/>",
        "<circle",
        "</html>",
    };
    assert_in_order(html(), parts, sizeof parts / sizeof parts[0]);
}

/* Aim: a line of HTML never breaks within a reference or a day, and what only looks like one is as
 * it was. */
static void test_html_keeps_references_whole(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<p>Case <bdi dir=\"ltr\">RH-0K3JXQ-7</bdi>, (<bdi dir=\"ltr\">2026-11-28</bdi>) of "
        "HUB- and X-ray, well-known -A \xD9\x84\xD9\x87 <bdi dir=\"ltr\">HUB-NORTH</bdi></p>"};
    desk.document.open = desk.document.root;
    document_paragraph(&desk.document,
                       STR("Case RH-0K3JXQ-7, (2026-11-28) of HUB- and X-ray, well-known -A "
                           "\xD9\x84\xD9\x87 HUB-NORTH"));
    assert_in_order(html(), parts, 1);
}

static void test_text(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "Title <of> the \"sample\"\n=======================\n",
        "\nSee the row.\na_name.here beside\n",
        "____\nName\n",
        "\n  Second level\n    Third level\n  The rest\n",
        /* 600 and 400 thousandths of 110 letters */
        ("\nThe left side says one thing.                                     The right, s.10A "
         "[Not "
         "verified]\n"),
        "- outer\n  - inner\n",
        "Head one                         Head two\n---",
        "Cell <1>                         Cell & 2\n",
        "A box & a line.\n",
    };
    assert_in_order(text(), parts, sizeof parts / sizeof parts[0]);
}

/* Aim: lines of text are never longer than the page, but for a word that is. */
static void test_text_width(void **state)
{
    (void)state;
    document_begin(&desk.document, BLOCK_PARAGRAPH);
    for (int i = 0; i < 200; i++) {
        document_put(&desk.document, SPAN_PLAIN, STR("w\xC3\xB6rter und "));
    }
    document_end(&desk.document);
    str rest = text();
    size_t lines = 0;
    while (rest.len > 0) {
        const struct str_cut cut = str_cut(rest, '\n');
        size_t letters = 0;
        for (size_t i = 0; i < cut.head.len; i++) {
            letters += ((unsigned char)cut.head.at[i] & 0xC0U) != 0x80U ? 1 : 0;
        }
        assert_in_range(letters, 0, DOCUMENT_TEXT_WIDTH);
        lines += letters > DOCUMENT_TEXT_WIDTH - 12 ? 1 : 0;
        rest = cut.tail;
    }
    assert_in_range(lines, 10, 1000); /* and they are filled */
}

/* Aim: at whatever size the arena ends, building ends without harm and says ERROR_LIMIT. */
static void test_full(void **state)
{
    (void)state;
    char space[64 * 1024];
    size_t failures = 0;
    bool fitted = false;
    for (size_t size = 0; size < sizeof space; size += 24) {
        struct arena arena = {.begin = space, .at = space, .end = space + size};
        struct document document;
        struct err err = {0};
        sample_build(&document, &arena, 5);
        if (document_finish(&document, &err).ok) {
            fitted = true;
            break;
        }
        assert_int_equal(err.code, ERROR_LIMIT);
        failures++;
    }
    assert_true(fitted);
    assert_in_range(failures, 100, sizeof space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_html, setup, teardown),
        cmocka_unit_test_setup_teardown(test_html_keeps_references_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_width, setup, teardown),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
