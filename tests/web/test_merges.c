/* Aim: two records found to be one person are compared, asked for, merged or declined by somebody
 * else, and taken apart again, from their pages and by a program; nobody sees a merge of somebody
 * they may not see. Expected: casework/identity.h and casework/access.def. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct story {
    struct desk desk;
    struct somebody one;
    struct somebody two;
    char compared[80]; /* the two records, the first one continuing */
    char request[90];
};

static int open_all(void **state)
{
    static struct story story;
    const enum account_name accounts[] = {CLERK,         OTHER_CLERK,  OFFICER,
                                          SENIOR,        OTHER_SENIOR, OPERATOR_NORTH,
                                          ADMINISTRATOR, ACCOUNT_NAMES};
    desk_open(&story.desk, accounts);
    *state = &story;
    return 0;
}

/* For each test two records of one name, that differ in nationality and in nothing else. */
static int setup(void **state)
{
    struct story *story = *state;
    struct office *office = &story->desk.office;
    desk_clear(&story->desk);
    story->one = office_register(office, "PersonOne Samplealpha");
    story->two = office_register(office, "PersonOne Samplealpha");
    assert_true(office_record(office, CLERK, story->one.reference, "person.nationality", "ALB").ok);
    assert_true(office_record(office, CLERK, story->two.reference, "person.nationality", "XKX").ok);
    snprintf(story->compared, sizeof story->compared, "/people/%s/merge/%s", story->one.reference,
             story->two.reference);
    snprintf(story->request, sizeof story->request, "%s/request", story->compared);
    return 0;
}

static const char *of_merge(struct story *story, int64_t merge, const char *rest)
{
    return arena_format(&story->desk.arena, "/merges/%lld%s", (long long)merge, rest).at;
}

static const char *of_person(struct story *story, const struct somebody *person, const char *rest)
{
    return arena_format(&story->desk.arena, "/people/%s%s", person->reference, rest).at;
}

static int64_t number_of(const struct reply *reply, const char *key)
{
    json_auto_t *object = reply_json(reply);
    return json_integer_value(json_object_get(object, key));
}

static int64_t ask(struct story *story)
{
    const struct reply asked =
        desk_post(&story->desk, CLERK, story->request, "{\"reason\":\"The same passport\"}");
    assert_status(asked, 201);
    return number_of(&asked, "merge");
}

static int64_t merged(struct story *story)
{
    const int64_t merge = ask(story);
    assert_status(desk_post(&story->desk, SENIOR, of_merge(story, merge, "/confirmation"),
                            "{\"differences\":1}"),
                  200);
    return merge;
}

/* The reference by which the person of this record is known. */
static bool is_known_as(struct story *story, const struct somebody *person, const char *reference)
{
    const struct reply reply = desk_get(&story->desk, CLERK, of_person(story, person, "/known"));
    assert_status(reply, 200);
    json_auto_t *object = reply_json(&reply);
    return strcmp(json_string_value(json_object_get(object, "reference")), reference) == 0;
}

static bool are_one(struct story *story)
{
    return is_known_as(story, &story->two, story->one.reference);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void the_two_are_compared(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const struct reply identity =
        desk_page(desk, CLERK, of_person(story, &story->one, "/identity"));
    assert_true(
        reply_says(&identity, arena_format(&desk->arena, "href=\"%s\"", story->compared).at));
    const struct reply page = desk_page(desk, CLERK, story->compared);
    assert_status(page, 200);
    assert_true(reply_says(&page, "1 difference<") || reply_says(&page, "1 difference\n"));
    assert_true(reply_says(&page, "Albania") && reply_says(&page, "Kosovo"));
    assert_true(reply_says(&page, story->request));
    assert_true(reply_says(&page, arena_format(&desk->arena, "/people/%s/merge/%s",
                                               story->two.reference, story->one.reference)
                                      .at));
    const struct reply officer = desk_page(desk, OFFICER, story->compared);
    assert_status(officer, 200); /* who asks for no merge */
    assert_false(reply_says(&officer, story->request));
    const struct reply plan = desk_get(desk, CLERK, story->compared);
    json_auto_t *object = reply_json(&plan);
    assert_int_equal(json_integer_value(json_object_get(object, "merge")), 0);
    assert_int_equal(json_array_size(json_object_get(object, "conflicts")), 1);
    assert_int_equal(json_array_size(json_object_get(object, "obstacles")), 0);
    assert_status(desk_get(desk, ADMINISTRATOR, story->compared), 403);
    const char *itself = arena_format(&desk->arena, "/people/%s/merge/%s", story->one.reference,
                                      story->one.reference)
                             .at;
    assert_status(desk_get(desk, CLERK, itself), 409);
}

static void a_merge_is_asked_for_with_a_reason(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t before = office_events(&desk->office);
    const struct reply page = desk_form(desk, CLERK, story->request, "reason=+");
    assert_status(page, 422);
    assert_true(reply_says(&page, "href=\"#reason\""));
    const struct reply problem = desk_post(desk, CLERK, story->request, "{}");
    assert_status(problem, 422);
    assert_true(reply_says(&problem, "\"pointer\":\"/reason\""));
    assert_status(desk_post(desk, CLERK, story->request, "{\"reason\":\"x\",\"force\":true}"), 422);
    assert_status(desk_post(desk, OFFICER, story->request, "{\"reason\":\"x\"}"), 403);
    assert_status(desk_post(desk, SENIOR, story->request, "{\"reason\":\"x\"}"), 403);
    const struct reply hidden =
        desk_post(desk, OPERATOR_NORTH, story->request, "{\"reason\":\"x\"}");
    assert_int_equal(hidden.status, 403);
    assert_int_equal(office_events(&desk->office), before);
    const struct reply done =
        desk_send_checked(desk, CLERK, story->request, "reason=The+same+passport");
    assert_status(done, 303);
    assert_true(str_starts(reply_header(&done, "Location"), STR("/merges/")));
    assert_int_equal(office_events(&desk->office), before + 1);
    assert_status(desk_post(desk, CLERK, story->request, "{\"reason\":\"again\"}"), 409);
}

/* What is typed is an address of ours, whatever it is, and is shown as text. */
static void what_is_typed_leads_nowhere_else(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *with = of_person(story, &story->one, "/merge");
    const struct reply away =
        desk_page(desk, CLERK, arena_format(&desk->arena, "%s?other=//evil.example/", with).at);
    assert_status(away, 303);
    assert_true(str_equal(reply_header(&away, "Location"),
                          arena_format(&desk->arena, "%s/%%2F%%2Fevil.example%%2F", with)));
    const struct reply back = desk_page(desk, CLERK, with);
    assert_status(back, 303);
    assert_same_text(reply_header(&back, "Location"), of_person(story, &story->one, "/identity"));
    assert_status(
        desk_page(desk, CLERK, of_person(story, &story->one, "/merge/<script>alert(1)</script>")),
        404);
    const struct reply asked =
        desk_post(desk, CLERK, story->request, "{\"reason\":\"<script>alert(1)</script>\"}");
    assert_status(asked, 201);
    const struct reply page =
        desk_page(desk, SENIOR, of_merge(story, number_of(&asked, "merge"), ""));
    assert_true(reply_says(&page, "&lt;script&gt;alert(1)"));
    assert_false(reply_says(&page, "<script>alert(1)"));
}

/* --- deciding --------------------------------------------------------------------------------- */

static void another_merges_what_was_looked_at(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t merge = ask(story);
    const char *page = of_merge(story, merge, "");
    const char *confirmation = of_merge(story, merge, "/confirmation");
    const struct reply list = desk_page(desk, SENIOR, "/merges");
    assert_true(reply_says(&list, arena_format(&desk->arena, "href=\"%s\"", page).at));
    const struct reply asker = desk_page(desk, CLERK, page);
    assert_true(reply_says(&asker, "/withdrawal") && !reply_says(&asker, "/confirmation"));
    const struct reply other = desk_page(desk, OTHER_CLERK, page);
    assert_false(reply_says(&other, "/withdrawal") || reply_says(&other, "/declination"));
    const struct reply decider = desk_page(desk, SENIOR, page);
    assert_true(reply_says(&decider, "/confirmation") && reply_says(&decider, "/declination"));
    assert_true(reply_says(&decider, "The same passport") && reply_says(&decider, "clerk"));
    const struct reply form = desk_page(desk, SENIOR, confirmation);
    assert_true(reply_says(&form, "Kosovo") && reply_says(&form, "differences"));
    assert_status(desk_page(desk, CLERK, confirmation), 403);
    assert_status(desk_post(desk, CLERK, confirmation, "{\"differences\":1}"), 403);
    assert_status(desk_post(desk, SENIOR, confirmation, "{}"), 422);
    assert_status(desk_post(desk, SENIOR, confirmation, "{\"differences\":\"1\"}"), 422);
    assert_status(desk_post(desk, SENIOR, confirmation, "{\"differences\":-1}"), 409);
    assert_status(desk_form(desk, SENIOR, confirmation, "differences=0&answers=checked"), 409);
    assert_false(are_one(story));
    assert_status(desk_send_checked(desk, SENIOR, confirmation, "differences=1"), 303);
    assert_true(are_one(story));
    assert_status(desk_post(desk, OTHER_SENIOR, confirmation, "{\"differences\":1}"), 409);
    const struct reply open = desk_page(desk, SENIOR, "/merges");
    assert_false(reply_says(&open, arena_format(&desk->arena, "href=\"%s\"", page).at));
    const struct reply all = desk_page(desk, SENIOR, "/merges?show=all");
    assert_true(reply_says(&all, arena_format(&desk->arena, "href=\"%s\"", page).at));
    assert_status(desk_get(desk, ADMINISTRATOR, "/merges"), 403);
    assert_status(desk_get(desk, OPERATOR_NORTH, "/merges"), 403);
}

static void a_merge_is_declined_or_taken_back(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t merge = ask(story);
    assert_status(desk_post(desk, SENIOR, of_merge(story, merge, "/declination"), "{}"), 422);
    assert_status(
        desk_post(desk, OFFICER, of_merge(story, merge, "/declination"), "{\"reason\":\"x\"}"),
        403);
    const struct reply declined = desk_post(desk, SENIOR, of_merge(story, merge, "/declination"),
                                            "{\"reason\":\"Two sisters\"}");
    assert_status(declined, 200);
    assert_true(reply_says(&declined, "\"declined_because\":\"Two sisters\""));
    assert_status(
        desk_post(desk, SENIOR, of_merge(story, merge, "/confirmation"), "{\"differences\":1}"),
        409);
    const int64_t second = ask(story);
    const char *withdrawal = of_merge(story, second, "/withdrawal");
    assert_status(desk_post(desk, OTHER_CLERK, withdrawal, "{\"reason\":\"x\"}"), 403);
    assert_status(desk_send_checked(desk, CLERK, withdrawal, "reason=A+slip"), 303);
    const struct reply after = desk_get(desk, CLERK, of_merge(story, second, ""));
    assert_true(reply_says(&after, "\"state\":\"declined\""));
    assert_false(are_one(story));
}

/* --- undoing ---------------------------------------------------------------------------------- */

static int64_t record(struct story *story, const struct somebody *person, const char *value)
{
    const struct reply recorded = desk_post(
        &story->desk, CLERK, of_person(story, person, "/facts"),
        arena_format(&story->desk.arena,
                     "{\"facts\":[{\"fact\":\"person.remarks\",\"value\":\"%s\"}]}", value)
            .at);
    assert_status(recorded, 201);
    json_auto_t *object = reply_json(&recorded);
    return json_integer_value(json_array_get(json_object_get(object, "events"), 0));
}

static bool says_remark(struct story *story, const struct somebody *person, const char *remark)
{
    const struct reply reply = desk_get(&story->desk, CLERK, of_person(story, person, "/known"));
    return reply_says(&reply, remark);
}

/* What was recorded under the reference of the part is told; what under that of the merged person
 * is decided, by the page or by a program. */
static void undone_with_every_event_given_to_one_of_them(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t merge = merged(story);
    const char *undoing = of_merge(story, merge, "/undoing");
    record(story, &story->two, "Told");
    const int64_t event = record(story, &story->one, "Decided");
    const struct reply plan = desk_get(desk, SENIOR, of_merge(story, merge, ""));
    json_auto_t *object = reply_json(&plan);
    const json_t *separation = json_object_get(object, "separation");
    assert_int_equal(json_integer_value(json_object_get(separation, "undecided")), 1);
    assert_int_equal(json_array_size(json_object_get(separation, "events")), 2);
    const struct reply clerk = desk_page(desk, CLERK, of_merge(story, merge, ""));
    assert_false(reply_says(&clerk, "/undoing"));
    assert_status(desk_post(desk, CLERK, undoing, "{\"reason\":\"x\"}"), 403);
    const char *field = arena_format(&desk->arena, "event_%lld", (long long)event).at;
    const struct reply page = desk_page(desk, SENIOR, undoing);
    assert_true(reply_says(&page, arena_format(&desk->arena, "name=\"%s\"", field).at));
    assert_true(reply_says(&page, "To be decided"));
    const struct reply undecided = desk_post(desk, SENIOR, undoing, "{\"reason\":\"Two people\"}");
    assert_status(undecided, 422);
    assert_true(
        reply_says(&undecided, arena_format(&desk->arena, "\"pointer\":\"/%s\"", field).at));
    const struct reply unanswered = desk_form(desk, SENIOR, undoing, "reason=Two+people");
    assert_status(unanswered, 422);
    assert_true(reply_says(&unanswered, arena_format(&desk->arena, "href=\"#%s\"", field).at));
    assert_status(
        desk_post(
            desk, SENIOR, undoing,
            arena_format(&desk->arena, "{\"reason\":\"Two people\",\"%s\":\"nobody\"}", field).at),
        422);
    assert_true(are_one(story));
    assert_status(
        desk_send_checked(desk, SENIOR, undoing,
                          arena_format(&desk->arena, "%s=continuing&reason=Two+people", field).at),
        303);
    assert_false(are_one(story));
    assert_true(says_remark(story, &story->one, "Decided"));
    assert_true(says_remark(story, &story->two, "Told"));
    assert_false(says_remark(story, &story->two, "Decided"));
    const struct reply after = desk_get(desk, SENIOR, of_merge(story, merge, ""));
    assert_true(reply_says(&after, "\"undone_because\":\"Two people\""));
    assert_status(desk_post(desk, SENIOR, undoing, "{\"reason\":\"again\"}"), 409);
}

/* Aim: whose erasure reaches another record, too, is told before it is asked for: on the page of
 * the record, in its form and by a program; of others nothing is told. */
static void erased_together_is_told_first(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const char *privacy = of_person(story, &story->one, "/privacy");
    const struct reply before = desk_get(desk, SENIOR, privacy);
    assert_true(reply_says(&before, "\"erased_together_count\":0"));
    const int64_t merge = merged(story);
    const int64_t event = record(story, &story->one, "Decided");
    assert_status(desk_post(desk, SENIOR, of_merge(story, merge, "/undoing"),
                            arena_format(&desk->arena,
                                         "{\"reason\":\"Two people\",\"event_%lld\":\"absorbed\"}",
                                         (long long)event)
                                .at),
                  200);
    const struct reply told = desk_get(desk, SENIOR, privacy);
    assert_true(reply_says(
        &told,
        arena_format(&desk->arena, "\"erased_together\":[\"%s\"]", story->two.reference).at));
    const struct reply page = desk_page(desk, SENIOR, privacy);
    assert_true(reply_says(&page, "Erased together or not at all"));
    const struct reply form =
        desk_page(desk, SENIOR, of_person(story, &story->two, "/privacy/erasure-request"));
    assert_true(reply_says(
        &form,
        arena_format(&desk->arena, "together with %s or not at all", story->one.reference).at));
}

static struct reply send_with_key(struct story *story, int account, const char *path, int key,
                                  const char *json)
{
    const struct ask ask = {
        .method = HTTP_POST,
        .path = path,
        .account = account,
        .content_type = "application/json",
        .header_name = "Idempotency-Key",
        .header_value =
            arena_format(&story->desk.arena, "0197a1b0-0000-7000-8000-0000000000%02d", key).at,
        .body = str_from_c(json)};
    return desk_ask(&story->desk, &ask);
}

/* Each command, sent again after what came of it, is answered and does nothing. */
static void sent_again_is_answered_alike(void **state)
{
    enum { ASKED, CONFIRMED, UNDONE };
    static const char asking[] = "{\"reason\":\"The same passport\"}";
    static const char confirming[] = "{\"differences\":1}";
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const struct reply asked = send_with_key(story, CLERK, story->request, ASKED, asking);
    assert_status(asked, 201);
    const int64_t merge = number_of(&asked, "merge");
    const char *confirmation = of_merge(story, merge, "/confirmation");
    const char *undoing = of_merge(story, merge, "/undoing");
    assert_status(send_with_key(story, SENIOR, confirmation, CONFIRMED, confirming), 200);
    const struct reply asked_again = send_with_key(story, CLERK, story->request, ASKED, asking);
    assert_status(asked_again, 201);
    assert_int_equal(number_of(&asked_again, "merge"), merge);
    const int64_t event = record(story, &story->one, "Decided");
    const char *decided =
        arena_format(&desk->arena, "{\"reason\":\"Two people\",\"event_%lld\":\"absorbed\"}",
                     (long long)event)
            .at;
    assert_status(send_with_key(story, SENIOR, undoing, UNDONE, decided), 200);
    const int64_t events = office_events(&desk->office);
    const struct reply confirmed =
        send_with_key(story, SENIOR, confirmation, CONFIRMED, confirming);
    assert_status(confirmed, 200);
    assert_true(reply_says(&confirmed, "\"repeated\":true"));
    const struct reply undone = send_with_key(story, SENIOR, undoing, UNDONE, decided);
    assert_status(undone, 200);
    assert_true(reply_says(&undone, "\"repeated\":true"));
    assert_status(desk_post(desk, SENIOR, undoing, decided), 409);
    assert_int_equal(office_events(&desk->office), events);
    assert_false(are_one(story));
}

/* More events than fit on a page: one answer for all the rest. */
static void the_rest_is_decided_at_once(void **state)
{
    enum { EVENTS = 70 };
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t merge = merged(story);
    const char *undoing = of_merge(story, merge, "/undoing");
    json_auto_t *body = json_object();
    int64_t last = 0;
    for (int i = 0; i < EVENTS; i++) {
        last = record(story, &story->one, arena_format(&desk->arena, "Remark %d", i).at);
        json_object_set_new(body, arena_format(&desk->arena, "event_%lld", (long long)last).at,
                            json_string("continuing"));
    }
    const struct reply asked = desk_get(desk, SENIOR, undoing);
    assert_true(reply_says(&asked, "\"others\""));
    const char *field = arena_format(&desk->arena, "event_%lld", (long long)last).at;
    assert_false(reply_says(&asked, field));
    json_object_set_new(body, "reason", json_string("Two people"));
    char *text = json_dumps(body, JSON_COMPACT);
    assert_status(desk_post(desk, SENIOR, undoing, text), 422); /* that one is among the rest */
    free(text);
    json_auto_t *fields = reply_json(&asked);
    json_auto_t *answers = json_object();
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(fields, "fields"), index, one)
    {
        const char *name = json_string_value(json_object_get(one, "name"));
        json_object_set_new(answers, name,
                            json_string(strcmp(name, "reason") == 0   ? "Two people"
                                        : strcmp(name, "others") == 0 ? "absorbed"
                                                                      : "continuing"));
    }
    text = json_dumps(answers, JSON_COMPACT);
    assert_status(desk_post(desk, SENIOR, undoing, text), 200);
    free(text);
    assert_true(says_remark(story, &story->two, "Remark 69"));
    assert_false(says_remark(story, &story->one, "Remark 69"));
}

/* --- need to know ----------------------------------------------------------------------------- */

static void protect(struct story *story, const struct somebody *person)
{
    int64_t accounts[] = {story->desk.office.accounts[OTHER_SENIOR]};
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person->id,
                          .kind = EVENT_PROTECTION_SET,
                          .body.protection_set = {.accounts = {.items = accounts, .count = 1},
                                                  .reason = STR("threatened")}};
    office_append(&story->desk.office, &event);
}

static void a_merge_with_somebody_hidden_does_not_exist(void **state)
{
    struct story *story = *state;
    struct desk *desk = &story->desk;
    const int64_t merge = ask(story);
    protect(story, &story->two);
    const char *page = of_merge(story, merge, "");
    desk_check_alike(desk, SENIOR, page, "/merges/999999");
    desk_check_alike(desk, SENIOR, of_merge(story, merge, "/confirmation"),
                     "/merges/999999/confirmation");
    desk_check_alike(desk, CLERK, story->compared,
                     of_person(story, &story->one, "/merge/RH-000000-0"));
    assert_status(
        desk_post(desk, SENIOR, of_merge(story, merge, "/confirmation"), "{\"differences\":1}"),
        404);
    static const char *const lists[] = {"/merges", "/merges?show=all"};
    for (size_t i = 0; i < 2; i++) {
        const struct reply list = desk_get(desk, SENIOR, lists[i]);
        assert_status(list, 200);
        assert_false(reply_says(&list, story->two.reference));
        const struct reply named = desk_get(desk, OTHER_SENIOR, lists[i]);
        assert_true(reply_says(&named, story->two.reference));
    }
    const struct reply identity = desk_get(desk, CLERK, of_person(story, &story->one, "/identity"));
    assert_status(identity, 200);
    assert_false(reply_says(&identity, story->two.reference));
    assert_false(reply_says(&identity, "asked for"));
    assert_status(desk_get(desk, OTHER_SENIOR, page), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_two_are_compared, setup),
        cmocka_unit_test_setup(a_merge_is_asked_for_with_a_reason, setup),
        cmocka_unit_test_setup(what_is_typed_leads_nowhere_else, setup),
        cmocka_unit_test_setup(another_merges_what_was_looked_at, setup),
        cmocka_unit_test_setup(a_merge_is_declined_or_taken_back, setup),
        cmocka_unit_test_setup(undone_with_every_event_given_to_one_of_them, setup),
        cmocka_unit_test_setup(erased_together_is_told_first, setup),
        cmocka_unit_test_setup(sent_again_is_answered_alike, setup),
        cmocka_unit_test_setup(the_rest_is_decided_at_once, setup),
        cmocka_unit_test_setup(a_merge_with_somebody_hidden_does_not_exist, setup),
    };
    return cmocka_run_group_tests(tests, open_all, desk_end);
}
