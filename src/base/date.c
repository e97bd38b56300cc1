#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum {
    YEAR_FIRST = 1900,
    YEAR_LAST = 2199,
    DAYS_PER_ERA = 146097,  /* 400 Gregorian years */
    DAYS_TO_EPOCH = 719468, /* from 0000-03-01 to 1970-01-01 */
};

static const int64_t milliseconds_per_day = 86400000;

static const char *const month_names[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

static const char *const weekday_names[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};

static int64_t floor_divide(int64_t number, int64_t divisor)
{
    const int64_t quotient = number / divisor;
    return number % divisor < 0 ? quotient - 1 : quotient;
}

/* Sums that leave the range stop at its edge instead of wrapping round to the other end of time. */
static date date_clamped(int64_t day)
{
    if (day > INT32_MAX) {
        return (date){.day = INT32_MAX};
    }
    return (date){.day = day < INT32_MIN ? INT32_MIN : (int32_t)day};
}

/* Years are counted from 1 March, so that the leap day is the last of its year and month lengths
 * follow one formula: 31 30 31 30 31 31 30 31 30 31 31 28|29. */
static int64_t days_of_civil(int64_t year, int64_t month, int64_t day)
{
    const int64_t march_year = month > 2 ? year : year - 1;
    const int64_t era = floor_divide(march_year, 400);
    const int64_t year_of_era = march_year - era * 400;
    const int64_t march_month = month > 2 ? month - 3 : month + 9;
    const int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

struct civil date_to_civil(date day)
{
    const int64_t days = (int64_t)day.day + DAYS_TO_EPOCH;
    const int64_t era = floor_divide(days, DAYS_PER_ERA);
    const int64_t day_of_era = days - era * DAYS_PER_ERA;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) /
        365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t march_month = (5 * day_of_year + 2) / 153;
    const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return (struct civil){
        .year = (int32_t)year,
        .month = (int32_t)month,
        .day = (int32_t)(day_of_year - (153 * march_month + 2) / 5 + 1),
    };
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    ASSERT(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

result date_from_civil(struct civil civil, date *ret_date, struct err *err)
{
    if (civil.year < YEAR_FIRST || civil.year > YEAR_LAST) {
        return err_set(err, ERROR_INPUT, "The year %d is not between %d and %d", civil.year,
                       YEAR_FIRST, YEAR_LAST);
    }
    if (civil.month < 1 || civil.month > 12) {
        return err_set(err, ERROR_INPUT, "The month %d is not between 1 and 12", civil.month);
    }
    const int64_t length = days_in_month(civil.year, civil.month);
    if (civil.day < 1 || civil.day > length) {
        return err_set(err, ERROR_INPUT, "%s %d has no day %d; it has %d days",
                       month_names[civil.month - 1], civil.year, civil.day, (int)length);
    }
    *ret_date = date_clamped(days_of_civil(civil.year, civil.month, civil.day));
    return result_ok();
}

/* True when `text` has the shape of `pattern`, where 0 stands for any digit. */
static bool has_shape(str text, str pattern)
{
    if (text.len != pattern.len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        const bool fits = pattern.at[i] == '0' ? c >= '0' && c <= '9' : c == pattern.at[i];
        if (!fits) {
            return false;
        }
    }
    return true;
}

/* The number in text[begin..end), whose digits has_shape has seen. */
static int32_t digits_at(str text, size_t begin, size_t end)
{
    int32_t number = 0;
    for (size_t i = begin; i < end; i++) {
        number = number * 10 + (text.at[i] - '0');
    }
    return number;
}

static struct civil civil_at_start(str text)
{
    return (struct civil){
        .year = digits_at(text, 0, 4),
        .month = digits_at(text, 5, 7),
        .day = digits_at(text, 8, 10),
    };
}

result date_parse(str text, date *ret_date, struct err *err)
{
    if (!has_shape(text, STR("0000-00-00"))) {
        const str shown = str_slice(text, 0, 60);
        result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a date", STR_ARG(shown)),
                      "the hint returns the failure");
        return err_hint(err, "Write a date as year-month-day, for example 2026-03-27.");
    }
    return date_from_civil(civil_at_start(text), ret_date, err);
}

/* 0 <= number < 10^len, in exactly `len` digits. */
static void put_digits(char *at, size_t len, int64_t number)
{
    for (size_t i = len; i > 0; i--) {
        at[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Over the first ten bytes of `text`; the year must have four digits. */
static void put_civil(char *text, struct civil civil)
{
    put_digits(text, 4, civil.year);
    put_digits(text + 5, 2, civil.month);
    put_digits(text + 8, 2, civil.day);
}

void date_format(date day, char text[DATE_TEXT_SIZE])
{
    const struct civil civil = date_to_civil(day);
    if (civil.year < 0 || civil.year > 9999) {
        memcpy(text, "not-a-date", DATE_TEXT_SIZE);
        return;
    }
    memcpy(text, "0000-00-00", DATE_TEXT_SIZE);
    put_civil(text, civil);
}

static char *put_word(char *at, str word)
{
    memcpy(at, word.at, word.len);
    return at + word.len;
}

void date_format_plain(date day, char text[20])
{
    const struct civil civil = date_to_civil(day);
    if (civil.year < 0 || civil.year > 9999) {
        memcpy(text, "not a date", sizeof "not a date");
        return;
    }
    char digits[STR_INT64_SIZE];
    char *at = put_word(text, str_of_int64(civil.day, digits));
    *at++ = ' ';
    at = put_word(at, str_from_c(month_names[civil.month - 1]));
    *at++ = ' ';
    at = put_word(at, str_of_int64(civil.year, digits));
    *at = '\0';
    ASSERT(at - text < 20);
}

date date_add_days(date day, int32_t days)
{
    return date_clamped((int64_t)day.day + days);
}

date date_add_months(date day, int32_t months, enum date_rounding rounding)
{
    const struct civil civil = date_to_civil(day);
    const int64_t month_count = (int64_t)civil.year * 12 + civil.month - 1 + months;
    const int64_t year = floor_divide(month_count, 12);
    const int64_t month = month_count - year * 12 + 1;
    const int64_t length = days_in_month(year, month);
    if (civil.day <= length) {
        return date_clamped(days_of_civil(year, month, civil.day));
    }
    const int64_t last = days_of_civil(year, month, length);
    return date_clamped(rounding == DATE_ROUND_UP ? last + 1 : last);
}

int32_t date_days_between(date from, date to)
{
    return date_clamped((int64_t)to.day - from.day).day;
}

bool date_before(date a, date b)
{
    return a.day < b.day;
}

bool date_equal(date a, date b)
{
    return a.day == b.day;
}

int date_weekday(date day)
{
    /* 1970-01-01 was a Thursday. */
    const int64_t since_monday = (int64_t)day.day + 3;
    return (int)(since_monday - floor_divide(since_monday, 7) * 7);
}

const char *date_weekday_name(int weekday)
{
    ASSERT(weekday >= 0 && weekday < 7);
    return weekday_names[weekday];
}

int date_quarter(date day)
{
    return (date_to_civil(day).month - 1) / 3 + 1;
}

static result refuse_instant(str text, struct err *err)
{
    const str shown = str_slice(text, 0, 60);
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a moment in time", STR_ARG(shown)),
                  "the hint returns the failure");
    return err_hint(
        err, "Write it in UTC, for example 2026-11-23T08:52:56Z or 2026-11-23T08:52:56.123Z.");
}

result instant_parse(str text, instant *ret_instant, struct err *err)
{
    const bool with_fraction = has_shape(text, STR("0000-00-00T00:00:00.000Z"));
    if (!with_fraction && !has_shape(text, STR("0000-00-00T00:00:00Z"))) {
        return refuse_instant(text, err);
    }
    const int32_t hour = digits_at(text, 11, 13);
    const int32_t minute = digits_at(text, 14, 16);
    const int32_t second = digits_at(text, 17, 19);
    /* No leap second: the count of milliseconds has no place for one. */
    if (hour > 23 || minute > 59 || second > 59) {
        return refuse_instant(text, err);
    }
    date day;
    TRY(date_from_civil(civil_at_start(text), &day, err));
    const int64_t seconds = hour * 3600 + minute * 60 + second;
    const int64_t fraction = with_fraction ? digits_at(text, 20, 23) : 0;
    ret_instant->milliseconds = day.day * milliseconds_per_day + seconds * 1000 + fraction;
    return result_ok();
}

date instant_date(instant when)
{
    return date_clamped(floor_divide(when.milliseconds, milliseconds_per_day));
}

instant instant_from_date(date day)
{
    return (instant){.milliseconds = day.day * milliseconds_per_day};
}

void instant_format(instant when, char text[INSTANT_TEXT_SIZE])
{
    const date day = instant_date(when);
    const struct civil civil = date_to_civil(day);
    if (civil.year < 0 || civil.year > 9999) {
        memcpy(text, "not-a-moment", sizeof "not-a-moment");
        return;
    }
    const int64_t of_day = when.milliseconds - instant_from_date(day).milliseconds;
    memcpy(text, "0000-00-00T00:00:00.000Z", INSTANT_TEXT_SIZE);
    put_civil(text, civil);
    put_digits(text + 11, 2, of_day / 3600000);
    put_digits(text + 14, 2, of_day / 60000 % 60);
    put_digits(text + 17, 2, of_day / 1000 % 60);
    put_digits(text + 20, 3, of_day % 1000);
}
