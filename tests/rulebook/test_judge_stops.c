/* Aim: what no loaded rulebook can hold is never answered with a guess. A node where none of its
 * kind may stand, a unit that is none, an index out of range: the program stops, in release builds
 * too. Each is put into a copy of a sound rulebook, or asked for, and assert_failed must be
 * reached. */
#include "load.h"
#include "rulebook/condition.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { KIND_AFTER_THE_LAST = NODE_NAME + 1, UNIT_AFTER_THE_LAST = UNIT_YEARS + 1 };

static const char rules[] =
    "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact a.a : flag \"A\"\nfact d.day : date \"Day\"\n"
    "clock time \"Time\" runs 3 days after d.day\n"
    "step go \"Go\" from first to second\n"
    "safeguard rule\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n  clear when a.a\n"
    "  example \"c\" then clear\n  example \"b\" then barred\n  example \"u\" then unknown\n";

enum { FACTS = 2 };

static struct loaded loaded;
static sigjmp_buf before;

static void go_back(int signal_number)
{
    (void)signal_number;
    siglongjmp(before, 1);
}

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    load_sound(&loaded, str_from_c(rules));
    const struct sigaction action = {.sa_handler = go_back};
    return sigaction(SIGABRT, &action, NULL);
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

/* What is done, and whether the program would have stopped. */
struct deed {
    struct rulebook rulebook; /* a copy */
    uint32_t index;
    uint32_t run;
    struct duration duration;
    void (*act)(const struct deed *deed);
};

static bool stops(const struct deed *deed)
{
    if (sigsetjmp(before, 1) != 0) {
        return true;
    }
    deed->act(deed);
    return false;
}

static void ask_value(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_value(&deed->rulebook, deed->index, &question);
}

static void ask_condition(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_condition(&deed->rulebook, deed->index, &question);
}

static void ask_needs(const struct deed *deed)
{
    const struct question question = {0};
    bool needed[FACTS] = {0};
    judge_needs(&deed->rulebook, deed->index, &question, needed);
}

static void ask_reads(const struct deed *deed)
{
    bool read[FACTS] = {0};
    judge_reads(&deed->rulebook, deed->index, read);
}

static void ask_sum(const struct deed *deed)
{
    (void)judge_sum(&deed->rulebook, &deed->duration, false, value_number(0));
}

static void ask_fact(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_fact(&deed->rulebook, deed->index, &question);
}

static void ask_safeguard(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_safeguard(&deed->rulebook, deed->index, &question);
}

static void ask_step(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_step(&deed->rulebook, deed->index, &question, NULL);
}

static void ask_clock(const struct deed *deed)
{
    const struct question question = {0};
    (void)judge_clock(&deed->rulebook, deed->index, &question);
}

static void ask_run(const struct deed *deed)
{
    (void)judge_run(&deed->rulebook, deed->index, deed->run, value_number(0));
}

static void ask_days(const struct deed *deed)
{
    struct arena arena = loaded.scratch;
    const struct clock_day *days = NULL;
    size_t count = 0;
    date last = {0};
    (void)judge_clock_days(&deed->rulebook, deed->index, deed->run, (date){0}, &arena, &days,
                           &count, &last);
}

/* A rulebook whose only node, and only safeguard's condition, is of this kind. */
static bool stops_on_kind(void (*act)(const struct deed *deed), unsigned kind)
{
    const struct node node = {.kind = (enum node_kind)kind};
    const struct safeguard safeguard = {.clear_when = 0};
    struct deed deed = {.rulebook = *loaded.rulebook, .act = act};
    deed.rulebook.nodes = &node;
    deed.rulebook.node_count = 1;
    deed.rulebook.safeguards = &safeguard;
    deed.rulebook.safeguard_count = 1;
    return stops(&deed);
}

static bool is_value(unsigned kind)
{
    return kind >= NODE_FACT && kind <= NODE_EARLIER;
}

/* Aim: no condition is taken for a value, no value for a condition, and a name that was not
 * resolved is neither. */
static void test_nodes_out_of_place(void **state)
{
    (void)state;
    for (unsigned kind = NODE_ALWAYS; kind <= KIND_AFTER_THE_LAST; kind++) {
        if (!is_value(kind)) {
            assert_true(stops_on_kind(ask_value, kind));
        }
        if (is_value(kind) || kind >= NODE_NAME) {
            assert_true(stops_on_kind(ask_condition, kind));
        }
        if (kind >= NODE_NAME) {
            assert_true(stops_on_kind(ask_needs, kind));
            assert_true(stops_on_kind(ask_reads, kind));
        }
    }
    assert_false(stops_on_kind(ask_value, NODE_TODAY));
    assert_false(stops_on_kind(ask_condition, NODE_ALWAYS));
    assert_false(stops_on_kind(ask_needs, NODE_ALWAYS));
    assert_false(stops_on_kind(ask_reads, NODE_ALWAYS));
}

static void test_unit_that_is_none(void **state)
{
    (void)state;
    struct deed deed = {.rulebook = *loaded.rulebook, .act = ask_sum};
    deed.duration.unit = (enum duration_unit)UNIT_AFTER_THE_LAST;
    assert_true(stops(&deed));
    deed.duration.unit = UNIT_DAYS;
    assert_false(stops(&deed));
}

/* Aim: an index is looked at before it is used. The first that is out of range stops, the last that
 * is in range does not. */
static void test_index_out_of_range(void **state)
{
    (void)state;
#ifdef RETURNHUB_WITHOUT_ASSERT
    skip(); /* a build that looks at no index */
#endif
    /* Beyond the last of each there lies another that could be used. */
    const struct rulebook *sound = loaded.rulebook;
    const struct fact facts[FACTS + 1] = {sound->facts[0], sound->facts[1], sound->facts[0]};
    const struct safeguard safeguards[2] = {sound->safeguards[0], sound->safeguards[0]};
    const struct step steps[2] = {sound->steps[0], sound->steps[0]};
    const struct clock_run lines[2] = {sound->clocks[0].runs[0], sound->clocks[0].runs[0]};
    struct clock clocks[2] = {sound->clocks[0], sound->clocks[0]};
    clocks[0].runs = lines;
    struct rulebook doubled = *sound;
    doubled.facts = facts;
    doubled.safeguards = safeguards;
    doubled.steps = steps;
    doubled.clocks = clocks;
    const struct rulebook *rulebook = &doubled;
    static const struct {
        void (*act)(const struct deed *deed);
        size_t offset_of_count;
    } rows[] = {
        {ask_fact, offsetof(struct rulebook, fact_count)},
        {ask_safeguard, offsetof(struct rulebook, safeguard_count)},
        {ask_needs, offsetof(struct rulebook, safeguard_count)},
        {ask_reads, offsetof(struct rulebook, safeguard_count)},
        {ask_step, offsetof(struct rulebook, step_count)},
        {ask_clock, offsetof(struct rulebook, clock_count)},
        {ask_run, offsetof(struct rulebook, clock_count)},
        {ask_days, offsetof(struct rulebook, clock_count)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t *count =
            (const size_t *)(const void *)((const char *)rulebook + rows[i].offset_of_count);
        struct deed deed = {.rulebook = *rulebook, .act = rows[i].act};
        deed.index = (uint32_t)*count;
        assert_true(stops(&deed));
        deed.index--;
        assert_false(stops(&deed));
    }
    const struct deed runs[] = {
        {.rulebook = *rulebook, .run = 1, .act = ask_run},
        {.rulebook = *rulebook, .run = 1, .act = ask_days},
    };
    for (size_t i = 0; i < 2; i++) {
        assert_true(stops(&runs[i]));
    }
    clocks[1].run_count = 0; /* no line of which judge_run would look at the index */
    const struct deed clock = {.rulebook = *rulebook, .index = 1, .act = ask_clock};
    assert_true(stops(&clock));
    const struct node values[2] = {{.kind = NODE_TODAY}, {.kind = NODE_TODAY}};
    const struct node conditions[2] = {{.kind = NODE_ALWAYS}, {.kind = NODE_ALWAYS}};
    struct deed node = {.rulebook = *rulebook, .act = ask_value};
    node.rulebook.node_count = 1;
    node.rulebook.nodes = values;
    assert_false(stops(&node));
    node.index = 1;
    assert_true(stops(&node));
    node.act = ask_condition;
    node.rulebook.nodes = conditions;
    assert_true(stops(&node));
    node.index = 0;
    assert_false(stops(&node));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_out_of_place),
        cmocka_unit_test(test_unit_that_is_none),
        cmocka_unit_test(test_index_out_of_range),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
