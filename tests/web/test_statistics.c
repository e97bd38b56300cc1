/* Aim: a table is drawn as what it says, with no bar for what is withheld; only who may see
 * statistics sees them as they are; and what is published is for everybody, and nothing else is.
 * Expected: the table written here by hand; RFC 4287. */
#include "desk.h"

#include "web/view_statistics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- the drawing ------------------------------------------------------------------------------ */

static const char table[] =
    "{\"name\":\"t\",\"title\":\"People <counted>\",\"key_columns\":2,"
    "\"notes\":[{\"label\":\"Withheld\",\"text\":\"[c]\"}],"
    "\"columns\":[\"Period\",\"Sex\",\"Other\",\"Total\"],\"rows\":["
    "[\"2025-Q1\",\"Female\",1,7],[\"2025-Q1\",\"Total\",2,10],[\"2025-Q2\",\"Total\",3,40],"
    "[\"2025-Q3\",\"Total\",4,\"[c]\"],[\"2025-Q4\",\"Total\",5,0]]}";

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void bars_are_as_long_as_their_numbers(void **state)
{
    struct desk *desk = *state;
    json_auto_t *sheet = json_loads(table, 0, NULL);
    json_auto_t *chart = picture_of_sheet(&desk->arena, sheet);
    const json_t *bars = json_object_get(chart, "bars");
    /* Only what is about a period alone is drawn, of the column "Total". */
    assert_int_equal(json_array_size(bars), 4);
    assert_string_equal(json_string_value(json_object_get(chart, "of")), "Total");
    assert_true(number_of(json_array_get(bars, 1), "width") > 0);
    assert_int_equal(number_of(json_array_get(bars, 0), "width") * 4,
                     number_of(json_array_get(bars, 1), "width"));
    const json_t *withheld = json_array_get(bars, 2);
    assert_int_equal(number_of(withheld, "width"), 0);
    assert_string_equal(json_string_value(json_object_get(withheld, "value")), "[c]");
    const json_t *zero = json_array_get(bars, 3);
    assert_int_equal(number_of(zero, "width"), 0);
    assert_string_equal(json_string_value(json_object_get(zero, "value")), "0");
    for (size_t i = 0; i < json_array_size(bars); i++) {
        const json_t *bar = json_array_get(bars, i);
        assert_true(number_of(bar, "x") + number_of(bar, "width") < number_of(chart, "width"));
        assert_true(number_of(bar, "y") + number_of(bar, "height") <= number_of(chart, "height"));
    }
}

static const char compared[] =
    "{\"name\":\"t\",\"title\":\"T\",\"key_columns\":3,\"notes\":[],"
    "\"columns\":[\"Period\",\"Compared by\",\"Group\",\"Total\",\"Share, per cent\","
    "\"95 per cent interval from\",\"to\"],\"rows\":["
    "[\"2024\",\"Sex\",\"Female\",9,\"10.0\",\"5.0\",\"20.0\"],"
    "[\"2024\",\"Sex\",\"Male\",9,\"11.0\",\"5.0\",\"20.0\"],"
    "[\"2025\",\"Sex\",\"Female\",20,\"50.0\",\"25.0\",\"75.0\"],"
    "[\"2025\",\"Sex\",\"Male\",30,\"40.0\",\"30.0\",\"100.0\"],"
    "[\"2025\",\"Sex\",\"Not known\",\"[c]\",\"[c]\",\"[c]\",\"[c]\"],"
    "[\"2025\",\"Sex\",\"Total\",50,\"44.0\",\"31.0\",\"58.0\"],"
    "[\"2025\",\"Age\",\"Total\",50,\"44.0\",\"31.0\",\"58.0\"],"
    "[\"2026\",\"Sex\",\"Female\",\"[c]\",\"[c]\",\"[c]\",\"[c]\"]]}";

/* Groups are compared by what is measured, with its interval, in the latest period that can be
 * compared: not by how many they are. */
static void a_comparison_is_drawn_with_its_intervals(void **state)
{
    struct desk *desk = *state;
    json_auto_t *sheet = json_loads(compared, 0, NULL);
    json_auto_t *chart = picture_of_sheet(&desk->arena, sheet);
    const json_t *bars = json_object_get(chart, "bars");
    assert_string_equal(json_string_value(json_object_get(chart, "of")), "Share, per cent");
    assert_string_equal(json_string_value(json_object_get(chart, "period")), "2025");
    /* What is withheld is not drawn, the total of all once. */
    assert_int_equal(json_array_size(bars), 3);
    const json_t *female = json_array_get(bars, 0);
    const json_t *male = json_array_get(bars, 1);
    assert_string_equal(json_string_value(json_object_get(female, "label")), "Female");
    assert_string_equal(json_string_value(json_object_get(female, "value")), "50.0");
    /* 100 is the greatest end of an interval: it has the whole width. */
    const json_int_t zero = number_of(male, "x") - number_of(male, "width") * 30 / 70;
    const json_int_t whole = number_of(male, "x") + number_of(male, "width") - zero;
    assert_int_equal((number_of(female, "x") - zero) * 4, whole);
    assert_int_equal(number_of(female, "width") * 2, whole);
    assert_int_equal((number_of(female, "mark_x") - zero) * 2, whole);
}

static void a_table_without_numbers_has_no_drawing(void **state)
{
    struct desk *desk = *state;
    json_auto_t *sheet = json_loads("{\"title\":\"T\",\"key_columns\":1,\"notes\":[],"
                                    "\"columns\":[\"What\",\"Who\"],\"rows\":[[\"a\",\"b\"]]}",
                                    0, NULL);
    json_auto_t *chart = picture_of_sheet(&desk->arena, sheet);
    assert_true(json_is_false(json_object_get(chart, "any")));
}

static size_t rows_shown(const json_t *view)
{
    return json_array_size(json_object_get(json_object_get(view, "table"), "rows"));
}

static void long_tables_say_that_they_are_cut(void **state)
{
    struct desk *desk = *state;
    const struct view_context context = {.arena = &desk->arena};
    json_auto_t *sheet = json_loads(table, 0, NULL);
    json_auto_t *whole = view_sheet(&context, sheet);
    assert_true(json_is_false(json_object_get(whole, "cut")));
    assert_int_equal(rows_shown(whole), 5);
    json_t *rows = json_object_get(sheet, "rows");
    while (json_array_size(rows) <= SHEET_ROWS_SHOWN) {
        json_array_append(rows, json_array_get(rows, 0));
    }
    json_auto_t *cut = view_sheet(&context, sheet);
    assert_true(json_is_true(json_object_get(cut, "cut")));
    assert_int_equal(rows_shown(cut), SHEET_ROWS_SHOWN);
}

/* --- the register as it is -------------------------------------------------------------------- */

static void only_who_may_see_statistics_sees_them(void **state)
{
    struct desk *desk = *state;
    static const char *const addresses[] = {"/statistics", "/statistics/reconciliation"};
    for (size_t i = 0; i < 2; i++) {
        assert_status(desk_get(desk, STATISTICIAN, addresses[i]), 200);
        assert_status(desk_page(desk, STATISTICIAN, addresses[i]), 200);
        assert_status(desk_get(desk, CLERK, addresses[i]), 403);
        assert_status(desk_get(desk, NOBODY, addresses[i]), 401);
    }
    assert_status(desk_get(desk, STATISTICIAN, "/statistics/no_such_table"), 404);
}

static void everyone_ever_recorded_is_in_the_table(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 3; i++) {
        office_register(&desk->office, "Somebody Counted");
    }
    const struct ask ask = {
        .path = "/statistics/reconciliation", .query = "as=csv", .account = STATISTICIAN};
    const struct reply csv = desk_ask(desk, &ask);
    assert_status(csv, 200);
    assert_true(str_starts(csv.content_type, STR("text/csv")));
    assert_true(reply_says(&csv, ",3"));
    const struct ask ods = {
        .path = "/statistics/reconciliation", .query = "as=ods", .account = STATISTICIAN};
    const struct reply spreadsheet = desk_ask(desk, &ods);
    assert_status(spreadsheet, 200);
    assert_memory_equal(spreadsheet.body.at, "PK\x03\x04", 4);
    const struct reply page = desk_page(desk, STATISTICIAN, "/statistics/reconciliation");
    assert_true(reply_says(&page, "as=ods"));
    assert_true(reply_says(&page, "Bars of People."));
    assert_true(reply_says(&page, ">3</text>"));
}

/* Aim: an edition is made again from its event, to the byte, in each form; what cannot be asked is
 * told beside its field, with what else was asked. */
static void an_edition_is_made_again(void **state)
{
    struct desk *desk = *state;
    static const char *const path = "/statistics/reconciliation";
    struct ask ask = {.path = path, .account = STATISTICIAN};
    office_register(&desk->office, "Somebody Before");
    const str at =
        arena_format(&desk->arena, "at_position=%lld", (long long)office_events(&desk->office));
    ask.query = at.at;
    const struct reply before = desk_ask(desk, &ask);
    office_register(&desk->office, "Somebody After");
    const struct reply again = desk_ask(desk, &ask);
    ask.query = NULL;
    const struct reply now = desk_ask(desk, &ask);
    assert_status(before, 200);
    assert_true(str_equal(before.body, again.body));
    assert_false(str_equal(before.body, now.body));
    ask.query = at.at;
    ask.by_cookie = true;
    ask.accept = "text/html";
    const struct reply page = desk_ask(desk, &ask);
    assert_status(page, 200);
    assert_true(reply_says(&page, arena_format(&desk->arena, "?as=csv&amp;%s\"", at.at).at));
    ask.query = "as_of=2026-06-29";
    const struct reply day = desk_ask(desk, &ask);
    assert_status(day, 200);
    assert_true(reply_says(&day, "name=\"as_of-year\"") && reply_says(&day, "value=\"29\""));
    ask.query = "at_position=999999&as_of-day=31&as_of-month=12&as_of-year=2025";
    const struct reply wrong = desk_ask(desk, &ask);
    assert_status(wrong, 422);
    assert_true(reply_says(&wrong, "href=\"#at_position\""));
    assert_true(reply_says(&wrong, "There is no event 999999"));
    assert_true(reply_says(&wrong, "value=\"2025\""));
    ask.query = "as_of-day=31&as_of-month=2&as_of-year=2025";
    const struct reply no_day = desk_ask(desk, &ask);
    assert_status(no_day, 422);
    assert_true(reply_says(&no_day, "href=\"#as_of\""));
    assert_true(reply_says(&no_day, "id=\"as_of-month\" name=\"as_of-month\""));
}

/* --- what is published ------------------------------------------------------------------------ */

static void everybody_reads_what_is_published(void **state)
{
    struct desk *desk = *state;
    const struct reply list = desk_get(desk, NOBODY, "/releases");
    assert_status(list, 200);
    assert_true(reply_says(&list, "2025-12-31-t"));
    const struct ask ask = {
        .path = "/releases/2025-12-31-t", .accept = "text/html", .account = NOBODY};
    const struct reply page = desk_ask(desk, &ask);
    assert_status(page, 200);
    assert_true(reply_says(&page, "People &lt;counted&gt;"));
    assert_true(reply_says(&page, "31 December 2025"));
    const struct ask file = {
        .path = "/releases/2025-12-31-t", .accept = "text/csv", .account = NOBODY};
    const struct reply csv = desk_ask(desk, &file);
    assert_true(reply_says(&csv, "Period,Sex,Other,Total"));
    assert_true(reply_says(&csv, "2025-Q3,Total,4,[c]"));
    assert_true(reply_says(&page, "?as=ods\""));
    const struct ask spreadsheet = {
        .path = "/releases/2025-12-31-t", .query = "as=ods", .account = NOBODY};
    const struct reply ods = desk_ask(desk, &spreadsheet);
    assert_status(ods, 200);
    assert_same_text(ods.content_type, "application/vnd.oasis.opendocument.spreadsheet");
    assert_true(str_contains(reply_header(&ods, "Content-Disposition"), STR("2025-12-31-t.ods")));
    assert_true(ods.body.len > 4 && memcmp(ods.body.at, "PK\3\4", 4) == 0);
    assert_status(desk_get(desk, NOBODY, "/releases/2025-12-31-u"), 404);
}

static void only_what_is_announced_is_told(void **state)
{
    struct desk *desk = *state;
    const struct reply list = desk_get(desk, NOBODY, "/releases");
    assert_true(reply_says(&list, AGREEMENT "\""));
    assert_false(reply_says(&list, AGREEMENT_SECRET));
}

static void the_feed_is_atom(void **state)
{
    struct desk *desk = *state;
    const struct reply feed = desk_get(desk, NOBODY, "/releases.atom");
    assert_status(feed, 200);
    assert_true(str_starts(feed.content_type, STR("application/atom+xml")));
    assert_true(str_starts(feed.body, STR("<?xml version=\"1.0\"")));
    assert_true(reply_says(&feed, "<updated>2025-12-31T00:00:00Z</updated>"));
    assert_true(reply_says(&feed, "People &lt;counted&gt;"));
    /* The same names when it is asked again. */
    const struct reply again = desk_get(desk, NOBODY, "/releases.atom");
    assert_int_equal(feed.body.len, again.body.len);
    assert_memory_equal(feed.body.at, again.body.at, feed.body.len);
}

/* --- */

static int setup(void **state)
{
    static const enum account_name accounts[] = {CLERK, STATISTICIAN, ACCOUNT_NAMES};
    static struct desk desk;
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    desk_close(*state);
    return 0;
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_as_long_as_their_numbers),
        cmocka_unit_test(a_comparison_is_drawn_with_its_intervals),
        cmocka_unit_test(a_table_without_numbers_has_no_drawing),
        cmocka_unit_test(long_tables_say_that_they_are_cut),
        cmocka_unit_test(only_who_may_see_statistics_sees_them),
        cmocka_unit_test(everyone_ever_recorded_is_in_the_table),
        cmocka_unit_test(an_edition_is_made_again),
        cmocka_unit_test(everybody_reads_what_is_published),
        cmocka_unit_test(only_what_is_announced_is_told),
        cmocka_unit_test(the_feed_is_atom),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
