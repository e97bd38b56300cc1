/* Aim: rows of a group that wait for each other (src/store/sqlite_pending.h) are never told apart
 * from rows that are written at once.
 *
 * Works are run many to a group: the first of them holds the writer up until the others wait. Each
 * records facts of several people, reads back what it and all works before it have recorded, writes
 * to tables whose rows do not wait, and now and then fails at the end. A plain model says what must
 * be there.
 *
 * Bulk works do the same by thousands, so that rows which wait, which the helper is writing
 * (src/store/sqlite_inserting.h), and which are written, are all looked for and changed. */
#include "harness.h"
#include "store/sqlite.h"
#include "store/transaction.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROUPS = 15,
    WORKS = 24,
    PEOPLE = 60,
    FACTS = 20,
    EVENTS_MAX = 12,
    BULKS = 3,
    BULK_ACTS = 15000, /* rows of a table are handed over by 4096 */
    MANY = 3000,
    HANDED_OVER = 6000, /* of what they are found by, and written in parts of 2048 */
};

/* Of each person: the id, 0 before they are made, the last value of each fact, and the family; by
 * works that are kept. */
struct model {
    int64_t id[PEOPLE];
    int16_t last[PEOPLE][FACTS]; /* 0: nothing recorded */
    int64_t family[PEOPLE];
};

struct world {
    struct room *room;
    struct model kept;
    struct random random; /* of the writer thread */
    int32_t time;
    sem_t may_begin;
    uint32_t commands; /* numbered in the order in which they ran */
    size_t failures;
    size_t openings; /* of savepoints by what must write at once */
};

struct command {
    struct world *world;
    pthread_t thread;
    bool holds_up;
    struct client_id id;
    bool failed;
};

static struct client_id id_of(uint32_t number)
{
    struct client_id id = {{1}};
    memcpy(id.bytes + 4, &number, sizeof number);
    return id;
}

/* --- one work --------------------------------------------------------------------------------- */

static result make(struct transaction *transaction, struct world *world, struct model *model,
                   size_t who, struct err *err)
{
    char reference[16];
    snprintf(reference, sizeof reference, "RH-%zu", who);
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &model->id[who], err));
    struct event event = event_of(SUBJECT_OF_PERSON, model->id[who], EVENT_PERSON_REGISTERED);
    event.body.person_registered.reference = str_from_c(reference);
    event.body.person_registered.name = STR("Somebody");
    event.body.person_registered.stage = STR("claim");
    event.recorded_at.milliseconds += world->time++;
    return transaction_append(transaction, &event, err);
}

/* Somebody, who is made if they are not there; works that follow each other choose among the same
 * few. */
static result choose(struct transaction *transaction, struct world *world, struct model *model,
                     size_t *ret_who, struct err *err)
{
    const size_t who = (world->commands / 4 + random_below(&world->random, 4)) % PEOPLE;
    if (model->id[who] == 0) {
        TRY(make(transaction, world, model, who, err));
    }
    *ret_who = who;
    return result_ok();
}

static result record(struct transaction *transaction, struct world *world, struct model *model,
                     struct client_id *id, struct err *err)
{
    size_t who = 0;
    const size_t which = random_below(&world->random, FACTS);
    const int value = (int)random_between(&world->random, 1, 999);
    char fact[16];
    char text[16];
    TRY(choose(transaction, world, model, &who, err));
    snprintf(fact, sizeof fact, "fact_%02zu", which);
    snprintf(text, sizeof text, "V %03d", value);
    struct event event = fact_event(SUBJECT_OF_PERSON, model->id[who], fact, text);
    event.recorded_at.milliseconds += world->time++;
    event.client_id = *id;
    *id = (struct client_id){{0}};
    TRY(transaction_append(transaction, &event, err));
    model->last[who][which] = (int16_t)value;
    return result_ok();
}

static result join_family(struct transaction *transaction, struct world *world, struct model *model,
                          struct err *err)
{
    size_t who = 0;
    TRY(choose(transaction, world, model, &who, err));
    struct event event = event_of(SUBJECT_OF_PERSON, model->id[who], EVENT_FAMILY_JOINED);
    event.body.family_joined.family = random_between(&world->random, 1, 3);
    event.recorded_at.milliseconds += world->time++;
    TRY(transaction_append(transaction, &event, err));
    model->family[who] = event.body.family_joined.family;
    world->openings++;
    return result_ok();
}

static void compare_facts(const struct model *model, size_t who, const struct fact_row *rows,
                          size_t count)
{
    size_t seen = 0;
    for (size_t i = 0; i < FACTS; i++) {
        char fact[16];
        char text[16];
        snprintf(fact, sizeof fact, "fact_%02zu", i);
        snprintf(text, sizeof text, "V %03d", model->last[who][i]);
        if (model->last[who][i] != 0) {
            assert_true(seen < count && str_equal(rows[seen].fact, str_from_c(fact)));
            assert_true(str_equal(rows[seen].value, str_from_c(text)));
            seen++;
        }
    }
    assert_int_equal(seen, count);
}

/* What is waiting is read like what is written. */
static result look(struct transaction *transaction, const struct model *model, size_t who,
                   struct err *err)
{
    if (model->id[who] == 0) {
        return result_ok();
    }
    struct arena arena;
    const struct fact_row *rows = NULL;
    size_t count = 0;
    struct person_row person;
    TRY(arena_open(&arena, 1024 * 1024, err));
    TRY(transaction_facts(transaction, SUBJECT_OF_PERSON, model->id[who], (date){.day = DAY_0 + 1},
                          (instant){.milliseconds = base_time.milliseconds + 1000000}, &arena,
                          &rows, &count, err));
    compare_facts(model, who, rows, count);
    TRY(transaction_person(transaction, model->id[who], &arena, &person, err));
    assert_int_equal(person.family, model->family[who]);
    arena_close(&arena);
    return result_ok();
}

/* Nobody: SQLite is asked, whatever the helper is writing. */
static result look_for_nobody(struct transaction *transaction, struct arena *arena, struct err *err)
{
    struct person_row person;
    const result found = transaction_person(transaction, INT64_MAX, arena, &person, err);
    assert_false(found.ok);
    return err->code == ERROR_NOT_FOUND ? result_ok() : found;
}

/* Only rows that are found by their keys: nothing is written for it. */
static result glance(struct transaction *transaction, const struct model *model, size_t who,
                     struct err *err)
{
    if (model->id[who] == 0) {
        return result_ok();
    }
    struct arena arena;
    struct person_row person;
    TRY(arena_open(&arena, 64 * 1024, err));
    TRY(transaction_person(transaction, model->id[who], &arena, &person, err));
    assert_int_equal(person.family, model->family[who]);
    const result looked = look_for_nobody(transaction, &arena, err);
    arena_close(&arena);
    return looked;
}

static result act(struct transaction *transaction, struct world *world, struct model *model,
                  struct client_id *id, struct err *err)
{
    const uint64_t what = random_below(&world->random, 10);
    if (what < 8) {
        return record(transaction, world, model, id, err);
    }
    return what < 9 ? look(transaction, model, random_below(&world->random, PEOPLE), err)
                    : join_family(transaction, world, model, err);
}

static result run_command(struct transaction *transaction, void *context, struct err *err)
{
    struct command *command = context;
    struct world *world = command->world;
    if (command->holds_up) {
        while (sem_wait(&world->may_begin) != 0) {
        }
        return result_ok();
    }
    struct model model = world->kept;
    struct client_id id = id_of(++world->commands);
    command->id = id;
    int64_t position = 0;
    TRY(transaction_find_client_id(transaction, &id, &position, err));
    assert_int_equal(position, 0);
    TRY(record(transaction, world, &model, &id, err));
    const size_t acts = random_below(&world->random, EVENTS_MAX);
    for (size_t i = 0; i < acts; i++) {
        TRY(act(transaction, world, &model, &id, err));
    }
    TRY(transaction_find_client_id(transaction, &command->id, &position, err));
    assert_true(position > 0);
    command->failed = random_chance(&world->random, 0.3);
    if (command->failed) {
        world->failures++;
        return err_set(err, ERROR_INPUT, "This work was to fail");
    }
    world->kept = model;
    return result_ok();
}

/* --- many of them ----------------------------------------------------------------------------- */

static void *send(void *context)
{
    struct command *command = context;
    struct err err = {0};
    const result outcome = store_write(command->world->room->store, run_command, command, &err);
    assert_int_equal(outcome.ok, !command->failed);
    return NULL;
}

static void run_one_group(struct world *world, struct command *commands)
{
    for (size_t i = 0; i <= WORKS; i++) {
        commands[i] = (struct command){.world = world, .holds_up = i == 0};
        assert_int_equal(pthread_create(&commands[i].thread, NULL, send, &commands[i]), 0);
    }
    /* That they wait is likely by now; if not, the groups are smaller. */
    const struct timespec moment = {.tv_nsec = 50000000};
    nanosleep(&moment, NULL);
    sem_post(&world->may_begin);
    for (size_t i = 0; i <= WORKS; i++) {
        pthread_join(commands[i].thread, NULL);
    }
}

static result check_world(struct transaction *transaction, void *context, struct err *err)
{
    const struct world *world = context;
    for (size_t who = 0; who < PEOPLE; who++) {
        TRY(look(transaction, &world->kept, who, err));
    }
    return result_ok();
}

struct find_command {
    const struct client_id *id;
    int64_t position;
};

static result find_command(struct transaction *transaction, void *context, struct err *err)
{
    struct find_command *find = context;
    return transaction_find_client_id(transaction, find->id, &find->position, err);
}

static void check_commands(struct world *world, const struct command *commands)
{
    for (size_t i = 1; i <= WORKS; i++) {
        struct find_command find = {.id = &commands[i].id};
        read_ok(world->room, find_command, &find);
        assert_int_equal(find.position > 0, !commands[i].failed);
    }
}

static void works_of_a_group_see_each_other(void **state)
{
    struct world world = {.room = *state};
    static struct command commands[WORKS + 1];
    const char *given = getenv("RETURNHUB_TEST_SEED");
    int64_t seed = 7;
    if (given != NULL) {
        EXPECT_OK(str_to_int64(str_from_c(given), &seed, &failure));
    }
    print_message("# seed %lld\n", (long long)seed);
    random_seed(&world.random, (uint64_t)seed);
    sem_init(&world.may_begin, 0, 0);
    for (size_t i = 0; i < GROUPS; i++) {
        run_one_group(&world, commands);
        read_ok(world.room, check_world, &world);
        check_commands(&world, commands);
        expect_rebuild_equal(world.room);
    }
    assert_true(world.failures > 0 && world.openings > 0);
    room_reopen(world.room);
    read_ok(world.room, check_world, &world);
    sem_destroy(&world.may_begin);
}

/* --- bulk works ------------------------------------------------------------------------------- */

struct bulk {
    struct world *world;
    bool fails;
    struct model made; /* kept once the work is */
};

static result act_much(struct transaction *transaction, void *context, struct err *err)
{
    struct bulk *bulk = context;
    struct world *world = bulk->world;
    struct model model = world->kept;
    for (size_t i = 0; i < BULK_ACTS; i++) {
        struct client_id none = {{0}};
        const uint64_t what = random_below(&world->random, 1000);
        world->commands += 16; /* other people */
        if (what < 800) {
            TRY(record(transaction, world, &model, &none, err));
        } else if (what < 900) {
            TRY(join_family(transaction, world, &model, err));
        } else if (what < 998) {
            TRY(glance(transaction, &model, random_below(&world->random, PEOPLE), err));
        } else {
            TRY(look(transaction, &model, random_below(&world->random, PEOPLE), err));
        }
    }
    if (bulk->fails) {
        return err_set(err, ERROR_INPUT, "This work was to fail");
    }
    bulk->made = model;
    return result_ok();
}

static void do_much(struct bulk *bulk)
{
    bulk->fails = false;
    EXPECT_OK(store_bulk(bulk->world->room->store, act_much, bulk, &failure));
    bulk->world->kept = bulk->made;
    read_ok(bulk->world->room, check_world, bulk->world);
    expect_rebuild_equal(bulk->world->room);
}

static void bulk_works_see_themselves(void **state)
{
    struct world world = {.room = *state};
    struct bulk bulk = {.world = &world};
    random_seed(&world.random, 11);
    for (size_t i = 0; i < BULKS; i++) {
        bulk.fails = true;
        const int64_t events = read_event_count(world.room);
        EXPECT_ERROR(store_bulk(world.room->store, act_much, &bulk, &failure), ERROR_INPUT);
        assert_int_equal(read_event_count(world.room), events);
        read_ok(world.room, check_world, &world);
        do_much(&bulk);
    }
    room_reopen(world.room);
    read_ok(world.room, check_world, &world);
}

/* What people are found by is handed over in large pieces: smaller ones here, so that there are
 * several, each of several parts. */
static void hand_over_sooner(struct transaction *transaction)
{
    struct pending *pending = &sqlite_of(transaction->connection)->pending;
    for (size_t i = 0; i < PENDING_TABLES; i++) {
        if (pending->tables[i].table == TABLE_LOOKUP) {
            assert_true(pending->tables[i].rows_max > HANDED_OVER);
            pending->tables[i].rows_max = HANDED_OVER;
        }
    }
}

static result register_many(struct transaction *transaction, void *context, struct err *err)
{
    int32_t *time = context;
    hand_over_sooner(transaction);
    for (int i = 0; i < MANY; i++) {
        char reference[16];
        char name[64];
        int64_t id = 0;
        snprintf(reference, sizeof reference, "RH-%d", i);
        snprintf(name, sizeof name, "Somebody Synthetic Number%c%c%c", 'a' + i % 26,
                 'a' + i / 26 % 26, 'a' + i / 676);
        TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &id, err));
        struct event event = event_of(SUBJECT_OF_PERSON, id, EVENT_PERSON_REGISTERED);
        event.body.person_registered.reference = str_from_c(reference);
        event.body.person_registered.name = str_from_c(name);
        event.body.person_registered.stage = STR("claim");
        event.recorded_at.milliseconds += (*time)++;
        TRY(transaction_append(transaction, &event, err));
    }
    return result_ok();
}

static void many_rows_are_written_in_parts(void **state)
{
    struct room *room = *state;
    char text[64];
    int32_t time = 0;
    EXPECT_OK(store_bulk(room->store, register_many, &time, &failure));
    expect_rebuild_equal(room);
    assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM lookup", text, sizeof text), 0);
    assert_true(atoi(text) > 2 * HANDED_OVER);
}

/* The helper is refused while the work goes on, or the commit is: either way nothing is left. */
static void what_the_helper_cannot_write_is_told(void **state)
{
    static const char *const refusing[] = {"fact", "caseload", "event", "lookup", "course"};
    struct world world = {.room = *state};
    struct bulk bulk = {.world = &world};
    struct room *room = *state;
    char text[256];
    random_seed(&world.random, 12);
    for (size_t i = 0; i < sizeof refusing / sizeof refusing[0]; i++) {
        snprintf(text, sizeof text,
                 "CREATE TRIGGER planted BEFORE INSERT ON %s WHEN (SELECT COUNT(*) FROM %s) > 5"
                 " BEGIN SELECT RAISE(ABORT, 'planted'); END",
                 refusing[i], refusing[i]);
        assert_int_equal(run_sql(room->path, text, text, sizeof text), 0);
        EXPECT_ERROR(store_bulk(room->store, act_much, &bulk, &failure), ERROR_CONFLICT);
        assert_int_equal(read_event_count(room), 0);
        assert_int_equal(run_sql(room->path, "DROP TRIGGER planted", text, sizeof text), 0);
    }
    do_much(&bulk);
}

/* --- refused by the database ------------------------------------------------------------------ */

static result record_one(struct transaction *transaction, void *context, struct err *err)
{
    struct event event = fact_event(SUBJECT_OF_PERSON, *(const int64_t *)context, "a.fact", "v");
    return transaction_append(transaction, &event, err);
}

/* Rows are written after the work has ended: a refusal then is still the caller's to hear. */
static void what_cannot_be_written_is_told(void **state)
{
    struct room *room = *state;
    char text[64];
    int64_t person = make_person(room, "RH-1", "Somebody", "claim");
    const int64_t events = read_event_count(room);
    assert_int_equal(run_sql(room->path,
                             "CREATE TRIGGER planted BEFORE INSERT ON fact"
                             " BEGIN SELECT RAISE(ABORT, 'planted'); END",
                             text, sizeof text),
                     0);
    EXPECT_ERROR(store_write(room->store, record_one, &person, &failure), ERROR_CONFLICT);
    assert_int_equal(read_event_count(room), events);
    assert_int_equal(run_sql(room->path, "DROP TRIGGER planted", text, sizeof text), 0);
    write_ok(room, record_one, &person);
    assert_int_equal(read_event_count(room), events + 1);
    expect_rebuild_equal(room);
}

struct expected_family {
    int64_t person;
    int64_t family;
};

static result expect_family(struct transaction *transaction, void *context, struct err *err)
{
    const struct expected_family *expected = context;
    struct arena arena;
    struct person_row person;
    TRY(arena_open(&arena, 64 * 1024, err));
    TRY(transaction_person(transaction, expected->person, &arena, &person, err));
    assert_int_equal(person.family, expected->family);
    arena_close(&arena);
    return result_ok();
}

/* Another connection changes a row that this one has read: it must be read anew. */
static void what_others_commit_is_seen(void **state)
{
    struct room *room = *state;
    char text[64];
    struct expected_family expected = {.person = make_person(room, "RH-1", "Somebody", "claim")};
    write_ok(room, expect_family, &expected);
    assert_int_equal(run_sql(room->path, "UPDATE person SET family = 9", text, sizeof text), 0);
    expected.family = 9;
    write_ok(room, expect_family, &expected);
}

int main(void)
{
    const struct contract_test tests[] = {
        {"works of a group see each other", works_of_a_group_see_each_other},
        {"bulk works see themselves", bulk_works_see_themselves},
        {"many rows are written in parts", many_rows_are_written_in_parts},
        {"what the helper cannot write is told", what_the_helper_cannot_write_is_told},
        {"what cannot be written is told", what_cannot_be_written_is_told},
        {"what others commit is seen", what_others_commit_is_seen},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
