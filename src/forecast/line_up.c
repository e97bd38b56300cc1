#include "forecast/line_up.h"

#include <string.h>

enum {
    CELL_SHIFT = 32768, /* a cell is kept as a number that is not negative */
    CAPACITY_FIRST = 4 * COLUMNS_BLOCK_ROWS,
};

#define NO_ROW_FREE UINT32_MAX

static bool has_planes(const struct fact *fact)
{
    return fact->type == FACT_FLAG ||
           (fact->type == FACT_CHOICE && fact->choice_count <= COLUMN_PLANES_MAX);
}

static size_t plane_count(const struct fact *fact)
{
    return fact->type == FACT_FLAG ? 2 : fact->choice_count;
}

/* ---- room ---- */

/* A larger one with what was in it. */
static void *grown(struct line_up *line_up, const void *old, size_t row_bits, uint32_t capacity)
{
    void *larger = arena_take(line_up->arena, capacity / 8, row_bits, 64);
    if (larger == NULL) {
        line_up->full = true;
        return NULL;
    }
    if (old != NULL) {
        memcpy(larger, old, (size_t)line_up->capacity / 8 * row_bits);
    }
    return larger;
}

enum { BITS_PLANE = 1, BITS_CELL = 8 * sizeof(uint16_t), BITS_PLACE = 8 * sizeof(uint32_t) };

static void grow_planes(struct line_up *line_up, const struct fact *fact, uint64_t occurs,
                        struct line_up_column *written, uint32_t capacity)
{
    for (size_t i = 0; i < plane_count(fact); i++) {
        if ((occurs >> i & 1) != 0) {
            written->planes[i] = grown(line_up, written->planes[i], BITS_PLANE, capacity);
        }
    }
}

static void grow_rows_of(struct line_up *line_up, uint32_t index, uint32_t capacity)
{
    const struct fact *fact = &line_up->plan->rulebook->facts[index];
    struct line_up_column *written = &line_up->written[index];
    written->known = grown(line_up, written->known, BITS_PLANE, capacity);
    switch (fact->type) {
    case FACT_FLAG:
        grow_planes(line_up, fact, line_up->plan->facts[index].occurs, written, capacity);
        break;
    case FACT_CHOICE:
        if (has_planes(fact)) {
            grow_planes(line_up, fact, line_up->plan->facts[index].occurs, written, capacity);
            break;
        }
        written->cells = grown(line_up, written->cells, BITS_CELL, capacity);
        break;
    case FACT_DATE:
    case FACT_NUMBER:
    case FACT_COUNTRY:
        written->cells = grown(line_up, written->cells, BITS_CELL, capacity);
        break;
    case FACT_COUNTRIES:
        written->places = grown(line_up, written->places, BITS_PLACE, capacity);
        break;
    case FACT_TEXT:
        break;
    }
}

/* ---- columns ---- */

static void point_planes(struct line_up *line_up, uint32_t index)
{
    struct column *column = &line_up->of_facts[index];
    const struct fact *fact = &line_up->plan->rulebook->facts[index];
    const struct line_up_fact *given = &line_up->plan->facts[index];
    struct line_up_column *written = &line_up->written[index];
    column->kind = fact->type == FACT_FLAG ? COLUMN_FLAG : COLUMN_CHOICE;
    for (size_t i = 0; i < plane_count(fact); i++) {
        const bool all =
            given->source == LINE_UP_ALIKE && line_up_plane(fact, given->value.number) == i;
        written->read[i] = written->planes[i] != NULL ? written->planes[i]
                           : all                      ? line_up->ones
                                                      : line_up->zeros;
    }
    column->planes = written->read;
}

static void point_alike(struct line_up *line_up, uint32_t index)
{
    const struct value *value = &line_up->plan->facts[index].value;
    const struct fact *fact = &line_up->plan->rulebook->facts[index];
    struct column *column = &line_up->of_facts[index];
    column->known = line_up->ones;
    if (has_planes(fact)) {
        point_planes(line_up, index);
    } else if (fact->type == FACT_TEXT) {
        column->kind = COLUMN_TEXT;
    } else {
        column->kind = fact->type == FACT_COUNTRIES ? COLUMN_SETS : COLUMN_CELLS_16;
        column->cells = line_up->nothing;
        column->sets = &value->countries;
        column->number_count = 1;
        column->base = column->least = column->greatest = value->number;
    }
}

static void point_rows(struct line_up *line_up, uint32_t index)
{
    const struct line_up_plan *plan = line_up->plan;
    const struct fact *fact = &plan->rulebook->facts[index];
    const struct line_up_column *written = &line_up->written[index];
    struct column *column = &line_up->of_facts[index];
    column->known = written->known;
    column->cells = written->cells;
    column->kind = COLUMN_CELLS_16;
    switch (fact->type) {
    case FACT_FLAG:
    case FACT_CHOICE:
        if (has_planes(fact)) {
            point_planes(line_up, index);
            break;
        }
        column->least = 0;
        column->greatest = (int64_t)fact->choice_count - 1;
        break;
    case FACT_DATE:
        column->base = (int64_t)plan->begins.day - CELL_SHIFT;
        break;
    case FACT_NUMBER:
        column->base = -CELL_SHIFT;
        break;
    case FACT_COUNTRY:
        column->numbers = plan->countries;
        column->number_count = plan->country_count;
        break;
    case FACT_COUNTRIES:
        column->kind = COLUMN_SETS;
        column->cells = written->places;
        column->sets = plan->sets;
        column->number_count = plan->set_count;
        break;
    case FACT_TEXT:
        column->kind = COLUMN_TEXT;
        break;
    }
}

/* Columns look where their rows lie now. */
static void point(struct line_up *line_up)
{
    const struct line_up_plan *plan = line_up->plan;
    for (uint32_t i = 0; i < plan->rulebook->fact_count; i++) {
        struct column *column = &line_up->of_facts[i];
        switch (plan->facts[i].source) {
        case LINE_UP_NOTHING:
            column->kind = COLUMN_NONE;
            break;
        case LINE_UP_ALIKE:
            point_alike(line_up, i);
            break;
        case LINE_UP_DAY:
            column->kind = COLUMN_CELLS_16;
            column->known = line_up->ones;
            column->cells = line_up->days;
            column->base = (int64_t)plan->begins.day - CELL_SHIFT + plan->facts[i].days;
            break;
        case LINE_UP_ROWS:
            point_rows(line_up, i);
            break;
        }
    }
}

static void grow(struct line_up *line_up)
{
    const uint32_t before = line_up->capacity;
    const uint32_t capacity = before == 0 ? CAPACITY_FIRST : 2 * before;
    struct line_up_row *rows = ARENA_NEW(line_up->arena, struct line_up_row, capacity);
    uint32_t *fresh = ARENA_NEW(line_up->arena, uint32_t, capacity);
    line_up->ones = grown(line_up, NULL, BITS_PLANE, capacity);
    line_up->zeros = grown(line_up, NULL, BITS_PLANE, capacity);
    line_up->nothing = grown(line_up, NULL, BITS_PLACE, capacity);
    line_up->days = grown(line_up, line_up->days, BITS_CELL, capacity);
    for (uint32_t i = 0; i < line_up->plan->rulebook->fact_count; i++) {
        if (line_up->plan->facts[i].source == LINE_UP_ROWS) {
            grow_rows_of(line_up, i, capacity);
        }
    }
    line_up->full = line_up->full || rows == NULL || fresh == NULL;
    if (line_up->full) {
        return;
    }
    memset(line_up->ones, 0xFF, capacity / 8);
    if (before > 0) {
        memcpy(rows, line_up->rows, before * sizeof *rows);
        memcpy(fresh, line_up->fresh, line_up->fresh_count * sizeof *fresh);
    }
    line_up->rows = rows;
    line_up->fresh = fresh;
    line_up->capacity = capacity;
    point(line_up);
}

result line_up_begin(struct line_up *line_up, const struct line_up_plan *plan, struct arena *arena,
                     struct err *err)
{
    const struct rulebook *rulebook = plan->rulebook;
    *line_up = (struct line_up){
        .plan = plan,
        .arena = arena,
        .of_facts = ARENA_NEW(arena, struct column, rulebook->fact_count + 1),
        .written = ARENA_NEW(arena, struct line_up_column, rulebook->fact_count + 1),
        .free_first = NO_ROW_FREE,
        .day_least = INT32_MAX,
        .day_greatest = INT32_MIN,
    };
    if (line_up->of_facts == NULL || line_up->written == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        line_up->of_facts[i].least = INT64_MAX;
        line_up->of_facts[i].greatest = INT64_MIN;
    }
    grow(line_up);
    return line_up->full ? arena_full(err) : result_ok();
}

/* ---- rows ---- */

static void count_day(struct line_up *line_up, uint32_t row, int32_t day)
{
    const cell kept = cell_of_number(day);
    line_up->days[row] = (uint16_t)(kept + CELL_SHIFT);
    line_up->day_least = kept < line_up->day_least ? kept : line_up->day_least;
    line_up->day_greatest = kept > line_up->day_greatest ? kept : line_up->day_greatest;
}

uint32_t line_up_open(struct line_up *line_up, struct line_up_row who)
{
    uint32_t row = line_up->free_first;
    if (row != NO_ROW_FREE) {
        line_up->free_first = line_up->rows[row].person;
    } else {
        if (line_up->row_count == line_up->capacity) {
            grow(line_up);
        }
        if (line_up->full) {
            return 0;
        }
        row = line_up->row_count++;
    }
    const bool was_new = line_up->rows[row].is_new;
    who.barred = 0;
    who.is_there = who.is_new = true;
    line_up->rows[row] = who;
    if (!was_new) {
        line_up->fresh[line_up->fresh_count++] = row;
    }
    count_day(line_up, row, who.day);
    return row;
}

void line_up_close(struct line_up *line_up, uint32_t row)
{
    ASSERT(line_up->rows[row].is_there);
    line_up->rows[row].is_there = false;
    line_up->rows[row].person = line_up->free_first;
    line_up->free_first = row;
}

size_t line_up_fresh(struct line_up *line_up)
{
    size_t count = 0;
    for (size_t i = 0; i < line_up->fresh_count; i++) {
        struct line_up_row *row = &line_up->rows[line_up->fresh[i]];
        row->is_new = false;
        if (row->is_there) {
            line_up->fresh[count++] = line_up->fresh[i];
        }
    }
    line_up->fresh_count = count;
    return count;
}

void line_up_runs_of(const uint32_t *rows, size_t count, struct line_up_runs *ret_runs)
{
    ret_runs->rows = rows;
    ret_runs->count = count;
    ret_runs->run_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || rows[i] / 64 != rows[i - 1] / 64) {
            ret_runs->words[ret_runs->run_count] = rows[i] / 64;
            ret_runs->masks[ret_runs->run_count++] = 0;
        }
        ret_runs->masks[ret_runs->run_count - 1] |= UINT64_C(1) << (rows[i] % 64);
        ret_runs->ends[ret_runs->run_count - 1] = (uint16_t)(i + 1);
    }
}

/* Whether each row's value is that one, or is not (`turned`). Rows that were opened together lie
 * together, so most words are written once. */
static void put_plane(uint64_t *plane, const struct line_up_runs *runs, const cell *values,
                      cell value, bool turned)
{
    size_t i = 0;
    for (size_t run = 0; run < runs->run_count; run++) {
        uint64_t bits = 0;
        for (; i < runs->ends[run]; i++) {
            bits |= (uint64_t)(values[i] == value) << (runs->rows[i] % 64);
        }
        const uint64_t mask = runs->masks[run];
        uint64_t *word = &plane[runs->words[run]];
        *word = (*word & ~mask) | ((turned ? ~bits : bits) & mask);
    }
}

static void put_planes(struct line_up_column *written, const struct fact *fact, uint64_t occurs,
                       const struct line_up_runs *runs, const cell *values)
{
    for (uint64_t left = occurs; left != 0; left &= left - 1) {
        const size_t i = (size_t)__builtin_ctzll(left);
        const cell value = fact->type == FACT_FLAG ? i == 0 : (cell)i;
        put_plane(written->planes[i], runs, values, value, false);
    }
}

/* A date's number, or a number. */
static void put_number(struct line_up *line_up, uint32_t fact, uint32_t row, cell value)
{
    struct column *column = &line_up->of_facts[fact];
    const uint16_t kept = (uint16_t)(value + CELL_SHIFT);
    const int64_t number = column->base + kept;
    line_up->written[fact].cells[row] = kept;
    column->least = number < column->least ? number : column->least;
    column->greatest = number > column->greatest ? number : column->greatest;
}

static void put_cell(struct line_up *line_up, uint32_t index, uint32_t row, cell value)
{
    const struct line_up_plan *plan = line_up->plan;
    struct line_up_column *written = &line_up->written[index];
    switch (plan->rulebook->facts[index].type) {
    case FACT_DATE:
    case FACT_NUMBER:
        put_number(line_up, index, row, value);
        break;
    case FACT_COUNTRY:
        written->cells[row] = plan->country_places[value];
        break;
    case FACT_COUNTRIES:
        written->places[row] = (uint32_t)value;
        break;
    case FACT_FLAG:
    case FACT_CHOICE:
        written->cells[row] = (uint16_t)value;
        break;
    case FACT_TEXT:
        break;
    }
}

void line_up_put(struct line_up *line_up, uint32_t index, const struct line_up_runs *runs,
                 const cell *values)
{
    const struct line_up_plan *plan = line_up->plan;
    const struct fact *fact = &plan->rulebook->facts[index];
    struct line_up_column *written = &line_up->written[index];
    put_plane(written->known, runs, values, CELL_UNKNOWN, true);
    if (has_planes(fact)) {
        put_planes(written, fact, plan->facts[index].occurs, runs, values);
        return;
    }
    for (size_t i = 0; i < runs->count; i++) {
        if (values[i] != CELL_UNKNOWN) {
            put_cell(line_up, index, runs->rows[i], values[i]);
        }
    }
}

/* Numbers that nobody has have no range, and no column. */
static void settle_range(struct line_up *line_up, uint32_t index)
{
    const struct line_up_plan *plan = line_up->plan;
    struct column *column = &line_up->of_facts[index];
    const enum fact_type type = plan->rulebook->facts[index].type;
    if (plan->facts[index].source == LINE_UP_DAY) {
        const int64_t first = (int64_t)plan->begins.day + plan->facts[index].days;
        column->least = first + line_up->day_least;
        column->greatest = first + line_up->day_greatest;
    }
    if (plan->facts[index].source == LINE_UP_ROWS && (type == FACT_DATE || type == FACT_NUMBER)) {
        column->kind = column->least > column->greatest ? COLUMN_NONE : COLUMN_CELLS_16;
    }
}

const struct columns *line_up_settle(struct line_up *line_up, struct line_up_families families)
{
    const struct line_up_plan *plan = line_up->plan;
    line_up->fresh_count = 0;
    for (uint32_t i = 0; i < plan->rulebook->fact_count; i++) {
        settle_range(line_up, i);
    }
    const size_t blocks = (line_up->row_count + COLUMNS_BLOCK_ROWS - 1) / COLUMNS_BLOCK_ROWS;
    line_up->columns = (struct columns){
        .rulebook = plan->rulebook,
        .row_count = line_up->row_count,
        .word_count = blocks * COLUMNS_BLOCK_WORDS,
        .columns = line_up->of_facts,
        .members = families.rows,
        .group_begin = families.begins,
        .group_count = families.count,
    };
    return &line_up->columns;
}
