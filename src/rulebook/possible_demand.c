#include "rulebook/possible_search.h"

/* Undoing. */

struct search_mark search_mark(struct possible *possible)
{
    return (struct search_mark){
        .state = state_mark(&possible->state),
        .kept_count = possible->kept_count,
        .open_count = possible->open_count,
        .closed_count = possible->closed_count,
        .every_count = possible->every_count,
        .member_count = possible->member_count,
    };
}

void search_undo(struct possible *possible, const struct search_mark *mark)
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

bool search_fail(struct possible *possible, uint64_t reason)
{
    possible->state.conflict = reason;
    return false;
}

bool search_fail_beyond(struct possible *possible)
{
    possible->state.beyond = true;
    return search_fail(possible, UINT64_MAX);
}

/* Demanding. */

bool search_demand(struct possible *possible, form_edge edge, uint32_t scope, unsigned truths,
                   uint64_t reason)
{
    const uint32_t index = scope * (uint32_t)possible->forms.forms.count + (edge >> 1U);
    struct cell *cell = &possible->cells[index];
    const unsigned left = truths_left(cell) & truths_of_edge(edge, truths);
    if (left == 0) {
        return search_fail(possible, reason | cell->reason);
    }
    if (left == truths_left(cell)) {
        return true;
    }
    if (possible->kept_count == DEMANDS_MAX || possible->agenda_count == AGENDA_MAX) {
        return search_fail_beyond(possible);
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
        return search_fail_beyond(possible);
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
        sound = search_demand(possible, form->parts[i], scope, truths, reason);
    }
    return sound;
}

static bool demand_of_every_member(struct possible *possible, form_edge edge, unsigned truths,
                                   uint64_t reason)
{
    if (possible->every_count == sizeof possible->every / sizeof possible->every[0]) {
        return search_fail_beyond(possible);
    }
    possible->every[possible->every_count++] =
        (struct every_member){.edge = edge, .truths = truths, .reason = reason};
    bool sound = true;
    for (uint32_t member = 1; sound && member <= possible->member_count; member++) {
        sound = search_demand(possible, edge, member, truths,
                              reason | possible->member_reasons[member]);
    }
    return sound;
}

bool search_demand_new_member(struct possible *possible, form_edge edge, unsigned truths,
                              uint64_t reason)
{
    if (possible->member_count == POSSIBLE_MEMBERS_MAX) {
        return search_fail_beyond(possible);
    }
    const uint32_t member = ++possible->member_count;
    possible->member_reasons[member] = reason;
    bool sound = search_demand(possible, edge, member, truths, reason);
    for (size_t i = 0; sound && i < possible->every_count; i++) {
        const struct every_member *every = &possible->every[i];
        sound = search_demand(possible, every->edge, member, every->truths, every->reason | reason);
    }
    return sound;
}

bool search_demand_complete(struct possible *possible, bool complete, uint64_t reason)
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
        return search_demand_new_member(possible, form->parts[0], truths, reason);
    }
    if ((truths & TRUTHS_TRUE) == 0 &&
        !demand_of_every_member(possible, form->parts[0], truths | TRUTHS_FALSE, reason)) {
        return false;
    }
    if (truths == TRUTHS_FALSE) {
        return search_demand_complete(possible, true, reason);
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
    const struct cell *cell = search_cell(possible, index, scope);
    const struct form *form = LIST_AT(&possible->forms.forms, struct form, index);
    const unsigned truths = truths_left(cell);
    switch (form->kind) {
    case FORM_ALWAYS:
        return (truths & TRUTHS_TRUE) != 0 || search_fail(possible, cell->reason);
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
bool search_settle(struct possible *possible)
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
