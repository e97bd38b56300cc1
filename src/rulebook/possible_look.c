#include "rulebook/possible_search.h"

static unsigned truths_if(bool may_be_true, bool may_be_false, bool may_be_unknown)
{
    return (may_be_true ? TRUTHS_TRUE : 0U) | (may_be_false ? TRUTHS_FALSE : 0U) |
           (may_be_unknown ? TRUTHS_UNKNOWN : 0U);
}

static struct sight look_at_known(const struct possible *possible, const struct form *form,
                                  uint32_t scope)
{
    const struct variable *fact = search_variable(possible, scope, form->fact);
    return (struct sight){
        .truths = truths_if((fact->states & MAY_BE_KNOWN) != 0,
                            (fact->states & MAY_BE_UNKNOWN) != 0, false),
        .reason = fact->reason,
    };
}

static struct sight look_at_chosen(const struct possible *possible, const struct form *form,
                                   uint32_t scope)
{
    const struct variable *fact = search_variable(possible, scope, form->fact);
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
    const struct variable *b = search_variable(possible, scope, form->other);
    const struct variable *a =
        form->fact == NOT_FOUND_INDEX ? b : search_variable(possible, scope, form->fact);
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
        const struct sight part = search_look(possible, form->parts[i], scope);
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
        const struct sight guard = search_look(possible, form->parts[i], scope);
        sight.reason |= guard.reason;
        sight.truths |= guard.truths & TRUTHS_UNKNOWN;
        if ((guard.truths & TRUTHS_TRUE) != 0) {
            const struct sight part = search_look(possible, form->parts[i + 1], scope);
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
        search_variable(possible, 0, possible->forms.rulebook->family_complete);
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
struct sight search_look_at_form(struct possible *possible, uint32_t form, uint32_t scope)
{
    struct cell *cell = search_cell(possible, form, scope);
    if (cell->glance != possible->glance) {
        const struct sight sight =
            look_inside(possible, LIST_AT(&possible->forms.forms, struct form, form), scope);
        cell->glance = possible->glance;
        cell->seen = (uint8_t)sight.truths;
        cell->seen_reason = sight.reason;
    }
    return (struct sight){.truths = cell->seen, .reason = cell->seen_reason};
}

struct sight search_look(struct possible *possible, form_edge edge, uint32_t scope)
{
    const struct cell *cell = search_cell(possible, edge >> 1U, scope);
    struct sight sight = search_look_at_form(possible, edge >> 1U, scope);
    sight.truths = truths_of_edge(edge, sight.truths & truths_left(cell));
    sight.reason |= cell->reason;
    return sight;
}
