/* Aim: the log on the disk is what the audit takes for whole after every beat; whatever is stopped,
 * lost or put back to an older copy, what was signed stays one history, or nothing is signed. */
#include "../temporary.h"
#include "log/log.h"
#include "seal/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    char folder[200];
    char log_path[256];
    char key_path[256];
    struct system_fake fake;
    struct arena arena;
    struct signer signer;
    struct log *log;
    uint64_t next; /* position */
};

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, failure.what);                                               \
        }                                                                                          \
    } while (0)
#define EXPECT_ERROR(call, expected_code)                                                          \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        assert_false((call).ok);                                                                   \
        assert_int_equal(failure.code, expected_code);                                             \
    } while (0)

static void open_log(struct room *room)
{
    EXPECT_OK(signer_open(room->key_path, room->arena, &room->signer, &failure));
    EXPECT_OK(log_open(room->log_path, &room->signer, &room->log, &failure));
}

static void close_log(struct room *room)
{
    log_close(room->log);
    signer_close(&room->signer);
    room->log = NULL;
}

static int room_open(void **state)
{
    struct note_key key;
    struct room *room = test_calloc(1, sizeof *room);
    temporary_path(room->folder, sizeof room->folder, "log");
    assert_non_null(mkdtemp(room->folder));
    snprintf(room->log_path, sizeof room->log_path, "%s/log", room->folder);
    snprintf(room->key_path, sizeof room->key_path, "%s/key", room->folder);
    system_fake_init(&room->fake, (instant){.milliseconds = 0}, 1);
    EXPECT_OK(arena_open(&room->arena, 8 * 1024 * 1024, &failure));
    EXPECT_OK(signer_make(room->key_path, STR("example.org/log"), &room->fake.system, room->arena,
                          &key, &failure));
    room->next = 1;
    open_log(room);
    *state = room;
    return 0;
}

static void shell(const char *format, ...) PRINTF_LIKE(1, 2);
static void shell(const char *format, ...)
{
    char command[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    assert_int_equal(system(command), 0);
}

static int room_close(void **state)
{
    struct room *room = *state;
    if (room->log != NULL) {
        close_log(room);
    }
    shell("rm -r %s", room->folder);
    arena_close(&room->arena);
    test_free(room);
    return 0;
}

static struct sha256 leaf_of(uint64_t position)
{
    char text[40];
    snprintf(text, sizeof text, "event %llu", (unsigned long long)position);
    return sha256_of(str_from_c(text));
}

static void append(struct room *room, uint64_t events, uint64_t padding)
{
    EXPECT_OK(log_batch_begin(room->log, room->next, &failure));
    for (uint64_t i = 0; i < events + padding; i++) {
        const struct sha256 leaf = leaf_of(i < events ? room->next + i : 1000000 + room->next + i);
        EXPECT_OK(log_append(room->log, &leaf, i < events, &failure));
    }
}

static void beat(struct room *room, uint64_t events, uint64_t padding)
{
    append(room, events, padding);
    EXPECT_OK(log_publish(room->log, &failure));
    room->next += events;
}

static str note_of(struct room *room)
{
    str note;
    EXPECT_OK(log_read(room->log, STR("checkpoint"), &room->arena, &note, &failure));
    return note;
}

static void expect_whole(struct room *room, uint64_t size, str older)
{
    const struct published published = {.read = log_read, .context = room->log};
    const struct audit audit = {.published = &published, .key = log_key(room->log), .older = older};
    struct audit_outcome outcome;
    EXPECT_OK(audit_log(&audit, &outcome, &failure));
    assert_int_equal(outcome.checkpoint.size, size);
    uint64_t batches = 0;
    EXPECT_OK(log_check_batches(room->log, &batches, &failure));
}

static void expect_found(struct room *room, uint64_t position, uint64_t expected)
{
    uint64_t entry = 0;
    bool found = false;
    struct sha256 commitment;
    const struct sha256 leaf = leaf_of(position);
    EXPECT_OK(log_find(room->log, position, &entry, &found, &failure));
    assert_true(found);
    assert_int_equal(entry, expected);
    EXPECT_OK(log_entry(room->log, entry, &commitment, &failure));
    assert_true(sha256_equal(&commitment, &leaf));
}

static void grows_beat_by_beat(void **state)
{
    /* Widths around those of one tile and of several, and none. */
    static const uint64_t events[] = {1, 0, 15, 239, 1, 255, 256, 257, 700, 3};
    struct room *room = *state;
    uint64_t size = 0;
    str older = note_of(room);
    expect_whole(room, 0, STR(""));
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        beat(room, events[i], i % 3);
        size += events[i] + i % 3;
        expect_whole(room, size, older);
        older = note_of(room);
        if (i % 2 == 0) {
            close_log(room);
            open_log(room);
            expect_whole(room, size, older);
            assert_true(str_equal(note_of(room), older));
        }
    }
    assert_int_equal(log_last_position(room->log), room->next - 1);
    expect_found(room, 1, 0);
    expect_found(room, 2, 2); /* after the second beat's entry that stands for nothing */
    expect_found(room, 16, 16);
    expect_found(room, 17, 19); /* after those of the third */
}

static void every_event_has_a_receipt(void **state)
{
    struct room *room = *state;
    beat(room, 300, 5);
    beat(room, 290, 1);
    for (uint64_t position = 1; position <= 590; position += 31) {
        struct arena scratch = room->arena;
        struct receipt receipt;
        struct checkpoint checkpoint;
        uint64_t entry = 0;
        bool found = false;
        str text;
        const struct sha256 leaf = leaf_of(position);
        EXPECT_OK(log_find(room->log, position, &entry, &found, &failure));
        EXPECT_OK(log_prove_entry(room->log, entry, &scratch, &text, &failure));
        EXPECT_OK(receipt_check(text, log_key(room->log), &receipt, &checkpoint, &failure));
        assert_int_equal(receipt.index, entry);
        assert_true(sha256_equal(&receipt.commitment, &leaf));
    }
}

static void what_was_not_signed_is_cut_off(void **state)
{
    struct room *room = *state;
    beat(room, 100, 0);
    const str older = note_of(room);
    append(room, 400, 0); /* one tile of them is in the files already */
    close_log(room);
    open_log(room);
    expect_whole(room, 100, older);
    beat(room, 300, 0);
    expect_whole(room, 400, older);
    append(room, 400, 0);
    EXPECT_OK(log_give_up(room->log, &failure));
    expect_whole(room, 400, older);
    beat(room, 5, 0);
    expect_whole(room, 405, older);
}

/* Signed, and killed before it was published. */
static void what_was_signed_is_published(void **state)
{
    struct room *room = *state;
    beat(room, 100, 0);
    shell("cp %s/checkpoint %s/kept", room->log_path, room->folder);
    beat(room, 200, 0);
    const str newest = note_of(room);
    close_log(room);
    shell("mv %s/kept %s/checkpoint", room->folder, room->log_path);
    open_log(room);
    assert_true(str_equal(note_of(room), newest));
    close_log(room);
    shell("rm %s/checkpoint", room->log_path);
    open_log(room);
    assert_true(str_equal(note_of(room), newest));
}

static void a_signer_that_forgot_learns_again(void **state)
{
    struct room *room = *state;
    beat(room, 100, 0);
    shell("cp %s.signed %s/kept", room->key_path, room->folder);
    beat(room, 200, 0);
    const str newest = note_of(room);
    close_log(room);
    shell("mv %s/kept %s.signed", room->folder, room->key_path);
    open_log(room);
    expect_whole(room, 300, newest);
    assert_int_equal(room->signer.last.size, 300);
    beat(room, 1, 0);
    expect_whole(room, 301, newest);
}

static void refuse_to_open(struct room *room)
{
    EXPECT_OK(signer_open(room->key_path, room->arena, &room->signer, &failure));
    EXPECT_ERROR(log_open(room->log_path, &room->signer, &room->log, &failure), ERROR_CONFLICT);
    signer_close(&room->signer);
}

static void an_older_log_is_refused(void **state)
{
    struct room *room = *state;
    beat(room, 100, 0);
    shell("cp -r %s %s/kept", room->log_path, room->folder);
    beat(room, 200, 0);
    close_log(room);
    shell("rm -r %s", room->log_path);
    shell("mv %s/kept %s", room->folder, room->log_path);
    refuse_to_open(room);
}

/* Bytes of every file of the tree, one after the other. */
static void a_damaged_log_is_refused(void **state)
{
    static const char *const files[] = {"hashes.0", "hashes.1", "batches-2"};
    struct room *room = *state;
    beat(room, 300, 0);
    close_log(room);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", room->log_path, files[i]);
        shell("cp %s %s/kept", path, room->folder);
        shell("truncate -s -1 %s", path);
        refuse_to_open(room);
        shell("cp %s/kept %s", room->folder, path);
    }
    open_log(room);
    expect_whole(room, 300, STR(""));
}

/* Of an older program, whose batches say nothing of looks: it is named, and left as it is. */
static void a_log_of_an_older_form_is_refused(void **state)
{
    struct room *room = *state;
    struct err err = {0};
    struct log *published = NULL;
    const struct note_key key = *log_key(room->log);
    beat(room, 5, 0);
    close_log(room);
    shell("mv %s/batches-2 %s/batches", room->log_path, room->log_path);
    shell("cksum %s/* > %s/before", room->log_path, room->folder);
    EXPECT_OK(signer_open(room->key_path, room->arena, &room->signer, &failure));
    assert_false(log_open(room->log_path, &room->signer, &room->log, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.what, "older returnhub"));
    EXPECT_ERROR(log_open_published(room->log_path, &key, &published, &failure), ERROR_CONFLICT);
    signer_close(&room->signer);
    shell("cksum %s/* | diff - %s/before", room->log_path, room->folder);
    shell("mv %s/batches %s/batches-2", room->log_path, room->log_path);
    open_log(room);
    expect_whole(room, 5, STR(""));
}

static void another_history_is_not_signed(void **state)
{
    struct room *room = *state;
    const struct sha256 other = sha256_of(STR("another root"));
    struct tree_proof proof = {.count = 0};
    str note;
    beat(room, 300, 0);
    const struct checkpoint same_size = {.size = 300, .root = other};
    const struct checkpoint larger = {.size = 301, .root = other};
    const struct checkpoint smaller = {.size = 299, .root = other};
    EXPECT_ERROR(signer_sign(&room->signer, &same_size, &proof, &room->arena, &note, &failure),
                 ERROR_CONFLICT);
    EXPECT_ERROR(signer_sign(&room->signer, &larger, &proof, &room->arena, &note, &failure),
                 ERROR_CONFLICT);
    EXPECT_ERROR(signer_sign(&room->signer, &smaller, &proof, &room->arena, &note, &failure),
                 ERROR_CONFLICT);
    proof.hashes[proof.count++] = other;
    EXPECT_ERROR(signer_sign(&room->signer, &larger, &proof, &room->arena, &note, &failure),
                 ERROR_CONFLICT);
    assert_int_equal(room->signer.last.size, 300);
}

static void one_process_writes(void **state)
{
    struct room *room = *state;
    struct log *second = NULL;
    EXPECT_ERROR(log_open(room->log_path, &room->signer, &second, &failure), ERROR_CONFLICT);
    beat(room, 10, 0);
    EXPECT_OK(log_open_published(room->log_path, log_key(room->log), &second, &failure));
    assert_int_equal(log_checkpoint(second).size, 10);
    beat(room, 300, 0);
    assert_int_equal(log_checkpoint(second).size, 10);
    log_close(second);
}

static void events_follow_each_other(void **state)
{
    struct room *room = *state;
    beat(room, 10, 6);
    EXPECT_ERROR(log_batch_begin(room->log, 10, &failure), ERROR_CONFLICT);
    EXPECT_ERROR(log_batch_begin(room->log, 12, &failure), ERROR_CONFLICT);
    EXPECT_OK(log_batch_begin(room->log, 11, &failure));
}

static void keys_are_not_overwritten(void **state)
{
    struct room *room = *state;
    struct note_key key;
    EXPECT_ERROR(signer_make(room->key_path, STR("example.org/log"), &room->fake.system,
                             room->arena, &key, &failure),
                 ERROR_CONFLICT);
    EXPECT_ERROR(
        signer_make("/nowhere/key", STR("a name"), &room->fake.system, room->arena, &key, &failure),
        ERROR_INPUT);
    shell("test $(stat -c %%a %s) = 600", room->key_path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, room_open, room_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grows_beat_by_beat),
        TEST(every_event_has_a_receipt),
        TEST(what_was_not_signed_is_cut_off),
        TEST(what_was_signed_is_published),
        TEST(a_signer_that_forgot_learns_again),
        TEST(an_older_log_is_refused),
        TEST(a_damaged_log_is_refused),
        TEST(a_log_of_an_older_form_is_refused),
        TEST(another_history_is_not_signed),
        TEST(one_process_writes),
        TEST(events_follow_each_other),
        TEST(keys_are_not_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
