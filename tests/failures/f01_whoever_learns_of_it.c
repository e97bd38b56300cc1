/* Failure 1, further: what stops a removal is seldom said where the removal is carried out. It
 * comes in a file of another system, as a step that somebody else takes, in a relative's case, or
 * as a finding about the place. Whichever way it comes, whoever is aboard already is called back in
 * that same commit. What says how the journey ended calls nobody back. */
#include "departing.h"

#include "casework/books.h"
#include "casework/import.h"
#include "casework/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    struct office *office = *state;
    office_expect_rebuilt(office);
    office_close(office);
    return 0;
}

static struct somebody aboard(struct office *office, const char *name, const char *stage,
                              const char *step, struct departing *ret_manifest)
{
    const struct lawful_request approved = lawful_approved(office, name, stage, step);
    *ret_manifest = departing_open(office, step, approved.lawful.destination, 0);
    assert_false(departing_list(office, ret_manifest, approved.request).refused);
    assert_int_equal(departing_board(office, ret_manifest).boarded, 1);
    assert_false(departing_entry(office, approved.person.id).recalled);
    return approved.person;
}

static void expect_called_back(struct office *office, const struct somebody *person,
                               const char *safeguard)
{
    int64_t stop = 0;
    assert_true(departing_entry(office, person->id).recalled);
    assert_int_equal(departing_stops(office, OTHER_CLERK, &stop), 1); /* who leads the escort */
    const struct event event = office_event(office, stop);
    assert_int_equal(event.kind, EVENT_DEPARTURE_RECALLED);
    assert_int_equal(event.subject, person->id);
    assert_int_equal(event.body.departure_recalled.safeguards.count, 1);
    assert_true(
        str_equal(event.body.departure_recalled.safeguards.items[0], str_from_c(safeguard)));
}

/* Not failed here: a transaction is open. */
static result tell_fault(void *context, const struct import_fault *fault, struct err *err)
{
    (void)context;
    (void)err;
    fprintf(stderr, "%.*s: %s\n", STR_ARG(fault->column), fault->what);
    return result_ok();
}

/* Aim: the file says it, together with much else. */
static void test_by_a_file(void **state)
{
    struct office *office = *state;
    struct departing manifest;
    struct err err = {0};
    char path[300];
    const struct somebody person =
        aboard(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal", &manifest);
    const struct caller registrar = {.account = office_open_account(office, "registrar")};
    snprintf(path, sizeof path, "%s/extract", office->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "person,court_order.made_at,court_order.status\n%s,by telephone,reported\n",
            person.reference);
    fclose(file);
    const struct import_options options = {
        .path = path, .source = STR("another system"), .fault = tell_fault};
    struct import_outcome outcome = {.rows = 0};
    arena_reset(&office->work);
    if (!casework_import(&office->casework, &registrar, &options, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    unlink(path);
    assert_true(outcome.recorded);
    assert_int_equal(outcome.facts, 2);
    expect_called_back(office, &person, "no_court_order");
}

/* Aim: the appeal is lodged from abroad while the aircraft is in the air. */
static void test_by_a_step(void **state)
{
    struct office *office = *state;
    struct departing manifest;
    char today[DATE_TEXT_SIZE];
    const struct somebody person =
        aboard(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal", &manifest);
    date_format(office_today(office), today);
    assert_true(office_record(office, CLERK, person.reference, "first_tier.received_on", today).ok);
    assert_false(departing_entry(office, person.id).recalled);
    const struct outcome lodged =
        office_ask_for(office, CLERK, &person, "lodge_appeal_from_abroad", "");
    assert_true(lodged.ok && !lodged.refused);
    expect_called_back(office, &person, "no_appeal_open");
}

/* Aim: the monitor finds something serious at the hub to which somebody is on the way. */
static void test_by_a_finding(void **state)
{
    struct office *office = *state;
    struct departing manifest;
    struct entry_answer answer = {.stopped_count = 0};
    struct err err = {0};
    const struct somebody person =
        aboard(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer", &manifest);
    const struct caller monitor = office_caller(office, MONITOR_NORTH);
    const struct book_field fields[] = {{STR("severity"), STR("serious")},
                                        {STR("description"), STR("doors are locked at night")}};
    const struct new_entry finding = {
        .kind = STR("finding"),
        .about = STR(HUB_NORTH),
        .due_on = {.known = true, .day = date_add_days(office_today(office), 14)},
        .due_reason = STR("agreed"),
        .fields = fields,
        .field_count = 2};
    arena_reset(&office->work);
    if (!casework_open_entry(&office->casework, &monitor, &finding, &office->work, &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    assert_int_equal(answer.stopped_count, 1);
    assert_true(answer.stopped[0].aboard);
    expect_called_back(office, &person, "hub_is_monitored");
}

/* Aim: what says how the journey ended is no reason to call it back: refused on arrival, and
 * brought back, before anybody accounts for the person. */
static void test_not_by_its_end(void **state)
{
    struct office *office = *state;
    struct departing manifest;
    char today[DATE_TEXT_SIZE];
    const struct somebody refused =
        aboard(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer", &manifest);
    assert_true(
        office_record(office, CLERK, refused.reference, "transfer.refused_on_arrival", "yes").ok);
    const struct outcome back = office_ask_for(office, CLERK, &refused, "refuse_on_arrival", "");
    assert_true(back.ok && !back.refused);
    assert_false(departing_entry(office, refused.id).recalled);
    const struct somebody failed =
        aboard(office, "PersonTwo Samplebeta", "removal_prepared", "enforced_removal", &manifest);
    date_format(office_today(office), today);
    assert_true(office_record(office, CLERK, failed.reference, "removal.failed_on", today).ok);
    assert_true(
        office_record(office, CLERK, failed.reference, "removal.failed_because", "other_cause").ok);
    const struct outcome brought = office_ask_for(office, CLERK, &failed, "brought_back", "");
    assert_true(brought.ok && !brought.refused);
    assert_false(departing_entry(office, failed.id).recalled);
}

/* Aim: a record that nobody may process is still somebody's whom a court protects: who sees it
 * reports the order, and whoever is aboard is called back. */
static void test_of_a_restricted_record(void **state)
{
    struct office *office = *state;
    struct departing manifest;
    struct err err = {0};
    struct privacy_answer restricted;
    struct record_answer answer = {.event_count = 0};
    const struct somebody person =
        aboard(office, "PersonOne Samplealpha", "removal_prepared", "enforced_removal", &manifest);
    const int64_t guardian = office_open_account(office, "data_protection_officer");
    struct caller guards = {.account = guardian, .client_id = office_client_id(office)};
    arena_reset(&office->work);
    assert_true(casework_privacy(&office->casework, &guards, PRIVACY_RESTRICT,
                                 str_from_c(person.reference), STR("Accuracy is contested"),
                                 &office->work, &restricted, &err)
                    .ok);
    assert_false(departing_report(office, CLERK, &person).ok); /* for them there is nobody */
    guards.client_id = office_client_id(office);
    const struct reported_order order = {.order = STR("court_order"),
                                         .reporter = STR("the person's representative"),
                                         .means = STR("by telephone"),
                                         .heard_at = {.milliseconds = atomic_load(&office->now)}};
    if (!casework_report_order(&office->casework, &guards, str_from_c(person.reference), &order,
                               &office->work, &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    assert_true(answer.stopped_count == 1 && answer.stopped[0].aboard);
    assert_true(departing_entry(office, person.id).recalled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_by_a_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_by_a_step, setup, teardown),
        cmocka_unit_test_setup_teardown(test_by_a_finding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_by_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_of_a_restricted_record, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
