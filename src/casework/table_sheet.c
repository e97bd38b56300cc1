#include "casework/table_sheet.h"

#include "casework/table_label.h"
#include "statistics/interval.h"
#include "statistics/suppress.h"

#include <stdlib.h>
#include <string.h>

enum { SHEET_CELLS_MAX = 1 << 26 };

/* What stands instead of a number. */
static const str withheld = STR_INIT("[c]");
static const str not_enough = STR_INIT("[x]");

/* The codes of one dimension that occur, in the order in which they are printed. */
struct coded {
    int64_t code;
    str label;
};
struct code_list {
    struct coded *items;
    size_t count;
};

struct sheeting {
    struct sitting *sitting;
    struct arena *arena;
    const struct table_counts *counts;
    const struct table_plan *plan;
    const struct table_definition *definition;
    struct code_list codes[TABLE_CODES_MAX]; /* by dimension of the plan */
    struct table_cell *cells;                /* codes replaced by their places in `codes`; sorted */
    size_t cell_count;
    struct sheet *sheet;
    str *out; /* the cells of the sheet so far */
    size_t out_count;
    size_t out_max;
    int64_t slices_withheld; /* as no pattern protects them */
};

/* --- codes in order --------------------------------------------------------------------------- */

/* Of a code in a cell: which dimension it is of. */
static size_t dimension_at(const struct sheeting *work, const struct table_cell *cell, size_t at)
{
    if (!work->definition->compares) {
        return at;
    }
    return at == 0 ? cell->block : work->definition->by_count;
}

static size_t codes_in_cell(const struct sheeting *work)
{
    return work->definition->compares ? (work->definition->has_across ? 2U : 1U)
                                      : work->plan->dimension_count;
}

static int compare_numbers(const void *left, const void *right)
{
    const struct coded *a = left;
    const struct coded *b = right;
    return a->code < b->code ? -1 : a->code > b->code;
}

static int compare_labels(const void *left, const void *right)
{
    const struct coded *a = left;
    const struct coded *b = right;
    const bool a_special = a->code == CODE_UNKNOWN || a->code == CODE_NONE;
    const bool b_special = b->code == CODE_UNKNOWN || b->code == CODE_NONE;
    const int order = str_compare(a->label, b->label);
    return a_special != b_special ? (a_special ? 1 : -1)
           : order != 0           ? order
                                  : compare_numbers(left, right);
}

/* Bands by their beginnings, the rest by what it is called; what is not known, last. */
static int compare_bands(const void *left, const void *right)
{
    const struct coded *a = left;
    const struct coded *b = right;
    return (a->code == CODE_UNKNOWN) != (b->code == CODE_UNKNOWN)
               ? (a->code == CODE_UNKNOWN ? 1 : -1)
               : compare_numbers(left, right);
}

static size_t unique_codes(struct coded *items, size_t count)
{
    size_t kept = 0;
    qsort(items, count, sizeof *items, compare_numbers);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || items[kept - 1].code != items[i].code) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* Every label once: two codes that are called the same are one row. */
static void merge_labels(struct code_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        if (str_equal(list->items[i].label, list->items[i - 1].label)) {
            list->items[i].label = list->items[i - 1].label;
        }
    }
}

static result order_codes(struct sheeting *work, size_t dimension, struct err *err)
{
    struct code_list *list = &work->codes[dimension];
    const struct planned_dimension *planned = &work->plan->dimensions[dimension];
    list->items = ARENA_NEW(work->arena, struct coded, work->cell_count + 1);
    if (list->items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->cell_count; i++) {
        for (size_t at = 0; at < codes_in_cell(work); at++) {
            if (dimension_at(work, &work->cells[i], at) == dimension) {
                list->items[list->count++].code = work->cells[i].codes[at];
                break;
            }
        }
    }
    list->count = unique_codes(list->items, list->count);
    for (size_t i = 0; i < list->count; i++) {
        TRY(code_label(work->sitting, work->plan, planned, list->items[i].code,
                       &list->items[i].label, err));
    }
    const enum dimension_kind kind = planned->definition->kind;
    const bool in_bands = kind == DIMENSION_AGE || kind == DIMENSION_SINCE;
    qsort(list->items, list->count, sizeof *list->items, in_bands ? compare_bands : compare_labels);
    merge_labels(list);
    return result_ok();
}

/* The place of the code; of several codes with one label, that of the first. */
static int64_t place_of(const struct code_list *list, int64_t code)
{
    size_t place = 0;
    while (place < list->count && list->items[place].code != code) {
        place++;
    }
    ASSERT(place < list->count);
    while (place > 0 && str_equal(list->items[place].label, list->items[place - 1].label)) {
        place--;
    }
    return (int64_t)place;
}

static int compare_cells(const void *left, const void *right)
{
    const struct table_cell *a = left;
    const struct table_cell *b = right;
    if (a->period != b->period) {
        return a->period < b->period ? -1 : 1;
    }
    if (a->block != b->block) {
        return a->block < b->block ? -1 : 1;
    }
    for (size_t i = 0; i < TABLE_CODES_MAX; i++) {
        if (a->codes[i] != b->codes[i]) {
            return a->codes[i] < b->codes[i] ? -1 : 1;
        }
    }
    return 0;
}

static void join_waits(struct table_cell *into, const struct table_cell *from)
{
    struct waited **end = &into->waited;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = from->waited;
}

/* Cells that have become the same, because their labels are, are added up. */
static void join_cells(struct sheeting *work)
{
    size_t kept = 0;
    qsort(work->cells, work->cell_count, sizeof *work->cells, compare_cells);
    for (size_t i = 0; i < work->cell_count; i++) {
        if (kept > 0 && compare_cells(&work->cells[kept - 1], &work->cells[i]) == 0) {
            work->cells[kept - 1].count += work->cells[i].count;
            work->cells[kept - 1].yes += work->cells[i].yes;
            join_waits(&work->cells[kept - 1], &work->cells[i]);
        } else {
            work->cells[kept++] = work->cells[i];
        }
    }
    work->cell_count = kept;
}

static result order_cells(struct sheeting *work, struct err *err)
{
    const struct table_counts *counts = work->counts;
    work->cells = ARENA_NEW(work->arena, struct table_cell, counts->used + 1);
    if (work->cells == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < counts->capacity; i++) {
        if (counts->cells[i].count != 0) {
            work->cells[work->cell_count++] = counts->cells[i];
        }
    }
    for (size_t i = 0; i < work->plan->dimension_count; i++) {
        TRY(order_codes(work, i, err));
    }
    for (size_t i = 0; i < work->cell_count; i++) {
        struct table_cell *cell = &work->cells[i];
        for (size_t at = 0; at < codes_in_cell(work); at++) {
            cell->codes[at] = place_of(&work->codes[dimension_at(work, cell, at)], cell->codes[at]);
        }
    }
    join_cells(work);
    return result_ok();
}

/* --- a slice: one period, and of a table that compares one block ------------------------------ */

struct slice {
    size_t period;
    size_t block;
    const struct table_cell *cells;
    size_t cell_count;
    size_t row_count;
    size_t column_count;
    int64_t *numbers; /* row by row */
    const struct table_cell **first_of_row;
    struct suppress_table suppression;
    bool is_protected;
};

/* How many codes of a cell say which row it is in. */
static size_t row_codes(const struct sheeting *work)
{
    return work->definition->compares ? 1 : work->definition->by_count;
}

static bool same_row(const struct sheeting *work, const struct table_cell *a,
                     const struct table_cell *b)
{
    return memcmp(a->codes, b->codes, row_codes(work) * sizeof a->codes[0]) == 0;
}

/* The columns of numbers that add up: what is across, or yes and no, or the count alone. */
static size_t columns_of(const struct sheeting *work)
{
    const struct table_definition *definition = work->definition;
    return definition->has_across                 ? work->codes[definition->by_count].count
           : definition->measure == MEASURE_SHARE ? 2
                                                  : 1;
}

static void fill_number(const struct sheeting *work, struct slice *slice, size_t row,
                        const struct table_cell *cell)
{
    int64_t *numbers = slice->numbers + row * slice->column_count;
    if (work->definition->has_across) {
        numbers[cell->codes[row_codes(work)]] += cell->count;
    } else if (work->definition->measure == MEASURE_SHARE) {
        numbers[0] += cell->yes;
        numbers[1] += cell->count - cell->yes;
    } else {
        numbers[0] += cell->count;
    }
}

static result make_slice(struct sheeting *work, struct slice *slice, struct err *err)
{
    slice->column_count = columns_of(work);
    slice->numbers =
        ARENA_NEW(work->arena, int64_t, (slice->cell_count + 1) * (slice->column_count + 1));
    slice->first_of_row = ARENA_NEW(work->arena, const struct table_cell *, slice->cell_count + 1);
    if (slice->numbers == NULL || slice->first_of_row == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < slice->cell_count; i++) {
        const struct table_cell *cell = &slice->cells[i];
        if (i == 0 || !same_row(work, cell, &slice->cells[i - 1])) {
            slice->first_of_row[slice->row_count++] = cell;
        }
        fill_number(work, slice, slice->row_count - 1, cell);
    }
    slice->suppression = (struct suppress_table){
        .row_count = slice->row_count,
        .column_count = slice->column_count,
        .cells = slice->numbers,
        .threshold = work->plan->policy->suppress_below,
        .marks = ARENA_NEW(work->arena, enum suppression,
                           (slice->row_count + 1) * (slice->column_count + 1)),
    };
    if (slice->suppression.marks == NULL) {
        return arena_full(err);
    }
    TRY(suppress(&slice->suppression, *work->arena, &slice->is_protected, err));
    work->slices_withheld += slice->is_protected ? 0 : 1;
    return result_ok();
}

/* --- writing cells ---------------------------------------------------------------------------- */

static void put(struct sheeting *work, str text)
{
    ASSERT(work->out_count < work->out_max);
    work->out[work->out_count++] = text;
}

static str number_text(const struct sheeting *work, int64_t number)
{
    const int64_t step = work->plan->policy->round_to;
    return arena_format(work->arena, "%lld", (long long)((number + step / 2) / step * step));
}

/* Of the slice, totals at row_count and column_count. */
static int64_t number_at(const struct slice *slice, size_t row, size_t column)
{
    int64_t sum = 0;
    const size_t first_row = row == slice->row_count ? 0 : row;
    const size_t first_column = column == slice->column_count ? 0 : column;
    for (size_t r = first_row; r < (row == slice->row_count ? row : row + 1); r++) {
        for (size_t c = first_column; c < (column == slice->column_count ? column : column + 1);
             c++) {
            sum += slice->numbers[r * slice->column_count + c];
        }
    }
    return sum;
}

static bool is_shown(const struct slice *slice, size_t row, size_t column)
{
    return slice->suppression.marks[row * (slice->column_count + 1) + column] == SHOWN;
}

static void put_number(struct sheeting *work, const struct slice *slice, size_t row, size_t column)
{
    put(work,
        is_shown(slice, row, column) ? number_text(work, number_at(slice, row, column)) : withheld);
}

static str tenths(const struct sheeting *work, int64_t thousandths)
{
    return arena_format(work->arena, "%lld.%lld", (long long)(thousandths / 10),
                        (long long)(thousandths % 10));
}

static void put_share(struct sheeting *work, const struct slice *slice, size_t row)
{
    const int64_t all = number_at(slice, row, slice->column_count);
    const bool shown = is_shown(slice, row, 0) && is_shown(slice, row, 1) &&
                       is_shown(slice, row, slice->column_count);
    put_number(work, slice, row, slice->column_count);
    put_number(work, slice, row, 0);
    if (!shown || all == 0) {
        for (int i = 0; i < 3; i++) {
            put(work, all == 0 ? not_enough : withheld);
        }
        return;
    }
    const struct share share = share_of(number_at(slice, row, 0), all);
    put(work, tenths(work, share.thousandths));
    put(work, tenths(work, share.low));
    put(work, tenths(work, share.high));
}

static int compare_days(const void *left, const void *right)
{
    const int32_t *a = left;
    const int32_t *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* The days of a row, or of all rows, sorted. */
static result days_of_row(struct sheeting *work, const struct slice *slice, size_t row,
                          int32_t **ret_days, size_t *ret_count, struct err *err)
{
    size_t count = 0;
    int32_t *days =
        ARENA_NEW(work->arena, int32_t, (size_t)number_at(slice, row, slice->column_count) + 1);
    if (days == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < slice->cell_count; i++) {
        const bool in_row =
            row == slice->row_count || same_row(work, &slice->cells[i], slice->first_of_row[row]);
        for (const struct waited *one = slice->cells[i].waited; in_row && one != NULL;
             one = one->next) {
            days[count++] = one->days;
        }
    }
    qsort(days, count, sizeof *days, compare_days);
    *ret_days = days;
    *ret_count = count;
    return result_ok();
}

static result put_median(struct sheeting *work, const struct slice *slice, size_t row,
                         struct err *err)
{
    const struct arena before = *work->arena;
    int32_t *days = NULL;
    size_t count = 0;
    TRY(days_of_row(work, slice, row, &days, &count, err));
    const bool enough = (int64_t)count >= work->plan->policy->median_at_least && count > 0 &&
                        is_shown(slice, row, slice->column_count);
    const struct median median = enough ? median_of(days, count) : (struct median){.value = 0};
    *work->arena = before;
    put_number(work, slice, row, slice->column_count);
    put(work, enough       ? arena_format(work->arena, "%lld", (long long)median.value)
              : count == 0 ? not_enough
                           : withheld);
    put(work, median.has_interval ? arena_format(work->arena, "%lld", (long long)median.low)
                                  : not_enough);
    put(work, median.has_interval ? arena_format(work->arena, "%lld", (long long)median.high)
                                  : not_enough);
    return result_ok();
}

static result put_measure(struct sheeting *work, const struct slice *slice, size_t row,
                          struct err *err)
{
    switch (work->definition->measure) {
    case MEASURE_SHARE:
        put_share(work, slice, row);
        return result_ok();
    case MEASURE_MEDIAN:
        return put_median(work, slice, row, err);
    case MEASURE_COUNT:
        break;
    }
    for (size_t column = 0; work->definition->has_across && column < slice->column_count;
         column++) {
        put_number(work, slice, row, column);
    }
    put_number(work, slice, row, slice->column_count);
    return result_ok();
}

/* --- rows ------------------------------------------------------------------------------------- */

static str status_of(const struct sheeting *work, size_t period)
{
    const struct edition *edition = &work->plan->edition;
    const date last = work->plan->periods[period].last;
    const date until =
        date_add_months(last, (int32_t)work->plan->policy->provisional_months, DATE_ROUND_UP);
    return last.day >= edition->as_of.day    ? STR("not ended")
           : until.day >= edition->as_of.day ? STR("provisional")
                                             : STR("final");
}

static void put_keys(struct sheeting *work, const struct slice *slice, size_t row)
{
    put(work, work->plan->periods[slice->period].label);
    if (work->definition->compares) {
        put(work, dimension_title(work->plan, &work->plan->dimensions[slice->block]));
    }
    for (size_t i = 0; i < row_codes(work); i++) {
        const size_t dimension = work->definition->compares ? slice->block : i;
        put(work, row == slice->row_count
                      ? STR("Total")
                      : work->codes[dimension].items[slice->first_of_row[row]->codes[i]].label);
    }
}

static result put_row(struct sheeting *work, const struct slice *slice, size_t row, struct err *err)
{
    put_keys(work, slice, row);
    put(work, status_of(work, slice->period));
    TRY(put_measure(work, slice, row, err));
    work->sheet->row_count++;
    return result_ok();
}

/* Without anything to break it down by, the one row is the total. */
static result put_slice(struct sheeting *work, struct slice *slice, struct err *err)
{
    TRY(make_slice(work, slice, err));
    for (size_t row = 0; row_codes(work) > 0 && row < slice->row_count; row++) {
        TRY(put_row(work, slice, row, err));
    }
    return put_row(work, slice, slice->row_count, err);
}

static result put_slices(struct sheeting *work, struct err *err)
{
    const size_t blocks = work->definition->compares ? work->definition->by_count : 1;
    size_t at = 0;
    for (size_t period = 0; period < work->plan->period_count; period++) {
        for (size_t block = 0; block < blocks; block++) {
            struct slice slice = {.period = period, .block = block, .cells = work->cells + at};
            while (at < work->cell_count && work->cells[at].period == period &&
                   work->cells[at].block == block) {
                at++;
                slice.cell_count++;
            }
            if (work->plan->periods[period].first.day <= work->plan->edition.as_of.day) {
                TRY(put_slice(work, &slice, err));
            }
        }
    }
    return result_ok();
}

/* --- columns ---------------------------------------------------------------------------------- */

static void put_columns(struct sheeting *work)
{
    const struct table_definition *definition = work->definition;
    struct sheet *sheet = work->sheet;
    sheet_column(sheet, STR("Period"), false, true);
    if (definition->compares) {
        sheet_column(sheet, STR("Compared by"), false, true);
        sheet_column(sheet, STR("Group"), false, true);
    }
    for (size_t i = 0; !definition->compares && i < definition->by_count; i++) {
        sheet_column(sheet, dimension_title(work->plan, &work->plan->dimensions[i]), false, true);
    }
    sheet_column(sheet, STR("Status"), false, false);
    const struct code_list *across = &work->codes[definition->by_count];
    for (size_t i = 0; definition->has_across && i < across->count; i++) {
        sheet_column(sheet, across->items[i].label, true, false);
    }
    sheet_column(sheet, STR("Total"), true, false);
    if (definition->measure == MEASURE_SHARE) {
        sheet_column(sheet, STR("Of these"), true, false);
        sheet_column(sheet, STR("Share, per cent"), true, false);
    } else if (definition->measure == MEASURE_MEDIAN) {
        sheet_column(sheet, STR("Median, days"), true, false);
    }
    if (definition->measure != MEASURE_COUNT) {
        sheet_column(sheet, STR(SHEET_INTERVAL), true, false);
        sheet_column(sheet, STR("to"), true, false);
    }
}

/* --- what must be said ------------------------------------------------------------------------ */

static str counted_text(const struct table_plan *plan, struct arena *arena)
{
    const struct table_definition *definition = plan->definition;
    const struct name_list *names = &definition->names;
    switch (definition->basis) {
    case BASIS_CLAIMS:
        return STR("people, by the day on which they were registered; each person once");
    case BASIS_STEPS: {
        const str titles = step_titles(plan, names, arena);
        return definition->first_only
                   ? arena_format(
                         arena,
                         "people, by the day of the first of these steps that was taken for "
                         "them: %.*s. Later ones are not counted",
                         STR_ARG(titles))
                   : arena_format(
                         arena, "events, not people: each time one of these steps was taken: %.*s",
                         STR_ARG(titles));
    }
    case BASIS_ANSWERS:
        return arena_format(arena, "events: these steps, taken or refused by law: %.*s",
                            STR_ARG(step_titles(plan, names, arena)));
    case BASIS_REFUSALS:
        return arena_format(arena,
                            "events: these steps, each time they were refused by law, once for "
                            "every safeguard in the way where the table names them: %.*s",
                            STR_ARG(step_titles(plan, names, arena)));
    case BASIS_STOPS:
        return arena_format(arena,
                            "events: requests for these steps that were stopped because something "
                            "was recorded, once for every safeguard where the table names them: "
                            "%.*s",
                            STR_ARG(step_titles(plan, names, arena)));
    case BASIS_VALUES:
        return arena_format(arena,
                            "events: each time a new value of \"%.*s\" became true; the same value "
                            "recorded again is not counted",
                            STR_ARG(plan->rulebook->facts[plan->value_fact].title));
    case BASIS_PEOPLE:
        return names->count == 0
                   ? STR("people whose case is open, at the end of the period")
                   : arena_format(arena, "people in these stages at the end of the period: %.*s",
                                  STR_ARG(stage_titles(plan, names, arena)));
    case BASIS_AGREEMENTS:
        return STR("agreements, announced or not; those that are not are named to nobody who may "
                   "not see them");
    case BASIS_NONE:
    case BASIS_NOTHING:
        break;
    }
    return STR("nothing");
}

static void note_filters(const struct table_plan *plan, struct arena *arena, struct sheet *sheet)
{
    for (size_t i = 0; i < plan->definition->filter_count; i++) {
        const struct filter *filter = &plan->definition->filters[i];
        struct buf buf;
        buf_init(&buf, arena, 4096);
        buf_format(&buf, "only where \"%.*s\" is ",
                   STR_ARG(plan->rulebook->facts[plan->filters[i].fact].title));
        for (size_t value = 0; value < filter->values.count; value++) {
            buf_format(&buf, "%s%.*s", value > 0 ? " or " : "",
                       STR_ARG(filter->values.items[value]));
        }
        sheet_note(sheet, "Of these", buf_str(&buf));
    }
}

/* How long after the day it is true something was recorded: half, and nine of ten. */
static int32_t delay_of(const struct table_counts *counts, int64_t all, int64_t tenths_wanted)
{
    int64_t sum = 0;
    for (int32_t days = 0; days <= DELAY_DAYS_MAX; days++) {
        sum += counts->delays[days];
        if (sum * 10 >= all * tenths_wanted) {
            return days;
        }
    }
    return DELAY_DAYS_MAX;
}

static void note_delay(const struct table_counts *counts, struct arena *arena, struct sheet *sheet)
{
    int64_t all = 0;
    for (int32_t days = 0; days <= DELAY_DAYS_MAX; days++) {
        all += counts->delays[days];
    }
    if (all >= counts->plan->policy->suppress_below && all > 0) {
        sheet_note(sheet, "Recording",
                   arena_format(arena,
                                "of what is counted here, half was recorded within %d %s of its "
                                "day and nine tenths within %d; what is recorded later revises the "
                                "table upwards",
                                delay_of(counts, all, 5),
                                str_noun(delay_of(counts, all, 5), "day", "days"),
                                delay_of(counts, all, 9)));
    }
}

static void note_policy(const struct publication_policy *policy, struct arena *arena,
                        struct sheet *sheet)
{
    sheet_note(sheet, "Withheld",
               arena_format(arena,
                            "[c]: numbers from 1 to %lld, and others where these could be worked "
                            "out from totals; medians of fewer than %lld. [x]: not to be had. 0 is "
                            "0, and nothing else",
                            (long long)policy->suppress_below - 1,
                            (long long)policy->median_at_least));
    if (policy->round_to > 1) {
        sheet_note(sheet, "Rounded",
                   arena_format(arena,
                                "each number by itself, to the nearest %lld; rows need not "
                                "add up",
                                (long long)policy->round_to));
    }
    sheet_note(sheet, "Status",
               arena_format(arena,
                            "provisional for %lld %s after the period; not ended: the period was "
                            "running on the day of the table",
                            (long long)policy->provisional_months,
                            str_noun(policy->provisional_months, "month", "months")));
    sheet_note(sheet, "Unknown",
               STR("what nobody recorded has a row of its own; it is never counted as no or 0. "
                   "Combinations that do not occur have no row"));
}

static void note_intervals(const struct table_definition *definition, struct sheet *sheet)
{
    if (definition->measure == MEASURE_SHARE) {
        sheet_note(sheet, "Interval",
                   STR("Wilson score interval at 95 per cent, ends rounded "
                       "outwards"));
    } else if (definition->measure == MEASURE_MEDIAN) {
        sheet_note(sheet, "Interval",
                   STR("between two ranks, from the binomial distribution with one half: 95 per "
                       "cent at least, whatever the distribution"));
        sheet_note(sheet, "Median",
                   STR("of an even number, the lower of the two in the middle: a number of days "
                       "that was waited"));
    }
}

result table_sheet_notes(struct sitting *sitting, const struct table_plan *plan,
                         const struct table_counts *counts, const struct definitions *definitions,
                         struct sheet *sheet, struct err *err)
{
    struct arena *arena = sitting->arena;
    char hash[SHA256_HEX_SIZE];
    sheet_note(sheet, "Counted", counted_text(plan, arena));
    note_filters(plan, arena, sheet);
    for (size_t i = 0; i < plan->definition->note_count; i++) {
        sheet_note(sheet, "Note", plan->definition->notes[i]);
    }
    if (counts != NULL) {
        note_intervals(plan->definition, sheet);
        note_policy(plan->policy, arena, sheet);
        note_delay(counts, arena, sheet);
    }
    for (size_t i = 0; i < plan->policy->note_count; i++) {
        sheet_note(sheet, "Policy", plan->policy->notes[i]);
    }
    TRY(edition_notes(&plan->edition, arena, sheet, err));
    sha256_hex(&definitions->identity, hash);
    sheet_note(sheet, "Definitions", arena_format(arena, "%s", hash));
    sheet_note(sheet, "Rulebook",
               arena_format(arena, "%.*s, %.*s", STR_ARG(plan->rulebook->name),
                            STR_ARG(sitting->rulebook)));
    return sheet->notes[sheet->note_count - 1].text.at == NULL ? arena_full(err) : result_ok();
}

/* --- the whole -------------------------------------------------------------------------------- */

static result make_room(struct sheeting *work, struct err *err)
{
    const size_t blocks = work->definition->compares ? work->definition->by_count : 1;
    const size_t rows = work->cell_count + work->plan->period_count * blocks;
    work->out_max = rows * work->sheet->column_count;
    if (work->out_max > SHEET_CELLS_MAX) {
        return err_set(err, ERROR_LIMIT, "The table would be too large: break it down less");
    }
    work->out = ARENA_NEW(work->arena, str, work->out_max + 1);
    return work->out == NULL ? arena_full(err) : result_ok();
}

static result check_columns(const struct sheeting *work, struct err *err)
{
    const size_t across = work->definition->has_across ? columns_of(work) : 0;
    return across + DEFINITION_DIMENSIONS_MAX + 8 <= SHEET_COLUMNS_MAX
               ? result_ok()
               : err_set(err, ERROR_LIMIT,
                         "The table would have %zu columns: put what is across among what it is "
                         "broken down by",
                         across);
}

result table_sheet_make(struct sitting *sitting, const struct table_counts *counts,
                        const struct definitions *definitions, struct sheet *ret_sheet,
                        struct err *err)
{
    struct sheeting work = {.sitting = sitting,
                            .arena = sitting->arena,
                            .counts = counts,
                            .plan = counts->plan,
                            .definition = counts->plan->definition,
                            .sheet = ret_sheet};
    *ret_sheet = (struct sheet){.name = work.definition->name, .title = work.definition->title};
    TRY(order_cells(&work, err));
    TRY(check_columns(&work, err));
    put_columns(&work);
    TRY(make_room(&work, err));
    TRY(put_slices(&work, err));
    ret_sheet->cells = work.out;
    TRY(table_sheet_notes(sitting, counts->plan, counts, definitions, ret_sheet, err));
    if (work.slices_withheld > 0) {
        sheet_note(ret_sheet, "Too few",
                   arena_format(sitting->arena,
                                "%lld %s withheld whole, as nothing in them could be told without "
                                "telling a small number",
                                (long long)work.slices_withheld,
                                str_noun(work.slices_withheld, "part of the table is",
                                         "parts of the table are")));
    }
    return result_ok();
}

result table_sheet_absent(struct sitting *sitting, const struct table_plan *plan,
                          const struct definitions *definitions, struct sheet *ret_sheet,
                          struct err *err)
{
    *ret_sheet = (struct sheet){.name = plan->definition->name, .title = plan->definition->title};
    sheet_column(ret_sheet, STR("Period"), false, true);
    sheet_note(ret_sheet, "Not recorded",
               arena_format(sitting->arena, "not recorded under this rulebook: %.*s",
                            STR_ARG(plan->absent)));
    return table_sheet_notes(sitting, plan, NULL, definitions, ret_sheet, err);
}
