/* Aim: the screening bench measures what it says. The text of the workload, judged person by
 * person, gives the answers of the plain definition in C for every person and safeguard, and the
 * sums that independent programs found. */
#include "people.h"
#include "row_screen.h"
#include "rulebook/judge.h"

#include "../rulebook/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 10000, FACTS_MAX = 64 };

static struct loaded loaded;

static int setup(void **state)
{
    (void)state;
    load_init(&loaded);
    load_sound(&loaded, load_read(&loaded, load_path(&loaded, "bench/screening/screening.rules")));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    return 0;
}

/* Aim: the examples of the text hold. */
static void test_examples(void **state)
{
    (void)state;
    struct examples_outcome outcome;
    assert_true(rulebook_run_examples(loaded.rulebook, loaded.scratch, &outcome,
                                      &loaded.diagnostics, &loaded.err)
                    .ok);
    assert_int_equal(outcome.failed, 0);
    assert_int_equal(outcome.passed, 3 * WORKLOAD_SAFEGUARDS);
}

static void judge_row(const struct workload_row *row, const struct people_facts *facts,
                      uint32_t *bars, uint32_t *unknown)
{
    struct value given[PEOPLE_FACTS];
    struct value values[FACTS_MAX] = {0};
    enum clearance each[WORKLOAD_SAFEGUARDS];
    people_values(row, given);
    for (size_t i = 0; i < PEOPLE_FACTS; i++) {
        values[facts->indices[i]] = given[i];
    }
    const struct question question = {.person = values, .today = {WORKLOAD_TODAY}};
    judge_step(loaded.rulebook, 0, &question, each);
    *bars = 0;
    *unknown = 0;
    for (unsigned k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
        *bars |= (uint32_t)(each[k] == CLEARANCE_BARRED) << k;
        *unknown |= (uint32_t)(each[k] == CLEARANCE_UNKNOWN) << k;
    }
}

/* Aim: text and definition agree on every one of the first 10,000 people, and the sums are those
 * that other programs found. */
static void test_judge(void **state)
{
    (void)state;
    struct arena arena = loaded.scratch;
    struct people_facts facts;
    struct workload_row *rows = NULL;
    struct workload_sums sums = {0};
    assert_int_equal(loaded.rulebook->steps[0].safeguard_count, WORKLOAD_SAFEGUARDS);
    assert_in_range(loaded.rulebook->fact_count, PEOPLE_FACTS, FACTS_MAX);
    assert_true(people_find_facts(loaded.rulebook, &facts, &loaded.err).ok);
    assert_true(workload_rows(PEOPLE, &arena, &rows, &loaded.err).ok);
    for (size_t i = 0; i < PEOPLE; i++) {
        uint32_t bars;
        uint32_t unknown;
        uint32_t bars_defined;
        uint32_t unknown_defined;
        judge_row(&rows[i], &facts, &bars, &unknown);
        row_screen(&rows[i], &bars_defined, &unknown_defined);
        if (bars != bars_defined || unknown != unknown_defined) {
            fail_msg("person %zu: judged %06x, %06x; defined %06x, %06x", i, bars, unknown,
                     bars_defined, unknown_defined);
        }
        workload_add(&sums, i, bars, unknown);
    }
    assert_memory_equal(&sums, workload_known_sums(PEOPLE), sizeof sums);
}

/* Aim: the generator draws the same people for every number of them: the sums for 100,000. */
static void test_definition(void **state)
{
    (void)state;
    const size_t count = 100000;
    struct arena arena = loaded.scratch;
    struct workload_row *rows = NULL;
    struct workload_sums sums = {0};
    assert_true(workload_rows(count, &arena, &rows, &loaded.err).ok);
    for (size_t i = 0; i < count; i++) {
        uint32_t bars;
        uint32_t unknown;
        row_screen(&rows[i], &bars, &unknown);
        workload_add(&sums, i, bars, unknown);
    }
    assert_memory_equal(&sums, workload_known_sums(count), sizeof sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_definition),
    };
    return cmocka_run_group_tests_name("screening_bench", tests, setup, teardown);
}
