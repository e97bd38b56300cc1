/* F23. People who had been returned came back by another route, and were treated as if nobody knew
 * them.
 *
 * Tried here, under each law that comes with the program: somebody who was removed comes back,
 * gives the name in other letters and the date of birth with day and month exchanged, and is to be
 * registered. They are not registered twice: the register tells who they are likely to be; the
 * procedure begins again in their own record, with everything that was known; and were they
 * registered all the same, the two records become one person, the open one going on. */
#include "../casework/office.h"
#include "casework/identity.h"
#include "casework/returning.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct law {
    const char *name;
    const char *step; /* by which the procedure begins again */
    const char *stage;
    const char *fact; /* that is known from the first time */
    const char *value;
    const char *left; /* the fact that says when the person left */
} laws[] = {
    {"uk", "new_claim", "claim_registered", "person.nationality", "ALB", "person.left_uk_on"},
    {"eu", "new_application", "application_registered", "person.nationality", "ALB",
     "person.left_on"},
};

/* "Person Sampleone" in Greek letters. */
static const char in_greek[] = "\xce\xa0\xce\xad\xcf\x81\xcf\x83\xce\xbf\xce\xbd "
                               "\xce\xa3\xce\xac\xce\xbc\xcf\x80\xce\xbb\xce\xbf\xce\xbd\xce\xb5";

static struct registration_answer arrive(struct office *office, const char *name, struct civil born,
                                         bool unless_known)
{
    const struct caller caller = office_caller(office, CLERK);
    struct registration registration = {.name = str_from_c(name),
                                        .born_on.known = true,
                                        .registered_on = office_today(office),
                                        .unless_known = unless_known};
    struct registration_answer answer;
    struct err err = {0};
    arena_reset(&office->work);
    assert_true(date_from_civil(born, &registration.born_on.day, NULL).ok);
    if (!casework_register_person(&office->casework, &caller, &registration, &office->work, &answer,
                                  &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

/* The years between are not played here: the step is put into the register as it was taken. */
static void was_removed(struct office *office, int64_t person, str stage)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person,
        .kind = EVENT_STEP_TAKEN,
        .body.step_taken = {.step = STR("enforced_removal"), .from = stage, .to = STR("removed")}};
    office_append(office, &event);
}

static void record_today(struct office *office, const struct somebody *person, const char *fact)
{
    char today[DATE_TEXT_SIZE];
    date_format(office_today(office), today);
    assert_true(office_record(office, CLERK, person->reference, fact, today).ok);
}

/* Sent twice, it is done once; done, there is nothing to come back from. */
static void came_back(struct office *office, const struct somebody *person, const struct law *law)
{
    const struct caller caller = office_caller(office, CLERK);
    const struct caller later = office_caller(office, CLERK);
    const str steps[] = {str_from_c(law->step), str_from_c(law->step), STR("")};
    struct step_answer answer;
    struct err err = {0};
    int64_t events = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        arena_reset(&office->work);
        if (!casework_return_person(&office->casework, &caller, str_from_c(person->reference),
                                    steps[i], &office->work, &answer, &err)
                 .ok) {
            fail_msg("%s", err.what);
        }
        assert_false(answer.refused);
        assert_int_equal(answer.repeated, i > 0);
        assert_true(str_equal(answer.person.stage, str_from_c(law->stage)));
        events = i == 0 ? office_events(office) : events;
    }
    assert_false(casework_return_person(&office->casework, &later, str_from_c(person->reference),
                                        steps[0], &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(office_events(office), events);
}

static void test_law(const struct law *law)
{
    static struct office office;
    office_open_law(&office, law->name);
    const struct registration_answer first =
        arrive(&office, "Person Sampleone", (struct civil){1990, 4, 3}, true);
    struct somebody person = {.id = first.person.id};
    snprintf(person.reference, sizeof person.reference, "%.*s", STR_ARG(first.person.reference));
    assert_true(office_record(&office, CLERK, person.reference, law->fact, law->value).ok);
    const int64_t known = office_events(&office);
    was_removed(&office, person.id, office_person(&office, person.id).stage);
    record_today(&office, &person, law->left);
    office_move_days(&office, 200);
    /* Back. */
    const struct registration_answer back =
        arrive(&office, in_greek, (struct civil){1990, 3, 4}, true);
    assert_int_equal(back.person.id, 0);
    assert_int_equal(back.likely_count, 1);
    assert_int_equal(back.likely[0].person.id, person.id);
    assert_true(str_equal(back.likely[0].person.stage, STR("removed")));
    /* Nobody has said yet that they apply: the law keeps the procedure shut. */
    const struct outcome early = office_ask_for(&office, CLERK, &person, law->step, "");
    assert_true(early.ok && early.refused);
    record_today(&office, &person, "claim.made_on");
    came_back(&office, &person, law);
    assert_int_equal(office_ask(&office, "SELECT COUNT(*) FROM person"), 1);
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM fact WHERE subject = %lld AND fact = '%s' AND position <= %lld",
             (long long)person.id, law->fact, (long long)known);
    assert_int_equal(office_ask(&office, sql), 1);
    office_close(&office);
}

static void test_same_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        test_law(&laws[i]);
    }
}

/* Aim: registered all the same, for want of a date of birth: the records are merged, the open one
 * continues, and the earlier reference finds it. The other way round is refused: the person would
 * be lost in an outcome. */
static void test_registered_all_the_same(void **state)
{
    (void)state;
    static struct office office;
    office_open_law(&office, "uk");
    char first[REFERENCE_SIZE];
    char second[REFERENCE_SIZE];
    const struct registration_answer before =
        arrive(&office, "Person Sampleone", (struct civil){1990, 4, 3}, true);
    const int64_t before_id = before.person.id;
    snprintf(first, sizeof first, "%.*s", STR_ARG(before.person.reference));
    was_removed(&office, before_id, office_person(&office, before_id).stage);
    const struct registration_answer after =
        arrive(&office, in_greek, (struct civil){1990, 4, 3}, false);
    const int64_t after_id = after.person.id;
    snprintf(second, sizeof second, "%.*s", STR_ARG(after.person.reference));
    assert_int_equal(after.likely_count, 1);
    struct merge_plan plan;
    struct record_answer answer;
    struct err err = {0};
    const struct caller clerk = office_caller(&office, CLERK);
    const struct caller senior = office_caller(&office, SENIOR);
    assert_false(casework_request_merge(&office.casework, &clerk, str_from_c(first),
                                        str_from_c(second), STR("came back"), &office.work, &plan,
                                        &err)
                     .ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(casework_request_merge(&office.casework, &clerk, str_from_c(second),
                                       str_from_c(first), STR("came back"), &office.work, &plan,
                                       &err)
                    .ok);
    assert_true(casework_confirm_merge(&office.casework, &senior, plan.merge.id,
                                       plan.conflict_count, &office.work, &answer, &err)
                    .ok);
    const struct person_row person = office_person(&office, before_id);
    assert_int_equal(person.id, after_id);
    assert_true(str_equal(person.stage, STR("claim_registered")));
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_record),
        cmocka_unit_test(test_registered_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
