#include "rulebook/explain.h"

#include "rulebook/canonical.h"
#include "rulebook/change.h"
#include "rulebook/condition.h"
#include "rulebook/judge_parts.h"
#include "rulebook/list.h"

/* As long as a condition may be when its line is written out. */
enum { CONDITION_BYTES_MAX = 16 * 1024 * 1024 };

struct explainer {
    const struct rulebook *rulebook;
    struct arena *arena;
    bool full;
};

const char *clearance_name(enum clearance clearance)
{
    static const char *const names[] = {[CLEARANCE_CLEAR] = "clear",
                                        [CLEARANCE_BARRED] = "barred",
                                        [CLEARANCE_UNKNOWN] = "unknown"};
    return names[clearance];
}

const char *truth_name(enum truth truth)
{
    static const char *const names[] = {
        [TRUTH_FALSE] = "false", [TRUTH_TRUE] = "true", [TRUTH_UNKNOWN] = "unknown"};
    return names[truth];
}

void explain_condition_text(const struct rulebook *rulebook, node_index condition, struct buf *buf)
{
    canonical_condition(rulebook, condition, buf);
}

static str text_of(struct explainer *explainer, node_index condition)
{
    struct buf buf;
    str text = STR("");
    buf_init(&buf, explainer->arena, CONDITION_BYTES_MAX);
    canonical_condition(explainer->rulebook, condition, &buf);
    if (!buf_finish(&buf, &text, NULL).ok) {
        explainer->full = true;
    }
    return text;
}

static void add_reason(struct explainer *explainer, struct list *reasons, struct reason reason)
{
    struct reason *added = LIST_ADD(reasons, struct reason, explainer->arena);
    if (added == NULL) {
        explainer->full = true;
    } else {
        *added = reason;
    }
}

static struct reason with_children(struct reason reason, const struct list *children)
{
    reason.children = children->items;
    reason.child_count = children->count;
    return reason;
}

static struct reason reason_of_kind(enum reason_kind kind, enum truth truth, str text)
{
    return (struct reason){
        .kind = kind,
        .truth = truth,
        .text = text,
        .fact = NOT_FOUND_INDEX,
        .clock = NOT_FOUND_INDEX,
        .member = NOT_FOUND_INDEX,
    };
}

static struct reason explain_fact(struct explainer *explainer, uint32_t fact,
                                  const struct question *question)
{
    const struct value value = judge_fact(explainer->rulebook, fact, question);
    struct reason reason = reason_of_kind(REASON_FACT, value.known ? TRUTH_TRUE : TRUTH_UNKNOWN,
                                          explainer->rulebook->facts[fact].name);
    reason.fact = fact;
    reason.value = value;
    return reason;
}

static struct reason explain_node(struct explainer *explainer, node_index condition,
                                  const struct question *question);

/* The facts and clocks a value rests on. */
static void explain_value(struct explainer *explainer, node_index index,
                          const struct question *question, struct list *reasons);

/* The lines that may apply, up to the first that does: their conditions, and what they start from.
 */
static struct reason explain_clock(struct explainer *explainer, uint32_t clock,
                                   struct reason reason, const struct question *question)
{
    const struct clock *item = &explainer->rulebook->clocks[clock];
    struct list children = {0};
    enum truth before = TRUTH_FALSE;
    for (size_t i = 0; i < item->run_count && before != TRUTH_TRUE; i++) {
        const struct clock_run *run = &item->runs[i];
        before = TRUTH_TRUE;
        if (run->has_when) {
            const struct reason when = explain_node(explainer, run->when, question);
            before = when.truth;
            add_reason(explainer, &children, when);
        }
        if (before != TRUTH_FALSE) {
            explain_value(explainer, run->start, question, &children);
        }
    }
    reason.clock = clock;
    reason.clock_answer = judge_clock(explainer->rulebook, clock, question);
    return with_children(reason, &children);
}

static enum truth last_day_known(const struct rulebook *rulebook, uint32_t clock,
                                 const struct question *question)
{
    return judge_clock(rulebook, clock, question).has_last_day ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

static void explain_value(struct explainer *explainer, node_index index,
                          const struct question *question, struct list *reasons)
{
    const struct node *node = &explainer->rulebook->nodes[index];
    if (node->kind == NODE_FACT || node->kind == NODE_FLAG) {
        add_reason(explainer, reasons, explain_fact(explainer, node->item, question));
    } else if (node->kind == NODE_LAST_DAY) {
        const struct reason reason =
            reason_of_kind(REASON_CLOCK, last_day_known(explainer->rulebook, node->item, question),
                           text_of(explainer, index));
        add_reason(explainer, reasons, explain_clock(explainer, node->item, reason, question));
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        explain_value(explainer, node->children[i], question, reasons);
    }
}

static struct reason *make_reasons(struct explainer *explainer, size_t count)
{
    struct reason *reasons = ARENA_NEW(explainer->arena, struct reason, count);
    explainer->full = explainer->full || reasons == NULL;
    return reasons;
}

/* Its truth is that of its parts together, so that no part is judged once more. */
static struct reason explain_children(struct explainer *explainer, const struct node *node,
                                      enum reason_kind kind, str text,
                                      const struct question *question)
{
    enum truth (*together)(enum truth a, enum truth b) = kind == REASON_ALL ? judge_and : judge_or;
    struct reason *children = make_reasons(explainer, node->child_count);
    if (children == NULL) {
        return reason_of_kind(kind, TRUTH_UNKNOWN, text);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        children[i] = explain_node(explainer, node->children[i], question);
    }
    enum truth truth = children[0].truth;
    for (uint32_t i = 1; i < node->child_count; i++) {
        truth = together(truth, children[i].truth);
    }
    struct reason reason = reason_of_kind(kind, truth, text);
    reason.children = children;
    reason.child_count = node->child_count;
    return reason;
}

/* Of one condition: a definition, or `not`. */
static struct reason explain_inner(struct explainer *explainer, node_index condition,
                                   enum reason_kind kind, str text, const struct question *question)
{
    struct reason *inner = make_reasons(explainer, 1);
    if (inner == NULL) {
        return reason_of_kind(kind, TRUTH_UNKNOWN, text);
    }
    *inner = explain_node(explainer, condition, question);
    struct reason reason =
        reason_of_kind(kind, kind == REASON_NOT ? judge_not(inner->truth) : inner->truth, text);
    reason.children = inner;
    reason.child_count = 1;
    return reason;
}

static struct reason explain_comparison(struct explainer *explainer, node_index index,
                                        struct reason reason, const struct question *question)
{
    struct list children = {0};
    explain_value(explainer, index, question, &children);
    return with_children(reason, &children);
}

static struct reason explain_knowledge(struct explainer *explainer, const struct node *node,
                                       struct reason reason, const struct question *question)
{
    struct list children = {0};
    const struct reason fact = explain_fact(explainer, node->item, question);
    add_reason(explainer, &children, fact);
    reason.fact = fact.fact;
    reason.value = fact.value;
    return with_children(reason, &children);
}

static struct reason explain_member(struct explainer *explainer, node_index condition,
                                    uint32_t member, const struct question *question)
{
    const struct question asked = judge_member_question(question, member);
    struct reason reason = explain_inner(explainer, condition, REASON_MEMBER, STR(""), &asked);
    reason.text = reason.child_count > 0 ? reason.children[0].text : reason.text;
    reason.member = member;
    return reason;
}

static struct reason explain_family(struct explainer *explainer, const struct node *node,
                                    struct reason reason, const struct question *question)
{
    struct list children = {0};
    for (uint32_t i = 0; i < question->family_count; i++) {
        add_reason(explainer, &children, explain_member(explainer, node->children[0], i, question));
    }
    add_reason(explainer, &children,
               explain_fact(explainer, explainer->rulebook->family_complete, question));
    return with_children(reason, &children);
}

/* The beginning of a condition's reason that is judged itself, and not by its parts. */
static struct reason judged(const struct explainer *explainer, node_index condition,
                            enum reason_kind kind, str text, const struct question *question)
{
    return reason_of_kind(kind, judge_condition(explainer->rulebook, condition, question), text);
}

static struct reason explain_node(struct explainer *explainer, node_index condition,
                                  const struct question *question)
{
    const struct rulebook *rulebook = explainer->rulebook;
    const struct node *node = &rulebook->nodes[condition];
    const str text = text_of(explainer, condition);
    switch (node->kind) {
    case NODE_AND:
        return explain_children(explainer, node, REASON_ALL, text, question);
    case NODE_OR:
        return explain_children(explainer, node, REASON_ANY, text, question);
    case NODE_NOT:
        return explain_inner(explainer, node->children[0], REASON_NOT, text, question);
    case NODE_DEFINITION:
        return explain_inner(explainer, rulebook->definitions[node->item].condition,
                             REASON_DEFINITION, text, question);
    case NODE_ALWAYS:
    case NODE_NEVER:
        return judged(explainer, condition, REASON_CONSTANT, text, question);
    case NODE_KNOWN:
    case NODE_UNKNOWN:
        return explain_knowledge(
            explainer, node, judged(explainer, condition, REASON_KNOWN, text, question), question);
    case NODE_EXPIRED:
    case NODE_RUNNING:
        return explain_clock(explainer, node->item,
                             judged(explainer, condition, REASON_CLOCK, text, question), question);
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return explain_family(
            explainer, node, judged(explainer, condition, REASON_FAMILY, text, question), question);
    case NODE_FLAG:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
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
    return explain_comparison(explainer, condition,
                              judged(explainer, condition, REASON_COMPARISON, text, question),
                              question);
}

static result explain_tried(const struct rulebook *rulebook, uint32_t safeguard,
                            const struct question *question, struct arena *arena,
                            struct trial *trial, struct safeguard_explanation *ret_explanation,
                            struct err *err)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    struct explainer explainer = {.rulebook = rulebook, .arena = arena};
    struct reason *condition = ARENA_NEW(arena, struct reason, 1);
    struct safeguard_explanation explanation = {
        .safeguard = safeguard,
        .clearance = judge_safeguard(rulebook, safeguard, question),
        .condition = condition,
    };
    if (condition == NULL || trial == NULL) {
        return arena_full(err);
    }
    *condition = explain_node(&explainer, rulebook->safeguards[safeguard].clear_when, question);
    if (explainer.full) {
        return arena_full(err);
    }
    if (explanation.clearance != CLEARANCE_CLEAR) {
        TRY(changes_of(trial, safeguard, explanation.clearance, &explanation.changes,
                       &explanation.change_count, err));
    }
    *ret_explanation = explanation;
    return result_ok();
}

result explain_safeguard(const struct rulebook *rulebook, uint32_t safeguard,
                         const struct question *question, struct arena *arena,
                         struct safeguard_explanation *ret_explanation, struct err *err)
{
    struct trial *trial = changes_trial(rulebook, question, arena);
    return explain_tried(rulebook, safeguard, question, arena, trial, ret_explanation, err);
}

result explain_step(const struct rulebook *rulebook, uint32_t step, const struct question *question,
                    struct arena *arena, struct explanation *ret_explanation, struct err *err)
{
    ASSERT(step < rulebook->step_count);
    const struct step *item = &rulebook->steps[step];
    struct safeguard_explanation *safeguards =
        ARENA_NEW(arena, struct safeguard_explanation, item->safeguard_count);
    enum clearance *each = ARENA_NEW(arena, enum clearance, item->safeguard_count);
    if (safeguards == NULL || each == NULL) {
        return arena_full(err);
    }
    struct trial *trial = changes_trial(rulebook, question, arena);
    for (size_t i = 0; i < item->safeguard_count; i++) {
        TRY(explain_tried(rulebook, item->safeguards[i], question, arena, trial, &safeguards[i],
                          err));
        each[i] = safeguards[i].clearance;
    }
    *ret_explanation = (struct explanation){
        .step = step,
        .clearance = judge_together(each, item->safeguard_count),
        .today = question->today,
        .safeguards = safeguards,
        .safeguard_count = item->safeguard_count,
    };
    return result_ok();
}
