/* Aim: a time is extended or suspended by those, and for as long, as the rulebook says, and in no
 * other way. The days are counted by hand: asked to reply on 20 June 2026, the time of fourteen
 * days ends on 4 July; it can be extended until 18 July. */
#include "casework/clock_changes.h"

#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int setup_uk(void **state)
{
    static struct office office;
    office_open_law(&office, "uk");
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static date day(const char *text)
{
    date parsed;
    assert_true(date_parse(str_from_c(text), &parsed, NULL).ok);
    return parsed;
}

struct tried {
    enum error_code code;
    struct err err;
    struct clock_change_answer answer;
};

static struct tried try_as(struct office *office, const struct caller *caller,
                           const struct clock_change_command *command)
{
    struct tried tried = {.err = {.code = ERROR_NONE}};
    arena_reset(&office->work);
    tried.code = casework_change_clock(&office->casework, caller, command, &office->work,
                                       &tried.answer, &tried.err)
                         .ok
                     ? ERROR_NONE
                     : tried.err.code;
    return tried;
}

static struct tried attempt(struct office *office, enum account_name account,
                            const struct clock_change_command *command)
{
    const struct caller caller = office_caller(office, account);
    return try_as(office, &caller, command);
}

static struct somebody asked_to_reply(struct office *office)
{
    const struct somebody person = office_register(office, "Somebody");
    const struct recorded recorded =
        office_record(office, CLERK, person.reference, "reply.asked_on", "2026-06-20");
    assert_true(recorded.ok);
    return person;
}

static struct clock_change_command
change(const struct office *office, const struct somebody *person, enum clock_change_kind kind)
{
    return (struct clock_change_command){.kind = kind,
                                         .person = str_from_c(person->reference),
                                         .clock = STR("reply_time"),
                                         .on = office_today(office),
                                         .reason = STR("the interpreter was ill")};
}

static void test_extend(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    struct clock_change_command command = change(office, &person, CLOCK_EXTEND);
    command.until = (struct known_day){.known = true, .day = day("2026-07-19")};
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT); /* a day too long */
    command.until.day = day("2026-07-04");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT); /* no longer at all */
    command.until.day = day("2026-07-18");
    assert_int_equal(attempt(office, CLERK, &command).code, ERROR_FORBIDDEN);
    assert_int_equal(attempt(office, SENIOR, &command).code, ERROR_FORBIDDEN);
    assert_int_equal(attempt(office, STATISTICIAN, &command).code, ERROR_FORBIDDEN);
    command.reason = STR(" ");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
    command.reason = STR("the interpreter was ill");
    const struct caller officer = office_caller(office, OFFICER);
    struct tried tried = try_as(office, &officer, &command);
    assert_int_equal(tried.code, ERROR_NONE);
    assert_true(date_equal(tried.answer.before.last_day, day("2026-07-04")));
    assert_true(date_equal(tried.answer.after.last_day, day("2026-07-18")));
    const struct event event = office_event(office, tried.answer.recorded.events[0]);
    assert_int_equal(event.kind, EVENT_FACT_RECORDED);
    assert_true(str_equal(event.body.fact_recorded.fact, STR("reply.extended_until")));
    assert_true(str_equal(event.body.fact_recorded.value, STR("2026-07-18")));
    assert_true(str_equal(event.body.fact_recorded.source, STR("the interpreter was ill")));
    const int64_t events = office_events(office);
    tried = try_as(office, &officer, &command); /* the same command again */
    assert_int_equal(tried.code, ERROR_NONE);
    assert_true(tried.answer.recorded.repeated);
    assert_int_equal(office_events(office), events);
    command.until.day = day("2026-07-17"); /* another command under the same client id */
    assert_int_equal(try_as(office, &officer, &command).code, ERROR_CONFLICT);
    /* A second extension goes no further than the first could have. */
    command.until.day = day("2026-07-19");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
    command.until.known = false;
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
}

static void test_expired(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    office_move_days(office, 5); /* 5 July */
    struct clock_change_command command = change(office, &person, CLOCK_EXTEND);
    command.until = (struct known_day){.known = true, .day = day("2026-07-10")};
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_CONFLICT);
    /* It was extended in time, and is put on record late. */
    command.on = day("2026-07-04");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_NONE);
    command.on = day("2026-07-06");
    command.until.day = day("2026-07-11");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
}

/* Aim: stopped on 30 June with four days left (to 4 July), it runs again on 10 July and ends on 14
 * July; stopped for longer than thirty days, it runs again from 30 July and ends on 3 August. */
static void test_suspend(void **state)
{
    static const struct {
        int days;
        const char *last_day;
    } rows[] = {{10, "2026-07-14"}, {0, "2026-07-04"}, {30, "2026-08-03"}, {50, "2026-08-03"}};
    struct office *office = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct somebody person = asked_to_reply(office);
        struct clock_change_command command = change(office, &person, CLOCK_SUSPEND);
        assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_FORBIDDEN);
        command.kind = CLOCK_RESUME;
        assert_int_equal(attempt(office, SENIOR, &command).code, ERROR_CONFLICT);
        command.kind = CLOCK_SUSPEND;
        struct tried tried = attempt(office, SENIOR, &command);
        assert_int_equal(tried.code, ERROR_NONE);
        assert_false(tried.answer.after.has_last_day);
        assert_int_equal(attempt(office, SENIOR, &command).code, ERROR_CONFLICT);
        office_move_days(office, rows[i].days);
        command.kind = CLOCK_RESUME;
        command.on = office_today(office);
        tried = attempt(office, SENIOR, &command);
        assert_int_equal(tried.code, ERROR_NONE);
        assert_true(date_equal(tried.answer.after.last_day, day(rows[i].last_day)));
        assert_int_equal(tried.answer.recorded.event_count, 2);
        office_move_days(office, -rows[i].days);
    }
}

/* Aim: the facts behind it cannot be recorded as others are, but for taking them back. */
static void test_no_other_way(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    struct recorded recorded =
        office_record(office, OFFICER, person.reference, "reply.extended_until", "2026-12-31");
    assert_false(recorded.ok);
    assert_int_equal(recorded.err.code, ERROR_INPUT);
    assert_non_null(strstr(recorded.err.hint, "reply_time"));
    recorded = office_record(office, SENIOR, person.reference, "reply.suspended_on", "2026-06-30");
    assert_false(recorded.ok);
    recorded = office_record(office, OFFICER, person.reference, "reply.extended_until", "unknown");
    assert_true(recorded.ok);
    struct clock_change_command command = change(office, &person, CLOCK_EXTEND);
    command.clock = STR("notice_window");
    command.until = (struct known_day){.known = true, .day = day("2026-07-10")};
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
    command.clock = STR("no_such_clock");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_INPUT);
    command.clock = STR("reply_time");
    command.person = STR("RH-000000-0");
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_NOT_FOUND);
}

/* Aim: under the law of the United Kingdom a family is held for seven days, not 72 hours, once a
 * senior officer has put the Minister's authority on record, with the reason, and in time. */
static void test_uk(void **state)
{
    static const char *const facts[][2] = {{"detention.status", "detained"},
                                           {"detention.began_on", "2026-06-29"},
                                           {"family.child_in_household", "yes"},
                                           {"detention.family_minister_authorised", "no"}};
    struct office *office = *state;
    const struct somebody person = office_register(office, "Somebody");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        assert_true(office_record(office, CLERK, person.reference, facts[i][0], facts[i][1]).ok);
    }
    struct clock_change_command command = change(office, &person, CLOCK_EXTEND);
    command.clock = STR("detention_of_family");
    assert_false(office_record(office, SENIOR, person.reference,
                               "detention.family_minister_authorised", "yes")
                     .ok);
    assert_int_equal(attempt(office, OFFICER, &command).code, ERROR_FORBIDDEN);
    const struct tried tried = attempt(office, SENIOR, &command);
    assert_int_equal(tried.code, ERROR_NONE);
    assert_true(date_equal(tried.answer.before.last_day, day("2026-07-01")));
    assert_true(date_equal(tried.answer.after.last_day, day("2026-07-05")));
    assert_int_equal(attempt(office, SENIOR, &command).code, ERROR_CONFLICT); /* once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_extend, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expired, setup, teardown),
        cmocka_unit_test_setup_teardown(test_suspend, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_other_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uk, setup_uk, teardown),
    };
    return cmocka_run_group_tests_name("clock_changes", tests, NULL, NULL);
}
