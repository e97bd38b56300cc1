/* sqlite_pending: rows that were written and wait in memory, so that those of all works of a group
 * reach SQLite in one statement a table. Internal to src/store.
 *
 * Only rows of the tables named in sqlite_pending.c wait; the others are written at once. What
 * waits is found by its key as if it had been written (pending_find), and is written before any
 * query that names its table, before a commit, and when much has gathered.
 *
 * In a bulk work a helper writes what has gathered while the next rows gather (sqlite_inserting.h):
 * each table has two halves, of which one fills, and the other is empty or the helper's.
 *
 * Works. A savepoint costs two statements and a copy of every page that is changed in it, so one is
 * opened only when something of the work reaches SQLite before the work has ended
 * (pending_open_work). Otherwise undoing a work is forgetting its rows.
 *
 * Invariants:
 *   1. rows reach SQLite in an order that leaves the same tables as writing them at once;
 *   2. while no savepoint is open, nothing of the work that is under way is in SQLite;
 *   3. when writing what waits fails, the whole transaction is rolled back at once, because some of
 *      it belongs to works that were told they had succeeded: nobody may commit without it;
 *   4. whoever asks SQLite anything on this connection waits first until the helper has nothing
 * left to write (pending_await): a connection belongs to one thread at a time. */
#ifndef RETURNHUB_STORE_SQLITE_PENDING_H
#define RETURNHUB_STORE_SQLITE_PENDING_H

#include "store/sqlite_inserting.h"

struct pending_row;
struct pending_entry;

enum { PENDING_TABLES = 9 };

struct pending_rows {
    struct arena memory;         /* of the rows */
    struct pending_row **newest; /* by hash of the key; NULL until the first row */
    struct pending_entry *rows;  /* in the order in which they were written */
    size_t count;
    size_t earlier; /* how many of them are of earlier works */
};

/* What waits of one table, and how SQLite reads it: as a table named after it (its virtual table).
 */
struct pending_table {
    sqlite3_vtab vtab; /* first: SQLite hands this back */
    sqlite3_vtab_cursor cursor;
    enum table table;
    const struct layout *layout;
    const struct waiting_rule *rule;
    size_t rows_max; /* then they are written */
    size_t buckets;  /* by hash of the key, a power of two */
    struct pending_rows halves[2];
    size_t filling;  /* the half that takes rows; the other ... */
    bool handed;     /* ... was handed to the helper, and may be written already: ... */
    size_t written;  /* ... so many of its rows are */
    bool is_helpers; /* told under the mutex of inserting */
    /* While a statement reads them, to insert them: */
    const struct pending_rows *read;
    size_t from;
    size_t until;
    size_t at;
};

struct pending {
    struct pending_table
        *tables;   /* PENDING_TABLES of them; NULL for a connection that only reads */
    size_t count;  /* in the halves that fill */
    size_t handed; /* tables of which a half was handed over */
    bool bulk;
    struct inserting *inserting; /* NULL: nobody helps */
    uint64_t work;               /* the number of the work that is under way, or was the last */
    bool in_work;
    bool work_is_open; /* the work has its savepoint */
};

/* Offers what waits to SQLite, as tables of the connection; for connections that write. */
MUST_USE result pending_init(struct sqlite_connection *connection, struct err *err);
void pending_done(struct pending *pending); /* accepts a zeroed one */
/* In a bulk work rows of more tables wait, and more of them; most of a table whose rows come in no
 * order, so that they can be written in the order of their keys: neighbours together, each page
 * once. A helper writes them, if the system has a thread to give. Nothing waits when this is said.
 */
void pending_bulk(struct sqlite_connection *connection, bool bulk);
/* From here on until more rows are put, the connection is this thread's alone. Fails when the
 * helper did; then the transaction is over. */
MUST_USE result pending_await(struct sqlite_connection *connection, struct err *err);
/* What the helper does with a table that was handed over; again while there are more rows. */
MUST_USE result pending_write_handed(struct sqlite_connection *connection,
                                     struct pending_table *table, bool *ret_more, struct err *err);

/* Takes the row, unless rows of this table are written at once: then *ret_taken is false. */
MUST_USE result pending_insert(struct sqlite_connection *connection, enum table table,
                               const void *row, bool *ret_taken, struct err *err);
/* The same for a row whose key is there already. */
MUST_USE result pending_update(struct sqlite_connection *connection, enum table table,
                               const void *row, bool *ret_taken, struct err *err);
/* The row with the key of `row`, if one waits; NULL otherwise. Valid until something is written. */
const void *pending_find(const struct sqlite_connection *connection, enum table table,
                         const void *row);
/* The last event of the subject that waits; NULL when none does. */
const struct event_record *pending_last_event(const struct sqlite_connection *connection,
                                              enum subject_kind kind, int64_t subject);

/* Writes what waits of the tables (a bit each), so that a query sees it. */
MUST_USE result pending_settle(struct sqlite_connection *connection, uint64_t tables,
                               struct err *err);
/* Before anything else is written. */
MUST_USE result pending_open_work(struct sqlite_connection *connection, struct err *err);
/* Writes everything: before a commit. */
MUST_USE result pending_write_all(struct sqlite_connection *connection, struct err *err);
/* After a rollback. */
void pending_forget(struct sqlite_connection *connection);

void pending_work_begin(struct sqlite_connection *connection);
MUST_USE result pending_work_keep(struct sqlite_connection *connection, struct err *err);
MUST_USE result pending_work_undo(struct sqlite_connection *connection, struct err *err);

#endif
