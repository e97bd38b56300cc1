/* What would change a verdict, found by trying: every candidate is put into the question and the
 * safeguard judged again, so what is reported is exact. Candidates are the values at which the
 * condition could turn: all of a flag or a choice, and for dates and numbers the thresholds the
 * condition compares them with, followed back through sums, and the days around. */
#include "rulebook/change.h"

#include "rulebook/condition.h"
#include "rulebook/decide.h"
#include "rulebook/lasting.h"
#include "rulebook/list.h"

#include <stdlib.h>
#include <string.h>

struct candidate {
    uint32_t fact;
    uint32_t member; /* NOT_FOUND_INDEX for the question's own */
    struct value value;
    bool clears;
};

struct search {
    struct trial *trial;
    const struct rulebook *rulebook;
    const struct question *question;
    uint32_t safeguard;
    struct arena *arena;
    struct list candidates;
    bool full;
};

/* Whose condition is being looked through. */
struct scope {
    const struct question *question;
    uint32_t member;
};

/* Candidates. */

static void propose(struct search *search, const struct scope *scope, uint32_t fact,
                    struct value value)
{
    const struct fact *item = &search->rulebook->facts[fact];
    const uint32_t member = item->subject == SUBJECT_PERSON ? scope->member : NOT_FOUND_INDEX;
    const struct value present = judge_fact(search->rulebook, fact, scope->question);
    if (value_equal(item, &present, &value) || search->candidates.count == EXPLAIN_TRIALS_MAX) {
        return;
    }
    const struct candidate *candidates = search->candidates.items;
    for (size_t i = 0; i < search->candidates.count; i++) {
        if (candidates[i].fact == fact && candidates[i].member == member &&
            value_equal(item, &candidates[i].value, &value)) {
            return;
        }
    }
    struct candidate *added = LIST_ADD(&search->candidates, struct candidate, search->arena);
    if (added == NULL) {
        search->full = true;
        return;
    }
    *added = (struct candidate){.fact = fact, .member = member, .value = value};
}

/* The threshold a value is compared with, when it is known, and how far off it a turning point may
 * lie: going back through months or working days is not exact. */
struct threshold {
    struct value value;
    int32_t slack;
};

/* Dates can be written in the years 1900 to 2199. */
static bool can_be_written(enum fact_type type, int64_t number)
{
    date written;
    return type != FACT_DATE ||
           date_from_civil(date_to_civil((date){.day = (int32_t)number}), &written, NULL).ok;
}

static void propose_around(struct search *search, const struct scope *scope, uint32_t fact,
                           struct threshold threshold)
{
    const struct fact *item = &search->rulebook->facts[fact];
    const int64_t reach = threshold.slack + 1;
    for (int64_t i = -reach; threshold.value.known && i <= reach; i++) {
        int64_t number;
        if (!__builtin_add_overflow(threshold.value.number, i, &number) &&
            can_be_written(item->type, number)) {
            propose(search, scope, fact, value_number(number));
        }
    }
}

static void propose_for_fact(struct search *search, const struct scope *scope, uint32_t fact,
                             struct threshold threshold)
{
    const struct fact *item = &search->rulebook->facts[fact];
    switch (item->type) {
    case FACT_FLAG:
        propose(search, scope, fact, value_flag(false));
        propose(search, scope, fact, value_flag(true));
        break;
    case FACT_CHOICE:
        for (size_t i = 0; i < item->choice_count; i++) {
            propose(search, scope, fact, value_number((int64_t)i));
        }
        break;
    case FACT_DATE:
        propose(search, scope, fact, value_date(scope->question->today));
        propose_around(search, scope, fact, threshold);
        break;
    case FACT_NUMBER:
        propose_around(search, scope, fact, threshold);
        break;
    case FACT_COUNTRY:
    case FACT_COUNTRIES:
        if (threshold.value.known) {
            propose(search, scope, fact, threshold.value);
        }
        break;
    case FACT_TEXT:
        break;
    }
}

/* "known" and "unknown" turn on knowledge alone: any value will do, and none. */
static void propose_knowledge(struct search *search, const struct scope *scope, uint32_t fact)
{
    const struct rulebook *rulebook = search->rulebook;
    const struct fact *item = &rulebook->facts[fact];
    struct threshold sample = {.value = {.known = true, .text = STR("")}};
    if (judge_fact(rulebook, fact, scope->question).known) {
        propose(search, scope, fact, value_unknown());
        return;
    }
    if (item->type == FACT_DATE) {
        sample.value = value_date(scope->question->today);
    } else if (item->type == FACT_COUNTRY && rulebook->country_count > 0) {
        sample.value = value_number(rulebook->countries[0].code);
    } else if (item->type == FACT_TEXT) {
        propose(search, scope, fact, sample.value);
    }
    propose_for_fact(search, scope, fact, sample);
}

static void look_through(struct search *search, const struct scope *scope, node_index condition);
static void look_at_value(struct search *search, const struct scope *scope, node_index value,
                          struct threshold threshold);

enum { SLACK_MONTHS = 3, SLACK_WORKING_DAYS = 10 };

/* The threshold on the far side of a sum: what is compared with N days after D is compared, for D,
 * with N days before. */
static struct threshold before_sum(const struct rulebook *rulebook, const struct duration *duration,
                                   bool backwards, struct threshold threshold)
{
    static const int32_t slack[] = {
        [UNIT_DAYS] = 0,
        [UNIT_WORKING_DAYS] = SLACK_WORKING_DAYS,
        [UNIT_MONTHS] = SLACK_MONTHS,
        [UNIT_YEARS] = SLACK_MONTHS,
    };
    threshold.value = judge_sum(rulebook, duration, !backwards, threshold.value);
    threshold.slack += slack[duration->unit];
    return threshold;
}

static void look_at_clock(struct search *search, const struct scope *scope, uint32_t clock,
                          struct threshold threshold)
{
    const struct clock *item = &search->rulebook->clocks[clock];
    if (item->ends_on_working_day) {
        threshold.slack += SLACK_WORKING_DAYS;
    }
    for (size_t i = 0; i < item->run_count; i++) {
        const struct clock_run *run = &item->runs[i];
        look_at_value(search, scope, run->start,
                      before_sum(search->rulebook, &run->duration, false, threshold));
        if (run->has_when) {
            look_through(search, scope, run->when);
        }
    }
}

static void look_at_value(struct search *search, const struct scope *scope, node_index value,
                          struct threshold threshold)
{
    const struct node *node = &search->rulebook->nodes[value];
    if (node->kind == NODE_FACT) {
        propose_for_fact(search, scope, node->item, threshold);
    } else if (node->kind == NODE_LAST_DAY) {
        look_at_clock(search, scope, node->item, threshold);
    } else if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        threshold =
            before_sum(search->rulebook, &node->duration, node->kind == NODE_BEFORE, threshold);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        look_at_value(search, scope, node->children[i], threshold);
    }
}

static void look_at_pair(struct search *search, const struct scope *scope, node_index a,
                         node_index b)
{
    const struct threshold of_a = {.value = judge_value(search->rulebook, b, scope->question)};
    const struct threshold of_b = {.value = judge_value(search->rulebook, a, scope->question)};
    look_at_value(search, scope, a, of_a);
    look_at_value(search, scope, b, of_b);
}

/* The set with the country put in, or taken out. */
static void propose_set(struct search *search, const struct scope *scope, uint32_t fact,
                        uint16_t code)
{
    const struct value present = judge_fact(search->rulebook, fact, scope->question);
    uint16_t *codes = ARENA_NEW(search->arena, uint16_t, present.countries.count + 1);
    if (codes == NULL) {
        search->full = true;
        return;
    }
    bool placed = false; /* whether the code is in the set already, or has been put in its place */
    for (size_t i = 0; i < present.countries.count; i++) {
        placed = placed || present.countries.codes[i] == code;
    }
    size_t count = 0;
    for (size_t i = 0; i < present.countries.count; i++) {
        const uint16_t other = present.countries.codes[i];
        if (!placed && other > code) {
            codes[count++] = code;
            placed = true;
        }
        if (other != code) {
            codes[count++] = other;
        }
    }
    if (!placed) {
        codes[count++] = code;
    }
    const struct value changed = {.known = true, .countries = {.codes = codes, .count = count}};
    propose(search, scope, fact, changed);
}

static void look_at_set(struct search *search, const struct scope *scope, const struct node *node)
{
    const struct rulebook *rulebook = search->rulebook;
    const struct node *member = node_child(rulebook, node, 0);
    const struct node *set_node = node_child(rulebook, node, 1);
    const struct value country = judge_value(rulebook, node->children[0], scope->question);
    const struct value set = judge_value(rulebook, node->children[1], scope->question);
    if (member->kind == NODE_FACT) {
        for (size_t i = 0; set.known && i < set.countries.count; i++) {
            propose(search, scope, member->item, value_number(set.countries.codes[i]));
        }
    }
    if (set_node->kind == NODE_FACT && country.known) {
        propose_set(search, scope, set_node->item, (uint16_t)country.number);
    }
}

static void look_at_members(struct search *search, const struct scope *scope,
                            const struct node *node)
{
    propose_for_fact(search, scope, search->rulebook->family_complete, (struct threshold){0});
    for (uint32_t i = 0; i < scope->question->family_count; i++) {
        const struct question asked = judge_member_question(scope->question, i);
        const struct scope inner = {.question = &asked, .member = i};
        look_through(search, &inner, node->children[0]);
    }
}

static void look_at_today(struct search *search, const struct scope *scope, uint32_t clock)
{
    look_at_clock(search, scope, clock,
                  (struct threshold){.value = value_date(scope->question->today)});
}

static void look_through(struct search *search, const struct scope *scope, node_index condition)
{
    const struct node *node = &search->rulebook->nodes[condition];
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        for (uint32_t i = 0; i < node->child_count; i++) {
            look_through(search, scope, node->children[i]);
        }
        break;
    case NODE_DEFINITION:
        look_through(search, scope, search->rulebook->definitions[node->item].condition);
        break;
    case NODE_FLAG:
        propose_for_fact(search, scope, node->item, (struct threshold){0});
        break;
    case NODE_KNOWN:
    case NODE_UNKNOWN:
        propose_knowledge(search, scope, node->item);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
        look_at_today(search, scope, node->item);
        break;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
        for (uint32_t i = 1; i < node->child_count; i++) {
            look_at_pair(search, scope, node->children[0], node->children[i]);
        }
        break;
    case NODE_IN_SET:
        look_at_set(search, scope, node);
        break;
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        look_at_members(search, scope, node);
        break;
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
}

/* Trials: the question with its facts copied, so that one can be exchanged. */

struct trial {
    const struct rulebook *rulebook;
    struct arena *arena;
    const struct question *asked;
    bool prepared; /* what follows */
    struct question question;
    struct value *own[SUBJECT_AGREEMENT + 1];
    struct value **members;
};

static struct value *copy_facts(struct search *search, const struct value *facts)
{
    const size_t count = search->rulebook->fact_count;
    struct value *copy = ARENA_NEW(search->arena, struct value, count);
    if (copy == NULL) {
        search->full = true;
    } else if (facts != NULL && count > 0) {
        memcpy(copy, facts, count * sizeof copy[0]);
    }
    return copy;
}

struct trial *changes_trial(const struct rulebook *rulebook, const struct question *question,
                            struct arena *arena)
{
    struct trial *trial = ARENA_NEW(arena, struct trial, 1);
    if (trial != NULL) {
        *trial = (struct trial){.rulebook = rulebook, .arena = arena, .asked = question};
    }
    return trial;
}

/* Nothing is copied for a question whose safeguards are all clear. */
static bool prepare_trial(struct search *search)
{
    struct trial *trial = search->trial;
    const struct question *question = search->question;
    if (trial->prepared) {
        return true;
    }
    const struct value **family =
        ARENA_NEW(search->arena, const struct value *, question->family_count);
    trial->members = ARENA_NEW(search->arena, struct value *, question->family_count);
    search->full = search->full || family == NULL || trial->members == NULL;
    for (size_t i = 0; i < question->family_count && !search->full; i++) {
        trial->members[i] = copy_facts(search, question->family[i]);
        family[i] = trial->members[i];
    }
    trial->own[SUBJECT_PERSON] = copy_facts(search, question->person);
    trial->own[SUBJECT_HUB] = copy_facts(search, question->hub);
    trial->own[SUBJECT_AGREEMENT] = copy_facts(search, question->agreement);
    trial->question = (struct question){
        .person = trial->own[SUBJECT_PERSON],
        .hub = trial->own[SUBJECT_HUB],
        .agreement = trial->own[SUBJECT_AGREEMENT],
        .family = family,
        .family_count = question->family_count,
        .today = question->today,
    };
    trial->prepared = !search->full;
    return trial->prepared;
}

static void try_candidate(const struct search *search, struct candidate *candidate)
{
    struct trial *trial = search->trial;
    const enum subject subject = search->rulebook->facts[candidate->fact].subject;
    struct value *facts = candidate->member == NOT_FOUND_INDEX ? trial->own[subject]
                                                               : trial->members[candidate->member];
    const struct value present = facts[candidate->fact];
    facts[candidate->fact] = candidate->value;
    candidate->clears =
        judge_safeguard(search->rulebook, search->safeguard, &trial->question) == CLEARANCE_CLEAR;
    facts[candidate->fact] = present;
}

/* Results. */

static void report(struct search *search, struct list *changes, struct change change)
{
    struct change *added = LIST_ADD(changes, struct change, search->arena);
    if (added == NULL) {
        search->full = true;
    } else {
        *added = change;
    }
}

/* By fact, the question's own before the members', then by value: unknown first. */
static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    if (left->member != right->member) {
        return left->member + 1U < right->member + 1U ? -1 : 1; /* NOT_FOUND_INDEX + 1 is 0 */
    }
    if (left->fact != right->fact) {
        return left->fact < right->fact ? -1 : 1;
    }
    if (left->value.known != right->value.known) {
        return left->value.known ? 1 : -1;
    }
    return (left->value.number > right->value.number) - (left->value.number < right->value.number);
}

static bool has_nearest(enum fact_type type)
{
    return type == FACT_DATE || type == FACT_NUMBER;
}

/* What is near the present value; an unknown date is looked for around today, an unknown number
 * around zero. */
static int64_t present_number(const struct search *search, const struct candidate *candidate)
{
    struct question asked = *search->question;
    if (candidate->member != NOT_FOUND_INDEX) {
        asked = judge_member_question(search->question, candidate->member);
    }
    const struct value present = judge_fact(search->rulebook, candidate->fact, &asked);
    if (present.known) {
        return present.number;
    }
    return search->rulebook->facts[candidate->fact].type == FACT_DATE ? search->question->today.day
                                                                      : 0;
}

static void report_value(struct search *search, struct list *changes,
                         const struct candidate *candidate)
{
    report(search, changes,
           (struct change){.kind = CHANGE_FACT_VALUE,
                           .fact = candidate->fact,
                           .member = candidate->member,
                           .value = candidate->value});
}

/* Of sorted dates or numbers, the last at or before the present one that clears and the first after
 * it. */
static void report_nearest(struct search *search, struct list *changes,
                           const struct candidate *group, size_t count)
{
    const int64_t present = present_number(search, group);
    const struct candidate *before = NULL;
    const struct candidate *after = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!group[i].clears) {
            continue;
        }
        if (!group[i].value.known) {
            report_value(search, changes, &group[i]);
        } else if (group[i].value.number <= present) {
            before = &group[i];
        } else if (after == NULL) {
            after = &group[i];
        }
    }
    if (before != NULL) {
        report_value(search, changes, before);
    }
    if (after != NULL) {
        report_value(search, changes, after);
    }
}

static bool is_known_now(const struct search *search, const struct candidate *candidate)
{
    struct question asked = *search->question;
    if (candidate->member != NOT_FOUND_INDEX) {
        asked = judge_member_question(search->question, candidate->member);
    }
    return judge_fact(search->rulebook, candidate->fact, &asked).known;
}

/* All candidates of one fact. */
static void report_group(struct search *search, struct list *changes, const struct candidate *group,
                         size_t count)
{
    bool all = !is_known_now(search, group);
    for (size_t i = 0; i < count; i++) {
        all = all && group[i].clears;
    }
    if (all) {
        report(search, changes,
               (struct change){
                   .kind = CHANGE_FACT_KNOWN, .fact = group->fact, .member = group->member});
        return;
    }
    if (has_nearest(search->rulebook->facts[group->fact].type)) {
        report_nearest(search, changes, group, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (group[i].clears) {
            report_value(search, changes, &group[i]);
        }
    }
}

static void report_candidates(struct search *search, struct list *changes)
{
    struct candidate *candidates = search->candidates.items;
    const size_t count = search->candidates.count;
    if (count > 0) {
        qsort(candidates, count, sizeof candidates[0], compare_candidates);
    }
    size_t first = 0;
    for (size_t i = 1; i <= count; i++) {
        const bool ends = i == count || candidates[i].fact != candidates[first].fact ||
                          candidates[i].member != candidates[first].member;
        if (ends) {
            report_group(search, changes, &candidates[first], i - first);
            first = i;
        }
    }
}

/* A barred safeguard: every single fact that would clear it. */
static void find_values(struct search *search, struct list *changes)
{
    const struct scope scope = {.question = search->question, .member = NOT_FOUND_INDEX};
    look_through(search, &scope, search->rulebook->safeguards[search->safeguard].clear_when);
    if (search->full || !prepare_trial(search)) {
        return;
    }
    for (size_t i = 0; i < search->candidates.count; i++) {
        try_candidate(search, LIST_AT(&search->candidates, struct candidate, i));
    }
    report_candidates(search, changes);
}

/* An unknown safeguard: the facts whose knowledge could decide it. */
static void find_deciding(struct search *search, struct list *changes)
{
    const struct rulebook *rulebook = search->rulebook;
    const size_t people = search->question->family_count + 1;
    bool *deciding = ARENA_NEW(search->arena, bool, people * rulebook->fact_count);
    if (deciding == NULL) {
        search->full = true;
        return;
    }
    decide_facts(rulebook, rulebook->safeguards[search->safeguard].clear_when, search->question,
                 deciding);
    for (uint32_t person = 0; person < people; person++) {
        for (uint32_t fact = 0; fact < rulebook->fact_count; fact++) {
            if (deciding[person * rulebook->fact_count + fact]) {
                report(search, changes,
                       (struct change){
                           .kind = CHANGE_FACT_KNOWN, .fact = fact, .member = person - 1U});
            }
        }
    }
}

static enum clearance clearance_on(const struct search *search, date day)
{
    struct question asked = *search->question;
    asked.today = day;
    return judge_safeguard(search->rulebook, search->safeguard, &asked);
}

/* After this day, the first on which the same facts may make it otherwise. */
static date next_turn(const struct search *search, date day)
{
    struct question asked = *search->question;
    asked.today = day;
    const date until = lasts_until(
        search->rulebook, search->rulebook->safeguards[search->safeguard].clear_when, &asked);
    return date_add_days(until, 1);
}

/* The first day ahead on which the same facts make it clear; it is not on the question's own. */
static void find_waiting(struct search *search, struct list *changes)
{
    const date last = date_add_days(search->question->today, EXPLAIN_WAIT_DAYS_MAX);
    date day = next_turn(search, search->question->today);
    while (!date_before(last, day) && clearance_on(search, day) != CLEARANCE_CLEAR) {
        day = next_turn(search, day);
    }
    if (!date_before(last, day)) {
        report(search, changes,
               (struct change){.kind = CHANGE_WAIT,
                               .fact = NOT_FOUND_INDEX,
                               .member = NOT_FOUND_INDEX,
                               .day = day});
    }
}

result changes_of(struct trial *trial, uint32_t safeguard, enum clearance clearance,
                  const struct change **ret_changes, size_t *ret_count, struct err *err)
{
    struct search search = {.trial = trial,
                            .rulebook = trial->rulebook,
                            .question = trial->asked,
                            .safeguard = safeguard,
                            .arena = trial->arena};
    struct list changes = {0};
    if (clearance == CLEARANCE_BARRED) {
        find_values(&search, &changes);
    } else {
        find_deciding(&search, &changes);
    }
    find_waiting(&search, &changes);
    if (search.full) {
        return arena_full(err);
    }
    *ret_changes = changes.items;
    *ret_count = changes.count;
    return result_ok();
}
