/* sqlite_main: how pages reach the file of a store. Internal to src/store.
 *
 * SQLite overwrites what is deleted (secure_delete). But when it spreads the rows of a page over
 * its neighbours, what it moved away stays behind in the free room of the page, and nothing ever
 * overwrites it there: the key of somebody who is erased, and what was known of them, would stay in
 * the file. So a page is written with nothing in its free room.
 *
 * The log has pages as SQLite made them. It is moved into the file and cut off after an erasure
 * (purge.c); the pages that connections hold in memory are read anew after that. */
#ifndef RETURNHUB_STORE_SQLITE_MAIN_H
#define RETURNHUB_STORE_SQLITE_MAIN_H

#include "store/backend.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes zeros into the free room of a page that holds rows ("B-tree Pages" in the description of
 * SQLite's file format), and leaves any other as it is. The first page of a file begins with the
 * header of the file. A page that is no B-tree's is known by its first byte, the highest of the
 * number of a page, as long as the file has fewer pages than SQLITE_MAIN_PAGES_MAX. */
void sqlite_main_clear(unsigned char *page, size_t size, bool is_first);
enum { SQLITE_MAIN_PAGES_MAX = 0x02000000 };

/* Opens the file of a store over another file system; `file` has sqlite_main_file_size() bytes and
 * then those of the other. */
int sqlite_main_open(sqlite3_vfs *below, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags);
size_t sqlite_main_file_size(void);

/* Where the log of the file ends is said by the header of its index ("WAL-Index Header" in the
 * description of SQLite's file format), in memory that all processes share: the number of the
 * change, the length of the log, its salt and checksum. It is written under the lock of whoever
 * writes, and so it is read here as that lock is taken and before it is given back. */

/* The file of a connection; NULL when it was not opened with this file system. */
struct main_file;
const struct main_file *sqlite_main_of(sqlite3 *db);
/* False when the index is not there, is being written, or is of a form that is not known. */
bool sqlite_main_mark(const struct main_file *file, struct mark *ret_mark);
/* What it was when this connection took the lock to write last, and when it gave it back. */
bool sqlite_main_marks_of_commit(const struct main_file *file, struct mark *ret_begun,
                                 struct mark *ret_ended);

#endif
