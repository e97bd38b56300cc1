/* definition: the published tables as text. A file of definitions says what each table counts, by
 * what it is broken down, and under which rules small numbers are withheld; nothing of that stands
 * in the program. Pure: names of facts, stages and steps are not looked up here, for a table may be
 * asked of a rulebook that does not record what it needs.
 *
 * The text is lines. A line at the left margin begins an item, the lines under it are indented. `#`
 * begins a comment. See statistics/README.md for every line there is. */
#ifndef RETURNHUB_STATISTICS_DEFINITION_H
#define RETURNHUB_STATISTICS_DEFINITION_H

#include "base/arena.h"
#include "base/hash.h"

enum {
    DEFINITION_BYTES_MAX = 1024 * 1024,
    DEFINITION_TABLES_MAX = 256,
    DEFINITION_DIMENSIONS_MAX = 8, /* of a table */
    DEFINITION_NAMES_MAX = 64,     /* in one list */
    DEFINITION_BANDS_MAX = 32,
    DEFINITION_NOTES_MAX = 16,
    DEFINITION_FILTERS_MAX = 4,
    DEFINITION_GROUPS_MAX = 32,
    DEFINITION_GROUP_LINES_MAX = 64,
};

struct name_list {
    str items[DEFINITION_NAMES_MAX];
    size_t count;
};

struct band_list {
    int64_t from[DEFINITION_BANDS_MAX]; /* each band reaches to the next one; rising */
    size_t count;
};

struct publication_policy {
    int64_t suppress_below;  /* counts from 1 to this less 1 are withheld */
    int64_t round_to;        /* what is shown is rounded to a multiple; 1: as it is */
    int64_t median_at_least; /* a median of fewer is withheld */
    int64_t provisional_months;
    struct band_list contact_days; /* the age of the last contact, in a reconciliation */
    str notes[DEFINITION_NOTES_MAX];
    size_t note_count;
};

enum basis {
    BASIS_NONE,
    BASIS_CLAIMS,   /* people registered in the period */
    BASIS_STEPS,    /* steps taken in the period; `first`: of each person the first of them */
    BASIS_ANSWERS,  /* steps taken, and steps refused by law */
    BASIS_REFUSALS, /* steps refused by law */
    BASIS_STOPS,    /* allowed steps that were stopped */
    BASIS_VALUES,   /* values of a fact that begin in the period */
    BASIS_PEOPLE,   /* people in a stage at the end of the period; no names: who is open */
    BASIS_AGREEMENTS,
    BASIS_NOTHING, /* what the register does not keep; the text says so */
};

enum dimension_kind {
    DIMENSION_FACT,
    DIMENSION_AGE,
    DIMENSION_SINCE, /* time from the anchor, in bands */
    DIMENSION_STEP,
    DIMENSION_STAGE, /* of who is counted: the one they are in; of a step: the one it leads to */
    DIMENSION_STAGE_NOW, /* at the day the table is made as at */
    DIMENSION_FIRST_OF,  /* the first of these steps that the person has taken by then */
    DIMENSION_LAST_OF,
    DIMENSION_VALUE, /* of the fact whose values are counted */
    DIMENSION_HUB,
    DIMENSION_AGREEMENT,
    DIMENSION_SAFEGUARD, /* each that stood in the way: a unit is counted under each of them */
    DIMENSION_GROUP,     /* the value of a fact, or the step, by the group it belongs to */
    DIMENSION_KIND_COUNT,
};

enum anchor { ANCHOR_CLAIM, ANCHOR_STAGE, ANCHOR_STEP, ANCHOR_FACT };

/* Values, or steps, that are counted together under one label: regions of the world, say. What no
 * line names is "In no group". Lines with the same label are one. */
struct group_line {
    str label;
    struct name_list names;
};

struct group_definition {
    str name;
    str title;
    struct group_line lines[DEFINITION_GROUP_LINES_MAX];
    size_t line_count;
};

struct dimension {
    enum dimension_kind kind;
    const struct group_definition *group; /* of DIMENSION_GROUP; `name` is "" when it is of steps */
    str title;                            /* "" for the usual one */
    str name;                             /* of the fact, or of the step that is the anchor */
    struct name_list names;
    struct band_list bands;
    enum anchor anchor;
    bool in_months;
};

enum period_kind { PERIOD_QUARTER, PERIOD_YEAR, PERIOD_MONTH };

enum measure { MEASURE_COUNT, MEASURE_SHARE, MEASURE_MEDIAN };

struct filter {
    str fact;
    struct name_list values;
};

struct table_definition {
    str name;
    str title;
    const char *file;
    uint32_t line;
    enum basis basis;
    bool first_only;
    struct name_list
        names;  /* of steps or stages, or the fact of BASIS_VALUES and then its values */
    str absent; /* of BASIS_NOTHING */
    enum period_kind period;
    struct filter filters[DEFINITION_FILTERS_MAX];
    size_t filter_count;
    struct dimension by[DEFINITION_DIMENSIONS_MAX];
    size_t by_count;
    bool compares; /* each of `by` is a block of rows of its own, all of the same people */
    bool has_across;
    struct dimension across;
    enum measure measure;
    struct name_list share_of; /* MEASURE_SHARE: the steps counted as yes; none: refused by law */
    struct dimension since;    /* MEASURE_MEDIAN: anchor and unit */
    str notes[DEFINITION_NOTES_MAX];
    size_t note_count;
};

struct definitions {
    struct publication_policy policy;
    const struct table_definition *tables;
    size_t table_count;
    const struct group_definition *groups;
    size_t group_count;
    struct sha256 identity; /* of the texts */
};

struct definition_file {
    str name;
    str text;
};

/* Stops at the first mistake, with file and line. Texts must outlive the definitions. */
MUST_USE result definitions_read(const struct definition_file *files, size_t file_count,
                                 struct arena *arena, struct definitions *ret_definitions,
                                 struct err *err);
/* NULL when there is none. */
const struct table_definition *definitions_table(const struct definitions *definitions, str name);

/* The band that holds the number: its index, or bands->count when the number lies before all. */
size_t band_of(const struct band_list *bands, int64_t number);
/* "18 to 29", "70 and over" */
str band_label(const struct band_list *bands, size_t index, struct arena *arena);

#endif
