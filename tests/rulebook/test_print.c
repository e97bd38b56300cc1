/* Aim: the document of a rulebook says everything - each safeguard beside its source, what it
 * guards and when it is clear - marks what is not verified, says conditions in words that mean the
 * same, and as HTML is well-formed, safe against its own texts, and leads nowhere that is not
 * there. */
#include "document/document_html.h"
#include "document/document_text.h"
#include "load.h"
#include "rulebook/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE_MAX = 4 * 1024 * 1024, TAGS_MAX = 64 };

static const char rules[] =
    "rulebook shown\n  title \"Title <script>alert('1')</script> & \\\"more\\\"\"\n  in force from "
    "2026-01-01\n"
    "country ALB \"Albania\"\n"
    "holidays off\n  \"Days <off>\"\n  source \"Holiday Act <1>\"\n  2026-12-25 \"Christmas & "
    "Day\"\n  every 29 "
    "december to 1 january \"Turn\"\n"
    "calendar office\n  \"Office <days>\"\n  weekend sunday\n  holidays off\n  from 2026-01-01\n  "
    "until 2026-12-31\n"
    "role officer \"Officer <x>\"\nnotice letter \"Letter <x>\"\n"
    "stage first \"A first stage with a long title that takes several lines, T\xC3\xABrana, and "
    "then some\" start\n"
    "stage second \"Second <b>\" outcome\n"
    "section \"Section <i>\"\n"
    "fact a.number : number\n  \"Number <n>\"\n  note \"Note <n>\"\nfact a.day : date \"Day\"\n"
    "fact family.complete : flag \"Complete\"\nfact hub.free : number \"Free\" counted by the "
    "register\n"
    "define odd\n  not (a.day >= 2 days before today or not family.complete or a.day unknown)\n"
    "define small\n  \"A small number\"\n  a.number < 3 and a.number > -3\n"
    "clock time\n  \"Time <t>\"\n  source \"Clock Act <2>\" unverified\n  runs 3 days after a.day "
    "when a.number <= 3\n"
    "  ends on a working day (office)\n  due to appeal\n  example \"e <e>\"\n    given a.day = "
    "2026-06-01\n    then last day unknown\n"
    "step go \"Go <on>\"\n  from first\n  to second\n  with hub\n  takes one place at hub\n  "
    "approved by officer\n"
    "  serves notice letter\n  records a.day = today, a.number = 5\n"
    "step stay \"Stay\"\n  from any stage\n  to the same stage\n"
    "safeguard rule\n  \"A <Rule>\"\n  guards go\n  source \"Act <3>, s.1; Report, June 2026, "
    "p.4\"\n  source "
    "\"Act <4>\" unverified\n  "
    "reason \"Reason <r>\"\n"
    "  clear when small and a.number >= 1 and no family member has small and hub.free > 0 and time "
    "has expired\n"
    "  example \"c\"\n    on 2026-02-01\n    given a.number = 2\n    family member given a.number "
    "= 1\n    then unknown\n"
    "  example \"b\"\n    then barred\n  example \"u\"\n    then clear\n";

static struct loaded loaded;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    load_sound(&loaded, str_from_c(rules));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

/* Without the spaces that only keep columns apart: of several, two are left. */
static str squeezed(str text)
{
    struct buf buf;
    buf_init(&buf, &loaded.words, PAGE_MAX);
    for (size_t i = 0; i < text.len; i++) {
        const bool third =
            i >= 2 && text.at[i] == ' ' && text.at[i - 1] == ' ' && text.at[i - 2] == ' ';
        if (!third) {
            buf_put_char(&buf, text.at[i]);
        }
    }
    return buf_str(&buf);
}

static str page(bool html)
{
    struct document document;
    struct buf buf;
    str text = {0};
    struct arena scratch = loaded.scratch;
    print_rulebook(loaded.rulebook, &scratch, &document);
    assert_true(document_finish(&document, &loaded.err).ok);
    buf_init(&buf, &loaded.words, PAGE_MAX);
    if (html) {
        document_html_write(&document, &buf);
    } else {
        document_text_write(&document, scratch, &buf);
    }
    assert_true(buf_finish(&buf, &text, &loaded.err).ok);
    return html ? text : squeezed(text);
}

static size_t count_of(str text, const char *part)
{
    size_t count = 0;
    const str wanted = str_from_c(part);
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        count += str_equal(str_slice(text, i, i + wanted.len), wanted) ? 1 : 0;
    }
    return count;
}

/* How many bytes stand before the part. */
static size_t count_before(str text, const char *part)
{
    const str wanted = str_from_c(part);
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        if (str_equal(str_slice(text, i, i + wanted.len), wanted)) {
            return i;
        }
    }
    fail_msg("\"%s\" is not in the page", part);
    return 0;
}

static void assert_contains(str text, const char *part)
{
    if (count_of(text, part) == 0) {
        fail_msg("\"%s\" is not in the page:\n%.*s", part, STR_ARG(text));
    }
}

/* Aim: plain text has every text and condition of the rulebook as they are. */
static void test_text(void **state)
{
    (void)state;
    const str text = page(false);
    static const char *const parts[] = {
        "Title <script>alert('1')</script> & \"more\"",
        "In force from  1 January 2026",
        "Source: Holiday Act <1>\n",
        "25 December 2026  Christmas & Day",
        "Every 29 December to 1 January",
        "Office <days>",
        "From 1 January 2026 to 31 December 2026; a sum of days",
        "Letter <x>",
        "Officer <x>",
        "Section <i>",
        "Number <n>",
        "Note: Note <n>",
        "a.number < 3 and a.number > -3",
        "Source: Clock Act <2> [Not verified]",
        "Act <3>, s.1; Report, June 2026, p.4",
        "Act <4> [Not verified]",
        "Reason: Reason <r>",
        ("Runs: 3 days after \xE2\x80\x9C"
         "Day\xE2\x80\x9D."),
        "It does so when \xE2\x80\x9CNumber <n>\xE2\x80\x9D is at most 3.",
        "Takes one place at the hub",
        "Day: The day of the step",
        "Number <n>: 5",
        "A member of the family: Number <n>: 1",
        "On 1 February 2026",
        "Go <on>",
        "Whole number; counted by",
        "Any stage that is not an outcome",
        "4 cited, of which 2 are not verified",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_contains(text, parts[i]);
    }
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&loaded.rulebook->identity, identity);
    assert_contains(text, identity);
}

/* Aim: a condition in words: each part a line, what is compared said for days and for numbers, what
 * is not so said of the fact itself. */
static void test_words(void **state)
{
    (void)state;
    const str text = page(false);
    static const char *const lines[] = {
        "A step is clear only when all of these are so:",
        ("- \xE2\x80\x9C"
         "A small number\xE2\x80\x9D (as defined)"),
        "- \xE2\x80\x9CNumber <n>\xE2\x80\x9D is at least 1",
        "- of no member of the family this is so:",
        ("  - \xE2\x80\x9C"
         "A small number\xE2\x80\x9D (as defined)"),
        ("- \xE2\x80\x9C"
         "Free\xE2\x80\x9D of the hub is more than 0"),
        "- \xE2\x80\x9CTime <t>\xE2\x80\x9D has expired",
        "This is so when all of these are so:",
        "- \xE2\x80\x9CNumber <n>\xE2\x80\x9D is less than 3",
        "- \xE2\x80\x9CNumber <n>\xE2\x80\x9D is more than -3",
        "This is so when none of these is so:",
        ("- \xE2\x80\x9C"
         "Day\xE2\x80\x9D is on or after 2 days before today"),
        ("- \xE2\x80\x9C"
         "Complete\xE2\x80\x9D: no"),
        ("- \xE2\x80\x9C"
         "Day\xE2\x80\x9D is not recorded"),
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_contains(text, lines[i]);
    }
}

/* Aim: an instrument is named once, whatever place in it is cited, with all that rests on it; a
 * year is no place; a source may name several. */
static void test_instruments(void **state)
{
    (void)state;
    const str text = page(false);
    const str annex = str_slice(text, count_before(text, "\n\nAnnex B."), text.len);
    assert_contains(annex, "Act <3>  1. A <Rule> (s.1)  None\n");
    assert_contains(annex, "Report, June 2026  1. A <Rule> (p.4)  None\n");
    assert_contains(annex, "Act <4>  1. A <Rule>  None\n");
    assert_contains(text, "Holidays: Days <off>\n");
    assert_int_equal(count_of(annex, "Act <3>"), 1);
}

/* The name of a tag, from its first letter on. */
static str tag_name(str html, size_t at)
{
    size_t end = at;
    while (end < html.len && strchr(" >/\n", html.at[end]) == NULL) {
        end++;
    }
    return str_slice(html, at, end);
}

/* Every tag is closed in its order; no sign of HTML stands bare in a text. */
static void check_well_formed(str html)
{
    str open[TAGS_MAX];
    size_t depth = 0;
    for (size_t i = 0; i < html.len; i++) {
        if (html.at[i] != '<' || html.at[i + 1] == '!') {
            continue;
        }
        const bool closes = html.at[i + 1] == '/';
        const str name = tag_name(html, i + (closes ? 2 : 1));
        size_t end = i;
        while (html.at[end] != '>') {
            end++;
            assert_true(html.at[end] != '<');
        }
        const bool empty = html.at[end - 1] == '/' || str_equal(name, STR("meta")) ||
                           str_equal(name, STR("br")) || str_equal(name, STR("col"));
        if (closes) {
            assert_in_range(depth, 1, TAGS_MAX);
            depth--;
            if (!str_equal(open[depth], name)) {
                fail_msg("<%.*s> is closed by </%.*s>", STR_ARG(open[depth]), STR_ARG(name));
            }
        } else if (!empty) {
            assert_in_range(depth, 0, TAGS_MAX - 1);
            open[depth++] = name;
        }
        i = end;
    }
    assert_int_equal(depth, 0);
}

/* Every link inside the page leads to an id of the page, and no id stands twice. */
static void check_links(str html)
{
    size_t links = 0;
    for (size_t i = 0; i + 7 < html.len; i++) {
        if (!str_starts(str_slice(html, i, html.len), STR("href=\"#"))) {
            continue;
        }
        const str rest = str_slice(html, i + 7, html.len);
        const str id = str_slice(rest, 0, str_find_char(rest, '"'));
        struct arena arena = loaded.scratch;
        const char *wanted = arena_format(&arena, " id=\"%.*s\"", STR_ARG(id)).at;
        if (count_of(html, wanted) != 1) {
            fail_msg("%s stands %zu times", wanted, count_of(html, wanted));
        }
        links++;
    }
    assert_in_range(links, 5, 1000);
}

/* Aim: HTML is well-formed, its texts are harmless, its links lead somewhere, and the stages are
 * drawn. */
static void test_html(void **state)
{
    (void)state;
    const str html = page(true);
    check_well_formed(html);
    check_links(html);
    assert_int_equal(count_of(html, "<script"), 0);
    assert_int_equal(count_of(html, "&lt;script&gt;alert(&#39;1&#39;)"),
                     2); /* the title, and the heading */
    assert_int_equal(count_of(html, "<mark>Not verified</mark>"),
                     5); /* what it means, the two themselves, and both in Annex A */
    assert_int_equal(count_of(html, "<rect "), loaded.rulebook->stage_count + 1); /* outcome */
    assert_int_equal(count_of(html, "<path fill=\"none\""), 1); /* from first to second */
    assert_contains(html, "a.number &lt; 3 and a.number &gt; -3</code>");
    assert_contains(html, "Reason &lt;r&gt;");
}

/* Aim: the same for the samples of the language's reference. */
static void test_samples(void **state)
{
    (void)state;
    const str text =
        load_read(&loaded, load_path(&loaded, "tests/rulebook/cases/sound_sample.rules"));
    load_sound(&loaded, text);
    const str html = page(true);
    check_well_formed(html);
    check_links(html);
    assert_in_range(count_of(html, "<rect "), 3, 6);
    for (size_t i = 0; i < loaded.rulebook->safeguard_count; i++) {
        struct arena arena = loaded.scratch;
        assert_contains(html, arena_format(&arena, "Reason: %.*s",
                                           STR_ARG(loaded.rulebook->safeguards[i].reason))
                                  .at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),        cmocka_unit_test(test_words),
        cmocka_unit_test(test_instruments), cmocka_unit_test(test_html),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
