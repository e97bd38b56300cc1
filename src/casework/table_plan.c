#include "casework/table_plan.h"

#include <stdlib.h>
#include <string.h>

/* The store numbers people's facts; others have the rulebook's number above these. */
static const int64_t facts_beyond = INT64_C(1) << 32;

enum { ABSENT_MAX = 2048, PERIODS_BY_DEFAULT = 4 };

struct planning {
    struct sitting *sitting;
    struct table_plan *plan;
    struct buf absent; /* what the rulebook lacks */
};

/* --- words --- */

static int compare_words(const void *left, const void *right, void *words)
{
    const str *texts = words;
    const uint32_t *a = left;
    const uint32_t *b = right;
    return str_compare(texts[*a], texts[*b]);
}

/* The store numbers the words that people's facts have; those of hubs and agreements come after
 * them: every choice and country of the rulebook. */
static size_t words_of_rulebook(const struct rulebook *rulebook)
{
    size_t count = rulebook->country_count + 2;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        count += rulebook->facts[i].choice_count;
    }
    return count;
}

static size_t add_words_of_rulebook(const struct rulebook *rulebook, struct arena *arena,
                                    str *words, size_t count)
{
    words[count++] = STR("yes");
    words[count++] = STR("no");
    for (size_t i = 0; i < rulebook->country_count; i++) {
        char code[4];
        country_format(rulebook->countries[i].code, code);
        words[count++] = arena_copy(arena, str_from_c(code));
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        for (size_t choice = 0; choice < rulebook->facts[i].choice_count; choice++) {
            words[count++] = rulebook->facts[i].choices[choice];
        }
    }
    return count;
}

/* Of equal words the store's own comes first, and is the one that is found. */
static size_t keep_first_of_equal(const str *words, uint32_t *order, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && str_equal(words[order[i]], words[order[kept - 1]])) {
            order[kept - 1] = order[i] < order[kept - 1] ? order[i] : order[kept - 1];
        } else {
            order[kept++] = order[i];
        }
    }
    return kept;
}

static result gather_words(struct planning *planning, struct err *err)
{
    struct table_plan *plan = planning->plan;
    struct arena *arena = planning->sitting->arena;
    TRY(stage_words_read(planning->sitting, &plan->words, err));
    const size_t most = plan->words.word_count + words_of_rulebook(plan->rulebook) + 1;
    str *words = ARENA_NEW(arena, str, most);
    uint32_t *stages = ARENA_NEW(arena, uint32_t, most);
    uint32_t *order = ARENA_NEW(arena, uint32_t, most);
    if (words == NULL || stages == NULL || order == NULL) {
        return arena_full(err);
    }
    size_t count = plan->words.word_count;
    if (count == 0) {
        words[count++] = STR("");
    } else {
        memcpy(words, plan->words.words, count * sizeof *words);
    }
    count = add_words_of_rulebook(plan->rulebook, arena, words, count);
    for (size_t i = 0; i < count; i++) {
        stages[i] = i < plan->words.word_count ? plan->words.stages[i] : NOT_FOUND_INDEX;
        order[i] = (uint32_t)i;
    }
    qsort_r(order, count, sizeof *order, compare_words, words);
    plan->words = (struct stage_words){.words = words, .word_count = count, .stages = stages};
    plan->by_text = order;
    plan->by_text_count = keep_first_of_equal(words, order, count);
    return result_ok();
}

int64_t table_plan_word(const struct table_plan *plan, str text)
{
    size_t low = 0;
    size_t high = plan->by_text_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const uint32_t word = plan->by_text[middle];
        const int order = str_compare(plan->words.words[word], text);
        if (order == 0) {
            return word;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return 0;
}

int64_t table_plan_fact(const struct table_plan *plan, str name)
{
    for (size_t i = 1; i < plan->fact_name_count; i++) {
        if (str_equal(plan->fact_names[i], name)) {
            return (int64_t)i;
        }
    }
    const uint32_t fact = rulebook_fact(plan->rulebook, name);
    return fact == NOT_FOUND_INDEX ? 0 : facts_beyond + fact;
}

/* --- names of the definition --- */

static void lacks(struct planning *planning, const char *kind, str name)
{
    buf_format(&planning->absent, "%s%s %.*s", planning->absent.len > 0 ? ", " : "", kind,
               STR_ARG(name));
}

static uint32_t find_fact(struct planning *planning, str name, int64_t *ret_number)
{
    const uint32_t fact = rulebook_fact(planning->plan->rulebook, name);
    if (fact == NOT_FOUND_INDEX) {
        lacks(planning, "fact", name);
    }
    *ret_number = table_plan_fact(planning->plan, name);
    return fact;
}

/* The set of those names from index `first` on that the store has as words. */
static result set_of(struct planning *planning, const struct name_list *names, size_t first,
                     struct word_set *ret_set, struct err *err)
{
    bool *has = ARENA_NEW(planning->sitting->arena, bool, planning->plan->words.word_count + 1);
    if (has == NULL) {
        return arena_full(err);
    }
    for (size_t i = first; i < names->count; i++) {
        const int64_t word = table_plan_word(planning->plan, names->items[i]);
        has[word] = word != 0;
    }
    ret_set->has = has;
    return result_ok();
}

static void check_steps(struct planning *planning, const struct name_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (rulebook_step(planning->plan->rulebook, names->items[i]) == NOT_FOUND_INDEX) {
            lacks(planning, "step", names->items[i]);
        }
    }
}

static void check_stages(struct planning *planning, const struct name_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (rulebook_stage(planning->plan->rulebook, names->items[i]) == NOT_FOUND_INDEX) {
            lacks(planning, "stage", names->items[i]);
        }
    }
}

static result plan_basis(struct planning *planning, struct err *err)
{
    struct table_plan *plan = planning->plan;
    const struct table_definition *definition = plan->definition;
    switch (definition->basis) {
    case BASIS_STEPS:
    case BASIS_ANSWERS:
    case BASIS_REFUSALS:
    case BASIS_STOPS:
    case BASIS_AGREEMENTS:
        check_steps(planning, &definition->names);
        break;
    case BASIS_PEOPLE:
        check_stages(planning, &definition->names);
        break;
    case BASIS_VALUES:
        plan->value_fact =
            find_fact(planning, definition->names.items[0], &plan->value_fact_number);
        break;
    case BASIS_NONE:
    case BASIS_CLAIMS:
    case BASIS_NOTHING:
        break;
    }
    check_steps(planning, &definition->share_of);
    TRY(set_of(planning, &definition->share_of, 0, &plan->share_of, err));
    return set_of(planning, &definition->names, definition->basis == BASIS_VALUES ? 1 : 0,
                  &plan->names, err);
}

/* Which line of the group each word stands in. */
static result plan_group(struct planning *planning, struct planned_dimension *dimension,
                         struct err *err)
{
    const struct group_definition *group = dimension->definition->group;
    int64_t *group_of =
        ARENA_NEW(planning->sitting->arena, int64_t, planning->plan->words.word_count + 1);
    if (group_of == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < group->line_count; i++) {
        for (size_t name = 0; name < group->lines[i].names.count; name++) {
            group_of[table_plan_word(planning->plan, group->lines[i].names.items[name])] =
                (int64_t)i + 1;
        }
    }
    group_of[0] = 0;
    dimension->group_of = group_of;
    return result_ok();
}

static result plan_dimension(struct planning *planning, const struct dimension *definition,
                             struct planned_dimension *ret_dimension, struct err *err)
{
    struct planned_dimension *dimension = ret_dimension;
    *dimension = (struct planned_dimension){.definition = definition, .fact = NOT_FOUND_INDEX};
    const bool since = definition->kind == DIMENSION_SINCE;
    const bool grouped = definition->kind == DIMENSION_GROUP;
    if (definition->kind == DIMENSION_FACT || definition->kind == DIMENSION_AGE ||
        (grouped && definition->name.len > 0) || (since && definition->anchor == ANCHOR_FACT)) {
        dimension->fact = find_fact(planning, definition->name, &dimension->fact_number);
    }
    if (since && definition->anchor == ANCHOR_STEP) {
        if (rulebook_step(planning->plan->rulebook, definition->name) == NOT_FOUND_INDEX) {
            lacks(planning, "step", definition->name);
        }
        dimension->anchor_step = table_plan_word(planning->plan, definition->name);
    }
    check_steps(planning, &definition->names);
    if (grouped) {
        return plan_group(planning, dimension, err);
    }
    return set_of(planning, &definition->names, 0, &dimension->names, err);
}

static result plan_dimensions(struct planning *planning, struct err *err)
{
    struct table_plan *plan = planning->plan;
    const struct table_definition *definition = plan->definition;
    for (size_t i = 0; i < definition->by_count; i++) {
        TRY(plan_dimension(planning, &definition->by[i], &plan->dimensions[plan->dimension_count++],
                           err));
    }
    if (definition->has_across) {
        TRY(plan_dimension(planning, &definition->across,
                           &plan->dimensions[plan->dimension_count++], err));
    }
    return definition->measure == MEASURE_MEDIAN
               ? plan_dimension(planning, &definition->since, &plan->since, err)
               : result_ok();
}

static result plan_filters(struct planning *planning, struct err *err)
{
    struct table_plan *plan = planning->plan;
    for (size_t i = 0; i < plan->definition->filter_count; i++) {
        const struct filter *filter = &plan->definition->filters[i];
        struct planned_filter *planned = &plan->filters[i];
        planned->fact = find_fact(planning, filter->fact, &planned->fact_number);
        TRY(set_of(planning, &filter->values, 0, &planned->values, err));
        for (size_t value = 0; value < filter->values.count; value++) {
            planned->or_unknown =
                planned->or_unknown || str_equal(filter->values.items[value], STR("unknown"));
        }
    }
    return result_ok();
}

/* --- periods --- */

static int32_t months_of(enum period_kind kind)
{
    static const int32_t months[] = {[PERIOD_QUARTER] = 3, [PERIOD_YEAR] = 12, [PERIOD_MONTH] = 1};
    return months[kind];
}

static date first_of_year(int32_t year)
{
    date first = {0};
    result_ignore(date_from_civil((struct civil){year, 1, 1}, &first, NULL),
                  "years were checked when they were read");
    return first;
}

static result refuse_period(str text, enum period_kind kind, const char *field, struct err *err)
{
    static const char *const samples[] = {
        [PERIOD_QUARTER] = "2023-Q1", [PERIOD_YEAR] = "2023", [PERIOD_MONTH] = "2023-01"};
    const str shown = str_slice(text, 0, 40);
    result_ignore(
        err_set(err, ERROR_INPUT, "\"%.*s\" is not a period of this table", STR_ARG(shown)),
        "the hint follows");
    result_ignore(err_hint(err, "Write it like %s, from 1900 to 2199.", samples[kind]),
                  "its field follows");
    return err_field(err, "%s", field);
}

/* The first day of the period that is written so, in this field. */
static result read_period(str text, enum period_kind kind, const char *field, date *ret_first,
                          struct err *err)
{
    const struct str_cut cut = str_cut(text, '-');
    const str rest = kind == PERIOD_QUARTER && str_starts(cut.tail, STR("Q"))
                         ? str_slice(cut.tail, 1, cut.tail.len)
                         : cut.tail;
    int64_t year = 0;
    int64_t part = 1;
    const bool parted = kind != PERIOD_YEAR;
    const bool read = cut.head.len == 4 && str_to_int64(cut.head, &year, NULL).ok &&
                      cut.found == parted &&
                      (!parted || (rest.len > 0 && str_to_int64(rest, &part, NULL).ok)) &&
                      (kind != PERIOD_QUARTER || rest.len + 1 == cut.tail.len);
    if (!read || year < 1900 || year > 2199 || part < 1 || part > 12 / months_of(kind)) {
        return refuse_period(text, kind, field, err);
    }
    *ret_first = date_add_months(first_of_year((int32_t)year),
                                 ((int32_t)part - 1) * months_of(kind), DATE_ROUND_DOWN);
    return result_ok();
}

/* The first day of the period that holds the day. */
static date period_begin(date day, enum period_kind kind)
{
    const struct civil civil = date_to_civil(day);
    const int32_t months = months_of(kind);
    return date_add_months(first_of_year(civil.year), (civil.month - 1) / months * months,
                           DATE_ROUND_DOWN);
}

static str period_label(date first, enum period_kind kind, struct arena *arena)
{
    const struct civil civil = date_to_civil(first);
    switch (kind) {
    case PERIOD_QUARTER:
        return arena_format(arena, "%d-Q%d", civil.year, date_quarter(first));
    case PERIOD_YEAR:
        return arena_format(arena, "%d", civil.year);
    case PERIOD_MONTH:
        return arena_format(arena, "%d-%02d", civil.year, civil.month);
    }
    return STR("");
}

static result plan_periods(struct planning *planning, str from, str to, struct err *err)
{
    struct table_plan *plan = planning->plan;
    const enum period_kind kind = plan->definition->period;
    const date running = period_begin(plan->edition.as_of, kind);
    date first = date_add_months(running, -PERIODS_BY_DEFAULT * months_of(kind), DATE_ROUND_DOWN);
    date last = date_add_months(running, -months_of(kind), DATE_ROUND_DOWN);
    if (to.len > 0) {
        TRY(read_period(to, kind, "to", &last, err));
        first = last;
    }
    if (from.len > 0) {
        TRY(read_period(from, kind, "from", &first, err));
    }
    for (date begin = first; begin.day <= last.day;) {
        const date next = date_add_months(begin, months_of(kind), DATE_ROUND_DOWN);
        if (plan->period_count == TABLE_PERIODS_MAX) {
            result_ignore(
                err_set(err, ERROR_INPUT, "A table has %d periods at most", TABLE_PERIODS_MAX),
                "its field follows");
            return err_field(err, "from");
        }
        plan->periods[plan->period_count++] =
            (struct planned_period){.label = period_label(begin, kind, planning->sitting->arena),
                                    .first = begin,
                                    .last = date_add_days(next, -1)};
        begin = next;
    }
    if (plan->period_count > 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "The first period lies after the last one"),
                  "its field follows");
    return err_field(err, "from");
}

size_t table_plan_period(const struct table_plan *plan, date day)
{
    size_t low = 0;
    size_t high = plan->period_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (day.day < plan->periods[middle].first.day) {
            high = middle;
        } else if (day.day > plan->periods[middle].last.day) {
            low = middle + 1;
        } else {
            return middle;
        }
    }
    return plan->period_count;
}

/* --- the whole --- */

static result finish_absent(struct planning *planning, struct err *err)
{
    struct table_plan *plan = planning->plan;
    if (plan->definition->basis == BASIS_NOTHING) {
        plan->absent = plan->definition->absent;
        return result_ok();
    }
    if (planning->absent.len == 0) {
        plan->absent = STR("");
        return result_ok();
    }
    plan->absent = arena_format(planning->sitting->arena, "the rulebook \"%.*s\" has no %.*s",
                                STR_ARG(plan->rulebook->name), STR_ARG(buf_str(&planning->absent)));
    return plan->absent.at == NULL ? arena_full(err) : result_ok();
}

result table_plan_make(struct sitting *sitting, const struct table_definition *definition,
                       const struct publication_policy *policy, const struct edition *edition,
                       str from, str to, struct table_plan *ret_plan, struct err *err)
{
    struct table_plan *plan = ret_plan;
    struct planning planning = {.sitting = sitting, .plan = plan};
    char *space = ARENA_NEW(sitting->arena, char, ABSENT_MAX + 64);
    if (space == NULL) {
        return arena_full(err);
    }
    struct arena words = {.begin = space, .at = space, .end = space + ABSENT_MAX + 64};
    buf_init(&planning.absent, &words, ABSENT_MAX);
    *plan = (struct table_plan){.definition = definition,
                                .policy = policy,
                                .rulebook = sitting->casework->rulebook,
                                .edition = *edition};
    TRY(gather_words(&planning, err));
    TRY(transaction_fact_names(sitting->transaction, sitting->arena, &plan->fact_names,
                               &plan->fact_name_count, err));
    plan->unknown_word = table_plan_word(plan, STR("unknown"));
    TRY(plan_basis(&planning, err));
    TRY(plan_dimensions(&planning, err));
    TRY(plan_filters(&planning, err));
    TRY(plan_periods(&planning, from, to, err));
    return finish_absent(&planning, err);
}
