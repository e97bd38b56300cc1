/* sqlite_known: rows that a connection has seen and that are still so, found by key without asking
 * SQLite. Internal to src/store.
 *
 * A row is known until another is written in its place, until what was written is undone, or until
 * another connection or process has committed anything (which a transaction learns as it begins). A
 * row has one slot, and the last one that came keeps it; long rows are not kept.
 *
 * The connection that writes knows the rows that every command reads. One that reads knows who asks
 * and from which session: in a snapshot that goes on (readers.c) that is asked again and again, and
 * is in it as it was. */
#ifndef RETURNHUB_STORE_SQLITE_KNOWN_H
#define RETURNHUB_STORE_SQLITE_KNOWN_H

#include "store/layout.h"

struct known_row;

enum {
    KNOWN_ROWS_WRITING = 32768, /* powers of two */
    KNOWN_ROWS_READING = 256,
    KNOWN_ROW_SIZE = 704, /* with its texts: nearly everybody's caseload row */
};

struct known {
    bool writes; /* the connection */
    size_t rows; /* slots there are, or may be; 0: nothing is known */
    struct arena memory;
    struct known_row *slots; /* NULL until the first row */
    uint64_t *generations;   /* of the row in each slot; 0 when there is none */
    uint64_t generation;     /* of what is known; older rows are stale */
    bool wrote;              /* something since the last commit */
    int64_t version;         /* of the data, as others write it */
};

void known_init(struct known *known, bool writes);
void known_done(struct known *known); /* accepts a zeroed one */

/* Fills the row, whose key is set, if it is known; texts go to the arena. */
MUST_USE result known_find(const struct known *known, enum table table, struct arena *arena,
                           void *row, bool *ret_found, struct err *err);
/* The row was read, or written whole. */
void known_keep(struct known *known, enum table table, const void *row);
/* The row is about to be written: until that was done, it is not known. */
void known_write(struct known *known, enum table table, const void *row);
/* Rows of any key are written. */
void known_write_many(struct known *known);
/* What was written since the last commit is undone. */
void known_undo(struct known *known);
void known_committed(struct known *known);
void known_forget(struct known *known);

#endif
