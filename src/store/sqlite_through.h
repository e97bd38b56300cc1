/* sqlite_through: what a file that lies over another one of SQLite's hands through to it. Internal
 * to src/store: sqlite_log.c and sqlite_main.c do otherwise what they are there for. */
#ifndef RETURNHUB_STORE_SQLITE_THROUGH_H
#define RETURNHUB_STORE_SQLITE_THROUGH_H

#include <sqlite3.h>

/* The first member of such a file. */
struct through_file {
    sqlite3_file base;
    sqlite3_file *real; /* the one below */
};

int through_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset);
int through_truncate(sqlite3_file *file, sqlite3_int64 size);
int through_sync(sqlite3_file *file, int flags);
int through_lock(sqlite3_file *file, int lock);
int through_unlock(sqlite3_file *file, int lock);
int through_check_lock(sqlite3_file *file, int *ret_locked);
int through_control(sqlite3_file *file, int operation, void *argument);
int through_sector_size(sqlite3_file *file);
int through_characteristics(sqlite3_file *file);

#endif
