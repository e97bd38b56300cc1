/* Aim: civil dates are right for every day from 1900 to 2199, months are added as the chosen
 * rounding says, and nothing that is not a date is read as one. The fixed points were calculated
 * with another implementation. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static date date_of(const char *text)
{
    date day = {0};
    struct err err;
    if (!date_parse(str_from_c(text), &day, &err).ok) {
        fail_msg("%s: %s", text, err.what);
    }
    return day;
}

static void assert_date(date day, const char *expected)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    assert_string_equal(text, expected);
}

/* Aim: known days since 1970-01-01 and known weekdays. */
static void test_fixed_points(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t day;
        const char *weekday;
    } rows[] = {
        {"1900-01-01", -25567, "Monday"},   {"1900-02-28", -25509, "Wednesday"},
        {"1900-03-01", -25508, "Thursday"}, {"1945-05-08", -9004, "Tuesday"},
        {"1969-12-31", -1, "Wednesday"},    {"1970-01-01", 0, "Thursday"},
        {"1999-12-31", 10956, "Friday"},    {"2000-02-29", 11016, "Tuesday"},
        {"2000-03-01", 11017, "Wednesday"}, {"2026-03-27", 20539, "Friday"},
        {"2026-11-23", 20780, "Monday"},    {"2038-01-19", 24855, "Tuesday"},
        {"2100-02-28", 47540, "Sunday"},    {"2100-03-01", 47541, "Monday"},
        {"2199-12-31", 84005, "Tuesday"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const date day = date_of(rows[i].text);
        assert_int_equal(day.day, rows[i].day);
        assert_string_equal(date_weekday_name(date_weekday(day)), rows[i].weekday);
        assert_date(day, rows[i].text);
    }
}

static bool next_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Counts one day on, as one does on paper. */
static struct civil next_day(struct civil civil)
{
    static const int lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap_february = civil.month == 2 && next_leap_year(civil.year);
    const int length = lengths[civil.month] + (leap_february ? 1 : 0);
    civil.day++;
    if (civil.day > length) {
        civil.day = 1;
        civil.month++;
    }
    if (civil.month > 12) {
        civil.month = 1;
        civil.year++;
    }
    return civil;
}

/* Aim: every day from 1900 to 2199, counted on paper, both ways, with weekday, quarter and text. */
static void test_every_day(void **state)
{
    (void)state;
    struct civil civil = {1900, 1, 1};
    int32_t day = -25567;
    int weekday = 0; /* a Monday */
    for (; civil.year < 2200; civil = next_day(civil), day++, weekday = (weekday + 1) % 7) {
        date made = {0};
        struct err err;
        assert_true(date_from_civil(civil, &made, &err).ok);
        assert_int_equal(made.day, day);
        const struct civil back = date_to_civil(made);
        assert_memory_equal(&back, &civil, sizeof back);
        assert_int_equal(date_weekday(made), weekday);
        assert_int_equal(date_quarter(made), (civil.month + 2) / 3);
        char text[DATE_TEXT_SIZE];
        date_format(made, text);
        assert_int_equal(date_of(text).day, day);
    }
    assert_int_equal(day, 84006);
}

/* Aim: days that do not exist, and years outside 1900 to 2199, are refused with a reason. */
static void test_refuses_civil(void **state)
{
    (void)state;
    static const struct {
        struct civil civil;
        const char *what;
    } rows[] = {
        {{1899, 12, 31}, "The year 1899 is not between 1900 and 2199"},
        {{2200, 1, 1}, "The year 2200 is not between 1900 and 2199"},
        {{INT32_MIN, 1, 1}, "The year -2147483648 is not between 1900 and 2199"},
        {{2026, 0, 1}, "The month 0 is not between 1 and 12"},
        {{2026, 13, 1}, "The month 13 is not between 1 and 12"},
        {{2026, 1, 0}, "January 2026 has no day 0; it has 31 days"},
        {{2026, 2, 29}, "February 2026 has no day 29; it has 28 days"},
        {{1900, 2, 29}, "February 1900 has no day 29; it has 28 days"},
        {{2000, 2, 30}, "February 2000 has no day 30; it has 29 days"},
        {{2024, 2, 30}, "February 2024 has no day 30; it has 29 days"},
        {{2026, 4, 31}, "April 2026 has no day 31; it has 30 days"},
        {{2026, 12, 32}, "December 2026 has no day 32; it has 31 days"},
        {{2026, 6, -1}, "June 2026 has no day -1; it has 30 days"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        date day = {12345};
        struct err err;
        assert_false(date_from_civil(rows[i].civil, &day, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_string_equal(err.what, rows[i].what);
        assert_int_equal(day.day, 12345);
    }
}

/* Aim: only YYYY-MM-DD is a date. */
static void test_refuses_text(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2026",
        "2026-3-27",
        "26-03-27",
        "2026-03-27 ",
        " 2026-03-27",
        "2026/03/27",
        "20260327",
        "27-03-2026",
        "2026-03-27T00:00:00Z",
        "2026-03-2a",
        "-026-03-27",
        "+026-03-27",
        "2026-03-",
        "2026-02-29",
        "2026-00-10",
        "2026-13-01",
        "1899-12-31",
        "2200-01-01",
        "0000-00-00",
        "2026-03--1",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        date day = {12345};
        struct err err;
        assert_false(date_parse(str_from_c(rows[i]), &day, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_int_equal(day.day, 12345);
    }
    struct err err;
    date day;
    assert_false(date_parse(STR("tomorrow"), &day, &err).ok);
    assert_string_equal(err.what, "\"tomorrow\" is not a date");
    assert_string_equal(err.hint, "Write a date as year-month-day, for example 2026-03-27.");
}

/* Aim: months are added by the calendar; a day the month does not have is rounded as the caller
 * says. */
static void test_add_months(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int32_t months;
        const char *down, *up;
    } rows[] = {
        {"2026-01-31", 1, "2026-02-28", "2026-03-01"},
        {"2024-01-31", 1, "2024-02-29", "2024-03-01"},
        {"2024-01-30", 1, "2024-02-29", "2024-03-01"},
        {"2024-01-29", 1, "2024-02-29", "2024-02-29"},
        {"2026-01-29", 1, "2026-02-28", "2026-03-01"},
        {"2026-01-28", 1, "2026-02-28", "2026-02-28"},
        {"2026-03-31", 1, "2026-04-30", "2026-05-01"},
        {"2026-05-31", 1, "2026-06-30", "2026-07-01"},
        {"2026-07-31", 1, "2026-08-31", "2026-08-31"},
        {"2026-08-31", 1, "2026-09-30", "2026-10-01"},
        {"2026-12-31", 1, "2027-01-31", "2027-01-31"},
        {"2026-11-30", 3, "2027-02-28", "2027-03-01"},
        {"2026-10-31", 1, "2026-11-30", "2026-12-01"},
        {"2026-03-27", 0, "2026-03-27", "2026-03-27"},
        {"2026-03-27", 12, "2027-03-27", "2027-03-27"},
        {"2024-02-29", 12, "2025-02-28", "2025-03-01"},
        {"2024-02-29", 48, "2028-02-29", "2028-02-29"},
        {"2096-02-29", 48, "2100-02-28", "2100-03-01"},
        {"2026-03-31", -1, "2026-02-28", "2026-03-01"},
        {"2026-01-15", -1, "2025-12-15", "2025-12-15"},
        {"2026-01-31", -2, "2025-11-30", "2025-12-01"},
        {"2024-02-29", -12, "2023-02-28", "2023-03-01"},
        {"2026-01-31", -13, "2024-12-31", "2024-12-31"},
        {"1970-01-31", -11, "1969-02-28", "1969-03-01"},
        {"2000-01-31", 13, "2001-02-28", "2001-03-01"},
        {"2026-06-30", 1200, "2126-06-30", "2126-06-30"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const date from = date_of(rows[i].from);
        assert_date(date_add_months(from, rows[i].months, DATE_ROUND_DOWN), rows[i].down);
        assert_date(date_add_months(from, rows[i].months, DATE_ROUND_UP), rows[i].up);
    }
}

/* Aim: days, differences and order. */
static void test_days(void **state)
{
    (void)state;
    assert_date(date_add_days(date_of("2026-02-28"), 1), "2026-03-01");
    assert_date(date_add_days(date_of("2024-02-28"), 1), "2024-02-29");
    assert_date(date_add_days(date_of("2026-01-01"), -1), "2025-12-31");
    assert_date(date_add_days(date_of("2026-01-01"), 365), "2027-01-01");
    assert_int_equal(date_days_between(date_of("2026-01-01"), date_of("2026-12-31")), 364);
    assert_int_equal(date_days_between(date_of("2024-03-01"), date_of("2024-02-01")), -29);
    assert_true(date_before(date_of("2026-03-26"), date_of("2026-03-27")));
    assert_false(date_before(date_of("2026-03-27"), date_of("2026-03-27")));
    assert_false(date_before(date_of("2026-03-28"), date_of("2026-03-27")));
    assert_true(date_equal(date_of("2026-03-27"), (date){20539}));
    assert_false(date_equal(date_of("2026-03-27"), (date){20540}));
}

/* Aim: sums that leave the calendar stop at its edge and are printed so; nothing wraps round. */
static void test_edges(void **state)
{
    (void)state;
    const date last = {INT32_MAX};
    const date first = {INT32_MIN};
    assert_int_equal(date_add_days(last, 1).day, INT32_MAX);
    assert_int_equal(date_add_days(first, -1).day, INT32_MIN);
    assert_int_equal(date_add_months(last, INT32_MAX, DATE_ROUND_UP).day, INT32_MAX);
    assert_int_equal(date_add_months(first, INT32_MIN, DATE_ROUND_UP).day, INT32_MIN);
    assert_int_equal(date_days_between(first, last), INT32_MAX);
    assert_int_equal(date_days_between(last, first), INT32_MIN);
    assert_in_range(date_weekday(first), 0, 6);
    assert_in_range(date_to_civil(first).month, 1, 12);
    char text[20];
    date_format(last, text);
    assert_string_equal(text, "not-a-date");
    date_format(first, text);
    assert_string_equal(text, "not-a-date");
    date_format_plain(last, text);
    assert_string_equal(text, "not a date");
    /* 9999-12-31 and the day after: the last year that four digits can write. */
    assert_date((date){2932896}, "9999-12-31");
    assert_date((date){2932897}, "not-a-date");
}

/* Aim: dates as people read them. */
static void test_plain(void **state)
{
    (void)state;
    static const struct {
        const char *text, *plain;
    } rows[] = {
        {"2026-03-27", "27 March 2026"},     {"2026-01-01", "1 January 2026"},
        {"2026-02-09", "9 February 2026"},   {"2026-04-10", "10 April 2026"},
        {"2026-05-11", "11 May 2026"},       {"2026-06-12", "12 June 2026"},
        {"2026-07-13", "13 July 2026"},      {"2026-08-14", "14 August 2026"},
        {"2026-09-30", "30 September 2026"}, {"2026-10-31", "31 October 2026"},
        {"2026-11-23", "23 November 2026"},  {"2026-12-25", "25 December 2026"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char plain[20];
        date_format_plain(date_of(rows[i].text), plain);
        assert_string_equal(plain, rows[i].plain);
    }
}

static instant instant_of(const char *text)
{
    instant when = {0};
    struct err err;
    if (!instant_parse(str_from_c(text), &when, &err).ok) {
        fail_msg("%s: %s", text, err.what);
    }
    return when;
}

/* Aim: known instants, both ways. */
static void test_instants(void **state)
{
    (void)state;
    static const struct {
        const char *text, *full;
        int64_t milliseconds;
    } rows[] = {
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", 0},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", -1},
        {"2001-09-09T01:46:40Z", "2001-09-09T01:46:40.000Z", 1000000000000},
        {"2009-02-13T23:31:30Z", "2009-02-13T23:31:30.000Z", 1234567890000},
        {"2038-01-19T03:14:08.001Z", "2038-01-19T03:14:08.001Z", 2147483648001},
        {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z", -2208988800000},
        {"2199-12-31T23:59:59.999Z", "2199-12-31T23:59:59.999Z", 7258118399999},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const instant when = instant_of(rows[i].text);
        assert_int_equal(when.milliseconds, rows[i].milliseconds);
        char text[INSTANT_TEXT_SIZE];
        instant_format(when, text);
        assert_string_equal(text, rows[i].full);
    }
}

/* Aim: only the two stated forms are instants. */
static void test_refuses_instants(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2026-11-23",
        "2026-11-23T08:52:56",
        "2026-11-23 08:52:56Z",
        "2026-11-23t08:52:56Z",
        "2026-11-23T08:52:56z",
        "2026-11-23T08:52:56+00:00",
        "2026-11-23T08:52Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:60Z",
        "2026-11-23T08:52:56.1Z",
        "2026-11-23T08:52:56.1234Z",
        "2026-11-23T08:52:56,123Z",
        "2026-02-29T08:52:56Z",
        "1899-12-31T23:59:59Z",
        "2026-11-23T08:52:56.12aZ",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        instant when = {77};
        struct err err;
        assert_false(instant_parse(str_from_c(rows[i]), &when, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_int_equal(when.milliseconds, 77);
    }
}

/* Aim: the day of an instant changes at midnight UTC, before 1970 too. */
static void test_instant_and_date(void **state)
{
    (void)state;
    assert_date(instant_date(instant_of("2026-11-23T00:00:00Z")), "2026-11-23");
    assert_date(instant_date(instant_of("2026-11-22T23:59:59.999Z")), "2026-11-22");
    assert_date(instant_date(instant_of("1969-12-31T23:59:59.999Z")), "1969-12-31");
    assert_date(instant_date(instant_of("1969-12-31T00:00:00Z")), "1969-12-31");
    assert_date(instant_date(instant_of("1969-12-30T23:59:59.999Z")), "1969-12-30");
    const instant midnight = instant_from_date(date_of("2026-11-23"));
    char text[INSTANT_TEXT_SIZE];
    instant_format(midnight, text);
    assert_string_equal(text, "2026-11-23T00:00:00.000Z");
    instant_format((instant){INT64_MAX}, text);
    assert_string_equal(text, "not-a-moment");
    instant_format((instant){INT64_MIN}, text);
    assert_string_equal(text, "not-a-moment");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_points),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_refuses_civil),
        cmocka_unit_test(test_refuses_text),
        cmocka_unit_test(test_add_months),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_instants),
        cmocka_unit_test(test_refuses_instants),
        cmocka_unit_test(test_instant_and_date),
    };
    return cmocka_run_group_tests_name("base date", tests, NULL, NULL);
}
