/* Aim: shares are Shapley values. Expected: values that are published for well-known games, the
 * definition by orders of joining, done here by counting all of them, and the four properties that
 * only the Shapley value has; their standard error, that of a mean. */
#include "forecast/shares.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MEMORY = 16 * 1024 * 1024, PLAYERS_MAX = 6, SETS_MAX = 1 << PLAYERS_MAX };

static struct arena arena;

static int set_up(void **state)
{
    struct err err;
    (void)state;
    return arena_open(&arena, MEMORY, &err).ok ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

/* Of a game with one future, one series and one quarter. */
static void shares_of(const double *game, size_t players, double *ret_shares)
{
    struct shares shares;
    struct err err;
    assert_true(shares_begin(players, 1, 1, 1, &arena, &shares, &err).ok);
    for (uint32_t set = 0; set < 1U << players; set++) {
        double value = game[set];
        const struct ensemble ensemble = {1, 1, 1, &value, 0};
        shares_add(&shares, set, &ensemble);
    }
    for (size_t i = 0; i <= players; i++) {
        ret_shares[i] = shares_estimate(&shares, i, 0, 0).mean;
        assert_true(shares_estimate(&shares, i, 0, 0).error == 0);
    }
}

static void near(double found, double expected)
{
    if (fabs(found - expected) > 1e-9 * (1 + fabs(expected))) {
        fail_msg("%.12f, not %.12f", found, expected);
    }
}

/* One has a left glove, two have a right one; a pair is worth 1: 2/3, 1/6, 1/6. */
static void gloves(void **state)
{
    (void)state;
    double game[8];
    double shares[4];
    for (unsigned set = 0; set < 8; set++) {
        game[set] = (set & 1) != 0 && (set & 6) != 0;
    }
    shares_of(game, 3, shares);
    near(shares[0], 2.0 / 3);
    near(shares[1], 1.0 / 6);
    near(shares[2], 1.0 / 6);
    near(shares[3], 1);
}

/* Aircraft need runways that cost 8, 11, 13 and 18: each part of the runway is paid in equal parts
 * by those who need it (Littlechild and Owen 1973): 2, 3, 4, 9. */
static void airport(void **state)
{
    (void)state;
    static const double costs[] = {8, 11, 13, 18};
    double game[16] = {0};
    double shares[5];
    for (unsigned set = 0; set < 16; set++) {
        for (unsigned i = 0; i < 4; i++) {
            game[set] = (set >> i & 1) != 0 ? fmax(game[set], costs[i]) : game[set];
        }
    }
    shares_of(game, 4, shares);
    near(shares[0], 2);
    near(shares[1], 3);
    near(shares[2], 4);
    near(shares[3], 9);
    near(shares[4], 18);
}

/* ---- by orders ---- */

struct orders {
    const double *game;
    size_t players;
    double sums[PLAYERS_MAX];
    double count;
};

/* Everybody who has not joined `set` joins next, in turn. */
static void join(struct orders *orders, unsigned set, double weight)
{
    double left = 0;
    for (size_t i = 0; i < orders->players; i++) {
        left += (set >> i & 1) == 0;
    }
    for (size_t i = 0; i < orders->players; i++) {
        if ((set >> i & 1) == 0) {
            const unsigned joined = set | 1U << i;
            orders->sums[i] += weight / left * (orders->game[joined] - orders->game[set]);
            join(orders, joined, weight / left);
        }
    }
}

static double random_number(struct draw *draw)
{
    return 2000 * draw_unit(draw) - 1000;
}

static void random_games(void **state)
{
    (void)state;
    struct draw draw = draw_begin(20260, 1);
    for (size_t round = 0; round < 200; round++) {
        const size_t players = 1 + round % PLAYERS_MAX;
        const unsigned sets = 1U << players;
        double game[SETS_MAX];
        double shares[PLAYERS_MAX + 1];
        double sum = 0;
        for (unsigned set = 0; set < sets; set++) {
            game[set] = random_number(&draw);
        }
        struct orders orders = {.game = game, .players = players};
        join(&orders, 0, 1);
        shares_of(game, players, shares);
        for (size_t i = 0; i < players; i++) {
            near(shares[i], orders.sums[i]);
            sum += shares[i];
        }
        near(sum, game[sets - 1] - game[0]);
        near(shares[players], game[sets - 1] - game[0]);
    }
}

/* Whoever never adds anything has nothing; two who add the same have the same. */
static void nothing_and_the_same(void **state)
{
    (void)state;
    double game[32];
    double shares[6];
    struct draw draw = draw_begin(20261, 1);
    double by_size[4];
    for (size_t i = 0; i < 4; i++) {
        by_size[i] = random_number(&draw);
    }
    for (unsigned set = 0; set < 32; set++) { /* 0 and 1 and 2 are alike, 3 and 4 add nothing */
        game[set] = by_size[(set & 1) + (set >> 1 & 1) + (set >> 2 & 1)];
    }
    shares_of(game, 5, shares);
    near(shares[0], shares[1]);
    near(shares[1], shares[2]);
    assert_true(fabs(shares[3]) < 1e-9 && fabs(shares[4]) < 1e-9);
}

/* Futures, series and quarters keep apart, and the error is the standard error of a mean. */
static void many_futures(void **state)
{
    (void)state;
    enum { FUTURES = 3, SERIES = 2, QUARTERS = 2, SIZE = FUTURES * SERIES * QUARTERS };
    struct shares shares;
    struct err err;
    double sets[4][SIZE];
    struct draw draw = draw_begin(20262, 1);
    assert_true(shares_begin(2, SERIES, QUARTERS, FUTURES, &arena, &shares, &err).ok);
    for (uint32_t set = 4; set > 0; set--) { /* in any order */
        for (size_t i = 0; i < SIZE; i++) {
            sets[set - 1][i] = random_number(&draw);
        }
        const struct ensemble ensemble = {SERIES, QUARTERS, FUTURES, sets[set - 1], 0};
        shares_add(&shares, set - 1, &ensemble);
    }
    for (size_t series = 0; series < SERIES; series++) {
        for (size_t quarter = 0; quarter < QUARTERS; quarter++) {
            double each[FUTURES];
            double mean = 0;
            double squares = 0;
            for (size_t future = 0; future < FUTURES; future++) {
                const size_t at = (future * SERIES + series) * QUARTERS + quarter;
                each[future] = ((sets[1][at] - sets[0][at]) + (sets[3][at] - sets[2][at])) / 2;
                mean += each[future] / FUTURES;
            }
            for (size_t future = 0; future < FUTURES; future++) {
                squares += (each[future] - mean) * (each[future] - mean);
            }
            const struct shares_estimate first = shares_estimate(&shares, 0, series, quarter);
            near(first.mean, mean);
            near(first.error, sqrt(squares / 2 / 3));
            near(shares_estimate(&shares, SHARES_TOGETHER(&shares), series, quarter).mean,
                 first.mean + shares_estimate(&shares, 1, series, quarter).mean);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gloves),       cmocka_unit_test(airport),
        cmocka_unit_test(random_games), cmocka_unit_test(nothing_and_the_same),
        cmocka_unit_test(many_futures),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
