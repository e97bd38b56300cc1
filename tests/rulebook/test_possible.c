/* Aim: what possible.h says can and cannot be is so. Random conditions, two thousand here and
 * twenty thousand under script/check-long, are judged on every point of a grid of facts by the
 * scalar judge, which knows nothing of the search: what holds somewhere on the grid must not be
 * called impossible. (What is called possible has a witness, which possible_ask has the judge
 * confirm.) Conditions with answers known from reasoning stand in cases/analysis_*.rules; those
 * that are hard stand here. */
#include "load.h"
#include "world.h"

#include "base/random.h"
#include "rulebook/possible.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    RULEBOOKS = 250,
    RULEBOOKS_LONG = 2500,
    RULES = 8, /* in each */
    TEXT_MAX = 256 * 1024,
    CANDIDATES_MAX = 16,
    POOL_MAX = 6,
    MEMBERS_MAX = 2,
    SEED = 20261128,
};

static struct loaded loaded;
static struct arena work;

/* script/check-long tries ten times as much. */
static bool is_long(void)
{
    return getenv("RETURNHUB_LONG") != NULL;
}

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    assert_true(arena_open(&work, 256 * 1024 * 1024, &loaded.err).ok);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&work);
    load_done(&loaded);
    return 0;
}

/* Random conditions. */

enum kind { FLAG, CHOICE, NUMBER, DAY, COUNTRY, SET };

/* Two facts of every kind, of which each rulebook uses a few. */
enum { FACT_COUNT = 14 };
static const struct {
    const char *name;
    enum kind kind;
    const char *type;
} facts[FACT_COUNT] = {
    {"a.flag", FLAG, ": flag"},
    {"b.flag", FLAG, ": flag"},
    {"a.choice", CHOICE, "one of red, green, blue"},
    {"b.choice", CHOICE, "one of red, green, blue"},
    {"a.number", NUMBER, ": number"},
    {"b.number", NUMBER, ": number"},
    {"a.day", DAY, ": date"},
    {"b.day", DAY, ": date"},
    {"a.country", COUNTRY, ": country"},
    {"b.country", COUNTRY, ": country"},
    {"a.set", SET, ": countries"},
    {"agreement.set", SET, ": countries"},
    {"hub.flag", FLAG, ": flag"},
    {"hub.day", DAY, ": date"},
};
enum {
    A_FLAG,
    B_FLAG,
    A_CHOICE,
    B_CHOICE,
    A_NUMBER,
    B_NUMBER,
    A_DAY,
    B_DAY,
    A_COUNTRY,
    B_COUNTRY,
    A_SET,
    AGREEMENT_SET,
    HUB_FLAG,
    HUB_DAY
};

/* Pools small enough for a grid. */
struct pool {
    int facts[POOL_MAX];
    int count;
    bool family;
};
static const struct pool pools[] = {
    {{A_DAY, B_DAY, A_FLAG}, 3, false},
    {{A_DAY, HUB_DAY, A_FLAG}, 3, false},
    {{A_DAY, B_DAY}, 2, false},
    {{A_FLAG, A_CHOICE, B_CHOICE, A_NUMBER, HUB_FLAG}, 5, false},
    {{A_FLAG, B_FLAG, A_NUMBER, B_NUMBER}, 4, false},
    {{A_COUNTRY, B_COUNTRY, A_SET, AGREEMENT_SET}, 4, false},
    {{A_FLAG, A_CHOICE}, 2, true},
    {{A_FLAG, A_DAY}, 2, true},
    {{A_DAY, HUB_FLAG}, 2, true},
};
enum { POOL_COUNT = sizeof pools / sizeof pools[0] };

struct maker {
    struct random *random;
    struct buf *buf;
    const struct pool *pool;
    int definitions; /* that may be used */
    int clocks;
    bool family;
};

/* Days about two ends of a month, so that sums of days and of months meet. */
static const char *const days[] = {"2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02",
                                   "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"};
static const char *const few_days[] = {"2026-01-31", "2026-02-28"};
static const char *const countries[] = {"ALB", "FRA", "XKX"};
static const char *const choices[] = {"red", "green", "blue"};
static const char *const orders[] = {"<", "<=", ">", ">=", "=", "!="};

static int pick(struct maker *maker, int count)
{
    return (int)random_below(maker->random, (uint64_t)count);
}

static void put(struct maker *maker, const char *text)
{
    buf_put_c(maker->buf, text);
}

/* A fact of the pool of that kind, or -1. */
static int fact_of_kind(struct maker *maker, enum kind kind)
{
    const int first = pick(maker, maker->pool->count);
    for (int i = 0; i < maker->pool->count; i++) {
        const int fact = maker->pool->facts[(first + i) % maker->pool->count];
        if (facts[fact].kind == kind) {
            return fact;
        }
    }
    return -1;
}

static void put_duration(struct maker *maker)
{
    static const char *const durations[] = {
        "0 days",
        "1 day",
        "2 days",
        "28 days",
        "30 days",
        "1 working days (office)",
        "2 working days (office)",
        "1 month rounding down",
        "1 month rounding up",
        "1 year rounding up",
    };
    put(maker, durations[pick(maker, (int)(sizeof durations / sizeof durations[0]))]);
}

static void put_day(struct maker *maker, int depth)
{
    const int fact = fact_of_kind(maker, DAY);
    const int chosen = pick(maker, depth <= 0 ? 6 : 10);
    if (chosen < 3 && fact >= 0) {
        put(maker, facts[fact].name);
    } else if (chosen < 5) {
        put(maker, "today");
    } else if (chosen == 5) {
        put(maker, days[pick(maker, (int)(sizeof days / sizeof days[0]))]);
    } else if (chosen < 8) {
        put_duration(maker);
        put(maker, pick(maker, 2) == 0 ? " after " : " before ");
        put_day(maker, depth - 1);
    } else if (chosen == 8 && maker->clocks > 0) {
        put(maker, "last day of clock_0");
    } else {
        put(maker, pick(maker, 2) == 0 ? "later of (" : "earlier of (");
        put_day(maker, depth - 1);
        put(maker, ", ");
        put_day(maker, depth - 1);
        put(maker, ")");
    }
}

/* Another value of that kind: a fact or a literal. */
static void put_value(struct maker *maker, enum kind kind)
{
    const int fact = fact_of_kind(maker, kind);
    const char *const literals[] = {
        [FLAG] = pick(maker, 2) == 0 ? "yes" : "no",
        [CHOICE] = choices[pick(maker, 3)],
        [NUMBER] = pick(maker, 2) == 0 ? "1" : "2",
        [COUNTRY] = countries[pick(maker, 2)],
    };
    put(maker, kind == SET || pick(maker, 3) == 0 ? facts[fact].name : literals[kind]);
}

static void put_comparison(struct maker *maker)
{
    const int fact = maker->pool->facts[pick(maker, maker->pool->count)];
    const enum kind kind = facts[fact].kind;
    if (kind == DAY || pick(maker, 8) == 0) {
        put_day(maker, 2);
        put(maker, " ");
        put(maker, orders[pick(maker, 6)]);
        put(maker, " ");
        put_day(maker, 2);
        return;
    }
    if (kind == SET && pick(maker, 2) == 0) {
        put_value(maker, COUNTRY);
        put(maker, " in ");
        put(maker, facts[fact].name);
        return;
    }
    put(maker, facts[fact].name);
    if ((kind == CHOICE || kind == COUNTRY || kind == NUMBER) && pick(maker, 3) == 0) {
        put(maker, " in (");
        put_value(maker, kind);
        put(maker, ", ");
        put_value(maker, kind);
        put(maker, ")");
        return;
    }
    put(maker, " ");
    put(maker, kind == NUMBER ? orders[pick(maker, 6)] : orders[4 + pick(maker, 2)]);
    put(maker, " ");
    put_value(maker, kind);
}

static void put_condition(struct maker *maker, int depth);

static void put_leaf(struct maker *maker)
{
    const int fact = maker->pool->facts[pick(maker, maker->pool->count)];
    const int flag = fact_of_kind(maker, FLAG);
    const int chosen = pick(maker, 12);
    if (chosen == 0) {
        put(maker, facts[fact].name);
        put(maker, pick(maker, 2) == 0 ? " known" : " unknown");
    } else if (chosen == 1 && maker->definitions > 0) {
        put(maker, pick(maker, maker->definitions) == 0 ? "definition_0" : "definition_1");
    } else if (chosen == 2 && maker->clocks > 0) {
        put(maker, pick(maker, 2) == 0 ? "clock_0 has expired" : "clock_0 is running");
    } else if (chosen == 3) {
        put(maker, pick(maker, 8) > 0 && maker->family ? "family.complete" : "always");
    } else if (chosen < 6 && flag >= 0) {
        put(maker, facts[flag].name);
    } else {
        put_comparison(maker);
    }
}

static void put_members(struct maker *maker, int depth)
{
    static const char *const quantifiers[] = {"any", "no", "every"};
    struct maker inner = *maker;
    inner.family = false;
    inner.definitions = maker->definitions > 0 ? 1 : 0; /* the first asks of no family */
    put(maker, quantifiers[pick(maker, 3)]);
    put(maker, " family member has (");
    put_condition(&inner, depth - 1);
    put(maker, ")");
}

static void put_condition(struct maker *maker, int depth)
{
    const int chosen = depth <= 0 ? 9 : pick(maker, 9);
    if (chosen < 5) {
        put(maker, "(");
        put_condition(maker, depth - 1);
        put(maker, chosen < 3 ? " and " : " or ");
        put_condition(maker, depth - 1);
        put(maker, ")");
    } else if (chosen == 5) {
        put(maker, "not (");
        put_condition(maker, depth - 1);
        put(maker, ")");
    } else if (chosen < 8 && maker->family) {
        put_members(maker, depth);
    } else {
        put_leaf(maker);
    }
}

static void put_clock(struct maker *maker)
{
    put(maker, "clock clock_0 \"C\"\n  runs ");
    put_duration(maker);
    put(maker, " after ");
    put_day(maker, 1);
    if (pick(maker, 2) == 0) {
        put(maker, " when ");
        put_condition(maker, 1);
        put(maker, "\n  runs ");
        put_duration(maker);
        put(maker, " after ");
        put_day(maker, 1);
    }
    put(maker, pick(maker, 2) == 0 ? "\n  ends on a working day (office)\n" : "\n");
}

static void put_items(struct maker *maker)
{
    put(maker, "rulebook random title \"R\" in force from 2026-01-01\n"
               "country ALB \"Albania\"\ncountry FRA \"France\"\ncountry XKX \"Kosovo\"\n"
               "holidays office_holidays 2026-02-27 \"Holiday\"\n"
               "calendar office \"Office\" weekend saturday, sunday holidays office_holidays\n"
               "  from 2026-01-01 until 2026-03-02\n"
               "stage only \"Only\" start outcome\n"
               "step go \"Go\" from only to only with hub, agreement\n"
               "fact family.complete : flag \"F\"\n");
    for (int i = 0; i < FACT_COUNT; i++) {
        buf_format(maker->buf, "fact %s %s%s\n", facts[i].name,
                   facts[i].kind == CHOICE ? "\"F\" " : "", facts[i].type);
        put(maker, facts[i].kind == CHOICE ? "" : "  \"F\"\n");
    }
}

static str make_rulebook(struct random *random, const struct pool *pool)
{
    struct buf buf;
    struct maker maker = {.random = random, .buf = &buf, .pool = pool};
    buf_init(&buf, &work, TEXT_MAX);
    put_items(&maker);
    put(&maker, "define definition_0 ");
    put_condition(&maker, 1);
    put(&maker, "\n");
    maker.definitions = 1;
    put_clock(&maker);
    maker.clocks = 1;
    maker.family = pool->family;
    put(&maker, "define definition_1 ");
    put_condition(&maker, 2);
    put(&maker, "\n");
    maker.definitions = 2;
    for (int i = 0; i < RULES; i++) {
        buf_format(&buf,
                   "safeguard rule_%d guards go source \"S\" reason \"R\"\n"
                   "  example \"c\" then clear example \"b\" then barred example \"u\" then "
                   "unknown\n  clear when ",
                   i);
        put_condition(&maker, 3);
        put(&maker, "\n");
    }
    return buf_str(&buf);
}

/* The grid. */

struct axis {
    uint32_t fact; /* of the rulebook; NOT_FOUND_INDEX for today */
    struct value values[CANDIDATES_MAX];
    size_t count;
};

static void add_value(struct axis *axis, struct value value)
{
    assert_true(axis->count < CANDIDATES_MAX);
    axis->values[axis->count++] = value;
}

static void add_days(struct axis *axis, bool few)
{
    const size_t count = few ? sizeof few_days / sizeof few_days[0] : sizeof days / sizeof days[0];
    for (size_t i = 0; i < count; i++) {
        add_value(axis, value_date(load_date(few ? few_days[i] : days[i])));
    }
}

/* Every set of the three countries. */
static void add_sets(struct axis *axis)
{
    for (unsigned chosen = 0; chosen < 8; chosen++) {
        uint16_t *codes = ARENA_NEW(&work, uint16_t, 3);
        size_t count = 0;
        for (unsigned i = 0; i < 3; i++) {
            if ((chosen >> i & 1U) != 0) {
                codes[count++] = loaded.rulebook->countries[i].code;
            }
        }
        add_value(axis,
                  (struct value){.known = true, .countries = {.codes = codes, .count = count}});
    }
}

static void make_axis(struct axis *axis, const char *name, enum kind kind, bool few)
{
    *axis = (struct axis){.fact = rulebook_fact(loaded.rulebook, str_from_c(name))};
    add_value(axis, value_unknown());
    for (int i = 0; i < 2 && kind == FLAG; i++) {
        add_value(axis, value_flag(i == 1));
    }
    for (int i = 0; i < 3 && kind == CHOICE; i++) {
        add_value(axis, value_number(i));
    }
    for (int i = -1; i < 5 && kind == NUMBER; i++) {
        add_value(axis, value_number(i));
    }
    for (int i = 0; i < 3 && kind == COUNTRY; i++) {
        add_value(axis, value_number(loaded.rulebook->countries[i].code));
    }
    if (kind == SET) {
        add_sets(axis);
    }
    if (kind == DAY) {
        add_days(axis, few);
    }
}

struct found {
    bool can[RULES][3];
    bool clear_without[RULES][RULES]; /* the first clear, the second not */
    bool all_clear;
    size_t points;
};

static void judge_point(const struct question *question, struct found *found)
{
    enum clearance each[RULES];
    bool all = true;
    for (uint32_t i = 0; i < RULES; i++) {
        each[i] = judge_safeguard(loaded.rulebook, i, question);
        found->can[i][each[i]] = true;
        all = all && each[i] == CLEARANCE_CLEAR;
    }
    for (uint32_t i = 0; i < RULES; i++) {
        for (uint32_t k = 0; each[i] == CLEARANCE_CLEAR && k < RULES; k++) {
            found->clear_without[i][k] = found->clear_without[i][k] || each[k] != CLEARANCE_CLEAR;
        }
    }
    found->all_clear = found->all_clear || all;
    found->points++;
}

/* One point after another of a few axes, as a number with a digit for each. */
static bool next_point(const struct axis *axes, size_t *digits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (++digits[i] < axes[i].count) {
            return true;
        }
        digits[i] = 0;
    }
    return false;
}

static void set_point(const struct axis *axes, const size_t *digits, size_t count,
                      struct value *values)
{
    for (size_t i = 0; i < count; i++) {
        values[axes[i].fact] = axes[i].values[digits[i]];
    }
}

/* All families of up to two members, for one point of the person's own facts. */
static void judge_families(const struct axis *axes, size_t count, struct question *question,
                           struct found *found)
{
    struct value *members[MEMBERS_MAX];
    struct arena arena = work;
    for (int i = 0; i < MEMBERS_MAX; i++) {
        members[i] = ARENA_NEW(&arena, struct value, loaded.rulebook->fact_count);
    }
    const struct value *const family[] = {members[0], members[1]};
    size_t first[POOL_MAX] = {0};
    question->family = family;
    do {
        set_point(axes, first, count, members[0]);
        question->family_count = 1;
        judge_point(question, found);
        size_t second[POOL_MAX];
        for (int i = 0; i < POOL_MAX; i++) {
            second[i] = first[i];
        }
        do { /* the second is not before the first: their order does not matter */
            set_point(axes, second, count, members[1]);
            question->family_count = 2;
            judge_point(question, found);
        } while (next_point(axes, second, count));
    } while (next_point(axes, first, count));
    question->family_count = 0;
}

static void judge_grid(const struct pool *pool, struct found *found)
{
    struct axis axes[POOL_MAX + 1];
    struct axis today = {0};
    size_t count = 0;
    bool has_days = false;
    for (int i = 0; i < pool->count; i++) {
        const int fact = pool->facts[i];
        has_days = has_days || facts[fact].kind == DAY;
        make_axis(&axes[count++], facts[fact].name, facts[fact].kind, pool->family);
    }
    if (pool->family) {
        make_axis(&axes[count++], "family.complete", FLAG, true);
    }
    add_days(&today, pool->family || !has_days);
    struct value *own = ARENA_NEW(&work, struct value, loaded.rulebook->fact_count);
    struct question question = {.person = own, .hub = own, .agreement = own};
    size_t digits[POOL_MAX + 1] = {0};
    do {
        set_point(axes, digits, count, own);
        for (size_t i = 0; i < today.count; i++) {
            question.today = (date){.day = (int32_t)today.values[i].number};
            judge_point(&question, found);
            if (pool->family) {
                judge_families(axes, (size_t)pool->count, &question, found);
            }
        }
    } while (next_point(axes, digits, count));
}

/* Comparing. */

struct tally {
    size_t yes; /* also on the grid */
    size_t yes_beyond_grid;
    size_t no;
    size_t wrong;
    size_t undecided;
};

static void compare(struct possible *possible, const struct possible_question *question,
                    bool on_grid, const char *what, struct tally *tally)
{
    enum possible_answer answer;
    assert_true(possible_ask(possible, question, &answer, NULL, &loaded.err).ok);
    tally->yes += answer == POSSIBLE_YES && on_grid ? 1 : 0;
    tally->yes_beyond_grid += answer == POSSIBLE_YES && !on_grid ? 1 : 0;
    tally->no += answer == POSSIBLE_NO ? 1 : 0;
    tally->undecided += answer == POSSIBLE_UNDECIDED ? 1 : 0;
    if (answer == POSSIBLE_NO && on_grid) {
        tally->wrong++;
        print_message("# wrong: %s\n", what);
    }
}

static void compare_all(const struct found *found, struct tally *tally)
{
    static const unsigned truths[] = {[CLEARANCE_CLEAR] = TRUTHS_TRUE,
                                      [CLEARANCE_BARRED] = TRUTHS_FALSE,
                                      [CLEARANCE_UNKNOWN] = TRUTHS_UNKNOWN};
    const struct safeguard *safeguards = loaded.rulebook->safeguards;
    struct possible *possible = NULL;
    struct possible_goal all[RULES];
    char what[60];
    assert_true(possible_open(loaded.rulebook, &work, &possible, &loaded.err).ok);
    for (int i = 0; i < RULES; i++) {
        all[i] = (struct possible_goal){safeguards[i].clear_when, TRUTHS_TRUE};
        for (int truth = 0; truth < 3; truth++) {
            const struct possible_goal goal = {safeguards[i].clear_when, truths[truth]};
            snprintf(what, sizeof what, "rule_%d, clearance %d", i, truth);
            compare(possible, &(struct possible_question){.goals = &goal, .goal_count = 1},
                    found->can[i][truth], what, tally);
        }
        for (int k = 0; k < RULES; k++) {
            const struct possible_goal goals[] = {
                {safeguards[i].clear_when, TRUTHS_TRUE},
                {safeguards[k].clear_when, TRUTHS_FALSE | TRUTHS_UNKNOWN}};
            snprintf(what, sizeof what, "rule_%d clear, rule_%d not", i, k);
            compare(possible, &(struct possible_question){.goals = goals, .goal_count = 2},
                    found->clear_without[i][k], what, tally);
        }
    }
    compare(possible, &(struct possible_question){.goals = all, .goal_count = RULES},
            found->all_clear, "all clear", tally);
}

/* Aim: see above. The seed is printed; RETURNHUB_SEED takes another. */
static void test_against_grid(void **state)
{
    (void)state;
    const char *given = getenv("RETURNHUB_SEED");
    int64_t seed = SEED;
    struct random random;
    struct tally tally = {0};
    size_t points = 0;
    if (given != NULL) {
        assert_true(str_to_int64(str_from_c(given), &seed, NULL).ok);
    }
    print_message("# seed %" PRId64 "\n", seed);
    random_seed(&random, (uint64_t)seed);
    const int rulebooks = is_long() ? RULEBOOKS_LONG : RULEBOOKS;
    for (int i = 0; i < rulebooks; i++) {
        const size_t wrong_before = tally.wrong;
        struct found found = {0};
        const struct pool *pool = &pools[i % POOL_COUNT];
        arena_reset(&work);
        const str text = make_rulebook(&random, pool);
        load_sound(&loaded, text);
        judge_grid(pool, &found);
        compare_all(&found, &tally);
        points += found.points;
        if (tally.wrong > wrong_before) {
            print_message("# %.*s\n", STR_ARG(text));
        }
    }
    print_message("# %d rules, %zu points; possible %zu, beyond the grid %zu, impossible %zu, "
                  "undecided %zu, wrong %zu\n",
                  rulebooks * RULES, points, tally.yes, tally.yes_beyond_grid, tally.no,
                  tally.undecided, tally.wrong);
    assert_int_equal(tally.wrong, 0);
    assert_int_equal(tally.undecided, 0);
    /* Both answers were given, and the grid is fine enough to contradict. */
    assert_true(tally.no > (tally.yes + tally.no) / 20);
    assert_true(tally.yes_beyond_grid < tally.yes / 5);
}

/* Worlds: rulebooks with many facts, judged by the evaluator of world.c on random facts. */

enum { WORLDS = 15, WORLDS_LONG = 150, WORLD_POINTS = 400 };

struct world_found {
    bool can[WORLD_SAFEGUARDS][3];
    bool clear_without[WORLD_SAFEGUARDS][WORLD_SAFEGUARDS];
};

static void judge_world(const struct world *world, struct random *random, struct world_found *found)
{
    struct world_facts point;
    enum clearance each[WORLD_SAFEGUARDS];
    world_facts_make(&point, random, (double)random_below(random, 4) / 5);
    for (size_t i = 0; i < WORLD_SAFEGUARDS; i++) {
        each[i] = world_judge(world, i, &point);
        found->can[i][each[i]] = true;
    }
    for (size_t i = 0; i < WORLD_SAFEGUARDS; i++) {
        for (size_t k = 0; each[i] == CLEARANCE_CLEAR && k < WORLD_SAFEGUARDS; k++) {
            found->clear_without[i][k] = found->clear_without[i][k] || each[k] != CLEARANCE_CLEAR;
        }
    }
}

static void compare_world(const struct world_found *found, struct tally *tally)
{
    static const unsigned truths[] = {[CLEARANCE_CLEAR] = TRUTHS_TRUE,
                                      [CLEARANCE_BARRED] = TRUTHS_FALSE,
                                      [CLEARANCE_UNKNOWN] = TRUTHS_UNKNOWN};
    const struct safeguard *safeguards = loaded.rulebook->safeguards;
    struct possible *possible = NULL;
    assert_true(possible_open(loaded.rulebook, &work, &possible, &loaded.err).ok);
    for (size_t i = 0; i < WORLD_SAFEGUARDS; i++) {
        for (int truth = 0; truth < 3; truth++) {
            const struct possible_goal goal = {safeguards[i].clear_when, truths[truth]};
            compare(possible, &(struct possible_question){.goals = &goal, .goal_count = 1},
                    found->can[i][truth], "a safeguard of a world", tally);
        }
        for (size_t k = 0; k < WORLD_SAFEGUARDS; k++) {
            const struct possible_goal goals[] = {
                {safeguards[i].clear_when, TRUTHS_TRUE},
                {safeguards[k].clear_when, TRUTHS_FALSE | TRUTHS_UNKNOWN}};
            compare(possible, &(struct possible_question){.goals = goals, .goal_count = 2},
                    found->clear_without[i][k], "two safeguards of a world", tally);
        }
    }
}

/* Aim: the same, against an evaluator that shares nothing with the judge, on larger rulebooks; and
 * rulebook_analyse copes with all of them. */
static void test_against_worlds(void **state)
{
    (void)state;
    struct random random;
    struct tally tally = {0};
    random_seed(&random, SEED);
    const int worlds = is_long() ? WORLDS_LONG : WORLDS;
    for (int i = 0; i < worlds; i++) {
        struct world world;
        struct world_found found = {0};
        arena_reset(&work);
        world_make(&world, &random, &work, 3);
        load_sound(&loaded, world_text(&world, NULL, &work));
        for (int point = 0; point < WORLD_POINTS; point++) {
            judge_world(&world, &random, &found);
        }
        compare_world(&found, &tally);
        assert_true(
            rulebook_analyse(loaded.rulebook, loaded.scratch, &loaded.diagnostics, &loaded.err).ok);
        assert_int_equal(loaded.diagnostics.error_count, 0);
    }
    print_message("# %d worlds; possible %zu, not met %zu, impossible %zu, undecided %zu, "
                  "wrong %zu\n",
                  worlds, tally.yes, tally.yes_beyond_grid, tally.no, tally.undecided, tally.wrong);
    assert_int_equal(tally.wrong, 0);
    assert_int_equal(tally.undecided, 0);
    assert_true(tally.no > 0);
}

/* Answers known from reasoning. */

struct known {
    const char *condition;
    unsigned truth;
    enum possible_answer answer;
};

/* The clock of these: fourteen days after a.day when a.flag, twenty-eight when not. */
static const struct known known[] = {
    {"a.flag and not a.flag", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.flag and not a.flag", TRUTHS_FALSE, POSSIBLE_YES},
    {"a.flag or not a.flag", TRUTHS_FALSE, POSSIBLE_NO},
    {"a.flag or not a.flag", TRUTHS_UNKNOWN, POSSIBLE_YES},
    {"a.flag known or a.flag", TRUTHS_FALSE, POSSIBLE_NO},
    {"a.flag known or a.flag", TRUTHS_UNKNOWN, POSSIBLE_YES},
    {"a.flag = a.flag", TRUTHS_FALSE, POSSIBLE_NO},
    {"a.flag = b.flag and a.flag != b.flag", TRUTHS_TRUE, POSSIBLE_NO},
    /* Days. */
    {"a.day < b.day and b.day < a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.day < b.day and b.day < hub.day and hub.day < a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.day < b.day and b.day < 2 days after a.day", TRUTHS_TRUE, POSSIBLE_YES},
    {"a.day < b.day and b.day < 1 day after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.day < 1900-01-01 or a.day > 2199-12-31", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.day known and 1 day before a.day <= today", TRUTHS_UNKNOWN, POSSIBLE_YES},
    {"a.day > 1900-01-01 and 1 day before a.day <= today and a.day known", TRUTHS_UNKNOWN,
     POSSIBLE_NO},
    /* The shortest month has 28 days; rounded up, none takes more than 31. */
    {"1 month rounding down after a.day < 28 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"1 month rounding down after a.day = 28 days after a.day", TRUTHS_TRUE, POSSIBLE_YES},
    {"1 month rounding up after a.day > 31 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"1 month rounding up after a.day = 31 days after a.day", TRUTHS_TRUE, POSSIBLE_YES},
    /* Born on 29 February. */
    {"18 years rounding down after a.day <= today and today < 18 years rounding up after a.day",
     TRUTHS_TRUE, POSSIBLE_YES},
    {"18 years rounding up after a.day <= today and today < 18 years rounding down after a.day",
     TRUTHS_TRUE, POSSIBLE_NO},
    /* A month added and taken away again, rounding up and then down, never goes back: a circle that
     * only the end of the days can tell. */
    {"1 month rounding down before 1 month rounding up after a.day < a.day", TRUTHS_TRUE,
     POSSIBLE_NO},
    /* 27 February 2026 is a Friday and a holiday here: from the Wednesday before, the second
     * working day is the Monday after, and nowhere is it further. The calendar ends on that Monday.
     */
    {"2 working days (office) after a.day = 5 days after a.day", TRUTHS_TRUE, POSSIBLE_YES},
    {"2 working days (office) after a.day > 5 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"2 working days (office) after a.day < 2 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.day known and a.day >= 2026-01-01 and a.day <= 2026-02-28 and "
     "1 working days (office) after a.day <= today",
     TRUTHS_UNKNOWN, POSSIBLE_NO},
    {"a.day known and a.day >= 2026-01-01 and a.day <= 2026-03-02 and "
     "1 working days (office) after a.day <= today",
     TRUTHS_UNKNOWN, POSSIBLE_YES},
    {"later of (a.day, b.day) < a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"later of (a.day, b.day) <= a.day and b.day > a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"later of (a.day, b.day) > earlier of (a.day, b.day)", TRUTHS_TRUE, POSSIBLE_YES},
    /* Clocks. */
    {"clock_0 has expired and today <= 14 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    {"clock_0 has expired and today <= 28 days after a.day", TRUTHS_TRUE, POSSIBLE_YES},
    {"clock_0 has expired and today <= 28 days after a.day and not a.flag", TRUTHS_TRUE,
     POSSIBLE_NO},
    {"clock_0 has expired and clock_0 is running", TRUTHS_TRUE, POSSIBLE_NO},
    {"clock_0 has expired or clock_0 is running", TRUTHS_FALSE, POSSIBLE_NO},
    {"clock_0 has expired and a.flag unknown", TRUTHS_TRUE, POSSIBLE_NO},
    {"last day of clock_0 = 15 days after a.day", TRUTHS_TRUE, POSSIBLE_NO},
    /* Numbers. */
    {"a.number < b.number and b.number < a.number", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.number < b.number and b.number < 2 and a.number > 0", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.number < b.number and b.number < 3 and a.number > 0", TRUTHS_TRUE, POSSIBLE_YES},
    {"a.number > 9223372036854775807", TRUTHS_TRUE, POSSIBLE_NO},
    {"a.number < b.number and a.number = 9223372036854775807", TRUTHS_TRUE, POSSIBLE_NO},
    /* Two choices of three, with one value left for both. */
    {"a.choice != b.choice and not (a.choice in (red, green)) and not (b.choice in (red, green))",
     TRUTHS_TRUE, POSSIBLE_NO},
    {"a.choice != b.choice and not (a.choice in (red, green)) and b.choice != red", TRUTHS_TRUE,
     POSSIBLE_YES},
    /* Three countries are listed. */
    {"a.country != ALB and a.country != FRA and a.country != XKX", TRUTHS_TRUE, POSSIBLE_NO},
    {"not (a.country in (ALB, FRA))", TRUTHS_TRUE, POSSIBLE_YES},
    {"a.country in a.set and not (b.country in a.set) and a.country = b.country", TRUTHS_TRUE,
     POSSIBLE_NO},
    {"a.set = agreement.set and ALB in a.set and not (ALB in agreement.set)", TRUTHS_TRUE,
     POSSIBLE_NO},
    {"a.set != agreement.set and ALB in a.set and ALB in agreement.set and FRA in a.set and "
     "FRA in agreement.set",
     TRUTHS_TRUE, POSSIBLE_YES},
    {"a.set != agreement.set and ALB in a.set and ALB in agreement.set and FRA in a.set and "
     "FRA in agreement.set and XKX in a.set and XKX in agreement.set",
     TRUTHS_TRUE, POSSIBLE_NO},
    /* Families. */
    {"any family member has (a.flag) and every family member has (not a.flag)", TRUTHS_TRUE,
     POSSIBLE_NO},
    {"any family member has (a.flag) and any family member has (not a.flag)", TRUTHS_TRUE,
     POSSIBLE_YES},
    {"any family member has (hub.flag) and not hub.flag", TRUTHS_TRUE, POSSIBLE_NO},
    {"any family member has (a.flag) and not a.flag", TRUTHS_TRUE, POSSIBLE_YES},
    {"every family member has (a.flag or not a.flag)", TRUTHS_FALSE, POSSIBLE_NO},
    {"every family member has (a.flag)", TRUTHS_UNKNOWN, POSSIBLE_YES},
    {"not family.complete and every family member has (a.flag)", TRUTHS_TRUE, POSSIBLE_NO},
    {"family.complete and every family member has (a.day < a.day)", TRUTHS_TRUE, POSSIBLE_YES},
    /* Only without a member: the dead ends are the fault of there being one, in whichever order
     * they are met. */
    {"(any family member has (a.flag) or hub.flag) and "
     "(every family member has (a.flag and not a.flag) or "
     "every family member has (b.flag and not b.flag))",
     TRUTHS_TRUE, POSSIBLE_YES},
    {"(every family member has (a.flag and not a.flag) or "
     "every family member has (b.flag and not b.flag)) and "
     "(any family member has (a.flag) or hub.flag)",
     TRUTHS_TRUE, POSSIBLE_YES},
    {"any family member has (a.flag) and (every family member has (a.flag and not a.flag) or "
     "every family member has (b.flag and not b.flag))",
     TRUTHS_TRUE, POSSIBLE_NO},
};
enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

/* Aim: each of these has its answer. */
static void test_known_answers(void **state)
{
    (void)state;
    struct buf buf;
    struct maker maker = {.buf = &buf};
    struct possible *possible = NULL;
    arena_reset(&work);
    buf_init(&buf, &work, TEXT_MAX);
    put_items(&maker);
    put(&maker, "clock clock_0 \"C\" runs 14 days after a.day when a.flag\n"
                "  runs 28 days after a.day when not a.flag\n");
    for (int i = 0; i < KNOWN_COUNT; i++) {
        buf_format(&buf, "define definition_%d %s\n", i, known[i].condition);
    }
    load_sound(&loaded, buf_str(&buf));
    assert_true(possible_open(loaded.rulebook, &work, &possible, &loaded.err).ok);
    for (int i = 0; i < KNOWN_COUNT; i++) {
        const struct possible_goal goal = {loaded.rulebook->definitions[i].condition,
                                           known[i].truth};
        const struct possible_question question = {.goals = &goal, .goal_count = 1};
        enum possible_answer answer;
        assert_true(possible_ask(possible, &question, &answer, NULL, &loaded.err).ok);
        if (answer != known[i].answer) {
            fail_msg("%s: truth %u: %d", known[i].condition, known[i].truth, (int)answer);
        }
    }
}

/* Ten things in nine places, no two in one: no search by cases ends soon. */
static void put_pigeons(struct maker *maker, int things, int places)
{
    for (int thing = 0; thing < things; thing++) {
        for (int place = 0; place < places; place++) {
            buf_format(maker->buf, "fact thing_%d.place_%d : flag \"F\"\n", thing, place);
        }
    }
    put(maker, "define all_are_placed\n  always");
    for (int thing = 0; thing < things; thing++) {
        put(maker, "\n  and (never");
        for (int place = 0; place < places; place++) {
            buf_format(maker->buf, " or thing_%d.place_%d", thing, place);
        }
        put(maker, ")");
    }
    for (int place = 0; place < places; place++) {
        for (int pair = 0; pair < things * things; pair++) {
            if (pair % things < pair / things) {
                buf_format(maker->buf, "\n  and (not thing_%d.place_%d or not thing_%d.place_%d)",
                           pair % things, place, pair / things, place);
            }
        }
    }
    put(maker, "\n");
}

/* Each of many is easily met, and none of them is left out. */
static void put_alternatives(struct maker *maker, int count, int ignored)
{
    (void)ignored;
    put(maker, "define each_is_met\n  always");
    for (int i = 0; i < count; i++) {
        buf_format(maker->buf, "\n  and (a.number = %d or b.number != %d)", i, i);
    }
    put(maker, "\n");
}

/* The later of two days, one of which is the later of two days, and so on. */
static void put_nested(struct maker *maker, int depth, int ignored)
{
    (void)ignored;
    put(maker, "define later_than_itself\n  ");
    for (int i = 0; i < depth; i++) {
        put(maker, "later of (a.day, ");
    }
    put(maker, "b.day");
    for (int i = 0; i < depth; i++) {
        put(maker, ")");
    }
    put(maker, " < a.day\n");
}

typedef void put_hard(struct maker *maker, int a, int b);

static enum possible_answer ask_hard(put_hard *put_it, int a, int b, uint64_t *ret_trials)
{
    struct buf buf;
    struct maker maker = {.buf = &buf};
    struct possible *possible = NULL;
    enum possible_answer answer;
    arena_reset(&work);
    buf_init(&buf, &work, TEXT_MAX);
    put_items(&maker);
    put_it(&maker, a, b);
    load_sound(&loaded, buf_str(&buf));
    assert_true(possible_open(loaded.rulebook, &work, &possible, &loaded.err).ok);
    const struct possible_goal goal = {loaded.rulebook->definitions[0].condition, TRUTHS_TRUE};
    const struct possible_question question = {.goals = &goal, .goal_count = 1};
    assert_true(possible_ask(possible, &question, &answer, NULL, &loaded.err).ok);
    *ret_trials = possible_trials(possible);
    return answer;
}

/* Aim: what is too hard is said to be undecided, never to be impossible; what is not, is decided.
 */
static void test_bound(void **state)
{
    (void)state;
    uint64_t trials;
    assert_int_equal(ask_hard(put_pigeons, 4, 4, &trials), POSSIBLE_YES);
    assert_int_equal(ask_hard(put_pigeons, 5, 4, &trials), POSSIBLE_NO);
    assert_int_equal(ask_hard(put_pigeons, 10, 9, &trials), POSSIBLE_UNDECIDED);
    assert_int_equal(trials, POSSIBLE_TRIALS_MAX);
    assert_int_equal(ask_hard(put_nested, 3, 0, &trials), POSSIBLE_NO);
    assert_int_equal(ask_hard(put_nested, 60, 0, &trials), POSSIBLE_UNDECIDED);
    assert_int_equal(ask_hard(put_alternatives, 200, 0, &trials), POSSIBLE_YES);
    assert_int_not_equal(ask_hard(put_alternatives, 4000, 0, &trials), POSSIBLE_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_bound),
        cmocka_unit_test(test_against_worlds), cmocka_unit_test(test_against_grid)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
