/* Aim: need to know, in the functions that users call: who may do what to what, as tables of
 * letters by hand; and what somebody may not see is told in the very bytes in which what does not
 * exist is told. The whole matrix of the pure function is compared in access_oracle.cjs. */
#include "office.h"

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

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* --- the pure function ------------------------------------------------------------------------ */

/* Aim: names of roles and actions are the ones that rulebooks and accounts use. */
static void test_names(void **state)
{
    (void)state;
    assert_int_equal(role_from_name(STR("senior_officer")), ROLE_SENIOR_OFFICER);
    assert_string_equal(role_name(ROLE_SENIOR_OFFICER), "senior_officer");
    assert_string_equal(role_title(ROLE_MONITOR), "Independent monitor");
    assert_int_equal(role_from_name(STR("senior")), ROLE_NONE);
    assert_int_equal(role_from_name(STR("")), ROLE_NONE);
    assert_string_equal(action_name(ACTION_TAKE_STEP), "take_step");
}

/* --- the functions ---------------------------------------------------------------------------- */

struct house {
    struct office *office;
    struct somebody north;   /* at the north hub */
    struct somebody south;   /* at the south hub */
    struct somebody coming;  /* asked to the north hub, not there yet */
    struct somebody nowhere; /* at none */
    int64_t coming_request;
    int64_t removal; /* of `nowhere`: about no hub */
};

static struct house make_house(struct office *office)
{
    struct house house = {.office = office};
    house.north = office_ready(office, "PersonOne North");
    house.south = office_ready(office, "PersonThree South");
    house.coming = office_ready(office, "PersonTwo Coming");
    house.nowhere = office_ready(office, "PersonFive Nowhere");
    assert_true(office_take(office, CLERK, office_transfer(office, &house.north, HUB_NORTH, 2)).ok);
    assert_true(office_take(office, CLERK, office_transfer(office, &house.south, HUB_SOUTH, 2)).ok);
    house.coming_request = office_transfer(office, &house.coming, HUB_NORTH, 0);
    house.removal = office_ask_for(office, CLERK, &house.nowhere, "removal", "").request;
    return house;
}

typedef result act_on_person(struct office *office, const struct caller *caller,
                             const struct somebody *person, struct err *err);

static result see_person(struct office *office, const struct caller *caller,
                         const struct somebody *person, struct err *err)
{
    struct person_answer answer;
    return casework_person(&office->casework, caller, str_from_c(person->reference), NULL,
                           &office->work, &answer, err);
}

static result explain_step_for(struct office *office, const struct caller *caller,
                               const struct somebody *person, struct err *err)
{
    struct explain_answer answer;
    return casework_explain(&office->casework, caller, str_from_c(person->reference),
                            STR("removal"), STR(""), NULL, &office->work, &answer, err);
}

static result record_remark(struct office *office, const struct caller *caller,
                            const struct somebody *person, struct err *err)
{
    struct record_answer answer;
    const struct fact_entry entry = {STR("person.remarks"), STR("x"), office_today(office),
                                     STR("")};
    return casework_record_facts(&office->casework, caller, SUBJECT_OF_PERSON,
                                 str_from_c(person->reference), &entry, 1, &office->work, &answer,
                                 err);
}

static result confirm_contact(struct office *office, const struct caller *caller,
                              const struct somebody *person, struct err *err)
{
    return casework_confirm_contact(&office->casework, caller, str_from_c(person->reference),
                                    office_today(office), STR("a visit"), (struct known_day){0},
                                    &office->work, err);
}

static result add_note(struct office *office, const struct caller *caller,
                       const struct somebody *person, struct err *err)
{
    return casework_add_note(&office->casework, caller, str_from_c(person->reference),
                             STR("Came with an interpreter"), &office->work, err);
}

/* For each account: o ok, f forbidden, n not found; for the persons north, coming, south, nowhere.
 */
static const struct {
    enum account_name account;
    const char *see;
    const char *record;
} persons[] = {
    {CLERK, "oooo", "oooo"},          {OFFICER, "oooo", "oooo"},
    {SENIOR, "oooo", "oooo"},         {OPERATOR_NORTH, "oonn", "oonn"},
    {OPERATOR_SOUTH, "nnon", "nnon"}, {OPERATOR_NOWHERE, "nnnn", "nnnn"},
    {MONITOR_NORTH, "oonn", "ffff"},  {ADMINISTRATOR, "ffff", "ffff"},
    {FORMER_CLERK, "ffff", "ffff"},
};

static char letter_of(result done, const struct err *err)
{
    return done.ok                        ? 'o'
           : err->code == ERROR_FORBIDDEN ? 'f'
           : err->code == ERROR_NOT_FOUND ? 'n'
                                          : '?';
}

static void check_person_action(struct house *house, act_on_person *act, enum account_name account,
                                const char *letters)
{
    const struct somebody *people[] = {&house->north, &house->coming, &house->south,
                                       &house->nowhere};
    for (size_t i = 0; i < 4; i++) {
        struct err err = {0};
        const struct caller caller = office_caller(house->office, account);
        arena_reset(&house->office->work);
        const result done = act(house->office, &caller, people[i], &err);
        if (letter_of(done, &err) != letters[i]) {
            print_error("account %d, person %zu: %s\n", (int)account, i, err.what);
        }
        assert_int_equal(letter_of(done, &err), letters[i]);
    }
}

/* Aim: each account sees and records about exactly the people it should. */
static void test_people(void **state)
{
    struct house house = make_house(*state);
    for (size_t i = 0; i < sizeof persons / sizeof persons[0]; i++) {
        check_person_action(&house, see_person, persons[i].account, persons[i].see);
        check_person_action(&house, explain_step_for, persons[i].account, persons[i].see);
        check_person_action(&house, record_remark, persons[i].account, persons[i].record);
        check_person_action(&house, confirm_contact, persons[i].account, persons[i].record);
        check_person_action(&house, add_note, persons[i].account, persons[i].record);
    }
}

/* Aim: whoever is hidden is told of in the same bytes as one who does not exist, to the last field
 * of the error. */
static void test_same_words(void **state)
{
    struct house house = make_house(*state);
    struct somebody nobody = {.id = 0};
    act_on_person *const acts[] = {see_person, explain_step_for, record_remark, confirm_contact,
                                   add_note};
    const struct caller caller = office_caller(house.office, OPERATOR_NORTH);
    /* Any other reference that is well formed and nobody's. */
    for (uint32_t bits = 1;; bits++) {
        reference_make(bits, nobody.reference);
        if (strcmp(nobody.reference, house.south.reference) != 0) {
            break;
        }
    }
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct err hidden;
        struct err missing;
        memset(&hidden, 0, sizeof hidden);
        memset(&missing, 0, sizeof missing);
        assert_false(acts[i](house.office, &caller, &house.south, &hidden).ok);
        assert_false(acts[i](house.office, &caller, &nobody, &missing).ok);
        char *at = strstr(hidden.what, house.south.reference);
        assert_non_null(at);
        memcpy(at, nobody.reference, strlen(nobody.reference));
        assert_string_equal(hidden.what, missing.what);
        assert_string_equal(hidden.hint, missing.hint);
        assert_int_equal(hidden.code, missing.code);
    }
}

/* Aim: the end of a request ends the sight of the hub that it was for. */
static void test_sight_ends(void **state)
{
    struct house house = make_house(*state);
    assert_true(office_withdraw(house.office, CLERK, house.coming_request).ok);
    check_person_action(&house, see_person, OPERATOR_NORTH, "onnn");
    assert_string_equal(office_ask_for(house.office, CLERK, &house.north, "readmission", "").stage,
                        "exhausted");
    check_person_action(&house, see_person, OPERATOR_NORTH, "nnnn");
    check_person_action(&house, see_person, MONITOR_NORTH, "nnnn");
}

/* --- requests, hubs, agreements --------------------------------------------------------------- */

static char see_request(struct office *office, enum account_name account, int64_t request)
{
    struct err err = {0};
    struct request_answer answer;
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    return letter_of(
        casework_request(&office->casework, &caller, request, &office->work, &answer, &err), &err);
}

/* Aim: a request is seen by whoever sees the person and has to do with the hub. */
static void test_requests(void **state)
{
    struct house house = make_house(*state);
    struct office *office = house.office;
    assert_true(office_ask_for(office, CLERK, &house.coming, "transfer", HUB_SOUTH).ok);
    const int64_t south = office_events(office);
    assert_int_equal(see_request(office, CLERK, south), 'o');
    assert_int_equal(see_request(office, OPERATOR_NORTH, house.coming_request), 'o');
    /* The person is seen, the request for another hub is not. */
    assert_int_equal(see_request(office, OPERATOR_NORTH, south), 'n');
    assert_int_equal(see_request(office, OPERATOR_SOUTH, south), 'o');
    assert_int_equal(see_request(office, OPERATOR_SOUTH, house.coming_request), 'n');
    assert_int_equal(see_request(office, OPERATOR_NORTH, house.removal), 'n');
    assert_int_equal(see_request(office, ADMINISTRATOR, south), 'f');
    assert_int_equal(see_request(office, CLERK, 1), 'n');
    struct person_answer answer;
    struct err err = {0};
    const struct caller caller = office_caller(office, OPERATOR_NORTH);
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(house.coming.reference),
                                NULL, &office->work, &answer, &err)
                    .ok);
    assert_int_equal(answer.request_count, 1);
    assert_int_equal(answer.requests[0].id, house.coming_request);
    for (size_t i = 0; i < answer.history_count; i++) {
        assert_int_not_equal(answer.history[i].event.position, south);
    }
    for (size_t i = 0; i < answer.next_step_count; i++) {
        assert_true(answer.next_steps[i].hub.id == 0 ||
                    answer.next_steps[i].hub.id == office->hub_north);
    }
}

static char see_hub(struct office *office, enum account_name account, const char *reference)
{
    struct err err = {0};
    struct hub_line line;
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done =
        casework_hub(&office->casework, &caller, str_from_c(reference), &office->work, &line, &err);
    return letter_of(done, &err);
}

static size_t count_hubs(struct office *office, enum account_name account)
{
    struct err err = {0};
    const struct hub_line *lines = NULL;
    size_t count = 0;
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(casework_hubs(&office->casework, &caller, &office->work, &lines, &count, &err).ok);
    return count;
}

/* Aim: a hub is seen by its own people and by those who see all; one under an agreement that is not
 * announced by those who may see that. */
static void test_hubs(void **state)
{
    struct office *office = *state;
    const struct {
        enum account_name account;
        const char *letters; /* north, south, secret */
        size_t count;
    } rows[] = {
        {CLERK, "oon", 2},          {OFFICER, "oon", 2},        {SENIOR, "ooo", 3},
        {OPERATOR_NORTH, "onn", 1}, {OPERATOR_SOUTH, "non", 1}, {OPERATOR_NOWHERE, "nnn", 0},
        {MONITOR_NORTH, "onn", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(see_hub(office, rows[i].account, HUB_NORTH), rows[i].letters[0]);
        assert_int_equal(see_hub(office, rows[i].account, HUB_SOUTH), rows[i].letters[1]);
        assert_int_equal(see_hub(office, rows[i].account, HUB_SECRET), rows[i].letters[2]);
        assert_int_equal(count_hubs(office, rows[i].account), rows[i].count);
    }
    assert_int_equal(see_hub(office, ADMINISTRATOR, HUB_NORTH), 'f');
    assert_false(
        office_record(office, OPERATOR_SOUTH, HUB_NORTH, "hub.monitor_appointed", "no").ok);
    assert_false(office_record(office, CLERK, HUB_NORTH, "hub.monitor_appointed", "no").ok);
    assert_true(office_record(office, OPERATOR_NORTH, HUB_NORTH, "hub.monitor_appointed", "no").ok);
}

/* Aim: an agreement that is not announced leaves no trace, until it is announced. */
static void test_agreements(void **state)
{
    struct office *office = *state;
    const enum account_name accounts[] = {CLERK, OFFICER, SENIOR, MONITOR_NORTH};
    struct err err = {0};
    const struct agreement_line *lines = NULL;
    size_t count = 0;
    for (int announced = 0; announced <= 1; announced++) {
        for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
            const struct caller caller = office_caller(office, accounts[i]);
            const bool sees = announced == 1 || accounts[i] == SENIOR;
            struct agreement_line line;
            arena_reset(&office->work);
            assert_true(
                casework_agreements(&office->casework, &caller, &office->work, &lines, &count, &err)
                    .ok);
            assert_int_equal(count, sees ? 2 : 1);
            const result one = casework_agreement(&office->casework, &caller, STR(AGREEMENT_SECRET),
                                                  &office->work, &line, &err);
            assert_int_equal(letter_of(one, &err), sees ? 'o' : 'n');
        }
        struct event event = {.subject_kind = SUBJECT_OF_AGREEMENT,
                              .subject = 2,
                              .kind = EVENT_AGREEMENT_ANNOUNCED,
                              .body.agreement_announced = {.reason = STR("signed in public")}};
        if (announced == 0) {
            office_append(office, &event);
        }
    }
    const struct caller operator= office_caller(office, OPERATOR_NORTH);
    assert_false(
        casework_agreements(&office->casework, &operator, & office->work, &lines, &count, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    assert_false(office_record(office, OFFICER, AGREEMENT, "agreement.state", "suspended").ok);
}

/* --- lists and the work of the day ------------------------------------------------------------ */

static size_t count_people(struct office *office, enum account_name account, const char *text,
                           int64_t *ret_in_stages)
{
    struct err err = {0};
    struct people_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    const struct people_query query = {
        .text = str_from_c(text), .stage = STR(""), .hub = STR(""), .limit = 500};
    arena_reset(&office->work);
    assert_true(
        casework_people(&office->casework, &caller, &query, &office->work, &answer, &err).ok);
    *ret_in_stages = 0;
    for (size_t i = 0; i < answer.stage_count; i++) {
        *ret_in_stages += answer.stages[i].people;
    }
    return answer.count;
}

/* Aim: lists, totals and searches have exactly the people in sight: a search for somebody hidden
 * finds nobody, by name and by reference. */
static void test_lists(void **state)
{
    struct house house = make_house(*state);
    struct office *office = house.office;
    const struct {
        enum account_name account;
        size_t people;
    } rows[] = {{CLERK, 4},          {OFFICER, 4},          {OPERATOR_NORTH, 2},
                {OPERATOR_SOUTH, 1}, {OPERATOR_NOWHERE, 0}, {MONITOR_NORTH, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t in_stages = 0;
        assert_int_equal(count_people(office, rows[i].account, "", &in_stages), rows[i].people);
        assert_int_equal(in_stages, rows[i].people);
    }
    int64_t ignored = 0;
    assert_int_equal(count_people(office, CLERK, "south", &ignored), 1);
    assert_int_equal(count_people(office, OPERATOR_NORTH, "south", &ignored), 0);
    assert_int_equal(count_people(office, CLERK, house.south.reference, &ignored), 1);
    assert_int_equal(count_people(office, OPERATOR_NORTH, house.south.reference, &ignored), 0);
    struct err err = {0};
    struct people_answer people;
    struct today_answer today;
    struct caller caller = office_caller(office, ADMINISTRATOR);
    const struct people_query all = {.text = STR(""), .stage = STR(""), .hub = STR(""), .limit = 1};
    assert_false(
        casework_people(&office->casework, &caller, &all, &office->work, &people, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    const struct people_query other_hub = {
        .text = STR(""), .stage = STR(""), .hub = STR(HUB_SOUTH), .limit = 1};
    caller = office_caller(office, OPERATOR_NORTH);
    assert_false(
        casework_people(&office->casework, &caller, &other_hub, &office->work, &people, &err).ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    arena_reset(&office->work);
    assert_true(casework_today(&office->casework, &caller, NULL, &office->work, &today, &err).ok);
    assert_int_equal(today.request_count, 1);
    assert_int_equal(today.requests[0].request.id, house.coming_request);
    assert_int_equal(today.due_total, 2); /* neither has a next check */
    assert_false(casework_screen(&office->casework, &caller, STR("removal"), STR(""), NULL, NULL,
                                 NULL, &(struct screen_totals){0}, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

/* Aim: what a role lacks altogether is forbidden, whatever it is asked about; an account that is
 * not there is nobody. */
static void test_commands_forbidden(void **state)
{
    struct house house = make_house(*state);
    struct office *office = house.office;
    const int64_t before = office_events(office);
    const enum account_name others[] = {OFFICER,       SENIOR,        OPERATOR_NORTH,
                                        MONITOR_NORTH, ADMINISTRATOR, FORMER_CLERK};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(
            office_ask_for(office, others[i], &house.north, "confirm_arrival", "").err.code,
            ERROR_FORBIDDEN);
        assert_int_equal(office_take(office, others[i], house.coming_request).err.code,
                         ERROR_FORBIDDEN);
    }
    const struct caller nobody = {.account = 999};
    const struct outcome unknown =
        office_command(office, &nobody, TAKE, "", "", "", house.coming_request, &office->work);
    assert_int_equal(unknown.err.code, ERROR_UNAUTHENTICATED);
    assert_int_equal(office_events(office), before);
}

/* Aim: every look at a record is kept with who and at what; a look that was refused shows nothing
 * and keeps nothing. */
static void test_looks(void **state)
{
    struct house house = make_house(*state);
    struct office *office = house.office;
    struct err err = {0};
    const struct caller caller = office_caller(office, OPERATOR_NORTH);
    char sql[200];
    const int64_t before = office_ask(office, "SELECT count(*) FROM look");
    arena_reset(&office->work);
    assert_true(see_person(office, &caller, &house.north, &err).ok);
    assert_true(explain_step_for(office, &caller, &house.north, &err).ok);
    snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM look WHERE account = %lld AND subject_kind = %d AND subject = %lld",
        (long long)office->accounts[OPERATOR_NORTH], SUBJECT_OF_PERSON, (long long)house.north.id);
    assert_int_equal(office_ask(office, sql), 2);
    assert_false(see_person(office, &caller, &house.south, &err).ok);
    assert_int_equal(office_ask(office, "SELECT count(*) FROM look"), before + 2);
    int64_t ignored = 0;
    count_people(office, CLERK, "", &ignored);
    assert_int_equal(see_request(office, CLERK, house.coming_request), 'o');
    assert_int_equal(see_hub(office, CLERK, HUB_NORTH), 'o');
    assert_int_equal(office_ask(office, "SELECT count(*) FROM look"), before + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_people, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sight_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hubs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_agreements, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands_forbidden, setup, teardown),
        cmocka_unit_test_setup_teardown(test_looks, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
