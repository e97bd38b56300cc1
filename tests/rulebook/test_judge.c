/* Aim: the judge means what the language says. Kleene's tables are written here from the
 * definition, families and steps from the reference; and random rulebooks are judged on random
 * facts by an evaluator of the test's own (world.c). */
#include "load.h"
#include "world.h"

#include "rulebook/judge_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define EXAMPLES                                                                                   \
    "  example \"c\" then clear\n  example \"b\" then barred\n  example \"u\" then unknown\n"
#define GUARD(name, condition)                                                                     \
    "safeguard " name                                                                              \
    "\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n  clear when " condition "\n" EXAMPLES

static const char head[] =
    "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact a.a : flag \"A\"\nfact b.b : flag \"B\"\nfact family.complete : flag \"Complete\"\n"
    "fact hub.open : flag \"Open\"\nfact agreement.valid : flag \"Valid\"\n"
    "step go \"Go\" from first to second with hub, agreement\n";

static struct loaded loaded;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

/* Loads the small rulebook with these items. */
static void load_small(const char *items)
{
    struct arena arena = loaded.scratch;
    const str text = arena_format(&arena, "%s%s", head, items);
    loaded.scratch = arena; /* the text must outlive the rulebook */
    load_sound(&loaded, text);
}

enum { KNOWN_NO, KNOWN_YES, NOT_KNOWN };

static struct value flag_of(int known)
{
    return known == NOT_KNOWN ? value_unknown() : value_flag(known == KNOWN_YES);
}

enum { FACTS_MAX = 8 }; /* of the small rulebook and what a test adds */

static void set_flag(struct value *values, const char *fact, int known)
{
    const uint32_t index = rulebook_fact(loaded.rulebook, str_from_c(fact));
    assert_in_range(index, 0, FACTS_MAX - 1);
    values[index] = flag_of(known);
}

static enum clearance judge_named(const char *safeguard, const struct question *question)
{
    const uint32_t index = rulebook_safeguard(loaded.rulebook, str_from_c(safeguard));
    assert_true(index != NOT_FOUND_INDEX);
    return judge_safeguard(loaded.rulebook, index, question);
}

/* Aim: and, or, not are strong Kleene, for every pair of no, yes and unknown. A value that is not
 * known might be either, so the result is known exactly when both possibilities give it. */
static void test_kleene(void **state)
{
    (void)state;
    load_small(GUARD("both", "a.a and b.b") GUARD("any_of", "a.a or b.b")
                   GUARD("not_a", "not a.a"));
    for (int a = KNOWN_NO; a <= NOT_KNOWN; a++) {
        for (int b = KNOWN_NO; b <= NOT_KNOWN; b++) {
            struct value values[FACTS_MAX] = {0};
            const struct question question = {.person = values};
            set_flag(values, "a.a", a);
            set_flag(values, "b.b", b);
            const bool both_false = a == KNOWN_NO || b == KNOWN_NO;
            const bool both_true = a == KNOWN_YES && b == KNOWN_YES;
            const enum clearance both =
                both_false ? CLEARANCE_BARRED : (both_true ? CLEARANCE_CLEAR : CLEARANCE_UNKNOWN);
            const bool any_true = a == KNOWN_YES || b == KNOWN_YES;
            const bool any_false = a == KNOWN_NO && b == KNOWN_NO;
            const enum clearance any_of =
                any_true ? CLEARANCE_CLEAR : (any_false ? CLEARANCE_BARRED : CLEARANCE_UNKNOWN);
            static const enum clearance not_a[] = {CLEARANCE_CLEAR, CLEARANCE_BARRED,
                                                   CLEARANCE_UNKNOWN};
            assert_int_equal(judge_named("both", &question), both);
            assert_int_equal(judge_named("any_of", &question), any_of);
            assert_int_equal(judge_named("not_a", &question), not_a[a]);
        }
    }
}

/* Aim: known and unknown are never unknown themselves; the unknown equals nothing, not even itself.
 */
/* Aim: what the explanation joins truths with is Kleene's logic: false is the least of three, and
 * true the greatest. */
static void test_what_explains_joins(void **state)
{
    static const enum truth rising[] = {TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(judge_not(rising[i]), rising[2 - i]);
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(judge_and(rising[i], rising[k]), rising[i < k ? i : k]);
            assert_int_equal(judge_or(rising[i], rising[k]), rising[i < k ? k : i]);
        }
    }
}

static void test_knowledge(void **state)
{
    (void)state;
    load_small(GUARD("is_known", "a.a known") GUARD("is_unknown", "a.a unknown") GUARD(
        "itself", "a.a = a.a") GUARD("is_no", "a.a = no") GUARD("listed", "a.a in (b.b, yes)"));
    static const enum clearance rows[3][5] = {
        [KNOWN_NO] = {CLEARANCE_CLEAR, CLEARANCE_BARRED, CLEARANCE_CLEAR, CLEARANCE_CLEAR,
                      CLEARANCE_UNKNOWN},
        [KNOWN_YES] = {CLEARANCE_CLEAR, CLEARANCE_BARRED, CLEARANCE_CLEAR, CLEARANCE_BARRED,
                       CLEARANCE_CLEAR},
        [NOT_KNOWN] = {CLEARANCE_BARRED, CLEARANCE_CLEAR, CLEARANCE_UNKNOWN, CLEARANCE_UNKNOWN,
                       CLEARANCE_UNKNOWN},
    };
    for (int a = KNOWN_NO; a <= NOT_KNOWN; a++) {
        struct value values[FACTS_MAX] = {0};
        const struct question question = {.person = values};
        set_flag(values, "a.a", a);
        for (uint32_t i = 0; i < 5; i++) {
            assert_int_equal(judge_safeguard(loaded.rulebook, i, &question), rows[a][i]);
        }
    }
}

/* Aim: facts of a hub or an agreement that the question does not name are unknown. */
static void test_subjects(void **state)
{
    (void)state;
    load_small(GUARD("open_hub", "hub.open") GUARD("valid_agreement", "agreement.valid"));
    struct value yes[FACTS_MAX] = {0};
    set_flag(yes, "hub.open", KNOWN_YES);
    set_flag(yes, "agreement.valid", KNOWN_YES);
    const struct question person_alone = {.person = yes};
    assert_int_equal(judge_named("open_hub", &person_alone), CLEARANCE_UNKNOWN);
    assert_int_equal(judge_named("valid_agreement", &person_alone), CLEARANCE_UNKNOWN);
    const struct question with_hub = {.person = yes, .hub = yes};
    assert_int_equal(judge_named("open_hub", &with_hub), CLEARANCE_CLEAR);
    assert_int_equal(judge_named("valid_agreement", &with_hub), CLEARANCE_UNKNOWN);
    const struct question with_agreement = {.person = yes, .agreement = yes};
    assert_int_equal(judge_named("valid_agreement", &with_agreement), CLEARANCE_CLEAR);
}

/* Aim: families, for two members in every state, and a group known to be complete, known not to be,
 * or neither. */
static void test_family(void **state)
{
    (void)state;
    load_small(GUARD("any_has", "any family member has (a.a)")
                   GUARD("none_has", "no family member has (a.a)")
                       GUARD("every_has", "every family member has (a.a)"));
    for (int code = 0; code < 27; code++) {
        const int first = code % 3;
        const int second = code / 3 % 3;
        const int complete = code / 9;
        struct value person[FACTS_MAX] = {0};
        struct value members[2][FACTS_MAX] = {0};
        const struct value *family[] = {members[0], members[1]};
        const struct question question = {.person = person, .family = family, .family_count = 2};
        set_flag(person, "a.a", KNOWN_YES); /* the person itself is not a member */
        set_flag(person, "family.complete", complete);
        set_flag(members[0], "a.a", first);
        set_flag(members[1], "a.a", second);
        const bool somebody = first == KNOWN_YES || second == KNOWN_YES;
        const bool somebody_not = first == KNOWN_NO || second == KNOWN_NO;
        const bool doubt = first == NOT_KNOWN || second == NOT_KNOWN || complete != KNOWN_YES;
        const enum clearance any_has =
            somebody ? CLEARANCE_CLEAR : (doubt ? CLEARANCE_UNKNOWN : CLEARANCE_BARRED);
        const enum clearance none_has =
            somebody ? CLEARANCE_BARRED : (doubt ? CLEARANCE_UNKNOWN : CLEARANCE_CLEAR);
        const enum clearance every_has =
            somebody_not ? CLEARANCE_BARRED : (doubt ? CLEARANCE_UNKNOWN : CLEARANCE_CLEAR);
        assert_int_equal(judge_named("any_has", &question), any_has);
        assert_int_equal(judge_named("none_has", &question), none_has);
        assert_int_equal(judge_named("every_has", &question), every_has);
    }
}

/* Aim: a set holds as many countries as it says, whatever lies behind them in memory. */
static void test_set_ends_where_it_says(void **state)
{
    (void)state;
    load_small("country ALB \"Albania\"\ncountry XKX \"Kosovo\"\n"
               "fact c.home : country \"Home\"\nfact c.safe : countries \"Safe\"\n"
               "fact c.other : countries \"Other\"\n" GUARD("inside", "c.home in c.safe")
                   GUARD("the_same", "c.safe = c.other"));
    uint16_t codes[2] = {0};
    assert_true(country_parse(STR("ALB"), &codes[0]) && country_parse(STR("XKX"), &codes[1]));
    const uint16_t others[2] = {codes[0], codes[0]};
    struct value values[FACTS_MAX] = {0};
    const struct question question = {.person = values};
    struct value *home = &values[rulebook_fact(loaded.rulebook, STR("c.home"))];
    struct value *safe = &values[rulebook_fact(loaded.rulebook, STR("c.safe"))];
    struct value *other = &values[rulebook_fact(loaded.rulebook, STR("c.other"))];
    *home = value_number(codes[1]);
    *safe = (struct value){.known = true, .countries = {.codes = codes, .count = 1}};
    *other = (struct value){.known = true, .countries = {.codes = others, .count = 1}};
    assert_int_equal(judge_named("inside", &question), CLEARANCE_BARRED);
    assert_int_equal(judge_named("the_same", &question), CLEARANCE_CLEAR);
    safe->countries.count = 2;
    assert_int_equal(judge_named("inside", &question), CLEARANCE_CLEAR);
    assert_int_equal(judge_named("the_same", &question), CLEARANCE_BARRED);
    other->countries.count = 2;
    assert_int_equal(judge_named("the_same", &question), CLEARANCE_BARRED);
}

/* Aim: a member is asked in the person's place, of the same hub and agreement on the same day, and
 * has no family of its own. */
static void test_question_of_a_member(void **state)
{
    (void)state;
    const struct value facts[5][1] = {0};
    const struct value *const family[] = {facts[0], facts[1]};
    const struct question question = {.person = facts[2],
                                      .hub = facts[3],
                                      .agreement = facts[4],
                                      .family = family,
                                      .family_count = 2,
                                      .today = load_date("2026-06-01")};
    for (size_t i = 0; i < 2; i++) {
        const struct question asked = judge_member_question(&question, i);
        assert_ptr_equal(asked.person, facts[i]);
        assert_ptr_equal(asked.hub, facts[3]);
        assert_ptr_equal(asked.agreement, facts[4]);
        assert_null(asked.family);
        assert_int_equal(asked.family_count, 0);
        assert_true(date_equal(asked.today, question.today));
    }
}

/* Aim: a step is clear only if all its safeguards are, barred if any is, unknown otherwise; and
 * tells each. */
static void test_step(void **state)
{
    (void)state;
    load_small(GUARD("first_rule", "a.a") GUARD("second_rule", "b.b"));
    static const enum clearance one_of[] = {CLEARANCE_BARRED, CLEARANCE_CLEAR, CLEARANCE_UNKNOWN};
    for (int a = KNOWN_NO; a <= NOT_KNOWN; a++) {
        for (int b = KNOWN_NO; b <= NOT_KNOWN; b++) {
            struct value values[FACTS_MAX] = {0};
            const struct question question = {.person = values};
            enum clearance each[2];
            set_flag(values, "a.a", a);
            set_flag(values, "b.b", b);
            enum clearance expected = CLEARANCE_UNKNOWN;
            if (a == KNOWN_NO || b == KNOWN_NO) {
                expected = CLEARANCE_BARRED;
            } else if (a == KNOWN_YES && b == KNOWN_YES) {
                expected = CLEARANCE_CLEAR;
            }
            assert_int_equal(judge_step(loaded.rulebook, 0, &question, each), expected);
            assert_int_equal(judge_step(loaded.rulebook, 0, &question, NULL), expected);
            assert_int_equal(each[0], one_of[a]);
            assert_int_equal(each[1], one_of[b]);
        }
    }
}

/* The names of the facts marked, in the order of the rulebook. */
static void assert_facts(const bool *marked, const char *expected)
{
    struct buf buf;
    struct arena arena = loaded.scratch;
    buf_init(&buf, &arena, 1000);
    for (size_t i = 0; i < loaded.rulebook->fact_count; i++) {
        if (marked[i]) {
            buf_put_c(&buf, buf.len == 0 ? "" : " ");
            buf_put(&buf, loaded.rulebook->facts[i].name);
        }
    }
    buf_put_char(&buf, '\0');
    assert_string_equal(buf.at, expected);
}

/* Aim: needed are the unknown facts of the unknown parts; a part that is decided needs nothing. */
static void test_needs(void **state)
{
    (void)state;
    load_small(
        "fact d.day : date \"Day\"\nfact e.day : date \"Day\"\n"
        "clock time \"Time\" runs 3 days after d.day when b.b runs 5 days after e.day\n" GUARD(
            "mixed", "(a.a or b.b) and (hub.open or d.day <= today)")
            GUARD("timed", "time has expired") GUARD("relatives", "no family member has (a.a)"));
    static const struct {
        const char *safeguard;
        int a, b, open, complete;
        const char *needs;
    } rows[] = {
        {"mixed", NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "a.a b.b hub.open d.day"},
        {"mixed", KNOWN_YES, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "hub.open d.day"},
        {"mixed", NOT_KNOWN, KNOWN_NO, KNOWN_YES, NOT_KNOWN, "a.a"},
        {"mixed", KNOWN_NO, KNOWN_NO, NOT_KNOWN, NOT_KNOWN, ""},
        {"mixed", KNOWN_YES, KNOWN_NO, KNOWN_NO, NOT_KNOWN, "d.day"},
        {"timed", NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "b.b d.day e.day"},
        {"timed", NOT_KNOWN, KNOWN_YES, NOT_KNOWN, NOT_KNOWN, "d.day"},
        {"timed", NOT_KNOWN, KNOWN_NO, NOT_KNOWN, NOT_KNOWN, "e.day"},
        {"relatives", KNOWN_NO, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "a.a family.complete"},
        {"relatives", KNOWN_NO, NOT_KNOWN, NOT_KNOWN, KNOWN_NO, "a.a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value values[FACTS_MAX] = {0};
        struct value member[FACTS_MAX] = {0};
        const struct value *family[] = {member};
        const struct question question = {
            .person = values, .hub = values, .family = family, .family_count = 1};
        bool needed[FACTS_MAX] = {0};
        set_flag(values, "a.a", rows[i].a);
        set_flag(values, "b.b", rows[i].b);
        set_flag(values, "hub.open", rows[i].open);
        set_flag(values, "family.complete", rows[i].complete);
        judge_needs(loaded.rulebook,
                    rulebook_safeguard(loaded.rulebook, str_from_c(rows[i].safeguard)), &question,
                    needed);
        assert_facts(needed, rows[i].needs);
    }
}

/* Aim: of every member what is unknown is needed, and of none of whom all is known; nothing once
 * one of them decides. */
static void test_needs_of_members(void **state)
{
    (void)state;
    load_small(GUARD("relatives", "any family member has (a.a and b.b)"));
    static const struct {
        int first_a, first_b, second_a, second_b, complete;
        const char *needs;
    } rows[] = {
        {NOT_KNOWN, KNOWN_YES, KNOWN_YES, KNOWN_NO, KNOWN_YES, "a.a"},
        {KNOWN_YES, KNOWN_NO, KNOWN_YES, NOT_KNOWN, KNOWN_YES, "b.b"},
        {KNOWN_YES, NOT_KNOWN, NOT_KNOWN, KNOWN_YES, KNOWN_YES, "a.a b.b"},
        {KNOWN_NO, NOT_KNOWN, NOT_KNOWN, KNOWN_NO, KNOWN_YES, ""},
        {KNOWN_NO, NOT_KNOWN, NOT_KNOWN, KNOWN_NO, NOT_KNOWN, "family.complete"},
        {KNOWN_NO, NOT_KNOWN, NOT_KNOWN, KNOWN_NO, KNOWN_NO, ""},
        {NOT_KNOWN, NOT_KNOWN, KNOWN_YES, KNOWN_YES, NOT_KNOWN, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value person[FACTS_MAX] = {0};
        struct value members[2][FACTS_MAX] = {0};
        const struct value *family[] = {members[0], members[1]};
        const struct question question = {.person = person, .family = family, .family_count = 2};
        bool needed[FACTS_MAX] = {0};
        set_flag(person, "family.complete", rows[i].complete);
        set_flag(members[0], "a.a", rows[i].first_a);
        set_flag(members[0], "b.b", rows[i].first_b);
        set_flag(members[1], "a.a", rows[i].second_a);
        set_flag(members[1], "b.b", rows[i].second_b);
        judge_needs(loaded.rulebook, 0, &question, needed);
        assert_facts(needed, rows[i].needs);
    }
}

/* Aim: what a safeguard reads, through definitions, clocks and families, whatever is known; and
 * what a clock reads: where each line starts, and when it counts. */
static void test_reads(void **state)
{
    (void)state;
    load_small("fact d.day : date \"Day\"\nfact e.day : date \"Day\"\n"
               "define nested a.a known or time is running\n"
               "clock time \"Time\" runs 3 days after later of (d.day, e.day) when b.b\n" GUARD(
                   "first_rule", "nested and hub.open")
                   GUARD("second_rule", "every family member has (a.a)")
                       GUARD("third_rule", "b.b = no and (d.day < today or never or always)"));
    bool read[FACTS_MAX] = {0};
    judge_reads(loaded.rulebook, 0, read);
    assert_facts(read, "a.a b.b hub.open d.day e.day");
    bool of_family[FACTS_MAX] = {0};
    judge_reads(loaded.rulebook, 1, of_family);
    assert_facts(of_family, "a.a family.complete");
    bool beside_literals[FACTS_MAX] = {0};
    judge_reads(loaded.rulebook, 2, beside_literals);
    assert_facts(beside_literals, "b.b d.day");
    bool of_clock[FACTS_MAX] = {0};
    judge_clock_reads(loaded.rulebook, 0, of_clock);
    assert_facts(of_clock, "b.b d.day e.day");
}

/* Random rulebooks. */

static const uint64_t seed_of_worlds = 20260601;

static struct arena perm_of_world;

/* The rulebook of a seed, loaded. */
static void load_world(struct world *world, struct random *random)
{
    arena_reset(&perm_of_world);
    world_make(world, random, &perm_of_world, 3);
    const str text = world_text(world, NULL, &perm_of_world);
    if (!load_text(&loaded, text)) {
        const str findings = load_findings(&loaded);
        fail_msg("a world does not load:\n%.*s\n%.*s", STR_ARG(findings), STR_ARG(text));
    }
}

static void fail_for(const struct world *world, size_t safeguard, enum clearance found,
                     enum clearance expected)
{
    const str text = world_text(world, NULL, &perm_of_world);
    fail_msg("safeguard_%zu is %d, not %d, in\n%.*s", safeguard, (int)found, (int)expected,
             STR_ARG(text));
}

static void compare_verdicts(const struct world *world, const struct world_facts *facts)
{
    struct arena arena = loaded.scratch;
    const struct question question = world_question(loaded.rulebook, facts, &arena);
    for (uint32_t i = 0; i < WORLD_SAFEGUARDS; i++) {
        const enum clearance found = judge_safeguard(loaded.rulebook, i, &question);
        const enum clearance expected = world_judge(world, i, facts);
        if (found != expected) {
            fail_for(world, i, found, expected);
        }
    }
}

/* Aim: on random rulebooks and random facts the judge and the test's own evaluator agree. */
static void test_agrees_with_own_evaluator(void **state)
{
    (void)state;
    struct random random;
    struct err err;
    random_seed(&random, seed_of_worlds);
    assert_true(arena_open(&perm_of_world, 64 * 1024 * 1024, &err).ok);
    for (int i = 0; i < 1000; i++) {
        struct world world;
        load_world(&world, &random);
        for (int k = 0; k < 40; k++) {
            struct world_facts facts;
            world_facts_make(&facts, &random, k % 4 * 0.2);
            compare_verdicts(&world, &facts);
        }
    }
    arena_close(&perm_of_world);
}

/* Aim: the same for every combination of what is known of all flags, exhaustively. */
static void test_agrees_for_all_flags(void **state)
{
    (void)state;
    static const enum world_fact flags[] = {WORLD_FLAG_A, WORLD_FLAG_B, WORLD_FLAG_C,
                                            WORLD_COMPLETE};
    struct random random;
    struct err err;
    random_seed(&random, seed_of_worlds + 1);
    assert_true(arena_open(&perm_of_world, 64 * 1024 * 1024, &err).ok);
    for (int i = 0; i < 200; i++) {
        struct world world;
        struct world_facts facts;
        load_world(&world, &random);
        world_facts_make(&facts, &random, 0.5);
        for (int code = 0; code < 81; code++) {
            int rest = code;
            for (size_t k = 0; k < 4; k++) {
                facts.own[flags[k]] =
                    (struct world_value){.known = rest % 3 != NOT_KNOWN, .number = rest % 3};
                rest /= 3;
            }
            compare_verdicts(&world, &facts);
        }
    }
    arena_close(&perm_of_world);
}

/* Makes one unknown fact known, at random, and tells whether the verdict changed. */
static bool knowing_changes(const struct world *world, size_t safeguard, struct world_facts facts,
                            enum world_fact fact, int member, struct random *random)
{
    const enum clearance before = world_judge(world, safeguard, &facts);
    struct world_value *value = member < 0 ? &facts.own[fact] : &facts.members[member][fact];
    world_value_make(value, fact, random);
    return world_judge(world, safeguard, &facts) != before;
}

/* Aim: of an unknown safeguard, a fact that is not needed cannot change the verdict by being known,
 * whatever it is. (But for facts asked whether they are known: those are decided before anybody
 * knows them.) */
static void test_what_is_not_needed_changes_nothing(void **state)
{
    (void)state;
    struct random random;
    struct err err;
    size_t tried = 0;
    random_seed(&random, seed_of_worlds + 2);
    assert_true(arena_open(&perm_of_world, 64 * 1024 * 1024, &err).ok);
    for (int i = 0; i < 1500; i++) {
        struct world world;
        struct world_facts facts;
        load_world(&world, &random);
        world_facts_make(&facts, &random, 0.6);
        struct arena arena = loaded.scratch;
        const struct question question = world_question(loaded.rulebook, &facts, &arena);
        for (uint32_t k = 0; k < WORLD_SAFEGUARDS; k++) {
            bool needed[WORLD_FACT_COUNT] = {0};
            if (judge_safeguard(loaded.rulebook, k, &question) != CLEARANCE_UNKNOWN) {
                continue;
            }
            judge_needs(loaded.rulebook, k, &question, needed);
            for (uint32_t fact = 0; fact < WORLD_FACT_COUNT; fact++) {
                const enum world_fact own = world_fact_of(loaded.rulebook, fact);
                if (needed[fact] || facts.own[own].known || world_asks_knowledge(&world, k, own)) {
                    continue;
                }
                for (int try = 0; try < 8; try++) {
                    tried++;
                    if (knowing_changes(&world, k, facts, own, -1, &random)) {
                        fail_msg("%s decides safeguard_%u and is not needed in\n%.*s",
                                 world_fact_name(own), (unsigned)k,
                                 STR_ARG(world_text(&world, NULL, &perm_of_world)));
                    }
                }
            }
        }
    }
    assert_in_range(tried, 10000, SIZE_MAX);
    arena_close(&perm_of_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kleene),
        cmocka_unit_test(test_what_explains_joins),
        cmocka_unit_test(test_knowledge),
        cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_set_ends_where_it_says),
        cmocka_unit_test(test_question_of_a_member),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_needs_of_members),
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_agrees_with_own_evaluator),
        cmocka_unit_test(test_agrees_for_all_flags),
        cmocka_unit_test(test_what_is_not_needed_changes_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
