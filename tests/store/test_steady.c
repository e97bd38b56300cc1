/* Aim: a steady reading (store_read_steady) may use the snapshot of the one before, and nobody can
 * tell but by the time it takes: whatever was committed before it began, by this process or another
 * one, it sees, looks alone excepted. And a snapshot that is kept is in nobody's way for longer
 * than a moment. */
#include "harness.h"

#include "store/internal.h"
#include "store/kept.h"
#include "store/sqlite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct look one_look = {.account = 3,
                                     .subject_kind = SUBJECT_OF_PERSON,
                                     .subject = 1,
                                     .at = {1795423976123},
                                     .purpose = {.at = "person page", .len = 11}};

static void look(struct room *room)
{
    EXPECT_OK(store_look(room->store, &one_look, &failure));
}

/* --- what one reading finds --- */

struct found {
    bool kept;           /* it is the snapshot of the reading before */
    int64_t count;       /* of events, as it is remembered, ... */
    int64_t newest;      /* ... and position of person 1's newest, as it is read */
    int cache_misses;    /* of SQLite's pages, in this reading */
    size_t keys_at_hand; /* of people, when it began */
};

static int cache_misses(struct transaction *transaction)
{
    int now = 0;
    int most = 0;
    sqlite3_db_status(sqlite_of(transaction->connection)->db, SQLITE_DBSTATUS_CACHE_MISS, &now,
                      &most, 0);
    return now;
}

static size_t keys_at_hand(const struct subject_cache *cache)
{
    size_t count = 0;
    for (size_t i = 0; i < cache->capacity; i++) {
        count += cache->entries[i].generation == cache->generation ? 1 : 0;
    }
    return count;
}

static result find(struct transaction *transaction, void *context, struct err *err)
{
    struct found *found = context;
    struct arena arena;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(arena_open(&arena, 64 * 1024, err));
    const int misses = cache_misses(transaction);
    found->kept = transaction->knows_position;
    found->keys_at_hand = keys_at_hand(&transaction->cache);
    result done = transaction_event_count(transaction, &found->count, err);
    done = done.ok ? transaction_history(transaction, SUBJECT_OF_PERSON, 1, 0, 1, &arena, &events,
                                         &count, err)
                   : done;
    found->newest = count == 0 ? 0 : events[0].position;
    arena_close(&arena);
    found->cache_misses = cache_misses(transaction) - misses;
    return done;
}

static struct found read_steadily(struct room *room)
{
    struct found found = {.kept = false};
    EXPECT_OK(store_read_steady(room->store, find, &found, &failure));
    return found;
}

static int64_t add_note(struct room *room)
{
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    note.body.note_added.note = STR("a note");
    return append_ok(room, note);
}

/* A snapshot that may be kept: the reader is there, and the last commit is told. */
static void settle(struct room *room)
{
    for (int i = 0; i < 3; i++) {
        look(room);
        read_steadily(room);
    }
}

/* --- kept, and not kept --- */

static void after_looks_the_snapshot_stays(void **state)
{
    /* Aim: commits of looks alone cost a reading nothing: the same snapshot, and no page is fetched
     * once more. Keys of people are not kept with it. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    const int64_t position = add_note(room);
    settle(room);
    for (int i = 0; i < 20; i++) {
        look(room);
        const struct found found = read_steadily(room);
        if (found.kept) { /* on a slow machine it may be too old, now and then */
            assert_int_equal(found.cache_misses, 0);
            assert_int_equal(found.keys_at_hand, 0);
            assert_int_equal(found.count, position);
            assert_int_equal(found.newest, position);
            return;
        }
    }
    fail_msg("no snapshot was kept");
}

static void own_commits_are_seen(void **state)
{
    /* Aim: what was written is seen by the next reading, and so is what is committed together with
     * looks. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    for (int i = 0; i < 50; i++) {
        settle(room);
        const int64_t position = add_note(room);
        const struct found found = read_steadily(room);
        assert_false(found.kept);
        assert_int_equal(found.count, position);
        assert_int_equal(found.newest, position);
    }
}

/* As the database does by itself when the disk refuses to be read. */
static result lose_the_transaction(struct transaction *transaction, void *context, struct err *err)
{
    const bool *hides = context;
    struct found found;
    EXPECT_OK(find(transaction, &found, err));
    assert_int_equal(
        sqlite3_exec(sqlite_of(transaction->connection)->db, "ROLLBACK", NULL, NULL, NULL),
        SQLITE_OK);
    return *hides ? result_ok() : err_set(err, ERROR_STORAGE, "The disk refused");
}

static void after_a_failure_nothing_old_is_told(void **state)
{
    /* Aim: when the database ended a reading by itself, the next one with the same reader knows
     * nothing of it, whether the failure was told or not. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    for (int i = 0; i < 8; i++) {
        const bool steady = (i & 1) != 0;
        struct err lost_err = {0};
        bool hides = (i & 2) != 0;
        settle(room);
        const result lost = (steady ? store_read_steady : store_read)(
            room->store, lose_the_transaction, &hides, &lost_err);
        assert_true(lost.ok == hides);
        const int64_t position = add_note(room);
        struct found found = {.kept = true};
        EXPECT_OK(
            ((i & 4) != 0 ? store_read : store_read_steady)(room->store, find, &found, &failure));
        assert_false(found.kept);
        assert_int_equal(found.count, position);
        assert_int_equal(found.newest, position);
        assert_int_equal(found.keys_at_hand, 0);
    }
}

static void commits_of_others_are_seen(void **state)
{
    /* Aim: another store over the same file, as a command beside the server has it, commits; the
     * next reading sees it, whether or not looks were committed in between, by either. */
    struct room *room = *state;
    struct room other = *room;
    make_person(room, "RH-1", "Ana", "claim");
    EXPECT_OK(room_open_store(room, false, &other.store, &failure));
    for (int i = 0; i < 40; i++) {
        settle(room);
        const int64_t position = add_note(&other);
        if (i % 2 == 1) {
            look(i % 4 == 1 ? room : &other);
        }
        const struct found found = read_steadily(room);
        assert_false(found.kept);
        assert_int_equal(found.count, position);
        assert_int_equal(found.newest, position);
    }
    store_close(other.store);
}

static result ask_looks(struct transaction *transaction, void *context, struct err *err)
{
    const struct look_row *looks = NULL;
    size_t count = 0;
    return transaction_looks(transaction, 0, 0, 0, 0, context, &looks, &count, err);
}

static result ask_looks_head(struct transaction *transaction, void *context, struct err *err)
{
    struct looks_head head;
    (void)context;
    return transaction_looks_head(transaction, &head, err);
}

static result count_looks(struct transaction *transaction, void *context, struct err *err)
{
    const struct look_row *looks = NULL;
    struct arena scratch = transaction->scratch;
    return transaction_looks(transaction, 0, 0, 0, 0, &scratch, &looks, context, err);
}

static void looks_are_read_otherwise(void **state)
{
    /* Aim: looks are not asked for where the newest may be missing; the other reading has them all,
     * also with the reader that kept a snapshot. */
    struct room *room = *state;
    size_t count = 0;
    make_person(room, "RH-1", "Ana", "claim");
    settle(room);
    EXPECT_ERROR(store_read_steady(room->store, ask_looks, &room->arena, &failure), ERROR_INTERNAL);
    EXPECT_ERROR(store_read_steady(room->store, ask_looks_head, NULL, &failure), ERROR_INTERNAL);
    settle(room);
    look(room);
    read_ok(room, count_looks, &count);
    assert_int_equal(count, 7);
}

/* --- who asks --- */

/* What a page asks of SQLite's pages to know who asks, and what it is told. */
struct asking {
    struct room *room;
    bool kept;
    int pages;
    char role[20];
    bool has_session;
};

static const uint8_t token_hash[32] = {7};

static int pages_asked(struct transaction *transaction)
{
    int now = 0;
    int most = 0;
    sqlite3_db_status(sqlite_of(transaction->connection)->db, SQLITE_DBSTATUS_CACHE_HIT, &now,
                      &most, 0);
    return now + cache_misses(transaction);
}

static result ask_who(struct transaction *transaction, void *context, struct err *err)
{
    struct asking *asking = context;
    struct arena arena = asking->room->arena;
    struct account_row account;
    struct session_row session;
    int64_t count = 0;
    asking->kept = transaction->knows_position;
    TRY(transaction_event_count(transaction, &count, err));
    const int before = pages_asked(transaction);
    TRY(transaction_account(transaction, 4, &arena, &account, err));
    asking->has_session = transaction_session(transaction, token_hash, &session, NULL).ok;
    asking->pages = pages_asked(transaction) - before;
    snprintf(asking->role, sizeof asking->role, "%.*s", STR_ARG(account.role));
    return result_ok();
}

static struct asking ask_steadily(struct room *room)
{
    struct asking asking = {.room = room};
    EXPECT_OK(store_read_steady(room->store, ask_who, &asking, &failure));
    return asking;
}

static result open_account(struct transaction *transaction, void *context, struct err *err)
{
    struct event account = event_of(SUBJECT_OF_ACCOUNT, 4, EVENT_ACCOUNT_OPENED);
    struct session_row session = {.account = 4, .opened_at = {5}, .seen_at = {6}};
    (void)context;
    memcpy(session.token_hash, token_hash, sizeof token_hash);
    account.body.account_opened =
        (struct account_opened_body){STR("ana"), STR("Ana K"), STR("caseworker"), 0};
    TRY(transaction_append(transaction, &account, err));
    return transaction_put_session(transaction, &session, err);
}

static result end_session(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    return transaction_delete_session(transaction, token_hash, err);
}

static void change_role(struct room *room, const char *role)
{
    struct event change = event_of(SUBJECT_OF_ACCOUNT, 4, EVENT_ACCOUNT_CHANGED);
    change.body.account_changed = (struct account_changed_body){.role = str_from_c(role)};
    append_ok(room, change);
}

/* The reader knows who asks. */
static void settle_who(struct room *room)
{
    settle(room);
    ask_steadily(room);
    ask_steadily(room);
}

static void who_asks_is_known_while_the_snapshot_goes_on(void **state)
{
    /* Aim: in a snapshot that is kept, an account and a session cost no page a second time; a
     * right that was changed and a session that was ended, by this process or another, are seen by
     * the very next reading. */
    struct room *room = *state;
    struct room other = *room;
    bool was_free = false;
    write_ok(room, open_account, NULL);
    EXPECT_OK(room_open_store(room, false, &other.store, &failure));
    for (int i = 0; i < 20 && !was_free; i++) {
        settle_who(room);
        look(room);
        const struct asking asking = ask_steadily(room);
        assert_string_equal(asking.role, "caseworker");
        was_free = asking.kept && asking.pages == 0; /* on a slow machine it may be too old */
    }
    assert_true(was_free);
    for (int i = 0; i < 20; i++) {
        settle_who(room);
        const char *role = i % 2 == 0 ? "monitor" : "caseworker";
        change_role(i % 4 < 2 ? room : &other, role);
        const struct asking asking = ask_steadily(room);
        assert_string_equal(asking.role, role);
        assert_true(asking.has_session);
    }
    settle_who(room);
    write_ok(&other, end_session, NULL);
    assert_false(ask_steadily(room).has_session);
    store_close(other.store);
}

/* --- in nobody's way --- */

static int cut_log(struct room *room)
{
    char busy[8] = "";
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(room->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    snprintf(busy, sizeof busy, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return busy[0] - '0';
}

static void kept_for_a_moment_only(void **state)
{
    /* Aim: also when nobody reads any more, a snapshot is let go of: whoever wants to cut the log
     * off, as after an erasure, need not wait for it. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    settle(room);
    bool was_in_the_way = false;
    for (int i = 0; i < 20 && !was_in_the_way; i++) {
        read_steadily(room);
        look(room); /* so that the log has more than the snapshot */
        was_in_the_way = cut_log(room) == 1;
    }
    assert_true(was_in_the_way); /* or else this proves nothing */
    usleep(500 * 1000);
    assert_int_equal(cut_log(room), 0);
}

static int64_t log_bytes(const struct room *room)
{
    char path[300];
    struct stat status;
    snprintf(path, sizeof path, "%s-wal", room->path);
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

static void the_log_begins_anew(void **state)
{
    /* Aim: while somebody reads steadily all the time, the log is moved into the file nevertheless,
     * and does not grow. */
    enum { LIMIT = 256 * 1024, LOOKS = 3000 };
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    store_close(room->store);
    const struct store_options options = {.path = room->path,
                                          .key_path = room->key_path,
                                          .system = &room->fake.system,
                                          .log_limit = LIMIT};
    EXPECT_OK(store_open(&options, &room->store, &failure));
    int kept = 0;
    for (int i = 0; i < LOOKS; i++) {
        kept += read_steadily(room).kept ? 1 : 0;
        look(room);
    }
    assert_true(kept > LOOKS / 4);
    assert_true(log_bytes(room) < 2 * LIMIT);
}

/* --- everything at once --- */

enum { READERS = 4, RUN_MILLISECONDS = 1500 };

/* In memory that both processes share. */
struct shared {
    _Atomic int64_t committed; /* the greatest position that somebody was told of */
    atomic_bool over;
};

struct crowd {
    struct room *room;
    struct shared *shared;
    atomic_int kept;
    atomic_int late; /* readings that missed what had been told before they began */
    atomic_int torn; /* that saw two states at once */
};

static void tell(struct shared *shared, int64_t position)
{
    int64_t before = atomic_load(&shared->committed);
    while (before < position &&
           !atomic_compare_exchange_weak(&shared->committed, &before, position)) {
    }
}

static result append(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_append(transaction, context, err);
}

static bool write_now_and_then(struct store *store, struct shared *shared)
{
    bool ok = true;
    while (ok && !atomic_load(&shared->over)) {
        struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
        note.body.note_added.note = STR("a note");
        ok = store_write(store, append, &note, NULL).ok;
        tell(shared, note.position);
        usleep(3000);
    }
    return ok;
}

static void *read_and_look(void *context)
{
    struct crowd *crowd = context;
    bool ok = true;
    while (ok && !atomic_load(&crowd->shared->over)) {
        struct found found = {.kept = false};
        const int64_t told = atomic_load(&crowd->shared->committed);
        ok = store_read_steady(crowd->room->store, find, &found, NULL).ok &&
             store_look(crowd->room->store, &one_look, NULL).ok;
        crowd->kept += found.kept ? 1 : 0;
        crowd->late += found.count < told ? 1 : 0;
        crowd->torn += found.count != found.newest ? 1 : 0;
    }
    return ok ? context : NULL;
}

static int write_in_another_process(struct room *room, struct shared *shared)
{
    struct store *store = NULL;
    const struct store_options options = {
        .path = room->path, .key_path = room->key_path, .system = system_machine()};
    if (!store_open(&options, &store, NULL).ok) {
        return 2;
    }
    const bool ok = write_now_and_then(store, shared);
    store_close(store);
    return ok ? 0 : 1;
}

static void nothing_is_missed(void **state)
{
    /* Aim: readers who look after each reading, a writer beside them and another process that
     * writes too: no reading misses what anybody was told before it began. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    store_close(room->store);
    room->store = NULL;
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        _exit(write_in_another_process(room, shared));
    }
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    struct crowd crowd = {.room = room, .shared = shared};
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++) {
        pthread_create(&threads[i], NULL, read_and_look, &crowd);
    }
    for (int waited = 0; waited < RUN_MILLISECONDS; waited += 50) {
        for (int i = 0; i < 3; i++) {
            tell(shared, add_note(room));
        }
        usleep(50 * 1000);
    }
    atomic_store(&shared->over, true);
    for (int i = 0; i < READERS; i++) {
        void *ok = NULL;
        pthread_join(threads[i], &ok);
        assert_non_null(ok);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    printf("# %d readings of a kept snapshot\n", crowd.kept);
    assert_true(crowd.kept > 0);
    assert_int_equal(crowd.late, 0);
    assert_int_equal(crowd.torn, 0);
    munmap(shared, sizeof *shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_looks_the_snapshot_stays, room_open, room_close),
        cmocka_unit_test_setup_teardown(own_commits_are_seen, room_open, room_close),
        cmocka_unit_test_setup_teardown(after_a_failure_nothing_old_is_told, room_open, room_close),
        cmocka_unit_test_setup_teardown(commits_of_others_are_seen, room_open, room_close),
        cmocka_unit_test_setup_teardown(looks_are_read_otherwise, room_open, room_close),
        cmocka_unit_test_setup_teardown(who_asks_is_known_while_the_snapshot_goes_on, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(kept_for_a_moment_only, room_open, room_close),
        cmocka_unit_test_setup_teardown(the_log_begins_anew, room_open, room_close),
        cmocka_unit_test_setup_teardown(nothing_is_missed, room_open, room_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
