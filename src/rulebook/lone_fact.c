#include "rulebook/lone_fact.h"

#include "rulebook/condition.h"
#include "rulebook/judge_parts.h"
#include "rulebook/truths.h"

struct lone {
    const struct rulebook *rulebook;
    uint32_t fact;
    const struct value *value;
};

static bool is_it(const struct lone *lone, const struct node *node)
{
    return node->item == lone->fact;
}

/* Two conditions that may be such and such, side by side. */
static unsigned both(unsigned a, unsigned b, enum truth (*judge)(enum truth, enum truth))
{
    unsigned truths = 0;
    for (unsigned i = 0; i <= TRUTH_UNKNOWN; i++) {
        for (unsigned j = 0; j <= TRUTH_UNKNOWN; j++) {
            const bool may_be = (a >> i & 1U) != 0 && (b >> j & 1U) != 0;
            truths |= may_be ? 1U << judge((enum truth)i, (enum truth)j) : 0;
        }
    }
    return truths;
}

static unsigned only(bool condition)
{
    return condition ? TRUTHS_TRUE : TRUTHS_FALSE;
}

/* What a condition may be: each of these there may be with other facts, a hub, a day. It may name
 * some for which there are none, never leave one out. */
static unsigned truths_of(const struct lone *lone, node_index index);

static unsigned truths_of_children(const struct lone *lone, const struct node *node,
                                   enum truth (*judge)(enum truth, enum truth))
{
    unsigned truths = truths_of(lone, node->children[0]);
    for (uint32_t i = 1; i < node->child_count; i++) {
        truths = both(truths, truths_of(lone, node->children[i]), judge);
    }
    return truths;
}

/* Unknown, for it is that fact, or made from it, and the fact is. */
static bool is_unknown(const struct lone *lone, node_index index)
{
    const struct node *node = &lone->rulebook->nodes[index];
    if (node->kind == NODE_FACT) {
        return is_it(lone, node) && !lone->value->known;
    }
    bool any = false;
    for (uint32_t i = 0; i < node->child_count; i++) {
        any = any || is_unknown(lone, node->children[i]);
    }
    return any;
}

/* Is one of two values that are compared unknown; or the one that is looked for in a list. */
static bool leaves_unknown(const struct lone *lone, const struct node *node)
{
    return is_unknown(lone, node->children[0]) ||
           (node->kind != NODE_IN_LIST && is_unknown(lone, node->children[1]));
}

/* Is that fact asked to be, or not to be, something that stands in the text? */
static bool is_beside_literals(const struct lone *lone, const struct node *node)
{
    const struct node *first = node_child(lone->rulebook, node, 0);
    bool all =
        node->kind == NODE_EQUAL || node->kind == NODE_NOT_EQUAL || node->kind == NODE_IN_LIST;
    for (uint32_t i = 1; i < node->child_count; i++) {
        all = all && node_child(lone->rulebook, node, i)->kind == NODE_LITERAL;
    }
    return all && first->kind == NODE_FACT && is_it(lone, first) && first->type != FACT_COUNTRIES;
}

/* As the judge compares them. */
static unsigned truths_of_literals(const struct lone *lone, const struct node *node)
{
    const struct value *value = lone->value;
    bool found = false;
    for (uint32_t i = 1; i < node->child_count; i++) {
        found = found || node_child(lone->rulebook, node, i)->number == value->number;
    }
    return only(node->kind == NODE_NOT_EQUAL ? !found : found);
}

static unsigned truths_of_values(const struct lone *lone, const struct node *node)
{
    return leaves_unknown(lone, node)       ? TRUTHS_UNKNOWN
           : is_beside_literals(lone, node) ? truths_of_literals(lone, node)
                                            : TRUTHS_ALL;
}

static unsigned truths_of(const struct lone *lone, node_index index)
{
    const struct node *node = &lone->rulebook->nodes[index];
    switch (node->kind) {
    case NODE_ALWAYS:
        return TRUTHS_TRUE;
    case NODE_NEVER:
        return TRUTHS_FALSE;
    case NODE_AND:
        return truths_of_children(lone, node, judge_and);
    case NODE_OR:
        return truths_of_children(lone, node, judge_or);
    case NODE_NOT:
        return truths_turned(truths_of(lone, node->children[0]));
    case NODE_FLAG:
        return !is_it(lone, node)    ? TRUTHS_ALL
               : !lone->value->known ? TRUTHS_UNKNOWN
                                     : only(lone->value->number != 0);
    case NODE_DEFINITION:
        return truths_of(lone, lone->rulebook->definitions[node->item].condition);
    case NODE_KNOWN:
        return is_it(lone, node) ? only(lone->value->known) : TRUTHS_ALL;
    case NODE_UNKNOWN:
        return is_it(lone, node) ? only(!lone->value->known) : TRUTHS_ALL;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        return truths_of_values(lone, node);
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return TRUTHS_ALL;
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

bool lone_fact_unclear(const struct rulebook *rulebook, uint32_t safeguard, uint32_t fact,
                       const struct value *value)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    ASSERT(rulebook->facts[fact].subject == SUBJECT_PERSON);
    const struct lone lone = {rulebook, fact, value};
    return (truths_of(&lone, rulebook->safeguards[safeguard].clear_when) & TRUTHS_TRUE) == 0;
}
