/* F17: doctors' reports that detention harms a person were not made or not answered, and nobody saw
 * it (Brook House Inquiry: rules 34 and 35). Here each station - examination, report, answer - has
 * a day that the law counts and nobody can put off, and what is late stands before the monitor's
 * eyes until it is done. */
#include "book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, "uk");
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static const struct book_query late = {.overdue = true};

/* At the hub, so that the hub's own monitor is the one who sees. */
static struct written open_at_hub(struct office *office, const char *kind, const char *person,
                                  int64_t parent, const struct field *fields)
{
    const struct caller clerk = office_caller(office, CLERK);
    return book_open_with(office, &clerk,
                          (struct new_entry){.kind = str_from_c(kind),
                                             .about = str_from_c(person),
                                             .hub = STR(HUB_NORTH),
                                             .parent = parent},
                          fields);
}

/* Aim: admitted on Tuesday 30 June 2026: the examination is due that day; late on 1 July. The
 * report is due the day it is called for, its answer two working days later: made on Friday 3 July,
 * on Tuesday 7 July. (Detention Centre Rules 2001, rr.34, 35; Detention Services Order 09/2016.) */
static void test_exam_report_answer(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written exam = open_at_hub(office, "examination", person.reference, 0, NO_FIELDS);
    assert_true(exam.ok);
    assert_string_equal(exam.due, "2026-06-30");
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 0);
    office_move_days(office, 1);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 1);
    office_move_days(office, 2); /* Friday */
    assert_true(book_change(office, OPERATOR_NORTH, exam.entry, ENTRY_WISH_ANSWER, "",
                            FIELDS({"ended_at", "2026-07-03T09:00:00Z"}, {"outcome", "concern"}))
                    .ok);
    const struct written report = open_at_hub(office, "harm_report", person.reference, exam.entry,
                                              FIELDS({"ground", "torture"}));
    assert_true(report.ok);
    assert_string_equal(report.due, "2026-07-03");
    /* Nothing of the chain is closed while its end is open. */
    assert_int_equal(
        book_change(office, SENIOR, exam.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_CONFLICT);
    const struct written made =
        book_change(office, OPERATOR_NORTH, report.entry, ENTRY_WISH_ADD, "made",
                    FIELDS({"description", "scars consistent with the account"}));
    assert_true(made.ok);
    assert_string_equal(made.due, "2026-07-07");
    office_move_days(office, 4); /* Tuesday: the last day */
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 0);
    office_move_days(office, 1);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 1);
    /* The hub cannot answer its own report, nor without reasons. */
    const struct field *answer =
        FIELDS({"outcome", "to_be_released"}, {"answer", "detention is not justified"});
    assert_int_equal(
        book_change(office, OPERATOR_NORTH, report.entry, ENTRY_WISH_ANSWER, "", answer).err.code,
        ERROR_FORBIDDEN);
    assert_int_equal(
        book_change(office, CLERK, report.entry, ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
        ERROR_INPUT);
    assert_true(book_change(office, CLERK, report.entry, ENTRY_WISH_ANSWER, "", answer).ok);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 0);
    assert_true(book_change(office, SENIOR, report.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
    assert_true(book_change(office, SENIOR, exam.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
}

/* Aim: nobody puts the answer off, with whatever reason. */
static void test_cannot_be_put_off(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written report = open_at_hub(office, "harm_report", person.reference, 0,
                                              FIELDS({"ground", "risk_to_own_life"}));
    const struct caller operator= office_caller(office, OPERATOR_NORTH);
    const struct entry_wanted wanted = {.entry = report.entry,
                                        .state = STR("made"),
                                        .due_on = {.known = true, .day = {OFFICE_DAY + 30}},
                                        .due_reason = STR("the doctor is on leave")};
    assert_int_equal(book_change_with(office, &operator, wanted, NO_FIELDS).err.code, ERROR_INPUT);
    const struct caller clerk = office_caller(office, CLERK);
    const struct entry_wanted later = {.entry = report.entry,
                                       .due_on = {.known = true, .day = {OFFICE_DAY + 30}},
                                       .due_reason = STR("the doctor is on leave")};
    assert_int_equal(book_change_with(office, &clerk, later, NO_FIELDS).err.code, ERROR_INPUT);
}

/* Aim: who was held before the entry was opened is late from the admission on. */
static void test_from_the_admission(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    assert_true(office_record(office, CLERK, person.reference, "detention.status", "detained").ok);
    assert_true(
        office_record(office, CLERK, person.reference, "detention.admitted_on", "2026-06-28").ok);
    const struct written exam = open_at_hub(office, "examination", person.reference, 0, NO_FIELDS);
    assert_string_equal(exam.due, "2026-06-28");
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exam_report_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cannot_be_put_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_from_the_admission, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
