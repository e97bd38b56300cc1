/* Aim: the work that waits, which is found for everybody at once from the caseload, is line for
 * line what is found person by person from the person's own facts with the scalar judge; and so are
 * the facts that are missing. For several accounts, roles, kinds, days ahead and limits, on a
 * register with odd values, corrections, withdrawals, facts recorded later, and people who are
 * hidden. */
#include "changed.h"

#include "casework/facts.h"
#include "casework/privacy.h"
#include "casework/queue.h"
#include "casework/screening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PEOPLE = 200, LINES_MAX = 10000, HIDDEN = 5 };

static const uint64_t seed = 11;

static void hide_some(struct register_of *made)
{
    struct err err = {.code = ERROR_NONE};
    const struct caller caller = register_caller(made, "protection");
    for (int i = 1; i <= HIDDEN; i++) {
        struct privacy_answer answer;
        struct people_answer people;
        const struct people_query query = {.after_id = 35 * i, .limit = 1};
        arena_reset(&made->work);
        must(casework_people(&made->casework, &caller, &query, &made->work, &people, &err), &err);
        must(casework_privacy(&made->casework, &caller, PRIVACY_RESTRICT,
                              people.lines[0].row.reference, STR("accuracy is contested"),
                              &made->work, &answer, &err),
             &err);
    }
}

static int open_group(void **state)
{
    static struct register_of made;
    *state = &made;
    register_open(&made, 3);
    register_make(&made, PEOPLE, seed);
    hide_some(&made);
    made.fake.time.milliseconds += 60000;
    register_change(&made, PEOPLE, seed);
    return 0;
}

static int close_group(void **state)
{
    register_close(*state);
    return 0;
}

/* --- person by person ------------------------------------------------------------------------- */

struct expected {
    struct register_of *made;
    struct caller caller;
    const struct work_query *query;
    struct arena *arena;
    struct work_due *lines;
    size_t count;
    int64_t total_of[WORK_ENDS + 1];
};

static bool is_asked(const struct expected *expected, enum work_kind kind)
{
    return (expected->query->kinds & 1U << kind) != 0;
}

/* Counted whether its kind was asked for or not. */
static void expect_line(struct expected *expected, enum work_kind kind, int64_t person,
                        uint32_t clock, date due)
{
    expected->total_of[kind]++;
    if (!is_asked(expected, kind)) {
        return;
    }
    assert_true(expected->count < LINES_MAX);
    expected->lines[expected->count++] =
        (struct work_due){.kind = kind, .person.id = person, .clock.clock = clock, .due = due};
}

static void expect_clock(struct expected *expected, const struct rulebook *rulebook, uint32_t index,
                         const struct loaded_case *loaded)
{
    const struct question *question = &loaded->view.question;
    const struct clock *clock = &rulebook->clocks[index];
    const struct clock_answer answer = judge_clock(rulebook, index, question);
    const str role = expected->query->role;
    const bool of_role = role.len == 0 || (clock->due_from != NOT_FOUND_INDEX &&
                                           str_equal(rulebook->roles[clock->due_from].name, role));
    const bool done = clock->done != NOT_FOUND_INDEX &&
                      judge_condition(rulebook, clock->done, question) == TRUTH_TRUE;
    if (!of_role || done) {
        return;
    }
    if (answer.state == CLOCK_EXPIRED && clock->due_from != NOT_FOUND_INDEX) {
        expect_line(expected, WORK_OVERDUE, loaded->view.person.id, index, answer.last_day);
    }
    if (answer.state == CLOCK_RUNNING &&
        date_days_between(question->today, answer.last_day) <= expected->query->within_days) {
        expect_line(expected, WORK_ENDS, loaded->view.person.id, index, answer.last_day);
    }
}

static result expect_person(struct expected *expected, struct sitting *sitting,
                            const struct person_row *person, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct case_time now = case_now(sitting);
    const struct known_day check = person->next_check_on;
    struct loaded_case loaded;
    if (expected->query->role.len == 0 &&
        (!check.known || date_before(check.day, sitting->today))) {
        expect_line(expected, WORK_CHECK, person->id, NOT_FOUND_INDEX,
                    check.known ? check.day : person->registered_on);
    }
    TRY(case_load(sitting, person, &now, &loaded, err));
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        expect_clock(expected, rulebook, i, &loaded);
    }
    return result_ok();
}

static bool is_open(const struct rulebook *rulebook, const struct person_row *person)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return stage == NOT_FOUND_INDEX || !rulebook->stages[stage].outcome;
}

static result expect_everybody(struct transaction *transaction, void *context, struct err *err)
{
    struct expected *expected = context;
    const struct people_filter everybody = {.stage = STR("")};
    const struct person_row *people = NULL;
    size_t count = 0;
    struct sitting sitting;
    TRY(sitting_read(&sitting, &expected->made->casework, transaction, &expected->caller,
                     ACTION_SEE_PEOPLE, expected->arena, err));
    TRY(transaction_people(transaction, &everybody, expected->arena, &people, &count, err));
    assert_int_equal(count, PEOPLE);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *expected->arena;
        struct sitting reading = sitting;
        reading.arena = &scratch;
        bool in_sight = false;
        bool hidden = false;
        TRY(sitting_may_person(&sitting, &people[i], ACTION_SEE_PEOPLE, &in_sight, err));
        TRY(sitting_hides(&sitting, &people[i], ACTION_SEE_PEOPLE, &hidden, err));
        if (is_open(expected->made->casework.rulebook, &people[i]) && in_sight && !hidden) {
            TRY(expect_person(expected, &reading, &people[i], err));
        }
    }
    return result_ok();
}

static int by_day_and_person(const void *left, const void *right)
{
    const struct work_due *a = left;
    const struct work_due *b = right;
    const int64_t keys[][2] = {{a->due.day, b->due.day},
                               {a->person.id, b->person.id},
                               {(int64_t)a->kind, (int64_t)b->kind},
                               {a->clock.clock, b->clock.clock}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

static size_t compare(struct register_of *made, const char *username,
                      const struct work_query *query)
{
    struct err err = {.code = ERROR_NONE};
    struct work_answer answer;
    struct expected expected = {
        .made = made, .caller = register_caller(made, username), .query = query};
    arena_reset(&made->work);
    expected.arena = &made->work;
    expected.lines = ARENA_NEW(&made->work, struct work_due, LINES_MAX);
    assert_non_null(expected.lines);
    must(store_read(made->store, expect_everybody, &expected, &err), &err);
    qsort(expected.lines, expected.count, sizeof expected.lines[0], by_day_and_person);
    must(casework_work(&made->casework, &expected.caller, query, &made->work, &answer, &err), &err);
    assert_int_equal(answer.total, expected.count);
    for (int kind = 0; kind <= WORK_ENDS; kind++) {
        assert_int_equal(answer.total_of[kind], expected.total_of[kind]);
    }
    assert_int_equal(answer.count, expected.count < query->limit ? expected.count : query->limit);
    for (size_t i = 0; i < answer.count; i++) {
        if (by_day_and_person(&answer.lines[i], &expected.lines[i]) != 0) {
            fail_msg("%s, line %zu: person %lld, day %d; person by person it is %lld, %d (seed "
                     "%llu)",
                     username, i, (long long)answer.lines[i].person.id, answer.lines[i].due.day,
                     (long long)expected.lines[i].person.id, expected.lines[i].due.day,
                     (unsigned long long)seed);
        }
    }
    return expected.count;
}

static void test_work(void **state)
{
    static const char *const accounts[] = {"caseworker", "protection", "hub-north"};
    const struct work_query queries[] = {
        {.within_days = 14, .kinds = WORK_ALL_KINDS, .limit = 100},
        {.within_days = 0, .kinds = WORK_ALL_KINDS, .limit = 7},
        {.within_days = 400, .kinds = WORK_ALL_KINDS, .limit = WORK_LINES_MAX},
        {.within_days = 60, .kinds = 1U << WORK_ENDS, .limit = WORK_LINES_MAX},
        {.within_days = 60, .kinds = 1U << WORK_OVERDUE, .limit = WORK_LINES_MAX},
        {.within_days = 60, .kinds = 1U << WORK_CHECK, .limit = 1},
        {.within_days = 30, .kinds = WORK_ALL_KINDS, .role = STR("caseworker"), .limit = 50},
        {.within_days = 30, .kinds = WORK_ALL_KINDS, .role = STR("senior_officer"), .limit = 50},
    };
    struct register_of *made = *state;
    size_t lines = 0;
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        for (size_t query = 0; query < sizeof queries / sizeof queries[0]; query++) {
            lines += compare(made, accounts[i], &queries[query]);
        }
    }
    made->fake.time.milliseconds += INT64_C(86400000) * 6;
    lines += compare(made, "caseworker", &queries[0]);
    print_message("# seed %llu: %zu lines compared\n", (unsigned long long)seed, lines);
    assert_true(lines > 300);
}

/* --- missing facts, person by person ---------------------------------------------------------- */

struct missing_expected {
    struct register_of *made;
    struct caller caller;
    str step;
    str hub;
    struct arena *arena;
    struct missing_answer answer;
    struct missing_fact *facts; /* by fact */
    bool *needed;
    enum clearance *each;
};

static void count_needed(struct missing_expected *expected, const struct rulebook *rulebook)
{
    size_t missing = 0;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        missing += expected->needed[i] ? 1 : 0;
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        expected->facts[i].people += expected->needed[i] ? 1 : 0;
        expected->facts[i].alone += expected->needed[i] && missing == 1 ? 1 : 0;
        expected->needed[i] = false;
    }
}

static result expect_missing_of(struct missing_expected *expected, struct sitting *sitting,
                                const struct person_row *person, uint32_t step, int64_t hub,
                                struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct case_time now = case_now(sitting);
    struct loaded_case loaded;
    TRY(case_for_step(sitting, person, step, hub, &now, &loaded, err));
    expected->answer.people++;
    if (judge_step(rulebook, step, &loaded.view.question, expected->each) != CLEARANCE_UNKNOWN) {
        return result_ok();
    }
    expected->answer.unknown++;
    for (size_t i = 0; i < rulebook->steps[step].safeguard_count; i++) {
        if (expected->each[i] == CLEARANCE_UNKNOWN) {
            judge_needs(rulebook, rulebook->steps[step].safeguards[i], &loaded.view.question,
                        expected->needed);
        }
    }
    count_needed(expected, rulebook);
    return result_ok();
}

static result expect_missing(struct transaction *transaction, void *context, struct err *err)
{
    struct missing_expected *expected = context;
    const struct rulebook *rulebook = expected->made->casework.rulebook;
    const uint32_t step = rulebook_step(rulebook, expected->step);
    const struct people_filter everybody = {.stage = STR("")};
    const struct person_row *people = NULL;
    struct hub_row hub = {.id = 0};
    size_t count = 0;
    struct sitting sitting;
    TRY(sitting_read(&sitting, &expected->made->casework, transaction, &expected->caller,
                     ACTION_SCREEN, expected->arena, err));
    if (expected->hub.len > 0) {
        TRY(sitting_hub(&sitting, expected->hub, ACTION_SEE_HUB, &hub, err));
    }
    TRY(transaction_people(transaction, &everybody, expected->arena, &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *expected->arena;
        struct sitting reading = sitting;
        const uint32_t stage = rulebook_stage(rulebook, people[i].stage);
        bool hidden = false;
        reading.arena = &scratch;
        TRY(sitting_hides(&sitting, &people[i], ACTION_SEE_PEOPLE, &hidden, err));
        if (rulebook_step_leaves(rulebook, &rulebook->steps[step], stage) && !hidden) {
            TRY(expect_missing_of(expected, &reading, &people[i], step, hub.id, err));
        }
    }
    return result_ok();
}

static int64_t compare_missing(struct register_of *made, const char *step, const char *hub)
{
    const size_t facts = made->casework.rulebook->fact_count;
    struct err err = {.code = ERROR_NONE};
    struct missing_answer answer;
    struct missing_expected expected = {.made = made,
                                        .caller = register_caller(made, "caseworker"),
                                        .step = str_from_c(step),
                                        .hub = str_from_c(hub)};
    arena_reset(&made->work);
    expected.arena = &made->work;
    expected.facts = ARENA_NEW(&made->work, struct missing_fact, facts);
    expected.needed = ARENA_NEW(&made->work, bool, facts);
    expected.each = ARENA_NEW(&made->work, enum clearance, 256);
    must(store_read(made->store, expect_missing, &expected, &err), &err);
    must(casework_missing(&made->casework, &expected.caller, expected.step, expected.hub,
                          &made->work, &answer, &err),
         &err);
    assert_int_equal(answer.people, expected.answer.people);
    assert_int_equal(answer.unknown, expected.answer.unknown);
    size_t listed = 0;
    for (size_t i = 0; i < facts; i++) {
        listed += expected.facts[i].people > 0 ? 1 : 0;
    }
    assert_int_equal(answer.count, listed);
    for (size_t i = 0; i < answer.count; i++) {
        const struct missing_fact *fact = &answer.facts[i];
        assert_int_equal(fact->people, expected.facts[fact->fact].people);
        assert_int_equal(fact->alone, expected.facts[fact->fact].alone);
        assert_true(i == 0 || answer.facts[i - 1].people >= fact->people);
    }
    return answer.unknown;
}

static void test_missing(void **state)
{
    struct register_of *made = *state;
    int64_t unknown = 0;
    unknown += compare_missing(made, "hub_transfer", "HUB-NORTH");
    unknown += compare_missing(made, "enforced_removal", "");
    unknown += compare_missing(made, "exhaust_appeal_rights", "");
    unknown += compare_missing(made, "grant_leave", "");
    print_message("# seed %llu: %lld people with something missing\n", (unsigned long long)seed,
                  (long long)unknown);
    assert_true(unknown > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work),
        cmocka_unit_test(test_missing),
    };
    return cmocka_run_group_tests_name("queue", tests, open_group, close_group);
}
