#include "rulebook/possible_term.h"

#include "rulebook/judge.h"

/* One function, of one day; unknown where the scalar judge says so. */
static struct value apply(const struct forms *forms, const struct term *function, int64_t day)
{
    const struct rulebook *rulebook = forms->rulebook;
    date moved;
    if (function->kind == TERM_SUM) {
        return judge_sum(rulebook, &function->duration, function->backwards, value_number(day));
    }
    const struct calendar *calendar = &rulebook->calendars[function->item].calendar;
    return calendar_next_working_day(calendar, (date){.day = (int32_t)day}, &moved)
               ? value_date(moved)
               : value_unknown();
}

int64_t term_value(const struct forms *forms, uint32_t term, int64_t root)
{
    const struct term *item = forms_term(forms, term);
    if (item->shifts) {
        return root + item->shift;
    }
    if (item->table != NULL) {
        return item->table[root - item->first];
    }
    const struct value value = apply(forms, item, term_value(forms, item->inner, root));
    ASSERT(value.known);
    return value.number;
}

/* The middle without leaving the range of the numbers. */
static int64_t middle_of(int64_t low, int64_t high)
{
    return low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
}

/* Looks near `from` first, because days are mostly raised by little. */
bool term_least(const struct forms *forms, uint32_t term, int64_t from, int64_t need,
                int64_t *ret_root)
{
    const struct term *item = forms_term(forms, term);
    int64_t low = from > item->first ? from : item->first;
    int64_t high = low;
    if (low > item->last || term_value(forms, term, item->last) < need) {
        return false;
    }
    if (item->shifts) {
        *ret_root = low + item->shift >= need ? low : need - item->shift;
        return true;
    }
    for (int64_t step = 1; term_value(forms, term, high) < need; step *= 2) {
        low = high + 1;
        high = item->last - high < step ? item->last : high + step;
    }
    while (low < high) {
        const int64_t middle = middle_of(low, high);
        if (term_value(forms, term, middle) >= need) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *ret_root = low;
    return true;
}

/* Making. */

static bool is_alike(const struct term *a, const struct term *b)
{
    return a->kind == b->kind && a->item == b->item && a->inner == b->inner &&
           a->backwards == b->backwards && a->duration.count == b->duration.count &&
           a->duration.unit == b->duration.unit && a->duration.calendar == b->duration.calendar &&
           a->duration.rounding == b->duration.rounding;
}

/* The term like this one, or UINT32_MAX. */
static uint32_t find(const struct forms *forms, const struct term *draft)
{
    for (uint32_t i = 0; i < forms->terms.count; i++) {
        if (is_alike(forms_term(forms, i), draft)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static uint32_t add(struct forms *forms, const struct term *draft)
{
    struct term *term = LIST_ADD(&forms->terms, struct term, forms->arena);
    if (term == NULL) {
        forms->out_of_memory = true;
        return 0;
    }
    *term = *draft;
    return (uint32_t)forms->terms.count - 1;
}

static uint32_t make_root(struct forms *forms, const struct term *draft, int64_t first,
                          int64_t last)
{
    const uint32_t found = find(forms, draft);
    if (found != UINT32_MAX) {
        return found;
    }
    struct term term = *draft;
    term.root = (uint32_t)forms->terms.count;
    term.shifts = true;
    term.first = first;
    term.last = last;
    return add(forms, &term);
}

uint32_t term_of_fact(struct forms *forms, uint32_t fact)
{
    const struct term draft = {.kind = TERM_FACT, .item = fact};
    const bool is_day = forms->rulebook->facts[fact].type == FACT_DATE;
    return make_root(forms, &draft, is_day ? forms->day_first : INT64_MIN,
                     is_day ? forms->day_last : INT64_MAX);
}

uint32_t term_of_today(struct forms *forms)
{
    const struct term draft = {.kind = TERM_TODAY};
    return make_root(forms, &draft, forms->day_first, forms->day_last);
}

uint32_t term_of_constant(struct forms *forms, int64_t constant)
{
    uint32_t index = 0;
    while (index < forms->constants.count &&
           *LIST_AT(&forms->constants, int64_t, index) != constant) {
        index++;
    }
    if (index == forms->constants.count) {
        int64_t *added = LIST_ADD(&forms->constants, int64_t, forms->arena);
        if (added == NULL) {
            forms->out_of_memory = true;
            return 0;
        }
        *added = constant;
    }
    const struct term draft = {.kind = TERM_CONSTANT, .item = index};
    return make_root(forms, &draft, constant, constant);
}

static bool is_known(const struct forms *forms, const struct term *function, int64_t day)
{
    return apply(forms, function, day).known;
}

/* The last day of [first, last] for which the function is known, when it is known up to a day and
 * no further; first - 1 when for none. */
static int64_t last_known(const struct forms *forms, const struct term *function, int64_t first,
                          int64_t last)
{
    int64_t known = first - 1;
    while (known < last) {
        const int64_t middle = middle_of(known, last) + (last - known) % 2;
        if (is_known(forms, function, middle)) {
            known = middle;
        } else {
            last = middle - 1;
        }
    }
    return known;
}

/* The first day of [first, last] for which it is known, when it is known from a day on; last + 1
 * when for none. */
static int64_t first_known(const struct forms *forms, const struct term *function, int64_t first,
                           int64_t last)
{
    int64_t known = last + 1;
    while (first < known) {
        const int64_t middle = middle_of(first, known);
        if (is_known(forms, function, middle)) {
            known = middle;
        } else {
            first = middle + 1;
        }
    }
    return known;
}

/* The days for which one function is known. One end is that of the days that can be written, or
 * that the calendar knows; towards the other the sum leaves them. */
static void find_own_interval(const struct forms *forms, const struct term *function,
                              int64_t *ret_first, int64_t *ret_last)
{
    const bool moves = function->kind == TERM_NEXT_WORKING_DAY;
    int64_t first = forms->day_first;
    int64_t last = forms->day_last;
    if (moves || function->duration.unit == UNIT_WORKING_DAYS) {
        const uint32_t index = moves ? function->item : function->duration.calendar;
        const struct calendar *calendar = &forms->rulebook->calendars[index].calendar;
        first = calendar->from.day > first ? calendar->from.day : first;
        last = calendar->until.day < last ? calendar->until.day : last;
    }
    *ret_first = function->backwards ? first_known(forms, function, first, last) : first;
    *ret_last = function->backwards ? last : last_known(forms, function, first, last);
}

/* The root's values for which the whole term is known. */
static void find_interval(const struct forms *forms, struct term *term)
{
    const struct term *inner = forms_term(forms, term->inner);
    int64_t first;
    int64_t last;
    int64_t beyond;
    find_own_interval(forms, term, &first, &last);
    if (first > last || !term_least(forms, term->inner, inner->first, first, &term->first)) {
        term->first = 1;
        term->last = 0;
        return;
    }
    const bool reaches_beyond = term_least(forms, term->inner, inner->first, last + 1, &beyond);
    term->last = reaches_beyond ? beyond - 1 : inner->last;
}

uint32_t term_apply(struct forms *forms, uint32_t inner, const struct term *function)
{
    struct term term = *function;
    term.inner = inner;
    const uint32_t found = find(forms, &term);
    if (found != UINT32_MAX) {
        return found;
    }
    term.root = forms_term(forms, inner)->root;
    find_interval(forms, &term);
    if (term.kind == TERM_SUM && term.duration.unit == UNIT_DAYS &&
        forms_term(forms, inner)->shifts) {
        const int64_t count = term.duration.count;
        term.shifts = true;
        term.shift = forms_term(forms, inner)->shift + (term.backwards ? -count : count);
    }
    return add(forms, &term);
}

bool term_tabulate(const struct forms *forms, uint32_t term)
{
    struct term *item = forms_term(forms, term);
    if (item->shifts || item->table != NULL) {
        item->spread_least = item->shifts ? item->shift : item->spread_least;
        item->spread_most = item->shifts ? item->shift : item->spread_most;
        return true;
    }
    const int64_t count = item->first <= item->last ? item->last - item->first + 1 : 0;
    int32_t *table = ARENA_NEW(forms->arena, int32_t, (size_t)count);
    item->spread_least = INT64_MAX;
    item->spread_most = INT64_MIN;
    for (int64_t i = 0; table != NULL && i < count; i++) {
        const int64_t root = item->first + i;
        const int64_t moved = term_value(forms, term, root) - root;
        item->spread_least = moved < item->spread_least ? moved : item->spread_least;
        item->spread_most = moved > item->spread_most ? moved : item->spread_most;
        table[i] = (int32_t)(root + moved);
    }
    item->table = table;
    return table != NULL;
}
