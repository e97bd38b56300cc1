/* Aim: checking a register against its log gives one answer whatever the number of threads: whole
 * when it is, and of several faults always the first, be they in one part of the register or in
 * parts that different threads look at. */
#include "office.h"

#include "casework/sealing.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { EVENTS_MIN = 3200 /* more than threads take at once */ };

struct room {
    struct office office;
    struct signer signer;
    struct log *log;
    char log_path[260];
    char key_path[260];
};

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, failure.what);                                               \
        }                                                                                          \
    } while (0)

static result record_many(struct transaction *transaction, void *context, struct err *err)
{
    const struct room *room = context;
    for (int i = 0; i < EVENTS_MIN; i++) {
        struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT,
                              .subject = room->office.accounts[CLERK],
                              .kind = EVENT_ACCOUNT_SECURED,
                              .recorded_at = {.milliseconds = room->office.now},
                              .effective_on = {.day = OFFICE_DAY},
                              .actor = room->office.accounts[CLERK],
                              .body.account_secured = {.what = STR("second factor")}};
        TRY(transaction_append(transaction, &event, err));
    }
    return result_ok();
}

static void beat(struct room *room)
{
    const struct sealing_settings settings = {.padding = SEALING_PADDING};
    uint64_t events = 0;
    EXPECT_OK(sealing_beat(room->office.store, &room->office.system, room->log, &settings, &events,
                           &failure));
}

static int room_open(void **state)
{
    static struct room room;
    struct note_key key;
    office_open(&room.office);
    snprintf(room.log_path, sizeof room.log_path, "%s/log", room.office.folder);
    snprintf(room.key_path, sizeof room.key_path, "%s/log.key", room.office.folder);
    EXPECT_OK(signer_make(room.key_path, STR("example.org/log"), &room.office.system,
                          room.office.work, &key, &failure));
    EXPECT_OK(signer_open(room.key_path, room.office.work, &room.signer, &failure));
    EXPECT_OK(log_open(room.log_path, &room.signer, &room.log, &failure));
    /* Several batches, with entries between them that stand for nothing. */
    for (int i = 0; i < 5; i++) {
        office_register(&room.office, "PersonOne Samplealpha");
        beat(&room);
    }
    office_move_days(&room.office, 1);
    EXPECT_OK(store_write(room.office.store, record_many, &room, &failure));
    beat(&room);
    *state = &room;
    return 0;
}

static int room_close(void **state)
{
    struct room *room = *state;
    log_close(room->log);
    signer_close(&room->signer);
    office_close(&room->office);
    return 0;
}

static result verify(struct room *room, size_t threads, struct sealing_check *ret_check,
                     struct err *err)
{
    const struct sealing_question question = {.older = STR(""), .threads = threads};
    return sealing_verify(room->office.store, room->log, &question, ret_check, err);
}

static const size_t numbers[] = {1, 2, SEALING_THREADS_MAX};

/* Told often, because who comes first is a matter of chance. */
static void expect_fault(struct room *room, const char *what)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        for (int again = 0; again < 2; again++) {
            struct sealing_check check;
            struct err err = {0};
            assert_false(verify(room, numbers[i], &check, &err).ok);
            if (strstr(err.what, what) == NULL) {
                fail_msg("%zu threads: %s, and not %s", numbers[i], err.what, what);
            }
        }
    }
}

static void whole(void **state)
{
    struct room *room = *state;
    const int64_t events = office_events(&room->office);
    assert_true(events > EVENTS_MIN);
    office_register(&room->office, "PersonTwo Samplebeta"); /* not in the log yet */
    const int64_t more = office_events(&room->office) - events;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sealing_check check;
        EXPECT_OK(verify(room, numbers[i], &check, &failure));
        assert_int_equal(check.events, events);
        assert_int_equal(check.not_yet, more);
        assert_int_equal(check.log.checkpoint.size, log_size(room->log));
    }
}

static void first_of_many_faults(void **state)
{
    struct room *room = *state;
    office_change(&room->office,
                  "UPDATE event SET sealed = zeroblob(length(sealed)) WHERE position > 2500");
    expect_fault(room, "Event 2501 ");
    office_change(&room->office, "UPDATE event SET leaf = zeroblob(32) WHERE position = 2048");
    expect_fault(room, "Event 2048 ");
    office_change(&room->office, "UPDATE event SET kind = kind + 1 WHERE position = 1025");
    expect_fault(room, "Event 1025 ");
}

/* Where one piece of the work ends and another begins. */
static void missing_at_the_edges(void **state)
{
    struct room *room = *state;
    office_change(&room->office, "DELETE FROM event WHERE position = 3072");
    expect_fault(room, "Event 3072 ");
    office_change(&room->office, "DELETE FROM event WHERE position = 2049");
    expect_fault(room, "Event 2049 ");
    office_change(&room->office, "DELETE FROM event WHERE position = 1024");
    expect_fault(room, "Event 1024 ");
    office_change(&room->office, "DELETE FROM event WHERE position = 1");
    expect_fault(room, "Event 1 ");
}

/* A store that ends before the log does. */
static void cut_off(void **state)
{
    struct room *room = *state;
    office_change(&room->office, "DELETE FROM event WHERE position > 2048");
    expect_fault(room, "Event 2049 ");
}

/* The log is looked at first. */
static void log_before_events(void **state)
{
    struct room *room = *state;
    const uint8_t wrong = 0xFF;
    char path[300];
    office_change(&room->office, "UPDATE event SET leaf = zeroblob(32) WHERE position = 1");
    snprintf(path, sizeof path, "%s/hashes.0", room->log_path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 2000 * SHA256_SIZE, SEEK_SET), 0);
    assert_int_equal(fwrite(&wrong, 1, 1, file), 1);
    fclose(file);
    expect_fault(room, "tile/0/007");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole, room_open, room_close),
        cmocka_unit_test_setup_teardown(first_of_many_faults, room_open, room_close),
        cmocka_unit_test_setup_teardown(missing_at_the_edges, room_open, room_close),
        cmocka_unit_test_setup_teardown(cut_off, room_open, room_close),
        cmocka_unit_test_setup_teardown(log_before_events, room_open, room_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
