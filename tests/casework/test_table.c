/* Aim: tables count what casework did: who was refused a step and by which safeguard, what was
 * stopped, who was transferred where and for how long they are there - as of the day each thing was
 * true, in the edition that is asked for - and say nothing of a hub or an agreement that is not
 * announced. */
#include "counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char text[] = "policy\n"
                           "  suppress below 1\n"
                           "  median of at least 1\n"
                           "group side \"Side\"\n"
                           "  \"Balkans\" ALB, XKX\n"
                           "  \"Elsewhere\" ERI\n"
                           "table refusals \"Refusals\"\n"
                           "  counts refusals of transfer\n"
                           "  each month\n"
                           "  by safeguard\n"
                           "  across hub\n"
                           "table stops \"Stops\"\n"
                           "  counts stops of transfer\n"
                           "  each month\n"
                           "  by safeguard\n"
                           "table answers \"Answers\"\n"
                           "  counts answers to transfer, removal\n"
                           "  each month\n"
                           "  compares by step\n"
                           "  share refused\n"
                           "table transfers \"Transfers\"\n"
                           "  counts steps transfer\n"
                           "  each month\n"
                           "  by hub\n"
                           "  by agreement\n"
                           "  by fact hub.monitor_appointed\n"
                           "  across group side of fact person.nationality\n"
                           "table there \"At a hub\"\n"
                           "  counts people in at_hub\n"
                           "  each month\n"
                           "  by hub\n"
                           "  across days since step transfer bands 0, 10, 20\n"
                           "table open \"Open\"\n"
                           "  counts people open\n"
                           "  each month\n"
                           "  by stage\n"
                           "  across days since stage bands 0, 20\n"
                           "table waited \"Waits\"\n"
                           "  counts steps transfer\n"
                           "  each month\n"
                           "  median days since claim\n"
                           "table nationalities \"Values\"\n"
                           "  counts values of person.nationality\n"
                           "  each month\n"
                           "  across value\n"
                           "table filtered \"Filtered\"\n"
                           "  counts claims\n"
                           "  where fact person.nationality is ERI, unknown\n"
                           "  each month\n"
                           "table agreements \"Agreements\"\n"
                           "  counts agreements\n"
                           "  by fact agreement.state\n";

static const struct edition_asked now = {.has_position = false};

struct fixture {
    struct office office;
    struct definitions definitions;
};

static int setup(void **state)
{
    static struct fixture fixture;
    const struct definition_file file = {STR("own.tables"), str_from_c(text)};
    struct err err = {0};
    office_open(&fixture.office);
    if (!definitions_read(&file, 1, &fixture.office.perm, &fixture.definitions, &err).ok) {
        fail_msg("%u: %s", err.line, err.what);
    }
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    office_close(&fixture->office);
    return 0;
}

static struct sheet june(struct fixture *fixture, const char *table)
{
    return counting_table(&fixture->office, &fixture->definitions, table, "2026-06", "2026-06",
                          &now);
}

static void expect_cell(const struct sheet *sheet, const char *row, const char *column,
                        const char *expected)
{
    const str found = counting_cell(sheet, row, column);
    if (!str_equal(found, str_from_c(expected))) {
        fail_msg("%s, %s: \"%.*s\", not \"%s\"", row, column, STR_ARG(found), expected);
    }
}

/* Counted under each safeguard that the refusal itself names. */
static void refusals_by_safeguard(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    const struct somebody person = office_ready(office, "Synthetic Person 1");
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct outcome refused = office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH);
    assert_true(refused.ok && refused.refused);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_SOUTH).refused);
    const struct event event = office_event(office, refused.event);
    assert_int_equal(event.kind, EVENT_STEP_REFUSED);
    const size_t in_the_way = event.body.step_refused.safeguards.count;
    assert_true(in_the_way > 0);
    const struct sheet sheet = june(fixture, "refusals");
    assert_int_equal(sheet.row_count, in_the_way + 1);
    const str total = arena_format(&office->perm, "%zu", 2 * in_the_way);
    expect_cell(&sheet, "Total", "Total", total.at);
    const struct sheet answers = june(fixture, "answers");
    expect_cell(&answers, "Total", "Total", "2");
    expect_cell(&answers, "Total", "Share, per cent", "100.0");
}

static void stops_by_safeguard(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    const struct somebody person = office_ready(office, "Synthetic Person 1");
    office_transfer(office, &person, HUB_NORTH, 1);
    struct sheet sheet = june(fixture, "stops");
    expect_cell(&sheet, "Total", "Total", "0");
    const struct recorded order =
        office_record(office, CLERK, person.reference, "order.injunction", "in_force");
    assert_int_equal(order.stopped_count, 1);
    sheet = june(fixture, "stops");
    expect_cell(&sheet, "Total", "Total", "1");
    assert_int_equal(sheet.row_count, 2);
}

static void transfers_and_stays(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    const struct somebody one = office_ready(office, "Synthetic Person 1");
    const struct somebody two = office_ready(office, "Synthetic Person 2");
    assert_true(office_take(office, CLERK, office_transfer(office, &one, HUB_NORTH, 2)).ok);
    office_move_days(office, 12);
    const int64_t position = office_events(office);
    assert_true(office_take(office, CLERK, office_transfer(office, &two, HUB_SOUTH, 2)).ok);
    struct sheet sheet = june(fixture, "transfers");
    expect_cell(&sheet, "Total", "Total", "1");
    expect_cell(&sheet, AGREEMENT, "Total", "1");
    const struct sheet july =
        counting_table(office, &fixture->definitions, "there", "2026-07", "2026-07", &now);
    expect_cell(&july, "Total", "Total", "2");
    expect_cell(&july, "Total", "0 to 9", "1");
    expect_cell(&july, "Total", "10 to 19", "1");
    const struct edition_asked then = {.has_position = true, .position = position};
    const struct sheet before =
        counting_table(office, &fixture->definitions, "there", "2026-07", "2026-07", &then);
    assert_true(str_equal(counting_cell(&before, "Total", "Total"), STR("1")) ||
                before.row_count == 0); /* that edition is as at the day of its last event */
    sheet = june(fixture, "waited");
    expect_cell(&sheet, "2026-06", "Median, days", "100");
}

/* What of the question for the differences is refused, by its name. */
static const char *field_refused(struct fixture *fixture, const struct table_asked *asked,
                                 int64_t earlier)
{
    struct office *office = &fixture->office;
    struct err err = {0};
    struct sheet found;
    const struct caller caller = office_caller(office, STATISTICIAN);
    assert_false(casework_table_differences(&office->casework, &caller, &fixture->definitions,
                                            asked, earlier, &office->work, &found, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    return arena_format(&office->work, "%s", err.field).at;
}

/* Two editions are compared as at one day: what only the days between them change is no difference,
 * what was recorded between them is one. */
static void editions_differ_by_what_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    struct err err = {0};
    struct sheet found;
    const struct caller caller = office_caller(office, STATISTICIAN);
    struct table_asked asked = {
        .table = STR("there"), .from = STR("2026-07"), .to = STR("2026-07")};
    const struct somebody one = office_ready(office, "Synthetic Person 1");
    const struct somebody two = office_ready(office, "Synthetic Person 2");
    assert_true(office_take(office, CLERK, office_transfer(office, &one, HUB_NORTH, 2)).ok);
    office_move_days(office, 1);
    office_register(office, "Synthetic Person 3");
    const int64_t earlier = office_events(office);
    office_move_days(office, 11);
    office_register(office, "Synthetic Person 4");
    assert_true(casework_table_differences(&office->casework, &caller, &fixture->definitions,
                                           &asked, earlier, &office->work, &found, &err)
                    .ok);
    assert_int_equal(found.row_count, 0);
    assert_true(counting_has_note(&found, "Compared with"));
    assert_true(office_take(office, CLERK, office_transfer(office, &two, HUB_SOUTH, 2)).ok);
    assert_true(casework_table_differences(&office->casework, &caller, &fixture->definitions,
                                           &asked, earlier, &office->work, &found, &err)
                    .ok);
    assert_true(found.row_count > 0);
    assert_string_equal(field_refused(fixture, &asked, 999999), "compare_with");
    asked.to = STR("");
    assert_string_equal(field_refused(fixture, &asked, earlier), "to");
    asked.from = STR("");
    assert_string_equal(field_refused(fixture, &asked, earlier), "from");
}

#define EXHAUSTED "Appeal rights exhausted"

static date date_of(const char *day_text)
{
    date day = {0};
    assert_true(date_parse(str_from_c(day_text), &day, NULL).ok);
    return day;
}

static result append_imported(struct transaction *transaction, void *context, struct err *err)
{
    struct event *event = context;
    TRY(transaction_new_id(transaction, SUBJECT_OF_PERSON, &event->subject, err));
    return transaction_append(transaction, event, err);
}

/* Who came into a stage before this register knew them was in it from that day on: not from the day
 * on which they were registered, and until then nobody knows where they were. */
static void a_stage_that_began_elsewhere(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    struct err err = {0};
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .kind = EVENT_PERSON_REGISTERED,
        .effective_on = date_of("2026-03-10"),
        .recorded_at = {.milliseconds = atomic_load(&office->now) + 1},
        .body.person_registered = {.reference = STR("RH-T001"),
                                   .name = STR("X"),
                                   .stage = STR("exhausted"),
                                   .stage_since = {.known = true, .day = date_of("2026-05-21")}}};
    assert_true(store_write(office->store, append_imported, &event, &err).ok);
    struct sheet sheet =
        counting_table(office, &fixture->definitions, "open", "2026-04", "2026-04", &now);
    expect_cell(&sheet, "Unknown", "Total", "1");
    sheet = counting_table(office, &fixture->definitions, "open", "2026-05", "2026-05", &now);
    expect_cell(&sheet, "Unknown", "Total", "");
    expect_cell(&sheet, EXHAUSTED, "Total", "1");
    expect_cell(&sheet, EXHAUSTED, "0 to 19", "1"); /* ten days, not eighty */
    sheet = june(fixture, "open");
    expect_cell(&sheet, EXHAUSTED, "20 and over", "1");
}

static void what_is_not_announced(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .kind = EVENT_STEP_TAKEN,
                          .body.step_taken = {.step = STR("transfer"),
                                              .from = STR("registered"),
                                              .to = STR("at_hub"),
                                              .hub = office->hub_secret,
                                              .agreement = 2,
                                              .place = 1}};
    event.subject = office_register(office, "Synthetic Person 1").id;
    office_append(office, &event);
    const struct sheet sheet = june(fixture, "transfers");
    expect_cell(&sheet, "Not announced", "Total", "1");
    const struct sheet agreements =
        counting_table(office, &fixture->definitions, "agreements", "2026-Q2", "2026-Q2", &now);
    assert_int_equal(agreements.row_count, 1);
    expect_cell(&agreements, AGREEMENT, "Partner", "ALB");
    /* Who may see it sees it. */
    struct sheet all;
    struct err err = {0};
    const struct caller senior = office_caller(office, SENIOR);
    const struct table_asked asked = {
        .table = STR("agreements"), .from = STR("2026-Q2"), .to = STR("2026-Q2")};
    assert_true(casework_table(&office->casework, &senior, &fixture->definitions, &asked,
                               &office->work, &all, &err)
                    .ok);
    assert_int_equal(all.row_count, 2);
}

/* The same value again is no new one; unknown is neither a value nor 0; a filter says what it
 * takes. */
static void values_and_filters(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    const struct somebody one = office_register(office, "Synthetic Person 1");
    const struct somebody two = office_register(office, "Synthetic Person 2");
    office_register(office, "Synthetic Person 3");
    counting_fact(office, one.id, "person.nationality", "ALB");
    counting_fact(office, two.id, "person.nationality", "ERI");
    office_move_days(office, 1);
    counting_fact(office, one.id, "person.nationality", "ALB");
    counting_fact(office, two.id, "person.nationality", "unknown");
    /* On the day they were registered, which lies before, nothing was known of anybody. */
    struct sheet sheet =
        counting_table(office, &fixture->definitions, "filtered", "2026-03", "2026-03", &now);
    expect_cell(&sheet, "2026-03", "Total", "3");
    sheet =
        counting_table(office, &fixture->definitions, "nationalities", "2026-06", "2026-07", &now);
    expect_cell(&sheet, "2026-06", "Total", "2");
    expect_cell(&sheet, "2026-07", "Total", "0");
}

static void who_may_ask(void **state)
{
    struct fixture *fixture = *state;
    struct office *office = &fixture->office;
    static const enum account_name others[] = {CLERK, OFFICER, OPERATOR_NORTH, MONITOR_NORTH,
                                               ADMINISTRATOR};
    const struct table_asked asked = {.table = STR("filtered"), .from = STR(""), .to = STR("")};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        struct sheet sheet;
        const struct caller caller = office_caller(office, others[i]);
        assert_false(casework_table(&office->casework, &caller, &fixture->definitions, &asked,
                                    &office->work, &sheet, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refusals_by_safeguard, setup, teardown),
        cmocka_unit_test_setup_teardown(stops_by_safeguard, setup, teardown),
        cmocka_unit_test_setup_teardown(transfers_and_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(editions_differ_by_what_is_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stage_that_began_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_announced, setup, teardown),
        cmocka_unit_test_setup_teardown(values_and_filters, setup, teardown),
        cmocka_unit_test_setup_teardown(who_may_ask, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
