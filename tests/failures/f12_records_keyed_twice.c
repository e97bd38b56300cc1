/* Aim: F12. Spreadsheets and several case systems led to double keying and to several records of
 * one person, while the old identifiers stayed in use.
 *
 * Two extracts of different systems about the same people are imported, in any order and twice.
 * Each person must have one record, found by every identifier any system ever gave; what does not
 * fit together must be told, and change nothing. */
#include "../casework/office.h"

#include "casework/import.h"
#include "casework/protection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    struct office office;
    struct caller registrar;
    char path[260];
    char fault[400]; /* the last one told */
};

static int setup(void **state)
{
    static struct desk desk;
    desk = (struct desk){.fault = ""};
    office_open(&desk.office);
    desk.registrar.account = office_open_account(&desk.office, "registrar");
    snprintf(desk.path, sizeof desk.path, "%s/extract", desk.office.folder);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    unlink(desk->path);
    office_close(&desk->office);
    return 0;
}

static result keep_fault(void *context, const struct import_fault *fault, struct err *err)
{
    struct desk *desk = context;
    (void)err;
    snprintf(desk->fault, sizeof desk->fault, "%lld %.*s: %s", (long long)fault->row,
             STR_ARG(fault->column), fault->what);
    return result_ok();
}

static struct import_outcome import(struct desk *desk, const char *source, const char *text)
{
    struct err err = {0};
    struct import_outcome outcome = {.rows = 0};
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    const struct import_options options = {.path = desk->path,
                                           .source = str_from_c(source),
                                           .fault = keep_fault,
                                           .fault_context = desk};
    if (!casework_import(&desk->office.casework, &desk->registrar, &options, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    return outcome;
}

static int64_t people(struct desk *desk)
{
    return office_ask(&desk->office, "SELECT COUNT(*) FROM person");
}

/* While an extract is being checked, somebody else brings one of its people in. */
static void bring_one_in(void *context, const struct import_progress *progress)
{
    struct desk *desk = context;
    if (progress->phase == IMPORT_CHECKING) {
        char path[sizeof desk->path];
        memcpy(path, desk->path, sizeof path);
        snprintf(desk->path, sizeof desk->path, "%s/meanwhile", desk->office.folder);
        import(desk, "another desk",
               "reference@case-system,name,registered_on\nC-1,Synthetic Person 1,2020-01-01\n");
        unlink(desk->path);
        memcpy(desk->path, path, sizeof path);
    }
}

static void test_brought_in_meanwhile(void **state)
{
    enum { ROWS = 4200 }; /* progress is told of the first 4,096 */
    struct desk *desk = *state;
    struct err err = {0};
    struct import_outcome outcome = {.rows = 0};
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs("reference@case-system,name,registered_on,person.nationality\n", file);
    for (int i = 1; i <= ROWS; i++) {
        fprintf(file, "C-%d,Synthetic Person %d,2020-01-01,ALB\n", i, i);
    }
    fclose(file);
    const struct import_options options = {.path = desk->path,
                                           .source = STR("case system"),
                                           .progress = bring_one_in,
                                           .progress_context = desk};
    if (!casework_import(&desk->office.casework, &desk->registrar, &options, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    assert_int_equal(outcome.new_people, ROWS - 1);
    assert_int_equal(outcome.changed_people, 1);
    assert_int_equal(people(desk), ROWS);
}

static const char case_system[] = "reference@case-system,name,registered_on,person.nationality\r\n"
                                  "C-1,Synthetic Person One,2020-01-01,ALB\r\n"
                                  "C-2,Synthetic Person Two,2020-01-02,XKX\r\n";

/* The same people as the ports know them: with their own numbers, and those of the case system. */
static const char ports[] =
    "reference@ports,reference@case-system,name,registered_on,person.remarks\n"
    "P-77,C-2,Synthetic Person Two,2020-01-02,arrived by ferry\n"
    "P-78,C-1,Synthetic Person One,,\n"
    "P-79,,Synthetic Person Three,2021-05-05,\n";

static void test_one_record_each(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(import(desk, "case system", case_system).new_people, 2);
    const struct import_outcome second = import(desk, "ports", ports);
    assert_int_equal(second.new_people, 1);
    assert_int_equal(second.changed_people, 2);
    assert_int_equal(second.references, 3);
    assert_int_equal(people(desk), 3);
    /* By the ports' number alone, and nothing is keyed again. */
    const int64_t events = office_events(&desk->office);
    const struct import_outcome third =
        import(desk, "ports", "reference@ports,person.remarks\nP-77,arrived by ferry\nP-78,\n");
    assert_true(third.recorded);
    assert_int_equal(third.unchanged_people, 2);
    assert_int_equal(office_events(&desk->office), events);
}

static void test_twice_is_once(void **state)
{
    struct desk *desk = *state;
    import(desk, "case system", case_system);
    import(desk, "ports", ports);
    const int64_t events = office_events(&desk->office);
    import(desk, "ports", ports);
    import(desk, "case system", case_system);
    assert_int_equal(office_events(&desk->office), events);
    assert_int_equal(people(desk), 3);
}

/* Every identifier stays: the events have all of them, and each finds its person. */
static void test_no_identifier_is_lost(void **state)
{
    struct desk *desk = *state;
    import(desk, "case system", case_system);
    import(desk, "ports", ports);
    _Static_assert(EVENT_IDENTIFIER_RECORDED == 47, "as in the questions");
    assert_int_equal(office_ask(&desk->office, "SELECT COUNT(*) FROM lookup JOIN event"
                                               " USING (position) WHERE event.kind = 47"),
                     5);
    assert_int_equal(office_ask(&desk->office,
                                "SELECT COUNT(DISTINCT record) FROM lookup JOIN event"
                                " USING (position) WHERE event.kind = 47"),
                     3);
}

static void test_two_people_in_one_row(void **state)
{
    struct desk *desk = *state;
    import(desk, "case system", case_system);
    import(desk, "ports", ports);
    const int64_t events = office_events(&desk->office);
    /* P-77 is Two, C-1 is One: the row says they are one person. */
    const struct import_outcome mixed =
        import(desk, "ports", "reference@ports,reference@case-system,name\nP-77,C-1,Somebody\n");
    assert_false(mixed.recorded);
    assert_int_equal(mixed.faults, 1);
    assert_non_null(strstr(desk->fault, "2 reference@case-system: The register has more than one"));
    assert_int_equal(office_events(&desk->office), events);
}

static void test_one_person_in_two_rows(void **state)
{
    struct desk *desk = *state;
    const struct import_outcome twice =
        import(desk, "case system",
               "reference@case-system,name,registered_on\n"
               "C-9,Synthetic Person Nine,2020-01-01\nC-9,Synthetic Person Nine,2020-01-01\n");
    assert_false(twice.recorded);
    assert_non_null(strstr(desk->fault, "3 reference@case-system: Row 2 has the same reference"));
    assert_int_equal(people(desk), 0);
}

/* What somebody corrected here is not keyed over by the extract that was wrong. */
static void test_correction_stays(void **state)
{
    struct desk *desk = *state;
    import(desk, "case system", case_system);
    char reference[REFERENCE_SIZE];
    const struct person_row person = office_person(&desk->office, 1);
    snprintf(reference, sizeof reference, "%.*s", STR_ARG(person.reference));
    assert_true(office_record(&desk->office, CLERK, reference, "person.nationality", "XKX").ok);
    const int64_t events = office_events(&desk->office);
    import(desk, "case system", case_system);
    office_move_days(&desk->office, 3);
    import(desk, "case system", case_system);
    assert_int_equal(office_events(&desk->office), events);
    /* But what the system changes is news. */
    const struct import_outcome changed =
        import(desk, "case system", "reference@case-system,person.nationality\nC-2,ALB\n");
    assert_int_equal(changed.facts, 1);
    assert_int_equal(office_events(&desk->office), events + 1);
}

static const char under_another_number[] = "reference@ports,name,born_on,registered_on\n"
                                           "P-5,ONE Synthetic Person,1990-03-04,2023-01-09\n";

static void one_is_here(struct desk *desk)
{
    import(desk, "case system",
           "reference@case-system,name,born_on,registered_on\n"
           "C-1,Synthetic Person One,1990-03-04,2020-01-01\n");
    assert_int_equal(people(desk), 1);
}

/* Under a number that nobody here knows, and not otherwise known again: told, and not registered.
 */
static void test_known_by_name_and_day(void **state)
{
    struct desk *desk = *state;
    one_is_here(desk);
    const struct import_outcome outcome = import(desk, "ports", under_another_number);
    assert_false(outcome.recorded);
    assert_int_equal(outcome.faults, 1);
    assert_non_null(strstr(desk->fault, "has this name and date of birth"));
    assert_int_equal(people(desk), 1);
}

/* A protected person is nobody's to find by guessing a name and a day. */
static void test_protected_is_not_told(void **state)
{
    struct desk *desk = *state;
    one_is_here(desk);
    static const str names[] = {STR_INIT("senior_officer")};
    const struct protection protection = {
        .roles = names, .role_count = 1, .reason = STR("a threat")};
    const struct caller senior = office_caller(&desk->office, SENIOR);
    const struct person_row person = office_person(&desk->office, 1);
    int64_t event = 0;
    assert_true(casework_protect_person(&desk->office.casework, &senior, person.reference,
                                        &protection, &desk->office.work, &event, NULL)
                    .ok);
    const struct import_outcome outcome = import(desk, "ports", under_another_number);
    assert_true(outcome.recorded);
    assert_int_equal(outcome.likely, 0);
    assert_int_equal(outcome.new_people, 1);
}

/* A fact that un-clears an approved transfer stops it, also when it comes in a file. */
static void test_import_stops_what_is_not_clear(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Synthetic Person Ready");
    const int64_t request = office_transfer(&desk->office, &person, HUB_NORTH, 2);
    char text[200];
    snprintf(text, sizeof text, "person,order.injunction\n%s,in_force\n", person.reference);
    const struct import_outcome outcome = import(desk, "court lists", text);
    assert_true(outcome.recorded);
    assert_int_equal(outcome.stopped_requests, 1);
    assert_int_equal(office_request(&desk->office, request).state, REQUEST_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_record_each, setup, teardown),
        cmocka_unit_test_setup_teardown(test_twice_is_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_brought_in_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_identifier_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_people_in_one_row, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_person_in_two_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_correction_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_known_by_name_and_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_protected_is_not_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_import_stops_what_is_not_clear, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
