#include "rulebook/screen_compile.h"

#include <string.h>

/* --- what was compiled before -------------------------------------------------------------- */

static bool same_duration(const struct duration *a, const struct duration *b)
{
    return a->count == b->count && a->unit == b->unit && a->calendar == b->calendar &&
           a->rounding == b->rounding;
}

static bool same_tree(const struct rulebook *rulebook, node_index left, node_index right)
{
    const struct node *a = &rulebook->nodes[left];
    const struct node *b = &rulebook->nodes[right];
    bool same = a->kind == b->kind && a->item == b->item && a->number == b->number &&
                a->child_count == b->child_count && same_duration(&a->duration, &b->duration);
    for (uint32_t i = 0; same && i < a->child_count; i++) {
        same = same_tree(rulebook, a->children[i], b->children[i]);
    }
    return same;
}

/* Equal trees have equal hashes. Children stand before their parents, so one walk is enough. */
static void hash_trees(const struct rulebook *rulebook, uint64_t *hashes)
{
    for (size_t i = 0; i < rulebook->node_count; i++) {
        const struct node *node = &rulebook->nodes[i];
        uint64_t hash = ((uint64_t)node->kind << 32 | node->item) + (uint64_t)node->number;
        for (uint32_t j = 0; j < node->child_count; j++) {
            hash = (hash ^ hashes[node->children[j]]) * UINT64_C(0x9E3779B97F4A7C15);
        }
        hashes[i] = (hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    }
}

/* The place of a tree among those compiled: its own, or the free one where it would stand. */
static size_t compiled_place(const struct compiler *compiler, node_index node)
{
    const struct pass *pass = compiler->pass;
    size_t place = compiler->hashes[node] & (pass->compiled_capacity - 1);
    while (pass->is_compiled[place] &&
           !same_tree(compiler->common.rulebook, pass->compiled[place].node, node)) {
        place = (place + 1) & (pass->compiled_capacity - 1);
    }
    return place;
}

/* --- comparisons --------------------------------------------------------------------------- */

/* Which of less, equal, greater make a comparison true. */
struct comparison {
    bool true_when[3];
};

static const struct comparison equal_to = {{false, true, false}};
static const struct comparison before = {{true, false, false}};

static struct comparison comparison_of(enum node_kind kind)
{
    static const struct comparison comparisons[] = {
        [NODE_EQUAL] = {{false, true, false}},   [NODE_NOT_EQUAL] = {{true, false, true}},
        [NODE_LESS] = {{true, false, false}},    [NODE_LESS_EQUAL] = {{true, true, false}},
        [NODE_GREATER] = {{false, false, true}}, [NODE_GREATER_EQUAL] = {{false, true, true}},
    };
    return comparisons[kind];
}

/* Of the sides exchanged. */
static struct comparison turned(struct comparison comparison)
{
    return (struct comparison){
        {comparison.true_when[2], comparison.true_when[1], comparison.true_when[0]}};
}

/* The range of numbers for which it is true; the outcomes of a comparison but "not equal" are one
 * range. */
static void true_range(const struct range *range, struct comparison comparison, int64_t *ret_from,
                       int64_t *ret_until)
{
    *ret_from = comparison.true_when[0]   ? range->known_from
                : comparison.true_when[1] ? range->at_least_from
                                          : range->greater_from;
    *ret_until = comparison.true_when[2]   ? range->known_until
                 : comparison.true_when[1] ? range->greater_from - 1
                                           : range->at_least_from - 1;
}

static struct lowered lower_range(struct compiler *compiler, uint32_t fact,
                                  const struct range *range, struct comparison comparison)
{
    const struct column *column = &compiler->columns->columns[fact];
    if (range->known_from > range->known_until) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    const uint32_t known_fact = emit_full_plane(compiler, column->known);
    const struct lowered known =
        emit_range(compiler, column, range->known_from, range->known_until, known_fact);
    if (comparison.true_when[0] && comparison.true_when[2]) {
        return lowered_not(lower_range(compiler, fact, range, equal_to));
    }
    int64_t from = 0;
    int64_t until = 0;
    true_range(range, comparison, &from, &until);
    /* An empty range may end before the first number there is. */
    return from > until ? lowered_part((struct part){.t = PLANE_ZEROS, .f = part_of(known).t})
                        : emit_range(compiler, column, from, until, part_of(known).t);
}

/* A number of a fact as it stands: no sum, so the whole of 64 bits may occur. */
static struct range range_of_fact(const struct column *column, int64_t limit)
{
    const bool all_below = column->greatest < limit;
    const bool none_above = column->greatest <= limit;
    /* A threshold beyond the last number is never reached: it stands one after it. */
    return (struct range){
        .known_from = column->least,
        .known_until = column->greatest,
        .at_least_from = all_below               ? column->greatest + 1
                         : limit < column->least ? column->least
                                                 : limit,
        .greater_from = none_above              ? column->greatest + 1
                        : limit < column->least ? column->least
                                                : limit + 1,
    };
}

static bool is_number_wise(enum fact_type type)
{
    return type == FACT_DATE || type == FACT_NUMBER;
}

struct wanted_number {
    int64_t number;
};

static bool is_wanted_number(const void *context, int64_t number)
{
    return ((const struct wanted_number *)context)->number == number;
}

/* A flag, a choice or a country is this one. */
static struct lowered lower_fact_is(struct compiler *compiler, uint32_t fact, int64_t number)
{
    const struct column *column = &compiler->columns->columns[fact];
    const struct fact *item = &compiler->common.rulebook->facts[fact];
    if (column->kind == COLUMN_NONE) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    if (item->type == FACT_FLAG) {
        const struct part yes = {.t = emit_full_plane(compiler, column->planes[0]),
                                 .f = emit_full_plane(compiler, column->planes[1])};
        return number != 0 ? lowered_part(yes) : lowered_not(lowered_part(yes));
    }
    const struct wanted_number wanted = {.number = number};
    return emit_members(compiler, column, item->choice_count, is_wanted_number, &wanted);
}

/* A value that is one fact, or made from one, against a constant. */
static struct lowered lower_against_constant(struct compiler *compiler, node_index value,
                                             uint32_t fact, int64_t limit,
                                             struct comparison comparison)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    const struct column *column = &compiler->columns->columns[fact];
    if (column->kind == COLUMN_NONE) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    if (!is_number_wise(rulebook->facts[fact].type)) {
        const struct lowered is = lower_fact_is(compiler, fact, limit);
        return comparison.true_when[1] ? is : lowered_not(is);
    }
    if (rulebook->nodes[value].kind == NODE_FACT && rulebook->facts[fact].type == FACT_NUMBER &&
        (column->least == INT64_MIN || column->greatest == INT64_MAX)) {
        /* No number stands before the first or after the last of 64 bits. */
        const struct lowered_value constant = {.constant = true, .value = value_number(limit)};
        return lower_compared(compiler, lower_value(compiler, value), constant,
                              comparison.true_when);
    }
    const struct range range =
        rulebook->nodes[value].kind == NODE_FACT
            ? range_of_fact(column, limit)
            : range_of_value(&compiler->common, value, column->least, column->greatest, limit);
    return lower_range(compiler, fact, &range, comparison);
}

static struct lowered lower_comparison(struct compiler *compiler, node_index a, node_index b,
                                       struct comparison comparison)
{
    const struct common *common = &compiler->common;
    uint32_t fact = 0;
    if (common->rulebook->nodes[a].type == FACT_COUNTRIES) {
        const struct lowered same = lower_same_set(compiler, a, b);
        return comparison.true_when[1] ? same : lowered_not(same);
    }
    if (common_value(common, a)) {
        return common_value(common, b)
                   ? lower_compared(compiler, lower_value(compiler, a), lower_value(compiler, b),
                                    comparison.true_when)
                   : lower_comparison(compiler, b, a, turned(comparison));
    }
    if (!common_value(common, b) || !range_chain(common, a, &fact)) {
        return lower_compared(compiler, lower_value(compiler, a), lower_value(compiler, b),
                              comparison.true_when);
    }
    const struct value limit = judge_value(common->rulebook, b, &common->question);
    return limit.known ? lower_against_constant(compiler, a, fact, limit.number, comparison)
                       : lowered_constant(TRUTH_UNKNOWN);
}

/* --- lists and sets ------------------------------------------------------------------------ */

struct listed {
    const struct common *common;
    const struct node
        *node; /* NODE_IN_LIST, all of whose listed values are the same for everybody */
};

static bool is_listed(const void *context, int64_t number)
{
    const struct listed *listed = context;
    const struct rulebook *rulebook = listed->common->rulebook;
    bool found = false;
    for (uint32_t i = 1; i < listed->node->child_count && !found; i++) {
        const struct value value =
            judge_value(rulebook, listed->node->children[i], &listed->common->question);
        found = value.known && value.number == number;
    }
    return found;
}

static bool lists_known_constants(const struct common *common, const struct node *node)
{
    bool all = true;
    for (uint32_t i = 1; i < node->child_count && all; i++) {
        all = common_value(common, node->children[i]) &&
              judge_value(common->rulebook, node->children[i], &common->question).known;
    }
    return all;
}

static struct lowered lower_one_by_one(struct compiler *compiler, const struct node *node)
{
    struct lowered *list = ARENA_NEW(compiler->arena, struct lowered, node->child_count);
    if (list == NULL) {
        compiler->full = true;
        return lowered_constant(TRUTH_UNKNOWN);
    }
    for (uint32_t i = 1; i < node->child_count; i++) {
        list[i - 1] = lower_comparison(compiler, node->children[0], node->children[i], equal_to);
    }
    return emit_any(compiler, list, node->child_count - 1);
}

static struct lowered lower_in_list(struct compiler *compiler, const struct node *node)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    const struct node *value = &rulebook->nodes[node->children[0]];
    const bool of_fact =
        value->kind == NODE_FACT && !common_value(&compiler->common, node->children[0]);
    const bool one_look = of_fact && (value->type == FACT_CHOICE || value->type == FACT_COUNTRY) &&
                          lists_known_constants(&compiler->common, node);
    if (!one_look) {
        return lower_one_by_one(compiler, node);
    }
    const struct listed listed = {.common = &compiler->common, .node = node};
    return emit_members(compiler, &compiler->columns->columns[value->item],
                        rulebook->facts[value->item].choice_count, is_listed, &listed);
}

static bool is_in_set(const void *context, int64_t number)
{
    return country_set_has(context, number);
}

static struct lowered lower_membership(struct compiler *compiler, const struct node *node)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    const struct node *country = &rulebook->nodes[node->children[0]];
    if (country->kind != NODE_FACT || common_value(&compiler->common, node->children[0]) ||
        !common_value(&compiler->common, node->children[1])) {
        return lower_in_set(compiler, node->children[0], node->children[1]);
    }
    const struct value set = judge_value(rulebook, node->children[1], &compiler->common.question);
    return set.known ? emit_members(compiler, &compiler->columns->columns[country->item], 0,
                                    is_in_set, &set.countries)
                     : lowered_constant(TRUTH_UNKNOWN);
}

/* --- clocks -------------------------------------------------------------------------------- */

static struct lowered lower_run_expired(struct compiler *compiler, uint32_t clock, uint32_t run)
{
    const struct common *common = &compiler->common;
    const node_index start = common->rulebook->clocks[clock].runs[run].start;
    const int64_t today = common->question.today.day;
    uint32_t fact = 0;
    if (!common_value(common, start) && range_chain(common, start, &fact)) {
        const struct column *column = &compiler->columns->columns[fact];
        if (column->kind == COLUMN_NONE) {
            return lowered_constant(TRUTH_UNKNOWN);
        }
        const struct range range =
            range_of_clock(common, clock, run, column->least, column->greatest, today);
        return lower_range(compiler, fact, &range, before);
    }
    const struct lowered_value now = {.constant = true, .value = value_number(today)};
    const struct lowered_value last_day = lower_run(compiler, clock, run);
    if (last_day.constant) {
        return !last_day.value.known           ? lowered_constant(TRUTH_UNKNOWN)
               : last_day.value.number < today ? lowered_constant(TRUTH_TRUE)
                                               : lowered_constant(TRUTH_FALSE);
    }
    return lower_compared(compiler, last_day, now, before.true_when);
}

/* The first line that applies counts. If none does the clock has not started, and whether it has
 * expired is not known. */
static struct lowered lower_lines(struct compiler *compiler, uint32_t clock)
{
    const struct clock *item = &compiler->common.rulebook->clocks[clock];
    struct lowered expired = lowered_constant(TRUTH_UNKNOWN);
    for (size_t left = item->run_count; left > 0; left--) {
        const struct clock_run *run = &item->runs[left - 1];
        const struct lowered when =
            run->has_when ? lower_condition(compiler, run->when) : lowered_constant(TRUTH_TRUE);
        const struct lowered here = lower_run_expired(compiler, clock, (uint32_t)left - 1);
        expired = emit_choose(compiler, when, here, expired);
    }
    return expired;
}

static struct lowered lower_expired(struct compiler *compiler, uint32_t clock)
{
    struct known_lowered *expired = &compiler->pass->expired[clock];
    if (!expired->is_there) {
        expired->lowered = lower_lines(compiler, clock);
        expired->is_there = true;
    }
    return expired->lowered;
}

/* --- families ------------------------------------------------------------------------------ */

static uint64_t *new_full_plane(struct compiler *compiler)
{
    uint64_t *plane =
        arena_take(compiler->arena, compiler->columns->word_count, sizeof(uint64_t), 64);
    compiler->full = compiler->full || plane == NULL;
    return plane;
}

/* Asked of everybody first, as a member of somebody's family. */
static struct lowered lower_family(struct compiler *compiler, const struct node *node)
{
    struct screen *screen = compiler->screen;
    struct pass *asking = compiler->pass;
    ASSERT(asking == &compiler->main);
    struct family_condition *family = &screen->families[screen->family_count];
    *family = (struct family_condition){.kind = node->kind == NODE_EVERY_MEMBER ? NODE_EVERY_MEMBER
                                                                                : NODE_ANY_MEMBER,
                                        .t = new_full_plane(compiler),
                                        .f = new_full_plane(compiler)};
    if (compiler->full) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    compiler->pass = &compiler->members;
    emit_keep(compiler, lower_condition(compiler, node->children[0]),
              (uint32_t)screen->family_count);
    compiler->pass = asking;
    screen->family_count++;
    const struct part part = {.t = emit_full_plane(compiler, family->t),
                              .f = emit_full_plane(compiler, family->f)};
    return node->kind == NODE_NO_MEMBER ? lowered_not(lowered_part(part)) : lowered_part(part);
}

/* --- conditions ---------------------------------------------------------------------------- */

static struct lowered lower_children(struct compiler *compiler, const struct node *node)
{
    struct lowered *list = ARENA_NEW(compiler->arena, struct lowered, node->child_count + 1);
    if (list == NULL) {
        compiler->full = true;
        return lowered_constant(TRUTH_UNKNOWN);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        list[i] = lower_condition(compiler, node->children[i]);
    }
    return node->kind == NODE_AND ? emit_all(compiler, list, node->child_count)
                                  : emit_any(compiler, list, node->child_count);
}

static struct lowered lower_node(struct compiler *compiler, const struct node *node)
{
    const struct column *columns = compiler->columns->columns;
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        return lower_children(compiler, node);
    case NODE_NOT:
        return lowered_not(lower_condition(compiler, node->children[0]));
    case NODE_FLAG:
        return lower_fact_is(compiler, node->item, 1);
    case NODE_DEFINITION:
        return lower_condition(compiler,
                               compiler->common.rulebook->definitions[node->item].condition);
    case NODE_KNOWN:
        return emit_known(compiler, &columns[node->item]);
    case NODE_UNKNOWN:
        return lowered_not(emit_known(compiler, &columns[node->item]));
    case NODE_EXPIRED:
        return lower_expired(compiler, node->item);
    case NODE_RUNNING:
        return lowered_not(lower_expired(compiler, node->item));
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return lower_comparison(compiler, node->children[0], node->children[1],
                                comparison_of(node->kind));
    case NODE_IN_LIST:
        return lower_in_list(compiler, node);
    case NODE_IN_SET:
        return lower_membership(compiler, node);
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return lower_family(compiler, node);
    case NODE_ALWAYS:
    case NODE_NEVER:
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
    assert_failed("the node is a condition that reads a person's facts", __FILE__, __LINE__);
}

struct lowered lower_condition(struct compiler *compiler, node_index condition)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    if (common_condition(&compiler->common, condition)) {
        return lowered_constant(judge_condition(rulebook, condition, &compiler->common.question));
    }
    struct pass *pass = compiler->pass;
    const size_t before_it = compiled_place(compiler, condition);
    if (pass->is_compiled[before_it]) {
        return pass->compiled[before_it].lowered;
    }
    const struct lowered lowered = lower_node(compiler, &rulebook->nodes[condition]);
    const size_t place = compiled_place(compiler, condition);
    pass->compiled[place] = (struct compiled){.node = condition, .lowered = lowered};
    pass->is_compiled[place] = true;
    return lowered;
}

/* --- the whole ----------------------------------------------------------------------------- */

/* Every "family member" there is can be asked once for each place it stands. */
static size_t count_family_nodes(const struct rulebook *rulebook)
{
    size_t count = 0;
    for (size_t i = 0; i < rulebook->node_count; i++) {
        const enum node_kind kind = rulebook->nodes[i].kind;
        count += kind == NODE_ANY_MEMBER || kind == NODE_NO_MEMBER || kind == NODE_EVERY_MEMBER;
    }
    return count;
}

/* So large that at most half of it is ever filled. */
static size_t compiled_capacity(const struct rulebook *rulebook)
{
    size_t capacity = 16;
    while (capacity < 2 * rulebook->node_count) {
        capacity *= 2;
    }
    return capacity;
}

static result begin_pass(struct compiler *compiler, struct pass *pass, struct plan *plan,
                         struct err *err)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    const size_t capacity = compiled_capacity(rulebook);
    *pass = (struct pass){
        .plan = plan,
        .compiled = ARENA_NEW_UNSET(compiler->arena, struct compiled, capacity),
        .is_compiled = ARENA_NEW(compiler->arena, bool, capacity),
        .compiled_capacity = capacity,
        .expired = ARENA_NEW(compiler->arena, struct known_lowered, rulebook->clock_count + 1),
    };
    if (pass->compiled == NULL || pass->is_compiled == NULL || pass->expired == NULL) {
        return arena_full(err);
    }
    compiler->pass = pass;
    for (size_t i = 0; i < PLANE_CONSTANTS; i++) {
        emit_full_plane(compiler, compiler->screen->constants[i]);
        if (plan->plane_count == i + 1) {
            plan->planes[i].constant = true;
        }
    }
    return compiler->full ? arena_full(err) : result_ok();
}

static result begin(struct compiler *compiler, struct err *err)
{
    struct screen *screen = compiler->screen;
    const size_t families = count_family_nodes(compiler->common.rulebook);
    uint64_t *hashes =
        ARENA_NEW(compiler->arena, uint64_t, compiler->common.rulebook->node_count + 1);
    screen->families = ARENA_NEW(compiler->arena, struct family_condition, families + 1);
    screen->in_group = new_full_plane(compiler);
    if (screen->families == NULL || hashes == NULL || screen->in_group == NULL) {
        return arena_full(err);
    }
    hash_trees(compiler->common.rulebook, hashes);
    compiler->hashes = hashes;
    for (size_t i = 0; i < PLANE_CONSTANTS; i++) {
        screen->constants[i] =
            arena_take(compiler->arena, COLUMNS_BLOCK_WORDS, sizeof(uint64_t), 64);
        if (screen->constants[i] == NULL) {
            return arena_full(err);
        }
    }
    memset(screen->constants[PLANE_ONES], 0xFF, COLUMNS_BLOCK_WORDS * sizeof(uint64_t));
    TRY(begin_pass(compiler, &compiler->members, &screen->members, err));
    return begin_pass(compiler, &compiler->main, &screen->main, err);
}

result screen_compile(const struct columns *columns, const struct screen_question *question,
                      enum screen_level level, struct arena *arena,
                      const struct screen **ret_screen, struct err *err)
{
    const struct rulebook *rulebook = columns->rulebook;
    struct screen *screen = ARENA_NEW(arena, struct screen, 1);
    if (screen == NULL) {
        return arena_full(err);
    }
    *screen = (struct screen){.columns = columns,
                              .kernel = screen_kernel_of(level),
                              .safeguard_count = question->safeguard_count};
    struct compiler compiler = {
        .common = {.rulebook = rulebook,
                   .question = {.hub = question->hub,
                                .agreement = question->agreement,
                                .today = question->today}},
        .columns = columns,
        .screen = screen,
        .arena = arena,
    };
    if (rulebook->has_family_complete) {
        screen->family_complete = &columns->columns[rulebook->family_complete];
    }
    TRY(begin(&compiler, err));
    for (size_t i = 0; i < question->safeguard_count && !compiler.full; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[question->safeguards[i]];
        emit_tell(&compiler, lower_condition(&compiler, safeguard->clear_when), (uint32_t)i);
    }
    if (compiler.full) {
        return arena_full(err);
    }
    TRY(screen_allocate(&screen->members, arena, err));
    TRY(screen_allocate(&screen->main, arena, err));
    *ret_screen = screen;
    return result_ok();
}
