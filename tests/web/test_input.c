/* Aim: what is sent is read strictly: every kind of bad input is refused with the place of the
 * fault, and leaves nothing changed; the same command sent twice is done once. Expected: RFC 9457
 * (errors), RFC 6901 (pointers), the field tables. */
#include "desk.h"
#include "web/route.h"

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
    const enum account_name accounts[] = {CLERK, SENIOR, ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static str path_of(struct desk *desk, const struct somebody *person, const char *rest)
{
    return arena_format(&desk->arena, "/people/%s%s", person->reference, rest);
}

struct bad_body {
    const char *body;
    int status;
    const char *pointer; /* NULL when the body as a whole is not understood */
};

/* Is this pointer among the errors of the problem? */
static bool has_pointer(const json_t *problem, const char *pointer)
{
    size_t index;
    json_t *fault;
    json_array_foreach(json_object_get(problem, "errors"), index, fault)
    {
        const char *found = json_string_value(json_object_get(fault, "pointer"));
        if (found != NULL && strcmp(found, pointer) == 0) {
            return true;
        }
    }
    return false;
}

static void check_bad(struct desk *desk, const char *path, const struct bad_body *bad)
{
    const int64_t before = office_events(&desk->office);
    const struct reply reply = desk_post(desk, CLERK, path, bad->body);
    json_auto_t *problem = reply_json(&reply);
    if (reply.status != bad->status ||
        (bad->pointer != NULL && !has_pointer(problem, bad->pointer))) {
        fail_msg("%s answered %d %.*s", bad->body, reply.status, STR_ARG(reply.body));
    }
    assert_same_text(reply.content_type, "application/problem+json");
    assert_int_equal(office_events(&desk->office), before);
}

static void bad_registrations_are_refused_with_their_place(void **state)
{
    static const struct bad_body bad[] = {
        {"", 422, "/name"},
        {"{", 400, NULL},
        {"[]", 400, NULL},
        {"null", 400, NULL},
        {"{\"name\":\"A\",\"registered_on\":\"2026-06-01\"} x", 400, NULL},
        {"{\"name\":\"A\",\"name\":\"B\",\"registered_on\":\"2026-06-01\"}", 400, NULL},
        {"{\"name\":\"\xC3\x28\",\"registered_on\":\"2026-06-01\"}", 400, NULL},
        {"{\"name\":\"A\\u0000B\",\"registered_on\":\"2026-06-01\"}", 400, NULL},
        {"{\"name\":\"A\\u0007\",\"registered_on\":\"2026-06-01\"}", 422, "/name"},
        {"{\"registered_on\":\"2026-06-01\"}", 422, "/name"},
        {"{\"name\":\"   \",\"registered_on\":\"2026-06-01\"}", 422, "/name"},
        {"{\"name\":7,\"registered_on\":\"2026-06-01\"}", 422, "/name"},
        {"{\"name\":null,\"registered_on\":\"2026-06-01\"}", 422, "/name"},
        {"{\"name\":\"A\"}", 422, "/registered_on"},
        {"{\"name\":\"A\",\"registered_on\":\"2026-02-30\"}", 422, "/registered_on"},
        {"{\"name\":\"A\",\"registered_on\":\"1 June 2026\"}", 422, "/registered_on"},
        {"{\"name\":\"A\",\"registered_on\":20260601}", 422, "/registered_on"},
        {"{\"name\":\"A\",\"registered_on\":\"2026-07-01\"}", 422, "/registered_on"},
        {"{\"name\":\"A\",\"registered_on\":\"2026-06-01\",\"born_on\":\"2099-01-01\"}", 422,
         "/born_on"},
        {"{\"name\":\"A\",\"registered_on\":\"2026-06-01\",\"colour\":\"red\"}", 422, "/colour"},
        {"{\"name\":\"A\",\"registered_on\":\"2026-06-01\",\"form_token\":\"x\"}", 422,
         "/form_token"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_bad(*state, "/people", &bad[i]);
    }
    const struct reply far_off =
        desk_post(*state, CLERK, "/people", "{\"name\":\"A\",\"registered_on\":\"9999-12-31\"}");
    assert_status(far_off, 422);
    assert_true(reply_says(&far_off, "of the years 1900 to 2199"));
}

static void bad_facts_are_refused_with_their_place(void **state)
{
    static const struct bad_body bad[] = {
        {"{}", 422, "/facts"},
        {"{\"facts\":{}}", 422, "/facts"},
        {"{\"facts\":[]}", 422, "/facts"},
        {"{\"facts\":[7]}", 422, "/facts/0"},
        {"{\"facts\":[{}]}", 422, "/facts/0/fact"},
        {"{\"facts\":[{\"fact\":\"no.such\",\"value\":\"yes\"}]}", 422, "/facts/0/fact"},
        {"{\"facts\":[{\"fact\":\"hub.monitor_appointed\",\"value\":\"yes\"}]}", 422,
         "/facts/0/fact"},
        {"{\"facts\":[{\"fact\":\"hub.places_free\",\"value\":4}]}", 422, "/facts/0/fact"},
        {"{\"facts\":[{\"fact\":\"order.injunction\"}]}", 422, "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"\"}]}", 422, "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"perhaps\"}]}", 422,
         "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":null}]}", 422, "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"family.complete\",\"value\":1}]}", 422, "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"decision.sent_on\",\"value\":\"2026-13-01\"}]}", 422,
         "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"person.nationality\",\"value\":\"Albania\"}]}", 422,
         "/facts/0/value"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\",\"true_from\":\"soon\"}]}",
         422, "/facts/0/true_from"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\",\"source\":7}]}", 422,
         "/facts/0/source"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\",\"who\":\"me\"}]}", 422,
         "/facts/0/who"},
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\"}],\"force\":true}", 422,
         "/force"},
        /* One good and one bad: neither is recorded. */
        {"{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\"},"
         "{\"fact\":\"family.complete\",\"value\":\"maybe\"}]}",
         422, "/facts/1/value"},
    };
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "Somebody");
    const str path = path_of(desk, &person, "/facts");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_bad(desk, path.at, &bad[i]);
    }
}

static void bad_forms_are_shown_again_and_change_nothing(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *form;
        const char *said;
    } bad[] = {
        {"name=&registered_on-day=1&registered_on-month=6&registered_on-year=2026",
         "Enter the person"},
        {"name=A&registered_on-day=31&registered_on-month=6&registered_on-year=2026",
         "Enter a real date"},
        {"name=A&registered_on-day=1&registered_on-month=6&registered_on-year=26x",
         "Enter a real date"},
        {"name=A&registered_on=2026-06-01&colour=red", "There is no such field here"},
        {"name=A&registered_on=2026-06-01&name-day=1", "There is no such field here"},
    };
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct reply reply = desk_form(desk, CLERK, "/people", bad[i].form);
        assert_status(reply, 422);
        assert_true(reply_says(&reply, "<title>Error: "));
        assert_true(reply_says(&reply, "govuk-error-summary"));
        if (!reply_says(&reply, bad[i].said)) {
            fail_msg("%s did not say: %s", bad[i].form, bad[i].said);
        }
    }
    assert_int_equal(office_events(&desk->office), before);
}

static void a_form_that_is_no_form_is_not_understood(void **state)
{
    struct desk *desk = *state;
    static const char *const types[] = {"text/plain", "multipart/form-data; boundary=x", NULL};
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct ask ask = {.method = HTTP_POST,
                                .path = "/people",
                                .account = CLERK,
                                .content_type = types[i],
                                .body = STR("name=A&registered_on=2026-06-01")};
        assert_status(desk_ask(desk, &ask), 415);
    }
    const struct reply broken =
        desk_form(desk, CLERK, "/people", "name=%C3%28&registered_on=2026-06-01");
    assert_status(broken, 400);
    const struct ask query = {.path = "/people", .query = "text=%ZZ", .account = CLERK};
    assert_status(desk_ask(desk, &query), 400);
    /* Nor one that says two things at once: which of them counts would be a guess. */
    const struct reply twice =
        desk_form(desk, CLERK, "/people", "name=A&name=B&registered_on=2026-06-01");
    assert_status(twice, 400);
    assert_true(reply_says(&twice, "&quot;name&quot; is given twice"));
    const struct ask asked = {
        .path = "/people", .query = "limit=1&stage=claim&limit=2", .account = CLERK};
    const struct reply asked_twice = desk_ask(desk, &asked);
    assert_status(asked_twice, 400);
    assert_true(reply_says(&asked_twice, "\\\"limit\\\" is given twice"));
    assert_int_equal(office_events(&desk->office), before);
}

/* What a page cannot be asked is told beside the field, in a form that has the rest of what was
 * asked; what was chosen goes with it. */
static void a_question_can_be_put_right(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "Somebody");
    const struct {
        const char *path;
        const char *query;
        const char *says[4];
    } wrong[] = {
        {path_of(desk, &person, "").at,
         "on-day=31&on-month=2&on-year=2026&known_at-day=1&known_at-month=6&known_at-year=2026",
         {"href=\"#on\"", "value=\"31\"", "name=\"known_at-month\"",
          "The day asked about is not a real date"}},
        {"/people",
         "text=a%07b&stage=exhausted",
         {"href=\"#text\"", "id=\"text\"", "value=\"exhausted\"", "control character"}},
        {"/today",
         "within=many",
         {"href=\"#within\"", "value=\"many\"", "whole number", "Ask again"}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct ask ask = {.path = wrong[i].path,
                                .query = wrong[i].query,
                                .account = CLERK,
                                .by_cookie = true,
                                .accept = "text/html"};
        const struct reply reply = desk_ask(desk, &ask);
        assert_status(reply, 422);
        for (size_t k = 0; k < sizeof wrong[i].says / sizeof wrong[i].says[0]; k++) {
            if (!reply_says(&reply, wrong[i].says[k])) {
                fail_msg("%s?%s does not say %s", wrong[i].path, wrong[i].query, wrong[i].says[k]);
            }
        }
    }
}

/* Of what would change if, too: a condition that cannot be taken stands in the page again. */
static void a_condition_is_given_back(void **state)
{
    struct desk *desk = *state;
    const str safeguard = desk->office.casework.rulebook->safeguards[0].name;
    const str form = arena_format(&desk->arena, "safeguard=%.*s&step=removal&condition=today+%%07",
                                  STR_ARG(safeguard));
    const struct reply reply = desk_form(desk, CLERK, "/rulebook/what-if", form.at);
    assert_status(reply, 422);
    assert_true(reply_says(&reply, "href=\"#condition\""));
    assert_true(reply_says(&reply, ">today "));
    const struct reply api = desk_post(desk, CLERK, "/rulebook/what-if", "{}");
    assert_status(api, 422);
    assert_true(reply_says(&api, "\"/safeguard\"") && reply_says(&api, "\"/condition\""));
}

static void what_was_typed_is_kept_and_escaped(void **state)
{
    struct desk *desk = *state;
    const struct reply reply =
        desk_form(desk, CLERK, "/people", "name=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert_status(reply, 422);
    assert_false(reply_says(&reply, "<script>alert"));
    assert_true(reply_says(&reply, "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
}

static void values_come_in_their_own_types(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "Somebody");
    const struct reply reply = desk_post(
        desk, CLERK, path_of(desk, &person, "/facts").at,
        "{\"facts\":[{\"fact\":\"family.complete\",\"value\":false},"
        "{\"fact\":\"decision.sent_on\",\"value\":\"2026-06-01\",\"true_from\":\"2026-06-02\","
        "\"source\":\"letter\"},{\"fact\":\"order.injunction\",\"value\":\"unknown\"}]}");
    assert_status(reply, 201);
    const struct reply shown = desk_get(desk, CLERK, path_of(desk, &person, "").at);
    json_auto_t *resource = reply_json(&shown);
    size_t index;
    json_t *fact;
    int seen = 0;
    json_array_foreach(json_object_get(resource, "facts"), index, fact)
    {
        const char *name = json_string_value(json_object_get(fact, "fact"));
        if (strcmp(name, "family.complete") == 0) {
            /* "no" is known, and is not "not known". */
            assert_true(json_is_true(json_object_get(fact, "known")));
            assert_true(json_is_false(json_object_get(fact, "value")));
            seen++;
        } else if (strcmp(name, "decision.sent_on") == 0) {
            assert_string_equal(json_string_value(json_object_get(fact, "value")), "2026-06-01");
            assert_string_equal(json_string_value(json_object_get(fact, "true_from")),
                                "2026-06-02");
            assert_string_equal(json_string_value(json_object_get(fact, "source")), "letter");
            seen++;
        } else if (strcmp(name, "order.injunction") == 0) {
            assert_true(json_is_false(json_object_get(fact, "known")));
            assert_true(json_is_true(json_object_get(fact, "recorded")));
            assert_null(json_object_get(fact, "value"));
            seen++;
        }
    }
    assert_int_equal(seen, 3);
}

static void a_form_records_only_what_was_chosen(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "Somebody");
    const int64_t before = office_events(&desk->office);
    const struct reply reply = desk_form(
        desk, CLERK, path_of(desk, &person, "/facts").at,
        "order.injunction=in_force&family.complete=&decision.sent_on-day=&decision.sent_on-month=&"
        "decision.sent_on-year=&notice.served_on-day=2&notice.served_on-month=6&notice.served_on-"
        "year=2026&"
        "person.nationality=&person.remarks=&true_from-day=3&true_from-month=6&true_from-year=2026&"
        "source=Call&section=Facts");
    assert_status(reply, 303);
    assert_true(str_ends(reply_header(&reply, "Location"), STR("?notice=facts-recorded")));
    assert_int_equal(office_events(&desk->office), before + 2);
}

static void the_same_form_twice_is_done_once(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    const char *form =
        "name=Twice&registered_on=2026-06-01&client_id=7d444840-9dc0-41d1-b245-5ffdce74fad2";
    const struct reply first = desk_form(desk, CLERK, "/people", form);
    const struct reply second = desk_form(desk, CLERK, "/people", form);
    assert_status(first, 303);
    assert_status(second, 303);
    const str location = reply_header(&first, "Location");
    const str again = reply_header(&second, "Location");
    assert_int_equal(location.len, again.len);
    assert_memory_equal(location.at, again.at, location.len);
    assert_int_equal(office_events(&desk->office), before + 1);
}

/* Aim: nobody is registered twice unknowingly: the page and the program that sends JSON are told
 * who it may be, and nothing is recorded; whoever is sure says so. */
static void somebody_who_may_be_here_is_told(void **state)
{
    struct desk *desk = *state;
    const char *first = "name=Quintus+Samplename&born_on=1990-03-04&registered_on=2026-06-01";
    const char *form = "name=Samplename+Quintus&born_on=1990-03-04&registered_on=2026-06-01";
    const char *json = "{\"name\":\"Samplename Quintus\",\"born_on\":\"1990-03-04\","
                       "\"registered_on\":\"2026-06-01\"}";
    assert_status(desk_form(desk, CLERK, "/people", first), 303);
    const int64_t before = office_events(&desk->office);
    const struct reply page = desk_form(desk, CLERK, "/people", form);
    assert_status(page, 422);
    assert_true(reply_says(&page, "may be this person"));
    assert_true(reply_says(&page, "name=\"another_person\""));
    const struct reply problem = desk_post(desk, CLERK, "/people", json);
    assert_status(problem, 422);
    assert_true(reply_says(&problem, "/another_person"));
    assert_int_equal(office_events(&desk->office), before);
    char sure[200];
    snprintf(sure, sizeof sure, "%s&another_person=no", form);
    assert_status(desk_form(desk, CLERK, "/people", sure), 422);
    snprintf(sure, sizeof sure, "%s&another_person=yes", form);
    assert_status(desk_form(desk, CLERK, "/people", sure), 303);
    assert_int_equal(office_events(&desk->office), before + 1);
    /* Before there is anybody, nobody is asked. */
    const struct reply empty = desk_page(desk, CLERK, "/people/new");
    assert_status(empty, 200);
    assert_false(reply_says(&empty, "another_person"));
}

/* Aim: a form that comes anew with a key of its own and says what was done before is asked back:
 * nothing is done, where it led is told, and meant once more it is done; what differs is new; so it
 * is for everybody else, and for a program. */
static void the_same_form_again_is_asked_back(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "PersonOne Samplebeta");
    char path[80];
    snprintf(path, sizeof path, "/people/%s/note", person.reference);
    assert_status(desk_form(desk, CLERK, path, "note=They+called"), 303);
    const int64_t before = office_events(&desk->office);
    const struct reply again = desk_form(desk, CLERK, path, "note=They+called");
    assert_status(again, 409);
    assert_true(reply_says(&again, "You sent this before"));
    assert_true(reply_says(&again, "name=\"note\" value=\"They called\""));
    char there[80];
    snprintf(there, sizeof there, "<a href=\"/people/%s\"", person.reference);
    assert_true(reply_says(&again, there));
    assert_int_equal(office_events(&desk->office), before);
    assert_status(desk_form(desk, CLERK, path, "note=They+called&again=yes"), 303);
    assert_status(desk_form(desk, CLERK, path, "note=They+called+twice"), 303);
    assert_status(desk_form(desk, SENIOR, path, "note=They+called"), 303);
    assert_status(desk_post(desk, CLERK, path, "{\"note\":\"They called\"}"), 201);
    assert_int_equal(office_events(&desk->office), before + 4);
    assert_status(desk_form(desk, CLERK, path, "note="),
                  422); /* what was not done may come again */
    assert_status(desk_form(desk, CLERK, path, "note="), 422);
}

static struct reply post_with_key(struct desk *desk, const char *key)
{
    const struct ask ask = {.method = HTTP_POST,
                            .path = "/people",
                            .account = CLERK,
                            .content_type = "application/json",
                            .header_name = "Idempotency-Key",
                            .header_value = key,
                            .body = STR("{\"name\":\"Keyed\",\"registered_on\":\"2026-06-01\","
                                        "\"another_person\":\"yes\"}")};
    return desk_ask(desk, &ask);
}

static void the_same_key_twice_is_done_once(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    assert_status(post_with_key(desk, "\"0b6a9c2e-1111-4222-8333-944455556666\""), 201);
    assert_status(post_with_key(desk, "0b6a9c2e-1111-4222-8333-944455556666"), 201);
    assert_int_equal(office_events(&desk->office), before + 1);
    assert_status(post_with_key(desk, "not-a-uuid"), 400);
    assert_status(post_with_key(desk, "0b6a9c2e-1111-4222-8333-944455556667"), 201);
    assert_int_equal(office_events(&desk->office), before + 2);
}

static void every_rendering_has_a_client_id_of_its_own(void **state)
{
    struct desk *desk = *state;
    const struct reply first = desk_page(desk, CLERK, "/people/new");
    const struct reply second = desk_page(desk, CLERK, "/people/new");
    const str name = STR("name=\"client_id\" value=\"");
    assert_true(str_contains(first.body, name));
    assert_false(first.body.len == second.body.len &&
                 memcmp(first.body.at, second.body.at, first.body.len) == 0);
}

static void a_fact_is_withdrawn_only_under_its_own_person(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_register(&desk->office, "Somebody");
    const struct somebody other = office_register(&desk->office, "Other");
    const struct recorded recorded =
        office_record(&desk->office, CLERK, person.reference, "order.injunction", "none");
    char rest[80];
    snprintf(rest, sizeof rest, "/facts/%lld/withdrawal", (long long)recorded.event);
    const char *reason = "{\"reason\":\"Wrong file\"}";
    const int64_t before = office_events(&desk->office);
    assert_status(desk_post(desk, CLERK, path_of(desk, &other, rest).at, reason), 404);
    assert_status(desk_post(desk, CLERK, path_of(desk, &person, "/facts/0/withdrawal").at, reason),
                  404);
    assert_status(desk_post(desk, CLERK, path_of(desk, &person, "/facts/x/withdrawal").at, reason),
                  404);
    assert_status(desk_post(desk, CLERK, path_of(desk, &person, rest).at, "{}"), 422);
    assert_int_equal(office_events(&desk->office), before);
    assert_status(desk_page(desk, CLERK, path_of(desk, &person, rest).at), 200);
    assert_status(desk_post(desk, CLERK, path_of(desk, &person, rest).at, reason), 200);
    assert_int_equal(office_events(&desk->office), before + 1);
}

static void questions_about_no_day_are_refused(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Ready");
    static const char *const queries[] = {"on=2026-02-30", "on=yesterday", "known_at=never",
                                          "on-day=1&on-month=13&on-year=2026"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        const struct ask ask = {.path = path_of(desk, &person, "/steps/removal").at,
                                .query = queries[i],
                                .account = CLERK};
        assert_status(desk_ask(desk, &ask), 422);
    }
    /* A day later, and signed in anew, yesterday evening can be asked about. */
    office_move_days(&desk->office, 1);
    const struct reply in = desk_post(
        desk, NOBODY, "/sign-in", "{\"username\":\"clerk\",\"password\":\"" DESK_PASSWORD "\"}");
    json_auto_t *signed_in = reply_json(&in);
    desk->tokens[CLERK] = str_from_c(json_string_value(json_object_get(signed_in, "token")));
    const struct ask past = {.path = path_of(desk, &person, "/steps/removal").at,
                             .query = "on-day=1&on-month=6&on-year=2026&known_at=2026-06-30",
                             .account = CLERK};
    const struct reply reply = desk_ask(desk, &past);
    assert_status(reply, 200);
    json_auto_t *resource = reply_json(&reply);
    assert_string_equal(json_string_value(json_object_get(resource, "on")), "2026-06-01");
    assert_string_equal(json_string_value(json_object_get(resource, "known_at")),
                        "2026-06-30T23:59:59.999Z");
    /* Before any law was in use there is no verdict to derive. */
    const struct ask before_all = {
        .path = past.path, .query = "known_at=2001-01-01", .account = CLERK};
    assert_status(desk_ask(desk, &before_all), 404);
}

/* What the register counts itself nobody records, neither by JSON nor by a form. */
static void what_is_counted_is_not_recorded(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    const char *path = "/hubs/" HUB_NORTH "/facts";
    const struct reply json =
        desk_post(desk, SENIOR, path, "{\"facts\":[{\"fact\":\"hub.places_free\",\"value\":4}]}");
    assert_status(json, 422);
    assert_true(reply_says(&json, "/facts/0/fact"));
    assert_status(desk_form(desk, SENIOR, path, "hub.places_free=4&true_from=2026-06-01&source="),
                  422);
    assert_int_equal(office_events(&desk->office), before);
}

static void places_are_a_number_in_range(void **state)
{
    struct desk *desk = *state;
    static const char *const bad[] = {"{\"places\":-1,\"reason\":\"x\"}",
                                      "{\"places\":\"3\",\"reason\":\"x\"}",
                                      "{\"places\":3.5,\"reason\":\"x\"}",
                                      "{\"places\":100001,\"reason\":\"x\"}",
                                      "{\"places\":3}",
                                      "{\"reason\":\"x\"}"};
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_status(desk_post(desk, SENIOR, "/hubs/" HUB_NORTH "/places", bad[i]), 422);
    }
    assert_int_equal(office_events(&desk->office), before);
    const struct reply reply = desk_post(desk, SENIOR, "/hubs/" HUB_NORTH "/places",
                                         "{\"places\":5,\"reason\":\"Annex\"}");
    assert_status(reply, 201);
    assert_int_equal(office_places(&desk->office, desk->office.hub_north).agreed, 5);
}

/* --- what nobody sees ------------------------------------------------------------------------- */

static void what_cannot_be_seen_is_no_name(void **state)
{
    struct desk *desk = *state;
    const int64_t before = office_events(&desk->office);
    static const char *const unseen[] = {"\u200b",       "\ufeff\u2060", " \u200e \u200f ",
                                         "\u00ad\u3000", "\u2028",       "\u3164"};
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        const struct reply reply =
            desk_post(desk, CLERK, "/people",
                      arena_format(&desk->arena,
                                   "{\"name\":\"%s\",\"registered_on\":\"2026-01-01\"}", unseen[i])
                          .at);
        assert_status(reply, 422);
        assert_true(reply_says(&reply, "\"pointer\":\"/name\""));
    }
    const struct reply form =
        desk_form(desk, CLERK, "/people/new", "name=%E2%80%8B&registered_on=2026-01-01");
    assert_status(form, 422);
    assert_true(reply_says(&form, "nothing in it that can be seen"));
    assert_int_equal(office_events(&desk->office), before);
}

/* --- the query -------------------------------------------------------------------------------- */

static const char *filled(struct desk *desk, str pattern)
{
    str path = STR("");
    bool inside = false;
    for (size_t i = 0; i < pattern.len; i++) {
        inside = inside || pattern.at[i] == '{';
        if (!inside || pattern.at[i] == '}') {
            path =
                arena_format(&desk->arena, "%.*s%c", STR_ARG(path), inside ? '1' : pattern.at[i]);
        }
        inside = inside && pattern.at[i] != '}';
    }
    return path.at;
}

/* Of every address that is read, whatever it is about, but those for everybody that take none, and
 * of HEAD as of GET. */
static void an_unknown_parameter_is_refused(void **state)
{
    struct desk *desk = *state;
    size_t refused = 0;
    size_t looked_at = 0;
    for (size_t i = 0; i < route_count; i++) {
        const str known = route_query(&routes[i]);
        const bool takes_any =
            str_equal(known, STR("*")) || (known.len == 0 && routes[i].door != ROUTE_DESK);
        if (routes[i].method != HTTP_GET || takes_any) {
            looked_at += routes[i].method == HTTP_GET ? 1 : 0;
            continue;
        }
        const struct ask ask = {
            .path = filled(desk, routes[i].pattern), .query = "natonality=AF", .account = CLERK};
        const struct reply reply = desk_ask(desk, &ask);
        if (reply.status != 400 ||
            !reply_says(&reply, "There is no parameter \\\"natonality\\\"")) {
            fail_msg("%s: %d %.*s", ask.path, reply.status, STR_ARG(reply.body));
        }
        struct ask head = ask;
        head.method = HTTP_HEAD;
        assert_status(desk_ask(desk, &head), 400);
        refused++;
        desk_clear(desk);
    }
    assert_true(refused > 80 && looked_at > 20);
}

/* Of every parameter that can have a few values alone, whatever address it is of; each of those is
 * taken, and none. Returns how many there are. */
static size_t refuse_others(struct desk *desk, const struct route *route)
{
    size_t found = 0;
    str names = route_query(route);
    while (names.len > 0) {
        const struct str_cut cut = str_cut(names, ' ');
        const struct str_cut valued = str_cut(cut.head, '=');
        names = cut.tail;
        if (valued.tail.len == 0) {
            continue;
        }
        const char *path = filled(desk, route->pattern);
        str values = valued.tail;
        struct ask ask = {.path = path, .account = CLERK};
        ask.query = arena_format(&desk->arena, "%.*s=al1", STR_ARG(valued.head)).at;
        const struct reply reply = desk_ask(desk, &ask);
        if (reply.status != 400 || !reply_says(&reply, "has no such value here")) {
            fail_msg("%s?%s: %d %.*s", path, ask.query, reply.status, STR_ARG(reply.body));
        }
        while (values.len > 0) {
            const struct str_cut value = str_cut(values, '|');
            ask.query =
                arena_format(&desk->arena, "%.*s=%.*s", STR_ARG(valued.head), STR_ARG(value.head))
                    .at;
            assert_int_not_equal(desk_ask(desk, &ask).status, 400);
            values = value.tail;
        }
        ask.query = arena_format(&desk->arena, "%.*s=", STR_ARG(valued.head)).at;
        assert_int_not_equal(desk_ask(desk, &ask).status, 400);
        found++;
    }
    return found;
}

static void a_value_that_cannot_be_is_refused(void **state)
{
    struct desk *desk = *state;
    size_t found = 0;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].method == HTTP_GET) {
            found += refuse_others(desk, &routes[i]);
            desk_clear(desk);
        }
    }
    assert_true(found > 15);
}

static struct reply asked_of(struct desk *desk, const char *path, const char *query,
                             const char *accept)
{
    const struct ask ask = {
        .path = path, .query = query, .accept = accept, .account = CLERK, .by_cookie = true};
    return desk_ask(desk, &ask);
}

static void what_may_be_meant_is_said(void **state)
{
    struct desk *desk = *state;
    const struct reply near = asked_of(desk, "/people", "stag=x&text=a", NULL);
    assert_status(near, 400);
    assert_same_text(near.content_type, "application/problem+json");
    json_auto_t *problem = reply_json(&near);
    assert_same_text(str_from_c(json_string_value(json_object_get(problem, "detail"))),
                     "There is no parameter \"stag\" here");
    assert_same_text(str_from_c(json_string_value(json_object_get(problem, "hint"))),
                     "Is \"stage\" meant? Known are: text, stage, hub, alike, as, limit, cursor.");
    const struct reply far = asked_of(desk, "/people", "utm_source=x", NULL);
    assert_true(reply_says(&far, "\"Known are: text, stage,"));
    const struct reply none = asked_of(desk, "/orders/new", "persn=x", NULL);
    assert_status(none, 400); /* of a form: the names of its fields */
    assert_true(reply_says(&none, "Is \\\"person\\\" meant? Known are: person, "));
    const struct reply nothing = asked_of(desk, "/account", "as=csv", NULL);
    assert_status(nothing, 400);
    assert_true(reply_says(&nothing, "This address takes none."));
    /* For everybody, and nothing is asked: others add to links what they like. */
    assert_status(asked_of(desk, "/ping", "x=1", NULL), 200);
    assert_status(asked_of(desk, "/sign-in", "utm_source=x", NULL), 200);
    /* As a page, and what cannot be shown is not. */
    const struct reply page = asked_of(desk, "/people", "st%3Cb%3Eag=x", "text/html");
    assert_status(page, 400);
    assert_true(reply_says(&page, "st&lt;b&gt;ag"));
    const struct reply dark = asked_of(desk, "/people", "%E2%80%AEstage=x", NULL);
    assert_status(dark, 400);
    assert_true(reply_says(&dark, "There is a parameter that is not known here"));
    assert_status(asked_of(desk, "/people", "=x", NULL), 400);
    assert_status(asked_of(desk, "/people", "Stage=x", NULL), 400);
}

static void what_is_known_is_taken(void **state)
{
    struct desk *desk = *state;
    static const char *const rows[][2] = {
        {"/people", "text=a&stage=&hub=&alike=&as=&limit=5&cursor="},
        {"/people", "language=en&notice=x"},
        {"/today", "kind=&duty=&within=7&as="},
        {"/hubs", "limit=1"},
        {"/orders/new", "person=x"},
        {"/merges", "show=all&limit=2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_status(asked_of(desk, rows[i][0], rows[i][1], NULL), 200);
    }
    const struct somebody person = office_register(&desk->office, "Asked about");
    const char *path = arena_format(&desk->arena, "/people/%s", person.reference).at;
    const char *days = "on-day=1&on-month=1&on-year=2030&known_at=";
    assert_status(asked_of(desk, path, days, NULL), 200);
    assert_status(asked_of(desk, path, "on-hour=1", NULL), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(bad_registrations_are_refused_with_their_place, clear),
        cmocka_unit_test_teardown(bad_facts_are_refused_with_their_place, clear),
        cmocka_unit_test_teardown(bad_forms_are_shown_again_and_change_nothing, clear),
        cmocka_unit_test_teardown(a_form_that_is_no_form_is_not_understood, clear),
        cmocka_unit_test_teardown(a_question_can_be_put_right, clear),
        cmocka_unit_test_teardown(a_condition_is_given_back, clear),
        cmocka_unit_test_teardown(what_was_typed_is_kept_and_escaped, clear),
        cmocka_unit_test_teardown(values_come_in_their_own_types, clear),
        cmocka_unit_test_teardown(a_form_records_only_what_was_chosen, clear),
        cmocka_unit_test_teardown(somebody_who_may_be_here_is_told, clear),
        cmocka_unit_test_teardown(the_same_form_twice_is_done_once, clear),
        cmocka_unit_test_teardown(the_same_form_again_is_asked_back, clear),
        cmocka_unit_test_teardown(the_same_key_twice_is_done_once, clear),
        cmocka_unit_test_teardown(every_rendering_has_a_client_id_of_its_own, clear),
        cmocka_unit_test_teardown(a_fact_is_withdrawn_only_under_its_own_person, clear),
        cmocka_unit_test_teardown(what_cannot_be_seen_is_no_name, clear),
        cmocka_unit_test_teardown(an_unknown_parameter_is_refused, clear),
        cmocka_unit_test_teardown(a_value_that_cannot_be_is_refused, clear),
        cmocka_unit_test_teardown(what_may_be_meant_is_said, clear),
        cmocka_unit_test_teardown(what_is_known_is_taken, clear),
        cmocka_unit_test_teardown(what_is_counted_is_not_recorded, clear),
        cmocka_unit_test_teardown(places_are_a_number_in_range, clear),
        cmocka_unit_test_teardown(questions_about_no_day_are_refused,
                                  clear), /* moves the clock: last */
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
