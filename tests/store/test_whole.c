/* Aim: what store.h promises, asked through store.h alone, of every backend: bulk loading and
 * rebuilding. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

/* --- bulk and rebuild --- */

enum { BULK_PEOPLE = 300 };

static result load_people(struct transaction *transaction, void *context, struct err *err)
{
    const bool *fails = context;
    for (int i = 0; i < BULK_PEOPLE; i++) {
        char reference[16];
        struct event event = event_of(SUBJECT_OF_PERSON, 0, EVENT_PERSON_REGISTERED);
        snprintf(reference, sizeof reference, "RH-B%d", i);
        event.body.person_registered.reference = str_from_c(reference);
        event.body.person_registered.stage = STR("claim");
        TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &event.subject, err));
        TRY(transaction_append(transaction, &event, err));
        struct event fact = fact_event(SUBJECT_OF_PERSON, event.subject, "nationality", "ALB");
        TRY(transaction_append(transaction, &fact, err));
    }
    return *fails ? err_set(err, ERROR_INPUT, "the last line is wrong") : result_ok();
}

static void bulk_is_whole(void **state)
{
    /* Aim: a bulk load is one transaction: whole, or nothing of it; afterwards the store works as
     * before. */
    struct room *room = *state;
    bool fails = true;
    EXPECT_ERROR(store_bulk(room->store, load_people, &fails, &failure), ERROR_INPUT);
    assert_int_equal(read_event_count(room), 0);
    expect_rebuild_equal(room);
    fails = false;
    EXPECT_OK(store_bulk(room->store, load_people, &fails, &failure));
    assert_int_equal(read_event_count(room), 2 * BULK_PEOPLE);
    assert_int_equal(make_person(room, "RH-1", "Ana", "claim"), BULK_PEOPLE + 1);
    room_reopen(room);
    assert_int_equal(read_event_count(room), 2 * BULK_PEOPLE + 1);
    expect_rebuild_equal(room);
}

struct progress {
    int64_t last;
    int64_t all;
};

static void note_progress(void *context, int64_t done, int64_t all)
{
    struct progress *progress = context;
    assert_true(done > progress->last && done <= all);
    *progress = (struct progress){done, all};
}

static void rebuild_reports(void **state)
{
    /* Aim: a rebuild says how far it is and what it saw, and replacing rows by equal ones changes
     * nothing. */
    struct room *room = *state;
    bool fails = false;
    EXPECT_OK(store_bulk(room->store, load_people, &fails, &failure));
    make_hub(room, "HUB-1", 7);
    struct progress progress = {0};
    struct rebuild_outcome outcome = {0};
    EXPECT_OK(store_rebuild(room->store, true, note_progress, &progress, &outcome, &failure));
    assert_true(progress.last == 2 * BULK_PEOPLE + 2 && progress.all == progress.last);
    assert_int_equal(outcome.events, 2 * BULK_PEOPLE + 2);
    /* Of each person a row, one of the caseload, one of their course and one fact; the hub, its
     * places and their count; two words, the name of a fact. */
    assert_int_equal(outcome.rows, 4 * BULK_PEOPLE + 1 + 7 + 1 + 2 + 1);
    assert_int_equal(outcome.differences, 0);
    assert_string_equal(outcome.first_difference, "");
    assert_int_equal(read_place_counts(room, 1).free, 7);
    expect_rebuild_equal(room);
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"bulk_is_whole", bulk_is_whole},
        {"rebuild_reports", rebuild_reports},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
