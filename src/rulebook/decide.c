#include "rulebook/decide.h"

#include "rulebook/condition.h"

/* What a condition could turn out to be once everything about it is known: none, one or both. */
enum { COULD_BE_FALSE = 1, COULD_BE_TRUE = 2, COULD_BE_BOTH = 3 };

/* A question, and where the facts of its person are marked. */
struct scope {
    const struct rulebook *rulebook;
    const struct question *question;
    bool *of_person;
    bool *of_question; /* hubs and agreements are the question's, whoever is asked */
};

static unsigned outcomes(const struct scope *scope, node_index condition);
static bool can_be_known(const struct scope *scope, node_index value);

static unsigned swapped(unsigned could_be)
{
    return ((could_be & COULD_BE_FALSE) != 0 ? COULD_BE_TRUE : 0U) |
           ((could_be & COULD_BE_TRUE) != 0 ? COULD_BE_FALSE : 0U);
}

/* Both: true when both are true, false when either is false. */
static unsigned outcomes_and(unsigned a, unsigned b)
{
    return (a & b & COULD_BE_TRUE) | ((a | b) & COULD_BE_FALSE);
}

static unsigned outcomes_or(unsigned a, unsigned b)
{
    return swapped(outcomes_and(swapped(a), swapped(b)));
}

static struct scope scope_of_member(const struct scope *scope, const struct question *asked,
                                    size_t member)
{
    struct scope inner = *scope;
    inner.question = asked;
    inner.of_person = scope->of_person + (member + 1) * scope->rulebook->fact_count;
    return inner;
}

/* A last day that stays unknown although its start is known has left its calendar. */
static bool run_can_be_known(const struct scope *scope, uint32_t clock, uint32_t run)
{
    const node_index start = scope->rulebook->clocks[clock].runs[run].start;
    const struct value value = judge_value(scope->rulebook, start, scope->question);
    return value.known ? judge_run(scope->rulebook, clock, run, value).known
                       : can_be_known(scope, start);
}

/* Whether a line of a clock could apply, with those before it out of the way. */
static unsigned run_outcomes(const struct scope *scope, const struct clock_run *run)
{
    return run->has_when ? outcomes(scope, run->when) : COULD_BE_TRUE;
}

static bool clock_can_be_known(const struct scope *scope, uint32_t clock)
{
    const struct clock *item = &scope->rulebook->clocks[clock];
    bool can = false;
    bool reached = true; /* whether no line before this one need apply */
    for (uint32_t i = 0; i < item->run_count && reached; i++) {
        const unsigned applies = run_outcomes(scope, &item->runs[i]);
        can = can || ((applies & COULD_BE_TRUE) != 0 && run_can_be_known(scope, clock, i));
        reached = (applies & COULD_BE_FALSE) != 0;
    }
    return can;
}

static bool children_can_be_known(const struct scope *scope, const struct node *node)
{
    bool can = true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        can = can && can_be_known(scope, node->children[i]);
    }
    return can;
}

/* A sum of working days that leaves its calendar stays unknown; one whose start is not known may
 * become known. */
static bool sum_can_be_known(const struct scope *scope, node_index value, const struct node *node)
{
    const struct value start = judge_value(scope->rulebook, node->children[0], scope->question);
    const struct value sum = judge_value(scope->rulebook, value, scope->question);
    return sum.known || (!start.known && children_can_be_known(scope, node));
}

static bool can_be_known(const struct scope *scope, node_index value)
{
    const struct node *node = &scope->rulebook->nodes[value];
    if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        return sum_can_be_known(scope, value, node);
    }
    if (node->kind == NODE_LAST_DAY) {
        return clock_can_be_known(scope, node->item);
    }
    return children_can_be_known(scope, node);
}

static unsigned outcomes_of_members(const struct scope *scope, const struct node *node)
{
    const bool every = node->kind == NODE_EVERY_MEMBER;
    const struct value complete =
        judge_fact(scope->rulebook, scope->rulebook->family_complete, scope->question);
    const bool can_be_complete = !complete.known || complete.number != 0;
    unsigned could_be = can_be_complete ? (every ? COULD_BE_TRUE : COULD_BE_FALSE) : 0;
    for (size_t i = 0; i < scope->question->family_count; i++) {
        const struct question asked = judge_member_question(scope->question, i);
        const struct scope inner = scope_of_member(scope, &asked, i);
        const unsigned member = outcomes(&inner, node->children[0]);
        could_be = every ? outcomes_and(could_be, member) : outcomes_or(could_be, member);
    }
    return node->kind == NODE_NO_MEMBER ? swapped(could_be) : could_be;
}

static unsigned outcomes_of_children(const struct scope *scope, const struct node *node)
{
    unsigned could_be = outcomes(scope, node->children[0]);
    for (uint32_t i = 1; i < node->child_count; i++) {
        const unsigned child = outcomes(scope, node->children[i]);
        could_be =
            node->kind == NODE_AND ? outcomes_and(could_be, child) : outcomes_or(could_be, child);
    }
    return could_be;
}

/* Of a condition that is unknown. */
static unsigned outcomes_of_unknown(const struct scope *scope, const struct node *node)
{
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        return outcomes_of_children(scope, node);
    case NODE_NOT:
        return swapped(outcomes(scope, node->children[0]));
    case NODE_DEFINITION:
        return outcomes(scope, scope->rulebook->definitions[node->item].condition);
    case NODE_EXPIRED:
    case NODE_RUNNING:
        return clock_can_be_known(scope, node->item) ? COULD_BE_BOTH : 0;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return outcomes_of_members(scope, node);
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        break;
    }
    return children_can_be_known(scope, node) ? COULD_BE_BOTH : 0;
}

static unsigned outcomes(const struct scope *scope, node_index condition)
{
    switch (judge_condition(scope->rulebook, condition, scope->question)) {
    case TRUTH_FALSE:
        return COULD_BE_FALSE;
    case TRUTH_TRUE:
        return COULD_BE_TRUE;
    case TRUTH_UNKNOWN:
        break;
    }
    return outcomes_of_unknown(scope, &scope->rulebook->nodes[condition]);
}

/* Marking. `wanted` is which outcomes of a part would help to decide the whole. */

static void mark(const struct scope *scope, node_index condition, unsigned wanted);

static void mark_fact(const struct scope *scope, uint32_t fact)
{
    const bool of_person = scope->rulebook->facts[fact].subject == SUBJECT_PERSON;
    bool *marked = of_person ? scope->of_person : scope->of_question;
    if (!judge_fact(scope->rulebook, fact, scope->question).known) {
        marked[fact] = true;
    }
}

static void mark_value(const struct scope *scope, node_index value);

static void mark_clock(const struct scope *scope, uint32_t clock)
{
    const struct clock *item = &scope->rulebook->clocks[clock];
    bool reached = true;
    for (uint32_t i = 0; i < item->run_count && reached; i++) {
        const struct clock_run *run = &item->runs[i];
        const unsigned applies = run_outcomes(scope, run);
        if (run->has_when) {
            mark(scope, run->when, COULD_BE_BOTH);
        }
        if ((applies & COULD_BE_TRUE) != 0 && run_can_be_known(scope, clock, i)) {
            mark_value(scope, run->start);
        }
        reached = (applies & COULD_BE_FALSE) != 0;
    }
}

static void mark_value(const struct scope *scope, node_index value)
{
    const struct node *node = &scope->rulebook->nodes[value];
    if (node->kind == NODE_FACT) {
        mark_fact(scope, node->item);
    } else if (node->kind == NODE_LAST_DAY) {
        mark_clock(scope, node->item);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        mark_value(scope, node->children[i]);
    }
}

/* For the outcome that needs all parts alike, one part that cannot have it makes the others
 * useless. `mark` looks at that: each part is asked only for what the whole could be. */
static void mark_members(const struct scope *scope, const struct node *node, unsigned wanted)
{
    const unsigned of_members = node->kind == NODE_NO_MEMBER ? swapped(wanted) : wanted;
    const unsigned by_all = node->kind == NODE_EVERY_MEMBER ? COULD_BE_TRUE : COULD_BE_FALSE;
    if ((of_members & by_all) != 0) {
        mark_fact(scope, scope->rulebook->family_complete);
    }
    for (size_t i = 0; i < scope->question->family_count; i++) {
        const struct question asked = judge_member_question(scope->question, i);
        const struct scope inner = scope_of_member(scope, &asked, i);
        mark(&inner, node->children[0], of_members);
    }
}

static void mark_unknown(const struct scope *scope, node_index condition, unsigned wanted)
{
    const struct node *node = &scope->rulebook->nodes[condition];
    switch (node->kind) {
    case NODE_FLAG:
        mark_fact(scope, node->item);
        return;
    case NODE_NOT:
        mark(scope, node->children[0], swapped(wanted));
        return;
    case NODE_AND:
    case NODE_OR:
        for (uint32_t i = 0; i < node->child_count; i++) {
            mark(scope, node->children[i], wanted);
        }
        return;
    case NODE_DEFINITION:
        mark(scope, scope->rulebook->definitions[node->item].condition, wanted);
        return;
    case NODE_EXPIRED:
    case NODE_RUNNING:
        mark_clock(scope, node->item);
        return;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        mark_members(scope, node, wanted);
        return;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        break;
    }
    mark_value(scope, condition);
}

static void mark(const struct scope *scope, node_index condition, unsigned wanted)
{
    const bool unknown =
        judge_condition(scope->rulebook, condition, scope->question) == TRUTH_UNKNOWN;
    const unsigned useful = unknown ? wanted & outcomes(scope, condition) : 0;
    if (useful != 0) {
        mark_unknown(scope, condition, useful);
    }
}

void decide_facts(const struct rulebook *rulebook, node_index condition,
                  const struct question *question, bool *deciding)
{
    const struct scope scope = {
        .rulebook = rulebook,
        .question = question,
        .of_person = deciding,
        .of_question = deciding,
    };
    mark(&scope, condition, COULD_BE_BOTH);
}
