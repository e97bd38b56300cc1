/* The search. Invariants:
 *   1. the truths left to a cell (a form, asked of somebody) are never empty, and only narrowed;
 *   2. a demand that is open is met by each of its alternatives, and by nothing else;
 *   3. when no demand is open, every completion of the state that state_solve allows meets all;
 *   4. a conflict names every choice without which it would not be one. */
#include "rulebook/possible.h"

#include "rulebook/possible_state.h"

enum {
    OPEN_MAX = 32768,     /* demands with alternatives, at once */
    AGENDA_MAX = 8192,    /* demands not yet taken apart */
    DEMANDS_MAX = 131072, /* in force at once */
    LAST_BIT = 63,        /* of a set of choices: all choices from here on share it */
};

/* What is left of a form, asked of the person or of a member. */
struct cell {
    uint8_t ruled_out; /* truths; none at first, so that new memory is a sound cell */
    uint8_t seen;      /* truths that the facts left allow, as looked at in `glance` */
    uint64_t reason;
    uint64_t seen_reason;
    uint64_t glance;
};

struct kept_cell {
    uint32_t cell;
    uint8_t ruled_out;
    uint64_t reason;
};

struct open_demand {
    uint32_t form;
    uint32_t scope;
    unsigned truths;
    bool closed;
};

struct every_member {
    form_edge edge;
    unsigned truths;
    uint64_t reason;
};

struct possible {
    struct forms forms;
    struct state state;
    struct cell *cells; /* SCOPES times the forms */
    struct kept_cell *kept;
    size_t kept_count;
    struct open_demand *open;
    size_t open_count;
    uint32_t *closed; /* open demands that were closed, in that order */
    size_t closed_count;
    uint32_t *agenda; /* cells */
    size_t agenda_count;
    struct every_member every[POSSIBLE_MEMBERS_MAX + 1];
    size_t every_count;
    uint32_t member_count;
    uint64_t member_reasons[SCOPES]; /* why there is such a member */
    uint64_t glance;
    uint64_t trials;
    uint64_t trials_most;
};

struct mark {
    struct state_mark state;
    size_t kept_count;
    size_t open_count;
    size_t closed_count;
    size_t every_count;
    uint32_t member_count;
};

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

static struct mark set_mark(struct possible *possible)
{
    return (struct mark){
        .state = state_mark(&possible->state),
        .kept_count = possible->kept_count,
        .open_count = possible->open_count,
        .closed_count = possible->closed_count,
        .every_count = possible->every_count,
        .member_count = possible->member_count,
    };
}

static void undo(struct possible *possible, const struct mark *mark)
{
    while (possible->kept_count > mark->kept_count) {
        const struct kept_cell *kept = &possible->kept[--possible->kept_count];
        possible->cells[kept->cell].ruled_out = kept->ruled_out;
        possible->cells[kept->cell].reason = kept->reason;
    }
    while (possible->closed_count > mark->closed_count) {
        possible->open[possible->closed[--possible->closed_count]].closed = false;
    }
    possible->open_count = mark->open_count;
    possible->every_count = mark->every_count;
    possible->member_count = mark->member_count;
    possible->agenda_count = 0;
    possible->glance++;
    state_undo(&possible->state, mark->state);
}

static bool fail(struct possible *possible, uint64_t reason)
{
    possible->state.conflict = reason;
    return false;
}

static bool fail_beyond(struct possible *possible)
{
    possible->state.beyond = true;
    return fail(possible, UINT64_MAX);
}

/* Truths. */

static unsigned turn(unsigned truths)
{
    const unsigned to_true = (truths & TRUTHS_FALSE) != 0 ? TRUTHS_TRUE : 0;
    const unsigned to_false = (truths & TRUTHS_TRUE) != 0 ? TRUTHS_FALSE : 0;
    return to_true | to_false | (truths & TRUTHS_UNKNOWN);
}

static unsigned of_edge(form_edge edge, unsigned truths)
{
    return (edge & 1U) != 0 ? turn(truths) : truths;
}

static struct cell *cell_of(const struct possible *possible, uint32_t form, uint32_t scope)
{
    return &possible->cells[scope * possible->forms.forms.count + form];
}

static unsigned truths_left(const struct cell *cell)
{
    return (unsigned)TRUTHS_ALL & ~(unsigned)cell->ruled_out;
}

/* Looking: which truths a form may still have, by the facts left; more than it has, never fewer. */

struct sight {
    unsigned truths;
    uint64_t reason; /* for those that it has not */
};

static struct sight look(struct possible *possible, form_edge edge, uint32_t scope);

static struct variable *variable_of(const struct possible *possible, uint32_t scope, uint32_t fact)
{
    return &possible->state.variables[state_variable(&possible->state, scope, fact)];
}

static unsigned truths_if(bool may_be_true, bool may_be_false, bool may_be_unknown)
{
    return (may_be_true ? TRUTHS_TRUE : 0U) | (may_be_false ? TRUTHS_FALSE : 0U) |
           (may_be_unknown ? TRUTHS_UNKNOWN : 0U);
}

static struct sight look_at_known(const struct possible *possible, const struct form *form,
                                  uint32_t scope)
{
    const struct variable *fact = variable_of(possible, scope, form->fact);
    return (struct sight){
        .truths = truths_if((fact->states & MAY_BE_KNOWN) != 0,
                            (fact->states & MAY_BE_UNKNOWN) != 0, false),
        .reason = fact->reason,
    };
}

static struct sight look_at_chosen(const struct possible *possible, const struct form *form,
                                   uint32_t scope)
{
    const struct variable *fact = variable_of(possible, scope, form->fact);
    const bool known = (fact->states & MAY_BE_KNOWN) != 0;
    uint64_t in = 0;
    uint64_t out = 0;
    for (uint32_t i = 0; i < VALUES_WORDS; i++) {
        in |= fact->values.words[i] & form->values.words[i];
        out |= fact->values.words[i] & ~form->values.words[i];
    }
    return (struct sight){
        .truths =
            truths_if(known && in != 0, known && out != 0, (fact->states & MAY_BE_UNKNOWN) != 0),
        .reason = fact->reason,
    };
}

/* Two facts compared: what their being known or unknown allows. */
static struct sight look_at_pair(const struct possible *possible, const struct form *form,
                                 uint32_t scope)
{
    const struct variable *b = variable_of(possible, scope, form->other);
    const struct variable *a =
        form->fact == NOT_FOUND_INDEX ? b : variable_of(possible, scope, form->fact);
    const bool known = (a->states & b->states & MAY_BE_KNOWN) != 0;
    uint64_t common = form->kind == FORM_SAME ? 0 : 1;
    for (uint32_t i = 0; i < VALUES_WORDS; i++) {
        common |= a->values.words[i] & b->values.words[i];
    }
    return (struct sight){
        .truths =
            truths_if(known && common != 0, known, ((a->states | b->states) & MAY_BE_UNKNOWN) != 0),
        .reason = a->reason | b->reason,
    };
}

/* The values that one side of a comparison may still have, when it is known. */
struct span {
    bool known;
    bool unknown;
    int64_t low;
    int64_t high;
    uint64_t reason;
};

static struct span span_of(const struct possible *possible, uint32_t scope, uint32_t term)
{
    const struct term *item = forms_term(&possible->forms, term);
    const struct variable *root =
        &possible->state.variables[state_root_variable(&possible->state, scope, term)];
    struct span span = {.reason = root->reason};
    const int64_t low = root->low > item->first ? root->low : item->first;
    const int64_t high = root->high < item->last ? root->high : item->last;
    span.known = (root->states & MAY_BE_KNOWN) != 0 && low <= high;
    span.unknown =
        (root->states & MAY_BE_UNKNOWN) != 0 || root->low < item->first || root->high > item->last;
    if (span.known) {
        span.low = term_value(&possible->forms, term, low);
        span.high = term_value(&possible->forms, term, high);
    }
    return span;
}

static struct sight look_at_order(const struct possible *possible, const struct form *form,
                                  uint32_t scope)
{
    const struct span left = span_of(possible, scope, form->fact);
    const struct span right = span_of(possible, scope, form->other);
    const bool known = left.known && right.known;
    return (struct sight){
        .truths = truths_if(known && left.low <= right.high, known && left.high > right.low,
                            left.unknown || right.unknown),
        .reason = left.reason | right.reason,
    };
}

static struct sight look_at_all(struct possible *possible, const struct form *form, uint32_t scope)
{
    bool all_true = true;
    bool any_false = false;
    bool any_unknown = false;
    bool none_must_be_false = true;
    struct sight sight = {0};
    for (uint32_t i = 0; i < form->part_count; i++) {
        const struct sight part = look(possible, form->parts[i], scope);
        all_true = all_true && (part.truths & TRUTHS_TRUE) != 0;
        any_false = any_false || (part.truths & TRUTHS_FALSE) != 0;
        any_unknown = any_unknown || (part.truths & TRUTHS_UNKNOWN) != 0;
        none_must_be_false =
            none_must_be_false && (part.truths & (TRUTHS_TRUE | TRUTHS_UNKNOWN)) != 0;
        sight.reason |= part.reason;
    }
    sight.truths = truths_if(all_true, any_false, any_unknown && none_must_be_false);
    return sight;
}

static struct sight look_at_case(struct possible *possible, const struct form *form, uint32_t scope)
{
    struct sight sight = {0};
    for (uint32_t i = 0; i < form->part_count; i += 2) {
        const struct sight guard = look(possible, form->parts[i], scope);
        sight.reason |= guard.reason;
        sight.truths |= guard.truths & TRUTHS_UNKNOWN;
        if ((guard.truths & TRUTHS_TRUE) != 0) {
            const struct sight part = look(possible, form->parts[i + 1], scope);
            sight.truths |= part.truths;
            sight.reason |= part.reason;
        }
        if ((guard.truths & TRUTHS_FALSE) == 0) {
            return sight;
        }
    }
    sight.truths |= TRUTHS_UNKNOWN;
    return sight;
}

/* Of the family only whether it may be recorded in full is looked at. */
static struct sight look_at_member(const struct possible *possible)
{
    const struct variable *complete =
        variable_of(possible, 0, possible->forms.rulebook->family_complete);
    const bool may_be = (complete->states & MAY_BE_KNOWN) != 0 && values_has(&complete->values, 1);
    return (struct sight){
        .truths = truths_if(true, may_be, true),
        .reason = complete->reason,
    };
}

static struct sight look_inside(struct possible *possible, const struct form *form, uint32_t scope)
{
    switch (form->kind) {
    case FORM_ALWAYS:
        return (struct sight){.truths = TRUTHS_TRUE};
    case FORM_ALL:
        return look_at_all(possible, form, scope);
    case FORM_CASE:
        return look_at_case(possible, form, scope);
    case FORM_MEMBER:
        return look_at_member(possible);
    case FORM_KNOWN:
        return look_at_known(possible, form, scope);
    case FORM_CHOSEN:
        return look_at_chosen(possible, form, scope);
    case FORM_SAME:
    case FORM_CONTAINS:
    case FORM_SAME_SET:
        return look_at_pair(possible, form, scope);
    case FORM_ORDER:
        return look_at_order(possible, form, scope);
    }
    assert_failed("a form has a kind", __FILE__, __LINE__);
}

/* Without what is demanded of the form itself. */
static struct sight look_at_form(struct possible *possible, uint32_t form, uint32_t scope)
{
    struct cell *cell = cell_of(possible, form, scope);
    if (cell->glance != possible->glance) {
        const struct sight sight =
            look_inside(possible, LIST_AT(&possible->forms.forms, struct form, form), scope);
        cell->glance = possible->glance;
        cell->seen = (uint8_t)sight.truths;
        cell->seen_reason = sight.reason;
    }
    return (struct sight){.truths = cell->seen, .reason = cell->seen_reason};
}

static struct sight look(struct possible *possible, form_edge edge, uint32_t scope)
{
    const struct cell *cell = cell_of(possible, edge >> 1U, scope);
    struct sight sight = look_at_form(possible, edge >> 1U, scope);
    sight.truths = of_edge(edge, sight.truths & truths_left(cell));
    sight.reason |= cell->reason;
    return sight;
}

/* Demanding. */

static bool demand(struct possible *possible, form_edge edge, uint32_t scope, unsigned truths,
                   uint64_t reason)
{
    const uint32_t index = scope * (uint32_t)possible->forms.forms.count + (edge >> 1U);
    struct cell *cell = &possible->cells[index];
    const unsigned left = truths_left(cell) & of_edge(edge, truths);
    if (left == 0) {
        return fail(possible, reason | cell->reason);
    }
    if (left == truths_left(cell)) {
        return true;
    }
    if (possible->kept_count == DEMANDS_MAX || possible->agenda_count == AGENDA_MAX) {
        return fail_beyond(possible);
    }
    possible->kept[possible->kept_count++] =
        (struct kept_cell){.cell = index, .ruled_out = cell->ruled_out, .reason = cell->reason};
    cell->ruled_out = (uint8_t)(TRUTHS_ALL & ~left);
    cell->reason |= reason;
    possible->agenda[possible->agenda_count++] = index;
    return true;
}

static bool open_demand(struct possible *possible, uint32_t form, uint32_t scope, unsigned truths)
{
    if (possible->open_count == OPEN_MAX) {
        return fail_beyond(possible);
    }
    possible->open[possible->open_count++] =
        (struct open_demand){.form = form, .scope = scope, .truths = truths};
    return true;
}

static bool demand_parts(struct possible *possible, const struct form *form, uint32_t scope,
                         unsigned truths, uint64_t reason)
{
    bool sound = true;
    for (uint32_t i = 0; sound && i < form->part_count; i++) {
        sound = demand(possible, form->parts[i], scope, truths, reason);
    }
    return sound;
}

static bool demand_of_every_member(struct possible *possible, form_edge edge, unsigned truths,
                                   uint64_t reason)
{
    if (possible->every_count == sizeof possible->every / sizeof possible->every[0]) {
        return fail_beyond(possible);
    }
    possible->every[possible->every_count++] =
        (struct every_member){.edge = edge, .truths = truths, .reason = reason};
    bool sound = true;
    for (uint32_t member = 1; sound && member <= possible->member_count; member++) {
        sound = demand(possible, edge, member, truths, reason | possible->member_reasons[member]);
    }
    return sound;
}

static bool demand_new_member(struct possible *possible, form_edge edge, unsigned truths,
                              uint64_t reason)
{
    if (possible->member_count == POSSIBLE_MEMBERS_MAX) {
        return fail_beyond(possible);
    }
    const uint32_t member = ++possible->member_count;
    possible->member_reasons[member] = reason;
    bool sound = demand(possible, edge, member, truths, reason);
    for (size_t i = 0; sound && i < possible->every_count; i++) {
        const struct every_member *every = &possible->every[i];
        sound = demand(possible, every->edge, member, every->truths, every->reason | reason);
    }
    return sound;
}

static bool demand_complete(struct possible *possible, bool complete, uint64_t reason)
{
    struct values values = {0};
    values_add(&values, complete ? 1 : 0);
    const unsigned states = complete ? MAY_BE_KNOWN : MAY_BE_KNOWN | MAY_BE_UNKNOWN;
    const uint32_t fact = possible->forms.rulebook->family_complete;
    return state_narrow(&possible->state, state_variable(&possible->state, 0, fact), states,
                        &values, reason);
}

/* Taking demands apart. Each function is given what is left of the form. */

static bool expand_known(struct possible *possible, const struct form *form, uint32_t scope,
                         unsigned truths, uint64_t reason)
{
    const unsigned states = ((truths & TRUTHS_TRUE) != 0 ? MAY_BE_KNOWN : 0U) |
                            ((truths & TRUTHS_FALSE) != 0 ? MAY_BE_UNKNOWN : 0U);
    return state_narrow(&possible->state, state_variable(&possible->state, scope, form->fact),
                        states, NULL, reason);
}

static bool expand_chosen(struct possible *possible, const struct form *form, uint32_t scope,
                          unsigned truths, uint64_t reason)
{
    struct values values = {0};
    const uint64_t in = (truths & TRUTHS_TRUE) != 0 ? UINT64_MAX : 0;
    const uint64_t out = (truths & TRUTHS_FALSE) != 0 ? UINT64_MAX : 0;
    for (uint32_t i = 0; i < VALUES_WORDS; i++) {
        values.words[i] = (form->values.words[i] & in) | (~form->values.words[i] & out);
    }
    const unsigned known = (truths & (TRUTHS_TRUE | TRUTHS_FALSE)) != 0 ? MAY_BE_KNOWN : 0;
    const unsigned unknown = (truths & TRUTHS_UNKNOWN) != 0 ? MAY_BE_UNKNOWN : 0;
    return state_narrow(&possible->state, state_variable(&possible->state, scope, form->fact),
                        known | unknown, &values, reason);
}

static bool expand_all(struct possible *possible, uint32_t index, const struct form *form,
                       uint32_t scope, unsigned truths, uint64_t reason)
{
    const bool never_false = (truths & TRUTHS_FALSE) == 0;
    const unsigned of_parts = truths == TRUTHS_UNKNOWN ? truths | TRUTHS_TRUE : truths;
    if (never_false && !demand_parts(possible, form, scope, of_parts, reason)) {
        return false;
    }
    return (never_false && of_parts == truths) || open_demand(possible, index, scope, truths);
}

static bool expand_member(struct possible *possible, uint32_t index, const struct form *form,
                          unsigned truths, uint64_t reason)
{
    if (truths == TRUTHS_TRUE) {
        return demand_new_member(possible, form->parts[0], truths, reason);
    }
    if ((truths & TRUTHS_TRUE) == 0 &&
        !demand_of_every_member(possible, form->parts[0], truths | TRUTHS_FALSE, reason)) {
        return false;
    }
    if (truths == TRUTHS_FALSE) {
        return demand_complete(possible, true, reason);
    }
    return truths == (TRUTHS_FALSE | TRUTHS_UNKNOWN) || open_demand(possible, index, 0, truths);
}

/* Two values compared: known, or open in which way not. */
static bool expand_comparison(struct possible *possible, uint32_t index, const struct form *form,
                              uint32_t scope, unsigned truths, uint64_t reason)
{
    if (truths != TRUTHS_TRUE && truths != TRUTHS_FALSE) {
        return open_demand(possible, index, scope, truths);
    }
    return form->kind == FORM_ORDER
               ? state_order(&possible->state, scope, form, truths == TRUTHS_TRUE, reason)
               : state_pair(&possible->state, scope, form, truths == TRUTHS_TRUE, reason);
}

static bool expand(struct possible *possible, uint32_t index, uint32_t scope)
{
    const struct cell *cell = cell_of(possible, index, scope);
    const struct form *form = LIST_AT(&possible->forms.forms, struct form, index);
    const unsigned truths = truths_left(cell);
    switch (form->kind) {
    case FORM_ALWAYS:
        return (truths & TRUTHS_TRUE) != 0 || fail(possible, cell->reason);
    case FORM_ALL:
        return expand_all(possible, index, form, scope, truths, cell->reason);
    case FORM_CASE:
        return open_demand(possible, index, scope, truths);
    case FORM_MEMBER:
        return expand_member(possible, index, form, truths, cell->reason);
    case FORM_KNOWN:
        return expand_known(possible, form, scope, truths, cell->reason);
    case FORM_CHOSEN:
        return expand_chosen(possible, form, scope, truths, cell->reason);
    case FORM_SAME:
    case FORM_CONTAINS:
    case FORM_SAME_SET:
    case FORM_ORDER:
        return expand_comparison(possible, index, form, scope, truths, cell->reason);
    }
    assert_failed("a form has a kind", __FILE__, __LINE__);
}

/* Takes apart all that is demanded and leaves no choice. */
static bool settle(struct possible *possible)
{
    bool sound = true;
    while (sound && possible->agenda_count > 0) {
        const uint32_t cell = possible->agenda[--possible->agenda_count];
        const uint32_t form_count = (uint32_t)possible->forms.forms.count;
        sound = expand(possible, cell % form_count, cell / form_count);
    }
    possible->agenda_count = 0;
    possible->glance++;
    return sound;
}

/* Alternatives: the ways in which an open demand can be met. An alternative is visited to see
 * whether it still can be, or to demand it. */

struct visit {
    bool demanding;
    uint64_t reason; /* of the demand; or why it cannot be met */
};

static bool visit_part(struct possible *possible, struct visit *visit, form_edge edge,
                       uint32_t scope, unsigned truths)
{
    if (visit->demanding) {
        return demand(possible, edge, scope, truths, visit->reason);
    }
    const struct sight sight = look(possible, edge, scope);
    if ((sight.truths & truths) == 0) {
        visit->reason |= sight.reason;
        return false;
    }
    return true;
}

static uint32_t count_alternatives(const struct form *form, unsigned truths)
{
    switch (form->kind) {
    case FORM_ALL:
        return form->part_count + 1;
    case FORM_CASE:
        return form->part_count + 1;
    case FORM_MEMBER:
        return 2;
    case FORM_SAME:
    case FORM_CONTAINS:
    case FORM_SAME_SET:
        return truths == TRUTHS_UNKNOWN ? 2 : 3;
    case FORM_ORDER:
        return truths == TRUTHS_UNKNOWN ? 6 : 3;
    case FORM_ALWAYS:
    case FORM_KNOWN:
    case FORM_CHOSEN:
        break;
    }
    assert_failed("the form has alternatives", __FILE__, __LINE__);
}

/* First that all parts are true, then one for each part. */
static bool visit_all(struct possible *possible, const struct open_demand *open,
                      const struct form *form, uint32_t alternative, struct visit *visit)
{
    bool sound = true;
    if (alternative > 0) {
        return visit_part(possible, visit, form->parts[alternative - 1], open->scope,
                          open->truths == (TRUTHS_TRUE | TRUTHS_FALSE) ? TRUTHS_FALSE
                                                                       : open->truths);
    }
    if (open->truths != (TRUTHS_TRUE | TRUTHS_FALSE)) {
        return false; /* not one of its alternatives */
    }
    for (uint32_t i = 0; sound && i < form->part_count; i++) {
        sound = visit_part(possible, visit, form->parts[i], open->scope, TRUTHS_TRUE);
    }
    return sound;
}

/* For each guard that it is the first not false: true (even alternatives), or unknown (odd ones);
 * last that all are false. */
static bool visit_case(struct possible *possible, const struct open_demand *open,
                       const struct form *form, uint32_t alternative, struct visit *visit)
{
    const bool is_last = alternative == form->part_count;
    const uint32_t guard = alternative / 2;
    const bool unknown = is_last || alternative % 2 == 1;
    if (unknown && (open->truths & TRUTHS_UNKNOWN) == 0) {
        return false; /* not one of its alternatives */
    }
    bool sound = true;
    for (uint32_t i = 0; sound && i < guard; i++) {
        sound = visit_part(possible, visit, form->parts[2 * i], open->scope, TRUTHS_FALSE);
    }
    if (!sound || is_last) {
        return sound;
    }
    sound = visit_part(possible, visit, form->parts[2 * guard], open->scope,
                       unknown ? TRUTHS_UNKNOWN : TRUTHS_TRUE);
    return sound && (unknown || visit_part(possible, visit, form->parts[2 * guard + 1], open->scope,
                                           open->truths));
}

static bool visit_own_truth(struct possible *possible, const struct open_demand *open,
                            unsigned truth, struct visit *visit)
{
    return (open->truths & truth) != 0 &&
           visit_part(possible, visit, open->form << 1U, open->scope, truth);
}

/* The group is not recorded in full, or there is a member. */
static bool visit_member(struct possible *possible, const struct open_demand *open,
                         const struct form *form, uint32_t alternative, struct visit *visit)
{
    if (open->truths == (TRUTHS_TRUE | TRUTHS_FALSE)) {
        return visit_own_truth(possible, open, alternative == 0 ? TRUTHS_TRUE : TRUTHS_FALSE,
                               visit);
    }
    if (visit->demanding) {
        return alternative == 0
                   ? demand_complete(possible, false, visit->reason)
                   : demand_new_member(possible, form->parts[0], open->truths, visit->reason);
    }
    const struct variable *complete =
        variable_of(possible, 0, possible->forms.rulebook->family_complete);
    if (alternative == 0 && (complete->states & MAY_BE_UNKNOWN) == 0 &&
        !values_has(&complete->values, 0)) {
        visit->reason |= complete->reason;
        return false;
    }
    return true;
}

static bool visit_unknown_fact(struct possible *possible, uint32_t variable, struct visit *visit)
{
    if (visit->demanding) {
        return state_narrow(&possible->state, variable, MAY_BE_UNKNOWN, NULL, visit->reason);
    }
    visit->reason |= possible->state.variables[variable].reason;
    return (possible->state.variables[variable].states & MAY_BE_UNKNOWN) != 0;
}

/* A date is unknown when what it is made from is, or lies too early or too late. */
static bool visit_unknown_term(struct possible *possible, const struct open_demand *open,
                               uint32_t term, uint32_t way, struct visit *visit)
{
    const struct term *item = forms_term(&possible->forms, term);
    const uint32_t variable = state_root_variable(&possible->state, open->scope, term);
    const struct variable *root = &possible->state.variables[variable];
    if (way == 0) {
        return visit_unknown_fact(possible, variable, visit);
    }
    if (visit->demanding) {
        return way == 1
                   ? item->first > INT64_MIN && state_bound(&possible->state, variable, INT64_MIN,
                                                            item->first - 1, visit->reason)
                   : item->last < INT64_MAX &&
                         state_bound(&possible->state, variable, item->last + 1, INT64_MAX,
                                     visit->reason);
    }
    visit->reason |= root->reason;
    return (root->states & MAY_BE_KNOWN) != 0 &&
           (way == 1 ? root->low < item->first : root->high > item->last);
}

/* True, false, unknown; and when it must be unknown, in which way. */
static bool visit_comparison(struct possible *possible, const struct open_demand *open,
                             const struct form *form, uint32_t alternative, struct visit *visit)
{
    static const unsigned truths[] = {TRUTHS_TRUE, TRUTHS_FALSE, TRUTHS_UNKNOWN};
    if (open->truths != TRUTHS_UNKNOWN) {
        return visit_own_truth(possible, open, truths[alternative], visit);
    }
    if (form->kind == FORM_ORDER) {
        return visit_unknown_term(possible, open, alternative < 3 ? form->fact : form->other,
                                  alternative % 3, visit);
    }
    const uint32_t fact = alternative == 0 ? form->fact : form->other;
    return fact != NOT_FOUND_INDEX &&
           visit_unknown_fact(possible, state_variable(&possible->state, open->scope, fact), visit);
}

static bool visit_alternative(struct possible *possible, const struct open_demand *open,
                              uint32_t alternative, struct visit *visit)
{
    const struct form *form = LIST_AT(&possible->forms.forms, struct form, open->form);
    switch (form->kind) {
    case FORM_ALL:
        return visit_all(possible, open, form, alternative, visit);
    case FORM_CASE:
        return visit_case(possible, open, form, alternative, visit);
    case FORM_MEMBER:
        return visit_member(possible, open, form, alternative, visit);
    case FORM_SAME:
    case FORM_CONTAINS:
    case FORM_SAME_SET:
    case FORM_ORDER:
        return visit_comparison(possible, open, form, alternative, visit);
    case FORM_ALWAYS:
    case FORM_KNOWN:
    case FORM_CHOSEN:
        break;
    }
    assert_failed("the form has alternatives", __FILE__, __LINE__);
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
    struct prospect prospect = {.reason = cell_of(possible, open->form, open->scope)->reason};
    for (uint32_t i = count_alternatives(form, open->truths); i > 0; i--) {
        struct visit visit = {.demanding = false};
        if (visit_alternative(possible, open, i - 1, &visit)) {
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
    return visit_alternative(possible, &open, alternative, &visit) && settle(possible);
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
        if ((look_at_form(possible, open->form, open->scope).truths & ~open->truths) == 0 &&
            look_at_form(possible, open->form, open->scope).truths != 0) {
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
    const uint32_t count = count_alternatives(form, open.truths);
    const struct mark mark = set_mark(possible);
    const uint64_t own = cell_of(possible, open.form, open.scope)->reason;
    const uint64_t bit = bit_of(level);
    uint64_t blamed = prospect->reason;
    for (uint32_t i = prospect->first; i < count; i++) {
        struct visit visit = {.demanding = false};
        if (!visit_alternative(possible, &open, i, &visit)) {
            continue;
        }
        if (possible->trials == possible->trials_most) {
            return fail_beyond(possible);
        }
        possible->trials++;
        if (demand_alternative(possible, index, i, own | bit) && search(possible, level + 1)) {
            return true;
        }
        undo(possible, &mark);
        if ((possible->state.conflict & bit) == 0 || possible->state.beyond) {
            return false;
        }
        blamed |= possible->state.conflict & ~bit;
    }
    return fail(possible, level > LAST_BIT ? blamed | bit : blamed);
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
        sound = demand(possible, forms_of(&possible->forms, goal->condition), 0, goal->truths, 0);
    }
    return sound && settle(possible);
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
    const struct mark mark = set_mark(possible);
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
    undo(possible, &mark);
    TRY(given);
    if (*ret_answer == POSSIBLE_YES) {
        confirm(possible, question, &witness);
    }
    if (ret_witness != NULL) {
        *ret_witness = witness;
    }
    return result_ok();
}
