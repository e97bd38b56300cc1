/* Aim: 20,000 requests made by damaging good ones, from one seed, over real sockets. Whatever
 * arrives, every answer is whole and well formed, the last one closes or the client did, and the
 * server lives. Also, without sockets: reading a head in pieces gives what reading it at once
 * gives. */
#include "base/random.h"
#include "harness.h"
#include "http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define GET_ROOT  "GET / HTTP/1.1\r\n"
#define POST_ROOT "POST / HTTP/1.1\r\n"
#define HOST      "Host: a.example\r\n"
#define END       "\r\n"

static const str seeds[] = {
#define ACCEPTED(closes, seen, bytes) STR_INIT(bytes),
#include "accepted.def"
#undef ACCEPTED
#define REFUSED(status, name, bytes) STR_INIT(bytes),
#include "refused.def"
#undef REFUSED
};

enum {
    SEED_COUNT = sizeof seeds / sizeof seeds[0],
    SEED = 20250515,
    SOCKET_ROUNDS = 20000,
    HEAD_ROUNDS = 100000,
    BYTES_MAX = 2048,
};

/* Pieces that mean something to a reader of HTTP. */
static const str pieces[] = {
    STR_INIT("\r\n"),
    STR_INIT("\n"),
    STR_INIT("\r"),
    STR_INIT(" "),
    STR_INIT("\t"),
    STR_INIT(":"),
    STR_INIT("\0"),
    STR_INIT("\r\n\r\n"),
    STR_INIT(HOST),
    STR_INIT("Content-Length: 5\r\n"),
    STR_INIT("%00"),
    STR_INIT("%2e"),
    STR_INIT("/"),
    STR_INIT("//"),
    STR_INIT("Transfer-Encoding: chunked\r\n"),
    STR_INIT("GET /smuggled HTTP/1.1\r\n" HOST "\r\n"),
    STR_INIT("0\r\n\r\n"),
    STR_INIT("HTTP/1.1"),
    STR_INIT("Connection: close\r\n"),
    STR_INIT("\x80"),
};

enum { PIECE_COUNT = sizeof pieces / sizeof pieces[0] };

struct draft {
    char bytes[BYTES_MAX];
    size_t len;
};

static void replace(struct draft *draft, size_t at, size_t removed, str inserted)
{
    const size_t rest = draft->len - at - removed;
    if (at + inserted.len + rest > BYTES_MAX) {
        return;
    }
    memmove(draft->bytes + at + inserted.len, draft->bytes + at + removed, rest);
    memcpy(draft->bytes + at, inserted.at, inserted.len);
    draft->len = at + inserted.len + rest;
}

static void damage(struct draft *draft, struct random *random)
{
    const size_t at = (size_t)random_below(random, draft->len + 1);
    const size_t left = draft->len - at;
    const size_t span = (size_t)random_below(random, (left < 16 ? left : 16) + 1);
    const char octet = (char)(unsigned char)random_below(random, 256);
    char copy[16];
    memcpy(copy, draft->bytes + at, span);
    switch (random_below(random, 5)) {
    case 0: /* another byte */
        replace(draft, at, left > 0 ? 1 : 0, (str){.at = &octet, .len = 1});
        break;
    case 1: /* something of meaning in between */
        replace(draft, at, 0, pieces[random_below(random, PIECE_COUNT)]);
        break;
    case 2: /* something missing */
        replace(draft, at, span, STR(""));
        break;
    case 3: /* something twice */
        replace(draft, at, 0, (str){.at = copy, .len = span});
        break;
    default: /* the end of another request */
    {
        const str other = seeds[random_below(random, SEED_COUNT)];
        const size_t from = (size_t)random_below(random, other.len + 1);
        replace(draft, at, left, str_slice(other, from, other.len));
    }
    }
}

static void invent(struct draft *draft, struct random *random)
{
    const str seed = seeds[random_below(random, SEED_COUNT)];
    memcpy(draft->bytes, seed.at, seed.len);
    draft->len = seed.len;
    const uint64_t times = random_below(random, 4);
    for (uint64_t i = 0; i <= times; i++) {
        damage(draft, random);
    }
}

/* Statuses that the handler and refusal.def give, by http.md. */
static bool is_expected(int status)
{
    static const int statuses[] = {100, 200, 204, 400, 405, 411, 413, 414, 417, 431, 501, 505};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i] == status) {
            return true;
        }
    }
    return false;
}

/* Whether an answer has a body depends on whether HEAD was understood, and the few drafts that
 * contain the word are not worth guessing. */
static bool may_be_head(const struct draft *draft)
{
    return memmem(draft->bytes, draft->len, "HEAD", 4) != NULL;
}

static void expect_sound(const struct draft *draft, str answers, uint64_t round)
{
    if (may_be_head(draft)) {
        assert_true(answers.len == 0 || str_starts(answers, STR("HTTP/1.1 ")));
        return;
    }
    bool closed = false;
    while (answers.len > 0) {
        struct answer answer;
        const bool sound = answer_cut(&answers, false, &answer);
        if (!sound || closed || !is_expected(answer.status) ||
            (answer.status >= 400 && !answer.closes)) {
            fail_msg("round %llu of seed %d: unsound answer", (unsigned long long)round, (int)SEED);
        }
        closed = answer.closes;
    }
}

static void test_over_sockets(void **state)
{
    (void)state;
    struct random random;
    struct test_server test;
    struct arena arena = test_arena(1024 * 1024);
    random_seed(&random, SEED);
    test_server_start(&test, (struct http_options){0});
    for (uint64_t round = 0; round < SOCKET_ROUNDS; round++) {
        struct draft draft;
        str answers;
        invent(&draft, &random);
        const int client = client_connect(&test);
        client_send(client, (str){.at = draft.bytes, .len = draft.len});
        shutdown(client, SHUT_WR);
        if (!client_read_to_end(client, &arena, &answers)) {
            fail_msg("round %llu of seed %d: no end", (unsigned long long)round, (int)SEED);
        }
        close(client);
        expect_sound(&draft, answers, round);
        arena_reset(&arena);
    }
    struct answer answer;
    const int client = client_connect(&test);
    assert_true(client_send(client, STR("GET /alive HTTP/1.1\r\n" HOST END)));
    assert_true(client_read_answer(client, false, &arena, &answer));
    assert_true(str_equal(answer.body, STR("GET /alive?|")));
    close(client);
    test_server_end(&test);
    arena_close(&arena);
}

struct reading {
    struct head head;
    enum head_progress progress;
    enum http_refusal refusal;
};

/* Reads in pieces of up to `piece_max` bytes. */
static void read_in_pieces(const struct draft *draft, size_t piece_max, struct random *random,
                           struct reading *reading)
{
    memset(reading, 0, sizeof *reading);
    size_t len = 0;
    do {
        const size_t piece = 1 + (size_t)random_below(random, piece_max);
        len = len + piece < draft->len ? len + piece : draft->len;
        reading->progress =
            head_read(&reading->head, (str){.at = draft->bytes, .len = len}, &reading->refusal);
    } while (reading->progress == HEAD_INCOMPLETE && len < draft->len);
}

/* Aim: pieces do not matter; and no head was found on which llhttp and we read different things
 * (the last resort is there for what nobody has thought of). */
static void test_in_pieces(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, SEED);
    struct reading whole;
    struct reading pieced;
    size_t completed = 0;
    for (uint64_t round = 0; round < HEAD_ROUNDS; round++) {
        struct draft draft;
        invent(&draft, &random);
        read_in_pieces(&draft, BYTES_MAX * 64, &random, &whole);
        read_in_pieces(&draft, 1 + (size_t)random_below(&random, 9), &random, &pieced);
        assert_int_equal(whole.progress, pieced.progress);
        assert_int_equal(whole.refusal, pieced.refusal);
        assert_int_equal(whole.head.len, pieced.head.len);
        assert_int_equal(whole.head.content_length, pieced.head.content_length);
        assert_int_equal(whole.head.field_count, pieced.head.field_count);
        assert_int_not_equal(whole.refusal, REFUSAL_SECOND_READING);
        completed += whole.progress == HEAD_COMPLETE ? 1 : 0;
    }
    assert_in_range(completed, HEAD_ROUNDS / 50, HEAD_ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_over_sockets),
    };
    return cmocka_run_group_tests_name("mutations", tests, NULL, NULL);
}
