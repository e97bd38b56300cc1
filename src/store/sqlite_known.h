/* sqlite_known: rows that the writing connection has seen and that are still so, found by key
 * without asking SQLite. Internal to src/store.
 *
 * A row is known until another is written in its place, until what was written is undone, or until
 * another connection or process has committed anything (which a transaction learns as it begins). A
 * row has one slot, and the last one that came keeps it; long rows are not kept. */
#ifndef RETURNHUB_STORE_SQLITE_KNOWN_H
#define RETURNHUB_STORE_SQLITE_KNOWN_H

#include "store/layout.h"

struct known_row;

enum {
    KNOWN_ROWS = 32768,   /* a power of two */
    KNOWN_ROW_SIZE = 704, /* with its texts: nearly everybody's caseload row */
};

struct known {
    bool keeps; /* false for a connection that only reads */
    struct arena memory;
    struct known_row *slots; /* NULL until the first row */
    uint64_t *generations;   /* of the row in each slot; 0 when there is none */
    uint64_t generation;     /* of what is known; older rows are stale */
    bool wrote;              /* something since the last commit */
    int64_t version;         /* of the data, as others write it */
};

void known_init(struct known *known); /* of a connection that writes */
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
