/* Aim: a person of several records is one person wherever something is done to them. Erased, all of
 * it is erased, nothing of anybody else, and there is nothing to be given back; on a manifest they
 * are named once, and whoever they were is named again when the merge is undone; in the statistics
 * they are one, and an edition of that time stays what it was. After each test the rows are made
 * anew from the events and must be equal. */
#include "casework/administration.h"
#include "casework/privacy.h"
#include "counting.h"
#include "departing.h"
#include "merging_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int setup_eu(void **state)
{
    static struct office office;
    office_open_law(&office, "eu");
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

/* --- erasing ---------------------------------------------------------------------------------- */

static int64_t protection_officer(struct office *office)
{
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    const struct new_account wanted = {.username = STR("protection"),
                                       .name = STR("Protection Officer"),
                                       .role = STR("data_protection_officer"),
                                       .hub = STR("")};
    struct arena scratch = office->work;
    struct account_row account;
    assert_true(
        casework_open_account(&office->casework, &administrator, &wanted, &scratch, &account, NULL)
            .ok);
    return account.id;
}

static result privacy(struct office *office, int64_t account, enum privacy_command command,
                      const struct somebody *person, struct err *err)
{
    struct arena scratch = office->work;
    struct privacy_answer answer;
    const struct caller caller = {
        .account = account, .client_id = office_client_id(office), .reason = STR("")};
    return casework_privacy(&office->casework, &caller, command, str_from_c(person->reference),
                            STR("asked for by the person"), &scratch, &answer, err);
}

static result erase(struct office *office, const struct somebody *person, struct err *err)
{
    const struct caller senior = office_caller(office, SENIOR);
    return privacy(office, senior.account, PRIVACY_ERASE, person, err);
}

static void expect_not_erased(struct office *office, const struct somebody *person,
                              const char *words)
{
    struct err err = {0};
    assert_false(erase(office, person, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    if (strstr(err.what, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, err.what);
    }
}

static void must_erase(struct office *office, const struct somebody *person)
{
    struct err err = {0};
    if (!erase(office, person, &err).ok) {
        fail_msg("%s", err.what);
    }
}

static struct somebody removed(struct office *office, const char *name)
{
    const struct somebody person = office_ready(office, name);
    assert_true(office_take(office, CLERK, office_removal(office, &person)).ok);
    return person;
}

static int64_t keys_destroyed(struct office *office)
{
    return office_ask(office, "SELECT COUNT(*) FROM subject_key WHERE wrapped IS NULL");
}

static int64_t count_of(struct office *office, const char *table, const char *column, int64_t id)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s WHERE %s = %lld", table, column,
             (long long)id);
    return office_ask(office, sql);
}

static void expect_nothing_of(struct office *office, int64_t record)
{
    assert_int_equal(count_of(office, "fact", "subject_kind = 1 AND subject", record), 0);
    assert_int_equal(count_of(office, "lookup", "record", record), 0);
}

static void expect_not_undone(struct office *office, int64_t merge)
{
    const struct caller senior = office_caller(office, SENIOR);
    struct separation_plan plan;
    struct record_answer answer;
    struct err err = {0};
    arena_reset(&office->work);
    assert_false(casework_separation_plan(&office->casework, &senior, merge, NULL, 0, &office->work,
                                          &plan, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.what, "was erased"));
    err = (struct err){0};
    assert_false(casework_separate(&office->casework, &senior, merge, STR("two people"), NULL, 0,
                                   &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.what, "was erased"));
}

/* Aim: whichever reference is used, a hold on any of the records holds all; all keys go; whoever is
 * left is whole; the merge cannot be undone, nor what was done be done again, and says why. */
static void test_erased(void **state)
{
    struct office *office = *state;
    const int64_t protection = protection_officer(office);
    const struct somebody one = removed(office, "PersonOne Samplealpha");
    const struct somebody two = removed(office, "PersonTwo Samplebeta");
    const struct somebody three = removed(office, "PersonThree Samplegamma");
    const struct somebody other = removed(office, "PersonFour Sampledelta");
    struct err err = {0};
    assert_true(privacy(office, protection, PRIVACY_HOLD, &three, &err).ok);
    const int64_t inner = merging_done(office, &two, &three);
    const int64_t outer = merging_done(office, &one, &two);
    assert_true(
        office_record(office, CLERK, three.reference, "person.remarks", "a hidden word").ok);
    assert_true(office_record(office, CLERK, one.reference, "person.remarks", "another word").ok);
    assert_true(privacy(office, protection, PRIVACY_REQUEST_ERASURE, &two, &err).ok);
    expect_not_erased(office, &one, "legal hold");
    assert_true(privacy(office, protection, PRIVACY_LIFT_HOLD, &one, &err).ok);
    const int64_t asked = merging_ask(office, &one, &other);
    expect_not_erased(office, &one, "asked to merge");
    const struct caller clerk = office_caller(office, CLERK);
    assert_true(
        casework_decline_merge(&office->casework, &clerk, asked, STR("a slip"), &office->work, &err)
            .ok);
    const int64_t facts_of_other = count_of(office, "fact", "subject", other.id);
    must_erase(office, &three);
    assert_int_equal(keys_destroyed(office), 3);
    const int64_t records[] = {one.id, two.id, three.id};
    for (size_t i = 0; i < 3; i++) {
        expect_nothing_of(office, records[i]);
        assert_true(office_person(office, records[i]).erased);
    }
    assert_int_equal(count_of(office, "fact", "subject", other.id), facts_of_other);
    assert_false(office_person(office, other.id).erased);
    office_expect_rebuilt(office);
    expect_not_undone(office, inner);
    expect_not_undone(office, outer);
    assert_false(office_record(office, CLERK, two.reference, "person.remarks", "late").ok);
    /* A command that was done before is no other command since its words are gone. */
    assert_false(
        casework_decline_merge(&office->casework, &clerk, asked, STR("a slip"), &office->work, &err)
            .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.what, "was erased"));
}

/* Aim: of a merge that was undone, an event that went to the other is sealed with the first one's
 * key. So neither can be erased alone, and it is said with whom; both together can. */
static void test_sealed_together(void **state)
{
    struct office *office = *state;
    const int64_t protection = protection_officer(office);
    const struct somebody one = removed(office, "PersonOne Samplealpha");
    const struct somebody two = removed(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_done(office, &one, &two);
    struct err err = {0};
    assert_true(office_record(office, CLERK, one.reference, "person.remarks", "of the two").ok);
    merging_undo(office, merge, true);
    assert_true(privacy(office, protection, PRIVACY_REQUEST_ERASURE, &one, &err).ok);
    expect_not_erased(office, &one, two.reference);
    expect_not_erased(office, &one, "Nobody has asked");
    assert_true(privacy(office, protection, PRIVACY_HOLD, &two, &err).ok);
    assert_true(privacy(office, protection, PRIVACY_REQUEST_ERASURE, &two, &err).ok);
    expect_not_erased(office, &one, "legal hold");
    expect_not_erased(office, &two, "legal hold");
    assert_true(privacy(office, protection, PRIVACY_LIFT_HOLD, &two, &err).ok);
    must_erase(office, &two);
    assert_int_equal(keys_destroyed(office), 2);
    expect_nothing_of(office, one.id);
    expect_nothing_of(office, two.id);
}

/* Aim: of a merge that was undone with nothing given to the other, one is erased and the other is
 * whole; also where the merged person did what only the one that is gone could have done. */
static void test_one_of_two(void **state)
{
    struct office *office = *state;
    const int64_t protection = protection_officer(office);
    const struct somebody one = removed(office, "PersonOne Samplealpha");
    const struct somebody two = removed(office, "PersonTwo Samplebeta");
    const struct somebody sister = office_register(office, "PersonThree Samplegamma");
    struct err err = {0};
    assert_true(office_join(office, CLERK, &two, &sister).ok);
    assert_true(privacy(office, protection, PRIVACY_RESTRICT, &two, &err).ok);
    assert_true(privacy(office, protection, PRIVACY_LIFT_RESTRICTION, &two, &err).ok);
    const int64_t merge = merging_done(office, &one, &two);
    assert_true(office_person(office, one.id).family != 0);
    struct event left = {.subject_kind = SUBJECT_OF_PERSON,
                         .subject = one.id,
                         .kind = EVENT_FAMILY_LEFT,
                         .body.family_left = {.reason = STR("they asked")}};
    office_append(office, &left);
    merging_undo(office, merge, false);
    assert_true(privacy(office, protection, PRIVACY_REQUEST_ERASURE, &two, &err).ok);
    const int64_t facts = count_of(office, "fact", "subject", one.id);
    must_erase(office, &two);
    assert_int_equal(keys_destroyed(office), 1);
    expect_nothing_of(office, two.id);
    assert_int_equal(count_of(office, "fact", "subject", one.id), facts);
    assert_true(office_record(office, CLERK, one.reference, "person.remarks", "still here").ok);
    expect_not_undone(office, merge);
}

/* --- on a manifest ---------------------------------------------------------------------------- */

static struct lawful_request ready(struct office *office, const char *name)
{
    return lawful_approved(office, name, "transfer_being_prepared", "hub_transfer");
}

static void expect_obstacle(struct office *office, const struct somebody *whole,
                            const struct somebody *part, const char *words)
{
    const struct caller caller = office_caller(office, CLERK);
    struct merge_plan plan = {.obstacle_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    assert_false(casework_request_merge(&office->casework, &caller, str_from_c(whole->reference),
                                        str_from_c(part->reference), STR("why"), &office->work,
                                        &plan, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    if (strstr(err.hint, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, err.hint);
    }
}

/* Aim: the one on a manifest continues and stays on it, once; the other way round it is said what
 * to do, and so it is when each has a request of their own. */
static void test_named_on_a_manifest(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready(office, "PersonOne Samplealpha");
    const struct lawful_request two = ready(office, "PersonTwo Samplebeta");
    const struct somebody three = office_register(office, "PersonThree Samplegamma");
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, one.request).refused);
    expect_obstacle(office, &three, &one.person, "other way round");
    expect_obstacle(office, &one.person, &two.person, "withdraw that request");
    assert_false(departing_list(office, &manifest, two.request).refused);
    expect_obstacle(office, &one.person, &two.person, "take one of them off");
    const int64_t merge = merging_ask(office, &one.person, &three);
    merging_confirm(office, merge);
    /* Whatever the law says of what is known now, nobody else is named in their place. */
    const struct manifest_entry_row entry = departing_entry(office, one.person.id);
    assert_int_equal(entry.manifest == 0,
                     office_request(office, one.request).state != REQUEST_APPROVED);
    assert_int_equal(count_of(office, "manifest_entry", "person", three.id), 0);
    office_expect_rebuilt(office);
    merging_undo(office, merge, false);
    assert_int_equal(departing_entry(office, one.person.id).manifest, entry.manifest);
    assert_int_equal(departing_entry(office, three.id).manifest, 0);
}

/* Aim: a request of the record that became a part is put on a manifest in the merged person's name;
 * undone, it is theirs, and so is the line of the manifest. */
static void test_given_back_on_a_manifest(void **state)
{
    struct office *office = *state;
    const struct somebody one =
        lawful_register(office, "PersonOne Samplealpha", "transfer_being_prepared");
    const struct lawful_request two = ready(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_done(office, &one, &two.person);
    assert_int_equal(office_request(office, two.request).person, one.id);
    assert_int_equal(office_request(office, two.request).state, REQUEST_APPROVED);
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, two.request).refused);
    assert_int_equal(count_of(office, "manifest_entry", "person", one.id), 1);
    office_expect_rebuilt(office);
    merging_undo(office, merge, false);
    assert_int_equal(count_of(office, "manifest_entry", "person", one.id), 0);
    assert_int_equal(departing_entry(office, two.person.id).request, two.request);
    office_expect_rebuilt(office);
    /* And goes on from there. */
    assert_true(office_withdraw(office, CLERK, two.request).ok);
    assert_int_equal(departing_entry(office, two.person.id).manifest, 0);
}

/* Aim: what was known of the other one stops the departure in the commit of the merge. */
static void test_recalled_by_a_merge(void **state)
{
    struct office *office = *state;
    const struct lawful_request one = ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, one.request).refused);
    assert_true(departing_report(office, CLERK, &two).ok); /* an order of a court */
    const size_t told = departing_stops(office, OTHER_CLERK, NULL);
    assert_true(merging_confirm(office, merging_ask(office, &one.person, &two)) > 0);
    assert_int_equal(office_request(office, one.request).state, REQUEST_STOPPED);
    assert_int_equal(departing_entry(office, one.person.id).manifest, 0);
    assert_int_equal(departing_stops(office, OTHER_CLERK, NULL), told + 1); /* the lead */
}

/* Aim: somebody is aboard for a fact that was recorded of the other one; withdrawn, it calls them
 * back. */
static void test_recalled_for_a_fact_of_the_part(void **state)
{
    struct office *office = *state;
    const struct somebody one =
        lawful_register(office, "PersonOne Samplealpha", "transfer_being_prepared");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    assert_true(lawful_make_clear(office, &one, "hub_transfer").possible);
    assert_true(office_record(office, CLERK, one.reference, "court_order.status", "unknown").ok);
    const struct recorded none =
        office_record(office, CLERK, two.reference, "court_order.status", "none");
    assert_true(none.ok);
    merging_done(office, &one, &two);
    const struct outcome approved = lawful_ask_and_approve(office, &one, "hub_transfer");
    assert_true(approved.ok && approved.state == REQUEST_APPROVED);
    const struct departing manifest = departing_open(office, "hub_transfer", "", 0);
    assert_false(departing_list(office, &manifest, approved.request).refused);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
    assert_false(departing_entry(office, one.id).recalled);
    const struct recorded withdrawn = office_withdraw_fact(office, CLERK, none.event);
    assert_true(withdrawn.ok && withdrawn.stopped_count == 1);
    assert_string_equal(withdrawn.safeguard, "no_court_order");
    assert_true(departing_entry(office, one.id).recalled);
}

/* --- in the statistics ------------------------------------------------------------------------ */

static const char tables[] = "policy\n"
                             "  suppress below 1\n"
                             "  median of at least 1\n"
                             "table transfers \"Transfers\"\n"
                             "  counts steps transfer\n"
                             "  each month\n"
                             "  by hub\n"
                             "table there \"At a hub\"\n"
                             "  counts people in at_hub\n"
                             "  each month\n"
                             "  by hub\n"
                             "table waiting \"Waiting\"\n"
                             "  counts people in exhausted\n"
                             "  each month\n"
                             "  by fact person.nationality\n"
                             "table waiting_there \"Waiting, from one country\"\n"
                             "  counts people in exhausted\n"
                             "  where fact person.nationality is XKX\n"
                             "  each month\n"
                             "  by fact person.nationality\n";

static struct definitions read_tables(struct office *office, const char *text)
{
    const struct definition_file file = {STR("own.tables"), str_from_c(text)};
    struct definitions definitions;
    struct err err = {0};
    if (!definitions_read(&file, 1, &office->perm, &definitions, &err).ok) {
        fail_msg("%u: %s", err.line, err.what);
    }
    return definitions;
}

struct numbers {
    int64_t transfers;
    int64_t there;
    int64_t waiting;
    int64_t waiting_there;
    int64_t merged;
};

static int64_t total(struct office *office, const struct definitions *definitions,
                     const char *table, const struct edition_asked *edition)
{
    const struct sheet sheet =
        counting_table(office, definitions, table, "2026-06", "2026-06", edition);
    const str cell = counting_cell(&sheet, "Total", "2026-06");
    const str other = counting_cell(&sheet, "Total", "Total");
    int64_t number = 0;
    assert_true(str_to_int64(cell.len > 0 ? cell : other, &number, NULL).ok ||
                sheet.row_count == 0);
    return number;
}

static void expect(struct office *office, const struct definitions *definitions, int64_t position,
                   struct numbers numbers)
{
    const struct edition_asked edition = {.has_position = position != 0, .position = position};
    arena_reset(&office->work);
    assert_int_equal(total(office, definitions, "transfers", &edition), numbers.transfers);
    assert_int_equal(total(office, definitions, "there", &edition), numbers.there);
    assert_int_equal(total(office, definitions, "waiting", &edition), numbers.waiting);
    assert_int_equal(total(office, definitions, "waiting_there", &edition), numbers.waiting_there);
    const struct reconciliation all = counting_everybody(office, definitions, &edition);
    assert_int_equal(all.merged, numbers.merged);
    assert_int_equal(all.residual, 0);
}

/* Aim: before the merge two, then one with the facts of both and what happens under either
 * reference, then two again with what each did; and each edition is made again as it was. */
static void test_counted(void **state)
{
    struct office *office = *state;
    const struct definitions definitions = read_tables(office, tables);
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    assert_true(office_record(office, CLERK, two.reference, "person.nationality", "XKX").ok);
    const int64_t apart = office_events(office);
    static const struct numbers when_apart = {0, 0, 2, 1, 0};
    static const struct numbers when_merged = {0, 0, 1, 1, 1};
    static const struct numbers when_sent = {1, 1, 0, 0, 1};
    static const struct numbers when_undone = {1, 1, 1, 0, 0};
    expect(office, &definitions, 0, when_apart);
    const int64_t merge = merging_done(office, &one, &two);
    const int64_t merged = office_events(office);
    expect(office, &definitions, 0, when_merged);
    assert_true(office_take(office, CLERK, office_transfer(office, &two, HUB_NORTH, 2)).ok);
    const int64_t sent = office_events(office);
    expect(office, &definitions, 0, when_sent);
    merging_undo(office, merge, false);
    expect(office, &definitions, 0, when_undone);
    assert_true(office_record(office, CLERK, one.reference, "person.remarks", "later").ok);
    expect(office, &definitions, 0, when_undone);
    expect(office, &definitions, apart, when_apart);
    expect(office, &definitions, merged, when_merged);
    expect(office, &definitions, sent, when_sent);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup_teardown(test_erased, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sealed_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_of_two, setup, teardown),
        cmocka_unit_test_setup_teardown(test_named_on_a_manifest, setup_eu, teardown),
        cmocka_unit_test_setup_teardown(test_given_back_on_a_manifest, setup_eu, teardown),
        cmocka_unit_test_setup_teardown(test_recalled_by_a_merge, setup_eu, teardown),
        cmocka_unit_test_setup_teardown(test_recalled_for_a_fact_of_the_part, setup_eu, teardown),
        cmocka_unit_test_setup_teardown(test_counted, setup, teardown),
    };
    return cmocka_run_group_tests_name("one_person", all, NULL, NULL);
}
