/* Aim: clocks end on the day the law says. The dates here were counted by hand on a calendar of
 * 2026, with the bank holidays of England and Wales: 1 January, 3 and 6 April, 4 and 25 May, 31
 * August, 25 and 28 December. */
#include "load.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char rules[] =
    "rulebook clocks\n  title \"Clocks\"\n  in force from 2026-01-01\n"
    "holidays england_and_wales\n"
    "  2026-01-01 \"New Year's Day\"\n  2026-04-03 \"Good Friday\"\n  2026-04-06 \"Easter "
    "Monday\"\n"
    "  2026-05-04 \"Early May\"\n  2026-05-25 \"Spring\"\n  2026-08-31 \"Summer\"\n"
    "  2026-12-25 \"Christmas Day\"\n  2026-12-28 \"Boxing Day (substitute)\"\n"
    "calendar office\n  weekend saturday, sunday\n  holidays england_and_wales\n  from "
    "2026-01-01\n  until 2026-12-31\n"
    "stage first \"First\" start outcome\n"
    "fact a.day : date \"A\"\nfact b.day : date \"B\"\nfact a.detained : flag \"Detained\"\n"
    "clock fortnight \"Fourteen days\"\n  runs 14 days after a.day\n"
    "clock twelve \"Twelve working days\"\n  runs 12 working days (office) after a.day\n"
    "clock month_down \"A month\"\n  runs 1 month rounding down after a.day\n"
    "clock month_up \"A month\"\n  runs 1 month rounding up after a.day\n"
    "clock year_down \"A year\"\n  runs 1 year rounding down after a.day\n"
    "clock moved \"Moved\"\n  runs 14 days after a.day\n  ends on a working day (office)\n"
    "clock by_case \"By case\"\n  runs 5 working days (office) after a.day when a.detained\n"
    "  runs 14 days after a.day when not a.detained and b.day known\n"
    "clock later_one \"Later\"\n  runs 1 day after later of (a.day, b.day)\n"
    "clock latest \"Latest\"\n  runs 0 days after later of (a.day, b.day, 2026-05-01)\n"
    "clock earliest \"Earliest\"\n  runs 0 days after earlier of (a.day, b.day, 2026-05-01)\n"
    "clock back \"Back\"\n  runs 0 days after 1 day before a.day\n"
    "clock none_at_all \"None\"\n  runs 0 days after a.day\n";

static struct loaded loaded;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    load_sound(&loaded, str_from_c(rules));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

static uint32_t clock_named(const char *name)
{
    const uint32_t clock = rulebook_clock(loaded.rulebook, str_from_c(name));
    assert_true(clock != NOT_FOUND_INDEX);
    return clock;
}

enum { FACT_A, FACT_B, FACT_DETAINED, FACTS };

/* The last day as text, "unknown" when there is none. */
static void assert_last_day(const char *clock, const struct value *values, const char *expected)
{
    const struct question question = {.person = values, .today = load_date("2026-06-01")};
    const struct clock_answer answer = judge_clock(loaded.rulebook, clock_named(clock), &question);
    char text[DATE_TEXT_SIZE] = "unknown";
    if (answer.has_last_day) {
        date_format(answer.last_day, text);
    }
    if (strcmp(text, expected) != 0) {
        fail_msg("the last day of %s is %s, not %s", clock, text, expected);
    }
}

/* Aim: last days counted by hand. */
static void test_last_days(void **state)
{
    (void)state;
    static const struct {
        const char *clock;
        const char *start;
        const char *last_day;
    } rows[] = {
        {"fortnight", "2026-06-01", "2026-06-15"},
        {"fortnight", "2026-12-25", "2027-01-08"},
        {"fortnight", "2024-02-20", "2024-03-05"},
        {"twelve", "2026-06-01", "2026-06-17"},
        {"twelve", "2026-05-20", "2026-06-08"}, /* over the Spring holiday */
        {"twelve", "2026-04-01", "2026-04-21"}, /* over Easter */
        {"twelve", "2026-06-06", "2026-06-23"}, /* from a Saturday */
        {"twelve", "2026-08-21", "2026-09-09"}, /* over the Summer holiday */
        {"twelve", "2026-12-13", "2026-12-31"}, /* over Christmas, to the last day known */
        {"twelve", "2026-12-14", "unknown"},    /* a day too far */
        {"twelve", "2025-12-31", "unknown"},    /* from a day before the calendar */
        {"twelve", "2026-01-01", "2026-01-19"},
        {"month_down", "2026-01-31", "2026-02-28"},
        {"month_up", "2026-01-31", "2026-03-01"},
        {"month_down", "2028-01-31", "2028-02-29"},
        {"month_down", "2026-03-31", "2026-04-30"},
        {"month_up", "2026-03-31", "2026-05-01"},
        {"month_up", "2026-03-30", "2026-04-30"},
        {"year_down", "2028-02-29", "2029-02-28"},
        {"year_down", "2026-06-01", "2027-06-01"},
        {"moved", "2026-05-11", "2026-05-26"}, /* the 25th is the Spring holiday */
        {"moved", "2026-05-08", "2026-05-22"}, /* a Friday stays */
        {"moved", "2026-05-09", "2026-05-26"}, /* a Saturday, and Monday is a holiday */
        {"moved", "2026-03-20", "2026-04-07"}, /* Good Friday to Easter Tuesday */
        {"moved", "2026-12-18", "unknown"},    /* 1 January 2027 is not known to be a working day */
        {"none_at_all", "2026-06-01", "2026-06-01"},
        {"none_at_all", "1900-01-01", "1900-01-01"},
        {"back", "1900-01-02", "1900-01-01"},
        {"back", "1900-01-01", "unknown"}, /* before what can be written */
        {"fortnight", "2199-12-17", "2199-12-31"},
        {"fortnight", "2199-12-18", "unknown"}, /* beyond what can be written */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value values[FACTS] = {0};
        values[FACT_A] = value_date(load_date(rows[i].start));
        assert_last_day(rows[i].clock, values, rows[i].last_day);
    }
}

static void assert_sum(struct duration duration, bool backwards, const char *from,
                       const char *expected)
{
    const struct value sum =
        judge_sum(loaded.rulebook, &duration, backwards, value_date(load_date(from)));
    char text[DATE_TEXT_SIZE] = "unknown";
    if (sum.known) {
        date_format((date){.day = (int32_t)sum.number}, text);
    }
    if (strcmp(text, expected) != 0) {
        fail_msg("%d of unit %d %s %s is %s, not %s", duration.count, (int)duration.unit,
                 backwards ? "before" : "after", from, text, expected);
    }
}

/* Aim: sums in both directions, counted by hand; unknown where the calendar ends, and where days
 * can no longer be written. */
static void test_sums(void **state)
{
    (void)state;
    const struct {
        int32_t count;
        enum duration_unit unit;
        enum date_rounding rounding;
        bool backwards;
        const char *from;
        const char *expected;
    } rows[] = {
        {14, UNIT_DAYS, DATE_ROUND_DOWN, false, "2026-06-01", "2026-06-15"},
        {14, UNIT_DAYS, DATE_ROUND_DOWN, true, "2026-06-15", "2026-06-01"},
        {0, UNIT_DAYS, DATE_ROUND_DOWN, true, "2026-06-15", "2026-06-15"},
        {1, UNIT_DAYS, DATE_ROUND_DOWN, true, "1900-01-02", "1900-01-01"},
        {1, UNIT_DAYS, DATE_ROUND_DOWN, true, "1900-01-01", "unknown"},
        {1, UNIT_DAYS, DATE_ROUND_DOWN, false, "2199-12-30", "2199-12-31"},
        {1, UNIT_DAYS, DATE_ROUND_DOWN, false, "2199-12-31", "unknown"},
        {1, UNIT_MONTHS, DATE_ROUND_DOWN, true, "2026-03-31", "2026-02-28"},
        {1, UNIT_MONTHS, DATE_ROUND_UP, true, "2026-03-31", "2026-03-01"},
        {1, UNIT_MONTHS, DATE_ROUND_DOWN, false, "2026-01-31", "2026-02-28"},
        {1, UNIT_YEARS, DATE_ROUND_DOWN, true, "2028-02-29", "2027-02-28"},
        {1, UNIT_YEARS, DATE_ROUND_UP, true, "2028-02-29", "2027-03-01"},
        {2, UNIT_YEARS, DATE_ROUND_DOWN, false, "2026-06-01", "2028-06-01"},
        {100, UNIT_YEARS, DATE_ROUND_DOWN, true, "1999-12-31", "unknown"},
        {1, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-06-01", "2026-05-29"},
        {5, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-04-08", "2026-03-30"},
        {1, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-06-07", "2026-06-05"},
        {0, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-06-06", "2026-06-06"},
        {1, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-01-05", "2026-01-02"},
        {2, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2026-01-05", "unknown"},
        {1, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2027-01-01", "unknown"},
        {0, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, true, "2025-12-31", "unknown"},
        {0, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, false, "2025-12-31", "unknown"},
        {0, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, false, "2026-06-06", "2026-06-06"},
        {1, UNIT_WORKING_DAYS, DATE_ROUND_DOWN, false, "2026-12-31", "unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_sum((struct duration){.count = rows[i].count,
                                     .unit = rows[i].unit,
                                     .rounding = rows[i].rounding},
                   rows[i].backwards, rows[i].from, rows[i].expected);
    }
    const struct duration day = {.count = 1};
    assert_false(judge_sum(loaded.rulebook, &day, false, value_unknown()).known);
}

/* Aim: the first line whose condition is true counts; an unknown condition before it makes the
 * clock unknown. */
static void test_lines_with_conditions(void **state)
{
    (void)state;
    struct value values[FACTS] = {0};
    values[FACT_A] = value_date(load_date("2026-06-01"));
    assert_last_day("by_case", values, "unknown");
    values[FACT_DETAINED] = value_flag(true);
    assert_last_day("by_case", values, "2026-06-08");
    values[FACT_DETAINED] = value_flag(false);
    const struct question question = {.person = values, .today = load_date("2026-06-01")};
    const struct clock_answer none =
        judge_clock(loaded.rulebook, clock_named("by_case"), &question);
    assert_int_equal(none.state, CLOCK_NOT_STARTED);
    assert_false(none.has_last_day);
    values[FACT_B] = value_date(load_date("2026-01-01"));
    assert_last_day("by_case", values, "2026-06-15");
    const struct clock_answer second =
        judge_clock(loaded.rulebook, clock_named("by_case"), &question);
    assert_int_equal(second.run, 1);
    assert_int_equal(date_days_between(load_date("2026-06-01"), second.start), 0);
    values[FACT_DETAINED] = value_unknown();
    assert_last_day("by_case", values, "unknown");
}

/* Aim: the later of two days is known only when both are. */
static void test_later_of(void **state)
{
    (void)state;
    struct value values[FACTS] = {0};
    values[FACT_A] = value_date(load_date("2026-06-01"));
    assert_last_day("later_one", values, "unknown");
    values[FACT_B] = value_date(load_date("2026-03-01"));
    assert_last_day("later_one", values, "2026-06-02");
    values[FACT_B] = value_date(load_date("2026-07-01"));
    assert_last_day("later_one", values, "2026-07-02");
    assert_last_day("latest", values, "2026-07-01");
    assert_last_day("earliest", values, "2026-05-01");
    values[FACT_A] = value_date(load_date("2026-02-01"));
    values[FACT_B] = value_date(load_date("2026-03-01"));
    assert_last_day("latest", values, "2026-05-01");
    assert_last_day("earliest", values, "2026-02-01");
}

/* Aim: the last day belongs to the time; the day after does not. */
static void test_expiry(void **state)
{
    (void)state;
    struct value values[FACTS] = {0};
    values[FACT_A] = value_date(load_date("2026-06-01"));
    struct question question = {.person = values, .today = load_date("2026-06-15")};
    const uint32_t clock = clock_named("fortnight");
    assert_int_equal(judge_clock(loaded.rulebook, clock, &question).state, CLOCK_RUNNING);
    question.today = load_date("2026-06-16");
    assert_int_equal(judge_clock(loaded.rulebook, clock, &question).state, CLOCK_EXPIRED);
    question.today = load_date("2026-05-01");
    assert_int_equal(judge_clock(loaded.rulebook, clock, &question).state, CLOCK_RUNNING);
    values[FACT_A] = value_unknown();
    assert_int_equal(judge_clock(loaded.rulebook, clock, &question).state, CLOCK_UNKNOWN);
}

static void assert_day(const struct clock_day *day, const char *expected_day,
                       enum clock_day_kind kind, int32_t number, const char *why)
{
    char text[DATE_TEXT_SIZE];
    date_format(day->day, text);
    assert_string_equal(text, expected_day);
    assert_int_equal(day->kind, kind);
    assert_int_equal(day->number, number);
    assert_int_equal(day->why.len, strlen(why));
    assert_memory_equal(day->why.at, why, day->why.len);
}

static const struct clock_day *days_of(const char *clock, const char *start, bool expected,
                                       size_t *ret_count, date *ret_last)
{
    const struct clock_day *days = NULL;
    const bool known = judge_clock_days(loaded.rulebook, clock_named(clock), 0, load_date(start),
                                        &loaded.words, &days, ret_count, ret_last);
    assert_int_equal(known, expected);
    return days;
}

/* Aim: the days of a clock one by one, each with its number or why it does not count. */
static void test_days(void **state)
{
    (void)state;
    size_t count = 0;
    date last = {0};
    const struct clock_day *days = days_of("twelve", "2026-04-01", true, &count, &last);
    assert_int_equal(count, 21); /* 1 to 21 April */
    assert_day(&days[0], "2026-04-01", CLOCK_DAY_START, 0, "");
    assert_day(&days[1], "2026-04-02", CLOCK_DAY_COUNTED, 1, "");
    assert_day(&days[2], "2026-04-03", CLOCK_DAY_SKIPPED, 0, "Good Friday");
    assert_day(&days[3], "2026-04-04", CLOCK_DAY_SKIPPED, 0, "Saturday");
    assert_day(&days[4], "2026-04-05", CLOCK_DAY_SKIPPED, 0, "Sunday");
    assert_day(&days[5], "2026-04-06", CLOCK_DAY_SKIPPED, 0, "Easter Monday");
    assert_day(&days[6], "2026-04-07", CLOCK_DAY_COUNTED, 2, "");
    assert_day(&days[20], "2026-04-21", CLOCK_DAY_LAST, 12, "");

    days = days_of("moved", "2026-05-09", true, &count, &last);
    assert_int_equal(count, 18);
    assert_day(&days[14], "2026-05-23", CLOCK_DAY_MOVED, 14, "Saturday");
    assert_day(&days[15], "2026-05-24", CLOCK_DAY_MOVED, 0, "Sunday");
    assert_day(&days[16], "2026-05-25", CLOCK_DAY_MOVED, 0, "Spring");
    assert_day(&days[17], "2026-05-26", CLOCK_DAY_LAST, 0, "");

    days = days_of("month_down", "2026-01-31", true, &count, &last);
    assert_int_equal(count, 2);
    assert_day(&days[1], "2026-02-28", CLOCK_DAY_LAST, 0, "");

    days = days_of("none_at_all", "2026-06-01", true, &count, &last);
    assert_int_equal(count, 1);
    assert_day(&days[0], "2026-06-01", CLOCK_DAY_LAST, 0, "");

    days = days_of("year_down", "2028-02-29", true, &count, &last);
    assert_int_equal(count, 2);
    assert_day(&days[1], "2029-02-28", CLOCK_DAY_LAST, 0, "");

    days = days_of("twelve", "2026-12-15", false, &count, &last);
    assert_day(&days[count - 1], "2026-12-31", CLOCK_DAY_COUNTED, 10, "");
    days = days_of("fortnight", "2199-12-17", true, &count, &last);
    assert_day(&days[5], "2199-12-22", CLOCK_DAY_COUNTED, 5, "");
    (void)days_of("fortnight", "2199-12-18", false, &count, &last);
}

/* Aim: the longest list there can be: a line of months that counts none, moved over a calendar that
 * has no day of work, to the first day that it does not know. */
static void test_longest_list(void **state)
{
    (void)state;
    struct loaded own;
    load_init(&own);
    load_sound(&own, STR("rulebook idle\n  title \"Idle\"\n  in force from 2026-01-01\n"
                         "holidays all\n  every 1 january to 31 december \"Closed\"\n"
                         "calendar closed\n  weekend sunday\n  holidays all\n"
                         "  from 2026-01-01\n  until 2026-01-10\n"
                         "stage first \"First\" start outcome\n"
                         "fact a.day : date \"A\"\n"
                         "clock moved \"Moved\"\n"
                         "  runs 0 months rounding down after a.day\n"
                         "  ends on a working day (closed)\n"));
    const struct clock_day *days = NULL;
    size_t count = 0;
    date last = {0};
    assert_false(judge_clock_days(own.rulebook, 0, 0, load_date("2026-01-01"), &own.words, &days,
                                  &count, &last));
    assert_int_equal(count, 12); /* the start, ten days moved over, and the one not known */
    assert_day(&days[0], "2026-01-01", CLOCK_DAY_START, 0, "");
    assert_day(&days[1], "2026-01-01", CLOCK_DAY_MOVED, 0, "Closed");
    assert_day(&days[11], "2026-01-11", CLOCK_DAY_COUNTED, 0, "");
    assert_false(judge_clock_days(own.rulebook, 0, 0, load_date("2026-02-01"), &own.words, &days,
                                  &count, &last));
    assert_int_equal(count, 2);
    assert_day(&days[1], "2026-02-01", CLOCK_DAY_COUNTED, 0, "");
    load_done(&own);
}

/* Aim: an arena that has no room for the days gives no days. */
static void test_days_without_room(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_true(arena_open(&arena, 4096, &loaded.err).ok);
    while (ARENA_NEW(&arena, char, 8) != NULL) {
    }
    const struct clock_day *days = NULL;
    size_t count = 1;
    date last = {0};
    assert_false(judge_clock_days(loaded.rulebook, clock_named("fortnight"), 0,
                                  load_date("2026-06-01"), &arena, &days, &count, &last));
    assert_int_equal(count, 0);
    arena_close(&arena);
}

/* Aim: for every clock and every start of the year the list of days ends where the judge says, and
 * numbers without a gap. */
static void test_days_agree_with_the_judge(void **state)
{
    (void)state;
    for (uint32_t clock = 0; clock < loaded.rulebook->clock_count; clock++) {
        for (int32_t day = load_date("2025-12-20").day; day <= load_date("2027-01-10").day; day++) {
            const struct clock_day *days;
            size_t count = 0;
            date last = {0};
            struct arena arena = loaded.scratch;
            const bool listed = judge_clock_days(loaded.rulebook, clock, 0, (date){.day = day},
                                                 &arena, &days, &count, &last);
            const struct value judged =
                judge_run(loaded.rulebook, clock, 0, value_date((date){.day = day}));
            assert_int_equal(listed, judged.known);
            assert_true(!listed || last.day == judged.number);
            int32_t number = 0;
            for (size_t i = 0; i < count; i++) {
                assert_true(days[i].number == 0 || days[i].number == ++number);
                assert_true(i == 0 || days[i].day.day > days[i - 1].day.day);
            }
        }
    }
}

/* Aim: random clocks end on the day that the test's own evaluator counts. */
static void test_agrees_with_own_evaluator(void **state)
{
    (void)state;
    struct random random;
    struct arena perm = {0};
    size_t known_days = 0;
    random_seed(&random, 14);
    assert_true(arena_open(&perm, 64 * 1024 * 1024, &loaded.err).ok);
    for (int i = 0; i < 500; i++) {
        struct world world;
        arena_reset(&perm);
        world_make(&world, &random, &perm, 2);
        load_sound(&loaded, world_text(&world, NULL, &perm));
        for (int k = 0; k < 20; k++) {
            struct world_facts facts;
            struct arena arena = loaded.scratch;
            world_facts_make(&facts, &random, 0.2);
            const struct question question = world_question(loaded.rulebook, &facts, &arena);
            for (uint32_t clock = 0; clock < WORLD_CLOCKS; clock++) {
                int64_t expected = 0;
                const struct clock_answer answer = judge_clock(loaded.rulebook, clock, &question);
                const bool known = world_last_day(&world, clock, &facts, &expected);
                assert_int_equal(answer.has_last_day, known);
                assert_true(!known || answer.last_day.day == expected);
                known_days += known ? 1 : 0;
            }
        }
    }
    assert_in_range(known_days, 5000, SIZE_MAX);
    arena_close(&perm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_days),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_lines_with_conditions),
        cmocka_unit_test(test_later_of),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_longest_list),
        cmocka_unit_test(test_days_without_room),
        cmocka_unit_test(test_days_agree_with_the_judge),
        cmocka_unit_test(test_agrees_with_own_evaluator),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
