#include "rulebook/clock_conditions.h"

#include "rulebook/condition.h"

#include <string.h>

enum { NODES_OF_CLOCK = 7, CHILDREN_OF_CLOCK = 4 };

struct maker {
    const struct rulebook *rulebook;
    struct node *nodes;
    size_t node_count;
    node_index *children;
    size_t child_count;
    date horizon;
};

static node_index add_node(struct maker *maker, struct node node)
{
    maker->nodes[maker->node_count] = node;
    return (node_index)maker->node_count++;
}

static node_index add_leaf(struct maker *maker, enum node_kind kind, uint32_t item)
{
    return add_node(maker, (struct node){.kind = kind, .type = FACT_DATE, .item = item});
}

static node_index add_pair(struct maker *maker, enum node_kind kind, node_index left,
                           node_index right)
{
    node_index *children = &maker->children[maker->child_count];
    maker->child_count += 2;
    children[0] = left;
    children[1] = right;
    return add_node(maker, (struct node){.kind = kind, .children = children, .child_count = 2});
}

static node_index ends_by(struct maker *maker, uint32_t clock)
{
    const node_index horizon = add_node(
        maker,
        (struct node){.kind = NODE_LITERAL, .type = FACT_DATE, .number = maker->horizon.day});
    const node_index last_day = add_leaf(maker, NODE_LAST_DAY, clock);
    const node_index soon = add_pair(maker, NODE_LESS_EQUAL, last_day, horizon);
    return add_pair(maker, NODE_AND, add_leaf(maker, NODE_RUNNING, clock), soon);
}

static void add_clock(struct maker *maker, uint32_t clock, struct safeguard *safeguards)
{
    const struct clock *item = &maker->rulebook->clocks[clock];
    struct safeguard common = {.name = item->name,
                               .section = item->section,
                               .reason = item->title,
                               .sources = item->sources,
                               .source_count = item->source_count,
                               .at = item->at};
    for (int i = 0; i < CLOCK_CONDITIONS; i++) {
        safeguards[i] = common;
    }
    safeguards[CLOCK_IS_OVER].clear_when = add_leaf(maker, NODE_EXPIRED, clock);
    safeguards[CLOCK_ENDS_BY].clear_when = ends_by(maker, clock);
    safeguards[CLOCK_IS_DONE].clear_when =
        item->done != NOT_FOUND_INDEX ? item->done : add_leaf(maker, NODE_NEVER, 0);
}

result clock_conditions(const struct rulebook *rulebook, date horizon, struct arena *arena,
                        const struct rulebook **ret_conditions, struct err *err)
{
    const size_t clocks = rulebook->clock_count;
    struct rulebook *made = ARENA_NEW(arena, struct rulebook, 1);
    struct safeguard *safeguards =
        ARENA_NEW(arena, struct safeguard, CLOCK_CONDITIONS * clocks + 1);
    struct maker maker = {
        .rulebook = rulebook,
        .nodes = ARENA_NEW(arena, struct node, rulebook->node_count + NODES_OF_CLOCK * clocks + 1),
        .node_count = rulebook->node_count,
        .children = ARENA_NEW(arena, node_index, CHILDREN_OF_CLOCK * clocks + 1),
        .horizon = horizon,
    };
    if (made == NULL || safeguards == NULL || maker.nodes == NULL || maker.children == NULL) {
        return arena_full(err);
    }
    if (rulebook->node_count > 0) {
        memcpy(maker.nodes, rulebook->nodes, rulebook->node_count * sizeof maker.nodes[0]);
    }
    for (uint32_t i = 0; i < clocks; i++) {
        add_clock(&maker, i, &safeguards[CLOCK_CONDITIONS * (size_t)i]);
    }
    *made = *rulebook;
    made->nodes = maker.nodes;
    made->node_count = maker.node_count;
    made->safeguards = safeguards;
    made->safeguard_count = CLOCK_CONDITIONS * clocks;
    *ret_conditions = made;
    return result_ok();
}
