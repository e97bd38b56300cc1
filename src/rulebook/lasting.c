#include "rulebook/lasting.h"

#include "rulebook/condition.h"
#include "rulebook/judge_parts.h"

static const date for_ever = {.day = DAY_FOR_EVER};

static date earlier_of(date a, date b)
{
    return date_before(b, a) ? b : a;
}

static date lasts_children(const struct rulebook *rulebook, const struct node *node,
                           const struct question *question)
{
    date until = for_ever;
    for (uint32_t i = 0; i < node->child_count; i++) {
        until = earlier_of(until, lasts_until(rulebook, node->children[i], question));
    }
    return until;
}

/* Which line applies lasts as long as what is said of the lines up to that one. */
static date lasts_clock(const struct rulebook *rulebook, uint32_t clock,
                        const struct question *question)
{
    const struct clock *item = &rulebook->clocks[clock];
    const struct clock_answer answer = judge_clock(rulebook, clock, question);
    const bool runs = answer.state == CLOCK_RUNNING;
    date until = runs ? answer.last_day : for_ever;
    for (uint32_t i = 0; i < item->run_count; i++) {
        const struct clock_run *run = &item->runs[i];
        until = earlier_of(until, lasts_until(rulebook, run->start, question));
        if (run->has_when) {
            until = earlier_of(until, lasts_until(rulebook, run->when, question));
        }
    }
    return until;
}

/* Of a day and today: where today is earlier, that lasts until the day before it. */
static date lasts_beside_today(const struct rulebook *rulebook, node_index value,
                               const struct question *question)
{
    const struct value day = judge_value(rulebook, value, question);
    const date lasts = lasts_until(rulebook, value, question);
    const int64_t today = question->today.day;
    if (!day.known || day.number < today) {
        return lasts;
    }
    return earlier_of(lasts,
                      (date){.day = (int32_t)(day.number == today ? today : day.number - 1)});
}

static date lasts_comparison(const struct rulebook *rulebook, const struct node *node,
                             const struct question *question)
{
    if (node_child(rulebook, node, 0)->kind == NODE_TODAY) {
        return lasts_beside_today(rulebook, node->children[1], question);
    }
    if (node_child(rulebook, node, 1)->kind == NODE_TODAY) {
        return lasts_beside_today(rulebook, node->children[0], question);
    }
    return lasts_children(rulebook, node, question);
}

static date lasts_members(const struct rulebook *rulebook, const struct node *node,
                          const struct question *question)
{
    date until = for_ever;
    for (size_t i = 0; i < question->family_count; i++) {
        const struct question asked = judge_member_question(question, i);
        until = earlier_of(until, lasts_children(rulebook, node, &asked));
    }
    return until;
}

date lasts_until(const struct rulebook *rulebook, node_index index, const struct question *question)
{
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
    case NODE_LITERAL:
        return for_ever;
    case NODE_TODAY:
        return question->today;
    case NODE_DEFINITION:
        return lasts_until(rulebook, rulebook->definitions[node->item].condition, question);
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        return lasts_clock(rulebook, node->item, question);
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return lasts_comparison(rulebook, node, question);
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return lasts_members(rulebook, node, question);
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
        return lasts_children(rulebook, node, question);
    case NODE_NAME:
        break;
    }
    assert_failed("the node is a condition or a value", __FILE__, __LINE__);
}

/* --- what the passing of time does to a condition ----------------------------------------------
 */

/* In the order false, unknown, true. */
struct course {
    bool may_rise;
    bool may_fall;
};

static const struct course stays = {false, false};
static const struct course either = {true, true};

static struct course course_of(const struct rulebook *rulebook, node_index index);

static struct course course_both(struct course a, struct course b)
{
    return (struct course){a.may_rise || b.may_rise, a.may_fall || b.may_fall};
}

static struct course course_turned(struct course course)
{
    return (struct course){course.may_fall, course.may_rise};
}

static bool is_of_person(const struct rulebook *rulebook, uint32_t fact)
{
    return rulebook->facts[fact].subject == SUBJECT_PERSON;
}

static bool value_stays(const struct rulebook *rulebook, node_index index);

static bool values_stay(const struct rulebook *rulebook, const struct node *node)
{
    bool stay = true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        stay = stay && value_stays(rulebook, node->children[i]);
    }
    return stay;
}

/* The line that applies, and the days that it counts between. */
static bool clock_stays(const struct rulebook *rulebook, uint32_t clock)
{
    const struct clock *item = &rulebook->clocks[clock];
    bool stay = true;
    for (uint32_t i = 0; i < item->run_count; i++) {
        const struct clock_run *run = &item->runs[i];
        const struct course applies = run->has_when ? course_of(rulebook, run->when) : stays;
        stay = stay && value_stays(rulebook, run->start) && !applies.may_rise && !applies.may_fall;
    }
    return stay;
}

static bool value_stays(const struct rulebook *rulebook, node_index index)
{
    const struct node *node = &rulebook->nodes[index];
    if (node->kind == NODE_FACT) {
        return is_of_person(rulebook, node->item);
    }
    if (node->kind == NODE_LAST_DAY) {
        return clock_stays(rulebook, node->item);
    }
    return node->kind != NODE_TODAY && values_stay(rulebook, node);
}

/* `falls` when today stands on the left: today is before, or not after, a day that stays. */
static struct course course_of_order(const struct rulebook *rulebook, const struct node *node,
                                     struct course falls)
{
    const bool today_left = node_child(rulebook, node, 0)->kind == NODE_TODAY;
    const bool today_right = node_child(rulebook, node, 1)->kind == NODE_TODAY;
    if (values_stay(rulebook, node)) {
        return stays;
    }
    if (today_left && value_stays(rulebook, node->children[1])) {
        return falls;
    }
    if (today_right && value_stays(rulebook, node->children[0])) {
        return course_turned(falls);
    }
    return either;
}

static struct course course_of_children(const struct rulebook *rulebook, const struct node *node)
{
    struct course course = stays;
    for (uint32_t i = 0; i < node->child_count; i++) {
        course = course_both(course, course_of(rulebook, node->children[i]));
    }
    return course;
}

static struct course course_of(const struct rulebook *rulebook, node_index index)
{
    static const struct course falls = {.may_fall = true};
    static const struct course rises = {.may_rise = true};
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
        return stays;
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
        return is_of_person(rulebook, node->item) ? stays : either;
    case NODE_DEFINITION:
        return course_of(rulebook, rulebook->definitions[node->item].condition);
    case NODE_AND:
    case NODE_OR:
        return course_of_children(rulebook, node);
    case NODE_NOT:
        return course_turned(course_of_children(rulebook, node));
    case NODE_EXPIRED:
        return clock_stays(rulebook, node->item) ? rises : either;
    case NODE_RUNNING:
        return clock_stays(rulebook, node->item) ? falls : either;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        return values_stay(rulebook, node) ? stays : either;
    case NODE_LESS:
    case NODE_LESS_EQUAL:
        return course_of_order(rulebook, node, falls);
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return course_of_order(rulebook, node, rises);
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return either;
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

bool lasts_unclear(const struct rulebook *rulebook, uint32_t safeguard)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    return !course_of(rulebook, rulebook->safeguards[safeguard].clear_when).may_rise;
}
