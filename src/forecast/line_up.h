/* line_up: everybody in a stage whose ways are judged, with their facts in columns, as the
 * rulebook's column engine reads them (rulebook/columns.h).
 *
 * A person has a row as long as they are in the stage and may be cleared for one of its ways; a row
 * that is given back is used again. What is known of them is written into the columns once, when
 * they are first judged, and stays: between two judgings only those are looked at who came. What is
 * the same for everybody in the stage has no cells of its own, nor has a date that is so many days
 * from the day of coming: those share the column of these days.
 *
 * A value is a cell of 16 bits: a flag, a choice, a number, a country's code as it is; a date as
 * days from the beginning of the forecast; a set of countries as its place among the plan's. */
#ifndef RETURNHUB_FORECAST_LINE_UP_H
#define RETURNHUB_FORECAST_LINE_UP_H

#include "rulebook/columns.h"

typedef int16_t cell;
enum { CELL_UNKNOWN = INT16_MIN, CELL_MOST = INT16_MAX };

static inline cell cell_of_number(int64_t number)
{
    return number > CELL_MOST       ? CELL_MOST
           : number <= CELL_UNKNOWN ? CELL_UNKNOWN + 1
                                    : (cell)number;
}

enum line_up_source {
    LINE_UP_NOTHING, /* nobody ever knows it */
    LINE_UP_ALIKE,   /* `value` */
    LINE_UP_DAY,     /* so many `days` after the day of coming */
    LINE_UP_ROWS,    /* each has their own: line_up_put */
};

/* The plane of a flag's or a choice's value: a flag's are "yes" and "no", in this order. */
static inline size_t line_up_plane(const struct fact *fact, int64_t value)
{
    return fact->type == FACT_FLAG ? (value != 0 ? 0 : 1) : (size_t)value;
}

struct line_up_fact {
    enum line_up_source source;
    struct value value;
    int32_t days;
    uint64_t occurs; /* of LINE_UP_ROWS: bits, the planes of the values that there may be */
};

/* What is the same in all futures. */
struct line_up_plan {
    const struct rulebook *rulebook;
    date begins;
    const struct line_up_fact *facts; /* by fact of the rulebook */
    const uint16_t *country_places;   /* by code: its place among `countries` */
    const int64_t *countries;         /* those that occur, rising */
    size_t country_count;
    const struct country_set *sets;
    size_t set_count;
};

struct line_up_row {
    uint64_t key;
    uint32_t person; /* or the family they are in */
    int32_t day;     /* of coming */
    uint16_t group;
    uint16_t barred; /* bits: ways of the stage whose step is never clear in this stay */
    uint8_t member;  /* their number in the family */
    uint8_t role;
    bool is_there;
    bool is_new; /* since line_up_settle */
};

/* The rows of families, one after the other. */
struct line_up_families {
    const uint32_t *rows;
    const size_t *begins; /* one more than there are */
    size_t count;
};

struct line_up_column {
    uint64_t *known;
    uint64_t *planes[COLUMN_PLANES_MAX];     /* of the values that occur */
    const uint64_t *read[COLUMN_PLANES_MAX]; /* of all values, as the engine reads them */
    uint16_t *cells;
    uint32_t *places;
};

struct line_up {
    const struct line_up_plan *plan;
    struct arena *arena;
    struct columns columns; /* refer to what follows */
    struct column *of_facts;
    struct line_up_column *written; /* by fact */
    struct line_up_row *rows;
    uint32_t row_count; /* that were ever in use */
    uint32_t capacity;
    uint32_t free_first; /* linked through `person` */
    uint32_t *fresh;     /* rows that were opened, and may be closed again */
    size_t fresh_count;
    /* Shared by columns. */
    uint64_t *ones;
    uint64_t *zeros;
    uint16_t *days;
    void *nothing; /* cells that are 0 */
    int32_t day_least;
    int32_t day_greatest;
    bool full; /* the arena was: nothing more is kept */
};

MUST_USE result line_up_begin(struct line_up *line_up, const struct line_up_plan *plan,
                              struct arena *arena, struct err *err);

/* A row for somebody who comes (of `who`, what is said of them), and back again. */
uint32_t line_up_open(struct line_up *line_up, struct line_up_row who);
void line_up_close(struct line_up *line_up, uint32_t row);
/* Is it still that person's? Then it is of this stay: in each of them a row is opened. */
static inline bool line_up_has(const struct line_up *line_up, uint32_t row, uint32_t person)
{
    return line_up->rows[row].is_there && line_up->rows[row].person == person;
}

/* The rows of those who came since the last time and are still there, in line_up->fresh. Whatever
 * is LINE_UP_ROWS must be put for each of them before anybody is judged. */
size_t line_up_fresh(struct line_up *line_up);
/* Some rows, and where a run of them lies in one word of a plane: made once, for all facts. */
enum { LINE_UP_RUNS_MAX = 256 };
struct line_up_runs {
    const uint32_t *rows;
    size_t count;
    size_t run_count;
    uint32_t words[LINE_UP_RUNS_MAX];
    uint16_t ends[LINE_UP_RUNS_MAX]; /* of the run, among the rows */
    uint64_t masks[LINE_UP_RUNS_MAX];
};
void line_up_runs_of(const uint32_t *rows, size_t count, struct line_up_runs *ret_runs);
void line_up_put(struct line_up *line_up, uint32_t fact, const struct line_up_runs *runs,
                 const cell *values);
/* The columns, once everything is put. The families are referred to. */
const struct columns *line_up_settle(struct line_up *line_up, struct line_up_families families);

#endif
