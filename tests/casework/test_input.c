/* Aim: nothing that is wrong gets into the register. Each row is one kind of bad input; after all
 * of them the register has exactly as many events as before, and each was refused with the error
 * that tells what to do. */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

/* --- facts ------------------------------------------------------------------------------------ */

#define LONG_100                                                                                   \
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901" \
    "23456789"
#define LONG_500  LONG_100 LONG_100 LONG_100 LONG_100 LONG_100
#define LONG_2000 LONG_500 LONG_500 LONG_500 LONG_500

struct bad_fact {
    const char *why;
    enum subject_kind kind;
    const char *reference; /* NULL: the person's */
    const char *fact;
    const char *value;
    int days_ahead;
    const char *source;
    enum error_code code;
    const char *told; /* somewhere in the error or its hint */
};

static const struct bad_fact bad_facts[] = {
    {"a name with a slip", SUBJECT_OF_PERSON, NULL, "order.injuntion", "none", 0, "", ERROR_INPUT,
     "Did you mean \"order.injunction\"?"},
    {"no name", SUBJECT_OF_PERSON, NULL, "", "none", 0, "", ERROR_INPUT, "missing"},
    {"a name that is nowhere near", SUBJECT_OF_PERSON, NULL, "xxxxxxxxxxxxxxxx", "none", 0, "",
     ERROR_INPUT, "no fact"},
    {"a name of endless length", SUBJECT_OF_PERSON, NULL, LONG_500, "none", 0, "", ERROR_INPUT,
     "longer"},
    {"a choice that is none", SUBJECT_OF_PERSON, NULL, "order.injunction", "perhaps", 0, "",
     ERROR_INPUT, "lifted"},
    {"a flag that is neither", SUBJECT_OF_PERSON, NULL, "family.complete", "maybe", 0, "",
     ERROR_INPUT, ""},
    {"a day that does not exist", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "2026-02-30", 0, "",
     ERROR_INPUT, ""},
    {"a day in another order", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "30/06/2026", 0, "",
     ERROR_INPUT, ""},
    {"a country that is not listed", SUBJECT_OF_PERSON, NULL, "person.nationality", "ZZZ", 0, "",
     ERROR_INPUT, ""},
    {"no value", SUBJECT_OF_PERSON, NULL, "order.injunction", "", 0, "", ERROR_INPUT, "missing"},
    {"a value of endless length", SUBJECT_OF_PERSON, NULL, "person.remarks", LONG_2000 "x", 0, "",
     ERROR_INPUT, "longer"},
    {"a control character in a value", SUBJECT_OF_PERSON, NULL, "person.remarks", "a\x1b[2Jb", 0,
     "", ERROR_INPUT, "control"},
    {"bytes that are no UTF-8", SUBJECT_OF_PERSON, NULL, "person.remarks", "a\xff\xfe", 0, "",
     ERROR_INPUT, "UTF-8"},
    {"a counted fact", SUBJECT_OF_HUB, HUB_NORTH, "hub.places_free", "99", 0, "", ERROR_INPUT,
     "counted by the register"},
    {"a fact of a hub for a person", SUBJECT_OF_PERSON, NULL, "hub.monitor_appointed", "yes", 0, "",
     ERROR_INPUT, "a fact of a hub, not of a person"},
    {"a fact of a person for a hub", SUBJECT_OF_HUB, HUB_NORTH, "order.injunction", "none", 0, "",
     ERROR_INPUT, "a fact of a person, not of a hub"},
    {"a fact of a hub for an agreement", SUBJECT_OF_AGREEMENT, AGREEMENT, "hub.monitor_appointed",
     "yes", 0, "", ERROR_INPUT, "not of an agreement"},
    {"true from the day after next year", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", 366,
     "", ERROR_INPUT, "year ahead"},
    {"true from a day beyond all calendars", SUBJECT_OF_PERSON, NULL, "order.injunction", "none",
     1000000, "", ERROR_INPUT, "year ahead"},
    {"true from before all calendars", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", -100000,
     "", ERROR_INPUT, "before anybody who is alive was born"},
    {"true from before anybody lived", SUBJECT_OF_PERSON, NULL, "order.injunction", "none",
     -126 * 366, "", ERROR_INPUT, "before anybody who is alive was born"},
    {"a day in more than thirty years", SUBJECT_OF_PERSON, NULL, "notice.served_on", "2062-01-01",
     0, "", ERROR_INPUT, "\"notice.served_on\", 2062-01-01, is more than thirty"},
    {"a day in more than thirty years, what to do", SUBJECT_OF_PERSON, NULL, "decision.sent_on",
     "2056-07-01", 0, "", ERROR_INPUT, "Check the year"},
    {"a day before anybody lived", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "1901-06-29", 0, "",
     ERROR_INPUT, "before anybody who is alive was born"},
    {"a source of endless length", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", 0,
     LONG_500 "x", ERROR_INPUT, "longer"},
    {"a line break in a source", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", 0, "a\nb",
     ERROR_INPUT, "control"},
    {"nobody", SUBJECT_OF_PERSON, "", "order.injunction", "none", 0, "", ERROR_INPUT, "not said"},
    {"a reference with a slip", SUBJECT_OF_PERSON, "RH-000000-1", "order.injunction", "none", 0, "",
     ERROR_INPUT, "reference"},
    {"a reference of nobody", SUBJECT_OF_PERSON, "RH-000000-0", "order.injunction", "none", 0, "",
     ERROR_NOT_FOUND, "There is no person RH-000000-0 for this account"},
    {"a fact of an account", SUBJECT_OF_ACCOUNT, "clerk", "order.injunction", "none", 0, "",
     ERROR_INPUT, "a person, a hub or an agreement"},
};

static result record_bad(struct office *office, const struct bad_fact *bad, const char *person,
                         struct err *err)
{
    const struct caller caller = office_caller(office, SENIOR);
    const struct fact_entry entry = {
        .fact = str_from_c(bad->fact),
        .value = str_from_c(bad->value),
        .true_from = date_add_days(office_today(office), bad->days_ahead),
        .source = str_from_c(bad->source),
    };
    struct record_answer answer = {0};
    arena_reset(&office->work);
    return casework_record_facts(&office->casework, &caller, bad->kind,
                                 str_from_c(bad->reference == NULL ? person : bad->reference),
                                 &entry, 1, &office->work, &answer, err);
}

/* Aim: each kind of bad fact is refused and leaves nothing behind. */
static void test_bad_facts(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const int64_t before = office_events(office);
    for (size_t i = 0; i < sizeof bad_facts / sizeof bad_facts[0]; i++) {
        const struct bad_fact *bad = &bad_facts[i];
        struct err err = {0};
        const result done = record_bad(office, bad, person.reference, &err);
        const bool told =
            strstr(err.what, bad->told) != NULL || strstr(err.hint, bad->told) != NULL;
        if (done.ok || err.code != bad->code || !told) {
            print_error("%s: %s: %s %s\n", bad->why, error_name(err.code), err.what, err.hint);
        }
        assert_false(done.ok);
        assert_int_equal(err.code, bad->code);
        assert_true(told);
        assert_int_equal(office_events(office), before);
    }
}

/* Aim: a year ahead to the day is allowed, and so are the longest texts. */
static void test_just_good_enough(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const struct bad_fact good[] = {
        {"a year ahead", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", 365, "", ERROR_NONE,
         ""},
        {"the longest value", SUBJECT_OF_PERSON, NULL, "person.remarks", LONG_2000, 0, "",
         ERROR_NONE, ""},
        {"the longest source", SUBJECT_OF_PERSON, NULL, "order.injunction", "none", 0, LONG_500,
         ERROR_NONE, ""},
        {"not known", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "unknown", 0, "", ERROR_NONE,
         ""},
        {"planned for next month", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "2026-07-31", 0, "",
         ERROR_NONE, ""},
        {"until in ten years", SUBJECT_OF_PERSON, NULL, "notice.served_on", "2036-06-30", 0, "",
         ERROR_NONE, ""},
        {"until in thirty years to the day", SUBJECT_OF_PERSON, NULL, "notice.served_on",
         "2056-06-30", 0, "", ERROR_NONE, ""},
        {"on the first day that can be", SUBJECT_OF_PERSON, NULL, "decision.sent_on", "1901-06-30",
         0, "", ERROR_NONE, ""},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct err err = {0};
        const result done = record_bad(office, &good[i], person.reference, &err);
        if (!done.ok) {
            print_error("%s: %s\n", good[i].why, err.what);
        }
        assert_true(done.ok);
    }
}

/* Aim: all entries or none: one bad one among a hundred good ones refuses them all, and so does the
 * hundred and first. */
static void test_all_or_none(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    const struct caller caller = office_caller(office, CLERK);
    const int64_t before = office_events(office);
    struct fact_entry entries[101];
    struct record_answer answer = {0};
    struct err err = {0};
    for (int i = 0; i < 101; i++) {
        entries[i] = (struct fact_entry){STR("order.injunction"), STR("lifted"),
                                         date_add_days(office_today(office), -i), STR("")};
    }
    const str reference = str_from_c(person.reference);
    assert_false(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON, reference,
                                       entries, 101, &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON, reference,
                                       entries, 0, &office->work, &answer, &err)
                     .ok);
    entries[99].value = STR("perhaps");
    assert_false(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON, reference,
                                       entries, 100, &office->work, &answer, &err)
                     .ok);
    entries[99] = entries[0];
    assert_false(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON, reference,
                                       entries, 100, &office->work, &answer, &err)
                     .ok);
    assert_non_null(strstr(err.what, "twice"));
    assert_int_equal(office_events(office), before);
    entries[99] = entries[100];
    assert_true(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON, reference,
                                      entries, 100, &office->work, &answer, &err)
                    .ok);
    assert_int_equal(office_events(office), before + 100);
    assert_int_equal(answer.event_count, 100);
}

/* --- people ----------------------------------------------------------------------------------- */

/* Aim: a person has a name that can be read, and days that can be. */
static void test_bad_registrations(void **state)
{
    struct office *office = *state;
    const date today = office_today(office);
    const struct known_day tomorrow = {.known = true, .day = date_add_days(today, 1)};
    const struct known_day never = {.known = true, .day = {.day = 999999}};
    const struct known_day longest = {
        .known = true, .day = date_add_days(date_add_months(today, -1500, DATE_ROUND_DOWN), -1)};
    const struct registration bad[] = {
        {.name = STR(""), .registered_on = today},
        {.name = STR("   "), .registered_on = today},
        {.name = STR(LONG_100 LONG_100 "x"), .registered_on = today},
        {.name = STR("PersonOne\nHoxha"), .registered_on = today},
        {.name = STR("PersonOne\x7fHoxha"), .registered_on = today},
        {.name = STR("PersonOne \xc3"), .registered_on = today},
        {.name = {.at = "A\0B", .len = 3}, .registered_on = today},
        {.name = STR("PersonOne Samplealpha"), .registered_on = tomorrow.day},
        {.name = STR("PersonOne Samplealpha"), .born_on = tomorrow, .registered_on = today},
        {.name = STR("PersonOne Samplealpha"), .born_on = never, .registered_on = today},
        {.name = STR("PersonOne Samplealpha"), .registered_on = {.day = -999999}},
        {.name = STR("PersonOne Samplealpha"), .born_on = longest, .registered_on = today},
    };
    const int64_t before = office_events(office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        struct registration_answer row;
        const struct caller caller = office_caller(office, CLERK);
        arena_reset(&office->work);
        assert_false(
            casework_register_person(&office->casework, &caller, &bad[i], &office->work, &row, &err)
                .ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_int_equal(office_events(office), before);
}

/* Aim: a contact was made on a day that has been, by some way, and the next check comes after it
 * and within a year. */
static void test_bad_contacts(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonFive Sampleepsilon");
    const date today = office_today(office);
    const struct {
        int on;
        const char *source;
        int next;
    } bad[] = {
        {1, "a visit", 14}, {0, "", 14}, {0, "a visit", 0}, {0, "a visit", -1}, {0, "a visit", 366},
    };
    const int64_t before = office_events(office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        const struct caller caller = office_caller(office, CLERK);
        const struct known_day next = {.known = true, .day = date_add_days(today, bad[i].next)};
        arena_reset(&office->work);
        assert_false(casework_confirm_contact(&office->casework, &caller,
                                              str_from_c(person.reference),
                                              date_add_days(today, bad[i].on),
                                              str_from_c(bad[i].source), next, &office->work, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_int_equal(office_events(office), before);
}

/* Aim: a note says something, in words that can be read. */
static void test_bad_notes(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonFive Sampleepsilon");
    static const char *const bad[] = {"", "  ", "a\x01z", "\xff"};
    const int64_t before = office_events(office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        const struct caller caller = office_caller(office, CLERK);
        arena_reset(&office->work);
        assert_false(casework_add_note(&office->casework, &caller, str_from_c(person.reference),
                                       str_from_c(bad[i]), &office->work, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_int_equal(office_events(office), before);
}

/* Aim: reasons are given where they are asked for; what is not there is not taken back; places are
 * a number that can be. */
static void test_other_bad_input(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonThirteen Samplenu");
    const struct recorded fact =
        office_record(office, CLERK, person.reference, "order.injunction", "lifted");
    const int64_t request = office_removal(office, &person);
    const int64_t before = office_events(office);
    struct err err = {0};
    struct record_answer answer;
    struct step_answer step;
    const struct casework *casework = &office->casework;
    const struct caller caller = office_caller(office, SENIOR);
    struct arena *arena = &office->work;
    assert_false(
        casework_withdraw_fact(casework, &caller, fact.event, STR(""), arena, &answer, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    const int64_t not_facts[] = {0, -1, INT64_MAX, before + 1, request, 1};
    for (size_t i = 0; i < sizeof not_facts / sizeof not_facts[0]; i++) {
        assert_false(
            casework_withdraw_fact(casework, &caller, not_facts[i], STR("x"), arena, &answer, &err)
                .ok);
        assert_int_equal(err.code, ERROR_NOT_FOUND);
    }
    assert_false(
        casework_decline_step(casework, &caller, request, STR(" "), arena, &step, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_false(casework_approve_step(casework, &caller, 0, arena, &step, &err).ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    const int64_t places[] = {-1, HUB_PLACES_MAX + 1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_false(casework_agree_places(casework, &caller, STR(HUB_NORTH), places[i], STR(""),
                                           arena, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_int_equal(office_events(office), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bad_facts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_just_good_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_or_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_registrations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_contacts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_notes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_bad_input, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
