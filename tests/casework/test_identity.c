/* Aim: who somebody is. A reference is known again however it is typed, and stands nowhere in
 * clear; who may be the same is told with every reason; two people merge, others may not; a merged
 * person is one person in every list; what un-clears stops; undoing gives back what can be told and
 * asks for the rest; and what was known at an instant is known of whom it was known of then. After
 * each test the rows are made anew from the events and must be equal. */
#include "casework/identity.h"
#include "casework/protection.h"
#include "merging_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
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
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = {0};                                                                      \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, err.what);                                                   \
        }                                                                                          \
    } while (0)

#define REFUSED(call, expected)                                                                    \
    do {                                                                                           \
        struct err err = {0};                                                                      \
        assert_false((call).ok);                                                                   \
        assert_int_equal(err.code, expected);                                                      \
        assert_true(err.what[0] != '\0');                                                          \
    } while (0)

/* --- other references ------------------------------------------------------------------------- */

static struct identifier_answer record_identifier(struct office *office,
                                                  const struct somebody *person, const char *scheme,
                                                  const char *value)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct identifier_entry entry = {.scheme = str_from_c(scheme),
                                           .value = str_from_c(value),
                                           .issuer = STR(""),
                                           .source = STR("letter")};
    struct identifier_answer answer = {.event = 0};
    arena_reset(&office->work);
    MUST(casework_record_identifier(&office->casework, &caller, str_from_c(person->reference),
                                    &entry, &office->work, &answer, &err));
    return answer;
}

static int64_t find(struct office *office, const char *typed, enum error_code *ret_code)
{
    const struct caller caller = office_caller(office, CLERK);
    struct identity_answer answer = {.record_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    const bool found = casework_identity(&office->casework, &caller, str_from_c(typed), NULL,
                                         &office->work, &answer, &err)
                           .ok;
    *ret_code = found ? 0 : err.code;
    return found ? answer.person.id : 0;
}

static void test_references(void **state)
{
    struct office *office = *state;
    enum error_code code = 0;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const struct identifier_answer first = record_identifier(office, &one, "gwf", "GWF012345678");
    assert_int_equal(first.other_count, 0);
    const struct identifier_answer again =
        record_identifier(office, &one, "gwf", "gwf 012 345 678");
    assert_true(again.repeated);
    assert_int_equal(again.event, first.event);
    assert_int_equal(find(office, "gwf:GWF-012-345-678", &code), one.id);
    /* Somebody else's: recorded, and told. */
    const struct identifier_answer other = record_identifier(office, &two, "gwf", "GWF012345678");
    assert_false(other.repeated);
    assert_int_equal(other.other_count, 1);
    assert_int_equal(other.others[0].person.id, one.id);
    assert_int_equal(find(office, "gwf:GWF012345678", &code), 0);
    assert_int_equal(code, ERROR_CONFLICT);
    const struct caller caller = office_caller(office, CLERK);
    MUST(casework_withdraw_identifier(&office->casework, &caller, other.event, STR("a slip"),
                                      &office->work, &err));
    assert_int_equal(find(office, "gwf:GWF012345678", &code), one.id);
    const struct caller twice = office_caller(office, CLERK);
    REFUSED(casework_withdraw_identifier(&office->casework, &twice, other.event, STR("a slip"),
                                         &office->work, &err),
            ERROR_CONFLICT);
    assert_int_equal(find(office, "gwf:GWF999999999", &code), 0);
    assert_int_equal(code, ERROR_NOT_FOUND);
    assert_int_equal(find(office, "nothing:1", &code), 0);
    assert_int_equal(code, ERROR_INPUT);
}

/* A specimen of ICAO Doc 9303 part 4; and the same with one digit wrong. */
static void test_machine_readable_zone(void **state)
{
    struct office *office = *state;
    enum error_code code = 0;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    record_identifier(office, &person, "travel_document",
                      "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
                      "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_int_equal(find(office, "travel_document:UTO:L898902C3", &code), person.id);
    const struct caller caller = office_caller(office, CLERK);
    const struct identifier_entry wrong = {.scheme = STR("travel_document"),
                                           .value =
                                               STR("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
                                                   "L898902C36UTO7408132F1204159ZE184226B<<<<<10"),
                                           .issuer = STR(""),
                                           .source = STR("")};
    struct identifier_answer answer;
    struct err err = {0};
    assert_false(casework_record_identifier(&office->casework, &caller,
                                            str_from_c(person.reference), &wrong, &office->work,
                                            &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_non_null(strstr(err.what, "date of birth (line 2, position 20)"));
}

static bool file_holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    static char bytes[64 * 1024 * 1024];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void test_nothing_in_clear(void **state)
{
    struct office *office = *state;
    char log[240];
    const struct somebody person = office_register(office, "PersonThree Samplegamma");
    record_identifier(office, &person, "gwf", "GWF012345678");
    record_identifier(office, &person, "other_name", "PersonThree Hiddenname");
    snprintf(log, sizeof log, "%s-wal", office->path);
    static const char *const secrets[] = {"Samplegamma", "samplegamma", "GWF012345678",
                                          "012345678",   "Hiddenname",  "hiddenname"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_false(file_holds(office->path, secrets[i]));
        assert_false(file_holds(log, secrets[i]));
    }
    /* The reference of the register itself is there, so the search works. */
    assert_true(file_holds(office->path, person.reference) || file_holds(log, person.reference));
}

/* --- who may be the same ---------------------------------------------------------------------- */

static struct registration_answer register_somebody(struct office *office, const char *name,
                                                    const char *born, bool unless_known)
{
    const struct caller caller = office_caller(office, CLERK);
    struct registration registration = {.name = str_from_c(name),
                                        .registered_on = office_today(office),
                                        .unless_known = unless_known};
    struct registration_answer answer = {.likely_count = 0};
    if (born != NULL) {
        registration.born_on.known = true;
        assert_true(date_parse(str_from_c(born), &registration.born_on.day, NULL).ok);
    }
    arena_reset(&office->work);
    MUST(casework_register_person(&office->casework, &caller, &registration, &office->work, &answer,
                                  &err));
    return answer;
}

static bool tells(const struct likely_duplicate *likely, const char *what, bool agrees)
{
    for (size_t i = 0; i < likely->reason_count; i++) {
        if (str_contains(likely->reasons[i].what, str_from_c(what)) &&
            likely->reasons[i].agrees == agrees) {
            return true;
        }
    }
    return false;
}

/* Aim: by name in any script, order and writing, by date of birth, with every reason; and not
 * somebody whose name alone is the same. */
static void test_likely(void **state)
{
    struct office *office = *state;
    const struct registration_answer known =
        register_somebody(office, "Person Sampleone", "1990-03-04", true);
    assert_true(known.person.id != 0);
    static const struct {
        const char *name;
        const char *born;
        const char *reason;
        const char *reason_of_birth;
    } same[] = {
        {"Person Sampleone", "1990-03-04", "Name: the same", "Date of birth: the same"},
        {"SAMPLEONE, Perssoon", "1990-04-03", "Name: the same in other", "day and month exchanged"},
        {"\xce\xa0\xce\xad\xcf\x81\xcf\x83\xce\xbf\xce\xbd "
         "\xce\xa3\xce\xac\xce\xbc\xcf\x80\xce\xbb\xce\xbf\xce\xbd\xce\xb5",
         "1989-06-01", "Name: the same in other", "less than a year apart"}, /* Greek letters */
        {"\xd0\x9f\xd0\xb5\xd1\x80\xd1\x81\xd0\xbe\xd0\xbd "
         "\xd0\xa1\xd0\xb0\xd0\xbc\xd0\xbf\xd0\xbb\xd0\xb5\xd0\xbe\xd0\xbd\xd0\xb5",
         "1990-03-04", "Name: the same in other", "Date of birth: the same"}, /* Cyrillic */
        {"Person Otherwise", "1990-03-04", "a part of it", "Date of birth: the same"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const struct registration_answer answer =
            register_somebody(office, same[i].name, same[i].born, true);
        assert_int_equal(answer.person.id, 0);
        assert_int_equal(answer.likely_count, 1);
        assert_int_equal(answer.likely[0].person.id, known.person.id);
        assert_true(tells(&answer.likely[0], same[i].reason, true));
        assert_true(tells(&answer.likely[0], same[i].reason_of_birth, true));
    }
    static const char *const others[][2] = {
        {"Person Sampleone", "1970-01-01"},
        {"Somebody Different", "1990-03-04"},
        {"Person Otherwise", "1990-09-09"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct registration_answer answer =
            register_somebody(office, others[i][0], others[i][1], true);
        assert_true(answer.person.id != 0);
    }
}

/* Aim: asked for afterwards: each finds the other. Of everybody: test_work_that_waits.c. */
static void test_pairs(void **state)
{
    struct office *office = *state;
    const struct caller caller = office_caller(office, SENIOR);
    register_somebody(office, "Somebody Different", "1960-01-01", false);
    const struct registration_answer first =
        register_somebody(office, "Person Sampletwo", "1991-01-02", false);
    char references[2][REFERENCE_SIZE];
    const int64_t first_id = first.person.id;
    snprintf(references[0], REFERENCE_SIZE, "%.*s", STR_ARG(first.person.reference));
    const struct registration_answer second =
        register_somebody(office, "Sampletwo Person", "1991-02-01", false);
    assert_int_equal(second.likely_count, 1); /* told, though registered */
    const int64_t second_id = second.person.id;
    snprintf(references[1], REFERENCE_SIZE, "%.*s", STR_ARG(second.person.reference));
    const int64_t other[] = {second_id, first_id};
    for (size_t i = 0; i < 2; i++) {
        struct person_row person;
        const struct likely_duplicate *likely = NULL;
        size_t count = 0;
        arena_reset(&office->work);
        MUST(casework_duplicates(&office->casework, &caller, str_from_c(references[i]),
                                 &office->work, &person, &likely, &count, &err));
        assert_int_equal(count, 1);
        assert_int_equal(likely[0].person.id, other[i]);
    }
}

/* --- merging ---------------------------------------------------------------------------------- */

/* Aim: one asks, another decides, in the role for it, on what is in sight now. */
static void test_two_people(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_ask(office, &one, &two);
    const size_t conflicts = merging_plan(office, merge).conflict_count;
    struct record_answer answer;
    static const enum account_name not_they[] = {CLERK,          OTHER_CLERK,   OFFICER,
                                                 OPERATOR_NORTH, MONITOR_NORTH, ADMINISTRATOR};
    for (size_t i = 0; i < sizeof not_they / sizeof not_they[0]; i++) {
        const struct caller caller = office_caller(office, not_they[i]);
        REFUSED(casework_confirm_merge(&office->casework, &caller, merge, conflicts, &office->work,
                                       &answer, &err),
                ERROR_FORBIDDEN);
    }
    const struct caller senior = office_caller(office, SENIOR);
    struct merge_plan plan;
    REFUSED(casework_request_merge(&office->casework, &senior, str_from_c(one.reference),
                                   str_from_c(two.reference), STR("why"), &office->work, &plan,
                                   &err),
            ERROR_FORBIDDEN);
    REFUSED(casework_confirm_merge(&office->casework, &senior, merge, conflicts + 1, &office->work,
                                   &answer, &err),
            ERROR_CONFLICT);
    assert_true(office_record(office, CLERK, two.reference, "person.nationality", "XKX").ok);
    /* One more conflict than was looked at. */
    REFUSED(casework_confirm_merge(&office->casework, &senior, merge, conflicts, &office->work,
                                   &answer, &err),
            ERROR_CONFLICT);
    const struct merge_plan now = merging_plan(office, merge);
    assert_int_equal(now.conflict_count, conflicts + 1);
    bool shown = false;
    for (size_t i = 0; i < now.conflict_count; i++) {
        shown = shown || (str_equal(now.conflicts[i].what, STR("Nationality")) &&
                          str_equal(now.conflicts[i].continuing, STR("ALB")) &&
                          str_equal(now.conflicts[i].absorbed, STR("XKX")));
    }
    assert_true(shown);
    /* Sent twice, done once. */
    const struct caller decides = office_caller(office, SENIOR);
    for (int i = 0; i < 2; i++) {
        MUST(casework_confirm_merge(&office->casework, &decides, merge, conflicts + 1,
                                    &office->work, &answer, &err));
        assert_int_equal(answer.repeated, i == 1);
    }
    const struct caller late = office_caller(office, OTHER_SENIOR);
    REFUSED(casework_confirm_merge(&office->casework, &late, merge, conflicts + 1, &office->work,
                                   &answer, &err),
            ERROR_CONFLICT);
}

static void test_declined(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_ask(office, &one, &two);
    const struct caller other = office_caller(office, OTHER_CLERK);
    REFUSED(
        casework_decline_merge(&office->casework, &other, merge, STR("no"), &office->work, &err),
        ERROR_FORBIDDEN);
    const struct caller own = office_caller(office, CLERK);
    MUST(
        casework_decline_merge(&office->casework, &own, merge, STR("a slip"), &office->work, &err));
    struct record_answer answer;
    const struct caller senior = office_caller(office, SENIOR);
    REFUSED(
        casework_confirm_merge(&office->casework, &senior, merge, 1, &office->work, &answer, &err),
        ERROR_CONFLICT);
    assert_true(merging_done(office, &one, &two) > merge);
}

static void expect_obstacle(struct office *office, const struct somebody *whole,
                            const struct somebody *part, const char *obstacle)
{
    const struct caller caller = office_caller(office, CLERK);
    struct merge_plan plan = {.obstacle_count = 0};
    arena_reset(&office->work);
    MUST(casework_merge_plan(&office->casework, &caller, str_from_c(whole->reference),
                             str_from_c(part->reference), &office->work, &plan, &err));
    bool told = false;
    for (size_t i = 0; i < plan.obstacle_count; i++) {
        told = told || str_contains(plan.obstacles[i], str_from_c(obstacle));
    }
    assert_true(told);
    REFUSED(casework_request_merge(&office->casework, &caller, str_from_c(whole->reference),
                                   str_from_c(part->reference), STR("why"), &office->work, &plan,
                                   &err),
            ERROR_CONFLICT);
}

static void take_transfer(struct office *office, const struct somebody *person)
{
    const int64_t request = office_transfer(office, person, HUB_NORTH, 2);
    assert_true(office_take(office, CLERK, request).ok);
}

/* Aim: two who each have a place, who are at a hub, in two families, with an outcome. */
static void test_obstacles(void **state)
{
    struct office *office = *state;
    const struct somebody at_hub = office_ready(office, "PersonOne Samplealpha");
    const struct somebody held = office_ready(office, "PersonTwo Samplebeta");
    const struct somebody open = office_ready(office, "PersonThree Samplegamma");
    const struct somebody gone = office_ready(office, "PersonFour Sampledelta");
    take_transfer(office, &at_hub);
    office_transfer(office, &held, HUB_SOUTH, 2);
    expect_obstacle(office, &at_hub, &held, "holds or occupies a place");
    expect_obstacle(office, &open, &at_hub, "must be the one that continues");
    const int64_t removal = office_removal(office, &gone);
    assert_true(office_take(office, CLERK, removal).ok);
    expect_obstacle(office, &gone, &open, "so that nobody is lost");
    const struct somebody sister = office_register(office, "PersonFive Sampleepsilon");
    const struct somebody brother = office_register(office, "PersonSix Samplezeta");
    assert_true(office_join(office, CLERK, &sister, &open).ok);
    assert_true(office_join(office, CLERK, &brother, &held).ok);
    expect_obstacle(office, &held, &open, "two families");
}

static void protect(struct office *office, const struct somebody *person)
{
    static const str roles[] = {STR_INIT("caseworker"), STR_INIT("senior_officer")};
    const struct caller senior = office_caller(office, OTHER_SENIOR);
    const struct protection protection = {
        .roles = roles, .role_count = 2, .reason = STR("a threat")};
    int64_t event = 0;
    MUST(casework_protect_person(&office->casework, &senior, str_from_c(person->reference),
                                 &protection, &office->work, &event, &err));
}

static void lift_protection(struct office *office, const struct somebody *person)
{
    const struct caller senior = office_caller(office, OTHER_SENIOR);
    int64_t event = 0;
    MUST(casework_lift_protection(&office->casework, &senior, str_from_c(person->reference),
                                  STR("it is over"), &office->work, &event, &err));
}

/* Aim: a protected record is merged with no other, either way round and also when it came to be
 * protected after the merge was asked for: who may see the person would follow from the merge, and
 * not from whoever protected them. Protection ended, they merge. */
static void test_protected(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_ask(office, &one, &two);
    protect(office, &one);
    expect_obstacle(office, &one, &two, "is protected");
    expect_obstacle(office, &two, &one, "is protected");
    const size_t conflicts = merging_plan(office, merge).conflict_count;
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    REFUSED(casework_confirm_merge(&office->casework, &senior, merge, conflicts, &office->work,
                                   &answer, &err),
            ERROR_CONFLICT);
    lift_protection(office, &one);
    protect(office, &two);
    expect_obstacle(office, &one, &two, "is protected");
    lift_protection(office, &two);
    merging_confirm(office, merge);
}

/* --- one person in every list ----------------------------------------------------------------- */

static size_t people_in_list(struct office *office, const char *text)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct people_query query = {.text = str_from_c(text), .limit = 500};
    struct people_answer answer = {.count = 0};
    arena_reset(&office->work);
    MUST(casework_people(&office->casework, &caller, &query, &office->work, &answer, &err));
    return answer.count;
}

static int64_t people_counted(struct office *office)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct people_query query = {.text = STR(""), .limit = 1};
    struct people_answer answer = {.count = 0};
    int64_t all = 0;
    arena_reset(&office->work);
    MUST(casework_people(&office->casework, &caller, &query, &office->work, &answer, &err));
    for (size_t i = 0; i < answer.stage_count; i++) {
        all += answer.stages[i].people;
    }
    return all;
}

static struct screen_totals screened(struct office *office, const struct asked *asked)
{
    const struct caller caller = office_caller(office, CLERK);
    struct screen_totals totals = {.people = 0};
    MUST(casework_screen(&office->casework, &caller, STR("removal"), STR(""), asked, NULL, NULL,
                         &totals, &err));
    return totals;
}

static int64_t due_today(struct office *office)
{
    const struct caller caller = office_caller(office, CLERK);
    struct today_answer answer = {.due_total = 0};
    arena_reset(&office->work);
    MUST(casework_today(&office->casework, &caller, NULL, &office->work, &answer, &err));
    return answer.due_total;
}

static enum clearance removal_of(struct office *office, const char *reference,
                                 const struct asked *asked)
{
    const struct caller caller = office_caller(office, CLERK);
    struct explain_answer answer;
    arena_reset(&office->work);
    MUST(casework_explain(&office->casework, &caller, str_from_c(reference), STR("removal"),
                          STR(""), asked, &office->work, &answer, &err));
    return answer.explanation.clearance;
}

static instant last_instant(struct office *office)
{
    return office_event(office, office_events(office)).recorded_at;
}

/* Aim: counted, listed, screened and due once; found by every reference; judged on the facts of
 * both; a request that was clear for one is stopped in the commit that shows an order of the other;
 * and all of it as it was, before, meanwhile and after. */
static void test_one_person(void **state)
{
    struct office *office = *state;
    enum error_code code = 0;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    assert_true(office_record(office, CLERK, two.reference, "order.injunction", "in_force").ok);
    const int64_t request = office_removal(office, &one);
    const int64_t people = people_counted(office);
    const struct screen_totals apart = screened(office, NULL);
    const int64_t due = due_today(office);
    assert_int_equal(apart.clear, 1);
    assert_int_equal(apart.barred, 1);
    struct asked before = {.has_known_at = true, .known_at = last_instant(office)};
    const int64_t merge = merging_ask(office, &one, &two);
    assert_int_equal(merging_confirm(office, merge), 1); /* stopped */
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    struct asked meanwhile = {.has_known_at = true, .known_at = last_instant(office)};
    assert_int_equal(people_counted(office), people - 1);
    assert_int_equal(people_in_list(office, ""), (size_t)people - 1);
    assert_int_equal(people_in_list(office, two.reference), 1);
    assert_true(due_today(office) < due);
    const struct screen_totals together = screened(office, NULL);
    assert_int_equal(together.people, apart.people - 1);
    assert_int_equal(together.barred, 1);
    assert_int_equal(together.clear, 0);
    assert_int_equal(find(office, two.reference, &code), one.id);
    assert_int_equal(office_person(office, two.id).id, one.id);
    assert_int_equal(removal_of(office, two.reference, NULL), CLEARANCE_BARRED);
    /* As known before, they were two; the screening of then counts both. */
    assert_int_equal(removal_of(office, one.reference, &before), CLEARANCE_CLEAR);
    assert_int_equal(removal_of(office, two.reference, &before), CLEARANCE_BARRED);
    const struct screen_totals then = screened(office, &before);
    assert_int_equal(then.people, apart.people);
    assert_int_equal(then.clear, 1);
    /* Undone, they are two again; as known meanwhile they were one. */
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    arena_reset(&office->work);
    MUST(casework_separate(&office->casework, &senior, merge, STR("two people"), NULL, 0,
                           &office->work, &answer, &err));
    assert_int_equal(people_counted(office), people);
    assert_int_equal(removal_of(office, one.reference, NULL), CLEARANCE_CLEAR);
    assert_int_equal(removal_of(office, two.reference, NULL), CLEARANCE_BARRED);
    assert_int_equal(removal_of(office, one.reference, &meanwhile), CLEARANCE_BARRED);
    assert_int_equal(screened(office, &meanwhile).people, together.people);
    assert_int_equal(screened(office, NULL).clear, 1);
}

/* Aim: a request of the record that became a part goes on in the merged person's name: approved,
 * taken, and still told to be about that record when the merge is undone. */
static void test_request_of_a_part(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_transfer(office, &two, HUB_NORTH, 2);
    const int64_t merge = merging_done(office, &one, &two);
    assert_int_equal(office_request(office, request).state, REQUEST_APPROVED);
    assert_int_equal(office_request(office, request).person, one.id);
    assert_true(office_take(office, CLERK, request).ok);
    assert_int_equal(office_person(office, one.id).hub, office->hub_north);
    assert_int_equal(office_places(office, office->hub_north).occupied, 1);
    const struct caller senior = office_caller(office, SENIOR);
    struct separation_plan plan;
    arena_reset(&office->work);
    MUST(casework_separation_plan(&office->casework, &senior, merge, NULL, 0, &office->work, &plan,
                                  &err));
    assert_int_equal(plan.undecided, 0); /* the step and what it recorded are told by the request */
    for (size_t i = 0; i < plan.line_count; i++) {
        assert_int_equal(plan.lines[i].to, ATTRIBUTION_ABSORBED);
    }
    struct record_answer answer;
    MUST(casework_separate(&office->casework, &senior, merge, STR("two people"), NULL, 0,
                           &office->work, &answer, &err));
    assert_int_equal(office_person(office, one.id).hub, 0);
    assert_int_equal(office_person(office, two.id).hub, office->hub_north);
    assert_true(str_equal(office_person(office, one.id).stage, STR("exhausted")));
    assert_false(str_equal(office_person(office, two.id).stage, STR("exhausted")));
    assert_int_equal(office_ask(office, "SELECT person FROM place WHERE state = 3"), two.id);
}

/* Aim: what only the merged person's reference stands for is asked about, every one, and nothing
 * else; it goes where it is given. */
static void test_decisions(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const int64_t merge = merging_done(office, &one, &two);
    const int64_t by_two =
        office_record(office, CLERK, two.reference, "person.remarks", "by two").event;
    const int64_t first =
        office_record(office, CLERK, one.reference, "order.injunction", "in_force").event;
    const int64_t second =
        office_record(office, CLERK, one.reference, "person.nationality", "XKX").event;
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    struct separation_decision decisions[] = {
        {.event = first, .to_absorbed = true}, {.event = second, .to_absorbed = false}, {0}};
    REFUSED(casework_separate(&office->casework, &senior, merge, STR("two people"), decisions, 1,
                              &office->work, &answer, &err),
            ERROR_CONFLICT);
    decisions[2] = (struct separation_decision){.event = by_two, .to_absorbed = false};
    REFUSED(casework_separate(&office->casework, &senior, merge, STR("two people"), decisions, 3,
                              &office->work, &answer, &err),
            ERROR_INPUT);
    decisions[2].event = 1;
    REFUSED(casework_separate(&office->casework, &senior, merge, STR("two people"), decisions, 3,
                              &office->work, &answer, &err),
            ERROR_INPUT);
    const struct caller clerk = office_caller(office, CLERK);
    REFUSED(casework_separate(&office->casework, &clerk, merge, STR("two people"), decisions, 2,
                              &office->work, &answer, &err),
            ERROR_FORBIDDEN);
    const struct caller again = office_caller(office, SENIOR);
    for (int i = 0; i < 2; i++) {
        MUST(casework_separate(&office->casework, &again, merge, STR("two people"), decisions, 2,
                               &office->work, &answer, &err));
        assert_int_equal(answer.repeated, i == 1);
    }
    assert_int_equal(removal_of(office, one.reference, NULL), CLEARANCE_CLEAR);
    assert_int_equal(removal_of(office, two.reference, NULL), CLEARANCE_BARRED);
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT subject FROM fact WHERE position = %lld", (long long)first);
    assert_int_equal(office_ask(office, sql), two.id);
    snprintf(sql, sizeof sql, "SELECT subject FROM fact WHERE position = %lld", (long long)by_two);
    assert_int_equal(office_ask(office, sql), two.id);
    snprintf(sql, sizeof sql, "SELECT subject FROM fact WHERE position = %lld", (long long)second);
    assert_int_equal(office_ask(office, sql), one.id);
    /* A fact that was given to the other is withdrawn of the other. */
    assert_true(office_withdraw_fact(office, CLERK, first).ok);
    assert_int_equal(removal_of(office, two.reference, NULL), CLEARANCE_CLEAR);
}

/* Aim: a command sent again after the merge finds what it did before. */
static void test_sent_again(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const struct caller caller = office_caller(office, CLERK);
    const struct recorded before =
        office_record_by(office, &caller, two.reference, "person.remarks", "seen");
    merging_done(office, &one, &two);
    const struct recorded after =
        office_record_by(office, &caller, two.reference, "person.remarks", "seen");
    assert_true(after.ok && after.repeated);
    assert_int_equal(after.event, before.event);
}

/* Aim: a protection is known again by each of the person's references, however it is typed, though
 * whoever set it sees the record no more; one of somebody else is another command. */
static void test_protected_again(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_register(office, "PersonOne Samplealpha");
    const struct somebody two = office_register(office, "PersonTwo Samplebeta");
    const struct somebody other = office_register(office, "PersonThree Samplegamma");
    const str role = STR("caseworker");
    const struct protection protection = {.roles = &role, .role_count = 1, .reason = STR("threat")};
    const struct caller caller = office_caller(office, SENIOR);
    merging_done(office, &one, &two);
    int64_t events[4] = {0};
    const str typed[] = {str_from_c(two.reference), str_from_c(two.reference),
                         str_from_c(one.reference),
                         arena_format(&office->work, " %.2s%.6s%c", two.reference,
                                      &two.reference[3], two.reference[10])};
    for (size_t i = 0; i < 4; i++) {
        MUST(casework_protect_person(&office->casework, &caller, typed[i], &protection,
                                     &office->work, &events[i], &err));
        assert_int_equal(events[i], events[0]);
    }
    REFUSED(casework_protect_person(&office->casework, &caller, str_from_c(other.reference),
                                    &protection, &office->work, &events[0], &err),
            ERROR_CONFLICT);
    REFUSED(casework_protect_person(&office->casework, &caller, STR("RH-000000-0"), &protection,
                                    &office->work, &events[0], &err),
            ERROR_CONFLICT);
}

static result record_two(struct office *office, const struct caller *caller, const char *reference,
                         const char *nationality, struct record_answer *ret_answer, struct err *err)
{
    const date today = office_today(office);
    const struct fact_entry entries[] = {
        {STR("person.remarks"), STR("seen"), today, STR("a letter")},
        {STR("person.nationality"), str_from_c(nationality), today, STR("a letter")}};
    arena_reset(&office->work);
    return casework_record_facts(&office->casework, caller, SUBJECT_OF_PERSON,
                                 str_from_c(reference), entries, 2, &office->work, ret_answer, err);
}

static void separate(struct office *office, int64_t merge,
                     const struct separation_decision *decisions, size_t count)
{
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    arena_reset(&office->work);
    MUST(casework_separate(&office->casework, &senior, merge, STR("two people"), decisions, count,
                           &office->work, &answer, &err));
}

/* Aim: what one command recorded of a merged person is given to both sides when the merge is
 * undone: sent again, the command was done, and one that says something else was not. */
static void test_facts_sent_again(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const struct caller caller = office_caller(office, CLERK);
    const int64_t merge = merging_done(office, &one, &two);
    struct record_answer answer;
    MUST(record_two(office, &caller, one.reference, "XKX", &answer, &err));
    const struct separation_decision decisions[] = {
        {.event = answer.events[0], .to_absorbed = false},
        {.event = answer.events[1], .to_absorbed = true}};
    separate(office, merge, decisions, 2);
    MUST(record_two(office, &caller, one.reference, "XKX", &answer, &err));
    assert_true(answer.repeated);
    assert_int_equal(answer.events[1], decisions[1].event);
    REFUSED(record_two(office, &caller, one.reference, "ALB", &answer, &err), ERROR_CONFLICT);
}

/* Aim: who joined a merged person's family joined it, whoever of the two turned out to be of it;
 * whoever came into the family later was not meant. */
static void test_joined_again(void **state)
{
    struct office *office = *state;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const struct somebody sister = office_register(office, "PersonThree Samplegamma");
    const struct somebody cousin = office_register(office, "PersonFour Sampledelta");
    const struct caller caller = office_caller(office, CLERK);
    const int64_t merge = merging_done(office, &one, &two);
    struct record_answer answer;
    MUST(casework_join_family(&office->casework, &caller, str_from_c(sister.reference),
                              str_from_c(one.reference), &office->work, &answer, &err));
    assert_int_equal(answer.event_count, 2);
    const int64_t joined = answer.events[0];
    const struct separation_decision decision = {.event = answer.events[1], .to_absorbed = true};
    separate(office, merge, &decision, 1);
    assert_int_equal(office_person(office, one.id).family, 0);
    MUST(casework_join_family(&office->casework, &caller, str_from_c(sister.reference),
                              str_from_c(one.reference), &office->work, &answer, &err));
    assert_true(answer.repeated);
    assert_int_equal(answer.events[0], joined);
    assert_true(office_join(office, CLERK, &cousin, &two).ok);
    REFUSED(casework_join_family(&office->casework, &caller, str_from_c(sister.reference),
                                 str_from_c(cousin.reference), &office->work, &answer, &err),
            ERROR_CONFLICT);
}

/* Aim: merged of merged, undone from the inside: the outer merge stays. */
static void test_nested(void **state)
{
    struct office *office = *state;
    enum error_code code = 0;
    const struct somebody one = office_ready(office, "PersonOne Samplealpha");
    const struct somebody two = office_ready(office, "PersonTwo Samplebeta");
    const struct somebody three = office_ready(office, "PersonThree Samplegamma");
    const int64_t inner = merging_done(office, &two, &three);
    merging_done(office, &one, &three); /* whoever is named: the whole person is meant */
    assert_int_equal(find(office, three.reference, &code), one.id);
    assert_int_equal(find(office, two.reference, &code), one.id);
    const struct caller senior = office_caller(office, SENIOR);
    struct record_answer answer;
    arena_reset(&office->work);
    MUST(casework_separate(&office->casework, &senior, inner, STR("another person"), NULL, 0,
                           &office->work, &answer, &err));
    assert_int_equal(find(office, three.reference, &code), three.id);
    assert_int_equal(find(office, two.reference, &code), one.id);
    REFUSED(casework_separate(&office->casework, &senior, inner, STR("again"), NULL, 0,
                              &office->work, &answer, &err),
            ERROR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_references, setup, teardown),
        cmocka_unit_test_setup_teardown(test_machine_readable_zone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_in_clear, setup, teardown),
        cmocka_unit_test_setup_teardown(test_likely, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pairs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_people, setup, teardown),
        cmocka_unit_test_setup_teardown(test_declined, setup, teardown),
        cmocka_unit_test_setup_teardown(test_obstacles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_protected, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_person, setup, teardown),
        cmocka_unit_test_setup_teardown(test_request_of_a_part, setup, teardown),
        cmocka_unit_test_setup_teardown(test_decisions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sent_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_protected_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_facts_sent_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_joined_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nested, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
