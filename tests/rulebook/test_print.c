/* Aim: the page of a rulebook says everything - each safeguard with its source, what it guards and
 * when it is clear - marks what is not verified, and as HTML is well-formed, safe against its own
 * texts, and leads nowhere that is not there. */
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
    "holidays off\n  source \"Holiday Act <1>\"\n  2026-12-25 \"Christmas & Day\"\n  every 29 "
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
    "define small\n  \"A small number\"\n  a.number < 3 and a.number > -3\n"
    "clock time\n  \"Time <t>\"\n  source \"Clock Act <2>\" unverified\n  runs 3 days after a.day "
    "when a.number <= 3\n"
    "  ends on a working day (office)\n  due to appeal\n  example \"e <e>\"\n    given a.day = "
    "2026-06-01\n    then last day unknown\n"
    "step go \"Go <on>\"\n  from first\n  to second\n  with hub\n  takes one place at hub\n  "
    "approved by officer\n"
    "  serves notice letter\n  records a.day = today, a.number = 5\n"
    "step stay \"Stay\"\n  from any stage\n  to the same stage\n"
    "safeguard rule\n  guards go\n  source \"Act <3>, s.1\"\n  source \"Act <4>\" unverified\n  "
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

static str page(void (*print)(const struct rulebook *, struct buf *))
{
    struct buf buf;
    str text = {0};
    buf_init(&buf, &loaded.words, PAGE_MAX);
    print(loaded.rulebook, &buf);
    assert_true(buf_finish(&buf, &text, &loaded.err).ok);
    return text;
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
    const str text = page(print_rulebook_text);
    static const char *const parts[] = {
        "Title <script>alert('1')</script> & \"more\"",
        "Holiday Act <1>",
        "2026-12-25, Christmas & Day",
        "29 december to 1 january",
        "Office <days>",
        "Letter <x>",
        "Officer <x>",
        "Section <i>",
        "Number <n>",
        "Note <n>",
        "a.number < 3 and a.number > -3",
        "Clock Act <2> [NOT VERIFIED]",
        "Act <3>, s.1\n",
        "Act <4> [NOT VERIFIED]",
        "Reason <r>",
        "3 days after a.day when a.number <= 3",
        "takes one place at the hub",
        "a.day = today",
        "a.number = 5",
        "a family member with a.number = 1",
        "1 February 2026",
        "the last day is unknown",
        "Go <on>",
        "counted by the register",
        "any stage that is not an outcome",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_contains(text, parts[i]);
    }
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&loaded.rulebook->identity, identity);
    assert_contains(text, identity);
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
        const bool empty = html.at[end - 1] == '/' || str_equal(name, STR("meta"));
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
    const str html = page(print_rulebook_html);
    check_well_formed(html);
    check_links(html);
    assert_int_equal(count_of(html, "<script"), 0);
    assert_int_equal(count_of(html, "&lt;script&gt;alert(&#39;1&#39;)"),
                     2); /* the title, and the heading */
    assert_int_equal(count_of(html, "class=\"unverified\""), 2);
    assert_int_equal(count_of(html, "<rect "), loaded.rulebook->stage_count);
    assert_int_equal(count_of(html, "<path class=\"way"), 1); /* from first to second */
    assert_contains(html, "<code>a.number &lt; 3 and a.number &gt; -3</code>");
    assert_contains(html, "a.number &lt;= 3");
    assert_contains(html, "Reason &lt;r&gt;");
}

/* Aim: the same for the samples of the language's reference. */
static void test_samples(void **state)
{
    (void)state;
    const str text =
        load_read(&loaded, load_path(&loaded, "tests/rulebook/cases/sound_sample.rules"));
    load_sound(&loaded, text);
    const str html = page(print_rulebook_html);
    check_well_formed(html);
    check_links(html);
    assert_int_equal(count_of(html, "<rect "), 3);
    for (size_t i = 0; i < loaded.rulebook->safeguard_count; i++) {
        struct arena arena = loaded.scratch;
        assert_contains(
            html,
            arena_format(&arena, "<h4>%.*s", STR_ARG(loaded.rulebook->safeguards[i].reason)).at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
