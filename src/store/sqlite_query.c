#include "store/sqlite.h"

#include <string.h>

enum { SQL_SIZE_MAX = 4096 };

struct query_row {
    enum table table;                     /* whose rows answer, or ... */
    const struct layout *(*layout)(void); /* ... what else does */
    const char *sql;                      /* `#` stands for the columns of the layout */
};

static const struct query_row query_rows[QUERY_COUNT] = {
    [QUERY_LAST_POSITION] = {TABLE_COUNT, layout_of_number,
                             "SELECT COALESCE(MAX(position), 0) FROM event"},
    [QUERY_LAST_RECORDED_AT] =
        {TABLE_COUNT, layout_of_number,
         "SELECT recorded_at FROM event WHERE subject_kind = ?1 AND subject = ?2"
         " ORDER BY position DESC LIMIT 1"},
    [QUERY_LAST_ID] = {TABLE_COUNT, layout_of_number,
                       "SELECT COALESCE(MAX(subject), 0) FROM subject_key WHERE subject_kind = ?1"},
    [QUERY_HISTORY] =
        {TABLE_EVENT, NULL,
         "SELECT # FROM event WHERE subject_kind = ?1 AND subject = ?2 AND position < ?3"
         " ORDER BY position DESC LIMIT ?4"},
    [QUERY_EVENTS_FROM] = {TABLE_EVENT, NULL,
                           "SELECT # FROM event WHERE position >= ?1 ORDER BY position"},
    [QUERY_PERSON_BY_REFERENCE] = {TABLE_COUNT, layout_of_number,
                                   "SELECT id FROM person WHERE reference = ?1"},
    [QUERY_HUB_BY_REFERENCE] = {TABLE_COUNT, layout_of_number,
                                "SELECT id FROM hub WHERE reference = ?1"},
    [QUERY_AGREEMENT_BY_REFERENCE] = {TABLE_COUNT, layout_of_number,
                                      "SELECT id FROM agreement WHERE reference = ?1"},
    [QUERY_ACCOUNT_BY_USERNAME] = {TABLE_COUNT, layout_of_number,
                                   "SELECT id FROM account WHERE username = ?1"},
    [QUERY_PEOPLE] = {TABLE_PERSON, NULL, NULL},
    [QUERY_REQUESTS] = {TABLE_REQUEST, NULL, NULL},
    [QUERY_HUBS] = {TABLE_HUB, NULL, "SELECT # FROM hub ORDER BY id"},
    [QUERY_AGREEMENTS] = {TABLE_AGREEMENT, NULL, "SELECT # FROM agreement ORDER BY id"},
    [QUERY_ACCOUNTS] = {TABLE_ACCOUNT, NULL, "SELECT # FROM account ORDER BY id"},
    [QUERY_PLACES] = {TABLE_PLACE, NULL, "SELECT # FROM place WHERE hub = ?1 ORDER BY number"},
    [QUERY_FREE_PLACE] = {TABLE_PLACE, NULL,
                          "SELECT # FROM place WHERE hub = ?1 AND kind = ?2 AND state IN (1, 5)"
                          " AND (state = 1 OR prebooked_until < ?3) ORDER BY state, number LIMIT "
                          "1"},
    [QUERY_PLACE_HELD_FOR] = {TABLE_PLACE, NULL,
                              "SELECT # FROM place WHERE request = ?1 AND request <> 0"},
    [QUERY_PLACES_OF_PERSON] = {TABLE_PLACE, NULL,
                                "SELECT # FROM place WHERE person = ?1 AND person <> 0"
                                " ORDER BY hub, number"},
    [QUERY_PLACES_OF_PREBOOKING] = {TABLE_PLACE, NULL,
                                    "SELECT # FROM place WHERE prebooking = ?1 AND prebooking <> 0"
                                    " ORDER BY hub, number"},
    [QUERY_PLACE_OCCUPIED_BY] = {TABLE_PLACE, NULL,
                                 "SELECT # FROM place WHERE person = ?1 AND state = 3"},
    [QUERY_FACTS_OF] = {TABLE_FACT, NULL,
                        "SELECT # FROM fact WHERE subject_kind = ?1 AND subject = ?2"
                        " ORDER BY fact, true_from, position"},
    [QUERY_FACTS_OF_KIND] = {TABLE_FACT, NULL,
                             "SELECT # FROM fact WHERE subject_kind = ?1"
                             " ORDER BY subject, fact, true_from, position"},
    [QUERY_FACT_OF_EVENT] =
        {TABLE_FACT, NULL,
         "SELECT # FROM fact WHERE subject_kind = ?1 AND subject = ?2 AND position = ?3"},
    [QUERY_STAGE_COUNTS] = {TABLE_COUNT, layout_of_stage_count,
                            "SELECT stage, COUNT(*) FROM person GROUP BY stage ORDER BY stage"},
    [QUERY_PLACE_COUNTS] =
        {TABLE_COUNT, layout_of_place_count,
         "SELECT kind, state, state = 5 AND prebooked_until < ?2 AS ran_out, COUNT(*) FROM place"
         " WHERE hub = ?1 GROUP BY kind, state, ran_out ORDER BY kind"},
    [QUERY_STAY_OF_PERSON] = {TABLE_STAY, NULL,
                              "SELECT # FROM stay WHERE person = ?1 AND left_event = 0"},
    [QUERY_STAYS_EXPECTED] = {TABLE_STAY, NULL,
                              "SELECT # FROM stay WHERE hub = ?1 AND arrival = 1 ORDER BY id"},
    [QUERY_STAYS_AT_HUB] = {TABLE_STAY, NULL,
                            "SELECT # FROM stay WHERE hub = ?1 AND left_event = 0 ORDER BY id"},
    [QUERY_STAYS_LEFT] = {TABLE_STAY, NULL,
                          "SELECT # FROM stay WHERE hub = ?1 AND left_event <> 0"
                          " ORDER BY left_event DESC LIMIT ?2"},
    [QUERY_STAYS_OF_PERSON] = {TABLE_STAY, NULL,
                               "SELECT # FROM stay WHERE person = ?1 ORDER BY id DESC"},
    [QUERY_ARRIVAL_COUNTS] = {TABLE_COUNT, layout_of_arrival_count,
                              "SELECT arrival, COUNT(*) FROM stay WHERE hub = ?1"
                              " GROUP BY arrival ORDER BY arrival"},
    [QUERY_PREBOOKINGS] = {TABLE_PREBOOKING, NULL,
                           "SELECT # FROM prebooking WHERE hub = ?1 ORDER BY id DESC LIMIT ?2"},
    [QUERY_UNEXPECTED] =
        {TABLE_UNEXPECTED, NULL,
         "SELECT # FROM unexpected WHERE hub = ?1 AND resolved_event = 0 ORDER BY id"},
    [QUERY_CASELOAD] = {TABLE_CASELOAD, NULL,
                        "SELECT # FROM caseload WHERE person BETWEEN ?1 AND ?2 ORDER BY person"},
    [QUERY_FACT_NAMES] = {TABLE_FACT_NAME, NULL, "SELECT # FROM fact_name ORDER BY number"},
    [QUERY_WORDS] = {TABLE_WORD, NULL, "SELECT # FROM word ORDER BY number"},
    [QUERY_NUMBER_OF_FACT_NAME] = {TABLE_COUNT, layout_of_number,
                                   "SELECT number FROM fact_name WHERE name = ?1"},
    [QUERY_NUMBER_OF_WORD] = {TABLE_COUNT, layout_of_number,
                              "SELECT number FROM word WHERE name = ?1"},
    [QUERY_LAST_FACT_NAME] = {TABLE_COUNT, layout_of_number,
                              "SELECT COALESCE(MAX(number), 0) FROM fact_name"},
    [QUERY_LAST_WORD] = {TABLE_COUNT, layout_of_number,
                         "SELECT COALESCE(MAX(number), 0) FROM word"},
};

/* --- queries with filters --- */

/* One condition a filter, put in only when the filter asks for something: a statement without it
 * can use an index. */
struct filter {
    const char *condition;
};

static const struct filter people_filters[] = {
    {"stage = ?1"},
    {"((hub = ?2 AND hub <> 0) OR id IN (SELECT request.person FROM request"
     " WHERE request.hub = ?2 AND request.hub <> 0 AND request.state <= 2))"},
    {"family = ?3 AND family <> 0"},
};

static const struct filter request_filters[] = {
    {"person = ?1"},
    {"hub = ?2 AND hub <> 0"},
    {"agreement = ?3"},
    {"state <= 2"},
};

/* Which filters ask for something, a bit each. */
static size_t filters_set(const struct parameter *parameters, size_t filter_count)
{
    size_t set = 0;
    for (size_t i = 0; i < filter_count; i++) {
        const bool asks =
            parameters[i].is_text ? parameters[i].text.len > 0 : parameters[i].number != 0;
        set |= asks ? (size_t)1 << i : 0;
    }
    return set;
}

static void put_filters(struct buf *buf, const struct filter *filters, size_t count, size_t set)
{
    for (size_t i = 0; i < count; i++) {
        if ((set & (size_t)1 << i) != 0) {
            buf_format(buf, " AND %s", filters[i].condition);
        }
    }
}

enum {
    PEOPLE_FILTERS = sizeof people_filters / sizeof people_filters[0],
    REQUEST_FILTERS = sizeof request_filters / sizeof request_filters[0],
};
_Static_assert(1 << PEOPLE_FILTERS == PEOPLE_VARIANTS, "a slot for each set of filters");
_Static_assert(1 << REQUEST_FILTERS == REQUEST_VARIANTS, "a slot for each set of filters");

static void put_fixed_sql(struct buf *buf, const char *sql, const struct layout *layout)
{
    const struct str_cut cut = str_cut(str_from_c(sql), '#');
    buf_put(buf, cut.head);
    if (cut.found) {
        sqlite_put_columns(buf, layout, "");
    }
    buf_put(buf, cut.tail);
}

static void put_query(struct buf *buf, enum query query, const struct layout *layout, size_t set)
{
    if (query == QUERY_PEOPLE) {
        put_fixed_sql(buf, "SELECT # FROM person WHERE id > ?4", layout);
        put_filters(buf, people_filters, PEOPLE_FILTERS, set);
        buf_put_c(buf, " ORDER BY id LIMIT ?5");
    } else if (query == QUERY_REQUESTS) {
        put_fixed_sql(buf, "SELECT # FROM request WHERE id > 0", layout);
        put_filters(buf, request_filters, REQUEST_FILTERS, set);
        buf_put_c(buf, " ORDER BY id DESC LIMIT ?5");
    } else {
        put_fixed_sql(buf, query_rows[query].sql, layout);
    }
}

/* --- cursors --- */

static const struct layout *layout_of_query(enum query query)
{
    const struct query_row *row = &query_rows[query];
    return row->layout != NULL ? row->layout() : layout_of(row->table);
}

/* The cached statement, or one of its own when that is in use further up the stack. */
static result query_statement(struct sqlite_connection *connection, enum query query, size_t set,
                              struct cursor *cursor, struct err *err)
{
    const size_t slot = query == QUERY_PEOPLE     ? SLOT_PEOPLE + set
                        : query == QUERY_REQUESTS ? SLOT_REQUESTS + set
                                                  : SLOT_QUERIES + (size_t)query;
    sqlite3_stmt *statement = connection->statements[slot];
    cursor->owned = statement != NULL && sqlite3_stmt_busy(statement) != 0;
    if (statement != NULL && !cursor->owned) {
        cursor->statement = statement;
        return result_ok();
    }
    struct arena scratch = connection->arena;
    struct buf buf;
    buf_init(&buf, &scratch, SQL_SIZE_MAX);
    put_query(&buf, query, cursor->layout, set);
    str sql;
    TRY(buf_finish(&buf, &sql, err));
    if (!cursor->owned) {
        TRY(sqlite_prepare_slot(connection, slot, sql, &statement, err));
        cursor->statement = statement;
        return result_ok();
    }
    sqlite3_stmt *own = NULL;
    const int code = sqlite3_prepare_v2(connection->db, sql.at, (int)sql.len, &own, NULL);
    cursor->statement = own;
    return code == SQLITE_OK ? result_ok() : sqlite_failure(connection->db, code, "asked", err);
}

static result bind_parameters(struct sqlite_connection *connection, sqlite3_stmt *statement,
                              const struct parameter *parameters, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct parameter *parameter = &parameters[i];
        const str text = parameter->text.at == NULL ? STR("") : parameter->text;
        const int code = parameter->is_text
                             ? sqlite3_bind_text64(statement, (int)i + 1, text.at, text.len,
                                                   SQLITE_TRANSIENT, SQLITE_UTF8)
                             : sqlite3_bind_int64(statement, (int)i + 1, parameter->number);
        if (code != SQLITE_OK) {
            return sqlite_failure(connection->db, code, "asked", err);
        }
    }
    return result_ok();
}

result sqlite_cursor_open(struct connection *connection, enum query query,
                          const struct parameter *parameters, size_t count,
                          struct cursor *ret_cursor, struct err *err)
{
    ASSERT((size_t)query < QUERY_COUNT && count <= QUERY_PARAMETERS_MAX);
    struct sqlite_connection *asked = sqlite_of(connection);
    const size_t set = query == QUERY_PEOPLE     ? filters_set(parameters, PEOPLE_FILTERS)
                       : query == QUERY_REQUESTS ? filters_set(parameters, REQUEST_FILTERS)
                                                 : 0;
    struct cursor cursor = {.connection = connection, .layout = layout_of_query(query)};
    TRY(query_statement(asked, query, set, &cursor, err));
    const result bound = bind_parameters(asked, cursor.statement, parameters, count, err);
    if (!bound.ok) {
        sqlite_cursor_close(&cursor);
        return bound;
    }
    *ret_cursor = cursor;
    return result_ok();
}

result sqlite_cursor_next(struct cursor *cursor, void *row, bool *ret_found, struct err *err)
{
    const int code = sqlite3_step(cursor->statement);
    if (code == SQLITE_ROW) {
        sqlite_read_row(cursor->statement, cursor->layout, row);
    } else if (code != SQLITE_DONE) {
        return sqlite_failure(sqlite_of(cursor->connection)->db, code, "read", err);
    }
    *ret_found = code == SQLITE_ROW;
    return result_ok();
}

void sqlite_cursor_close(struct cursor *cursor)
{
    if (cursor->owned) {
        sqlite3_finalize(cursor->statement);
    } else if (cursor->statement != NULL) {
        sqlite3_reset(cursor->statement);
    }
    *cursor = (struct cursor){0};
}
