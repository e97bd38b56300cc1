#include "store/sqlite_log.h"

#include "store/sqlite_main.h"
#include "store/sqlite_through.h"

#include <stdbool.h>
#include <string.h>

enum {
    /* A frame of the log (the file format of SQLite, "WAL frame header"): its header, ... */
    FRAME_HEADER_BYTES = 24,
    /* ... in which these bytes are not all 0 when it is the last frame of a transaction. */
    FRAME_ENDS_AT = 4,
    FRAME_ENDS_BYTES = 4,
};

struct log_file {
    struct through_file through; /* the log itself lies at the end of SQLite's memory for it */
    bool page_ends;              /* the page that comes next is the last of a transaction */
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

/* --- writing ---------------------------------------------------------------------------------- */

static bool is_last_frame(const unsigned char *bytes, int count)
{
    static const unsigned char not_last[FRAME_ENDS_BYTES] = {0};
    return count == FRAME_HEADER_BYTES &&
           memcmp(bytes + FRAME_ENDS_AT, not_last, FRAME_ENDS_BYTES) != 0;
}

/* The last page of a transaction lets everything go. So does the header of a last frame that is
 * written once more, by itself: SQLite does that when it has changed a page twice. */
static int log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct log_file *log = log_of(file);
    struct through_file *through = &log->through;
    const bool follows = offset == through->begin + through->count;
    const bool header_of_last = is_last_frame(bytes, count);
    const bool ends = log->page_ends || (header_of_last && !follows);
    log->page_ends = header_of_last;
    log->ended = ends;
    if (count > GATHERED_BYTES || !through_has_memory(through)) {
        return through_write(file, bytes, count, offset);
    }
    unsigned char *at = NULL;
    const int code = through_gather(through, bytes, count, offset, &at);
    return code == SQLITE_OK && ends ? through_write_out(through) : code;
}

/* --- the other operations --------------------------------------------------------------------- */

static int log_sync(sqlite3_file *file, int flags)
{
    struct log_file *log = log_of(file);
    int code = through_write_out(&log->through);
    if (code == SQLITE_OK && log->defers && log->ended && log->synced) {
        log->ended = false;
        return SQLITE_OK;
    }
    code = code == SQLITE_OK ? through_sync(file, flags) : code;
    log->synced = log->synced || code == SQLITE_OK;
    return code;
}

/* Version 1: a log has no shared memory, and is not mapped. */
static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = through_close,
    .xRead = through_read,
    .xWrite = log_write,
    .xTruncate = through_truncate,
    .xSync = log_sync,
    .xFileSize = through_size,
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
