#include "store/sqlite_pending.h"

#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 512,
    ROWS_MAX_BULK = 4096,
    ROWS_MAX_BULK_BY_KEY = 800 * 1000,
    ROWS_OF_A_PART = 2048,
    BUCKETS = 4 * ROWS_MAX, /* powers of two */
    BUCKETS_BULK = 4 * ROWS_MAX_BULK,
    ROWS_AHEAD = 12,
    CACHE_LINE_BYTES = 64,
    SQL_SIZE_MAX = 4096,
    /* Of a half: taken from the system only as far as it is used, and written when three quarters
     * of it are. */
    MEMORY_SIZE = 96 * 1024 * 1024,
    MEMORY_SIZE_BY_KEY = 512 * 1024 * 1024,
};

/* Tables whose rows may wait: those of which every command writes, whose keys nobody chooses, and
 * which no query of a command asks about everybody. Their rows break no constraint: who writes them
 * has looked for the key before. In a bulk work, which succeeds or fails as one, also those of
 * which each person has one row, which changes with everything that is recorded of the person. */
static const struct waiting_rule {
    enum table table;
    bool updates; /* also rows that replace one may wait */
    bool by_key;  /* its keys are in no order, and begin with a number: written in their order;
                     otherwise as they came */
    bool in_bulk; /* only there */
} waiting_rules[PENDING_TABLES] = {
    {TABLE_EVENT, false, false, false},     {TABLE_COMMAND, false, false, false},
    {TABLE_LOOK, false, false, false},      {TABLE_FACT, false, false, false},
    {TABLE_CASELOAD, true, false, false},   {TABLE_LOOKUP, false, true, false},
    {TABLE_PERSON, true, false, true},      {TABLE_COURSE, true, false, true},
    {TABLE_SUBJECT_KEY, true, false, true},
};

enum pending_state {
    ROW_WAITS,
    ROW_SUPERSEDED, /* by a later one of the same key */
    ROW_GONE,       /* written, or undone */
};

struct pending_row {
    struct pending_row *older; /* in the same bucket */
    struct pending_row *over;  /* of an earlier work and the same key, until this work is kept */
    enum pending_state state;
    uint64_t work; /* which wrote it */
    bool is_new;   /* to insert; otherwise to update */
    void *row;
};

struct pending_entry {
    uint64_t order; /* of tables that are written by key: the beginning of the key, as it sorts */
    struct pending_row *row;
};

/* NULL when rows of the table do not wait here, or not now. */
static struct pending_table *waiting_of(const struct pending *pending, enum table table)
{
    for (size_t i = 0; pending->tables != NULL && i < PENDING_TABLES; i++) {
        struct pending_table *waiting = &pending->tables[i];
        if (waiting->table == table) {
            return pending->bulk || !waiting->rule->in_bulk ? waiting : NULL;
        }
    }
    return NULL;
}

/* --- finding -----------------------------------------------------------------------------------
 */

static struct pending_rows *filling_of(struct pending_table *waiting)
{
    return &waiting->halves[waiting->filling];
}

static struct pending_rows *other_of(struct pending_table *waiting)
{
    return &waiting->halves[1 - waiting->filling];
}

static struct pending_row **bucket_of(const struct pending_table *waiting,
                                      const struct pending_rows *half, const void *row)
{
    return &half->newest[layout_key_hash(waiting->table, row) & (waiting->buckets - 1)];
}

static struct pending_row *find_in(const struct pending_table *waiting,
                                   const struct pending_rows *half, const void *row)
{
    if (half->count == 0 || waiting->layout->key_count == 0) {
        return NULL;
    }
    struct pending_row *found = *bucket_of(waiting, half, row);
    while (found != NULL &&
           (found->state != ROW_WAITS || !layout_same_key(waiting->layout, found->row, row))) {
        found = found->older;
    }
    return found;
}

const void *pending_find(const struct sqlite_connection *connection, enum table table,
                         const void *row)
{
    struct pending_table *waiting = waiting_of(&connection->pending, table);
    const struct pending_row *found =
        waiting == NULL ? NULL : find_in(waiting, filling_of(waiting), row);
    if (found == NULL && waiting != NULL && waiting->handed) {
        found = find_in(waiting, other_of(waiting), row);
    }
    return found == NULL ? NULL : found->row;
}

static const struct event_record *last_event_in(const struct pending_rows *half,
                                                enum subject_kind kind, int64_t subject)
{
    for (size_t i = half->count; i > 0; i--) {
        const struct event_record *record = half->rows[i - 1].row->row;
        if (record->subject == subject && record->subject_kind == kind) {
            return record;
        }
    }
    return NULL;
}

const struct event_record *pending_last_event(const struct sqlite_connection *connection,
                                              enum subject_kind kind, int64_t subject)
{
    struct pending_table *events = waiting_of(&connection->pending, TABLE_EVENT);
    if (events == NULL) {
        return NULL;
    }
    const struct event_record *last = last_event_in(filling_of(events), kind, subject);
    return last != NULL || !events->handed ? last : last_event_in(other_of(events), kind, subject);
}

/* --- the rows as SQLite reads them ------------------------------------------------------------ */

static struct pending_table *table_of(sqlite3_vtab *vtab)
{
    return (struct pending_table *)(void *)vtab; /* its first member */
}

static struct pending_table *table_read(sqlite3_vtab_cursor *cursor)
{
    return table_of(cursor->pVtab);
}

static int vtab_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                        sqlite3_vtab **ret_vtab, char **ret_error)
{
    struct pending_table *table = aux;
    char columns[SQL_SIZE_MAX];
    size_t len = 0;
    (void)argc;
    (void)argv;
    (void)ret_error;
    for (size_t i = 0; i < table->layout->column_count; i++) {
        sqlite3_snprintf((int)(sizeof columns - len), columns + len, "%s%s",
                         i == 0 ? "CREATE TABLE rows (" : ", ", table->layout->columns[i].name);
        len += strlen(columns + len);
    }
    ASSERT(len + 2 < sizeof columns);
    columns[len] = ')';
    columns[len + 1] = '\0';
    *ret_vtab = &table->vtab;
    return sqlite3_declare_vtab(db, columns);
}

static int vtab_disconnect(sqlite3_vtab *vtab)
{
    (void)vtab; /* is the connection's */
    return SQLITE_OK;
}

/* Always all of them, in order. */
static int vtab_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
    (void)vtab;
    info->estimatedRows = ROWS_MAX;
    info->estimatedCost = (double)info->estimatedRows;
    return SQLITE_OK;
}

/* One statement at a time reads them (write_rows). */
static int vtab_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **ret_cursor)
{
    *ret_cursor = &table_of(vtab)->cursor;
    return SQLITE_OK;
}

static int vtab_close(sqlite3_vtab_cursor *cursor)
{
    (void)cursor;
    return SQLITE_OK;
}

static bool is_inserted(const struct pending_table *table)
{
    const struct pending_row *row = table->read->rows[table->at].row;
    return row->state == ROW_WAITS && row->is_new;
}

/* Rows that come in the order of their keys lie anywhere: their memory is asked for a while before
 * it is needed. */
static void fetch_ahead(const struct pending_table *table)
{
    if (table->rule->by_key && table->until - table->at > ROWS_AHEAD) {
        const char *row = (const char *)table->read->rows[table->at + ROWS_AHEAD].row;
        __builtin_prefetch(row);
        __builtin_prefetch(row + CACHE_LINE_BYTES);
    }
}

static void skip_others(struct pending_table *table)
{
    fetch_ahead(table);
    while (table->at < table->until && !is_inserted(table)) {
        table->at++;
    }
}

static int vtab_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int argc,
                       sqlite3_value **argv)
{
    struct pending_table *table = table_read(cursor);
    (void)index;
    (void)name;
    (void)argc;
    (void)argv;
    table->at = table->from;
    skip_others(table);
    return SQLITE_OK;
}

static int vtab_next(sqlite3_vtab_cursor *cursor)
{
    struct pending_table *table = table_read(cursor);
    table->at++;
    skip_others(table);
    return SQLITE_OK;
}

static int vtab_eof(sqlite3_vtab_cursor *cursor)
{
    const struct pending_table *table = table_read(cursor);
    return table->at >= table->until;
}

static int vtab_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int index)
{
    const struct pending_table *table = table_read(cursor);
    sqlite_give_column(context, &table->layout->columns[index],
                       table->read->rows[table->at].row->row);
    return SQLITE_OK;
}

static int vtab_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret_rowid)
{
    *ret_rowid = (sqlite3_int64)table_read(cursor)->at;
    return SQLITE_OK;
}

static const sqlite3_module waiting_rows = {
    .iVersion = 1,
    .xConnect = vtab_connect, /* no xCreate: the table is there without being made */
    .xBestIndex = vtab_best_index,
    .xDisconnect = vtab_disconnect,
    .xOpen = vtab_open,
    .xClose = vtab_close,
    .xFilter = vtab_filter,
    .xNext = vtab_next,
    .xEof = vtab_eof,
    .xColumn = vtab_column,
    .xRowid = vtab_rowid,
};

static void set_limits(struct pending_table *waiting, bool bulk)
{
    waiting->rows_max = !bulk                   ? ROWS_MAX
                        : waiting->rule->by_key ? ROWS_MAX_BULK_BY_KEY
                                                : ROWS_MAX_BULK;
    waiting->buckets = bulk ? BUCKETS_BULK : BUCKETS;
}

result pending_init(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    pending->tables = ARENA_NEW(&connection->arena, struct pending_table, PENDING_TABLES);
    if (pending->tables == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        struct pending_table *table = &pending->tables[i];
        table->table = waiting_rules[i].table;
        table->rule = &waiting_rules[i];
        set_limits(table, false);
        table->layout = layout_of(table->table);
        char name[64];
        sqlite3_snprintf(sizeof name, name, "waiting_%s", table->layout->name);
        const int code = sqlite3_create_module(connection->db, name, &waiting_rows, table);
        if (code != SQLITE_OK) {
            return sqlite_failure(connection->db, code, "set up", err);
        }
    }
    return result_ok();
}

void pending_done(struct pending *pending)
{
    inserting_stop(pending->inserting);
    for (size_t i = 0; pending->tables != NULL && i < PENDING_TABLES; i++) {
        arena_close(&pending->tables[i].halves[0].memory);
        arena_close(&pending->tables[i].halves[1].memory);
    }
}

static void give_memory_back(struct pending_rows *half)
{
    arena_reset(&half->memory);
    half->newest = NULL;
    half->rows = NULL;
    half->count = 0;
    half->earlier = 0;
}

void pending_bulk(struct sqlite_connection *connection, bool bulk)
{
    struct pending *pending = &connection->pending;
    ASSERT(pending->count == 0 && pending->handed == 0);
    inserting_stop(pending->inserting);
    pending->inserting = bulk ? inserting_start(connection) : NULL;
    pending->bulk = bulk;
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        struct pending_table *waiting = &pending->tables[i];
        give_memory_back(&waiting->halves[0]);
        give_memory_back(&waiting->halves[1]);
        set_limits(waiting, bulk);
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

/* OR ROLLBACK: nobody could go on without these rows. */
static result insert_statement(struct sqlite_connection *connection,
                               const struct pending_table *waiting, sqlite3_stmt **ret_statement,
                               struct err *err)
{
    const struct layout *layout = waiting->layout;
    const size_t slot = SLOT_ROWS + (size_t)waiting->table * ROW_STATEMENTS + ROW_INSERT_WAITING;
    if (connection->statements[slot] != NULL) {
        *ret_statement = connection->statements[slot];
        return result_ok();
    }
    struct arena scratch = connection->arena;
    struct buf buf;
    str sql;
    buf_init(&buf, &scratch, SQL_SIZE_MAX);
    buf_format(&buf, "INSERT OR ROLLBACK INTO %s (", layout->name);
    sqlite_put_columns(&buf, layout, "");
    buf_put_c(&buf, ") SELECT ");
    sqlite_put_columns(&buf, layout, "");
    buf_format(&buf, " FROM waiting_%s", layout->name);
    TRY(buf_finish(&buf, &sql, err));
    return sqlite_prepare_slot(connection, slot, sql, ret_statement, err);
}

static result insert_rows(struct sqlite_connection *connection, struct pending_table *waiting,
                          const struct pending_rows *half, size_t from, size_t until,
                          struct err *err)
{
    sqlite3_stmt *statement = NULL;
    waiting->read = half;
    waiting->from = from;
    waiting->until = until;
    waiting->at = from;
    skip_others(waiting);
    if (waiting->at == until) {
        return result_ok();
    }
    TRY(insert_statement(connection, waiting, &statement, err));
    const int code = sqlite3_step(statement);
    const result written =
        code == SQLITE_DONE ? result_ok() : sqlite_failure(connection->db, code, "written", err);
    sqlite3_reset(statement);
    return written;
}

static result update_rows(struct sqlite_connection *connection, const struct pending_table *waiting,
                          const struct pending_rows *half, size_t until, struct err *err)
{
    for (size_t i = 0; i < until; i++) {
        const struct pending_row *row = half->rows[i].row;
        if (row->state == ROW_WAITS && !row->is_new) {
            TRY(sqlite_update_now(connection, waiting->table, row->row, err));
        }
    }
    return result_ok();
}

/* By one byte of the order, those with the same one as they stand. */
static void sort_by_byte(const struct pending_entry *from, struct pending_entry *to, size_t count,
                         unsigned shift)
{
    size_t at[UINT8_MAX + 1] = {0};
    size_t begin = 0;
    for (size_t i = 0; i < count; i++) {
        at[from[i].order >> shift & UINT8_MAX]++;
    }
    for (size_t i = 0; i <= UINT8_MAX; i++) {
        const size_t end = begin + at[i];
        at[i] = begin;
        begin = end;
    }
    for (size_t i = 0; i < count; i++) {
        to[at[from[i].order >> shift & UINT8_MAX]++] = from[i];
    }
}

/* Byte by byte from the last one: eight passes, where comparing looks at each some twenty times.
 * The arena by value: what the passes need is given back. */
static result sort_rows(struct pending_rows *half, struct arena scratch, size_t count,
                        struct err *err)
{
    struct pending_entry *other = ARENA_NEW_UNSET(&scratch, struct pending_entry, count);
    if (other == NULL) {
        return arena_full(err);
    }
    for (unsigned shift = 0; shift < 64; shift += 16) {
        sort_by_byte(half->rows, other, count, shift);
        sort_by_byte(other, half->rows, count, shift + 8);
    }
    return result_ok();
}

/* The first `until` rows: those that are new, then those that change one. No key is among both. */
static result write_rows(struct sqlite_connection *connection, struct pending_table *waiting,
                         struct pending_rows *half, size_t until, struct err *err)
{
    if (waiting->rule->by_key) {
        TRY(sort_rows(half, half->memory, until, err));
    }
    TRY(insert_rows(connection, waiting, half, 0, until, err));
    return update_rows(connection, waiting, half, until, err);
}

static result write_first(struct sqlite_connection *connection, struct pending_table *waiting,
                          size_t until, struct err *err)
{
    struct pending_rows *half = filling_of(waiting);
    TRY(write_rows(connection, waiting, half, until, err));
    for (size_t i = 0; i < until; i++) {
        half->rows[i].row->state = ROW_GONE;
    }
    memmove(half->rows, half->rows + until, (half->count - until) * sizeof *half->rows);
    half->count -= until;
    half->earlier = half->earlier > until ? half->earlier - until : 0;
    connection->pending.count -= until;
    return result_ok();
}

/* Of a table that is written by key rows wait that take a second to write: a part at a time. They
 * update nothing. */
result pending_write_handed(struct sqlite_connection *connection, struct pending_table *table,
                            bool *ret_more, struct err *err)
{
    struct pending_rows *half = other_of(table);
    *ret_more = false;
    if (!table->rule->by_key) {
        return write_rows(connection, table, half, half->count, err);
    }
    if (table->written == 0) {
        TRY(sort_rows(half, half->memory, half->count, err));
    }
    const size_t left = half->count - table->written;
    const size_t until = table->written + (left < ROWS_OF_A_PART ? left : ROWS_OF_A_PART);
    TRY(insert_rows(connection, table, half, table->written, until, err));
    table->written = until;
    *ret_more = until < half->count;
    return result_ok();
}

static result or_roll_back(struct sqlite_connection *connection, result written)
{
    if (!written.ok) {
        connection->base.backend->rollback(&connection->base);
    }
    return written;
}

/* The half that was handed over, if one was, is written. */
static result call_in(struct sqlite_connection *connection, struct pending_table *waiting,
                      struct err *err)
{
    struct pending *pending = &connection->pending;
    if (!waiting->handed) {
        return result_ok();
    }
    TRY(or_roll_back(connection, inserting_await(pending->inserting, waiting, err)));
    waiting->handed = false;
    pending->handed--;
    give_memory_back(other_of(waiting));
    return result_ok();
}

result pending_await(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    for (size_t i = 0; pending->handed > 0 && i < PENDING_TABLES; i++) {
        TRY(call_in(connection, &pending->tables[i], err));
    }
    return result_ok();
}

static result hand_over(struct sqlite_connection *connection, struct pending_table *waiting,
                        struct err *err)
{
    struct pending *pending = &connection->pending;
    TRY(call_in(connection, waiting, err));
    pending->count -= filling_of(waiting)->count;
    pending->handed++;
    waiting->filling = 1 - waiting->filling;
    waiting->handed = true;
    waiting->written = 0;
    inserting_hand_over(pending->inserting, waiting);
    return result_ok();
}

/* What is of earlier works, or everything; of the tables that are named. The helper has nothing
 * left to write. */
static result write_some(struct sqlite_connection *connection, uint64_t tables, bool earlier_only,
                         struct err *err)
{
    struct pending *pending = &connection->pending;
    for (size_t i = 0; i < PENDING_TABLES && pending->count > 0; i++) {
        struct pending_table *waiting = &pending->tables[i];
        const struct pending_rows *half = filling_of(waiting);
        const size_t until = earlier_only ? half->earlier : half->count;
        if ((tables & sqlite_table_bit(waiting->table)) != 0 && until > 0) {
            TRY(or_roll_back(connection, write_first(connection, waiting, until, err)));
        }
    }
    return result_ok();
}

static const uint64_t all_tables = UINT64_MAX;

result pending_open_work(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    TRY(pending_await(connection, err));
    if (!pending->in_work || pending->work_is_open) {
        return result_ok();
    }
    TRY(write_some(connection, all_tables, true, err));
    TRY(or_roll_back(connection,
                     sqlite_run_slot(connection, SLOT_SAVEPOINT, "SAVEPOINT work", err)));
    pending->work_is_open = true;
    return result_ok();
}

static bool wait_of_this_work(const struct pending *pending, uint64_t tables)
{
    bool wait = false;
    for (size_t i = 0; !wait && i < PENDING_TABLES; i++) {
        struct pending_table *waiting = &pending->tables[i];
        const struct pending_rows *half = filling_of(waiting);
        wait = (tables & sqlite_table_bit(waiting->table)) != 0 && half->count > half->earlier;
    }
    return wait;
}

result pending_settle(struct sqlite_connection *connection, uint64_t tables, struct err *err)
{
    const struct pending *pending = &connection->pending;
    TRY(pending_await(connection, err));
    if (pending->count == 0) {
        return result_ok();
    }
    if (!wait_of_this_work(pending, tables)) {
        return write_some(connection, tables, true, err);
    }
    TRY(pending_open_work(connection, err));
    return write_some(connection, tables, false, err);
}

result pending_write_all(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    TRY(pending_await(connection, err));
    if (pending->count > 0) {
        TRY(pending_open_work(connection, err));
        TRY(write_some(connection, all_tables, false, err));
    }
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        give_memory_back(filling_of(&pending->tables[i]));
    }
    return result_ok();
}

void pending_forget(struct sqlite_connection *connection)
{
    struct pending *pending = &connection->pending;
    inserting_forget(pending->inserting);
    for (size_t i = 0; pending->tables != NULL && i < PENDING_TABLES; i++) {
        pending->tables[i].handed = false;
        give_memory_back(&pending->tables[i].halves[0]);
        give_memory_back(&pending->tables[i].halves[1]);
    }
    pending->count = 0;
    pending->handed = 0;
    pending->in_work = false;
    pending->work_is_open = false;
}

/* --- taking ----------------------------------------------------------------------------------- */

static size_t memory_size(const struct pending_table *waiting)
{
    return waiting->rule->by_key ? MEMORY_SIZE_BY_KEY : MEMORY_SIZE;
}

static result set_memory_up(const struct pending_table *waiting, struct pending_rows *half,
                            struct err *err)
{
    if (half->memory.begin == NULL) {
        TRY(arena_open(&half->memory, memory_size(waiting), err));
    }
    half->newest = ARENA_NEW(&half->memory, struct pending_row *, waiting->buckets);
    half->rows = ARENA_NEW_UNSET(&half->memory, struct pending_entry, waiting->rows_max);
    ASSERT(half->newest != NULL && half->rows != NULL);
    return result_ok();
}

static result make_room(struct sqlite_connection *connection, struct pending_table *waiting,
                        struct err *err)
{
    struct pending_rows *half = filling_of(waiting);
    if (half->count == waiting->rows_max ||
        arena_used(&half->memory) > memory_size(waiting) / 4 * 3) {
        if (connection->pending.inserting != NULL) {
            TRY(hand_over(connection, waiting, err));
        } else {
            TRY(pending_open_work(connection, err));
            TRY(write_some(connection, sqlite_table_bit(waiting->table), false, err));
            give_memory_back(half);
        }
        half = filling_of(waiting);
    }
    return half->rows == NULL ? set_memory_up(waiting, half, err) : result_ok();
}

/* Negative numbers come first. */
static uint64_t order_of(const struct pending_table *waiting, const void *row)
{
    uint64_t order = 0;
    memcpy(&order, (const char *)row + waiting->layout->columns[0].offset, sizeof order);
    return order ^ UINT64_C(1) << 63;
}

static result put_row(struct pending *pending, struct pending_table *waiting, const void *row,
                      bool is_new, struct pending_row **ret_row, struct err *err)
{
    const struct layout *layout = waiting->layout;
    struct pending_rows *half = filling_of(waiting);
    struct pending_row *put = ARENA_NEW_UNSET(&half->memory, struct pending_row, 1);
    void *copy = arena_take_unset(&half->memory, 1, layout->row_size, alignof(int64_t));
    if (put == NULL || copy == NULL) {
        return arena_full(err);
    }
    memcpy(copy, row, layout->row_size);
    TRY(layout_copy_texts(layout, copy, &half->memory, err));
    struct pending_row **newest = bucket_of(waiting, half, copy);
    *put = (struct pending_row){
        .older = *newest, .work = pending->work, .is_new = is_new, .row = copy};
    *newest = put;
    half->rows[half->count++] = (struct pending_entry){
        .order = waiting->rule->by_key ? order_of(waiting, copy) : 0, .row = put};
    pending->count++;
    *ret_row = put;
    return result_ok();
}

result pending_insert(struct sqlite_connection *connection, enum table table, const void *row,
                      bool *ret_taken, struct err *err)
{
    struct pending_table *waiting = waiting_of(&connection->pending, table);
    struct pending_row *put = NULL;
    *ret_taken = waiting != NULL;
    if (waiting == NULL) {
        return result_ok();
    }
    TRY(make_room(connection, waiting, err));
    return put_row(&connection->pending, waiting, row, true, &put, err);
}

result pending_update(struct sqlite_connection *connection, enum table table, const void *row,
                      bool *ret_taken, struct err *err)
{
    struct pending *pending = &connection->pending;
    struct pending_table *waiting = waiting_of(pending, table);
    struct pending_row *put = NULL;
    *ret_taken = waiting != NULL && waiting->rule->updates;
    if (!*ret_taken) {
        return result_ok();
    }
    TRY(make_room(connection, waiting, err));
    struct pending_row *before = find_in(waiting, filling_of(waiting), row);
    TRY(put_row(pending, waiting, row, false, &put, err));
    if (before != NULL && before->work == pending->work) {
        put->over = before->over;
        put->is_new = before->is_new;
        before->state = ROW_SUPERSEDED;
    } else {
        put->over = before;
    }
    return result_ok();
}

/* --- works ------------------------------------------------------------------------------------ */

void pending_work_begin(struct sqlite_connection *connection)
{
    struct pending *pending = &connection->pending;
    ASSERT(!pending->in_work);
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        struct pending_rows *half = filling_of(&pending->tables[i]);
        half->earlier = half->count;
    }
    pending->work++;
    pending->in_work = true;
    pending->work_is_open = false;
}

/* The row of an earlier work, if it still waits, is not written any more: this one is, instead. */
static void supersede(struct pending_row *row)
{
    if (row->over != NULL && row->state == ROW_WAITS && row->over->state == ROW_WAITS) {
        row->is_new = row->over->is_new;
        row->over->state = ROW_SUPERSEDED;
    }
    row->over = NULL;
}

result pending_work_keep(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    const bool was_open = pending->work_is_open;
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        const struct pending_rows *half = filling_of(&pending->tables[i]);
        for (size_t at = half->earlier; at < half->count; at++) {
            supersede(half->rows[at].row);
        }
    }
    pending->in_work = false;
    pending->work_is_open = false;
    return was_open ? sqlite_run_slot(connection, SLOT_RELEASE, "RELEASE work", err) : result_ok();
}

result pending_work_undo(struct sqlite_connection *connection, struct err *err)
{
    struct pending *pending = &connection->pending;
    const bool was_open = pending->work_is_open;
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        struct pending_rows *half = filling_of(&pending->tables[i]);
        while (half->count > half->earlier) {
            half->rows[--half->count].row->state = ROW_GONE;
            pending->count--;
        }
    }
    pending->in_work = false;
    pending->work_is_open = false;
    if (was_open) {
        TRY(sqlite_run_slot(connection, SLOT_UNDO, "ROLLBACK TO work", err));
        return sqlite_run_slot(connection, SLOT_RELEASE, "RELEASE work", err);
    }
    return result_ok();
}
