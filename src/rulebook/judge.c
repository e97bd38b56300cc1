/* The scalar judge: the definition of what a rulebook means. Written to be read beside
 * docs/rulebook-language.md, in the order of its tables; nothing here is fast by being clever.
 *
 * It ends: the checker admits no circle of definitions or clocks, no condition nested deeper than
 * RULEBOOK_NESTING_MAX, and none that has more than RULEBOOK_PARTS_MAX parts when written out. */
#include "rulebook/judge.h"

#include "rulebook/condition.h"

/* Strong Kleene logic (S. C. Kleene, Introduction to Metamathematics, 1952, section 64), in the
 * order of enum truth: false, true, unknown. */
enum { TRUTH_COUNT = 3 };

static const enum truth kleene_and[TRUTH_COUNT][TRUTH_COUNT] = {
    {TRUTH_FALSE, TRUTH_FALSE, TRUTH_FALSE},
    {TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN},
    {TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
};

static const enum truth kleene_or[TRUTH_COUNT][TRUTH_COUNT] = {
    {TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN},
    {TRUTH_TRUE, TRUTH_TRUE, TRUTH_TRUE},
    {TRUTH_UNKNOWN, TRUTH_TRUE, TRUTH_UNKNOWN},
};

static const enum truth kleene_not[TRUTH_COUNT] = {TRUTH_TRUE, TRUTH_FALSE, TRUTH_UNKNOWN};

static enum truth truth_of(bool condition)
{
    return condition ? TRUTH_TRUE : TRUTH_FALSE;
}

/* What a question says of a fact. A hub or an agreement that the question does not name has no
 * known fact. */
struct value judge_fact(const struct rulebook *rulebook, uint32_t fact,
                        const struct question *question)
{
    const struct value *const subjects[] = {
        [SUBJECT_PERSON] = question->person,
        [SUBJECT_HUB] = question->hub,
        [SUBJECT_AGREEMENT] = question->agreement,
    };
    ASSERT(fact < rulebook->fact_count);
    const struct value *values = subjects[rulebook->facts[fact].subject];
    return values == NULL ? value_unknown() : values[fact];
}

/* The question asked of a member of the family, in the person's place. */
struct question judge_member_question(const struct question *question, size_t member)
{
    struct question asked = *question;
    asked.person = question->family[member];
    asked.family = NULL;
    asked.family_count = 0;
    return asked;
}

/* Dates. */

/* The days that can be written: 1900-01-01 to 2199-12-31. A sum that leaves them is unknown. */
enum { DAY_FIRST = -25567, DAY_LAST = 84005 };

static bool is_written_day(date day)
{
    return day.day >= DAY_FIRST && day.day <= DAY_LAST;
}

/* The `count`-th working day before `day`, which itself is not counted. */
static bool subtract_working_days(const struct calendar *calendar, date day, int32_t count,
                                  date *ret_day)
{
    enum day_kind kind = calendar_day(calendar, day, NULL);
    int32_t left = count;
    while (left > 0 && kind != DAY_NOT_KNOWN) {
        day = date_add_days(day, -1);
        kind = calendar_day(calendar, day, NULL);
        left -= kind == DAY_WORKING ? 1 : 0;
    }
    *ret_day = day;
    return kind != DAY_NOT_KNOWN;
}

static bool add_duration(const struct rulebook *rulebook, const struct duration *duration, date day,
                         date *ret_day)
{
    switch (duration->unit) {
    case UNIT_DAYS:
        *ret_day = date_add_days(day, duration->count);
        return true;
    case UNIT_WORKING_DAYS:
        return calendar_add_working_days(&rulebook->calendars[duration->calendar].calendar, day,
                                         duration->count, ret_day);
    case UNIT_MONTHS:
        *ret_day = date_add_months(day, duration->count, duration->rounding);
        return true;
    case UNIT_YEARS:
        *ret_day = date_add_months(day, 12 * duration->count, duration->rounding);
        return true;
    }
    return false;
}

static bool subtract_duration(const struct rulebook *rulebook, const struct duration *duration,
                              date day, date *ret_day)
{
    switch (duration->unit) {
    case UNIT_DAYS:
        *ret_day = date_add_days(day, -duration->count);
        return true;
    case UNIT_WORKING_DAYS:
        return subtract_working_days(&rulebook->calendars[duration->calendar].calendar, day,
                                     duration->count, ret_day);
    case UNIT_MONTHS:
        *ret_day = date_add_months(day, -duration->count, duration->rounding);
        return true;
    case UNIT_YEARS:
        *ret_day = date_add_months(day, -12 * duration->count, duration->rounding);
        return true;
    }
    return false;
}

/* A date computed from another: unknown when it cannot be counted, or cannot be written. */
struct value judge_sum(const struct rulebook *rulebook, const struct duration *duration,
                       bool backwards, struct value from)
{
    date day = {.day = 0};
    if (!from.known) {
        return value_unknown();
    }
    const date start = {.day = (int32_t)from.number};
    const bool counted = backwards ? subtract_duration(rulebook, duration, start, &day)
                                   : add_duration(rulebook, duration, start, &day);
    return counted && is_written_day(day) ? value_date(day) : value_unknown();
}

/* Values. */

static struct value evaluate(const struct rulebook *rulebook, const struct node *node,
                             const struct question *question);

static struct value evaluate_child(const struct rulebook *rulebook, const struct node *node,
                                   uint32_t child, const struct question *question)
{
    return evaluate(rulebook, node_child(rulebook, node, child), question);
}

static struct value last_day_value(const struct rulebook *rulebook, uint32_t clock,
                                   const struct question *question)
{
    const struct clock_answer answer = judge_clock(rulebook, clock, question);
    return answer.has_last_day ? value_date(answer.last_day) : value_unknown();
}

/* The latest of the children, or the earliest; unknown when one of them is. */
static struct value extreme_value(const struct rulebook *rulebook, const struct node *node,
                                  const struct question *question)
{
    struct value chosen = evaluate_child(rulebook, node, 0, question);
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct value value = evaluate_child(rulebook, node, i, question);
        const bool later = value.number > chosen.number;
        const bool known = chosen.known && value.known;
        chosen = later == (node->kind == NODE_LATER) ? value : chosen;
        chosen.known = known;
    }
    return chosen;
}

static struct value evaluate(const struct rulebook *rulebook, const struct node *node,
                             const struct question *question)
{
    switch (node->kind) {
    case NODE_FACT:
        return judge_fact(rulebook, node->item, question);
    case NODE_LITERAL:
        return value_number(node->number);
    case NODE_TODAY:
        return value_date(question->today);
    case NODE_AFTER:
    case NODE_BEFORE:
        return judge_sum(rulebook, &node->duration, node->kind == NODE_BEFORE,
                         evaluate_child(rulebook, node, 0, question));
    case NODE_LAST_DAY:
        return last_day_value(rulebook, node->item, question);
    case NODE_LATER:
    case NODE_EARLIER:
        return extreme_value(rulebook, node, question);
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
        break;
    }
    assert_failed("the node is a value", __FILE__, __LINE__);
}

struct value judge_value(const struct rulebook *rulebook, node_index value,
                         const struct question *question)
{
    ASSERT(value < rulebook->node_count);
    return evaluate(rulebook, &rulebook->nodes[value], question);
}

/* Conditions. */

static bool same_set(const struct country_set *a, const struct country_set *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->codes[i] == b->codes[i];
    }
    return same;
}

static bool is_in_set(const struct country_set *set, int64_t code)
{
    bool found = false;
    for (size_t i = 0; i < set->count; i++) {
        found = found || set->codes[i] == code;
    }
    return found;
}

/* Both known and equal; values of every type but sets keep all they are in `number`. */
static bool are_equal(const struct value *a, const struct value *b)
{
    return a->number == b->number && same_set(&a->countries, &b->countries);
}

static enum truth equality(const struct value *a, const struct value *b)
{
    return a->known && b->known ? truth_of(are_equal(a, b)) : TRUTH_UNKNOWN;
}

static enum truth judge_comparison(const struct rulebook *rulebook, const struct node *node,
                                   const struct question *question)
{
    /* Which outcomes of a comparison make each kind true: less, equal, greater. */
    static const bool true_when[][3] = {
        [NODE_LESS] = {true, false, false},
        [NODE_LESS_EQUAL] = {true, true, false},
        [NODE_GREATER] = {false, false, true},
        [NODE_GREATER_EQUAL] = {false, true, true},
    };
    const struct value a = evaluate_child(rulebook, node, 0, question);
    const struct value b = evaluate_child(rulebook, node, 1, question);
    const int order = (a.number > b.number) - (a.number < b.number);
    return a.known && b.known ? truth_of(true_when[node->kind][order + 1]) : TRUTH_UNKNOWN;
}

static enum truth judge_equality(const struct rulebook *rulebook, const struct node *node,
                                 const struct question *question)
{
    const struct value a = evaluate_child(rulebook, node, 0, question);
    const struct value b = evaluate_child(rulebook, node, 1, question);
    return equality(&a, &b);
}

static enum truth judge_in_list(const struct rulebook *rulebook, const struct node *node,
                                const struct question *question)
{
    const struct value value = evaluate_child(rulebook, node, 0, question);
    enum truth truth = TRUTH_FALSE;
    for (uint32_t i = 1; i < node->child_count; i++) {
        const struct value listed = evaluate_child(rulebook, node, i, question);
        truth = kleene_or[truth][equality(&value, &listed)];
    }
    return truth;
}

static enum truth judge_in_set(const struct rulebook *rulebook, const struct node *node,
                               const struct question *question)
{
    const struct value country = evaluate_child(rulebook, node, 0, question);
    const struct value set = evaluate_child(rulebook, node, 1, question);
    return country.known && set.known ? truth_of(is_in_set(&set.countries, country.number))
                                      : TRUTH_UNKNOWN;
}

static enum truth judge_flag(const struct rulebook *rulebook, uint32_t fact,
                             const struct question *question)
{
    const struct value value = judge_fact(rulebook, fact, question);
    return value.known ? truth_of(value.number != 0) : TRUTH_UNKNOWN;
}

static enum truth judge_expired(const struct rulebook *rulebook, uint32_t clock,
                                const struct question *question)
{
    static const enum truth expired[] = {
        [CLOCK_NOT_STARTED] = TRUTH_UNKNOWN,
        [CLOCK_RUNNING] = TRUTH_FALSE,
        [CLOCK_EXPIRED] = TRUTH_TRUE,
        [CLOCK_UNKNOWN] = TRUTH_UNKNOWN,
    };
    return expired[judge_clock(rulebook, clock, question).state];
}

/* All children, or any of them, by the table given. */
static enum truth judge_children(const struct rulebook *rulebook, const struct node *node,
                                 const enum truth table[TRUTH_COUNT][TRUTH_COUNT],
                                 const struct question *question)
{
    enum truth truth = judge_condition(rulebook, node->children[0], question);
    for (uint32_t i = 1; i < node->child_count; i++) {
        truth = table[truth][judge_condition(rulebook, node->children[i], question)];
    }
    return truth;
}

/* A member who may be missing from the record is one of whom nothing is known. */
static enum truth missing_member(const struct rulebook *rulebook, const struct question *question,
                                 enum truth when_complete)
{
    const bool complete = judge_flag(rulebook, rulebook->family_complete, question) == TRUTH_TRUE;
    return complete ? when_complete : TRUTH_UNKNOWN;
}

/* `none` is the answer for a family without members: false for any, true for every. */
static enum truth judge_members(const struct rulebook *rulebook, const struct node *node,
                                const enum truth table[TRUTH_COUNT][TRUTH_COUNT], enum truth none,
                                const struct question *question)
{
    enum truth truth = missing_member(rulebook, question, none);
    for (size_t i = 0; i < question->family_count; i++) {
        const struct question asked = judge_member_question(question, i);
        truth = table[truth][judge_condition(rulebook, node->children[0], &asked)];
    }
    return truth;
}

enum truth judge_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question)
{
    ASSERT(condition < rulebook->node_count);
    const struct node *node = &rulebook->nodes[condition];
    switch (node->kind) {
    case NODE_ALWAYS:
        return TRUTH_TRUE;
    case NODE_NEVER:
        return TRUTH_FALSE;
    case NODE_AND:
        return judge_children(rulebook, node, kleene_and, question);
    case NODE_OR:
        return judge_children(rulebook, node, kleene_or, question);
    case NODE_NOT:
        return kleene_not[judge_condition(rulebook, node->children[0], question)];
    case NODE_FLAG:
        return judge_flag(rulebook, node->item, question);
    case NODE_DEFINITION:
        return judge_condition(rulebook, rulebook->definitions[node->item].condition, question);
    case NODE_KNOWN:
        return truth_of(judge_fact(rulebook, node->item, question).known);
    case NODE_UNKNOWN:
        return truth_of(!judge_fact(rulebook, node->item, question).known);
    case NODE_EXPIRED:
        return judge_expired(rulebook, node->item, question);
    case NODE_RUNNING:
        return kleene_not[judge_expired(rulebook, node->item, question)];
    case NODE_EQUAL:
        return judge_equality(rulebook, node, question);
    case NODE_NOT_EQUAL:
        return kleene_not[judge_equality(rulebook, node, question)];
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return judge_comparison(rulebook, node, question);
    case NODE_IN_LIST:
        return judge_in_list(rulebook, node, question);
    case NODE_IN_SET:
        return judge_in_set(rulebook, node, question);
    case NODE_ANY_MEMBER:
        return judge_members(rulebook, node, kleene_or, TRUTH_FALSE, question);
    case NODE_NO_MEMBER:
        return kleene_not[judge_members(rulebook, node, kleene_or, TRUTH_FALSE, question)];
    case NODE_EVERY_MEMBER:
        return judge_members(rulebook, node, kleene_and, TRUTH_TRUE, question);
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

/* Clocks. */

struct value judge_run(const struct rulebook *rulebook, uint32_t clock, uint32_t run,
                       struct value start)
{
    ASSERT(clock < rulebook->clock_count && run < rulebook->clocks[clock].run_count);
    const struct clock *item = &rulebook->clocks[clock];
    const struct value counted = judge_sum(rulebook, &item->runs[run].duration, false, start);
    date day = {.day = (int32_t)counted.number};
    if (!counted.known || !item->ends_on_working_day) {
        return counted;
    }
    const struct calendar *calendar = &rulebook->calendars[item->end_calendar].calendar;
    return calendar_next_working_day(calendar, day, &day) ? value_date(day) : value_unknown();
}

static struct clock_answer answer_from(const struct rulebook *rulebook, uint32_t clock,
                                       uint32_t run, const struct question *question)
{
    struct clock_answer answer = {.state = CLOCK_UNKNOWN, .run = run};
    const struct value start =
        judge_value(rulebook, rulebook->clocks[clock].runs[run].start, question);
    const struct value last = judge_run(rulebook, clock, run, start);
    if (last.known) {
        answer.has_last_day = true;
        answer.start = (date){.day = (int32_t)start.number};
        answer.last_day = (date){.day = (int32_t)last.number};
        answer.state =
            date_before(answer.last_day, question->today) ? CLOCK_EXPIRED : CLOCK_RUNNING;
    }
    return answer;
}

/* Whether a `runs` line applies; one without a condition always does. */
static enum truth run_applies(const struct rulebook *rulebook, const struct clock_run *run,
                              const struct question *question)
{
    return run->has_when ? judge_condition(rulebook, run->when, question) : TRUTH_TRUE;
}

struct clock_answer judge_clock(const struct rulebook *rulebook, uint32_t clock,
                                const struct question *question)
{
    ASSERT(clock < rulebook->clock_count);
    const struct clock *item = &rulebook->clocks[clock];
    for (uint32_t run = 0; run < item->run_count; run++) {
        switch (run_applies(rulebook, &item->runs[run], question)) {
        case TRUTH_TRUE:
            return answer_from(rulebook, clock, run, question);
        case TRUTH_UNKNOWN:
            return (struct clock_answer){.state = CLOCK_UNKNOWN, .run = run};
        case TRUTH_FALSE:
            break;
        }
    }
    return (struct clock_answer){.state = CLOCK_NOT_STARTED};
}

/* Safeguards and steps. */

enum clearance judge_safeguard(const struct rulebook *rulebook, uint32_t safeguard,
                               const struct question *question)
{
    static const enum clearance clearance[] = {
        [TRUTH_FALSE] = CLEARANCE_BARRED,
        [TRUTH_TRUE] = CLEARANCE_CLEAR,
        [TRUTH_UNKNOWN] = CLEARANCE_UNKNOWN,
    };
    ASSERT(safeguard < rulebook->safeguard_count);
    return clearance[judge_condition(rulebook, rulebook->safeguards[safeguard].clear_when,
                                     question)];
}

enum clearance judge_step(const struct rulebook *rulebook, uint32_t step,
                          const struct question *question, enum clearance *each)
{
    /* Clear with clear is clear; barred with anything is barred; the rest is unknown. */
    static const enum clearance both[][3] = {
        [CLEARANCE_CLEAR] = {CLEARANCE_CLEAR, CLEARANCE_BARRED, CLEARANCE_UNKNOWN},
        [CLEARANCE_BARRED] = {CLEARANCE_BARRED, CLEARANCE_BARRED, CLEARANCE_BARRED},
        [CLEARANCE_UNKNOWN] = {CLEARANCE_UNKNOWN, CLEARANCE_BARRED, CLEARANCE_UNKNOWN},
    };
    ASSERT(step < rulebook->step_count);
    const struct step *item = &rulebook->steps[step];
    enum clearance clearance = CLEARANCE_CLEAR;
    for (size_t i = 0; i < item->safeguard_count; i++) {
        const enum clearance one = judge_safeguard(rulebook, item->safeguards[i], question);
        clearance = both[clearance][one];
        if (each != NULL) {
            each[i] = one;
        }
    }
    return clearance;
}

/* Needs: the facts that are unknown in those parts of a condition that are themselves unknown. A
 * part that is decided cannot be changed by knowing more, so what is unknown in it is not needed.
 */

static void need_value(const struct rulebook *rulebook, const struct node *node,
                       const struct question *question, bool *needed);
static void need_condition(const struct rulebook *rulebook, node_index condition,
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
        const enum truth applies = run_applies(rulebook, &item->runs[i], question);
        if (applies == TRUTH_UNKNOWN) {
            need_condition(rulebook, item->runs[i].when, question, needed);
        }
        if (applies != TRUTH_FALSE) {
            need_value(rulebook, &rulebook->nodes[item->runs[i].start], question, needed);
        }
        before = applies;
    }
}

static void need_value(const struct rulebook *rulebook, const struct node *node,
                       const struct question *question, bool *needed)
{
    if (node->kind == NODE_FACT) {
        need_fact(rulebook, node->item, question, needed);
    } else if (node->kind == NODE_LAST_DAY) {
        need_clock(rulebook, node->item, question, needed);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        need_value(rulebook, node_child(rulebook, node, i), question, needed);
    }
}

static void need_children(const struct rulebook *rulebook, const struct node *node,
                          const struct question *question, bool *needed)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        need_condition(rulebook, node->children[i], question, needed);
    }
}

static void need_members(const struct rulebook *rulebook, const struct node *node,
                         const struct question *question, bool *needed)
{
    need_fact(rulebook, rulebook->family_complete, question, needed);
    for (size_t i = 0; i < question->family_count; i++) {
        const struct question asked = judge_member_question(question, i);
        need_condition(rulebook, node->children[0], &asked, needed);
    }
}

static void need_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question, bool *needed)
{
    const struct node *node = &rulebook->nodes[condition];
    if (judge_condition(rulebook, condition, question) != TRUTH_UNKNOWN) {
        return;
    }
    switch (node->kind) {
    case NODE_FLAG:
        need_fact(rulebook, node->item, question, needed);
        break;
    case NODE_DEFINITION:
        need_condition(rulebook, rulebook->definitions[node->item].condition, question, needed);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
        need_clock(rulebook, node->item, question, needed);
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        need_children(rulebook, node, question, needed);
        break;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        need_value(rulebook, node, question, needed);
        break;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        need_members(rulebook, node, question, needed);
        break;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        assert_failed("the node is a condition that can be unknown", __FILE__, __LINE__);
    }
}

void judge_needs(const struct rulebook *rulebook, uint32_t safeguard,
                 const struct question *question, bool *needed)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    need_condition(rulebook, rulebook->safeguards[safeguard].clear_when, question, needed);
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

static void read_node(const struct rulebook *rulebook, node_index index, bool *read)
{
    const struct node *node = &rulebook->nodes[index];
    switch (node->kind) {
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
        read[node->item] = true;
        break;
    case NODE_DEFINITION:
        read_node(rulebook, rulebook->definitions[node->item].condition, read);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        read_clock(rulebook, node->item, read);
        break;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        read[rulebook->family_complete] = true;
        break;
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
    for (uint32_t i = 0; i < node->child_count; i++) {
        read_node(rulebook, node->children[i], read);
    }
}

void judge_reads(const struct rulebook *rulebook, uint32_t safeguard, bool *read)
{
    ASSERT(safeguard < rulebook->safeguard_count);
    read_node(rulebook, rulebook->safeguards[safeguard].clear_when, read);
}

/* Days of a clock, one by one. */

struct day_list {
    struct clock_day *days;
    size_t count;
    size_t capacity;
};

static void add_clock_day(struct day_list *list, date day, enum clock_day_kind kind, int32_t number,
                          str why)
{
    ASSERT(list->count < list->capacity);
    list->days[list->count++] =
        (struct clock_day){.day = day, .kind = kind, .number = number, .why = why};
}

/* Why a day is no working day: the holiday's name, or the day of the week. */
static enum day_kind day_kind(const struct calendar *calendar, date day, str *ret_why)
{
    *ret_why = STR("");
    const enum day_kind kind = calendar_day(calendar, day, ret_why);
    if (kind == DAY_WEEKEND) {
        *ret_why = str_from_c(date_weekday_name(date_weekday(day)));
    }
    return kind;
}

/* Each day up to the last that counts. False when the calendar does not know it. */
static bool list_working_days(struct day_list *list, const struct calendar *calendar, date start,
                              int32_t count)
{
    date day = start;
    int32_t number = 0;
    str why;
    while (number < count) {
        day = date_add_days(day, 1);
        const enum day_kind kind = day_kind(calendar, day, &why);
        if (kind == DAY_NOT_KNOWN) {
            return false;
        }
        const bool counts = kind == DAY_WORKING;
        number += counts ? 1 : 0;
        add_clock_day(list, day, counts ? CLOCK_DAY_COUNTED : CLOCK_DAY_SKIPPED,
                      counts ? number : 0, why);
    }
    return calendar_day(calendar, start, NULL) != DAY_NOT_KNOWN;
}

static void list_days(struct day_list *list, date start, int32_t count)
{
    for (int32_t number = 1; number <= count; number++) {
        add_clock_day(list, date_add_days(start, number), CLOCK_DAY_COUNTED, number, STR(""));
    }
}

/* Marks the last day, moving it over days that do not count. False when the calendar does not know
 * them. */
static bool list_end(struct day_list *list, const struct calendar *calendar)
{
    struct clock_day *last = &list->days[list->count - 1];
    str why = STR("");
    enum day_kind kind = calendar == NULL ? DAY_WORKING : day_kind(calendar, last->day, &why);
    while (kind == DAY_WEEKEND || kind == DAY_HOLIDAY) {
        last->kind = CLOCK_DAY_MOVED;
        last->why = why;
        add_clock_day(list, date_add_days(last->day, 1), CLOCK_DAY_COUNTED, 0, STR(""));
        last = &list->days[list->count - 1];
        kind = day_kind(calendar, last->day, &why);
    }
    if (kind == DAY_NOT_KNOWN) {
        return false;
    }
    last->kind = CLOCK_DAY_LAST;
    return true;
}

/* No more days than these can be listed: those counted, those a calendar knows, and a few besides.
 */
static size_t days_most(const struct rulebook *rulebook, const struct clock *clock, uint32_t run)
{
    const struct duration *duration = &clock->runs[run].duration;
    size_t most = 4 + (size_t)duration->count;
    if (duration->unit == UNIT_WORKING_DAYS) {
        const struct calendar *calendar = &rulebook->calendars[duration->calendar].calendar;
        most += (size_t)date_days_between(calendar->from, calendar->until);
    }
    if (clock->ends_on_working_day) {
        const struct calendar *calendar = &rulebook->calendars[clock->end_calendar].calendar;
        most += (size_t)date_days_between(calendar->from, calendar->until);
    }
    return most;
}

bool judge_clock_days(const struct rulebook *rulebook, uint32_t clock, uint32_t run, date start,
                      struct arena *arena, const struct clock_day **ret_days, size_t *ret_count,
                      date *ret_last_day)
{
    ASSERT(clock < rulebook->clock_count && run < rulebook->clocks[clock].run_count);
    const struct clock *item = &rulebook->clocks[clock];
    const struct duration *duration = &item->runs[run].duration;
    struct day_list list = {.capacity = days_most(rulebook, item, run)};
    list.days = ARENA_NEW(arena, struct clock_day, list.capacity);
    *ret_days = list.days;
    *ret_count = 0;
    if (list.days == NULL) {
        return false;
    }
    bool known = true;
    add_clock_day(&list, start, CLOCK_DAY_START, 0, STR(""));
    if (duration->unit == UNIT_DAYS) {
        list_days(&list, start, duration->count);
    } else if (duration->unit == UNIT_WORKING_DAYS) {
        const struct calendar *calendar = &rulebook->calendars[duration->calendar].calendar;
        known = list_working_days(&list, calendar, start, duration->count);
    } else {
        date day = start;
        known = add_duration(rulebook, duration, start, &day);
        add_clock_day(&list, day, CLOCK_DAY_COUNTED, 0, STR(""));
    }
    const struct calendar *end =
        item->ends_on_working_day ? &rulebook->calendars[item->end_calendar].calendar : NULL;
    known = known && list_end(&list, end);
    *ret_count = list.count;
    *ret_last_day = list.days[list.count - 1].day;
    return known && is_written_day(*ret_last_day);
}
