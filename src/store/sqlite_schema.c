#include "store/sqlite.h"

#include <string.h>

/* The layout of the file, as numbered migrations. A migration that was released is never changed;
 * the next one follows. PRAGMA user_version is how many have been applied.
 *
 * What is kept (event, subject_key, command, ...) is migrated with care. Derived tables are never
 * migrated: the last migration that changes them makes those of this program anew, and they are
 * filled again. */

enum { APPLICATION_ID = 0x52487562 }; /* "RHub" */

static const char kept_tables[] =
    "CREATE TABLE migration ("
    "  number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE property (name TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID;"

    "CREATE TABLE event ("
    "  position INTEGER PRIMARY KEY CHECK (position > 0),"
    "  subject_kind INTEGER NOT NULL,"
    "  subject INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  effective_on INTEGER NOT NULL,"
    "  recorded_at INTEGER NOT NULL,"
    "  actor INTEGER NOT NULL,"
    "  client_id BLOB CHECK (client_id IS NULL OR length(client_id) = 16),"
    "  sealed BLOB NOT NULL,"
    "  leaf BLOB NOT NULL CHECK (length(leaf) = 32)) STRICT;"
    "CREATE INDEX event_by_subject ON event (subject_kind, subject, position);"
    "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event"
    "  BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;"
    "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event"
    "  BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;"

    "CREATE TABLE command ("
    "  client_id BLOB NOT NULL PRIMARY KEY CHECK (length(client_id) = 16),"
    "  position INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE subject_key ("
    "  subject_kind INTEGER NOT NULL, subject INTEGER NOT NULL, wrapped BLOB,"
    "  PRIMARY KEY (subject_kind, subject)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE password (account INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;"
    "CREATE TABLE session ("
    "  token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),"
    "  account INTEGER NOT NULL,"
    "  opened_at INTEGER NOT NULL,"
    "  seen_at INTEGER NOT NULL,"
    "  form_token BLOB NOT NULL CHECK (length(form_token) = 32)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE look ("
    "  number INTEGER PRIMARY KEY,"
    "  account INTEGER NOT NULL,"
    "  subject_kind INTEGER NOT NULL,"
    "  subject INTEGER NOT NULL,"
    "  at INTEGER NOT NULL,"
    "  purpose TEXT NOT NULL) STRICT;"
    "CREATE INDEX look_by_subject ON look (subject_kind, subject);"
    "CREATE TRIGGER look_is_never_changed BEFORE UPDATE ON look"
    "  BEGIN SELECT RAISE(ABORT, 'a look is never changed'); END;"
    "CREATE TRIGGER look_is_never_deleted BEFORE DELETE ON look"
    "  BEGIN SELECT RAISE(ABORT, 'a look is never deleted'); END;"

    "CREATE TABLE rulebook (identity TEXT NOT NULL PRIMARY KEY, canonical TEXT NOT NULL) STRICT, "
    "WITHOUT ROWID;";

/* The derived tables. `@` stands for the schema they are made in. A place's state and the two
 * unique indices over it are what makes giving a place twice impossible, whatever runs at the same
 * time. */
static const char derived_tables[] =
    "CREATE TABLE @.person ("
    "  id INTEGER PRIMARY KEY,"
    "  reference TEXT NOT NULL UNIQUE,"
    "  stage TEXT NOT NULL,"
    "  stage_since INTEGER NOT NULL,"
    "  stage_event INTEGER NOT NULL,"
    "  identity_event INTEGER NOT NULL,"
    "  family INTEGER NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  registered_on INTEGER NOT NULL,"
    "  last_contact_on INTEGER,"
    "  last_contact_source TEXT NOT NULL,"
    "  next_check_on INTEGER,"
    "  part_of INTEGER NOT NULL,"
    "  holds INTEGER NOT NULL CHECK (holds >= 0),"
    "  erasure_request INTEGER NOT NULL,"
    "  restricted INTEGER NOT NULL CHECK (restricted IN (0, 1)),"
    "  protection INTEGER NOT NULL,"
    "  erased INTEGER NOT NULL CHECK (erased IN (0, 1))) STRICT;"
    "CREATE INDEX @.person_hidden ON person (id) WHERE erased = 1 OR restricted = 1;"
    "CREATE INDEX @.person_by_stage ON person (stage);"
    "CREATE INDEX @.person_by_hub ON person (hub) WHERE hub <> 0;"
    "CREATE INDEX @.person_by_family ON person (family) WHERE family <> 0;"
    "CREATE INDEX @.person_by_whole ON person (part_of) WHERE part_of <> 0;"

    "CREATE TABLE @.fact ("
    "  subject INTEGER NOT NULL,"
    "  subject_kind INTEGER NOT NULL,"
    "  fact TEXT NOT NULL,"
    "  true_from INTEGER NOT NULL,"
    "  position INTEGER NOT NULL,"
    "  value TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  recorded_at INTEGER NOT NULL,"
    "  actor INTEGER NOT NULL,"
    "  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),"
    "  withdrawn_at INTEGER NOT NULL,"
    "  PRIMARY KEY (subject, subject_kind, fact, true_from, position)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE @.request ("
    "  id INTEGER PRIMARY KEY,"
    "  person INTEGER NOT NULL,"
    "  step TEXT NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  agreement INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),"
    "  requested_by INTEGER NOT NULL,"
    "  requested_at INTEGER NOT NULL,"
    "  approved_by_1 INTEGER NOT NULL,"
    "  approved_by_2 INTEGER NOT NULL,"
    "  approved_by_3 INTEGER NOT NULL,"
    "  approved_by_4 INTEGER NOT NULL,"
    "  approval_count INTEGER NOT NULL CHECK (approval_count BETWEEN 0 AND 4),"
    "  place INTEGER NOT NULL,"
    "  changed_at INTEGER NOT NULL,"
    "  changed_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.request_by_person ON request (person);"
    "CREATE INDEX @.request_by_hub ON request (hub) WHERE hub <> 0;"
    "CREATE INDEX @.request_live ON request (state) WHERE state <= 2;"

    "CREATE TABLE @.place ("
    "  hub INTEGER NOT NULL,"
    "  number INTEGER NOT NULL CHECK (number > 0),"
    "  kind TEXT NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  request INTEGER NOT NULL,"
    "  prebooking INTEGER NOT NULL,"
    "  prebooked_until INTEGER,"
    "  out_reason TEXT NOT NULL,"
    "  back_on INTEGER,"
    "  since INTEGER NOT NULL,"
    "  changed_event INTEGER NOT NULL,"
    "  PRIMARY KEY (hub, number),"
    "  CHECK ((state IN (1, 4, 6) AND person = 0 AND request = 0)"
    "    OR (state = 2 AND person > 0 AND request > 0)"
    "    OR (state = 3 AND person > 0 AND request = 0)"
    "    OR (state = 5 AND (person = 0) = (request = 0))),"
    "  CHECK ((state = 5) = (prebooking > 0) AND (state = 5) = (prebooked_until IS NOT NULL)),"
    "  CHECK ((state = 6) = (out_reason <> ''))) STRICT, WITHOUT ROWID;"
    "CREATE INDEX @.place_free ON place (hub, kind, state, number) WHERE state IN (1, 5);"
    "CREATE INDEX @.place_prebooked ON place (hub, kind, prebooked_until) WHERE state = 5;"
    "CREATE INDEX @.place_of_prebooking ON place (prebooking) WHERE prebooking <> 0;"
    "CREATE INDEX @.place_of_person ON place (person) WHERE person <> 0;"
    "CREATE UNIQUE INDEX @.place_held_once ON place (request) WHERE request <> 0;"
    "CREATE UNIQUE INDEX @.place_occupied_once ON place (person) WHERE state = 3;"

    "CREATE TABLE @.place_count ("
    "  hub INTEGER NOT NULL, kind TEXT NOT NULL, state INTEGER NOT NULL,"
    "  places INTEGER NOT NULL CHECK (places >= 0),"
    "  PRIMARY KEY (hub, kind, state)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE @.hub ("
    "  id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    "  agreement INTEGER NOT NULL) STRICT;"
    "CREATE TABLE @.agreement ("
    "  id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, partner TEXT NOT NULL, title TEXT "
    "NOT NULL,"
    "  confidential INTEGER NOT NULL CHECK (confidential IN (0, 1))) STRICT;"
    "CREATE TABLE @.account ("
    "  id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT "
    "NULL,"
    "  hub INTEGER NOT NULL, closed INTEGER NOT NULL CHECK (closed IN (0, 1)),"
    "  language TEXT NOT NULL) STRICT;";

/* Who leaves together, and who was told of a stop. The unique index holds one person to one
 * manifest until they are accounted for. */
static const char departure_tables[] =
    "CREATE TABLE @.manifest ("
    "  id INTEGER PRIMARY KEY,"
    "  reference TEXT NOT NULL UNIQUE,"
    "  step TEXT NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  destination TEXT NOT NULL,"
    "  departs_at INTEGER NOT NULL,"
    "  carrier TEXT NOT NULL,"
    "  route TEXT NOT NULL,"
    "  escorts INTEGER NOT NULL,"
    "  escort_roles TEXT NOT NULL,"
    "  lead INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),"
    "  aboard INTEGER NOT NULL CHECK (aboard >= 0),"
    "  departed_at INTEGER NOT NULL,"
    "  changed_at INTEGER NOT NULL,"
    "  changed_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.manifest_by_hub ON manifest (hub) WHERE hub <> 0;"
    "CREATE TABLE @.manifest_entry ("
    "  manifest INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  request INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),"
    "  recalled INTEGER NOT NULL CHECK (recalled IN (0, 1)),"
    "  boarded_event INTEGER NOT NULL,"
    "  changed_at INTEGER NOT NULL,"
    "  changed_event INTEGER NOT NULL,"
    "  PRIMARY KEY (manifest, person)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX @.manifest_entry_once ON manifest_entry (person) WHERE state IN (1, 2);"
    "CREATE INDEX @.manifest_entry_by_person ON manifest_entry (person);"
    "CREATE INDEX @.manifest_entry_changed ON manifest_entry (changed_event);"
    "CREATE UNIQUE INDEX @.manifest_entry_listed ON manifest_entry (request) WHERE state = 1;"
    "CREATE TABLE @.stop_notice ("
    "  stop INTEGER NOT NULL,"
    "  account INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  request INTEGER NOT NULL,"
    "  manifest INTEGER NOT NULL,"
    "  stopped_at INTEGER NOT NULL,"
    "  acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1)),"
    "  acknowledged_at INTEGER NOT NULL,"
    "  PRIMARY KEY (stop, account)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX @.stop_notice_by_account ON stop_notice (account, acknowledged);";

/* Who alone sees a record, whose record is to be erased, and who saw what is out of their sight. */
static const char sight_tables[] =
    "CREATE INDEX @.person_protected ON person (id) WHERE protection <> 0;"
    "CREATE INDEX @.person_to_be_erased ON person (erasure_request) WHERE erasure_request <> 0;"
    "CREATE TABLE @.glass ("
    "  id INTEGER PRIMARY KEY,"
    "  person INTEGER NOT NULL,"
    "  account INTEGER NOT NULL,"
    "  broken_at INTEGER NOT NULL,"
    "  until INTEGER NOT NULL,"
    "  outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 2),"
    "  reviewed_by INTEGER NOT NULL,"
    "  reviewed_at INTEGER NOT NULL,"
    "  reviewed_event INTEGER NOT NULL,"
    "  CHECK ((outcome = 0) = (reviewed_event = 0) AND reviewed_by <> account)) STRICT;"
    "CREATE INDEX @.glass_of ON glass (account, person, until);"
    "CREATE INDEX @.glass_not_reviewed ON glass (id) WHERE outcome = 0;"
    "CREATE TABLE @.tie ("
    "  id INTEGER PRIMARY KEY,"
    "  person INTEGER NOT NULL,"
    "  account INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),"
    "  first_day INTEGER NOT NULL,"
    "  last_day INTEGER,"
    "  made_by INTEGER NOT NULL CHECK (made_by <> account),"
    "  ended_by INTEGER NOT NULL,"
    "  ended_at INTEGER NOT NULL,"
    "  ended_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.tie_of_account ON tie (account) WHERE ended_event = 0;"
    "CREATE INDEX @.tie_of_person ON tie (person);";

/* What a hub's desk looks at. A person has one stay at most that has not ended. */
static const char hub_desk_tables[] =
    "CREATE TABLE @.stay ("
    "  id INTEGER PRIMARY KEY,"
    "  person INTEGER NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  arrival INTEGER NOT NULL CHECK (arrival BETWEEN 1 AND 5),"
    "  departed_on INTEGER NOT NULL,"
    "  expected_on INTEGER,"
    "  owner INTEGER NOT NULL,"
    "  resolved_on INTEGER,"
    "  resolved_event INTEGER NOT NULL,"
    "  left_on INTEGER,"
    "  left_event INTEGER NOT NULL,"
    "  left_by TEXT NOT NULL,"
    "  CHECK ((arrival = 1) = (resolved_event = 0))) STRICT;"
    "CREATE UNIQUE INDEX @.stay_of_person ON stay (person) WHERE left_event = 0;"
    "CREATE INDEX @.stay_not_ended ON stay (hub, id) WHERE left_event = 0;"
    "CREATE INDEX @.stay_left ON stay (hub, left_event) WHERE left_event <> 0;"
    "CREATE INDEX @.stay_expected ON stay (hub, id) WHERE arrival = 1;"
    "CREATE INDEX @.stay_by_hub ON stay (hub, arrival);"
    "CREATE INDEX @.stay_by_person ON stay (person, id);"

    "CREATE TABLE @.prebooking ("
    "  id INTEGER PRIMARY KEY,"
    "  hub INTEGER NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  places INTEGER NOT NULL CHECK (places > 0),"
    "  given INTEGER NOT NULL CHECK (given BETWEEN 0 AND places),"
    "  until INTEGER NOT NULL,"
    "  made_by INTEGER NOT NULL,"
    "  made_at INTEGER NOT NULL,"
    "  ended_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.prebooking_by_hub ON prebooking (hub, id);"

    "CREATE TABLE @.hub_report ("
    "  hub INTEGER PRIMARY KEY,"
    "  report INTEGER NOT NULL,"
    "  accurate_at INTEGER NOT NULL,"
    "  recorded_at INTEGER NOT NULL,"
    "  in_use INTEGER NOT NULL,"
    "  out_of_use INTEGER NOT NULL,"
    "  counted_in_use INTEGER NOT NULL,"
    "  counted_out_of_use INTEGER NOT NULL,"
    "  difference INTEGER NOT NULL,"
    "  differs_since INTEGER NOT NULL,"
    "  explained_event INTEGER NOT NULL) STRICT;"

    "CREATE TABLE @.unexpected ("
    "  id INTEGER PRIMARY KEY,"
    "  hub INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  seen_on INTEGER NOT NULL,"
    "  reported_by INTEGER NOT NULL,"
    "  resolved_event INTEGER NOT NULL,"
    "  outcome TEXT NOT NULL,"
    "  CHECK ((resolved_event = 0) = (outcome = ''))) STRICT;"
    "CREATE INDEX @.unexpected_open ON unexpected (hub, id) WHERE resolved_event = 0;";

/* The caseload: what a screening reads of everybody, one after the other. */
static const char caseload_tables[] =
    "CREATE TABLE @.caseload ("
    "  person INTEGER PRIMARY KEY,"
    "  stage INTEGER NOT NULL,"
    "  family INTEGER NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  registered_on INTEGER NOT NULL,"
    "  next_check_on INTEGER,"
    "  recorded_until INTEGER NOT NULL,"
    "  reference TEXT NOT NULL,"
    "  facts BLOB) STRICT;"
    "CREATE TABLE @.course (person INTEGER PRIMARY KEY, passages BLOB) STRICT;"
    "CREATE TABLE @.fact_name (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE @.word (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;";

/* The books, what is used of agreements, and joint operations. */
static const char book_tables[] =
    "CREATE TABLE @.entry ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  subject_kind INTEGER NOT NULL,"
    "  subject INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  agreement INTEGER NOT NULL,"
    "  parent INTEGER NOT NULL,"
    "  journey TEXT NOT NULL,"
    "  severity TEXT NOT NULL,"
    "  responsible TEXT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  outcome TEXT NOT NULL,"
    "  opened_on INTEGER NOT NULL,"
    "  opened_at INTEGER NOT NULL,"
    "  pending INTEGER NOT NULL CHECK (pending IN (0, 1)),"
    "  due_on INTEGER,"
    "  answered_on INTEGER,"
    "  closed_on INTEGER,"
    "  closed_at INTEGER NOT NULL,"
    "  started_at INTEGER NOT NULL,"
    "  ended_at INTEGER NOT NULL,"
    "  against_event INTEGER NOT NULL,"
    "  changed_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.entry_by_person ON entry (person) WHERE person <> 0;"
    "CREATE INDEX @.entry_by_hub ON entry (hub) WHERE hub <> 0;"
    "CREATE INDEX @.entry_by_parent ON entry (parent) WHERE parent <> 0;"
    "CREATE INDEX @.entry_not_closed ON entry (closed_at) WHERE closed_at = 0;"
    "CREATE INDEX @.entry_pending ON entry (due_on) WHERE pending = 1;"

    "CREATE TABLE @.intake ("
    "  id INTEGER PRIMARY KEY,"
    "  request INTEGER NOT NULL,"
    "  person INTEGER NOT NULL,"
    "  hub INTEGER NOT NULL,"
    "  agreement INTEGER NOT NULL,"
    "  held_at INTEGER NOT NULL,"
    "  used_at INTEGER NOT NULL,"
    "  used_on INTEGER,"
    "  given_back_at INTEGER NOT NULL,"
    "  CHECK (used_at = 0 OR given_back_at = 0)) STRICT;"
    /* All that counting them reads, so that the rows are left alone. */
    "CREATE INDEX @.intake_by_agreement ON intake (agreement, used_on, used_at, held_at,"
    "  given_back_at);"
    "CREATE UNIQUE INDEX @.intake_once ON intake (request) WHERE request <> 0;"
    "CREATE TABLE @.intake_count ("
    "  agreement INTEGER NOT NULL, month INTEGER NOT NULL,"
    "  used INTEGER NOT NULL CHECK (used >= 0),"
    "  held INTEGER NOT NULL CHECK (held >= 0),"
    "  PRIMARY KEY (agreement, month)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE @.operation ("
    "  id INTEGER PRIMARY KEY,"
    "  reference TEXT NOT NULL UNIQUE,"
    "  kind TEXT NOT NULL,"
    "  happened_on INTEGER NOT NULL,"
    "  partners TEXT NOT NULL,"
    "  arrests INTEGER NOT NULL,"
    "  boats INTEGER NOT NULL,"
    "  engines INTEGER NOT NULL,"
    "  documents INTEGER NOT NULL,"
    "  money TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  published_on INTEGER,"
    "  revision INTEGER NOT NULL CHECK (revision > 0),"
    "  recorded_at INTEGER NOT NULL,"
    "  event INTEGER NOT NULL) STRICT;";

/* Who somebody is: merges, the events that an undone one gave to the other side, and by what people
 * are found. */
static const char identity_tables[] =
    "CREATE TABLE @.merge ("
    "  id INTEGER PRIMARY KEY,"
    "  continues INTEGER NOT NULL,"
    "  absorbed INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),"
    "  requested_by INTEGER NOT NULL,"
    "  requested_at INTEGER NOT NULL,"
    "  decided_by INTEGER NOT NULL,"
    "  decided_at INTEGER NOT NULL,"
    "  decided_event INTEGER NOT NULL,"
    "  undone_by INTEGER NOT NULL,"
    "  undone_at INTEGER NOT NULL,"
    "  undone_event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX @.merge_by_continues ON merge (continues);"
    "CREATE INDEX @.merge_by_absorbed ON merge (absorbed);"
    "CREATE UNIQUE INDEX @.merge_into_one ON merge (absorbed) WHERE state = 3;"
    "CREATE TABLE @.moved ("
    "  position INTEGER NOT NULL,"
    "  separation INTEGER NOT NULL,"
    "  record INTEGER NOT NULL,"
    "  since INTEGER NOT NULL,"
    "  PRIMARY KEY (position, separation)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE @.lookup ("
    "  key INTEGER NOT NULL,"
    "  position INTEGER NOT NULL,"
    "  key_rest INTEGER NOT NULL,"
    "  record INTEGER NOT NULL,"
    "  PRIMARY KEY (key, position)) STRICT, WITHOUT ROWID;";

_Static_assert(MERGE_DONE == 3 && MERGE_UNDONE == 4, "as in table merge");
_Static_assert(PLACE_FREE == 1 && PLACE_HELD == 2 && PLACE_OCCUPIED == 3 && PLACE_CLOSED == 4 &&
                   PLACE_PREBOOKED == 5 && PLACE_OUT_OF_USE == 6,
               "as in table place");
_Static_assert(ARRIVAL_EXPECTED == 1 && ARRIVAL_MISSING == 5, "as in table stay");
_Static_assert(REQUEST_OPEN == 1 && REQUEST_APPROVED == 2, "as in index request_live");
_Static_assert(ENTRY_LISTED == 1 && ENTRY_BOARDED == 2, "as in the indices of manifest_entry");

static result make_tables(sqlite3 *db, const char *tables, const char *schema, struct arena scratch,
                          struct err *err)
{
    struct buf buf;
    buf_init(&buf, &scratch, 64 * 1024);
    str left = str_from_c(tables);
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, '@');
        buf_put(&buf, cut.head);
        buf_put_c(&buf, cut.found ? schema : "");
        left = cut.tail;
    }
    str sql;
    TRY(buf_finish(&buf, &sql, err));
    return sqlite_run(db, sql.at, err);
}

result sqlite_make_derived(sqlite3 *db, const char *schema, struct arena scratch, struct err *err)
{
    TRY(make_tables(db, derived_tables, schema, scratch, err));
    TRY(make_tables(db, departure_tables, schema, scratch, err));
    TRY(make_tables(db, sight_tables, schema, scratch, err));
    TRY(make_tables(db, book_tables, schema, scratch, err));
    TRY(make_tables(db, identity_tables, schema, scratch, err));
    TRY(make_tables(db, hub_desk_tables, schema, scratch, err));
    return make_tables(db, caseload_tables, schema, scratch, err);
}

static result make_first_layout(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)scratch;
    return sqlite_run(db, kept_tables, err);
}

static result keep_as_it_is(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)db;
    (void)scratch;
    (void)err;
    return result_ok();
}

static result drop_derived(sqlite3 *db, struct err *err)
{
    for (int table = TABLE_DERIVED_FIRST; table < TABLE_COUNT; table++) {
        char sql[128];
        sqlite3_snprintf(sizeof sql, sql, "DROP TABLE IF EXISTS main.\"%w\"",
                         layout_of((enum table)table)->name);
        TRY(sqlite_run(db, sql, err));
    }
    return result_ok();
}

/* The registrations among the events, so that everybody who was ever recorded is counted without
 * any row: kind 1 is PERSON_REGISTERED. */
static const char registrations_index[] =
    "CREATE INDEX IF NOT EXISTS event_registration ON event (effective_on, recorded_at)"
    " WHERE kind = 1;";
_Static_assert(EVENT_PERSON_REGISTERED == 1, "as in index event_registration");

/* A session says when it was last proven; an account may have a second factor, passkeys, and be
 * known to another provider; a browser is asked something once (store/doors.h). */
static const char sign_in_tables[] =
    "ALTER TABLE session ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE IF NOT EXISTS second_factor ("
    "  account INTEGER PRIMARY KEY,"
    "  sealed BLOB NOT NULL,"
    "  confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),"
    "  last_period INTEGER NOT NULL,"
    "  wrong_codes INTEGER NOT NULL,"
    "  wrong_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS session_by_account ON session (account);"
    "CREATE TABLE IF NOT EXISTS passkey ("
    "  credential_id BLOB NOT NULL PRIMARY KEY"
    "    CHECK (length(credential_id) BETWEEN 16 AND 1023),"
    "  account INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  algorithm INTEGER NOT NULL,"
    "  public_key BLOB NOT NULL,"
    "  sign_count INTEGER NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),"
    "  created_at INTEGER NOT NULL,"
    "  used_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS passkey_by_account ON passkey (account);"
    "CREATE TABLE IF NOT EXISTS subject_link ("
    "  issuer TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  account INTEGER NOT NULL,"
    "  PRIMARY KEY (issuer, subject)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS subject_link_by_account ON subject_link (account);"
    "CREATE TABLE IF NOT EXISTS ceremony ("
    "  bound_to BLOB NOT NULL CHECK (length(bound_to) = 32),"
    "  purpose INTEGER NOT NULL,"
    "  secret BLOB NOT NULL CHECK (length(secret) = 32),"
    "  made_at INTEGER NOT NULL,"
    "  PRIMARY KEY (bound_to, purpose)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS ceremony_by_age ON ceremony (made_at);";

/* A look says why. */
static result complete_register(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)scratch;
    TRY(sqlite_run(db, registrations_index, err));
    TRY(sqlite_run(db, sign_in_tables, err));
    return sqlite_run(db, "ALTER TABLE look ADD COLUMN reason TEXT NOT NULL DEFAULT ''", err);
}

/* Older programs did not write down when anything was recorded last; they refuse this layout. */
static result note_latest(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)scratch;
    return sqlite_run(db,
                      "INSERT OR REPLACE INTO property SELECT '" PROPERTY_LATEST_INSTANT "',"
                      " CAST(CAST(MAX(recorded_at) AS TEXT) AS BLOB) FROM event"
                      " HAVING COUNT(*) > 0",
                      err);
}

/* What stands beside the events comes under the seal (proof.h). Whoever is signed in, or was asked
 * something, begins again; what others sign in with is proved by store_open, which has the key;
 * looks from before stay without a chain, which begins after them. */
static result come_under_the_seal(sqlite3 *db, struct arena scratch, struct err *err)
{
    static const struct {
        const char *table;
        const char *column;
    } proofs[] = {
        {"session", "proof"},       {"ceremony", "proof"}, {"password", "proof"},
        {"look", "chain"},          {"passkey", "proof"},  {"subject_link", "proof"},
        {"second_factor", "proof"},
    };
    (void)scratch;
    TRY(sqlite_run(db, "DELETE FROM session; DELETE FROM ceremony;", err));
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        char sql[256];
        sqlite3_snprintf(sizeof sql, sql,
                         "ALTER TABLE %s ADD COLUMN %s BLOB NOT NULL DEFAULT x'%064d'"
                         " CHECK (length(%s) = 32)",
                         proofs[i].table, proofs[i].column, 0, proofs[i].column);
        TRY(sqlite_run(db, sql, err));
    }
    return result_ok();
}

/* The derived tables of an older layout give way to those of this one; they are filled from the
 * events, which needs the key: store_open does it when it finds the mark. */
static result renew_derived(sqlite3 *db, struct arena scratch, struct err *err)
{
    TRY(drop_derived(db, err));
    TRY(sqlite_make_derived(db, "main", scratch, err));
    return sqlite_run(db,
                      "INSERT OR IGNORE INTO property SELECT '" PROPERTY_ROWS_ARE_OLD "', x'01'"
                      " WHERE EXISTS (SELECT 1 FROM event)",
                      err);
}

/* The number of a subject differs earlier than its kind: comparing one number, SQLite knows which
 * way to go. And of people who are recorded one after the other the events stand at the end of the
 * index, which it finds without a search. */
static result put_subject_first(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)scratch;
    return sqlite_run(
        db,
        "DROP INDEX main.event_by_subject;"
        "CREATE INDEX main.event_by_subject ON event (subject, subject_kind, position)",
        err);
}

/* Looks at many people in turn each came to a page of the index of its own; by blocks of the order
 * in which they were kept, those of a commit share a few. The looks at one person are asked for
 * block by block (QUERY_LOOKS_OF_PERSON). */
static result keep_looks_in_blocks(sqlite3 *db, struct arena scratch, struct err *err)
{
    (void)scratch;
    return sqlite_run(db,
                      "DROP INDEX main.look_by_subject;"
                      "CREATE INDEX main.look_by_subject ON look (number / " LOOKS_IN_A_BLOCK
                      ", subject_kind, subject)",
                      err);
}

struct migration {
    const char *name;
    result (*apply)(sqlite3 *db, struct arena scratch, struct err *err);
};

static const struct migration migrations[] = {
    {"first layout", make_first_layout},
    {"caseload", keep_as_it_is}, /* brought a derived table */
    {"the register complete", complete_register},
    {"the latest instant", note_latest},
    {"under the seal", come_under_the_seal},
    {"counts of intakes", keep_as_it_is},
    {"ties", keep_as_it_is},
    {"lookups by key alone", keep_as_it_is},
    {"erasures that wait", keep_as_it_is},
    {"subjects first", put_subject_first},
    {"whom a complaint is about, and what is pending", keep_as_it_is},
    /* The last of those that brought derived rows: earlier layouts of them, too. */
    {"since when who is imported is in their stage", renew_derived},
    {"looks in blocks", keep_looks_in_blocks},
};

enum {
    MIGRATION_COUNT = sizeof migrations / sizeof migrations[0],
    MIGRATION_OF_PROOFS = 5, /* "under the seal" */
};

static result apply_migration(sqlite3 *db, int number, instant now, struct err *err)
{
    struct arena scratch;
    TRY(arena_open(&scratch, 64 * 1024, err));
    const result applied = migrations[number - 1].apply(db, scratch, err);
    arena_close(&scratch);
    TRY(applied);
    char sql[256];
    sqlite3_snprintf(sizeof sql, sql,
                     "INSERT INTO migration VALUES (%d, %Q, %lld);"
                     "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                     number, migrations[number - 1].name, (long long)now.milliseconds,
                     APPLICATION_ID, number);
    return sqlite_run(db, sql, err);
}

static result refuse_stranger(const char *path, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "%s is not a returnhub store", path),
                  "the hint returns the failure");
    return err_hint(err, "Check the path. It is an SQLite file, but another program made it.");
}

static result refuse_empty(const char *path, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "%s is empty", path), "the hint returns the failure");
    return err_hint(err, "Check the path, or restore the last backup. If making a register was "
                         "interrupted here, move the file and its key away and begin again.");
}

static result refuse_newer(const char *path, int64_t version, struct err *err)
{
    result_ignore(
        err_set(err, ERROR_STORAGE,
                "%s was written by a newer returnhub (layout %lld; this program knows %d)", path,
                (long long)version, MIGRATION_COUNT),
        "the hint returns the failure");
    return err_hint(err, "Use the newer program, or restore a backup from before the upgrade.");
}

struct found {
    int64_t version;
    int64_t application;
    int64_t tables;
};

static result look_at(sqlite3 *db, struct found *ret_found, struct err *err)
{
    struct found found = {0};
    TRY(sqlite_ask_number(db, "PRAGMA user_version", &found.version, err));
    TRY(sqlite_ask_number(db, "PRAGMA application_id", &found.application, err));
    TRY(sqlite_ask_number(db, "SELECT COUNT(*) FROM sqlite_schema", &found.tables, err));
    *ret_found = found;
    return result_ok();
}

static result check_ours(const struct found *found, const char *path, bool new, struct err *err)
{
    const bool empty = found->version == 0 && found->application == 0 && found->tables == 0;
    if (empty && !new) {
        return refuse_empty(path, err);
    }
    if (!empty && found->application != APPLICATION_ID) {
        return refuse_stranger(path, err);
    }
    return found->version > MIGRATION_COUNT ? refuse_newer(path, found->version, err) : result_ok();
}

/* Looks again inside a writing transaction, so that two programs that start together migrate once.
 */
static result migrate(sqlite3 *db, const char *path, bool new, instant now,
                      bool *ret_brought_proofs, struct err *err)
{
    struct found found = {0};
    TRY(look_at(db, &found, err));
    TRY(check_ours(&found, path, new, err));
    *ret_brought_proofs = found.version > 0 && found.version < MIGRATION_OF_PROOFS;
    for (int number = (int)found.version + 1; number <= MIGRATION_COUNT; number++) {
        TRY(apply_migration(db, number, now, err));
    }
    return result_ok();
}

result sqlite_check_schema(sqlite3 *db, const char *path, bool new, instant now,
                           bool *ret_brought_proofs, struct err *err)
{
    struct found found = {0};
    TRY(look_at(db, &found, err));
    TRY(check_ours(&found, path, new, err));
    *ret_brought_proofs = false;
    if (found.version == MIGRATION_COUNT) {
        return result_ok();
    }
    TRY(sqlite_run(db, "BEGIN IMMEDIATE", err));
    const result migrated = migrate(db, path, new, now, ret_brought_proofs, err);
    if (!migrated.ok) {
        result_ignore(sqlite_run(db, "ROLLBACK", NULL), "the first failure is told");
        return migrated;
    }
    return sqlite_run(db, "COMMIT", err);
}

/* --- is the layout as we make it? --- */

static result layout_changed(const char *is, const char *should, struct err *err)
{
    return err_set(
        err, ERROR_STORAGE,
        "The layout of the store was changed behind its back: %.120s stands where %.120s "
        "should",
        is == NULL ? "nothing" : is, should == NULL ? "nothing" : should);
}

/* .at is NULL when there is no further row. */
static str next_text(sqlite3_stmt *statement)
{
    return sqlite3_step(statement) == SQLITE_ROW
               ? (str){.at = (const char *)sqlite3_column_text(statement, 0),
                       .len = (size_t)sqlite3_column_bytes(statement, 0)}
               : (str){0};
}

/* The rows of both must be the same, in order. */
static result compare_statements(sqlite3_stmt *is, sqlite3_stmt *should, struct err *err)
{
    for (;;) {
        const str text_is = next_text(is);
        const str text_should = next_text(should);
        if (text_is.at == NULL && text_should.at == NULL) {
            return result_ok();
        }
        if (text_is.at == NULL || text_should.at == NULL || !str_equal(text_is, text_should)) {
            return layout_changed(text_is.at, text_should.at, err);
        }
    }
}

static result compare_layouts(sqlite3 *db, sqlite3 *fresh, const char *sql, struct err *err)
{
    sqlite3_stmt *is = NULL;
    sqlite3_stmt *should = NULL;
    const int code = sqlite3_prepare_v2(db, sql, -1, &is, NULL);
    result compared =
        code == SQLITE_OK && sqlite3_prepare_v2(fresh, sql, -1, &should, NULL) == SQLITE_OK
            ? compare_statements(is, should, err)
            : sqlite_failure(db, code, "read", err);
    sqlite3_finalize(is);
    sqlite3_finalize(should);
    return compared;
}

result sqlite_check_layout(struct connection *connection, struct err *err)
{
    static const char *const questions[] = {
        "SELECT name || ': ' || COALESCE(sql, '') FROM main.sqlite_schema"
        " WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
        "SELECT 'migration ' || number || ' ' || name FROM main.migration ORDER BY number",
    };
    sqlite3 *db = sqlite_of(connection)->db;
    sqlite3 *fresh = NULL;
    bool brought_proofs = false;
    const int code = sqlite3_open(":memory:", &fresh);
    result checked = code == SQLITE_OK
                         ? sqlite_check_schema(fresh, "a new store", true,
                                               (instant){.milliseconds = 0}, &brought_proofs, err)
                         : sqlite_failure(db, code, "read", err);
    for (size_t i = 0; checked.ok && i < sizeof questions / sizeof questions[0]; i++) {
        checked = compare_layouts(db, fresh, questions[i], err);
    }
    sqlite3_close(fresh);
    return checked;
}
