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
    [QUERY_LAST_INSTANT] = {TABLE_COUNT, layout_of_number,
                            "SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1"},
    [QUERY_LAST_ID] = {TABLE_COUNT, layout_of_number,
                       "SELECT COALESCE(MAX(subject), 0) FROM subject_key WHERE subject_kind = ?1"},
    [QUERY_EVENT_HEADS] = {TABLE_COUNT, layout_of_event_head,
                           "SELECT # FROM event WHERE position > ?1 ORDER BY position LIMIT ?2"},
    [QUERY_HISTORY] =
        {TABLE_EVENT, NULL,
         "SELECT # FROM event WHERE subject_kind = ?1 AND subject = ?2 AND position < ?3"
         " ORDER BY position DESC LIMIT ?4"},
    [QUERY_EVENTS_BETWEEN] = {TABLE_EVENT, NULL,
                              "SELECT # FROM event WHERE position BETWEEN ?1 AND ?2"
                              " ORDER BY position"},
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
    [QUERY_FACT_OF_EVENT] =
        {TABLE_FACT, NULL,
         "SELECT # FROM fact WHERE subject_kind = ?1 AND subject = ?2 AND position = ?3"},
    /* All records, of which the index is enough, less the few that are parts. */
    [QUERY_STAGE_COUNTS] =
        {TABLE_COUNT, layout_of_stage_count,
         "SELECT stage, SUM(people) FROM (SELECT stage, COUNT(*) AS people FROM person"
         " GROUP BY stage UNION ALL SELECT stage, -1 FROM person WHERE part_of <> 0)"
         " GROUP BY stage HAVING SUM(people) > 0 ORDER BY stage"},
    [QUERY_HIDDEN] = {TABLE_COUNT, layout_of_number,
                      "SELECT id FROM person WHERE (erased = 1 OR restricted = 1)"
                      " AND (erased = 1 OR ?1 = 1) ORDER BY id"},
    [QUERY_ERASURES] = {TABLE_PERSON, NULL,
                        "SELECT # FROM person WHERE erasure_request <> 0 AND erased = 0"
                        " AND part_of = 0 ORDER BY erasure_request"},
    [QUERY_PROTECTED] = {TABLE_COUNT, layout_of_number,
                         "SELECT id FROM person WHERE protection <> 0 ORDER BY id"},
    [QUERY_GLASS_OF] = {TABLE_GLASS, NULL,
                        "SELECT # FROM glass WHERE account = ?1 AND person = ?2 AND until > ?3"
                        " ORDER BY until DESC"},
    [QUERY_GLASSES] = {TABLE_GLASS, NULL,
                       "SELECT # FROM glass WHERE (outcome = 0 OR ?1 = 1)"
                       " AND (?2 = 0 OR account = ?2) ORDER BY id DESC LIMIT ?3"},
    [QUERY_TIES_OF_ACCOUNT] = {TABLE_TIE, NULL,
                               "SELECT # FROM tie WHERE account = ?1 AND ended_event = 0"
                               " ORDER BY id"},
    [QUERY_TIES_OF_RECORD] = {TABLE_TIE, NULL, "SELECT # FROM tie WHERE person = ?1 ORDER BY id"},
    [QUERY_TAKEN_BY] =
        {TABLE_EVENT, NULL,
         "SELECT # FROM event WHERE subject_kind = 1 AND subject = ?1 AND kind = 15 AND actor = ?2"
         " ORDER BY position DESC"},
    [QUERY_SESSIONS] = {TABLE_SESSION, NULL,
                        "SELECT # FROM session WHERE account = ?1 ORDER BY opened_at DESC"},
    [QUERY_LAST_LOOK] = {TABLE_COUNT, layout_of_look_link,
                         "SELECT # FROM look ORDER BY number DESC LIMIT 1"},
    [QUERY_ALL_LOOKS] = {TABLE_LOOK, NULL, "SELECT # FROM look ORDER BY number"},
    [QUERY_PASSWORDS] = {TABLE_PASSWORD, NULL, "SELECT # FROM password ORDER BY account"},
    [QUERY_SECOND_FACTORS] = {TABLE_SECOND_FACTOR, NULL,
                              "SELECT # FROM second_factor ORDER BY account"},
    [QUERY_ALL_SESSIONS] = {TABLE_SESSION, NULL, "SELECT # FROM session ORDER BY token_hash"},
    [QUERY_ALL_CEREMONIES] = {TABLE_CEREMONY, NULL,
                              "SELECT # FROM ceremony ORDER BY bound_to, purpose"},
    [QUERY_ALL_PASSKEYS] = {TABLE_PASSKEY, NULL, "SELECT # FROM passkey ORDER BY credential_id"},
    [QUERY_ALL_SUBJECT_LINKS] = {TABLE_SUBJECT_LINK, NULL,
                                 "SELECT # FROM subject_link ORDER BY issuer, subject"},
    [QUERY_LATEST_RECORDED] = {TABLE_COUNT, layout_of_number,
                               "SELECT MAX(recorded_at) FROM event HAVING COUNT(*) > 0"},
    [QUERY_RULEBOOKS] = {TABLE_RULEBOOK, NULL, "SELECT # FROM rulebook ORDER BY identity"},
    [QUERY_KEYS] = {TABLE_SUBJECT_KEY, NULL,
                    "SELECT # FROM subject_key ORDER BY subject_kind, subject"},
    [QUERY_KEYS_DESTROYED] = {TABLE_SUBJECT_KEY, NULL,
                              "SELECT # FROM subject_key WHERE wrapped IS NULL"},
    [QUERY_KEYS_WITHOUT_EVENT] =
        {TABLE_SUBJECT_KEY, NULL,
         "SELECT # FROM subject_key WHERE NOT EXISTS (SELECT 1 FROM event WHERE"
         " event.subject_kind = subject_key.subject_kind AND event.subject = subject_key.subject)"},
    [QUERY_COMMANDS_MISSING] = {TABLE_COMMAND, NULL,
                                "SELECT client_id, MIN(position) FROM event WHERE client_id IS NOT"
                                " NULL GROUP BY client_id EXCEPT SELECT # FROM command LIMIT 1"},
    [QUERY_COMMANDS_TOO_MANY] = {TABLE_COMMAND, NULL,
                                 "SELECT # FROM command EXCEPT SELECT client_id, MIN(position) FROM"
                                 " event WHERE client_id IS NOT NULL GROUP BY client_id LIMIT 1"},
    [QUERY_PASSKEYS] = {TABLE_PASSKEY, NULL,
                        "SELECT # FROM passkey WHERE account = ?1"
                        " ORDER BY created_at, credential_id"},
    [QUERY_SUBJECT_LINKS] = {TABLE_SUBJECT_LINK, NULL,
                             "SELECT # FROM subject_link WHERE account = ?1"
                             " ORDER BY issuer, subject"},
    [QUERY_OLD_CEREMONIES] = {TABLE_CEREMONY, NULL, "SELECT # FROM ceremony WHERE made_at < ?1"},
    [QUERY_CEREMONY_COUNT] = {TABLE_COUNT, layout_of_number, "SELECT COUNT(*) FROM ceremony"},
    [QUERY_LOOKS] = {TABLE_COUNT, layout_of_look,
                     "SELECT # FROM look WHERE (?1 = 0 OR account = ?1) AND number < ?2"
                     " ORDER BY number DESC LIMIT ?3"},
    [QUERY_LOOKS_OF_PERSON] =
        {TABLE_COUNT, layout_of_look,
         "WITH RECURSIVE block (place) AS ("
         "  SELECT MIN(?3, (SELECT MAX(number) FROM look)) / " LOOKS_IN_A_BLOCK
         "  UNION ALL SELECT place - 1 FROM block WHERE place > 0)"
         " SELECT # FROM block CROSS JOIN look INDEXED BY look_by_subject"
         " ON number / " LOOKS_IN_A_BLOCK " = place AND subject_kind = 1 AND subject = ?1"
         " WHERE (?2 = 0 OR account = ?2) AND number < ?3 ORDER BY number DESC LIMIT ?4"},
    [QUERY_MANIFEST_BY_REFERENCE] = {TABLE_COUNT, layout_of_number,
                                     "SELECT id FROM manifest WHERE reference = ?1"},
    [QUERY_MANIFESTS] = {TABLE_MANIFEST, NULL,
                         "SELECT # FROM manifest WHERE state <= ?1 ORDER BY id DESC"},
    [QUERY_MANIFEST_ENTRIES] = {TABLE_MANIFEST_ENTRY, NULL,
                                "SELECT # FROM manifest_entry WHERE manifest = ?1 ORDER BY person"},
    [QUERY_MANIFEST_LISTED] = {TABLE_MANIFEST_ENTRY, NULL,
                               "SELECT # FROM manifest_entry WHERE manifest = ?1 AND state = 1"
                               " ORDER BY person"},
    [QUERY_MANIFEST_ENTRY_OF_REQUEST] =
        {TABLE_MANIFEST_ENTRY, NULL,
         "SELECT # FROM manifest_entry WHERE request = ?1 AND state = 1"},
    [QUERY_MANIFEST_ENTRY_OF_PERSON] =
        {TABLE_MANIFEST_ENTRY, NULL,
         "SELECT # FROM manifest_entry WHERE person = ?1 AND state IN (1, 2)"},
    [QUERY_MANIFEST_ENTRY_ENDED_BY] = {TABLE_MANIFEST_ENTRY, NULL,
                                       "SELECT # FROM manifest_entry WHERE changed_event = ?1"},
    [QUERY_EXPECTED_ARRIVALS] =
        {TABLE_MANIFEST_ENTRY, NULL,
         "SELECT # FROM manifest_entry WHERE state = 2 AND manifest IN"
         " (SELECT id FROM manifest WHERE hub = ?1 AND hub <> 0) ORDER BY manifest, person"},
    [QUERY_STOP_NOTICES] = {TABLE_STOP_NOTICE, NULL,
                            "SELECT # FROM stop_notice WHERE account = ?1 AND acknowledged <= ?2"
                            " ORDER BY stop DESC"},
    [QUERY_TOLD_OF_STOP] = {TABLE_STOP_NOTICE, NULL,
                            "SELECT # FROM stop_notice WHERE stop = ?1 ORDER BY account"},
    [QUERY_PLACE_COUNTS] =
        {TABLE_COUNT, layout_of_place_count,
         "SELECT kind, state, 0 AS ran_out, places FROM place_count"
         " WHERE hub = ?1 AND state <> 5 AND places > 0"
         " UNION ALL"
         " SELECT kind, 5, prebooked_until < ?2, COUNT(*) FROM place"
         " WHERE hub = ?1 AND state = 5 GROUP BY kind, prebooked_until < ?2 ORDER BY kind"},
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
    [QUERY_COURSES] = {TABLE_COUNT, layout_of_course,
                       "SELECT person, passages, 0, 0, NULL FROM course"
                       " WHERE person BETWEEN ?1 AND ?2 ORDER BY person"},
    [QUERY_COURSES_WITH_FACTS] =
        {TABLE_COUNT, layout_of_course,
         "SELECT course.person, passages, caseload.person IS NOT NULL,"
         " COALESCE(recorded_until, 0), facts"
         " FROM course LEFT JOIN caseload ON caseload.person = course.person"
         " WHERE course.person BETWEEN ?1 AND ?2 ORDER BY course.person"},
    [QUERY_COUNT_REGISTERED] =
        {TABLE_COUNT, layout_of_number,
         "SELECT COUNT(*) FROM event INDEXED BY event_registration"
         " WHERE kind = 1 AND effective_on <= ?1 AND recorded_at <= ?2 AND position <= ?3"},
    [QUERY_INSTANT_AT_POSITION] =
        {TABLE_COUNT, layout_of_number,
         "SELECT recorded_at FROM event WHERE subject_kind = ?1 AND subject = ?2 AND position <= ?3"
         " ORDER BY position DESC LIMIT 1"},
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
    [QUERY_OPERATION_BY_REFERENCE] = {TABLE_COUNT, layout_of_number,
                                      "SELECT id FROM operation WHERE reference = ?1"},
    [QUERY_OPERATIONS] = {TABLE_OPERATION, NULL,
                          "SELECT # FROM operation WHERE happened_on BETWEEN ?1 AND ?2"
                          " ORDER BY happened_on, id"},
    [QUERY_ENTRIES] = {TABLE_ENTRY, NULL, NULL},
    [QUERY_ENTRIES_UNDER] = {TABLE_ENTRY, NULL,
                             "SELECT # FROM entry WHERE parent = ?1 AND parent <> 0 ORDER BY id"},
    [QUERY_ENTRIES_STANDING] =
        {TABLE_COUNT, layout_of_number,
         "SELECT COUNT(*) FROM entry WHERE hub = ?1 AND hub <> 0 AND kind = ?2 AND severity = ?3"
         " AND opened_on <= ?4 AND opened_at <= ?5"
         " AND NOT (closed_at <> 0 AND closed_at <= ?5 AND closed_on <= ?4)"},
    [QUERY_INTAKE_OF_REQUEST] = {TABLE_INTAKE, NULL,
                                 "SELECT # FROM intake WHERE request = ?1 AND request <> 0"},
    /* What is used of a day after the one that is asked about counts in no month yet; mostly there
     * is none. */
    [QUERY_INTAKE_COUNTS] =
        {TABLE_COUNT, layout_of_intake_counts,
         "SELECT COALESCE(SUM(used), 0)"
         " - (SELECT COUNT(*) FROM intake WHERE agreement = ?1 AND used_on > ?4),"
         " COALESCE(SUM(used) FILTER (WHERE month = ?2), 0)"
         " - (SELECT COUNT(*) FROM intake"
         " WHERE agreement = ?1 AND used_on > ?4 AND used_on < ?3),"
         " COALESCE(SUM(held), 0) FROM intake_count WHERE agreement = ?1"},
    [QUERY_INTAKE_COUNTS_PAST] =
        {TABLE_COUNT, layout_of_intake_counts,
         "SELECT COALESCE(SUM(used_at <> 0 AND used_at < ?2 AND used_on <= ?4), 0),"
         " COALESCE(SUM(used_at <> 0 AND used_at < ?2 AND used_on BETWEEN ?3 AND ?4), 0),"
         " COALESCE(SUM(held_at <> 0 AND held_at < ?2 AND (used_at = 0 OR used_at >= ?2)"
         " AND (given_back_at = 0 OR given_back_at >= ?2)), 0)"
         " FROM intake WHERE agreement = ?1"},
    [QUERY_RECORDS] = {TABLE_PERSON, NULL,
                       "SELECT # FROM person WHERE id > ?1 ORDER BY id LIMIT ?2"},
    [QUERY_RECORDS_OF_FAMILY] =
        {TABLE_PERSON, NULL, "SELECT # FROM person WHERE family = ?1 AND family <> 0 ORDER BY id"},
    [QUERY_PARTS_OF] = {TABLE_PERSON, NULL,
                        "SELECT # FROM person WHERE part_of = ?1 AND part_of <> 0 ORDER BY id"},
    [QUERY_PARTS] = {TABLE_PERSON, NULL, "SELECT # FROM person WHERE part_of <> 0 ORDER BY id"},
    [QUERY_FACTS_NAMED] = {TABLE_FACT, NULL,
                           "SELECT # FROM fact WHERE subject_kind = 1 AND fact = ?1"
                           " ORDER BY subject, true_from, position"},
    [QUERY_ANY_MERGE] = {TABLE_COUNT, layout_of_number,
                         "SELECT EXISTS (SELECT 1 FROM merge WHERE state >= 3)"},
    [QUERY_MERGES] = {TABLE_MERGE, NULL,
                      "SELECT # FROM merge WHERE ?1 IN (0, state) ORDER BY id DESC LIMIT ?2"},
    [QUERY_MERGES_OF] = {TABLE_MERGE, NULL,
                         "SELECT # FROM merge WHERE continues = ?1 OR absorbed = ?1 ORDER BY id"},
    [QUERY_EVENTS_OF_KINDS] = {TABLE_EVENT, NULL,
                               "SELECT # FROM event WHERE subject_kind = 1 AND subject = ?1"
                               " AND kind IN (?2, ?3, ?4) ORDER BY position"},
    [QUERY_MOVED_OF_EVENT] = {TABLE_MOVED, NULL,
                              "SELECT # FROM moved WHERE position = ?1 ORDER BY separation"},
    [QUERY_MANIFEST_ENTRIES_OF] = {TABLE_MANIFEST_ENTRY, NULL,
                                   "SELECT # FROM manifest_entry WHERE person = ?1"
                                   " ORDER BY manifest"},
    [QUERY_LOOKUPS_OF_KEY] =
        {TABLE_LOOKUP, NULL,
         "SELECT # FROM lookup WHERE key = ?1 AND key_rest = ?2 ORDER BY position"},
    [QUERY_LOOKUPS] = {TABLE_LOOKUP, NULL, "SELECT # FROM lookup"},
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

static const struct filter entry_filters[] = {
    {"kind = ?1"},
    {"person = ?2 AND person <> 0"},
    {"hub = ?3 AND hub <> 0"},
    {"agreement = ?4 AND agreement <> 0"},
    {"journey = ?5"},
    {"closed_at = 0"},
    {"pending = 1 AND (due_on IS NULL OR due_on < ?7)"},
};

enum {
    PEOPLE_FILTERS = sizeof people_filters / sizeof people_filters[0],
    REQUEST_FILTERS = sizeof request_filters / sizeof request_filters[0],
    ENTRY_FILTERS = sizeof entry_filters / sizeof entry_filters[0],
};
_Static_assert(EVENT_STEP_TAKEN == 15, "as in QUERY_TAKEN_BY");
_Static_assert(1 << PEOPLE_FILTERS == PEOPLE_VARIANTS, "a slot for each set of filters");
_Static_assert(1 << REQUEST_FILTERS == REQUEST_VARIANTS, "a slot for each set of filters");
_Static_assert(1 << ENTRY_FILTERS == ENTRY_VARIANTS, "a slot for each set of filters");

/* The queries that have filters: those parameters come first. */
static const struct filtered_query {
    enum query query;
    const char *head;
    const char *tail;
    const struct filter *filters;
    size_t filter_count;
    size_t slot; /* the first of its variants */
} filtered_queries[] = {
    {QUERY_PEOPLE, "SELECT # FROM person WHERE id > ?4 AND part_of = 0", " ORDER BY id LIMIT ?5",
     people_filters, PEOPLE_FILTERS, SLOT_PEOPLE},
    {QUERY_REQUESTS, "SELECT # FROM request WHERE id > 0", " ORDER BY id DESC LIMIT ?5",
     request_filters, REQUEST_FILTERS, SLOT_REQUESTS},
    {QUERY_ENTRIES, "SELECT # FROM entry WHERE id > 0", " ORDER BY id DESC LIMIT ?8", entry_filters,
     ENTRY_FILTERS, SLOT_ENTRIES},
};

/* NULL for a query without filters. */
static const struct filtered_query *filtered(enum query query)
{
    for (size_t i = 0; i < sizeof filtered_queries / sizeof filtered_queries[0]; i++) {
        if (filtered_queries[i].query == query) {
            return &filtered_queries[i];
        }
    }
    return NULL;
}

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
    const struct filtered_query *with = filtered(query);
    if (with == NULL) {
        put_fixed_sql(buf, query_rows[query].sql, layout);
        return;
    }
    put_fixed_sql(buf, with->head, layout);
    put_filters(buf, with->filters, with->filter_count, set);
    buf_put_c(buf, with->tail);
}

/* --- cursors --- */

static const struct layout *layout_of_query(enum query query)
{
    const struct query_row *row = &query_rows[query];
    return row->layout != NULL ? row->layout() : layout_of(row->table);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

/* Does the SQL name the table? A column of the same name counts as well, which does no harm. */
static bool names_table(str sql, str table)
{
    const char *end = sql.at + sql.len;
    const char *at = memmem(sql.at, sql.len, table.at, table.len);
    while (at != NULL) {
        const char *after = at + table.len;
        if ((at == sql.at || !is_word_char(at[-1])) && (after == end || !is_word_char(*after))) {
            return true;
        }
        at = memmem(after, (size_t)(end - after), table.at, table.len);
    }
    return false;
}

static uint64_t tables_named(str sql)
{
    uint64_t named = 0;
    for (int i = 0; i < TABLE_COUNT; i++) {
        const enum table table = (enum table)i;
        named |= names_table(sql, str_from_c(layout_of(table)->name)) ? sqlite_table_bit(table) : 0;
    }
    return named;
}

/* The cached statement, or one of its own when that is in use further up the stack. */
static result query_statement(struct sqlite_connection *connection, enum query query, size_t set,
                              struct cursor *cursor, struct err *err)
{
    const struct filtered_query *with = filtered(query);
    const size_t slot = with == NULL ? SLOT_QUERIES + (size_t)query : with->slot + set;
    sqlite3_stmt *statement = connection->statements[slot];
    TRY(pending_settle(connection, connection->reads[slot], err));
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
        connection->reads[slot] = tables_named(sql);
        cursor->statement = statement;
        return pending_settle(connection, connection->reads[slot], err);
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
        const int code =
            parameter->is_bytes
                ? sqlite3_bind_blob64(statement, (int)i + 1, text.at, text.len, SQLITE_TRANSIENT)
            : parameter->is_text ? sqlite3_bind_text64(statement, (int)i + 1, text.at, text.len,
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
    const struct filtered_query *with = filtered(query);
    const size_t set = with == NULL ? 0 : filters_set(parameters, with->filter_count);
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
    TRY(pending_await(sqlite_of(cursor->connection), err));
    const int code = sqlite3_step(cursor->statement);
    if (code == SQLITE_ROW) {
        TRY(sqlite_read_row(cursor->statement, cursor->layout, row, err));
    } else if (code != SQLITE_DONE) {
        return sqlite_failure(sqlite_of(cursor->connection)->db, code, "read", err);
    }
    *ret_found = code == SQLITE_ROW;
    return result_ok();
}

/* Whether the helper failed is told to whoever asks or writes next. */
void sqlite_cursor_close(struct cursor *cursor)
{
    if (cursor->connection != NULL) {
        inserting_rest(sqlite_of(cursor->connection)->pending.inserting);
    }
    if (cursor->owned) {
        sqlite3_finalize(cursor->statement);
    } else if (cursor->statement != NULL) {
        sqlite3_reset(cursor->statement);
    }
    *cursor = (struct cursor){0};
}

static result ask_last_recorded_at(struct sqlite_connection *asked, enum subject_kind kind,
                                   int64_t subject, instant *ret_at, bool *ret_found,
                                   struct err *err)
{
    static const size_t slot = SLOT_QUERIES + QUERY_LAST_RECORDED_AT;
    const struct parameter parameters[] = {parameter_number(kind), parameter_number(subject)};
    sqlite3_stmt *statement = NULL;
    TRY(pending_await(asked, err));
    TRY(sqlite_prepare_slot(asked, slot, str_from_c(query_rows[QUERY_LAST_RECORDED_AT].sql),
                            &statement, err));
    TRY(bind_parameters(asked, statement, parameters, 2, err));
    const int code = sqlite3_step(statement);
    *ret_found = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        ret_at->milliseconds = sqlite3_column_int64(statement, 0);
    }
    const result answer = code == SQLITE_ROW || code == SQLITE_DONE
                              ? result_ok()
                              : sqlite_failure(asked->db, code, "read", err);
    sqlite3_reset(statement);
    return answer;
}

/* What waits is later than what is in the table. */
result sqlite_last_recorded_at(struct connection *connection, enum subject_kind kind,
                               int64_t subject, instant *ret_at, bool *ret_found, struct err *err)
{
    struct sqlite_connection *asked = sqlite_of(connection);
    const struct event_record *waiting = pending_last_event(asked, kind, subject);
    if (waiting != NULL) {
        *ret_at = waiting->recorded_at;
        *ret_found = true;
        return result_ok();
    }
    return ask_last_recorded_at(asked, kind, subject, ret_at, ret_found, err);
}
