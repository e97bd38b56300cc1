/* Aim: working days are counted as one would with a paper calendar, and nothing outside the known
 * range is guessed. */
#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static date date_of(const char *text)
{
    date day = {0};
    struct err err;
    assert_true(date_parse(str_from_c(text), &day, &err).ok);
    return day;
}

/* December 2026 begins on a Tuesday. Christmas is a Friday; Boxing Day, a Saturday, is given on
 * Monday 28 as well: one holiday stands on a weekend on purpose. */
struct december {
    struct holiday holidays[4];
    struct calendar calendar;
};

static void make_december(struct december *december)
{
    const struct december made = {
        .holidays = {{date_of("2026-12-25"), STR("Christmas Day")},
                     {date_of("2026-12-26"), STR("Boxing Day")},
                     {date_of("2026-12-28"), STR("Boxing Day (substitute day)")},
                     {date_of("2027-01-01"), STR("New Year's Day")}},
        .calendar = {.name = STR("test"),
                     .weekend = 0x60,
                     .holiday_count = 4,
                     .from = date_of("2026-12-01"),
                     .until = date_of("2027-01-08")},
    };
    *december = made;
    december->calendar.holidays = december->holidays;
}

/* Aim: each day is of its kind, at and outside the borders of what is known. */
static void test_kinds(void **state)
{
    (void)state;
    struct december december;
    make_december(&december);
    static const struct {
        const char *day;
        enum day_kind kind;
        const char *name;
    } rows[] = {
        {"2026-11-30", DAY_NOT_KNOWN, NULL},
        {"2026-12-01", DAY_WORKING, NULL},
        {"2026-12-05", DAY_WEEKEND, NULL},
        {"2026-12-06", DAY_WEEKEND, NULL},
        {"2026-12-07", DAY_WORKING, NULL},
        {"2026-12-24", DAY_WORKING, NULL},
        {"2026-12-25", DAY_HOLIDAY, "Christmas Day"},
        {"2026-12-26", DAY_HOLIDAY, "Boxing Day"},
        {"2026-12-27", DAY_WEEKEND, NULL},
        {"2026-12-28", DAY_HOLIDAY, "Boxing Day (substitute day)"},
        {"2026-12-29", DAY_WORKING, NULL},
        {"2027-01-01", DAY_HOLIDAY, "New Year's Day"},
        {"2027-01-08", DAY_WORKING, NULL},
        {"2027-01-09", DAY_NOT_KNOWN, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str name = STR("untouched");
        const char *expected = rows[i].name == NULL ? "untouched" : rows[i].name;
        assert_int_equal(calendar_day(&december.calendar, date_of(rows[i].day), &name),
                         rows[i].kind);
        assert_true(str_equal(name, str_from_c(expected)));
        assert_int_equal(calendar_day(&december.calendar, date_of(rows[i].day), NULL),
                         rows[i].kind);
    }
}

/* Aim: sums of working days, read off the calendar by hand. NULL: not known. */
static void test_add(void **state)
{
    (void)state;
    struct december december;
    make_december(&december);
    static const struct {
        const char *from;
        int32_t count;
        const char *expected;
    } rows[] = {
        {"2026-12-01", 0, "2026-12-01"}, /* the day itself, whatever it is */
        {"2026-12-05", 0, "2026-12-05"},
        {"2026-12-25", 0, "2026-12-25"},
        {"2026-12-01", 1, "2026-12-02"},
        {"2026-12-01", 3, "2026-12-04"},
        {"2026-12-01", 4, "2026-12-07"}, /* over a weekend */
        {"2026-12-04", 1, "2026-12-07"},
        {"2026-12-05", 1, "2026-12-07"}, /* begun on a Saturday */
        {"2026-12-06", 1, "2026-12-07"},
        {"2026-12-01", 14, "2026-12-21"},
        {"2026-12-24", 1, "2026-12-29"}, /* over Christmas, a weekend and the substitute day */
        {"2026-12-25", 1, "2026-12-29"},
        {"2026-12-23", 2, "2026-12-29"},
        {"2026-12-31", 1, "2027-01-04"},
        {"2026-12-01", 25, "2027-01-08"}, /* all there are */
        {"2026-12-01", 26, NULL},
        {"2027-01-08", 0, "2027-01-08"},
        {"2027-01-08", 1, NULL},
        {"2026-11-30", 1, NULL}, /* 30 November is not known, though 1 December is */
        {"2026-11-30", 0, NULL},
        {"2027-01-09", 0, NULL},
        {"2026-12-01", INT32_MAX, NULL},
        {"2026-12-10", -1, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        date day = {12345};
        const bool known = calendar_add_working_days(&december.calendar, date_of(rows[i].from),
                                                     rows[i].count, &day);
        assert_int_equal(known, rows[i].expected != NULL);
        assert_int_equal(day.day, known ? date_of(rows[i].expected).day : 12345);
    }
}

/* Aim: the next working day is the day itself or the first after it. */
static void test_next(void **state)
{
    (void)state;
    struct december december;
    make_december(&december);
    static const struct {
        const char *from, *expected;
    } rows[] = {
        {"2026-12-01", "2026-12-01"}, {"2026-12-05", "2026-12-07"}, {"2026-12-06", "2026-12-07"},
        {"2026-12-25", "2026-12-29"}, {"2026-12-28", "2026-12-29"}, {"2027-01-01", "2027-01-04"},
        {"2027-01-08", "2027-01-08"}, {"2027-01-09", NULL},         {"2026-11-30", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        date day = {12345};
        const bool known =
            calendar_next_working_day(&december.calendar, date_of(rows[i].from), &day);
        assert_int_equal(known, rows[i].expected != NULL);
        assert_int_equal(day.day, known ? date_of(rows[i].expected).day : 12345);
    }
}

/* Aim: a range that ends on days off has no next working day. */
static void test_next_beyond_range(void **state)
{
    (void)state;
    const struct calendar calendar = {
        .weekend = 0x60, .from = date_of("2026-12-01"), .until = date_of("2026-12-06")};
    date day = {12345};
    assert_false(calendar_next_working_day(&calendar, date_of("2026-12-05"), &day));
    assert_false(calendar_add_working_days(&calendar, date_of("2026-12-04"), 1, &day));
    assert_int_equal(day.day, 12345);
}

/* Aim: the weekend is the instrument's own: Friday and Saturday, or none, or all seven days. */
static void test_other_weekends(void **state)
{
    (void)state;
    struct calendar calendar = {.from = date_of("2026-12-01"), .until = date_of("2026-12-31")};
    date day = {0};
    calendar.weekend = 1U << 4 | 1U << 5;
    assert_true(
        calendar_add_working_days(&calendar, date_of("2026-12-03"), 1, &day)); /* a Thursday */
    assert_int_equal(day.day, date_of("2026-12-06").day);
    calendar.weekend = 0;
    assert_true(calendar_add_working_days(&calendar, date_of("2026-12-03"), 10, &day));
    assert_int_equal(day.day, date_of("2026-12-13").day);
    calendar.weekend = 0x7F;
    assert_false(calendar_add_working_days(&calendar, date_of("2026-12-03"), 1, &day));
}

/* Aim: counting agrees with asking day by day, from every day of the range. */
static void test_agrees_with_days(void **state)
{
    (void)state;
    struct december december;
    make_december(&december);
    const struct calendar *calendar = &december.calendar;
    for (date from = calendar->from; !date_before(calendar->until, from);
         from = date_add_days(from, 1)) {
        int32_t count = 0;
        for (date at = date_add_days(from, 1); !date_before(calendar->until, at);
             at = date_add_days(at, 1)) {
            if (calendar_day(calendar, at, NULL) == DAY_WORKING) {
                count++;
                date day = {0};
                assert_true(calendar_add_working_days(calendar, from, count, &day));
                assert_int_equal(day.day, at.day);
            }
        }
        date day = {0};
        assert_false(calendar_add_working_days(calendar, from, count + 1, &day));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),          cmocka_unit_test(test_add),
        cmocka_unit_test(test_next),           cmocka_unit_test(test_next_beyond_range),
        cmocka_unit_test(test_other_weekends), cmocka_unit_test(test_agrees_with_days),
    };
    return cmocka_run_group_tests_name("base calendar", tests, NULL, NULL);
}
