#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>

enum { SQL_SIZE_MAX = 4096 };

/* --- columns --- */

static int bind_text(sqlite3_stmt *statement, int index, str text)
{
    return sqlite3_bind_text64(statement, index, text.at == NULL ? "" : text.at, text.len,
                               SQLITE_STATIC, SQLITE_UTF8);
}

static int bind_bytes(sqlite3_stmt *statement, int index, str bytes)
{
    return bytes.len == 0
               ? sqlite3_bind_null(statement, index)
               : sqlite3_bind_blob64(statement, index, bytes.at, bytes.len, SQLITE_STATIC);
}

static int bind_day(sqlite3_stmt *statement, int index, const struct known_day *day)
{
    return day->known ? sqlite3_bind_int64(statement, index, day->day.day)
                      : sqlite3_bind_null(statement, index);
}

static int bind_column(sqlite3_stmt *statement, int index, const struct column *column,
                       const void *row)
{
    const void *member = (const char *)row + column->offset;
    switch (column->type) {
    case COLUMN_NUMBER:
        return sqlite3_bind_int64(statement, index, *(const int64_t *)member);
    case COLUMN_STATE:
        return sqlite3_bind_int64(statement, index, *(const int32_t *)member);
    case COLUMN_SIZE:
        return sqlite3_bind_int64(statement, index, (sqlite3_int64) * (const size_t *)member);
    case COLUMN_FLAG:
        return sqlite3_bind_int64(statement, index, *(const bool *)member ? 1 : 0);
    case COLUMN_TEXT:
        return bind_text(statement, index, *(const str *)member);
    case COLUMN_BYTES:
        return bind_bytes(statement, index, *(const str *)member);
    case COLUMN_BYTES32:
        return sqlite3_bind_blob(statement, index, member, SHA256_SIZE, SQLITE_STATIC);
    case COLUMN_DATE:
        return sqlite3_bind_int64(statement, index, ((const date *)member)->day);
    case COLUMN_DAY:
        return bind_day(statement, index, member);
    case COLUMN_INSTANT:
        return sqlite3_bind_int64(statement, index, ((const instant *)member)->milliseconds);
    }
    return SQLITE_MISUSE;
}

static void give_bytes(sqlite3_context *context, str bytes)
{
    if (bytes.len == 0) {
        sqlite3_result_null(context);
    } else {
        sqlite3_result_blob64(context, bytes.at, bytes.len, SQLITE_STATIC);
    }
}

static void give_day(sqlite3_context *context, const struct known_day *day)
{
    if (day->known) {
        sqlite3_result_int64(context, day->day.day);
    } else {
        sqlite3_result_null(context);
    }
}

static void give_text(sqlite3_context *context, str text)
{
    sqlite3_result_text64(context, text.at == NULL ? "" : text.at, text.len, SQLITE_STATIC,
                          SQLITE_UTF8);
}

void sqlite_give_column(sqlite3_context *context, const struct column *column, const void *row)
{
    const void *member = (const char *)row + column->offset;
    switch (column->type) {
    case COLUMN_NUMBER:
        sqlite3_result_int64(context, *(const int64_t *)member);
        return;
    case COLUMN_STATE:
        sqlite3_result_int64(context, *(const int32_t *)member);
        return;
    case COLUMN_SIZE:
        sqlite3_result_int64(context, (sqlite3_int64) * (const size_t *)member);
        return;
    case COLUMN_FLAG:
        sqlite3_result_int64(context, *(const bool *)member ? 1 : 0);
        return;
    case COLUMN_TEXT:
        give_text(context, *(const str *)member);
        return;
    case COLUMN_BYTES:
        give_bytes(context, *(const str *)member);
        return;
    case COLUMN_BYTES32:
        sqlite3_result_blob(context, member, SHA256_SIZE, SQLITE_STATIC);
        return;
    case COLUMN_DATE:
        sqlite3_result_int64(context, ((const date *)member)->day);
        return;
    case COLUMN_DAY:
        give_day(context, member);
        return;
    case COLUMN_INSTANT:
        sqlite3_result_int64(context, ((const instant *)member)->milliseconds);
        return;
    }
}

result sqlite_bind_column(struct sqlite_connection *connection, sqlite3_stmt *statement, int index,
                          const struct column *column, const void *row, struct err *err)
{
    const int code = bind_column(statement, index, column, row);
    return code == SQLITE_OK ? result_ok() : sqlite_failure(connection->db, code, "written", err);
}

static str text_of(sqlite3_stmt *statement, int index)
{
    const char *text = (const char *)sqlite3_column_text(statement, index);
    return (str){.at = text, .len = (size_t)sqlite3_column_bytes(statement, index)};
}

static str bytes_of(sqlite3_stmt *statement, int index)
{
    const char *bytes = sqlite3_column_blob(statement, index);
    return (str){.at = bytes, .len = (size_t)sqlite3_column_bytes(statement, index)};
}

/* What the program writes lies within; a file that something else changed need not. */
static bool read_number(sqlite3_stmt *statement, int index, int64_t first, int64_t last,
                        int64_t *ret_number)
{
    *ret_number = sqlite3_column_int64(statement, index);
    return *ret_number >= first && *ret_number <= last;
}

static bool read_date(sqlite3_stmt *statement, int index, date *ret_day)
{
    int64_t number = 0;
    const bool fits = read_number(statement, index, INT32_MIN, INT32_MAX, &number);
    ret_day->day = (int32_t)number;
    return fits;
}

static bool read_day(sqlite3_stmt *statement, int index, struct known_day *ret_day)
{
    ret_day->known = sqlite3_column_type(statement, index) != SQLITE_NULL;
    return !ret_day->known || read_date(statement, index, &ret_day->day);
}

static bool read_bytes32(sqlite3_stmt *statement, int index, void *ret_bytes)
{
    const str bytes = bytes_of(statement, index);
    if (bytes.len != SHA256_SIZE) {
        return false;
    }
    memcpy(ret_bytes, bytes.at, SHA256_SIZE);
    return true;
}

static bool read_column(sqlite3_stmt *statement, int index, const struct column *column, void *row)
{
    void *member = (char *)row + column->offset;
    int64_t number = 0;
    bool fits = true;
    switch (column->type) {
    case COLUMN_NUMBER:
        *(int64_t *)member = sqlite3_column_int64(statement, index);
        return true;
    case COLUMN_STATE:
        fits = read_number(statement, index, column->first, column->last, &number);
        *(int32_t *)member = (int32_t)number;
        return fits;
    case COLUMN_SIZE:
        fits = read_number(statement, index, 0, column->last, &number);
        *(size_t *)member = (size_t)number;
        return fits;
    case COLUMN_FLAG:
        fits = read_number(statement, index, 0, 1, &number);
        *(bool *)member = number != 0;
        return fits;
    case COLUMN_TEXT:
        *(str *)member = text_of(statement, index);
        return true;
    case COLUMN_BYTES:
        *(str *)member = bytes_of(statement, index);
        return true;
    case COLUMN_BYTES32:
        return read_bytes32(statement, index, member);
    case COLUMN_DATE:
        return read_date(statement, index, member);
    case COLUMN_DAY:
        return read_day(statement, index, member);
    case COLUMN_INSTANT:
        ((instant *)member)->milliseconds = sqlite3_column_int64(statement, index);
        return true;
    }
    return false;
}

/* The first column of most is a number: it says which row, of an event its position. */
static result refuse_row(sqlite3_stmt *statement, const struct layout *layout, size_t column,
                         struct err *err)
{
    char which[32] = "";
    if (sqlite3_column_type(statement, 0) == SQLITE_INTEGER) {
        snprintf(which, sizeof which, " %lld", (long long)sqlite3_column_int64(statement, 0));
    }
    return err_set(err, ERROR_STORAGE,
                   "In %s%s, %s holds what this program never writes: the file is damaged, or "
                   "something else changed it",
                   layout->name, which, layout->columns[column].name);
}

result sqlite_read_row(sqlite3_stmt *statement, const struct layout *layout, void *row,
                       struct err *err)
{
    memset(row, 0, layout->row_size);
    for (size_t i = 0; i < layout->column_count; i++) {
        if (!read_column(statement, (int)i, &layout->columns[i], row)) {
            return refuse_row(statement, layout, i, err);
        }
    }
    return result_ok();
}

/* --- SQL of one row --- */

void sqlite_put_columns(struct buf *buf, const struct layout *layout, const char *prefix)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        buf_put_c(buf, i == 0 ? "" : ", ");
        buf_put_c(buf, prefix);
        buf_put_c(buf, layout->columns[i].name);
    }
}

/* Column i is always parameter i + 1, in every statement of a table. */
static void put_key_condition(struct buf *buf, const struct layout *layout)
{
    for (size_t i = 0; i < layout->key_count; i++) {
        buf_format(buf, "%s%s = ?%zu", i == 0 ? " WHERE " : " AND ", layout->columns[i].name,
                   i + 1);
    }
}

static void put_changes(struct buf *buf, const struct layout *layout)
{
    const char *comma = "";
    for (size_t i = layout->key_count; i < layout->column_count; i++) {
        if (!layout->columns[i].fixed) {
            buf_format(buf, "%s%s = ?%zu", comma, layout->columns[i].name, i + 1);
            comma = ", ";
        }
    }
}

static void put_insert(struct buf *buf, const struct layout *layout)
{
    buf_format(buf, "INSERT INTO %s (", layout->name);
    sqlite_put_columns(buf, layout, "");
    buf_put_c(buf, ") VALUES (");
    for (size_t i = 0; i < layout->column_count; i++) {
        buf_format(buf, "%s?%zu", i == 0 ? "" : ", ", i + 1);
    }
    buf_put_char(buf, ')');
}

static void put_conflict(struct buf *buf, const struct layout *layout)
{
    buf_put_c(buf, " ON CONFLICT (");
    for (size_t i = 0; i < layout->key_count; i++) {
        buf_put_c(buf, i == 0 ? "" : ", ");
        buf_put_c(buf, layout->columns[i].name);
    }
    buf_put_c(buf, ") DO UPDATE SET ");
    put_changes(buf, layout);
}

static void put_sql(struct buf *buf, const struct layout *layout, enum sqlite_row_statement which)
{
    switch (which) {
    case ROW_FIND:
        buf_put_c(buf, "SELECT ");
        sqlite_put_columns(buf, layout, "");
        buf_format(buf, " FROM %s", layout->name);
        put_key_condition(buf, layout);
        return;
    case ROW_INSERT:
        put_insert(buf, layout);
        return;
    case ROW_UPDATE:
        buf_format(buf, "UPDATE %s SET ", layout->name);
        put_changes(buf, layout);
        put_key_condition(buf, layout);
        return;
    case ROW_PUT:
        put_insert(buf, layout);
        put_conflict(buf, layout);
        return;
    case ROW_DELETE:
        buf_format(buf, "DELETE FROM %s", layout->name);
        put_key_condition(buf, layout);
        return;
    case ROW_INSERT_WAITING: /* sqlite_pending.c's own */
    case ROW_STATEMENTS:
        break;
    }
    ASSERT(false);
}

static result row_statement(struct sqlite_connection *connection, enum table table,
                            enum sqlite_row_statement which, sqlite3_stmt **ret_statement,
                            struct err *err)
{
    const size_t slot = SLOT_ROWS + (size_t)table * ROW_STATEMENTS + (size_t)which;
    if (connection->statements[slot] != NULL) {
        *ret_statement = connection->statements[slot];
        return result_ok();
    }
    struct arena scratch = connection->arena;
    struct buf buf;
    buf_init(&buf, &scratch, SQL_SIZE_MAX);
    put_sql(&buf, layout_of(table), which);
    str sql;
    TRY(buf_finish(&buf, &sql, err));
    return sqlite_prepare_slot(connection, slot, sql, ret_statement, err);
}

/* --- one row --- */

static result bind_key(struct sqlite_connection *connection, sqlite3_stmt *statement,
                       const struct layout *layout, const void *row, struct err *err)
{
    for (size_t i = 0; i < layout->key_count; i++) {
        TRY(sqlite_bind_column(connection, statement, (int)i + 1, &layout->columns[i], row, err));
    }
    return result_ok();
}

static result bind_row(struct sqlite_connection *connection, sqlite3_stmt *statement,
                       const struct layout *layout, bool with_fixed, const void *row,
                       struct err *err)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct column *column = &layout->columns[i];
        if (with_fixed || i < layout->key_count || !column->fixed) {
            TRY(sqlite_bind_column(connection, statement, (int)i + 1, column, row, err));
        }
    }
    return result_ok();
}

/* Runs a statement that answers no row, once. */
static result finish_change(struct sqlite_connection *connection, sqlite3_stmt *statement,
                            struct err *err)
{
    const int code = sqlite3_step(statement);
    const result changed =
        code == SQLITE_DONE ? result_ok() : sqlite_failure(connection->db, code, "written", err);
    sqlite3_reset(statement);
    return changed;
}

static result read_and_keep(struct sqlite_connection *asked, sqlite3_stmt *statement,
                            enum table table, struct arena *arena, void *row, struct err *err)
{
    const struct layout *layout = layout_of(table);
    TRY(sqlite_read_row(statement, layout, row, err));
    known_keep(&asked->known, table, row);
    return layout_copy_texts(layout, row, arena, err);
}

result sqlite_row_find(struct connection *connection, enum table table, struct arena *arena,
                       void *row, bool *ret_found, struct err *err)
{
    struct sqlite_connection *asked = sqlite_of(connection);
    const struct layout *layout = layout_of(table);
    ASSERT(layout->key_count > 0);
    const void *waiting = pending_find(asked, table, row);
    if (waiting != NULL) {
        memcpy(row, waiting, layout->row_size);
        TRY(layout_copy_texts(layout, row, arena, err));
        *ret_found = true;
        return result_ok();
    }
    TRY(known_find(&asked->known, table, arena, row, ret_found, err));
    if (*ret_found) {
        return result_ok();
    }
    sqlite3_stmt *statement = NULL;
    TRY(pending_await(asked, err));
    TRY(row_statement(asked, table, ROW_FIND, &statement, err));
    TRY(bind_key(asked, statement, layout, row, err));
    const int code = sqlite3_step(statement);
    result answer = result_ok();
    if (code == SQLITE_ROW) {
        answer = read_and_keep(asked, statement, table, arena, row, err);
    } else if (code != SQLITE_DONE) {
        answer = sqlite_failure(asked->db, code, "read", err);
    }
    sqlite3_reset(statement);
    TRY(answer);
    *ret_found = code == SQLITE_ROW;
    return result_ok();
}

result sqlite_row_insert(struct connection *connection, enum table table, const void *row,
                         struct err *err)
{
    struct sqlite_connection *changed = sqlite_of(connection);
    sqlite3_stmt *statement = NULL;
    bool waits = false;
    known_write(&changed->known, table, row);
    TRY(pending_insert(changed, table, row, &waits, err));
    if (!waits) {
        TRY(pending_open_work(changed, err));
        TRY(row_statement(changed, table, ROW_INSERT, &statement, err));
        TRY(bind_row(changed, statement, layout_of(table), true, row, err));
        TRY(finish_change(changed, statement, err));
    }
    known_keep(&changed->known, table, row);
    return result_ok();
}

/* What waits of the table comes before a change to it that does not wait. */
static result write_before(struct sqlite_connection *changed, enum table table, struct err *err)
{
    TRY(pending_settle(changed, sqlite_table_bit(table), err));
    return pending_open_work(changed, err);
}

result sqlite_update_now(struct sqlite_connection *connection, enum table table, const void *row,
                         struct err *err)
{
    sqlite3_stmt *statement = NULL;
    TRY(row_statement(connection, table, ROW_UPDATE, &statement, err));
    TRY(bind_row(connection, statement, layout_of(table), false, row, err));
    TRY(finish_change(connection, statement, err));
    ASSERT(sqlite3_changes(connection->db) == 1);
    return result_ok();
}

result sqlite_row_update(struct connection *connection, enum table table, const void *row,
                         struct err *err)
{
    struct sqlite_connection *changed = sqlite_of(connection);
    bool waits = false;
    known_write(&changed->known, table, row);
    TRY(pending_update(changed, table, row, &waits, err));
    if (!waits) {
        TRY(write_before(changed, table, err));
        TRY(sqlite_update_now(changed, table, row, err));
    }
    known_keep(&changed->known, table, row);
    return result_ok();
}

result sqlite_row_put(struct connection *connection, enum table table, const void *row,
                      struct err *err)
{
    struct sqlite_connection *changed = sqlite_of(connection);
    sqlite3_stmt *statement = NULL;
    known_write(&changed->known, table, row);
    TRY(write_before(changed, table, err));
    TRY(row_statement(changed, table, ROW_PUT, &statement, err));
    TRY(bind_row(changed, statement, layout_of(table), true, row, err));
    return finish_change(changed, statement, err);
}

result sqlite_row_delete(struct connection *connection, enum table table, const void *row,
                         struct err *err)
{
    struct sqlite_connection *changed = sqlite_of(connection);
    const struct layout *layout = layout_of(table);
    ASSERT(layout->key_count > 0);
    sqlite3_stmt *statement = NULL;
    known_write(&changed->known, table, row);
    TRY(write_before(changed, table, err));
    TRY(row_statement(changed, table, ROW_DELETE, &statement, err));
    TRY(bind_key(changed, statement, layout, row, err));
    return finish_change(changed, statement, err);
}

static bool has_column(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        if (strcmp(layout->columns[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Rare, so the statement is not kept. */
result sqlite_rows_delete_of_person(struct connection *connection, enum table table, int64_t person,
                                    struct err *err)
{
    struct sqlite_connection *changed = sqlite_of(connection);
    const struct layout *layout = layout_of(table);
    char sql[200];
    ASSERT(layout->personal);
    TRY(write_before(changed, table, err));
    known_write_many(&changed->known);
    if (has_column(layout, "person")) {
        sqlite3_snprintf(sizeof sql, sql, "DELETE FROM %s WHERE person = %lld", layout->name,
                         (long long)person);
    } else {
        ASSERT(has_column(layout, "subject_kind") && has_column(layout, "subject"));
        sqlite3_snprintf(sizeof sql, sql,
                         "DELETE FROM %s WHERE subject_kind = %d AND subject = %lld", layout->name,
                         SUBJECT_OF_PERSON, (long long)person);
    }
    return sqlite_run(changed->db, sql, err);
}
