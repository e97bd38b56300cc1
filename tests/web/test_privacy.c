/* Aim: what data protection law asks about one person is done from their page and by a program:
 * holds put on and lifted, processing restricted, erasure asked for by one and confirmed by another
 * who proves once more who they are, and everything recorded taken out for the person. Who may not,
 * learns nothing. Expected: casework/privacy.h, casework/access.def. */
#include "casework/administration.h"
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An account of the office that was made a data protection officer's. */
static const enum account_name PROTECTION = LIAISON;

struct story {
    struct desk desk;
    struct somebody person; /* removed: with an outcome */
};

static int open_all(void **state)
{
    static struct story story;
    const enum account_name accounts[] = {CLERK,          SENIOR,        OTHER_SENIOR,
                                          OPERATOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};
    struct account_row changed;
    struct err err = {0};
    desk_open(&story.desk, accounts);
    const struct caller administrator = office_caller(&story.desk.office, ADMINISTRATOR);
    assert_true(casework_change_account(&story.desk.office.casework, &administrator, STR("liaison"),
                                        STR("data_protection_officer"), STR(""),
                                        STR("another post"), &story.desk.arena, &changed, &err)
                    .ok);
    desk_sign_in(&story.desk, PROTECTION);
    *state = &story;
    return 0;
}

static int setup(void **state)
{
    struct story *story = *state;
    struct office *office = &story->desk.office;
    desk_clear(&story->desk);
    story->person = office_ready(office, "PersonOne Samplealpha");
    assert_true(office_take(office, CLERK, office_removal(office, &story->person)).ok);
    return 0;
}

static const char *of_person(struct story *story, const char *rest)
{
    return arena_format(&story->desk.arena, "/people/%s%s", story->person.reference, rest).at;
}

static const char *with_reference(struct story *story)
{
    return arena_format(&story->desk.arena, "{\"reference\":\"%s\"}", story->person.reference).at;
}

/* A number of the state of data protection, as who may see it is told. */
static int64_t state_of(struct story *story, const char *key)
{
    const struct reply reply = desk_get(&story->desk, PROTECTION, of_person(story, "/privacy"));
    assert_status(reply, 200);
    json_auto_t *object = reply_json(&reply);
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : json_is_true(value);
}

/* --- holds ------------------------------------------------------------------------------------ */

static void holds_are_put_on_and_lifted(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *hold = of_person(story, "/privacy/hold");
    const char *lifting = of_person(story, "/privacy/hold-lifting");
    const int64_t before = office_events(&desk->office);
    const struct reply person = desk_page(desk, PROTECTION, of_person(story, ""));
    assert_true(reply_says(&person, of_person(story, "/privacy")));
    const struct reply empty = desk_page(desk, PROTECTION, of_person(story, "/privacy"));
    assert_true(reply_says(&empty, hold) && !reply_says(&empty, lifting));
    const struct reply page = desk_form(desk, PROTECTION, hold, "reason=");
    assert_status(page, 422);
    assert_true(reply_says(&page, "href=\"#reason\""));
    const struct reply problem = desk_post(desk, PROTECTION, hold, "{}");
    assert_status(problem, 422);
    assert_true(reply_says(&problem, "\"pointer\":\"/reason\""));
    assert_status(desk_post(desk, PROTECTION, lifting, "{\"reason\":\"x\"}"), 409);
    assert_int_equal(office_events(&desk->office), before);
    const struct reply placed = desk_send_checked(desk, PROTECTION, hold, "reason=A+claim");
    assert_status(placed, 303);
    assert_true(str_starts(reply_header(&placed, "Location"),
                           str_from_c(of_person(story, "/privacy?notice=hold-placed"))));
    assert_status(desk_post(desk, SENIOR, hold, "{\"reason\":\"Another claim\"}"), 200);
    assert_int_equal(state_of(story, "holds"), 2);
    const struct reply told = desk_page(desk, PROTECTION, of_person(story, "/privacy"));
    assert_true(reply_says(&told, "Another claim") && reply_says(&told, "senior"));
    assert_status(desk_post(desk, PROTECTION, lifting, "{\"reason\":\"Settled\"}"), 200);
    assert_int_equal(state_of(story, "holds"), 1);
}

/* Whoever may not is told so before anybody is looked for. */
static void others_learn_nothing(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    static const int accounts[] = {CLERK, OPERATOR_NORTH, ADMINISTRATOR};
    static const char *const rests[] = {"/privacy", "/privacy/hold", "/privacy/erasure", "/copy"};
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        for (size_t k = 0; k < sizeof rests / sizeof rests[0]; k++) {
            const struct reply there = desk_get(desk, accounts[i], of_person(story, rests[k]));
            const struct reply absent =
                desk_get(desk, accounts[i],
                         arena_format(&desk->arena, "/people/RH-000000-0%s", rests[k]).at);
            assert_status(there, 403);
            assert_true(str_equal(there.body, absent.body));
        }
        assert_status(
            desk_post(desk, accounts[i], of_person(story, "/privacy/hold"), "{\"reason\":\"x\"}"),
            403);
        assert_status(desk_post(desk, accounts[i], of_person(story, "/privacy/erasure"),
                                with_reference(story)),
                      403);
    }
    assert_status(desk_get(desk, SENIOR, of_person(story, "/copy")), 403);
    const struct reply clerk = desk_page(desk, CLERK, of_person(story, ""));
    assert_false(reply_says(&clerk, "/privacy"));
    assert_status(desk_get(desk, PROTECTION, of_person(story, "/privacy/forgetting")), 404);
    assert_int_equal(office_events(&desk->office), before);
}

/* --- restriction ------------------------------------------------------------------------------ */

static void a_restricted_record_is_out_of_sight(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *restriction = of_person(story, "/privacy/restriction");
    const char *lifting = of_person(story, "/privacy/restriction-lifting");
    const struct reply done =
        desk_send_checked(desk, SENIOR, restriction, "reason=Accuracy+is+contested");
    assert_status(done, 303);
    assert_true(str_starts(reply_header(&done, "Location"), STR("/people?notice=restricted")));
    desk_check_alike(desk, CLERK, of_person(story, ""), "/people/RH-000000-0");
    desk_check_alike(desk, SENIOR, of_person(story, "/privacy"), "/people/RH-000000-0/privacy");
    desk_check_alike(desk, SENIOR, restriction, "/people/RH-000000-0/privacy/restriction");
    assert_status(desk_post(desk, SENIOR, restriction, "{\"reason\":\"again\"}"), 404);
    assert_status(desk_post(desk, SENIOR, lifting, "{\"reason\":\"x\"}"), 403);
    assert_int_equal(state_of(story, "restricted"), 1);
    assert_status(desk_post(desk, PROTECTION, restriction, "{\"reason\":\"again\"}"), 409);
    const struct reply page = desk_page(desk, PROTECTION, of_person(story, "/privacy"));
    assert_true(reply_says(&page, lifting) &&
                !reply_says(&page, arena_format(&desk->arena, "href=\"%s\"", restriction).at) &&
                reply_says(&page, "Accuracy is contested"));
    assert_status(desk_send_checked(desk, PROTECTION, lifting, "reason=Corrected"), 303);
    assert_status(desk_get(desk, CLERK, of_person(story, "")), 200);
}

/* --- protection ------------------------------------------------------------------------------- */

/* Seen by those named alone; whoever says so need not be among them. */
/* Whether an account sees the person still after what it did is no look at the record, and reads
 * none of it: one look is the form's, before. */
static void who_protects_looks_once(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    static const char asked[] = "SELECT COUNT(*) FROM look WHERE purpose = 'history'";
    const char *protection = of_person(story, "/privacy/protection");
    int64_t before = office_ask(&desk->office, asked);
    assert_status(
        desk_post(desk, SENIOR, protection, "{\"seen_by\":\"senior\",\"reason\":\"Threatened\"}"),
        200); /* sees it still */
    assert_int_equal(office_ask(&desk->office, asked), before + 1);
    before = office_ask(&desk->office, asked);
    assert_status(desk_post(desk, SENIOR, protection,
                            "{\"seen_by\":\"other-senior\",\"reason\":\"Threatened\"}"),
                  200); /* and not any more */
    assert_int_equal(office_ask(&desk->office, asked), before + 1);
    desk_check_alike(desk, SENIOR, of_person(story, "/privacy"), "/people/RH-000000-0/privacy");
}

static void a_protected_record_is_seen_by_those_named(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *protection = of_person(story, "/privacy/protection");
    const char *lifting = of_person(story, "/privacy/protection-lifting");
    static const char named[] = "{\"seen_by\":\"other-senior role:hub_operator\",\"reason\":\"x\"}";
    const int64_t before = office_events(&desk->office);
    const struct reply missing = desk_post(desk, SENIOR, protection, "{}");
    assert_status(missing, 422);
    assert_true(reply_says(&missing, "\"pointer\":\"/seen_by\""));
    assert_status(desk_post(desk, SENIOR, protection, "{\"seen_by\":\"nobody\",\"reason\":\"x\"}"),
                  422);
    assert_status(
        desk_post(desk, SENIOR, protection, "{\"seen_by\":\"role:judge\",\"reason\":\"x\"}"), 422);
    assert_status(desk_post(desk, CLERK, protection, named), 403);
    assert_int_equal(office_events(&desk->office), before);
    const struct reply done = desk_send_checked(
        desk, SENIOR, protection, "seen_by=other-senior++role%3Ahub_operator&reason=Threatened");
    assert_status(done, 303);
    assert_true(str_starts(reply_header(&done, "Location"), STR("/people?notice=protected")));
    desk_check_alike(desk, SENIOR, of_person(story, "/privacy"), "/people/RH-000000-0/privacy");
    desk_check_alike(desk, CLERK, of_person(story, ""), "/people/RH-000000-0");
    const struct reply page = desk_page(desk, OTHER_SENIOR, of_person(story, "/privacy"));
    assert_status(page, 200);
    assert_true(reply_says(&page, "other-senior") && reply_says(&page, "role: Hub operator") &&
                reply_says(&page, "Threatened") && reply_says(&page, lifting));
    assert_status(desk_get(desk, PROTECTION, of_person(story, "/privacy")), 200);
    assert_status(desk_post(desk, SENIOR, lifting, "{\"reason\":\"x\"}"), 404);
    const struct reply other =
        desk_send_checked(desk, OTHER_SENIOR, lifting, "reason=The+threat+is+over");
    assert_status(other, 303);
    assert_true(str_starts(reply_header(&other, "Location"),
                           str_from_c(of_person(story, "/privacy?notice=protection-lifted"))));
    assert_status(desk_get(desk, CLERK, of_person(story, "")), 200);
    assert_status(desk_post(desk, OTHER_SENIOR, lifting, "{\"reason\":\"x\"}"), 409);
    const struct reply by_program = desk_post(desk, PROTECTION, protection, named);
    assert_status(by_program, 200);
    assert_true(reply_says(&by_program, "\"event\":"));
}

/* --- erasure ---------------------------------------------------------------------------------- */

static struct reply erase(struct story *story, int account, const char *key)
{
    const struct ask ask = {.method = HTTP_POST,
                            .path = of_person(story, "/privacy/erasure"),
                            .account = account,
                            .content_type = "application/json",
                            .header_name = "Idempotency-Key",
                            .header_value = key,
                            .body = str_from_c(with_reference(story))};
    return desk_ask(&story->desk, &ask);
}

static void erasing_takes_two_people(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *request = of_person(story, "/privacy/erasure-request");
    const char *erasure = of_person(story, "/privacy/erasure");
    const char *declination = of_person(story, "/privacy/erasure-declination");
    static const char key[] = "0197a1b0-0000-7000-8000-0000000000e1";
    assert_status(desk_post(desk, SENIOR, erasure, with_reference(story)), 409);
    assert_status(desk_post(desk, PROTECTION, request, "{}"), 422);
    assert_status(desk_post(desk, PROTECTION, request, "{\"basis\":\"A mistake\"}"), 200);
    assert_status(desk_post(desk, SENIOR, declination, "{\"reason\":\"Too early\"}"), 200);
    assert_int_equal(state_of(story, "erasure_requested"), 0);
    assert_status(desk_send_checked(desk, PROTECTION, request, "basis=Retention+ended"), 303);
    const struct reply asker = desk_page(desk, PROTECTION, of_person(story, "/privacy"));
    assert_false(reply_says(&asker, arena_format(&desk->arena, "href=\"%s\"", erasure).at));
    const struct reply other = desk_page(desk, SENIOR, of_person(story, "/privacy"));
    assert_true(reply_says(&other, arena_format(&desk->arena, "href=\"%s\"", erasure).at) &&
                reply_says(&other, "Retention ended"));
    assert_status(desk_post(desk, PROTECTION, erasure, with_reference(story)), 409);
    assert_status(desk_post(desk, SENIOR, erasure, "{\"reference\":\"RH-000000-0\"}"), 422);
    assert_status(desk_post(desk, SENIOR, erasure, "{}"), 422);
    assert_status(desk_post(desk, SENIOR, of_person(story, "/privacy/hold"), "{\"reason\":\"x\"}"),
                  200);
    assert_status(desk_post(desk, SENIOR, erasure, with_reference(story)), 409); /* held */
    assert_status(
        desk_post(desk, SENIOR, of_person(story, "/privacy/hold-lifting"), "{\"reason\":\"x\"}"),
        200);
    const struct reply shown =
        desk_form(desk, SENIOR, erasure,
                  arena_format(&desk->arena, "reference=%s", story->person.reference).at);
    assert_status(shown, 200); /* and nothing is done */
    assert_int_equal(state_of(story, "erasure_requested"), 1);
    const struct reply done = erase(story, SENIOR, key);
    assert_status(done, 200);
    assert_true(reply_says(&done, "\"erased\":true"));
    const struct reply again = erase(story, SENIOR, key);
    assert_status(again, 200);
    assert_true(reply_says(&again, "\"repeated\":true"));
    desk_check_alike(desk, PROTECTION, of_person(story, "/privacy"), "/people/RH-000000-0/privacy");
    desk_check_alike(desk, SENIOR, erasure, "/people/RH-000000-0/privacy/erasure");
}

static void who_erases_proves_who_they_are(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *erasure = of_person(story, "/privacy/erasure");
    const char *form =
        arena_format(&desk->arena, "reference=%s&answers=checked", story->person.reference).at;
    assert_status(desk_post(desk, PROTECTION, of_person(story, "/privacy/erasure-request"),
                            "{\"basis\":\"Retention ended\"}"),
                  200);
    atomic_fetch_add(&desk->office.now, (PROVEN_MINUTES + 1) * INT64_C(60000));
    const struct reply refused = desk_post(desk, SENIOR, erasure, with_reference(story));
    assert_status(refused, 403);
    assert_true(reply_says(&refused, "/problems/proof-required"));
    const struct reply sent = desk_form(desk, SENIOR, erasure, form);
    assert_status(sent, 303);
    assert_true(str_starts(reply_header(&sent, "Location"), STR("/account/proof?then=%2Fpeople")));
    assert_int_equal(state_of(story, "erasure_requested"), 1);
    desk_sign_in(desk, SENIOR);
    const struct reply done = desk_form(desk, SENIOR, erasure, form);
    assert_status(done, 303);
    assert_true(str_starts(reply_header(&done, "Location"), STR("/people?notice=erased")));
    assert_status(desk_get(desk, PROTECTION, of_person(story, "")), 404);
}

/* --- everything, for the person --------------------------------------------------------------- */

static void everything_is_taken_out_for_the_person(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    assert_status(
        desk_post(desk, CLERK, of_person(story, "/facts"),
                  "{\"facts\":[{\"fact\":\"person.remarks\",\"value\":\"<script>x</script>\"}]}"),
        201);
    const struct reply json = desk_get(desk, PROTECTION, of_person(story, "/copy"));
    assert_status(json, 200);
    json_auto_t *object = reply_json(&json);
    assert_true(json_array_size(json_object_get(object, "facts_recorded")) >= 6);
    assert_true(reply_says(&json, "court list")); /* where a fact is known from */
    assert_false(reply_says(&json, "\"clerk\"")); /* who recorded it: by role */
    assert_true(str_contains(reply_header(&json, "Content-Disposition"), STR(".json")));
    const struct reply page = desk_page(desk, PROTECTION, of_person(story, "/copy"));
    assert_status(page, 200);
    assert_true(str_starts(page.content_type, STR("text/html")));
    assert_true(reply_says(&page, "Everything recorded about you"));
    assert_true(reply_says(&page, "court list") && !reply_says(&page, "<script>x"));
    assert_true(str_starts(reply_header(&page, "Content-Disposition"), STR("attachment")));
    const struct reply as = desk_page(desk, PROTECTION, of_person(story, "/copy?as=json"));
    assert_true(str_starts(as.content_type, STR("application/json")));
    const struct reply saved = desk_get(desk, PROTECTION, of_person(story, "/copy?as=html"));
    assert_true(str_starts(saved.content_type, STR("text/html")));
    const struct reply links = desk_page(desk, PROTECTION, of_person(story, "/privacy"));
    assert_true(reply_says(&links, of_person(story, "/copy?as=html")) &&
                reply_says(&links, of_person(story, "/copy?as=json")));
    const struct reply looks =
        desk_get(desk, PROTECTION,
                 arena_format(&desk->arena, "/looks?person=%s", story->person.reference).at);
    assert_true(reply_says(&looks, "subject access"));
    assert_status(desk_get(desk, PROTECTION, "/people/RH-000000-0/copy"), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(holds_are_put_on_and_lifted, setup),
        cmocka_unit_test_setup(others_learn_nothing, setup),
        cmocka_unit_test_setup(a_restricted_record_is_out_of_sight, setup),
        cmocka_unit_test_setup(who_protects_looks_once, setup),
        cmocka_unit_test_setup(a_protected_record_is_seen_by_those_named, setup),
        cmocka_unit_test_setup(erasing_takes_two_people, setup),
        cmocka_unit_test_setup(everything_is_taken_out_for_the_person, setup),
        cmocka_unit_test_setup(who_erases_proves_who_they_are, setup),
    };
    return cmocka_run_group_tests(tests, open_all, desk_end);
}
