/* condition: conditions and values as nodes of a tree. Internal to rulebook/; the judge gives the
 * kinds their meaning.
 *
 * Children stand before their parents in rulebook->nodes, and every node has one parent at most. */
#ifndef RETURNHUB_RULEBOOK_CONDITION_H
#define RETURNHUB_RULEBOOK_CONDITION_H

#include "rulebook/rulebook.h"

enum node_kind {
    /* conditions: true, false or unknown */
    NODE_ALWAYS,
    NODE_NEVER,
    NODE_AND,           /* children: two or more conditions */
    NODE_OR,            /* children: two or more conditions */
    NODE_NOT,           /* one condition */
    NODE_FLAG,          /* item: a fact of type flag */
    NODE_DEFINITION,    /* item: a definition */
    NODE_KNOWN,         /* item: a fact */
    NODE_UNKNOWN,       /* item: a fact */
    NODE_EXPIRED,       /* item: a clock */
    NODE_RUNNING,       /* item: a clock */
    NODE_EQUAL,         /* children: two values of one type */
    NODE_NOT_EQUAL,     /* the same */
    NODE_LESS,          /* children: two dates or two numbers */
    NODE_LESS_EQUAL,    /* the same */
    NODE_GREATER,       /* the same */
    NODE_GREATER_EQUAL, /* the same */
    NODE_IN_LIST,       /* children: a value, and one or more of its type */
    NODE_IN_SET,        /* children: a country and a set of countries */
    NODE_ANY_MEMBER,    /* one condition, asked of each member of the family */
    NODE_NO_MEMBER,     /* the same */
    NODE_EVERY_MEMBER,  /* the same */
    /* values: known or unknown */
    NODE_FACT,     /* item: a fact */
    NODE_LITERAL,  /* number; of a choice, item: the fact whose choice it is */
    NODE_TODAY,    /* a date */
    NODE_AFTER,    /* duration; one date */
    NODE_BEFORE,   /* duration; one date */
    NODE_LAST_DAY, /* item: a clock; a date */
    NODE_LATER,    /* children: two or more dates */
    NODE_EARLIER,  /* children: two or more dates */
    /* only until the checker has resolved it: a name standing alone */
    NODE_NAME,
};

struct node {
    enum node_kind kind;
    enum fact_type type; /* of a value */
    uint32_t item;
    int64_t number;
    struct duration duration;
    const node_index *children;
    uint32_t child_count;
    struct place_in_text at;
};

static inline const struct node *node_child(const struct rulebook *rulebook,
                                            const struct node *node, uint32_t child)
{
    return &rulebook->nodes[node->children[child]];
}

#endif
