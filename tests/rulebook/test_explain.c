/* Aim: an explanation says what the judge decided, on which facts, and what would change it -
 * exactly. What a change is said to do is tried with the test's own evaluator (world.c); what an
 * unknown fact could decide, by trying everything. */
#include "load.h"
#include "rulebook/explain.h"
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

/* An explanation as text: one line a reason, indented; then the changes. */

static void put_reason(struct buf *buf, const struct reason *reason, int depth)
{
    static const char *const kinds[] = {
        [REASON_ALL] = "all",
        [REASON_ANY] = "any",
        [REASON_NOT] = "not",
        [REASON_DEFINITION] = "definition",
        [REASON_COMPARISON] = "comparison",
        [REASON_KNOWN] = "known",
        [REASON_CLOCK] = "clock",
        [REASON_FAMILY] = "family",
        [REASON_MEMBER] = "member",
        [REASON_CONSTANT] = "constant",
        [REASON_FACT] = "fact",
    };
    buf_format(buf, "%*s%s %s: %.*s", depth * 2, "", truth_name(reason->truth), kinds[reason->kind],
               STR_ARG(reason->text));
    if (reason->kind == REASON_FACT) {
        buf_put_c(buf, " = ");
        value_format(&loaded.rulebook->facts[reason->fact], &reason->value, buf);
    }
    if (reason->kind == REASON_CLOCK && reason->clock_answer.has_last_day) {
        char day[DATE_TEXT_SIZE];
        date_format(reason->clock_answer.last_day, day);
        buf_format(buf, ", last day %s", day);
    }
    buf_put_char(buf, '\n');
    for (size_t i = 0; i < reason->child_count; i++) {
        put_reason(buf, &reason->children[i], depth + 1);
    }
}

static void put_change(struct buf *buf, const struct change *change)
{
    static const char *const kinds[] = {
        [CHANGE_FACT_KNOWN] = "know", [CHANGE_FACT_VALUE] = "if", [CHANGE_WAIT] = "wait until"};
    buf_format(buf, "%s ", kinds[change->kind]);
    if (change->kind == CHANGE_WAIT) {
        char day[DATE_TEXT_SIZE];
        date_format(change->day, day);
        buf_put_c(buf, day);
    } else {
        buf_put(buf, loaded.rulebook->facts[change->fact].name);
    }
    if (change->kind == CHANGE_FACT_VALUE) {
        buf_put_c(buf, " = ");
        value_format(&loaded.rulebook->facts[change->fact], &change->value, buf);
    }
    if (change->member != NOT_FOUND_INDEX) {
        buf_format(buf, " of member %u", change->member);
    }
    buf_put_char(buf, '\n');
}

static void explain(uint32_t safeguard, const struct question *question, struct arena *arena,
                    struct safeguard_explanation *ret_explanation)
{
    if (!explain_safeguard(loaded.rulebook, safeguard, question, arena, ret_explanation,
                           &loaded.err)
             .ok) {
        fail_msg("%s", loaded.err.what);
    }
}

static void assert_explanation(const char *safeguard, const struct question *question,
                               const char *expected)
{
    struct arena arena = loaded.scratch;
    struct safeguard_explanation explanation;
    explain(rulebook_safeguard(loaded.rulebook, str_from_c(safeguard)), question, &arena,
            &explanation);
    struct buf buf;
    buf_init(&buf, &arena, 100000);
    buf_format(&buf, "%s\n", clearance_name(explanation.clearance));
    put_reason(&buf, explanation.condition, 0);
    for (size_t i = 0; i < explanation.change_count; i++) {
        put_change(&buf, &explanation.changes[i]);
    }
    buf_put_char(&buf, '\0');
    assert_string_equal(buf.at, expected);
}

static void set(struct value *values, const char *fact, const char *text)
{
    const uint32_t index = rulebook_fact(loaded.rulebook, str_from_c(fact));
    assert_true(index != NOT_FOUND_INDEX);
    if (!value_parse(loaded.rulebook, &loaded.rulebook->facts[index], str_from_c(text),
                     &loaded.perm, &values[index], &loaded.err)
             .ok) {
        fail_msg("%s", loaded.err.what);
    }
}

#define EXAMPLES                                                                                   \
    "  example \"c\" then clear\n  example \"b\" then barred\n  example \"u\" then unknown\n"
#define GUARD(name, condition)                                                                     \
    "safeguard " name                                                                              \
    "\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n  clear when " condition "\n" EXAMPLES

static const char rules[] =
    "rulebook explained\n  title \"Explained\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\ncountry FRA \"France\"\ncountry XKX \"Kosovo\"\n"
    "calendar office\n  weekend saturday, sunday\n  from 2026-01-01\n  until 2026-12-31\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact appeal.status \"Appeal\" one of none, pending, dismissed\n"
    "fact decision.sent_on : date \"Sent\"\nfact person.home : country \"Home\"\n"
    "fact consent.given : flag \"Consent\"\nfact consent.withdrawn_on : date \"Withdrawn\"\n"
    "fact document.number : text \"Document\"\nfact family.complete : flag \"Complete\"\n"
    "fact hub.places_free : number \"Places\" counted by the register\n"
    "fact agreement.nationalities : countries \"Nationalities\"\n"
    "clock appeal_time \"Time to appeal\"\n  runs 14 days after decision.sent_on\n"
    "clock office_time \"Working days\"\n  runs 5 working days (office) after decision.sent_on\n"
    "define appeal_open\n  appeal.status = pending or appeal.status = none and not appeal_time has "
    "expired\n"
    "step go \"Go\" from first to second with hub, agreement\n" GUARD(
        "no_appeal", "not appeal_open") GUARD("room", "hub.places_free > 0")
        GUARD("covered", "person.home in agreement.nationalities")
            GUARD("relatives", "no family member has appeal_open")
                GUARD("consent", "consent.given and consent.withdrawn_on unknown")
                    GUARD("document", "document.number known")
                        GUARD("waited", "office_time has expired and consent.given");

enum { FACTS_MAX = 12 };

/* Aim: the tree of the sample, told from the language's own example, and what would clear it. */
static void test_tree(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {
        .person = values, .hub = values, .agreement = values, .today = load_date("2026-06-10")};
    set(values, "appeal.status", "none");
    set(values, "decision.sent_on", "2026-06-01");
    assert_explanation(
        "no_appeal", &question,
        "barred\n"
        "false not: not appeal_open\n"
        "  true definition: appeal_open\n"
        "    true any: appeal.status = pending or appeal.status = none and not appeal_time has "
        "expired\n"
        "      false comparison: appeal.status = pending\n"
        "        true fact: appeal.status = none\n"
        "      true all: appeal.status = none and not appeal_time has expired\n"
        "        true comparison: appeal.status = none\n"
        "          true fact: appeal.status = none\n"
        "        true not: not appeal_time has expired\n"
        "          false clock: appeal_time has expired, last day 2026-06-15\n"
        "            true fact: decision.sent_on = 2026-06-01\n"
        "if appeal.status = dismissed\n"
        "if decision.sent_on = 2026-05-26\n" /* fourteen days later: 9 June, the day before */
        "wait until 2026-06-16\n");
}

/* Aim: each kind of change, with what was counted by hand. */
static void test_changes(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {
        .person = values, .hub = values, .agreement = values, .today = load_date("2026-06-10")};
    assert_explanation("no_appeal", &question,
                       "unknown\n"
                       "unknown not: not appeal_open\n"
                       "  unknown definition: appeal_open\n"
                       "    unknown any: appeal.status = pending or appeal.status = none and not "
                       "appeal_time has expired\n"
                       "      unknown comparison: appeal.status = pending\n"
                       "        unknown fact: appeal.status = unknown\n"
                       "      unknown all: appeal.status = none and not appeal_time has expired\n"
                       "        unknown comparison: appeal.status = none\n"
                       "          unknown fact: appeal.status = unknown\n"
                       "        unknown not: not appeal_time has expired\n"
                       "          unknown clock: appeal_time has expired\n"
                       "            unknown fact: decision.sent_on = unknown\n"
                       "know appeal.status\nknow decision.sent_on\n");
    set(values, "hub.places_free", "-2");
    assert_explanation(
        "room", &question,
        "barred\nfalse comparison: hub.places_free > 0\n  true fact: hub.places_free = -2\n"
        "if hub.places_free = 1\n");
    set(values, "person.home", "XKX");
    set(values, "agreement.nationalities", "ALB,FRA");
    assert_explanation(
        "covered", &question,
        "barred\nfalse comparison: person.home in agreement.nationalities\n"
        "  true fact: person.home = XKX\n  true fact: agreement.nationalities = ALB,FRA\n"
        "if person.home = ALB\nif person.home = FRA\nif agreement.nationalities = ALB,FRA,XKX\n");
    set(values, "consent.given", "no");
    assert_explanation("consent", &question,
                       "barred\nfalse all: consent.given and consent.withdrawn_on unknown\n"
                       "  false comparison: consent.given\n    true fact: consent.given = no\n"
                       "  true known: consent.withdrawn_on unknown\n    unknown fact: "
                       "consent.withdrawn_on = unknown\n"
                       "if consent.given = yes\n");
    set(values, "consent.given", "yes");
    set(values, "consent.withdrawn_on", "2026-06-02");
    assert_explanation("consent", &question,
                       "barred\nfalse all: consent.given and consent.withdrawn_on unknown\n"
                       "  true comparison: consent.given\n    true fact: consent.given = yes\n"
                       "  false known: consent.withdrawn_on unknown\n    true fact: "
                       "consent.withdrawn_on = 2026-06-02\n"
                       "if consent.withdrawn_on = unknown\n");
    assert_explanation(
        "document", &question,
        "barred\nfalse known: document.number known\n  unknown fact: document.number = unknown\n"
        "know document.number\n");
}

/* Aim: a member's facts are told apart from the person's own. */
static void test_members(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    struct value members[2][FACTS_MAX] = {0};
    const struct value *family[] = {members[0], members[1]};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {
        .person = values, .family = family, .family_count = 2, .today = load_date("2026-06-10")};
    set(values, "family.complete", "yes");
    set(members[0], "appeal.status", "dismissed");
    set(members[1], "appeal.status", "pending");
    struct arena arena = loaded.scratch;
    struct safeguard_explanation explanation;
    const uint32_t relatives = rulebook_safeguard(loaded.rulebook, STR("relatives"));
    explain(relatives, &question, &arena, &explanation);
    assert_int_equal(explanation.clearance, CLEARANCE_BARRED);
    assert_int_equal(explanation.condition->kind, REASON_FAMILY);
    assert_int_equal(explanation.condition->child_count, 3); /* two members, and family.complete */
    assert_int_equal(explanation.condition->children[1].member, 1);
    assert_int_equal(explanation.condition->children[1].truth, TRUTH_TRUE);
    assert_int_equal(explanation.condition->children[2].kind, REASON_FACT);
    assert_int_equal(explanation.change_count, 1);
    assert_int_equal(explanation.changes[0].kind, CHANGE_FACT_VALUE);
    assert_int_equal(explanation.changes[0].member, 1);
    assert_int_equal(explanation.changes[0].value.number, 2); /* dismissed */
    set(members[0], "appeal.status", "pending");
    set(members[1], "appeal.status", "dismissed");
    explain(relatives, &question, &arena, &explanation);
    assert_int_equal(explanation.change_count, 1);
    assert_int_equal(explanation.changes[0].member, 0);
    set(members[0], "appeal.status", "dismissed");
    /* A family known not to be recorded in full: the members' facts could still bar; nothing could
     * clear. */
    set(values, "family.complete", "no");
    members[1][0] = value_unknown();
    explain(relatives, &question, &arena, &explanation);
    assert_int_equal(explanation.clearance, CLEARANCE_UNKNOWN);
    for (size_t i = 0; i < explanation.change_count; i++) {
        assert_int_equal(explanation.changes[i].kind, CHANGE_FACT_KNOWN);
        assert_int_equal(explanation.changes[i].member, 1);
    }
    assert_int_equal(explanation.change_count, 2); /* appeal.status and decision.sent_on */
}

/* Aim: a part that is unknown for good makes the facts beside it useless where they could not
 * decide alone. */
static void test_unknown_for_good(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {.person = values, .today = load_date("2026-06-10")};
    set(values, "decision.sent_on",
        "2026-12-30"); /* five working days later the calendar has ended */
    assert_explanation(
        "waited", &question,
        "unknown\nunknown all: office_time has expired and consent.given\n"
        "  unknown clock: office_time has expired\n    true fact: decision.sent_on = 2026-12-30\n"
        "  unknown comparison: consent.given\n    unknown fact: consent.given = unknown\n"
        "know consent.given\n"); /* by being no */
    set(values, "consent.given", "yes");
    assert_explanation(
        "waited", &question,
        "unknown\nunknown all: office_time has expired and consent.given\n"
        "  unknown clock: office_time has expired\n    true fact: decision.sent_on = 2026-12-30\n"
        "  true comparison: consent.given\n    true fact: consent.given = yes\n");
}

/* Aim: sets of countries change by the one country that is asked for, put in or taken out, in their
 * order. */
static void test_sets(void **state)
{
    (void)state;
    static const struct {
        const char *safeguard, *home, *set, *changes;
    } rows[] = {
        {"inside", "ALB", "FRA,XKX",
         "if person.home = FRA\nif person.home = XKX\nif person.refuges = ALB,FRA,XKX\n"},
        {"inside", "FRA", "ALB,XKX",
         "if person.home = ALB\nif person.home = XKX\nif person.refuges = ALB,FRA,XKX\n"},
        {"inside", "XKX", "ALB,FRA",
         "if person.home = ALB\nif person.home = FRA\nif person.refuges = ALB,FRA,XKX\n"},
        {"inside", "ALB", "none", "if person.refuges = ALB\n"},
        {"outside", "ALB", "ALB,FRA,XKX", "if person.refuges = FRA,XKX\n"},
        {"outside", "FRA", "ALB,FRA,XKX", "if person.refuges = ALB,XKX\n"},
        {"outside", "XKX", "ALB,FRA,XKX", "if person.refuges = ALB,FRA\n"},
        {"outside", "XKX", "XKX", "if person.refuges = none\n"},
        {"is_home", "XKX", "none", "if person.home = FRA\n"},
        {"alike", "ALB", "none", "if person.refuges = ALB,FRA\nif person.others = none\n"},
    };
    load_sound(
        &loaded,
        STR("rulebook sets\n  title \"Sets\"\n  in force from 2026-01-01\n"
            "country ALB \"Albania\"\ncountry FRA \"France\"\ncountry XKX \"Kosovo\"\n"
            "stage first \"First\" start\nstage second \"Second\" outcome\n"
            "fact person.home : country \"Home\"\nfact person.refuges : countries \"Refuges\"\n"
            "fact person.others : countries \"Others\"\n"
            "step go \"Go\" from first to second\n" GUARD("inside", "person.home in person.refuges")
                GUARD("outside", "not person.home in person.refuges")
                    GUARD("is_home", "person.home = FRA")
                        GUARD("alike", "person.refuges = person.others")));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value values[FACTS_MAX] = {0};
        const struct question question = {.person = values, .today = load_date("2026-06-10")};
        struct arena arena = loaded.scratch;
        struct safeguard_explanation explanation;
        struct buf buf;
        set(values, "person.home", rows[i].home);
        set(values, "person.refuges", rows[i].set);
        set(values, "person.others", "ALB,FRA");
        explain(rulebook_safeguard(loaded.rulebook, str_from_c(rows[i].safeguard)), &question,
                &arena, &explanation);
        assert_int_equal(explanation.clearance, CLEARANCE_BARRED);
        buf_init(&buf, &arena, 1000);
        for (size_t k = 0; k < explanation.change_count; k++) {
            put_change(&buf, &explanation.changes[k]);
        }
        buf_put_char(&buf, '\0');
        assert_string_equal(buf.at, rows[i].changes);
    }
}

/* Aim: of dates and numbers the nearest on both sides of the present value; of one that is asked
 * whether it is known, none at all. */
static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *safeguard, *day, *number, *changes;
    } rows[] = {
        {"on_days", "2026-06-10", "unknown", "if a.day = 2026-06-05\nif a.day = 2026-06-20\n"},
        {"on_days", "2026-06-04", "unknown", "if a.day = 2026-05-01\nif a.day = 2026-06-05\n"},
        {"on_days", "2026-06-21", "unknown", "if a.day = 2026-06-20\n"},
        {"in_numbers", "unknown", "5", "if a.number = 3\nif a.number = 9\n"},
        {"in_numbers", "unknown", "-6", "if a.number = -5\n"},
        {"in_numbers", "unknown", "2", "if a.number = -5\nif a.number = 3\n"},
        {"neither", "2026-06-01", "3", ""},
        {"neither", "2026-06-01", "unknown", "if a.day = unknown\n"},
        {"neither", "unknown", "3", "if a.number = unknown\n"},
        {"told", "unknown", "3", "know a.day\n"},
        {"told_past", "unknown", "3", "if a.day = 2026-06-10\n"},
    };
    load_sound(&loaded, STR("rulebook nearest\n  title \"Nearest\"\n  in force from 2026-01-01\n"
                            "stage first \"First\" start\nstage second \"Second\" outcome\n"
                            "fact a.day : date \"Day\"\nfact a.number : number \"Number\"\n"
                            "step go \"Go\" from first to second\n" GUARD(
                                "on_days", "a.day in (2026-06-05, 2026-05-01, 2026-06-20)")
                                GUARD("in_numbers", "a.number = 3 or a.number = 9 or a.number = -5")
                                    GUARD("neither", "a.day unknown and a.number unknown")
                                        GUARD("told", "a.day known")
                                            GUARD("told_past", "a.day known and a.day <= today")));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value values[FACTS_MAX] = {0};
        const struct question question = {.person = values, .today = load_date("2026-06-10")};
        struct arena arena = loaded.scratch;
        struct safeguard_explanation explanation;
        struct buf buf;
        set(values, "a.day", rows[i].day);
        set(values, "a.number", rows[i].number);
        explain(rulebook_safeguard(loaded.rulebook, str_from_c(rows[i].safeguard)), &question,
                &arena, &explanation);
        assert_int_equal(explanation.clearance, CLEARANCE_BARRED);
        buf_init(&buf, &arena, 1000);
        for (size_t k = 0; k < explanation.change_count; k++) {
            put_change(&buf, &explanation.changes[k]);
        }
        buf_put_char(&buf, '\0');
        assert_string_equal(buf.at, rows[i].changes);
    }
}

static const char sums[] =
    "rulebook sums\n  title \"Sums\"\n  in force from 2026-01-01\n"
    "calendar office\n  weekend saturday, sunday\n  from 2026-01-01\n  until 2026-12-31\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact a.flag : flag \"Flag\"\nfact a.day : date \"Day\"\nfact b.day : date \"Day\"\n"
    "clock by_case \"By case\"\n  runs 5 working days (office) after a.day when a.flag\n  runs 3 "
    "days after b.day\n"
    "clock twice \"Twice\"\n  runs 3 days after a.day when a.flag\n  runs 3 days after b.day when "
    "not a.flag\n"
    "step go \"Go\" from first to second\n" GUARD("sum",
                                                  "5 working days (office) after a.day <= today")
        GUARD("sum_before", "5 working days (office) before a.day <= today") GUARD(
            "sum_of_sum", "a.flag and 1 day after 5 working days (office) after a.day <= today")
            GUARD("or_sum", "a.flag or 1 day after 5 working days (office) after a.day <= today")
                GUARD("two_sides", "5 working days (office) after a.day <= b.day") GUARD(
                    "latest", "later of (5 working days (office) after a.day, b.day) <= today")
                    GUARD("timed", "by_case has expired")
                        GUARD("last_day", "last day of by_case < 2026-06-01")
                            GUARD("either", "twice is running");

/* Aim: which unknown facts could decide, with sums and clocks that may be unknown for good. On 30
 * December 2026 five working days go beyond the calendar; on 5 January 2026 they go back before it.
 */
static void test_deciding_through_sums(void **state)
{
    (void)state;
    static const struct {
        const char *safeguard, *flag, *a_day, *b_day, *deciding;
    } rows[] = {
        {"sum", "unknown", "unknown", "unknown", "a.day "},
        {"sum", "unknown", "2026-12-30", "unknown", ""},
        {"sum_before", "unknown", "unknown", "unknown", "a.day "},
        {"sum_before", "unknown", "2026-01-05", "unknown", ""},
        {"sum_of_sum", "unknown", "unknown", "unknown", "a.flag a.day "},
        {"sum_of_sum", "unknown", "2026-12-30", "unknown", "a.flag "}, /* by being no */
        {"sum_of_sum", "yes", "2026-12-30", "unknown", ""},
        {"or_sum", "unknown", "2026-12-30", "unknown", "a.flag "}, /* by being yes */
        {"or_sum", "no", "2026-12-30", "unknown", ""},
        {"or_sum", "no", "unknown", "unknown", "a.day "},
        {"two_sides", "unknown", "unknown", "unknown", "a.day b.day "},
        {"two_sides", "unknown", "2026-06-01", "unknown", "b.day "},
        {"two_sides", "unknown", "2026-12-30", "unknown", ""},
        {"latest", "unknown", "2026-12-30", "unknown", ""},
        {"latest", "unknown", "2026-06-01", "unknown", "b.day "},
        {"timed", "unknown", "unknown", "unknown", "a.flag a.day b.day "},
        {"timed", "yes", "unknown", "unknown", "a.day "},
        {"timed", "yes", "2026-12-30", "unknown", ""},
        {"timed", "no", "unknown", "unknown", "b.day "},
        {"timed", "unknown", "2026-12-30", "unknown", "a.flag b.day "}, /* a.flag by being no */
        {"timed", "unknown", "2026-12-30", "2026-06-01", "a.flag "},
        {"last_day", "yes", "2026-12-30", "unknown", ""},
        {"last_day", "no", "2026-12-30", "unknown", "b.day "},
        {"either", "unknown", "unknown", "unknown", "a.flag a.day b.day "},
        {"either", "no", "unknown", "unknown", "b.day "},
        {"either", "yes", "unknown", "2026-06-01", "a.day "},
    };
    load_sound(&loaded, str_from_c(sums));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value values[FACTS_MAX] = {0};
        const struct question question = {.person = values, .today = load_date("2026-06-10")};
        struct arena arena = loaded.scratch;
        struct safeguard_explanation explanation;
        struct buf buf;
        set(values, "a.flag", rows[i].flag);
        set(values, "a.day", rows[i].a_day);
        set(values, "b.day", rows[i].b_day);
        explain(rulebook_safeguard(loaded.rulebook, str_from_c(rows[i].safeguard)), &question,
                &arena, &explanation);
        assert_int_equal(explanation.clearance, CLEARANCE_UNKNOWN);
        buf_init(&buf, &arena, 1000);
        for (size_t k = 0; k < explanation.change_count; k++) {
            assert_int_equal(explanation.changes[k].kind, CHANGE_FACT_KNOWN);
            buf_put(&buf, loaded.rulebook->facts[explanation.changes[k].fact].name);
            buf_put_char(&buf, ' ');
        }
        if (!str_equal(buf_str(&buf), str_from_c(rows[i].deciding))) {
            fail_msg("row %zu: \"%.*s\" could decide %s, not \"%s\"", i, STR_ARG(buf_str(&buf)),
                     rows[i].safeguard, rows[i].deciding);
        }
    }
}

/* Aim: a step's explanation has one for each safeguard, in order, and the step's verdict. */
static void test_step(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {.person = values, .today = load_date("2026-06-10")};
    struct arena arena = loaded.scratch;
    struct explanation explanation;
    assert_true(explain_step(loaded.rulebook, 0, &question, &arena, &explanation, &loaded.err).ok);
    assert_int_equal(explanation.safeguard_count, loaded.rulebook->steps[0].safeguard_count);
    assert_int_equal(explanation.clearance, CLEARANCE_BARRED); /* the document is not known */
    assert_int_equal(explanation.today.day, question.today.day);
    for (size_t i = 0; i < explanation.safeguard_count; i++) {
        assert_int_equal(explanation.safeguards[i].safeguard, i);
        assert_int_equal(explanation.safeguards[i].clearance,
                         judge_safeguard(loaded.rulebook, (uint32_t)i, &question));
    }
}

/* Aim: when memory is full an explanation fails as a limit, at whatever moment that is. */
static void test_full_memory(void **state)
{
    (void)state;
    struct value values[FACTS_MAX] = {0};
    load_sound(&loaded, str_from_c(rules));
    const struct question question = {.person = values, .today = load_date("2026-06-10")};
    struct arena arena = loaded.scratch;
    char *memory = ARENA_NEW(&arena, char, 65536);
    size_t failed = 0;
    bool complete = false;
    for (size_t size = 0; size < 65536 && !complete; size += 61) {
        struct arena small = {.begin = memory, .at = memory, .end = memory + size};
        struct explanation explanation;
        complete =
            explain_step(loaded.rulebook, 0, &question, &small, &explanation, &loaded.err).ok;
        if (!complete) {
            assert_int_equal(loaded.err.code, ERROR_LIMIT);
            failed++;
        }
    }
    assert_true(complete);
    assert_in_range(failed, 20, 2000);
}

/* Random rulebooks. */

/* The facts with one change made. */
static struct world_facts changed_facts(const struct world_facts *facts,
                                        const struct change *change)
{
    struct world_facts changed = *facts;
    const enum world_fact fact = world_fact_of(loaded.rulebook, change->fact);
    struct world_value *value = change->member == NOT_FOUND_INDEX
                                    ? &changed.own[fact]
                                    : &changed.members[change->member][fact];
    *value = world_own_value(fact, &change->value);
    return changed;
}

static void fail_for(const struct world *world, uint32_t safeguard, const struct change *change,
                     const char *why)
{
    char text[512];
    struct arena small = {.begin = text, .at = text, .end = text + sizeof text};
    struct buf buf;
    buf_init(&buf, &small, 250);
    put_change(&buf, change);
    fail_msg("safeguard_%u, %.*s%s in\n%.*s", safeguard, STR_ARG(buf_str(&buf)), why,
             STR_ARG(world_text(world, NULL, &perm)));
}

static void check_wait(const struct world *world, uint32_t safeguard,
                       const struct world_facts *facts, const struct change *change)
{
    struct world_facts later = *facts;
    for (int32_t i = 1; i <= EXPLAIN_WAIT_DAYS_MAX; i++) {
        later.today = facts->today + i;
        const bool clear = world_judge(world, safeguard, &later) == CLEARANCE_CLEAR;
        if (change != NULL && later.today == change->day.day) {
            assert_true(clear);
            return;
        }
        assert_false(clear); /* no day before it, and none at all when waiting is not proposed */
    }
    assert_null(change);
}

/* Whatever a barred safeguard's unknown fact turns out to be, it is clear: tried with many values.
 */
static void check_known(const struct world *world, uint32_t safeguard,
                        const struct world_facts *facts, const struct change *change,
                        struct random *random)
{
    const enum world_fact fact = world_fact_of(loaded.rulebook, change->fact);
    for (int i = 0; i < 30; i++) {
        struct world_facts tried = *facts;
        struct world_value *value = change->member == NOT_FOUND_INDEX
                                        ? &tried.own[fact]
                                        : &tried.members[change->member][fact];
        assert_false(value->known);
        world_value_make(value, fact, random);
        if (world_judge(world, safeguard, &tried) != CLEARANCE_CLEAR) {
            fail_for(world, safeguard, change, "does not always clear");
        }
    }
}

/* Flags and choices have few values: each that clears must be reported, and no other. */
static void check_complete(const struct world *world, uint32_t safeguard,
                           const struct world_facts *facts,
                           const struct safeguard_explanation *explanation)
{
    static const int counts[WORLD_FACT_COUNT] = {
        [WORLD_FLAG_A] = 2,   [WORLD_FLAG_B] = 2,   [WORLD_FLAG_C] = 2,
        [WORLD_COMPLETE] = 2, [WORLD_CHOICE_A] = 3, [WORLD_CHOICE_B] = 3,
    };
    for (int fact = 0; fact < WORLD_FACT_COUNT; fact++) {
        for (int number = 0; number < counts[fact]; number++) {
            struct world_facts tried = *facts;
            tried.own[fact] = (struct world_value){.known = true, .number = number};
            const bool clears = world_judge(world, safeguard, &tried) == CLEARANCE_CLEAR;
            bool reported = false;
            for (size_t i = 0; i < explanation->change_count; i++) {
                const struct change *change = &explanation->changes[i];
                const bool same = change->kind != CHANGE_WAIT &&
                                  change->member == NOT_FOUND_INDEX &&
                                  (int)world_fact_of(loaded.rulebook, change->fact) == fact;
                reported =
                    reported || (same && (change->kind == CHANGE_FACT_KNOWN ||
                                          (change->value.known && change->value.number == number)));
            }
            if (clears != reported) {
                fail_msg("safeguard_%u: %s = %d %s in\n%.*s", safeguard,
                         world_fact_name((enum world_fact)fact), number,
                         clears ? "is not reported" : "does not clear",
                         STR_ARG(world_text(world, NULL, &perm)));
            }
        }
    }
}

struct tally {
    size_t values;
    size_t known;
    size_t waits;
    size_t dates_found;
    size_t dates_missed;
};

/* Dates: how often a day that clears exists, and a nearest one is found; and none nearer than the
 * one found. */
static void count_dates(const struct world *world, uint32_t safeguard,
                        const struct world_facts *facts,
                        const struct safeguard_explanation *explanation, struct tally *tally)
{
    for (int fact = WORLD_DAY_A; fact <= WORLD_DAY_B; fact++) {
        if (!facts->own[fact].known) {
            continue;
        }
        const int64_t present = facts->own[fact].number;
        for (int direction = -1; direction <= 1; direction += 2) {
            int64_t nearest = 0;
            for (int64_t i = 1; i <= 500 && nearest == 0; i++) {
                struct world_facts tried = *facts;
                tried.own[fact].number = present + direction * i;
                nearest = world_judge(world, safeguard, &tried) == CLEARANCE_CLEAR
                              ? present + direction * i
                              : 0;
            }
            bool found = false;
            for (size_t i = 0; i < explanation->change_count; i++) {
                const struct change *change = &explanation->changes[i];
                found = found || (change->kind == CHANGE_FACT_VALUE && change->value.known &&
                                  change->member == NOT_FOUND_INDEX &&
                                  (int)world_fact_of(loaded.rulebook, change->fact) == fact &&
                                  change->value.number == nearest);
            }
            tally->dates_found += nearest != 0 && found ? 1 : 0;
            tally->dates_missed += nearest != 0 && !found ? 1 : 0;
        }
    }
}

static void check_safeguard(const struct world *world, uint32_t safeguard,
                            const struct world_facts *facts, struct random *random,
                            struct tally *tally)
{
    struct arena arena = loaded.scratch;
    struct safeguard_explanation explanation;
    const struct question question = world_question(loaded.rulebook, facts, &arena);
    explain(safeguard, &question, &arena, &explanation);
    const struct change *wait = NULL;
    assert_int_equal(explanation.clearance, world_judge(world, safeguard, facts));
    assert_true(explanation.clearance != CLEARANCE_CLEAR || explanation.change_count == 0);
    for (size_t i = 0; i < explanation.change_count; i++) {
        const struct change *change = &explanation.changes[i];
        if (change->kind == CHANGE_WAIT) {
            wait = change;
            tally->waits++;
        } else if (change->kind == CHANGE_FACT_VALUE) {
            const struct world_facts changed = changed_facts(facts, change);
            tally->values++;
            if (world_judge(world, safeguard, &changed) != CLEARANCE_CLEAR) {
                fail_for(world, safeguard, change, "does not clear");
            }
        } else if (explanation.clearance == CLEARANCE_BARRED) {
            check_known(world, safeguard, facts, change, random);
            tally->known++;
        }
    }
    if (explanation.clearance == CLEARANCE_CLEAR) {
        return;
    }
    check_wait(world, safeguard, facts, wait);
    if (explanation.clearance == CLEARANCE_BARRED) {
        check_complete(world, safeguard, facts, &explanation);
        count_dates(world, safeguard, facts, &explanation, tally);
    }
}

/* Aim: on random rulebooks and facts, every change does what it says, and of flags and choices none
 * is left out. */
static void test_changes_are_exact(void **state)
{
    (void)state;
    struct random random;
    struct tally tally = {0};
    random_seed(&random, 400);
    for (int i = 0; i < 300; i++) {
        struct world world;
        arena_reset(&perm);
        world_make(&world, &random, &perm, 2);
        load_sound(&loaded, world_text(&world, NULL, &perm));
        for (int k = 0; k < 3; k++) {
            struct world_facts facts;
            world_facts_make(&facts, &random, 0.25);
            for (uint32_t safeguard = 0; safeguard < WORLD_SAFEGUARDS; safeguard++) {
                check_safeguard(&world, safeguard, &facts, &random, &tally);
            }
        }
    }
    assert_in_range(tally.values, 500, SIZE_MAX);
    assert_in_range(tally.known, 5, SIZE_MAX);
    assert_in_range(tally.waits, 20, SIZE_MAX);
    print_message("# dates found %zu, missed %zu\n", tally.dates_found, tally.dates_missed);
    assert_in_range(tally.dates_found, 50, SIZE_MAX);
    assert_true(tally.dates_missed * 20 <= tally.dates_found);
}

/* What could decide: random formulas in which every fact stands once, so that everything can be
 * tried. */

enum { OWN_FLAGS = 5, MEMBERS = 2, VARIABLES = OWN_FLAGS + 1 + MEMBERS, UNKNOWN_MOST = 6 };
/* Variables: the person's flags, family.complete, and a flag of each member. Each is no, yes or not
 * known. */

struct formula {
    char text[600];
    size_t len;
    int next_flag;
    bool family_used;
};

static void append(struct formula *formula, const char *text)
{
    const size_t len = strlen(text);
    assert_true(formula->len + len < sizeof formula->text);
    memcpy(formula->text + formula->len, text, len + 1);
    formula->len += len;
}

static void append_leaf(struct formula *formula, struct random *random)
{
    static const char *const quantifiers[] = {"any", "no", "every"};
    char leaf[64] = "late has expired"; /* unknown for good */
    const uint64_t chosen = random_below(random, 6);
    if (chosen == 0 && !formula->family_used) {
        formula->family_used = true;
        append(formula, quantifiers[random_below(random, 3)]);
        append(formula, " family member has (member.flag)");
        return;
    }
    if (chosen > 1 && formula->next_flag < OWN_FLAGS) {
        strncpy(leaf, "flags.f0", sizeof leaf - 1);
        leaf[7] = (char)('0' + formula->next_flag++);
    }
    append(formula, leaf);
}

static void append_formula(struct formula *formula, struct random *random, int depth)
{
    const uint64_t chosen = random_below(random, depth == 0 ? 1 : 6);
    if (chosen == 0) {
        append_leaf(formula, random);
        return;
    }
    append(formula, chosen == 1 ? "not (" : "(");
    append_formula(formula, random, depth - 1);
    if (chosen > 1) {
        append(formula, chosen % 2 == 0 ? " and " : " or ");
        append_formula(formula, random, depth - 1);
    }
    append(formula, ")");
}

static const char formula_rules[] =
    "rulebook formula\n  title \"Formula\"\n  in force from 2026-01-01\n"
    "calendar office\n  weekend sunday\n  from 2026-01-01\n  until 2026-12-31\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact flags.f0 : flag \"F\"\nfact flags.f1 : flag \"F\"\nfact flags.f2 : flag \"F\"\nfact "
    "flags.f3 : flag \"F\"\n"
    "fact flags.f4 : flag \"F\"\nfact family.complete : flag \"Complete\"\nfact member.flag : flag "
    "\"Flag\"\n"
    "clock late \"Late\"\n  runs 1 working day (office) after 2027-06-01\n"
    "step go \"Go\" from first to second\n";

/* A question whose variables can be set. */
struct setting {
    struct value own[OWN_FLAGS + 2];
    struct value members[MEMBERS][OWN_FLAGS + 2];
    const struct value *family[MEMBERS];
    struct question question;
};

static struct value *variable(struct setting *setting, int index)
{
    return index <= OWN_FLAGS ? &setting->own[index]
                              : &setting->members[index - OWN_FLAGS - 1][OWN_FLAGS + 1];
}

static enum clearance judge_code(struct setting *setting, const int *unknown, int count, int code,
                                 int but, int value_of_but)
{
    for (int i = 0; i < count; i++) {
        const int state = i == but ? value_of_but : code % 3;
        code = i == but ? code : code / 3;
        *variable(setting, unknown[i]) = state == 2 ? value_unknown() : value_flag(state == 1);
    }
    const enum clearance clearance = judge_safeguard(loaded.rulebook, 0, &setting->question);
    for (int i = 0; i < count; i++) {
        *variable(setting, unknown[i]) = value_unknown();
    }
    return clearance;
}

/* Could the n-th unknown fact decide it, alone or with others? All combinations of the others are
 * tried. */
static bool could_decide(struct setting *setting, const int *unknown, int count, int index)
{
    int codes = 1;
    for (int i = 1; i < count; i++) {
        codes *= 3;
    }
    for (int code = 0; code < codes; code++) {
        const bool open = judge_code(setting, unknown, count, code, index, 2) == CLEARANCE_UNKNOWN;
        for (int value = 0; open && value < 2; value++) {
            if (judge_code(setting, unknown, count, code, index, value) != CLEARANCE_UNKNOWN) {
                return true;
            }
        }
    }
    return false;
}

static bool is_reported(const struct safeguard_explanation *explanation, int index)
{
    const uint32_t fact = (uint32_t)(index <= OWN_FLAGS ? index : OWN_FLAGS + 1);
    const uint32_t member =
        index <= OWN_FLAGS ? NOT_FOUND_INDEX : (uint32_t)(index - OWN_FLAGS - 1);
    for (size_t i = 0; i < explanation->change_count; i++) {
        if (explanation->changes[i].fact == fact && explanation->changes[i].member == member) {
            return true;
        }
    }
    return false;
}

static size_t check_formula(struct formula *formula, struct random *random)
{
    struct setting setting = {.family = {0}};
    int unknown[VARIABLES];
    int count = 0;
    for (int i = 0; i < MEMBERS; i++) {
        setting.family[i] = setting.members[i];
    }
    setting.question = (struct question){.person = setting.own,
                                         .family = setting.family,
                                         .family_count = random_below(random, MEMBERS + 1)};
    for (int i = 0; i < VARIABLES; i++) {
        const bool absent = i - OWN_FLAGS > (int)setting.question.family_count;
        if (count < UNKNOWN_MOST && !absent && random_chance(random, 0.6)) {
            unknown[count++] = i;
        } else {
            *variable(&setting, i) = value_flag(random_chance(random, 0.5));
        }
    }
    struct arena arena = loaded.scratch;
    struct safeguard_explanation explanation;
    explain(0, &setting.question, &arena, &explanation);
    if (explanation.clearance != CLEARANCE_UNKNOWN) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        const bool could = could_decide(&setting, unknown, count, i);
        if (could != is_reported(&explanation, unknown[i])) {
            fail_msg("variable %d %s decide %s, with %zu members", unknown[i],
                     could ? "could" : "could not", formula->text, setting.question.family_count);
        }
    }
    return (size_t)count;
}

/* Aim: a fact is reported as one that could decide exactly when, in some state of the other unknown
 * facts, it does. */
static void test_deciding_is_exact(void **state)
{
    (void)state;
    struct random random;
    size_t tried = 0;
    random_seed(&random, 2718);
    for (int i = 0; i < 400; i++) {
        struct formula formula = {.len = 0};
        append_formula(&formula, &random, 4);
        arena_reset(&perm);
        const str text = arena_format(
            &perm,
            "%ssafeguard rule\n  guards go\n  source \"Act\"\n  reason \"R\"\n  clear when %s\n%s",
            formula_rules, formula.text, EXAMPLES);
        load_sound(&loaded, text);
        for (int k = 0; k < 10; k++) {
            tried += check_formula(&formula, &random);
        }
    }
    assert_in_range(tried, 2000, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_unknown_for_good),
        cmocka_unit_test(test_deciding_through_sums),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_full_memory),
        cmocka_unit_test(test_changes_are_exact),
        cmocka_unit_test(test_deciding_is_exact),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
