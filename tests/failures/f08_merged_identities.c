/* F08. Two people's records were merged into one by a rule for linking that was known to do so,
 * more than 38,000 times, concerning more than 76,000 people; it could not be undone, and for years
 * it was not known how often it had happened.
 *
 * Tried here: nothing in the register merges by itself, however alike two records are; a merge that
 * people make shows every point in which the records differ, and is refused when there is one that
 * was not seen; merges are counted, with who asked and who decided; and each is undone, with all
 * that was recorded since given back. */
#include "../casework/office.h"
#include "casework/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PAIRS = 6 };

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static struct merge_plan ask(struct office *office, const struct somebody *whole,
                             const struct somebody *part)
{
    const struct caller clerk = office_caller(office, CLERK);
    struct merge_plan plan = {.conflict_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    assert_true(casework_request_merge(&office->casework, &clerk, str_from_c(whole->reference),
                                       str_from_c(part->reference), STR("they look alike"),
                                       &office->work, &plan, &err)
                    .ok);
    return plan;
}

static bool confirm(struct office *office, int64_t merge, size_t conflicts)
{
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    return casework_confirm_merge(&office->casework, &senior, merge, conflicts, &office->work,
                                  &answer, NULL)
        .ok;
}

static size_t count_merges(struct office *office, enum merge_state wanted)
{
    const struct caller senior = office_caller(office, SENIOR);
    const struct merge_line *lines = NULL;
    size_t count = 0;
    arena_reset(&office->work);
    assert_true(
        casework_merges(&office->casework, &senior, wanted, &office->work, &lines, &count, NULL)
            .ok);
    for (size_t i = 0; i < count; i++) {
        assert_true(lines[i].requested_by.len > 0);
        assert_int_equal(lines[i].decided_by.len > 0, wanted != MERGE_ASKED);
        assert_false(str_equal(lines[i].requested_by, lines[i].decided_by));
    }
    return count;
}

/* Aim: the same name, date of birth and references do not merge anybody. */
static void test_nothing_merges_by_itself(void **state)
{
    struct office *office = *state;
    const struct identifier_entry reference = {.scheme = STR("home_office"),
                                               .value = STR("A1234567"),
                                               .issuer = STR(""),
                                               .source = STR("")};
    const struct registration registration = {
        .name = STR("Person Samplealpha"),
        .born_on = {.known = true, .day = {9000}},
        .registered_on = office_today(office),
        .identifiers = &reference,
        .identifier_count = 1,
    };
    int64_t people[3];
    for (size_t i = 0; i < 3; i++) {
        const struct caller clerk = office_caller(office, CLERK);
        struct registration_answer answer;
        arena_reset(&office->work);
        assert_true(casework_register_person(&office->casework, &clerk, &registration,
                                             &office->work, &answer, NULL)
                        .ok);
        assert_int_equal(answer.likely_count, i); /* told, each time */
        people[i] = answer.person.id;
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(office_person(office, people[i]).id, people[i]);
    }
    assert_int_equal(count_merges(office, 0), 0);
}

/* What two records say differently, counted in SQL: today's value of each fact of both. The name is
 * one more, and in this story the stage is the same. */
static size_t differing_facts(struct office *office, const struct somebody *one,
                              const struct somebody *two)
{
    char sql[700];
    snprintf(
        sql, sizeof sql,
        "WITH latest AS (SELECT subject, fact, value, ROW_NUMBER() OVER (PARTITION BY subject,"
        " fact ORDER BY true_from DESC, position DESC) AS place FROM fact"
        " WHERE subject_kind = 1 AND withdrawn = 0 AND true_from <= %d)"
        " SELECT COUNT(*) FROM latest a JOIN latest b ON a.fact = b.fact AND a.value <> b.value"
        " WHERE a.place = 1 AND b.place = 1 AND a.subject = %lld AND b.subject = %lld",
        office_today(office).day, (long long)one->id, (long long)two->id);
    return (size_t)office_ask(office, sql);
}

/* Aim: conflicts are shown, all of them, and seen by whoever merges; merges are counted; each comes
 * undone, in another order than it was made. */
static void test_undone(void **state)
{
    struct office *office = *state;
    struct somebody whole[PAIRS];
    struct somebody part[PAIRS];
    int64_t merges[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        char name[60];
        snprintf(name, sizeof name, "Person%d Samplealpha", i);
        whole[i] = office_ready(office, name);
        snprintf(name, sizeof name, "Person%d Samplebeta", i);
        part[i] = office_ready(office, name);
        assert_true(office_record(office, CLERK, part[i].reference, "person.nationality",
                                  i % 2 == 0 ? "XKX" : "ALB")
                        .ok);
        assert_true(office_record(office, CLERK, whole[i].reference, "person.remarks", "first").ok);
        assert_true(office_record(office, CLERK, part[i].reference, "person.remarks", "second").ok);
        const size_t conflicts = differing_facts(office, &whole[i], &part[i]) + 1;
        const struct merge_plan plan = ask(office, &whole[i], &part[i]);
        merges[i] = plan.merge.id;
        assert_int_equal(plan.conflict_count, conflicts);
        assert_false(confirm(office, merges[i], conflicts - 1));
        assert_true(confirm(office, merges[i], conflicts));
    }
    assert_int_equal(count_merges(office, MERGE_DONE), PAIRS);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM person WHERE part_of <> 0"), PAIRS);
    for (int i = 0; i < PAIRS; i++) { /* under the part's reference, so that it can be told */
        assert_true(
            office_record(office, CLERK, part[i].reference, "order.injunction", "in_force").ok);
    }
    for (int i = PAIRS; i > 0; i--) {
        const struct caller senior = office_caller(office, OTHER_SENIOR);
        struct record_answer answer;
        assert_true(casework_separate(&office->casework, &senior, merges[i - 1],
                                      STR("two people after all"), NULL, 0, &office->work, &answer,
                                      NULL)
                        .ok);
    }
    assert_int_equal(count_merges(office, MERGE_DONE), 0);
    assert_int_equal(count_merges(office, MERGE_UNDONE), PAIRS);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM person WHERE part_of <> 0"), 0);
    for (int i = 0; i < PAIRS; i++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "SELECT COUNT(*) FROM fact WHERE subject_kind = 1 AND subject = %lld AND value = "
                 "'in_force'",
                 (long long)whole[i].id);
        assert_int_equal(office_ask(office, sql), 0);
        snprintf(sql, sizeof sql,
                 "SELECT COUNT(*) FROM fact WHERE subject_kind = 1 AND subject = %lld AND value = "
                 "'in_force'",
                 (long long)part[i].id);
        assert_int_equal(office_ask(office, sql), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_merges_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undone, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
