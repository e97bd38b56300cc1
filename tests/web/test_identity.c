/* Aim: what was recorded of who somebody is can be put right from their page and by a program: a
 * reference, another name or a travel document is withdrawn, the name and the date of birth are
 * corrected; by who records them, of people they may see, and nothing is lost from the history.
 * Expected: casework/identity.h, casework/administration.h, casework/access.def. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct story {
    struct desk desk;
    struct somebody person;
    struct somebody other;
    char typed[16];    /* a reference of the person */
    int64_t reference; /* the event by which it is recorded */
};

static int open_all(void **state)
{
    static struct story story;
    const enum account_name accounts[] = {CLERK,          OFFICER,       SENIOR,
                                          OPERATOR_NORTH, ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open(&story.desk, accounts);
    *state = &story;
    return 0;
}

static const char *of_person(struct story *story, const char *rest)
{
    return arena_format(&story->desk.arena, "/people/%s%s", story->person.reference, rest).at;
}

/* A reference of the Home Office, in any of the ways in which it is typed. */
static int64_t record(struct story *story, const char *scheme, const char *value)
{
    const struct reply recorded = desk_post(
        &story->desk, CLERK, of_person(story, "/identifiers"),
        arena_format(&story->desk.arena, "{\"scheme\":\"%s\",\"value\":\"%s\"}", scheme, value).at);
    assert_status(recorded, 201);
    json_auto_t *object = reply_json(&recorded);
    return json_integer_value(json_object_get(object, "event"));
}

static int setup(void **state)
{
    struct story *story = *state;
    desk_clear(&story->desk);
    story->person = office_register(&story->desk.office, "PersonOne Samplealpha");
    story->other = office_register(&story->desk.office, "PersonTwo Samplebeta");
    snprintf(story->typed, sizeof story->typed, "GWF%09lld", (long long)story->person.id);
    story->reference = record(story, "gwf", story->typed);
    return 0;
}

static const char *withdrawal(struct story *story, const char *person, int64_t event)
{
    return arena_format(&story->desk.arena, "/people/%s/identifiers/%lld/withdrawal", person,
                        (long long)event)
        .at;
}

/* What is answered to who looks for the reference. */
static int found(struct story *story)
{
    return desk_get(&story->desk, CLERK,
                    arena_format(&story->desk.arena, "/people/gwf:%s/known", story->typed).at)
        .status;
}

/* --- withdrawing ------------------------------------------------------------------------------ */

static void a_reference_is_withdrawn(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *path = withdrawal(story, story->person.reference, story->reference);
    const int64_t before = office_events(&desk->office);
    assert_int_equal(found(story), 200);
    const struct reply identity = desk_page(desk, CLERK, of_person(story, "/identity"));
    assert_true(reply_says(&identity, arena_format(&desk->arena, "href=\"%s\"", path).at));
    const struct reply officer = desk_page(desk, OFFICER, of_person(story, "/identity"));
    assert_false(reply_says(&officer, "/withdrawal"));
    const struct reply form = desk_page(desk, CLERK, path);
    assert_true(reply_says(&form, story->typed));
    const struct reply page = desk_form(desk, CLERK, path, "reason=");
    assert_status(page, 422);
    assert_true(reply_says(&page, "href=\"#reason\""));
    const struct reply problem = desk_post(desk, CLERK, path, "{}");
    assert_status(problem, 422);
    assert_true(reply_says(&problem, "\"pointer\":\"/reason\""));
    assert_int_equal(office_events(&desk->office), before);
    assert_status(desk_send_checked(desk, CLERK, path, "reason=Of+somebody+else"), 303);
    assert_int_equal(found(story), 404);
    const struct reply after = desk_get(desk, CLERK, of_person(story, "/identity"));
    assert_false(reply_says(&after, story->typed));
    const struct reply history = desk_page(desk, CLERK, of_person(story, "/history"));
    assert_true(reply_says(&history, story->typed) && reply_says(&history, "Of somebody else"));
    assert_status(desk_post(desk, CLERK, path, "{\"reason\":\"again\"}"), 409);
}

static void by_a_program_once(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t name = record(story, "other_name", "PersonOne Samplegamma");
    const struct ask ask = {.method = HTTP_POST,
                            .path = withdrawal(story, story->person.reference, name),
                            .account = CLERK,
                            .content_type = "application/json",
                            .header_name = "Idempotency-Key",
                            .header_value = "0197a1b0-0000-7000-8000-0000000000d1",
                            .body = STR("{\"reason\":\"A slip\"}")};
    const struct reply done = desk_ask(desk, &ask);
    assert_status(done, 200);
    assert_false(reply_says(&done, "Samplegamma"));
    assert_true(reply_says(&done, story->typed));
    const int64_t events = office_events(&desk->office);
    assert_status(desk_ask(desk, &ask), 200);
    assert_int_equal(office_events(&desk->office), events);
}

/* Of another person, of another kind, of nobody in sight, or by who records no names. */
static void nothing_else_is_withdrawn(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const struct recorded fact =
        office_record(&desk->office, CLERK, story->person.reference, "person.nationality", "ALB");
    assert_status(desk_post(desk, CLERK, of_person(story, "/correction"),
                            "{\"name\":\"PersonOne Sampleeta\",\"reason\":\"A passport\"}"),
                  200);
    const int64_t before = office_events(&desk->office);
    const char *path = withdrawal(story, story->person.reference, story->reference);
    static const char body[] = "{\"reason\":\"x\"}";
    assert_status(
        desk_post(desk, CLERK, withdrawal(story, story->other.reference, story->reference), body),
        404);
    assert_status(
        desk_post(desk, CLERK, withdrawal(story, story->person.reference, fact.event), body), 404);
    assert_status(desk_page(desk, CLERK, withdrawal(story, story->person.reference, before)), 404);
    assert_status(desk_post(desk, CLERK, withdrawal(story, story->person.reference, before), body),
                  404);
    assert_status(desk_post(desk, CLERK, withdrawal(story, story->person.reference, 999999), body),
                  404);
    assert_status(
        desk_post(desk, CLERK, of_person(story, "/identifiers/1%20or%201/withdrawal"), body), 404);
    assert_status(desk_post(desk, OFFICER, path, body), 403);
    assert_status(desk_page(desk, OFFICER, path), 403);
    assert_status(desk_post(desk, SENIOR, path, body), 403);
    desk_check_alike(desk, OPERATOR_NORTH, path,
                     withdrawal(story, "RH-000000-0", story->reference));
    assert_status(desk_post(desk, ADMINISTRATOR, path, body), 403);
    assert_int_equal(office_events(&desk->office), before);
    assert_int_equal(found(story), 200);
}

/* --- correcting ------------------------------------------------------------------------------- */

static void the_name_is_corrected(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *path = of_person(story, "/correction");
    const int64_t before = office_events(&desk->office);
    const struct reply identity = desk_page(desk, CLERK, of_person(story, "/identity"));
    assert_true(reply_says(&identity, path));
    const struct reply form = desk_page(desk, CLERK, path);
    assert_true(reply_says(&form, "value=\"PersonOne Samplealpha\"")); /* begins with what is */
    const struct reply empty = desk_form(desk, CLERK, path, "name=&reason=");
    assert_status(empty, 422);
    assert_true(reply_says(&empty, "href=\"#name\"") && reply_says(&empty, "href=\"#reason\""));
    const struct reply problem = desk_post(desk, CLERK, path, "{\"born_on\":\"31 June\"}");
    assert_status(problem, 422);
    assert_true(reply_says(&problem, "\"pointer\":\"/name\"") &&
                reply_says(&problem, "\"pointer\":\"/born_on\"") &&
                reply_says(&problem, "\"pointer\":\"/reason\""));
    assert_status(desk_post(desk, CLERK, path,
                            "{\"name\":\"A\",\"born_on\":\"2026-07-01\",\"reason\":\"x\"}"),
                  422); /* tomorrow */
    assert_status(desk_post(desk, OFFICER, path, "{\"name\":\"A\",\"reason\":\"x\"}"), 403);
    assert_status(desk_page(desk, OFFICER, path), 403);
    desk_check_alike(desk, OPERATOR_NORTH, path, "/people/RH-000000-0/correction");
    assert_int_equal(office_events(&desk->office), before);
    assert_status(
        desk_send_checked(desk, CLERK, path,
                          "name=PersonOne+%3Cb%3ESampledelta&born_on-day=2&born_on-month=3&born_on-"
                          "year=1990&reason=The+passport"),
        303);
    const struct reply after = desk_page(desk, CLERK, of_person(story, "/identity"));
    assert_true(reply_says(&after, "PersonOne &lt;b&gt;Sampledelta"));
    assert_false(reply_says(&after, "<b>Sampledelta"));
    assert_true(reply_says(&after, "2 March 1990"));
    const struct reply history = desk_page(desk, CLERK, of_person(story, "/history"));
    assert_true(reply_says(&history, "The passport"));
    const struct reply search = desk_get(desk, CLERK, "/people?text=Sampledelta");
    assert_true(reply_says(&search, story->person.reference));
    const struct reply again = desk_post(
        desk, CLERK, path, "{\"name\":\"PersonOne Samplealpha\",\"reason\":\"It was right\"}");
    assert_status(again, 200);
    json_auto_t *object = reply_json(&again);
    assert_string_equal(json_string_value(json_object_get(object, "name")),
                        "PersonOne Samplealpha");
    assert_true(json_is_false(json_object_get(json_object_get(object, "born_on"), "known")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_reference_is_withdrawn, setup),
        cmocka_unit_test_setup(by_a_program_once, setup),
        cmocka_unit_test_setup(nothing_else_is_withdrawn, setup),
        cmocka_unit_test_setup(the_name_is_corrected, setup),
    };
    return cmocka_run_group_tests(tests, open_all, desk_end);
}
