/* Aim: the screening bench measures what it says. The text of the workload, judged person by
 * person, gives the answers of the plain definition in C for every person and safeguard, and the
 * sums that independent programs found. */
#include "people.h"
#include "row_screen.h"
#include "rulebook/screen.h"

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

static void columns_of(const struct workload_row *rows, struct arena *arena,
                       struct columns *ret_columns)
{
    struct columns_builder *builder = NULL;
    struct people_facts facts;
    assert_true(people_find_facts(loaded.rulebook, &facts, &loaded.err).ok);
    assert_true(columns_begin(loaded.rulebook, NULL, PEOPLE, arena, &builder, &loaded.err).ok);
    for (size_t row = 0; row < PEOPLE; row++) {
        struct value given[PEOPLE_FACTS];
        people_values(&rows[row], given);
        for (size_t i = 0; i < PEOPLE_FACTS; i++) {
            if (given[i].known) {
                assert_true(columns_set(builder, row, facts.indices[i], &given[i], &loaded.err).ok);
            }
        }
    }
    assert_true(columns_finish(builder, NULL, ret_columns, &loaded.err).ok);
}

static void compare_screen(const struct screen_answers *answers, const struct workload_row *rows)
{
    for (size_t row = 0; row < PEOPLE; row++) {
        uint32_t bars;
        uint32_t unknown;
        row_screen(&rows[row], &bars, &unknown);
        for (unsigned k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
            const enum clearance defined =
                (bars >> k & 1) != 0
                    ? CLEARANCE_BARRED
                    : ((unknown >> k & 1) != 0 ? CLEARANCE_UNKNOWN : CLEARANCE_CLEAR);
            assert_int_equal(screen_each(answers, k, row), defined);
        }
    }
}

static void screen_people(const struct columns *columns, const struct screen_question *question,
                          enum screen_level level, struct arena *arena,
                          struct screen_answers *ret_answers)
{
    const struct screen *screen = NULL;
    assert_true(screen_compile(columns, question, level, arena, &screen, &loaded.err).ok);
    assert_true(screen_answers_init(screen, true, arena, ret_answers, &loaded.err).ok);
    assert_true(screen_all(screen, *arena, ret_answers, &loaded.err).ok);
}

/* Aim: what the bench times gives the answers of the definition, at every level there is. */
static void test_engine(void **state)
{
    (void)state;
    struct arena arena = loaded.scratch;
    struct workload_row *rows = NULL;
    struct columns columns;
    const struct step *step = &loaded.rulebook->steps[0];
    const struct screen_question question = {.safeguards = step->safeguards,
                                             .safeguard_count = step->safeguard_count,
                                             .today = {WORKLOAD_TODAY}};
    assert_true(workload_rows(PEOPLE, &arena, &rows, &loaded.err).ok);
    columns_of(rows, &arena, &columns);
    for (int level = SCREEN_PLAIN; level < SCREEN_LEVEL_COUNT; level++) {
        struct screen_answers answers;
        if (!screen_level_is_there((enum screen_level)level)) {
            continue;
        }
        screen_people(&columns, &question, (enum screen_level)level, &arena, &answers);
        compare_screen(&answers, rows);
    }
}

/* Aim: answers of more bytes than a cache holds, which are written past it, are the same. Every
 * safeguard is asked many times over. */
static void test_many_answers(void **state)
{
    (void)state;
    enum { TIMES = 50, ASKED = TIMES * WORKLOAD_SAFEGUARDS };
    struct arena arena = loaded.scratch;
    struct workload_row *rows = NULL;
    struct columns columns;
    static uint32_t safeguards[ASKED];
    const struct screen_question question = {
        .safeguards = safeguards, .safeguard_count = ASKED, .today = {WORKLOAD_TODAY}};
    for (size_t i = 0; i < ASKED; i++) {
        safeguards[i] = loaded.rulebook->steps[0].safeguards[i % WORKLOAD_SAFEGUARDS];
    }
    assert_true(workload_rows(PEOPLE, &arena, &rows, &loaded.err).ok);
    columns_of(rows, &arena, &columns);
    for (int level = SCREEN_PLAIN; level < SCREEN_LEVEL_COUNT; level++) {
        struct screen_answers answers;
        if (!screen_level_is_there((enum screen_level)level)) {
            continue;
        }
        screen_people(&columns, &question, (enum screen_level)level, &arena, &answers);
        compare_screen(&answers, rows);
        for (size_t i = WORKLOAD_SAFEGUARDS; i < ASKED; i++) {
            const size_t first = i % WORKLOAD_SAFEGUARDS;
            assert_memory_equal(answers.each_barred[i], answers.each_barred[first],
                                columns.word_count * sizeof(uint64_t));
            assert_memory_equal(answers.each_unknown[i], answers.each_unknown[first],
                                columns.word_count * sizeof(uint64_t));
        }
    }
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
        cmocka_unit_test(test_examples),   cmocka_unit_test(test_judge),
        cmocka_unit_test(test_engine),     cmocka_unit_test(test_many_answers),
        cmocka_unit_test(test_definition),
    };
    return cmocka_run_group_tests_name("screening_bench", tests, setup, teardown);
}
