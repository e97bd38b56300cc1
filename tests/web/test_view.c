/* Aim: what people read: days and times as GOV.UK writes them, conditions in words, trees whose
 * lists close, a picture that tells the same story as the history. Expected values are written by
 * hand. */
#include "web/view.h"

#include "web/exchange.h"
#include "web/form.h"
#include "web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    static struct arena arena;
    struct err err = {0};
    assert_true(arena_open(&arena, 16 * 1024 * 1024, &err).ok);
    *state = &arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, 0, &error);
    if (value == NULL) {
        fail_msg("%s: %s", error.text, text);
    }
    return value;
}

static const char *text_of(const json_t *view)
{
    return json_string_value(json_object_get(view, "text"));
}

static void days_and_times_are_written_for_people(void **state)
{
    static const struct {
        const char *iso;
        const char *text;
    } rows[] = {
        {"2026-03-27T00:00:00.000Z", "27 March 2026 at midnight UTC"},
        {"2026-03-27T12:00:59.999Z", "27 March 2026 at midday UTC"},
        {"2026-03-27T17:30:00.000Z", "27 March 2026 at 5:30pm UTC"},
        {"2026-03-27T09:05:00.000Z", "27 March 2026 at 9:05am UTC"},
        {"2026-03-27T00:07:00.000Z", "27 March 2026 at 12:07am UTC"},
        {"2026-12-31T23:00:00.000Z", "31 December 2026 at 11pm UTC"},
    };
    const struct view_context english = {.arena = *state};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_auto_t *view = view_instant(&english, str_from_c(rows[i].iso));
        assert_string_equal(text_of(view), rows[i].text);
        assert_string_equal(json_string_value(json_object_get(view, "iso")), rows[i].iso);
    }
    json_auto_t *day = view_day(STR("2026-03-07"));
    assert_string_equal(text_of(day), "7 March 2026");
    json_auto_t *unknown = view_day(STR(""));
    assert_true(json_is_false(json_object_get(unknown, "known")));
    assert_string_equal(text_of(unknown), "Not known");
}

static void counts_are_grouped_and_agree_in_number(void **state)
{
    const struct view_context context = {.arena = *state};
    static const struct {
        int64_t count;
        const char *text;
    } rows[] = {{0, "0 people"},     {1, "1 person"},         {2, "2 people"},
                {999, "999 people"}, {1204, "1,204 people"},  {1000000, "1,000,000 people"},
                {-5, "-5 people"},   {-1234, "-1,234 people"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const str text =
            view_counted(&context, rows[i].count, COUNTED("{{count}} person", "{{count}} people"));
        if (!str_equal(text, str_from_c(rows[i].text))) {
            fail_msg("%.*s", STR_ARG(text));
        }
    }
}

static void check_days(const struct view_context *context, int64_t days, int64_t working,
                       const char *expected)
{
    static const struct days_words words = {
        "Today", COUNTED_INIT("In {{count}} day", "In {{count}} days"),
        COUNTED_INIT("{{count}} day ago", "{{count}} days ago")};
    json_auto_t *working_days = working < 0 ? NULL : json_integer(working);
    const str said = view_days_left(context, &words, days, working_days);
    if (!str_equal(said, str_from_c(expected))) {
        fail_msg("%.*s", STR_ARG(said));
    }
}

static void how_far_a_day_is_agrees_in_number(void **state)
{
    const struct view_context english = {.arena = *state};
    check_days(&english, 0, 0, "Today");
    check_days(&english, 1, -1, "In 1 day");
    check_days(&english, 1, 0, "In 1 day (0 working days)");
    check_days(&english, 2, 1, "In 2 days (1 working day)");
    check_days(&english, 1004, 700, "In 1,004 days (700 working days)");
    check_days(&english, -1, -1, "1 day ago");
    check_days(&english, -3, 2, "3 days ago (2 working days)");
}

/* Aim: each of the two numbers has its own form, in a language that has more of them than English
 * (Polish: one, few, many). */
static void how_far_a_day_is_has_the_forms_of_the_language(void **state)
{
    struct catalogue catalogue;
    struct err err = {0};
    const str text = STR(
        "msgid \"\"\nmsgstr \"\"\n\"Language: pl\\n\"\n\"Plural-Forms: nplurals=3; plural=(n==1 ? "
        "0 "
        ": n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n\"\n\n"
        "msgctxt \"page\"\nmsgid \"In {{count}} day\"\nmsgid_plural \"In {{count}} days\"\n"
        "msgstr[0] \"jutro\"\nmsgstr[1] \"za {{count}} dni-few\"\n"
        "msgstr[2] \"za {{count}} dni-many\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{count}} working day\"\n"
        "msgid_plural \"{{count}} working days\"\nmsgstr[0] \"{{count}} dzien\"\n"
        "msgstr[1] \"{{count}} dni r-few\"\nmsgstr[2] \"{{count}} dni r-many\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{days}} ({{working}})\"\nmsgstr \"{{working}}: {{days}}\"\n");
    if (!catalogue_read("pl.po", text, *state, &catalogue, &err).ok) {
        fail_msg("%s", err.what);
    }
    const struct view_context polish = {.arena = *state, .catalogue = &catalogue};
    check_days(&polish, 1, 1, "1 dzien: jutro");
    check_days(&polish, 22, 14, "14 dni r-many: za 22 dni-few");
    check_days(&polish, 5, 4, "4 dni r-few: za 5 dni-many");
    check_days(&polish, -2, -1, "2 days ago");
}

static void check_words(struct arena *arena, const char *condition, const char *expected)
{
    json_auto_t *reason = parsed(condition);
    const struct view_context context = {.arena = arena};
    const str words = view_condition_words(&context, reason);
    if (!str_equal(words, str_from_c(expected))) {
        fail_msg("%.*s", STR_ARG(words));
    }
}

#define FACT_LEAF(name, title, type)                                                               \
    "{\"kind\":\"fact\",\"truth\":\"true\",\"text\":\"" name "\",\"fact\":{\"fact\":\"" name       \
    "\",\"title\":\"" title "\",\"type\":\"" type "\"},\"children\":[]}"
#define COMPARISON(text, children)                                                                 \
    "{\"kind\":\"comparison\",\"truth\":\"true\",\"text\":\"" text "\",\"children\":[" children "]}"

static void conditions_are_put_into_words(void **state)
{
    check_words(
        *state,
        COMPARISON("appeal.status = pending", FACT_LEAF("appeal.status", "Appeal", "choice")),
        "\xE2\x80\x9C"
        "Appeal\xE2\x80\x9D is pending");
    check_words(
        *state,
        COMPARISON("appeal.status != not_lodged", FACT_LEAF("appeal.status", "Appeal", "choice")),
        "\xE2\x80\x9C"
        "Appeal\xE2\x80\x9D is not not lodged");
    check_words(*state, COMPARISON("a.day <= today", FACT_LEAF("a.day", "Day", "date")),
                "\xE2\x80\x9C"
                "Day\xE2\x80\x9D is on or before today");
    check_words(*state, COMPARISON("a.day > 2026-06-01", FACT_LEAF("a.day", "Day", "date")),
                "\xE2\x80\x9C"
                "Day\xE2\x80\x9D is after 1 June 2026");
    check_words(*state, COMPARISON("hub.free > 0", FACT_LEAF("hub.free", "Places free", "number")),
                "\xE2\x80\x9C"
                "Places free\xE2\x80\x9D is more than 0");
    check_words(*state, COMPARISON("a.b in (one_two, three)", FACT_LEAF("a.b", "B", "choice")),
                "\xE2\x80\x9C"
                "B\xE2\x80\x9D is one of (one two, three)");
    check_words(*state,
                COMPARISON("a.c in x.cs", FACT_LEAF("a.c", "Nationality", "country") "," FACT_LEAF(
                                              "x.cs", "Covered", "countries")),
                "\xE2\x80\x9C"
                "Nationality\xE2\x80\x9D is among \xE2\x80\x9C"
                "Covered\xE2\x80\x9D");
    check_words(*state, COMPARISON("a.flag", FACT_LEAF("a.flag", "Fit", "flag")),
                "\xE2\x80\x9C"
                "Fit\xE2\x80\x9D is yes");
    check_words(*state, COMPARISON("a.flag unknown", FACT_LEAF("a.flag", "Fit", "flag")),
                "\xE2\x80\x9C"
                "Fit\xE2\x80\x9D is not known");
}

/* A language in which what is told stands the other way round. */
static struct catalogue turned(struct arena *arena)
{
    static const char text[] =
        "msgid \"\"\nmsgstr \"Language: xx\\n\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{left}} is before {{right}}\"\n"
        "msgstr \"{{right}} after-is {{left}}\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{left}} and {{right}}\"\nmsgstr \"{{right}} too-and "
        "{{left}}\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{fact}} is yes\"\nmsgstr \"yes-is {{fact}}\"\n\n"
        "msgctxt \"page\"\nmsgid \"A notice was served ({{method}}), not understood: {{proof}}\"\n"
        "msgstr \"{{proof}}: not-understood served {{method}}\"\n\n"
        "msgctxt \"page\"\nmsgid \"Approved by the {{role}}\"\nmsgstr \"{{role}} approved\"\n\n"
        "msgctxt \"page\"\nmsgid \"Opened in the books: {{title}}\"\nmsgstr \"{{title}} "
        "opened\"\n\n"
        "msgctxt \"page\"\nmsgid \"Complaint\"\nmsgstr \"COMPLAINT\"\n\n"
        "msgctxt \"page\"\nmsgid \"not recorded\"\nmsgstr \"RECORDED-NOT\"\n\n"
        "msgctxt \"page\"\nmsgid \"{{values}}, or {{value}}\"\nmsgstr \"{{value}} else "
        "{{values}}\"\n\n"
        "msgctxt \"page\"\nmsgid \"It would be clear if \xE2\x80\x9C{{fact}}\xE2\x80\x9D were: "
        "{{values}}\"\n"
        "msgstr \"{{values}}: clear, {{fact}}\"\n";
    struct catalogue catalogue;
    struct err err = {0};
    if (!catalogue_read("xx.po", str_from_c(text), arena, &catalogue, &err).ok) {
        fail_msg("%s", err.what);
    }
    return catalogue;
}

static void a_condition_is_said_as_another_language_puts_it(void **state)
{
    const struct catalogue catalogue = turned(*state);
    const struct view_context context = {.arena = *state, .catalogue = &catalogue};
    json_auto_t *reason = parsed(
        COMPARISON("any family member has (a.day < 2026-06-01 and a.flag)",
                   FACT_LEAF("a.day", "Day", "date") "," FACT_LEAF("a.flag", "Fit", "flag")));
    const str words = view_condition_words(&context, reason);
    const str expected = STR("any family member has (yes-is \xE2\x80\x9C"
                             "Fit\xE2\x80\x9D too-and 1 June 2026 after-is \xE2\x80\x9C"
                             "Day\xE2\x80\x9D)");
    if (!str_equal(words, expected)) {
        fail_msg("%.*s", STR_ARG(words));
    }
}

static void an_event_is_said_as_another_language_puts_it(void **state)
{
    static const struct {
        const char *line;
        const char *english;
        const char *turned;
    } rows[] = {
        {"{\"kind\":\"step_approved\",\"role\":{\"name\":\"s\",\"title\":\"Senior officer\"}}",
         "Approved by the Senior officer", "Senior officer approved"},
        {"{\"kind\":\"notice_served\",\"method\":\"by "
         "{hand}\",\"proof\":\"slip\",\"understood\":false}",
         "A notice was served (by {hand}), not understood: slip",
         "slip: not-understood served by {hand}"},
        {"{\"kind\":\"notice_served\",\"method\":\"post\",\"proof\":\"slip\",\"understood\":true}",
         "A notice was served (post): slip", "A notice was served (post): slip"},
        {"{\"kind\":\"entry_opened\",\"title\":\"Complaint\",\"entry\":7}",
         "Opened in the books: Complaint", "COMPLAINT opened"},
        {"{\"kind\":\"places_agreed\",\"places\":12}", "Places agreed: 12", "Places agreed: 12"},
        {"{\"kind\":\"identifier_recorded\",\"scheme\":\"other_system\",\"title\":\"T\","
         "\"issuer\":\"ATLAS\",\"value\":\"9\"}",
         "T ATLAS: 9", "T ATLAS: 9"},
        {"{\"kind\":\"note_added\",\"text\":\"Said {so}\"}", "Said {so}", "Said {so}"},
    };
    const struct catalogue catalogue = turned(*state);
    const struct view_context english = {.arena = *state};
    const struct view_context other = {.arena = *state, .catalogue = &catalogue};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_auto_t *line = parsed(rows[i].line);
        const str told = view_history_text(&english, line);
        const str said = view_history_text(&other, line);
        if (!str_equal(told, str_from_c(rows[i].english)) ||
            !str_equal(said, str_from_c(rows[i].turned))) {
            fail_msg("%.*s / %.*s", STR_ARG(told), STR_ARG(said));
        }
    }
}

static size_t marks_of(const json_t *marks, const char *kind)
{
    size_t count = 0;
    size_t index;
    json_t *mark;
    json_array_foreach(marks, index, mark)
    {
        count += json_is_true(json_object_get(mark, kind)) ? 1 : 0;
    }
    return count;
}

static void a_tree_closes_what_it_opens(void **state)
{
    const struct view_context context = {.arena = *state};
    json_auto_t *condition = parsed(
        "{\"kind\":\"all\",\"truth\":\"unknown\",\"text\":\"x\",\"children\":["
        "{\"kind\":\"not\",\"truth\":\"true\",\"text\":\"y\",\"children\":[" COMPARISON(
            "a.b = c", FACT_LEAF("a.b", "B", "choice")) "]},"
                                                        "{\"kind\":\"constant\",\"truth\":\"true\","
                                                        "\"text\":\"always\",\"children\":[]}]}");
    json_auto_t *marks = view_tree(&context, condition);
    assert_int_equal(marks_of(marks, "item"), 5);
    assert_int_equal(marks_of(marks, "ends_item"), 5);
    assert_int_equal(marks_of(marks, "opens"), 3);
    assert_int_equal(marks_of(marks, "closes"), 3);
    /* At no point is more closed than was opened. */
    int depth = 0;
    size_t index;
    json_t *mark;
    json_array_foreach(marks, index, mark)
    {
        depth += json_is_true(json_object_get(mark, "opens")) ? 1 : 0;
        depth -= json_is_true(json_object_get(mark, "closes")) ? 1 : 0;
        assert_true(depth >= 0);
    }
    assert_int_equal(depth, 0);
}

static const char travelled[] =
    "{\"stage\":{\"title\":\"Refused\"},\"stage_since\":\"2026-05-01\","
    "\"passed\":[{\"on\":\"2026-05-01\",\"to\":{\"title\":\"Refused\"},\"from\":{\"title\":"
    "\"Interview\"}},"
    "{\"on\":\"2026-04-01\",\"to\":{\"title\":\"Interview\"},\"from\":{\"title\":\"Claim\"}},"
    "{\"on\":\"2026-03-01\",\"to\":{\"title\":\"Claim\"}}],"
    "\"next_steps\":["
    "{\"step\":\"transfer\",\"title\":\"Transfer\",\"clearance\":\"barred\",\"same_stage\":false,"
    "\"to\":{\"title\":\"Hub\"}},"
    "{\"step\":\"transfer\",\"title\":\"Transfer\",\"clearance\":\"unknown\",\"same_stage\":false,"
    "\"to\":{\"title\":\"Hub\"}},"
    "{\"step\":\"notice\",\"title\":\"Notice\",\"clearance\":\"clear\",\"same_stage\":true}]}";

static void the_picture_tells_the_story(void **state)
{
    json_auto_t *person = parsed(travelled);
    const struct view_context context = {.arena = *state};
    json_auto_t *picture = picture_of_stages(&context, person);
    const json_t *past = json_object_get(picture, "past");
    assert_int_equal(json_array_size(past), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(past, 0), "title")),
                        "Claim");
    assert_string_equal(json_string_value(json_object_get(json_array_get(past, 1), "title")),
                        "Interview");
    assert_string_equal(json_string_value(json_object_get(picture, "now")), "Refused");
    const json_t *coming = json_object_get(picture, "coming");
    assert_int_equal(json_array_size(coming), 2);
    /* What is clear comes first; a step to several hubs is one box. */
    assert_string_equal(json_string_value(json_object_get(json_array_get(coming, 0), "title")),
                        "Notice");
    assert_string_equal(json_string_value(json_object_get(json_array_get(coming, 1), "verdict")),
                        "Not known at 1 of 2 hubs");
    assert_int_equal(json_array_size(json_object_get(picture, "boxes")), 3);
    assert_int_equal(json_array_size(json_object_get(picture, "drawn")), 2);
}

static void expect_box(const json_t *box, json_int_t y, json_int_t height)
{
    assert_int_equal(json_integer_value(json_object_get(box, "y")), y);
    assert_int_equal(json_integer_value(json_object_get(box, "height")), height);
}

/* By the drawing's own measure: a line is 20 high, a box 18 more than its lines. */
static void boxes_stand_one_under_the_other(void **state)
{
    json_auto_t *person = parsed(travelled);
    const struct view_context context = {.arena = *state};
    json_auto_t *picture = picture_of_stages(&context, person);
    const json_t *boxes = json_object_get(picture, "boxes");
    expect_box(json_array_get(boxes, 0), 2, 58);
    expect_box(json_array_get(boxes, 1), 2 + 58 + 26, 58);
    expect_box(json_array_get(boxes, 2), 2 + (58 + 26) * 2, 58);
    assert_true(json_is_true(json_object_get(json_array_get(boxes, 1), "leads_on")));
    assert_false(json_is_true(json_object_get(json_array_get(boxes, 2), "leads_on")));
    /* Arrows begin in the middle of the stage that is now, and end in that of a step. */
    assert_int_equal(json_integer_value(json_object_get(picture, "from")), 170 + 29);
    const json_t *drawn = json_object_get(picture, "drawn");
    expect_box(json_array_get(drawn, 0), 2, 58);
    expect_box(json_array_get(drawn, 1), 2 + 58 + 6, 58);
    const json_t *second = json_array_get(drawn, 1);
    assert_int_equal(json_integer_value(json_object_get(second, "middle")), 66 + 29);
    assert_int_equal(json_integer_value(json_object_get(picture, "height")), 170 + 58 + 4);
}

static void a_long_title_has_lines_and_a_higher_box(void **state)
{
    json_auto_t *person =
        parsed("{\"stage\":{\"title\":\"Waiting for what another authority says of it\"},"
               "\"stage_since\":\"2026-05-01\",\"passed\":[],\"next_steps\":[{\"step\":\"s\","
               "\"title\":\"Step\",\"clearance\":\"clear\",\"same_stage\":true}]}");
    const struct view_context context = {.arena = *state};
    json_auto_t *picture = picture_of_stages(&context, person);
    const json_t *box = json_array_get(json_object_get(picture, "boxes"), 0);
    const json_t *lines = json_object_get(box, "lines");
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(json_string_value(json_array_get(lines, 0)), "Waiting for what another");
    assert_string_equal(json_string_value(json_array_get(lines, 1)), "authority says of it");
    expect_box(box, 2, 78);
    const json_t *step = json_array_get(json_object_get(picture, "drawn"), 0);
    assert_string_equal(json_string_value(json_array_get(json_object_get(step, "to_lines"), 0)),
                        "Stays in this stage");
}

static void a_place_is_drawn_as_what_it_is(void **state)
{
    json_auto_t *hub =
        parsed("{\"places\":{\"agreed\":3,\"free\":1,\"held\":1,\"occupied\":1},\"place_rows\":["
               "{\"number\":1,\"state\":\"occupied\"},{\"number\":2,\"state\":\"held\"},{"
               "\"number\":3,\"state\":\"free\"}]}");
    const struct view_context context = {.arena = *state};
    json_auto_t *picture = picture_of_places(&context, hub);
    const json_t *cells = json_object_get(picture, "cells");
    assert_int_equal(json_array_size(cells), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(cells, 0), "letter")),
                        "O");
    assert_string_equal(json_string_value(json_object_get(json_array_get(cells, 1), "letter")),
                        "H");
    assert_true(json_is_false(json_object_get(json_array_get(cells, 2), "letter")));
    assert_string_equal(json_string_value(json_object_get(picture, "words")),
                        "1 occupied, 1 held, 1 free, of 3 agreed");
}

static void changes_of_one_fact_are_one_sentence(void **state)
{
    const struct view_context context = {.arena = *state};
    json_auto_t *safeguard =
        parsed("{\"name\":\"n\",\"title\":\"N\",\"reason\":\"R.\",\"clearance\":\"barred\","
               "\"sources\":[],\"changes\":["
               "{\"kind\":\"fact_value\",\"fact\":{\"name\":\"a.b\",\"title\":\"Order\"},"
               "\"section\":\"S\",\"value\":{\"known\":true,\"text\":\"None\"}},"
               "{\"kind\":\"fact_value\",\"fact\":{\"name\":\"a.b\",\"title\":\"Order\"},"
               "\"section\":\"S\",\"value\":{\"known\":true,\"text\":\"Lifted\"}},"
               "{\"kind\":\"fact_known\",\"fact\":{\"name\":\"a.c\",\"title\":\"Visit\"},"
               "\"section\":\"S\"}]}");
    json_auto_t *view = view_safeguard(&context, safeguard, STR("x"), STR("/people/RH-1"));
    const json_t *changes = json_object_get(view, "changes");
    assert_int_equal(json_array_size(changes), 2);
    assert_string_equal(text_of(json_array_get(changes, 0)),
                        "It would be clear if \xE2\x80\x9COrder\xE2\x80\x9D were: None, or Lifted");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(changes, 0), "record_href")),
        "/people/RH-1/facts?section=S#a.b");
    assert_string_equal(text_of(json_array_get(changes, 1)),
                        "Record \xE2\x80\x9CVisit\xE2\x80\x9D, which is not known");
}

static void changes_are_said_as_another_language_puts_them(void **state)
{
    const struct catalogue catalogue = turned(*state);
    const struct view_context context = {.arena = *state, .catalogue = &catalogue};
    json_auto_t *safeguard =
        parsed("{\"name\":\"n\",\"title\":\"N\",\"reason\":\"R.\",\"clearance\":\"barred\","
               "\"sources\":[],\"changes\":["
               "{\"kind\":\"fact_value\",\"fact\":{\"name\":\"a.b\",\"title\":\"Order\"},"
               "\"section\":\"S\",\"value\":{\"known\":true,\"text\":\"None\"}},"
               "{\"kind\":\"fact_value\",\"fact\":{\"name\":\"a.b\",\"title\":\"Order\"},"
               "\"section\":\"S\",\"value\":{\"known\":false}},"
               "{\"kind\":\"wait\",\"day\":\"2026-06-01\"}]}");
    json_auto_t *view = view_safeguard(&context, safeguard, STR("x"), STR(""));
    const json_t *changes = json_object_get(view, "changes");
    assert_string_equal(text_of(json_array_get(changes, 0)),
                        "RECORDED-NOT else None: clear, Order");
    assert_string_equal(text_of(json_array_get(changes, 1)),
                        "With nothing new recorded, it is clear on 1 June 2026");
}

static void a_verdict_that_is_not_barred_does_not_say_so(void **state)
{
    const struct view_context context = {.arena = *state};
    static const struct {
        const char *clearance;
        const char *reason;
    } rows[] = {{"barred", "R."},
                {"unknown", "It is not known whether this is so: R."},
                {"clear", "This is not so: R."}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_auto_t *safeguard =
            parsed("{\"name\":\"n\",\"reason\":\"R.\",\"sources\":[],\"changes\":[]}");
        json_object_set_new(safeguard, "clearance", json_string(rows[i].clearance));
        json_auto_t *view = view_safeguard(&context, safeguard, STR("x"), STR(""));
        assert_string_equal(json_string_value(json_object_get(view, "reason")), rows[i].reason);
    }
}

static void parts_of_addresses_are_encoded(void **state)
{
    const str href =
        page_href(*state, "/people?text=%s&stage=%s", STR("a&b=c d\xC3\xA9"), STR("x/y?#"));
    assert_true(str_equal(href, STR("/people?text=a%26b%3Dc%20d%C3%A9&stage=x%2Fy%3F%23")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_times_are_written_for_people),
        cmocka_unit_test(counts_are_grouped_and_agree_in_number),
        cmocka_unit_test(how_far_a_day_is_agrees_in_number),
        cmocka_unit_test(how_far_a_day_is_has_the_forms_of_the_language),
        cmocka_unit_test(conditions_are_put_into_words),
        cmocka_unit_test(a_condition_is_said_as_another_language_puts_it),
        cmocka_unit_test(an_event_is_said_as_another_language_puts_it),
        cmocka_unit_test(changes_are_said_as_another_language_puts_them),
        cmocka_unit_test(a_tree_closes_what_it_opens),
        cmocka_unit_test(the_picture_tells_the_story),
        cmocka_unit_test(boxes_stand_one_under_the_other),
        cmocka_unit_test(a_long_title_has_lines_and_a_higher_box),
        cmocka_unit_test(a_place_is_drawn_as_what_it_is),
        cmocka_unit_test(changes_of_one_fact_are_one_sentence),
        cmocka_unit_test(a_verdict_that_is_not_barred_does_not_say_so),
        cmocka_unit_test(parts_of_addresses_are_encoded),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
