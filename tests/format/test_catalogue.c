/* Aim: a text that goes with a number has in each language the form that the language asks for; an
 * expression means what it means in C; what is no catalogue is refused with its place. What is
 * expected stands in the GNU gettext manual ("Additional functions for plural forms") and, of
 * Arabic, in Unicode's CLDR (Language Plural Rules). */
#include "format/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ARABIC                                                                                     \
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 "  \
    "? 4 : 5);"

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, 4 * 1024 * 1024, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

static void each_number_has_the_form_of_the_language(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        struct {
            uint64_t number;
            size_t form;
        } pairs[16];
    } rows[] = {
        {"nplurals=1; plural=0;", {{0, 0}, {1, 0}, {1000001, 0}}},
        {"nplurals=2; plural=n != 1;", {{0, 1}, {1, 0}, {2, 1}, {21, 1}}},
        {"nplurals=2; plural=n>1;", {{0, 0}, {1, 0}, {2, 1}}},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2;",
         {{0, 2}, {1, 0}, {11, 1}, {21, 0}, {111, 1}, {30, 1}}},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
         "n%100>=20) ? 1 : 2;",
         {{1, 0},
          {2, 1},
          {5, 2},
          {11, 2},
          {12, 2},
          {21, 0},
          {24, 1},
          {25, 2},
          {111, 2},
          {1001, 0}}},
        {"nplurals=4; plural=n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3;",
         {{0, 3}, {1, 0}, {101, 0}, {2, 1}, {3, 2}, {104, 2}, {5, 3}}},
        {ARABIC,
         {{0, 0},
          {1, 1},
          {2, 2},
          {3, 3},
          {10, 3},
          {11, 4},
          {99, 4},
          {100, 5},
          {102, 5},
          {103, 3},
          {110, 3},
          {111, 4},
          {1000, 5},
          {1003, 3},
          {1000011, 4}}},
        /* As C ranks them, and reads them from the left. */
        {"nplurals=6; plural=10-3-2;", {{0, 5}}},
        {"nplurals=6; plural=1+2*2;", {{0, 5}}},
        {"nplurals=6; plural=(1+1)*2;", {{0, 4}}},
        {"nplurals=6; plural=7/2%2+0<=1;", {{0, 1}}},
        {"nplurals=6; plural=!n+!!n*2;", {{0, 1}, {7, 2}}},
        {"nplurals=6; plural=1 || 0 && 0;", {{0, 1}}},
        {" nplurals = 2 ; plural = n == 1 ? 0 : 1", {{0, 1}, {1, 0}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plural plural;
        struct err err = {0};
        if (!plural_read(str_from_c(rows[i].line), &plural, &err).ok) {
            fail_msg("%s: %s", rows[i].line, err.what);
        }
        for (size_t j = 0; j < 16 && (j == 0 || rows[i].pairs[j].number > 0); j++) {
            const size_t form = plural_form(&plural, rows[i].pairs[j].number);
            if (form != rows[i].pairs[j].form) {
                fail_msg("%s: %d has form %zu", rows[i].line, (int)rows[i].pairs[j].number, form);
            }
        }
    }
}

static void what_gives_no_form_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "nplurals=2",
        "nplurals=2;",
        "nplurals=2; plural=",
        "nplurals=0; plural=0;",
        "nplurals=7; plural=0;",
        "nplurals=99999999999999999999; plural=0;",
        "nplurals=2; plural=2;",
        "nplurals=2; plural=n>999 ? 2 : 0;",
        "nplurals=2; plural=n-1;",
        "nplurals=2; plural=1/n;",
        "nplurals=2; plural=1%(n-5);",
        "nplurals=2; plural=(n;",
        "nplurals=2; plural=n=1;",
        "nplurals=2; plural=n ? 1;",
        "nplurals=2; plural=1 1;",
        "nplurals=2; plural=m;",
        "nplurals=2; plural=99999999999999999999>n;",
        "nplurals=2; "
        "plural=((((((((((((((((((((((((((((((((((((((((0))))))))))))))))))))))))))))))))))"
        "))))));",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct plural plural;
        struct err err = {0};
        if (plural_read(str_from_c(lines[i]), &plural, &err).ok) {
            fail_msg("it was read: %s", lines[i]);
        }
        assert_int_equal(err.code, ERROR_INPUT);
    }
}

#define HEAD(forms)                                                                                \
    "msgid \"\"\nmsgstr \"\"\n\"Language: xx\\n\"\n\"Plural-Forms: " forms "\\n\"\n\n"
#define DAYS "msgctxt \"page\"\nmsgid \"{{count}} day\"\nmsgid_plural \"{{count}} days\"\n"

static void check_counted(const struct catalogue *catalogue, uint64_t count, const char *expected)
{
    const str said = catalogue_counted(catalogue, STR("page"),
                                       COUNTED("{{count}} day", "{{count}} days"), count);
    if (!str_equal(said, str_from_c(expected))) {
        fail_msg("%d: %.*s", (int)count, STR_ARG(said));
    }
}

static void a_counted_text_is_said_in_its_form(void **state)
{
    struct catalogue catalogue;
    struct err err = {0};
    const str text =
        STR(HEAD(ARABIC) DAYS
            "msgstr[0] \"zero\"\nmsgstr[1] \"one\"\nmsgstr[2] \"two\"\nmsgstr[3] \"few\"\n"
            "msgstr[4] \"ma\"\n\"ny\"\nmsgstr[5] \"other\"\n\n"
            "msgctxt \"page\"\nmsgid \"Last\"\nmsgstr \"Lest\"\n");
    if (!catalogue_read("xx.po", text, *state, &catalogue, &err).ok) {
        fail_msg("%s", err.what);
    }
    check_counted(&catalogue, 0, "zero");
    check_counted(&catalogue, 1, "one");
    check_counted(&catalogue, 2, "two");
    check_counted(&catalogue, 7, "few");
    check_counted(&catalogue, 45, "many");
    check_counted(&catalogue, 600, "other");
    assert_true(str_equal(catalogue_find(&catalogue, STR("page"), STR("Last")), STR("Lest")));
    /* A text with forms is not one without. */
    assert_int_equal(catalogue_find(&catalogue, STR("page"), STR("{{count}} day")).len, 0);
}

/* Aim: English is said where there is no translation, and as English says it. */
static void a_counted_text_is_english_otherwise(void **state)
{
    static const char *const others[] = {
        HEAD(ARABIC),
        HEAD("nplurals=2; plural=(n != 1);") DAYS "msgstr[0] \"x\"\nmsgstr[1] \"\"\n",
        HEAD("nplurals=2; plural=(n != 1);") "#, fuzzy\n" DAYS "msgstr[0] \"x\"\nmsgstr[1] \"y\"\n",
        HEAD("nplurals=2; plural=(n != 1);") "msgctxt \"page\"\nmsgid \"{{count}} day\"\n"
                                             "msgstr \"x\"\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct catalogue catalogue;
        struct err err = {0};
        if (!catalogue_read("xx.po", str_from_c(others[i]), *state, &catalogue, &err).ok) {
            fail_msg("%zu: %s", i, err.what);
        }
        check_counted(&catalogue, 1, "{{count}} day");
        check_counted(&catalogue, 2, "{{count}} days");
    }
    check_counted(NULL, 0, "{{count}} days");
    check_counted(NULL, 1, "{{count}} day");
    check_counted(NULL, 2, "{{count}} days");
    check_counted(NULL, 21, "{{count}} days");
}

static void what_is_no_catalogue_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
    } rows[] = {
        {HEAD("nplurals=2; plural=n;") DAYS, 6},
        {"msgid \"\"\nmsgstr \"\"\n\"Language: xx\\n\"\n\n" DAYS "msgstr[0] \"x\"\n", 8},
        {HEAD(ARABIC) DAYS "msgstr[0] \"x\"\nmsgstr[1] \"y\"\n\n# next\n", 12},
        {HEAD(ARABIC) DAYS "msgstr \"x\"\n", 9},
        {HEAD(ARABIC) DAYS "msgstr[1] \"x\"\n", 9},
        {HEAD(ARABIC) "msgctxt \"page\"\nmsgid \"a\"\nmsgstr[0] \"x\"\n", 8},
        {HEAD(ARABIC) "msgctxt \"page\"\nmsgid_plural \"a\"\n", 7},
        {HEAD(ARABIC) "msgid \"a\"\nmsgstr \"x\"\nmsgid_plural \"b\"\n", 8},
        {HEAD("nplurals=1; plural=0;") DAYS "msgstr[0] \"x\"\nmsgstr[1] \"y\"\n", 10},
        {HEAD("nplurals=1; plural=0;") "msgid \"a\"\n\nmsgid \"b\"\n", 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalogue catalogue;
        struct err err = {0};
        if (catalogue_read("xx.po", str_from_c(rows[i].text), *state, &catalogue, &err).ok) {
            fail_msg("it was read: %s", rows[i].text);
        }
        assert_int_equal(err.code, ERROR_INPUT);
        if (err.line != rows[i].line) {
            fail_msg("%zu: line %u: %s", i, err.line, err.what);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_has_the_form_of_the_language),
        cmocka_unit_test(what_gives_no_form_is_refused),
        cmocka_unit_test_setup_teardown(a_counted_text_is_said_in_its_form, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_counted_text_is_english_otherwise, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(what_is_no_catalogue_is_refused_with_its_place, open_arena,
                                        close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
