#include "rulebook/possible_state.h"

/* Variables: the person's facts, those of each member, today, constants. */

static uint32_t today_variable(const struct forms *forms)
{
    return (uint32_t)(SCOPES * forms->rulebook->fact_count);
}

uint32_t state_variable(const struct state *state, uint32_t scope, uint32_t fact)
{
    const struct rulebook *rulebook = state->forms->rulebook;
    const bool own = rulebook->facts[fact].subject == SUBJECT_PERSON;
    return (own ? scope : 0) * (uint32_t)rulebook->fact_count + fact;
}

uint32_t state_root_variable(const struct state *state, uint32_t scope, uint32_t term)
{
    const struct term *item = forms_term(state->forms, term);
    const struct term *root = forms_term(state->forms, item->root);
    switch (root->kind) {
    case TERM_FACT:
        return state_variable(state, scope, root->item);
    case TERM_TODAY:
        return today_variable(state->forms);
    case TERM_CONSTANT:
        return today_variable(state->forms) + 1 + root->item;
    case TERM_SUM:
    case TERM_NEXT_WORKING_DAY:
        break;
    }
    assert_failed("a root is no sum", __FILE__, __LINE__);
}

static void init_fact(const struct forms *forms, uint32_t fact, struct variable *variable)
{
    const bool is_number = forms->rulebook->facts[fact].type == FACT_NUMBER;
    *variable = (struct variable){
        .states = MAY_BE_KNOWN | MAY_BE_UNKNOWN,
        .low = is_number ? INT64_MIN : forms->day_first,
        .high = is_number ? INT64_MAX : forms->day_last,
    };
    for (uint32_t value = 0; value < forms_value_count(forms, fact); value++) {
        values_add(&variable->values, value);
    }
}

static void init_variables(struct state *state)
{
    const struct forms *forms = state->forms;
    const uint32_t fact_count = (uint32_t)forms->rulebook->fact_count;
    for (uint32_t i = 0; i < fact_count; i++) {
        init_fact(forms, i, &state->variables[i]);
        for (uint32_t scope = 1; scope < SCOPES; scope++) {
            state->variables[scope * fact_count + i] = state->variables[i];
        }
    }
    struct variable *today = &state->variables[today_variable(forms)];
    *today =
        (struct variable){.states = MAY_BE_KNOWN, .low = forms->day_first, .high = forms->day_last};
    for (uint32_t i = 0; i < forms->constants.count; i++) {
        const int64_t constant = *LIST_AT(&forms->constants, int64_t, i);
        today[1 + i] = (struct variable){.states = MAY_BE_KNOWN, .low = constant, .high = constant};
    }
}

result state_init(struct state *state, const struct forms *forms, struct arena *arena,
                  struct err *err)
{
    *state = (struct state){.forms = forms, .epoch = 1};
    state->variable_count = today_variable(forms) + 1 + (uint32_t)forms->constants.count;
    state->variables = ARENA_NEW(arena, struct variable, state->variable_count);
    state->changes = ARENA_NEW(arena, struct kept_variable, CHANGES_MAX);
    state->orders = ARENA_NEW(arena, struct order, ORDERS_MAX);
    state->pairings = ARENA_NEW(arena, struct pairing, PAIRINGS_MAX);
    if (state->variables == NULL || state->changes == NULL || state->orders == NULL ||
        state->pairings == NULL) {
        return arena_full(err);
    }
    init_variables(state);
    return result_ok();
}

/* Undoing. */

struct state_mark state_mark(struct state *state)
{
    state->epoch++;
    return (struct state_mark){
        .change_count = state->change_count,
        .order_count = state->order_count,
        .pairing_count = state->pairing_count,
    };
}

void state_undo(struct state *state, struct state_mark mark)
{
    while (state->change_count > mark.change_count) {
        const struct kept_variable *kept = &state->changes[--state->change_count];
        state->variables[kept->index] = kept->variable;
    }
    state->order_count = mark.order_count;
    state->pairing_count = mark.pairing_count;
    state->epoch++;
}

static bool is_contradiction(struct state *state, uint64_t reason)
{
    state->conflict = reason;
    return false;
}

static bool is_beyond(struct state *state)
{
    state->beyond = true;
    return is_contradiction(state, UINT64_MAX);
}

/* Keeps a variable as it is, once in an epoch. */
static bool keep(struct state *state, uint32_t index)
{
    struct variable *variable = &state->variables[index];
    if (variable->epoch == state->epoch) {
        return true;
    }
    if (state->change_count == CHANGES_MAX) {
        return is_beyond(state);
    }
    state->changes[state->change_count++] =
        (struct kept_variable){.index = index, .variable = *variable};
    variable->epoch = state->epoch;
    return true;
}

/* Narrowing. */

static bool is_empty(const struct values *values)
{
    uint64_t any = 0;
    for (uint32_t i = 0; i < VALUES_WORDS; i++) {
        any |= values->words[i];
    }
    return any == 0;
}

bool state_narrow(struct state *state, uint32_t variable, unsigned states,
                  const struct values *only, uint64_t reason)
{
    struct variable *item = &state->variables[variable];
    unsigned left = item->states & states;
    struct values values = item->values;
    bool fewer = false;
    for (uint32_t i = 0; only != NULL && i < VALUES_WORDS; i++) {
        values.words[i] &= only->words[i];
        fewer = fewer || values.words[i] != item->values.words[i];
    }
    if (only != NULL && is_empty(&values)) {
        left &= (unsigned)MAY_BE_UNKNOWN;
    }
    if (left == 0) {
        return is_contradiction(state, reason | item->reason);
    }
    if (!fewer && left == item->states) {
        return true;
    }
    if (!keep(state, variable)) {
        return false;
    }
    item->states = left;
    item->values = values;
    item->reason |= reason;
    return true;
}

/* Comparisons of dates and numbers: every least value is raised until nothing has to be. */

static bool raise(struct state *state, const struct order *order, bool *ret_raised)
{
    const struct forms *forms = state->forms;
    const struct variable *left = &state->variables[order->left_variable];
    struct variable *right = &state->variables[order->right_variable];
    const uint64_t reason = order->reason | left->reason;
    const int64_t least = term_value(forms, order->left, left->low);
    int64_t low;
    *ret_raised = false;
    if ((order->strict && least == INT64_MAX) ||
        !term_least(forms, order->right, right->low, least + (order->strict ? 1 : 0), &low) ||
        low > right->high) {
        return is_contradiction(state, reason | right->reason);
    }
    if (low > right->low) {
        if (!keep(state, order->right_variable)) {
            return false;
        }
        right->low = low;
        right->reason |= reason;
        *ret_raised = true;
    }
    return true;
}

static bool shifts(const struct state *state, const struct order *order)
{
    return forms_term(state->forms, order->left)->shifts &&
           forms_term(state->forms, order->right)->shifts;
}

static uint64_t all_reasons(const struct state *state)
{
    uint64_t reasons = 0;
    for (size_t i = 0; i < state->order_count; i++) {
        const struct order *order = &state->orders[i];
        reasons |= order->reason | state->variables[order->left_variable].reason |
                   state->variables[order->right_variable].reason;
    }
    return reasons;
}

/* The variables that are compared, each once, and the place of both of every comparison. */
struct circle {
    uint32_t variables[2 * ORDERS_MAX];
    size_t variable_count;
    size_t left[ORDERS_MAX];
    size_t right[ORDERS_MAX];
    int64_t distances[2 * ORDERS_MAX];
};

static size_t place_of(struct circle *circle, uint32_t variable)
{
    size_t place = 0;
    while (place < circle->variable_count && circle->variables[place] != variable) {
        place++;
    }
    if (place == circle->variable_count) {
        circle->variables[circle->variable_count++] = variable;
    }
    return place;
}

static bool lengthen(const struct state *state, struct circle *circle, size_t index)
{
    const struct order *order = &state->orders[index];
    const int64_t least = forms_term(state->forms, order->left)->spread_least;
    const int64_t most = forms_term(state->forms, order->right)->spread_most;
    const int64_t wanted =
        circle->distances[circle->left[index]] + least - most + (order->strict ? 1 : 0);
    int64_t *distance = &circle->distances[circle->right[index]];
    const bool longer = wanted > *distance;
    *distance = longer ? wanted : *distance;
    return longer;
}

/* Is there a circle of comparisons by which each day lies after itself, however little its terms
 * move it forwards and however much back? Bellman and Ford's rounds: distances that still grow
 * after as many rounds as there are variables grow for ever. */
static bool has_hopeless_circle(const struct state *state)
{
    struct circle circle = {.variable_count = 0};
    bool longer = true;
    for (size_t i = 0; i < state->order_count; i++) {
        const struct order *order = &state->orders[i];
        circle.left[i] = place_of(&circle, order->left_variable);
        circle.right[i] = place_of(&circle, order->right_variable);
        if (!term_tabulate(state->forms, order->left) ||
            !term_tabulate(state->forms, order->right)) {
            return false;
        }
    }
    for (size_t round = 0; round <= circle.variable_count && longer; round++) {
        longer = false;
        for (size_t i = 0; i < state->order_count; i++) {
            longer = lengthen(state, &circle, i) || longer;
        }
    }
    return longer;
}

/* Raises once along every comparison. */
static bool raise_round(struct state *state, bool *ret_raised, bool *ret_only_shifts)
{
    *ret_raised = false;
    *ret_only_shifts = true;
    for (size_t i = 0; i < state->order_count; i++) {
        bool raised;
        if (!raise(state, &state->orders[i], &raised)) {
            return false;
        }
        *ret_raised = *ret_raised || raised;
        *ret_only_shifts = *ret_only_shifts && (!raised || shifts(state, &state->orders[i]));
    }
    return true;
}

/* Shifts alone that raise for more rounds than there are comparisons go round in a circle for ever.
 * Of other terms the same is found by has_hopeless_circle, or by the days running out. */
static bool raise_all(struct state *state)
{
    const size_t enough = state->order_count + 1;
    size_t rounds_of_shifts = 0;
    bool raised = true;
    for (size_t round = 0; raised; round++) {
        bool only_shifts;
        if (!raise_round(state, &raised, &only_shifts)) {
            return false;
        }
        rounds_of_shifts = only_shifts ? rounds_of_shifts + 1 : 0;
        if (raised &&
            (rounds_of_shifts > enough || (round == 2 * enough && has_hopeless_circle(state)))) {
            return is_contradiction(state, all_reasons(state));
        }
        if (state->rounds++ == ROUNDS_MAX) {
            return is_beyond(state);
        }
    }
    return true;
}

bool state_bound(struct state *state, uint32_t variable, int64_t low, int64_t high, uint64_t reason)
{
    struct variable *item = &state->variables[variable];
    if (!state_narrow(state, variable, MAY_BE_KNOWN, NULL, reason)) {
        return false;
    }
    low = low > item->low ? low : item->low;
    high = high < item->high ? high : item->high;
    if (low > high) {
        return is_contradiction(state, reason | item->reason);
    }
    if (low == item->low && high == item->high) {
        return true;
    }
    if (!keep(state, variable)) {
        return false;
    }
    item->low = low;
    item->high = high;
    item->reason |= reason;
    return raise_all(state);
}

bool state_order(struct state *state, uint32_t scope, const struct form *form, bool holds,
                 uint64_t reason)
{
    const uint32_t left = holds ? form->fact : form->other;
    const uint32_t right = holds ? form->other : form->fact;
    const struct term *left_term = forms_term(state->forms, left);
    const struct term *right_term = forms_term(state->forms, right);
    const struct order order = {
        .left = left,
        .right = right,
        .left_variable = state_root_variable(state, scope, left),
        .right_variable = state_root_variable(state, scope, right),
        .strict = !holds,
        .reason = reason,
    };
    if (state->order_count == ORDERS_MAX) {
        return is_beyond(state);
    }
    if (!state_bound(state, order.left_variable, left_term->first, left_term->last, reason) ||
        !state_bound(state, order.right_variable, right_term->first, right_term->last, reason)) {
        return false;
    }
    state->orders[state->order_count++] = order;
    return raise_all(state);
}

/* Facts that are compared with each other. */

bool state_pair(struct state *state, uint32_t scope, const struct form *form, bool holds,
                uint64_t reason)
{
    static const enum pairing_kind kinds[] = {
        [FORM_SAME] = PAIRING_SAME,
        [FORM_CONTAINS] = PAIRING_CONTAINS,
        [FORM_SAME_SET] = PAIRING_SAME_SET,
    };
    const bool constant = form->fact == NOT_FOUND_INDEX;
    const struct pairing pairing = {
        .kind = kinds[form->kind],
        .holds = holds,
        .a = constant ? NOT_FOUND_INDEX : state_variable(state, scope, form->fact),
        .b = state_variable(state, scope, form->other),
        .value = form->value,
        .reason = reason,
    };
    if (state->pairing_count == PAIRINGS_MAX) {
        return is_beyond(state);
    }
    if ((!constant && !state_narrow(state, pairing.a, MAY_BE_KNOWN, NULL, reason)) ||
        !state_narrow(state, pairing.b, MAY_BE_KNOWN, NULL, reason)) {
        return false;
    }
    state->pairings[state->pairing_count++] = pairing;
    return state_solve(state);
}
