/* Aim: what is written elsewhere in the record is told to the law in the same commit: a partner
 * that declines somebody in the books has not accepted them, whatever was recorded before; somebody
 * who was met is not lost, whatever the facts said of the last check. And who answers for an entry
 * can see it. */
#include "book.h"
#include "lawful.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static int64_t asked_of_partner(struct office *office, const struct somebody *person)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct new_entry wanted = {
        .kind = STR("acceptance"),
        .about = str_from_c(person->reference),
        .hub = STR(HUB_NORTH),
        .due_on = {.known = true, .day = date_add_days(office_today(office), 3)},
        .due_reason = STR("the flight")};
    return book_open_with(office, &caller, wanted, NO_FIELDS).entry;
}

static void test_partner_declines(void **state)
{
    struct office *office = *state;
    const struct lawful_request one =
        lawful_approved(office, "PersonOne Samplealpha", "transfer_prepared", "hub_transfer");
    const int64_t silent = asked_of_partner(office, &one.person);
    assert_int_equal(
        book_change(office, CLERK, silent, ENTRY_WISH_ANSWER, "", FIELDS({"outcome", "no_answer"}))
            .stopped_count,
        0);
    const int64_t entry = asked_of_partner(office, &one.person);
    const struct caller caller = office_caller(office, CLERK);
    const struct entry_wanted wanted = {.entry = entry, .wish = ENTRY_WISH_ANSWER};
    const struct field *declined = FIELDS({"outcome", "declined"});
    const struct written written = book_change_with(office, &caller, wanted, declined);
    assert_true(written.ok);
    assert_int_equal(written.stopped_count, 1);
    assert_int_equal(written.stopped, one.request);
    assert_int_equal(office_request(office, one.request).state, REQUEST_STOPPED);
    assert_false(office_take(office, CLERK, one.request).ok);
    const int64_t events = office_events(office);
    const struct written again = book_change_with(office, &caller, wanted, declined);
    assert_true(again.repeated);
    assert_int_equal(again.stopped_count, 1);
    assert_int_equal(office_events(office), events);
}

static result meet(struct office *office, const struct somebody *person, struct known_day next)
{
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    return casework_confirm_contact(&office->casework, &caller, str_from_c(person->reference),
                                    office_today(office), STR("came to report"), next,
                                    &office->work, NULL);
}

/* The last check was missed and a search was made: the law lets contact be called lost. */
static struct somebody missed(struct office *office, const char *name)
{
    const struct somebody person = lawful_register(office, name, "appeal_rights_exhausted");
    const struct {
        const char *fact;
        int days;
    } rows[] = {{"contact.last_confirmed_on", -60}, {"contact.next_check_due_on", -30}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char day[DATE_TEXT_SIZE];
        date_format(date_add_days(office_today(office), rows[i].days), day);
        assert_true(office_record(office, CLERK, person.reference, rows[i].fact, day).ok);
    }
    assert_true(office_record(office, CLERK, person.reference, "contact.search_made", "yes").ok);
    return person;
}

static void expect_not_lost(struct office *office, const struct somebody *person,
                            enum clearance clearance)
{
    const struct outcome lost = office_ask_for(office, CLERK, person, "lose_contact", "");
    assert_true(lost.refused);
    assert_int_equal(lost.clearance, clearance);
}

static void test_met_is_not_lost(void **state)
{
    struct office *office = *state;
    const struct somebody gone = missed(office, "PersonTwo Samplebeta");
    const struct outcome lost = office_ask_for(office, CLERK, &gone, "lose_contact", "");
    assert_true(lost.ok && !lost.refused);
    const struct somebody met = missed(office, "PersonThree Samplegamma");
    const date next = date_add_days(office_today(office), 28);
    assert_true(meet(office, &met, (struct known_day){.known = true, .day = next}).ok);
    expect_not_lost(office, &met, CLEARANCE_BARRED);
    assert_true(meet(office, &met, (struct known_day){.known = false}).ok);
    assert_true(office_record(office, CLERK, met.reference, "contact.search_made", "yes").ok);
    expect_not_lost(office, &met, CLEARANCE_UNKNOWN);
}

/* Who was met after they were searched for is missed anew only when they are searched for anew. */
static void test_searched_before(void **state)
{
    struct office *office = *state;
    const struct somebody person = missed(office, "PersonFour Sampledelta");
    const date next = date_add_days(office_today(office), 28);
    assert_true(meet(office, &person, (struct known_day){.known = true, .day = next}).ok);
    office_move_days(office, 30);
    expect_not_lost(office, &person, CLEARANCE_BARRED);
    assert_true(office_record(office, CLERK, person.reference, "contact.search_made", "yes").ok);
    const struct outcome lost = office_ask_for(office, CLERK, &person, "lose_contact", "");
    assert_true(lost.ok && !lost.refused);
    /* A contact that is recorded late, of a day before the search, takes nothing from it. */
    const struct somebody late = missed(office, "PersonFive Sampleepsilon");
    const struct caller caller = office_caller(office, CLERK);
    const date before = date_add_days(office_today(office), -40);
    arena_reset(&office->work);
    assert_true(casework_confirm_contact(&office->casework, &caller, str_from_c(late.reference),
                                         before, STR("a call"), (struct known_day){.known = false},
                                         &office->work, NULL)
                    .ok);
    assert_false(office_ask_for(office, CLERK, &late, "lose_contact", "").refused);
}

/* --- who answers for an entry ----------------------------------------------------------------- */

static struct written assaulted(struct office *office, const char *about, const char *responsible)
{
    const struct caller caller = office_caller(office, CLERK);
    const date due = date_add_days(office_today(office), 3);
    const struct new_entry wanted = {.kind = STR("incident"),
                                     .about = str_from_c(about),
                                     .responsible = str_from_c(responsible),
                                     .due_on = {.known = true, .day = due},
                                     .due_reason = STR("the contract")};
    return book_open_with(office, &caller, wanted,
                          FIELDS({"what", "assault"}, {"started_at", "2026-06-30T08:00:00Z"},
                                 {"description", "in the yard"}));
}

/* The roles that neither see the books nor may do anything in them; at no hub, also those that see
 * one hub only. Whoever answers for a kind of entry when nobody is named is able to. */
static void test_who_answers(void **state)
{
    static const char *const none[] = {"statistician",  "person",          "legal_representative",
                                       "administrator", "liaison_officer", "monitor"};
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const int64_t events = office_events(office);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const struct written written = assaulted(office, HUB_NORTH, none[i]);
        assert_int_equal(written.err.code, ERROR_INPUT);
        assert_non_null(strstr(written.err.hint, "hub_operator"));
    }
    const struct written nowhere = assaulted(office, person.reference, "hub_operator");
    assert_int_equal(nowhere.err.code, ERROR_INPUT);
    assert_null(strstr(nowhere.err.hint, "hub_operator"));
    assert_int_equal(office_events(office), events);
    const struct {
        const char *about;
        const char *responsible;
    } usual[] = {{HUB_NORTH, "hub_operator"}, {person.reference, "caseworker"}};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        const int64_t entry = assaulted(office, usual[i].about, "").entry;
        const struct event opened = office_event(office, entry);
        assert_true(
            str_equal(opened.body.entry_opened.responsible, str_from_c(usual[i].responsible)));
    }
    for (int kind = ENTRY_NONE + 1; kind < ENTRY_KIND_COUNT; kind++) {
        const str role = entry_kind_responsible((enum entry_kind)kind);
        assert_true(book_role_answers((enum entry_kind)kind, role_from_name(role), true));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_partner_declines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_met_is_not_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_searched_before, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_answers, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
