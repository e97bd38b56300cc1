/* Aim: a session and an account hold so many streams and no more; the oldest gives way, of nobody
 * else; where all are taken, whoever holds most gives way to whoever holds fewer, so that an
 * account with one keeps it; who opens them faster than they end is refused, others are not. What
 * is expected is counted here, from what each stream is told when it asks whether it may go on. */
#include "base/random.h"
#include "http/http.h"
#include "web/streams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { MOST = HTTP_STREAMS_MAX, ARENA_BYTES = 1024 * 1024, SEED = 20251130, TURNS = 20000 };

struct desk {
    struct arena arena;
    struct streams *streams;
};

static struct desk open_desk(void)
{
    struct desk desk;
    struct err err;
    assert_true(arena_open(&desk.arena, ARENA_BYTES, &err).ok);
    assert_true(streams_open(MOST, &desk.arena, &desk.streams, &err).ok);
    return desk;
}

static void close_desk(struct desk *desk)
{
    streams_close(desk->streams);
    arena_close(&desk->arena);
}

static bool goes_on(const struct desk *desk, int64_t number)
{
    return streams_may_go_on(desk->streams, number);
}

static int64_t begin(const struct desk *desk, int64_t account, int session)
{
    char token[32];
    snprintf(token, sizeof token, "%lld %d", (long long)account, session);
    return streams_begin(desk->streams, account, str_from_c(token));
}

/* As a server does it: what may not go on ends when it is asked for more. */
static size_t end_what_gave_way(const struct desk *desk, int64_t *numbers, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] != 0 && !goes_on(desk, numbers[i])) {
            streams_end(desk->streams, numbers[i]);
            numbers[i] = 0;
        }
        left += numbers[i] != 0 ? 1 : 0;
    }
    return left;
}

static void the_oldest_of_a_session_gives_way(void **state)
{
    (void)state;
    struct desk desk = open_desk();
    const int64_t other = begin(&desk, 1, 1);
    int64_t held[10];
    for (size_t i = 0; i < 10; i++) {
        held[i] = begin(&desk, 1, 2);
        assert_true(held[i] > 0);
        for (size_t k = 0; k <= i; k++) {
            assert_int_equal(goes_on(&desk, held[k]), k + STREAMS_OF_SESSION_MAX > i);
        }
    }
    assert_true(goes_on(&desk, other)); /* of another session, and older than all */
    streams_end(desk.streams, held[8]);
    assert_true(begin(&desk, 1, 2) > 0);
    assert_true(goes_on(&desk, held[6])); /* there was room again */
    close_desk(&desk);
}

static void the_oldest_of_an_account_gives_way(void **state)
{
    (void)state;
    struct desk desk = open_desk();
    int64_t held[STREAMS_OF_ACCOUNT_MAX];
    const int64_t neighbour = begin(&desk, 2, 1);
    for (int i = 0; i < STREAMS_OF_ACCOUNT_MAX; i++) {
        held[i] = begin(&desk, 1, i); /* each of a session of its own */
    }
    for (int i = 0; i < STREAMS_OF_ACCOUNT_MAX; i++) {
        assert_true(goes_on(&desk, held[i]));
    }
    assert_true(begin(&desk, 1, 100) > 0);
    assert_false(goes_on(&desk, held[0]));
    assert_true(goes_on(&desk, held[1]));
    assert_true(goes_on(&desk, neighbour));
    close_desk(&desk);
}

/* Faster than they end: refused, and with all of it no more than so many are taken. */
static void who_presses_waits(void **state)
{
    (void)state;
    struct desk desk = open_desk();
    int64_t held[1000];
    size_t taken = 0;
    for (int i = 0; i < 1000; i++) {
        held[i] = begin(&desk, 1, i);
        taken += held[i] > 0 ? 1 : 0;
    }
    assert_int_equal(taken, STREAMS_OF_ACCOUNT_MAX + STREAMS_ENDING_MAX);
    for (int64_t account = 2; account < 10; account++) {
        assert_true(begin(&desk, account, 1) > 0);
    }
    end_what_gave_way(&desk, held, 1000);
    assert_true(begin(&desk, 1, 1) > 0);
    close_desk(&desk);
}

/* However many accounts hold as much as they can, each other one has its stream at once. */
static void nobody_is_starved(void **state)
{
    (void)state;
    enum { GREEDY = 40, LIVE = MOST - MOST / STREAMS_ENDING_SHARE };
    static int64_t theirs[GREEDY * STREAMS_OF_ACCOUNT_MAX];
    struct desk desk = open_desk();
    size_t count = 0;
    for (int i = 0; i < STREAMS_OF_ACCOUNT_MAX; i++) {
        for (int64_t account = 1; account <= GREEDY; account++) {
            theirs[count++] = begin(&desk, account, i / STREAMS_OF_SESSION_MAX);
            end_what_gave_way(&desk, theirs, count);
        }
    }
    assert_int_equal(end_what_gave_way(&desk, theirs, count), LIVE);
    int64_t modest[LIVE - GREEDY];
    for (size_t i = 0; i < LIVE - GREEDY; i++) {
        modest[i] = begin(&desk, 1000 + (int64_t)i, 1);
        assert_true(modest[i] > 0);
        for (size_t k = 0; k <= i; k++) {
            assert_true(goes_on(&desk, modest[k])); /* whoever holds one keeps it */
        }
        end_what_gave_way(&desk, theirs, count);
    }
    assert_int_equal(end_what_gave_way(&desk, theirs, count), GREEDY); /* one each is left */
    assert_int_equal(begin(&desk, 5000, 1), 0); /* more accounts than streams */
    /* Whoever has one and asks for another gives up their own. */
    const int64_t again = begin(&desk, 1000, 2);
    assert_true(again > 0 && goes_on(&desk, again));
    assert_false(goes_on(&desk, modest[0]));
    close_desk(&desk);
}

/* What was counted is counted down: nothing is left of many that came and went. */
static void what_is_over_leaves_nothing(void **state)
{
    (void)state;
    static int64_t held[MOST];
    struct desk desk = open_desk();
    struct random random;
    random_seed(&random, SEED);
    print_message("# seed %d\n", (int)SEED);
    for (int turn = 0; turn < TURNS; turn++) {
        const size_t at = (size_t)random_below(&random, MOST);
        if (held[at] != 0) {
            streams_end(desk.streams, held[at]);
        }
        held[at] = random_below(&random, 3) == 0
                       ? 0
                       : begin(&desk, 1 + (int64_t)random_below(&random, 30),
                               (int)random_below(&random, 5));
    }
    for (size_t i = 0; i < MOST; i++) {
        streams_end(desk.streams, held[i]);
        assert_false(goes_on(&desk, held[i]));
    }
    streams_end(desk.streams, 0);
    streams_end(desk.streams, 999999999);
    int64_t all[MOST];
    for (int64_t i = 0; i < MOST - MOST / STREAMS_ENDING_SHARE; i++) {
        all[i] = begin(&desk, i + 1, 1);
        assert_true(all[i] > 0);
    }
    assert_true(goes_on(&desk, all[0]));
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_of_a_session_gives_way),
        cmocka_unit_test(the_oldest_of_an_account_gives_way),
        cmocka_unit_test(who_presses_waits),
        cmocka_unit_test(nobody_is_starved),
        cmocka_unit_test(what_is_over_leaves_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
