/* Aim: what store.h promises, asked through store.h alone, of every backend: what is appended is
 * kept as it was, whole or not at all, and only what makes sense. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

/* --- events and their histories --- */

static void events_are_kept(void **state)
{
    /* Aim: positions count from 1 without gaps; an event comes back with every part of header and
     * body; a history is newest first and can be turned page by page; all of it also after closing
     * and opening. */
    struct room *room = *state;
    assert_int_equal(read_event_count(room), 0);
    const int64_t person = make_person(room, "RH-1", "Ana \"A\" Kovač", "claim");
    const int64_t other = make_person(room, "RH-2", "Ben", "claim");
    assert_true(person == 1 && other == 2);
    struct event note = event_of(SUBJECT_OF_PERSON, person, EVENT_NOTE_ADDED);
    note.effective_on.day = DAY_0 - 400;
    note.recorded_at.milliseconds += 5;
    note.actor = 33;
    note.client_id.bytes[15] = 9;
    note.body.note_added.note = STR("a note\nof two lines");
    assert_int_equal(append_ok(room, note), 3);
    for (int i = 0; i < 5; i++) {
        note.client_id.bytes[15] = 0;
        note.recorded_at.milliseconds++;
        append_ok(room, note);
    }
    room_reopen(room);
    assert_int_equal(read_event_count(room), 8);
    const struct events_read all = read_history(room, person, 0, 0);
    assert_int_equal(all.count, 7);
    for (size_t i = 0; i + 1 < all.count; i++) {
        assert_true(all.events[i].position > all.events[i + 1].position);
    }
    const struct event *kept = &all.events[5];
    assert_true(kept->position == 3 && kept->kind == EVENT_NOTE_ADDED && kept->actor == 33 &&
                kept->subject == person);
    assert_true(kept->effective_on.day == DAY_0 - 400);
    assert_true(kept->recorded_at.milliseconds == base_time.milliseconds + 5);
    assert_int_equal(kept->client_id.bytes[15], 9);
    assert_true(str_equal(kept->body.note_added.note, STR("a note\nof two lines")));
    const struct events_read page = read_history(room, person, 7, 2);
    assert_true(page.count == 2 && page.events[0].position == 6 && page.events[1].position == 5);
    assert_int_equal(read_history(room, 99, 0, 0).count, 0);
}

static void what_cannot_begin(void **state)
{
    /* Aim: nothing can be recorded of a subject that is not in the register, and no subject enters
     * it twice. */
    struct room *room = *state;
    static const enum event_kind kinds[] = {EVENT_IDENTITY_CORRECTED, EVENT_FACT_RECORDED,
                                            EVENT_NOTE_ADDED,         EVENT_STEP_REQUESTED,
                                            EVENT_STEP_TAKEN,         EVENT_STEP_REFUSED};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        append_refused(room, event_of(SUBJECT_OF_PERSON, 1, kinds[i]), ERROR_CONFLICT);
    }
    append_refused(room, event_of(SUBJECT_OF_HUB, 1, EVENT_PLACES_AGREED), ERROR_CONFLICT);
    assert_int_equal(read_event_count(room), 0);
    const int64_t person = make_person(room, "RH-1", "Ana", "claim");
    struct event again = event_of(SUBJECT_OF_PERSON, person, EVENT_PERSON_REGISTERED);
    again.body.person_registered.reference = STR("RH-9");
    again.body.person_registered.stage = STR("claim");
    append_refused(room, again, ERROR_CONFLICT);
    again.subject = 77; /* another person with a reference that is taken */
    again.body.person_registered.reference = STR("RH-1");
    append_refused(room, again, ERROR_CONFLICT);
    struct event adopted = event_of(SUBJECT_OF_REGISTER, 1, EVENT_RULEBOOK_ADOPTED);
    append_ok(room, adopted); /* the register itself is always there */
    expect_rebuild_equal(room);
}

static void headers_are_checked(void **state)
{
    /* Aim: an event that makes no sense is refused, and a history never runs backwards in time. */
    struct room *room = *state;
    const int64_t person = make_person(room, "RH-1", "Ana", "claim");
    append_refused(room, event_of(SUBJECT_OF_HUB, 1, EVENT_PERSON_REGISTERED), ERROR_INTERNAL);
    append_refused(room, event_of(SUBJECT_OF_PERSON, 0, EVENT_NOTE_ADDED), ERROR_INTERNAL);
    append_refused(room, event_of(SUBJECT_OF_PERSON, person, EVENT_NONE), ERROR_INTERNAL);
    append_refused(room, event_of(SUBJECT_OF_PERSON, person, (enum event_kind)999), ERROR_INTERNAL);
    append_refused(room, event_of((enum subject_kind)9, person, EVENT_NOTE_ADDED), ERROR_INTERNAL);
    struct event note = event_of(SUBJECT_OF_PERSON, person, EVENT_NOTE_ADDED);
    note.actor = -1;
    append_refused(room, note, ERROR_INTERNAL);
    note.actor = 0;
    note.effective_on.day = 1000000;
    append_refused(room, note, ERROR_INPUT);
    note.effective_on.day = DAY_0;
    note.recorded_at.milliseconds = base_time.milliseconds - 1;
    append_refused(room, note, ERROR_CONFLICT);
    room_reopen(room); /* also when the last time has to be read from the store */
    append_refused(room, note, ERROR_CONFLICT);
    note.recorded_at.milliseconds = base_time.milliseconds;
    append_ok(room, note);
    assert_int_equal(read_event_count(room), 2);
}

static result append_in_read(struct transaction *transaction, void *context, struct err *err)
{
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    int64_t number = 0;
    const struct session_row session = {.account = 1};
    (void)context;
    EXPECT_ERROR(transaction_append(transaction, &note, &failure), ERROR_INTERNAL);
    EXPECT_ERROR(transaction_new_id(transaction, SUBJECT_OF_PERSON, &number, &failure),
                 ERROR_INTERNAL);
    EXPECT_ERROR(transaction_free_place(transaction, 1, STR(""), (date){DAY_0}, &number, &failure),
                 ERROR_INTERNAL);
    EXPECT_ERROR(transaction_put_session(transaction, &session, &failure), ERROR_INTERNAL);
    EXPECT_ERROR(transaction_set_password_hash(transaction, 1, STR("x"), &failure), ERROR_INTERNAL);
    EXPECT_ERROR(transaction_put_rulebook(transaction, STR("x"), STR("y"), &failure),
                 ERROR_INTERNAL);
    EXPECT_ERROR(transaction_delete_session(transaction, session.token_hash, &failure),
                 ERROR_INTERNAL);
    return transaction_append(transaction, &note, err);
}

static void reads_do_not_write(void **state)
{
    /* Aim: whatever writes is refused in a read, and nothing is left of it. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    EXPECT_ERROR(store_read(room->store, append_in_read, NULL, &failure), ERROR_INTERNAL);
    assert_int_equal(read_event_count(room), 1);
}

/* --- whole or not at all --- */

static result append_then_fail(struct transaction *transaction, void *context, struct err *err)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 0, EVENT_PERSON_REGISTERED);
    event.body.person_registered.reference = STR("RH-GONE");
    event.body.person_registered.stage = STR("claim");
    event.client_id.bytes[0] = 1;
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &event.subject, err));
    TRY(transaction_append(transaction, &event, err));
    TRY(transaction_append(transaction,
                           &(struct event){.subject_kind = SUBJECT_OF_PERSON,
                                           .subject = event.subject,
                                           .kind = EVENT_NOTE_ADDED,
                                           .effective_on = {DAY_0},
                                           .recorded_at = base_time},
                           err));
    *(int64_t *)context = event.subject;
    return err_set(err, ERROR_REFUSED, "not after all");
}

static void failed_work_leaves_nothing(void **state)
{
    /* Aim: of a work that fails nothing is left: no event, no row, no id, no key, no client id; its
     * own error is told. */
    struct room *room = *state;
    int64_t id = 0;
    EXPECT_ERROR(store_write(room->store, append_then_fail, &id, &failure), ERROR_REFUSED);
    assert_true(id == 1 && read_event_count(room) == 0);
    struct event event = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    append_refused(room, event, ERROR_CONFLICT); /* the key is not remembered either */
    assert_int_equal(make_person(room, "RH-GONE", "Ana", "claim"), 1);
    event.client_id.bytes[0] = 1;
    append_ok(room, event);
    expect_rebuild_equal(room);
}

static result hide_half_an_append(struct transaction *transaction, void *context, struct err *err)
{
    const int64_t *request = context;
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    TRY(transaction_append(transaction, &note, err));
    struct event approval = approval_event(1, *request, 2, 50); /* the hub has no such place */
    EXPECT_ERROR(transaction_append(transaction, &approval, &failure), ERROR_CONFLICT);
    struct event more = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    EXPECT_ERROR(transaction_append(transaction, &more, &failure), ERROR_CONFLICT);
    return result_ok();
}

static void half_an_append_is_not_hidden(void **state)
{
    /* Aim: when an append failed after it had changed rows, the work fails whatever it returns, and
     * is undone whole. */
    struct room *room = *state;
    const int64_t person = make_person(room, "RH-1", "Ana", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 1);
    int64_t request = request_step(room, person, hub);
    const int64_t before = read_event_count(room);
    EXPECT_ERROR(store_write(room->store, hide_half_an_append, &request, &failure), ERROR_CONFLICT);
    assert_int_equal(read_event_count(room), before);
    assert_int_equal(read_request(room, request).state, REQUEST_OPEN);
    append_ok(room, approval_event(person, request, 2, 1));
    expect_rebuild_equal(room);
}

static result refused_then_ok(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    struct event wrong = taken_event(1, 0, "nowhere", "x", 0, 0);
    EXPECT_ERROR(transaction_append(transaction, &wrong, &failure), ERROR_CONFLICT);
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    return transaction_append(transaction, &note, err);
}

static void refused_append_before_writing(void **state)
{
    /* Aim: an append that is refused before it changed anything does not spoil the rest of its
     * work. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    write_ok(room, refused_then_ok, NULL);
    assert_int_equal(read_event_count(room), 2);
}

static result fill_arena(struct transaction *transaction, void *context, struct err *err)
{
    struct room *room = context;
    struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
    TRY(transaction_append(transaction, &note, err));
    struct arena small = {0};
    TRY(arena_open(&small, 64, err));
    const struct person_row *rows = NULL;
    size_t count = 0;
    const struct people_filter everybody = {0};
    const result asked = transaction_people(transaction, &everybody, &small, &rows, &count, err);
    arena_close(&small);
    (void)room;
    return asked;
}

static void full_arena_undoes_the_work(void **state)
{
    /* Aim: a work that runs out of memory is undone whole, with the stated error. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    EXPECT_ERROR(store_write(room->store, fill_arena, room, &failure), ERROR_LIMIT);
    assert_int_equal(read_event_count(room), 1);
}

/* --- ids --- */

struct id_pair {
    int64_t first;
    int64_t second;
    int64_t third;
};

static result take_ids(struct transaction *transaction, void *context, struct err *err)
{
    struct id_pair *ids = context;
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &ids->first, err));
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &ids->second, err));
    struct event event = event_of(SUBJECT_OF_PERSON, ids->second + 10, EVENT_PERSON_REGISTERED);
    event.body.person_registered.reference = STR("RH-X");
    event.body.person_registered.stage = STR("claim");
    TRY(transaction_append(transaction, &event, err));
    return transaction_new_id(transaction, SUBJECT_OF_PERSON, &ids->third, err);
}

static void new_ids(void **state)
{
    /* Aim: ids asked for in one work differ, ids that were chosen are not given out, kinds count
     * separately. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    assert_int_equal(make_hub(room, "HUB-1", 0), 1);
    struct id_pair ids = {0};
    write_ok(room, take_ids, &ids);
    assert_true(ids.first == 2 && ids.second == 3 && ids.third == 14);
    assert_int_equal(make_person(room, "RH-2", "Ben", "claim"),
                     14); /* 14 was given out, and never used */
}

struct command {
    struct client_id id;
    int64_t position;
};

static result find_command(struct transaction *transaction, void *context, struct err *err)
{
    struct command *command = context;
    return transaction_find_client_id(transaction, &command->id, &command->position, err);
}

static result append_two(struct transaction *transaction, void *context, struct err *err)
{
    struct command *command = context;
    for (int i = 0; i < 2; i++) {
        struct event note = event_of(SUBJECT_OF_PERSON, 1, EVENT_NOTE_ADDED);
        note.client_id = command->id;
        TRY(transaction_append(transaction, &note, err));
    }
    return result_ok();
}

static void client_ids_are_used_once(void **state)
{
    /* Aim: a command is found by its client id from its first event on, and is not done a second
     * time. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    struct command command = {.id.bytes = {1, 2, 3}};
    read_ok(room, find_command, &command);
    assert_int_equal(command.position, 0);
    write_ok(room, append_two, &command);
    room_reopen(room);
    read_ok(room, find_command, &command);
    assert_int_equal(command.position, 2);
    EXPECT_ERROR(store_write(room->store, append_two, &command, &failure), ERROR_CONFLICT);
    assert_int_equal(read_event_count(room), 3);
    struct command none = {.position = 77};
    read_ok(room, find_command, &none);
    assert_int_equal(none.position, 0);
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"events_are_kept", events_are_kept},
        {"what_cannot_begin", what_cannot_begin},
        {"headers_are_checked", headers_are_checked},
        {"reads_do_not_write", reads_do_not_write},
        {"failed_work_leaves_nothing", failed_work_leaves_nothing},
        {"half_an_append_is_not_hidden", half_an_append_is_not_hidden},
        {"refused_append_before_writing", refused_append_before_writing},
        {"full_arena_undoes_the_work", full_arena_undoes_the_work},
        {"new_ids", new_ids},
        {"client_ids_are_used_once", client_ids_are_used_once},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
