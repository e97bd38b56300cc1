#include "harness.h"
#include "../temporary.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const instant base_time = {1795423976123};

result room_open_store(struct room *room, bool create, struct store **ret_store, struct err *err)
{
    const struct store_options options = {.path = room->path,
                                          .key_path = room->key_path,
                                          .create = create,
                                          .system = &room->fake.system};
    return store_open(&options, ret_store, err);
}

int room_open(void **state)
{
    struct room *room = test_calloc(1, sizeof *room);
    temporary_path(room->folder, sizeof room->folder, "store");
    assert_non_null(mkdtemp(room->folder));
    snprintf(room->path, sizeof room->path, "%s/register.db", room->folder);
    snprintf(room->key_path, sizeof room->key_path, "%s/register.key", room->folder);
    EXPECT_OK(arena_open(&room->arena, 48 * 1024 * 1024, &failure));
    system_fake_init(&room->fake, base_time, 42);
    *state = room;
    EXPECT_OK(room_open_store(room, true, &room->store, &failure));
    return 0;
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char inside[400];
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.') {
            unlink(inside);
        }
    }
    closedir(folder);
    assert_int_equal(rmdir(path), 0);
}

int room_close(void **state)
{
    struct room *room = *state;
    store_close(room->store);
    remove_folder(room->folder);
    arena_close(&room->arena);
    test_free(room);
    return 0;
}

void room_reopen(struct room *room)
{
    store_close(room->store);
    room->store = NULL;
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
}

void write_ok(struct room *room, store_work *work, void *context)
{
    EXPECT_OK(store_write(room->store, work, context, &failure));
}

void read_ok(struct room *room, store_work *work, void *context)
{
    EXPECT_OK(store_read(room->store, work, context, &failure));
}

struct event event_of(enum subject_kind subject_kind, int64_t subject, enum event_kind kind)
{
    return (struct event){.subject_kind = subject_kind,
                          .subject = subject,
                          .kind = kind,
                          .effective_on = {DAY_0},
                          .recorded_at = base_time,
                          .actor = 1};
}

static result append_work(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_append(transaction, context, err);
}

int64_t append_ok(struct room *room, struct event event)
{
    write_ok(room, append_work, &event);
    assert_true(event.position > 0);
    return event.position;
}

void append_refused(struct room *room, struct event event, enum error_code expected)
{
    EXPECT_ERROR(store_write(room->store, append_work, &event, &failure), expected);
    assert_int_equal(event.position, 0);
}

static result append_new(struct transaction *transaction, void *context, struct err *err)
{
    struct event *event = context;
    TRY(transaction_new_id(transaction, event->subject_kind, &event->subject, err));
    return transaction_append(transaction, event, err);
}

int64_t make_person(struct room *room, const char *reference, const char *name, const char *stage)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 0, EVENT_PERSON_REGISTERED);
    event.body.person_registered.reference = str_from_c(reference);
    event.body.person_registered.name = str_from_c(name);
    event.body.person_registered.stage = str_from_c(stage);
    write_ok(room, append_new, &event);
    return event.subject;
}

int64_t make_hub(struct room *room, const char *reference, int64_t places)
{
    struct event event = event_of(SUBJECT_OF_HUB, 0, EVENT_HUB_OPENED);
    event.body.hub_opened.reference = str_from_c(reference);
    event.body.hub_opened.name = STR("Hub");
    write_ok(room, append_new, &event);
    struct event agreed = event_of(SUBJECT_OF_HUB, event.subject, EVENT_PLACES_AGREED);
    agreed.body.places_agreed.places = places;
    append_ok(room, agreed);
    return event.subject;
}

struct event fact_event(enum subject_kind subject_kind, int64_t subject, const char *fact,
                        const char *value)
{
    struct event event = event_of(subject_kind, subject, EVENT_FACT_RECORDED);
    event.body.fact_recorded.fact = str_from_c(fact);
    event.body.fact_recorded.value = str_from_c(value);
    event.body.fact_recorded.source = STR("document");
    return event;
}

struct event approval_event(int64_t person, int64_t request, int64_t actor, int64_t place)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_STEP_APPROVED);
    event.actor = actor;
    event.body.step_approved.request = request;
    event.body.step_approved.place = place;
    return event;
}

struct event taken_event(int64_t person, int64_t request, const char *from, const char *to,
                         int64_t hub, int64_t place)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_STEP_TAKEN);
    event.body.step_taken.request = request;
    event.body.step_taken.step = STR("hub_transfer");
    event.body.step_taken.from = str_from_c(from);
    event.body.step_taken.to = str_from_c(to);
    event.body.step_taken.hub = hub;
    event.body.step_taken.place = place;
    return event;
}

int64_t request_step(struct room *room, int64_t person, int64_t hub)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_STEP_REQUESTED);
    event.body.step_requested.step = STR("hub_transfer");
    event.body.step_requested.hub = hub;
    return append_ok(room, event);
}

struct asked {
    struct room *room;
    int64_t id;
    struct person_row person;
    struct request_row request;
    struct place_counts counts;
    int64_t number;
};

static result ask_person(struct transaction *transaction, void *context, struct err *err)
{
    struct asked *asked = context;
    return transaction_person(transaction, asked->id, &asked->room->arena, &asked->person, err);
}

static result ask_request(struct transaction *transaction, void *context, struct err *err)
{
    struct asked *asked = context;
    return transaction_request(transaction, asked->id, &asked->room->arena, &asked->request, err);
}

static result ask_counts(struct transaction *transaction, void *context, struct err *err)
{
    struct asked *asked = context;
    const struct kind_counts *kinds = NULL;
    size_t count = 0;
    TRY(transaction_count_places(transaction, asked->id, (date){DAY_0}, &asked->room->arena, &kinds,
                                 &count, err));
    asked->counts = place_counts_sum(kinds, count);
    return result_ok();
}

static result ask_event_count(struct transaction *transaction, void *context, struct err *err)
{
    struct asked *asked = context;
    return transaction_event_count(transaction, &asked->number, err);
}

struct person_row read_person(struct room *room, int64_t id)
{
    struct asked asked = {.room = room, .id = id};
    read_ok(room, ask_person, &asked);
    return asked.person;
}

struct request_row read_request(struct room *room, int64_t id)
{
    struct asked asked = {.room = room, .id = id};
    read_ok(room, ask_request, &asked);
    return asked.request;
}

struct place_counts read_place_counts(struct room *room, int64_t hub)
{
    struct asked asked = {.room = room, .id = hub};
    read_ok(room, ask_counts, &asked);
    return asked.counts;
}

int64_t read_event_count(struct room *room)
{
    struct asked asked = {.room = room};
    read_ok(room, ask_event_count, &asked);
    return asked.number;
}

struct history_asked {
    struct arena *arena;
    int64_t subject;
    int64_t before;
    size_t limit;
    struct events_read read;
};

static result ask_history(struct transaction *transaction, void *context, struct err *err)
{
    struct history_asked *asked = context;
    return transaction_history(transaction, SUBJECT_OF_PERSON, asked->subject, asked->before,
                               asked->limit, asked->arena, &asked->read.events, &asked->read.count,
                               err);
}

struct events_read read_history(struct room *room, int64_t person, int64_t before, size_t limit)
{
    struct history_asked asked = {
        .arena = &room->arena, .subject = person, .before = before, .limit = limit};
    read_ok(room, ask_history, &asked);
    return asked.read;
}

struct facts_asked {
    struct arena *arena;
    enum subject_kind kind;
    int64_t subject;
    date as_of;
    instant known_at;
    struct facts_read read;
};

static result ask_facts(struct transaction *transaction, void *context, struct err *err)
{
    struct facts_asked *asked = context;
    return transaction_facts(transaction, asked->kind, asked->subject, asked->as_of,
                             asked->known_at, asked->arena, &asked->read.rows, &asked->read.count,
                             err);
}

struct facts_read read_facts(struct room *room, enum subject_kind kind, int64_t subject, date as_of,
                             instant known_at)
{
    struct facts_asked asked = {.arena = &room->arena,
                                .kind = kind,
                                .subject = subject,
                                .as_of = as_of,
                                .known_at = known_at};
    read_ok(room, ask_facts, &asked);
    return asked.read;
}

void expect_rebuild_equal(struct room *room)
{
    struct rebuild_outcome outcome = {0};
    EXPECT_OK(store_rebuild(room->store, false, NULL, NULL, &outcome, &failure));
    if (outcome.differences != 0) {
        fail_msg("rebuild found %lld differences: %s", (long long)outcome.differences,
                 outcome.first_difference);
    }
    assert_int_equal(outcome.events, read_event_count(room));
}

int run_sql(const char *path, const char *sql, char *text, size_t text_size)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open(path, &db);
    const char *left = sql;
    sqlite3_busy_timeout(db, 5000);
    while (code == SQLITE_OK && *left != '\0') {
        sqlite3_stmt *statement = NULL;
        code = sqlite3_prepare_v2(db, left, -1, &statement, &left);
        int step = code == SQLITE_OK && statement != NULL ? sqlite3_step(statement) : SQLITE_DONE;
        while (step == SQLITE_ROW) {
            const int last = sqlite3_column_count(statement) - 1;
            const char *value = (const char *)sqlite3_column_text(statement, last);
            if (text != NULL) {
                snprintf(text, text_size, "%s", value == NULL ? "" : value);
            }
            step = sqlite3_step(statement);
        }
        code = code == SQLITE_OK && step != SQLITE_DONE ? step : code;
        sqlite3_finalize(statement);
    }
    if (code != SQLITE_OK && text != NULL) {
        snprintf(text, text_size, "%s", sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    return code;
}

struct backend_row {
    const char *name;
    int (*open)(void **state);
};

static const struct backend_row backends[] = {
    {"SQLite", room_open},
};

enum { BACKENDS = sizeof backends / sizeof backends[0] };

int run_contract(const struct contract_test *tests, size_t count)
{
    struct CMUnitTest all[CONTRACT_TESTS_MAX * BACKENDS];
    char names[CONTRACT_TESTS_MAX * BACKENDS][80];
    assert_in_range(count, 1, CONTRACT_TESTS_MAX);
    for (size_t i = 0; i < count * BACKENDS; i++) {
        const struct backend_row *backend = &backends[i / count];
        snprintf(names[i], sizeof names[i], "%s: %s", backend->name, tests[i % count].name);
        all[i] = (struct CMUnitTest){.name = names[i],
                                     .test_func = tests[i % count].run,
                                     .setup_func = backend->open,
                                     .teardown_func = room_close};
    }
    return _cmocka_run_group_tests("contract", all, count * BACKENDS, NULL, NULL);
}
