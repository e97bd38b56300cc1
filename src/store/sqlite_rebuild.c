#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>

/* Tables of the temporary schema hide those of the same name in the file: every statement that
 * names `person` means the empty one from now on, while `event` is still the file's. SQLite keeps
 * them in memory, or in a file that has no name. */
result sqlite_shadow_begin(struct connection *connection, struct err *err)
{
    struct sqlite_connection *shadowed = sqlite_of(connection);
    TRY(pending_write_all(shadowed, err));
    known_forget(&shadowed->known);
    return sqlite_make_derived(shadowed->db, "temp", shadowed->arena, err);
}

result sqlite_shadow_take_names(struct connection *connection, struct err *err)
{
    return sqlite_run(sqlite_of(connection)->db,
                      "INSERT INTO temp.fact_name SELECT * FROM main.fact_name;"
                      "INSERT INTO temp.word SELECT * FROM main.word",
                      err);
}

/* --- comparing --- */

/* The rows of one table in the order of the key. */
struct side {
    sqlite3_stmt *statement;
    bool more;
};

static void close_side(struct side *side)
{
    sqlite3_finalize(side->statement);
}

#define OWN_SIDE __attribute__((cleanup(close_side)))

static result side_move(sqlite3 *db, struct side *side, struct err *err)
{
    const int code = sqlite3_step(side->statement);
    side->more = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? result_ok()
                                                     : sqlite_failure(db, code, "read", err);
}

static result side_open(struct sqlite_connection *connection, const struct layout *layout,
                        const char *schema, struct side *side, struct err *err)
{
    struct arena scratch = connection->arena;
    struct buf buf;
    buf_init(&buf, &scratch, 4096);
    buf_put_c(&buf, "SELECT ");
    sqlite_put_columns(&buf, layout, "");
    buf_format(&buf, " FROM %s.%s ORDER BY ", schema, layout->name);
    for (size_t i = 0; i < layout->key_count; i++) {
        buf_format(&buf, "%s%s", i == 0 ? "" : ", ", layout->columns[i].name);
    }
    str sql;
    TRY(buf_finish(&buf, &sql, err));
    const int code =
        sqlite3_prepare_v2(connection->db, sql.at, (int)sql.len, &side->statement, NULL);
    if (code != SQLITE_OK) {
        return sqlite_failure(connection->db, code, "read", err);
    }
    return side_move(connection->db, side, err);
}

static str value_bytes(sqlite3_stmt *statement, int index)
{
    const char *bytes = sqlite3_column_blob(statement, index);
    return (str){.at = bytes, .len = (size_t)sqlite3_column_bytes(statement, index)};
}

/* SQLite's own order: NULL, numbers, texts. Two values are equal only when type and bytes are. */
static int compare_values(sqlite3_stmt *a, sqlite3_stmt *b, int index)
{
    static const int rank[] = {[SQLITE_NULL] = 0,
                               [SQLITE_INTEGER] = 1,
                               [SQLITE_FLOAT] = 2,
                               [SQLITE_TEXT] = 3,
                               [SQLITE_BLOB] = 4};
    const int type_a = sqlite3_column_type(a, index);
    const int type_b = sqlite3_column_type(b, index);
    if (type_a != type_b) {
        return rank[type_a] < rank[type_b] ? -1 : 1;
    }
    if (type_a == SQLITE_NULL) {
        return 0;
    }
    if (type_a == SQLITE_INTEGER) {
        const int64_t number_a = sqlite3_column_int64(a, index);
        const int64_t number_b = sqlite3_column_int64(b, index);
        return (number_a > number_b) - (number_a < number_b);
    }
    return str_compare(value_bytes(a, index), value_bytes(b, index));
}

static int compare_keys(const struct side *is, const struct side *should,
                        const struct layout *layout)
{
    int order = 0;
    for (size_t i = 0; i < layout->key_count && order == 0; i++) {
        order = compare_values(is->statement, should->statement, (int)i);
    }
    return order;
}

/* --- describing --- */

enum { BYTES_SHOWN = 48 };

static void put_bytes(struct buf *buf, str bytes)
{
    buf_format(buf, "%zu bytes ", bytes.len);
    for (size_t i = 0; i < bytes.len && i < BYTES_SHOWN; i++) {
        buf_format(buf, "%02x", (unsigned)(unsigned char)bytes.at[i]);
    }
    buf_put_c(buf, bytes.len > BYTES_SHOWN ? "..." : "");
}

static void put_value(struct buf *buf, sqlite3_stmt *statement, int index)
{
    const str bytes = value_bytes(statement, index);
    if (sqlite3_column_type(statement, index) == SQLITE_TEXT) {
        buf_format(buf, "\"%.*s\"", STR_ARG(bytes));
    } else if (bytes.at == NULL) {
        buf_put_c(buf, "unknown");
    } else if (sqlite3_column_type(statement, index) == SQLITE_BLOB) {
        put_bytes(buf, bytes);
    } else {
        buf_put(buf, bytes);
    }
}

static void put_row_name(struct buf *buf, sqlite3_stmt *statement, const struct layout *layout)
{
    buf_format(buf, "%s (", layout->name);
    for (size_t i = 0; i < layout->key_count; i++) {
        buf_format(buf, "%s%s ", i == 0 ? "" : ", ", layout->columns[i].name);
        put_value(buf, statement, (int)i);
    }
    buf_put_c(buf, ")");
}

static int column_named(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        if (strcmp(layout->columns[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The event that a row names as the last that changed it; 0 when it names none. */
static int64_t event_named(sqlite3_stmt *row, const struct layout *layout)
{
    int64_t event = 0;
    for (size_t i = 0; i < layout->column_count; i++) {
        const str name = str_from_c(layout->columns[i].name);
        const bool names_event = str_equal(name, STR("position")) ||
                                 str_equal(name, STR("event")) || str_ends(name, STR("_event"));
        const int64_t found = names_event ? sqlite3_column_int64(row, (int)i) : 0;
        event = found > event ? found : event;
    }
    return event;
}

/* Whom a row is about, by the names of its columns. */
static bool subject_named(sqlite3_stmt *row, const struct layout *layout, int64_t *ret_kind,
                          int64_t *ret_subject)
{
    static const struct {
        const char *table; /* NULL: any */
        const char *column;
        enum subject_kind kind;
    } names[] = {
        {"person", "id", SUBJECT_OF_PERSON},       {"hub", "id", SUBJECT_OF_HUB},
        {"agreement", "id", SUBJECT_OF_AGREEMENT}, {"account", "id", SUBJECT_OF_ACCOUNT},
        {"manifest", "id", SUBJECT_OF_MANIFEST},   {NULL, "person", SUBJECT_OF_PERSON},
        {NULL, "record", SUBJECT_OF_PERSON},       {NULL, "hub", SUBJECT_OF_HUB},
        {NULL, "agreement", SUBJECT_OF_AGREEMENT}, {NULL, "account", SUBJECT_OF_ACCOUNT},
    };
    const int kind = column_named(layout, "subject_kind");
    if (kind >= 0) {
        *ret_kind = sqlite3_column_int64(row, kind);
        *ret_subject = sqlite3_column_int64(row, column_named(layout, "subject"));
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const int column = column_named(layout, names[i].column);
        const bool named = names[i].table == NULL || strcmp(names[i].table, layout->name) == 0;
        const int64_t subject = column >= 0 && named ? sqlite3_column_int64(row, column) : 0;
        if (subject > 0) {
            *ret_kind = names[i].kind;
            *ret_subject = subject;
            return true;
        }
    }
    return false;
}

static int64_t last_event_about(sqlite3 *db, int64_t kind, int64_t subject)
{
    char sql[200];
    int64_t event = 0;
    sqlite3_snprintf(sizeof sql, sql,
                     "SELECT COALESCE(MAX(position), 0) FROM event WHERE subject_kind = %lld"
                     " AND subject = %lld",
                     (long long)kind, (long long)subject);
    return sqlite_ask_number(db, sql, &event, NULL).ok ? event : 0;
}

/* Where to look: the row itself may say which event made it; otherwise the last one about whom it
 * is about. */
static void put_event(struct buf *buf, sqlite3 *db, sqlite3_stmt *row, const struct layout *layout)
{
    int64_t kind = 0;
    int64_t subject = 0;
    int64_t event = event_named(row, layout);
    if (event == 0 && subject_named(row, layout, &kind, &subject)) {
        event = last_event_about(db, kind, subject);
    }
    if (event > 0) {
        buf_format(buf, " (event %lld)", (long long)event);
    }
}

/* Counts a difference; the first one is put into words. `index` < 0: the whole row. */
static void note_difference(struct sqlite_connection *connection, const struct layout *layout,
                            const struct side *is, const struct side *should, int index,
                            struct rebuild_outcome *outcome)
{
    outcome->differences++;
    if (outcome->differences > 1) {
        return;
    }
    struct arena scratch = connection->arena;
    struct buf buf;
    buf_init(&buf, &scratch, 16 * 1024);
    put_row_name(&buf, is != NULL ? is->statement : should->statement, layout);
    if (index < 0) {
        buf_put_c(&buf, is != NULL ? " is there, but no event made it" : " is missing");
        put_event(&buf, connection->db, is != NULL ? is->statement : should->statement, layout);
    } else {
        buf_format(&buf, ": %s is ", layout->columns[index].name);
        put_value(&buf, is->statement, index);
        buf_put_c(&buf, " and should be ");
        put_value(&buf, should->statement, index);
        put_event(&buf, connection->db, should->statement, layout);
    }
    const str text = buf_str(&buf);
    snprintf(outcome->first_difference, sizeof outcome->first_difference, "%.*s", STR_ARG(text));
}

static void compare_rows(struct sqlite_connection *connection, const struct layout *layout,
                         const struct side *is, const struct side *should,
                         struct rebuild_outcome *outcome)
{
    for (size_t i = layout->key_count; i < layout->column_count; i++) {
        if (compare_values(is->statement, should->statement, (int)i) != 0) {
            note_difference(connection, layout, is, should, (int)i, outcome);
            return;
        }
    }
}

static result compare_table(struct sqlite_connection *connection, const struct layout *layout,
                            struct rebuild_outcome *outcome, struct err *err)
{
    OWN_SIDE struct side is = {0};
    OWN_SIDE struct side should = {0};
    TRY(side_open(connection, layout, "main", &is, err));
    TRY(side_open(connection, layout, "temp", &should, err));
    while (is.more || should.more) {
        const int order = !is.more ? 1 : !should.more ? -1 : compare_keys(&is, &should, layout);
        if (order == 0) {
            compare_rows(connection, layout, &is, &should, outcome);
        } else {
            note_difference(connection, layout, order < 0 ? &is : NULL, order < 0 ? NULL : &should,
                            -1, outcome);
        }
        outcome->rows += order >= 0 ? 1 : 0;
        const bool move_is = order <= 0;
        const bool move_should = order >= 0;
        TRY(move_is ? side_move(connection->db, &is, err) : result_ok());
        TRY(move_should ? side_move(connection->db, &should, err) : result_ok());
    }
    return result_ok();
}

result sqlite_shadow_compare(struct connection *connection, struct rebuild_outcome *outcome,
                             struct err *err)
{
    TRY(pending_write_all(sqlite_of(connection), err));
    for (int table = TABLE_DERIVED_FIRST; table < TABLE_COUNT; table++) {
        TRY(compare_table(sqlite_of(connection), layout_of((enum table)table), outcome, err));
    }
    return result_ok();
}

result sqlite_shadow_replace(struct connection *connection, struct err *err)
{
    struct sqlite_connection *replaced = sqlite_of(connection);
    for (int table = TABLE_DERIVED_FIRST; table < TABLE_COUNT; table++) {
        const char *name = layout_of((enum table)table)->name;
        char sql[160];
        sqlite3_snprintf(
            sizeof sql, sql,
            /* OR ROLLBACK: see undo_in_memory; nobody could go on without them. */
            "DELETE FROM main.%s; INSERT OR ROLLBACK INTO main.%s SELECT * FROM temp.%s;", name,
            name, name);
        TRY(sqlite_run(replaced->db, sql, err));
    }
    return result_ok();
}
