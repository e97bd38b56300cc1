/* Aim: the person sees their own record and nobody else's, a legal representative their clients'
 * and no other; from a day, to a day, and not an instant after it was ended; and in what they see
 * there is no note, no name of staff or of anybody else, no letter that was not served, nothing of
 * a hub or an agreement. Whoever is not tied to somebody is told what is told of a person who does
 * not exist, to the byte. What is expected is written here by hand. */
#include "casework/administration.h"
#include "casework/identity.h"
#include "casework/own.h"
#include "casework/privacy.h"
#include "casework/protection.h"
#include "merging_office.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct house {
    struct office office;
    int64_t self;   /* an account in the role "person" */
    int64_t lawyer; /* ... and one of a legal representative */
    int64_t protection;
    struct somebody person;
    struct somebody other;
};

static int64_t open_account(struct office *office, const char *username, const char *role)
{
    struct err err = {0};
    struct account_row account;
    arena_reset(&office->work);
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    const struct new_account wanted = {.username = str_from_c(username),
                                       .name = str_from_c(username),
                                       .role = str_from_c(role),
                                       .hub = STR("")};
    assert_true(casework_open_account(&office->casework, &administrator, &wanted, &office->work,
                                      &account, &err)
                    .ok);
    return account.id;
}

static int setup(void **state)
{
    static struct house house;
    struct office *office = &house.office;
    office_open(office);
    house.self = open_account(office, "own-account", "person");
    house.lawyer = open_account(office, "lawyer", "legal_representative");
    house.protection = open_account(office, "protection", "data_protection_officer");
    house.person = office_ready(office, "PersonOne Own");
    house.other = office_ready(office, "PersonTwo Other");
    *state = &house;
    return 0;
}

static int teardown(void **state)
{
    struct house *house = *state;
    office_expect_rebuilt(&house->office);
    office_close(&house->office);
    return 0;
}

static struct caller by_id(struct house *house, int64_t account)
{
    return (struct caller){
        .account = account, .client_id = office_client_id(&house->office), .reason = STR("")};
}

static char letter_of(result done, const struct err *err)
{
    return done.ok                        ? 'o'
           : err->code == ERROR_FORBIDDEN ? 'f'
           : err->code == ERROR_NOT_FOUND ? 'n'
           : err->code == ERROR_CONFLICT  ? 'c'
           : err->code == ERROR_INPUT     ? 'i'
                                          : '?';
}

static struct known_day in_days(const struct house *house, int days)
{
    return (struct known_day){.known = true,
                              .day = {.day = office_today(&house->office).day + days}};
}

static const struct known_day no_day = {.known = false};

static char tie_for(struct house *house, enum account_name by, const struct somebody *person,
                    const char *username, struct known_day first, struct known_day last,
                    int64_t *ret_tie)
{
    struct err err = {0};
    struct tie_line line = {.row = {.id = 0}};
    const struct caller caller = office_caller(&house->office, by);
    const struct new_tie wanted = {.person = str_from_c(person->reference),
                                   .username = str_from_c(username),
                                   .first_day = first,
                                   .last_day = last,
                                   .authority = STR("Form of authority seen")};
    arena_reset(&house->office.work);
    const char letter = letter_of(casework_make_tie(&house->office.casework, &caller, &wanted,
                                                    &house->office.work, &line, &err),
                                  &err);
    if (ret_tie != NULL) {
        *ret_tie = line.row.id;
    }
    return letter;
}

static int64_t tie(struct house *house, const struct somebody *person, const char *username)
{
    int64_t id = 0;
    assert_int_equal(tie_for(house, CLERK, person, username, no_day, no_day, &id), 'o');
    return id;
}

static char end_of(struct house *house, enum account_name by, const char *reference, int64_t id)
{
    struct err err = {0};
    struct tie_line line;
    const struct caller caller = office_caller(&house->office, by);
    arena_reset(&house->office.work);
    return letter_of(casework_end_tie(&house->office.casework, &caller, str_from_c(reference), id,
                                      STR("It ended"), &house->office.work, &line, &err),
                     &err);
}

static char end(struct house *house, enum account_name by, int64_t id)
{
    return end_of(house, by, "", id);
}

static struct err last_refusal;

static char own(struct house *house, int64_t account, const char *reference,
                struct own_record *ret_record)
{
    struct own_record record;
    const struct caller caller = by_id(house, account);
    last_refusal = (struct err){0};
    arena_reset(&house->office.work);
    const result read = casework_own_record(
        &house->office.casework, &caller, str_from_c(reference), &house->office.work,
        ret_record == NULL ? &record : ret_record, &last_refusal);
    return letter_of(read, &last_refusal);
}

static size_t clients(struct house *house, int64_t account)
{
    struct clients_answer answer;
    struct err err = {0};
    const struct caller caller = by_id(house, account);
    arena_reset(&house->office.work);
    assert_true(
        casework_clients(&house->office.casework, &caller, &house->office.work, &answer, &err).ok);
    return answer.client_count;
}

/* --- who ties whom -----------------------------------------------------------------------------
 */

static void test_an_account_alone_shows_nobody(void **state)
{
    struct house *house = *state;
    assert_int_equal(own(house, house->self, "", NULL), 'n');
    assert_int_equal(own(house, house->self, house->person.reference, NULL), 'n');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
    assert_int_equal(clients(house, house->lawyer), 0);
}

static void test_who_may_tie(void **state)
{
    struct house *house = *state;
    assert_int_equal(
        tie_for(house, ADMINISTRATOR, &house->person, "own-account", no_day, no_day, NULL), 'f');
    assert_int_equal(tie_for(house, OFFICER, &house->person, "own-account", no_day, no_day, NULL),
                     'f');
    assert_int_equal(
        tie_for(house, OPERATOR_NORTH, &house->person, "own-account", no_day, no_day, NULL), 'f');
    assert_int_equal(tie_for(house, SENIOR, &house->person, "own-account", no_day, no_day, NULL),
                     'o');
}

static void test_what_cannot_be_tied(void **state)
{
    struct house *house = *state;
    assert_int_equal(tie_for(house, CLERK, &house->person, "nobody-here", no_day, no_day, NULL),
                     'i');
    assert_int_equal(tie_for(house, CLERK, &house->person, "protection", no_day, no_day, NULL),
                     'i'); /* not a role from outside */
    assert_int_equal(
        tie_for(house, CLERK, &house->person, "lawyer", in_days(house, -1), no_day, NULL), 'i');
    assert_int_equal(
        tie_for(house, CLERK, &house->person, "lawyer", in_days(house, 2), in_days(house, 1), NULL),
        'i');
    tie(house, &house->person, "own-account");
    assert_int_equal(tie_for(house, CLERK, &house->person, "own-account", no_day, no_day, NULL),
                     'c');
    assert_int_equal(tie_for(house, CLERK, &house->other, "own-account", no_day, no_day, NULL),
                     'c'); /* an account is one person's */
    tie(house, &house->person, "lawyer");
    tie(house, &house->other, "lawyer"); /* who may have many clients */
}

/* --- what it opens, and for how long -----------------------------------------------------------
 */

static void test_own_and_nobody_elses(void **state)
{
    struct house *house = *state;
    struct own_record record;
    tie(house, &house->person, "own-account");
    assert_int_equal(own(house, house->self, "", &record), 'o');
    assert_string_equal(record.view.identity.name.at, "PersonOne Own");
    assert_int_equal(record.as, TIE_SELF);
    assert_int_equal(own(house, house->self, house->person.reference, NULL), 'o');
    assert_int_equal(own(house, house->self, house->other.reference, NULL), 'n');

    /* Of somebody else as of nobody, to the byte. */
    char told[sizeof last_refusal.what];
    char expected[sizeof last_refusal.what];
    memcpy(told, last_refusal.what, sizeof told);
    snprintf(expected, sizeof expected, "There is no person %s for this account",
             house->other.reference);
    assert_string_equal(told, expected);
    assert_int_equal(last_refusal.hint[0], '\0');

    /* Nor by the doors of the staff. */
    struct err err = {0};
    struct person_answer answer;
    const struct caller caller = by_id(house, house->self);
    assert_int_equal(letter_of(casework_person(&house->office.casework, &caller,
                                               str_from_c(house->person.reference), NULL,
                                               &house->office.work, &answer, &err),
                               &err),
                     'f');
}

static void test_clients_and_nobody_else(void **state)
{
    struct house *house = *state;
    struct own_record record;
    tie(house, &house->person, "lawyer");
    assert_int_equal(own(house, house->lawyer, house->person.reference, &record), 'o');
    assert_int_equal(record.as, TIE_REPRESENTATIVE);
    assert_int_equal(own(house, house->lawyer, house->other.reference, NULL), 'n');
    assert_int_equal(own(house, house->lawyer, "", NULL), 'n'); /* has no record of their own */
    assert_int_equal(clients(house, house->lawyer), 1);
    assert_int_equal(own(house, house->self, house->person.reference, NULL), 'n');
}

static void test_from_a_day_to_a_day(void **state)
{
    struct house *house = *state;
    assert_int_equal(
        tie_for(house, CLERK, &house->person, "lawyer", in_days(house, 2), in_days(house, 3), NULL),
        'o');
    const char expected[] = {'n', 'n', 'o', 'o', 'n', 'n'};
    for (size_t day = 0; day < sizeof expected; day++) {
        assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), expected[day]);
        assert_int_equal(clients(house, house->lawyer), expected[day] == 'o' ? 1 : 0);
        office_move_days(&house->office, 1);
    }
    tie(house, &house->person, "lawyer"); /* a tie that is over stands in nobody's way */
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'o');
}

static void test_ended_at_once(void **state)
{
    struct house *house = *state;
    const int64_t id = tie(house, &house->person, "lawyer");
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'o');
    assert_int_equal(end(house, OFFICER, id), 'f');
    assert_int_equal(end(house, CLERK, id + 1000), 'n');
    /* Under the name of somebody else, or of nobody, it is not there. */
    const struct somebody other = office_register(&house->office, "PersonNine Sampleiota");
    assert_int_equal(end_of(house, CLERK, other.reference, id), 'n');
    assert_int_equal(end_of(house, CLERK, "RH-000002-4", id), 'n');
    assert_int_equal(end(house, OTHER_CLERK, id), 'o');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
    assert_int_equal(clients(house, house->lawyer), 0);
    assert_int_equal(end(house, CLERK, id), 'c');
}

static void test_another_role_opens_nothing(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    struct account_row account;
    tie(house, &house->person, "lawyer");
    const struct caller administrator = office_caller(&house->office, ADMINISTRATOR);
    assert_true(casework_change_account(&house->office.casework, &administrator, STR("lawyer"),
                                        STR("person"), STR(""), STR("A mistake"),
                                        &house->office.work, &account, &err)
                    .ok);
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
}

/* --- protected, restricted, erased -------------------------------------------------------------
 */

static void protect(struct house *house, const struct somebody *person, const char *username)
{
    struct err err = {0};
    int64_t event = 0;
    const str usernames[] = {str_from_c(username)};
    const struct protection protection = {
        .usernames = usernames, .username_count = 1, .reason = STR("Threatened")};
    const struct caller caller = by_id(house, house->protection);
    assert_true(casework_protect_person(&house->office.casework, &caller,
                                        str_from_c(person->reference), &protection,
                                        &house->office.work, &event, &err)
                    .ok);
}

static void test_a_protected_record_is_its_persons(void **state)
{
    struct house *house = *state;
    tie(house, &house->person, "own-account");
    const int64_t id = tie(house, &house->person, "lawyer");
    protect(house, &house->person, "protection");
    assert_int_equal(own(house, house->self, "", NULL), 'o');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
    assert_int_equal(clients(house, house->lawyer), 0);
    /* Who does not see the record neither opens it to others nor ends that. */
    assert_int_equal(end(house, CLERK, id), 'n');
    assert_int_equal(tie_for(house, CLERK, &house->person, "lawyer", no_day, no_day, NULL), 'n');
    protect(house, &house->person, "lawyer");
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'o');
}

static void privacy(struct house *house, enum privacy_command command, enum account_name by)
{
    struct err err = {0};
    struct privacy_answer answer;
    const struct caller caller = office_caller(&house->office, by);
    arena_reset(&house->office.work);
    if (!casework_privacy(&house->office.casework, &caller, command,
                          str_from_c(house->person.reference), STR("Because"), &house->office.work,
                          &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
}

static void test_a_restricted_record_is_its_persons(void **state)
{
    struct house *house = *state;
    tie(house, &house->person, "own-account");
    tie(house, &house->person, "lawyer");
    privacy(house, PRIVACY_RESTRICT, SENIOR);
    assert_int_equal(own(house, house->self, "", NULL), 'o');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'o');
    assert_int_equal(clients(house, house->lawyer), 1);
}

static void test_an_erased_person_is_nobodys(void **state)
{
    struct house *house = *state;
    tie(house, &house->person, "own-account");
    tie(house, &house->person, "lawyer");
    assert_true(
        office_take(&house->office, CLERK, office_removal(&house->office, &house->person)).ok);
    privacy(house, PRIVACY_REQUEST_ERASURE, SENIOR);
    privacy(house, PRIVACY_ERASE, OTHER_SENIOR);
    assert_int_equal(own(house, house->self, "", NULL), 'n');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
    assert_int_equal(clients(house, house->lawyer), 0);
}

/* --- merged, and not ----------------------------------------------------------------------------
 */

static void test_a_tie_follows_the_person(void **state)
{
    struct house *house = *state;
    struct own_record record;
    tie(house, &house->other, "lawyer"); /* before the merge, of the one that becomes a part */
    const int64_t merge = merging_done(&house->office, &house->person, &house->other);
    assert_int_equal(own(house, house->lawyer, house->other.reference, &record), 'o');
    assert_string_equal(record.view.person.reference.at, house->person.reference);
    assert_int_equal(clients(house, house->lawyer), 1);
    /* During it, by the reference that stands for both: undone, it is the other's. */
    const int64_t during = tie(house, &house->person, "own-account");
    assert_int_equal(own(house, house->self, "", NULL), 'o');
    merging_undo(&house->office, merge, true);
    assert_int_equal(own(house, house->lawyer, house->other.reference, NULL), 'o');
    assert_int_equal(own(house, house->lawyer, house->person.reference, NULL), 'n');
    assert_int_equal(own(house, house->self, house->other.reference, NULL), 'o');
    assert_int_equal(own(house, house->self, house->person.reference, NULL), 'n');
    assert_int_equal(end(house, CLERK, during), 'o');
    assert_int_equal(own(house, house->self, "", NULL), 'n');
}

/* --- what is in it ------------------------------------------------------------------------------
 */

static void test_what_is_told(void **state)
{
    struct house *house = *state;
    struct own_record record;
    tie(house, &house->person, "own-account");
    office_record(&house->office, CLERK, house->person.reference, "reply.asked_on", "2026-06-25");
    assert_int_equal(own(house, house->self, "", &record), 'o');

    /* The rulebook of the tests: 14 days after 25 June 2026 is 9 July. */
    assert_true(record.clock_count > 0);
    const struct rulebook *rulebook = house->office.casework.rulebook;
    char day[DATE_TEXT_SIZE] = "";
    for (size_t i = 0; i < record.clock_count; i++) {
        if (str_equal(rulebook->clocks[record.clocks[i].clock].name, STR("reply_time"))) {
            date_format(record.clocks[i].answer.last_day, day);
        }
    }
    assert_string_equal(day, "2026-07-09");

    /* Of a transfer: one's own order is told, of the family, a hub or an agreement nothing is. */
    size_t told = 0;
    for (size_t i = 0; i < record.step_count; i++) {
        const struct step *step = &rulebook->steps[record.steps[i].step];
        for (size_t k = 0; k < step->safeguard_count; k++) {
            const str name = rulebook->safeguards[step->safeguards[k]].name;
            const enum own_verdict verdict = record.steps[i].each[k];
            if (str_equal(name, STR("no_injunction"))) {
                assert_int_equal(verdict, OWN_CLEAR);
                told++;
            } else if (str_equal(name, STR("family_free_to_leave")) ||
                       str_equal(name, STR("place_is_free")) ||
                       str_equal(name, STR("hub_is_monitored"))) {
                assert_int_equal(verdict, OWN_OF_OTHERS);
                told++;
            }
        }
    }
    assert_true(told >= 5);

    /* Facts of a hub and an agreement are nobody's own. */
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        if (rulebook->facts[i].subject != SUBJECT_PERSON) {
            assert_false(record.view.facts[i].value.known);
        }
    }
    assert_int_equal(record.tie_count, 1);
    assert_int_equal(record.hub.len, 0);
}

static void test_to_say_that_something_is_wrong(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    struct entry_answer answer;
    struct own_record record;
    tie(house, &house->person, "own-account");
    tie(house, &house->person, "lawyer");
    const struct caller caller = by_id(house, house->self);
    for (int twice = 0; twice < 2; twice++) { /* sent twice, it is said once */
        arena_reset(&house->office.work);
        if (!casework_own_complain(&house->office.casework, &caller, STR(""), STR("record"),
                                   STR("My day of birth is wrong"), &house->office.work, &answer,
                                   &err)
                 .ok) {
            fail_msg("%s", err.what);
        }
    }
    assert_int_equal(own(house, house->self, "", &record), 'o');
    assert_int_equal(record.complaint_count, 1);
    assert_string_equal(record.complaints[0].words.at, "My day of birth is wrong");
    assert_int_equal(record.complaints[0].answer.len, 0);

    /* It is in the caseworkers' books, and nothing there is the person's to see. */
    const struct book_line *lines = NULL;
    size_t count = 0;
    const struct book_query query = {.kind = STR("complaint"),
                                     .about = STR(""),
                                     .state = STR(""),
                                     .journey = STR(""),
                                     .not_closed = true,
                                     .limit = 10};
    const struct caller clerk = office_caller(&house->office, CLERK);
    assert_true(casework_entries(&house->office.casework, &clerk, &query, &house->office.work,
                                 &lines, &count, &err)
                    .ok);
    assert_int_equal(count, 1);
    assert_int_equal(letter_of(casework_entries(&house->office.casework, &caller, &query,
                                                &house->office.work, &lines, &count, &err),
                               &err),
                     'f');

    /* Nobody complains in somebody else's name. */
    const struct caller lawyer = by_id(house, house->lawyer);
    assert_int_equal(
        letter_of(casework_own_complain(&house->office.casework, &lawyer,
                                        str_from_c(house->other.reference), STR("other"), STR("x"),
                                        &house->office.work, &answer, &err),
                  &err),
        'n');
}

static int64_t write_letter(struct house *house, const struct somebody *person)
{
    static const str kinds[] = {STR_INIT("heading"), STR_INIT("paragraph")};
    static const str originals[] = {STR_INIT("A letter"), STR_INIT("What it says")};
    static const str none[] = {STR_INIT(""), STR_INIT("")};
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person->id,
        .kind = EVENT_NOTICE_ISSUED,
        .body.notice_issued = {
            .person = str_from_c(person->reference),
            .notice = STR("letter"),
            .version = 1,
            .language = STR("en-GB"),
            .hash = STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
            .kinds = {.items = kinds, .count = 2},
            .originals = {.items = originals, .count = 2},
            .translations = {.items = none, .count = 2}}};
    office_append(&house->office, &event);
    return event.position;
}

static char letter(struct house *house, int64_t account, int64_t number)
{
    struct err err = {0};
    struct notice_answer answer;
    const struct caller caller = by_id(house, account);
    return letter_of(casework_own_letter(&house->office.casework, &caller, number,
                                         &house->office.work, &answer, &err),
                     &err);
}

static void test_a_letter_is_seen_once_it_was_served(void **state)
{
    struct house *house = *state;
    struct own_record record;
    tie(house, &house->person, "own-account");
    tie(house, &house->other, "lawyer");
    const int64_t number = write_letter(house, &house->person);
    assert_int_equal(own(house, house->self, "", &record), 'o');
    assert_int_equal(record.letter_count, 0);
    assert_int_equal(letter(house, house->self, number), 'n');
    struct event served = {.subject_kind = SUBJECT_OF_PERSON,
                           .subject = house->person.id,
                           .kind = EVENT_NOTICE_SERVED,
                           .body.notice_served = {.notice = number,
                                                  .method = STR("in_person"),
                                                  .understood = 1,
                                                  .proof = STR("Signed by PersonNine Staff")}};
    office_append(&house->office, &served);
    assert_int_equal(own(house, house->self, "", &record), 'o');
    assert_int_equal(record.letter_count, 1);
    assert_int_equal(letter(house, house->self, number), 'o');
    assert_int_equal(letter(house, house->lawyer, number), 'n');
    assert_int_equal(letter(house, house->self, number + 1), 'n'); /* an event, and no letter */
}

static void test_who_looked(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    const struct own_look *looks = NULL;
    size_t count = 0;
    tie(house, &house->person, "own-account");
    assert_int_equal(own(house, house->self, "", NULL), 'o');
    const struct caller caller = by_id(house, house->self);
    assert_true(casework_own_looks(&house->office.casework, &caller, STR(""), &house->office.work,
                                   &looks, &count, &err)
                    .ok);
    assert_true(count >= 1);
    assert_string_equal(looks[0].role.at, "person"); /* one's own look is kept like any other */
    assert_string_equal(looks[0].purpose.at, "own record");
}

static void test_language(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    struct account_row account;
    const struct caller caller = by_id(house, house->self);
    assert_true(casework_choose_language(&house->office.casework, &caller, STR("ar"),
                                         &house->office.work, &err)
                    .ok);
    assert_true(
        casework_account(&house->office.casework, house->self, &house->office.work, &account, &err)
            .ok);
    assert_string_equal(account.language.at, "ar");
    const struct caller again = by_id(house, house->self);
    assert_int_equal(
        letter_of(casework_choose_language(&house->office.casework, &again, STR("not a language"),
                                           &house->office.work, &err),
                  &err),
        'i');
}

/* Aim: sent again after the account was closed, a tie is known as made; a new one is not. */
static void test_made_again(void **state)
{
    struct house *house = *state;
    struct office *office = &house->office;
    struct err err = {0};
    struct tie_line line;
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    const struct new_tie wanted = {.person = str_from_c(house->person.reference),
                                   .username = STR("lawyer"),
                                   .authority = STR("Form of authority seen")};
    for (int i = 0; i < 2; i++) {
        assert_true(
            casework_make_tie(&office->casework, &clerk, &wanted, &office->work, &line, &err).ok);
        assert_int_equal(line.repeated, i == 1);
        assert_true(i == 1 ||
                    casework_close_account(&office->casework, &administrator, STR("lawyer"),
                                           STR("left"), &office->work, &err)
                        .ok);
    }
    assert_int_equal(tie_for(house, CLERK, &house->other, "lawyer", no_day, no_day, NULL), 'i');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        EACH(test_an_account_alone_shows_nobody),
        EACH(test_who_may_tie),
        EACH(test_what_cannot_be_tied),
        EACH(test_own_and_nobody_elses),
        EACH(test_clients_and_nobody_else),
        EACH(test_from_a_day_to_a_day),
        EACH(test_ended_at_once),
        EACH(test_made_again),
        EACH(test_another_role_opens_nothing),
        EACH(test_a_protected_record_is_its_persons),
        EACH(test_a_restricted_record_is_its_persons),
        EACH(test_an_erased_person_is_nobodys),
        EACH(test_a_tie_follows_the_person),
        EACH(test_what_is_told),
        EACH(test_to_say_that_something_is_wrong),
        EACH(test_a_letter_is_seen_once_it_was_served),
        EACH(test_who_looked),
        EACH(test_language),
#undef EACH
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
