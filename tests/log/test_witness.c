/* Aim: our witness vouches for our log while it grows, and for nothing else: every answer of the
 * specification (c2sp.org/tlog-witness) is seen; whatever a witness does, or that it is away, the
 * log goes on; who is told a quorum is told who cosigned. */
#include "../temporary.h"
#include "log/cosigning.h"
#include "log/witness.h"
#include "seal/cosignature.h"
#include "seal/receipt.h"
#include "seal/witness_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WITNESSES = 3, NOW_MS = 1700000000 };

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, failure.what);                                               \
        }                                                                                          \
    } while (0)

/* One log, and three witnesses of it. */
struct room {
    char folder[200];
    struct system_fake fake;
    struct arena arena;
    struct signer signer;
    struct log *log;
    struct policy logs; /* of the witnesses */
    struct witness *witnesses[WITNESSES];
    struct policy policy; /* of who checks */
    struct cosigning *cosigning;
    uint64_t next;
};

/* What the network does to each witness; the sender has no context of its own. */
static struct witness *at_address[WITNESSES];
static int forced_status[WITNESSES]; /* 0: the witness itself answers; -1: it is away */
static size_t requests_seen;

static void send_by_hand(struct cosigning_post *posts, size_t count, int64_t ms_max,
                         const atomic_bool *stop, struct arena *arena)
{
    (void)ms_max;
    (void)stop;
    for (size_t i = 0; i < count; i++) {
        const int number = posts[i].url[0] - '0';
        struct witness_answer answer = {.status = forced_status[number], .text = STR("no\n")};
        requests_seen++;
        if (answer.status == 0) {
            witness_answer(at_address[number], posts[i].body, arena, &answer);
        }
        posts[i].status = answer.status == -1 ? 0 : answer.status;
        posts[i].answer = answer.text;
        snprintf(posts[i].why, sizeof posts[i].why, "away");
    }
}

static void path_in(const struct room *room, const char *name, int number, char path[256])
{
    snprintf(path, 256, "%s/%s%d", room->folder, name, number);
}

static void open_log(struct room *room)
{
    char key_path[256];
    char log_path[256];
    path_in(room, "key", 0, key_path);
    path_in(room, "log", 0, log_path);
    EXPECT_OK(signer_open(key_path, room->arena, &room->signer, &failure));
    EXPECT_OK(log_open(log_path, &room->signer, &room->log, &failure));
}

static void open_witness(struct room *room, int number)
{
    char key_path[256];
    char folder[256];
    path_in(room, "witness", number, key_path);
    path_in(room, "seen", number, folder);
    const struct witness_options options = {.folder = folder,
                                            .key_path = key_path,
                                            .policy = &room->logs,
                                            .system = &room->fake.system};
    EXPECT_OK(witness_open(&options, &room->witnesses[number], &failure));
    at_address[number] = room->witnesses[number];
}

static void make_witness(struct room *room, int number)
{
    char path[256];
    char name[40];
    struct note_key key;
    struct signing_key secret;
    path_in(room, "witness", number, path);
    snprintf(name, sizeof name, "witness.example/%d", number);
    EXPECT_OK(key_file_make(str_from_c(name), NOTE_KEY_COSIGNATURE, &room->fake.system, &key,
                            &secret, &failure));
    EXPECT_OK(key_file_write(path, &key, &secret, room->arena, &failure));
    open_witness(room, number);
}

static void read_policy_text(struct room *room, const char *text, struct policy *policy)
{
    const str copy = arena_copy(&room->arena, str_from_c(text));
    EXPECT_OK(policy_read(copy, &room->arena, policy, &failure));
}

/* Two of three are enough. */
static void make_policies(struct room *room)
{
    char log_key[NOTE_KEY_TEXT_SIZE];
    char keys[WITNESSES][NOTE_KEY_TEXT_SIZE];
    char text[4096];
    note_key_write(&room->signer.key, log_key);
    snprintf(text, sizeof text, "log %s\nquorum none\n", log_key);
    read_policy_text(room, text, &room->logs);
    for (int i = 0; i < WITNESSES; i++) {
        make_witness(room, i);
        note_key_write(witness_key(room->witnesses[i]), keys[i]);
    }
    snprintf(text, sizeof text,
             "# of a test\n\nwitness a %s 0\n  witness b\t%s 1\nwitness c %s 2\n"
             "group most 2 a b c\nquorum most\n",
             keys[0], keys[1], keys[2]);
    read_policy_text(room, text, &room->policy);
}

static int room_open(void **state)
{
    char path[256];
    struct note_key key;
    struct room *room = test_calloc(1, sizeof *room);
    temporary_path(room->folder, sizeof room->folder, "witness");
    assert_non_null(mkdtemp(room->folder));
    system_fake_init(&room->fake, (instant){.milliseconds = (int64_t)NOW_MS * 1000}, 1);
    EXPECT_OK(arena_open(&room->arena, 16 * 1024 * 1024, &failure));
    path_in(room, "key", 0, path);
    EXPECT_OK(
        signer_make(path, STR("example.org/log"), &room->fake.system, room->arena, &key, &failure));
    open_log(room);
    make_policies(room);
    const struct cosigning_options options = {.log = room->log,
                                              .policy = &room->policy,
                                              .system = &room->fake.system,
                                              .send = send_by_hand};
    EXPECT_OK(cosigning_open(&options, &room->cosigning, &failure));
    memset(forced_status, 0, sizeof forced_status);
    requests_seen = 0;
    room->next = 1;
    *state = room;
    return 0;
}

static int room_close(void **state)
{
    struct room *room = *state;
    char command[400];
    cosigning_close(room->cosigning);
    for (int i = 0; i < WITNESSES; i++) {
        witness_close(room->witnesses[i]);
    }
    log_close(room->log);
    signer_close(&room->signer);
    snprintf(command, sizeof command, "rm -r %s", room->folder);
    assert_int_equal(system(command), 0);
    arena_close(&room->arena);
    test_free(room);
    return 0;
}

static void grow(struct room *room, uint64_t events)
{
    EXPECT_OK(log_batch_begin(room->log, room->next, &failure));
    for (uint64_t i = 0; i < events; i++) {
        const struct sha256 leaf =
            sha256_of((str){.at = (const char *)&room->next, .len = sizeof room->next});
        EXPECT_OK(log_append(room->log, &leaf, true, &failure));
        room->next++;
    }
    EXPECT_OK(log_publish(room->log, &failure));
}

static unsigned ask_all(struct room *room)
{
    unsigned witnesses = 0;
    EXPECT_OK(cosigning_round(room->cosigning, &witnesses, &failure));
    return witnesses;
}

static str read_note(struct room *room, str name)
{
    str note;
    EXPECT_OK(log_read(room->log, name, &room->arena, &note, &failure));
    return note;
}

static int ask_one(struct room *room, const struct witness_request *request, str *ret_text)
{
    struct witness_answer answer;
    str body;
    EXPECT_OK(witness_request_write(request, &room->arena, &body, &failure));
    witness_answer(room->witnesses[0], body, &room->arena, &answer);
    *ret_text = answer.text;
    return answer.status;
}

static struct witness_request request_now(struct room *room, uint64_t older)
{
    struct witness_request request = {.older = older, .note = read_note(room, STR("checkpoint"))};
    EXPECT_OK(log_prove_growth(room->log, older, log_checkpoint(room->log).size, &request.growth,
                               &failure));
    return request;
}

/* --- together --- */

static void our_witnesses_cosign_our_log(void **state)
{
    struct room *room = *state;
    struct policy_seen seen;
    for (uint64_t events = 1; events < 400; events += 57) {
        grow(room, events);
        assert_int_equal(ask_all(room), WITNESSES);
        const str note = read_note(room, STR("checkpoint"));
        assert_true(str_equal(note, read_note(room, STR("witnessed"))));
        EXPECT_OK(policy_check(&room->policy, note, &seen, &failure));
        assert_int_equal(seen.witnesses, WITNESSES);
        assert_int_equal(seen.seconds[0], NOW_MS);
    }
    /* Again, of the same tree. */
    assert_int_equal(ask_all(room), WITNESSES);
}

static void a_receipt_has_the_cosignatures(void **state)
{
    struct room *room = *state;
    struct receipt receipt;
    struct checkpoint checkpoint;
    struct policy_seen seen;
    str text;
    grow(room, 5);
    assert_int_equal(ask_all(room), WITNESSES);
    grow(room, 5);
    EXPECT_OK(log_prove_entry(room->log, 3, &room->arena, &text, &failure));
    EXPECT_OK(receipt_check(text, log_key(room->log), &receipt, &checkpoint, &failure));
    assert_int_equal(checkpoint.size, 5);
    EXPECT_OK(policy_check(&room->policy, receipt.note, &seen, &failure));
    /* The newest entry, not witnessed yet, is proved by the log alone. */
    EXPECT_OK(log_prove_entry(room->log, 7, &room->arena, &text, &failure));
    EXPECT_OK(receipt_check(text, log_key(room->log), &receipt, &checkpoint, &failure));
    assert_int_equal(checkpoint.size, 10);
    assert_false(policy_check(&room->policy, receipt.note, &seen, NULL).ok);
}

static void a_witness_that_is_away_holds_nothing_up(void **state)
{
    struct room *room = *state;
    struct cosigning_state how;
    struct policy_seen seen;
    forced_status[1] = -1;
    grow(room, 9);
    assert_int_equal(ask_all(room), 2);
    EXPECT_OK(policy_check(&room->policy, read_note(room, STR("checkpoint")), &seen, &failure));
    assert_int_equal(seen.cosigned, 5);
    cosigning_look(room->cosigning, 1, &how);
    assert_string_equal(how.why, "away");
    forced_status[2] = 500;
    grow(room, 1);
    /* Fewer than the quorum: the checkpoint is published as it is, the witnessed one stays. */
    assert_int_equal(ask_all(room), 1);
    assert_int_equal(log_checkpoint(room->log).size, 10);
    assert_false(policy_check(&room->policy, read_note(room, STR("checkpoint")), &seen, NULL).ok);
    EXPECT_OK(policy_check(&room->policy, read_note(room, STR("witnessed")), &seen, &failure));
    /* When they are back they are told all they missed. */
    memset(forced_status, 0, sizeof forced_status);
    assert_int_equal(ask_all(room), WITNESSES);
}

static void a_log_that_forgot_learns_the_size(void **state)
{
    struct room *room = *state;
    grow(room, 20);
    assert_int_equal(ask_all(room), WITNESSES);
    cosigning_close(room->cosigning);
    const struct cosigning_options options = {.log = room->log,
                                              .policy = &room->policy,
                                              .system = &room->fake.system,
                                              .send = send_by_hand};
    EXPECT_OK(cosigning_open(&options, &room->cosigning, &failure));
    grow(room, 20);
    requests_seen = 0;
    assert_int_equal(ask_all(room), WITNESSES);
    assert_int_equal(requests_seen, 2 * WITNESSES);
}

static void what_is_published_is_there_again(void **state)
{
    struct room *room = *state;
    grow(room, 4);
    assert_int_equal(ask_all(room), WITNESSES);
    const str witnessed = read_note(room, STR("witnessed"));
    cosigning_close(room->cosigning);
    room->cosigning = NULL;
    log_close(room->log);
    signer_close(&room->signer);
    open_log(room);
    assert_true(str_equal(witnessed, read_note(room, STR("witnessed"))));
    assert_true(str_equal(witnessed, read_note(room, STR("checkpoint"))));
}

/* --- the answers of the specification --- */

static void rollback_and_old_sizes_are_conflicts(void **state)
{
    struct room *room = *state;
    str text;
    grow(room, 6);
    const struct witness_request six = request_now(room, 0);
    assert_int_equal(ask_one(room, &six, &text), 200);
    grow(room, 4);
    const struct witness_request grown = request_now(room, 6);
    assert_int_equal(ask_one(room, &grown, &text), 200);
    /* The same again: it has seen 10 now. */
    assert_int_equal(ask_one(room, &grown, &text), 409);
    assert_true(str_equal(text, STR("10\n")));
    /* Back to 6, as if nothing had been. */
    assert_int_equal(ask_one(room, &six, &text), 409);
    /* The older size larger than the tree. */
    struct witness_request shrunk = six;
    shrunk.older = 10;
    assert_int_equal(ask_one(room, &shrunk, &text), 400);
}

static void bad_proofs_are_refused(void **state)
{
    struct room *room = *state;
    str text;
    grow(room, 6);
    struct witness_request request = request_now(room, 0);
    assert_int_equal(ask_one(room, &request, &text), 200);
    grow(room, 7);
    request = request_now(room, 6);
    request.growth.hashes[0].bytes[3] ^= 1;
    assert_int_equal(ask_one(room, &request, &text), 422);
    request = request_now(room, 6);
    request.growth.hashes[request.growth.count++] = tree_empty();
    assert_int_equal(ask_one(room, &request, &text), 422);
    request.growth.count = 0;
    assert_int_equal(ask_one(room, &request, &text), 422);
    request = request_now(room, 6);
    assert_int_equal(ask_one(room, &request, &text), 200);
}

/* Signed by the log's own key: what only a witness can notice. */
static void forks_are_refused(void **state)
{
    struct room *room = *state;
    struct checkpoint fork = {.size = 6};
    struct witness_request request = {.older = 6};
    str text;
    grow(room, 6);
    const struct witness_request good = request_now(room, 0);
    assert_int_equal(ask_one(room, &good, &text), 200);
    memset(fork.root.bytes, 7, sizeof fork.root.bytes);
    EXPECT_OK(checkpoint_sign(&fork, &room->signer.key, &room->signer.secret, &room->arena,
                              &request.note, &failure));
    assert_int_equal(ask_one(room, &request, &text), 409);
    fork.size = 9;
    EXPECT_OK(checkpoint_sign(&fork, &room->signer.key, &room->signer.secret, &room->arena,
                              &request.note, &failure));
    grow(room, 3);
    request.growth = request_now(room, 6).growth;
    assert_int_equal(ask_one(room, &request, &text), 422);
}

static void strangers_are_refused(void **state)
{
    struct room *room = *state;
    struct witness_request request;
    struct witness_answer answer;
    const uint8_t seed[SIGNATURE_SEED_SIZE] = {5};
    const struct signing_key secret = signing_key_of(seed);
    struct note_key key;
    str text;
    grow(room, 3);
    const struct checkpoint checkpoint = log_checkpoint(room->log);
    request = request_now(room, 0);
    /* A log nobody told it about. */
    EXPECT_OK(note_key_make(STR("example.org/other"), NOTE_KEY_ED25519, signing_key_public(&secret),
                            &key, &failure));
    EXPECT_OK(checkpoint_sign(&checkpoint, &key, &secret, &room->arena, &request.note, &failure));
    assert_int_equal(ask_one(room, &request, &text), 404);
    /* The name of ours, by another key. */
    EXPECT_OK(note_key_make(STR("example.org/log"), NOTE_KEY_ED25519, signing_key_public(&secret),
                            &key, &failure));
    EXPECT_OK(checkpoint_sign(&checkpoint, &key, &secret, &room->arena, &request.note, &failure));
    assert_int_equal(ask_one(room, &request, &text), 403);
    static const char *const no_requests[] = {"",
                                              "old",
                                              "old 0",
                                              "old 0\n",
                                              "old 00\n\nexample.org/log\n",
                                              "new 0\n\nx\n",
                                              "old 0\n%%%\n\nx\n",
                                              "old -1\n\nexample.org/log\n"};
    for (size_t i = 0; i < sizeof no_requests / sizeof no_requests[0]; i++) {
        witness_answer(room->witnesses[0], str_from_c(no_requests[i]), &room->arena, &answer);
        assert_int_equal(answer.status, 400);
    }
}

static void it_remembers(void **state)
{
    struct room *room = *state;
    char command[400];
    struct witness_answer answer;
    char name[SHA256_HEX_SIZE];
    str text;
    grow(room, 6);
    const struct witness_request request = request_now(room, 0);
    assert_int_equal(ask_one(room, &request, &text), 200);
    witness_close(room->witnesses[0]);
    open_witness(room, 0);
    assert_int_equal(ask_one(room, &request, &text), 409);
    assert_true(str_equal(text, STR("6\n")));
    /* What it saw last is shown, and is signed twice. */
    const struct sha256 hash = sha256_of(STR("example.org/log"));
    sha256_hex(&hash, name);
    witness_show(room->witnesses[0], str_from_c(name), &room->arena, &answer);
    assert_int_equal(answer.status, 200);
    struct checkpoint shown;
    int64_t seconds = 0;
    bool found = false;
    EXPECT_OK(checkpoint_open(answer.text, log_key(room->log), &shown, &failure));
    EXPECT_OK(
        cosignature_find(answer.text, witness_key(room->witnesses[0]), &seconds, &found, &failure));
    assert_true(found && shown.size == 6);
    witness_show(room->witnesses[0], STR("lock"), &room->arena, &answer);
    assert_int_equal(answer.status, 404);
    /* What it saw cannot be read any more: then it vouches for nothing. */
    snprintf(command, sizeof command, "echo x > %s/seen0/%s", room->folder, name);
    assert_int_equal(system(command), 0);
    assert_int_equal(ask_one(room, &request, &text), 500);
    assert_int_equal(ask_one(room, &request, &text), 500);
}

/* --- cosignatures and policies --- */

static void every_bit_of_a_cosignature_counts(void **state)
{
    struct room *room = *state;
    struct policy_seen seen;
    char text[4096];
    grow(room, 6);
    assert_int_equal(ask_all(room), WITNESSES);
    const str note = read_note(room, STR("checkpoint"));
    memcpy(text, note.at, note.len);
    const str shown = {.at = text, .len = note.len};
    for (size_t bit = 0; bit < note.len * 8; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        /* A name or a key id that nobody has is a line of somebody else. */
        const bool good = policy_look(&room->policy, shown, &seen, NULL).ok;
        if (good && seen.witnesses == WITNESSES &&
            checkpoint_open(shown, log_key(room->log), &(struct checkpoint){0}, NULL).ok) {
            fail_msg("bit %zu of a cosigned checkpoint", bit);
        }
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static void policies_that_are_none(void **state)
{
    struct room *room = *state;
    struct policy policy;
    char a[NOTE_KEY_TEXT_SIZE];
    char log_key[NOTE_KEY_TEXT_SIZE];
    char text[2048];
    note_key_write(witness_key(room->witnesses[0]), a);
    note_key_write(&room->signer.key, log_key);
    static const char *const bad[] = {"",
                                      "quorum a\n",
                                      "quorum none",
                                      "quorum none\nquorum none\n",
                                      "witness a\nquorum none\n",
                                      "witness none %s\nquorum none\n",
                                      "witness a %s\nwitness b %s\nquorum none\n",
                                      "witness a %s\ngroup g 2 a\nquorum g\n",
                                      "witness a %s\ngroup g 0 a\nquorum g\n",
                                      "witness a %s\ngroup g any a\ngroup h any a\nquorum g\n",
                                      "group g any a\nquorum none\n",
                                      "witness a %s u v\nquorum none\n",
                                      "trust a\nquorum none\n",
                                      "quorum none\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const str cut = str_from_c(bad[i]);
        size_t len = 0;
        for (size_t j = 0; j < cut.len; j++) {
            const bool here = bad[i][j] == '%';
            len += (size_t)snprintf(text + len, sizeof text - len, "%.*s", here ? 200 : 1,
                                    here ? a : &bad[i][j]);
            j += here ? 1 : 0;
        }
        if (policy_read(str_from_c(text), &room->arena, &policy, NULL).ok && cut.len > 0) {
            fail_msg("policy %zu: %s", i, text);
        }
        text[0] = '\0';
    }
    /* A log's key is not a witness's. */
    snprintf(text, sizeof text, "witness a %s\nquorum a\n", log_key);
    assert_false(policy_read(str_from_c(text), &room->arena, &policy, NULL).ok);
    snprintf(text, sizeof text, "log %s\nquorum none\n", a);
    assert_false(policy_read(str_from_c(text), &room->arena, &policy, NULL).ok);
}

/* The example of the specification: two of three X, and any of the Y. */
static void groups_of_groups(void **state)
{
    static struct policy policy;
    (void)state;
    policy.party_count = 9;
    policy.parties[6] = (struct policy_party){.group = true, .needed = 2, .members = 0x07};
    policy.parties[7] = (struct policy_party){.group = true, .needed = 1, .members = 0x38};
    policy.parties[8] = (struct policy_party){.group = true, .needed = 2, .members = 0xC0};
    policy.quorum = 8;
    for (uint64_t cosigned = 0; cosigned < 64; cosigned++) {
        const int of_x = (int)(cosigned & 1) + (int)(cosigned >> 1 & 1) + (int)(cosigned >> 2 & 1);
        assert_int_equal(policy_reached(&policy, cosigned), of_x >= 2 && cosigned >> 3 != 0);
    }
    policy.quorum = POLICY_NO_QUORUM;
    assert_true(policy_reached(&policy, 0));
}

#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, room_open, room_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOM(our_witnesses_cosign_our_log),
        IN_ROOM(a_receipt_has_the_cosignatures),
        IN_ROOM(a_witness_that_is_away_holds_nothing_up),
        IN_ROOM(a_log_that_forgot_learns_the_size),
        IN_ROOM(what_is_published_is_there_again),
        IN_ROOM(rollback_and_old_sizes_are_conflicts),
        IN_ROOM(bad_proofs_are_refused),
        IN_ROOM(forks_are_refused),
        IN_ROOM(strangers_are_refused),
        IN_ROOM(it_remembers),
        IN_ROOM(every_bit_of_a_cosignature_counts),
        IN_ROOM(policies_that_are_none),
        cmocka_unit_test(groups_of_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
