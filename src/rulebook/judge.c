/* The scalar judge: the definition of what a rulebook means. Written to be read beside
 * docs/rulebook-language.md, in the order of its tables; nothing here is fast by being clever.
 * judge_clock.c counts days; judge_needs.c tells which facts an answer waits for.
 *
 * It ends: the checker admits no circle of definitions or clocks, no condition nested deeper than
 * RULEBOOK_NESTING_MAX, and none that has more than RULEBOOK_PARTS_MAX parts when written out. */
#include "rulebook/judge_parts.h"

#include "rulebook/condition.h"

/* Strong Kleene logic (S. C. Kleene, Introduction to Metamathematics, 1952, section 64), in the
 * order of enum truth: false, true, unknown. */
enum { TRUTH_COUNT = 3 };

static const enum truth kleene_and[TRUTH_COUNT][TRUTH_COUNT] = {
    {TRUTH_FALSE, TRUTH_FALSE, TRUTH_FALSE},
    {TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN},
    {TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
};

static const enum truth kleene_or[TRUTH_COUNT][TRUTH_COUNT] = {
    {TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN},
    {TRUTH_TRUE, TRUTH_TRUE, TRUTH_TRUE},
    {TRUTH_UNKNOWN, TRUTH_TRUE, TRUTH_UNKNOWN},
};

static const enum truth kleene_not[TRUTH_COUNT] = {TRUTH_TRUE, TRUTH_FALSE, TRUTH_UNKNOWN};

enum truth judge_and(enum truth a, enum truth b)
{
    return kleene_and[a][b];
}

enum truth judge_or(enum truth a, enum truth b)
{
    return kleene_or[a][b];
}

enum truth judge_not(enum truth a)
{
    return kleene_not[a];
}

static enum truth truth_of(bool condition)
{
    return condition ? TRUTH_TRUE : TRUTH_FALSE;
}

/* What a question says of a fact. A hub or an agreement that the question does not name has no
 * known fact. */
struct value judge_fact(const struct rulebook *rulebook, uint32_t fact,
                        const struct question *question)
{
    const struct value *const subjects[] = {
        [SUBJECT_PERSON] = question->person,
        [SUBJECT_HUB] = question->hub,
        [SUBJECT_AGREEMENT] = question->agreement,
    };
    ASSERT(fact < rulebook->fact_count);
    const struct value *values = subjects[rulebook->facts[fact].subject];
    return values == NULL ? value_unknown() : values[fact];
}

/* The question asked of a member of the family, in the person's place. */
struct question judge_member_question(const struct question *question, size_t member)
{
    struct question asked = *question;
    asked.person = question->family[member];
    asked.family = NULL;
    asked.family_count = 0;
    return asked;
}

/* Values. */

static struct value evaluate(const struct rulebook *rulebook, const struct node *node,
                             const struct question *question);

static struct value evaluate_child(const struct rulebook *rulebook, const struct node *node,
                                   uint32_t child, const struct question *question)
{
    return evaluate(rulebook, node_child(rulebook, node, child), question);
}

static struct value last_day_value(const struct rulebook *rulebook, uint32_t clock,
                                   const struct question *question)
{
    const struct clock_answer answer = judge_clock(rulebook, clock, question);
    return answer.has_last_day ? value_date(answer.last_day) : value_unknown();
}

/* The latest of the children, or the earliest; unknown when one of them is. */
static struct value extreme_value(const struct rulebook *rulebook, const struct node *node,
                                  const struct question *question)
{
    struct value chosen = evaluate_child(rulebook, node, 0, question);
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct value value = evaluate_child(rulebook, node, i, question);
        const bool later = value.number > chosen.number;
        const bool known = chosen.known && value.known;
        chosen = later == (node->kind == NODE_LATER) ? value : chosen;
        chosen.known = known;
    }
    return chosen;
}

static struct value evaluate(const struct rulebook *rulebook, const struct node *node,
                             const struct question *question)
{
    switch (node->kind) {
    case NODE_FACT:
        return judge_fact(rulebook, node->item, question);
    case NODE_LITERAL:
        return value_number(node->number);
    case NODE_TODAY:
        return value_date(question->today);
    case NODE_AFTER:
    case NODE_BEFORE:
        return judge_sum(rulebook, &node->duration, node->kind == NODE_BEFORE,
                         evaluate_child(rulebook, node, 0, question));
    case NODE_LAST_DAY:
        return last_day_value(rulebook, node->item, question);
    case NODE_LATER:
    case NODE_EARLIER:
        return extreme_value(rulebook, node, question);
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_FLAG:
    case NODE_DEFINITION:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
    case NODE_NAME:
        break;
    }
    assert_failed("the node is a value", __FILE__, __LINE__);
}

struct value judge_value(const struct rulebook *rulebook, node_index value,
                         const struct question *question)
{
    ASSERT(value < rulebook->node_count);
    return evaluate(rulebook, &rulebook->nodes[value], question);
}

/* Conditions. */

static bool same_set(const struct country_set *a, const struct country_set *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->codes[i] == b->codes[i];
    }
    return same;
}

static bool is_in_set(const struct country_set *set, int64_t code)
{
    bool found = false;
    for (size_t i = 0; i < set->count; i++) {
        found = found || set->codes[i] == code;
    }
    return found;
}

/* Both known and equal; values of every type but sets keep all they are in `number`. */
static bool are_equal(const struct value *a, const struct value *b)
{
    return a->number == b->number && same_set(&a->countries, &b->countries);
}

static enum truth equality(const struct value *a, const struct value *b)
{
    return a->known && b->known ? truth_of(are_equal(a, b)) : TRUTH_UNKNOWN;
}

static enum truth judge_comparison(const struct rulebook *rulebook, const struct node *node,
                                   const struct question *question)
{
    /* Which outcomes of a comparison make each kind true: less, equal, greater. */
    static const bool true_when[][3] = {
        [NODE_LESS] = {true, false, false},
        [NODE_LESS_EQUAL] = {true, true, false},
        [NODE_GREATER] = {false, false, true},
        [NODE_GREATER_EQUAL] = {false, true, true},
    };
    const struct value a = evaluate_child(rulebook, node, 0, question);
    const struct value b = evaluate_child(rulebook, node, 1, question);
    const int order = (a.number > b.number) - (a.number < b.number);
    return a.known && b.known ? truth_of(true_when[node->kind][order + 1]) : TRUTH_UNKNOWN;
}

static enum truth judge_equality(const struct rulebook *rulebook, const struct node *node,
                                 const struct question *question)
{
    const struct value a = evaluate_child(rulebook, node, 0, question);
    const struct value b = evaluate_child(rulebook, node, 1, question);
    return equality(&a, &b);
}

static enum truth judge_in_list(const struct rulebook *rulebook, const struct node *node,
                                const struct question *question)
{
    const struct value value = evaluate_child(rulebook, node, 0, question);
    enum truth truth = TRUTH_FALSE;
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct value listed = evaluate_child(rulebook, node, i, question);
        truth = kleene_or[truth][equality(&value, &listed)];
    }
    return truth;
}

static enum truth judge_in_set(const struct rulebook *rulebook, const struct node *node,
                               const struct question *question)
{
    const struct value country = evaluate_child(rulebook, node, 0, question);
    const struct value set = evaluate_child(rulebook, node, 1, question);
    return country.known && set.known ? truth_of(is_in_set(&set.countries, country.number))
                                      : TRUTH_UNKNOWN;
}

static enum truth judge_flag(const struct rulebook *rulebook, uint32_t fact,
                             const struct question *question)
{
    const struct value value = judge_fact(rulebook, fact, question);
    return value.known ? truth_of(value.number != 0) : TRUTH_UNKNOWN;
}

static enum truth judge_expired(const struct rulebook *rulebook, uint32_t clock,
                                const struct question *question)
{
    static const enum truth expired[] = {
        [CLOCK_NOT_STARTED] = TRUTH_UNKNOWN,
        [CLOCK_RUNNING] = TRUTH_FALSE,
        [CLOCK_EXPIRED] = TRUTH_TRUE,
        [CLOCK_UNKNOWN] = TRUTH_UNKNOWN,
    };
    return expired[judge_clock(rulebook, clock, question).state];
}

/* Whether no other truth beside it changes it by this table. */
static bool is_settled(const enum truth table[TRUTH_COUNT][TRUTH_COUNT], enum truth truth)
{
    return truth != TRUTH_UNKNOWN && table[truth][TRUTH_UNKNOWN] == truth;
}

/* All children, or any of them, by the table given. */
static enum truth judge_children(const struct rulebook *rulebook, const struct node *node,
                                 const enum truth table[TRUTH_COUNT][TRUTH_COUNT],
                                 const struct question *question)
{
    enum truth truth = judge_condition(rulebook, node->children[0], question);
    for (uint32_t i = 1; i < node->child_count && !is_settled(table, truth); i++) {
        truth = table[truth][judge_condition(rulebook, node->children[i], question)];
    }
    return truth;
}

/* A member who may be missing from the record is one of whom nothing is known. */
static enum truth missing_member(const struct rulebook *rulebook, const struct question *question,
                                 enum truth when_complete)
{
    const bool complete = judge_flag(rulebook, rulebook->family_complete, question) == TRUTH_TRUE;
    return complete ? when_complete : TRUTH_UNKNOWN;
}

/* `none` is the answer for a family without members: false for any, true for every. */
static enum truth judge_members(const struct rulebook *rulebook, const struct node *node,
                                const enum truth table[TRUTH_COUNT][TRUTH_COUNT], enum truth none,
                                const struct question *question)
{
    enum truth truth = missing_member(rulebook, question, none);
    for (size_t i = 0; i < question->family_count && !is_settled(table, truth); i++) {
        const struct question asked = judge_member_question(question, i);
        truth = table[truth][judge_condition(rulebook, node->children[0], &asked)];
    }
    return truth;
}

enum truth judge_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question)
{
    ASSERT(condition < rulebook->node_count);
    const struct node *node = &rulebook->nodes[condition];
    switch (node->kind) {
    case NODE_ALWAYS:
        return TRUTH_TRUE;
    case NODE_NEVER:
        return TRUTH_FALSE;
    case NODE_AND:
        return judge_children(rulebook, node, kleene_and, question);
    case NODE_OR:
        return judge_children(rulebook, node, kleene_or, question);
    case NODE_NOT:
        return kleene_not[judge_condition(rulebook, node->children[0], question)];
    case NODE_FLAG:
        return judge_flag(rulebook, node->item, question);
    case NODE_DEFINITION:
        return judge_condition(rulebook, rulebook->definitions[node->item].condition, question);
    case NODE_KNOWN:
        return truth_of(judge_fact(rulebook, node->item, question).known);
    case NODE_UNKNOWN:
        return truth_of(!judge_fact(rulebook, node->item, question).known);
    case NODE_EXPIRED:
        return judge_expired(rulebook, node->item, question);
    case NODE_RUNNING:
        return kleene_not[judge_expired(rulebook, node->item, question)];
    case NODE_EQUAL:
        return judge_equality(rulebook, node, question);
    case NODE_NOT_EQUAL:
        return kleene_not[judge_equality(rulebook, node, question)];
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return judge_comparison(rulebook, node, question);
    case NODE_IN_LIST:
        return judge_in_list(rulebook, node, question);
    case NODE_IN_SET:
        return judge_in_set(rulebook, node, question);
    case NODE_ANY_MEMBER:
        return judge_members(rulebook, node, kleene_or, TRUTH_FALSE, question);
    case NODE_NO_MEMBER:
        return kleene_not[judge_members(rulebook, node, kleene_or, TRUTH_FALSE, question)];
    case NODE_EVERY_MEMBER:
        return judge_members(rulebook, node, kleene_and, TRUTH_TRUE, question);
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
    assert_failed("the node is a condition", __FILE__, __LINE__);
}

/* Safeguards and steps. */

enum clearance judge_safeguard(const struct rulebook *rulebook, uint32_t safeguard,
                               const struct question *question)
{
    static const enum clearance clearance[] = {
        [TRUTH_FALSE] = CLEARANCE_BARRED,
        [TRUTH_TRUE] = CLEARANCE_CLEAR,
        [TRUTH_UNKNOWN] = CLEARANCE_UNKNOWN,
    };
    ASSERT(safeguard < rulebook->safeguard_count);
    return clearance[judge_condition(rulebook, rulebook->safeguards[safeguard].clear_when,
                                     question)];
}

enum clearance judge_together(const enum clearance *each, size_t count)
{
    /* Clear with clear is clear; barred with anything is barred; the rest is unknown. */
    static const enum clearance both[][3] = {
        [CLEARANCE_CLEAR] = {CLEARANCE_CLEAR, CLEARANCE_BARRED, CLEARANCE_UNKNOWN},
        [CLEARANCE_BARRED] = {CLEARANCE_BARRED, CLEARANCE_BARRED, CLEARANCE_BARRED},
        [CLEARANCE_UNKNOWN] = {CLEARANCE_UNKNOWN, CLEARANCE_BARRED, CLEARANCE_UNKNOWN},
    };
    enum clearance clearance = CLEARANCE_CLEAR;
    for (size_t i = 0; i < count; i++) {
        clearance = both[clearance][each[i]];
    }
    return clearance;
}

enum clearance judge_step(const struct rulebook *rulebook, uint32_t step,
                          const struct question *question, enum clearance *each)
{
    ASSERT(step < rulebook->step_count);
    const struct step *item = &rulebook->steps[step];
    enum clearance clearance = CLEARANCE_CLEAR;
    for (size_t i = 0; i < item->safeguard_count; i++) {
        const enum clearance both[] = {clearance,
                                       judge_safeguard(rulebook, item->safeguards[i], question)};
        clearance = judge_together(both, 2);
        if (each != NULL) {
            each[i] = both[1];
        }
    }
    return clearance;
}
