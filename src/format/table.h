/* table: reading a published CSV table by the names of its columns, record by record.
 *
 * The table's own working memory is taken from the arena given by value: when the caller leaves, it
 * is gone. Cells are views of the text. */
#ifndef RETURNHUB_FORMAT_TABLE_H
#define RETURNHUB_FORMAT_TABLE_H

#include "base/arena.h"
#include "format/csv.h"

enum { TABLE_COLUMNS_MAX = 16, TABLE_BYTES_MAX = 16 * 1024 * 1024 };

struct table {
    struct arena arena;
    struct csv_reader reader;
    size_t columns[TABLE_COLUMNS_MAX]; /* where each wanted column stands in the file */
    size_t column_count;
    str cells[TABLE_COLUMNS_MAX]; /* of the record just read, in the order wanted */
};

/* Finds the wanted columns in the text of `file`, which is named in messages; refuses a text that
 * lacks one of them. */
MUST_USE result table_open(const char *file, str text, const char *const *columns,
                           size_t column_count, struct arena arena, struct table *table,
                           struct err *err);
/* The next record into table->cells; *ret_more is false after the last one. */
MUST_USE result table_next(struct table *table, bool *ret_more, struct err *err);
/* The cell as a decimal number that is not negative, such as "47.6"; an empty cell is refused. */
MUST_USE result table_number(const struct table *table, size_t column, double *ret_number,
                             struct err *err);

#endif
