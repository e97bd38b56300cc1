/* Aim: a time is extended or suspended by those, and for as long, as the rulebook says, and in no
 * other way. The days are counted by hand: asked to reply on 20 June 2026, the time of fourteen
 * days ends on 4 July; it can be extended until 18 July. */
#include "casework/clock_changes.h"
#include "casework/import.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* Aim: sent again after the clock of the machine was put back, it is known as done. */
static void test_again_the_day_before(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    const struct clock_change_command command = change(office, &person, CLOCK_SUSPEND);
    const struct caller senior = office_caller(office, SENIOR);
    assert_int_equal(try_as(office, &senior, &command).code, ERROR_NONE);
    office_move_days(office, -1);
    const struct tried again = try_as(office, &senior, &command);
    assert_int_equal(again.code, ERROR_NONE);
    assert_true(again.answer.recorded.repeated);
    assert_int_equal(attempt(office, SENIOR, &command).code, ERROR_INPUT); /* a new one is not */
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

struct told {
    int faults;
    char column[60];
    char hint[300];
};

static result keep_fault(void *context, const struct import_fault *fault, struct err *err)
{
    struct told *told = context;
    (void)err;
    told->faults++;
    snprintf(told->column, sizeof told->column, "%.*s", STR_ARG(fault->column));
    snprintf(told->hint, sizeof told->hint, "%s", fault->hint);
    return result_ok();
}

static struct import_outcome import_cell(struct office *office, int64_t registrar,
                                         const struct somebody *person, const char *column,
                                         const char *value, struct told *ret_told)
{
    const struct caller caller = {.account = registrar};
    struct import_outcome outcome = {.rows = 0};
    struct err err = {0};
    char path[300];
    snprintf(path, sizeof path, "%s/extract", office->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "person,person.remarks,%s\n%s,from a file,%s\n", column, person->reference,
            value);
    fclose(file);
    *ret_told = (struct told){.faults = 0};
    const struct import_options options = {.path = path,
                                           .source = STR("another system"),
                                           .fault = keep_fault,
                                           .fault_context = ret_told};
    if (!casework_import(&office->casework, &caller, &options, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    unlink(path);
    return outcome;
}

/* Aim: nor by a file, however its columns give the day; and nothing else of that file is recorded.
 * To take an extension back is open to it, as to everybody who records. */
static void test_not_by_a_file(void **state)
{
    static const char *const cells[][2] = {{"reply.extended_until", "2026-12-31"},
                                           {"reply.extended_until@2026-06-30", "2026-07-05"},
                                           {"reply.suspended_on", "2026-06-30"}};
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    const int64_t registrar = office_open_account(office, "registrar");
    const int64_t events = office_events(office);
    struct told told;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        const struct import_outcome outcome =
            import_cell(office, registrar, &person, cells[i][0], cells[i][1], &told);
        assert_false(outcome.recorded);
        assert_int_equal(told.faults, 1);
        assert_string_equal(told.column, cells[i][0]);
        assert_non_null(strstr(told.hint, "returnhub clock extend"));
        assert_int_equal(office_events(office), events);
    }
    const struct import_outcome outcome =
        import_cell(office, registrar, &person, "reply.extended_until", "unknown", &told);
    assert_true(outcome.recorded);
    assert_int_equal(outcome.facts, 2);
}

static int64_t changed(struct office *office, enum account_name account,
                       const struct clock_change_command *command, size_t which)
{
    const struct tried tried = attempt(office, account, command);
    assert_int_equal(tried.code, ERROR_NONE);
    assert_true(which < tried.answer.recorded.event_count);
    return tried.answer.recorded.events[which];
}

static void expect_kept(struct office *office, int64_t event)
{
    const int64_t events = office_events(office);
    const struct recorded withdrawn = office_withdraw_fact(office, CLERK, event);
    assert_false(withdrawn.ok);
    assert_int_equal(withdrawn.err.code, ERROR_CONFLICT);
    assert_non_null(strstr(withdrawn.err.hint, "reply_time"));
    assert_int_equal(office_events(office), events);
}

/* Aim: nor by withdrawing what took it back: an extension that counts again is one more. The other
 * way round, the extension withdrawn first, nothing counts again. */
static void test_not_by_withdrawing(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    struct clock_change_command command = change(office, &person, CLOCK_EXTEND);
    command.until = (struct known_day){.known = true, .day = day("2026-07-10")};
    const int64_t first = changed(office, OFFICER, &command, 0);
    command.until.day = day("2026-07-18");
    const int64_t second = changed(office, OFFICER, &command, 0);
    const struct recorded back =
        office_record(office, CLERK, person.reference, "reply.extended_until", "unknown");
    assert_true(back.ok);
    expect_kept(office, back.event);
    assert_true(office_withdraw_fact(office, CLERK, second).ok); /* it does not count any more */
    expect_kept(office, back.event);                             /* the first one still would */
    assert_true(office_withdraw_fact(office, CLERK, first).ok);
    assert_true(office_withdraw_fact(office, CLERK, back.event).ok);
}

/* Aim: what was suspended and runs again does not stand still again because that is withdrawn. */
static void test_no_second_suspension(void **state)
{
    struct office *office = *state;
    const struct somebody person = asked_to_reply(office);
    struct clock_change_command command = change(office, &person, CLOCK_SUSPEND);
    const int64_t since = changed(office, SENIOR, &command, 0);
    office_move_days(office, 2);
    command.kind = CLOCK_RESUME;
    command.on = office_today(office);
    const struct tried resumed = attempt(office, SENIOR, &command);
    assert_int_equal(resumed.code, ERROR_NONE);
    assert_int_equal(resumed.answer.recorded.event_count, 2);
    const int64_t again = resumed.answer.recorded.events[0];
    const int64_t last_day = resumed.answer.recorded.events[1];
    expect_kept(office, again);
    assert_true(office_withdraw_fact(office, CLERK, last_day).ok); /* shorter: nothing is added */
    expect_kept(office, again);
    assert_true(office_withdraw_fact(office, CLERK, since).ok);
    assert_true(office_withdraw_fact(office, CLERK, again).ok);
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
        cmocka_unit_test_setup_teardown(test_again_the_day_before, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_other_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_by_a_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_by_withdrawing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_second_suspension, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uk, setup_uk, teardown),
    };
    return cmocka_run_group_tests_name("clock_changes", tests, NULL, NULL);
}
