#include "store/sqlite.h"

#include "store/sqlite_log.h"
#include "store/sqlite_main.h"
#include "store/sqlite_pages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    CONNECTION_ARENA_SIZE = 256 * 1024,
    BUSY_MILLISECONDS = 30000, /* another process may write a large import */
    /* How much of the file a connection keeps in memory. */
    READER_CACHE_KIBIBYTES = 16 * 1024,
    WRITER_CACHE_KIBIBYTES = 256 * 1024,
    BULK_CACHE_KIBIBYTES = 768 * 1024,
    /* Of a new store: a command changes a few places of some pages, and each page that it changes
     * is written whole. */
    PAGE_BYTES = 2048,
    WAL_BYTES_KEPT = 160 * 1024 * 1024,
};

static const char rollback_sql[] = "ROLLBACK";

/* --- errors --- */

struct failure_row {
    int code; /* SQLite's primary code */
    enum error_code error;
    const char *what;
    const char *hint;
};

/* A lock that the system did not take back is held until the process ends. */
#define LOCKED_HINT                                                                                \
    "Try again in a moment. If it stays so while no other process uses the store, start the "      \
    "program again."

static const struct failure_row failure_rows[] = {
    {SQLITE_FULL, ERROR_STORAGE, "the disk is full",
     "Nothing of this change was stored. Make room, then do it again."},
    {SQLITE_IOERR, ERROR_STORAGE, "the disk refused to read or write",
     "Look at the disk and at the system's log before anything else."},
    {SQLITE_CORRUPT, ERROR_STORAGE, "the file is damaged",
     "Stop writing to it, keep a copy, and restore the last backup."},
    {SQLITE_NOTADB, ERROR_STORAGE, "the file is not a store", "Check the path."},
    {SQLITE_BUSY, ERROR_STORAGE, "another process kept it for too long", LOCKED_HINT},
    {SQLITE_LOCKED, ERROR_STORAGE, "another process kept it for too long", LOCKED_HINT},
    {SQLITE_PROTOCOL, ERROR_STORAGE, "the file could not be locked",
     "Try again in a moment. If it stays so, start the program again, and look at the file "
     "system."},
    {SQLITE_READONLY, ERROR_STORAGE, "the file may not be written",
     "Check who owns the file and the folder it is in."},
    {SQLITE_CANTOPEN, ERROR_STORAGE, "the file cannot be opened",
     "Check the path, and who owns the file and its folder."},
    {SQLITE_PERM, ERROR_STORAGE, "the system does not permit it",
     "Check who owns the file and the folder it is in."},
    {SQLITE_CONSTRAINT, ERROR_CONFLICT, "it would break what the store guarantees", ""},
    {SQLITE_TOOBIG, ERROR_LIMIT, "a text is too long for the store", ""},
    {SQLITE_NOMEM, ERROR_LIMIT, "the system has no memory to give", ""},
};

static const struct failure_row *failure_row(int code)
{
    static const struct failure_row unexpected = {0, ERROR_INTERNAL,
                                                  "SQLite answered what was not expected", ""};
    for (size_t i = 0; i < sizeof failure_rows / sizeof failure_rows[0]; i++) {
        if (failure_rows[i].code == (code & 0xFF)) {
            return &failure_rows[i];
        }
    }
    return &unexpected;
}

result sqlite_failure(sqlite3 *db, int code, const char *doing, struct err *err)
{
    const char *detail = db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    const int system_error = db == NULL ? 0 : sqlite3_system_errno(db);
    const bool from_system = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
    /* For the memory that processes share SQLite does not call it so. */
    const bool full = from_system && (system_error == ENOSPC || system_error == EDQUOT);
    const struct failure_row *row = failure_row(full ? SQLITE_FULL : code);
    const char *system_text =
        from_system && system_error != 0 ? strerrordesc_np(system_error) : NULL;
    result_ignore(err_set(err, row->error, "The store could not be %s: %s (%s%s%s)", doing,
                          row->what, detail, system_text == NULL ? "" : "; ",
                          system_text == NULL ? "" : system_text),
                  "the hint returns the failure");
    return row->hint[0] == '\0' ? (result){.ok = false} : err_hint(err, "%s", row->hint);
}

/* --- statements --- */

static void close_statement(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

#define OWN_STATEMENT __attribute__((cleanup(close_statement)))

result sqlite_run(sqlite3 *db, const char *sql, struct err *err)
{
    const int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? result_ok() : sqlite_failure(db, code, "set up", err);
}

result sqlite_ask_number(sqlite3 *db, const char *sql, int64_t *ret_number, struct err *err)
{
    OWN_STATEMENT sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    code = code == SQLITE_OK ? sqlite3_step(statement) : code;
    if (code != SQLITE_ROW) {
        return sqlite_failure(db, code, "read", err);
    }
    *ret_number = sqlite3_column_int64(statement, 0);
    return result_ok();
}

result sqlite_prepare_slot(struct sqlite_connection *connection, size_t slot, str sql,
                           sqlite3_stmt **ret_statement, struct err *err)
{
    ASSERT(slot < SLOT_COUNT);
    if (connection->statements[slot] == NULL) {
        const int code =
            sqlite3_prepare_v3(connection->db, sql.at, (int)sql.len, SQLITE_PREPARE_PERSISTENT,
                               &connection->statements[slot], NULL);
        if (code != SQLITE_OK) {
            return sqlite_failure(connection->db, code, "asked", err);
        }
    }
    *ret_statement = connection->statements[slot];
    return result_ok();
}

static int step_slot(struct sqlite_connection *connection, enum sqlite_slot slot, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (!sqlite_prepare_slot(connection, slot, str_from_c(sql), &statement, NULL).ok) {
        return sqlite3_extended_errcode(connection->db);
    }
    int code;
    do {
        code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
    sqlite3_reset(statement);
    return code;
}

result sqlite_run_slot(struct sqlite_connection *connection, enum sqlite_slot slot, const char *sql,
                       struct err *err)
{
    const int code = step_slot(connection, slot, sql);
    return code == SQLITE_DONE ? result_ok()
                               : sqlite_failure(connection->db, code, "read or written", err);
}

/* --- opening --- */

static result configure(sqlite3 *db, enum connection_use use, struct err *err)
{
    int was = 0;
    int code = sqlite3_extended_result_codes(db, 1);
    code = code == SQLITE_OK ? sqlite3_busy_timeout(db, BUSY_MILLISECONDS) : code;
    code = code == SQLITE_OK ? sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, &was) : code;
    code =
        code == SQLITE_OK ? sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &was) : code;
    code = code == SQLITE_OK ? sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &was)
                             : code;
    code = code == SQLITE_OK ? sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, &was) : code;
    if (code != SQLITE_OK) {
        return sqlite_failure(db, code, "set up", err);
    }
    /* SQL that attaches files would be somebody else's; there is no text of a user in any
     * statement. */
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    TRY(sqlite_run(db,
                   "PRAGMA synchronous = FULL;"
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA cell_size_check = ON;"
                   "PRAGMA mmap_size = 0;",
                   err));
    char sql[200];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA page_size = %d", PAGE_BYTES); /* if it is new */
    TRY(sqlite_run(db, sql, err));
    sqlite3_snprintf(sizeof sql, sql,
                     "PRAGMA journal_size_limit = %d; PRAGMA cache_size = -%d;"
                     "PRAGMA query_only = %d;",
                     WAL_BYTES_KEPT,
                     use == CONNECTION_READS ? READER_CACHE_KIBIBYTES : WRITER_CACHE_KIBIBYTES,
                     use == CONNECTION_READS ? 1 : 0);
    return sqlite_run(db, sql, err);
}

/* WAL is written into the file once; asking again changes nothing. */
static result use_wal(sqlite3 *db, struct err *err)
{
    OWN_STATEMENT sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    code = code == SQLITE_OK ? sqlite3_step(statement) : code;
    if (code != SQLITE_ROW) {
        return sqlite_failure(db, code, "set up", err);
    }
    const char *mode = (const char *)sqlite3_column_text(statement, 0);
    if (mode == NULL || strcmp(mode, "wal") != 0) {
        return err_set(err, ERROR_STORAGE,
                       "The file system of the store cannot keep a write-ahead log");
    }
    return result_ok();
}

/* Where a file or its shared memory cannot be opened for writing, SQLite opens it for reading, and
 * every connection of the process stays so: better not to begin. That another process is writing
 * just now is no hindrance. */
static result check_writable(sqlite3 *db, struct err *err)
{
    sqlite3_busy_timeout(db, 0);
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL);
    code = sqlite3_db_readonly(db, "main") == 1 ? SQLITE_READONLY : code;
    sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
    const bool writable = code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY;
    return writable ? result_ok() : sqlite_failure(db, code, "opened for writing", err);
}

static void sqlite_close(struct connection *connection)
{
    if (connection == NULL) {
        return;
    }
    struct sqlite_connection *closing = sqlite_of(connection);
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        sqlite3_finalize(closing->statements[i]);
    }
    sqlite3_close(closing->db);
    pending_done(&closing->pending);
    known_done(&closing->known);
    struct arena arena = closing->arena;
    arena_close(&arena);
}

static result prepare_file(sqlite3 *db, const char *path, enum connection_use use, instant now,
                           bool *ret_brought_proofs, struct err *err)
{
    TRY(configure(db, use, err));
    if (use != CONNECTION_READS) {
        /* First: a stranger's file is left as it was. */
        TRY(sqlite_check_schema(db, path, use == CONNECTION_MAKES, now, ret_brought_proofs, err));
        TRY(use_wal(db, err));
        TRY(check_writable(db, err));
    }
    return result_ok();
}

/* What may have to be undone within a transaction stays in memory: SQLite would make a file in the
 * folder for temporary files, in clear, for every group of works that changes more than sixteen
 * pages. So no statement that changes very many may be one that is undone alone. Only the first
 * call in a process counts. */
static void undo_in_memory(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, sqlite_pages_methods());
}

/* In place of SQLite's own, which would move the log into the file at the end of a commit. */
static int count_log(void *context, sqlite3 *db, const char *schema, int pages)
{
    struct sqlite_connection *connection = context;
    (void)db;
    (void)schema;
    connection->log_pages = pages;
    return SQLITE_OK;
}

static result prepare_writing(struct sqlite_connection *connection, struct err *err)
{
    TRY(pending_init(connection, err));
    (void)sqlite3_wal_hook(connection->db, count_log, connection);
    return result_ok();
}

/* What ends a transaction must not be in want of memory when it is needed. */
static result prepare_rollback(struct sqlite_connection *connection, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    return sqlite_prepare_slot(connection, SLOT_ROLLBACK, str_from_c(rollback_sql), &statement,
                               err);
}

static result sqlite_open(const char *path, enum connection_use use, instant now,
                          struct connection **ret_connection, struct err *err)
{
    struct arena arena;
    undo_in_memory();
    TRY(arena_open(&arena, CONNECTION_ARENA_SIZE, err));
    struct sqlite_connection *connection = ARENA_NEW(&arena, struct sqlite_connection, 1);
    ASSERT(connection != NULL);
    *connection = (struct sqlite_connection){.base = {.backend = backend_sqlite()}, .arena = arena};
    /* Nobody asks SQLite how much memory it has, and counting costs a lock at each allocation.
     * Refused, harmlessly, once SQLite has begun; a store begins with its writer. */
    if (use != CONNECTION_READS) {
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path, &connection->db, flags, sqlite_log_file_system());
    result opened = code != SQLITE_OK ? sqlite_failure(connection->db, code, "opened", err)
                                      : prepare_file(connection->db, path, use, now,
                                                     &connection->base.brought_proofs, err);
    opened = opened.ok ? sqlite_ask_number(connection->db, "PRAGMA page_size",
                                           &connection->page_bytes, err)
                       : opened;
    known_init(&connection->known, use != CONNECTION_READS);
    if (opened.ok && use != CONNECTION_READS) {
        opened = prepare_writing(connection, err);
    }
    opened = opened.ok ? prepare_rollback(connection, err) : opened;
    if (!opened.ok) {
        sqlite_close(&connection->base);
        return opened;
    }
    connection->main = sqlite_main_of(connection->db);
    *ret_connection = &connection->base;
    return result_ok();
}

/* An empty file is an empty SQLite file, and it is ours alone from its first moment. */
static result sqlite_create(const char *path, instant now, struct err *err)
{
    TRY(system_write_file(path, STR(""), 0600, err));
    struct connection *connection = NULL;
    TRY(sqlite_open(path, CONNECTION_MAKES, now, &connection, err));
    sqlite_close(connection);
    return result_ok();
}

/* The file of a store, last, and what lies beside it. */
static const char *const file_suffixes[] = {"-wal", "-shm", "-journal", ""};
enum { FILE_SUFFIXES = sizeof file_suffixes / sizeof file_suffixes[0] };

static result sqlite_find_files(const char *path, struct arena *arena, str *ret_name,
                                struct err *err)
{
    bool found = false;
    for (size_t i = FILE_SUFFIXES; i > 0 && !found; i--) {
        *ret_name = arena_format(arena, "%s%s", path, file_suffixes[i - 1]);
        TRY(ret_name->at == NULL ? arena_full(err) : system_find_file(ret_name->at, &found, err));
    }
    *ret_name = found ? *ret_name : STR("");
    return result_ok();
}

/* A log or a journal that was left behind would be taken for that of the next file of this name. */
static void sqlite_unmake(const char *path)
{
    for (size_t i = 0; i < FILE_SUFFIXES; i++) {
        char *name = sqlite3_mprintf("%s%s", path, file_suffixes[i]);
        if (name != NULL) {
            remove(name);
        }
        sqlite3_free(name);
    }
}

static result open_for_copy(const char *path, sqlite3 **ret_db, struct err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, ret_db, flags, sqlite_log_file_system());
    code = code == SQLITE_OK ? sqlite3_busy_timeout(*ret_db, BUSY_MILLISECONDS) : code;
    return code == SQLITE_OK ? result_ok() : sqlite_failure(*ret_db, code, "opened", err);
}

/* All pages in one step are of one snapshot, and begin anew for nobody. */
static result copy_pages(sqlite3 *from, sqlite3 *to, struct err *err)
{
    TRY(sqlite_run(to, "PRAGMA synchronous = FULL", err));
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL) {
        return sqlite_failure(to, sqlite3_errcode(to), "copied", err);
    }
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK) {
        return sqlite_failure(to, finished != SQLITE_OK ? finished : stepped, "copied", err);
    }
    return result_ok();
}

static result sqlite_copy(const char *path, const char *to, struct err *err)
{
    sqlite3 *from_db = NULL;
    sqlite3 *to_db = NULL;
    result done = open_for_copy(path, &from_db, err);
    done = done.ok ? open_for_copy(to, &to_db, err) : done;
    done = done.ok ? copy_pages(from_db, to_db, err) : done;
    sqlite3_close(to_db);
    sqlite3_close(from_db);
    return done;
}

/* --- transactions --- */

static bool sqlite_is_active(const struct connection *connection)
{
    const struct sqlite_connection *asked =
        (const struct sqlite_connection *)(const void *)connection;
    return sqlite3_get_autocommit(asked->db) == 0;
}

static void sqlite_rollback(struct connection *connection)
{
    pending_forget(sqlite_of(connection));
    known_undo(&sqlite_of(connection)->known);
    if (sqlite_is_active(connection)) {
        result_ignore(sqlite_run_slot(sqlite_of(connection), SLOT_ROLLBACK, rollback_sql, NULL),
                      "a transaction that cannot be rolled back is not committed either");
    }
}

/* SQLite's data version changes when another connection has committed, and not when this one has.
 * To ask for it is to read, and with the first reading SQLite takes the snapshot. */
static result learn_version(struct sqlite_connection *connection, struct err *err)
{
    struct known *known = &connection->known;
    sqlite3_stmt *statement = NULL;
    TRY(sqlite_prepare_slot(connection, SLOT_DATA_VERSION, STR("PRAGMA data_version"), &statement,
                            err));
    const int code = sqlite3_step(statement);
    const int64_t version = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    if (code != SQLITE_ROW) {
        return sqlite_failure(connection->db, code, "read", err);
    }
    connection->base.others_wrote = known->version != version;
    if (connection->base.others_wrote) {
        known_forget(known);
    }
    known->version = version;
    return result_ok();
}

/* IMMEDIATE takes the write lock now: everything read from here on is what will be changed,
 * whatever other process waits. */
static result sqlite_begin(struct connection *connection, bool writing, struct err *err)
{
    struct sqlite_connection *begun = sqlite_of(connection);
    ASSERT(!sqlite_is_active(connection));
    TRY(writing ? sqlite_run_slot(begun, SLOT_BEGIN_WRITING, "BEGIN IMMEDIATE", err)
                : sqlite_run_slot(begun, SLOT_BEGIN_READING, "BEGIN", err));
    const result learned = learn_version(begun, err);
    if (!learned.ok) {
        sqlite_rollback(connection);
    }
    return learned;
}

/* When the log was written but not made durable, a later crash may still bring the change back (the
 * frames are whole) or not. Worse, what the system could not write counts as written afterwards: it
 * can be read, and would be believed after a restart, until the power fails. So something small is
 * committed in its place at once; when that is durable, nothing is left of what failed. */
static bool overwrite(sqlite3 *db)
{
    return sqlite3_exec(db,
                        "BEGIN IMMEDIATE;"
                        "INSERT OR REPLACE INTO property VALUES ('overwritten', x'01');"
                        "COMMIT",
                        NULL, NULL, NULL) == SQLITE_OK;
}

static result failed_commit(struct sqlite_connection *committing, int code, struct err *err)
{
    struct err cause = {0};
    result_ignore(sqlite_failure(committing->db, code, "made durable", &cause), "it is quoted");
    sqlite_rollback(&committing->base);
    const bool known = overwrite(committing->db);
    sqlite_rollback(&committing->base);
    result_ignore(err_set(err, ERROR_STORAGE, "%s. %s", cause.what,
                          known ? "Nothing of the change was stored"
                                : "It is not known whether the change was stored"),
                  "the hint returns the failure");
    return known ? err_hint(err, "%s", cause.hint)
                 : err_hint(err, "Look it up by its client id, once the disk is in order, before "
                                 "doing it again.");
}

static result commit(struct sqlite_connection *committing, int code, struct err *err)
{
    struct connection *connection = &committing->base;
    if (code == SQLITE_DONE) {
        ASSERT(!sqlite_is_active(connection));
        known_committed(&committing->known);
        return result_ok();
    }
    if ((code & 0xFF) == SQLITE_IOERR) {
        return failed_commit(committing, code, err);
    }
    const result failed = sqlite_failure(committing->db, code, "written", err);
    sqlite_rollback(connection);
    return failed;
}

static result sqlite_commit(struct connection *connection, struct err *err)
{
    struct sqlite_connection *committing = sqlite_of(connection);
    TRY(pending_write_all(committing, err));
    return commit(committing, step_slot(committing, SLOT_COMMIT, "COMMIT"), err);
}

static result sqlite_commit_soon(struct connection *connection, struct err *err)
{
    struct sqlite_connection *committing = sqlite_of(connection);
    TRY(pending_write_all(committing, err));
    if (committing->log == NULL) {
        committing->log = sqlite_log_of(committing->db);
    }
    if (committing->log == NULL) { /* SQLite's default file system: then it is durable at once */
        return commit(committing, step_slot(committing, SLOT_COMMIT, "COMMIT"), err);
    }
    sqlite_log_defer(committing->log, true);
    const int code = step_slot(committing, SLOT_COMMIT, "COMMIT");
    sqlite_log_defer(committing->log, false);
    return commit(committing, code, err);
}

/* The connection is another thread's: nothing of it may be asked for but its log. */
static result sqlite_make_durable(struct connection *connection, struct err *err)
{
    const struct log_file *log = sqlite_of(connection)->log;
    const int code = log == NULL ? SQLITE_OK : sqlite_log_sync(log);
    return code == SQLITE_OK ? result_ok() : sqlite_failure(NULL, code, "made durable", err);
}

static void sqlite_leave_log(struct connection *connection)
{
    int was = 0;
    (void)sqlite3_db_config(sqlite_of(connection)->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &was);
}

static bool sqlite_mark(const struct connection *connection, struct mark *ret_mark)
{
    const struct sqlite_connection *asked =
        (const struct sqlite_connection *)(const void *)connection;
    return asked->main != NULL && sqlite_main_mark(asked->main, ret_mark);
}

static bool sqlite_marks_of_commit(const struct connection *connection, struct mark *ret_begun,
                                   struct mark *ret_ended)
{
    const struct sqlite_connection *asked =
        (const struct sqlite_connection *)(const void *)connection;
    return asked->main != NULL && sqlite_main_marks_of_commit(asked->main, ret_begun, ret_ended);
}

static int64_t sqlite_log_bytes(const struct connection *connection)
{
    const struct sqlite_connection *asked =
        (const struct sqlite_connection *)(const void *)connection;
    return asked->log_pages * asked->page_bytes;
}

static result sqlite_move_log(struct connection *connection, int64_t *ret_left, struct err *err)
{
    const struct sqlite_connection *moving = sqlite_of(connection);
    int pages = 0;
    int moved = 0;
    const int code =
        sqlite3_wal_checkpoint_v2(moving->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    if (code != SQLITE_OK) {
        return sqlite_failure(moving->db, code, "moved into its file", err);
    }
    *ret_left = (pages - moved) * moving->page_bytes;
    return result_ok();
}

static result sqlite_savepoint_begin(struct connection *connection, struct err *err)
{
    (void)err;
    pending_work_begin(sqlite_of(connection));
    return result_ok();
}

static result sqlite_savepoint_keep(struct connection *connection, struct err *err)
{
    return pending_work_keep(sqlite_of(connection), err);
}

static result sqlite_savepoint_undo(struct connection *connection, struct err *err)
{
    known_undo(&sqlite_of(connection)->known);
    return pending_work_undo(sqlite_of(connection), err);
}

static result set_cache(sqlite3 *db, int kibibytes, struct err *err)
{
    char sql[64];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA cache_size = -%d", kibibytes);
    return sqlite_run(db, sql, err);
}

/* A large transaction that fits into memory is written to the log once, at its end. CHECK
 * constraints, which ask of each row what this program gives it anyway, wait: where one calls a
 * function, SQLite keeps a copy of every page for the case that the statement is taken back. Keys
 * stay unique, and types are checked. */
static result sqlite_bulk_begin(struct connection *connection, struct err *err)
{
    struct sqlite_connection *loading = sqlite_of(connection);
    pending_bulk(loading, true);
    TRY(sqlite_run(loading->db, "PRAGMA ignore_check_constraints = ON", err));
    return set_cache(loading->db, BULK_CACHE_KIBIBYTES, err);
}

static result sqlite_bulk_end(struct connection *connection, struct err *err)
{
    sqlite3 *db = sqlite_of(connection)->db;
    pending_bulk(sqlite_of(connection), false);
    TRY(sqlite_run(db, "PRAGMA ignore_check_constraints = OFF", err));
    TRY(set_cache(db, WRITER_CACHE_KIBIBYTES, err));
    sqlite3_db_release_memory(db);
    return result_ok();
}

/* secure_delete has overwritten what was deleted in the pages, and none is written into the file
 * with anything in its free room (sqlite_main.h); older images of them are in the log until it is
 * moved into the file and cut off. Then every connection reads its pages anew. */
static result sqlite_purge(struct connection *connection, bool waits, struct err *err)
{
    sqlite3 *db = sqlite_of(connection)->db;
    sqlite3_busy_timeout(db, waits ? BUSY_MILLISECONDS : 0);
    const int code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
    return code == SQLITE_OK ? result_ok() : sqlite_failure(db, code, "purged", err);
}

const struct backend *backend_sqlite(void)
{
    static const struct backend backend = {
        .name = "SQLite",
        .create = sqlite_create,
        .unmake = sqlite_unmake,
        .find_files = sqlite_find_files,
        .copy = sqlite_copy,
        .open = sqlite_open,
        .close = sqlite_close,
        .begin = sqlite_begin,
        .commit = sqlite_commit,
        .commit_soon = sqlite_commit_soon,
        .make_durable = sqlite_make_durable,
        .leave_log = sqlite_leave_log,
        .log_bytes = sqlite_log_bytes,
        .move_log = sqlite_move_log,
        .mark = sqlite_mark,
        .marks_of_commit = sqlite_marks_of_commit,
        .rollback = sqlite_rollback,
        .is_active = sqlite_is_active,
        .savepoint_begin = sqlite_savepoint_begin,
        .savepoint_keep = sqlite_savepoint_keep,
        .savepoint_undo = sqlite_savepoint_undo,
        .row_find = sqlite_row_find,
        .row_insert = sqlite_row_insert,
        .row_update = sqlite_row_update,
        .row_put = sqlite_row_put,
        .row_delete = sqlite_row_delete,
        .rows_delete_of_person = sqlite_rows_delete_of_person,
        .last_recorded_at = sqlite_last_recorded_at,
        .cursor_open = sqlite_cursor_open,
        .cursor_next = sqlite_cursor_next,
        .cursor_close = sqlite_cursor_close,
        .check_layout = sqlite_check_layout,
        .purge = sqlite_purge,
        .bulk_begin = sqlite_bulk_begin,
        .bulk_end = sqlite_bulk_end,
        .shadow_begin = sqlite_shadow_begin,
        .shadow_take_names = sqlite_shadow_take_names,
        .shadow_compare = sqlite_shadow_compare,
        .shadow_replace = sqlite_shadow_replace,
    };
    return &backend;
}
