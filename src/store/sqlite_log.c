#include "store/sqlite_log.h"

#include "store/sqlite_main.h"
#include "store/sqlite_through.h"

#include <stdbool.h>
#include <string.h>

enum {
    GATHERED_BYTES = 124 * 1024, /* SQLite's own file system can write 131,071 at a time */
    /* A frame of the log (the file format of SQLite, "WAL frame header"): its header, ... */
    FRAME_HEADER_BYTES = 24,
    /* ... in which these bytes are not all 0 when it is the last frame of a transaction. */
    FRAME_ENDS_AT = 4,
    FRAME_ENDS_BYTES = 4,
};

struct log_file {
    struct through_file through; /* the log itself lies at the end of SQLite's memory for it */
    unsigned char *gathered;
    int count;           /* bytes that are gathered, ... */
    sqlite3_int64 begin; /* ... and where in the file they, or those that would follow, belong */
    bool page_ends;      /* the page that comes next is the last of a transaction */
    bool ended; /* nothing was written since the end of a transaction, and no sync left out */
    bool defers;
    bool synced; /* at least once: the first sync is also of the folder */
};

struct file_system {
    sqlite3_vfs vfs; /* a copy of the one below, with an xOpen of its own */
    sqlite3_vfs *below;
};

static struct log_file *log_of(sqlite3_file *file)
{
    return (struct log_file *)(void *)file; /* its first member */
}

/* --- gathering -------------------------------------------------------------------------------- */

static int write_out(struct log_file *log)
{
    const int count = log->count;
    const sqlite3_int64 begin = log->begin;
    log->begin += count;
    log->count = 0;
    return count == 0 ? SQLITE_OK
                      : log->through.real->pMethods->xWrite(log->through.real, log->gathered, count,
                                                            begin);
}

static bool is_last_frame(const unsigned char *bytes, int count)
{
    static const unsigned char not_last[FRAME_ENDS_BYTES] = {0};
    return count == FRAME_HEADER_BYTES &&
           memcmp(bytes + FRAME_ENDS_AT, not_last, FRAME_ENDS_BYTES) != 0;
}

static bool has_room(struct log_file *log, int count)
{
    if (log->gathered == NULL) {
        log->gathered = sqlite3_malloc(GATHERED_BYTES);
    }
    return log->gathered != NULL && count <= GATHERED_BYTES;
}

static int gather(struct log_file *log, const void *bytes, int count, bool follows,
                  sqlite3_int64 offset)
{
    const bool fits = follows && count <= GATHERED_BYTES - log->count;
    const int code = fits ? SQLITE_OK : write_out(log);
    if (code != SQLITE_OK) {
        return code;
    }
    if (!has_room(log, count)) {
        log->begin = offset + count;
        return log->through.real->pMethods->xWrite(log->through.real, bytes, count, offset);
    }
    log->begin = log->count == 0 ? offset : log->begin;
    memcpy(log->gathered + log->count, bytes, (size_t)count);
    log->count += count;
    return SQLITE_OK;
}

/* The last page of a transaction lets everything go. So does the header of a last frame that is
 * written once more, by itself: SQLite does that when it has changed a page twice. */
static int log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct log_file *log = log_of(file);
    const bool follows = offset == log->begin + log->count;
    const bool header_of_last = is_last_frame(bytes, count);
    const bool ends = log->page_ends || (header_of_last && !follows);
    log->page_ends = header_of_last;
    log->ended = ends;
    const int code = gather(log, bytes, count, follows, offset);
    return code == SQLITE_OK && ends ? write_out(log) : code;
}

/* --- the other operations --------------------------------------------------------------------- */

static int log_close(sqlite3_file *file)
{
    struct log_file *log = log_of(file);
    const int code = write_out(log);
    const int closed = log->through.real->pMethods->xClose(log->through.real);
    sqlite3_free(log->gathered);
    log->gathered = NULL;
    return code == SQLITE_OK ? closed : code;
}

static int log_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset)
{
    const int code = write_out(log_of(file));
    return code == SQLITE_OK ? through_read(file, into, count, offset) : code;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int code = write_out(log_of(file));
    return code == SQLITE_OK ? through_truncate(file, size) : code;
}

static int log_sync(sqlite3_file *file, int flags)
{
    struct log_file *log = log_of(file);
    int code = write_out(log);
    if (code == SQLITE_OK && log->defers && log->ended && log->synced) {
        log->ended = false;
        return SQLITE_OK;
    }
    code = code == SQLITE_OK ? through_sync(file, flags) : code;
    log->synced = log->synced || code == SQLITE_OK;
    return code;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    struct log_file *log = log_of(file);
    const int code = write_out(log);
    return code == SQLITE_OK ? log->through.real->pMethods->xFileSize(log->through.real, ret_size)
                             : code;
}

/* Version 1: a log has no shared memory, and is not mapped. */
static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = through_lock,
    .xUnlock = through_unlock,
    .xCheckReservedLock = through_check_lock,
    .xFileControl = through_control,
    .xSectorSize = through_sector_size,
    .xDeviceCharacteristics = through_characteristics,
};

/* --- syncing apart ---------------------------------------------------------------------------- */

struct log_file *sqlite_log_of(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    const int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    const bool is_log = code == SQLITE_OK && file != NULL && file->pMethods == &log_methods;
    return is_log ? log_of(file) : NULL;
}

void sqlite_log_defer(struct log_file *log, bool defer)
{
    log->defers = defer;
}

int sqlite_log_sync(const struct log_file *log)
{
    sqlite3_file *real = log->through.real;
    return real->pMethods->xSync(real, SQLITE_SYNC_NORMAL);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    sqlite3_vfs *below = ((struct file_system *)(void *)vfs)->below;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        return sqlite_main_open(below, path, file, flags, ret_flags);
    }
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return below->xOpen(below, path, file, flags, ret_flags);
    }
    struct log_file *log = log_of(file);
    void *last = (char *)file + vfs->szOsFile - below->szOsFile;
    *log = (struct log_file){.through.real = last};
    log->through.real->pMethods = NULL;
    const int code = below->xOpen(below, path, log->through.real, flags, ret_flags);
    log->through.base.pMethods = log->through.real->pMethods == NULL ? NULL : &log_methods;
    return code;
}

/* SQLite keeps what is registered in a list of its own, until the process ends. Two threads that
 * come at once make one each, which does as well. */
static const char *register_over(sqlite3_vfs *below, const char *name)
{
    struct file_system *made = sqlite3_malloc(sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    *made = (struct file_system){.vfs = *below, .below = below};
    made->vfs.zName = name;
    const size_t more = sizeof(struct log_file) > sqlite_main_file_size() ? sizeof(struct log_file)
                                                                          : sqlite_main_file_size();
    made->vfs.szOsFile = below->szOsFile + (int)more;
    made->vfs.pNext = NULL;
    made->vfs.xOpen = open_file;
    if (sqlite3_vfs_register(&made->vfs, 0) == SQLITE_OK) {
        return name;
    }
    sqlite3_free(made);
    return NULL;
}

const char *sqlite_log_file_system(void)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    char *name = below == NULL ? NULL : sqlite3_mprintf("gathering over %s", below->zName);
    if (name == NULL) {
        return NULL;
    }
    const sqlite3_vfs *found = sqlite3_vfs_find(name);
    const char *known = found != NULL ? found->zName : register_over(below, name);
    if (known != name) {
        sqlite3_free(name);
    }
    return known;
}
