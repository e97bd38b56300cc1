/* sqlite: what the files of the SQLite backend share. Internal to src/store.
 *
 * SQL is written in these files only, and says nothing about the law: which rows there are and
 * which are asked for. */
#ifndef RETURNHUB_STORE_SQLITE_H
#define RETURNHUB_STORE_SQLITE_H

#include "base/buf.h"
#include "store/backend.h"
#include "store/sqlite_known.h"
#include "store/sqlite_pending.h"

#include <sqlite3.h>

/* How many looks stand together in the index by whom they were at. */
#define LOOKS_IN_A_BLOCK "1024"

/* Every prepared statement of a connection has a slot: six for each table, those of the
 * transaction, the queries (some of them in variants, one for each set of filters). */
enum sqlite_row_statement {
    ROW_FIND,
    ROW_INSERT,
    ROW_UPDATE,
    ROW_PUT,
    ROW_DELETE,
    ROW_INSERT_WAITING, /* all that wait (sqlite_pending.h) */
    ROW_STATEMENTS,
};

enum sqlite_slot {
    SLOT_ROWS,
    SLOT_BEGIN_WRITING = SLOT_ROWS + TABLE_COUNT * ROW_STATEMENTS,
    SLOT_BEGIN_READING,
    SLOT_DATA_VERSION,
    SLOT_COMMIT,
    SLOT_ROLLBACK,
    SLOT_SAVEPOINT,
    SLOT_RELEASE,
    SLOT_UNDO,
    SLOT_QUERIES,
    PEOPLE_VARIANTS = 8,
    REQUEST_VARIANTS = 16,
    ENTRY_VARIANTS = 128,
    SLOT_PEOPLE = SLOT_QUERIES + QUERY_COUNT,
    SLOT_REQUESTS = SLOT_PEOPLE + PEOPLE_VARIANTS,
    SLOT_ENTRIES = SLOT_REQUESTS + REQUEST_VARIANTS,
    SLOT_COUNT = SLOT_ENTRIES + ENTRY_VARIANTS,
};

struct sqlite_connection {
    struct connection base; /* first: a struct connection points to it */
    struct arena arena;     /* holds this struct and the texts of SQL while they are made */
    sqlite3 *db;
    sqlite3_stmt *statements[SLOT_COUNT];
    uint64_t reads[SLOT_COUNT]; /* of queries: which tables they name, a bit each */
    struct pending pending;
    struct known known;
    struct log_file *log;         /* once a commit was made that is durable later */
    const struct main_file *main; /* NULL with SQLite's default file system */
    int log_pages;
    int64_t page_bytes;
};

static inline uint64_t sqlite_table_bit(enum table table)
{
    return UINT64_C(1) << table;
}
_Static_assert(TABLE_COUNT <= 64, "a bit for each table");

static inline struct sqlite_connection *sqlite_of(struct connection *connection)
{
    ASSERT(connection->backend == backend_sqlite());
    return (struct sqlite_connection *)(void *)connection;
}

/* Turns SQLite's code into an err, at once. `doing` completes "could not be ...". */
MUST_USE result sqlite_failure(sqlite3 *db, int code, const char *doing, struct err *err);

/* Runs statements that answer nothing. */
MUST_USE result sqlite_run(sqlite3 *db, const char *sql, struct err *err);
/* Runs one statement and gives the number in its first column. */
MUST_USE result sqlite_ask_number(sqlite3 *db, const char *sql, int64_t *ret_number,
                                  struct err *err);
/* Runs a cached statement without parameters and rows. */
MUST_USE result sqlite_run_slot(struct sqlite_connection *connection, enum sqlite_slot slot,
                                const char *sql, struct err *err);
/* Prepares the statement of a slot if it is not there yet. */
MUST_USE result sqlite_prepare_slot(struct sqlite_connection *connection, size_t slot, str sql,
                                    sqlite3_stmt **ret_statement, struct err *err);

/* Changes a row that is there, now. */
MUST_USE result sqlite_update_now(struct sqlite_connection *connection, enum table table,
                                  const void *row, struct err *err);

/* Columns to rows and back. Texts are views of the statement's. */
MUST_USE result sqlite_bind_column(struct sqlite_connection *connection, sqlite3_stmt *statement,
                                   int index, const struct column *column, const void *row,
                                   struct err *err);
void sqlite_give_column(sqlite3_context *context, const struct column *column, const void *row);
/* ERROR_STORAGE when a column holds what none of its kind can be (layout.h). */
MUST_USE result sqlite_read_row(sqlite3_stmt *statement, const struct layout *layout, void *row,
                                struct err *err);
/* "a, b, c": the columns of a layout, each after `prefix`. */
void sqlite_put_columns(struct buf *buf, const struct layout *layout, const char *prefix);

/* The schema (sqlite_schema.c). A database with nothing in it is refused unless it is `new`. */
MUST_USE result sqlite_check_schema(sqlite3 *db, const char *path, bool new, instant now,
                                    bool *ret_brought_proofs, struct err *err);
MUST_USE result sqlite_check_layout(struct connection *connection, struct err *err);
/* Makes the derived tables in `schema` ("main", "temp"). */
MUST_USE result sqlite_make_derived(sqlite3 *db, const char *schema, struct arena scratch,
                                    struct err *err);

/* The operations of struct backend, by file. */
result sqlite_row_find(struct connection *connection, enum table table, struct arena *arena,
                       void *row, bool *ret_found, struct err *err);
result sqlite_row_insert(struct connection *connection, enum table table, const void *row,
                         struct err *err);
result sqlite_row_update(struct connection *connection, enum table table, const void *row,
                         struct err *err);
result sqlite_row_put(struct connection *connection, enum table table, const void *row,
                      struct err *err);
result sqlite_row_delete(struct connection *connection, enum table table, const void *row,
                         struct err *err);
result sqlite_rows_delete_of_person(struct connection *connection, enum table table, int64_t person,
                                    struct err *err);
result sqlite_last_recorded_at(struct connection *connection, enum subject_kind kind,
                               int64_t subject, instant *ret_at, bool *ret_found, struct err *err);
result sqlite_cursor_open(struct connection *connection, enum query query,
                          const struct parameter *parameters, size_t count,
                          struct cursor *ret_cursor, struct err *err);
result sqlite_cursor_next(struct cursor *cursor, void *row, bool *ret_found, struct err *err);
void sqlite_cursor_close(struct cursor *cursor);
result sqlite_shadow_begin(struct connection *connection, struct err *err);
result sqlite_shadow_take_names(struct connection *connection, struct err *err);
result sqlite_shadow_compare(struct connection *connection, struct rebuild_outcome *outcome,
                             struct err *err);
result sqlite_shadow_replace(struct connection *connection, struct err *err);

#endif
