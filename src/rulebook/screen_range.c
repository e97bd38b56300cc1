/* Which numbers of a fact make a condition on it true.
 *
 * Sums of days, working days, months and years never run backwards: a later start never gives an
 * earlier sum. Where a sum is not known, because a calendar does not reach so far or the year
 * cannot be written, the start is too early or too late, and never in between. So a comparison with
 * a constant holds for a range of starts, whose ends are found by bisection with the scalar judge's
 * own arithmetic. */
#include "rulebook/screen_plan.h"

/* --- what is the same for everybody -------------------------------------------------------- */

static bool common_fact(const struct common *common, uint32_t fact)
{
    return common->rulebook->facts[fact].subject != SUBJECT_PERSON;
}

static bool common_clock(const struct common *common, uint32_t clock)
{
    const struct clock *item = &common->rulebook->clocks[clock];
    bool is_common = true;
    for (size_t i = 0; is_common && i < item->run_count; i++) {
        const struct clock_run *run = &item->runs[i];
        is_common = common_value(common, run->start) &&
                    (!run->has_when || common_condition(common, run->when));
    }
    return is_common;
}

static bool common_children(const struct common *common, const struct node *node)
{
    bool is_common = true;
    for (uint32_t i = 0; is_common && i < node->child_count; i++) {
        is_common = common_condition(common, node->children[i]);
    }
    return is_common;
}

/* Of conditions and values alike. */
bool common_condition(const struct common *common, node_index condition)
{
    const struct node *node = &common->rulebook->nodes[condition];
    switch (node->kind) {
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return false;
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
        return common_fact(common, node->item);
    case NODE_DEFINITION:
        return common_condition(common, common->rulebook->definitions[node->item].condition);
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        return common_clock(common, node->item);
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
    return common_children(common, node);
}

bool common_value(const struct common *common, node_index value)
{
    return common_condition(common, value);
}

/* --- chains -------------------------------------------------------------------------------- */

/* The line of a clock that applies to everybody. */
static bool common_run(const struct common *common, uint32_t clock, uint32_t *ret_run)
{
    const struct clock *item = &common->rulebook->clocks[clock];
    for (uint32_t i = 0; i < item->run_count; i++) {
        const struct clock_run *run = &item->runs[i];
        if (run->has_when && !common_condition(common, run->when)) {
            return false;
        }
        const enum truth applies =
            run->has_when ? judge_condition(common->rulebook, run->when, &common->question)
                          : TRUTH_TRUE;
        if (applies == TRUTH_TRUE) {
            *ret_run = i;
            return true;
        }
        if (applies == TRUTH_UNKNOWN) {
            return false;
        }
    }
    return false;
}

/* Of several dates, all but those of one fact are constants that are known. */
static bool chain_of_extreme(const struct common *common, const struct node *node,
                             uint32_t *ret_fact)
{
    uint32_t fact = NOT_FOUND_INDEX;
    for (uint32_t i = 0; i < node->child_count; i++) {
        uint32_t of_child = NOT_FOUND_INDEX;
        if (common_value(common, node->children[i])) {
            if (!judge_value(common->rulebook, node->children[i], &common->question).known) {
                return false;
            }
            continue;
        }
        if (!range_chain(common, node->children[i], &of_child) ||
            (fact != NOT_FOUND_INDEX && fact != of_child)) {
            return false;
        }
        fact = of_child;
    }
    *ret_fact = fact;
    return fact != NOT_FOUND_INDEX;
}

bool range_chain(const struct common *common, node_index value, uint32_t *ret_fact)
{
    const struct node *node = &common->rulebook->nodes[value];
    uint32_t run = 0;
    if (node->kind == NODE_FACT) {
        *ret_fact = node->item;
        return !common_fact(common, node->item);
    }
    if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        return range_chain(common, node->children[0], ret_fact);
    }
    if (node->kind == NODE_LATER || node->kind == NODE_EARLIER) {
        return chain_of_extreme(common, node, ret_fact);
    }
    return node->kind == NODE_LAST_DAY && range_clock(common, node->item, ret_fact, &run);
}

bool range_clock(const struct common *common, uint32_t clock, uint32_t *ret_fact, uint32_t *ret_run)
{
    return common_run(common, clock, ret_run) &&
           range_chain(common, common->rulebook->clocks[clock].runs[*ret_run].start, ret_fact);
}

/* --- the value of a chain at one number ---------------------------------------------------- */

enum reach { TOO_EARLY, REACHED, TOO_LATE };

struct link {
    enum reach reach;
    int64_t number;
};

static struct link link_of(struct value value, enum reach otherwise)
{
    return (struct link){.reach = value.known ? REACHED : otherwise, .number = value.number};
}

/* On which side of what is known a sum of working days from this day falls off. */
static enum reach side_of(const struct calendar *calendar, int64_t day, enum reach beyond)
{
    return day < calendar->from.day ? TOO_EARLY : day > calendar->until.day ? TOO_LATE : beyond;
}

static struct link sum_link(const struct common *common, const struct duration *duration,
                            bool backwards, struct link from)
{
    if (from.reach != REACHED) {
        return from;
    }
    const struct value start = value_number(from.number);
    enum reach beyond = backwards ? TOO_EARLY : TOO_LATE;
    if (duration->unit == UNIT_WORKING_DAYS) {
        beyond =
            side_of(&common->rulebook->calendars[duration->calendar].calendar, from.number, beyond);
    }
    return link_of(judge_sum(common->rulebook, duration, backwards, start), beyond);
}

static struct link run_link(const struct common *common, uint32_t clock, uint32_t run,
                            struct link from)
{
    const struct clock *item = &common->rulebook->clocks[clock];
    const struct link sum = sum_link(common, &item->runs[run].duration, false, from);
    if (sum.reach != REACHED || !item->ends_on_working_day) {
        return sum;
    }
    const struct calendar *calendar = &common->rulebook->calendars[item->end_calendar].calendar;
    const struct value start = value_number(from.number);
    return link_of(judge_run(common->rulebook, clock, run, start),
                   side_of(calendar, sum.number, TOO_LATE));
}

static struct link link_at(const struct common *common, node_index value, int64_t number);

static struct link extreme_link(const struct common *common, const struct node *node,
                                int64_t number)
{
    struct link chosen = link_at(common, node->children[0], number);
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct link link = link_at(common, node->children[i], number);
        const bool too_early = chosen.reach == TOO_EARLY || link.reach == TOO_EARLY;
        const bool reached = chosen.reach == REACHED && link.reach == REACHED;
        const bool later = link.number > chosen.number;
        chosen.number = later == (node->kind == NODE_LATER) ? link.number : chosen.number;
        chosen.reach = reached ? REACHED : too_early ? TOO_EARLY : TOO_LATE;
    }
    return chosen;
}

/* The chain when its fact has this number. */
static struct link link_at(const struct common *common, node_index value, int64_t number)
{
    const struct node *node = &common->rulebook->nodes[value];
    uint32_t fact = 0;
    uint32_t run = 0;
    if (common_value(common, value)) {
        return link_of(judge_value(common->rulebook, value, &common->question), TOO_LATE);
    }
    if (node->kind == NODE_FACT) {
        return (struct link){.reach = REACHED, .number = number};
    }
    if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        return sum_link(common, &node->duration, node->kind == NODE_BEFORE,
                        link_at(common, node->children[0], number));
    }
    if (node->kind == NODE_LATER || node->kind == NODE_EARLIER) {
        return extreme_link(common, node, number);
    }
    const bool is_clock =
        node->kind == NODE_LAST_DAY && range_clock(common, node->item, &fact, &run);
    ASSERT(is_clock);
    return run_link(common, node->item, run,
                    link_at(common, common->rulebook->clocks[node->item].runs[run].start, number));
}

/* --- bisection ----------------------------------------------------------------------------- */

/* What is looked at: a value, or the last day of a line of a clock. */
struct subject_of_range {
    const struct common *common;
    bool of_clock;
    uint32_t clock;
    uint32_t run;
    node_index value; /* of a clock: where the line starts */
};

static struct link subject_at(const struct subject_of_range *subject, int64_t number)
{
    const struct link link = link_at(subject->common, subject->value, number);
    return subject->of_clock ? run_link(subject->common, subject->clock, subject->run, link) : link;
}

enum threshold { KNOWN, AT_LEAST, GREATER, TOO_LATE_TO_KNOW };

static bool has_passed(const struct subject_of_range *subject, enum threshold threshold,
                       int64_t limit, int64_t number)
{
    const struct link link = subject_at(subject, number);
    switch (threshold) {
    case KNOWN:
        return link.reach != TOO_EARLY;
    case AT_LEAST:
        return link.reach == TOO_LATE || (link.reach == REACHED && link.number >= limit);
    case GREATER:
        return link.reach == TOO_LATE || (link.reach == REACHED && link.number > limit);
    case TOO_LATE_TO_KNOW:
        return link.reach == TOO_LATE;
    }
    return false;
}

/* The first number from `begin` on that has passed the threshold, `end` when none before it has. */
static int64_t first_passed(const struct subject_of_range *subject, enum threshold threshold,
                            int64_t limit, int64_t begin, int64_t end)
{
    while (begin < end) {
        const int64_t middle = begin + (int64_t)(((uint64_t)end - (uint64_t)begin) / 2);
        if (has_passed(subject, threshold, limit, middle)) {
            end = middle;
        } else {
            begin = middle + 1;
        }
    }
    return begin;
}

static struct range range_of(const struct subject_of_range *subject, int64_t least,
                             int64_t greatest, int64_t limit)
{
    ASSERT(greatest < INT64_MAX);
    const int64_t end = greatest + 1;
    const int64_t from = first_passed(subject, KNOWN, limit, least, end);
    const int64_t late = first_passed(subject, TOO_LATE_TO_KNOW, limit, from, end);
    return (struct range){
        .known_from = from,
        .known_until = late - 1,
        .at_least_from = first_passed(subject, AT_LEAST, limit, from, late),
        .greater_from = first_passed(subject, GREATER, limit, from, late),
    };
}

struct range range_of_value(const struct common *common, node_index value, int64_t least,
                            int64_t greatest, int64_t limit)
{
    const struct subject_of_range subject = {.common = common, .value = value};
    return range_of(&subject, least, greatest, limit);
}

struct range range_of_clock(const struct common *common, uint32_t clock, uint32_t run,
                            int64_t least, int64_t greatest, int64_t limit)
{
    const struct subject_of_range subject = {
        .common = common,
        .of_clock = true,
        .clock = clock,
        .run = run,
        .value = common->rulebook->clocks[clock].runs[run].start,
    };
    return range_of(&subject, least, greatest, limit);
}
