/* F07. People with a right to be here were treated as if they had none: evidence of their status
 * lay in files that nobody asked; about 12,000 records were then read by hand, and cases were left
 * out of the count.
 *
 * Tried here, under the law of the United Kingdom: evidence of citizenship is recorded and later
 * overwritten, withdrawn by mistake, or stands in a second record of the same person. One question
 * must find every person of whom there is such evidence, and nobody else, in seconds; and while the
 * evidence stands no enforced removal is clear. */
#include "../casework/office.h"
#include "casework/evidence.h"
#include "casework/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

enum { PEOPLE = 120, KINDS = 6 };

static const char fact[] = "citizenship.british_or_right_of_abode";

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, "uk");
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static int64_t record(struct office *office, const struct somebody *person, const char *value)
{
    const struct recorded recorded = office_record(office, CLERK, person->reference, fact, value);
    assert_true(recorded.ok);
    return recorded.event;
}

/* What became of the evidence of each: 0 and 1: there is none; 2: it counts; 3: overwritten; 4:
 * withdrawn; 5: it stands in a second record. */
static void tell(struct office *office, const struct somebody *person, int kind)
{
    if (kind == 1) {
        record(office, person, "excluded");
    } else if (kind == 2) {
        record(office, person, "confirmed");
    } else if (kind == 3) {
        record(office, person, "confirmed");
        record(office, person, "excluded");
    } else if (kind == 4) {
        const int64_t event = record(office, person, "confirmed");
        assert_true(office_withdraw_fact(office, CLERK, event).ok);
    }
}

static void merge(struct office *office, const struct somebody *whole, const struct somebody *part)
{
    struct err err = {0};
    struct merge_plan plan = {.conflict_count = 0};
    struct record_answer answer;
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller senior = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(casework_request_merge(&office->casework, &clerk, str_from_c(whole->reference),
                                       str_from_c(part->reference), STR("one person"),
                                       &office->work, &plan, &err)
                    .ok);
    assert_true(casework_confirm_merge(&office->casework, &senior, plan.merge.id,
                                       plan.conflict_count, &office->work, &answer, &err)
                    .ok);
}

static const struct evidence_line *ask(struct office *office, const char *value, bool conflicting,
                                       size_t *ret_count)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct evidence_query query = {
        .fact = str_from_c(fact), .value = str_from_c(value), .conflicting_only = conflicting};
    const struct evidence_line *lines = NULL;
    struct err err = {0};
    arena_reset(&office->work);
    assert_true(casework_evidence(&office->casework, &caller, &query, &office->work, &lines,
                                  ret_count, &err)
                    .ok);
    return lines;
}

static const struct evidence_line *line_of(const struct evidence_line *lines, size_t count,
                                           int64_t person)
{
    for (size_t i = 0; i < count; i++) {
        if (lines[i].person.id == person) {
            return &lines[i];
        }
    }
    return NULL;
}

static void test_everybody_is_found(void **state)
{
    struct office *office = *state;
    static struct somebody people[PEOPLE];
    for (int i = 0; i < PEOPLE; i++) {
        char name[60];
        snprintf(name, sizeof name, "Person%d Sample%d", i, i);
        people[i] = office_register(office, name);
        tell(office, &people[i], i % KINDS);
        if (i % KINDS == 5) {
            snprintf(name, sizeof name, "Person%d Again%d", i, i);
            const struct somebody again = office_register(office, name);
            record(office, &again, "confirmed");
            merge(office, &people[i], &again);
        }
    }
    size_t count = 0;
    const clock_t begun = clock();
    const struct evidence_line *lines = ask(office, "confirmed", false, &count);
    const double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    print_message("# %zu people found in %.3f s\n", count, seconds);
    assert_true(seconds < 5);
    assert_int_equal(count, PEOPLE / KINDS * 4);
    for (int i = 0; i < PEOPLE; i++) {
        const struct evidence_line *line = line_of(lines, count, people[i].id);
        assert_int_equal(line != NULL, i % KINDS >= 2);
        assert_true(line == NULL || line->conflicting == (i % KINDS == 3));
    }
    /* Of whom both stand. */
    lines = ask(office, "", true, &count);
    assert_int_equal(count, PEOPLE / KINDS);
    assert_non_null(line_of(lines, count, people[3].id));
}

/* Aim: evidence that was found in a second record bars the removal of the person from that commit
 * on. */
static void test_it_bars(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    record(office, &one, "excluded");
    record(office, &two, "confirmed");
    merge(office, &one, &two);
    const struct caller caller = office_caller(office, CLERK);
    struct explain_answer answer;
    struct err err = {0};
    bool barred = false;
    assert_true(casework_explain(&office->casework, &caller, str_from_c(one.reference),
                                 STR("enforced_removal"), STR(""), NULL, &office->work, &answer,
                                 &err)
                    .ok);
    for (size_t i = 0; i < answer.explanation.safeguard_count; i++) {
        const struct safeguard_explanation *each = &answer.explanation.safeguards[i];
        const str name = office->casework.rulebook->safeguards[each->safeguard].name;
        barred =
            barred || (str_contains(name, STR("british")) && each->clearance == CLEARANCE_BARRED);
    }
    assert_true(barred);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everybody_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_bars, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
