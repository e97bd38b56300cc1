/* Values that are not one fact against a constant: whole numbers, row by row. */
#include "rulebook/screen_compile.h"

static struct lowered_value constant_value(struct value value)
{
    return (struct lowered_value){
        .constant = true, .value = value, .least = value.number, .greatest = value.number};
}

static struct lowered_value worth_of(const struct operation *operation, int64_t least,
                                     int64_t greatest)
{
    return operation == NULL ? constant_value(value_unknown())
                             : (struct lowered_value){
                                   .worth = operation->worth, .least = least, .greatest = greatest};
}

/* A buffer, also of what is the same for everybody. */
static struct worth materialise(struct compiler *compiler, struct lowered_value value)
{
    if (!value.constant) {
        return value.worth;
    }
    struct operation *operation = emit_with_worth(compiler, OPERATION_FILL);
    if (operation == NULL) {
        return (struct worth){.numbers = 0, .known = PLANE_ZEROS};
    }
    operation->constant = value.value.number;
    operation->worth.known = value.value.known ? PLANE_ONES : PLANE_ZEROS;
    return operation->worth;
}

/* --- facts --------------------------------------------------------------------------------- */

static struct lowered_value lower_fact(struct compiler *compiler, uint32_t fact)
{
    const struct column *column = &compiler->columns->columns[fact];
    const struct fact *item = &compiler->common.rulebook->facts[fact];
    if (column->kind == COLUMN_NONE) {
        return constant_value(value_unknown());
    }
    const uint32_t known = emit_full_plane(compiler, column->known);
    struct operation *operation = emit_with_worth(compiler, OPERATION_NUMBERS);
    if (operation == NULL) {
        return constant_value(value_unknown());
    }
    operation->column = column;
    operation->constant = (int64_t)item->choice_count;
    operation->worth.known = known;
    const bool cells = column->kind != COLUMN_FLAG && column->kind != COLUMN_CHOICE;
    return worth_of(operation, cells ? column->least : 0,
                    cells ? column->greatest : (int64_t)item->choice_count);
}

/* --- sums ---------------------------------------------------------------------------------- */

/* A sum, or the last day by a line of a clock. */
struct hop {
    const struct duration *duration;
    bool backwards;
    bool of_clock;
    uint32_t clock;
    uint32_t run;
};

static struct value hop_from(const struct compiler *compiler, const struct hop *hop,
                             struct value start)
{
    const struct rulebook *rulebook = compiler->common.rulebook;
    return hop->of_clock ? judge_run(rulebook, hop->clock, hop->run, start)
                         : judge_sum(rulebook, hop->duration, hop->backwards, start);
}

/* Over the days from which a sum is asked for. */
static bool make_table(struct compiler *compiler, const struct hop *hop, int64_t least,
                       int64_t greatest, struct hop_table *table)
{
    const size_t count = (size_t)(greatest - least) + 1;
    int32_t *days = ARENA_NEW(compiler->arena, int32_t, count);
    if (days == NULL) {
        compiler->full = true;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct value day = hop_from(compiler, hop, value_number(least + (int64_t)i));
        days[i] = day.known ? (int32_t)day.number : HOP_UNKNOWN;
    }
    *table = (struct hop_table){.least = least, .count = count, .days = days};
    return true;
}

/* The least and the greatest day of a table; false when it has none. */
static bool bounds_of(const struct hop_table *table, int64_t *ret_least, int64_t *ret_greatest)
{
    int64_t least = INT64_MAX;
    int64_t greatest = INT64_MIN;
    for (size_t i = 0; i < table->count; i++) {
        if (table->days[i] != HOP_UNKNOWN) {
            least = table->days[i] < least ? table->days[i] : least;
            greatest = table->days[i] > greatest ? table->days[i] : greatest;
        }
    }
    *ret_least = least;
    *ret_greatest = greatest;
    return least <= greatest;
}

static struct lowered_value lower_hop(struct compiler *compiler, const struct hop *hop,
                                      struct lowered_value from)
{
    struct hop_table table;
    int64_t least = 0;
    int64_t greatest = 0;
    if (from.constant) {
        return constant_value(hop_from(compiler, hop, from.value));
    }
    if (!make_table(compiler, hop, from.least, from.greatest, &table) ||
        !bounds_of(&table, &least, &greatest)) {
        return constant_value(value_unknown());
    }
    struct operation *operation = emit_with_worth(compiler, OPERATION_SUM);
    if (operation != NULL) {
        operation->worths[0] = from.worth;
        operation->hop = table;
    }
    return worth_of(operation, least, greatest);
}

/* --- later, earlier, clocks ---------------------------------------------------------------- */

static struct lowered_value lower_extreme(struct compiler *compiler, const struct node *node)
{
    struct lowered_value chosen = lower_value(compiler, node->children[0]);
    const bool later = node->kind == NODE_LATER;
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct lowered_value next = lower_value(compiler, node->children[i]);
        const bool lost =
            (chosen.constant && !chosen.value.known) || (next.constant && !next.value.known);
        const struct worth a = materialise(compiler, chosen);
        const struct worth b = materialise(compiler, next);
        struct operation *operation = emit_with_worth(compiler, OPERATION_EXTREME);
        if (operation == NULL || lost) {
            return constant_value(value_unknown());
        }
        operation->worths[0] = a;
        operation->worths[1] = b;
        operation->later = later;
        chosen = worth_of(operation, chosen.least < next.least ? chosen.least : next.least,
                          chosen.greatest > next.greatest ? chosen.greatest : next.greatest);
    }
    return chosen;
}

static struct lowered_value lower_either(struct compiler *compiler, struct lowered when,
                                         struct lowered_value then, struct lowered_value otherwise)
{
    if (when.constant) {
        return when.truth == TRUTH_TRUE    ? then
               : when.truth == TRUTH_FALSE ? otherwise
                                           : constant_value(value_unknown());
    }
    const struct worth a = materialise(compiler, then);
    const struct worth b = materialise(compiler, otherwise);
    struct operation *operation = emit_with_worth(compiler, OPERATION_EITHER);
    if (operation == NULL) {
        return constant_value(value_unknown());
    }
    operation->part_count = 1;
    operation->parts[0] = part_of(when);
    operation->worths[0] = a;
    operation->worths[1] = b;
    /* What is not known has no bounds. */
    const bool only_then = otherwise.constant && !otherwise.value.known;
    const bool only_otherwise = then.constant && !then.value.known;
    const int64_t least = only_then                      ? then.least
                          : only_otherwise               ? otherwise.least
                          : then.least < otherwise.least ? then.least
                                                         : otherwise.least;
    const int64_t greatest = only_then                            ? then.greatest
                             : only_otherwise                     ? otherwise.greatest
                             : then.greatest > otherwise.greatest ? then.greatest
                                                                  : otherwise.greatest;
    return worth_of(operation, least, greatest);
}

struct lowered_value lower_run(struct compiler *compiler, uint32_t clock, uint32_t run)
{
    const struct clock *item = &compiler->common.rulebook->clocks[clock];
    const struct hop hop = {.of_clock = true, .clock = clock, .run = run};
    return lower_hop(compiler, &hop, lower_value(compiler, item->runs[run].start));
}

/* The first line that applies counts; if it is not known whether one does, neither is the day. */
static struct lowered_value lower_last_day(struct compiler *compiler, uint32_t clock)
{
    const struct clock *item = &compiler->common.rulebook->clocks[clock];
    struct lowered_value day = constant_value(value_unknown());
    for (size_t left = item->run_count; left > 0; left--) {
        const struct clock_run *run = &item->runs[left - 1];
        const struct lowered when =
            run->has_when ? lower_condition(compiler, run->when) : lowered_constant(TRUTH_TRUE);
        const struct lowered_value here = lower_run(compiler, clock, (uint32_t)left - 1);
        day = lower_either(compiler, when, here, day);
    }
    return day;
}

struct lowered_value lower_value(struct compiler *compiler, node_index value)
{
    const struct node *node = &compiler->common.rulebook->nodes[value];
    if (common_value(&compiler->common, value)) {
        return constant_value(
            judge_value(compiler->common.rulebook, value, &compiler->common.question));
    }
    if (node->kind == NODE_FACT) {
        return lower_fact(compiler, node->item);
    }
    if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        const struct hop hop = {.duration = &node->duration,
                                .backwards = node->kind == NODE_BEFORE};
        return lower_hop(compiler, &hop, lower_value(compiler, node->children[0]));
    }
    if (node->kind == NODE_LATER || node->kind == NODE_EARLIER) {
        return lower_extreme(compiler, node);
    }
    ASSERT(node->kind == NODE_LAST_DAY);
    return lower_last_day(compiler, node->item);
}

/* --- comparing ----------------------------------------------------------------------------- */

struct lowered lower_compared(struct compiler *compiler, struct lowered_value a,
                              struct lowered_value b, const bool true_when[3])
{
    if ((a.constant && !a.value.known) || (b.constant && !b.value.known)) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    const struct worth left = materialise(compiler, a);
    const struct worth right = materialise(compiler, b);
    struct operation *operation = emit_with_part(compiler, OPERATION_COMPARE, 0);
    if (operation == NULL) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    operation->worths[0] = left;
    operation->worths[1] = right;
    for (size_t i = 0; i < 3; i++) {
        operation->true_when[i] = true_when[i];
    }
    return lowered_part(operation->out);
}

/* False when it is not known for anybody. */
static bool lower_sets(struct compiler *compiler, node_index value, struct sets *ret_sets)
{
    const struct node *node = &compiler->common.rulebook->nodes[value];
    if (common_value(&compiler->common, value)) {
        const struct value set =
            judge_value(compiler->common.rulebook, value, &compiler->common.question);
        *ret_sets = (struct sets){.constant = set.countries, .known = PLANE_ONES};
        return set.known;
    }
    ASSERT(node->kind == NODE_FACT);
    const struct column *column = &compiler->columns->columns[node->item];
    if (column->kind == COLUMN_NONE) {
        return false;
    }
    *ret_sets = (struct sets){.column = column, .known = emit_full_plane(compiler, column->known)};
    return true;
}

struct lowered lower_in_set(struct compiler *compiler, node_index country, node_index set)
{
    struct sets sets;
    const struct lowered_value value = lower_value(compiler, country);
    if (!lower_sets(compiler, set, &sets) || (value.constant && !value.value.known)) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    const struct worth worth = materialise(compiler, value);
    struct operation *operation = emit_with_part(compiler, OPERATION_IN_SET, 0);
    if (operation == NULL) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    operation->worths[0] = worth;
    operation->sets[0] = sets;
    return lowered_part(operation->out);
}

struct lowered lower_same_set(struct compiler *compiler, node_index a, node_index b)
{
    struct sets left;
    struct sets right;
    if (!lower_sets(compiler, a, &left) || !lower_sets(compiler, b, &right)) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    struct operation *operation = emit_with_part(compiler, OPERATION_SAME_SET, 0);
    if (operation == NULL) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    operation->sets[0] = left;
    operation->sets[1] = right;
    return lowered_part(operation->out);
}
