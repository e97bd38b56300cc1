#include "rulebook/possible_search.h"

static bool visit_part(struct possible *possible, struct visit *visit, form_edge edge,
                       uint32_t scope, unsigned truths)
{
    if (visit->demanding) {
        return search_demand(possible, edge, scope, truths, visit->reason);
    }
    const struct sight sight = search_look(possible, edge, scope);
    if ((sight.truths & truths) == 0) {
        visit->reason |= sight.reason;
        return false;
    }
    return true;
}

uint32_t search_count_alternatives(const struct form *form, unsigned truths)
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
        return alternative == 0 ? search_demand_complete(possible, false, visit->reason)
                                : search_demand_new_member(possible, form->parts[0], open->truths,
                                                           visit->reason);
    }
    const struct variable *complete =
        search_variable(possible, 0, possible->forms.rulebook->family_complete);
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

bool search_visit_alternative(struct possible *possible, const struct open_demand *open,
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
