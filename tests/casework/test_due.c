/* Aim: what is due, kept between readings (casework/due.h), is never other than what is due:
 * whatever is recorded of whom, merged, taken apart, restricted, or only a day later, each account
 * is told what a program tells that keeps nothing. Random courses; prints its seed.
 *
 *     test_due [SEED] */
#include "casework/privacy.h"
#include "casework/queue.h"

#include "merging_office.h"
#include "office.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 6, PEOPLE_MAX = 40, ACTS = 500, RECORDED_MAX = 512 };

struct course {
    struct office office;
    struct random random;
    struct somebody people[PEOPLE_MAX];
    size_t count;
    int64_t recorded[RECORDED_MAX];
    size_t recorded_count;
    int64_t protector; /* the account that restricts */
    int64_t merge;     /* 0: nobody is merged just now */
    bool restricted;
    struct arena kept; /* what is answered by the one that keeps */
    struct arena afresh;
    int lines; /* compared */
};

static uint64_t below(struct course *course, uint64_t bound)
{
    return random_below(&course->random, bound);
}

/* More often one of the two who are merged. */
static const struct somebody *anybody(struct course *course)
{
    return &course->people[below(course, below(course, 3) == 0 ? 2 : course->count)];
}

/* --- what happens ----------------------------------------------------------------------------- */

/* Facts on which times depend, with values; NULL: a day about today. */
static const struct {
    const char *fact;
    const char *values[3];
    size_t count;
} facts[] = {
    {"decision.sent_on", {NULL}, 1},
    {"first_tier.reasons_sent_on", {NULL}, 1},
    {"removal_notice.intention_given_on", {NULL}, 1},
    {"removal_notice.service", {"proven", "unknown"}, 2},
    {"removal.failed_on", {NULL}, 1},
    {"removal.failed_because", {"beyond_control", "unknown"}, 2},
    {"slavery.reasonable_grounds_on", {NULL}, 1},
    {"appeals.exhausted_on", {NULL}, 1},
    {"person.in_uk", {"yes", "no", "unknown"}, 3},
    {"travel_document.expires_on", {NULL}, 1},
    {"detention.harm_report", {"made"}, 1},
    {"detention.harm_report_received_on", {NULL}, 1},
    {"detention.harm_report_answered", {"yes", "no", "unknown"}, 3},
};
enum { FACTS = sizeof facts / sizeof facts[0] };

static void record(struct course *course)
{
    const size_t fact = below(course, FACTS);
    const char *value = facts[fact].values[below(course, facts[fact].count)];
    char day[DATE_TEXT_SIZE];
    if (value == NULL) {
        date_format(date_add_days(office_today(&course->office), (int)below(course, 150) - 60),
                    day);
        value = day;
    }
    const struct recorded recorded =
        office_record(&course->office, CLERK, anybody(course)->reference, facts[fact].fact, value);
    if (recorded.ok) { /* a day to come is refused of what has happened */
        course->recorded[course->recorded_count++ % RECORDED_MAX] = recorded.event;
    }
}

static void withdraw(struct course *course)
{
    const size_t count =
        course->recorded_count < RECORDED_MAX ? course->recorded_count : RECORDED_MAX;
    if (count > 0) {
        office_withdraw_fact(&course->office, CLERK, course->recorded[below(course, count)]);
    }
}

static void confirm_contact(struct course *course)
{
    struct office *office = &course->office;
    const struct caller caller = office_caller(office, CLERK);
    const date today = office_today(office);
    const struct known_day next = {.known = true,
                                   .day = date_add_days(today, 1 + (int)below(course, 20))};
    arena_reset(&office->work);
    result_ignore(casework_confirm_contact(&office->casework, &caller,
                                           str_from_c(anybody(course)->reference), today,
                                           STR("telephone"), next, &office->work, NULL),
                  "of somebody who is restricted it is refused");
}

static void register_somebody(struct course *course)
{
    if (course->count < PEOPLE_MAX) {
        char name[60];
        snprintf(name, sizeof name, "Person%zu Samplealpha", course->count);
        course->people[course->count++] = office_register(&course->office, name);
    }
}

/* The first two are one person, or are two again. */
static void merge(struct course *course)
{
    struct office *office = &course->office;
    if (course->restricted) {
        return;
    }
    if (course->merge == 0) {
        course->merge = merging_done(office, &course->people[0], &course->people[1]);
    } else {
        merging_undo(office, course->merge, below(course, 2) == 0);
        course->merge = 0;
    }
}

static void restrict_third(struct course *course)
{
    struct office *office = &course->office;
    struct err err = {0};
    struct privacy_answer answer;
    const struct caller caller = {.account = course->protector,
                                  .client_id = office_client_id(office)};
    arena_reset(&office->work);
    if (!casework_privacy(&office->casework, &caller,
                          course->restricted ? PRIVACY_LIFT_RESTRICTION : PRIVACY_RESTRICT,
                          str_from_c(course->people[2].reference), STR("asked for"), &office->work,
                          &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    course->restricted = !course->restricted;
}

static void act(struct course *course)
{
    switch (below(course, 16)) {
    case 0:
        register_somebody(course);
        break;
    case 1:
        withdraw(course);
        break;
    case 2:
    case 3:
        confirm_contact(course);
        break;
    case 4:
        merge(course);
        break;
    case 5:
        restrict_third(course);
        break;
    case 6:
        if (below(course, 8) == 0) {
            office_move_days(&course->office, 1 + (int)below(course, 3));
        }
        break;
    case 7:
        office_record(&course->office, SENIOR, HUB_NORTH, "hub.monitor_appointed", "yes");
        break;
    default:
        record(course);
        break;
    }
}

/* --- what is told ----------------------------------------------------------------------------- */

static struct work_answer ask(struct course *course, const struct casework *casework,
                              enum account_name account, const struct work_query *query,
                              struct arena *arena)
{
    struct work_answer answer;
    struct err err = {0};
    const struct caller caller = office_caller(&course->office, account);
    arena_reset(arena);
    if (!casework_work(casework, &caller, query, arena, &answer, &err).ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static void expect_same(const struct work_answer *kept, const struct work_answer *afresh)
{
    assert_int_equal(kept->total, afresh->total);
    assert_memory_equal(kept->total_of, afresh->total_of, sizeof kept->total_of);
    assert_int_equal(kept->count, afresh->count);
    for (size_t i = 0; i < kept->count; i++) {
        const struct work_due *one = &kept->lines[i];
        const struct work_due *other = &afresh->lines[i];
        assert_int_equal(one->kind, other->kind);
        assert_int_equal(one->person.id, other->person.id);
        assert_true(str_equal(one->identity.name, other->identity.name));
        assert_int_equal(one->clock.clock, other->clock.clock);
        assert_int_equal(one->clock.answer.state, other->clock.answer.state);
        assert_int_equal(one->clock.answer.start.day, other->clock.answer.start.day);
        assert_int_equal(one->clock.answer.run, other->clock.answer.run);
        assert_int_equal(one->due.day, other->due.day);
        assert_int_equal(one->days_left, other->days_left);
        assert_int_equal(one->working_days_left, other->working_days_left);
    }
}

static void compare(struct course *course)
{
    static const enum account_name accounts[] = {CLERK, CLERK, SENIOR, OPERATOR_NORTH};
    static const char *const roles[] = {"", "", "caseworker", "senior_officer"};
    static const int32_t within[] = {0, 14, 14, 92, 93, 400};
    static const size_t limits[] = {3, 10, 100};
    const struct work_query query = {.within_days = within[below(course, 6)],
                                     .kinds = 1 + (unsigned)below(course, WORK_ALL_KINDS),
                                     .role = str_from_c(roles[below(course, 4)]),
                                     .limit = limits[below(course, 3)]};
    struct casework afresh = course->office.casework;
    afresh.due = NULL;
    const enum account_name account = accounts[below(course, 4)];
    const struct work_answer kept =
        ask(course, &course->office.casework, account, &query, &course->kept);
    const struct work_answer other = ask(course, &afresh, account, &query, &course->afresh);
    expect_same(&kept, &other);
    course->lines += (int)kept.count;
}

static int setup(void **state)
{
    static struct course course;
    const char *given = *state;
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20261129;
    print_message("# seed %llu\n", (unsigned long long)seed);
    office_open_law(&course.office, "uk");
    random_seed(&course.random, seed);
    course.protector = office_open_account(&course.office, "data_protection_officer");
    assert_true(arena_open(&course.kept, 64 * 1024 * 1024, NULL).ok);
    assert_true(arena_open(&course.afresh, 64 * 1024 * 1024, NULL).ok);
    for (size_t i = 0; i < PEOPLE; i++) {
        register_somebody(&course);
    }
    *state = &course;
    return 0;
}

static int teardown(void **state)
{
    struct course *course = *state;
    arena_close(&course->kept);
    arena_close(&course->afresh);
    office_close(&course->office);
    return 0;
}

static void test_kept_as_afresh(void **state)
{
    struct course *course = *state;
    for (int i = 0; i < ACTS; i++) {
        act(course);
        if (below(course, 3) > 0) { /* now and then more than one thing has happened */
            compare(course);
        }
    }
    assert_true(course->lines > ACTS); /* there was much to tell */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_kept_as_afresh, setup, teardown,
                                                 argc > 1 ? argv[1] : NULL),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
