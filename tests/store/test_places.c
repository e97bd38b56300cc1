/* Aim: what store.h promises, asked through store.h alone, of every backend: a place is one
 * person's, whatever is tried and however many try at once. */
#include "harness.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* --- places --- */

static void expect_counts(struct room *room, int64_t hub, int64_t free, int64_t held,
                          int64_t occupied)
{
    const struct place_counts counts = read_place_counts(room, hub);
    assert_int_equal(counts.free, free);
    assert_int_equal(counts.held, held);
    assert_int_equal(counts.occupied, occupied);
    assert_int_equal(counts.agreed, free + held + occupied);
}

static void life_of_a_place(void **state)
{
    /* Aim: a place is held by the approval, occupied by the step, left for another hub's, and freed
     * by -1; a held place is freed when its request ends in any way. */
    struct room *room = *state;
    const int64_t person = make_person(room, "RH-1", "Ana", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 2);
    const int64_t other_hub = make_hub(room, "HUB-2", 1);
    const int64_t request = request_step(room, person, hub);
    append_ok(room, approval_event(person, request, 2, 1));
    expect_counts(room, hub, 1, 1, 0);
    assert_int_equal(read_request(room, request).place, 1);
    append_refused(room, taken_event(person, request, "claim", "at_hub", hub, 2), ERROR_CONFLICT);
    append_ok(room, taken_event(person, request, "claim", "at_hub", hub, 1));
    expect_counts(room, hub, 1, 0, 1);
    assert_true(read_person(room, person).hub == hub &&
                read_request(room, request).state == REQUEST_TAKEN);

    append_ok(room, taken_event(person, 0, "at_hub", "", other_hub, 1)); /* moves on */
    expect_counts(room, hub, 2, 0, 0);
    expect_counts(room, other_hub, 0, 0, 1);
    append_ok(room, taken_event(person, 0, "at_hub", "returned", other_hub, -1));
    expect_counts(room, other_hub, 1, 0, 0);
    assert_int_equal(read_person(room, person).hub, 0);

    static const enum event_kind ends[] = {EVENT_STEP_STOPPED, EVENT_STEP_DECLINED,
                                           EVENT_STEP_WITHDRAWN};
    for (size_t i = 0; i < 3; i++) {
        const int64_t again = request_step(room, person, hub);
        append_ok(room, approval_event(person, again, 2, 2));
        expect_counts(room, hub, 1, 1, 0);
        struct event end = event_of(SUBJECT_OF_PERSON, person, ends[i]);
        if (ends[i] == EVENT_STEP_STOPPED) {
            end.body.step_stopped.request = again;
        } else if (ends[i] == EVENT_STEP_DECLINED) {
            end.body.step_declined.request = again;
        } else {
            end.body.step_withdrawn.request = again;
        }
        append_ok(room, end);
        expect_counts(room, hub, 2, 0, 0);
        assert_int_equal(read_request(room, again).place, 0);
    }
    expect_rebuild_equal(room);
}

static void places_shrink_and_grow(void **state)
{
    /* Aim: agreeing on other places is possible down to what is in use, and never below. */
    struct room *room = *state;
    const int64_t person = make_person(room, "RH-1", "Ana", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 3);
    append_ok(room, taken_event(person, 0, "", "at_hub", hub, 3));
    struct event agreed = event_of(SUBJECT_OF_HUB, hub, EVENT_PLACES_AGREED);
    agreed.body.places_agreed.places = 1;
    append_ok(room, agreed);
    expect_counts(room, hub, 0, 0, 1);
    agreed.body.places_agreed.places = 0;
    append_refused(room, agreed, ERROR_CONFLICT);
    expect_counts(room, hub, 0, 0, 1);
    append_refused(room,
                   taken_event(make_person(room, "RH-2", "Ben", "claim"), 0, "", "at_hub", hub, 1),
                   ERROR_CONFLICT);
    agreed.body.places_agreed.places = 5;
    append_ok(room, agreed);
    expect_counts(room, hub, 4, 0, 1);
    expect_rebuild_equal(room);
}

struct free_asked {
    int64_t hub;
    int64_t number;
};

static result ask_free_place(struct transaction *transaction, void *context, struct err *err)
{
    struct free_asked *asked = context;
    return transaction_free_place(transaction, asked->hub, STR(""), (date){DAY_0}, &asked->number,
                                  err);
}

static int64_t free_place(struct room *room, int64_t hub)
{
    struct free_asked asked = {.hub = hub, .number = -1};
    write_ok(room, ask_free_place, &asked);
    return asked.number;
}

static void the_lowest_free_place(void **state)
{
    /* Aim: a free place is the one with the lowest number, of that hub; 0 when there is none. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_person(room, "RH-2", "Ben", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 3);
    const int64_t full = make_hub(room, "HUB-2", 1);
    assert_int_equal(free_place(room, hub), 1);
    append_ok(room, taken_event(1, 0, "", "", hub, 1));
    assert_int_equal(free_place(room, hub), 2);
    append_ok(room, taken_event(2, 0, "", "", full, 1));
    assert_int_equal(free_place(room, full), 0);
    append_ok(room, taken_event(1, 0, "", "", hub, 3)); /* and leaves number 1 */
    assert_int_equal(free_place(room, hub), 1);
    assert_int_equal(free_place(room, 99), 0);
}

enum { PLACE_ROUNDS = 200, PLACE_THREADS = 16, PLACES = 5 };

struct rush {
    struct room *room;
    int64_t hub;
    int64_t person;
    int64_t request;
    int64_t got; /* the number of the place */
};

static result approve_with_a_free_place(struct transaction *transaction, void *context,
                                        struct err *err)
{
    struct rush *rush = context;
    int64_t place = 0;
    TRY(transaction_free_place(transaction, rush->hub, STR(""), (date){DAY_0}, &place, err));
    if (place == 0) {
        return err_set(err, ERROR_CONFLICT, "no place is free");
    }
    struct event event = approval_event(rush->person, rush->request, 2, place);
    TRY(transaction_append(transaction, &event, err));
    rush->got = place;
    return result_ok();
}

static void *rush_for_a_place(void *context)
{
    struct rush *rush = context;
    struct err err = {0};
    const bool ok = store_write(rush->room->store, approve_with_a_free_place, rush, &err).ok;
    if (!ok) {
        rush->got = err.code == ERROR_CONFLICT ? 0 : -1;
    }
    return NULL;
}

struct round {
    struct rush rushes[PLACE_THREADS];
    bool taken; /* the places are taken and left; otherwise the requests are withdrawn */
};

static result ask_for_places(struct transaction *transaction, void *context, struct err *err)
{
    struct round *round = context;
    for (int i = 0; i < PLACE_THREADS; i++) {
        struct event event =
            event_of(SUBJECT_OF_PERSON, round->rushes[i].person, EVENT_STEP_REQUESTED);
        event.body.step_requested.step = STR("hub_transfer");
        event.body.step_requested.hub = round->rushes[i].hub;
        TRY(transaction_append(transaction, &event, err));
        round->rushes[i].request = event.position;
    }
    return result_ok();
}

static result end_rush(struct transaction *transaction, const struct rush *rush, bool taken,
                       struct err *err)
{
    if (taken && rush->got > 0) {
        struct event in =
            taken_event(rush->person, rush->request, "claim", "claim", rush->hub, rush->got);
        struct event out = taken_event(rush->person, 0, "claim", "claim", rush->hub, -1);
        TRY(transaction_append(transaction, &in, err));
        return transaction_append(transaction, &out, err);
    }
    struct event event = event_of(SUBJECT_OF_PERSON, rush->person, EVENT_STEP_WITHDRAWN);
    event.body.step_withdrawn.request = rush->request;
    return transaction_append(transaction, &event, err);
}

static result end_round(struct transaction *transaction, void *context, struct err *err)
{
    const struct round *round = context;
    for (int i = 0; i < PLACE_THREADS; i++) {
        TRY(end_rush(transaction, &round->rushes[i], round->taken, err));
    }
    return result_ok();
}

static void check_round(struct round *round)
{
    bool given[PLACES + 1] = {false};
    size_t winners = 0;
    for (int i = 0; i < PLACE_THREADS; i++) {
        const int64_t got = round->rushes[i].got;
        assert_true(got >= 0 && got <= PLACES);
        assert_false(got > 0 && given[got]); /* nobody else's */
        given[got] = true;
        winners += got > 0 ? 1 : 0;
    }
    assert_int_equal(winners, PLACES);
}

static void one_round_of_rush(struct room *room, int64_t hub, bool taken)
{
    struct round round = {.taken = taken};
    pthread_t threads[PLACE_THREADS];
    for (int i = 0; i < PLACE_THREADS; i++) {
        round.rushes[i] = (struct rush){.room = room, .hub = hub, .person = i + 1};
    }
    write_ok(room, ask_for_places, &round);
    for (int i = 0; i < PLACE_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, rush_for_a_place, &round.rushes[i]), 0);
    }
    for (int i = 0; i < PLACE_THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    check_round(&round);
    expect_counts(room, hub, 0, PLACES, 0);
    write_ok(room, end_round, &round);
    expect_counts(room, hub, PLACES, 0, 0);
}

static void nobody_shares_a_place(void **state)
{
    /* Aim: sixteen at once for five places: exactly five get one, each a different one; again and
     * again. */
    struct room *room = *state;
    for (int i = 0; i < PLACE_THREADS; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i + 1);
        make_person(room, reference, "X", "claim");
    }
    const int64_t hub = make_hub(room, "HUB-1", PLACES);
    for (int round = 0; round < PLACE_ROUNDS; round++) {
        one_round_of_rush(room, hub, round % 2 == 0);
    }
    expect_rebuild_equal(room);
}

/* --- a long random story --- */

enum { STORY_PEOPLE = 8, STORY_HUBS = 2, STORY_EVENTS = 1500 };

static struct event random_event(struct random *random, const struct request_row *requests,
                                 size_t request_count)
{
    const int64_t person = random_between(random, 1, STORY_PEOPLE);
    const int64_t hub = random_between(random, 1, STORY_HUBS);
    const struct request_row *request = request_count == 0
                                            ? &(struct request_row){.person = person}
                                            : &requests[random_below(random, request_count)];
    struct event event = event_of(SUBJECT_OF_PERSON, request->person, EVENT_STEP_REQUESTED);
    switch (random_below(random, 8)) {
    case 0:
        event.subject = person;
        event.body.step_requested.step = STR("hub_transfer");
        event.body.step_requested.hub = random_chance(random, 0.8) ? hub : 0;
        return event;
    case 1:
    case 2:
        event = approval_event(request->person, request->id, random_between(random, 1, 4),
                               random_between(random, 0, 4));
        event.body.step_approved.outstanding = random_chance(random, 0.3) ? 1 : 0;
        return event;
    case 3:
    case 4:
        return taken_event(request->person, request->id, "", "", request->hub, request->place);
    case 5:
        return taken_event(person, 0, "", random_chance(random, 0.5) ? "at_hub" : "claim", hub,
                           random_between(random, -1, 4));
    case 6:
        event.kind = EVENT_STEP_STOPPED;
        event.body.step_stopped.request = request->id;
        return event;
    default:
        event = event_of(SUBJECT_OF_HUB, hub, EVENT_PLACES_AGREED);
        event.body.places_agreed.places = random_between(random, 0, 5);
        return event;
    }
}

struct story {
    struct room *room;
    struct arena arena;
    const struct request_row *requests;
    size_t request_count;
    int64_t occupied_by[STORY_PEOPLE + 1];
};

static void check_place(struct story *story, const struct place_row *place)
{
    if (place->state == PLACE_OCCUPIED) {
        assert_int_equal(story->occupied_by[place->person], 0); /* one place a person */
        story->occupied_by[place->person] = place->hub;
    }
    if (place->state == PLACE_HELD) {
        size_t holders = 0;
        for (size_t i = 0; i < story->request_count; i++) {
            const struct request_row *request = &story->requests[i];
            const bool live = request->state == REQUEST_OPEN || request->state == REQUEST_APPROVED;
            holders += live && request->id == place->request && request->place == place->number &&
                               request->hub == place->hub && request->person == place->person
                           ? 1
                           : 0;
        }
        assert_int_equal(holders, 1);
    }
}

static result check_story(struct transaction *transaction, void *context, struct err *err)
{
    struct story *story = context;
    const struct request_filter all = {0};
    TRY(transaction_requests(transaction, &all, &story->arena, &story->requests,
                             &story->request_count, err));
    memset(story->occupied_by, 0, sizeof story->occupied_by);
    size_t held = 0;
    for (int64_t hub = 1; hub <= STORY_HUBS; hub++) {
        const struct place_row *places = NULL;
        size_t count = 0;
        TRY(transaction_places(transaction, hub, &story->arena, &places, &count, err));
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(places[i].number, i + 1);
            check_place(story, &places[i]);
            held += places[i].state == PLACE_HELD ? 1 : 0;
        }
    }
    for (size_t i = 0; i < story->request_count; i++) {
        held -=
            story->requests[i].place > 0 ? 1 : 0; /* what a request says it holds is held for it */
    }
    assert_int_equal(held, 0);
    for (int64_t person = 1; person <= STORY_PEOPLE; person++) {
        struct person_row row;
        TRY(transaction_person(transaction, person, &story->arena, &row, err));
        assert_int_equal(
            row.hub,
            story->occupied_by[person]); /* where the person is placed is where their place is */
    }
    return result_ok();
}

static result append_event(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_append(transaction, context, err);
}

static void a_long_random_story(void **state)
{
    /* Aim: whatever is tried, in whatever order, the invariants of places, requests and people hold
     * after every event, and the rows are those that a replay makes. Many of the events are
     * refused; enough are not. */
    struct room *room = *state;
    struct random random;
    struct story story = {.room = room};
    size_t accepted = 0;
    random_seed(&random, 99);
    EXPECT_OK(arena_open(&story.arena, 16 << 20, &failure));
    for (int i = 1; i <= STORY_PEOPLE; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i);
        make_person(room, reference, "X", "claim");
    }
    make_hub(room, "HUB-1", 3);
    make_hub(room, "HUB-2", 2);
    for (int i = 0; i < STORY_EVENTS; i++) {
        struct event event = random_event(&random, story.requests, story.request_count);
        struct err err = {0};
        const bool ok = store_write(room->store, append_event, &event, &err).ok;
        assert_true(ok || err.code == ERROR_CONFLICT || err.code == ERROR_INPUT ||
                    err.code == ERROR_LIMIT);
        accepted += ok ? 1 : 0;
        arena_reset(&story.arena);
        read_ok(room, check_story, &story);
    }
    assert_in_range(accepted, STORY_EVENTS / 6, STORY_EVENTS - 100);
    expect_rebuild_equal(room);
    arena_close(&story.arena);
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"life_of_a_place", life_of_a_place},
        {"places_shrink_and_grow", places_shrink_and_grow},
        {"the_lowest_free_place", the_lowest_free_place},
        {"nobody_shares_a_place", nobody_shares_a_place},
        {"a_long_random_story", a_long_random_story},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
