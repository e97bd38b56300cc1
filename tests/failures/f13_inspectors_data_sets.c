/* Aim: F13. Inspectors could not be given consistent sets of data: they were kept in spreadsheets
 * beside the record.
 *
 * An export must come from the record itself: as of one instant even while others record, agreeing
 * with itself, no more and no less than the account may see, and on record as a look. */
#include "../casework/office.h"

#include "casework/export.h"
#include "format/csv.h"
#include "system/system.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, ROWS_MAX = 20000 };

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static void remove_folder(const char *folder)
{
    static const char *const files[] = {
        "people.csv",   "people.ndjson", "references.csv",  "references.ndjson", "facts.csv",
        "facts.ndjson", "requests.csv",  "requests.ndjson", "places.csv",        "places.ndjson",
        "hubs.csv",     "hubs.ndjson",   "agreements.csv",  "agreements.ndjson", "manifest.json"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}

static int teardown(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 40; i++) {
        char folder[300];
        snprintf(folder, sizeof folder, "%s/export-%d", office->folder, i);
        remove_folder(folder);
    }
    office_close(office);
    return 0;
}

static result export(struct office *office, enum account_name account, int number, struct err *err)
{
    char folder[300];
    struct export_outcome outcome;
    const struct caller caller = {.account = office->accounts[account]};
    snprintf(folder, sizeof folder, "%s/export-%d", office->folder, number);
    const struct export_options options = {.path = folder};
    return casework_export(&office->casework, &caller, &options, &outcome, err);
}

/* One column of a set, as texts in the arena. */
struct list {
    str items[ROWS_MAX];
    size_t count;
};

static struct list *column(struct office *office, int number, const char *set, const char *name,
                           struct arena *arena)
{
    char path[400];
    struct err err = {0};
    str text;
    struct csv_reader reader;
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    size_t wanted = CSV_COLUMNS_MAX;
    bool more = true;
    struct list *list = ARENA_NEW(arena, struct list, 1);
    assert_non_null(list);
    snprintf(path, sizeof path, "%s/export-%d/%s.csv", office->folder, number, set);
    if (!system_read_file(path, ARENA_BYTES, arena, &text, &err).ok) {
        fail_msg("%s", err.what);
    }
    csv_reader_init(&reader, path, text);
    while (more) {
        assert_true(csv_read(&reader, arena, cells, &count, &more, NULL).ok);
        for (size_t i = 0; more && wanted == CSV_COLUMNS_MAX && i < count; i++) {
            wanted = str_equal(cells[i], str_from_c(name)) ? i : wanted;
        }
        if (more && reader.line > 1) {
            assert_true(wanted < count && list->count < ROWS_MAX);
            list->items[list->count++] = cells[wanted];
        }
    }
    return list;
}

static bool has(const struct list *list, str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], text)) {
            return true;
        }
    }
    return false;
}

static void place_at(struct office *office, const struct somebody *person, const char *hub)
{
    const int64_t request = office_transfer(office, person, hub, 2);
    assert_true(office_take(office, CLERK, request).ok);
}

/* A monitor of one hub gets those who are there, and nobody and nothing of another. */
static void test_only_what_is_in_sight(void **state)
{
    struct office *office = *state;
    struct arena arena;
    struct err err = {0};
    assert_true(arena_open(&arena, ARENA_BYTES, NULL).ok);
    const struct somebody north = office_ready(office, "Synthetic Person North");
    const struct somebody south = office_ready(office, "Synthetic Person South");
    const struct somebody nowhere = office_ready(office, "Synthetic Person Nowhere");
    place_at(office, &north, HUB_NORTH);
    place_at(office, &south, HUB_SOUTH);
    if (!export(office, MONITOR_NORTH, 0, &err).ok) {
        fail_msg("%s", err.what);
    }
    const struct list *people = column(office, 0, "people", "person", &arena);
    assert_int_equal(people->count, 1);
    assert_true(has(people, str_from_c(north.reference)));
    const struct list *subjects = column(office, 0, "facts", "subject", &arena);
    assert_true(subjects->count > 3);
    assert_false(has(subjects, str_from_c(south.reference)));
    assert_false(has(subjects, str_from_c(nowhere.reference)));
    assert_false(has(subjects, STR(HUB_SOUTH)));
    const struct list *hubs = column(office, 0, "places", "hub", &arena);
    assert_int_equal(hubs->count, OFFICE_PLACES);
    assert_false(has(hubs, STR(HUB_SOUTH)));
    assert_false(has(column(office, 0, "agreements", "agreement", &arena), STR(AGREEMENT_SECRET)));
    assert_true(has(column(office, 0, "agreements", "agreement", &arena), STR(AGREEMENT)));
    /* A senior officer sees everybody. */
    assert_true(export(office, SENIOR, 1, &err).ok);
    assert_int_equal(column(office, 1, "people", "person", &arena)->count, 3);
    assert_true(has(column(office, 1, "agreements", "agreement", &arena), STR(AGREEMENT_SECRET)));
    arena_close(&arena);
}

static void test_no_grant_no_export(void **state)
{
    struct office *office = *state;
    static const enum account_name others[] = {CLERK, OFFICER, OPERATOR_NORTH, ADMINISTRATOR,
                                               FORMER_CLERK};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        struct export_outcome outcome;
        const struct caller caller = {.account = office->accounts[others[i]]};
        const struct export_options options = {.path = office->folder};
        assert_false(export(office, others[i], 2, &err).ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
        assert_false(
            casework_export_events(&office->casework, &caller, &options, &outcome, &err).ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
    }
    /* Nor may those who export what they see take out everything. */
    struct err err = {0};
    struct export_outcome outcome;
    const struct caller senior = {.account = office->accounts[SENIOR]};
    const struct export_options options = {.path = office->folder};
    assert_false(casework_export_events(&office->casework, &senior, &options, &outcome, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM look WHERE purpose LIKE 'export%'"),
                     0);
}

static void test_it_is_on_record(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    assert_true(export(office, SENIOR, 3, &err).ok);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM look WHERE purpose = 'export'"), 1);
    /* Two are never mixed. */
    assert_false(export(office, SENIOR, 3, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

/* Registers people, each in one transaction with two facts, until it is told to stop. */
struct recorder {
    struct office *office;
    atomic_bool stop;
};

static result register_with_facts(struct transaction *transaction, void *context, struct err *err)
{
    struct office *office = context;
    static const char *const facts[] = {"person.nationality", "family.complete"};
    static const char *const values[] = {"ALB", "yes"};
    char reference[REFERENCE_SIZE];
    int64_t id = 0;
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &id, err));
    reference_make((uint32_t)id * 7919 + 13, reference);
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = id,
                          .kind = EVENT_PERSON_REGISTERED,
                          .effective_on = {OFFICE_DAY - 5},
                          .recorded_at = {atomic_load(&office->now)},
                          .body.person_registered = {.reference = str_from_c(reference),
                                                     .name = STR("Synthetic Person"),
                                                     .stage = STR("registered")}};
    TRY(transaction_append(transaction, &event, err));
    for (size_t i = 0; i < 2; i++) {
        struct event fact = {
            .subject_kind = SUBJECT_OF_PERSON,
            .subject = id,
            .kind = EVENT_FACT_RECORDED,
            .effective_on = {OFFICE_DAY - 5},
            .recorded_at = {atomic_load(&office->now)},
            .body.fact_recorded = {.fact = str_from_c(facts[i]), .value = str_from_c(values[i])}};
        TRY(transaction_append(transaction, &fact, err));
    }
    return result_ok();
}

static void *record_on(void *context)
{
    struct recorder *recorder = context;
    while (!atomic_load(&recorder->stop)) {
        struct err err = {0};
        assert_true(
            store_write(recorder->office->store, register_with_facts, recorder->office, &err).ok);
        usleep(2000);
    }
    return NULL;
}

/* The sets of one export agree, whatever is recorded meanwhile: each person with both facts, no
 * fact of anybody who is not there. */
static void test_sets_agree(void **state)
{
    enum { EXPORTS = 5 };
    struct office *office = *state;
    struct recorder recorder = {.office = office};
    pthread_t thread;
    size_t before = 0;
    assert_int_equal(pthread_create(&thread, NULL, record_on, &recorder), 0);
    for (int i = 0; i < EXPORTS; i++) {
        struct err err = {0};
        struct arena arena;
        assert_true(arena_open(&arena, ARENA_BYTES, NULL).ok);
        usleep(20000);
        if (!export(office, SENIOR, 10 + i, &err).ok) {
            fail_msg("%s", err.what);
        }
        const struct list *people = column(office, 10 + i, "people", "person", &arena);
        const struct list *subjects = column(office, 10 + i, "facts", "subject", &arena);
        const struct list *about = column(office, 10 + i, "facts", "about", &arena);
        size_t of_people = 0;
        for (size_t f = 0; f < subjects->count; f++) {
            if (str_equal(about->items[f], STR("person"))) {
                /* Both are in the order in which people were registered. */
                assert_true(of_people / 2 < people->count &&
                            str_equal(people->items[of_people / 2], subjects->items[f]));
                of_people++;
            }
        }
        assert_int_equal(of_people, 2 * people->count);
        assert_true(people->count > before); /* something was recorded meanwhile */
        before = people->count;
        arena_close(&arena);
    }
    atomic_store(&recorder.stop, true);
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_what_is_in_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_grant_no_export, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_is_on_record, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sets_agree, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
