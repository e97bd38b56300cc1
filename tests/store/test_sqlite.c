/* Aim: what the SQLite file itself promises: to somebody with a shell, to a second process, on a
 * full disk, under a newer or a foreign program, and after somebody changed it by hand. */
#include "harness.h"
#include "store/internal.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what is in the file --- */

static bool file_contains(struct room *room, const char *suffix, const char *wanted)
{
    char path[300];
    struct arena arena = {0};
    str bytes = {0};
    snprintf(path, sizeof path, "%s%s", room->path, suffix);
    EXPECT_OK(arena_open(&arena, 64 << 20, &failure));
    const bool exists = system_file_exists(path);
    if (exists) {
        EXPECT_OK(system_read_file(path, 32 << 20, &arena, &bytes, &failure));
    }
    const bool found = exists && str_contains(bytes, str_from_c(wanted));
    arena_close(&arena);
    return found;
}

static void no_name_in_clear(void **state)
{
    /* Aim: what is personal is nowhere in the file or its log in clear: names, notes, reasons.
     * Facts, which have no name in them, are: that shows that the search finds what is there. */
    struct room *room = *state;
    make_person(room, "RH-1", "Marker-Name-Kovacevic", "claim");
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    note.body.note_added.note = STR("Marker-Note-Persecuted");
    append_ok(room, note);
    struct event corrected = event_of(SUBJECT_OF_PERSON, 1, EVENT_IDENTITY_CORRECTED);
    corrected.body.identity_corrected.name = STR("Marker-Name-Corrected");
    corrected.body.identity_corrected.reason = STR("Marker-Reason");
    append_ok(room, corrected);
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "Marker-Fact", "yes"));
    assert_true(file_contains(room, "-wal", "Marker-Fact"));
    for (int closed = 0; closed < 2; closed++) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};
        for (size_t i = 0; i < 3; i++) {
            assert_false(file_contains(room, suffixes[i], "Marker-N"));
            assert_false(file_contains(room, suffixes[i], "Marker-R"));
        }
        room_reopen(room); /* moves the log into the file */
    }
    assert_true(file_contains(room, "", "Marker-Fact"));
}

static void files_are_private(void **state)
{
    /* Aim: the file and its key belong to their owner alone, and the key file holds 64 digits. */
    struct room *room = *state;
    const char *const paths[] = {room->path, room->key_path};
    for (size_t i = 0; i < 2; i++) {
        struct stat status;
        assert_int_equal(stat(paths[i], &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    str text;
    EXPECT_OK(system_read_file(room->key_path, 1000, &room->arena, &text, &failure));
    assert_int_equal(text.len, 65);
}

static int64_t asked_number(sqlite3 *db, const char *sql)
{
    int64_t number = -1;
    EXPECT_OK(sqlite_ask_number(db, sql, &number, &failure));
    return number;
}

static int setting(sqlite3 *db, int which)
{
    int value = -1;
    assert_int_equal(sqlite3_db_config(db, which, -1, &value), SQLITE_OK);
    return value;
}

static void expect_settings(sqlite3 *db, bool reads)
{
    assert_int_equal(asked_number(db, "PRAGMA synchronous"), 2); /* FULL */
    assert_int_equal(asked_number(db, "PRAGMA secure_delete"), 1);
    assert_int_equal(asked_number(db, "PRAGMA cell_size_check"), 1);
    assert_int_equal(asked_number(db, "PRAGMA mmap_size"), 0);
    assert_int_equal(asked_number(db, "PRAGMA query_only"), reads ? 1 : 0);
    assert_int_equal(asked_number(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(setting(db, SQLITE_DBCONFIG_DEFENSIVE), 1);
    assert_int_equal(setting(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA), 0);
    assert_int_equal(setting(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION), 0);
}

static result check_reader(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    (void)err;
    expect_settings(sqlite_of(transaction->connection)->db, true);
    return result_ok();
}

static void settings_are_those_promised(void **state)
{
    /* Aim: every connection has the settings that durability and safety rest on. */
    struct room *room = *state;
    char mode[16] = "";
    expect_settings(sqlite_of(room->store->writing.connection)->db, false);
    read_ok(room, check_reader, NULL);
    assert_int_equal(run_sql(room->path, "PRAGMA journal_mode", mode, sizeof mode), SQLITE_OK);
    assert_string_equal(mode, "wal");
    char strict[16] = "";
    run_sql(room->path,
            "SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name "
            "NOT LIKE 'sqlite%'",
            strict, sizeof strict);
    assert_string_equal(strict, "0");
}

/* --- by hand --- */

static void refuse_sql(struct room *room, const char *sql, const char *reason)
{
    char text[200] = "";
    assert_int_not_equal(run_sql(room->path, sql, text, sizeof text), SQLITE_OK);
    if (strstr(text, reason) == NULL) {
        fail_msg("%s: %s", sql, text);
    }
}

static struct look look_for(const char *purpose)
{
    return (struct look){.account = 3,
                         .subject_kind = SUBJECT_OF_PERSON,
                         .subject = 1,
                         .at = base_time,
                         .purpose = str_from_c(purpose)};
}

static result look_at_person(struct transaction *transaction, void *context, struct err *err)
{
    const struct look look = look_for(context);
    return transaction_record_look(transaction, &look, err);
}

static void history_cannot_be_edited(void **state)
{
    /* Aim: SQL by hand changes and deletes no event and no look. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    write_ok(room, look_at_person, (void *)(uintptr_t) "person page");
    refuse_sql(room, "UPDATE event SET effective_on = 0", "an event is never changed");
    refuse_sql(room, "UPDATE event SET sealed = x'00' WHERE position = 1",
               "an event is never changed");
    refuse_sql(room, "DELETE FROM event", "an event is never deleted");
    refuse_sql(room, "UPDATE look SET account = 9", "a look is never changed");
    refuse_sql(room, "DELETE FROM look WHERE number = 1", "a look is never deleted");
    refuse_sql(room, "INSERT INTO event VALUES (1, 1, 1, 1, 1, 1, 1, NULL, x'00', zeroblob(32))",
               "UNIQUE");
    refuse_sql(room, "INSERT INTO event VALUES (2, 1, 1, 1, 1, 1, 1, NULL, x'00', zeroblob(31))",
               "CHECK");
    refuse_sql(room,
               "INSERT INTO event VALUES (2, 1, 1, 'one', 1, 1, 1, NULL, x'00', zeroblob(32))",
               "cannot store TEXT");
    assert_int_equal(read_event_count(room), 1);
}

static void constraints_keep_places_whole(void **state)
{
    /* Aim: even SQL by hand cannot give a place twice, or leave it half held. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_person(room, "RH-2", "Ben", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 3);
    append_ok(room, taken_event(1, 0, "claim", "at_hub", hub, 1));
    const int64_t request = request_step(room, 2, hub);
    append_ok(room, approval_event(2, request, 9, 2));
    refuse_sql(room, "UPDATE place SET state = 3, person = 1 WHERE number = 3", "UNIQUE");
    char sql[120];
    snprintf(sql, sizeof sql,
             "UPDATE place SET state = 2, person = 2, request = %lld WHERE number = 3",
             (long long)request);
    refuse_sql(room, sql, "UNIQUE");
    refuse_sql(room, "INSERT INTO place VALUES (1, 1, '', 1, 0, 0, 0, NULL, '', NULL, 0, 0)",
               "UNIQUE");
    refuse_sql(room, "UPDATE place SET state = 3 WHERE number = 3", "CHECK");
    refuse_sql(room, "UPDATE place SET person = 5 WHERE number = 3", "CHECK");
    refuse_sql(room, "UPDATE place SET state = 1 WHERE number = 1", "CHECK");
    refuse_sql(room, "UPDATE place SET state = 7 WHERE number = 3", "CHECK");
    refuse_sql(room, "INSERT INTO place VALUES (1, 0, '', 1, 0, 0, 0, NULL, '', NULL, 0, 0)",
               "CHECK");
    expect_rebuild_equal(room);
}

/* Plants a difference, expects it found and described, and repaired by a rebuild that replaces. */
static void expect_difference(struct room *room, const char *sql, int64_t differences,
                              const char *description)
{
    struct rebuild_outcome outcome = {0};
    char text[200] = "";
    if (run_sql(room->path, sql, text, sizeof text) != SQLITE_OK) {
        fail_msg("%s: %s", sql, text);
    }
    EXPECT_OK(store_rebuild(room->store, false, NULL, NULL, &outcome, &failure));
    assert_int_equal(outcome.differences, differences);
    assert_string_equal(outcome.first_difference, description);
    EXPECT_OK(store_rebuild(room->store, true, NULL, NULL, &outcome, &failure));
    assert_int_equal(outcome.differences, differences);
    expect_rebuild_equal(room);
}

static void rebuild_finds_what_was_changed(void **state)
{
    /* Aim: a row changed, added or deleted by hand is found, told in words, and put right. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_person(room, "RH-2", "Ben", "claim");
    make_hub(room, "HUB-1", 2);
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "nationality", "ALB"));
    request_step(room, 1, 1);
    expect_difference(room, "UPDATE person SET stage = 'returned' WHERE id = 2", 1,
                      "person (id 2): stage is \"returned\" and should be \"claim\" (event 2)");
    expect_difference(room, "UPDATE person SET next_check_on = 5 WHERE id = 1", 1,
                      "person (id 1): next_check_on is 5 and should be unknown (event 1)");
    expect_difference(room, "DELETE FROM person WHERE id = 1", 1,
                      "person (id 1) is missing (event 1)");
    expect_difference(room, "INSERT INTO place VALUES (1, 3, '', 1, 0, 0, 0, NULL, '', NULL, 0, 0)",
                      1, "place (hub 1, number 3) is there, but no event made it (event 4)");
    expect_difference(
        room, "UPDATE fact SET value = 'GBR'", 1,
        "fact (subject 1, subject_kind 1, fact \"nationality\", true_from 20000, position 5): "
        "value is \"GBR\" and should be \"ALB\" (event 5)");
    expect_difference(room, "UPDATE caseload SET facts = x'02C0B80204' WHERE person = 1", 1,
                      "caseload (person 1): facts is 5 bytes 02c0b80204 and should be 5 bytes "
                      "02c0b80208 (event 6)");
    expect_difference(room, "UPDATE caseload SET hub = 1 WHERE person = 2", 1,
                      "caseload (person 2): hub is 1 and should be 0 (event 2)");
    expect_difference(room, "UPDATE word SET name = 'GBR' WHERE number = 2", 1,
                      "word (number 2): name is \"GBR\" and should be \"ALB\"");
    expect_difference(room, "DELETE FROM fact_name", 1, "fact_name (number 1) is missing");
    expect_difference(
        room,
        "DELETE FROM fact; DELETE FROM request; UPDATE hub SET agreement = 4; DELETE FROM place", 5,
        "fact (subject 1, subject_kind 1, fact \"nationality\", true_from 20000, position 5) is "
        "missing (event 5)");
}

static const char *const unlock_events =
    "DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_deleted;";

static result read_two(struct transaction *transaction, void *context, struct err *err)
{
    struct room *room = context;
    struct event event;
    TRY(transaction_event(transaction, 2, &room->arena, &event, err));
    return transaction_event(transaction, 3, &room->arena, &event, err);
}

static const char swap_events[] =
    "UPDATE event SET position = 105 - position WHERE position IN (2, 3);"
    "UPDATE event SET position = position - 100 WHERE position > 100";

static void expect_tampering_found(struct room *room, const char *sql)
{
    char copy[300];
    char text[400];
    struct rebuild_outcome outcome = {0};
    snprintf(copy, sizeof copy, "%s.copy", room->path);
    snprintf(text, sizeof text, "VACUUM INTO '%s'", copy);
    assert_int_equal(run_sql(room->path, text, NULL, 0), SQLITE_OK);
    const struct store_options options = {
        .path = copy, .key_path = room->key_path, .system = &room->fake.system};
    struct store *tampered = NULL;
    assert_int_equal(run_sql(copy, unlock_events, NULL, 0), SQLITE_OK);
    if (run_sql(copy, sql, text, sizeof text) != SQLITE_OK) {
        fail_msg("%s: %s", sql, text);
    }
    EXPECT_OK(store_open(&options, &tampered, &failure));
    EXPECT_ERROR(store_rebuild(tampered, false, NULL, NULL, &outcome, &failure), ERROR_STORAGE);
    struct store *kept = room->store;
    room->store = tampered;
    const bool missing = strstr(sql, "DELETE") != NULL;
    EXPECT_ERROR(store_read(tampered, read_two, room, &failure),
                 missing ? ERROR_NOT_FOUND : ERROR_STORAGE);
    room->store = kept;
    store_close(tampered);
    assert_int_equal(unlink(copy), 0);
}

static void changed_events_are_noticed(void **state)
{
    /* Aim: somebody who takes the triggers away and edits an event - its body, its header, its
     * leaf, its place in the list - is found out when it is read and when it is replayed. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "nationality", "ALB"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "nationality", "GBR"));
    make_person(room, "RH-2", "Ben", "claim");
    assert_int_equal(run_sql(room->path, "PRAGMA integrity_check", NULL, 0), SQLITE_OK);
    EXPECT_OK(store_read(room->store, read_two, room, &failure));
    static const char *const edits[] = {
        "UPDATE event SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB) WHERE position = 2",
        "UPDATE event SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE position = 2",
        "UPDATE event SET sealed = x'00' WHERE position = 2",
        "UPDATE event SET effective_on = effective_on + 1 WHERE position = 2",
        "UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 2",
        "UPDATE event SET actor = 7 WHERE position = 2",
        "UPDATE event SET subject = 2 WHERE position = 2",
        "UPDATE event SET subject_kind = 2 WHERE position = 2",
        "UPDATE event SET kind = kind + 1 WHERE position = 2",
        "UPDATE event SET kind = 900 WHERE position = 2",
        "UPDATE event SET client_id = x'00000000000000000000000000000001' WHERE position = 2",
        "UPDATE event SET leaf = zeroblob(32) WHERE position = 2",
        "UPDATE event SET sealed = (SELECT sealed FROM event WHERE position = 3) WHERE position = "
        "2",
        swap_events,
        "DELETE FROM event WHERE position = 2",
        "UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key WHERE subject = 2) "
        "WHERE subject = 1",
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        expect_tampering_found(room, edits[i]);
    }
}

struct erased_asked {
    struct room *room;
    struct identity identity;
};

static result read_erased(struct transaction *transaction, void *context, struct err *err)
{
    struct erased_asked *asked = context;
    struct person_row person;
    TRY(transaction_person(transaction, 1, &asked->room->arena, &person, err));
    return transaction_identity(transaction, &person, &asked->room->arena, &asked->identity, err);
}

static void a_destroyed_key_erases(void **state)
{
    /* Aim: without their key a person has no name any more; the history keeps its headers, and
     * nothing can be added. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    note.body.note_added.note = STR("a note");
    append_ok(room, note);
    assert_int_equal(run_sql(room->path, "UPDATE subject_key SET wrapped = NULL", NULL, 0),
                     SQLITE_OK);
    struct erased_asked asked = {.room = room};
    read_ok(room, read_erased, &asked);
    assert_true(asked.identity.name.len == 0 && !asked.identity.born_on.known);
    const struct events_read history = read_history(room, 1, 0, 0);
    assert_int_equal(history.count, 2);
    assert_true(history.events[0].kind == EVENT_NOTE_ADDED &&
                history.events[0].body.note_added.note.len == 0);
    append_refused(room, note, ERROR_CONFLICT);
}

/* --- opening --- */

static void expect_open_fails(struct room *room, bool create, enum error_code code,
                              const char *part)
{
    struct store *store = NULL;
    struct err err = {0};
    assert_false(room_open_store(room, create, &store, &err).ok);
    assert_int_equal(err.code, code);
    if (strstr(err.what, part) == NULL || err.hint[0] == '\0') {
        fail_msg("\"%s\" (hint \"%s\")", err.what, err.hint);
    }
    assert_null(store);
}

static void write_bytes(const char *path, const char *text)
{
    EXPECT_OK(system_write_file(path, str_from_c(text), 0600, &failure));
}

static void keys_are_checked(void **state)
{
    /* Aim: without the right key nothing opens; the error names the file and says what to do; the
     * right one still fits. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    store_close(room->store);
    room->store = NULL;
    str right;
    EXPECT_OK(system_read_file(room->key_path, 1000, &room->arena, &right, &failure));
    assert_int_equal(chmod(room->key_path, 0600), 0);
    write_bytes(room->key_path,
                "0000000000000000000000000000000000000000000000000000000000000001\n");
    expect_open_fails(room, false, ERROR_STORAGE, "does not belong to this store");
    write_bytes(room->key_path, "not a key\n");
    expect_open_fails(room, false, ERROR_STORAGE, "is not a key file");
    assert_int_equal(unlink(room->key_path), 0);
    expect_open_fails(room, false, ERROR_STORAGE, "is missing");
    write_bytes(room->key_path, right.at);
    static const mode_t shared[] = {0640, 0604, 0660, 0610};
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        assert_int_equal(chmod(room->key_path, shared[i]), 0);
        expect_open_fails(room, false, ERROR_STORAGE, "others may read");
    }
    assert_int_equal(chmod(room->key_path, 0400), 0);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    assert_int_equal(read_event_count(room), 1);
}

static void nothing_is_overwritten(void **state)
{
    /* Aim: a new store is made only where there is neither a store nor a key. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    expect_open_fails(room, true, ERROR_CONFLICT, "exists already");
    store_close(room->store);
    room->store = NULL;
    char moved[300];
    snprintf(moved, sizeof moved, "%s.moved", room->path);
    assert_int_equal(rename(room->path, moved), 0);
    expect_open_fails(room, true, ERROR_CONFLICT, "The key file");
    assert_false(system_file_exists(room->path));
    expect_open_fails(room, false, ERROR_NOT_FOUND, "There is no store");
    assert_int_equal(rename(moved, room->path), 0);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    assert_int_equal(read_event_count(room), 1);
}

static void strange_files_are_left_alone(void **state)
{
    /* Aim: a newer store, another program's database, and what is no database are refused, each
     * with its reason, and left as they are to the byte. */
    struct room *room = *state;
    str before;
    str after;
    store_close(room->store);
    room->store = NULL;
    char version[40] = "PRAGMA user_version = ";
    const size_t end = strlen(version);
    run_sql(room->path, "PRAGMA user_version", version + end, sizeof version - end);
    assert_int_equal(run_sql(room->path, "PRAGMA user_version = 999", NULL, 0), SQLITE_OK);
    expect_open_fails(room, false, ERROR_STORAGE, "newer returnhub");
    assert_int_equal(run_sql(room->path, version, NULL, 0), SQLITE_OK);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    store_close(room->store);
    room->store = NULL;
    assert_int_equal(unlink(room->path), 0);

    assert_int_equal(
        run_sql(room->path, "CREATE TABLE stranger (x); INSERT INTO stranger VALUES (1)", NULL, 0),
        SQLITE_OK);
    EXPECT_OK(system_read_file(room->path, 1 << 20, &room->arena, &before, &failure));
    expect_open_fails(room, false, ERROR_STORAGE, "is not a returnhub store");
    EXPECT_OK(system_read_file(room->path, 1 << 20, &room->arena, &after, &failure));
    assert_true(str_equal(before, after));

    write_bytes(
        room->path,
        "This is a letter and not a database, although it is long enough to be looked at twice. "
        "This is a letter and not a database, although it is long enough to be looked at twice.\n");
    expect_open_fails(room, false, ERROR_STORAGE, "not a store");
}

/* Undoes "under the seal" (the number of the layout is left to the caller). */
static const char without_proofs[] =
    "ALTER TABLE look DROP COLUMN chain; ALTER TABLE session DROP COLUMN proof;"
    "ALTER TABLE password DROP COLUMN proof; ALTER TABLE second_factor DROP COLUMN proof;"
    "ALTER TABLE passkey DROP COLUMN proof; ALTER TABLE subject_link DROP COLUMN proof;"
    "ALTER TABLE ceremony DROP COLUMN proof;";

/* A note about the person, so long after the base time. */
static struct event note_at(int64_t person, int64_t milliseconds)
{
    struct event note = event_of(SUBJECT_OF_PERSON, person, EVENT_NOTE_ADDED);
    note.recorded_at.milliseconds = base_time.milliseconds + milliseconds;
    return note;
}

static result append_then_fail(struct transaction *transaction, void *context, struct err *err)
{
    struct event *note = context;
    TRY(transaction_append(transaction, note, err));
    return err_set(err, ERROR_CONFLICT, "changed its mind");
}

static void latest_instant_is_never_behind(void **state)
{
    /* Aim: what was recorded last of anybody is written down with the commit that records it, so
     * that a history never runs backwards: not after a restart, not when another process appended,
     * not after a work that was undone, not in the store of an older program. */
    struct room *room = *state;
    struct store *other = NULL;
    const int64_t ana = make_person(room, "RH-1", "Ana", "claim");
    const int64_t ben = make_person(room, "RH-2", "Ben", "claim");
    append_ok(room, note_at(ana, 5000));
    append_ok(room, note_at(ben, 3000)); /* each person's order is their own */
    room_reopen(room);
    append_refused(room, note_at(ana, 4999), ERROR_CONFLICT);
    append_ok(room, note_at(ben, 4000));

    EXPECT_OK(room_open_store(room, false, &other, &failure));
    struct store *own = room->store;
    room->store = other;
    append_ok(room, note_at(ben, 9000));
    room->store = own;
    append_refused(room, note_at(ben, 8999), ERROR_CONFLICT);
    append_ok(room, note_at(ben, 9000));
    store_close(other);

    struct event undone = note_at(ana, 20000);
    EXPECT_ERROR(store_write(room->store, append_then_fail, &undone, &failure), ERROR_CONFLICT);
    append_ok(room, note_at(ana, 10000));
    append_refused(room, note_at(ana, 9999), ERROR_CONFLICT);
    char written[40] = "";
    const char *const asked = "SELECT value FROM property WHERE name = 'latest_instant'";
    run_sql(room->path, asked, written, sizeof written);
    assert_int_equal(strtoll(written, NULL, 10), base_time.milliseconds + 10000);

    store_close(room->store);
    assert_int_equal(run_sql(room->path, without_proofs, NULL, 0), SQLITE_OK);
    assert_int_equal(run_sql(room->path,
                             "DELETE FROM property WHERE name = 'latest_instant';"
                             "DELETE FROM migration WHERE number > 3; PRAGMA user_version = 3",
                             NULL, 0),
                     SQLITE_OK);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    run_sql(room->path, asked, written, sizeof written);
    assert_int_equal(strtoll(written, NULL, 10), base_time.milliseconds + 10000);
    append_refused(room, note_at(ana, 9999), ERROR_CONFLICT);
}

/* Undoes the later migrations: as a program wrote it that knew the first layout alone. */
static const char first_layout[] =
    "DROP TABLE caseload; DROP TABLE fact_name; DROP TABLE word;"
    "ALTER TABLE look DROP COLUMN chain; ALTER TABLE session DROP COLUMN proof;"
    "ALTER TABLE password DROP COLUMN proof; DROP TABLE second_factor;"
    "DROP TABLE passkey; DROP TABLE subject_link; DROP TABLE ceremony;"
    "INSERT INTO password VALUES (7, 'a hash from before');"
    "ALTER TABLE look DROP COLUMN reason; ALTER TABLE session DROP COLUMN proven_at;"
    "DELETE FROM migration WHERE number > 1; PRAGMA user_version = 1";

static const char lookups_of_bytes[] =
    "DROP TABLE lookup; CREATE TABLE lookup (key BLOB NOT NULL CHECK (length(key) = 16),"
    " position INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (key, position))"
    " STRICT, WITHOUT ROWID;"
    "INSERT INTO lookup VALUES (x'000102030405060708090a0b0c0d0e0f', 1, 1);"
    "CREATE INDEX lookup_by_event ON lookup (position);"
    "DROP INDEX person_to_be_erased; DROP INDEX event_by_subject;"
    "CREATE INDEX event_by_subject ON event (subject_kind, subject, position);"
    "DROP INDEX look_by_subject; CREATE INDEX look_by_subject ON look (subject_kind, subject);"
    "DELETE FROM migration WHERE number > 7; PRAGMA user_version = 7";

static void note_last(void *context, int64_t done, int64_t all)
{
    int64_t *last = context;
    assert_true(done <= all);
    *last = done;
}

static result read_old_password(struct transaction *transaction, void *context, struct err *err)
{
    str hash = STR("");
    TRY(transaction_password_hash(transaction, 7, context, &hash, err));
    assert_true(str_equal(hash, STR("a hash from before")));
    return result_ok();
}

static void old_stores_are_brought_up_to_date(void **state)
{
    /* Aim: the store of an older program gets the rows it lacks from its events, once, when it is
     * opened; also when the first try was cut off. */
    struct room *room = *state;
    char text[40] = "";
    int64_t last = 0;
    make_person(room, "RH-1", "Ana", "claim");
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "nationality", "ALB"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "present", "yes"));
    store_close(room->store);
    room->store = NULL;
    assert_int_equal(run_sql(room->path, first_layout, NULL, 0), SQLITE_OK);
    const struct store_options options = {.path = room->path,
                                          .system = &room->fake.system,
                                          .key_path = room->key_path,
                                          .progress = note_last,
                                          .progress_context = &last};
    EXPECT_OK(store_open(&options, &room->store, &failure));
    assert_int_equal(last, 3);
    EXPECT_OK(store_read(room->store, read_old_password, &room->arena, &failure));
    expect_rebuild_equal(room);
    run_sql(room->path, "SELECT hex(facts) FROM caseload", text, sizeof text);
    /* Facts 1 and 2, true from day 20000; words 2 and 3, after the stage. */
    assert_string_equal(text, "02C0B80208"
                              "02000C");
    store_close(room->store);
    last = 0;
    EXPECT_OK(store_open(&options, &room->store, &failure));
    assert_int_equal(last, 0);
    store_close(room->store);
    /* The tables were made and the mark set, and then the power went. */
    run_sql(room->path, "DELETE FROM caseload; INSERT INTO property VALUES ('rows_are_old', x'01')",
            NULL, 0);
    EXPECT_OK(store_open(&options, &room->store, &failure));
    assert_int_equal(last, 3);
    expect_rebuild_equal(room);
    /* Written by a program that kept what people are found by as bytes, and found by an index what
     * an event brought of it. */
    store_close(room->store);
    last = 0;
    assert_int_equal(run_sql(room->path, lookups_of_bytes, NULL, 0), SQLITE_OK);
    EXPECT_OK(store_open(&options, &room->store, &failure));
    assert_int_equal(last, 3);
    run_sql(room->path,
            "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('lookup_by_event',"
            " 'person_to_be_erased') OR sql LIKE '%event (subject_kind, subject, position)'"
            " OR sql LIKE '%look (subject_kind, subject)'",
            text, sizeof text);
    assert_string_equal(text, "1"); /* person_to_be_erased */
    expect_rebuild_equal(room);
}

static const char put_doors_in[] =
    "INSERT INTO password VALUES (7, 'a hash from before');"
    "INSERT INTO passkey VALUES (x'000102030405060708090a0b0c0d0e0f', 7, 'Key', -7, x'04', 1, 2, "
    "3);"
    "INSERT INTO subject_link VALUES ('https://provider.example', 'seven', 7);";

static result read_old_doors(struct transaction *transaction, void *context, struct err *err)
{
    const struct passkey_row *passkeys = NULL;
    const struct subject_link_row *links = NULL;
    size_t count = 0;
    TRY(read_old_password(transaction, context, err));
    TRY(transaction_passkeys(transaction, 7, context, &passkeys, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(passkeys[0].algorithm, -7);
    TRY(transaction_subject_links(transaction, 7, context, &links, &count, err));
    assert_int_equal(count, 1);
    assert_true(str_equal(links[0].subject, STR("seven")));
    return result_ok();
}

static result read_passkey_of_eight(struct transaction *transaction, void *context, struct err *err)
{
    const struct passkey_row *passkeys = NULL;
    size_t count = 0;
    return transaction_passkeys(transaction, 8, context, &passkeys, &count, err);
}

static void what_opens_doors_is_proved_once(void **state)
{
    /* Aim: what a store had to sign in with before there were proofs is taken over when its layout
     * is brought up to date; what is changed or put in after that is not, whenever it is opened. */
    static const char *const changes[] = {
        "UPDATE passkey SET account = 8",
        "UPDATE subject_link SET account = 7, subject = 'eight'",
        "UPDATE password SET hash = 'another'",
        "UPDATE passkey SET proof = zeroblob(32)",
        "UPDATE subject_link SET proof = zeroblob(32)",
        "UPDATE password SET proof = zeroblob(32)",
    };
    struct room *room = *state;
    store_close(room->store);
    assert_int_equal(run_sql(room->path, without_proofs, NULL, 0), SQLITE_OK);
    assert_int_equal(run_sql(room->path, put_doors_in, NULL, 0), SQLITE_OK);
    assert_int_equal(run_sql(room->path,
                             "DELETE FROM migration WHERE number > 4; PRAGMA user_version = 4",
                             NULL, 0),
                     SQLITE_OK);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    EXPECT_OK(store_read(room->store, read_old_doors, &room->arena, &failure));
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        store_close(room->store);
        assert_int_equal(run_sql(room->path,
                                 "CREATE TABLE kept_p AS SELECT * FROM passkey;"
                                 "CREATE TABLE kept_l AS SELECT * FROM subject_link;"
                                 "CREATE TABLE kept_w AS SELECT * FROM password",
                                 NULL, 0),
                         SQLITE_OK);
        assert_int_equal(run_sql(room->path, changes[i], NULL, 0), SQLITE_OK);
        EXPECT_OK(room_open_store(room, false, &room->store, &failure));
        if (i == 0) { /* another account's: it must not open that one */
            EXPECT_ERROR(store_read(room->store, read_passkey_of_eight, &room->arena, &failure),
                         ERROR_STORAGE);
        } else {
            EXPECT_ERROR(store_read(room->store, read_old_doors, &room->arena, &failure),
                         ERROR_STORAGE);
        }
        store_close(room->store);
        assert_int_equal(run_sql(room->path,
                                 "DELETE FROM passkey; INSERT INTO passkey SELECT * FROM kept_p;"
                                 "DELETE FROM subject_link;"
                                 "INSERT INTO subject_link SELECT * FROM kept_l;"
                                 "DELETE FROM password; INSERT INTO password SELECT * FROM kept_w;"
                                 "DROP TABLE kept_p; DROP TABLE kept_l; DROP TABLE kept_w",
                                 NULL, 0),
                         SQLITE_OK);
        EXPECT_OK(room_open_store(room, false, &room->store, &failure));
        EXPECT_OK(store_read(room->store, read_old_doors, &room->arena, &failure));
    }
}

static void old_empty_store(void **state)
{
    /* Aim: where there is no event there is nothing to make anew. */
    struct room *room = *state;
    store_close(room->store);
    room->store = NULL;
    assert_int_equal(run_sql(room->path, first_layout, NULL, 0), SQLITE_OK);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    make_person(room, "RH-1", "Ana", "claim");
    expect_rebuild_equal(room);
}

/* --- a full disk --- */

static result append_long_note(struct transaction *transaction, void *context, struct err *err)
{
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    note.body.note_added.note = *(const str *)context;
    return transaction_append(transaction, &note, err);
}

static str long_text(struct room *room)
{
    char *text = ARENA_NEW(&room->arena, char, 20001);
    memset(text, 'x', 20000);
    return (str){.at = text, .len = 20000};
}

/* Writes until it fails; gives what was written and the error. */
static int64_t write_until_full(struct room *room, struct err *err)
{
    const str text = long_text(room);
    for (int64_t written = 0; written < 2000; written++) {
        str copy = text;
        if (!store_write(room->store, append_long_note, &copy, err).ok) {
            return written;
        }
    }
    fail_msg("the disk never filled");
    return 0;
}

static void a_full_disk(void **state)
{
    /* Aim: when the disk is full a write fails with a plain error, what was acknowledged is there,
     * reading goes on, and with room made the same store writes again. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    sqlite3 *db = sqlite_of(room->store->writing.connection)->db;
    char sql[60];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld",
             (long long)asked_number(db, "PRAGMA page_count") + 40);
    asked_number(db, sql);
    struct err err = {0};
    const int64_t written = write_until_full(room, &err);
    assert_true(written > 0);
    assert_int_equal(err.code, ERROR_STORAGE);
    assert_non_null(strstr(err.what, "the disk is full"));
    assert_non_null(strstr(err.hint, "Nothing of this change was stored"));
    assert_int_equal(read_event_count(room), 1 + written);
    expect_rebuild_equal(room);
    asked_number(db, "PRAGMA max_page_count = 100000");
    str text = long_text(room);
    write_ok(room, append_long_note, &text);
    assert_int_equal(read_event_count(room), 2 + written);
    room_reopen(room);
    expect_rebuild_equal(room);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_refusing_disk(void **state)
{
    /* Aim: when the system refuses to write the log - here because the file would be too long - the
     * error says that nothing was stored or, when there is not even room to make sure of that, that
     * it is not known; what was acknowledged before is there, and the store writes again once it
     * can. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    signal(SIGXFSZ, SIG_IGN);
    enum { WRITTEN = 20 };
    str text = long_text(room);
    for (int i = 0; i < WRITTEN; i++) {
        write_ok(room, append_long_note, &text);
    }
    struct err err = {0};
    limit_file_size(64 * 1024); /* far below what the log has grown to: nothing more fits */
    const result refused = store_write(room->store, append_long_note, &text, &err);
    limit_file_size(RLIM_INFINITY);
    assert_false(refused.ok);
    assert_int_equal(err.code, ERROR_STORAGE);
    const bool is_known = strstr(err.what, "Nothing of the change was stored") != NULL;
    const bool is_unknown =
        strstr(err.what, "not known") != NULL && strstr(err.hint, "client id") != NULL;
    if (is_known == is_unknown) {
        fail_msg("%s / %s", err.what, err.hint);
    }
    assert_int_equal(read_event_count(room), 1 + WRITTEN);
    write_ok(room, append_long_note, &text);
    room_reopen(room);
    assert_int_equal(read_event_count(room), 2 + WRITTEN);
    expect_rebuild_equal(room);
}

/* --- looks --- */

static int64_t looks_in_file(struct room *room)
{
    char text[24] = "";
    long long count = -1;
    assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM look", text, sizeof text),
                     SQLITE_OK);
    assert_int_equal(sscanf(text, "%lld", &count), 1);
    return count;
}

enum { LOOKERS = 8, LOOKS_EACH = 200 };

static void *look_often(void *context)
{
    struct room *room = context;
    const struct look look = look_for("person page");
    intptr_t recorded = 0;
    for (int i = 0; i < LOOKS_EACH; i++) {
        recorded += store_look(room->store, &look, NULL).ok ? 1 : 0;
    }
    return (void *)recorded;
}

static void looks_are_written(void **state)
{
    /* Aim: each look of many readers is in the file, with what it was for; none is made in a read,
     * and none without a purpose that fits. */
    struct room *room = *state;
    pthread_t threads[LOOKERS];
    void *recorded = NULL;
    for (int i = 0; i < LOOKERS; i++) {
        pthread_create(&threads[i], NULL, look_often, room);
    }
    for (int i = 0; i < LOOKERS; i++) {
        pthread_join(threads[i], &recorded);
        assert_int_equal((intptr_t)recorded, LOOKS_EACH);
    }
    write_ok(room, look_at_person, (void *)(uintptr_t) "decision");
    assert_int_equal(looks_in_file(room), LOOKERS * LOOKS_EACH + 1);
    char text[40] = "";
    run_sql(room->path, "SELECT account || subject FROM look WHERE purpose = 'decision'", text,
            sizeof text);
    assert_string_equal(text, "31");
    const struct look wordy =
        look_for("a purpose that goes on and on and on, and is longer than the sixty-four bytes");
    EXPECT_ERROR(store_look(room->store, &wordy, &failure), ERROR_INTERNAL);
    EXPECT_ERROR(
        store_read(room->store, look_at_person, (void *)(uintptr_t) "person page", &failure),
        ERROR_INTERNAL);
    assert_int_equal(looks_in_file(room), LOOKERS * LOOKS_EACH + 1);
}

static void looks_that_cannot_be_written(void **state)
{
    /* Aim: while looks cannot be written, looking fails (nobody looks unrecorded), and none of
     * those accepted is lost. */
    struct room *room = *state;
    sqlite3 *db = sqlite_of(room->store->writing.connection)->db;
    char sql[60];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld",
             (long long)asked_number(db, "PRAGMA page_count"));
    asked_number(db, sql);
    int64_t accepted = 0;
    bool refused = false;
    for (int i = 0; i < 20000 && !refused; i++) {
        struct err err = {0};
        const struct look look = look_for("person page");
        refused = !store_look(room->store, &look, &err).ok;
        accepted += refused ? 0 : 1;
        assert_true(!refused ||
                    (err.code == ERROR_STORAGE && strstr(err.what, "the disk is full") != NULL));
    }
    assert_true(refused);
    asked_number(db, "PRAGMA max_page_count = 100000");
    room_reopen(room);
    assert_int_equal(looks_in_file(room), accepted);
}

/* --- two processes --- */

enum { PROCESSES = 2, PROCESS_THREADS = 3, PROCESS_WORKS = 60 };

static result count_up(struct transaction *transaction, void *context, struct err *err)
{
    struct arena *arena = context;
    const struct fact_row *rows = NULL;
    size_t count = 0;
    int64_t number = 0;
    arena_reset(arena);
    TRY(transaction_facts(transaction, SUBJECT_OF_PERSON, 1, (date){DAY_0}, base_time, arena, &rows,
                          &count, err));
    if (count > 0) {
        TRY(str_to_int64(rows[0].value, &number, err));
    }
    const str text = arena_format(arena, "%lld", (long long)number + 1);
    struct event event = fact_event(SUBJECT_OF_PERSON, 1, "counter", text.at);
    TRY(transaction_append(transaction, &event, err));
    struct event person = event_of(SUBJECT_OF_PERSON, 0, EVENT_PERSON_REGISTERED);
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &person.subject, err));
    person.body.person_registered.reference =
        arena_format(arena, "RH-%lld", (long long)person.subject);
    person.body.person_registered.stage = STR("claim");
    return transaction_append(transaction, &person, err);
}

static void *count_up_often(void *context)
{
    struct arena arena = {0};
    bool ok = arena_open(&arena, 1 << 20, NULL).ok;
    for (int i = 0; i < PROCESS_WORKS && ok; i++) {
        struct err err = {0};
        ok = store_write(context, count_up, &arena, &err).ok;
        if (!ok) {
            dprintf(STDERR_FILENO, "# %s\n", err.what);
        }
    }
    arena_close(&arena);
    return ok ? context : NULL;
}

/* The child has nothing of its parent's but the path. */
static int run_process(struct room *room)
{
    struct store *store = NULL;
    struct err err = {0};
    const struct store_options options = {
        .path = room->path, .key_path = room->key_path, .system = system_machine()};
    if (!store_open(&options, &store, &err).ok) {
        return 2;
    }
    pthread_t threads[PROCESS_THREADS];
    int failed = 0;
    for (int i = 0; i < PROCESS_THREADS; i++) {
        pthread_create(&threads[i], NULL, count_up_often, store);
    }
    for (int i = 0; i < PROCESS_THREADS; i++) {
        void *ok = NULL;
        pthread_join(threads[i], &ok);
        failed += ok == NULL ? 1 : 0;
    }
    store_close(store);
    return failed == 0 ? 0 : 1;
}

static void two_processes(void **state)
{
    /* Aim: two processes that write at once - a command beside the server - lose no update, give no
     * id twice, and leave no gap in the positions. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    store_close(room->store);
    room->store = NULL;
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            _exit(run_process(room));
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    const int64_t works = PROCESSES * PROCESS_THREADS * PROCESS_WORKS;
    const struct facts_read facts =
        read_facts(room, SUBJECT_OF_PERSON, 1, (date){DAY_0}, base_time);
    int64_t counted = 0;
    EXPECT_OK(str_to_int64(facts.rows[0].value, &counted, &failure));
    assert_int_equal(counted, works);
    assert_int_equal(read_event_count(room), 1 + 2 * works);
    assert_int_equal(read_person(room, 1 + works).id, 1 + works);
    expect_rebuild_equal(room); /* which also finds a gap */
}

#define ROOM_TEST(function) cmocka_unit_test_setup_teardown(function, room_open, room_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(no_name_in_clear),
        ROOM_TEST(files_are_private),
        ROOM_TEST(settings_are_those_promised),
        ROOM_TEST(history_cannot_be_edited),
        ROOM_TEST(constraints_keep_places_whole),
        ROOM_TEST(rebuild_finds_what_was_changed),
        ROOM_TEST(changed_events_are_noticed),
        ROOM_TEST(a_destroyed_key_erases),
        ROOM_TEST(keys_are_checked),
        ROOM_TEST(nothing_is_overwritten),
        ROOM_TEST(strange_files_are_left_alone),
        ROOM_TEST(old_stores_are_brought_up_to_date),
        ROOM_TEST(what_opens_doors_is_proved_once),
        ROOM_TEST(old_empty_store),
        ROOM_TEST(a_full_disk),
        ROOM_TEST(a_refusing_disk),
        ROOM_TEST(looks_are_written),
        ROOM_TEST(looks_that_cannot_be_written),
        ROOM_TEST(latest_instant_is_never_behind),
        ROOM_TEST(two_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
