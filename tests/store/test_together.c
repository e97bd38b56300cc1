/* Aim: what store.h promises, asked through store.h alone, of every backend: works that run at the
 * same time do not touch each other. */
#include "harness.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- many at once --- */

enum { WRITERS = 16, WORKS_EACH = 40 };

struct crowd_member {
    struct room *room;
    int number;
    int written;
};

static result write_or_fail(struct transaction *transaction, void *context, struct err *err)
{
    const int *choice = context;
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    char text[40];
    snprintf(text, sizeof text, "note %d", *choice);
    note.body.note_added.note = str_from_c(text);
    TRY(transaction_append(transaction, &note, err));
    if (*choice % 3 == 0) {
        return err_set(err, ERROR_REFUSED, "chosen %d", *choice);
    }
    return transaction_append(transaction, &note, err);
}

static void *write_in_crowd(void *context)
{
    struct crowd_member *member = context;
    for (int i = 0; i < WORKS_EACH; i++) {
        int choice = member->number * WORKS_EACH + i;
        char expected[40];
        struct err err = {0};
        snprintf(expected, sizeof expected, "chosen %d", choice);
        if (store_write(member->room->store, write_or_fail, &choice, &err).ok) {
            member->written += choice % 3 != 0 ? 1 : -1000000;
        } else {
            /* Everybody hears their own error and nobody else's. */
            member->written += choice % 3 == 0 && strcmp(err.what, expected) == 0 ? 0 : -1000000;
        }
    }
    return NULL;
}

static void failures_do_not_touch_others(void **state)
{
    /* Aim: of works committed together, those that fail do not take others with them, nor leave a
     * gap. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct crowd_member members[WRITERS];
    pthread_t threads[WRITERS];
    int written = 0;
    for (int i = 0; i < WRITERS; i++) {
        members[i] = (struct crowd_member){.room = room, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_in_crowd, &members[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(members[i].written >= 0);
        written += members[i].written;
    }
    assert_int_equal(read_event_count(room), 1 + 2 * written);
    const struct events_read all = read_history(room, 1, 0, 0);
    assert_int_equal(all.count, 1 + 2 * written);
    for (size_t i = 0; i < all.count; i++) {
        assert_int_equal(all.events[i].position, all.count - i);
        if (all.events[i].kind == EVENT_NOTE_ADDED) {
            int choice = 0;
            assert_int_equal(sscanf(all.events[i].body.note_added.note.at, "note %d", &choice), 1);
            assert_true(choice % 3 != 0);
        }
    }
    expect_rebuild_equal(room);
}

struct slow {
    struct room *room;
    atomic_int *calling;
    bool ok;
};

static result sleep_and_append(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    usleep(10000);
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    return transaction_append(transaction, &note, err);
}

static void *write_while_closing(void *context)
{
    struct slow *slow = context;
    atomic_fetch_add(slow->calling, 1);
    slow->ok = store_write(slow->room->store, sleep_and_append, NULL, NULL).ok;
    return NULL;
}

struct slow_reader {
    struct room *room;
    atomic_bool inside;
    atomic_bool finished;
};

static result read_slowly(struct transaction *transaction, void *context, struct err *err)
{
    struct slow_reader *reader = context;
    int64_t count = 0;
    atomic_store(&reader->inside, true);
    usleep(300000);
    TRY(transaction_event_count(transaction, &count, err));
    assert_true(count >= 1);
    atomic_store(&reader->finished, true);
    return result_ok();
}

static void *read_while_closing(void *context)
{
    struct slow_reader *reader = context;
    result_ignore(store_read(reader->room->store, read_slowly, reader, NULL),
                  "what it read is checked inside");
    return NULL;
}

static void closing_waits_for_readers(void **state)
{
    /* Aim: store_close does not take the store away from under somebody who is reading. */
    struct room *room = *state;
    struct slow_reader reader = {.room = room};
    pthread_t thread;
    make_person(room, "RH-1", "Ana", "claim");
    pthread_create(&thread, NULL, read_while_closing, &reader);
    while (!atomic_load(&reader.inside)) {
        usleep(1000);
    }
    store_close(room->store);
    assert_true(atomic_load(&reader.finished));
    pthread_join(thread, NULL);
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
}

static void closing_answers_everybody(void **state)
{
    /* Aim: store_close waits for the works that are under way, and each of them is written. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    atomic_int calling = 0;
    pthread_t threads[WRITERS];
    struct slow slow[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        slow[i] = (struct slow){.room = room, .calling = &calling};
        pthread_create(&threads[i], NULL, write_while_closing, &slow[i]);
    }
    while (atomic_load(&calling) < WRITERS) {
        usleep(1000);
    }
    usleep(50000); /* all are inside; at 10 ms a work most still wait */
    store_close(room->store);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(slow[i].ok);
    }
    EXPECT_OK(room_open_store(room, false, &room->store, &failure));
    assert_int_equal(read_event_count(room), 1 + WRITERS);
}

/* --- two works of one group, in this order --- */

struct queued {
    struct room *room;
    store_work *work;
    useconds_t after; /* so that they are put into the queue one after the other */
    bool ok;
};

static result register_then_fail(struct transaction *transaction, void *context, struct err *err)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 2, EVENT_PERSON_REGISTERED);
    (void)context;
    event.body.person_registered.reference = STR("RH-2");
    event.body.person_registered.stage = STR("claim");
    TRY(transaction_append(transaction, &event, err));
    return err_set(err, ERROR_REFUSED, "not after all");
}

static result note_on_second_person(struct transaction *transaction, void *context, struct err *err)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 2, EVENT_NOTE_ADDED);
    (void)context;
    return transaction_append(transaction, &event, err);
}

static result hold_the_writer(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    usleep(100000);
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    return transaction_append(transaction, &note, err);
}

static void *write_queued(void *context)
{
    struct queued *queued = context;
    usleep(queued->after);
    queued->ok = store_write(queued->room->store, queued->work, NULL, NULL).ok;
    return NULL;
}

static void a_failed_work_is_forgotten(void **state)
{
    /* Aim: what was learned in a work that failed is not believed by the next one of the same
     * group: the person it registered does not exist, and has no key. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct queued queued[] = {{room, hold_the_writer, 0, false},
                              {room, register_then_fail, 20000, true},
                              {room, note_on_second_person, 60000, true}};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, write_queued, &queued[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_true(queued[0].ok && !queued[1].ok && !queued[2].ok);
    assert_int_equal(read_event_count(room), 2);
    expect_rebuild_equal(room);
}

/* --- nothing is lost --- */

static result add_one(struct transaction *transaction, void *context, struct err *err)
{
    struct arena arena = {0};
    (void)context;
    TRY(arena_open(&arena, 1 << 20, err));
    const struct fact_row *rows = NULL;
    size_t count = 0;
    result added = transaction_facts(transaction, SUBJECT_OF_PERSON, 1, (date){DAY_0}, base_time,
                                     &arena, &rows, &count, err);
    int64_t number = 0;
    if (added.ok && count > 0) {
        added = str_to_int64(rows[0].value, &number, err);
    }
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number + 1);
    struct event event = fact_event(SUBJECT_OF_PERSON, 1, "counter", text);
    if (added.ok) {
        added = transaction_append(transaction, &event, err);
    }
    arena_close(&arena);
    return added;
}

static void *add_in_crowd(void *context)
{
    struct crowd_member *member = context;
    for (int i = 0; i < WORKS_EACH; i++) {
        member->written += store_write(member->room->store, add_one, NULL, NULL).ok ? 1 : -1000000;
    }
    return NULL;
}

static void no_update_is_lost(void **state)
{
    /* Aim: what a work reads is what it changes: a counter that many increase at once counts every
     * one of them. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct crowd_member members[WRITERS] = {{0}};
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        members[i].room = room;
        pthread_create(&threads[i], NULL, add_in_crowd, &members[i]);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(members[i].written, WORKS_EACH);
    }
    const struct facts_read facts =
        read_facts(room, SUBJECT_OF_PERSON, 1, (date){DAY_0}, base_time);
    int64_t number = 0;
    assert_int_equal(facts.count, 1);
    EXPECT_OK(str_to_int64(facts.rows[0].value, &number, &failure));
    assert_int_equal(number, WRITERS * WORKS_EACH);
}

struct snapshot {
    struct room *room;
    int64_t before;
    int64_t after;
};

static result read_around_a_write(struct transaction *transaction, void *context, struct err *err)
{
    struct snapshot *snapshot = context;
    TRY(transaction_event_count(transaction, &snapshot->before, err));
    append_ok(snapshot->room, event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED));
    return transaction_event_count(transaction, &snapshot->after, err);
}

static void a_read_is_a_snapshot(void **state)
{
    /* Aim: what is committed while a read runs is not seen by it, and is seen by the next. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct snapshot snapshot = {.room = room};
    read_ok(room, read_around_a_write, &snapshot);
    assert_true(snapshot.before == 1 && snapshot.after == 1);
    assert_int_equal(read_event_count(room), 2);
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"failures_do_not_touch_others", failures_do_not_touch_others},
        {"closing_waits_for_readers", closing_waits_for_readers},
        {"closing_answers_everybody", closing_answers_everybody},
        {"a_failed_work_is_forgotten", a_failed_work_is_forgotten},
        {"no_update_is_lost", no_update_is_lost},
        {"a_read_is_a_snapshot", a_read_is_a_snapshot},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
