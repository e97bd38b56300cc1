/* Aim: the difference of two rulebooks names every item that changed and no other; layout, comments
 * and order are no change; words that no verdict rests on are told apart from the rest. */
#include "load.h"
#include "rulebook/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define EXAMPLES                                                                                   \
    "  example \"c\"\n    given a.a = yes\n    then clear\n"                                       \
    "  example \"b\"\n    given a.a = no\n    then barred\n  example \"u\" then unknown\n"
#define HEAD                                                                                       \
    "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"                              \
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
#define FACTS "fact a.a : flag \"A\"\nfact b.b : flag \"B\"\n"
#define STEP  "step go \"Go\" from first to second\n"
#define GUARD(name, source, condition)                                                             \
    "safeguard " name "\n  guards go\n  source \"" source                                          \
    "\"\n  reason \"Reason\"\n  clear when " condition "\n" EXAMPLES

static struct loaded old_loaded;
static struct loaded new_loaded;
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&old_loaded);
    load_init(&new_loaded);
    return arena_open(&arena, 16 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&old_loaded);
    load_done(&new_loaded);
    arena_close(&arena);
    return 0;
}

/* Every difference as a line. */
static str lines_of(const char *old_text, const char *new_text)
{
    const struct difference *differences = NULL;
    size_t count = 0;
    struct buf buf;
    struct err err;
    load_sound(&old_loaded, str_from_c(old_text));
    load_sound(&new_loaded, str_from_c(new_text));
    assert_true(difference_find(old_loaded.rulebook, new_loaded.rulebook, &arena, &differences,
                                &count, &err)
                    .ok);
    buf_init(&buf, &arena, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "%s %.*s %.*s%s\n", difference_kind_name(differences[i].kind),
                   STR_ARG(differences[i].keyword), STR_ARG(differences[i].name),
                   differences[i].words_only ? ", words only" : "");
    }
    return buf_str(&buf);
}

static void expect(const char *old_text, const char *new_text, const char *expected)
{
    const str found = lines_of(old_text, new_text);
    if (!str_equal(found, str_from_c(expected))) {
        print_error("expected:\n%sfound:\n%.*s", expected, STR_ARG(found));
        fail();
    }
}

static void test_no_change(void **state)
{
    (void)state;
    expect(HEAD FACTS STEP GUARD("g", "Act", "a.a"), HEAD FACTS STEP GUARD("g", "Act", "a.a"), "");
    expect(HEAD FACTS STEP GUARD("g", "Act", "a.a"),
           "# a comment\n" HEAD "fact b.b : flag \"B\"\nfact a.a   : flag\n     \"A\"\n" STEP
           "section \"Here\"\n" GUARD("g", "Act", "(a.a) # here\n"),
           "");
}

static void test_changes(void **state)
{
    (void)state;
    static const char old_text[] =
        HEAD FACTS STEP GUARD("g", "Act", "a.a") GUARD("h", "Act", "a.a");
    expect(old_text, HEAD FACTS STEP GUARD("g", "Act", "a.a and not b.b") GUARD("h", "Act", "a.a"),
           "changed safeguard g\n");
    expect(old_text, HEAD FACTS STEP GUARD("g", "Act, s.2", "a.a") GUARD("h", "Act", "a.a"),
           "changed safeguard g, words only\n");
    expect(old_text, HEAD FACTS STEP GUARD("h", "Act", "a.a"), "deleted safeguard g\n");
    expect(HEAD FACTS STEP GUARD("h", "Act", "a.a"), old_text, "added safeguard g\n");
    expect(old_text, HEAD FACTS STEP GUARD("i", "Act", "a.a") GUARD("h", "Act", "a.a"),
           "deleted safeguard g\nadded safeguard i\n");
    expect(old_text,
           "rulebook other\n  title \"Small\"\n  in force from 2026-02-01\n"
           "stage first \"First\" start\nstage second \"Second\" outcome\n"
           "fact a.a : flag \"A\"\nfact b.b : date \"B\"\n" STEP
           "define d\n  b.b < 2026-01-01\n" GUARD("g", "Act", "a.a") GUARD("h", "Act", "a.a"),
           "changed rulebook other\nchanged fact b.b\nadded define d\n");
}

static void test_lines(void **state)
{
    (void)state;
    const struct difference *differences = NULL;
    size_t count = 0;
    struct buf buf;
    struct err err;
    load_sound(&old_loaded, STR(HEAD FACTS STEP GUARD("g", "Act", "a.a")));
    load_sound(&new_loaded, STR(HEAD FACTS STEP GUARD("g", "Act", "a.a or b.b")));
    assert_true(difference_find(old_loaded.rulebook, new_loaded.rulebook, &arena, &differences,
                                &count, &err)
                    .ok);
    assert_int_equal(count, 1);
    buf_init(&buf, &arena, 64 * 1024);
    difference_format(&differences[0], old_loaded.scratch, &buf);
    const str text = buf_str(&buf);
    assert_true(str_contains(text, STR("  safeguard g\n")));
    assert_true(str_contains(text, STR("-   clear when a.a\n+   clear when a.a or b.b\n")));
    assert_true(str_contains(text, STR("    source \"Act\"\n")));
    size_t marked = 0;
    for (str rest = text; rest.len > 0; rest = str_cut(rest, '\n').tail) {
        marked += rest.at[0] != ' ' ? 1 : 0;
    }
    assert_int_equal(marked, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_change),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests_name("difference", tests, setup, teardown);
}
