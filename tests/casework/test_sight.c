/* Aim: who sees whom, and who may not judge what. A protected record is nobody's but those named,
 * in every list, count and word; a glass that is broken shows one record for a while, to its
 * breaker, and is reviewed by somebody else; nobody approves what follows from their own decision;
 * and rights that change count with the next thing that is asked. What is expected is written here
 * by hand, letter by letter. */
#include "casework/administration.h"
#include "casework/evidence.h"
#include "casework/glass.h"
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
    int64_t protection;       /* a data protection officer, ... */
    int64_t other_protection; /* ... and another */
    struct somebody hidden;   /* at the north hub */
    struct somebody seen;     /* at the north hub, too */
    struct somebody coming;   /* asked to the north hub */
};

static int64_t open_protection(struct office *office, const char *username)
{
    struct err err = {0};
    struct account_row account;
    arena_reset(&office->work);
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    const struct new_account wanted = {.username = str_from_c(username),
                                       .name = str_from_c(username),
                                       .role = STR("data_protection_officer"),
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
    house.protection = open_protection(office, "protection");
    house.other_protection = open_protection(office, "other-protection");
    house.hidden = office_ready(office, "PersonOne Hidden");
    house.seen = office_ready(office, "PersonTwo Seen");
    house.coming = office_ready(office, "PersonThree Coming");
    assert_true(
        office_take(office, CLERK, office_transfer(office, &house.hidden, HUB_NORTH, 2)).ok);
    assert_true(office_take(office, CLERK, office_transfer(office, &house.seen, HUB_NORTH, 2)).ok);
    office_transfer(office, &house.coming, HUB_NORTH, 0);
    *state = &house;
    return 0;
}

/* Whatever a test did, the rows are those that the events add up to. */
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

static struct caller by_protection(struct house *house)
{
    return by_id(house, house->protection);
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

/* --- protecting ------------------------------------------------------------------------------- */

static char protect_by(struct house *house, const struct caller *caller,
                       const struct somebody *person, const char *username, const char *role)
{
    struct err err = {0};
    int64_t event = 0;
    const str usernames[] = {str_from_c(username)};
    const str roles[] = {str_from_c(role)};
    const struct protection protection = {.usernames = usernames,
                                          .username_count = username[0] == '\0' ? 0 : 1,
                                          .roles = roles,
                                          .role_count = role[0] == '\0' ? 0 : 1,
                                          .reason = STR("Threatened by a member of staff")};
    arena_reset(&house->office.work);
    return letter_of(casework_protect_person(&house->office.casework, caller,
                                             str_from_c(person->reference), &protection,
                                             &house->office.work, &event, &err),
                     &err);
}

static void protect(struct house *house, const struct somebody *person, const char *username,
                    const char *role)
{
    const struct caller caller = by_protection(house);
    assert_int_equal(protect_by(house, &caller, person, username, role), 'o');
}

static char lift(struct house *house, const struct somebody *person)
{
    struct err err = {0};
    int64_t event = 0;
    const struct caller caller = by_protection(house);
    arena_reset(&house->office.work);
    return letter_of(
        casework_lift_protection(&house->office.casework, &caller, str_from_c(person->reference),
                                 STR("The danger ended"), &house->office.work, &event, &err),
        &err);
}

static char see_by(struct house *house, const struct caller *caller, const struct somebody *person)
{
    struct err err = {0};
    struct person_answer answer;
    arena_reset(&house->office.work);
    return letter_of(casework_person(&house->office.casework, caller, str_from_c(person->reference),
                                     NULL, &house->office.work, &answer, &err),
                     &err);
}

static char see(struct house *house, enum account_name account, const struct somebody *person)
{
    const struct caller caller = office_caller(&house->office, account);
    return see_by(house, &caller, person);
}

/* Each account in turn, and the data protection officer. */
static void check_seen(struct house *house, const struct somebody *person, const char *letters)
{
    static const enum account_name accounts[] = {
        CLERK, OTHER_CLERK, OFFICER, SENIOR, OPERATOR_NORTH, OPERATOR_SOUTH, MONITOR_NORTH};
    char seen[9] = "";
    const struct caller protection = by_protection(house);
    for (size_t i = 0; i < 7; i++) {
        seen[i] = see(house, accounts[i], person);
    }
    seen[7] = see_by(house, &protection, person);
    assert_string_equal(seen, letters);
}

/* Aim: named is named; nobody else, whatever their role or hub; a later protection takes the place
 * of an earlier one; naming does not give what the role or the hub does not. */
static void protected_from_all_but_those_named(void **state)
{
    struct house *house = *state;
    check_seen(house, &house->hidden, "ooooonoo");
    protect(house, &house->hidden, "clerk", "");
    check_seen(house, &house->hidden, "onnnnnno");
    check_seen(house, &house->seen, "ooooonoo");
    protect(house, &house->hidden, "", "authorising_officer");
    check_seen(house, &house->hidden, "nnonnnno");
    protect(house, &house->hidden, "operator-north", "senior_officer");
    check_seen(house, &house->hidden, "nnnoonno");
    protect(house, &house->hidden, "operator-south", "hub_operator");
    check_seen(house, &house->hidden, "nnnnonno"); /* the south operator is of another hub */
    assert_int_equal(lift(house, &house->hidden), 'o');
    check_seen(house, &house->hidden, "ooooonoo");
    assert_int_equal(lift(house, &house->hidden), 'c');
}

/* Aim: what is wrong is said, and only those two roles protect; who loses sight by it can send the
 * command again. */
static void protecting_is_checked(void **state)
{
    struct house *house = *state;
    const struct caller protection = by_protection(house);
    assert_int_equal(protect_by(house, &protection, &house->hidden, "", ""), 'i');
    assert_int_equal(protect_by(house, &protection, &house->hidden, "no-such-account", ""), 'i');
    assert_int_equal(protect_by(house, &protection, &house->hidden, "", "no_such_role"), 'i');
    static const struct {
        enum account_name account;
        char letter;
    } rows[] = {{CLERK, 'f'},         {OFFICER, 'f'},       {OPERATOR_NORTH, 'f'},
                {MONITOR_NORTH, 'f'}, {ADMINISTRATOR, 'f'}, {STATISTICIAN, 'f'}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct caller caller = office_caller(&house->office, rows[i].account);
        assert_int_equal(protect_by(house, &caller, &house->hidden, "clerk", ""), rows[i].letter);
    }
    const struct caller senior = office_caller(&house->office, SENIOR);
    assert_int_equal(protect_by(house, &senior, &house->hidden, "clerk", ""), 'o');
    const int64_t events = office_events(&house->office);
    assert_int_equal(protect_by(house, &senior, &house->hidden, "clerk", ""), 'o'); /* again */
    assert_int_equal(office_events(&house->office), events);
    assert_int_equal(protect_by(house, &senior, &house->hidden, "officer", ""), 'c'); /* other */
    const struct caller fresh = office_caller(&house->office, SENIOR);
    assert_int_equal(protect_by(house, &fresh, &house->hidden, "clerk", ""), 'n');
}

/* --- no trace --------------------------------------------------------------------------------- */

typedef result ask_about(struct house *house, const struct caller *caller, str person,
                         struct err *err);

static result ask_person(struct house *house, const struct caller *caller, str person,
                         struct err *err)
{
    struct person_answer answer;
    return casework_person(&house->office.casework, caller, person, NULL, &house->office.work,
                           &answer, err);
}

static result ask_explain(struct house *house, const struct caller *caller, str person,
                          struct err *err)
{
    struct explain_answer answer;
    return casework_explain(&house->office.casework, caller, person, STR("removal"), STR(""), NULL,
                            &house->office.work, &answer, err);
}

static result ask_record(struct house *house, const struct caller *caller, str person,
                         struct err *err)
{
    struct record_answer answer;
    const struct fact_entry entry = {STR("person.remarks"), STR("x"), office_today(&house->office),
                                     STR("")};
    return casework_record_facts(&house->office.casework, caller, SUBJECT_OF_PERSON, person, &entry,
                                 1, &house->office.work, &answer, err);
}

static result ask_step(struct house *house, const struct caller *caller, str person,
                       struct err *err)
{
    struct step_answer answer;
    return casework_request_step(&house->office.casework, caller, person, STR("readmission"),
                                 STR(""), &house->office.work, &answer, err);
}

static result ask_contact(struct house *house, const struct caller *caller, str person,
                          struct err *err)
{
    return casework_confirm_contact(&house->office.casework, caller, person,
                                    office_today(&house->office), STR("a visit"),
                                    (struct known_day){0}, &house->office.work, err);
}

static result ask_protection(struct house *house, const struct caller *caller, str person,
                             struct err *err)
{
    struct protection_answer answer;
    return casework_protection(&house->office.casework, caller, person, &house->office.work,
                               &answer, err);
}

static void nobodys_reference(struct house *house, char text[REFERENCE_SIZE])
{
    for (uint32_t bits = 7;; bits++) {
        int64_t id = 0;
        char sql[200];
        reference_make(bits, text);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM person WHERE reference = '%s'", text);
        id = office_ask(&house->office, sql);
        if (id == 0) {
            return;
        }
    }
}

/* Aim: forbidden is unknown, to the byte, in every function that is asked about a person. */
static void forbidden_is_unknown_to_the_byte(void **state)
{
    struct house *house = *state;
    ask_about *const asks[] = {ask_person, ask_explain, ask_record,
                               ask_step,   ask_contact, ask_protection};
    char nobody[REFERENCE_SIZE];
    nobodys_reference(house, nobody);
    protect(house, &house->hidden, "", "statistician");
    const int64_t events = office_events(&house->office);
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct err hidden;
        struct err missing;
        memset(&hidden, 0, sizeof hidden);
        memset(&missing, 0, sizeof missing);
        const struct caller caller = office_caller(&house->office, CLERK);
        arena_reset(&house->office.work);
        assert_false(asks[i](house, &caller, str_from_c(house->hidden.reference), &hidden).ok);
        arena_reset(&house->office.work);
        assert_false(asks[i](house, &caller, str_from_c(nobody), &missing).ok);
        char *at = strstr(hidden.what, house->hidden.reference);
        assert_non_null(at);
        memcpy(at, nobody, strlen(nobody));
        assert_string_equal(hidden.what, missing.what);
        assert_string_equal(hidden.hint, missing.hint);
        assert_int_equal(hidden.code, missing.code);
    }
    assert_int_equal(office_events(&house->office), events);
}

struct counted {
    size_t listed;
    int64_t in_stages;
    size_t found_by_name;
    size_t found_by_reference;
    int64_t due;
    int64_t screened;
    size_t evidence;
    size_t at_north; /* occupants told of */
    size_t asked_to_north;
    int64_t free_at_north;
};

static size_t find(struct house *house, const struct caller *caller, const char *text,
                   int64_t *ret_in_stages)
{
    struct err err = {0};
    struct people_answer answer = {0};
    const struct people_query query = {
        .text = str_from_c(text), .stage = STR(""), .hub = STR(""), .limit = 500};
    arena_reset(&house->office.work);
    if (!casework_people(&house->office.casework, caller, &query, &house->office.work, &answer,
                         &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    for (size_t i = 0; ret_in_stages != NULL && i < answer.stage_count; i++) {
        *ret_in_stages += answer.stages[i].people;
    }
    return answer.count;
}

static void count_at_hub(struct house *house, const struct caller *caller, struct counted *counted)
{
    struct err err = {0};
    struct hub_line line;
    arena_reset(&house->office.work);
    assert_true(casework_hub(&house->office.casework, caller, STR(HUB_NORTH), &house->office.work,
                             &line, &err)
                    .ok);
    for (size_t i = 0; i < line.place_count; i++) {
        counted->at_north += line.occupants[i].id != 0 ? 1 : 0;
    }
    counted->asked_to_north = line.request_count;
    counted->free_at_north = line.places.free;
}

static struct counted count_all(struct house *house, enum account_name account,
                                const struct somebody *person, const char *name)
{
    struct err err = {0};
    struct counted counted = {0};
    struct today_answer today = {0};
    struct screen_totals totals = {0};
    const struct evidence_line *lines = NULL;
    const struct evidence_query evidence = {.fact = STR("person.nationality"), .value = STR("")};
    struct casework *casework = &house->office.casework;
    struct arena *arena = &house->office.work;
    const struct caller caller = office_caller(&house->office, account);
    counted.listed = find(house, &caller, "", &counted.in_stages);
    counted.found_by_name = find(house, &caller, name, NULL);
    counted.found_by_reference = find(house, &caller, person->reference, NULL);
    arena_reset(arena);
    assert_true(casework_today(casework, &caller, NULL, arena, &today, &err).ok);
    counted.due = today.due_total;
    assert_true(
        casework_screen(casework, &caller, STR("removal"), STR(""), NULL, NULL, NULL, &totals, &err)
            .ok);
    counted.screened = totals.people;
    arena_reset(arena);
    assert_true(
        casework_evidence(casework, &caller, &evidence, arena, &lines, &counted.evidence, &err).ok);
    count_at_hub(house, &caller, &counted);
    return counted;
}

/* Aim: in every list, search and count there is one person fewer, and the places stay taken. */
static void protected_is_in_no_list_and_no_count(void **state)
{
    struct house *house = *state;
    const struct counted before = count_all(house, CLERK, &house->hidden, "Hidden");
    assert_int_equal(before.listed, 3);
    assert_int_equal(before.in_stages, 3);
    assert_int_equal(before.found_by_name, 1);
    assert_int_equal(before.found_by_reference, 1);
    assert_int_equal(before.at_north, 2);
    assert_int_equal(before.asked_to_north, 1);
    protect(house, &house->hidden, "officer", "");
    const struct counted after = count_all(house, CLERK, &house->hidden, "Hidden");
    assert_int_equal(after.listed, 2);
    assert_int_equal(after.in_stages, 2);
    assert_int_equal(after.found_by_name, 0);
    assert_int_equal(after.found_by_reference, 0);
    assert_int_equal(after.due, before.due - 1);
    assert_int_equal(after.at_north, before.at_north - 1);
    assert_int_equal(after.free_at_north, before.free_at_north); /* the place is taken */
    assert_int_equal(after.evidence, before.evidence - 1);
    const struct counted named = count_all(house, OFFICER, &house->hidden, "Hidden");
    assert_memory_equal(&named, &before, sizeof named);
    protect(house, &house->coming, "officer", "");
    const struct counted both = count_all(house, CLERK, &house->coming, "Coming");
    assert_int_equal(both.listed, 1);
    assert_int_equal(both.in_stages, 1);
    assert_int_equal(both.screened, before.screened - 1);
    assert_int_equal(both.asked_to_north, 0);
}

/* Aim: what another record's event stops is told without the name of somebody hidden, and stops all
 * the same. */
static void a_stop_is_told_without_a_name(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    struct record_answer answer;
    protect(house, &house->coming, "officer", "");
    const struct fact_entry entry = {STR("hub.monitor_appointed"), STR("no"),
                                     office_today(&house->office), STR("")};
    const struct caller caller = office_caller(&house->office, OPERATOR_NORTH);
    for (int again = 0; again < 2; again++) {
        arena_reset(&house->office.work);
        assert_true(casework_record_facts(&house->office.casework, &caller, SUBJECT_OF_HUB,
                                          STR(HUB_NORTH), &entry, 1, &house->office.work, &answer,
                                          &err)
                        .ok);
        assert_int_equal(answer.repeated, again);
        assert_int_equal(answer.stopped_count, 1);
        assert_int_equal(answer.stopped[0].reference.len, 0);
    }
}

/* --- break-glass ------------------------------------------------------------------------------ */

static char break_by(struct house *house, const struct caller *caller,
                     const struct somebody *person, int64_t minutes, int64_t *ret_glass)
{
    struct err err = {0};
    struct glass_line line = {.shows = false};
    arena_reset(&house->office.work);
    const result done = casework_break_glass(
        &house->office.casework, caller, str_from_c(person->reference),
        STR("The person is at the door and is ill"), minutes, &house->office.work, &line, &err);
    if (done.ok && ret_glass != NULL) {
        *ret_glass = line.row.id;
    }
    return letter_of(done, &err);
}

static char break_glass(struct house *house, enum account_name account,
                        const struct somebody *person)
{
    const struct caller caller = office_caller(&house->office, account);
    return break_by(house, &caller, person, 20, NULL);
}

static char review_by(struct house *house, int64_t account, int64_t glass, const char *outcome)
{
    struct err err = {0};
    struct glass_line line;
    const struct caller caller = by_id(house, account);
    arena_reset(&house->office.work);
    return letter_of(casework_review_glass(&house->office.casework, &caller, glass,
                                           str_from_c(outcome), STR("The hub confirms it"),
                                           &house->office.work, &line, &err),
                     &err);
}

static size_t count_glasses(struct house *house, const struct caller *caller, bool own,
                            bool reviewed)
{
    struct err err = {0};
    const struct glass_line *lines = NULL;
    size_t count = 0;
    const struct glass_query query = {.own = own, .and_reviewed = reviewed, .limit = 100};
    arena_reset(&house->office.work);
    assert_true(casework_glasses(&house->office.casework, caller, &query, &house->office.work,
                                 &lines, &count, &err)
                    .ok);
    return count;
}

/* Aim: it shows one record to one account until its time is over, to the millisecond. */
static void a_glass_shows_one_record_for_a_while(void **state)
{
    struct house *house = *state;
    struct office *office = &house->office;
    protect(house, &house->hidden, "officer", "");
    protect(house, &house->seen, "officer", "");
    assert_int_equal(break_glass(house, CLERK, &house->hidden), 'o');
    check_seen(house, &house->hidden, "ononnnno");
    check_seen(house, &house->seen, "nnonnnno");
    const struct caller clerk = office_caller(office, CLERK);
    assert_int_equal(find(house, &clerk, "", NULL), 1); /* no list shows anybody by it */
    const int64_t broken_at = office_ask(office, "SELECT broken_at FROM glass");
    office->now = broken_at + 20 * 60 * 1000 - 1;
    assert_int_equal(see(house, CLERK, &house->hidden), 'o');
    office->now += 1;
    assert_int_equal(see(house, CLERK, &house->hidden), 'n');
}

/* Aim: two who were taken for one: what was broken while they were goes with whom it was about when
 * they are separated, and shows nobody else. */
static void a_glass_goes_with_whom_it_was_about(void **state)
{
    for (int to_absorbed = 0; to_absorbed < 2; to_absorbed++) {
        struct house *house = *state;
        struct office *office = &house->office;
        const struct somebody one = office_ready(office, "PersonFive One");
        const struct somebody two = office_ready(office, "PersonSix Two");
        const int64_t merge = merging_done(office, &one, &two);
        protect(house, &one, "officer", "senior_officer");
        assert_int_equal(break_glass(house, CLERK, &one), 'o');
        merging_undo(office, merge, to_absorbed == 1);
        const struct somebody *about = to_absorbed == 1 ? &two : &one;
        const struct somebody *other = to_absorbed == 1 ? &one : &two;
        protect(house, other, "officer", "senior_officer");
        check_seen(house, about, "onoonnno");
        check_seen(house, other, "nnoonnno");
        const int64_t glass = office_ask(office, "SELECT MAX(id) FROM glass");
        assert_int_equal(review_by(house, house->protection, glass, "justified"), 'o');
        office->now = office_ask(office, "SELECT MAX(until) FROM glass");
        assert_int_equal(see(house, CLERK, about), 'n');
    }
}

/* Aim: it is for sight alone: nothing is recorded, asked for or protected by it. */
static void a_glass_shows_and_does_nothing(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    protect(house, &house->hidden, "officer", "");
    assert_int_equal(break_glass(house, CLERK, &house->hidden), 'o');
    const int64_t events = office_events(&house->office);
    ask_about *const asks[] = {ask_record, ask_step, ask_contact};
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        const struct caller caller = office_caller(&house->office, CLERK);
        arena_reset(&house->office.work);
        const result done = asks[i](house, &caller, str_from_c(house->hidden.reference), &err);
        assert_int_equal(letter_of(done, &err), 'n');
    }
    assert_int_equal(office_events(&house->office), events);
}

/* Aim: what there is to break, and for whom. */
static void a_glass_is_broken_with_a_reason_and_a_role(void **state)
{
    struct house *house = *state;
    struct err err = {0};
    struct glass_line line;
    assert_int_equal(break_glass(house, CLERK, &house->hidden), 'c'); /* it is seen */
    protect(house, &house->hidden, "", "statistician");
    const struct caller clerk = office_caller(&house->office, CLERK);
    assert_int_equal(break_by(house, &clerk, &house->hidden, 0, NULL), 'i');
    assert_int_equal(break_by(house, &clerk, &house->hidden, 31, NULL), 'i');
    assert_false(casework_break_glass(&house->office.casework, &clerk,
                                      str_from_c(house->hidden.reference), STR("  "), 10,
                                      &house->office.work, &line, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    static const struct {
        enum account_name account;
        char letter;
    } rows[] = {{OFFICER, 'o'},        {SENIOR, 'o'},
                {OPERATOR_NORTH, 'o'}, {OPERATOR_SOUTH, 'n'}, /* of another hub */
                {MONITOR_NORTH, 'f'},  {ADMINISTRATOR, 'f'},
                {STATISTICIAN, 'f'},   {FORMER_CLERK, 'f'}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(break_glass(house, rows[i].account, &house->hidden), rows[i].letter);
    }
    check_seen(house, &house->hidden, "nnooonno");
}

/* Aim: it is an event, found again by its client id, that those who review are told of until one of
 * them, who is not the breaker, has reviewed it, once. */
static void a_glass_is_reviewed_by_somebody_else(void **state)
{
    struct house *house = *state;
    int64_t glass = 0;
    int64_t again = 0;
    protect(house, &house->hidden, "", "statistician");
    const struct caller clerk = office_caller(&house->office, CLERK);
    const struct caller protection = by_protection(house);
    assert_int_equal(count_glasses(house, &protection, false, false), 0);
    assert_int_equal(break_by(house, &clerk, &house->hidden, 20, &glass), 'o');
    assert_int_equal(break_by(house, &clerk, &house->hidden, 20, &again), 'o');
    assert_int_equal(again, glass);
    assert_int_equal(office_event(&house->office, glass).kind, EVENT_GLASS_BROKEN);
    assert_int_equal(count_glasses(house, &protection, false, false), 1);
    assert_int_equal(count_glasses(house, &clerk, true, false), 1);
    assert_int_equal(review_by(house, house->protection, glass, "perhaps"), 'i');
    assert_int_equal(review_by(house, house->protection, glass + 1000, "justified"), 'n');
    assert_int_equal(review_by(house, house->office.accounts[CLERK], glass, "justified"), 'f');
    assert_int_equal(review_by(house, house->protection, glass, "not_justified"), 'o');
    assert_int_equal(review_by(house, house->other_protection, glass, "justified"), 'c');
    assert_int_equal(count_glasses(house, &protection, false, false), 0);
    assert_int_equal(count_glasses(house, &protection, false, true), 1);
}

/* --- rights that change, and conflicts of interest -------------------------------------------- */

static void give_role(struct house *house, const char *username, const char *role)
{
    struct err err = {0};
    struct account_row account;
    const struct caller administrator = office_caller(&house->office, ADMINISTRATOR);
    arena_reset(&house->office.work);
    if (!casework_change_account(&house->office.casework, &administrator, str_from_c(username),
                                 str_from_c(role), STR(""), STR("a new post"), &house->office.work,
                                 &account, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
}

/* Aim: who broke a glass and becomes a data protection officer does not review it. */
static void nobody_reviews_their_own_glass(void **state)
{
    struct house *house = *state;
    int64_t glass = 0;
    protect(house, &house->hidden, "", "statistician");
    const struct caller clerk = office_caller(&house->office, CLERK);
    assert_int_equal(break_by(house, &clerk, &house->hidden, 20, &glass), 'o');
    give_role(house, "clerk", "data_protection_officer");
    assert_int_equal(review_by(house, house->office.accounts[CLERK], glass, "justified"), 'f');
    assert_int_equal(review_by(house, house->other_protection, glass, "justified"), 'o');
}

/* Aim: the very next thing that is asked is answered by the new rights; a glass of the old ones
 * shows nothing to a role that sees nobody. */
static void rights_count_at_once(void **state)
{
    struct house *house = *state;
    const struct caller clerk = office_caller(&house->office, CLERK);
    protect(house, &house->hidden, "", "caseworker");
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'o');
    give_role(house, "clerk", "authorising_officer");
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'n');
    assert_int_equal(break_glass(house, CLERK, &house->hidden), 'o');
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'o');
    give_role(house, "clerk", "statistician");
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'f');
    give_role(house, "clerk", "caseworker");
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'o');
    struct err err = {0};
    const struct caller administrator = office_caller(&house->office, ADMINISTRATOR);
    arena_reset(&house->office.work);
    assert_true(casework_close_account(&house->office.casework, &administrator, STR("clerk"),
                                       STR("left"), &house->office.work, &err)
                    .ok);
    assert_int_equal(see_by(house, &clerk, &house->hidden), 'f');
}

static bool is_mine(struct house *house, enum account_name account, int64_t request)
{
    struct err err = {0};
    struct request_answer answer;
    const struct caller caller = office_caller(&house->office, account);
    arena_reset(&house->office.work);
    assert_true(casework_request(&house->office.casework, &caller, request, &house->office.work,
                                 &answer, &err)
                    .ok);
    return answer.work.mine_to_approve;
}

static char approve(struct house *house, enum account_name account, int64_t request)
{
    const struct outcome outcome = office_approve(&house->office, account, request);
    return letter_of((result){.ok = outcome.ok}, &outcome.err);
}

/* Aim: who took alone a decision about a person, and changes the role, does not approve what
 * follows from it; who asked for a step, either. Others do. */
static void nobody_approves_what_follows_from_their_own(void **state)
{
    struct house *house = *state;
    struct office *office = &house->office;
    const struct somebody person = office_ready(office, "PersonFour Decided"); /* by the clerk */
    const int64_t request = office_ask_for(office, OTHER_CLERK, &person, "removal", "").request;
    give_role(house, "clerk", "authorising_officer");
    give_role(house, "other-clerk", "authorising_officer");
    assert_true(office_ask_for(office, CLERK, &person, "removal", "").err.code == ERROR_FORBIDDEN);
    assert_false(is_mine(house, CLERK, request));
    assert_false(is_mine(house, OTHER_CLERK, request));
    assert_true(is_mine(house, OFFICER, request));
    const int64_t events = office_events(office);
    assert_int_equal(approve(house, CLERK, request), 'f');
    assert_int_equal(approve(house, OTHER_CLERK, request), 'f');
    assert_int_equal(office_events(office), events);
    assert_int_equal(approve(house, OFFICER, request), 'o');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(protected_from_all_but_those_named, setup, teardown),
        cmocka_unit_test_setup_teardown(protecting_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(forbidden_is_unknown_to_the_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(protected_is_in_no_list_and_no_count, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stop_is_told_without_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_glass_shows_one_record_for_a_while, setup, teardown),
        cmocka_unit_test_setup_teardown(a_glass_goes_with_whom_it_was_about, setup, teardown),
        cmocka_unit_test_setup_teardown(a_glass_shows_and_does_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_glass_is_broken_with_a_reason_and_a_role, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_glass_is_reviewed_by_somebody_else, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_reviews_their_own_glass, setup, teardown),
        cmocka_unit_test_setup_teardown(rights_count_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_approves_what_follows_from_their_own, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
