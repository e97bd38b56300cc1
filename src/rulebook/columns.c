#include "rulebook/columns.h"

#include <stdlib.h>
#include <string.h>

/* How a column is kept while it is filled. Numbers of 32 bits hold days, choices, countries and
 * places in `sets`; all of them fit. */
enum staging { STAGED_NOT, STAGED_FLAG, STAGED_PLANES, STAGED_32, STAGED_64, STAGED_TEXT };

struct staged {
    enum staging staging;
    uint64_t *known;
    uint64_t **planes;
    int32_t *numbers_32;
    int64_t *numbers_64;
    struct country_set *sets;
    size_t set_count;
};

struct columns_builder {
    const struct rulebook *rulebook;
    struct arena *arena;
    size_t row_count;
    size_t word_count;
    struct staged *staged; /* one for each fact */
};

/* --- filling ------------------------------------------------------------------------------- */

static size_t whole_blocks(size_t row_count)
{
    return (row_count + COLUMNS_BLOCK_ROWS - 1) / COLUMNS_BLOCK_ROWS * COLUMNS_BLOCK_WORDS;
}

static uint64_t *new_plane(struct arena *arena, size_t word_count)
{
    return arena_take(arena, word_count, sizeof(uint64_t), 64);
}

static uint64_t **new_planes(struct columns_builder *builder, size_t count)
{
    uint64_t **planes = ARENA_NEW(builder->arena, uint64_t *, count);
    bool whole = planes != NULL;
    for (size_t i = 0; whole && i < count; i++) {
        planes[i] = new_plane(builder->arena, builder->word_count);
        whole = planes[i] != NULL;
    }
    return whole ? planes : NULL;
}

static enum staging staging_of(const struct fact *fact)
{
    switch (fact->type) {
    case FACT_FLAG:
        return STAGED_FLAG;
    case FACT_CHOICE:
        return fact->choice_count <= COLUMN_PLANES_MAX ? STAGED_PLANES : STAGED_32;
    case FACT_DATE:
    case FACT_COUNTRY:
    case FACT_COUNTRIES:
        return STAGED_32;
    case FACT_NUMBER:
        return STAGED_64;
    case FACT_TEXT:
        return STAGED_TEXT;
    }
    return STAGED_NOT;
}

static size_t staged_plane_count(const struct fact *fact)
{
    return fact->type == FACT_FLAG ? 2 : fact->choice_count;
}

static result stage(struct columns_builder *builder, uint32_t fact, struct err *err)
{
    const struct fact *item = &builder->rulebook->facts[fact];
    struct staged *staged = &builder->staged[fact];
    const size_t rows = builder->word_count * 64;
    staged->staging = staging_of(item);
    staged->known = new_plane(builder->arena, builder->word_count);
    bool whole = staged->known != NULL;
    if (staged->staging == STAGED_FLAG || staged->staging == STAGED_PLANES) {
        staged->planes = new_planes(builder, staged_plane_count(item));
        whole = whole && staged->planes != NULL;
    } else if (staged->staging == STAGED_32) {
        staged->numbers_32 = arena_take(builder->arena, rows, sizeof(int32_t), 64);
        whole = whole && staged->numbers_32 != NULL;
    } else if (staged->staging == STAGED_64) {
        staged->numbers_64 = arena_take(builder->arena, rows, sizeof(int64_t), 64);
        whole = whole && staged->numbers_64 != NULL;
    }
    if (item->type == FACT_COUNTRIES) {
        staged->sets = ARENA_NEW(builder->arena, struct country_set, builder->row_count + 1);
        whole = whole && staged->sets != NULL;
    }
    return whole ? result_ok() : arena_full(err);
}

result columns_begin(const struct rulebook *rulebook, const bool *wanted, size_t row_count,
                     struct arena *arena, struct columns_builder **ret_builder, struct err *err)
{
    struct columns_builder *builder = ARENA_NEW(arena, struct columns_builder, 1);
    struct staged *staged = ARENA_NEW(arena, struct staged, rulebook->fact_count + 1);
    if (builder == NULL || staged == NULL) {
        return arena_full(err);
    }
    if (row_count > COLUMNS_ROWS_MAX) {
        return err_set(err, ERROR_LIMIT, "At most %d people are screened at once, not %zu",
                       COLUMNS_ROWS_MAX, row_count);
    }
    *builder = (struct columns_builder){.rulebook = rulebook,
                                        .arena = arena,
                                        .row_count = row_count,
                                        .word_count = whole_blocks(row_count),
                                        .staged = staged};
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const bool of_person = rulebook->facts[i].subject == SUBJECT_PERSON;
        if (of_person && (wanted == NULL || wanted[i])) {
            TRY(stage(builder, i, err));
        }
    }
    *ret_builder = builder;
    return result_ok();
}

bool columns_wants(const struct columns_builder *builder, uint32_t fact)
{
    ASSERT(fact < builder->rulebook->fact_count);
    return builder->staged[fact].staging != STAGED_NOT;
}

static void set_bit(uint64_t *plane, size_t row)
{
    plane[row / 64] |= UINT64_C(1) << (row % 64);
}

static result add_set(struct columns_builder *builder, struct staged *staged,
                      const struct country_set *set, int32_t *ret_place, struct err *err)
{
    uint16_t *codes = ARENA_NEW(builder->arena, uint16_t, set->count + 1);
    if (codes == NULL) {
        return arena_full(err);
    }
    if (set->count > 0) {
        memcpy(codes, set->codes, set->count * sizeof codes[0]);
    }
    ASSERT(staged->set_count < builder->row_count);
    staged->sets[staged->set_count] = (struct country_set){.codes = codes, .count = set->count};
    *ret_place = (int32_t)staged->set_count++;
    return result_ok();
}

result columns_set(struct columns_builder *builder, size_t row, uint32_t fact,
                   const struct value *value, struct err *err)
{
    ASSERT(row < builder->row_count && fact < builder->rulebook->fact_count && value->known);
    struct staged *staged = &builder->staged[fact];
    int32_t number = (int32_t)value->number;
    if (staged->sets != NULL) {
        TRY(add_set(builder, staged, &value->countries, &number, err));
    }
    switch (staged->staging) {
    case STAGED_NOT:
        return result_ok();
    case STAGED_FLAG:
        set_bit(staged->planes[value->number != 0 ? 0 : 1], row);
        break;
    case STAGED_PLANES:
        ASSERT(value->number >= 0 &&
               (size_t)value->number < builder->rulebook->facts[fact].choice_count);
        set_bit(staged->planes[value->number], row);
        break;
    case STAGED_32:
        staged->numbers_32[row] = number;
        break;
    case STAGED_64:
        staged->numbers_64[row] = value->number;
        break;
    case STAGED_TEXT:
        break;
    }
    set_bit(staged->known, row);
    return result_ok();
}

/* --- narrowing ----------------------------------------------------------------------------- */

static int64_t staged_number(const struct staged *staged, size_t row)
{
    return staged->numbers_32 != NULL ? staged->numbers_32[row] : staged->numbers_64[row];
}

static void find_range(const struct columns_builder *builder, const struct staged *staged,
                       struct column *column)
{
    column->least = INT64_MAX;
    column->greatest = INT64_MIN;
    for (size_t word = 0; word < builder->word_count; word++) {
        for (uint64_t left = staged->known[word]; left != 0; left &= left - 1) {
            const int64_t number = staged_number(staged, word * 64 + (size_t)__builtin_ctzll(left));
            column->least = number < column->least ? number : column->least;
            column->greatest = number > column->greatest ? number : column->greatest;
        }
    }
}

/* What a cell must hold; cells of people of whom nothing is known hold 0. */
static uint64_t cell_of(const struct column *column, const uint16_t *places, int64_t number)
{
    return places != NULL ? places[number] : (uint64_t)number - (uint64_t)column->base;
}

/* The cells take the memory of the numbers they are made from, and never run ahead of them. */
static void narrow(const struct columns_builder *builder, const struct staged *staged,
                   const uint16_t *places, struct column *column)
{
    void *cells = staged->numbers_32 != NULL ? (void *)staged->numbers_32 : staged->numbers_64;
    const size_t rows = builder->word_count * 64;
    for (size_t row = 0; row < rows; row++) {
        const bool known = plane_bit(staged->known, row);
        const int64_t number = staged_number(staged, row);
        const uint64_t cell = known ? cell_of(column, places, number) : 0;
        if (column->kind == COLUMN_CELLS_8) {
            const uint8_t narrow_cell = (uint8_t)cell;
            memcpy((char *)cells + row, &narrow_cell, sizeof narrow_cell);
        } else if (column->kind == COLUMN_CELLS_16) {
            const uint16_t narrow_cell = (uint16_t)cell;
            memcpy((char *)cells + row * sizeof narrow_cell, &narrow_cell, sizeof narrow_cell);
        } else if (column->kind == COLUMN_CELLS_32) {
            const uint32_t narrow_cell = (uint32_t)cell;
            memcpy((char *)cells + row * sizeof narrow_cell, &narrow_cell, sizeof narrow_cell);
        } else {
            memcpy((char *)cells + row * sizeof cell, &cell, sizeof cell);
        }
    }
    column->cells = cells;
}

static enum column_kind narrowest(uint64_t span)
{
    return span <= UINT8_MAX    ? COLUMN_CELLS_8
           : span <= UINT16_MAX ? COLUMN_CELLS_16
           : span <= UINT32_MAX ? COLUMN_CELLS_32
                                : COLUMN_CELLS_64;
}

/* The countries that occur, and the place of each among them. */
static result find_countries(const struct columns_builder *builder, const struct staged *staged,
                             uint16_t **ret_places, struct column *column, struct err *err)
{
    uint16_t *places = ARENA_NEW(builder->arena, uint16_t, COUNTRY_CODES);
    int64_t *numbers = ARENA_NEW(builder->arena, int64_t, COUNTRY_CODES);
    if (places == NULL || numbers == NULL) {
        return arena_full(err);
    }
    for (size_t row = 0; row < builder->row_count; row++) {
        if (plane_bit(staged->known, row)) {
            places[staged->numbers_32[row]] = 1;
        }
    }
    for (size_t code = 0; code < COUNTRY_CODES; code++) {
        if (places[code] != 0) {
            places[code] = (uint16_t)column->number_count;
            numbers[column->number_count++] = (int64_t)code;
        }
    }
    column->numbers = numbers;
    *ret_places = places;
    return result_ok();
}

static result finish_cells(const struct columns_builder *builder, const struct staged *staged,
                           enum fact_type type, struct column *column, struct err *err)
{
    uint16_t *places = NULL;
    find_range(builder, staged, column);
    if (column->least > column->greatest) {
        column->kind = COLUMN_NONE;
        return result_ok();
    }
    column->base = column->least;
    uint64_t span = (uint64_t)column->greatest - (uint64_t)column->least;
    if (type == FACT_COUNTRY) {
        column->base = 0;
        TRY(find_countries(builder, staged, &places, column, err));
        span = column->number_count - 1;
    }
    column->kind = narrowest(span);
    narrow(builder, staged, places, column);
    return result_ok();
}

static result finish_column(const struct columns_builder *builder, uint32_t fact,
                            struct column *column, struct err *err)
{
    const struct staged *staged = &builder->staged[fact];
    const enum fact_type type = builder->rulebook->facts[fact].type;
    column->known = staged->known;
    switch (staged->staging) {
    case STAGED_NOT:
        column->kind = COLUMN_NONE;
        return result_ok();
    case STAGED_FLAG:
    case STAGED_PLANES:
        column->kind = staged->staging == STAGED_FLAG ? COLUMN_FLAG : COLUMN_CHOICE;
        column->planes = (const uint64_t *const *)staged->planes;
        return result_ok();
    case STAGED_TEXT:
        column->kind = COLUMN_TEXT;
        return result_ok();
    case STAGED_32:
    case STAGED_64:
        break;
    }
    if (type == FACT_COUNTRIES) {
        column->kind = COLUMN_SETS;
        column->cells = staged->numbers_32;
        column->sets = staged->sets;
        column->number_count = staged->set_count;
        return result_ok();
    }
    return finish_cells(builder, staged, type, column, err);
}

/* --- families ------------------------------------------------------------------------------ */

struct membership {
    int64_t group;
    uint32_t row;
};

static int compare_memberships(const void *left, const void *right)
{
    const struct membership *a = left;
    const struct membership *b = right;
    const int by_group = (a->group > b->group) - (a->group < b->group);
    return by_group != 0 ? by_group : (a->row > b->row) - (a->row < b->row);
}

static result list_groups(const struct membership *memberships, size_t count, struct arena *arena,
                          struct columns *columns, struct err *err)
{
    uint32_t *members = ARENA_NEW(arena, uint32_t, count + 1);
    size_t *begin = ARENA_NEW(arena, size_t, count + 1);
    if (members == NULL || begin == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || memberships[i].group != memberships[i - 1].group) {
            begin[columns->group_count++] = i;
        }
        members[i] = memberships[i].row;
    }
    begin[columns->group_count] = count;
    columns->members = members;
    columns->group_begin = begin;
    return result_ok();
}

static result finish_families(const struct columns_builder *builder, const int64_t *groups,
                              struct columns *columns, struct err *err)
{
    size_t count = 0;
    for (size_t row = 0; groups != NULL && row < builder->row_count; row++) {
        count += groups[row] != 0 ? 1 : 0;
    }
    struct membership *memberships = ARENA_NEW(builder->arena, struct membership, count + 1);
    if (memberships == NULL) {
        return arena_full(err);
    }
    size_t filled = 0;
    for (size_t row = 0; filled < count; row++) {
        if (groups[row] != 0) {
            memberships[filled++] = (struct membership){.group = groups[row], .row = (uint32_t)row};
        }
    }
    qsort(memberships, count, sizeof memberships[0], compare_memberships);
    return list_groups(memberships, count, builder->arena, columns, err);
}

result columns_finish(struct columns_builder *builder, const int64_t *groups,
                      struct columns *ret_columns, struct err *err)
{
    const struct rulebook *rulebook = builder->rulebook;
    struct column *list = ARENA_NEW(builder->arena, struct column, rulebook->fact_count + 1);
    struct columns columns = {.rulebook = rulebook,
                              .row_count = builder->row_count,
                              .word_count = builder->word_count,
                              .columns = list};
    if (list == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        TRY(finish_column(builder, i, &list[i], err));
    }
    TRY(finish_families(builder, groups, &columns, err));
    *ret_columns = columns;
    return result_ok();
}

/* --- reading one row ----------------------------------------------------------------------- */

static uint64_t cell_at(const struct column *column, size_t row)
{
    if (column->kind == COLUMN_CELLS_8) {
        return ((const uint8_t *)column->cells)[row];
    }
    if (column->kind == COLUMN_CELLS_16) {
        return ((const uint16_t *)column->cells)[row];
    }
    if (column->kind == COLUMN_CELLS_64) {
        return ((const uint64_t *)column->cells)[row];
    }
    return ((const uint32_t *)column->cells)[row];
}

int64_t column_number(const struct column *column, size_t row)
{
    const uint64_t cell = cell_at(column, row);
    return column->numbers != NULL ? column->numbers[cell]
                                   : (int64_t)(cell + (uint64_t)column->base);
}

#define NUMBERS_OF_CELLS(type)                                                                     \
    static void numbers_of_##type(const type *cells, size_t count, int64_t base, int64_t *numbers) \
    {                                                                                              \
        for (size_t i = 0; i < count; i++) {                                                       \
            numbers[i] = (int64_t)((uint64_t)base + cells[i]);                                     \
        }                                                                                          \
    }
NUMBERS_OF_CELLS(uint8_t)
NUMBERS_OF_CELLS(uint16_t)
NUMBERS_OF_CELLS(uint32_t)
NUMBERS_OF_CELLS(uint64_t)

void column_numbers(const struct column *column, size_t first, size_t count, int64_t *numbers)
{
    if (column->numbers != NULL) {
        for (size_t i = 0; i < count; i++) {
            numbers[i] = column->numbers[cell_at(column, first + i)];
        }
    } else if (column->kind == COLUMN_CELLS_8) {
        numbers_of_uint8_t((const uint8_t *)column->cells + first, count, column->base, numbers);
    } else if (column->kind == COLUMN_CELLS_16) {
        numbers_of_uint16_t((const uint16_t *)column->cells + first, count, column->base, numbers);
    } else if (column->kind == COLUMN_CELLS_64) {
        numbers_of_uint64_t((const uint64_t *)column->cells + first, count, column->base, numbers);
    } else {
        numbers_of_uint32_t((const uint32_t *)column->cells + first, count, column->base, numbers);
    }
}

static int64_t choice_at(const struct column *column, size_t choice_count, size_t row)
{
    size_t choice = 0;
    while (choice < choice_count && !plane_bit(column->planes[choice], row)) {
        choice++;
    }
    ASSERT(choice < choice_count);
    return (int64_t)choice;
}

static struct value value_at(const struct column *column, const struct fact *fact, size_t row)
{
    struct value value = value_unknown();
    if (column->kind == COLUMN_NONE || !plane_bit(column->known, row)) {
        return value;
    }
    value.known = true;
    switch (column->kind) {
    case COLUMN_FLAG:
        value.number = plane_bit(column->planes[0], row) ? 1 : 0;
        break;
    case COLUMN_CHOICE:
        value.number = choice_at(column, fact->choice_count, row);
        break;
    case COLUMN_CELLS_8:
    case COLUMN_CELLS_16:
    case COLUMN_CELLS_32:
    case COLUMN_CELLS_64:
        value.number = column_number(column, row);
        break;
    case COLUMN_SETS:
        value.countries = column->sets[cell_at(column, row)];
        break;
    case COLUMN_NONE:
    case COLUMN_TEXT:
        break;
    }
    return value;
}

void columns_row(const struct columns *columns, size_t row, struct value *values)
{
    ASSERT(row < columns->row_count);
    for (size_t i = 0; i < columns->rulebook->fact_count; i++) {
        values[i] = value_at(&columns->columns[i], &columns->rulebook->facts[i], row);
    }
}

/* The group a row is in: they are searched one by one, for this is asked of few rows. */
static size_t group_of(const struct columns *columns, size_t row)
{
    size_t group = 0;
    bool found = false;
    while (group < columns->group_count && !found) {
        for (size_t i = columns->group_begin[group]; i < columns->group_begin[group + 1]; i++) {
            found = found || columns->members[i] == row;
        }
        group += found ? 0 : 1;
    }
    return group;
}

result columns_question(const struct columns *columns, size_t row, date today, struct arena *arena,
                        struct question *ret_question, struct err *err)
{
    const size_t fact_count = columns->rulebook->fact_count + 1;
    const size_t group = group_of(columns, row);
    const size_t begin = group < columns->group_count ? columns->group_begin[group] : 0;
    const size_t end = group < columns->group_count ? columns->group_begin[group + 1] : 0;
    struct value *own = ARENA_NEW(arena, struct value, fact_count);
    const struct value **family = ARENA_NEW(arena, const struct value *, end - begin + 1);
    if (own == NULL || family == NULL) {
        return arena_full(err);
    }
    columns_row(columns, row, own);
    size_t count = 0;
    for (size_t i = begin; i < end; i++) {
        struct value *values = ARENA_NEW(arena, struct value, fact_count);
        if (values == NULL) {
            return arena_full(err);
        }
        if (columns->members[i] != row) {
            columns_row(columns, columns->members[i], values);
            family[count++] = values;
        }
    }
    *ret_question =
        (struct question){.person = own, .family = family, .family_count = count, .today = today};
    return result_ok();
}

/* --- under another rulebook ---------------------------------------------------------------- */

/* From one rulebook's facts to another's. */
struct translation {
    const struct columns *from;
    const struct fact *from_fact;
    const struct rulebook *to;
    const struct fact *to_fact;
    struct arena *arena;
};

static size_t choice_named(const struct fact *fact, str name)
{
    size_t choice = 0;
    while (choice < fact->choice_count && !str_equal(fact->choices[choice], name)) {
        choice++;
    }
    return choice;
}

/* The known plane without the rows for which `lost` says so. */
static result forget(const struct translation *translation, const struct column *from,
                     const bool *lost, struct column *column, struct err *err)
{
    uint64_t *known = new_plane(translation->arena, translation->from->word_count);
    if (known == NULL) {
        return arena_full(err);
    }
    memcpy(known, from->known, translation->from->word_count * sizeof known[0]);
    for (size_t row = 0; row < translation->from->row_count; row++) {
        if (plane_bit(known, row) && lost[cell_at(from, row)]) {
            known[row / 64] &= ~(UINT64_C(1) << (row % 64));
        }
    }
    column->known = known;
    return result_ok();
}

static result translate_planes(const struct translation *translation, const struct column *from,
                               struct column *column, struct err *err)
{
    const size_t words = translation->from->word_count;
    const struct fact *to = translation->to_fact;
    const uint64_t **planes = ARENA_NEW(translation->arena, const uint64_t *, to->choice_count + 1);
    uint64_t *none = new_plane(translation->arena, words);
    uint64_t *known = new_plane(translation->arena, words);
    if (planes == NULL || none == NULL || known == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < to->choice_count; i++) {
        const size_t choice = choice_named(translation->from_fact, to->choices[i]);
        planes[i] = choice < translation->from_fact->choice_count ? from->planes[choice] : none;
        for (size_t word = 0; word < words; word++) {
            known[word] |= planes[i][word];
        }
    }
    column->planes = planes;
    column->known = known;
    return result_ok();
}

static result translate_cells_of_choices(const struct translation *translation,
                                         const struct column *from, struct column *column,
                                         struct err *err)
{
    const struct fact *old = translation->from_fact;
    int64_t *numbers = ARENA_NEW(translation->arena, int64_t, old->choice_count + 1);
    bool *lost = ARENA_NEW(translation->arena, bool, old->choice_count + 1);
    if (numbers == NULL || lost == NULL) {
        return arena_full(err);
    }
    const size_t first = (size_t)from->base; /* of a dictionary: 0 */
    size_t count = 0;
    for (size_t cell = 0; first + cell < old->choice_count; cell++) {
        const size_t choice = from->numbers != NULL ? (size_t)from->numbers[cell] : first + cell;
        const size_t now = choice_named(translation->to_fact, old->choices[choice]);
        lost[cell] = now == translation->to_fact->choice_count;
        numbers[cell] = lost[cell] ? 0 : (int64_t)now;
        count++;
    }
    column->base = 0;
    column->numbers = numbers;
    column->number_count = count;
    column->least = 0;
    column->greatest = (int64_t)translation->to_fact->choice_count - 1;
    return forget(translation, from, lost, column, err);
}

static bool is_listed(const struct rulebook *rulebook, int64_t code)
{
    size_t begin = 0;
    size_t end = rulebook->country_count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (rulebook->countries[middle].code < code) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin < rulebook->country_count && rulebook->countries[begin].code == code;
}

static bool set_is_listed(const struct rulebook *rulebook, const struct country_set *set)
{
    bool listed = true;
    for (size_t i = 0; i < set->count; i++) {
        listed = listed && is_listed(rulebook, set->codes[i]);
    }
    return listed;
}

static result translate_countries(const struct translation *translation, const struct column *from,
                                  struct column *column, struct err *err)
{
    bool *lost = ARENA_NEW(translation->arena, bool, from->number_count + 1);
    if (lost == NULL) {
        return arena_full(err);
    }
    bool any = false;
    for (size_t i = 0; i < from->number_count; i++) {
        lost[i] = from->kind == COLUMN_SETS ? !set_is_listed(translation->to, &from->sets[i])
                                            : !is_listed(translation->to, from->numbers[i]);
        any = any || lost[i];
    }
    return any ? forget(translation, from, lost, column, err) : result_ok();
}

static bool same_choices(const struct fact *a, const struct fact *b)
{
    bool same = a->choice_count == b->choice_count;
    for (size_t i = 0; same && i < a->choice_count; i++) {
        same = str_equal(a->choices[i], b->choices[i]);
    }
    return same;
}

static result translate(const struct translation *translation, const struct column *from,
                        struct column *column, struct err *err)
{
    const struct fact *to = translation->to_fact;
    *column = *from;
    if (from->kind == COLUMN_NONE || to->type == FACT_FLAG || to->type == FACT_DATE ||
        to->type == FACT_NUMBER || to->type == FACT_TEXT) {
        return result_ok();
    }
    if (to->type == FACT_COUNTRY || to->type == FACT_COUNTRIES) {
        return translate_countries(translation, from, column, err);
    }
    if (same_choices(translation->from_fact, to)) {
        return result_ok();
    }
    return from->kind == COLUMN_CHOICE ? translate_planes(translation, from, column, err)
                                       : translate_cells_of_choices(translation, from, column, err);
}

result columns_under(const struct columns *columns, const struct rulebook *rulebook,
                     struct arena *arena, struct columns *ret_columns, struct err *err)
{
    struct column *list = ARENA_NEW(arena, struct column, rulebook->fact_count + 1);
    if (list == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        const uint32_t old = rulebook_fact(columns->rulebook, fact->name);
        const struct fact *old_fact =
            old == NOT_FOUND_INDEX ? NULL : &columns->rulebook->facts[old];
        list[i] = (struct column){.kind = COLUMN_NONE};
        /* What the register counts is nobody's record: it is not carried over from one. */
        if (old_fact == NULL || old_fact->type != fact->type || fact->subject != SUBJECT_PERSON ||
            old_fact->counted != fact->counted) {
            continue;
        }
        const struct translation translation = {.from = columns,
                                                .from_fact = old_fact,
                                                .to = rulebook,
                                                .to_fact = fact,
                                                .arena = arena};
        TRY(translate(&translation, &columns->columns[old], &list[i], err));
    }
    *ret_columns = *columns;
    ret_columns->rulebook = rulebook;
    ret_columns->columns = list;
    return result_ok();
}
