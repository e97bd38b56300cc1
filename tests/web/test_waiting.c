/* Aim: lists of work that waits for somebody, as pages and for programs: who may be one person,
 * page by page, and records to be erased; and both, with merges, counted on the page of the day for
 * whoever may act. Where everybody is compared behind, it is told how far that is, without a pair,
 * and then the same. What is out of sight changes no byte of any of them. Expected:
 * casework/waiting.h, casework/access.def. */
#include "casework/privacy.h"
#include "casework/protection.h"
#include "casework/waiting.h"
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,          OTHER_CLERK,   SENIOR,  OTHER_SENIOR,
                                          OPERATOR_NORTH, ADMINISTRATOR, OFFICER, ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static int end(void **state)
{
    return desk_end(state);
}

static struct reply ask_for(struct desk *desk, int account, const char *path, str query)
{
    const struct ask ask = {.method = HTTP_GET,
                            .path = path,
                            .query = arena_format(&desk->arena, "%.*s", STR_ARG(query)).at,
                            .account = account};
    return desk_ask(desk, &ask);
}

static const char *of(struct desk *desk, const struct somebody *person, const char *rest)
{
    return arena_format(&desk->arena, "/people/%s%s", person->reference, rest).at;
}

static int64_t waits(struct desk *desk, int account, const char *what)
{
    const struct reply reply = desk_get(desk, account, "/today");
    assert_status(reply, 200);
    json_auto_t *object = reply_json(&reply);
    const json_t *count = json_object_get(json_object_get(object, "waiting"), what);
    return json_is_true(json_object_get(count, "known"))
               ? json_integer_value(json_object_get(count, "value"))
               : -1;
}

static void protect(struct desk *desk, const struct somebody *person)
{
    assert_status(desk_post(desk, SENIOR, of(desk, person, "/privacy/protection"),
                            "{\"seen_by\":\"other-senior\",\"reason\":\"Threatened\"}"),
                  200);
}

/* --- pairs ------------------------------------------------------------------------------------ */

static void pairs_are_told_page_by_page(void **state)
{
    struct desk *desk = *state;
    struct somebody people[3];
    for (size_t i = 0; i < 3; i++) {
        people[i] = office_register(&desk->office, "PersonOne Samplealpha");
    }
    const struct reply page = desk_page(desk, CLERK, "/duplicates");
    assert_status(page, 200);
    assert_true(reply_says(&page, "3 pairs in all") && reply_says(&page, people[2].reference) &&
                reply_says(&page, "Compare the two"));
    str query = STR("limit=2");
    size_t pairs = 0;
    size_t pages = 0;
    while (query.len > 0) {
        const struct reply reply = ask_for(desk, CLERK, "/duplicates", query);
        assert_status(reply, 200);
        json_auto_t *object = reply_json(&reply);
        pairs += json_array_size(json_object_get(object, "pairs"));
        assert_int_equal(json_integer_value(json_object_get(object, "total")), 3);
        const char *next = json_string_value(json_object_get(object, "next"));
        query = next != NULL ? str_cut(str_from_c(next), '?').tail : STR("");
        query = arena_copy(&desk->arena, query);
        pages++;
    }
    assert_int_equal(pairs, 3);
    assert_int_equal(pages, 2);
    assert_status(ask_for(desk, CLERK, "/duplicates", STR("cursor=AAAA")), 422);
    assert_status(ask_for(desk, CLERK, "/duplicates", STR("limit=0")), 422);
    /* A cursor is good for the account that it was given to. */
    const struct reply first = ask_for(desk, CLERK, "/duplicates", STR("limit=1"));
    json_auto_t *object = reply_json(&first);
    const str address = str_from_c(json_string_value(json_object_get(object, "next")));
    assert_status(ask_for(desk, OTHER_CLERK, "/duplicates", str_cut(address, '?').tail), 422);
    assert_status(desk_get(desk, OPERATOR_NORTH, "/duplicates"), 403);
    assert_status(desk_get(desk, ADMINISTRATOR, "/duplicates"), 403);
    assert_int_equal(waits(desk, CLERK, "duplicates"), 3);
    assert_int_equal(waits(desk, OFFICER, "duplicates"), -1);
    const struct reply today = desk_page(desk, CLERK, "/today");
    assert_true(reply_says(&today, "3 pairs of people who may be one person") &&
                reply_says(&today, "href=\"/duplicates\""));
}

/* --- compared behind -------------------------------------------------------------------------- */

/* As after the program began: nothing is kept, and nobody waits. */
static void forget_pairs(struct desk *desk)
{
    struct office *office = &desk->office;
    struct err err = {0};
    const struct notice_book *notices = office->casework.notices;
    const struct rulebook *rulebook = office->casework.rulebook;
    casework_close(&office->casework);
    assert_true(casework_open(office->store, rulebook, &office->system, &office->perm,
                              &office->casework, &err)
                    .ok);
    office->casework.notices = notices;
    office->casework.pairs_wait_ms = 0;
}

static json_int_t total_once_known(struct desk *desk)
{
    struct reply reply = desk_get(desk, CLERK, "/duplicates");
    while (reply.status == 202) {
        reply = desk_get(desk, CLERK, "/duplicates");
    }
    assert_status(reply, 200);
    json_auto_t *object = reply_json(&reply);
    return json_integer_value(json_object_get(object, "total"));
}

static struct reply progress_told(struct desk *desk, int account)
{
    const struct ask ask = {.path = "/events",
                            .query = "comparison=yes",
                            .accept = "text/event-stream",
                            .account = account};
    const struct reply reply = desk_ask(desk, &ask);
    assert_status(reply, 200);
    return reply;
}

static void that_everybody_is_compared_is_told(void **state)
{
    struct desk *desk = *state;
    forget_pairs(desk);
    assert_status(desk_get(desk, OPERATOR_NORTH, "/duplicates"), 403); /* and begins nothing */
    const struct reply before = progress_told(desk, CLERK);
    assert_true(reply_says(&before, "\"done\":100"));
    const struct reply first = desk_get(desk, CLERK, "/duplicates");
    assert_status(first, 202);
    assert_true(reply_header(&first, "Retry-After").len > 0);
    assert_int_equal(reply_header(&first, "ETag").len, 0);
    json_auto_t *object = reply_json(&first);
    const json_t *comparing = json_object_get(object, "comparing");
    assert_int_equal(json_integer_value(json_object_get(comparing, "all")), 100);
    assert_true(json_integer_value(json_object_get(comparing, "done")) < 100);
    assert_null(json_object_get(object, "pairs"));
    assert_null(json_object_get(object, "total"));
    const json_int_t total = total_once_known(desk);
    forget_pairs(desk);
    const struct reply page = desk_page(desk, CLERK, "/duplicates?limit=2");
    assert_status(page, 202);
    assert_true(reply_says(&page, "Everybody is being compared with everybody") &&
                reply_says(&page, "href=\"/duplicates?limit=2\"") &&
                reply_says(&page, "comparison=yes"));
    assert_false(reply_says(&page, "in all"));
    assert_int_equal(total_once_known(desk), total);
    const struct reply listed = desk_page(desk, CLERK, "/duplicates");
    assert_status(listed, 200);
    assert_false(reply_says(&listed, "Everybody is being compared"));
    const struct reply others = progress_told(desk, OPERATOR_NORTH);
    assert_false(reply_says(&others, "Comparing everybody"));
    desk->office.casework.pairs_wait_ms = PAIRS_WAIT_MS;
}

/* --- out of sight ----------------------------------------------------------------------------- */

/* Two who are alike, and then a third: protected at once, they change nothing for others. */
static void what_is_hidden_changes_no_byte(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody shown = office_ready(office, "PersonTwo Samplebeta");
    office_register(office, "PersonTwo Samplebeta");
    assert_status(desk_post(desk, OTHER_SENIOR, of(desk, &shown, "/privacy/erasure-request"),
                            "{\"basis\":\"Art. 17(1)(a)\"}"),
                  200);
    static const char *const paths[] = {"/duplicates", "/erasures"};
    static const int accounts[] = {CLERK, SENIOR};
    str before[2][2];
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 2; k++) {
            const struct reply reply = desk_get(desk, accounts[i], paths[k]);
            before[i][k] = arena_copy(&desk->arena, reply.body);
        }
    }
    const int64_t counted = waits(desk, CLERK, "duplicates");
    const int64_t erased = waits(desk, SENIOR, "erasures");
    const struct somebody hidden = office_register(office, "PersonTwo Samplebeta");
    assert_int_equal(waits(desk, CLERK, "duplicates"), counted + 2);
    assert_status(desk_post(desk, OTHER_SENIOR, of(desk, &hidden, "/privacy/erasure-request"),
                            "{\"basis\":\"Art. 17(1)(d)\"}"),
                  200);
    assert_int_equal(waits(desk, SENIOR, "erasures"), erased + 1);
    protect(desk, &hidden);
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 2; k++) {
            const struct reply reply = desk_get(desk, accounts[i], paths[k]);
            assert_same_text(reply.body,
                             arena_format(&desk->arena, "%.*s", STR_ARG(before[i][k])).at);
            const struct reply page = desk_page(desk, accounts[i], paths[k]);
            assert_false(reply_says(&page, hidden.reference));
        }
    }
    assert_int_equal(waits(desk, CLERK, "duplicates"), counted);
    assert_int_equal(waits(desk, SENIOR, "erasures"), erased);
    const struct reply named = desk_get(desk, OTHER_SENIOR, "/duplicates");
    assert_true(reply_says(&named, hidden.reference));
    const struct reply erasures = desk_get(desk, OTHER_SENIOR, "/erasures");
    assert_true(reply_says(&erasures, hidden.reference));
    /* A cursor behind a pair that went out of sight leads on, and tells of nobody. */
    const struct reply all = ask_for(desk, OTHER_SENIOR, "/duplicates", STR("limit=500"));
    json_auto_t *object = reply_json(&all);
    assert_true(json_array_size(json_object_get(object, "pairs")) ==
                (size_t)json_integer_value(json_object_get(object, "total")));
}

/* --- erasures --------------------------------------------------------------------------------- */

static void erasures_wait_for_another(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonThree Samplegamma");
    const int64_t before = waits(desk, OTHER_SENIOR, "erasures");
    assert_status(desk_post(desk, SENIOR, of(desk, &person, "/privacy/erasure-request"),
                            "{\"basis\":\"Art. 17(1)(a), retention ended\"}"),
                  200);
    assert_status(
        desk_post(desk, SENIOR, of(desk, &person, "/privacy/hold"), "{\"reason\":\"A claim\"}"),
        200);
    const struct reply page = desk_page(desk, OTHER_SENIOR, "/erasures");
    assert_status(page, 200);
    assert_true(reply_says(&page, person.reference) && reply_says(&page, "retention ended") &&
                reply_says(&page, "Legal hold") &&
                reply_says(&page, of(desk, &person, "/privacy")));
    const struct reply own = desk_page(desk, SENIOR, "/erasures");
    assert_true(reply_says(&own, "another one confirms"));
    assert_int_equal(waits(desk, OTHER_SENIOR, "erasures"), before + 1);
    const struct reply today = desk_page(desk, OTHER_SENIOR, "/today");
    assert_true(reply_says(&today, "href=\"/erasures\""));
    assert_int_equal(waits(desk, CLERK, "erasures"), -1);
    static const int not_they[] = {CLERK, OPERATOR_NORTH, ADMINISTRATOR};
    for (size_t i = 0; i < sizeof not_they / sizeof not_they[0]; i++) {
        assert_status(desk_get(desk, not_they[i], "/erasures"), 403);
    }
    assert_status(desk_post(desk, OTHER_SENIOR, of(desk, &person, "/privacy/erasure-declination"),
                            "{\"reason\":\"a claim is open\"}"),
                  200);
    assert_int_equal(waits(desk, OTHER_SENIOR, "erasures"), before);
}

/* --- merges ----------------------------------------------------------------------------------- */

static void merges_wait_for_a_senior_officer(void **state)
{
    struct desk *desk = *state;
    const struct somebody one = office_register(&desk->office, "PersonFour Sampledelta");
    const struct somebody two = office_register(&desk->office, "PersonFour Sampledelta");
    const int64_t before = waits(desk, CLERK, "duplicates");
    const char *request =
        arena_format(&desk->arena, "/people/%s/merge/%s/request", one.reference, two.reference).at;
    assert_int_equal(waits(desk, SENIOR, "merges"), 0);
    assert_status(desk_post(desk, CLERK, request, "{\"reason\":\"The same passport\"}"), 201);
    assert_int_equal(waits(desk, SENIOR, "merges"), 1);
    assert_int_equal(waits(desk, CLERK, "merges"), -1);
    assert_int_equal(waits(desk, CLERK, "duplicates"), before - 1);
    const struct reply today = desk_page(desk, SENIOR, "/today");
    assert_true(reply_says(&today, "1 merge of records to decide") &&
                reply_says(&today, "href=\"/merges\""));
    const struct reply page = desk_page(desk, CLERK, "/duplicates");
    assert_true(reply_says(&page, "See the merge") && reply_says(&page, "Asked for"));
    protect(desk, &two);
    assert_int_equal(waits(desk, SENIOR, "merges"), 0);
    assert_int_equal(waits(desk, OTHER_SENIOR, "merges"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_told_page_by_page),
        cmocka_unit_test(that_everybody_is_compared_is_told),
        cmocka_unit_test(what_is_hidden_changes_no_byte),
        cmocka_unit_test(erasures_wait_for_another),
        cmocka_unit_test(merges_wait_for_a_senior_officer),
    };
    return cmocka_run_group_tests(tests, open_all, end);
}
