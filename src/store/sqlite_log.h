/* sqlite_log: how the write-ahead log reaches the disk. SQLite writes each page of a transaction in
 * two pieces; here they are gathered, so that a transaction is a few large writes instead of
 * hundreds of small ones. Internal to src/store.
 *
 * A virtual file system lies over the one that is SQLite's default. It hands everything through but
 * the writing of logs, and of pages into the file of a store (sqlite_main.h).
 *
 * Invariants:
 *   1. what is gathered lies in the file before SQLite syncs, reads, cuts or measures the log, and
 *      before the write that makes a transaction visible to others has returned;
 *   2. bytes reach the file in the order in which SQLite wrote them;
 *   3. what could not be written is told by the call that tried, and is not tried again. */
#ifndef RETURNHUB_STORE_SQLITE_LOG_H
#define RETURNHUB_STORE_SQLITE_LOG_H

#include <sqlite3.h>

/* The name of the file system to open a store with; NULL, SQLite's default, where there is no
 * memory. Valid as long as the process. */
const char *sqlite_log_file_system(void);

#endif
