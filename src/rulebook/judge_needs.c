/* Of the judge: which facts a condition needs, and which it reads. */
#include "rulebook/judge_parts.h"

#include "rulebook/condition.h"

/* Needs: the facts that are unknown in those parts of a condition that are themselves unknown. A
 * part that is decided cannot be changed by knowing more, so what is unknown in it is not needed.
 */

static void need_node(const struct rulebook *rulebook, node_index index,
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
            need_node(rulebook, item->runs[i].when, question, needed);
        }
        if (applies != TRUTH_FALSE) {
            need_node(rulebook, item->runs[i].start, question, needed);
        }
        before = applies;
    }
}

static void need_children(const struct rulebook *rulebook, const struct node *node,
                          const struct question *question, bool *needed)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        need_node(rulebook, node->children[i], question, needed);
    }
}

static void need_members(const struct rulebook *rulebook, const struct node *node,
                         const struct question *question, bool *needed)
{
    need_fact(rulebook, rulebook->family_complete, question, needed);
    for (size_t i = 0; i < question->family_count; i++) {
        const struct question asked = judge_member_question(question, i);
        need_children(rulebook, node, &asked, needed);
    }
}

/* Only where one part can decide the whole (and, or, in a list, families) may something unknown
 * stand in what is decided; elsewhere a whole that is decided has nothing unknown in it. */
static void need_node(const struct rulebook *rulebook, node_index index,
                      const struct question *question, bool *needed)
{
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_LITERAL:
    case NODE_TODAY:
        return; /* never unknown */
    case NODE_FLAG:
    case NODE_FACT:
        need_fact(rulebook, node->item, question, needed);
        return;
    case NODE_DEFINITION:
        need_node(rulebook, rulebook->definitions[node->item].condition, question, needed);
        return;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        need_clock(rulebook, node->item, question, needed);
        return;
    case NODE_AND:
    case NODE_OR:
    case NODE_IN_LIST:
        if (judge_condition(rulebook, index, question) == TRUTH_UNKNOWN) {
            need_children(rulebook, node, question, needed);
        }
        return;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        if (judge_condition(rulebook, index, question) == TRUTH_UNKNOWN) {
            need_members(rulebook, node, question, needed);
        }
        return;
    case NODE_NOT:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_SET:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
        need_children(rulebook, node, question, needed);
        return;
    case NODE_NAME:
        break;
    }
    assert_failed("the node is a condition or a value", __FILE__, __LINE__);
}

void judge_needs(const struct rulebook *rulebook, uint32_t safeguard,
                 const struct question *question, bool *needed)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    need_node(rulebook, rulebook->safeguards[safeguard].clear_when, question, needed);
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

static void read_children(const struct rulebook *rulebook, const struct node *node, bool *read)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        read_node(rulebook, node->children[i], read);
    }
}

static void read_node(const struct rulebook *rulebook, node_index index, bool *read)
{
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_LITERAL:
    case NODE_TODAY:
        return;
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
        read[node->item] = true;
        return;
    case NODE_DEFINITION:
        read_node(rulebook, rulebook->definitions[node->item].condition, read);
        return;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        read_clock(rulebook, node->item, read);
        return;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        read[rulebook->family_complete] = true;
        read_children(rulebook, node, read);
        return;
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
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
        read_children(rulebook, node, read);
        return;
    case NODE_NAME:
        break;
    }
    assert_failed("the node is a condition or a value", __FILE__, __LINE__);
}

void judge_clock_reads(const struct rulebook *rulebook, uint32_t clock, bool *read)
{
    ASSERT(clock < rulebook->clock_count);
    read_clock(rulebook, clock, read);
}

void judge_reads(const struct rulebook *rulebook, uint32_t safeguard, bool *read)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    read_node(rulebook, rulebook->safeguards[safeguard].clear_when, read);
}
