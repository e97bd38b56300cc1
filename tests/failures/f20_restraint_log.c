/* F20: people were restrained for hours on a flight - a waist belt for almost seven hours, earlier
 * up to seventeen - and the log did not show it (HM Inspectorate of Prisons, removal by charter).
 * Here force and restraint have a decider, a reason, a beginning and an end or they are not
 * recorded; what has not ended goes on counting; and the totals stand there for each person and
 * each journey. */
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

static struct written restrain(struct office *office, const char *person, const char *started_at,
                               const char *journey)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct new_entry wanted = {.kind = STR("force"),
                                     .about = str_from_c(person),
                                     .due_on = {.known = true, .day = {OFFICE_DAY + 7}},
                                     .due_reason = STR("review within a week")};
    return book_open_with(office, &caller, wanted,
                          FIELDS({"force", "waist_restraint_belt"}, {"decided_by", "Escort leader"},
                                 {"reason", "said that he would not board"},
                                 {"started_at", started_at}, {"journey", journey}));
}

static struct written release(struct office *office, int64_t entry, const char *ended_at)
{
    return book_change(
        office, CLERK, entry, ENTRY_WISH_ANSWER, "",
        FIELDS({"ended_at", ended_at}, {"injuries", "none"}, {"medical_check", "done"}));
}

/* Aim: no force without who decided, why, what and from when; none ends without when, injuries and
 * a medical check; none ends before it began. */
static void test_nothing_is_left_out(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct field all[] = {{"force", "handcuffs"},
                                {"decided_by", "Escort leader"},
                                {"reason", "said that he would not board"},
                                {"started_at", "2026-06-30T04:00:00Z"},
                                {NULL, NULL}};
    for (size_t i = 0; i < 4; i++) {
        struct field fewer[5];
        memcpy(fewer, all, sizeof fewer);
        memmove(&fewer[i], &fewer[i + 1], (4 - i) * sizeof fewer[0]);
        assert_int_equal(book_open(office, CLERK, "force", person.reference, fewer).err.code,
                         ERROR_INPUT);
    }
    const struct written belt =
        restrain(office, person.reference, "2026-06-30T04:00:00Z", "MF-ONE");
    assert_true(belt.ok);
    assert_int_equal(
        book_change(office, CLERK, belt.entry, ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
        ERROR_INPUT);
    assert_int_equal(release(office, belt.entry, "2026-06-30T03:59:00Z").err.code, ERROR_INPUT);
    assert_int_equal(release(office, belt.entry, "2026-06-30T13:00:00Z").err.code,
                     ERROR_INPUT); /* it is noon */
    assert_true(release(office, belt.entry, "2026-06-30T10:50:00Z").ok);
    assert_int_equal(
        book_change(office, SENIOR, belt.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_INPUT); /* was it justified? */
}

/* Aim: seven hours less ten minutes on one journey, in two pieces with another person's between;
 * the totals for each person and journey, added by hand; seventeen hours are seen as they are. */
static void test_totals(void **state)
{
    struct office *office = *state;
    const struct somebody first = office_register(office, "PersonOne Samplealpha");
    const struct somebody second = office_register(office, "PersonTwo Samplebeta");
    const struct {
        const struct somebody *person;
        const char *from;
        const char *until;
        const char *journey;
    } rows[] = {
        {&first, "2026-06-30T00:00:00Z", "2026-06-30T06:45:00Z", "MF-ONE"},
        {&first, "2026-06-30T07:00:00Z", "2026-06-30T07:04:30Z", "MF-ONE"}, /* 5 minutes begun */
        {&second, "2026-06-30T01:00:00Z", "2026-06-30T01:20:00Z", "MF-ONE"},
        {&first, "2026-06-29T05:00:00Z", "2026-06-29T22:00:00Z", "MF-TWO"}, /* seventeen hours */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct written belt =
            restrain(office, rows[i].person->reference, rows[i].from, rows[i].journey);
        assert_true(belt.ok);
        assert_true(release(office, belt.entry, rows[i].until).ok);
    }
    struct book_total total = book_total_of(office, SENIOR, ENTRY_FORCE, first.reference, "MF-ONE");
    assert_int_equal(total.entries, 2);
    assert_int_equal(total.minutes, 405 + 5);
    assert_int_equal(total.longest_minutes, 405);
    total = book_total_of(office, SENIOR, ENTRY_FORCE, first.reference, "MF-TWO");
    assert_int_equal(total.minutes, 17 * 60);
    total = book_total_of(office, SENIOR, ENTRY_FORCE, second.reference, "MF-ONE");
    assert_int_equal(total.minutes, 20);
    total = book_total_of(office, SENIOR, ENTRY_FORCE, NULL, NULL);
    assert_int_equal(total.entries, 4);
    assert_int_equal(total.minutes, 405 + 5 + 20 + 17 * 60);
    assert_int_equal(total.lasting, 0);
    assert_int_equal(book_count(office, SENIOR, (struct book_query){.journey = STR("MF-ONE")}), 3);
}

/* Aim: a belt that nobody took off in the log is still on, and counts until it is. */
static void test_what_has_not_ended(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    assert_true(restrain(office, person.reference, "2026-06-30T10:00:00Z", "MF-ONE").ok);
    struct book_total total = book_total_of(office, SENIOR, ENTRY_FORCE, NULL, NULL);
    assert_int_equal(total.lasting, 1);
    assert_int_equal(total.minutes, 121); /* it is noon, and a few events later */
    office_move_days(office, 1);
    total = book_total_of(office, SENIOR, ENTRY_FORCE, NULL, NULL);
    assert_int_equal(total.minutes, 26 * 60);
    office_move_days(office, 7);
    assert_int_equal(book_count(office, SENIOR, (struct book_query){.overdue = true}), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_totals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_has_not_ended, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
