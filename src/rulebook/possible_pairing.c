/* Values for facts that are compared with each other, tried one by one. */
#include "rulebook/possible_state.h"

static size_t place_of(uint32_t *items, size_t *count, uint32_t item)
{
    size_t i = 0;
    while (i < *count && items[i] != item) {
        i++;
    }
    if (i == *count) {
        items[(*count)++] = item;
    }
    return i;
}

static uint32_t set_root(const struct paired *paired, uint32_t set)
{
    for (size_t i = 0; i < paired->set_count; i++) {
        if (paired->sets[i] == set) {
            return paired->set_roots[i];
        }
    }
    return set;
}

static void add_set(struct paired *paired, uint32_t set)
{
    const size_t before = paired->set_count;
    const size_t place = place_of(paired->sets, &paired->set_count, set);
    if (place == before) {
        paired->set_roots[place] = set;
    }
}

static void join_sets(struct paired *paired, uint32_t a, uint32_t b)
{
    const uint32_t from = set_root(paired, a);
    const uint32_t to = set_root(paired, b);
    for (size_t i = 0; i < paired->set_count; i++) {
        if (paired->set_roots[i] == from) {
            paired->set_roots[i] = to;
        }
    }
}

static void gather(struct state *state)
{
    struct paired *paired = &state->paired;
    paired->variable_count = 0;
    paired->set_count = 0;
    paired->membership_count = 0;
    paired->trials = 0;
    for (size_t i = 0; i < state->pairing_count; i++) {
        const struct pairing *pairing = &state->pairings[i];
        switch (pairing->kind) {
        case PAIRING_SAME:
            place_of(paired->variables, &paired->variable_count, pairing->a);
            place_of(paired->variables, &paired->variable_count, pairing->b);
            break;
        case PAIRING_CONTAINS:
            if (pairing->a != NOT_FOUND_INDEX) {
                place_of(paired->variables, &paired->variable_count, pairing->a);
            }
            add_set(paired, pairing->b);
            break;
        case PAIRING_SAME_SET:
            add_set(paired, pairing->a);
            add_set(paired, pairing->b);
            break;
        }
    }
    for (size_t i = 0; i < state->pairing_count; i++) {
        const struct pairing *pairing = &state->pairings[i];
        if (pairing->kind == PAIRING_SAME_SET && pairing->holds) {
            join_sets(paired, pairing->a, pairing->b);
        }
    }
}

/* Adds a membership; false when the opposite is demanded. */
static bool demand_membership(struct paired *paired, uint32_t set, uint32_t value, bool holds)
{
    const struct membership wanted = {.set = set_root(paired, set), .value = value, .holds = holds};
    for (size_t i = 0; i < paired->membership_count; i++) {
        const struct membership *other = &paired->memberships[i];
        if (other->set == wanted.set && other->value == value && other->holds != holds) {
            return false;
        }
    }
    paired->memberships[paired->membership_count++] = wanted;
    return true;
}

/* The place of a variable among those that have a value already, or `count`. */
static size_t assigned(const struct paired *paired, uint32_t variable, size_t count)
{
    size_t i = 0;
    while (i < count && paired->variables[i] != variable) {
        i++;
    }
    return i;
}

/* What follows from the value of the last of `count` variables. */
static bool agrees(struct state *state, size_t count)
{
    struct paired *paired = &state->paired;
    const uint32_t last = paired->variables[count - 1];
    for (size_t i = 0; i < state->pairing_count; i++) {
        const struct pairing *pairing = &state->pairings[i];
        if (pairing->kind == PAIRING_CONTAINS && pairing->a == last &&
            !demand_membership(paired, pairing->b, paired->chosen[count - 1], pairing->holds)) {
            return false;
        }
        if (pairing->kind != PAIRING_SAME || (pairing->a != last && pairing->b != last)) {
            continue;
        }
        const size_t a = assigned(paired, pairing->a, count);
        const size_t b = assigned(paired, pairing->b, count);
        if (a < count && b < count && (paired->chosen[a] == paired->chosen[b]) != pairing->holds) {
            return false;
        }
    }
    return true;
}

/* Two sets that are not equal differ in some country. */
static bool tell_sets_apart(struct state *state, size_t from)
{
    struct paired *paired = &state->paired;
    while (from < state->pairing_count &&
           (state->pairings[from].kind != PAIRING_SAME_SET || state->pairings[from].holds)) {
        from++;
    }
    if (from == state->pairing_count) {
        return true;
    }
    const struct pairing *pairing = &state->pairings[from];
    const size_t kept = paired->membership_count;
    for (uint32_t value = 0; value < 2 * state->forms->country_count; value++) {
        const bool first_has = value % 2 == 0;
        if (paired->trials++ >= VALUE_TRIALS_MAX) {
            return false;
        }
        if (demand_membership(paired, pairing->a, value / 2, first_has) &&
            demand_membership(paired, pairing->b, value / 2, !first_has) &&
            tell_sets_apart(state, from + 1)) {
            return true;
        }
        paired->membership_count = kept;
    }
    return false;
}

static bool try_values(struct state *state, size_t count)
{
    struct paired *paired = &state->paired;
    if (count == paired->variable_count) {
        return tell_sets_apart(state, 0);
    }
    const struct values *values = &state->variables[paired->variables[count]].values;
    const size_t kept = paired->membership_count;
    for (uint32_t value = 0; value < VALUES_MAX && paired->trials < VALUE_TRIALS_MAX; value++) {
        if (!values_has(values, value)) {
            continue;
        }
        paired->trials++;
        paired->chosen[count] = value;
        if (agrees(state, count + 1) && try_values(state, count + 1)) {
            return true;
        }
        paired->membership_count = kept;
    }
    return false;
}

static bool demand_constants(struct state *state)
{
    for (size_t i = 0; i < state->pairing_count; i++) {
        const struct pairing *pairing = &state->pairings[i];
        if (pairing->kind == PAIRING_CONTAINS && pairing->a == NOT_FOUND_INDEX &&
            !demand_membership(&state->paired, pairing->b, pairing->value, pairing->holds)) {
            return false;
        }
    }
    return true;
}

static uint64_t all_reasons(const struct state *state)
{
    uint64_t reasons = 0;
    for (size_t i = 0; i < state->pairing_count; i++) {
        const struct pairing *pairing = &state->pairings[i];
        reasons |= pairing->reason | state->variables[pairing->b].reason;
        reasons |= pairing->a == NOT_FOUND_INDEX ? 0 : state->variables[pairing->a].reason;
    }
    return reasons;
}

bool state_solve(struct state *state)
{
    gather(state);
    if (demand_constants(state) && try_values(state, 0)) {
        return true;
    }
    state->beyond = state->beyond || state->paired.trials >= VALUE_TRIALS_MAX;
    state->conflict = all_reasons(state);
    return false;
}

uint32_t state_chosen(const struct state *state, uint32_t variable)
{
    const struct paired *paired = &state->paired;
    const size_t place = assigned(paired, variable, paired->variable_count);
    uint32_t value = 0;
    if (place < paired->variable_count) {
        return paired->chosen[place];
    }
    while (value < VALUES_MAX - 1 && !values_has(&state->variables[variable].values, value)) {
        value++;
    }
    return value;
}

bool state_set_has(const struct state *state, uint32_t variable, uint32_t value)
{
    const struct paired *paired = &state->paired;
    const uint32_t set = set_root(paired, variable);
    for (size_t i = 0; i < paired->membership_count; i++) {
        const struct membership *membership = &paired->memberships[i];
        if (membership->set == set && membership->value == value && membership->holds) {
            return true;
        }
    }
    return false;
}
