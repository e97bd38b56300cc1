/* Aim: through the handler a step goes the way the rulebook orders, by the people it names, once; a
 * refusal by law carries its reasons, for programs and for people; a place is seen to be taken.
 * Expected: tests/casework/rules, product.md promises 1 to 4. */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int close_all(void **state)
{
    desk_close(*state);
    return 0;
}

static int clear(void **state)
{
    desk_clear(*state);
    return 0;
}

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,  OFFICER,        OTHER_OFFICER,
                                          SENIOR, OPERATOR_NORTH, ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static const char *steps_of(struct desk *desk, const struct somebody *person)
{
    return arena_format(&desk->arena, "/people/%s/steps", person->reference).at;
}

static const char *request_path(struct desk *desk, int64_t request, const char *rest)
{
    return arena_format(&desk->arena, "/requests/%lld%s", (long long)request, rest).at;
}

#define TRANSFER_NORTH "{\"step\":\"transfer\",\"hub\":\"" HUB_NORTH "\"}"

static int64_t ask_for_transfer(struct desk *desk, const struct somebody *person)
{
    const struct reply reply = desk_post(desk, CLERK, steps_of(desk, person), TRANSFER_NORTH);
    assert_status(reply, 201);
    json_auto_t *answer = reply_json(&reply);
    assert_true(json_is_false(json_object_get(answer, "refused")));
    return json_integer_value(json_object_get(json_object_get(answer, "request"), "id"));
}

static void check_state(struct desk *desk, int64_t request, const char *expected)
{
    const struct reply reply = desk_get(desk, CLERK, request_path(desk, request, ""));
    json_auto_t *resource = reply_json(&reply);
    assert_status(reply, 200);
    assert_string_equal(json_string_value(json_object_get(resource, "state")), expected);
}

static void a_transfer_needs_two_people_and_takes_one_place(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Traveller");
    const struct place_counts before = office_places(&desk->office, desk->office.hub_north);
    const int64_t request = ask_for_transfer(desk, &person);
    check_state(desk, request, "open");
    assert_status(desk_post(desk, CLERK, request_path(desk, request, "/approval"), "{}"), 403);
    assert_status(desk_post(desk, CLERK, request_path(desk, request, "/taking"), "{}"), 409);
    assert_status(desk_post(desk, OFFICER, request_path(desk, request, "/approval"), "{}"), 200);
    check_state(desk, request, "open");
    /* The second approval is the senior officer's, not another authorising officer's. */
    const struct reply second =
        desk_post(desk, OTHER_OFFICER, request_path(desk, request, "/approval"), "{}");
    assert_true(second.status == 403 || second.status == 409);
    assert_status(desk_post(desk, SENIOR, request_path(desk, request, "/approval"), "{}"), 200);
    check_state(desk, request, "approved");
    assert_int_equal(office_places(&desk->office, desk->office.hub_north).held, before.held + 1);
    assert_status(desk_post(desk, CLERK, request_path(desk, request, "/taking"), "{}"), 200);
    check_state(desk, request, "taken");
    assert_int_equal(office_places(&desk->office, desk->office.hub_north).occupied,
                     before.occupied + 1);
    assert_status(desk_post(desk, CLERK, request_path(desk, request, "/taking"), "{}"), 409);
}

static void a_refusal_by_law_carries_every_safeguard(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Barred");
    assert_true(
        office_record(&desk->office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct reply reply = desk_post(desk, CLERK, steps_of(desk, &person), TRANSFER_NORTH);
    json_auto_t *problem = reply_json(&reply);
    assert_status(reply, 409);
    assert_same_text(reply.content_type, "application/problem+json");
    assert_string_equal(json_string_value(json_object_get(problem, "type")), "/problems/refused");
    assert_true(json_is_true(json_object_get(problem, "refused")));
    const json_t *explanation = json_object_get(problem, "explanation");
    assert_string_equal(json_string_value(json_object_get(explanation, "clearance")), "barred");
    const json_t *safeguards = json_object_get(explanation, "safeguards");
    assert_int_equal(json_array_size(safeguards), 7); /* of the rules: those that guard transfer */
    const json_t *first = json_array_get(safeguards, 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "no_injunction");
    assert_string_equal(json_string_value(json_object_get(first, "clearance")), "barred");
    assert_true(json_array_size(json_object_get(first, "sources")) == 1);
    assert_true(json_array_size(json_object_get(first, "changes")) > 0);
    assert_non_null(json_object_get(first, "condition"));
    assert_string_equal(json_string_value(json_object_get(
                            json_object_get(json_object_get(problem, "person"), "stage"), "name")),
                        "exhausted");
}

static void a_refusal_by_law_is_a_page_that_says_why(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Barred");
    assert_true(
        office_record(&desk->office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct reply reply =
        desk_form(desk, CLERK, steps_of(desk, &person), "step=transfer&hub=" HUB_NORTH);
    assert_status(reply, 409);
    assert_true(reply_says(&reply, "The law does not allow this step now"));
    assert_true(reply_says(&reply, "A court has ordered that the person must not leave."));
    assert_true(reply_says(&reply, "Invented for tests, s.1"));
    assert_true(reply_says(&reply, "What would change it"));
}

static void unknown_never_clears_and_is_shown_as_unknown(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Unknown");
    assert_true(
        office_record(&desk->office, CLERK, person.reference, "order.injunction", "unknown").ok);
    const struct reply reply = desk_post(desk, CLERK, steps_of(desk, &person), TRANSFER_NORTH);
    assert_status(reply, 409);
    const char *path = arena_format(&desk->arena, "/people/%s", person.reference).at;
    const struct reply page = desk_page(desk, CLERK, path);
    /* Not clear: nothing to press. */
    assert_false(reply_says(&page, "/steps/transfer/confirm"));
    path = arena_format(&desk->arena, "/people/%s/known", person.reference).at;
    const struct reply facts = desk_page(desk, CLERK, path);
    assert_true(reply_says(&facts, "<span class=\"rh-unknown\">Not known</span>"));
    path = arena_format(&desk->arena, "/people/%s/safeguards", person.reference).at;
    const struct reply why = desk_page(desk, CLERK, path);
    assert_true(reply_says(&why, "It is not known whether this is so: A court has ordered"));
}

static void a_late_order_stops_an_approved_step(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Stopped");
    const int64_t request = ask_for_transfer(desk, &person);
    assert_status(desk_post(desk, OFFICER, request_path(desk, request, "/approval"), "{}"), 200);
    assert_status(desk_post(desk, SENIOR, request_path(desk, request, "/approval"), "{}"), 200);
    const char *path = arena_format(&desk->arena, "/people/%s/facts", person.reference).at;
    const struct reply reply = desk_post(
        desk, CLERK, path,
        "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"in_force\",\"source\":\"call\"}]}");
    json_auto_t *answer = reply_json(&reply);
    assert_status(reply, 201);
    const json_t *stopped = json_array_get(json_object_get(answer, "stopped"), 0);
    assert_int_equal(json_integer_value(json_object_get(stopped, "request")), request);
    check_state(desk, request, "stopped");
    assert_status(desk_post(desk, CLERK, request_path(desk, request, "/taking"), "{}"), 409);
    const struct reply page = desk_page(desk, CLERK, request_path(desk, request, ""));
    assert_true(reply_says(&page, "This request was stopped"));
    assert_false(reply_says(&page, "/taking"));
}

static void declining_and_withdrawing_need_a_reason(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Twice asked");
    const int64_t first = ask_for_transfer(desk, &person);
    const struct reply bare =
        desk_post(desk, OFFICER, request_path(desk, first, "/declination"), "{}");
    assert_status(bare, 422);
    assert_true(reply_says(&bare, "\"/reason\""));
    check_state(desk, first, "open");
    assert_status(
        desk_post(desk, OFFICER, request_path(desk, first, "/declination"), "{\"reason\":\"No\"}"),
        200);
    check_state(desk, first, "declined");
    const int64_t second = ask_for_transfer(desk, &person);
    assert_status(desk_form(desk, CLERK, request_path(desk, second, "/withdrawal"), "reason="),
                  422);
    check_state(desk, second, "open");
    assert_status(
        desk_form(desk, CLERK, request_path(desk, second, "/withdrawal"), "reason=Mistake"), 303);
    check_state(desk, second, "withdrawn");
}

static void pages_ask_before_they_do(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Asked about");
    const char *confirm =
        arena_format(&desk->arena, "/people/%s/steps/transfer/confirm?hub=" HUB_NORTH,
                     person.reference)
            .at;
    const int64_t before = office_events(&desk->office);
    const struct reply page = desk_page(desk, CLERK, confirm);
    assert_status(page, 200);
    assert_true(reply_says(&page, "name=\"step\" value=\"transfer\""));
    assert_true(reply_says(&page, "name=\"hub\" value=\"" HUB_NORTH "\""));
    assert_true(reply_says(&page, "Ask for approval"));
    assert_int_equal(office_events(&desk->office), before);
    const int64_t request = ask_for_transfer(desk, &person);
    static const char *const asks[] = {"/approval", "/declination"};
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        assert_status(desk_page(desk, OFFICER, request_path(desk, request, asks[i])), 200);
    }
    assert_status(desk_page(desk, CLERK, request_path(desk, request, "/taking")), 200);
    assert_status(desk_page(desk, CLERK, request_path(desk, request, "/withdrawal")), 200);
    assert_status(desk_page(desk, CLERK, request_path(desk, request, "/approval")), 403);
    check_state(desk, request, "open");
}

static void a_double_click_asks_once(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Clicked");
    const char *form =
        "step=transfer&hub=" HUB_NORTH "&client_id=6ba7b810-9dad-41d1-80b4-00c04fd430c8";
    const int64_t before = office_events(&desk->office);
    const struct reply first = desk_form(desk, CLERK, steps_of(desk, &person), form);
    const struct reply second = desk_form(desk, CLERK, steps_of(desk, &person), form);
    assert_status(first, 303);
    assert_status(second, 303);
    const str location = reply_header(&first, "Location");
    assert_true(str_starts(location, STR("/requests/")));
    assert_true(str_equal(location, reply_header(&second, "Location")));
    assert_int_equal(office_events(&desk->office), before + 1);
}

/* Aim: what is wrong is told by the name that the form has for it, not by that of the machine. */
static void a_problem_names_the_field_as_the_form_does(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonOne Asked");
    const struct reply page =
        desk_form(desk, CLERK, steps_of(desk, &person), "hub=" HUB_NORTH "&haste=yes");
    assert_status(page, 422);
    assert_true(reply_says(&page, "<li>Step: Say which step</li>"));
    assert_true(reply_says(&page, "<li><code>haste</code>: There is no such field here</li>"));
}

static void a_step_without_approval_is_taken_at_once(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Lost");
    const struct reply reply =
        desk_form(desk, CLERK, steps_of(desk, &person), "step=lose_contact&hub=");
    assert_status(reply, 303);
    assert_true(str_ends(reply_header(&reply, "Location"), STR("?notice=step-taken")));
    const struct person_row row = office_person(&desk->office, person.id);
    assert_same_text(row.stage, "lost");
}

static void steps_and_hubs_that_are_not_there_are_refused(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Nowhere");
    static const struct {
        const char *body;
        int status;
    } bad[] = {
        {"{\"step\":\"teleport\"}", 422},
        {"{}", 422},
        {"{\"step\":\"transfer\"}", 422},
        {"{\"step\":\"transfer\",\"hub\":\"HUB-NOWHERE\"}", 404},
        {"{\"step\":\"transfer\",\"hub\":7}", 422},
        {"{\"step\":\"removal\",\"hub\":\"" HUB_NORTH "\"}", 422},
        {"{\"step\":\"readmission\"}", 409},
    };
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct reply reply = desk_post(desk, CLERK, steps_of(desk, &person), bad[i].body);
        if (reply.status != bad[i].status) {
            fail_msg("%s answered %d %.*s", bad[i].body, reply.status, STR_ARG(reply.body));
        }
    }
    assert_int_equal(office_events(&desk->office), before);
}

static void screening_counts_and_lists(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Screened");
    const struct reply reply = desk_get(desk, CLERK, "/screening?step=transfer&hub=" HUB_NORTH);
    json_auto_t *resource = reply_json(&reply);
    const json_t *totals = json_object_get(resource, "totals");
    assert_status(reply, 200);
    assert_int_equal(json_integer_value(json_object_get(totals, "people")),
                     json_integer_value(json_object_get(totals, "clear")) +
                         json_integer_value(json_object_get(totals, "barred")) +
                         json_integer_value(json_object_get(totals, "unknown")));
    const struct reply csv =
        desk_get(desk, CLERK, "/screening?step=transfer&hub=" HUB_NORTH "&as=csv");
    assert_true(str_starts(csv.content_type, STR("text/csv")));
    assert_true(str_starts(csv.body, STR("person,stage,clearance,no_injunction,")));
    const str line = arena_format(&desk->arena, "\r\n%s,exhausted,clear,clear,", person.reference);
    assert_true(str_contains(csv.body, line));
    assert_status(desk_get(desk, CLERK, "/screening?step=teleport"), 422);
}

/* {"people","alone"} of a missing fact; 0 when it blocks nobody. */
static int64_t blocked(const json_t *missing, const char *fact, const char *key)
{
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(missing, "facts"), index, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "name")), fact) == 0) {
            return json_integer_value(json_object_get(one, key));
        }
    }
    return 0;
}

static void are_in_order(const json_t *missing)
{
    int64_t before = INT64_MAX;
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(missing, "facts"), index, one)
    {
        assert_true(json_integer_value(json_object_get(one, "people")) <= before);
        before = json_integer_value(json_object_get(one, "people"));
    }
}

/* Aim: what to find out next. Of one person nothing is known that a removal asks about, of another
 * everything but the notice: counted beside what the others lack. */
static void the_fact_that_blocks_most_people_comes_first(void **state)
{
    static const char *const known[][2] = {{"order.injunction", "none"},
                                           {"family.complete", "yes"},
                                           {"decision.sent_on", "2026-05-31"}};
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const char *path = "/screening/missing?step=removal";
    const struct reply earlier = desk_get(desk, CLERK, path);
    json_auto_t *before = reply_json(&earlier);
    const struct somebody nothing = office_register(office, "PersonTen Unknown");
    const struct somebody nearly = office_register(office, "PersonTen Nearly");
    for (size_t i = 0; i < 3; i++) {
        assert_true(office_record(office, CLERK, nearly.reference, known[i][0], known[i][1]).ok);
    }
    assert_true(office_ask_for(office, CLERK, &nothing, "exhaust", "").ok);
    assert_true(office_ask_for(office, CLERK, &nearly, "exhaust", "").ok);
    const struct reply later = desk_get(desk, CLERK, path);
    assert_status(later, 200);
    json_auto_t *after = reply_json(&later);
    const struct {
        const char *fact;
        int64_t people;
        int64_t alone;
    } rows[] = {{"notice.served_on", 2, 1}, {"order.injunction", 1, 0}, {"family.complete", 1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(blocked(after, rows[i].fact, "people") -
                             blocked(before, rows[i].fact, "people"),
                         rows[i].people);
        assert_int_equal(blocked(after, rows[i].fact, "alone") -
                             blocked(before, rows[i].fact, "alone"),
                         rows[i].alone);
    }
    assert_int_equal(json_integer_value(json_object_get(after, "unknown")) -
                         json_integer_value(json_object_get(before, "unknown")),
                     2);
    are_in_order(after);
    const struct reply page = desk_page(desk, CLERK, path);
    assert_true(reply_says(&page, "Notice of departure served"));
    assert_true(reply_says(&page, "Enforced removal"));
    const struct reply empty = desk_page(desk, CLERK, "/screening/missing");
    assert_true(reply_says(&empty, "name=\"step\"") && !reply_says(&empty, "govuk-error-summary"));
    const struct reply csv =
        desk_get(desk, CLERK, arena_format(&desk->arena, "%s&as=csv", path).at);
    assert_true(str_starts(csv.content_type, STR("text/csv")));
    assert_true(str_starts(csv.body, STR("fact,title,people,alone")) &&
                reply_says(&csv, "notice.served_on"));
    /* A step that leads to a hub is asked about one. */
    const struct reply which = desk_page(desk, CLERK, "/screening/missing?step=transfer");
    assert_status(which, 422);
    assert_true(reply_says(&which, "govuk-error-summary") && reply_says(&which, "href=\"#hub\""));
    assert_status(desk_get(desk, CLERK, "/screening/missing?step=transfer&hub=" HUB_NORTH), 200);
    assert_status(desk_get(desk, CLERK, "/screening/missing?step=teleport"), 422);
    assert_status(desk_get(desk, CLERK, "/screening/missing"), 422);
    desk_check_alike(desk, CLERK, "/screening/missing?step=transfer&hub=" HUB_SECRET,
                     "/screening/missing?step=transfer&hub=HUB-NOWHERE");
    assert_status(desk_get(desk, OPERATOR_NORTH, path), 403);
    assert_status(desk_page(desk, OPERATOR_NORTH, "/screening/missing"), 403);
}

/* Aim: a time is extended, stands still and runs again on its page and by a program, by whom and
 * for how long the rulebook says. Days counted by hand: asked on 20 June, fourteen days end on 4
 * July. */
static void a_time_is_extended_and_stands_still(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "PersonNine Waits");
    assert_true(
        office_record(&desk->office, CLERK, person.reference, "reply.asked_on", "2026-06-20").ok);
    const char *clocks = arena_format(&desk->arena, "/people/%s/clocks", person.reference).at;
    const char *extension = arena_format(&desk->arena, "%s/extension", clocks).at;
    const char *standing = arena_format(&desk->arena, "%s/suspension", clocks).at;
    const char *form = "clock=reply_time&until-day=18&until-month=7&until-year=2026&reason=ill";
    const struct reply page = desk_page(desk, OFFICER, clocks);
    assert_true(reply_says(&page, extension) && !reply_says(&page, standing));
    const struct reply senior = desk_page(desk, SENIOR, clocks);
    assert_true(reply_says(&senior, standing) && !reply_says(&senior, extension));
    const struct reply clerk = desk_page(desk, CLERK, clocks);
    assert_false(reply_says(&clerk, standing) || reply_says(&clerk, extension));
    const struct reply asks = desk_page(desk, OFFICER, extension);
    assert_true(reply_says(&asks, "Time to reply: last day 4 July 2026; by: Authorising officer"));
    const struct reply missing = desk_form(desk, OFFICER, extension, "clock=reply_time");
    assert_status(missing, 422);
    assert_true(reply_says(&missing, "href=\"#reason\""));
    desk_check_alike(desk, OPERATOR_NORTH, extension, "/people/RH-000000-0/clocks/extension");
    const int64_t before = office_events(&desk->office);
    assert_status(desk_post(desk, CLERK, extension,
                            "{\"clock\":\"reply_time\",\"until\":\"2026-07-18\",\"reason\":\"x\"}"),
                  403);
    assert_status(desk_post(desk, OFFICER, extension,
                            "{\"clock\":\"reply_time\",\"until\":\"2026-07-19\",\"reason\":\"x\"}"),
                  422);
    assert_status(desk_post(desk, OFFICER, extension, "{\"clock\":\"reply_time\"}"), 422);
    assert_status(desk_get(desk, OFFICER, arena_format(&desk->arena, "%s/other", clocks).at), 404);
    assert_int_equal(office_events(&desk->office), before);
    assert_status(desk_send_checked(desk, OFFICER, extension, form), 303);
    const struct reply after = desk_get(desk, CLERK, clocks);
    assert_true(reply_says(&after, "2026-07-18"));
    const struct reply still =
        desk_post(desk, SENIOR, standing, "{\"clock\":\"reply_time\",\"reason\":\"in hospital\"}");
    assert_status(still, 201);
    json_auto_t *answer = reply_json(&still);
    assert_string_equal(json_string_value(json_object_get(answer, "clock")), "reply_time");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(answer, "last_day_before"), "value")),
        "2026-07-18");
    assert_true(json_is_false(json_object_get(json_object_get(answer, "last_day"), "known")));
    const struct reply runs =
        desk_post(desk, SENIOR, arena_format(&desk->arena, "%s/resumption", clocks).at,
                  "{\"clock\":\"reply_time\",\"reason\":\"home again\"}");
    assert_status(runs, 201);
    assert_true(reply_says(&runs, "2026-07-18"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_time_is_extended_and_stands_still, clear),
        cmocka_unit_test_teardown(the_fact_that_blocks_most_people_comes_first, clear),
        cmocka_unit_test_teardown(a_transfer_needs_two_people_and_takes_one_place, clear),
        cmocka_unit_test_teardown(a_refusal_by_law_carries_every_safeguard, clear),
        cmocka_unit_test_teardown(a_refusal_by_law_is_a_page_that_says_why, clear),
        cmocka_unit_test_teardown(unknown_never_clears_and_is_shown_as_unknown, clear),
        cmocka_unit_test_teardown(a_late_order_stops_an_approved_step, clear),
        cmocka_unit_test_teardown(declining_and_withdrawing_need_a_reason, clear),
        cmocka_unit_test_teardown(pages_ask_before_they_do, clear),
        cmocka_unit_test_teardown(a_double_click_asks_once, clear),
        cmocka_unit_test_teardown(a_problem_names_the_field_as_the_form_does, clear),
        cmocka_unit_test_teardown(a_step_without_approval_is_taken_at_once, clear),
        cmocka_unit_test_teardown(steps_and_hubs_that_are_not_there_are_refused, clear),
        cmocka_unit_test_teardown(screening_counts_and_lists, clear),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
