/* Aim: a minute's worth may be asked at once, and never more than that beside what time gives back;
 * nobody is refused for what another did; a wrong clock locks nobody out. What is expected is
 * counted here from the times of what was allowed, not from the arithmetic of the code. */
#include "base/random.h"
#include "web/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ARENA_BYTES = 4 * 1024 * 1024, SEED = 20251129, ASKED = 20000 };

struct desk {
    struct system_fake fake;
    struct arena arena;
    struct pace *pace;
};

static struct desk open_desk(struct pace_limits limits)
{
    struct desk desk;
    struct err err;
    system_fake_init(&desk.fake, (instant){.milliseconds = INT64_C(1700000000000)}, 1);
    assert_true(arena_open(&desk.arena, ARENA_BYTES, &err).ok);
    assert_true(pace_open(&limits, &desk.fake.system, &desk.arena, &desk.pace, &err).ok);
    return desk;
}

static void close_desk(struct desk *desk)
{
    pace_close(desk->pace);
    arena_close(&desk->arena);
}

static bool ask_at(struct desk *desk, enum pace_kind kind, const char *who, int64_t milliseconds,
                   int64_t *ret_seconds)
{
    return pace_allows(desk->pace, kind, str_from_c(who),
                       (instant){.milliseconds = INT64_C(1700000000000) + milliseconds},
                       ret_seconds);
}

static int ask_often(struct desk *desk, enum pace_kind kind, const char *who, int64_t milliseconds)
{
    int allowed = 0;
    int64_t seconds = 0;
    for (int i = 0; i < 1000; i++) {
        allowed += ask_at(desk, kind, who, milliseconds, &seconds) ? 1 : 0;
    }
    return allowed;
}

static void a_minutes_worth_at_once(void **state)
{
    (void)state;
    struct desk desk = open_desk((struct pace_limits){.readings = 60, .commands = 6});
    int64_t seconds = 0;
    assert_int_equal(ask_often(&desk, PACE_READING, "mary", 0), 60);
    assert_int_equal(ask_often(&desk, PACE_COMMAND, "mary", 0), 6); /* counted by itself */
    assert_int_equal(ask_often(&desk, PACE_READING, "paul", 0), 60);
    assert_int_equal(ask_often(&desk, PACE_STRANGER, "192.0.2.1", 0), 1000); /* no limit */
    assert_false(ask_at(&desk, PACE_READING, "mary", 0, &seconds));
    assert_int_equal(seconds, 2); /* one comes back a second; whole seconds are told */
    assert_true(ask_at(&desk, PACE_READING, "mary", seconds * 1000, &seconds));
    assert_false(ask_at(&desk, PACE_COMMAND, "mary", 9000, &seconds));
    assert_true(ask_at(&desk, PACE_COMMAND, "mary", 10001, &seconds));
    assert_int_equal(ask_often(&desk, PACE_COMMAND, "mary", 60 * 60 * 1000), 6); /* no more saved */
    close_desk(&desk);
}

/* In whatever minute, no more than twice the limit; and whoever keeps to the limit is never
 * refused. */
static void the_rate_holds(void **state)
{
    (void)state;
    enum { LIMIT = 30 };
    static int64_t allowed[ASKED];
    struct desk desk = open_desk((struct pace_limits){.readings = LIMIT, .commands = LIMIT});
    struct random random;
    size_t count = 0;
    int64_t at = 0;
    int64_t seconds = 0;
    random_seed(&random, SEED);
    print_message("# seed %d\n", (int)SEED);
    for (int i = 0; i < ASKED; i++) {
        at += (int64_t)random_below(&random, random_below(&random, 40) == 0 ? 90000 : 400);
        if (ask_at(&desk, PACE_READING, "mary", at, &seconds)) {
            allowed[count++] = at;
        } else {
            assert_in_range(seconds, 1, 61);
        }
    }
    assert_true(count > ASKED / 20 && count < ASKED);
    for (size_t i = 2 * LIMIT; i < count; i++) {
        assert_true(allowed[i] - allowed[i - 2 * LIMIT] >= 59000);
    }
    for (int i = 0; i < 1000; i++) {
        assert_true(ask_at(&desk, PACE_COMMAND, "paul", (int64_t)i * 2000, &seconds));
    }
    close_desk(&desk);
}

static void nobody_waits_for_another(void **state)
{
    (void)state;
    struct desk desk = open_desk((struct pace_limits){.strangers = 1});
    int64_t seconds = 0;
    for (int i = 0; i < 100000; i++) {
        char who[32];
        snprintf(who, sizeof who, "10.%d.%d.%d", i >> 16, (i >> 8) & 255, i & 255);
        assert_true(ask_at(&desk, PACE_STRANGER, who, 0, &seconds));
    }
    assert_false(ask_at(&desk, PACE_STRANGER, "10.1.134.159", 0, &seconds)); /* the last */
    close_desk(&desk);
}

static void a_clock_that_is_put_back(void **state)
{
    (void)state;
    struct desk desk = open_desk((struct pace_limits){.readings = 10});
    int64_t seconds = 0;
    assert_int_equal(ask_often(&desk, PACE_READING, "mary", 0), 10);
    assert_false(ask_at(&desk, PACE_READING, "mary", -INT64_C(86400000), &seconds));
    assert_in_range(seconds, 1, 61);
    assert_true(ask_at(&desk, PACE_READING, "mary", -INT64_C(86400000) + 61000, &seconds));
    close_desk(&desk);
}

static void limits_have_bounds(void **state)
{
    (void)state;
    struct desk desk = open_desk((struct pace_limits){.readings = PACE_MINUTE_MAX});
    struct pace *pace = NULL;
    struct err err;
    assert_int_equal(ask_often(&desk, PACE_READING, "mary", 0), 1000);
    const struct pace_limits wrong[] = {{.readings = -1}, {.sign_ins = PACE_MINUTE_MAX + 1}};
    for (size_t i = 0; i < 2; i++) {
        assert_false(pace_open(&wrong[i], &desk.fake.system, &desk.arena, &pace, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minutes_worth_at_once),  cmocka_unit_test(the_rate_holds),
        cmocka_unit_test(nobody_waits_for_another), cmocka_unit_test(a_clock_that_is_put_back),
        cmocka_unit_test(limits_have_bounds),
    };
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
