#include "store/sqlite_through.h"

#include <string.h>

static struct through_file *through_of(sqlite3_file *file)
{
    return (struct through_file *)(void *)file; /* its first member */
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return through_of(file)->real;
}

/* --- gathering -------------------------------------------------------------------------------- */

bool through_has_memory(struct through_file *file)
{
    if (file->gathered == NULL) {
        file->gathered = sqlite3_malloc(GATHERED_BYTES);
    }
    return file->gathered != NULL;
}

int through_write_out(struct through_file *file)
{
    const int count = file->count;
    const sqlite3_int64 begin = file->begin;
    file->begin += count;
    file->count = 0;
    return count == 0 ? SQLITE_OK
                      : file->real->pMethods->xWrite(file->real, file->gathered, count, begin);
}

int through_gather(struct through_file *file, const void *bytes, int count, sqlite3_int64 offset,
                   unsigned char **ret_at)
{
    const bool follows = offset == file->begin + file->count;
    const bool fits = follows && count <= GATHERED_BYTES - file->count;
    const int code = fits ? SQLITE_OK : through_write_out(file);
    if (code != SQLITE_OK) {
        return code;
    }
    file->begin = file->count == 0 ? offset : file->begin;
    *ret_at = file->gathered + file->count;
    memcpy(*ret_at, bytes, (size_t)count);
    file->count += count;
    return SQLITE_OK;
}

/* --- handing through -------------------------------------------------------------------------- */

int through_close(sqlite3_file *file)
{
    const int code = through_write_out(through_of(file));
    const int closed = real_of(file)->pMethods->xClose(real_of(file));
    sqlite3_free(through_of(file)->gathered);
    through_of(file)->gathered = NULL;
    return code == SQLITE_OK ? closed : code;
}

int through_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK ? real_of(file)->pMethods->xRead(real_of(file), into, count, offset)
                             : code;
}

int through_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    const int code = through_write_out(through_of(file));
    through_of(file)->begin = offset + count;
    return code == SQLITE_OK ? real_of(file)->pMethods->xWrite(real_of(file), bytes, count, offset)
                             : code;
}

int through_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK ? real_of(file)->pMethods->xTruncate(real_of(file), size) : code;
}

int through_sync(sqlite3_file *file, int flags)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK ? real_of(file)->pMethods->xSync(real_of(file), flags) : code;
}

int through_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK ? real_of(file)->pMethods->xFileSize(real_of(file), ret_size) : code;
}

int through_lock(sqlite3_file *file, int lock)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK ? real_of(file)->pMethods->xLock(real_of(file), lock) : code;
}

/* A lock is given back by all means. */
int through_unlock(sqlite3_file *file, int lock)
{
    const int code = through_write_out(through_of(file));
    const int unlocked = real_of(file)->pMethods->xUnlock(real_of(file), lock);
    return code == SQLITE_OK ? unlocked : code;
}

int through_check_lock(sqlite3_file *file, int *ret_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_locked);
}

int through_control(sqlite3_file *file, int operation, void *argument)
{
    const int code = through_write_out(through_of(file));
    return code == SQLITE_OK
               ? real_of(file)->pMethods->xFileControl(real_of(file), operation, argument)
               : code;
}

int through_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

int through_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
