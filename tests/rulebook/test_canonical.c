/* Aim: a rulebook has one canonical form, whatever its author's layout, comments and files; it
 * parses to the same rulebook; and whatever is changed in the law changes its identity. */
#include "load.h"
#include "rules_folder.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct loaded loaded;
static struct arena perm;

static int setup(void **state)
{
    (void)state;
    struct err err;
    load_init(&loaded);
    return arena_open(&perm, 256 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

/* Loads, and keeps the canonical text beyond the next load. */
static str canonical_of(str text)
{
    load_sound(&loaded, text);
    return arena_copy(&perm, loaded.rulebook->canonical);
}

static void assert_same(str a, str b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[i] == b.at[i]) {
        i++;
    }
    if (a.len != b.len || i != a.len) {
        const size_t from = i > 200 ? i - 200 : 0;
        const str a_part = str_slice(a, from, i + 60);
        const str b_part = str_slice(b, from, i + 60);
        fail_msg("the texts differ at %zu:\n%.*s\n--- and ---\n%.*s", i, STR_ARG(a_part),
                 STR_ARG(b_part));
    }
}

/* Aim: canonical text is its own canonical text, for random rulebooks; layout and needless
 * parentheses do not matter. */
static void test_random_rulebooks(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 77);
    for (int i = 0; i < 600; i++) {
        struct world world;
        arena_reset(&perm);
        world_make(&world, &random, &perm, 4);
        const str plain = canonical_of(world_text(&world, NULL, &perm));
        assert_same(canonical_of(plain), plain);
        assert_same(canonical_of(world_text(&world, &random, &perm)), plain);
    }
}

/* Aim: the identity of a rulebook is the SHA-256 of its canonical text, computed here once more. */
static void test_identity(void **state)
{
    (void)state;
    struct random random;
    struct world world;
    random_seed(&random, 78);
    world_make(&world, &random, &perm, 3);
    load_sound(&loaded, world_text(&world, NULL, &perm));
    const struct sha256 expected = sha256_of(loaded.rulebook->canonical);
    assert_true(sha256_equal(&expected, &loaded.rulebook->identity));
}

/* Every kind of item and line, written carelessly, and as the canonical form must write it. */
static const char careless[] =
    "step go \"Go \\\"now\\\"\" to second from first # a remark\n"
    "   source \"Act, s.1\" unverified\n   serves notice letter,notice leaflet with agreement,hub\n"
    "  takes one place at hub approved by officer then chief\n"
    "  records person.day=today,person.flag = unknown,person.kind = two_b, "
    "person.set=(XKX,ALB,XKX)\n"
    "step stay \"Stay\" from any stage to the same stage frees the place at hub\n"
    "step back \"Back\" from second to first with hub\n"
    "section \"Rules\"\n"
    "safeguard rule\n"
    " clear when ((person.flag)) and (not (person.kind=two_b) or (person.number<=-3)) and "
    "person.set known\n"
    " reason \"Because\" \"so\"\n"
    " source \"Act, s.2\" guards go,stay \"The Rule\"\n"
    " example \"c\" then clear\n"
    " example \"b\" on 2026-02-01 given person.kind = two_b, person.set = ALB, person.word = \"a "
    "\\\\ b\" then barred\n"
    " example \"u\" family member given person.kind unknown family member given person.day = "
    "2026-03-01,person.flag unknown\n"
    "   then unknown,needs person.flag, person.kind\n"
    "rulebook all in force from 2026-01-01 title \"All\" \"of it\"\n"
    "country XKX \"Kosovo\"\ncountry ALB \"Albania\"\n"
    "holidays off \"Days \" \"Off\" every 29 december to 2 january \"Turn of the year\" 2026-04-03 "
    "\"Good Friday\" "
    "every 1 may \"May\"\n"
    "calendar office until 2027-12-31 from 2026-01-01 holidays off weekend sunday, friday "
    "\"Office\" source \"Act, s.3\"\n"
    "role officer \"Officer\"\nrole chief \"Chief\"\nnotice letter \"Letter\"\nnotice leaflet "
    "\"Leaflet\" source \"Act, s.4\"\n"
    "stage first start \"First\"\nstage second outcome \"Second\" source \"Act, s.5\"\n"
    "section \"About\"\nfact person.flag : flag \"Flag\" note \"A note\"\nsection \"\"\n"
    "fact person.kind one of one_a as \"one A\", two_b \"Kind\"\nfact person.number "
    "\"Number\" : number\n"
    "fact person.day : date \"Day\"\nfact person.set : countries \"Set\"\nfact person.word : text "
    "\"Word\"\n"
    "fact person.home : country \"Home\" source \"Act, s.6\"\n"
    "fact hub.free : number \"Free\" counted by the register\nfact family.complete : flag "
    "\"Complete\"\n"
    "define both \"Both things\" person.flag = yes or any family member has ((other)) source "
    "\"Act, s.7\"\n"
    "define other person.home in person.set and person.home in (ALB) and hub.free > 0\n"
    "clock time \"Time\" due to appeal or before\n due from officer until ((both)) ends on a "
    "working day(office)"
    " runs 1 days after earlier of (person.day, today) when both\n"
    " runs 3 working days (office) after last day of other_time when time_is_short and other_time "
    "is running\n"
    " runs 2 years rounding up after 1 month rounding down before person.day\n"
    " example \"e\" given person.day = 2026-01-31 then last day 2026-03-02\n example \"f\" then "
    "last day unknown\n"
    "clock other_time \"Other\" runs 0 days after later of (person.day, 2026-01-01)\n"
    "define time_is_short always or never\n";

static const char careful[] =
    "rulebook all\n  title \"All of it\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\ncountry XKX \"Kosovo\"\n"
    "holidays off\n  \"Days  Off\"\n  every 29 december to 2 january \"Turn of the year\"\n  "
    "2026-04-03 \"Good "
    "Friday\"\n"
    "  every 1 may \"May\"\n"
    "calendar office\n  \"Office\"\n  source \"Act, s.3\"\n  weekend friday, sunday\n  holidays "
    "off\n"
    "  from 2026-01-01\n  until 2027-12-31\n"
    "role officer \"Officer\"\nrole chief \"Chief\"\n"
    "notice letter \"Letter\"\nnotice leaflet \"Leaflet\"\n  source \"Act, s.4\"\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n  source \"Act, s.5\"\n"
    "section \"About\"\nfact person.flag : flag\n  \"Flag\"\n  note \"A note\"\n"
    "section \"\"\nfact person.kind\n  \"Kind\"\n  one of one_a as \"one A\", two_b\n"
    "fact person.number : number\n  \"Number\"\nfact person.day : date\n  \"Day\"\n"
    "fact person.set : countries\n  \"Set\"\nfact person.word : text\n  \"Word\"\n"
    "fact person.home : country\n  \"Home\"\n  source \"Act, s.6\"\n"
    "fact hub.free : number\n  \"Free\"\n  counted by the register\nfact family.complete : flag\n  "
    "\"Complete\"\n"
    "clock time\n  \"Time\"\n  runs 1 day after earlier of (person.day, today) when both\n"
    "  runs 3 working days (office) after last day of other_time when time_is_short and other_time "
    "is running\n"
    "  runs 2 years rounding up after 1 month rounding down before person.day\n"
    "  ends on a working day (office)\n  due to appeal or before\n"
    "  due from officer until both\n"
    "  example \"e\"\n    given person.day = 2026-01-31\n    then last day 2026-03-02\n"
    "  example \"f\"\n    then last day unknown\n"
    "clock other_time\n  \"Other\"\n  runs 0 days after later of (person.day, 2026-01-01)\n"
    "define both\n  \"Both things\"\n  person.flag = yes or any family member has other\n  source "
    "\"Act, s.7\"\n"
    "define other\n  person.home in person.set and person.home in (ALB) and hub.free > 0\n"
    "define time_is_short\n  always or never\n"
    "step go \"Go \\\"now\\\"\"\n  source \"Act, s.1\" unverified\n  from first\n  to second\n  "
    "with hub, agreement\n"
    "  takes one place at hub\n  approved by officer then chief\n  serves notice letter, notice "
    "leaflet\n"
    "  records person.day = today, person.flag unknown, person.kind = two_b, person.set = (ALB, "
    "XKX)\n"
    "step stay \"Stay\"\n  from any stage\n  to the same stage\n  frees the place at hub\n"
    "step back \"Back\"\n  from second\n  to first\n  with hub\n"
    "section \"Rules\"\n"
    "safeguard rule\n  \"The Rule\"\n  guards go, stay\n  source \"Act, s.2\"\n  reason \"Because "
    "so\"\n"
    "  clear when person.flag and (not person.kind = two_b or person.number <= -3) and person.set "
    "known\n"
    "  example \"c\"\n    then clear\n"
    "  example \"b\"\n    on 2026-02-01\n"
    "    given person.kind = two_b, person.set = (ALB), person.word = \"a \\\\ b\"\n    then "
    "barred\n"
    "  example \"u\"\n    family member given person.kind unknown\n    family member given "
    "person.day = 2026-03-01, "
    "person.flag unknown\n"
    "    then unknown, needs person.flag, person.kind\n"
    "section \"\"\n";

/* Aim: the canonical form of every kind of line, written here by hand. */
static void test_every_line(void **state)
{
    (void)state;
    const str canonical = canonical_of(str_from_c(careless));
    assert_same(canonical, str_from_c(careful));
    assert_same(canonical_of(canonical), canonical);
}

/* Aim: cut into files anywhere between items, the same rulebook. (Sections end with their file, so
 * the text cut has none.) */
static void test_files(void **state)
{
    (void)state;
    struct random random;
    struct world world;
    random_seed(&random, 79);
    world_make(&world, &random, &perm, 3);
    const str text = world_text(&world, NULL, &perm);
    const str whole = canonical_of(text);
    size_t tried = 0;
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i - 1] != '\n' || text.at[i] == ' ') {
            continue;
        }
        const struct rulebook_file files[] = {
            {.name = STR("a.rules"), .text = str_slice(text, 0, i)},
            {.name = STR("b.rules"), .text = str_slice(text, i, text.len)},
        };
        assert_true(load_files(&loaded, files, 2));
        assert_same(loaded.rulebook->canonical, whole);
        tried++;
    }
    assert_in_range(tried, 30, 1000);
}

/* Aim: Windows line ends, tabs, a byte order mark and the lack of a last line end do not matter. */
static void test_line_ends(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, &perm, 100000);
    buf_put_c(&buf, "\xEF\xBB\xBF");
    for (const char *c = careful; *c != '\0'; c++) {
        buf_put_c(&buf, *c == '\n' ? "\r\n" : "");
        if (*c != '\n') {
            buf_put_char(&buf, *c);
        }
    }
    const str text = buf_str(&buf);
    assert_same(canonical_of(str_slice(text, 0, text.len - 2)), str_from_c(careful));
    assert_same(canonical_of(str_slice(str_from_c(careful), 0, sizeof careful - 2)),
                str_from_c(careful));
}

/* Aim: every change of a letter or a number that leaves the rulebook sound changes its identity -
 * planted one by one. */
static void test_changes_change_identity(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
    } rows[] = {
        {"2026-04-03", "2026-04-04"},
        {"\"Because so\"", "\"Because  so\""},
        {"<= -3", "<= -4"},
        {"<= -3", "< -3"},
        {"s.2", "s.2a"},
        {"unverified", ""},
        {"guards go, stay", "guards stay, go"},
        {"rounding up", "rounding down"},
        {"29 december", "30 december"},
    };
    const str plain = canonical_of(str_from_c(careful));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *at = strstr(careful, rows[i].from);
        assert_non_null(at);
        const str changed = arena_format(&perm, "%.*s%s%s", (int)(at - careful), careful,
                                         rows[i].to, at + strlen(rows[i].from));
        assert_false(str_equal(canonical_of(changed), plain));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_rulebooks), cmocka_unit_test(test_identity),
        cmocka_unit_test(test_every_line),       cmocka_unit_test(test_files),
        cmocka_unit_test(test_line_ends),        cmocka_unit_test(test_changes_change_identity),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
