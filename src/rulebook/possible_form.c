#include "rulebook/possible_form.h"

#include "rulebook/possible_term.h"

#include <string.h>

enum { HASH_SIZE = 1 << 14, NESTING_MAX = 4 * RULEBOOK_NESTING_MAX };

void values_add(struct values *values, uint32_t value)
{
    ASSERT(value < VALUES_MAX);
    values->words[value / 64] |= (uint64_t)1 << (value % 64);
}

uint32_t forms_value_count(const struct forms *forms, uint32_t fact)
{
    const struct fact *item = &forms->rulebook->facts[fact];
    switch (item->type) {
    case FACT_FLAG:
        return 2;
    case FACT_CHOICE:
        return item->choice_count < VALUES_MAX ? (uint32_t)item->choice_count : VALUES_MAX;
    case FACT_COUNTRY:
        return forms->country_count;
    case FACT_DATE:
    case FACT_NUMBER:
    case FACT_COUNTRIES:
    case FACT_TEXT:
        break;
    }
    return 0;
}

/* Keeping. A form that is like one already made is that one. */

static bool is_alike(const struct form *a, const struct form *b)
{
    const bool same_head = a->kind == b->kind && a->fact == b->fact && a->other == b->other &&
                           a->value == b->value && a->part_count == b->part_count;
    if (!same_head || memcmp(&a->values, &b->values, sizeof a->values) != 0) {
        return false;
    }
    return a->part_count == 0 || memcmp(a->parts, b->parts, a->part_count * sizeof *a->parts) == 0;
}

static uint32_t hash_of(const struct form *form)
{
    uint64_t hash = (uint64_t)form->kind;
    hash = hash * 1000003U + form->fact;
    hash = hash * 1000003U + form->other;
    hash = hash * 1000003U + form->value;
    for (uint32_t i = 0; i < VALUES_WORDS; i++) {
        hash = hash * 1000003U + form->values.words[i];
    }
    for (uint32_t i = 0; i < form->part_count; i++) {
        hash = hash * 1000003U + form->parts[i];
    }
    return (uint32_t)((hash ^ hash >> 32U) % HASH_SIZE);
}

/* The form ALWAYS, which is made first, stands in for what there is no room for. */
static form_edge keep(struct forms *forms, const struct form *draft)
{
    uint32_t *head = &forms->hash_table[hash_of(draft)];
    for (uint32_t i = *head; i != 0; i = LIST_AT(&forms->forms, struct form, i - 1)->next) {
        if (is_alike(LIST_AT(&forms->forms, struct form, i - 1), draft)) {
            return (i - 1) << 1U;
        }
    }
    if (forms->forms.count == FORMS_MAX) {
        forms->too_large = true;
        return 0;
    }
    form_edge *parts = ARENA_NEW(forms->arena, form_edge, draft->part_count);
    struct form *form = LIST_ADD(&forms->forms, struct form, forms->arena);
    if (form == NULL || parts == NULL) {
        forms->out_of_memory = true;
        return 0;
    }
    *form = *draft;
    for (uint32_t i = 0; i < draft->part_count; i++) {
        parts[i] = draft->parts[i];
    }
    form->parts = parts;
    form->next = *head;
    *head = (uint32_t)forms->forms.count;
    return (*head - 1) << 1U;
}

static form_edge make_always(struct forms *forms, bool always)
{
    const form_edge edge = keep(forms, &(struct form){.kind = FORM_ALWAYS});
    return always ? edge : edge_not(edge);
}

static form_edge make_all(struct forms *forms, const form_edge *parts, uint32_t count)
{
    return count == 1
               ? parts[0]
               : keep(forms, &(struct form){.kind = FORM_ALL, .parts = parts, .part_count = count});
}

static form_edge make_both(struct forms *forms, form_edge a, form_edge b)
{
    const form_edge parts[] = {a, b};
    return make_all(forms, parts, a == b ? 1 : 2);
}

/* Room for a few edges while a form is put together. */
static form_edge *new_edges(struct forms *forms, uint32_t count)
{
    form_edge *edges = ARENA_NEW(forms->arena, form_edge, count);
    forms->out_of_memory = forms->out_of_memory || edges == NULL;
    return edges;
}

static form_edge make_condition(struct forms *forms, node_index condition);

/* Values that are one of a few. */

static bool value_of_literal(struct forms *forms, const struct node *node, uint32_t *ret_value)
{
    if (node->type != FACT_COUNTRY) {
        *ret_value = (uint32_t)node->number;
        return node->number >= 0 && node->number < VALUES_MAX;
    }
    for (uint32_t i = 0; i < forms->country_count; i++) {
        if (forms->countries[i] == node->number) {
            *ret_value = i;
            return true;
        }
    }
    return false;
}

static form_edge make_chosen(struct forms *forms, uint32_t fact, const struct node *literal)
{
    struct form draft = {.kind = FORM_CHOSEN, .fact = fact};
    uint32_t value;
    if (!value_of_literal(forms, literal, &value)) {
        forms->too_large = true;
        return 0;
    }
    values_add(&draft.values, value);
    return keep(forms, &draft);
}

static form_edge make_same(struct forms *forms, uint32_t a, uint32_t b)
{
    struct form draft = {.kind = FORM_SAME, .fact = a < b ? a : b, .other = a < b ? b : a};
    if (a == b) { /* true when it is known */
        draft.kind = FORM_CHOSEN;
        draft.other = 0;
        for (uint32_t i = 0; i < forms_value_count(forms, a); i++) {
            values_add(&draft.values, i);
        }
    }
    return keep(forms, &draft);
}

static form_edge make_equal_values(struct forms *forms, const struct node *a, const struct node *b)
{
    if (a->kind == NODE_FACT && b->kind == NODE_FACT) {
        return make_same(forms, a->item, b->item);
    }
    if (a->kind == NODE_FACT) {
        return make_chosen(forms, a->item, b);
    }
    return b->kind == NODE_FACT ? make_chosen(forms, b->item, a)
                                : make_always(forms, a->number == b->number);
}

/* Dates and numbers. */

/* What is still to be done to a value: one function after the other, the innermost first. */
struct link {
    struct term function; /* a sum or a move */
    const struct link *outer;
};

/* One side of a comparison: a value and what is done to it. */
struct side {
    const struct node *node;
    const struct link *links;
};

static form_edge make_order(struct forms *forms, struct side left, struct side right,
                            uint32_t depth);

static struct side side_of(const struct node *node)
{
    return (struct side){.node = node};
}

static uint32_t make_root_term(struct forms *forms, const struct node *node)
{
    if (node->kind == NODE_FACT) {
        return term_of_fact(forms, node->item);
    }
    ASSERT(node->kind == NODE_TODAY || node->kind == NODE_LITERAL);
    return node->kind == NODE_TODAY ? term_of_today(forms) : term_of_constant(forms, node->number);
}

/* A value without cases as a term. */
static uint32_t make_term(struct forms *forms, struct side side)
{
    uint32_t term = make_root_term(forms, side.node);
    for (const struct link *link = side.links; link != NULL && !forms->out_of_memory;
         link = link->outer) {
        term = term_apply(forms, term, &link->function);
    }
    return term;
}

/* A comparison of which one side is to be taken apart into cases. */
struct comparison {
    struct side cased; /* the side that has cases */
    struct side other;
    bool cased_is_left;
    uint32_t depth;
};

static form_edge compare_case(struct forms *forms, const struct comparison *comparison,
                              struct side side)
{
    return comparison->cased_is_left
               ? make_order(forms, side, comparison->other, comparison->depth + 1)
               : make_order(forms, comparison->other, side, comparison->depth + 1);
}

static form_edge make_cases(struct forms *forms, const form_edge *parts, uint32_t part_count)
{
    return keep(forms, &(struct form){.kind = FORM_CASE, .parts = parts, .part_count = part_count});
}

/* The line of a clock that applies gives the day. */
static form_edge compare_clock(struct forms *forms, const struct comparison *comparison,
                               const struct clock *clock)
{
    form_edge *parts = new_edges(forms, 2 * (uint32_t)clock->run_count);
    for (uint32_t i = 0; i < clock->run_count && !forms->out_of_memory; i++) {
        const struct clock_run *run = &clock->runs[i];
        const struct link move = {
            .function = {.kind = TERM_NEXT_WORKING_DAY, .item = clock->end_calendar},
            .outer = comparison->cased.links,
        };
        const struct link sum = {
            .function = {.kind = TERM_SUM, .duration = run->duration},
            .outer = clock->ends_on_working_day ? &move : comparison->cased.links,
        };
        const struct side side = {.node = &forms->rulebook->nodes[run->start], .links = &sum};
        parts[2 * i] = run->has_when ? make_condition(forms, run->when) : make_always(forms, true);
        parts[2 * i + 1] = compare_case(forms, comparison, side);
    }
    return forms->out_of_memory ? 0 : make_cases(forms, parts, 2 * (uint32_t)clock->run_count);
}

/* The child that is not before (not after) any other. Unknown when one of them is: a guard that
 * compares with it cannot be true, and cannot be false for the child chosen. */
static form_edge compare_extreme(struct forms *forms, const struct comparison *comparison)
{
    const struct node *node = comparison->cased.node;
    const uint32_t count = node->child_count;
    form_edge *parts = new_edges(forms, 2 * count);
    form_edge *guards = new_edges(forms, count);
    for (uint32_t i = 0; i < count && !forms->out_of_memory; i++) {
        const struct node *chosen = node_child(forms->rulebook, node, i);
        for (uint32_t k = 0; k < count; k++) {
            const struct node *other = node_child(forms->rulebook, node, k);
            guards[k] =
                node->kind == NODE_LATER
                    ? make_order(forms, side_of(other), side_of(chosen), comparison->depth + 1)
                    : make_order(forms, side_of(chosen), side_of(other), comparison->depth + 1);
        }
        const struct side side = {.node = chosen, .links = comparison->cased.links};
        parts[2 * i] = make_all(forms, guards, count);
        parts[2 * i + 1] = compare_case(forms, comparison, side);
    }
    return forms->out_of_memory ? 0 : make_cases(forms, parts, 2 * count);
}

static form_edge compare_cases(struct forms *forms, const struct comparison *comparison)
{
    const struct node *node = comparison->cased.node;
    if (node->kind == NODE_LAST_DAY) {
        return compare_clock(forms, comparison, &forms->rulebook->clocks[node->item]);
    }
    return compare_extreme(forms, comparison);
}

static bool is_sum(const struct node *node)
{
    return node->kind == NODE_AFTER || node->kind == NODE_BEFORE;
}

static bool has_cases(const struct node *node)
{
    return node->kind == NODE_LAST_DAY || node->kind == NODE_LATER || node->kind == NODE_EARLIER;
}

/* With the outermost function of a sum moved into the links. */
static form_edge order_of_sum(struct forms *forms, struct side left, struct side right,
                              uint32_t depth)
{
    struct side *side = is_sum(left.node) ? &left : &right;
    const struct link link = {
        .function = {.kind = TERM_SUM,
                     .duration = side->node->duration,
                     .backwards = side->node->kind == NODE_BEFORE},
        .outer = side->links,
    };
    side->node = node_child(forms->rulebook, side->node, 0);
    side->links = &link;
    return make_order(forms, left, right, depth + 1);
}

/* left <= right. A side that has cases is taken apart into them, so that invariant 3 can hold. */
static form_edge make_order(struct forms *forms, struct side left, struct side right,
                            uint32_t depth)
{
    forms->too_large =
        forms->too_large || depth > NESTING_MAX || forms->comparisons++ == COMPARISONS_MAX;
    if (forms->too_large || forms->out_of_memory) {
        return 0;
    }
    if (is_sum(left.node) || is_sum(right.node)) {
        return order_of_sum(forms, left, right, depth);
    }
    if (has_cases(left.node)) {
        const struct comparison comparison = {left, right, true, depth};
        return compare_cases(forms, &comparison);
    }
    if (has_cases(right.node)) {
        const struct comparison comparison = {right, left, false, depth};
        return compare_cases(forms, &comparison);
    }
    const struct form draft = {
        .kind = FORM_ORDER,
        .fact = make_term(forms, left),
        .other = make_term(forms, right),
    };
    return forms->out_of_memory ? 0 : keep(forms, &draft);
}

static form_edge make_less_equal(struct forms *forms, const struct node *a, const struct node *b)
{
    return make_order(forms, side_of(a), side_of(b), 0);
}

/* Conditions. */

static form_edge make_equal(struct forms *forms, const struct node *a, const struct node *b)
{
    switch (a->type) {
    case FACT_DATE:
    case FACT_NUMBER:
        return make_both(forms, make_less_equal(forms, a, b), make_less_equal(forms, b, a));
    case FACT_COUNTRIES:
        return keep(forms,
                    &(struct form){.kind = FORM_SAME_SET, .fact = a->item, .other = b->item});
    case FACT_FLAG:
    case FACT_CHOICE:
    case FACT_COUNTRY:
    case FACT_TEXT:
        break;
    }
    return make_equal_values(forms, a, b);
}

/* Any of the parts: not all of their negations, which are given. */
static form_edge make_any_of_negated(struct forms *forms, const form_edge *negated, uint32_t count)
{
    return edge_not(make_all(forms, negated, count));
}

static form_edge make_in_list(struct forms *forms, const struct node *node)
{
    const struct node *value = node_child(forms->rulebook, node, 0);
    const uint32_t count = node->child_count - 1;
    form_edge *negated = new_edges(forms, count);
    struct form chosen = {.kind = FORM_CHOSEN, .fact = value->item};
    bool simple = value->kind == NODE_FACT && forms_value_count(forms, value->item) > 0;
    for (uint32_t i = 0; i < count && !forms->out_of_memory; i++) {
        const struct node *listed = node_child(forms->rulebook, node, i + 1);
        uint32_t number;
        simple = simple && listed->kind == NODE_LITERAL && value_of_literal(forms, listed, &number);
        if (simple) {
            values_add(&chosen.values, number);
        }
        negated[i] = edge_not(make_equal(forms, value, listed));
    }
    if (forms->out_of_memory) {
        return 0;
    }
    return simple ? keep(forms, &chosen) : make_any_of_negated(forms, negated, count);
}

static form_edge make_in_set(struct forms *forms, const struct node *node)
{
    const struct node *country = node_child(forms->rulebook, node, 0);
    struct form draft = {
        .kind = FORM_CONTAINS,
        .fact = country->kind == NODE_FACT ? country->item : NOT_FOUND_INDEX,
        .other = node_child(forms->rulebook, node, 1)->item,
    };
    if (country->kind != NODE_FACT && !value_of_literal(forms, country, &draft.value)) {
        forms->too_large = true;
    }
    return keep(forms, &draft);
}

static form_edge make_of_children(struct forms *forms, const struct node *node, bool negated)
{
    form_edge *parts = new_edges(forms, node->child_count);
    for (uint32_t i = 0; i < node->child_count && !forms->out_of_memory; i++) {
        const form_edge part = make_condition(forms, node->children[i]);
        parts[i] = negated ? edge_not(part) : part;
    }
    return forms->out_of_memory ? 0 : make_all(forms, parts, node->child_count);
}

static form_edge make_expired(struct forms *forms, uint32_t clock)
{
    const struct node today = {.kind = NODE_TODAY, .type = FACT_DATE};
    const struct node last = {.kind = NODE_LAST_DAY, .type = FACT_DATE, .item = clock};
    return edge_not(make_less_equal(forms, &today, &last));
}

static form_edge make_member(struct forms *forms, form_edge part)
{
    return keep(forms, &(struct form){.kind = FORM_MEMBER, .parts = &part, .part_count = 1});
}

static form_edge make_flag(struct forms *forms, uint32_t fact)
{
    struct form draft = {.kind = FORM_CHOSEN, .fact = fact};
    values_add(&draft.values, 1);
    return keep(forms, &draft);
}

static form_edge make_known(struct forms *forms, uint32_t fact)
{
    return keep(forms, &(struct form){.kind = FORM_KNOWN, .fact = fact});
}

static form_edge make_node(struct forms *forms, const struct node *node)
{
    const struct rulebook *rulebook = forms->rulebook;
    const struct node *a = node->child_count > 0 ? node_child(rulebook, node, 0) : NULL;
    const struct node *b = node->child_count > 1 ? node_child(rulebook, node, 1) : NULL;
    switch (node->kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
        return make_always(forms, node->kind == NODE_ALWAYS);
    case NODE_AND:
        return make_of_children(forms, node, false);
    case NODE_OR:
        return edge_not(make_of_children(forms, node, true));
    case NODE_NOT:
        return edge_not(make_condition(forms, node->children[0]));
    case NODE_FLAG:
        return make_flag(forms, node->item);
    case NODE_DEFINITION:
        return make_condition(forms, rulebook->definitions[node->item].condition);
    case NODE_KNOWN:
        return make_known(forms, node->item);
    case NODE_UNKNOWN:
        return edge_not(make_known(forms, node->item));
    case NODE_EXPIRED:
        return make_expired(forms, node->item);
    case NODE_RUNNING:
        return edge_not(make_expired(forms, node->item));
    case NODE_EQUAL:
        return make_equal(forms, a, b);
    case NODE_NOT_EQUAL:
        return edge_not(make_equal(forms, a, b));
    case NODE_LESS:
        return edge_not(make_less_equal(forms, b, a));
    case NODE_LESS_EQUAL:
        return make_less_equal(forms, a, b);
    case NODE_GREATER:
        return edge_not(make_less_equal(forms, a, b));
    case NODE_GREATER_EQUAL:
        return make_less_equal(forms, b, a);
    case NODE_IN_LIST:
        return make_in_list(forms, node);
    case NODE_IN_SET:
        return make_in_set(forms, node);
    case NODE_ANY_MEMBER:
        return make_member(forms, make_condition(forms, node->children[0]));
    case NODE_NO_MEMBER:
        return edge_not(make_member(forms, make_condition(forms, node->children[0])));
    case NODE_EVERY_MEMBER:
        return edge_not(make_member(forms, edge_not(make_condition(forms, node->children[0]))));
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

static form_edge make_condition(struct forms *forms, node_index condition)
{
    if (forms->of_node[condition] == 0 && !forms->too_large && !forms->out_of_memory) {
        const form_edge made = make_node(forms, &forms->rulebook->nodes[condition]);
        forms->of_node[condition] = made + 1;
    }
    return forms->of_node[condition] == 0 ? 0 : forms->of_node[condition] - 1;
}

form_edge forms_of(const struct forms *forms, node_index condition)
{
    ASSERT(forms->of_node[condition] != 0);
    return forms->of_node[condition] - 1;
}

/* All of them. */

static void tell_apart(struct forms *forms, uint16_t code)
{
    for (uint32_t i = 0; i < forms->country_count; i++) {
        if (forms->countries[i] == code) {
            return;
        }
    }
    if (forms->country_count == VALUES_MAX) {
        forms->inexact = true;
    } else {
        forms->countries[forms->country_count++] = code;
    }
}

/* Those that conditions name come first; of the others one is like another, as long as there are
 * enough of them. */
static void find_countries(struct forms *forms)
{
    const struct rulebook *rulebook = forms->rulebook;
    for (size_t i = 0; i < rulebook->node_count; i++) {
        const struct node *node = &rulebook->nodes[i];
        if (node->kind == NODE_LITERAL && node->type == FACT_COUNTRY) {
            tell_apart(forms, (uint16_t)node->number);
        }
    }
    for (size_t i = 0; i < rulebook->country_count; i++) {
        tell_apart(forms, rulebook->countries[i].code);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        forms->inexact = forms->inexact || rulebook->facts[i].choice_count > VALUES_MAX;
    }
}

static void make_all_conditions(struct forms *forms)
{
    const struct rulebook *rulebook = forms->rulebook;
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        make_condition(forms, rulebook->definitions[i].condition);
    }
    for (size_t i = 0; i < rulebook->safeguard_count; i++) {
        make_condition(forms, rulebook->safeguards[i].clear_when);
    }
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        for (size_t k = 0; k < clock->run_count; k++) {
            if (clock->runs[k].has_when) {
                make_condition(forms, clock->runs[k].when);
            }
        }
    }
}

result forms_make(struct forms *forms, const struct rulebook *rulebook, struct arena *arena,
                  struct err *err)
{
    date first;
    date last;
    *forms = (struct forms){.rulebook = rulebook, .arena = arena};
    TRY(date_from_civil((struct civil){1900, 1, 1}, &first, err));
    TRY(date_from_civil((struct civil){2199, 12, 31}, &last, err));
    forms->day_first = first.day;
    forms->day_last = last.day;
    forms->of_node = ARENA_NEW(arena, form_edge, rulebook->node_count);
    forms->hash_table = ARENA_NEW(arena, uint32_t, HASH_SIZE);
    if (forms->of_node == NULL || forms->hash_table == NULL) {
        return arena_full(err);
    }
    make_always(forms, true);
    find_countries(forms);
    make_all_conditions(forms);
    return forms->out_of_memory ? arena_full(err) : result_ok();
}
