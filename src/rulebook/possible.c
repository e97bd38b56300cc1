/* The search. Invariants:
 *   1. the truths left to a cell (a form, asked of somebody) are never empty, and only narrowed;
 *   2. a demand that is open is met by each of its alternatives, and by nothing else;
 *   3. when no demand is open, every completion of the state that state_solve allows meets all;
 *   4. a conflict names every choice without which it would not be one. */
#include "rulebook/possible.h"

#include "rulebook/possible_search.h"

result possible_open(const struct rulebook *rulebook, struct arena *arena,
                     struct possible **ret_possible, struct err *err)
{
    struct possible *possible = ARENA_NEW(arena, struct possible, 1);
    if (possible == NULL) {
        return arena_full(err);
    }
    TRY(forms_make(&possible->forms, rulebook, arena, err));
    TRY(state_init(&possible->state, &possible->forms, arena, err));
    possible->cells = ARENA_NEW(arena, struct cell, SCOPES * possible->forms.forms.count);
    possible->kept = ARENA_NEW(arena, struct kept_cell, DEMANDS_MAX);
    possible->open = ARENA_NEW(arena, struct open_demand, OPEN_MAX);
    possible->closed = ARENA_NEW(arena, uint32_t, OPEN_MAX);
    possible->agenda = ARENA_NEW(arena, uint32_t, AGENDA_MAX);
    if (possible->cells == NULL || possible->kept == NULL || possible->open == NULL ||
        possible->closed == NULL || possible->agenda == NULL) {
        return arena_full(err);
    }
    *ret_possible = possible;
    return result_ok();
}

uint64_t possible_trials(const struct possible *possible)
{
    return possible->trials;
}

/* Searching. */

/* How an open demand stands. */
struct prospect {
    uint32_t count;  /* alternatives that can still be met */
    uint32_t first;  /* of them */
    uint64_t reason; /* why the others cannot */
};

static struct prospect prospect_of(struct possible *possible, const struct open_demand *open)
{
    const struct form *form = LIST_AT(&possible->forms.forms, struct form, open->form);
    struct prospect prospect = {.reason = search_cell(possible, open->form, open->scope)->reason};
    for (uint32_t i = search_count_alternatives(form, open->truths); i > 0; i--) {
        struct visit visit = {.demanding = false};
        if (search_visit_alternative(possible, open, i - 1, &visit)) {
            prospect.count++;
            prospect.first = i - 1;
        } else {
            prospect.reason |= visit.reason;
        }
    }
    return prospect;
}

static void close_demand(struct possible *possible, uint32_t index)
{
    possible->open[index].closed = true;
    possible->closed[possible->closed_count++] = index;
}

static bool demand_alternative(struct possible *possible, uint32_t index, uint32_t alternative,
                               uint64_t reason)
{
    const struct open_demand open = possible->open[index];
    struct visit visit = {.demanding = true, .reason = reason};
    close_demand(possible, index);
    return search_visit_alternative(possible, &open, alternative, &visit) &&
           search_settle(possible);
}

enum found { FOUND_CONFLICT, FOUND_SOLUTION, FOUND_CHOICE, FOUND_FORCED };

/* The open demand with the fewest alternatives; one that has none is a conflict, and the only
 * alternative of one that has one is demanded at once. */
static enum found find_choice(struct possible *possible, uint32_t *ret_index,
                              struct prospect *ret_prospect)
{
    enum found found = FOUND_SOLUTION;
    for (uint32_t i = 0; i < possible->open_count; i++) {
        const struct open_demand *open = &possible->open[i];
        if (open->closed) {
            continue;
        }
        if ((search_look_at_form(possible, open->form, open->scope).truths & ~open->truths) == 0 &&
            search_look_at_form(possible, open->form, open->scope).truths != 0) {
            close_demand(possible, i);
            continue;
        }
        const struct prospect prospect = prospect_of(possible, open);
        if (prospect.count == 0) {
            possible->state.conflict = prospect.reason;
            return FOUND_CONFLICT;
        }
        if (prospect.count == 1) {
            return demand_alternative(possible, i, prospect.first, prospect.reason)
                       ? FOUND_FORCED
                       : FOUND_CONFLICT;
        }
        if (found == FOUND_SOLUTION || prospect.count < ret_prospect->count) {
            *ret_index = i;
            *ret_prospect = prospect;
        }
        found = FOUND_CHOICE;
    }
    return found;
}

static uint64_t bit_of(uint32_t level)
{
    return (uint64_t)1 << (level < LAST_BIT ? level : LAST_BIT);
}

static bool search(struct possible *possible, uint32_t level);

/* Each alternative in turn, unless a dead end was not of its making. */
static bool try_alternatives(struct possible *possible, uint32_t index,
                             const struct prospect *prospect, uint32_t level)
{
    const struct open_demand open = possible->open[index];
    const struct form *form = LIST_AT(&possible->forms.forms, struct form, open.form);
    const uint32_t count = search_count_alternatives(form, open.truths);
    const struct search_mark mark = search_mark(possible);
    const uint64_t own = search_cell(possible, open.form, open.scope)->reason;
    const uint64_t bit = bit_of(level);
    uint64_t blamed = prospect->reason;
    for (uint32_t i = prospect->first; i < count; i++) {
        struct visit visit = {.demanding = false};
        if (!search_visit_alternative(possible, &open, i, &visit)) {
            continue;
        }
        if (possible->trials == possible->trials_most || level == LEVELS_MAX) {
            return search_fail_beyond(possible);
        }
        possible->trials++;
        if (demand_alternative(possible, index, i, own | bit) && search(possible, level + 1)) {
            return true;
        }
        search_undo(possible, &mark);
        if ((possible->state.conflict & bit) == 0 || possible->state.beyond) {
            return false;
        }
        blamed |= possible->state.conflict & ~bit;
    }
    return search_fail(possible, level > LAST_BIT ? blamed | bit : blamed);
}

static bool search(struct possible *possible, uint32_t level)
{
    uint32_t index = 0;
    struct prospect prospect = {0};
    enum found found;
    do {
        found = find_choice(possible, &index, &prospect);
    } while (found == FOUND_FORCED);
    if (found == FOUND_CHOICE) {
        return try_alternatives(possible, index, &prospect, level);
    }
    return found == FOUND_SOLUTION && state_solve(&possible->state);
}

/* The witness. */

static bool give_set(const struct possible *possible, uint32_t variable, struct arena *arena,
                     struct value *value)
{
    const struct forms *forms = &possible->forms;
    uint16_t *codes = ARENA_NEW(arena, uint16_t, forms->country_count);
    if (codes == NULL) {
        return false;
    }
    size_t count = 0;
    for (size_t i = 0; i < forms->rulebook->country_count; i++) { /* in their order */
        for (uint32_t k = 0; k < forms->country_count; k++) {
            if (forms->countries[k] == forms->rulebook->countries[i].code &&
                state_set_has(&possible->state, variable, k)) {
                codes[count++] = forms->countries[k];
            }
        }
    }
    value->countries = (struct country_set){.codes = codes, .count = count};
    return true;
}

/* Unknown unless it has to be known. */
static bool give_value(const struct possible *possible, uint32_t scope, uint32_t fact,
                       struct arena *arena, struct value *value)
{
    const uint32_t index = state_variable(&possible->state, scope, fact);
    const struct variable *variable = &possible->state.variables[index];
    *value = (struct value){.known = (variable->states & MAY_BE_UNKNOWN) == 0};
    if (!value->known) {
        return true;
    }
    switch (possible->forms.rulebook->facts[fact].type) {
    case FACT_FLAG:
    case FACT_CHOICE:
        value->number = state_chosen(&possible->state, index);
        return true;
    case FACT_COUNTRY:
        value->number = possible->forms.countries[state_chosen(&possible->state, index)];
        return true;
    case FACT_DATE:
    case FACT_NUMBER:
        value->number = variable->low;
        return true;
    case FACT_COUNTRIES:
        return give_set(possible, index, arena, value);
    case FACT_TEXT:
        value->text = STR("known");
        return true;
    }
    assert_failed("a fact has a type", __FILE__, __LINE__);
}

static struct value *give_facts(const struct possible *possible, uint32_t scope,
                                struct arena *arena)
{
    const size_t count = possible->forms.rulebook->fact_count;
    struct value *values = ARENA_NEW(arena, struct value, count);
    for (uint32_t i = 0; values != NULL && i < count; i++) {
        if (!give_value(possible, scope, i, arena, &values[i])) {
            return NULL;
        }
    }
    return values;
}

static result give_witness(const struct possible *possible,
                           const struct possible_question *question, struct arena *arena,
                           struct question *ret_witness, struct err *err)
{
    const uint32_t today = (uint32_t)(SCOPES * possible->forms.rulebook->fact_count);
    const struct value *own = give_facts(possible, 0, arena);
    const struct value **family = ARENA_NEW(arena, const struct value *, possible->member_count);
    if (own == NULL || family == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < possible->member_count; i++) {
        family[i] = give_facts(possible, i + 1, arena);
        if (family[i] == NULL) {
            return arena_full(err);
        }
    }
    *ret_witness = (struct question){
        .person = own,
        .hub = question->without_hub ? NULL : own,
        .agreement = question->without_agreement ? NULL : own,
        .family = family,
        .family_count = possible->member_count,
        .today = {.day = (int32_t)possible->state.variables[today].low},
    };
    return result_ok();
}

/* A witness that the judge does not confirm would be a defect of this program. */
static void confirm(const struct possible *possible, const struct possible_question *question,
                    const struct question *witness)
{
    for (size_t i = 0; i < question->goal_count; i++) {
        const struct possible_goal *goal = &question->goals[i];
        const enum truth truth =
            judge_condition(possible->forms.rulebook, goal->condition, witness);
        ASSERT((goal->truths >> (unsigned)truth & 1U) != 0);
    }
}

static bool leave_out(struct possible *possible, enum subject subject, bool absent)
{
    const struct rulebook *rulebook = possible->forms.rulebook;
    bool sound = true;
    for (uint32_t i = 0; absent && sound && i < rulebook->fact_count; i++) {
        if (rulebook->facts[i].subject == subject) {
            sound = state_narrow(&possible->state, i, MAY_BE_UNKNOWN, NULL, 0);
        }
    }
    return sound;
}

static bool demand_goals(struct possible *possible, const struct possible_question *question)
{
    bool sound = leave_out(possible, SUBJECT_HUB, question->without_hub) &&
                 leave_out(possible, SUBJECT_AGREEMENT, question->without_agreement);
    for (size_t i = 0; sound && i < question->goal_count; i++) {
        const struct possible_goal *goal = &question->goals[i];
        sound = search_demand(possible, forms_of(&possible->forms, goal->condition), 0,
                              goal->truths, 0);
    }
    return sound && search_settle(possible);
}

result possible_ask(struct possible *possible, const struct possible_question *question,
                    enum possible_answer *ret_answer, struct question *ret_witness, struct err *err)
{
    struct arena passing = *possible->forms.arena;
    struct arena *arena = ret_witness == NULL ? &passing : possible->forms.arena;
    struct question witness = {0};
    *ret_answer = POSSIBLE_UNDECIDED;
    if (possible->forms.too_large) {
        return result_ok();
    }
    const struct search_mark mark = search_mark(possible);
    possible->state.beyond = false;
    possible->state.rounds = 0;
    possible->trials_most = possible->trials + POSSIBLE_TRIALS_MAX;
    result given = result_ok();
    if (demand_goals(possible, question) && search(possible, 0)) {
        passing = *possible->forms.arena; /* the search may have taken from it */
        given = give_witness(possible, question, arena, &witness, err);
        *ret_answer = POSSIBLE_YES;
    } else if (!possible->state.beyond && !possible->forms.inexact) {
        *ret_answer = POSSIBLE_NO;
    }
    search_undo(possible, &mark);
    TRY(given);
    if (*ret_answer == POSSIBLE_YES) {
        confirm(possible, question, &witness);
    }
    if (ret_witness != NULL) {
        *ret_witness = witness;
    }
    return result_ok();
}
