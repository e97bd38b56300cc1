/* Aim: a departure from its first line to its last: who may prepare, board and see it; one person
 * on one manifest; a hub is told whom to expect; sent twice, done once; nothing closes over
 * somebody who is not accounted for; and the rows are what the events add up to. Under the law of
 * the European Union, so that no law is built in. */
#include "departing.h"

#include "casework/privacy.h"
#include "casework/protection.h"
#include "casework/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, "eu");
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

static struct lawful_request ready_to_transfer(struct office *office)
{
    return lawful_approved(office, "PersonOne Samplealpha", "transfer_being_prepared",
                           "hub_transfer");
}

struct seen {
    struct err err;
    size_t count;
    size_t listed;
    size_t clear;
};

static struct seen see(struct office *office, enum account_name account,
                       const struct departing *manifest)
{
    struct seen seen = {.count = 0};
    struct manifest_answer answer = {.count = 0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    if (casework_manifest(&office->casework, &caller, str_from_c(manifest->reference),
                          &office->work, &answer, &seen.err)
            .ok) {
        seen.count = answer.count;
        seen.listed = answer.manifest.listed;
        for (size_t i = 0; i < answer.count; i++) {
            seen.clear +=
                answer.people[i].judged && answer.people[i].clearance == CLEARANCE_CLEAR ? 1 : 0;
        }
    }
    return seen;
}

struct expected_work {
    int64_t hub;
    struct arena *arena;
    size_t count;
};

static result read_expected(struct transaction *transaction, void *context, struct err *err)
{
    struct expected_work *work = context;
    const struct manifest_entry_row *rows = NULL;
    return transaction_expected_arrivals(transaction, work->hub, work->arena, &rows, &work->count,
                                         err);
}

static size_t expected_at(struct office *office, int64_t hub)
{
    struct err err = {0};
    struct expected_work work = {.hub = hub, .arena = &office->perm};
    assert_true(store_read(office->store, read_expected, &work, &err).ok);
    return work.count;
}

static void test_a_whole_departure(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready_to_transfer(office);
    const struct lawful_request two = ready_to_transfer(office);
    const struct departing manifest =
        departing_open(office, "hub_transfer", "", 0); /* the country of the hub */
    assert_true(manifest.ok);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_false(departing_list(office, &manifest, two.request).refused);
    assert_int_equal(departing_list(office, &manifest, one.request).err.code, ERROR_CONFLICT);
    const struct seen seen = see(office, OPERATOR_NORTH, &manifest);
    assert_true(seen.count == 2 && seen.listed == 2 && seen.clear == 2);
    assert_int_equal(see(office, OPERATOR_SOUTH, &manifest).err.code, ERROR_NOT_FOUND);
    assert_int_equal(see(office, ADMINISTRATOR, &manifest).err.code, ERROR_FORBIDDEN);
    assert_int_equal(expected_at(office, office->hub_north), 0);
    const struct caller operator_north = office_caller(office, OPERATOR_NORTH);
    assert_int_equal(departing_board_by(office, &operator_north, &manifest).err.code,
                     ERROR_FORBIDDEN);
    const struct boarded boarded = departing_board(office, &manifest);
    assert_true(boarded.ok && boarded.boarded == 2);
    assert_int_equal(office_places(office, office->hub_north).occupied, 2);
    assert_int_equal(expected_at(office, office->hub_north), 2);
    assert_int_equal(expected_at(office, office->hub_south), 0);
    /* What the step itself set back is no reason to call anybody back. */
    assert_int_equal(
        office_record(office, CLERK, one.person.reference, "representation.made_at", "to nobody")
            .stopped_count,
        0);
    assert_false(departing_entry(office, one.person.id).recalled);
    office->now += 3 * 60 * 60 * 1000;
    assert_true(departing_leave(office, &manifest).ok);
    assert_true(departing_account(office, &manifest, &one.person, "arrived", "").ok);
    assert_int_equal(expected_at(office, office->hub_north), 1);
    assert_int_equal(departing_close(office, &manifest).err.code, ERROR_CONFLICT);
    assert_int_equal(departing_account(office, &manifest, &one.person, "arrived", "").err.code,
                     ERROR_NOT_FOUND); /* once */
    assert_int_equal(departing_account(office, &manifest, &two.person, "lost", "").err.code,
                     ERROR_INPUT);
    assert_true(
        office_record(office, CLERK, two.person.reference, "transfer.refused_on_arrival", "yes")
            .ok);
    const struct outcome refused =
        departing_account(office, &manifest, &two.person, "returned", "refuse_on_arrival");
    assert_true(refused.ok && !refused.refused);
    assert_string_equal(refused.stage, "to_be_returned");
    assert_int_equal(office_places(office, office->hub_north).occupied, 1);
    const struct departing closed = departing_close(office, &manifest);
    assert_int_equal(closed.row.state, MANIFEST_CLOSED);
    assert_int_equal(expected_at(office, office->hub_north), 0);
}

static void know_arrival(struct office *office, const struct somebody *person)
{
    char today[DATE_TEXT_SIZE];
    date_format(instant_date((instant){.milliseconds = atomic_load(&office->now)}), today);
    assert_true(office_record(office, CLERK, person->reference, "hub_stay.arrived_on", today).ok);
}

/* What the manifest was told since the event at `from`: the outcome, once. */
static void expect_accounted(struct office *office, int64_t from, const char *outcome)
{
    size_t count = 0;
    for (int64_t i = from; i <= office_events(office); i++) {
        const struct event event = office_event(office, i);
        if (event.kind == EVENT_MANIFEST_PERSON_ACCOUNTED) {
            count++;
            assert_true(
                str_equal(event.body.manifest_person_accounted.outcome, str_from_c(outcome)));
        }
    }
    assert_int_equal(count, 1);
}

static struct outcome confirm(struct office *office, const struct somebody *person)
{
    return office_ask_for(office, CLERK, person, "confirm_arrival", "");
}

/* Aim: whom the hub confirms, or refuses, is accounted for on the manifest in the same commit, and
 * not a second time; the arrival is confirmed once. */
static void test_the_hub_confirms(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready_to_transfer(office);
    const struct lawful_request two = ready_to_transfer(office);
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_false(departing_list(office, &manifest, two.request).refused);
    assert_int_equal(departing_board(office, &manifest).boarded, 2);
    office->now += 3 * 60 * 60 * 1000;
    assert_true(departing_leave(office, &manifest).ok);
    know_arrival(office, &one.person);
    const struct outcome confirmed = confirm(office, &one.person);
    if (!confirmed.ok || confirmed.refused) {
        fail_msg("%s%s", confirmed.err.what, confirmed.refusal);
    }
    expect_accounted(office, confirmed.event, "arrived");
    assert_int_equal(expected_at(office, office->hub_north), 1);
    const int64_t events = office_events(office);
    assert_int_equal(confirm(office, &one.person).err.code, ERROR_CONFLICT);
    assert_true(
        office_record(office, CLERK, one.person.reference, "transfer.refused_on_arrival", "yes")
            .ok);
    const struct outcome late = office_ask_for(office, CLERK, &one.person, "refuse_on_arrival", "");
    assert_int_equal(late.err.code, ERROR_CONFLICT);
    assert_int_equal(departing_account(office, &manifest, &one.person, "arrived", "").err.code,
                     ERROR_NOT_FOUND);
    assert_int_equal(office_events(office), events + 1);
    assert_true(
        office_record(office, CLERK, two.person.reference, "transfer.refused_on_arrival", "yes")
            .ok);
    const struct outcome refused =
        office_ask_for(office, CLERK, &two.person, "refuse_on_arrival", "");
    assert_true(refused.ok && !refused.refused);
    expect_accounted(office, refused.event, "returned");
    assert_int_equal(departing_close(office, &manifest).row.state, MANIFEST_CLOSED);
}

static struct departing cancel(struct office *office, const struct caller *caller,
                               const struct departing *manifest, const char *reason)
{
    struct departing cancelled = {.ok = false};
    arena_reset(&office->work);
    cancelled.ok =
        casework_cancel_manifest(&office->casework, caller, str_from_c(manifest->reference),
                                 str_from_c(reason), &office->work, &cancelled.row, &cancelled.err)
            .ok;
    return cancelled;
}

static void test_cancelled(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready_to_transfer(office);
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    const struct caller caller = office_caller(office, CLERK);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_int_equal(cancel(office, &caller, &manifest, "").err.code, ERROR_INPUT);
    assert_int_equal(cancel(office, &caller, &manifest, "fog").row.state, MANIFEST_CANCELLED);
    const int64_t events = office_events(office);
    assert_true(cancel(office, &caller, &manifest, "fog").ok); /* the same command */
    assert_int_equal(cancel(office, &caller, &manifest, "snow").err.code, ERROR_CONFLICT);
    assert_int_equal(office_events(office), events);
    assert_int_equal(office_request(office, one.request).state, REQUEST_APPROVED);
    assert_int_equal(departing_entry(office, one.person.id).manifest, 0);
    assert_false(departing_board(office, &manifest).ok);
    const struct departing next = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &next, one.request).refused);
    struct err err = {0};
    struct manifest_row row;
    arena_reset(&office->work);
    assert_true(casework_take_off_manifest(&office->casework, &caller, str_from_c(next.reference),
                                           str_from_c(one.person.reference), STR("ill"),
                                           &office->work, &row, &err)
                    .ok == false); /* that client id was another command's */
    const struct caller fresh = office_caller(office, CLERK);
    assert_true(casework_take_off_manifest(&office->casework, &fresh, str_from_c(next.reference),
                                           str_from_c(one.person.reference), STR("ill"),
                                           &office->work, &row, &err)
                    .ok);
    assert_false(departing_list(office, &next, one.request).refused); /* well again */
}

/* Aim: what cannot be a departure is refused with a reason. */
static void test_refused_manifests(void **state)
{
    struct office *office = *state;
    assert_int_equal(departing_open(office, "enforced_removal", "", 0).err.code, ERROR_INPUT);
    assert_int_equal(departing_open(office, "enforced_removal", "QQQ", 0).err.code, ERROR_INPUT);
    assert_int_equal(departing_open(office, "confirm_arrival", "ALB", 0).err.code, ERROR_INPUT);
    assert_int_equal(departing_open(office, "no_such_step", "ALB", 0).err.code, ERROR_INPUT);
    assert_int_equal(departing_open(office, "enforced_removal", "ALB", -1).err.code, ERROR_INPUT);
    assert_int_equal(departing_open(office, "enforced_removal", "ALB", 700).err.code, ERROR_INPUT);
    struct departing none = departing_open(office, "enforced_removal", "ALB", 1);
    assert_true(none.ok);
    assert_int_equal(departing_board(office, &none).err.code, ERROR_CONFLICT);
    assert_int_equal(departing_list(office, &none, 99999).err.code, ERROR_NOT_FOUND);
    const struct lawful_request transfer = ready_to_transfer(office);
    assert_int_equal(departing_list(office, &none, transfer.request).err.code, ERROR_CONFLICT);
    snprintf(none.reference, sizeof none.reference, "MAN-000000-1");
    assert_int_equal(departing_board(office, &none).err.code, ERROR_INPUT);
}

/* Aim: a request that ends takes the person off, whatever ended it. */
static void test_ends_with_the_request(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready_to_transfer(office);
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_int_equal(see(office, OPERATOR_NORTH, &manifest).count, 1);
    assert_true(office_withdraw(office, CLERK, one.request).ok);
    assert_int_equal(see(office, CLERK, &manifest).count, 1);
    assert_int_equal(see(office, OPERATOR_NORTH, &manifest).count, 0); /* not theirs any more */
    assert_int_equal(departing_entry(office, one.person.id).manifest, 0);
    const struct outcome again = lawful_ask_and_approve(office, &one.person, "hub_transfer");
    assert_false(departing_list(office, &manifest, again.request).refused);
    /* A hub that loses its monitor takes everybody off whom it was to receive. */
    assert_true(office_record(office, SENIOR, HUB_NORTH, "hub.open", "no").stopped_count > 0);
    assert_int_equal(departing_entry(office, one.person.id).manifest, 0);
    assert_int_equal(departing_stops(office, OPERATOR_NORTH, NULL), 1);
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), 1); /* the lead */
}

static struct err privacy(struct office *office, const struct caller *caller,
                          enum privacy_command command, const struct somebody *person)
{
    struct err err = {0};
    struct privacy_answer answer;
    arena_reset(&office->work);
    const result done =
        casework_privacy(&office->casework, caller, command, str_from_c(person->reference),
                         STR("Art. 17(1)(a)"), &office->work, &answer, &err);
    return done.ok ? (struct err){.code = ERROR_NONE} : err;
}

/* Aim: whoever boarded is not erased before it is said what became of them; otherwise nobody could
 * say it any more, and the manifest could never be closed. */
static void test_not_erased_aboard(void **state)
{
    struct office *office = *state;
    const struct caller asks = {.account = office_open_account(office, "data_protection_officer")};
    const struct lawful_request one = lawful_approved(office, "PersonOne Samplealpha",
                                                      "removal_being_prepared", "enforced_removal");
    const struct departing manifest =
        departing_open(office, "enforced_removal", one.lawful.destination, 0);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
    assert_int_equal(privacy(office, &asks, PRIVACY_REQUEST_ERASURE, &one.person).code, ERROR_NONE);
    const struct caller erases = office_caller(office, SENIOR);
    const struct err refused = privacy(office, &erases, PRIVACY_ERASE, &one.person);
    assert_int_equal(refused.code, ERROR_CONFLICT);
    assert_non_null(strstr(refused.what, manifest.reference));
    office->now += 3 * 60 * 60 * 1000;
    assert_true(departing_leave(office, &manifest).ok);
    assert_int_equal(privacy(office, &erases, PRIVACY_ERASE, &one.person).code, ERROR_CONFLICT);
    assert_true(departing_account(office, &manifest, &one.person, "arrived", "").ok);
    assert_int_equal(privacy(office, &erases, PRIVACY_ERASE, &one.person).code, ERROR_NONE);
    assert_int_equal(departing_close(office, &manifest).row.state, MANIFEST_CLOSED);
}

/* Aim: whose record is restricted does not board, whoever boards the manifest, and boards again
 * only when it was asked for anew; who is protected boards, unseen. What is answered adds up of
 * those whom the account sees. */
static void test_hidden_from_who_boards(void **state)
{
    struct office *office = *state;
    const struct caller guards = {.account =
                                      office_open_account(office, "data_protection_officer")};
    struct lawful_request one[3];
    for (size_t i = 0; i < 3; i++) {
        one[i] = lawful_approved(office, "PersonOne Samplealpha", "removal_being_prepared",
                                 "enforced_removal");
    }
    const struct departing manifest =
        departing_open(office, "enforced_removal", one[0].lawful.destination, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_false(departing_list(office, &manifest, one[i].request).refused);
    }
    assert_int_equal(privacy(office, &guards, PRIVACY_RESTRICT, &one[0].person).code, ERROR_NONE);
    const str senior = STR("senior");
    struct err err = {0};
    int64_t event = 0;
    const struct protection protection = {
        .usernames = &senior, .username_count = 1, .reason = STR("threatened")};
    arena_reset(&office->work);
    assert_true(casework_protect_person(&office->casework, &guards,
                                        str_from_c(one[1].person.reference), &protection,
                                        &office->work, &event, &err)
                    .ok);
    const struct boarded boarded = departing_board(office, &manifest);
    assert_true(boarded.ok);
    assert_int_equal(boarded.count, 1);
    assert_int_equal(boarded.boarded, 1);
    assert_int_equal(departing_entry(office, one[0].person.id).manifest, 0);
    assert_int_equal(departing_entry(office, one[1].person.id).state, ENTRY_BOARDED);
    assert_int_equal(departing_entry(office, one[2].person.id).state, ENTRY_BOARDED);
    assert_int_equal(privacy(office, &guards, PRIVACY_LIFT_RESTRICTION, &one[0].person).code,
                     ERROR_NONE);
    assert_false(office_take(office, CLERK, one[0].request).ok);
}

/* --- who is protected from those who board ---------------------------------------------------- */

static struct err account_by(struct office *office, const struct caller *caller,
                             const struct departing *manifest, const struct somebody *person)
{
    struct err err = {.code = ERROR_NONE};
    struct step_answer answer = {0};
    const struct accounted accounted = {.person = str_from_c(person->reference),
                                        .outcome = STR("arrived"),
                                        .source = STR("the escort's report"),
                                        .step = STR("")};
    arena_reset(&office->work);
    result_ignore(casework_account_on_manifest(&office->casework, caller,
                                               str_from_c(manifest->reference), &accounted,
                                               &office->work, &answer, &err),
                  "the error is the answer");
    return err;
}

/* What the account is told: of whom by name, how many else, and what its day asks of it. */
static void check_told(struct office *office, const struct caller *caller,
                       const struct departing *manifest, size_t named, size_t out_of_sight,
                       int64_t to_account_for)
{
    struct err err = {0};
    struct manifest_answer answer;
    struct waiting_counts waiting;
    arena_reset(&office->work);
    assert_true(casework_manifest(&office->casework, caller, str_from_c(manifest->reference),
                                  &office->work, &answer, &err)
                    .ok);
    assert_int_equal(answer.count, named);
    assert_int_equal(answer.out_of_sight, out_of_sight);
    assert_true(casework_waiting(&office->casework, caller, &office->work, &waiting, &err).ok);
    assert_int_equal(waiting.departure_count, to_account_for > 0 ? 1 : 0);
    if (to_account_for > 0) {
        assert_true(str_equal(waiting.departures[0].manifest, str_from_c(manifest->reference)));
        assert_int_equal(waiting.departures[0].aboard, to_account_for);
    }
}

/* Aim: somebody who is protected from every caseworker boards, and is not left unaccounted for:
 * whoever sees them is told so on the page of the day, and accounts for them; a data protection
 * officer always can. Whoever does not see them is told a number and not who, and the manifest
 * stays open. */
static void test_accounted_for_by_who_sees_them(void **state)
{
    struct office *office = *state;
    const struct caller guards = {.account =
                                      office_open_account(office, "data_protection_officer")};
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller officer = office_caller(office, OFFICER);
    const struct caller senior = office_caller(office, SENIOR);
    const str named = STR("senior");
    const struct protection protection = {
        .usernames = &named, .username_count = 1, .reason = STR("threatened")};
    struct lawful_request one[2];
    for (size_t i = 0; i < 2; i++) {
        one[i] = lawful_approved(office, "PersonOne Samplealpha", "removal_being_prepared",
                                 "enforced_removal");
    }
    const struct departing manifest =
        departing_open(office, "enforced_removal", one[0].lawful.destination, 0);
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        int64_t event = 0;
        assert_false(departing_list(office, &manifest, one[i].request).refused);
        arena_reset(&office->work);
        assert_true(casework_protect_person(&office->casework, &guards,
                                            str_from_c(one[i].person.reference), &protection,
                                            &office->work, &event, &err)
                        .ok);
    }
    check_told(office, &clerk, &manifest, 0, 2, 0);
    assert_int_equal(departing_board(office, &manifest).count, 0);
    check_told(office, &senior, &manifest, 2, 0, 0); /* it has not left */
    office->now += 3 * 60 * 60 * 1000;
    check_told(office, &senior, &manifest, 2, 0, 2); /* it was to have left */
    assert_true(departing_leave(office, &manifest).ok);
    check_told(office, &clerk, &manifest, 0, 2, 0);
    check_told(office, &officer, &manifest, 0, 2, 0);
    check_told(office, &senior, &manifest, 2, 0, 2);
    check_told(office, &guards, &manifest, 2, 0, 2);
    assert_int_equal(account_by(office, &clerk, &manifest, &one[0].person).code, ERROR_NOT_FOUND);
    assert_int_equal(account_by(office, &officer, &manifest, &one[0].person).code, ERROR_NOT_FOUND);
    const struct departing open = departing_close(office, &manifest);
    assert_int_equal(open.err.code, ERROR_CONFLICT);
    assert_non_null(strstr(open.err.hint, "out of your sight"));
    assert_null(strstr(open.err.what, one[0].person.reference));
    assert_int_equal(account_by(office, &senior, &manifest, &one[0].person).code, ERROR_NONE);
    check_told(office, &guards, &manifest, 2, 0, 1);
    assert_int_equal(account_by(office, &guards, &manifest, &one[1].person).code, ERROR_NONE);
    check_told(office, &guards, &manifest, 2, 0, 0);
    check_told(office, &senior, &manifest, 2, 0, 0);
    check_told(office, &clerk, &manifest, 0, 0, 0);
    assert_int_equal(departing_entry(office, one[0].person.id).manifest, 0);
    assert_int_equal(departing_close(office, &manifest).row.state, MANIFEST_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_not_erased_aboard, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_whole_departure, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_hub_confirms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_manifests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hidden_from_who_boards, setup, teardown),
        cmocka_unit_test_setup_teardown(test_accounted_for_by_who_sees_them, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends_with_the_request, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
