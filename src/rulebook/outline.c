/* Two walks: one over the conditions, which becomes the tree, and one over the values of a
 * comparison, which becomes its words and the facts and clocks below it. Circles are refused when a
 * rulebook is loaded, so both end. */
#include "rulebook/outline.h"

#include "rulebook/canonical.h"
#include "rulebook/condition.h"
#include "rulebook/list.h"

#include <string.h>

enum { WORDS_MAX = 64 * 1024 };

struct outliner {
    const struct rulebook *rulebook;
    struct arena *arena;
};

static str quoted(const struct outliner *outliner, str title)
{
    return arena_format(outliner->arena, "\xE2\x80\x9C%.*s\xE2\x80\x9D", STR_ARG(title));
}

static str fact_words(const struct outliner *outliner, uint32_t fact)
{
    return quoted(outliner, outliner->rulebook->facts[fact].title);
}

static str clock_words(const struct outliner *outliner, uint32_t clock)
{
    return quoted(outliner, outliner->rulebook->clocks[clock].title);
}

static str canonical_text(struct outliner *outliner, node_index condition)
{
    struct buf buf;
    str text = STR("");
    struct err err;
    buf_init(&buf, outliner->arena, WORDS_MAX);
    canonical_condition(outliner->rulebook, condition, &buf);
    if (!buf_finish(&buf, &text, &err).ok) {
        return arena_copy(outliner->arena, STR("a condition too long to be shown on one line"));
    }
    return text;
}

/* Values in words. */

static void put_value(const struct outliner *outliner, const struct node *node, struct buf *buf);

static void put_literal(const struct outliner *outliner, const struct node *node, struct buf *buf)
{
    const struct rulebook *rulebook = outliner->rulebook;
    const struct fact plain = {.type = node->type};
    const struct fact *fact = node->type == FACT_CHOICE ? &rulebook->facts[node->item] : &plain;
    const struct value value = {.known = true, .number = node->number};
    if (node->type == FACT_CHOICE) {
        buf_put(buf, fact->choice_words[node->number]);
    } else if (node->type == FACT_FLAG) {
        buf_put_c(buf, node->number != 0 ? "yes" : "no");
    } else {
        value_format_plain(rulebook, fact, &value, buf);
    }
}

static void put_listed(const struct outliner *outliner, const struct node *node, uint32_t first,
                       const char *last_word, struct buf *buf)
{
    for (uint32_t i = first; i < node->child_count; i++) {
        if (i > first) {
            buf_put_c(buf, i + 1 == node->child_count ? last_word : ", ");
        }
        put_value(outliner, node_child(outliner->rulebook, node, i), buf);
    }
}

static void put_shift(const struct outliner *outliner, const struct node *node, const char *word,
                      struct buf *buf)
{
    canonical_duration(outliner->rulebook, &node->duration, buf);
    buf_put_c(buf, word);
    put_value(outliner, node_child(outliner->rulebook, node, 0), buf);
}

static void put_value(const struct outliner *outliner, const struct node *node, struct buf *buf)
{
    switch (node->kind) {
    case NODE_FACT:
        buf_put(buf, fact_words(outliner, node->item));
        break;
    case NODE_LITERAL:
        put_literal(outliner, node, buf);
        break;
    case NODE_TODAY:
        buf_put_c(buf, "today");
        break;
    case NODE_AFTER:
        put_shift(outliner, node, " after ", buf);
        break;
    case NODE_BEFORE:
        put_shift(outliner, node, " before ", buf);
        break;
    case NODE_LAST_DAY:
        buf_put_c(buf, "the last day of ");
        buf_put(buf, clock_words(outliner, node->item));
        break;
    case NODE_LATER:
        buf_put_c(buf, "the latest of ");
        put_listed(outliner, node, 0, " and ", buf);
        break;
    case NODE_EARLIER:
        buf_put_c(buf, "the earliest of ");
        put_listed(outliner, node, 0, " and ", buf);
        break;
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
        break; /* no value */
    }
}

/* How a comparison is said, of dates and of other values. */
static const char *comparison_words(enum node_kind kind, enum fact_type type)
{
    static const struct {
        enum node_kind kind;
        const char *of_dates;
        const char *of_others;
    } rows[] = {
        {NODE_EQUAL, " is ", " is "},
        {NODE_NOT_EQUAL, " is not ", " is not "},
        {NODE_LESS, " is before ", " is less than "},
        {NODE_LESS_EQUAL, " is not later than ", " is at most "},
        {NODE_GREATER, " is later than ", " is more than "},
        {NODE_GREATER_EQUAL, " is not before ", " is at least "},
        {NODE_IN_LIST, " is one of ", " is one of "},
        {NODE_IN_SET, " is among ", " is among "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].kind == kind) {
            return type == FACT_DATE ? rows[i].of_dates : rows[i].of_others;
        }
    }
    return " ";
}

static str words_of_comparison(struct outliner *outliner, const struct node *node)
{
    struct buf buf;
    str words = STR("");
    struct err err;
    buf_init(&buf, outliner->arena, WORDS_MAX);
    const struct node *left = node_child(outliner->rulebook, node, 0);
    put_value(outliner, left, &buf);
    buf_put_c(&buf, comparison_words(node->kind, left->type));
    put_listed(outliner, node, 1, " or ", &buf);
    if (!buf_finish(&buf, &words, &err).ok) {
        return arena_copy(outliner->arena, STR("a comparison too long to be shown"));
    }
    return words;
}

/* Conditions. */

static bool add_node(struct outliner *outliner, const struct node *node, node_index index,
                     struct list *list);

static bool add(struct outliner *outliner, struct list *list, const struct outline *outline,
                const struct list *children)
{
    struct outline *added = LIST_ADD(list, struct outline, outliner->arena);
    if (added == NULL || outline->words.at == NULL || outline->text.at == NULL) {
        return false;
    }
    *added = *outline;
    added->children = LIST_COPY(children, struct outline, outliner->arena);
    added->child_count = children->count;
    return children->count == 0 || added->children != NULL;
}

static bool add_children(struct outliner *outliner, const struct node *node, struct list *list)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        const node_index child = node->children[i];
        if (!add_node(outliner, &outliner->rulebook->nodes[child], child, list)) {
            return false;
        }
    }
    return true;
}

static bool add_fact(struct outliner *outliner, uint32_t fact, struct list *list)
{
    const struct list none = {0};
    const struct outline outline = {.kind = OUTLINE_FACT,
                                    .words = fact_words(outliner, fact),
                                    .text = outliner->rulebook->facts[fact].name,
                                    .item = fact};
    return add(outliner, list, &outline, &none);
}

static bool add_run(struct outliner *outliner, const struct clock_run *run, struct list *list)
{
    const struct rulebook *rulebook = outliner->rulebook;
    struct list children = {0};
    struct buf words;
    struct buf text;
    buf_init(&words, outliner->arena, WORDS_MAX);
    canonical_duration(rulebook, &run->duration, &words);
    buf_put_c(&words, " after ");
    put_value(outliner, &rulebook->nodes[run->start], &words);
    buf_put_c(&words, run->has_when ? ", when" : "");
    buf_init(&text, outliner->arena, WORDS_MAX);
    canonical_duration(rulebook, &run->duration, &text);
    buf_put_c(&text, " after ");
    canonical_condition(rulebook, run->start, &text);
    if (run->has_when && !add_node(outliner, &rulebook->nodes[run->when], run->when, &children)) {
        return false;
    }
    if (!add_node(outliner, &rulebook->nodes[run->start], run->start, &children)) {
        return false;
    }
    const struct outline outline = {.kind = OUTLINE_RUN,
                                    .words = buf_str(&words),
                                    .text = buf_str(&text),
                                    .item = NOT_FOUND_INDEX};
    return add(outliner, list, &outline, &children);
}

static bool add_clock(struct outliner *outliner, uint32_t index, const char *asked,
                      struct list *list)
{
    const struct clock *clock = &outliner->rulebook->clocks[index];
    struct list children = {0};
    for (size_t i = 0; i < clock->run_count; i++) {
        if (!add_run(outliner, &clock->runs[i], &children)) {
            return false;
        }
    }
    const struct outline outline = {
        .kind = OUTLINE_CLOCK,
        .words =
            arena_format(outliner->arena, "%s%.*s", asked, STR_ARG(clock_words(outliner, index))),
        .text = clock->name,
        .item = index,
    };
    return add(outliner, list, &outline, &children);
}

static bool add_definition(struct outliner *outliner, uint32_t index, struct list *list)
{
    const struct definition *definition = &outliner->rulebook->definitions[index];
    struct list children = {0};
    const struct outline outline = {
        .kind = OUTLINE_DEFINITION,
        .words = quoted(outliner, definition->title),
        .text = definition->name,
        .item = index,
    };
    return add_node(outliner, &outliner->rulebook->nodes[definition->condition],
                    definition->condition, &children) &&
           add(outliner, list, &outline, &children);
}

/* A node whose words are the same whatever is below it. */
static bool add_plain(struct outliner *outliner, const struct node *node, node_index index,
                      enum outline_kind kind, const char *words, struct list *list)
{
    struct list children = {0};
    const struct outline outline = {.kind = kind,
                                    .words = str_from_c(words),
                                    .text = canonical_text(outliner, index),
                                    .item = NOT_FOUND_INDEX};
    const bool of_family = kind == OUTLINE_FAMILY;
    return add_children(outliner, node, &children) &&
           (!of_family || add_fact(outliner, outliner->rulebook->family_complete, &children)) &&
           add(outliner, list, &outline, &children);
}

/* Something said of one fact. */
static bool add_of_fact(struct outliner *outliner, const struct node *node, node_index index,
                        const char *said, struct list *list)
{
    struct list children = {0};
    const struct outline outline = {
        .kind = OUTLINE_COMPARISON,
        .words = arena_format(outliner->arena, "%.*s%s", STR_ARG(fact_words(outliner, node->item)),
                              said),
        .text = canonical_text(outliner, index),
        .item = NOT_FOUND_INDEX,
    };
    return add_fact(outliner, node->item, &children) && add(outliner, list, &outline, &children);
}

static bool add_comparison(struct outliner *outliner, const struct node *node, node_index index,
                           struct list *list)
{
    struct list children = {0};
    const struct outline outline = {.kind = OUTLINE_COMPARISON,
                                    .words = words_of_comparison(outliner, node),
                                    .text = canonical_text(outliner, index),
                                    .item = NOT_FOUND_INDEX};
    return add_children(outliner, node, &children) && add(outliner, list, &outline, &children);
}

/* Adds what the node is; of a value, the facts and clocks in it. */
static bool add_node(struct outliner *outliner, const struct node *node, node_index index,
                     struct list *list)
{
    switch (node->kind) {
    case NODE_ALWAYS:
        return add_plain(outliner, node, index, OUTLINE_CONSTANT, "always", list);
    case NODE_NEVER:
        return add_plain(outliner, node, index, OUTLINE_CONSTANT, "never", list);
    case NODE_AND:
        return add_plain(outliner, node, index, OUTLINE_ALL, "all of these", list);
    case NODE_OR:
        return add_plain(outliner, node, index, OUTLINE_ANY, "at least one of these", list);
    case NODE_NOT:
        return add_plain(outliner, node, index, OUTLINE_NOT, "not", list);
    case NODE_ANY_MEMBER:
        return add_plain(outliner, node, index, OUTLINE_FAMILY,
                         "of at least one member of the family", list);
    case NODE_NO_MEMBER:
        return add_plain(outliner, node, index, OUTLINE_FAMILY, "of no member of the family", list);
    case NODE_EVERY_MEMBER:
        return add_plain(outliner, node, index, OUTLINE_FAMILY, "of every member of the family",
                         list);
    case NODE_FLAG:
        return add_of_fact(outliner, node, index, " is yes", list);
    case NODE_KNOWN:
        return add_of_fact(outliner, node, index, " is on record", list);
    case NODE_UNKNOWN:
        return add_of_fact(outliner, node, index, " is not on record", list);
    case NODE_DEFINITION:
        return add_definition(outliner, node->item, list);
    case NODE_EXPIRED:
        return add_clock(outliner, node->item, "the time is over: ", list);
    case NODE_RUNNING:
        return add_clock(outliner, node->item, "the time still runs: ", list);
    case NODE_LAST_DAY:
        return add_clock(outliner, node->item, "the last day: ", list);
    case NODE_FACT:
        return add_fact(outliner, node->item, list);
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        return add_comparison(outliner, node, index, list);
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
        return add_children(outliner, node, list);
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_NAME:
        return true;
    }
    return true;
}

result outline_condition(const struct rulebook *rulebook, node_index condition, struct arena *arena,
                         const struct outline **ret_outline, struct err *err)
{
    struct outliner outliner = {.rulebook = rulebook, .arena = arena};
    struct list list = {0};
    ASSERT(condition < rulebook->node_count);
    if (!add_node(&outliner, &rulebook->nodes[condition], condition, &list)) {
        return arena_full(err);
    }
    ASSERT(list.count == 1);
    *ret_outline = list.items;
    return result_ok();
}

result outline_clock(const struct rulebook *rulebook, uint32_t clock, struct arena *arena,
                     const struct outline **ret_outline, struct err *err)
{
    struct outliner outliner = {.rulebook = rulebook, .arena = arena};
    struct list list = {0};
    ASSERT(clock < rulebook->clock_count);
    if (!add_clock(&outliner, clock, "", &list)) {
        return arena_full(err);
    }
    *ret_outline = list.items;
    return result_ok();
}

void outline_facts(const struct outline *outline, bool *read)
{
    if (outline->kind == OUTLINE_FACT) {
        read[outline->item] = true;
    }
    for (size_t i = 0; i < outline->child_count; i++) {
        outline_facts(&outline->children[i], read);
    }
}

bool outline_names(const struct outline *outline, enum outline_kind kind, uint32_t item)
{
    if (outline->kind == kind && outline->item == item) {
        return true;
    }
    if (outline->kind == OUTLINE_DEFINITION || outline->kind == OUTLINE_CLOCK) {
        return false; /* what stands in it is named by it alone */
    }
    for (size_t i = 0; i < outline->child_count; i++) {
        if (outline_names(&outline->children[i], kind, item)) {
            return true;
        }
    }
    return false;
}

const char *outline_kind_name(enum outline_kind kind)
{
    static const char *const names[] = {
        [OUTLINE_ALL] = "all",           [OUTLINE_ANY] = "any",
        [OUTLINE_NOT] = "not",           [OUTLINE_DEFINITION] = "definition",
        [OUTLINE_CLOCK] = "clock",       [OUTLINE_RUN] = "run",
        [OUTLINE_FAMILY] = "family",     [OUTLINE_COMPARISON] = "comparison",
        [OUTLINE_CONSTANT] = "constant", [OUTLINE_FACT] = "fact",
    };
    return names[kind];
}
