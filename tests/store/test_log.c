/* Aim: the log, and pages that are moved from it into the file, are written in few large pieces,
 * and never too late: what SQLite could ask about them, or another process could see, is the same
 * at every moment as if each write had gone through at once. Below lies a file system of the test's
 * own, which keeps the file in memory and can refuse. */
#include "base/random.h"
#include "store/sqlite_log.h"
#include "store/sqlite_main.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FILE_BYTES = 4 * 1024 * 1024, HEADER = 24, PAGE = 512 };

struct memory_file {
    sqlite3_file base;
    unsigned char *bytes;
    sqlite3_int64 size;
    int writes;
    int refuse_in; /* the n-th write from now; 0: none */
};

static struct memory_file *of(sqlite3_file *file)
{
    return (struct memory_file *)(void *)file;
}

static int memory_close(sqlite3_file *file)
{
    free(of(file)->bytes);
    return SQLITE_OK;
}

static int memory_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset)
{
    assert_true(offset + count <= of(file)->size);
    memcpy(into, of(file)->bytes + offset, (size_t)count);
    return SQLITE_OK;
}

static int memory_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct memory_file *written = of(file);
    assert_true(count > 0 && count < 0x1ffff && offset + count <= FILE_BYTES);
    if (written->refuse_in > 0 && --written->refuse_in == 0) {
        return SQLITE_FULL;
    }
    memcpy(written->bytes + offset, bytes, (size_t)count);
    written->size = offset + count > written->size ? offset + count : written->size;
    written->writes++;
    return SQLITE_OK;
}

static int memory_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    of(file)->size = size;
    return SQLITE_OK;
}

static int memory_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return SQLITE_OK;
}

static int memory_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    *ret_size = of(file)->size;
    return SQLITE_OK;
}

static int memory_lock(sqlite3_file *file, int lock)
{
    (void)file;
    (void)lock;
    return SQLITE_OK;
}

static int memory_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int memory_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                       int *ret_flags)
{
    static const sqlite3_io_methods methods = {.iVersion = 1,
                                               .xClose = memory_close,
                                               .xRead = memory_read,
                                               .xWrite = memory_write,
                                               .xTruncate = memory_truncate,
                                               .xSync = memory_sync,
                                               .xFileSize = memory_size,
                                               .xLock = memory_lock,
                                               .xUnlock = memory_lock,
                                               .xFileControl = memory_control};
    (void)vfs;
    (void)path;
    (void)flags;
    (void)ret_flags;
    *of(file) =
        (struct memory_file){.base = {.pMethods = &methods}, .bytes = calloc(1, FILE_BYTES)};
    return SQLITE_OK;
}

/* --- one log, and what it must be --- */

struct log {
    sqlite3_vfs *vfs;
    sqlite3_file *file;
    struct memory_file *below; /* the real one lies at the end of SQLite's memory for it */
    unsigned char *expected;
    sqlite3_int64 size;
};

static void open_over_memory(struct log *log, int flags)
{
    static sqlite3_vfs memory = {.iVersion = 1,
                                 .szOsFile = sizeof(struct memory_file),
                                 .mxPathname = 64,
                                 .zName = "memory of the test",
                                 .xOpen = memory_open};
    assert_int_equal(sqlite3_vfs_register(&memory, 1), SQLITE_OK);
    log->vfs = sqlite3_vfs_find(sqlite_log_file_system());
    assert_non_null(log->vfs);
    assert_true(log->vfs->szOsFile > memory.szOsFile);
    log->file = calloc(1, (size_t)log->vfs->szOsFile);
    log->expected = calloc(1, FILE_BYTES);
    log->size = 0;
    assert_int_equal(log->vfs->xOpen(log->vfs, "log", log->file, flags, NULL), SQLITE_OK);
}

static void log_begin(struct log *log)
{
    open_over_memory(log, SQLITE_OPEN_WAL);
    log->below = (struct memory_file *)(void *)((char *)log->file + log->vfs->szOsFile -
                                                sizeof(struct memory_file));
}

/* The file of a store; what is put there are pages without rows, which nothing is cleared in. */
static void file_begin(struct log *file)
{
    open_over_memory(file, SQLITE_OPEN_MAIN_DB);
    file->below = (struct memory_file *)(void *)((char *)file->file + sqlite_main_file_size());
}

static void log_end(struct log *log)
{
    assert_int_equal(log->file->pMethods->xClose(log->file), SQLITE_OK);
    free(log->file);
    free(log->expected);
}

static int log_put(struct log *log, const unsigned char *bytes, int count, sqlite3_int64 offset)
{
    memcpy(log->expected + offset, bytes, (size_t)count);
    log->size = offset + count > log->size ? offset + count : log->size;
    return log->file->pMethods->xWrite(log->file, bytes, count, offset);
}

static void assert_reached(const struct log *log)
{
    assert_int_equal(log->below->size, log->size);
    assert_memory_equal(log->below->bytes, log->expected, (size_t)log->size);
}

/* A frame with a page of `mark`; the last of a transaction says the size of the database. */
static sqlite3_int64 put_frame(struct log *log, sqlite3_int64 at, uint8_t mark, bool last)
{
    unsigned char header[HEADER] = {[3] = mark, [7] = last ? 200 : 0, [8] = mark};
    unsigned char page[PAGE];
    memset(page, mark, sizeof page);
    assert_int_equal(log_put(log, header, HEADER, at), SQLITE_OK);
    assert_int_equal(log_put(log, page, PAGE, at + HEADER), SQLITE_OK);
    return at + HEADER + PAGE;
}

static void transaction_is_one_write(void **state)
{
    struct log log;
    (void)state;
    log_begin(&log);
    sqlite3_int64 at = put_frame(&log, 0, 9, true); /* so that the next ones follow */
    const int before = log.below->writes;
    for (uint8_t i = 0; i < 100; i++) {
        at = put_frame(&log, at, i, i == 99);
        assert_int_equal(log.below->writes - before, i == 99 ? 1 : 0);
    }
    assert_reached(&log);
    log_end(&log);
}

static void header_written_again_goes_at_once(void **state)
{
    /* SQLite does so, without a page after it, when it has changed a page of the log twice. */
    struct log log;
    (void)state;
    log_begin(&log);
    const sqlite3_int64 second = put_frame(&log, 0, 1, false);
    put_frame(&log, second, 2, true);
    const unsigned char header[HEADER] = {[3] = 2, [7] = 200, [8] = 77};
    assert_int_equal(log_put(&log, header, HEADER, second), SQLITE_OK);
    assert_reached(&log);
    log_end(&log);
}

static void refusal_is_told_once(void **state)
{
    /* Aim: what could not be written is told, and is not written later over something newer. */
    struct log log;
    unsigned char back[PAGE];
    (void)state;
    log_begin(&log);
    const sqlite3_int64 second = put_frame(&log, 0, 1, true);
    put_frame(&log, second, 2, false);
    log.below->refuse_in = 1;
    assert_int_equal(log.file->pMethods->xSync(log.file, SQLITE_SYNC_NORMAL), SQLITE_FULL);
    assert_int_equal(log.file->pMethods->xSync(log.file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(log.below->size, second);
    put_frame(&log, second, 3, true);
    assert_reached(&log);
    put_frame(&log, second * 2, 4, false);
    log.below->refuse_in = 1;
    assert_int_equal(log.file->pMethods->xRead(log.file, back, PAGE, 0), SQLITE_FULL);
    log_end(&log);
}

static void random_use(void **state)
{
    const char *given = getenv("RETURNHUB_SEED");
    const uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 10);
    struct random random;
    struct log log;
    static unsigned char bytes[200 * 1024];
    (void)state;
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    log_begin(&log);
    sqlite3_int64 at = 0;
    for (int i = 0; i < 20000; i++) {
        const uint64_t what = random_below(&random, 40);
        if (what == 0) {
            at = (sqlite3_int64)random_below(&random, (uint64_t)log.size + 1);
        } else if (what == 1) {
            log.size = (sqlite3_int64)random_below(&random, (uint64_t)log.size + 1);
            assert_int_equal(log.file->pMethods->xTruncate(log.file, log.size), SQLITE_OK);
            assert_reached(&log);
            at = log.size;
        } else if (what == 2) {
            sqlite3_int64 size = 0;
            assert_int_equal(log.file->pMethods->xFileSize(log.file, &size), SQLITE_OK);
            assert_int_equal(size, log.size);
            assert_reached(&log);
        } else if (what == 3 && log.size > PAGE) {
            const sqlite3_int64 from =
                (sqlite3_int64)random_below(&random, (uint64_t)(log.size - PAGE));
            assert_int_equal(log.file->pMethods->xRead(log.file, bytes, PAGE, from), SQLITE_OK);
            assert_memory_equal(bytes, log.expected + from, PAGE);
        } else if (what == 4) {
            assert_int_equal(log.file->pMethods->xSync(log.file, SQLITE_SYNC_NORMAL), SQLITE_OK);
            assert_reached(&log);
        } else if (what == 5) {
            const int count = 1 + (int)random_below(&random, 130000);
            if (at + count < FILE_BYTES) {
                memset(bytes, (int)random_below(&random, 256), (size_t)count);
                assert_int_equal(log_put(&log, bytes, count, at), SQLITE_OK);
                at += count;
            }
        } else if (at + HEADER + PAGE < FILE_BYTES) {
            const bool last = random_below(&random, 6) == 0;
            at = put_frame(&log, at, (uint8_t)random_below(&random, 256), last);
            if (last) {
                assert_reached(&log);
            }
        }
    }
    log_end(&log);
}

static void put_page(struct log *file, unsigned number, uint8_t mark)
{
    unsigned char page[PAGE];
    memset(page, mark, sizeof page);
    page[0] = 0; /* it is no page of rows */
    assert_int_equal(log_put(file, page, PAGE, (sqlite3_int64)number * PAGE), SQLITE_OK);
}

static void page_is_written_at_once(void **state)
{
    /* Aim: a page that could not be written is told by that write, and by nothing later, which
     * SQLite might pass over. */
    struct log file;
    (void)state;
    file_begin(&file);
    for (unsigned number = 0; number < 100; number++) {
        put_page(&file, number, (uint8_t)number);
        assert_int_equal(file.below->writes, number + 1);
        assert_reached(&file);
    }
    const unsigned char page[PAGE] = {0};
    file.below->refuse_in = 1;
    assert_int_equal(file.file->pMethods->xWrite(file.file, page, PAGE, 0), SQLITE_FULL);
    assert_int_equal(file.file->pMethods->xSync(file.file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    log_end(&file);
}

/* What SQLite asks of the file; whatever it is, every page lies there first. */
static void ask(struct log *file, uint64_t what)
{
    const sqlite3_io_methods *methods = file->file->pMethods;
    unsigned char bytes[PAGE];
    sqlite3_int64 size = 0;
    switch (what) {
    case 0:
        assert_int_equal(methods->xSync(file->file, SQLITE_SYNC_NORMAL), SQLITE_OK);
        break;
    case 1:
        assert_int_equal(methods->xFileSize(file->file, &size), SQLITE_OK);
        assert_int_equal(size, file->size);
        break;
    case 2:
        assert_int_equal(methods->xRead(file->file, bytes, PAGE, file->size - PAGE), SQLITE_OK);
        break;
    case 3:
        assert_int_equal(methods->xLock(file->file, SQLITE_LOCK_SHARED), SQLITE_OK);
        break;
    case 4:
        assert_int_equal(methods->xUnlock(file->file, SQLITE_LOCK_NONE), SQLITE_OK);
        break;
    case 5:
        assert_int_equal(methods->xFileControl(file->file, SQLITE_FCNTL_SYNC, NULL),
                         SQLITE_NOTFOUND);
        break;
    default:
        assert_int_equal(methods->xTruncate(file->file, file->size), SQLITE_OK);
    }
    assert_reached(file);
}

static void random_pages(void **state)
{
    struct random random;
    struct log file;
    (void)state;
    random_seed(&random, 1);
    file_begin(&file);
    unsigned number = 0;
    for (int i = 0; i < 20000; i++) {
        const bool jumps = random_below(&random, 50) == 0;
        number = jumps ? (unsigned)random_below(&random, FILE_BYTES / PAGE) : number + 1;
        number %= FILE_BYTES / PAGE;
        put_page(&file, number, (uint8_t)random_below(&random, 256));
        if (random_below(&random, 200) == 0) {
            ask(&file, random_below(&random, 7));
        }
    }
    log_end(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transaction_is_one_write),
        cmocka_unit_test(header_written_again_goes_at_once),
        cmocka_unit_test(refusal_is_told_once),
        cmocka_unit_test(random_use),
        cmocka_unit_test(page_is_written_at_once),
        cmocka_unit_test(random_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
