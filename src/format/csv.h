/* csv: RFC 4180, in and out. Reading gives the row and column of what is wrong; LF and CRLF both
 * end a record. Writing quotes where needed, ends records in CRLF, and guards cells that a
 * spreadsheet would run as a formula (= + - @ at the start of a text cell, but for a negative
 * number, which it cannot) with a leading apostrophe. */
#ifndef RETURNHUB_FORMAT_CSV_H
#define RETURNHUB_FORMAT_CSV_H

#include "base/buf.h"

enum { CSV_COLUMNS_MAX = 256 };

struct csv_reader {
    str rest;
    const char *file;    /* for messages */
    uint32_t line;       /* of the record just read, from 1 */
    uint32_t next_line;  /* of what follows it; a quoted cell may hold line breaks */
    size_t column_count; /* set by the first record (the header); later records must have as many */
    size_t cell;         /* of the record just read, from 0: where an error stands */
};

void csv_reader_init(struct csv_reader *reader, const char *file, str text);
/* The next record's fields into cells[0..*ret_count); unquoted cells are views of the text, quoted
 * ones with "" inside are copies in the arena. *ret_more is false at the end. */
MUST_USE result csv_read(struct csv_reader *reader, struct arena *arena, str cells[CSV_COLUMNS_MAX],
                         size_t *ret_count, bool *ret_more, struct err *err);

void csv_write_cell(struct buf *buf, bool first, str text); /* guarded against formulas */
void csv_write_number(struct buf *buf, bool first, int64_t number);
void csv_write_end(struct buf *buf);

#endif
