/* Aim: templates do what Mustache's specification says of interpolation, sections, partials,
 * delimiters, comments and inheritance; nothing a person entered can become markup; and a template
 * that is wrong is refused at its place. */
#include "format/template.h"

#include "base/random.h"
#include "format/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { OUT_LEN_MAX = 100000, OTHERS_MAX = 4 };

struct room {
    struct arena arena;
    struct err err;
};

static int open_room(void **state)
{
    struct room *room = test_calloc(1, sizeof *room);
    assert_true(arena_open(&room->arena, 8 * 1024 * 1024, &room->err).ok);
    *state = room;
    return 0;
}

static int close_room(void **state)
{
    struct room *room = *state;
    arena_close(&room->arena);
    test_free(room);
    return 0;
}

struct other {
    const char *name, *text;
};

struct row {
    const char *aim;
    const char *text;
    const char *view; /* JSON; NULL for {} */
    const char *expected;
    struct other others[OTHERS_MAX];
};

static result make_set_of(struct arena *arena, enum template_lines lines, const char *text,
                          const struct other *others, struct template_set **ret_set,
                          struct err *err)
{
    TRY(template_set_open(arena, lines, ret_set, err));
    for (size_t i = 0; i < OTHERS_MAX && others[i].name != NULL; i++) {
        TRY(template_set_add(*ret_set, str_from_c(others[i].name), str_from_c(others[i].text),
                             err));
    }
    TRY(template_set_add(*ret_set, STR("page"), str_from_c(text), err));
    return template_set_check(*ret_set, err);
}

static result make_set(struct arena *arena, const char *text, const struct other *others,
                       struct template_set **ret_set, struct err *err)
{
    return make_set_of(arena, TEMPLATE_LINES_AS_WRITTEN, text, others, ret_set, err);
}

static result render_lines(struct arena *arena, enum template_lines lines, const struct row *row,
                           str *ret_text, struct err *err)
{
    struct template_set *set = NULL;
    TRY(make_set_of(arena, lines, row->text, row->others, &set, err));
    json_t *view = NULL;
    TRY(json_read(str_from_c(row->view == NULL ? "{}" : row->view), &view, err));
    struct buf out;
    buf_init(&out, arena, OUT_LEN_MAX);
    const result rendered = template_render(set, STR("page"), view, &out, err);
    json_decref(view);
    TRY(rendered);
    return buf_finish(&out, ret_text, err);
}

static result render(struct arena *arena, const struct row *row, str *ret_text, struct err *err)
{
    return render_lines(arena, TEMPLATE_LINES_AS_WRITTEN, row, ret_text, err);
}

static void check_lines(struct room *room, enum template_lines lines, const struct row *rows,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        arena_reset(&room->arena);
        str text = {0};
        if (!render_lines(&room->arena, lines, &rows[i], &text, &room->err).ok) {
            fail_msg("%s: %s", rows[i].aim, room->err.what);
        }
        if (!str_equal(text, str_from_c(rows[i].expected))) {
            fail_msg("%s: got [%s], expected [%s]", rows[i].aim, text.at, rows[i].expected);
        }
    }
}

#define CHECK_ROWS(state, rows)                                                                    \
    check_lines(*(state), TEMPLATE_LINES_AS_WRITTEN, rows, sizeof(rows) / sizeof(rows)[0])

/* Aim: values are printed, escaped unless asked otherwise. */
static void test_interpolation(void **state)
{
    static const struct row rows[] = {
        {"no tags", "Hello {world}.\n", NULL, "Hello {world}.\n", {{0}}},
        {"empty", "", NULL, "", {{0}}},
        {"text", "Dear {{name}},", "{\"name\":\"Ann\"}", "Dear Ann,", {{0}}},
        {"not interpreted again",
         "{{a}}: {{b}}",
         "{\"a\":\"{{b}}\",\"b\":\"x\"}",
         "{{b}}: x",
         {{0}}},
        {"escaped", "{{a}}", "{\"a\":\"& \\\" < > '\"}", "&amp; &quot; &lt; &gt; &#39;", {{0}}},
        {"raw with three braces", "{{{a}}}", "{\"a\":\"& \\\" < > '\"}", "& \" < > '", {{0}}},
        {"raw with ampersand", "{{&a}}", "{\"a\":\"<b>\"}", "<b>", {{0}}},
        {"whole number", "{{a}} {{{a}}} {{&a}}", "{\"a\":85}", "85 85 85", {{0}}},
        {"negative number", "{{a}}", "{\"a\":-9223372036854775808}", "-9223372036854775808", {{0}}},
        {"decimal", "{{a}} {{b}} {{c}}", "{\"a\":1.21,\"b\":0.1,\"c\":2.0}", "1.21 0.1 2", {{0}}},
        {"booleans", "{{a}} {{b}}", "{\"a\":true,\"b\":false}", "true false", {{0}}},
        {"null prints nothing", "({{a}}{{{a}}}{{&a}})", "{\"a\":null}", "()", {{0}}},
        {"missing prints nothing", "({{a}}{{{a}}}{{&a}})", NULL, "()", {{0}}},
        {"objects and arrays print nothing",
         "({{a}}{{b}})",
         "{\"a\":{\"c\":1},\"b\":[1]}",
         "()",
         {{0}}},
        {"blanks inside tags",
         "|{{ a }}|{{{ a }}}|{{& a }}|{{\ta\n}}|",
         "{\"a\":\"x\"}",
         "|x|x|x|x|",
         {{0}}},
        {"blanks around tags", "| {{a}} |\n {{a}}\n", "{\"a\":\"x\"}", "| x |\n x\n", {{0}}},
        {"braces next to tags", "{{{a}}}}{ {{a}}}", "{\"a\":\"x\"}", "x}{ x}", {{0}}},
        {"other scripts",
         "{{a}}",
         "{\"a\":\"\xD9\x86\xD8\xA7\xD9\x85\"}",
         "\xD9\x86\xD8\xA7\xD9\x85",
         {{0}}},
        {"the value itself", "{{.}} {{{.}}}", "\"<\"", "&lt; <", {{0}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: dotted names go into objects, from the first part on and no further out. */
static void test_dotted_names(void **state)
{
    static const struct row rows[] = {
        {"two parts", "{{a.b}} {{{a.b}}}", "{\"a\":{\"b\":\"<\"}}", "&lt; <", {{0}}},
        {"five parts",
         "{{a.b.c.d.e}}",
         "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":\"x\"}}}}}",
         "x",
         {{0}}},
        {"a missing part", "({{a.b.c}})", "{\"a\":{}}", "()", {{0}}},
        {"a part of a text", "({{a.b}})", "{\"a\":\"x\",\"b\":\"y\"}", "()", {{0}}},
        {"a part of an array", "({{a.b}})", "{\"a\":[{\"b\":1}]}", "()", {{0}}},
        {"no name with a dot in it", "({{a.b}})", "{\"a.b\":1}", "()", {{0}}},
        {"the first part is looked up outwards",
         "{{#s}}{{a.b}}{{/s}}",
         "{\"s\":{},\"a\":{\"b\":1}}",
         "1",
         {{0}}},
        {"the first that is found binds",
         "({{#s}}{{a.b}}{{/s}})",
         "{\"s\":{\"a\":{}},\"a\":{\"b\":1}}",
         "()",
         {{0}}},
        {"a found null binds too",
         "({{#s}}{{a}}{{/s}})",
         "{\"s\":{\"a\":null},\"a\":1}",
         "()",
         {{0}}},
        {"section", "{{#a.b}}x{{/a.b}}", "{\"a\":{\"b\":true}}", "x", {{0}}},
        {"inverted, missing", "{{^a.b}}x{{/a.b}}", "{\"a\":{}}", "x", {{0}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: sections for each kind of value. */
static void test_sections(void **state)
{
    static const struct row rows[] = {
        {"true", "({{#a}}x{{/a}})", "{\"a\":true}", "(x)", {{0}}},
        {"false", "({{#a}}x{{/a}})", "{\"a\":false}", "()", {{0}}},
        {"null", "({{#a}}x{{/a}})", "{\"a\":null}", "()", {{0}}},
        {"missing", "({{#a}}x{{/a}})", NULL, "()", {{0}}},
        {"empty array", "({{#a}}x{{/a}})", "{\"a\":[]}", "()", {{0}}},
        {"empty text is a value", "({{#a}}x{{/a}})", "{\"a\":\"\"}", "(x)", {{0}}},
        {"zero is a value", "({{#a}}x{{/a}})", "{\"a\":0}", "(x)", {{0}}},
        {"empty object is a value", "({{#a}}x{{/a}})", "{\"a\":{}}", "(x)", {{0}}},
        {"object gives names",
         "{{#a}}{{b}}{{/a}}",
         "{\"a\":{\"b\":\"x\"},\"b\":\"y\"}",
         "x",
         {{0}}},
        {"names of outside stay",
         "{{#a}}{{b}}{{c}}{{/a}}",
         "{\"a\":{\"b\":1},\"c\":2}",
         "12",
         {{0}}},
        {"array of objects",
         "{{#a}}<{{n}}>{{/a}}",
         "{\"a\":[{\"n\":1},{\"n\":2},{\"n\":3}]}",
         "<1><2><3>",
         {{0}}},
        {"array of values",
         "{{#a}}({{.}}){{/a}}",
         "{\"a\":[\"<\",2,3.5,true]}",
         "(&lt;)(2)(3.5)(true)",
         {{0}}},
        {"array of arrays",
         "{{#a}}({{#.}}{{.}}{{/.}}){{/a}}",
         "{\"a\":[[1,2],[3]]}",
         "(12)(3)",
         {{0}}},
        {"array as the view", "{{#.}}{{n}}{{/.}}", "[{\"n\":1},{\"n\":2}]", "12", {{0}}},
        {"falsy elements are gone through",
         "{{#a}}({{.}}){{/a}}",
         "{\"a\":[false,null,0]}",
         "(false)()(0)",
         {{0}}},
        {"text as context", "{{#a}}{{.}}{{b}}{{/a}}", "{\"a\":\"x\",\"b\":\"y\"}", "xy", {{0}}},
        {"nested",
         "{{#a}}{{#b}}{{#c}}{{x}}{{y}}{{z}}{{/c}}{{/b}}{{/a}}",
         "{\"x\":1,\"a\":{\"y\":2,\"b\":{\"z\":3,\"c\":true}}}",
         "123",
         {{0}}},
        {"the same name inside itself", "{{#a}}{{#a}}x{{/a}}{{/a}}", "{\"a\":true}", "x", {{0}}},
        {"twice", "{{#a}}1{{/a}}-{{#a}}2{{/a}}", "{\"a\":true}", "1-2", {{0}}},
        {"blanks in tags", "{{# a }}x{{/ a }}", "{\"a\":true}", "x", {{0}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: inverted sections are exactly the opposite. */
static void test_inverted(void **state)
{
    static const struct row rows[] = {
        {"false", "{{^a}}x{{/a}}", "{\"a\":false}", "x", {{0}}},
        {"null", "{{^a}}x{{/a}}", "{\"a\":null}", "x", {{0}}},
        {"missing", "{{^a}}x{{/a}}", NULL, "x", {{0}}},
        {"empty array", "{{^a}}x{{/a}}", "{\"a\":[]}", "x", {{0}}},
        {"true", "({{^a}}x{{/a}})", "{\"a\":true}", "()", {{0}}},
        {"object", "({{^a}}x{{/a}})", "{\"a\":{}}", "()", {{0}}},
        {"array", "({{^a}}x{{/a}})", "{\"a\":[0]}", "()", {{0}}},
        {"zero and empty text",
         "({{^a}}x{{/a}}{{^b}}x{{/b}})",
         "{\"a\":0,\"b\":\"\"}",
         "()",
         {{0}}},
        {"either", "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":[]}", "no", {{0}}},
        {"no new context", "{{^a}}{{b}}{{/a}}", "{\"b\":1}", "1", {{0}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: a tag alone on its line leaves no line behind; any other line stays as it is. */
static void test_standalone(void **state)
{
    static const struct row rows[] = {
        {"section", "1\n{{#a}}\n2\n{{/a}}\n3\n", "{\"a\":true}", "1\n2\n3\n", {{0}}},
        {"section left out", "1\n{{#a}}\n2\n{{/a}}\n3\n", NULL, "1\n3\n", {{0}}},
        {"indented", "1\n  {{#a}}  \n2\n\t{{/a}}\t\n3\n", "{\"a\":true}", "1\n2\n3\n", {{0}}},
        {"inverted", "1\n {{^a}}\n2\n {{/a}}\n3", NULL, "1\n2\n3", {{0}}},
        {"carriage returns",
         "1\r\n{{#a}}\r\n2\r\n{{/a}}\r\n3\r\n",
         "{\"a\":true}",
         "1\r\n2\r\n3\r\n",
         {{0}}},
        {"at the beginning", "  {{#a}}\n2\n{{/a}}", "{\"a\":true}", "2\n", {{0}}},
        {"at the end, no line break",
         "1\n  {{#a}}{{/a}}x\n {{#a}}\n{{/a}}  ",
         NULL,
         "1\n  x\n",
         {{0}}},
        {"two on one line are not", "1\n {{#a}}{{/a}}\n2", "{\"a\":true}", "1\n \n2", {{0}}},
        {"blanks between are kept",
         "|{{#a}} {{/a}}|\n {{#a}} {{/a}}\n",
         "{\"a\":true}",
         "| |\n  \n",
         {{0}}},
        {"values are not", " {{a}}\n {{{a}}}\n {{&a}}\n", NULL, " \n \n \n", {{0}}},
        {"with text before", "x {{#a}}\ny{{/a}}\n", "{\"a\":true}", "x \ny\n", {{0}}},
        {"lists of lines",
         "<ul>\n{{#a}}\n  <li>{{.}}</li>\n{{/a}}\n</ul>\n",
         "{\"a\":[1,2]}",
         "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>\n",
         {{0}}},
        {"comment", "1\n  {{! note }}\n2\n", NULL, "1\n2\n", {{0}}},
        {"comment of many lines", "1\n  {{! a\nb\nc }}\n2\n", NULL, "1\n2\n", {{0}}},
        {"delimiters", "1\n {{=| |=}}\n2\n |={{ }}=|\n3\n", NULL, "1\n2\n3\n", {{0}}},
        {"partial without line break", "1\n  {{>p}}\n2\n", NULL, "1\n  p2\n", {{"p", "p"}}},
        {"two partials on a line",
         "{{>p}} {{>p}}\n{{>p}}{{>p}}\n",
         NULL,
         "p p\npp\n",
         {{"p", "p"}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: comments print nothing and delimiters can be changed, for the rest of one template only. */
static void test_comments_and_delimiters(void **state)
{
    static const struct row rows[] = {
        {"comment in a line", "a{{! any ! thing { } }}b", NULL, "ab", {{0}}},
        {"empty comment", "a{{!}}b", NULL, "ab", {{0}}},
        {"comment that looks like a name", "{{!a}}", "{\"!a\":1,\"a\":2}", "", {{0}}},
        {"comment over lines", "a{{!\n\n}}b\n", NULL, "ab\n", {{0}}},
        {"other delimiters", "{{=<% %>=}}(<%a%>{{a}})", "{\"a\":1}", "(1{{a}})", {{0}}},
        {"of one character", "({{=[ ]=}}[a])", "{\"a\":1}", "(1)", {{0}}},
        {"and back", "{{=| |=}}|a| |={{ }}=|{{a}}", "{\"a\":1}", "1 1", {{0}}},
        {"with blanks", "{{=  |   |  =}}|a|", "{\"a\":1}", "1", {{0}}},
        {"raw values", "{{=<% %>=}}<%{a}%><%&a%>", "{\"a\":\"<\"}", "<<", {{0}}},
        {"sections", "{{=| |=}}|#a|x|/a|", "{\"a\":true}", "x", {{0}}},
        {"a partial has its own", "{{=| |=}}|>p| |a|", "{\"a\":1}", "1 1", {{"p", "{{a}}"}}},
        {"a partial keeps its own", "{{>p}} {{a}}", "{\"a\":1}", "1 1", {{"p", "{{=| |=}}|a|"}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: partials see the context, may contain themselves, and carry the margin of their tag, but not
 * into values. */
static void test_partials(void **state)
{
    static const struct row rows[] = {
        {"context", "({{>p}})", "{\"a\":\"x\"}", "(*x*)", {{"p", "*{{a}}*"}}},
        {"inner context",
         "{{#s}}{{>p}}{{/s}}",
         "{\"s\":[{\"a\":1},{\"a\":2}]}",
         "12",
         {{"p", "{{a}}"}}},
        {"blanks in the tag", "|{{> p }}|", NULL, "|x|", {{"p", "x"}}},
        {"of itself",
         "{{>tree}}",
         "{\"v\":1,\"k\":[{\"v\":2,\"k\":[]},{\"v\":3,\"k\":[{\"v\":4,\"k\":[]}]}]}",
         "1<2<>3<4<>>>",
         {{"tree", "{{v}}<{{#k}}{{>tree}}{{/k}}>"}}},
        {"partial of a partial",
         "{{>p}}",
         "{\"a\":1}",
         "<[1]>",
         {{"p", "<{{>q}}>"}, {"q", "[{{a}}]"}}},
        {"in a line: no margin", "|  {{>p}}  |\n", NULL, "|  a\nb  |\n", {{"p", "a\nb"}}},
        {"margin", "{\n  {{>p}}\n}\n", NULL, "{\n  a\n  b\n}\n", {{"p", "a\nb\n"}}},
        {"margin of tabs", "{\n\t{{>p}}\n}\n", NULL, "{\n\ta\n}\n", {{"p", "a\n"}}},
        {"blank lines get none", " {{>p}}\n", NULL, " a\n\n b\n\r\n", {{"p", "a\n\nb\n\r\n"}}},
        {"not into values",
         "\\\n {{>p}}\n/\n",
         "{\"c\":\"<\\n->\"}",
         "\\\n |\n <\n->\n |\n/\n",
         {{"p", "|\n{{{c}}}\n|\n"}}},
        {"margins add up",
         "  {{>p}}\n",
         NULL,
         "  a\n    b\n  c\n",
         {{"p", "a\n  {{>q}}\nc\n"}, {"q", "b\n"}}},
        {"once for each line",
         "  {{>p}}\n",
         "{\"s\":[1,2],\"e\":\"\"}",
         "  12\n  x\n",
         {{"p", "{{#s}}{{.}}{{/s}}\n{{e}}x\n"}}},
        {"and not after it", " {{>p}}\nz\n", NULL, " a\nz\n", {{"p", "a\n"}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: a layout's blocks are its own text unless the page gives another. */
static void test_inheritance(void **state)
{
    static const struct row rows[] = {
        {"a block alone is its text", "<{{$t}}d {{a}}{{/t}}>", "{\"a\":1}", "<d 1>", {{0}}},
        {"default", "{{<l}}{{/l}}", NULL, "<d>", {{"l", "<{{$t}}d{{/t}}>"}}},
        {"given", "{{<l}}{{$t}}x{{/t}}{{/l}}", NULL, "<x>", {{"l", "<{{$t}}d{{/t}}>"}}},
        {"one of two",
         "{{<l}}{{$b}}x{{/b}}{{/l}}",
         NULL,
         "d x",
         {{"l", "{{$a}}d{{/a}} {{$b}}e{{/b}}"}}},
        {"empty text given", "{{<l}}{{$t}}{{/t}}{{/l}}", NULL, "<>", {{"l", "<{{$t}}d{{/t}}>"}}},
        {"a block the layout has not",
         "{{<l}}{{$u}}x{{/u}}{{/l}}",
         NULL,
         "<d>",
         {{"l", "<{{$t}}d{{/t}}>"}}},
        {"the same block twice",
         "{{<l}}{{$t}}x{{/t}}{{/l}}",
         NULL,
         "x-x",
         {{"l", "{{$t}}{{/t}}-{{$t}}d{{/t}}"}}},
        {"two pages on one layout",
         "{{<l}}{{$t}}1{{/t}}{{/l}}{{<l}}{{$t}}2{{/t}}{{/l}}{{<l}}{{/l}}",
         NULL,
         "<1><2><d>",
         {{"l", "<{{$t}}d{{/t}}>"}}},
        {"text between is ignored",
         "{{<l}} a {{! b }} {{$t}}x{{/t}} c {{/l}}",
         NULL,
         "<x>",
         {{"l", "<{{$t}}d{{/t}}>"}}},
        {"a name is no block",
         "{{<l}}{{/l}}{{t}}",
         "{\"t\":\"v\"}",
         "<d>v",
         {{"l", "<{{$t}}d{{/t}}>"}}},
        {"tags in given text",
         "{{<l}}{{$t}}{{#s}}{{.}}{{/s}}{{>p}}{{/t}}{{/l}}",
         "{\"s\":[1,2]}",
         "<12p>",
         {{"l", "<{{$t}}d{{/t}}>"}, {"p", "p"}}},
        {"context of the place",
         "{{<l}}{{$t}}{{n}}{{/t}}{{/l}}",
         "{\"n\":\"out\",\"s\":{\"n\":\"in\"}}",
         "in",
         {{"l", "{{#s}}{{$t}}{{/t}}{{/s}}"}}},
        {"the outermost page decides",
         "{{<a}}{{$t}}page{{/t}}{{/a}}",
         NULL,
         "<page>",
         {{"a", "{{<b}}{{$t}}a{{/t}}{{/b}}"},
          {"b", "{{<c}}{{$t}}b{{/t}}{{/c}}"},
          {"c", "<{{$t}}c{{/t}}>"}}},
        {"or the next",
         "{{<a}}{{/a}}",
         NULL,
         "<a>",
         {{"a", "{{<b}}{{$t}}a{{/t}}{{/b}}"},
          {"b", "{{<c}}{{$t}}b{{/t}}{{/c}}"},
          {"c", "<{{$t}}c{{/t}}>"}}},
        {"a block in a given block",
         "{{<a}}{{$in}}page{{/in}}{{/a}}",
         NULL,
         "<(page)>",
         {{"a", "{{<b}}{{$out}}({{$in}}a{{/in}}){{/out}}{{/b}}"}, {"b", "<{{$out}}b{{/out}}>"}}},
        {"a layout within a given block keeps its own",
         "{{<l}}{{$t}}T{{/t}}{{$m}}{{<card}}{{$t}}C{{/t}}{{/card}}{{/m}}{{/l}}",
         NULL,
         "T[C]",
         {{"l", "{{$t}}{{/t}}{{$m}}{{/m}}"}, {"card", "[{{$t}}d{{/t}}]"}}},
        {"a partial within a given block keeps its own",
         "{{<l}}{{$t}}T{{/t}}{{$m}}{{>card}}{{/m}}{{/l}}",
         NULL,
         "T[d]",
         {{"l", "{{$t}}{{/t}}{{$m}}{{/m}}"}, {"card", "[{{$t}}d{{/t}}]"}}},
        {"a partial of the layout is of the layout",
         "{{<l}}{{$t}}T{{/t}}{{/l}}",
         NULL,
         "[T]",
         {{"l", "{{>head}}"}, {"head", "[{{$t}}d{{/t}}]"}}},
        {"layouts that use each other",
         "{{<p}}{{$f}}o{{/f}}{{/p}}",
         NULL,
         "o o o end",
         {{"p", "{{$f}}d{{/f}} {{$b}}{{<q}}{{/q}}{{/b}}"},
          {"q", "{{$f}}e{{/f}} {{<p}}{{$b}}end{{/b}}{{/p}}"}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: blocks on lines of their own leave no blank lines, and take the margin of their place. */
static void test_inheritance_lines(void **state)
{
    static const struct row rows[] = {
        {"a page of lines",
         "{{<l}}\n{{$m}}\n<p>\n{{/m}}\n{{/l}}\n",
         NULL,
         "<main>\n<p>\n</main>\n",
         {{"l", "<main>\n{{$m}}\n{{/m}}\n</main>\n"}}},
        {"open and close on one line",
         "{{<l}}\n{{$m}}\n<p>\n{{/m}}\n{{/l}}\n",
         NULL,
         "<main>\n<p>\n</main>\n",
         {{"l", "<main>\n{{$m}}{{/m}}\n</main>\n"}}},
        {"given in a line",
         "{{<l}}{{$m}}x{{/m}}{{/l}}",
         NULL,
         "<main>\n x\n</main>\n",
         {{"l", "<main>\n{{$m}}\n d\n{{/m}}\n</main>\n"}}},
        {"given nothing",
         "{{<l}}{{$m}}{{/m}}{{/l}}",
         NULL,
         "<main>\n</main>\n",
         {{"l", "<main>\n{{$m}}\nd\n{{/m}}\n</main>\n"}}},
        {"layout's default",
         "{{<l}}{{/l}}",
         NULL,
         "a\n  d\nb\n",
         {{"l", "a\n{{$m}}\n  d\n{{/m}}\nb\n"}}},
        {"margin of the layout tag",
         "Hi,\n  {{<l}}{{/l}}\n",
         NULL,
         "Hi,\n  1\n  2\n",
         {{"l", "1\n2\n"}}},
        {"margin of the place",
         "{{<l}}{{$m}}\n1\n2{{/m}}\n{{/l}}\n",
         NULL,
         "Hi,\n  1\n  2\n",
         {{"l", "Hi,\n  {{$m}}{{/m}}\n"}}},
        {"margin of the default text",
         "{{<l}}{{$m}}\n1\n2\n{{/m}}{{/l}}\n",
         NULL,
         "Hi,\n  1\n  2\n",
         {{"l", "Hi,\n{{$m}}\n  d\n{{/m}}\n"}}},
        {"own margin is taken off",
         "{{<l}}{{$m}}\n    1\n      2\n{{/m}}{{/l}}\n",
         NULL,
         "Hi,\n  1\n    2\n",
         {{"l", "Hi,\n  {{$m}}\n  {{/m}}\n"}}},
        {"only blanks are taken off",
         "{{<l}}\n{{$m}}\n    1\n  2\n3\n{{/m}}\n{{/l}}\n",
         NULL,
         "1\n2\n3\n",
         {{"l", "{{$m}}{{/m}}\n"}}},
        {"blanks after a value stay",
         "{{<l}}\n{{$m}}\n  {{e}} x\n{{/m}}\n{{/l}}\n",
         "{\"e\":\"\"}",
         " x\n",
         {{"l", "{{$m}}{{/m}}\n"}}},
        {"a partial in it",
         "{{<l}}\n{{$m}}\n    1\n      {{>p}}\n{{/m}}\n{{/l}}\n",
         NULL,
         " 1\n   a\n   b\n",
         {{"l", " {{$m}}{{/m}}\n"}, {"p", "a\nb\n"}}},
        {"in a line, a margin is text",
         "{{<l}}{{$m}}x{{/m}}{{/l}}",
         NULL,
         "stop:\n  x!\n",
         {{"l", "stop:\n  {{$m}}d{{/m}}!\n"}}},
        {"blocks that touch",
         "{{<l}}{{$a}}x{{/a}}{{$b}}y{{/b}}{{/l}}",
         NULL,
         "xy\nz",
         {{"l", "{{$a}}{{/a}}{{$b}}{{/b}}\nz"}}},
        {"blocks with a blank between",
         "{{<l}}{{$a}}x{{/a}}{{$b}}y{{/b}}{{/l}}",
         NULL,
         "x y\n",
         {{"l", "{{$a}}{{/a}} {{$b}}{{/b}}\n"}}},
    };
    CHECK_ROWS(state, rows);
}

/* Aim: templates that are wrong are refused with file, line and column. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *part; /* of the message */
    } rows[] = {
        {"a\n {{b", 2, 2, "never closed"},
        {"{{{a}}", 1, 1, "never closed"},
        {"{{=<% %>}}", 1, 1, "never closed"},
        {"{{! a", 1, 1, "never closed"},
        {"x{{}}", 1, 2, "a name"},
        {"{{#}}{{/}}", 1, 1, "a name"},
        {"{{a b}}", 1, 1, "a name"},
        {"{{a..b}}", 1, 1, "a name"},
        {"{{.a}}", 1, 1, "a name"},
        {"{{a.}}", 1, 1, "a name"},
        {"{{..}}", 1, 1, "a name"},
        {"{{#if a}}{{/if a}}", 1, 1, "a name"},
        {"{{*a}}", 1, 1, "a name"},
        {"{{\"a\"}}", 1, 1, "a name"},
        {"{{caf\xC3\xA9}}", 1, 1, "a name"},
        {"{{#a}}\n{{{b}} {{{c}}}{{/a}}", 2, 1, "a name"},
        {"1\n2\n  {{#a}}\n", 3, 3, "never closed"},
        {"{{#a}}\n{{^b}}{{/b}}", 1, 1, "never closed"},
        {"{{<a}}", 1, 1, "never closed"},
        {"{{$a}}", 1, 1, "never closed"},
        {"{{/a}}", 1, 1, "not open here"},
        {"{{#a}}\n{{/b}}", 2, 1, "not open here"},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", 1, 13, "not open here"},
        {"{{#a}}{{/a}}{{/a}}", 1, 13, "not open here"},
        {"{{=<%=}}", 1, 1, "two delimiters"},
        {"{{= =}}", 1, 1, "two delimiters"},
        {"{{=a b c=}}", 1, 1, "two delimiters"},
        {"{{=<= =>=}}", 1, 1, "two delimiters"},
        {"{{<l}}\n {{a}}{{/l}}", 2, 2, "only {{$block}}s"},
        {"{{<l}}{{#a}}{{$t}}{{/t}}{{/a}}{{/l}}", 1, 7, "only {{$block}}s"},
        {"{{<l}}{{>p}}{{/l}}", 1, 7, "only {{$block}}s"},
        {"caf\xE9", 0, 0, "not UTF-8"},
    };
    struct room *room = *state;
    for (size_t k = 0; k < 2 * sizeof rows / sizeof rows[0]; k++) {
        const size_t i = k / 2; /* either way the place is that of the text as it was written */
        const enum template_lines lines =
            k % 2 == 0 ? TEMPLATE_LINES_AS_WRITTEN : TEMPLATE_LINES_UNINDENTED;
        arena_reset(&room->arena);
        struct template_set *set = NULL;
        assert_true(template_set_open(&room->arena, lines, &set, &room->err).ok);
        if (template_set_add(set, STR("page"), str_from_c(rows[i].text), &room->err).ok) {
            fail_msg("row %zu was taken: %s", i, rows[i].text);
        }
        assert_int_equal(room->err.code, ERROR_INPUT);
        if (!str_contains(str_from_c(room->err.what), str_from_c(rows[i].part))) {
            fail_msg("row %zu: %s", i, room->err.what);
        }
        assert_string_equal(room->err.file, rows[i].line == 0 ? "" : "page");
        assert_int_equal(room->err.line, rows[i].line);
        assert_int_equal(room->err.column, rows[i].column);
        struct buf out;
        buf_init(&out, &room->arena, 100);
        assert_false(
            template_render(set, STR("page"), NULL, &out, &room->err).ok); /* nothing was added */
    }
}

/* Aim: without indentation no line of a template is indented, wherever it is put; values and what
 * stands further on in a line are as they are. */
static void test_unindented(void **state)
{
    static const struct row rows[] = {
        {"lines", "a\n  b\n\t c d\n \n  e", NULL, "a\nb\nc d\n\ne", {{0}}},
        {"values",
         "  {{a}}\n  <b>  {{a}} </b>\n",
         "{\"a\":\"x\\n  y\"}",
         "x\n  y\n<b>  x\n  y </b>\n",
         {{0}}},
        {"sections",
         "{{#a}}\n  {{#b}}\n    c\n  {{/b}}\n{{/a}}\n",
         "{\"a\":{\"b\":[1,2]}}",
         "c\nc\n",
         {{0}}},
        {"a partial with a margin",
         "<\n  {{>p}}\n>\n",
         "{\"v\":\"1\\n2\"}",
         "<\nx\n1\n2\n>\n",
         {{"p", "  x\n    {{v}}\n"}}},
        {"a block in a layout",
         "{{<l}}\n    {{$t}}\n      x\n        y\n    {{/t}}\n{{/l}}\n",
         NULL,
         "<\nx\ny\n>\n",
         {{"l", "<\n  {{$t}}\n    default\n  {{/t}}\n>\n"}}},
        {"other white space stays", "a \n\xC2\xA0 b\n", NULL, "a \n\xC2\xA0 b\n", {{0}}},
        {"nothing but blanks", "   ", NULL, "", {{0}}},
    };
    check_lines(*state, TEMPLATE_LINES_UNINDENTED, rows, sizeof rows / sizeof rows[0]);
}

/* Aim: a partial or layout that does not exist is found before anything is rendered, with its place
 * and a guess. */
static void test_check(void **state)
{
    struct room *room = *state;
    static const struct other none[OTHERS_MAX] = {{0}};
    static const struct other card[OTHERS_MAX] = {{"card", "{{>page}}"}};
    struct template_set *set = NULL;
    assert_true(make_set(&room->arena, "{{>card}}", card, &set, &room->err).ok);
    assert_false(make_set(&room->arena, "a\n {{>crad}}", card, &set, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_INPUT);
    assert_string_equal(room->err.what, "There is no template \"crad\"");
    assert_string_equal(room->err.hint, "Is \"card\" meant?");
    assert_string_equal(room->err.file, "page");
    assert_int_equal(room->err.line, 2);
    assert_int_equal(room->err.column, 2);
    assert_false(make_set(&room->arena, "{{<layout}}{{/layout}}", none, &set, &room->err).ok);
    assert_string_equal(room->err.what, "There is no template \"layout\"");
    assert_string_equal(room->err.hint, "");

    struct buf out;
    buf_init(&out, &room->arena, 100);
    assert_false(template_render(set, STR("page"), NULL, &out, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_INTERNAL);
    assert_false(template_render(set, STR("other"), NULL, &out, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_INTERNAL);
}

/* Aim: the set holds TEMPLATES_MAX templates, added in any order, and each name once. */
static void test_set(void **state)
{
    struct room *room = *state;
    struct arena *arena = &room->arena;
    struct template_set *set = NULL;
    assert_true(template_set_open(arena, TEMPLATE_LINES_AS_WRITTEN, &set, &room->err).ok);
    for (int i = 0; i < TEMPLATES_MAX; i++) {
        const str name = arena_format(arena, "t%d", i * 37 % TEMPLATES_MAX);
        const str text = arena_format(arena, "text %d", i * 37 % TEMPLATES_MAX);
        assert_true(template_set_add(set, name, text, &room->err).ok);
        if (i == 0) {
            assert_false(template_set_add(set, name, text, &room->err).ok);
            assert_int_equal(room->err.code, ERROR_INPUT);
            assert_false(template_set_add(set, STR("no name"), text, &room->err).ok);
            assert_int_equal(room->err.code, ERROR_INPUT);
        }
    }
    assert_false(template_set_add(set, STR("more"), STR("x"), &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);
    for (int i = 0; i < TEMPLATES_MAX; i++) {
        struct buf out;
        buf_init(&out, arena, 100);
        assert_true(template_render(set, arena_format(arena, "t%d", i), NULL, &out, &room->err).ok);
        assert_true(str_equal(buf_str(&out), arena_format(arena, "text %d", i)));
    }
}

/* Opens `depth` sections of the value "a" inside each other. */
static const char *nested_sections(struct arena *arena, int depth)
{
    struct buf buf;
    buf_init(&buf, arena, 100000);
    for (int i = 0; i < depth; i++) {
        buf_put(&buf, STR("{{#a}}"));
    }
    for (int i = 0; i < depth; i++) {
        buf_put(&buf, STR("{{/a}}"));
    }
    str text = {0};
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text.at;
}

/* Aim: depth and length have their limits, and reaching one is a failure, not a crash or half a
 * page. */
static void test_limits(void **state)
{
    struct room *room = *state;
    str text = {0};
    struct row row = {"", "{{>self}}", NULL, "", {{"self", "x{{>self}}"}}};
    assert_false(render(&room->arena, &row, &text, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);
    row = (struct row){"", "{{<l}}{{/l}}", NULL, "", {{"l", "{{<l}}{{/l}}"}}};
    assert_false(render(&room->arena, &row, &text, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);
    row = (struct row){
        "", "{{<l}}{{$t}}{{$t}}{{/t}}{{/t}}{{/l}}", NULL, "", {{"l", "({{$t}}{{/t}})"}}};
    assert_true(render(&room->arena, &row, &text, &room->err).ok);
    assert_true(str_equal(text, STR("()")));

    row = (struct row){
        "", nested_sections(&room->arena, TEMPLATE_DEPTH_MAX - 1), "{\"a\":true}", "", {{0}}};
    assert_true(render(&room->arena, &row, &text, &room->err).ok);
    row.text = nested_sections(&room->arena, TEMPLATE_DEPTH_MAX);
    assert_false(render(&room->arena, &row, &text, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);
    row.text = nested_sections(&room->arena, TEMPLATE_DEPTH_MAX + 1);
    assert_false(render(&room->arena, &row, &text, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_INPUT); /* refused when compiled */

    row = (struct row){"",
                       "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}xxxxxxxxxx{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}",
                       "{\"a\":[0,1,2,3,4,5,6,7,8,9]}",
                       "",
                       {{0}}};
    assert_false(render(&room->arena, &row, &text, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);

    /* The failure is the renderer's own: a caller who forgets to ask the buf is told too. */
    static const struct other others[OTHERS_MAX] = {{0}};
    struct template_set *set = NULL;
    assert_true(make_set(&room->arena, "too long", others, &set, &room->err).ok);
    struct buf out;
    buf_init(&out, &room->arena, 7);
    assert_false(template_render(set, STR("page"), NULL, &out, &room->err).ok);
    assert_int_equal(room->err.code, ERROR_LIMIT);
}

/* Aim: values that try to break out of text and attributes stay values. */
static void test_hostile_values(void **state)
{
    static const char *const hostile[] = {
        "<script>alert(1)</script>",
        "\" onmouseover=\"alert(1)",
        "' onfocus='alert(1)",
        "</textarea><b>",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "&#60;b&#62;",
        "{{{raw}}}",
        "{{>p}}",
        "<\xC3\xA9>",
        "`${x}`",
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        arena_reset(&room->arena);
        struct template_set *set = NULL;
        static const struct other others[OTHERS_MAX] = {{"p", "{{v}}"}, {"l", "{{$t}}{{/t}}"}};
        assert_true(make_set(&room->arena,
                             "{{v}}{{#s}}{{.}}{{/s}}{{o.v}}{{>p}}{{<l}}{{$t}}{{v}}{{/t}}{{/l}}",
                             others, &set, &room->err)
                        .ok);
        json_t *view = json_object();
        const str value = str_from_c(hostile[i]);
        json_set_str(view, "v", value);
        json_set_str(view, "s", value);
        json_set(view, "o", json_pack("{s:s}", "v", hostile[i]));
        json_set_str(view, "raw", STR("<raw>"));
        struct buf out;
        buf_init(&out, &room->arena, 10000);
        assert_true(template_render(set, STR("page"), view, &out, &room->err).ok);
        json_decref(view);
        const str text = buf_str(&out);
        for (size_t k = 0; k < text.len; k++) {
            assert_null(strchr("<>\"'", text.at[k]));
        }
        /* Reading the entities back gives the value, five times. */
        struct buf back;
        buf_init(&back, &room->arena, 10000);
        for (int k = 0; k < 5; k++) {
            buf_put_html(&back, value);
        }
        assert_true(str_equal(text, buf_str(&back)));
    }
}

/* Aim: whatever pieces a template is put together from, it is compiled or refused, and rendered or
 * refused, without a wrong step that the sanitizers would see. From a fixed seed. */
static void test_any_pieces(void **state)
{
    static const char *const pieces[] = {
        "{{a}}",     "{{{a}}}",   "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "{{<p}}",
        "{{/p}}",    "{{$t}}",    "{{/t}}", "{{>p}}", "{{>q}}", "{{.}}",  "{{!x}}",
        "{{=| |=}}", "|={{ }}=|", "\n",     "  ",     "\r\n",   "text",   "{{",
        "}}",        "{",         "|a|",    "\t",
    };
    const size_t piece_count = sizeof pieces / sizeof pieces[0];
    static const struct other others[OTHERS_MAX] = {
        {"p", " {{$t}}\n d{{#b}}{{>q}}{{/b}}\n {{/t}}\n"},
        {"q", "{{#a}}\n  {{>p}}\n{{/a}}{{<p}}{{$t}}{{a}}{{/t}}{{/p}}"}};
    struct room *room = *state;
    struct random random;
    random_seed(&random, 163);
    json_t *view = json_pack("{s:[i,s,{s:s}],s:b}", "a", 1, "<x>\ny", "a", "inner", "b", 1);
    int compiled = 0;
    int rendered = 0;
    for (int round = 0; round < 20000; round++) {
        arena_reset(&room->arena);
        struct buf source;
        buf_init(&source, &room->arena, 1000);
        for (uint64_t k = 1 + random_below(&random, 12); k > 0; k--) {
            buf_put_c(&source, pieces[random_below(&random, piece_count)]);
        }
        str text = {0};
        assert_true(buf_finish(&source, &text, &room->err).ok);
        struct template_set *set = NULL;
        if (!make_set(&room->arena, text.at, others, &set, &room->err).ok) {
            continue;
        }
        compiled++;
        struct buf out;
        buf_init(&out, &room->arena, OUT_LEN_MAX);
        rendered += template_render(set, STR("page"), view, &out, &room->err).ok ? 1 : 0;
    }
    json_decref(view);
    assert_true(compiled > 1000);
    assert_true(rendered > 500);
    assert_true(rendered < compiled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interpolation),
        cmocka_unit_test(test_dotted_names),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_inverted),
        cmocka_unit_test(test_standalone),
        cmocka_unit_test(test_comments_and_delimiters),
        cmocka_unit_test(test_partials),
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_inheritance_lines),
        cmocka_unit_test(test_unindented),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_hostile_values),
        cmocka_unit_test(test_any_pieces),
    };
    return cmocka_run_group_tests_name("format template", tests, open_room, close_room);
}
