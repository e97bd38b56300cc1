/* F14: travel documents were agreed and not used, most of those who could be reached were not being
 * worked on, and some had leave already. Here a document that was obtained comes up before it
 * expires and stays overdue until it was used or there is a newer one; and somebody who has leave
 * is in no queue of departures. */
#include "office.h"

#include "casework/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static struct work_answer ask(struct office *office, struct arena *arena, unsigned kinds,
                              int32_t within_days, const char *role)
{
    struct work_answer answer;
    struct err err = {0};
    const struct caller clerk = office_caller(office, CLERK);
    const struct work_query query = {
        .within_days = within_days, .kinds = kinds, .role = str_from_c(role), .limit = 50};
    if (!casework_work(&office->casework, &clerk, &query, arena, &answer, &err).ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static void record(struct office *office, const struct somebody *person, const char *fact,
                   const char *value)
{
    const struct recorded recorded = office_record(office, CLERK, person->reference, fact, value);
    if (!recorded.ok) {
        fail_msg("%s: %s", fact, recorded.err.what);
    }
}

static const struct work_due *find_clock(const struct office *office,
                                         const struct work_answer *answer, const char *clock)
{
    for (size_t i = 0; i < answer->count; i++) {
        const uint32_t index = answer->lines[i].clock.clock;
        if (index != NOT_FOUND_INDEX &&
            str_equal(office->casework.rulebook->clocks[index].name, str_from_c(clock))) {
            return &answer->lines[i];
        }
    }
    return NULL;
}

/* Aim: a travel document that was obtained comes up before it expires, and stays overdue until
 * there is none or a newer one: unknown is not done. */
static void test_document(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonTwo Samplebeta");
    struct arena scratch = office->work;
    record(office, &person, "person.in_uk", "yes");
    record(office, &person, "travel_document.status", "held");
    record(office, &person, "travel_document.expires_on", "2026-07-20");
    const struct work_answer before = ask(office, &scratch, WORK_ALL_KINDS, 10, "");
    assert_null(find_clock(office, &before, "travel_document_valid"));
    office_move_days(office, 12);
    const struct work_answer coming = ask(office, &scratch, WORK_ALL_KINDS, 10, "");
    assert_int_equal(find_clock(office, &coming, "travel_document_valid")->days_left, 8);
    office_move_days(office, 10);
    const struct work_answer late = ask(office, &scratch, 1U << WORK_OVERDUE, 0, "");
    assert_int_equal(find_clock(office, &late, "travel_document_valid")->kind, WORK_OVERDUE);
    record(office, &person, "travel_document.status", "unknown");
    const struct work_answer still = ask(office, &scratch, 1U << WORK_OVERDUE, 0, "");
    assert_non_null(find_clock(office, &still, "travel_document_valid"));
    record(office, &person, "travel_document.status", "none");
    const struct work_answer gone = ask(office, &scratch, 1U << WORK_OVERDUE, 0, "");
    assert_null(find_clock(office, &gone, "travel_document_valid"));
}

/* Aim: nothing is due of somebody whose case has an outcome, and a fact that leave was granted bars
 * the departure. */
static void test_leave(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonThree Samplegamma");
    struct arena scratch = office->work;
    record(office, &person, "person.in_uk", "yes");
    record(office, &person, "travel_document.expires_on", "2026-07-02");
    assert_int_equal(ask(office, &scratch, 1U << WORK_ENDS, 10, "").total, 1);
    record(office, &person, "decision.grant_in_writing", "yes");
    const struct outcome granted = office_ask_for(office, CLERK, &person, "grant_leave", "");
    assert_true(granted.ok);
    assert_false(granted.refused);
    assert_int_equal(ask(office, &scratch, WORK_ALL_KINDS, 10, "").total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_document, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leave, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
