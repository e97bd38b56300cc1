/* F12. Data was keyed twice, kept in spreadsheets beside the system, and stood in several records
 * of one person, with references of older systems that were still in use.
 *
 * Tried here: a list from older systems is brought in twice, with the references typed in different
 * ways: each person is registered once. Every reference of every older system stays an alias and
 * finds the person, also when a second record that stood under another of them is merged, and when
 * that merge is undone. */
#include "../casework/office.h"
#include "casework/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PEOPLE = 20, SCHEMES = 4 };

static const char *const schemes[SCHEMES] = {"home_office", "cid", "atlas", "gwf"};

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* As one system or the other writes it. */
static void write_reference(char *text, size_t size, int scheme, int person, bool spaced)
{
    static const char *const forms[SCHEMES][2] = {
        {"A", "a "}, {"", " "}, {"AT", "at-"}, {"GWF", "gwf "}};
    static const int widths[SCHEMES] = {7, 8, 6, 9};
    snprintf(text, size, "%s%0*d", forms[scheme][spaced ? 1 : 0], widths[scheme], 1000 + person);
}

static struct registration_answer bring_in(struct office *office, int person, bool spaced)
{
    static char values[SCHEMES][40];
    struct identifier_entry entries[SCHEMES];
    char name[60];
    for (int i = 0; i < SCHEMES; i++) {
        write_reference(values[i], sizeof values[i], i, person, spaced);
        entries[i] = (struct identifier_entry){.scheme = str_from_c(schemes[i]),
                                               .value = str_from_c(values[i]),
                                               .issuer = STR(""),
                                               .source = STR("older system")};
    }
    snprintf(name, sizeof name, "Person%d Sample%d", person, person);
    const struct registration registration = {.name = str_from_c(name),
                                              .registered_on = office_today(office),
                                              .identifiers = entries,
                                              .identifier_count = SCHEMES,
                                              .unless_known = true};
    const struct caller caller = office_caller(office, CLERK);
    struct registration_answer answer;
    struct err err = {0};
    arena_reset(&office->work);
    if (!casework_register_person(&office->casework, &caller, &registration, &office->work, &answer,
                                  &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static int64_t find(struct office *office, int scheme, int person)
{
    char value[40];
    char typed[60];
    const struct caller caller = office_caller(office, CLERK);
    struct identity_answer answer;
    write_reference(value, sizeof value, scheme, person, true);
    snprintf(typed, sizeof typed, "%s:%s", schemes[scheme], value);
    arena_reset(&office->work);
    return casework_identity(&office->casework, &caller, str_from_c(typed), NULL, &office->work,
                             &answer, NULL)
                   .ok
               ? answer.person.id
               : 0;
}

static void test_brought_in_once(void **state)
{
    struct office *office = *state;
    int64_t people[PEOPLE];
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = bring_in(office, i, false).person.id;
        assert_true(people[i] != 0);
    }
    const int64_t events = office_events(office);
    for (int i = 0; i < PEOPLE; i++) { /* the whole list again, typed otherwise */
        const struct registration_answer again = bring_in(office, i, true);
        assert_int_equal(again.person.id, 0);
        assert_int_equal(again.likely_count, 1);
        assert_int_equal(again.likely[0].person.id, people[i]);
    }
    assert_int_equal(office_events(office), events);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM person"), PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        for (int scheme = 0; scheme < SCHEMES; scheme++) {
            assert_int_equal(find(office, scheme, i), people[i]);
        }
    }
}

static int64_t merge(struct office *office, str whole, str part)
{
    struct merge_plan plan;
    struct record_answer answer;
    struct err err = {0};
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller senior = office_caller(office, SENIOR);
    assert_true(casework_request_merge(&office->casework, &clerk, whole, part, STR("keyed twice"),
                                       &office->work, &plan, &err)
                    .ok);
    assert_true(casework_confirm_merge(&office->casework, &senior, plan.merge.id,
                                       plan.conflict_count, &office->work, &answer, &err)
                    .ok);
    return plan.merge.id;
}

/* Two older systems had the same person under references of their own. */
static void test_every_alias_stays(void **state)
{
    struct office *office = *state;
    char one[REFERENCE_SIZE];
    char two[REFERENCE_SIZE];
    const struct registration_answer first = bring_in(office, 1, false);
    const int64_t first_id = first.person.id;
    snprintf(one, sizeof one, "%.*s", STR_ARG(first.person.reference));
    const struct registration_answer second = bring_in(office, 2, false);
    const int64_t second_id = second.person.id;
    snprintf(two, sizeof two, "%.*s", STR_ARG(second.person.reference));
    const int64_t merged = merge(office, str_from_c(one), str_from_c(two));
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        assert_int_equal(find(office, scheme, 1), first_id);
        assert_int_equal(find(office, scheme, 2), first_id);
    }
    const struct caller caller = office_caller(office, CLERK);
    struct identity_answer answer;
    arena_reset(&office->work);
    assert_true(casework_identity(&office->casework, &caller, str_from_c(two), NULL, &office->work,
                                  &answer, NULL)
                    .ok);
    assert_int_equal(answer.identifier_count, 2 * SCHEMES);
    assert_int_equal(answer.record_count, 2);
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer separated;
    assert_true(casework_separate(&office->casework, &senior, merged, STR("two people"), NULL, 0,
                                  &office->work, &separated, NULL)
                    .ok);
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        assert_int_equal(find(office, scheme, 1), first_id);
        assert_int_equal(find(office, scheme, 2), second_id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_brought_in_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_alias_stays, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
