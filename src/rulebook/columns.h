/* columns: the facts of many people, fact by fact instead of person by person, so that a step can
 * be screened for everybody at the speed of memory.
 *
 * A row is a person. Every fact of a person has a column; what is known of it is a plane of bits,
 * 64 people to a word, and the values lie in the narrowest form that holds them all:
 *
 *   flags             two planes: yes, no
 *   choices           one plane for each choice, up to COLUMN_PLANES_MAX of them, else cells
 *   dates, numbers,   cells of 8, 16, 32 or 64 bits; the number is base + cell, or, with `numbers`,
 *   countries         numbers[cell]
 *   sets of countries cells that count into `sets`
 *   texts             the plane of what is known alone: texts are never compared
 *
 * Facts of hubs and agreements have no column: a screening is about one hub and one agreement.
 *
 * The rows of a family are listed group by group. All memory is the arena's in which the columns
 * were begun; finished columns are never changed and may be shared between threads. */
#ifndef RETURNHUB_RULEBOOK_COLUMNS_H
#define RETURNHUB_RULEBOOK_COLUMNS_H

#include "rulebook/judge.h"

enum {
    COLUMN_PLANES_MAX = 16,    /* choices beyond this many are kept as cells */
    COLUMNS_BLOCK_WORDS = 128, /* rows are padded to whole blocks of this many words */
    COLUMNS_BLOCK_ROWS = COLUMNS_BLOCK_WORDS * 64,
    COLUMNS_ROWS_MAX = 1 << 30,
};

enum column_kind {
    COLUMN_NONE, /* nothing is known of anybody */
    COLUMN_FLAG,
    COLUMN_CHOICE,
    COLUMN_CELLS_8,
    COLUMN_CELLS_16,
    COLUMN_CELLS_32,
    COLUMN_CELLS_64,
    COLUMN_SETS, /* cells of 32 bits */
    COLUMN_TEXT,
};

struct column {
    enum column_kind kind;
    const uint64_t *known;         /* a plane */
    const uint64_t *const *planes; /* FLAG: yes, no; CHOICE: one for each choice */
    const void *cells;
    int64_t base;
    const int64_t *numbers; /* NULL, or the number of each cell; `number_count` of them, rising */
    size_t number_count;
    int64_t least; /* the least and the greatest number that is known; least > greatest: none */
    int64_t greatest;
    const struct country_set *sets;
};

struct columns {
    const struct rulebook *rulebook;
    size_t row_count;
    size_t word_count;            /* of a plane: whole blocks */
    const struct column *columns; /* one for each fact of the rulebook */
    const uint32_t *members;      /* the rows of all families, group by group */
    const size_t *group_begin;    /* group_count + 1 positions in `members` */
    size_t group_count;
};

struct columns_builder;

/* `wanted`, when not NULL, says which facts are kept (fact_count entries); the others stay unknown.
 */
MUST_USE result columns_begin(const struct rulebook *rulebook, const bool *wanted, size_t row_count,
                              struct arena *arena, struct columns_builder **ret_builder,
                              struct err *err);
bool columns_wants(const struct columns_builder *builder, uint32_t fact);
/* A known value of a person's fact, once for a row and fact. Different threads may set different
 * facts, or rows of different blocks, but not sets of countries. */
MUST_USE result columns_set(struct columns_builder *builder, size_t row, uint32_t fact,
                            const struct value *value, struct err *err);
/* `groups[row]` is a number common to the rows of one family, 0 for none. NULL: no families. */
MUST_USE result columns_finish(struct columns_builder *builder, const int64_t *groups,
                               struct columns *ret_columns, struct err *err);

/* The same people under another rulebook: facts are found by name, choices and countries too. What
 * the other rulebook cannot say (a choice that is gone) is unknown, as everywhere. Shares memory
 * with `columns`. */
MUST_USE result columns_under(const struct columns *columns, const struct rulebook *rulebook,
                              struct arena *arena, struct columns *ret_columns, struct err *err);

/* What the columns say of one row; `values` has fact_count entries. */
void columns_row(const struct columns *columns, size_t row, struct value *values);
/* The question about a row, with its family, ready for the scalar judge. hub and agreement are
 * NULL.
 */
MUST_USE result columns_question(const struct columns *columns, size_t row, date today,
                                 struct arena *arena, struct question *ret_question,
                                 struct err *err);

/* The number of a row of a column that has cells, whether it is known or not. */
int64_t column_number(const struct column *column, size_t row);
/* Of `count` rows from `first` on. */
void column_numbers(const struct column *column, size_t first, size_t count, int64_t *numbers);

static inline bool plane_bit(const uint64_t *plane, size_t row)
{
    return (plane[row / 64] >> (row % 64) & 1) != 0;
}

#endif
