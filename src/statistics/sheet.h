/* sheet: a table ready to be read, whatever it is of: what it is called, what must be said about
 * it, its columns and its cells; and its writers. One sheet has one text in each format, so that
 * two editions can be compared to the byte. */
#ifndef RETURNHUB_STATISTICS_SHEET_H
#define RETURNHUB_STATISTICS_SHEET_H

#include "base/buf.h"

#include <jansson.h>

enum { SHEET_COLUMNS_MAX = 64, SHEET_NOTES_MAX = 64, SHEET_TEXT_MAX = 512 * 1024 * 1024 };

/* The column after a measure, and before the one of the other end. */
#define SHEET_INTERVAL "95 per cent interval from"

struct sheet_note {
    str label; /* "Counted" */
    str text;
};

struct sheet {
    str name;
    str title;
    struct sheet_note notes[SHEET_NOTES_MAX];
    size_t note_count;
    str columns[SHEET_COLUMNS_MAX];
    bool is_number[SHEET_COLUMNS_MAX];
    size_t column_count;
    size_t key_count; /* the first columns say what the row is about; no two rows have the same */
    const str *cells; /* row by row; what is withheld or not known is a word, never 0 */
    size_t row_count;
};

/* A note more; what is beyond the maximum is a defect. */
void sheet_note(struct sheet *sheet, const char *label, str text);
/* A column more. */
void sheet_column(struct sheet *sheet, str name, bool is_number, bool is_key);

/* Aligned text: title, notes, the table, small bars beside the column of this index (SHEET_NO_BARS:
 * none). */
enum { SHEET_NO_BARS = -1 };
void sheet_write_text(const struct sheet *sheet, int bars_of, struct buf *buf);
/* Comma-separated values: the table alone, or with the notes before it as lines of "#label,text".
 */
void sheet_write_csv(const struct sheet *sheet, struct buf *buf);
/* {"name", "title", "notes": [{"label", "text"}], "rows": [{column: cell}]}; the caller owns it.
 * Numbers are numbers. */
json_t *sheet_json(const struct sheet *sheet);
/* The sheet that was written so, with views into the object. ERROR_INPUT for what is none. */
MUST_USE result sheet_from_json(const json_t *object, struct arena *arena, struct sheet *ret_sheet,
                                struct err *err);

/* What two editions of a sheet say differently, as a sheet: a row for each cell, with what it was
 * and what it is. Both are broken down by the same keys; columns are told by their names. */
MUST_USE result sheet_differences(const struct sheet *old_edition, const struct sheet *new_edition,
                                  struct arena *arena, struct sheet *ret_differences,
                                  struct err *err);

#endif
