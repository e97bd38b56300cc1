/* records: rows of named cells out of a CSV (RFC 4180) or NDJSON text of any size, a row at a time.
 *
 * Only a window of the text is in memory. What is wrong with a row is an answer, not a failure: the
 * row is passed over and reading goes on with the next line, so that one reading finds everything.
 * Which of the two it is, the first character says: an object begins with a brace.
 *
 * CSV: the first row names the columns; rows are counted as a spreadsheet does, the first is 1.
 * NDJSON (one object a line): texts, whole numbers, true ("yes"), false ("no"), null (an empty
 * cell), and lists of texts (joined with commas). */
#ifndef RETURNHUB_FORMAT_RECORDS_H
#define RETURNHUB_FORMAT_RECORDS_H

#include "format/csv.h"

enum {
    RECORD_BYTES_MAX = 4 * 1024 * 1024, /* of one row: thousands of times what a case has */
};

/* Gives the next bytes of the text; 0 at its end. */
typedef result records_fill(void *context, char *bytes, size_t capacity, size_t *ret_size,
                            struct err *err);

struct record_cell {
    str name; /* of the column */
    str text;
};

struct record {
    int64_t row;
    size_t count;
    struct record_cell cells[CSV_COLUMNS_MAX];
    /* Something is wrong with the row as such: there are no cells. */
    bool faulty;
    str fault_column; /* "" when it is not one cell */
    struct err fault;
};

struct records {
    records_fill *fill;
    void *fill_context;
    const char *file; /* for messages */
    struct arena *arena;
    char *window;
    size_t begin;    /* of what was not given yet */
    size_t complete; /* up to here whole rows lie */
    size_t scanned;
    size_t end;
    bool quoted; /* at `scanned`: inside quotes */
    bool ended;  /* the text has no more bytes */
    bool is_json;
    bool broken; /* nothing more can be read */
    int64_t row;
    int64_t filled; /* bytes of the text that were in the window so far */
    struct csv_reader csv;
    str columns[CSV_COLUMNS_MAX];
    size_t column_count;
};

/* Reads the names of the columns of a CSV text. The window and the names lie in the arena. Refuses
 * an empty text, one that is not UTF-8, and two columns of one name. */
MUST_USE result records_open(struct records *records, const char *file, records_fill *fill,
                             void *context, struct arena *arena, struct err *err);
/* The next row; *ret_more is false at the end. Views of the window and the arena: they hold until
 * the next call. */
MUST_USE result records_next(struct records *records, struct arena *arena,
                             struct record *ret_record, bool *ret_more, struct err *err);

/* How many bytes of the text are behind the last row given. */
static inline int64_t records_bytes_done(const struct records *records)
{
    return records->filled - (int64_t)(records->end - records->begin);
}

#endif
