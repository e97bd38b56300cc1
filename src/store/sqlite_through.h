/* sqlite_through: a file that lies over another one of SQLite's. It hands everything through, and
 * can gather what is written one piece behind the other, so that hundreds of small writes are a few
 * large ones. Internal to src/store: sqlite_log.c and sqlite_main.c do otherwise what they are
 * there for. A log is gathered; the pages of the file are not, because SQLite passes over what a
 * control or an unlock answers, and so over a write that they would try.
 *
 * Invariants:
 *   1. what is gathered lies in the file below before that is read, synced, cut, measured, locked,
 *      unlocked, controlled or closed;
 *   2. bytes reach it in the order in which they were written;
 *   3. what could not be written is told by the call that tried, and is not tried again. */
#ifndef RETURNHUB_STORE_SQLITE_THROUGH_H
#define RETURNHUB_STORE_SQLITE_THROUGH_H

#include <sqlite3.h>
#include <stdbool.h>

/* SQLite's own file system can write 131,071 at a time; a page has 65,536 at most. */
enum { GATHERED_BYTES = 124 * 1024 };

/* The first member of such a file. */
struct through_file {
    sqlite3_file base;
    sqlite3_file *real;      /* the one below */
    unsigned char *gathered; /* GATHERED_BYTES, or NULL before they are needed */
    int count;               /* bytes that are gathered, ... */
    sqlite3_int64 begin;     /* ... and where they, or those that would follow, belong */
};

/* False when there is no memory to gather in. */
bool through_has_memory(struct through_file *file);
/* Gathers the bytes, in memory that is there; they lie at *ret_at until the next call. */
int through_gather(struct through_file *file, const void *bytes, int count, sqlite3_int64 offset,
                   unsigned char **ret_at);
/* Writes what is gathered. */
int through_write_out(struct through_file *file);

int through_close(sqlite3_file *file);
int through_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset);
/* At once, after what was gathered. */
int through_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset);
int through_truncate(sqlite3_file *file, sqlite3_int64 size);
int through_sync(sqlite3_file *file, int flags);
int through_size(sqlite3_file *file, sqlite3_int64 *ret_size);
int through_lock(sqlite3_file *file, int lock);
int through_unlock(sqlite3_file *file, int lock);
int through_check_lock(sqlite3_file *file, int *ret_locked);
int through_control(sqlite3_file *file, int operation, void *argument);
int through_sector_size(sqlite3_file *file);
int through_characteristics(sqlite3_file *file);

#endif
