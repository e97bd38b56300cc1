/* sqlite_log: how the write-ahead log reaches the disk. SQLite writes each page of a transaction in
 * two pieces; here they are gathered, so that a transaction is a few large writes instead of
 * hundreds of small ones. Internal to src/store.
 *
 * A virtual file system lies over the one that is SQLite's default. It hands everything through but
 * the writing of logs, and of pages into the file of a store (sqlite_main.h).
 *
 * Invariants, beside those of sqlite_through.h:
 *   1. what is gathered lies in the file before the write that makes a transaction visible to
 * others has returned;
 *   2. a sync is left out only at the end of a transaction, between sqlite_log_defer(true) and
 *      (false): never that of the header of a log that begins anew, nor one before the log is moved
 *      into the file. */
#ifndef RETURNHUB_STORE_SQLITE_LOG_H
#define RETURNHUB_STORE_SQLITE_LOG_H

#include <sqlite3.h>
#include <stdbool.h>

/* The name of the file system to open a store with; NULL, SQLite's default, where there is no
 * memory. Valid as long as the process. */
const char *sqlite_log_file_system(void);

/* The log that a connection writes to; NULL when it was not opened with this file system, or
 * has read nothing yet. */
struct log_file;
struct log_file *sqlite_log_of(sqlite3 *db);
/* Whether the end of a transaction is synced by sqlite_log_sync instead of by SQLite. */
void sqlite_log_defer(struct log_file *log, bool defer);
/* Syncs all that is in the log. Any thread may do so, also while the connection is in use. */
int sqlite_log_sync(const struct log_file *log);

#endif
