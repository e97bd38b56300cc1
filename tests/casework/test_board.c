/* Aim: hubs that are kept between readings (casework/board.h) never stand otherwise on a person's
 * page than they do in the register: whatever is recorded, by whom and of whom, the page is that of
 * a program that keeps nothing. Random courses; prints its seed.
 *
 *     test_board [SEED] */
#include "office.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 4, ACTS = 400, REQUESTS_KEPT = 64 };

struct course {
    struct office office;
    struct random random;
    struct somebody people[PEOPLE];
    int64_t requests[REQUESTS_KEPT];
    size_t request_count;
    struct arena kept;   /* the page with the board */
    struct arena afresh; /* and the one without */
};

static const char *pick(struct course *course, const char *const *names, size_t count)
{
    return names[random_below(&course->random, count)];
}

static void record_of_hub(struct course *course)
{
    static const char *const hubs[] = {HUB_NORTH, HUB_SOUTH};
    static const char *const answers[] = {"yes", "yes", "yes", "yes", "no", "unknown"};
    office_record(&course->office, SENIOR, pick(course, hubs, 2), "hub.monitor_appointed",
                  pick(course, answers, 6));
}

static void record_of_person(struct course *course)
{
    static const char *const states[] = {"none", "none", "none", "none", "in_force", "unknown"};
    const struct somebody *person = &course->people[random_below(&course->random, PEOPLE)];
    office_record(&course->office, OFFICER, person->reference, "order.injunction",
                  pick(course, states, 6));
}

static void agree_places(struct course *course)
{
    static const char *const hubs[] = {HUB_NORTH, HUB_SOUTH};
    struct office *office = &course->office;
    struct err err = {0};
    const struct caller caller = office_caller(office, LIAISON);
    arena_reset(&office->work);
    result_ignore(casework_agree_places(&office->casework, &caller,
                                        str_from_c(pick(course, hubs, 2)),
                                        (int64_t)random_below(&course->random, 4) + 1, STR("talks"),
                                        &office->work, &err),
                  "fewer than are taken cannot be agreed");
}

static void ask(struct course *course)
{
    static const struct {
        const char *step;
        const char *hub;
    } wishes[] = {{"transfer", HUB_NORTH},
                  {"transfer", HUB_SOUTH},
                  {"emergency_transfer", HUB_NORTH},
                  {"emergency_transfer", HUB_SOUTH},
                  {"readmission", ""}, /* from the hub, and nobody has to approve it */
                  {"readmission", ""}};
    const size_t wish = random_below(&course->random, 6);
    const struct somebody *person = &course->people[random_below(&course->random, PEOPLE)];
    const struct outcome asked =
        office_ask_for(&course->office, CLERK, person, wishes[wish].step, wishes[wish].hub);
    if (asked.ok && asked.request != 0) {
        course->requests[course->request_count++ % REQUESTS_KEPT] = asked.request;
    }
}

static void go_on(struct course *course)
{
    static const enum account_name who[] = {OFFICER, OTHER_OFFICER, SENIOR, OTHER_SENIOR, CLERK};
    const size_t count =
        course->request_count < REQUESTS_KEPT ? course->request_count : REQUESTS_KEPT;
    if (count == 0) {
        return;
    }
    const int64_t request = course->requests[random_below(&course->random, count)];
    const enum account_name account = who[random_below(&course->random, 5)];
    switch (random_below(&course->random, 8)) {
    case 0:
        office_withdraw(&course->office, CLERK, request);
        break;
    case 1:
    case 2:
        office_take(&course->office, account, request);
        break;
    default:
        office_approve(&course->office, account, request);
        break;
    }
}

static void act(struct course *course)
{
    switch (random_below(&course->random, 12)) {
    case 0:
        record_of_hub(course);
        break;
    case 1:
        agree_places(course);
        break;
    case 2:
    case 3:
        record_of_person(course);
        break;
    case 4:
    case 5:
        ask(course);
        break;
    case 6:
        if (random_below(&course->random, 10) == 0) {
            office_move_days(&course->office, 1);
        }
        break;
    default:
        go_on(course);
        break;
    }
}

static struct person_answer page(struct course *course, const struct casework *casework,
                                 enum account_name account, const struct somebody *person,
                                 struct arena *arena)
{
    struct err err = {0};
    struct person_answer answer = {.next_step_count = 0};
    const struct caller caller = office_caller(&course->office, account);
    arena_reset(arena);
    if (!casework_person(casework, &caller, str_from_c(person->reference), NULL, arena, &answer,
                         &err)
             .ok) {
        assert_int_equal(err.code, ERROR_NOT_FOUND); /* an operator does not see everybody */
    }
    return answer;
}

static void expect_same_steps(const struct rulebook *rulebook, const struct person_answer *kept,
                              const struct person_answer *afresh)
{
    assert_int_equal(kept->next_step_count, afresh->next_step_count);
    for (size_t i = 0; i < kept->next_step_count; i++) {
        const struct next_step *one = &kept->next_steps[i];
        const struct next_step *other = &afresh->next_steps[i];
        assert_int_equal(one->step, other->step);
        assert_int_equal(one->hub.id, other->hub.id);
        assert_true(str_equal(one->hub.reference, other->hub.reference));
        assert_true(str_equal(one->hub.name, other->hub.name));
        assert_int_equal(one->clearance, other->clearance);
        assert_memory_equal(one->each, other->each,
                            rulebook->steps[one->step].safeguard_count * sizeof *one->each);
    }
}

/* The same casework that keeps nothing. */
static void compare(struct course *course)
{
    struct casework afresh = course->office.casework;
    afresh.boards = NULL;
    const enum account_name account =
        random_below(&course->random, 3) == 0 ? OPERATOR_NORTH : CLERK;
    const struct somebody *person = &course->people[random_below(&course->random, PEOPLE)];
    const struct person_answer kept =
        page(course, &course->office.casework, account, person, &course->kept);
    const struct person_answer other = page(course, &afresh, account, person, &course->afresh);
    expect_same_steps(course->office.casework.rulebook, &kept, &other);
}

static int setup(void **state)
{
    static struct course course;
    const char *given = *state;
    const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20260630;
    print_message("# seed %llu\n", (unsigned long long)seed);
    office_open(&course.office);
    random_seed(&course.random, seed);
    assert_true(arena_open(&course.kept, 32 * 1024 * 1024, NULL).ok);
    assert_true(arena_open(&course.afresh, 32 * 1024 * 1024, NULL).ok);
    for (size_t i = 0; i < PEOPLE; i++) {
        course.people[i] = office_ready(&course.office, "PersonOne Samplealpha");
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

static void test_never_stale(void **state)
{
    struct course *course = *state;
    for (size_t i = 0; i < ACTS; i++) {
        act(course);
        compare(course);
    }
    /* The course went through what it is about: places were held and taken, and not all the time.
     */
    assert_true(office_ask(&course->office, "SELECT COUNT(*) FROM event WHERE kind = 15") > 0);
    assert_true(office_ask(&course->office, "SELECT COUNT(*) FROM intake") > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_never_stale, setup, teardown,
                                                 argc > 1 ? argv[1] : NULL),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
