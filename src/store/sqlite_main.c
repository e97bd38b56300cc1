#include "store/sqlite_main.h"

#include "store/sqlite_through.h"

#include <string.h>

enum {
    FILE_HEADER_BYTES = 100,
    LEAF_HEADER_BYTES = 8,
    INNER_HEADER_BYTES = 12, /* has the number of the right child besides */
    PAGE_BYTES_MIN = 512,
    PAGE_BYTES_MAX = 65536,
    /* So many pages one log may add before the size of the file is known again. */
    PAGES_OF_A_LOG = 0x00800000,
};

struct main_file {
    struct through_file through;    /* the file itself follows this struct */
    sqlite3_int64 end;              /* of what was written or was there */
    const volatile uint32_t *index; /* the header of the log's index; NULL before it is there */
    struct mark begun;              /* as the lock to write was taken, ... */
    struct mark ended;              /* ... and given back */
    bool knows_begun;
    bool knows_ended;
};

static struct main_file *main_of(sqlite3_file *file)
{
    return (struct main_file *)(void *)file; /* its first member */
}

/* --- the free room of a page ------------------------------------------------------------------ */

static size_t number_at(const unsigned char *at)
{
    return (size_t)at[0] << 8 | at[1];
}

/* 0: it is no page of a B-tree. */
static size_t header_bytes(unsigned char kind)
{
    enum { INNER_INDEX = 2, INNER_TABLE = 5, LEAF_INDEX = 10, LEAF_TABLE = 13 };
    if (kind == LEAF_INDEX || kind == LEAF_TABLE) {
        return LEAF_HEADER_BYTES;
    }
    return kind == INNER_INDEX || kind == INNER_TABLE ? INNER_HEADER_BYTES : 0;
}

/* Rows lie between the free room and the end of the page. */
static bool lie_behind(const unsigned char *pointers, size_t count, size_t from, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = number_at(pointers + 2 * i);
        if (at < from || at >= size) {
            return false;
        }
    }
    return true;
}

void sqlite_main_clear(unsigned char *page, size_t size, bool is_first)
{
    const size_t begin = is_first ? FILE_HEADER_BYTES : 0;
    const size_t header = header_bytes(page[begin]);
    const size_t count = number_at(page + begin + 3);
    const size_t written = number_at(page + begin + 5);
    const size_t rows = written == 0 ? PAGE_BYTES_MAX : written;
    const size_t room = begin + header + 2 * count;
    if (header > 0 && room <= rows && rows <= size &&
        lie_behind(page + begin + header, count, rows, size)) {
        memset(page + room, 0, rows - room);
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool is_page(int count, sqlite3_int64 offset)
{
    return count >= PAGE_BYTES_MIN && count <= PAGE_BYTES_MAX && (count & (count - 1)) == 0 &&
           offset % count == 0;
}

/* At once: of a log that is moved in part SQLite takes every page for written when this has
 * returned, and asks nothing of the file afterwards whose answer it would obey. */
static int main_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct main_file *mine = main_of(file);
    const sqlite3_int64 end = offset + count;
    mine->end = end > mine->end ? end : mine->end;
    if (!is_page(count, offset) || mine->end / count >= SQLITE_MAIN_PAGES_MAX - PAGES_OF_A_LOG) {
        return through_write(file, bytes, count, offset);
    }
    if (!through_has_memory(&mine->through)) {
        return SQLITE_NOMEM;
    }
    unsigned char *page = NULL;
    const int code = through_gather(&mine->through, bytes, count, offset, &page);
    if (code != SQLITE_OK) {
        return code;
    }
    sqlite_main_clear(page, (size_t)count, offset == 0);
    return through_write_out(&mine->through);
}

/* --- where the log ends ----------------------------------------------------------------------- */

enum { INDEX_VERSION = 3007000, WRITE_LOCK = 0 };

static uint32_t word_at(const volatile uint32_t *index, size_t at)
{
    return __atomic_load_n(&index[at], __ATOMIC_ACQUIRE); /* what is read next is read later */
}

/* The header stands there twice. Whoever writes it writes the second one first, so if both are
 * equal, the first having been read first, it is whole. */
static bool read_mark(const volatile uint32_t *index, struct mark *ret_mark)
{
    bool same = true;
    if (index == NULL) {
        return false;
    }
    for (size_t i = 0; i < MARK_WORDS; i++) {
        ret_mark->words[i] = word_at(index, i);
    }
    for (size_t i = 0; i < MARK_WORDS; i++) {
        same = same && ret_mark->words[i] == word_at(index, MARK_WORDS + i);
    }
    return same && ret_mark->words[0] == INDEX_VERSION;
}

bool sqlite_main_mark(const struct main_file *file, struct mark *ret_mark)
{
    return read_mark(file->index, ret_mark);
}

bool sqlite_main_marks_of_commit(const struct main_file *file, struct mark *ret_begun,
                                 struct mark *ret_ended)
{
    *ret_begun = file->begun;
    *ret_ended = file->ended;
    return file->knows_begun && file->knows_ended;
}

static bool is_to_write(int offset, int flags)
{
    return offset == WRITE_LOCK && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
}

/* --- the other operations --------------------------------------------------------------------- */

static int main_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    struct main_file *mine = main_of(file);
    const int code = through_size(file, ret_size);
    mine->end = code == SQLITE_OK && *ret_size > mine->end ? *ret_size : mine->end;
    return code;
}

static int main_shared_map(sqlite3_file *file, int region, int size, int extend,
                           void volatile **ret_at)
{
    struct main_file *mine = main_of(file);
    const int code =
        mine->through.real->pMethods->xShmMap(mine->through.real, region, size, extend, ret_at);
    if (region == 0) {
        mine->index = code == SQLITE_OK ? (const volatile uint32_t *)*ret_at : NULL;
    }
    return code;
}

static int main_shared_lock(sqlite3_file *file, int offset, int count, int flags)
{
    struct main_file *mine = main_of(file);
    const bool writes = is_to_write(offset, flags);
    if (writes && (flags & SQLITE_SHM_UNLOCK) != 0) {
        mine->knows_ended = read_mark(mine->index, &mine->ended);
    }
    const int code =
        mine->through.real->pMethods->xShmLock(mine->through.real, offset, count, flags);
    if (writes && (flags & SQLITE_SHM_LOCK) != 0 && code == SQLITE_OK) {
        mine->knows_begun = read_mark(mine->index, &mine->begun);
        mine->knows_ended = false;
    }
    return code;
}

static void main_shared_barrier(sqlite3_file *file)
{
    main_of(file)->through.real->pMethods->xShmBarrier(main_of(file)->through.real);
}

static int main_shared_unmap(sqlite3_file *file, int delete_it)
{
    main_of(file)->index = NULL;
    return main_of(file)->through.real->pMethods->xShmUnmap(main_of(file)->through.real, delete_it);
}

/* Version 2: a store is never mapped. */
static const sqlite3_io_methods main_methods = {
    .iVersion = 2,
    .xClose = through_close,
    .xRead = through_read,
    .xWrite = main_write,
    .xTruncate = through_truncate,
    .xSync = through_sync,
    .xFileSize = main_size,
    .xLock = through_lock,
    .xUnlock = through_unlock,
    .xCheckReservedLock = through_check_lock,
    .xFileControl = through_control,
    .xSectorSize = through_sector_size,
    .xDeviceCharacteristics = through_characteristics,
    .xShmMap = main_shared_map,
    .xShmLock = main_shared_lock,
    .xShmBarrier = main_shared_barrier,
    .xShmUnmap = main_shared_unmap,
};

/* --- opening ---------------------------------------------------------------------------------- */

const struct main_file *sqlite_main_of(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    const int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    const bool is_main = code == SQLITE_OK && file != NULL && file->pMethods == &main_methods;
    return is_main ? main_of(file) : NULL;
}

size_t sqlite_main_file_size(void)
{
    return sizeof(struct main_file);
}

int sqlite_main_open(sqlite3_vfs *below, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct main_file *mine = main_of(file);
    *mine = (struct main_file){.through.real = (sqlite3_file *)(void *)(mine + 1)};
    mine->through.real->pMethods = NULL;
    const int code = below->xOpen(below, path, mine->through.real, flags, ret_flags);
    if (mine->through.real->pMethods == NULL) {
        return code; /* then SQLite closes nothing */
    }
    mine->through.base.pMethods = &main_methods;
    sqlite3_int64 size = 0;
    return code == SQLITE_OK ? main_size(file, &size) : code;
}
