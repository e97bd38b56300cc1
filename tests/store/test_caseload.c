/* Aim: what store.h promises, asked through store.h alone, of every backend: the caseload says of
 * everybody what the rows say, whatever was recorded, withdrawn and undone; and several snapshots
 * are of one commit. */
#include "harness.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 9, WORKS = 220, ASKED = 40 };

/* --- a register that changes --- */

static const char *const facts[] = {"appeal.status", "nationality", "b",
                                    "born",          "languages",   "zulu"};
static const char *const values[] = {"yes",        "in_force", "ALB",         "Kurdish (Sorani)",
                                     "2026-03-27", "-12",      "2026-02-30",  "0012",
                                     "no",         "",         "ALB,ERI,XKX", "unknown"};
static const char *const stages[] = {"claim", "refused", "at_hub"};
enum {
    FACTS = sizeof facts / sizeof facts[0],
    VALUES = sizeof values / sizeof values[0],
    STAGES = sizeof stages / sizeof stages[0],
};

struct world {
    struct room *room;
    struct random random;
    int64_t recorded[4096]; /* positions of facts that may be withdrawn, and whose they are */
    int64_t whose[4096];
    size_t recorded_count;
    int32_t time;
    bool fails; /* the work being done */
};

static result record_fact(struct transaction *transaction, struct world *world, int64_t person,
                          struct err *err)
{
    struct event event =
        fact_event(SUBJECT_OF_PERSON, person, facts[random_below(&world->random, FACTS)],
                   values[random_below(&world->random, VALUES)]);
    event.effective_on.day += (int32_t)random_between(&world->random, -3, 3);
    event.recorded_at.milliseconds += world->time;
    TRY(transaction_append(transaction, &event, err));
    if (!world->fails) {
        world->recorded[world->recorded_count] = event.position;
        world->whose[world->recorded_count++] = person;
    }
    return result_ok();
}

static result withdraw_fact(struct transaction *transaction, struct world *world, struct err *err)
{
    const size_t which = random_below(&world->random, world->recorded_count);
    struct event event = event_of(SUBJECT_OF_PERSON, world->whose[which], EVENT_FACT_WITHDRAWN);
    event.body.fact_withdrawn.event = world->recorded[which];
    event.recorded_at.milliseconds += world->time;
    TRY(transaction_append(transaction, &event, err));
    if (!world->fails) {
        world->recorded_count--;
        world->recorded[which] = world->recorded[world->recorded_count];
        world->whose[which] = world->whose[world->recorded_count];
    }
    return result_ok();
}

static result change_person(struct transaction *transaction, struct world *world, int64_t person,
                            struct err *err)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_FAMILY_JOINED);
    event.body.family_joined.family = random_between(&world->random, 1, 3);
    if (random_chance(&world->random, 0.5)) {
        event = taken_event(person, 0, "", stages[random_below(&world->random, STAGES)], 0, 0);
    }
    event.recorded_at.milliseconds += world->time;
    return transaction_append(transaction, &event, err);
}

/* A command records several things, sometimes of several people, and sometimes comes to nothing. */
static result do_much(struct transaction *transaction, void *context, struct err *err)
{
    struct world *world = context;
    const uint64_t changes = random_between(&world->random, 1, 6) > 4 ? 6 : 2;
    for (uint64_t i = 0; i < changes; i++) {
        const int64_t person = random_between(&world->random, 1, PEOPLE);
        if (random_chance(&world->random, 0.2)) {
            TRY(change_person(transaction, world, person, err));
        } else if (world->recorded_count > 4 && random_chance(&world->random, 0.3)) {
            TRY(withdraw_fact(transaction, world, err));
        } else {
            TRY(record_fact(transaction, world, person, err));
        }
    }
    return world->fails ? err_set(err, ERROR_REFUSED, "for no reason") : result_ok();
}

static void make_world(struct room *room, struct world *world, uint64_t seed)
{
    *world = (struct world){.room = room};
    random_seed(&world->random, seed);
    for (int i = 1; i <= PEOPLE; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i);
        make_person(room, reference, "X", stages[i % STAGES]);
    }
}

static void change_world(struct world *world, int works)
{
    for (int i = 0; i < works; i++) {
        world->time++;
        world->fails = random_chance(&world->random, 0.15);
        if (world->fails) {
            EXPECT_ERROR(store_write(world->room->store, do_much, world, &failure), ERROR_REFUSED);
        } else {
            EXPECT_OK(store_write(world->room->store, do_much, world, &failure));
        }
    }
}

/* --- against the rows --- */

struct check {
    struct world *world;
    struct transaction *transaction;
    date as_of;
    int64_t next;
    int64_t last;
    const str *fact_names;
    const str *words;
    size_t fact_name_count;
    size_t word_count;
    struct arena arena;
};

static str text_of(struct check *check, const struct packed_value *value)
{
    if (value->kind != PACKED_WORD) {
        return packed_value_text(value, &check->arena);
    }
    assert_true(value->number > 0 && (size_t)value->number < check->word_count);
    return check->words[value->number];
}

/* The facts that count on the day. */
struct entries {
    struct packed_entry items[FACTS];
    size_t count;
};

static struct entries read_entries(str facts_packed, date as_of)
{
    struct entries entries = {.count = 0};
    struct packed_reader reader;
    struct packed_entry entry;
    packed_reader_init(&reader, facts_packed);
    while (packed_next(&reader, as_of, &entry)) {
        assert_true(entries.count < FACTS);
        entries.items[entries.count++] = entry;
    }
    assert_false(reader.damaged);
    return entries;
}

static void expect_fact(struct check *check, const struct entries *entries,
                        const struct fact_row *row)
{
    size_t found = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct packed_entry *entry = &entries->items[i];
        assert_true(entry->fact > 0 && (size_t)entry->fact < check->fact_name_count);
        assert_true(i == 0 || entry[-1].fact < entry->fact);
        if (str_equal(check->fact_names[entry->fact], row->fact)) {
            found++;
            assert_true(date_equal(entry->true_from, row->true_from));
            assert_true(str_equal(text_of(check, &entry->value), row->value));
        }
    }
    assert_int_equal(found, 1);
}

static result check_person(void *context, const struct caseload *caseload, struct err *err)
{
    struct check *check = context;
    struct check with_scratch = *check; /* its arena by value: given back */
    struct arena *arena = &with_scratch.arena;
    struct person_row person;
    const struct fact_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(caseload->person, check->next);
    check->next++;
    TRY(transaction_person(check->transaction, caseload->person, arena, &person, err));
    assert_true(str_equal(caseload->reference, person.reference));
    assert_true((size_t)caseload->stage < check->word_count);
    assert_true(str_equal(check->words[caseload->stage], person.stage));
    assert_true(caseload->family == person.family && caseload->hub == person.hub);
    TRY(transaction_facts(check->transaction, SUBJECT_OF_PERSON, person.id, check->as_of,
                          caseload->recorded_until, arena, &rows, &count, err));
    const struct entries entries = read_entries(caseload->facts, check->as_of);
    assert_int_equal(entries.count, count);
    for (size_t i = 0; i < count; i++) {
        expect_fact(&with_scratch, &entries, &rows[i]);
    }
    /* Nothing about a fact was recorded later: known for ever is known until then. */
    TRY(transaction_facts(check->transaction, SUBJECT_OF_PERSON, person.id, check->as_of,
                          (instant){INT64_MAX}, arena, &rows, &count, err));
    assert_int_equal(entries.count, count);
    return result_ok();
}

static result check_everybody(struct transaction *transaction, void *context, struct err *err)
{
    struct check *check = context;
    check->transaction = transaction;
    TRY(transaction_fact_names(transaction, &check->arena, &check->fact_names,
                               &check->fact_name_count, err));
    TRY(transaction_words(transaction, &check->arena, &check->words, &check->word_count, err));
    return transaction_each_caseload(transaction, check->next, check->last, check_person, check,
                                     err);
}

static void expect_as_rows(struct world *world, date as_of, int64_t first, int64_t last)
{
    struct check check = {.world = world, .as_of = as_of, .next = first, .last = last};
    check.arena = world->room->arena;
    read_ok(world->room, check_everybody, &check);
    assert_int_equal(check.next, (last < PEOPLE ? last : PEOPLE) + 1);
}

static void caseload_is_what_the_rows_say(void **state)
{
    /* Aim: on every day, for every range of people, the caseload is what the person's row and the
     * rows of the facts say; replaying gives the same bytes. */
    struct world *world = test_calloc(1, sizeof *world);
    make_world(*state, world, 29);
    for (int round = 0; round < 4; round++) {
        change_world(world, WORKS / 4);
        for (int32_t day = -5; day <= 5; day++) {
            expect_as_rows(world, (date){DAY_0 + day}, 1, INT64_MAX);
        }
        for (int64_t first = 1; first <= PEOPLE; first++) {
            expect_as_rows(world, (date){DAY_0}, first, first + 2);
        }
        expect_rebuild_equal(world->room);
    }
    room_reopen(world->room);
    change_world(world, 5);
    expect_as_rows(world, (date){DAY_0}, 1, INT64_MAX);
    expect_rebuild_equal(world->room);
    test_free(world);
}

/* --- in one work --- */

static result count_person(void *context, const struct caseload *caseload, struct err *err)
{
    size_t *fact_count = context;
    (void)err;
    *fact_count = read_entries(caseload->facts, (date){DAY_0}).count;
    return result_ok();
}

static result append_and_read(struct transaction *transaction, void *context, struct err *err)
{
    size_t fact_count = 0;
    (void)context;
    struct event first = fact_event(SUBJECT_OF_PERSON, 1, "a", "yes");
    struct event second = fact_event(SUBJECT_OF_PERSON, 1, "b", "no");
    TRY(transaction_append(transaction, &first, err));
    TRY(transaction_append(transaction, &second, err));
    TRY(transaction_each_caseload(transaction, 1, 1, count_person, &fact_count, err));
    assert_int_equal(fact_count, 2);
    return result_ok();
}

static void a_work_reads_what_it_wrote(void **state)
{
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    write_ok(room, append_and_read, NULL);
    expect_rebuild_equal(room);
}

static result count_words(struct transaction *transaction, void *context, struct err *err)
{
    struct room *room = context;
    struct arena arena = room->arena;
    const str *words = NULL;
    size_t count = 0;
    TRY(transaction_words(transaction, &arena, &words, &count, err));
    for (size_t i = 1; i < count; i++) {
        assert_false(str_contains(words[i], STR("Marker")));
    }
    assert_int_equal(count, 1 + 3); /* claim, sound, ALB */
    return result_ok();
}

static void somebodys_own_words_stay_with_them(void **state)
{
    /* Aim: the list of words that everybody shares takes names of choices and countries alone. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "a", "sound"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "b", "ALB"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "c", "Marker Street 5"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "d", "Marker"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "e", "AB1234567"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "f", "07912345678"));
    read_ok(room, count_words, room);
}

/* --- several snapshots --- */

enum { TOGETHER_ROUNDS = 150 };

struct busy {
    struct room *room;
    atomic_bool stop;
};

static void *write_all_the_time(void *context)
{
    struct busy *busy = context;
    for (int64_t i = 0; !busy->stop; i++) {
        struct event event = fact_event(SUBJECT_OF_PERSON, 1, "a", i % 2 == 0 ? "yes" : "no");
        append_ok(busy->room, event);
    }
    return NULL;
}

struct together_check {
    size_t wanted;
    size_t count;
    int64_t last_position;
};

static result expect_one_commit(struct transaction *const *transactions, size_t count,
                                void *context, struct err *err)
{
    struct together_check *check = context;
    int64_t first = 0;
    assert_true(count >= 1 && count <= check->wanted);
    check->count = count;
    for (size_t i = 0; i < count; i++) {
        int64_t position = 0;
        TRY(transaction_event_count(transactions[i], &position, err));
        assert_true(i == 0 || position == first);
        first = position;
    }
    assert_true(first >= check->last_position);
    check->last_position = first;
    return result_ok();
}

static void snapshots_of_one_commit(void **state)
{
    /* Aim: while somebody writes without a pause, the snapshots read together are of one commit. */
    struct room *room = *state;
    struct busy busy = {.room = room};
    struct together_check check = {.wanted = 3};
    pthread_t writer;
    size_t several = 0;
    make_person(room, "RH-1", "Ana", "claim");
    pthread_create(&writer, NULL, write_all_the_time, &busy);
    for (int round = 0; round < TOGETHER_ROUNDS; round++) {
        EXPECT_OK(
            store_read_together(room->store, check.wanted, expect_one_commit, &check, &failure));
        several += check.count == check.wanted ? 1 : 0;
    }
    busy.stop = true;
    pthread_join(writer, NULL);
    assert_true(several > 0);
    EXPECT_OK(store_read_together(room->store, STORE_TOGETHER_MAX, expect_one_commit,
                                  &(struct together_check){.wanted = STORE_TOGETHER_MAX},
                                  &failure));
}

enum { CROWD = 12 };

static void *read_together_often(void *context)
{
    struct room *room = context;
    for (int i = 0; i < 30; i++) {
        struct together_check check = {.wanted = STORE_TOGETHER_MAX};
        EXPECT_OK(
            store_read_together(room->store, check.wanted, expect_one_commit, &check, &failure));
    }
    return NULL;
}

static void many_read_together(void **state)
{
    /* Aim: more readers than there are connections all come to an end. */
    struct room *room = *state;
    pthread_t threads[CROWD];
    make_person(room, "RH-1", "Ana", "claim");
    for (int i = 0; i < CROWD; i++) {
        pthread_create(&threads[i], NULL, read_together_often, room);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(threads[i], NULL);
    }
}

static result fail_together(struct transaction *const *transactions, size_t count, void *context,
                            struct err *err)
{
    (void)transactions;
    (void)count;
    (void)context;
    return err_set(err, ERROR_REFUSED, "enough");
}

static void a_failure_is_handed_on(void **state)
{
    struct room *room = *state;
    for (int i = 0; i < 100; i++) { /* more often than there are connections */
        EXPECT_ERROR(store_read_together(room->store, 2, fail_together, NULL, &failure),
                     ERROR_REFUSED);
    }
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"caseload_is_what_the_rows_say", caseload_is_what_the_rows_say},
        {"a_work_reads_what_it_wrote", a_work_reads_what_it_wrote},
        {"somebodys_own_words_stay_with_them", somebodys_own_words_stay_with_them},
        {"snapshots_of_one_commit", snapshots_of_one_commit},
        {"many_read_together", many_read_together},
        {"a_failure_is_handed_on", a_failure_is_handed_on},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
