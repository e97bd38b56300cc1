/* Of the judge: which facts a condition needs, and which it reads. */
#include "rulebook/judge_parts.h"

#include "rulebook/condition.h"

/* Needs: the facts that are unknown in those parts of a condition that are themselves unknown. A
 * part that is decided cannot be changed by knowing more, so what is unknown in it is not needed.
 */

static void need_value(const struct rulebook *rulebook, const struct node *node,
                       const struct question *question, bool *needed);
static void need_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question, bool *needed);

static void need_fact(const struct rulebook *rulebook, uint32_t fact,
                      const struct question *question, bool *needed)
{
    needed[fact] = needed[fact] || !judge_fact(rulebook, fact, question).known;
}

/* The lines of a clock that may apply, up to the first that does. */
static void need_clock(const struct rulebook *rulebook, uint32_t clock,
                       const struct question *question, bool *needed)
{
    const struct clock *item = &rulebook->clocks[clock];
    enum truth before = TRUTH_FALSE; /* whether a line before this one applies */
    for (size_t i = 0; i < item->run_count && before != TRUTH_TRUE; i++) {
        const enum truth applies = judge_run_applies(rulebook, &item->runs[i], question);
        if (applies == TRUTH_UNKNOWN) {
            need_condition(rulebook, item->runs[i].when, question, needed);
        }
        if (applies != TRUTH_FALSE) {
            need_value(rulebook, &rulebook->nodes[item->runs[i].start], question, needed);
        }
        before = applies;
    }
}

static void need_value(const struct rulebook *rulebook, const struct node *node,
                       const struct question *question, bool *needed)
{
    if (node->kind == NODE_FACT) {
        need_fact(rulebook, node->item, question, needed);
    } else if (node->kind == NODE_LAST_DAY) {
        need_clock(rulebook, node->item, question, needed);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        need_value(rulebook, node_child(rulebook, node, i), question, needed);
    }
}

static void need_children(const struct rulebook *rulebook, const struct node *node,
                          const struct question *question, bool *needed)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        need_condition(rulebook, node->children[i], question, needed);
    }
}

static void need_members(const struct rulebook *rulebook, const struct node *node,
                         const struct question *question, bool *needed)
{
    need_fact(rulebook, rulebook->family_complete, question, needed);
    for (size_t i = 0; i < question->family_count; i++) {
        const struct question asked = judge_member_question(question, i);
        need_condition(rulebook, node->children[0], &asked, needed);
    }
}

static void need_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question, bool *needed)
{
    const struct node *node = &rulebook->nodes[condition];
    if (judge_condition(rulebook, condition, question) != TRUTH_UNKNOWN) {
        return;
    }
    switch (node->kind) {
    case NODE_FLAG:
        need_fact(rulebook, node->item, question, needed);
        break;
    case NODE_DEFINITION:
        need_condition(rulebook, rulebook->definitions[node->item].condition, question, needed);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
        need_clock(rulebook, node->item, question, needed);
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        need_children(rulebook, node, question, needed);
        break;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        need_value(rulebook, node, question, needed);
        break;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        need_members(rulebook, node, question, needed);
        break;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        assert_failed("the node is a condition that can be unknown", __FILE__, __LINE__);
    }
}

void judge_needs(const struct rulebook *rulebook, uint32_t safeguard,
                 const struct question *question, bool *needed)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    need_condition(rulebook, rulebook->safeguards[safeguard].clear_when, question, needed);
}

/* Reads. */

static void read_node(const struct rulebook *rulebook, node_index index, bool *read);

static void read_clock(const struct rulebook *rulebook, uint32_t clock, bool *read)
{
    const struct clock *item = &rulebook->clocks[clock];
    for (size_t i = 0; i < item->run_count; i++) {
        read_node(rulebook, item->runs[i].start, read);
        if (item->runs[i].has_when) {
            read_node(rulebook, item->runs[i].when, read);
        }
    }
}

static void read_node(const struct rulebook *rulebook, node_index index, bool *read)
{
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
        read[node->item] = true;
        break;
    case NODE_DEFINITION:
        read_node(rulebook, rulebook->definitions[node->item].condition, read);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        read_clock(rulebook, node->item, read);
        break;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        read[rulebook->family_complete] = true;
        break;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        break;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        read_node(rulebook, node->children[i], read);
    }
}

void judge_reads(const struct rulebook *rulebook, uint32_t safeguard, bool *read)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    read_node(rulebook, rulebook->safeguards[safeguard].clear_when, read);
}
